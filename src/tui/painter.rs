//! From one picture to the next: what changed is written, and nothing else is looked at twice.
//!
//! As `ratatui::Terminal` does it, for screens that are nearly the same from key to key: rows that
//! did not change are passed over whole.

use std::io::{self, Write};

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};

use super::ansi::Ansi;
use super::text::width;

/// A terminal with what it shows.
pub(super) struct Painter<W: Write> {
    ansi: Ansi<W>,
    shown: Buffer,
    next: Buffer,
}

impl<W: Write> Painter<W> {
    /// On a terminal that is clear.
    pub fn new(ansi: Ansi<W>) -> Self {
        Self { ansi, shown: Buffer::default(), next: Buffer::default() }
    }

    /// Draws a picture, which says where the cursor stands in it: one write of what changed. A
    /// changed size is noticed here too.
    pub fn paint(&mut self, draw: impl FnOnce(&mut Buffer) -> Option<Position>) -> io::Result<()> {
        let size = self.ansi.size();
        let area = Rect::new(0, 0, size.width, size.height);
        if self.shown.area != area {
            let fresh = self.shown.area.is_empty();
            (self.shown, self.next) = (Buffer::empty(area), Buffer::empty(area));
            // What is drawn on first is clear already.
            if !fresh {
                self.ansi.clear();
            }
        }
        self.next.reset();
        let cursor = draw(&mut self.next);
        changes(&self.shown, &self.next, |x, y, cell| self.ansi.cell(x, y, cell));
        self.ansi.write_blanks();
        match cursor {
            Some(position) => {
                self.ansi.show_cursor(true);
                self.ansi.move_to(position);
            }
            None => self.ansi.show_cursor(false),
        }
        std::mem::swap(&mut self.shown, &mut self.next);
        self.ansi.flush()
    }

    /// Forgets what is shown, so that the next picture is painted whole.
    pub fn forget(&mut self) {
        self.shown.reset();
        self.ansi.clear();
    }

    /// All bytes written so far.
    pub const fn written(&self) -> u64 {
        self.ansi.written()
    }
}

/// Every cell of the new picture that must be written, row by row: those that differ, and those that
/// half of a wide character stood on.
fn changes(old: &Buffer, new: &Buffer, mut write: impl FnMut(u16, u16, &Cell)) {
    let columns = usize::from(new.area.width).max(1);
    let rows = old.content.chunks(columns).zip(new.content.chunks(columns));
    for (y, (old, new)) in (0..).zip(rows).filter(|(_, (old, new))| old != new) {
        let (mut x, mut torn_before) = (0, 0);
        while let (Some(was), Some(is)) = (old.get(x), new.get(x)) {
            let wide = columns_of(is);
            if was != is || x < torn_before {
                write(x as u16, y, is);
                let covered = (x..).zip(&old[x..(x + wide).min(old.len())]);
                torn_before = covered.map(|(x, was)| x + columns_of(was)).fold(torn_before.max(x + wide), usize::max);
            }
            x += wide;
        }
    }
}

fn columns_of(cell: &Cell) -> usize {
    match cell.symbol() {
        one if one.len() == 1 => 1,
        other => usize::from(width(other).max(1)),
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use ratatui::layout::Size;
    use ratatui::style::Style;

    use super::*;

    /// What a terminal shows after these pictures, one after the other.
    fn check(pictures: &[&str], cells_of_the_last: usize) {
        let mut out = Vec::new();
        let mut painter = Painter::new(Ansi::new(&mut out, || Size::new(10, 2)));
        let (mut before, mut cells) = (Buffer::empty(Rect::new(0, 0, 10, 2)), 0);
        for picture in pictures {
            let draw = |buffer: &mut Buffer| {
                buffer.set_string(0, 0, picture, Style::new());
                Some(Position::new(0, 1))
            };
            painter.paint(draw).unwrap();
            cells = 0;
            changes(&before, &painter.shown, |_, _, _| cells += 1);
            before.clone_from(&painter.shown);
        }
        assert_eq!(cells, cells_of_the_last, "{pictures:?}");
        drop(painter);
        let mut parser = vt100::Parser::new(NonZero::new(2).unwrap(), NonZero::new(10).unwrap(), 0);
        parser.process(&out);
        assert_eq!(parser.screen().rows(0, 10).next().as_deref(), pictures.last().copied(), "{out:?}");
    }

    #[test]
    fn only_what_changed_is_written_and_half_of_a_wide_character_never_stays() {
        check(&["tea"], 3);
        check(&["tea", "tea"], 0);
        check(&["tea", "ten"], 1);
        // Both halves are written again, whichever of them changed.
        check(&["茶 tea", "a  tea"], 2);
        check(&["abc", "茶c"], 1);
        check(&["x茶c", "茶 c"], 2);
    }
}
