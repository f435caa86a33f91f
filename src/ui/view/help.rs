//! The help of a screen: the keys that work there and what they do, from the keymap alone.

use crate::ui::action::{Action, Context};
use crate::ui::dialogs;
use crate::ui::key::Key;
use crate::ui::screen::{Dialog as Shown, ListRow, Text, Tone};
use crate::ui::state::{Dialog, From, Ui};

/// A row of the help: a heading, or a key with what it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpRow {
    /// The key, or several; empty for a heading.
    pub key: String,
    /// What it does.
    pub words: String,
}

/// What is typed on the order screen, which no key is bound to.
const TYPED: [(&str, &str); 8] = [
    ("a to z", "Sells the item on that key; 3a sells three."),
    ("A to Z", "Turns to that page of items."),
    ("12*", "Twelve of the code or key that follows; 0.350* kg."),
    ("350@", "At 3.50 each, the code or key that follows."),
    ("*5", "With Enter: the selected line's quantity becomes 5."),
    ("@250", "With Enter: the selected line's price becomes 2.50."),
    ("2000", "Then the cash key: 20.00 was handed over."),
    ("10%", "Ten per cent off the selected line."),
];

/// The dialog that shows the help.
pub(super) fn dialog(ui: &Ui, at: usize) -> Shown {
    let list = |(n, row): (usize, HelpRow)| {
        // No meaning by boldness alone.
        let tone = if row.key.is_empty() { Tone::Strong } else { Tone::Normal };
        let words = if row.key.is_empty() { row.words.to_uppercase() } else { row.words };
        ListRow { key: row.key, label: Text::new(tone, words), selected: n == at, ..ListRow::default() }
    };
    Shown {
        title: "Keys that work here".to_owned(),
        rows: help_rows(ui).into_iter().enumerate().map(list).collect(),
        message: Text::new(
            Tone::Dim,
            match dialogs::help_finds(ui) {
                true => "Letters find an action; Up, Down, PgUp and PgDn show more; Esc goes back",
                false => "Up, Down, PgUp and PgDn show more; Esc goes back",
            },
        ),
        tall: true,
        ..Shown::default()
    }
}

/// The help of the screen below.
pub fn help_rows(ui: &Ui) -> Vec<HelpRow> {
    let below = ui.kept.dialogs.iter().rev().find(|d| !matches!(d, Dialog::Help { .. }));
    match (below, ui.kept.owner) {
        (Some(dialog), _) => of_dialog(ui, dialog),
        (None, Some(_)) => of_order(ui),
        (None, None) => bound(ui, Context::SignIn),
    }
}

fn row(key: impl Into<String>, words: impl Into<String>) -> HelpRow {
    HelpRow { key: key.into(), words: words.into() }
}

