//! Dividing an order over several bills. The whole is counted once; each part takes its share of that
//! count, line by line and tax by tax, and holds it: so the parts come to the whole to the cent,
//! whatever rounding the house has. `docs/tables.md` tells the model.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::components::{self, divided};
use crate::domain::ids::{LineId, OrderId};
use crate::domain::money::Money;
use crate::domain::order::{Discount, DiscountKind, Face, Line, Order, Unit};
use crate::domain::quantity::Quantity;
use crate::domain::rounding::{Rounding, divide_rounded, share_out};
use crate::domain::sale::{LineTotals, Totals};
use crate::domain::settings::Settings;
use crate::domain::tax::Tax;
use crate::domain::totals::{self, taken_off};

/// What a line comes to since its order was divided, whatever else the order holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// The order that the line was rung on.
    pub order: OrderId,
    /// The line's number there: shares of one line come together again.
    pub line: LineId,
    /// How much the whole line was.
    pub of: Quantity,
    /// What this share comes to.
    pub totals: LineTotals,
    /// What it came to before it was given another discount, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub divided: Option<Box<LineTotals>>,
}

/// That an order is one of several bills of what was one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The order that was divided.
    pub whole: OrderId,
    /// Its number among the bills, from 1.
    pub number: u32,
}

/// A line, and how much of it; all of it when not said.
pub type Marked = (LineId, Option<Quantity>);

/// How an order is divided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SplitBy {
    /// These lines get a bill of their own.
    Lines(Vec<Marked>),
    /// Each seat gets one; what has no seat stays with the lowest.
    Seats,
    /// Each seat gets one, and what has no seat is shared among them.
    SeatsSharing,
    /// So many bills, as equal as cents allow.
    Evenly(u16),
    /// A bill of this amount.
    Amount(Money),
    /// One line is shared among so many bills.
    Line(LineId, u16),
}

/// The most bills an order is divided into at once.
pub const MOST_PARTS: u16 = 30;

/// Why an order cannot be divided like that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplitProblem {
    /// Nothing would be left, or nothing would go.
    Nothing,
    /// More than [`MOST_PARTS`], or fewer than two.
    Parts,
    /// A line is cut into pieces of which the kitchen has not been told.
    Unsent,
    /// More of a line than there is, or less than a piece of it.
    Quantity,
}

/// Lines with what they come to.
struct Bill {
    lines: Vec<Line>,
    totals: Vec<LineTotals>,
}

/// The lines of each bill, that of the order itself first. Its voided lines are not among them.
///
/// # Errors
/// [`SplitProblem`] when it cannot be divided like that.
pub fn divide(order: &Order, by: &SplitBy, settings: &Settings) -> Result<Vec<Vec<Line>>, SplitProblem> {
    let counted = totals::of(order, settings);
    let all = totals::lines(order, settings).into_iter().zip(counted.lines);
    let (lines, totals) = all.filter(|(line, _)| line.is_live()).unzip();
    let mut rest = Bill { lines, totals };
    let parts = match by {
        SplitBy::Evenly(parts) => evenly(&mut rest, order, *parts)?,
        SplitBy::Amount(amount) => {
            let whole: Money = rest.totals.iter().map(|t| t.total).sum();
            if !amount.is_positive() || *amount >= whole {
                return Err(SplitProblem::Nothing);
            }
            vec![rest.take_amount(order, *amount)?]
        }
        SplitBy::Lines(marked) => vec![rest.take_lines(order, marked)?],
        SplitBy::Seats => by_seat(&mut rest, order)?,
        SplitBy::SeatsSharing => by_seat_sharing(&mut rest, order)?,
        SplitBy::Line(line, parts) => among(&mut rest, order, *line, *parts)?,
    };
    let holds = |bill: &Bill| bill.lines.iter().any(|line| !line.charge);
    if !holds(&rest) || parts.is_empty() || !parts.iter().all(holds) {
        return Err(SplitProblem::Nothing);
    }
    let bills = std::iter::once(rest).chain(parts);
    Ok(bills.map(|bill| bill.settled(order, settings)).collect())
}

