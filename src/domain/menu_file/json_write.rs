//! Menus as our own JSON, always the same bytes for the same menu.
//!
//! Fields stand in one order and absent ones are left out; an object or a list stands on one line
//! where that fits, so that a menu reads well and a change of one item is a change of one line.

use std::collections::BTreeMap;

use crate::domain::catalogue::{Category, Choice, Group, Item, LevelCode, Menu, PageLayout, Pricing};
use crate::domain::menu_check::amount_code;
use crate::domain::money::{Currency, Money};

/// Lines are broken beyond so many characters, where they can be.
const WIDTH: usize = 120;

/// A value on its way to paper.
enum Out {
    /// Something that is never broken: a string in quotes, a number, a word.
    Plain(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

/// The menu as our own JSON. Canonical: what is imported from it exports to the same bytes.
pub fn export_json(menu: &Menu) -> String {
    let currency = menu.currency;
    let mut fields = Fields::default();
    fields.text("format", Menu::FORMAT);
    fields.text("currency", currency.code());
    let lists = [
        ("categories", menu.categories.iter().map(category).collect::<Vec<_>>()),
        ("groups", menu.groups.iter().map(|g| group(g, currency)).collect()),
        ("items", menu.items.iter().map(|i| item(i, currency)).collect()),
        ("pages", menu.pages.iter().map(page).collect()),
    ];
    for (name, list) in lists {
        // Categories and items are there even when there are none.
        if !list.is_empty() || matches!(name, "categories" | "items") {
            fields.put(name, Out::List(list));
        }
    }
    let mut text = String::new();
    fields.done().write(&mut text, 0, 0);
    text.push('\n');
    text
}

/// The fields of an object in the order of writing.
#[derive(Default)]
struct Fields(Vec<(String, Out)>);

impl Fields {
    fn put(&mut self, name: &str, value: Out) {
        self.0.push((name.to_owned(), value));
    }

    fn text(&mut self, name: &str, text: &str) {
        self.put(name, quoted(text));
    }

    fn maybe(&mut self, name: &str, text: Option<&String>) {
        if let Some(text) = text {
            self.text(name, text);
        }
    }

    fn texts(&mut self, name: &str, texts: &[String]) {
        if !texts.is_empty() {
            self.put(name, Out::List(texts.iter().map(|t| quoted(t)).collect()));
        }
    }

    fn count(&mut self, name: &str, count: u16) {
        if count > 0 {
            self.put(name, Out::Plain(count.to_string()));
        }
    }

    fn flag(&mut self, name: &str, flag: bool) {
        if flag {
            self.put(name, Out::Plain("true".to_owned()));
        }
    }

    fn done(self) -> Out {
        Out::Object(self.0)
    }
}

fn quoted(text: &str) -> Out {
    Out::Plain(serde_json::Value::from(text).to_string())
}

fn amount(currency: Currency, amount: Money) -> Out {
    quoted(&currency.show(amount))
}

/// One amount alone is the base level's.
fn prices(currency: Currency, prices: &BTreeMap<LevelCode, Money>) -> Out {
    match prices.values().next() {
        Some(price) if prices.len() == 1 => amount(currency, *price),
        _ => Out::Object(prices.iter().map(|(level, price)| (level.clone(), amount(currency, *price))).collect()),
    }
}

fn category(category: &Category) -> Out {
    let mut fields = Fields::default();
    fields.text("code", &category.code);
    fields.text("name", &category.name);
    fields.maybe("department", category.department.as_ref());
    fields.text("tax_class", &category.tax_class);
    fields.texts("stations", &category.stations);
    fields.count("course", category.course.map_or(0, u16::from));
    fields.done()
}

fn group(group: &Group, currency: Currency) -> Out {
    let mut fields = Fields::default();
    fields.text("code", &group.code);
    fields.text("name", &group.name);
    fields.count("min", group.min);
    fields.count("max", group.max);
    fields.count("free", group.free);
    fields.flag("ask", group.ask);
    fields.count("parts", group.parts);
    if let Some(by) = group.price_by {
        fields.text("price_by", by.code());
    }
    fields.put("options", Out::List(group.options.iter().map(|o| option(o, currency)).collect()));
    fields.done()
}

fn option(option: &Choice, currency: Currency) -> Out {
    let mut fields = Fields::default();
    fields.maybe("item", option.item.as_ref());
    if option.item.is_none() || !option.name.is_empty() {
        fields.text("name", &option.name);
    }
    fields.maybe("kitchen_name", option.kitchen_name.as_ref());
    if !option.price.is_zero() {
        fields.put("price", amount(currency, option.price));
    }
    fields.flag("default", option.default);
    if !option.amounts.is_empty() {
        let amounts = option.amounts.iter().map(|(a, price)| (amount_code(*a).to_owned(), amount(currency, *price)));
        fields.put("amounts", Out::Object(amounts.collect()));
    }
    fields.texts("groups", &option.groups);
    fields.done()
}

fn item(item: &Item, currency: Currency) -> Out {
    let mut fields = Fields::default();
    fields.text("code", &item.code);
    fields.text("name", &item.name);
    fields.maybe("kitchen_name", item.kitchen_name.as_ref());
    fields.text("category", &item.category);
    match &item.pricing {
        Pricing::Each(each) => fields.put("price", prices(currency, each)),
        Pricing::PerKg { prices: per_kg, tare } => {
            fields.put("per_kg", prices(currency, per_kg));
            if !tare.is_zero() {
                fields.text("tare", &tare.to_string());
            }
        }
        Pricing::Open { min, max } => {
            let bounds = [("min", min), ("max", max)].map(|(name, m)| (name.to_owned(), amount(currency, *m)));
            fields.put("open", Out::Object(bounds.into()));
        }
    }
    fields.maybe("tax_class", item.tax_class.as_ref());
    if let Some(stations) = &item.stations {
        // An empty list says something else than none: made nowhere, whatever the category says.
        fields.put("stations", Out::List(stations.iter().map(|s| quoted(s)).collect()));
    }
    fields.texts("groups", &item.groups);
    fields.texts("barcodes", &item.barcodes);
    if let Some(key) = item.hotkey {
        fields.text("hotkey", &key.to_string());
    }
    if let Some(cost) = item.cost {
        fields.put("cost", amount(currency, cost));
    }
    fields.done()
}

fn page(page: &PageLayout) -> Out {
    let mut fields = Fields::default();
    fields.text("name", &page.name);
    fields.put("keys", Out::Object(page.keys.iter().map(|(key, code)| (key.to_string(), quoted(code))).collect()));
    fields.done()
}

impl Out {
    /// Its length on one line; at least more than `WIDTH` when it is certain not to fit.
    fn length(&self) -> usize {
        match self {
            Self::Plain(text) => text.chars().count(),
            Self::List(list) => joined("[]".len(), list.iter().map(Self::length)),
            Self::Object(fields) => {
                let field = |(name, value): &(String, Self)| name.chars().count() + "\"\": ".len() + value.length();
                joined("{  }".len(), fields.iter().map(field))
            }
        }
    }

    /// Writes it behind `before` characters that stand on the line already.
    fn write(&self, text: &mut String, indent: usize, before: usize) {
        // The menu and its lists are always spread out, a row to a line.
        let broken = indent < 2 || indent * 2 + before + self.length() + ",".len() > WIDTH;
        match self {
            Self::Plain(plain) => text.push_str(plain),
            Self::List(list) => {
                let entries = list.iter().map(|value| (String::new(), value));
                write_all(text, ('[', "", ']'), entries, (broken && !list.is_empty(), indent));
            }
            Self::Object(fields) => {
                let entries =
                    fields.iter().map(|(name, value)| (format!("{}: ", serde_json::Value::from(name.as_str())), value));
                write_all(text, ('{', " ", '}'), entries, (broken && !fields.is_empty(), indent));
            }
        }
    }
}

/// The length of values with commas between; the counting stops where they cannot fit any more.
fn joined(brackets: usize, lengths: impl Iterator<Item = usize>) -> usize {
    let mut total = brackets;
    for (place, length) in lengths.enumerate() {
        total += length + if place > 0 { ", ".len() } else { 0 };
        if total > WIDTH {
            break;
        }
    }
    total
}

fn write_all<'o>(
    text: &mut String,
    (open, pad, close): (char, &str, char),
    entries: impl Iterator<Item = (String, &'o Out)>,
    (broken, indent): (bool, usize),
) {
    text.push(open);
    let mut empty = true;
    for (name, value) in entries {
        if !empty {
            text.push(',');
        }
        match (broken, empty) {
            (true, _) => {
                text.push('\n');
                text.push_str(&"  ".repeat(indent + 1));
            }
            (false, true) => text.push_str(pad),
            (false, false) => text.push(' '),
        }
        empty = false;
        text.push_str(&name);
        value.write(text, indent + 1, name.chars().count());
    }
    if broken {
        text.push('\n');
        text.push_str(&"  ".repeat(indent));
    } else if !empty {
        text.push_str(pad);
    }
    text.push(close);
}
