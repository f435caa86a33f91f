//! Promotions: what the house takes off by rule. Pure: an order and the rules give what each line gets,
//! the best for the customer, whatever the order of the lines.
//!
//! A promotion is about pieces (or, for a share off, weights) at their own price; options are paid as
//! always. A piece is in one promotion at most. A line that has a discount or a changed price of its own
//! has no part in any. A menu, a combo or a pizza of halves is a piece like any other, by its own code and
//! category; what it is made of counts for no promotion by itself, but bears what the whole is given.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::domain::components::{Bearer, bearers};
use crate::domain::event::Event;
use crate::domain::money::Money;
use crate::domain::order::{DiscountKind, Line, Order, PriceFrom, Unit};
use crate::domain::quantity::Quantity;
use crate::domain::rounding::share_out;
use crate::domain::schedule::{When, Which};
use crate::domain::settings::Settings;
use crate::domain::tax::TaxBasis;
use crate::domain::totals::taken_off;

/// The most pieces of an order that promotions look at: above it, none is given.
const MAX_PIECES: i64 = 2_000;
/// Up to so many promotions, every order of taking them is tried; beyond, the best one is taken first.
const TRIED_IN_EVERY_ORDER: usize = 4;

/// What a promotion gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deal {
    /// Of each `buy + get` pieces, the `get` cheapest cost so many per cent less; 100 is free. With `other`, each
    /// `buy` pieces make `get` of those cheaper, the dearest of them first.
    BuyGet {
        /// How many are paid.
        buy: u16,
        /// How many are cheaper.
        get: u16,
        /// By how much.
        percent: Decimal,
        /// What is cheaper, where it is not what is paid: a cake with a coffee.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        other: Option<Which>,
    },
    /// Any so many pieces for one price, the dearest first.
    Bundle {
        /// How many.
        count: u16,
        /// What they cost together.
        price: Money,
    },
    /// So many per cent off each.
    Percent(Decimal),
    /// So much off, once for an order.
    Amount(Money),
}

/// A promotion as the house sets it up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promotion {
    /// Its code in the books.
    pub code: String,
    /// Its name on screen and paper.
    pub name: String,
    /// When it holds: what was ordered then has part in it.
    pub when: When,
    /// For which items.
    pub which: Which,
    /// What it gives.
    pub deal: Deal,
    /// Only when the order comes to so much before any discount.
    pub least_order: Money,
    /// Only with this coupon, in capitals.
    pub coupon: Option<String>,
    /// Only for customers of this group.
    pub group: Option<String>,
    /// The most it may take off in all its life.
    pub budget: Option<Money>,
    /// Of two that save the same, the one with the higher priority is given; then the first by code.
    pub priority: i32,
    /// Nothing sells below its cost and so many per cent, net of the taxes its price holds. Items without
    /// a cost have no such floor, nor has anything when it is not said.
    pub floor_percent: Option<Decimal>,
}

/// What a promotion took off a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// The promotion's code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// How much.
    pub amount: Money,
    /// The most it may take off in all: held at every commit, whatever other sessions do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Money>,
}

/// How a promotion stands on the box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// What it has taken off so far, open orders included.
    pub used: Money,
    /// Whether somebody has switched it off.
    pub off: bool,
}

/// What an event takes from the budgets of promotions, by code; negative where it gives back.
pub fn used(event: &Event) -> BTreeMap<&str, Money> {
    let mut used: BTreeMap<&str, Money> = BTreeMap::new();
    match event {
        Event::LineChanged { before, after, .. } => {
            for applied in before.iter().filter(|l| l.is_live()).flat_map(|l| &l.promotions) {
                *used.entry(&applied.code).or_default() -= applied.amount;
            }
            for applied in after.iter().filter(|l| l.is_live()).flat_map(|l| &l.promotions) {
                *used.entry(&applied.code).or_default() += applied.amount;
            }
        }
        Event::OrderAbandoned { was, .. } => {
            for applied in was.live_lines().flat_map(|l| &l.promotions) {
                *used.entry(&applied.code).or_default() -= applied.amount;
            }
        }
        _ => {}
    }
    used.retain(|_, amount| !amount.is_zero());
    used
}

