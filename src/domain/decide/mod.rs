//! From a command to what then happened, or to the reason why it may not be.

mod asked;
mod cash;
mod components;
mod customers;
mod deposits;
mod given;
mod items;
mod kitchen;
mod lines;
mod menu;
mod options;
mod orders;
mod people;
mod points;
mod promotions;
mod refunds;
mod shifts;
mod splits;
mod staff;
mod stock;
mod tables;
mod tenders;
mod tips;
mod vouchers;

use std::collections::BTreeSet;

use crate::domain::command::Command;
use crate::domain::customer::Person;
use crate::domain::event::{Event, LineAct};
use crate::domain::ids::{CustomerId, OrderId, StaffId};
use crate::domain::money::Money;
use crate::domain::order::Order;
use crate::domain::refusal::Refusal;
use crate::domain::shift::Shift;
use crate::domain::spool::JobAct;
use crate::domain::staff::Permission;
use crate::domain::stock as goods;
use crate::domain::text;
use crate::domain::till::{Ctx, Failures, Till};
use crate::domain::time::Stamp;

pub use customers::takes_money;

/// A decision in the making: the till as it stands, and the events so far.
struct Deciding<'a, 'c> {
    till: &'a Till,
    ctx: &'a mut Ctx<'c>,
    events: Vec<Event>,
    /// Who is kept by this command, as they are from now on.
    saving: Option<(CustomerId, Person)>,
}

