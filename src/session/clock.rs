//! Where time and ids come from.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{Local, NaiveDateTime, Offset, TimeZone, Utc};
use uuid::{Builder, Uuid};

use crate::domain::ids::IdSource;
use crate::domain::time::Stamp;

/// A clock.
pub trait Clock: Send {
    /// The time, with the local offset.
    fn now(&self) -> Stamp;

    /// Sets the clock, if it is one that can be set.
    ///
    /// # Errors
    /// When it is the machine's own.
    fn set(&mut self, local: NaiveDateTime) -> Result<(), String>;

    /// The same clock for another thread: when one is set, so is the other.
    fn twin(&self) -> Box<dyn Clock>;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Stamp {
        let now = Local::now();
        Stamp::new(now.timestamp_millis(), now.offset().fix().local_minus_utc() / 60)
    }

    fn set(&mut self, _: NaiveDateTime) -> Result<(), String> {
        Err("only a training or demo store may set the clock".to_owned())
    }

    fn twin(&self) -> Box<dyn Clock> {
        Box::new(*self)
    }
}

/// A clock that is set by hand and runs on from there: for practice, tests and replays.
#[derive(Clone, Debug, Default)]
pub struct SetClock {
    ahead_ms: Arc<AtomicI64>,
}

impl Clock for SetClock {
    fn now(&self) -> Stamp {
        let real = SystemClock.now();
        let utc_ms = real.utc_ms.saturating_add(self.ahead_ms.load(Ordering::Relaxed));
        let offset = Utc.timestamp_millis_opt(utc_ms).single().map(|t| t.with_timezone(&Local).offset().fix());
        Stamp::new(utc_ms, offset.map_or(real.offset_min, |o| o.local_minus_utc() / 60))
    }

    fn set(&mut self, local: NaiveDateTime) -> Result<(), String> {
        let wanted = Local.from_local_datetime(&local).earliest().ok_or("there is no such time on that day")?;
        self.ahead_ms.store(wanted.timestamp_millis() - SystemClock.now().utc_ms, Ordering::Relaxed);
        Ok(())
    }

    fn twin(&self) -> Box<dyn Clock> {
        Box::new(self.clone())
    }
}

/// Ids of version 7 over the system's clock and randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ids;

impl IdSource for Ids {
    fn next(&mut self) -> Uuid {
        let mut random = [0_u8; 10];
        if getrandom::fill(&mut random).is_err() {
            // Without randomness an id must still never be given twice.
            return Uuid::now_v7();
        }
        let ms = u64::try_from(Utc::now().timestamp_millis()).unwrap_or(0);
        Builder::from_unix_timestamp_millis(ms, &random).into_uuid()
    }
}
