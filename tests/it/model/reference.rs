//! The house by the simplest rules that can be: what each command makes of bills, kitchen, drawers and points.

use std::collections::BTreeMap;

use counterflow::domain::command::Command;
use counterflow::domain::event::Event;
use counterflow::domain::ids::{CustomerId, OrderId};
use counterflow::domain::order::Order;
use counterflow::domain::split::SplitBy;

/// Items without options: code, price in pence.
pub const ITEMS: [(&str, i64); 5] = [("102", 550), ("401", 450), ("402", 600), ("601", 450), ("951", 260)];
/// A reward takes so many points, and so many pence off.
pub const REWARD_AT: i64 = 20;
const REWARD: i64 = 200;

/// A bill as the model has it, in pence and pieces.
#[derive(Clone, Debug, Default)]
pub struct Bill {
    pub number: u32,
    pub table: Option<String>,
    pub items: BTreeMap<String, i64>,
    /// Per cent off the whole.
    pub percent: i64,
    pub paid: i64,
    /// What was paid beforehand and is not used yet.
    pub deposit: i64,
    /// Who it is for.
    pub customer: Option<CustomerId>,
    /// Whether points of theirs take something off it.
    pub reward: bool,
    /// What it comes to since it was divided; then nobody looks at its items.
    pub held: Option<i64>,
}

impl Bill {
    pub fn total(&self) -> i64 {
        self.held.unwrap_or_else(|| {
            let all: i64 = self.items.iter().map(|(item, count)| price(item) * count).sum();
            // Half a penny is rounded up.
            let off = (all * self.percent * 2 + 100) / 200;
            let reward = if self.reward { REWARD } else { 0 };
            (all - off - reward).max(0)
        })
    }
}

pub fn price(item: &str) -> i64 {
    ITEMS.iter().find(|(code, _)| *code == item).map(|(_, price)| *price).unwrap()
}

/// What the house comes to, by the simplest rules that can be.
#[derive(Default)]
pub struct Model {
    pub bills: BTreeMap<OrderId, Bill>,
    /// Pieces that stations make, in thousandths, by order number and item.
    pub kitchen: BTreeMap<(u32, String), i64>,
    /// Cash in each drawer.
    pub drawers: BTreeMap<u16, i64>,
    /// Points that everybody has.
    pub points: BTreeMap<CustomerId, i64>,
    pub last_number: u32,
    pub done: BTreeMap<&'static str, u32>,
}

/// What an order had unsent, or had sent, before something was done to it.
pub fn sent(order: &Order) -> impl Iterator<Item = (String, i64)> + '_ {
    order.live_lines().map(|line| (line.item.clone(), line.sent().thousandths()))
}

pub fn unsent(order: &Order) -> impl Iterator<Item = (String, i64)> + '_ {
    order.live_lines().map(|line| (line.item.clone(), (line.quantity - line.sent()).thousandths()))
}

impl Model {
    fn tell(&mut self, number: u32, told: impl Iterator<Item = (String, i64)>) {
        for (item, thousandths) in told {
            *self.kitchen.entry((number, item)).or_default() += thousandths;
        }
    }

    /// An order leaves the screen for another: one at a table is put aside, and so is sent. Whoever has lost
    /// it to another till before leaves nothing.
    fn left(&mut self, order: &Order, events: &[Event]) {
        let leaves = |event: &Event| match event {
            Event::OrderHanded { order: id, .. } | Event::OrderAbandoned { order: id, .. } => *id == order.id,
            _ => false,
        };
        if !events.iter().any(leaves) {
            return;
        }
        if order.is_blank() {
            self.bills.remove(&order.id);
        } else if order.face.table.is_some() || order.face.name.is_some() {
            self.tell(order.number, unsent(order));
        }
    }

    fn opened(&mut self, id: OrderId, number: u32, table: Option<String>) {
        let open: Vec<u32> = self.bills.values().map(|bill| bill.number).collect();
        let mut due = self.last_number % 999 + 1;
        while open.contains(&due) {
            due = due % 999 + 1;
        }
        assert_eq!(number, due, "the next number");
        self.last_number = number;
        self.bills.insert(id, Bill { number, table, ..Bill::default() });
    }

    /// Somebody has bought for so much.
    fn earns(&mut self, customer: Option<CustomerId>, paid: i64) {
        if let Some(customer) = customer {
            *self.points.entry(customer).or_default() += paid / 100;
        }
    }

    pub fn is_taken(&self, table: &str, but: Option<OrderId>) -> bool {
        self.bills.iter().any(|(id, bill)| Some(*id) != but && bill.table.as_deref() == Some(table))
    }
}

