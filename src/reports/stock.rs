//! What is sold out or counted now.

use crate::reports::table::{Cell, Column, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report = Report {
    name: "stock",
    about: "Items that are sold out or counted now, whatever the dates",
    of: &[Of::Stock],
    make,
};

fn make(question: &Question) -> Table {
    let mut table = Table::new(question, "Stock");
    table.title = format!("Stock, {}", question.now.show());
    table.columns = vec![
        Column { name: "Item", kind: Kind::Text },
        Column { name: "Code", kind: Kind::Text },
        Column { name: "Left", kind: Kind::Quantity },
        Column { name: "State", kind: Kind::Text },
    ];
    for (code, name, left) in &question.facts.stock {
        let state = match left {
            Some(left) if left.is_zero() => "sold out",
            None => "sold out",
            Some(_) => "counted",
        };
        table.rows.push(vec![
            Cell::Text(name.clone()),
            Cell::Text(code.clone()),
            Cell::Quantity(left.unwrap_or_default()),
            Cell::Text(state.to_owned()),
        ]);
    }
    table.bars = Some(2);
    table
}
