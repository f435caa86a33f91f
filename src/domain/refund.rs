//! Giving money back for a sale that is settled. The sale never changes: a refund is a document of its
//! own that names it.
//!
//! A part of a line is worth its share, rounded so that all refunds of a line together come to exactly
//! what the line came to, however it was taken apart: what `n` of it are worth is the share of all
//! given back so far and of these, less the share of those given back before.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::components::divided;
use crate::domain::ids::{LineId, OrderId, RegisterId, SaleId, ShiftId, StaffId};
use crate::domain::money::{Currency, Money};
use crate::domain::order::Line;
use crate::domain::points::Returned;
use crate::domain::promotion::Applied;
use crate::domain::quantity::Quantity;
use crate::domain::rounding::{Rounding, divide_rounded, to_multiple};
use crate::domain::sale::{LineTotals, Sale, Totals};
use crate::domain::settings::Settings;
use crate::domain::tender::{Payment, Tender};
use crate::domain::time::Stamp;
use crate::domain::totals;

/// The sale a refund is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Of {
    /// Its id.
    pub sale: SaleId,
    /// Where it was settled.
    pub register: RegisterId,
    /// Its receipt number there.
    pub receipt: u64,
    /// Its business date.
    pub business_date: NaiveDate,
    /// How many refunds of it there were before.
    pub earlier: u32,
}

/// A refund. All amounts are what is given back: more than nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Its id.
    pub id: SaleId,
    /// Its number: gap-free on its register, in a series of its own.
    pub number: u64,
    /// The sale it is of; none where there was no receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Of>,
    /// The order that was rung for it, where there was no receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// Where.
    pub register: RegisterId,
    /// In which shift.
    pub shift: ShiftId,
    /// The business date.
    pub business_date: NaiveDate,
    /// When.
    pub at: Stamp,
    /// Who.
    pub staff: StaffId,
    /// Their name, as the paper shows it.
    pub staff_name: String,
    /// The order type of the sale.
    pub order_type: String,
    /// Why.
    pub reason: String,
    /// The currency of every amount in it.
    pub currency: Currency,
    /// What comes back: the lines as sold, each with the quantity that comes back.
    pub lines: Vec<Line>,
    /// What that comes to.
    pub totals: Totals,
    /// How it is given back.
    pub payments: Vec<Payment>,
    /// What cash rounding added (negative: took off).
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub rounding: Money,
    /// What it did to somebody's points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<Returned>,
    /// Whether it is practice and counts nowhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub training: bool,
}

/// What is asked back of a sale: all that is left of it where no lines are named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Back {
    /// How much of which lines; the dishes of a line come back with it.
    pub lines: BTreeMap<LineId, Quantity>,
    /// Of these lines only what they bear themselves: the burger without what makes it a menu.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub itself: BTreeSet<LineId>,
}

impl From<BTreeMap<LineId, Quantity>> for Back {
    fn from(lines: BTreeMap<LineId, Quantity>) -> Self {
        Self { lines, itself: BTreeSet::new() }
    }
}

/// A sale that was looked up, with all refunds of it so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The sale.
    pub sale: Sale,
    /// Its refunds.
    pub refunds: Vec<Refund>,
}

impl Found {
    /// How much of a line was given back already.
    pub fn before(&self, line: LineId) -> Quantity {
        let lines = self.refunds.iter().flat_map(|r| &r.lines).filter(|l| l.id == line);
        lines.fold(Quantity::ZERO, |sum, l| sum + l.quantity)
    }

    /// The lines that count, with how much of each can still be given back. Of a line that is nothing but its
    /// components, as much as of the one that most is left of: they can come back one by one.
    pub fn left(&self) -> Vec<(&Line, Quantity)> {
        let own = |line: &Line| line.quantity - self.before(line.id);
        let left = |line: &Line| {
            if !line.bears_nothing() {
                return own(line);
            }
            let components = self.sale.lines.iter().filter(|part| part.is_component_of(line.id));
            let of = |part: &Line| divided(own(part), part.quantity, line.quantity);
            components.map(of).fold(Quantity::ZERO, Quantity::max).min(own(line))
        };
        self.sale.lines.iter().filter(|l| l.is_live()).map(|l| (l, left(l))).collect()
    }