pub(super) fn decide(till: &Till, command: &Command, ctx: &mut Ctx) -> Result<Vec<Event>, Refusal> {
    let mut d = Deciding { till, ctx, events: Vec::new(), saving: None };
    match command {
        Command::AcceptHistory => d.accept_history()?,
        Command::SignIn { staff } => d.sign_in(*staff)?,
        Command::FailSignIn => d.fail_sign_in()?,
        Command::FailOverride { permission } => d.fail_override(*permission)?,
        Command::Quit => d.quit()?,
        Command::SignOut { locked } => d.sign_out(*locked)?,
        Command::OpenShift { float, pieces } => d.open_shift(*float, pieces)?,
        Command::MoveCash { kind, amount, reason } => d.move_cash(*kind, *amount, reason)?,
        Command::UndoCash { number, reason } => d.undo_cash(*number, reason)?,
        Command::PrintX => {
            d.require(Permission::CloseShift)?;
            d.shift()?;
            d.events.push(Event::XPrinted);
        }
        Command::CloseShift { counted, pieces, comment, note, anchor } => {
            d.close_shift(counted, pieces, comment, note, anchor)?;
        }
        Command::LockDrawer { on } => d.lock_drawer(*on)?,
        Command::Lend { to, amount, reason } => d.lend(*to, *amount, reason)?,
        Command::Refund { receipt, back, reason, tender, found, .. } => {
            let found = found.as_deref().ok_or(Refusal::NoReceipt(*receipt))?;
            d.refund(found, back, reason, tender.as_deref())?;
        }
        Command::RefundOrder { reason, tender } => d.refund_order(reason, tender.as_deref())?,
        Command::Ring(ring) => {
            d.type_weight(ring)?;
            d.ring(ring)?;
        }
        Command::RingWeighed(ring) => d.ring(ring)?,
        Command::SetQuantity { line, quantity, confirmed } => d.set_quantity(*line, *quantity, *confirmed)?,
        Command::SetPrice { line, price, reason, confirmed } => d.set_price(*line, *price, reason, *confirmed)?,
        Command::SetKitchenNote { line, note } => d.set_note(*line, note, |l, n| l.kitchen_note = n)?,
        Command::SetCustomerNote { line, note } => d.set_note(*line, note, |l, n| l.customer_note = n)?,
        Command::SetModifiers { line, picks } => d.set_modifiers(*line, picks)?,
        Command::DiscountLine { line, discount } => d.discount_line(*line, discount.as_ref())?,
        Command::DiscountOrder { discount } => d.discount_order(discount.as_ref())?,
        Command::VoidLine { line, reason } => d.void_line(*line, reason, false)?,
        Command::WasteLine { line, reason } => d.void_line(*line, reason, true)?,
        Command::Comp { line, reason } => d.comp(*line, reason)?,
        Command::SetService { on, reason } => d.set_service(*on, reason)?,
        Command::AddCoupon { code } => d.add_coupon(code)?,
        Command::SetCustomer { customer } => d.set_customer(*customer)?,
        Command::SetAllergies { text } => d.set_allergies(text)?,
        Command::SaveCustomer { known, person } => d.save_customer(*known, person)?,
        Command::ForgetCustomer { customer, confirmed } => d.forget_customer(*customer, *confirmed)?,
        Command::ChargeAccount { order } => d.charge_account(*order)?,
        Command::SetLimit { customer, limit } => d.set_limit(*customer, *limit)?,
        Command::PayAccount { customer, tender, amount, confirmed } => {
            d.pay_account(*customer, tender, *amount, *confirmed)?;
        }
        Command::TakeBackReceived { found, reason, .. } => {
            let found = found.as_deref().ok_or(Refusal::NoPaymentOnAccount)?;
            d.take_back_received(found, reason)?;
        }
        Command::Redeem { scheme, line } => d.redeem(scheme, *line)?,
        Command::CorrectPoints { customer, scheme, points, reason } => {
            d.correct_points(*customer, scheme, *points, reason)?;
        }
        Command::TakeDeposit { tender, amount } => d.take_deposit(tender, *amount)?,
        Command::GiveDepositBack { reason } => d.give_deposit_back(reason)?,
        Command::SellVoucher { tender, amount } => d.sell_voucher(tender, *amount)?,
        Command::PayOutVoucher { code, confirmed } => d.pay_out_voucher(code, *confirmed)?,
        Command::MoveStock { good, wasted, quantity, reason } => d.move_stock(good, *wasted, *quantity, reason)?,
        Command::TakeStock { counted } => d.take_stock(counted)?,
        Command::PrintStockSheet => {
            d.require(Permission::Stock)?;
            d.events.push(Event::ReportPrinted { name: goods::SHEET.to_owned(), when: String::new() });
        }
        Command::PrintStatement { customer } => d.print_statement(*customer)?,
        Command::SwitchPromotion { code, on } => d.switch_promotion(code, *on)?,
        Command::RepeatRound => d.repeat_round()?,
        Command::AsLastTime { found } => d.as_last_time(found.as_deref())?,
        Command::Undo => d.undo()?,
        Command::Send => d.send()?,
        Command::Hold { name } => d.hold(name.as_deref())?,
        Command::Recall { order } => d.recall(*order)?,
        Command::Name { name } => d.name(name)?,
        Command::SetOrderType { order_type } => d.set_order_type(order_type)?,
        Command::OpenTable { table, beside } => d.open_table(table, *beside)?,
        Command::MoveTable { table, beside } => d.move_table(table.as_deref(), *beside)?,
        Command::JoinTable { table } => d.join_table(table)?,
        Command::SetCovers { covers } => d.set_covers(*covers)?,
        Command::SetSeat { line, seat } => d.set_seat(*line, *seat)?,
        Command::SetContact { phone, address } => d.set_contact(phone.as_deref(), address.as_deref())?,
        Command::SetDue { at } => d.set_due(*at)?,
        Command::SetOrderLimit { limit } => d.set_order_limit(*limit)?,
        Command::OpenTab { name } => d.open_tab(name)?,
        Command::SetCourse { line, course } => d.set_course(*line, *course)?,
        Command::Fire { which } => d.fire(*which)?,
        Command::HoldCourse { course } => d.hold_course(*course)?,
        Command::GiveTo { staff } => d.give_to(*staff)?,
        Command::Split { by } => d.split(by)?,
        Command::PayLines { lines, pay } => d.pay_lines(lines, pay)?,
        Command::Unsplit => d.unsplit()?,
        Command::MoveLines { lines, to } => d.move_lines(lines, *to)?,
        Command::MoveLinesToTable { lines, table } => d.move_lines_to_table(lines, table)?,
        Command::ShareLine { line } => d.share_line(*line)?,
        Command::Merge { order } => d.merge(*order)?,
        Command::Abandon { reason } => d.abandon(reason)?,
        Command::Pay { tender, tendered, tip, reference, confirmed } => {
            d.pay(tender, *tendered, *tip, reference, *confirmed)?;
        }
        Command::AdjustTip { receipt, payment, tip, found } => {
            let found = found.as_deref().ok_or(Refusal::NoReceipt(*receipt))?;
            d.adjust_tip(found, *payment, *tip)?;
        }
        Command::ReversePayment { payment, reason } => d.reverse_payment(*payment, reason)?,
        Command::SettleFree => d.settle_free()?,
        Command::PrintBill => d.print_bill()?,
        Command::Reprint { sale, receipt } => {
            d.require(Permission::Reprint)?;
            d.events.push(Event::Reprinted { sale: *sale, receipt: *receipt });
        }
        Command::DecideJob { job, act, reason } => {
            d.require(Permission::Spool)?;
            let reason = free_text(reason, 60)?;
            if *act == JobAct::Skip && reason.is_empty() {
                return Err(Refusal::NeedsReason);
            }
            d.events.push(Event::JobDecided { job: *job, act: act.clone(), reason });
        }
        Command::NoSale { reason } => d.no_sale(reason)?,
        Command::TakeMenuBack { version, found } => d.take_menu_back(*version, found.as_deref())?,
        Command::ClockIn => d.clock_in()?,
        Command::Break => d.take_break()?,
        Command::ClockOut { tips } => d.clock_out(*tips)?,
        Command::CorrectWork { before, after, reason } => d.correct_work(before, after, reason)?,
        Command::Hire { name, role } => d.hire(name, role)?,
        Command::ChangeStaff { staff } => d.change_staff(staff)?,
        Command::SetPin { staff } => d.change_credential(*staff, |staff| Event::PinSet { staff })?,
        Command::BindBadge { staff } => d.change_credential(*staff, |staff| Event::BadgeBound { staff })?,
        Command::RevokeBadges { staff } => d.change_credential(*staff, |staff| Event::BadgesRevoked { staff })?,
        Command::ViewReport { .. } => {
            d.require(Permission::ViewReports)?;
        }
        Command::PrintReport { name, when } => {
            d.require(Permission::ViewReports)?;
            d.events.push(Event::ReportPrinted { name: name.clone(), when: when.clone() });
        }
        Command::BindBarcode { barcode, item } => d.bind_barcode(barcode, item)?,
        Command::SetAvailability { item, availability } => {
            d.require(Permission::SetAvailability)?;
            d.item(item)?;
            d.events.push(Event::AvailabilitySet { item: item.clone(), availability: *availability });
        }
    }
    // What was undone brings back what promotions gave then.
    if *command != Command::Undo {
        d.promote();
    }
    d.check_history()?;
    d.check_shares()?;
    d.check_touched()?;
    d.tell_kitchen();
    Ok(d.events)
}

