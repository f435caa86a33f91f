//! Which key does what where. Data: the defaults, and what `keys.toml` changes of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::ui::action::{Action, Context};
use crate::ui::key::Key;

/// The keys of the order screen that ship. Every one can be changed.
const ORDER: &[(&str, Action)] = &[
    ("Enter", Action::Accept),
    ("Esc", Action::Cancel),
    ("F1", Action::Help),
    ("F12", Action::Cash),
    ("F11", Action::Card),
    ("F5", Action::Cash1),
    ("F6", Action::Cash2),
    ("F7", Action::Cash3),
    ("F8", Action::Cash4),
    ("F10", Action::Pay),
    ("Ctrl-F", Action::Send),
    ("F4", Action::Hold),
    ("Ctrl-O", Action::Orders),
    ("F2", Action::Modify),
    ("F3", Action::Note),
    ("Ctrl-W", Action::CustomerNote),
    ("Del", Action::Void),
    ("+", Action::More),
    ("-", Action::Less),
    ("Ctrl-E", Action::Price),
    ("F9", Action::Discount),
    ("%", Action::Discount),
    ("?", Action::Explain),
    ("Ctrl-D", Action::OrderDiscount),
    ("Ins", Action::Repeat),
    ("Ctrl-Z", Action::Undo),
    ("Ctrl-T", Action::OrderType),
    ("Ctrl-U", Action::Customer),
    ("Ctrl-K", Action::Abandon),
    ("Ctrl-G", Action::Table),
    ("Ctrl-B", Action::Tab),
    ("=", Action::Move),
    ("&", Action::Covers),
    ("#", Action::Seat),
    (">", Action::Course),
    ("!", Action::Fire),
    (";", Action::HoldCourse),
    ("Ctrl-V", Action::Split),
    ("Space", Action::Mark),
    ("Ctrl-P", Action::Bill),
    ("Ctrl-R", Action::Reprint),
    ("Ctrl-N", Action::NoSale),
    ("/", Action::Search),
    (":", Action::Command),
    ("Ctrl-A", Action::Command),
    ("Ctrl-Y", Action::SoldOut),
    ("Tab", Action::Paper),
    ("Ctrl-L", Action::Lock),
    ("Ctrl-X", Action::Quit),
    ("Ctrl-C", Action::Quit),
    ("Up", Action::Up),
    ("Down", Action::Down),
    ("Left", Action::Left),
    ("Right", Action::Right),
    ("Home", Action::First),
    ("End", Action::Last),
    ("PgUp", Action::PageUp),
    ("PgDn", Action::PageDown),
    ("Backspace", Action::Erase),
];

const SIGN_IN: &[(&str, Action)] = &[
    ("Enter", Action::Accept),
    ("Esc", Action::Cancel),
    ("F1", Action::Help),
    ("Backspace", Action::Erase),
    ("Ctrl-U", Action::EraseAll),
    ("Tab", Action::Paper),
    ("Ctrl-X", Action::Quit),
    ("Ctrl-C", Action::Quit),
];

const DIALOG: &[(&str, Action)] = &[
    ("Enter", Action::Accept),
    ("Esc", Action::Cancel),
    ("F1", Action::Help),
    ("Up", Action::Up),
    ("Down", Action::Down),
    ("Left", Action::Left),
    ("Right", Action::Right),
    ("Home", Action::First),
    ("End", Action::Last),
    ("PgUp", Action::PageUp),
    ("PgDn", Action::PageDown),
    ("Tab", Action::Next),
    ("Shift-Tab", Action::Previous),
    ("Backspace", Action::Erase),
    ("Del", Action::EraseNext),
    ("Ctrl-W", Action::EraseWord),
    ("Ctrl-U", Action::EraseAll),
    ("Space", Action::Toggle),
    ("F2", Action::Modify),
    ("F12", Action::Cash),
    ("F11", Action::Card),
    ("F5", Action::Cash1),
    ("F6", Action::Cash2),
    ("F7", Action::Cash3),
    ("F8", Action::Cash4),
    ("Ctrl-C", Action::Cancel),
];

const KITCHEN: &[(&str, Action)] = &[
    ("0", Action::Recall),
    ("*", Action::AllDay),
    ("+", Action::Down),
    ("-", Action::Up),
    ("Down", Action::Down),
    ("Up", Action::Up),
    ("Esc", Action::Cancel),
    ("F1", Action::Help),
    ("?", Action::Help),
    ("Ctrl-X", Action::Quit),
    ("Ctrl-C", Action::Quit),
];

/// One line of `keys.toml`: in this context, this key does this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The context's name.
    pub context: String,
    /// The key as written.
    pub key: String,
    /// The action's name.
    pub action: String,
}

/// What is wrong with a binding, and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct KeymapProblem {
    /// Which binding, by its place in the list.
    pub binding: usize,
    /// In words, with what is allowed.
    pub what: String,
}

/// Which key does what where.
#[derive(Clone, Debug)]
pub struct Keymap {
    map: BTreeMap<(Context, Key), Action>,
    /// The key that is shown for each action: the key bar asks for a dozen at every repaint.
    shown: BTreeMap<(Context, Action), Key>,
}

impl Default for Keymap {
    fn default() -> Self {
        let mut map = BTreeMap::new();
        for (context, keys) in [
            (Context::Order, ORDER),
            (Context::SignIn, SIGN_IN),
            (Context::Dialog, DIALOG),
            (Context::Kitchen, KITCHEN),
        ] {
            for (key, action) in keys {
                if let Ok(key) = key.parse::<Key>() {
                    map.insert((context, key), *action);
                }
            }
        }
        Self { map, shown: BTreeMap::new() }.with_shown()
    }
}

