//! A file of the configuration, read value by value. What is wrong is written down with its place,
//! and reading goes on, so that everything wrong is told at once. Numbers are read from their text:
//! nothing goes through a float.

use std::cell::RefCell;
use std::ops::{Range, RangeInclusive};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::finding::{Finding, Located, Place, allowed};
use crate::domain::money::{Currency, Money};
use crate::domain::text::clean;

/// The longest text of a setting.
const MAX_TEXT_CHARS: usize = 200;
/// The longest code.
const MAX_CODE_CHARS: usize = 20;

/// A file that is being read, and what was found wrong with it.
pub(super) struct File<'a> {
    name: &'a str,
    text: &'a str,
    findings: RefCell<Vec<Finding>>,
}

impl<'a> File<'a> {
    pub(super) fn new(name: &'a str, text: &'a str) -> Self {
        Self { name, text, findings: RefCell::new(Vec::new()) }
    }

    /// The file's tables; nothing when it is not TOML.
    pub(super) fn parse(&self) -> Option<DeTable<'a>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        if errors.is_empty() {
            return Some(table.into_inner());
        }
        for error in errors {
            self.find(error.span().unwrap_or_default(), error.message());
        }
        None
    }

    pub(super) fn place(&self, span: Range<usize>) -> Place {
        Place::of(self.name, self.text, span)
    }

    pub(super) fn find(&self, span: Range<usize>, message: impl Into<String>) {
        self.find_at(&self.place(span), message);
    }

    pub(super) fn find_at(&self, place: &Place, message: impl Into<String>) {
        self.findings.borrow_mut().push(Finding::at(place, message));
    }

    /// Something wrong with the file as a whole. When parts of it could not be read, that may only
    /// follow from them, and is not told.
    pub(super) fn find_whole(&self, message: impl Into<String>) {
        let mut findings = self.findings.borrow_mut();
        if findings.is_empty() {
            findings.push(Finding::of(self.name, message));
        }
    }

    /// What was found, in the order of the lines.
    pub(super) fn into_findings(self) -> Vec<Finding> {
        let mut findings = self.findings.into_inner();
        findings.sort_by_key(|f| f.place.as_ref().map(|p| (p.line, p.column)));
        findings
    }

    /// Says which codes stand twice.
    pub(super) fn refuse_twins<'c>(&self, what: &str, codes: impl IntoIterator<Item = &'c Located<String>>) {
        let mut seen: Vec<&Located<String>> = Vec::new();
        for code in codes {
            match seen.iter().find(|other| other.value == code.value) {
                Some(first) => {
                    let message = format!("{what} `{}` stands twice: first on line {}", code.value, first.place.line);
                    self.find_at(&code.place, message);
                }
                None => seen.push(code),
            }
        }
    }
}

/// A table of a file. Each key that is asked for becomes one that is allowed; [`Table::done`] tells
/// of all others.
pub(super) struct Table<'a> {
    pub(super) file: &'a File<'a>,
    values: &'a DeTable<'a>,
    span: Range<usize>,
    keys: RefCell<Vec<&'static str>>,
}

impl<'a> Table<'a> {
    /// The file's own keys.
    pub(super) fn root(file: &'a File<'a>, values: &'a DeTable<'a>) -> Self {
        Self { file, values, span: 0..0, keys: RefCell::default() }
    }

    /// Where it begins.
    pub(super) fn place(&self) -> Place {
        self.file.place(self.span.clone())
    }

    /// Tells of every key that nobody asked for.
    pub(super) fn done(self) {
        let keys = self.keys.into_inner();
        for key in self.values.keys().filter(|key| !keys.contains(&key.get_ref().as_ref())) {
            let name = clean(key.get_ref(), MAX_CODE_CHARS);
            let message = format!("`{name}` is not known here{}", allowed(key.get_ref(), keys.iter().copied()));
            self.file.find(key.span(), message);
        }
    }

    fn get(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        if !self.keys.borrow().contains(&key) {
            self.keys.borrow_mut().push(key);
        }
        self.values.get(key)
    }

