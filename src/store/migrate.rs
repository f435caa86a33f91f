//! Numbered migrations over `user_version`, all that are due in one transaction: killed at any
//! moment, a store has the old schema or the new one, never a mix.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::store::error::StoreError;
use crate::store::verify;

/// Says in the file's header what it is: "CFLW".
const APPLICATION_ID: i32 = 0x4346_4C57;

/// The migrations; the first makes schema 1.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/till/0001_journal.sql"),
    include_str!("../../migrations/till/0002_keys.sql"),
    include_str!("../../migrations/till/0003_order_lines.sql"),
    include_str!("../../migrations/till/0004_acts.sql"),
    include_str!("../../migrations/till/0005_kitchen.sql"),
    include_str!("../../migrations/till/0006_spool.sql"),
    include_str!("../../migrations/till/0006_box_numbers.sql"),
    include_str!("../../migrations/till/0007_override_failures.sql"),
    include_str!("../../migrations/till/0009_refunds.sql"),
    include_str!("../../migrations/till/0010_work.sql"),
    include_str!("../../migrations/till/0011_promotions.sql"),
    include_str!("../../migrations/till/0012_kitchen_done.sql"),
    include_str!("../../migrations/till/0060_customers.sql"),
    include_str!("../../migrations/till/0030_drawers_and_service.sql"),
    include_str!("../../migrations/till/0040_printers.sql"),
    include_str!("../../migrations/till/0050_contacts.sql"),
    include_str!("../../migrations/till/0020_outbox.sql"),
    include_str!("../../migrations/till/0061_vouchers.sql"),
    include_str!("../../migrations/till/0062_stock.sql"),
    include_str!("../../migrations/till/0063_taken_back.sql"),
    include_str!("../../migrations/till/0064_tips.sql"),
    include_str!("../../migrations/till/0065_points.sql"),
    include_str!("../../migrations/till/0080_menus.sql"),
    include_str!("../../migrations/till/0081_brought_back.sql"),
];

/// The newest schema this program knows.
pub const SCHEMA: u32 = MIGRATIONS.len() as u32;

/// The schema of the file: 0 for one with nothing in it.
pub(super) fn schema_of(conn: &Connection, path: &Path) -> Result<u32, StoreError> {
    let id: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let schema: u32 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (id, schema, tables) {
        (0, 0, 0) => Ok(0),
        (APPLICATION_ID, 1.., _) => Ok(schema),
        _ => Err(StoreError::NotAStore(path.to_owned())),
    }
}

/// Refuses a store that a newer program wrote, naming both.
pub(super) fn refuse_newer(conn: &Connection, schema: u32, program: &str) -> Result<(), StoreError> {
    if schema <= SCHEMA {
        return Ok(());
    }
    let writer = conn.query_row("SELECT program FROM box", [], |row| row.get(0));
    let writer = writer.unwrap_or_else(|_| "of an unknown version".to_owned());
    Err(StoreError::TooNew { schema, writer, program: program.to_owned(), known: SCHEMA })
}

/// Takes an older store up to the newest schema, and fills the projections again, since an older
/// program has filled them as it knew them: all in one transaction. `progress` is told how many
/// entries are filled, of how many.
pub(super) fn migrate(
    conn: &mut Connection,
    steps: &[&str],
    program: &str,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), StoreError> {
    let before: u32 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if before as usize >= steps.len() {
        return Ok(());
    }
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have done it in the meantime.
    let now: u32 = tx.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (step, schema) in steps.iter().zip(1..).skip(now as usize) {
        apply(&tx, step, schema)?;
    }
    if (now as usize) < steps.len() {
        tx.execute("UPDATE box SET program = ?1", [program])?;
        if now > 0 {
            verify::refill(&tx, progress)?;
        }
        tx.commit()?;
    }
    Ok(())
}

