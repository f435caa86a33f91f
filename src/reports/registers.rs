//! Sales by register.

use crate::domain::day_sum::By;
use crate::reports::sums::{AVERAGE, DISCOUNT, GROSS, NET, SALES, TAX, TIPS, TOTAL, table, together};
use crate::reports::table::Table;
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "registers", about: "Sales by register", of: &[Of::Sums(By::Day)], make };

fn make(question: &Question) -> Table {
    let registers = together(question.sums(By::Day), |s| s.register).into_iter();
    let rows: Vec<_> = registers.map(|(register, s)| (format!("Register {register}"), s)).collect();
    let parts = [SALES, GROSS, DISCOUNT, NET, TAX, TOTAL, AVERAGE, TIPS];
    table(question, "Sales by register", "Register", &rows, &parts)
}