impl<'a> Deciding<'a, '_> {
    /// With a store that has lost something nothing is sold, and no money moves.
    fn check_history(&self) -> Result<(), Refusal> {
        let sells = |event: &Event| match event {
            Event::LineChanged { act, .. } => matches!(act, LineAct::Added | LineAct::Again),
            Event::SaleCompleted { .. }
            | Event::PaymentTaken { .. }
            | Event::PaymentReversed { .. }
            | Event::TipAdjusted { .. }
            | Event::Refunded { .. }
            | Event::MoneyReceived { .. }
            | Event::CashMoved { .. }
            | Event::ShiftOpened { .. } => true,
            _ => false,
        };
        match &self.till.lost {
            Some(lost) if self.events.iter().any(sells) => Err(Refusal::OlderStore(lost.clone())),
            Some(_) | None => Ok(()),
        }
    }

    /// What holds of every order, however it was changed.
    fn check_touched(&mut self) -> Result<(), Refusal> {
        let ids: BTreeSet<OrderId> = self.events.iter().filter_map(|event| Some(event.order()?.0)).collect();
        for id in ids {
            let Some(touched) = self.touched(id).filter(|touched| !touched.thrown_away) else { continue };
            self.check_paid(&touched)?;
            self.check_limit(&touched)?;
            self.check_given(&touched)?;
        }
        Ok(())
    }

    fn accept_history(&mut self) -> Result<(), Refusal> {
        self.require(Permission::AcceptHistory)?;
        if let Some(lost) = &self.till.lost {
            self.events.push(Event::Degraded { what: format!("Went on without it: {lost}") });
        }
        Ok(())
    }

    /// Who is at the till.
    fn actor(&self) -> Result<StaffId, Refusal> {
        self.till.signed_in.ok_or(Refusal::NotSignedIn)
    }

    /// The person at the till, if they may do this, or if a second person who may stands by them.
    fn require(&mut self, permission: Permission) -> Result<StaffId, Refusal> {
        let staff = self.actor()?;
        if self.till.may(staff, permission) {
            return Ok(staff);
        }
        match self.ctx.approver {
            Some(by) if self.till.may(by, permission) => self.stands_by(permission, staff, by).map(|()| staff),
            _ => Err(Refusal::NeedsPermission(permission)),
        }
    }

    /// A second person stands by somebody, once for all that one act asks of them.
    fn stands_by(&mut self, permission: Permission, staff: StaffId, by: StaffId) -> Result<(), Refusal> {
        not_locked_out(&self.till.override_failures, self.ctx.now)?;
        let told = Event::Overridden { permission, staff, by };
        if !self.events.contains(&told) {
            self.events.push(told);
        }
        Ok(())
    }

    fn shift(&self) -> Result<&'a Shift, Refusal> {
        self.till.shift.as_ref().ok_or(Refusal::NoShift)
    }

    fn order(&self) -> Result<&'a Order, Refusal> {
        self.till.current().ok_or(Refusal::NoOrder)
    }

    /// The order on screen, if nothing was paid of it yet: what is divided, thrown away or given back is counted as
    /// a whole.
    fn unpaid_order(&self) -> Result<&'a Order, Refusal> {
        let order = self.order()?;
        if order.payments.is_empty() { Ok(order) } else { Err(Refusal::PartPaid(self.show(order.paid()))) }
    }

    fn show(&self, amount: Money) -> String {
        self.till.settings.currency.show(amount)
    }

    /// A reason in the words of its list, or any words where there is no list. Needed where the
    /// house keeps a list.
    fn reason(&self, reason: &str, list: &[String]) -> Result<String, Refusal> {
        let reason = free_text(reason, 60)?;
        if reason.is_empty() && !list.is_empty() { Err(Refusal::NeedsReason) } else { Ok(reason) }
    }
}

/// After some wrong PINs nobody may try for a while.
fn not_locked_out(failures: &Failures, now: Stamp) -> Result<(), Refusal> {
    match failures.wait_ms(now) {
        0 => Ok(()),
        wait_ms => Err(Refusal::LockedOut { wait_ms }),
    }
}

/// Text that somebody typed: cleaned, cut, and without card numbers.
fn free_text(text: &str, max_chars: usize) -> Result<String, Refusal> {
    if text::holds_card_number(text) { Err(Refusal::CardNumber) } else { Ok(text::clean(text, max_chars)) }
}
