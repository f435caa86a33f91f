//! The map of the tables.

use crate::domain::floor::{Seating, TableState};
use crate::domain::till::Till;
use crate::ui::lists::Row;
use crate::ui::screen::{PlanRoom, PlanSpot, Text, Tone};
use crate::ui::state::{Then, Ui};
use crate::ui::tables;

/// What the letters on the map mean.
pub(super) const LEGEND: &str = "- free  O open  W waits (! late)  S sent  B bill printed · minutes";

/// The rooms, with the row at this place selected; tables that are not among the rows stand back.
pub(super) fn plan(ui: &Ui, till: &Till, rows: &[Row], at: Option<usize>) -> Vec<PlanRoom> {
    let seatings = till.seatings();
    let place = |name: &str| rows.iter().position(|row| matches!(&row.then, Then::Table(_, table) if table == name));
    let spot = |name: String| {
        let fits = place(&name);
        let seating = seatings.iter().find(|seating| seating.table == name);
        let mut state = seating.map(|seating| state(ui, till, seating)).unwrap_or_default();
        if fits.is_none() {
            state.tone = Tone::Dim;
        }
        PlanSpot { selected: fits.is_some() && fits == at, name, state }
    };
    let row = |row: Vec<Option<String>>| row.into_iter().map(|name| name.map(spot)).collect();
    let room =
        |(name, rows): (String, Vec<Vec<Option<String>>>)| PlanRoom { name, rows: rows.into_iter().map(row).collect() };
    tables::grid(till).into_iter().map(room).collect()
}

/// `S 45m`: the letter and the age; of two parties, how many there are.
fn state(ui: &Ui, till: &Till, seating: &Seating) -> Text {
    let letter = seating.state.letter();
    let minutes = seating.since.map_or(0, |since| tables::minutes(ui.now, since));
    let age = match (seating.state, minutes) {
        (TableState::Free, _) => String::new(),
        (_, 0..100) => format!(" {minutes}m"),
        (_, minutes) => format!(" {}h", (minutes / 60).min(99)),
    };
    let late_min = till.settings.kitchen.courses.late_min;
    let late = seating.waiting.is_some_and(|waits| tables::minutes(ui.now, waits.since) >= late_min);
    match (seating.state, late) {
        // As long as any other; also where a further round was not sent yet.
        (TableState::Waiting | TableState::Open, true) => {
            Text::new(Tone::Bad, format!("{letter}!{}", age.trim_start()))
        }
        (state, _) => Text::new(tables::tone(state), format!("{letter}{age}")),
    }
}
