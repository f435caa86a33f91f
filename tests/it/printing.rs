//! Documents as ESC/POS, read back by the emulator.

use counterflow::devices::picture::Picture;
use counterflow::devices::printer::{DrawerPin, Printer, Printers};
use counterflow::devices::profile::{Cut, Language};
use counterflow::devices::{encode, job, logo_job};
use counterflow::documents::{Align, Block, Document, DocumentKind, Span, Style, slip};
use proptest::prelude::*;

use crate::printer_emulator::{Act, Output, print};
use crate::star_emulator;

const PRINTERS: [&str; 8] = [
    "generic-58",
    "generic-80",
    "epson-tm-t20",
    "epson-tm-t88",
    "epson-tm-m30",
    "epson-tm-u220",
    "citizen-ct-s",
    "star-line-mode",
];

fn printer(profile: &str) -> Printer {
    Printer::new("counter", "tcp:127.0.0.1:9100", profile).unwrap()
}

/// What comes out of a printer that is fed these bytes.
fn read(bytes: &[u8], printer: &Printer) -> Output {
    match printer.profile.language {
        Language::Star => star_emulator::print(bytes),
        Language::EscPos | Language::Impact | Language::Text | Language::Drawer => print(bytes),
    }
}

fn document(blocks: Vec<Block>) -> Document {
    Document { kind: DocumentKind::Receipt, title: "Receipt 1".into(), blocks, opens_drawer: false, cut: true }
}

fn printed(blocks: Vec<Block>, profile: &str) -> Output {
    let printer = printer(profile);
    let out = read(&encode(&document(blocks), &printer), &printer);
    assert_eq!((&out.unknown[..], out.left_over.len()), (&[][..], 0));
    out
}

/// Real printers act on these wherever they stand.
fn real_time_bytes(bytes: &[u8]) -> usize {
    bytes.windows(2).filter(|w| w[0] == 0x10 && matches!(w[1], 0x04 | 0x05 | 0x14)).count()
}

fn check_text(profile: &str, text: &str, expected: &str) {
    assert_eq!(printed(vec![Block::text(text)], profile).text(), [expected], "{text:?} on {profile}");
}

#[test]
fn text_comes_out_as_it_was_written_where_the_printer_can() {
    check_text("generic-80", "Crème brûlée 4,50 € – Ærø", "Crème brûlée 4,50 € – Ærø");
    check_text("generic-58", "Łódź, Győr, Žižkov", "Łódź, Győr, Žižkov");
    check_text("generic-80", "Борщ и блины", "Борщ и блины");
    check_text("epson-tm-t88", "Σουβλάκι", "Σουβλάκι");
    check_text("star-line-mode", "Σουβλάκι, Łódź, 4,50 €", "Σουβλάκι, Łódź, 4,50 €");
    check_text("epson-tm-u220", "Crème brûlée 4,50 €", "Crème brûlée 4,50 €");
    check_text("generic-80", "日本 ☕ ½", "?? ? ½");
    check_text("generic-80", "\u{1b}p\u{0}\u{19}\u{fa} x\u{1d}V\u{0} \u{10}\u{4}\u{1}", "?p??ú x?V? ???");
}

#[test]
fn styles_reach_the_text_they_were_meant_for_and_no_other() {
    let style = Style { bold: true, wide: true, tall: true, reverse: true, underline: true };
    let spans = vec![Span::plain("a"), Span::new(style, "B"), Span::plain("c")];
    let out = printed(vec![Block::Text { spans, align: Align::Left, hang: 0 }, Block::text("d")], "generic-80");
    let looks: Vec<_> =
        out.lines.iter().flatten().map(|c| (c.c, c.bold, c.reverse, c.underline, c.width, c.height)).collect();
    let plain = |c| (c, false, false, false, 1, 1);
    assert_eq!(looks, [plain('a'), ('B', true, true, true, 2, 2), plain('c'), plain('d')]);
}

#[test]
fn a_printer_with_needles_prints_red_and_no_bars() {
    let style = Style { bold: true, wide: true, tall: true, reverse: true, underline: true };
    let spans = vec![Span::new(style, "NO"), Span::plain(" onion")];
    let blocks = vec![Block::Text { spans, align: Align::Left, hang: 0 }, Block::Barcode("b1".into())];
    let out = printed(blocks, "epson-tm-u220");
    let (loud, plain) = (out.lines[0][0], out.lines[0][3]);
    assert_eq!((loud.red, loud.reverse, loud.bold, loud.width, loud.height), (true, false, true, 2, 2));
    assert_eq!((plain.red, plain.bold, plain.width, plain.height), (false, false, 1, 1));
    assert_eq!(out.count(|a| matches!(a, Act::Qr { .. } | Act::Barcode { .. } | Act::Raster { .. })), 0);
    assert_eq!(out.text()[1..], ["               b1"]);
    assert!(out.acts.contains(&Act::Font(0)), "it may begin with its narrow font: {:?}", out.acts);
}

