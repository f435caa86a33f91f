//! Menus as our own CSV: a file each for categories, groups, items and pages, which together hold
//! all that the menu holds.

use std::collections::BTreeSet;

use crate::domain::catalogue::{Amount, Group, Item, Menu, PriceBy, Pricing};
use crate::domain::menu_check::amount_code;
use crate::domain::menu_file::csv_fields::{
    CATEGORY_FIELDS, ITEM_FIELDS, LIST, NOWHERE, OPTION_FIELDS, PAGE_FIELDS, guarded,
};
use crate::domain::money::{Currency, Money};

/// The menu as CSV files, each with its name, in the order in which they are read. A file that
/// would have no rows is left out, but for the items.
pub fn export_csv(menu: &Menu) -> Vec<(&'static str, String)> {
    let mut files = Vec::new();
    let categories = menu.categories.iter().map(|c| {
        let course = c.course.map(|course| course.to_string()).unwrap_or_default();
        let department = c.department.clone().unwrap_or_default();
        [&c.code, &c.name, &department, &c.tax_class, &c.stations.join(&LIST.to_string()), &course]
            .map(|t| guarded(t))
            .to_vec()
    });
    files.push(("categories.csv", sheet(&names(CATEGORY_FIELDS), categories)));
    let groups = menu.groups.iter().flat_map(|group| options(group, menu.currency));
    files.push(("groups.csv", sheet(&option_columns(), groups)));
    files.push(("items.csv", export_items_csv(menu)));
    let keys = menu
        .pages
        .iter()
        .flat_map(|page| page.keys.iter().map(|(key, code)| vec![guarded(&page.name), key.to_string(), guarded(code)]));
    files.push(("pages.csv", sheet(&names(PAGE_FIELDS), keys)));
    files.retain(|(name, text)| *name == "items.csv" || text.lines().nth(1).is_some());
    files
}

/// The items alone, as CSV.
pub fn export_items_csv(menu: &Menu) -> String {
    // The base level has the column without a name wherever only one level is in use.
    let levels = |pick: fn(&Pricing) -> Option<Vec<&String>>| -> BTreeSet<String> {
        menu.items.iter().filter_map(|item| pick(&item.pricing)).flatten().cloned().collect()
    };
    let each = levels(|pricing| match pricing {
        Pricing::Each(prices) if prices.len() > 1 => Some(prices.keys().collect()),
        Pricing::Each(_) | Pricing::PerKg { .. } | Pricing::Open { .. } => None,
    });
    let per_kg = levels(|pricing| match pricing {
        Pricing::PerKg { prices, .. } if prices.len() > 1 => Some(prices.keys().collect()),
        Pricing::Each(_) | Pricing::PerKg { .. } | Pricing::Open { .. } => None,
    });
    let mut columns = Vec::new();
    for &name in ITEM_FIELDS {
        columns.push(name.to_owned());
        let levels = match name {
            "price" => &each,
            "per_kg" => &per_kg,
            _ => continue,
        };
        columns.extend(levels.iter().map(|level| format!("{name}:{level}")));
    }
    let rows = menu.items.iter().map(|item| columns.iter().map(|c| item_cell(item, c, menu.currency)).collect());
    sheet(&columns, rows)
}

fn item_cell(item: &Item, column: &str, currency: Currency) -> String {
    let (name, level) = column.split_once(':').map_or((column, None), |(name, level)| (name, Some(level)));
    let join = |list: &[String]| guarded(&list.join(&LIST.to_string()));
    let show = |amount: Money| currency.show(amount);
    match (name, &item.pricing) {
        ("code", _) => guarded(&item.code),
        ("name", _) => guarded(&item.name),
        ("kitchen_name", _) => item.kitchen_name.as_deref().map(guarded).unwrap_or_default(),
        ("category", _) => guarded(&item.category),
        ("price", Pricing::Each(prices)) | ("per_kg", Pricing::PerKg { prices, .. }) => {
            let price = match level {
                // One price alone is the base level's; several have their own columns.
                None if prices.len() == 1 => prices.values().next(),
                None => None,
                Some(level) if prices.len() > 1 => prices.get(level),
                Some(_) => None,
            };
            price.map(|price| show(*price)).unwrap_or_default()
        }
        ("tare", Pricing::PerKg { tare, .. }) if !tare.is_zero() => tare.to_string(),
        ("open_min", Pricing::Open { min, .. }) => show(*min),
        ("open_max", Pricing::Open { max, .. }) => show(*max),
        ("tax_class", _) => item.tax_class.as_deref().map(guarded).unwrap_or_default(),
        ("stations", _) => match item.stations.as_deref() {
            None => String::new(),
            Some([]) => NOWHERE.to_owned(),
            Some(stations) => join(stations),
        },
        ("groups", _) => join(&item.groups),
        ("barcodes", _) => item.barcodes.join(&LIST.to_string()),
        ("hotkey", _) => item.hotkey.map(String::from).unwrap_or_default(),
        ("cost", _) => item.cost.map(show).unwrap_or_default(),
        _ => String::new(),
    }
}

fn option_columns() -> Vec<String> {
    let mut columns = names(OPTION_FIELDS);
    let priced = Amount::ALL.into_iter().filter(|amount| *amount != Amount::Normal);
    columns.extend(priced.map(|amount| format!("price:{}", amount_code(amount))));
    columns
}

fn options(group: &Group, currency: Currency) -> impl Iterator<Item = Vec<String>> {
    let yes = |flag: bool| if flag { "yes".to_owned() } else { String::new() };
    let count = |n: u16| if n > 0 { n.to_string() } else { String::new() };
    group.options.iter().enumerate().map(move |(place, option)| {
        let whole = if place == 0 {
            let by = group.price_by.map_or("", PriceBy::code);
            let (name, ask) = (guarded(&group.name), yes(group.ask));
            let [min, max, free, parts] = [group.min, group.max, group.free, group.parts].map(count);
            [name, min, max, free, ask, parts, by.to_owned()]
        } else {
            Default::default()
        };
        let price = if option.price.is_zero() { String::new() } else { currency.show(option.price) };
        let amounts = Amount::ALL.into_iter().filter(|amount| *amount != Amount::Normal);
        let amounts = amounts.map(|a| option.amounts.get(&a).map(|price| currency.show(*price)).unwrap_or_default());
        std::iter::once(guarded(&group.code))
            .chain(whole)
            .chain([
                option.item.as_deref().map(guarded).unwrap_or_default(),
                guarded(&option.name),
                option.kitchen_name.as_deref().map(guarded).unwrap_or_default(),
                price,
                yes(option.default),
                guarded(&option.groups.join(&LIST.to_string())),
            ])
            .chain(amounts)
            .collect()
    })
}

fn names(fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| (*field).to_owned()).collect()
}

fn sheet(columns: &[String], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut text = String::new();
    for row in std::iter::once(columns.to_vec()).chain(rows) {
        let cells: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', ';', '\t', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
