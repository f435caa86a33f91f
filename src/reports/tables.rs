//! Table turns: how often each table was sold, to how many, and how long they sat.

use crate::domain::day_sum::By;
use crate::reports::sums::{AVERAGE, COVERS, PER_GUEST, Part, TIME, TOTAL, largest_first, own_name, table};
use crate::reports::table::{Cell, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report = Report {
    name: "tables",
    about: "Table turns: how often, how many guests, how long",
    of: &[Of::Sums(By::Table)],
    make,
};

const TURNS: Part = ("Turns", Kind::Count, |s| Cell::Count(s.count));

fn make(question: &Question) -> Table {
    let rows = largest_first(question, By::Table, own_name);
    table(question, "Table turns", "Table", &rows, &[TURNS, COVERS, TIME, TOTAL, AVERAGE, PER_GUEST])
}