/// What the model makes of a command that was done; `before` is the order that was on screen.
pub fn follow(model: &mut Model, register: u16, command: &Command, before: Option<&Order>, events: &[Event]) {
    for event in events {
        if let Event::OrderOpened { order } = event
            && order.part.is_none()
        {
            if let (Command::OpenTable { .. }, Some(left)) = (command, before) {
                model.left(left, events);
            }
            model.opened(order.id, order.number, order.face.table.clone());
        }
    }
    let opened = events.iter().find_map(|e| if let Event::OrderOpened { order } = e { Some(order.id) } else { None });
    let on = before.map(|order| order.id);
    match command {
        Command::Ring(ring) => {
            let pieces = ring.quantity.unwrap().thousandths() / 1000;
            let bill = model.bills.get_mut(&opened.or(on).unwrap()).unwrap();
            *bill.items.entry(ring.item.clone()).or_default() += pieces;
        }
        Command::OpenTable { .. } => {}
        Command::Send | Command::Hold { .. } => model.tell(before.unwrap().number, unsent(before.unwrap())),
        Command::Recall { order } => {
            if let Some(left) = before.filter(|left| left.id != *order) {
                model.left(left, events);
            }
        }
        Command::MoveTable { table, .. } => model.bills.get_mut(&on.unwrap()).unwrap().table.clone_from(table),
        Command::VoidLine { line, .. } => {
            let (order, line) = (before.unwrap(), before.unwrap().line(*line).unwrap());
            let bill = model.bills.get_mut(&order.id).unwrap();
            *bill.items.entry(line.item.clone()).or_default() -= line.quantity.thousandths() / 1000;
            model.tell(order.number, [(line.item.clone(), -line.sent().thousandths())].into_iter());
        }
        Command::SetQuantity { line, quantity, .. } => {
            let (order, line) = (before.unwrap(), before.unwrap().line(*line).unwrap());
            let bill = model.bills.get_mut(&order.id).unwrap();
            let more = (*quantity - line.quantity).thousandths();
            *bill.items.entry(line.item.clone()).or_default() += more / 1000;
            let less = (quantity.thousandths() - line.sent().thousandths()).min(0);
            model.tell(order.number, [(line.item.clone(), less)].into_iter());
        }
        Command::DiscountOrder { discount } => {
            let bill = model.bills.get_mut(&on.unwrap()).unwrap();
            bill.percent = if discount.is_some() { 10 } else { 0 };
            if std::mem::take(&mut bill.reward) {
                *model.points.entry(bill.customer.unwrap()).or_default() += REWARD_AT;
            }
        }
        Command::Fire { .. } => {
            let order = before.unwrap();
            let fired = order.unfired();
            let goes = order.live_lines().filter(|line| line.course.is_some_and(|course| fired.contains(&course)));
            let told: Vec<_> =
                goes.map(|line| (line.item.clone(), (line.quantity - line.sent()).thousandths())).collect();
            model.tell(order.number, told.into_iter());
        }
        Command::Abandon { .. } => {
            let order = before.unwrap();
            let bill = model.bills.remove(&order.id).unwrap();
            if bill.reward {
                *model.points.entry(bill.customer.unwrap()).or_default() += REWARD_AT;
            }
            model.tell(order.number, sent(order).map(|(item, much)| (item, -much)));
        }
        Command::SetCustomer { customer } => model.bills.get_mut(&on.unwrap()).unwrap().customer = *customer,
        Command::Redeem { .. } => {
            let bill = model.bills.get_mut(&on.unwrap()).unwrap();
            bill.reward = true;
            *model.points.entry(bill.customer.unwrap()).or_default() -= REWARD_AT;
        }
        Command::TakeDeposit { amount, .. } => {
            model.bills.get_mut(&on.unwrap()).unwrap().deposit += amount.minor();
            *model.drawers.entry(register).or_default() += amount.minor();
        }
        Command::GiveDepositBack { .. } => {
            let left = std::mem::take(&mut model.bills.get_mut(&on.unwrap()).unwrap().deposit);
            *model.drawers.entry(register).or_default() -= left;
        }
        _ => follow_money(model, register, command, before.unwrap(), events),
    }
}

