//! Terms that a row of a source states in words, under the names of the keys of a deal file.

use super::Incoterm;
use crate::deal::{Scheme, Scope, Terms};
use haggle_quantity::{Amount, parse_amount, parse_date};

/// The terms that rows may state, one for a whole quote.
pub(super) const TERMS: [&str; 16] = [
    "incoterm",
    "payment_days",
    "early_discount",
    "early_days",
    "minimum_value",
    "tax",
    "tax_included",
    "tax_recoverable",
    "freight",
    "rejects",
    "quality_cost",
    "switching_cost",
    "incumbent",
    "term_months",
    "exclusions",
    "reference",
];

/// Writes a term of [`TERMS`] as a text states it.
///
/// # Errors
/// What was expected.
pub(super) fn state(terms: &mut Terms, key: &str, text: &str) -> Result<(), &'static str> {
    match key {
        "incoterm" => {
            terms.incoterm =
                Some(Incoterm::parse(text).ok_or("a rule of Incoterms 2020 such as `DAP`")?);
        }
        "payment_days" => terms.payment_days = Some(whole(text)?),
        "early_days" => terms.early_days = Some(whole(text)?),
        "term_months" => terms.term_months = Some(whole(text)?),
        "early_discount" => terms.early_discount = Some(share(text)?),
        "tax" => terms.tax = Some(share(text)?),
        "rejects" => terms.rejects = Some(share(text)?),
        "tax_included" => terms.tax_included = Some(flag(text)?),
        "tax_recoverable" => terms.tax_recoverable = Some(flag(text)?),
        "incumbent" => terms.incumbent = Some(flag(text)?),
        "reference" => terms.reference = Some(flag(text)?),
        "minimum_value" => terms.minimum_value = Some(money(text)?),
        "freight" => terms.freight = Some(money(text)?),
        "quality_cost" => terms.quality_cost = Some(money(text)?),
        "switching_cost" => terms.switching_cost = Some(money(text)?),
        "exclusions" => terms.exclusions = vec![text.trim().to_owned()],
        _ => return Err("a term of `[[quote]]`"),
    }
    Ok(())
}

/// A number of days or months.
pub(super) fn whole(text: &str) -> Result<u32, &'static str> {
    let expected = "a whole number";
    let number = parse_amount(text.trim()).map_err(|_| expected)?;
    u32::try_from(number.normalize()).ok().filter(|_| number.is_integer()).ok_or(expected)
}

/// A share of 1: `0.05` or `5 %`.
pub(super) fn share(text: &str) -> Result<Amount, &'static str> {
    let expected = "a share such as `0.05` or `5 %`";
    let share = match text.trim().strip_suffix('%') {
        Some(percent) => parse_amount(percent.trim()).map(|percent| percent / Amount::ONE_HUNDRED),
        None => parse_amount(text.trim()),
    };
    let inside = |share: &Amount| (Amount::ZERO..=Amount::ONE).contains(share);
    share.ok().filter(inside).ok_or(expected)
}

/// `true` or `yes`, `false` or `no`.
fn flag(text: &str) -> Result<bool, &'static str> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" => Ok(true),
        "false" | "no" => Ok(false),
        _ => Err("`true` or `false`"),
    }
}

/// Money of 0 or more.
pub(super) fn money(text: &str) -> Result<Amount, &'static str> {
    let amount = parse_amount(text.trim()).ok().filter(|amount| *amount >= Amount::ZERO);
    amount.ok_or("an amount of 0 or more")
}

/// A quantity of more than 0.
pub(super) fn quantity(text: &str) -> Result<Amount, &'static str> {
    let amount = parse_amount(text.trim()).ok().filter(|amount| *amount > Amount::ZERO);
    amount.ok_or("a number of more than 0")
}

/// A date.
pub(super) fn date(text: &str) -> Result<haggle_quantity::Date, &'static str> {
    parse_date(text.trim()).map_err(|_| "a date such as `2026-12-31`")
}

/// How breaks count.
pub(super) fn scheme(text: &str) -> Result<Scheme, &'static str> {
    let known = Scheme::WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(text.trim()));
    known.map(|(_, scheme)| *scheme).ok_or("`all-units` or `incremental`")
}

/// Whether a price holds what is asked.
pub(super) fn scope(text: &str) -> Result<Scope, &'static str> {
    let known = Scope::WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(text.trim()));
    known.map(|(_, scope)| *scope).ok_or("`included`, `excluded` or `unclear`")
}
