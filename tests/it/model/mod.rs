//! A reference model beside the real till: random commands from five sessions on one store, half of them
//! decided on what a session saw last and not on how it stands. After every step the model and the store
//! agree on what each order comes to, what is held on it, what every station was told, what lies in each drawer, and
//! how many points everybody has.
//!
//! `COUNTERFLOW_MODEL_STEPS=10000` takes more steps than the suite does; `COUNTERFLOW_MODEL_SEED` others.

mod reference;

use std::collections::BTreeMap;

use counterflow::domain::command::Command;
use counterflow::domain::course::Firing;
use counterflow::domain::customer::Person;
use counterflow::domain::event::Event;
use counterflow::domain::ids::{CustomerId, LineId, OrderId, RegisterId};
use counterflow::domain::money::Money;
use counterflow::domain::order::DiscountKind;
use counterflow::domain::quantity::Quantity;
use counterflow::domain::refusal::Refusal;
use counterflow::domain::split::SplitBy;
use counterflow::domain::tender::Reference;
use counterflow::domain::totals;
use counterflow::session::clock::{Clock, SystemClock};
use counterflow::session::{Outcome, Session};
use counterflow::store::Store;
use rust_decimal::Decimal;

use self::reference::{Bill, ITEMS, Model, REWARD_AT, follow};
use crate::dice::{Dice, setting};
use crate::shop::Shop;
use crate::together::{at_work, open, restaurant, ring};

const TILLS: u64 = 5;
const STEPS: u64 = 400;
const SEED: u64 = 7;
const TABLES: [&str; 7] = ["1", "2", "3", "4", "5", "6", "T1"];
/// A point for each pound.
const POINTS: &str = "points";
/// With so many open orders, paying is what happens most.
const MANY: usize = 12;

