//! Closed shifts to a backend, as the till sees it: what is frozen, and what it makes of every answer.

use std::io::{BufReader, Read};
use std::time::Duration;

use counterflow::domain::event::{Event, Recorded};
use counterflow::domain::ids::RegisterId;
use counterflow::domain::time::Stamp;
use counterflow::session::PROGRAM;
use counterflow::session::clock::{Clock, SystemClock};
use counterflow::store::{RegisterKey, SCHEMA, Store, StoreError};
use counterflow::upload::{End, Report, Wanted, World, run};
use counterflow::wire::bundle::Head;
use counterflow::wire::enrolment::verified;
use counterflow::wire::problem::Code;
use counterflow::wire::reading::Reader;
use counterflow::wire::request::{self, Signed};
use flate2::read::GzDecoder;

use crate::shop::{OWNER, Shop, words};
use crate::upload_stub::{Reply, Stub};

/// A world in which nobody waits.
struct Fast {
    waited: Vec<Duration>,
}

impl Fast {
    fn event(register: RegisterId, event: Event) -> Recorded {
        let at = SystemClock.now();
        let business_date = at.local().date();
        Recorded {
            at,
            business_date,
            register,
            shift: None,
            staff: None,
            program: PROGRAM.into(),
            schema: SCHEMA,
            event,
        }
    }
}

impl World for Fast {
    fn now(&self) -> Stamp {
        SystemClock.now()
    }
    fn chance(&mut self) -> u64 {
        500
    }
    fn wait(&mut self, time: Duration) {
        self.waited.push(time);
    }
    fn record(&self, event: Event) -> Recorded {
        Self::event(RegisterId::OFFICE, event)
    }
    fn key(&self, store: &mut Store, register: RegisterId) -> Result<RegisterKey, StoreError> {
        store.register_key(register, |event| Self::event(register, event))
    }
}

/// A café that has enrolled, with so many closed shifts of one sale each.
fn cafe(stub: &Stub, shifts: usize) -> Shop {
    let shop = Shop::new();
    for _ in 0..shifts {
        sell_a_shift(&shop);
    }
    let enrolled = shop.command(&["enrol", "ABCD-EFGH-JKMN", "--server", &stub.address]).output().unwrap();
    assert!(enrolled.status.success(), "{}", words(&enrolled));
    shop
}

fn sell_a_shift(shop: &Shop) {
    shop.rings(OWNER, ":open-shift 100.00\n22\n:cash\n");
    let closed = shop
        .command(&["shift", "close", "--as", "Olive", "--counted", "cash=100.00", "--comment", "counted by a test"])
        .env("COUNTERFLOW_PIN", OWNER)
        .output()
        .unwrap();
    assert!(closed.status.success(), "{}", words(&closed));
}

fn upload(shop: &Shop, wanted: Wanted) -> Report {
    let mut store = shop.store();
    run(&mut store, &shop.config(), &mut Fast { waited: Vec::new() }, wanted).unwrap()
}

const NOW: Wanted = Wanted { dry_run: false, max: None, now: true, retry: false };

/// What one run makes of these answers: how it ends, how many are acknowledged, set aside, and waiting.
#[track_caller]
fn check(shop: &Shop, stub: &Stub, replies: &[Reply], expected: (End, usize, usize, usize)) -> Report {
    stub.will(replies);
    let report = upload(shop, Wanted { retry: true, ..NOW });
    let found = (report.end, report.sent.len(), report.set_aside.len(), report.waiting);
    assert_eq!(found, expected, "{replies:?}: {report:#?}");
    assert_eq!(stub.asked().len(), replies.len(), "{replies:?}: every answer is asked for, and no more");
    report
}