/// What each line of an order gets, in the order of its lines: the best for the customer. `group` is
/// the customer's.
pub fn apply(
    order: &Order,
    group: Option<&str>,
    settings: &Settings,
    standings: &BTreeMap<String, Standing>,
) -> Vec<Vec<Applied>> {
    let mut given = vec![Vec::new(); order.lines.len()];
    if settings.offers.promotions.is_empty() {
        return given;
    }
    let counter = Counter { pieces: pieces(order), order, settings };
    let gross: Money = order.lines.iter().filter(|l| !l.charge).map(Line::gross).sum();
    let held = |code: &str| -> Money {
        let applied = order.live_lines().flat_map(|l| &l.promotions);
        applied.filter(|a| a.code == code).map(|a| a.amount).sum()
    };
    let mut fitting: Vec<Offer> = Vec::new();
    for promotion in &settings.offers.promotions {
        let standing = standings.get(&promotion.code).copied().unwrap_or_default();
        let has_coupon = promotion.coupon.as_ref().is_none_or(|c| order.face.coupons.contains(c));
        let is_of_group = promotion.group.as_deref().is_none_or(|g| group == Some(g));
        if standing.off || !has_coupon || !is_of_group || gross < promotion.least_order {
            continue;
        }
        let left = promotion.budget.map(|budget| budget - (standing.used - held(&promotion.code)));
        let offer = Offer { promotion, left };
        if sum(&counter.take(&offer, &BTreeSet::new())).is_positive() {
            fitting.push(offer);
        }
    }
    fitting.sort_by_key(|offer| (Reverse(offer.promotion.priority), offer.promotion.code.as_str()));
    let taken = match fitting.len() {
        0..=TRIED_IN_EVERY_ORDER => counter.best_of_all(&fitting, &BTreeSet::new()),
        _ => counter.best_first(fitting),
    };
    for (promotion, savings) in taken {
        let mut by_line: BTreeMap<usize, Money> = BTreeMap::new();
        for (piece, saving) in savings {
            for (line, share) in counter.shares(piece, saving, promotion.floor_percent) {
                *by_line.entry(line).or_default() += share;
            }
        }
        for (line, amount) in by_line.into_iter().filter(|(_, amount)| amount.is_positive()) {
            let (code, name, budget) = (promotion.code.clone(), promotion.name.clone(), promotion.budget);
            given[line].push(Applied { code, name, amount, budget });
        }
    }
    given.iter_mut().for_each(|line: &mut Vec<Applied>| line.sort_by(|a, b| a.code.cmp(&b.code)));
    given
}

/// A promotion with what is left of its budget.
#[derive(Clone, Copy)]
struct Offer<'a> {
    promotion: &'a Promotion,
    left: Option<Money>,
}

/// One piece of a line; a weighed line is one piece.
struct Piece<'a> {
    line: usize,
    price: Money,
    weighed: bool,
    /// Who bears its price.
    bearers: Rc<[Bearer<'a>]>,
}

/// Which pieces save how much.
type Savings = Vec<(usize, Money)>;

fn sum(savings: &Savings) -> Money {
    savings.iter().map(|(_, saving)| *saving).sum()
}

/// The pieces that promotions can be about, dearest first; pieces that are alike stand by what their
/// lines are, not by where they stand.
fn pieces(order: &Order) -> Vec<Piece<'_>> {
    let open = |line: &Line| {
        let changed = matches!(line.price_from, PriceFrom::Override { .. });
        let counts = line.is_live() && line.is_rung() && !line.charge;
        counts && line.discount.is_none() && !changed && line.quantity.thousandths() > 0
    };
    let mut pieces = Vec::new();
    for (at, line) in order.lines.iter().enumerate().filter(|(_, line)| open(line)) {
        let count = match line.unit {
            Unit::Kg => 1,
            Unit::Each => line.quantity.thousandths() / 1000,
        };
        if pieces.len() as i64 + count > MAX_PIECES {
            return Vec::new();
        }
        let bearers: Rc<[Bearer]> = bearers(order, at).into();
        let price = bearers.iter().map(|bearer| bearer.price).sum();
        let piece = |_| Piece { line: at, price, weighed: line.unit == Unit::Kg, bearers: Rc::clone(&bearers) };
        pieces.extend((0..count).map(piece));
    }
    pieces.sort_by_cached_key(|piece| {
        let line = &order.lines[piece.line];
        let made: Vec<_> =
            piece.bearers.iter().map(|b| (&b.line.item, &b.line.taxes, b.line.cost, b.price, b.more)).collect();
        (Reverse(piece.price), made, line.quantity, line.modifiers_price(), line.at)
    });
    pieces
}

struct Counter<'a> {
    pieces: Vec<Piece<'a>>,
    order: &'a Order,
    settings: &'a Settings,
}

