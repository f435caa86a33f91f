//! What is added to a shift after its close: a bundle of its own in the same chain, stored once, and put
//! beside the shift; and what a newer till journals that this server does not know.

use counterflow::domain::ids::RegisterId;
use counterflow::wire::bundle::{Head, Kind};
use counterflow::wire::chain;
use serde_json::{Value, json};

use super::cluster::{Cluster, Server};
use super::tills::{Rogue, Tenant, bundle_of, business, correct_hours, office, sell_shifts};
use crate::shop::{Shop, words};

fn head_of(bytes: &[u8]) -> Head {
    serde_json::from_slice(bytes.split(|b| *b == b'\n').next().unwrap()).unwrap()
}

#[track_caller]
fn runs(shop: &Shop, args: &[&str]) -> String {
    let output = shop.command(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", words(&output));
    words(&output)
}

struct Place {
    cluster: Cluster,
    server: Server,
    tenant: Tenant,
    shop: Shop,
}

impl Place {
    fn new() -> Self {
        let (cluster, server, tenant, shop) = business();
        Self { cluster, server, tenant, shop }
    }
}

/// Corrections before any shift was closed, and after.
#[test]
fn what_is_corrected_after_the_close_goes_by_itself() {
    let place = Place::new();
    let (shop, cluster) = (&place.shop, &place.cluster);
    // Nothing was reported yet that it could correct: it goes with the first shift.
    correct_hours(shop);
    assert!(shop.store().unacknowledged().unwrap().is_empty());
    sell_shifts(shop, 1, 2);
    assert!(runs(shop, &["upload"]).contains("1 shift acknowledged"));
    assert_eq!(cluster.sql("SELECT count(*), count(shift_id) FROM corrections"), "2|0");

    // The clock-out after the close, and the correction.
    correct_hours(shop);
    let waiting = shop.store().unacknowledged().unwrap();
    assert_eq!(
        waiting.iter().map(|w| (w.seq, w.kind)).collect::<Vec<_>>(),
        [(2, Kind::Correction), (3, Kind::Correction)]
    );
    let (shift, first) = bundle_of(shop, 1);
    let (id, second) = bundle_of(shop, 2);
    let head = head_of(&second);
    assert_eq!((head.id, head.corrects.map(|s| s.0), head.kind), (id, Some(shift), Kind::Correction));
    assert_eq!(head.prev_sha256, counterflow::wire::bundle::sha256(&head_of(&first).to_bytes().unwrap()));
    assert_eq!(head.journal.first, head_of(&first).journal.last + 1);
    let dry = runs(shop, &["upload", "--dry-run"]);
    assert!(dry.contains("2 corrections would be sent"), "{dry}");
    let dry = shop.command(&["upload", "--dry-run", "--json"]).output().unwrap();
    let dry: Value = serde_json::from_slice(&dry.stdout).unwrap();
    assert_eq!(dry["would_send"][0]["kind"], json!("correction"));
    assert!(runs(shop, &["upload"]).contains("2 corrections acknowledged"));

    // A next shift follows as it would have followed the shift.
    sell_shifts(shop, 1, 1);
    let said = runs(shop, &["upload"]);
    assert!(said.contains("1 shift acknowledged") && !said.contains("number 4"), "{said}");
    assert_eq!(cluster.sql("SELECT count(*) FROM bundles WHERE warnings <> '[]'"), "0");
    assert_eq!(cluster.sql("SELECT count(*) FROM corrections WHERE shift_id IS NOT NULL"), "2");

    // The office sees it beside the shift, and by itself.
    let token = place.tenant.token(cluster, "office");
    let get = |path: &str| -> Value {
        let heard = office(&place.server.address, &token, "GET", path, "", &Value::Null);
        assert_eq!(heard.status, 200, "{heard:?}");
        serde_json::from_str(&heard.body).unwrap()
    };
    let beside = get(&format!("/v1/shifts/{shift}"));
    let reasons: Vec<&str> =
        beside["corrections"].as_array().unwrap().iter().filter_map(|c| c["event"]["reason"].as_str()).collect();
    assert_eq!(reasons, ["forgot to clock in"; 2], "{beside}");
    let alone = get(&format!("/v1/shifts/{}", bundle_of(shop, 3).0));
    assert_eq!((&alone["kind"], &alone["corrects"]), (&json!("correction"), &json!(shift)));
    assert_eq!(alone["corrections"][0]["event"]["act"], json!("corrected"));

    // Rebuilt from the journal, all of them are the same to the byte.
    let before: Vec<_> = (1..=4).map(|seq| bundle_of(shop, seq)).collect();
    runs(shop, &["verify", "--rebuild"]);
    assert!(before == (1..=4).map(|seq| bundle_of(shop, seq)).collect::<Vec<_>>());
    shop.verifies();
}

#[test]
fn a_correction_travels_on_a_stick_too() {
    let place = Place::new();
    let shop = &place.shop;
    sell_shifts(shop, 1, 1);
    correct_hours(shop);
    let stick = shop.beside("stick").display().to_string();
    let said = runs(shop, &["upload", "--to-file", &stick]);
    assert!(said.contains("1 shift and 2 corrections written"), "{said}");
    let told = place.cluster.tell(&["ingest", &stick]);
    assert_eq!(told.matches(": stored").count(), 3, "{told}");
    let said = runs(shop, &["upload", "--to-file", &stick]);
    assert!(said.contains("1 shift and 2 corrections acknowledged"), "{said}");
    assert_eq!(place.cluster.sql("SELECT count(*) FROM corrections"), "2");
}

/// A bundle whose last entry of a kind is another one, with every hash made to fit.
fn with_entry(bytes: &[u8], kind: &str, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty()).map(<[u8]>::to_vec).collect();
    let mut head = head_of(bytes);
    let read = |line: &Vec<u8>| serde_json::from_slice::<Value>(line).unwrap();
    let at = lines.iter().rposition(|line| read(line)["event"]["kind"] == json!(kind)).unwrap();
    let mut entry = read(&lines[at]);
    change(&mut entry);
    lines[at] = serde_json::to_vec(&entry).unwrap();
    let mut hash = head.journal.prev;
    for (seq, line) in (head.journal.first..).zip(&lines[1..]) {
        hash = chain::hash(head.box_id, RegisterId(1), seq, &hash, line);
    }
    head.journal.head = hash;
    lines[0] = head.to_bytes().unwrap();
    lines.iter().flat_map(|line| [line.as_slice(), b"\n"].concat()).collect()
}

