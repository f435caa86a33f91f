//! The order: title, lines, sums, and the total, large where there is room.

use std::borrow::Cow;

use ratatui::layout::Rect;

use super::canvas::{Canvas, first_shown};
use super::figures::large;
use super::look::Mark;
use super::text::wrap;
use crate::ui::screen::{OrderPane, OrderRow, Text, Tone};

/// Columns of the quantity, after the column of the selection's mark.
const QUANTITY_COLUMNS: u16 = 3;
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

/// A row of the order as it stands on the screen: rows below a line are wrapped, because half a note
/// about an allergy is worse than none; a line's own name is cut beside its amount.
struct Shown<'a> {
    row: &'a OrderRow,
    label: Cow<'a, str>,
    /// Whether this is the row's first.
    first: bool,
}

fn lines(canvas: &mut Canvas<'_>, area: Rect, order: &OrderPane) {
    if order.rows.is_empty() {
        return nothing(canvas, area, &order.empty);
    }
    let shown: Vec<Shown<'_>> = order.rows.iter().flat_map(|row| shown(canvas, area.width, row)).collect();
    let last = shown.len() - 1;
    let from = shown.iter().position(|shown| shown.row.selected);
    let to = shown.iter().rposition(|shown| shown.row.selected);
    let height = usize::from(area.height);
    let first = first_shown(shown.len(), height, from.unwrap_or(last), to.unwrap_or(last));
    for (y, (at, shown)) in (area.y..).zip(shown.iter().enumerate().skip(first).take(height)) {
        line(canvas, Rect { y, height: 1, ..area }, shown, Some(at) == from);
    }
    // On the divider, or where there is none in the last column.
    let edge = area.right().min(canvas.area().right().saturating_sub(1));
    let style = canvas.look.tone(Tone::Accent);
    if first > 0 {
        canvas.mark(edge, area.y, Mark::Fewer, style);
    }
    if first + height < shown.len() && area.height > 0 {
        canvas.mark(edge, area.bottom() - 1, Mark::More, style);
    }
}

fn shown<'a>(canvas: &Canvas<'_>, columns: u16, row: &'a OrderRow) -> Vec<Shown<'a>> {
    let taken = 1 + QUANTITY_COLUMNS + 1 + INDENT + canvas.width(&row.amount) + 2;
    let room = columns.saturating_sub(taken);
    if !row.below || room < 8 || canvas.width(&row.label.text) <= room {
        return vec![Shown { row, label: Cow::Borrowed(&row.label.text), first: true }];
    }
    let labels = wrap(&row.label.text, room).into_iter().enumerate();
    labels.map(|(at, label)| Shown { row, label: Cow::Owned(label), first: at == 0 }).collect()
}

fn line(canvas: &mut Canvas<'_>, area: Rect, shown: &Shown<'_>, first_selected: bool) {
    let (y, row) = (area.y, shown.row);
    let selected = canvas.look.selected();
    let (label, figures) = if row.selected {
        (selected, selected)
    } else {
        let plain = if row.below { Tone::Dim } else { Tone::Normal };
        let tone = if row.label.tone == Tone::Normal { plain } else { row.label.tone };
        (canvas.look.tone(tone), canvas.look.tone(plain))
    };
    if row.selected {
        canvas.style(area, selected);
    }
    if first_selected {
        canvas.mark(area.x, y, Mark::Pointer, selected);
    }
    let quantity = if shown.first { row.quantity.as_str() } else { "" };
    let amount = if shown.first { row.amount.as_str() } else { "" };
    let mark = if shown.first { row.mark.text.as_str() } else { "" };
    let columns = (canvas.width(mark) + canvas.width(quantity)).max(QUANTITY_COLUMNS).min(area.width / 3);
    let style = if row.selected { selected } else { canvas.look.tone(row.mark.tone) };
    canvas.put(area.x + 1, y, columns, mark, style);
    canvas.put_right(area.x + 1, y, columns, quantity, figures);
    let indent = if row.below { INDENT } else { 0 };
    let x = area.x + 1 + columns + 1 + indent;
    let room = area.right().saturating_sub(1).saturating_sub(x);
    let wide = canvas.width(amount).min(room);
    let gap = if wide > 0 { 1 } else { 0 };
    canvas.put(x, y, room.saturating_sub(wide + gap), &shown.label, label);
    canvas.put_right(x, y, room, amount, figures);
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
    let label = canvas.width(&order.total_label.text);
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
    let beside = room - canvas.width(&rows[0]) - 2;
    // Beside a wide total there may be room for all but the currency.
    let note = &order.total_note;
    let currency = |(_, last): &(&str, &str)| last.chars().all(|c| c.is_ascii_uppercase());
    let short = note.text.rsplit_once(' ').filter(currency).map_or(note.text.as_str(), |(short, _)| short);
    if let Some(words) = [note.text.as_str(), short].into_iter().find(|words| canvas.width(words) <= beside) {
        canvas.put_toned(x, y + 1, beside, &Text::new(note.tone, words));
    }
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
