//! What was taken off orders: voids before and after sending, waste, quantities made less, orders thrown
//! away, payments taken back.

use crate::domain::act::ActKind;
use crate::reports::acts::{reason, tally};
use crate::reports::table::Table;
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "voids", about: "Voids and what else was taken off, by reason and person", of: &[Of::Acts], make };

const TAKEN_OFF: [ActKind; 6] =
    [ActKind::Void, ActKind::VoidSent, ActKind::Wasted, ActKind::Reduced, ActKind::Abandoned, ActKind::TakenBack];

fn make(question: &Question) -> Table {
    let voids = question.facts.acts.iter().filter(|act| TAKEN_OFF.contains(&act.kind));
    tally(question, "Voids", ["What", "Reason", "By"], voids, |act| {
        [act.kind.label().to_owned(), reason(act), question.name(act.staff)]
    })
}
