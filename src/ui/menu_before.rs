//! Going back to the menu before the backend's newest: what it changes, and the one question.

use crate::domain::command::Command;
use crate::ui::lists::Row;
use crate::ui::screen::{Text, Tone};
use crate::ui::state::{From, MenuBefore, Then, Ui};

/// So many changes fit above the question on the smallest screen.
const MOST_SHOWN: usize = 12;

impl Ui {
    /// Shows what going back to the menu before would change.
    pub fn show_menu_before(&mut self, found: Option<MenuBefore>) {
        self.menu_before = found;
        let Some(before) = &self.menu_before else {
            return self.say(Tone::Warn, "No menu of the office is being sold from: there is nothing to take back");
        };
        // For whoever has no screen.
        let words = before.changes.join(" · ");
        self.say(Tone::Normal, words);
        self.choose(From::MenuBefore);
    }
}

pub(super) fn title(ui: &Ui) -> String {
    let version = ui.menu_before.as_ref().map(|before| before.version).unwrap_or_default();
    format!("Take version {version} of the menu back?")
}

/// What it changes.
pub(super) fn about(ui: &Ui) -> Vec<Text> {
    let changes = ui.menu_before.as_ref().map(|before| before.changes.as_slice()).unwrap_or_default();
    let mut lines: Vec<Text> = changes.iter().take(MOST_SHOWN).map(|change| Text::from(change.clone())).collect();
    if let Some(more @ 1..) = changes.len().checked_sub(MOST_SHOWN) {
        let words = format!("… and {more} more: counterflow pull --back --dry-run");
        lines.push(Text::new(Tone::Dim, words));
    }
    lines
}

/// The one row that does it; Esc leaves it.
pub(super) fn rows(ui: &Ui) -> Vec<Row> {
    let row = |before: &MenuBefore| Row {
        key: "1".to_owned(),
        label: "Sell from the menu before again".to_owned(),
        value: Text::default(),
        then: Then::Do(Command::TakeMenuBack { version: before.version, found: None }),
    };
    ui.menu_before.iter().map(row).collect()
}
