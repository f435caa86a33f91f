//! A line that is made of others: a menu of a burger, a side and a drink; a pizza of two halves.
//!
//! What was rung is one line, the whole: it says all that was chosen, and what it costs. Each item among what was
//! chosen is a line of its own besides, a component, that bears its share of that price; the whole bears what is
//! left, of a plain menu nothing. What is had beside, because nobody had to choose it, costs what it adds. So whatever counts, taxes, cooks or reports lines finds them as it knows them;
//! people see and change the whole, and its components follow.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::ids::LineId;
use crate::domain::money::Money;
use crate::domain::order::{Discount, DiscountKind, Line, Modifier, Order, Unit};
use crate::domain::promotion::Applied;
use crate::domain::quantity::Quantity;
use crate::domain::rounding::{Rounding, divide_rounded, share_out};
use crate::domain::sale::LineTotals;
use crate::domain::split::discounted;
use crate::domain::totals::taken_off;

/// What makes a line a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// The line that it is a component of.
    pub of: LineId,
    /// Which of that line's options it is, from 0.
    pub choice: u16,
}

impl Line {
    /// Whether it was rung by itself, and is no component of another one.
    pub fn is_rung(&self) -> bool {
        self.component.is_none()
    }

    /// Whether it is a component of this line.
    pub fn is_component_of(&self, whole: LineId) -> bool {
        self.component.is_some_and(|component| component.of == whole)
    }

    /// Whether its components bear all that it costs.
    pub fn bears_nothing(&self) -> bool {
        !self.borne.is_zero() && self.borne == self.unit_price + self.modifiers_price()
    }
}

impl Order {
    /// The lines that count and were rung by themselves: those that people see.
    pub fn rung_lines(&self) -> impl DoubleEndedIterator<Item = &Line> {
        self.live_lines().filter(|line| line.is_rung())
    }

    /// The components of a line that count, in the order of its options.
    pub fn components(&self, whole: LineId) -> Vec<&Line> {
        self.live_lines().filter(|line| line.is_component_of(whole)).collect()
    }

    /// How much of a line the kitchen has been told, or of what it is made of.
    pub fn sent(&self, line: &Line) -> Quantity {
        let of = |component: &Line| divided(component.sent(), component.quantity, line.quantity);
        self.components(line.id).into_iter().map(of).fold(line.sent(), Quantity::max)
    }
}

/// `part` of `whole`, as that much of another quantity.
pub fn divided(part: Quantity, whole: Quantity, of: Quantity) -> Quantity {
    let product = i128::from(part.thousandths()) * i128::from(of.thousandths());
    Quantity::from_thousandths(divide_rounded(product, whole.thousandths().max(1).into(), Rounding::HalfUp))
}

/// What the line at a place came to with its components; its own taxes alone.
pub fn with_components(lines: &[Line], totals: &[LineTotals], at: usize) -> LineTotals {
    let mut sum = totals.get(at).cloned().unwrap_or_default();
    let Some(whole) = lines.get(at).filter(|line| !line.borne.is_zero()) else { return sum };
    for (_, part) in lines.iter().zip(totals).filter(|(line, _)| line.is_component_of(whole.id)) {
        sum.gross += part.gross;
        sum.discount += part.discount;
        sum.order_discount += part.order_discount;
        sum.net += part.net;
        sum.total += part.total;
    }
    sum
}

/// What promotions took off the line at a place and its components, each named once.
pub fn promotions(lines: &[Line], at: usize) -> Vec<Applied> {
    let Some(whole) = lines.get(at) else { return Vec::new() };
    let mut all = whole.promotions.clone();
    let borne = lines.iter().filter(|line| !whole.borne.is_zero() && line.is_component_of(whole.id));
    for applied in borne.flat_map(|line| &line.promotions) {
        match all.iter_mut().find(|there| there.code == applied.code) {
            Some(there) => there.amount += applied.amount,
            None => all.push(applied.clone()),
        }
    }
    all
}

/// Who bears what of the price of one piece.
#[derive(Clone, Copy, Debug)]
pub struct Bearer<'a> {
    /// The place of its line in the order.
    pub at: usize,
    /// The line: what was rung, or a component of it.
    pub line: &'a Line,
    /// How much of it one piece takes; all of what was weighed.
    pub quantity: Quantity,
    /// What it bears of the price, without what options cost more.
    pub price: Money,
    /// What it costs more than others that could have been chosen.
    pub more: Money,
}

