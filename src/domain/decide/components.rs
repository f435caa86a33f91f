//! What a line is made of: its components are made with it, and follow what is done to it.

use crate::domain::components::{self, Component};
use crate::domain::decide::Deciding;
use crate::domain::decide::items::Priced;
use crate::domain::event::LineAct;
use crate::domain::ids::LineId;
use crate::domain::money::Money;
use crate::domain::order::{Face, Line, Order, PriceFrom, Unit};
use crate::domain::refusal::Refusal;

impl Deciding<'_, '_> {
    /// A line for each item that was chosen for a line, numbered from behind `after`; they have no price yet.
    pub(super) fn components(&self, whole: &Line, face: &Face, after: LineId) -> Result<Vec<Line>, Refusal> {
        let mut lines = Vec::new();
        for (id, at) in (after.0 + 1..).zip(components::places(&whole.modifiers)) {
            let code = whole.modifiers[at].item.as_deref().unwrap_or_default();
            let priced = Priced {
                unit: Unit::Each,
                quantity: whole.quantity,
                menu_price: Money::ZERO,
                unit_price: Money::ZERO,
                from: whole.price_from.clone(),
            };
            let line = self.frozen(self.item(code)?, priced, face, LineId(id), whole.round)?;
            let component = Some(Component { of: whole.id, choice: u16::try_from(at).unwrap_or(u16::MAX) });
            lines.push(Line { component, ..line });
        }
        Ok(lines)
    }

    /// Shares what a line costs among what it is made of, and says who makes what.
    pub(super) fn compose(&self, whole: &mut Line, lines: &mut [Line], face: &Face) {
        if lines.is_empty() && whole.borne.is_zero() {
            return;
        }
        let settings = &self.till.settings;
        let item = self.item(&whole.item).ok();
        match item.filter(|_| whole.told.is_none()) {
            // Nobody makes a menu, but its dishes.
            _ if components::is_only_components(&whole.modifiers) => whole.stations.clear(),
            Some(item) => whole.stations = settings.route(&self.till.catalogue, item, &face.order_type),
            None => {}
        }
        for line in lines.iter_mut() {
            let at = line.component.map_or(0, |component| usize::from(component.choice));
            let Some(option) = whole.modifiers.get(at) else { continue };
            line.menu_price = self.counts_as(option, face, whole.at);
            if option.part.is_some() {
                // A half is made with the other one.
                line.stations.clear();
                line.course = whole.course;
            }
        }
        let before = whole.clone();
        whole.borne = Money::ZERO;
        components::follow(&before, whole, lines, settings.rounding);
        // What its components bear wholly leaves nothing to tax.
        let left = whole.unit_price + whole.modifiers_price() - whole.borne;
        let on = whole.at.business_date(settings.cut_off);
        let taxes = settings.taxes.resolve(&whole.tax_class, &face.order_type, on).unwrap_or_default();
        whole.taxes = if left.is_zero() { Vec::new() } else { taxes };
    }

    /// What a line becomes, and what its components become with it: each as it was, and as it is then.
    pub(super) fn followed(&self, order: &Order, before: &Line, after: Line) -> Vec<(Line, Line)> {
        let old: Vec<Line> = order.components(before.id).into_iter().cloned().collect();
        let (mut whole, mut new) = (after, old.clone());
        components::follow(before, &mut whole, &mut new, self.till.settings.rounding);
        let all = std::iter::once((before.clone(), whole)).chain(old.into_iter().zip(new));
        all.filter(|(before, after)| before != after).collect()
    }

    pub(super) fn put_all(&mut self, order: &Order, act: LineAct, lines: Vec<(Line, Line)>) {
        for (before, after) in lines {
            self.change_line(order.id, order.version + 1, act, Some(&before), Some(after));
        }
    }

    /// Puts a line in the place of what it was; its components follow.
    pub(super) fn put(&mut self, order: &Order, act: LineAct, before: &Line, after: Line) {
        let lines = self.followed(order, before, after);
        self.put_all(order, act, lines);
    }

    /// Puts a line with other options in its place, and its new components in those of the old ones. What somebody
    /// makes already can become another dish of the same place, and goes nowhere else.
    pub(super) fn put_composed(&mut self, order: &Order, before: &Line, after: Line) -> Result<(), Refusal> {
        let old: Vec<&Line> = order.components(before.id);
        let free = LineId(order.next_line.saturating_sub(1));
        let mut after = after;
        let mut new = self.components(&after, &order.face, free)?;
        if order.lines.len() + new.len().saturating_sub(old.len()) > Order::MAX_LINES {
            return Err(Refusal::TooManyLines(Order::MAX_LINES));
        }
        for (old, new) in old.iter().zip(&mut new) {
            new.id = old.id;
            new.told.clone_from(&old.told);
            if new.item == old.item {
                (new.course, new.by, new.at) = (old.course, old.by, old.at);
            }
        }
        self.compose(&mut after, &mut new, &order.face);
        let moved = |(old, new): (&&Line, &Line)| old.told.is_some() && old.stations != new.stations;
        if old.iter().zip(&new).any(moved) || old.iter().skip(new.len()).any(|old| old.told.is_some()) {
            return Err(Refusal::MadeElsewhere(before.name.clone()));
        }
        let wanted = new.iter().map(|line| (line.item.as_str(), line.quantity));
        let needs: Vec<_> = wanted.chain(old.iter().map(|line| (line.item.as_str(), -line.quantity))).collect();
        self.check_all_available(&needs)?;
        let version = order.version + 1;
        if *before != after {
            self.change_line(order.id, version, LineAct::Modifiers, Some(before), Some(after));
        }
        for old in old.iter().skip(new.len()) {
            self.change_line(order.id, version, LineAct::Modifiers, Some(old), None);
        }
        let kept = old.len();
        for (at, new) in new.into_iter().enumerate() {
            match old.get(at) {
                Some(old) if **old == new => {}
                Some(old) => self.change_line(order.id, version, LineAct::Modifiers, Some(old), Some(new)),
                None => {
                    let id = LineId(order.next_line + (at - kept) as u32);
                    self.change_line(order.id, version, LineAct::Modifiers, None, Some(Line { id, ..new }));
                }
            }
        }
        Ok(())
    }

    /// A line and its components as another order type has them: taxes, places, and prices of the menu.
    pub(super) fn retype_line(&self, order: &Order, line: &Line, face: &Face) -> Vec<(Line, Line)> {
        let mut whole = self.retaxed(line, face);
        let old: Vec<&Line> = order.components(line.id);
        let mut new: Vec<Line> = old.iter().map(|line| self.retaxed(line, face)).collect();
        if matches!(line.price_from, PriceFrom::Level(_) | PriceFrom::Timed { .. }) {
            self.price_parts(&mut whole.modifiers, face, line.at);
        }
        if !new.is_empty() {
            self.compose(&mut whole, &mut new, face);
        }
        std::iter::once(line).chain(old).cloned().zip(std::iter::once(whole).chain(new)).collect()
    }
}
