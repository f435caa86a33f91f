//! Taxes by rate.

use crate::domain::day_sum::By;
use crate::reports::sums::{Part, TAX, largest_first, own_name, table};
use crate::reports::table::{Cell, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report = Report { name: "taxes", about: "Taxes by rate", of: &[Of::Sums(By::Tax)], make };

const BASE: Part = ("Counted on", Kind::Money, |s| Cell::Money(s.net));

fn make(question: &Question) -> Table {
    let rows = largest_first(question, By::Tax, own_name);
    table(question, "Taxes", "Tax", &rows, &[BASE, TAX])
}
