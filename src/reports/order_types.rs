//! Sales by order type.

use crate::domain::day_sum::By;
use crate::reports::sums::{AVERAGE, NET, SALES, TAX, TOTAL, largest_first, table};
use crate::reports::table::Table;
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "order-types", about: "Sales by order type", of: &[Of::Sums(By::OrderType)], make };

fn make(question: &Question) -> Table {
    let rows = largest_first(question, By::OrderType, |sum| {
        question.settings.order_type(&sum.key).map_or_else(|| sum.key.clone(), |t| t.name.clone())
    });
    table(question, "Sales by order type", "Order type", &rows, &[SALES, NET, TAX, TOTAL, AVERAGE])
}
