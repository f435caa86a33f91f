//! Of `counterflow.toml`: the ways in which something is sold.

use super::finding::allowed;
use super::main_file::coded;
use super::reader::Table;
use crate::domain::money::Currency;
use crate::domain::order_type::{Asked, OrderType};

/// The most letters before an order's number.
const MAX_PREFIX_CHARS: usize = 3;
/// The longest time after which an order is told to be old, in minutes: a month.
const MAX_OLD_MIN: i64 = 31 * 24 * 60;

/// The types; eat in and take away where none are written.
pub(super) fn order_types(root: &Table, levels: &[String], currency: Option<Currency>) -> Vec<OrderType> {
    let Some(tables) = root.tables("order_type") else {
        return vec![OrderType::plain("eat-in", "Eat in"), OrderType::plain("take-away", "Take away")];
    };
    let mut types = Vec::new();
    for (code, name) in coded(&tables, "order type") {
        let of = tables.iter().find(|t| t.code("code").is_some_and(|c| c.place == code.place));
        let plain = OrderType::plain(&code.value, &name);
        types.push(of.map_or_else(|| plain.clone(), |table| order_type(table, plain.clone(), levels, currency)));
    }
    tables.into_iter().for_each(Table::done);
    types
}

fn order_type(table: &Table, plain: OrderType, levels: &[String], currency: Option<Currency>) -> OrderType {
    let level = table.code("level").map(|level| {
        if !levels.contains(&level.value) {
            let allowed = allowed(&level.value, levels.iter().map(String::as_str));
            table.file.find_at(&level.place, format!("`{}` is no price level{allowed}", level.value));
        }
        level.value
    });
    OrderType {
        level,
        asks: table.words("asks", Asked::ALL).unwrap_or_default().into_iter().collect(),
        prefix: prefix(table).unwrap_or_default(),
        calls: table.flag("calls").unwrap_or(false),
        receipt: table.flag("receipt").unwrap_or(true),
        tab: table.flag("tab").unwrap_or(false),
        limit: table.positive("limit", currency),
        deposit: table.positive("deposit", currency),
        old_min: table.whole("old_min", 1..=MAX_OLD_MIN),
        ..plain
    }
}

fn prefix(table: &Table) -> Option<String> {
    let prefix = table.name("prefix")?;
    let letters = |c: char| c.is_ascii_uppercase();
    if prefix.value.len() > MAX_PREFIX_CHARS || !prefix.value.chars().all(letters) {
        table.file.find_at(&prefix.place, format!("`prefix` is one to {MAX_PREFIX_CHARS} capital letters, like T"));
        return None;
    }
    Some(prefix.value)
}
