//! The bytes that a frame takes. crossterm's own backend says each colour as `38;5;n`, which old
//! terminals misread, resets at the end of each frame, and writes in pieces; a serial terminal at
//! 9600 baud shows 960 bytes a second, so here each frame is one short write.

use std::cell::Cell as Slot;
use std::io::{self, Write};

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};

use super::text::width;

/// What gives the terminal's size.
type SizeOf = fn() -> Size;

/// Writes cells as ANSI sequences, remembering how the terminal stands.
pub(super) struct Ansi<W: Write> {
    out: W,
    size: SizeOf,
    /// The width as last asked for, which each draw does first.
    columns: Slot<u16>,
    frame: Vec<u8>,
    written: u64,
    pen: Pen,
    /// Where the terminal's cursor is; `None` when that is not certain.
    at: Option<Position>,
    cursor_shown: Option<bool>,
}

/// The style that the next character gets.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

const PLAIN: Pen = Pen { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

const CODES: [(Modifier, u8); 4] =
    [(Modifier::BOLD, 1), (Modifier::DIM, 2), (Modifier::UNDERLINED, 4), (Modifier::REVERSED, 7)];

impl Pen {
    const fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }

    /// Whether a space looks the same as in plain style.
    fn invisible_on_blank(self) -> bool {
        self.bg == Color::Reset && !self.modifier.intersects(Modifier::REVERSED | Modifier::UNDERLINED)
    }

    fn sequence(self, from: Self) -> String {
        let reset = from != PLAIN && self != PLAIN;
        let modifiers = CODES.into_iter().filter(|(m, _)| self.modifier.contains(*m)).map(|(_, code)| code);
        let colours = code(self.fg, 30).into_iter().chain(code(self.bg, 40));
        let codes: Vec<String> =
            reset.then_some(0).into_iter().chain(modifiers).chain(colours).map(|c| c.to_string()).collect();
        format!("\x1b[{}m", codes.join(";"))
    }
}

/// The number of one of the sixteen colours; `tui` uses no others.
fn code(colour: Color, base: u8) -> Option<u8> {
    Some(match colour {
        Color::Reset | Color::Indexed(_) | Color::Rgb(..) => return None,
        Color::Black => base,
        Color::Red => base + 1,
        Color::Green => base + 2,
        Color::Yellow => base + 3,
        Color::Blue => base + 4,
        Color::Magenta => base + 5,
        Color::Cyan => base + 6,
        Color::Gray => base + 7,
        Color::DarkGray => base + 60,
        Color::LightRed => base + 61,
        Color::LightGreen => base + 62,
        Color::LightYellow => base + 63,
        Color::LightBlue => base + 64,
        Color::LightMagenta => base + 65,
        Color::LightCyan => base + 66,
        Color::White => base + 67,
    })
}

impl<W: Write> Ansi<W> {
    /// A backend on a terminal in plain style.
    pub fn new(out: W, size: SizeOf) -> Self {
        Self {
            out,
            size,
            columns: Slot::new(u16::MAX),
            frame: vec![],
            written: 0,
            pen: PLAIN,
            at: None,
            cursor_shown: None,
        }
    }

    /// All bytes written so far.
    pub const fn written(&self) -> u64 {
        self.written
    }

    fn move_to(&mut self, to: Position) {
        let sequence = match self.at {
            Some(at) if at == to => return,
            Some(at) if at.y == to.y && at.x + 1 == to.x => "\x1b[C".to_owned(),
            Some(at) if at.y == to.y && at.x < to.x => format!("\x1b[{}C", to.x - at.x),
            Some(_) | None => format!("\x1b[{};{}H", u32::from(to.y) + 1, u32::from(to.x) + 1),
        };
        self.frame.extend_from_slice(sequence.as_bytes());
        self.at = Some(to);
    }

    fn cell(&mut self, x: u16, y: u16, cell: &Cell) {
        self.move_to(Position { x, y });
        let pen = Pen::of(cell);
        let blank = cell.symbol() == " " && pen.invisible_on_blank() && self.pen.invisible_on_blank();
        if pen != self.pen && !blank {
            self.frame.extend_from_slice(pen.sequence(self.pen).as_bytes());
            self.pen = pen;
        }
        self.frame.extend_from_slice(cell.symbol().as_bytes());
        // After the last column terminals disagree on where the cursor is.
        let next = x.saturating_add(width(cell.symbol()));
        self.at = (next < self.columns.get()).then_some(Position { x: next, y });
    }
}

