//! Numbers by a stated notation: texts and doubles of a workbook as exact decimals.

use crate::cell::{Cell, Format};
use crate::money::Multiple;
use haggle_quantity::{
    AMOUNT_SCALE, Amount, AmountError, parse_amount, short_amount, to_f64, to_scaled,
};
use std::borrow::Cow;

/// Significant decimal digits that a spreadsheet program keeps and shows.
const DOUBLE_DIGITS: usize = 15;
/// An amount may be rounded to the scale of the store by less than one part in so many.
const PARTS: u64 = 2_000_000_000;

/// How a column writes its numbers. Nothing is guessed: a mark that is not stated is an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Notation {
    /// The decimal mark.
    pub(crate) decimal: char,
    /// The mark between groups of digits, if there is one.
    pub(crate) thousands: Option<char>,
    /// Whether it is known that there is no other mark.
    pub(crate) settled: bool,
}

impl Notation {
    /// A point, and no mark between groups.
    pub(crate) const PLAIN: Self = Self { decimal: '.', thousands: None, settled: true };

    /// The words for a message: what a number looks like here.
    pub(crate) fn example(self) -> String {
        let Self { decimal, thousands, .. } = self;
        match thousands {
            None => format!("1234{decimal}5"),
            Some(mark) => format!("1{mark}234{decimal}5"),
        }
    }
}

/// The number that a cell states. A percentage is the number that is shown: 7.5 for 7.5 %.
///
/// # Errors
/// In words, what was expected.
pub(crate) fn number(cell: &Cell<'_>, notation: Notation) -> Result<Amount, String> {
    match cell {
        Cell::Text(text) => {
            let text = text.strip_suffix('%').map_or(text.as_ref(), str::trim_end);
            text_number(text, notation)
        }
        Cell::Number(number, Format::Percent) => double(*number).and_then(percent),
        // Metres too; an amount of them is refused.
        Cell::Number(number, Format::Times(Multiple::MILLIONS_OR_METRES, "")) => double(*number),
        Cell::Number(_, Format::Times(..)) => {
            Err("expected a number whose format puts no word such as `k` behind it".to_owned())
        }
        Cell::Number(number, _) => double(*number),
        Cell::Written(digits) => text_number(digits, Notation::PLAIN),
        _ => Err(format!("expected a number such as `{}`", notation.example())),
    }
}

/// Whether a cell shows a percentage.
pub(crate) fn is_percentage(cell: &Cell<'_>) -> bool {
    match cell {
        Cell::Text(text) => text.ends_with('%'),
        Cell::Number(_, Format::Percent) => true,
        _ => false,
    }
}

/// A fraction as the percentage that is shown.
pub(crate) fn percent(fraction: Amount) -> Result<Amount, String> {
    let shown = fraction.checked_mul(Amount::ONE_HUNDRED);
    shown.ok_or_else(|| "expected a number that can be kept".to_owned())
}

/// Whether a text may mean an amount or a thousand times it: `100.000` where the recipe states a
/// decimal point and says nothing of a grouping mark. A zero in front, or another number of
/// digits behind, leaves one reading.
pub(crate) fn is_ambiguous(text: &str, notation: Notation) -> bool {
    if notation.settled {
        return false;
    }
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let Some((whole, fraction)) = text.split_once(notation.decimal) else { return false };
    fraction.len() == 3
        && (1..=3).contains(&whole.len())
        && !whole.starts_with('0')
        && digits(whole)
        && digits(fraction)
}

/// A double of a statistic from an exact amount.
pub(crate) fn to_double(amount: Amount) -> Option<f64> {
    to_scaled(amount).ok().map(to_f64)
}

/// The number that a text states in this notation.
pub(crate) fn text_number(text: &str, notation: Notation) -> Result<Amount, String> {
    tried(text, notation).map_err(|e| match e {
        AmountError::NotANumber => format!("expected a number such as `{}`", notation.example()),
        AmountError::TooManyDigits => format!("expected a number that can be kept: {e}"),
    })
}

/// The same, for whoever tries several notations and tells nobody what was expected.
pub(crate) fn tried(text: &str, notation: Notation) -> Result<Amount, AmountError> {
    match small_whole(text) {
        Some(whole) => Ok(whole),
        None => exact(&plain(text, notation).ok_or(AmountError::NotANumber)?),
    }
}

/// The number that JSON digits state, with all of them, as far as they can be computed with.
pub(crate) fn all_digits(digits: &str) -> Option<Amount> {
    short_amount(digits).or_else(|| {
        let exponent = digits.contains(['e', 'E']);
        let exact = exponent.then(|| Amount::from_scientific(digits).ok()).flatten();
        exact.or_else(|| digits.parse().ok())
    })
}

