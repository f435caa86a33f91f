//! The whole screen: who gets which rows and columns.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};

use super::canvas::Canvas;
use super::look::{Look, Mark};
use super::painter::Drawn;
use super::text::wrap;
use super::{dialog, foot, list, map, order, sign_in};
use crate::ui::screen::{Body, Dialog, OrderPane, RightPane, Screen, Tone};

/// The smallest screen that is drawn on; below it only the size needed is said.
const SMALLEST: (u16, u16) = (40, 10);
/// From here on there is room for two panes side by side.
const TWO_PANES_COLUMNS: u16 = 64;
/// From here on the right pane has room for a dialog.
const BESIDE_COLUMNS: u16 = 76;
/// From here on there is room for large figures and for the echo in a row of its own.
const LARGE_ROWS: u16 = 22;

/// Which rows belong to what; the title is always in row 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows {
    /// The panes, title included.
    pub body: Rect,
    /// The rule below them, where there is room for one.
    pub rule: Option<u16>,
    /// The input line.
    pub input: u16,
    /// The echo's own row, where there is room for one.
    pub echo: Option<u16>,
    /// The key bar.
    pub keys: u16,
    /// The status bar.
    pub status: u16,
}

impl Rows {
    fn of(area: Rect) -> Self {
        let narrow = area.width < TWO_PANES_COLUMNS;
        let with_echo = area.height >= LARGE_ROWS || (narrow && area.height >= 12);
        let with_rule = area.height >= 14;
        let status = area.bottom().saturating_sub(1);
        let keys = status.saturating_sub(1);
        let echo = with_echo.then(|| keys.saturating_sub(1));
        let input = echo.unwrap_or(keys).saturating_sub(1);
        let rule = with_rule.then(|| input.saturating_sub(1));
        let height = rule.unwrap_or(input).saturating_sub(area.y);
        Self { body: Rect { height, ..area }, rule, input, echo, keys, status }
    }
}

/// Draws a screen on cells that are empty; gives the cursor's place, if it is shown. Any screen fits
/// any size: what has no room is cut, visibly.
pub fn draw(buffer: &mut Buffer, screen: &Screen, look: &Look) -> Option<Position> {
    let mut canvas = Canvas::new(buffer, look);
    all(&mut canvas, screen, Kept::default());
    canvas.cursor
}

/// Draws a screen where another stands, leaving alone the panes that are the same.
pub(super) fn draw_on(buffer: &mut Buffer, before: Option<&Screen>, screen: &Screen, look: &Look) -> Drawn {
    let (kept, areas) = parts(buffer.area, before, screen);
    for row in areas.iter().flat_map(|area| area.rows()) {
        let from = buffer.index_of(row.x, row.y);
        buffer.content.iter_mut().skip(from).take(usize::from(row.width)).for_each(Cell::reset);
    }
    let mut canvas = Canvas::new(buffer, look);
    all(&mut canvas, screen, kept);
    Drawn { areas, cursor: canvas.cursor }
}

/// Which panes stay as they stand.
#[derive(Clone, Copy, Debug, Default)]
struct Kept {
    order: bool,
    right: bool,
}

/// Which panes need not be drawn after a screen, and the areas of everything else.
fn parts(area: Rect, before: Option<&Screen>, screen: &Screen) -> (Kept, Vec<Rect>) {
    let whole = || (Kept::default(), vec![area]);
    let Some(before) = before else { return whole() };
    let (Body::Order { order: old, right: beside }, Body::Order { order, right }) = (&before.body, &screen.body) else {
        return whole();
    };
    let plain = before.dialog.is_none() && screen.dialog.is_none() && before.watermark == screen.watermark;
    let small = area.width < SMALLEST.0.max(TWO_PANES_COLUMNS) || area.height < SMALLEST.1;
    let left = order_columns(area.width, right);
    if !plain || small || left != order_columns(area.width, beside) {
        return whole();
    }
    let kept = Kept { order: old == order, right: beside == right };
    let body = Rows::of(area).body;
    let below = Rect { y: body.bottom(), height: area.bottom() - body.bottom(), ..area };
    let panes = [
        (kept.order, Rect { width: left + 1, ..body }),
        (kept.right, Rect { x: body.x + left + 1, width: body.width - left - 1, ..body }),
        (false, below),
    ];
    (kept, panes.into_iter().filter(|(kept, _)| !kept).map(|(_, area)| area).collect())
}

fn all(canvas: &mut Canvas<'_>, screen: &Screen, kept: Kept) {
    let area = canvas.area();
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        return too_small(canvas, screen);
    }
    let rows = Rows::of(area);
    match &screen.body {
        Body::SignIn(body) => {
            rule(canvas, &rows, None);
            sign_in::draw(canvas, rows.body, body);
            watermark(canvas, screen);
        }
        Body::Order { order, right } => panes(canvas, &rows, screen, (order, right), kept),
    }
    foot::draw(canvas, &rows, screen);
    if let Some(dialog) = &screen.dialog {
        draw_dialog(canvas, &rows, &screen.body, dialog);
    }
}

