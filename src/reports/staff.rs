//! Sales by who settled them.

use crate::domain::day_sum::By;
use crate::reports::sums::{AVERAGE, DISCOUNT, SALES, TIPS, TOTAL, largest_first, own_name, table};
use crate::reports::table::Table;
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "staff", about: "Sales by who settled them", of: &[Of::Sums(By::Staff)], make };

fn make(question: &Question) -> Table {
    let rows = largest_first(question, By::Staff, own_name);
    table(question, "Sales by person", "Person", &rows, &[SALES, DISCOUNT, TOTAL, AVERAGE, TIPS])
}
