//! A printer that understands ESC/POS, written from the command reference and not from the encoder:
//! it turns bytes into text with attributes and a list of what else it was told to do, and keeps
//! whatever it does not understand.

use oem_cp::code_table::DECODING_TABLE_CP_MAP;

/// One printed character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    pub c: char,
    pub bold: bool,
    pub underline: bool,
    pub reverse: bool,
    pub red: bool,
    pub width: u8,
    pub height: u8,
}

/// What it did besides printing text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    Reset,
    LeaveChinese,
    Pulse {
        pin: u8,
        on_ms: u16,
        off_ms: u16,
    },
    Page(u8),
    Feed(u8),
    Cut {
        full: bool,
    },
    Qr {
        model: u8,
        size: u8,
        text: String,
    },
    Barcode {
        kind: u8,
        data: Vec<u8>,
    },
    Raster {
        row_bytes: usize,
        rows: usize,
        dots: Vec<u8>,
    },
    /// It was asked: `DLE EOT` 1 to 4, or `GS r`.
    Answer(u8),
    /// It was asked to name a job that it printed.
    Name([u8; 4]),
    /// It was told to say what changes.
    Tell(u8),
    /// It keeps a picture of so many dots under a name.
    Store {
        name: [u8; 2],
        dots: usize,
    },
    /// It printed the picture it keeps under this name.
    Stored([u8; 2]),
    /// It was told its font.
    Font(u8),
    /// Needles struck a picture: `#` in black, `r` in red, at places that lie side by side or at twice as many.
    Needles {
        half: bool,
        rows: Vec<String>,
    },
}

/// What came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    pub lines: Vec<Vec<Cell>>,
    pub acts: Vec<Act>,
    /// Bytes that are no command and no text, with where they stood.
    pub unknown: Vec<(usize, u8)>,
    /// Text that no line feed has brought out.
    pub left_over: Vec<Cell>,
    /// Whether a picture of strips was begun and not ended.
    unended: bool,
}

impl Output {
    pub fn text(&self) -> Vec<String> {
        self.lines.iter().map(|l| l.iter().map(|c| c.c).collect::<String>().trim_end().to_owned()).collect()
    }

    pub fn columns(&self) -> usize {
        let wide = |line: &Vec<Cell>| line.iter().map(|c| usize::from(c.width)).sum();
        self.lines.iter().map(wide).max().unwrap_or(0)
    }

    pub fn count(&self, what: impl Fn(&Act) -> bool) -> usize {
        self.acts.iter().filter(|a| what(a)).count()
    }
}

/// Prints bytes.
pub fn print(bytes: &[u8]) -> Output {
    let (mut out, done) = print_whole(bytes);
    out.unknown.extend(bytes[done..].iter().enumerate().map(|(i, b)| (done + i, *b)));
    if std::mem::take(&mut out.unended) {
        out.unknown.push((bytes.len(), b'*'));
    }
    out
}

/// Prints bytes up to a command that has not come whole yet. Says how far that was.
pub fn print_whole(bytes: &[u8]) -> (Output, usize) {
    let (out, look, page, qr, strips) = (Output::default(), PLAIN, 0, Qr::default(), Strips::default());
    let mut printer = Printer { bytes, at: 0, starved: false, out, look, page, qr, strips };
    while printer.at < bytes.len() {
        let start = printer.at;
        if printer.step().is_none() {
            if printer.starved {
                return (printer.out, start);
            }
            printer.out.unknown.push((start, bytes[start]));
            printer.at = start + 1;
        }
    }
    (printer.out, bytes.len())
}

const PLAIN: Cell = Cell { c: ' ', bold: false, underline: false, reverse: false, red: false, width: 1, height: 1 };

#[derive(Default)]
struct Qr {
    model: u8,
    size: u8,
    text: Vec<u8>,
}

/// What `ESC *` brings to paper.
#[derive(Default)]
struct Strips {
    /// From line to line in 1/144 inch, where it is not the usual 24.
    spacing: Option<u8>,
    one_way: bool,
    half: bool,
    /// Columns of eight dots that wait for the line feed, with their colour.
    line: Vec<(u8, bool)>,
    rows: Vec<String>,
}

struct Printer<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Whether a command reaches beyond the bytes.
    starved: bool,
    out: Output,
    look: Cell,
    page: u8,
    qr: Qr,
    strips: Strips,
}

