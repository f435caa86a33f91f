//! Customers: who an order is for, what they must not eat, and what they owe.

use crate::domain::customer::{Account, Charged, CustomerAct, Person, Received, TakenBack};
use crate::domain::decide::{Deciding, free_text};
use crate::domain::event::{Event, FaceAct};
use crate::domain::ids::{CustomerId, OrderId};
use crate::domain::money::Money;
use crate::domain::order::{Face, Order};
use crate::domain::refusal::Refusal;
use crate::domain::staff::Permission;
use crate::domain::tender::{Payment, Reference, ReferenceRule, Tender};

impl<'a> Deciding<'a, '_> {
    /// Keeps a person, new or changed. Somebody new is put on the order, where that can be; where they are on it,
    /// it heeds what they must not eat from now on.
    pub(super) fn save_customer(&mut self, known: Option<CustomerId>, person: &Person) -> Result<(), Refusal> {
        self.require(Permission::Customers)?;
        let checked = person.checked()?;
        let (customer, number) = match known {
            Some(customer) => (customer, self.account(customer)?.number),
            None => (CustomerId(self.ctx.ids.next()), self.till.next_customer()),
        };
        self.events.push(Event::CustomerChanged { customer, act: CustomerAct::Saved { number } });
        self.saving = Some((customer, checked));
        let on_screen = self.till.current();
        let put = match known {
            Some(_) => on_screen.is_some_and(|order| order.face.customer == known),
            None => on_screen.is_some() || self.till.shift.is_some(),
        };
        if put { self.put_customer(Some(customer)) } else { Ok(()) }
    }

    /// Puts a customer on the order on screen, a new one if there is none; or takes them off it.
    pub(super) fn set_customer(&mut self, customer: Option<CustomerId>) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        match (customer, self.till.current()) {
            (Some(customer), _) if self.person(customer).is_none() => return Err(Refusal::NoCustomer),
            (None, None) => return Err(Refusal::NoOrder),
            (_, None) => {
                self.shift()?;
            }
            (_, Some(_)) => {}
        }
        self.put_customer(customer)
    }

    fn put_customer(&mut self, customer: Option<CustomerId>) -> Result<(), Refusal> {
        let (order, version) = self.order_to_ring_on()?;
        self.check_spent(&order, customer)?;
        let allergies = |id: Option<CustomerId>| id.and_then(|id| self.person(id)).map(|p| p.allergies.clone());
        // What was said at the table stays; what only the one before must not eat goes with them.
        let before = order.face.customer.and_then(|id| self.till.customers.get(&id)).map(|p| &p.allergies);
        let said = order.face.allergies.clone().filter(|said| before != Some(said));
        let theirs = allergies(customer).filter(|allergies| !allergies.is_empty());
        let allergies = match (said, theirs) {
            (Some(said), Some(theirs)) if !said.contains(&theirs) => Some(format!("{theirs}, {said}")),
            (said, theirs) => said.or(theirs),
        };
        let face = Face { customer, allergies, ..order.face.clone() };
        self.turn_face(&order, version, FaceAct::Customer, face);
        Ok(())
    }

    /// What nobody at the table may eat. Those who cook are told of it, also after sending.
    pub(super) fn set_allergies(&mut self, text: &str) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let text = free_text(text, Person::MAX_WORDS_CHARS)?;
        let (order, version) = self.order_to_ring_on()?;
        let face = Face { allergies: (!text.is_empty()).then_some(text), ..order.face.clone() };
        self.turn_face(&order, version, FaceAct::Allergies, face);
        Ok(())
    }

    fn turn_face(&mut self, order: &Order, version: u64, act: FaceAct, after: Face) {
        if order.face != after {
            let (order, before, after) = (order.id, Box::new(order.face.clone()), Box::new(after));
            self.events.push(Event::FaceChanged { order, version, act, before, after });
        }
    }

    /// Who a customer is, as this command leaves them.
    pub(super) fn person(&self, customer: CustomerId) -> Option<&Person> {
        match &self.saving {
            Some((saved, person)) if *saved == customer => Some(person),
            Some(_) | None => self.till.customers.get(&customer),
        }
    }

    /// Nobody is to know any more who a customer was. The books keep what they bought.
    pub(super) fn forget_customer(&mut self, customer: CustomerId, confirmed: bool) -> Result<(), Refusal> {
        self.require(Permission::ForgetCustomers)?;
        if !self.till.customers.contains_key(&customer) {
            return Err(Refusal::NoCustomer);
        }
        if let Some(order) = self.till.orders.values().find(|order| order.face.customer == Some(customer)) {
            return Err(Refusal::CustomerHere(order.number));
        }
        let owes = self.account(customer)?.owes;
        if !owes.is_zero() {
            return Err(Refusal::StillOwes(self.show(owes)));
        }
        if !confirmed {
            let question = format!("Forget {} for ever? Sales stay in the books", self.till.customer_name(customer));
            return Err(Refusal::Confirm { question });
        }
        self.events.push(Event::CustomerChanged { customer, act: CustomerAct::Forgotten });
        Ok(())
    }

    /// Says how much somebody may owe; none: nothing may be charged any more.
    pub(super) fn set_limit(&mut self, customer: CustomerId, limit: Option<Money>) -> Result<(), Refusal> {
        self.require(Permission::HouseAccounts)?;
        if self.account(customer)?.forgotten {
            return Err(Refusal::NoCustomer);
        }
        match limit {
            Some(limit) if limit.is_negative() => return Err(Refusal::ZeroAmount),
            Some(limit) if limit > Money::LIMIT => return Err(Refusal::TooMuch(self.show(limit))),
            Some(_) | None => {}
        }
        if self.account(customer)?.limit != limit {
            self.events.push(Event::CustomerChanged { customer, act: CustomerAct::Limit { limit } });
        }
        Ok(())
    }

    pub(super) fn print_statement(&mut self, customer: CustomerId) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        self.account(customer)?;
        self.events.push(Event::CustomerChanged { customer, act: CustomerAct::Statement });
        Ok(())
    }

    pub(super) fn account(&self, customer: CustomerId) -> Result<&'a Account, Refusal> {
        self.till.accounts.get(&customer).ok_or(Refusal::NoCustomer)
    }

    /// The house account of the order's customer, where a tender charges one; they must be allowed to owe so much
    /// more.
    pub(super) fn charged(&self, order: &Order, tender: &Tender, more: Money) -> Result<Option<Charged>, Refusal> {
        if !tender.on_account {
            return Ok(None);
        }
        let customer = order.face.customer.ok_or_else(|| Refusal::NeedsCustomer(tender.name.clone()))?;
        let account = self.account(customer)?;
        let name = self.till.customer_name(customer);
        let left = account.left().ok_or(Refusal::NoCredit { name: name.clone() })?;
        if more > left {
            let (left, owes) = (self.show(left), self.show(account.owes));
            return Err(Refusal::OverLimit { name, left, owes });
        }
        Ok(Some(Charged { customer, number: account.number }))
    }

    /// Charges an open order to the house account of its customer, wherever it is: so that nothing stays open when a
    /// shift closes.
    pub(super) fn charge_account(&mut self, order: OrderId) -> Result<(), Refusal> {
        let order = self.till.orders.get(&order).ok_or(Refusal::OrderGone)?;
        if order.holder.is_some_and(|holder| holder.register != self.till.register) {
            self.require(Permission::TakeOver)?;
        }
        let tender = self.till.settings.tenders.iter().find(|t| t.on_account).ok_or(Refusal::NoAccounts)?;
        self.pay_on(order, &tender.code, None, Money::ZERO, &Reference::default(), false)
    }

    /// Takes money on a house account: no sale, no revenue, no tax; what is owed becomes less.
    pub(super) fn pay_account(
        &mut self,
        customer: CustomerId,
        code: &str,
        amount: Money,
        confirmed: bool,
    ) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let settings = &self.till.settings;
        let against = settings.tenders.iter().find(|t| t.on_account).ok_or(Refusal::NoAccounts)?;
        let tender = settings.tender(code).ok_or_else(|| Refusal::NoTender(code.to_owned()))?;
        let account = self.account(customer)?;
        let payment = self.money_for(tender, amount)?;
        if amount > account.owes && !confirmed {
            let (owes, name) = (self.show(account.owes), self.till.customer_name(customer));
            let question = format!("{name} owes {owes}, and pays {}: keep the rest for later?", self.show(amount));
            return Err(Refusal::Confirm { question });
        }
        let (number, owes) = (account.number, account.owes - amount);
        self.take_in(against, payment, |received| Received {
            account: Some(Charged { customer, number }),
            owes,
            ..received
        });
        Ok(())
    }

    /// Gives back a payment on a house account that was taken by mistake: the way it came, and it is owed again.
    pub(super) fn take_back_received(&mut self, found: &Received, reason: &str) -> Result<(), Refusal> {
        self.require(Permission::ReversePayment)?;
        let settings = &self.till.settings;
        let against = settings.tenders.iter().find(|t| t.on_account).ok_or(Refusal::NoAccounts)?;
        let charged = found.account.ok_or(Refusal::NoPaymentOnAccount)?;
        let account = self.account(charged.customer)?;
        if account.forgotten {
            return Err(Refusal::NoCustomer);
        }
        let reason = self.reason(reason, &settings.reasons.void)?;
        let (code, amount) = (&found.payment.tender, found.payment.amount);
        let tender = settings.tender(code).ok_or_else(|| Refusal::NoTender(code.clone()))?;
        let payment = self.money_for(tender, amount)?;
        self.check_in_drawer(tender, amount)?;
        let payment = Payment { amount: -amount, tendered: -payment.tendered, ..payment };
        let owes = account.owes + amount;
        self.take_in(against, payment, |received| Received {
            account: Some(charged),
            owes,
            takes_back: Some(TakenBack { payment: found.payment.id, reason }),
            ..received
        });
        Ok(())
    }
}

/// Whether a tender is money that can be taken as it is, without more questions.
pub fn takes_money(tender: &Tender) -> bool {
    let owed = tender.on_account || tender.voucher || tender.deposit;
    !owed && tender.foreign.is_none() && tender.reference != ReferenceRule::Required
}
