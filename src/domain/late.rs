//! What is journalled for a shift after its close: it goes to the backend by itself.

use chrono::NaiveDate;

use crate::domain::event::{Event, Recorded};
use crate::domain::ids::ShiftId;
use crate::domain::work::WorkAct;

/// What an entry adds to that was counted already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Late {
    /// The business date of what it adds to.
    pub date: NaiveDate,
    /// The shift, where it is of one.
    pub shift: Option<ShiftId>,
}

impl Recorded {
    /// What it adds to that was counted already: a correction, or what came after the close.
    pub fn late(&self) -> Option<Late> {
        let Event::WorkChanged { act, after, .. } = &self.event else { return None };
        let is_late = match act {
            WorkAct::Corrected => true,
            // Who stays to clean up clocks out after the close.
            WorkAct::Out => self.shift.is_none(),
            WorkAct::In | WorkAct::BreakBegan | WorkAct::BreakEnded => false,
        };
        is_late.then_some(Late { date: after.date, shift: None })
    }
}
