//! Decimal amounts: parsing without guessing, and the fixed scale in which they are stored.

use rust_decimal::Decimal;
use std::fmt;

/// Powers of ten by their exponents.
const TENS: [i128; 1 + Decimal::MAX_SCALE as usize] = {
    let mut tens = [1; 1 + Decimal::MAX_SCALE as usize];
    let mut exponent = 1;
    while exponent < tens.len() {
        tens[exponent] = 10 * tens[exponent - 1];
        exponent += 1;
    }
    tens
};

/// A decimal amount of money, of no currency yet. Exact: never a binary float.
pub type Amount = Decimal;

/// Digits after the point in a stored amount (`Decimal128(38, 12)`).
pub const AMOUNT_SCALE: u32 = 12;

/// Why a text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AmountError {
    /// Not a plain decimal number: optional sign, digits, optional point and digits.
    NotANumber,
    /// More digits than the store keeps (16 before the point, 12 after it).
    TooManyDigits,
}

impl fmt::Display for AmountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "not a plain decimal number such as `112000` or `53.85`",
            Self::TooManyDigits => "more than 16 digits before or 12 digits after the point",
        })
    }
}

impl std::error::Error for AmountError {}

/// Reads a plain decimal number, with an exponent if it has one (`1.00E+05`). No grouping marks,
/// no currency, no spaces: what notation a file uses is for a recipe to say, not for this to guess.
///
/// # Errors
/// [`AmountError`] if the text is anything else, or has more digits than can be kept exactly.
pub fn parse_amount(text: &str) -> Result<Amount, AmountError> {
    if let Some(amount) = short_amount(text) {
        return to_scaled(amount).map(|_| amount);
    }
    let (mantissa, exponent) = split_exponent(text)?;
    let plain = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, "0"));
    if whole.is_empty() || fraction.is_empty() || !digits(whole) || !digits(fraction) {
        return Err(AmountError::NotANumber);
    }
    let amount = if exponent == 0 {
        Decimal::from_str_exact(mantissa).map_err(|_| AmountError::TooManyDigits)?
    } else {
        Decimal::from_scientific(text).map_err(|_| AmountError::TooManyDigits)?
    };
    to_scaled(amount)?;
    Ok(amount)
}

/// A decimal without sign and of few digits, as most are, at little cost: `0.25`, `3.75e-06`.
/// `None` of any other text, whatever it is.
pub fn short_amount(text: &str) -> Option<Amount> {
    const DIGITS: usize = 18;
    let (whole, mut number, mut rest) = leading_digits(0, text.as_bytes());
    let (mut fraction, mut tenths) = (0, 0);
    if let [b'.', behind @ ..] = rest {
        (fraction, number, rest) = leading_digits(number, behind);
        if fraction == 0 {
            return None;
        }
    }
    if let [b'e' | b'E', b'-', behind @ ..] = rest {
        let (count, exponent, behind) = leading_digits(0, behind);
        if !(1..=2).contains(&count) {
            return None;
        }
        (tenths, rest) = (exponent as usize, behind);
    }
    let scale = (fraction + tenths) as u32;
    let short = rest.is_empty() && whole > 0 && whole + fraction <= DIGITS;
    (short && scale <= Decimal::MAX_SCALE).then(|| Decimal::new(number as i64, scale))
}

/// Digits at the start of a text, behind those of a number: how many, the number, and what follows.
/// The number means nothing where they are too many.
fn leading_digits(mut number: u64, text: &[u8]) -> (usize, u64, &[u8]) {
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at(count);
    for digit in digits {
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
    }
    (count, number, rest)
}

fn split_exponent(text: &str) -> Result<(&str, i32), AmountError> {
    match text.split_once(['e', 'E']) {
        None => Ok((text, 0)),
        Some((mantissa, exponent)) => {
            let value = exponent.parse().map_err(|_| AmountError::NotANumber)?;
            Ok((mantissa, value))
        }
    }
}

/// The stored form: the amount times `10^12`, exactly.
///
/// # Errors
/// [`AmountError::TooManyDigits`] if that is not a whole number or does not fit.
pub fn to_scaled(amount: Amount) -> Result<i128, AmountError> {
    const LEAST_TOO_LARGE: u128 = 10_u128.pow(16 + AMOUNT_SCALE);
    let (digits, scale) = (amount.mantissa(), amount.scale());
    let scaled = match AMOUNT_SCALE.checked_sub(scale) {
        Some(missing) => digits.checked_mul(TENS[missing as usize]),
        None => {
            let surplus = TENS[(scale - AMOUNT_SCALE) as usize];
            (digits % surplus == 0).then(|| digits / surplus)
        }
    };
    let scaled = scaled.filter(|scaled| scaled.unsigned_abs() < LEAST_TOO_LARGE);
    scaled.ok_or(AmountError::TooManyDigits)
}

