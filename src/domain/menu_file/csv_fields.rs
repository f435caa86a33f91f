//! The columns of our own CSV, and a CSV's rows under them.

use crate::domain::menu_file::cells::Cell;

/// Columns of an items file. `price` and `per_kg` may name a level: `price:happy`.
pub(super) const ITEM_FIELDS: &[&str] = &[
    "code",
    "name",
    "kitchen_name",
    "category",
    "price",
    "per_kg",
    "tare",
    "open_min",
    "open_max",
    "tax_class",
    "stations",
    "groups",
    "barcodes",
    "hotkey",
    "cost",
];
/// Columns of a groups file: a row for each option. `price` may name an amount: `price:extra`.
pub(super) const OPTION_FIELDS: &[&str] = &[
    "group",
    "group_name",
    "min",
    "max",
    "free",
    "ask",
    "parts",
    "price_by",
    "option_item",
    "option",
    "option_kitchen_name",
    "price",
    "default",
    "opens",
];
/// Columns of a categories file.
pub(super) const CATEGORY_FIELDS: &[&str] =
    &["category", "category_name", "department", "tax_class", "stations", "course"];
/// Columns of a pages file: a row for each key.
pub(super) const PAGE_FIELDS: &[&str] = &["page", "key", "item"];
/// Columns that may name a level or an amount behind a colon.
const LEVELLED: &[&str] = &["price", "per_kg"];
/// Parts lists in a cell.
pub(super) const LIST: char = '|';
/// Stands in `stations` for "made nowhere", where an empty cell means "as the category".
pub(super) const NOWHERE: &str = "-";

/// A column: its name, and the level or amount behind its colon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub(super) name: &'static str,
    /// The level or amount.
    pub(super) level: Option<String>,
}

impl Field {
    /// The column that is written so, if it is one of these.
    pub(super) fn of(written: &str, allowed: &[&'static str]) -> Option<Self> {
        let (name, level) = match written.split_once(':') {
            Some((name, level)) => (name, Some(level.to_owned())),
            None => (written, None),
        };
        let name = allowed.iter().find(|own| **own == name)?;
        let fits = level.as_ref().is_none_or(|level| !level.is_empty() && LEVELLED.contains(name));
        fits.then_some(Self { name, level })
    }
}

/// A CSV's rows, each with a value for every field.
pub(super) struct Table {
    pub(super) fields: Vec<Field>,
    pub(super) records: Vec<Record>,
}

/// One row.
pub(super) struct Record {
    pub(super) at: usize,
    /// In the order of the table's fields.
    pub(super) values: Vec<Cell>,
}

impl Table {
    /// Whether the table has a column of this name, with or without a level.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    /// The value under a column without a level; none when the table has no such column.
    pub(super) fn get<'r>(&self, record: &'r Record, name: &str) -> Option<&'r Cell> {
        let place = self.fields.iter().position(|field| field.name == name && field.level.is_none())?;
        record.values.get(place)
    }

    /// The values under a column and its levels.
    pub(super) fn levels<'t>(
        &'t self,
        record: &'t Record,
        name: &'t str,
    ) -> impl Iterator<Item = (Option<&'t str>, &'t Cell)> {
        let pairs = self.fields.iter().zip(&record.values);
        pairs.filter(move |(field, _)| field.name == name).map(|(field, cell)| (field.level.as_deref(), cell))
    }
}

/// Whether a spreadsheet would take a text for a formula, perhaps behind apostrophes.
fn looks_like_a_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@'])
}

/// A text as it is written into a cell: an apostrophe keeps a spreadsheet from running it.
pub(super) fn guarded(text: &str) -> String {
    if looks_like_a_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// A text as it was before [`guarded`].
pub(super) fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| looks_like_a_formula(rest)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_guarded_and_come_back() {
        for (text, cell) in
            [("=1+1", "'=1+1"), ("+ Onions", "'+ Onions"), ("'-x", "''-x"), ("'quoted'", "'quoted'"), ("a=b", "a=b")]
        {
            assert_eq!(guarded(text), cell);
            assert_eq!(unguarded(cell), text);
        }
    }

    #[test]
    fn columns_may_name_a_level() {
        let field = Field::of("price:happy", ITEM_FIELDS).unwrap();
        assert_eq!((field.name, field.level.as_deref()), ("price", Some("happy")));
        for bad in ["price:", "code:x", "prize", "", "Price"] {
            assert!(Field::of(bad, ITEM_FIELDS).is_none(), "{bad}");
        }
    }
}
