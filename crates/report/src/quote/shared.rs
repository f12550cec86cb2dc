//! One supplier's own quote, for its eyes: what we understood, and what has to be cleared. Every
//! format is made from [`SharedQuote`], which has no place for anything else.

use super::json::exact;
use super::stated::charge;
use super::workbook;
use crate::html;
use crate::inline::{Inline, clean};
use crate::json::{list, pretty};
use crate::section::{self, Block, Item, Table, heading, paragraph};
use crate::text::Style;
use crate::{csv, markdown, number, text};
use haggle_negotiation::deal::{Break, Scheme};
use haggle_negotiation::quote::{SharedLine, SharedPrice, SharedQuote, SharedTerms};
use haggle_quantity::Amount;
use serde_json::{Value, json};

/// A quote for its supplier, to be written in a format.
#[derive(Debug, Clone, Copy)]
pub struct Shared<'a>(pub &'a SharedQuote);

impl Shared<'_> {
    /// As text.
    pub fn text(&self, style: &Style) -> String {
        text::render(&self.blocks(), style)
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        markdown::render(&self.blocks())
    }

    /// As one self-contained HTML file without a script that runs; its JSON lies inside.
    pub fn html(&self) -> String {
        html::page(&self.0.title, self.0.as_of, &self.blocks(), "haggle-comparison", &self.json())
    }

    /// As JSON.
    pub fn json(&self) -> String {
        let it = self.0;
        pretty(&json!({
            "schema": "haggle.comparison/1",
            "haggle": env!("CARGO_PKG_VERSION"),
            "audience": "shareable",
            "as_of": it.as_of.to_string(),
            "deal": {"title": it.title},
            "supplier": it.supplier,
            "currency": it.currency.to_string(),
            "asked": {
                "incoterm": it.asked.incoterm.map(|rule| rule.as_str()),
                "place": it.asked.place,
                "payment_days": it.asked.payment_days,
            },
            "terms": terms_json(&it.terms),
            "lines": list(&it.lines, line_json),
            "questions": it.questions,
        }))
    }

    /// As CSV, a row for each item.
    pub fn csv(&self) -> String {
        let head = "item,quantity,unit,price,currency,per,units_in_one,minimum,multiple,breaks,discount,lead_time_days,valid_until\n";
        let rows = self.0.lines.iter().map(|line| csv::row(&self.fields(line)));
        std::iter::once(head.to_owned()).chain(rows).collect()
    }

    /// As a workbook of one sheet.
    ///
    /// # Errors
    /// In words, if there is more than a sheet can hold.
    pub fn workbook(&self) -> Result<Vec<u8>, String> {
        workbook::shared(self.0, &self.blocks())
    }

    fn fields(&self, line: &SharedLine) -> [String; 13] {
        let price = line.price.as_ref();
        let amount = |pick: fn(&SharedPrice) -> Option<Amount>| {
            price.and_then(pick).map(exact).unwrap_or_default()
        };
        [
            csv::words(Some(&line.item)),
            exact(line.quantity),
            csv::words(Some(line.unit.as_str())),
            amount(|it| Some(it.price)),
            price.map(|_| self.0.currency.to_string()).unwrap_or_default(),
            csv::words(price.map(|it| it.per.as_str())),
            amount(|it| it.pack),
            amount(|it| it.minimum),
            amount(|it| it.multiple),
            price.map(breaks).unwrap_or_default(),
            amount(|it| it.discount),
            price.and_then(|it| it.lead_time_days).map(|it| it.to_string()).unwrap_or_default(),
            price.and_then(|it| it.valid_until).map(|it| it.to_string()).unwrap_or_default(),
        ]
    }

    fn blocks(&self) -> Vec<Block> {
        let it = self.0;
        let mut blocks = vec![
            heading(1, "top", &it.title),
            paragraph(Inline::default().muted(&format!(
                "Quote of {}, as we understood it, as of {}. Please correct what is wrong.",
                it.supplier, it.as_of
            ))),
        ];
        let questions = it.questions.iter().map(|text| point(text.clone())).collect();
        if let Some(questions) = section::list(questions) {
            blocks.extend([heading(2, "questions", "Please answer"), questions]);
        }
        blocks.push(heading(2, "prices", "Prices"));
        blocks.extend(self.prices().block());
        let terms: Vec<Item> = self.terms().into_iter().map(point).collect();
        if let Some(terms) = section::list(terms) {
            blocks.extend([heading(2, "terms", "Terms"), terms]);
        }
        blocks
    }

    fn prices(&self) -> Table {
        let titles =
            ["item", "#quantity", "#price", "per", "#units in one", "#from", "further prices"];
        let mut table = Table::new("Prices as quoted", &titles);
        for line in &self.0.lines {
            table.row(self.price_row(line));
        }
        table
    }

    fn price_row(&self, line: &SharedLine) -> Vec<Inline> {
        let quantity = format!("{} {}", number::quantity(line.quantity), line.unit);
        let Some(it) = &line.price else {
            let mut row =
                vec![line.item.as_str().into(), quantity.into(), Inline::default().muted("none")];
            row.resize(7, Inline::default());
            return row;
        };
        let amount = |value: Option<Amount>| {
            value.map_or_else(Inline::default, |value| number::quantity(value).into())
        };
        vec![
            line.item.as_str().into(),
            quantity.into(),
            format!("{}\u{a0}{}", self.0.currency, number::quantity(it.price)).into(),
            it.per.as_str().into(),
            amount(it.pack),
            amount(it.minimum),
            breaks(it).into(),
        ]
    }

    /// What is asked of everybody and what the quote says, one a line.
    fn terms(&self) -> Vec<String> {
        let (asked, terms) = (&self.0.asked, &self.0.terms);
        let currency = self.0.currency;
        let money = |value| format!("{currency} {}", number::quantity(value));
        let place = asked.place.as_ref().map_or(String::new(), |place| format!(" {place}"));
        let charges = terms.charges.iter().map(|it| format!("Charge: {}", charge(it)));
        let lines = [
            asked.incoterm.map(|rule| format!("Asked of everybody: {rule}{place}")),
            asked.payment_days.map(|days| format!("Asked of everybody: payment in {days} days")),
            terms.date.map(|day| format!("Date of the quote: {day}")),
            terms.valid_until.map(|day| format!("Valid until: {day}")),
            terms.incoterm.map(|rule| format!("Delivery: {rule}")),
            terms.payment_days.map(|days| format!("Payment: {days} days")),
            terms.early.map(|(share, days)| {
                format!("Early payment: {} within {days} days", number::share(share))
            }),
            terms.lead_time_days.map(|days| format!("Lead time: {days} days")),
            terms.minimum_value.map(|value| format!("Minimum order: {}", money(value))),
            terms.discount.map(|share| format!("Discount: {}", number::share(share))),
            terms.tax.map(tax),
            terms.freight.map(|value| format!("Freight: {}", money(value))),
        ];
        let lines = lines.into_iter().flatten().chain(self.0.lines.iter().filter_map(own));
        let exclusions = terms.exclusions.iter().map(|what| format!("Not in the price: {what}"));
        lines.chain(charges).chain(exclusions).collect()
    }
}

