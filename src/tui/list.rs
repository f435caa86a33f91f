//! Rows to choose from, in a pane or in a dialog, and paper.

use std::borrow::Cow;

use ratatui::layout::Rect;

use super::canvas::{Canvas, first_shown};
use super::look::Mark;
use super::map::heading;
use super::text::width;
use crate::ui::screen::{ListPane, ListRow, PaperPane, Tone};

/// Draws a list; `reserved` columns at the right of the title row are taken.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, reserved: u16, list: &ListPane) {
    let place = place(&list.rows, area.height.saturating_sub(1)).unwrap_or_default();
    heading(canvas, area, reserved, &list.title, &place);
    let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if list.rows.is_empty() {
        let style = canvas.look.tone(Tone::Normal);
        canvas.put(area.x + 2, area.y + 2, area.width.saturating_sub(3), &list.empty, style);
    }
    rows(canvas, below, area.right().saturating_sub(1), &list.rows);
}

/// `12/40`, when not all rows can be shown.
pub(super) fn place(rows: &[ListRow], height: u16) -> Option<String> {
    let selected = rows.iter().position(|row| row.selected).map_or(1, |at| at + 1);
    (rows.len() > usize::from(height)).then(|| format!("{selected}/{}", rows.len()))
}

/// Draws rows, the selected one in sight, with scroll marks in the column `edge`.
pub(super) fn rows(canvas: &mut Canvas<'_>, area: Rect, edge: u16, rows: &[ListRow]) {
    let selected = rows.iter().position(|row| row.selected).unwrap_or(0);
    let height = usize::from(area.height);
    let first = first_shown(rows.len(), height, selected, selected);
    let keys = rows.iter().map(|row| canvas.width(&row.key)).max().unwrap_or(0);
    let with_marks = rows.iter().any(|row| row.on.is_some());
    for (y, row) in (area.y..).zip(rows.iter().skip(first).take(height)) {
        one_row(canvas, Rect { y, height: 1, ..area }, keys, with_marks, row);
    }
    let style = canvas.look.tone(Tone::Accent);
    if first > 0 {
        canvas.mark(edge, area.y, Mark::Fewer, style);
    }
    if first + height < rows.len() && height > 0 {
        canvas.mark(edge, area.bottom() - 1, Mark::More, style);
    }
}

fn one_row(canvas: &mut Canvas<'_>, area: Rect, keys: u16, with_marks: bool, row: &ListRow) {
    let selected = canvas.look.selected();
    let y = area.y;
    if row.selected {
        canvas.style(area, selected);
        canvas.mark(area.x, y, Mark::Pointer, selected);
    }
    let style = |tone| if row.selected { selected } else { canvas.look.tone(tone) };
    let (key, plain, label, value) =
        (style(Tone::Accent), style(Tone::Normal), style(row.label.tone), style(row.value.tone));
    let end = area.right().saturating_sub(1);
    let mut x = area.x + 1;
    if keys > 0 {
        let keys = keys.min(area.width / 2);
        canvas.put_right(x, y, keys, &row.key, key);
        x += keys + 1;
    }
    if with_marks {
        let mark = row.on.map_or("", |on| if on { "[x]" } else { "[ ]" });
        canvas.put(x, y, end.saturating_sub(x), mark, if row.on == Some(true) { key } else { plain });
        x += 4;
    }
    let room = end.saturating_sub(x);
    let wide = canvas.width(&row.value.text).min(room);
    let gap = if wide > 0 { 1 } else { 0 };
    canvas.put(x, y, room.saturating_sub(wide + gap), &row.label.text, label);
    canvas.put_right(x, y, room, &row.value.text, value);
}

/// The columns of the paper itself.
pub(super) fn paper_columns(paper: &PaperPane) -> u16 {
    paper.lines.iter().map(|line| width(line.trim_end())).max().unwrap_or(0).clamp(24, 64)
}

/// Draws paper: a strip with its two edges, the last lines in sight.
pub(super) fn draw_paper(canvas: &mut Canvas<'_>, area: Rect, reserved: u16, paper: &PaperPane) {
    let back = if paper.scroll > 0 { format!("{} back", paper.scroll) } else { String::new() };
    heading(canvas, area, reserved, &paper.title, &back);
    let height = area.height.saturating_sub(1);
    let strip = paper_columns(paper).min(area.width);
    let x = area.x + (area.width - strip) / 2;
    // The paper's margins, where there is room for them.
    let (left, right) = (x.checked_sub(2).filter(|left| *left > area.x), x + strip + 1);
    let end = paper.lines.len().saturating_sub(paper.scroll).max(usize::from(height).min(paper.lines.len()));
    let first = end.saturating_sub(usize::from(height));
    let (plain, edge) = (canvas.look.tone(Tone::Normal), canvas.look.rule());
    for (y, line) in (area.y + 1..).zip(&paper.lines[first..end]) {
        for x in left.into_iter().chain((right < area.right()).then_some(right)) {
            canvas.mark(x, y, Mark::Vertical, edge);
        }
        canvas.put(x, y, strip, &squeezed(line.trim_end(), strip), plain);
    }
    let style = canvas.look.tone(Tone::Accent);
    let last = area.right().saturating_sub(1);
    if first > 0 && last > right {
        canvas.mark(last, area.y + 1, Mark::Fewer, style);
    }
    if end < paper.lines.len() && height > 0 && last > right {
        canvas.mark(last, area.bottom() - 1, Mark::More, style);
    }
}

/// A line with as much taken out of its widest gap as it is too wide: amounts stay in sight.
fn squeezed(line: &str, columns: u16) -> Cow<'_, str> {
    let surplus = usize::from(width(line).saturating_sub(columns));
    let gaps = line.split(|c| c != ' ').map(str::len);
    match gaps.max() {
        Some(widest) if surplus > 0 && widest > surplus => {
            Cow::Owned(line.replacen(&" ".repeat(widest), &" ".repeat(widest - surplus), 1))
        }
        Some(_) | None => Cow::Borrowed(line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_too_wide_loses_space_before_it_loses_text() {
        let check = |line, columns, want: &str| assert_eq!(squeezed(line, columns), want);
        check("Total      12.40", 16, "Total      12.40");
        check("Total      12.40", 12, "Total  12.40");
        check("1 Tea      12.40", 11, "1 Tea 12.40");
        check("1 Tea      12.40", 10, "1 Tea      12.40");
        check("----------------", 10, "----------------");
        check("", 0, "");
    }
}
