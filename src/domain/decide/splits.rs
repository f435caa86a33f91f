//! One order on several bills, bills together again, and orders merged.

use crate::domain::command::Command;
use crate::domain::decide::Deciding;
use crate::domain::event::{Event, FaceAct, LineAct, LinesAct};
use crate::domain::ids::{LineId, OrderId};
use crate::domain::money::Money;
use crate::domain::order::{DiscountKind, Face, Line, Order};
use crate::domain::refusal::Refusal;
use crate::domain::sale::LineTotals;
use crate::domain::settings::Settings;
use crate::domain::split::{self, Marked, Part, SplitBy, SplitProblem};
use crate::domain::staff::Permission;
use crate::domain::totals;

impl<'a> Deciding<'a, '_> {
    pub(super) fn split(&mut self, by: &SplitBy) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.unpaid_order()?;
        self.check_asked(order)?;
        // What is given now is told first: bills hold what they were given.
        if self.promotions_have_changed(order) {
            return Ok(());
        }
        for part in self.divide(order, by)? {
            let version = part.version;
            self.events.push(Event::OrderOpened { order: Box::new(Order { version, held: true, ..part }) });
        }
        Ok(())
    }

    /// Pays lines of the order on screen as a bill of their own; the rest stays as it is.
    pub(super) fn pay_lines(&mut self, marked: &[Marked], pay: &Command) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let Command::Pay { tender, tendered, tip, reference, confirmed } = pay else {
            return Err(Refusal::NothingToSplit);
        };
        let order = self.unpaid_order()?;
        self.check_asked(order)?;
        if self.promotions_have_changed(order) {
            return Ok(());
        }
        let all =
            order.rung_lines().all(|l| marked.iter().any(|(id, q)| *id == l.id && q.is_none_or(|q| q == l.quantity)));
        if all {
            return self.pay(tender, *tendered, *tip, reference, *confirmed);
        }
        for part in self.divide(order, &SplitBy::Lines(marked.to_vec()))? {
            self.events.push(Event::OrderOpened { order: Box::new(part.clone()) });
            self.pay_on(&part, tender, *tendered, *tip, reference, *confirmed)?;
        }
        let settled = self.events.iter().any(|e| matches!(e, Event::SaleCompleted { .. }));
        if settled { Ok(()) } else { Err(Refusal::MarkedInFull) }
    }

    /// Takes lines out of an order; gives the new orders that hold them, which nobody has opened yet.
    fn divide(&mut self, order: &Order, by: &SplitBy) -> Result<Vec<Order>, Refusal> {
        self.check_spent(order, None)?;
        let mut bills = split::divide(order, by, &self.till.settings).map_err(problem)?;
        let first = bills.remove(0);
        let whole = order.party();
        let taken = self.bills_of(whole).into_iter().filter_map(|o| o.part.map(|p| p.number)).max();
        let charge = bills.iter().flatten().chain(&first).any(|line| line.charge);
        let next_line = order.next_line + u32::from(charge);
        let mut parts = Vec::new();
        for (number, lines) in (taken.unwrap_or(1) + 1..).zip(bills) {
            parts.push(Order {
                id: OrderId(self.ctx.ids.next()),
                version: 1,
                changed: self.ctx.now,
                holder: None,
                left_by: None,
                held: false,
                recalled: false,
                part: Some(Part { whole, number }),
                // People are counted once, with the order they came with; its tables are theirs until all is paid.
                face: Face { covers: None, ..order.face.clone() },
                lines,
                payments: Vec::new(),
                // What was paid beforehand stays with the first bill.
                deposits: Vec::new(),
                bills: 0,
                billed: false,
                undo: Vec::new(),
                next_line,
                ..order.clone()
            });
        }
        let lines = with_voided(order, first);
        let part = Some(order.part.unwrap_or(Part { whole, number: 1 }));
        let with = parts.iter().map(|part| part.id).collect();
        let face = Box::new(order.face.clone());
        let (order, version) = (order.id, order.version + 1);
        self.events.push(Event::LinesMoved {
            order,
            version,
            act: LinesAct::Split,
            with,
            lines,
            face,
            part,
            next_line,
            deposits: Vec::new(),
        });
        Ok(parts)
    }

    /// The open bills of what was one order.
    pub(super) fn bills_of(&self, whole: OrderId) -> Vec<&'a Order> {
        self.till.orders.values().filter(|o| o.part.is_some_and(|part| part.whole == whole)).collect()
    }

    /// Moves lines of the order on screen into another one.
    pub(super) fn move_lines(&mut self, marked: &[Marked], to: OrderId) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.unpaid_order()?;
        let other = self.other(order, to)?;
        if moves_all(order, marked) {
            return Err(Refusal::MovesAll(other.number));
        }
        self.move_into(order, marked, other)
    }

    /// Moves lines of the order on screen to a table where nobody sits: an order is opened there for them. Where
    /// nothing would stay, the order itself moves.
    pub(super) fn move_lines_to_table(&mut self, marked: &[Marked], name: &str) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.unpaid_order()?;
        if moves_all(order, marked) {
            return self.move_table(Some(name), false);
        }
        let table = self.table(name)?;
        self.check_alone(&table, None)?;
        self.check_spent(order, None)?;
        let other = self.new_order(Face { table: Some(table), ..self.till.settings.new_face() })?;
        if other.face.order_type != order.face.order_type {
            return Err(Refusal::OtherType(other.number));
        }
        let other = Order { holder: None, held: true, ..other };
        self.events.push(Event::OrderOpened { order: Box::new(other.clone()) });
        self.move_into(order, marked, &other)
    }

    fn move_into(&mut self, order: &Order, marked: &[Marked], other: &Order) -> Result<(), Refusal> {
        if order.party() == other.party() {
            let by = SplitBy::Lines(marked.to_vec());
            let bills = split::divide(order, &by, &self.till.settings).map_err(problem)?;
            return self.hand_over(order, bills, &[other]);
        }
        if order.lines.iter().any(|line| line.held().is_some()) {
            return Err(Refusal::Divided);
        }
        let fixed = |line: &&Line| {
            let discount = line.discount.as_ref().map(|discount| discount.kind);
            let is_piece = marked.iter().any(|(id, q)| *id == line.id && q.is_some_and(|q| q < line.quantity));
            is_piece && matches!(discount, Some(DiscountKind::Amount(_) | DiscountKind::Price(_)))
        };
        if let Some(line) = order.live_lines().find(fixed) {
            return Err(Refusal::MovesWhole(line.name.clone()));
        }
        let (rest, mut taken) = split::taken(order, marked, self.till.settings.rounding).map_err(problem)?;
        for line in &mut taken {
            // A seat is one at its own table; and what is being made waits for no course of the other one.
            line.seat = None;
            let is_made = |course: &u8| line.told.is_some() && order.face.is_fired(*course);
            line.course = line.course.filter(|course| !is_made(course) || other.face.is_fired(*course));
        }
        self.moved(order, rest, order.next_line, &[other]);
        self.receive(order, &taken, other)
    }

    /// Shares a line of the order on screen among all open bills of what was one order.
    pub(super) fn share_line(&mut self, line: LineId) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.unpaid_order()?;
        let whole = order.part.ok_or(Refusal::NotDivided)?.whole;
        let mut others: Vec<&Order> = self.bills_of(whole).into_iter().filter(|o| o.id != order.id).collect();
        others.sort_by_key(|o| o.part.map(|part| part.number));
        let others: Vec<&Order> = others.into_iter().map(|o| self.other(order, o.id)).collect::<Result<_, _>>()?;
        let parts = u16::try_from(others.len() + 1).unwrap_or(u16::MAX);
        if parts < 2 {
            return Err(Refusal::NotDivided);
        }
        let bills = split::divide(order, &SplitBy::Line(line, parts), &self.till.settings).map_err(problem)?;
        self.hand_over(order, bills, &others)
    }

    /// An order that lines of the one on screen can go to.
    fn other(&self, order: &Order, id: OrderId) -> Result<&'a Order, Refusal> {
        let other = self.till.orders.get(&id).filter(|o| o.id != order.id).ok_or(Refusal::OrderGone)?;
        if other.face.order_type != order.face.order_type {
            return Err(Refusal::OtherType(other.number));
        }
        self.check_free(other)?;
        self.check_spent(order, None)?;
        Ok(other)
    }

    /// Whether lines of an order can be counted with others: nobody else has it on screen, and nothing of it is paid.
    fn check_free(&self, other: &Order) -> Result<(), Refusal> {
        if let Some(holder) = other.holder.filter(|holder| self.is_busy(*holder)) {
            return Err(self.held_by(other, holder));
        }
        if !other.payments.is_empty() {
            return Err(Refusal::PartPaid(self.show(other.paid())));
        }
        self.check_spent(other, None)
    }

    /// What was cut off an order goes to others, a bill to each; the first is what stays.
    fn hand_over(&mut self, order: &Order, mut bills: Vec<Vec<Line>>, others: &[&Order]) -> Result<(), Refusal> {
        let first = bills.remove(0);
        let charge = bills.iter().flatten().chain(&first).any(|line| line.charge);
        self.moved(order, first, order.next_line + u32::from(charge), others);
        for (lines, other) in bills.into_iter().zip(others) {
            let part = Order { lines, ..order.clone() };
            let (all, next_line) = self.joined(other, &[&part]);
            self.received(order, all, other, next_line)?;
        }
        Ok(())
    }

    fn moved(&mut self, order: &Order, rest: Vec<Line>, next_line: u32, others: &[&Order]) {
        let with = others.iter().map(|o| o.id).collect();
        self.lines_moved(order, with, with_voided(order, rest), next_line);
    }

    fn receive(&mut self, order: &Order, lines: &[Line], other: &Order) -> Result<(), Refusal> {
        let mut all = other.lines.clone();
        let next_line = split::together(&mut all, lines, other.next_line);
        self.received(order, all, other, next_line)
    }

    fn received(&mut self, order: &Order, all: Vec<Line>, other: &Order, next_line: u32) -> Result<(), Refusal> {
        if all.len() > Order::MAX_LINES {
            return Err(Refusal::TooManyLines(Order::MAX_LINES));
        }
        self.lines_moved(other, vec![order.id], all, next_line);
        Ok(())
    }

    fn lines_moved(&mut self, order: &Order, with: Vec<OrderId>, lines: Vec<Line>, next_line: u32) {
        self.events.push(Event::LinesMoved {
            order: order.id,
            version: order.version + 1,
            act: LinesAct::Moved,
            with,
            lines,
            face: Box::new(order.face.clone()),
            part: order.part,
            next_line,
            deposits: Vec::new(),
        });
    }

    /// Brings the open bills of the order on screen together again.
    pub(super) fn unsplit(&mut self) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.unpaid_order()?;
        let whole = order.part.ok_or(Refusal::NotDivided)?.whole;
        let mut others: Vec<&Order> = self.bills_of(whole).into_iter().filter(|o| o.id != order.id).collect();
        if others.is_empty() {
            return Err(Refusal::NotDivided);
        }
        others.sort_by_key(|o| o.part.map(|part| part.number));
        self.bring_in(order, &others, LinesAct::Unsplit)
    }

    /// Brings the lines of another order into the one on screen.
    pub(super) fn merge(&mut self, id: OrderId) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.unpaid_order()?;
        let other = self.till.orders.get(&id).filter(|o| o.id != order.id).ok_or(Refusal::OrderGone)?;
        if other.face.order_type != order.face.order_type {
            return Err(Refusal::OtherType(other.number));
        }
        self.bring_in(order, &[other], LinesAct::Merged)
    }

    /// The lines of an order with those of others that come into it, and the next free number: counted anew where that
    /// comes to what each of them came to. Else what the others came to is held; and where the order itself would then
    /// come to something else, what it came to as well.
    fn joined(&self, order: &Order, others: &[&Order]) -> (Vec<Line>, u32) {
        let settings = &self.till.settings;
        let together = |hold_order: bool, hold_others: bool| {
            let lines = |order: &Order, hold: bool| if hold { held(order, settings) } else { order.lines.clone() };
            let mut all = lines(order, hold_order);
            // The service charge, which is a line from now on, has the number that was free.
            let mut next = all.iter().map(|line| line.id.0 + 1).fold(order.next_line, u32::max);
            for other in others {
                next = split::together(&mut all, &lines(other, hold_others), next);
            }
            (all, next)
        };
        let count = |order: &Order| totals::of(order, settings).total;
        let sum = count(order) + others.iter().map(|other| count(other)).sum::<Money>();
        let comes_to_it = |(lines, next_line): &(Vec<Line>, u32)| {
            count(&Order { lines: lines.clone(), next_line: *next_line, ..order.clone() }) == sum
        };
        let mut ways = [(false, false), (false, true)].into_iter().map(|(order, others)| together(order, others));
        ways.find(comes_to_it).unwrap_or_else(|| together(true, true))
    }

    fn bring_in(&mut self, order: &Order, others: &[&Order], act: LinesAct) -> Result<(), Refusal> {
        others.iter().try_for_each(|other| self.check_free(other))?;
        let (lines, next_line) = self.joined(order, others);
        let mut face = order.face.clone();
        let deposits = others.iter().flat_map(|other| other.deposits.clone()).collect();
        for other in others {
            if act == LinesAct::Merged {
                face.covers = match (face.covers, other.face.covers) {
                    (Some(ours), Some(theirs)) => Some(ours.saturating_add(theirs)),
                    (ours, theirs) => ours.or(theirs),
                };
                face.name = face.name.or_else(|| other.face.name.clone());
                face.customer = face.customer.or(other.face.customer);
                face.allergies = match (face.allergies, &other.face.allergies) {
                    (Some(ours), Some(theirs)) if ours != *theirs => Some(format!("{ours}, {theirs}")),
                    (ours, theirs) => ours.or_else(|| theirs.clone()),
                };
            } else {
                face.covers = face.covers.or(other.face.covers);
            }
        }
        if lines.len() > Order::MAX_LINES {
            return Err(Refusal::TooManyLines(Order::MAX_LINES));
        }
        let lines = split::freed(Order { lines, next_line, face: face.clone(), ..order.clone() }, &self.till.settings);
        let alone = act == LinesAct::Unsplit && lines.iter().all(|line| line.share.is_none());
        let part = order.part.filter(|_| !alone);
        let with = others.iter().map(|o| o.id).collect();
        let (id, version) = (order.id, order.version + 1);
        let face = Box::new(face);
        self.events.push(Event::LinesMoved { order: id, version, act, with, lines, face, part, next_line, deposits });
        for other in others {
            let (order, version, was) = (other.id, other.version + 1, Box::new((*other).clone()));
            self.events.push(Event::OrderMerged { order, version, into: id, was });
        }
        Ok(())
    }

    /// What a line of a divided order comes to is held: whatever else is decided must not count it
    /// anew. Such an order is brought together first.
    pub(super) fn check_shares(&self) -> Result<(), Refusal> {
        let divided =
            |id: &OrderId| self.till.orders.get(id).is_some_and(|o| o.lines.iter().any(|line| line.held().is_some()));
        for event in &self.events {
            let counts_anew = match event {
                Event::LineChanged { act, before: Some(before), after: Some(after), .. } => {
                    let harmless = matches!(
                        act,
                        LineAct::Voided
                            | LineAct::Note
                            | LineAct::Seat
                            | LineAct::Course
                            | LineAct::Discount
                            | LineAct::Undone
                    );
                    // The service charge goes with all that is given away, and not by itself.
                    let given = after.discount.as_ref().is_some_and(|d| d.comp);
                    let charge = before.charge && (*act == LineAct::Voided || (*act == LineAct::Discount && !given));
                    (before.held().is_some() && !harmless) || charge
                }
                Event::FaceChanged { order, act: FaceAct::Type | FaceAct::Discount | FaceAct::Service, .. } => {
                    divided(order)
                }
                _ => false,
            };
            if counts_anew {
                let whole = event.order().and_then(|(id, _)| self.till.orders.get(&id)?.part).map(|part| part.whole);
                let alone = whole.is_none_or(|whole| self.bills_of(whole).len() < 2);
                return Err(if alone { Refusal::FixedForGood } else { Refusal::Divided });
            }
        }
        Ok(())
    }
}

