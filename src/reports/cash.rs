//! Cash that moved without a sale, move by move, and what was counted.

use crate::domain::act::ActKind;
use crate::domain::money::Money;
use crate::reports::acts::reason;
use crate::reports::table::{Cell, Column, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "cash", about: "Cash paid in and out, drops, counts, no-sales", of: &[Of::Acts], make };

fn make(question: &Question) -> Table {
    let mut table = Table::new(question, "Cash moves");
    table.columns = ["When", "Register", "What", "For", "By"].map(|name| Column { name, kind: Kind::Text }).to_vec();
    table.columns.push(Column { name: "Amount", kind: Kind::Money });
    for act in &question.facts.acts {
        // What it does to the drawer: a count is only told where it differs.
        let amount = if [ActKind::PaidOut, ActKind::Drop, ActKind::TipOut, ActKind::Lent].contains(&act.kind) {
            -act.amount
        } else if [ActKind::PaidIn, ActKind::NoSale, ActKind::Borrowed].contains(&act.kind)
            || (act.kind == ActKind::Counted && !act.amount.is_zero())
        {
            act.amount
        } else {
            continue;
        };
        let undone = if act.count < 0 { " taken back" } else { "" };
        let what = if act.kind == ActKind::Counted {
            format!("{} {}", act.what, over_or_short(act.amount))
        } else {
            format!("{}{undone}", act.kind.label())
        };
        table.rows.push(vec![
            Cell::Text(act.at.show()),
            Cell::Text(act.register.to_string()),
            Cell::Text(what),
            Cell::Text(reason(act)),
            Cell::Text(question.name(act.staff)),
            Cell::Money(amount),
        ]);
    }
    table
}

fn over_or_short(difference: Money) -> &'static str {
    if difference.is_negative() { "short" } else { "over" }
}
