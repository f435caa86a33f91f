//! Reading a template: line by line, everything that is wrong at once.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::documents::template::{Field, Piece, Row, Section, Template, Wrong};
use crate::documents::{Align, Style};
use crate::domain::text::is_safe;

/// Parts within parts are read so deep.
const MAX_DEPTH: usize = 6;

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn parse(text: &str) -> Result<Self, Vec<Wrong>> {
        let mut reader = Reader { template: Self(BTreeMap::new()), section: None, wrong: Vec::new() };
        let mut at = 0;
        for whole in text.split_inclusive('\n') {
            let line = whole.trim_end_matches(['\n', '\r']);
            let kept = if at == 0 { line.trim_start_matches('\u{feff}') } else { line };
            reader.line(kept, at + line.len() - kept.len());
            at += whole.len();
        }
        let Reader { template, mut wrong, .. } = reader;
        if wrong.is_empty() {
            wrong.extend(template.lacks().into_iter().map(|what| Wrong::new(at..at, what)));
        }
        if wrong.is_empty() { Ok(template) } else { Err(wrong) }
    }
}

/// Reads line after line.
struct Reader {
    template: Template,
    section: Option<Section>,
    wrong: Vec<Wrong>,
}

impl Reader {
    /// A line, and where it begins in the file.
    fn line(&mut self, line: &str, begins: usize) {
        if line.starts_with('#') || line.trim().is_empty() {
            return;
        }
        let span = begins..begins + line.len();
        if let Some((i, c)) = line.char_indices().find(|(_, c)| !is_safe(*c)) {
            let what = if c == '\t' { "a tab: write spaces" } else { "a sign that cannot be seen: take it out" };
            self.wrong.push(Wrong::new(begins + i..begins + i + c.len_utf8(), what));
        } else if let Some(name) = line.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            self.begin(name, span);
        } else if let Some(section) = self.section {
            match (Parser { text: line, at: 0, begins, section }).row() {
                Ok(row) => self.template.0.entry(section).or_default().push(row),
                Err(found) => self.wrong.push(found),
            }
        } else if self.wrong.is_empty() {
            self.wrong.push(Wrong::new(span, "this stands in no section: begin with [head]"));
        }
    }

    /// A section begins. What follows a wrong name belongs to none, and is not told a second time.
    fn begin(&mut self, name: &str, span: Range<usize>) {
        self.section = Section::ALL.into_iter().find(|s| s.name() == name);
        let wrong = match self.section {
            None => Wrong::unknown(span, "there is no such section", name, Section::ALL.map(Section::name).to_vec()),
            Some(section) if self.template.0.contains_key(&section) => {
                Wrong::new(span, format!("a second [{name}]: put it all into one"))
            }
            Some(section) => return drop(self.template.0.insert(section, Vec::new())),
        };
        self.wrong.push(wrong);
    }
}

/// Reads one line.
struct Parser<'a> {
    text: &'a str,
    at: usize,
    /// Where the line begins in the file.
    begins: usize,
    section: Section,
}

/// How a line begins, or what it is.
const LINES: [&str; 7] = ["centre", "right", "box", "rule", "blank", "dish", "was"];
const STYLES: [&str; 6] = ["bold", "wide", "tall", "large", "reverse", "underline"];

