//! Refunds: never more than was sold, however many sessions give it back at once; and both verifiers tell what somebody
//! has tampered with.

use std::collections::BTreeMap;
use std::process::Stdio;

use counterflow::domain::command::Command;
use counterflow::domain::event::Event;
use counterflow::domain::ids::{LineId, RegisterId};
use counterflow::domain::money::Money;
use counterflow::domain::quantity::Quantity;
use counterflow::domain::till::Ctx;
use counterflow::session::clock::{Clock, Ids, SystemClock};
use counterflow::session::{Options, Outcome, PROGRAM, Session};
use counterflow::store::{CommitError, FILE_NAME, SCHEMA};
use rusqlite::Connection;

use crate::shop::{OWNER, Shop, words};

/// A café with two registers that are open, and so many sales of three flat whites on the first.
fn sold(sales: usize) -> Shop {
    let shop = Shop::new();
    shop.configure("counterflow.toml", |text| text.replace("[\"Counter\"]", "[\"Counter\", \"Bar\"]"));
    let opened = shop
        .command(&["--register", "2", "shift", "open", "--as", "Olive", "--float", "100.00"])
        .env("COUNTERFLOW_PIN", OWNER)
        .output()
        .unwrap();
    assert!(opened.status.success(), "{}", words(&opened));
    shop.rings(OWNER, &format!(":open-shift 100.00\n{}", "3*1\n:cash\n".repeat(sales)));
    shop
}

/// Two of the three of receipt 1, as a session that has just looked it up would give them back.
fn two_of_three(shop: &Shop) -> Command {
    Command::Refund {
        register: RegisterId(1),
        receipt: 1,
        back: BTreeMap::from([(LineId(1), Quantity::pieces(2))]).into(),
        reason: "Brought back".to_owned(),
        tender: None,
        found: shop.store().found(RegisterId(1), 1).unwrap().map(Box::new),
    }
}

/// How much of a sale's first line came back.
fn back(shop: &Shop, receipt: u64) -> Quantity {
    shop.store().found(RegisterId(1), receipt).unwrap().unwrap().before(LineId(1))
}

fn till(shop: &Shop, register: u16) -> Session {
    let options = Options {
        data: shop.data(),
        config: shop.config(),
        register: RegisterId(register),
        clock: Box::new(SystemClock),
        greeting: Vec::new(),
        watermark: None,
    };
    let mut session = Session::open(options).unwrap();
    let staff = session.till.staff.values().find(|s| s.name == "Olive").unwrap().id;
    session.act(Command::SignIn { staff });
    session
}

#[test]
fn what_was_looked_up_before_another_session_gave_it_back_is_not_given_twice() {
    let shop = sold(1);
    let (mut first, mut second) = (till(&shop, 1), till(&shop, 2));
    // Both have looked the sale up; then both give back.
    let (one, other) = (two_of_three(&shop), two_of_three(&shop));
    let now = SystemClock.now();
    second.carry_out(&one, None, now);
    assert!(matches!(second.outcomes.last(), Some(Outcome::Done(_))), "{}", second.said());
    first.carry_out(&other, None, now);
    let due = CommitError::Overtaken { what: "a refund of receipt 1".to_owned() }.to_string();
    assert_eq!(first.outcomes.last(), Some(&Outcome::Failed(due)));
    assert_eq!(back(&shop, 1), Quantity::pieces(2));
    // Looked up anew, only one is left.
    first.act(two_of_three(&shop));
    assert!(matches!(first.outcomes.last(), Some(Outcome::Refused(_))), "{}", first.said());
    first.close();
    second.close();
    shop.verifies();
}

#[test]
fn two_processes_that_give_back_the_same_sales_never_give_back_more_than_was_sold() {
    const SALES: usize = 12;
    let shop = sold(SALES);
    let lines: String = (1..=SALES).map(|receipt| format!(":refund 1-{receipt} 2*1 . Brought back\n")).collect();
    let file = shop.beside("refunds");
    std::fs::write(&file, lines).unwrap();
    let start = |register: &str| {
        let mut ring = shop.command(&["--register", register, "ring", "--as", "Olive"]);
        ring.arg(&file).env("COUNTERFLOW_PIN", OWNER).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    };
    for mut ring in [start("1"), start("2")] {
        // What is refused ends with 1.
        assert!(ring.wait().unwrap().code().is_some_and(|code| code < 2));
    }
    for receipt in 1..=SALES as u64 {
        assert_eq!(back(&shop, receipt), Quantity::pieces(2), "receipt {receipt}");
    }
    shop.verifies();
}

/// Both verifiers name what is wrong.
#[track_caller]
fn told(shop: &Shop, first: &str, second: &str) {
    let found: Vec<String> = shop.store().verify(&mut |_, _| {}).findings.iter().map(ToString::to_string).collect();
    assert!(found.iter().any(|f| f.contains(first)), "{first}: {found:#?}");
    if let Some(said) = shop.second_opinion() {
        assert!(said.contains(second), "{second}: {said}");
    }
}

fn refund(events: &mut [Event]) -> &mut counterflow::domain::refund::Refund {
    events
        .iter_mut()
        .find_map(|event| match event {
            Event::Refunded { refund, .. } => Some(&mut **refund),
            _ => None,
        })
        .unwrap()
}

#[test]
fn a_tampered_refund_is_told_by_both_verifiers() {
    let more = "more of line 1 of receipt 1 came back than was sold";
    let shop = sold(1);
    shop.forges(&two_of_three(&shop), |events| refund(events).lines[0].quantity = Quantity::pieces(4));
    told(&shop, more, "receipt 1: more of line 1 came back than was sold");

    let shop = sold(1);
    shop.forges(&two_of_three(&shop), |events| {
        let payment = &mut refund(events).payments[0];
        (payment.amount, payment.tendered) = (Money::from_minor(1_640), Money::from_minor(1_640));
    });
    told(&shop, "refund 1: 16.40 was given back, 6.40 was due", "what was given back is not what the refund comes to");

    let shop = sold(1);
    shop.forges(&two_of_three(&shop), |events| refund(events).totals.net += Money::from_minor(100));
    let sums = "refund 1: its lines, net and taxes are not its total of 6.40";
    told(&shop, sums, "lines, net and taxes of the refund are not its total");

    // One that is not the first of its sale, as somebody has it who takes the other out.
    let shop = sold(1);
    shop.rings(OWNER, ":refund 1-1 2*1 . Brought back\n");
    let till = shop.till();
    let now = SystemClock.now();
    let mut command = two_of_three(&shop);
    if let Command::Refund { found: Some(found), .. } = &mut command {
        found.refunds.clear();
    }
    let events = till.decide(&command, &mut Ctx { now, ids: &mut Ids, approver: None }).unwrap();
    let refused = shop.store().commit(&till.record(events, now, PROGRAM, SCHEMA), &[]).unwrap_err();
    assert_eq!(refused, CommitError::Overtaken { what: "a refund of receipt 1".to_owned() });

    // Bytes that were changed in the file.
    let conn = Connection::open(shop.data().join(FILE_NAME)).unwrap();
    conn.execute_batch(
        "DROP TRIGGER journal_is_never_updated; UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), \
         'Brought back', 'Brought Back') AS BLOB) WHERE instr(CAST(body AS TEXT), '\"refunded\"')",
    )
    .unwrap();
    told(&shop, "its hash does not fit", "its hash does not fit");
}
