//! Shifts and cash by random acts: two tills on one store against a reference model of a page. Whatever is opened,
//! sold, moved, lent, taken back, given back, handed over, counted and killed in between, each drawer should hold what
//! the model holds, what the model forbids is refused, every Z is BALANCED, and both verifiers find nothing.

use std::collections::BTreeMap;

use counterflow::domain::command::{Command, PriceGiven, Ring};
use counterflow::domain::event::Event;
use counterflow::domain::ids::{LineId, OrderId, RegisterId};
use counterflow::domain::money::Money;
use counterflow::domain::quantity::Quantity;
use counterflow::domain::shift::{Anchor, CashKind, Z};
use counterflow::domain::tender::Reference;
use counterflow::session::clock::SystemClock;
use counterflow::session::{Options, Outcome, Session};
use proptest::prelude::*;

use crate::faults::copy;
use crate::shop::Shop;

/// What one flat white costs.
const PRICE: i64 = 320;

#[derive(Clone, Debug)]
enum Act {
    Open {
        at: usize,
        float: i64,
    },
    Sell {
        at: usize,
        pieces: i64,
        tender: &'static str,
    },
    /// An order that is put aside, with so much paid of it in cash.
    Hold {
        at: usize,
        paid: i64,
    },
    /// The oldest order that was put aside is brought back and paid.
    Settle {
        at: usize,
    },
    Move {
        at: usize,
        kind: CashKind,
        amount: i64,
    },
    Lend {
        at: usize,
        amount: i64,
    },
    Undo {
        at: usize,
        number: u32,
    },
    NoSale {
        at: usize,
    },
    Refund {
        at: usize,
        of: usize,
        pieces: i64,
    },
    Close {
        at: usize,
        over: i64,
    },
    Kill {
        at: usize,
    },
}

fn act() -> impl Strategy<Value = Act> {
    let at = || 0..2_usize;
    let kind = prop::sample::select(vec![CashKind::PaidIn, CashKind::PaidOut, CashKind::Drop, CashKind::TipOut]);
    let tender = prop::sample::select(vec!["cash", "card"]);
    prop_oneof![
        3 => (at(), 0..20_000_i64).prop_map(|(at, float)| Act::Open { at, float }),
        6 => (at(), 1..4_i64, tender).prop_map(|(at, pieces, tender)| Act::Sell { at, pieces, tender }),
        1 => (at(), 0..300_i64).prop_map(|(at, paid)| Act::Hold { at, paid }),
        1 => at().prop_map(|at| Act::Settle { at }),
        4 => (at(), kind, 0..8_000_i64).prop_map(|(at, kind, amount)| Act::Move { at, kind, amount }),
        2 => (at(), 0..8_000_i64).prop_map(|(at, amount)| Act::Lend { at, amount }),
        3 => (at(), 1..8_u32).prop_map(|(at, number)| Act::Undo { at, number }),
        1 => at().prop_map(|at| Act::NoSale { at }),
        3 => (at(), 0..9_usize, 1..4_i64).prop_map(|(at, of, pieces)| Act::Refund { at, of, pieces }),
        2 => (at(), -500..500_i64).prop_map(|(at, over)| Act::Close { at, over }),
        1 => at().prop_map(|at| Act::Kill { at }),
    ]
}

/// A cash move of the model: what it did to the drawer, and the other side of a loan.
#[derive(Clone, Debug)]
struct Moved {
    effect: i64,
    undone: bool,
    /// The other drawer's shift, by its place among all shifts, and the move there.
    other: Option<(usize, u32)>,
}

/// An open drawer of the model.
#[derive(Clone, Debug, Default)]
struct Drawer {
    /// The shift's place among all shifts ever opened.
    shift: usize,
    cash: i64,
    card: i64,
    moves: Vec<Moved>,
    sales: u32,
    total: i64,
    refunds: u32,
    refunded: i64,
    no_sales: u32,
}

#[derive(Clone, Debug)]
struct Sold {
    register: RegisterId,
    receipt: u64,
    pieces: i64,
    back: i64,
    card: bool,
}

/// The reference.
#[derive(Debug, Default)]
struct Model {
    drawers: [Option<Drawer>; 2],
    shifts: usize,
    zs: [u32; 2],
    receipts: [u64; 2],
    grand: [(u64, i64); 2],
    sold: Vec<Sold>,
    /// Orders that were put aside: where, and what was paid of them.
    held: Vec<(usize, i64)>,
}

