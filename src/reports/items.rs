//! Sales by item.

use crate::domain::day_sum::By;
use crate::reports::sums::{DISCOUNT, GROSS, MARGIN, NET, ON_SALES, QUANTITY, TOTAL, largest_first, own_name, table};
use crate::reports::table::Table;
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report = Report {
    name: "items",
    about: "Sales by item, with margin where the cost is known",
    of: &[Of::Sums(By::Item)],
    make,
};

fn make(question: &Question) -> Table {
    let rows = largest_first(question, By::Item, own_name);
    let parts = [ON_SALES, QUANTITY, GROSS, DISCOUNT, NET, TOTAL, MARGIN];
    table(question, "Sales by item", "Item", &rows, &parts)
}
