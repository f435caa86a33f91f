//! A journal entry: what happened, with its circumstances.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::event::Event;
use crate::domain::ids::{RegisterId, ShiftId, StaffId};
use crate::domain::time::{CutOff, Stamp};

/// An event with its circumstances: the body of a journal entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// When, by the clock. The order of entries comes from their numbers, never from this.
    pub at: Stamp,
    /// The business date.
    pub business_date: NaiveDate,
    /// On which register; 0 for the office.
    pub register: RegisterId,
    /// In which shift.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift: Option<ShiftId>,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffId>,
    /// The program's version.
    pub program: String,
    /// The store's schema version.
    pub schema: u32,
    /// What happened. Not flattened: some events have a staff or a shift of their own.
    pub event: Event,
}

impl Recorded {
    /// What the program does of itself or at a command's bidding: in no shift, by nobody who signed in.
    pub fn by_program(
        event: Event,
        register: RegisterId,
        at: Stamp,
        cut_off: CutOff,
        (program, schema): (&str, u32),
    ) -> Self {
        Self {
            at,
            business_date: at.business_date(cut_off),
            register,
            shift: None,
            staff: None,
            program: program.to_owned(),
            schema,
            event,
        }
    }
}
