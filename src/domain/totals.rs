//! What an order comes to: lines, discounts shared out, taxes, total. The rules are told, with a
//! worked example, in `docs/money.md`.
//!
//! Amounts of tax are kept exactly to a millionth of a millionth of the minor unit until the one
//! rounding that the settings name, so that neither the order of lines nor that of additions can
//! move a cent.

use std::collections::BTreeMap;

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::domain::money::Money;
use crate::domain::order::{Discount, DiscountKind, Line, Order};
use crate::domain::rounding::{Rounding, divide_rounded, divide_wide, share_out};
use crate::domain::sale::{LineTotals, TaxTotal, Totals};
use crate::domain::service;
use crate::domain::settings::Settings;
use crate::domain::tax::{Tax, TaxBasis, TaxRounding};

/// The highest rate that is counted, in per cent. Configuration refuses more; whatever else brings
/// a rate is held to it, so that no sum can overflow.
pub const MAX_PERCENT: u32 = 1000;

/// What an order comes to. Where the house adds a service charge, its part comes after those of the
/// order's lines, as [`lines`] puts its line after them.
pub fn of(order: &Order, settings: &Settings) -> Totals {
    let count = |lines: &[Line]| document(lines, &order.face.discounts, settings.tax_rounding, settings.rounding);
    if service::rule(order, settings).is_none() { count(&order.lines) } else { count(&lines(order, settings)) }
}

/// What an order's lines come to after all discounts, before taxes that come on top and the service charge: what a
/// further discount on the order is taken from.
pub fn after_all_discounts(order: &Order, rounding: Rounding) -> Money {
    after_discounts(&order.lines, &order.face.discounts, rounding).iter().map(LineTotals::after_discounts).sum()
}

/// The lines of an order as it would be sold now: with the service charge, where it bears one.
pub fn lines(order: &Order, settings: &Settings) -> Vec<Line> {
    let parts = after_discounts(&order.lines, &order.face.discounts, settings.rounding);
    let base = parts.iter().map(LineTotals::after_discounts).sum();
    let charge = service::line(order, settings, base);
    order.lines.iter().cloned().chain(charge).collect()
}

/// What lines with discounts on the whole come to. An order, a sale read again, and a part of an
/// order are all counted by this.
pub fn document(lines: &[Line], discounts: &[Discount], tax_rounding: TaxRounding, rounding: Rounding) -> Totals {
    let mut parts = after_discounts(lines, discounts, rounding);
    let slots = exact_taxes(lines, &parts);
    let shares = match tax_rounding {
        TaxRounding::PerLine => slots.iter().map(|slot| slot.exact.to_minor(rounding)).collect(),
        TaxRounding::PerDocument => shares_of_document(&slots, &ranks(lines, &parts), rounding),
    };
    for (slot, share) in slots.iter().zip(shares) {
        parts[slot.line].taxes.push(share);
    }
    for (line, part) in lines.iter().zip(&mut parts) {
        if let Some(held) = line.held() {
            part.taxes.clone_from(&held.taxes);
        }
        *part = with_taxes(line, std::mem::take(part));
    }
    of_parts(lines, parts)
}

/// What a document comes to whose lines come to these parts.
pub(super) fn of_parts(lines: &[Line], parts: Vec<LineTotals>) -> Totals {
    Totals {
        gross: parts.iter().map(|p| p.gross).sum(),
        discount: parts.iter().map(|p| p.discount + p.order_discount).sum(),
        net: parts.iter().map(|p| p.net).sum(),
        total: parts.iter().map(|p| p.total).sum(),
        taxes: tax_totals(lines, &parts),
        lines: parts,
    }
}

/// What lines come to before taxes.
fn after_discounts(lines: &[Line], discounts: &[Discount], rounding: Rounding) -> Vec<LineTotals> {
    let mut parts: Vec<LineTotals> = lines.iter().map(|line| gross_and_discount(line, rounding)).collect();
    for discount in discounts {
        share_discount(lines, &mut parts, discount, rounding);
    }
    parts
}

