//! Whether a menu can be sold from: every reference leads somewhere, every code is there once,
//! every price can be paid. An import refuses a menu with a single finding.

mod composed;
mod nesting;

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::domain::barcode::Barcode;
use crate::domain::catalogue::{Amount, Category, Choice, Group, Item, LevelCode, Menu, PageLayout, Pricing};
use crate::domain::money::{Currency, Money};
use crate::domain::quantity::Quantity;
use crate::domain::settings::Settings;
use crate::domain::text;
use nesting::Nesting;

/// The most characters of a code.
pub const CODE_CHARS: usize = 20;
/// The most characters of a name.
pub const NAME_CHARS: usize = 60;
/// The most options of a group: two digits choose one.
pub const OPTIONS: usize = 99;
/// The most groups that can open one from another.
pub const NESTING: usize = 8;
/// The highest course.
pub const COURSES: u8 = 9;
/// The heaviest container.
pub const TARE_LIMIT: Quantity = Quantity::pieces(10);

/// What the settings say, as far as a menu refers to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The till's currency.
    pub currency: Currency,
    /// Price levels; the first is the base.
    pub levels: Vec<LevelCode>,
    /// Codes of the tax classes.
    pub tax_classes: Vec<String>,
    /// Codes of the stations.
    pub stations: Vec<String>,
}

impl Known {
    /// What these settings say.
    pub fn of(settings: &Settings) -> Self {
        Self {
            currency: settings.currency,
            levels: settings.levels.clone(),
            tax_classes: settings.taxes.classes.iter().map(|c| c.code.clone()).collect(),
            stations: settings.stations.iter().map(|s| s.code.clone()).collect(),
        }
    }

    /// The base price level.
    pub fn base_level(&self) -> &str {
        self.levels.first().map_or("base", String::as_str)
    }
}

/// A list of a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// The menu's own fields.
    Menu,
    /// Its categories.
    Category,
    /// Its groups.
    Group,
    /// Its items.
    Item,
    /// Its pages.
    Page,
}

impl Part {
    const fn word(self) -> &'static str {
        match self {
            Self::Menu => "menu",
            Self::Category => "category",
            Self::Group => "group",
            Self::Item => "item",
            Self::Page => "page",
        }
    }
}

/// Where in a menu something stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// In which list.
    pub part: Part,
    /// In which row of it, from 0.
    pub row: usize,
    /// In which option of a group, from 0.
    pub option: Option<usize>,
    /// In which field, as files call it; empty for the row as a whole.
    pub field: &'static str,
    /// At which place of a list, or under which key of the field.
    pub key: Option<String>,
}

impl Spot {
    /// A field of a row.
    pub fn new(part: Part, row: usize, field: &'static str) -> Self {
        Self { part, row, option: None, field, key: None }
    }

    /// The same field of an option of the row.
    #[must_use]
    pub fn option(mut self, option: usize) -> Self {
        self.option = Some(option);
        self
    }

    /// A place of the field's list, or a key of it.
    #[must_use]
    pub fn key(mut self, key: impl ToString) -> Self {
        self.key = Some(key.to_string());
        self
    }

    /// In words, with the row's code: `item 101, price`.
    pub fn words(&self, menu: &Menu) -> String {
        let row = self.row;
        let code = match self.part {
            Part::Menu => None,
            Part::Category => menu.categories.get(row).map(|c| &c.code),
            Part::Group => menu.groups.get(row).map(|g| &g.code),
            Part::Item => menu.items.get(row).map(|i| &i.code),
            Part::Page => menu.pages.get(row).map(|p| &p.name),
        };
        let mut words = self.part.word().to_owned();
        match (self.part, code) {
            (Part::Menu, _) => {}
            (_, Some(code)) if !code.is_empty() => words.push_str(&format!(" {}", text::clean(code, NAME_CHARS))),
            _ => words.push_str(&format!(" number {}", row + 1)),
        }
        if let Some(option) = self.option {
            words.push_str(&format!(", option {}", option + 1));
        }
        if !self.field.is_empty() {
            words.push_str(&format!(", {}", self.field));
        }
        words
    }
}

/// Something that cannot be sold as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub spot: Spot,
    /// What stands there.
    pub found: String,
    /// What could stand there.
    pub expected: String,
}

