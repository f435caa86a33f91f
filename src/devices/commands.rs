//! What printers do, as opposed to the text that they print, and the bytes that say so in each of
//! their languages. A command is made of numbers and pictures only: no text becomes one.

use std::ops::Range;

use crate::devices::drawn::Drawn;
use crate::devices::picture::Dots;
use crate::devices::printer::DrawerPin;
use crate::devices::profile::{Cut, Language};
use crate::documents::Style;

/// Something a printer does.
pub(super) enum Command {
    Reset,
    /// Leave a mode in which two bytes make one sign.
    NoChinese,
    /// Say by itself what changes.
    Tell,
    /// Pulse a drawer for so many milliseconds.
    Pulse(DrawerPin, u16),
    /// The code page of this number.
    Page(u8),
    /// From one style to another; in the narrow font or not.
    Look {
        from: Style,
        to: Style,
        narrow: bool,
    },
    /// The narrow font, or the ordinary one.
    Font {
        narrow: bool,
    },
    Middle(bool),
    NewLine,
    Feed(u8),
    Cut(Cut),
    Raster(Dots),
    /// A line of letters that were drawn.
    Letters(Drawn),
    /// The logo that the printer keeps under this name.
    StoredLogo([u8; 2]),
    /// Keep this picture under a name.
    StoreLogo([u8; 2], Dots),
    Barcode(Vec<u8>),
}

impl Command {
    pub(super) fn bytes(self, language: Language) -> Vec<u8> {
        match language {
            Language::Star => self.star(),
            Language::EscPos | Language::Impact | Language::Text | Language::Drawer => self.esc_pos(language),
        }
    }

    fn esc_pos(self, language: Language) -> Vec<u8> {
        match self {
            Self::Reset => vec![0x1b, b'@'],
            Self::NoChinese => vec![0x1c, b'.'],
            // Drawer, online, errors, paper.
            Self::Tell => vec![0x1d, b'a', 0x0f],
            Self::Pulse(pin, ms) => vec![0x1b, b'p', pin.code(), u8::try_from(ms / 2).unwrap_or(u8::MAX), 250],
            Self::Page(number) => vec![0x1b, b't', number],
            Self::Look { from, to, narrow } if language == Language::Impact => impact_look(from, to, narrow),
            Self::Look { from, to, .. } => look(from, to),
            Self::Font { narrow } => vec![0x1b, b'M', narrow.into()],
            Self::Middle(on) => vec![0x1b, b'a', on.into()],
            Self::NewLine => vec![b'\n'],
            Self::Feed(lines) => vec![0x1b, b'd', lines],
            Self::Cut(Cut::Partial | Cut::None) => vec![0x1d, b'V', 66, 0],
            Self::Cut(Cut::Full) => vec![0x1d, b'V', 65, 0],
            Self::Raster(dots) if language == Language::Impact => strips(&dots, Density::Whole, &[]),
            Self::Letters(drawn) if language == Language::Impact => strips(&drawn.dots, Density::Half, &drawn.loud),
            Self::Raster(dots) | Self::Letters(Drawn { dots, .. }) => raster(&dots),
            Self::StoredLogo([a, b]) => vec![0x1d, b'(', b'L', 6, 0, 48, 69, a, b, 1, 1],
            Self::StoreLogo(name, dots) => store_logo(name, dots),
            Self::Barcode(data) => barcode(&data),
        }
    }

