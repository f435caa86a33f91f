//! Prices by time: happy hours, set dates. The price at the time of ordering holds; nothing looks at
//! the clock again.

use chrono::{Datelike, NaiveDate, NaiveTime, Weekday};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::domain::catalogue::{Item, Pricing};
use crate::domain::money::Money;
use crate::domain::order::{DiscountKind, Face, PriceFrom};
use crate::domain::settings::Settings;
use crate::domain::time::Stamp;
use crate::domain::totals::taken_off;

/// When something holds. What is empty or absent does not limit it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    /// On these days of the week, by the business date: half past one on Saturday morning is Friday.
    pub days: Vec<Weekday>,
    /// From this time on the wall, this minute included.
    pub from: Option<NaiveTime>,
    /// Until this time, this minute not included; before `from`, it is on the next morning.
    pub until: Option<NaiveTime>,
    /// From this business date on.
    pub first: Option<NaiveDate>,
    /// Up to this business date, that day included.
    pub last: Option<NaiveDate>,
    /// For these order types.
    pub order_types: Vec<String>,
}

impl When {
    /// Whether it holds for an order of this type at this time.
    pub fn holds(&self, order_type: &str, at: Stamp, settings: &Settings) -> bool {
        let date = at.business_date(settings.cut_off);
        let time = at.local().time();
        let in_hours = match (self.from, self.until) {
            (Some(from), Some(until)) if until <= from => time >= from || time < until,
            (from, until) => from.is_none_or(|from| time >= from) && until.is_none_or(|until| time < until),
        };
        in_hours
            && (self.days.is_empty() || self.days.contains(&date.weekday()))
            && self.first.is_none_or(|first| first <= date)
            && self.last.is_none_or(|last| date <= last)
            && (self.order_types.is_empty() || self.order_types.iter().any(|t| t == order_type))
    }
}

/// Which items something is about: all when both lists are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Which {
    /// Everything of these categories.
    pub categories: Vec<String>,
    /// And these items.
    pub items: Vec<String>,
}

impl Which {
    /// Whether it is about this item.
    pub fn is_about(&self, item: &str, category: &str) -> bool {
        let all = self.categories.is_empty() && self.items.is_empty();
        all || self.categories.iter().any(|c| c == category) || self.items.iter().any(|i| i == item)
    }
}

/// What a schedule does to a price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimedPrice {
    /// It is the item's price at this level. An item that has none there is left as it is.
    Level(String),
    /// So many per cent come off the price.
    Percent(Decimal),
}

/// Other prices at a certain time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// Its name: `Happy hour`.
    pub name: String,
    /// When it holds.
    pub when: When,
    /// For which items.
    pub which: Which,
    /// What it does to their prices.
    pub price: TimedPrice,
}

/// The price of one piece or kilogram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// What the menu asks at the order's level.
    pub menu: Money,
    /// What is asked now.
    pub now: Money,
    /// Where that came from.
    pub from: PriceFrom,
}

/// What an item costs on an order with this face at this time: by the first schedule that holds and
/// has a price for it, else at the order's level, else at the base level. None for an open price.
pub fn of_item(item: &Item, face: &Face, at: Stamp, settings: &Settings) -> Option<Price> {
    let prices = match &item.pricing {
        Pricing::Each(prices) | Pricing::PerKg { prices, .. } => prices,
        Pricing::Open { .. } => return None,
    };
    let base = settings.base_level();
    let (level, menu) = match prices.get(&face.level) {
        Some(price) => (face.level.as_str(), *price),
        None => (base, prices.get(base).copied().unwrap_or_default()),
    };
    let holds =
        |s: &&Schedule| s.which.is_about(&item.code, &item.category) && s.when.holds(&face.order_type, at, settings);
    let timed = settings.offers.schedules.iter().filter(holds).find_map(|schedule| {
        let now = match &schedule.price {
            TimedPrice::Level(level) => *prices.get(level)?,
            TimedPrice::Percent(percent) => menu - taken_off(menu, DiscountKind::Percent(*percent), settings.rounding),
        };
        Some(Price { menu, now, from: PriceFrom::Timed { schedule: schedule.name.clone() } })
    });
    Some(timed.unwrap_or_else(|| Price { menu, now: menu, from: PriceFrom::Level(level.to_owned()) }))
}
