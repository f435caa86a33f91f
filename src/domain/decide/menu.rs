//! The menu as a whole.

use crate::domain::decide::Deciding;
use crate::domain::event::Event;
use crate::domain::menu_change::{CatalogueAct, MenuChange};
use crate::domain::refusal::Refusal;
use crate::domain::staff::Permission;

impl Deciding<'_, '_> {
    /// Sells again from the menu before a catalogue: between shifts, or before the first sale of one, so that all
    /// of a shift is sold from one menu.
    pub(super) fn take_menu_back(&mut self, version: u64, found: Option<&MenuChange>) -> Result<(), Refusal> {
        self.require(Permission::ManageMenu)?;
        let change = Box::new(found.ok_or(Refusal::NoMenuBefore)?.clone());
        let here = self.till.shift.iter().map(|shift| (self.till.register, shift));
        let elsewhere = self.till.others.iter().map(|(register, shift)| (*register, shift));
        if let Some((register, _)) = here.chain(elsewhere).find(|(_, shift)| shift.has_sold()) {
            return Err(Refusal::SoldFrom(register));
        }
        self.events.push(Event::MenuChanged { change, catalogue: Some(CatalogueAct::TakenBack(version)) });
        Ok(())
    }
}
