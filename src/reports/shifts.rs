//! Shifts and their Zs.

use crate::domain::money::Money;
use crate::domain::shift::Count;
use crate::reports::table::{Cell, Column, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "shifts", about: "Shifts with their Z, total, over or short", of: &[Of::Shifts], make };

fn make(question: &Question) -> Table {
    let mut table = Table::new(question, "Shifts");
    table.columns = vec![
        Column { name: "Register", kind: Kind::Text },
        Column { name: "Shift", kind: Kind::Count },
        Column { name: "Z", kind: Kind::Text },
        Column { name: "Opened", kind: Kind::Text },
        Column { name: "Closed", kind: Kind::Text },
        Column { name: "Sales", kind: Kind::Count },
        Column { name: "Total", kind: Kind::Money },
        Column { name: "Over or short", kind: Kind::Money },
        Column { name: "Proof", kind: Kind::Text },
    ];
    let (mut sales, mut total, mut differences) = (0, Money::ZERO, Money::ZERO);
    for (register, shift, z) in &question.facts.shifts {
        let difference: Money = z.iter().flat_map(|z| &z.counts).map(Count::difference).sum();
        let proof = match z {
            Some(z) if z.unbalanced.is_empty() => "BALANCED",
            Some(_) => "NOT BALANCED",
            None => "open",
        };
        sales += i64::from(shift.sums.sales);
        total += shift.sums.total;
        differences += difference;
        table.rows.push(vec![
            Cell::Text(register.to_string()),
            Cell::Count(shift.number.into()),
            Cell::Text(z.as_ref().map_or_else(String::new, |z| z.number.to_string())),
            Cell::Text(shift.opened.show()),
            Cell::Text(z.as_ref().map_or_else(String::new, |z| z.closed.show())),
            Cell::Count(shift.sums.sales.into()),
            Cell::Money(shift.sums.total),
            Cell::Money(difference),
            Cell::Text(proof.to_owned()),
        ]);
    }
    let text = |text: &str| Cell::Text(text.to_owned());
    let shifts = Cell::Count(question.facts.shifts.len() as i64);
    let figures = [Cell::Count(sales), Cell::Money(total), Cell::Money(differences), text("")];
    let all = [text("All"), shifts, text(""), text(""), text("")].into_iter().chain(figures);
    table.sums = (!table.rows.is_empty()).then(|| all.collect());
    table.bars = Some(6);
    table
}
