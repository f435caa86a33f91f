//! A line of text being typed.

use serde::{Deserialize, Serialize, Serializer};

use crate::domain::text::{holds_card_number, is_safe};
use crate::ui::action::Action;

/// Text with a cursor. Holds only safe characters, and at most so many. Where it is kept, a card
/// number is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    #[serde(serialize_with = "without_card_number")]
    text: String,
    /// In characters, from the start.
    cursor: usize,
}

fn without_card_number<S: Serializer>(text: &str, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(if holds_card_number(text) { "" } else { text })
}

impl Edit {
    /// The most characters a line can hold.
    pub const MAX_CHARS: usize = 120;

    /// A line with this text, the cursor at its end.
    pub fn new(text: &str) -> Self {
        let mut edit = Self::default();
        text.chars().for_each(|c| {
            edit.insert(c);
        });
        edit
    }

    /// What was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the cursor stands, in characters.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes the text out.
    pub fn take(&mut self) -> String {
        std::mem::take(self).text
    }

    /// Types a character. Returns whether it went in: unsafe ones do not, and a full line takes none.
    pub fn insert(&mut self, c: char) -> bool {
        if !is_safe(c) || self.text.chars().count() >= Self::MAX_CHARS {
            return false;
        }
        self.step(0);
        let at = self.byte_at(self.cursor);
        self.text.insert(at, c);
        self.cursor += 1;
        true
    }

    /// Deletes the character before the cursor.
    pub fn backspace(&mut self) {
        if self.cursor > 0 {
            // A text that was left out when it was kept comes back shorter than its cursor.
            self.step(-1);
            self.delete();
        }
    }

    /// Deletes the character under the cursor.
    pub fn delete(&mut self) {
        let at = self.byte_at(self.cursor);
        if at < self.text.len() {
            self.text.remove(at);
        }
    }

    /// Deletes the word before the cursor, with the spaces behind it.
    fn erase_word(&mut self) {
        self.step(0);
        let end = self.byte_at(self.cursor);
        let word = self.text[..end].trim_end_matches(' ');
        let start = word.rfind(' ').map_or(0, |space| space + 1);
        self.cursor = self.text[..start].chars().count();
        self.text.replace_range(start..end, "");
    }

    /// What an action does to the text and its cursor. Others change nothing.
    pub fn act(&mut self, action: Action) {
        match action {
            Action::Left => self.step(-1),
            Action::Right => self.step(1),
            Action::First => self.cursor = 0,
            Action::Last => self.step(Self::MAX_CHARS as isize),
            Action::Erase => self.backspace(),
            Action::EraseNext => self.delete(),
            Action::EraseWord => self.erase_word(),
            Action::EraseAll => self.clear(),
            _ => {}
        }
    }

    /// Moves the cursor by so many characters, within the text.
    pub fn step(&mut self, by: isize) {
        self.cursor = self.cursor.saturating_add_signed(by).min(self.text.chars().count());
    }

    fn byte_at(&self, chars: usize) -> usize {
        self.text.char_indices().nth(chars).map_or(self.text.len(), |(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_that_edit_a_line() {
        let check = |actions: &[Action], text: &str, cursor: usize| {
            let mut edit = Edit::new("Crème brûlée  ");
            actions.iter().for_each(|action| edit.act(*action));
            assert_eq!((edit.text(), edit.cursor()), (text, cursor), "{actions:?}");
        };
        check(&[Action::EraseAll], "", 0);
        check(&[Action::EraseWord], "Crème ", 6);
        check(&[Action::EraseWord, Action::EraseWord, Action::EraseWord], "", 0);
        check(&[Action::First, Action::EraseWord], "Crème brûlée  ", 0);
        check(&[Action::First, Action::Right, Action::EraseNext], "Cème brûlée  ", 1);
        check(&[Action::First, Action::Last, Action::Left, Action::Erase], "Crème brûlée ", 12);
        check(&[Action::First, Action::Right, Action::Right, Action::EraseWord], "ème brûlée  ", 0);
        check(&[Action::Send], "Crème brûlée  ", 14);
    }

    #[test]
    fn typing_moving_and_deleting() {
        let mut edit = Edit::new("caé");
        edit.step(-1);
        assert!(edit.insert('f'));
        assert_eq!(edit.text(), "café");
        edit.backspace();
        edit.delete();
        edit.delete();
        assert_eq!((edit.text(), edit.cursor()), ("ca", 2));
        assert!(!edit.insert('\u{1b}') && !edit.insert('\u{202e}'));
        edit.step(-9);
        edit.backspace();
        assert_eq!(edit.take(), "ca");
        assert!(edit.is_empty());
        for _ in 0..500 {
            edit.insert('x');
        }
        assert_eq!(edit.text().len(), Edit::MAX_CHARS);
    }
}
