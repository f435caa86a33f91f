//! Folding events into state. Never fails, never looks anything up.

use std::sync::Arc;

use crate::domain::catalogue::Availability;
use crate::domain::customer::{self, CustomerAct};
use crate::domain::event::{Event, FaceAct, HandAct, LineAct, Recorded};
use crate::domain::ids::{CustomerId, RegisterId, StaffId};
use crate::domain::order::{Before, Line, Order, UndoStep};
use crate::domain::points;
use crate::domain::promotion;
use crate::domain::quantity::Quantity;
use crate::domain::stock;
use crate::domain::till::{Failures, Till};
use crate::domain::time::Stamp;
use crate::domain::voucher;

/// Folds an event into the till of a session. Events of other registers touch only what all
/// sessions share.
pub(super) fn till(till: &mut Till, recorded: &Recorded) {
    let own = recorded.register == till.register;
    for (item, quantity) in taken(&recorded.event) {
        count_down(till, item, quantity);
    }
    for (code, amount) in promotion::used(&recorded.event) {
        till.promotions.entry(code.to_owned()).or_default().used += amount;
    }
    for (charged, more) in customer::charged(&recorded.event) {
        till.accounts.entry(charged.customer).or_default().owes += more;
    }
    for (code, more) in voucher::moved(&recorded.event) {
        if let Some(voucher) = till.vouchers.get_mut(code) {
            voucher.left += more;
        }
    }
    for (customer, scheme, more) in points::moved(&recorded.event) {
        if till.accounts.get(&customer).is_some_and(|account| !account.forgotten) {
            *till.points.entry((customer, scheme.to_owned())).or_default() += more;
        }
    }
    if let Some(customer) = points::forgotten(&recorded.event) {
        till.points.retain(|(whose, _), _| *whose != customer);
    }
    for (good, _, quantity) in stock::moved(&recorded.event) {
        let there = till.stock.entry(good).or_default();
        *there = *there + quantity;
    }
    let shift = if own { till.shift.as_mut() } else { till.others.get_mut(&recorded.register) };
    if let Some(shift) = shift {
        shift.apply(recorded);
    }
    match &recorded.event {
        Event::SignedIn { staff } if own => {
            till.signed_in = Some(*staff);
            till.signed_in_ms = recorded.at.utc_ms;
            till.failures = Failures::default();
        }
        Event::SignInFailed { failures } if own => {
            till.failures = Failures { count: *failures, last_ms: recorded.at.utc_ms };
        }
        Event::OverrideFailed { failures, .. } if own => {
            till.override_failures = Failures { count: *failures, last_ms: recorded.at.utc_ms };
        }
        Event::Overridden { .. } if own => till.override_failures = Failures::default(),
        Event::SignedOut { .. } if own => till.signed_in = None,
        Event::ShiftOpened { shift } if own => {
            till.counters.shift = shift.number + 1;
            till.shift = Some((**shift).clone());
        }
        Event::ShiftClosed { z } if own => {
            till.shift = None;
            till.grand = z.grand;
            till.counters.z = z.number + 1;
        }
        Event::ShiftOpened { shift } => {
            till.others.insert(recorded.register, (**shift).clone());
        }
        Event::ShiftClosed { .. } => {
            till.others.remove(&recorded.register);
        }
        Event::Refunded { refund, .. } => {
            if let Some(order) = &refund.order {
                till.orders.remove(order);
            }
            if own {
                till.counters.refund = refund.number + 1;
            }
        }
        Event::StaffChanged { staff } => {
            till.staff.insert(staff.id, staff.clone());
        }
        Event::WorkChanged { after, .. } => {
            if after.ended.is_none() {
                till.work.insert(after.staff, (**after).clone());
            } else if till.work.get(&after.staff).is_some_and(|open| open.id == after.id) {
                till.work.remove(&after.staff);
            }
        }
        Event::OrderOpened { order } => {
            // A bill of a divided order has that one's number.
            if order.part.is_none() {
                till.last_order = order.number;
            }
            till.orders.insert(order.id, (**order).clone());
        }
        Event::SaleCompleted { sale, .. } => {
            till.orders.remove(&sale.order);
            till.contacts.remove(&sale.order);
            if own {
                till.counters.receipt = sale.receipt + 1;
                till.last_sale = Some(Arc::new((**sale).clone()));
            }
        }
        Event::OrderAbandoned { order, .. } | Event::OrderMerged { order, .. } => {
            till.orders.remove(order);
            till.contacts.remove(order);
        }
        Event::LineChanged { order, .. }
        | Event::FaceChanged { order, .. }
        | Event::OrderHanded { order, .. }
        | Event::LinesMoved { order, .. }
        | Event::PaymentTaken { order, .. }
        | Event::PaymentReversed { order, .. }
        | Event::BillPrinted { order, .. } => {
            if let Some(order) = till.orders.get_mut(order) {
                order.apply(recorded);
            }
        }
        Event::Sent { order, tickets, .. } => {
            for ticket in tickets {
                till.tickets.insert(ticket.station.clone(), ticket.number);
            }
            if let Some(order) = till.orders.get_mut(order) {
                order.apply(recorded);
            }
        }
        Event::MoneyReceived { received } => {
            if let Some(order) = received.deposit.as_ref().and_then(|d| till.orders.get_mut(&d.order)) {
                order.apply(recorded);
            }
            if let Some(voucher) = &received.voucher {
                till.vouchers.insert(voucher.code.clone(), (**voucher).clone());
            }
        }
        Event::CustomerChanged { customer, act } => customer_changed(till, *customer, act),
        Event::PromotionSwitched { code, on, .. } => {
            till.promotions.entry(code.clone()).or_default().off = !on;
        }
        Event::AvailabilitySet { item, availability } => {
            match availability {
                Some(availability) => till.availability.insert(item.clone(), *availability),
                None => till.availability.remove(item),
            };
        }
        Event::SignedIn { .. }
        | Event::SignInFailed { .. }
        | Event::OverrideFailed { .. }
        | Event::SignedOut { .. }
        | Event::CashMoved { .. }
        | Event::DrawerLocked { .. }
        | Event::DrawerShut { .. }
        | Event::XPrinted
        | Event::KeyMade { .. }
        | Event::ShiftSealed { .. }
        | Event::CorrectionSealed { .. }
        | Event::StoreMade { .. }
        | Event::Started { .. }
        | Event::Stopped
        | Event::Upgraded { .. }
        | Event::ClockJumped { .. }
        | Event::Degraded { .. }
        | Event::PinSet { .. }
        | Event::BadgeBound { .. }
        | Event::BadgesRevoked { .. }
        | Event::Overridden { .. }
        | Event::Reprinted { .. }
        | Event::NoSale { .. }
        | Event::TipAdjusted { .. }
        | Event::StockMoved { .. }
        | Event::ReportPrinted { .. }
        | Event::MenuChanged { .. }
        | Event::BarcodeBound { .. }
        | Event::TicketBumped { .. }
        | Event::TicketRecalled { .. }
        | Event::Printed { .. }
        | Event::JobDecided { .. }
        | Event::Verified { .. }
        | Event::Backend { .. } => {}
    }
}

