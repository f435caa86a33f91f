//! Sending to the kitchen. Whatever an act takes away from what the kitchen is making, or changes
//! about it, is told in the same act, whichever act it is; what is new waits to be sent.

use std::collections::BTreeMap;

use crate::domain::decide::Deciding;
use crate::domain::event::{Event, HandAct};
use crate::domain::evolve;
use crate::domain::ids::OrderId;
use crate::domain::kitchen::{self, Dish, Entry, Head, Told};
use crate::domain::order::Order;
use crate::domain::refusal::Refusal;
use crate::domain::staff::Permission;

/// An order as an act finds it and leaves it.
struct Touched<'a> {
    id: OrderId,
    before: Option<&'a Order>,
    after: Order,
    /// Whether it is gone afterwards without having been settled.
    thrown_away: bool,
}

impl<'a> Deciding<'a, '_> {
    /// Sends what was not sent yet.
    pub(super) fn send(&mut self) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.order()?;
        if order.is_empty() {
            return Err(Refusal::EmptyOrder);
        }
        let touched = self.touched(order.id).into_iter().map(|touched| (touched, true)).collect();
        self.tell_of(touched);
        let sent = self.events.iter().any(|e| matches!(e, Event::Sent { .. }));
        if sent { Ok(()) } else { Err(Refusal::NothingToSend) }
    }

    /// Adds to the events what the kitchen has to be told of them.
    pub(super) fn tell_kitchen(&mut self) {
        let mut ids: Vec<OrderId> = Vec::new();
        for (id, _) in self.events.iter().filter_map(Event::order) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        let knows = |order: &Order| order.lines.iter().any(|l| l.told.is_some());
        let concerns = |id: &OrderId| self.till.orders.get(id).is_some_and(knows);
        if !ids.iter().any(|id| self.sends_all(*id) || concerns(id)) {
            return;
        }
        let touched = ids.into_iter().filter_map(|id| Some((self.touched(id)?, self.sends_all(id)))).collect();
        self.tell_of(touched);
    }

    /// Whether what was done to an order sends by itself what of it was not sent yet.
    fn sends_all(&self, id: OrderId) -> bool {
        let rules = &self.till.settings.kitchen;
        self.events.iter().any(|event| match event {
            Event::PaymentTaken { order, .. } => *order == id && rules.send_at_payment,
            Event::SaleCompleted { sale, .. } => sale.order == id && rules.send_at_payment,
            Event::OrderHanded { order, act: HandAct::Held, .. } => *order == id && rules.send_on_hold,
            _ => false,
        })
    }

    fn touched(&self, id: OrderId) -> Option<Touched<'a>> {
        let before = self.till.orders.get(&id);
        let mut after = before.cloned();
        let mut thrown_away = false;
        for event in &self.events {
            match event {
                Event::OrderOpened { order } if order.id == id => after = Some((**order).clone()),
                Event::OrderAbandoned { order, .. } if *order == id => thrown_away = true,
                event => {
                    if let Some(order) = &mut after {
                        evolve::order(order, event, self.till.register, self.ctx.now);
                    }
                }
            }
        }
        Some(Touched { id, before, after: after?, thrown_away })
    }

    /// Tells the kitchen of orders, each with whether all that was not sent yet goes now.
    fn tell_of(&mut self, mut touched: Vec<(Touched<'_>, bool)>) {
        // Tickets are numbered in the order in which they are recorded.
        touched.sort_by_key(|(order, _)| self.end_of(order.id));
        let settings = &self.till.settings;
        let mut numbers: BTreeMap<String, u32> = self.till.tickets.clone();
        let mut arrived = arrivals(&touched);
        for (order, all) in &touched {
            let place = kitchen::place(&order.after, settings);
            let mut told: Vec<Told> = gone(order, &mut arrived);
            if !order.thrown_away {
                told.extend(order.after.lines.iter().filter_map(|line| kitchen::told(line, &place, *all)));
            }
            if told.is_empty() {
                continue;
            }
            told.sort_by_key(|t| t.entry.line);
            let tickets = kitchen::tickets(&told, settings, &mut numbers);
            let face = &order.after.face;
            let head = Head {
                place,
                name: face.name.clone(),
                covers: face.covers,
                server: self.till.name_of(order.after.server).to_owned(),
            };
            let at = self.end_of(order.id);
            let version = self.version_at(at, order);
            self.events.insert(at, Event::Sent { order: order.id, version, head, tickets });
        }
    }

    /// Where among the events an order ends, before which the kitchen is told.
    fn end_of(&self, id: OrderId) -> usize {
        let ends = |event: &Event| match event {
            Event::SaleCompleted { sale, .. } => sale.order == id,
            Event::OrderAbandoned { order, .. } | Event::OrderHanded { order, .. } => *order == id,
            _ => false,
        };
        self.events.iter().position(ends).unwrap_or(self.events.len())
    }

    /// The version that an event of an order has in this place: that of the act it belongs to.
    fn version_at(&self, at: usize, order: &Touched<'_>) -> u64 {
        let of_it = |event: &Event| event.order().filter(|(id, _)| *id == order.id).map(|(_, version)| version);
        let (before, after) = self.events.split_at(at);
        let made = before.iter().rev().find_map(of_it).or_else(|| after.iter().find_map(of_it));
        made.unwrap_or(order.after.version + 1)
    }
}

/// What stations know of that came into an order from another one.
fn arrivals(touched: &[(Touched<'_>, bool)]) -> Vec<Dish> {
    let known = |order: Option<&Order>, line| order.as_ref().is_some_and(|o| o.line(line).is_some());
    let lines = touched.iter().flat_map(|(t, _)| t.after.lines.iter().filter(|l| !known(t.before, l.id)));
    lines.filter_map(|l| l.told.as_deref().cloned()).collect()
}

/// Lines that stations know of and that are no longer there, nor in another order.
fn gone(order: &Touched<'_>, arrived: &mut Vec<Dish>) -> Vec<Told> {
    let before = order.before.iter().flat_map(|o| &o.lines);
    let lines = before.filter(|l| order.thrown_away || order.after.line(l.id).is_none());
    let mut gone = Vec::new();
    for line in lines {
        let Some(was) = line.told.as_deref() else { continue };
        match arrived.iter().position(|dish| dish == was) {
            Some(at) => {
                arrived.swap_remove(at);
            }
            None => gone.push(Told {
                stations: line.stations.clone(),
                entry: Entry { line: line.id, was: Some(was.clone()), now: None, made_at: Vec::new() },
            }),
        }
    }
    gone
}
