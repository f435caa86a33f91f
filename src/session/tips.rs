//! Tips of settled sales: the slips of the shift, and the sale that one is on.

use crate::domain::tip::Tipped;
use crate::session::Session;
use crate::ui::screen::Tone;

/// How many of the last sales are looked at for slips.
const MOST_SLIPS: u32 = 500;

impl Session {
    /// Looks up the shift's slips, so that their tips can be typed.
    pub(super) fn find_slips(&mut self) {
        let Some(shift) = self.till.shift.as_ref().map(|shift| shift.id) else {
            return self.ui.say(Tone::Warn, "No shift is open: tips are changed until the shift is closed");
        };
        let tenders = self.till.settings.tenders.iter().filter(|tender| tender.over_as_tip);
        let tenders: Vec<&str> = tenders.map(|tender| tender.code.as_str()).collect();
        match self.store.tipped(shift, &tenders, MOST_SLIPS) {
            Ok(found) => self.ui.slips_found(&self.till, &found),
            Err(error) => self.ui.say(Tone::Bad, format!("The sales cannot be read: {error}")),
        }
    }

    /// The sale of a receipt of this register, with its tips as they stand. A store that cannot be read says so at the
    /// commit.
    pub(super) fn tipped(&self, receipt: u64) -> Option<Box<Tipped>> {
        self.store.tips_of(self.till.register, receipt).ok().flatten().map(Box::new)
    }
}
