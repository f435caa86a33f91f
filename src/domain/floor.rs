//! Rooms and their tables, and what stands at each: the floor as a waiter sees it.

use serde::{Deserialize, Serialize};

use crate::domain::course::{CourseRules, Waiting};
use crate::domain::order::{Face, Line, Order};
use crate::domain::settings::Settings;
use crate::domain::text::fold;
use crate::domain::till::Till;
use crate::domain::time::Stamp;

/// The longest name of a table, in characters: it must fit a cell of the map.
pub const MAX_TABLE_CHARS: usize = 6;

/// One table of a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// Its name, as people type it: `12`, `T4`.
    pub name: String,
    /// How many people it seats, where that is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seats: Option<u16>,
}

/// A room: its tables as they stand, row by row; `None` where there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// Its name.
    pub name: String,
    /// Its rows, from top to bottom.
    pub rows: Vec<Vec<Option<Spot>>>,
}

impl Room {
    /// Its tables, in the order in which they are read.
    pub fn spots(&self) -> impl Iterator<Item = &Spot> {
        self.rows.iter().flatten().flatten()
    }
}

/// How far a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TableState {
    /// Nobody sits there.
    Free,
    /// An order is open, and something of it was not sent.
    Open,
    /// The kitchen has what is to be made, and a course waits to be fired.
    Waiting,
    /// All that was ordered is with the kitchen.
    Sent,
    /// The bill was printed, and nothing was ordered since.
    Bill,
}

impl TableState {
    /// Its letter on the map.
    pub const fn letter(self) -> char {
        match self {
            Self::Free => '-',
            Self::Open => 'O',
            Self::Waiting => 'W',
            Self::Sent => 'S',
            Self::Bill => 'B',
        }
    }

    /// Its name in a list.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Open => "open",
            Self::Waiting => "course waits",
            Self::Sent => "sent",
            Self::Bill => "bill printed",
        }
    }
}

/// A table with the orders that stand there.
#[derive(Clone, Debug)]
pub struct Seating<'t> {
    /// The table's name.
    pub table: String,
    /// The room's name; empty for a table that is in no plan.
    pub room: &'t str,
    /// How many people it seats.
    pub seats: Option<u16>,
    /// Its orders, oldest first.
    pub orders: Vec<&'t Order>,
    /// How far it is: of several orders, the one that is least far.
    pub state: TableState,
    /// Since when somebody sits there.
    pub since: Option<Stamp>,
    /// The course that waits there longest.
    pub waiting: Option<Waiting>,
}

/// A table in few characters: `T7`; one that is called `T1` itself, on the terrace, is no table 1.
pub fn short(table: &str) -> String {
    if table.starts_with(|c: char| c.is_ascii_digit()) { format!("T{table}") } else { format!("Table {table}") }
}

impl Settings {
    /// The table of the plan with this name, however it is spelt.
    pub fn spot(&self, name: &str) -> Option<&Spot> {
        let wanted = fold(name.trim());
        self.rooms.iter().flat_map(Room::spots).find(|spot| fold(&spot.name) == wanted)
    }
}

impl Face {
    /// The tables it has for itself alone that it had not `before`: no other order may stand there.
    pub fn takes(&self, before: Option<&Face>) -> Vec<&str> {
        let shared = self.beside || before.is_some_and(|before| before.table == self.table);
        let own = self.table.as_deref().filter(|_| !shared);
        let joined = self.joined.iter().filter(|table| before.is_none_or(|before| !before.joined.contains(table)));
        own.into_iter().chain(joined.map(String::as_str)).collect()
    }
}

impl Order {
    /// Whether it stands at this table, alone or with others joined to it.
    pub fn is_at(&self, table: &str) -> bool {
        self.face.table.as_deref() == Some(table) || self.face.joined.iter().any(|joined| joined == table)
    }

    /// How far it is, as the floor shows it.
    pub fn table_state(&self, rules: &CourseRules) -> TableState {
        let live = || self.live_lines();
        let face = self.face_when_sent(self.changed);
        let unsent = |line: &Line| line.sent() < line.quantity && !line.stations.is_empty() && face.sends(line, rules);
        if self.billed {
            TableState::Bill
        } else if live().next().is_none() || live().any(unsent) {
            TableState::Open
        } else if self.waiting().is_some() {
            TableState::Waiting
        } else {
            TableState::Sent
        }
    }
}

impl Till {
    /// The open orders at a table, oldest first.
    pub fn orders_at(&self, table: &str) -> Vec<&Order> {
        let mut orders: Vec<&Order> = self.orders.values().filter(|o| o.is_at(table)).collect();
        orders.sort_by_key(|o| (o.opened, o.number, o.part.map(|part| part.number)));
        orders
    }

    /// Every table of the plan in its order, then those that orders stand at and no plan has.
    pub fn seatings(&self) -> Vec<Seating<'_>> {
        let planned = self.settings.rooms.iter().flat_map(|room| room.spots().map(|spot| (room.name.as_str(), spot)));
        let mut seatings: Vec<Seating> =
            planned.map(|(room, spot)| self.seating(&spot.name, room, spot.seats)).collect();
        let mut other: Vec<&str> = self.orders.values().filter_map(|o| o.face.table.as_deref()).collect();
        other.retain(|table| self.settings.spot(table).is_none());
        other.sort_unstable();
        other.dedup();
        seatings.extend(other.into_iter().map(|table| self.seating(table, "", None)));
        seatings
    }

    fn seating<'t>(&'t self, table: &str, room: &'t str, seats: Option<u16>) -> Seating<'t> {
        let orders = self.orders_at(table);
        let rules = &self.settings.kitchen.courses;
        let state = orders.iter().map(|o| o.table_state(rules)).min().unwrap_or(TableState::Free);
        let since = orders.first().map(|o| o.opened);
        let waiting = orders.iter().filter_map(|o| o.waiting()).min_by_key(|waiting| waiting.since);
        Seating { table: table.to_owned(), room, seats, orders, state, since, waiting }
    }
}