fn gross_and_discount(line: &Line, rounding: Rounding) -> LineTotals {
    if let Some(held) = line.held() {
        let (gross, discount, order_discount) = (held.gross, held.discount, held.order_discount);
        return LineTotals { gross, discount, order_discount, ..LineTotals::default() };
    }
    let gross = line.gross();
    // A line with a discount of its own has no part in promotions; if it had, they would come first.
    let promoted: Money = line.promotions.iter().map(|p| p.amount).sum();
    let promoted = taken_off(gross, DiscountKind::Amount(promoted), rounding);
    let own = line.discount.as_ref().map_or(Money::ZERO, |d| taken_off(gross - promoted, d.kind, rounding));
    let discount = promoted + own;
    LineTotals { gross, discount, ..LineTotals::default() }
}

/// What a discount takes off an amount: never more than there is, and never less than nothing. On
/// what is given back it works the other way round.
pub(super) fn taken_off(from: Money, kind: DiscountKind, rounding: Rounding) -> Money {
    let off = match kind {
        DiscountKind::Percent(percent) => {
            // Six digits are more than any list of discounts has, and keep the product small.
            let percent = percent.clamp(Decimal::ZERO, Decimal::ONE_HUNDRED).round_dp(6).normalize();
            let divisor = 100 * 10_i128.pow(percent.scale());
            Money::from_minor(divide_rounded(i128::from(from.abs().minor()) * percent.mantissa(), divisor, rounding))
        }
        DiscountKind::Amount(amount) => amount.max(Money::ZERO),
        DiscountKind::Price(price) => (from.abs() - price.max(Money::ZERO)).max(Money::ZERO),
    };
    let off = off.min(from.abs());
    if from.is_negative() { -off } else { off }
}

/// Takes a discount on the whole off what the lines have left, each in proportion. Lines whose sign
/// is against the whole (something brought back while more is bought) have no part in it, nor has the
/// service charge.
fn share_discount(lines: &[Line], parts: &mut [LineTotals], discount: &Discount, rounding: Rounding) {
    // Lines of a divided order bear their share already; of an amount, they bear all there is.
    let divided = lines.iter().any(|line| line.held().is_some());
    if divided && !matches!(discount.kind, DiscountKind::Percent(_)) {
        return;
    }
    let rest = |(line, part): (&Line, &LineTotals)| match line.charge || line.held().is_some() {
        true => Money::ZERO,
        false => part.after_discounts(),
    };
    let rests: Vec<Money> = lines.iter().zip(&*parts).map(rest).collect();
    let whole: Money = rests.iter().sum();
    let weights: Vec<Money> = rests
        .into_iter()
        .map(|rest| if whole.is_negative() { -rest } else { rest })
        .map(|weight| weight.max(Money::ZERO))
        .collect();
    let base: Money = weights.iter().sum();
    let off = taken_off(base, discount.kind, rounding);
    if off.is_zero() {
        return;
    }
    let off = if whole.is_negative() { -off } else { off };
    let ranks = ranks(lines, parts);
    for (part, share) in parts.iter_mut().zip(share_out(off, &weights, |i| ranks[i])) {
        part.order_discount += share;
    }
}

/// A rank for each line by what it is, not by where it stands: lines of one rank can change places
/// without anything but their places changing. Where more goes back than is sold, signs are turned,
/// so that a refund is the mirror of its sale.
fn ranks(lines: &[Line], parts: &[LineTotals]) -> Vec<u64> {
    let back = parts.iter().map(|p| p.gross).sum::<Money>().is_negative();
    let turned = |amount: Money| if back { -amount } else { amount };
    let key = |i: usize| {
        let (line, part) = (&lines[i], &parts[i]);
        let quantity = if back { -line.quantity } else { line.quantity };
        (&line.taxes, turned(part.gross), turned(part.discount), turned(part.order_discount), quantity)
    };
    let mut sorted: Vec<usize> = (0..lines.len()).collect();
    sorted.sort_by(|&a, &b| key(a).cmp(&key(b)));
    let mut ranks = vec![0; lines.len()];
    for pair in sorted.windows(2) {
        ranks[pair[1]] = ranks[pair[0]] + u64::from(key(pair[0]) != key(pair[1]));
    }
    ranks
}