/// Lines, or pieces of lines, that go to another order, and what stays: each is counted anew where it is. Its voided
/// lines are not among them.
///
/// # Errors
/// [`SplitProblem`] when there is no such line or piece, or nothing would be left or go.
pub fn taken(order: &Order, marked: &[Marked], rounding: Rounding) -> Result<(Vec<Line>, Vec<Line>), SplitProblem> {
    let mut rest = Bill { lines: order.live_lines().cloned().collect(), totals: Vec::new() };
    let mut taken = Vec::new();
    for (id, quantity) in rest.with_components(marked) {
        let at = rest.lines.iter().position(|line| line.id == id && !line.charge).ok_or(SplitProblem::Nothing)?;
        let line = &mut rest.lines[at];
        let wanted = quantity.unwrap_or(line.quantity);
        let is_piece = line.unit == Unit::Each && (wanted.is_whole() || !line.is_rung());
        if wanted <= Quantity::ZERO || wanted > line.quantity || (wanted < line.quantity && !is_piece) {
            return Err(SplitProblem::Quantity);
        }
        if wanted == line.quantity {
            taken.push(rest.lines.remove(at));
            continue;
        }
        let sent = line.sent().min(wanted);
        let (have, told) = (line.quantity - wanted, line.sent() - sent);
        // What promotions gave stays until it is found again.
        let mut piece = Line { promotions: Vec::new(), ..line.clone() };
        give(&mut piece, wanted, sent);
        give(line, have, told);
        taken.push(piece);
    }
    components::follow_all(&mut rest.lines, rounding);
    components::follow_all(&mut taken, rounding);
    let holds = |lines: &[Line]| lines.iter().any(|line| !line.charge);
    if holds(&rest.lines) && holds(&taken) { Ok((rest.lines, taken)) } else { Err(SplitProblem::Nothing) }
}

fn evenly(rest: &mut Bill, order: &Order, parts: u16) -> Result<Vec<Bill>, SplitProblem> {
    if !(2..=MOST_PARTS).contains(&parts) {
        return Err(SplitProblem::Parts);
    }
    let left = |rest: &Bill| rest.totals.iter().map(|t| t.total).sum::<Money>();
    (1..parts)
        .map(|taken| {
            let still = i128::from(parts - taken + 1);
            let amount = divide_rounded(left(rest).minor().into(), still, Rounding::Down);
            rest.take_share(order, Money::from_minor(amount), (1, still))
        })
        .collect()
}

fn by_seat(rest: &mut Bill, order: &Order) -> Result<Vec<Bill>, SplitProblem> {
    let seats = rest.seats();
    // Those without a seat are a bill of their own only if somebody else has one.
    let seatless = rest.seatless().next().is_some();
    let own = seats.into_iter().skip(usize::from(!seatless));
    own.map(|seat| rest.take_lines(order, &rest.seated(seat))).collect()
}

fn by_seat_sharing(rest: &mut Bill, order: &Order) -> Result<Vec<Bill>, SplitProblem> {
    let seats = rest.seats();
    // The lowest seat keeps what the others leave: its own, and its share of the rest.
    let still = (2..=seats.len() as i128).rev();
    let others = seats.into_iter().skip(1).zip(still);
    others
        .map(|(seat, still)| {
            let mut marked = rest.seated(seat);
            marked.extend(rest.seatless().map(|line| (line.id, Some(piece_of(line.quantity, still)))));
            rest.take(order, &marked, Some((1, still)))
        })
        .collect()
}

fn among(rest: &mut Bill, order: &Order, line: LineId, parts: u16) -> Result<Vec<Bill>, SplitProblem> {
    if !(2..=MOST_PARTS).contains(&parts) {
        return Err(SplitProblem::Parts);
    }
    (1..parts)
        .map(|taken| {
            let whole = rest.lines.iter().find(|l| l.id == line).ok_or(SplitProblem::Nothing)?.quantity;
            let still = i128::from(parts - taken + 1);
            rest.take(order, &[(line, Some(piece_of(whole, still)))], Some((1, still)))
        })
        .collect()
}

/// One of so many equal pieces, to the thousandth.
fn piece_of(whole: Quantity, pieces: i128) -> Quantity {
    Quantity::from_thousandths(divide_rounded(whole.thousandths().into(), pieces, Rounding::HalfUp))
}

impl Bill {
    /// The seats that something is for, from the lowest.
    fn seats(&self) -> Vec<u8> {
        let mut seats: Vec<u8> = self.lines.iter().filter_map(|line| line.seat).collect();
        seats.sort_unstable();
        seats.dedup();
        seats
    }

    fn seated(&self, seat: u8) -> Vec<Marked> {
        self.lines.iter().filter(|line| line.seat == Some(seat)).map(|line| (line.id, None)).collect()
    }