impl Parser<'_> {
    fn row(mut self) -> Result<Row, Wrong> {
        if let Some(row) = self.whole()? {
            return Ok(row);
        }
        let (mut align, mut boxed) = (Align::Left, false);
        for (word, is) in [("{centre}", Align::Centre), ("{right}", Align::Right)] {
            if self.rest().starts_with(word) {
                self.at += word.len();
                align = is;
            }
        }
        if self.rest().starts_with("{box}") {
            self.at += "{box}".len();
            boxed = true;
        }
        let (pieces, _) = self.pieces(0)?;
        if self.rest().is_empty() {
            return Ok(if boxed { Row::Boxed(pieces) } else { Row::Text(align, pieces, None) });
        }
        let edge = self.at;
        self.at += "{>}".len();
        let (mut right, _) = self.pieces(0)?;
        match (right.pop(), right.is_empty() && self.rest().is_empty() && !boxed && align == Align::Left) {
            (Some(piece), true) => Ok(Row::Text(align, pieces, Some(piece))),
            (Some(_) | None, _) => {
                let what = "after {>} stands one field, or one text, and before it no {box}, {centre} or {right}";
                Err(self.wrong(edge..edge + 3, what))
            }
        }
    }

    /// A line that is one thing.
    fn whole(&self) -> Result<Option<Row>, Wrong> {
        let part = |section: Section| match self.section.is_entry() {
            true => Ok(Some(Row::Part(section))),
            false => Err(self.wrong(0..self.text.len(), "only what is told of a line of the order names a dish here")),
        };
        match self.text.trim() {
            "{rule}" => Ok(Some(Row::Rule)),
            "{blank}" => Ok(Some(Row::Blank)),
            "{dish}" => part(Section::Dish),
            "{was}" if self.section == Section::Changed => part(Section::Was),
            "{was}" => Err(self.wrong(0..self.text.len(), "{was} stands in [changed] only")),
            _ => Ok(None),
        }
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn wrong(&self, at: Range<usize>, what: impl Into<String>) -> Wrong {
        Wrong::new(self.begins + at.start..self.begins + at.end, what)
    }

    /// Pieces up to a closing brace, the edge or the line's end; says whether it was a brace.
    fn pieces(&mut self, depth: usize) -> Result<(Vec<Piece>, bool), Wrong> {
        let mut pieces = Vec::new();
        loop {
            let rest = self.rest();
            let plain = rest.find(['{', '}']).unwrap_or(rest.len());
            if plain > 0 {
                pieces.push(Piece::Text(Style::default(), rest[..plain].to_owned()));
                self.at += plain;
            }
            let rest = self.rest();
            if rest.is_empty() || (depth == 0 && rest.starts_with("{>}")) {
                return Ok((pieces, false));
            }
            if rest.starts_with('}') {
                if depth == 0 {
                    return Err(self.wrong(self.at..self.at + 1, "this brace closes nothing; as text it is {\"}\"}"));
                }
                self.at += 1;
                return Ok((pieces, true));
            }
            pieces.push(self.braced(depth)?);
        }
    }

    fn braced(&mut self, depth: usize) -> Result<Piece, Wrong> {
        let open = self.at;
        let unclosed = |this: &Self| this.wrong(open..this.text.len(), "this brace is never closed");
        self.at += 1;
        let condition = self.rest().starts_with(['?', '!']).then(|| self.rest().starts_with('?'));
        if let Some(holds) = condition {
            self.at += 1;
            let length = self.rest().find([' ', '}', '{']).unwrap_or(self.rest().len());
            let field = self.field(self.at..self.at + length)?;
            self.at += length;
            if self.rest().starts_with(' ') {
                self.at += 1;
            }
            if depth == MAX_DEPTH {
                return Err(self.wrong(open..self.at, "this is nested too deep"));
            }
            let (within, closed) = self.pieces(depth + 1)?;
            return if closed { Ok(Piece::If(field, holds, within)) } else { Err(unclosed(self)) };
        }
        if self.rest().starts_with('"') {
            self.at += 1;
            let length =
                self.rest().find('"').ok_or_else(|| self.wrong(open..self.text.len(), "this text has no end"))?;
            let text = self.rest()[..length].to_owned();
            self.at += length + 1;
            return Ok(Piece::Text(self.styles(open)?, text));
        }
        let length = self.rest().find([' ', '}', '{']).unwrap_or(self.rest().len());
        let name = self.at..self.at + length;
        if LINES.contains(&&self.text[name.clone()]) || self.rest().starts_with('>') {
            let what = match &self.text[name] {
                "centre" | "right" | "box" => "this stands at the beginning of a line, and only one of them",
                ">" => "this stands once in a line, and in no other brace",
                _ => "this stands alone on a line",
            };
            return Err(self.wrong(open..(self.at + length + 1).min(self.text.len()), what));
        }
        let field = self.field(name)?;
        self.at += length;
        Ok(Piece::Field(self.styles(open)?, field))
    }

    /// The field of this name, if it says anything here.
    fn field(&self, name: Range<usize>) -> Result<Field, Wrong> {
        let word = &self.text[name.clone()];
        // Where no name follows, what stands in its place is meant; nothing does at the end.
        let end = name.end.max(name.start + 1).min(self.text.len());
        let span = self.begins + name.start..self.begins + end;
        let here = || Field::NAMES.iter().filter(|(_, f)| f.sections().contains(&self.section)).map(|(n, _)| *n);
        match Field::NAMES.iter().find(|(known, _)| *known == word) {
            Some((_, field)) if field.sections().contains(&self.section) => Ok(*field),
            Some(_) => {
                let what = format!("this says nothing in [{}]", self.section.name());
                Err(Wrong::unknown(span, &what, word, here().collect()))
            }
            None => Err(Wrong::unknown(span, "there is no such field", word, here().collect())),
        }
    }

    /// Styles up to the closing brace.
    fn styles(&mut self, open: usize) -> Result<Style, Wrong> {
        let length = self.rest().find('}');
        let length = length.ok_or_else(|| self.wrong(open..self.text.len(), "this brace is never closed"))?;
        let mut style = Style::default();
        let mut at = self.at;
        for word in self.rest()[..length].split(' ') {
            match word {
                "" => {}
                "bold" => style.bold = true,
                "wide" => style.wide = true,
                "tall" => style.tall = true,
                "large" => (style.bold, style.wide, style.tall) = (true, true, true),
                "reverse" => style.reverse = true,
                "underline" => style.underline = true,
                _ => {
                    let span = self.begins + at..self.begins + at + word.len();
                    return Err(Wrong::unknown(span, "there is no such style", word, STYLES.to_vec()));
                }
            }
            at += word.len() + 1;
        }
        self.at += length + 1;
        Ok(style)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_default_can_be_read_and_explains_every_field_section_and_style() {
        assert_eq!(Template::parse(Template::SAMPLE).unwrap(), Template::default());
        let comments: String = Template::SAMPLE.lines().filter(|l| l.starts_with('#')).collect();
        for (name, _) in Field::NAMES {
            assert!(comments.contains(&format!("{{{name}}}")), "{name}");
        }
        for word in STYLES.into_iter().chain(LINES) {
            assert!(comments.contains(word), "{word}");
        }
        for section in Section::ALL {
            assert!(Template::SAMPLE.contains(&format!("\n[{}]\n", section.name())), "{section:?}");
        }
    }

    /// A change of the default, and a part of what is said of it with the text that is meant.
    fn check(from: &str, to: &str, expected: Result<(), (&str, &str)>) {
        assert!(Template::SAMPLE.contains(from), "{from}");
        let text = Template::SAMPLE.replace(from, to);
        match (Template::parse(&text), expected) {
            (Ok(_), Ok(())) => {}
            (Err(wrong), Err((part, meant))) => {
                assert!(wrong[0].what.contains(part), "{to}: {wrong:?}");
                assert_eq!(&text[wrong[0].at.clone()], meant, "{to}");
            }
            (got, expected) => panic!("{to}: {got:?}, not {expected:?}"),
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        check("{name tall}", "{right}{name tall underline}", Ok(()));
        check("{name tall}", "{?name {!table x{?server {server}}}}", Ok(()));
        check("{name tall}", "{\"{}\"}", Ok(()));
        check("{name tall}", "{naem tall}", Err(("no such field", "naem")));
        check("{name tall}", "{ tall}", Err(("no such field", " ")));
        check("{name tall}", "{", Err(("no such field", "")));
        check("{name tall}", "{name huge}", Err(("no such style", "huge")));
        check("{name tall}", "{name tall", Err(("never closed", "{name tall")));
        check("{name tall}", "{?name tall", Err(("never closed", "{?name tall")));
        check("{name tall}", "name}", Err(("closes nothing", "}")));
        check("{name tall}", "{\"x", Err(("no end", "{\"x")));
        check("{name tall}", "x{centre}", Err(("beginning of a line", "{centre}")));
        check("{name tall}", "a{>}b{name}", Err(("after {>}", "{>}")));
        check("{name tall}", "a{>}b{>}c", Err(("after {>}", "{>}")));
        check("{name tall}", "a{>}", Err(("after {>}", "{>}")));
        check("{name tall}", "{?name {>}x}", Err(("no other brace", "{>}")));
        check("{name tall}", "{quantity}", Err(("says nothing in [head]", "quantity")));
        check("{name tall}", "{dish}", Err(("names a dish", "{dish}")));
        check("{name tall}", "\u{1b}p0", Err(("cannot be seen", "\u{1b}")));
        check("{name tall}", "a\tb", Err(("a tab", "\t")));
        check("{name tall}", "\u{202e}abc", Err(("cannot be seen", "\u{202e}")));
        check("[foot]", "[feet]", Err(("no such section", "[feet]")));
        check("[foot]", "[head]", Err(("a second [head]", "[head]")));
        check("[head]", "", Err(("in no section", "{centre}{training large reverse}")));
        check("{box}{note tall}", "", Err(("never says {note}", "")));
        check("{\" VOID \" large reverse}\n{dish}", "VOID", Err(("[void] never says {quantity}", "")));
        check("{>}{ticket tall}", "", Err(("says {ticket}", "")));
        check("{box}{?allergies {\" ALLERGY: \" large reverse}{allergies large reverse}}", "", Err(("be warned", "")));
        let deep = format!("{}x{}", "{?name ".repeat(9), "}".repeat(9));
        check("{name tall}", &deep, Err(("too deep", "{?name ")));
    }

    #[test]
    fn windows_line_ends_and_marks_are_no_matter() {
        let text = format!("\u{feff}{}", Template::SAMPLE.replace('\n', "\r\n"));
        assert_eq!(Template::parse(&text).unwrap(), Template::default());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(\\[[a-z]{3,5}\\]\n|\\{[?!>\"]?(item|note|dish|name)? ?|\\}|\"|[a-z ]|\\PC|\n){0,60}") {
            let _ = Template::parse(&text);
            if let Err(wrong) = Template::parse(&format!("[head]\n{text}")) {
                for wrong in wrong {
                    prop_assert!(wrong.at.end <= text.len() + 8);
                }
            }
        }
    }
}
