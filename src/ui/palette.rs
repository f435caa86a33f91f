//! The palette: every action with its key and what it does, narrowed by the letters behind a colon.

use crate::domain::text::fold;
use crate::ui::action::{Action, Context};
use crate::ui::dialogs;
use crate::ui::screen::{Dialog, ListRow, Text, Tone};
use crate::ui::state::Ui;

/// The letters of a line that names an action and goes no further: the palette is open for them.
pub(super) fn letters(ui: &Ui) -> Option<&str> {
    let letters = ui.kept.input.text().strip_prefix(':')?;
    (ui.kept.dialogs.is_empty() && !letters.contains(' ')).then_some(letters)
}

/// The actions that fit some letters, the likeliest first; for none, all under their headings.
pub(super) fn find(letters: &str) -> Vec<Action> {
    let letters = fold(letters);
    let ranked = Action::ALL.iter().filter(|action| is_listed(**action));
    let mut ranked: Vec<(usize, Action)> = ranked.filter_map(|a| Some((rank(*a, &letters)?, *a))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, action)| action).collect()
}

/// Keys that only move or edit are no doings of their own.
fn is_listed(action: Action) -> bool {
    !matches!(
        action,
        Action::Accept
            | Action::Cancel
            | Action::Erase
            | Action::Command
            | Action::Up
            | Action::Down
            | Action::First
            | Action::Last
            | Action::Left
            | Action::Right
            | Action::PageUp
            | Action::PageDown
    ) && action.is_for_orders()
}

/// How well an action fits: by its name, by its label, by words of its sentence, by letters that
/// stand in its name in this order. Less is better.
fn rank(action: Action, letters: &str) -> Option<usize> {
    let begins = |text: &str| fold(text).split([' ', '-']).any(|word| word.starts_with(letters));
    let name = action.name();
    if name == letters || letters.is_empty() {
        Some(0)
    } else if name.starts_with(letters) {
        Some(1)
    } else if begins(name) {
        Some(2)
    } else if begins(action.label()) {
        Some(3)
    } else if begins(action.doc()) {
        Some(4)
    } else {
        let mut rest = name.chars();
        let scattered = letters.chars().all(|letter| rest.any(|c| c == letter));
        scattered.then(|| 5 + name.len() - rest.count())
    }
}

/// The action that Enter does: the selected one, else the first that fits.
pub(super) fn chosen(ui: &Ui, letters: &str) -> Option<Action> {
    let found = find(letters);
    let on = ui.kept.on.as_deref();
    found.iter().find(|action| Some(action.name()) == on).or(found.first()).copied()
}

/// Moves the selection.
pub(super) fn select(ui: &mut Ui, letters: &str, action: Action) {
    let found = find(letters);
    let Some(last) = found.len().checked_sub(1) else { return };
    let at = chosen(ui, letters).and_then(|chosen| found.iter().position(|a| *a == chosen)).unwrap_or(0);
    ui.kept.on = found.get(dialogs::moved(at, last, action)).map(|action| action.name().to_owned());
}

/// Writes out the name of the selected action, ready for what it asks.
pub(super) fn complete(ui: &mut Ui, letters: &str) -> bool {
    let Some(action) = chosen(ui, letters) else { return false };
    ui.kept.input = crate::ui::edit::Edit::new(&format!(":{} ", action.name()));
    ui.kept.on = None;
    true
}

/// What the line would do.
pub(super) fn echo(ui: &Ui) -> Option<Text> {
    let letters = letters(ui)?;
    let Some(action) = chosen(ui, letters) else {
        return Some(Text::new(Tone::Warn, format!("There is no action like {letters}")));
    };
    Some(Text::new(Tone::Good, format!("{}: {}", action.name(), action.doc())))
}

/// The list, over both panes.
pub(super) fn view(ui: &Ui) -> Option<Dialog> {
    let letters = letters(ui)?;
    let chosen = chosen(ui, letters);
    let names = Action::ALL.iter().filter(|a| is_listed(**a)).map(|a| a.name().len()).max().unwrap_or(0);
    let mut rows = Vec::new();
    let mut heading = None;
    for action in find(letters) {
        if letters.is_empty() && heading != Some(action.heading()) {
            heading = Some(action.heading());
            let label = Text::new(Tone::Strong, action.heading().0.to_uppercase());
            rows.push(ListRow { label, ..ListRow::default() });
        }
        let key = ui.setup.keymap.key_for(Context::Order, action);
        rows.push(ListRow {
            key: key.map(|key| key.to_string()).unwrap_or_default(),
            label: Text::from(format!("{:<names$} {}", action.name(), action.doc())),
            selected: chosen == Some(action),
            ..ListRow::default()
        });
    }
    let message = match chosen {
        None => Text::new(Tone::Warn, "Nothing fits: Esc takes the letters back"),
        Some(_) => Text::default(),
    };
    Some(Dialog {
        title: "Actions".to_owned(),
        value: Text::new(Tone::Dim, chosen.map_or("", |action| action.heading().0)),
        rows,
        message,
        tall: true,
        ..Dialog::default()
    })
}
