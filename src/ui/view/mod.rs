//! The screen, from the till and what was typed.

mod customer;
mod dialog;
mod help;
mod order;
mod plan;
mod refund;
mod report;

use std::sync::Arc;

use crate::domain::catalogue::Page;
use crate::domain::ids::StaffId;
use crate::domain::kitchen;
use crate::domain::order::Order;
use crate::domain::staff::Permission;
use crate::domain::till::Till;
use crate::ui::action::{Action, Context};
use crate::ui::screen::{
    Body, InputLine, KeyHint, ListPane, ListRow, MapKey, MapPane, PaperPane, RightPane, Screen, SignIn, Text, Tone,
};
use crate::ui::state::{PrinterNews, Ui};
use crate::ui::{context, courses, palette, party, people, sell};

pub use customer::customer;
pub use help::{HelpRow, help_rows};

/// What the person at the till sees.
pub fn view(ui: &Ui, till: &Till) -> Screen {
    let context = context(ui, till);
    let body = match till.signed_in {
        None => Body::SignIn(sign_in(ui, till)),
        Some(_) => Body::Order { order: Box::new(order::pane(ui, till)), right: right(ui, till) },
    };
    Screen {
        body,
        dialog: match ui.kept.dialogs.last() {
            Some(top) => shows_dialogs(ui, till).then(|| dialog::dialog(ui, till, top)),
            None => till.signed_in.and_then(|_| palette::view(ui)),
        },
        input: input(ui, till, context),
        keys: keys(ui, till, context),
        status: status(ui, till),
        clock: clock(ui, till),
        watermark: ui.setup.watermark.clone(),
    }
}

/// Dialogs hold a person's doings: the sign-in screen shows none but help.
fn shows_dialogs(ui: &Ui, till: &Till) -> bool {
    till.signed_in.is_some() || context(ui, till) == Context::Dialog
}

fn sign_in(ui: &Ui, till: &Till) -> SignIn {
    let mut notices = Vec::new();
    let mut unsettled: Vec<(StaffId, &Order)> = till.orders.values().map(|o| (o.server, o)).collect();
    unsettled.sort_by_key(|(_, o)| o.number);
    for (server, order) in unsettled.iter().take(6) {
        let total = till.settings.currency.show(crate::domain::totals::of(order, &till.settings).total);
        notices.push(Text::new(
            Tone::Warn,
            format!("Order {} of {} is open: {total}", order.title(), till.name_of(*server)),
        ));
    }
    if let Some(more) = unsettled.len().checked_sub(6).filter(|n| *n > 0) {
        notices.push(Text::new(Tone::Warn, format!("… and {more} more open orders")));
    }
    let known = ui.clock_jumped.clone().into_iter().chain(left_open(ui, till));
    notices.extend(known.map(|words| Text::new(Tone::Warn, words)));
    let ill = |p: &&PrinterNews| p.trouble.is_some() || p.waiting.undecided > 0;
    notices.extend(ui.printers.iter().filter(ill).map(|printer| printer_words(ui, printer)));
    SignIn {
        name: till.settings.business.name.clone(),
        lines: ui.setup.greeting.iter().map(|l| Text::new(Tone::Dim, l.clone())).collect(),
        notices,
    }
}

fn input(ui: &Ui, till: &Till, context: Context) -> InputLine {
    let said = |otherwise: Text| match &ui.message {
        Some((tone, words)) => Text::new(*tone, words.clone()),
        None => otherwise,
    };
    match context {
        Context::SignIn => InputLine {
            prompt: "PIN".to_owned(),
            text: "•".repeat(ui.pin.text().chars().count()),
            cursor: Some(ui.pin.cursor()),
            echo: said(Text::new(Tone::Dim, "Type your PIN, then Enter")),
        },
        Context::Order => {
            let edit = &ui.kept.input;
            let echo = if edit.is_empty() { said(Text::default()) } else { said(sell::echo(ui, till)) };
            InputLine { prompt: "›".to_owned(), text: edit.text().to_owned(), cursor: Some(edit.cursor()), echo }
        }
        // The screen of a station has no line to type into.
        Context::Dialog | Context::Kitchen => InputLine {
            prompt: "›".to_owned(),
            // The list of tenders shows the amount as its own field.
            text: match ui.kept.dialogs.last() {
                Some(crate::ui::state::Dialog::Pay { .. }) => String::new(),
                Some(_) | None => ui.kept.input.text().to_owned(),
            },
            cursor: None,
            echo: said(Text::default()),
        },
    }
}

