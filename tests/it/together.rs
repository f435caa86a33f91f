//! Several sessions at the very same time: real threads and processes on one store. No order is ever
//! overwritten, nobody is stuck behind a session that died, and what one does the others see at once.

use std::collections::BTreeMap;
use std::sync::Barrier;

use counterflow::domain::command::{Command, PriceGiven, Ring};
use counterflow::domain::ids::RegisterId;
use counterflow::domain::money::Money;
use counterflow::domain::quantity::Quantity;
use counterflow::domain::refusal::Refusal;
use counterflow::session::clock::{Clock, SystemClock};
use counterflow::session::{Options, Outcome, Session};
use counterflow::ui::{AfterPin, Input};

use crate::pty::Pty;
use crate::shop::{ADA, BEN, OWNER, Shop};

/// How many tills the restaurant has.
const TILLS: u16 = 5;

/// A restaurant with five registers and five waiters, `1001` to `1005`.
pub fn restaurant() -> Shop {
    let shop = Shop::of("restaurant");
    shop.configure("counterflow.toml", |text| {
        text.replace("[\"Bar\", \"Floor\"]", "[\"One\", \"Two\", \"Three\", \"Four\", \"Five\"]")
            .replace("lock_after_sale = true", "lock_after_sale = false")
    });
    for register in 1..=TILLS {
        shop.hire_as(&format!("Waiter {register}"), "supervisor", &format!("100{register}"));
    }
    shop
}

pub fn open(shop: &Shop, register: u16) -> Session {
    Session::open(Options {
        data: shop.data(),
        config: shop.config(),
        register: RegisterId(register),
        clock: Box::new(SystemClock),
        greeting: Vec::new(),
        watermark: None,
    })
    .unwrap()
}

/// A till with its waiter signed in and a shift open.
pub fn at_work(shop: &Shop, register: u16) -> Session {
    let mut session = open(shop, register);
    session.pin(&format!("100{register}"), AfterPin::SignIn);
    session.act(Command::OpenShift { float: Money::from_minor(10_000), pieces: Vec::new() });
    assert!(session.till.shift.is_some(), "{}", session.said());
    session
}

/// Does a command without looking at what others did before; what it was refused for, if it was.
fn does(session: &mut Session, command: &Command) -> Option<Refusal> {
    session.outcomes.clear();
    session.carry_out(command, None, SystemClock.now());
    match session.outcomes.pop() {
        Some(Outcome::Done(_)) => None,
        Some(Outcome::Refused(refusal)) => Some(refusal),
        other => panic!("{command:?}: {other:?}"),
    }
}

/// Rings an item of the menu.
pub fn ring(item: &str, pieces: i64) -> Command {
    Command::Ring(Ring {
        item: item.to_owned(),
        quantity: Some(Quantity::pieces(pieces)),
        net: false,
        price: PriceGiven::Menu,
        picks: None,
        confirmed: true,
    })
}

fn seat(table: &str) -> Command {
    Command::OpenTable { table: table.to_owned(), beside: false }
}

#[test]
fn a_free_table_is_taken_by_one_of_all_who_open_it_at_once() {
    let shop = restaurant();
    let tables = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "T1", "T2", "T3"];
    let barrier = Barrier::new(usize::from(TILLS));
    let won: Vec<Vec<bool>> = std::thread::scope(|scope| {
        let tills: Vec<_> = (1..=TILLS)
            .map(|register| {
                let (shop, barrier) = (&shop, &barrier);
                scope.spawn(move || {
                    let mut session = at_work(shop, register);
                    let mut won = Vec::new();
                    for table in tables {
                        barrier.wait();
                        let refused = does(&mut session, &seat(table));
                        assert!(matches!(&refused, None | Some(Refusal::TableTaken { .. })), "{refused:?}");
                        won.push(refused.is_none());
                        if refused.is_none() {
                            does(&mut session, &Command::SetCovers { covers: Some(2) });
                            does(&mut session, &Command::Hold { name: None });
                        }
                    }
                    session.close();
                    won
                })
            })
            .collect();
        tills.into_iter().map(|till| till.join().unwrap()).collect()
    });
    for (at, table) in tables.iter().enumerate() {
        assert_eq!(won.iter().filter(|won| won[at]).count(), 1, "table {table}");
    }
    let session = open(&shop, 1);
    let mut there: BTreeMap<String, usize> = BTreeMap::new();
    for order in session.till.orders.values() {
        *there.entry(order.face.table.clone().unwrap_or_default()).or_default() += 1;
    }
    assert_eq!(there, tables.iter().map(|table| ((*table).to_owned(), 1)).collect());
    session.close();
    shop.verifies();
}

