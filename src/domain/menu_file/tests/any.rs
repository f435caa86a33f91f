//! Menus made up by chance, all of which can be sold.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::domain::barcode::Barcode;
use crate::domain::catalogue::{Amount, Category, Choice, Group, Item, Menu, PageLayout, PriceBy, Pricing};
use crate::domain::menu_check::{Known, NAME_CHARS};
use crate::domain::money::{Currency, Money};
use crate::domain::quantity::Quantity;
use crate::domain::text;

pub(crate) fn known() -> Known {
    let texts = |list: &[&str]| list.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
    Known {
        currency: Currency::from_code("GBP").unwrap(),
        levels: texts(&["base", "happy"]),
        tax_classes: texts(&["standard", "food", "zero"]),
        stations: texts(&["bar", "kitchen"]),
    }
}

pub(super) fn item(code: &str, category: &str) -> Item {
    Item {
        code: code.to_owned(),
        name: format!("Item {code}"),
        kitchen_name: None,
        category: category.to_owned(),
        pricing: Pricing::Each(BTreeMap::from([("base".to_owned(), Money::from_minor(320))])),
        tax_class: None,
        stations: None,
        groups: Vec::new(),
        barcodes: Vec::new(),
        hotkey: None,
        cost: None,
    }
}

fn category(code: &str) -> Category {
    Category {
        code: code.to_owned(),
        name: format!("Category {code}"),
        department: None,
        tax_class: "food".to_owned(),
        stations: Vec::new(),
        course: None,
    }
}

/// A menu of plain items with these codes.
pub(crate) fn menu_of(codes: &[&str]) -> Menu {
    let mut menu = Menu::empty(known().currency);
    menu.categories.push(category("c"));
    menu.items = codes.iter().map(|code| item(code, "c")).collect();
    menu
}

fn any_name() -> impl Strategy<Value = String> {
    let usable =
        |name: &String| !name.is_empty() && text::clean(name, NAME_CHARS) == *name && !text::holds_card_number(name);
    "([=+@'\",;|{}-]?[A-Za-z0-9éß€ \"',;:=+-]{1,12}|\\PC{1,8})".prop_filter("a name", usable)
}

fn any_money(least: i64) -> impl Strategy<Value = Money> {
    (least..=Money::LIMIT.minor()).prop_map(Money::from_minor)
}

fn any_prices() -> impl Strategy<Value = BTreeMap<String, Money>> {
    (any_money(1), proptest::option::of(any_money(1))).prop_map(|(base, happy)| {
        let happy = happy.map(|price| ("happy".to_owned(), price));
        std::iter::once(("base".to_owned(), base)).chain(happy).collect()
    })
}

fn any_pricing() -> impl Strategy<Value = Pricing> {
    let open = (any_money(1), any_money(1)).prop_map(|(a, b)| Pricing::Open { min: a.min(b), max: a.max(b) });
    let per_kg = (any_prices(), 0..9999_i64)
        .prop_map(|(prices, tare)| Pricing::PerKg { prices, tare: Quantity::from_thousandths(tare) });
    prop_oneof![any_prices().prop_map(Pricing::Each), per_kg, open]
}

fn any_choice(groups: Vec<String>) -> impl Strategy<Value = Choice> {
    let amount = select(vec![Amount::No, Amount::Lite, Amount::Extra, Amount::Double, Amount::Side]);
    let count = 0..=groups.len().min(2);
    (
        any_name(),
        proptest::option::of(any_name()),
        -500..500_i64,
        btree_map(amount, (-500..500_i64).prop_map(Money::from_minor), 0..3),
        subsequence(groups, count),
    )
        .prop_map(|(name, kitchen_name, price, amounts, groups)| Choice {
            name,
            kitchen_name,
            price: Money::from_minor(price),
            amounts,
            groups,
            ..Choice::default()
        })
}

/// A group that may open the groups before it.
fn any_group(code: String, before: Vec<String>) -> impl Strategy<Value = Group> {
    (any_name(), vec(any_choice(before), 1..5), 0..9_u16, 0..9_u16, 0..9_u16, any::<bool>(), any::<bool>()).prop_map(
        move |(name, mut options, min, max, free, ask, default)| {
            for (place, option) in options.iter_mut().enumerate() {
                option.name = format!("{}{place}", option.name.chars().take(20).collect::<String>());
            }
            options[0].default = default;
            let mut group = Group { code: code.clone(), name, min, max, free, ask, options, ..Group::default() };
            group.min = min.min(group.most().min(group.options.len()) as u16);
            group.free = free.min(group.most() as u16);
            group
        },
    )
}

