//! Tables: going to one, moving to one, joining one, and the map they are chosen from.

use crate::domain::command::Command;
use crate::domain::floor::{Room, Seating, TableState};
use crate::domain::order::Order;
use crate::domain::split::Marked;
use crate::domain::text::fold;
use crate::domain::till::Till;
use crate::domain::time::Stamp;
use crate::domain::totals;
use crate::ui::action::Action;
use crate::ui::dialogs::moved;
use crate::ui::lists::Row;
use crate::ui::screen::{Text, Tone};
use crate::ui::state::{From, TableFor, Then, Ui};
use crate::ui::{Request, courses, order};

/// How many tables that are in no plan stand in a row of the map.
const ROW_TABLES: usize = 8;

/// Whether a capital letter can only be the beginning of a table's name, `T1`: no page of items has it.
pub(super) fn begins(ui: &Ui, till: &Till, c: char) -> bool {
    let page = till.catalogue.pages().get(usize::from(c as u8).saturating_sub(usize::from(b'A')));
    let mut spots = till.settings.rooms.iter().flat_map(Room::spots);
    ui.kept.input.is_empty() && page.is_none() && spots.any(|spot| spot.name.starts_with(c))
}

/// The key that goes to a table: the one typed before, or one of the map.
pub(super) fn key(ui: &mut Ui, till: &Till) -> Vec<Request> {
    let typed = ui.kept.input.text().trim().to_owned();
    if typed.is_empty() {
        ui.choose(From::Tables(TableFor::Go));
        return Vec::new();
    }
    ui.kept.input.clear();
    chosen(ui, till, TableFor::Go, &typed)
}

/// The key that moves the order: to the table typed before, or to one of the map.
pub(super) fn move_to(ui: &mut Ui, till: &Till) -> Vec<Request> {
    let typed = ui.kept.input.text().trim().to_owned();
    if typed.is_empty() {
        ui.choose(From::Tables(TableFor::Move));
        return Vec::new();
    }
    ui.kept.input.clear();
    chosen(ui, till, TableFor::Move, &typed)
}

/// What a chosen table is chosen for.
pub(super) fn chosen(ui: &mut Ui, till: &Till, what: TableFor, name: &str) -> Vec<Request> {
    let table = till.settings.spot(name).map_or(name, |spot| &spot.name).to_owned();
    let command = match what {
        TableFor::Go => return go(ui, till, table),
        TableFor::Move => Command::MoveTable { table: (table != "-").then_some(table), beside: false },
        TableFor::Join => Command::JoinTable { table },
    };
    vec![Request::Command(command)]
}

/// Goes to a table: to the order there, to one of several, or to a new one. What was rung before
/// anybody said where it belongs goes along.
fn go(ui: &mut Ui, till: &Till, table: String) -> Vec<Request> {
    let command = match till.orders_at(&table).as_slice() {
        [] if till.current().is_some_and(Order::is_placeless) => {
            Command::MoveTable { table: Some(table), beside: false }
        }
        [] => Command::OpenTable { table, beside: false },
        [one] => Command::Recall { order: one.id },
        [_, ..] => {
            ui.choose(From::AtTable(table));
            return Vec::new();
        }
    };
    vec![Request::Command(command)]
}

/// A number typed before is how many people there are; else it is asked.
pub(super) fn covers(ui: &mut Ui, till: &Till) -> Vec<Request> {
    order::with_order(ui, till, |ui, _| match ui.kept.input.text().trim().parse() {
        Ok(covers) => {
            ui.kept.input.clear();
            vec![Request::Command(Command::SetCovers { covers: Some(covers) })]
        }
        Err(_) => order::ask(ui, crate::ui::state::Ask::Covers, ""),
    })
}

/// The map: rooms with their rows of tables, and those that orders stand at and no plan has.
pub(super) fn grid(till: &Till) -> Vec<(String, Vec<Vec<Option<String>>>)> {
    let name = |spot: &Option<crate::domain::floor::Spot>| spot.as_ref().map(|spot| spot.name.clone());
    let row = |row: &Vec<_>| row.iter().map(name).collect();
    let mut grid: Vec<(String, Vec<Vec<Option<String>>>)> =
        till.settings.rooms.iter().map(|room| (room.name.clone(), room.rows.iter().map(row).collect())).collect();
    let other: Vec<String> = till.seatings().into_iter().filter(|s| s.room.is_empty()).map(|s| s.table).collect();
    if !other.is_empty() {
        let rows = other.chunks(ROW_TABLES).map(|row| row.iter().cloned().map(Some).collect()).collect();
        grid.push(("Tables".to_owned(), rows));
    }
    grid
}

/// The tables that fit what was typed, the one of that very name first.
pub(super) fn rows(ui: &Ui, till: &Till, what: TableFor, filter: &str) -> Vec<Row> {
    let wanted = fold(filter.trim());
    let seatings = till.seatings();
    let mut fitting: Vec<&Seating> = seatings.iter().filter(|s| fold(&s.table).starts_with(&wanted)).collect();
    fitting.sort_by_key(|s| fold(&s.table) != wanted);
    let mut rows: Vec<Row> = fitting.into_iter().map(|seating| row(ui, till, what, seating)).collect();
    let plain = |name: &str, label: String| Row {
        key: String::new(),
        label,
        value: Text::default(),
        then: Then::Table(what, name.to_owned()),
    };
    // Where there is no plan, a table is whatever people call it.
    let known = seatings.iter().any(|s| fold(&s.table) == wanted);
    if till.settings.rooms.is_empty() && !known && !wanted.is_empty() && wanted != "-" {
        rows.insert(0, plain(filter.trim(), format!("{} (new)", filter.trim())));
    }
    let seated = till.current().is_some_and(|o| o.face.table.is_some());
    if what == TableFor::Move && seated && (wanted.is_empty() || wanted == "-") {
        rows.push(plain("-", "- (no table)".to_owned()));
    }
    rows
}

