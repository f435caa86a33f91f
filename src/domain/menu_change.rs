//! The difference between two menus, and putting it onto a menu.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::catalogue::{Category, Group, Item, Menu, PageLayout, Pricing};
use crate::domain::menu_file::export_json;
use crate::domain::money::Currency;
use crate::domain::text::clean;

/// A change of the menu: what was put (new or other than before) and what was removed. The order of
/// the lists' codes is kept apart, so that an export gives the same bytes again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuChange {
    /// The currency of its prices.
    pub currency: Currency,
    /// New or changed categories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Category>,
    /// New or changed groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    /// New or changed items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
    /// Codes of all categories in their order, when that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category_order: Option<Vec<String>>,
    /// Codes of all groups in their order, when that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_order: Option<Vec<String>>,
    /// Codes of all items in their order, when that changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_order: Option<Vec<String>>,
    /// The pages, when they changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<Vec<PageLayout>>,
    /// SHA-256 of the whole menu as it is exported afterwards, in hex.
    pub digest: String,
}

/// What becomes of a version of the backend's catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CatalogueAct {
    /// It is sold from.
    Applied(u64),
    /// The menu before it is sold from again.
    TakenBack(u64),
}

/// The most changes that are told one by one.
const MOST_CHANGES: usize = 40;

/// Something in a list of the menu that is known by its code.
trait Coded: Clone + PartialEq {
    fn code(&self) -> &String;
}

impl Coded for Category {
    fn code(&self) -> &String {
        &self.code
    }
}

impl Coded for Group {
    fn code(&self) -> &String {
        &self.code
    }
}

impl Coded for Item {
    fn code(&self) -> &String {
        &self.code
    }
}

