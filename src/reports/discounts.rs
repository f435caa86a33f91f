//! Discounts that were given, by reason and person.

use crate::domain::act::ActKind;
use crate::reports::acts::{reason, tally};
use crate::reports::table::Table;
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "discounts", about: "Discounts by reason and who gave them", of: &[Of::Acts], make };

fn make(question: &Question) -> Table {
    let discounts = question.facts.acts.iter().filter(|act| act.kind == ActKind::Discount);
    tally(question, "Discounts", ["Reason", "Given by"], discounts, |act| [reason(act), question.name(act.staff)])
}
