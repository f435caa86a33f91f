//! Barcodes: check digits, and prices and weights embedded in them.
//!
//! A [`Barcode`] is kept in one form: EAN-8 as it is, everything else as the thirteen digits of an
//! EAN-13 (a UPC-A gets a leading zero, a UPC-E is written out). Labels that a scale prints carry
//! their price or weight in the digits; [`Patterns`] say where.

use serde::{Deserialize, Serialize};

use crate::domain::catalogue::{Catalogue, Item};
use crate::domain::money::{Currency, Money};
use crate::domain::quantity::Quantity;
use crate::domain::text;

/// The digits of an EAN-13 before its check digit.
const BODY: usize = 12;
/// The most characters of a scan that are looked at.
const SCAN_CHARS: usize = 80;

/// A barcode with a right check digit, in the form in which menus keep it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Barcode(String);

/// Why a text is not a barcode.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBarcode {
    /// It holds something other than digits.
    #[error("`{0}` is not a barcode: a barcode has digits only")]
    NotDigits(String),
    /// It is too short or too long.
    #[error("a barcode has 8, 12 or 13 digits, not {0}")]
    Length(usize),
    /// Its last digit does not fit the others.
    #[error("the check digit of {barcode} is wrong: by the other digits it ends in {expected}")]
    CheckDigit {
        /// The barcode.
        barcode: String,
        /// The digit that would be right.
        expected: char,
    },
}

impl Barcode {
    /// The barcode that people typed or a scanner sent: EAN-8, UPC-E, UPC-A or EAN-13.
    ///
    /// Eight digits are an EAN-8 if its check digit fits, else a UPC-E if that one's fits.
    ///
    /// # Errors
    /// [`BadBarcode`], in words.
    pub fn parse(scan: &str) -> Result<Self, BadBarcode> {
        let scan = scan.trim();
        if scan.is_empty() || !scan.bytes().all(|b| b.is_ascii_digit()) {
            return Err(BadBarcode::NotDigits(text::clean(scan, SCAN_CHARS)));
        }
        let own = match scan.len() {
            8 | 13 => scan.to_owned(),
            12 => format!("0{scan}"),
            other => return Err(BadBarcode::Length(other)),
        };
        let (body, last) = own.split_at(own.len() - 1);
        let expected = check_digit(body);
        if last.starts_with(expected) {
            return Ok(Self(own));
        }
        Self::from_upc_e(scan).ok_or_else(|| BadBarcode::CheckDigit { barcode: scan.to_owned(), expected })
    }

    /// The digits, eight or thirteen.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The EAN-13 that eight digits stand for when they are a UPC-E.
    fn from_upc_e(scan: &str) -> Option<Self> {
        let digits: &[u8; 8] = scan.as_bytes().try_into().ok()?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let [system, a, b, c, d, e, f, _] = digits.map(char::from);
        let body: String = match f {
            '0'..='2' => [system, a, b, f, '0', '0', '0', '0', c, d, e],
            '3' => [system, a, b, c, '0', '0', '0', '0', '0', d, e],
            '4' => [system, a, b, c, d, '0', '0', '0', '0', '0', e],
            _ => [system, a, b, c, d, e, '0', '0', '0', '0', f],
        }
        .iter()
        .collect();
        let fits = matches!(system, '0' | '1') && scan.ends_with(check_digit(&body));
        fits.then(|| Self::with_check_digit(&format!("0{body}")))
    }

    fn with_check_digit(body: &str) -> Self {
        Self(format!("{body}{}", check_digit(body)))
    }
}

/// The digit that makes the weighted sum (3, 1, 3 … from the right) a multiple of ten. Only for
/// texts of digits.
fn check_digit(body: &str) -> char {
    let weighted = |(i, digit): (usize, u8)| u32::from(digit - b'0') * if i.is_multiple_of(2) { 3 } else { 1 };
    let sum: u32 = body.bytes().rev().enumerate().map(weighted).sum();
    char::from(b'0' + ((10 - sum % 10) % 10) as u8)
}

/// What a label carries besides the item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Embedded {
    /// The price of what is in the bag.
    Price,
    /// Its weight in kilograms.
    Weight,
    /// How many pieces are in it.
    Quantity,
}

