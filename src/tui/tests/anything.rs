//! Any screen at any size: nothing panics, and nothing unsafe gets out.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::num::NonZero;
use std::rc::Rc;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use ratatui::layout::Size;

use crate::domain::catalogue::Page;
use crate::domain::text::is_safe;
use crate::tui::ansi::Ansi;
use crate::tui::draw::draw_on;
use crate::tui::look::{Colours, Glyphs, Look};
use crate::tui::painter::Painter;
use crate::ui::screen::*;

fn string() -> BoxedStrategy<String> {
    prop_oneof![4 => "[ -~]{0,30}", 2 => "[0-9]{1,5}\\.[0-9]{2}", 2 => "\\PC{0,30}", 1 => ".{0,60}", 1 => Just(String::new())].boxed()
}

fn text() -> BoxedStrategy<Text> {
    let tones = [Tone::Normal, Tone::Dim, Tone::Strong, Tone::Accent, Tone::Warn, Tone::Bad, Tone::Good];
    (0..tones.len(), string()).prop_map(move |(tone, text)| Text { text, tone: tones[tone] }).boxed()
}

fn order() -> BoxedStrategy<OrderPane> {
    let row = (string(), text(), string(), any::<bool>(), any::<bool>()).prop_map(
        |(quantity, label, amount, below, selected)| OrderRow {
            quantity,
            mark: label.clone(),
            label,
            amount,
            below,
            selected,
        },
    );
    let sums = vec((text(), text()), 0..20);
    let total = (text(), text(), text());
    (text(), text(), vec(row, 0..60), vec(text(), 0..4), sums, total)
        .prop_map(|(title, subtitle, rows, empty, sums, (total_label, total, total_note))| OrderPane {
            title,
            subtitle,
            rows,
            empty,
            sums,
            total_label,
            total,
            total_note,
        })
        .boxed()
}

fn list_rows() -> BoxedStrategy<Vec<ListRow>> {
    let row = (string(), option::of(any::<bool>()), text(), text(), any::<bool>())
        .prop_map(|(key, on, label, value, selected)| ListRow { key, on, label, value, selected });
    vec(row, 0..40).boxed()
}

fn right() -> BoxedStrategy<RightPane> {
    let key = (any::<char>(), text(), text()).prop_map(|(key, name, price)| MapKey { key, name, price });
    let letter =
        (proptest::char::range('a', 'z'), text(), text()).prop_map(|(key, name, price)| MapKey { key, name, price });
    let keys = vec(prop_oneof![key, letter], 0..60);
    let page = string().prop_map(|title| Page { title, keys: BTreeMap::new() });
    let map = (string(), string(), keys, vec(page, 0..60), 0..70usize).prop_map(|(title, place, keys, pages, page)| {
        RightPane::Map(MapPane { title, place, keys, pages: pages.into(), page })
    });
    let list = (string(), list_rows(), string())
        .prop_map(|(title, rows, empty)| RightPane::List(ListPane { title, rows, empty }));
    let paper = (string(), vec(string(), 0..80), 0..100usize)
        .prop_map(|(title, lines, scroll)| RightPane::Paper(PaperPane { title, lines, scroll }));
    prop_oneof![map, list, paper].boxed()
}

fn body() -> BoxedStrategy<Body> {
    let sign_in = (string(), vec(text(), 0..20), vec(text(), 0..20))
        .prop_map(|(name, lines, notices)| Body::SignIn(SignIn { name, lines, notices }));
    let selling = (order(), right()).prop_map(|(order, right)| Body::Order { order: Box::new(order), right });
    prop_oneof![1 => sign_in, 4 => selling].boxed()
}

fn dialog() -> BoxedStrategy<Dialog> {
    let field =
        (string(), string(), option::of(0..80usize)).prop_map(|(label, text, cursor)| Field { label, text, cursor });
    let parts = (vec(text(), 0..12), vec(field, 0..8), list_rows());
    (string(), text(), parts, text(), any::<bool>())
        .prop_map(|(title, value, (text, fields, rows), message, tall)| Dialog {
            plan: None,
            title,
            value,
            text,
            fields,
            rows,
            message,
            tall,
        })
        .boxed()
}

