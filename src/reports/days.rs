//! Sales by business date.

use crate::domain::day_sum::By;
use crate::reports::sums::{AVERAGE, DISCOUNT, GROSS, NET, SALES, TAX, TIPS, TOTAL, table, together};
use crate::reports::table::Table;
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "days", about: "Sales by business date", of: &[Of::Sums(By::Day)], make };

fn make(question: &Question) -> Table {
    let days = together(question.sums(By::Day), |s| s.date).into_iter();
    let rows: Vec<_> = days.map(|(date, s)| (date.format("%a %Y-%m-%d").to_string(), s)).collect();
    table(question, "Sales by day", "Day", &rows, &[SALES, GROSS, DISCOUNT, NET, TAX, TOTAL, AVERAGE, TIPS])
}
