//! What nothing on this machine can beat.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use anyhow::{Result, ensure};
use rusqlite::Connection;

use crate::figures::Times;

/// One durable commit: `BEGIN IMMEDIATE`, five rows and their index, `COMMIT`, with a write-ahead
/// log that is synced each time.
pub struct Commits {
    conn: Connection,
    number: u32,
}

impl Commits {
    /// In this folder, which is to be on the disk of the store.
    pub fn new(dir: &Path) -> Result<Self> {
        let conn = Connection::open(dir.join("floor.db"))?;
        let mode: String = conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
        ensure!(mode == "wal", "no write-ahead log");
        conn.pragma_update(None, "synchronous", "FULL")?;
        conn.execute_batch(
            "CREATE TABLE IF NOT EXISTS sale (id INTEGER PRIMARY KEY, t TEXT, item TEXT, qty INTEGER, pence INTEGER);
             CREATE INDEX IF NOT EXISTS sale_t ON sale (t);",
        )?;
        Ok(Self { conn, number: 0 })
    }

    /// One more.
    pub fn commit(&mut self, times: &mut Times) -> Result<()> {
        self.number += 1;
        let began = Instant::now();
        self.conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        for row in 0..5 {
            self.conn.prepare_cached("INSERT INTO sale (t, item, qty, pence) VALUES (?1, ?2, 1, ?3)")?.execute((
                format!("2026-01-01T00:{:07}", self.number),
                format!("item {row}"),
                120 + row,
            ))?;
        }
        self.conn.prepare_cached("COMMIT")?.execute([])?;
        times.push(began.elapsed());
        Ok(())
    }
}

/// What this disk takes to make 4 KiB at the end of a file durable.
pub fn fdatasync(dir: &Path) -> Result<Times> {
    let path = dir.join("floor.raw");
    let mut file = File::create(&path)?;
    let mut times = Times::default();
    for _ in 0..300 {
        let began = Instant::now();
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        times.push(began.elapsed());
    }
    std::fs::remove_file(path)?;
    Ok(times)
}
