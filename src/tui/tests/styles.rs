//! What pictures do not show: which cells are reversed, bold, in which colour.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

use super::samples::*;
use super::{ASCII, FULL, drawn, picture};
use crate::tui::look::Look;
use crate::ui::screen::{Screen, Text, Tone};

/// The cell at the beginning of a text on the screen.
fn cell(screen: &Screen, look: Look, text: &str) -> Cell {
    let (buffer, _) = drawn(screen, 80, 24, look);
    let picture = picture(&buffer);
    let found =
        picture.lines().enumerate().find_map(|(y, line)| line.find(text).map(|at| (line[..at].chars().count(), y)));
    let (x, y) = found.unwrap_or_else(|| panic!("no {text:?} in\n{picture}"));
    buffer[(x as u16, y as u16)].clone()
}

fn check(screen: &Screen, text: &str, colour: Color, modifier: Modifier) {
    let full = cell(screen, FULL, text);
    assert_eq!((full.fg, full.bg, full.modifier), (colour, Color::Reset, modifier), "{text}");
    let mono = cell(screen, ASCII, text);
    assert_eq!((mono.fg, mono.bg), (Color::Reset, Color::Reset), "{text}");
    let same = Modifier::REVERSED | Modifier::UNDERLINED;
    assert_eq!(mono.modifier & same, modifier & same, "{text}");
}

const PLAIN: Modifier = Modifier::empty();

#[test]
fn the_selected_line_cannot_be_missed() {
    check(&busy(), "Croissant", Color::Cyan, Modifier::REVERSED);
    check(&busy(), "7.50", Color::Cyan, Modifier::REVERSED);
    check(&busy(), "Almond", Color::Cyan, Modifier::REVERSED);
    check(&busy(), "Beans, loose", Color::Reset, PLAIN);
    check(&busy(), "Oat milk  ", Color::Reset, Modifier::DIM);
    check(&search(), "1 Flat", Color::Cyan, Modifier::REVERSED);
    check(&modifiers(), "3 [ ] Almond", Color::Cyan, Modifier::REVERSED);
    check(&modifiers(), "4 [ ] Skimmed", Color::Cyan, Modifier::BOLD);
}

#[test]
fn keys_are_caps_and_the_watermark_is_one() {
    check(&busy(), "F12", Color::Reset, Modifier::REVERSED);
    check(&busy(), "Cash  F11", Color::Reset, PLAIN);
    check(&busy(), "a Espresso", Color::Cyan, Modifier::BOLD);
    check(&busy(), " DEMO", Color::Reset, Modifier::REVERSED);
    check(&pay(), " DEMO", Color::Reset, Modifier::REVERSED);
    check(&sign_in(), " TRAINING", Color::Reset, Modifier::REVERSED);
}

#[test]
fn fields_are_underlined() {
    check(&pay(), "08A7", Color::Reset, Modifier::UNDERLINED);
}

#[test]
fn trouble_has_a_sign_as_well_as_a_colour() {
    check(&busy(), "!! KITCHEN", Color::Red, Modifier::BOLD | Modifier::REVERSED);
    check(&modifiers(), "! One milk", Color::Yellow, Modifier::BOLD);
    let mut screen = busy();
    for (tone, sign) in [(Tone::Warn, "! x"), (Tone::Bad, "!! x"), (Tone::Good, "* x"), (Tone::Accent, "x")] {
        screen.input.echo = Text::new(tone, "x");
        let (buffer, _) = drawn(&screen, 80, 24, ASCII);
        assert_eq!(picture(&buffer).lines().nth(21), Some(format!(" {sign}").as_str()));
    }
}

#[test]
fn the_cursor_stands_where_the_next_key_goes() {
    let at = |screen: &Screen| drawn(screen, 80, 24, FULL).1.map(|at| (at.x, at.y));
    assert_eq!(at(&busy()), Some((9, 20)));
    assert_eq!(at(&modifiers()), None);
    let mut screen = busy();
    screen.input.text = "0123456789".repeat(12);
    screen.input.cursor = Some(120);
    assert_eq!(at(&screen), Some((78, 20)));
    screen.input.cursor = Some(2);
    assert_eq!(at(&screen), Some((5, 20)));
}

#[test]
fn a_watermark_is_seen_at_every_size() {
    for (columns, rows) in [(80, 24), (40, 10), (40, 12), (20, 5), (8, 1)] {
        let (buffer, _) = drawn(&busy(), columns, rows, FULL);
        assert!(picture(&buffer).contains("DEMO"), "{columns}x{rows}\n{}", picture(&buffer));
    }
}

#[test]
fn a_screen_too_small_says_what_it_needs() {
    let (buffer, cursor) = drawn(&busy(), 30, 6, FULL);
    assert_eq!(picture(&buffer), "DEMO\nDue 38.30\nScreen too small: 40x10\nneeded. Keys still work.\n\n");
    assert_eq!(cursor, None);
}

#[test]
fn untrusted_text_shows_a_placeholder() {
    let mut screen = busy();
    screen.input.echo = "\u{1b}[2Jcaf\u{202e}é\u{200b}".into();
    let (buffer, _) = drawn(&screen, 80, 24, FULL);
    assert_eq!(picture(&buffer).lines().nth(21), Some(" \u{fffd}[2Jcaf\u{fffd}é\u{fffd}"));
}
