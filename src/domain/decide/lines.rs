//! Changing lines that were rung.

use crate::domain::catalogue::Catalogue;
use crate::domain::command::{Pick, PriceGiven, Ring};
use crate::domain::components::divided;
use crate::domain::decide::items::needs;
use crate::domain::decide::{Deciding, free_text};
use crate::domain::event::{Event, FaceAct, LineAct};
use crate::domain::ids::LineId;
use crate::domain::money::Money;
use crate::domain::options;
use crate::domain::order::{Before, Discount, DiscountKind, Face, Line, Order, PriceFrom, Unit, Void};
use crate::domain::quantity::Quantity;
use crate::domain::refusal::Refusal;
use crate::domain::sale::Sale;
use crate::domain::staff::Permission;

impl<'a> Deciding<'a, '_> {
    /// The order on screen and one of its lines that counts, ready to be changed.
    pub(super) fn line(&mut self, id: LineId) -> Result<(&'a Order, &'a Line), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.order()?;
        let line = order.line(id).ok_or(Refusal::NoLine)?;
        // Of what a line is made of nothing is changed by itself.
        let whole = line.component.map_or(Some(line), |component| order.line(component.of));
        Ok((order, whole.filter(|l| l.is_live()).ok_or(Refusal::NoLine)?))
    }

    pub(super) fn set_quantity(&mut self, id: LineId, quantity: Quantity, confirmed: bool) -> Result<(), Refusal> {
        let (order, line) = self.line(id)?;
        if quantity <= Quantity::ZERO {
            return Err(Refusal::ZeroQuantity);
        }
        if line.unit == Unit::Each && !quantity.is_whole() {
            return Err(Refusal::NotByWeight(line.name.clone()));
        }
        if line.unit == Unit::Kg && self.till.settings.scale {
            self.require(Permission::TypeWeight)?;
        }
        if quantity < line.quantity {
            let sent = quantity < order.sent(line);
            self.require(if sent { Permission::VoidSent } else { Permission::VoidLine })?;
        }
        let more = |l: &'a Line| (l.item.as_str(), divided(quantity - line.quantity, line.quantity, l.quantity));
        let needs: Vec<_> = std::iter::once(line).chain(order.components(id)).map(more).collect();
        self.check_all_available(&needs)?;
        let mut after = line.clone();
        after.quantity = quantity;
        if quantity > line.quantity {
            self.require_for_terms(None, &after)?;
        }
        self.check_quantity(&after, confirmed)?;
        let lines = self.followed(order, line, after);
        self.put_all(order, LineAct::Quantity, lines);
        Ok(())
    }

    pub(super) fn set_price(&mut self, id: LineId, price: Money, reason: &str, sure: bool) -> Result<(), Refusal> {
        let (order, line) = self.line(id)?;
        let mut after = line.clone();
        if line.price_from == PriceFrom::Open {
            let item = self.item(&line.item)?;
            self.check_bounds(item, price)?;
            // Less for what was made already is taken off what is due.
            if price < line.unit_price && line.told.is_some() {
                self.require(Permission::VoidSent)?;
            }
            after.menu_price = price;
        } else {
            let reason = self.reason(reason, &self.till.settings.reasons.price)?;
            after.price_from = self.overridden(&line.name, price, &reason, sure)?;
        }
        after.unit_price = price;
        if !after.amount().is_positive() {
            return Err(Refusal::ZeroPrice);
        }
        self.check_quantity(&after, sure)?;
        self.put(order, LineAct::Price, line, after);
        Ok(())
    }

    pub(super) fn set_note(
        &mut self,
        id: LineId,
        note: &str,
        put: fn(&mut Line, Option<String>),
    ) -> Result<(), Refusal> {
        let (order, line) = self.line(id)?;
        let note = free_text(note, 120)?;
        let mut after = line.clone();
        put(&mut after, (!note.is_empty()).then_some(note));
        self.put(order, LineAct::Note, line, after);
        Ok(())
    }

    pub(super) fn set_modifiers(&mut self, id: LineId, picks: &[Pick]) -> Result<(), Refusal> {
        let (order, line) = self.line(id)?;
        let item = self.item(&line.item)?;
        if item.groups.is_empty() {
            return Err(Refusal::NoModifiers(line.name.clone()));
        }
        let mut after = line.clone();
        after.modifiers = self.modifiers(item, Some(picks), &order.face)?;
        if !after.amount().is_positive() {
            return Err(Refusal::ZeroPrice);
        }
        self.check_quantity(&after, true)?;
        self.put_composed(order, line, after)
    }

    /// Voids a line that was not made, or writes off one that was made or spoiled.
    pub(super) fn void_line(&mut self, id: LineId, reason: &str, wasted: bool) -> Result<(), Refusal> {
        let (order, line) = self.line(id)?;
        let after_sending = std::iter::once(line).chain(order.components(line.id)).any(|l| l.told.is_some());
        let mut by = self.require(if after_sending { Permission::VoidSent } else { Permission::VoidLine })?;
        let reasons = &self.till.settings.reasons;
        if wasted {
            by = self.require(Permission::Waste)?;
        }
        let reason = self.reason(reason, if wasted { &reasons.waste } else { &reasons.void })?;
        let mut after = line.clone();
        after.void = Some(Void { reason, by, at: self.ctx.now, after_sending, wasted });
        self.put(order, LineAct::Voided, line, after);
        Ok(())
    }

    /// Rings the lines of the last round again, at today's prices: of the order on screen, or of
    /// the last sale when there is none.
    pub(super) fn repeat_round(&mut self) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        self.shift()?;
        let last: &[Line] = match (self.till.current(), &self.till.last_sale) {
            (Some(order), _) => &order.lines,
            (None, Some(sale)) => &sale.lines,
            (None, None) => return Err(Refusal::NothingToRepeat),
        };
        let last = last.iter().filter(|l| l.is_live() && l.is_rung() && !l.charge);
        let round = last.clone().map(|l| l.round).max().ok_or(Refusal::NothingToRepeat)?;
        let again: Vec<&Line> = last.filter(|l| l.round == round).collect();
        self.ring_all(&again, round)
    }

    /// Rings what the order's customer had last, at today's prices; what is not to be had any more is left out.
    pub(super) fn as_last_time(&mut self, found: Option<&Sale>) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        self.shift()?;
        let order = self.order()?;
        order.face.customer.ok_or(Refusal::WhoseLastTime)?;
        let last = found.ok_or(Refusal::NothingToRepeat)?;
        let there = |line: &Line| {
            let item = self.till.catalogue.item(&line.item);
            item.is_some() && self.check_available(&line.item, line.quantity).is_ok()
        };
        let made_of = |whole: &Line| {
            let of = whole.id;
            last.lines.iter().filter(move |line| line.component.is_some_and(|component| component.of == of))
        };
        let rung = last.lines.iter().filter(|line| line.is_live() && line.is_rung() && !line.charge);
        let again: Vec<&Line> = rung.filter(|line| there(line) && made_of(line).all(&there)).collect();
        if again.is_empty() {
            return Err(Refusal::NothingToRepeat);
        }
        self.ring_all(&again, order.round)
    }

    /// Rings lines again, behind those of the order on screen; `round` is theirs there.
    fn ring_all(&mut self, again: &[&Line], round: u32) -> Result<(), Refusal> {
        let (order, version) = self.order_to_ring_on()?;
        let next_round = if order.lines.is_empty() { order.round } else { round + 1 };
        let mut id = order.next_line;
        for line in again {
            let ring = ring_again(&self.till.catalogue, line);
            let new = self.lines_for(&ring, &order.face, LineId(id), next_round)?;
            self.check_all_available(&needs(&new))?;
            id += new.len() as u32;
            if order.lines.len() + (id - order.next_line) as usize > Order::MAX_LINES {
                return Err(Refusal::TooManyLines(Order::MAX_LINES));
            }
            for new in new {
                // What was said about it holds for the same again.
                let (course, customer_note) = match new.is_rung() {
                    true => (line.course, line.customer_note.clone()),
                    false => (new.course, None),
                };
                let kitchen_note = line.kitchen_note.clone();
                let new = Line { kitchen_note, customer_note, seat: line.seat, course, ..new };
                self.change_line(order.id, version, LineAct::Added, None, Some(new));
            }
        }
        Ok(())
    }

    pub(super) fn undo(&mut self) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.order()?;
        let step = order.undo.last().ok_or(Refusal::NothingToUndo)?;
        let version = order.version + 1;
        for before in &step.before {
            match before {
                Before::Line(id, former) => {
                    let now = order.line(*id);
                    if let Some(former) = former {
                        self.require_for_terms(now, former)?;
                    }
                    if takes_away(now, former.as_deref()) {
                        let kept = former.as_deref().map_or(Quantity::ZERO, |l| l.quantity);
                        let sent = now.is_some_and(|l| l.sent() > kept);
                        self.require(if sent { Permission::VoidSent } else { Permission::VoidLine })?;
                    } else if let Some(former) = former {
                        let held = now.filter(|l| l.is_live()).map_or(Quantity::ZERO, |l| l.quantity);
                        self.check_available(&former.item, former.quantity - held)?;
                    }
                    // What stations were told stands, whatever else is put back.
                    let told = now.and_then(|l| l.told.clone());
                    let former = former.as_deref().map(|l| Line { told, ..l.clone() });
                    self.change_line(order.id, version, LineAct::Undone, now, former);
                }
                Before::Face(face) => {
                    let courses = order.face.courses.clone();
                    let face = Box::new(Face { courses, ..(**face).clone() });
                    if face.discounts.iter().any(|d| !order.face.discounts.contains(d)) {
                        self.require(Permission::DiscountOrder)?;
                    }
                    if face.limit > order.face.limit {
                        self.require(Permission::ExceedLimit)?;
                    }
                    if face.waived.is_some() && order.face.waived.is_none() {
                        self.require(Permission::WaiveService)?;
                    }
                    for table in face.takes(Some(&order.face)) {
                        self.check_alone(table, Some(order))?;
                    }
                    self.events.push(Event::FaceChanged {
                        order: order.id,
                        version,
                        act: FaceAct::Undone,
                        before: Box::new(order.face.clone()),
                        after: face,
                    });
                }
            }
        }
        Ok(())
    }

    /// What somebody allowed for a line as it was, its price or its share off, is not allowed for
    /// more of it, nor when it comes back: what the terms of `wanted` need beyond those of `now` is
    /// needed again.
    fn require_for_terms(&mut self, now: Option<&Line>, wanted: &Line) -> Result<(), Refusal> {
        let price = |line: &Line| (line.price_from.clone(), line.unit_price);
        if matches!(wanted.price_from, PriceFrom::Override { .. }) && now.map(price) != Some(price(wanted)) {
            self.require(Permission::OverridePrice)?;
        }
        let amount = matches!(wanted.discount, Some(Discount { kind: DiscountKind::Amount(_), .. }));
        match &wanted.discount {
            // Whoever it was for has paid for it with points.
            Some(discount) if discount.points.is_some() => Ok(()),
            Some(discount) if now.map(|l| &l.discount) != Some(&wanted.discount) && !(amount && now.is_none()) => {
                self.require_to_give(discount, wanted.amount(), Permission::DiscountLine)
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Whether putting `former` back takes something off the order.
fn takes_away(now: Option<&Line>, former: Option<&Line>) -> bool {
    let gross = |line: Option<&Line>| line.map_or(Money::ZERO, Line::gross);
    gross(former) < gross(now)
}

/// What to ring for the same again: a price that was typed or read is asked from the menu anew,
/// but for open prices, which have no other.
fn ring_again(catalogue: &Catalogue, line: &Line) -> Ring {
    let price = match line.price_from {
        PriceFrom::Open => PriceGiven::Typed(line.unit_price),
        PriceFrom::Barcode => PriceGiven::Barcode(line.unit_price),
        PriceFrom::Level(_) | PriceFrom::Timed { .. } | PriceFrom::Override { .. } => PriceGiven::Menu,
    };
    Ring {
        item: line.item.clone(),
        quantity: Some(line.quantity),
        net: true,
        price,
        picks: Some(options::picks(catalogue, &line.item, &line.modifiers)),
        confirmed: true,
    }
}
