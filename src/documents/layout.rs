//! A document laid out in so many columns: which piece of text stands on which line. Plain text and
//! the devices both print these lines, so that what is tested as text is what comes out on paper.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::documents::{Align, Block, Document, Span, Style};
use crate::domain::text::is_safe;

/// The narrowest paper there is; anything below is taken for this.
pub const MIN_COLUMNS: usize = 20;

/// One line of paper, or something drawn by the printer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Text from the left edge on, aligned by spaces; never wider than the paper.
    Text(Vec<Span>),
    /// A QR code.
    Qr(String),
    /// A barcode.
    Barcode(String),
    /// The picture of this name.
    Logo(String),
}

/// A cluster wider than this (a long conjunct) is broken into its characters.
const WIDEST_CLUSTER: usize = 4;
/// A row whose left side would be narrower than this puts its amount on a line of its own.
const NARROWEST_LEFT: usize = 10;

/// What is shown as one sign, in one style.
#[derive(Clone)]
struct Cell {
    text: String,
    style: Style,
    columns: usize,
}

impl Cell {
    fn new(text: &str, style: Style) -> Self {
        let columns = text.width() * if style.wide { 2 } else { 1 };
        Self { text: text.to_owned(), style, columns }
    }

    fn space() -> Self {
        Self::new(" ", Style::default())
    }

    fn is_space(&self) -> bool {
        self.text == " "
    }
}

/// The document's lines for paper of so many columns (at least [`MIN_COLUMNS`]).
pub fn lay_out(document: &Document, columns: usize) -> Vec<Line> {
    let columns = columns.max(MIN_COLUMNS);
    document.blocks.iter().flat_map(|block| self::block(block, columns)).collect()
}

fn block(block: &Block, columns: usize) -> Vec<Line> {
    match block {
        Block::Text { spans, align, hang } => text(spans, *align, *hang, columns),
        Block::Row { left, right, hang } => row(left, right, *hang, columns),
        Block::Boxed(spans) => boxed(spans, columns),
        Block::Rule => vec![Line::Text(vec![Span::plain("-".repeat(columns))])],
        Block::Feed(lines) => vec![Line::Text(Vec::new()); usize::from(*lines)],
        Block::Qr(content) => vec![Line::Qr(content.clone())],
        Block::Barcode(content) => vec![Line::Barcode(content.clone())],
        Block::Logo(name) => vec![Line::Logo(name.clone())],
    }
}

/// Running text as lines.
pub(crate) fn text(spans: &[Span], align: Align, hang: u8, columns: usize) -> Vec<Line> {
    wrap(cells(spans), columns, hang).into_iter().map(|line| place(line, align, columns)).collect()
}

fn row(left: &[Span], right: &Span, hang: u8, columns: usize) -> Vec<Line> {
    let right = trimmed(cells(std::slice::from_ref(right)));
    let width = columns_of(&right);
    if width == 0 {
        return text(left, Align::Left, hang, columns);
    }
    let beside = columns.saturating_sub(width + 1);
    let left = cells(left);
    if width >= columns || beside < NARROWEST_LEFT.min(columns_of(&left)) {
        let mut lines: Vec<Line> = match left.iter().all(Cell::is_space) {
            true => Vec::new(),
            false => wrap(left, columns, hang).into_iter().map(|l| place(l, Align::Left, columns)).collect(),
        };
        lines.extend(wrap(right, columns, 0).into_iter().map(|l| place(l, Align::Right, columns)));
        return lines;
    }
    let mut lines = wrap(left, beside, hang);
    if let Some(first) = lines.first_mut() {
        let gap = columns - width - columns_of(first);
        first.extend(std::iter::repeat_n(Cell::space(), gap));
        first.extend(right);
    }
    lines.into_iter().map(|l| place(l, Align::Left, columns)).collect()
}

/// Text in a box: `| text |` between two lines.
fn boxed(spans: &[Span], columns: usize) -> Vec<Line> {
    const SIDES: usize = 4;
    let edge = || Line::Text(vec![Span::plain(format!("+{}+", "-".repeat(columns - 2)))]);
    let inside = wrap(cells(spans), columns - SIDES, 0).into_iter().map(|line| {
        let line = trimmed(line);
        let free = (columns - SIDES).saturating_sub(columns_of(&line));
        let mut row = vec![Cell::new("|", Style::default()), Cell::space()];
        row.extend(line);
        row.extend(std::iter::repeat_n(Cell::space(), free + 1));
        row.push(Cell::new("|", Style::default()));
        place(row, Align::Left, columns)
    });
    std::iter::once(edge()).chain(inside).chain([edge()]).collect()
}

/// The spans as cells: no control, bidi or hidden character gets beyond here.
fn cells(spans: &[Span]) -> Vec<Cell> {
    let mut cells = Vec::new();
    for span in spans {
        let text: String = span
            .text
            .chars()
            .map(|c| match c {
                '\t' | '\n' | '\r' => ' ',
                c if is_safe(c) => c,
                _ => '\u{FFFD}',
            })
            .collect();
        for cluster in text.graphemes(true) {
            if cluster.width() > WIDEST_CLUSTER {
                let mut buffer = [0; 4];
                cells.extend(cluster.chars().map(|c| Cell::new(c.encode_utf8(&mut buffer), span.style)));
            } else {
                cells.push(Cell::new(cluster, span.style));
            }
        }
    }
    cells
}

fn columns_of(cells: &[Cell]) -> usize {
    cells.iter().map(|c| c.columns).sum()
}

fn trimmed(mut cells: Vec<Cell>) -> Vec<Cell> {
    while cells.last().is_some_and(Cell::is_space) {
        cells.pop();
    }
    cells
}

