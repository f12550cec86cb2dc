//! Conditions evaluated on columns: once per distinct word, then by key.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, BooleanArray, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType};
use haggle_negotiation::deal::{Condition, Test};

/// The column that a condition reads: its field, or the attributes.
pub(crate) fn column(condition: &Condition) -> &str {
    let known = haggle_evidence::FIELDS.iter().any(|(name, _)| *name == condition.field);
    if known { &condition.field } else { "attributes" }
}

/// Which rows of a batch satisfy a condition. An absent field satisfies none.
pub(crate) fn mask(condition: &Condition, batch: &RecordBatch) -> Result<BooleanArray, ArrowError> {
    let name = column(condition);
    let Some(array) = batch.column_by_name(name) else {
        return Err(ArrowError::SchemaError(format!("no column `{name}`")));
    };
    match array.data_type() {
        DataType::Dictionary(_, _) => Ok(words(condition, name, array.as_ref())),
        _ => Ok((0..array.len())
            .map(|i| number(array.as_ref(), i).map(|n| inside(&condition.test, n)))
            .collect()),
    }
}

fn words(condition: &Condition, name: &str, array: &dyn Array) -> BooleanArray {
    let words = array.as_dictionary::<Int32Type>();
    let values: &StringArray = words.values().as_string();
    let attribute = name == "attributes";
    let holds: Vec<bool> = values
        .iter()
        .map(|value| match (value, attribute) {
            (None, _) => false,
            (Some(json), true) => {
                attribute_of(json, &condition.field).is_some_and(|v| accepts(&condition.test, &v))
            }
            (Some(word), false) => accepts(&condition.test, word),
        })
        .collect();
    words.keys().iter().map(|key| key.map(|k| holds[k as usize])).collect()
}

fn attribute_of(json: &str, name: &str) -> Option<String> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(json).ok()?;
    match object.get(name)? {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Null => None,
        other => Some(other.to_string()),
    }
}

/// Whether a word satisfies a test. A test on numbers accepts no word.
pub(crate) fn accepts(test: &Test, word: &str) -> bool {
    match test {
        Test::OneOf(values) => values.iter().any(|v| v == word),
        Test::Words(words) => {
            let lower = word.to_lowercase();
            words.iter().all(|w| contains_word(&lower, w))
        }
        Test::Between(..) | Test::Dates(..) => false,
    }
}

/// `data` is in `Senior Data Engineer` and not in `Database Engineer`.
fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        edge(text[..at].chars().next_back()) && edge(text[at + word.len()..].chars().next())
    })
}

fn number(array: &dyn Array, i: usize) -> Option<f64> {
    if array.is_null(i) {
        return None;
    }
    Some(match array.data_type() {
        DataType::Decimal128(_, _) => {
            haggle_quantity::to_f64(array.as_primitive::<Decimal128Type>().value(i))
        }
        DataType::Float64 => array.as_primitive::<Float64Type>().value(i),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(i) as f64,
        DataType::UInt64 => array.as_primitive::<UInt64Type>().value(i) as f64,
        DataType::UInt32 => f64::from(array.as_primitive::<UInt32Type>().value(i)),
        DataType::Date32 => f64::from(array.as_primitive::<Date32Type>().value(i)),
        _ => return None,
    })
}

fn inside(test: &Test, n: f64) -> bool {
    let within = |low: Option<f64>, high: Option<f64>| {
        low.is_none_or(|low| n >= low) && high.is_none_or(|high| n <= high)
    };
    match test {
        Test::Between(low, high) => within(*low, *high),
        Test::Dates(low, high) => within(low.map(f64::from), high.map(f64::from)),
        Test::OneOf(_) | Test::Words(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_words() {
        let test = Test::Words(vec!["data".into(), "engineer".into()]);
        for (title, holds) in [
            ("Senior Data Engineer", true),
            ("engineer, data (platform)", true),
            ("Database Engineer", false),
            ("Data Engineering Lead", false),
            ("Datová Data-Engineer", true),
        ] {
            assert_eq!(accepts(&test, title), holds, "{title}");
        }
    }

    #[test]
    fn attributes_are_read_by_name() {
        let json = r#"{"naics":"000000","remote_ratio":"100"}"#;
        assert_eq!(attribute_of(json, "naics").as_deref(), Some("000000"));
        assert_eq!(attribute_of(json, "own_code"), None);
    }
}