/// A pattern as people write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternText {
    /// The twelve digits before the check digit: a digit stands for itself, `.` for a digit of the
    /// item, `?` for one that is not looked at, `{NNDDD}` for the value, `D` being the digits after
    /// its point. `21.....{NNDDD}` is a weight in grams.
    pub pattern: String,
    /// What the value is.
    pub kind: Embedded,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Is(u8),
    Item,
    Ignored,
    Value,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    text: PatternText,
    places: [Place; BODY],
    decimals: u32,
}

/// Where prices and weights stand in the EAN-13 labels of this shop. The first pattern that fits a
/// barcode is used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<PatternText>", into = "Vec<PatternText>")]
pub struct Patterns(Vec<Pattern>);

impl Patterns {
    /// Checks patterns.
    ///
    /// # Errors
    /// Which pattern is wrong and what is expected, in words.
    pub fn new(list: Vec<PatternText>) -> Result<Self, String> {
        list.into_iter().map(Pattern::new).collect::<Result<_, _>>().map(Self)
    }
}

impl TryFrom<Vec<PatternText>> for Patterns {
    type Error = String;
    fn try_from(list: Vec<PatternText>) -> Result<Self, String> {
        Self::new(list)
    }
}

impl From<Patterns> for Vec<PatternText> {
    fn from(patterns: Patterns) -> Self {
        patterns.0.into_iter().map(|p| p.text).collect()
    }
}

impl Pattern {
    fn new(text: PatternText) -> Result<Self, String> {
        let shown = text::clean(&text.pattern, SCAN_CHARS);
        let wrong = |why: String| Err(format!("barcode pattern `{shown}`: {why}"));
        let mut places = Vec::with_capacity(BODY);
        let (mut decimals, mut inside, mut values) = (0, false, 0);
        for c in text.pattern.chars() {
            match c {
                '{' if !inside && values == 0 => inside = true,
                '}' if inside && values > 0 => inside = false,
                'N' | 'D' if inside && (c == 'D' || decimals == 0) => {
                    decimals += u32::from(c == 'D');
                    values += 1;
                    places.push(Place::Value);
                }
                '0'..='9' if !inside => places.push(Place::Is(c as u8)),
                '.' if !inside => places.push(Place::Item),
                '?' if !inside => places.push(Place::Ignored),
                _ => {
                    return wrong("expected digits, `.`, `?` and one value in braces such as {NNDDD}".to_owned());
                }
            }
        }
        if inside || values == 0 {
            return wrong("expected one value in braces, such as {NNDDD}".to_owned());
        }
        if decimals > 3 {
            return wrong("a value has at most three digits after its point".to_owned());
        }
        let count = places.len();
        let Ok(places) = <[Place; BODY]>::try_from(places) else {
            return wrong(format!("it stands for {count} digits; an EAN-13 has {BODY} before its check digit"));
        };
        match (places[0], places[1]) {
            (Place::Is(b'2'), Place::Is(_)) | (Place::Is(b'0'), Place::Is(b'2')) => {}
            _ => return wrong("only 02 and 20 to 29 are for a shop's own labels: it must begin so".to_owned()),
        }
        Ok(Self { text, places, decimals })
    }

    /// The label's parts, when the pattern fits it.
    fn read(&self, barcode: &Barcode) -> Option<Label> {
        let digits = barcode.as_str().as_bytes();
        if digits.len() != BODY + 1 {
            return None;
        }
        let (mut base, mut item, mut value) = (String::with_capacity(BODY), String::new(), 0_i64);
        for (place, &digit) in self.places.iter().zip(digits) {
            base.push(match place {
                Place::Is(own) if *own != digit => return None,
                Place::Is(_) | Place::Item => char::from(digit),
                Place::Ignored | Place::Value => '0',
            });
            match place {
                Place::Item => item.push(char::from(digit)),
                Place::Value => value = value * 10 + i64::from(digit - b'0'),
                Place::Is(_) | Place::Ignored => {}
            }
        }
        Some(Label { base: Barcode::with_check_digit(&base), item, value })
    }
}

/// What a label says.
struct Label {
    /// The barcode of the item, with zeros for the value.
    base: Barcode,
    /// The digits under the dots.
    item: String,
    /// The value, without its point.
    value: i64,
}

