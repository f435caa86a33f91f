//! Deposits: money that is taken on an order before it is paid, held for whoever gave it, used when it is paid, and the
//! rest given back the way it came.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::domain::customer::{Deposit, Received};
use crate::domain::decide::{Deciding, takes_money};
use crate::domain::event::Event;
use crate::domain::money::Money;
use crate::domain::order::Order;
use crate::domain::refund::rounded;
use crate::domain::refusal::Refusal;
use crate::domain::sale::Totals;
use crate::domain::staff::Permission;
use crate::domain::tender::{Payment, Tender};

impl<'a> Deciding<'a, '_> {
    fn deposit_tender(&self) -> Result<&'a Tender, Refusal> {
        let till: &'a crate::domain::till::Till = self.till;
        till.settings.tenders.iter().find(|t| t.deposit).ok_or(Refusal::NoDeposits)
    }

    /// What stands for a deposit that is held already: where the house takes no more of them, it still owes it.
    fn held_as(&self) -> Cow<'a, Tender> {
        self.deposit_tender().map_or_else(|_| Cow::Owned(Tender::of_deposits()), Cow::Borrowed)
    }

    /// Takes money on the order on screen: no sale yet, and owed to whoever gave it.
    pub(super) fn take_deposit(&mut self, code: &str, amount: Money) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let against = self.deposit_tender()?;
        let order = self.order()?;
        let tender = self.till.settings.tender(code).ok_or_else(|| Refusal::NoTender(code.to_owned()))?;
        let payment = self.money_for(tender, amount)?;
        self.record_deposit(order, against, payment, String::new());
        Ok(())
    }

    /// Gives the whole deposit back without a sale, with a reason.
    pub(super) fn give_deposit_back(&mut self, reason: &str) -> Result<(), Refusal> {
        self.require(Permission::ReversePayment)?;
        let order = self.order()?;
        let left = order.deposit_left();
        if !left.is_positive() {
            return Err(Refusal::NoDeposit);
        }
        let reason = self.reason(reason, &self.till.settings.reasons.void)?;
        self.return_deposit(order, left, &reason)
    }

    /// Gives so much of a deposit back: what was taken last first, each part the way it came as far as it can.
    pub(super) fn return_deposit(&mut self, order: &Order, amount: Money, reason: &str) -> Result<(), Refusal> {
        let against = self.held_as();
        for (tender, part) in self.ways_back(order, amount)? {
            self.check_in_drawer(tender, part)?;
            let payment = self.money_for(tender, part)?;
            let payment = Payment { amount: -part, tendered: -part, ..payment };
            self.record_deposit(order, &against, payment, reason.to_owned());
        }
        Ok(())
    }

    fn ways_back(&self, order: &Order, amount: Money) -> Result<Vec<(&'a Tender, Money)>, Refusal> {
        let till: &'a crate::domain::till::Till = self.till;
        let settings = &till.settings;
        let mut left: BTreeMap<&str, Money> = BTreeMap::new();
        for taken in &order.deposits {
            *left.entry(&taken.tender).or_default() += taken.amount;
        }
        let (mut rest, mut ways) = (amount, Vec::<(&Tender, Money)>::new());
        for taken in order.deposits.iter().rev() {
            let there = left.remove(taken.tender.as_str()).unwrap_or_default();
            let part = rest.min(there);
            if !part.is_positive() {
                continue;
            }
            rest -= part;
            let came = settings.tender(&taken.tender).filter(|tender| tender.refundable && takes_money(tender));
            let tender = came.or(settings.cash()).ok_or(Refusal::NoWayBack)?;
            match ways.iter_mut().find(|(way, _)| way.code == tender.code) {
                Some((_, sum)) => *sum += part,
                None => ways.push((tender, part)),
            }
        }
        Ok(ways)
    }

    fn record_deposit(&mut self, order: &Order, against: &Tender, payment: Payment, reason: String) {
        let table = order.face.table.as_ref().map(|table| format!(", table {table}")).unwrap_or_default();
        let about = format!("Order {}{table}", order.label());
        let deposit = Some(Deposit { order: order.id, version: order.version + 1, about, reason });
        self.take_in(against, payment, |received| Received { deposit, ..received });
    }

    /// Pays what there is of a deposit on an order, up to what is due: the order as it stands then. Where all of it is
    /// covered, cash that goes back is rounded as change is, also where the rest goes back another way.
    pub(super) fn use_deposit<'o>(&mut self, order: &'o Order, totals: &Totals) -> Result<Cow<'o, Order>, Refusal> {
        let (left, owed) = (order.deposit_left(), order.owed(totals.total));
        if !left.is_positive() || !owed.is_positive() {
            return Ok(Cow::Borrowed(order));
        }
        let tender = self.held_as();
        let over = left - owed;
        let rounding = match self.ways_back(order, over)?.as_slice() {
            [(tender, _)] => rounded(owed, tender, &self.till.settings).1.min(over),
            // All of a way but the last goes back as it came.
            [.., (tender, part)] => -rounded(*part, tender, &self.till.settings).1,
            [] => Money::ZERO,
        };
        let amount = (owed + rounding).min(left);
        let (staff, shift) = (self.actor()?, self.shift()?.id);
        let payment = Payment { rounding, deposit: true, ..self.payment(&tender, amount, staff, shift) };
        let version = order.version + 1;
        self.events.push(Event::PaymentTaken { order: order.id, version, payment: Box::new(payment.clone()) });
        let mut paid = order.clone();
        paid.payments.push(payment);
        Ok(Cow::Owned(paid))
    }
}
