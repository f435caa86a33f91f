//! Orders as a whole: holding, recalling, naming, changing their type, throwing them away.

use std::borrow::Cow;

use crate::domain::decide::{Deciding, free_text};
use crate::domain::event::{Event, FaceAct, HandAct, LineAct};
use crate::domain::ids::{OrderId, StaffId};
use crate::domain::order::{Face, Holder, Line, Order, PriceFrom};
use crate::domain::refusal::Refusal;
use crate::domain::schedule;
use crate::domain::staff::Permission;

impl Deciding<'_, '_> {
    pub(super) fn change_face(&mut self, order: &Order, act: FaceAct, after: Face) {
        if order.face != after {
            self.events.push(Event::FaceChanged {
                order: order.id,
                version: order.version + 1,
                act,
                before: Box::new(order.face.clone()),
                after: Box::new(after),
            });
        }
    }

    pub(super) fn hand(&mut self, order: &Order, act: HandAct, to: Option<StaffId>, server: StaffId) {
        let holder = to.map(|staff| Holder { register: self.till.register, staff });
        let version = order.version + 1;
        self.events.push(Event::OrderHanded { order: order.id, version, act, holder, server });
    }

    pub(super) fn hold(&mut self, name: Option<&str>) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.order()?;
        if order.is_blank() && name.is_none_or(|name| name.trim().is_empty()) {
            return Err(Refusal::EmptyOrder);
        }
        let mut face = order.face.clone();
        if let Some(name) = name {
            let name = free_text(name, 40)?;
            face.name = (!name.is_empty()).then_some(name);
        }
        // Without lines nobody makes anything of it yet.
        if !order.is_empty() {
            self.check_asked(&Order { face: face.clone(), ..order.clone() })?;
            self.check_deposit(order)?;
        }
        self.change_face(order, FaceAct::Named, face);
        self.hand(order, HandAct::Held, None, order.server);
        Ok(())
    }

    pub(super) fn recall(&mut self, id: OrderId) -> Result<(), Refusal> {
        let staff = self.require(Permission::Sell)?;
        let order = self.till.orders.get(&id).ok_or(Refusal::OrderGone)?;
        if self.till.current().is_some_and(|o| o.id == id) {
            return Ok(());
        }
        let act = match order.holder {
            Some(holder) if self.is_busy(holder) => {
                let held = self.held_by(order, holder);
                self.require(Permission::TakeOver).map_err(|refusal| match refusal {
                    Refusal::NeedsPermission(_) => held,
                    other => other,
                })?;
                HandAct::TakenOver
            }
            // Its session has died, or was left: nobody is to be stuck behind it.
            Some(holder) if holder.register != self.till.register => HandAct::Rescued,
            // Put aside on purpose it is there for everybody; left behind, it is its user's.
            Some(_) | None if order.held || is_of(order, staff) => HandAct::Recalled,
            Some(_) | None => {
                self.require(Permission::TakeOver)?;
                HandAct::TakenOver
            }
        };
        self.make_way()?;
        let server = if act == HandAct::TakenOver { staff } else { order.server };
        self.hand(order, act, Some(staff), server);
        Ok(())
    }

    /// Whether a running session of another register has an order on screen.
    pub(super) fn is_busy(&self, holder: Holder) -> bool {
        holder.register != self.till.register && !self.till.absent.contains(&holder.register)
    }

    pub(super) fn held_by(&self, order: &Order, holder: Holder) -> Refusal {
        let who = self.till.name_of(holder.staff).to_owned();
        Refusal::HeldBy { who, number: order.number, register: holder.register.0 }
    }

    /// Puts the order on screen aside since its user leaves; it follows them. One that nobody would
    /// miss is dropped.
    pub(super) fn put_aside(&mut self) -> Result<(), Refusal> {
        self.leave(HandAct::Parked)
    }

    /// Puts the order on screen aside, so that another can come. One at a table or under a name is
    /// found again there; any other one follows its user.
    pub(super) fn make_way(&mut self) -> Result<(), Refusal> {
        let found = self.till.current().is_some_and(|o| o.face.table.is_some() || o.face.name.is_some());
        self.leave(if found { HandAct::Held } else { HandAct::Parked })
    }

    fn leave(&mut self, act: HandAct) -> Result<(), Refusal> {
        let Some(order) = self.till.current() else { return Ok(()) };
        if order.is_blank() {
            self.drop_order(order, "empty");
        } else {
            self.hand(order, act, None, order.server);
        }
        Ok(())
    }

    fn drop_order(&mut self, order: &Order, reason: &str) {
        self.events.push(Event::OrderAbandoned {
            order: order.id,
            version: order.version + 1,
            reason: reason.to_owned(),
            was: Box::new(order.clone()),
        });
    }

    pub(super) fn name(&mut self, name: &str) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.order()?;
        let name = free_text(name, 40)?;
        if name.is_empty() {
            return Err(Refusal::EmptyText("A name"));
        }
        self.change_face(order, FaceAct::Named, Face { name: Some(name), ..order.face.clone() });
        Ok(())
    }

    /// Changes the order type: taxes are found anew, and prices that came from the menu move to the
    /// type's level, as they were when the line was ordered.
    pub(super) fn set_order_type(&mut self, code: &str) -> Result<(), Refusal> {
        self.retype(code, None)
    }

    /// The same, and gives it a name with it.
    pub(super) fn retype(&mut self, code: &str, name: Option<String>) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let settings = &self.till.settings;
        let order_type = settings.order_type(code).ok_or_else(|| Refusal::NoOrderType(code.to_owned()))?;
        if self.till.current().is_none() {
            self.shift()?;
        }
        let (order, version) = match self.till.current() {
            Some(_) => {
                let order = self.order()?;
                (Cow::Borrowed(order), order.version + 1)
            }
            None => self.order_to_ring_on()?,
        };
        let level = order_type.level.as_deref().unwrap_or(settings.base_level()).to_owned();
        let name = name.or_else(|| order.face.name.clone());
        let face = Face { order_type: code.to_owned(), level, name, ..order.face.clone() };
        if face == order.face {
            return Ok(());
        }
        self.events.push(Event::FaceChanged {
            order: order.id,
            version,
            act: FaceAct::Type,
            before: Box::new(order.face.clone()),
            after: Box::new(face.clone()),
        });
        for line in order.rung_lines() {
            for (before, after) in self.retype_line(&order, line, &face) {
                if after != before {
                    self.change_line(order.id, version, LineAct::Retaxed, Some(&before), Some(after));
                }
            }
        }
        Ok(())
    }

    pub(super) fn retaxed(&self, line: &Line, face: &Face) -> Line {
        let settings = &self.till.settings;
        let mut after = line.clone();
        let on = line.at.business_date(settings.cut_off);
        after.taxes = settings.taxes.resolve(&line.tax_class, &face.order_type, on).unwrap_or_default();
        let item = self.till.catalogue.item(&line.item);
        if let (None, Some(item)) = (&line.told, item) {
            after.stations = settings.route(&self.till.catalogue, item, &face.order_type);
        }
        let price = item.and_then(|item| schedule::of_item(item, face, line.at, settings));
        if let (PriceFrom::Level(_) | PriceFrom::Timed { .. }, Some(price)) = (&line.price_from, price) {
            (after.menu_price, after.unit_price, after.price_from) = (price.menu, price.now, price.from);
        }
        after
    }

    pub(super) fn abandon(&mut self, reason: &str) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.unpaid_order()?;
        if order.is_empty() {
            self.drop_order(order, "empty");
            return Ok(());
        }
        if order.deposit_left().is_positive() {
            return Err(Refusal::DepositHeld(self.show(order.deposit_left())));
        }
        self.require(Permission::AbandonOrder)?;
        if order.live_lines().any(|l| !l.sent().is_zero()) {
            self.require(Permission::VoidSent)?;
        }
        let reason = self.reason(reason, &self.till.settings.reasons.abandon)?;
        self.drop_order(order, &reason);
        Ok(())
    }

    pub(super) fn print_bill(&mut self) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.order()?;
        if order.live_lines().next().is_none() {
            return Err(Refusal::EmptyOrder);
        }
        self.events.push(Event::BillPrinted { order: order.id, version: order.version + 1 });
        Ok(())
    }
}

/// Whether an order is this person's: its server's, or of whoever left it.
fn is_of(order: &Order, staff: StaffId) -> bool {
    order.server == staff || order.left_by == Some(staff) || order.holder.is_some_and(|h| h.staff == staff)
}
