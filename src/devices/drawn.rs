//! A line of text as a picture, for what a printer has no letters for: shaped, so that Arabic joins and Thai's
//! marks stand where they belong; in reading order, so that what runs from right to left does; and in the columns
//! in which the line was laid out.

use std::ops::Range;

use ab_glyph_rasterizer::{Point, Rasterizer, point};
use rustybuzz::ttf_parser::{GlyphId, OutlineBuilder};
use rustybuzz::{Direction, Face, UnicodeBuffer, shape};
use unicode_bidi::{BidiInfo, Level};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::devices::fonts::Fonts;
use crate::devices::picture::Dots;
use crate::documents::{Span, Style};

/// Dots of a line's height, as thermal printers space lines of ordinary letters.
pub(super) const LINE: usize = 32;
/// Dots of the square that a letter is designed in: the height of a printer's own letters.
const LETTER: f32 = 24.0;
/// Dots that a line's letters may take in all, above and below.
const FITS: f32 = 31.0;
/// What is covered more than this is black.
const BLACK: f32 = 0.42;

/// What a line is drawn on.
#[derive(Clone, Copy)]
pub(super) struct Grid {
    /// Columns of the paper.
    pub columns: usize,
    /// Dots across it.
    pub dots: usize,
    /// Dots of a line's height.
    pub line: usize,
    /// Whether what is reversed elsewhere comes in a second colour.
    pub second_colour: bool,
}

/// A line of letters as dots.
pub(super) struct Drawn {
    /// What is black, or of any colour.
    pub dots: Dots,
    /// The columns of dots that are of the second colour.
    pub loud: Vec<Range<usize>>,
}

/// The line as dots on such paper.
pub(super) fn line(spans: &[Span], grid: Grid, fonts: &Fonts) -> Drawn {
    let Grid { columns, dots, .. } = grid;
    let height = if spans.iter().any(|span| span.style.tall) { 2 * grid.line } else { grid.line };
    let mut paper = Paper { grid, width: dots, height, black: vec![false; dots * height], loud: Vec::new() };
    let left = |column: usize| column * dots / columns.max(1);
    let mut column = 0;
    for word in words(spans, fonts) {
        let room = left(column).min(dots)..left(column + word.columns).min(dots);
        column += word.columns;
        paper.word(&word, room, fonts);
    }
    Drawn { dots: paper.dots(), loud: paper.loud }
}

/// What stands together in one font, in one style, from one side to the other; or spaces.
struct Word {
    text: String,
    style: Style,
    columns: usize,
    to_left: bool,
    font: Option<usize>,
}

/// The line's words from the left to the right of the paper.
fn words(spans: &[Span], fonts: &Fonts) -> Vec<Word> {
    let text: String = spans.iter().map(|span| span.text.as_str()).collect();
    let mut ends = Vec::new();
    let mut end = 0;
    for span in spans {
        end += span.text.len();
        ends.push((end, span.style));
    }
    let style = |at: usize| ends.iter().find(|(end, _)| at < *end).map_or_else(Style::default, |(_, style)| *style);
    let mut words = Vec::new();
    for part in parts(&text) {
        let bidi = BidiInfo::new(&text[part.clone()], Some(Level::ltr()));
        for paragraph in &bidi.paragraphs {
            let (levels, runs) = bidi.visual_runs(paragraph, paragraph.range.clone());
            for run in runs {
                let to_left = levels.get(run.start).is_some_and(Level::is_rtl);
                let run = part.start + run.start..part.start + run.end;
                let mut found = split(&text, run, to_left, &style, fonts);
                if to_left {
                    found.reverse();
                }
                words.append(&mut found);
            }
        }
    }
    words
}

/// Parts of a line that stand where they stand, whichever way their text runs: what two spaces divide, and an amount
/// at its end.
fn parts(text: &str) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut from = 0;
    let amount = text.rfind(' ').filter(|at| !text[*at..].chars().any(char::is_alphabetic));
    let bytes = text.as_bytes();
    for at in 1..bytes.len() {
        let wide_gap = bytes[at] == b' ' && bytes[at - 1] == b' ';
        let gap_ends = bytes[at] != b' ' && at >= 2 && bytes[at - 1] == b' ' && bytes[at - 2] == b' ';
        if (wide_gap && bytes[from] != b' ') || gap_ends || amount == Some(at) {
            parts.push(from..at);
            from = at;
        }
    }
    parts.push(from..text.len());
    parts
}

/// A run of one direction as words, in the order of writing.
fn split(text: &str, run: Range<usize>, to_left: bool, style: &impl Fn(usize) -> Style, fonts: &Fonts) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for (at, cluster) in text[run.clone()].grapheme_indices(true) {
        let style = style(run.start + at);
        let (cluster, font) = match fonts.of_cluster(cluster) {
            _ if cluster == " " => (cluster, None),
            // Nothing is left out without a trace.
            None => ("?", fonts.of_cluster("?")),
            font => (cluster, font),
        };
        let columns = cluster.width() * if style.wide { 2 } else { 1 };
        match words.last_mut() {
            Some(word) if word.style == style && word.font == font => {
                word.text.push_str(cluster);
                word.columns += columns;
            }
            _ => words.push(Word { text: cluster.to_owned(), style, columns, to_left, font }),
        }
    }
    words
}

