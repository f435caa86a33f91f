//! Taking payment and settling.

use crate::domain::decide::kitchen::Touched;
use crate::domain::decide::vouchers::taken_off;
use crate::domain::decide::{Deciding, free_text};
use crate::domain::event::Event;
use crate::domain::ids::{PaymentId, SaleId, ShiftId, StaffId};
use crate::domain::money::Money;
use crate::domain::order::{Line, Order};
use crate::domain::payment::{self, PaymentProblem};
use crate::domain::refusal::Refusal;
use crate::domain::sale::{Sale, Totals};
use crate::domain::staff::Permission;
use crate::domain::tender::{Payment, Reference, ReferenceRule, Tender};
use crate::domain::totals;

/// How long after signing in a sale does not lock the till again.
const UNLOCKED_AFTER_SIGN_IN_MS: i64 = 5_000;

impl Deciding<'_, '_> {
    /// So much by a tender, exactly, here and now: what is more to a payment is said beside it.
    pub(super) fn payment(&mut self, tender: &Tender, amount: Money, staff: StaffId, shift: ShiftId) -> Payment {
        Payment {
            id: PaymentId(self.ctx.ids.next()),
            tender: tender.code.clone(),
            name: tender.name.clone(),
            amount,
            tendered: amount,
            change: Money::ZERO,
            tip: Money::ZERO,
            rounding: Money::ZERO,
            foreign: None,
            reference: Reference::default(),
            charged: None,
            voucher: None,
            deposit: false,
            opens_drawer: tender.opens_drawer,
            staff,
            register: self.till.register,
            shift,
            at: self.ctx.now,
        }
    }

    pub(super) fn pay(
        &mut self,
        code: &str,
        tendered: Option<Money>,
        tip: Money,
        reference: &Reference,
        confirmed: bool,
    ) -> Result<(), Refusal> {
        let order = self.order()?;
        self.pay_on(order, code, tendered, tip, reference, confirmed)
    }

    /// Takes a payment of an order, on screen or not.
    pub(super) fn pay_on(
        &mut self,
        order: &Order,
        code: &str,
        tendered: Option<Money>,
        tip: Money,
        reference: &Reference,
        confirmed: bool,
    ) -> Result<(), Refusal> {
        let staff = self.require(Permission::Sell)?;
        let settings = &self.till.settings;
        let tender = settings.tender(code).ok_or_else(|| Refusal::NoTender(code.to_owned()))?;
        let shift = if tender.opens_drawer { self.drawer()? } else { self.shift()? };
        if self.promotions_have_changed(order) {
            return Ok(());
        }
        if order.live_lines().next().is_none() {
            return Err(Refusal::EmptyOrder);
        }
        self.check_asked(order)?;
        let totals = totals::of(order, settings);
        if totals.total.is_zero() && order.payments.is_empty() {
            return Err(Refusal::NothingToPay(self.show(totals.total)));
        }
        let paid = self.use_deposit(order, &totals)?;
        let covered = paid.owed(totals.total).is_zero();
        match (tender.deposit, paid.payments.len() > order.payments.len()) {
            (true, false) => return Err(Refusal::NoDeposit),
            (true | false, true) if tip.is_positive() && (covered || tender.deposit) => {
                return Err(Refusal::DepositTip);
            }
            (false, true) if covered && tendered.is_some() => return Err(Refusal::DepositCovers),
            (true | false, true) if covered => {
                let payments = paid.payments.clone();
                return self.complete(order, totals, payments);
            }
            (true, true) => return Ok(()),
            (false, _) => {}
        }
        let reference = check_reference(tender, reference)?;
        let order = &*paid;
        let due = payment::due(order, &totals, settings, tender);
        let voucher = self.redeemed(tender, &reference)?;
        // Never more than is left on it: the rest stays due.
        let tendered = match voucher {
            Some(voucher) => Some(tendered.unwrap_or(due.to_pay + tip).min(voucher.left)),
            None => tendered,
        };
        let taken =
            payment::take(tender, &due, tendered, tip, settings.currency).map_err(|p| self.problem(p, tender))?;
        let most = due.to_pay.minor().saturating_mul(settings.guards.tender_factor);
        if !confirmed
            && taken.tendered.minor() > most
            && taken.tendered.minor() > 100 * settings.currency.minor_per_unit()
        {
            let question = format!("{} for {}: really?", self.show(taken.tendered), self.show(due.to_pay));
            return Err(Refusal::Confirm { question });
        }
        let charged = self.charged(order, tender, taken.tendered)?;
        let payment = Payment {
            tendered: taken.tendered,
            change: taken.change,
            tip: taken.tip,
            rounding: taken.rounding,
            foreign: taken.foreign,
            // A code is worth money: it is not to stand on a receipt.
            reference: if voucher.is_some() { Reference::default() } else { reference },
            charged,
            voucher: voucher.map(|voucher| taken_off(voucher, taken.tendered)),
            ..self.payment(tender, taken.amount, staff, shift.id)
        };
        let version = order.version + 1;
        self.events.push(Event::PaymentTaken { order: order.id, version, payment: Box::new(payment.clone()) });
        if taken.settles {
            let mut payments = order.payments.clone();
            payments.push(payment);
            self.complete(order, totals, payments)?;
        }
        Ok(())
    }

