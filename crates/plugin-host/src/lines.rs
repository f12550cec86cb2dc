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
        self.judge(attributes.as_deref())?;
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

    /// Judges its texts but those that are parsed anyway.
    fn judge(&self, attributes: Option<&str>) -> Result<(), String> {
        let texts = [
            ("sheet", self.sheet.as_deref()),
            ("path", self.path.as_deref()),
            ("component", self.component.as_deref()),
            ("subject", self.subject.as_deref()),
            ("scheme", self.scheme.as_deref()),
            ("title", self.title.as_deref()),
            ("place", self.place.as_deref()),
            ("party", self.party.as_deref()),
            ("level", self.level.as_deref()),
            ("currency", Some(&*self.currency)),
            ("per", Some(&*self.per)),
            ("attributes", attributes),
        ];
        texts.into_iter().try_for_each(|(column, text)| {
            let judged = text.map_or(Ok(()), |text| check::word(column, text));
            judged.map_err(|why| format!("`{column}`: {why}"))
        })
    }
}

/// Reads lines into batches.
pub(crate) struct Lines<R> {
    input: R,
    left: u64,
    number: u64,
    rows: BatchBuilder,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(input: R, limit: u64) -> Self {
        let rows = BatchBuilder::default();
        Self { input, left: limit, number: 0, rows, line: Vec::new() }
    }

    /// The next batch; none at the end.
    pub(crate) fn next(&mut self) -> Result<Option<RecordBatch>, Broken> {
        let (first, mut held) = (self.number + 1, 0);
        while self.rows.len() < BATCH_ROWS && held < BODY && self.read()? {
            self.number += 1;
            held += self.line.len();
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
        let last = self.number;
        let place = |why| Broken::Data(format!("lines {first} to {last}: {why}"));
        check::numbers(&batch).map_err(place)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// What comes of two good lines, an empty one and one with a key changed.
    fn read(key: &str, value: Value) -> Result<usize, Broken> {
        let mut line = json!({
            "kind": "price", "basis": "list", "currency": "EUR", "per": "C62", "amount": "1.5",
        });
        let good = line.to_string();
        line[key] = value;
        let text = format!("{good}\n{good}\n\n{line}\n");
        Ok(Lines::new(text.as_bytes(), 1 << 30).next()?.map_or(0, |batch| batch.num_rows()))
    }

    #[test]
    fn a_wrong_line_is_told_with_its_number() {
        for (key, value, why) in [
            ("currency", json!("eur"), "line 4: `currency`: found `eur`, expected a currency"),
            ("per", json!(" "), "line 4: `per`: found nothing, expected a unit"),
            ("kind", json!("Price"), "line 4: `Price` is not one of"),
            ("amount", json!(0.5), "line 4: found 0.5, expected a text"),
            ("weight", json!(-1.0), "lines 1 to 4: column `weight`, row 3 of a batch: found -1.0"),
            ("row", json!(0), "lines 1 to 4: column `row`, row 3 of a batch: found 0"),
        ] {
            let Err(Broken::Data(found)) = read(key, value) else { panic!("{key} was taken") };
            assert!(found.starts_with(why), "{found}");
        }
        assert_eq!(read("title", json!("paper")), Ok(3));
    }

    /// Every column of texts has the limit, whatever else is asked of it.
    #[test]
    fn no_text_is_longer_than_it_may_be() {
        let schema = haggle_evidence::schema();
        let texts = schema.fields().iter().filter(|f| f.data_type().primitive_width().is_none());
        let names: Vec<&str> = texts.map(|field| field.name().as_str()).collect();
        assert!(names.contains(&"title") && names.contains(&"attributes"), "{names:?}");
        for name in names {
            let long = "x".repeat(1 << 16);
            let value = if name == "attributes" { json!({"a": long}) } else { json!(long + "x") };
            let Err(Broken::Data(found)) = read(name, value) else { panic!("{name} was taken") };
            assert!(found.starts_with("line 4: "), "{name}: {}", &found[..80]);
        }
    }
}