/// A command with its name, for the count of what was done.
type Act = (&'static str, Command);

fn cash(tendered: Option<i64>) -> Command {
    let tendered = tendered.map(Money::from_minor);
    Command::Pay { tender: "cash".into(), tendered, tip: Money::ZERO, reference: Reference::default(), confirmed: true }
}

/// What a waiter does next.
fn think(dice: &mut Dice, model: &Model, session: &Session) -> Option<Act> {
    let open: Vec<OrderId> = model.bills.keys().copied().collect();
    let table = dice.pick(&TABLES)?.to_owned();
    let reason = || "Rung by mistake".to_owned();
    let roll = dice.roll(100);
    let Some(order) = session.till.current() else {
        return match roll {
            0..45 => dice.pick(&open).map(|order| ("recall", Command::Recall { order })),
            45..80 => Some(("seat", Command::OpenTable { table, beside: false })),
            _ => dice.pick(&ITEMS).map(|(item, _)| ("ring", ring(item, 1))),
        };
    };
    let bill = model.bills.get(&order.id)?;
    if model.bills.len() > MANY && roll < 50 {
        return Some(("pay", cash(None)));
    }
    let own = bill.held.is_none();
    let whole = own && bill.paid == 0;
    let lines: Vec<LineId> = order.live_lines().map(|line| line.id).collect();
    Some(match roll {
        0..25 if bill.held.is_none() => {
            let (item, _) = dice.pick(&ITEMS)?;
            ("ring", ring(item, 1 + dice.roll(3) as i64))
        }
        0..25 if bill.paid == 0 => ("unsplit", Command::Unsplit),
        25..32 => ("send", Command::Send),
        32..38 => ("hold", Command::Hold { name: None }),
        38..46 => ("recall", Command::Recall { order: dice.pick(&open)? }),
        46..52 => ("seat", Command::OpenTable { table, beside: false }),
        52..56 if own => ("move", Command::MoveTable { table: Some(table), beside: false }),
        56..60 if own => ("void", Command::VoidLine { line: dice.pick(&lines)?, reason: reason() }),
        60..65 if own => {
            let quantity = Quantity::pieces(1 + dice.roll(4) as i64);
            ("quantity", Command::SetQuantity { line: dice.pick(&lines)?, quantity, confirmed: true })
        }
        65..69 if own && bill.reward => ("reward back", Command::DiscountOrder { discount: None }),
        65..69 if own => {
            let ten = (DiscountKind::Percent(Decimal::TEN), "Staff".to_owned());
            ("discount", Command::DiscountOrder { discount: (bill.percent == 0).then_some(ten) })
        }
        69..73 => ("divide", Command::Split { by: SplitBy::Evenly(2 + dice.roll(3) as u16) }),
        73..75 => {
            let amount = Money::from_minor(100 * (1 + dice.roll(30) as i64));
            ("deposit", Command::TakeDeposit { tender: "cash".into(), amount })
        }
        75..76 => ("deposit back", Command::GiveDepositBack { reason: reason() }),
        76..80 => {
            let pay = Box::new(cash(None));
            ("pay a line", Command::PayLines { lines: vec![(dice.pick(&lines)?, None)], pay })
        }
        80..84 if whole && !bill.reward => {
            let counts = |b: &Bill| b.held.is_none() && !b.reward;
            let plain = |id: &OrderId| model.bills.get(id).is_some_and(counts);
            let others: Vec<OrderId> = open.into_iter().filter(plain).collect();
            ("merge", Command::Merge { order: dice.pick(&others)? })
        }
        84..85 if whole => ("throw away", Command::Abandon { reason: "Test".to_owned() }),
        85..88 => ("pay a part", cash(Some((bill.total() - bill.paid) / 2))),
        91..93 if own => {
            let who: Vec<CustomerId> = model.points.keys().copied().collect();
            ("customer", Command::SetCustomer { customer: dice.pick(&who) })
        }
        93..95 if own && bill.percent == 0 && !bill.reward => {
            ("redeem", Command::Redeem { scheme: POINTS.into(), line: None })
        }
        95..98 if whole && !bill.reward => {
            let counts = |b: &Bill| b.held.is_none() && b.paid == 0 && !b.reward;
            let plain = |id: &OrderId| *id != order.id && model.bills.get(id).is_some_and(counts);
            let to = dice.pick(&open.into_iter().filter(plain).collect::<Vec<_>>())?;
            let quantity = (dice.roll(2) == 0).then_some(Quantity::ONE);
            ("move lines", Command::MoveLines { lines: vec![(dice.pick(&lines)?, quantity)], to })
        }
        52..60 | 95..98 if !own => ("share a line", Command::ShareLine { line: dice.pick(&lines)? }),
        88..91 => ("fire", Command::Fire { which: Firing::All }),
        _ => ("pay", cash(None)),
    })
}

/// What stations were told, read from the journal.
struct Kitchen {
    store: Store,
    seen: i64,
    makes: BTreeMap<(u32, String), i64>,
}

impl Kitchen {
    fn look(&mut self, names: &BTreeMap<String, String>) {
        for (place, entry) in self.store.entries_after(self.seen).unwrap() {
            self.seen = place;
            let Event::Sent { tickets, .. } = &entry.event else { continue };
            for entry in tickets.iter().flat_map(|ticket| &ticket.entries) {
                for (dish, sign) in [(&entry.was, -1), (&entry.now, 1)] {
                    let Some(dish) = dish else { continue };
                    let key = (dish.place.order, names[&dish.name].clone());
                    *self.makes.entry(key).or_default() += sign * dish.quantity.thousandths();
                }
            }
        }
    }
}

fn assert_agree(model: &Model, session: &Session, kitchen: &Kitchen, step: &str) {
    let till = &session.till;
    let ids: Vec<&OrderId> = model.bills.keys().collect();
    assert_eq!(till.orders.keys().collect::<Vec<_>>(), ids, "{step}");
    for (id, bill) in &model.bills {
        let order = &till.orders[id];
        let total = totals::of(order, &till.settings).total.minor();
        assert_eq!(
            (order.number, total, order.paid().minor()),
            (bill.number, bill.total(), bill.paid),
            "{step}: {bill:?}"
        );
        assert!(bill.paid == 0 || bill.total() > bill.paid, "{step}: an order that is paid in part owes something");
        assert_eq!(order.face.table, bill.table, "{step}");
        assert_eq!((order.deposit_left().minor(), order.face.customer), (bill.deposit, bill.customer), "{step}");
        if bill.held.is_none() {
            let mut items: BTreeMap<String, i64> = BTreeMap::new();
            for line in order.live_lines() {
                *items.entry(line.item.clone()).or_default() += line.quantity.thousandths() / 1000;
            }
            let wanted: BTreeMap<String, i64> = bill.items.clone().into_iter().filter(|(_, n)| *n != 0).collect();
            assert_eq!(items, wanted, "{step}");
        }
    }
    let told = |made: &BTreeMap<(u32, String), i64>| -> BTreeMap<(u32, String), i64> {
        made.clone().into_iter().filter(|(_, much)| *much != 0).collect()
    };
    assert_eq!(told(&kitchen.makes), told(&model.kitchen), "{step}");
    for (customer, points) in &model.points {
        assert_eq!(till.points_of(*customer, POINTS), *points, "{step}: points");
    }
    for (register, cash) in &model.drawers {
        let own = till.shift.as_ref().filter(|_| till.register.0 == *register);
        let shift = own.or_else(|| till.others.get(&RegisterId(*register))).unwrap();
        assert_eq!(shift.expected("cash", true).minor(), 10_000 + cash, "{step}: drawer {register}");
    }
}

/// Two who come often; no order is begun for them, as no shift is open yet.
fn guests(shop: &Shop) -> Vec<CustomerId> {
    let mut till = open(shop, 1);
    till.pin("1001", counterflow::ui::AfterPin::SignIn);
    for name in ["Anna", "Bert"] {
        let person = Person { name: name.to_owned(), ..Person::default() };
        till.act(Command::SaveCustomer { known: None, person: Box::new(person) });
    }
    let known: Vec<CustomerId> = till.till.accounts.keys().copied().collect();
    assert_eq!((known.len(), till.till.orders.len()), (2, 0), "{}", till.said());
    till.close();
    known
}

fn play(shop: &Shop, steps: u64, seed: u64) -> Model {
    let mut dice = Dice::new(seed);
    let points = guests(shop).into_iter().map(|customer| (customer, 0)).collect();
    let mut model = Model { points, ..Model::default() };
    let mut tills: Vec<Session> = (1..=TILLS as u16).map(|register| at_work(shop, register)).collect();
    let catalogue = shop.store().load_menu().unwrap().unwrap();
    let names =
        catalogue.items.iter().map(|i| (i.kitchen_name.clone().unwrap_or(i.name.clone()), i.code.clone())).collect();
    let mut kitchen = Kitchen { store: shop.store(), seen: 0, makes: BTreeMap::new() };
    for step in 0..steps {
        let register = dice.roll(TILLS) as u16 + 1;
        let at = usize::from(register) - 1;
        // Now and then a till dies, and is started again.
        if dice.roll(200) == 0 {
            let dead = tills.remove(at);
            drop(dead);
            let mut again = open(shop, register);
            again.pin(&format!("100{register}"), counterflow::ui::AfterPin::SignIn);
            tills.insert(at, again);
        }
        let session = &mut tills[at];
        let looked = dice.roll(2) == 0;
        if looked {
            session.see_others();
        }
        // Whoever has lost an order to another till does not know it yet.
        let Some((name, command)) = think(&mut dice, &model, session) else { continue };
        session.outcomes.clear();
        let before = session.till.current().cloned();
        session.carry_out(&command, None, SystemClock.now());
        let words = format!("step {step}: register {register}: {command:?}: {}", session.said());
        let done = session.outcomes.pop();
        if let Some(Outcome::Done(events)) = &done {
            *model.done.entry(name).or_default() += 1;
            if let Command::OpenTable { table, .. } = &command {
                assert!(!model.is_taken(table, before.as_ref().map(|o| o.id)), "{words}: somebody sat there");
            }
            if !events.is_empty() {
                follow(&mut model, register, &command, before.as_ref(), events);
            }
        } else if let Some(Outcome::Refused(Refusal::TableTaken { table, .. })) = &done
            && looked
        {
            assert!(model.is_taken(table, None), "{words}: nobody sat there");
        }
        session.see_others();
        session.ui.kept.dialogs.clear();
        kitchen.look(&names);
        assert_agree(&model, &tills[at], &kitchen, &words);
    }
    tills.into_iter().for_each(Session::close);
    model
}

#[test]
fn five_tills_at_once_come_to_what_the_model_comes_to_at_every_step() {
    let shop = restaurant();
    let scheme =
        format!("code = \"{POINTS}\"\nname = \"Points\"\nper = \"1.00\"\nat = {REWARD_AT}\namount_off = \"2.00\"\n");
    shop.configure("points.toml", |_| format!("[[scheme]]\n{scheme}"));
    let (steps, seed) = (setting("COUNTERFLOW_MODEL_STEPS", STEPS), setting("COUNTERFLOW_MODEL_SEED", SEED));
    let model = play(&shop, steps, seed);
    println!("seed {seed}, {steps} steps; done: {:?}", model.done);
    // So many steps do everything there is.
    if steps >= 8_000 {
        for act in [
            "ring",
            "send",
            "hold",
            "recall",
            "seat",
            "move",
            "void",
            "divide",
            "unsplit",
            "pay",
            "pay a line",
            "merge",
            "move lines",
            "share a line",
            "deposit",
            "deposit back",
            "customer",
            "redeem",
            "reward back",
        ] {
            assert!(model.done.contains_key(act), "nobody ever did `{act}`");
        }
    }
    shop.verifies();
}