/// Everything that keeps a menu from being sold, in the order of the menu.
pub fn check(menu: &Menu, known: &Known) -> Vec<Fault> {
    let mut checker = Checker::new(menu, known);
    checker.menu();
    for (row, category) in menu.categories.iter().enumerate() {
        checker.category(row, category);
    }
    for (row, group) in menu.groups.iter().enumerate() {
        checker.group(row, group);
    }
    for (row, item) in menu.items.iter().enumerate() {
        checker.item(row, item);
    }
    for (row, page) in menu.pages.iter().enumerate() {
        checker.page(row, page);
    }
    checker.faults
}

struct Checker<'a> {
    menu: &'a Menu,
    known: &'a Known,
    categories: HashSet<&'a str>,
    items: HashMap<&'a str, &'a Item>,
    nesting: Nesting<'a>,
    seen_codes: HashSet<(Part, &'a str)>,
    seen_barcodes: HashMap<&'a str, &'a str>,
    seen_hotkeys: HashMap<(&'a str, char), &'a str>,
    faults: Vec<Fault>,
}

impl<'a> Checker<'a> {
    fn new(menu: &'a Menu, known: &'a Known) -> Self {
        Self {
            menu,
            known,
            categories: menu.categories.iter().map(|c| c.code.as_str()).collect(),
            items: menu.items.iter().map(|i| (i.code.as_str(), i)).collect(),
            nesting: Nesting::of(menu),
            seen_codes: HashSet::new(),
            seen_barcodes: HashMap::new(),
            seen_hotkeys: HashMap::new(),
            faults: Vec::new(),
        }
    }

    fn fault(&mut self, spot: Spot, found: impl Into<String>, expected: impl Into<String>) {
        self.faults.push(Fault { spot, found: found.into(), expected: expected.into() });
    }

    fn menu(&mut self) {
        if self.menu.currency != self.known.currency {
            let expected = format!("{}, the currency of this till", self.known.currency);
            self.fault(Spot::new(Part::Menu, 0, "currency"), self.menu.currency.code(), expected);
        }
    }

    fn category(&mut self, row: usize, category: &'a Category) {
        let spot = |field| Spot::new(Part::Category, row, field);
        self.code(spot("code"), &category.code);
        self.name(spot("name"), &category.name);
        if let Some(department) = &category.department {
            self.name(spot("department"), department);
        }
        self.tax_class(spot("tax_class"), &category.tax_class);
        self.stations(spot("stations"), &category.stations);
        if category.course.is_some_and(|c| !(1..=COURSES).contains(&c)) {
            let found = category.course.unwrap_or(0).to_string();
            self.fault(spot("course"), found, format!("a course from 1 to {COURSES}"));
        }
    }

    fn group(&mut self, row: usize, group: &'a Group) {
        let spot = |field| Spot::new(Part::Group, row, field);
        self.code(spot("code"), &group.code);
        self.name(spot("name"), &group.name);
        let count = group.options.len();
        if count == 0 || count > OPTIONS {
            self.fault(spot("options"), format!("{count} options"), format!("1 to {OPTIONS} options"));
            return;
        }
        let most = group.most();
        if usize::from(group.min) > most.min(count) {
            let expected = format!("at most {}: no more can be taken", most.min(count));
            self.fault(spot("min"), group.min.to_string(), expected);
        }
        if usize::from(group.free) > most {
            let expected = format!("at most {most}: no more can be taken");
            self.fault(spot("free"), group.free.to_string(), expected);
        }
        let defaults = group.options.iter().filter(|o| o.default).count();
        if defaults > most {
            let found = format!("{defaults} options chosen to begin with");
            self.fault(spot("options"), found, format!("at most {most}, as `max` says"));
        }
        self.parts(row, group);
        let mut names = HashSet::new();
        for (at, option) in group.options.iter().enumerate() {
            let name = option.item.as_ref().filter(|_| option.name.is_empty()).unwrap_or(&option.name);
            if !names.insert(name) {
                let found = format!("`{}` for the second time", text::clean(name, NAME_CHARS));
                self.fault(spot("name").option(at), found, "another name");
            }
            self.option(row, at, option);
        }
    }

    fn option(&mut self, row: usize, at: usize, option: &'a Choice) {
        let spot = |field| Spot::new(Part::Group, row, field).option(at);
        if option.item.is_none() || !option.name.is_empty() {
            self.name(spot("name"), &option.name);
        }
        self.component(row, at, option);
        if let Some(name) = &option.kitchen_name {
            self.name(spot("kitchen_name"), name);
        }
        self.difference(spot("price"), option.price);
        for (amount, price) in &option.amounts {
            let word = amount_code(*amount);
            self.difference(spot("amounts").key(word), *price);
            if *amount == Amount::Normal {
                self.fault(
                    spot("amounts").key(word),
                    word,
                    "no, lite, extra, double or side; the usual one is `price`",
                );
            }
        }
        self.groups(&option.groups, || spot("groups"));
        for (place, code) in option.groups.iter().enumerate() {
            if self.nesting.loops(row, code) {
                let found = format!("{}, which leads round in a circle", quoted(code));
                self.fault(spot("groups").key(place), found, "groups that end somewhere");
            } else if self.nesting.depth(code) >= NESTING {
                let found = format!("{}, which opens too many groups one from another", quoted(code));
                self.fault(spot("groups").key(place), found, format!("at most {NESTING} levels of groups"));
            }
        }
    }

    fn item(&mut self, row: usize, item: &'a Item) {
        let spot = |field| Spot::new(Part::Item, row, field);
        self.code(spot("code"), &item.code);
        self.name(spot("name"), &item.name);
        if let Some(name) = &item.kitchen_name {
            self.name(spot("kitchen_name"), name);
        }
        if !self.categories.contains(item.category.as_str()) {
            self.fault(spot("category"), quoted(&item.category), "the code of a category of the menu");
        }
        self.pricing(row, item);
        if let Some(class) = &item.tax_class {
            self.tax_class(spot("tax_class"), class);
        }
        self.stations(spot("stations"), item.stations.as_deref().unwrap_or_default());
        self.groups(&item.groups, || spot("groups"));
        self.made_of_others(row, item);
        for (place, barcode) in item.barcodes.iter().enumerate() {
            self.barcode(spot("barcodes").key(place), barcode, &item.code);
        }
        if let Some(key) = item.hotkey {
            self.hotkey(spot("hotkey"), key, item);
        }
        if let Some(cost) = item.cost {
            self.amount(spot("cost"), cost, Money::ZERO);
        }
    }

    fn pricing(&mut self, row: usize, item: &Item) {
        let spot = |field| Spot::new(Part::Item, row, field);
        match &item.pricing {
            Pricing::Each(prices) => {
                let least = if self.gives_a_price(item) { Money::ZERO } else { Money::from_minor(1) };
                self.prices(spot("price"), prices, least);
            }
            Pricing::PerKg { prices, tare } => {
                self.prices(spot("per_kg"), prices, Money::from_minor(1));
                if *tare < Quantity::ZERO || *tare >= TARE_LIMIT {
                    let expected = format!("a weight in kg below {TARE_LIMIT}, such as 0.012");
                    self.fault(spot("tare"), tare.to_string(), expected);
                }
            }
            Pricing::Open { min, max } => {
                self.amount(spot("open").key("min"), *min, Money::from_minor(1));
                self.amount(spot("open").key("max"), *max, Money::from_minor(1));
                if min > max {
                    let found = format!("min {} above max {}", self.show(*min), self.show(*max));
                    self.fault(spot("open"), found, "min not above max");
                }
            }
        }
    }

    /// Whether some choice brings a price along, so that the item's own may be zero.
    fn gives_a_price(&self, item: &Item) -> bool {
        item.groups.iter().any(|code| self.nesting.gives_a_price(code))
    }

    fn prices(&mut self, spot: Spot, prices: &BTreeMap<LevelCode, Money>, least: Money) {
        let base = self.known.base_level().to_owned();
        if !prices.contains_key(&base) {
            self.fault(spot.clone(), "no price", format!("a price at level {base}"));
        }
        for (level, price) in prices {
            if !self.known.levels.contains(level) {
                let expected = one_of("a price level", &self.known.levels);
                self.fault(spot.clone().key(level), quoted(level), expected);
            }
            self.amount(spot.clone().key(level), *price, least);
        }
    }

    fn page(&mut self, row: usize, page: &'a PageLayout) {
        let spot = |field| Spot::new(Part::Page, row, field);
        self.name(spot("name"), &page.name);
        if !self.seen_codes.insert((Part::Page, &page.name)) {
            self.fault(spot("name"), format!("{} for the second time", quoted(&page.name)), "another name");
        }
        if page.keys.is_empty() {
            self.fault(spot("keys"), "no keys", "at least one key with an item");
        }
        for (key, code) in &page.keys {
            if !key.is_ascii_lowercase() {
                self.fault(spot("keys").key(key), quoted(&key.to_string()), "a key from a to z");
            }
            if !self.items.contains_key(code.as_str()) {
                self.fault(spot("keys").key(key), quoted(code), "the code of an item of the menu");
            }
        }
    }

    fn code(&mut self, spot: Spot, code: &'a str) {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        if code.is_empty() || code.len() > CODE_CHARS || !code.chars().all(allowed) {
            let expected = format!("1 to {CODE_CHARS} letters a to z, digits, `_`, `-` or `.`");
            self.fault(spot, quoted(code), expected);
        } else if !self.seen_codes.insert((spot.part, code)) {
            let expected = format!("a code of its own for each {}", spot.part.word());
            self.fault(spot, format!("`{code}` for the second time"), expected);
        }
    }

    fn name(&mut self, spot: Spot, name: &str) {
        let length = name.chars().count();
        if name.is_empty() || length > NAME_CHARS {
            self.fault(spot, format!("{length} characters"), format!("1 to {NAME_CHARS} characters"));
        } else if text::clean(name, NAME_CHARS) != name {
            let expected = "text without control, bidi or invisible characters, and no space at its ends";
            self.fault(spot, quoted(name), expected);
        } else if text::holds_card_number(name) {
            self.fault(spot, "what looks like a card number", "a name: card numbers are never kept here");
        }
    }

    fn tax_class(&mut self, spot: Spot, class: &str) {
        if !self.known.tax_classes.iter().any(|c| c == class) {
            self.fault(spot, quoted(class), one_of("a tax class", &self.known.tax_classes));
        }
    }

    fn stations(&mut self, spot: Spot, stations: &[String]) {
        for (place, station) in stations.iter().enumerate() {
            if !self.known.stations.contains(station) {
                self.fault(spot.clone().key(place), quoted(station), one_of("a station", &self.known.stations));
            } else if stations[..place].contains(station) {
                self.fault(spot.clone().key(place), format!("`{station}` for the second time"), "each station once");
            }
        }
    }

    fn groups(&mut self, codes: &[String], spot: impl Fn() -> Spot) {
        for (place, code) in codes.iter().enumerate() {
            if !self.nesting.exists(code) {
                self.fault(spot().key(place), quoted(code), "the code of a group of the menu");
            } else if codes[..place].contains(code) && !self.nesting.holds_items(code) {
                self.fault(spot().key(place), format!("`{code}` for the second time"), "each group once");
            }
        }
        self.whole(codes, spot);
    }

    fn barcode(&mut self, spot: Spot, barcode: &'a str, item: &'a str) {
        match Barcode::parse(barcode) {
            Err(why) => {
                let expected = format!("an EAN-8, EAN-13 or UPC-A with its check digit: {why}");
                self.fault(spot, quoted(barcode), expected);
            }
            Ok(kept) if kept.as_str() != barcode => self.fault(spot, quoted(barcode), kept.as_str()),
            Ok(_) => {
                if let Some(other) = self.seen_barcodes.insert(barcode, item) {
                    let found = format!("{barcode}, which is item {}'s already", text::clean(other, CODE_CHARS));
                    self.fault(spot, found, "each barcode once");
                }
            }
        }
    }

    fn hotkey(&mut self, spot: Spot, key: char, item: &'a Item) {
        if !key.is_ascii_lowercase() {
            self.fault(spot, quoted(&key.to_string()), "a key from a to z");
        } else if let Some(other) = self.seen_hotkeys.insert((&item.category, key), &item.code) {
            let found = format!("`{key}`, which is item {}'s already", text::clean(other, CODE_CHARS));
            self.fault(spot, found, "a key of its own for each item of a category");
        }
    }

    fn amount(&mut self, spot: Spot, amount: Money, least: Money) {
        if amount < least || amount > Money::LIMIT {
            let expected = format!("an amount from {} to {}", self.show(least), self.show(Money::LIMIT));
            self.fault(spot, self.show(amount), expected);
        }
    }

    fn difference(&mut self, spot: Spot, amount: Money) {
        if amount.abs() > Money::LIMIT {
            self.fault(spot, self.show(amount), format!("an amount up to {}", self.show(Money::LIMIT)));
        }
    }

    fn show(&self, amount: Money) -> String {
        self.known.currency.show(amount)
    }
}

/// The word of an amount in files.
pub(super) const fn amount_code(amount: Amount) -> &'static str {
    match amount {
        Amount::No => "no",
        Amount::Lite => "lite",
        Amount::Normal => "normal",
        Amount::Extra => "extra",
        Amount::Double => "double",
        Amount::Side => "side",
    }
}

fn quoted(found: &str) -> String {
    if found.is_empty() { "nothing".to_owned() } else { format!("`{}`", text::clean(found, NAME_CHARS)) }
}

fn one_of(what: &str, list: &[String]) -> String {
    if list.is_empty() { format!("{what}, but the settings have none") } else { format!("{what}: {}", list.join(", ")) }
}
