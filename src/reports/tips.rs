//! Tips: who took them, and what was paid out of the drawer.

use crate::domain::act::ActKind;
use crate::domain::day_sum::By;
use crate::domain::money::Money;
use crate::reports::sums::{SALES, TIPS, TOTAL, largest_first, own_name, percent, table};
use crate::reports::table::{Cell, Column, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report = Report {
    name: "tips",
    about: "Tips by who took them, and what was paid out",
    of: &[Of::Sums(By::Staff), Of::Acts],
    make,
};

fn make(question: &Question) -> Table {
    let rows = largest_first(question, By::Staff, own_name);
    let mut table = table(question, "Tips", "Person", &rows, &[SALES, TOTAL, TIPS]);
    table.columns.push(Column { name: "Tips %", kind: Kind::Percent });
    let share = |total, tips| Cell::Percent(percent(tips, total));
    for (cells, (_, sum)) in table.rows.iter_mut().zip(&rows) {
        cells.push(share(sum.total, sum.tips));
    }
    let total: Money = rows.iter().map(|(_, s)| s.total).sum();
    let tips: Money = rows.iter().map(|(_, s)| s.tips).sum();
    let paid: Money = question.facts.acts.iter().filter(|a| a.kind == ActKind::TipOut).map(|a| a.amount).sum();
    if !paid.is_zero() {
        let words = Cell::Text("Paid out of the drawer".to_owned());
        let nothing = [Cell::Count(0), Cell::Money(Money::ZERO)];
        table.rows.push([vec![words], nothing.to_vec(), vec![Cell::Money(-paid), Cell::Percent(None)]].concat());
    }
    if let Some(cells) = &mut table.sums {
        cells[3] = Cell::Money(tips - paid);
        cells.push(share(total, tips));
    }
    table.bars = Some(3);
    table
}
