//! Numbers in the notation that a recipe states, and doubles of a workbook as exact decimals.

use crate::cell::Cell;
use haggle_quantity::{Amount, AmountError, parse_amount, to_f64, to_scaled};
use std::borrow::Cow;

/// Significant decimal digits that a double keeps for certain.
const DOUBLE_DIGITS: usize = 15;

/// How a column writes its numbers. Nothing is guessed: a mark that is not stated is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Notation {
    /// The decimal mark.
    pub(crate) decimal: char,
    /// The mark between groups of three digits, if there is one.
    pub(crate) thousands: Option<char>,
}

impl Notation {
    /// The words for a message: what a number looks like here.
    pub(crate) fn example(self) -> String {
        let Self { decimal, thousands } = self;
        match thousands {
            None => format!("1234{decimal}5"),
            Some(mark) => format!("1{mark}234{decimal}5"),
        }
    }
}

/// The amount that a cell states.
///
/// # Errors
/// In words, what was expected.
pub(crate) fn amount(cell: &Cell<'_>, notation: Notation) -> Result<Amount, String> {
    match cell {
        Cell::Text(text) => text_amount(text, notation),
        Cell::Number(number, _) => double(*number),
        _ => Err(format!("expected a number such as `{}`", notation.example())),
    }
}

/// Whether a text may mean an amount or a thousand times it: `100.000` where the recipe states a
/// decimal point and says nothing of a grouping mark. A zero in front, or another number of
/// digits behind, leaves one reading.
pub(crate) fn is_ambiguous(text: &str, notation: Notation) -> bool {
    let Some((whole, fraction)) = text.split_once(notation.decimal) else { return false };
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    notation.thousands.is_none()
        && fraction.len() == 3
        && (1..=3).contains(&whole.len())
        && !whole.starts_with('0')
        && digits(whole)
        && digits(fraction)
}

/// A double of a statistic from an exact amount.
pub(crate) fn to_double(amount: Amount) -> Option<f64> {
    to_scaled(amount).ok().map(to_f64)
}

fn text_amount(text: &str, notation: Notation) -> Result<Amount, String> {
    let expected = || format!("expected a number such as `{}`", notation.example());
    let plain = plain(text, notation).ok_or_else(expected)?;
    parse_amount(&plain).map_err(|e| match e {
        AmountError::NotANumber => expected(),
        AmountError::TooManyDigits => format!("expected a number that can be kept: {e}"),
    })
}

/// The number with a point and without grouping; `None` if a mark stands where none may.
fn plain(text: &str, notation: Notation) -> Option<Cow<'_, str>> {
    if notation.thousands.is_none() && notation.decimal == '.' {
        return Some(Cow::Borrowed(text));
    }
    let split = text.find([notation.decimal, 'e', 'E']).unwrap_or(text.len());
    let (whole, rest) = text.split_at(split);
    let rest = match rest.strip_prefix(notation.decimal) {
        Some(fraction) if !fraction.contains(['.', notation.decimal]) => format!(".{fraction}"),
        Some(_) => return None,
        None => rest.to_owned(),
    };
    let whole = match notation.thousands {
        None if whole.contains('.') => return None,
        None => whole.to_owned(),
        Some(mark) => ungroup(whole, mark)?,
    };
    Some(Cow::Owned(whole + &rest))
}

/// Digits without their grouping mark, if every group but the first has three of them.
fn ungroup(whole: &str, mark: char) -> Option<String> {
    let is_mark = |c: char| c == mark || (mark == ' ' && matches!(c, '\u{a0}' | '\u{202f}'));
    let (sign, digits) = match whole.strip_prefix(['-', '+']) {
        Some(digits) => (&whole[..1], digits),
        None => ("", whole),
    };
    let groups: Vec<&str> = digits.split(is_mark).collect();
    let first_fits = groups.len() == 1 || (1..=3).contains(&groups[0].len());
    let all_digits = groups.iter().all(|g| g.bytes().all(|b| b.is_ascii_digit()));
    let fits = first_fits && all_digits && groups[1..].iter().all(|g| g.len() == 3);
    fits.then(|| format!("{sign}{}", groups.concat()))
}

/// The shortest decimal that names this double; never more digits than a double keeps.
fn double(number: f64) -> Result<Amount, String> {
    if !number.is_finite() {
        return Err("expected a finite number".to_owned());
    }
    let scientific = format!("{number:e}");
    let digits = scientific.split('e').next().unwrap_or("");
    if digits.bytes().filter(u8::is_ascii_digit).count() > DOUBLE_DIGITS {
        let problem = "expected a number of at most 15 significant digits, which is what a";
        return Err(format!("{problem} workbook keeps"));
    }
    parse_amount(&number.to_string())
        .map_err(|e| format!("expected a number that can be kept: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::Format;

    fn read(text: &str, decimal: char, thousands: Option<char>) -> Option<String> {
        let notation = Notation { decimal, thousands };
        amount(&Cell::text(text.into()), notation).ok().map(|a| a.to_string())
    }

    #[test]
    fn a_notation_is_followed_and_never_guessed() {
        let some = |text: &str| Some(text.to_owned());
        for (text, decimal, thousands, expected) in [
            ("1.234", '.', None, some("1.234")),
            ("1,234", '.', None, None),
            ("1,234", '.', Some(','), some("1234")),
            ("1,234.50", '.', Some(','), some("1234.50")),
            ("12,34", '.', Some(','), None),
            ("1,234,56", '.', Some(','), None),
            ("1234,567", '.', Some(','), None),
            (",234", '.', Some(','), None),
            ("-1,234", '.', Some(','), some("-1234")),
            ("1.234", ',', None, None),
            ("1,234", ',', None, some("1.234")),
            ("1.234.567,89", ',', Some('.'), some("1234567.89")),
            ("1.234,5,6", ',', Some('.'), None),
            ("1234,56", ',', Some('.'), some("1234.56")),
            ("1 234,56", ',', Some(' '), some("1234.56")),
            ("1\u{a0}234,56", ',', Some(' '), some("1234.56")),
            ("1'234'567.89", '.', Some('\''), some("1234567.89")),
            ("1.00E+05", '.', None, some("100000")),
            ("$5", '.', None, None),
            ("NaN", '.', None, None),
        ] {
            assert_eq!(read(text, decimal, thousands), expected, "{text} {decimal} {thousands:?}");
        }
    }

    #[test]
    fn doubles_are_exact_or_refused() {
        let notation = Notation { decimal: '.', thousands: None };
        let read =
            |n: f64| amount(&Cell::Number(n, Format::Plain), notation).ok().map(|a| a.to_string());
        assert_eq!(read(24.51), Some("24.51".into()));
        assert_eq!(read(133_080.0), Some("133080".into()));
        assert_eq!(read(123_456_789_012_345.0), Some("123456789012345".into()));
        for bad in [0.1 + 0.2, 1_234_567_890_123_456.0, f64::NAN, f64::INFINITY, 1e300] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert!(amount(&Cell::Bool(true), notation).is_err());
    }

    #[test]
    fn three_digits_behind_a_lone_mark_can_be_read_in_two_ways() {
        let point = Notation { decimal: '.', thousands: None };
        for (text, ambiguous) in [
            ("100.000", true),
            ("1.234", true),
            ("0.125", false),
            ("1234.567", false),
            ("100.00", false),
            ("100.0000", false),
            ("100", false),
            ("-1.234", false),
            ("a.123", false),
        ] {
            assert_eq!(is_ambiguous(text, point), ambiguous, "{text}");
        }
        assert!(!is_ambiguous("100.000", Notation { thousands: Some(','), ..point }));
    }
}
