//! The steps that scenarios are made of. In the list below, words in CAPITALS are what varies;
//! `"TEXT"` stands in quotation marks.

use chrono::NaiveDateTime;

use super::Kind;
use super::house::House;

/// Every step, as the message about an unknown one shows them.
const STEPS: &str = r#"
Given a café | a restaurant | a shop
Given NAME is a ROLE with PIN DIGITS
Given the time is 2026-03-02 12:00 [+01:00]     (also as When: the clock jumps)
Given no shift is open
Given the menu is FILE                          (of tests/scenarios/menus)
Given FILE.toml also says 'TOML'                (\n begins a new line)
Given FILE.toml says 'NEW' instead of 'OLD'
When NAME types LINE                            (as in `ring`; keys in <angle brackets>)
When NAME scans CODE | register N scans CODE    ({voucher}: the code of the last one printed)
Then register N shows "TEXT"
When NAME goes to register N                    (also as Given)
When N minutes | hours pass
When register N loses power
Then NAME sees "TEXT" | does not see "TEXT"
Then NAME is told "TEXT" | is not told "TEXT"
Then the receipt | bill | copy | slip | report | kitchen | z says "TEXT" | does not say "TEXT"    (the last one printed)
Then some KIND says "TEXT" | no KIND says "TEXT"    (any of those printed)
Then N receipts | bills | slips | … were printed
Then the drawer was opened N times
Then NAME's order is due AMOUNT
Then N orders are open
Then register N should hold AMOUNT
"#;

/// Plays one step.
pub fn play(house: &mut House, kind: Kind, step: &str) -> Result<(), String> {
    let done = match kind {
        Kind::Given => given(house, step),
        Kind::When => when(house, step),
        Kind::Then => then(house, step),
    }?;
    done.ok_or_else(|| format!("no such step. There are:\n{STEPS}"))
}

type Done = Result<Option<()>, String>;

fn given(house: &mut House, step: &str) -> Done {
    let template = match step {
        "a café" => Some("cafe"),
        "a restaurant" => Some("restaurant"),
        "a shop" => Some("shop"),
        _ => None,
    };
    if let Some(template) = template {
        house.make(template);
    } else if step == "no shift is open" {
        house.shifts_closed = true;
    } else if let Some(file) = step.strip_prefix("the menu is ") {
        house.shop()?.takes_menu(file)?;
    } else if let Some((file, text)) = step.split_once(" also says ") {
        let text = format!("\n{}\n", unescaped(quoted(text)?));
        house.shop()?.configure(file, |old| old + &text);
    } else if let Some((file, rest)) = step.split_once(" says ")
        && let Some((new, old)) = rest.split_once(" instead of ")
    {
        let (new, old) = (unescaped(quoted(new)?), unescaped(quoted(old)?));
        let mut found = false;
        house.shop()?.configure(file, |text| {
            found = text.contains(&old);
            text.replacen(&old, &new, 1)
        });
        if !found {
            return Err(format!("{file} does not say `{old}`"));
        }
    } else if let Some((name, rest)) = step.split_once(" is a ")
        && let Some((role, pin)) = rest.split_once(" with PIN ")
    {
        house.hire(name, role, pin)?;
    } else {
        return clock_and_places(house, step);
    }
    Ok(Some(()))
}

fn clock_and_places(house: &mut House, step: &str) -> Done {
    if let Some(time) = step.strip_prefix("the time is ") {
        let (local, offset) = match time.rsplit_once(' ').filter(|(_, o)| o.starts_with(['+', '-'])) {
            Some((local, offset)) => (local, offset),
            None => (time, "+00:00"),
        };
        let local = NaiveDateTime::parse_from_str(local, "%Y-%m-%d %H:%M").map_err(|e| format!("{local}: {e}"))?;
        let (hours, minutes) = offset[1..].split_once(':').ok_or("an offset is written +01:00")?;
        let minutes: i32 = number::<i32>(hours)? * 60 + number::<i32>(minutes)?;
        house.clock.set(local, if offset.starts_with('-') { -minutes } else { minutes });
        house.tick();
    } else if let Some((name, register)) = step.split_once(" goes to register ") {
        house.goes_to(name, number(register)?)?;
    } else {
        return Ok(None);
    }
    Ok(Some(()))
}

fn when(house: &mut House, step: &str) -> Done {
    if let Some((name, line)) = step.split_once(" types ") {
        house.types(name, line)?;
    } else if let Some((register, code)) = step.strip_prefix("register ").and_then(|s| s.split_once(" scans ")) {
        house.till(number(register)?)?.step(counterflow::ui::Input::Scan(code.to_owned()));
    } else if let Some((name, code)) = step.split_once(" scans ") {
        house.scans(name, code)?;
    } else if let Some(time) = step.strip_suffix(" pass").or_else(|| step.strip_suffix(" passes")) {
        let (count, unit) = time.split_once(' ').ok_or("`N minutes pass`")?;
        house.pass(number::<i64>(count)? * if unit.starts_with("hour") { 60 } else { 1 });
    } else if let Some(register) = step.strip_prefix("register ").and_then(|s| s.strip_suffix(" loses power")) {
        house.kill(number(register)?);
    } else {
        return clock_and_places(house, step);
    }
    Ok(Some(()))
}