#[test]
fn every_answer_of_a_server_has_its_consequence() {
    let stub = Stub::new();
    let shop = cafe(&stub, 2);
    use Reply::*;
    let html = Bare(200, "", "<html>Welcome to the hotel</html>");
    let down = Bare(500, "", "oops");
    // Nothing of this is a yes: both shifts stay.
    let lost = Bare(404, "", "<html>nothing here</html>");
    for (reply, why) in [
        (down, "the server answered 500"),
        (html, "what answered is no CounterFlow backend"),
        (lost, "what answered is no CounterFlow backend: it answered 404"),
        (Half, "cannot be understood"),
        (Hangup, "the line broke off"),
    ] {
        let report = check(&shop, &stub, &[reply.clone(), reply.clone(), reply], (End::Unavailable, 0, 0, 2));
        assert!(report.why.contains(why), "{report:#?}");
    }
    check(&shop, &stub, &[Bare(429, "retry-after: 3600\r\n", "")], (End::Later, 0, 0, 2));
    check(&shop, &stub, &[Bare(503, "retry-after: 3600\r\n", "")], (End::Later, 0, 0, 2));
    check(&shop, &stub, &[Forged], (End::Protocol, 0, 0, 2));
    check(&shop, &stub, &[OnlyPlaceholder], (End::Protocol, 0, 0, 2));
    for (code, why) in [
        (Code::Unauthorised, "the server knows no register 1: enrol it with a new code"),
        (Code::Revoked, "the office revoked register 1: enrol it with a new code"),
    ] {
        let report = check(&shop, &stub, &[Problem(code)], (End::NotAuthorised, 0, 0, 2));
        assert!(report.why.contains(why) && report.why.len() < 77, "it fits a line of the screen: {report:#?}");
    }
    check(&shop, &stub, &[Gap(7)], (End::Protocol, 0, 0, 2));
    // Refused for good: set aside, each of them.
    for code in [Code::Invalid, Code::HashConflict, Code::TooLarge, Code::Unsupported] {
        check(&shop, &stub, &[Problem(code), Problem(code)], (End::SetAside, 0, 2, 0));
    }
    let unreadable = Problem(Code::Unreadable);
    let all = [unreadable.clone(), unreadable.clone(), unreadable.clone(), unreadable.clone()];
    check(&shop, &stub, &all, (End::SetAside, 0, 2, 0));
    // One set aside does not block the next; what the server then misses gets a placeholder.
    check(&shop, &stub, &[Problem(Code::TooLarge), Gap(1), Noted, Ack], (End::SetAside, 1, 1, 0));
    assert_eq!(stub.asked()[2].line, format!("PUT /v1/shifts/{}/placeholder HTTP/1.1", id_of(&shop, 1)));
    // And after all that: a busy moment, an answer that got lost, the same again.
    check(&shop, &stub, &[Problem(Code::InProgress), Hangup, Replayed], (End::Done, 1, 0, 0));
    check(&shop, &stub, &[], (End::Done, 0, 0, 0));
    shop.verifies();
}

#[test]
fn what_the_server_found_is_told_to_whoever_asked_for_quiet_too() {
    let stub = Stub::new();
    let shop = cafe(&stub, 1);
    stub.will(&[Reply::Warned]);
    let quiet = shop.command(&["upload", "--quiet"]).output().unwrap();
    assert_eq!(quiet.status.code(), Some(0));
    assert!(words(&quiet).contains("register 1, number 1: as the test wants it"), "{}", words(&quiet));
}

#[test]
fn a_register_that_reports_nowhere_is_told_and_keeps_no_other_from_sending() {
    let stub = Stub::new();
    let shop = cafe(&stub, 1);
    shop.configure("counterflow.toml", |text| {
        text.replace("registers = [\"Counter\"]", "registers = [\"Counter\", \"Bar\"]")
    });
    for act in [&["open", "--float", "50.00"], &["close", "--counted", "cash=50.00"][..]] {
        let mut shift = shop.command(&["--register", "2", "shift", act[0], "--as", "Olive"]);
        let output = shift.args(&act[1..]).env("COUNTERFLOW_PIN", OWNER).output().unwrap();
        assert!(output.status.success(), "{}", words(&output));
    }
    stub.will(&[Reply::Ack]);
    let sent = shop.command(&["upload", "--quiet"]).output().unwrap();
    assert_eq!(sent.status.code(), Some(78), "{}", words(&sent));
    for said in ["1 shift acknowledged, 0 still to send", "register 2 is not enrolled: `counterflow --register 2 enrol"]
    {
        assert!(words(&sent).contains(said), "{}", words(&sent));
    }
    let doctor = words(&shop.command(&["doctor"]).output().unwrap());
    assert!(doctor.contains("WRONG backend") && doctor.contains("register 2 is not enrolled"), "{doctor}");
}