fn follow_money(model: &mut Model, register: u16, command: &Command, before: &Order, events: &[Event]) {
    let number = before.number;
    match command {
        Command::Pay { tendered, .. } => {
            model.tell(number, unsent(before));
            let bill = model.bills.get_mut(&before.id).unwrap();
            let due = bill.total() - bill.paid;
            // What was paid beforehand is used first, and what is over goes back.
            let beforehand = bill.deposit.min(due);
            let rest = due - beforehand;
            let taken = tendered.map_or(rest, |amount| amount.minor()).min(rest);
            bill.deposit -= beforehand;
            bill.paid += beforehand + taken;
            *model.drawers.entry(register).or_default() += taken;
            let settled = events.iter().any(|e| matches!(e, Event::SaleCompleted { .. }));
            assert_eq!(settled, taken == rest, "an order is settled when all of it is paid");
            if settled {
                let bill = model.bills.remove(&before.id).unwrap();
                *model.drawers.entry(register).or_default() -= bill.deposit;
                model.earns(bill.customer, bill.total());
            }
        }
        Command::PayLines { lines, .. } => {
            let line = before.line(lines[0].0).unwrap();
            let all = before.live_lines().count() == 1;
            model.tell(number, [(line.item.clone(), (line.quantity - line.sent()).thousandths())].into_iter());
            let bill = model.bills.get_mut(&before.id).unwrap();
            let sale =
                events.iter().find_map(|e| if let Event::SaleCompleted { sale, .. } = e { Some(sale) } else { None });
            let paid = sale.unwrap().totals.total.minor();
            // With a reward on it, all of it is paid.
            if bill.held.is_none() && !bill.reward {
                let plain = price(&line.item) * line.quantity.thousandths() / 1000;
                assert!((plain * (100 - bill.percent) - paid * 100).abs() <= 100, "a line's share, to the penny");
            }
            *model.drawers.entry(register).or_default() += if all { paid - bill.deposit } else { paid };
            let customer = bill.customer;
            match all {
                true => assert_eq!(paid, model.bills.remove(&before.id).unwrap().total()),
                false => {
                    bill.held = Some(bill.total() - paid);
                    *bill.items.entry(line.item.clone()).or_default() -= line.quantity.thousandths() / 1000;
                }
            }
            model.earns(customer, paid);
        }
        Command::Split { by: SplitBy::Evenly(parts) } => {
            let bill = model.bills.get_mut(&before.id).unwrap();
            let (mut left, mut taken) = (bill.total(), Vec::new());
            for still in (2..=i64::from(*parts)).rev() {
                let part = left / still;
                taken.push(part);
                left -= part;
            }
            bill.held = Some(left);
            let like = Bill {
                number,
                percent: bill.percent,
                table: bill.table.clone(),
                customer: bill.customer,
                ..Bill::default()
            };
            let new =
                events.iter().filter_map(|e| if let Event::OrderOpened { order } = e { Some(order.id) } else { None });
            for (id, held) in new.zip(taken) {
                model.bills.insert(id, Bill { held: Some(held), ..like.clone() });
            }
        }
        Command::MoveLines { lines, to } => {
            let (line, quantity) = lines[0];
            let line = before.line(line).unwrap();
            let wanted = quantity.unwrap_or(line.quantity);
            let pieces = wanted.thousandths() / 1000;
            *model.bills.get_mut(&before.id).unwrap().items.entry(line.item.clone()).or_default() -= pieces;
            let into = model.bills.get_mut(to).unwrap();
            *into.items.entry(line.item.clone()).or_default() += pieces;
            let (there, sent) = (into.number, line.sent().min(wanted).thousandths());
            model.tell(number, [(line.item.clone(), -sent)].into_iter());
            model.tell(there, [(line.item.clone(), sent)].into_iter());
        }
        Command::ShareLine { line } => {
            let moved = |e: &Event| if let Event::LinesMoved { order, .. } = e { Some(*order) } else { None };
            let bills: Vec<OrderId> = events.iter().filter_map(moved).collect();
            let all = before.line(*line).unwrap().held().unwrap().total.minor();
            let (mut left, mut still) = (all, bills.len() as i64);
            for id in &bills[1..] {
                // Half a penny is rounded up.
                let part = (left * 2 + still) / (still * 2);
                *model.bills.get_mut(id).unwrap().held.as_mut().unwrap() += part;
                (left, still) = (left - part, still - 1);
            }
            *model.bills.get_mut(&before.id).unwrap().held.as_mut().unwrap() += left - all;
        }
        Command::Unsplit | Command::Merge { .. } => {
            for event in events {
                let Event::OrderMerged { order, was, .. } = event else { continue };
                let gone = model.bills.remove(order).unwrap();
                let into = model.bills.get_mut(&before.id).unwrap();
                let sum = into.total() + gone.total();
                for (item, count) in &gone.items {
                    *into.items.entry(item.clone()).or_default() += count;
                }
                into.deposit += gone.deposit;
                if matches!(command, Command::Merge { .. }) {
                    into.customer = into.customer.or(gone.customer);
                }
                // Of discounts that differ nobody looks at the items any more.
                let differ = matches!(command, Command::Merge { .. }) && into.percent != gone.percent;
                into.held = (into.held.is_some() || differ).then_some(sum);
                if was.number != number {
                    model.tell(was.number, sent(was).map(|(item, much)| (item, -much)));
                    model.tell(number, sent(was));
                }
            }
            // One that is whole again comes to what its items come to, as long as it is counted anew.
            let whole = |e: &Event| match e {
                Event::LinesMoved { part: None, lines, .. } => lines.iter().all(|line| line.share.is_none()),
                _ => false,
            };
            if events.iter().any(whole) {
                model.bills.get_mut(&before.id).unwrap().held = None;
            }
        }
        other => panic!("the model does not know {other:?}"),
    }
}
