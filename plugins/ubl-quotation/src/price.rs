//! The price of a line: per one unit, net of what the line allows and charges, and proved by the
//! line's total where that is stated.

use crate::charge::{Charge, in_currency};
use crate::number::{ONE, added, digits, divided, half_of_last_place, multiplied, stated};
use crate::tree::Element;
use crate::unit::unit;

/// What one line asks per unit.
pub(crate) struct Price<'a> {
    /// Where the price stands.
    pub(crate) element: &'a Element,
    /// Per one `per`.
    pub(crate) amount: i128,
    pub(crate) currency: &'a str,
    pub(crate) per: &'a str,
    /// The only quantity that it is known for, if an amount for the whole line is in it.
    pub(crate) only_at: Option<i128>,
    /// Whether the line's total proves it, which is without tax.
    pub(crate) proved: bool,
    /// The price as it stands, and the quantity that it is for, where that is not the price per unit.
    pub(crate) as_stated: Option<String>,
}

/// Reads the price of a `LineItem`.
///
/// # Errors
/// What is wrong with it, with its place.
pub(crate) fn price(line: &Element) -> Result<Price<'_>, String> {
    let price = line.at("Price").ok_or_else(|| line.wrong("found no Price"))?;
    let element = price.at("PriceAmount").ok_or_else(|| price.wrong("found no PriceAmount"))?;
    let currency = currency(element)?;
    prove_gross(price, element, currency)?;
    let factor = price.at("OrderableUnitFactorRate");
    if let Some(factor) = factor.filter(|f| stated(f).as_ref() != Ok(&ONE)) {
        return Err(factor.wrong("the price is for another unit than the one that is ordered"));
    }
    let sums = Sums::read(line, price, element, currency)?;
    let per = per(line, price)?;
    let (amount, only_at, exact) = sums.net()?;
    let as_stated = (sums.base != ONE || amount != sums.price || !exact)
        .then(|| format!("{} per {}", digits(sums.price), digits(sums.base)));
    let proved = sums.prove()?;
    Ok(Price { element, amount, currency, per, only_at, proved, as_stated })
}

fn currency(amount: &Element) -> Result<&str, String> {
    let code = amount.attributes.get("currencyID").map_or("", String::as_str);
    match code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) {
        true => Ok(code),
        false => {
            Err(amount.wrong(format!("found the currency `{code}`, expected one such as `EUR`")))
        }
    }
}

/// An allowance within the price is in it already; only a base that says so proves it.
fn prove_gross(price: &Element, element: &Element, currency: &str) -> Result<(), String> {
    for charge in Charge::all(price, currency)? {
        let net = charge.base.map(|base| base + charge.signed());
        if net != Some(stated(element)?) {
            let base = charge.base.map_or("none".to_owned(), digits);
            return Err(charge.element.wrong(format!(
                "the price is `{}`, expected the BaseAmount (`{base}`) with `{}` taken off or added: \
                 without that nobody can tell whether the price holds it already",
                element.text,
                digits(charge.amount)
            )));
        }
    }
    Ok(())
}

/// The unit that the price is per: of its base quantity, which must be the line's.
fn per<'a>(line: &'a Element, price: &'a Element) -> Result<&'a str, String> {
    let of = |element: Option<&'a Element>| element.map(unit).transpose().map(Option::flatten);
    let base = price.at("BaseQuantity");
    match (of(base)?, of(line.at("Quantity"))?) {
        (Some(base_unit), Some(quantity)) if base_unit != quantity => {
            Err(base.unwrap_or(price).wrong(format!(
                "found the unit `{base_unit}`, expected `{quantity}`, in which the line counts"
            )))
        }
        (Some(unit), _) | (None, Some(unit)) => Ok(unit),
        (None, None) => Err(price.wrong(
            "found no unit, expected a `unitCode` of its BaseQuantity or of the line's Quantity",
        )),
    }
}

/// What the net price is made of.
struct Sums<'a> {
    line: &'a Element,
    element: &'a Element,
    price: i128,
    base: i128,
    quantity: Option<i128>,
    charges: Vec<Charge<'a>>,
    currency: &'a str,
}

impl<'a> Sums<'a> {
    fn read(
        line: &'a Element,
        price: &'a Element,
        element: &'a Element,
        currency: &'a str,
    ) -> Result<Self, String> {
        let positive = |quantity: &Element| match stated(quantity)? {
            0 => Err(quantity.wrong("found `0`, expected a quantity above zero")),
            number => Ok(number),
        };
        Ok(Self {
            line,
            element,
            price: stated(element)?,
            // The standard's own default: a price without a base is for one.
            base: price.at("BaseQuantity").map_or(Ok(ONE), positive)?,
            quantity: line.at("Quantity").map(positive).transpose()?,
            charges: Charge::all(line, currency)?,
            currency,
        })
    }

    fn too_large(&self) -> String {
        self.element.wrong("its numbers are too large for an exact result")
    }

    /// The price of the whole quantity, before allowances and charges.
    fn gross(&self, quantity: i128) -> Result<i128, String> {
        let product = multiplied(self.price, quantity);
        let gross = product.and_then(|product| divided(product, self.base));
        gross.map(|(gross, _)| gross).ok_or_else(|| self.too_large())
    }

    /// The net price of one, the only quantity that it holds for, and whether it is exact.
    fn net(&self) -> Result<(i128, Option<i128>, bool), String> {
        let (one, mut exact) = divided(self.price, self.base).ok_or_else(|| self.too_large())?;
        let (mut net, mut only_at) = (one, None);
        for charge in &self.charges {
            let quantity = self.quantity.ok_or_else(|| {
                charge.element.wrong("it is for the whole line, which states no Quantity")
            })?;
            let (part, flat) = self.part(charge, one, quantity)?;
            let part_signed = if charge.on_top { part.0 } else { -part.0 };
            net = added(net, part_signed).ok_or_else(|| self.too_large())?;
            exact &= part.1;
            only_at = only_at.or(flat.then_some(quantity));
        }
        match net >= 0 {
            true => Ok((net, only_at, exact)),
            false => Err(self.element.wrong("more is taken off than the price")),
        }
    }

    /// What a charge is for one unit, and whether that depends on the quantity.
    fn part(
        &self,
        charge: &Charge<'_>,
        one: i128,
        quantity: i128,
    ) -> Result<((i128, bool), bool), String> {
        let gross = self.gross(quantity)?;
        let of_line = charge.base.is_some_and(|base| (base - gross).abs() <= ONE / 200);
        let part = match charge.share.filter(|_| of_line) {
            Some(share) => multiplied(one, share).map(|part| ((part, true), false)),
            None => divided(charge.amount, quantity).map(|part| (part, true)),
        };
        part.ok_or_else(|| self.too_large())
    }

    /// Holds the price against the line's total, if both it and the quantity are stated.
    fn prove(&self) -> Result<bool, String> {
        let total = self.line.at("LineExtensionAmount");
        let (Some(total), Some(quantity)) = (total, self.quantity) else { return Ok(false) };
        in_currency(total, self.currency)?;
        let mut all = self.charges.iter().map(Charge::signed);
        let expected = all.try_fold(self.gross(quantity)?, added);
        let expected = expected.ok_or_else(|| self.too_large())?;
        if (expected - stated(total)?).abs() <= half_of_last_place(&total.text) {
            return Ok(true);
        }
        Err(total.wrong(format!(
            "found `{}`, expected `{}`: quantity {} at {} per {}, with allowances and charges",
            total.text,
            digits(expected),
            digits(quantity),
            digits(self.price),
            digits(self.base)
        )))
    }
}
