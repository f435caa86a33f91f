//! How whoever ordered is reached: beside the journal, which never forgets, and only while the order is open.

use std::collections::BTreeMap;

use rusqlite::Connection;
use uuid::Uuid;

use crate::domain::event::{Event, Recorded};
use crate::domain::ids::OrderId;
use crate::domain::order_type::Contact;
use crate::store::error::{CommitError, StoreError};
use crate::store::{Committed, Store};

impl Store {
    /// Keeps how whoever ordered is reached, and records that it was written down.
    ///
    /// # Errors
    /// As [`Store::commit`]; then nothing is kept.
    pub fn set_contact(
        &mut self,
        order: OrderId,
        contact: &Contact,
        act: &[Recorded],
    ) -> Result<Committed, CommitError> {
        self.commit_with(act, &[], |tx| {
            tx.prepare_cached("INSERT OR REPLACE INTO contacts (order_id, phone, address) VALUES (?1, ?2, ?3)")?
                .execute((order.0.as_bytes(), &contact.phone, &contact.address))?;
            Ok(())
        })
    }

    /// How whoever ordered is reached, of all open orders.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn contacts(&self) -> Result<BTreeMap<OrderId, Contact>, StoreError> {
        load(&self.conn)
    }
}

pub(super) fn load(conn: &Connection) -> Result<BTreeMap<OrderId, Contact>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT order_id, phone, address FROM contacts")?;
    let contacts = statement.query_map([], |row| {
        let contact = Contact { phone: row.get(1)?, address: row.get(2)? };
        Ok((OrderId(Uuid::from_bytes(row.get(0)?)), contact))
    })?;
    Ok(contacts.collect::<Result<_, _>>()?)
}

/// Forgets how whoever ordered is reached once the order is no more.
pub(super) fn forget(conn: &Connection, event: &Event) -> rusqlite::Result<()> {
    if let Some(order) = event.ends() {
        conn.prepare_cached("DELETE FROM contacts WHERE order_id = ?1")?.execute([order.0.as_bytes()])?;
    }
    Ok(())
}
