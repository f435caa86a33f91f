//! What an order says besides its lines: how somebody is reached, when it is for, what it may come to; and tabs.

use crate::domain::decide::kitchen::Touched;
use crate::domain::decide::{Deciding, free_text};
use crate::domain::event::{Event, FaceAct, LinesAct};
use crate::domain::money::Money;
use crate::domain::order::{Face, Order};
use crate::domain::refusal::Refusal;
use crate::domain::staff::Permission;
use crate::domain::text;
use crate::domain::time::Stamp;
use crate::domain::totals;

impl Deciding<'_, '_> {
    /// Whether an order says all that its type asks for.
    pub(super) fn check_asked(&self, order: &Order) -> Result<(), Refusal> {
        let Some(asked) = self.till.missing(order) else { return Ok(()) };
        let order_type = self.till.settings.order_type(&order.face.order_type);
        Err(Refusal::Asks { order_type: order_type.map_or_else(String::new, |t| t.name.clone()), asked })
    }

    /// Whether as much was left on an order as its type wants before anybody makes anything of it. Bills of a divided
    /// order were asked when they were one.
    pub(super) fn check_deposit(&self, order: &Order) -> Result<(), Refusal> {
        let order_type = self.till.settings.order_type(&order.face.order_type).filter(|_| order.part.is_none());
        let Some((order_type, wanted)) = order_type.and_then(|t| Some((t, t.deposit?))) else { return Ok(()) };
        let missing = wanted - order.deposits.iter().map(|deposit| deposit.amount).sum();
        if !missing.is_positive() || !order.payments.is_empty() {
            return Ok(());
        }
        Err(Refusal::NeedsDeposit { order_type: order_type.name.clone(), missing: self.show(missing) })
    }

    /// That it was written down is recorded; what was written is the session's to keep.
    pub(super) fn set_contact(&mut self, phone: Option<&str>, address: Option<&str>) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.order()?;
        if [phone, address].into_iter().flatten().any(text::holds_card_number) {
            return Err(Refusal::CardNumber);
        }
        let before = self.till.contact(order.id);
        if before.with(phone, address) != before {
            let contact = order.face.contact.saturating_add(1);
            self.change_face(order, FaceAct::Contact, Face { contact, ..order.face.clone() });
        }
        Ok(())
    }

    pub(super) fn set_due(&mut self, at: Option<Stamp>) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.order()?;
        self.change_face(order, FaceAct::Due, Face { due: at, ..order.face.clone() });
        Ok(())
    }

    pub(super) fn set_order_limit(&mut self, limit: Option<Money>) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.order()?;
        if limit.is_some_and(|limit| !limit.is_positive()) {
            return Err(Refusal::ZeroAmount);
        }
        let lower = |limit: Money| order.limit(&self.till.settings).is_some_and(|now| limit <= now);
        if !limit.is_some_and(lower) {
            self.require(Permission::ExceedLimit)?;
        }
        self.change_face(order, FaceAct::Limit, Face { limit, ..order.face.clone() });
        Ok(())
    }

    /// Whether what an order will come to is within its limit, or somebody who may allows more. Its bills were within it
    /// together, or allowed.
    pub(super) fn check_limit(&mut self, touched: &Touched<'_>) -> Result<(), Refusal> {
        let settings = &self.till.settings;
        let Some(limit) = touched.after.limit(settings) else { return Ok(()) };
        let divided = |e: &Event| matches!(e, Event::LinesMoved { act: LinesAct::Split | LinesAct::Unsplit, .. });
        if self.events.iter().any(divided) {
            return Ok(());
        }
        let before = touched.before.map_or(Money::ZERO, |order| totals::of(order, settings).total);
        let total = totals::of(&touched.after, settings).total;
        if total > limit && total > before {
            self.require(Permission::ExceedLimit)?;
        }
        Ok(())
    }

    pub(super) fn open_tab(&mut self, name: &str) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        self.shift()?;
        let name = free_text(name, 40)?;
        if name.is_empty() {
            return Err(Refusal::EmptyText("A tab's name"));
        }
        let settings = &self.till.settings;
        let order_type = settings.tab_type().map(|t| t.code.clone()).unwrap_or_default();
        // What was rung before anybody said whose it is goes along.
        if self.till.current().is_some_and(Order::is_placeless) {
            return self.retype(&order_type, Some(name));
        }
        let level = settings.tab_type().and_then(|t| t.level.as_deref()).unwrap_or(settings.base_level()).to_owned();
        self.make_way()?;
        self.open_order(Face { name: Some(name), order_type, level, ..Face::default() })?;
        Ok(())
    }
}
