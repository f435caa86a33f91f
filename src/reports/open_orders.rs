//! Orders that are open now.

use crate::domain::money::Money;
use crate::domain::totals;
use crate::reports::table::{Cell, Column, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "open-orders", about: "Orders that are open now, whatever the dates", of: &[Of::Orders], make };

fn make(question: &Question) -> Table {
    let mut table = Table::new(question, "Open orders");
    table.title = format!("Open orders, {}, {}", question.now.show(), question.settings.currency);
    table.columns = vec![
        Column { name: "Order", kind: Kind::Text },
        Column { name: "Register", kind: Kind::Text },
        Column { name: "Server", kind: Kind::Text },
        Column { name: "Opened", kind: Kind::Text },
        Column { name: "Open for", kind: Kind::Minutes },
        Column { name: "Lines", kind: Kind::Count },
        Column { name: "Total", kind: Kind::Money },
        Column { name: "Paid", kind: Kind::Money },
    ];
    let (mut total, mut paid) = (Money::ZERO, Money::ZERO);
    for order in question.facts.orders.iter().filter(|o| !o.is_empty()) {
        let sum = totals::of(order, question.settings).total;
        (total, paid) = (total + sum, paid + order.paid());
        table.rows.push(vec![
            Cell::Text(order.title()),
            Cell::Text(order.register.to_string()),
            Cell::Text(question.name(Some(order.server))),
            Cell::Text(order.opened.show()),
            Cell::Minutes(question.now.since_ms(order.opened).max(0) / 60_000),
            Cell::Count(order.rung_lines().count() as i64),
            Cell::Money(sum),
            Cell::Money(order.paid()),
        ]);
    }
    let text = |text: &str| Cell::Text(text.to_owned());
    let lines = table.rows.len() as i64;
    let all = [text("All"), text(""), text(""), text(""), Cell::Minutes(0), Cell::Count(lines), Cell::Money(total)];
    table.sums = (lines > 0).then(|| all.into_iter().chain([Cell::Money(paid)]).collect());
    table.bars = Some(6);
    table
}
