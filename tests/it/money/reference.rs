//! The taxes of a line counted again in fractions of whole numbers, by another way than the
//! program's: the price is tried with two net prices, and the straight line between them is solved.

use super::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    n: i128,
    d: i128,
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

impl Ratio {
    pub const ZERO: Self = Self { n: 0, d: 1 };

    pub fn new(n: i128, d: i128) -> Self {
        let g = gcd(n, d).max(1) * d.signum();
        Self { n: n / g, d: d / g }
    }

    pub fn plus(self, other: Self) -> Self {
        let g = gcd(self.d, other.d);
        Self::new(self.n * (other.d / g) + other.n * (self.d / g), self.d / g * other.d)
    }

    fn minus(self, other: Self) -> Self {
        self.plus(Self { n: -other.n, d: other.d })
    }

    fn times(self, other: Self) -> Self {
        let (a, b) = (Self::new(self.n, other.d), Self::new(other.n, self.d));
        Self::new(a.n * b.n, a.d * b.d)
    }

    fn over(self, other: Self) -> Self {
        self.times(Self::new(other.d, other.n))
    }

    /// To a whole number, as people say the rule.
    pub fn round(self, rounding: Rounding) -> i64 {
        let (size, sign) = (self.n.abs(), self.n.signum());
        let (whole, twice_rest) = (size / self.d, 2 * (size % self.d));
        let up = match rounding {
            Rounding::HalfUp => twice_rest >= self.d,
            Rounding::HalfEven => twice_rest > self.d || (twice_rest == self.d && whole % 2 != 0),
            Rounding::Up => twice_rest > 0,
            Rounding::Down => false,
        };
        (sign * (whole + i128::from(up))) as i64
    }

    /// Whether a whole number is less than one away.
    pub fn is_near(self, whole: i64) -> bool {
        (i128::from(whole) * self.d - self.n).abs() < self.d
    }
}

/// The taxes of a line on a net price.
fn taxes_on(net: Ratio, line: &Line) -> Vec<Ratio> {
    let mut taxes: Vec<Ratio> = Vec::new();
    for tax in &line.taxes {
        let amount = match tax.basis {
            TaxBasis::PerUnit(each) => Ratio::new(i128::from(each.minor() * line.quantity.thousandths()), 1000),
            TaxBasis::Percent(percent) => {
                let base = taxes.iter().filter(|_| tax.compound).fold(net, |sum, tax| sum.plus(*tax));
                base.times(Ratio::new(percent.mantissa(), 100 * 10_i128.pow(percent.scale())))
            }
        };
        taxes.push(amount);
    }
    taxes
}

/// The exact taxes of a line whose price after discounts is `after`.
pub fn exact_taxes(after: Money, line: &Line) -> Vec<Ratio> {
    let price_of = |net: Ratio| {
        let held = line.taxes.iter().zip(taxes_on(net, line)).filter(|(tax, _)| tax.included);
        held.fold(net, |sum, (_, amount)| sum.plus(amount))
    };
    let (at_none, at_one) = (price_of(Ratio::ZERO), price_of(Ratio::new(1, 1)));
    let net = Ratio::new(after.minor().into(), 1).minus(at_none).over(at_one.minus(at_none));
    taxes_on(net, line)
}
