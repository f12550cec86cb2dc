//! Exact numbers: times 10^12, as amounts are.

use crate::tree::Element;
use haggle_plugin_api::decimal;

/// One.
pub(crate) const ONE: i128 = 1_000_000_000_000;

/// The first amount that has too many digits.
const MOST: u128 = 10_u128.pow(28);

/// The number that an element states; not less than zero.
///
/// # Errors
/// What was found, with its place.
pub(crate) fn stated(element: &Element) -> Result<i128, String> {
    let expected = || {
        element.wrong(format!(
            "found `{}`, expected a number such as `12.50`, not below zero, of at most 16 digits before its point and 12 behind it",
            element.text
        ))
    };
    decimal(&element.text).filter(|number| *number >= 0).ok_or_else(expected)
}

/// A quotient, and whether it is exact; else it is rounded at the twelfth decimal place, halves up.
/// `None` if the divisor is zero, one of both is below zero, or it is too large.
pub(crate) fn divided(dividend: i128, divisor: i128) -> Option<(i128, bool)> {
    if divisor <= 0 || dividend < 0 {
        return None;
    }
    let dividend = dividend.checked_mul(ONE)?;
    let (quotient, rest) = (dividend / divisor, dividend % divisor);
    let up = i128::from(rest >= divisor - rest);
    Some((quotient + up, rest == 0))
}

/// A product, rounded likewise.
pub(crate) fn multiplied(a: i128, b: i128) -> Option<i128> {
    Some((a.checked_mul(b)?.checked_add(ONE / 2)?).div_euclid(ONE))
}

/// A sum; `None` if it is larger than an amount can be.
pub(crate) fn added(a: i128, b: i128) -> Option<i128> {
    a.checked_add(b).filter(|sum| sum.unsigned_abs() < MOST)
}

/// A number as its digits.
pub(crate) fn digits(number: i128) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let (whole, part) = (number.unsigned_abs() / ONE as u128, number.unsigned_abs() % ONE as u128);
    let part = format!("{part:012}");
    match part.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{part}"),
    }
}

/// Half a unit of the last place that a text shows.
pub(crate) fn half_of_last_place(text: &str) -> i128 {
    let places = text.split_once('.').map_or(0, |(_, part)| part.len());
    ONE / 10_i128.pow(places.min(12) as u32) / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(text: &str) -> i128 {
        decimal(text).unwrap()
    }

    #[test]
    fn quotients_are_exact_or_say_so() {
        for (a, b, expected) in [
            ("15", "1500", Some(("0.01", true))),
            ("10", "3", Some(("3.333333333333", false))),
            ("20", "3", Some(("6.666666666667", false))),
            ("0", "3", Some(("0", true))),
            ("1", "0", None),
            ("1", "-1", None),
            ("1000000000000000", "1", None),
        ] {
            let found = divided(n(a), n(b)).map(|(q, exact)| (digits(q), exact));
            assert_eq!(found, expected.map(|(q, exact)| (q.to_owned(), exact)), "{a}/{b}");
        }
        assert_eq!(multiplied(n("0.01"), n("1500")), Some(n("15")));
        assert_eq!(multiplied(n("9999999999999999"), n("9999999999999999")), None);
        let most = n("9999999999999999.999999999999");
        assert_eq!((added(most, 0), added(most, 1), added(-most, -1)), (Some(most), None, None));
        assert_eq!((added(i128::MAX, 1), added(i128::MIN, -1)), (None, None));
        assert_eq!((digits(n("-0.5")), digits(n("12"))), ("-0.5".to_owned(), "12".to_owned()));
        assert_eq!(half_of_last_place("1.50"), n("0.005"));
        assert_eq!(half_of_last_place("150"), n("0.5"));
    }

    /// What is divided and multiplied again is what it was, within half of what was rounded away.
    #[test]
    fn division_is_undone_by_multiplication() {
        for a in (0..2_000).map(|a| a * 7_919 * ONE / 100) {
            for b in [1, 3, 7, 12, 1_000, 1_500].map(|b| b * ONE) {
                let (quotient, exact) = divided(a, b).unwrap();
                let off = (multiplied(quotient, b).unwrap() - a).abs();
                assert!(if exact { off == 0 } else { off <= b / ONE }, "{a} {b} {off}");
            }
        }
    }
}
