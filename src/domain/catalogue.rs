//! What can be sold: items with their prices and barcodes, categories, modifier groups, pages.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::money::{Currency, Money};
use crate::domain::quantity::Quantity;
use crate::domain::rounding::{Rounding, divide_rounded, share_out};

/// The name of a price level; the first one of the settings is the base.
pub type LevelCode = String;

/// How an item gets its price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pricing {
    /// So much a piece, by price level. A level that is missing sells at the base level's price.
    Each(BTreeMap<LevelCode, Money>),
    /// So much a kilogram, by price level, after taking off the tare.
    PerKg {
        /// Price of one kilogram, by level.
        prices: BTreeMap<LevelCode, Money>,
        /// Weight of the usual container, taken off what the scale says.
        #[serde(default, skip_serializing_if = "Quantity::is_zero")]
        tare: Quantity,
    },
    /// The cashier types the price, within bounds.
    Open {
        /// The least.
        min: Money,
        /// The most.
        max: Money,
    },
}

/// Something that is sold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The code people type (PLU): digits, or letters, digits, `_`, `-` and `.`; at most 20.
    pub code: String,
    /// The name on screen and receipt.
    pub name: String,
    /// A shorter name for the kitchen's paper; the name when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kitchen_name: Option<String>,
    /// The code of its category.
    pub category: String,
    /// How it gets its price.
    pub pricing: Pricing,
    /// Its tax class; the category's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_class: Option<String>,
    /// Where it is made; the category's stations when absent. Empty: nowhere, it is handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stations: Option<Vec<String>>,
    /// Codes of modifier groups, in the order in which they are asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Barcodes, each with a right check digit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub barcodes: Vec<String>,
    /// Its key on its category's page, `a` to `z`; given out in order when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hotkey: Option<char>,
    /// What it costs the house, for margins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Money>,
}

/// A category: a page of the screen, a row of the reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Its code in items.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The department it is summed under; none when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// The tax class of its items, unless they say otherwise.
    pub tax_class: String,
    /// The stations of its items, unless they say otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stations: Vec<String>,
    /// The course its items belong to; none when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<u8>,
}

/// How much of an option: the words a kitchen knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Amount {
    /// Left out.
    No,
    /// Less than usual.
    Lite,
    /// As usual.
    #[default]
    Normal,
    /// More than usual.
    Extra,
    /// Twice.
    Double,
    /// Beside, not on it.
    Side,
}

impl Amount {
    /// In the order in which dialogs show them.
    pub const ALL: [Self; 6] = [Self::No, Self::Lite, Self::Normal, Self::Extra, Self::Double, Self::Side];

    /// The word before the option's name; nothing for the usual amount.
    pub const fn word(self) -> &'static str {
        match self {
            Self::No => "NO",
            Self::Lite => "LITE",
            Self::Normal => "",
            Self::Extra => "EXTRA",
            Self::Double => "DOUBLE",
            Self::Side => "SIDE",
        }
    }
}

/// How the parts of one whole make its price: the two halves of a pizza.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PriceBy {
    /// The whole costs what the dearest part costs.
    #[default]
    Dearer,
    /// The average of what the parts cost.
    Average,
    /// What the parts cost together.
    Sum,
}

impl PriceBy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Dearer, Self::Average, Self::Sum];

    /// Its word in files.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Dearer => "dearer",
            Self::Average => "average",
            Self::Sum => "sum",
        }
    }

    /// What each part adds to the price of the whole, where they cost so much.
    pub fn shares(self, prices: &[Money], rounding: Rounding) -> Vec<Money> {
        match self {
            Self::Sum => prices.to_vec(),
            Self::Average => {
                let all: Money = prices.iter().sum();
                let average = divide_rounded(all.minor().into(), prices.len().max(1) as i128, rounding);
                share_out(Money::from_minor(average), prices, |_| 0)
            }
            Self::Dearer => {
                let dearest = (0..prices.len()).rev().max_by_key(|at| prices[*at]);
                let share = |(at, price): (usize, &Money)| if Some(at) == dearest { *price } else { Money::ZERO };
                prices.iter().enumerate().map(share).collect()
            }
        }
    }
}

