//! Sales by day of the week.

use chrono::{Datelike, Weekday};

use crate::domain::day_sum::By;
use crate::reports::sums::{AVERAGE, NET, SALES, TAX, TOTAL, table, together};
use crate::reports::table::Table;
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "weekdays", about: "Sales by day of the week", of: &[Of::Sums(By::Day)], make };

fn make(question: &Question) -> Table {
    let name = |day: u8| Weekday::try_from(day).map(|d| d.to_string()).unwrap_or_default();
    let days = together(question.sums(By::Day), |s| s.date.weekday().num_days_from_monday() as u8);
    let rows: Vec<_> = days.into_iter().map(|(day, s)| (name(day), s)).collect();
    table(question, "Sales by day of the week", "Day", &rows, &[SALES, NET, TAX, TOTAL, AVERAGE])
}
