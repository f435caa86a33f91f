//! Tips: who took them by card and cash, who declared which in hand, and what was paid out of the drawer.

use std::collections::BTreeMap;

use crate::domain::act::ActKind;
use crate::domain::day_sum::By;
use crate::domain::money::Money;
use crate::reports::sums::percent;
use crate::reports::table::{Cell, Column, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report = Report {
    name: "tips",
    about: "Tips by who took them, declared, and paid out",
    of: &[Of::Sums(By::Staff), Of::Acts, Of::Work],
    make,
};

/// One person's.
#[derive(Default)]
struct Tips {
    sales: i64,
    total: Money,
    taken: Money,
    declared: Money,
}

fn make(question: &Question) -> Table {
    let mut people: BTreeMap<String, Tips> = BTreeMap::new();
    for sum in question.sums(By::Staff) {
        let tips = people.entry(if sum.name.is_empty() { sum.key.clone() } else { sum.name.clone() }).or_default();
        tips.sales += sum.count;
        tips.total += sum.total;
        tips.taken += sum.tips;
    }
    // Time at work is of no register and of no shift.
    let span = &question.span;
    let declares = |date| span.shift.is_none() && span.register.is_none() && (span.from..=span.to).contains(&date);
    for work in question.facts.work.iter().filter(|work| declares(work.date) && !work.tips.is_zero()) {
        people.entry(question.name(Some(work.staff))).or_default().declared += work.tips;
    }
    let mut rows: Vec<(String, Tips)> = people.into_iter().collect();
    rows.sort_by_key(|(_, tips)| std::cmp::Reverse((tips.taken + tips.declared, tips.total)));
    let mut table = Table::new(question, "Tips");
    table.columns = vec![
        Column { name: "Person", kind: Kind::Text },
        Column { name: "Sales", kind: Kind::Count },
        Column { name: "Total", kind: Kind::Money },
        Column { name: "Tips", kind: Kind::Money },
        Column { name: "Tips %", kind: Kind::Percent },
        Column { name: "Declared", kind: Kind::Money },
    ];
    let line = |name: &str, tips: &Tips| {
        vec![
            Cell::Text(name.to_owned()),
            Cell::Count(tips.sales),
            Cell::Money(tips.total),
            Cell::Money(tips.taken),
            Cell::Percent(percent(tips.taken, tips.total)),
            Cell::Money(tips.declared),
        ]
    };
    let mut all = Tips::default();
    for (name, tips) in &rows {
        all.sales += tips.sales;
        all.total += tips.total;
        all.taken += tips.taken;
        all.declared += tips.declared;
        table.rows.push(line(name, tips));
    }
    let paid: Money = question.facts.acts.iter().filter(|a| a.kind == ActKind::TipOut).map(|a| a.amount).sum();
    if !paid.is_zero() {
        let mut row = line("Paid out of the drawer", &Tips { taken: -paid, ..Tips::default() });
        row[4] = Cell::Percent(None);
        table.rows.push(row);
    }
    if !table.rows.is_empty() {
        let mut sums = line("All", &all);
        sums[3] = Cell::Money(all.taken - paid);
        table.sums = Some(sums);
    }
    table.bars = Some(3);
    table
}
