//! Items out of the rows of a CSV.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::domain::catalogue::{Category, Item, Pricing};
use crate::domain::menu_check::{CODE_CHARS, Part, Spot};
use crate::domain::menu_file::csv_fields::{NOWHERE, Record, Table};
use crate::domain::menu_file::csv_read::{Reader, letter, list, put};
use crate::domain::menu_file::json_read::kept;
use crate::domain::money::Money;
use crate::domain::quantity::Quantity;
use crate::domain::text;

/// The category of mapped items that name none.
const UNSORTED: &str = "Items";

/// Puts a table's items onto the menu. Columns that the table lacks stay as they are for items that
/// are there already. `foreign`: the table is somebody else's, so that categories are names rather
/// than codes, and are made where they are missing.
pub(super) fn read(reader: &mut Reader, table: &Table, foreign: bool) {
    let places = reader.draft.menu.items.iter().enumerate().map(|(row, item)| (item.code.clone(), row));
    let places: HashMap<String, usize> = places.collect();
    let mut seen = HashSet::new();
    if !table.has("code") {
        return reader.draft.wrong((reader.file, 0), None, "nothing for `code`", "--map code=COLUMN");
    }
    for record in &table.records {
        let code = table.get(record, "code").map(|cell| cell.text.clone()).unwrap_or_default();
        // A code that this file has twice makes two rows, so that the check sees it.
        let known = if seen.insert(code.clone()) { places.get(&code).copied() } else { None };
        let row = known.unwrap_or(reader.draft.menu.items.len());
        reader.begin(table, record, Part::Item, row);
        let before = known.and_then(|row| reader.draft.menu.items.get(row)).cloned();
        let item = item(reader, (table, record), row, code, before, foreign);
        put(&mut reader.draft.menu.items, row, item);
    }
}

fn item(
    reader: &mut Reader,
    (table, record): (&Table, &Record),
    row: usize,
    code: String,
    before: Option<Item>,
    foreign: bool,
) -> Item {
    let spot = |field| Spot::new(Part::Item, row, field);
    let text = |name: &str| table.get(record, name).map(|cell| cell.text.clone());
    let filled = |text: String| Some(text).filter(|text| !text.is_empty());
    let known = before.is_some();
    let mut item = before.unwrap_or_else(|| blank(code));
    item.pricing = pricing(reader, (table, record), row, item.pricing, known);
    item.name = text("name").unwrap_or(item.name);
    item.kitchen_name = text("kitchen_name").map_or(item.kitchen_name, filled);
    item.tax_class = text("tax_class").map_or(item.tax_class, filled);
    item.category = match text("category") {
        Some(name) if foreign => category(reader, &name, item.tax_class.as_deref()),
        Some(code) => code,
        None if foreign && !known => category(reader, UNSORTED, item.tax_class.as_deref()),
        None => item.category,
    };
    item.stations = text("stations").map_or(item.stations, |stations| match stations.as_str() {
        "" => None,
        NOWHERE => Some(Vec::new()),
        stations => Some(list(stations)),
    });
    item.groups = text("groups").map_or(item.groups, |groups| list(&groups));
    item.barcodes = text("barcodes").map_or(item.barcodes, |b| list(&b).into_iter().map(kept).collect());
    if let Some(cell) = table.get(record, "hotkey") {
        item.hotkey = letter(&cell.text);
        if item.hotkey.is_none() && !cell.text.is_empty() {
            reader.wrong(cell, spot("hotkey"), "one letter from a to z");
        }
    }
    if let Some(cell) = table.get(record, "cost") {
        item.cost = (!cell.text.is_empty()).then(|| reader.amount(cell, spot("cost")));
    }
    item
}

fn blank(code: String) -> Item {
    Item {
        code,
        name: String::new(),
        kitchen_name: None,
        category: String::new(),
        pricing: Pricing::Each(BTreeMap::new()),
        tax_class: None,
        stations: None,
        groups: Vec::new(),
        barcodes: Vec::new(),
        hotkey: None,
        cost: None,
    }
}

