//! `--map field=column`: which column of somebody else's CSV holds what.

use crate::domain::menu_file::csv_fields::{Field, ITEM_FIELDS};
use crate::domain::text;

/// Where a field's text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// Always this text: `--map category==Pizza`.
    Constant(String),
    /// A column's cell: `--map code=pizza_id`.
    Column(String),
    /// Texts and cells in turn: `--map 'name={type} ({size})'`.
    Template(Vec<Piece>),
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// A column's cell.
    Column(String),
}

/// One `--map`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The field of an item.
    pub(super) field: Field,
    /// Where its text comes from.
    pub(super) from: From,
}

impl Mapping {
    /// Reads `field=column`, `field={column} text {column}` or `field==constant`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(written: &str) -> Result<Self, String> {
        let shown = text::clean(written, 60);
        let Some((field, from)) = written.split_once('=') else {
            return Err(format!("--map {shown}: expected field=column, such as code=pizza_id"));
        };
        let field = Field::of(field.trim(), ITEM_FIELDS)
            .ok_or_else(|| format!("--map {shown}: an item has no such field; it has {}", ITEM_FIELDS.join(", ")))?;
        if let Some(constant) = from.strip_prefix('=') {
            return Ok(Self { field, from: From::Constant(constant.trim().to_owned()) });
        }
        if from.trim().is_empty() {
            return Err(format!("--map {shown}: the column's name is missing"));
        }
        let from = if from.contains('{') {
            From::Template(pieces(from, &shown)?)
        } else {
            From::Column(from.trim().to_owned())
        };
        Ok(Self { field, from })
    }

    /// The columns it reads.
    pub(super) fn columns(&self) -> Vec<&str> {
        match &self.from {
            From::Constant(_) => Vec::new(),
            From::Column(name) => vec![name],
            From::Template(pieces) => pieces
                .iter()
                .filter_map(|piece| match piece {
                    Piece::Column(name) => Some(name.as_str()),
                    Piece::Text(_) => None,
                })
                .collect(),
        }
    }
}

fn pieces(template: &str, shown: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((column, behind)) = after.split_once('}') else {
            return Err(format!("--map {shown}: a brace is never closed"));
        };
        pieces.push(Piece::Text(before.to_owned()));
        pieces.push(Piece::Column(column.trim().to_owned()));
        rest = behind;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    pieces.retain(|piece| *piece != Piece::Text(String::new()));
    Ok(pieces)
}
