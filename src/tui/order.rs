//! The order: title, lines, sums, and the total, large where there is room.

use ratatui::layout::Rect;

use super::canvas::{Canvas, first_shown};
use super::figures::large;
use super::look::Mark;
use super::text::wrap;
use crate::ui::screen::{OrderPane, OrderRow, Text, Tone};

/// Columns of the quantity, after the column of the selection's mark.
const QUANTITY_COLUMNS: u16 = 4;
/// How far rows below a line are indented.
const INDENT: u16 = 2;

/// Draws the order; `reserved` columns at the right of the title row are taken.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, reserved: u16, order: &OrderPane, with_large: bool) {
    title(canvas, area, reserved, order);
    let total_rows = if with_large { 3 } else { 1 };
    let total_y = area.bottom().saturating_sub(total_rows).max(area.y + 1);
    // Sums never push out the last three lines of the order; the nearest to the total are kept.
    let room = total_y.saturating_sub(area.y + 1 + 3);
    let sums = usize::from(room).min(order.sums.len());
    let sums_y = total_y.saturating_sub(sums as u16);
    for (y, (label, amount)) in (sums_y..).zip(&order.sums[order.sums.len() - sums..]) {
        sum(canvas, area, y, label, amount);
    }
    let drawn = with_large && large_total(canvas, area, total_y, order);
    if !drawn {
        small_total(canvas, area, area.bottom().saturating_sub(1), order);
    }
    let height = sums_y.saturating_sub(area.y + 1);
    lines(canvas, Rect { y: area.y + 1, height, ..area }, order);
}

fn title(canvas: &mut Canvas<'_>, area: Rect, reserved: u16, order: &OrderPane) {
    let room = area.width.saturating_sub(2 + reserved);
    let subtitle = canvas.width(&order.subtitle.text).min(room / 2);
    let tone = if order.title.tone == Tone::Normal { Tone::Strong } else { order.title.tone };
    let style = canvas.look.tone(tone);
    let gap = if subtitle > 0 { 2 } else { 0 };
    canvas.put(area.x + 1, area.y, room.saturating_sub(subtitle + gap), &order.title.text, style);
    let style = canvas.look.tone(order.subtitle.tone);
    canvas.put_right(area.x + 1, area.y, room, &order.subtitle.text, style);
}

fn lines(canvas: &mut Canvas<'_>, area: Rect, order: &OrderPane) {
    if order.rows.is_empty() {
        return nothing(canvas, area, &order.empty);
    }
    let count = order.rows.len();
    let from = order.rows.iter().position(|row| row.selected).unwrap_or(count - 1);
    let to = order.rows.iter().rposition(|row| row.selected).unwrap_or(count - 1);
    let height = usize::from(area.height);
    let first = first_shown(count, height, from, to);
    for (y, (at, row)) in (area.y..).zip(order.rows.iter().enumerate().skip(first).take(height)) {
        line(canvas, Rect { y, height: 1, ..area }, row, at == from);
    }
    let edge = area.right();
    let style = canvas.look.tone(Tone::Accent);
    if first > 0 {
        canvas.mark(edge, area.y, Mark::Fewer, style);
    }
    if first + height < count && area.height > 0 {
        canvas.mark(edge, area.bottom() - 1, Mark::More, style);
    }
}

fn line(canvas: &mut Canvas<'_>, area: Rect, row: &OrderRow, first_selected: bool) {
    let y = area.y;
    let tone = match (row.below, row.label.tone) {
        (true, Tone::Normal) => Tone::Dim,
        (_, tone) => tone,
    };
    let selected = canvas.look.selected();
    let (label, figures) = match row.selected {
        true => (selected, selected),
        false => {
            let plain = if row.below { Tone::Dim } else { Tone::Normal };
            (canvas.look.tone(tone), canvas.look.tone(plain))
        }
    };
    if row.selected {
        canvas.style(area, selected);
        if first_selected {
            canvas.mark(area.x, y, Mark::Pointer, selected);
        }
    }
    let quantity = canvas.width(&row.quantity).max(QUANTITY_COLUMNS).min(area.width / 3);
    canvas.put_right(area.x + 1, y, quantity, &row.quantity, figures);
    let indent = if row.below { INDENT } else { 0 };
    let label_x = area.x + 1 + quantity + 1 + indent;
    let end = area.right().saturating_sub(1);
    let amount = canvas.width(&row.amount).min(end.saturating_sub(label_x));
    let gap = if amount > 0 { 1 } else { 0 };
    canvas.put(label_x, y, end.saturating_sub(label_x + amount + gap), &row.label.text, label);
    canvas.put_right(label_x, y, end.saturating_sub(label_x), &row.amount, figures);
}

fn nothing(canvas: &mut Canvas<'_>, area: Rect, said: &[Text]) {
    let mut y = area.y.saturating_add(1);
    let x = area.x + 2;
    let room = area.width.saturating_sub(4);
    for text in said {
        let style = canvas.look.tone(text.tone);
        for line in wrap(&text.text, room) {
            if y < area.bottom() {
                canvas.put(x, y, room, &line, style);
            }
            y = y.saturating_add(1);
        }
    }
}

fn sum(canvas: &mut Canvas<'_>, area: Rect, y: u16, label: &Text, amount: &Text) {
    let x = area.x + 1;
    let room = area.width.saturating_sub(2);
    let wide = canvas.width(&amount.text).min(room);
    canvas.put_toned(x, y, room.saturating_sub(wide + 1), label);
    let style = canvas.look.tone(amount.tone);
    canvas.put_right(x, y, room, &amount.text, style);
}

/// Draws the total three rows high, if it can be.
fn large_total(canvas: &mut Canvas<'_>, area: Rect, y: u16, order: &OrderPane) -> bool {
    let x = area.x + 1;
    let room = area.width.saturating_sub(2);
    let label = canvas.width(&order.total_label.text).max(canvas.width(&order.total_note.text).min(room / 3));
    let Some(rows) = large(&order.total.text, canvas.look) else { return false };
    if canvas.width(&rows[0]) + label + 2 > room {
        return false;
    }
    let style = canvas.look.tone(order.total.tone);
    for (y, row) in (y..).zip(&rows) {
        canvas.put_right(x, y, room, row, style);
    }
    let strong = if order.total_label.tone == Tone::Normal { Tone::Strong } else { order.total_label.tone };
    let style = canvas.look.tone(strong);
    canvas.put(x, y, label, &order.total_label.text, style);
    canvas.put_toned(x, y + 1, room.saturating_sub(canvas.width(&rows[0]) + 2), &order.total_note);
    true
}

fn small_total(canvas: &mut Canvas<'_>, area: Rect, y: u16, order: &OrderPane) {
    let x = area.x + 1;
    let room = area.width.saturating_sub(2);
    let wide = canvas.width(&order.total.text).min(room);
    let bold = |tone| if tone == Tone::Normal { Tone::Strong } else { tone };
    let style = canvas.look.tone(bold(order.total_label.tone));
    let label = canvas.put(x, y, room.saturating_sub(wide + 1), &order.total_label.text, style);
    canvas.put_toned(x + label + 2, y, room.saturating_sub(wide + label + 4), &order.total_note);
    let style = canvas.look.tone(bold(order.total.tone));
    canvas.put_right(x, y, room, &order.total.text, style);
}
