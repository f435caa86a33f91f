//! Sales by whose orders they were.

use uuid::Uuid;

use crate::domain::day_sum::By;
use crate::domain::ids::StaffId;
use crate::reports::sums::{AVERAGE, COVERS, DISCOUNT, PER_GUEST, SALES, TIPS, TOTAL, largest_first, table};
use crate::reports::table::Table;
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "servers", about: "Sales by whose orders they were", of: &[Of::Sums(By::Server)], make };

fn make(question: &Question) -> Table {
    let rows = largest_first(question, By::Server, |sum| question.name(Uuid::parse_str(&sum.key).ok().map(StaffId)));
    let parts = [SALES, COVERS, DISCOUNT, TOTAL, AVERAGE, PER_GUEST, TIPS];
    table(question, "Sales by server", "Server", &rows, &parts)
}
