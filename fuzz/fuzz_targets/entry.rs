//! Any input line, in currencies with no, two and three decimals: no panic, blanks around it mean
//! nothing, and what is wrong is said.
#![no_main]

use counterflow::domain::money::Currency;
use counterflow::ui::entry::{Entry, Reading, parse};

libfuzzer_sys::fuzz_target!(|line: &str| {
    for code in ["JPY", "GBP", "KWD"] {
        for bare_is_minor in [true, false] {
            let reading = Reading { currency: Currency::from_code(code).expect("a currency"), bare_is_minor };
            let entry = parse(line, reading);
            assert_eq!(parse(&format!("  {line} "), reading), entry);
            match entry {
                Entry::Empty => assert!(line.trim().is_empty()),
                Entry::Wrong(why) => assert!(!why.is_empty()),
                Entry::Sell { .. }
                | Entry::Unfinished { .. }
                | Entry::SetQuantity(_)
                | Entry::SetPrice(_)
                | Entry::Action { .. } => {}
            }
        }
    }
});
