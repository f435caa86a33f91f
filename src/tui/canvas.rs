//! The cells drawn on, clipped: nothing outside the screen is ever written, whatever is asked.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::look::{Look, Mark};
use super::text::{cut, speak, width, wrap};
use crate::ui::screen::{Text, Tone};

/// What the panes draw on.
pub(super) struct Canvas<'a> {
    buffer: &'a mut Buffer,
    /// How they draw.
    pub look: &'a Look,
    /// Where the terminal's cursor shall stand.
    pub cursor: Option<Position>,
}

impl<'a> Canvas<'a> {
    /// A canvas over these cells.
    pub fn new(buffer: &'a mut Buffer, look: &'a Look) -> Self {
        Self { buffer, look, cursor: None }
    }

    /// All of it.
    pub fn area(&self) -> Rect {
        self.buffer.area
    }

    /// Writes text that fits into so many columns, cut where it must be; says how many it took.
    pub fn put(&mut self, x: u16, y: u16, columns: u16, text: &str, style: Style) -> u16 {
        let area = self.buffer.area;
        if y < area.top() || y >= area.bottom() || x < area.left() || x >= area.right() {
            return 0;
        }
        let columns = columns.min(area.right() - x);
        if text.bytes().all(|b| (b' '..=b'~').contains(&b)) {
            return self.put_plain(x, y, columns, text, style);
        }
        let spoken = speak(text, self.look);
        let text = cut(&spoken, columns, self.look);
        let (end, _) = self.buffer.set_stringn(x, y, &text, usize::from(columns), style);
        end - x
    }

    /// Writes text that is the same on every terminal, a letter in each cell: nearly all there is.
    fn put_plain(&mut self, x: u16, y: u16, columns: u16, text: &str, style: Style) -> u16 {
        let fits = text.len() <= usize::from(columns);
        let text = if fits { text } else { text[..usize::from(columns).saturating_sub(1)].trim_end() };
        let from = self.buffer.index_of(x, y);
        for (cell, letter) in self.buffer.content[from..].iter_mut().zip(text.chars()) {
            cell.set_char(letter).set_style(style);
        }
        let used = text.len() as u16;
        if fits || columns == 0 {
            return used;
        }
        self.mark(x + used, y, Mark::Cut, style);
        used + 1
    }

    /// Writes text so that it ends where the columns end.
    pub fn put_right(&mut self, x: u16, y: u16, columns: u16, text: &str, style: Style) -> u16 {
        let wide = self.width(text).min(columns);
        self.put(x.saturating_add(columns - wide), y, wide, text, style)
    }

    /// Writes text in the middle of the columns.
    pub fn put_centred(&mut self, x: u16, y: u16, columns: u16, text: &str, style: Style) {
        let wide = self.width(text).min(columns);
        self.put(x.saturating_add((columns - wide) / 2), y, wide, text, style);
    }

    /// Writes text in its tone.
    pub fn put_toned(&mut self, x: u16, y: u16, columns: u16, text: &Text) -> u16 {
        self.put(x, y, columns, &text.text, self.look.tone(text.tone))
    }

    /// Draws a mark.
    pub fn mark(&mut self, x: u16, y: u16, mark: Mark, style: Style) {
        if let Some(cell) = self.buffer.cell_mut((x, y)) {
            cell.set_symbol(self.look.mark(mark)).set_style(style);
        }
    }

    /// Draws a horizontal rule.
    pub fn rule(&mut self, x: u16, y: u16, columns: u16, style: Style) {
        for x in x..x.saturating_add(columns).min(self.buffer.area.right()) {
            self.mark(x, y, Mark::Horizontal, style);
        }
    }

    /// Draws a vertical line.
    pub fn divider(&mut self, x: u16, y: u16, rows: u16, style: Style) {
        for y in y..y.saturating_add(rows).min(self.buffer.area.bottom()) {
            self.mark(x, y, Mark::Vertical, style);
        }
    }

    /// Gives cells a style, keeping what is written there.
    pub fn style(&mut self, area: Rect, style: Style) {
        self.buffer.set_style(area.intersection(self.buffer.area), style);
    }

