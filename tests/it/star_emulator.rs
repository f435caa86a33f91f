//! A printer that understands Star's line mode, written from the command reference and not from the
//! encoder.

use oem_cp::code_table::DECODING_TABLE_CP_MAP;

use crate::printer_emulator::{Act, Cell, Output};

const PLAIN: Cell = Cell { c: ' ', bold: false, underline: false, reverse: false, red: false, width: 1, height: 1 };

/// Prints bytes.
pub fn print(bytes: &[u8]) -> Output {
    let mut star = Star { rest: bytes, out: Output::default(), look: PLAIN, page: 0, qr: Vec::new() };
    while !star.rest.is_empty() {
        let before = star.rest;
        if star.step().is_none() {
            star.out.unknown.push((bytes.len() - before.len(), before[0]));
            star.rest = &before[1..];
        }
    }
    star.out
}

struct Star<'a> {
    rest: &'a [u8],
    out: Output,
    look: Cell,
    page: u8,
    qr: Vec<u8>,
}

impl Star<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*taken)
    }

    fn take_many(&mut self, count: usize) -> Option<Vec<u8>> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken.to_vec())
    }

    fn step(&mut self) -> Option<()> {
        match self.take::<1>()?[0] {
            b'\n' => {
                let line = std::mem::take(&mut self.out.left_over);
                self.out.lines.push(line);
            }
            0x1b => self.esc()?,
            0x07 => self.out.acts.push(Act::Pulse { pin: 0, on_ms: 0, off_ms: 0 }),
            0x1a => self.out.acts.push(Act::Pulse { pin: 1, on_ms: 0, off_ms: 0 }),
            byte @ 0x20..=0x7e => self.out.left_over.push(Cell { c: char::from(byte), ..self.look }),
            byte @ 0x80.. => {
                let c = decode(self.page, byte)?;
                self.out.left_over.push(Cell { c, ..self.look });
            }
            _ => return None,
        }
        Some(())
    }

    fn esc(&mut self) -> Option<()> {
        match self.take::<1>()?[0] {
            b'@' => {
                (self.look, self.page) = (PLAIN, 0);
                self.out.left_over.clear();
                self.out.acts.push(Act::Reset);
            }
            b'E' => self.look.bold = true,
            b'F' => self.look.bold = false,
            b'4' => self.look.reverse = true,
            b'5' => self.look.reverse = false,
            b'-' => self.look.underline = matches!(self.take::<1>()?, [1]),
            b'i' => match self.take::<2>()? {
                [tall @ 0..=5, wide @ 0..=5] => (self.look.height, self.look.width) = (tall + 1, wide + 1),
                _ => return None,
            },
            b'a' => {
                let [lines @ 1..=127] = self.take::<1>()? else { return None };
                self.out.acts.push(Act::Feed(lines));
            }
            // 24 rows of dots wait in the line until paper is fed.
            b'k' => {
                let [width @ 1..=72, 0] = self.take::<2>()? else { return None };
                self.out.left_over.is_empty().then_some(())?;
                let dots = self.take_many(usize::from(width) * 24)?;
                (self.take::<3>()? == [0x1b, b'J', 12]).then_some(())?;
                self.out.acts.push(Act::Raster { row_bytes: width.into(), rows: 24, dots });
            }
            b'd' => match self.take::<1>()? {
                [n @ (2 | 3)] => self.out.acts.push(Act::Cut { full: n == 2 }),
                _ => return None,
            },
            // How long the pulse of the drawer is.
            0x07 => {
                let [1..=127, 1..=127] = self.take::<2>()? else { return None };
            }
            b'b' => {
                let [6, 1, _, _] = self.take::<4>()? else { return None };
                let end = self.rest.iter().position(|b| *b == 0x1e)?;
                let data = self.take_many(end)?;
                self.take::<1>()?;
                self.out.acts.push(Act::Barcode { kind: 6, data });
            }
            0x1d => match self.take::<1>()?[0] {
                b't' => [self.page] = self.take::<1>()?,
                b'a' => {
                    let [0..=2] = self.take::<1>()? else { return None };
                    self.out.left_over.is_empty().then_some(())?;
                }
                b'y' => self.qr()?,
                _ => return None,
            },
            _ => return None,
        }
        Some(())
    }

    fn qr(&mut self) -> Option<()> {
        match self.take::<1>()?[0] {
            b'S' => {
                self.take::<2>()?;
            }
            b'D' => {
                let [b'1', 0, low, high] = self.take::<4>()? else { return None };
                self.qr = self.take_many(usize::from(low) + usize::from(high) * 256)?;
            }
            b'P' => {
                let text = String::from_utf8(std::mem::take(&mut self.qr)).ok()?;
                self.out.acts.push(Act::Qr { model: 2, size: 0, text });
            }
            _ => return None,
        }
        Some(())
    }
}

/// Star's numbers of code pages.
fn decode(number: u8, byte: u8) -> Option<char> {
    let page: u16 = match number {
        1 => 437,
        4 => 858,
        5 => 852,
        6 => 860,
        7 => 861,
        8 => 863,
        9 => 865,
        10 => 866,
        11 => 855,
        12 => 857,
        15 => 737,
        // Windows-1252, where it is Latin-1.
        32 if byte >= 0xa0 => return Some(char::from(byte)),
        32 => return Some('\u{fffd}'),
        _ => return None,
    };
    DECODING_TABLE_CP_MAP.get(&page)?.decode_char_checked(byte)
}
