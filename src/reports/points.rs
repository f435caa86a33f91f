//! Points and stamps that customers have now.

use crate::reports::table::{Cell, Column, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report = Report {
    name: "points",
    about: "Points and stamps that customers have now, whatever the dates",
    of: &[Of::Points],
    make,
};

fn make(question: &Question) -> Table {
    let mut table = Table::new(question, "Points");
    table.title = format!("Points, {}", question.now.show());
    table.columns = vec![
        Column { name: "Customer", kind: Kind::Text },
        Column { name: "Scheme", kind: Kind::Text },
        Column { name: "Points", kind: Kind::Count },
        Column { name: "Rewards", kind: Kind::Count },
    ];
    let schemes = &question.settings.offers.schemes;
    for (customer, code, points) in &question.facts.points {
        let scheme = schemes.iter().find(|scheme| scheme.code == *code);
        let rewards = scheme.map_or(0, |scheme| points.div_euclid(i64::from(scheme.at.max(1))).max(0));
        table.rows.push(vec![
            Cell::Text(customer.clone()),
            Cell::Text(scheme.map_or_else(|| code.clone(), |scheme| scheme.name.clone())),
            Cell::Count(*points),
            Cell::Count(rewards),
        ]);
    }
    table.bars = Some(2);
    table
}
