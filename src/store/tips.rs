//! Slips whose tips can be changed: the payments of a shift's sales.

use crate::domain::ids::{RegisterId, ShiftId};
use crate::domain::tip::Tipped;
use crate::store::Store;
use crate::store::error::StoreError;
use crate::store::fold::tips;
use crate::store::load::sale_at;

impl Store {
    /// The last sales of a shift that were paid with one of these tenders, oldest first, each with its tips as they
    /// stand.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn tipped(&self, shift: ShiftId, tenders: &[&str], most: u32) -> Result<Vec<Tipped>, StoreError> {
        let tenders = serde_json::json!(tenders).to_string();
        let mut statement = self.conn.prepare_cached(
            "SELECT entry FROM sales WHERE shift = ?1 AND EXISTS (SELECT 1 FROM sale_payments WHERE sale = entry \
             AND tender IN (SELECT value FROM json_each(?2))) ORDER BY entry DESC LIMIT ?3",
        )?;
        let entries = statement.query_map((shift.0.as_bytes(), tenders, most), |row| row.get(0))?;
        let mut found: Vec<Tipped> = Vec::new();
        for entry in entries {
            let sale = sale_at(&self.conn, entry?)?;
            let changed = tips::of_sale(&self.conn, sale.id)?;
            found.push(Tipped { sale, changed });
        }
        found.reverse();
        Ok(found)
    }

    /// A sale with its tips as they stand.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn tips_of(&self, register: RegisterId, receipt: u64) -> Result<Option<Tipped>, StoreError> {
        let Some(sale) = self.sale_by_receipt(register, receipt)? else { return Ok(None) };
        let changed = tips::of_sale(&self.conn, sale.id)?;
        Ok(Some(Tipped { sale, changed }))
    }
}