/// The price by the columns that are filled; as it was, when the table has none for it.
fn pricing(
    reader: &mut Reader,
    (table, record): (&Table, &Record),
    row: usize,
    before: Pricing,
    known: bool,
) -> Pricing {
    let spot = |field| Spot::new(Part::Item, row, field);
    let filled = |name| table.levels(record, name).any(|(_, cell)| !cell.text.is_empty());
    let columns = ["price", "per_kg", "open_min", "open_max", "tare"];
    let kinds = (filled("price"), filled("per_kg"), filled("open_min") || filled("open_max"));
    match kinds {
        (true, false, false) => {
            let mut prices = if let Pricing::Each(prices) = before { prices } else { BTreeMap::new() };
            reader.prices((table, record), &spot("price"), &mut prices);
            Pricing::Each(prices)
        }
        (false, true, false) => {
            let (mut prices, mut tare) =
                if let Pricing::PerKg { prices, tare } = before { (prices, tare) } else { Default::default() };
            reader.prices((table, record), &spot("per_kg"), &mut prices);
            if let Some(cell) = table.get(record, "tare") {
                let read = if cell.text.is_empty() { Ok(Quantity::ZERO) } else { Quantity::parse(&cell.text) };
                tare = read.unwrap_or_else(|why| {
                    reader.wrong(cell, spot("tare"), format!("a weight in kg such as 0.012: {why}"));
                    Quantity::ZERO
                });
            }
            Pricing::PerKg { prices, tare }
        }
        (false, false, true) => {
            let mut bound = |name| match table.get(record, name) {
                Some(cell) => reader.amount(cell, spot("open")),
                None => Money::ZERO,
            };
            Pricing::Open { min: bound("open_min"), max: bound("open_max") }
        }
        (false, false, false) if known && !columns.iter().any(|name| table.has(name)) => before,
        (false, false, false) => {
            let at = table.get(record, "price").map_or(record.at, |cell| cell.at);
            wrong_price(reader, at, spot("price"), "no price");
            Pricing::Each(BTreeMap::new())
        }
        (true, true, _) | (true, _, true) | (_, true, true) => {
            wrong_price(reader, record.at, spot("price"), "several kinds of price");
            Pricing::Each(BTreeMap::new())
        }
    }
}

fn wrong_price(reader: &mut Reader, at: usize, spot: Spot, found: &str) {
    let expected = "an amount under one of `price`, `per_kg`, or `open_min` with `open_max`";
    reader.draft.wrong((reader.file, at), Some(spot), found, expected);
}

/// The code of the category with this code or name; it is made when there is none.
fn category(reader: &mut Reader, name: &str, tax_class: Option<&str>) -> String {
    let folded = text::fold(name);
    let categories = &mut reader.draft.menu.categories;
    if let Some(known) = categories.iter().find(|c| c.code == name || text::fold(&c.name) == folded) {
        return known.code.clone();
    }
    let plain: String = folded.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let plain = plain.trim_matches('-');
    let stem = if plain.is_empty() { "category" } else { plain };
    // Room for a number behind it, where two names come to the same code.
    let stem = stem.get(..CODE_CHARS - 5).unwrap_or(stem).trim_end_matches('-');
    let codes = std::iter::once(stem.to_owned()).chain((2..).map(|n| format!("{stem}-{n}")));
    let free = codes.into_iter().find(|code| categories.iter().all(|c| c.code != *code)).unwrap_or_default();
    let first_class = reader.draft.known.tax_classes.first().map_or("", String::as_str);
    categories.push(Category {
        code: free.clone(),
        name: name.to_owned(),
        department: None,
        tax_class: tax_class.unwrap_or(first_class).to_owned(),
        stations: Vec::new(),
        course: None,
    });
    free
}
