//! Documents as bytes for printers.
//!
//! Text and commands are different types: a [`Command`] is made of numbers and pictures only, and
//! the bytes of a text are all from 0x20 up, so that no name and no note can ever become a command.
//! Every job begins with a reset, and stands by itself.

use std::cell::RefCell;
use std::rc::Rc;

use escpos::driver::Driver;
use escpos::printer::Printer as Builder;
use escpos::utils::{Protocol, QRCodeCorrectionLevel, QRCodeModel, QRCodeOption};

use crate::devices::code_page::{CodePage, can_say, printable, printable_or};
use crate::devices::commands::Command;
use crate::devices::drawn::{self, Grid};
use crate::devices::picture::{Dots, Picture};
use crate::devices::printer::Printer;
use crate::devices::profile::{Cut, Language};
use crate::documents::layout::{Line, lay_out};
use crate::documents::receipt::LOGO;
use crate::documents::{Align, Block, Document, Span, Style};

/// The longest text that becomes a QR code; longer ones are printed as text.
const MAX_QR_BYTES: usize = 500;
/// Lines fed by a printer without a cutter, so that the paper can be torn off.
const TEAR_OFF_LINES: u8 = 4;

/// The document as bytes for this printer.
pub(super) fn encode(document: &Document, printer: &Printer) -> Vec<u8> {
    let mut encoder = Encoder { printer, out: Vec::new(), style: Style::default(), page: None };
    encoder.command(Command::Reset);
    if document.opens_drawer {
        encoder.command(Command::Pulse(printer.drawer_pin, printer.pulse_ms()));
    }
    encoder.set_up();
    let document = said(document, printer);
    for line in lay_out(&document, printer.columns()) {
        encoder.line(line);
    }
    if document.cut {
        encoder.command(match printer.profile.cut {
            Cut::None => Command::Feed(TEAR_OFF_LINES),
            cut => Command::Cut(cut),
        });
    }
    encoder.out
}

/// The bytes of a job without its drawer pulse, for sending it again; empty when nothing else was in
/// it.
pub(super) fn without_pulse(bytes: &[u8], printer: &Printer) -> Vec<u8> {
    let language = printer.profile.language;
    let reset = Command::Reset.bytes(language);
    let pulse = Command::Pulse(printer.drawer_pin, printer.pulse_ms()).bytes(language);
    let Some(rest) = bytes.strip_prefix([&reset[..], &pulse].concat().as_slice()) else { return bytes.to_vec() };
    let mut nothing = Encoder { printer, out: Vec::new(), style: Style::default(), page: None };
    nothing.set_up();
    if rest == nothing.out { Vec::new() } else { [&reset, rest].concat() }
}

/// The bytes by which a printer keeps its logo from now on; `None` when it has none, or cannot.
pub(super) fn store_logo(printer: &Printer) -> Option<Vec<u8>> {
    let picture = printer.pictures.get(LOGO).filter(|_| printer.profile.may_store_logo)?;
    let dots = dots(picture, printer);
    let language = printer.profile.language;
    let commands = [Command::Reset, Command::StoreLogo(key(&dots), dots)];
    Some(commands.into_iter().flat_map(|command| command.bytes(language)).collect())
}

/// A picture as dots of this printer.
fn dots(picture: &Picture, printer: &Printer) -> Dots {
    picture.dots(printer.profile.dots.into(), printer.profile.language.drawing().height_percent)
}

/// The name of a stored picture, by what is on it: another logo is never taken for this one.
fn key(dots: &Dots) -> [u8; 2] {
    let hash =
        dots.bytes.iter().fold(dots.row_bytes as u32, |hash, byte| hash.wrapping_mul(16_777_619) ^ u32::from(*byte));
    [hash, hash / 90].map(|n| 33 + (n % 90) as u8)
}