    /// What is for no seat, each whole once.
    fn seatless(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.seat.is_none() && !line.charge && line.component.is_none())
    }

    /// Takes lines, or pieces of lines, out of the bill, with their part of the service charge.
    fn take_lines(&mut self, order: &Order, marked: &[Marked]) -> Result<Bill, SplitProblem> {
        self.take(order, marked, None)
    }

    /// The same; `ratio` is what is taken of a piece's line to the cent, where its quantity, which has
    /// three digits, cannot say it.
    fn take(&mut self, order: &Order, marked: &[Marked], ratio: Option<(i128, i128)>) -> Result<Bill, SplitProblem> {
        let mut part = Bill { lines: Vec::new(), totals: Vec::new() };
        let before = self.without_charge();
        let mut marked = self.with_components(marked);
        marked.sort_by_key(|(id, _)| self.lines.iter().position(|line| line.id == *id));
        for (id, quantity) in marked {
            let at = self.lines.iter().position(|line| line.id == id).ok_or(SplitProblem::Nothing)?;
            let have = self.lines[at].quantity;
            let wanted = quantity.unwrap_or(have);
            if wanted <= Quantity::ZERO || wanted > have {
                return Err(SplitProblem::Quantity);
            }
            if wanted == have {
                part.lines.push(self.lines.remove(at));
                part.totals.push(self.totals.remove(at));
                continue;
            }
            let ratio = ratio.unwrap_or((wanted.thousandths().into(), have.thousandths().into()));
            let total = self.totals[at].total;
            let amount =
                Money::from_minor(divide_rounded(i128::from(total.minor()) * ratio.0, ratio.1, Rounding::HalfUp));
            let taken = portion(&self.lines[at..=at], &self.totals[at..=at], amount, ratio);
            self.cut(order, at, wanted, taken.into_iter().next().unwrap_or_default(), &mut part)?;
        }
        let mine = part.without_charge();
        if let Some(at) = self.lines.iter().position(|line| line.charge).filter(|_| before.is_positive()) {
            let ratio = (mine.minor().into(), before.minor().into());
            let total = i128::from(self.totals[at].total.minor());
            let amount = Money::from_minor(divide_rounded(total * ratio.0, ratio.1, Rounding::HalfUp));
            let taken = portion(&self.lines[at..=at], &self.totals[at..=at], amount, ratio);
            let quantity = shared_quantity(self.lines[at].quantity, ratio);
            self.cut(order, at, quantity, taken.into_iter().next().unwrap_or_default(), &mut part)?;
        }
        Ok(part)
    }

    /// The lines that were marked, each with as much of its components.
    fn with_components(&self, marked: &[Marked]) -> Vec<Marked> {
        let mut all: Vec<Marked> = Vec::new();
        for (id, quantity) in marked {
            let line = self.lines.iter().find(|line| line.id == *id);
            let whole = line.and_then(|line| line.component).map_or(*id, |component| component.of);
            if all.iter().any(|(taken, _)| *taken == whole) {
                continue;
            }
            all.push((whole, *quantity));
            let have = self.lines.iter().find(|line| line.id == whole).map_or(Quantity::ONE, |line| line.quantity);
            let components = self.lines.iter().filter(|line| line.component.is_some_and(|c| c.of == whole));
            all.extend(components.map(|line| (line.id, quantity.map(|wanted| divided(wanted, have, line.quantity)))));
        }
        all
    }

    /// Takes an amount out of the bill, a little of each line.
    fn take_amount(&mut self, order: &Order, amount: Money) -> Result<Bill, SplitProblem> {
        let whole: Money = self.totals.iter().map(|t| t.total).sum();
        self.take_share(order, amount, (amount.minor().into(), whole.minor().into()))
    }

    fn take_share(&mut self, order: &Order, amount: Money, ratio: (i128, i128)) -> Result<Bill, SplitProblem> {
        let taken = portion(&self.lines, &self.totals, amount, ratio);
        let mut part = Bill { lines: Vec::new(), totals: Vec::new() };
        for (at, taken) in taken.into_iter().enumerate() {
            let quantity = shared_quantity(self.lines[at].quantity, ratio);
            self.cut(order, at, quantity, taken, &mut part)?;
        }
        Ok(part)
    }

    /// What the lines that were rung come to.
    fn without_charge(&self) -> Money {
        self.lines.iter().zip(&self.totals).filter(|(line, _)| !line.charge).map(|(_, totals)| totals.total).sum()
    }

    /// Cuts a piece off a line and puts it into another bill.
    fn cut(
        &mut self,
        order: &Order,
        at: usize,
        quantity: Quantity,
        taken: LineTotals,
        part: &mut Bill,
    ) -> Result<(), SplitProblem> {
        let line = &mut self.lines[at];
        let pieces = line.unit == Unit::Each && !quantity.is_whole();
        if pieces && !line.stations.is_empty() && line.sent() < line.quantity {
            return Err(SplitProblem::Unsent);
        }
        let mut piece = line.clone();
        let rest = less(&self.totals[at], &taken);
        let share = |totals: &LineTotals| match &line.share {
            // A piece of what was given a discount since is what it is.
            Some(share) => Share { totals: totals.clone(), divided: None, ..(**share).clone() },
            None => Share { order: order.id, line: line.id, of: line.quantity, totals: totals.clone(), divided: None },
        };
        for (piece, rest) in piece.promotions.iter_mut().zip(&mut line.promotions) {
            let product = i128::from(rest.amount.minor()) * i128::from(taken.discount.minor());
            let whole = i128::from(self.totals[at].discount.minor());
            piece.amount = Money::from_minor(divide_rounded(product, whole, Rounding::HalfUp));
            rest.amount -= piece.amount;
        }
        (piece.share, line.share) = (Some(Box::new(share(&taken))), Some(Box::new(share(&rest))));
        let sent = line.sent().min(quantity);
        give(&mut piece, quantity, sent);
        let (have, told) = (line.quantity - quantity, line.sent() - sent);
        give(line, have, told);
        part.lines.push(piece);
        part.totals.push(taken);
        self.totals[at] = rest;
        Ok(())
    }

    /// The lines as a bill of their own has them. What they come to is held, unless counting them
    /// anew comes to the very same.
    fn settled(self, order: &Order, settings: &Settings) -> Vec<Line> {
        let hold = |(line, totals): (&Line, &LineTotals)| {
            let origin = line.share.as_deref().cloned();
            let (of, from) = (line.quantity, (order.id, line.id));
            let none = Share { order: from.0, line: from.1, of, totals: LineTotals::default(), divided: None };
            let origin = origin.unwrap_or(none);
            Line { share: Some(Box::new(Share { totals: totals.clone(), ..origin })), ..line.clone() }
        };
        let held: Vec<Line> = self.lines.iter().zip(&self.totals).map(hold).collect();
        let whole = |line: &Line| line.share.is_none() && !line.charge;
        // What was given for lines that are now apart, or as an amount, would not be given again.
        let plain = order.face.discounts.iter().all(|d| matches!(d.kind, DiscountKind::Percent(_)))
            && order.lines.iter().all(|line| line.promotions.is_empty());
        if plain && self.lines.iter().all(whole) {
            let count = |lines: &[Line]| {
                let face: &Face = &order.face;
                totals::document(lines, &face.discounts, settings.tax_rounding, settings.rounding)
            };
            if same(&count(&self.lines), &count(&held)) {
                return self.lines;
            }
        }
        held
    }
}

