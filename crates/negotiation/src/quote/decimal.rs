//! Decimal arithmetic that keeps twelve digits after the point and tells what does not fit.

use haggle_quantity::{AMOUNT_SCALE, Amount};

/// Digits after the point that people write a share with; what has more was computed.
const STATED: u32 = 6;

/// Rounded to what is kept (half to even).
pub(super) fn kept(amount: Amount) -> Amount {
    amount.round_dp(AMOUNT_SCALE)
}

/// The product, kept; `None` where it does not fit.
pub(super) fn times(a: Amount, b: Amount) -> Option<Amount> {
    a.checked_mul(b).map(kept)
}

/// The quotient, kept; `None` where it does not fit or there is none.
pub(super) fn over(a: Amount, b: Amount) -> Option<Amount> {
    a.checked_div(b).map(kept)
}

/// The sum; `None` where it does not fit.
pub(super) fn sum(amounts: impl IntoIterator<Item = Amount>) -> Option<Amount> {
    amounts.into_iter().try_fold(Amount::ZERO, Amount::checked_add)
}

/// A double as the decimal that people write for it: 0.9 is 0.9. `None` where it does not fit.
pub(super) fn written(number: f64) -> Option<Amount> {
    Amount::from_str_exact(&number.to_string()).ok()
}

/// `(1 + rate) ^ years`, to twelve digits (G3); the same on every processor.
pub(super) fn grown(rate: f64, years: f64) -> Option<Amount> {
    let digits = AMOUNT_SCALE as usize;
    Amount::from_str_exact(&format!("{:.digits$}", libm::pow(1.0 + rate, years))).ok()
}

/// `amount` raised to the next whole multiple.
pub(super) fn in_multiples(amount: Amount, multiple: Amount) -> Option<Amount> {
    over(amount, multiple)?.ceil().checked_mul(multiple)
}

/// The middle of amounts in any order, of an even number the mean of the middle two.
pub(super) fn median(amounts: &mut [Amount]) -> Option<Amount> {
    amounts.sort_unstable();
    let middle = amounts.len() / 2;
    let upper = *amounts.get(middle)?;
    if amounts.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *amounts.get(middle.checked_sub(1)?)?;
    over(lower.checked_add(upper)?, Amount::TWO)
}

/// A share for people, with as many digits as it takes to compute with it again: `8.25 %`. One that
/// was computed has two digits after the point.
pub fn percent(share: Amount) -> String {
    let Some(hundredfold) = share.checked_mul(Amount::ONE_HUNDRED) else {
        return format!("{} times", share.round());
    };
    let digits = if share.normalize().scale() <= STATED { STATED } else { 2 };
    format!("{} %", hundredfold.round_dp(digits).normalize())
}

/// A computed share beside the limit that it is beyond: with all its digits where two are not
/// enough to tell them apart.
pub(super) fn percent_beyond(share: Amount, limit: Amount) -> String {
    let (text, limit) = (percent(share), percent(limit));
    match share.checked_mul(Amount::ONE_HUNDRED) {
        Some(whole) if text == limit => format!("{} %", whole.normalize()),
        _ => text,
    }
}
