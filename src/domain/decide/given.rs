//! What is taken off or given away: discounts within the limits of a role, comps, the service charge
//! let go.

use rust_decimal::Decimal;

use crate::domain::decide::Deciding;
use crate::domain::decide::kitchen::Touched;
use crate::domain::event::{FaceAct, LineAct};
use crate::domain::ids::{LineId, StaffId};
use crate::domain::money::Money;
use crate::domain::order::{Discount, DiscountKind, Face, Line, Order, Waived};
use crate::domain::refusal::Refusal;
use crate::domain::rounding::Rounding;
use crate::domain::staff::Permission;
use crate::domain::{service, split, totals};

/// Where a discount was given.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Line(LineId),
    /// On the order, as the first, second…
    Order(usize),
}

/// The discounts that somebody gave on an order, each with what it is taken from.
fn given(order: &Order, rounding: Rounding) -> Vec<(Place, Discount, Money)> {
    let on_lines = order.rung_lines().filter_map(|l| Some((Place::Line(l.id), l.discount.clone()?, l.amount())));
    let from = |at: usize| {
        let face = Face { discounts: order.face.discounts[..at].to_vec(), ..order.face.clone() };
        totals::after_all_discounts(&Order { face, ..order.clone() }, rounding)
    };
    let all = order.face.discounts.iter().enumerate();
    on_lines.chain(all.map(|(at, discount)| (Place::Order(at), discount.clone(), from(at)))).collect()
}

impl Deciding<'_, '_> {
    pub(super) fn discount_line(
        &mut self,
        id: LineId,
        discount: Option<&(DiscountKind, String)>,
    ) -> Result<(), Refusal> {
        let (order, line) = self.line(id)?;
        let discount = match discount {
            None => {
                self.require(Permission::DiscountLine)?;
                None
            }
            Some((kind, reason)) => Some(self.discount(*kind, reason, line.amount(), Permission::DiscountLine)?),
        };
        let after = split::discounted(line, discount, self.till.settings.rounding);
        self.put(order, LineAct::Discount, line, after);
        Ok(())
    }

    pub(super) fn discount_order(&mut self, discount: Option<&(DiscountKind, String)>) -> Result<(), Refusal> {
        self.require(Permission::DiscountOrder)?;
        let order = self.order()?;
        let mut face = order.face.clone();
        match discount {
            None => face.discounts.clear(),
            Some((kind, reason)) => {
                if order.live_lines().next().is_none() {
                    return Err(Refusal::EmptyOrder);
                }
                let from = totals::after_all_discounts(order, self.till.settings.rounding);
                let discount = self.discount(*kind, reason, from, Permission::DiscountOrder)?;
                face.discounts.push(discount);
            }
        }
        self.change_face(order, FaceAct::Discount, face);
        Ok(())
    }

    fn discount(
        &mut self,
        kind: DiscountKind,
        reason: &str,
        gross: Money,
        permission: Permission,
    ) -> Result<Discount, Refusal> {
        match kind {
            DiscountKind::Percent(percent) if percent <= Decimal::ZERO || percent > Decimal::ONE_HUNDRED => {
                return Err(Refusal::BadDiscount(format!("A discount is between 0 and 100 %, not {percent} %")));
            }
            DiscountKind::Amount(amount) | DiscountKind::Price(amount) if !amount.is_positive() => {
                return Err(Refusal::ZeroAmount);
            }
            DiscountKind::Amount(amount) if amount > gross => {
                let (amount, gross) = (self.show(amount), self.show(gross));
                return Err(Refusal::BadDiscount(format!("{amount} is more than the {gross} it is taken from")));
            }
            DiscountKind::Price(price) if price >= gross => {
                let (price, gross) = (self.show(price), self.show(gross));
                return Err(Refusal::BadDiscount(format!("{price} is not less than the {gross} it comes to now")));
            }
            DiscountKind::Percent(_) | DiscountKind::Amount(_) | DiscountKind::Price(_) => {}
        }
        let discount = Discount { kind, reason: String::new(), by: self.actor()?, comp: false, points: None };
        self.require_to_give(&discount, gross, permission)?;
        let reason = self.reason(reason, &self.till.settings.reasons.discount)?;
        Ok(Discount { reason, by: self.giver(permission)?, ..discount })
    }

