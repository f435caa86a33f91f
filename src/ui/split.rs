//! Marking lines, and dividing an order over several bills.

use std::borrow::Cow;

use crate::domain::command::Command;
use crate::domain::event::LinesAct;
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
use crate::ui::{Request, lists, order, sell};

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
    let moving = match (ui.kept.marks.len(), line) {
        (0, None) => "there is no line",
        (0, Some(line)) => line.name.as_str(),
        (..) => marked.as_str(),
    };
    let ways = [
        ("Marked lines", marked.as_str(), split(SplitBy::Lines(ui.kept.marks.clone()))),
        ("Seats, a bill each", "the rest by itself", split(SplitBy::Seats)),
        ("Seats, sharing the rest", "what has no seat", split(SplitBy::SeatsSharing)),
        ("Evenly", "in how many?", Then::Ask(Ask::SplitEvenly, String::new())),
        ("Amount", "a bill of so much", Then::Ask(Ask::SplitAmount, String::new())),
        ("Share the selected line", shared, share),
        ("Together again", "one bill", Then::Do(Command::Unsplit)),
        ("Merge another order", "into this one", Then::Choose(From::Merge)),
        ("To another order", moving, Then::Choose(From::MoveLines)),
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
    if let (Ask::SplitLine(line), "" | ".") = (ask, text)
        && bills(till) > 1
    {
        return Ok(Command::ShareLine { line: *line });
    }
    let parts = || text.parse::<u16>().map_err(|_| format!("`{text}` is not a number of bills"));
    let by = match ask {
        Ask::SplitAmount => SplitBy::Amount(sell::reading(ui, till).amount(text)?),
        Ask::SplitLine(line) => SplitBy::Line(*line, parts()?),
        _ => SplitBy::Evenly(parts()?),
    };
    Ok(Command::Split { by })
}

/// How many bills of what was the order on screen are open.
pub(super) fn bills(till: &Till) -> usize {
    let part = till.current().and_then(|order| order.part);
    part.map_or(0, |part| till.orders.values().filter(|o| o.part.is_some_and(|p| p.whole == part.whole)).count())
}

/// The lines that go to another order: those that are marked, else the selected one.
pub(super) fn to_move(ui: &Ui, till: &Till) -> Vec<Marked> {
    match ui.kept.marks.is_empty() {
        true => order::selected(ui, till).map(|line| (line.id, None)).into_iter().collect(),
        false => ui.kept.marks.clone(),
    }
}

/// Asks which order the lines go to.
pub(super) fn choose_where(ui: &mut Ui, till: &Till) -> Vec<Request> {
    if to_move(ui, till).is_empty() {
        ui.say(Tone::Warn, "There is no line to move yet");
    } else if lists::rows(ui, till, &From::MoveLines, "").is_empty() {
        ui.say(Tone::Warn, "No other order is open: open the one that it goes to first");
    } else {
        ui.choose(From::MoveLines);
    }
    Vec::new()
}

/// What is asked when lines go to another order.
pub(super) fn move_title(ui: &Ui, till: &Till) -> String {
    let lines = to_move(ui, till);
    let name = |id| till.current().and_then(|order| order.line(id)).map_or("", |line| line.name.as_str());
    match lines.as_slice() {
        [(id, None)] => format!("Where does {} go?", name(*id)),
        [(id, Some(some))] => format!("Where do {some} × {} go?", name(*id)),
        _ => format!("Where do {} lines go?", lines.len()),
    }
}

/// Says what became of lines that went to other orders, or came from them.
pub(super) fn say_of_lines(ui: &mut Ui, till: &Till, act: LinesAct, order: OrderId, others: &[OrderId]) {
    match act {
        LinesAct::Split => ui.say(Tone::Good, words(till, order, others)),
        LinesAct::Moved => say_moved(ui, till, order, others),
        LinesAct::Unsplit | LinesAct::Merged => {
            let title = till.current().map(Order::title).unwrap_or_default();
            ui.say(Tone::Good, format!("Together: order {title}"));
        }
    }
}

/// Says where lines went, and what is due there and here: once, by the order on screen, which they left.
fn say_moved(ui: &mut Ui, till: &Till, order: OrderId, others: &[OrderId]) {
    if till.current().is_none_or(|current| current.id != order) {
        return;
    }
    let due = |id: &OrderId| {
        let order = till.orders.get(id)?;
        Some(format!("{} {}", order.title(), till.settings.currency.show(totals::of(order, &till.settings).total)))
    };
    let stays = due(&order).unwrap_or_default();
    let all: Vec<String> = others.iter().take(MOST_TOLD).filter_map(due).collect();
    ui.say(Tone::Good, format!("Moved · {} · left here {stays}", all.join(" · ")));
}

/// What dividing came to, said: the bills with what is due on each, that on screen first.
fn words(till: &Till, order: OrderId, others: &[OrderId]) -> String {
    let bill = |id: &OrderId| {
        let order = till.orders.get(id)?;
        Some(format!("{} {}", order.label(), till.settings.currency.show(totals::of(order, &till.settings).total)))
    };
    let bills: Vec<String> = std::iter::once(&order).chain(others).filter_map(bill).collect();
    let (told, more) = (bills.len().min(MOST_TOLD), bills.len().saturating_sub(MOST_TOLD));
    let more = if more == 0 { String::new() } else { format!(" · {more} more") };
    format!("{} bills: {}{more}", bills.len(), bills[..told].join(" · "))
}