fn id_of(shop: &Shop, seq: u64) -> uuid::Uuid {
    shop.store().bundle(RegisterId(1), seq).unwrap().unwrap().id
}

#[test]
fn a_pause_that_a_server_asks_for_is_kept_over_runs() {
    let stub = Stub::new();
    let shop = cafe(&stub, 1);
    stub.will(&[Reply::Bare(503, "retry-after: 3600\r\n", "")]);
    let report = upload(&shop, Wanted::default());
    assert_eq!(report.end, End::Later);
    let at = report.retry_at.unwrap() - SystemClock.now().utc_ms;
    assert!((3_590_000..5_000_000).contains(&at), "{at}");
    stub.will(&[]);
    let paused = shop.command(&["upload"]).output().unwrap();
    assert_eq!(paused.status.code(), Some(75));
    for said in ["nothing was tried; the last time the server answered 503", "but for `counterflow upload --now`"] {
        assert!(words(&paused).contains(said), "{}", words(&paused));
    }
    assert!(stub.asked().is_empty());
    let doctor = words(&shop.command(&["doctor"]).output().unwrap());
    assert!(doctor.contains("WRONG backend") && doctor.contains("the server answered 503"), "{doctor}");
    check(&shop, &stub, &[Reply::Ack], (End::Done, 1, 0, 0));
}

#[test]
fn a_clock_that_is_wrong_by_years_still_sends() {
    let stub = Stub::new();
    let shop = cafe(&stub, 1);
    check(&shop, &stub, &[Reply::Skew, Reply::Ack], (End::Done, 1, 0, 0));
    let asked = stub.asked();
    let (created, _) = request::read_input(asked[1].header("signature-input")).unwrap();
    assert!((2_000_000_000..2_000_000_060).contains(&created), "{created}");
}

#[test]
fn what_a_server_has_lost_is_sent_again() {
    let stub = Stub::new();
    let shop = cafe(&stub, 1);
    check(&shop, &stub, &[Reply::Ack], (End::Done, 1, 0, 0));
    sell_a_shift(&shop);
    check(&shop, &stub, &[Reply::Gap(1), Reply::Ack, Reply::Ack], (End::Done, 2, 0, 0));
}

/// What travels: signed, whole, and the same bytes each time.
#[test]
fn a_bundle_is_frozen_at_the_close() {
    let stub = Stub::new();
    let shop = cafe(&stub, 2);
    check(&shop, &stub, &[Reply::Hangup, Reply::Ack, Reply::Ack], (End::Done, 2, 0, 0));
    let asked = stub.asked();
    assert_eq!(asked[0].body, asked[1].body, "sent again, it is the same to the byte");
    let mut heads: Vec<Head> = Vec::new();
    for asked in &asked[1..] {
        let digest = request::content_digest(&asked.body);
        assert_eq!(asked.header("content-digest"), digest);
        let path = asked.line.split(' ').nth(1).unwrap();
        let (created, terminal) = request::read_input(asked.header("signature-input")).unwrap();
        let signed = Signed { method: "PUT", path, query: "", digest: &digest, created, terminal };
        let signature = request::read_signature(asked.header("signature")).unwrap();
        let public = shop.store().register_key(RegisterId(1), |_| unreachable!()).unwrap().public();
        assert!(verified(&public, &signed.base(), &counterflow::wire::hex::hex(&signature)));
        let mut reader = Reader::new(BufReader::new(GzDecoder::new(asked.body.as_slice())), u64::MAX).unwrap();
        let (mut sales, mut zs) = (0, 0);
        while let Some(entry) = reader.entry().unwrap() {
            match entry.recorded.unwrap().event {
                Event::SaleCompleted { sale, .. } => sales += i32::from(sale.totals.total.is_positive()),
                Event::ShiftClosed { z } => zs += i32::from(z.shift.id.0 == reader.head().id),
                _ => {}
            }
        }
        assert_eq!((sales, zs), (1, 1));
        heads.push(reader.head().clone());
    }
    let first = counterflow::wire::bundle::sha256(&heads[0].to_bytes().unwrap());
    assert_eq!((heads[0].seq, heads[1].seq, heads[1].prev_sha256), (1, 2, first));
    assert_eq!(heads[1].journal.first, heads[0].journal.last + 1);
    assert_eq!(heads[1].journal.prev, heads[0].journal.head);

    // Rebuilt from the journal, the outbox is the same to the byte.
    let rebuilt = shop.command(&["verify", "--rebuild"]).output().unwrap();
    assert!(rebuilt.status.success(), "{}", words(&rebuilt));
    let mut again = Vec::new();
    shop.store().write_bundle(heads[1].id, &mut again).unwrap();
    let mut sent = Vec::new();
    GzDecoder::new(asked[2].body.as_slice()).read_to_end(&mut sent).unwrap();
    assert!(again == sent);
    assert!(shop.store().unacknowledged().unwrap().is_empty());
}

