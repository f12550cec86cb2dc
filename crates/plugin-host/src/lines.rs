//! Observations as JSON Lines, one object a line, as scripts may write them.

use crate::check;
use crate::decode::{BATCH_ROWS, BODY, Broken};
use arrow_array::RecordBatch;
use haggle_evidence::{Basis, BatchBuilder, Bound, Kind, Observation, Statistic, Tax};
use haggle_plugin_api::{date, decimal};
use serde::Deserialize;
use std::borrow::Cow;
use std::io::{BufRead, Read};
use std::str::FromStr;

/// Bytes of a line at most.
const LINE: usize = 1 << 20;

/// An amount: a text such as `"19.90"`, or a whole number. Other numbers are not exact in JSON.
#[derive(Deserialize)]
#[serde(try_from = "serde_json::Value")]
struct Amount(i128);

impl TryFrom<serde_json::Value> for Amount {
    type Error = String;

    fn try_from(value: serde_json::Value) -> Result<Self, String> {
        let text = match &value {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Number(number) if !number.is_f64() => number.to_string(),
            _ => String::new(),
        };
        let wrong =
            || format!("found {value}, expected a text such as \"19.90\" or a whole number");
        decimal(&text).map(Self).ok_or_else(wrong)
    }
}

/// A day: a text such as `"2026-11-23"`, or the number of days from 1970-01-01.
#[derive(Deserialize)]
#[serde(try_from = "serde_json::Value")]
struct Day(i32);

impl TryFrom<serde_json::Value> for Day {
    type Error = String;

    fn try_from(value: serde_json::Value) -> Result<Self, String> {
        let day = match &value {
            serde_json::Value::String(text) => date(text),
            number => number.as_i64().and_then(|days| i32::try_from(days).ok()),
        };
        day.map(Self).ok_or_else(|| format!("found {value}, expected a day such as \"2026-11-23\""))
    }
}

/// A line as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(borrow)]
    sheet: Option<Cow<'a, str>>,
    row: Option<u64>,
    column: Option<u32>,
    path: Option<Cow<'a, str>>,
    kind: Cow<'a, str>,
    basis: Cow<'a, str>,
    component: Option<Cow<'a, str>>,
    tax: Option<Cow<'a, str>>,
    subject: Option<Cow<'a, str>>,
    scheme: Option<Cow<'a, str>>,
    title: Option<Cow<'a, str>>,
    place: Option<Cow<'a, str>>,
    party: Option<Cow<'a, str>>,
    level: Option<Cow<'a, str>>,
    statistic: Option<Cow<'a, str>>,
    amount: Amount,
    bound: Option<Cow<'a, str>>,
    currency: Cow<'a, str>,
    per: Cow<'a, str>,
    quantity_from: Option<Amount>,
    quantity_to: Option<Amount>,
    weight: Option<f64>,
    count: Option<i64>,
    employers: Option<i64>,
    sample_size: Option<i64>,
    relative_error: Option<f64>,
    date: Option<Day>,
    attributes: Option<serde_json::Map<String, serde_json::Value>>,
}

fn word<T: FromStr<Err: ToString>>(text: Option<&str>, otherwise: T) -> Result<T, String> {
    text.map_or(Ok(otherwise), |text| text.parse().map_err(|error: T::Err| error.to_string()))
}

impl Line<'_> {
    fn push(&self, number: u64, rows: &mut BatchBuilder) -> Result<(), String> {
        let attributes = self.attributes.as_ref().map(serde_json::to_string).transpose();
        let attributes = attributes.map_err(|error| error.to_string())?;
        if self.currency.len() != 3 || !self.currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(format!("found currency `{}`, expected one such as `EUR`", self.currency));
        }
        if self.per.trim().is_empty() {
            return Err("found no unit in `per`, expected one such as `C62`".to_owned());
        }
        rows.push(&Observation {
            sheet: self.sheet.as_deref(),
            row: self.row.unwrap_or(number),
            column: self.column.unwrap_or(1),
            path: self.path.as_deref(),
            kind: word(Some(&self.kind), Kind::Price)?,
            basis: word(Some(&self.basis), Basis::Unknown)?,
            component: self.component.as_deref(),
            tax: word(self.tax.as_deref(), Tax::Unknown)?,
            subject: self.subject.as_deref(),
            scheme: self.scheme.as_deref(),
            title: self.title.as_deref(),
            place: self.place.as_deref(),
            party: self.party.as_deref(),
            level: self.level.as_deref(),
            statistic: word(self.statistic.as_deref(), Statistic::Value)?,
            bound: word(self.bound.as_deref(), Bound::Exact)?,
            quantity_from: self.quantity_from.as_ref().map(|amount| amount.0),
            quantity_to: self.quantity_to.as_ref().map(|amount| amount.0),
            weight: self.weight,
            count: self.count,
            employers: self.employers,
            sample_size: self.sample_size,
            relative_error: self.relative_error,
            date: self.date.as_ref().map(|day| day.0),
            attributes: attributes.as_deref(),
            ..Observation::new(self.amount.0, &self.currency, &self.per)
        });
        Ok(())
    }
}

/// Reads lines into batches.
pub(crate) struct Lines<R> {
    input: R,
    left: u64,
    number: u64,
    rows: BatchBuilder,
    /// Bytes of the lines in them.
    held: usize,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(input: R, limit: u64) -> Self {
        Self {
            input,
            left: limit,
            number: 0,
            rows: BatchBuilder::default(),
            held: 0,
            line: Vec::new(),
        }
    }

    /// The next batch; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<RecordBatch>, Broken> {
        self.held = 0;
        while self.rows.len() < BATCH_ROWS && self.held < BODY && self.read()? {
            self.number += 1;
            self.held += self.line.len();
            let place = |error: String| Broken::Data(format!("line {}: {error}", self.number));
            let text = std::str::from_utf8(&self.line).map_err(|e| place(e.to_string()))?;
            if !text.trim().is_empty() {
                let line: Line<'_> =
                    serde_json::from_str(text).map_err(|e| place(e.to_string()))?;
                line.push(self.number, &mut self.rows).map_err(place)?;
            }
        }
        if self.rows.is_empty() {
            return Ok(None);
        }
        let batch = self.rows.finish();
        check::batch(&batch).map_err(Broken::Data)?;
        Ok(Some(batch))
    }

    /// Whether there was a line; one that does not end was cut off.
    fn read(&mut self) -> Result<bool, Broken> {
        self.line.clear();
        let most = self.left.min(LINE as u64);
        let read = self.input.by_ref().take(most).read_until(b'\n', &mut self.line)?;
        self.left -= read as u64;
        match self.line.last() {
            None if most == 0 => self.beyond(),
            None => Ok(false),
            Some(b'\n') => Ok(true),
            Some(_) if read == LINE => {
                Err(Broken::Data(format!("found a line beyond {LINE} bytes")))
            }
            Some(_) if self.left == 0 => Err(Broken::TooLong),
            Some(_) => Err(Broken::Cut),
        }
    }

    fn beyond(&mut self) -> Result<bool, Broken> {
        match self.input.fill_buf()?.is_empty() {
            true => Ok(false),
            false => Err(Broken::TooLong),
        }
    }
}