fn screen() -> BoxedStrategy<Screen> {
    let input = (string(), string(), option::of(0..80usize), text())
        .prop_map(|(prompt, text, cursor, echo)| InputLine { prompt, text, cursor, echo });
    let keys = vec((string(), string()).prop_map(|(key, label)| KeyHint { key, label }), 0..20);
    (body(), option::of(dialog()), input, keys, vec(text(), 0..8), text(), option::of(string()))
        .prop_map(|(body, dialog, input, keys, status, clock, watermark)| Screen {
            body,
            dialog,
            input,
            keys,
            status,
            clock,
            watermark,
        })
        .boxed()
}

fn size() -> BoxedStrategy<(u16, u16)> {
    prop_oneof![(1..=400u16, 1..=200u16), (1..=90u16, 1..=26u16), Just((80, 24)), Just((40, 10))].boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_screen_fits_any_size(screen in screen(), (columns, rows) in size(), mono: bool, glyphs in 0..3usize) {
        let colours = if mono { Colours::Mono } else { Colours::Ansi16 };
        let glyphs = [Glyphs::Full, Glyphs::Box, Glyphs::Ascii][glyphs];
        let look = Look { colours, glyphs };
        let (buffer, cursor) = super::drawn(&screen, columns, rows, look);
        prop_assert!(cursor.is_none_or(|at| at.x < columns && at.y < rows));
        for cell in buffer.content() {
            prop_assert!(cell.symbol().chars().all(is_safe), "{:?}", cell.symbol());
            prop_assert!(glyphs != Glyphs::Ascii || cell.symbol().is_ascii(), "{:?}", cell.symbol());
        }
    }

    /// What a terminal shows after each of several frames is what was drawn last, whatever could be left standing of the
    /// one before: the parts, the diff and its bytes agree.
    #[test]
    fn the_bytes_say_what_was_drawn(one in screen(), two in screen(), size in 0..SIZES.len()) {
        let look = Look { colours: Colours::Ansi16, glyphs: Glyphs::Ascii };
        let Size { width: columns, height: rows } = SIZES[size]();
        let line = Line::default();
        let mut painter = Painter::new(Ansi::new(line.clone(), SIZES[size]));
        let mut parser = vt100::Parser::new(NonZero::new(rows).unwrap(), NonZero::new(columns).unwrap(), 0);
        let mut last = None;
        for (step, screen) in in_turn(&one, &two).into_iter().enumerate() {
            painter.paint(|buffer, _| draw_on(buffer, last.as_ref(), &screen, &look)).unwrap();
            parser.process(&line.0.take());
            let (buffer, cursor) = super::drawn(&screen, columns, rows, look);
            let shown = parser.screen();
            for y in 0..rows {
                for x in 0..columns {
                    let (want, got) = (&buffer[(x, y)], shown.cell(y, x).unwrap());
                    let symbol = if got.contents().is_empty() { " " } else { got.contents() };
                    prop_assert_eq!(want.symbol(), symbol, "{},{} at step {}", x, y, step);
                    let reversed = want.modifier.contains(ratatui::style::Modifier::REVERSED);
                    prop_assert_eq!(reversed, got.inverse(), "{},{} at step {}", x, y, step);
                }
            }
            prop_assert_eq!(cursor.is_none(), shown.hide_cursor());
            if let Some(at) = cursor {
                prop_assert_eq!((at.y, at.x), shown.cursor_position());
            }
            last = Some(screen);
        }
    }
}

/// Sizes with two panes, with and without room for all, and with one.
const SIZES: [fn() -> Size; 4] =
    [|| Size::new(80, 24), || Size::new(101, 30), || Size::new(66, 11), || Size::new(60, 24)];

/// What was written, for whoever reads it at the other end.
#[derive(Clone, Default)]
struct Line(Rc<RefCell<Vec<u8>>>);

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Two screens, and between them those that share one pane with the one before.
fn in_turn(one: &Screen, two: &Screen) -> Vec<Screen> {
    let mut all = vec![one.clone()];
    if let (Body::Order { order, right }, Body::Order { order: other, right: beside }) = (&one.body, &two.body) {
        let body =
            |order: &OrderPane, right: &RightPane| Body::Order { order: Box::new(order.clone()), right: right.clone() };
        for body in [body(other, right), body(other, beside), body(order, beside), body(order, beside)] {
            all.push(Screen { body, dialog: None, watermark: one.watermark.clone(), ..two.clone() });
        }
        all.push(Screen { dialog: None, ..one.clone() });
    }
    all.push(two.clone());
    all
}