#[test]
fn a_kind_of_entry_that_is_not_needed_is_kept() {
    let place = Place::new();
    let rogue = Rogue::of(&place.shop, &place.server.address);
    sell_shifts(&place.shop, 1, 2);
    let (id, bytes) = bundle_of(&place.shop, 1);
    let put = |bytes: &[u8]| {
        place.cluster.sql("SET session_replication_role = replica; DELETE FROM bundles; DELETE FROM conflicts");
        rogue.put(id, bytes)
    };

    // What is counted must be read: it is set aside, with a word about what to do.
    let unread = with_entry(&bytes, "shift-closed", |entry| entry["event"]["z"]["counts"] = json!("uncountable"));
    let heard = put(&unread);
    assert_eq!((heard.status, heard.problem().as_str()), (422, "invalid"), "{heard:?}");
    assert!(heard.body.contains("bring the server up to date") && heard.body.contains("/event"), "{heard:?}");
    let hours = json!({ "kind": "work-changed", "why": 7 });
    let heard = put(&with_entry(&bytes, "signed-in", |entry| entry["event"] = hours));
    assert_eq!((heard.status, heard.problem().as_str()), (422, "invalid"), "{heard:?}");
    // No event at all is no entry.
    let nothing = with_entry(&bytes, "shift-closed", |entry| *entry = json!({ "register": 1 }));
    assert_eq!(put(&nothing).problem(), "invalid");

    // What is not needed is kept as it is, and told.
    let newer =
        with_entry(&bytes, "signed-in", |entry| entry["event"] = json!({ "kind": "loyalty-earned", "points": 3 }));
    let heard = put(&newer);
    assert_eq!(heard.status, 201, "{heard:?}");
    assert!(heard.body.contains("1 of `loyalty-earned`, which this server does not know"), "{heard:?}");
    assert_eq!(place.cluster.sql("SELECT count(*) FROM orders"), "2");
}
