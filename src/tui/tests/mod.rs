//! What the screens look like, how few bytes they take, and that nothing panics.

mod anything;
mod bytes;
mod pictures;
mod samples;
mod styles;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::draw::draw;
use super::look::{Colours, Glyphs, Look};
use crate::ui::screen::Screen;

const FULL: Look = Look { colours: Colours::Ansi16, glyphs: Glyphs::Full };
const ASCII: Look = Look { colours: Colours::Mono, glyphs: Glyphs::Ascii };

/// Draws a screen; gives its cells, and the cursor if it is shown.
fn drawn(screen: &Screen, columns: u16, rows: u16, look: Look) -> (Buffer, Option<Position>) {
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
    let cursor = draw(&mut buffer, screen, &look);
    (buffer, cursor)
}

/// The characters of a screen.
fn picture(buffer: &Buffer) -> String {
    let area = buffer.area;
    let row = |y| (0..area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    (0..area.height).map(row).collect::<Vec<_>>().join("\n")
}
