//! Any scan under any patterns: no panic, and no code that the menu lacks.
#![no_main]

use std::sync::LazyLock;

use counterflow::domain::barcode::{Barcode, Embedded, PatternText, Patterns, Scanned, read};
use counterflow::domain::catalogue::Catalogue;
use counterflow::domain::money::Currency;

static DEMO: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::new(counterflow_fuzz::demo()));

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut lines = text.lines();
    let scan = lines.next().unwrap_or_default();
    if let Ok(barcode) = Barcode::parse(scan) {
        assert_eq!(Barcode::parse(barcode.as_str()).as_ref(), Ok(&barcode));
    }
    let kinds = [Embedded::Price, Embedded::Weight, Embedded::Quantity].into_iter().cycle();
    let own = "21.....{NNDDD}";
    let list = std::iter::once(own).chain(lines).zip(kinds).filter_map(|(pattern, kind)| {
        let pattern = PatternText { pattern: pattern.to_owned(), kind };
        Patterns::new(vec![pattern.clone()]).is_ok().then_some(pattern)
    });
    let patterns = Patterns::new(list.collect()).expect("each was checked");
    for code in ["GBP", "JPY", "KWD"] {
        let currency = Currency::from_code(code).expect("a currency");
        match read(scan, &patterns, &DEMO, currency) {
            Scanned::Item(code)
            | Scanned::Priced { code, .. }
            | Scanned::Weighed { code, .. }
            | Scanned::Counted { code, .. } => assert!(DEMO.item(&code).is_some()),
            Scanned::Unknown { barcode } => assert!(!barcode.is_empty()),
            Scanned::Bad { why } => assert!(!why.is_empty()),
        }
    }
});