/// One choice of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The name on screen and receipt. Its place in the group is its digit, and never shifts. In a [`Menu`]
    /// it may be empty where the choice is an item, whose name it then is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The code of the item that it is: a component of what it is chosen for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// A shorter name for the kitchen's paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kitchen_name: Option<String>,
    /// What the usual amount adds to the price (or takes off it).
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub price: Money,
    /// Whether it is chosen to begin with.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub default: bool,
    /// Prices of other amounts, where they are not the rule: no is 0, lite and side the usual
    /// price, extra and double twice that.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub amounts: BTreeMap<Amount, Money>,
    /// Groups that choosing it opens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
}

impl Choice {
    /// What an amount of it adds to the price of one piece.
    pub fn price_of(&self, amount: Amount) -> Money {
        if let Some(price) = self.amounts.get(&amount) {
            return *price;
        }
        match amount {
            Amount::No => Money::ZERO,
            Amount::Lite | Amount::Normal | Amount::Side => self.price,
            Amount::Extra | Amount::Double => self.price + self.price,
        }
    }
}

/// A modifier group: choices with how many of them must and may be taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Its code in items.
    pub code: String,
    /// The question: `Spice level`.
    pub name: String,
    /// How many must be taken.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub min: u16,
    /// How many may be taken; 0 for as many as there are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub max: u16,
    /// How many are free: the cheapest ones, so that the house never loses by the order of asking.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub free: u16,
    /// Whether the dialog opens by itself although nothing must be taken.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ask: bool,
    /// Of how many equal parts of one whole each choice is one: 2 for halves. 0 where choices are whole.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub parts: u16,
    /// How parts make the price of the whole; none where it is as the house does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price_by: Option<PriceBy>,
    /// The choices.
    pub options: Vec<Choice>,
}

fn is_zero(n: &u16) -> bool {
    *n == 0
}

impl Group {
    /// How many may be taken, with "no limit" made a number.
    pub fn most(&self) -> usize {
        if self.max == 0 { self.options.len() } else { usize::from(self.max) }
    }

    /// What the choices that must be taken add to the price at least, each in its usual amount.
    pub fn least(&self) -> Money {
        let mut prices: Vec<Money> = self.options.iter().map(|option| option.price).collect();
        prices.sort_unstable();
        prices.into_iter().take(usize::from(self.min)).skip(usize::from(self.free)).sum()
    }
}

/// A page of keys that the owner has laid out by hand, shown before the categories' pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageLayout {
    /// Its title.
    pub name: String,
    /// Item codes by key, `a` to `z`.
    pub keys: BTreeMap<char, String>,
}

/// The whole menu, as it is imported, exported and kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Menu {
    /// Always [`Menu::FORMAT`].
    pub format: String,
    /// The currency of its prices.
    pub currency: Currency,
    /// Categories, in the order of their pages.
    pub categories: Vec<Category>,
    /// Modifier groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// Items, in the order of their keys.
    pub items: Vec<Item>,
    /// Pages laid out by hand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<PageLayout>,
}

impl Menu {
    /// The name and version of the format.
    pub const FORMAT: &'static str = "counterflow-menu/1";

    /// A menu with nothing on it.
    pub fn empty(currency: Currency) -> Self {
        Self {
            format: Self::FORMAT.to_owned(),
            currency,
            categories: Vec::new(),
            groups: Vec::new(),
            items: Vec::new(),
            pages: Vec::new(),
        }
    }
}

/// Whether an item can be had. Kept apart from the menu, since it changes during a shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Availability {
    /// It is 86'd.
    SoldOut,
    /// So many are left; each sale takes one away.
    Left(Quantity),
}

/// One page of keys as the screen shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its title: the category's name, with `2/3` where it takes several pages.
    pub title: String,
    /// The places in [`Catalogue::items`] by key.
    pub keys: BTreeMap<char, usize>,
}

