//! The attributes of an observation: a JSON object with sorted keys.

use std::collections::BTreeMap;

/// An attribute's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// Written in quotes.
    Text(String),
    /// Written as it is: the decimal digits of a number.
    Number(String),
}

/// The object, or nothing if it would be empty.
pub(crate) fn object(values: &BTreeMap<&str, Value>) -> Option<String> {
    if values.is_empty() {
        return None;
    }
    let members: Vec<String> = values.iter().map(|(k, v)| member(k, v)).collect();
    Some(format!("{{{}}}", members.join(",")))
}

fn member(name: &str, value: &Value) -> String {
    match value {
        Value::Text(text) => format!("{}:{}", quoted(name), quoted(text)),
        Value::Number(digits) => format!("{}:{digits}", quoted(name)),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_and_texts_escaped() {
        let values = BTreeMap::from([
            ("b", Value::Number("12.50".into())),
            ("a", Value::Text("x \"y\"\n".into())),
        ]);
        assert_eq!(object(&values).unwrap(), r#"{"a":"x \"y\"\n","b":12.50}"#);
        assert_eq!(object(&BTreeMap::new()), None);
    }
}
