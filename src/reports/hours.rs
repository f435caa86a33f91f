//! Sales by hour of the day.

use crate::domain::day_sum::By;
use crate::reports::sums::{AVERAGE, NET, SALES, TAX, TOTAL, table, together};
use crate::reports::table::Table;
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "hours", about: "Sales by hour of the day", of: &[Of::Sums(By::Hour)], make };

fn make(question: &Question) -> Table {
    let hours = together(question.sums(By::Hour), |s| s.key.clone()).into_iter();
    let rows: Vec<_> = hours.map(|(hour, s)| (format!("{hour}:00"), s)).collect();
    table(question, "Sales by hour", "Hour", &rows, &[SALES, NET, TAX, TOTAL, AVERAGE])
}
