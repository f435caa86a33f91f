//! What one party has asked for, open until it is settled.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::catalogue::{Amount, PriceBy};
use crate::domain::components::Component;
use crate::domain::course::Course;
use crate::domain::floor;
use crate::domain::ids::{CustomerId, LineId, OrderId, RegisterId, StaffId};
use crate::domain::kitchen::Dish;
use crate::domain::money::Money;
use crate::domain::points::Spent;
use crate::domain::promotion::Applied;
use crate::domain::quantity::Quantity;
use crate::domain::sale::LineTotals;
use crate::domain::split::{Part, Share};
use crate::domain::stock::Use;
use crate::domain::tax::Tax;
use crate::domain::tender::Payment;
use crate::domain::time::Stamp;

/// What a quantity counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Pieces.
    #[default]
    Each,
    /// Kilograms.
    Kg,
}

/// Where a line's price came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PriceFrom {
    /// The menu, at this price level.
    Level(String),
    /// What holds at this time by a schedule of this name.
    Timed {
        /// `Happy hour`
        schedule: String,
    },
    /// Typed, as the item asks for it.
    Open,
    /// Read from a barcode that holds the price.
    Barcode,
    /// Changed by somebody who may.
    Override {
        /// Who.
        by: StaffId,
        /// Why.
        reason: String,
    },
}

/// A modifier that was chosen, with its price frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Modifier {
    /// The code of its group.
    pub group: String,
    /// Which asking of the group, where one list names it several times, from 0.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub turn: u16,
    /// How many options it stands within: it belongs to the last one before it with one less.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub depth: u16,
    /// Its place in the group, from 1: the digit that chose it.
    pub digit: u16,
    /// How much of it.
    #[serde(default, skip_serializing_if = "is_normal")]
    pub amount: Amount,
    /// The option's name.
    pub name: String,
    /// The option's shorter name for the kitchen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kitchen_name: Option<String>,
    /// What it adds to the price of one piece.
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub price: Money,
    /// The code of the item that it is: a component of the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Whether that item is had beside the rest, for its own price alone: nobody had to choose one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub beside: bool,
    /// That it is one of several parts of one whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<PartOfWhole>,
}

/// One of several equal parts that one thing is made of: a half of a pizza.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartOfWhole {
    /// How many there are.
    pub of: u16,
    /// How they make its price.
    pub by: PriceBy,
}

fn is_normal(amount: &Amount) -> bool {
    *amount == Amount::Normal
}

fn is_nothing(n: &u16) -> bool {
    *n == 0
}

impl Modifier {
    /// `EXTRA Cheese`, `NO Onions`, `Medium`, `1/2 Margherita`.
    pub fn label(&self) -> String {
        with_amount(self.amount, &self.of_whole(&self.name))
    }

    /// The kitchen's name: `1/2 MARGH`.
    pub fn kitchen_label(&self) -> String {
        self.of_whole(self.kitchen_name.as_deref().unwrap_or(&self.name))
    }

    /// What it adds to the price where that is said beside it: parts make one price together.
    pub fn added(&self) -> Money {
        if self.part.is_some() { Money::ZERO } else { self.price }
    }

    fn of_whole(&self, name: &str) -> String {
        self.part.map_or_else(|| name.to_owned(), |part| format!("1/{} {name}", part.of))
    }
}

fn with_amount(amount: Amount, name: &str) -> String {
    match amount.word() {
        "" => name.to_owned(),
        word => format!("{word} {name}"),
    }
}

/// How a discount is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiscountKind {
    /// So many per cent off, 0 to 100.
    Percent(Decimal),
    /// So much off, never more than there is.
    Amount(Money),
    /// It comes to so much, however much it was; never to more than it was.
    Price(Money),
}

/// A discount on a line or on a whole order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// How it is counted.
    pub kind: DiscountKind,
    /// Why it was given, in the words of the reason list.
    pub reason: String,
    /// Who gave it.
    pub by: StaffId,
    /// Whether it was given away: made, sold at nothing, its value told apart from discounts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub comp: bool,
    /// The points that it used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<Spent>,
}

