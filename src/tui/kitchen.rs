//! The screen of a station: as many tickets beside each other as there is room for.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::look::{Look, Mark};
use super::text::wrap;
use crate::ui::kitchen::{Card, CardRow, KitchenScreen};
use crate::ui::screen::{Text, Tone};

/// The narrowest that a ticket is drawn.
const CARD_COLUMNS: u16 = 26;
/// Columns of the quantity.
const QUANTITY_COLUMNS: u16 = 3;
/// From here on what is to be made in all stands beside the tickets.
const BESIDE_COLUMNS: u16 = 106;
/// Its columns.
const ALL_DAY_COLUMNS: u16 = 32;
/// The widest that it is drawn: a figure far from its name is read in the wrong row.
const ALL_DAY_WIDEST: u16 = 48;
/// Columns of what is done.
const DONE_COLUMNS: u16 = 6;

/// Draws it. Any screen fits any size: what has no room is said to be there.
pub fn draw_kitchen(buffer: &mut Buffer, screen: &KitchenScreen, look: &Look) {
    let mut canvas = Canvas::new(buffer, look);
    let area = canvas.area();
    if area.height < 6 || area.width < CARD_COLUMNS {
        let style = canvas.look.tone(Tone::Bad);
        canvas.put(0, 0, area.width, &format!("{}: too small", screen.count), style);
        return;
    }
    title(&mut canvas, area, screen);
    foot(&mut canvas, area, screen);
    let body = Rect { y: area.y + 2, height: area.height - 4, ..area };
    if let Some(rows) = &screen.help {
        let style = canvas.look.tone(Tone::Strong);
        let lines = rows.iter().flat_map(|row| {
            let words = wrap(&row.words, body.width.saturating_sub(18));
            words.into_iter().enumerate().map(move |(n, words)| (if n == 0 { row.key.as_str() } else { "" }, words))
        });
        for (y, (key, words)) in (body.y..body.bottom()).zip(lines) {
            canvas.put(body.x + 2, y, 14, key, style);
            canvas.put(body.x + 17, y, body.width.saturating_sub(17), &words, ratatui::style::Style::new());
        }
    } else if screen.all_day_shown {
        all_day(&mut canvas, body, screen);
    } else if area.width >= BESIDE_COLUMNS {
        let left = body.width - ALL_DAY_COLUMNS - 1;
        cards(&mut canvas, Rect { width: left, ..body }, screen);
        let rule = canvas.look.rule();
        canvas.divider(body.x + left, body.y, body.height, rule);
        all_day(&mut canvas, Rect { x: body.x + left + 1, width: ALL_DAY_COLUMNS, ..body }, screen);
    } else {
        cards(&mut canvas, body, screen);
    }
}

fn title(canvas: &mut Canvas<'_>, area: Rect, screen: &KitchenScreen) {
    let strong = canvas.look.tone(Tone::Accent);
    let width = area.width.saturating_sub(2);
    let taken = canvas.put(area.x + 1, area.y, width, &screen.title.to_uppercase(), strong);
    let plain = canvas.look.tone(Tone::Strong);
    canvas.put(area.x + taken + 3, area.y, width.saturating_sub(taken + 8), &screen.count, plain);
    canvas.put_right(area.x + 1, area.y, width, &screen.clock, plain);
    let rule = canvas.look.rule();
    canvas.rule(area.x, area.y + 1, area.width, rule);
}

fn foot(canvas: &mut Canvas<'_>, area: Rect, screen: &KitchenScreen) {
    let y = area.bottom() - 1;
    let rule = canvas.look.rule();
    canvas.rule(area.x, y - 1, area.width, rule);
    if let Some(message) = &screen.message {
        let words = canvas.signed(message);
        let style = canvas.look.tone(message.tone);
        canvas.put(area.x + 1, y, area.width - 2, &words, style);
        return;
    }
    let (mut x, cap) = (area.x + 1, canvas.look.cap());
    for hint in &screen.keys {
        let wide = canvas.width(&hint.key) + canvas.width(&hint.label) + 2;
        if x + wide > area.right() {
            break;
        }
        x += canvas.put(x, y, wide, &hint.key, cap) + 1;
        x += canvas.put(x, y, wide, &hint.label, canvas.look.tone(Tone::Normal)) + 2;
    }
}

/// What is to be made at the left, what is done at the right of each dish; what waits for its course below it.
fn all_day(canvas: &mut Canvas<'_>, area: Rect, screen: &KitchenScreen) {
    let (strong, dim) = (canvas.look.tone(Tone::Strong), canvas.look.tone(Tone::Dim));
    let width = area.width.min(ALL_DAY_WIDEST);
    let done_x = area.x + width.saturating_sub(DONE_COLUMNS + 1);
    canvas.put(area.x + 1, area.y, width - 1, "STILL TO MAKE", strong);
    canvas.put_right(done_x, area.y, DONE_COLUMNS, "done", dim);
    let mut y = area.y + 1;
    for row in &screen.all_day {
        let plain = if row.left.is_empty() { dim } else { canvas.look.tone(Tone::Normal) };
        let names = wrap(&row.name, done_x.saturating_sub(area.x + 7));
        let waits = (!row.waits.is_empty()).then(|| format!("{} of it to wait", row.waits));
        for (n, words) in names.iter().chain(&waits).enumerate() {
            if y >= area.bottom() {
                return;
            }
            let style = if n < names.len() { plain } else { dim };
            if n == 0 {
                canvas.put_right(area.x + 1, y, 4, &row.left, strong);
                canvas.put_right(done_x, y, DONE_COLUMNS, &row.done, dim);
            }
            canvas.put(area.x + 6, y, done_x.saturating_sub(area.x + 6), words, style);
            y += 1;
        }
    }
    if screen.all_day.is_empty() {
        canvas.put(area.x + 1, y, width - 1, "nothing", dim);
    }
}