impl<'a> Counter<'a> {
    /// What a promotion saves on the pieces that no other has taken.
    fn take(&self, offer: &Offer, taken: &BTreeSet<usize>) -> Savings {
        let promotion = offer.promotion;
        let weighed = matches!(promotion.deal, Deal::Percent(_));
        let of = |which: &Which| -> Vec<usize> {
            let is_about = |at: &usize| {
                let (piece, line) = (&self.pieces[*at], &self.order.lines[self.pieces[*at].line]);
                !taken.contains(at)
                    && (weighed || !piece.weighed)
                    && which.is_about(&line.item, &line.category)
                    && promotion.when.holds(&self.order.face.order_type, line.at, self.settings)
            };
            (0..self.pieces.len()).filter(is_about).collect()
        };
        let fitting = of(&promotion.which);
        let price = |at: usize| self.pieces[at].price;
        let part =
            |at: usize, percent: Decimal| taken_off(price(at), DiscountKind::Percent(percent), self.settings.rounding);
        let mut savings: Savings = Vec::new();
        match &promotion.deal {
            Deal::Percent(percent) => savings.extend(fitting.iter().map(|at| (*at, part(*at, *percent)))),
            Deal::Amount(amount) => {
                let all: Money = fitting.iter().map(|at| price(*at)).sum();
                savings.extend(self.shared((*amount).min(all), &fitting));
            }
            Deal::BuyGet { buy, get, percent, other: Some(other) } => {
                let saves = |at: usize| {
                    let room: Money = self.rooms(at, promotion.floor_percent).iter().sum();
                    part(at, *percent).min(room)
                };
                let others: Vec<(usize, Money)> = of(other).into_iter().map(|at| (at, saves(at))).collect();
                savings = with_others(&fitting, others, usize::from(*buy), usize::from(*get));
            }
            Deal::BuyGet { buy, get, percent, other: None } => {
                let of = usize::from(*buy) + usize::from(*get);
                for group in fitting.chunks_exact(of.max(1)) {
                    let (paid, cheaper) = group.split_at(usize::from(*buy));
                    savings.extend(paid.iter().map(|at| (*at, Money::ZERO)));
                    savings.extend(cheaper.iter().map(|at| (*at, part(*at, *percent))));
                }
            }
            Deal::Bundle { count, price: together } => {
                for group in fitting.chunks_exact(usize::from(*count).max(1)) {
                    let saving = group.iter().map(|at| price(*at)).sum::<Money>() - *together;
                    if saving.is_positive() {
                        savings.extend(self.shared(saving, group));
                    }
                }
            }
        }
        let mut left = offer.left.map(|left| left.max(Money::ZERO));
        for (at, saving) in &mut savings {
            let room = self.rooms(*at, promotion.floor_percent).iter().sum();
            *saving = (*saving).min(room).min(left.unwrap_or(Money::LIMIT));
            left = left.map(|left| left - *saving);
        }
        savings
    }

    /// What can come off each bearer of a piece.
    fn rooms(&self, at: usize, floor_percent: Option<Decimal>) -> Vec<Money> {
        self.pieces[at].bearers.iter().map(|bearer| room(bearer, floor_percent)).collect()
    }

    /// What of the saving on a piece each of its bearers gets, by what can come off it: the place of its line, and
    /// how much.
    fn shares(&self, at: usize, saving: Money, floor_percent: Option<Decimal>) -> Vec<(usize, Money)> {
        if !saving.is_positive() {
            return Vec::new();
        }
        let shares = share_out(saving, &self.rooms(at, floor_percent), |_| 0);
        self.pieces[at].bearers.iter().map(|bearer| bearer.at).zip(shares).collect()
    }

    fn shared(&self, saving: Money, pieces: &[usize]) -> Savings {
        let weights: Vec<Money> = pieces.iter().map(|at| self.pieces[*at].price).collect();
        pieces.iter().copied().zip(share_out(saving, &weights, |_| 0)).collect()
    }

