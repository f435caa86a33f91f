//! Sales by category.

use crate::domain::day_sum::By;
use crate::reports::sums::{DISCOUNT, GROSS, MARGIN, NET, ON_SALES, QUANTITY, TOTAL, largest_first, own_name, table};
use crate::reports::table::Table;
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "categories", about: "Sales by category", of: &[Of::Sums(By::Category)], make };

fn make(question: &Question) -> Table {
    let rows = largest_first(question, By::Category, own_name);
    let parts = [ON_SALES, QUANTITY, GROSS, DISCOUNT, NET, TOTAL, MARGIN];
    table(question, "Sales by category", "Category", &rows, &parts)
}
