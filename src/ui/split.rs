//! Marking lines, and dividing an order over several bills.

use std::borrow::Cow;

use crate::domain::command::Command;
use crate::domain::ids::{LineId, OrderId};
use crate::domain::order::{Line, Order};
use crate::domain::quantity::Quantity;
use crate::domain::split::{self, Marked, SplitBy};
use crate::domain::till::Till;
use crate::domain::totals;
use crate::ui::action::Action;
use crate::ui::lists::Row;
use crate::ui::screen::{Text, Tone};
use crate::ui::state::{Ask, From, Then, Ui};
use crate::ui::{Request, order, sell};

/// How many bills are named in one sentence, so that it fits a row.
const MOST_TOLD: usize = 4;

/// Marks the selected line, or lets it go, and goes on to the one above. A number typed before marks
/// so many of it.
pub(super) fn mark(ui: &mut Ui, till: &Till) -> Vec<Request> {
    let Some(line) = order::selected(ui, till) else {
        ui.say(Tone::Warn, "There is no line to mark yet");
        return Vec::new();
    };
    let typed = ui.kept.input.text().trim().to_owned();
    let quantity = if typed.is_empty() { Ok(None) } else { Quantity::parse(&typed).map(Some) };
    let quantity = match quantity {
        Ok(Some(quantity)) if quantity > line.quantity || quantity.is_zero() => {
            ui.say(Tone::Warn, format!("There are {} of {}", line.pieces(), line.name));
            return Vec::new();
        }
        Ok(quantity) => quantity.filter(|quantity| *quantity != line.quantity),
        Err(why) => {
            ui.say(Tone::Bad, why);
            return Vec::new();
        }
    };
    ui.kept.input.clear();
    let id = line.id;
    let before = ui.kept.marks.len();
    ui.kept.marks.retain(|(marked, _)| *marked != id);
    if ui.kept.marks.len() == before || quantity.is_some() {
        ui.kept.marks.push((id, quantity));
    }
    ui.kept.selected = Some(id);
    order::select(ui, till, Action::Up);
    let marked = payable(ui, till).map(|part| totals::of(&part, &till.settings).total);
    let words = match (ui.kept.marks.len(), marked) {
        (0, _) | (_, None) => "Nothing is marked".to_owned(),
        (1, Some(total)) => format!("1 line marked: {}", till.settings.currency.show(total)),
        (n, Some(total)) => format!("{n} lines marked: {}", till.settings.currency.show(total)),
    };
    ui.say(Tone::Good, words);
    Vec::new()
}

/// How a line is marked: all of it, or so many.
pub(super) fn marked<'u>(ui: &'u Ui, line: &Line) -> Option<&'u Marked> {
    ui.kept.marks.iter().find(|(id, _)| *id == line.id)
}

/// What the next payment is for: the order on screen, or its marked lines as a bill of their own.
pub(super) fn payable<'t>(ui: &Ui, till: &'t Till) -> Option<Cow<'t, Order>> {
    let order = till.current()?;
    if ui.kept.marks.is_empty() {
        return Some(Cow::Borrowed(order));
    }
    match split::divide(order, &SplitBy::Lines(ui.kept.marks.clone()), &till.settings) {
        Ok(mut bills) if bills.len() > 1 => {
            let lines = bills.swap_remove(1);
            Some(Cow::Owned(Order { lines, payments: Vec::new(), deposits: Vec::new(), ..order.clone() }))
        }
        Ok(_) | Err(_) => Some(Cow::Borrowed(order)),
    }
}

/// A payment of what is marked; of the whole order when nothing is.
pub(super) fn paying(ui: &Ui, pay: Command) -> Command {
    match ui.kept.marks.is_empty() {
        true => pay,
        false => Command::PayLines { lines: ui.kept.marks.clone(), pay: Box::new(pay) },
    }
}

/// The key that divides: evenly in the number typed before, else as is chosen.
pub(super) fn key(ui: &mut Ui, till: &Till) -> Vec<Request> {
    let typed = ui.kept.input.text().trim().to_owned();
    if let Ok(parts) = typed.parse::<u16>() {
        ui.kept.input.clear();
        return vec![Request::Command(Command::Split { by: SplitBy::Evenly(parts) })];
    }
    order::with_order(ui, till, |ui, _| {
        ui.choose(From::Splits);
        Vec::new()
    })
}

/// The ways to divide the order on screen, and to bring bills together. Their digits never shift.
pub(super) fn rows(ui: &Ui, till: &Till) -> Vec<Row> {
    let split = |by| Then::Do(Command::Split { by });
    let line = order::selected(ui, till);
    let marked = match ui.kept.marks.len() {
        0 => "Space marks them".to_owned(),
        count => format!("{count} marked"),
    };
    let share = Then::Ask(Ask::SplitLine(line.map_or(LineId(0), |line| line.id)), String::new());
    let shared = line.map_or("there is none", |line| line.name.as_str());
    let ways = [
        ("Marked lines", marked.as_str(), split(SplitBy::Lines(ui.kept.marks.clone()))),
        ("Seats, a bill each", "the rest by itself", split(SplitBy::Seats)),
        ("Seats, sharing the rest", "what has no seat", split(SplitBy::SeatsSharing)),
        ("Evenly", "in how many?", Then::Ask(Ask::SplitEvenly, String::new())),
        ("Amount", "a bill of so much", Then::Ask(Ask::SplitAmount, String::new())),
        ("Share the selected line", shared, share),
        ("Together again", "one bill", Then::Do(Command::Unsplit)),
        ("Merge another order", "into this one", Then::Choose(From::Merge)),
    ];
    let row = |(at, (label, value, then)): (usize, (&str, &str, Then))| Row {
        key: (at + 1).to_string(),
        label: label.to_owned(),
        value: Text::new(Tone::Dim, value),
        then,
    };
    ways.into_iter().enumerate().map(row).collect()
}

/// What a typed number or amount divides.
pub(super) fn asked(ui: &Ui, till: &Till, ask: &Ask, text: &str) -> Result<Command, String> {
    let parts = || text.parse::<u16>().map_err(|_| format!("`{text}` is not a number of bills"));
    let by = match ask {
        Ask::SplitAmount => SplitBy::Amount(sell::reading(ui, till).amount(text)?),
        Ask::SplitLine(line) => SplitBy::Line(*line, parts()?),
        _ => SplitBy::Evenly(parts()?),
    };
    Ok(Command::Split { by })
}

/// What dividing came to, said: the bills with what is due on each, that on screen first.
pub(super) fn words(till: &Till, order: OrderId, others: &[OrderId]) -> String {
    let bill = |id: &OrderId| {
        let order = till.orders.get(id)?;
        Some(format!("{} {}", order.label(), till.settings.currency.show(totals::of(order, &till.settings).total)))
    };
    let bills: Vec<String> = std::iter::once(&order).chain(others).filter_map(bill).collect();
    let (told, more) = (bills.len().min(MOST_TOLD), bills.len().saturating_sub(MOST_TOLD));
    let more = if more == 0 { String::new() } else { format!(" · {more} more") };
    format!("{} bills: {}{more}", bills.len(), bills[..told].join(" · "))
}
