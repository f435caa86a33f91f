//! Any screen at any size: nothing panics, and nothing unsafe gets out.

use std::collections::BTreeMap;
use std::num::NonZero;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use ratatui::layout::Size;

use crate::domain::catalogue::Page;
use crate::domain::text::is_safe;
use crate::tui::ansi::Ansi;
use crate::tui::draw::draw;
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

    /// What a terminal shows after two frames is what was drawn last: the diff and its bytes agree.
    #[test]
    fn the_bytes_say_what_was_drawn(one in screen(), two in screen()) {
        let look = Look { colours: Colours::Ansi16, glyphs: Glyphs::Ascii };
        let mut out = Vec::new();
        let mut painter = Painter::new(Ansi::new(&mut out, || Size::new(80, 24)));
        for screen in [&one, &two] {
            painter.paint(|buffer| draw(buffer, screen, &look)).unwrap();
        }
        drop(painter);
        let mut parser = vt100::Parser::new(NonZero::new(24).unwrap(), NonZero::new(80).unwrap(), 0);
        parser.process(&out);
        let (buffer, cursor) = super::drawn(&two, 80, 24, look);
        let shown = parser.screen();
        for y in 0..24 {
            for x in 0..80 {
                let (want, got) = (&buffer[(x, y)], shown.cell(y, x).unwrap());
                let symbol = if got.contents().is_empty() { " " } else { got.contents() };
                prop_assert_eq!(want.symbol(), symbol, "{},{}", x, y);
                let reversed = want.modifier.contains(ratatui::style::Modifier::REVERSED);
                prop_assert_eq!(reversed, got.inverse(), "{},{}", x, y);
            }
        }
        prop_assert_eq!(cursor.is_none(), shown.hide_cursor());
        if let Some(at) = cursor {
            prop_assert_eq!((at.y, at.x), shown.cursor_position());
        }
    }
}
