//! Terms that a row of a source states in words, under the names of the keys of a deal file.

use super::{Incoterm, QuoteRow};
use crate::deal::{Scheme, Scope, Terms};
use haggle_quantity::{Amount, Currency, parse_amount, parse_date};
use std::sync::Arc;

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

/// The attribute of a row that says in which row of its column each term stands:
/// `freight=14 incoterm=15`. Terms below a table are said of every price of a column.
const TERM_ROWS: &str = "term_rows";

/// Where a term of a row stands: in a cell of its own below the price, else with the price.
pub(super) fn place_of(row: &QuoteRow, key: &str) -> Arc<str> {
    let stated = row.attributes.iter().find(|(name, _)| &**name == TERM_ROWS);
    let named = |it: &&str| it.strip_prefix(key).is_some_and(|rest| rest.starts_with('='));
    let own = stated.and_then(|(_, rows)| rows.split(' ').find(named));
    let place = row.place.to_string();
    let moved = own.and_then(|it| in_row(&place, &it[key.len() + 1..]));
    Arc::from(moved.unwrap_or(place))
}

/// A place in another row of its column: `bids.xlsx:Prices!D14`, `bids.csv:6:5`.
fn in_row(place: &str, row: &str) -> Option<String> {
    let sheet = place.trim_end_matches(|c: char| c.is_ascii_digit());
    let letters = sheet.trim_end_matches(|c: char| c.is_ascii_uppercase());
    if letters.ends_with('!') && letters.len() < sheet.len() && sheet.len() < place.len() {
        return Some(format!("{sheet}{row}"));
    }
    let mut parts = place.rsplitn(3, ':');
    let (column, _, file) = (parts.next()?, parts.next()?, parts.next()?);
    Some(format!("{file}:{row}:{column}"))
}

/// Writes a term of [`TERMS`] as a text states it; `currency` is that of the quote.
///
/// # Errors
/// What was expected.
pub(super) fn state(
    terms: &mut Terms,
    key: &str,
    text: &str,
    currency: Currency,
) -> Result<(), &'static str> {
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
        "minimum_value" => terms.minimum_value = Some(money_in(text, currency)?),
        "freight" => terms.freight = Some(money_in(text, currency)?),
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

/// Money of 0 or more, which may name the currency of the quote in front: `EUR 40`, `$ 40`.
fn money_in(text: &str, currency: Currency) -> Result<Amount, &'static str> {
    let Some((mark, amount)) = text.trim().split_once(' ') else { return money(text) };
    // A dollar sign is that of whatever dollar the quote is in.
    let dollar = mark == "$" && currency.as_str().ends_with('D');
    match mark == currency.as_str() || dollar {
        true => money(amount),
        false => Err("an amount of 0 or more in the currency of the quote"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_below_a_price_has_a_cell_of_its_own() {
        for (place, row, expected) in [
            ("bids.csv:6:5", "14", Some("bids.csv:14:5")),
            ("bids.xlsx:Prices!D14", "31", Some("bids.xlsx:Prices!D31")),
            ("bids.xlsx:My: sheet 2!AB7", "31", Some("bids.xlsx:My: sheet 2!AB31")),
            ("list", "3", None),
        ] {
            assert_eq!(in_row(place, row).as_deref(), expected, "{place}");
        }
    }

    #[test]
    fn money_of_another_currency_is_refused() {
        let read = |text: &str, code: &str| money_in(text, code.parse().unwrap()).ok();
        assert_eq!(read("40", "EUR"), Some(Amount::from(40_u32)));
        assert_eq!(read("EUR 40", "EUR"), Some(Amount::from(40_u32)));
        assert_eq!(read("$ 40", "USD"), Some(Amount::from(40_u32)));
        assert_eq!(read("$ 40", "EUR"), None);
        assert_eq!(read("USD 40", "EUR"), None);
        assert_eq!(read("40 per pallet", "EUR"), None);
    }
}
