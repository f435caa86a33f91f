//! Fault points: named places in the program where a test makes it fail. Built in with the feature
//! `fault-points` only.
//!
//! `COUNTERFLOW_FAULT=key:3` panics the third time that the point `key` is passed, `report@FILE` waits at the point
//! `report` for as long as there is the file.

use std::sync::atomic::{AtomicU64, Ordering};

static PASSED: AtomicU64 = AtomicU64::new(0);

/// Passes a point. Panics, or waits, if a test asked for it here and now.
#[allow(clippy::panic, reason = "this is what it is for")]
pub fn point(name: &str) {
    let Ok(wanted) = std::env::var("COUNTERFLOW_FAULT") else { return };
    let Some(("", rest)) = wanted.split_once(name) else { return };
    if let Some(file) = rest.strip_prefix('@') {
        while std::path::Path::new(file).exists() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }
    let Some(count) = rest.strip_prefix(':').and_then(|count| count.parse::<u64>().ok()) else { return };
    if PASSED.fetch_add(1, Ordering::Relaxed) + 1 == count {
        panic!("the fault point {name} was passed {count} times");
    }
}
