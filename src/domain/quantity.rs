//! How much of an item: whole pieces or a weight, in thousandths.

use std::fmt;
use std::ops::{Add, Neg, Sub};

use serde::{Deserialize, Serialize};

use crate::domain::money::Money;
use crate::domain::rounding::{Rounding, divide_rounded};

/// A quantity in thousandths: 2 pieces are 2,000; 0.350 kg are 350.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quantity(i64);

impl Quantity {
    /// None.
    pub const ZERO: Self = Self(0);
    /// One piece, or one kilogram.
    pub const ONE: Self = Self(1000);
    /// The most that one line can hold: 9,999.
    pub const LIMIT: Self = Self(9_999_000);

    /// A quantity of so many thousandths.
    pub const fn from_thousandths(thousandths: i64) -> Self {
        Self(thousandths)
    }

    /// So many whole pieces.
    pub const fn pieces(count: i64) -> Self {
        Self(count.saturating_mul(1000))
    }

    /// The number of thousandths.
    pub const fn thousandths(self) -> i64 {
        self.0
    }

    /// Whether it is a whole number of pieces.
    pub const fn is_whole(self) -> bool {
        self.0 % 1000 == 0
    }

    /// Whether there is none.
    pub const fn is_zero(&self) -> bool {
        self.0 == 0
    }

    /// `price` for each piece (or kilogram), times this quantity, rounded half up to a minor unit.
    /// Saturates far above any amount the domain lets in.
    pub fn times(self, price: Money) -> Money {
        let product = i128::from(self.0) * i128::from(price.minor());
        Money::from_minor(divide_rounded(product, 1000, Rounding::HalfUp))
    }

    /// A piece of something as people say it: `1/3`, `1 1/2`; three digits where no small fraction fits.
    pub fn fraction(self) -> String {
        let (whole, rest) = (self.0 / 1000, self.0 % 1000);
        let close = |n: i64, of: i64| (rest * of - n * 1000).abs() < of;
        let found = (2..=12_i64).find_map(|of| (1..of).find(|n| close(*n, of)).map(|n| (n, of)));
        match found {
            Some((n, of)) if self.0 > 0 && whole == 0 => format!("{n}/{of}"),
            Some((n, of)) if self.0 > 0 => format!("{whole} {n}/{of}"),
            Some(_) | None => self.to_string(),
        }
    }

    /// A quantity as people type it: `2`, `0.350`, `1,5`; at most three digits after the point.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bad = || format!("`{text}` is not a quantity");
        let (units, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if (units.is_empty() && fraction.is_empty()) || !digits(units) || !digits(fraction) {
            return Err(bad());
        }
        if fraction.len() > 3 {
            return Err("a quantity has at most three digits after the point".to_owned());
        }
        if units.len() > 6 {
            return Err(format!("{text} is more than one line can hold"));
        }
        let whole: i64 = if units.is_empty() { 0 } else { units.parse().map_err(|_| bad())? };
        let part: i64 = format!("{fraction:0<3}").parse().map_err(|_| bad())?;
        Ok(Self(whole * 1000 + part))
    }
}

impl Add for Quantity {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Quantity {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Quantity {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl fmt::Display for Quantity {
    /// Whole pieces without a point, anything else with three digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_whole() {
            return write!(f, "{}", self.0 / 1000);
        }
        let sign = if self.0 < 0 { "-" } else { "" };
        let t = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:03}", t / 1000, t % 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_and_shown() {
        for (text, thousandths) in [("2", 2000), ("0.350", 350), ("1,5", 1500), (".25", 250)] {
            assert_eq!(Quantity::parse(text).unwrap().thousandths(), thousandths);
        }
        for text in ["", ".", "x", "1.2345", "-1", "99999999"] {
            assert!(Quantity::parse(text).is_err(), "{text}");
        }
        assert_eq!(Quantity::from_thousandths(350).to_string(), "0.350");
        assert_eq!(Quantity::pieces(12).to_string(), "12");
    }

    #[test]
    fn pieces_are_said_as_small_fractions() {
        for (thousandths, said) in [
            (333, "1/3"),
            (334, "1/3"),
            (667, "2/3"),
            (500, "1/2"),
            (1250, "1 1/4"),
            (143, "1/7"),
            (229, "0.229"),
            (2000, "2"),
        ] {
            assert_eq!(Quantity::from_thousandths(thousandths).fraction(), said);
        }
    }

    #[test]
    fn weights_are_priced_to_the_nearest_minor_unit() {
        // 0.335 kg at 9.99 is 3.34665
        assert_eq!(Quantity::from_thousandths(335).times(Money::from_minor(999)).minor(), 335);
        assert_eq!(Quantity::pieces(3).times(Money::from_minor(-10)).minor(), -30);
    }
}