    /// Whoever may: the person at the till, or the second one who stands by them.
    fn giver(&mut self, permission: Permission) -> Result<StaffId, Refusal> {
        let actor = self.actor()?;
        Ok(match self.ctx.approver {
            Some(by) if !self.till.may(actor, permission) => by,
            Some(_) | None => actor,
        })
    }

    /// A discount needs its permission; one above the limit of the role of whoever gives it, a
    /// further one; what is given away, its own.
    pub(super) fn require_to_give(
        &mut self,
        discount: &Discount,
        from: Money,
        permission: Permission,
    ) -> Result<(), Refusal> {
        if discount.comp {
            return self.require(Permission::Comp).map(drop);
        }
        self.require(permission)?;
        let giver = self.giver(permission)?;
        if !self.may_give(giver, discount.kind, from) {
            self.require(Permission::DiscountOverLimit)?;
        }
        Ok(())
    }

    /// Whether a discount from so much is within the limit of somebody's role.
    fn may_give(&self, giver: StaffId, kind: DiscountKind, from: Money) -> bool {
        let off = totals::taken_off(from, kind, self.till.settings.rounding);
        let role = self.till.staff.get(&giver).map_or("", |s| s.role.as_str());
        self.till.settings.limit(role).allows(kind, off, from)
    }

    /// What was given for less is not given for more: where an order now has more taken off than it had, what is given
    /// away needs its permission again, a fixed price as well, and what has grown over the limit of whoever gave it a
    /// further one.
    pub(super) fn check_given(&mut self, touched: &Touched<'_>) -> Result<(), Refusal> {
        let rounding = self.till.settings.rounding;
        let Some(before) = touched.before.map(|order| given(order, rounding)) else { return Ok(()) };
        for (place, discount, from) in given(&touched.after, rounding) {
            let was = before.iter().find(|(there, same, _)| *there == place && *same == discount);
            let Some((.., had)) = was.filter(|_| discount.points.is_none()) else { continue };
            let off = |from: Money| totals::taken_off(from, discount.kind, rounding);
            if off(from) <= off(*had) {
                continue;
            }
            if discount.comp {
                self.require(Permission::Comp)?;
                continue;
            }
            if matches!(discount.kind, DiscountKind::Price(_)) {
                let by_line = matches!(place, Place::Line(_));
                self.require(if by_line { Permission::DiscountLine } else { Permission::DiscountOrder })?;
            }
            if self.may_give(discount.by, discount.kind, *had) && !self.may_give(discount.by, discount.kind, from) {
                self.require(Permission::DiscountOverLimit)?;
            }
        }
        Ok(())
    }

    /// Gives a line away, or every line: each is sold at nothing, and its value is reported.
    pub(super) fn comp(&mut self, line: Option<LineId>, reason: &str) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.order()?;
        let wanted = |l: &&Line| line.is_none_or(|id| l.id == id);
        let lines: Vec<&Line> = order.rung_lines().filter(wanted).collect();
        if lines.is_empty() {
            return Err(if line.is_some() { Refusal::NoLine } else { Refusal::EmptyOrder });
        }
        self.require(Permission::Comp)?;
        let reason = self.reason(reason, &self.till.settings.reasons.comp)?;
        let by = self.giver(Permission::Comp)?;
        let all = DiscountKind::Percent(Decimal::ONE_HUNDRED);
        for line in lines {
            let discount = Some(Discount { kind: all, reason: reason.clone(), by, comp: true, points: None });
            let after = split::discounted(line, discount, self.till.settings.rounding);
            self.put(order, LineAct::Discount, line, after);
        }
        Ok(())
    }

    /// Takes the service charge off, which needs somebody who may; or puts it back.
    pub(super) fn set_service(&mut self, on: bool, reason: &str) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.order()?;
        if order.lines.iter().any(|line| line.charge) {
            return Err(Refusal::Divided);
        }
        let waived = match (on, service::rule(order, &self.till.settings)) {
            (true, _) => None,
            (false, None) => return Err(Refusal::NoService),
            (false, Some(_)) => {
                self.require(Permission::WaiveService)?;
                let reason = self.reason(reason, &self.till.settings.reasons.waive)?;
                Some(Waived { reason, by: self.giver(Permission::WaiveService)? })
            }
        };
        self.change_face(order, FaceAct::Service, Face { waived, ..order.face.clone() });
        Ok(())
    }
}
