//! A quotation: who quotes, on which terms, and its lines.

use crate::charge::{Charge, in_currency};
use crate::number::{added, digits, stated};
use crate::price::{Price, price};
use crate::tree::Element;
use crate::unit::{days, unit};
use haggle_plugin_api::date;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How the namespace of every quotation in UBL 2 begins.
const NAMESPACE: &str = "urn:oasis:names:specification:ubl:schema:xsd:Quotation-2";

/// The rules of Incoterms 2020.
const INCOTERMS: [&str; 11] =
    ["EXW", "FCA", "FAS", "FOB", "CFR", "CPT", "CIF", "CIP", "DAP", "DPU", "DDP"];

/// Whose code for an item its subject is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Whose {
    /// The buyer's own.
    Buyers,
    /// That of a standard, such as a GTIN.
    Standard,
    /// The seller's.
    Sellers,
}

impl Whose {
    const ALL: [Self; 3] = [Self::Buyers, Self::Standard, Self::Sellers];

    fn element(self) -> &'static str {
        match self {
            Self::Buyers => "BuyersItemIdentification/ID",
            Self::Standard => "StandardItemIdentification/ID",
            Self::Sellers => "SellersItemIdentification/ID",
        }
    }

    fn scheme(self) -> &'static str {
        match self {
            Self::Buyers => "buyer",
            Self::Standard => "standard",
            Self::Sellers => "seller",
        }
    }
}

/// One price as it is handed over.
pub(crate) struct Line<'a> {
    pub(crate) price: Price<'a>,
    pub(crate) party: Option<&'a str>,
    pub(crate) subject: Option<&'a str>,
    pub(crate) scheme: Option<&'a str>,
    pub(crate) title: Option<&'a str>,
    pub(crate) date: Option<i32>,
    /// By the names of the keys of a deal file; a JSON object with sorted keys.
    pub(crate) attributes: BTreeMap<&'static str, String>,
}

/// Reads the lines of a quotation. `whose` says which code of an item is wanted; else the first
/// that a line states of the buyer's, a standard's and the seller's.
///
/// # Errors
/// What is wrong with it, with its place: one price that is not certain refuses all of them.
pub(crate) fn lines(root: &Element, whose: Option<Whose>) -> Result<Vec<Line<'_>>, String> {
    if root.name != "Quotation" || !root.attributes.values().any(|v| v.starts_with(NAMESPACE)) {
        return Err(root.wrong(format!("found `{}`, expected a Quotation of UBL 2", root.name)));
    }
    once(root)?;
    let mut lines = Vec::new();
    for quoted in root.all("QuotationLine") {
        let item = quoted.at("LineItem").ok_or_else(|| quoted.wrong("found no LineItem"))?;
        lines.push(line(item, whose)?);
    }
    let Some(first) = lines.first() else { return Err(root.wrong("found no QuotationLine")) };
    let (terms, date, party) = (terms(root, first.price.currency)?, issued(root)?, party(root));
    for line in &mut lines {
        (line.date, line.party) = (date, party);
        for (key, value) in &terms {
            line.attributes.entry(*key).or_insert_with(|| value.clone());
        }
    }
    Ok(lines)
}

/// What an element states once or not at all: of two, nobody can tell which is meant.
const ONCE: [&str; 15] = [
    "IssueDate",
    "EndDate",
    "LineItem",
    "Quantity",
    "LineExtensionAmount",
    "MinimumQuantity",
    "Price",
    "PriceAmount",
    "BaseQuantity",
    "PackQuantity",
    "PackSizeNumeric",
    "ChargeIndicator",
    "Amount",
    "BaseAmount",
    "MultiplierFactorNumeric",
];

fn once(element: &Element) -> Result<(), String> {
    for (i, child) in element.children.iter().enumerate() {
        let before = element.children[..i].iter().any(|other| other.name == child.name);
        if before && ONCE.contains(&child.name.as_str()) {
            return Err(child.wrong("found a second one, expected one at most"));
        }
        once(child)?;
    }
    Ok(())
}

fn party(root: &Element) -> Option<&str> {
    let party = root.at("SellerSupplierParty/Party")?;
    party.text_at("PartyName/Name").or_else(|| party.text_at("PartyLegalEntity/RegistrationName"))
}

fn issued(root: &Element) -> Result<Option<i32>, String> {
    let Some(issued) = root.at("IssueDate") else { return Ok(None) };
    day(issued).map(Some)
}

fn day(element: &Element) -> Result<i32, String> {
    let expected =
        || element.wrong(format!("found `{}`, expected a day such as `2026-12-31`", element.text));
    date(&element.text).ok_or_else(expected)
}

fn line(item: &Element, whose: Option<Whose>) -> Result<Line<'_>, String> {
    let price = price(item)?;
    let named = item.at("Item").ok_or_else(|| item.wrong("found no Item"))?;
    let code =
        |whose: Whose| Some((whose, named.at(whose.element())?)).filter(|c| !c.1.text.is_empty());
    let code = match whose {
        Some(whose) => Some(code(whose).ok_or_else(|| {
            named.wrong(format!("found no {}, which was asked for", whose.element()))
        })?),
        None => Whose::ALL.into_iter().find_map(code),
    };
    let scheme = |(whose, id): (Whose, &'_ Element)| {
        let stated = id.attributes.contains_key("schemeID");
        if stated { None } else { Some(whose.scheme()) }
    };
    let stated = code.and_then(|(_, id)| id.attributes.get("schemeID")).map(String::as_str);
    let attributes = of_line(item, named, &price)?;
    Ok(Line {
        party: None,
        subject: code.map(|(_, id)| id.text.as_str()),
        scheme: stated.or_else(|| code.and_then(scheme)),
        title: named.text_at("Name").or_else(|| named.text_at("Description")),
        date: None,
        attributes,
        price,
    })
}

