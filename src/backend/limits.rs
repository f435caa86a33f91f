//! How often one credential may ask: a bucket for each that fills over time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::failure::{Failure, Result};
use crate::wire::problem::Code;

/// Beyond so many buckets the full ones are thrown away.
const MANY: usize = 10_000;
/// Tries of enrolment codes, which anybody may make: so many at once, and then one in two seconds.
const ENROL: (f64, f64) = (20.0, 0.5);

struct Bucket {
    left: f64,
    at: Instant,
}

/// All buckets.
pub(super) struct Limits {
    per_s: f64,
    burst: f64,
    buckets: Mutex<HashMap<String, Bucket>>,
}

impl Limits {
    /// So many a second over time, so many at once.
    pub(super) fn new(per_s: f64, burst: f64) -> Self {
        Self { per_s, burst, buckets: Mutex::default() }
    }

    /// Takes one request of a credential.
    ///
    /// # Errors
    /// 429 with `Retry-After` when there were too many.
    pub(super) fn take(&self, who: &str) -> Result<()> {
        self.take_of(who, self.burst, self.per_s)
    }

    /// Takes one try of an enrolment code.
    ///
    /// # Errors
    /// 429 with `Retry-After` when there were too many.
    pub(super) fn take_enrol(&self) -> Result<()> {
        self.take_of("enrol", ENROL.0, ENROL.1)
    }

    fn take_of(&self, who: &str, burst: f64, per_s: f64) -> Result<()> {
        let now = Instant::now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > MANY {
            buckets.retain(|_, b| b.left + now.duration_since(b.at).as_secs_f64() * per_s < burst);
        }
        let bucket = buckets.entry(who.to_owned()).or_insert(Bucket { left: burst, at: now });
        bucket.left = (bucket.left + now.duration_since(bucket.at).as_secs_f64() * per_s).min(burst);
        bucket.at = now;
        if bucket.left < 1.0 {
            let wait_s = ((1.0 - bucket.left) / per_s).ceil().max(1.0) as u64;
            return Err(Failure::later(Code::TooMany, format!("Wait {wait_s} s"), wait_s));
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_asks_too_often_waits_and_others_do_not() {
        let limits = Limits::new(0.001, 2.0);
        assert!(limits.take("a").is_ok() && limits.take("a").is_ok());
        let refused = limits.take("a").unwrap_err();
        assert_eq!(refused.problem.status, 429);
        assert!(limits.take("b").is_ok());
    }
}