/// Who bears the price of one piece of the line at a place: what components do not, the line itself.
pub fn bearers(order: &Order, at: usize) -> Vec<Bearer<'_>> {
    let Some(whole) = order.lines.get(at) else { return Vec::new() };
    let options = whole.modifiers.iter().filter(|option| option.depth == 0);
    let together: Money = options.map(|option| option.price - option.added()).sum();
    let (quantity, mut price) = match whole.unit {
        Unit::Kg => (whole.quantity, whole.quantity.times(whole.unit_price)),
        Unit::Each => (Quantity::ONE, whole.unit_price + together),
    };
    let mut bearers = Vec::new();
    if !whole.borne.is_zero() {
        for (at, line) in order.lines.iter().enumerate().filter(|(_, line)| line.is_component_of(whole.id)) {
            let option = line.component.and_then(|component| whole.modifiers.get(usize::from(component.choice)));
            // What an option opened bears that option's price.
            let Some(option) = option.filter(|option| line.is_live() && option.depth == 0) else { continue };
            let quantity = divided(line.quantity, whole.quantity, Quantity::ONE);
            let more = option.added();
            let share = quantity.times(line.unit_price) - more;
            price -= share;
            bearers.push(Bearer { at, line, quantity, price: share, more });
        }
    }
    bearers.insert(0, Bearer { at, line: whole, quantity, price, more: Money::ZERO });
    bearers
}

/// The option at a place with all that was chosen within it.
fn within(options: &[Modifier], at: usize) -> &[Modifier] {
    let Some(option) = options.get(at) else { return &[] };
    let inner = options[at + 1..].iter().take_while(|inner| inner.depth > option.depth).count();
    &options[at..=at + inner]
}

/// The place of the option that opened the one at a place; none where the item itself did.
fn opener(options: &[Modifier], at: usize) -> Option<usize> {
    let depth = options.get(at)?.depth;
    options[..at].iter().rposition(|option| option.depth < depth)
}

/// The places of the options that are items.
pub fn places(options: &[Modifier]) -> impl Iterator<Item = usize> {
    options.iter().enumerate().filter(|(_, option)| option.item.is_some()).map(|(at, _)| at)
}

/// Whether a line is nothing but what it is made of: nobody makes a menu, but its dishes.
pub fn is_only_components(options: &[Modifier]) -> bool {
    options.iter().any(|option| option.depth == 0 && option.item.is_some() && option.part.is_none() && !option.beside)
}

/// What whoever makes a line has to know: all that was chosen but for items that are made by themselves.
pub fn made_with(line: &Line) -> impl Iterator<Item = &Modifier> {
    let mut apart: Option<u16> = None;
    line.modifiers.iter().filter(move |option| {
        if apart.is_some_and(|depth| option.depth > depth) {
            return false;
        }
        apart = (option.item.is_some() && option.part.is_none()).then_some(option.depth);
        apart.is_none()
    })
}

/// A line without its components: as it comes back by itself, and what it costs then.
pub fn itself(whole: &Line) -> Line {
    let leads_to_item = |at: usize| within(&whole.modifiers, at).iter().any(|o| o.item.is_some() && o.part.is_none());
    let kept = whole.modifiers.iter().enumerate().filter(|(at, _)| {
        let openers = std::iter::successors(Some(*at), |at| opener(&whole.modifiers, *at));
        !openers.into_iter().any(leads_to_item)
    });
    let modifiers = kept.map(|(_, option)| Modifier { price: Money::ZERO, ..option.clone() }).collect();
    let unit_price = whole.unit_price + whole.modifiers_price() - whole.borne;
    Line { unit_price, modifiers, borne: Money::ZERO, ..whole.clone() }
}

/// How many of it make one piece of the whole: two halves.
pub fn parts(option: &Modifier) -> i64 {
    option.part.map_or(1, |part| i64::from(part.of.max(1)))
}

