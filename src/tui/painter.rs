//! From one picture to the next: what changed is written, and nothing else is looked at twice.
//!
//! As `ratatui::Terminal` does it, for screens that are nearly the same from key to key: what was not drawn on is not
//! looked at, and rows that did not change are passed over whole.

use std::io::{self, Write};

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};

use super::ansi::Ansi;
use super::text::width;

/// A picture as it was drawn on the one before.
pub(super) struct Drawn {
    /// What was drawn on; everything else is as it was.
    pub areas: Vec<Rect>,
    /// Where the cursor stands, if it is shown.
    pub cursor: Option<Position>,
}

/// A terminal with what it shows.
pub(super) struct Painter<W: Write> {
    ansi: Ansi<W>,
    shown: Buffer,
    /// What is drawn on: the same as `shown` until somebody draws.
    next: Buffer,
    /// Whether the next picture must be drawn whole.
    fresh: bool,
}

impl<W: Write> Painter<W> {
    /// On a terminal that is clear.
    pub fn new(ansi: Ansi<W>) -> Self {
        Self { ansi, shown: Buffer::default(), next: Buffer::default(), fresh: true }
    }

    /// Draws a picture on the one before, whole where `draw` is told so, and writes what changed at once. A changed
    /// size is noticed here too.
    pub fn paint(&mut self, draw: impl FnOnce(&mut Buffer, bool) -> Drawn) -> io::Result<()> {
        let size = self.ansi.size();
        let area = Rect::new(0, 0, size.width, size.height);
        if self.shown.area != area {
            let first = self.shown.area.is_empty();
            (self.shown, self.next) = (Buffer::empty(area), Buffer::empty(area));
            // What is drawn on first is clear already.
            if !first {
                self.ansi.clear();
            }
            self.fresh = true;
        }
        let Drawn { areas, cursor } = draw(&mut self.next, std::mem::take(&mut self.fresh));
        for area in areas {
            changes(&mut self.shown, &self.next, area, |x, y, cell| self.ansi.cell(x, y, cell));
        }
        self.ansi.write_blanks();
        match cursor {
            Some(position) => {
                self.ansi.show_cursor(true);
                self.ansi.move_to(position);
            }
            None => self.ansi.show_cursor(false),
        }
        self.ansi.flush()
    }

    /// Forgets what is shown, so that the next picture is painted whole.
    pub fn forget(&mut self) {
        self.shown.reset();
        self.ansi.clear();
        self.fresh = true;
    }

    /// All bytes written so far.
    pub const fn written(&self) -> u64 {
        self.ansi.written()
    }
}

/// Every cell of an area of the new picture that must be written, row by row: those that differ, and those that half of
/// a wide character stood on. The old picture is the new one there afterwards.
fn changes(old: &mut Buffer, new: &Buffer, area: Rect, mut write: impl FnMut(u16, u16, &Cell)) {
    let area = area.intersection(new.area);
    for y in area.top()..area.bottom() {
        let row = new.index_of(area.x, y)..new.index_of(area.x, y) + usize::from(area.width);
        let (Some(old), Some(new)) = (old.content.get_mut(row.clone()), new.content.get(row)) else { return };
        if old == new {
            continue;
        }
        let (mut x, mut torn_before) = (0, 0);
        while let (Some(was), Some(is)) = (old.get(x), new.get(x)) {
            let wide = columns_of(is);
            if was != is || x < torn_before {
                write(area.x + x as u16, y, is);
                let covered = (x..).zip(&old[x..(x + wide).min(old.len())]);
                torn_before = covered.map(|(x, was)| x + columns_of(was)).fold(torn_before.max(x + wide), usize::max);
            }
            x += wide;
        }
        old.clone_from_slice(new);
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
            let draw = |buffer: &mut Buffer, _| {
                buffer.reset();
                buffer.set_string(0, 0, picture, Style::new());
                Drawn { areas: vec![buffer.area], cursor: Some(Position::new(0, 1)) }
            };
            painter.paint(draw).unwrap();
            cells = 0;
            let area = painter.shown.area;
            changes(&mut before, &painter.shown, area, |_, _, _| cells += 1);
            assert_eq!(before, painter.shown);
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
