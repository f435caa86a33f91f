//! Compares the projections, row by row and column by column, with temporary tables of the same
//! names that the journal was folded into.

use std::cmp::Ordering;

use rusqlite::types::Value;
use rusqlite::{Connection, Rows, Statement};

use crate::store::error::StoreError;
use crate::store::fold::{PROJECTIONS, Projection};
use crate::store::verify::VerifyReport;

/// Makes an empty temporary table, with its indexes, for each projection. Under the same name, it
/// is found first by every statement that does not say `main`.
pub(super) fn make_shadows(conn: &Connection) -> Result<(), StoreError> {
    for projection in PROJECTIONS {
        let mut statement = conn.prepare(
            "SELECT type, sql FROM main.sqlite_schema WHERE tbl_name = ?1 AND sql IS NOT NULL ORDER BY type DESC",
        )?;
        let made: Vec<(String, String)> =
            statement.query_map([projection.table], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
        for (kind, sql) in made {
            let shadow = match kind.as_str() {
                "table" => sql.replacen("CREATE TABLE ", "CREATE TABLE temp.", 1),
                _ => sql.replacen("INDEX ", "INDEX temp.", 1),
            };
            conn.execute_batch(&shadow)?;
        }
    }
    Ok(())
}

/// Compares the rows of the tables that only grow which belong to entries `from` to `to`, and
/// empties their shadows.
pub(super) fn growing(conn: &Connection, (from, to): (i64, i64), report: &mut VerifyReport) -> Result<(), StoreError> {
    for projection in PROJECTIONS.iter().filter(|p| p.grows) {
        let range = format!("WHERE {} BETWEEN {from} AND {to}", projection.key[0]);
        compare(conn, projection, &range, report)?;
        conn.execute(&format!("DELETE FROM temp.{}", projection.table), [])?;
    }
    Ok(())
}

/// Compares the tables whose rows come and go.
pub(super) fn living(conn: &Connection, report: &mut VerifyReport) -> Result<(), StoreError> {
    for projection in PROJECTIONS.iter().filter(|p| !p.grows) {
        compare(conn, projection, "", report)?;
    }
    Ok(())
}

fn compare(
    conn: &Connection,
    projection: &Projection,
    range: &str,
    report: &mut VerifyReport,
) -> Result<(), StoreError> {
    let key = projection.key.join(", ");
    let select = |schema| format!("SELECT * FROM {schema}.{} {range} ORDER BY {key}", projection.table);
    let (mut kept, mut due) = (conn.prepare(&select("main"))?, conn.prepare(&select("temp"))?);
    let names: Vec<String> = kept.column_names().map(str::to_owned).collect();
    let table = Table { projection, names: &names };
    let (width, places) = (names.len(), table.key_places());
    let (mut kept, mut due) = (query(&mut kept)?, query(&mut due)?);
    let (mut left, mut right) = (next(&mut kept, width)?, next(&mut due, width)?);
    loop {
        let order = match (&left, &right) {
            (None, None) => return Ok(()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(left), Some(right)) => compare_keys(&places, left, right),
        };
        match (order, &left, &right) {
            (Ordering::Equal, Some(l), Some(r)) => table.compare_rows(l, r, report),
            (Ordering::Less, Some(l), _) => {
                report.say(format!("{}: it is there, but nothing in the journal says so", table.row_name(l)));
            }
            (_, _, Some(r)) => report.say(format!("{}: it is missing", table.row_name(r))),
            (_, _, None) => {}
        }
        if order != Ordering::Greater {
            left = next(&mut kept, width)?;
        }
        if order != Ordering::Less {
            right = next(&mut due, width)?;
        }
    }
}

fn query<'s>(statement: &'s mut Statement<'_>) -> Result<Rows<'s>, StoreError> {
    Ok(statement.query([])?)
}

fn next(rows: &mut Rows<'_>, width: usize) -> Result<Option<Vec<Value>>, StoreError> {
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some((0..width).map(|i| row.get(i)).collect::<Result<_, _>>()?))
}

/// As SQLite orders the types that occur in keys: numbers, then text, then bytes.
fn compare_keys(places: &[usize], left: &[Value], right: &[Value]) -> Ordering {
    let class = |value: &Value| match value {
        Value::Null => 0,
        Value::Integer(_) | Value::Real(_) => 1,
        Value::Text(_) => 2,
        Value::Blob(_) => 3,
    };
    let compare = |at: &usize| match (&left[*at], &right[*at]) {
        (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Value::Blob(a), Value::Blob(b)) => a.cmp(b),
        (a, b) => class(a).cmp(&class(b)),
    };
    places.iter().map(compare).find(|o| *o != Ordering::Equal).unwrap_or(Ordering::Equal)
}

struct Table<'a> {
    projection: &'a Projection,
    names: &'a [String],
}

impl Table<'_> {
    fn key_places(&self) -> Vec<usize> {
        self.projection.key.iter().filter_map(|key| self.names.iter().position(|name| name == key)).collect()
    }

    fn compare_rows(&self, kept: &[Value], due: &[Value], report: &mut VerifyReport) {
        for ((name, kept_value), due_value) in self.names.iter().zip(kept).zip(due) {
            if kept_value != due_value {
                let (is, due) = difference(kept_value, due_value);
                report.say(format!("{}: {name} is {is}, but the journal says {due}", self.row_name(kept)));
            }
        }
    }

    /// A row as people find it: `sales, entry 17 (register 1, receipt 42)`.
    fn row_name(&self, row: &[Value]) -> String {
        let named = |name: &str| {
            let at = self.names.iter().position(|n| n == name)?;
            Some(format!("{name} {}", show(row.get(at)?)))
        };
        let list = |names: &[&str]| names.iter().filter_map(|n| named(n)).collect::<Vec<_>>().join(", ");
        let key = list(self.projection.key);
        let other: Vec<&str> = ["register", "receipt", "number", "item"]
            .into_iter()
            .filter(|n| !self.projection.key.contains(n))
            .collect();
        match list(&other) {
            more if more.is_empty() => format!("{}, {key}", self.projection.table),
            more => format!("{}, {key} ({more})", self.projection.table),
        }
    }
}

/// Two values in words; of long texts, the part where they differ.
fn difference(kept: &Value, due: &Value) -> (String, String) {
    let (Value::Text(a), Value::Text(b)) = (kept, due) else { return (show(kept), show(due)) };
    if a.len().max(b.len()) <= 60 {
        return (show(kept), show(due));
    }
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let part = |text: &str| {
        let part: String = text.chars().skip(same.saturating_sub(20)).take(60).collect();
        format!("…{}…", crate::domain::text::clean(&part, 60))
    };
    (part(a), part(b))
}

/// A value in words, cut where it is long.
fn show(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => crate::domain::text::clean(text, 60),
        Value::Blob(bytes) => crate::store::journal::hex(&bytes[..bytes.len().min(16)]),
    }
}
