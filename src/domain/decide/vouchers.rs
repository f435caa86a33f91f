//! Vouchers: sold, used, paid out.

use chrono::Months;

use crate::domain::customer::Received;
use crate::domain::decide::{Deciding, takes_money};
use crate::domain::event::Event;
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;
use crate::domain::staff::Permission;
use crate::domain::tender::{Payment, Reference, Tender};
use crate::domain::voucher::{self, Redeemed, Voucher};

impl<'a> Deciding<'a, '_> {
    /// Sells a voucher: money without a sale, and what the house owes from then on.
    pub(super) fn sell_voucher(&mut self, code: &str, amount: Money) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let against = self.voucher_tender()?;
        let tender = self.till.settings.tender(code).ok_or_else(|| Refusal::NoTender(code.to_owned()))?;
        let issued = self.ctx.now.business_date(self.till.settings.cut_off);
        let expires = match against.voucher_months {
            0 => None,
            months => issued.checked_add_months(Months::new(months)),
        };
        let voucher =
            Voucher { code: voucher::code(self.ctx.ids.next()), issued, expires, worth: amount, left: amount };
        let payment = self.money_for(tender, amount)?;
        self.take_in(against, payment, |received| Received { voucher: Some(Box::new(voucher)), ..received });
        Ok(())
    }

    /// Gives back in cash what is left on a voucher; it is worth nothing any more.
    pub(super) fn pay_out_voucher(&mut self, code: &str, confirmed: bool) -> Result<(), Refusal> {
        self.require(Permission::Refund)?;
        let against = self.voucher_tender()?;
        let voucher = self.voucher(code)?;
        let cash = self.till.settings.cash().ok_or(Refusal::NoWayBack)?;
        self.check_in_drawer(cash, voucher.left)?;
        if !confirmed {
            let left = self.show(voucher.left);
            let question = format!("Give {left} back in cash for voucher {}?", voucher::masked(&voucher.code));
            return Err(Refusal::Confirm { question });
        }
        let payment = self.money_for(cash, voucher.left)?;
        let payment = Payment { amount: -payment.amount, tendered: -payment.tendered, ..payment };
        let paid_out = Voucher { left: Money::ZERO, ..voucher.clone() };
        self.take_in(against, payment, |received| Received { voucher: Some(Box::new(paid_out)), ..received });
        Ok(())
    }

    /// What goes out of the drawer must be in it.
    pub(super) fn check_in_drawer(&mut self, tender: &Tender, amount: Money) -> Result<(), Refusal> {
        if self.till.settings.cash().is_none_or(|cash| cash.code != tender.code) {
            return Ok(());
        }
        let shift = self.drawer()?;
        let there = self.in_drawer(shift);
        if amount > there { Err(Refusal::NotThatMuch(self.show(there))) } else { Ok(()) }
    }

    fn voucher_tender(&self) -> Result<&'a Tender, Refusal> {
        let till: &'a crate::domain::till::Till = self.till;
        till.settings.tenders.iter().find(|t| t.voucher).ok_or(Refusal::NoVouchers)
    }

    /// A voucher that is still worth something.
    fn voucher(&self, text: &str) -> Result<&'a Voucher, Refusal> {
        let till: &'a crate::domain::till::Till = self.till;
        let code = voucher::parse(text).ok_or(Refusal::NotAVoucher)?;
        let voucher = till.vouchers.get(&code).ok_or(Refusal::NoVoucher)?;
        if voucher.left.is_positive() { Ok(voucher) } else { Err(Refusal::VoucherSpent(voucher::masked(&code))) }
    }

    /// The voucher that a payment with this tender uses, if it is one that takes vouchers.
    pub(super) fn redeemed(&self, tender: &Tender, reference: &Reference) -> Result<Option<&'a Voucher>, Refusal> {
        if !tender.voucher {
            return Ok(None);
        }
        let voucher = self.voucher(reference.text.as_deref().unwrap_or_default())?;
        let today = self.ctx.now.business_date(self.till.settings.cut_off);
        match voucher.expires {
            Some(expires) if expires < today => Err(Refusal::VoucherExpired(expires.to_string())),
            Some(_) | None => Ok(Some(voucher)),
        }
    }

    /// Money taken without a sale, as a payment. It is never more than what is asked.
    pub(super) fn money_for(&mut self, tender: &Tender, amount: Money) -> Result<Payment, Refusal> {
        if !takes_money(tender) {
            return Err(Refusal::NoMoney(tender.name.clone()));
        }
        if !amount.is_positive() {
            return Err(Refusal::ZeroAmount);
        }
        if amount > Money::LIMIT {
            return Err(Refusal::TooMuch(self.show(amount)));
        }
        let shift = if tender.opens_drawer { self.drawer()? } else { self.shift()? };
        let staff = self.actor()?;
        Ok(self.payment(tender, amount, staff, shift.id))
    }

    /// Records money without a sale; `of` says what it is for.
    pub(super) fn take_in(&mut self, against: &Tender, payment: Payment, of: impl FnOnce(Received) -> Received) {
        let (against, name) = (against.code.clone(), against.name.clone());
        let (account, voucher, deposit, takes_back) = (None, None, None, None);
        let owes = Money::ZERO;
        let received = Received { account, voucher, deposit, against, name, owes, takes_back, payment };
        self.events.push(Event::MoneyReceived { received: Box::new(of(received)) });
    }
}

/// What a payment takes off a voucher: what is asked, and never more than is left on it.
pub(super) fn taken_off(voucher: &Voucher, tendered: Money) -> Redeemed {
    Redeemed { code: voucher.code.clone(), left: voucher.left - tendered }
}
