//! Documents as ESC/POS.
//!
//! Text and commands are different types: a [`Command`] is made of numbers and pictures only, and
//! the bytes of a text are all from 0x20 up, so that no name and no note can ever become a command.
//! Every job begins with a reset, and stands by itself.

use std::cell::RefCell;
use std::rc::Rc;

use escpos::driver::Driver;
use escpos::printer::Printer as Builder;
use escpos::utils::{Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption};

use crate::devices::code_page::{CodePage, printable};
use crate::devices::picture::{Dots, Picture};
use crate::devices::printer::{DrawerPin, Printer};
use crate::documents::layout::{Line, lay_out};
use crate::documents::{Align, Block, Document, Span, Style};

/// The longest text that becomes a QR code; longer ones are printed as text.
const MAX_QR_BYTES: usize = 500;
/// Rows of a picture that are sent at once, so that a printer with a small buffer keeps up.
const BAND_ROWS: usize = 128;
/// Lines fed by a printer without a cutter, so that the paper can be torn off.
const TEAR_OFF_LINES: u8 = 4;

/// Something a printer does, as opposed to text that it prints.
enum Command {
    Reset,
    NoChinese,
    Pulse(DrawerPin, u8),
    Page(u8),
    Bold(bool),
    Underline(bool),
    Reverse(bool),
    Size { wide: bool, tall: bool },
    Middle(bool),
    NewLine,
    Feed(u8),
    Cut,
    Raster(Dots),
    Barcode(Vec<u8>),
}

impl Command {
    fn bytes(self) -> Vec<u8> {
        match self {
            Self::Reset => vec![0x1b, b'@'],
            Self::NoChinese => vec![0x1c, b'.'],
            Self::Pulse(pin, on) => vec![0x1b, b'p', pin.code(), on, 250],
            Self::Page(number) => vec![0x1b, b't', number],
            Self::Bold(on) => vec![0x1b, b'E', on.into()],
            Self::Underline(on) => vec![0x1b, b'-', on.into()],
            Self::Reverse(on) => vec![0x1d, b'B', on.into()],
            Self::Size { wide, tall } => vec![0x1d, b'!', u8::from(wide) << 4 | u8::from(tall)],
            Self::Middle(on) => vec![0x1b, b'a', on.into()],
            Self::NewLine => vec![b'\n'],
            Self::Feed(lines) => vec![0x1b, b'd', lines],
            Self::Cut => vec![0x1d, b'V', 66, 0],
            Self::Raster(dots) => raster(dots),
            Self::Barcode(data) => barcode(&data),
        }
    }
}

/// The document as bytes for this printer.
pub(super) fn encode(document: &Document, printer: &Printer) -> Vec<u8> {
    let mut encoder = Encoder { printer, out: Vec::new(), style: Style::default(), page: None };
    encoder.command(Command::Reset);
    if document.opens_drawer {
        encoder.command(Command::Pulse(printer.drawer_pin, printer.pulse_units()));
    }
    if printer.profile.may_expect_chinese {
        encoder.command(Command::NoChinese);
    }
    let document = said(document, printer.profile.code_pages);
    for line in lay_out(&document, printer.columns()) {
        encoder.line(line);
    }
    if document.cut {
        encoder.command(if printer.profile.cuts { Command::Cut } else { Command::Feed(TEAR_OFF_LINES) });
    }
    encoder.out
}

/// The bytes of a job without its drawer pulse, for sending it again; empty when nothing else was in
/// it.
pub(super) fn without_pulse(bytes: &[u8]) -> Vec<u8> {
    let reset = Command::Reset.bytes();
    let rest = match bytes.strip_prefix(reset.as_slice()) {
        Some([0x1b, b'p', _, _, _, rest @ ..]) => rest,
        _ => return bytes.to_vec(),
    };
    let prints = rest.strip_prefix(Command::NoChinese.bytes().as_slice()).unwrap_or(rest);
    if prints.is_empty() { Vec::new() } else { [&reset, rest].concat() }
}

