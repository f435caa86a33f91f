//! Large figures and letters, three rows high, from `█▀▄`; on ASCII terminals the seven segments
//! of a till's display.

use super::look::{Glyphs, Look};

/// Each row of a letter is a string of pixels, from top to bottom, between bars.
const PIXELS: [(char, &str); 43] = [
    ('0', "###|#.#|#.#|#.#|###"),
    ('1', ".#.|##.|.#.|.#.|###"),
    ('2', "###|..#|###|#..|###"),
    ('3', "###|..#|###|..#|###"),
    ('4', "#.#|#.#|###|..#|..#"),
    ('5', "###|#..|###|..#|###"),
    ('6', "###|#..|###|#.#|###"),
    ('7', "###|..#|..#|..#|..#"),
    ('8', "###|#.#|###|#.#|###"),
    ('9', "###|#.#|###|..#|###"),
    ('.', ".|.|.|.|#"),
    (',', ".|.|.|.|#|#"),
    ('-', "...|...|###|...|..."),
    ('\'', "#|#|.|.|."),
    (' ', "..|..|..|..|.."),
    ('A', ".#.|#.#|###|#.#|#.#"),
    ('B', "##.|#.#|##.|#.#|##."),
    ('C', "###|#..|#..|#..|###"),
    ('D', "##.|#.#|#.#|#.#|##."),
    ('E', "###|#..|##.|#..|###"),
    ('F', "###|#..|##.|#..|#.."),
    ('G', "####|#...|#.##|#..#|####"),
    ('H', "#.#|#.#|###|#.#|#.#"),
    ('I', "#|#|#|#|#"),
    ('J', "..#|..#|..#|#.#|###"),
    ('K', "#.#|#.#|##.|#.#|#.#"),
    ('L', "#..|#..|#..|#..|###"),
    ('M', "#...#|##.##|#.#.#|#...#|#...#"),
    ('N', "#..#|##.#|#.##|#..#|#..#"),
    ('O', "####|#..#|#..#|#..#|####"),
    ('P', "###|#.#|###|#..|#.."),
    ('Q', "####|#..#|#..#|#.##|####"),
    ('R', "##.|#.#|##.|#.#|#.#"),
    ('S', "###|#..|###|..#|###"),
    ('T', "###|.#.|.#.|.#.|.#."),
    ('U', "#.#|#.#|#.#|#.#|###"),
    ('V', "#.#|#.#|#.#|#.#|.#."),
    ('W', "#...#|#...#|#.#.#|##.##|#...#"),
    ('X', "#.#|#.#|.#.|#.#|#.#"),
    ('Y', "#.#|#.#|.#.|.#.|.#."),
    ('Z', "###|..#|.#.|#..|###"),
    ('&', "##.#|##.#|##..|#.##|####"),
    ('/', "..#|..#|.#.|#..|#.."),
];

/// Each figure's three rows, between bars.
const SEGMENTS: [(char, &str); 15] = [
    ('0', " _ /| |/|_|"),
    ('1', "   /  |/  |"),
    ('2', " _ / _|/|_ "),
    ('3', " _ / _|/ _|"),
    ('4', "   /|_|/  |"),
    ('5', " _ /|_ / _|"),
    ('6', " _ /|_ /|_|"),
    ('7', " _ /  |/  |"),
    ('8', " _ /|_|/|_|"),
    ('9', " _ /|_|/ _|"),
    ('.', " / /."),
    (',', " / /,"),
    ('-', "   / _ /   "),
    ('\'', "'/ / "),
    (' ', " / / "),
];

/// The text in three rows, or nothing when it holds a character that has no large form here.
pub(super) fn large(text: &str, look: &Look) -> Option<[String; 3]> {
    let mut rows = [String::new(), String::new(), String::new()];
    for c in text.chars() {
        let gap = if rows[0].is_empty() { "" } else { " " };
        for (row, piece) in rows.iter_mut().zip(glyph(c, look.glyphs)?) {
            row.push_str(gap);
            row.push_str(&piece);
        }
    }
    Some(rows)
}

fn glyph(c: char, glyphs: Glyphs) -> Option<[String; 3]> {
    let c = match c {
        '\u{A0}' | '\u{2009}' | '\u{202F}' => ' ',
        '\u{2019}' => '\'',
        '\u{2212}' => '-',
        c => c.to_ascii_uppercase(),
    };
    let find = |table: &[(char, &'static str)]| table.iter().find(|(known, _)| *known == c).map(|(_, rows)| *rows);
    match glyphs {
        Glyphs::Ascii => {
            let mut rows = find(&SEGMENTS)?.split('/').map(str::to_owned);
            Some([rows.next()?, rows.next()?, rows.next()?])
        }
        Glyphs::Full | Glyphs::Box => {
            let rows: Vec<&str> = find(&PIXELS)?.split('|').collect();
            Some([0, 2, 4].map(|top| half_blocks(rows.get(top), rows.get(top + 1))))
        }
    }
}

/// Two rows of pixels in one row of characters.
fn half_blocks(upper: Option<&&str>, lower: Option<&&str>) -> String {
    let pixels = |row: Option<&&str>| row.map_or("", |row| *row).chars().map(|p| p == '#').collect::<Vec<_>>();
    let (upper, lower) = (pixels(upper), pixels(lower));
    (0..upper.len().max(lower.len()))
        .map(|i| match (upper.get(i).is_some_and(|p| *p), lower.get(i).is_some_and(|p| *p)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::look::Colours;

    fn check(text: &str, glyphs: Glyphs, want: Option<&str>) {
        let got = large(text, &Look { colours: Colours::Mono, glyphs });
        assert_eq!(got.map(|rows| rows.join("\n")).as_deref(), want);
    }

    #[test]
    fn figures_are_three_rows_high() {
        check("-12.40", Glyphs::Full, Some("    ▄█  ▀▀█   █ █ █▀█\n▀▀▀  █  █▀▀   ▀▀█ █ █\n    ▀▀▀ ▀▀▀ ▀   ▀ ▀▀▀"));
        check("-12.40", Glyphs::Ascii, Some("         _         _ \n _    |  _|   |_| | |\n      | |_  .   | |_|"));
        check("1,2", Glyphs::Full, Some("▄█    ▀▀█\n █    █▀▀\n▀▀▀ █ ▀▀▀"));
        check("café", Glyphs::Full, None);
        check("cafe", Glyphs::Ascii, None);
    }

    #[test]
    fn every_letter_has_rows_of_one_width() {
        for (c, rows) in PIXELS {
            let widths: Vec<usize> = rows.split('|').map(str::len).collect();
            assert!(widths.iter().all(|w| *w == widths[0]) && (5..=6).contains(&widths.len()), "{c}");
        }
        for (c, rows) in SEGMENTS {
            let widths: Vec<usize> = rows.split('/').map(str::len).collect();
            assert!(widths.iter().all(|w| *w == widths[0]) && widths.len() == 3, "{c}");
        }
    }
}
