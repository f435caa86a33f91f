//! Selling an item: its price, its modifiers, its taxes, frozen into a line.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::domain::catalogue::{Availability, Item, Pricing};
use crate::domain::command::{PriceGiven, Ring};
use crate::domain::components::is_only_components;
use crate::domain::decide::Deciding;
use crate::domain::event::{Event, LineAct};
use crate::domain::ids::{LineId, OrderId};
use crate::domain::money::Money;
use crate::domain::order::{Face, Holder, Line, Order, PriceFrom, Unit};
use crate::domain::quantity::Quantity;
use crate::domain::refusal::Refusal;
use crate::domain::schedule::{self, Price};
use crate::domain::staff::Permission;
use crate::domain::stock::Use;

/// A price with what it is for one of.
pub(super) struct Priced {
    pub(super) unit: Unit,
    pub(super) quantity: Quantity,
    pub(super) menu_price: Money,
    pub(super) unit_price: Money,
    pub(super) from: PriceFrom,
}

impl<'a> Deciding<'a, '_> {
    pub(super) fn item(&self, code: &str) -> Result<&'a Item, Refusal> {
        self.till.catalogue.item(code).ok_or_else(|| Refusal::NoItem(code.to_owned()))
    }

    pub(super) fn ring(&mut self, ring: &Ring) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        self.shift()?;
        let (order, version) = self.order_to_ring_on()?;
        let lines = self.lines_for(ring, &order.face, LineId(order.next_line), order.round)?;
        self.check_all_available(&needs(&lines))?;
        let Some(line) = lines.first() else { return Ok(()) };
        if let Some(same) = last_same(&order, line) {
            let more = Line { quantity: same.quantity + line.quantity, ..same.clone() };
            self.check_quantity(&more, ring.confirmed)?;
            let lines = self.followed(&order, same, more);
            self.put_all(&order, LineAct::Again, lines);
            return Ok(());
        }
        if order.lines.len() + lines.len() > Order::MAX_LINES {
            return Err(Refusal::TooManyLines(Order::MAX_LINES));
        }
        self.check_quantity(line, ring.confirmed)?;
        for line in lines {
            self.change_line(order.id, version, LineAct::Added, None, Some(line));
        }
        Ok(())
    }

    /// Where a scale says what something weighs, typing it is a matter of trust. A weight that is net
    /// comes from a label, or was on the scale before.
    pub(super) fn type_weight(&mut self, ring: &Ring) -> Result<(), Refusal> {
        let weighed = matches!(self.item(&ring.item)?.pricing, Pricing::PerKg { .. });
        if self.till.settings.scale && weighed && !ring.net && ring.quantity.is_some() {
            self.require(Permission::TypeWeight)?;
        }
        Ok(())
    }

    /// The order on screen with the version that this command makes; a new one if there is none.
    pub(super) fn order_to_ring_on(&mut self) -> Result<(Cow<'a, Order>, u64), Refusal> {
        match self.till.current() {
            Some(order) => Ok((Cow::Borrowed(order), order.version + 1)),
            None => self.open_order(self.till.settings.new_face()),
        }
    }

    /// Opens an order with this face, and says the version of what else this command does to it.
    pub(super) fn open_order(&mut self, face: Face) -> Result<(Cow<'a, Order>, u64), Refusal> {
        let order = self.new_order(face)?;
        self.events.push(Event::OrderOpened { order: Box::new(order.clone()) });
        Ok((Cow::Owned(order), 1))
    }

    /// An order with this face that nobody has opened yet: it would be on this screen.
    pub(super) fn new_order(&mut self, face: Face) -> Result<Order, Refusal> {
        let staff = self.actor()?;
        Ok(Order {
            id: OrderId(self.ctx.ids.next()),
            number: self.order_number(),
            version: 1,
            register: self.till.register,
            opened: self.ctx.now,
            changed: self.ctx.now,
            server: staff,
            holder: Some(Holder { register: self.till.register, staff }),
            left_by: None,
            held: false,
            recalled: false,
            part: None,
            face,
            lines: Vec::new(),
            payments: Vec::new(),
            deposits: Vec::new(),
            next_line: 1,
            round: 1,
            bills: 0,
            billed: false,
            undo: Vec::new(),
        })
    }

    /// The number of the next order, also after others of the same command.
    pub(super) fn order_number(&self) -> u32 {
        let gone = |id: &OrderId| {
            self.events.iter().any(|event| matches!(event, Event::OrderAbandoned { order, .. } if order == id))
        };
        let open = self.till.orders.values().filter(|order| !gone(&order.id)).map(|order| order.number);
        let mut open: BTreeSet<u32> = open.collect();
        let mut last = self.till.last_order;
        for event in &self.events {
            if let Event::OrderOpened { order } = event {
                last = order.number;
                open.insert(last);
            }
        }
        Order::number_after(last, &open)
    }

    /// The line that ringing makes, with everything frozen, and its components behind it.
    pub(super) fn lines_for(&mut self, ring: &Ring, face: &Face, id: LineId, round: u32) -> Result<Vec<Line>, Refusal> {
        let item = self.item(&ring.item)?;
        let priced = self.price(item, ring, face)?;
        let modifiers = self.modifiers(item, ring.picks.as_deref(), face)?;
        let mut line = Line { modifiers, ..self.frozen(item, priced, face, id, round)? };
        if is_only_components(&line.modifiers) {
            line.course = None;
        }
        let mut components = self.components(&line, face, id)?;
        self.compose(&mut line, &mut components, face);
        if !line.amount().is_positive() {
            return Err(Refusal::ZeroPrice);
        }
        Ok(std::iter::once(line).chain(components).collect())
    }

    /// A line of an item as it is sold now, without options.
    pub(super) fn frozen(
        &self,
        item: &Item,
        priced: Priced,
        face: &Face,
        id: LineId,
        round: u32,
    ) -> Result<Line, Refusal> {
        let by = self.actor()?;
        let catalogue = &self.till.catalogue;
        let tax_class = catalogue.tax_class(item).to_owned();
        let on = self.ctx.now.business_date(self.till.settings.cut_off);
        let taxes = self.till.settings.taxes.resolve(&tax_class, &face.order_type, on).unwrap_or_default();
        Ok(Line {
            id,
            item: item.code.clone(),
            name: item.name.clone(),
            kitchen_name: item.kitchen_name.clone(),
            category: item.category.clone(),
            department: catalogue.category(&item.category).and_then(|c| c.department.clone()),
            stations: self.till.settings.route(catalogue, item, &face.order_type),
            course: catalogue.category(&item.category).and_then(|c| c.course),
            seat: None,
            quantity: priced.quantity,
            unit: priced.unit,
            menu_price: priced.menu_price,
            unit_price: priced.unit_price,
            price_from: priced.from,
            modifiers: Vec::new(),
            component: None,
            borne: Money::ZERO,
            discount: None,
            promotions: Vec::new(),
            kitchen_note: None,
            customer_note: None,
            tax_class,
            taxes,
            cost: item.cost,
            uses: self.uses(&item.code),
            round,
            told: None,
            void: None,
            share: None,
            charge: false,
            by,
            at: self.ctx.now,
        })
    }

    /// What one of an item takes of goods in stock.
    fn uses(&self, item: &str) -> Vec<Use> {
        let goods = self.till.settings.goods.iter();
        goods.filter_map(|g| Some(Use { good: g.code.clone(), quantity: *g.takes.get(item)? })).collect()
    }

    fn price(&mut self, item: &Item, ring: &Ring, face: &Face) -> Result<Priced, Refusal> {
        let menu = schedule::of_item(item, face, self.ctx.now, &self.till.settings);
        let (unit, tare) = match &item.pricing {
            Pricing::Each(_) | Pricing::Open { .. } => (Unit::Each, Quantity::ZERO),
            Pricing::PerKg { tare, .. } => (Unit::Kg, *tare),
        };
        if let PriceGiven::Barcode(price) = ring.price {
            if !price.is_positive() {
                return Err(Refusal::ZeroPrice);
            }
            let quantity = ring.quantity.unwrap_or(Quantity::ONE);
            whole(item, quantity)?;
            let menu_price = menu.map_or(price, |p| p.menu);
            let from = PriceFrom::Barcode;
            return Ok(Priced { unit: Unit::Each, quantity, menu_price, unit_price: price, from });
        }
        let quantity = match (unit, ring.quantity) {
            (Unit::Each, quantity) => {
                let quantity = quantity.unwrap_or(Quantity::ONE);
                whole(item, quantity)?;
                quantity
            }
            (Unit::Kg, Some(net)) if ring.net && net > Quantity::ZERO => net,
            (Unit::Kg, Some(gross)) if gross > tare => gross - tare,
            (Unit::Kg, Some(_)) => return Err(Refusal::BelowTare(tare)),
            (Unit::Kg, None) => return Err(Refusal::NeedsWeight(item.name.clone())),
        };
        let (menu_price, unit_price, from) = match (menu, ring.price) {
            (None, PriceGiven::Typed(price)) => {
                self.check_bounds(item, price)?;
                (price, price, PriceFrom::Open)
            }
            (None, _) => return Err(self.needs_price(item)),
            (Some(menu), PriceGiven::Typed(price)) => {
                let from = self.overridden(&item.name, price, "", ring.confirmed)?;
                (menu.menu, price, from)
            }
            (Some(Price { menu, now, from }), _) => (menu, now, from),
        };
        Ok(Priced { unit, quantity, menu_price, unit_price, from })
    }

    /// Where an overridden price came from, if it may be overridden.
    pub(super) fn overridden(
        &mut self,
        name: &str,
        price: Money,
        reason: &str,
        confirmed: bool,
    ) -> Result<PriceFrom, Refusal> {
        if !price.is_positive() {
            return Err(Refusal::ZeroPrice);
        }
        if price < self.till.settings.guards.price_low && !confirmed {
            let question = format!("{name} at {}: is that the price, not a quantity?", self.show(price));
            return Err(Refusal::Confirm { question });
        }
        let by = self.require(Permission::OverridePrice)?;
        let by = if self.till.may(by, Permission::OverridePrice) { by } else { self.ctx.approver.unwrap_or(by) };
        Ok(PriceFrom::Override { by, reason: reason.to_owned() })
    }

    fn bounds(&self, item: &Item) -> (Money, Money) {
        match item.pricing {
            Pricing::Open { min, max } => (min, max),
            Pricing::Each(_) | Pricing::PerKg { .. } => (Money::ZERO, Money::LIMIT),
        }
    }

    fn needs_price(&self, item: &Item) -> Refusal {
        let (min, max) = self.bounds(item);
        Refusal::NeedsPrice { name: item.name.clone(), min: self.show(min), max: self.show(max) }
    }

    /// Whether a typed price is one at which an open-price item sells.
    pub(super) fn check_bounds(&self, item: &Item, price: Money) -> Result<(), Refusal> {
        let (min, max) = self.bounds(item);
        if !price.is_positive() {
            return Err(Refusal::ZeroPrice);
        }
        if price < min || price > max {
            let (min, max) = (self.show(min), self.show(max));
            return Err(Refusal::PriceOutOfBounds { name: item.name.clone(), min, max });
        }
        Ok(())
    }

    /// Whether so many more can be had.
    pub(super) fn check_available(&self, code: &str, more: Quantity) -> Result<(), Refusal> {
        let name = || self.till.catalogue.item(code).map_or_else(|| code.to_owned(), |i| i.name.clone());
        match self.till.availability.get(code) {
            Some(Availability::SoldOut) if more > Quantity::ZERO => Err(Refusal::SoldOut(name())),
            Some(Availability::Left(left)) if left.is_zero() && more > Quantity::ZERO => Err(Refusal::SoldOut(name())),
            Some(Availability::Left(left)) if more > *left => Err(Refusal::TooFewLeft { name: name(), left: *left }),
            Some(Availability::SoldOut | Availability::Left(_)) | None => Ok(()),
        }
    }

    /// Whether a line's quantity and amount can be believed.
    pub(super) fn check_quantity(&self, line: &Line, confirmed: bool) -> Result<(), Refusal> {
        let guards = &self.till.settings.guards;
        let amount = line.amount();
        if line.quantity > Quantity::LIMIT {
            return Err(Refusal::TooMuch(line.quantity.to_string()));
        }
        if amount.abs() > Money::LIMIT {
            return Err(Refusal::TooMuch(self.show(amount)));
        }
        if !confirmed && (line.quantity > guards.quantity || amount > guards.line) {
            let question = format!("{} × {} for {}: really?", line.quantity, line.name, self.show(amount));
            return Err(Refusal::Confirm { question });
        }
        Ok(())
    }

    pub(super) fn change_line(
        &mut self,
        order: OrderId,
        version: u64,
        act: LineAct,
        before: Option<&Line>,
        after: Option<Line>,
    ) {
        let before = before.map(|l| Box::new(l.clone()));
        self.events.push(Event::LineChanged { order, version, act, before, after: after.map(Box::new) });
    }
}

