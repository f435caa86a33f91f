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
    let wide = divide_wide(value, divisor, rounding);
    i64::try_from(wide).unwrap_or(if wide < 0 { -i64::MAX } else { i64::MAX })
}

/// The same where the quotient may be larger than an amount of money: intermediate sums that are
/// kept to some digits below the minor unit.
pub(super) fn divide_wide(value: i128, divisor: i128, rounding: Rounding) -> i128 {
    if divisor == 0 {
        return 0;
    }
    let negative = (value < 0) != (divisor < 0);
    let (value, divisor) = (value.unsigned_abs(), divisor.unsigned_abs());
    let (whole, rest) = (value / divisor, value % divisor);
    let up = match rounding {
        Rounding::Up => rest > 0,
        Rounding::Down => false,
        Rounding::HalfUp => rest >= divisor - rest,
        Rounding::HalfEven => rest > divisor - rest || (rest == divisor - rest && whole % 2 == 1),
    };
    let rounded = i128::try_from(whole + u128::from(up)).unwrap_or(i128::MAX);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: i128, divisor: i128, half_up: i64, half_even: i64, up: i64, down: i64) {
        let modes = [Rounding::HalfUp, Rounding::HalfEven, Rounding::Up, Rounding::Down];
        let got = modes.map(|mode| divide_rounded(value, divisor, mode));
        assert_eq!(got, [half_up, half_even, up, down], "{value} / {divisor}");
    }

    #[test]
    fn every_way_of_rounding_is_the_same_on_both_sides_of_zero() {
        check(5, 10, 1, 0, 1, 0);
        check(15, 10, 2, 2, 2, 1);
        check(25, 10, 3, 2, 3, 2);
        check(-5, 10, -1, 0, -1, 0);
        check(-25, 10, -3, -2, -3, -2);
        check(14, 10, 1, 1, 2, 1);
        check(14, -10, -1, -1, -2, -1);
        check(20, 10, 2, 2, 2, 2);
        check(7, 0, 0, 0, 0, 0);
        check(i128::MAX, 1, i64::MAX, i64::MAX, i64::MAX, i64::MAX);
        check(i128::MIN, 1, -i64::MAX, -i64::MAX, -i64::MAX, -i64::MAX);
    }

    #[test]
    fn cash_is_rounded_to_the_nearest_coin() {
        for (amount, step, mode, expected) in [
            (1002, 5, Rounding::HalfUp, 1000),
            (1003, 5, Rounding::HalfUp, 1005),
            (1005, 10, Rounding::HalfUp, 1010),
            (1005, 10, Rounding::HalfEven, 1000),
            (1015, 10, Rounding::HalfEven, 1020),
            (1001, 10, Rounding::Up, 1010),
            (1009, 10, Rounding::Down, 1000),
            (149, 100, Rounding::HalfUp, 100),
            (-1003, 5, Rounding::HalfUp, -1005),
            (1234, 1, Rounding::HalfUp, 1234),
            (1234, 0, Rounding::HalfUp, 1234),
        ] {
            let rounded = to_multiple(Money::from_minor(amount), Money::from_minor(step), mode);
            assert_eq!(rounded.minor(), expected, "{amount} to {step}, {mode:?}");
        }
    }

    fn shared(amount: i64, weights: &[i64], ranks: &[u64]) -> Vec<i64> {
        let weights: Vec<Money> = weights.iter().copied().map(Money::from_minor).collect();
        let parts = share_out(Money::from_minor(amount), &weights, |i| ranks.get(i).copied().unwrap_or(0));
        parts.into_iter().map(Money::minor).collect()
    }

    #[test]
    fn no_cent_is_lost_in_sharing() {
        assert_eq!(shared(100, &[1, 1, 1], &[]), [34, 33, 33]);
        assert_eq!(shared(100, &[1, 1, 1], &[2, 1, 1]), [33, 34, 33]);
        assert_eq!(shared(-100, &[1, 1, 1], &[]), [-34, -33, -33]);
        assert_eq!(shared(5, &[300, 100, 0, -50], &[]), [4, 1, 0, 0]);
        assert_eq!(shared(7, &[0, 0], &[]), [7, 0]);
        assert_eq!(shared(7, &[], &[]), Vec::<i64>::new());
        assert_eq!(shared(i64::MAX, &[i64::MAX, i64::MAX], &[]).iter().sum::<i64>(), i64::MAX);
    }
}
