//! A file's text, and where in it something stands.

use crate::domain::text;

/// The most characters of a file's name that are shown.
pub(super) const NAME_CHARS: usize = 200;

/// How the letters of a file are written down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    Utf8,
    /// What Windows and older spreadsheets write in western Europe.
    Windows1252,
}

impl Encoding {
    /// The encoding of that name.
    ///
    /// # Errors
    /// The names there are, in words.
    pub fn parse(name: &str) -> Result<Self, String> {
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Ok(Self::Utf8),
            "windows-1252" | "cp1252" | "latin1" | "iso-8859-1" => Ok(Self::Windows1252),
            _ => Err(format!("`{}` is not an encoding known here: utf-8 or windows-1252", text::clean(name, 30))),
        }
    }
}

/// The characters of windows-1252 from 0x80 to 0x9F. The five codes without a character stand for
/// the control characters of the same number, which no name may hold.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// A place that people can find: both from 1, the column in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// Bytes that are not the text they should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Garbled {
    /// Where.
    pub at: Position,
    /// What stands there.
    pub found: String,
    /// What to do.
    pub expected: &'static str,
}

/// A file's text with the beginnings of its lines.
pub struct Source {
    /// The file's name.
    pub name: String,
    /// Its text, without a byte order mark.
    pub text: String,
    lines: Vec<usize>,
}

impl Source {
    /// Reads a file's bytes as text.
    ///
    /// # Errors
    /// The first place that is not in this encoding.
    pub fn decode(name: &str, bytes: &[u8], encoding: Encoding) -> Result<Self, Garbled> {
        let text = match encoding {
            Encoding::Utf8 => {
                let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
                std::str::from_utf8(bytes).map_err(|e| garbled(bytes, e.valid_up_to()))?.to_owned()
            }
            Encoding::Windows1252 => {
                let char_of =
                    |&b: &u8| if (0x80..0xA0).contains(&b) { HIGH[usize::from(b - 0x80)] } else { char::from(b) };
                bytes.iter().map(char_of).collect()
            }
        };
        Ok(Self::new(name, text))
    }

    /// A file whose text is at hand.
    pub fn new(name: &str, text: String) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { name: text::clean(name, NAME_CHARS), text, lines }
    }

    /// The line and column of a byte of the text.
    pub fn position(&self, at: usize) -> Position {
        let line = self.lines.partition_point(|&start| start <= at);
        let start = line.checked_sub(1).and_then(|l| self.lines.get(l)).copied().unwrap_or(0);
        let before = self.text.as_bytes().get(start..at.min(self.text.len())).unwrap_or_default();
        Position { line, column: chars_in(before) + 1 }
    }
}

/// How many characters begin in these bytes of UTF-8.
fn chars_in(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&b| b & 0xC0 != 0x80).count()
}

fn garbled(bytes: &[u8], at: usize) -> Garbled {
    let start = bytes[..at].iter().rposition(|&b| b == b'\n').map_or(0, |n| n + 1);
    let line = bytes[..at].iter().filter(|&&b| b == b'\n').count() + 1;
    let wide = matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]);
    Garbled {
        at: Position { line, column: chars_in(&bytes[start..at]) + 1 },
        found: if wide { "UTF-16".to_owned() } else { format!("the byte {:02X}, which is not UTF-8", bytes[at]) },
        expected: if wide {
            "UTF-8: save the file as UTF-8"
        } else {
            "UTF-8, or --encoding windows-1252 for an older file"
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters() {
        let source = Source::new("x", "ab\nü€x\n".to_owned());
        for (at, line, column) in [(0, 1, 1), (1, 1, 2), (3, 2, 1), (5, 2, 2), (8, 2, 3), (10, 3, 1), (99, 3, 1)] {
            assert_eq!(source.position(at), Position { line, column }, "{at}");
        }
    }

    #[test]
    fn bytes_that_are_not_text_are_shown() {
        let bad = Source::decode("x", b"a\n\xc3\xa9 \xe9", Encoding::Utf8).err().unwrap();
        assert_eq!(bad.at, Position { line: 2, column: 3 });
        assert!(bad.found.contains("E9"), "{}", bad.found);
        assert!(bad.expected.contains("windows-1252"));
        assert!(Source::decode("x", b"\xff\xfea\0", Encoding::Utf8).err().unwrap().expected.contains("save"));
        assert_eq!(Source::decode("x", b"\xef\xbb\xbfa", Encoding::Utf8).ok().unwrap().text, "a");
    }

    #[test]
    fn windows_1252_is_read() {
        let source = Source::decode("x", b"caf\xe9 \x80 \x92", Encoding::Windows1252).ok().unwrap();
        assert_eq!(source.text, "café € ’");
        assert_eq!(Encoding::parse("Latin1"), Ok(Encoding::Windows1252));
        assert!(Encoding::parse("ebcdic").is_err());
    }
}
