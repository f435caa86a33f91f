//! Menus out of our own JSON.

use std::collections::{BTreeMap, HashSet};

use crate::domain::barcode::Barcode;
use crate::domain::catalogue::{Amount, Category, Choice, Group, Item, LevelCode, Menu, PageLayout, PriceBy, Pricing};
use crate::domain::menu_check::{Part, Spot, amount_code};
use crate::domain::menu_file::draft::Draft;
use crate::domain::menu_file::json::{self, Node, Value};
use crate::domain::money::{Currency, Money};
use crate::domain::quantity::Quantity;

pub(super) const MENU: &[&str] = &["$schema", "format", "currency", "categories", "groups", "items", "pages"];
pub(super) const CATEGORY: &[&str] = &["code", "name", "department", "tax_class", "stations", "course"];
pub(super) const GROUP: &[&str] = &["code", "name", "min", "max", "free", "ask", "parts", "price_by", "options"];
pub(super) const OPTION: &[&str] = &["item", "name", "kitchen_name", "price", "default", "amounts", "groups"];
pub(super) const ITEM: &[&str] = &[
    "code",
    "name",
    "kitchen_name",
    "category",
    "price",
    "per_kg",
    "tare",
    "open",
    "tax_class",
    "stations",
    "groups",
    "barcodes",
    "hotkey",
    "cost",
];
pub(super) const OPEN: &[&str] = &["min", "max"];
pub(super) const PAGE: &[&str] = &["name", "keys"];

/// Reads a whole menu, in place of the draft's.
pub(super) fn read(draft: &mut Draft, file: usize, text: &str) {
    draft.menu = Menu::empty(draft.known.currency);
    let root = match json::parse(text) {
        Ok(root) => root,
        Err(syntax) => return draft.wrong((file, syntax.at), None, syntax.found, syntax.expected),
    };
    draft.begin(Part::Menu, 0, file, root.at);
    let mut reader = Reader { draft, file };
    let top = Spot::new(Part::Menu, 0, "");
    let Some(menu) = reader.object(&root, &top, MENU, "a menu: an object that begins with \"format\"") else { return };
    reader.head(&menu);
    for node in reader.list(&menu, "categories", true) {
        let category = reader.category(node);
        reader.draft.menu.categories.extend(category);
    }
    for node in reader.list(&menu, "groups", false) {
        let group = reader.group(node);
        reader.draft.menu.groups.extend(group);
    }
    for node in reader.list(&menu, "items", true) {
        let item = reader.item(node);
        reader.draft.menu.items.extend(item);
    }
    for node in reader.list(&menu, "pages", false) {
        let page = reader.page(node);
        reader.draft.menu.pages.extend(page);
    }
}

/// An object whose field names were checked.
struct Object<'n> {
    at: usize,
    spot: Spot,
    fields: &'n [(usize, String, Node)],
}

impl<'n> Object<'n> {
    /// The value of a field; none when it is absent or null.
    fn get(&self, field: &str) -> Option<&'n Node> {
        let found = self.fields.iter().find(|(_, name, _)| name == field).map(|(_, _, node)| node);
        found.filter(|node| node.value != Value::Null)
    }

    fn spot(&self, field: &'static str) -> Spot {
        Spot { field, key: None, ..self.spot.clone() }
    }
}

struct Reader<'d, 'k> {
    draft: &'d mut Draft<'k>,
    file: usize,
}

impl Reader<'_, '_> {
    fn wrong(&mut self, at: usize, spot: Spot, found: impl Into<String>, expected: impl Into<String>) {
        self.draft.wrong((self.file, at), Some(spot), found, expected);
    }

