//! The map of the tables, in a dialog.

use ratatui::layout::Rect;

use super::canvas::Canvas;
use crate::ui::screen::{PlanRoom, PlanSpot, Tone};

/// Columns of a table's state, `S 45m`, with the gaps before and behind it.
const STATE_COLUMNS: u16 = 7;

/// The rooms that fit into so many columns and rows: all of them, else the one of the selected
/// table, else none.
pub(super) fn fitting(canvas: &Canvas<'_>, rooms: &[PlanRoom], columns: u16, rows: u16) -> Vec<PlanRoom> {
    let fits = |rooms: &[PlanRoom]| height(rooms) <= rows && width(canvas, rooms) <= columns;
    if rooms.is_empty() || fits(rooms) {
        return rooms.to_vec();
    }
    let selected = |room: &&PlanRoom| room.rows.iter().flatten().flatten().any(|spot| spot.selected);
    let one: Vec<PlanRoom> = rooms.iter().filter(selected).cloned().collect();
    if fits(&one) { one } else { Vec::new() }
}

/// Rows that rooms need: their names, their tables.
pub(super) fn height(rooms: &[PlanRoom]) -> u16 {
    let rows = rooms.iter().map(|room| room.rows.len() + 1).sum::<usize>();
    u16::try_from(rows).unwrap_or(u16::MAX)
}

fn width(canvas: &Canvas<'_>, rooms: &[PlanRoom]) -> u16 {
    let most = rooms.iter().flat_map(|room| &room.rows).map(Vec::len).max().unwrap_or(0);
    u16::try_from(most).unwrap_or(u16::MAX).saturating_mul(spot_columns(canvas, rooms))
}

fn spot_columns(canvas: &Canvas<'_>, rooms: &[PlanRoom]) -> u16 {
    let spots = rooms.iter().flat_map(|room| &room.rows).flatten().flatten();
    spots.map(|spot| canvas.width(&spot.name)).max().unwrap_or(0) + STATE_COLUMNS
}

/// Draws rooms that fit, with air between the rows where there is room.
pub(super) fn draw(canvas: &mut Canvas<'_>, area: Rect, rooms: &[PlanRoom]) {
    let wide = spot_columns(canvas, rooms);
    let tables: usize = rooms.iter().map(|room| room.rows.len()).sum();
    let airy = usize::from(area.height) >= usize::from(height(rooms)) + tables + rooms.len();
    let mut y = area.y;
    for room in rooms {
        let style = canvas.look.tone(Tone::Strong);
        canvas.put(area.x, y, area.width, &room.name.to_uppercase(), style);
        y += 1;
        for row in &room.rows {
            for (at, spot) in (0_u16..).zip(row) {
                if let Some(spot) = spot {
                    self::spot(canvas, Rect { x: area.x + at * wide, y, width: wide - 1, height: 1 }, spot);
                }
            }
            y += 1 + u16::from(airy);
        }
        y += u16::from(airy);
    }
}

fn spot(canvas: &mut Canvas<'_>, area: Rect, spot: &PlanSpot) {
    let (mut name, mut state) = (canvas.look.tone(Tone::Normal), canvas.look.tone(spot.state.tone));
    if spot.state.tone == Tone::Dim {
        name = canvas.look.tone(Tone::Dim);
    }
    if spot.selected {
        let selected = canvas.look.selected();
        canvas.style(area, selected);
        (name, state) = (selected, selected);
    }
    let columns = area.width.saturating_sub(STATE_COLUMNS - 1);
    canvas.put_right(area.x, area.y, columns, &spot.name, name);
    let x = area.x + columns + 1;
    canvas.put(x, area.y, area.right().saturating_sub(x), &spot.state.text, state);
}