/// What a scan means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scanned {
    /// The item with this code.
    Item(String),
    /// An item with its price on the label.
    Priced {
        /// The item's code.
        code: String,
        /// The label's price.
        price: Money,
    },
    /// An item with its weight on the label.
    Weighed {
        /// The item's code.
        code: String,
        /// The label's weight in kilograms.
        quantity: Quantity,
    },
    /// An item with a number of pieces on the label.
    Counted {
        /// The item's code.
        code: String,
        /// The label's number of pieces.
        quantity: Quantity,
    },
    /// No item has it.
    Unknown {
        /// What can be bound to an item if [`Barcode::parse`] takes it: for a label with a price or
        /// weight, its barcode with zeros there.
        barcode: String,
    },
    /// It cannot be right.
    Bad {
        /// Why, in words.
        why: String,
    },
}

/// What is said of a card that was swiped or scanned.
pub const CARD: &str = "That looks like a card number: card numbers are never kept here";

/// Whether a scan is a payment card's: its number alone, or the track of a card that was swiped.
pub fn is_card(scan: &str) -> bool {
    text::holds_card_number(scan) && Barcode::parse(scan).is_err()
}

/// Says what a scan means: a barcode of an item, a label of the shop's own scale, an item's code.
pub fn read(scan: &str, patterns: &Patterns, catalogue: &Catalogue, currency: Currency) -> Scanned {
    let scan = text::clean(scan, SCAN_CHARS);
    let parsed = Barcode::parse(&scan);
    let item = |item: &Item| Scanned::Item(item.code.clone());
    if let Some(found) = parsed.as_ref().ok().and_then(|b| catalogue.by_barcode(b.as_str())) {
        return item(found);
    }
    if let Some(found) = Barcode::from_upc_e(&scan).and_then(|b| catalogue.by_barcode(b.as_str())) {
        return item(found);
    }
    if let Some(found) = catalogue.item(&scan) {
        return item(found);
    }
    let bad = |why: &str| Scanned::Bad { why: why.to_owned() };
    match parsed {
        Ok(barcode) => {
            let label = patterns.0.iter().find_map(|p| Some((p, p.read(&barcode)?)));
            match label {
                Some((pattern, label)) => read_label(pattern, label, catalogue, currency),
                None => Scanned::Unknown { barcode: barcode.0 },
            }
        }
        Err(_) if scan.is_empty() => bad("The scan was empty: scan it again"),
        // The digits are not repeated: they may be those of a card.
        Err(BadBarcode::CheckDigit { .. }) => bad("The scan was misread (wrong check digit): scan it again"),
        Err(_) if is_card(&scan) => bad(CARD),
        Err(BadBarcode::NotDigits(_) | BadBarcode::Length(_)) => Scanned::Unknown { barcode: scan },
    }
}

