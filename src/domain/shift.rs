//! A register's cash period.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::ids::{ShiftId, StaffId};
use crate::domain::money::Money;
use crate::domain::time::Stamp;

/// A shift that is open on a register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// Its id.
    pub id: ShiftId,
    /// Its number on this register: 1, 2, 3 …
    pub number: u32,
    /// The business date it was opened on.
    pub business_date: NaiveDate,
    /// When it was opened.
    pub opened: Stamp,
    /// Who opened it.
    pub by: StaffId,
    /// What was in the drawer.
    pub float: Money,
}