fn customer_changed(till: &mut Till, customer: CustomerId, act: &CustomerAct) {
    let account = till.accounts.entry(customer).or_default();
    match act {
        CustomerAct::Saved { number } => account.number = *number,
        CustomerAct::Limit { limit } => account.limit = *limit,
        CustomerAct::Forgotten => {
            (account.forgotten, account.limit) = (true, None);
            till.customers.remove(&customer);
        }
        CustomerAct::Statement | CustomerAct::Points { .. } => {}
    }
}

fn count_down(till: &mut Till, item: &str, quantity: Quantity) {
    if let Some(Availability::Left(left)) = till.availability.get_mut(item) {
        *left = (*left - quantity).max(Quantity::ZERO);
    }
}

/// What an event takes from counted stock, by item code; negative where it puts back. A line that
/// was voided was not made, and is put back; one that was written off is gone.
pub fn taken(event: &Event) -> Vec<(&str, Quantity)> {
    let held = |line: &Option<Box<Line>>| match line {
        Some(line) if line.void.as_ref().is_none_or(|v| v.wasted) => line.quantity,
        _ => Quantity::ZERO,
    };
    match event {
        Event::LineChanged { before, after, .. } => {
            let difference = held(after) - held(before);
            match after.as_ref().or(before.as_ref()) {
                Some(line) if !difference.is_zero() => vec![(&line.item, difference)],
                _ => Vec::new(),
            }
        }
        // What was rung to be given back was never taken.
        Event::Refunded { refund, .. } if refund.order.is_some() => {
            refund.lines.iter().map(|l| (l.item.as_str(), -l.quantity)).collect()
        }
        Event::OrderAbandoned { was, .. } => {
            let rest = |line: &Line| (line.quantity - line.sent()).max(Quantity::ZERO);
            was.live_lines().map(|l| (l.item.as_str(), -rest(l))).filter(|(_, rest)| !rest.is_zero()).collect()
        }
        Event::StoreMade { .. }
        | Event::Started { .. }
        | Event::Stopped
        | Event::Upgraded { .. }
        | Event::ClockJumped { .. }
        | Event::Degraded { .. }
        | Event::StaffChanged { .. }
        | Event::PinSet { .. }
        | Event::BadgeBound { .. }
        | Event::BadgesRevoked { .. }
        | Event::WorkChanged { .. }
        | Event::SignedIn { .. }
        | Event::SignInFailed { .. }
        | Event::SignedOut { .. }
        | Event::OverrideFailed { .. }
        | Event::Overridden { .. }
        | Event::ShiftOpened { .. }
        | Event::CashMoved { .. }
        | Event::DrawerLocked { .. }
        | Event::DrawerShut { .. }
        | Event::XPrinted
        | Event::ShiftClosed { .. }
        | Event::KeyMade { .. }
        | Event::ShiftSealed { .. }
        | Event::CorrectionSealed { .. }
        | Event::LinesMoved { .. }
        | Event::OrderMerged { .. }
        | Event::OrderOpened { .. }
        | Event::FaceChanged { .. }
        | Event::OrderHanded { .. }
        | Event::Sent { .. }
        | Event::PaymentTaken { .. }
        | Event::PaymentReversed { .. }
        | Event::SaleCompleted { .. }
        | Event::Refunded { .. }
        | Event::BillPrinted { .. }
        | Event::Reprinted { .. }
        | Event::NoSale { .. }
        | Event::MenuChanged { .. }
        | Event::BarcodeBound { .. }
        | Event::TicketBumped { .. }
        | Event::TicketRecalled { .. }
        | Event::AvailabilitySet { .. }
        | Event::PromotionSwitched { .. }
        | Event::TipAdjusted { .. }
        | Event::StockMoved { .. }
        | Event::CustomerChanged { .. }
        | Event::MoneyReceived { .. }
        | Event::Printed { .. }
        | Event::JobDecided { .. }
        | Event::ReportPrinted { .. }
        | Event::Verified { .. }
        | Event::Backend { .. } => Vec::new(),
    }
}

