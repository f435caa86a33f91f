//! Deposits that are held on open orders: what the house owes until they are paid.

use crate::domain::money::Money;
use crate::domain::totals;
use crate::reports::table::{Cell, Column, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report = Report {
    name: "deposits",
    about: "Deposits held on orders that are open now, whatever the dates",
    of: &[Of::Orders],
    make,
};

fn make(question: &Question) -> Table {
    let mut table = Table::new(question, "Deposits");
    table.title = format!("Deposits, {}, {}", question.now.show(), question.settings.currency);
    table.columns = vec![
        Column { name: "Order", kind: Kind::Text },
        Column { name: "Server", kind: Kind::Text },
        Column { name: "Taken", kind: Kind::Text },
        Column { name: "Total", kind: Kind::Money },
        Column { name: "Deposit", kind: Kind::Money },
    ];
    let (mut total, mut held) = (Money::ZERO, Money::ZERO);
    for order in question.facts.orders.iter().filter(|order| order.deposit_left().is_positive()) {
        let sum = totals::of(order, question.settings).total;
        (total, held) = (total + sum, held + order.deposit_left());
        table.rows.push(vec![
            Cell::Text(order.title()),
            Cell::Text(question.name(Some(order.server))),
            Cell::Text(order.deposits.first().map(|taken| taken.at.show()).unwrap_or_default()),
            Cell::Money(sum),
            Cell::Money(order.deposit_left()),
        ]);
    }
    let text = |text: &str| Cell::Text(text.to_owned());
    let all = vec![text("All"), text(""), text(""), Cell::Money(total), Cell::Money(held)];
    table.sums = (!table.rows.is_empty()).then_some(all);
    table.bars = Some(4);
    table
}