/// What a line says beside its price.
fn of_line(
    item: &Element,
    named: &Element,
    price: &Price<'_>,
) -> Result<BTreeMap<&'static str, String>, String> {
    let mut said = BTreeMap::new();
    said.extend(price.as_stated.clone().map(|stated| ("as_stated", stated)));
    said.extend(valid_until(item.at("Price/ValidityPeriod"))?);
    said.extend(incoterm(item)?);
    let lead = item.at("PricingReference/OriginalItemLocationQuantity/LeadTimeMeasure");
    said.extend(lead.map(days).transpose()?.map(|days| ("lead_time_days", days.to_string())));
    if let Some(least) = item.at("MinimumQuantity") {
        if unit(least)?.is_some_and(|unit| unit != price.per) {
            return Err(least.wrong(format!("found another unit than `{}`", price.per)));
        }
        said.insert("minimum", digits(stated(least)?));
    }
    said.extend(pack(named)?);
    Ok(said)
}

/// How many pieces a pack holds; the two ways to say it must agree.
fn pack(named: &Element) -> Result<Option<(&'static str, String)>, String> {
    let (quantity, size) = (named.at("PackQuantity"), named.at("PackSizeNumeric"));
    let Some(pack) = quantity.or(size) else { return Ok(None) };
    let many = stated(pack)?;
    match size.map(stated).transpose()? {
        Some(other) if other != many => {
            let found =
                format!("found `{}`, and PackSizeNumeric `{}`", digits(many), digits(other));
            Err(pack.wrong(found))
        }
        _ if many == 0 => Err(pack.wrong("found `0`, expected a quantity above zero")),
        _ => Ok(Some(("pack", digits(many)))),
    }
}

fn valid_until(period: Option<&Element>) -> Result<Option<(&'static str, String)>, String> {
    let Some(end) = period.and_then(|period| period.at("EndDate")) else { return Ok(None) };
    day(end).map(|_| Some(("valid_until", end.text.clone())))
}

/// The rule of delivery, if there is one; another code is none, and says nothing that is understood
/// here.
fn incoterm(of: &Element) -> Result<Option<(&'static str, String)>, String> {
    let ids: Vec<&Element> = of.all("DeliveryTerms").filter_map(|terms| terms.at("ID")).collect();
    let [id] = ids.as_slice() else { return Ok(None) };
    let claims = id.attributes.values().any(|v| v.to_uppercase().contains("INCOTERM"));
    match (INCOTERMS.contains(&id.text.as_str()), claims) {
        (true, _) => Ok(Some(("incoterm", id.text.clone()))),
        (false, false) => Ok(None),
        (false, true) => {
            let found = format!("found `{}`, expected a rule of Incoterms 2020", id.text);
            Err(id.wrong(found))
        }
    }
}

/// The terms of the whole quotation.
fn terms(root: &Element, currency: &str) -> Result<BTreeMap<&'static str, String>, String> {
    let mut said = BTreeMap::new();
    said.extend(root.text_at("ID").map(|id| ("quotation", id.to_owned())));
    said.extend(valid_until(root.at("ValidityPeriod"))?);
    said.extend(incoterm(root)?);
    payment(root, &mut said)?;
    let mut freight = 0;
    for charge in Charge::all(root, currency)? {
        if charge.is_freight() {
            freight = added(freight, charge.amount).ok_or_else(|| too_large(charge.element))?;
            said.insert("freight", digits(freight));
        } else {
            let discount = discount(root, &charge, currency)?;
            if said.insert("discount", discount).is_some() {
                return Err(charge.element.wrong("found a second discount, expected one"));
            }
        }
    }
    Ok(said)
}

fn too_large(of: &Element) -> String {
    of.wrong("its numbers are too large for an exact result")
}

/// When to pay; with a discount for those who pay within the period, that is what it is for.
fn payment(root: &Element, said: &mut BTreeMap<&'static str, String>) -> Result<(), String> {
    let all: Vec<&Element> = root.all("PaymentTerms").collect();
    let [terms] = all.as_slice() else { return Ok(()) };
    let measure = terms.at("SettlementPeriod/DurationMeasure");
    let Some(period) = measure.map(days).transpose()? else { return Ok(()) };
    match terms.at("SettlementDiscountPercent") {
        Some(percent) => {
            said.insert("early_discount", digits(stated(percent)? / 100));
            said.insert("early_days", period.to_string());
        }
        None => drop(said.insert("payment_days", period.to_string())),
    }
    Ok(())
}

/// An allowance on the whole quotation as a share of it. An amount that is not one, or a charge
/// other than freight, changes every price by what depends on all quantities.
fn discount(root: &Element, charge: &Charge<'_>, currency: &str) -> Result<String, String> {
    let mut sum = Some(0);
    for quoted in root.all("QuotationLine") {
        let total = quoted.at("LineItem/LineExtensionAmount");
        if let Some(total) = total {
            in_currency(total, currency)?;
        }
        sum = match sum.zip(total.map(stated).transpose()?) {
            Some((sum, total)) => Some(added(sum, total).ok_or_else(|| too_large(root))?),
            None => None,
        };
    }
    match charge.share.filter(|_| !charge.on_top && charge.base == sum) {
        Some(share) => Ok(digits(share)),
        None => Err(charge.element.wrong(format!(
            "found `{}` on the whole quotation, expected freight (reason code `FC`) or a discount \
             with its factor and the sum of all lines as BaseAmount: ask for it line by line",
            digits(charge.signed())
        ))),
    }
}
