//! How each register's drawer stands now.

use crate::domain::money::Money;
use crate::domain::shift::DrawerState;
use crate::reports::table::{Cell, Column, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "drawers", about: "Drawers now: active, open, closed; whose they are", of: &[Of::Drawers], make };

fn make(question: &Question) -> Table {
    let mut table = Table::new(question, "Drawers");
    table.title = format!("Drawers, {}", question.now.show());
    let columns = ["Register", "Drawer", "At the till", "Shift", "Note", "Locked to", "Cash", "Opened", "By"];
    let kind = |name| if name == "Cash" { Kind::Money } else { Kind::Text };
    table.columns = columns.map(|name| Column { name, kind: kind(name) }).to_vec();
    let settings = question.settings;
    let one_person = settings.count.one_person;
    for (register, shift, signed_in) in &question.facts.drawers {
        let state = DrawerState::of(shift.as_ref(), *signed_in);
        let shift = shift.as_ref();
        let locked = shift.and_then(|s| s.locked_to.or(one_person.then_some(s.by)));
        let left_open = shift.is_some_and(|s| s.left_open(question.now, settings.cut_off));
        let name = |staff: Option<_>| staff.map_or_else(String::new, |id| question.name(Some(id)));
        let cash = shift.zip(settings.cash()).map_or(Money::ZERO, |(s, cash)| s.expected(&cash.code, true));
        table.rows.push(vec![
            Cell::Text(register.to_string()),
            Cell::Text(state.word().to_owned()),
            Cell::Text(name(*signed_in)),
            Cell::Text(shift.map_or_else(String::new, |s| s.number.to_string())),
            Cell::Text(if left_open { "LEFT OPEN".to_owned() } else { String::new() }),
            Cell::Text(name(locked)),
            Cell::Money(cash),
            Cell::Text(shift.map_or_else(String::new, |s| s.opened.show())),
            Cell::Text(name(shift.map(|s| s.by))),
        ]);
    }
    // What should be there is not told where it is counted blind.
    if settings.count.blind {
        table.drop_column("Cash");
    }
    table
}