/// A screen of this size as plain text, a line for each row: for tests, and for whoever reads it aloud.
pub fn picture(screen: &Screen, columns: u16, rows: u16, look: &Look) -> String {
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
    draw(&mut buffer, screen, look);
    let row = |y| (0..columns).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    (0..rows).map(row).collect::<Vec<_>>().join("\n")
}

fn panes(canvas: &mut Canvas<'_>, rows: &Rows, screen: &Screen, (order, right): (&OrderPane, &RightPane), kept: Kept) {
    let large = canvas.area().height >= LARGE_ROWS;
    let body = rows.body;
    if body.width < TWO_PANES_COLUMNS {
        rule(canvas, rows, None);
        let marked = watermark(canvas, screen);
        return match right {
            RightPane::Map(_) => order::draw(canvas, body, marked, order, large),
            RightPane::List(_) | RightPane::Paper(_) => draw_right(canvas, body, marked, right),
        };
    }
    let left = order_columns(body.width, right);
    rule(canvas, rows, Some(left));
    if !kept.order {
        // What an order has above and below is marked on the divider.
        let style = canvas.look.rule();
        canvas.divider(body.x + left, body.y, body.height, style);
        order::draw(canvas, Rect { width: left, ..body }, 0, order, large);
    }
    if !kept.right {
        let marked = watermark(canvas, screen);
        draw_right(canvas, Rect { x: body.x + left + 1, width: body.width - left - 1, ..body }, marked, right);
    }
}

fn draw_right(canvas: &mut Canvas<'_>, area: Rect, marked: u16, right: &RightPane) {
    match right {
        RightPane::Map(pane) => map::draw(canvas, area, marked, pane),
        RightPane::List(pane) => list::draw(canvas, area, marked, pane),
        RightPane::Paper(pane) => list::draw_paper(canvas, area, marked, pane),
    }
}

/// The order's share of the columns: enough for a name, an amount, and a large total of 999.99. The
/// rest goes to the names on the keys. Paper is as wide as paper is, so the order makes room for it.
fn order_columns(columns: u16, right: &RightPane) -> u16 {
    let usual = if columns < 80 { columns * 2 / 5 } else { (32 + (columns - 80) / 8).min(44) };
    match right {
        RightPane::Map(_) | RightPane::List(_) => usual,
        RightPane::Paper(paper) => {
            let needed = list::paper_columns(paper) + 3;
            usual.min(columns.saturating_sub(needed + 1)).max(30.min(usual))
        }
    }
}

/// A dialog takes the right pane and its divider, so that the order stays in sight; where there is
/// no such pane, or when it wants all the room, it takes all below the title row.
fn draw_dialog(canvas: &mut Canvas<'_>, rows: &Rows, body: &Body, dialog: &Dialog) {
    let area = rows.body;
    let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    match body {
        Body::Order { right, .. } if !dialog.tall && area.width >= BESIDE_COLUMNS => {
            let left = order_columns(area.width, right);
            canvas.clear(Rect { x: below.x + left + 1, width: below.width - left - 1, ..below });
            dialog::draw(canvas, Rect { x: below.x + left, width: below.width - left, ..below }, 0, dialog);
        }
        Body::Order { .. } | Body::SignIn(_) => {
            canvas.clear(below);
            let margin = below.width.saturating_sub(dialog::columns(below.width, dialog)) / 2;
            dialog::draw(canvas, below, margin, dialog);
        }
    }
}

fn rule(canvas: &mut Canvas<'_>, rows: &Rows, divider: Option<u16>) {
    let Some(y) = rows.rule else { return };
    let style = canvas.look.rule();
    canvas.rule(rows.body.x, y, rows.body.width, style);
    if let Some(x) = divider {
        canvas.mark(rows.body.x + x, y, Mark::TeeUp, style);
    }
}

/// Draws the watermark at the right of the title row, in half of it at most; says how many columns it took.
fn watermark(canvas: &mut Canvas<'_>, screen: &Screen) -> u16 {
    let Some(text) = screen.watermark.as_deref() else { return 0 };
    let area = canvas.area();
    let label = format!(" {text} ");
    let wide = canvas.width(&label).min(area.width / 2);
    let style = canvas.look.cap();
    canvas.put(area.right() - wide, area.y, wide, &label, style);
    wide + 1
}

/// Keys still work on a screen that is too small, and the total can still be read.
fn too_small(canvas: &mut Canvas<'_>, screen: &Screen) {
    let area = canvas.area();
    let mut lines: Vec<String> = screen.watermark.iter().cloned().collect();
    if let Body::Order { order, .. } = &screen.body {
        lines.push(format!("{} {}", order.total_label.text, order.total.text));
    }
    let (columns, rows) = SMALLEST;
    lines.push(format!("Screen too small: {columns}x{rows} needed. Keys still work."));
    let bold = canvas.look.tone(Tone::Strong);
    let mut y = area.y;
    for line in lines.iter().flat_map(|line| wrap(line, area.width)) {
        if y < area.bottom() {
            canvas.put(area.x, y, area.width, &line, bold);
            y += 1;
        }
    }
}
