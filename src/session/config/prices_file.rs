//! `prices.toml`: what prices do by time, and what an order comes to beyond them.

use chrono::{NaiveTime, Weekday};
use rust_decimal::Decimal;

use super::finding::allowed;
use super::lists::{is_rate, known};
use super::reader::Table;
use crate::domain::order_type::OrderType;
use crate::domain::schedule::{Schedule, TimedPrice, When, Which};
use crate::domain::service::ServiceRule;
use crate::domain::settings::Offers;
use crate::domain::tax::TaxTable;

/// The most categories or items that something can be about.
const MAX_CODES: usize = 200;

/// Reads it. What it lacks is not asked.
pub(super) fn read(root: Table, order_types: &[OrderType], levels: &[String], taxes: &TaxTable) -> Offers {
    let schedules = root.tables("schedule").unwrap_or_default();
    let offers = Offers {
        service: service(&root, order_types, taxes),
        promotions: Vec::new(),
        schemes: Vec::new(),
        schedules: schedules.into_iter().filter_map(|t| schedule(t, order_types, levels)).collect(),
    };
    root.done();
    offers
}

fn service(root: &Table, order_types: &[OrderType], taxes: &TaxTable) -> Option<ServiceRule> {
    let table = root.table("service_charge")?;
    let name = table.name("name").map_or_else(|| "Service".to_owned(), |n| n.value);
    let percent = table.needed("percent", table.decimal("percent")).filter(|rate| is_rate(table.file, rate));
    let from_covers = table.whole("from_covers", 0..=999).and_then(|n| u16::try_from(n).ok()).unwrap_or(0);
    let order_types = known(&table, "order_types", "order type", order_types, |t| &t.code).unwrap_or_default();
    let codes = known(&table, "taxes", "tax", &taxes.taxes, |t| &t.code).unwrap_or_default();
    table.done();
    let percent = percent?.value.normalize();
    let taxes = codes.iter().filter_map(|code| taxes.taxes.iter().find(|t| t.code == *code)).cloned().collect();
    (!percent.is_zero()).then_some(ServiceRule { name, percent, from_covers, order_types, taxes })
}

fn schedule(table: Table, order_types: &[OrderType], levels: &[String]) -> Option<Schedule> {
    let name = table.needed("name", table.name("name"));
    let level = known_level(&table, levels);
    let percent = share(&table, "percent_off");
    let price = match (level, percent) {
        (Some(level), None) => Some(TimedPrice::Level(level)),
        (None, Some(percent)) => Some(TimedPrice::Percent(percent)),
        (Some(_), Some(_)) => {
            table.file.find_at(&table.place(), "a schedule has either `level` or `percent_off`, not both");
            None
        }
        (None, None) => {
            if !table.has("level") && !table.has("percent_off") {
                table.file.find_at(&table.place(), "`level` or `percent_off` is missing here");
            }
            None
        }
    };
    let (when, which) = (when(&table, order_types), which(&table));
    table.done();
    Some(Schedule { name: name?.value, when, which, price: price? })
}

fn known_level(table: &Table, levels: &[String]) -> Option<String> {
    let level = table.code("level")?;
    if !levels.contains(&level.value) {
        let allowed = allowed(&level.value, levels.iter().map(String::as_str));
        table.file.find_at(&level.place, format!("`{}` is no price level{allowed}", level.value));
    }
    Some(level.value)
}

/// A share of a price: more than 0 and at most 100 per cent.
pub(super) fn share(table: &Table, key: &'static str) -> Option<Decimal> {
    let percent = table.decimal(key).filter(|rate| is_rate(table.file, rate))?;
    if percent.value.is_zero() || percent.value > Decimal::ONE_HUNDRED {
        table.file.find_at(&percent.place, format!("`{key}` is more than 0 and at most 100"));
        return None;
    }
    Some(percent.value.normalize())
}

/// When something holds: `days`, `from`, `until`, `first`, `last`, `order_types`.
pub(super) fn when(table: &Table, order_types: &[OrderType]) -> When {
    let days = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
    let first = table.date("first");
    let last = table.date("last");
    if let (Some(first), Some(last)) = (&first, &last)
        && first.value > last.value
    {
        table.file.find_at(&last.place, "`last` lies before `first`: this would never hold");
    }
    When {
        days: table.words("days", &days).unwrap_or_default(),
        from: time(table, "from"),
        until: time(table, "until"),
        first: first.map(|d| d.value),
        last: last.map(|d| d.value),
        order_types: known(table, "order_types", "order type", order_types, |t| &t.code).unwrap_or_default(),
    }
}

fn time(table: &Table, key: &'static str) -> Option<NaiveTime> {
    let text = table.text(key)?;
    let time = NaiveTime::parse_from_str(&text.value, "%H:%M").ok();
    if time.is_none() {
        table.file.find_at(&text.place, format!("`{}` is not a time of day such as 17:00", text.value));
    }
    time
}

/// Which items something is about: `categories`, `items`. Whether the menu has them, nobody knows here.
pub(super) fn which(table: &Table) -> Which {
    which_of(table, "categories", "items")
}

/// The same, by the keys that say it.
pub(super) fn which_of(table: &Table, categories: &'static str, items: &'static str) -> Which {
    let codes = |key| table.codes(key, 0..=MAX_CODES).unwrap_or_default().into_iter().map(|c| c.value).collect();
    Which { categories: codes(categories), items: codes(items) }
}
