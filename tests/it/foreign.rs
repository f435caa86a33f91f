//! Text that a printer has no letters for: drawn with the fonts of the box, so that it prints at all.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use counterflow::devices::encode;
use counterflow::devices::fonts::Fonts;
use counterflow::devices::printer::{Printer, Printers};
use counterflow::documents::{Block, Document, DocumentKind, Span, Style};

use crate::printer_emulator::{Act, Output, print};
use crate::star_emulator;

/// The fonts of this machine; `tests/run` installs those that these tests need.
pub static FONTS: LazyLock<Arc<Fonts>> = LazyLock::new(|| Arc::new(Fonts::of(&[], Path::new("/")).unwrap()));

fn printer(profile: &str) -> Printer {
    let mut printer = Printer::new("kitchen", "tcp:10.0.0.5", profile).unwrap();
    printer.fonts = Arc::clone(&FONTS);
    printer
}

/// Whether this machine can draw these signs; a test that cannot be made here says so.
fn has(signs: &str) -> bool {
    let lacking: Vec<char> = signs.chars().filter(|c| FONTS.name_for(*c).is_none()).collect();
    if !lacking.is_empty() {
        println!("not tested: no font here has {lacking:?} (fonts-dejavu-core, fonts-unifont)");
    }
    lacking.is_empty()
}

fn printed(blocks: Vec<Block>, printer: &Printer) -> Output {
    let document = Document { kind: DocumentKind::Kitchen, title: "T".into(), blocks, opens_drawer: false, cut: false };
    let bytes = encode(&document, printer);
    let out = match printer.profile.name.as_str() {
        "star-line-mode" => star_emulator::print(&bytes),
        _ => print(&bytes),
    };
    assert_eq!((&out.unknown[..], out.left_over.len()), (&[][..], 0));
    out
}

/// Black dots, as far as they go.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Ink {
    width: usize,
    rows: Vec<Vec<bool>>,
}

impl Ink {
    /// The first picture that was printed.
    fn of(out: &Output) -> Self {
        let row = |bytes: &[u8]| bytes.iter().flat_map(|b| (0..8).map(move |i| b & (0x80 >> i) != 0)).collect();
        let found = out.acts.iter().find_map(|act| match act {
            Act::Raster { row_bytes, dots, .. } => {
                Some(Self { width: row_bytes * 8, rows: dots.chunks(*row_bytes).map(row).collect() })
            }
            Act::Needles { rows, .. } => {
                let row = |row: &String| row.chars().map(|dot| dot != ' ').collect();
                Some(Self { width: rows[0].len(), rows: rows.iter().map(row).collect() })
            }
            _ => None,
        });
        found.unwrap_or_else(|| panic!("nothing was drawn: {:?} {:?}", out.acts, out.text()))
    }

    fn drawn(text: &str) -> Self {
        Self::of(&printed(vec![Block::text(text)], &printer("generic-80")))
    }

    /// Where it is.
    fn ink(&self) -> impl Iterator<Item = (usize, usize)> {
        let rows = self.rows.iter().enumerate();
        rows.flat_map(|(y, row)| row.iter().enumerate().filter(|(_, dot)| **dot).map(move |(x, _)| (x, y)))
    }

    fn has(&self, from: usize, to: usize) -> bool {
        self.rows.iter().any(|row| row[from.min(self.width)..to.min(self.width)].contains(&true))
    }

    /// These columns of dots.
    fn part(&self, from: usize, to: usize) -> Vec<Vec<bool>> {
        let dot = |row: &Vec<bool>, x: usize| row.get(x).copied().unwrap_or(false);
        self.rows.iter().map(|row| (from..to).map(|x| dot(row, x)).collect()).collect()
    }

    /// How many pieces of ink there are that do not touch.
    fn pieces(&self) -> usize {
        let mut seen = vec![vec![false; self.width]; self.rows.len()];
        let mut pieces = 0;
        for y in 0..self.rows.len() {
            for x in 0..self.width {
                if !self.rows[y][x] || seen[y][x] {
                    continue;
                }
                pieces += 1;
                let mut open = vec![(x, y)];
                while let Some((x, y)) = open.pop() {
                    if std::mem::replace(&mut seen[y][x], true) {
                        continue;
                    }
                    let near = (x.saturating_sub(1)..=(x + 1).min(self.width - 1))
                        .flat_map(|x| (y.saturating_sub(1)..=(y + 1).min(self.rows.len() - 1)).map(move |y| (x, y)));
                    open.extend(near.filter(|(x, y)| self.rows[*y][*x] && !seen[*y][*x]));
                }
            }
        }
        pieces
    }
}

