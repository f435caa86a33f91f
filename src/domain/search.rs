//! Finding items by what people type: by name, kitchen name, code and barcode, without regard to
//! case and diacritics, forgiving a slip of the finger.
//!
//! The cheap ways are tried first, on text folded beforehand. Slips are looked for only when few
//! items were found, and scattered letters only when none was.

use std::collections::HashSet;

use nucleo_matcher::{Config, Matcher, Utf32Str, Utf32String};

use crate::domain::catalogue::Catalogue;
use crate::domain::text;

/// The most characters of a query that are looked at.
const QUERY_CHARS: usize = 60;
/// Digits that a part of a barcode needs before it is looked for.
const BARCODE_DIGITS: usize = 4;
/// Letters that a word needs before a slip in it is forgiven.
const SLIP_LETTERS: usize = 4;
/// Letters that must be typed before they are looked for scattered over a name.
const SCATTERED_LETTERS: usize = 3;
/// Names that are weighed against each other at most: letters that stand in so many of them say
/// little, and weighing them all would take longer than a key press may.
const WEIGHED_NAMES: usize = 1_000;

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

/// Everything that can be found, folded once and laid out in a row: a search looks at all of it.
#[derive(Clone, Debug, Default)]
pub struct Index {
    text: String,
    codes: Vec<Piece>,
    names: Vec<Piece>,
    barcodes: Vec<Piece>,
}

/// A part of the index's text that belongs to an item.
#[derive(Clone, Copy, Debug)]
struct Piece {
    item: u32,
    start: u32,
    end: u32,
    /// Which letters and digits occur in it.
    letters: u64,
    /// Which of them begin a word.
    initials: u64,
}

impl Index {
    /// Makes the items of a catalogue ready to be found.
    pub fn new(catalogue: &Catalogue) -> Self {
        let mut index = Self::default();
        for (item, entry) in catalogue.items().iter().enumerate() {
            let code = index.add(item, &text::fold(&entry.code));
            index.codes.push(code);
            for name in std::iter::once(&entry.name).chain(&entry.kitchen_name) {
                let name = index.add(item, &plain_words(name));
                index.names.push(name);
            }
            for barcode in &entry.barcodes {
                let barcode = index.add(item, barcode);
                index.barcodes.push(barcode);
            }
        }
        index
    }

    fn add(&mut self, item: usize, text: &str) -> Piece {
        let start = self.text.len();
        self.text.push_str(text);
        let short = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Piece {
            item: short(item),
            start: short(start),
            end: short(self.text.len()),
            letters: letters_of(text),
            initials: initials_of(text),
        }
    }

    fn text(&self, piece: &Piece) -> &str {
        self.text.get(piece.start as usize..piece.end as usize).unwrap_or_default()
    }

    /// The items that fit best, best first; alike ones in the order of the menu. Deterministic.
    pub fn find(&self, text: &str, limit: usize) -> Vec<Hit> {
        let typed: String = text.trim().chars().take(QUERY_CHARS).collect();
        let query = Query::new(&typed);
        if query.code.is_empty() || limit == 0 {
            return Vec::new();
        }
        let mut ways: Vec<Option<How>> = vec![None; self.codes.len()];
        self.plainly(&query, &mut ways);
        let found = |ways: &[Option<How>]| ways.iter().flatten().count();
        if found(&ways) < limit && !query.words.is_empty() {
            self.but_for_a_slip(&query, &mut ways);
        }
        if found(&ways) == 0 && query.name.len() >= SCATTERED_LETTERS {
            let hits = self.by_letters(&query).into_iter().map(|item| Hit { item, how: How::Letters });
            return hits.take(limit).collect();
        }
        let mut sorted: [Vec<usize>; How::ALL.len()] = Default::default();
        for (item, how) in ways.iter().enumerate() {
            if let Some(how) = how {
                sorted[*how as usize].push(item);
            }
        }
        let hits = How::ALL.iter().flat_map(|&how| sorted[how as usize].iter().map(move |&item| Hit { item, how }));
        hits.take(limit).collect()
    }

    fn plainly(&self, query: &Query, ways: &mut [Option<How>]) {
        let mut found = |piece: &Piece, how: Option<How>| {
            let way = &mut ways[piece.item as usize];
            *way = (*way).into_iter().chain(how).min();
        };
        let code_letters = letters_of(&query.code);
        for piece in self.codes.iter().filter(|piece| code_letters & !piece.letters == 0) {
            let code = self.text(piece);
            let prefix = code.starts_with(&query.code);
            found(piece, prefix.then(|| if code == query.code { How::Code } else { How::CodePrefix }));
        }
        if query.code.len() >= BARCODE_DIGITS && query.code.bytes().all(|b| b.is_ascii_digit()) {
            for piece in &self.barcodes {
                let barcode = self.text(piece);
                let part = barcode.starts_with(&query.code) || barcode.ends_with(&query.code);
                found(piece, part.then(|| if barcode == query.code { How::Code } else { How::Inside }));
            }
        }
        if query.words.is_empty() {
            return;
        }
        // Every way to find a name but for a slip needs every letter that was typed.
        for piece in self.names.iter().filter(|piece| query.letters & !piece.letters == 0) {
            found(piece, query.plainly(self.text(piece), piece.initials));
        }
    }