/// Whether two counts come to the same, tax by tax.
fn same(a: &Totals, b: &Totals) -> bool {
    let taxes = |t: &Totals| t.taxes.iter().map(|t| (t.code.clone(), t.amount)).collect::<Vec<_>>();
    (a.gross, a.discount, a.net, a.total, taxes(a)) == (b.gross, b.discount, b.net, b.total, taxes(b))
}

fn shared_quantity(quantity: Quantity, ratio: (i128, i128)) -> Quantity {
    let all = quantity.thousandths();
    let mine = divide_rounded(i128::from(all) * ratio.0, ratio.1, Rounding::HalfUp);
    // Of what bears a cent there is something: else it could never be given back.
    Quantity::from_thousandths(if all > 1 { mine.clamp(1, all - 1) } else { mine.clamp(0, all) })
}

/// Gives a piece of a line its quantity, and what the kitchen was told of it. A discount of an amount
/// is what the piece bears of it.
fn give(line: &mut Line, quantity: Quantity, sent: Quantity) {
    line.quantity = quantity;
    match &mut line.told {
        Some(_) if sent <= Quantity::ZERO => line.told = None,
        Some(dish) => dish.quantity = sent,
        None => {}
    }
    // What is made of others keeps its discount as it was given: they bear it.
    if let (Some(discount), Some(share)) = (line.discount.as_mut().filter(|_| line.borne.is_zero()), &line.share) {
        match discount.kind {
            DiscountKind::Amount(_) | DiscountKind::Price(_) => {
                discount.kind = DiscountKind::Amount(share.totals.discount);
            }
            DiscountKind::Percent(_) => {}
        }
    }
}