#[test]
fn greek_arabic_thai_and_chinese_print_at_all() {
    for (text, columns) in [("Καφές ελληνικός", 15), ("فلافل", 5), ("น้ำส้ม", 4), ("豆腐湯", 6), ("한국어", 6)]
    {
        if !has(text) {
            continue;
        }
        for profile in ["generic-58", "generic-80", "epson-tm-t88", "star-line-mode", "epson-tm-u220"] {
            let printer = printer(profile);
            // Greek has a code page on Star's and Epson's printers, and needs no picture there.
            if printer.profile.code_pages.iter().any(|page| page.page == 737) && text.contains('Κ') {
                continue;
            }
            let out = printed(vec![Block::text(text)], &printer);
            assert!(!out.text().concat().contains('?'), "{text} on {profile}: {:?}", out.text());
            let places = usize::from(printer.profile.dots) * if profile == "epson-tm-u220" { 2 } else { 1 };
            let (ink, cell) = (Ink::of(&out), places / printer.columns() + 1);
            assert!(ink.has(0, columns * cell) && !ink.has(columns * cell + 8, 10_000), "{text} on {profile}");
            assert!(ink.width <= places, "{text} on {profile}");
        }
    }
}

#[test]
fn arabic_letters_join_and_run_to_the_left() {
    if !has("محمد") {
        return;
    }
    // Four letters that are one stroke, and the same four apart.
    assert_eq!(Ink::drawn("محمد").pieces(), 1);
    assert_eq!(Ink::drawn("م ح م د").pieces(), 4);
    // The alef that is read first stands at the right, and joins to nothing after it.
    let ink = Ink::drawn("اب");
    let alef = Ink::drawn("ا");
    let height = |ink: &Ink, from, to| ink.part(from, to).iter().filter(|row| row.contains(&true)).count();
    assert!(height(&ink, 14, 24) >= height(&alef, 0, 12), "the alef stands at the right");
}

#[test]
fn amounts_stand_where_they_stand_whichever_way_the_text_runs() {
    if !has("שλ") {
        return;
    }
    let amount = |text: &str| {
        let ink = Ink::of(&printed(vec![Block::row(2, text, "3.20")], &printer("generic-80")));
        assert!(!ink.has(300, 44 * 12), "{text}: nothing stands between");
        ink.part(44 * 12, 48 * 12)
    };
    assert_eq!(amount("1 שלום שלום"), amount("1 λόγος"));
    // The quantity stays in front.
    let ink = Ink::drawn("2 שלום");
    assert_eq!(ink.part(0, 12), Ink::drawn("2 λ").part(0, 12));
}

#[test]
fn thai_marks_stand_above_their_letters() {
    if !has("น้ส") {
        return;
    }
    let (plain, marked) = (Ink::drawn("นส"), Ink::drawn("น้ส้"));
    let top = |ink: &Ink| ink.rows.iter().position(|row| row.contains(&true)).unwrap();
    assert!(top(&marked) < top(&plain), "the marks are above");
    assert!(!marked.has(30, 100), "and take no column of their own");
}

#[test]
fn styles_are_drawn_as_well() {
    if !has("λ") {
        return;
    }
    let plain = Style::default();
    let drawn = |style: Style| {
        let block = Block::Text { spans: vec![Span::new(style, "λόγος")], align: Default::default(), hang: 0 };
        Ink::of(&printed(vec![block], &printer("generic-80")))
    };
    let count = |ink: &Ink| ink.rows.iter().flatten().filter(|dot| **dot).count();
    let ordinary = drawn(plain);
    let large = drawn(Style { wide: true, tall: true, ..plain });
    assert_eq!((ordinary.rows.len(), large.rows.len()), (32, 64));
    assert!(large.has(60, 120) && !ordinary.has(64, 200));
    assert!(count(&drawn(Style { bold: true, ..plain })) > count(&ordinary));
    assert!(count(&drawn(Style { reverse: true, ..plain })) > 60 * 32 / 2);
    assert!(drawn(Style { underline: true, ..plain }).rows[30][..59].iter().all(|dot| *dot));
}

/// A thermal printer as wide as one with needles has places.
fn thermal_of_400() -> Printer {
    let file = "[[profile]]\nname = \"400\"\nlike = \"epson-tm-u220\"\nlanguage = \"esc-pos\"\ndots = 400\n\
                [[printer]]\nname = \"thermal\"\nport = \"tcp:10.0.0.5\"\nprofile = \"400\"\n";
    let mut printer = toml::from_str::<Printers>(file).unwrap().get("thermal").unwrap().clone();
    printer.fonts = Arc::clone(&FONTS);
    printer
}

