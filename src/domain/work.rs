//! Working time: who was at work from when to when, with breaks, and what of it is overtime.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, NaiveTime, Weekday};
use serde::{Deserialize, Serialize};

use crate::domain::ids::{StaffId, WorkId};
use crate::domain::money::Money;
use crate::domain::time::Stamp;

/// A break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Break {
    /// When it began.
    pub began: Stamp,
    /// When it ended; none while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Stamp>,
}

/// One time at work, from clocking in to clocking out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// Its id.
    pub id: WorkId,
    /// Who.
    pub staff: StaffId,
    /// The business date it began on.
    pub date: NaiveDate,
    /// When it began.
    pub began: Stamp,
    /// Breaks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<Break>,
    /// When it ended; none while the person is at work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Stamp>,
    /// Cash tips that the person has declared.
    #[serde(default, skip_serializing_if = "Money::is_zero")]
    pub tips: Money,
    /// How often it was corrected; the journal has each former state.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub corrections: u32,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// What happened to somebody's working time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkAct {
    /// They clocked in.
    In,
    /// A break began.
    BreakBegan,
    /// It ended.
    BreakEnded,
    /// They clocked out.
    Out,
    /// Somebody corrected it.
    Corrected,
}

/// The house's rules for working time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoursRules {
    /// Whether whoever sells without having clocked in is told.
    pub remind: bool,
    /// Whether breaks count as work.
    pub paid_breaks: bool,
    /// Minutes of a business date beyond which work is overtime; no such rule when absent.
    pub daily_min: Option<i64>,
    /// Minutes of a week, without the overtime of its days, beyond which work is overtime.
    pub weekly_min: Option<i64>,
    /// The day on which a week begins.
    pub week_begins: Weekday,
}

impl Default for HoursRules {
    fn default() -> Self {
        Self { remind: false, paid_breaks: false, daily_min: None, weekly_min: None, week_begins: Weekday::Mon }
    }
}

impl HoursRules {
    /// The first day of the week that a day is in.
    pub fn week_of(&self, date: NaiveDate) -> NaiveDate {
        date - Days::new(u64::from(date.weekday().days_since(self.week_begins)))
    }
}

impl Work {
    /// Whether a break lasts.
    pub fn on_break(&self) -> bool {
        self.breaks.last().is_some_and(|b| b.ended.is_none())
    }

    /// Minutes of breaks until `now`.
    pub fn break_min(&self, now: Stamp) -> i64 {
        let end = self.ended.unwrap_or(now);
        self.breaks.iter().map(|b| minutes(b.began, b.ended.unwrap_or(end))).sum()
    }

    /// Minutes of work until `now`. A clock that went back took no time.
    pub fn worked_min(&self, now: Stamp, rules: &HoursRules) -> i64 {
        let breaks = if rules.paid_breaks { 0 } else { self.break_min(now) };
        (minutes(self.began, self.ended.unwrap_or(now)) - breaks).max(0)
    }

    /// `09:00-17:15 30`: from, to, minutes of breaks; as [`Work::corrected`] reads it.
    pub fn times(&self, now: Stamp) -> String {
        let ended = self.ended.map_or_else(String::new, |ended| ended.show_time());
        let breaks = match self.break_min(now) {
            0 => String::new(),
            minutes => format!(" {minutes}"),
        };
        format!("{}-{ended}{breaks}", self.began.show_time())
    }

    /// The same with other times, typed as `09:00-17:15 30`. An end before the beginning is of the next
    /// day; without an end, the person is still at work.
    ///
    /// # Errors
    /// What cannot be read, and how it is written.
    pub fn corrected(&self, times: &str) -> Result<Self, String> {
        let wrong = || format!("`{times}` is not like 09:00-17:15 30: from, to, minutes of breaks");
        let mut words = times.split_whitespace();
        let (from, to) = words.next().and_then(|word| word.split_once('-')).ok_or_else(wrong)?;
        let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| wrong());
        let break_min: i64 = words.next().map_or(Ok(0), |word| word.parse().map_err(|_| wrong()))?;
        if words.next().is_some() || !(0..=24 * 60).contains(&break_min) {
            return Err(wrong());
        }
        let day = self.began.local().date();
        // Clocks may have been changed meanwhile.
        let offset_min = self.began.offset_min;
        let ends_min = self.ended.map_or(offset_min, |ended| ended.offset_min);
        let at = |time: NaiveTime, offset_min: i32| Stamp::of_local(day.and_time(time), offset_min);
        let began = at(time(from)?, offset_min);
        let ended = match to {
            "" => None,
            to => {
                let ended = at(time(to)?, ends_min);
                let next_day_ms = if ended.utc_ms <= began.utc_ms { 24 * 3_600_000 } else { 0 };
                Some(Stamp::new(ended.utc_ms + next_day_ms, ends_min))
            }
        };
        if ended.is_some_and(|ended| minutes(began, ended) < break_min) {
            return Err(format!("{break_min} minutes of breaks are longer than {from} to {to}"));
        }
        let ends = Stamp::new(began.utc_ms + break_min * 60_000, offset_min);
        let breaks = if break_min > 0 { vec![Break { began, ended: Some(ends) }] } else { Vec::new() };
        Ok(Self { began, ended, breaks, corrections: self.corrections + 1, ..self.clone() })
    }
}

fn minutes(from: Stamp, to: Stamp) -> i64 {
    to.since_ms(from).max(0) / 60_000
}