impl Model {
    fn sell(&mut self, at: usize, pieces: i64, (cash, card): (i64, i64)) {
        let Some(drawer) = &mut self.drawers[at] else { return };
        drawer.cash += cash;
        drawer.card += card;
        drawer.sales += 1;
        drawer.total += pieces * PRICE;
        self.receipts[at] += 1;
        let register = RegisterId(at as u16 + 1);
        self.sold.push(Sold { register, receipt: self.receipts[at], pieces, back: 0, card: card > 0 });
    }

    fn moved(&mut self, at: usize, effect: i64, other: Option<(usize, u32)>) {
        let Some(drawer) = &mut self.drawers[at] else { return };
        drawer.cash += effect;
        drawer.moves.push(Moved { effect, undone: false, other });
    }

    fn undo(&mut self, at: usize, number: u32) {
        let Some(drawer) = &mut self.drawers[at] else { return };
        let former = &mut drawer.moves[number as usize - 1];
        former.undone = true;
        let effect = -former.effect;
        // What takes back cannot be taken back.
        drawer.moves.push(Moved { effect, undone: true, other: None });
        drawer.cash += effect;
    }

    /// What the act does, or `false` where it is refused.
    fn does(&mut self, act: &Act) -> bool {
        let open = |model: &Self, at: usize| model.drawers[at].is_some();
        match *act {
            Act::Open { at, float } if !open(self, at) => {
                self.shifts += 1;
                self.drawers[at] = Some(Drawer { shift: self.shifts, cash: float, ..Drawer::default() });
            }
            Act::Sell { at, pieces, tender } if open(self, at) => {
                let due = pieces * PRICE;
                self.sell(at, pieces, if tender == "card" { (0, due) } else { (due, 0) });
            }
            Act::Hold { at, paid } if open(self, at) => {
                self.drawers[at].iter_mut().for_each(|drawer| drawer.cash += paid);
                self.held.push((at, paid));
            }
            Act::Settle { at } if open(self, at) && !self.held.is_empty() => {
                let (_, paid) = self.held.remove(0);
                self.sell(at, 1, (PRICE - paid, 0));
            }
            Act::Move { at, kind, amount } => {
                let Some(drawer) = &self.drawers[at] else { return false };
                if amount == 0 || (kind != CashKind::PaidIn && amount > drawer.cash) {
                    return false;
                }
                self.moved(at, if kind == CashKind::PaidIn { amount } else { -amount }, None);
            }
            Act::Lend { at, amount } => {
                let (Some(here), Some(there)) = (&self.drawers[at], &self.drawers[1 - at]) else { return false };
                if amount == 0 || amount > here.cash {
                    return false;
                }
                let (to, from) =
                    ((there.shift, there.moves.len() as u32 + 1), (here.shift, here.moves.len() as u32 + 1));
                self.moved(at, -amount, Some(to));
                self.moved(1 - at, amount, Some(from));
            }
            Act::Undo { at, number } => {
                let Some(drawer) = &self.drawers[at] else { return false };
                let Some(former) = drawer.moves.get(number as usize - 1).filter(|m| !m.undone) else { return false };
                let other = former.other;
                let there = self.drawers[1 - at].as_ref().map(|d| d.shift);
                if other.is_some_and(|(shift, _)| there != Some(shift)) {
                    return false;
                }
                self.undo(at, number);
                if let Some((_, number)) = other {
                    self.undo(1 - at, number);
                }
            }
            Act::NoSale { at } if open(self, at) => self.drawers[at].iter_mut().for_each(|d| d.no_sales += 1),
            Act::Refund { at, of, pieces } => {
                let (Some(drawer), Some(sold)) = (&mut self.drawers[at], self.sold.get_mut(of)) else { return false };
                if pieces > sold.pieces - sold.back {
                    return false;
                }
                sold.back += pieces;
                *(if sold.card { &mut drawer.card } else { &mut drawer.cash }) -= pieces * PRICE;
                drawer.refunds += 1;
                drawer.refunded += pieces * PRICE;
            }
            Act::Close { at, .. } => {
                let Some(drawer) = self.drawers[at].take() else { return false };
                self.zs[at] += 1;
                self.grand[at].0 += u64::from(drawer.sales);
                self.grand[at].1 += drawer.total;
            }
            Act::Kill { .. } => {}
            Act::Open { .. } | Act::Sell { .. } | Act::Hold { .. } | Act::Settle { .. } | Act::NoSale { .. } => {
                return false;
            }
        }
        true
    }

