//! Goods in stock: what there is, and what happened to it.

use crate::domain::quantity::Quantity;
use crate::domain::stock::StockKind;
use crate::reports::table::{Cell, Column, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report = Report {
    name: "goods",
    about: "Goods in stock now, with what was sold, delivered, wasted and miscounted",
    of: &[Of::Goods],
    make,
};

fn make(question: &Question) -> Table {
    let mut table = Table::new(question, "Goods");
    table.columns = vec![
        Column { name: "Good", kind: Kind::Text },
        Column { name: "Unit", kind: Kind::Text },
        Column { name: "There", kind: Kind::Quantity },
        Column { name: "Sold", kind: Kind::Quantity },
        Column { name: "Delivered", kind: Kind::Quantity },
        Column { name: "Wasted", kind: Kind::Quantity },
        Column { name: "Miscount", kind: Kind::Quantity },
        Column { name: "State", kind: Kind::Text },
    ];
    for good in &question.settings.goods {
        let there = question.facts.goods.get(&good.code).copied().unwrap_or_default();
        let sum = |kind| {
            let moves = question.facts.stock_moves.iter().filter(|(code, k, _)| *code == good.code && *k == kind);
            moves.fold(Quantity::ZERO, |sum, (.., quantity)| sum + *quantity)
        };
        let state = if there <= good.low { "low" } else { "" };
        table.rows.push(vec![
            Cell::Text(good.name.clone()),
            Cell::Text(good.unit.clone()),
            Cell::Quantity(there),
            Cell::Quantity(-sum(StockKind::Sold)),
            Cell::Quantity(sum(StockKind::Delivered)),
            Cell::Quantity(-sum(StockKind::Wasted)),
            Cell::Quantity(sum(StockKind::Counted)),
            Cell::Text(state.to_owned()),
        ]);
    }
    table.bars = Some(2);
    table
}
