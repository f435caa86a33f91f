//! A document as plain text in so many columns: for the on-screen printer, for files, and for tests.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::documents::layout::{self, Line, MIN_COLUMNS, lay_out};
use crate::documents::{Align, Document, Span};

/// The document as lines of text, none wider than `columns` (at least [`MIN_COLUMNS`]). Text of
/// double width is spaced out, so that it takes the room it takes on paper. A logo is left out: the
/// name of the business stands below it.
pub fn render(document: &Document, columns: usize) -> Vec<String> {
    let columns = columns.max(MIN_COLUMNS);
    lay_out(document, columns).into_iter().flat_map(|line| self::line(line, columns)).collect()
}

fn line(line: Line, columns: usize) -> Vec<String> {
    match line {
        Line::Text(spans) => vec![fit(spans.iter().map(spaced).collect(), columns)],
        Line::Qr(content) => drawn("QR", &content, columns),
        Line::Barcode(content) => drawn("CODE128", &content, columns),
        Line::Logo(_) => Vec::new(),
    }
}

/// Stands for what only a printer can draw.
fn drawn(what: &str, content: &str, columns: usize) -> Vec<String> {
    let spans = [Span::plain(format!("[{what} {content}]"))];
    layout::text(&spans, Align::Centre, 0, columns).into_iter().flat_map(|l| line(l, columns)).collect()
}

/// The text of a span, spaced out where it is twice as wide.
pub(crate) fn spaced(span: &Span) -> String {
    if !span.style.wide {
        return span.text.clone();
    }
    let mut text = String::new();
    for cluster in span.text.graphemes(true) {
        text.push_str(cluster);
        text.extend(std::iter::repeat_n(' ', cluster.width()));
    }
    text
}

/// Clusters that stand beside each other may measure more than each alone; the paper's edge holds.
fn fit(mut text: String, columns: usize) -> String {
    text.truncate(text.trim_end().len());
    while text.width() > columns {
        text.pop();
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::documents::{Block, DocumentKind, Style};

    fn style() -> impl Strategy<Value = Style> {
        (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(bold, wide, tall)| Style {
            bold,
            wide,
            tall,
            ..Style::default()
        })
    }

    fn span() -> impl Strategy<Value = Span> {
        let text = prop_oneof![any::<String>(), "[ a-z]{0,60}", "[\u{0600}-\u{06ff}\u{0900}-\u{097f}가-힣 👩🏽‍🚀]{0,30}"];
        (text, style()).prop_map(|(text, style)| Span { text, style })
    }

    fn block() -> impl Strategy<Value = Block> {
        let align = prop_oneof![Just(Align::Left), Just(Align::Centre), Just(Align::Right)];
        prop_oneof![
            (proptest::collection::vec(span(), 0..4), align, any::<u8>())
                .prop_map(|(spans, align, hang)| Block::Text { spans, align, hang }),
            (proptest::collection::vec(span(), 0..3), span(), any::<u8>()).prop_map(|(left, right, hang)| Block::Row {
                left,
                right,
                hang
            }),
            proptest::collection::vec(span(), 0..3).prop_map(Block::Boxed),
            Just(Block::Rule),
            any::<u8>().prop_map(Block::Feed),
            any::<String>().prop_map(Block::Qr),
            any::<String>().prop_map(Block::Barcode),
        ]
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_paper(
            blocks in proptest::collection::vec(block(), 0..6),
            columns in 20_usize..60,
        ) {
            let document = Document {
                kind: DocumentKind::Test, title: String::new(), blocks, opens_drawer: false, cut: true,
            };
            for line in render(&document, columns) {
                prop_assert!(line.width() <= columns, "{line:?} is {} wide, not {columns}", line.width());
                prop_assert!(!line.chars().any(char::is_control), "{line:?}");
            }
        }
    }

    #[test]
    fn what_only_a_printer_can_draw_is_named() {
        let document = Document {
            kind: DocumentKind::Test,
            title: String::new(),
            blocks: vec![Block::Qr("https://a.example".into()), Block::Barcode("0042".into()), Block::Logo("x".into())],
            opens_drawer: false,
            cut: false,
        };
        assert_eq!(render(&document, 32), ["     [QR https://a.example]", "         [CODE128 0042]"]);
    }
}