/// SHA-256 of the menu as it is exported, in hex.
pub fn digest(menu: &Menu) -> String {
    Sha256::digest(export_json(menu)).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What makes the new menu of the old one; `None` when they are the same. For menus in which no
/// code stands twice.
pub fn diff(old: &Menu, new: &Menu) -> Option<MenuChange> {
    if old == new {
        return None;
    }
    let (categories, category_order) = diff_list(&old.categories, &new.categories);
    let (groups, group_order) = diff_list(&old.groups, &new.groups);
    let (items, item_order) = diff_list(&old.items, &new.items);
    Some(MenuChange {
        currency: new.currency,
        categories,
        groups,
        items,
        category_order,
        group_order,
        item_order,
        pages: (old.pages != new.pages).then(|| new.pages.clone()),
        digest: digest(new),
    })
}

/// Puts a change onto the menu that it was made for.
pub fn apply(menu: &mut Menu, change: &MenuChange) {
    menu.currency = change.currency;
    apply_list(&mut menu.categories, &change.categories, change.category_order.as_deref());
    apply_list(&mut menu.groups, &change.groups, change.group_order.as_deref());
    apply_list(&mut menu.items, &change.items, change.item_order.as_deref());
    if let Some(pages) = &change.pages {
        menu.pages.clone_from(pages);
    }
}

/// What a change of the menu does, in words.
pub fn words(before: &Menu, change: &MenuChange) -> Vec<String> {
    let currency = change.currency;
    let price = |item: &Item| match &item.pricing {
        Pricing::Each(prices) => prices.values().next().map(|p| currency.show(*p)).unwrap_or_default(),
        Pricing::PerKg { prices, .. } => {
            prices.values().next().map(|p| format!("{} a kilogram", currency.show(*p))).unwrap_or_default()
        }
        Pricing::Open { .. } => "open price".to_owned(),
    };
    let mut words = Vec::new();
    for item in &change.items {
        let name = clean(&item.name, 40);
        match before.items.iter().find(|i| i.code == item.code) {
            None => words.push(format!("+ {} {name} {}", item.code, price(item))),
            Some(old) if price(old) != price(item) => {
                words.push(format!("~ {} {name} {} → {}", item.code, price(old), price(item)));
            }
            Some(_) => words.push(format!("~ {} {name}", item.code)),
        }
    }
    if let Some(order) = &change.item_order {
        for gone in before.items.iter().filter(|i| !order.contains(&i.code)) {
            words.push(format!("- {} {}", gone.code, clean(&gone.name, 40)));
        }
    }
    match change.categories.len() + change.groups.len() {
        0 => {}
        1 => words.push("~ 1 category or group".to_owned()),
        other => words.push(format!("~ {other} categories and groups")),
    }
    if words.len() > MOST_CHANGES {
        let more = words.len() - MOST_CHANGES;
        words.truncate(MOST_CHANGES);
        words.push(format!("… and {more} more"));
    }
    words
}

/// Binds a barcode to an item, as the event says. Does nothing when no item has the code, or the
/// item has the barcode already.
pub fn bind_barcode(menu: &mut Menu, barcode: &str, item: &str) {
    if let Some(item) = menu.items.iter_mut().find(|i| i.code == item)
        && !item.barcodes.iter().any(|b| b == barcode)
    {
        item.barcodes.push(barcode.to_owned());
    }
}

/// What is new or other than before; and the order, where putting that does not lead to it.
fn diff_list<T: Coded>(old: &[T], new: &[T]) -> (Vec<T>, Option<Vec<String>>) {
    let before: HashMap<&String, &T> = old.iter().map(|entry| (entry.code(), entry)).collect();
    let put: Vec<T> = new.iter().filter(|entry| before.get(entry.code()) != Some(entry)).cloned().collect();
    let mut reached = old.to_vec();
    apply_list(&mut reached, &put, None);
    let same = reached.iter().map(T::code).eq(new.iter().map(T::code));
    (put, (!same).then(|| new.iter().map(|entry| entry.code().clone()).collect()))
}

/// Puts entries in the places of those with their codes, new ones at the end; then, if an order is
/// given, keeps only what it names, in that order.
fn apply_list<T: Coded>(list: &mut Vec<T>, put: &[T], order: Option<&[String]>) {
    let mut places: HashMap<String, usize> = list.iter().enumerate().map(|(i, e)| (e.code().clone(), i)).collect();
    for entry in put {
        match places.get(entry.code()) {
            Some(&place) => list[place] = entry.clone(),
            None => {
                places.insert(entry.code().clone(), list.len());
                list.push(entry.clone());
            }
        }
    }
    if let Some(order) = order {
        let mut named = HashSet::new();
        let kept = order.iter().filter(|code| named.insert(*code)).filter_map(|code| places.get(code));
        *list = kept.map(|&place| list[place].clone()).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::menu_file::tests::{any_menu, menu_of};
    use proptest::prelude::*;

    #[test]
    fn a_change_says_no_more_than_it_must() {
        let old = menu_of(&["1", "2", "3"]);
        assert_eq!(diff(&old, &old), None);
        let mut new = old.clone();
        new.items[1].name = "Other".to_owned();
        let change = diff(&old, &new).unwrap();
        assert_eq!((change.items.len(), change.item_order, change.categories.len()), (1, None, 0));
        assert_eq!(change.digest, digest(&new));
        // A new item at the end needs no order; a removed one does.
        let change = diff(&old, &menu_of(&["1", "2", "3", "4"])).unwrap();
        assert_eq!((change.items.len(), change.item_order), (1, None));
        let change = diff(&old, &menu_of(&["1", "3"])).unwrap();
        assert_eq!((change.items.len(), change.item_order), (0, Some(vec!["1".to_owned(), "3".to_owned()])));
    }

    #[test]
    fn a_barcode_is_bound_once() {
        let mut menu = menu_of(&["1", "2"]);
        for item in ["2", "2", "nothing"] {
            bind_barcode(&mut menu, "96385074", item);
        }
        assert_eq!(menu.items[1].barcodes, ["96385074"]);
        assert!(menu.items[0].barcodes.is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_change_leads_from_one_menu_to_the_other(old in any_menu(), new in any_menu()) {
            let mut menu = old.clone();
            if let Some(change) = diff(&old, &new) {
                let written = serde_json::to_string(&change).unwrap();
                apply(&mut menu, &serde_json::from_str(&written).unwrap());
                prop_assert_eq!(digest(&menu), change.digest);
            }
            prop_assert_eq!(menu, new);
        }
    }
}
