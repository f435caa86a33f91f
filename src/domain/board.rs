//! A station's tickets as its screen shows them: what is still to be made, oldest first, and how much
//! of each dish that comes to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::ids::{LineId, OrderId};
use crate::domain::kitchen::{Dish, Entry, Head, Tells, Ticket};
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

/// One station's tickets of the day, done or not, in the order of their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    posted: Vec<Posted>,
}

impl Board {
    /// A board of tickets in the order of their numbers. Those behind the oldest one must all be there,
    /// done or not: a later ticket may say otherwise of a dish.
    pub fn new(posted: Vec<Posted>) -> Self {
        Self { posted }
    }

    /// Whether the ticket with this number is on it.
    pub fn has(&self, number: u32) -> bool {
        self.posted.binary_search_by_key(&number, |posted| posted.ticket.number).is_ok()
    }

    /// From now on these tickets stand on it, by their numbers, with when each was done (UTC milliseconds): those that
    /// came are given whole, the others are on it already. Both in the order of their numbers.
    pub fn follow(&mut self, standing: &[(u32, Option<i64>)], came: Vec<Posted>) {
        let all = std::mem::take(&mut self.posted).into_iter().chain(came);
        let mut all: BTreeMap<u32, Posted> = all.map(|posted| (posted.ticket.number, posted)).collect();
        let standing = standing.iter().filter_map(|(number, bumped_ms)| Some((all.remove(number)?, *bumped_ms)));
        self.posted = standing.map(|(posted, bumped_ms)| Posted { bumped_ms, ..posted }).collect();
    }

    /// The tickets that are not done, oldest first.
    pub fn open(&self) -> impl Iterator<Item = &Posted> {
        self.posted.iter().filter(|p| p.bumped_ms.is_none())
    }

    /// The number of the ticket that came last; 0 when there is none.
    pub fn newest(&self) -> u32 {
        self.posted.last().map_or(0, |posted| posted.ticket.number)
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

    /// How much of each dish the day comes to, by name: what holds of every line, whatever was told of it before. What
    /// there is most of to be made stands first, what is all done last.
    pub fn all_day(&self) -> Vec<DishCount> {
        let mut lines: BTreeMap<(OrderId, LineId), Told> = BTreeMap::new();
        for posted in &self.posted {
            for entry in &posted.ticket.entries {
                lines.entry((posted.order, entry.line)).or_default().follow(posted, entry);
            }
        }
        let mut dishes: BTreeMap<&str, DishCount> = BTreeMap::new();
        for told in lines.values() {
            let Some(now) = told.now else { continue };
            let (done, left) = told.split(now.quantity);
            let count = dishes.entry(&now.name).or_default();
            count.done = count.done + done;
            count.left = count.left + left;
            if told.waits {
                count.waits = count.waits + left;
            }
        }
        let named = |(name, count): (&str, DishCount)| DishCount { name: name.to_owned(), ..count };
        let mut counts: Vec<DishCount> = dishes.into_iter().map(named).collect();
        counts.sort_by(|a, b| b.left.cmp(&a.left).then(b.done.cmp(&a.done)).then_with(|| a.name.cmp(&b.name)));
        counts
    }
}

/// How much of a dish a station's tickets come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DishCount {
    /// The dish.
    pub name: String,
    /// How much is still to be made, now or when its course is fired.
    pub left: Quantity,
    /// How much of that waits for its course.
    pub waits: Quantity,
    /// How much is done.
    pub done: Quantity,
}

/// What the tickets have said of a line so far.
#[derive(Default)]
struct Told<'b> {
    now: Option<&'b Dish>,
    /// How much of it was done when it came onto the oldest ticket that is open; none when none is.
    before: Option<Quantity>,
    /// Whether its course waits: then none of it is made, whatever was bumped beside it.
    waits: bool,
}

impl<'b> Told<'b> {
    fn follow(&mut self, posted: &'b Posted, entry: &'b Entry) {
        let before = entry.was.as_ref().map_or(Quantity::ZERO, |was| was.quantity);
        match (posted.bumped_ms, entry.tells()) {
            // From now on it is made, on this ticket: the one that said to wait says no more of it.
            (Some(_), Tells::Fired) => self.before = None,
            (None, Tells::Fired) => self.before = Some(Quantity::ZERO),
            (Some(_), Tells::New | Tells::Void | Tells::Moved | Tells::Changed) => {}
            (None, Tells::New | Tells::Void | Tells::Moved | Tells::Changed) => {
                self.before = self.before.or(Some(before));
            }
        }
        self.now = entry.now.as_ref();
        self.waits = posted.head.course(entry.course()).is_some_and(|course| course.waits);
    }