impl Printer<'_> {
    fn take(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        self.starved |= byte.is_none();
        let byte = byte?;
        self.at += 1;
        Some(byte)
    }

    fn take_many(&mut self, count: usize) -> Option<Vec<u8>> {
        let bytes = self.bytes.get(self.at..self.at + count).map(<[u8]>::to_vec);
        self.starved |= bytes.is_none();
        let bytes = bytes?;
        self.at += count;
        Some(bytes)
    }

    fn act(&mut self, act: Act) {
        self.out.acts.push(act);
    }

    /// One command or one character; `None` when it is neither.
    fn step(&mut self) -> Option<()> {
        match self.take()? {
            b'\n' if self.strips.spacing.is_some() => self.strip(),
            b'\n' => {
                let line = std::mem::take(&mut self.out.left_over);
                self.out.lines.push(line);
            }
            0x1b => self.esc()?,
            0x1d => self.gs()?,
            0x1c => match self.take()? {
                b'.' => self.act(Act::LeaveChinese),
                _ => return None,
            },
            0x10 => match (self.take()?, self.take()?) {
                (0x04, n @ 1..=4) => self.act(Act::Answer(n)),
                _ => return None,
            },
            byte @ 0x20..=0x7e => self.put(char::from(byte)),
            byte @ 0x80.. => {
                let c = decode(self.page, byte)?;
                self.put(c);
            }
            _ => return None,
        }
        Some(())
    }

    fn put(&mut self, c: char) {
        self.out.left_over.push(Cell { c, ..self.look });
    }

    fn esc(&mut self) -> Option<()> {
        match self.take()? {
            b'@' => {
                self.look = PLAIN;
                self.page = 0;
                self.strips = Strips::default();
                self.out.left_over.clear();
                self.act(Act::Reset);
            }
            b't' => {
                self.page = self.take()?;
                self.act(Act::Page(self.page));
            }
            b'E' => self.look.bold = self.switch()?,
            b'-' => self.look.underline = self.switch()?,
            b'!' => {
                let n = self.take()?;
                (n & 0x46 == 0).then_some(())?;
                // The font that it was told is the one it keeps.
                let told = self.out.acts.iter().rev().find_map(|a| if let Act::Font(n) = a { Some(*n) } else { None });
                (told == Some(n & 1)).then_some(())?;
                self.look.bold = n & 8 != 0;
                self.look.height = 1 + u8::from(n & 0x10 != 0);
                self.look.width = 1 + u8::from(n & 0x20 != 0);
                self.look.underline = n & 0x80 != 0;
            }
            b'r' => self.look.red = self.switch()?,
            b'M' => {
                let narrow = self.switch()?;
                self.act(Act::Font(narrow.into()));
            }
            b'U' => self.strips.one_way = self.switch()?,
            b'3' => {
                self.strips.spacing = Some(self.take()?);
                self.out.unended = true;
            }
            b'2' => {
                self.strips.spacing = None;
                self.out.unended = !self.strips.line.is_empty();
                let (half, rows) = (self.strips.half, std::mem::take(&mut self.strips.rows));
                self.act(Act::Needles { half, rows });
            }
            b'*' => {
                let head = self.take_many(3)?;
                let columns = usize::from(head[1]) + usize::from(head[2]) * 256;
                (head[0] <= 1 && (1..=1023).contains(&columns)).then_some(())?;
                let columns = self.take_many(columns)?;
                self.strips.half = head[0] == 1;
                self.strips.line.extend(columns.into_iter().map(|dots| (dots, self.look.red)));
                if !self.out.left_over.is_empty() || self.strips.spacing.is_none() {
                    self.out.unknown.push((self.at, b'*'));
                }
            }
            b'a' => {
                let n = self.take()?;
                // Alignment counts at the beginning of a line only.
                (n <= 2 && self.out.left_over.is_empty()).then_some(())?;
            }
            b'd' => {
                let lines = self.take()?;
                self.act(Act::Feed(lines));
            }
            b'p' => {
                let (pin, on, off) = (self.take()?, self.take()?, self.take()?);
                (pin <= 1).then_some(())?;
                self.act(Act::Pulse { pin, on_ms: u16::from(on) * 2, off_ms: u16::from(off) * 2 });
            }
            _ => return None,
        }
        Some(())
    }

    /// Prints a strip. What real needles do not strike, or do not strike where it belongs, is told.
    fn strip(&mut self) {
        let line = std::mem::take(&mut self.strips.line);
        let half = self.strips.half;
        // Needles are 1/72 inch apart; on their way back they do not strike exactly above.
        let joins = self.strips.spacing == Some(8 * 2) && self.strips.one_way;
        let fits = line.len() <= if half { 400 } else { 200 };
        let neighbours = half && line.windows(2).any(|w| w[0].0 & w[1].0 != 0);
        let ragged = self.strips.rows.last().is_some_and(|row| row.len() != line.len());
        if !joins || !fits || neighbours || ragged || !self.out.left_over.is_empty() {
            self.out.unknown.push((self.at, b'*'));
        }
        for needle in 0..8 {
            let dot = |(dots, red): &(u8, bool)| match (dots & (0x80 >> needle) != 0, red) {
                (false, _) => ' ',
                (true, false) => '#',
                (true, true) => 'r',
            };
            self.strips.rows.push(line.iter().map(dot).collect());
        }
    }

    fn switch(&mut self) -> Option<bool> {
        match self.take()? {
            n @ 0..=1 => Some(n == 1),
            _ => None,
        }
    }

    fn gs(&mut self) -> Option<()> {
        match self.take()? {
            b'!' => {
                let n = self.take()?;
                (n & 0x88 == 0).then_some(())?;
                self.look.width = (n >> 4) + 1;
                self.look.height = (n & 7) + 1;
            }
            b'B' => self.look.reverse = self.switch()?,
            b'V' => match self.take()? {
                m @ (65 | 66) => {
                    self.take()?;
                    self.act(Act::Cut { full: m == 65 });
                }
                _ => return None,
            },
            b'r' => {
                self.take()?;
                self.act(Act::Answer(b'r'));
            }
            b'8' => {
                (self.take()? == b'L').then_some(())?;
                let length = self.take_many(4)?.iter().rev().fold(0, |sum, b| sum * 256 + usize::from(*b));
                let body = self.take_many(length)?;
                match body.as_slice() {
                    [48, 67, 48, a, b, 1, wl, wh, hl, hh, 49, dots @ ..] => {
                        let size = |low: u8, high: u8| usize::from(low) + usize::from(high) * 256;
                        (size(*wl, *wh).div_ceil(8) * size(*hl, *hh) == dots.len()).then_some(())?;
                        self.act(Act::Store { name: [*a, *b], dots: dots.len() * 8 });
                    }
                    _ => return None,
                }
            }
            b'h' | b'w' | b'H' => {
                self.take()?;
            }
            b'k' => {
                let kind = self.take()?;
                (65..=73).contains(&kind).then_some(())?;
                let length = self.take()?.into();
                let data = self.take_many(length)?;
                self.act(Act::Barcode { kind, data });
            }
            b'v' => {
                let head = self.take_many(6)?;
                (head[0] == b'0' && head[1] <= 3).then_some(())?;
                let number = |low: u8, high: u8| usize::from(low) + usize::from(high) * 256;
                let (row_bytes, rows) = (number(head[2], head[3]), number(head[4], head[5]));
                let dots = self.take_many(row_bytes * rows)?;
                self.act(Act::Raster { row_bytes, rows, dots });
            }
            b'a' => {
                let what = self.take()?;
                self.act(Act::Tell(what));
            }
            b'(' => match self.take()? {
                b'k' => self.two_dimensional()?,
                b'L' => match self.take_many(8)?[..] {
                    [6, 0, 48, 69, a, b, 1, 1] => self.act(Act::Stored([a, b])),
                    _ => return None,
                },
                b'H' => {
                    let body = self.take_many(8)?;
                    match body.as_slice() {
                        [6, 0, 48, 48, name @ ..] if name.iter().all(|b| (32..=126).contains(b)) => {
                            self.act(Act::Name([name[0], name[1], name[2], name[3]]));
                        }
                        _ => return None,
                    }
                }
                _ => return None,
            },
            _ => return None,
        }
        Some(())
    }

    fn two_dimensional(&mut self) -> Option<()> {
        let length = usize::from(self.take()?) + usize::from(self.take()?) * 256;
        let body = self.take_many(length)?;
        match body.as_slice() {
            [49, 65, model, _] => self.qr.model = *model,
            [49, 67, size] => self.qr.size = *size,
            [49, 69, 48..=51] => {}
            [49, 80, 48, text @ ..] => self.qr.text = text.to_vec(),
            [49, 81, 48] => {
                let text = String::from_utf8(std::mem::take(&mut self.qr.text)).ok()?;
                self.act(Act::Qr { model: self.qr.model, size: self.qr.size, text });
            }
            _ => return None,
        }
        Some(())
    }
}

