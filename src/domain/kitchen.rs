//! What the kitchen is told. A station knows what its tickets said and nothing else, so a ticket says
//! of each line what was told before and what holds now: the sum of a station's tickets is what it is
//! making.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::catalogue::Amount;
use crate::domain::components;
use crate::domain::ids::LineId;
use crate::domain::order::{Line, Modifier, Order, Unit};
use crate::domain::quantity::Quantity;
use crate::domain::settings::{Settings, Station};
use crate::domain::time::Stamp;

/// An option as the kitchen reads it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Choice {
    /// How much of it.
    #[serde(default, skip_serializing_if = "is_normal")]
    pub amount: Amount,
    /// Its kitchen name.
    pub name: String,
    /// How many options it stands within.
    #[serde(default, skip_serializing_if = "is_outermost")]
    pub depth: u16,
}

fn is_outermost(depth: &u16) -> bool {
    *depth == 0
}

fn is_normal(amount: &Amount) -> bool {
    *amount == Amount::Normal
}

impl Choice {
    /// `NO Onions`, `Medium`; indented by what it stands within.
    pub fn words(&self) -> String {
        let indent = "  ".repeat(self.depth.into());
        match self.amount.word() {
            "" => format!("{indent}{}", self.name),
            word => format!("{indent}{word} {}", self.name),
        }
    }
}

impl From<&Modifier> for Choice {
    fn from(modifier: &Modifier) -> Self {
        Self { amount: modifier.amount, name: modifier.kitchen_label(), depth: modifier.depth }
    }
}

/// Where a dish goes: whoever cooks it calls it by this.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The order's short number.
    pub order: u32,
    /// The table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The name of the order type: `Take away`.
    pub order_type: String,
    /// What nobody there may eat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allergies: Option<String>,
    /// The number as the screen shows it, where that is not the number alone, or it is called out: `T42`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub called: Option<String>,
}

/// What is to be made of one line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dish {
    /// How much.
    pub quantity: Quantity,
    /// Of what.
    #[serde(default, skip_serializing_if = "is_each")]
    pub unit: Unit,
    /// Its kitchen name.
    pub name: String,
    /// What was chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// The note to the kitchen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// For which seat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seat: Option<u8>,
    /// In which course.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<u8>,
    /// Where it goes.
    pub place: Place,
}

fn is_each(unit: &Unit) -> bool {
    *unit == Unit::Each
}

impl Dish {
    /// What a line asks for now; nothing once it is voided.
    pub fn of(line: &Line, place: &Place) -> Option<Self> {
        line.is_live().then(|| Self {
            quantity: line.quantity,
            unit: line.unit,
            name: line.kitchen_name.as_ref().unwrap_or(&line.name).clone(),
            choices: components::made_with(line).map(Choice::from).collect(),
            note: line.kitchen_note.clone(),
            seat: line.seat,
            course: line.course,
            place: place.clone(),
        })
    }
}

/// One line of a ticket: what the station was told before, and what holds now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The order's line.
    pub line: LineId,
    /// What the station was told before; nothing when the line is new to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Dish>,
    /// What holds now; nothing when it is not to be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Dish>,
    /// On the ticket of the pass: the names of the stations that make it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub made_at: Vec<String>,
}

impl Dish {
    /// The same dish where another one goes: at its table, in its course.
    fn elsewhere(&self, to: &Self) -> Self {
        Self { place: to.place.clone(), course: to.course, ..self.clone() }
    }
}

/// What happened to a line, for whoever reads the ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tells {
    /// It is new.
    New,
    /// It is not to be made.
    Void,
    /// It goes elsewhere, or in another course, and is otherwise the same.
    Moved,
    /// It is otherwise than it was.
    Changed,
    /// It was told before, and is to be made now.
    Fired,
}

impl Entry {
    /// The course of what it says.
    pub fn course(&self) -> Option<u8> {
        self.now.as_ref().or(self.was.as_ref()).and_then(|dish| dish.course)
    }

