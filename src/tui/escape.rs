//! Esc and the rest of its sequence, read apart: serial lines and slow networks bring them so.
//! crossterm takes such an Esc for the key, and the rest for text.

use super::keys::TermEvent;
use crate::ui::key::Key;

/// How long a lone Esc waits for the rest of its sequence.
pub(super) const JOIN_US: u64 = 20_000;

/// Joins what came apart.
#[derive(Default)]
pub(super) struct Joiner {
    /// Begins with an Esc when it is not empty.
    held: Vec<(Key, u64)>,
}

/// What the keys after an Esc can be.
enum Sequence {
    Key(Key),
    Begun,
    None,
}

impl Joiner {
    /// Whether a key is held back.
    pub fn waits(&self) -> bool {
        !self.held.is_empty()
    }

    /// Takes a key; gives what is certain by now.
    pub fn take(&mut self, key: Key, at_us: u64) -> Vec<TermEvent> {
        let mut events = self.expire(at_us);
        if self.held.is_empty() && key != Key::Esc {
            events.push(TermEvent::Key(key, at_us));
            return events;
        }
        if key == Key::Esc {
            events.append(&mut self.give_up());
        }
        self.held.push((key, at_us));
        let rest: Vec<Key> = self.held.iter().skip(1).map(|(key, _)| *key).collect();
        match sequence(&rest) {
            Sequence::Begun => {}
            Sequence::None => events.append(&mut self.give_up()),
            Sequence::Key(key) => {
                let at_us = self.held.first().map_or(at_us, |(_, at)| *at);
                self.held.clear();
                events.push(TermEvent::Key(key, at_us));
            }
        }
        events
    }

    /// Gives what was held back for a sequence that did not come in time.
    pub fn expire(&mut self, now_us: u64) -> Vec<TermEvent> {
        match self.held.last() {
            Some((_, at_us)) if now_us.saturating_sub(*at_us) >= JOIN_US => self.give_up(),
            Some(_) | None => vec![],
        }
    }

    /// Gives what is held back.
    pub fn give_up(&mut self) -> Vec<TermEvent> {
        self.held.drain(..).map(|(key, at_us)| TermEvent::Key(key, at_us)).collect()
    }
}

/// The key that a sequence after Esc means, as xterm, rxvt and the Linux console send it.
fn sequence(rest: &[Key]) -> Sequence {
    let character = |key: &Key| if let Key::Char(c) = key { Some(*c) } else { None };
    let Some(text) = rest.iter().map(character).collect::<Option<String>>() else { return Sequence::None };
    if text.is_empty() {
        return Sequence::Begun;
    }
    let Some(code) = text.strip_prefix('[').or_else(|| text.strip_prefix('O')) else { return Sequence::None };
    let key = match code {
        "" => return Sequence::Begun,
        "A" => Some(Key::Up),
        "B" => Some(Key::Down),
        "C" => Some(Key::Right),
        "D" => Some(Key::Left),
        "H" => Some(Key::Home),
        "F" => Some(Key::End),
        "Z" => Some(Key::BackTab),
        "M" => Some(Key::Enter),
        one if text.starts_with('O') => function(one, b'P').filter(|n| *n <= 4).map(Key::F),
        "[" => return Sequence::Begun,
        console if console.starts_with('[') => function(&console[1..], b'A').filter(|n| *n <= 5).map(Key::F),
        parameters => return with_parameters(parameters),
    };
    key.map_or(Sequence::None, Sequence::Key)
}

/// The number of a function key that is told by a letter, `first` being the letter of the first.
fn function(letter: &str, first: u8) -> Option<u8> {
    match letter.as_bytes() {
        [letter] => letter.checked_sub(first).map(|n| n + 1),
        _ => None,
    }
}

