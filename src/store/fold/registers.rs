//! Registers: where their streams and numbers stand, and what else is kept of each.

use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use crate::domain::ids::{RegisterId, StaffId};
use crate::domain::money::Money;
use crate::domain::shift::Grand;
use crate::domain::till::Failures;
use crate::store::journal::{Hash, NO_HASH, int, whole};

/// What is kept of a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct Register {
    /// The number of its last entry.
    pub(in crate::store) seq: u64,
    /// The hash of its last entry.
    pub(in crate::store) head: Hash,
    /// The last receipt number given out.
    pub(in crate::store) receipt: u64,
    /// The last shift number given out.
    pub(in crate::store) shift: u32,
    /// The last Z number given out.
    pub(in crate::store) z: u32,
    /// The last refund number given out.
    pub(in crate::store) refund: u64,
    /// Sums over its life, up to its last Z.
    pub(in crate::store) grand: Grand,
    /// Wrong PINs.
    pub(in crate::store) failures: Failures,
    /// Wrong PINs where a second person's was asked for.
    pub(in crate::store) override_failures: Failures,
    /// The journal entry of its last sale.
    pub(in crate::store) last_sale: Option<i64>,
    /// The public half of its key, in hex.
    pub(in crate::store) key: Option<String>,
    /// Who is signed in on it.
    pub(in crate::store) signed_in: Option<StaffId>,
}

impl Default for Register {
    fn default() -> Self {
        Self {
            seq: 0,
            head: NO_HASH,
            receipt: 0,
            shift: 0,
            z: 0,
            refund: 0,
            grand: Grand::default(),
            failures: Failures::default(),
            override_failures: Failures::default(),
            last_sale: None,
            key: None,
            signed_in: None,
        }
    }
}

/// What is kept of a register; `None` when nothing happened on it.
pub(in crate::store) fn load_register(conn: &Connection, id: RegisterId) -> rusqlite::Result<Option<Register>> {
    conn.prepare_cached(
        "SELECT seq, head, receipt, shift_number, failures, failed_ms, last_sale, z_number, \
         grand_sales, grand_total, key, override_failures, override_failed_ms, refund, grand_refunds, grand_refunded, \
         signed_in FROM registers WHERE register = ?1",
    )?
    .query_row([id.0], |row| {
        Ok(Register {
            seq: whole(row.get(0)?),
            head: row.get(1)?,
            receipt: whole(row.get(2)?),
            shift: row.get(3)?,
            failures: Failures { count: row.get(4)?, last_ms: row.get(5)? },
            last_sale: row.get(6)?,
            z: row.get(7)?,
            grand: Grand {
                sales: whole(row.get(8)?),
                total: Money::from_minor(row.get(9)?),
                refunds: whole(row.get(14)?),
                refunded: Money::from_minor(row.get(15)?),
            },
            key: row.get(10)?,
            override_failures: Failures { count: row.get(11)?, last_ms: row.get(12)? },
            refund: whole(row.get(13)?),
            signed_in: row.get::<_, Option<[u8; 16]>>(16)?.map(|id| StaffId(Uuid::from_bytes(id))),
        })
    })
    .optional()
}

pub(super) fn save_register(conn: &Connection, id: RegisterId, register: &Register) -> rusqlite::Result<()> {
    conn.prepare_cached(
        "INSERT OR REPLACE INTO registers \
         (register, seq, head, receipt, shift_number, failures, failed_ms, last_sale, z_number, grand_sales, \
         grand_total, key, override_failures, override_failed_ms, refund, grand_refunds, grand_refunded, \
         signed_in) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
    )?
    .execute(rusqlite::params![
        id.0,
        int(register.seq),
        register.head,
        int(register.receipt),
        register.shift,
        register.failures.count,
        register.failures.last_ms,
        register.last_sale,
        register.z,
        int(register.grand.sales),
        register.grand.total.minor(),
        &register.key,
        register.override_failures.count,
        register.override_failures.last_ms,
        int(register.refund),
        int(register.grand.refunds),
        register.grand.refunded.minor(),
        register.signed_in.map(|staff| *staff.0.as_bytes()),
    ])?;
    Ok(())
}
