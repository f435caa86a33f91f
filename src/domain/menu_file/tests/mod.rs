//! Menus out of files and back.

mod any;

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::catalogue::{Choice, Group, Item, Menu, Pricing};
use crate::domain::menu_check::{OPTIONS, check as check_menu};
use crate::domain::money::Money;
use any::item;
pub(crate) use any::{any_menu, known, menu_of};

fn read_all(files: &[(&str, &str)], map: &[&str], base: Option<&Menu>) -> Result<Menu, Vec<Finding>> {
    let map: Vec<Mapping> = map.iter().map(|m| Mapping::parse(m).unwrap()).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    read(&files, &ReadOptions { known: &known(), map: &map, encoding: Encoding::Utf8 }, base)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_menu_that_is_exported_imports_again_unchanged(menu in any_menu()) {
        prop_assert_eq!(check_menu(&menu, &known()), []);
        let text = export_json(&menu);
        let again = read_all(&[("menu.json", &text)], &[], None);
        prop_assert_eq!(again.as_ref().map_err(|f| f[0].to_string()), Ok(&menu), "{}", text);
        prop_assert_eq!(export_json(&again.unwrap()), text.as_str());
        // Any other reader of JSON agrees that it is JSON.
        prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
        let files = export_csv(&menu);
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        for base in [None, Some(&menu)] {
            let again = read_all(&files, &[], base);
            prop_assert_eq!(again.as_ref().map_err(|f| f[0].to_string()), Ok(&menu), "{:?}", files);
        }
        let csv = Menu::clone(&menu);
        prop_assert_eq!(read_all(&[("items.csv", &export_items_csv(&csv))], &[], Some(&menu)), Ok(csv));
    }

    #[test]
    fn no_file_panics(text in "\\PC{0,200}", cut in 0..2000_usize, at in 0..2000_usize, put in "[\\[\\]{}\",:0-9a-z|=\n]{0,3}") {
        let menu = export_json(&menu_of(&["1", "2"]));
        let garbled = |whole: &str| {
            let chars: Vec<char> = whole.chars().collect();
            let at = at % (chars.len() + 1);
            let rest = chars.len() - at;
            chars[..at].iter().copied().chain(put.chars()).chain(chars[at + (cut % 7).min(rest)..].iter().copied()).collect::<String>()
        };
        let items = "code,name,category,price\r\n1,A,c,1.00\r\n2,\"B, b\",c,2\r\n";
        for text in [text.clone(), garbled(&menu), garbled(items)] {
            for name in ["a.json", "a.csv", "a"] {
                if let Ok(menu) = read_all(&[(name, &text)], &[], Some(&menu_of(&["1"]))) {
                    prop_assert_eq!(read_all(&[("a.json", &export_json(&menu))], &[], None), Ok(menu));
                }
                let _ = read_all(&[(name, &text)], &["code=code", "name={name} {code}", "price=price"], None);
            }
        }
    }
}

/// What is found in files, without the file's name: `line:column: place: found …; expected …`.
fn findings(files: &[(&str, &str)], map: &[&str], base: Option<&Menu>) -> Vec<String> {
    let found = read_all(files, map, base).expect_err("findings");
    found.iter().map(|f| f.to_string().split_once(':').unwrap().1.to_owned()).collect()
}