/// Epson's numbers of code pages.
fn decode(number: u8, byte: u8) -> Option<char> {
    let page: u16 = match number {
        0 => 437,
        2 => 850,
        3 => 860,
        4 => 863,
        5 => 865,
        13 => 857,
        14 => 737,
        16 => return Some(windows_1252(byte)),
        17 => 866,
        18 => 852,
        19 => 858,
        33 => 775,
        34 => 855,
        35 => 861,
        _ => return None,
    };
    DECODING_TABLE_CP_MAP.get(&page)?.decode_char_checked(byte)
}

fn windows_1252(byte: u8) -> char {
    match byte {
        0x80 => '€',
        0x8a => 'Š',
        0x8c => 'Œ',
        0x8e => 'Ž',
        0x91 => '‘',
        0x92 => '’',
        0x93 => '“',
        0x94 => '”',
        0x95 => '•',
        0x96 => '–',
        0x97 => '—',
        0x99 => '™',
        0x9a => 'š',
        0x9c => 'œ',
        0x9e => 'ž',
        0xa0.. => char::from(byte),
        _ => '\u{fffd}',
    }
}

#[test]
fn the_emulator_tells_text_from_commands() {
    let out = print(b"\x1b@ab\n\x1bE\x01c\x1bE\x00\n\x1bp\x00\x32\xfa\x1dVB\x00");
    assert_eq!(out.text(), ["ab", "c"]);
    assert!(out.lines[1][0].bold && !out.lines[0][0].bold);
    assert_eq!(out.acts[1], Act::Pulse { pin: 0, on_ms: 100, off_ms: 500 });
    assert_eq!(out.acts[2], Act::Cut { full: false });
    assert_eq!((out.unknown.len(), out.left_over.len()), (0, 0));
}

