//! What the person at the till sees and does: input → action → command, and the screen as data.
//! Pure.

pub mod key;
pub mod screen;
