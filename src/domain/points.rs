//! Points and stamps: what regular guests earn with what they buy, and what they have for it. Rules are data; what is
//! earned and used is in the events, so that no rule that changes later changes what somebody has.

use serde::{Deserialize, Serialize};

use crate::domain::customer::CustomerAct;
use crate::domain::event::Event;
use crate::domain::ids::{CustomerId, LineId};
use crate::domain::money::Money;
use crate::domain::order::{Discount, Line, Order, Unit};
use crate::domain::quantity::Quantity;
use crate::domain::refund::Found;
use crate::domain::sale::{LineTotals, Sale, Totals};
use crate::domain::schedule::Which;

/// What earns points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Earn {
    /// One for so much paid; of a sale, what is less than that earns nothing.
    Paid(Money),
    /// One for each piece of these.
    Pieces(Which),
}

/// What somebody has for points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reward {
    /// So much off an order.
    Off(Money),
    /// A piece of these.
    Free(Which),
}

/// A way to earn points, or stamps, as the house sets it up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scheme {
    /// Its code in the books.
    pub code: String,
    /// Its name on screen and paper: `Coffee card`.
    pub name: String,
    /// What earns.
    pub earn: Earn,
    /// So many are one reward.
    pub at: u32,
    /// What they are used for.
    pub reward: Reward,
}

/// What a sale did to somebody's points, as its receipt says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earned {
    /// The scheme's code.
    pub scheme: String,
    /// Its name.
    pub name: String,
    /// How many the sale earned.
    pub points: u32,
    /// How many its discounts used: they were taken when those were given.
    #[serde(default, skip_serializing_if = "is_none")]
    pub used: u32,
    /// How many there are after it.
    pub balance: i64,
    /// So many are one reward.
    pub at: u32,
}

fn is_none(points: &u32) -> bool {
    *points == 0
}

/// Points that a discount used: whose, and how many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Whose they were.
    pub customer: CustomerId,
    /// The scheme's code.
    pub scheme: String,
    /// How many.
    pub points: u32,
}

/// What a refund did to somebody's points: those it had earned are gone, those it had used are there again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// Whose.
    pub customer: CustomerId,
    /// The scheme's code.
    pub scheme: String,
    /// How many are added; less than nothing where they are taken off.
    pub points: i64,
}

/// Points that an order's discounts hold.
pub fn spent(order: &Order) -> impl Iterator<Item = &Spent> {
    spent_on(&order.lines, &order.face.discounts)
}

fn spent_on<'a>(lines: &'a [Line], discounts: &'a [Discount]) -> impl Iterator<Item = &'a Spent> {
    let lines = lines.iter().filter(|line| line.is_live()).filter_map(|line| line.discount.as_ref());
    lines.chain(discounts).filter_map(|discount| discount.points.as_ref())
}

/// What an event does to points: whose, of which scheme, how many more. Each change for itself, so that what is used
/// can be told from what is given back.
pub fn moved(event: &Event) -> Vec<(CustomerId, &str, i64)> {
    fn add<'e>(moves: &mut Vec<(CustomerId, &'e str, i64)>, spent: impl Iterator<Item = &'e Spent>, sign: i64) {
        for spent in spent {
            let points = sign * i64::from(spent.points);
            match moves.iter_mut().find(|(who, scheme, _)| *who == spent.customer && *scheme == spent.scheme) {
                Some((.., sum)) => *sum += points,
                None => moves.push((spent.customer, &spent.scheme, points)),
            }
        }
    }
    let mut moves = Vec::new();
    match event {
        Event::LineChanged { before, after, .. } => {
            add(&mut moves, before.iter().flat_map(|line| spent_on(std::slice::from_ref(line), &[])), 1);
            add(&mut moves, after.iter().flat_map(|line| spent_on(std::slice::from_ref(line), &[])), -1);
        }
        Event::FaceChanged { before, after, .. } => {
            add(&mut moves, spent_on(&[], &before.discounts), 1);
            add(&mut moves, spent_on(&[], &after.discounts), -1);
        }
        Event::OrderAbandoned { was, .. } => add(&mut moves, spent(was), 1),
        Event::SaleCompleted { sale, .. } => {
            if let Some(customer) = sale.customer {
                moves.extend(sale.points.iter().map(|e| (customer, e.scheme.as_str(), i64::from(e.points))));
            }
        }
        Event::CustomerChanged { customer, act: CustomerAct::Points { scheme, points, .. } } => {
            moves.push((*customer, scheme, *points));
        }
        Event::Refunded { refund, .. } => {
            moves.extend(refund.points.iter().map(|r| (r.customer, r.scheme.as_str(), r.points)));
        }
        _ => {}
    }
    moves.retain(|(.., points)| *points != 0);
    moves
}