fn more(a: &LineTotals, b: &LineTotals) -> LineTotals {
    LineTotals {
        gross: a.gross + b.gross,
        discount: a.discount + b.discount,
        order_discount: a.order_discount + b.order_discount,
        net: a.net + b.net,
        taxes: a.taxes.iter().zip(&b.taxes).map(|(a, b)| *a + *b).collect(),
        total: a.total + b.total,
    }
}

fn less(whole: &LineTotals, taken: &LineTotals) -> LineTotals {
    LineTotals {
        gross: whole.gross - taken.gross,
        discount: whole.discount - taken.discount,
        order_discount: whole.order_discount - taken.order_discount,
        net: whole.net - taken.net,
        taxes: whole.taxes.iter().zip(&taken.taxes).map(|(a, b)| *a - *b).collect(),
        total: whole.total - taken.total,
    }
}

/// What lines come to of which so much is taken: `amount` in all, `ratio` of everything else. No part
/// of it is less than nothing or more than there is, and each tax is within a cent of its share.
fn portion(lines: &[Line], totals: &[LineTotals], amount: Money, ratio: (i128, i128)) -> Vec<LineTotals> {
    let after: Vec<Money> = totals.iter().map(LineTotals::after_discounts).collect();
    let mut taxes: BTreeMap<&Tax, Vec<(usize, usize)>> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        for (place, tax) in line.taxes.iter().enumerate() {
            taxes.entry(tax).or_default().push((at, place));
        }
    }
    let due = |(at, place): &(usize, usize)| totals[*at].taxes.get(*place).copied().unwrap_or_default();
    let sum = |slots: &Vec<(usize, usize)>| slots.iter().map(due).sum::<Money>();
    let scaled = |whole: Money| {
        Money::from_minor(divide_rounded(i128::from(whole.minor()) * ratio.0, ratio.1, Rounding::HalfUp))
    };
    // The amount is the shelf price after discounts and the taxes that come on top of it.
    let added: Vec<&Tax> = taxes.keys().copied().filter(|tax| !tax.included).collect();
    let weights: Vec<Money> =
        std::iter::once(after.iter().sum()).chain(added.iter().map(|tax| sum(&taxes[tax]))).collect();
    let targets = share_out(amount, &weights, |_| 0);
    let mut parts: Vec<LineTotals> = totals
        .iter()
        .map(|whole| LineTotals { taxes: vec![Money::ZERO; whole.taxes.len()], ..LineTotals::default() })
        .collect();
    for (tax, slots) in &taxes {
        let target = match added.iter().position(|other| other == tax) {
            Some(at) => targets[at + 1],
            None => scaled(sum(slots)),
        };
        let dues: Vec<Money> = slots.iter().map(due).collect();
        for ((at, place), share) in slots.iter().zip(share_out(target, &dues, |_| 0)) {
            if let Some(tax) = parts[*at].taxes.get_mut(*place) {
                *tax = share;
            }
        }
    }
    let shared = |of: fn(&LineTotals) -> Money| {
        let weights: Vec<Money> = totals.iter().map(of).collect();
        share_out(scaled(weights.iter().sum()), &weights, |_| 0)
    };
    let (discounts, order_discounts) = (shared(|t| t.discount), shared(|t| t.order_discount));
    let prices = share_out(targets[0], &after, |_| 0);
    for (at, part) in parts.iter_mut().enumerate() {
        let tax = |included: bool| -> Money {
            lines[at].taxes.iter().zip(&part.taxes).filter(|(tax, _)| tax.included == included).map(|(_, m)| m).sum()
        };
        let (held, on_top) = (tax(true), tax(false));
        (part.discount, part.order_discount) = (discounts[at], order_discounts[at]);
        part.gross = prices[at] + part.discount + part.order_discount;
        part.net = prices[at] - held;
        part.total = prices[at] + on_top;
    }
    parts
}

