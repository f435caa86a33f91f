//! A station's tickets as its screen shows them: what is still to be made, oldest first, and how much
//! of each dish that comes to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::ids::{LineId, OrderId};
use crate::domain::kitchen::{Dish, Entry, Head, Ticket};
use crate::domain::quantity::Quantity;
use crate::domain::time::Stamp;

/// A ticket at its station.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The order it belongs to.
    pub order: OrderId,
    /// What stands above its lines.
    pub head: Head,
    /// What it says.
    pub ticket: Ticket,
    /// When it was sent.
    pub sent: Stamp,
    /// When it was done, in UTC milliseconds; none while it is open.
    pub bumped_ms: Option<i64>,
}

/// How long a station took for its tickets of some days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// The station's code.
    pub station: String,
    /// How many tickets it was given.
    pub tickets: i64,
    /// How many of them are done.
    pub done: i64,
    /// From sent to done, of all that are done, in milliseconds. A clock that went back took no time.
    pub all_ms: i64,
    /// The longest, in milliseconds.
    pub longest_ms: i64,
    /// How many took so long that the house calls them late.
    pub late: i64,
}

/// One station's tickets from its oldest open one on, in the order of their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    posted: Vec<Posted>,
}

impl Board {
    /// A board of tickets in the order of their numbers. Those behind the oldest open one must all be
    /// there, done or not: a later ticket may say otherwise of a dish.
    pub fn new(posted: Vec<Posted>) -> Self {
        Self { posted }
    }

    /// The tickets that are not done, oldest first.
    pub fn open(&self) -> impl Iterator<Item = &Posted> {
        self.posted.iter().filter(|p| p.bumped_ms.is_none())
    }

    /// The open ticket with this number.
    pub fn open_ticket(&self, number: u32) -> Option<&Posted> {
        self.open().find(|p| p.ticket.number == number)
    }

    /// What a later ticket says of an entry's line: its label, and what holds since; nothing when none
    /// does.
    pub fn later(&self, posted: &Posted, entry: &Entry) -> Option<(&str, Option<&Dish>)> {
        let later = self.posted.iter().filter(|p| p.order == posted.order && p.ticket.number > posted.ticket.number);
        let mut entries = later.flat_map(|p| p.ticket.entries.iter().map(move |e| (p.ticket.label.as_str(), e)));
        entries.rfind(|(_, e)| e.line == entry.line).map(|(label, e)| (label, e.now.as_ref()))
    }

    /// How much of each dish is still to be made, by name: what holds of every line on an open ticket,
    /// without what was on it before and is done.
    pub fn all_day(&self) -> Vec<(String, Quantity)> {
        let mut lines: BTreeMap<(OrderId, LineId), (&Posted, &Entry)> = BTreeMap::new();
        for posted in self.open() {
            for entry in &posted.ticket.entries {
                lines.entry((posted.order, entry.line)).or_insert((posted, entry));
            }
        }
        let mut dishes: BTreeMap<&str, Quantity> = BTreeMap::new();
        for (posted, entry) in lines.into_values() {
            let now = match self.later(posted, entry) {
                Some((_, now)) => now,
                None => entry.now.as_ref(),
            };
            let Some(now) = now else { continue };
            let done = entry.was.as_ref().map_or(Quantity::ZERO, |was| was.quantity);
            let left = now.quantity - done;
            if left > Quantity::ZERO {
                let sum = dishes.entry(&now.name).or_default();
                *sum = *sum + left;
            }
        }
        let mut counts: Vec<(String, Quantity)> = dishes.into_iter().map(|(n, q)| (n.to_owned(), q)).collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        counts
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::order::Unit;

    fn dish(name: &str, pieces: i64) -> Dish {
        Dish {
            quantity: Quantity::pieces(pieces),
            unit: Unit::Each,
            name: name.into(),
            choices: vec![],
            note: None,
            seat: None,
            course: None,
            place: Default::default(),
        }
    }

    /// A ticket of one line: its number, the line, what was told before, what holds now, whether it is
    /// done.
    type Told = (u32, u32, Option<i64>, Option<i64>, bool);

    fn check(tickets: &[Told], expected: &[(&str, i64)]) {
        let posted = |(number, line, was, now, done): &Told| Posted {
            order: OrderId(Uuid::nil()),
            head: Head::default(),
            ticket: Ticket {
                station: "grill".into(),
                name: "Grill".into(),
                number: *number,
                label: format!("GRI-{number:04}"),
                also: vec![],
                entries: vec![Entry {
                    line: LineId(*line),
                    was: was.map(|n| dish("Steak", n)),
                    now: now.map(|n| dish("Steak", n)),
                    made_at: vec![],
                }],
            },
            sent: Stamp::new(0, 0),
            bumped_ms: done.then_some(1),
        };
        let board = Board::new(tickets.iter().map(posted).collect());
        let expected: Vec<(String, Quantity)> =
            expected.iter().map(|(n, q)| ((*n).to_owned(), Quantity::pieces(*q))).collect();
        assert_eq!(board.all_day(), expected, "{tickets:?}");
    }

    #[test]
    fn what_is_to_be_made_follows_voids_changes_and_bumps() {
        check(&[], &[]);
        check(&[(1, 1, None, Some(2), false), (2, 2, None, Some(1), false)], &[("Steak", 3)]);
        // Voided while it waits: whichever of the two is done first.
        check(&[(1, 1, None, Some(2), false), (2, 1, Some(2), None, false)], &[]);
        check(&[(1, 1, None, Some(2), false), (2, 1, Some(2), None, true)], &[]);
        check(&[(1, 1, None, Some(2), true), (2, 1, Some(2), None, false)], &[]);
        // One more after two were made.
        check(&[(1, 1, None, Some(2), true), (2, 1, Some(2), Some(3), false)], &[("Steak", 1)]);
        check(&[(1, 1, None, Some(2), false), (2, 1, Some(2), Some(3), false)], &[("Steak", 3)]);
        check(&[(1, 1, None, Some(2), false), (2, 1, Some(2), Some(1), true)], &[("Steak", 1)]);
        check(&[(1, 1, None, Some(2), true)], &[]);
    }
}
