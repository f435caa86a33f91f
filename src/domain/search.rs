//! Finding items by what people type: by name, kitchen name, code and barcode, without regard to
//! case and diacritics, forgiving a slip of the finger.
//!
//! The cheap ways are tried first, on text folded beforehand. Slips are looked for only when few
//! items were found, and scattered letters only when none was.

use nucleo_matcher::{Config, Matcher, Utf32Str, Utf32String};

use crate::domain::catalogue::Catalogue;
use crate::domain::text;

/// The most characters of a query that are looked at.
const QUERY_CHARS: usize = 60;
/// Digits that a part of a barcode needs before it is looked for.
const BARCODE_DIGITS: usize = 4;
/// Letters that a word needs before a slip in it is forgiven.
const SLIP_LETTERS: usize = 4;

/// How an item was found; the better way comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// Its code, or a whole barcode, was typed.
    Code,
    /// Its code begins so.
    CodePrefix,
    /// Its name was typed.
    Name,
    /// Its name begins so.
    NamePrefix,
    /// Each word begins a word of its name, in any order.
    Words,
    /// The first letters of its words: `fw` for flat white.
    Initials,
    /// Its name holds it, or a barcode begins or ends so.
    Inside,
    /// Each word begins a word of its name but for one slip.
    Slip,
    /// The letters stand in its name in this order.
    Letters,
}

impl How {
    /// From the best to the poorest.
    pub const ALL: [Self; 9] = [
        Self::Code,
        Self::CodePrefix,
        Self::Name,
        Self::NamePrefix,
        Self::Words,
        Self::Initials,
        Self::Inside,
        Self::Slip,
        Self::Letters,
    ];
}

/// An item that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its place in [`Catalogue::items`].
    pub item: usize,
    /// How it was found.
    pub how: How,
}

/// Everything that can be found, folded once.
#[derive(Clone, Debug, Default)]
pub struct Index {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    code: String,
    barcodes: Vec<String>,
    names: Vec<Name>,
}

/// A name as it is compared: folded words with one space between.
#[derive(Clone, Debug)]
struct Name {
    text: String,
    /// Where words begin in `text`.
    starts: Vec<usize>,
    initials: String,
    /// Which letters and digits occur.
    letters: u64,
}

impl Index {
    /// Makes the items of a catalogue ready to be found.
    pub fn new(catalogue: &Catalogue) -> Self {
        let entries = catalogue.items().iter().map(|item| Entry {
            code: text::fold(&item.code),
            barcodes: item.barcodes.clone(),
            names: std::iter::once(&item.name).chain(&item.kitchen_name).map(|name| Name::new(name)).collect(),
        });
        Self { entries: entries.collect() }
    }

    /// The items that fit best, best first; alike ones in the order of the menu. Deterministic.
    pub fn find(&self, text: &str, limit: usize) -> Vec<Hit> {
        let typed: String = text.trim().chars().take(QUERY_CHARS).collect();
        let query = Query { code: text::fold(&typed), name: Name::new(&typed) };
        if query.code.is_empty() || limit == 0 {
            return Vec::new();
        }
        let mut ways: [Vec<usize>; How::ALL.len()] = Default::default();
        let mut missed = Vec::new();
        for (item, entry) in self.entries.iter().enumerate() {
            match entry.plainly(&query) {
                Some(how) => ways[how as usize].push(item),
                None => missed.push(item),
            }
        }
        if self.entries.len() - missed.len() < limit && !query.name.text.is_empty() {
            missed.retain(|&item| {
                let slip = self.entries[item].names.iter().any(|name| name.but_for_a_slip(&query.name));
                if slip {
                    ways[How::Slip as usize].push(item);
                }
                !slip
            });
            if missed.len() == self.entries.len() {
                ways[How::Letters as usize] = self.by_letters(&query.name);
            }
        }
        let hits = How::ALL.into_iter().flat_map(|how| ways[how as usize].iter().map(move |&item| Hit { item, how }));
        hits.take(limit).collect()
    }

    /// Items whose names hold the typed letters in their order, the densest first.
    fn by_letters(&self, query: &Name) -> Vec<usize> {
        let mut matcher = Matcher::new(Config::DEFAULT);
        let words: Vec<Utf32String> = query.words().map(Utf32String::from).collect();
        let mut buffer = Vec::new();
        let mut found: Vec<(u32, usize)> = Vec::new();
        for (item, entry) in self.entries.iter().enumerate() {
            let names = entry.names.iter().filter(|name| query.letters & !name.letters == 0);
            let best = names.filter_map(|name| {
                let hay = Utf32Str::new(&name.text, &mut buffer);
                let score = |word: &Utf32String| matcher.fuzzy_match(hay, word.slice(..)).map(u32::from);
                words.iter().map(score).sum::<Option<u32>>()
            });
            if let Some(score) = best.max() {
                found.push((score, item));
            }
        }
        found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        found.into_iter().map(|(_, item)| item).collect()
    }
}

