//! Sending to the kitchen. Whatever an act takes away from what the kitchen is making, or changes
//! about it, is told in the same act, whichever act it is; what is new waits to be sent.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::course::{self, CourseState, Firing, Waiting};
use crate::domain::decide::Deciding;
use crate::domain::event::{Event, FaceAct, HandAct};
use crate::domain::evolve;
use crate::domain::ids::OrderId;
use crate::domain::kitchen::{self, Dish, Entry, Head, News, Told};
use crate::domain::order::{Line, Order};
use crate::domain::refusal::Refusal;
use crate::domain::staff::Permission;

/// An order as an act finds it and leaves it.
pub(super) struct Touched<'a> {
    id: OrderId,
    /// As it was; none where it was opened by the act.
    pub(super) before: Option<&'a Order>,
    /// As it is left.
    pub(super) after: Order,
    /// Whether it is gone afterwards without having been settled.
    pub(super) thrown_away: bool,
}

impl<'a> Deciding<'a, '_> {
    /// Sends what was not sent yet.
    pub(super) fn send(&mut self) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.order()?;
        if order.is_empty() {
            return Err(Refusal::EmptyOrder);
        }
        self.check_asked(order)?;
        self.check_deposit(order)?;
        let touched = self.touched(order.id).into_iter().map(|touched| (touched, true)).collect();
        self.tell_of(touched);
        if self.has_told(order.id) {
            return Ok(());
        }
        let course = |waiting: Waiting| self.till.settings.kitchen.courses.name(waiting.course);
        Err(order.waiting().map(course).map_or(Refusal::NothingToSend, Refusal::CourseWaits))
    }

    fn has_told(&self, id: OrderId) -> bool {
        self.events.iter().any(|event| matches!(event, Event::Sent { order, .. } if *order == id))
    }

    /// Fires courses: they are to be made now.
    pub(super) fn fire(&mut self, which: Firing) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.order()?;
        let mut courses = order.unfired();
        match which {
            Firing::Next => courses = courses.first().copied().into_iter().collect(),
            Firing::One(course) => courses.retain(|one| *one == course),
            Firing::All => {}
        }
        if courses.is_empty() {
            return Err(Refusal::NothingToFire);
        }
        let fired = Some(CourseState::Fired(self.ctx.now));
        let face = courses.into_iter().fold(order.face.clone(), |face, course| face.with_course(course, fired));
        self.change_face(order, FaceAct::Course, face);
        Ok(())
    }

    /// Holds a course back, or lets it wait its turn again.
    pub(super) fn hold_course(&mut self, course: u8) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.order()?;
        let name = self.till.settings.kitchen.courses.name(course);
        if order.face.is_fired(course) {
            return Err(Refusal::CourseFired(name));
        }
        if !order.unfired().contains(&course) {
            return Err(Refusal::NoCourse(name));
        }
        let held = order.face.course(course).is_none().then_some(CourseState::Held);
        self.change_face(order, FaceAct::Course, order.face.clone().with_course(course, held));
        Ok(())
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
        if !ids.iter().any(|id| self.sends_all(*id) || self.fires(*id) || concerns(id)) {
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

    /// Whether a course of an order was fired.
    fn fires(&self, id: OrderId) -> bool {
        let fires =
            |event: &Event| matches!(event, Event::FaceChanged { order, act: FaceAct::Course, .. } if *order == id);
        self.events.iter().any(fires)
    }

    /// Whether an order was settled: all of it is to be made.
    fn is_settled(&self, id: OrderId) -> bool {
        self.events.iter().any(|event| matches!(event, Event::SaleCompleted { sale, .. } if sale.order == id))
    }

    /// An order with the events so far.
    pub(super) fn touched(&self, id: OrderId) -> Option<Touched<'a>> {
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
        let mut numbers: BTreeMap<String, u32> = self.till.tickets.clone();
        let mut arrived = arrivals(&touched);
        for (mut order, all) in touched {
            let fired = self.newly_fired(&order);
            let settled = self.is_settled(order.id);
            let sent =
                if all && !settled { order.after.face_when_sent(self.ctx.now) } else { order.after.face.clone() };
            let before = std::mem::replace(&mut order.after.face, sent);
            let mut told: Vec<Told> = gone(&order, &mut arrived);
            if !order.thrown_away {
                let sending = Sending { all, settled, fired };
                told.extend(order.after.lines.iter().filter_map(|line| self.told(&order.after, line, &sending)));
            }
            let news = if settled || order.thrown_away { Vec::new() } else { self.news(&order) };
            let told_of = if news.is_empty() { BTreeSet::new() } else { stations_of(&order.after) };
            if told.is_empty() && told_of.is_empty() {
                continue;
            }
            told.sort_by_key(|t| (t.entry.course(), t.entry.line));
            let tickets = kitchen::tickets(&told, &told_of, &self.till.settings, &mut numbers);
            let head = Head { news, ..self.head(&order.after, &told, settled) };
            let mut at = self.end_of(order.id);
            let version = self.version_at(at, &order);
            let order_id = order.id;
            if before != order.after.face {
                let (before, after) = (Box::new(before), Box::new(order.after.face));
                let fired = Event::FaceChanged { order: order_id, version, act: FaceAct::Course, before, after };
                self.events.insert(at, fired);
                at += 1;
            }
            self.events.insert(at, Event::Sent { order: order_id, version, head, tickets });
        }
    }

    /// What is told of a line: what a send or its course's turn brings, and what is changed about what
    /// somebody is making.
    fn told(&self, order: &Order, line: &Line, sending: &Sending) -> Option<Told> {
        let settings = &self.till.settings;
        let fires = line.course.is_some_and(|course| sending.fired.contains(&course));
        let sends = sending.settled || order.face.sends(line, &settings.kitchen.courses);
        let told = kitchen::told(line, &kitchen::place(order, settings), (sending.all && sends) || fires);
        // The stations know the dish: now it is to be made.
        told.or_else(|| {
            let dish = line.told.as_deref().filter(|_| fires && line.is_live())?.clone();
            let entry = Entry { line: line.id, was: Some(dish.clone()), now: Some(dish), made_at: Vec::new() };
            Some(Told { stations: line.stations.clone(), entry })
        })
    }

    /// The courses that this act has fired, and of which the kitchen was not told yet.
    fn newly_fired(&self, order: &Touched<'_>) -> BTreeSet<u8> {
        if self.has_told(order.id) || !self.fires(order.id) {
            return BTreeSet::new();
        }
        let before = order.before.map(|order| order.face.fired()).unwrap_or_default();
        order.after.face.fired().difference(&before).copied().collect()
    }

    fn head(&self, order: &Order, told: &[Told], settled: bool) -> Head {
        let dishes = told.iter().flat_map(|t| t.entry.was.iter().chain(&t.entry.now));
        let courses: BTreeSet<u8> = dishes.filter_map(|dish| dish.course).collect();
        let rules = &self.till.settings.kitchen.courses;
        Head {
            place: kitchen::place(order, &self.till.settings),
            name: order.face.name.clone(),
            covers: order.face.covers,
            due: order.face.due,
            server: self.till.name_of(order.server).to_owned(),
            courses: courses.into_iter().map(|c| course::on_ticket(c, &order.face, rules, settled)).collect(),
            news: Vec::new(),
        }
    }

    /// What an act has changed about an order that is no matter of a dish: who serves it, which tables it has.
    fn news(&self, order: &Touched<'_>) -> Vec<News> {
        let Some(before) = order.before else { return Vec::new() };
        let after = &order.after;
        let name = |staff| self.till.name_of(staff).to_owned();
        let server =
            (before.server != after.server).then(|| News::Server { was: name(before.server), now: name(after.server) });
        let tables = |order: &Order| order.face.table.iter().chain(&order.face.joined).cloned().collect();
        let joined =
            (before.face.joined != after.face.joined).then(|| News::Tables { was: tables(before), now: tables(after) });
        server.into_iter().chain(joined).collect()
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

/// The stations that have something of an order to make.
fn stations_of(order: &Order) -> BTreeSet<String> {
    order.live_lines().filter(|line| line.told.is_some()).flat_map(|line| line.stations.clone()).collect()
}

/// What of an order is told.
struct Sending {
    /// All that was not sent yet.
    all: bool,
    /// All of it, since it is settled.
    settled: bool,
    /// The courses that are fired.
    fired: BTreeSet<u8>,
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
