//! What was made and given away, by reason and person.

use crate::domain::act::ActKind;
use crate::reports::acts::{reason, tally};
use crate::reports::table::Table;
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "comps", about: "What was given away, by reason and who gave it", of: &[Of::Acts], make };

fn make(question: &Question) -> Table {
    let comps = question.facts.acts.iter().filter(|act| act.kind == ActKind::Comp);
    tally(question, "Comps", ["Reason", "Given by"], comps, |act| [reason(act), question.name(act.staff)])
}