/// A line of a card as it stands on the screen.
struct Shown {
    quantity: String,
    label: Text,
    indent: u16,
}

fn cards(canvas: &mut Canvas<'_>, area: Rect, screen: &KitchenScreen) {
    if screen.cards.is_empty() {
        let dim = canvas.look.tone(Tone::Dim);
        canvas.put_centred(area.x, area.y + area.height / 2, area.width, "Nothing is to be made", dim);
        return;
    }
    let columns = ((area.width + 1) / (CARD_COLUMNS + 1)).max(1);
    let width = (area.width + 1) / columns - 1;
    let rule = canvas.look.rule();
    for n in 1..columns {
        canvas.divider(area.x + n * (width + 1) - 1, area.y, area.height, rule);
    }
    let (mut column, mut y, mut drawn) = (0, area.y, 0);
    for card in &screen.cards {
        let shown = lines(canvas, card, width);
        let facts = wrap(&card.facts, width);
        let needs = (1 + facts.len() + shown.len()) as u16;
        if y > area.y && y + needs > area.bottom() {
            (column, y) = (column + 1, area.y);
        }
        if column >= columns {
            break;
        }
        let height = area.bottom() - y;
        self::card(canvas, Rect { x: area.x + column * (width + 1), y, width, height }, card, &facts, &shown);
        y += needs + 1;
        drawn += 1;
        if y >= area.bottom() {
            (column, y) = (column + 1, area.y);
        }
    }
    let hidden = screen.cards.len() - drawn;
    let words = match (screen.skipped, hidden) {
        (0, 0) => return,
        (0, hidden) => format!(" {hidden} more "),
        (skipped, 0) => format!(" {skipped} before "),
        (skipped, hidden) => format!(" {skipped} before, {hidden} more "),
    };
    let style = canvas.look.tone(Tone::Bad);
    canvas.put_right(area.x, area.bottom(), area.width.saturating_sub(1), &words, style);
}

fn card(canvas: &mut Canvas<'_>, area: Rect, card: &Card, facts: &[String], shown: &[Shown]) {
    let cap = canvas.look.cap();
    let digit = if card.digit.is_empty() { String::new() } else { format!(" {} ", card.digit) };
    let taken = canvas.put(area.x, area.y, 3, &digit, cap);
    let age = canvas.width(&card.age.text);
    let style = canvas.look.tone(card.age.tone);
    canvas.put_right(area.x, area.y, area.width, &card.age.text, style);
    let room = area.width.saturating_sub(taken + age + 2);
    canvas.put(area.x + taken + 1, area.y, room, &card.title, canvas.look.tone(Tone::Strong));
    for (y, words) in (area.y + 1..area.bottom()).zip(facts) {
        canvas.put(area.x, y, area.width, words, canvas.look.tone(Tone::Dim));
    }
    let top = area.y + 1 + facts.len() as u16;
    let rows = area.bottom().saturating_sub(top);
    for (y, line) in (top..top + rows).zip(shown) {
        let strong = canvas.look.tone(Tone::Strong);
        let columns = canvas.width(&line.quantity).max(QUANTITY_COLUMNS);
        canvas.put_right(area.x, y, columns, &line.quantity, strong);
        let x = columns + 1 + line.indent;
        let style = canvas.look.tone(line.label.tone);
        canvas.put(area.x + x, y, area.width.saturating_sub(x), &line.label.text, style);
    }
    if shown.len() as u16 > rows && area.height > 0 {
        let style = canvas.look.tone(Tone::Bad);
        canvas.mark(area.right() - 1, area.bottom() - 1, Mark::More, style);
    }
}

/// Half a note about an allergy is worse than none: everything is wrapped.
fn lines(canvas: &Canvas<'_>, card: &Card, width: u16) -> Vec<Shown> {
    let shown = |row: &CardRow| {
        let columns = canvas.width(&row.quantity).max(QUANTITY_COLUMNS);
        let below = row.quantity.is_empty();
        let hang = if below { 1 } else { 0 };
        let lines = wrap(&row.label.text, width.saturating_sub(columns + 1 + hang));
        let mut quantity = row.quantity.clone();
        let line = |(n, text): (usize, String)| Shown {
            quantity: if n == 0 { std::mem::take(&mut quantity) } else { String::new() },
            label: Text::new(row.label.tone, text),
            indent: hang,
        };
        lines.into_iter().enumerate().map(line).collect::<Vec<_>>()
    };
    card.rows.iter().flat_map(shown).collect()
}
