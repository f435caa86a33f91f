//! `prices.toml`: what an order comes to beyond the prices of the menu.

use super::lists::{is_rate, known};
use super::reader::Table;
use crate::domain::service::ServiceRule;
use crate::domain::settings::{Offers, OrderType};
use crate::domain::tax::TaxTable;

/// Reads it. What it lacks is not asked.
pub(super) fn read(root: Table, order_types: &[OrderType], taxes: &TaxTable) -> Offers {
    let offers = Offers { service: service(&root, order_types, taxes) };
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