/// The picture that needles struck.
fn struck(out: &Output) -> (bool, &[String]) {
    let found = out.acts.iter().find_map(|act| match act {
        Act::Needles { half, rows } => Some((*half, &rows[..])),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("nothing was struck: {:?}", out.acts))
}

#[test]
fn needles_strike_a_logo_dot_by_dot() {
    let file = [&b"P5 300 90 255\n"[..], &(0..300 * 90).map(|i| (i / 110) as u8).collect::<Vec<_>>()].concat();
    let mut printer = printer("epson-tm-u220");
    printer.set_logo(&file).unwrap();
    let out = print(&encode(&document(vec![Block::Logo("logo".into()), Block::text("x")]), &printer));
    assert_eq!((&out.unknown[..], out.left_over.len(), out.text()), (&[][..], 0, vec!["x".to_owned()]));
    let (half, rows) = struck(&out);
    // 200 across in 2.5 inch; 300 by 90 dots is as high as 54 of 72 to the inch.
    let drawn = Picture::parse(&file).unwrap().dots(200, 111);
    assert_eq!((half, drawn.row_bytes, drawn.bytes.len() / 25, rows.len()), (false, 25, 54, 56));
    for (y, row) in rows.iter().enumerate() {
        let dot = |x: usize| drawn.bytes.get(y * 25 + x / 8).is_some_and(|b| b & (0x80 >> (x % 8)) != 0);
        let expected: String = (0..200).map(|x| if dot(x) { '#' } else { ' ' }).collect();
        assert_eq!(row, &expected, "row {y}");
    }
}

#[test]
fn needles_strike_a_qr_code_that_can_be_read() {
    let text = "https://a.example/42";
    let out = printed(vec![Block::Qr(text.into())], "epson-tm-u220");
    let (half, rows) = struck(&out);
    let code = qrcode::QrCode::with_error_correction_level(text, qrcode::EcLevel::M).unwrap();
    let (side, scale, quiet) = (code.width(), 3, 4);
    assert!(!half && rows[0].len() >= (side + 2 * quiet) * scale && rows[0].len() <= 200);
    for (y, row) in rows.iter().enumerate() {
        for (x, dot) in row.chars().enumerate() {
            let module = |at: usize| (at / scale).checked_sub(quiet).filter(|at| *at < side);
            let dark = module(x).zip(module(y)).is_some_and(|at| code[at] == qrcode::Color::Dark);
            assert_eq!(dot == '#', dark, "dot {x} in row {y}");
        }
    }
    // What is too long is written.
    let long = printed(vec![Block::Qr("x".repeat(501))], "epson-tm-u220");
    assert_eq!((long.count(|a| matches!(a, Act::Needles { .. })), long.text().concat().matches('x').count()), (0, 501));
}

#[test]
fn a_high_logo_has_no_gap_on_stars_printers() {
    let mut printer = printer("star-line-mode");
    let file = [&b"P5 400 300 255\n"[..], &[0x40; 400 * 300]].concat();
    printer.set_logo(&file).unwrap();
    let out = read(&encode(&document(vec![Block::Logo("logo".into())]), &printer), &printer);
    let rasters = out.acts.iter().filter_map(|a| if let Act::Raster { dots, .. } = a { Some(dots) } else { None });
    let rows: Vec<u8> = rasters.flatten().copied().collect();
    let drawn = Picture::parse(&file).unwrap().dots(576, 100).bytes;
    assert_eq!((&rows[..drawn.len()], rows.len()), (&drawn[..], 50 * 312));
}

#[test]
fn a_logo_that_the_printer_keeps_is_only_named() {
    let mut printer = printer("epson-tm-t88");
    let picture = [&b"P5 400 200 255\n"[..], &[0x40; 400 * 200]].concat();
    printer.set_logo(&picture).unwrap();
    let receipt = document(vec![Block::Logo("logo".into()), Block::text("x")]);
    let sent = encode(&receipt, &printer);
    printer.stored_logo = true;
    let named = encode(&receipt, &printer);
    assert!(sent.len() > 10_000 && named.len() < 60, "{} and {} bytes", sent.len(), named.len());
    let stored = print(&logo_job(&printer).unwrap().bytes);
    let Some(Act::Store { name, dots: 80_000.. }) = stored.acts.last().cloned() else { panic!("{:?}", stored.acts) };
    assert!(print(&named).acts.contains(&Act::Stored(name)));
    assert_eq!((stored.unknown, print(&named).unknown), (vec![], vec![]));
    // Another logo goes by another name: the old one is never printed for it.
    printer.set_logo(&[&b"P5 400 200 255\n"[..], &[0x80; 400 * 200]].concat()).unwrap();
    assert!(!print(&encode(&receipt, &printer)).acts.contains(&Act::Stored(name)));
}

#[test]
fn the_drawer_is_pulsed_first_on_the_pin_it_hangs_on() {
    let mut printer = printer("generic-80");
    let out = print(&encode(&slip::drawer(), &printer));
    assert_eq!(out.acts[..2], [Act::Reset, Act::Pulse { pin: 0, on_ms: 100, off_ms: 500 }]);
    assert_eq!((out.lines.len(), out.count(|a| matches!(a, Act::Cut { .. }))), (0, 0));
    printer.drawer_pin = DrawerPin::Five;
    assert!(print(&encode(&slip::drawer(), &printer)).acts.contains(&Act::Pulse { pin: 1, on_ms: 100, off_ms: 500 }));
    let job = job(&slip::drawer(), &printer, None);
    assert_eq!((job.kind.as_str(), job.printer.as_str(), job.pulses_drawer), ("slip", "counter", true));
}

#[test]
fn paper_is_cut_or_fed_for_tearing_off() {
    let cuts = |profile| printed(vec![Block::text("x")], profile).acts.last().cloned();
    assert_eq!(cuts("generic-80"), Some(Act::Cut { full: false }));
    assert_eq!(cuts("generic-58"), Some(Act::Feed(4)));
}

#[test]
fn codes_are_drawn_or_written() {
    let qr = |text: &str| printed(vec![Block::Qr(text.into())], "generic-80");
    let acts = qr("https://a.example/é").acts;
    let Some(Act::Qr { model: 50, size: 2..=6, text }) = acts.iter().find(|a| matches!(a, Act::Qr { .. })) else {
        panic!("{acts:?}")
    };
    assert_eq!(text, "https://a.example/é");
    assert_eq!(qr("a\u{1b}b").text(), ["                      a?b"]);
    assert_eq!(qr(&"x".repeat(501)).count(|a| matches!(a, Act::Qr { .. })), 0);

    let barcode = |text: &str| printed(vec![Block::Barcode(text.into())], "generic-58");
    let drawn = |text: &str| {
        barcode(text).acts.into_iter().find_map(|a| match a {
            Act::Barcode { kind: 73, data } => Some(data),
            _ => None,
        })
    };
    assert_eq!(drawn("A-42{"), Some(b"{BA-42{{".to_vec()));
    assert_eq!(drawn("001234"), Some(b"{C\x00\x0c\x22".to_vec()));
    assert_eq!(drawn("1604"), Some(b"{B1604".to_vec()));
    assert_eq!(drawn("é"), None);
    assert_eq!(drawn(&"9".repeat(60)), None);
    assert_eq!(barcode("A-42").text(), ["              A-42"]);
}

#[test]
fn the_sample_of_the_configuration_is_one() {
    let sample = include_str!("../../config/printers.toml");
    assert_eq!(toml::from_str::<Printers>(sample).unwrap().iter().count(), 0);
    let lines = sample.lines().skip_while(|line| *line != "# [[printer]]");
    let active: String = lines.map(|line| format!("{}\n", line.strip_prefix("# ").unwrap_or(line))).collect();
    let printers = toml::from_str::<Printers>(&active).unwrap();
    assert_eq!(printers.get("counter").map(Printer::columns), Some(48));
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ -~]{0,80}",
        "[\u{0}-\u{1f}\u{7f}-\u{ff}€a-z ]{0,40}",
        "[\u{370}-\u{6ff}\u{e00}-\u{e4f}豆腐汤한국 0-9.]{0,60}",
        "[\u{10}\u{4}\u{5}\u{14}\u{1b}\u{1d}p@V]{0,20}",
    ]
}