/// Whoever is forgotten has no points any more.
pub fn forgotten(event: &Event) -> Option<CustomerId> {
    match event {
        Event::CustomerChanged { customer, act: CustomerAct::Forgotten } => Some(*customer),
        _ => None,
    }
}

impl Scheme {
    /// How many points these lines earn that stay with whoever bought them: each with how much of it, and what that
    /// came to.
    fn earns<'a>(&self, lines: impl Iterator<Item = (&'a Line, Quantity, Money)>) -> u32 {
        let counts = lines.filter(|(line, ..)| line.is_live() && !line.charge);
        let points = match &self.earn {
            Earn::Paid(per) => {
                let paid: Money = counts.map(|(.., total)| total).sum();
                paid.minor().max(0).checked_div(per.minor()).unwrap_or_default()
            }
            Earn::Pieces(which) => {
                counts.filter(|(line, ..)| which.is_about(&line.item, &line.category)).map(pieces).sum()
            }
        };
        u32::try_from(points).unwrap_or(u32::MAX)
    }

    /// How many points a sale earns.
    pub fn earned(&self, lines: &[Line], totals: &Totals) -> u32 {
        self.earns(lines.iter().zip(&totals.lines).map(|(line, part)| (line, line.quantity, part.total)))
    }

    /// What a refund takes back of what its sale had earned, never more than that.
    pub fn taken_back(&self, found: &Found, lines: &[Line], totals: &Totals) -> u32 {
        let sale = &found.sale;
        let had = sale.points.iter().find(|e| e.scheme == self.code).map_or(0, |e| e.points);
        let now = std::iter::once((lines, totals.lines.as_slice()));
        let before = found.refunds.iter().map(|refund| (refund.lines.as_slice(), refund.totals.lines.as_slice()));
        let stays = |back: &[(&[Line], &[LineTotals])]| {
            let rest = sale.lines.iter().zip(&sale.totals.lines).map(|(line, part)| {
                let parts = back.iter().flat_map(|(lines, parts)| lines.iter().zip(*parts));
                let gone = parts.filter(|(other, _)| other.id == line.id);
                gone.fold((line, line.quantity, part.total), |(line, quantity, total), (other, part)| {
                    (line, quantity - other.quantity, total - part.total)
                })
            });
            self.earns(rest).min(had)
        };
        let before: Vec<_> = before.collect();
        let after: Vec<_> = before.iter().copied().chain(now).collect();
        stays(&before).saturating_sub(stays(&after))
    }
}

/// Whole pieces that were paid: not what was given away, nor the one that points have bought.
fn pieces((line, quantity, _): (&Line, Quantity, Money)) -> i64 {
    let free = match &line.discount {
        Some(discount) if discount.comp => return 0,
        Some(discount) => i64::from(discount.points.is_some()),
        None => 0,
    };
    let count = match line.unit {
        Unit::Each => quantity.thousandths().div_euclid(1000),
        Unit::Kg => i64::from(quantity > Quantity::ZERO),
    };
    (count - free).max(0)
}

/// What all points that a sale had used come to again, once all of it was given back.
pub fn used_in(sale: &Sale) -> impl Iterator<Item = &Spent> {
    spent_on(&sale.lines, &sale.discounts)
}

/// The line that a free piece is taken of: the one that is meant if it can be, else the dearest piece; lines that have a
/// discount of their own are left as they are.
pub fn free_line<'o>(order: &'o Order, which: &Which, meant: Option<LineId>) -> Option<&'o Line> {
    let fits = |line: &&Line| {
        let whole = line.unit == Unit::Each && line.quantity >= Quantity::ONE;
        whole && !line.charge && line.discount.is_none() && which.is_about(&line.item, &line.category)
    };
    let lines = || order.rung_lines().filter(fits);
    let named = meant.and_then(|id| lines().find(|line| line.id == id));
    named.or_else(|| lines().max_by_key(|line| (line.unit_price + line.modifiers_price(), std::cmp::Reverse(line.id))))
}
