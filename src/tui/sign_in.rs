//! Nobody is signed in: whose till this is, and what needs attention before anybody sells.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::figures::large;
use crate::domain::text::fold;
use crate::ui::screen::{SignIn, Text, Tone};

/// The widest that notices get: longer lines are hard to read.
const NOTICE_COLUMNS: u16 = 64;

/// Draws the sign-in screen.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, body: &SignIn) {
    let room = area.width.saturating_sub(4);
    let lines = wrapped(canvas, &body.lines, room);
    let mut notices = wrapped(canvas, &body.notices, room.min(NOTICE_COLUMNS));
    // Notices begin in one column: centred as the block that they are.
    let widest = notices.iter().map(|(line, _)| canvas.width(line)).max().unwrap_or(0);
    for (line, _) in &mut notices {
        let missing = widest - canvas.width(line);
        line.push_str(&" ".repeat(usize::from(missing)));
    }
    let name = name(canvas, area, &body.name, lines.len() + notices.len());
    let mut parts = [name, lines, notices];
    let height: usize = parts.iter().map(|lines| lines.len() + usize::from(!lines.is_empty())).sum();
    let height = u16::try_from(height).unwrap_or(u16::MAX);
    let tight = height > area.height;
    if tight {
        // What needs attention goes before what is only good to know.
        parts.swap(1, 2);
    }
    // A little above the middle, where the eye looks first.
    let mut y = area.y + 1 + area.height.saturating_sub(height) * 2 / 5;
    for lines in &parts {
        for (line, tone) in lines {
            if y < area.bottom() {
                let style = canvas.look.tone(*tone);
                canvas.put_centred(area.x + 2, y, room, line, style);
            }
            y = y.saturating_add(1);
        }
        y = y.saturating_add(u16::from(!lines.is_empty() && !tight));
    }
}

/// The name in large letters where they and all else have room, else in one line.
fn name(canvas: &Canvas<'_>, area: Rect, name: &str, others: usize) -> Vec<(String, Tone)> {
    let room = usize::from(area.height) > others + 6;
    let lines = match large(&fold(name), canvas.look) {
        _ if name.is_empty() => vec![],
        Some(rows) if room && canvas.width(&rows[0]) + 4 <= area.width => rows.to_vec(),
        Some(_) | None => vec![name.to_owned()],
    };
    lines.into_iter().map(|line| (line, Tone::Accent)).collect()
}

fn wrapped(canvas: &Canvas<'_>, texts: &[Text], columns: u16) -> Vec<(String, Tone)> {
    texts.iter().flat_map(|t| canvas.wrapped(t, columns).into_iter().map(|line| (line, t.tone))).collect()
}