#[test]
fn whoever_has_not_looked_yet_is_asked_before_they_sit_beside_others() {
    let shop = restaurant();
    let (mut one, mut two) = (at_work(&shop, 1), at_work(&shop, 2));
    one.see_others();
    assert_eq!(does(&mut one, &seat("12")), None);
    let number = one.till.current().unwrap().number;
    let taken = Refusal::TableTaken { table: "12".to_owned(), number };
    // Register 2 still believes that it is free.
    assert!(two.till.orders_at("12").is_empty());
    assert_eq!(does(&mut two, &seat("12")), Some(taken.clone()));
    assert!(two.screen().dialog.is_some_and(|d| d.title.contains("sure") || !d.rows.is_empty()), "it is asked");
    assert_eq!(does(&mut two, &Command::OpenTable { table: "12".to_owned(), beside: true }), None);
    // Moving and joining are no other way in.
    assert_eq!(does(&mut two, &Command::SetCovers { covers: Some(2) }), None);
    assert_eq!(does(&mut two, &seat("3")), None);
    assert_eq!(does(&mut one, &Command::JoinTable { table: "3".to_owned() }).map(|r| r.to_string()), {
        let number = two.till.current().unwrap().number;
        Some(Refusal::TableTaken { table: "3".to_owned(), number }.to_string())
    });
    assert_eq!(does(&mut one, &Command::SetCovers { covers: Some(2) }), None);
    assert_eq!(does(&mut two, &Command::JoinTable { table: "4".to_owned() }), None);
    let to_four = Command::MoveTable { table: Some("4".to_owned()), beside: false };
    assert!(matches!(does(&mut one, &to_four), Some(Refusal::TableTaken { .. })));
    one.close();
    two.close();
    shop.verifies();
}

#[test]
fn of_two_who_recall_an_order_at_once_one_is_told_who_has_it() {
    let shop = restaurant();
    let (mut one, mut two) = (at_work(&shop, 1), at_work(&shop, 2));
    shop.hire_as("Tom", "trainee", "3333");
    assert_eq!(does(&mut one, &seat("12")), None);
    does(&mut one, &Command::SetCovers { covers: Some(2) });
    let id = one.till.current().unwrap().id;
    does(&mut one, &Command::Hold { name: None });
    two.see_others();
    does(&mut two, &Command::SignOut { locked: false });
    two.pin("3333", AfterPin::SignIn);
    assert_eq!(does(&mut one, &Command::Recall { order: id }), None);
    // Decided on what it knew, this would be done; the store says no, and it is decided anew.
    assert!(matches!(does(&mut two, &Command::Recall { order: id }), Some(Refusal::HeldBy { register: 1, .. })));
    one.close();
    two.close();
    shop.verifies();
}

/// Two tills as processes of their own, each on a terminal; shifts are open.
fn on_terminals(shop: &Shop) -> (Pty, Pty) {
    for register in ["1", "2"] {
        let lines = shop.beside("open");
        std::fs::write(&lines, ":open-shift 100.00\n").unwrap();
        let mut open = shop.command(&["--register", register, "ring", "--as", "Olive"]);
        let output = open.arg(&lines).env("COUNTERFLOW_PIN", OWNER).output().unwrap();
        assert!(output.status.success(), "{}", crate::shop::words(&output));
    }
    (Pty::start(&shop.command(&["--register", "1"])), Pty::start(&shop.command(&["--register", "2"])))
}

#[test]
fn the_order_of_a_killed_till_is_free_at_once() {
    let shop = restaurant();
    let (mut first, mut second) = on_terminals(&shop);
    first.sign_in(ADA);
    second.sign_in(BEN);
    first.keys("12<Ctrl-G>102<Enter>");
    first.sees("Table 12");
    second.keys("12<Ctrl-G>");
    second.sees("Ada has order 1 open on register 1");
    second.keys("<Esc>");
    first.kill();
    second.keys("12<Ctrl-G>");
    second.sees("no till runs any more where it was");
    second.sees("Table 12");
    second.keys("<Ctrl-X>");
    second.ends();
    shop.verifies();
}

#[test]
fn what_changes_on_one_till_appears_on_the_other_without_a_key() {
    let shop = restaurant();
    let (mut first, mut second) = on_terminals(&shop);
    first.sign_in(ADA);
    second.sign_in(BEN);
    second.keys("<Ctrl-G>");
    second.sees("free");
    // How soon: benches/floor.rs.
    for table in ["1", "2", "3"] {
        first.keys(&format!("{table}<Ctrl-G>:covers 2<Enter>102<Enter>"));
        let open = format!("{table} O");
        second.wait("the table is open", |screen| screen.contains(&open));
    }
    for mut till in [first, second] {
        till.keys("<Esc><Esc><Ctrl-X>");
        till.ends();
    }
}

#[test]
fn a_line_typed_by_a_second_waiter_is_on_the_next_picture_of_the_first() {
    let shop = restaurant();
    let (mut one, mut two) = (at_work(&shop, 1), at_work(&shop, 2));
    does(&mut two, &seat("7"));
    two.step(Input::Line("102".to_owned()));
    one.tick();
    let order = one.till.orders_at("7").first().map(|o| o.live_lines().count());
    assert_eq!(order, Some(1));
}
