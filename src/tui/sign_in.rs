//! Nobody is signed in: whose till this is, and what needs attention before anybody sells.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::figures::large;
use super::text::wrap;
use crate::domain::text::fold;
use crate::ui::screen::{SignIn, Text, Tone};

/// The widest that notices get: longer lines are hard to read.
const NOTICE_COLUMNS: u16 = 64;

/// Draws the sign-in screen.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, body: &SignIn) {
    let notices = wrapped(canvas, &body.notices, area.width.saturating_sub(4).min(NOTICE_COLUMNS));
    let lines = wrapped(canvas, &body.lines, area.width.saturating_sub(4));
    let name = name(canvas, area, &body.name, lines.len() + notices.len());
    let parts = [name.len(), lines.len(), notices.len()];
    let gaps = parts.iter().filter(|n| **n > 0).count().saturating_sub(1);
    let needed = u16::try_from(parts.iter().sum::<usize>() + gaps).unwrap_or(u16::MAX);
    // A little above the middle, where the eye looks first.
    let mut y = area.y + 1 + area.height.saturating_sub(needed + 1) * 2 / 5;
    let accent = canvas.look.tone(Tone::Accent);
    for line in &name {
        canvas.put_centred(area.x, y, area.width, line, accent);
        y = y.saturating_add(1);
    }
    y = y.saturating_add(u16::from(!name.is_empty()));
    for (line, tone) in &lines {
        if y < area.bottom() {
            let style = canvas.look.tone(*tone);
            canvas.put_centred(area.x, y, area.width, line, style);
        }
        y = y.saturating_add(1);
    }
    y = y.saturating_add(u16::from(!lines.is_empty()));
    let widest = notices.iter().map(|(line, _)| canvas.width(line)).max().unwrap_or(0).min(area.width);
    let x = area.x + (area.width - widest) / 2;
    for (line, tone) in &notices {
        if y < area.bottom() {
            let style = canvas.look.tone(*tone);
            canvas.put(x, y, widest, line, style);
        }
        y = y.saturating_add(1);
    }
}

/// The name in large letters where they and all else have room, else in one line.
fn name(canvas: &Canvas<'_>, area: Rect, name: &str, others: usize) -> Vec<String> {
    let room = usize::from(area.height) > others + 6;
    match large(&fold(name), canvas.look) {
        Some(rows) if room && canvas.width(&rows[0]) + 4 <= area.width => rows.to_vec(),
        Some(_) | None if name.is_empty() => vec![],
        Some(_) | None => vec![name.to_owned()],
    }
}

fn wrapped(canvas: &Canvas<'_>, texts: &[Text], columns: u16) -> Vec<(String, Tone)> {
    texts.iter().flat_map(|t| wrap(&canvas.signed(t), columns).into_iter().map(|line| (line, t.tone))).collect()
}
