//! Rows on their way into a table: a column at a time, since PostgreSQL reads an array of each many times faster than it
//! takes rows out of a document. (`COPY` would be as fast, and is nothing for a role that row security holds.)

use bytes::BytesMut;
use deadpool_postgres::Transaction;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::super::db::run;
use super::super::failure::Result;
use crate::domain::money::Money;

/// All values of one column.
pub(super) type Column = Box<dyn ToSql + Sync + Send>;

/// A row of a table; its fields are named as the columns.
pub(super) trait Row: Sized {
    /// The table.
    const TABLE: &'static str;
    /// Its columns, each with its type.
    const COLUMNS: &'static [(&'static str, &'static str)];

    /// The rows, column by column.
    fn columns(rows: Vec<Self>) -> Vec<Column>;
}

/// Makes the rows of a table: fields with their types here and there.
macro_rules! table {
    ($(#[$about:meta])* $row:ident $table:literal { $($field:ident: $here:ty => $there:literal,)* }) => {
        $(#[$about])*
        struct $row {
            $($field: $here,)*
        }

        impl Row for $row {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [(&'static str, &'static str)] = &[$((stringify!($field), $there),)*];

            fn columns(rows: Vec<Self>) -> Vec<Column> {
                $(let mut $field: Vec<$here> = Vec::with_capacity(rows.len());)*
                for row in rows {
                    $($field.push(row.$field);)*
                }
                vec![$(Box::new($field),)*]
            }
        }
    };
}
pub(super) use table;

/// Puts rows into their table; `then` says what of those that are there.
///
/// # Errors
/// When the database refuses them.
pub(super) async fn insert<R: Row>(tx: &Transaction<'_>, rows: Vec<R>, then: &str) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = R::COLUMNS.iter().map(|(name, _)| *name).collect();
    let arrays: Vec<String> = (1..).zip(R::COLUMNS).map(|(at, (_, kind))| format!("${at}::{kind}[]")).collect();
    let (table, names, arrays) = (R::TABLE, names.join(", "), arrays.join(", "));
    let sql = format!("INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}) {then}");
    let columns = R::columns(rows);
    let given: Vec<&(dyn ToSql + Sync)> = columns.iter().map(|column| column.as_ref() as _).collect();
    run(tx, &sql, &given).await?;
    Ok(())
}

/// Whole minor units.
impl ToSql for Money {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.minor().to_sql(kind, out)
    }

    fn accepts(kind: &Type) -> bool {
        <i64 as ToSql>::accepts(kind)
    }

    to_sql_checked!();
}