/// The commonest case, at no cost.
pub(crate) fn small_whole(text: &str) -> Option<Amount> {
    let whole = text.len() <= 15 && text.bytes().all(|b| b.is_ascii_digit());
    whole.then(|| short_amount(text)).flatten()
}

/// A plain decimal, rounded to the scale of the store where more digits mean nothing.
fn exact(plain: &str) -> Result<Amount, AmountError> {
    match parse_amount(plain) {
        Err(AmountError::TooManyDigits) => {
            let long = plain.parse::<Amount>().or_else(|_| Amount::from_scientific(plain));
            long.ok().and_then(fit).ok_or(AmountError::TooManyDigits)
        }
        read => read,
    }
}

/// An amount with at most as many decimals as the store keeps, if next to nothing is lost.
pub(crate) fn fit(amount: Amount) -> Option<Amount> {
    if amount.scale() <= AMOUNT_SCALE {
        return to_scaled(amount).is_ok().then_some(amount);
    }
    let short = amount.round_dp(AMOUNT_SCALE).normalize();
    let lost = (amount - short).abs().checked_mul(PARTS.into());
    let enough = lost.is_some_and(|lost| lost <= amount.abs());
    (enough && to_scaled(short).is_ok()).then_some(short)
}

/// The number with a point and without grouping; `None` if a mark stands where none may.
fn plain(text: &str, notation: Notation) -> Option<Cow<'_, str>> {
    let grouped = |mark: char| text.contains(|c| is_mark(c, mark));
    if notation.decimal == '.' && !notation.thousands.is_some_and(grouped) {
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

/// Whether a character is this grouping mark: all spaces are one mark, and all apostrophes.
pub(crate) fn is_mark(c: char, mark: char) -> bool {
    const APOSTROPHES: [char; 3] = ['\'', '\u{2019}', '\u{2bc}'];
    c == mark
        || (mark == ' ' && c.is_whitespace())
        || (APOSTROPHES.contains(&mark) && APOSTROPHES.contains(&c))
}

/// Digits without their grouping mark, if the groups are of three digits, or as India writes them:
/// three at the end, two before.
fn ungroup(whole: &str, mark: char) -> Option<String> {
    let (sign, digits) = match whole.strip_prefix(['-', '+']) {
        Some(digits) => (&whole[..1], digits),
        None => ("", whole),
    };
    let groups: Vec<&str> = digits.split(|c| is_mark(c, mark)).collect();
    let all_digits = groups.iter().all(|g| g.bytes().all(|b| b.is_ascii_digit()));
    let fits = all_digits && (groups.len() == 1 || by_three(&groups) || as_in_india(&groups));
    fits.then(|| format!("{sign}{}", groups.concat()))
}

fn by_three(groups: &[&str]) -> bool {
    let first = groups[0];
    (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && groups[1..].iter().all(|g| g.len() == 3)
}

fn as_in_india(groups: &[&str]) -> bool {
    let (last, others) = (groups.len() - 1, &groups[1..groups.len() - 1]);
    groups.len() > 2
        && (1..=2).contains(&groups[0].len())
        && others.iter().all(|g| g.len() == 2)
        && groups[last].len() == 3
}

/// The decimal that a spreadsheet program shows for this double: at most 15 significant digits.
pub(crate) fn double(number: f64) -> Result<Amount, String> {
    if !number.is_finite() {
        return Err("expected a finite number".to_owned());
    }
    let shown = if number.fract() == 0.0 && number.abs() < 1e15 {
        number.to_string()
    } else {
        format!("{number:.*e}", DOUBLE_DIGITS - 1)
    };
    exact(&shown).map_err(|e| format!("expected a number that can be kept: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, decimal: char, thousands: Option<char>) -> Option<String> {
        let notation = Notation { decimal, thousands, settled: true };
        number(&Cell::text(text.into()), notation).ok().map(|a| a.normalize().to_string())
    }

    #[test]
    fn a_notation_is_followed_and_never_guessed() {
        let some = |text: &str| Some(text.to_owned());
        for (text, decimal, thousands, expected) in [
            ("1.234", '.', None, some("1.234")),
            ("1,234", '.', None, None),
            ("1,234", '.', Some(','), some("1234")),
            ("1,234.50", '.', Some(','), some("1234.5")),
            ("4,204.23", '.', Some(','), some("4204.23")),
            ("4,20", ',', None, some("4.2")),
            ("12,34", '.', Some(','), None),
            ("1,234,56", '.', Some(','), None),
            ("1234,567", '.', Some(','), None),
            (",234", '.', Some(','), None),
            ("0,125", '.', Some(','), None),
            ("-1,234", '.', Some(','), some("-1234")),
            ("1.234", ',', None, None),
            ("1,234", ',', None, some("1.234")),
            ("1.234.567,89", ',', Some('.'), some("1234567.89")),
            ("1.234,5,6", ',', Some('.'), None),
            ("1234,56", ',', Some('.'), some("1234.56")),
            ("1 234,56", ',', Some(' '), some("1234.56")),
            ("1\u{a0}234,56", ',', Some(' '), some("1234.56")),
            ("1\u{202f}234,56", ',', Some(' '), some("1234.56")),
            ("1\u{2009}234,56", ',', Some(' '), some("1234.56")),
            ("1\u{2007}234,56", ',', Some(' '), some("1234.56")),
            ("1\u{3000}234,56", ',', Some(' '), some("1234.56")),
            ("1'234'567.89", '.', Some('\''), some("1234567.89")),
            ("1\u{2019}234\u{2019}567.89", '.', Some('\''), some("1234567.89")),
            ("1,23,456.78", '.', Some(','), some("123456.78")),
            ("12,34,56,789", '.', Some(','), some("123456789")),
            ("1,2,345", '.', Some(','), None),
            ("1,23,45", '.', Some(','), None),
            ("1.00E+05", '.', None, some("100000")),
            ("7.5%", '.', None, some("7.5")),
            ("7,5 %", ',', None, some("7.5")),
            ("1e5", ',', Some('.'), some("100000")),
            ("$5", '.', None, None),
            ("NaN", '.', None, None),
            ("", '.', None, None),
            ("0.40477399635468612", '.', None, some("0.404773996355")),
            ("30.000000000000004", '.', None, some("30")),
            ("0.0000000000012345", '.', None, None),
        ] {
            assert_eq!(read(text, decimal, thousands), expected, "{text} {decimal} {thousands:?}");
        }
    }

    #[test]
    fn doubles_are_what_a_spreadsheet_shows() {
        let read = |n: f64, f: Format| {
            number(&Cell::Number(n, f), Notation::PLAIN).ok().map(|a| a.normalize().to_string())
        };
        for (number, expected) in [
            (24.51, "24.51"),
            (133_080.0, "133080"),
            (123_456_789_012_345.0, "123456789012345"),
            (0.1 + 0.2, "0.3"),
            (1.63000011444092, "1.630000114441"),
            (0.404773996354686, "0.404773996355"),
            (-12.5, "-12.5"),
            (3.75e-6, "0.00000375"),
        ] {
            assert_eq!(read(number, Format::Plain).as_deref(), Some(expected));
        }
        assert_eq!(read(0.075, Format::Percent).as_deref(), Some("7.5"));
        assert_eq!(read(270.0, Format::Digits(4)).as_deref(), Some("270"));
        assert_eq!(
            read(2.5, Format::Times(Multiple::MILLIONS_OR_METRES, "")).as_deref(),
            Some("2.5")
        );
        assert_eq!(read(2.5, Format::Times(Multiple::ZEROS, "")), None);
        for bad in [f64::NAN, f64::INFINITY, 1e300, 1.5e-13] {
            assert_eq!(read(bad, Format::Plain), None, "{bad}");
        }
        assert!(number(&Cell::Bool(true), Notation::PLAIN).is_err());
    }

    #[test]
    fn three_digits_behind_a_lone_mark_can_be_read_in_two_ways() {
        let point = Notation { settled: false, ..Notation::PLAIN };
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
        assert!(!is_ambiguous("100.000", Notation { settled: true, ..point }));
    }

    proptest::proptest! {
        /// Whatever is written in a notation is read back, and by no other notation differently
        /// without being seen: the fuzz body of this parser must not panic either.
        #[test]
        fn written_and_read(units in 0_u64..10_000_000_000, cents in 0_u64..100, which in 0_usize..5) {
            let (decimal, thousands) =
                [('.', ','), (',', '.'), (',', ' '), ('.', '\''), ('.', '\u{202f}')][which];
            let digits = units.to_string();
            let mut whole = String::new();
            for (i, c) in digits.chars().enumerate() {
                if i > 0 && (digits.len() - i) % 3 == 0 {
                    whole.push(thousands);
                }
                whole.push(c);
            }
            let text = format!("{whole}{decimal}{cents:02}");
            let mark = if thousands == '\u{202f}' { ' ' } else { thousands };
            let read = read(&text, decimal, Some(mark)).unwrap();
            assert_eq!(read, Amount::new((units * 100 + cents) as i64, 2).normalize().to_string());
        }

        #[test]
        fn anything_is_a_number_or_an_error(text in "\\PC{0,24}", which in 0_usize..4) {
            let (decimal, thousands) =
                [('.', None), ('.', Some(',')), (',', Some('.')), (',', Some(' '))][which];
            let notation = Notation { decimal, thousands, settled: which > 0 };
            let _ = (text_number(&text, notation), is_ambiguous(&text, notation));
        }
    }
}
