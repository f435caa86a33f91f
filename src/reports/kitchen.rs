//! Speed of service in the kitchen: how long each station took, from a ticket's sending to its being done.

use crate::domain::board::Served;
use crate::reports::sums::average_min;
use crate::reports::table::{Cell, Column, Kind, Table};
use crate::reports::{Of, Question, Report};

pub(super) const REPORT: Report =
    Report { name: "kitchen", about: "Speed of service: from sent to done, by station", of: &[Of::Served], make };

fn make(question: &Question) -> Table {
    let mut table = Table::new(question, "Speed of service in the kitchen");
    table.columns = vec![
        Column { name: "Station", kind: Kind::Text },
        Column { name: "Tickets", kind: Kind::Count },
        Column { name: "Done", kind: Kind::Count },
        Column { name: "Average", kind: Kind::Minutes },
        Column { name: "Longest", kind: Kind::Minutes },
        Column { name: "Late", kind: Kind::Count },
    ];
    let line = |name: &str, served: &Served| {
        vec![
            Cell::Text(name.to_owned()),
            Cell::Count(served.tickets),
            Cell::Count(served.done),
            Cell::Minutes(average_min(served.all_ms, served.done)),
            Cell::Minutes(average_min(served.longest_ms, 1)),
            Cell::Count(served.late),
        ]
    };
    let mut all = Served::default();
    for served in &question.facts.served {
        let station = question.settings.station(&served.station);
        table.rows.push(line(station.map_or(&served.station, |s| &s.name), served));
        all.tickets += served.tickets;
        all.done += served.done;
        all.all_ms += served.all_ms;
        all.longest_ms = all.longest_ms.max(served.longest_ms);
        all.late += served.late;
    }
    table.sums = (!table.rows.is_empty()).then(|| line("All", &all));
    table.bars = Some(3);
    table
}
