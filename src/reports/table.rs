//! A table, and how it is written down: text, CSV, JSON.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use unicode_width::UnicodeWidthStr;

use crate::domain::money::{Currency, Money};
use crate::domain::quantity::Quantity;
use crate::domain::rounding::Rounding;
use crate::reports::Question;

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
    /// Hours and minutes.
    Minutes,
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
    /// So many minutes, shown as `7:05`.
    Minutes(i64),
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

/// How wide the longest bar is beside the text, in characters.
const BAR: usize = 20;
/// How wide the name and the figure before a chart's bar may be.
const CHART_NAME: usize = 24;

/// A table's lines, aligned; the columns that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// The headings.
    pub head: String,
    /// A line for each row.
    pub rows: Vec<String>,
    /// The line of sums.
    pub sums: Option<String>,
}

impl Table {
    /// A table without columns yet, entitled by what it tells and of what.
    pub(super) fn new(question: &Question, what: &str) -> Self {
        let currency = question.settings.currency;
        Self {
            title: format!("{what}, {}, {currency}", question.span.words()),
            currency,
            columns: Vec::new(),
            rows: Vec::new(),
            sums: None,
            bars: None,
        }
    }

    /// Takes a column away.
    pub(super) fn drop_column(&mut self, name: &str) {
        let Some(at) = self.columns.iter().position(|column| column.name == name) else { return };
        self.columns.remove(at);
        for row in self.rows.iter_mut().chain(&mut self.sums) {
            row.remove(at);
        }
    }