/// A byte that was changed on the way, wherever it is, is found.
#[test]
fn an_altered_bundle_does_not_read() {
    let stub = Stub::new();
    let shop = cafe(&stub, 1);
    let mut bytes = Vec::new();
    shop.store().write_bundle(id_of(&shop, 1), &mut bytes).unwrap();
    let sha256 = shop.store().bundle(RegisterId(1), 1).unwrap().unwrap().sha256;
    let read = |bytes: &[u8]| -> Result<bool, counterflow::wire::reading::ReadError> {
        let mut reader = Reader::new(bytes, u64::MAX)?;
        while reader.entry()?.is_some() {}
        Ok(reader.sha256() == sha256)
    };
    assert!(read(&bytes).unwrap());
    for at in (0..bytes.len()).step_by(97) {
        let mut altered = bytes.clone();
        altered[at] ^= 1;
        assert!(!read(&altered).unwrap_or(false), "byte {at} of {}", bytes.len());
    }
    for length in (0..bytes.len()).step_by(131) {
        assert!(read(&bytes[..length]).is_err(), "cut after {length}");
    }
}

#[test]
fn a_till_sends_when_it_is_asked_to() {
    let stub = Stub::new();
    let shop = Shop::new();
    let said = shop.rings(OWNER, ":upload\n");
    assert!(said[0]["said"].as_str().unwrap().contains("counterflow enrol"), "{said:?}");
    let shop = cafe(&stub, 2);
    stub.will(&[Reply::Ack, Reply::Problem(Code::Invalid)]);
    let said = shop.rings(OWNER, ":upload\n");
    assert_eq!(said[0]["said"], "1 set aside, kept here: tell the office; then `counterflow upload --retry`");
    stub.will(&[]);
    assert_eq!(shop.store().unsent().unwrap().map(|u| (u.waiting, u.set_aside)), Some((0, 1)));
}

#[test]
fn the_command_says_how_it_ended() {
    let stub = Stub::new();
    let shop = Shop::new();
    let code = |args: &[&str], expected: i32| {
        let output = shop.command(args).output().unwrap();
        assert_eq!(output.status.code(), Some(expected), "{args:?}: {}", words(&output));
        output
    };
    code(&["upload"], 78);
    code(&["pull"], 78);
    code(&["enrol", "ABCD", "--server", "http://shop.example.com"], 78);
    code(&["enrol", "ABCD", "--server", &stub.address], 0);
    let quiet = code(&["upload", "--quiet"], 0);
    assert!(quiet.stdout.is_empty() && quiet.stderr.is_empty(), "{}", words(&quiet));
    sell_a_shift(&shop);
    let dry = code(&["upload", "--dry-run", "--json"], 0);
    let dry: serde_json::Value = serde_json::from_slice(&dry.stdout).unwrap();
    assert_eq!((&dry["would_send"][0]["seq"], &dry["waiting"]), (&1.into(), &1.into()));
    let _held = counterflow::store::lock_upload(&shop.data()).unwrap();
    let held = code(&["upload"], 75);
    assert!(words(&held).contains("the upload is open in process"), "{}", words(&held));
}
