//! Pictures for printers: black dots from a PNG, PBM or PGM file (P1, P2, P4, P5), or from a QR code.
//! Colours become grey, and grey is dithered (Floyd–Steinberg).

use std::io::Cursor;

/// How a PNG file begins.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The largest width and height that are read.
const MAX_SIDE: usize = 4096;
/// A picture on paper is never higher than this many dots.
const MAX_PRINTED_HEIGHT: usize = 1024;

/// Grey values by row, 0 black to 255 white.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    height: usize,
    grey: Vec<u8>,
}

/// Black dots, eight to a byte, each row beginning with a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dots {
    /// Bytes in a row.
    pub row_bytes: usize,
    /// The rows, one after the other.
    pub bytes: Vec<u8>,
}

impl Picture {
    /// Reads a PNG, PBM or PGM file.
    ///
    /// # Errors
    /// What is wrong with the file, in words.
    pub fn parse(file: &[u8]) -> Result<Self, String> {
        if file.starts_with(PNG) {
            return Self::parse_png(file).map_err(|why| format!("the PNG file cannot be read: {why}"));
        }
        let mut reader = Reader { rest: file };
        let kind = reader.word().unwrap_or_default();
        let bits = matches!(kind, b"P1" | b"P4");
        if !matches!(kind, b"P1" | b"P2" | b"P4" | b"P5") {
            return Err("a picture must be a PNG, PBM or PGM file".to_owned());
        }
        let (width, height) = (reader.number()?, reader.number()?);
        let white = if bits { 1 } else { reader.number()? };
        check_size(width, height)?;
        if !(1..=255).contains(&white) {
            return Err(format!("the picture has {white} shades of grey; 1 to 255 are allowed"));
        }
        let count = width * height;
        let grey = match kind {
            b"P1" => reader.bits(count).map(|bits| bits.into_iter().map(|b| if b { 0 } else { 255 }).collect()),
            b"P2" => (0..count).map(|_| reader.number().map(|v| scaled(v, white))).collect::<Result<Vec<u8>, _>>().ok(),
            b"P4" => reader.packed(width, height),
            _ => reader.raw(count).map(|raw| raw.iter().map(|&v| scaled(v.into(), white)).collect()),
        };
        let grey = grey.ok_or("the picture file ends too early")?;
        Ok(Self { width, height, grey })
    }

    /// A PNG of any kind, on white paper.
    fn parse_png(file: &[u8]) -> Result<Self, String> {
        let mut decoder = png::Decoder::new(Cursor::new(file));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().map_err(|e| e.to_string())?;
        let (width, height) = (reader.info().width as usize, reader.info().height as usize);
        check_size(width, height)?;
        let mut bytes = vec![0; reader.output_buffer_size().ok_or("it is too large")?];
        let frame = reader.next_frame(&mut bytes).map_err(|e| e.to_string())?;
        let grey = |dot: &[u8]| match *dot {
            [grey] => grey,
            [grey, alpha] => on_white(grey, alpha),
            [r, g, b] => luminance(r, g, b),
            [r, g, b, alpha] => on_white(luminance(r, g, b), alpha),
            _ => 255,
        };
        let grey: Vec<u8> = bytes.chunks_exact(frame.color_type.samples()).take(width * height).map(grey).collect();
        if grey.len() < width * height {
            return Err("it ends too early".to_owned());
        }
        Ok(Self { width, height, grey })
    }