/// `15~`, `1;2P` and their like.
fn with_parameters(text: &str) -> Sequence {
    let Some((at, last)) = text.char_indices().next_back() else { return Sequence::Begun };
    let numbers = &text[..at];
    if text.len() > 8 || !numbers.bytes().all(|b| b.is_ascii_digit() || b == b';') {
        return Sequence::None;
    }
    if last.is_ascii_digit() || last == ';' {
        return Sequence::Begun;
    }
    let (number, shifted) = numbers.split_once(';').map_or((numbers, false), |(n, modifier)| (n, modifier == "2"));
    let f = |n: u8| if shifted { Key::ShiftF(n) } else { Key::F(n) };
    let key = match (last, number.parse::<u8>()) {
        ('A', _) => Key::Up,
        ('B', _) => Key::Down,
        ('C', _) => Key::Right,
        ('D', _) => Key::Left,
        ('H', _) | ('~', Ok(1 | 7)) => Key::Home,
        ('F', _) | ('~', Ok(4 | 8)) => Key::End,
        ('P'..='S', _) => f(last as u8 - b'P' + 1),
        ('~', Ok(2)) => Key::Insert,
        ('~', Ok(3)) => Key::Delete,
        ('~', Ok(5)) => Key::PageUp,
        ('~', Ok(6)) => Key::PageDown,
        ('~', Ok(n @ 11..=15)) => f(n - 10),
        ('~', Ok(n @ 17..=21)) => f(n - 11),
        ('~', Ok(n @ 23..=24)) => f(n - 12),
        // The Linux console: Shift and F1 to F8.
        ('~', Ok(n @ 25..=26)) => Key::ShiftF(n - 24),
        ('~', Ok(n @ 28..=29)) => Key::ShiftF(n - 25),
        ('~', Ok(n @ 31..=34)) => Key::ShiftF(n - 26),
        _ => return Sequence::None,
    };
    Sequence::Key(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play(keys: &[(&str, u64)]) -> String {
        let mut joiner = Joiner::default();
        let mut events = vec![];
        for (key, at_us) in keys {
            events.extend(joiner.take(key.parse().unwrap(), *at_us));
        }
        events.extend(joiner.expire(u64::MAX));
        assert!(!joiner.waits());
        let shown = events.iter().map(|event| match event {
            TermEvent::Key(key, at_us) => format!("{key}@{at_us}"),
            TermEvent::Text(_) | TermEvent::Resize(..) | TermEvent::HungUp => panic!("{event:?}"),
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_sequence_that_came_apart_is_joined() {
        let check = |text: &str, want: &str| {
            let keys: Vec<String> = text.chars().map(String::from).collect();
            let keys = keys.iter().map(|key| (key.as_str(), 7));
            let keys: Vec<(&str, u64)> = std::iter::once(("Esc", 5)).chain(keys).collect();
            assert_eq!(play(&keys), want, "{text}");
        };
        check("[A", "Up@5");
        check("OB", "Down@5");
        check("OP", "F1@5");
        check("[[E", "F5@5");
        check("[15~", "F5@5");
        check("[24~", "F12@5");
        check("[1;2P", "Shift-F1@5");
        check("[25~", "Shift-F1@5");
        check("[34~", "Shift-F8@5");
        check("[3~a", "Del@5 a@7");
        check("", "Esc@5");
        check("a", "Esc@5 a@7");
        check("[", "Esc@5 [@7");
        check("[x", "Esc@5 [@7 x@7");
        check("OT", "Esc@5 O@7 T@7");
        check("[é", "Esc@5 [@7 é@7");
        check("[1234567890", "Esc@5 [@7 1@7 2@7 3@7 4@7 5@7 6@7 7@7 8@7 9@7 0@7");
    }

    #[test]
    fn esc_and_keys_that_follow_later_stay_apart() {
        assert_eq!(play(&[("Esc", 0), ("[", JOIN_US), ("A", JOIN_US)]), "Esc@0 [@20000 A@20000");
        assert_eq!(play(&[("Esc", 0), ("Esc", 1), ("[", 2), ("A", 3)]), "Esc@0 Up@1");
        assert_eq!(play(&[("Esc", 0), ("Up", 1)]), "Esc@0 Up@1");
        assert_eq!(play(&[("a", 3), ("Enter", 4)]), "a@3 Enter@4");
    }
}
