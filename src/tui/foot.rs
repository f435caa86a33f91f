//! Below the panes: the input line with its echo, the key bar, the status bar.

use super::canvas::Canvas;
use super::draw::Rows;
use super::text::{cut_before_amount, speak};
use crate::ui::screen::{InputLine, KeyHint, Screen, Text, Tone};

/// Where the echo begins when it shares the row of a short input, so that typing moves nothing.
const ECHO_COLUMN: u16 = 20;

/// Draws all of it.
pub(super) fn draw(canvas: &mut Canvas<'_>, rows: &Rows, screen: &Screen) {
    input(canvas, rows, &screen.input);
    keys(canvas, rows, &screen.keys);
    status(canvas, rows, &screen.status, &screen.clock);
}

fn input(canvas: &mut Canvas<'_>, rows: &Rows, line: &InputLine) {
    let (left, right) = (rows.body.x + 1, rows.body.right().saturating_sub(1));
    let accent = canvas.look.tone(Tone::Accent);
    let used = canvas.put(left, rows.input, (right - left) / 3, &line.prompt, accent);
    let x = left + used + u16::from(used > 0);
    let strong = canvas.look.tone(Tone::Strong);
    let echo = canvas.signed(&line.echo);
    match rows.echo {
        Some(y) => {
            canvas.put_input(x, rows.input, right.saturating_sub(x), &line.text, line.cursor, strong);
            put_echo(canvas, left, y, right - left, &echo, line.echo.tone);
        }
        None => {
            let half = if echo.is_empty() { right.saturating_sub(x) } else { right.saturating_sub(x) / 3 };
            let used = canvas.put_input(x, rows.input, half, &line.text, line.cursor, strong);
            let at = (x + used + 3).max(rows.body.x + ECHO_COLUMN).min(right);
            put_echo(canvas, at, rows.input, right - at, &echo, line.echo.tone);
        }
    }
}

/// The echo is the most important answer that a key gets: its amount is never cut.
fn put_echo(canvas: &mut Canvas<'_>, x: u16, y: u16, columns: u16, echo: &str, tone: Tone) {
    let spoken = speak(echo, canvas.look);
    let text = cut_before_amount(&spoken, columns, canvas.look);
    let style = canvas.look.tone(tone);
    canvas.put(x, y, columns, &text, style);
}

fn keys(canvas: &mut Canvas<'_>, rows: &Rows, hints: &[KeyHint]) {
    let right = rows.body.right();
    let (cap, plain) = (canvas.look.cap(), canvas.look.tone(Tone::Normal));
    let mut x = rows.body.x + 1;
    for hint in hints {
        let (key, label) = (canvas.width(&hint.key), canvas.width(&hint.label));
        if u32::from(x) + u32::from(key) + 1 + u32::from(label) >= u32::from(right) {
            return;
        }
        canvas.put(x, rows.keys, key, &hint.key, cap);
        canvas.put(x + key + 1, rows.keys, label, &hint.label, plain);
        x = x.saturating_add(key + 1 + label + 2);
    }
}

fn status(canvas: &mut Canvas<'_>, rows: &Rows, parts: &[Text], clock: &Text) {
    // The last column of the last row stays free: some terminals scroll when it is written.
    let (left, right) = (rows.body.x + 1, rows.body.right().saturating_sub(1));
    let room = right - left;
    let clock_columns = canvas.width(&clock.text).min(room / 2);
    let style = canvas.look.tone(clock.tone);
    canvas.put_right(left, rows.status, room, &clock.text, style);
    let end = right.saturating_sub(clock_columns + 2);
    let mut x = left;
    for part in parts.iter().filter(|part| !part.text.is_empty()) {
        let text = canvas.signed(part);
        let gap = if x > left { 3 } else { 0 };
        let fits = u32::from(x) + u32::from(gap) + u32::from(canvas.width(&text)) <= u32::from(end);
        // What has no room makes place for what is shorter.
        if !fits && x > left {
            continue;
        }
        if gap > 0 {
            canvas.put(x, rows.status, gap, " \u{B7} ", canvas.look.rule());
        }
        let style = canvas.look.tone(part.tone);
        x += gap + canvas.put(x + gap, rows.status, end.saturating_sub(x + gap), &text, style);
    }
}
