//! A dialog: a box over the panes. The title row, the input line and all below stay in sight.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::list;
use super::look::Mark;
use super::plan;
use crate::ui::screen::{Dialog, Field, Tone};

/// Columns of a dialog that has just its rows; of one that wants the whole height.
const USUAL_COLUMNS: u16 = 60;
const TALL_COLUMNS: u16 = 100;
/// The widest that a field's text area gets.
const FIELD_COLUMNS: u16 = 32;
/// What long labels leave of it at least.
const LEAST_FIELD_COLUMNS: u16 = 12;

/// How many rows each part gets.
struct Parts {
    text: u16,
    fields: u16,
    rows: u16,
    message: u16,
    gaps: u16,
}

impl Parts {
    /// Shares out the rows inside the box. The message and the fields come first, then some rows to
    /// choose from, then the text, then all rows; gaps only when everything has room.
    fn of(inside: u16, lines: usize, message: usize, dialog: &Dialog) -> Self {
        let small = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let mut left = inside;
        let mut take = |wanted: u16| {
            let taken = wanted.min(left);
            left -= taken;
            taken
        };
        let all = small(dialog.rows.len());
        let message = take(small(message).min(3));
        let fields = take(small(dialog.fields.len()));
        let some = take(all.min(3));
        let text = take(small(lines));
        let rows = some + take(all - some);
        let sections = [text, fields, rows, message].iter().filter(|n| **n > 0).count();
        let wanted = small(sections.saturating_sub(1));
        let gaps = if wanted <= left { wanted } else { 0 };
        Self { text, fields, rows, message, gaps }
    }
}

/// The columns that a dialog takes of so many.
pub(super) fn columns(available: u16, dialog: &Dialog) -> u16 {
    let wanted = if dialog.tall { TALL_COLUMNS } else { USUAL_COLUMNS };
    // Leaving a few columns free would only distract.
    if wanted + 8 > available { available } else { wanted }
}

/// Draws the dialog at the top of the area, so many columns from its left. When its rows change, it
/// grows downwards, and its title stays.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, margin: u16, dialog: &Dialog) {
    let columns = columns(area.width, dialog);
    let room = columns.saturating_sub(4);
    let message = canvas.wrapped(&dialog.message, room);
    let text: Vec<_> = dialog
        .text
        .iter()
        .flat_map(|text| {
            let style = canvas.look.tone(text.tone);
            canvas.wrapped(text, room).into_iter().map(move |line| (line, style))
        })
        .collect();
    let inside = area.height.saturating_sub(2);
    let taken = text.len() + dialog.fields.len() + message.len() + 2;
    let free = inside.saturating_sub(u16::try_from(taken).unwrap_or(u16::MAX));
    let rooms = plan::fitting(canvas, dialog.plan.as_deref().unwrap_or_default(), room, free);
    let parts = Parts::of(inside, text.len(), message.len(), dialog);
    let needed = parts.text + parts.fields + parts.rows + parts.message + parts.gaps + 2;
    let height = if dialog.tall { area.height } else { needed.min(area.height) };
    let frame = Rect { x: area.x + margin, width: columns, height, ..area };
    border(canvas, frame, dialog, if rooms.is_empty() { parts.rows } else { u16::MAX });
    let x = frame.x + 2;
    let mut y = frame.y + 1;
    let gap = |above: u16, y: u16| y + u16::from(above > 0 && parts.gaps > 0);
    for (line, style) in text.iter().take(usize::from(parts.text)) {
        canvas.put(x, y, room, line, *style);
        y += 1;
    }
    if parts.fields > 0 {
        y = gap(parts.text, y);
        fields(canvas, Rect { x, y, width: room, height: parts.fields }, &dialog.fields);
        y += parts.fields;
    }
    if !rooms.is_empty() {
        plan::draw(canvas, Rect { x, y: y + 1, width: room, height: free }, &rooms);
    } else if parts.rows > 0 {
        y = gap(parts.text + parts.fields, y);
        let inside = Rect { x: frame.x + 1, y, width: frame.width.saturating_sub(2), height: parts.rows };
        list::rows(canvas, inside, frame.right().saturating_sub(1), &dialog.rows);
    }
    let style = canvas.look.tone(dialog.message.tone);
    let message_y = frame.bottom().saturating_sub(1 + parts.message);
    for (y, line) in (message_y..).zip(message.iter().take(usize::from(parts.message))) {
        canvas.put(x, y, room, line, style);
    }
}

fn border(canvas: &mut Canvas<'_>, frame: Rect, dialog: &Dialog, rows: u16) {
    canvas.clear(frame);
    let style = canvas.look.border();
    let (right, bottom) = (frame.right().saturating_sub(1), frame.bottom().saturating_sub(1));
    for y in [frame.y, bottom] {
        canvas.rule(frame.x, y, frame.width, style);
    }
    for x in [frame.x, right] {
        canvas.divider(x, frame.y, frame.height, style);
    }
    canvas.mark(frame.x, frame.y, Mark::TopLeft, style);
    canvas.mark(right, frame.y, Mark::TopRight, style);
    canvas.mark(frame.x, bottom, Mark::BottomLeft, style);
    canvas.mark(right, bottom, Mark::BottomRight, style);
    let room = frame.width.saturating_sub(6);
    let value = if dialog.value.text.is_empty() { String::new() } else { format!(" {} ", dialog.value.text) };
    let wide = canvas.width(&value).min(room);
    let bold = canvas.look.tone(Tone::Strong);
    if !dialog.title.is_empty() {
        let title = format!(" {} ", dialog.title);
        canvas.put(frame.x + 2, frame.y, room.saturating_sub(wide), &title, bold);
    }
    let tone = canvas.look.tone(dialog.value.tone);
    canvas.put_right(frame.x + 3, frame.y, room + 1, &value, tone);
    if let Some(place) = list::place(&dialog.rows, rows) {
        canvas.put_right(frame.x + 3, bottom, room + 1, &format!(" {place} "), canvas.look.tone(Tone::Dim));
    }
}

fn fields(canvas: &mut Canvas<'_>, area: Rect, fields: &[Field]) {
    let most = area.width.saturating_sub(LEAST_FIELD_COLUMNS + 2).max(area.width / 2);
    let labels = fields.iter().map(|field| canvas.width(&field.label)).max().unwrap_or(0).min(most);
    // Where not all have room, the one that is typed into is among those shown.
    let focus = fields.iter().position(|field| field.cursor.is_some()).unwrap_or(0);
    let first = (focus + 1).saturating_sub(usize::from(area.height));
    for (y, field) in (area.y..area.bottom()).zip(fields.iter().skip(first)) {
        let focused = field.cursor.is_some();
        let style = canvas.look.tone(if focused { Tone::Accent } else { Tone::Normal });
        if focused {
            canvas.mark(area.x.saturating_sub(1), y, Mark::Pointer, style);
        }
        canvas.put(area.x, y, labels, &field.label, style);
        let x = area.x + labels + 2;
        let columns = area.right().saturating_sub(x).min(FIELD_COLUMNS);
        let style = canvas.look.field();
        canvas.style(Rect { x, y, width: columns, height: 1 }, style);
        canvas.put_input(x, y, columns, &field.text, field.cursor, style);
    }
}
