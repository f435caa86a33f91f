//! Courses: putting a line into one, firing one, holding one back, and telling which waits.

use crate::domain::command::Command;
use crate::domain::course::{CourseRules, Firing, Waiting};
use crate::domain::floor;
use crate::domain::order::{Line, Order};
use crate::domain::till::Till;
use crate::ui::Request;
use crate::ui::screen::{Text, Tone};
use crate::ui::state::Ui;
use crate::ui::tables::minutes;

/// The number that was typed before a key, if it was one; it is taken.
fn typed(ui: &mut Ui) -> Option<u8> {
    let number = ui.kept.input.text().trim().parse().ok()?;
    ui.kept.input.clear();
    Some(number)
}

/// Puts a line into the course typed before, else into the next one; after the last comes none, and then the
/// first.
pub(super) fn put(ui: &mut Ui, till: &Till, line: &Line) -> Vec<Request> {
    let names = till.settings.kitchen.courses.names.len() as u8;
    let used = till.current().into_iter().flat_map(Order::live_lines).filter_map(|line| line.course).max();
    let last = names.max(used.unwrap_or(1)).min(CourseRules::MOST);
    let next = line.course.map_or(Some(1), |course| (course < last).then_some(course + 1));
    let course = typed(ui).or(next);
    vec![Request::Command(Command::SetCourse { line: line.id, course })]
}

/// Fires the next course, the one typed before, or all with `0`.
pub(super) fn fire(ui: &mut Ui) -> Vec<Request> {
    let which = match typed(ui) {
        None => Firing::Next,
        Some(0) => Firing::All,
        Some(course) => Firing::One(course),
    };
    vec![Request::Command(Command::Fire { which })]
}

/// Holds the course typed before back, else that of the line.
pub(super) fn hold(ui: &mut Ui, line: &Line) -> Vec<Request> {
    match typed(ui).or(line.course) {
        Some(course) => vec![Request::Command(Command::HoldCourse { course })],
        None => {
            ui.say(Tone::Warn, format!("{} is in no course: type its number first", line.name));
            Vec::new()
        }
    }
}

/// `Mains waiting 17 min`, in the tone of what is late where it is.
pub(super) fn waiting(ui: &Ui, till: &Till, waiting: Waiting) -> Text {
    let rules = &till.settings.kitchen.courses;
    let since = minutes(ui.now, waiting.since);
    let tone = if since >= rules.late_min { Tone::Bad } else { Tone::Warn };
    Text::new(tone, format!("{} waiting {since} min", rules.name(waiting.course)))
}

/// The course that has waited for too long, of those that this person serves; the one that waits longest.
pub(super) fn late(ui: &Ui, till: &Till) -> Option<Text> {
    let served = till.orders.values().filter(|order| Some(order.server) == till.signed_in);
    let waits = served.filter_map(|order| order.waiting().map(|waits| (waits, order)));
    let (waits, order) = waits.min_by_key(|(waits, _)| waits.since)?;
    let words = waiting(ui, till, waits);
    let place = order.face.table.as_ref().map_or_else(|| order.label(), |table| floor::short(table));
    (words.tone == Tone::Bad).then(|| Text::new(Tone::Bad, format!("{place} {}", words.text)))
}
