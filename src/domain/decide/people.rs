//! Who is at the till: signing in and out, the drawer without a sale, barcodes.

use crate::domain::barcode;
use crate::domain::decide::{Deciding, not_locked_out};
use crate::domain::event::{Event, HandAct};
use crate::domain::ids::StaffId;
use crate::domain::refusal::Refusal;
use crate::domain::staff::Permission;

impl Deciding<'_, '_> {
    /// Signs in. Whoever was here is signed out with their order put aside, and the order of the
    /// one who comes follows to this register.
    pub(super) fn sign_in(&mut self, staff: StaffId) -> Result<(), Refusal> {
        not_locked_out(&self.till.failures, self.ctx.now)?;
        if !self.till.staff.get(&staff).is_some_and(|s| s.active) {
            return Err(Refusal::NotSignedIn);
        }
        if let Some(before) = self.till.signed_in.filter(|before| *before != staff) {
            self.put_aside()?;
            self.events.push(Event::SignedOut { staff: before, locked: false });
        }
        self.release_others(staff);
        self.events.push(Event::SignedIn { staff });
        self.follow(staff);
        Ok(())
    }

    /// Orders that others left on this register when it locked.
    fn release_others(&mut self, staff: StaffId) {
        let here = self.till.register;
        let already = self.till.current().map(|o| o.id);
        for order in self.till.orders.values() {
            let left = order.holder.is_some_and(|h| h.register == here && h.staff != staff);
            if left && Some(order.id) != already {
                self.hand(order, HandAct::Parked, None, order.server);
            }
        }
    }

    /// The order follows its user: the one on their screen elsewhere, or the last one that was put
    /// aside because they left.
    fn follow(&mut self, staff: StaffId) {
        let orders = || self.till.orders.values();
        let on_screen = orders().find(|o| o.holder.is_some_and(|h| h.staff == staff));
        let parked =
            orders().filter(|o| o.holder.is_none() && o.left_by == Some(staff)).max_by_key(|o| (o.changed, o.number));
        let Some(order) = on_screen.or(parked) else { return };
        if order.holder.is_none_or(|h| h.register != self.till.register) {
            self.hand(order, HandAct::Followed, Some(staff), order.server);
        }
    }

    pub(super) fn fail_sign_in(&mut self) -> Result<(), Refusal> {
        not_locked_out(&self.till.failures, self.ctx.now)?;
        self.events.push(Event::SignInFailed { failures: self.till.failures.count.saturating_add(1) });
        Ok(())
    }

    pub(super) fn fail_override(&mut self, permission: Permission) -> Result<(), Refusal> {
        not_locked_out(&self.till.override_failures, self.ctx.now)?;
        let failures = self.till.override_failures.count.saturating_add(1);
        self.events.push(Event::OverrideFailed { permission, failures });
        Ok(())
    }

    /// Leaves the program. With nobody signed in, whoever comes by may only where everybody may.
    pub(super) fn quit(&mut self) -> Result<(), Refusal> {
        let permission = Permission::Quit;
        if self.till.signed_in.is_some() {
            return self.require(permission).map(|_| ());
        }
        if self.till.settings.roles.iter().all(|role| role.may.contains(&permission)) {
            return Ok(());
        }
        let by = self.ctx.approver.filter(|by| self.till.may(*by, permission));
        let by = by.ok_or(Refusal::NeedsPermission(permission))?;
        not_locked_out(&self.till.override_failures, self.ctx.now)?;
        self.events.push(Event::Overridden { permission, staff: by, by });
        Ok(())
    }

    /// Signs out. When the till locks, the order stays on this register for the same person;
    /// otherwise it is put aside.
    pub(super) fn sign_out(&mut self, locked: bool) -> Result<(), Refusal> {
        let staff = self.actor()?;
        if !locked || self.till.current().is_some_and(|o| o.is_blank()) {
            self.put_aside()?;
        }
        self.events.push(Event::SignedOut { staff, locked });
        Ok(())
    }

    pub(super) fn no_sale(&mut self, reason: &str) -> Result<(), Refusal> {
        self.require(Permission::NoSale)?;
        self.drawer()?;
        let reason = self.reason(reason, &self.till.settings.reasons.no_sale)?;
        self.events.push(Event::NoSale { reason });
        Ok(())
    }

    pub(super) fn bind_barcode(&mut self, scanned: &str, code: &str) -> Result<(), Refusal> {
        self.require(Permission::BindBarcode)?;
        let item = self.item(code)?;
        let barcode = barcode::Barcode::parse(scanned).map_err(|e| Refusal::BadBarcode(e.to_string()))?;
        let barcode = barcode.as_str().to_owned();
        if let Some(other) = self.till.catalogue.by_barcode(&barcode) {
            return Err(Refusal::BarcodeTaken { barcode, name: other.name.clone() });
        }
        self.events.push(Event::BarcodeBound { barcode, item: item.code.clone() });
        Ok(())
    }
}