fn right(ui: &Ui, till: &Till) -> RightPane {
    if let Some(letters) = sell::searching(ui, till) {
        return RightPane::List(results(ui, till, &letters));
    }
    // The receipt of the sale shows by itself, where it is printed on the screen.
    let peek = ui.kept.paper_peek && !ui.paper.is_empty();
    if ui.kept.paper_shown || peek {
        let title = if ui.paper.is_empty() { "Paper: nothing yet" } else { "Paper" };
        return RightPane::Paper(PaperPane {
            title: title.to_owned(),
            lines: ui.paper.clone(),
            scroll: ui.kept.paper_scroll.min(ui.paper.len().saturating_sub(1)),
        });
    }
    RightPane::Map(map(ui, till))
}

fn results(ui: &Ui, till: &Till, letters: &str) -> ListPane {
    let hits = sell::hits(ui, till, letters);
    let at = sell::hit(ui, till, &hits);
    let row = |(n, &item): (usize, &usize)| {
        let item = till.catalogue.items().get(item)?;
        let value = sell::price_tag(ui, till, item);
        Some(ListRow {
            key: item.code.clone(),
            on: None,
            label: Text::from(item.name.as_str()),
            value,
            selected: Some(n) == at,
        })
    };
    ListPane {
        title: "Find".to_owned(),
        rows: hits.iter().enumerate().filter_map(row).collect(),
        empty: format!("Nothing on the menu is like {letters}"),
    }
}

fn map(ui: &Ui, till: &Till) -> MapPane {
    let pages = till.catalogue.pages();
    let Some(page) = pages.get(ui.kept.page) else {
        return MapPane { title: "The menu is empty".to_owned(), ..MapPane::default() };
    };
    let key = |(key, item): (&char, &usize)| {
        let item = till.catalogue.items().get(*item)?;
        let price = sell::price_tag(ui, till, item);
        let tone = if price.text == "86" { Tone::Dim } else { Tone::Normal };
        Some(MapKey { key: *key, name: Text::new(tone, item.name.clone()), price })
    };
    MapPane {
        title: page.title.clone(),
        place: format!("{} {}/{}", Page::letter(ui.kept.page), ui.kept.page + 1, pages.len()),
        keys: page.keys.iter().filter_map(key).collect(),
        pages: Arc::clone(pages),
        page: ui.kept.page,
    }
}

/// What whoever is signed in must know before they sell, the most urgent first.
pub(super) fn notices(ui: &Ui, till: &Till) -> Vec<String> {
    let minds_menu = till.signed_in.is_some_and(|staff| till.may(staff, Permission::ManageMenu));
    let unknown = ui.unknown_code.as_ref().filter(|_| minds_menu);
    let late = people::not_clocked_in(till).map(str::to_owned);
    let unknown = unknown.map(|words| format!("{words}: counterflow doctor"));
    let jumped = ui.clock_jumped.clone();
    jumped.into_iter().chain(left_open(ui, till)).chain(late).chain(unknown).collect()
}

/// A shift that was left open past the cut-off, and what to do about it.
fn left_open(ui: &Ui, till: &Till) -> Option<String> {
    let shift = till.shift.as_ref().filter(|shift| shift.left_open(ui.now, till.settings.cut_off))?;
    let day = shift.business_date.format("%a %d %b");
    Some(format!("Shift {} of {day} was left open: :close-shift counts it", shift.number))
}

