//! Any bindings: no panic; either every one of them holds, or each mistake is named with its place.
#![no_main]

use counterflow::ui::action::Context;
use counterflow::ui::keymap::{Binding, Keymap};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let binding = |line: &str| {
        let mut parts = line.splitn(3, '\t').map(str::to_owned);
        Some(Binding { context: parts.next()?, key: parts.next()?, action: parts.next()? })
    };
    let bindings: Vec<Binding> = text.lines().filter_map(binding).collect();
    match Keymap::with(&bindings) {
        Ok(keymap) => {
            for binding in &bindings {
                let context = Context::ALL.into_iter().find(|c| c.name() == binding.context).expect("a context");
                let key = binding.key.parse().expect("a key");
                assert_eq!(keymap.action(context, key).map(|a| a.name()), Some(binding.action.as_str()));
            }
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            for problem in problems {
                assert!(!problem.what.is_empty() && problem.binding <= bindings.len());
            }
        }
    }
});
