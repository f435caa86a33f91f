//! What must not come in: each has its status, its problem document, its line in the log, and leaves
//! nothing behind but what it says.

use counterflow::wire::bundle::Head;
use counterflow::wire::request;
use uuid::Uuid;

use super::cluster::{Cluster, Server};
use super::tills::{Heard, Rogue, Tenant, ask, bundle_of, cafe, pack, sell_shifts, sums};
use crate::shop::{Shop, words};

/// The bundle with another head.
fn with_head(bytes: &[u8], change: impl FnOnce(&mut Head)) -> Vec<u8> {
    let end = bytes.iter().position(|b| *b == b'\n').unwrap();
    let mut head: Head = serde_json::from_slice(&bytes[..end]).unwrap();
    change(&mut head);
    let mut changed = head.to_bytes().unwrap();
    changed.extend_from_slice(&bytes[end..]);
    changed
}

/// What is in the database: bundles, placeholders, conflicts, orders, lines, payments, drawer events.
fn stored(cluster: &Cluster) -> String {
    cluster.sql(
        "SELECT (SELECT count(*) FROM bundles WHERE acknowledgement IS NOT NULL), \
         (SELECT count(*) FROM bundles WHERE acknowledgement IS NULL), (SELECT count(*) FROM conflicts), \
         (SELECT count(*) FROM orders), (SELECT count(*) FROM order_lines), (SELECT count(*) FROM payments), \
         (SELECT count(*) FROM drawer_events), (SELECT count(*) FROM day_sums)",
    )
}

struct Place {
    cluster: Cluster,
    server: Server,
    shop: Shop,
    rogue: Rogue,
}

impl Place {
    fn new() -> Self {
        let cluster = Cluster::new();
        cluster.tell(&["migrate"]);
        let config = cluster.configure("max_unpacked_bytes = 2_000_000\n");
        let server = Server::start(&cluster, Some(&config));
        let shop = cafe(&cluster, &Tenant::new(&cluster, "Beans & Co"), &server.address);
        let rogue = Rogue::of(&shop, &server.address);
        Self { cluster, server, shop, rogue }
    }

    /// A refusal, with its document and its line; and what it leaves behind.
    #[track_caller]
    fn refused(&self, heard: &Heard, status: u16, kind: &str, pointer: &str, leaves: &str) {
        assert_eq!((heard.status, heard.problem().as_str()), (status, kind), "{heard:?}");
        assert!(heard.headers.contains("application/problem+json"), "{heard:?}");
        assert!(heard.body.contains(pointer), "{heard:?}");
        self.server.logs(&format!("\"kind\":\"/problems/{kind}\""));
        assert_eq!(stored(&self.cluster), leaves, "{heard:?}");
    }
}

