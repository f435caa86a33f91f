//! Hours that people worked, with overtime by the house's rule.

use crate::domain::money::Money;
use crate::domain::work::{Hours, hours};
use crate::reports::table::{Cell, Column, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "work-hours", about: "Hours people worked, overtime, tips declared", of: &[Of::Work], make };

fn make(question: &Question) -> Table {
    let people = hours(&question.facts.work, question.span.from, question.now, &question.settings.hours);
    let mut rows: Vec<(String, Hours)> =
        people.into_iter().map(|(staff, hours)| (question.name(Some(staff)), hours)).collect();
    rows.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut table = Table::new(question, "Hours");
    table.columns = vec![
        Column { name: "Person", kind: Kind::Text },
        Column { name: "Days", kind: Kind::Count },
        Column { name: "Worked", kind: Kind::Minutes },
        Column { name: "Regular", kind: Kind::Minutes },
        Column { name: "Overtime", kind: Kind::Minutes },
        Column { name: "Breaks", kind: Kind::Minutes },
        Column { name: "Tips declared", kind: Kind::Money },
        Column { name: "Corrections", kind: Kind::Count },
    ];
    let line = |name: &str, h: &Hours| {
        vec![
            Cell::Text(name.to_owned()),
            Cell::Count(h.days),
            Cell::Minutes(h.regular_min + h.overtime_min),
            Cell::Minutes(h.regular_min),
            Cell::Minutes(h.overtime_min),
            Cell::Minutes(h.break_min),
            Cell::Money(h.tips),
            Cell::Count(h.corrections),
        ]
    };
    let sum = |of: fn(&Hours) -> i64| rows.iter().map(|(_, h)| of(h)).sum();
    let all = Hours {
        days: sum(|h| h.days),
        regular_min: sum(|h| h.regular_min),
        overtime_min: sum(|h| h.overtime_min),
        break_min: sum(|h| h.break_min),
        tips: rows.iter().map(|(_, h)| h.tips).sum::<Money>(),
        corrections: sum(|h| h.corrections),
    };
    table.rows = rows.iter().map(|(name, h)| line(name, h)).collect();
    table.sums = (!rows.is_empty()).then(|| line("All", &all));
    table.bars = Some(2);
    table
}