impl<W: Write> Backend for Ansi<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        for (x, y, cell) in content {
            self.cell(x, y, cell);
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if self.cursor_shown != Some(false) {
            self.cursor_shown = Some(false);
            self.frame.extend_from_slice(b"\x1b[?25l");
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if self.cursor_shown != Some(true) {
            self.cursor_shown = Some(true);
            self.frame.extend_from_slice(b"\x1b[?25h");
        }
        Ok(())
    }

    /// Asking the terminal would wait for ever on a mute one, so this is what we know.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.at.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.move_to(position.into());
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        // Plain first: many terminals clear to the background of the pen.
        self.frame.extend_from_slice(b"\x1b[m\x1b[2J");
        self.pen = PLAIN;
        self.at = None;
        Ok(())
    }

    /// The screen is always ours as a whole, and is cleared as a whole.
    fn clear_region(&mut self, _: ClearType) -> io::Result<()> {
        self.clear()
    }

    fn size(&self) -> io::Result<Size> {
        let size = (self.size)();
        self.columns.set(size.width);
        Ok(size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: (self.size)(), pixels: Size::default() })
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.frame.is_empty() {
            self.out.write_all(&self.frame)?;
            self.written += self.frame.len() as u64;
            self.frame.clear();
        }
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;

    fn check(cells: &[(u16, u16, &str, Style)], want: &str) {
        let mut out = Vec::new();
        let mut ansi = Ansi::new(&mut out, || Size::new(80, 24));
        let cells: Vec<(u16, u16, Cell)> = cells
            .iter()
            .map(|(x, y, symbol, style)| {
                let mut cell = Cell::default();
                cell.set_symbol(symbol).set_style(*style);
                (*x, *y, cell)
            })
            .collect();
        ansi.size().unwrap();
        ansi.draw(cells.iter().map(|(x, y, cell)| (*x, *y, cell))).unwrap();
        ansi.flush().unwrap();
        assert_eq!(ansi.written(), want.len() as u64);
        assert_eq!(String::from_utf8(out).unwrap(), want);
    }

    #[test]
    fn a_frame_is_as_short_as_it_can_be() {
        let plain = Style::new();
        let accent = plain.fg(Color::Cyan).add_modifier(Modifier::BOLD);
        let selected = plain.fg(Color::Cyan).add_modifier(Modifier::REVERSED);
        check(&[(0, 0, "a", plain), (1, 0, "b", plain)], "\x1b[1;1Hab");
        check(&[(0, 0, "a", plain), (2, 0, "b", plain), (9, 0, "c", plain)], "\x1b[1;1Ha\x1b[Cb\x1b[6Cc");
        check(&[(0, 0, "a", accent), (1, 0, " ", plain), (2, 0, "b", accent)], "\x1b[1;1H\x1b[1;36ma b");
        check(&[(0, 0, "a", selected), (1, 0, " ", plain)], "\x1b[1;1H\x1b[7;36ma\x1b[m ");
        check(&[(0, 0, "a", selected), (1, 0, "b", accent)], "\x1b[1;1H\x1b[7;36ma\x1b[0;1;36mb");
        check(&[(0, 0, "茶", plain), (2, 0, "b", plain)], "\x1b[1;1H茶b");
        check(&[(79, 0, "a", plain), (0, 1, "b", plain)], "\x1b[1;80Ha\x1b[2;1Hb");
    }

    #[test]
    fn the_cursor_is_told_only_what_changes() {
        let mut out = Vec::new();
        let mut ansi = Ansi::new(&mut out, || Size::new(80, 24));
        for _ in 0..2 {
            ansi.show_cursor().unwrap();
            ansi.set_cursor_position((4, 2)).unwrap();
        }
        ansi.flush().unwrap();
        assert_eq!(out, b"\x1b[?25h\x1b[3;5H");
    }
}
