//! Speed of service: how long orders were open, by hour.

use crate::domain::day_sum::By;
use crate::reports::sums::{COVERS, SALES, TIME, TOTAL, table, together};
use crate::reports::table::Table;
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report = Report {
    name: "speed",
    about: "Speed of service: from the first line to the payment, by hour",
    of: &[Of::Sums(By::Hour)],
    make,
};

fn make(question: &Question) -> Table {
    let hours = together(question.sums(By::Hour), |s| s.key.clone()).into_iter();
    let rows: Vec<_> = hours.map(|(hour, s)| (format!("{hour}:00"), s)).collect();
    let mut table = table(question, "Speed of service", "Hour", &rows, &[SALES, COVERS, TIME, TOTAL]);
    table.bars = Some(3);
    table
}