fn span() -> impl Strategy<Value = Span> {
    (text(), any::<[bool; 5]>()).prop_map(|(text, [bold, wide, tall, reverse, underline])| {
        Span::new(Style { bold, wide, tall, reverse, underline }, text)
    })
}

fn block() -> impl Strategy<Value = Block> {
    let align = prop_oneof![Just(Align::Left), Just(Align::Centre), Just(Align::Right)];
    prop_oneof![
        4 => (proptest::collection::vec(span(), 0..4), align, any::<u8>())
            .prop_map(|(spans, align, hang)| Block::Text { spans, align, hang }),
        4 => (proptest::collection::vec(span(), 0..3), span(), any::<u8>())
            .prop_map(|(left, right, hang)| Block::Row { left, right, hang }),
        1 => Just(Block::Rule),
        1 => (0_u8..5).prop_map(Block::Feed),
        1 => text().prop_map(Block::Qr),
        1 => text().prop_map(Block::Barcode),
        1 => text().prop_map(Block::Logo),
    ]
}

proptest! {
    /// No text can become a command, nothing is left over, and nothing stands beyond the edge.
    #[test]
    fn a_printer_sees_the_templates_commands_only(
        blocks in proptest::collection::vec(block(), 0..6),
        opens_drawer: bool,
        cut: bool,
        profile in prop::sample::select(&PRINTERS[..]),
        narrow: bool,
        draws: bool,
    ) {
        let mut printer = printer(profile);
        if draws {
            printer.fonts = std::sync::Arc::clone(&crate::foreign::FONTS);
        }
        if let (true, Some(columns)) = (narrow, printer.profile.narrow) {
            printer.set_columns(columns.into());
        }
        let codes = blocks.iter().filter(|b| matches!(b, Block::Qr(_))).count();
        let barcodes = blocks.iter().filter(|b| matches!(b, Block::Barcode(_))).count();
        let document = Document { opens_drawer, cut, ..document(blocks) };
        let bytes = encode(&document, &printer);
        let out = read(&bytes, &printer);
        let cuts = printer.profile.cut != Cut::None;
        prop_assert_eq!(&out.unknown, &vec![]);
        prop_assert_eq!(out.left_over.len(), 0);
        prop_assert!(out.columns() <= printer.columns());
        prop_assert_eq!(real_time_bytes(&bytes), 0);
        prop_assert_eq!(out.count(|a| matches!(a, Act::Pulse { .. })), usize::from(opens_drawer));
        prop_assert_eq!(out.count(|a| matches!(a, Act::Cut { .. })), usize::from(cut && cuts));
        prop_assert_eq!(out.count(|a| matches!(a, Act::Feed(_))), usize::from(cut && !cuts));
        prop_assert_eq!(out.count(|a| *a == Act::Reset), 1);
        let (drawn, barred) = (
            out.count(|a| matches!(a, Act::Qr { .. })), out.count(|a| matches!(a, Act::Barcode { .. })),
        );
        prop_assert!(drawn <= codes && barred <= barcodes);
        prop_assert_eq!(out.count(|a| matches!(a, Act::Answer(_))), 0);
        for act in &out.acts {
            match act {
                Act::Raster { row_bytes, .. } => {
                    prop_assert!(draws && row_bytes * 8 <= usize::from(printer.profile.dots));
                }
                // Codes are struck at whole places, drawn letters at half ones.
                Act::Needles { half, .. } => {
                    prop_assert!(printer.profile.language == Language::Impact && (!half && codes > 0 || draws));
                }
                _ => {}
            }
        }
    }

    /// A logo never holds the bytes on which real printers act in the middle of a picture.
    #[test]
    fn a_logo_holds_no_real_time_command(width in 1_usize..600, rows in prop::collection::vec(
        prop::sample::select(&[0x10_u8, 0x04, 0x05, 0x14, 0x00, 0xff, 0x11][..]), 1..4000,
    ), profile in prop::sample::select(&["generic-80", "epson-tm-u220", "star-line-mode"][..])) {
        let row_bytes = width.div_ceil(8);
        let height = rows.len() / row_bytes;
        prop_assume!(height > 0);
        let mut file = format!("P4 {width} {height}\n").into_bytes();
        file.extend(&rows[..row_bytes * height]);
        let mut printer = printer(profile);
        printer.set_logo(&file).unwrap();
        let bytes = encode(&document(vec![Block::Logo("logo".into())]), &printer);
        let out = read(&bytes, &printer);
        prop_assert_eq!(&out.unknown, &vec![]);
        prop_assert_eq!(real_time_bytes(&bytes), 0);
        let printed: usize = out.acts.iter().map(|a| match a {
            Act::Raster { rows, .. } => *rows,
            Act::Needles { rows, .. } => rows.len(),
            _ => 0,
        }).sum();
        let picture = Picture::parse(&file).unwrap();
        let (drawn, step) = match profile {
            "generic-80" => (picture.dots(576, 100), 1),
            "star-line-mode" => (picture.dots(576, 100), 24),
            _ => (picture.dots(200, 111), 8),
        };
        prop_assert_eq!(printed, (drawn.bytes.len() / drawn.row_bytes).next_multiple_of(step));
    }
}