/// The amount that [`to_scaled`] stored.
///
/// # Errors
/// [`AmountError::TooManyDigits`] if the number was not written by `to_scaled` and has no exact
/// decimal here.
pub fn from_scaled(mut scaled: i128) -> Result<Amount, AmountError> {
    let mut scale = AMOUNT_SCALE;
    // Wide divisions only until a word of the processor holds the number.
    let mut narrow = i64::try_from(scaled);
    while scale > 0 && narrow.is_err() && scaled % 10 == 0 {
        (scaled, scale) = (scaled / 10, scale - 1);
        narrow = i64::try_from(scaled);
    }
    let Ok(mut digits) = narrow else {
        let amount = Decimal::try_from_i128_with_scale(scaled, scale);
        return amount.map_err(|_| AmountError::TooManyDigits);
    };
    // At most twelve zeros, which are eight, four, two and one of them.
    for (zeros, tens) in [(8, 100_000_000), (4, 10_000), (2, 100), (1, 10)] {
        if zeros <= scale && digits % tens == 0 {
            (digits, scale) = (digits / tens, scale - zeros);
        }
    }
    Ok(Decimal::new(digits, scale))
}

/// A scaled amount as its digits, whatever it is: what is shown where it may be no [`Amount`].
pub fn scaled_text(scaled: i128) -> String {
    const WHOLE: u128 = 10_u128.pow(AMOUNT_SCALE);
    let (sign, all) = (if scaled < 0 { "-" } else { "" }, scaled.unsigned_abs());
    let part = format!("{:012}", all % WHOLE);
    match part.trim_end_matches('0') {
        "" => format!("{sign}{}", all / WHOLE),
        part => format!("{sign}{}.{part}", all / WHOLE),
    }
}

/// The nearest double of a scaled amount: what statistics compute with.
///
/// Correctly rounded for every amount of at most 15 significant digits, since both integers of
/// the one division are then exact doubles.
pub fn to_f64(scaled: i128) -> f64 {
    const POWERS: [f64; 13] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12];
    const WHOLE: i128 = 1_000_000_000_000;
    if scaled % WHOLE == 0 {
        return (scaled / WHOLE) as f64;
    }
    let mut digits = scaled;
    let mut scale = AMOUNT_SCALE as usize;
    while scale > 0 && digits % 10 == 0 {
        digits /= 10;
        scale -= 1;
    }
    digits as f64 / POWERS[scale]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_of_the_amount() {
        for (scaled, text) in [
            (0, "0"),
            (1, "0.000000000001"),
            (-500_000_000_000, "-0.5"),
            (19_900_000_000_000, "19.9"),
            (100_000_000_000_000, "100"),
            (10_i128.pow(37) + 1, "10000000000000000000000000.000000000001"),
            (i128::MIN, "-170141183460469231731687303.715884105728"),
        ] {
            assert_eq!(scaled_text(scaled), text);
            if let Ok(amount) = from_scaled(scaled) {
                assert_eq!(amount.to_string(), text);
            }
        }
    }

    #[test]
    fn plain_numbers_and_nothing_else() {
        for (text, scaled) in [
            ("112000", 112_000_000_000_000_000),
            ("-0.5", -500_000_000_000),
            ("1.00E+05", 100_000_000_000_000_000),
            ("3.75e-06", 3_750_000),
            ("0.000000000001", 1),
            ("9999999999999999", 9_999_999_999_999_999_000_000_000_000),
        ] {
            assert_eq!(parse_amount(text).and_then(to_scaled), Ok(scaled), "{text}");
        }
        for text in
            ["", " 1", "1,000", "$5", "nan", "inf", ".5", "5.", "1e", "0x10", "1_000", "--1"]
        {
            assert_eq!(parse_amount(text), Err(AmountError::NotANumber), "{text}");
        }
        for text in ["0.0000000000001", "10000000000000000", "1e40", "1e-30"] {
            assert_eq!(parse_amount(text), Err(AmountError::TooManyDigits), "{text}");
        }
    }

    proptest::proptest! {
        /// As the library reads it that knows all notations.
        #[test]
        fn short_numbers_are_read_as_any_other(
            whole in "[0-9]{0,10}", fraction in "(\\.[0-9]{0,10})?", exponent in "([eE][-+]?[0-9]{0,3})?",
        ) {
            let text = format!("{whole}{fraction}{exponent}");
            if let Some(amount) = short_amount(&text) {
                let plain = text.parse::<Decimal>();
                let read = plain.or_else(|_| Decimal::from_scientific(&text)).unwrap();
                assert_eq!((amount, amount.scale()), (read, read.scale()), "{text}");
            }
        }

        /// By the definition: it has no digit behind the twelfth, and few before the point.
        #[test]
        fn what_is_stored_is_exact(digits in proptest::num::i128::ANY, scale in 0_u32..=28) {
            let amount = Decimal::from_i128_with_scale(digits >> 33, scale).normalize();
            let fits = amount.scale() <= 12 && amount.abs() < Decimal::from(10_u64.pow(16));
            let scaled = fits.then(|| amount.mantissa() * 10_i128.pow(12 - amount.scale()));
            let padded = Decimal::from_i128_with_scale(digits >> 33, scale);
            assert_eq!(to_scaled(padded).ok(), scaled, "{padded}");
        }

        #[test]
        fn scaled_round_trip(digits in -999_999_999_999_999_i64..999_999_999_999_999, scale in 0_u32..=12) {
            let amount = Decimal::new(digits, scale);
            let scaled = to_scaled(amount).unwrap();
            assert_eq!(from_scaled(scaled).unwrap(), amount.normalize());
            let text = amount.to_string();
            assert_eq!(to_f64(scaled), text.parse::<f64>().unwrap());
        }
    }
}