    /// Takes promotions in every order, and keeps the one that saves most; of equal ones, the first.
    fn best_of_all(&self, offers: &[Offer<'a>], taken: &BTreeSet<usize>) -> Vec<(&'a Promotion, Savings)> {
        let mut best: (Money, Vec<(&Promotion, Savings)>) = (Money::ZERO, Vec::new());
        for (at, offer) in offers.iter().enumerate() {
            let savings = self.take(offer, taken);
            let saved = sum(&savings);
            if !saved.is_positive() {
                continue;
            }
            let mut with = taken.clone();
            with.extend(savings.iter().map(|(piece, _)| *piece));
            let others: Vec<Offer> = offers.iter().enumerate().filter(|(n, _)| *n != at).map(|(_, o)| *o).collect();
            let rest = self.best_of_all(&others, &with);
            let all = saved + rest.iter().map(|(_, savings)| sum(savings)).sum();
            if all > best.0 {
                best = (all, std::iter::once((offer.promotion, savings)).chain(rest).collect());
            }
        }
        best.1
    }

    /// Takes the promotion that saves most, then of the others the one that saves most of the rest.
    fn best_first(&self, mut offers: Vec<Offer<'a>>) -> Vec<(&'a Promotion, Savings)> {
        let (mut all, mut taken) = (Vec::new(), BTreeSet::new());
        loop {
            let tried = offers.iter().enumerate().map(|(at, offer)| (at, self.take(offer, &taken)));
            // From the end, since of equal ones the last that is looked at is kept.
            let best = tried.rev().max_by_key(|(_, savings)| sum(savings));
            let Some((at, savings)) = best.filter(|(_, savings)| sum(savings).is_positive()) else { return all };
            taken.extend(savings.iter().map(|(piece, _)| *piece));
            all.push((offers.remove(at).promotion, savings));
        }
    }
}

/// Of each `buy` pieces that are paid, `get` others save what they save: in as many groups as save most in all. What
/// could be either is given or paid, never both. Both lists are dearest first.
fn with_others(paid: &[usize], mut others: Vec<(usize, Money)>, buy: usize, get: usize) -> Savings {
    let can_be_given: BTreeSet<usize> = others.iter().map(|(at, _)| *at).collect();
    let can_be_paid: BTreeSet<usize> = paid.iter().copied().collect();
    others.sort_by_key(|(_, saves)| Reverse(*saves));
    let others: Vec<(usize, Money, bool)> =
        others.into_iter().map(|(at, saves)| (at, saves, can_be_paid.contains(&at))).collect();
    let mut best: (Money, usize, Savings) = (Money::ZERO, 0, Savings::new());
    for groups in 1..=(paid.len() / buy.max(1)).min(others.len() / get.max(1)) {
        // So many of those that could be paid need not be.
        let mut spare = paid.len() - groups * buy;
        let mut given = Savings::new();
        for (at, saves, is_spare) in &others {
            if given.len() == groups * get {
                break;
            }
            if !is_spare || spare > 0 {
                spare -= usize::from(*is_spare);
                given.push((*at, *saves));
            }
        }
        let saved = sum(&given);
        if given.len() == groups * get && saved > best.0 {
            best = (saved, groups, given);
        }
    }
    let (_, groups, mut savings) = best;
    let given: BTreeSet<usize> = savings.iter().map(|(at, _)| *at).collect();
    // The cheapest pay, and first what nothing could be given for: the rest is left to other promotions.
    let mut pay: Vec<usize> = paid.iter().rev().copied().filter(|at| !given.contains(at)).collect();
    pay.sort_by_key(|at| can_be_given.contains(at));
    savings.extend(pay.into_iter().take(groups * buy).map(|at| (at, Money::ZERO)));
    savings
}

/// What can come off what somebody bears of a piece: never what its options cost more, and never more than leaves
/// its floor.
fn room(bearer: &Bearer, percent: Option<Decimal>) -> Money {
    let above = bearer.price + bearer.more - floor(bearer.line, bearer.quantity, percent);
    above.min(bearer.price).max(Money::ZERO)
}

/// The least so much of a line may sell for on the shelf: its cost and the margin, with the taxes that the price
/// holds. Never too low: compound taxes are taken for the most they can be.
fn floor(line: &Line, quantity: Quantity, percent: Option<Decimal>) -> Money {
    let (Some(cost), Some(percent)) = (line.cost, percent) else { return Money::ZERO };
    let pieces = Decimal::new(quantity.thousandths(), 3);
    let share = |percent: Decimal| Decimal::ONE.saturating_add(percent / Decimal::ONE_HUNDRED);
    let mut least = Decimal::from(quantity.times(cost).minor()).saturating_mul(share(percent));
    for tax in line.taxes.iter().filter(|t| t.included) {
        least = match tax.basis {
            TaxBasis::Percent(percent) => least.saturating_mul(share(percent)),
            TaxBasis::PerUnit(amount) => least.saturating_add(pieces.saturating_mul(amount.minor().into())),
        };
    }
    let least = least.round_dp_with_strategy(0, RoundingStrategy::AwayFromZero);
    Money::from_minor(least.to_i64().unwrap_or(i64::MAX))
}