fn row(ui: &Ui, till: &Till, what: TableFor, seating: &Seating) -> Row {
    let seats = seating.seats.map(|seats| format!(" · {seats} seats")).unwrap_or_default();
    let room = if seating.room.is_empty() { String::new() } else { format!(" · {}", seating.room) };
    let who = match seating.orders.as_slice() {
        [] => seats,
        [order] => {
            let covers = covers_words(order.face.covers);
            format!(" · {} min · {}{covers}", minutes(ui.now, order.opened), till.name_of(order.server))
        }
        orders => format!(" · {} orders", orders.len()),
    };
    let total: crate::domain::money::Money = seating.orders.iter().map(|o| totals::of(o, &till.settings).total).sum();
    let words = match seating.state {
        TableState::Free => "free".to_owned(),
        TableState::Waiting => {
            let waits = seating.waiting.map_or_else(Text::default, |waits| courses::waiting(ui, till, waits)).text;
            format!("{waits} · {}", till.settings.currency.show(total))
        }
        state => format!("{} · {}", state.words(), till.settings.currency.show(total)),
    };
    Row {
        key: String::new(),
        label: format!("{}{room}{who}", seating.table),
        value: Text::new(tone(seating.state), words),
        then: Then::Table(what, seating.table.clone()),
    }
}

/// How many people there are, behind what else is said: ` · 4 covers`.
pub(super) fn covers_words(covers: Option<u16>) -> String {
    match covers {
        Some(1) => " · 1 cover".to_owned(),
        Some(n) => format!(" · {n} covers"),
        None => String::new(),
    }
}

/// The orders at one table, and a place beside them.
pub(super) fn orders_there(ui: &Ui, till: &Till, table: &str) -> Vec<Row> {
    let there = till.orders_at(table);
    let order = |(at, order): (usize, &&Order)| Row {
        key: (at + 1).to_string(),
        label: format!("{} · {} · {} min", order.title(), till.name_of(order.server), minutes(ui.now, order.opened)),
        value: Text::from(till.settings.currency.show(totals::of(order, &till.settings).total)),
        then: Then::Do(Command::Recall { order: order.id }),
    };
    let beside = Row {
        key: "0".to_owned(),
        label: "Another party at this table".to_owned(),
        value: Text::default(),
        then: Then::Do(Command::OpenTable { table: table.to_owned(), beside: true }),
    };
    there.iter().enumerate().map(order).chain([beside]).collect()
}

/// The free tables that lines of the order on screen can go to; for letters, the one of that very name.
pub(super) fn free_rows(till: &Till, filter: &str, lines: &[Marked]) -> Vec<Row> {
    if till.current().is_none_or(|order| order.face.order_type != till.settings.new_face().order_type) {
        return Vec::new();
    }
    let wanted = fold(filter.trim());
    let named = |table: &str| wanted.is_empty() || fold(table) == wanted || wanted == format!("t{}", fold(table));
    let free = till.seatings().into_iter().filter(|seating| seating.state == TableState::Free && named(&seating.table));
    let row = |seating: Seating<'_>| Row {
        key: String::new(),
        label: format!("Table {}", seating.table),
        value: Text::new(Tone::Dim, "free"),
        then: Then::Do(Command::MoveLinesToTable { lines: lines.to_vec(), table: seating.table }),
    };
    free.map(row).collect()
}

/// Whole minutes since then.
pub(super) fn minutes(now: Stamp, since: Stamp) -> i64 {
    now.since_ms(since).max(0) / 60_000
}

/// The colour of a state; its letter says the same.
pub(super) fn tone(state: TableState) -> Tone {
    match state {
        TableState::Free => Tone::Dim,
        TableState::Open => Tone::Warn,
        TableState::Waiting => Tone::Strong,
        TableState::Sent => Tone::Good,
        TableState::Bill => Tone::Accent,
    }
}

/// Where the selection goes on the map among the tables that fit: up and down in the room as it is
/// drawn, left and right as it is read.
pub(super) fn step(till: &Till, rows: &[Row], at: usize, action: Action) -> usize {
    let name = |row: &Row| match &row.then {
        Then::Table(_, name) => Some(name.clone()),
        Then::Do(_)
        | Then::Reason(_)
        | Then::Ask(..)
        | Then::Secret(_)
        | Then::Choose(_)
        | Then::FindReceived(_)
        | Then::FindSale(..)
        | Then::Person(..) => None,
    };
    let grid = grid(till);
    let lines: Vec<&Vec<Option<String>>> = grid.iter().flat_map(|(_, rows)| rows).collect();
    let place = |row: &Row| {
        let name = name(row)?;
        lines.iter().enumerate().find_map(|(y, line)| {
            let x = line.iter().position(|spot| spot.as_ref() == Some(&name))?;
            Some((y, x))
        })
    };
    let last = rows.len().saturating_sub(1);
    let flat = |action| moved(at, last, action);
    let Some((y, x)) = rows.get(at).and_then(place) else { return flat(action) };
    let above = match action {
        Action::Up => true,
        Action::Down => false,
        Action::Left => return flat(Action::Up),
        Action::Right => return flat(Action::Down),
        other => return flat(other),
    };
    let far = |row: &Row| {
        let (to_y, to_x) = place(row)?;
        let rows = if above { y.checked_sub(to_y)? } else { to_y.checked_sub(y)? };
        (rows > 0).then_some((rows, to_x.abs_diff(x)))
    };
    let nearest = rows.iter().enumerate().filter_map(|(n, row)| Some((far(row)?, n))).min();
    nearest.map_or(at, |(_, n)| n)
}
