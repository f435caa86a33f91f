//! What the fuzz targets share: settings, and reading with an export behind it.

use counterflow::domain::catalogue::Menu;
use counterflow::domain::menu_check::Known;
use counterflow::domain::menu_file::{self, Encoding, Finding, Mapping, ReadOptions};
use counterflow::domain::money::Currency;

/// The demo café's menu: a base for changes, and something to scan and search.
pub const DEMO: &str = include_str!("../../config/demo/menu.json");

/// Settings that the demo's menu fits.
pub fn known() -> Known {
    let texts = |list: &[&str]| list.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
    Known {
        currency: Currency::from_code("GBP").expect("a currency"),
        levels: texts(&["base", "happy"]),
        tax_classes: texts(&["standard", "food", "zero"]),
        stations: texts(&["bar", "kitchen"]),
    }
}

/// Reads one file.
pub fn read(name: &str, bytes: &[u8], map: &[Mapping], base: Option<&Menu>) -> Result<Menu, Vec<Finding>> {
    let known = known();
    let encoding = if bytes.first() == Some(&0xA4) { Encoding::Windows1252 } else { Encoding::Utf8 };
    menu_file::read(&[(name, bytes)], &ReadOptions { known: &known, map, encoding }, base)
}

/// The demo's menu.
pub fn demo() -> Menu {
    read("menu.json", DEMO.as_bytes(), &[], None).expect("the demo's menu")
}

/// Whatever was taken in goes out and comes in again unchanged, as JSON and as CSV.
pub fn assert_round_trips(menu: &Menu) {
    let text = menu_file::export_json(menu);
    assert_eq!(read("menu.json", text.as_bytes(), &[], None).as_ref(), Ok(menu));
    let files = menu_file::export_csv(menu);
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let options = ReadOptions { known: &known(), map: &[], encoding: Encoding::Utf8 };
    assert_eq!(menu_file::read(&files, &options, None).as_ref(), Ok(menu));
}

/// Findings say something, and name a line of the file.
pub fn assert_plain(findings: &[Finding]) {
    assert!(!findings.is_empty());
    for finding in findings {
        assert!(!finding.found.is_empty() && !finding.expected.is_empty(), "{finding}");
        assert!(!finding.to_string().contains(|c: char| c.is_control()), "{finding:?}");
    }
}