/// That the house does without its service charge on an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waived {
    /// Why, in the words of the reason list.
    pub reason: String,
    /// Who let it go.
    pub by: StaffId,
}

/// Why a line no longer counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Void {
    /// The reason, in the words of the reason list.
    pub reason: String,
    /// Who voided it.
    pub by: StaffId,
    /// When.
    pub at: Stamp,
    /// Whether the kitchen had it already.
    pub after_sending: bool,
    /// Whether it was made, or spoiled: then its stock is gone. What was not made goes back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wasted: bool,
}

/// One line of an order, with everything frozen as it was sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its number in the order.
    pub id: LineId,
    /// The item's code.
    pub item: String,
    /// The item's name.
    pub name: String,
    /// The shorter name for the kitchen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kitchen_name: Option<String>,
    /// The item's category.
    pub category: String,
    /// The department that the category is summed under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Where it is made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stations: Vec<String>,
    /// The course it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<u8>,
    /// The seat it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<u8>,
    /// How much.
    pub quantity: Quantity,
    /// Of what.
    #[serde(default, skip_serializing_if = "is_each")]
    pub unit: Unit,
    /// What the menu asks for one.
    pub menu_price: Money,
    /// What is asked for one, before modifiers.
    pub unit_price: Money,
    /// Where that price came from.
    pub price_from: PriceFrom,
    /// What was chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modifiers: Vec<Modifier>,
    /// That it is a component of another line: an item that was chosen there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<Component>,
    /// What of the price of one piece its components bear.
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub borne: Money,
    /// Its own discount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Discount>,
    /// What promotions took off it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promotions: Vec<Applied>,
    /// A note that only the kitchen sees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kitchen_note: Option<String>,
    /// A note that the customer's paper shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_note: Option<String>,
    /// The tax class, by which taxes are found again when the order type changes.
    pub tax_class: String,
    /// The taxes it bears.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<Tax>,
    /// What one cost the house.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
    /// What one of it takes of goods in stock, by the recipe as it was then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<Use>,
    /// The round it was ordered in, from 1.
    pub round: u32,
    /// What its stations were told of it last, while they have it to make.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Box<Dish>>,
    /// Set when it no longer counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub void: Option<Void>,
    /// What it comes to since its order was divided; counted anew when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Box<Share>>,
    /// Whether it is the service charge, which the totals add to an order: no discount is taken of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub charge: bool,
    /// Who rang it.
    pub by: StaffId,
    /// When.
    pub at: Stamp,
}

fn is_each(unit: &Unit) -> bool {
    *unit == Unit::Each
}

impl Line {
    /// Whether it counts.
    pub fn is_live(&self) -> bool {
        self.void.is_none()
    }

    /// What it comes to, if that is held since its order was divided.
    pub fn held(&self) -> Option<&LineTotals> {
        self.share.as_ref().filter(|_| self.is_live()).map(|share| &share.totals)
    }

    /// How much of it, as people read it: `2`, `1/3`, `0.350`.
    pub fn pieces(&self) -> String {
        match self.unit {
            Unit::Each if !self.quantity.is_whole() => self.quantity.fraction(),
            Unit::Each | Unit::Kg => self.quantity.to_string(),
        }
    }

    /// How much of it the kitchen has been told.
    pub fn sent(&self) -> Quantity {
        self.told.as_ref().map_or(Quantity::ZERO, |dish| dish.quantity)
    }

    /// What the modifiers add to one piece.
    pub fn modifiers_price(&self) -> Money {
        self.modifiers.iter().map(|m| m.price).sum()
    }

