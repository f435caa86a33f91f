//! A close proves itself: its Z is signed by the register's key, and both verifiers check it.

use counterflow::domain::event::{Event, Recorded};
use counterflow::domain::ids::RegisterId;
use counterflow::store::FILE_NAME;
use rusqlite::Connection;

use crate::shop::{OWNER, Shop, words};

/// A shift with one sale, opened and closed.
fn day(shop: &Shop) {
    shop.rings(OWNER, ":open-shift 100.00\n1\n:cash\n");
    let counted = shop.command(&["shift", "close", "--as", "Olive", "--comment", "a test"]);
    close(counted);
}

fn close(mut command: std::process::Command) {
    let closed = command.env("COUNTERFLOW_PIN", OWNER).output().unwrap();
    assert!(closed.status.success(), "{}", words(&closed));
}

/// The events of register 1.
fn events(shop: &Shop) -> Vec<Event> {
    let mut events = Vec::new();
    let each = &mut |entry: counterflow::store::Entry| {
        if entry.register == RegisterId(1) {
            let recorded: Recorded = serde_json::from_slice(&entry.body).unwrap();
            events.push(recorded.event);
        }
        Ok(())
    };
    shop.store().journal(each).unwrap();
    events
}

fn kinds(shop: &Shop) -> Vec<&'static str> {
    let kind = |event: &Event| match event {
        Event::KeyMade { .. } => Some("key"),
        Event::ShiftClosed { .. } => Some("Z"),
        Event::ShiftSealed { .. } => Some("seal"),
        _ => None,
    };
    events(shop).iter().filter_map(kind).collect()
}

#[test]
fn every_z_is_signed_by_a_key_that_the_journal_names_before() {
    let shop = Shop::new();
    day(&shop);
    day(&shop);
    assert_eq!(kinds(&shop), ["key", "Z", "seal", "Z", "seal"]);
    shop.verifies();
    // A key that is lost is made anew, and what the old one has signed stays signed.
    std::fs::remove_file(shop.data().join("register-1.key")).unwrap();
    day(&shop);
    assert_eq!(kinds(&shop), ["key", "Z", "seal", "Z", "seal", "key", "Z", "seal"]);
    shop.verifies();
}

#[test]
fn a_z_that_another_key_has_signed_is_found() {
    let shop = Shop::new();
    day(&shop);
    let Some(Event::ShiftSealed { signature, .. }) =
        events(&shop).into_iter().rev().find(|e| matches!(e, Event::ShiftSealed { .. }))
    else {
        panic!("the Z is not signed")
    };
    let other = if signature.starts_with('0') { "1" } else { "0" };
    let conn = Connection::open(shop.data().join(FILE_NAME)).unwrap();
    conn.execute_batch("DROP TRIGGER journal_is_never_updated").unwrap();
    conn.execute(
        "UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), ?1, ?2) AS BLOB)",
        (&signature, format!("{other}{}", &signature[1..])),
    )
    .unwrap();
    let found = shop.store().verify(&mut |_, _| {}).findings;
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(found.iter().any(|f| f.ends_with("the signature of Z 1 is not the register's")), "{found:#?}");
    if let Some(said) = shop.second_opinion() {
        assert!(said.contains("the signature of the Z is not the register's"), "{said}");
    }
}
