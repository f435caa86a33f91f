//! Telling the scans of a keyboard scanner from typing: by the key it types first, or, as a last
//! resort, by its speed.

use crate::session::config::KeyboardScanner;
use crate::ui::Input;
use crate::ui::key::Key;

/// A barcode that does not end is typing after all, after this long without a key.
const GIVE_UP_US: u64 = 300_000;
/// A burst is a scan from this many characters on: no person types six in a few milliseconds each.
const BURST_CHARS: usize = 6;

/// Sorts keys into scans and typing.
#[derive(Debug)]
pub struct Scans {
    prefix: Option<Key>,
    suffix: Key,
    burst_us: Option<u64>,
    held: Vec<Key>,
    open: bool,
    last_us: u64,
}

impl Scans {
    /// By this configuration; with none, everything is typing.
    ///
    /// # Errors
    /// When prefix or suffix is not a key.
    pub fn new(config: Option<&KeyboardScanner>) -> Result<Self, String> {
        let key = |name: &Option<String>| name.as_deref().map(str::parse::<Key>).transpose();
        let config = config.cloned().unwrap_or_default();
        Ok(Self {
            prefix: key(&config.prefix)?,
            suffix: key(&config.suffix)?.unwrap_or(Key::Enter),
            burst_us: config.burst_ms.map(|ms| u64::from(ms) * 1000),
            held: Vec::new(),
            open: false,
            last_us: 0,
        })
    }

    /// How long a key may be held back until it is known what it belongs to, in milliseconds;
    /// `None` when nothing is held.
    pub fn patience_ms(&self) -> Option<u64> {
        let holding = self.open || !self.held.is_empty();
        let us = if self.open { GIVE_UP_US } else { self.burst_us.unwrap_or(0) };
        holding.then_some(us.div_ceil(1000) + 1)
    }

    /// Takes a key with its time in microseconds; what is certain by now comes out.
    pub fn key(&mut self, key: Key, at_us: u64) -> Vec<Input> {
        let gap = at_us.saturating_sub(self.last_us);
        self.last_us = at_us;
        let mut out = if self.is_late(gap) { self.give_up() } else { Vec::new() };
        if self.open {
            match key {
                key if key == self.suffix => out.extend(self.scan()),
                Key::Char(_) => self.held.push(key),
                key => {
                    out.extend(self.give_up());
                    out.push(Input::Key(key));
                }
            }
        } else if Some(key) == self.prefix {
            out.extend(self.give_up());
            self.open = true;
        } else if self.burst_us.is_some() {
            match key {
                key if key == self.suffix && self.held.len() >= BURST_CHARS => out.extend(self.scan()),
                Key::Char(_) => self.held.push(key),
                key => {
                    out.extend(self.give_up());
                    out.push(Input::Key(key));
                }
            }
        } else {
            out.push(Input::Key(key));
        }
        out
    }

    /// No key came for the time of [`Self::patience_ms`]: what was held is typing.
    pub fn give_up(&mut self) -> Vec<Input> {
        self.open = false;
        self.held.drain(..).map(Input::Key).collect()
    }

    fn is_late(&self, gap_us: u64) -> bool {
        if self.open { gap_us > GIVE_UP_US } else { self.burst_us.is_some_and(|burst| gap_us > burst) }
    }

    fn scan(&mut self) -> Vec<Input> {
        self.open = false;
        let text: String =
            self.held.drain(..).filter_map(|k| if let Key::Char(c) = k { Some(c) } else { None }).collect();
        vec![Input::Scan(text)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(scans: &mut Scans, keys: &[(&str, u64)], expected: &[&str]) {
        let mut out = Vec::new();
        for (key, at_us) in keys {
            out.extend(scans.key(key.parse().unwrap(), *at_us));
        }
        out.extend(scans.give_up());
        let shown: Vec<String> = out
            .iter()
            .map(|i| match i {
                Input::Scan(text) => format!("[{text}]"),
                Input::Key(key) => key.to_string(),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_prefix_makes_a_scan() {
        let config = KeyboardScanner { prefix: Some("~".into()), ..KeyboardScanner::default() };
        let mut scans = Scans::new(Some(&config)).unwrap();
        check(&mut scans, &[("3", 0), ("~", 9), ("4", 10), ("0", 11), ("Enter", 12), ("5", 13)], &["3", "[40]", "5"]);
        // A prefix pressed by a person is given up and nothing is lost.
        check(&mut scans, &[("~", 0), ("4", 500_000), ("Enter", 900_000)], &["4", "Enter"]);
    }

    #[test]
    fn a_burst_is_a_scan_and_slow_digits_are_not() {
        let config = KeyboardScanner { burst_ms: Some(20), ..KeyboardScanner::default() };
        let mut scans = Scans::new(Some(&config)).unwrap();
        let fast: Vec<(&str, u64)> =
            ["4", "0", "1", "2", "3", "4", "5", "6", "Enter"].iter().zip(0..).map(|(k, n)| (*k, n * 5_000)).collect();
        check(&mut scans, &fast, &["[40123456]"]);
        check(&mut scans, &[("4", 1_000_000), ("0", 1_200_000), ("Enter", 1_300_000)], &["4", "0", "Enter"]);
        let plain: Vec<(&str, u64)> = fast.clone();
        check(&mut Scans::new(None).unwrap(), &plain[..2], &["4", "0"]);
    }
}