#[test]
fn needles_draw_what_thermal_printers_draw() {
    for text in ["Καφές ελληνικός", "فلافل حمص", "น้ำส้ม", "豆腐湯 한국어"] {
        if !has(text) {
            continue;
        }
        let thermal = Ink::of(&printed(vec![Block::text(text)], &thermal_of_400()));
        let needles = Ink::of(&printed(vec![Block::text(text)], &printer("epson-tm-u220")));
        assert_eq!((thermal.rows.len(), needles.rows.len()), (32, 16));
        let show = || {
            let row = |row: &Vec<bool>| row.iter().map(|dot| if *dot { '#' } else { ' ' }).collect::<String>();
            needles.rows.iter().map(row).collect::<Vec<_>>().join("\n")
        };
        let near = |ink: &Ink, (x, y): (usize, usize), (dx, dy): (usize, usize)| {
            let rows = y.saturating_sub(dy)..(y + dy + 1).min(ink.rows.len());
            rows.into_iter().any(|y| ink.rows[y][x.saturating_sub(dx)..(x + dx + 1).min(ink.width)].contains(&true))
        };
        // Each needle strikes within the letters, and each stroke of theirs is struck.
        for (x, y) in needles.ink() {
            assert!(near(&thermal, (x, 2 * y), (1, 2)), "{text}: {x} {y}\n{}", show());
        }
        for (x, y) in thermal.ink() {
            assert!(near(&needles, (x, y / 2), (2, 1)), "{text}: {x} {y}\n{}", show());
        }
    }
}

#[test]
fn what_is_loud_is_red_with_needles() {
    if !has("λ") {
        return;
    }
    let loud = Style { reverse: true, ..Style::default() };
    let spans = vec![Span::plain("λόγος "), Span::new(loud, "ΧΩΡΙΣ"), Span::plain(" λ")];
    let block = Block::Text { spans, align: Default::default(), hang: 0 };
    let out = printed(vec![block, Block::text("x")], &printer("epson-tm-u220"));
    let Some(Act::Needles { half: true, rows }) = out.acts.iter().find(|a| matches!(a, Act::Needles { .. })) else {
        panic!("{:?}", out.acts)
    };
    // 400 places for 33 columns.
    let has = |dot: char, from: usize, to: usize| {
        rows.iter().any(|row| row[(from * 400 / 33).min(row.len())..(to * 400 / 33).min(row.len())].contains(dot))
    };
    assert!(has('#', 0, 6) && !has('r', 0, 6), "{rows:#?}");
    assert!(has('r', 6, 11) && !has('#', 6, 11), "{rows:#?}");
    assert!(has('#', 12, 13) && !has('r', 11, 33) && !out.lines[0][0].red, "{rows:#?}");
}

#[test]
fn what_the_printer_has_letters_for_is_not_drawn() {
    let blocks =
        vec![Block::text("Crème brûlée 4,50 €"), Block::text("“Győr” ½ …"), Block::text("\u{10fffd}\u{202e}x\u{1b}")];
    let out = printed(blocks, &printer("generic-80"));
    assert_eq!(out.count(|a| matches!(a, Act::Raster { .. })), 0, "{:?}", out.text());
}

#[test]
fn an_owner_may_want_letters_and_names_fonts() {
    let read = |more: &str| {
        let text = format!("{more}[[printer]]\nname = \"kitchen\"\nport = \"tcp:10.0.0.5\"\nforeign = \"letters\"\n");
        toml::from_str::<Printers>(&text).unwrap()
    };
    let mut letters = read("fonts = [\"a.ttf\"]\n").get("kitchen").unwrap().clone();
    letters.fonts = Arc::clone(&FONTS);
    assert_eq!(printed(vec![Block::text("λόγος")], &letters).text(), ["?????"]);
    assert_eq!(read("fonts = [\"a.ttf\"]\n").fonts, [PathBuf::from("a.ttf")]);
    let none = Fonts::of(&["/nowhere.ttf".into()], Path::new("/")).unwrap_err();
    assert!(none.contains("/nowhere.ttf") && none.contains("No such file"), "{none}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.ttf");
    std::fs::write(&file, "no font").unwrap();
    assert!(Fonts::of(&[file], folder.path()).unwrap_err().contains("no TrueType"));
    // Without any font it is as with letters.
    let mut bare = printer("generic-80");
    bare.fonts = Arc::new(Fonts::of(&[], folder.path()).unwrap());
    assert_eq!(printed(vec![Block::text("λόγος")], &bare).text(), ["?????"]);
}