/// An amount before its rounding: so many millionths of a millionth of a minor unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Exact(i128);

impl Exact {
    /// Digits below the minor unit.
    const DIGITS: u32 = 12;
    const ONE: i128 = 10_i128.pow(Self::DIGITS);

    fn new(amount: Decimal) -> Self {
        let kept = amount.round_dp_with_strategy(Self::DIGITS, RoundingStrategy::MidpointNearestEven);
        Self(kept.mantissa().saturating_mul(10_i128.pow(Self::DIGITS - kept.scale())))
    }

    /// Rounded to a minor unit. The last three digits go first, half to even: they hold what was
    /// lost on thirds and sevenths, which must not push a sum over an edge.
    fn to_minor(self, rounding: Rounding) -> Money {
        let settled = divide_wide(self.0, 1000, Rounding::HalfEven);
        Money::from_minor(divide_rounded(settled, Self::ONE / 1000, rounding))
    }
}

/// One tax of one line.
struct Slot<'a> {
    line: usize,
    tax: &'a Tax,
    exact: Exact,
}

/// Every tax of every live line, in the order of the lines and of their lists.
fn exact_taxes<'a>(lines: &'a [Line], parts: &[LineTotals]) -> Vec<Slot<'a>> {
    let mut slots = Vec::new();
    for (at, (line, part)) in
        lines.iter().zip(parts).enumerate().filter(|(_, (line, _))| line.is_live() && line.held().is_none())
    {
        let after = part.after_discounts();
        let exact = solve(after, line);
        slots.extend(line.taxes.iter().zip(exact).map(|(tax, exact)| Slot { line: at, tax, exact }));
    }
    slots
}

/// The taxes of one line on its price after discounts.
///
/// Each tax is a linear function of the net price, `rate × net + fixed`, also where it builds on
/// the ones before it. The price after discounts is the net price and all included taxes; so
/// `net = (price − Σ fixed) / (1 + Σ rate)` over the included ones, and no rounding comes between.
fn solve(after: Money, line: &Line) -> Vec<Exact> {
    let price = Decimal::from(after.minor());
    let pieces = Decimal::new(line.quantity.thousandths(), 3);
    let mut functions: Vec<(Decimal, Decimal)> = Vec::with_capacity(line.taxes.len());
    let (mut all, mut included) = ((Decimal::ZERO, Decimal::ZERO), (Decimal::ZERO, Decimal::ZERO));
    let plus = |a: (Decimal, Decimal), b: (Decimal, Decimal)| (a.0.saturating_add(b.0), a.1.saturating_add(b.1));
    for tax in &line.taxes {
        let function = match tax.basis {
            TaxBasis::Percent(percent) => {
                let rate = percent.clamp(Decimal::ZERO, MAX_PERCENT.into()) / Decimal::ONE_HUNDRED;
                let before = if tax.compound { all } else { (Decimal::ZERO, Decimal::ZERO) };
                (rate.saturating_mul(Decimal::ONE.saturating_add(before.0)), rate.saturating_mul(before.1))
            }
            TaxBasis::PerUnit(amount) => (Decimal::ZERO, pieces.saturating_mul(amount.minor().into())),
        };
        all = plus(all, function);
        if tax.included {
            included = plus(included, function);
        }
        functions.push(function);
    }
    let held = Decimal::ONE.saturating_add(included.0);
    let net = price.saturating_sub(included.1).checked_div(held).unwrap_or_default();
    let exact = |(rate, fixed): (Decimal, Decimal)| Exact::new(rate.saturating_mul(net).saturating_add(fixed));
    functions.into_iter().map(exact).collect()
}