    /// How many orders a close of this register hands over: its own, and all once no other drawer is open.
    fn carried(&self, at: usize) -> u32 {
        let all = self.drawers[1 - at].is_none();
        self.held.iter().filter(|(from, _)| all || *from == at).count() as u32
    }
}

/// Two tills on a copy of a store.
struct House {
    dir: tempfile::TempDir,
    tills: [Option<Session>; 2],
    held: Vec<OrderId>,
}

impl House {
    fn new(master: &Shop) -> Self {
        let dir = tempfile::tempdir().unwrap();
        copy(&master.data(), dir.path());
        let mut house = Self { dir, tills: [None, None], held: Vec::new() };
        (0..2).for_each(|at| house.start(at));
        house
    }

    /// Starts a till as if the one before had been killed, with somebody at it.
    fn start(&mut self, at: usize) {
        self.tills[at] = None;
        let options = Options {
            data: self.dir.path().to_owned(),
            config: self.dir.path().join("config"),
            register: RegisterId(at as u16 + 1),
            clock: Box::new(SystemClock),
            greeting: Vec::new(),
            watermark: None,
        };
        let mut session = Session::open(options).unwrap();
        let name = ["Olive", "Oscar"][at];
        let staff = session.till.staff.values().find(|s| s.name == name).unwrap().id;
        session.act(Command::SignIn { staff });
        self.tills[at] = Some(session);
    }

    fn till(&mut self, at: usize) -> &mut Session {
        let session = self.tills[at].as_mut().unwrap();
        session.tick();
        session
    }

    /// Does commands one after the other; whether all were done, and what the last one made happen.
    fn acts(&mut self, at: usize, commands: impl IntoIterator<Item = Command>) -> Option<Vec<Event>> {
        let mut last = Vec::new();
        for command in commands {
            let session = self.till(at);
            session.act(command);
            match session.outcomes.pop() {
                Some(Outcome::Done(events)) => last = events,
                Some(Outcome::Refused(_)) => return None,
                outcome => panic!("{outcome:?}: {}", session.said()),
            }
        }
        Some(last)
    }

    fn plays(&mut self, act: &Act, model: &Model) -> Option<Vec<Event>> {
        let money = Money::from_minor;
        let ring = |pieces| {
            Command::Ring(Ring {
                item: "1".to_owned(),
                quantity: Some(Quantity::pieces(pieces)),
                net: false,
                price: PriceGiven::Menu,
                picks: None,
                confirmed: false,
            })
        };
        let pay = |tender: &str, tendered| Command::Pay {
            tender: tender.to_owned(),
            tendered,
            tip: Money::ZERO,
            reference: Reference::default(),
            confirmed: false,
        };
        let reason = || "a reason".to_owned();
        match *act {
            Act::Open { at, float } => self.acts(at, [Command::OpenShift { float: money(float), pieces: Vec::new() }]),
            Act::Sell { at, pieces, tender } => self.acts(at, [ring(pieces), pay(tender, None)]),
            Act::Hold { at, paid } => {
                let part = (paid > 0).then(|| pay("cash", Some(money(paid))));
                let opened = self.acts(at, [ring(1)].into_iter().chain(part))?;
                let id = self.till(at).till.current().map(|o| o.id);
                self.held.extend(id);
                self.acts(at, [Command::Hold { name: None }]).map(|_| opened)
            }
            Act::Settle { at } => {
                let order = *self.held.first()?;
                // Without a shift nothing is paid: the order is not brought back for it.
                self.till(at).till.shift.as_ref()?;
                self.held.remove(0);
                self.acts(at, [Command::Recall { order }, pay("cash", None)])
            }
            Act::Move { at, kind, amount } => {
                self.acts(at, [Command::MoveCash { kind, amount: money(amount), reason: reason() }])
            }
            Act::Lend { at, amount } => {
                let to = RegisterId(2 - at as u16);
                self.acts(at, [Command::Lend { to, amount: money(amount), reason: reason() }])
            }
            Act::Undo { at, number } => self.acts(at, [Command::UndoCash { number, reason: String::new() }]),
            Act::NoSale { at } => self.acts(at, [Command::NoSale { reason: reason() }]),
            Act::Refund { at, of, pieces } => {
                let sold = model.sold.get(of)?;
                let back = BTreeMap::from([(LineId(1), Quantity::pieces(pieces))]).into();
                let (register, receipt) = (sold.register, sold.receipt);
                let refund = Command::Refund { register, receipt, back, reason: reason(), tender: None, found: None };
                self.acts(at, [refund])
            }
            Act::Close { at, over } => {
                let drawer = model.drawers[at].clone().unwrap_or_default();
                let counted = |code: &str, minor| (code.to_owned(), money(minor));
                // Less than nothing cannot be counted.
                let cash = counted("cash", (drawer.cash + over).max(0));
                let card = counted("card", drawer.card.max(0));
                let counted = BTreeMap::from([cash, card, counted("voucher", 0)]);
                let note = if model.carried(at) > 0 { "they pay tomorrow" } else { "" };
                let (comment, note, anchor) = ("a comment".to_owned(), note.to_owned(), Anchor::default());
                self.acts(at, [Command::CloseShift { counted, pieces: Vec::new(), comment, note, anchor }])
            }
            Act::Kill { at } => {
                self.start(at);
                Some(Vec::new())
            }
        }
    }

