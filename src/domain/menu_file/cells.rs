//! CSV as RFC 4180 says it, with the place of every cell. Parted by commas, semicolons or tabs,
//! whichever the header has most of.

/// A cell and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The byte it begins at.
    pub at: usize,
    /// Its text, without quotes.
    pub text: String,
}

/// A quote that is never closed, or that closes too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadQuote {
    /// The byte at which it goes wrong.
    pub at: usize,
    /// What could stand there.
    pub expected: &'static str,
}

/// The rows of a CSV text; those with nothing in any cell are left out.
pub fn rows(text: &str) -> Result<Vec<Vec<Cell>>, BadQuote> {
    let comma = separator(text);
    let mut rows = Vec::new();
    let mut row = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (cell, end) = cell(text, at, comma)?;
        row.push(cell);
        let rest = &text[end..];
        if rest.starts_with(comma) {
            at = end + 1;
            // A separator at the very end still has an empty cell behind it.
            if at < text.len() {
                continue;
            }
            row.push(Cell { at, text: String::new() });
        }
        at = end + line_break(rest).unwrap_or(1);
        if row.iter().any(|c| !c.text.trim().is_empty()) {
            rows.push(std::mem::take(&mut row));
        }
        row.clear();
    }
    Ok(rows)
}

/// The cell that begins at `at`, and where it ends: before a separator, a line break or the end.
fn cell(text: &str, at: usize, comma: char) -> Result<(Cell, usize), BadQuote> {
    let rest = &text[at..];
    if !rest.starts_with('"') {
        let length = rest.find([comma, '\r', '\n']).unwrap_or(rest.len());
        return Ok((Cell { at, text: rest[..length].to_owned() }, at + length));
    }
    let mut own = String::new();
    let mut from = at + 1;
    loop {
        let Some(quote) = text[from..].find('"').map(|n| from + n) else {
            return Err(BadQuote { at, expected: "a closing quote" });
        };
        own.push_str(&text[from..quote]);
        let after = &text[quote + 1..];
        if after.starts_with('"') {
            own.push('"');
            from = quote + 2;
        } else if after.is_empty() || after.starts_with(comma) || line_break(after).is_some() {
            return Ok((Cell { at, text: own }, quote + 1));
        } else {
            return Err(BadQuote { at: quote, expected: "two quotes for one within a cell, or a separator after it" });
        }
    }
}

/// The length of the line break that the text begins with.
fn line_break(text: &str) -> Option<usize> {
    match text.as_bytes() {
        [b'\r', b'\n', ..] => Some(2),
        [b'\r' | b'\n', ..] => Some(1),
        _ => None,
    }
}

fn separator(text: &str) -> char {
    let header = text.trim_start_matches(['\r', '\n']).split(['\r', '\n']).next().unwrap_or_default();
    let count = |c: char| header.split('"').step_by(2).map(|part| part.matches(c).count()).sum::<usize>();
    // Of equals the last is taken, so that the comma wins.
    ['\t', ';', ','].into_iter().max_by_key(|&c| count(c)).unwrap_or(',')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> Vec<Vec<String>> {
        rows(text).unwrap().into_iter().map(|row| row.into_iter().map(|c| c.text).collect()).collect()
    }

    fn check(text: &str, expected: &[&[&str]]) {
        assert_eq!(texts(text), expected, "{text:?}");
    }

    #[test]
    fn cells_are_parted() {
        check("a,b\r\n1,2\r\n", &[&["a", "b"], &["1", "2"]]);
        check("a,b\n1,2", &[&["a", "b"], &["1", "2"]]);
        check("a,b\n\n  \n1,\n", &[&["a", "b"], &["1", ""]]);
        check("a,b\n1,", &[&["a", "b"], &["1", ""]]);
        check("a,b\n,\n,2", &[&["a", "b"], &["", "2"]]);
        check("a;b\n1,5;2", &[&["a", "b"], &["1,5", "2"]]);
        check("\"x;y;z\",b\n1,2", &[&["x;y;z", "b"], &["1", "2"]]);
        check("a\tb\n\"1\"\"\n\"\t2", &[&["a", "b"], &["1\"\n", "2"]]);
        check("a\r1\r", &[&["a"], &["1"]]);
        check("", &[]);
        assert_eq!(rows("a,b\n\"1,2").unwrap_err().at, 4);
        assert_eq!(rows("a,b\n\"1\"2,3").unwrap_err().at, 6);
        let cells = rows("ä,b\n\"1\",2").unwrap();
        assert_eq!((cells[0][1].at, cells[1][0].at, cells[1][1].at), (3, 5, 9));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(table in proptest::collection::vec(proptest::collection::vec("[a,;\t\r\n\" é]{0,4}", 3), 1..4)) {
            let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            writer.write_record(["h1", "h2", "h3"]).unwrap();
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let filled: Vec<_> = table.into_iter().filter(|row| row.iter().any(|c| !c.trim().is_empty())).collect();
            prop_assert_eq!(&texts(&text)[1..], filled);
        }

        #[test]
        fn nothing_panics(text in "([,;\t\r\n\"]|\\PC){0,40}") {
            let _ = rows(&text);
        }
    }
}