    fn star(self) -> Vec<u8> {
        match self {
            Self::Reset => vec![0x1b, b'@'],
            // Not needed, not there, and never asked for by the profile.
            Self::NoChinese | Self::Tell | Self::Font { .. } => Vec::new(),
            Self::Pulse(pin, ms) => {
                let on = u8::try_from(ms / 10).unwrap_or(u8::MAX).clamp(1, 127);
                let drive = match pin {
                    DrawerPin::Two => 0x07,
                    DrawerPin::Five => 0x1a,
                };
                vec![0x1b, 0x07, on, 20, drive]
            }
            Self::Page(number) => vec![0x1b, 0x1d, b't', number],
            Self::Look { from, to, .. } => star_look(from, to),
            Self::Middle(on) => vec![0x1b, 0x1d, b'a', on.into()],
            Self::NewLine => vec![b'\n'],
            Self::Feed(lines) => vec![0x1b, b'a', lines.clamp(1, 127)],
            Self::Cut(Cut::Partial | Cut::None) => vec![0x1b, b'd', 3],
            Self::Cut(Cut::Full) => vec![0x1b, b'd', 2],
            Self::Raster(dots) | Self::Letters(Drawn { dots, .. }) => star_raster(&dots),
            // Its profiles keep no logo.
            Self::StoredLogo(_) | Self::StoreLogo(..) => Vec::new(),
            Self::Barcode(data) => {
                // CODE128 without text below, at two dots, ended by RS; set B is chosen by the printer.
                let text = data.strip_prefix(b"{B").unwrap_or_default();
                [&[0x1b, b'b', 6, 1, 2, 64][..], text, &[0x1e]].concat()
            }
        }
    }
}

/// Changes what has to change.
fn look(from: Style, to: Style) -> Vec<u8> {
    let mut out = Vec::new();
    if from.bold != to.bold {
        out.extend([0x1b, b'E', to.bold.into()]);
    }
    if from.underline != to.underline {
        out.extend([0x1b, b'-', to.underline.into()]);
    }
    if from.reverse != to.reverse {
        out.extend([0x1d, b'B', to.reverse.into()]);
    }
    if (from.wide, from.tall) != (to.wide, to.tall) {
        out.extend([0x1d, b'!', u8::from(to.wide) << 4 | u8::from(to.tall)]);
    }
    out
}

/// Printers with needles set all at once, and have a red ribbon for what stands out.
fn impact_look(from: Style, to: Style, narrow: bool) -> Vec<u8> {
    let mode = |s: Style| {
        u8::from(narrow)
            | u8::from(s.bold) << 3
            | u8::from(s.tall) << 4
            | u8::from(s.wide) << 5
            | u8::from(s.underline) << 7
    };
    let mut out = Vec::new();
    if mode(from) != mode(to) {
        out.extend([0x1b, b'!', mode(to)]);
    }
    if from.reverse != to.reverse {
        out.extend([0x1b, b'r', to.reverse.into()]);
    }
    out
}

fn star_look(from: Style, to: Style) -> Vec<u8> {
    let mut out = Vec::new();
    if from.bold != to.bold {
        out.extend([0x1b, if to.bold { b'E' } else { b'F' }]);
    }
    if from.underline != to.underline {
        out.extend([0x1b, b'-', to.underline.into()]);
    }
    if from.reverse != to.reverse {
        out.extend([0x1b, if to.reverse { b'4' } else { b'5' }]);
    }
    if (from.wide, from.tall) != (to.wide, to.tall) {
        out.extend([0x1b, b'i', to.tall.into(), to.wide.into()]);
    }
    out
}

/// Printers act on real-time commands (`10 04`, `10 05`, `10 14`) even inside a picture; one dot more or less
/// (`instead`) takes the first byte out of each.
fn harmless(mut dots: Vec<u8>, instead: u8) -> Vec<u8> {
    for i in 0..dots.len() {
        if dots[i] == 0x10 && matches!(dots.get(i + 1), Some(0x04 | 0x05 | 0x14)) {
            dots[i] = instead;
        }
    }
    dots
}

/// `GS v 0` with its dots, not too many at once, so that a printer with a small buffer keeps up.
fn raster(dots: &Dots) -> Vec<u8> {
    const ROWS: usize = 128;
    let row_bytes = dots.row_bytes.max(1);
    let mut out = Vec::new();
    for band in dots.bytes.chunks(row_bytes * ROWS) {
        out.extend([0x1d, b'v', b'0', 0]);
        for number in [row_bytes, band.len() / row_bytes] {
            out.extend(u16::try_from(number).unwrap_or(0).to_le_bytes());
        }
        out.extend(harmless(band.to_vec(), 0x11));
    }
    out
}

/// How close needles strike.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Density {
    /// At places that lie side by side: each may be struck.
    Whole,
    /// At twice as many: of two neighbours in a row only one can be struck.
    Half,
}