    /// A QR code with its quiet zone, each module as many dots wide as fit into `dots`, at most `largest`; `None`
    /// when the text is too long for that.
    pub fn qr(text: &str, dots: usize, largest: usize) -> Option<Self> {
        const QUIET: usize = 4;
        let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::M).ok()?;
        let modules = code.width() + 2 * QUIET;
        let scale = (dots / modules).min(largest);
        if scale < 2 {
            return None;
        }
        let side = modules * scale;
        let colours = code.to_colors();
        let dark = |x: usize, y: usize| {
            let (Some(x), Some(y)) = ((x / scale).checked_sub(QUIET), (y / scale).checked_sub(QUIET)) else {
                return false;
            };
            x < code.width() && colours.get(y * code.width() + x).is_some_and(|c| *c == qrcode::Color::Dark)
        };
        let grey = (0..side * side).map(|i| if dark(i % side, i / side) { 0 } else { 255 }).collect();
        Some(Self { width: side, height: side, grey })
    }

    /// The picture in black dots, shrunk to fit into so many across; on paper each takes a place that is so high, in
    /// percent of its width.
    pub fn dots(&self, across: usize, height_percent: usize) -> Dots {
        let small = self.shrunk(across.max(8), height_percent);
        let row_bytes = small.width.div_ceil(8);
        let mut bytes = vec![0; row_bytes * small.height];
        let mut error = vec![0_i32; small.width * small.height];
        for y in 0..small.height {
            for x in 0..small.width {
                let at = y * small.width + x;
                let value = i32::from(small.grey[at]) + error[at] / 16;
                let black = value < 128;
                if black {
                    bytes[y * row_bytes + x / 8] |= 0x80 >> (x % 8);
                }
                let left = value - if black { 0 } else { 255 };
                for (dx, dy, part) in [(1, 0, 7), (-1, 1, 3), (0, 1, 5), (1, 1, 1)] {
                    let Some(nx) = x.checked_add_signed(dx).filter(|nx| *nx < small.width) else { continue };
                    if let Some(e) = error.get_mut((y + dy) * small.width + nx) {
                        *e += left * part;
                    }
                }
            }
        }
        Dots { row_bytes, bytes }
    }

    /// Shrunk by averaging, never enlarged.
    fn shrunk(&self, across: usize, height_percent: usize) -> Self {
        let width = self.width.min(across);
        let height = self.height * width * 100 / (self.width * height_percent.max(100));
        let height = height.clamp(1, MAX_PRINTED_HEIGHT);
        if width == self.width && height == self.height {
            return self.clone();
        }
        let span = |at: usize, new: usize, old: usize| {
            let from = at * old / new;
            from..((at + 1) * old / new).max(from + 1).min(old)
        };
        let mut grey = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let (rows, columns) = (span(y, height, self.height), span(x, width, self.width));
                let count = rows.len() * columns.len();
                let sum: usize = rows
                    .map(|r| columns.clone().map(|c| usize::from(self.grey[r * self.width + c])).sum::<usize>())
                    .sum();
                grey.push(u8::try_from(sum / count.max(1)).unwrap_or(255));
            }
        }
        Self { width, height, grey }
    }
}

fn scaled(value: usize, white: usize) -> u8 {
    u8::try_from(value.min(white) * 255 / white).unwrap_or(255)
}

fn check_size(width: usize, height: usize) -> Result<(), String> {
    let allowed = 1..=MAX_SIDE;
    if allowed.contains(&width) && allowed.contains(&height) {
        return Ok(());
    }
    Err(format!("the picture is {width} × {height} dots; 1 to {MAX_SIDE} are allowed"))
}

/// How bright a colour looks.
fn luminance(r: u8, g: u8, b: u8) -> u8 {
    ((299 * u32::from(r) + 587 * u32::from(g) + 114 * u32::from(b)) / 1000) as u8
}

/// What shines through is white paper.
fn on_white(grey: u8, alpha: u8) -> u8 {
    ((u32::from(grey) * u32::from(alpha) + 255 * (255 - u32::from(alpha))) / 255) as u8
}

