//! What reports over sums of sales share: columns, and sums put together.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::domain::day_sum::{By, DaySum};
use crate::domain::money::Money;
use crate::domain::rounding::{Rounding, divide_rounded};
use crate::reports::Question;
use crate::reports::table::{Cell, Column, Kind, Table};

/// One column: its heading, what stands in it, and how it comes from a sum.
pub(super) type Part = (&'static str, Kind, fn(&DaySum) -> Cell);

pub(super) const SALES: Part = ("Sales", Kind::Count, |s| Cell::Count(s.count));
/// An item stands on as many sales; the sum over items says nothing of how many sales there were.
pub(super) const ON_SALES: Part = ("On sales", Kind::Count, |s| Cell::Count(s.count));
pub(super) const QUANTITY: Part = ("Quantity", Kind::Quantity, |s| Cell::Quantity(s.quantity));
pub(super) const GROSS: Part = ("Gross", Kind::Money, |s| Cell::Money(s.gross));
pub(super) const DISCOUNT: Part = ("Discount", Kind::Money, |s| Cell::Money(s.discount));
pub(super) const NET: Part = ("Net", Kind::Money, |s| Cell::Money(s.net));
pub(super) const TAX: Part = ("Tax", Kind::Money, |s| Cell::Money(s.tax));
pub(super) const TOTAL: Part = ("Total", Kind::Money, |s| Cell::Money(s.total));
pub(super) const TIPS: Part = ("Tips", Kind::Money, |s| Cell::Money(s.tips));
pub(super) const COST: Part = ("Cost", Kind::Money, |s| Cell::Money(s.cost));
pub(super) const MARGIN: Part = ("Margin %", Kind::Percent, margin);
pub(super) const COVERS: Part = ("Guests", Kind::Count, |s| Cell::Count(s.covers));
pub(super) const AVERAGE: Part = ("Average", Kind::Money, |s| Cell::Money(each(s.total, s.count)));
pub(super) const PER_GUEST: Part = ("Per guest", Kind::Money, |s| Cell::Money(each(s.total, s.covers)));
/// From the first line to the payment.
pub(super) const TIME: Part = ("Time", Kind::Minutes, |s| Cell::Minutes(average_min(s.open_ms, s.count)));

fn margin(sum: &DaySum) -> Cell {
    Cell::Percent(percent(sum.net_with_cost - sum.cost, sum.net_with_cost))
}

/// So many per cent of the whole; none where there is no whole.
pub(super) fn percent(part: Money, whole: Money) -> Option<Decimal> {
    let part = Decimal::from(part.minor()).checked_mul(Decimal::ONE_HUNDRED)?;
    if whole.is_positive() { part.checked_div(Decimal::from(whole.minor())) } else { None }
}

fn each(amount: Money, count: i64) -> Money {
    Money::from_minor(divide_rounded(amount.minor().into(), count.max(1).into(), Rounding::HalfUp))
}

/// Minutes of each, from milliseconds of all.
pub(super) fn average_min(all_ms: i64, count: i64) -> i64 {
    divide_rounded(all_ms.into(), i128::from(count.max(1)) * 60_000, Rounding::HalfUp)
}

/// Sums that have one key, put together; in the order of the keys.
pub(super) fn together<'s, K: Ord>(
    sums: impl Iterator<Item = &'s DaySum>,
    key: impl Fn(&DaySum) -> K,
) -> BTreeMap<K, DaySum> {
    let mut all: BTreeMap<K, DaySum> = BTreeMap::new();
    for sum in sums {
        all.entry(key(sum)).and_modify(|there| there.add(sum)).or_insert_with(|| sum.clone());
    }
    all
}

/// All of them in one.
pub(super) fn all<'s>(sums: impl Iterator<Item = &'s DaySum>) -> Option<DaySum> {
    together(sums, |_| ()).into_values().next()
}

/// The sums of one kind by their key, those with the largest total first; then by name. `name` says
/// what a row is called.
pub(super) fn largest_first(question: &Question, by: By, name: impl Fn(&DaySum) -> String) -> Vec<(String, DaySum)> {
    let sums = together(question.sums(by), |s| s.key.clone()).into_values();
    let mut rows: Vec<(String, DaySum)> = sums.map(|s| (name(&s), s)).collect();
    rows.sort_by(|(a_name, a), (b_name, b)| b.total.cmp(&a.total).then_with(|| a_name.cmp(b_name)));
    rows
}

/// The name a sum was last sold under; its code where it has none.
pub(super) fn own_name(sum: &DaySum) -> String {
    if sum.name.is_empty() { sum.key.clone() } else { sum.name.clone() }
}

/// A table with a row for each sum, and a row of all.
pub(super) fn table(
    question: &Question,
    what: &str,
    heading: &'static str,
    rows: &[(String, DaySum)],
    parts: &[Part],
) -> Table {
    let line = |name: &str, sum: &DaySum| -> Vec<Cell> {
        std::iter::once(Cell::Text(name.to_owned())).chain(parts.iter().map(|(_, _, make)| make(sum))).collect()
    };
    let mut table = Table::new(question, what);
    table.columns.push(Column { name: heading, kind: Kind::Text });
    table.columns.extend(parts.iter().map(|(name, kind, _)| Column { name, kind: *kind }));
    table.rows = rows.iter().map(|(name, sum)| line(name, sum)).collect();
    table.sums = all(rows.iter().map(|(_, sum)| sum)).map(|sum| line("All", &sum));
    table.bars = parts.iter().position(|(name, ..)| *name == "Total").map(|at| at + 1);
    table
}