    /// A cell as people read it.
    pub fn show(&self, cell: &Cell) -> String {
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
            Cell::Minutes(minutes) => format!("{}:{:02}", minutes / 60, minutes % 60),
        }
    }

    /// Aligned lines of the first column and, of the others, those from `skip` on that fit into so
    /// many columns of the screen.
    pub fn lines(&self, skip: usize, room: usize) -> Lines {
        let width = |at: usize| -> usize {
            let cells = self.rows.iter().chain(&self.sums).filter_map(|row| row.get(at));
            let heading = self.columns.get(at).map_or(0, |c| c.name.width());
            cells.map(|cell| self.show(cell).width()).max().unwrap_or(0).max(heading)
        };
        let mut shown: Vec<(usize, usize)> = Vec::new();
        let mut used = 0;
        for at in std::iter::once(0).chain(skip + 1..self.columns.len()) {
            let width = width(at);
            if !shown.is_empty() && used + 2 + width > room {
                break;
            }
            used += width + if shown.is_empty() { 0 } else { 2 };
            shown.push((at, width));
        }
        let line = |cell: &dyn Fn(usize) -> String| -> String {
            let cells = shown.iter().map(|(at, width)| {
                let cell = cell(*at);
                let pad = " ".repeat(width.saturating_sub(cell.width()));
                let text = self.columns.get(*at).is_some_and(|c| c.kind == Kind::Text);
                if text { format!("{cell}{pad}") } else { format!("{pad}{cell}") }
            });
            cells.collect::<Vec<_>>().join("  ")
        };
        let row = |row: &Vec<Cell>| line(&|at| row.get(at).map(|cell| self.show(cell)).unwrap_or_default());
        Lines {
            head: line(&|at| self.columns.get(at).map_or_else(String::new, |c| c.name.to_owned())),
            rows: self.rows.iter().map(row).collect(),
            sums: self.sums.as_ref().map(row),
        }
    }

    /// What it comes to, in a line.
    pub fn summary(&self) -> String {
        let rows = match self.rows.len() {
            1 => "1 row".to_owned(),
            rows => format!("{rows} rows"),
        };
        let bars = self.bars.and_then(|at| Some((self.columns.get(at)?, self.sums.as_ref()?.get(at)?)));
        let sum = bars.map(|(column, cell)| format!(", {} {}", column.name.to_lowercase(), self.show(cell)));
        format!("{}: {rows}{}", self.title, sum.unwrap_or_default())
    }

    /// As text: aligned columns, a line of sums, bars where people would rather look than read.
    pub fn text(&self) -> String {
        let lines = self.lines(0, usize::MAX);
        let rule = "-".repeat(lines.head.width());
        let mut out = format!("{}\n\n", self.title);
        let mut put = |line: &str| {
            out.push_str(line.trim_end());
            out.push('\n');
        };
        put(&lines.head);
        put(&rule);
        for (at, line) in lines.rows.iter().enumerate() {
            put(&format!("{line}  {}", self.bar(at, BAR)));
        }
        if let Some(sums) = &lines.sums {
            put(&rule);
            put(sums);
        }
        if self.rows.is_empty() {
            put(NOTHING);
        }
        out
    }

    /// As a bar chart in characters: name, figure, and a bar that fills the rest of so many columns.
    pub fn chart(&self, room: usize) -> Vec<String> {
        let Some(bars) = self.bars else { return Vec::new() };
        let cell = |row: &Vec<Cell>, at: usize| row.get(at).map(|cell| self.show(cell)).unwrap_or_default();
        let width = |at: usize| self.rows.iter().map(|row| cell(row, at).width()).max().unwrap_or(0);
        let (names, figures) = (width(0).min(CHART_NAME), width(bars));
        let longest = room.saturating_sub(names + figures + 4);
        let line = |(at, row): (usize, &Vec<Cell>)| {
            let name = cut(&cell(row, 0), names);
            let (pad, figure) = (" ".repeat(names.saturating_sub(name.width())), cell(row, bars));
            let before = " ".repeat(figures.saturating_sub(figure.width()));
            format!("{name}{pad}  {before}{figure}  {}", self.bar(at, longest)).trim_end().to_owned()
        };
        self.rows.iter().enumerate().map(line).collect()
    }

    /// The bar of a row, where the longest of all is so many characters long.
    fn bar(&self, row: usize, longest: usize) -> String {
        let value = |row: &Vec<Cell>| match row.get(self.bars?)? {
            Cell::Money(amount) => Some(amount.minor()),
            Cell::Count(count) | Cell::Minutes(count) => Some(*count),
            Cell::Quantity(quantity) => Some(quantity.thousandths()),
            Cell::Text(_) | Cell::Percent(_) => None,
        };
        let most = self.rows.iter().filter_map(value).max().filter(|most| *most > 0);
        let this = self.rows.get(row).and_then(value).filter(|this| *this > 0);
        let (Some(most), Some(this)) = (most, this) else { return String::new() };
        let length = i128::from(this) * longest as i128;
        let length = crate::domain::rounding::divide_rounded(length, most.into(), Rounding::HalfUp);
        "#".repeat(usize::try_from(length).unwrap_or(0))
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
                    Cell::Text(_) | Cell::Quantity(_) | Cell::Money(_) | Cell::Percent(Some(_)) | Cell::Minutes(_) => {
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

/// What is said instead of rows.
pub const NOTHING: &str = "There is nothing in this time.";

/// As much of a text as fits into so many columns.
fn cut(text: &str, columns: usize) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += unicode_width::UnicodeWidthChar::width(*c).unwrap_or(0);
        used <= columns
    };
    text.chars().take_while(fits).collect()
}

/// A text for CSV: formulas neutralised, quoted where it must be.
pub fn csv_text(text: &str) -> String {
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

    #[test]
    fn columns_that_do_not_fit_are_reached_by_skipping() {
        let mut wide = table();
        wide.columns.push(Column { name: "Open for", kind: Kind::Minutes });
        for row in wide.rows.iter_mut().chain(&mut wide.sums) {
            row.push(Cell::Minutes(65));
        }
        let check = |skip, room, head: &str, row: &str| {
            let lines = wide.lines(skip, room);
            assert_eq!((lines.head.as_str(), lines.rows[2].as_str()), (head, row), "{skip} {room}");
        };
        check(0, 99, "Item                Total  Open for", "Tea                  5.00      1:05");
        check(0, 30, "Item                Total", "Tea                  5.00");
        check(1, 30, "Item                Open for", "Tea                     1:05");
        check(9, 30, "Item              ", "Tea               ");
    }

    #[test]
    fn a_chart_fills_the_room() {
        let chart = table().chart(40);
        assert_eq!(chart[0], "=cmd|' /C calc'!A0  -1.50");
        assert_eq!(chart[1], "Crème, \"brûlée\"     10.00  #############");
        assert_eq!(chart[2], "Tea                  5.00  #######");
    }
}
