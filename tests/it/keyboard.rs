//! Two keyboards that somebody plays on who means nothing by it: keys, digits, names, lines of any action with any
//! answers, on one restaurant. Every picture can be drawn, what both tills hold is what the store holds, and the store
//! is whole when the tills are left, however they are.
//!
//! `COUNTERFLOW_KEYBOARD_STEPS=20000` presses more than the suite does; `COUNTERFLOW_KEYBOARD_SEED` others. The last
//! things typed are told where something fails.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use counterflow::domain::command::Command;
use counterflow::domain::ids::RegisterId;
use counterflow::domain::money::Money;
use counterflow::session::{Flow, Session};
use counterflow::tui::{Colours, Glyphs, Look, picture};
use counterflow::ui::action::Action;
use counterflow::ui::{AfterPin, Input, script};

use crate::dice::{Dice, setting};
use crate::shop::Shop;
use crate::together::{open, restaurant};

const STEPS: u64 = 1_500;
const SEED: u64 = 3;
const TILLS: u16 = 2;
/// How often what the tills hold is compared with the store.
const COMPARED: u64 = 100;
/// Where something fails, so many things that were typed before are told.
const TOLD: usize = 40;

const PROMOTIONS: &str = r#"
[[promotion]]
code = "third"
name = "Every third free"
buy = 2
get = 1
items = ["102", "601"]

[[promotion]]
code = "spring"
name = "Spring"
percent_off = 10
coupon = "spring"
budget = "30.00"
"#;

const KEYS: &[&str] = &[
    "<Enter>",
    "<Enter>",
    "<Enter>",
    "<Enter>",
    "<Enter>",
    "<Esc>",
    "<Esc>",
    "<F1>",
    "<F2>",
    "<F3>",
    "<F4>",
    "<F5>",
    "<F6>",
    "<F7>",
    "<F8>",
    "<F9>",
    "<F10>",
    "<F11>",
    "<F12>",
    "<F12>",
    "<Del>",
    "<Ins>",
    "<Up>",
    "<Down>",
    "<Left>",
    "<Right>",
    "<Home>",
    "<End>",
    "<PgUp>",
    "<PgDn>",
    "<Tab>",
    "<Shift-Tab>",
    "<Backspace>",
    "<Space>",
    "<Space>",
    "<Ctrl-F>",
    "<Ctrl-O>",
    "<Ctrl-W>",
    "<Ctrl-E>",
    "<Ctrl-D>",
    "<Ctrl-Z>",
    "<Ctrl-Z>",
    "<Ctrl-T>",
    "<Ctrl-U>",
    "<Ctrl-K>",
    "<Ctrl-G>",
    "<Ctrl-B>",
    "<Ctrl-V>",
    "<Ctrl-V>",
    "<Ctrl-P>",
    "<Ctrl-R>",
    "<Ctrl-N>",
    "<Ctrl-Y>",
    "<Ctrl-L>",
    "<Ctrl-X>",
    "<Ctrl-A>",
];

const WORDS: &[&str] = &[
    "",
    "1",
    "2",
    "3",
    "5",
    "12",
    "T1",
    "T1",
    "101",
    "102",
    "2*601",
    "0.5*102",
    "3 102",
    "5.00",
    "10.00",
    "250",
    "1000",
    "10%",
    "=4.00",
    "1.1",
    "1-3",
    "Anna",
    "ann",
    "Rung by mistake",
    "Staff",
    "1001",
    "1002",
    "9999",
    "0000",
    "spring",
    "cash",
    "card",
    "7 Oak Road",
    "07700 900123",
    "18:30",
    "99999999999999999999",
    "-1",
    "0",
    "0.001",
    "é🍕",
    "y",
    "n",
    ".",
    "x",
    "all",
    "take-away",
    "delivery",
];