    /// A line that is asked back together with a component of it: which of the two comes back how often, nobody could
    /// read off the paper.
    pub fn twice_named(&self, wanted: &Back) -> Option<&Line> {
        let parts = self.sale.lines.iter().filter(|line| wanted.lines.contains_key(&line.id));
        let wholes: Vec<LineId> = parts.filter_map(|line| line.component).map(|component| component.of).collect();
        let whole = |line: &&Line| wanted.lines.contains_key(&line.id) && !wanted.itself.contains(&line.id);
        self.sale.lines.iter().filter(whole).find(|line| wholes.contains(&line.id))
    }

    /// What is asked back, with as much of the components of each line; the rest of them with the last of it. A line
    /// that is nothing but its components has come back when they all have.
    pub fn with_components(&self, wanted: &Back) -> BTreeMap<LineId, Quantity> {
        let mut all = wanted.lines.clone();
        let left: BTreeMap<LineId, Quantity> = self.left().into_iter().map(|(line, left)| (line.id, left)).collect();
        for line in self.sale.lines.iter().filter(|line| line.is_live()) {
            let Some(component) = line.component else { continue };
            let whole = self.sale.lines.iter().find(|whole| whole.id == component.of);
            let whole = whole.filter(|whole| !wanted.itself.contains(&whole.id));
            let back = whole.and_then(|whole| Some((whole, *wanted.lines.get(&whole.id)?)));
            let Some((whole, back)) = back else { continue };
            let mine = left.get(&line.id).copied().unwrap_or_default();
            let last = left.get(&whole.id) == Some(&back);
            let share = if last { mine } else { divided(back, whole.quantity, line.quantity).min(mine) };
            all.insert(line.id, share);
        }
        all.retain(|id, quantity| wanted.lines.contains_key(id) || !quantity.is_zero());
        let emptied = self.sale.lines.iter().filter(|line| line.is_live() && line.bears_nothing());
        let emptied: Vec<_> = emptied.filter_map(|whole| Some((whole.id, self.emptied(whole, &all)?))).collect();
        all.extend(emptied);
        all
    }

    /// How much of a line that is nothing but its components has come back when these have, one by one: as many
    /// pieces of it as each of them makes; none where it is asked back itself.
    fn emptied(&self, whole: &Line, back: &BTreeMap<LineId, Quantity>) -> Option<Quantity> {
        let components = || self.sale.lines.iter().filter(|part| part.is_component_of(whole.id));
        if back.contains_key(&whole.id) || !components().any(|part| back.contains_key(&part.id)) {
            return None;
        }
        let pieces = |part: &Line| {
            let gone = self.before(part.id) + back.get(&part.id).copied().unwrap_or_default();
            let of = divided(gone, part.quantity, whole.quantity).thousandths();
            if gone == part.quantity { whole.quantity } else { Quantity::from_thousandths(of - of % 1000) }
        };
        let all = components().map(pieces).min()? - self.before(whole.id);
        (all > Quantity::ZERO).then_some(all)
    }

    /// The lines that come back and what they come to; `None` where one is not of the sale, or is asked
    /// back in a quantity that is none or more than is left of it.
    pub fn part(&self, wanted: &BTreeMap<LineId, Quantity>) -> Option<(Vec<Line>, Totals)> {
        let mut lines = Vec::new();
        let mut parts = Vec::new();
        for (line, sold) in self.sale.lines.iter().zip(&self.sale.totals.lines).filter(|(l, _)| l.is_live()) {
            let Some(quantity) = wanted.get(&line.id) else { continue };
            let before = self.before(line.id);
            if *quantity <= Quantity::ZERO || *quantity > line.quantity - before {
                return None;
            }
            parts.push(share(line, sold, before, *quantity));
            let part = |applied: &Applied| Applied {
                amount: share_of(applied.amount, line.quantity, before, *quantity),
                ..applied.clone()
            };
            let promotions = line.promotions.iter().map(part).collect();
            lines.push(Line { quantity: *quantity, promotions, ..line.clone() });
        }
        (lines.len() == wanted.len()).then(|| {
            let totals = totals::of_parts(&lines, parts);
            (lines, totals)
        })
    }