/// The document with every text as the printer can say it, so that it is laid out as it prints.
fn said(document: &Document, pages: &[CodePage]) -> Document {
    let span = |s: &Span| Span { text: printable(&s.text, pages), style: s.style };
    let spans = |list: &[Span]| list.iter().map(span).collect();
    let blocks = document.blocks.iter().map(|block| match block {
        Block::Text { spans: list, align, hang } => Block::Text { spans: spans(list), align: *align, hang: *hang },
        Block::Row { left, right, hang } => Block::Row { left: spans(left), right: span(right), hang: *hang },
        Block::Boxed(list) => Block::Boxed(spans(list)),
        Block::Rule | Block::Feed(_) | Block::Qr(_) | Block::Barcode(_) | Block::Logo(_) => block.clone(),
    });
    Document { blocks: blocks.collect(), ..document.clone() }
}

struct Encoder<'a> {
    printer: &'a Printer,
    out: Vec<u8>,
    style: Style,
    page: Option<CodePage>,
}

impl Encoder<'_> {
    fn command(&mut self, command: Command) {
        self.out.extend(command.bytes());
    }

    fn line(&mut self, line: Line) {
        match line {
            Line::Text(spans) => {
                for span in spans {
                    self.set(span.style);
                    self.text(&span.text);
                }
                self.set(Style::default());
                self.command(Command::NewLine);
            }
            Line::Qr(content) => self.qr(&content),
            Line::Barcode(content) => self.barcode(&content),
            Line::Logo(name) => {
                if let Some(picture) = self.printer.pictures.get(&name) {
                    self.picture(picture);
                }
            }
        }
    }

    /// Changes what has to change.
    fn set(&mut self, style: Style) {
        let before = std::mem::replace(&mut self.style, style);
        if before.bold != style.bold {
            self.command(Command::Bold(style.bold));
        }
        if before.underline != style.underline {
            self.command(Command::Underline(style.underline));
        }
        if before.reverse != style.reverse {
            self.command(Command::Reverse(style.reverse));
        }
        if (before.wide, before.tall) != (style.wide, style.tall) {
            self.command(Command::Size { wide: style.wide, tall: style.tall });
        }
    }

    /// Writes text, and changes the code page where it must. What no page has is not here any more;
    /// were it, it would be `?`.
    fn text(&mut self, text: &str) {
        for c in text.chars() {
            if let ' '..='~' = c {
                self.out.push(c as u8);
                continue;
            }
            let known = self.page.iter().chain(self.printer.profile.code_pages);
            let found = known.filter_map(|page| Some((*page, page.encode(c)?))).next();
            let Some((page, byte)) = found else {
                self.out.push(b'?');
                continue;
            };
            if self.page != Some(page) {
                self.command(Command::Page(page.number));
                self.page = Some(page);
            }
            self.out.push(byte);
        }
    }

    /// What cannot be drawn is written.
    fn instead(&mut self, content: &str) {
        let content = printable(content, self.printer.profile.code_pages);
        let spans = [Span::plain(content)];
        for line in crate::documents::layout::text(&spans, Align::Centre, 0, self.printer.columns()) {
            self.line(line);
        }
    }

    fn qr(&mut self, content: &str) {
        let fits = !content.is_empty() && content.len() <= MAX_QR_BYTES && !content.chars().any(char::is_control);
        if !fits {
            return self.instead(content);
        }
        let (profile, dots) = (self.printer.profile, self.printer.profile.dots);
        if let Some(bytes) = profile.draws_qr.then(|| qr(content, dots)).flatten() {
            self.command(Command::Middle(true));
            self.out.extend(bytes);
            self.command(Command::Middle(false));
            return;
        }
        if let Some(picture) = Picture::qr(content, dots.into()).filter(|_| profile.draws_pictures) {
            return self.picture(&picture);
        }
        self.instead(content);
    }

    fn barcode(&mut self, content: &str) {
        match code128(content).filter(|data| fits_paper(data, self.printer.profile.dots)) {
            Some(data) => {
                self.command(Command::Middle(true));
                self.command(Command::Barcode(data));
                self.command(Command::Middle(false));
                self.instead(content);
            }
            None => self.instead(content),
        }
    }

    fn picture(&mut self, picture: &Picture) {
        if !self.printer.profile.draws_pictures {
            return;
        }
        let dots = picture.dots(self.printer.profile.dots.into());
        self.command(Command::Middle(true));
        for band in dots.bytes.chunks(dots.row_bytes * BAND_ROWS) {
            self.command(Command::Raster(Dots { row_bytes: dots.row_bytes, bytes: band.to_vec() }));
        }
        self.command(Command::Middle(false));
    }
}