/// What a line comes to by itself whose price before and after discounts is known: the taxes are counted on it and
/// rounded for themselves.
pub(super) fn alone(line: &Line, part: LineTotals, rounding: Rounding) -> LineTotals {
    let after = part.after_discounts();
    let taxes: Vec<Money> = solve(after, line).into_iter().map(|exact| exact.to_minor(rounding)).collect();
    with_taxes(line, LineTotals { taxes, ..part })
}

/// The same part with net and total, once its taxes are known.
fn with_taxes(line: &Line, part: LineTotals) -> LineTotals {
    let after = part.after_discounts();
    let sum = |included: bool| -> Money {
        line.taxes.iter().zip(&part.taxes).filter(|(tax, _)| tax.included == included).map(|(_, m)| m).sum()
    };
    LineTotals { net: after - sum(true), total: after + sum(false), ..part }
}

/// The taxes of one line on its price after discounts before they are rounded, in minor units: what
/// [`crate::domain::explain`] shows.
pub(super) fn exact(after: Money, line: &Line) -> Vec<Decimal> {
    let shown =
        |exact: Exact| Decimal::try_from_i128_with_scale(exact.0, Exact::DIGITS).unwrap_or_default().normalize();
    solve(after, line).into_iter().map(shown).collect()
}

/// Each tax summed exactly and rounded once, and shared out again over its lines.
fn shares_of_document(slots: &[Slot], ranks: &[u64], rounding: Rounding) -> Vec<Money> {
    let mut by_tax: BTreeMap<&Tax, Vec<usize>> = BTreeMap::new();
    for (at, slot) in slots.iter().enumerate() {
        by_tax.entry(slot.tax).or_default().push(at);
    }
    let mut shares = vec![Money::ZERO; slots.len()];
    for places in by_tax.values() {
        let sum = places.iter().fold(Exact::default(), |sum, &at| Exact(sum.0.saturating_add(slots[at].exact.0)));
        let sign = if sum.0 < 0 { -1 } else { 1 };
        let exact = |at: usize| slots[at].exact.0.saturating_mul(sign);
        let mut left = i128::from(sum.to_minor(rounding).minor()) * sign;
        let mut rests: Vec<(i128, usize)> = Vec::with_capacity(places.len());
        for &at in places {
            let whole = exact(at).div_euclid(Exact::ONE);
            left -= whole;
            rests.push((exact(at).rem_euclid(Exact::ONE), at));
            shares[at] = Money::from_minor((whole * sign).to_i64().unwrap_or(i64::MAX));
        }
        rests.sort_by(|a, b| {
            let rank = |at: usize| ranks[slots[at].line];
            b.0.cmp(&a.0).then(exact(b.1).cmp(&exact(a.1))).then(rank(a.1).cmp(&rank(b.1))).then(a.1.cmp(&b.1))
        });
        for &(_, at) in rests.iter().take(left.to_usize().unwrap_or(0)) {
            shares[at] += Money::from_minor(if sign < 0 { -1 } else { 1 });
        }
    }
    shares
}

fn tax_totals(lines: &[Line], parts: &[LineTotals]) -> Vec<TaxTotal> {
    let mut totals: BTreeMap<&Tax, (Money, Money)> = BTreeMap::new();
    for (line, part) in lines.iter().zip(parts) {
        let mut before = Money::ZERO;
        for (tax, amount) in line.taxes.iter().zip(&part.taxes) {
            let (base, sum) = totals.entry(tax).or_default();
            *base += if tax.compound { part.net + before } else { part.net };
            *sum += *amount;
            before += *amount;
        }
    }
    let total = |(tax, (base, amount)): (&Tax, (Money, Money))| TaxTotal {
        code: tax.code.clone(),
        name: tax.name.clone(),
        percent: match tax.basis {
            TaxBasis::Percent(percent) => Some(percent),
            TaxBasis::PerUnit(_) => None,
        },
        included: tax.included,
        base,
        amount,
    };
    totals.into_iter().map(total).collect()
}