/// What was typed.
struct Query {
    /// As it is compared with codes and barcodes.
    code: String,
    /// As it is compared with names.
    name: Name,
}

impl Entry {
    fn plainly(&self, query: &Query) -> Option<How> {
        if self.code == query.code || self.barcodes.contains(&query.code) {
            return Some(How::Code);
        }
        if self.code.starts_with(&query.code) {
            return Some(How::CodePrefix);
        }
        let by_name = self.names.iter().filter_map(|name| name.plainly(&query.name)).min();
        by_name.or_else(|| {
            let part = query.code.as_str();
            let digits = part.len() >= BARCODE_DIGITS && part.bytes().all(|b| b.is_ascii_digit());
            let found = digits && self.barcodes.iter().any(|b| b.starts_with(part) || b.ends_with(part));
            found.then_some(How::Inside)
        })
    }
}

impl Name {
    fn new(name: &str) -> Self {
        let folded: String = text::fold(name).chars().filter(|c| !matches!(c, '\'' | '’')).collect();
        let mut own = Self { text: String::new(), starts: Vec::new(), initials: String::new(), letters: 0 };
        for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
            if !own.text.is_empty() {
                own.text.push(' ');
            }
            own.starts.push(own.text.len());
            own.initials.extend(word.chars().next());
            own.text.push_str(word);
            own.letters |= word.chars().fold(0, |bits, c| bits | bit_of(c));
        }
        own
    }

    fn words(&self) -> std::str::Split<'_, char> {
        self.text.split(' ')
    }

    /// Whether a word of it begins with `part`.
    fn has_word(&self, part: &str) -> bool {
        self.starts.iter().any(|&at| self.text.as_bytes()[at..].starts_with(part.as_bytes()))
    }

    fn plainly(&self, query: &Self) -> Option<How> {
        // Every way below needs every letter that was typed.
        if query.text.is_empty() || query.letters & !self.letters != 0 {
            return None;
        }
        if self.text.starts_with(&query.text) {
            let whole = self.text.len() == query.text.len();
            return Some(if whole { How::Name } else { How::NamePrefix });
        }
        if query.words().all(|word| self.has_word(word)) {
            return Some(How::Words);
        }
        if query.text.len() > 1 && self.initials.starts_with(&query.text) {
            return Some(How::Initials);
        }
        self.text.contains(&query.text).then_some(How::Inside)
    }

    fn but_for_a_slip(&self, query: &Self) -> bool {
        // One slip in each word brings in at most one letter that the name lacks.
        if (query.letters & !self.letters).count_ones() as usize > query.starts.len() {
            return false;
        }
        query.words().all(|word| {
            self.has_word(word)
                || (word.len() >= SLIP_LETTERS
                    && self
                        .starts
                        .iter()
                        .any(|&at| begins_but_for_a_slip(&self.text.as_bytes()[at..], word.as_bytes())))
        })
    }
}

/// Whether `text` begins with `part` when one letter of `part` is wrong, missing, too many, or
/// swapped with the next. The first letter must be right.
fn begins_but_for_a_slip(text: &[u8], part: &[u8]) -> bool {
    let same = text.iter().zip(part).take_while(|(a, b)| a == b).count();
    if same == 0 || same == text.len() {
        return same > 0 && part.len() == same + 1;
    }
    if same == part.len() {
        return true;
    }
    let (text, part) = (&text[same..], &part[same..]);
    let swapped = text.len() > 1 && part.len() > 1 && text[0] == part[1] && text[1] == part[0];
    text[1..].starts_with(&part[1..])
        || text[1..].starts_with(part)
        || text.starts_with(&part[1..])
        || (swapped && text[2..].starts_with(&part[2..]))
}

