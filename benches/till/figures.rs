//! Times, as they are printed.

use std::time::{Duration, Instant};

/// Many times of the same thing.
#[derive(Clone, Debug, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Measures an act so many times.
    pub fn of(count: usize, mut act: impl FnMut()) -> Self {
        let one = |_| {
            let began = Instant::now();
            act();
            began.elapsed()
        };
        Self((0..count).map(one).collect())
    }

    /// One more.
    pub fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The time below which so many per cent are.
    pub fn at(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1);
        sorted.get((last * percent).div_ceil(100)).copied().unwrap_or_default()
    }

    /// The median.
    pub fn median(&self) -> Duration {
        self.at(50)
    }

    /// Prints a row: median, 95th percentile and worst; and how many times the floor, if there is one.
    pub fn row(&self, what: &str, floor: Option<Duration>) {
        let ratio = floor.map_or(String::new(), |floor| {
            format!("{:>7.2}", self.median().as_secs_f64() / floor.as_secs_f64().max(1e-9))
        });
        let (median, p95, worst) = (ms(self.median()), ms(self.at(95)), ms(self.at(100)));
        println!("{what:<52}{median:>10.3}{p95:>10.3}{worst:>10.3}{ratio}");
    }
}

/// Prints the head of a table of times.
pub fn head(what: &str) {
    println!("\n{what:<52}{:>10}{:>10}{:>10}{:>7}", "median ms", "p95 ms", "worst ms", "floors");
}

/// In milliseconds.
pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