struct Paper {
    grid: Grid,
    width: usize,
    height: usize,
    black: Vec<bool>,
    loud: Vec<Range<usize>>,
}

impl Paper {
    fn word(&mut self, word: &Word, room: Range<usize>, fonts: &Fonts) {
        let high = if word.style.tall { 2 * self.grid.line } else { self.grid.line };
        let top = self.height - high;
        if let Some(face) = word.font.and_then(|font| fonts.face(font)) {
            self.letters(word, &face, room.clone(), (top, high));
        }
        let within = |this: &Self, y: usize| y * this.width + room.start..y * this.width + room.end;
        if word.style.underline {
            let range = within(self, self.height - 2);
            self.black[range].fill(true);
        }
        if word.style.reverse && self.grid.second_colour {
            self.loud.push(room);
        } else if word.style.reverse {
            for y in top..self.height {
                let range = within(self, y);
                self.black[range].iter_mut().for_each(|dot| *dot = !*dot);
            }
        }
    }

    fn letters(&mut self, word: &Word, face: &Face, room: Range<usize>, (top, high): (usize, usize)) {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(&word.text);
        buffer.guess_segment_properties();
        buffer.set_direction(if word.to_left { Direction::RightToLeft } else { Direction::LeftToRight });
        let glyphs = shape(face, &[], buffer);
        let (up, down) = (f32::from(face.ascender()), f32::from(face.descender()));
        let design = (LETTER / face.units_per_em().max(1) as f32).min(FITS / (up - down).max(1.0));
        // In a line of fewer dots these are further apart.
        let scale_y = design * high as f32 / LINE as f32;
        let natural: i32 = glyphs.glyph_positions().iter().map(|p| p.x_advance).sum();
        let natural = natural as f32 * design * if word.style.wide { 2.0 } else { 1.0 };
        let width = room.len();
        if width == 0 || natural <= 0.0 {
            return;
        }
        // Proportional letters are narrowed where they need more room than their columns.
        let narrowed = (width as f32 / natural).min(1.0);
        let scale_x = design * narrowed * if word.style.wide { 2.0 } else { 1.0 };
        let spare = width as f32 - natural * narrowed;
        let mut pen = if word.to_left { spare } else { 0.0 };
        let baseline = (high as f32 + (up + down) * scale_y) / 2.0;
        let mut outline = Outline {
            rasterizer: Rasterizer::new(width, high),
            size: (width as f32, high as f32),
            scale: (scale_x, scale_y),
            origin: point(0.0, 0.0),
            first: point(0.0, 0.0),
            last: point(0.0, 0.0),
        };
        for (info, position) in glyphs.glyph_infos().iter().zip(glyphs.glyph_positions()) {
            let (x, y) = (position.x_offset as f32 * scale_x, position.y_offset as f32 * scale_y);
            outline.origin = point(pen + x, baseline - y);
            let glyph = GlyphId(u16::try_from(info.glyph_id).unwrap_or(0));
            face.outline_glyph(glyph, &mut outline);
            pen += position.x_advance as f32 * scale_x;
        }
        let bold = word.style.bold;
        outline.rasterizer.for_each_pixel_2d(|x, y, covered| {
            if covered > BLACK {
                let at = (top + y as usize) * self.width + room.start + x as usize;
                self.black[at] = true;
                if bold && (x as usize) + 1 < width {
                    self.black[at + 1] = true;
                }
            }
        });
    }

    /// The dots, without the white at the right.
    fn dots(&self) -> Dots {
        let rows = || self.black.chunks(self.width.max(1));
        let right = rows().filter_map(|row| row.iter().rposition(|dot| *dot)).max().map_or(1, |at| at + 1);
        let row_bytes = right.div_ceil(8);
        let mut bytes = Vec::with_capacity(row_bytes * self.height);
        for row in rows() {
            let byte = |dots: &[bool]| dots.iter().enumerate().fold(0, |b, (i, dot)| b | u8::from(*dot) << (7 - i));
            bytes.extend(row[..right].chunks(8).map(byte));
        }
        Dots { row_bytes, bytes }
    }
}

/// Takes the outlines of letters, scaled to where they stand; what is beyond the room is cut off.
struct Outline {
    rasterizer: Rasterizer,
    size: (f32, f32),
    scale: (f32, f32),
    origin: Point,
    first: Point,
    last: Point,
}

impl Outline {
    fn at(&self, x: f32, y: f32) -> Point {
        let (x, y) = (self.origin.x + x * self.scale.0, self.origin.y - y * self.scale.1);
        point(x.clamp(0.0, self.size.0), y.clamp(0.0, self.size.1))
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.first = self.at(x, y);
        self.last = self.first;
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.at(x, y);
        self.rasterizer.draw_line(self.last, to);
        self.last = to;
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (by, to) = (self.at(x1, y1), self.at(x, y));
        self.rasterizer.draw_quad(self.last, by, to);
        self.last = to;
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (by, and, to) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.rasterizer.draw_cubic(self.last, by, and, to);
        self.last = to;
    }

    fn close(&mut self) {
        self.rasterizer.draw_line(self.last, self.first);
        self.last = self.first;
    }
}