    /// Forgets what is written there.
    pub fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buffer.area);
        // The right half of a wide character cannot stand alone.
        for y in area.top()..area.bottom() {
            if let Some(x) = area.left().checked_sub(1)
                && let Some(cell) = self.buffer.cell_mut((x, y))
                && width(cell.symbol()) > 1
            {
                cell.set_symbol(" ");
            }
        }
        for position in area.positions() {
            if let Some(cell) = self.buffer.cell_mut(position) {
                cell.reset();
            }
        }
    }

    /// The columns that a text takes on this terminal.
    pub fn width(&self, text: &str) -> u16 {
        width(&speak(text, self.look))
    }

    /// The text with the sign of its tone before it, unless it already begins with one.
    pub fn signed(&self, text: &Text) -> String {
        let sign = self.look.sign(text.tone);
        let has_one = text.text.starts_with(sign.trim_end()) || text.text.starts_with('!');
        match text.tone {
            Tone::Warn | Tone::Bad | Tone::Good if !has_one && !text.text.is_empty() => format!("{sign}{}", text.text),
            Tone::Normal | Tone::Dim | Tone::Strong | Tone::Accent | Tone::Warn | Tone::Bad | Tone::Good => {
                text.text.clone()
            }
        }
    }

    /// The signed text in lines of so many columns, aligned behind the sign.
    pub fn wrapped(&self, text: &Text, columns: u16) -> Vec<String> {
        let signed = self.signed(text);
        let sign = signed.chars().take_while(|c| !c.is_alphanumeric()).filter(|c| *c != ' ').count();
        let hang = if text.tone == Tone::Normal || sign == 0 || sign > 2 { 0 } else { sign + 1 };
        let mut lines = wrap(&signed, columns.saturating_sub(hang as u16));
        lines.iter_mut().skip(1).for_each(|line| line.insert_str(0, &" ".repeat(hang)));
        lines
    }

    /// Writes what is being typed, showing the part around the cursor, and places the cursor.
    pub fn put_input(&mut self, x: u16, y: u16, columns: u16, text: &str, cursor: Option<usize>, style: Style) -> u16 {
        let split = text.char_indices().nth(cursor.unwrap_or(0)).map_or(text.len(), |(at, _)| at);
        let fits = |at: &usize| self.width(&text[*at..split]) < columns;
        // A text too long is shown as far as it fits before the cursor in the last column.
        let from = text[..split].char_indices().map(|(at, _)| at).find(fits).unwrap_or(split);
        let column = self.width(&text[from..split]);
        let used = self.put(x, y, columns, &text[from..], style);
        if cursor.is_some() && columns > 0 {
            let at = Position::new(x.saturating_add(column), y);
            self.cursor = self.buffer.area.contains(at).then_some(at);
        }
        used
    }
}

/// Where a list begins that shows `height` of `count` rows so that the rows `from..=to` are seen. It
/// moves by half a page, so that most keys repaint only the rows they change, and depends on
/// nothing but its arguments, so that nothing jumps.
pub(super) fn first_shown(count: usize, height: usize, from: usize, to: usize) -> usize {
    let step = (height / 2).max(1);
    match height {
        0 => 0,
        _ if count <= height => 0,
        _ => ((to + 1).saturating_sub(height).div_ceil(step) * step).min(from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_scrolls_by_half_a_page_and_keeps_the_selection_in_sight() {
        assert_eq!(first_shown(10, 10, 9, 9), 0);
        assert_eq!(first_shown(11, 10, 10, 10), 5);
        assert_eq!(first_shown(15, 10, 14, 14), 5);
        assert_eq!(first_shown(16, 10, 15, 15), 10);
        assert_eq!(first_shown(16, 10, 0, 0), 0);
        assert_eq!(first_shown(16, 3, 2, 9), 2);
        assert_eq!(first_shown(16, 0, 2, 9), 0);
        assert_eq!(first_shown(16, 1, 9, 9), 9);
    }
}
