//! The bytes that a key costs on a serial line, counted and not timed.

use std::io;

use ratatui::layout::Size;

use super::samples::*;
use super::{ASCII, FULL};
use crate::tui::ansi::Ansi;
use crate::tui::draw::draw_on;
use crate::tui::look::Look;
use crate::tui::painter::Painter;
use crate::ui::screen::Screen;
use crate::ui::tests::play::Play;

/// The bytes that each screen takes after the one before.
fn costs(screens: &[Screen], look: Look) -> Vec<u64> {
    let mut painter = Painter::new(Ansi::new(io::sink(), || Size::new(80, 24)));
    let mut before = 0;
    let mut last = None;
    let written = screens.iter().map(|screen| {
        painter.paint(|buffer, _| draw_on(buffer, last.replace(screen), screen, &look)).unwrap();
        painter.written()
    });
    let written: Vec<u64> = written.collect();
    written.into_iter().map(|all| all - std::mem::replace(&mut before, all)).collect()
}

#[test]
fn a_key_that_adds_a_line_stays_under_400_bytes() {
    let screens: Vec<Screen> = (0..=14).map(ringing).collect();
    for look in [FULL, ASCII] {
        let costs = costs(&screens, look);
        println!("bytes per line added, {look:?}: {costs:?}");
        assert!(costs[1..].iter().all(|cost| *cost < 400), "{look:?}: {costs:?}");
    }
}

#[test]
fn the_first_line_of_an_order_stays_under_400_bytes_too() {
    let mut play = Play::new();
    let mut screens = vec![play.screen()];
    // On a fresh screen, after a sale with change, after one of several lines, after an order put aside.
    for keys in ["a", "<F12>", "b", "2000<F12>", "c", "b", "a", "<F11>", "a", "<F4>Anna<Enter>", "b"] {
        play.keys(keys);
        screens.push(play.screen());
    }
    let costs = costs(&screens, FULL);
    println!("bytes: {costs:?}");
    for at in [1, 3, 5, 9, 11] {
        assert!(costs[at] < 400, "{at}: {costs:?}");
    }
}

#[test]
fn scrolling_is_rare_and_its_cost_is_spread() {
    let screens: Vec<Screen> = (14..=60).map(ringing).collect();
    let costs = costs(&screens, FULL);
    println!("bytes per line added to a full list: {costs:?}");
    let dear = costs[1..].iter().filter(|cost| **cost >= 400).count();
    assert!(dear * 6 <= costs.len(), "{costs:?}");
}

#[test]
fn a_digit_costs_little_and_no_change_costs_nothing() {
    let mut screen = busy();
    screen.input.echo = crate::ui::screen::Text::default();
    let mut typed = screen.clone();
    typed.input.text.push('1');
    typed.input.cursor = Some(7);
    let costs = costs(&[screen.clone(), typed.clone(), typed], FULL);
    assert!(costs[1] < 20, "{costs:?}");
    assert_eq!(costs[2], 0);
}