fn any_item(code: String, categories: Vec<String>, groups: Vec<String>) -> impl Strategy<Value = Item> {
    let count = 0..=groups.len();
    let stations = subsequence(known().stations, 0..=2);
    (
        (any_name(), proptest::option::of(any_name()), select(categories), any_pricing()),
        proptest::option::of(select(known().tax_classes)),
        proptest::option::of(stations),
        subsequence(groups, count),
        proptest::option::of(any_money(0)),
    )
        .prop_map(move |((name, kitchen_name, category, pricing), tax_class, stations, groups, cost)| Item {
            name,
            kitchen_name,
            category,
            pricing,
            tax_class,
            stations,
            groups,
            cost,
            ..item(&code, "")
        })
}

fn any_codes(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<String>> {
    btree_set("[A-Za-z0-9_.-]{1,3}", count).prop_map(|codes| codes.into_iter().collect::<Vec<_>>()).prop_shuffle()
}

/// A menu that can be sold.
pub(crate) fn any_menu() -> impl Strategy<Value = Menu> {
    (any_codes(1..4), any_codes(0..4), any_codes(0..8)).prop_flat_map(|(categories, groups, items)| {
        let made_categories: Vec<_> = categories.iter().cloned().map(any_category).collect();
        let made_groups: Vec<_> =
            groups.iter().enumerate().map(|(n, code)| any_group(code.clone(), groups[..n].to_vec())).collect();
        let made_items: Vec<_> =
            items.iter().map(|code| any_item(code.clone(), categories.clone(), groups.clone())).collect();
        let key = prop::char::range('a', 'z');
        let codes = if items.is_empty() { Vec::new() } else { items.clone() };
        let pages = if codes.is_empty() {
            Just(Vec::new()).boxed()
        } else {
            vec((any_name(), btree_map(key, select(codes), 1..4)), 0..3).boxed()
        };
        (made_categories, made_groups, made_items, pages).prop_map(|(categories, groups, items, pages)| {
            let pages = pages.into_iter().enumerate();
            let pages =
                pages.map(|(n, (name, keys))| PageLayout { name: format!("{}{n}", text::clean(&name, 20)), keys });
            let mut menu = Menu { categories, groups, items, pages: pages.collect(), ..Menu::empty(known().currency) };
            compose(&mut menu);
            for (n, item) in menu.items.iter_mut().enumerate() {
                item.hotkey = (n % 3 == 0).then(|| char::from(b'a' + n as u8));
                if n % 2 == 0 {
                    item.barcodes.push(barcode(n));
                }
            }
            menu
        })
    })
}

/// Makes the last items of others, as far as they are sold by the piece: one of two dishes, and one of two halves.
fn compose(menu: &mut Menu) {
    let plain = |item: &Item| matches!(item.pricing, Pricing::Each(_)) && item.groups.is_empty();
    let dishes: Vec<String> = menu.items.iter().filter(|item| plain(item)).map(|item| item.code.clone()).collect();
    let Some((last, dishes)) = dishes.split_last().filter(|(_, dishes)| dishes.len() > 1) else { return };
    let dish = |(n, code): (usize, &String)| Choice {
        item: Some(code.clone()),
        name: if n % 2 == 0 { String::new() } else { format!("Own {n}") },
        price: Money::from_minor(n as i64 * 70),
        default: n == 0,
        ..Choice::default()
    };
    let options: Vec<Choice> = dishes.iter().enumerate().map(dish).collect();
    let group = |code: &str, parts| Group {
        code: code.to_owned(),
        name: code.to_owned(),
        min: 1,
        max: 1,
        parts,
        price_by: [PriceBy::Average, PriceBy::Dearer].get(dishes.len() % 3).copied().filter(|_| parts > 0),
        options: options.clone(),
        ..Group::default()
    };
    menu.groups.extend([group("a-dish", 0), group("a-half", 2)]);
    if let Some(item) = menu.items.iter_mut().find(|item| item.code == *last) {
        item.groups = ["a-dish", "a-half", "a-dish", "a-half"].map(str::to_owned).to_vec();
    }
}

fn any_category(code: String) -> impl Strategy<Value = Category> {
    let stations = subsequence(known().stations, 0..=2);
    let class = select(known().tax_classes);
    (any_name(), proptest::option::of(any_name()), class, stations, proptest::option::of(1..=9_u8)).prop_map(
        move |(name, department, tax_class, stations, course)| Category {
            code: code.clone(),
            name,
            department,
            tax_class,
            stations,
            course,
        },
    )
}

fn barcode(n: usize) -> String {
    let found = (0..10).map(|digit| format!("40063813339{n}{digit}")).find(|text| Barcode::parse(text).is_ok());
    found.unwrap()
}
