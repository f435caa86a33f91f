//! Text that came from outside: names, notes, barcodes, whatever a file or a server says. Control,
//! bidi and zero-width characters stop at the door, and card numbers are refused.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Whether a character may stand in a name or a note. Control characters would drive a terminal or
/// a printer; bidi overrides reorder what is read; zero-width characters hide.
pub fn is_safe(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{E0000}'..='\u{E007F}' | '\u{FE00}'..='\u{FE0F}')
}

/// The text with each unsafe character turned into `�` (tabs and line breaks into a space), so that
/// a reader sees that something stood there; trimmed and cut at `max_chars`.
pub fn clean(text: &str, max_chars: usize) -> String {
    let kept: String = text
        .chars()
        .map(|c| match c {
            '\t' | '\n' | '\r' => ' ',
            c if is_safe(c) => c,
            _ => '\u{FFFD}',
        })
        .take(max_chars)
        .collect();
    kept.trim().to_owned()
}

/// Lower case without diacritics, for comparing what people type: `Crème Brûlée` → `creme brulee`.
pub fn fold(text: &str) -> String {
    text.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .flat_map(|c| match c {
            'ß' => ['s', 's'],
            'ø' => ['o', '\0'],
            'æ' => ['a', 'e'],
            'œ' => ['o', 'e'],
            'ł' => ['l', '\0'],
            'đ' => ['d', '\0'],
            c => [c, '\0'],
        })
        .filter(|c| *c != '\0')
        .collect()
}

/// Whether the text holds a number that a payment card could bear: 13 to 19 digits, perhaps parted
/// by spaces or dashes, that pass the Luhn check. Such text is refused everywhere.
pub fn holds_card_number(text: &str) -> bool {
    let joined = text.split(|c: char| !(c.is_ascii_digit() || c == ' ' || c == '-'));
    let unbroken = text.split(|c: char| !c.is_ascii_digit());
    joined.chain(unbroken).any(|run| {
        let digits: Vec<u8> = run.bytes().filter(u8::is_ascii_digit).map(|b| b - b'0').collect();
        (13..=19).contains(&digits.len()) && luhn(&digits)
    })
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &d)| match (i % 2, d * 2) {
            (0, _) => u32::from(d),
            (_, double) if double > 9 => u32::from(double - 9),
            (_, double) => u32::from(double),
        })
        .sum();
    sum.is_multiple_of(10) && digits.iter().any(|&d| d != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_characters_become_a_visible_placeholder() {
        assert_eq!(clean("\u{1b}p0 caf\u{202e}é\n", 40), "\u{fffd}p0 caf\u{fffd}é");
        assert_eq!(clean("ab\tcd", 3), "ab");
        assert_eq!(clean("  x ", 10), "x");
    }

    #[test]
    fn folding_forgets_diacritics_and_case() {
        assert_eq!(fold("Crème Brûlée"), "creme brulee");
        assert_eq!(fold("GROẞE Ærø"), "grosse aero");
    }

    #[test]
    fn card_numbers_are_seen() {
        assert!(holds_card_number("4111 1111 1111 1111"));
        assert!(holds_card_number("call 5500-0000-0000-0004 back"));
        assert!(!holds_card_number("4111 1111 1111 1112"));
        assert!(!holds_card_number("table 12, 0171 2345"));
        assert!(!holds_card_number(""));
    }
}
