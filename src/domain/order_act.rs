//! What was done to an order: to its lines, its face, and between people and orders. Events say it.

use serde::{Deserialize, Serialize};

/// What was done to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineAct {
    /// Rung for the first time.
    Added,
    /// The same again, on the same line.
    Again,
    /// Its quantity was set.
    Quantity,
    /// Its price was changed.
    Price,
    /// A note was set or taken away.
    Note,
    /// Its modifiers were changed.
    Modifiers,
    /// Its discount was set or taken away.
    Discount,
    /// It was voided.
    Voided,
    /// It is for another seat.
    Seat,
    /// It belongs to another course.
    Course,
    /// Its taxes changed with the order type.
    Retaxed,
    /// Another line of the order changed what promotions give on it.
    Promotion,
    /// A former act was undone.
    Undone,
}

/// What was done to an order's face.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaceAct {
    /// It got a name, or another one.
    Named,
    /// Its order type changed.
    Type,
    /// A discount was given or taken back.
    Discount,
    /// Table or covers changed, or tables were joined.
    Table,
    /// The service charge was taken off, or put back.
    Service,
    /// A coupon was handed in, or all given back.
    Coupon,
    /// It is for another customer, or for nobody who is known.
    Customer,
    /// What nobody may eat was said, or taken back.
    Allergies,
    /// It is for another time.
    Due,
    /// It may come to something else.
    Limit,
    /// It was written down how somebody is reached.
    Contact,
    /// A course was fired, held back, or let wait its turn.
    Course,
    /// A former act was undone.
    Undone,
}

/// Why an order changed hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandAct {
    /// Put aside on purpose.
    Held,
    /// Put aside since its user signed out or another signed in.
    Parked,
    /// Brought back from the list.
    Recalled,
    /// It followed its user to this register.
    Followed,
    /// Taken from somebody else.
    TakenOver,
    /// Brought here from a register on which no session runs any more.
    Rescued,
    /// Given to somebody else, who serves it from now on.
    Given,
}

/// Why lines moved between orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinesAct {
    /// The order was divided.
    Split,
    /// Its bills came together again.
    Unsplit,
    /// Another order was merged into it.
    Merged,
    /// Some of its lines went to another order, or came from one.
    Moved,
}
