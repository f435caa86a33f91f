//! Marking lines, and dividing an order over several bills.

use std::borrow::Cow;

use crate::domain::command::Command;
use crate::domain::ids::OrderId;
use crate::domain::money::Money;
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

/// The ways to divide the order on screen, and to bring bills together.
pub(super) fn rows(ui: &Ui, till: &Till) -> Vec<Row> {
    let Some(order) = till.current() else { return Vec::new() };
    let split = |by| Then::Do(Command::Split { by });
    let line = order::selected(ui, till);
    let mut ways: Vec<(String, String, Then)> = Vec::new();
    let count = ui.kept.marks.len();
    if count > 0 {
        let lines = SplitBy::Lines(ui.kept.marks.clone());
        ways.push(("Marked lines".into(), format!("{count} marked"), split(lines)));
    }
    ways.push(("Seats, a bill each".into(), String::new(), split(SplitBy::Seats)));
    ways.push(("Evenly".into(), "in how many?".into(), Then::Ask(Ask::SplitEvenly, String::new())));
    ways.push(("Amount".into(), "a bill of so much".into(), Then::Ask(Ask::SplitAmount, String::new())));
    if let Some(line) = line {
        ways.push((
            "Share the selected line".into(),
            line.name.clone(),
            Then::Ask(Ask::SplitLine(line.id), String::new()),
        ));
    }
    if order.part.is_some() {
        ways.push(("Together again".into(), "one bill".into(), Then::Do(Command::Unsplit)));
    }
    ways.push(("Merge another order".into(), "into this one".into(), Then::Choose(From::Merge)));
    let row = |(at, (label, value, then)): (usize, (String, String, Then))| Row {
        key: (at + 1).to_string(),
        label,
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

/// What dividing came to, said.
pub(super) fn words(till: &Till, order: OrderId, others: usize) -> String {
    let title = till.orders.get(&order).map(|o| o.title()).unwrap_or_default();
    let total: Money = till.orders.get(&order).map(|o| totals::of(o, &till.settings).total).unwrap_or_default();
    let bills = if others == 1 { "another bill".to_owned() } else { format!("{others} other bills") };
    format!("Order {title}: {} · {bills} put aside", till.settings.currency.show(total))
}
