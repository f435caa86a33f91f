//! Finding a sale again: by its receipt, by what was paid and when, by a card's last digits.

use chrono::NaiveDate;
use rusqlite::{OptionalExtension, params};

use crate::domain::event::Event;
use crate::domain::ids::{RegisterId, SaleId};
use crate::domain::money::Money;
use crate::domain::refund::{Found, Refund};
use crate::domain::sale::Sale;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::journal;
use crate::store::load::{event_at, sale_at};

/// How many sales are shown to choose from.
const MOST: usize = 20;
/// How many of the last card sales are looked through for a card's digits.
const CARD_SALES: u32 = 2_000;

impl Store {
    /// The sale with this receipt number, with all its refunds.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn found(&self, register: RegisterId, receipt: u64) -> Result<Option<Found>, StoreError> {
        let tx = self.conn.unchecked_transaction()?;
        let entry: Option<i64> = tx
            .prepare_cached("SELECT entry FROM sales WHERE register = ?1 AND receipt = ?2 AND imported = 0")?
            .query_row((register.0, journal::int(receipt)), |row| row.get(0))
            .optional()?;
        let Some(entry) = entry else { return Ok(None) };
        let sale = sale_at(&tx, entry)?;
        let refunds = self.refunds_of(sale.id)?;
        Ok(Some(Found { sale, refunds }))
    }

    /// All refunds of a sale, in their order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn refunds_of(&self, sale: SaleId) -> Result<Vec<Refund>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT entry FROM refunds WHERE sale = ?1 ORDER BY entry")?;
        let entries: Vec<i64> =
            statement.query_map([sale.0.as_bytes()], |row| row.get(0))?.collect::<Result<_, _>>()?;
        entries
            .into_iter()
            .map(|entry| match event_at(&self.conn, entry)? {
                Event::Refunded { refund, .. } => Ok(*refund),
                _ => Err(StoreError::Damaged(format!("journal entry {entry} should be a refund"))),
            })
            .collect()
    }

    /// The sales that came to an amount, as it was paid; of one business date or of any. Newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sales_of_amount(&self, paid: Money, on: Option<NaiveDate>) -> Result<Vec<Sale>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT entry FROM sales WHERE total + rounding = ?1 AND (?2 IS NULL OR business_date = ?2) \
             AND imported = 0 ORDER BY entry DESC LIMIT ?3",
        )?;
        let entries = statement
            .query_map(params![paid.minor(), on.map(|d| d.to_string()), MOST as i64], |row| row.get::<_, i64>(0))?;
        entries.map(|entry| sale_at(&self.conn, entry?)).collect()
    }

    /// The last sales that were paid with a card of these last four digits. Newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sales_of_card(&self, last_four: &str) -> Result<Vec<Sale>, StoreError> {
        let mut sales = self.recent_sales(CARD_SALES)?;
        sales.retain(|sale| sale.payments.iter().any(|p| p.reference.last_four.as_deref() == Some(last_four)));
        sales.truncate(MOST);
        Ok(sales)
    }
}