    /// An object with no other fields than these.
    fn object<'n>(
        &mut self,
        node: &'n Node,
        spot: &Spot,
        allowed: &[&'static str],
        expected: &str,
    ) -> Option<Object<'n>> {
        let Value::Object(fields) = &node.value else {
            self.wrong(node.at, spot.clone(), kind(node), expected);
            return None;
        };
        let mut seen = HashSet::new();
        for (at, name, value) in fields {
            match allowed.iter().find(|field| *field == name) {
                // The fields of a field, such as the bounds of an open price, are its keys.
                Some(_) if !spot.field.is_empty() => self.draft.mark(spot.clone().key(name), value.at),
                Some(field) => self.draft.mark(Spot { field, ..spot.clone() }, value.at),
                None => {
                    let expected = format!("one of the fields {}", allowed.join(", "));
                    self.wrong(*at, spot.clone(), format!("the field `{name}`"), expected);
                }
            }
            if !seen.insert(name) {
                self.wrong(*at, spot.clone(), format!("the field `{name}` for the second time"), "each field once");
            }
        }
        Some(Object { at: node.at, spot: spot.clone(), fields })
    }

    fn missing(&mut self, object: &Object, field: &'static str, expected: &str) {
        self.wrong(object.at, object.spot(field), format!("no `{field}`"), expected);
    }

    fn head(&mut self, menu: &Object) {
        let expected = format!("\"{}\"", Menu::FORMAT);
        let format = self.text(menu, "format", true);
        if let Some((at, found)) = format.filter(|(_, found)| found != Menu::FORMAT) {
            self.wrong(at, menu.spot("format"), format!("`{found}`"), expected);
        }
        let Some((at, code)) = self.text(menu, "currency", true) else { return };
        match Currency::from_code(&code) {
            Ok(currency) => self.draft.menu.currency = currency,
            Err(unknown) => self.wrong(at, menu.spot("currency"), format!("`{code}`"), unknown.to_string()),
        }
    }

    fn list<'n>(&mut self, object: &Object<'n>, field: &'static str, required: bool) -> &'n [Node] {
        match object.get(field).map(|node| (node, &node.value)) {
            Some((_, Value::List(list))) => list,
            Some((node, _)) => {
                self.wrong(node.at, object.spot(field), kind(node), "a list in square brackets");
                &[]
            }
            None if required => {
                self.missing(object, field, "a list, perhaps an empty one: []");
                &[]
            }
            None => &[],
        }
    }

    /// A text without the spaces at its ends, and where it stands.
    fn text(&mut self, object: &Object, field: &'static str, required: bool) -> Option<(usize, String)> {
        match object.get(field).map(|node| (node, &node.value)) {
            Some((node, Value::Text(text))) => Some((node.at, text.trim().to_owned())),
            Some((node, _)) => {
                self.wrong(node.at, object.spot(field), kind(node), "text in double quotes");
                None
            }
            None => {
                if required {
                    self.missing(object, field, "text in double quotes");
                }
                None
            }
        }
    }

    fn required(&mut self, object: &Object, field: &'static str) -> String {
        self.text(object, field, true).map(|(_, text)| text).unwrap_or_default()
    }

    fn optional(&mut self, object: &Object, field: &'static str) -> Option<String> {
        self.text(object, field, false).map(|(_, text)| text)
    }

    /// A list of texts; none when the field is absent.
    fn texts(&mut self, object: &Object, field: &'static str) -> Option<Vec<String>> {
        object.get(field)?;
        let mut texts = Vec::new();
        for (place, node) in self.list(object, field, false).iter().enumerate() {
            self.draft.mark(object.spot(field).key(place), node.at);
            match &node.value {
                Value::Text(text) => texts.push(text.trim().to_owned()),
                _ => self.wrong(node.at, object.spot(field).key(place), kind(node), "text in double quotes"),
            }
        }
        Some(texts)
    }

    fn flag(&mut self, object: &Object, field: &'static str) -> bool {
        match object.get(field).map(|node| (node, &node.value)) {
            Some((_, Value::Bool(flag))) => *flag,
            Some((node, _)) => {
                self.wrong(node.at, object.spot(field), kind(node), "true or false");
                false
            }
            None => false,
        }
    }

    fn count(&mut self, object: &Object, field: &'static str) -> Option<u16> {
        let node = object.get(field)?;
        let count = match &node.value {
            Value::Number(number) => number.parse().ok(),
            _ => None,
        };
        if count.is_none() {
            self.wrong(node.at, object.spot(field), kind(node), "a whole number, 0 or more");
        }
        count
    }

    fn amount(&mut self, node: &Node, spot: Spot) -> Money {
        let (Value::Text(written) | Value::Number(written)) = &node.value else {
            self.wrong(node.at, spot, kind(node), "an amount such as \"3.20\"");
            return Money::ZERO;
        };
        let currency = self.draft.menu.currency;
        currency.parse(written, false).unwrap_or_else(|why| {
            let expected =
                format!("an amount in {currency} such as \"{}\": {why}", currency.show(Money::from_minor(320)));
            self.wrong(node.at, spot, kind(node), expected);
            Money::ZERO
        })
    }

    /// One amount for the base level, or an object of amounts by level.
    fn prices(&mut self, node: &Node, spot: Spot) -> BTreeMap<LevelCode, Money> {
        let Value::Object(levels) = &node.value else {
            let base = self.draft.known.base_level().to_owned();
            return BTreeMap::from([(base, self.amount(node, spot))]);
        };
        let mut prices = BTreeMap::new();
        for (at, level, price) in levels {
            self.draft.mark(spot.clone().key(level), price.at);
            let price = self.amount(price, spot.clone());
            if prices.insert(level.clone(), price).is_some() {
                self.wrong(*at, spot.clone(), format!("level `{level}` for the second time"), "each level once");
            }
        }
        prices
    }

    fn category(&mut self, node: &Node) -> Option<Category> {
        let spot = Spot::new(Part::Category, self.draft.menu.categories.len(), "");
        self.draft.begin(Part::Category, spot.row, self.file, node.at);
        let object = self.object(node, &spot, CATEGORY, "a category: an object")?;
        Some(Category {
            code: self.required(&object, "code"),
            name: self.required(&object, "name"),
            department: self.optional(&object, "department"),
            tax_class: self.required(&object, "tax_class"),
            stations: self.texts(&object, "stations").unwrap_or_default(),
            course: self.count(&object, "course").map(|course| u8::try_from(course).unwrap_or(u8::MAX)),
        })
    }

    fn group(&mut self, node: &Node) -> Option<Group> {
        let spot = Spot::new(Part::Group, self.draft.menu.groups.len(), "");
        self.draft.begin(Part::Group, spot.row, self.file, node.at);
        let object = self.object(node, &spot, GROUP, "a group: an object")?;
        let (code, name) = (self.required(&object, "code"), self.required(&object, "name"));
        let mut options = Vec::new();
        for (place, option) in self.list(&object, "options", true).iter().enumerate() {
            options.push(self.option(spot.row, place, option));
        }
        Some(Group {
            code,
            name,
            min: self.count(&object, "min").unwrap_or(0),
            max: self.count(&object, "max").unwrap_or(0),
            free: self.count(&object, "free").unwrap_or(0),
            ask: self.flag(&object, "ask"),
            parts: self.count(&object, "parts").unwrap_or(0),
            price_by: self.price_by(&object),
            options,
        })
    }

    fn price_by(&mut self, group: &Object) -> Option<PriceBy> {
        let (at, word) = self.text(group, "price_by", false)?;
        let known = PriceBy::ALL.into_iter().find(|by| by.code() == word);
        if known.is_none() {
            self.wrong(at, group.spot("price_by"), format!("`{word}`"), "one of dearer, average, sum");
        }
        known
    }

    /// An option: an object, or just its name.
    fn option(&mut self, row: usize, place: usize, node: &Node) -> Choice {
        let spot = Spot::new(Part::Group, row, "").option(place);
        self.draft.mark(spot.clone(), node.at);
        let mut choice = Choice::default();
        if let Value::Text(name) = &node.value {
            name.trim().clone_into(&mut choice.name);
            return choice;
        }
        let Some(object) = self.object(node, &spot, OPTION, "an option: its name, or an object") else {
            // Told; a name that nothing else has keeps the rest quiet.
            choice.name = format!("option {}", place + 1);
            return choice;
        };
        choice.item = self.optional(&object, "item");
        // An item has a name already.
        let name = self.text(&object, "name", choice.item.is_none());
        choice.name = name.map(|(_, name)| name).unwrap_or_default();
        choice.kitchen_name = self.optional(&object, "kitchen_name");
        if let Some(price) = object.get("price") {
            choice.price = self.amount(price, object.spot("price"));
        }
        choice.default = self.flag(&object, "default");
        if let Some(amounts) = object.get("amounts") {
            choice.amounts = self.amounts(amounts, &object.spot("amounts"));
        }
        choice.groups = self.texts(&object, "groups").unwrap_or_default();
        choice
    }

    fn amounts(&mut self, node: &Node, spot: &Spot) -> BTreeMap<Amount, Money> {
        let expected = "an object with some of no, lite, extra, double, side";
        let words = Amount::ALL.map(amount_code);
        let Some(object) = self.object(node, spot, &words, expected) else { return BTreeMap::new() };
        let mut amounts = BTreeMap::new();
        for amount in Amount::ALL {
            if let Some(price) = object.get(amount_code(amount)) {
                amounts.insert(amount, self.amount(price, spot.clone().key(amount_code(amount))));
            }
        }
        amounts
    }

    fn item(&mut self, node: &Node) -> Option<Item> {
        let spot = Spot::new(Part::Item, self.draft.menu.items.len(), "");
        self.draft.begin(Part::Item, spot.row, self.file, node.at);
        let object = self.object(node, &spot, ITEM, "an item: an object")?;
        let barcodes = self.texts(&object, "barcodes").unwrap_or_default();
        Some(Item {
            code: self.required(&object, "code"),
            name: self.required(&object, "name"),
            kitchen_name: self.optional(&object, "kitchen_name"),
            category: self.required(&object, "category"),
            pricing: self.pricing(&object),
            tax_class: self.optional(&object, "tax_class"),
            stations: self.texts(&object, "stations"),
            groups: self.texts(&object, "groups").unwrap_or_default(),
            barcodes: barcodes.into_iter().map(kept).collect(),
            hotkey: self.hotkey(&object),
            cost: object.get("cost").map(|node| self.amount(node, object.spot("cost"))),
        })
    }

    fn pricing(&mut self, item: &Object) -> Pricing {
        let expected = "one of `price`, `per_kg` and `open`";
        let nodes = (item.get("price"), item.get("per_kg"), item.get("open"));
        if let (Some(tare), None) = (item.get("tare"), nodes.1) {
            self.wrong(tare.at, item.spot("tare"), "a tare", "`tare` only beside `per_kg`");
        }
        match nodes {
            (Some(price), None, None) => Pricing::Each(self.prices(price, item.spot("price"))),
            (None, Some(per_kg), None) => {
                let tare = item.get("tare").map(|node| self.quantity(node, item.spot("tare")));
                Pricing::PerKg { prices: self.prices(per_kg, item.spot("per_kg")), tare: tare.unwrap_or_default() }
            }
            (None, None, Some(open)) => self.open(item, open),
            (None, None, None) => {
                self.missing(item, "price", expected);
                Pricing::Each(BTreeMap::new())
            }
            _ => {
                self.wrong(item.at, item.spot("price"), "several kinds of price", expected);
                Pricing::Each(BTreeMap::new())
            }
        }
    }

    fn open(&mut self, item: &Object, node: &Node) -> Pricing {
        let spot = item.spot("open");
        let expected = "bounds such as {\"min\": \"0.50\", \"max\": \"200.00\"}";
        let mut bounds = [Money::ZERO; 2];
        if let Some(object) = self.object(node, &spot, OPEN, expected) {
            for (bound, field) in bounds.iter_mut().zip(OPEN) {
                match object.get(field) {
                    Some(node) => *bound = self.amount(node, spot.clone().key(field)),
                    None => self.wrong(node.at, spot.clone(), format!("no `{field}`"), expected),
                }
            }
        }
        Pricing::Open { min: bounds[0], max: bounds[1] }
    }

    fn quantity(&mut self, node: &Node, spot: Spot) -> Quantity {
        let read = match &node.value {
            Value::Text(written) | Value::Number(written) => Quantity::parse(written.trim()),
            _ => Err("it is no number".to_owned()),
        };
        read.unwrap_or_else(|why| {
            self.wrong(node.at, spot, kind(node), format!("a weight in kg such as \"0.012\": {why}"));
            Quantity::ZERO
        })
    }

    fn hotkey(&mut self, item: &Object) -> Option<char> {
        let (at, key) = self.text(item, "hotkey", false)?;
        let mut chars = key.chars();
        let first = chars.next();
        if first.is_none() || chars.next().is_some() {
            self.wrong(at, item.spot("hotkey"), format!("`{key}`"), "one letter from a to z");
            return None;
        }
        first
    }

    fn page(&mut self, node: &Node) -> Option<PageLayout> {
        let spot = Spot::new(Part::Page, self.draft.menu.pages.len(), "");
        self.draft.begin(Part::Page, spot.row, self.file, node.at);
        let object = self.object(node, &spot, PAGE, "a page: an object")?;
        let name = self.required(&object, "name");
        let expected = "an object of item codes by key, such as {\"a\": \"101\"}";
        let mut keys = BTreeMap::new();
        match object.get("keys").map(|node| (node, &node.value)) {
            Some((_, Value::Object(fields))) => {
                for (at, key, code) in fields {
                    self.page_key(&object, &mut keys, (*at, key), code);
                }
            }
            Some((node, _)) => self.wrong(node.at, object.spot("keys"), kind(node), expected),
            None => self.missing(&object, "keys", expected),
        }
        Some(PageLayout { name, keys })
    }

    fn page_key(&mut self, page: &Object, keys: &mut BTreeMap<char, String>, (at, key): (usize, &str), node: &Node) {
        let spot = page.spot("keys").key(key);
        self.draft.mark(spot.clone(), node.at);
        let mut chars = key.chars();
        match (chars.next(), chars.next(), &node.value) {
            (Some(letter), None, Value::Text(code)) => {
                if keys.insert(letter, code.trim().to_owned()).is_some() {
                    self.wrong(at, spot, format!("`{key}` for the second time"), "each key once");
                }
            }
            (Some(_), None, _) => self.wrong(node.at, spot, kind(node), "an item's code in double quotes"),
            _ => self.wrong(at, spot, format!("`{key}`"), "one letter from a to z"),
        }
    }
}

/// A barcode as it is kept, or as it was written if it is none, which the check will say.
pub(super) fn kept(written: String) -> String {
    Barcode::parse(&written).map_or(written, |barcode| barcode.as_str().to_owned())
}

/// What a value is, in words.
fn kind(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.clone(),
        Value::Text(text) => format!("\"{text}\""),
        Value::List(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