/// The document with every text as the printer can say it, so that it is laid out as it prints; and what it has no
/// letters for as it is, where that is drawn.
fn said(document: &Document, printer: &Printer) -> Document {
    let pages = &printer.profile.code_pages;
    let draws = |cluster: &str| printer.foreign().is_some_and(|fonts| fonts.of_cluster(cluster).is_some());
    let span = |s: &Span| Span { text: printable_or(&s.text, pages, draws), style: s.style };
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
        self.out.extend(command.bytes(self.printer.profile.language));
    }

    fn line(&mut self, line: Line) {
        match line {
            Line::Text(spans) if spans.iter().any(|s| !can_say(&s.text, &self.printer.profile.code_pages)) => {
                self.drawn(&spans);
            }
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
                    self.logo(picture);
                }
            }
        }
    }

    /// A line that the printer has no letters for; what cannot be drawn either is `?`.
    fn drawn(&mut self, spans: &[Span]) {
        let profile = &self.printer.profile;
        let drawing = profile.language.drawing();
        let grid = Grid {
            columns: self.printer.columns(),
            dots: usize::from(profile.dots) * drawing.places,
            line: drawing.line,
            second_colour: drawing.second_colour,
        };
        match self.printer.foreign() {
            Some(fonts) => self.command(Command::Letters(drawn::line(spans, grid, fonts))),
            None => {
                let pages = &profile.code_pages;
                let said = |span: &Span| Span::new(span.style, printable(&span.text, pages));
                self.line(Line::Text(spans.iter().map(said).collect()));
            }
        }
    }

    /// What every job begins with, whatever was set before.
    fn set_up(&mut self) {
        if self.printer.profile.may_expect_chinese {
            self.command(Command::NoChinese);
        }
        if self.printer.profile.may_tell && self.printer.ask_status {
            self.command(Command::Tell);
        }
        let narrow = self.printer.is_narrow();
        // With needles the narrow one is usually the one that a reset brings back.
        if narrow || self.printer.profile.language == Language::Impact {
            self.command(Command::Font { narrow });
        }
    }

    fn set(&mut self, style: Style) {
        let from = std::mem::replace(&mut self.style, style);
        if from != style {
            self.command(Command::Look { from, to: style, narrow: self.printer.is_narrow() });
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
            let known = self.page.iter().chain(&self.printer.profile.code_pages);
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
        let content = printable(content, &self.printer.profile.code_pages);
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
        let (profile, dots) = (&self.printer.profile, self.printer.profile.dots);
        let drawn = profile.draws_qr.then(|| match profile.language {
            Language::Star => star_qr(content, dots),
            Language::EscPos | Language::Impact | Language::Text | Language::Drawer => qr(content, dots),
        });
        if let Some(bytes) = drawn.flatten() {
            self.command(Command::Middle(true));
            self.out.extend(bytes);
            self.command(Command::Middle(false));
            return;
        }
        match Picture::qr(content, dots.into(), profile.language.drawing().largest_module)
            .filter(|_| profile.draws_pictures)
        {
            Some(picture) => self.picture(picture.dots(dots.into(), 100)),
            None => self.instead(content),
        }
    }

    fn barcode(&mut self, content: &str) {
        let profile = &self.printer.profile;
        // Star's printers choose the code sets themselves, from text.
        let only_b = profile.language == Language::Star;
        let drawn = profile.draws_barcodes.then(|| code128(content, only_b)).flatten();
        match drawn.filter(|data| fits_paper(data, profile.dots)) {
            Some(data) => {
                self.command(Command::Middle(true));
                self.command(Command::Barcode(data));
                self.command(Command::Middle(false));
                self.instead(content);
            }
            None => self.instead(content),
        }
    }

    /// The logo, or its name where the printer keeps it.
    fn logo(&mut self, picture: &Picture) {
        let dots = dots(picture, self.printer);
        if !self.printer.stored_logo {
            return self.picture(dots);
        }
        self.command(Command::Middle(true));
        self.command(Command::StoredLogo(key(&dots)));
        self.command(Command::Middle(false));
    }

    fn picture(&mut self, dots: Dots) {
        if self.printer.profile.draws_pictures {
            self.command(Command::Middle(true));
            self.command(Command::Raster(dots));
            self.command(Command::Middle(false));
        }
    }
}

/// The data of a CODE128 barcode: code set C for an even number of digits, else B. `None` for what
/// CODE128 does not hold.
fn code128(content: &str, only_b: bool) -> Option<Vec<u8>> {
    let bytes = content.as_bytes();
    if bytes.is_empty() || !bytes.iter().all(|b| matches!(b, b' '..=b'~')) {
        return None;
    }
    if !only_b && bytes.len() >= 4 && bytes.len().is_multiple_of(2) && bytes.iter().all(u8::is_ascii_digit) {
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

/// How large a module of a QR code can be, in dots; `None` when it would be too small to read.
fn module(content: &str, dots: u16) -> Option<u8> {
    let modules = qrcode::QrCode::with_error_correction_level(content, qrcode::EcLevel::M).ok()?.width() + 8;
    let size = u8::try_from(usize::from(dots) / modules).ok()?.min(6);
    (size >= 2).then_some(size)
}

/// The same for Star's printers.
fn star_qr(content: &str, dots: u16) -> Option<Vec<u8>> {
    let size = module(content, dots)?;
    let length = u16::try_from(content.len()).ok()?.to_le_bytes();
    let head = [0x1b, 0x1d, b'y', b'S'];
    let mut out = [&head[..], &[b'0', 2], &head, &[b'1', 1], &head, &[b'2', size]].concat();
    out.extend([0x1b, 0x1d, b'y', b'D', b'1', 0]);
    out.extend(length);
    out.extend(content.as_bytes());
    out.extend([0x1b, 0x1d, b'y', b'P', b'\n']);
    Some(out)
}

/// The bytes by which the printer draws a QR code of model 2.
fn qr(content: &str, dots: u16) -> Option<Vec<u8>> {
    let size = module(content, dots)?;
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
