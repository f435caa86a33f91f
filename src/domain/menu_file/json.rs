//! JSON as RFC 8259 says it, with the place of every value, so that a bad row can be shown where it
//! stands. Numbers stay as they were written: no float ever holds an amount.

/// How deep values may stand in one another.
const DEPTH: usize = 32;

/// A value and where it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The byte it begins at.
    pub at: usize,
    /// The value.
    pub value: Value,
}

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it was written.
    Number(String),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Node>),
    /// An object, its names with their places, in the order of the file.
    Object(Vec<(usize, String, Node)>),
}

/// Why a text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Syntax {
    /// The byte at which it goes wrong.
    pub at: usize,
    /// What stands there.
    pub found: String,
    /// What could stand there.
    pub expected: &'static str,
}

/// Reads one JSON value.
pub fn parse(text: &str) -> Result<Node, Syntax> {
    let mut reader = Reader { text, at: 0 };
    let node = reader.value(0)?;
    reader.space();
    if reader.at < text.len() { Err(reader.wrong("the end of the file")) } else { Ok(node) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn take(&mut self, c: char) -> bool {
        let here = self.peek() == Some(c);
        if here {
            self.at += c.len_utf8();
        }
        here
    }

    fn wrong(&self, expected: &'static str) -> Syntax {
        let found = match self.peek() {
            None => "the end of the file".to_owned(),
            Some(c) if c.is_control() => format!("character U+{:04X}", u32::from(c)),
            Some(c) => format!("`{c}`"),
        };
        Syntax { at: self.at, found, expected }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Syntax> {
        self.space();
        if depth > DEPTH {
            return Err(self.wrong("fewer brackets in one another"));
        }
        let at = self.at;
        let value = match self.peek() {
            Some('{') => self.object(depth)?,
            Some('[') => self.list(depth)?,
            Some('"') => Value::Text(self.string()?),
            Some('-' | '0'..='9') => Value::Number(self.number()?),
            _ => self.word()?,
        };
        Ok(Node { at, value })
    }

    fn word(&mut self) -> Result<Value, Syntax> {
        let words = [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Null)];
        for (word, value) in words {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.wrong("a value: an object, a list, a string, a number, true, false or null"))
    }

    fn list(&mut self, depth: usize) -> Result<Value, Syntax> {
        self.at += 1;
        let mut list = Vec::new();
        self.space();
        if self.take(']') {
            return Ok(Value::List(list));
        }
        loop {
            list.push(self.value(depth + 1)?);
            self.space();
            if self.take(']') {
                return Ok(Value::List(list));
            }
            if !self.take(',') {
                return Err(self.wrong("`,` or `]`"));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, Syntax> {
        self.at += 1;
        let mut fields = Vec::new();
        self.space();
        if self.take('}') {
            return Ok(Value::Object(fields));
        }
        loop {
            self.space();
            if self.peek() != Some('"') {
                return Err(self.wrong("a field's name in double quotes"));
            }
            let at = self.at;
            let name = self.string()?;
            self.space();
            if !self.take(':') {
                return Err(self.wrong("`:`"));
            }
            fields.push((at, name, self.value(depth + 1)?));
            self.space();
            if self.take('}') {
                return Ok(Value::Object(fields));
            }
            if !self.take(',') {
                return Err(self.wrong("`,` or `}`"));
            }
        }
    }

    fn string(&mut self) -> Result<String, Syntax> {
        self.at += 1;
        let mut string = String::new();
        loop {
            match self.peek() {
                Some('"') => {
                    self.at += 1;
                    return Ok(string);
                }
                Some('\\') => {
                    self.at += 1;
                    string.push(self.escape()?);
                }
                Some(c) if c >= ' ' => {
                    self.at += c.len_utf8();
                    string.push(c);
                }
                _ => return Err(self.wrong("the rest of the string and its closing quote")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Syntax> {
        let plain = match self.peek() {
            Some(c @ ('"' | '\\' | '/')) => c,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => return self.unicode(),
            _ => return Err(self.wrong("an escape: one of \" \\ / b f n r t u")),
        };
        self.at += 1;
        Ok(plain)
    }

    /// After `\`: one `uXXXX`, or two that are the halves of one character.
    fn unicode(&mut self) -> Result<char, Syntax> {
        let start = self.at;
        let lone = Syntax { at: start, found: "half a character".to_owned(), expected: "both halves, \\uD8xx\\uDCxx" };
        let first = self.hex()?;
        if let Some(c) = char::from_u32(first) {
            return Ok(c);
        }
        if first >= 0xDC00 || !self.take('\\') || self.peek() != Some('u') {
            return Err(lone);
        }
        let second = self.hex()?;
        let joined = second.checked_sub(0xDC00).filter(|low| *low < 0x400);
        joined.and_then(|low| char::from_u32(0x10000 + ((first - 0xD800) << 10) + low)).ok_or(lone)
    }

    fn hex(&mut self) -> Result<u32, Syntax> {
        self.at += 1;
        let mut code = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(16)) else {
                return Err(self.wrong("four hexadecimal digits"));
            };
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }

    fn number(&mut self) -> Result<String, Syntax> {
        let start = self.at;
        self.take('-');
        if self.take('0') {
            if matches!(self.peek(), Some('0'..='9')) {
                return Err(self.wrong("a number without leading zeros, or a string in quotes"));
            }
        } else {
            self.digits()?;
        }
        if self.take('.') {
            self.digits()?;
        }
        if self.take('e') || self.take('E') {
            let _sign = self.take('+') || self.take('-');
            self.digits()?;
        }
        Ok(self.text[start..self.at].to_owned())
    }

    fn digits(&mut self) -> Result<(), Syntax> {
        let start = self.at;
        while matches!(self.peek(), Some('0'..='9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.wrong("a digit")) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same value as `serde_json` has it.
    fn plain(node: &Node) -> serde_json::Value {
        match &node.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(b) => (*b).into(),
            Value::Number(n) => serde_json::from_str(n).unwrap(),
            Value::Text(t) => t.as_str().into(),
            Value::List(list) => list.iter().map(plain).collect(),
            Value::Object(fields) => fields.iter().map(|(_, name, node)| (name.clone(), plain(node))).collect(),
        }
    }

    fn check(text: &str, at: usize, found: &str) {
        let wrong = parse(text).expect_err(text);
        assert_eq!((wrong.at, wrong.found.as_str()), (at, found), "{text}: {}", wrong.expected);
    }

    #[test]
    fn the_first_wrong_character_is_shown() {
        check("", 0, "the end of the file");
        check("{\"a\": 1,}", 8, "`}`");
        check("[1 2]", 3, "`2`");
        check("{\"a\" 1}", 5, "`1`");
        check("{a: 1}", 1, "`a`");
        check("[1] x", 4, "`x`");
        check("\"ab\ncd\"", 3, "character U+000A");
        check("\"ab", 3, "the end of the file");
        check("\"\\x\"", 2, "`x`");
        check("\"\\ud83d\"", 2, "half a character");
        check("\"\\u12g4\"", 5, "`g`");
        check("007", 1, "`0`");
        check("-", 1, "the end of the file");
        check("1.e5", 2, "`e`");
        check("tru", 0, "`t`");
        check("'a'", 0, "`'`");
        assert_eq!(parse(&"[".repeat(100_000)).expect_err("deep").expected, "fewer brackets in one another");
    }

    #[test]
    fn values_know_their_places() {
        let node = parse(" { \"ä\" : [1.50, \"x\\ud83d\\ude00\"] }").unwrap();
        let Value::Object(fields) = &node.value else { panic!("{node:?}") };
        let (at, name, list) = &fields[0];
        assert_eq!((node.at, *at, name.as_str(), list.at), (1, 3, "ä", 10));
        let Value::List(list) = &list.value else { panic!("{list:?}") };
        assert_eq!(list[0], Node { at: 11, value: Value::Number("1.50".to_owned()) });
        assert_eq!(list[1].value, Value::Text("x😀".to_owned()));
    }

    proptest! {
        #[test]
        fn it_agrees_with_serde_json(text in "([\\[\\]{},:\" \\-+.eE0-9tfn\\\\u]|true|null|\"a\"|\\PC){0,30}") {
            match (parse(&text), serde_json::from_str::<serde_json::Value>(&text)) {
                (Ok(own), Ok(theirs)) => prop_assert_eq!(plain(&own), theirs),
                (Err(_), Err(_)) => {}
                // Beyond what a float holds, which is no concern here.
                (Ok(_), Err(e)) => prop_assert!(e.to_string().contains("out of range"), "{}", e),
                (Err(own), Ok(_)) => prop_assert!(false, "{:?}", own),
            }
        }
    }
}
