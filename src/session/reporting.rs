//! Reports over a store: what the report is made of is looked up at one moment, on a connection of
//! its own, while tills sell on.

use std::sync::Arc;

use crate::documents::{self, Align, Block, Document, DocumentKind, Style};
use crate::domain::ids::RegisterId;
use crate::domain::settings::Settings;
use crate::domain::span::Span;
use crate::domain::till::Till;
use crate::domain::time::Stamp;
use crate::reports::table::{Cell, NOTHING, Table};
use crate::reports::{Facts, Of, Question, Report, find};
use crate::session::Session;
use crate::store::{Reader, Store, StoreError};
use crate::ui::report_span;
use crate::ui::screen::Tone;

/// A report that was asked for on screen, and what came of it.
pub(super) struct Made {
    name: String,
    when: String,
    table: Result<Table, String>,
}

/// Makes a report of the store as `reader` sees it.
///
/// # Errors
/// When the store cannot be read.
pub fn make(
    reader: &Reader,
    report: &Report,
    span: Span,
    settings: &Settings,
    now: Stamp,
) -> Result<Table, StoreError> {
    let facts = facts(reader, report.of, &span, settings)?;
    Ok((report.make)(&Question { span, now, facts: &facts, settings }))
}

fn facts(reader: &Reader, of: &[Of], span: &Span, settings: &Settings) -> Result<Facts, StoreError> {
    let staff = reader.staff()?;
    let roles = staff.iter().map(|s| (s.id, s.role.clone())).collect();
    let names = staff.into_iter().map(|s| (s.id, s.name)).collect();
    let mut facts = Facts { names, roles, ..Facts::default() };
    for of in of {
        match of {
            Of::Sums(by) => facts.sums.extend(reader.day_sums(*by, span)?),
            Of::Acts => facts.acts = reader.acts(span)?,
            Of::Shifts => {
                let found = reader.shifts(span)?.into_iter();
                facts.shifts = found.map(|found| (found.register, found.shift, found.z)).collect();
            }
            Of::Work => facts.work = reader.work(settings.hours.week_of(span.from), span.to)?,
            Of::Orders => facts.orders = reader.open_orders()?,
            Of::Stock => facts.stock = reader.stock()?,
            Of::Drawers => {
                let found = reader.drawers()?.into_iter();
                facts.drawers = found.map(|found| (found.register, found.shift, found.signed_in)).collect();
            }
            Of::Served => facts.served = reader.served(span, settings.kitchen.late_min)?,
            Of::Goods => (facts.goods, facts.stock_moves) = (reader.goods()?, reader.stock_moves(span)?),
            Of::Vouchers => facts.vouchers = reader.vouchers()?,
            Of::Accounts => facts.accounts = reader.accounts()?,
            Of::Points => facts.points = reader.points()?,
        }
    }
    Ok(facts)
}

/// The number of the last shift of a register, open or closed.
///
/// # Errors
/// When the store cannot be read.
pub fn last_shift(store: &Store, register: RegisterId) -> Result<Option<u32>, StoreError> {
    store.reader()?.last_shift(register)
}

impl Session {
    /// The report that is to be printed: the one that is shown, else made now; none where name and days
    /// mean nothing (any more).
    pub(super) fn report(&self, name: &str, when: &str, now: Stamp) -> Result<Option<Table>, StoreError> {
        if let Some(table) = self.ui.report_shown(name, when) {
            return Ok(Some(table.clone()));
        }
        let (Some(report), Ok(span)) = (find(name), report_span(&self.till, when, now)) else { return Ok(None) };
        make(&self.store.reader()?, report, span, &self.till.settings, now).map(Some)
    }

    /// Shows a report. It is made by a thread of its own with a connection of its own, so that no key waits
    /// for it; without a terminal it is waited for.
    pub(super) fn show_report(&mut self, name: &str, when: &str, now: Stamp) {
        let (Some(report), Ok(span)) = (find(name), report_span(&self.till, when, now)) else {
            return self.ui.say(Tone::Bad, format!("There is no report {name} of {when}"));
        };
        self.ui.report_awaited(name, when);
        let (dir, settings) = (self.store.dir().to_owned(), Arc::clone(&self.till.settings));
        let (name, when) = (name.to_owned(), when.to_owned());
        let made = move || {
            crate::fault::point("report");
            let table = Reader::open(&dir).and_then(|reader| make(&reader, report, span, &settings, now));
            Made { name, when, table: table.map_err(|error| format!("The store cannot be read: {error}")) }
        };
        match self.reports_to.clone() {
            None => self.report_made(made()),
            Some(to) => {
                let making = std::thread::Builder::new().name("report".to_owned()).spawn(move || to(made()));
                if let Err(error) = making {
                    self.ui.say(Tone::Bad, format!("The report cannot be made: {error}"));
                }
            }
        }
    }

    /// A report was made.
    pub(super) fn report_made(&mut self, made: Made) {
        self.ui.report_made(&made.name, &made.when, made.table);
    }
}

/// A report on paper, which is narrower than any table: a row's name with its foremost figure, and what else it
/// says below.
pub(super) fn paper(table: &Table, till: &Till, now: Stamp) -> Document {
    let centred = |text: &str| Block::styled(Align::Centre, Style { bold: true, ..Style::default() }, text);
    let mut blocks = vec![
        Block::styled(Align::Centre, Style::default(), &till.settings.business.name),
        centred(&table.title),
        Block::row(2, format!("Register {}", till.register), now.show()),
        Block::Rule,
    ];
    for row in &table.rows {
        blocks.extend(paper_row(table, row));
    }
    if table.rows.is_empty() {
        blocks.push(Block::text(NOTHING));
    }
    if let Some(sums) = &table.sums {
        blocks.push(Block::Rule);
        blocks.extend(paper_row(table, sums));
    }
    Document { kind: DocumentKind::Report, title: table.title.clone(), blocks, opens_drawer: false, cut: true }
}

fn paper_row(table: &Table, row: &[Cell]) -> Vec<Block> {
    let foremost = table.bars.unwrap_or(table.columns.len().saturating_sub(1));
    let cell = |at: usize| row.get(at).map(|cell| table.show(cell)).unwrap_or_default();
    let others = table.columns.iter().enumerate().filter(|(at, _)| *at != 0 && *at != foremost);
    let words = others.filter_map(|(at, column)| match (row.get(at)?, cell(at)) {
        (_, text) if text.is_empty() => None,
        (Cell::Text(_), text) => Some(text),
        (_, figure) => Some(format!("{} {figure}", column.name)),
    });
    let words: Vec<String> = words.collect();
    let mut blocks = vec![Block::row(2, cell(0), cell(foremost))];
    if !words.is_empty() {
        let spans = vec![documents::Span::plain(format!("  {}", words.join(", ")))];
        blocks.push(Block::Text { spans, align: Align::Left, hang: 2 });
    }
    blocks
}