/// Terms that a line has for itself.
fn own(line: &SharedLine) -> Option<String> {
    let price = line.price.as_ref()?;
    let parts = [
        price.discount.map(|share| format!("discount {}", number::share(share))),
        price.lead_time_days.map(|days| format!("{days} days to deliver")),
        price.valid_until.map(|day| format!("valid until {day}")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("{}: {}", line.item, parts.join(", ")))
}

fn point(text: String) -> Item {
    Item { head: text.into(), more: Vec::new() }
}

fn tax((rate, included): (Amount, Option<bool>)) -> String {
    let held = match included {
        Some(true) => ", in the prices",
        Some(false) => ", on top of the prices",
        None => "",
    };
    format!("Tax: {}{held}", number::share(rate))
}

/// Further prices in words: `14.20 from 10; 13 from 50, each for its own units`.
fn breaks(it: &SharedPrice) -> String {
    let step =
        |it: &Break| format!("{} from {}", number::quantity(it.price), number::quantity(it.from));
    let steps: Vec<String> = it.breaks.iter().map(step).collect();
    let scheme = match it.scheme {
        Scheme::Incremental if !steps.is_empty() => ", each for its own units",
        _ => "",
    };
    clean(&format!("{}{scheme}", steps.join("; ")))
}

fn terms_json(it: &SharedTerms) -> Value {
    let charge = |it: &haggle_negotiation::deal::Charge| json!({"name": it.name, "amount": exact(it.amount), "every_months": it.every_months});
    json!({
        "date": it.date.map(|day| day.to_string()),
        "valid_until": it.valid_until.map(|day| day.to_string()),
        "incoterm": it.incoterm.map(|rule| rule.as_str()),
        "payment_days": it.payment_days,
        "early_discount": it.early.map(|(share, _)| exact(share)),
        "early_days": it.early.map(|(_, days)| days),
        "lead_time_days": it.lead_time_days,
        "minimum_value": it.minimum_value.map(exact),
        "discount": it.discount.map(exact),
        "tax": it.tax.map(|(rate, _)| exact(rate)),
        "tax_included": it.tax.and_then(|(_, included)| included),
        "freight": it.freight.map(exact),
        "charges": list(&it.charges, charge),
        "exclusions": it.exclusions,
    })
}

fn line_json(it: &SharedLine) -> Value {
    json!({
        "item": it.item,
        "quantity": exact(it.quantity),
        "unit": it.unit.as_str(),
        "price": it.price.as_ref().map(price_json),
    })
}

fn price_json(it: &SharedPrice) -> Value {
    let step = |it: &Break| json!({"from": exact(it.from), "price": exact(it.price)});
    json!({
        "price": exact(it.price),
        "per": it.per.as_str(),
        "pack": it.pack.map(exact),
        "minimum": it.minimum.map(exact),
        "multiple": it.multiple.map(exact),
        "breaks": list(&it.breaks, step),
        "scheme": match it.scheme {
            Scheme::AllUnits => "all-units",
            Scheme::Incremental => "incremental",
        },
        "discount": it.discount.map(exact),
        "lead_time_days": it.lead_time_days,
        "valid_until": it.valid_until.map(|day| day.to_string()),
    })
}
