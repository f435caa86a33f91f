//! The product mix: what share each item has, and what it leaves.

use crate::domain::day_sum::By;
use crate::domain::money::Money;
use crate::reports::sums::{COST, MARGIN, NET, QUANTITY, largest_first, own_name, percent, table};
use crate::reports::table::{Cell, Column, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report = Report {
    name: "mix",
    about: "The product mix: shares, cost and margin of each item",
    of: &[Of::Sums(By::Item)],
    make,
};

fn make(question: &Question) -> Table {
    let rows = largest_first(question, By::Item, own_name);
    let whole: Money = rows.iter().map(|(_, sum)| sum.net).sum();
    let mut table = table(question, "Product mix", "Item", &rows, &[QUANTITY, NET, COST, MARGIN]);
    table.columns.push(Column { name: "Share %", kind: Kind::Percent });
    for (cells, (_, sum)) in table.rows.iter_mut().zip(&rows) {
        cells.push(Cell::Percent(percent(sum.net, whole)));
    }
    if let Some(cells) = &mut table.sums {
        cells.push(Cell::Percent(percent(whole, whole)));
    }
    table.bars = Some(2);
    table
}