fn then(house: &mut House, step: &str) -> Done {
    if let Some((register, text)) = step.strip_prefix("register ").and_then(|s| s.split_once(" shows ")) {
        says(&house.till(number(register)?)?.screen().input.echo.text, quoted(text)?, true)?;
    } else if let Some((name, text)) = step.split_once(" sees ") {
        says(&house.screen(name)?, quoted(text)?, true)?;
    } else if let Some((name, text)) = step.split_once(" does not see ") {
        says(&house.screen(name)?, quoted(text)?, false)?;
    } else if let Some((name, text)) = step.split_once(" is told ") {
        says(house.told(name), quoted(text)?, true)?;
    } else if let Some((name, text)) = step.split_once(" is not told ") {
        says(house.told(name), quoted(text)?, false)?;
    } else if let Some((name, amount)) = step.split_once("'s order is due ") {
        same(&due(house, name)?, amount)?;
    } else if let Some(count) = step.strip_suffix(" orders are open").or_else(|| step.strip_suffix(" order is open")) {
        let open = house.till(1)?;
        open.tick();
        same(&open.till.orders.len().to_string(), count)?;
    } else if let Some((register, amount)) = step.strip_prefix("register ").and_then(|s| s.split_once(" should hold "))
    {
        same(&expected(house, number(register)?)?, amount)?;
    } else {
        return paper(house, step);
    }
    Ok(Some(()))
}

/// What was printed.
fn paper(house: &mut House, step: &str) -> Done {
    let jobs = house.jobs()?;
    if let Some(times) = step.strip_prefix("the drawer was opened ") {
        let count: usize = number(times.trim_end_matches(" times").trim_end_matches(" time"))?;
        same(&jobs.iter().filter(|j| j.pulses_drawer).count().to_string(), &count.to_string())?;
    } else if let Some(words) = step.strip_suffix(" were printed").or_else(|| step.strip_suffix(" was printed")) {
        let (count, kind) = words.split_once(' ').ok_or("`N receipts were printed`")?;
        let count: usize = if count == "no" { 0 } else { number(count)? };
        let kind = kind.trim_end_matches('s');
        same(&jobs.iter().filter(|j| j.kind == kind).count().to_string(), &count.to_string())?;
    } else if let Some((rest, wanted)) =
        step.strip_prefix("some ").map(|r| (r, true)).or_else(|| step.strip_prefix("no ").map(|r| (r, false)))
        && let Some((kind, text)) = rest.split_once(" says ")
    {
        let all: Vec<_> = jobs.iter().filter(|j| j.kind == kind).map(|j| String::from_utf8_lossy(&j.bytes)).collect();
        says(&all.join("\n"), quoted(text)?, wanted)?;
    } else if let Some(rest) = step.strip_prefix("the ")
        && let Some((kind, text, wanted)) = rest
            .split_once(" says ")
            .map(|(k, t)| (k, t, true))
            .or_else(|| rest.split_once(" does not say ").map(|(k, t)| (k, t, false)))
    {
        let last = jobs.iter().rev().find(|j| j.kind == kind).ok_or_else(|| format!("no {kind} was printed"))?;
        says(&String::from_utf8_lossy(&last.bytes), quoted(text)?, wanted)?;
    } else {
        return Ok(None);
    }
    Ok(Some(()))
}

fn due(house: &mut House, name: &str) -> Result<String, String> {
    let till = &house.till_of(name)?.till;
    let order = till.current().ok_or("no order is on screen")?;
    let totals = counterflow::domain::totals::of(order, &till.settings);
    Ok(till.settings.currency.show(order.due(totals.total)))
}

fn expected(house: &mut House, register: u16) -> Result<String, String> {
    let session = house.till(register)?;
    session.tick();
    let till = &session.till;
    let shift = till.shift.as_ref().ok_or("no shift is open")?;
    let cash = till.settings.cash().ok_or("there is no cash")?;
    Ok(till.settings.currency.show(shift.expected(&cash.code, true)))
}

/// Whether a text holds another, blanks counted as one.
fn says(text: &str, wanted: &str, yes: bool) -> Result<(), String> {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    match flat(text).contains(&flat(wanted)) == yes {
        true => Ok(()),
        false => Err(format!("{} {wanted:?} in:\n{text}", if yes { "missing" } else { "unwanted" })),
    }
}

fn same(got: &str, wanted: &str) -> Result<(), String> {
    if got == wanted { Ok(()) } else { Err(format!("it is {got}")) }
}

fn quoted(text: &str) -> Result<&str, String> {
    let text = text.trim();
    let inner = |q: char| text.strip_prefix(q).and_then(|t| t.strip_suffix(q));
    inner('"').or_else(|| inner('\'')).ok_or_else(|| format!("`{text}` should stand in quotation marks"))
}

fn unescaped(text: &str) -> String {
    text.replace("\\n", "\n")
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.trim().parse().map_err(|_| format!("`{text}` is not a number"))
}