/// `GS v 0` with its dots. Printers act on real-time commands (`10 04`, `10 05`, `10 14`) even
/// inside a picture; one dot more takes the first byte out of each.
fn raster(dots: Dots) -> Vec<u8> {
    let rows = dots.bytes.len() / dots.row_bytes.max(1);
    let mut out = vec![0x1d, b'v', b'0', 0];
    for number in [dots.row_bytes, rows] {
        out.extend(u16::try_from(number).unwrap_or(0).to_le_bytes());
    }
    let start = out.len();
    out.extend(dots.bytes);
    for i in start..out.len() {
        if out[i] == 0x10 && matches!(out.get(i + 1), Some(0x04 | 0x05 | 0x14)) {
            out[i] = 0x11;
        }
    }
    out
}

/// The data of a CODE128 barcode: code set C for an even number of digits, else B. `None` for what
/// CODE128 does not hold.
fn code128(content: &str) -> Option<Vec<u8>> {
    let bytes = content.as_bytes();
    if bytes.is_empty() || !bytes.iter().all(|b| matches!(b, b' '..=b'~')) {
        return None;
    }
    if bytes.len() >= 4 && bytes.len().is_multiple_of(2) && bytes.iter().all(u8::is_ascii_digit) {
        let pairs = bytes.chunks_exact(2).map(|p| (p[0] - b'0') * 10 + (p[1] - b'0'));
        let data: Vec<u8> = b"{C".iter().copied().chain(pairs).collect();
        // The pairs 16 04, 16 05 and 16 20 are the real-time commands' bytes.
        if !data.windows(2).any(|w| w[0] == 0x10 && matches!(w[1], 0x04 | 0x05 | 0x14)) {
            return Some(data);
        }
    }
    let mut data = b"{B".to_vec();
    for b in bytes {
        data.push(*b);
        if *b == b'{' {
            data.push(b'{');
        }
    }
    Some(data)
}

/// Whether the bars, at two dots for the thinnest, fit with their quiet zones.
fn fits_paper(data: &[u8], dots: u16) -> bool {
    let symbols = data.len() - 2 + 2;
    data.len() < 255 && (symbols * 11 + 13 + 20) * 2 <= usize::from(dots)
}

/// `GS k 73` with height and width; what it says is printed as text below.
fn barcode(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1d, b'h', 64, 0x1d, b'w', 2, 0x1d, b'H', 0, 0x1d, b'k', 73];
    out.push(u8::try_from(data.len()).unwrap_or(0));
    out.extend(data);
    out
}

/// The bytes by which the printer draws a QR code of model 2.
fn qr(content: &str, dots: u16) -> Option<Vec<u8>> {
    let modules = qrcode::QrCode::with_error_correction_level(content, qrcode::EcLevel::M).ok()?.width() + 8;
    let size = u8::try_from(usize::from(dots) / modules).ok()?.min(6);
    if size < 2 {
        return None;
    }
    let gathered = Gathered::default();
    let option = QRCodeOption::new(QRCodeModel::Model2, size, QRCodeCorrectionLevel::M);
    let mut builder = Builder::new(gathered.clone(), Protocol::default(), None);
    builder.qrcode_option(content, option).ok()?;
    // The library hands over what it built when it prints; nothing can fail or be repeated here,
    // since all is gathered in memory.
    #[allow(clippy::disallowed_methods, reason = "prints into memory")]
    builder.print().ok()?;
    let bytes = gathered.0.borrow().clone();
    Some(bytes)
}

/// Takes what the library writes.
#[derive(Clone, Default)]
struct Gathered(Rc<RefCell<Vec<u8>>>);

impl Driver for Gathered {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    fn write(&self, data: &[u8]) -> escpos::errors::Result<()> {
        self.0.borrow_mut().extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _: &mut [u8]) -> escpos::errors::Result<usize> {
        Ok(0)
    }

    fn flush(&self) -> escpos::errors::Result<()> {
        Ok(())
    }
}