/// The lines of an order as it would be sold now, with what each comes to held.
fn held(order: &Order, settings: &Settings) -> Vec<Line> {
    let totals = totals::of(order, settings).lines;
    let hold = |(line, totals): (Line, LineTotals)| {
        let share = split::Share { order: order.id, line: line.id, of: line.quantity, totals, divided: None };
        Line { share: line.share.clone().or(line.is_live().then(|| Box::new(share))), ..line }
    };
    totals::lines(order, settings).into_iter().zip(totals).map(hold).collect()
}

/// Whether nothing but the service charge would stay.
fn moves_all(order: &Order, marked: &[Marked]) -> bool {
    let all = |line: &Line| marked.iter().any(|(id, q)| *id == line.id && q.is_none_or(|q| q == line.quantity));
    order.rung_lines().filter(|line| !line.charge).all(all)
}

/// What stays of an order, with its voided lines.
fn with_voided(order: &Order, lines: Vec<Line>) -> Vec<Line> {
    let voided = order.lines.iter().filter(|line| !line.is_live()).cloned();
    let mut lines: Vec<Line> = lines.into_iter().chain(voided).collect();
    lines.sort_by_key(|line| line.id);
    lines
}

fn problem(problem: SplitProblem) -> Refusal {
    match problem {
        SplitProblem::Nothing => Refusal::NothingToSplit,
        SplitProblem::Parts => Refusal::SplitParts(split::MOST_PARTS),
        SplitProblem::Unsent => Refusal::SendFirst,
        SplitProblem::Quantity => Refusal::NoLine,
    }
}