    /// What it says.
    pub fn tells(&self) -> Tells {
        match (&self.was, &self.now) {
            (None, _) => Tells::New,
            (Some(_), None) => Tells::Void,
            (Some(was), Some(now)) if was == now => Tells::Fired,
            (Some(was), Some(now)) if was.elsewhere(now) == *now => Tells::Moved,
            (Some(_), Some(_)) => Tells::Changed,
        }
    }
}

/// What one station is told by one act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The station's code.
    pub station: String,
    /// The station's name.
    pub name: String,
    /// Its number: gap-free at its station, over all registers.
    pub number: u32,
    /// The number as it is printed: `KIT-0042`.
    pub label: String,
    /// The names of the other stations that got a ticket by the same act.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// Its lines, by course, and in the order of ringing; none where only the order has news.
    pub entries: Vec<Entry>,
}

/// What stands above a ticket's lines besides where it goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Where it goes.
    pub place: Place,
    /// The name the order is held under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covers: Option<u16>,
    /// The name of whose order it is.
    pub server: String,
    /// When it is fetched, or to be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Stamp>,
    /// The courses of what is told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub courses: Vec<CourseOnTicket>,
    /// What is otherwise with the order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub news: Vec<News>,
}

/// What is otherwise with an order that stations make something of, and with no dish of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum News {
    /// Somebody else serves it: their names.
    Server {
        /// Who did.
        was: String,
        /// Who does now.
        now: String,
    },
    /// Tables were joined to its own, or let go: all that it has.
    Tables {
        /// Those before.
        was: Vec<String>,
        /// Those now.
        now: Vec<String>,
    },
}

impl News {
    /// What it is about, what held before, and what holds now: `SERVED BY`, `Ada`, `Ben`.
    pub fn words(&self) -> (&'static str, String, String) {
        match self {
            Self::Server { was, now } => ("SERVED BY", was.clone(), now.clone()),
            Self::Tables { was, now } => ("TABLES", was.join(" + "), now.join(" + ")),
        }
    }
}

/// A course as a ticket has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseOnTicket {
    /// Its number.
    pub number: u8,
    /// Its name.
    pub name: String,
    /// Whether it is not to be made before it is fired.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub waits: bool,
}

impl Head {
    /// The course with this number.
    pub fn course(&self, number: Option<u8>) -> Option<&CourseOnTicket> {
        self.courses.iter().find(|course| Some(course.number) == number)
    }
}

impl CourseOnTicket {
    /// What stands above its dishes: `Starters`, `Mains · WAIT`.
    pub fn words(&self) -> String {
        let waits = if self.waits { " · WAIT" } else { "" };
        format!("{}{waits}", self.name)
    }
}

/// What a ticket says of a dish that goes elsewhere: from where, and to where.
pub fn moved(head: &Head, was: &Dish, now: &Dish) -> (String, String) {
    let (from, to) = (whereto(&was.place), whereto(&now.place));
    let course = |number| head.course(number).map_or_else(|| "no course".to_owned(), |course| course.name.clone());
    if was.place.order_type != now.place.order_type {
        (was.place.order_type.clone(), now.place.order_type.clone())
    } else if from != to || was.course == now.course {
        (from, to)
    } else {
        (course(was.course), course(now.course))
    }
}

/// What a cook calls a party by: `Table 12`, else `Order 42`.
pub fn whereto(place: &Place) -> String {
    match (&place.table, &place.called) {
        (Some(table), _) => format!("Table {table}"),
        (None, Some(called)) => called.clone(),
        (None, None) => format!("Order {}", place.order),
    }
}

/// The number of a ticket as it is printed.
pub fn label(prefix: &str, number: u32) -> String {
    format!("{prefix}-{number:04}")
}

