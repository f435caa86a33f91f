//! Days in words, as people type them: `today`, `last week`, `2026-11`, `2026-11-03 to 2026-11-09`,
//! `month register 2`, `shift 12`.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::domain::ids::RegisterId;
use crate::domain::span::Span;

/// What can be typed.
pub const EXAMPLES: &str = "today, yesterday, week, last week, month, 2026-11, 2026-11-03 to 2026-11-09, shift 12";

/// What a text asks for. `shift` alone is the last shift of the register at hand, given with its
/// register.
///
/// # Errors
/// What cannot be read, and what can.
pub fn parse(text: &str, today: NaiveDate, register: RegisterId, last_shift: Option<u32>) -> Result<Span, String> {
    let folded = text.trim().to_lowercase();
    let mut words: Vec<&str> = folded.split_whitespace().collect();
    let mut of_register = None;
    if let Some(at) = words.iter().position(|w| matches!(*w, "register" | "reg")) {
        let number = words.get(at + 1).and_then(|n| n.parse().ok());
        of_register = Some(RegisterId(number.ok_or_else(|| "register needs a number, like register 2".to_owned())?));
        words.drain(at..at + 2);
    }
    if words.first() == Some(&"shift") {
        let number = match words.as_slice() {
            ["shift"] => last_shift.filter(|n| *n > 0).ok_or_else(|| "there is no shift yet".to_owned())?,
            ["shift", number] => number.parse().map_err(|_| format!("`{number}` is no shift's number"))?,
            _ => return Err(unreadable(text)),
        };
        let register = Some(of_register.unwrap_or(register));
        return Ok(Span { from: today, to: today, register, shift: Some(number) });
    }
    let rest = words.join(" ");
    let (from, to) = match rest.split_once("..").or_else(|| rest.split_once(" to ")) {
        Some((from, to)) => {
            let (from, to) = (from.trim(), to.trim());
            let first = days(from, today).ok_or_else(|| unreadable(from))?.0;
            let last = if to.is_empty() { today } else { days(to, today).ok_or_else(|| unreadable(to))?.1 };
            (first, last)
        }
        None => days(&rest, today).ok_or_else(|| unreadable(text))?,
    };
    if to < from {
        return Err(format!("{to} is before {from}"));
    }
    Ok(Span { from, to, register: of_register, shift: None })
}

fn unreadable(text: &str) -> String {
    format!("`{text}` is no time: type {EXAMPLES}")
}

/// The first and the last day of one word.
fn days(text: &str, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
    let monday = today - Days::new(today.weekday().num_days_from_monday().into());
    let first = today.with_day(1)?;
    match text {
        "" | "today" => Some((today, today)),
        "yesterday" => Some((today.pred_opt()?, today.pred_opt()?)),
        "week" | "this week" => Some((monday, today)),
        "last week" => Some((monday - Days::new(7), monday.pred_opt()?)),
        "month" | "this month" => Some((first, today)),
        "last month" => Some((first - Months::new(1), first.pred_opt()?)),
        "year" | "this year" => Some((today.with_ordinal(1)?, today)),
        "last year" => of_year(today.year() - 1),
        text => match text.split('-').count() {
            1 if text.len() == 4 => of_year(text.parse().ok()?),
            2 => {
                let first: NaiveDate = format!("{text}-01").parse().ok()?;
                Some((first, first.checked_add_months(Months::new(1))?.pred_opt()?))
            }
            _ => {
                let day = text.parse().ok()?;
                Some((day, day))
            }
        },
    }
}

fn of_year(year: i32) -> Option<(NaiveDate, NaiveDate)> {
    Some((NaiveDate::from_ymd_opt(year, 1, 1)?, NaiveDate::from_ymd_opt(year, 12, 31)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        // A Thursday.
        let today = "2026-11-26".parse().unwrap();
        let got = parse(text, today, RegisterId(1), Some(7)).map_or_else(|why| why, |span| span.words());
        assert_eq!(got.split(':').next().unwrap_or_default(), expected, "{text}");
    }

    #[test]
    fn days_are_typed_in_words() {
        for (text, expected) in [
            ("", "2026-11-26"),
            ("today", "2026-11-26"),
            ("Yesterday", "2026-11-25"),
            ("week", "2026-11-23 to 2026-11-26"),
            ("last week", "2026-11-16 to 2026-11-22"),
            ("month", "2026-11-01 to 2026-11-26"),
            ("last month", "2026-10-01 to 2026-10-31"),
            ("year", "2026-01-01 to 2026-11-26"),
            ("last year", "2025-01-01 to 2025-12-31"),
            ("2024", "2024-01-01 to 2024-12-31"),
            ("2024-02", "2024-02-01 to 2024-02-29"),
            ("2026-11-03", "2026-11-03"),
            ("2026-11-03 to 2026-11-09", "2026-11-03 to 2026-11-09"),
            ("2026-10..2026-11", "2026-10-01 to 2026-11-30"),
            ("yesterday..", "2026-11-25 to 2026-11-26"),
            ("month register 2", "2026-11-01 to 2026-11-26, register 2"),
            ("reg 2", "2026-11-26, register 2"),
            ("shift", "register 1, shift 7"),
            ("shift 3 register 2", "register 2, shift 3"),
            ("2026-11-09 to 2026-11-03", "2026-11-03 is before 2026-11-09"),
            ("never", "`never` is no time"),
            ("2026-13", "`2026-13` is no time"),
            ("register", "register needs a number, like register 2"),
            ("shift x", "`x` is no shift's number"),
            ("99999999-01-01", "`99999999-01-01` is no time"),
        ] {
            check(text, expected);
        }
    }
}
