//! Refusals that a second person lifted.

use crate::domain::act::ActKind;
use crate::reports::acts::tally;
use crate::reports::table::Table;
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "overrides", about: "What a second person allowed, to whom, and who", of: &[Of::Acts], make };

fn make(question: &Question) -> Table {
    let overrides = question.facts.acts.iter().filter(|act| act.kind == ActKind::Override);
    let mut table = tally(question, "Overrides", ["Allowed to", "Asked by", "Allowed by"], overrides, |act| {
        [act.what.clone(), question.name(act.staff), question.name(act.other)]
    });
    table.drop_column("Amount");
    table.bars = Some(3);
    table
}