impl Page {
    /// The letter that turns to the page at this place, `A` for the first; nothing after the 26th.
    pub fn letter(at: usize) -> String {
        u8::try_from(at).ok().filter(|at| *at < 26).map_or_else(String::new, |at| char::from(b'A' + at).to_string())
    }
}

/// The menu made ready for selling: looked up by code and barcode, laid out in pages.
#[derive(Clone, Debug)]
pub struct Catalogue {
    menu: Menu,
    by_code: HashMap<String, usize>,
    by_barcode: HashMap<String, usize>,
    categories: HashMap<String, usize>,
    /// The menu's groups, choices that are items with their names.
    named: Vec<Group>,
    groups: HashMap<String, usize>,
    pages: Arc<[Page]>,
}

impl Catalogue {
    /// Makes a menu ready. Codes that stand twice keep their first place; the import refuses them.
    pub fn new(menu: Menu) -> Self {
        let mut catalogue = Self {
            by_code: HashMap::with_capacity(menu.items.len()),
            by_barcode: HashMap::new(),
            categories: index(&menu.categories, |c| &c.code),
            groups: index(&menu.groups, |g| &g.code),
            named: menu.groups.clone(),
            pages: Arc::default(),
            menu,
        };
        for (place, item) in catalogue.menu.items.iter().enumerate() {
            catalogue.by_code.entry(item.code.clone()).or_insert(place);
            for barcode in &item.barcodes {
                catalogue.by_barcode.entry(barcode.clone()).or_insert(place);
            }
        }
        catalogue.name_items();
        catalogue.pages = catalogue.lay_out().into();
        catalogue
    }

    /// A choice that is an item is called what the item is called, unless it has a name of its own.
    fn name_items(&mut self) {
        for choice in self.named.iter_mut().flat_map(|group| &mut group.options) {
            let place = choice.item.as_ref().and_then(|code| self.by_code.get(code));
            let Some(item) = place.and_then(|place| self.menu.items.get(*place)) else { continue };
            if choice.name.is_empty() {
                choice.name.clone_from(&item.name);
                choice.kitchen_name = choice.kitchen_name.take().or_else(|| item.kitchen_name.clone());
            }
        }
    }

    /// The menu it was made from.
    pub fn menu(&self) -> &Menu {
        &self.menu
    }

    /// All items, in the menu's order.
    pub fn items(&self) -> &[Item] {
        &self.menu.items
    }

    /// The item with this code.
    pub fn item(&self, code: &str) -> Option<&Item> {
        self.place(code).map(|i| &self.menu.items[i])
    }

    /// Its place in [`Self::items`].
    pub fn place(&self, code: &str) -> Option<usize> {
        self.by_code.get(code).copied()
    }

    /// The item with this barcode, as it is kept (EAN-13 for UPC-A; see `barcode`).
    pub fn by_barcode(&self, barcode: &str) -> Option<&Item> {
        self.by_barcode.get(barcode).map(|&i| &self.menu.items[i])
    }

    /// The category with this code.
    pub fn category(&self, code: &str) -> Option<&Category> {
        self.categories.get(code).map(|&i| &self.menu.categories[i])
    }

    /// The modifier group with this code; each of its choices has its name.
    pub fn group(&self, code: &str) -> Option<&Group> {
        self.groups.get(code).map(|&i| &self.named[i])
    }

    /// The groups of an item, in the order of asking.
    pub fn groups_of(&self, item: &Item) -> Vec<&Group> {
        item.groups.iter().filter_map(|code| self.group(code)).collect()
    }

    /// The tax class of an item.
    pub fn tax_class<'a>(&'a self, item: &'a Item) -> &'a str {
        match &item.tax_class {
            Some(class) => class,
            None => self.category(&item.category).map_or("", |c| &c.tax_class),
        }
    }

    /// The stations of an item.
    pub fn stations<'a>(&'a self, item: &'a Item) -> &'a [String] {
        match &item.stations {
            Some(stations) => stations,
            None => self.category(&item.category).map_or(&[], |c| &c.stations),
        }
    }

