//! Amounts of money as whole minor units, and the currency that says how many minor units make one.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

use serde::{Deserialize, Serialize};

/// An amount in minor units (cents, pence, fils) of the till's currency.
///
/// A till works in one [`Currency`], which every document states once; so an amount does not carry
/// it. Foreign cash is converted at the tender and keeps its own currency there.
///
/// The domain keeps every amount below [`Money::LIMIT`], so that sums over an order fit easily.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(i64);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest amount that can be typed or imported: 10 million units of a two-decimal currency.
    pub const LIMIT: Self = Self(1_000_000_000);

    /// An amount of `minor` minor units.
    pub const fn from_minor(minor: i64) -> Self {
        Self(minor)
    }

    /// The number of minor units.
    pub const fn minor(self) -> i64 {
        self.0
    }

    /// Whether nothing is owed either way.
    pub const fn is_zero(&self) -> bool {
        self.0 == 0
    }

    /// Whether more than nothing.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Whether less than nothing.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The amount without its sign.
    #[must_use]
    pub const fn abs(self) -> Self {
        Self(self.0.saturating_abs())
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, |a, b| a + b)
    }
}

impl<'a> Sum<&'a Money> for Money {
    fn sum<I: Iterator<Item = &'a Money>>(iter: I) -> Self {
        iter.copied().sum()
    }
}

/// A currency of ISO 4217: its code and the digits after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency {
    code: [u8; 3],
    digits: u8,
}

/// A string that is not the code of a currency in use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an ISO 4217 currency code such as EUR, GBP or JPY")]
pub struct UnknownCurrency(pub String);

impl Currency {
    /// The currency of an ISO 4217 code.
    ///
    /// # Errors
    /// [`UnknownCurrency`] when no currency has that code, or it has no minor unit (gold).
    pub fn from_code(code: &str) -> Result<Self, UnknownCurrency> {
        let unknown = || UnknownCurrency(code.to_owned());
        let known = iso_currency::Currency::from_code(code).ok_or_else(unknown)?;
        let digits = known.exponent().ok_or_else(unknown)?;
        let code: [u8; 3] = code.as_bytes().try_into().map_err(|_| unknown())?;
        Ok(Self { code, digits: digits.min(3) as u8 })
    }

    /// The three letters.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or("XXX")
    }

    /// Digits after the point: 2 for GBP, 0 for JPY, 3 for KWD.
    pub const fn digits(&self) -> u8 {
        self.digits
    }

    /// Minor units in one unit: 100 for GBP, 1 for JPY, 1,000 for KWD.
    pub const fn minor_per_unit(&self) -> i64 {
        10_i64.pow(self.digits as u32)
    }

    /// The sign people write, where one is common and safe on paper; else the code.
    pub fn symbol(&self) -> &str {
        match self.code() {
            "GBP" => "£",
            "EUR" => "€",
            "USD" | "CAD" | "AUD" | "NZD" | "SGD" | "HKD" => "$",
            "JPY" | "CNY" => "¥",
            _ => self.code(),
        }
    }

    /// The amount with its point, without a sign of currency: `12.40`, `-0.05`, `1240`.
    pub fn show(&self, amount: Money) -> String {
        let sign = if amount.is_negative() { "-" } else { "" };
        let minor = amount.minor().unsigned_abs();
        let per = self.minor_per_unit().unsigned_abs();
        if self.digits == 0 {
            return format!("{sign}{minor}");
        }
        format!("{sign}{}.{:0width$}", minor / per, minor % per, width = self.digits as usize)
    }

    /// An amount as people type it. With a point (or a comma) it is in units: `12.4` is 12.40.
    /// Without, the digits are minor units if `bare_is_minor`, as on any till: `1240` is 12.40.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(&self, text: &str, bare_is_minor: bool) -> Result<Money, String> {
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (units, fraction) = match digits.split_once(['.', ',']) {
            Some((u, f)) => (u, Some(f)),
            None => (digits, None),
        };
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if (units.is_empty() && fraction.is_none_or(str::is_empty))
            || !all_digits(units)
            || !fraction.is_none_or(all_digits)
        {
            return Err(format!("`{text}` is not an amount"));
        }
        if units.len() > 12 {
            return Err(format!("`{text}` is too large"));
        }
        let whole: i64 =
            if units.is_empty() { 0 } else { units.parse().map_err(|_| format!("`{text}` is too large"))? };
        let minor = match fraction {
            None if bare_is_minor => whole,
            None => whole.saturating_mul(self.minor_per_unit()),
            Some(f) => {
                let kept = f.trim_end_matches('0');
                if kept.len() > self.digits as usize {
                    return Err(format!("{} has {} digits after the point", self.code(), self.digits));
                }
                let scale = 10_i64.pow(u32::from(self.digits) - kept.len() as u32);
                let part: i64 = if kept.is_empty() { 0 } else { kept.parse().unwrap_or(0) };
                whole.saturating_mul(self.minor_per_unit()).saturating_add(part * scale)
            }
        };
        if minor > Money::LIMIT.minor() {
            return Err(format!("`{text}` is more than {}", self.show(Money::LIMIT)));
        }
        Ok(Money(if negative { -minor } else { minor }))
    }
}

impl TryFrom<String> for Currency {
    type Error = UnknownCurrency;
    fn try_from(code: String) -> Result<Self, Self::Error> {
        Self::from_code(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &str, text: &str, bare_is_minor: bool, expected: Result<i64, ()>) {
        let currency = Currency::from_code(code).unwrap();
        let got = currency.parse(text, bare_is_minor).map(Money::minor).map_err(|_| ());
        assert_eq!(got, expected, "{code} {text:?}");
    }

    #[test]
    fn amounts_are_read_as_people_type_them() {
        check("GBP", "2000", true, Ok(2000));
        check("GBP", "20", false, Ok(2000));
        check("GBP", "20.5", true, Ok(2050));
        check("GBP", "20,50", true, Ok(2050));
        check("GBP", ".5", true, Ok(50));
        check("GBP", "-1.25", false, Ok(-125));
        check("GBP", "1.255", true, Err(()));
        check("GBP", "1.250", true, Ok(125));
        check("JPY", "350", true, Ok(350));
        check("JPY", "3.5", true, Err(()));
        check("KWD", "1.255", true, Ok(1255));
        check("GBP", "", true, Err(()));
        check("GBP", ".", true, Err(()));
        check("GBP", "12a", true, Err(()));
        check("GBP", "99999999999999999999", true, Err(()));
        check("GBP", "１２", true, Err(()));
    }

    #[test]
    fn amounts_are_shown_with_their_digits() {
        for (code, minor, shown) in
            [("GBP", 1240, "12.40"), ("GBP", -5, "-0.05"), ("JPY", 1240, "1240"), ("KWD", 1255, "1.255")]
        {
            assert_eq!(Currency::from_code(code).unwrap().show(Money::from_minor(minor)), shown);
        }
        assert!(Currency::from_code("XYZ").is_err());
    }
}
