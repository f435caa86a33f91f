//! Menus as files: our own JSON and CSV, and any CSV by `--map`. Bytes in, a menu or findings out;
//! reading and writing the files themselves is somebody else's work.
//!
//! A JSON file is a whole menu. CSV files are put onto a menu: onto the one of a JSON file beside
//! them, else onto the one the till has.

mod cells;
mod csv_fields;
mod csv_items;
mod csv_read;
mod csv_write;
mod draft;
mod json;
mod json_read;
mod json_write;
mod map;
mod source;
#[cfg(test)]
pub(crate) mod tests;

use std::fmt;

use serde::Serialize;

use crate::domain::catalogue::Menu;
use crate::domain::menu_check::Known;
use crate::domain::text;
use draft::Draft;
use source::{Position, Source};

pub use csv_write::{export_csv, export_items_csv};
pub use json_write::export_json;
pub use map::Mapping;
pub use source::Encoding;

/// What stands for a file's name where the menu of the till itself is at fault.
const STORED: &str = "the till's menu";

/// How menu files are to be read.
#[derive(Clone, Debug)]
pub struct ReadOptions<'a> {
    /// What the settings say.
    pub known: &'a Known,
    /// Which column holds what, for a CSV that is not ours; empty for ours.
    pub map: &'a [Mapping],
    /// How the files' letters are written down.
    pub encoding: Encoding,
}

/// Something in a file that cannot be imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The file.
    pub file: String,
    /// The line, from 1; 0 when no line can be named.
    pub line: usize,
    /// The column in characters, from 1; 0 when none can be named.
    pub column: usize,
    /// What it is in the menu: `item 101, price`; empty for the file as such.
    pub place: String,
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        if !self.place.is_empty() {
            write!(f, ": {}", self.place)?;
        }
        write!(f, ": found {}; expected {}", self.found, self.expected)
    }
}

/// Reads menu files, each a name and its bytes, onto the menu that is there. All or nothing.
///
/// # Errors
/// Everything that is wrong, in the order of the files.
pub fn read(files: &[(&str, &[u8])], options: &ReadOptions, base: Option<&Menu>) -> Result<Menu, Vec<Finding>> {
    let menu = base.cloned().unwrap_or_else(|| Menu::empty(options.known.currency));
    let mut draft = Draft::new(menu, options.known);
    let mut json_files = Vec::new();
    let mut csv_files = Vec::new();
    for (name, bytes) in files {
        match Source::decode(name, bytes, options.encoding) {
            Ok(source) if is_json(&source) => json_files.push(source),
            Ok(source) => csv_files.push(source),
            Err(garbled) => draft.add_finding(Finding {
                file: text::clean(name, source::NAME_CHARS),
                line: garbled.at.line,
                column: garbled.at.column,
                place: String::new(),
                found: garbled.found,
                expected: garbled.expected.to_owned(),
            }),
        }
    }
    for (nth, source) in json_files.into_iter().enumerate() {
        if nth > 0 {
            draft.add_finding(at_start(&source, "a second menu", "one JSON file: it is the whole menu"));
            continue;
        }
        let text = source.text.clone();
        let file = draft.add_source(source);
        json_read::read(&mut draft, file, &text);
    }
    // Categories and groups may come after the items that name them: all is checked at the end.
    for source in csv_files {
        let text = source.text.clone();
        let file = draft.add_source(source);
        csv_read::read(&mut draft, file, &text, options.map);
    }
    draft.finish()
}

fn at_start(source: &Source, found: &str, expected: &str) -> Finding {
    let Position { line, column } = source.position(0);
    let (found, expected) = (found.to_owned(), expected.to_owned());
    Finding { file: source.name.clone(), line, column, place: String::new(), found, expected }
}

fn is_json(source: &Source) -> bool {
    let named = source.name.len() >= 5 && source.name.to_ascii_lowercase().ends_with(".json");
    named || source.text.trim_start().starts_with(['{', '['])
}
