//! Which bytes say which characters on a printer, and what is printed for those it lacks.
//!
//! A character that no code page of the printer has is written with what it has: without its mark
//! (`ő` → `o`), as its parts (`½` → `1/2`, `…` → `...`), else as `?`. Nothing is dropped silently
//! but marks and joiners that stand for no sign of their own.

use oem_cp::code_table::{DECODING_TABLE_CP_MAP, ENCODING_TABLE_CP_MAP};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::text::is_safe;

/// Windows-1252 from 0x80 to 0x9F; the rest is Latin-1. OEM tables do not hold it.
const WINDOWS_1252: [char; 32] = [
    '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’', '“', '”', '•',
    '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
];

/// What is written for a character that a printer lacks, before its marks are taken off.
const REPLACEMENTS: [(&str, &str); 23] = [
    ("‘’‚‛′ʼ`´", "'"),
    ("“”„‟″", "\""),
    ("«‹", "<"),
    ("»›", ">"),
    ("‐‑‒–—―−", "-"),
    ("\u{a0}\u{202f}\u{2009}\u{2007}\u{200a}\u{2002}\u{2003}\u{3000}", " "),
    ("…", "..."),
    ("→", "->"),
    ("•·", "*"),
    ("⁄∕", "/"),
    ("×", "x"),
    ("÷", ":"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("ß", "ss"),
    ("æ", "ae"),
    ("Æ", "AE"),
    ("œ", "oe"),
    ("Œ", "OE"),
    ("øØ", "o"),
    ("łŁ", "l"),
    ("đĐð", "d"),
];

/// A code page and the number by which the printer selects it (`ESC t n`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodePage {
    /// The page: 437, 850, 852, 858, 866, 1252 …
    pub page: u16,
    /// The printer's number for it.
    pub number: u8,
}

impl CodePage {
    /// The byte that says this character, from 0x80 up. ASCII is the same everywhere and is not
    /// asked for here.
    pub fn encode(&self, c: char) -> Option<u8> {
        if self.page == 1252 {
            return windows_1252(c);
        }
        let byte = ENCODING_TABLE_CP_MAP.get(&self.page)?.get(&c).copied()?;
        (byte >= 0x80).then_some(byte)
    }

    /// Whether there is a table for this page.
    pub fn is_known(&self) -> bool {
        self.page == 1252 || DECODING_TABLE_CP_MAP.contains_key(&self.page)
    }
}

fn windows_1252(c: char) -> Option<u8> {
    if let '\u{a0}'..='\u{ff}' = c {
        return u8::try_from(u32::from(c)).ok();
    }
    let at = WINDOWS_1252.iter().position(|known| *known == c && c != '\0')?;
    u8::try_from(0x80 + at).ok()
}

/// The text as these code pages can say it: ASCII, and characters that one of the pages has.
pub fn printable(text: &str, pages: &[CodePage]) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfc() {
        write(c, pages, &mut out);
    }
    out
}

/// The same, but that signs which the pages cannot say are kept where `keeps` says so.
pub(super) fn printable_or(text: &str, pages: &[CodePage], keeps: impl Fn(&str) -> bool) -> String {
    if can_say(text, pages) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let text: String = text.nfc().collect();
    for cluster in text.graphemes(true) {
        let before = out.len();
        let unsaid = cluster.chars().filter(|c| !write(*c, pages, &mut out)).count();
        if unsaid == 0 {
            continue;
        }
        // What joins letters and shows nothing is nowhere shown.
        let kept: String = cluster.chars().filter(|c| !is_joiner(*c)).collect();
        if kept.chars().all(is_safe) && keeps(&kept) {
            out.truncate(before);
            out.push_str(&kept);
        }
    }
    out
}

/// Whether the text can be sent as it is.
pub(super) fn can_say(text: &str, pages: &[CodePage]) -> bool {
    text.chars().all(|c| has(c, pages))
}

const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{200c}' | '\u{200d}')
}

fn has(c: char, pages: &[CodePage]) -> bool {
    matches!(c, ' '..='~') || (c != '\u{ad}' && c != '\u{a0}' && pages.iter().any(|p| p.encode(c).is_some()))
}

/// Writes what stands for a character; whether anything does.
fn write(c: char, pages: &[CodePage], out: &mut String) -> bool {
    if has(c, pages) {
        out.push(c);
    } else if matches!(c, '\t' | '\n' | '\r') {
        out.push(' ');
    } else if is_combining_mark(c) || is_joiner(c) {
        // Belongs to the sign before it, which is written without.
    } else if let Some((_, by)) = REPLACEMENTS.iter().find(|(chars, _)| chars.contains(c)) {
        let upper = c.is_uppercase();
        out.extend(by.chars().map(|b| if upper { b.to_ascii_uppercase() } else { b }));
    } else if let Some(parts) = parts(c, pages) {
        out.push_str(&parts);
    } else {
        out.push('?');
        return false;
    }
    true
}

/// What a character is made of, when every part of it can be said.
fn parts(c: char, pages: &[CodePage]) -> Option<String> {
    let mut out = String::new();
    for part in std::iter::once(c).nfkd().filter(|p| !is_combining_mark(*p)) {
        let replaced = REPLACEMENTS.iter().find(|(chars, _)| chars.contains(part));
        match replaced {
            _ if has(part, pages) => out.push(part),
            Some((_, by)) => out.push_str(by),
            None => return None,
        }
    }
    (!out.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAGES: [CodePage; 2] = [CodePage { page: 437, number: 0 }, CodePage { page: 858, number: 19 }];

    fn check(pages: &[CodePage], text: &str, expected: &str) {
        assert_eq!(printable(text, pages), expected, "{text:?}");
    }

    #[test]
    fn what_a_printer_lacks_is_written_with_what_it_has() {
        check(&PAGES, "Crème brûlée 4,50 €", "Crème brûlée 4,50 €");
        check(&PAGES, "1\u{202f}234,50", "1 234,50");
        check(&PAGES, "“Łódź” – ‘Győr’…", "\"Lódz\" - 'Gyor'...");
        check(&PAGES, "e\u{301}", "é");
        check(&PAGES, "①②㎏ Ａ™ ﬁ", "12kg ATM fi");
        check(&PAGES, "日本 ☕\u{fe0f}", "?? ?");
        check(&PAGES, "\u{1b}p\0\u{202e}x\u{7f}", "?p??x?");
        check(&[], "Straße, Ærø 3 €, 2×", "Strasse, AEro 3 EUR, 2x");
    }

    #[test]
    fn the_euro_has_its_byte() {
        check_byte(858, '€', Some(0xd5));
        check_byte(1252, '€', Some(0x80));
        check_byte(850, '€', None);
        check_byte(866, 'Ж', Some(0x86));
        check_byte(852, 'ő', Some(0x8b));
        check_byte(437, '£', Some(0x9c));
        check_byte(1252, 'é', Some(0xe9));
        check_byte(9999, 'é', None);
    }

    fn check_byte(page: u16, c: char, expected: Option<u8>) {
        assert_eq!(CodePage { page, number: 0 }.encode(c), expected, "{c} in {page}");
    }

    proptest! {
        #[test]
        fn every_text_can_be_said(text: String) {
            for c in printable(&text, &PAGES).chars() {
                prop_assert!(has(c, &PAGES), "{c:?}");
            }
        }
    }
}
