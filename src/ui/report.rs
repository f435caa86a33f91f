//! Reports on screen: chosen from the list, asked for in words, scrolled, drawn as bars, printed.

use serde::{Deserialize, Serialize};

use crate::domain::command::Command;
use crate::domain::text::fold;
use crate::domain::till::Till;
use crate::domain::time::Stamp;
use crate::reports::table::Table;
use crate::reports::{REPORTS, Report, period};
use crate::ui::Request;
use crate::ui::action::Action;
use crate::ui::dialogs::moved;
use crate::ui::lists::Row;
use crate::ui::screen::{Text, Tone};
use crate::ui::state::{Ask, Dialog, Then, Ui};

/// A report on screen. Its table is not kept: it is made again where it is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportView {
    /// The report's name.
    pub name: String,
    /// Its days in words.
    pub when: String,
    /// The row that is selected.
    pub at: usize,
    /// So many columns after the first are scrolled away.
    pub skip: usize,
    /// Whether it is drawn as bars.
    pub chart: bool,
}

/// The reports whose name begins so, then those whose sentence holds a word that does.
pub(super) fn rows(filter: &str) -> Vec<Row> {
    let wanted = fold(filter);
    let named = |report: &&Report| fold(report.name).starts_with(&wanted);
    let said = |report: &&Report| fold(report.about).split_whitespace().any(|word| word.starts_with(&wanted));
    let (first, rest): (Vec<&Report>, Vec<&Report>) = REPORTS.iter().partition(named);
    let row = |report: &Report| Row {
        key: String::new(),
        label: report.about.to_owned(),
        value: Text::new(Tone::Dim, report.name),
        then: match report.is_of_now() {
            true => Then::Do(Command::ViewReport { name: report.name.to_owned(), when: "today".to_owned() }),
            false => Then::Ask(Ask::Period(report.name.to_owned()), String::new()),
        },
    };
    first.into_iter().chain(rest.into_iter().filter(said)).map(row).collect()
}

/// The span that these words mean on this till.
///
/// # Errors
/// What cannot be read, and what can.
pub fn span(till: &Till, when: &str, now: Stamp) -> Result<crate::domain::span::Span, String> {
    let today = now.business_date(till.settings.cut_off);
    let last = till.shift.as_ref().map_or(till.counters.shift.saturating_sub(1), |shift| shift.number);
    period::parse(when, today, till.register, Some(last))
}

/// The command that shows a report, once its days can be read.
pub(super) fn view(ui: &Ui, till: &Till, name: &str, when: &str) -> Result<Command, String> {
    let when = if when.is_empty() { "today" } else { when };
    span(till, when, ui.now)?;
    Ok(Command::ViewReport { name: name.to_owned(), when: when.to_owned() })
}

pub(super) fn char_typed(ui: &mut Ui, c: char) -> Vec<Request> {
    let Some(Dialog::Report(view)) = ui.kept.dialogs.last_mut() else { return Vec::new() };
    match c {
        'b' | ' ' => view.chart = !view.chart,
        'p' if ui.table.is_none() => ui.say(Tone::Warn, "It is not made yet"),
        'p' => {
            let (name, when) = (view.name.clone(), view.when.clone());
            return vec![Request::Command(Command::PrintReport { name, when })];
        }
        _ => ui.say(Tone::Warn, "p prints it, b draws bars, Enter asks for other days"),
    }
    Vec::new()
}

/// Moves over rows and columns.
pub(super) fn step(ui: &mut Ui, action: Action) {
    let (rows, columns) = ui.table.as_ref().map_or((0, 0), |table| (table.rows.len(), table.columns.len()));
    let Some(Dialog::Report(view)) = ui.kept.dialogs.last_mut() else { return };
    match action {
        Action::Right => view.skip = (view.skip + 1).min(columns.saturating_sub(2)),
        Action::Left => view.skip = view.skip.saturating_sub(1),
        Action::Toggle => view.chart = !view.chart,
        action => view.at = moved(view.at, rows.saturating_sub(1), action),
    }
}

/// Enter: other days. One that was shown when the till was left is made again.
pub(super) fn accept(ui: &mut Ui) -> Vec<Request> {
    let Some(Dialog::Report(view)) = ui.kept.dialogs.last() else { return Vec::new() };
    let name = view.name.clone();
    if ui.table.is_none() && !ui.report_awaited {
        return vec![Request::Command(Command::ViewReport { name, when: view.when.clone() })];
    }
    ui.prompt(Ask::Period(name), "");
    Vec::new()
}

impl Ui {
    /// A report is being made: it has the place of one that is shown, and keys go on.
    pub fn report_awaited(&mut self, name: &str, when: &str) {
        let chart = match self.kept.dialogs.last() {
            Some(Dialog::Report(view)) => view.chart,
            Some(_) | None => false,
        };
        if let Some(Dialog::Report(_)) = self.kept.dialogs.last() {
            self.close();
        }
        (self.table, self.report_awaited) = (None, true);
        let (name, when) = (name.to_owned(), when.to_owned());
        self.open(Dialog::Report(ReportView { name, when, at: 0, skip: 0, chart }));
    }

    /// It was made. Whoever has gone on meanwhile is not disturbed.
    pub fn report_made(&mut self, name: &str, when: &str, table: Result<Table, String>) {
        let awaited = matches!(self.kept.dialogs.last(), Some(Dialog::Report(v)) if v.name == name && v.when == when);
        if !awaited || !self.report_awaited {
            return;
        }
        self.report_awaited = false;
        match table {
            Ok(table) => {
                self.say(Tone::Good, table.summary());
                self.table = Some(table);
            }
            Err(why) => self.say(Tone::Bad, why),
        }
    }

    /// The report that is shown, if it is this one.
    pub fn report_shown(&self, name: &str, when: &str) -> Option<&Table> {
        match self.kept.dialogs.last() {
            Some(Dialog::Report(view)) if view.name == name && view.when == when => self.table.as_ref(),
            Some(_) | None => None,
        }
    }
}
