//! What an observation may say, over whole columns: words of the vocabularies, numbers that are
//! numbers.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Float64Type, Int64Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch, StringArray};
use arrow_schema::DataType;
use haggle_evidence::{Basis, Bound, Kind, Statistic, Tax};
use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// The first scaled amount that has too many digits: `haggle_quantity::to_scaled` makes none of it.
const TOO_MUCH: u128 = 10_u128.pow(28);
/// The days of the years 1 to 9999, from 1970-01-01.
const DAYS: RangeInclusive<i32> = -719_162..=2_932_896;
/// Bytes of one text at most. Whoever keeps rows keeps their texts.
const TEXT: usize = 64 << 10;

/// Judges the words of a column's dictionary, used or not.
pub(crate) fn words(column: &str, words: &StringArray) -> Result<(), String> {
    if words.null_count() > 0 {
        return Err(format!("column `{column}`: found null among its words"));
    }
    words.iter().flatten().try_for_each(|word| {
        self::word(column, word).map_err(|problem| format!("column `{column}`: {problem}"))
    })
}

/// Judges one word of a column.
pub(crate) fn word(column: &str, word: &str) -> Result<(), String> {
    if word.len() > TEXT {
        return Err(format!("found a text of {} bytes, expected at most {TEXT}", word.len()));
    }
    fn known<T: FromStr<Err: ToString>>(word: &str) -> Result<(), String> {
        word.parse::<T>().map(drop).map_err(|error| error.to_string())
    }
    match column {
        "kind" => known::<Kind>(word),
        "basis" => known::<Basis>(word),
        "tax" => known::<Tax>(word),
        "bound" => known::<Bound>(word),
        "statistic" => known::<Statistic>(word),
        "currency" if word.len() != 3 || !word.bytes().all(|b| b.is_ascii_uppercase()) => {
            Err(format!("found `{word}`, expected a currency such as `EUR`"))
        }
        "per" if word.trim().is_empty() => Err("found nothing, expected a unit".to_owned()),
        "attributes" => serde_json::from_str::<Sorted>(word).map(drop).map_err(|error| {
            format!("found `{word}`, expected a JSON object with sorted keys: {error}")
        }),
        _ => Ok(()),
    }
}

/// A JSON object whose keys come in order, each once.
struct Sorted;

impl<'de> Deserialize<'de> for Sorted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self)
    }
}

impl<'de> Visitor<'de> for Sorted {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self, A::Error> {
        let mut last: Option<String> = None;
        while let Some((key, IgnoredAny)) = map.next_entry::<String, IgnoredAny>()? {
            if last.is_some_and(|last| last >= key) {
                return Err(A::Error::custom(format!(
                    "key `{key}` is out of order, or there twice"
                )));
            }
            last = Some(key);
        }
        Ok(self)
    }
}

/// Judges the numbers of a batch by what `haggle_plugin.h` says of them.
pub(crate) fn numbers(batch: &RecordBatch) -> Result<(), String> {
    for (field, array) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        if array.null_count() == array.len() {
            continue;
        }
        if let Some((row, found, expected)) = wrong(field.name(), field.data_type(), array) {
            let place = format!("column `{}`, row {} of a batch", field.name(), row + 1);
            return Err(format!("{place}: found {found}, expected {expected}"));
        }
    }
    Ok(())
}

/// The first number of a column that cannot be: its row, itself, and what was expected.
fn wrong(name: &str, holds: &DataType, array: &dyn Array) -> Option<(usize, String, &'static str)> {
    let (first, expected) = match holds {
        DataType::UInt64 => (first::<UInt64Type>(array, |v| v >= 1), "1 or more"),
        DataType::UInt32 => (first::<UInt32Type>(array, |v| v >= 1), "1 or more"),
        DataType::Int64 => (first::<Int64Type>(array, |v| v >= 1), "1 or more, or null"),
        DataType::Float64 => {
            let good = |v: f64| v.is_finite() && v >= 0.0;
            (first::<Float64Type>(array, good), "a finite number that is not negative, or null")
        }
        DataType::Date32 => {
            let good = |v| DAYS.contains(&v);
            (first::<Date32Type>(array, good), "a day of the years 1 to 9999, or null")
        }
        DataType::Decimal128(..) => {
            let good = |v: i128| v.unsigned_abs() < TOO_MUCH;
            let expected = match name {
                "amount" => "at most 16 digits before the point (28 in all)",
                _ => "at most 16 digits before the point (28 in all), or null",
            };
            (first::<Decimal128Type>(array, good), expected)
        }
        _ => (None, ""),
    };
    first.map(|(row, found)| (row, found, expected))
}

