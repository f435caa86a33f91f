//! Promotions on an order: whatever a command did to its lines, what they get is found again.

use std::collections::BTreeMap;

use crate::domain::decide::Deciding;
use crate::domain::event::{Event, FaceAct, LineAct, LinesAct};
use crate::domain::ids::OrderId;
use crate::domain::order::{Face, Line, Order};
use crate::domain::promotion::{self, Standing};
use crate::domain::refusal::Refusal;
use crate::domain::staff::Permission;
use crate::domain::text;

impl Deciding<'_, '_> {
    /// Finds again what promotions give on every order that the events so far have changed. Where a
    /// line was changed anyway, its event says so; other lines get one of their own.
    pub(super) fn promote(&mut self) {
        if self.till.settings.offers.promotions.is_empty() {
            return;
        }
        let mut changed: BTreeMap<OrderId, u64> = BTreeMap::new();
        let mut standings = self.till.promotions.clone();
        for event in &self.events {
            match event {
                Event::LineChanged { order, version, .. } | Event::FaceChanged { order, version, .. } => {
                    changed.insert(*order, *version);
                }
                Event::LinesMoved { order, version, act: LinesAct::Merged | LinesAct::Moved, .. } => {
                    changed.insert(*order, *version);
                }
                Event::PromotionSwitched { code, on, .. } => {
                    standings.entry(code.clone()).or_default().off = !on;
                    // Others' orders are told when they are next changed, or paid.
                    let current = self.till.current().filter(|o| o.payments.is_empty());
                    changed.extend(current.map(|o| (o.id, o.version + 1)));
                }
                _ => {}
            }
        }
        for (id, version) in changed {
            if let Some(order) = self.as_it_will_stand(id) {
                self.promote_order(&order, version, &standings);
            }
        }
    }

    /// An order with the events so far.
    fn as_it_will_stand(&self, id: OrderId) -> Option<Order> {
        let mut order = self.till.orders.get(&id).cloned();
        for event in &self.events {
            match event {
                Event::OrderOpened { order: opened } if opened.id == id => order = Some((**opened).clone()),
                Event::FaceChanged { order: of, after, .. } if *of == id => {
                    order.iter_mut().for_each(|o| o.face = (**after).clone());
                }
                Event::LinesMoved { order: of, lines, .. } if *of == id => {
                    order.iter_mut().for_each(|o| o.lines.clone_from(lines));
                }
                Event::LineChanged { order: of, before, after, .. } if *of == id => {
                    let Some(line) = after.as_ref().or(before.as_ref()).map(|l| l.id) else { continue };
                    order.iter_mut().for_each(|o| o.put_line(line, after.as_deref()));
                }
                _ => {}
            }
        }
        order
    }

    fn promote_order(&mut self, order: &Order, version: u64, standings: &BTreeMap<String, Standing>) {
        // The bills of a divided order bear what the whole was given.
        if order.lines.iter().any(|line| line.held().is_some()) {
            return;
        }
        let person = order.face.customer.and_then(|customer| self.person(customer));
        let group = person.map(|person| person.group.clone()).filter(|group| !group.is_empty());
        let given = promotion::apply(order, group.as_deref(), &self.till.settings, standings);
        for (line, given) in order.lines.iter().zip(given) {
            if line.promotions == given {
                continue;
            }
            let event = self.events.iter_mut().rev().find_map(|event| match event {
                Event::LineChanged { order: of, after: Some(after), .. } if *of == order.id && after.id == line.id => {
                    Some(after)
                }
                _ => None,
            });
            match event {
                Some(after) => after.promotions = given,
                None => {
                    let after = Line { promotions: given, ..line.clone() };
                    self.change_line(order.id, version, LineAct::Promotion, Some(line), Some(after));
                }
            }
        }
    }

    /// Whether what promotions give on the order still holds; else it is found again, and told.
    pub(super) fn promotions_have_changed(&mut self, order: &Order) -> bool {
        let told = self.events.len();
        if order.payments.is_empty() && order.live_lines().any(|l| !l.promotions.is_empty()) {
            self.promote_order(order, order.version + 1, &self.till.promotions);
        }
        self.events.len() > told
    }

    /// Takes a coupon's code; an empty one gives all back.
    pub(super) fn add_coupon(&mut self, code: &str) -> Result<(), Refusal> {
        self.require(Permission::Sell)?;
        let order = self.order()?;
        let code = text::clean(code, 20).to_uppercase();
        let mut coupons = order.face.coupons.clone();
        if code.is_empty() {
            coupons.clear();
        } else {
            let asked = self.till.settings.offers.promotions.iter().any(|p| p.coupon.as_ref() == Some(&code));
            if !asked {
                return Err(Refusal::NoCoupon(code));
            }
            if !coupons.contains(&code) {
                coupons.push(code);
            }
        }
        self.change_face(order, FaceAct::Coupon, Face { coupons, ..order.face.clone() });
        Ok(())
    }

    /// Switches a promotion off at once, on every register, or on again.
    pub(super) fn switch_promotion(&mut self, code: &str, on: bool) -> Result<(), Refusal> {
        self.require(Permission::SwitchPromotion)?;
        let known = self.till.settings.offers.promotions.iter().find(|p| p.code == code);
        let promotion = known.ok_or_else(|| Refusal::NoPromotion(code.to_owned()))?;
        let (code, name) = (promotion.code.clone(), promotion.name.clone());
        if self.till.promotions.get(&code).is_some_and(|s| s.off) == on {
            self.events.push(Event::PromotionSwitched { code, name, on });
        }
        Ok(())
    }
}
