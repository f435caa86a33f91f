//! What is wrong with a configuration, said so that its owner can put it right: which file, line
//! and column, what stands there, and what may stand there.

use std::fmt;
use std::ops::Range;

use crate::domain::text::{clean, is_safe};

/// The longest line that is shown with an error.
const MAX_EXCERPT_CHARS: usize = 120;

/// Where something stands in a file. Lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's name.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// The line's text, made safe to show.
    excerpt: String,
    /// How many characters are meant.
    length: usize,
}

impl Place {
    /// The place of a range of bytes in a file's text.
    pub(super) fn of(file: &str, text: &str, span: Range<usize>) -> Self {
        let at = (0..=span.start.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        let begin = text[..at].rfind('\n').map_or(0, |i| i + 1);
        let whole = text[begin..].lines().next().unwrap_or_default();
        let meant = text.get(at..span.end.min(begin + whole.len())).unwrap_or_default();
        let safe = |c: char| match c {
            '\t' => ' ',
            c if is_safe(c) => c,
            _ => '\u{FFFD}',
        };
        Self {
            file: file.to_owned(),
            line: text[..begin].matches('\n').count() + 1,
            column: text[begin..at].chars().count() + 1,
            excerpt: whole.chars().map(safe).take(MAX_EXCERPT_CHARS).collect(),
            length: meant.chars().count().max(1),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}, column {}", self.file, self.line, self.column)
    }
}

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file's name.
    pub file: String,
    /// Where in it; none when it is about the file as a whole.
    pub place: Option<Place>,
    /// What was found and what is allowed.
    pub message: String,
}

impl Finding {
    /// Something wrong at a place.
    pub fn at(place: &Place, message: impl Into<String>) -> Self {
        Self { file: place.file.clone(), place: Some(place.clone()), message: message.into() }
    }

    /// Something wrong with a whole file.
    pub fn of(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), place: None, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(place) = &self.place else { return write!(f, "{}: {}", self.file, self.message) };
        write!(f, "{place}: {}", self.message)?;
        let shown = place.excerpt.chars().count();
        if place.column <= shown {
            let marks = "^".repeat(place.length.min(shown + 1 - place.column));
            write!(f, "\n{:>5} | {}", place.line, place.excerpt)?;
            write!(f, "\n      | {:>width$}{marks}", "", width = place.column - 1)?;
        }
        Ok(())
    }
}

/// Everything that is wrong with a configuration. The till does not start with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// What is wrong, by file and line. Never empty.
    pub findings: Vec<Finding>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, finding) in self.findings.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{finding}")?;
        }
        Ok(())
    }
}

impl From<Finding> for ConfigError {
    fn from(finding: Finding) -> Self {
        Self { findings: vec![finding] }
    }
}

/// `; did you mean …? Allowed: …`, for a word that is not among those allowed.
pub(super) fn allowed<'a>(found: &str, words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    match (nearest(found, &words), words.is_empty()) {
        (_, true) => "; there is none yet".to_owned(),
        (Some(near), false) => format!("; did you mean `{near}`? Allowed: {}", words.join(", ")),
        (None, false) => format!("; allowed: {}", words.join(", ")),
    }
}

/// An error of serde's, with the word that was probably meant: it says "unknown field `x`, expected
/// one of `a`, `b`", or the same of a variant.
pub(super) fn with_nearest(message: &str) -> String {
    let mut words = message.split('`').skip(1).step_by(2);
    match words.next() {
        Some(found) if message.starts_with("unknown ") => {
            let words: Vec<&str> = words.collect();
            let found = clean(found, 40);
            format!("`{found}` is not known here{}", allowed(&found, words))
        }
        Some(_) | None => clean(message, 400),
    }
}

/// The word that was probably meant: at most a third of its letters are other, and case and the
/// kind of dash do not count.
pub(super) fn nearest<'a>(found: &str, words: &[&'a str]) -> Option<&'a str> {
    let even = |text: &str| text.to_lowercase().replace('_', "-");
    let found = even(found);
    let distance = |word: &&str| edits(&found, &even(word));
    let best = words.iter().min_by_key(|word| distance(word))?;
    (distance(best) <= best.chars().count().max(3) / 3).then_some(*best)
}

/// How many letters must be put in, taken out or changed to make one word of the other.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(60).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(60).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_shows_the_line_and_marks_what_is_meant() {
        let text = "a = 1\n  b = \"ö\u{1b}x\"\n";
        let at = text.find('"').unwrap();
        let place = Place::of("taxes.toml", text, at..text.len() - 1);
        assert_eq!((place.line, place.column), (2, 7));
        let shown = Finding::at(&place, "no").to_string();
        assert_eq!(shown, "taxes.toml, line 2, column 7: no\n    2 |   b = \"ö\u{fffd}x\"\n      |       ^^^^^");
    }

    #[test]
    fn places_beyond_the_text_do_not_panic() {
        for text in ["", "ö", "a\n\n", "ö\nü"] {
            for start in 0..6 {
                for end in 0..9 {
                    let _ = Finding::at(&Place::of("f", text, start..end), "x").to_string();
                }
            }
        }
    }

    #[test]
    fn the_nearest_word_is_offered() {
        let words = ["half-up", "half-even", "up", "down"];
        assert_eq!(nearest("halfup", &words), Some("half-up"));
        assert_eq!(nearest("HALF_EVEN", &words), Some("half-even"));
        assert_eq!(nearest("donw", &words), None);
        assert_eq!(nearest("dow", &words), Some("down"));
        assert_eq!(nearest("sideways", &words), None);
        assert_eq!(allowed("x", []), "; there is none yet");
    }
}