#[test]
fn the_emulator_strikes_strips_of_dots() {
    let struck = |strip: &str| print(&[b"\x1bU\x01\x1b3\x10", strip.as_bytes(), b"\n\x1b2\x1bU\x00"].concat());
    let out = struck("\x1b*\x01\x02\0\x40\x01\x1br\x01\x1b*\x01\x01\0\x40\x1br\0");
    let Some(Act::Needles { half: true, rows }) = out.acts.first() else { panic!("{:?}", out.acts) };
    assert_eq!((&rows[1][..], &rows[7][..], rows.len(), out.unknown.len()), ("# r", " # ", 8, 0));
    // Two that lie side by side at half a dot; more than the paper holds; a strip and text.
    assert_eq!(struck("\x1b*\x01\x02\0\x40\x40").unknown.len(), 1);
    assert_eq!(struck(&format!("\x1b*\0{}\0{}", '\u{7f}', "@".repeat(0x7f))).unknown.len(), 0);
    assert_eq!(struck(&format!("\x1b*\0{}\x01{}", '\x01', "@".repeat(257))).unknown.len(), 1);
    assert_eq!(struck("x\x1b*\0\x01\0\x40").unknown.len(), 2);
    // Strips that do not join, and a picture without an end.
    assert!(!print(b"\x1b3\x18\x1b*\0\x01\0\x40\n\x1b2").unknown.is_empty());
    assert!(!print(b"\x1bU\x01\x1b3\x10\x1b*\0\x01\0\x40\n").unknown.is_empty());
}

#[test]
fn the_emulator_keeps_what_it_does_not_know() {
    for bytes in [&b"\x1bz"[..], b"\x00", b"\x1d(k\xff", b"\x1dv0\x00\x02\x00\x02\x00\x01", b"\x1bp\x00", b"\x07"] {
        assert!(!print(bytes).unknown.is_empty(), "{bytes:02x?}");
    }
    assert_eq!(print(b"ab").left_over.len(), 2);
    assert_eq!(print(b"\x1bt\x13\xd5\n").text(), ["€"]);
    assert!(print(b"\x10\x04\x01").count(|a| *a == Act::Answer(1)) == 1);
}