    /// What of all of it is done, and what is left.
    fn split(&self, all: Quantity) -> (Quantity, Quantity) {
        let done = match (self.waits, self.before) {
            (true, _) => Quantity::ZERO,
            (false, Some(before)) => before.min(all),
            (false, None) => all,
        };
        (done, all - done)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::kitchen::CourseOnTicket;
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
    type One = (u32, u32, Option<i64>, Option<i64>, bool);

    fn posted((number, line, was, now, done): &One) -> Posted {
        Posted {
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
        }
    }

    /// What comes of steaks: how many are left to be made, and how many are done.
    fn check(tickets: &[One], expected: Option<(i64, i64)>) {
        comes_to(tickets.iter().map(posted).collect(), expected.map(|(left, done)| (left, 0, done)));
    }

    #[track_caller]
    fn comes_to(posted: Vec<Posted>, expected: Option<(i64, i64, i64)>) {
        let count = |(left, waits, done): (i64, i64, i64)| {
            let [left, waits, done] = [left, waits, done].map(Quantity::pieces);
            DishCount { name: "Steak".into(), left, waits, done }
        };
        let words = format!("{posted:?}");
        assert_eq!(Board::new(posted).all_day(), expected.map(count).into_iter().collect::<Vec<_>>(), "{words}");
    }

    #[test]
    fn what_is_to_be_made_follows_voids_changes_and_bumps() {
        check(&[], None);
        check(&[(1, 1, None, Some(2), false), (2, 2, None, Some(1), false)], Some((3, 0)));
        check(&[(1, 1, None, Some(2), true), (2, 2, None, Some(1), false)], Some((1, 2)));
        // Voided while it waits: whichever of the two is done first.
        check(&[(1, 1, None, Some(2), false), (2, 1, Some(2), None, false)], None);
        check(&[(1, 1, None, Some(2), false), (2, 1, Some(2), None, true)], None);
        check(&[(1, 1, None, Some(2), true), (2, 1, Some(2), None, false)], None);
        // One more after two were made.
        check(&[(1, 1, None, Some(2), true), (2, 1, Some(2), Some(3), false)], Some((1, 2)));
        check(&[(1, 1, None, Some(2), false), (2, 1, Some(2), Some(3), false)], Some((3, 0)));
        check(&[(1, 1, None, Some(2), false), (2, 1, Some(2), Some(1), true)], Some((1, 0)));
        check(&[(1, 1, None, Some(2), true)], Some((0, 2)));
    }

    #[test]
    fn a_board_that_follows_is_the_board_that_was_read_anew() {
        let at = |number, done| posted(&(number, number, None, Some(1), done));
        let mut board = Board::new(vec![at(1, true), at(2, false), at(4, false)]);
        // The first is of another day by now, the second is done, and two came: one of a till that was slower.
        board.follow(&[(2, Some(1)), (3, None), (4, None), (5, None)], vec![at(3, false), at(5, false)]);
        assert_eq!(board, Board::new(vec![at(2, true), at(3, false), at(4, false), at(5, false)]));
        assert_eq!([1, 2, 3].map(|number| board.has(number)), [false, true, true]);
        board.follow(&[(2, None), (3, None), (4, None), (5, None)], Vec::new());
        assert_eq!(board.open().count(), 4, "the second was taken back");
    }

    #[test]
    fn what_waits_for_its_course_is_not_done_before_it_was_fired() {
        let ticket = |number, was, done, waits| {
            let mut posted = posted(&(number, 1, was, Some(2), done));
            let entry = &mut posted.ticket.entries[0];
            for dish in [&mut entry.was, &mut entry.now].into_iter().flatten() {
                dish.course = Some(2);
            }
            posted.head.courses = vec![CourseOnTicket { number: 2, name: "Mains".into(), waits }];
            posted
        };
        for bumped in [false, true] {
            let first = || ticket(1, None, bumped, true);
            comes_to(vec![first()], Some((2, 2, 0)));
            comes_to(vec![first(), ticket(2, Some(2), false, false)], Some((2, 0, 0)));
            comes_to(vec![first(), ticket(2, Some(2), true, false)], Some((0, 0, 2)));
        }
    }
}
