//! `promotions.toml`: what the house takes off by rule.

use rust_decimal::Decimal;

use super::finding::Located;
use super::lists::is_rate;
use super::prices_file::{share, when, which, which_of};
use super::reader::Table;
use crate::domain::money::{Currency, Money};
use crate::domain::order_type::OrderType;
use crate::domain::promotion::{Deal, Promotion};
use crate::domain::schedule::Which;

/// The most promotions.
const MAX_PROMOTIONS: usize = 200;

/// Reads it.
pub(super) fn read(root: Table, currency: Option<Currency>, order_types: &[OrderType]) -> Vec<Promotion> {
    let file = root.file;
    let tables = root.tables("promotion").unwrap_or_default();
    if tables.len() > MAX_PROMOTIONS {
        file.find_whole(format!("at most {MAX_PROMOTIONS} promotions"));
    }
    let read: Vec<(Located<String>, Promotion)> =
        tables.into_iter().filter_map(|t| promotion(t, currency, order_types)).collect();
    file.refuse_twins("promotion", read.iter().map(|(code, _)| code));
    root.done();
    read.into_iter().map(|(_, promotion)| promotion).collect()
}

fn promotion(
    table: Table,
    currency: Option<Currency>,
    order_types: &[OrderType],
) -> Option<(Located<String>, Promotion)> {
    let code = table.needed("code", table.code("code"));
    let name = table.needed("name", table.name("name"));
    let deal = deal(&table, currency);
    let amount = |key| table.positive(key, currency);
    let floor = table.decimal("floor_percent").filter(|rate| is_rate(table.file, rate));
    let priority = table.whole("priority", -1000..=1000).and_then(|n| i32::try_from(n).ok()).unwrap_or(0);
    let promotion = Promotion {
        code: String::new(),
        name: String::new(),
        when: when(&table, order_types),
        which: which(&table),
        deal: Deal::Percent(Decimal::ZERO),
        least_order: amount("least_order").unwrap_or(Money::ZERO),
        coupon: table.code("coupon").map(|c| c.value.to_uppercase()),
        group: table.code("group").map(|g| g.value.to_lowercase()),
        budget: amount("budget"),
        priority,
        floor_percent: floor.map(|f| f.value.normalize()),
    };
    table.done();
    let code = code?;
    Some((code.clone(), Promotion { code: code.value, name: name?.value, deal: deal?, ..promotion }))
}

/// What is cheaper beside what is paid, where the file says.
fn others(table: &Table) -> Option<Which> {
    let other = which_of(table, "get_categories", "get_items");
    if other == Which::default() {
        return None;
    }
    if !table.has("get") {
        table.file.find_at(&table.place(), "`get_categories` and `get_items` only beside `buy` and `get`");
    }
    Some(other)
}

/// What is given: exactly one of the ways.
fn deal(table: &Table, currency: Option<Currency>) -> Option<Deal> {
    let count = |key: &'static str| table.whole(key, 1..=999).and_then(|n| u16::try_from(n).ok());
    let (buy, get, of) = (count("buy"), count("get"), count("count"));
    let get_percent = share(table, "get_percent").unwrap_or(Decimal::ONE_HUNDRED);
    let other = others(table);
    let price = table.positive("price", currency);
    let (percent, off) = (share(table, "percent_off"), table.positive("amount_off", currency));
    let mut deals = Vec::new();
    if let (Some(buy), Some(get)) = (buy, get) {
        deals.push(Deal::BuyGet { buy, get, percent: get_percent, other });
    }
    if let (Some(count), Some(price)) = (of, price) {
        deals.push(Deal::Bundle { count, price });
    }
    deals.extend(percent.map(Deal::Percent));
    deals.extend(off.map(Deal::Amount));
    let said = ["buy", "count", "percent_off", "amount_off"].iter().filter(|key| table.has(key)).count();
    if said != 1 {
        let message = "a promotion says one of: `buy` and `get`; `count` and `price`; `percent_off`; `amount_off`";
        table.file.find_at(&table.place(), message);
        return None;
    }
    if deals.is_empty() {
        for (key, other) in [("buy", "get"), ("count", "price")] {
            if table.has(key) && !table.has(other) {
                table.file.find_at(&table.place(), format!("`{other}` is missing here, beside `{key}`"));
            }
        }
    }
    deals.pop()
}