/// A line with another discount of its own, or none. Of a divided order it is counted from what the line came to when
/// it was divided, with its part of what was taken off the whole; and held again.
pub fn discounted(line: &Line, discount: Option<Discount>, rounding: Rounding) -> Line {
    let mut after = Line { discount, ..line.clone() };
    let (Some(share), Some(held)) = (&mut after.share, line.held()) else { return after };
    let was = share.divided.take().unwrap_or_else(|| Box::new(held.clone()));
    let promoted: Money = line.promotions.iter().map(|p| p.amount).sum();
    let own = after.discount.as_ref().map_or(Money::ZERO, |d| taken_off(was.gross - promoted, d.kind, rounding));
    let left = |discount: Money| i128::from((was.gross - discount).minor());
    let order_discount = match left(was.discount) {
        _ if promoted + own == was.discount => was.order_discount,
        before if before > 0 => {
            // A share can bear a cent more of what was taken off the whole than there is of it.
            let borne = i128::from(was.order_discount.minor()).min(before);
            let product = borne * left(promoted + own);
            Money::from_minor(divide_rounded(product, before, Rounding::HalfUp))
        }
        _ => Money::ZERO,
    };
    let part = LineTotals { gross: was.gross, discount: promoted + own, order_discount, ..LineTotals::default() };
    share.totals = match part.after_discounts() == was.after_discounts() {
        true => LineTotals { discount: part.discount, order_discount, ..(*was).clone() },
        false => totals::alone(line, part, rounding),
    };
    share.divided = (share.totals != *was).then_some(was);
    after
}

/// Lines of two bills together, those of `ours` first: shares of one line are one line again, unless they were given
/// different discounts since; a number that is taken is given anew from `next`. Returns the next free number.
pub fn together(ours: &mut Vec<Line>, theirs: &[Line], next: u32) -> u32 {
    let mut next = next;
    let mut numbers: BTreeMap<LineId, LineId> = BTreeMap::new();
    for line in theirs {
        let origin = |line: &Line| line.share.as_ref().map(|share| (share.order, share.line));
        let given = |line: &Line| line.discount.as_ref().map(|d| (d.reason.clone(), d.by, d.comp, d.points.clone()));
        let joins = |l: &Line| origin(l).is_some() && origin(l) == origin(line) && given(l) == given(line);
        let same = ours.iter_mut().find(|l| l.is_live() && line.is_live() && joins(l));
        if let Some(mine) = same {
            numbers.insert(line.id, mine.id);
            join(mine, line);
            continue;
        }
        let mut line = line.clone();
        if ours.iter().any(|l| l.id == line.id) {
            numbers.insert(line.id, LineId(next));
            line.id = LineId(next);
        }
        // Components stay with their line, which stands before them.
        if let Some(component) = &mut line.component {
            component.of = numbers.get(&component.of).copied().unwrap_or(component.of);
        }
        next = next.max(line.id.0 + 1);
        ours.push(line);
    }
    ours.sort_by_key(|line| line.id);
    next
}

fn join(mine: &mut Line, other: &Line) {
    let sent = mine.sent() + other.sent();
    mine.quantity = mine.quantity + other.quantity;
    match (&mut mine.told, &other.told) {
        (Some(dish), _) => dish.quantity = sent,
        (None, Some(dish)) => mine.told = Some(dish.clone()),
        (None, None) => {}
    }
    for theirs in &other.promotions {
        match mine.promotions.iter_mut().find(|ours| ours.code == theirs.code) {
            Some(ours) => ours.amount += theirs.amount,
            None => mine.promotions.push(theirs.clone()),
        }
    }
    let (Some(share), Some(theirs)) = (&mut mine.share, &other.share) else { return };
    let as_divided = |share: &Share| share.divided.as_deref().unwrap_or(&share.totals).clone();
    if share.divided.is_some() || theirs.divided.is_some() {
        share.divided = Some(Box::new(more(&as_divided(share), &as_divided(theirs))));
    }
    share.totals = more(&share.totals, &theirs.totals);
    let discount = share.totals.discount;
    if let Some(own) = mine.discount.as_mut().filter(|_| mine.borne.is_zero())
        && let DiscountKind::Amount(_) = own.kind
    {
        own.kind = DiscountKind::Amount(discount);
    }
}

/// The lines of an order whose bills came together: counted anew, if all of them are whole again and that comes to the
/// same, with the service charge asked again; else as they are.
pub fn freed(order: Order, settings: &Settings) -> Vec<Line> {
    let whole = |line: &Line| line.share.as_ref().is_none_or(|share| share.of == line.quantity);
    if !order.live_lines().all(whole) {
        return order.lines;
    }
    let free = order.lines.iter().filter(|line| !line.charge).map(|line| Line { share: None, ..line.clone() });
    let free = Order { lines: free.collect(), ..order.clone() };
    if same(&totals::of(&free, settings), &totals::of(&order, settings)) { free.lines } else { order.lines }
}