    /// The price before discounts: `quantity × (price + modifiers)`, without what components bear; of a
    /// weighed item the modifiers count once. Zero once voided.
    pub fn gross(&self) -> Money {
        if !self.is_live() {
            return Money::ZERO;
        }
        if let Some(share) = &self.share {
            return share.totals.gross;
        }
        match self.unit {
            Unit::Each => self.quantity.times(self.unit_price + self.modifiers_price() - self.borne),
            Unit::Kg => self.quantity.times(self.unit_price) + self.modifiers_price(),
        }
    }

    /// The price before discounts with what its components bear.
    pub fn amount(&self) -> Money {
        if self.borne.is_zero() || !self.is_live() {
            return self.gross();
        }
        self.quantity.times(self.unit_price + self.modifiers_price())
    }
}

/// Who has an order open on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// On which register.
    pub register: RegisterId,
    /// Who.
    pub staff: StaffId,
}

/// What can be changed about an order besides its lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Face {
    /// The name it is held under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The code of its order type.
    pub order_type: String,
    /// The price level it is rung at.
    pub level: String,
    /// The table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Other tables that were joined to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joined: Vec<String>,
    /// Whether it was put at its table although somebody sits there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub beside: bool,
    /// How many people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covers: Option<u16>,
    /// Discounts on the whole order, each on what the ones before left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<Discount>,
    /// When it is fetched, or to be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Stamp>,
    /// What it may come to; as its type says, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Money>,
    /// How often it was written down how somebody is reached. What was written is kept apart: the journal
    /// never forgets.
    #[serde(default, skip_serializing_if = "is_never")]
    pub contact: u32,
    /// What was said of its courses, in the order of their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub courses: Vec<Course>,
    /// Codes of coupons that were handed in, in capitals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<String>,
    /// Who it is for, where they are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    /// What nobody at the table may eat: for whoever serves and whoever cooks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allergies: Option<String>,
    /// Set when the house does without its service charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waived: Option<Waived>,
}

fn is_never(times: &u32) -> bool {
    *times == 0
}

/// What one step of undo puts back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Before {
    /// A line as it was; `None` when it was not there.
    Line(LineId, Option<Box<Line>>),
    /// The order's face as it was.
    Face(Box<Face>),
}

/// What one command did to an order, ready to be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoStep {
    /// The version the command made.
    pub version: u64,
    /// What to put back, last change first.
    pub before: Vec<Before>,
}

/// An open order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The short number people say.
    pub number: u32,
    /// How often it was changed: one for each command. A command against an older version is
    /// refused.
    pub version: u64,
    /// Where it was opened.
    pub register: RegisterId,
    /// When.
    pub opened: Stamp,
    /// When it was last changed.
    pub changed: Stamp,
    /// Whose order it is: it follows this person from session to session.
    pub server: StaffId,
    /// Who has it on screen now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<Holder>,
    /// Who had it on screen when it was put aside because they left: it follows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_by: Option<StaffId>,
    /// Whether it was put aside on purpose, so that paying it asks for the tender.
    #[serde(default)]
    pub held: bool,
    /// Whether it was brought back from the list, or found: paying it asks for the tender.
    #[serde(default)]
    pub recalled: bool,
    /// Set when it is one of several bills of what was one order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
    /// What else can be changed about it.
    pub face: Face,
    /// Its lines, voided ones too.
    pub lines: Vec<Line>,
    /// What was paid so far.
    #[serde(default)]
    pub payments: Vec<Payment>,
    /// Deposits that were taken on it, and less than nothing what was given back of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deposits: Vec<Payment>,
    /// The number of the next line.
    pub next_line: u32,
    /// The round that is being ordered, from 1.
    pub round: u32,
    /// How often a bill was printed.
    #[serde(default)]
    pub bills: u32,
    /// Whether a bill was printed and nothing was ordered since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub billed: bool,
    /// What can be undone, oldest first; at most [`Order::UNDO_STEPS`].
    #[serde(default)]
    pub undo: Vec<UndoStep>,
}