    /// The pages: the owner's own first, then one or more for each category.
    pub fn pages(&self) -> &Arc<[Page]> {
        &self.pages
    }

    fn lay_out(&self) -> Vec<Page> {
        let own = self.menu.pages.iter().map(|layout| Page {
            title: layout.name.clone(),
            keys: layout.keys.iter().filter_map(|(k, code)| Some((*k, *self.by_code.get(code)?))).collect(),
        });
        let mut by_category: HashMap<&str, Vec<usize>> = HashMap::new();
        for (place, item) in self.menu.items.iter().enumerate() {
            by_category.entry(&item.category).or_default().push(place);
        }
        let categories = self.menu.categories.iter().flat_map(|category| {
            let places = by_category.remove(category.code.as_str()).unwrap_or_default();
            pages_of(&category.name, &places, &self.menu.items)
        });
        own.chain(categories).collect()
    }
}

/// Spreads a category's items over the keys a to z: items with a key of their own take it on the
/// first page where it is free, the others fill up in order.
fn pages_of(name: &str, places: &[usize], items: &[Item]) -> Vec<Page> {
    let mut pages: Vec<BTreeMap<char, usize>> = Vec::new();
    let (fixed, rest): (Vec<usize>, Vec<usize>) =
        places.iter().partition(|&&i| items[i].hotkey.is_some_and(|k| k.is_ascii_lowercase()));
    for place in fixed {
        let key = items[place].hotkey.unwrap_or('a');
        match pages.iter_mut().find(|p| !p.contains_key(&key)) {
            Some(page) => {
                page.insert(key, place);
            }
            None => pages.push(BTreeMap::from([(key, place)])),
        }
    }
    let mut at = 0;
    for place in rest {
        loop {
            if at == pages.len() {
                pages.push(BTreeMap::new());
            }
            if let Some(key) = ('a'..='z').find(|k| !pages[at].contains_key(k)) {
                pages[at].insert(key, place);
                break;
            }
            at += 1;
        }
    }
    let count = pages.len();
    let title = |n: usize| if count == 1 { name.to_owned() } else { format!("{name} {}/{count}", n + 1) };
    pages.into_iter().enumerate().map(|(n, keys)| Page { title: title(n), keys }).collect()
}

fn index<T>(list: &[T], code: impl Fn(&T) -> &String) -> HashMap<String, usize> {
    let mut map = HashMap::with_capacity(list.len());
    for (i, entry) in list.iter().enumerate() {
        map.entry(code(entry).clone()).or_insert(i);
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_adds_at_least_its_cheapest_choices_that_are_not_free() {
        let check = |min: u16, free: u16, prices: &[i64], least: i64| {
            let option = |price: &i64| Choice { price: Money::from_minor(*price), ..Choice::default() };
            let options = prices.iter().map(option).collect();
            let group = Group { min, free, options, ..Group::default() };
            assert_eq!(group.least(), Money::from_minor(least), "{min} of {prices:?}, {free} free");
        };
        check(0, 0, &[300, 200], 0);
        check(1, 0, &[300, 200, 500], 200);
        check(2, 1, &[300, 200, 500], 300);
        check(1, 1, &[300], 0);
        check(1, 0, &[0, -50], -50);
    }

    #[test]
    fn parts_make_the_price_of_the_whole() {
        let check = |by: PriceBy, prices: &[i64], shares: &[i64]| {
            let prices: Vec<Money> = prices.iter().copied().map(Money::from_minor).collect();
            let got: Vec<i64> = by.shares(&prices, Rounding::HalfUp).into_iter().map(Money::minor).collect();
            assert_eq!(got, shares, "{by:?} of {prices:?}");
        };
        check(PriceBy::Dearer, &[900, 1100], &[0, 1100]);
        check(PriceBy::Dearer, &[900, 900], &[900, 0]);
        check(PriceBy::Average, &[900, 1100], &[450, 550]);
        check(PriceBy::Average, &[995, 1100], &[498, 550]);
        check(PriceBy::Sum, &[480, 615], &[480, 615]);
        check(PriceBy::Average, &[], &[]);
    }
}