/// What somebody types who means nothing by it.
fn typed(dice: &mut Dice) -> String {
    let words = |dice: &mut Dice| dice.pick(WORDS).unwrap_or_default();
    match dice.roll(20) {
        0..8 => dice.pick(KEYS).unwrap_or_default().to_owned(),
        8..12 => {
            let all = "abcdefghijklmnopqrstuvwxyzABC0123456789*.,%?=+-/:;!#&@";
            let c = all.chars().nth(dice.roll(all.chars().count() as u64) as usize).unwrap_or('a');
            format!("<{c}>")
        }
        12..14 => format!("{}<Enter>", words(dice)),
        // Something that comes to an order, whatever was begun.
        14..16 => format!(
            "<Esc><Esc><Esc>{}<Enter>",
            dice.pick(&["102", "2*601", "401", "103", "T2", "201"]).unwrap_or_default()
        ),
        _ => {
            let action = dice.pick(Action::ALL).map_or("", Action::name);
            let answers: Vec<&str> = (0..dice.roll(4)).map(|_| words(dice)).collect();
            format!(":{action} {}", answers.join(" "))
        }
    }
}

/// A till that somebody is signed in at, as long as anybody may.
fn manned(shop: &Shop, register: u16, session: Option<Session>) -> Session {
    let mut session = session.unwrap_or_else(|| open(shop, register));
    if session.till.signed_in.is_none() {
        session.step(Input::Key("<Esc>".trim_matches(['<', '>']).parse().unwrap()));
        session.pin(&format!("100{register}"), AfterPin::SignIn);
    }
    if session.till.signed_in.is_some() && session.till.shift.is_none() {
        session.act(Command::OpenShift { float: Money::from_minor(10_000), pieces: Vec::new() });
    }
    session
}

/// What both tills hold is what the store holds.
fn compare(shop: &Shop, tills: &mut [Option<Session>]) {
    for (register, session) in (1..).zip(tills) {
        let Some(session) = session else { continue };
        session.tick();
        let (settings, catalogue) = (session.till.settings.clone(), session.till.catalogue.clone());
        let (loaded, _) = shop.store().load_till(RegisterId(register), settings, catalogue).unwrap();
        assert_eq!(session.till.orders, loaded.orders, "the orders at register {register}");
        assert_eq!(session.till.shift, loaded.shift, "the shift of register {register}");
        assert_eq!(session.till.counters, loaded.counters, "the numbers of register {register}");
    }
}

fn play(shop: &Shop, steps: u64, seed: u64, told: &mut VecDeque<String>) {
    let mut dice = Dice::new(seed);
    let look = Look { colours: Colours::Mono, glyphs: Glyphs::Full };
    let mut tills: Vec<Option<Session>> = (0..TILLS).map(|_| None).collect();
    for step in 0..steps {
        let at = dice.roll(u64::from(TILLS)) as usize;
        let register = at as u16 + 1;
        // Now and then a till dies.
        let session = tills[at].take().filter(|_| dice.roll(150) != 0);
        let mut session = manned(shop, register, session);
        let line = typed(&mut dice);
        told.push_back(format!("{register}: {line}"));
        if told.len() > TOLD {
            told.pop_front();
        }
        let mut left = false;
        for input in script::inputs(&line).unwrap_or_else(|why| panic!("{line}: {why}")) {
            left = left || session.step(input) == Flow::Quit;
        }
        let (columns, rows) = if step.is_multiple_of(2) { (80, 24) } else { (132, 43) };
        let drawn = picture(&session.screen(), columns, rows, &look);
        assert_eq!(drawn.lines().count(), usize::from(rows));
        tills[at] = (!left).then_some(session);
        if step % COMPARED == COMPARED - 1 {
            compare(shop, &mut tills);
        }
    }
    for session in tills.into_iter().flatten() {
        session.close();
    }
}

#[test]
fn whatever_is_typed_the_till_stands_and_the_store_is_whole() {
    let shop = restaurant();
    shop.configure("promotions.toml", |old| old + PROMOTIONS);
    let (steps, seed) = (setting("COUNTERFLOW_KEYBOARD_STEPS", STEPS), setting("COUNTERFLOW_KEYBOARD_SEED", SEED));
    let mut told = VecDeque::new();
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| play(&shop, steps, seed, &mut told))) {
        println!("seed {seed}, typed last:\n{}", told.make_contiguous().join("\n"));
        resume_unwind(panic);
    }
    let sold = shop.till().counters.receipt;
    println!("seed {seed}, {steps} steps, receipts of register 1: {sold}");
    assert!(sold > 0, "somebody who plays sells something");
    shop.verifies();
}
