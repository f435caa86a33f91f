//! The screen on a terminal: [`draw()`] draws [`crate::ui::screen::Screen`], [`Terminal`] guards the
//! terminal, [`keys::spawn`] reads its keys. What is shown is decided in `ui`; here is only where it
//! stands, how it looks, and how few bytes it takes.

mod ansi;
mod canvas;
mod dialog;
mod draw;
mod escape;
mod figures;
mod foot;
pub mod keys;
mod kitchen;
mod list;
mod look;
mod map;
mod order;
mod painter;
mod plan;
mod sign_in;
mod terminal;
#[cfg(test)]
mod tests;
mod text;

pub use draw::{draw, picture};
pub use keys::TermEvent;
pub use kitchen::draw_kitchen;
pub use look::{Colours, Environment, Glyphs, Look};
pub use terminal::{Terminal, restore, size};
pub use text::wrap;
