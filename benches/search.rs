//! How long a search takes at 20,000 items: no query may take 5 ms, whatever is typed.

use std::collections::BTreeMap;
use std::hint::black_box;

use counterflow::domain::catalogue::{Catalogue, Item, Menu, Pricing};
use counterflow::domain::money::{Currency, Money};
use counterflow::domain::search::Index;
use criterion::Criterion;

const ITEMS: usize = 20_000;

/// Item names of a shop, all different: three words of these and a size.
const WORDS: [&str; 40] = [
    "Crème",
    "Brûlée",
    "Chocolate",
    "Vanilla",
    "Organic",
    "Fairtrade",
    "Smoked",
    "Roasted",
    "Salted",
    "Sweet",
    "Orange",
    "Lemon",
    "Strawberry",
    "Raspberry",
    "Coffee",
    "Espresso",
    "Cappuccino",
    "Tea",
    "Milk",
    "Butter",
    "Cheddar",
    "Bread",
    "Sourdough",
    "Biscuit",
    "Cake",
    "Pasta",
    "Rice",
    "Bean",
    "Tomato",
    "Onion",
    "Garlic",
    "Pepper",
    "Chilli",
    "Olive",
    "Honey",
    "Yoghurt",
    "Granola",
    "Water",
    "Sparkling",
    "Lemonade",
];

fn catalogue() -> Catalogue {
    let mut menu = Menu::empty(Currency::from_code("GBP").unwrap_or_else(|e| panic!("{e}")));
    menu.items = (0..ITEMS)
        .map(|n| Item {
            code: (n + 1).to_string(),
            name: format!("{} {} {} {} g", WORDS[n % 40], WORDS[n / 40 % 40], WORDS[n / 7 % 40], 50 + n % 950),
            kitchen_name: (n % 3 == 0).then(|| format!("K {}", WORDS[n / 11 % 40])),
            category: "all".to_owned(),
            pricing: Pricing::Each(BTreeMap::from([("base".to_owned(), Money::from_minor(100))])),
            tax_class: None,
            stations: None,
            groups: Vec::new(),
            barcodes: vec![format!("{:013}", 5_000_000_000_000_u64 + n as u64 * 7)],
            hotkey: None,
            cost: None,
        })
        .collect();
    Catalogue::new(menu)
}

fn search(c: &mut Criterion) {
    let index = Index::new(&catalogue());
    let mut group = c.benchmark_group("search at 20,000 items");
    for typed in [
        "e",                             // hits nearly all
        "creme bru",                     // a prefix
        "onion smoked tea",              // words in any order
        "cappucino",                     // a slip
        "chocolate lemonaed vanila",     // slips in several words
        "ooeaeoea",                      // letters that all names have, in no name's order
        "aeo rst lin",                   // the same in words
        "aeeg",                          // few letters, scattered over very many names
        "500000",                        // a barcode's beginning
        "zzzz",                          // nothing
        "ocolaegsresoiteraonutmlkbpdhf", // long and everywhere
    ] {
        group.bench_function(typed, |b| b.iter(|| black_box(index.find(black_box(typed), 20))));
    }
    group.finish();
    c.bench_function("index of 20,000 items", |b| {
        let catalogue = catalogue();
        b.iter(|| black_box(Index::new(&catalogue)));
    });
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    search(&mut criterion);
    criterion.final_summary();
}
