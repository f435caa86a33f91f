//! The bytes that a frame takes. crossterm's own backend says each colour as `38;5;n`, which old
//! terminals misread, resets at the end of each frame, and writes in pieces; a serial terminal at
//! 9600 baud shows 960 bytes a second, so here each frame is one short write.

use std::io::{self, Write};

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
    columns: u16,
    frame: Vec<u8>,
    written: u64,
    pen: Pen,
    /// Where the terminal's cursor is; `None` when that is not certain.
    at: Option<Position>,
    cursor_shown: Option<bool>,
    /// What the terminal shows, row by row, so that a short way over it can be written again;
    /// `None` where that is not certain.
    shown: Vec<Option<Cell>>,
    /// Blanks that are still to be written: their row, and their columns from here to before there.
    blanks: Option<(u16, u16, u16)>,
}

/// From so many blanks on they are erased, not written.
const ERASED_FROM: u16 = 8;

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
            columns: u16::MAX,
            frame: vec![],
            written: 0,
            pen: PLAIN,
            at: None,
            cursor_shown: None,
            shown: vec![],
            blanks: None,
        }
    }

    /// All bytes written so far.
    pub const fn written(&self) -> u64 {
        self.written
    }

    /// Moves the cursor, the shortest way.
    pub fn move_to(&mut self, to: Position) {
        let sequence = match self.at {
            Some(at) if at == to => return,
            Some(at) if at.y == to.y && at.x + 1 == to.x => "\x1b[C".to_owned(),
            Some(at) if at.y == to.y && at.x < to.x => format!("\x1b[{}C", to.x - at.x),
            Some(_) | None => format!("\x1b[{};{}H", u32::from(to.y) + 1, u32::from(to.x) + 1),
        };
        match self.at.filter(|at| at.y == to.y && at.x < to.x).and_then(|at| self.way_over(at, to.x, sequence.len())) {
            Some(symbols) => self.frame.extend_from_slice(symbols.as_bytes()),
            None => self.frame.extend_from_slice(sequence.as_bytes()),
        }
        self.at = Some(to);
    }

    /// What stands between the cursor and a column further on, if writing it again leads there in
    /// no more bytes than `most`.
    fn way_over(&self, at: Position, to: u16, most: usize) -> Option<String> {
        let mut symbols = String::new();
        if usize::from(to - at.x) > most {
            return None;
        }
        for x in at.x..to {
            let cell = self.seen(x, at.y)?;
            if width(cell.symbol()) != 1 || !(Pen::of(cell) == self.pen || self.is_blank(cell)) {
                return None;
            }
            symbols.push_str(cell.symbol());
        }
        (symbols.len() <= most).then_some(symbols)
    }

    fn place(&self, x: u16, y: u16) -> Option<usize> {
        let columns = self.columns;
        (x < columns && columns < u16::MAX).then(|| usize::from(y) * usize::from(columns) + usize::from(x))
    }

    fn seen(&self, x: u16, y: u16) -> Option<&Cell> {
        // What was never drawn is as the screen was cleared.
        self.shown.get(self.place(x, y)?).map_or(Some(&Cell::EMPTY), Option::as_ref)
    }

    fn remember(&mut self, x: u16, y: u16, cell: &Cell) {
        let wide = width(cell.symbol()).max(1);
        for column in x..x.saturating_add(wide) {
            let Some(place) = self.place(column, y) else { return };
            if self.shown.len() <= place {
                self.shown.resize(place + 1, Some(Cell::EMPTY));
            }
            self.shown[place] = (wide == 1).then(|| cell.clone());
        }
    }

    /// Whether a cell looks like a plain blank, whichever of the two pens writes it.
    fn is_blank(&self, cell: &Cell) -> bool {
        cell.symbol() == " " && Pen::of(cell).invisible_on_blank() && self.pen.invisible_on_blank()
    }

    /// Writes a cell. Blanks wait for more of them, until [`Self::write_blanks`].
    pub fn cell(&mut self, x: u16, y: u16, cell: &Cell) {
        if cell.symbol() == " " && Pen::of(cell).invisible_on_blank() {
            self.blank(x, y);
        } else {
            self.write_blanks();
            self.write(x, y, cell);
        }
        self.remember(x, y, cell);
    }

    /// One more blank, behind those that are to be written where there are only blanks between.
    fn blank(&mut self, x: u16, y: u16) {
        if let Some((row, from, to)) = self.blanks
            && row == y
            && to <= x
            && (to..x)
                .all(|x| self.seen(x, y).is_some_and(|cell| cell.symbol() == " " && Pen::of(cell).invisible_on_blank()))
        {
            self.blanks = Some((row, from, x + 1));
            return;
        }
        self.write_blanks();
        self.blanks = Some((y, x, x + 1));
    }

    /// Writes the blanks that wait: the end of a frame's cells.
    pub fn write_blanks(&mut self) {
        let Some((y, from, to)) = self.blanks.take() else { return };
        if to - from < ERASED_FROM {
            (from..to).for_each(|x| self.write(x, y, &Cell::default()));
            return;
        }
        self.move_to(Position { x: from, y });
        // Many terminals erase to the background of the pen.
        self.take_pen(PLAIN, true);
        self.frame.extend_from_slice(format!("\x1b[{}X", to - from).as_bytes());
    }

    fn take_pen(&mut self, pen: Pen, blank: bool) {
        let same = blank && pen.invisible_on_blank() && self.pen.invisible_on_blank();
        if pen != self.pen && !same {
            self.frame.extend_from_slice(pen.sequence(self.pen).as_bytes());
            self.pen = pen;
        }
    }

    fn write(&mut self, x: u16, y: u16, cell: &Cell) {
        self.move_to(Position { x, y });
        self.take_pen(Pen::of(cell), cell.symbol() == " ");
        self.frame.extend_from_slice(cell.symbol().as_bytes());
        // After the last column terminals disagree on where the cursor is.
        let next = x.saturating_add(width(cell.symbol()));
        self.at = (next < self.columns).then_some(Position { x: next, y });
    }
}

