//! `counterflow keys`: the keys, from the table that the help screen shows.

use crate::cli::{Place, Result, print, print_json};
use crate::session::read_config;
use crate::ui::action::{Action, Context};
use crate::ui::keymap::Keymap;

pub(super) fn run(place: &Place) -> Result {
    // Without a store the keys are those that ship.
    let keymap = if place.config.is_dir() { read_config(&place.config)?.2.keymap } else { Keymap::default() };
    if place.json {
        return print_json(&as_json(&keymap));
    }
    let mut text = String::new();
    for context in Context::ALL {
        text.push_str(&format!("[{}]\n", context.name()));
        for (action, keys) in keymap.bindings(context) {
            let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
            text.push_str(&format!("{:<16} {:<14} {}\n", keys.join(" "), action.name(), action.doc()));
        }
        text.push('\n');
    }
    let typed = Action::ALL.iter().filter(|a| a.is_for_orders() || **a == Action::Ignore);
    let unbound = typed.filter(|a| keymap.key_for(Context::Order, **a).is_none());
    text.push_str("[typed, or bound in keys.toml]\n");
    for action in unbound {
        text.push_str(&format!("{:<16} {:<14} {}\n", format!(":{}", action.name()), action.name(), action.doc()));
    }
    print(&text)
}

fn as_json(keymap: &Keymap) -> serde_json::Value {
    let context = |context: Context| {
        let bindings = keymap.bindings(context).into_iter();
        let list: Vec<serde_json::Value> = bindings
            .map(|(action, keys)| {
                let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
                serde_json::json!({ "action": action.name(), "keys": keys, "does": action.doc() })
            })
            .collect();
        (context.name().to_owned(), serde_json::Value::from(list))
    };
    serde_json::Value::Object(Context::ALL.into_iter().map(context).collect())
}
