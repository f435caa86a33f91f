//! A menu while it is being read: what was understood so far, where each row stands in the files,
//! and what was wrong.

use std::collections::{HashMap, HashSet};

use crate::domain::catalogue::Menu;
use crate::domain::menu_check::{self, Known, Part, Spot};
use crate::domain::menu_file::source::{Position, Source};
use crate::domain::menu_file::{Finding, STORED};
use crate::domain::text;

/// The most characters shown of what was found.
const FOUND_CHARS: usize = 80;
/// The most characters shown of what was expected.
const EXPECTED_CHARS: usize = 600;

/// Where a row stands, and where the fields stand that it was written with.
struct Row {
    file: usize,
    at: usize,
    marks: Vec<(Spot, usize)>,
}

/// Something wrong, at a byte of a file.
struct Wrong {
    file: usize,
    at: usize,
    spot: Option<Spot>,
    found: String,
    expected: String,
}

/// A menu that is being read.
pub(super) struct Draft<'a> {
    pub(super) menu: Menu,
    pub(super) known: &'a Known,
    sources: Vec<Source>,
    rows: HashMap<(Part, usize), Row>,
    wrongs: Vec<Wrong>,
    /// Findings that have no place in a text, such as bytes that are none.
    findings: Vec<Finding>,
}

impl<'a> Draft<'a> {
    /// A draft that begins with a menu at hand.
    pub(super) fn new(menu: Menu, known: &'a Known) -> Self {
        Self { menu, known, sources: Vec::new(), rows: HashMap::new(), wrongs: Vec::new(), findings: Vec::new() }
    }

    /// Takes in a file's text; what is said of it afterwards names its number.
    pub(super) fn add_source(&mut self, source: Source) -> usize {
        self.sources.push(source);
        self.sources.len() - 1
    }

    /// Notes where a row begins.
    pub(super) fn begin(&mut self, part: Part, row: usize, file: usize, at: usize) {
        self.rows.insert((part, row), Row { file, at, marks: Vec::new() });
    }

    /// Notes where a field of a row stands.
    pub(super) fn mark(&mut self, spot: Spot, at: usize) {
        if let Some(row) = self.rows.get_mut(&(spot.part, spot.row)) {
            row.marks.push((spot, at));
        }
    }

    /// Notes that something is wrong at a byte of a file.
    pub(super) fn wrong(
        &mut self,
        (file, at): (usize, usize),
        spot: Option<Spot>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) {
        self.wrongs.push(Wrong { file, at, spot, found: found.into(), expected: expected.into() });
    }

    /// Notes a finding that has its own words for its place.
    pub(super) fn add_finding(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// The menu, checked; or everything that is wrong with it, in the order of the files.
    pub(super) fn finish(mut self) -> Result<Menu, Vec<Finding>> {
        let told: HashSet<Spot> = self.wrongs.iter().filter_map(|w| w.spot.clone()).collect();
        let told_fields: HashSet<_> = told.iter().map(field_of).collect();
        let mut findings = std::mem::take(&mut self.findings);
        let mut places: Vec<(usize, Position)> = vec![(0, Position::default()); findings.len()];
        for fault in menu_check::check(&self.menu, self.known) {
            // What could not even be read was told already.
            let whole_field = Spot { key: None, ..fault.spot.clone() };
            let of_a_part = fault.spot.key.is_none() && told_fields.contains(&field_of(&fault.spot));
            if of_a_part || told.contains(&fault.spot) || told.contains(&whole_field) {
                continue;
            }
            let place = self.locate(&fault.spot);
            places.push(place.map_or((usize::MAX, Position::default()), |(f, at)| (f, self.sources[f].position(at))));
            findings.push(self.finding(place, Some(&fault.spot), &fault.found, &fault.expected));
        }
        for wrong in &self.wrongs {
            places.push((wrong.file, self.sources[wrong.file].position(wrong.at)));
            let place = Some((wrong.file, wrong.at));
            findings.push(self.finding(place, wrong.spot.as_ref(), &wrong.found, &wrong.expected));
        }
        if findings.is_empty() {
            return Ok(self.menu);
        }
        let mut order: Vec<_> = places.into_iter().zip(findings).collect();
        order.sort_by_key(|(place, _)| *place);
        Err(order.into_iter().map(|(_, finding)| finding).collect())
    }

    fn locate(&self, spot: &Spot) -> Option<(usize, usize)> {
        let row = self.rows.get(&(spot.part, spot.row))?;
        let find = |fits: &dyn Fn(&Spot) -> bool| row.marks.iter().find(|(mark, _)| fits(mark)).map(|(_, at)| *at);
        let at = find(&|mark| mark == spot)
            .or_else(|| find(&|mark| field_of(mark) == field_of(spot)))
            .or_else(|| find(&|mark| mark.option == spot.option && mark.field.is_empty()));
        let at = at.unwrap_or(row.at);
        Some((row.file, at))
    }

    fn finding(&self, place: Option<(usize, usize)>, spot: Option<&Spot>, found: &str, expected: &str) -> Finding {
        let source = place.and_then(|(file, at)| Some((self.sources.get(file)?, at)));
        let position = source.map(|(source, at)| source.position(at)).unwrap_or_default();
        Finding {
            file: source.map_or(STORED, |(source, _)| &source.name).to_owned(),
            line: position.line,
            column: position.column,
            place: spot.map(|spot| spot.words(&self.menu)).unwrap_or_default(),
            found: text::clean(found, FOUND_CHARS),
            // It may repeat what stands in the file: names of columns, an amount that is none.
            expected: text::clean(expected, EXPECTED_CHARS),
        }
    }
}

fn field_of(spot: &Spot) -> (Part, usize, Option<usize>, &'static str) {
    (spot.part, spot.row, spot.option, spot.field)
}