/// The keys worth knowing here, most important first.
fn keys(ui: &Ui, till: &Till, context: Context) -> Vec<KeyHint> {
    let hint = |action: Action, label: &str| {
        let key = ui.setup.keymap.key_for(context, action)?;
        let label = if label.is_empty() { action.label() } else { label };
        Some(KeyHint { key: key.to_string(), label: label.to_owned() })
    };
    let mut wanted: Vec<(Action, &str)> = match context {
        Context::SignIn => vec![(Action::Accept, "Sign in"), (Action::Help, ""), (Action::Quit, "")],
        Context::Dialog => dialog::keys(ui),
        Context::Kitchen => Vec::new(),
        Context::Order if palette::letters(ui).is_some() => vec![
            (Action::Accept, "Do it"),
            (Action::Down, "Next"),
            (Action::Paper, "Write it out"),
            (Action::Cancel, "Back"),
        ],
        Context::Order => order_keys(till),
    };
    // How many lines the kitchen has not heard of, in a place of its own that moves nothing.
    let unsent = till.current().map_or(0, |order| kitchen::unsent(order, &till.settings));
    let unsent = if unsent > 0 { unsent.to_string() } else { String::new() };
    let send = format!("{} {unsent:<2}", Action::Send.label());
    if context == Context::Order && palette::letters(ui).is_none() && !till.settings.stations.is_empty() {
        let after = wanted.iter().position(|(action, _)| *action == Action::Hold).map_or(0, |at| at + 1);
        wanted.insert(after, (Action::Send, &send));
    }
    wanted.into_iter().filter_map(|(action, label)| hint(action, label)).collect()
}

/// The same keys in the same places, with an order or without: a bar that changes at the first line of each order
/// would draw the eye to it, and fill a serial line. Where people sit at tables, those come before the quick ways
/// to pay, which ask at an order that was brought back anyway.
fn order_keys(till: &Till) -> Vec<(Action, &'static str)> {
    let quick: &[_] = &[(Action::Cash, ""), (Action::Card, "")];
    let (first, later): (&[_], &[_]) =
        if till.settings.rooms.is_empty() { (quick, &[]) } else { (&[(Action::Table, "")], quick) };
    let hold = if till.current().is_some_and(|o| !o.is_empty()) { "" } else { "List" };
    let rest = [
        (Action::Void, ""),
        (Action::Modify, ""),
        (Action::Note, ""),
        (Action::Discount, ""),
        (Action::Undo, ""),
        (Action::Repeat, ""),
        (Action::Bill, ""),
        (Action::Paper, ""),
        (Action::Lock, ""),
    ];
    let middle = [(Action::Pay, ""), (Action::Hold, hold), (Action::Search, ""), (Action::Command, "All")];
    [&[(Action::Help, "")], first, &middle, later, &rest].concat()
}

/// So many printers that are well have room for their names, when all else is well too.
const NAMED_WELL: usize = 2;

fn status(ui: &Ui, till: &Till) -> Vec<Text> {
    let mut parts = vec![Text::from(format!("Reg {}", till.register))];
    if let Some(staff) = till.actor() {
        parts.push(Text::new(Tone::Strong, staff.name.clone()));
    }
    // What does not fit is left out from the end: a printer in trouble stands before what is well.
    let printers = ui.printers.iter().map(|printer| printer_words(ui, printer));
    let (well, ill): (Vec<Text>, Vec<Text>) = printers.partition(|words| words.tone == Tone::Normal);
    let all = ill.is_empty();
    parts.extend(courses::late(ui, till));
    parts.extend(party::old(ui, till));
    parts.extend(ill);
    parts.extend(ui.little_room_mb.map(|mb| Text::new(Tone::Warn, format!("disk: {mb} MB left"))));
    if ui.printers.is_empty() {
        parts.push(Text::from("no printer"));
    }
    parts.push(match &till.shift {
        Some(shift) if shift.left_open(ui.now, till.settings.cut_off) => {
            Text::new(Tone::Warn, format!("Shift {} of {}", shift.number, shift.business_date.format("%a %d %b")))
        }
        Some(shift) => Text::from(format!("Shift {}", shift.number)),
        None => Text::new(Tone::Warn, "no shift"),
    });
    parts.extend(unsent_words(ui));
    let calm = parts.iter().all(|part| matches!(part.tone, Tone::Normal | Tone::Strong));
    parts.extend(well_words(well, all, if calm { NAMED_WELL } else { 1 }));
    let held = till.orders.values().filter(|o| o.holder.is_none()).count();
    if held > 0 {
        parts.push(Text::from(format!("{held} put aside")));
    }
    parts
}