impl Order {
    /// How many steps can be undone.
    pub const UNDO_STEPS: usize = 10;
    /// How many lines an order can hold.
    pub const MAX_LINES: usize = 500;
    /// The highest number that people have to say; after it they begin again.
    pub const LAST_NUMBER: u32 = 999;

    /// The number after the last one that was drawn on the box, over all its registers: the next that
    /// no open order has.
    pub fn number_after(last: u32, open: &BTreeSet<u32>) -> u32 {
        let around = (last.saturating_add(1)..=Self::LAST_NUMBER).chain(1..=last.min(Self::LAST_NUMBER));
        let beyond = Self::LAST_NUMBER + 1..;
        around.chain(beyond).find(|number| !open.contains(number)).unwrap_or(u32::MAX)
    }

    /// The lines that count.
    pub fn live_lines(&self) -> impl DoubleEndedIterator<Item = &Line> {
        self.lines.iter().filter(|l| l.is_live())
    }

    /// A line by its number, voided or not.
    pub fn line(&self, id: LineId) -> Option<&Line> {
        self.lines.iter().find(|l| l.id == id)
    }

    /// What was paid of the total so far.
    pub fn paid(&self) -> Money {
        self.payments.iter().map(|p| p.amount).sum()
    }

    /// What is still to be paid of a total, deposits not looked at.
    pub fn owed(&self, total: Money) -> Money {
        total + self.rounding() - self.paid()
    }

    /// What is still to be paid of a total once its deposit is used.
    pub fn due(&self, total: Money) -> Money {
        let owed = self.owed(total);
        if owed.is_positive() { owed - self.deposit_left().min(owed) } else { owed }
    }

    /// What is left of its deposits.
    pub fn deposit_left(&self) -> Money {
        let used: Money = self.payments.iter().filter(|p| p.deposit).map(|p| p.amount).sum();
        self.deposits.iter().map(|p| p.amount).sum::<Money>() - used
    }

    /// What cash rounding has added to the total so far.
    pub fn rounding(&self) -> Money {
        self.payments.iter().map(|p| p.rounding).sum()
    }

    /// Whether nothing was ever rung or paid, beforehand or not.
    pub fn is_empty(&self) -> bool {
        self.live_lines().next().is_none() && self.payments.is_empty() && self.deposit_left().is_zero()
    }

    /// Whether nobody would miss it: nothing was rung or paid, and nobody sits there or gave a name.
    pub fn is_blank(&self) -> bool {
        self.is_empty() && self.face.name.is_none() && self.face.covers.is_none()
    }

    /// Whether it was just rung, and belongs nowhere yet.
    pub fn is_placeless(&self) -> bool {
        !self.is_blank() && self.face.table.is_none() && self.face.name.is_none() && !self.held && !self.recalled
    }

    /// The party it is of: all bills of what was one order are.
    pub fn party(&self) -> OrderId {
        self.part.map_or(self.id, |part| part.whole)
    }

    /// Its number; of one of several bills, with the bill's: `12/2`.
    pub fn label(&self) -> String {
        match self.part {
            Some(part) => format!("{}/{}", self.number, part.number),
            None => self.number.to_string(),
        }
    }

    /// What it is called by: its number, with its table and its name where it has them.
    pub fn title(&self) -> String {
        let table = self.face.table.as_ref().map(|table| format!(" · {}", floor::short(table))).unwrap_or_default();
        let name = self.face.name.as_ref().map(|name| format!(" · {name}")).unwrap_or_default();
        format!("{}{table}{name}", self.label())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_short_and_never_stand_on_two_open_orders() {
        let check = |last, open: &[u32], due| {
            assert_eq!(Order::number_after(last, &open.iter().copied().collect()), due, "after {last}");
        };
        check(0, &[], 1);
        check(7, &[3, 8, 9], 10);
        check(999, &[], 1);
        check(998, &[999, 1, 2], 3);
        // A store from before numbers were short.
        check(48_213, &[48_213], 1);
        let all: Vec<u32> = (1..=999).collect();
        check(5, &all, 1000);
    }
}
