//! Ids: UUIDv7 for what the program keeps, short numbers for what people say.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// A box: one machine with one store.
    BoxId
);
id!(
    /// An order, from its first line to its sale and beyond.
    OrderId
);
id!(
    /// A sale or a refund: a document that never changes.
    SaleId
);
id!(
    /// One payment, or one part of a split tender.
    PaymentId
);
id!(
    /// A member of staff.
    StaffId
);
id!(
    /// A cash period of one register.
    ShiftId
);

id!(
    /// A customer. Who they are is kept apart.
    CustomerId
);

id!(
    /// One time at work of somebody.
    WorkId
);

/// A register's number on its box: 1, 2, 3 …; 0 is the office, where what happens on no register
/// is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegisterId(pub u16);

impl RegisterId {
    /// The office's journal stream.
    pub const OFFICE: Self = Self(0);
}

impl fmt::Display for RegisterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A line's number within its order: 1, 2, 3 … in the order of ringing; never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LineId(pub u32);

/// Where new ids come from. The session hands in a source over the clock and the system's
/// randomness; tests and replays hand in a counter.
pub trait IdSource {
    /// A UUID never given before.
    fn next(&mut self) -> Uuid;
}
