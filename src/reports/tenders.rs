//! Payments by tender.

use crate::domain::day_sum::By;
use crate::reports::sums::{Part, TIPS, TOTAL, largest_first, own_name, table};
use crate::reports::table::{Cell, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "tenders", about: "Payments by tender, with tips", of: &[Of::Sums(By::Tender)], make };

const PAYMENTS: Part = ("Payments", Kind::Count, |s| Cell::Count(s.count));

fn make(question: &Question) -> Table {
    let rows = largest_first(question, By::Tender, own_name);
    table(question, "Payments by tender", "Tender", &rows, &[PAYMENTS, TOTAL, TIPS])
}