/// Folds an event into its order.
pub(super) fn order(order: &mut Order, event: &Event, register: RegisterId, at: Stamp) {
    let Some((id, version)) = event.order() else { return };
    if id != order.id {
        return;
    }
    match event {
        Event::LineChanged { act, before, after, .. } => {
            let Some(line) = after.as_ref().or(before.as_ref()).map(|l| l.id) else { return };
            remember(order, version, *act == LineAct::Undone, Before::Line(line, before.clone()));
            put_line(order, line, after.as_deref());
            order.billed = false;
        }
        Event::FaceChanged { act, before, after, .. } => {
            // What the kitchen was told of courses is not taken back by a step.
            if *act != FaceAct::Course {
                remember(order, version, *act == FaceAct::Undone, Before::Face(before.clone()));
            }
            order.face = (**after).clone();
        }
        Event::OrderHanded { act, holder, server, .. } => hand(order, *act, holder.map(|h| h.staff), *server, register),
        Event::PaymentTaken { payment, .. } => {
            order.undo.clear();
            order.payments.push((**payment).clone());
        }
        Event::MoneyReceived { received } => order.deposits.push(received.payment.clone()),
        Event::LinesMoved { lines, face, part, next_line, deposits, .. } => {
            order.deposits.extend(deposits.iter().cloned());
            order.lines.clone_from(lines);
            order.face = (**face).clone();
            (order.part, order.next_line, order.billed) = (*part, *next_line, false);
            // A step back would undo half of what two orders did.
            order.undo.clear();
        }
        Event::PaymentReversed { payment, .. } => order.payments.retain(|p| p.id != payment.id),
        Event::BillPrinted { .. } => {
            order.bills += 1;
            order.billed = true;
        }
        Event::Sent { tickets, .. } => {
            for entry in tickets.iter().flat_map(|t| &t.entries) {
                if let Some(line) = order.lines.iter_mut().find(|l| l.id == entry.line) {
                    line.told = entry.now.clone().map(Box::new);
                }
            }
        }
        Event::StoreMade { .. }
        | Event::Started { .. }
        | Event::Stopped
        | Event::Upgraded { .. }
        | Event::ClockJumped { .. }
        | Event::Degraded { .. }
        | Event::StaffChanged { .. }
        | Event::PinSet { .. }
        | Event::BadgeBound { .. }
        | Event::BadgesRevoked { .. }
        | Event::WorkChanged { .. }
        | Event::SignedIn { .. }
        | Event::SignInFailed { .. }
        | Event::SignedOut { .. }
        | Event::OverrideFailed { .. }
        | Event::Overridden { .. }
        | Event::ShiftOpened { .. }
        | Event::CashMoved { .. }
        | Event::DrawerLocked { .. }
        | Event::DrawerShut { .. }
        | Event::XPrinted
        | Event::ShiftClosed { .. }
        | Event::KeyMade { .. }
        | Event::ShiftSealed { .. }
        | Event::CorrectionSealed { .. }
        | Event::OrderOpened { .. }
        | Event::Refunded { .. }
        | Event::SaleCompleted { .. }
        | Event::OrderMerged { .. }
        | Event::OrderAbandoned { .. }
        | Event::Reprinted { .. }
        | Event::NoSale { .. }
        | Event::MenuChanged { .. }
        | Event::BarcodeBound { .. }
        | Event::TicketBumped { .. }
        | Event::TicketRecalled { .. }
        | Event::AvailabilitySet { .. }
        | Event::PromotionSwitched { .. }
        | Event::TipAdjusted { .. }
        | Event::StockMoved { .. }
        | Event::CustomerChanged { .. }
        | Event::Printed { .. }
        | Event::JobDecided { .. }
        | Event::ReportPrinted { .. }
        | Event::Verified { .. }
        | Event::Backend { .. } => {}
    }
    order.version = version;
    order.changed = at;
}