#[test]
fn what_is_wrong_is_refused_told_and_leaves_nothing() {
    let place = Place::new();
    let (shop, rogue) = (&place.shop, &place.rogue);
    sell_shifts(shop, 3, 2);
    let (id, bytes) = bundle_of(shop, 1);
    let nothing = "0|0|0|0|0|0|0|0";

    // Nobody, and somebody else's key.
    let unsigned = ask(&place.server.address, "PUT", &format!("/v1/shifts/{id}"), "", &pack(&bytes));
    place.refused(&unsigned, 401, "unauthorised", "", nothing);
    let other = Shop::new();
    let key = other.store().register_key(counterflow::domain::ids::RegisterId(1), |event| {
        let mut recorded = shop.store().entries_after(0).unwrap().remove(0).1;
        (recorded.event, recorded.register) = (event, counterflow::domain::ids::RegisterId(1));
        recorded
    });
    let forger = Rogue { key: key.unwrap(), terminal: rogue.terminal, server: rogue.server.clone() };
    place.refused(&forger.put(id, &bytes), 401, "unauthorised", "", nothing);

    // Not what its digest says; not gzip; not a bundle; of a schema that is not known; a bomb.
    let digest = request::content_digest(b"something else");
    let headers = "content-type: application/vnd.counterflow.shift+ndjson\r\ncontent-encoding: gzip\r\n";
    let path = format!("/v1/shifts/{id}");
    place.refused(&rogue.send("PUT", &path, &pack(&bytes), (&digest, headers)), 400, "unreadable", "digest", nothing);
    place.refused(&rogue.put_packed(id, b"no gzip at all", ""), 400, "unreadable", "", nothing);
    place.refused(&rogue.put(id, b"{\"schema\":1}\n"), 400, "unreadable", "", nothing);
    place.refused(&rogue.put(id, b"{\"schema\":99}\n"), 415, "unsupported", "99", nothing);
    let digest = request::content_digest(b"{}");
    let json = "content-type: application/json\r\n";
    place.refused(&rogue.send("PUT", &path, b"{}", (&digest, json)), 415, "unsupported", "", nothing);
    place.refused(&rogue.put_packed(id, &pack(&vec![b'0'; 20_000_000]), ""), 413, "too-large", "", nothing);

    // A head that the register did not sign.
    let unsigned = rogue.put_packed(id, &pack(&bytes), &rogue.key.sign(b"something else"));
    place.refused(&unsigned, 422, "invalid", "/signature", nothing);

    // Another's.
    let foreign = with_head(&bytes, |head| head.tenant = Some(Uuid::from_u128(1)));
    place.refused(&rogue.put(id, &foreign), 403, "forbidden", "another business", nothing);
    let foreign = with_head(&bytes, |head| head.register.0 = 2);
    place.refused(&rogue.put(id, &foreign), 403, "forbidden", "another register", nothing);

    // Out of turn.
    let (second, second_bytes) = bundle_of(shop, 2);
    place.refused(&rogue.put(second, &second_bytes), 409, "seq-gap", "\"missing_seq\":1", nothing);

    // Altered in the middle: a placeholder says so, and the next one can follow.
    let at = bytes.len() / 2;
    let mut altered = bytes.clone();
    altered[at] = if altered[at] == b'1' { b'2' } else { b'1' };
    place.refused(&rogue.put(id, &altered), 422, "invalid", "/journal", "0|1|0|0|0|0|0|0");
    place.refused(&rogue.put(id, &bytes[..at]), 422, "invalid", "/journal", "0|1|0|0|0|0|0|0");
    let heard = rogue.put(second, &second_bytes);
    assert_eq!(heard.status, 201, "{heard:?}");
    assert!(heard.body.contains("the bundle before is set aside"), "{heard:?}");
    // The placeholder is filled once the bundle comes as it was frozen.
    let heard = rogue.put(id, &bytes);
    assert_eq!(heard.status, 201, "{heard:?}");
    let all = stored(&place.cluster);
    assert!(all.starts_with("2|0|0|4|"), "{all}");

    // The same again is the same answer; the same id with other bytes is a conflict.
    let again = rogue.put(id, &bytes);
    assert_eq!((again.status, &again.body), (200, &heard.body));
    assert!(again.headers.contains("idempotency-replayed: true"), "{again:?}");
    let other = with_head(&bytes, |head| head.program = "9.9.9".to_owned());
    let conflict = all.replacen("2|0|0|", "2|0|1|", 1);
    place.refused(&rogue.put(id, &other), 422, "hash-conflict", "", &conflict);

    // From the future.
    let (third, third_bytes) = bundle_of(shop, 3);
    let future = with_head(&third_bytes, |head| head.business_date = "2199-01-01".parse().unwrap());
    let placeholder = all.replacen("2|0|0|", "2|1|1|", 1);
    place.refused(&rogue.put(third, &future), 422, "invalid", "/business_date", &placeholder);

    // And once it was revoked.
    place.cluster.sql("UPDATE terminals SET revoked = now()");
    place.refused(&rogue.put(third, &third_bytes), 403, "revoked", "", &placeholder);
    let told = shop.command(&["upload", "--now"]).output().unwrap();
    assert_eq!(told.status.code(), Some(77), "{}", words(&told));
    assert!(words(&told).contains("revoked register 1: enrol it with a new code"), "{}", words(&told));
    assert_eq!(sums(shop).0, 6, "selling has gone on");
}

#[test]
fn what_is_there_from_another_bundle_holds_nobody_up() {
    let place = Place::new();
    sell_shifts(&place.shop, 2, 1);
    let ((id, bytes), (second, second_bytes)) = (bundle_of(&place.shop, 1), bundle_of(&place.shop, 2));
    assert_eq!(place.rogue.put(id, &bytes).status, 201);
    // As if the same sale had come in another bundle: the trigger that keeps bundles is out of the way for it.
    place.cluster.sql("SET session_replication_role = replica; DELETE FROM bundles");
    let left = stored(&place.cluster).replacen("0|0|0|", "0|1|0|", 1);
    place.refused(&place.rogue.put(id, &bytes), 422, "invalid", "stored from another bundle", &left);
    let heard = place.rogue.put(second, &second_bytes);
    assert_eq!(heard.status, 201, "{heard:?}");
}

#[test]
fn a_clock_that_is_off_is_told_and_nothing_is_refused_for_it() {
    let place = Place::new();
    sell_shifts(&place.shop, 1, 1);
    let (id, bytes) = bundle_of(&place.shop, 1);
    let ahead = with_head(&bytes, |head| head.at.utc_ms += 3 * 86_400_000);
    let heard = place.rogue.put(id, &ahead);
    assert_eq!(heard.status, 201, "{heard:?}");
    assert!(heard.body.contains("closed in the future"), "{heard:?}");
}