fn bit_of(c: char) -> u64 {
    match c {
        'a'..='z' => 1 << (c as u32 - 'a' as u32),
        '0'..='9' => 1 << (26 + c as u32 - '0' as u32),
        other => 1 << (36 + u32::from(other) % 28),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalogue::{Item, Menu, Pricing};
    use crate::domain::money::Currency;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn index(items: &[(&str, &str, Option<&str>, &[&str])]) -> Index {
        let mut menu = Menu::empty(Currency::from_code("GBP").unwrap());
        menu.items = items
            .iter()
            .map(|(code, name, kitchen_name, barcodes)| Item {
                code: (*code).to_owned(),
                name: (*name).to_owned(),
                kitchen_name: kitchen_name.map(str::to_owned),
                category: "x".to_owned(),
                pricing: Pricing::Each(BTreeMap::new()),
                tax_class: None,
                stations: None,
                groups: Vec::new(),
                barcodes: barcodes.iter().map(|b| (*b).to_owned()).collect(),
                hotkey: None,
                cost: None,
            })
            .collect();
        Index::new(&Catalogue::new(menu))
    }

    fn cafe() -> Index {
        index(&[
            ("1", "Latte macchiato", None, &[]),
            ("2", "Latte", None, &[]),
            ("3", "Flat white", None, &[]),
            ("4", "Cappuccino", None, &[]),
            ("5", "Crème Brûlée", Some("BRULEE"), &[]),
            ("12", "Chocolate cake", None, &[]),
            ("13", "White hot chocolate", None, &[]),
            ("LAT", "Shepherd’s pie", None, &[]),
            ("60", "Still water 500 ml", Some("H2O"), &["4006381333931"]),
            ("61", "Espresso", None, &["96385074"]),
            ("62", "½ Jägermeister", None, &[]),
            ("63", "宇治抹茶", None, &[]),
        ])
    }

    fn check(typed: &str, expected: &[(&str, How)]) {
        let index = cafe();
        let hits = index.find(typed, 20);
        let got: Vec<(&str, How)> =
            hits.iter().map(|h| (index.entries[h.item].names[0].text.as_str(), h.how)).collect();
        assert_eq!(got, expected, "{typed}");
    }

    #[test]
    fn what_is_typed_is_found_best_first() {
        use How::*;
        check("creme bru", &[("creme brulee", NamePrefix)]);
        check("BRU", &[("creme brulee", NamePrefix)]);
        check("brûlée crè", &[("creme brulee", Words)]);
        check("cappucino", &[("cappuccino", Slip)]);
        check("expresso", &[("espresso", Slip)]);
        check("esspresso", &[("espresso", Slip)]);
        check("epsresso", &[("espresso", Slip)]);
        check("espressoo", &[("espresso", Slip)]);
        check("fw", &[("flat white", Initials)]);
        check("latte", &[("latte", Name), ("latte macchiato", NamePrefix)]);
        check(
            "lat",
            &[
                ("shepherds pie", Code),
                ("latte macchiato", NamePrefix),
                ("latte", NamePrefix),
                ("flat white", Inside),
                ("chocolate cake", Inside),
                ("white hot chocolate", Inside),
            ],
        );
        check("choc", &[("chocolate cake", NamePrefix), ("white hot chocolate", Words)]);
        check("shepherds", &[("shepherds pie", NamePrefix)]);
        check("shepherd's", &[("shepherds pie", NamePrefix)]);
        check("h2o", &[("still water 500 ml", Name)]);
        check(
            "1",
            &[
                ("latte macchiato", Code),
                ("chocolate cake", CodePrefix),
                ("white hot chocolate", CodePrefix),
                ("1 2 jagermeister", NamePrefix),
            ],
        );
        check("4006381333931", &[("still water 500 ml", Code)]);
        check("4006", &[("still water 500 ml", Inside)]);
        check("3931", &[("still water 500 ml", Inside)]);
        check("5074", &[("espresso", Inside)]);
        check("jager", &[("1 2 jagermeister", Words)]);
        check("抹茶", &[("宇治抹茶", Inside)]);
        check("stlwtr", &[("still water 500 ml", Letters)]);
        check("zzzz", &[]);
        check("", &[]);
        check("  ", &[]);
        check("/", &[]);
    }

    #[test]
    fn the_limit_keeps_the_best() {
        let found = cafe().find("lat", 2);
        assert_eq!(found.iter().map(|h| h.how).collect::<Vec<_>>(), [How::Code, How::NamePrefix]);
        assert_eq!(cafe().find("lat", 0), []);
    }

    proptest! {
        #[test]
        fn nothing_panics_and_whole_names_are_always_found(names in proptest::collection::vec("\\PC{0,12}", 1..8), typed in "\\PC{0,8}") {
            let items: Vec<_> = names.iter().map(|n| ("0", n.as_str(), None, [].as_slice())).collect();
            let index = index(&items);
            let _ = index.find(&typed, 5);
            for (place, name) in names.iter().enumerate() {
                let hits = index.find(name, names.len());
                let searchable = name.chars().any(char::is_alphanumeric) && !index.entries[place].names[0].text.is_empty();
                prop_assert!(!searchable || hits.iter().any(|h| h.item == place), "{name}: {hits:?}");
            }
        }
    }
}