fn first<T: ArrowPrimitiveType>(
    array: &dyn Array,
    good: impl Fn(T::Native) -> bool,
) -> Option<(usize, String)> {
    let values = array.as_primitive_opt::<T>()?;
    let row = values.iter().position(|value| value.is_some_and(|value| !good(value)))?;
    Some((row, format!("{:?}", values.value(row))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use haggle_evidence::{BatchBuilder, Observation};

    #[test]
    fn words_are_of_their_vocabulary() {
        for (column, word, good) in [
            ("kind", "price", true),
            ("kind", "Price", false),
            ("basis", "self-reported", true),
            ("basis", "", false),
            ("tax", "gross", true),
            ("tax", "vat", false),
            ("bound", "at least", true),
            ("bound", "at-least", false),
            ("statistic", "p99", true),
            ("statistic", "p100", false),
            ("currency", "EUR", true),
            ("currency", "\u{20ac}", false),
            ("currency", "", false),
            ("per", "C62", true),
            ("per", " ", false),
            ("title", "", true),
            ("attributes", "{}", true),
            ("attributes", r#"{"a":1,"b\"c":{"z":1,"a":2}}"#, true),
            ("attributes", r#"{"b":1,"a":2}"#, false),
            ("attributes", r#"{"a":1,"a":2}"#, false),
            ("attributes", r#"["a"]"#, false),
            ("attributes", "", false),
        ] {
            let words = StringArray::from(vec!["p50", word]);
            let words = if column == "statistic" { words } else { words.slice(1, 1) };
            assert_eq!(self::words(column, &words).is_ok(), good, "{column} `{word}`");
        }
        assert!(words("title", &StringArray::from(vec![Some("a"), None])).is_err());
        let long = "x".repeat(TEXT);
        assert!(words("title", &StringArray::from(vec![long.as_str()])).is_ok());
        assert!(words("title", &StringArray::from(vec![long + "x"])).is_err());
    }

    #[test]
    fn numbers_are_such_as_can_be() {
        let right = Observation { row: 1, column: 1, ..Observation::new(1, "EUR", "C62") };
        let most = 10_i128.pow(28);
        for (row, wrong) in [
            (Observation { ..right }, ""),
            (Observation { row: 0, ..right }, "row"),
            (Observation { column: 0, ..right }, "column"),
            (Observation { amount: most - 1, ..right }, ""),
            (Observation { amount: 1 - most, ..right }, ""),
            (Observation { amount: most, ..right }, "amount"),
            (Observation { amount: -most, ..right }, "amount"),
            (Observation { quantity_from: Some(most), ..right }, "quantity_from"),
            (Observation { quantity_to: Some(i128::MIN), ..right }, "quantity_to"),
            (Observation { weight: Some(0.0), ..right }, ""),
            (Observation { weight: Some(-0.5), ..right }, "weight"),
            (Observation { weight: Some(f64::NAN), ..right }, "weight"),
            (Observation { weight: Some(f64::INFINITY), ..right }, "weight"),
            (Observation { relative_error: Some(-0.1), ..right }, "relative_error"),
            (Observation { count: Some(0), ..right }, "count"),
            (Observation { count: Some(-1), ..right }, "count"),
            (Observation { employers: Some(0), ..right }, "employers"),
            (Observation { sample_size: Some(i64::MIN), ..right }, "sample_size"),
            (Observation { date: Some(-719_162), ..right }, ""),
            (Observation { date: Some(-719_163), ..right }, "date"),
            (Observation { date: Some(2_932_896), ..right }, ""),
            (Observation { date: Some(i32::MAX), ..right }, "date"),
            (Observation { date: Some(i32::MIN), ..right }, "date"),
        ] {
            let mut rows = BatchBuilder::default();
            rows.push(&row);
            let found = numbers(&rows.finish());
            let named = found.err().unwrap_or_default();
            let expected = format!("column `{wrong}`, row 1 of a batch: found");
            assert!(
                if wrong.is_empty() { named.is_empty() } else { named.starts_with(&expected) },
                "{wrong}: {named}"
            );
        }
    }
}