/// Breaks at spaces, and inside a word only when it is longer than a line. Spaces at the very
/// beginning indent; those at a break are dropped. There is always at least one line.
fn wrap(cells: Vec<Cell>, columns: usize, hang: u8) -> Vec<Vec<Cell>> {
    let hang = usize::from(hang).min(columns / 2);
    let mut lines: Vec<Vec<Cell>> = Vec::new();
    let mut line: Vec<Cell> = Vec::new();
    let mut spaces: Vec<Cell> = Vec::new();
    let mut rest = cells.into_iter().peekable();
    while rest.peek().is_some() {
        while let Some(space) = rest.next_if(Cell::is_space) {
            spaces.push(space);
        }
        let mut word: Vec<Cell> = Vec::new();
        while let Some(cell) = rest.next_if(|c| !c.is_space()) {
            word.push(cell);
        }
        if word.is_empty() {
            break;
        }
        let begins = line.is_empty();
        if begins {
            while columns_of(&spaces) > columns / 2 {
                spaces.pop();
            }
        }
        if begins || columns_of(&line) + columns_of(&spaces) + columns_of(&word) <= columns {
            line.append(&mut spaces);
        } else {
            spaces.clear();
            lines.push(std::mem::replace(&mut line, vec![Cell::space(); hang]));
        }
        for cell in word {
            if columns_of(&line) + cell.columns > columns {
                lines.push(std::mem::replace(&mut line, vec![Cell::space(); hang]));
            }
            line.push(cell);
        }
    }
    lines.push(line);
    lines
}

/// A line as spans, moved to its place by spaces in front.
fn place(line: Vec<Cell>, align: Align, columns: usize) -> Line {
    let line = trimmed(line);
    let free = columns.saturating_sub(columns_of(&line));
    let before = match align {
        Align::Left => 0,
        Align::Centre => free / 2,
        Align::Right => free,
    };
    let indent = if line.is_empty() { 0 } else { before };
    let mut spans: Vec<Span> = Vec::new();
    for cell in std::iter::repeat_n(Cell::space(), indent).chain(line) {
        match spans.last_mut() {
            Some(span) if span.style == cell.style => span.text.push_str(&cell.text),
            _ => spans.push(Span::new(cell.style, cell.text)),
        }
    }
    Line::Text(spans)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::text;
    use crate::documents::{DocumentKind, Style};

    fn check(block: Block, columns: usize, expected: &[&str]) {
        let document = Document {
            kind: DocumentKind::Test,
            title: String::new(),
            blocks: vec![block.clone()],
            opens_drawer: false,
            cut: false,
        };
        assert_eq!(text::render(&document, columns), expected, "{block:?} at {columns}");
    }

    fn hanging(hang: u8, text: &str) -> Block {
        Block::Text { spans: vec![Span::plain(text)], align: Align::Left, hang }
    }

    #[test]
    fn text_wraps_at_words_and_inside_them_only_when_it_must() {
        check(Block::text("one two three four five"), 20, &["one two three four", "five"]);
        check(hanging(2, "one two three four five six"), 20, &["one two three four", "  five six"]);
        check(Block::text("abcdefghijklmnopqrstuvwxyz"), 20, &["abcdefghijklmnopqrst", "uvwxyz"]);
        check(Block::text("  indented stays, and wraps"), 20, &["  indented stays,", "and wraps"]);
        check(Block::text(""), 20, &[""]);
        check(Block::text("   "), 20, &[""]);
        check(Block::text("a\u{1b}b\nc\u{202e}d"), 20, &["a\u{fffd}b c\u{fffd}d"]);
    }

    #[test]
    fn a_cluster_is_never_cut() {
        check(Block::text("日本語日本語日本語日本語"), 21, &["日本語日本語日本語日", "本語"]);
        check(Block::text("eeeeeeeeeeeeeeeeeeee\u{301}e"), 20, &["eeeeeeeeeeeeeeeeeeee\u{301}", "e"]);
    }

    #[test]
    fn amounts_stand_in_one_column() {
        check(Block::row(2, "2 Flat white", "6.40"), 20, &["2 Flat white    6.40"]);
        check(Block::row(2, "1 Smoked salmon bagel", "12.50"), 20, &["1 Smoked       12.50", "  salmon bagel"]);
        check(Block::row(0, "Total", "123456789012"), 20, &["Total   123456789012"]);
        check(Block::row(0, "Total of it all", "123456789012"), 20, &["Total of it all", "        123456789012"]);
        check(Block::row(0, "Note", ""), 20, &["Note"]);
        check(Block::row(0, "", "1.00"), 20, &["                1.00"]);
    }

    #[test]
    fn alignment_and_double_width_count_columns() {
        check(Block::styled(Align::Centre, Style::default(), "mid"), 21, &["         mid"]);
        check(Block::styled(Align::Right, Style::default(), "end"), 20, &["                 end"]);
        let wide = Style { wide: true, ..Style::default() };
        check(Block::styled(Align::Centre, wide, "TOTAL"), 20, &["     T O T A L"]);
        let right = Span::new(wide, "9.50");
        check(Block::Row { left: vec![Span::new(wide, "SUM")], right, hang: 0 }, 20, &["S U M       9 . 5 0"]);
    }

    #[test]
    fn a_box_holds_its_text() {
        let note = Block::Boxed(vec![Span::plain("no nuts, or they die")]);
        check(
            note,
            20,
            &["+------------------+", "| no nuts, or they |", "| die              |", "+------------------+"],
        );
    }

    #[test]
    fn rules_and_feeds() {
        check(Block::Rule, 24, &["------------------------"]);
        check(Block::Feed(2), 20, &["", ""]);
    }
}
