//! What an order says of whom it is for: what its type asks, how they are reached, when they come; and tabs.

use chrono::{NaiveTime, TimeDelta};

use crate::domain::command::Command;
use crate::domain::order::Order;
use crate::domain::order_type::Asked;
use crate::domain::till::Till;
use crate::domain::time::Stamp;
use crate::ui::lists::{Row, order_rows};
use crate::ui::screen::{Text, Tone};
use crate::ui::state::{Ask, From, TableFor, Then, Ui};

/// A time that was typed and lies so far back is meant for tomorrow.
const PAST: TimeDelta = TimeDelta::hours(1);

/// An order's type asks for something before a command is done: so it is asked, and then done.
pub(super) fn asks(ui: &mut Ui, asked: Asked, command: &Command) {
    match asked {
        Asked::Table => ui.choose(From::Tables(TableFor::Move)),
        Asked::Name | Asked::Phone | Asked::Address | Asked::Covers | Asked::PickUp => {
            ui.prompt(Ask::Asked(asked, Box::new(command.clone())), "");
        }
    }
}

/// What the answer to such a question does.
pub(super) fn answered(ui: &Ui, asked: Asked, text: &str) -> Result<Command, String> {
    let said = || Some(text.to_owned());
    if text.is_empty() {
        return Err(format!("{} is needed: Esc goes back", sentence(asked.words())));
    }
    Ok(match asked {
        Asked::Table => Command::MoveTable { table: said(), beside: false },
        Asked::Name => Command::Name { name: text.to_owned() },
        Asked::Phone => Command::SetContact { phone: said(), address: None },
        Asked::Address => Command::SetContact { phone: None, address: said() },
        Asked::Covers => Command::SetCovers {
            covers: Some(text.parse().map_err(|_| format!("`{text}` is not a number of people"))?),
        },
        Asked::PickUp => Command::SetDue { at: when(ui, text)? },
    })
}

fn sentence(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// `18:30`, or minutes from now; nothing for no time.
pub(super) fn when(ui: &Ui, text: &str) -> Result<Option<Stamp>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let now = ui.now;
    let from_now = match text.trim_start_matches('+').parse::<u16>() {
        Ok(minutes) => TimeDelta::minutes(minutes.into()),
        Err(_) => {
            let time = NaiveTime::parse_from_str(&text.replace('.', ":"), "%H:%M")
                .map_err(|_| format!("`{text}` is not a time: 18:30, or 20 for in 20 minutes"))?;
            let local = now.local();
            let today = local.date().and_time(time) - local;
            if today < -PAST { today + TimeDelta::days(1) } else { today }
        }
    };
    Ok(Some(Stamp { utc_ms: now.utc_ms.saturating_add(from_now.num_milliseconds()), ..now }))
}

/// The tabs that fit the letters, and a new one of that name.
pub(super) fn tab_rows(ui: &Ui, till: &Till, filter: &str) -> Vec<Row> {
    let is_tab = |row: &Row| {
        let Then::Do(Command::Recall { order }) = &row.then else { return false };
        till.orders.get(order).is_some_and(|order| order.face.name.is_some())
    };
    let mut rows = order_rows(ui, till, filter);
    rows.retain(is_tab);
    let name = filter.trim().to_owned();
    if !name.is_empty() {
        rows.push(Row {
            key: String::new(),
            label: format!("New tab: {name}"),
            value: Text::default(),
            then: Then::Do(Command::OpenTab { name }),
        });
    }
    rows
}

/// What an order is called on screen: its number as its type has it, its table, its name.
pub(super) fn title(till: &Till, order: &Order) -> String {
    let prefix = till.settings.order_type(&order.face.order_type).map_or("", |t| &t.prefix);
    format!("{prefix}{}", order.title())
}

/// `Take away 18:30`
pub(super) fn kind(till: &Till, order: &Order) -> String {
    let kind = till.settings.order_type(&order.face.order_type).map_or("", |t| &t.name);
    let due = order.face.due.map(|due| format!(" {}", due.show_time())).unwrap_or_default();
    format!("{kind}{due}")
}

/// How whoever ordered is reached, on one line.
pub(super) fn reached(till: &Till, order: &Order) -> Option<String> {
    let contact = till.contact(order.id);
    let said = [contact.phone, contact.address].into_iter().filter(|text| !text.is_empty());
    let said = said.collect::<Vec<_>>().join(" · ");
    (!said.is_empty()).then_some(said)
}

/// The order that has been open for longest of those that are open for too long.
pub(super) fn old(ui: &Ui, till: &Till) -> Option<Text> {
    let open = till.orders.values().filter_map(|order| order.old_min(&till.settings, ui.now).map(|min| (min, order)));
    let (minutes, order) = open.max_by_key(|(minutes, _)| *minutes)?;
    let name = order.face.name.clone().unwrap_or_else(|| order.title());
    let age = if minutes < 120 { format!("{minutes} min") } else { format!("{} h", minutes / 60) };
    Some(Text::new(Tone::Warn, format!("{name} open {age}")))
}
