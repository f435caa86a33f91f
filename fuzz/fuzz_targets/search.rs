//! Any query, and any names to be found: no panic, no item twice, and a name that is there is found.
#![no_main]

use std::collections::HashSet;
use std::sync::LazyLock;

use counterflow::domain::catalogue::{Catalogue, Menu};
use counterflow::domain::search::Index;

static DEMO: LazyLock<Menu> = LazyLock::new(counterflow_fuzz::demo);
static INDEX: LazyLock<Index> = LazyLock::new(|| Index::new(&Catalogue::new(DEMO.clone())));

fn check(index: &Index, typed: &str, limit: usize) -> Vec<usize> {
    let hits: Vec<usize> = index.find(typed, limit).into_iter().map(|hit| hit.item).collect();
    assert!(hits.len() <= limit);
    assert_eq!(hits.iter().collect::<HashSet<_>>().len(), hits.len(), "{typed:?}: {hits:?}");
    hits
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (typed, names) = text.split_once('\n').unwrap_or((text, ""));
    check(&INDEX, typed, 20);
    let mut menu = Menu::empty(DEMO.currency);
    for (item, name) in DEMO.items.iter().zip(names.lines()) {
        let mut item = item.clone();
        name.clone_into(&mut item.name);
        menu.items.push(item);
    }
    let index = Index::new(&Catalogue::new(menu.clone()));
    check(&index, typed, menu.items.len());
});