/// How much lines need of each item.
pub(super) fn needs(lines: &[Line]) -> Vec<(&str, Quantity)> {
    lines.iter().map(|line| (line.item.as_str(), line.quantity)).collect()
}

/// Only weighed items come in parts.
pub(super) fn whole(item: &Item, quantity: Quantity) -> Result<(), Refusal> {
    if quantity <= Quantity::ZERO {
        return Err(Refusal::ZeroQuantity);
    }
    if quantity.is_whole() { Ok(()) } else { Err(Refusal::NotByWeight(item.name.clone())) }
}

/// The last line that counts, if the new one is the same again and the kitchen has not seen it.
fn last_same<'o>(order: &'o Order, line: &Line) -> Option<&'o Line> {
    let last = order.rung_lines().next_back()?;
    let same = last.item == line.item
        && last.unit == Unit::Each
        && line.unit == Unit::Each
        && last.unit_price == line.unit_price
        && last.price_from == line.price_from
        && last.modifiers == line.modifiers
        && last.taxes == line.taxes
        && last.seat == line.seat
        && last.course == line.course
        && last.share.is_none()
        && last.round == line.round
        && last.discount.is_none()
        && last.kitchen_note.is_none()
        && last.customer_note.is_none()
        && order.sent(last).is_zero();
    same.then_some(last)
}
