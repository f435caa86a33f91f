//! `[[room]]`: rooms, their tables drawn as they stand.

use super::finding::Located;
use super::reader::Table;
use crate::domain::floor::{MAX_TABLE_CHARS, Room, Spot};
use crate::domain::text::fold;

/// The most rows of a room, and tables of a row.
const MAX_ROWS: usize = 20;
const MAX_ROW_TABLES: usize = 16;

/// The rooms, none when the file has none.
pub(super) fn rooms(root: &Table) -> Vec<Room> {
    let mut rooms = Vec::new();
    let mut names: Vec<Located<String>> = Vec::new();
    for table in root.tables("room").unwrap_or_default() {
        let name = table.needed("name", table.name("name"));
        let rows = table.needed("tables", table.located_texts("tables", 1..=MAX_ROWS)).unwrap_or_default();
        let rows = rows.iter().map(|line| row(&table, line, &mut names)).collect();
        table.done();
        rooms.push(Room { name: name.map_or_else(String::new, |name| name.value), rows });
    }
    root.file.refuse_twins("table", &names);
    rooms
}

/// One row as it is drawn: `1:2 2:2 . 3:4`.
fn row(table: &Table, line: &Located<String>, names: &mut Vec<Located<String>>) -> Vec<Option<Spot>> {
    let words: Vec<&str> = line.value.split_whitespace().collect();
    if words.len() > MAX_ROW_TABLES {
        table.file.find_at(&line.place, format!("a row has at most {MAX_ROW_TABLES} tables"));
    }
    words
        .into_iter()
        .map(|word| {
            if word == "." {
                return None;
            }
            let (name, seats) = word.split_once(':').map_or((word, None), |(name, seats)| (name, Some(seats)));
            let seats = seats.map(|seats| seats.parse().ok().filter(|seats| (1..=99).contains(seats)));
            if name.is_empty() || name.chars().count() > MAX_TABLE_CHARS || seats == Some(None) {
                let message = format!(
                    "`{word}` is no table: a name of up to {MAX_TABLE_CHARS} characters, and its seats after a \
                     colon, like 12:4; a point stands for a gap"
                );
                table.file.find_at(&line.place, message);
                return None;
            }
            names.push(Located { value: fold(name), place: line.place.clone() });
            Some(Spot { name: name.to_owned(), seats: seats.flatten() })
        })
        .collect()
}
