//! How long the drawer stands open that this till had opened, where its printer tells it.

use std::sync::Arc;

use crate::domain::event::Event;
use crate::domain::ids::StaffId;
use crate::domain::time::Stamp;
use crate::session::Session;

/// A pulse that has not opened the drawer by then did not open it: somebody else's did, or a key.
const OPENS_WITHIN_MS: i64 = 60_000;

/// The register's drawer, as far as its printer tells.
#[derive(Default)]
pub(super) struct Drawer {
    /// When this till had it opened, until it is seen open.
    pulsed: Option<Stamp>,
    /// Since when it stands open, and who was signed in then.
    open: Option<(Stamp, Option<StaffId>)>,
}

impl Drawer {
    /// Something that opens it goes to the printer.
    pub(super) fn pulsed(&mut self, now: Stamp) {
        self.pulsed = Some(now);
    }
}

impl Session {
    /// Looks at what the printer says of the drawer; that it was shut goes into the journal. Registers that share a
    /// drawer tell each its own openings.
    pub(super) fn look_at_drawer(&mut self, now: Stamp) {
        let printers = Arc::clone(&self.printing.printers);
        let Some(printer) = printers.opens_drawer(self.till.register) else { return };
        let stands_open = self.ui.printers.iter().any(|p| p.printer == printer.name && p.drawer_open);
        match self.drawer.open {
            None if stands_open => {
                let ours = |pulsed: Stamp| (0..=OPENS_WITHIN_MS).contains(&now.since_ms(pulsed));
                self.drawer.open = self.drawer.pulsed.take().filter(|p| ours(*p)).map(|_| (now, self.till.signed_in));
            }
            Some((opened, by)) if !stands_open => {
                self.drawer.open = None;
                if let Err(error) = self.record(vec![Event::DrawerShut { opened, by }], &[], now) {
                    self.commit_failed(&error);
                }
            }
            None | Some(_) => {}
        }
    }
}