fn hand(order: &mut Order, act: HandAct, staff: Option<StaffId>, server: StaffId, register: RegisterId) {
    // Put aside because somebody left, it follows them wherever they sign in next.
    order.left_by = order.holder.filter(|_| act == HandAct::Parked).map(|h| h.staff);
    order.holder = staff.map(|staff| crate::domain::order::Holder { register, staff });
    order.server = server;
    match act {
        HandAct::Held => {
            order.held = true;
            order.recalled = false;
            if order.live_lines().any(|l| l.round == order.round) {
                order.round += 1;
            }
        }
        // However it came to be aside, the cash key pressed by habit is meant for another one.
        HandAct::Recalled | HandAct::TakenOver | HandAct::Rescued => (order.recalled, order.held) = (true, false),
        HandAct::Parked | HandAct::Followed | HandAct::Given => {}
    }
}

/// Keeps what an undo would put back. Changes of one command share a version and make one step; an
/// undo takes its step away.
fn remember(order: &mut Order, version: u64, undone: bool, before: Before) {
    if undone {
        if order.version < version {
            order.undo.pop();
        }
        // The version is set by the first event of the command; later ones find it equal.
        order.version = version;
        return;
    }
    match order.undo.last_mut() {
        Some(step) if step.version == version => step.before.insert(0, before),
        _ => {
            order.undo.push(UndoStep { version, before: vec![before] });
            if order.undo.len() > Order::UNDO_STEPS {
                order.undo.remove(0);
            }
        }
    }
}

pub(super) fn put_line(order: &mut Order, id: crate::domain::ids::LineId, line: Option<&Line>) {
    let at = order.lines.iter().position(|l| l.id == id);
    match (at, line) {
        (Some(at), Some(line)) => order.lines[at] = line.clone(),
        (Some(at), None) => {
            order.lines.remove(at);
        }
        (None, Some(line)) => {
            let at = order.lines.partition_point(|l| l.id < id);
            order.lines.insert(at, line.clone());
            order.next_line = order.next_line.max(id.0 + 1);
            order.round = order.round.max(line.round);
        }
        (None, None) => {}
    }
}
