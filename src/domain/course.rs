//! Courses: what of an order the kitchen is to make now, and what waits until somebody fires it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::kitchen::CourseOnTicket;
use crate::domain::order::{Face, Line, Order};
use crate::domain::time::Stamp;

/// How far a course is, once anything was said of it. One of which nothing was said waits its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CourseState {
    /// It is held back on purpose: a send tells nothing of it.
    Held,
    /// It was fired then: it is to be made.
    Fired(Stamp),
}

/// A course of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// Its number, from 1.
    pub number: u8,
    /// How far it is.
    pub state: CourseState,
}

/// When a station is told of a course that comes later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CourseTickets {
    /// With the first one, marked as waiting; when it is fired, a ticket says so.
    #[default]
    Together,
    /// Only when it is fired.
    OnFire,
}

/// The house's courses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourseRules {
    /// Their names, in the order of their numbers from 1.
    pub names: Vec<String>,
    /// When stations are told of a later one.
    pub tickets: CourseTickets,
    /// After how many minutes it is told that a course waits.
    pub late_min: i64,
}

impl Default for CourseRules {
    fn default() -> Self {
        Self { names: Vec::new(), tickets: CourseTickets::default(), late_min: 20 }
    }
}

impl CourseRules {
    /// The most courses.
    pub const MOST: u8 = 9;

    /// The name of a course; `Course 4` for one that has none.
    pub fn name(&self, number: u8) -> String {
        let named = usize::from(number).checked_sub(1).and_then(|at| self.names.get(at));
        named.cloned().unwrap_or_else(|| format!("Course {number}"))
    }
}

/// Which courses are fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Firing {
    /// The next one that was not.
    Next,
    /// This one.
    One(u8),
    /// All that were not.
    All,
}

/// A course that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its number.
    pub course: u8,
    /// Since when: the course before it was fired, or it was ordered.
    pub since: Stamp,
}

impl Face {
    /// What was said of a course.
    pub fn course(&self, number: u8) -> Option<CourseState> {
        self.courses.iter().find(|course| course.number == number).map(|course| course.state)
    }

    /// Whether a course was fired.
    pub fn is_fired(&self, number: u8) -> bool {
        matches!(self.course(number), Some(CourseState::Fired(_)))
    }

    /// The courses that were fired.
    pub fn fired(&self) -> BTreeSet<u8> {
        self.courses.iter().map(|course| course.number).filter(|number| self.is_fired(*number)).collect()
    }

    /// The face with something else said of a course; nothing where it is to wait its turn.
    pub fn with_course(mut self, number: u8, state: Option<CourseState>) -> Self {
        self.courses.retain(|course| course.number != number);
        self.courses.extend(state.map(|state| Course { number, state }));
        self.courses.sort_by_key(|course| course.number);
        self
    }

    /// Whether the next send tells of a line, as far as its course goes.
    pub fn sends(&self, line: &Line, rules: &CourseRules) -> bool {
        let Some(course) = line.course else { return true };
        match (self.course(course), rules.tickets) {
            (Some(CourseState::Fired(_)), _) | (None, CourseTickets::Together) => true,
            (Some(CourseState::Held), _) | (None, CourseTickets::OnFire) => false,
        }
    }
}

impl Order {
    /// The courses of its lines that were not fired.
    pub fn unfired(&self) -> BTreeSet<u8> {
        let courses = self.live_lines().filter_map(|line| line.course);
        courses.filter(|course| !self.face.is_fired(*course)).collect()
    }

    /// What a send fires by itself: the first course, unless it is held back, and what was forgotten before
    /// it.
    pub fn fires_when_sent(&self) -> BTreeSet<u8> {
        let mut courses = self.unfired();
        let first = self.face.fired().first().copied().or_else(|| courses.first().copied());
        courses.retain(|course| first.is_some_and(|first| *course <= first) && self.face.course(*course).is_none());
        courses
    }

    /// The face that a send leaves.
    pub fn face_when_sent(&self, now: Stamp) -> Face {
        let fired = self.fires_when_sent().into_iter();
        fired.fold(self.face.clone(), |face, course| face.with_course(course, Some(CourseState::Fired(now))))
    }

    /// The course that waits to be fired next, once the kitchen has begun with the order or something of
    /// it is held back.
    pub fn waiting(&self) -> Option<Waiting> {
        let begun = !self.face.courses.is_empty() || self.live_lines().any(|line| line.told.is_some());
        let course = self.unfired().first().copied().filter(|_| begun)?;
        let fired = self.face.courses.iter().filter_map(|course| match course.state {
            CourseState::Fired(at) => Some(at),
            CourseState::Held => None,
        });
        let ordered = self.live_lines().filter(|line| line.course == Some(course)).map(|line| line.at).min();
        let since = fired.chain(ordered).max().unwrap_or(self.opened);
        Some(Waiting { course, since })
    }
}

/// A course as a ticket has it.
pub fn on_ticket(number: u8, face: &Face, rules: &CourseRules, settled: bool) -> CourseOnTicket {
    CourseOnTicket { number, name: rules.name(number), waits: !settled && !face.is_fired(number) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(courses: &[(u8, Option<i64>)]) -> Face {
        let state = |fired: Option<i64>| fired.map_or(CourseState::Held, |ms| CourseState::Fired(Stamp::new(ms, 0)));
        let courses = courses.iter();
        courses.fold(Face::default(), |face, (number, fired)| face.with_course(*number, Some(state(*fired))))
    }

    #[test]
    fn a_course_has_its_name_or_its_number() {
        let rules = CourseRules { names: vec!["Starters".into()], ..CourseRules::default() };
        assert_eq!([1, 2, 0].map(|number| rules.name(number)), ["Starters", "Course 2", "Course 0"]);
    }

    #[test]
    fn what_was_said_last_of_a_course_holds() {
        let face = face(&[(2, Some(5)), (1, None), (2, None)]);
        assert_eq!(face.courses.iter().map(|c| c.number).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(face.course(2), Some(CourseState::Held));
        assert_eq!(face.with_course(2, None).course(2), None);
    }

    #[test]
    fn a_face_is_read_again_as_it_was_written() {
        let face = face(&[(1, Some(5)), (2, None)]);
        let text = serde_json::to_string(&face).unwrap();
        assert_eq!(serde_json::from_str::<Face>(&text).unwrap(), face, "{text}");
    }
}
