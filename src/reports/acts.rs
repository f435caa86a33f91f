//! What reports over acts share: acts counted and summed by words.

use std::collections::BTreeMap;

use crate::domain::act::Act;
use crate::domain::money::Money;
use crate::reports::Question;
use crate::reports::table::{Cell, Column, Kind, Table};

/// A table that counts and sums acts by some words each; the largest amounts first, then the most.
pub(super) fn tally<'a, const N: usize>(
    question: &Question,
    what: &str,
    headings: [&'static str; N],
    acts: impl Iterator<Item = &'a Act>,
    words: impl Fn(&Act) -> [String; N],
) -> Table {
    let mut sums: BTreeMap<[String; N], (i64, Money)> = BTreeMap::new();
    for act in acts {
        let (count, amount) = sums.entry(words(act)).or_default();
        *count += act.count;
        *amount += act.amount;
    }
    let mut rows: Vec<([String; N], (i64, Money))> =
        sums.into_iter().filter(|(_, sum)| *sum != (0, Money::ZERO)).collect();
    rows.sort_by(|(a_words, (a_count, a)), (b_words, (b_count, b))| {
        b.cmp(a).then(b_count.cmp(a_count)).then_with(|| a_words.cmp(b_words))
    });
    let mut table = Table::new(question, what);
    table.columns = headings.iter().map(|name| Column { name, kind: Kind::Text }).collect();
    table.columns.push(Column { name: "Times", kind: Kind::Count });
    table.columns.push(Column { name: "Amount", kind: Kind::Money });
    let count = rows.iter().map(|(_, (count, _))| count).sum();
    let amount = rows.iter().map(|(_, (_, amount))| amount).sum();
    let line = |words: Vec<String>, count, amount| {
        words.into_iter().map(Cell::Text).chain([Cell::Count(count), Cell::Money(amount)]).collect::<Vec<_>>()
    };
    let mut last = vec![String::new(); N];
    last[0] = "All".to_owned();
    table.sums = (!rows.is_empty()).then(|| line(last, count, amount));
    table.rows = rows.into_iter().map(|(words, (count, amount))| line(words.to_vec(), count, amount)).collect();
    table.bars = Some(N + 1);
    table
}

/// A reason, or that there was none.
pub(super) fn reason(act: &Act) -> String {
    if act.reason.is_empty() { "–".to_owned() } else { act.reason.clone() }
}
