//! Scenarios: what people do and see, in the field's words, one file for each topic in
//! `tests/scenarios/`. They run through real sessions on a store that `counterflow setup` made; only
//! the clock is ours.
//!
//! ```text
//! Scenario: two flat whites for a ten-pound note
//!   Given a café
//!   When Ada types 2*1
//!   Then Ada sees "2 Flat white"
//!   When Ada types 1000<F12>
//!   Then Ada is told "change 3.60"
//!   And the receipt says "Change"
//! ```
//!
//! `And` goes on with what the line before was. The steps are in [`steps`]; a line that fits none of
//! them fails with the list of all. Each scenario ends with `verify`, which must find nothing.

mod house;
mod steps;

use std::path::{Path, PathBuf};

use house::House;

/// The files of `tests/scenarios/`, each a test of its own.
macro_rules! scenarios {
    ($($name:ident)*) => {
        $(#[test] fn $name() { check(stringify!($name)); })*
        const ALL: &[&str] = &[$(stringify!($name)),*];
    };
}

scenarios! {
    combos
    courses
    halves
    options
    stock
    vouchers
    customers
    clock
    deposits
    discounts
    kitchen
    order_types
    prices
    people
    points
    reports
    refunds
    promotions
    selling
    shifts
    tables
    tips
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

#[test]
fn every_file_is_run() {
    let files = std::fs::read_dir(folder()).unwrap().map(|f| f.unwrap().path()).filter(|p| p.is_file());
    let mut names: Vec<String> = files.map(|p| p.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort_unstable();
    let mut listed: Vec<&str> = ALL.to_vec();
    listed.sort_unstable();
    assert_eq!(names, listed);
}

/// What a step is: the word that begins its line, or for `And` the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Given,
    When,
    Then,
}

/// Plays every scenario of a file; the first step that fails is named with its line.
fn check(name: &str) {
    let path = folder().join(format!("{name}.txt"));
    let text = std::fs::read_to_string(&path).unwrap();
    let mut house: Option<House> = None;
    let (mut kind, mut title, mut played) = (Kind::Given, "", 0);
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(words) = line.strip_prefix("Scenario:") {
            close(house.take());
            (kind, title) = (Kind::Given, words.trim());
            house = Some(House::default());
            played += 1;
            continue;
        }
        let at = format!("tests/scenarios/{name}.txt:{number}: {title}: {line}");
        let (word, step) = line.split_once(' ').unwrap_or_else(|| panic!("{at}: not a step"));
        kind = match word {
            "Given" => Kind::Given,
            "When" => Kind::When,
            "Then" => Kind::Then,
            "And" => kind,
            _ => panic!("{at}: a line begins with Scenario:, Given, When, Then, And or #"),
        };
        let house = house.as_mut().unwrap_or_else(|| panic!("{at}: no `Scenario:` before it"));
        if let Err(why) = steps::play(house, kind, step.trim()) {
            panic!("{at}\n{why}");
        }
    }
    close(house.take());
    assert!(played > 0, "{name}.txt has no scenario");
}

/// A scenario is over.
fn close(house: Option<House>) {
    if let Some(house) = house {
        house.close();
    }
}
