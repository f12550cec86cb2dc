//! `ubl-quotation`: quotations in UBL 2 (OASIS Universal Business Language), one XML document each.
//!
//! ```text
//! haggle plugin add ubl-quotation --file offer.xml
//! haggle import --plugin ubl-quotation --set input=file:offer.xml
//! ```
//!
//! A line is one row: the net price of one unit in the line's unit, whatever quantity the document
//! states it for. What cannot be read with certainty is an error with its place, and no row of the
//! document is kept. Lines that a seller proposes in place of another are not read.

mod charge;
mod number;
mod price;
mod quotation;
mod tree;
mod unit;

use haggle_plugin_api::{Failure, Host, Options, Row, Rows, Source, Status};
use quotation::{Line, Whose};
use serde::Deserialize;
use std::io::Read;

/// A document of more bytes is none that a person wrote.
const MOST_BYTES: u64 = 64 << 20;

/// What it is told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    /// What to read: `file:NAME`, `file:///PATH` or `stdin:`.
    input: String,
    /// Whose code of an item to take.
    item: Option<Whose>,
}

#[derive(Deserialize)]
struct Request {
    config: Config,
}

fn config(request: &str) -> Result<Config, Failure> {
    match serde_json::from_str::<Request>(request) {
        Ok(request) => Ok(request.config),
        Err(error) => Err(Failure::new(Status::Config, error.to_string())),
    }
}

/// A document that was read, until its rows are handed over.
struct Quotation {
    text: String,
    whose: Option<Whose>,
}

impl Source for Quotation {
    fn validate(request: &str) -> Result<(), Failure> {
        config(request).map(drop)
    }

    fn open(request: &str, host: Host) -> Result<Self, Failure> {
        let config = config(request)?;
        let input = host.open(&config.input, &Options::default())?;
        let mut bytes = Vec::new();
        input.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
        Ok(Self { text: text(bytes).map_err(data)?, whose: config.item })
    }

    fn read(&mut self, rows: &mut Rows) -> Result<bool, Failure> {
        let root = tree::read(&self.text).map_err(data)?;
        for line in quotation::lines(&root, self.whose).map_err(data)? {
            push(&line, rows)?;
        }
        Ok(false)
    }
}

fn data(what: String) -> Failure {
    Failure::new(Status::Data, what)
}

fn text(bytes: Vec<u8>) -> Result<String, String> {
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("found more than {MOST_BYTES} bytes"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("byte {at}: found no UTF-8, in which UBL documents are to be written")
    })?;
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}

fn push(line: &Line<'_>, rows: &mut Rows) -> Result<(), Failure> {
    let attributes = serde_json::to_string(&line.attributes);
    let attributes = attributes.map_err(|e| Failure::new(Status::Internal, e.to_string()))?;
    rows.push(&row(line, &attributes));
    Ok(())
}

fn row<'a>(line: &'a Line<'_>, attributes: &'a str) -> Row<'a> {
    let price = &line.price;
    Row {
        row: price.element.place.0,
        column: price.element.place.1,
        path: Some(&price.element.path),
        kind: "quote",
        basis: "quoted",
        component: Some("unit-price"),
        tax: if price.proved { "excluded" } else { "unknown" },
        subject: line.subject,
        scheme: line.scheme,
        title: line.title,
        party: line.party,
        quantity_from: price.only_at,
        quantity_to: price.only_at,
        date: line.date,
        attributes: (attributes != "{}").then_some(attributes),
        ..Row::new(price.amount, price.currency, price.per)
    }
}

haggle_plugin_api::plugin!(
    Quotation,
    r#"{"manifest": 1, "name": "ubl-quotation", "version": "0.1.0", "abi": "1.0",
        "summary": "Quotations in UBL 2 XML", "license": "MIT OR Apache-2.0",
        "config_schema": {"type": "object", "additionalProperties": false, "required": ["input"],
            "properties": {"input": {"type": "string"},
                "item": {"enum": ["buyers", "standard", "sellers"]}}},
        "permissions": {"inputs": ["file", "stdin"]}}"#
);

#[cfg(test)]
mod tests;
