//! Counts for `/metrics`, in Prometheus' text.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is counted since the start.
#[derive(Default)]
pub(super) struct Metrics {
    /// Requests by class of status: 2xx to 5xx.
    statuses: [AtomicU64; 4],
    /// Milliseconds that requests took, together.
    request_ms: AtomicU64,
    /// Bundles stored.
    pub(super) stored: AtomicU64,
    /// Bundles that were there already.
    pub(super) replayed: AtomicU64,
    /// Bundles set aside.
    pub(super) set_aside: AtomicU64,
    /// Orders stored.
    pub(super) orders: AtomicU64,
    /// Warnings on stored bundles.
    pub(super) warnings: AtomicU64,
}

impl Metrics {
    /// Counts one.
    pub(super) fn add(counter: &AtomicU64, count: usize) {
        counter.fetch_add(count as u64, Ordering::Relaxed);
    }

    /// Counts a request.
    pub(super) fn request(&self, status: u16, ms: u64) {
        if let Some(counter) = usize::from(status / 100).checked_sub(2).and_then(|at| self.statuses.get(at)) {
            Self::add(counter, 1);
        }
        self.request_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// All of them as text.
    pub(super) fn text(&self) -> String {
        let mut text = String::from("# TYPE counterflow_requests_total counter\n");
        for (at, counter) in (2..).zip(&self.statuses) {
            let count = counter.load(Ordering::Relaxed);
            let _ = writeln!(text, "counterflow_requests_total{{status=\"{at}xx\"}} {count}");
        }
        for (name, counter) in [
            ("request_milliseconds_total", &self.request_ms),
            ("bundles_stored_total", &self.stored),
            ("bundles_replayed_total", &self.replayed),
            ("bundles_set_aside_total", &self.set_aside),
            ("orders_stored_total", &self.orders),
            ("warnings_total", &self.warnings),
        ] {
            let count = counter.load(Ordering::Relaxed);
            let _ = writeln!(text, "# TYPE counterflow_{name} counter\ncounterflow_{name} {count}");
        }
        text
    }
}
