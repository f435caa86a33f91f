//! Giving money back: of a sale, whole or in part; and without a receipt, for what was rung.

use crate::domain::decide::{Deciding, free_text};
use crate::domain::event::Event;
use crate::domain::ids::SaleId;
use crate::domain::money::Money;
use crate::domain::order::Line;
use crate::domain::refund::{Back, Found, Of, Refund, rounded};
use crate::domain::refusal::Refusal;
use crate::domain::sale::Totals;
use crate::domain::staff::Permission;
use crate::domain::tender::{Payment, Reference, Tender};
use crate::domain::totals;
use crate::domain::voucher::Redeemed;

/// One part of what is given back: the payment it answers, the tender, and how much before rounding.
type Way<'a> = (Option<&'a Payment>, &'a Tender, Money);

impl<'a> Deciding<'a, '_> {
    /// Gives back lines of a sale; all that is left of it where none are named. The money goes back the
    /// way it came as far as it can, unless somebody who may says another way.
    pub(super) fn refund(
        &mut self,
        found: &Found,
        wanted: &Back,
        reason: &str,
        tender: Option<&str>,
    ) -> Result<(), Refusal> {
        self.require(Permission::Refund)?;
        let reason = self.reason_to_refund(reason)?;
        let sale = &found.sale;
        let left = found.left();
        if left.iter().all(|(_, left)| left.is_zero()) {
            return Err(Refusal::NothingLeftToRefund(sale.receipt));
        }
        if let Some(whole) = found.twice_named(wanted) {
            return Err(Refusal::WholeAndPart(whole.name.clone()));
        }
        let wanted = match wanted.lines.is_empty() {
            true => left.iter().filter(|(_, left)| !left.is_zero()).map(|(l, left)| (l.id, *left)).collect(),
            false => found.with_components(wanted),
        };
        if let Some((line, left)) = left.iter().find(|(l, left)| wanted.get(&l.id).is_some_and(|q| q > left)) {
            return Err(Refusal::MoreThanSold { name: line.name.clone(), left: *left });
        }
        let (lines, totals) = found.part(&wanted).ok_or(Refusal::NoLine)?;
        let ways: Vec<Way<'_>> = match tender {
            None => {
                let ways = found.ways(totals.total, &self.till.settings);
                let known = ways.into_iter().map(|(p, t, amount)| t.map(|t| (p, t, amount)));
                known.collect::<Option<_>>().ok_or(Refusal::NoWayBack)?
            }
            Some(code) => vec![(None, self.other_way(code)?, totals.total)],
        };
        let of = Of {
            sale: sale.id,
            register: sale.register,
            receipt: sale.receipt,
            business_date: sale.business_date,
            earlier: found.refunds.len() as u32,
        };
        let about = About { of: Some(of), order: None, order_type: sale.order_type.clone(), reason };
        let points = self.points_of_refund(found, &lines, &totals);
        let refund = Refund { points, ..self.refund_of(about, lines, totals, &ways)? };
        self.events.push(Event::Refunded { version: None, refund: Box::new(refund) });
        Ok(())
    }

    /// Gives back, without a receipt, what is rung on screen; at the prices and taxes it was rung at.
    pub(super) fn refund_order(&mut self, reason: &str, tender: Option<&str>) -> Result<(), Refusal> {
        self.require(Permission::Refund)?;
        self.require(Permission::RefundFreely)?;
        let reason = self.reason_to_refund(reason)?;
        let order = self.unpaid_order()?;
        let lines: Vec<Line> = order.live_lines().cloned().collect();
        if lines.is_empty() {
            return Err(Refusal::EmptyOrder);
        }
        if order.deposit_left().is_positive() {
            return Err(Refusal::DepositHeld(self.show(order.deposit_left())));
        }
        self.check_spent(order, None)?;
        if lines.iter().any(|l| !l.sent().is_zero()) {
            return Err(Refusal::WasSent(order.number));
        }
        let settings = &self.till.settings;
        let totals = totals::document(&lines, &order.face.discounts, settings.tax_rounding, settings.rounding);
        if !totals.total.is_positive() {
            return Err(Refusal::NothingDue);
        }
        let tender = match tender {
            Some(code) => self.other_way(code)?,
            None => self.till.settings.cash().ok_or(Refusal::NoWayBack)?,
        };
        let order_type = order.face.order_type.clone();
        let about = About { of: None, order: Some(order.id), order_type, reason };
        let refund = self.refund_of(about, lines, totals.clone(), &[(None, tender, totals.total)])?;
        self.events.push(Event::Refunded { version: Some(order.version + 1), refund: Box::new(refund) });
        Ok(())
    }

    fn reason_to_refund(&self, reason: &str) -> Result<String, Refusal> {
        let reason = free_text(reason, 60)?;
        if reason.is_empty() { Err(Refusal::NeedsReason) } else { Ok(reason) }
    }

    /// Another way than the one it came, or any way where nothing says which that was.
    fn other_way(&mut self, code: &str) -> Result<&'a Tender, Refusal> {
        self.require(Permission::RefundFreely)?;
        let till: &'a crate::domain::till::Till = self.till;
        let tender = till.settings.tender(code).ok_or_else(|| Refusal::NoTender(code.to_owned()))?;
        // Whose account or which voucher, only the payment that it answers can say.
        match tender.refundable && tender.foreign.is_none() && !tender.on_account && !tender.voucher && !tender.deposit
        {
            true => Ok(tender),
            false => Err(Refusal::NotRefundable(tender.name.clone())),
        }
    }

    fn refund_of(
        &mut self,
        about: About,
        lines: Vec<Line>,
        totals: Totals,
        ways: &[Way<'_>],
    ) -> Result<Refund, Refusal> {
        let staff = self.actor()?;
        let shift = self.drawer()?;
        let settings = &self.till.settings;
        let mut payments: Vec<Payment> = Vec::new();
        for (answers, tender, exact) in ways {
            let (amount, rounding) = rounded(*exact, tender, settings);
            payments.push(Payment {
                rounding,
                reference: answers.map_or_else(Reference::default, |p| p.reference.clone()),
                charged: answers.and_then(|p| p.charged),
                voucher: answers.and_then(|p| p.voucher.as_ref()).map(|v| {
                    let left = self.till.vouchers.get(&v.code).map_or(Money::ZERO, |voucher| voucher.left);
                    Redeemed { code: v.code.clone(), left: left + amount }
                }),
                ..self.payment(tender, amount, staff, shift.id)
            });
        }
        let rounding = payments.iter().map(|p| p.rounding).sum();
        Ok(Refund {
            id: SaleId(self.ctx.ids.next()),
            number: self.till.counters.refund,
            of: about.of,
            order: about.order,
            register: self.till.register,
            shift: shift.id,
            business_date: self.ctx.now.business_date(settings.cut_off),
            at: self.ctx.now,
            staff,
            staff_name: self.till.name_of(staff).to_owned(),
            order_type: about.order_type,
            reason: about.reason,
            currency: settings.currency,
            lines,
            totals,
            payments,
            rounding,
            points: Vec::new(),
            training: settings.training,
        })
    }
}

/// What a refund is about.
struct About {
    of: Option<Of>,
    order: Option<crate::domain::ids::OrderId>,
    order_type: String,
    reason: String,
}
