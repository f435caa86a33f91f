//! `stock.toml`: goods that are kept in stock, and how much of them each item takes.

use std::collections::BTreeMap;

use super::finding::Located;
use super::reader::Table;
use crate::domain::quantity::Quantity;
use crate::domain::stock::Good;

/// The most goods: they are counted in one dialog.
const MAX_GOODS: usize = 200;

/// Reads it.
pub(super) fn read(root: Table) -> Vec<Good> {
    let file = root.file;
    let tables = root.tables("good").unwrap_or_default();
    if tables.len() > MAX_GOODS {
        file.find_whole(format!("at most {MAX_GOODS} goods"));
    }
    let goods: Vec<(Located<String>, Good)> = tables.into_iter().filter_map(good).collect();
    file.refuse_twins("good", goods.iter().map(|(code, _)| code));
    root.done();
    goods.into_iter().map(|(_, good)| good).collect()
}

fn good(table: Table) -> Option<(Located<String>, Good)> {
    let code = table.needed("code", table.code("code"));
    let name = table.needed("name", table.name("name"));
    let unit = table.name("unit").map_or_else(String::new, |unit| unit.value);
    let quantity = |text: &Located<String>| match Quantity::parse(&text.value) {
        Ok(quantity) => Some(quantity),
        Err(why) => {
            table.file.find_at(&text.place, why);
            None
        }
    };
    let low = table.text("low").and_then(|text| quantity(&text)).unwrap_or_default();
    let takes: BTreeMap<String, Quantity> = match table.table("takes") {
        Some(takes) => {
            let listed = takes.all_texts();
            listed.into_iter().filter_map(|(item, much)| Some((item.value, quantity(&much)?))).collect()
        }
        None => BTreeMap::new(),
    };
    table.done();
    let code = code?;
    Some((code.clone(), Good { code: code.value, name: name?.value, unit, low, takes }))
}
