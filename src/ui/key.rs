//! Keys as this house knows them, apart from any terminal library.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One key press.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[allow(missing_docs, reason = "the other keys bear their names")]
pub enum Key {
    /// A character, as typed (capital letters are characters of their own).
    Char(char),
    /// Ctrl and a lower-case letter.
    Ctrl(char),
    /// Alt and a character.
    Alt(char),
    /// F1 to F12.
    F(u8),
    /// Shift and F1 to F12.
    ShiftF(u8),
    Enter,
    Esc,
    Backspace,
    Delete,
    Insert,
    Tab,
    BackTab,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
}

const NAMED: [(&str, Key); 15] = [
    ("Enter", Key::Enter),
    ("Esc", Key::Esc),
    ("Backspace", Key::Backspace),
    ("Del", Key::Delete),
    ("Ins", Key::Insert),
    ("Tab", Key::Tab),
    ("Shift-Tab", Key::BackTab),
    ("Up", Key::Up),
    ("Down", Key::Down),
    ("Left", Key::Left),
    ("Right", Key::Right),
    ("Home", Key::Home),
    ("End", Key::End),
    ("PgUp", Key::PageUp),
    ("PgDn", Key::PageDown),
];

impl fmt::Display for Key {
    /// As people write it: `a`, `Ctrl-Z`, `F12`, `PgDn`, `Space`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Char(' ') => f.write_str("Space"),
            Self::Char(c) => write!(f, "{c}"),
            Self::Ctrl(c) => write!(f, "Ctrl-{}", c.to_ascii_uppercase()),
            Self::Alt(c) => write!(f, "Alt-{c}"),
            Self::F(n) => write!(f, "F{n}"),
            Self::ShiftF(n) => write!(f, "Shift-F{n}"),
            named => match NAMED.iter().find(|(_, key)| key == named) {
                Some((name, _)) => f.write_str(name),
                None => write!(f, "{named:?}"),
            },
        }
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || {
            format!(
                "`{text}` is not a key: write a character, Space, F1 to F12, Shift-F1, Ctrl-A, Alt-a, {}",
                NAMED.map(|(n, _)| n).join(", ")
            )
        };
        if let Some((_, key)) = NAMED.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
            return Ok(*key);
        }
        let single = |s: &str| {
            let mut chars = s.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) if !c.is_control() => Ok(c),
                _ => Err(bad()),
            }
        };
        let function = |s: &str| match s.parse::<u8>() {
            Ok(n @ 1..=12) => Ok(n),
            _ => Err(bad()),
        };
        if text.eq_ignore_ascii_case("space") {
            return Ok(Self::Char(' '));
        }
        if let Some(rest) = text.strip_prefix("Ctrl-") {
            return match single(rest)? {
                c if c.is_ascii_alphabetic() => Ok(Self::Ctrl(c.to_ascii_lowercase())),
                _ => Err(bad()),
            };
        }
        if let Some(rest) = text.strip_prefix("Alt-") {
            return single(rest).map(Self::Alt);
        }
        if let Some(rest) = text.strip_prefix("Shift-F") {
            return function(rest).map(Self::ShiftF);
        }
        match text.strip_prefix('F') {
            Some(rest) if !rest.is_empty() => function(rest).map(Self::F),
            _ => single(text).map(Self::Char),
        }
    }
}

impl TryFrom<String> for Key {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.to_string()
    }
}