/// Reads what a PBM or PGM file is made of.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// The next word; the one white space after it is taken too.
    fn word(&mut self) -> Option<&'a [u8]> {
        loop {
            match self.rest.first()? {
                b'#' => {
                    let end = self.rest.iter().position(|b| *b == b'\n').unwrap_or(self.rest.len());
                    self.rest = &self.rest[end..];
                }
                b if b.is_ascii_whitespace() => self.rest = &self.rest[1..],
                _ => break,
            }
        }
        let end = self.rest.iter().position(u8::is_ascii_whitespace).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.get(1..).unwrap_or_default();
        Some(word)
    }

    fn number(&mut self) -> Result<usize, String> {
        let word = self.word().ok_or("the picture file ends too early")?;
        let text = std::str::from_utf8(word).unwrap_or_default();
        text.parse().map_err(|_| "the picture file holds something that is not a number".to_owned())
    }

    fn bits(&mut self, count: usize) -> Option<Vec<bool>> {
        let bits: Vec<bool> =
            self.rest.iter().filter(|b| matches!(b, b'0' | b'1')).take(count).map(|b| *b == b'1').collect();
        (bits.len() == count).then_some(bits)
    }

    fn raw(&mut self, count: usize) -> Option<&'a [u8]> {
        self.rest.get(..count)
    }

    fn packed(&mut self, width: usize, height: usize) -> Option<Vec<u8>> {
        let row_bytes = width.div_ceil(8);
        let raw = self.raw(row_bytes * height)?;
        let black = |x: usize, y: usize| raw[y * row_bytes + x / 8] & (0x80 >> (x % 8)) != 0;
        Some((0..width * height).map(|i| if black(i % width, i / width) { 0 } else { 255 }).collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(file: &[u8], expected: Result<&[u8], &str>) {
        let got = Picture::parse(file).map(|p| p.dots(64, 100).bytes);
        match (got, expected) {
            (Ok(bytes), Ok(expected)) => assert_eq!(bytes, expected),
            (Err(words), Err(part)) => assert!(words.contains(part), "{words}"),
            (got, expected) => panic!("{got:?}, not {expected:?}"),
        }
    }

    #[test]
    fn pictures_are_read() {
        check(b"P1\n# black cross\n3 3\n0 1 0 111 010", Ok(&[0x40, 0xe0, 0x40]));
        check(b"P4 9 2\n\x80\x80\x00\x80", Ok(&[0x80, 0x80, 0x00, 0x80]));
        check(b"P2 2 1 255 0 255", Ok(&[0x80]));
        check(b"P5 2 1 255\n\x00\xff", Ok(&[0x80]));
        check(b"P5 2 2 255\n\x00", Err("too early"));
        check(b"\x89PNG", Err("PNG, PBM or PGM"));
        check(b"\x89PNG\r\n\x1a\n\x00", Err("PNG file cannot be read"));
        check(b"P5 99999 1 255\n", Err("4096"));
        check(b"P5 2 1 0\n", Err("shades"));
        check(b"P2 x", Err("not a number"));
        check(b"", Err("PBM or PGM"));
    }

    fn png(width: u32, colour: png::ColorType, dots: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, 1);
        encoder.set_color(colour);
        encoder.write_header().unwrap().write_image_data(dots).unwrap();
        file
    }

    #[test]
    fn png_files_are_read_as_they_look_on_white_paper() {
        check(&png(2, png::ColorType::Grayscale, &[0, 255]), Ok(&[0x80]));
        check(&png(3, png::ColorType::Rgb, &[255, 255, 0, 0, 0, 255, 255, 255, 255]), Ok(&[0x40]));
        check(&png(3, png::ColorType::Rgba, &[0, 0, 0, 255, 0, 0, 0, 0, 9, 9, 9, 250]), Ok(&[0xa0]));
        check(&png(2, png::ColorType::GrayscaleAlpha, &[0, 255, 0, 0]), Ok(&[0x80]));
        let whole = png(64, png::ColorType::Rgb, &[7; 192]);
        for end in 0..whole.len() {
            assert!(Picture::parse(&whole[..end]).is_err() || end + 12 >= whole.len(), "{end} bytes");
        }
        let mut huge = png(1, png::ColorType::Grayscale, &[0]);
        huge[16..20].copy_from_slice(&100_000_u32.to_be_bytes());
        assert!(Picture::parse(&huge).is_err());
    }

    #[test]
    fn grey_becomes_a_pattern_and_large_becomes_small() {
        let grey = Picture { width: 64, height: 64, grey: vec![128; 64 * 64] };
        let black: u32 = grey.dots(64, 100).bytes.iter().map(|b| b.count_ones()).sum();
        assert!((1900..2200).contains(&black), "{black} of 4096 dots are black");
        let small = grey.dots(16, 100);
        assert_eq!((small.row_bytes, small.bytes.len()), (2, 32));
        // Where dots are further apart from top to bottom there are fewer.
        assert_eq!(grey.dots(64, 125).bytes.len(), 8 * 51);
    }

    #[test]
    fn a_qr_code_fits_the_paper_or_is_not_drawn() {
        let picture = Picture::qr("https://a.example/42", 384, 6).unwrap();
        assert!(picture.width <= 384);
        assert!(Picture::qr("https://a.example/42", 384, 3).unwrap().width < picture.width);
        assert_eq!(Picture::qr(&"x".repeat(1000), 200, 6), None);
    }

    proptest! {
        #[test]
        fn no_file_panics(head in "P[1-6] [0-9]{1,3} [0-9]{1,3} [0-9]{1,3}\n", tail: Vec<u8>) {
            let file = [head.as_bytes(), &tail].concat();
            if let Ok(picture) = Picture::parse(&file) {
                let _ = picture.dots(384, 111);
            }
        }
    }
}
