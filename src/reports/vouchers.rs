//! Vouchers that something is left on: what the house owes to whoever has them.

use crate::domain::money::Money;
use crate::domain::voucher::masked;
use crate::reports::table::{Cell, Column, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report = Report {
    name: "vouchers",
    about: "Vouchers that something is left on now, whatever the dates",
    of: &[Of::Vouchers],
    make,
};

fn make(question: &Question) -> Table {
    let mut table = Table::new(question, "Vouchers");
    table.title = format!("Vouchers, {}, {}", question.now.show(), question.settings.currency);
    table.columns = vec![
        Column { name: "Voucher", kind: Kind::Text },
        Column { name: "Sold", kind: Kind::Text },
        Column { name: "Valid until", kind: Kind::Text },
        Column { name: "Worth", kind: Kind::Money },
        Column { name: "Left", kind: Kind::Money },
    ];
    let (mut worth, mut left) = (Money::ZERO, Money::ZERO);
    for voucher in question.facts.vouchers.iter().filter(|voucher| voucher.left.is_positive()) {
        (worth, left) = (worth + voucher.worth, left + voucher.left);
        table.rows.push(vec![
            Cell::Text(masked(&voucher.code)),
            Cell::Text(voucher.issued.to_string()),
            Cell::Text(voucher.expires.map(|date| date.to_string()).unwrap_or_default()),
            Cell::Money(voucher.worth),
            Cell::Money(voucher.left),
        ]);
    }
    let text = |text: &str| Cell::Text(text.to_owned());
    let all = vec![text("All"), text(""), text(""), Cell::Money(worth), Cell::Money(left)];
    table.sums = (!table.rows.is_empty()).then_some(all);
    table.bars = Some(4);
    table
}
