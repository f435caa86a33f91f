//! Who customers are: kept apart from the journal, so that somebody can be forgotten.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::domain::customer::{Account, Move, Person, Received};
use crate::domain::event::{Event, Recorded};
use crate::domain::ids::CustomerId;
use crate::domain::sale::Sale;
use crate::domain::spool::NewJob;
use crate::store::error::{CommitError, StoreError};
use crate::store::fold::{accounts, from_json, json, points};
use crate::store::load::{event_at, sale_at};
use crate::store::{Committed, Store};

impl Store {
    /// Records that a customer is known, or known otherwise, and who they are: both or nothing.
    ///
    /// # Errors
    /// See [`CommitError`].
    pub fn save_person(
        &mut self,
        customer: CustomerId,
        person: &Person,
        act: &[Recorded],
        jobs: &[NewJob],
    ) -> Result<Committed, CommitError> {
        self.commit_with(act, jobs, |tx| {
            tx.prepare_cached("INSERT OR REPLACE INTO people (customer, body) VALUES (?1, ?2)")?
                .execute((customer.0.as_bytes(), json(person)?))?;
            Ok(())
        })
    }

    /// Records that a customer is forgotten, and forgets them: their row is overwritten, and so is the paper that
    /// named them, which `titles` lists. Backups that were made before still know them.
    ///
    /// # Errors
    /// See [`CommitError`].
    pub fn forget_person(
        &mut self,
        customer: CustomerId,
        titles: &[String],
        act: &[Recorded],
    ) -> Result<Committed, CommitError> {
        self.conn.pragma_update(None, "secure_delete", true).map_err(CommitError::from)?;
        let done = self.commit_with(act, &[], |tx| {
            tx.execute("DELETE FROM people WHERE customer = ?1", [customer.0.as_bytes()])?;
            let nothing: [u8; 32] = Sha256::digest([]).into();
            for title in titles {
                let jobs = "SELECT id FROM jobs WHERE title = ?1";
                let blank = format!("UPDATE job_bytes SET bytes = x'', sha256 = ?2 WHERE job IN ({jobs})");
                tx.execute(&blank, (title, nothing))?;
                tx.execute(&format!("DELETE FROM job_documents WHERE job IN ({jobs})"), [title])?;
            }
            Ok(())
        })?;
        // The write-ahead log holds the row as it was until it is carried over.
        self.checkpoint()?;
        Ok(done)
    }

    /// Who a customer is; none where nobody knows, or not any more.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn person(&self, customer: CustomerId) -> Result<Option<Person>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT body FROM people WHERE customer = ?1")?;
        let body: Option<String> = statement.query_row([customer.0.as_bytes()], |row| row.get(0)).optional()?;
        Ok(body.map(|body| from_json(&body)).transpose()?)
    }

    /// Everybody who is known, with how their accounts stand.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn people(&self) -> Result<Vec<(CustomerId, Person, Account)>, StoreError> {
        let tx = self.conn.unchecked_transaction()?;
        let accounts = accounts::load(&tx)?;
        let known = all(&tx)?.into_iter();
        Ok(known.map(|(id, person)| (id, person, accounts.get(&id).copied().unwrap_or_default())).collect())
    }

    /// The movements of a house account, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn account_moves(&self, customer: CustomerId) -> Result<Vec<Move>, StoreError> {
        Ok(accounts::moves(&self.conn, customer)?)
    }

    /// The points of a customer, by scheme.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn points(&self, customer: CustomerId) -> Result<BTreeMap<String, i64>, StoreError> {
        let all = points::load(&self.conn)?.into_iter();
        Ok(all.filter(|((whose, _), _)| *whose == customer).map(|((_, scheme), points)| (scheme, points)).collect())
    }

    /// The payments on a house account that were not taken back, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn payments_on_account(&self, customer: CustomerId, most: u32) -> Result<Vec<Received>, StoreError> {
        let mut payments = Vec::new();
        for entry in accounts::payments(&self.conn, customer, most)? {
            if let Event::MoneyReceived { received } = event_at(&self.conn, entry)? {
                payments.push(*received);
            }
        }
        Ok(payments)
    }

    /// What a customer has bought, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sales_of_customer(&self, customer: CustomerId, most: u32) -> Result<Vec<Sale>, StoreError> {
        let sql = "SELECT entry FROM sales WHERE customer = ?1 ORDER BY entry DESC LIMIT ?2";
        let mut statement = self.conn.prepare_cached(sql)?;
        let entries = statement.query_map((customer.0.as_bytes(), most), |row| row.get(0))?;
        entries.map(|entry| sale_at(&self.conn, entry?)).collect()
    }
}

/// Everybody who is known.
pub(super) fn all(conn: &Connection) -> Result<BTreeMap<CustomerId, Person>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT customer, body FROM people")?;
    let mut rows = statement.query([])?;
    let mut people = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let body: String = row.get(1)?;
        people.insert(CustomerId(Uuid::from_bytes(row.get(0)?)), from_json(&body)?);
    }
    Ok(people)
}