    fn but_for_a_slip(&self, query: &Query, ways: &mut [Option<How>]) {
        // One slip in each word brings in at most one letter that the name lacks, and never the first.
        let fits = |piece: &&Piece| {
            query.initials & !piece.initials == 0
                && (query.letters & !piece.letters).count_ones() as usize <= query.words.len()
        };
        for piece in self.names.iter().filter(fits) {
            let way = &mut ways[piece.item as usize];
            if way.is_none() && query.but_for_a_slip(self.text(piece)) {
                *way = Some(How::Slip);
            }
        }
    }

    /// Items whose names hold the typed letters in their order, the densest first.
    fn by_letters(&self, query: &Query) -> Vec<usize> {
        let mut matcher = Matcher::new(Config::DEFAULT);
        let words: Vec<Utf32String> = query.words.iter().map(|word| Utf32String::from(word.as_str())).collect();
        let mut buffer = Vec::new();
        let mut found: Vec<(u32, usize)> = Vec::new();
        let holds = |piece: &&Piece| {
            query.letters & !piece.letters == 0 && query.words.iter().all(|word| holds_in_order(self.text(piece), word))
        };
        for piece in self.names.iter().filter(holds).take(WEIGHED_NAMES) {
            let name = self.text(piece);
            let hay = Utf32Str::new(name, &mut buffer);
            let score = |word: &Utf32String| matcher.fuzzy_match(hay, word.slice(..)).map(u32::from);
            if let Some(score) = words.iter().map(score).sum::<Option<u32>>() {
                found.push((score, piece.item as usize));
            }
        }
        found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut seen = HashSet::new();
        found.into_iter().map(|(_, item)| item).filter(|item| seen.insert(*item)).collect()
    }
}

/// What was typed.
struct Query {
    /// As it is compared with codes and barcodes.
    code: String,
    /// As it is compared with names.
    name: String,
    words: Vec<String>,
    letters: u64,
    initials: u64,
}

impl Query {
    fn new(typed: &str) -> Self {
        let name = plain_words(typed);
        let words = name.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        Self { code: text::fold(typed), letters: letters_of(&name), initials: initials_of(&name), name, words }
    }

    fn plainly(&self, name: &str, initials: u64) -> Option<How> {
        if name.starts_with(&self.name) {
            return Some(if name == self.name { How::Name } else { How::NamePrefix });
        }
        let begins = |word: &String| word_starts(name).any(|rest| rest.starts_with(word.as_bytes()));
        if self.initials & !initials == 0 && self.words.iter().all(begins) {
            return Some(How::Words);
        }
        if self.name.len() > 1 && self.words.len() == 1 && self.are_initials(name) {
            return Some(How::Initials);
        }
        // Looking for the letters one by one is far cheaper than for the text, and mostly settles it.
        (holds_in_order(name, &self.name) && name.contains(&self.name)).then_some(How::Inside)
    }

    fn are_initials(&self, name: &str) -> bool {
        let mut initials = name.split(' ').map(|word| word.chars().next());
        self.name.chars().all(|c| initials.next() == Some(Some(c)))
    }

    fn but_for_a_slip(&self, name: &str) -> bool {
        self.words.iter().all(|word| {
            word_starts(name).any(|rest| {
                rest.starts_with(word.as_bytes())
                    || (word.len() >= SLIP_LETTERS && begins_but_for_a_slip(rest, word.as_bytes()))
            })
        })
    }
}

/// A text as names are compared: folded words with one space between.
fn plain_words(name: &str) -> String {
    let folded: String = text::fold(name).chars().filter(|c| !matches!(c, '\'' | '’')).collect();
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// The rest of a name from each of its words on.
fn word_starts(name: &str) -> impl Iterator<Item = &[u8]> {
    let bytes = name.as_bytes();
    let behind_spaces = bytes.iter().enumerate().filter(|(_, byte)| **byte == b' ').map(|(at, _)| &bytes[at + 1..]);
    std::iter::once(bytes).chain(behind_spaces)
}

/// Whether the letters of a word stand in a name in their order, with others between.
fn holds_in_order(name: &str, word: &str) -> bool {
    let mut letters = name.bytes();
    word.bytes().all(|wanted| letters.any(|letter| letter == wanted))
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

fn letters_of(text: &str) -> u64 {
    text.chars().fold(0, |bits, c| bits | bit_of(c))
}

fn initials_of(text: &str) -> u64 {
    text.split(' ').filter_map(|word| word.chars().next()).fold(0, |bits, c| bits | bit_of(c))
}

fn bit_of(c: char) -> u64 {
    match c {
        'a'..='z' => 1 << (u32::from(c) - u32::from('a')),
        '0'..='9' => 1 << (26 + u32::from(c) - u32::from('0')),
        ' ' => 0,
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
        let name = |item: usize| index.names.iter().find(|piece| piece.item as usize == item).unwrap();
        let got: Vec<(&str, How)> = hits.iter().map(|h| (index.text(name(h.item)), h.how)).collect();
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
                let searchable = !plain_words(name).is_empty();
                prop_assert!(!searchable || hits.iter().any(|h| h.item == place), "{name}: {hits:?}");
            }
        }
    }
}
