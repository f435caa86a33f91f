//! A report on screen.

use crate::reports::table::NOTHING;
use crate::ui::report::ReportView;
use crate::ui::screen::{Dialog as Shown, ListRow, Text, Tone};
use crate::ui::state::Ui;

/// How many columns of the screen a report's lines take: what the dialog has on any screen.
const ROOM: usize = 72;

pub(super) fn dialog(ui: &Ui, view: &ReportView) -> Shown {
    let Some(table) = &ui.table else {
        let what = if ui.report_awaited { "it is being made; Esc goes on without it" } else { "Enter makes it" };
        let words = format!("{}, {}: {what}", view.name, view.when);
        return Shown { title: "Report".to_owned(), text: vec![Text::from(words)], ..Shown::default() };
    };
    let lines = table.lines(view.skip, ROOM);
    let (head, rows) = if view.chart { (String::new(), table.chart(ROOM)) } else { (lines.head, lines.rows) };
    let at = view.at.min(rows.len().saturating_sub(1));
    let row = |(n, line): (usize, String)| ListRow { label: Text::from(line), selected: n == at, ..ListRow::default() };
    let empty = rows.is_empty();
    let mut text = vec![Text::new(Tone::Strong, head)];
    if empty {
        text.push(Text::from(NOTHING));
    }
    Shown {
        title: table.title.clone(),
        value: Text::new(Tone::Dim, "p prints it"),
        text,
        rows: rows.into_iter().enumerate().map(row).collect(),
        message: Text::new(Tone::Strong, lines.sums.filter(|_| !view.chart).unwrap_or_default()),
        tall: true,
        ..Shown::default()
    }
}