/// What a person has worked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    /// On how many days.
    pub days: i64,
    /// Minutes at the ordinary rate.
    pub regular_min: i64,
    /// Minutes of overtime.
    pub overtime_min: i64,
    /// Minutes of breaks.
    pub break_min: i64,
    /// Cash tips declared.
    pub tips: Money,
    /// Corrections.
    pub corrections: i64,
}

/// Sums up working time by person from `from` on. What lies before it only tells how far the week
/// had come: hand in the whole week.
pub fn hours(work: &[Work], from: NaiveDate, now: Stamp, rules: &HoursRules) -> BTreeMap<StaffId, Hours> {
    let mut days: BTreeMap<(StaffId, NaiveDate), Vec<&Work>> = BTreeMap::new();
    for one in work {
        days.entry((one.staff, one.date)).or_default().push(one);
    }
    let mut weeks: BTreeMap<(StaffId, NaiveDate), i64> = BTreeMap::new();
    let mut people: BTreeMap<StaffId, Hours> = BTreeMap::new();
    for ((staff, date), day) in days {
        let worked: i64 = day.iter().map(|one| one.worked_min(now, rules)).sum();
        let of_day = rules.daily_min.map_or(0, |most| (worked - most).max(0));
        let week = weeks.entry((staff, rules.week_of(date))).or_default();
        let before = *week;
        *week += worked - of_day;
        let beyond = |minutes: i64| rules.weekly_min.map_or(0, |most| (minutes - most).max(0));
        let overtime = of_day + beyond(*week) - beyond(before);
        if date < from {
            continue;
        }
        let person = people.entry(staff).or_default();
        person.days += 1;
        person.regular_min += worked - overtime;
        person.overtime_min += overtime;
        person.break_min += day.iter().map(|one| one.break_min(now)).sum::<i64>();
        person.tips += day.iter().map(|one| one.tips).sum();
        person.corrections += day.iter().map(|one| i64::from(one.corrections)).sum::<i64>();
    }
    people
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn work(date: &str, times: &str) -> Work {
        let date: NaiveDate = date.parse().unwrap();
        let began = Stamp::of_local(date.and_time(NaiveTime::MIN), 60);
        let id = WorkId(Uuid::nil());
        let staff = StaffId(Uuid::nil());
        let blank = Work { id, staff, date, began, breaks: Vec::new(), ended: None, tips: Money::ZERO, corrections: 0 };
        blank.corrected(times).unwrap()
    }

    /// `DATE TIMES` lines → regular, overtime, breaks in minutes from `from` on.
    fn check(lines: &[(&str, &str)], from: &str, daily: i64, weekly: i64, expected: (i64, i64, i64)) {
        let works: Vec<Work> = lines.iter().map(|(date, times)| work(date, times)).collect();
        let limit = |minutes| (minutes > 0).then_some(minutes);
        let rules = HoursRules { daily_min: limit(daily), weekly_min: limit(weekly), ..HoursRules::default() };
        let hours = hours(&works, from.parse().unwrap(), Stamp::new(0, 0), &rules);
        let got = hours.values().next().map_or((0, 0, 0), |h| (h.regular_min, h.overtime_min, h.break_min));
        assert_eq!(got, expected, "{lines:?}");
    }

    #[test]
    fn overtime_is_beyond_the_day_or_the_week_and_counted_once() {
        let day = ("2026-03-02", "09:00-19:30 30");
        check(&[day], "2026-03-02", 0, 0, (600, 0, 30));
        check(&[day], "2026-03-02", 480, 0, (480, 120, 30));
        let week: Vec<(&str, &str)> = ["02", "03", "04", "05"]
            .map(|d| {
                (
                    ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05"][d.parse::<usize>().unwrap() - 2],
                    "09:00-19:00",
                )
            })
            .to_vec();
        // 4 days of 10 h: 8 h of overtime by day; 32 h of the week are left, 2 h beyond 30.
        check(&week, "2026-03-02", 480, 30 * 60, (30 * 60, 10 * 60, 0));
        // The last day alone, when the week is full already.
        check(&week, "2026-03-05", 0, 30 * 60, (0, 600, 0));
        check(&[], "2026-03-02", 480, 0, (0, 0, 0));
    }

    #[test]
    fn a_night_in_which_the_clocks_change_is_as_long_as_it_was() {
        let rules = HoursRules::default();
        let night = work("2026-03-28", "22:00-04:00");
        let ended = night.ended.map(|ended| Stamp::new(ended.utc_ms, 120));
        let night = Work { ended, ..night };
        assert_eq!(night.times(Stamp::new(0, 0)), "22:00-05:00");
        let corrected = night.corrected("22:00-05:00 10").unwrap();
        assert_eq!(corrected.worked_min(Stamp::new(0, 0), &rules), night.worked_min(Stamp::new(0, 0), &rules) - 10);
    }

    #[test]
    fn a_night_ends_on_the_next_day() {
        let night = work("2026-03-02", "22:00-02:30 15");
        assert_eq!(
            (night.worked_min(Stamp::new(0, 0), &HoursRules::default()), night.break_min(Stamp::new(0, 0))),
            (255, 15)
        );
        assert_eq!(night.times(Stamp::new(0, 0)), "22:00-02:30 15");
        assert_eq!(work("2026-03-02", "22:00-").ended, None);
        for wrong in
            ["", "nine", "09:00", "09:00-25:00", "09:00-10:00 x", "09:00-10:00 61", "09:00-10:00 5 5", "09:00-10:00 -5"]
        {
            assert!(night.corrected(wrong).is_err(), "{wrong}");
        }
    }
}
