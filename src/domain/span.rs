//! Which days, and of what: the span that a report looks over.

use chrono::NaiveDate;

use crate::domain::ids::RegisterId;

/// Business dates, of all registers or one, or of one shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first business date.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
    /// Of this register only.
    pub register: Option<RegisterId>,
    /// Of this shift of that register only, by its number; then the dates do not count.
    pub shift: Option<u32>,
}

impl Span {
    /// One day of all registers.
    pub fn day(date: NaiveDate) -> Self {
        Self { from: date, to: date, register: None, shift: None }
    }

    /// `2026-11-26`, `2026-11-01 to 2026-11-30, register 2`, `register 1, shift 12`.
    pub fn words(&self) -> String {
        let days = if self.from == self.to { self.from.to_string() } else { format!("{} to {}", self.from, self.to) };
        match (self.register, self.shift) {
            (Some(register), Some(shift)) => format!("register {register}, shift {shift}"),
            (Some(register), None) => format!("{days}, register {register}"),
            (None, _) => days,
        }
    }
}
