//! Points in time as they are recorded, and the business date. The domain reads no clock: the
//! session hands the time in.

use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveDateTime, TimeZone, Timelike, Utc};
use serde::{Deserialize, Serialize};

/// The last millisecond of the year 9999: beyond it, a clock is read as standing there.
const LAST_MS: i64 = 253_402_300_799_999;

/// A point in time: UTC milliseconds since 1970 and the local offset that people saw on the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// Milliseconds since 1970-01-01T00:00Z.
    pub utc_ms: i64,
    /// Local time minus UTC, in minutes.
    pub offset_min: i32,
}

impl Stamp {
    /// The stamp of a local wall-clock time with its offset.
    pub fn new(utc_ms: i64, offset_min: i32) -> Self {
        Self { utc_ms, offset_min: offset_min.clamp(-14 * 60, 14 * 60) }
    }

    /// Local date and time, as people saw it. A stamp beyond the year 9999 reads as its end.
    pub fn local(self) -> NaiveDateTime {
        let utc_ms = self.utc_ms.clamp(-LAST_MS, LAST_MS);
        let utc: DateTime<Utc> = Utc.timestamp_millis_opt(utc_ms).single().unwrap_or_default();
        let offset = FixedOffset::east_opt(self.offset_min * 60);
        offset.map_or(utc.naive_utc(), |o| utc.with_timezone(&o).naive_local())
    }

    /// A time on the wall, with its offset.
    pub fn of_local(local: NaiveDateTime, offset_min: i32) -> Self {
        Self::new(local.and_utc().timestamp_millis() - i64::from(offset_min) * 60_000, offset_min)
    }

    /// `2026-11-23 18:04`, local.
    pub fn show(self) -> String {
        self.local().format("%Y-%m-%d %H:%M").to_string()
    }

    /// `18:04`, local.
    pub fn show_time(self) -> String {
        self.local().format("%H:%M").to_string()
    }

    /// Milliseconds from `earlier` to here; negative when the clock went back.
    pub fn since_ms(self, earlier: Self) -> i64 {
        self.utc_ms.saturating_sub(earlier.utc_ms)
    }

    /// The business date: the local date, moved back by the cut-off, so that a sale at 01:30 with
    /// a cut-off of 04:00 belongs to the evening before. Never decided by midnight.
    pub fn business_date(self, cut_off: CutOff) -> NaiveDate {
        (self.local() - Duration::minutes(cut_off.minutes.into())).date()
    }
}

/// The time of day at which one business date ends and the next begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CutOff {
    minutes: u16,
}

impl CutOff {
    /// So many minutes after midnight; at most 23:59.
    pub fn from_minutes(minutes: u16) -> Option<Self> {
        (minutes < 24 * 60).then_some(Self { minutes })
    }
}

impl TryFrom<String> for CutOff {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let time = chrono::NaiveTime::parse_from_str(&text, "%H:%M")
            .map_err(|_| format!("`{text}` is not a time of day such as 04:00"))?;
        Ok(Self { minutes: (time.hour() * 60 + time.minute()) as u16 })
    }
}

impl From<CutOff> for String {
    fn from(cut_off: CutOff) -> Self {
        format!("{:02}:{:02}", cut_off.minutes / 60, cut_off.minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_business_date_changes_at_the_cut_off() {
        let cut_off = CutOff::try_from("04:00".to_owned()).unwrap();
        // 2026-11-24 01:30 in Berlin
        let late = Stamp::new(1_795_480_200_000, 60);
        assert_eq!(late.show(), "2026-11-24 01:30");
        assert_eq!(late.business_date(cut_off).to_string(), "2026-11-23");
        assert_eq!(late.business_date(CutOff::default()).to_string(), "2026-11-24");
    }

    #[test]
    fn odd_clocks_do_not_panic() {
        for utc_ms in [i64::MIN, i64::MAX, 0, -1] {
            for offset in [i32::MIN, i32::MAX, 0] {
                let stamp = Stamp::new(utc_ms, offset);
                let _ = (stamp.show(), stamp.business_date(CutOff::from_minutes(1439).unwrap()));
            }
        }
    }
}
