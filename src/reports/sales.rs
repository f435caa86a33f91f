//! Sales by day, hour, item, category, person, order type; payments by tender; taxes by rate.

use std::collections::BTreeMap;

use chrono::{Datelike, Weekday};
use rust_decimal::Decimal;

use crate::domain::day_sum::DaySum;
use crate::domain::money::Money;
use crate::reports::Question;
use crate::reports::table::{Cell, Column, Kind, Table};

/// One column: its heading, what stands in it, and how it comes from a sum.
type Part = (&'static str, Kind, fn(&DaySum) -> Cell);

const SALES: Part = ("Sales", Kind::Count, |s| Cell::Count(s.count));
/// An item stands on as many sales; the sum over items says nothing of how many sales there were.
const ON_SALES: Part = ("On sales", Kind::Count, |s| Cell::Count(s.count));
const QUANTITY: Part = ("Quantity", Kind::Quantity, |s| Cell::Quantity(s.quantity));
const GROSS: Part = ("Gross", Kind::Money, |s| Cell::Money(s.gross));
const DISCOUNT: Part = ("Discount", Kind::Money, |s| Cell::Money(s.discount));
const NET: Part = ("Net", Kind::Money, |s| Cell::Money(s.net));
const TAX: Part = ("Tax", Kind::Money, |s| Cell::Money(s.tax));
const TOTAL: Part = ("Total", Kind::Money, |s| Cell::Money(s.total));
const TIPS: Part = ("Tips", Kind::Money, |s| Cell::Money(s.tips));
const MARGIN: Part = ("Margin %", Kind::Percent, margin);
const AVERAGE: Part = ("Average", Kind::Money, |s| {
    let average = crate::domain::rounding::divide_rounded(
        s.total.minor().into(),
        s.count.into(),
        crate::domain::rounding::Rounding::HalfUp,
    );
    Cell::Money(Money::from_minor(average))
});

fn margin(sum: &DaySum) -> Cell {
    let net = sum.net_with_cost;
    if !net.is_positive() {
        return Cell::Percent(None);
    }
    let profit = Decimal::from((net - sum.cost).minor());
    Cell::Percent(profit.checked_mul(Decimal::ONE_HUNDRED).and_then(|p| p.checked_div(Decimal::from(net.minor()))))
}

/// Sums that have one key, put together; in the order of the keys.
fn together<K: Ord>(sums: &[DaySum], key: impl Fn(&DaySum) -> K) -> BTreeMap<K, DaySum> {
    let mut all: BTreeMap<K, DaySum> = BTreeMap::new();
    for sum in sums {
        all.entry(key(sum)).and_modify(|there| there.add(sum)).or_insert_with(|| sum.clone());
    }
    all
}

fn table(question: &Question, what: &str, heading: &'static str, rows: Vec<(String, DaySum)>, parts: &[Part]) -> Table {
    let mut columns = vec![Column { name: heading, kind: Kind::Text }];
    columns.extend(parts.iter().map(|(name, kind, _)| Column { name, kind: *kind }));
    let line = |name: String, sum: &DaySum| -> Vec<Cell> {
        std::iter::once(Cell::Text(name)).chain(parts.iter().map(|(_, _, make)| make(sum))).collect()
    };
    let all = rows.iter().map(|(_, sum)| sum.clone()).reduce(|mut a, b| {
        a.add(&b);
        a
    });
    let days = if question.from == question.to {
        question.from.to_string()
    } else {
        format!("{} to {}", question.from, question.to)
    };
    let bars = parts.iter().position(|(name, ..)| *name == "Total").map(|at| at + 1);
    Table {
        title: format!("{what}, {days}, {}", question.settings.currency),
        currency: question.settings.currency,
        columns,
        rows: rows.iter().map(|(name, sum)| line(name.clone(), sum)).collect(),
        sums: all.map(|sum| line("All".to_owned(), &sum)),
        bars,
    }
}

/// By total, largest first; then by name.
fn largest_first<K>(sums: BTreeMap<K, DaySum>) -> Vec<(String, DaySum)> {
    let mut rows: Vec<(String, DaySum)> = sums.into_values().map(|s| (s.name.clone(), s)).collect();
    rows.sort_by(|(a_name, a), (b_name, b)| b.total.cmp(&a.total).then(a_name.cmp(b_name)));
    rows
}

pub(super) fn days(question: &Question) -> Table {
    let rows =
        together(question.sums, |s| s.date).into_iter().map(|(date, s)| (date.format("%a %Y-%m-%d").to_string(), s));
    table(question, "Sales by day", "Day", rows.collect(), &[SALES, GROSS, DISCOUNT, NET, TAX, TOTAL, AVERAGE, TIPS])
}

pub(super) fn weekdays(question: &Question) -> Table {
    let name = |day: u8| Weekday::try_from(day).map(|d| d.to_string()).unwrap_or_default();
    let by_day = together(question.sums, |s| s.date.weekday().num_days_from_monday() as u8);
    let rows = by_day.into_iter().map(|(day, s)| (name(day), s)).collect();
    table(question, "Sales by day of the week", "Day", rows, &[SALES, NET, TAX, TOTAL, AVERAGE])
}

pub(super) fn hours(question: &Question) -> Table {
    let rows = together(question.sums, |s| s.key.clone()).into_iter();
    let rows = rows.map(|(hour, s)| (format!("{hour}:00"), s)).collect();
    table(question, "Sales by hour", "Hour", rows, &[SALES, NET, TAX, TOTAL, AVERAGE])
}

pub(super) fn items(question: &Question) -> Table {
    let rows = largest_first(together(question.sums, |s| s.key.clone()));
    table(question, "Sales by item", "Item", rows, &[ON_SALES, QUANTITY, GROSS, DISCOUNT, NET, TOTAL, MARGIN])
}

pub(super) fn categories(question: &Question) -> Table {
    let rows = largest_first(together(question.sums, |s| s.key.clone()));
    table(question, "Sales by category", "Category", rows, &[ON_SALES, QUANTITY, GROSS, DISCOUNT, NET, TOTAL, MARGIN])
}

pub(super) fn staff(question: &Question) -> Table {
    let rows = largest_first(together(question.sums, |s| s.key.clone()));
    table(question, "Sales by person", "Person", rows, &[SALES, DISCOUNT, TOTAL, AVERAGE, TIPS])
}

pub(super) fn order_types(question: &Question) -> Table {
    let name = |code: &str| question.settings.order_type(code).map_or_else(|| code.to_owned(), |t| t.name.clone());
    let rows = largest_first(together(question.sums, |s| s.key.clone()));
    let rows = rows.into_iter().map(|(_, s)| (name(&s.key), s)).collect();
    table(question, "Sales by order type", "Order type", rows, &[SALES, NET, TAX, TOTAL, AVERAGE])
}

pub(super) fn tenders(question: &Question) -> Table {
    let rows = largest_first(together(question.sums, |s| s.key.clone()));
    let payments: Part = ("Payments", Kind::Count, |s| Cell::Count(s.count));
    table(question, "Payments by tender", "Tender", rows, &[payments, TOTAL, TIPS])
}

pub(super) fn taxes(question: &Question) -> Table {
    let rows = largest_first(together(question.sums, |s| s.key.clone()));
    let base: Part = ("Counted on", Kind::Money, |s| Cell::Money(s.net));
    table(question, "Taxes", "Tax", rows, &[base, TAX])
}