/// Gives each component its share of what the whole costs. What opened the choice of some items is shared among
/// them by their own prices; what one of them costs besides, and its options, it bears itself.
pub fn share_price(whole: &mut Line, components: &mut [Line]) {
    let place = |component: &Line| component.component.map_or(0, |c| usize::from(c.choice));
    let mut opened: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
    for (n, component) in components.iter().enumerate() {
        opened.entry(opener(&whole.modifiers, place(component))).or_default().push(n);
    }
    whole.borne = Money::ZERO;
    for (opener, members) in opened {
        let options: Vec<&[Modifier]> =
            members.iter().map(|n| within(&whole.modifiers, place(&components[*n]))).collect();
        // Parts of one whole make one price together.
        let together: Money = options.iter().filter_map(|o| o.first()).map(|o| o.price - o.added()).sum();
        let price = opener.map_or(whole.unit_price, |at| whole.modifiers[at].price) + together;
        let weight = |(n, options): (&usize, &&[Modifier])| match options.first().filter(|option| !option.beside) {
            Some(option) => Money::from_minor(components[*n].menu_price.minor().saturating_mul(1000) / parts(option)),
            None => Money::ZERO,
        };
        let weights: Vec<Money> = members.iter().zip(&options).map(weight).collect();
        let shares = if weights.iter().any(|weight| weight.is_positive()) {
            share_out(price, &weights, |_| 0)
        } else {
            vec![Money::ZERO; weights.len()]
        };
        let mut borne = Money::ZERO;
        for ((n, options), share) in members.iter().zip(&options).zip(shares) {
            let Some((option, inner)) = options.split_first() else { continue };
            let own = share + option.added();
            borne += own + inner.iter().map(|option| option.price).sum::<Money>();
            let each = |price: Money| Quantity::pieces(parts(option)).times(price);
            let component = &mut components[*n];
            component.unit_price = each(own);
            component.modifiers = said_of_all(&whole.modifiers)
                .chain(inner.iter().cloned())
                .map(|m| Modifier { depth: m.depth.saturating_sub(option.depth + 1), price: each(m.price), ..m })
                .collect();
        }
        whole.borne += borne;
    }
}

/// What was said of a menu as a whole goes with each of its dishes, at no price: `Large`, `To share`.
fn said_of_all(options: &[Modifier]) -> impl Iterator<Item = Modifier> {
    let of_all = is_only_components(options);
    let plain = options.iter().filter(move |option| of_all && option.depth == 0 && option.item.is_none());
    plain.map(|option| Modifier { price: Money::ZERO, ..option.clone() })
}

/// Lets components follow what was done to the whole: how many, at what price, for whom, whether at all.
pub fn follow(before: &Line, whole: &mut Line, components: &mut [Line], rounding: Rounding) {
    if components.is_empty() {
        return;
    }
    share_price(whole, components);
    for component in components.iter_mut() {
        component.seat = whole.seat;
        component.void.clone_from(&whole.void);
        component.kitchen_note.clone_from(&whole.kitchen_note);
        component.price_from.clone_from(&whole.price_from);
        if before.course != whole.course {
            component.course = whole.course;
        }
        // What they come to is held once their order was divided.
        if component.share.is_none() {
            let option = component.component.and_then(|c| whole.modifiers.get(usize::from(c.choice)));
            let pieces = Quantity::pieces(option.map_or(1, parts));
            component.quantity = divided(whole.quantity, pieces, Quantity::ONE);
        }
    }
    share_discount(before, whole, components, rounding);
}

/// Lets all components follow their lines, of which there may be fewer now.
pub fn follow_all(lines: &mut [Line], rounding: Rounding) {
    for at in 0..lines.len() {
        let mut whole = lines[at].clone();
        let (places, mut components): (Vec<usize>, Vec<Line>) = lines
            .iter()
            .enumerate()
            .filter(|(_, line)| line.is_live() && line.is_component_of(whole.id))
            .map(|(place, line)| (place, line.clone()))
            .unzip();
        follow(&lines[at], &mut whole, &mut components, rounding);
        lines[at] = whole;
        places.into_iter().zip(components).for_each(|(place, line)| lines[place] = line);
    }
}

/// A discount on the whole is one on all of it: components bear what the whole itself does not. Of a divided order it
/// is counted from what was held, and only when it is another one.
fn share_discount(before: &Line, whole: &Line, components: &mut [Line], rounding: Rounding) {
    let held = components.iter().any(|component| component.share.is_some());
    if !whole.is_live() || (held && before.discount == whole.discount) {
        return;
    }
    let Some(discount) = &whole.discount else {
        components.iter_mut().for_each(|component| *component = discounted(component, None, rounding));
        return;
    };
    // Of a divided order, promotions stay beside it; else they make way for it.
    let left = |line: &Line| match line.share.is_some() {
        true => line.gross() - line.promotions.iter().map(|p| p.amount).sum::<Money>(),
        false => line.gross(),
    };
    let weights: Vec<Money> = components.iter().map(left).collect();
    let all = left(whole) + weights.iter().sum::<Money>();
    let off = taken_off(all, discount.kind, rounding) - taken_off(left(whole), discount.kind, rounding);
    for (component, share) in components.iter_mut().zip(share_out(off, &weights, |_| 0)) {
        // What it used of somebody's points is said once, on the whole.
        let share = Discount { kind: DiscountKind::Amount(share), points: None, ..discount.clone() };
        *component = discounted(component, Some(share), rounding);
    }
}