/// Where an order's dishes go now.
pub fn place(order: &Order, settings: &Settings) -> Place {
    let order_type = settings.order_type(&order.face.order_type);
    Place {
        order: order.number,
        table: order.face.table.clone(),
        allergies: order.face.allergies.clone(),
        order_type: order_type.map_or(&order.face.order_type, |t| &t.name).clone(),
        called: order_type.filter(|t| t.calls || !t.prefix.is_empty()).map(|t| t.number(order.number)),
    }
}

/// Whether the stations of a line have something to be told of it by the next send.
pub fn is_unsent(line: &Line, place: &Place) -> bool {
    !line.stations.is_empty() && line.told.as_deref() != Dish::of(line, place).as_ref()
}

/// How many lines of an order the next send would tell of.
pub fn unsent(order: &Order, settings: &Settings) -> usize {
    let place = place(order, settings);
    let face = order.face_when_sent(order.changed);
    let sends = |line: &&Line| face.sends(line, &settings.kitchen.courses) || line.told.is_some();
    order.lines.iter().filter(sends).filter(|line| is_unsent(line, &place)).count()
}

/// What is told of one line, to whom.
#[derive(Clone, Debug)]
pub struct Told {
    /// The stations that make it.
    pub stations: Vec<String>,
    /// What they are told.
    pub entry: Entry,
}

/// What is to be told of a line. More of it, or a new one, can wait for the send (`all`); whatever
/// else changes about what somebody is making is told at once.
pub fn told(line: &Line, place: &Place, all: bool) -> Option<Told> {
    if !is_unsent(line, place) {
        return None;
    }
    let (was, mut now) = (line.told.as_deref().cloned(), Dish::of(line, place));
    if !all {
        // More of it waits, also where something else about it is told.
        let had = was.as_ref()?.quantity;
        now.iter_mut().for_each(|now| now.quantity = now.quantity.min(had));
    }
    if was == now {
        return None;
    }
    let entry = Entry { line: line.id, was, now, made_at: Vec::new() };
    Some(Told { stations: line.stations.clone(), entry })
}

/// The tickets that tell all this, in the order of the settings' stations; those of `news` are told though
/// there is nothing of a dish. `numbers` are the last ones given out, and are drawn from. A station that the
/// settings no longer know keeps its code as its name.
pub fn tickets(
    told: &[Told],
    news: &BTreeSet<String>,
    settings: &Settings,
    numbers: &mut BTreeMap<String, u32>,
) -> Vec<Ticket> {
    let makes_some = |code: &str| told.iter().any(|t| t.has(code));
    let known = settings.stations.iter().map(|s| s.code.as_str());
    let mut stations: Vec<&str> = known.filter(|code| makes_some(code) || news.contains(*code)).collect();
    for code in told.iter().flat_map(|t| &t.stations).chain(news) {
        if !stations.contains(&code.as_str()) {
            stations.push(code);
        }
    }
    let makes = |code: &&str| settings.station(code).is_none_or(|s| !s.expo);
    let name = |code: &str| settings.station(code).map_or_else(|| code.to_owned(), |s| s.name.clone());
    let ticket = |code: &&str| {
        let station = settings.station(code);
        let number = numbers.entry((*code).to_owned()).or_insert(0);
        *number += 1;
        let entry = |told: &Told| {
            let made = told.stations.iter().map(String::as_str).filter(makes).map(name);
            let made_at = if makes(code) { Vec::new() } else { made.collect() };
            Entry { made_at, ..told.entry.clone() }
        };
        Ticket {
            station: (*code).to_owned(),
            name: name(code),
            number: *number,
            label: label(&station.map_or_else(|| Station::prefix_of(code), |s| s.prefix.clone()), *number),
            also: stations
                .iter()
                .filter(|other| *other != code)
                .filter(|other| makes(other) && makes_some(other))
                .map(|c| name(c))
                .collect(),
            entries: told.iter().filter(|t| t.has(code)).map(entry).collect(),
        }
    };
    stations.iter().map(ticket).collect()
}

impl Told {
    fn has(&self, station: &str) -> bool {
        self.stations.iter().any(|s| s == station)
    }
}
