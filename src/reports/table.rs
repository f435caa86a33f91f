//! A table, and how it is written down: text, CSV, JSON.

use serde_json::{Map, Value, json};
use unicode_width::UnicodeWidthStr;

use crate::domain::money::{Currency, Money};
use crate::domain::quantity::Quantity;
use rust_decimal::Decimal;

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words, at the left.
    Text,
    /// A whole number.
    Count,
    /// Pieces or kilograms.
    Quantity,
    /// An amount.
    Money,
    /// Per cent, one digit after the point.
    Percent,
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its heading, and its name in JSON.
    pub name: &'static str,
    /// What stands in it.
    pub kind: Kind,
}

/// One cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A whole number.
    Count(i64),
    /// Pieces or kilograms.
    Quantity(Quantity),
    /// An amount.
    Money(Money),
    /// Per cent; none where it cannot be said.
    Percent(Option<Decimal>),
}

/// A report as data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its title.
    pub title: String,
    /// The currency of its amounts.
    pub currency: Currency,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Vec<Vec<Cell>>,
    /// The row of sums.
    pub sums: Option<Vec<Cell>>,
    /// The column that is drawn as bars beside the text.
    pub bars: Option<usize>,
}

/// How wide the longest bar is, in characters.
const BAR: i64 = 20;

impl Table {
    fn show(&self, cell: &Cell) -> String {
        match cell {
            Cell::Text(text) => text.clone(),
            Cell::Count(count) => count.to_string(),
            Cell::Quantity(quantity) => quantity.to_string(),
            Cell::Money(amount) => self.currency.show(*amount),
            Cell::Percent(Some(percent)) => format!(
                "{:.1}",
                percent.round_dp_with_strategy(1, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
            ),
            Cell::Percent(None) => String::new(),
        }
    }

    /// As text: aligned columns, a line of sums, bars where people would rather look than read.
    pub fn text(&self) -> String {
        let mut lines: Vec<Vec<String>> = vec![self.columns.iter().map(|c| c.name.to_owned()).collect()];
        lines.extend(self.rows.iter().map(|row| row.iter().map(|c| self.show(c)).collect()));
        lines.extend(self.sums.iter().map(|row| row.iter().map(|c| self.show(c)).collect()));
        let width = |at: usize| lines.iter().filter_map(|l| l.get(at)).map(|t| t.width()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let rule: String = "-".repeat(widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1));
        let mut out = format!("{}\n\n", self.title);
        for (n, line) in lines.iter().enumerate() {
            if n == self.rows.len() + 1 {
                out.push_str(&rule);
                out.push('\n');
            }
            let mut text = String::new();
            for ((cell, column), width) in line.iter().zip(&self.columns).zip(&widths) {
                let pad = " ".repeat(width.saturating_sub(cell.width()));
                let cell = if column.kind == Kind::Text { format!("{cell}{pad}") } else { format!("{pad}{cell}") };
                text.push_str(&cell);
                text.push_str("  ");
            }
            if let Some(bar) = n.checked_sub(1).and_then(|row| self.bar(row)) {
                text.push_str(&bar);
            }
            out.push_str(text.trim_end());
            out.push('\n');
            if n == 0 {
                out.push_str(&rule);
                out.push('\n');
            }
        }
        if self.rows.is_empty() {
            out.push_str("Nothing was sold in this time.\n");
        }
        out
    }

    fn bar(&self, row: usize) -> Option<String> {
        let value = |row: &Vec<Cell>| match row.get(self.bars?)? {
            Cell::Money(amount) => Some(amount.minor()),
            Cell::Count(count) => Some(*count),
            Cell::Quantity(quantity) => Some(quantity.thousandths()),
            Cell::Text(_) | Cell::Percent(_) => None,
        };
        let largest = self.rows.iter().filter_map(value).max().filter(|m| *m > 0)?;
        let this = value(self.rows.get(row)?)?.max(0);
        let length = crate::domain::rounding::divide_rounded(
            i128::from(this) * i128::from(BAR),
            largest.into(),
            crate::domain::rounding::Rounding::HalfUp,
        );
        Some("#".repeat(usize::try_from(length).unwrap_or(0)))
    }

    /// As CSV by RFC 4180. Text that a spreadsheet would run as a formula is made text by a quote
    /// before it; amounts below nothing stay numbers.
    pub fn csv(&self) -> String {
        let mut out = String::new();
        let mut line = |cells: Vec<String>| {
            out.push_str(&cells.join(","));
            out.push_str("\r\n");
        };
        line(self.columns.iter().map(|c| csv_text(c.name)).collect());
        for row in &self.rows {
            line(
                row.iter()
                    .map(|cell| if let Cell::Text(text) = cell { csv_text(text) } else { self.show(cell) })
                    .collect(),
            );
        }
        out
    }

    /// As JSON: an object for each row, amounts as text in units.
    pub fn json(&self) -> Value {
        let object = |row: &Vec<Cell>| -> Value {
            let mut object = Map::new();
            for (column, cell) in self.columns.iter().zip(row) {
                let value = match cell {
                    Cell::Count(count) => json!(count),
                    Cell::Percent(None) => Value::Null,
                    Cell::Text(_) | Cell::Quantity(_) | Cell::Money(_) | Cell::Percent(Some(_)) => {
                        json!(self.show(cell))
                    }
                };
                object.insert(column.name.to_lowercase().replace([' ', '%'], "_"), value);
            }
            Value::Object(object)
        };
        json!({
            "title": self.title,
            "currency": self.currency,
            "rows": self.rows.iter().map(object).collect::<Vec<_>>(),
            "sums": self.sums.as_ref().map(object),
        })
    }
}

/// A text for CSV: formulas neutralised, quoted where it must be.
fn csv_text(text: &str) -> String {
    let runs = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if runs { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let money = |m| Cell::Money(Money::from_minor(m));
        Table {
            title: "Items".to_owned(),
            currency: Currency::from_code("GBP").unwrap(),
            columns: vec![Column { name: "Item", kind: Kind::Text }, Column { name: "Total", kind: Kind::Money }],
            rows: vec![
                vec![Cell::Text("=cmd|' /C calc'!A0".to_owned()), money(-150)],
                vec![Cell::Text("Crème, \"brûlée\"".to_owned()), money(1000)],
                vec![Cell::Text("Tea".to_owned()), money(500)],
            ],
            sums: Some(vec![Cell::Text("All".to_owned()), money(1350)]),
            bars: Some(1),
        }
    }

    #[test]
    fn csv_neutralises_formulas_and_keeps_numbers() {
        assert_eq!(
            table().csv(),
            "Item,Total\r\n'=cmd|' /C calc'!A0,-1.50\r\n\"Crème, \"\"brûlée\"\"\",10.00\r\nTea,5.00\r\n"
        );
    }

    #[test]
    fn text_is_aligned_with_bars() {
        let text = table().text();
        assert!(text.contains("Crème, \"brûlée\"     10.00  ####################\n"), "{text}");
        assert!(text.contains("Tea                  5.00  ##########\n"), "{text}");
        assert!(text.ends_with("All                 13.50\n"), "{text}");
    }
}