    /// What was paid in part can be changed like any other, but never to come to no more than was paid.
    pub(super) fn check_paid(&self, touched: &Touched<'_>) -> Result<(), Refusal> {
        let Some(before) = touched.before.filter(|order| !order.payments.is_empty()) else { return Ok(()) };
        let comes_to = |order: &Order| totals::of(order, &self.till.settings).total;
        let after = comes_to(&touched.after);
        let same = touched.after.payments.len() == before.payments.len();
        if same && after < comes_to(before) && !touched.after.owed(after).is_positive() {
            return Err(Refusal::PaidMore(self.show(before.paid())));
        }
        Ok(())
    }

    fn problem(&self, problem: PaymentProblem, tender: &Tender) -> Refusal {
        match problem {
            PaymentProblem::NothingDue => Refusal::NothingDue,
            PaymentProblem::ZeroAmount => Refusal::ZeroAmount,
            PaymentProblem::NegativeTip | PaymentProblem::TipTooLarge => Refusal::BadTip,
            PaymentProblem::TooMuch(due) => {
                Refusal::TooMuchTendered { tender: tender.name.clone(), due: self.show(due) }
            }
        }
    }

    /// Settles an order that comes to nothing (all given away).
    pub(super) fn settle_free(&mut self) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        self.shift()?;
        let order = self.order()?;
        if order.live_lines().next().is_none() {
            return Err(Refusal::EmptyOrder);
        }
        self.check_asked(order)?;
        if self.promotions_have_changed(order) {
            return Ok(());
        }
        let totals = totals::of(order, &self.till.settings);
        if !totals.total.is_zero() || !order.payments.is_empty() {
            return Err(Refusal::NotFree(self.show(totals.total)));
        }
        self.complete(order, totals, Vec::new())
    }

    fn complete(&mut self, order: &Order, totals: Totals, payments: Vec<Payment>) -> Result<(), Refusal> {
        let staff = self.actor()?;
        let settings = &self.till.settings;
        let sum = |part: fn(&Payment) -> Money| payments.iter().map(part).sum();
        let used: Money = payments.iter().filter(|p| p.deposit).map(|p| p.amount).sum();
        let deposit_back = order.deposits.iter().map(|p| p.amount).sum::<Money>() - used;
        if deposit_back.is_positive() {
            self.return_deposit(order, deposit_back, "")?;
        }
        let sale = Sale {
            id: SaleId(self.ctx.ids.next()),
            order: order.id,
            number: order.number,
            part: order.part.map(|part| part.number),
            receipt: self.till.counters.receipt,
            register: self.till.register,
            shift: self.shift()?.id,
            business_date: self.ctx.now.business_date(settings.cut_off),
            opened: order.opened,
            completed: self.ctx.now,
            staff,
            staff_name: self.till.name_of(staff).to_owned(),
            server: order.server,
            server_name: self.till.name_of(order.server).to_owned(),
            order_type: order.face.order_type.clone(),
            name: order.face.name.clone(),
            customer: order.face.customer,
            table: order.face.table.clone(),
            covers: order.face.covers,
            currency: settings.currency,
            // What stations were told of them is on their tickets.
            lines: totals::lines(order, settings).into_iter().map(|l| Line { told: None, ..l }).collect(),
            discounts: order.face.discounts.clone(),
            totals,
            rounding: sum(|p| p.rounding),
            change: sum(|p| p.change),
            tips: sum(|p| p.tip),
            points: Vec::new(),
            deposit_back,
            payments,
            imported: false,
            training: settings.training,
        };
        let points = self.points_of_sale(order, &sale.lines, &sale.totals);
        let sale = Sale { points, ..sale };
        self.events.push(Event::SaleCompleted { version: order.version + 1, sale: Box::new(sale) });
        // A clock that went back does not keep the till open.
        let since_ms = self.ctx.now.utc_ms.saturating_sub(self.till.signed_in_ms);
        let fresh = (0..UNLOCKED_AFTER_SIGN_IN_MS).contains(&since_ms);
        if settings.lock_after_sale && !fresh {
            self.events.push(Event::SignedOut { staff, locked: true });
        }
        Ok(())
    }

    pub(super) fn reverse_payment(&mut self, id: PaymentId, reason: &str) -> Result<(), Refusal> {
        self.require(Permission::ReversePayment)?;
        let order = self.order()?;
        let payment = order.payments.iter().find(|p| p.id == id).ok_or(Refusal::NoPayment)?;
        let payment = Box::new(payment.clone());
        self.shift()?;
        if let Some(tender) = self.till.settings.tender(&payment.tender).filter(|tender| tender.opens_drawer) {
            self.drawer()?;
            self.check_in_drawer(tender, payment.amount + payment.tip)?;
        }
        let reason = self.reason(reason, &self.till.settings.reasons.void)?;
        self.events.push(Event::PaymentReversed { order: order.id, version: order.version + 1, payment, reason });
        Ok(())
    }
}

fn check_reference(tender: &Tender, given: &Reference) -> Result<Reference, Refusal> {
    let text = free_text(given.text.as_deref().unwrap_or(""), 40)?;
    let needs = |what: &str| Refusal::NeedsReference { tender: tender.name.clone(), what: what.to_owned() };
    if text.is_empty() && tender.reference == ReferenceRule::Required {
        return Err(needs(tender.reference_name.as_deref().unwrap_or("a reference")));
    }
    let last_four = given.last_four.as_deref().map(str::trim).filter(|t| !t.is_empty());
    if let Some(digits) = last_four
        && (digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()))
    {
        return Err(Refusal::BadLastFour(crate::domain::text::clean(digits, 20)));
    }
    if last_four.is_none() && tender.last_four && tender.reference == ReferenceRule::Required {
        return Err(needs("the card's last four digits"));
    }
    Ok(Reference { text: (!text.is_empty()).then_some(text), last_four: last_four.map(str::to_owned) })
}