    /// What can still go back to each payment of the sale, exactly, before any rounding: those that the
    /// drawer does not hold first, since what was paid by card is to go back to it.
    fn open_payments(&self) -> Vec<(&Payment, Money)> {
        let exact = |p: &Payment| p.amount - p.rounding;
        let mut given: BTreeMap<&str, Money> = BTreeMap::new();
        for payment in self.refunds.iter().flat_map(|r| &r.payments) {
            *given.entry(&payment.tender).or_default() += exact(payment);
        }
        let mut open: Vec<(&Payment, Money)> = Vec::new();
        for payment in &self.sale.payments {
            let gone = given.entry(&payment.tender).or_default();
            let off = (*gone).min(exact(payment));
            *gone -= off;
            open.push((payment, exact(payment) - off));
        }
        open.sort_by_key(|(payment, _)| payment.opens_drawer);
        open
    }

    /// Where the money goes: back to the tenders it came from as far as they take refunds, the rest
    /// out of the drawer. Each part with the payment it answers.
    pub fn ways<'s>(&self, due: Money, settings: &'s Settings) -> Vec<(Option<&Payment>, Option<&'s Tender>, Money)> {
        let mut ways = Vec::new();
        let mut rest = due;
        for (payment, open) in self.open_payments() {
            let tender = settings.tender(&payment.tender).filter(|t| t.refundable && t.foreign.is_none() && !t.deposit);
            let part = open.min(rest);
            if let (Some(tender), true) = (tender, part.is_positive()) {
                ways.push((Some(payment), Some(tender), part));
                rest -= part;
            }
        }
        if rest.is_positive() {
            ways.push((None, settings.cash(), rest));
        }
        ways
    }
}

/// What so much of a line is worth, when so much of it was given back before.
pub fn share(line: &Line, sold: &LineTotals, before: Quantity, back: Quantity) -> LineTotals {
    let of = |amount: Money| share_of(amount, line.quantity, before, back);
    let taxes: Vec<Money> = sold.taxes.iter().map(|tax| of(*tax)).collect();
    let total = of(sold.total);
    let added: Money = line.taxes.iter().zip(&taxes).filter(|(tax, _)| !tax.included).map(|(_, amount)| amount).sum();
    let after = total - added;
    let order_discount = of(sold.order_discount);
    let gross = if sold.discount.is_zero() { after + order_discount } else { of(sold.gross) };
    let net = total - taxes.iter().sum();
    LineTotals { gross, discount: gross - order_discount - after, order_discount, net, taxes, total }
}

/// The share of an amount.
pub fn share_of(amount: Money, whole: Quantity, before: Quantity, back: Quantity) -> Money {
    let upto = |quantity: Quantity| {
        let part = i128::from(amount.minor()) * i128::from(quantity.thousandths());
        Money::from_minor(divide_rounded(part, whole.thousandths().into(), Rounding::HalfUp))
    };
    upto(before + back) - upto(before)
}

/// What is handed over with a tender for an amount, and what rounding added.
pub fn rounded(amount: Money, tender: &Tender, settings: &Settings) -> (Money, Money) {
    match settings.cash_rounding {
        Some(cash) if tender.rounds => {
            let given = to_multiple(amount, cash.step, cash.rounding);
            (given, given - amount)
        }
        Some(_) | None => (amount, Money::ZERO),
    }
}
