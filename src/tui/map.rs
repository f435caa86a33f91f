//! The item map: every key has its place, whatever stands on the others.

use ratatui::layout::Rect;

use super::canvas::{Canvas, first_shown};
use super::look::Mark;
use crate::domain::catalogue::Page;
use crate::ui::screen::{MapKey, MapPane, Tone};

/// Rows of the map: `a` to `m` at the left, `n` to `z` at the right.
const ROWS: u16 = 13;
/// From so many columns of the pane on, the pages are listed beside the map.
const WITH_PAGES_COLUMNS: u16 = 66;
/// The columns of that list at least, and of a page's title below the map.
const PAGES_COLUMNS: u16 = 20;
const PAGE_COLUMNS: u16 = 12;

/// Draws the map; `reserved` columns at the right of the title row are taken.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, reserved: u16, map: &MapPane) {
    heading(canvas, area, reserved, &map.title, &map.place);
    let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if area.width >= WITH_PAGES_COLUMNS {
        // As wide as the longest title, as long as the map stays the greater part.
        let longest = map.pages.iter().map(|page| canvas.width(&page.title)).max().unwrap_or(0);
        let columns = (longest + 3).clamp(PAGES_COLUMNS, area.width / 3);
        let pages = Rect { x: area.right() - columns, width: columns, ..below };
        keys(canvas, Rect { width: area.width - columns - 2, ..below }, map);
        page_list(canvas, pages, map);
    } else {
        keys(canvas, below, map);
        page_grid(canvas, below, map);
    }
}

/// The title row of a right pane.
pub(super) fn heading(canvas: &mut Canvas<'_>, area: Rect, reserved: u16, title: &str, right: &str) {
    let room = area.width.saturating_sub(2 + reserved);
    let wide = canvas.width(right).min(room / 2);
    let (bold, dim) = (canvas.look.tone(Tone::Strong), canvas.look.tone(Tone::Dim));
    canvas.put(area.x + 1, area.y, room.saturating_sub(wide + 1), title, bold);
    canvas.put_right(area.x + 1, area.y, room, right, dim);
}

/// The place of a key: letters have theirs, other keys follow in the order they came.
fn slot(at: usize, key: &MapKey) -> usize {
    match key.key {
        letter @ 'a'..='z' => usize::from(letter as u8 - b'a'),
        _ => at,
    }
}

fn keys(canvas: &mut Canvas<'_>, area: Rect, map: &MapPane) {
    let rows = area.height.min(ROWS);
    if rows == 0 {
        return;
    }
    let slots = map.keys.iter().enumerate().map(|(at, key)| slot(at, key) + 1).max().unwrap_or(0);
    let columns = slots.max(2 * usize::from(ROWS)).div_ceil(usize::from(rows)) as u16;
    let room = area.width.saturating_sub(1);
    let pitch = (room + 2) / columns;
    let wide = pitch.saturating_sub(2);
    for (at, key) in map.keys.iter().enumerate() {
        let slot = slot(at, key) as u16;
        let (column, row) = (slot / rows, slot % rows);
        let x = area.x.saturating_add(1).saturating_add(column.saturating_mul(pitch));
        one_key(canvas, Rect { x, y: area.y + row, width: wide, height: 1 }, key);
    }
}

fn one_key(canvas: &mut Canvas<'_>, area: Rect, key: &MapKey) {
    let empty = key.name.text.is_empty();
    let (cap, price) = (if empty { Tone::Dim } else { Tone::Accent }, key.price.tone);
    let style = canvas.look.tone(cap);
    canvas.put(area.x, area.y, area.width.min(1), key.key.encode_utf8(&mut [0; 4]), style);
    let room = area.width.saturating_sub(2);
    let wide = canvas.width(&key.price.text).min(room / 2);
    let gap = if wide > 0 { 1 } else { 0 };
    canvas.put_toned(area.x + 2, area.y, room.saturating_sub(wide + gap), &key.name);
    let style = canvas.look.tone(if price == Tone::Normal { Tone::Dim } else { price });
    canvas.put_right(area.x + 2, area.y, room, &key.price.text, style);
}

/// The pages below the map: all when they have room there, else those around the shown one.
fn page_grid(canvas: &mut Canvas<'_>, area: Rect, map: &MapPane) {
    let rows = usize::from(area.height.saturating_sub(ROWS + 1));
    let room = area.width.saturating_sub(2);
    let columns = usize::from((room + 1) / (PAGE_COLUMNS + 1));
    if columns == 0 || rows == 0 {
        return;
    }
    let all = map.pages.len();
    let current = map.page;
    // Whole grids, so that turning one page seldom moves the list.
    let first = if all <= rows * columns { 0 } else { current / (rows * columns) * (rows * columns) };
    let shown = all.saturating_sub(first).min(rows * columns);
    let (rows, pitch) = (shown.div_ceil(columns).max(1), (room + 1) / columns as u16);
    for at in 0..shown {
        let x = area.x + 1 + (at / rows) as u16 * pitch;
        one_page(canvas, x, area.y + ROWS + 1 + (at % rows) as u16, pitch - 1, map, first + at);
    }
}

/// The pages in a column of their own, the shown one in sight.
fn page_list(canvas: &mut Canvas<'_>, area: Rect, map: &MapPane) {
    let height = usize::from(area.height);
    let first = first_shown(map.pages.len(), height, map.page, map.page);
    for (y, at) in (area.y..).zip(first..map.pages.len()).take(height) {
        one_page(canvas, area.x, y, area.width.saturating_sub(1), map, at);
    }
    let style = canvas.look.tone(Tone::Accent);
    let edge = area.right().saturating_sub(1);
    if first > 0 {
        canvas.mark(edge, area.y, Mark::Fewer, style);
    }
    if first + height < map.pages.len() && height > 0 {
        canvas.mark(edge, area.bottom() - 1, Mark::More, style);
    }
}

fn one_page(canvas: &mut Canvas<'_>, x: u16, y: u16, columns: u16, map: &MapPane, at: usize) {
    let Some(page) = map.pages.get(at) else { return };
    let (key, name) = match at == map.page {
        true => (canvas.look.selected(), canvas.look.tone(Tone::Strong)),
        false => (canvas.look.tone(Tone::Accent), canvas.look.tone(Tone::Normal)),
    };
    let used = canvas.put(x, y, columns, &Page::letter(at), key);
    canvas.put(x + used + 1, y, columns.saturating_sub(used + 1), &page.title, name);
}