    /// Each drawer stands as in the model.
    fn agrees(&mut self, model: &Model) {
        for at in 0..2 {
            let till = &self.till(at).till;
            let (shift, drawer) = match (&till.shift, &model.drawers[at]) {
                (None, None) => continue,
                (Some(shift), Some(drawer)) => (shift, drawer),
                (shift, drawer) => panic!("register {}: {shift:?} is not {drawer:?}", at + 1),
            };
            let minor = |code: &str| shift.expected(code, code == "cash").minor();
            let sums = &shift.sums;
            let stands = (minor("cash"), minor("card"), shift.moves.len(), sums.sales, sums.total.minor());
            assert_eq!(stands, (drawer.cash, drawer.card, drawer.moves.len(), drawer.sales, drawer.total));
            let back = (sums.refunds.count, sums.refunds.total.minor(), sums.no_sales);
            assert_eq!(back, (drawer.refunds, drawer.refunded, drawer.no_sales));
            assert_eq!(shift.balanced(till.settings.currency), Ok(()));
        }
    }
}

/// A Z says what the model came to before it.
fn fits(z: &Z, at: usize, over: i64, before: &Drawer, carried: u32, model: &Model) {
    assert_eq!((z.number, z.unbalanced.as_str(), z.carried.count), (model.zs[at], "", carried));
    let cash = &z.counts[0];
    let counted = (before.cash + over).max(0);
    assert_eq!((cash.expected.minor(), cash.difference().minor()), (before.cash, counted - before.cash));
    assert_eq!((z.grand.sales, z.grand.total.minor()), model.grand[at]);
}

fn check(master: &Shop, acts: &[Act]) {
    let (mut house, mut model) = (House::new(master), Model::default());
    // At the end both are closed, whatever was left.
    let ends = [0, 1].map(|at| Act::Close { at, over: 0 });
    for act in acts.iter().chain(&ends) {
        let carried = if let Act::Close { at, .. } = act { model.carried(*at) } else { 0 };
        let before = if let Act::Close { at, .. } = act { model.drawers[*at].clone() } else { None };
        let played = house.plays(act, &model);
        assert_eq!(played.is_some(), model.does(act), "{act:?}");
        let z = played.iter().flatten().find_map(|e| if let Event::ShiftClosed { z } = e { Some(z) } else { None });
        if let (Some(z), Some(before), Act::Close { at, over }) = (z, before, act) {
            fits(z, *at, *over, &before, carried, &model);
        }
        house.agrees(&model);
    }
    let House { dir, tills, .. } = house;
    tills.into_iter().flatten().for_each(Session::close);
    let store = counterflow::store::Store::open(dir.path(), counterflow::session::PROGRAM).unwrap();
    let report = store.verify(&mut |_, _| {});
    assert!(report.is_clean(), "{:?}", report.findings);
    drop(store);
    if let Some(said) = crate::shop::second_opinion(dir.path()) {
        assert_eq!(said, "nothing found\n");
    }
}

#[test]
fn drawers_always_hold_what_the_model_holds() {
    let master = Shop::new();
    master.configure("counterflow.toml", |text| text.replace("[\"Counter\"]", "[\"Counter\", \"Bar\"]"));
    master.hire_as("Oscar", "owner", "8888");
    let config = ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() };
    proptest!(config, |(acts in prop::collection::vec(act(), 1..60))| check(&master, &acts));
}