fn read_label(pattern: &Pattern, label: Label, catalogue: &Catalogue, currency: Currency) -> Scanned {
    let item = catalogue
        .by_barcode(label.base.as_str())
        .or_else(|| catalogue.item(&label.item))
        .or_else(|| catalogue.item(label.item.trim_start_matches('0')));
    let Some(item) = item else { return Scanned::Unknown { barcode: label.base.0 } };
    let code = item.code.clone();
    let name = &item.name;
    if label.value == 0 {
        return Scanned::Bad { why: format!("The label of {name} says 0: weigh it again, or type it") };
    }
    // At most twelve digits and three more zeros: far from the ends of i64.
    let scaled = |digits: u32| label.value * 10_i64.pow(digits.saturating_sub(pattern.decimals));
    match pattern.text.kind {
        Embedded::Weight => Scanned::Weighed { code, quantity: Quantity::from_thousandths(scaled(3)) },
        Embedded::Quantity => Scanned::Counted { code, quantity: Quantity::from_thousandths(scaled(3)) },
        Embedded::Price => {
            let digits = u32::from(currency.digits());
            let finer = 10_i64.pow(pattern.decimals.saturating_sub(digits));
            if label.value % finer != 0 {
                return Scanned::Bad {
                    why: format!("The label of {name} has a price finer than {currency} knows: check the pattern"),
                };
            }
            Scanned::Priced { code, price: Money::from_minor(scaled(digits) / finer) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalogue::{Menu, Pricing};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn check(scan: &str, expected: Result<&str, &str>) {
        let got = Barcode::parse(scan);
        match expected {
            Ok(kept) => assert_eq!(got.as_ref().map(Barcode::as_str), Ok(kept), "{scan}"),
            Err(words) => {
                let got = got.expect_err(scan).to_string();
                assert!(got.contains(words), "{scan}: {got}");
            }
        }
    }

    #[test]
    fn barcodes_are_kept_in_one_form() {
        check("4006381333931", Ok("4006381333931"));
        check(" 96385074 ", Ok("96385074"));
        check("036000291452", Ok("0036000291452"));
        // UPC-E of 0 42100 00526 4
        check("04252614", Ok("0042100005264"));
        check("01234531", Ok("0012300000451"));
        check("01234543", Ok("0012340000053"));
        // Both an EAN-8 and a UPC-E: kept as it was scanned, and found as either.
        check("01234572", Ok("01234572"));
        check("4006381333932", Err("ends in 1"));
        check("96385075", Err("ends in 4"));
        check("036000291453", Err("ends in 2"));
        check("1234567", Err("not 7"));
        check("", Err("digits only"));
        check("40063813339３1", Err("digits only"));
        check("ABC-1", Err("digits only"));
    }

    fn patterns(list: &[(&str, Embedded)]) -> Result<Patterns, String> {
        Patterns::new(list.iter().map(|(p, kind)| PatternText { pattern: (*p).to_owned(), kind: *kind }).collect())
    }

    #[test]
    fn patterns_are_checked_in_words() {
        for (pattern, words) in [
            ("21....{NNDDD}", "stands for 11 digits"),
            ("21......{NNDDD}", "stands for 13 digits"),
            ("40.....{NNDDD}", "02 and 20 to 29"),
            (".......{NNDDD}", "02 and 20 to 29"),
            ("21..........", "one value in braces"),
            ("21.....{NNDDD", "one value in braces"),
            ("21.....{}", "expected digits"),
            ("21.....{DDNNN}", "expected digits"),
            ("21.....{NDDDD}", "at most three"),
            ("21.{NN}.{DD}....", "expected digits"),
            ("", "one value in braces"),
            ("21\u{1b}", "\u{fffd}"),
        ] {
            let got = patterns(&[(pattern, Embedded::Weight)]).expect_err(pattern);
            assert!(got.contains(words), "{pattern}: {got}");
        }
    }

    #[test]
    fn patterns_are_written_in_toml_and_come_back() {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct File {
            barcodes: Patterns,
        }
        let file: File = toml::from_str(
            "[[barcodes]]\npattern = \"21.....{NNDDD}\"\nkind = \"weight\"\n\
             [[barcodes]]\npattern = \"02.....?{NNDD}\"\nkind = \"price\"\n",
        )
        .unwrap();
        assert_eq!(toml::from_str::<File>(&toml::to_string(&file).unwrap()).unwrap(), file);
        let error = toml::from_str::<File>("[[barcodes]]\npattern = \"21\"\nkind = \"weight\"\n").unwrap_err();
        assert!(error.to_string().contains("one value in braces"), "{error}");
    }

    fn catalogue() -> Catalogue {
        let mut menu = Menu::empty(Currency::from_code("GBP").unwrap());
        for (code, barcode) in [("12345", None), ("42", Some("2200042000005")), ("CODE-7", Some("0042100005264"))] {
            menu.items.push(Item {
                code: code.to_owned(),
                name: format!("Item {code}"),
                kitchen_name: None,
                category: "x".to_owned(),
                pricing: Pricing::Each(BTreeMap::new()),
                tax_class: None,
                stations: None,
                groups: Vec::new(),
                barcodes: barcode.map(str::to_owned).into_iter().collect(),
                hotkey: None,
                cost: None,
            });
        }
        Catalogue::new(menu)
    }

    fn scan(text: &str, currency: &str) -> Scanned {
        let patterns = patterns(&[
            ("21.....{NNDDD}", Embedded::Weight),
            ("22.....{NNNDD}", Embedded::Price),
            ("23.....{NNNNN}", Embedded::Quantity),
            ("02.....?{NNDD}", Embedded::Price),
        ]);
        read(text, &patterns.unwrap(), &catalogue(), Currency::from_code(currency).unwrap())
    }

    fn label(body: &str) -> String {
        Barcode::with_check_digit(body).0
    }

    #[test]
    fn scans_are_read() {
        let unknown = |barcode: &str| Scanned::Unknown { barcode: barcode.to_owned() };
        let code = || "12345".to_owned();
        assert_eq!(scan("12345", "GBP"), Scanned::Item(code()));
        assert_eq!(scan("CODE-7\r", "GBP"), Scanned::Item("CODE-7".to_owned()));
        // The same goods by UPC-E, UPC-A and EAN-13.
        for text in ["04252614", "042100005264", "0042100005264"] {
            assert_eq!(scan(text, "GBP"), Scanned::Item("CODE-7".to_owned()));
        }
        assert_eq!(
            scan(&label("211234501250"), "GBP"),
            Scanned::Weighed { code: code(), quantity: Quantity::from_thousandths(1250) }
        );
        assert_eq!(
            scan(&label("221234501250"), "GBP"),
            Scanned::Priced { code: code(), price: Money::from_minor(1250) }
        );
        assert_eq!(
            scan(&label("221234501250"), "KWD"),
            Scanned::Priced { code: code(), price: Money::from_minor(12500) }
        );
        assert_eq!(
            scan(&label("231234500012"), "GBP"),
            Scanned::Counted { code: code(), quantity: Quantity::pieces(12) }
        );
        // By the base barcode, by the code with leading zeros, and with a price check digit between.
        assert_eq!(
            scan(&label("220004200099"), "GBP"),
            Scanned::Priced { code: "42".to_owned(), price: Money::from_minor(99) }
        );
        assert_eq!(
            scan(&label("210004200099"), "GBP"),
            Scanned::Weighed { code: "42".to_owned(), quantity: Quantity::from_thousandths(99) }
        );
        assert_eq!(
            scan(&label("021234570350"), "GBP"),
            Scanned::Priced { code: code(), price: Money::from_minor(350) }
        );
        // A UPC-A label is an EAN-13 with a leading zero.
        assert_eq!(
            scan(&label("021234570350")[1..], "GBP"),
            Scanned::Priced { code: code(), price: Money::from_minor(350) }
        );
        // An unknown label offers its base to be bound, not one bag's weight.
        assert_eq!(scan(&label("219999901250"), "GBP"), unknown(&label("219999900000")));
        assert_eq!(scan("4006381333931", "GBP"), unknown("4006381333931"));
        assert_eq!(scan("X-99", "GBP"), unknown("X-99"));
    }

    #[test]
    fn scans_that_cannot_be_right_say_why() {
        for (text, words) in [
            ("4006381333932", "check digit"),
            ("4111 1111 1111 1111", "card number"),
            (" \r\n", "empty"),
            (label("211234500000").as_str(), "says 0"),
        ] {
            match scan(text, "GBP") {
                Scanned::Bad { why } => assert!(why.contains(words), "{text}: {why}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        assert!(matches!(scan(&label("221234501250"), "JPY"), Scanned::Bad { .. }));
        assert_eq!(
            scan(&label("221234501200"), "JPY"),
            Scanned::Priced { code: "12345".to_owned(), price: Money::from_minor(12) }
        );
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "\\PC{0,20}|[!-~]{8}|[0-9]{0,20}|2[0-9]{12}", pattern in "\\PC{0,16}|2[0-9.?{}ND]{11,14}") {
            let _ = scan(&text, "GBP");
            if let Ok(patterns) = patterns(&[(&pattern, Embedded::Price)]) {
                let _ = read(&text, &patterns, &catalogue(), Currency::from_code("JPY").unwrap());
            }
        }

        #[test]
        fn one_wrong_digit_is_seen(body in "[0-9]{12}", at in 0_usize..13, by in 1_u8..10) {
            let mut digits = label(&body).into_bytes();
            prop_assert!(Barcode::parse(std::str::from_utf8(&digits).unwrap()).is_ok());
            digits[at] = b'0' + (digits[at] - b'0' + by) % 10;
            prop_assert!(Barcode::parse(std::str::from_utf8(&digits).unwrap()).is_err());
        }
    }
}
