//! Text at the exit: cleaned, brought to the terminal's characters, measured and cut in columns.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::look::{Glyphs, Look, Mark};
use crate::domain::text::is_safe;

/// The text as this terminal can show it, with a placeholder where something unsafe stood.
pub(super) fn speak<'a>(text: &'a str, look: &Look) -> Cow<'a, str> {
    let as_it_is = |c: char| match look.glyphs {
        _ if !is_safe(c) => false,
        Glyphs::Full => true,
        Glyphs::Box => console(c).is_none(),
        Glyphs::Ascii => c.is_ascii(),
    };
    if text.chars().all(as_it_is) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match (c, look.glyphs) {
            ('\t' | '\n' | '\r', _) => out.push(' '),
            (c, Glyphs::Full) => out.push(if is_safe(c) { c } else { '\u{FFFD}' }),
            (c, _) if !is_safe(c) => out.push('?'),
            (c, Glyphs::Box) => match console(c) {
                Some(sign) => out.push_str(sign),
                None => out.push(c),
            },
            (c, Glyphs::Ascii) => push_ascii(c, &mut out),
        }
    }
    Cow::Owned(out)
}

/// What stands for a typographic sign in code page 437; `None` when it can stay.
fn console(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{2018}' | '\u{2019}' => "'",
        '\u{201C}' | '\u{201D}' | '\u{201E}' => "\"",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        '\u{2026}' => "..",
        '\u{2022}' => "\u{B7}",
        '\u{2039}' => "<",
        '\u{203A}' => ">",
        '\u{2190}' => "<-",
        '\u{2192}' => "->",
        '\u{2713}' | '\u{2714}' => "\u{221A}",
        '\u{D7}' => "x",
        '\u{20AC}' => "EUR",
        '\u{A0}' | '\u{2009}' | '\u{202F}' => " ",
        '\u{FFFD}' => "?",
        _ => return None,
    })
}

fn push_ascii(c: char, out: &mut String) {
    let sign = match c {
        c if c.is_ascii() => return out.push(c),
        '\u{B7}' => "-",
        '\u{221A}' | '\u{2713}' | '\u{2714}' => "*",
        '\u{A3}' => "GBP",
        '\u{AB}' => "<<",
        '\u{BB}' => ">>",
        '\u{DF}' => "ss",
        '\u{C6}' => "AE",
        '\u{E6}' => "ae",
        '\u{D8}' => "O",
        '\u{F8}' => "o",
        '\u{152}' => "OE",
        '\u{153}' => "oe",
        '\u{141}' => "L",
        '\u{142}' => "l",
        '\u{2191}' => "^",
        '\u{2193}' => "v",
        c => match console(c).filter(|sign| sign.is_ascii()) {
            Some(sign) => sign,
            None => {
                let base = std::iter::once(c).nfkd().find(char::is_ascii);
                return out.push(base.unwrap_or('?'));
            }
        },
    };
    out.push_str(sign);
}

/// The columns that a text takes.
pub(super) fn width(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(u16::MAX)
}

/// The beginning that fits, with the mark of a cut at its end when something is missing.
pub(super) fn cut<'a>(text: &'a str, columns: u16, look: &Look) -> Cow<'a, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    if columns == 0 {
        return Cow::Borrowed("");
    }
    Cow::Owned(format!("{}{}", beginning(text, columns - 1), look.mark(Mark::Cut)))
}

/// As [`cut`], but what stands after the last ` = ` is the amount and stays whole.
pub(super) fn cut_before_amount<'a>(text: &'a str, columns: u16, look: &Look) -> Cow<'a, str> {
    if width(text) <= columns {
        return Cow::Borrowed(text);
    }
    match text.rfind(" = ").map(|at| text.split_at(at)) {
        Some((head, amount)) if width(amount) < columns => {
            Cow::Owned(format!("{}{amount}", cut(head, columns - width(amount), look)))
        }
        Some((_, amount)) => cut(amount.trim_start_matches([' ', '=']), columns, look),
        None => cut(text, columns, look),
    }
}

/// The beginning that fits, cut between grapheme clusters and without a mark.
fn beginning(text: &str, columns: u16) -> &str {
    let mut used = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        used += width(cluster);
        if used > columns {
            return text[..at].trim_end();
        }
    }
    text
}

/// The text in lines of at most so many columns, broken at spaces where there are any; a no-break
/// space keeps its words together.
pub fn wrap(text: &str, columns: u16) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = vec![];
    let mut line = String::new();
    for word in text.split(' ') {
        let taken = if line.is_empty() { 0 } else { width(&line) + 1 };
        if taken > 0 && taken.saturating_add(width(word)) > columns {
            lines.push(std::mem::take(&mut line));
        } else if taken > 0 {
            line.push(' ');
        }
        for cluster in word.graphemes(true) {
            if width(&line).saturating_add(width(cluster)) > columns {
                lines.push(std::mem::take(&mut line));
            }
            line.push_str(if cluster == "\u{a0}" { " " } else { cluster });
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::look::Colours;

    const fn look(glyphs: Glyphs) -> Look {
        Look { colours: Colours::Mono, glyphs }
    }

    #[test]
    fn text_is_brought_to_what_the_terminal_can_show() {
        let check = |text: &str, full: &str, console: &str, ascii: &str| {
            assert_eq!(speak(text, &look(Glyphs::Full)), full);
            assert_eq!(speak(text, &look(Glyphs::Box)), console);
            assert_eq!(speak(text, &look(Glyphs::Ascii)), ascii);
        };
        check("Flat white", "Flat white", "Flat white", "Flat white");
        check("2 × Crème — 3.20 · ›", "2 × Crème — 3.20 · ›", "2 x Crème - 3.20 · >", "2 x Creme - 3.20 - >");
        check("a\u{1b}[2J\u{202e}b\tc", "a\u{fffd}[2J\u{fffd}b c", "a?[2J?b c", "a?[2J?b c");
        check("ßø 茶 € 5", "ßø 茶 € 5", "ßø 茶 EUR 5", "sso ? EUR 5");
    }

    #[test]
    fn cutting_keeps_clusters_and_says_so() {
        let check = |text, columns, full: &str, ascii: &str| {
            assert_eq!(cut(text, columns, &look(Glyphs::Full)), full);
            assert_eq!(cut(text, columns, &look(Glyphs::Ascii)), ascii);
        };
        check("Cappuccino", 10, "Cappuccino", "Cappuccino");
        check("Cappuccino", 6, "Cappu…", "Cappu~");
        check("Flat white", 6, "Flat…", "Flat~");
        check("abc", 0, "", "");
        check("茶茶茶", 4, "茶…", "茶~");
        check("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…", "e\u{301}~");
    }

    #[test]
    fn an_amount_is_never_cut() {
        let check = |columns, want: &str| {
            let text = "2 × Bananas, organic 1.20 = 2.40";
            assert_eq!(cut_before_amount(text, columns, &look(Glyphs::Full)), want);
        };
        check(40, "2 × Bananas, organic 1.20 = 2.40");
        check(20, "2 × Bananas,… = 2.40");
        check(8, "… = 2.40");
        check(7, "2.40");
        check(4, "2.40");
    }

    #[test]
    fn wrapping_breaks_at_spaces_and_else_anywhere() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("a bcdefgh", 3), ["a", "bcd", "efg", "h"]);
        assert_eq!(wrap("", 3), [""]);
        assert_eq!(wrap("n\u{a0}no d\u{a0}double", 8), ["n no", "d double"]);
    }
}
