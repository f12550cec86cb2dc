//! What an observation may say, over whole columns: words of the vocabularies, numbers that are
//! numbers.

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Float64Type};
use arrow_array::{Array, RecordBatch, StringArray};
use haggle_evidence::{Basis, Bound, Kind, Statistic, Tax};
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
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
        "attributes" => serde_json::from_str::<BTreeMap<&str, IgnoredAny>>(word)
            .map(drop)
            .map_err(|error| format!("found no JSON object: {error}")),
        _ => Ok(()),
    }
}

/// Judges the numbers of a batch.
pub(crate) fn numbers(batch: &RecordBatch) -> Result<(), String> {
    for (field, array) in batch.schema_ref().fields().iter().zip(batch.columns()) {
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