/// Keys as they are shown: those that only repeat another are left out.
fn names(keys: &[Key]) -> String {
    let shown = keys.iter().filter(|k| **k != Key::Ctrl('c') || keys.len() == 1);
    shown.map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn bound(ui: &Ui, context: Context) -> Vec<HelpRow> {
    ui.setup.keymap.bindings(context).into_iter().map(|(action, keys)| row(names(&keys), action.doc())).collect()
}

/// The order screen: what can be typed, then the actions under their headings, those without a key
/// by their names.
fn of_order(ui: &Ui) -> Vec<HelpRow> {
    let mut rows = vec![row("", "Selling")];
    rows.extend(TYPED.map(|(key, words)| row(key, words)));
    let bindings = ui.setup.keymap.bindings(Context::Order);
    let mut heading = None;
    for action in Action::ALL.iter().filter(|a| a.is_for_orders()) {
        if heading != Some(action.heading()) {
            heading = Some(action.heading());
            rows.push(row("", action.heading().0));
        }
        let keys = bindings.iter().find(|(a, _)| a == action).map(|(_, keys)| names(keys));
        rows.push(row(keys.unwrap_or_else(|| format!(":{}", action.name())), action.doc()));
    }
    rows
}

/// What edits the text of a field.
const EDITING: [(Action, &str); 8] = [
    (Action::Left, "The cursor to the left."),
    (Action::Right, "The cursor to the right."),
    (Action::First, "The cursor to the start."),
    (Action::Last, "The cursor to the end."),
    (Action::Erase, "Deletes the character before the cursor."),
    (Action::EraseNext, "Deletes the character at the cursor."),
    (Action::EraseWord, "Deletes the word before the cursor."),
    (Action::EraseAll, "Empties the field."),
];

/// A dialog: only what does something in it.
fn of_dialog(ui: &Ui, dialog: &Dialog) -> Vec<HelpRow> {
    let (typed, actions) = works_in(dialog);
    let editing: &[_] = if has_cursor(dialog) { &EDITING } else { &[] };
    let actions = actions.iter().chain(editing);
    let bindings = ui.setup.keymap.bindings(Context::Dialog);
    let keys = |action: Action| bindings.iter().find(|(a, _)| *a == action).map(|(_, keys)| names(keys));
    let typed = typed.iter().map(|(key, words)| row(*key, *words));
    typed.chain(actions.filter_map(|(action, words)| Some(row(keys(*action)?, *words)))).collect()
}

/// Whether the arrows move a cursor in a field of it.
fn has_cursor(dialog: &Dialog) -> bool {
    match dialog {
        Dialog::Prompt { .. }
        | Dialog::Override { .. }
        | Dialog::Secret { .. }
        | Dialog::PayForm(_)
        | Dialog::Customer(_)
        | Dialog::Stock(_)
        | Dialog::Count(_) => true,
        Dialog::Choose { .. }
        | Dialog::Modifiers(_)
        | Dialog::Pay { .. }
        | Dialog::Report(_)
        | Dialog::Tips(_)
        | Dialog::Refund(_)
        | Dialog::Confirm { .. }
        | Dialog::Unknown { .. }
        | Dialog::Show { .. }
        | Dialog::Help { .. } => false,
    }
}

/// What can be typed, and what can be done.
type Works = (&'static [(&'static str, &'static str)], &'static [(Action, &'static str)]);

fn works_in(dialog: &Dialog) -> Works {
    match dialog {
        Dialog::Modifiers(_) => (
            &[
                ("1 to 9", "Chooses that option, or lets it go; 01 to 99 if many."),
                ("n l x d s", "No, lite, extra, double, side: for the next digit."),
            ],
            &[
                (Action::Accept, "On to the next group; after the last one, done."),
                (Action::Modify, "Done with all groups at once."),
                (Action::Cash, "Done with them, and paid in cash; as on the order screen."),
                (Action::Toggle, "Chooses the selected option, or lets it go."),
                (Action::Up, "The option above."),
                (Action::Down, "The option below."),
                (Action::Left, "The group before."),
                (Action::Right, "The next group."),
                (Action::Cancel, "The group before; at the first, nothing changes."),
            ],
        ),
        Dialog::Refund(_) => (
            &[("digits", "How many of the line come back.")],
            &[
                (Action::Toggle, "All that is left of the line, or none of it."),
                (Action::Up, "The line above."),
                (Action::Down, "The line below."),
                (Action::Right, "Another way to give it back."),
                (Action::Accept, "Asks why, then gives it back; all, if none is marked."),
                (Action::Cancel, "Gives nothing back."),
            ],
        ),
        Dialog::Choose { from: From::Tables(_), .. } => (
            &[("12", "Narrows the map; Enter takes the one that is left.")],
            &[
                (Action::Accept, "Takes the selected table."),
                (Action::Up, "The table above."),
                (Action::Down, "The table below."),
                (Action::Left, "The table before."),
                (Action::Right, "The next table."),
                (Action::Cancel, "Takes the number back, then leaves."),
            ],
        ),
        Dialog::Choose { from, .. } if from.narrows() => (
            &[("letters", "Narrow the list: part of a name, a number, a code.")],
            &[
                (Action::Accept, "Takes the selected row."),
                (Action::Up, "The row above."),
                (Action::Down, "The row below."),
                (Action::Cancel, "Takes the letters back, then leaves."),
            ],
        ),
        Dialog::Choose { .. } => (
            &[("1 to 9", "Chooses that row at once."), ("letters", "Find a row by the beginning of a word.")],
            &[
                (Action::Accept, "Takes the selected row."),
                (Action::Up, "The row above."),
                (Action::Down, "The row below."),
                (Action::Cancel, "Changes nothing."),
            ],
        ),
        Dialog::Pay { .. } => (
            &[
                ("a to z", "Pays in that way: the amount, or all that is due."),
                ("digits", "An amount: a part, or what was handed over."),
            ],
            &[
                (Action::Accept, "Pays in the selected way."),
                (Action::Up, "The way above."),
                (Action::Down, "The way below."),
                (Action::Cash, "Cash, as on the order screen."),
                (Action::Card, "Card, as on the order screen."),
                (Action::Cancel, "Takes the amount back, then leaves."),
            ],
        ),
        Dialog::PayForm(_) => (
            &[],
            &[
                (Action::Accept, "The next field; in the last one, pays."),
                (Action::Up, "The field above."),
                (Action::Down, "The field below."),
                (Action::Next, "The next field."),
                (Action::Previous, "The field before."),
                (Action::Cancel, "Takes no payment."),
            ],
        ),
        Dialog::Customer(_) | Dialog::Stock(_) => (
            &[],
            &[
                (Action::Accept, "The next field; in the last one, keeps it all."),
                (Action::Up, "The field above."),
                (Action::Down, "The field below."),
                (Action::Next, "The next field."),
                (Action::Previous, "The field before."),
                (Action::Cancel, "Keeps nothing."),
            ],
        ),
        Dialog::Tips(_) => (
            &[
                ("4.50", "The tip of the selected slip."),
                ("#17", "Goes to receipt 17; *4242 to that card."),
                ("17=4.50", "Both at once."),
            ],
            &[
                (Action::Accept, "Takes the tip; with nothing typed, goes on."),
                (Action::Up, "The slip above."),
                (Action::Down, "The slip below."),
                (Action::Right, "All slips, or those without a tip."),
                (Action::Cancel, "Leaves it: what was taken stays."),
            ],
        ),
        Dialog::Count(_) => (
            &[],
            &[
                (Action::Accept, "The next field; in the last one, closes the shift."),
                (Action::Up, "The field above."),
                (Action::Down, "The field below."),
                (Action::Next, "The next field."),
                (Action::Previous, "The field before."),
                (Action::Cancel, "Closes nothing."),
            ],
        ),
        Dialog::Report(_) => (
            &[("p", "Prints it on the receipt printer."), ("b", "Draws bars, or the figures again.")],
            &[
                (Action::Accept, "Asks for other days."),
                (Action::Toggle, "Draws bars, or the figures again."),
                (Action::Up, "The row above."),
                (Action::Down, "The row below."),
                (Action::Left, "The columns before."),
                (Action::Right, "More columns, where not all fit."),
                (Action::Cancel, "Leaves it."),
            ],
        ),
        Dialog::Confirm { .. } => {
            (&[("y", "Yes."), ("n", "No.")], &[(Action::Cancel, "No."), (Action::Help, "Shows these keys.")])
        }
        Dialog::Unknown { .. } => {
            (&[("b", "Binds the barcode to an item.")], &[(Action::Cancel, "Leaves it: nothing was sold.")])
        }
        Dialog::Show { .. } => {
            (&[], &[(Action::Down, "The row below."), (Action::Up, "The row above."), (Action::Cancel, "Leaves it.")])
        }
        Dialog::Prompt { .. } | Dialog::Override { .. } | Dialog::Secret { .. } | Dialog::Help { .. } => {
            (&[], &[(Action::Accept, "Takes what was typed."), (Action::Cancel, "Changes nothing.")])
        }
    }
}