/// One step, within a transaction of the caller's.
pub(super) fn apply(conn: &Connection, step: &str, schema: u32) -> Result<(), StoreError> {
    conn.execute_batch(step)?;
    conn.pragma_update(None, "application_id", APPLICATION_ID)?;
    conn.pragma_update(None, "user_version", schema)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::connection::{Access, connect};

    const NEXT: &str = "CREATE TABLE later (x INTEGER) STRICT; INSERT INTO later VALUES (1);";

    fn made(path: &Path) -> Connection {
        let mut conn = connect(path, Access::Create).unwrap();
        migrate(&mut conn, MIGRATIONS, "0.1.0", &mut |_, _| {}).unwrap();
        conn.execute("INSERT INTO box VALUES (1, zeroblob(16), zeroblob(16), '0.1.0')", []).unwrap();
        conn
    }

    fn has_later(conn: &Connection) -> bool {
        conn.query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'later'", [], |row| row.get::<_, i64>(0))
            .unwrap()
            == 1
    }

    #[test]
    fn a_step_that_fails_half_way_leaves_the_old_schema() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.db");
        let mut conn = made(&path);
        let broken = format!("{NEXT} INSERT INTO nowhere VALUES (1);");
        let with = |last| MIGRATIONS.iter().copied().chain([last]).collect::<Vec<_>>();
        assert!(migrate(&mut conn, &with(broken.as_str()), "0.2.0", &mut |_, _| {}).is_err());
        assert_eq!(schema_of(&conn, &path).unwrap(), SCHEMA);
        assert!(!has_later(&conn));

        migrate(&mut conn, &with(NEXT), "0.2.0", &mut |_, _| {}).unwrap();
        assert_eq!(schema_of(&conn, &path).unwrap(), SCHEMA + 1);
        assert!(has_later(&conn));
    }

    #[test]
    fn a_step_killed_half_way_leaves_the_old_schema() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.db");
        let mut conn = made(&path);
        let tx = conn.transaction().unwrap();
        apply(&tx, NEXT, SCHEMA + 1).unwrap();
        tx.cache_flush().unwrap();
        // What the disk holds at this moment is what a killed process leaves.
        let copy = dir.path().join("copy.db");
        for suffix in ["", "-wal"] {
            std::fs::copy(dir.path().join(format!("x.db{suffix}")), dir.path().join(format!("copy.db{suffix}")))
                .unwrap();
        }
        let copied = connect(&copy, Access::Write).unwrap();
        assert_eq!(schema_of(&copied, &copy).unwrap(), SCHEMA);
        assert!(!has_later(&copied));
    }

    #[test]
    fn a_newer_store_is_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.db");
        let conn = made(&path);
        conn.execute("UPDATE box SET program = '9.9.9'", []).unwrap();
        let refused = refuse_newer(&conn, SCHEMA + 1, "0.1.0").unwrap_err().to_string();
        let newer = format!("schema {}, written by CounterFlow 9.9.9; this is CounterFlow 0.1.0", SCHEMA + 1);
        assert!(refused.contains(&newer), "{refused}");
        assert!(refuse_newer(&conn, SCHEMA, "0.1.0").is_ok());
    }

    #[test]
    fn an_older_store_gets_its_projections_filled_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.db");
        let mut conn = connect(&path, Access::Create).unwrap();
        apply(&conn, MIGRATIONS[0], 1).unwrap();
        conn.execute("INSERT INTO box VALUES (1, zeroblob(16), zeroblob(16), '0.1.0')", []).unwrap();
        // As schema 1 has recorded it: the drawer was opened.
        let body = r#"{"at":{"utc_ms":0,"offset_min":0},"business_date":"1970-01-01","register":1,"program":"0.1.0","schema":1,"event":{"kind":"no-sale","reason":"Change"}}"#;
        conn.execute("INSERT INTO journal VALUES (1, 1, 1, zeroblob(32), CAST(?1 AS BLOB))", [body]).unwrap();
        let mut told = Vec::new();
        migrate(&mut conn, MIGRATIONS, "0.2.0", &mut |done, all| told.push((done, all))).unwrap();
        assert_eq!(told, [(0, 1), (1, 1)]);
        let acts = "SELECT kind || ' ' || reason FROM acts";
        assert_eq!(conn.query_row(acts, [], |row| row.get::<_, String>(0)).unwrap(), "no-sale Change");
        migrate(&mut conn, MIGRATIONS, "0.2.0", &mut |_, _| panic!("there is nothing left to do")).unwrap();
    }

    #[test]
    fn a_foreign_database_is_not_a_store() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.db");
        let conn = connect(&path, Access::Create).unwrap();
        assert_eq!(schema_of(&conn, &path).unwrap(), 0);
        conn.execute_batch("CREATE TABLE t (x)").unwrap();
        assert!(matches!(schema_of(&conn, &path), Err(StoreError::NotAStore(_))));
    }
}