impl Keymap {
    /// The defaults with these changes.
    ///
    /// # Errors
    /// Every binding with an unknown context, key or action, and every key that is bound twice in
    /// one context, however it is spelt; and a context without the actions it needs.
    pub fn with(bindings: &[Binding]) -> Result<Self, Vec<KeymapProblem>> {
        let mut keymap = Self::default();
        let mut problems = Vec::new();
        let mut seen: BTreeMap<(Context, Key), usize> = BTreeMap::new();
        for (at, binding) in bindings.iter().enumerate() {
            let mut problem = |what: String| problems.push(KeymapProblem { binding: at, what });
            let Some(context) = Context::ALL.into_iter().find(|c| c.name() == binding.context) else {
                let known = Context::ALL.map(Context::name).join(", ");
                problem(format!("`{}` is not a screen; there are: {known}", binding.context));
                continue;
            };
            let key = match binding.key.parse::<Key>() {
                Ok(key) => key,
                Err(what) => {
                    problem(what);
                    continue;
                }
            };
            let Some(action) = Action::from_name(&binding.action) else {
                problem(format!("`{}` is not an action; there are: {}", binding.action, action_names()));
                continue;
            };
            if seen.insert((context, key), at).is_some() {
                problem(format!("{key} is bound twice on the {} screen", context.name()));
            }
            keymap.map.insert((context, key), action);
        }
        let keymap = keymap.with_shown();
        for context in Context::ALL {
            for needed in context.needs() {
                if keymap.key_for(context, needed).is_none() {
                    let what = format!("no key is left for `{}` on the {} screen", needed.name(), context.name());
                    problems.push(KeymapProblem { binding: bindings.len().saturating_sub(1), what });
                }
            }
        }
        if problems.is_empty() { Ok(keymap) } else { Err(problems) }
    }

    /// What a key does.
    pub fn action(&self, context: Context, key: Key) -> Option<Action> {
        self.map.get(&(context, key)).copied()
    }

    /// The key that is shown for this: the one with the shortest name. Ctrl-C works for people who
    /// press it anyway, but is shown only where nothing else is bound.
    pub fn key_for(&self, context: Context, action: Action) -> Option<Key> {
        self.shown.get(&(context, action)).copied()
    }

    fn with_shown(mut self) -> Self {
        let bound: BTreeSet<(Context, Action)> =
            self.map.iter().map(|((context, _), action)| (*context, *action)).collect();
        let first = |(context, action)| Some(((context, action), self.keys_for(context, action).into_iter().next()?));
        self.shown = bound.into_iter().filter_map(first).collect();
        self
    }

    fn keys_for(&self, context: Context, action: Action) -> Vec<Key> {
        let bound = self.map.iter().filter(|((c, _), a)| *c == context && **a == action);
        let mut keys: Vec<Key> = bound.map(|((_, k), _)| *k).collect();
        keys.sort_by_key(|k| (*k == Key::Ctrl('c'), k.to_string().len(), *k));
        keys
    }

    /// All bindings of a context, in the order of the actions' table.
    pub fn bindings(&self, context: Context) -> Vec<(Action, Vec<Key>)> {
        let bound = Action::ALL.iter().map(|a| (*a, self.keys_for(context, *a)));
        bound.filter(|(a, k)| *a != Action::Ignore && !k.is_empty()).collect()
    }
}

fn action_names() -> String {
    Action::ALL.iter().map(|a| a.name()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding(context: &str, key: &str, action: &str) -> Binding {
        Binding { context: context.into(), key: key.into(), action: action.into() }
    }

    #[test]
    fn the_defaults_parse_and_bind_no_key_twice() {
        let keymap = Keymap::default();
        assert_eq!(keymap.map.len(), ORDER.len() + SIGN_IN.len() + DIALOG.len() + KITCHEN.len());
    }

    #[test]
    fn the_shown_key_is_the_short_one_and_never_ctrl_c() {
        let keymap = Keymap::default();
        for (action, key) in [(Action::Quit, Key::Ctrl('x')), (Action::Discount, Key::Char('%'))] {
            assert_eq!(keymap.key_for(Context::Order, action), Some(key));
        }
        let cancel = keymap.bindings(Context::Dialog).into_iter().find(|(a, _)| *a == Action::Cancel);
        assert_eq!(cancel.map(|(_, keys)| keys), Some(vec![Key::Esc, Key::Ctrl('c')]));
    }

    #[test]
    fn a_file_changes_keys_and_every_mistake_is_named() {
        let ok = Keymap::with(&[binding("order", "f5", "none"), binding("order", "Ctrl-G", "cash")]).err();
        assert!(ok.is_some(), "keys are written as they are shown");
        let keymap = Keymap::with(&[binding("order", "F5", "none"), binding("order", "Ctrl-g", "cash")]).unwrap();
        assert_eq!(keymap.action(Context::Order, Key::Ctrl('g')), Some(Action::Cash));
        assert_eq!(keymap.action(Context::Order, Key::F(5)), Some(Action::Ignore));
        let problems = Keymap::with(&[
            binding("order", "Ctrl-G", "cash"),
            binding("order", "Ctrl-g", "card"),
            binding("till", "F1", "help"),
            binding("order", "F13", "help"),
            binding("order", "F1", "hlep"),
            binding("dialog", "Esc", "none"),
            binding("dialog", "Ctrl-C", "none"),
        ])
        .unwrap_err();
        let at: Vec<usize> = problems.iter().map(|p| p.binding).collect();
        assert_eq!(at, [1, 2, 3, 4, 6]);
    }
}