/// The printers that are well, by name as long as there are few: `GRILL ok`, `5 printers ok`, `4 others ok`.
fn well_words(well: Vec<Text>, all: bool, named: usize) -> Vec<Text> {
    if well.len() <= named {
        return well;
    }
    let rest = if all { "printers" } else { "others" };
    vec![Text::from(format!("{} {rest} ok", well.len()))]
}

/// `GRILL paper out · 3 waiting · 2 min`, `COUNTER drawer open`, or `GRILL ok`.
fn printer_words(ui: &Ui, printer: &PrinterNews) -> Text {
    let waits = &printer.waiting;
    let mut words = vec![printer.printer.to_uppercase()];
    let tone = match (&printer.trouble, waits.jobs, waits.undecided) {
        (Some(_), ..) => Tone::Bad,
        (None, 0..=1, 0) if !printer.drawer_open => Tone::Normal,
        (None, ..) => Tone::Warn,
    };
    match &printer.trouble {
        Some(trouble) => words[0].push_str(&format!(" {trouble}")),
        None if tone == Tone::Normal => words[0].push_str(" ok"),
        None if printer.drawer_open => words[0].push_str(" drawer open"),
        None => {}
    }
    if tone != Tone::Normal && waits.jobs > 0 {
        words.push(format!("{} waiting", waits.jobs));
        let minutes = waits.oldest.map_or(0, |at| ui.now.since_ms(at) / 60_000);
        words.extend((minutes > 0).then(|| format!("{minutes} min")));
    }
    if waits.undecided > 0 {
        words.push(format!("{} to decide", waits.undecided));
    }
    Text::new(tone, words.join(" · "))
}

/// `2 unsent since 04:10`, and what waits for people. Nothing where everything was acknowledged.
fn unsent_words(ui: &Ui) -> Option<Text> {
    let unsent = ui.unsent?;
    let since = unsent.since.map(|since| {
        let today = since.local().date() == ui.now.local().date();
        if today { since.show_time() } else { since.local().format("%a %d %b").to_string() }
    });
    let waiting = since.map(|since| format!("{} unsent since {since}", unsent.waiting));
    let aside = (unsent.set_aside > 0).then(|| format!("{} set aside", unsent.set_aside));
    let tone = if aside.is_some() { Tone::Bad } else { Tone::Warn };
    match (waiting, aside) {
        (None, None) => None,
        (Some(words), None) | (None, Some(words)) => Some(Text::new(tone, words)),
        (Some(waiting), Some(aside)) => Some(Text::new(tone, format!("{waiting} · {aside}"))),
    }
}

fn clock(ui: &Ui, till: &Till) -> Text {
    let date = ui.now.business_date(till.settings.cut_off);
    let other = date != ui.now.local().date();
    let tone = if other { Tone::Warn } else { Tone::Normal };
    Text::new(tone, format!("{} {}", date.format("%a %d %b"), ui.now.show_time()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_printers_that_are_well_are_counted_and_none_is_left_out() {
        let words = |names: &[&str], all| {
            let well = names.iter().map(|name| Text::from(format!("{name} ok"))).collect();
            well_words(well, all, NAMED_WELL).into_iter().map(|text| text.text).collect::<Vec<_>>().join(" · ")
        };
        assert_eq!(words(&["BAR", "GRILL"], true), "BAR ok · GRILL ok");
        assert_eq!(words(&["BAR", "GRILL", "PASS"], true), "3 printers ok");
        assert_eq!(words(&["BAR", "GRILL", "PASS"], false), "3 others ok");
        assert_eq!(words(&[], false), "");
    }
}