/// `ESC *`: strips as high as eight needles, fed by their own height (`ESC 3`, in 1/144 inch) so that they join, and
/// all printed in one direction (`ESC U`) so that they stand below each other. What is loud is red.
fn strips(dots: &Dots, density: Density, loud: &[Range<usize>]) -> Vec<u8> {
    const NEEDLES: usize = 8;
    const HEIGHT: u8 = 16;
    let row_bytes = dots.row_bytes.max(1);
    let places: Vec<usize> = (0..row_bytes * 8).collect();
    let is_red = |place: usize| loud.iter().any(|places| places.contains(&place));
    let (mode, mut red) = (u8::from(density == Density::Half), false);
    let mut out = vec![0x1b, b'U', 1, 0x1b, b'3', HEIGHT];
    for band in dots.bytes.chunks(row_bytes * NEEDLES) {
        let struck = |place: usize| {
            let rows = band.chunks(row_bytes).enumerate();
            rows.fold(0_u8, |all, (y, row)| all | (row[place / 8] >> (7 - place % 8) & 1) << (7 - y))
        };
        let mut columns: Vec<u8> = places.iter().map(|place| struck(*place)).collect();
        if density == Density::Half {
            for place in 1..columns.len() {
                columns[place] &= !columns[place - 1];
            }
        }
        let columns = harmless(columns, 0);
        for piece in places.chunk_by(|a, b| is_red(*a) == is_red(*b)) {
            if is_red(piece[0]) != red {
                red = !red;
                out.extend([0x1b, b'r', red.into()]);
            }
            let [low, high] = u16::try_from(piece.len()).unwrap_or(0).to_le_bytes();
            out.extend([0x1b, b'*', mode, low, high]);
            out.extend(&columns[piece[0]..piece[0] + piece.len()]);
        }
        out.push(b'\n');
    }
    if red {
        out.extend([0x1b, b'r', 0]);
    }
    out.extend([0x1b, b'2', 0x1b, b'U', 0]);
    out
}

/// `ESC k` for 24 rows of dots at a time, each fed by its own height (`ESC J`, in quarters of a millimetre). The
/// real-time command of the language (`1B 06 01`) loses a dot, should it stand in a picture.
fn star_raster(dots: &Dots) -> Vec<u8> {
    const ROWS: usize = 24;
    let width = u8::try_from(dots.row_bytes).unwrap_or(u8::MAX);
    let mut out = Vec::new();
    for band in dots.bytes.chunks(dots.row_bytes.max(1) * ROWS) {
        let mut rows = harmless(band.to_vec(), 0x11);
        rows.resize(dots.row_bytes * ROWS, 0);
        // Its own begin with these two.
        for at in 1..rows.len() {
            if rows[at - 1] == 0x1b && rows[at] == 0x06 {
                rows[at] = 0x02;
            }
        }
        out.extend([0x1b, b'k', width, 0]);
        out.extend(rows);
        out.extend([0x1b, b'J', 12]);
    }
    out
}

/// `GS 8 L`: keeps a picture in the printer's lasting memory.
fn store_logo([a, b]: [u8; 2], mut dots: Dots) -> Vec<u8> {
    let length = |dots: &Dots| u32::try_from(11 + dots.bytes.len()).unwrap_or(0).to_le_bytes();
    // A length that looks like a real-time command is made another one by an empty row.
    while matches!(length(&dots)[..2], [0x10, 0x04 | 0x05 | 0x14]) {
        dots.bytes.extend(vec![0; dots.row_bytes]);
    }
    let rows = dots.bytes.len() / dots.row_bytes.max(1);
    let size = |number: usize| u16::try_from(number).unwrap_or(0).to_le_bytes();
    let ([width_low, width_high], [rows_low, rows_high]) = (size(dots.row_bytes * 8), size(rows));
    let body = [48, 67, 48, a, b, 1, width_low, width_high, rows_low, rows_high, 49];
    [&[0x1d, b'8', b'L'][..], &length(&dots), &body, &harmless(dots.bytes, 0x11)].concat()
}

/// `GS k 73` with height and width; what it says is printed as text below.
fn barcode(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1d, b'h', 64, 0x1d, b'w', 2, 0x1d, b'H', 0, 0x1d, b'k', 73];
    out.push(u8::try_from(data.len()).unwrap_or(0));
    out.extend(data);
    out
}