fn check_findings(found: &[String], expected: &[(&str, &str)]) {
    for (n, (begin, part)) in expected.iter().enumerate() {
        let own = found.get(n).map_or("nothing", String::as_str);
        assert!(own.starts_with(begin) && own.contains(part), "finding {n} is not {begin} … {part}:\n{found:#?}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
}

fn json(categories: &str, groups: &str, items: &str, pages: &str) -> String {
    format!(
        "{{\"format\": \"counterflow-menu/1\", \"currency\": \"GBP\",\n\"categories\": [{categories}],\n\
         \"groups\": [{groups}],\n\"items\": [{items}],\n\"pages\": [{pages}]}}"
    )
}

const CATEGORY: &str = r#"{"code": "c", "name": "C", "tax_class": "food"}"#;

fn check_items(items: &str, expected: &[(&str, &str)]) {
    let groups = r#"{"code": "g", "name": "G", "min": 1, "options": [{"name": "A", "price": "1"}, "B"]}"#;
    check_findings(&findings(&[("m.json", &json(CATEGORY, groups, items, ""))], &[], None), expected);
}

#[test]
fn json_rows_that_cannot_be_sold_are_shown_where_they_stand() {
    check_items(
        "\n{\"code\": \"1\", \"name\": \"A\", \"category\": \"c\", \"price\": \"abc\"},\n\
                 {\"code\": \"2\", \"name\": \"A\", \"category\": \"x\", \"price\": \"0\"},\n 7,\n\
                 {\"code\": \"2\", \"name\": \"\", \"category\": \"c\", \"prize\": \"1\"}",
        &[
            ("5:54: item 1, price: found \"abc\"", "amount in GBP such as \"3.20\""),
            ("6:40: item 2, category: found `x`", "category of the menu"),
            ("6:54: item 2, price: found 0.00", "from 0.01"),
            ("7:2: item 2: found 7", "an item: an object"),
            ("8:1: item 2, price: found no `price`", "one of `price`, `per_kg` and `open`"),
            ("8:10: item 2, code: found `2` for the second time", "a code of its own"),
            ("8:23: item 2, name: found 0 characters", "1 to 60"),
            ("8:44: item 2: found the field `prize`", "price"),
        ],
    );
}

#[test]
fn what_an_item_can_be_made_of_is_checked() {
    let items = r#"{"code": "1", "name": "A", "category": "c", "price": 1},
{"code": "2", "name": "B", "category": "c", "per_kg": 5},
{"code": "3", "name": "C", "category": "c", "price": 1, "groups": ["g", "g"]}"#;
    let check = |groups: &str, items: &str, expected: &[(&str, &str)]| {
        check_findings(&findings(&[("m.json", &json(CATEGORY, groups, items, ""))], &[], None), expected);
    };
    let group = |rest: &str| format!(r#"{{"code": "g", "name": "G", "min": 1, "max": 1, {rest}}}"#);
    check(
        &group(r#""options": [{"item": "9"}]"#),
        items,
        &[("3:", "option 1, item: found `9`; expected the code of an item")],
    );
    check(
        &group(r#""options": [{"item": "2"}]"#),
        items,
        &[("3:", "option 1, item: found `2`, which has no price by the")],
    );
    check(
        &group(r#""options": [{"item": "3"}]"#),
        items,
        &[("3:", "option 1, item: found `3`, which is made of other")],
    );
    check(
        &group(r#""options": [{"item": "1"}, {"item": "1"}]"#),
        items,
        &[("3:", "name: found `1` for the second time")],
    );
    check(&group(r#""options": [{}]"#), items, &[("3:", "option 1, name: found no `name`"), ("6:", "each group once")]);
    check(
        &group(r#""options": [{"item": "1", "amounts": {"lite": 1}}]"#),
        items,
        &[("3:", "option 1, amounts: found prices of amounts; expected none")],
    );
    check(
        &group(r#""price_by": "sum", "options": [{"item": "1"}]"#),
        items,
        &[("3:", "price_by: found sum; expected `price_by` only")],
    );
    check(
        &group(r#""price_by": "all", "options": [{"item": "1"}]"#),
        items,
        &[("3:", "price_by: found `all`; expected one of dearer")],
    );
    check(
        &group(r#""parts": 3, "options": [{"item": "1"}]"#),
        items,
        &[("3:", "parts: found 3"), ("6:", "it 3 times, once for each")],
    );
    check(
        &group(r#""parts": 2, "options": ["A"]"#),
        items,
        &[("3:", "option 1, item: found no item"), ("6:", "each group once")],
    );
    check(
        &group(r#""parts": 4, "options": [{"item": "1"}]"#),
        items,
        &[("6:", "found `g` 2 times; expected it 4 times")],
    );
    let loose = r#"{"code": "g", "name": "G", "max": 1, "parts": 2, "options": [{"item": "1"}]}"#;
    check(loose, items, &[("3:", "max: found min 0 and max 1")]);
    let weighed = r#"{"code": "1", "name": "A", "category": "c", "price": 1},
{"code": "2", "name": "B", "category": "c", "per_kg": 5, "groups": ["g"]}"#;
    check(&group(r#""options": [{"item": "1"}]"#), weighed, &[("5:", "groups: found `g`, whose options are items")]);
    // And in CSV, by line and column.
    let groups = "group,group_name,min,max,parts,price_by,option_item,option\ng,G,1,1,2,dear,1,\ng,,,,,,9,Own\n";
    let base = menu_of(&["1"]);
    check_findings(
        &findings(&[("groups.csv", groups)], &[], Some(&base)),
        &[
            ("2:11: group g, price_by: found `dear`", "dearer, average, sum"),
            ("3:8: group g, option 2, item: found `9`", "an item"),
        ],
    );
}

#[test]
fn each_field_of_an_item_is_checked() {
    let check = |field: &str, begin: &str, part: &str| {
        let price =
            if ["\"price", "\"per_kg", "\"open"].iter().any(|p| field.starts_with(p)) { "" } else { "\"price\": 1, " };
        check_items(
            &format!("{{\"code\": \"1\", \"name\": \"A\", \"category\": \"c\", {price}{field}}}"),
            &[(begin, part)],
        );
    };
    check(r#""price": {"happy": "1"}"#, "4:64: item 1, price: found no price", "level base");
    check(r#""price": {"base": "1", "late": "1"}"#, "4:86: item 1, price: found `late`", "base, happy");
    check(r#""price": "-1""#, "4:64: item 1, price: found -1.00", "from 0.01");
    check(r#""price": "10000000.01""#, "4:64: item 1, price", "10000000.00");
    check(r#""price": "1.005""#, "4:64: item 1, price", "2 digits after the point");
    check(r#""price": 1e2"#, "4:64: item 1, price: found 1e2", "amount");
    check(r#""price": "1", "open": {"min": 1, "max": 2}"#, "4:11: item 1, price: found several", "one of");
    check(r#""open": {"min": "2", "max": "1"}"#, "4:63: item 1, open: found min 2.00 above max 1.00", "min not above");
    check(r#""open": {"min": "0", "max": "1"}"#, "4:71: item 1, open: found 0.00", "from 0.01");
    check(r#""open": {"max": "1"}"#, "4:63: item 1, open: found no `min`", "bounds");
    check(r#""per_kg": "0""#, "4:65: item 1, per_kg: found 0.00", "from 0.01");
    check(r#""per_kg": "5", "tare": "10""#, "4:78: item 1, tare: found 10", "below 10");
    check(r#""per_kg": "5", "tare": "x""#, "4:78: item 1, tare: found \"x\"", "a weight in kg");
    check(r#""tare": "0.01""#, "4:75: item 1, tare", "beside `per_kg`");
    check(r#""tax_class": "vat""#, "4:80: item 1, tax_class: found `vat`", "standard, food, zero");
    check(r#""stations": ["bar", "sea"]"#, "4:87: item 1, stations: found `sea`", "bar, kitchen");
    check(r#""stations": "bar""#, "4:79: item 1, stations: found \"bar\"", "a list");
    check(r#""groups": ["g", "h"]"#, "4:83: item 1, groups: found `h`", "a group of the menu");
    check(r#""groups": ["g", "g"]"#, "4:83: item 1, groups: found `g` for the second", "once");
    check(r#""barcodes": ["96385075"]"#, "4:80: item 1, barcodes: found `96385075`", "ends in 4");
    check(r#""barcodes": ["96385074", " 96385074"]"#, "4:92: item 1, barcodes: found 96385074, which", "once");
    check(r#""hotkey": "A""#, "4:77: item 1, hotkey: found `A`", "a to z");
    check(r#""hotkey": "ab""#, "4:77: item 1, hotkey: found `ab`", "a to z");
    check(r#""cost": "-1""#, "4:75: item 1, cost: found -1.00", "from 0.00");
    check(r#""kitchen_name": "a\u202eb""#, "4:83: item 1, kitchen_name: found `a\u{fffd}b`", "bidi");
    check(r#""kitchen_name": "4111 1111 1111 1111""#, "4:83: item 1, kitchen_name: found what looks like", "card");
    check(r#""name": "Twice""#, "4:67: item 1: found the field `name` for the second", "once");
}

#[test]
fn a_price_may_come_with_a_choice() {
    let groups = r#"{"code": "g", "name": "G", "min": 1, "options": ["B", {"name": "A", "groups": ["h"]}]},
                    {"code": "h", "name": "H", "options": [{"name": "A", "price": 2.5}]}"#;
    let items = |group: &str| {
        format!("{{\"code\": \"1\", \"name\": \"A\", \"category\": \"c\", \"price\": 0, \"groups\": [\"{group}\"]}}")
    };
    for group in ["g", "h"] {
        assert!(read_all(&[("m.json", &json(CATEGORY, groups, &items(group), ""))], &[], None).is_ok());
    }
    let free = groups.replace("2.5", "0");
    let found = findings(&[("m.json", &json(CATEGORY, &free, &items("g"), ""))], &[], None);
    check_findings(&found, &[("5:64: item 1, price: found 0.00", "from 0.01")]);
}

#[test]
fn groups_are_checked() {
    let check = |group: &str, expected: &[(&str, &str)]| {
        check_findings(&findings(&[("m.json", &json(CATEGORY, group, "", ""))], &[], None), expected);
    };
    check(
        r#"{"code": "g", "name": "G", "min": 3, "options": ["A", "B"]}"#,
        &[("3:46: group g, min: found 3", "at most 2")],
    );
    check(
        r#"{"code": "g", "name": "G", "min": 2, "max": 1, "options": ["A", "B"]}"#,
        &[("3:46: group g, min: found 2", "at most 1")],
    );
    check(
        r#"{"code": "g", "name": "G", "free": 2, "max": 1, "options": ["A", "B"]}"#,
        &[("3:47: group g, free: found 2", "at most 1")],
    );
    check(
        r#"{"code": "g", "name": "G", "max": 1, "options": [{"name": "A", "default": true}, {"name": "B", "default": true}]}"#,
        &[("3:60: group g, options: found 2 options chosen", "at most 1")],
    );
    check(r#"{"code": "g", "name": "G", "options": []}"#, &[("3:50: group g, options: found 0 options", "1 to 99")]);
    let many = (0..=OPTIONS).map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(",");
    check(
        &format!(r#"{{"code": "g", "name": "G", "options": [{many}]}}"#),
        &[("3:50: group g, options: found 100", "1 to 99")],
    );
    check(
        r#"{"code": "g", "name": "G", "options": ["A", "A"]}"#,
        &[("3:56: group g, option 2, name: found `A`", "another")],
    );
    check(
        r#"{"code": "g", "name": "G", "options": [{"name": "A", "price": "x"}]}"#,
        &[("3:74: group g, option 1, price", "amount")],
    );
    let amounts =
        |amounts: &str| format!(r#"{{"code": "g", "name": "G", "options": [{{"name": "A", "amounts": {amounts}}}]}}"#);
    check(&amounts(r#"{"normal": "1"}"#), &[("3:87: group g, option 1, amounts: found normal", "`price`")]);
    check(&amounts(r#"{"much": "1"}"#), &[("3:77: group g, option 1, amounts: found the field `much`", "no, lite")]);
    check(&amounts(r#"{"no": "x"}"#), &[("3:83: group g, option 1, amounts: found \"x\"", "an amount")]);
    let opens = |code: &str, opened: &str| {
        format!(r#"{{"code": "{code}", "name": "G", "options": [{{"name": "A", "groups": ["{opened}"]}}]}}"#)
    };
    check(&opens("g", "h"), &[("3:76: group g, option 1, groups: found `h`", "a group of the menu")]);
    check(&opens("g", "g"), &[("3:76: group g, option 1, groups: found `g`, which leads round", "end somewhere")]);
    let ring = [opens("a", "b"), opens("b", "c"), opens("c", "b")].join(",\n");
    check(&ring, &[("3:76: group a, op", "circle"), ("4:65: group b, op", "circle"), ("5:65: group c, op", "circle")]);
    let chain: Vec<String> = (0..=10).map(|n| opens(&n.to_string(), &(n + 1).to_string())).collect();
    let last = r#"{"code": "11", "name": "G", "options": ["A"]}"#;
    let found = findings(&[("m.json", &json(CATEGORY, &format!("{},{last}", chain.join(",")), "", ""))], &[], None);
    assert!(!found.is_empty() && found.iter().all(|f| f.contains("too many groups")), "{found:#?}");
}

#[test]
fn the_menu_itself_categories_and_pages_are_checked() {
    let check =
        |text: &str, expected: &[(&str, &str)]| check_findings(&findings(&[("m.json", text)], &[], None), expected);
    check("[1]", &[("1:1: menu: found a list", "an object that begins with \"format\"")]);
    check("{\"format\": 1,", &[("1:14: found the end of the file", "a field's name")]);
    check(
        "{\"format\": \"x\", \"currency\": \"EUR\", \"categories\": [], \"items\": {}}",
        &[
            ("1:12: menu, format: found `x`", "counterflow-menu/1"),
            ("1:29: menu, currency: found EUR", "GBP"),
            ("1:63: menu, items: found an object", "a list"),
        ],
    );
    check(
        "{}",
        &[
            ("1:1: menu, format", "text"),
            ("1:1: menu, currency", "text"),
            ("1:1: menu, categories", "list"),
            ("1:1: menu, items", "list"),
        ],
    );
    let category = r#"{"code": "a b", "name": "C", "tax_class": "x", "stations": ["y"], "course": 10}"#;
    check(
        &json(category, "", "", ""),
        &[
            ("2:25: category a b, code: found `a b`", "letters a to z"),
            ("2:58: category a b, tax_class: found `x`", "standard"),
            ("2:76: category a b, stations: found `y`", "bar"),
            ("2:92: category a b, course: found 10", "1 to 9"),
        ],
    );
    let page = r#"{"name": "P", "keys": {"a": "9", "B": "1", "bb": "1"}}, {"name": "P", "keys": {}}"#;
    let items = r#"{"code": "1", "name": "A", "category": "c", "price": "1"}"#;
    check(
        &json(CATEGORY, "", items, page),
        &[
            ("5:39: page P, keys: found `9`", "an item"),
            ("5:49: page P, keys: found `B`", "a to z"),
            ("5:54: page P, keys: found `bb`", "a to z"),
            ("5:76: page P, name: found `P` for the second", "another"),
            ("5:89: page P, keys: found no keys", "at least one"),
        ],
    );
    let page = r#"{"name": "P", "keys": {"a": "9", "B": "1"}}"#;
    check(
        &json(CATEGORY, "", items, page),
        &[("5:39: page P, keys: found `9`", "an item"), ("5:49: page P, keys: found `B`", "a to z")],
    );
    let found = findings(&[("a.json", &json("", "", "", "")), ("b.json", "{}")], &[], None);
    check_findings(&found, &[("1:1: found a second menu", "one JSON file")]);
}

#[test]
fn bytes_that_are_not_utf_8_say_what_to_do() {
    let known = known();
    let options = |encoding| ReadOptions { known: &known, map: &[], encoding };
    let bytes = b"category,category_name,tax_class\nc,Caf\xe9,food\n".as_slice();
    let found = read(&[("c.csv", bytes)], &options(Encoding::Utf8), None).unwrap_err();
    assert_eq!(
        found[0].to_string(),
        "c.csv:2:6: found the byte E9, which is not UTF-8; expected UTF-8, or --encoding windows-1252 for an older file"
    );
    let menu = read(&[("c.csv", bytes)], &options(Encoding::Windows1252), None).unwrap();
    assert_eq!(menu.categories[0].name, "Café");
}

#[test]
fn csv_rows_that_cannot_be_sold_are_shown_where_they_stand() {
    let base = menu_of(&["1"]);
    let check = |text: &str, expected: &[(&str, &str)]| {
        check_findings(&findings(&[("m.csv", text)], &[], Some(&base)), expected)
    };
    check("", &[("1:1: found an empty file", "a header")]);
    check("a,b\n1,2\n", &[("1:1: found the columns a, b", "--map field=column")]);
    check("code,prize\n1,2\n", &[("1:6: found the column `prize`", "price")]);
    check("code,code\n1,2\n", &[("1:6: found the column `code` for the second", "once")]);
    check("code,price\n1,\"2\n", &[("2:3: found a stray quote", "closing quote")]);
    check("code,price\n1\n", &[("2:1: found 1 cells", "2 cells")]);
    check(
        "code,name,category,price,open_min,open_max,barcodes\n\
         7,Tea,c,x,,,\n8,\"Tea,\nhot\",tea,2.00,,,96385075\n9,Tea,c,,,,\n9,Tea,c,1,1,2,\n",
        &[
            ("2:9: item 7, price: found `x`", "an amount in GBP such as 3.20"),
            ("3:3: item 8, name: found `Tea, hot`", "without control"),
            ("4:6: item 8, category: found `tea`", "a category of the menu"),
            ("4:17: item 8, barcodes: found `96385075`", "ends in 4"),
            ("5:9: item 9, price: found no price", "under one of"),
            ("6:1: item 9, code: found `9` for the second time", "of its own"),
            ("6:1: item 9, price: found several kinds of price", "under one of"),
        ],
    );
    check("code,price:late\n1,2\n", &[("2:3: item 1, price: found `late`", "base, happy")]);
    check("code,price,price:base\n1,2,3\n", &[("2:5: item 1, price: found `3`", "not two")]);
    check("code,per_kg,tare\n1,2,x\n", &[("2:5: item 1, tare: found `x`", "a weight")]);
    check("code,open_min,open_max\n1,2,1\n", &[("2:3: item 1, open: found min 2.00 above max 1.00", "min")]);
    check("code,hotkey\n1,ab\n", &[("2:3: item 1, hotkey: found `ab`", "a to z")]);
    check(
        "group,group_name,min,ask,option,price,price:much,opens\ng,G,2,perhaps,A,x,1,h\ng,H,,,A,1,,\n",
        &[
            ("2:7: group g, ask: found `perhaps`", "yes or no"),
            ("2:17: group g, option 1, price: found `x`", "an amount"),
            ("2:19: group g, option 1, amounts: found `1`", "no, lite"),
            ("2:21: group g, option 1, groups: found `h`", "a group"),
            ("3:3: group g: found `H`", "as in the group's first row"),
            ("3:7: group g, option 2, name: found `A`", "another"),
        ],
    );
    check(
        "category,category_name,tax_class,course\nd,D,x,y\n",
        &[("2:5: category d, tax_class: found `x`", "food"), ("2:7: category d, course: found `y`", "a whole number")],
    );
    check(
        "page,key,item\nP,a,1\nP,a,9\nQ,1x,1\n",
        &[("3:3: page P, keys: found `a`", "once"), ("4:3: page Q, keys: found `1x`", "a to z")],
    );
}

#[test]
fn csv_rows_change_what_they_name_and_nothing_else() {
    let mut base = menu_of(&["1", "2", "3"]);
    base.items[0].pricing = Pricing::Each(BTreeMap::from(
        [("base", 320), ("happy", 280)].map(|(level, minor)| (level.to_owned(), Money::from_minor(minor))),
    ));
    let read = |text: &str| read_all(&[("m.csv", text)], &[], Some(&base)).unwrap();
    let mut expected = base.clone();
    expected.items[1].pricing = Pricing::Each(BTreeMap::from([("base".to_owned(), Money::from_minor(995))]));
    assert_eq!(read("code,price\r\n2,£9.95\r\n"), expected);
    let mut expected = base.clone();
    expected.items[0].pricing = Pricing::Each(BTreeMap::from([("base".to_owned(), Money::from_minor(320))]));
    expected.items[0].barcodes = vec!["0036000291452".to_owned()];
    // Semicolons and a comma as the point: how spreadsheets of half of Europe write.
    assert_eq!(read("code;price;price:happy;barcodes\n1;3,20;;036000291452\n;;;\n"), expected);
    let mut expected = base.clone();
    expected.items[2].stations = Some(Vec::new());
    expected.items.push(Item { name: "=New".to_owned(), stations: Some(vec!["bar".to_owned()]), ..item("4", "c") });
    assert_eq!(read("code,name,category,price,stations\n3,Item 3,c,3.20,-\n4,'=New,c,3.2,bar\n"), expected);
}

#[test]
fn any_csv_loads_by_a_map() {
    let text = "sku,what,kind,gbp\n1,Tea,Hot drinks,£2.50\n2,Cake,Süßes,3\n3,Water,hot drinks,1.00 GBP\n";
    let map = ["code=sku", "name={kind}: {what}", "category=kind", "price=gbp", "tax_class==zero", "stations==bar"];
    let menu = read_all(&[("x.csv", text)], &map, None).unwrap();
    let named: Vec<_> =
        menu.categories.iter().map(|c| (c.code.as_str(), c.name.as_str(), c.tax_class.as_str())).collect();
    assert_eq!(named, [("hot-drinks", "Hot drinks", "zero"), ("susses", "Süßes", "zero")]);
    assert_eq!((menu.items[2].name.as_str(), menu.items[2].category.as_str()), ("hot drinks: Water", "hot-drinks"));
    assert_eq!(menu.items[1].pricing, Pricing::Each(BTreeMap::from([("base".to_owned(), Money::from_minor(300))])));
    // Without a category all go into one, which is made.
    let menu = read_all(&[("x.csv", text)], &["code=sku", "name=what", "price=gbp"], None).unwrap();
    assert_eq!((menu.categories.len(), menu.items[0].category.as_str()), (1, "items"));
    // A price list for items that are there.
    let base = menu_of(&["1", "2", "3"]);
    let menu = read_all(&[("x.csv", text)], &["code=sku", "price=gbp"], Some(&base)).unwrap();
    assert_eq!((menu.categories.len(), menu.items[0].name.as_str()), (1, "Item 1"));
    let found = findings(&[("x.csv", text)], &["code=sku", "name=label", "price={gbp}{tax}"], None);
    check_findings(
        &found,
        &[("1:1: found no column `label`", "sku, what"), ("1:1: found no column `tax`", "sku, what")],
    );
    check_findings(
        &findings(&[("x.csv", text)], &["name=what", "price=gbp"], None),
        &[("1:1: found nothing for `code`", "--map code=")],
    );
    for (wrong, words) in
        [("code", "field=column"), ("cod=sku", "no such field"), ("name={what", "never closed"), ("name=", "missing")]
    {
        let why = Mapping::parse(wrong).expect_err(wrong);
        assert!(why.contains(words), "{wrong}: {why}");
    }
}

#[test]
fn exports_read_well() {
    let mut menu = menu_of(&["1"]);
    menu.items[0].groups = vec!["milk".to_owned()];
    menu.items[0].stations = Some(Vec::new());
    let choice = |name: &str, price| Choice {
        name: name.to_owned(),
        price: Money::from_minor(price),
        default: price == 0,
        ..Choice::default()
    };
    menu.groups.push(Group {
        code: "milk".to_owned(),
        name: "Milk".to_owned(),
        min: 1,
        max: 1,
        options: vec![choice("Whole", 0), choice("Oat", 40)],
        ..Group::default()
    });
    assert_eq!(
        export_json(&menu),
        r#"{
  "format": "counterflow-menu/1",
  "currency": "GBP",
  "categories": [
    { "code": "c", "name": "Category c", "tax_class": "food" }
  ],
  "groups": [
    {
      "code": "milk",
      "name": "Milk",
      "min": 1,
      "max": 1,
      "options": [{ "name": "Whole", "default": true }, { "name": "Oat", "price": "0.40" }]
    }
  ],
  "items": [
    { "code": "1", "name": "Item 1", "category": "c", "price": "3.20", "stations": [], "groups": ["milk"] }
  ]
}
"#
    );
}

/// The names under `properties` of a part of the schema.
fn schema_fields(part: &serde_json::Value) -> Vec<&str> {
    part["properties"].as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn the_schema_knows_the_fields_that_are_read() {
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../../../docs/menu.schema.json")).unwrap();
    let parts = &schema["$defs"];
    for (part, fields) in [
        (&schema, json_read::MENU),
        (&parts["category"], json_read::CATEGORY),
        (&parts["group"], json_read::GROUP),
        (&parts["option"]["oneOf"][1], json_read::OPTION),
        (&parts["item"], json_read::ITEM),
        (&parts["item"]["properties"]["open"], json_read::OPEN),
        (&parts["page"], json_read::PAGE),
    ] {
        let mut fields = fields.to_vec();
        fields.sort_unstable();
        assert_eq!(schema_fields(part), fields);
    }
}

#[test]
fn the_manuals_examples_are_menus() {
    let manual = include_str!("../../../../docs/menu.md");
    let block = |kind: &str| manual.split_once(&format!("```{kind}\n")).unwrap().1.split_once("```").unwrap().0;
    let menu = read_all(&[("menu.json", block("json"))], &[], None);
    let menu = menu.unwrap_or_else(|found| panic!("{found:#?}"));
    assert_eq!((menu.categories.len(), menu.groups.len(), menu.items.len(), menu.pages.len()), (2, 3, 5, 1));
    let changed = read_all(&[("items.csv", block("csv"))], &[], Some(&menu));
    let changed = changed.unwrap_or_else(|found| panic!("{found:#?}"));
    assert_eq!(changed.items[0], menu.items[0]);
    for fields in
        [csv_fields::ITEM_FIELDS, csv_fields::OPTION_FIELDS, csv_fields::CATEGORY_FIELDS, csv_fields::PAGE_FIELDS]
    {
        let listed: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
        assert!(manual.contains(&listed.join(", ")), "{listed:?}");
    }
}