    /// Whether the key is there, right or wrong.
    pub(super) fn has(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    /// A value that must be there.
    pub(super) fn needed<T>(&self, key: &'static str, value: Option<T>) -> Option<T> {
        if value.is_none() && !self.has(key) {
            self.file.find(self.span.clone(), format!("`{key}` is missing here"));
        }
        value
    }

    fn wrong(&self, value: &Spanned<DeValue>, wanted: &str) {
        let found = match value.get_ref() {
            DeValue::String(text) => format!("`{}`", clean(text, 40)),
            DeValue::Integer(number) => format!("the number {number}"),
            DeValue::Float(number) => format!("the number {number}"),
            DeValue::Boolean(flag) => flag.to_string(),
            DeValue::Datetime(date) => format!("the date {date}"),
            DeValue::Array(_) => "a list".to_owned(),
            DeValue::Table(_) => "a table".to_owned(),
        };
        self.file.find(value.span(), format!("{found} is not {wanted}"));
    }

    fn located<T>(&self, value: &Spanned<DeValue>, inner: T) -> Located<T> {
        Located { value: inner, place: self.file.place(value.span()) }
    }

    fn as_text(&self, value: &Spanned<DeValue>, wanted: &str) -> Option<Located<String>> {
        let DeValue::String(text) = value.get_ref() else {
            self.wrong(value, wanted);
            return None;
        };
        let text = text.trim();
        if text.chars().count() > MAX_TEXT_CHARS {
            self.file.find(value.span(), format!("a text has at most {MAX_TEXT_CHARS} characters"));
            return None;
        }
        if clean(text, MAX_TEXT_CHARS) != text {
            self.file.find(value.span(), "a text must not hold control characters or invisible ones");
            return None;
        }
        Some(self.located(value, text.to_owned()))
    }

    /// A text, perhaps empty.
    pub(super) fn text(&self, key: &'static str) -> Option<Located<String>> {
        self.as_text(self.get(key)?, "a text in quotes")
    }

    /// A text with something in it.
    pub(super) fn name(&self, key: &'static str) -> Option<Located<String>> {
        let text = self.text(key)?;
        if text.value.is_empty() {
            self.file.find_at(&text.place, format!("`{key}` must not be empty"));
            return None;
        }
        Some(text)
    }

    fn as_code(&self, value: &Spanned<DeValue>) -> Option<Located<String>> {
        let code = self.as_text(value, "a code in quotes")?;
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if code.value.is_empty() || code.value.len() > MAX_CODE_CHARS || !code.value.chars().all(fits) {
            self.wrong(value, &format!("a code: at most {MAX_CODE_CHARS} of the letters a to z, digits, - and _"));
            return None;
        }
        Some(code)
    }

    /// A code that other files and menus name.
    pub(super) fn code(&self, key: &'static str) -> Option<Located<String>> {
        self.as_code(self.get(key)?)
    }

    fn list(&self, key: &'static str, lengths: RangeInclusive<usize>) -> Option<&'a [Spanned<DeValue<'a>>]> {
        let value = self.get(key)?;
        let Some(list) = value.get_ref().as_array() else {
            self.wrong(value, "a list in square brackets");
            return None;
        };
        if !lengths.contains(&list.len()) {
            let (least, most) = (lengths.start(), lengths.end());
            self.file.find(value.span(), format!("`{key}` lists {}; {least} to {most} are allowed", list.len()));
            return None;
        }
        Some(list)
    }

    /// A list of codes.
    pub(super) fn codes(&self, key: &'static str, lengths: RangeInclusive<usize>) -> Option<Vec<Located<String>>> {
        Some(self.list(key, lengths)?.iter().filter_map(|value| self.as_code(value)).collect())
    }

    /// A list of texts with something in them.
    pub(super) fn texts(&self, key: &'static str, lengths: RangeInclusive<usize>) -> Option<Vec<String>> {
        Some(self.located_texts(key, lengths)?.into_iter().map(|text| text.value).collect())
    }

    /// The same with their places.
    pub(super) fn located_texts(
        &self,
        key: &'static str,
        lengths: RangeInclusive<usize>,
    ) -> Option<Vec<Located<String>>> {
        let texts = self.list(key, lengths)?.iter().filter_map(|value| self.as_text(value, "a text in quotes"));
        let filled = texts.filter(|text| {
            if text.value.is_empty() {
                self.file.find_at(&text.place, format!("a text of `{key}` must not be empty"));
            }
            !text.value.is_empty()
        });
        Some(filled.collect())
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, key: &'static str) -> Option<bool> {
        let value = self.get(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong(value, "true or false, without quotes");
        }
        flag
    }

    /// One of the words by which these values are written.
    pub(super) fn word<T: Copy + Serialize>(&self, key: &'static str, values: &[T]) -> Option<T> {
        self.as_word(self.get(key)?, values)
    }

    fn as_word<T: Copy + Serialize>(&self, value: &Spanned<DeValue>, values: &[T]) -> Option<T> {
        let words: Vec<String> = values.iter().map(word_of).collect();
        let found = self.as_text(value, &format!("one of {}", words.join(", ")))?;
        let at = words.iter().position(|word| *word == found.value);
        if at.is_none() {
            let allowed = allowed(&found.value, words.iter().map(String::as_str));
            self.file.find_at(&found.place, format!("`{}` is not known here{allowed}", clean(&found.value, 40)));
        }
        values.get(at?).copied()
    }

    /// A list of such words.
    pub(super) fn words<T: Copy + Serialize>(&self, key: &'static str, values: &[T]) -> Option<Vec<T>> {
        Some(self.list(key, 0..=values.len())?.iter().filter_map(|value| self.as_word(value, values)).collect())
    }

    /// Whether a key holds this very word; anything else is left to others.
    pub(super) fn says(&self, key: &'static str, word: &str) -> bool {
        self.get(key).is_some_and(|value| value.get_ref().as_str() == Some(word))
    }

    /// A whole number within bounds.
    pub(super) fn whole(&self, key: &'static str, bounds: RangeInclusive<i64>) -> Option<i64> {
        let value = self.get(key)?;
        let number = value.get_ref().as_integer().and_then(|n| i64::from_str_radix(n.as_str(), n.radix()).ok());
        let number = number.filter(|n| bounds.contains(n));
        if number.is_none() {
            self.wrong(value, &format!("a whole number from {} to {}", bounds.start(), bounds.end()));
        }
        number
    }

    /// A decimal number, with quotes or without.
    pub(super) fn decimal(&self, key: &'static str) -> Option<Located<Decimal>> {
        let value = self.get(key)?;
        let number = match value.get_ref() {
            DeValue::String(text) => Decimal::from_str_exact(text.trim()).ok(),
            DeValue::Integer(number) if number.radix() == 10 => Decimal::from_str_exact(number.as_str()).ok(),
            DeValue::Float(number) => Decimal::from_str_exact(number.as_str()).ok(),
            DeValue::Integer(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => None,
        };
        if number.is_none() {
            self.wrong(value, "a decimal number such as 20 or \"8.875\"");
        }
        Some(self.located(value, number?))
    }

    /// An amount in units of the currency, in quotes. Nothing is read without a currency: that is
    /// told elsewhere.
    pub(super) fn money(&self, key: &'static str, currency: Option<Currency>) -> Option<Located<Money>> {
        self.as_money(self.get(key)?, currency)
    }

    /// Such an amount that is more than nothing.
    pub(super) fn positive(&self, key: &'static str, currency: Option<Currency>) -> Option<Money> {
        let amount = self.money(key, currency)?;
        if !amount.value.is_positive() {
            self.file.find_at(&amount.place, format!("`{key}` must be more than nothing"));
            return None;
        }
        Some(amount.value)
    }

    /// A list of such amounts.
    pub(super) fn moneys(
        &self,
        key: &'static str,
        currency: Option<Currency>,
        lengths: RangeInclusive<usize>,
    ) -> Option<Vec<Money>> {
        let amounts = self.list(key, lengths)?.iter().filter_map(|value| self.as_money(value, currency));
        Some(amounts.map(|amount| amount.value).collect())
    }

    fn as_money(&self, value: &Spanned<DeValue<'_>>, currency: Option<Currency>) -> Option<Located<Money>> {
        let currency = currency?;
        let example = currency.show(Money::from_minor(5));
        let DeValue::String(text) = value.get_ref() else {
            self.wrong(value, &format!("an amount in quotes such as \"{example}\""));
            return None;
        };
        match currency.parse(text, false) {
            Ok(amount) => Some(self.located(value, amount)),
            Err(problem) => {
                let message = format!("{}: write an amount such as \"{example}\"", clean(&problem, 80));
                self.file.find(value.span(), message);
                None
            }
        }
    }

    /// A date.
    pub(super) fn date(&self, key: &'static str) -> Option<Located<NaiveDate>> {
        let value = self.get(key)?;
        let date = match value.get_ref() {
            DeValue::Datetime(date) if date.time.is_none() => date.to_string().parse().ok(),
            DeValue::String(text) => text.trim().parse().ok(),
            DeValue::Datetime(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Array(_)
            | DeValue::Table(_) => None,
        };
        if date.is_none() {
            self.wrong(value, "a date such as 2026-01-31");
        }
        Some(self.located(value, date?))
    }

    /// A table: `[key]`.
    pub(super) fn table(&self, key: &'static str) -> Option<Table<'a>> {
        self.as_table(self.get(key)?, &format!("a table: write it as [{key}] or {{ … }}"))
    }

    /// A list of tables: `[[key]]`. Nothing when the file has none.
    pub(super) fn tables(&self, key: &'static str) -> Option<Vec<Table<'a>>> {
        let value = self.get(key)?;
        let wanted = format!("a list of tables: begin each with [[{key}]]");
        let Some(list) = value.get_ref().as_array() else {
            self.wrong(value, &wanted);
            return None;
        };
        Some(list.iter().filter_map(|value| self.as_table(value, &wanted)).collect())
    }

    /// All tables of the file, under whatever names.
    pub(super) fn all_tables(&self) -> Vec<(Located<String>, Table<'a>)> {
        let named = self.values.iter().filter_map(|(key, value)| {
            let name = Located { value: key.get_ref().to_string(), place: self.file.place(key.span()) };
            Some((name, self.as_table(value, "a table: write the context as [name]")?))
        });
        named.collect()
    }

    /// All texts of the table, under whatever names.
    pub(super) fn all_texts(&self) -> Vec<(Located<String>, Located<String>)> {
        let named = self.values.iter().filter_map(|(key, value)| {
            let name = Located { value: key.get_ref().to_string(), place: self.file.place(key.span()) };
            Some((name, self.as_text(value, "a text in quotes")?))
        });
        named.collect()
    }

    fn as_table(&self, value: &'a Spanned<DeValue<'a>>, wanted: &str) -> Option<Table<'a>> {
        let Some(values) = value.get_ref().as_table() else {
            self.wrong(value, wanted);
            return None;
        };
        Some(Table { file: self.file, values, span: value.span(), keys: RefCell::default() })
    }
}

/// The word by which a value is written in files.
fn word_of<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}
