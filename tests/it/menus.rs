//! Menus as they come: the ones that ship, a working café's, and a pizzeria's price list.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use counterflow::domain::barcode::{Embedded, PatternText, Patterns, Scanned, read as scan};
use counterflow::domain::catalogue::{Catalogue, Menu, Pricing};
use counterflow::domain::menu_check::Known;
use counterflow::domain::menu_file::{self, Encoding, Finding, Mapping, ReadOptions};
use counterflow::domain::money::{Currency, Money};
use counterflow::domain::quantity::Quantity;
use counterflow::domain::search::Index;

fn known() -> Known {
    let texts = |list: &[&str]| list.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
    Known {
        currency: Currency::from_code("GBP").unwrap(),
        levels: texts(&["base", "happy"]),
        tax_classes: texts(&["standard", "food", "zero"]),
        stations: texts(&["bar", "kitchen"]),
    }
}

fn read(name: &str, bytes: &[u8], map: &[&str]) -> Result<Menu, Vec<Finding>> {
    let map: Vec<Mapping> = map.iter().map(|m| Mapping::parse(m).unwrap()).collect();
    menu_file::read(&[(name, bytes)], &ReadOptions { known: &known(), map: &map, encoding: Encoding::Utf8 }, None)
}

#[track_caller]
fn good(read: Result<Menu, Vec<Finding>>) -> Menu {
    read.unwrap_or_else(|found| panic!("{}", found.iter().map(|f| format!("{f}\n")).collect::<String>()))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Real data beside the project, where there is some.
fn real_data(name: &str) -> Option<PathBuf> {
    let found = root().ancestors().map(|dir| dir.join("shared/data").join(name)).find(|path| path.exists());
    if found.is_none() {
        println!("skipped: no ../shared/data/{name} here");
    }
    found
}

fn check_shipped(path: &str, items: std::ops::RangeInclusive<usize>) -> Catalogue {
    let bytes = std::fs::read(root().join(path)).unwrap();
    let menu = good(read(path, &bytes, &[]));
    assert!(items.contains(&menu.items.len()), "{path}: {} items", menu.items.len());
    // It is written as an export writes it, so that an owner's first export shows no difference.
    let (exported, shipped) = (menu_file::export_json(&menu), String::from_utf8(bytes).unwrap());
    for (line, (own, other)) in exported.lines().zip(shipped.lines()).enumerate() {
        assert_eq!(own, other, "{path}, line {}: an export writes it otherwise", line + 1);
    }
    assert_eq!(exported.len(), shipped.len(), "{path}");
    let catalogue = Catalogue::new(menu);
    assert!(catalogue.pages().iter().all(|page| !page.keys.is_empty()));
    catalogue
}

#[test]
fn the_demo_menu_shows_what_a_menu_can_hold() {
    let catalogue = check_shipped("config/demo/menu.json", 60..=80);
    let index = Index::new(&catalogue);
    let first = |typed: &str| {
        let hits = index.find(typed, 9);
        hits.first().map(|hit| catalogue.items()[hit.item].name.clone()).unwrap_or_default()
    };
    assert_eq!(first("creme bru"), "Crème brûlée");
    assert_eq!(first("cappucino"), "Cappuccino");
    assert_eq!(first("fw"), "Flat white");
    let holds = |what: fn(&Pricing) -> bool| catalogue.items().iter().any(|item| what(&item.pricing));
    assert!(holds(|p| matches!(p, Pricing::PerKg { .. })) && holds(|p| matches!(p, Pricing::Open { .. })));
}

#[test]
fn a_business_can_start_from_each_template() {
    check_shipped("config/templates/cafe/menu.json", 50..=80);
    let restaurant = check_shipped("config/templates/restaurant/menu.json", 50..=80);
    let steak = restaurant.item("302").unwrap();
    assert!(restaurant.groups_of(steak).iter().any(|group| group.code == "cooked" && group.min == 1));
    assert_eq!(restaurant.category("desserts").unwrap().course, Some(3));
    // A digit alone says that something is left out: a dish must not come with what somebody cannot eat.
    let left_out = restaurant.group("kitchen").unwrap();
    assert!(left_out.options.iter().all(|option| option.name.starts_with("No ")), "{left_out:?}");
    let shop = check_shipped("config/templates/shop/menu.json", 50..=80);
    let weight = PatternText { pattern: "21.....{NNDDD}".to_owned(), kind: Embedded::Weight };
    let patterns = Patterns::new(vec![weight]).unwrap();
    let scanned = scan("2104011012507", &patterns, &shop, shop.menu().currency);
    assert_eq!(scanned, Scanned::Weighed { code: "4011".to_owned(), quantity: Quantity::from_thousandths(1250) });
}

#[test]
fn a_working_cafes_menu_comes_in_through_jq() {
    let Some(theirs) = real_data("millers_cafe_menu.json") else { return };
    let program = root().join("docs/examples/millers.jq");
    let out = match Command::new("jq").arg("-f").arg(&program).arg(&theirs).output() {
        Ok(out) => out,
        Err(error) => return println!("skipped: jq cannot be started: {error}"),
    };
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let menu = good(read("menu.json", &out.stdout, &[]));
    let catalogue = Catalogue::new(menu.clone());
    let groups: Vec<_> = menu.items.iter().flat_map(|item| catalogue.groups_of(item)).collect();
    let options: usize = groups.iter().map(|group| group.options.len()).sum();
    assert_eq!((menu.categories.len(), menu.items.len(), groups.len(), options), (26, 239, 436, 2266));
    // A dish that costs nothing but for its meat, and one whose price the cashier types.
    let korma = menu.items.iter().find(|item| item.name == "Korma").unwrap();
    assert_eq!(korma.pricing, Pricing::Each(BTreeMap::from([("base".to_owned(), Money::ZERO)])));
    assert!(catalogue.groups_of(korma).iter().any(|group| group.min == 1 && group.options[0].price.is_positive()));
    let open = menu.items.iter().filter(|item| matches!(item.pricing, Pricing::Open { .. })).count();
    assert_eq!(open, 2);
    let again = good(read("menu.json", menu_file::export_json(&menu).as_bytes(), &[]));
    assert_eq!(again, menu);
}

#[test]
fn a_pizzerias_price_list_loads_by_a_map_alone() {
    let Some(prices) = real_data("pizza_2015/pizzas.csv") else { return };
    let bytes = std::fs::read(prices).unwrap();
    let map = ["code=pizza_id", "name={pizza_type_id} {size}", "price=price"];
    let menu = good(read("pizzas.csv", &bytes, &map));
    assert_eq!((menu.categories.len(), menu.items.len()), (1, 96));
    assert_eq!(menu.items[0].name, "bbq_ckn S");
    assert_eq!(menu.items[0].pricing, Pricing::Each(BTreeMap::from([("base".to_owned(), Money::from_minor(1275))])));
    let mut map = map.to_vec();
    map.extend(["category==Pizza", "tax_class==food", "stations==kitchen"]);
    let menu = good(read("pizzas.csv", &bytes, &map));
    assert_eq!((menu.categories[0].code.as_str(), menu.categories[0].name.as_str()), ("pizza", "Pizza"));
}

#[test]
fn a_file_in_another_encoding_says_so() {
    let Some(types) = real_data("pizza_2015/pizza_types.csv") else { return };
    let found = read("pizza_types.csv", &std::fs::read(types).unwrap(), &["code=pizza_type_id"]).unwrap_err();
    let words = found[0].to_string();
    assert!(words.contains("not UTF-8") && words.contains("--encoding windows-1252"), "{words}");
    assert!(found[0].line > 1, "{words}");
}

#[test]
fn codes_that_the_menu_does_not_have_are_told_with_their_place_and_selling_goes_on() {
    let shop = crate::together::restaurant();
    let write = |file: &str, text: &str| shop.configure(file, |_| text.to_owned());
    let sweet = "[[promotion]]\ncode = \"sweet\"\nname = \"Two desserts\"\ncount = 2\nprice = \"12.00\"\n";
    let treat = "[[promotion]]\ncode = \"treat\"\nname = \"Treat\"\nbuy = 2\nget = 1\nget_items = [\"9999\"]\n";
    write("promotions.toml", &format!("# \"desserst\"\n{sweet}categories = [\"desserst\"]\n{treat}"));
    let free = "stamps = { items = [\"951\"] }\nat = 5\nfree = { categories = [\"tea\"] }\n";
    write("points.toml", &format!("[[scheme]]\ncode = \"card\"\nname = \"Card\"\n{free}"));
    write("stock.toml", "[[good]]\ncode = \"gin\"\nname = \"Gin\"\ntakes = { \"9011\" = \"0.05\" }\n");
    let out = shop.command(&["--json", "doctor"]).output().unwrap();
    assert_eq!(out.status.code(), Some(1), "something is to be mended");
    let checks: Vec<serde_json::Value> = serde_json::from_slice(&out.stdout).unwrap();
    let says = |what: &str| {
        let check = checks.iter().find(|check| check["what"] == what).unwrap_or_else(|| panic!("{what}: {checks:?}"));
        check["says"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        says("promotions.toml line 7"),
        "promotion sweet: the menu has no category `desserst`; did you mean `desserts`?"
    );
    assert!(says("promotions.toml line 13").starts_with("promotion treat: the menu has no item `9999`"));
    assert!(says("points.toml line 6").starts_with("scheme card: the menu has no category `tea`"));
    assert!(says("stock.toml line 4").starts_with("good gin: the menu has no item `9011`"));
    // Whoever minds the menu hears of it when they sign in; the rest sells.
    let mut till = crate::together::open(&shop, 1);
    till.pin(crate::shop::OWNER, counterflow::ui::AfterPin::SignIn);
    assert!(
        till.said().contains("promotions.toml line 7: no category `desserst`: counterflow doctor"),
        "{}",
        till.said()
    );
    till.close();
    let mut till = crate::together::at_work(&shop, 2);
    till.act(crate::together::ring("951", 1));
    assert!(till.said().contains("Espresso"), "{}", till.said());
    till.close();
}