impl<W: Write> Ansi<W> {
    /// Shows the cursor, or hides it.
    pub fn show_cursor(&mut self, shown: bool) {
        if self.cursor_shown != Some(shown) {
            self.cursor_shown = Some(shown);
            self.frame.extend_from_slice(if shown { b"\x1b[?25h" } else { b"\x1b[?25l" });
        }
    }

    /// Clears the screen.
    pub fn clear(&mut self) {
        // Plain first: many terminals clear to the background of the pen.
        self.frame.extend_from_slice(b"\x1b[m\x1b[2J");
        self.pen = PLAIN;
        self.at = None;
        self.shown.clear();
    }

    /// The terminal's size now.
    pub fn size(&mut self) -> Size {
        let size = (self.size)();
        self.columns = size.width;
        size
    }

    /// Writes the frame, in one.
    pub fn flush(&mut self) -> io::Result<()> {
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
        ansi.size();
        cells.iter().for_each(|(x, y, cell)| ansi.cell(*x, *y, cell));
        ansi.write_blanks();
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
        check(&[(0, 0, "a", plain), (2, 0, "b", plain), (9, 0, "c", plain)], "\x1b[1;1Ha b\x1b[6Cc");
        check(&[(0, 0, "a", accent), (1, 0, " ", plain), (2, 0, "b", accent)], "\x1b[1;1H\x1b[1;36ma b");
        check(&[(0, 0, "a", selected), (1, 0, " ", plain)], "\x1b[1;1H\x1b[7;36ma\x1b[m ");
        check(&[(0, 0, "a", selected), (1, 0, "b", accent)], "\x1b[1;1H\x1b[7;36ma\x1b[0;1;36mb");
        check(&[(0, 0, "茶", plain), (2, 0, "b", plain)], "\x1b[1;1H茶b");
        check(&[(79, 0, "a", plain), (0, 1, "b", plain)], "\x1b[1;80Ha\x1b[2;1Hb");
    }

    #[test]
    fn blanks_are_erased_and_short_ways_written_again() {
        let mut out = Vec::new();
        let mut ansi = Ansi::new(&mut out, || Size::new(80, 24));
        ansi.size();
        let accent = Style::new().fg(Color::Cyan);
        let row = |text: &str, style: Style| -> Vec<(u16, Cell)> {
            let cell = |c: char| {
                let mut cell = Cell::default();
                cell.set_symbol(&c.to_string()).set_style(style);
                cell
            };
            (0..).zip(text.chars().map(cell)).collect()
        };
        let mut draw = |cells: &[(u16, Cell)]| {
            cells.iter().for_each(|(x, cell)| ansi.cell(*x, 0, cell));
            ansi.write_blanks();
            ansi.flush().unwrap();
        };
        draw(&row("Tea with honey", Style::new()));
        // `Tex With`: the letters between are not drawn again, but cost less than a move.
        let changed = row("Tex With", Style::new());
        draw(&[changed[0].clone(), changed[2].clone(), changed[4].clone()]);
        // In another style they are.
        let changed = row("Tey", accent);
        draw(&[changed[0].clone(), changed[2].clone()]);
        // Two words with a blank between that stays: erased as one.
        let words = row(&" ".repeat(14), Style::new());
        draw(&words.iter().filter(|(x, _)| ![3, 8].contains(x)).cloned().collect::<Vec<_>>());
        let want = "\x1b[1;1HTea with honey\x1b[1;1HTex W\x1b[1;1H\x1b[36mT\x1b[Cy\x1b[1;1H\x1b[14X";
        assert_eq!(String::from_utf8(out).unwrap(), want);
    }

    #[test]
    fn the_cursor_is_told_only_what_changes() {
        let mut out = Vec::new();
        let mut ansi = Ansi::new(&mut out, || Size::new(80, 24));
        for _ in 0..2 {
            ansi.show_cursor(true);
            ansi.move_to(Position { x: 4, y: 2 });
        }
        ansi.flush().unwrap();
        assert_eq!(out, b"\x1b[?25h\x1b[3;5H");
    }
}
