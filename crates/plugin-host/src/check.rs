//! What an observation may say, over whole columns: words of the vocabularies, numbers that are
//! numbers.

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Float64Type};
use arrow_array::{Array, RecordBatch, StringArray};
use haggle_evidence::{Basis, Bound, Kind, Statistic, Tax};
use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::str::FromStr;

/// The first number of a decimal that has too many digits.
const TOO_MUCH: i128 = 10_i128.pow(38);

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
fn word(column: &str, word: &str) -> Result<(), String> {
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

/// Judges the numbers of a batch.
pub(crate) fn numbers(batch: &RecordBatch) -> Result<(), String> {
    for (field, array) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        if array.null_count() == array.len() {
            continue;
        }
        let wrong = if let Some(floats) = array.as_primitive_opt::<Float64Type>() {
            floats.iter().position(|value| value.is_some_and(|value| !value.is_finite()))
        } else if let Some(decimals) = array.as_primitive_opt::<Decimal128Type>() {
            let fits = |value: i128| value.unsigned_abs() < TOO_MUCH.unsigned_abs();
            decimals.iter().position(|value| value.is_some_and(|value| !fits(value)))
        } else {
            None
        };
        if let Some(row) = wrong {
            let place = format!("column `{}`, row {} of a batch", field.name(), row + 1);
            return Err(format!(
                "{place}: found no finite number of 38 digits, expected one or null"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
