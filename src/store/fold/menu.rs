//! The menu as it stands, one row for each of its parts, each with its place.

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;

use crate::domain::catalogue::{Item, PageLayout};
use crate::domain::menu_change::MenuChange;
use crate::store::fold::{from_json, json};

/// Folds a change of the menu.
pub(super) fn change(conn: &Connection, change: &MenuChange) -> rusqlite::Result<()> {
    conn.prepare_cached("INSERT OR REPLACE INTO menu (only, currency, digest) VALUES (1, ?1, ?2)")?
        .execute((change.currency.code(), &change.digest))?;
    put(conn, "categories", change.categories.iter().map(|c| (c.code.as_str(), c)))?;
    put(conn, "modifier_groups", change.groups.iter().map(|g| (g.code.as_str(), g)))?;
    put(conn, "items", change.items.iter().map(|i| (i.code.as_str(), i)))?;
    put_barcodes(conn, &change.items)?;
    arrange(conn, "categories", change.category_order.as_deref())?;
    arrange(conn, "modifier_groups", change.group_order.as_deref())?;
    arrange(conn, "items", change.item_order.as_deref())?;
    if change.item_order.is_some() {
        conn.execute("DELETE FROM barcodes WHERE item NOT IN (SELECT code FROM items)", [])?;
    }
    if let Some(pages) = &change.pages {
        put_pages(conn, pages)?;
    }
    Ok(())
}

/// Binds a barcode to an item.
pub(super) fn bind(conn: &Connection, barcode: &str, code: &str) -> rusqlite::Result<()> {
    let body: Option<String> = conn
        .prepare_cached("SELECT body FROM items WHERE code = ?1")?
        .query_row([code], |row| row.get(0))
        .optional()?;
    let Some(body) = body else { return Ok(()) };
    let mut item: Item = from_json(&body)?;
    if !item.barcodes.iter().any(|b| b == barcode) {
        item.barcodes.push(barcode.to_owned());
    }
    conn.prepare_cached("UPDATE items SET body = ?2 WHERE code = ?1")?.execute((code, json(&item)?))?;
    conn.prepare_cached("INSERT OR REPLACE INTO barcodes (barcode, item) VALUES (?1, ?2)")?.execute((barcode, code))?;
    Ok(())
}

/// Puts parts of the menu; new ones at the end. `table` is one of ours, never from outside.
fn put<'a, T: Serialize + 'a>(
    conn: &Connection,
    table: &'static str,
    parts: impl Iterator<Item = (&'a str, &'a T)>,
) -> rusqlite::Result<()> {
    let last = format!("SELECT coalesce(max(position), -1) FROM {table}");
    let mut position: i64 = conn.prepare_cached(&last)?.query_row([], |row| row.get(0))?;
    let mut statement = conn.prepare_cached(&format!(
        "INSERT INTO {table} (code, position, body) VALUES (?1, ?2, ?3) \
         ON CONFLICT (code) DO UPDATE SET body = excluded.body"
    ))?;
    for (code, part) in parts {
        position += 1;
        statement.execute((code, position, json(part)?))?;
    }
    Ok(())
}

/// Gives each part the place it has in `order`, and takes away those that are not in it.
fn arrange(conn: &Connection, table: &'static str, order: Option<&[String]>) -> rusqlite::Result<()> {
    let Some(order) = order else { return Ok(()) };
    conn.execute(&format!("UPDATE {table} SET position = -1"), [])?;
    let mut statement = conn.prepare_cached(&format!("UPDATE {table} SET position = ?2 WHERE code = ?1"))?;
    for (position, code) in (0_i64..).zip(order) {
        statement.execute((code, position))?;
    }
    conn.execute(&format!("DELETE FROM {table} WHERE position = -1"), [])?;
    Ok(())
}

/// Two passes, since a barcode may move from one item to another in the same change.
fn put_barcodes(conn: &Connection, items: &[Item]) -> rusqlite::Result<()> {
    let mut forget = conn.prepare_cached("DELETE FROM barcodes WHERE item = ?1")?;
    for item in items {
        forget.execute([&item.code])?;
    }
    let mut keep = conn.prepare_cached("INSERT OR REPLACE INTO barcodes (barcode, item) VALUES (?1, ?2)")?;
    for item in items {
        for barcode in &item.barcodes {
            keep.execute((barcode, &item.code))?;
        }
    }
    Ok(())
}

fn put_pages(conn: &Connection, pages: &[PageLayout]) -> rusqlite::Result<()> {
    conn.execute("DELETE FROM pages", [])?;
    let mut statement = conn.prepare_cached("INSERT INTO pages (position, body) VALUES (?1, ?2)")?;
    for (position, page) in (0_i64..).zip(pages) {
        statement.execute((position, json(page)?))?;
    }
    Ok(())
}
