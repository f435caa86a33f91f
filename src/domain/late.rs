//! What is journalled for a shift after its close: it goes to the backend by itself.

use chrono::NaiveDate;

use crate::domain::event::{Event, Recorded};
use crate::domain::work::WorkAct;

impl Recorded {
    /// The business date of what it adds to that was counted already: a correction, or what came after the close.
    pub fn late(&self) -> Option<NaiveDate> {
        let Event::WorkChanged { act, after, .. } = &self.event else { return None };
        let is_late = match act {
            WorkAct::Corrected => true,
            // Who stays to clean up clocks out after the close.
            WorkAct::Out => self.shift.is_none(),
            WorkAct::In | WorkAct::BreakBegan | WorkAct::BreakEnded => false,
        };
        is_late.then_some(after.date)
    }
}
