//! Allowances and charges: what is taken off a price or comes on top of it.

use crate::number::{ONE, digits, half_of_last_place, multiplied, stated};
use crate::tree::Element;

/// The reason code of freight (UN/EDIFACT 7161).
const FREIGHT: &str = "FC";

/// One `AllowanceCharge`.
pub(crate) struct Charge<'a> {
    pub(crate) element: &'a Element,
    /// Whether it comes on top; else it is taken off.
    pub(crate) on_top: bool,
    pub(crate) amount: i128,
    /// What it is a share of, if that is stated.
    pub(crate) base: Option<i128>,
    /// The share, if one is stated.
    pub(crate) share: Option<i128>,
}

impl<'a> Charge<'a> {
    /// Reads those of an element.
    ///
    /// # Errors
    /// What was found, with its place.
    pub(crate) fn all(of: &'a Element, currency: &str) -> Result<Vec<Self>, String> {
        of.all("AllowanceCharge").map(|element| Self::read(element, currency)).collect()
    }

    fn read(element: &'a Element, currency: &str) -> Result<Self, String> {
        let on_top = match element.text_at("ChargeIndicator") {
            Some("true" | "1") => true,
            Some("false" | "0") => false,
            found => {
                let found = found.unwrap_or("");
                return Err(element.wrong(format!(
                    "found the ChargeIndicator `{found}`, expected `true` (a charge) or `false` (an allowance)"
                )));
            }
        };
        let amount = element.at("Amount").ok_or_else(|| element.wrong("found no Amount"))?;
        let base = element.at("BaseAmount");
        for stated in [Some(amount), base].into_iter().flatten() {
            in_currency(stated, currency)?;
        }
        let base = base.map(stated).transpose()?;
        let share = share(element, amount, base)?;
        Ok(Self { element, on_top, amount: stated(amount)?, base, share })
    }

    /// The amount, below zero if it is taken off.
    pub(crate) fn signed(&self) -> i128 {
        if self.on_top { self.amount } else { -self.amount }
    }

    pub(crate) fn is_freight(&self) -> bool {
        self.on_top && self.element.text_at("AllowanceChargeReasonCode") == Some(FREIGHT)
    }
}

/// Refuses an amount in another currency than the rest.
///
/// # Errors
/// What was found, with its place.
pub(crate) fn in_currency(amount: &Element, currency: &str) -> Result<(), String> {
    match amount.attributes.get("currencyID").map(String::as_str) {
        Some(found) if found == currency => Ok(()),
        found => {
            let found = found.unwrap_or("");
            Err(amount.wrong(format!("found the currency `{found}`, expected `{currency}`")))
        }
    }
}

/// The factor as a share. Some write a fifth as `0.2` and some as `20`; which it is, base and
/// amount prove.
fn share(element: &Element, amount: &Element, base: Option<i128>) -> Result<Option<i128>, String> {
    let Some(factor) = element.at("MultiplierFactorNumeric") else { return Ok(None) };
    let Some(base) = base else { return Ok(None) };
    let (number, total) = (stated(factor)?, stated(amount)?);
    let half = half_of_last_place(&amount.text);
    let proved = |share: &i128| {
        multiplied(base, *share).is_some_and(|product| (product - total).abs() <= half)
    };
    let found = [number, number / 100].into_iter().find(|share| *share <= ONE && proved(share));
    found.map(Some).ok_or_else(|| {
        factor.wrong(format!(
            "found the factor `{}`, and `{}` is no such share of the base `{}`",
            factor.text,
            amount.text,
            digits(base)
        ))
    })
}
