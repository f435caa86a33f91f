//! Rounding, and sharing an amount out without losing a cent.

use serde::{Deserialize, Serialize};

use crate::domain::money::Money;

/// How a half, or any remainder, is settled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rounding {
    /// A half goes away from zero: what people learn at school, and most tax offices ask for.
    #[default]
    HalfUp,
    /// A half goes to the even neighbour (banker's).
    HalfEven,
    /// Anything left over goes away from zero.
    Up,
    /// Anything left over is dropped.
    Down,
}

/// `value / divisor` rounded to a whole number. Saturates at the ends of `i64`. A divisor of zero
/// gives zero, since nothing in the domain divides by what was typed.
pub fn divide_rounded(value: i128, divisor: i128, rounding: Rounding) -> i64 {
    if divisor == 0 {
        return 0;
    }
    let negative = (value < 0) != (divisor < 0);
    let (value, divisor) = (value.unsigned_abs(), divisor.unsigned_abs());
    let (whole, rest) = (value / divisor, value % divisor);
    let up = match rounding {
        Rounding::Up => rest > 0,
        Rounding::Down => false,
        Rounding::HalfUp => rest * 2 >= divisor,
        Rounding::HalfEven => rest * 2 > divisor || (rest * 2 == divisor && whole % 2 == 1),
    };
    let rounded = i64::try_from(whole + u128::from(up)).unwrap_or(i64::MAX);
    if negative { -rounded } else { rounded }
}

/// `amount` to the nearest multiple of `step` (0.05 is 5, 1.00 is 100), as cash is rounded where
/// small coins are gone. A step of one or less changes nothing.
pub fn to_multiple(amount: Money, step: Money, rounding: Rounding) -> Money {
    if step.minor() <= 1 {
        return amount;
    }
    let steps = divide_rounded(amount.minor().into(), step.minor().into(), rounding);
    Money::from_minor(steps.saturating_mul(step.minor()))
}

/// Shares `amount` out in proportion to `weights`, so that the parts sum to it exactly
/// (largest remainder). Ties go to the larger weight, then to the lower `rank`, then to the earlier
/// place; give equal ranks to parts that are alike in everything that follows from the split
/// (tax), and no total can depend on the order of lines.
///
/// Weights below zero count as zero; when all are zero, everything goes to the first part.
pub fn share_out(amount: Money, weights: &[Money], rank: impl Fn(usize) -> u64) -> Vec<Money> {
    if weights.is_empty() {
        return Vec::new();
    }
    let weight = |i: usize| i128::from(weights[i].minor().max(0));
    let total: i128 = (0..weights.len()).map(weight).sum();
    let mut parts = vec![Money::ZERO; weights.len()];
    if total == 0 {
        parts[0] = amount;
        return parts;
    }
    let sign = if amount.is_negative() { -1 } else { 1 };
    let units = i128::from(amount.minor().unsigned_abs());
    let mut left = units;
    let mut rests: Vec<(i128, usize)> = Vec::with_capacity(weights.len());
    for (i, part) in parts.iter_mut().enumerate() {
        let product = units * weight(i);
        let whole = product / total;
        left -= whole;
        rests.push((product % total, i));
        *part = Money::from_minor(sign * whole as i64);
    }
    rests.sort_by(|a, b| {
        b.0.cmp(&a.0).then(weight(b.1).cmp(&weight(a.1))).then(rank(a.1).cmp(&rank(b.1))).then(a.1.cmp(&b.1))
    });
    for &(_, i) in rests.iter().take(left as usize) {
        parts[i] += Money::from_minor(sign);
    }
    parts
}
