//! Sales by department: the one that the menu gave the category when the line was rung.

use crate::domain::day_sum::By;
use crate::reports::sums::{DISCOUNT, GROSS, MARGIN, NET, ON_SALES, QUANTITY, TAX, TOTAL, largest_first, table};
use crate::reports::table::Table;
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "departments", about: "Sales by department", of: &[Of::Sums(By::Department)], make };

fn make(question: &Question) -> Table {
    let rows = largest_first(question, By::Department, |sum| {
        if sum.key.is_empty() { "No department".to_owned() } else { sum.key.clone() }
    });
    let parts = [ON_SALES, QUANTITY, GROSS, DISCOUNT, NET, TAX, TOTAL, MARGIN];
    table(question, "Sales by department", "Department", &rows, &parts)
}
