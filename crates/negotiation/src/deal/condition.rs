//! What makes an observation comparable: conditions on its fields, as a deal file or a command
//! line states them.

use super::reader::{Reader, describe, nearest};
use haggle_quantity::{Amount, Date, day_number, parse_amount, parse_date, to_scaled};
use std::fmt;
use toml::de::DeValue;

/// Fields that a condition may name, besides an attribute of the source.
pub const FIELDS: [&str; 26] = [
    "sheet",
    "kind",
    "basis",
    "component",
    "tax",
    "subject",
    "scheme",
    "title",
    "place",
    "party",
    "level",
    "statistic",
    "bound",
    "currency",
    "per",
    "amount",
    "weight",
    "count",
    "employers",
    "sample_size",
    "date",
    "row",
    "column",
    "quantity_from",
    "quantity_to",
    "relative_error",
];

/// What a field must satisfy.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Equal to one of these texts.
    OneOf(Vec<String>),
    /// Contains all of these words, in any order, whatever their case.
    Words(Vec<String>),
    /// A number between these limits, both included.
    Between(Option<f64>, Option<f64>),
    /// A date between these days (since 1970-01-01), both included.
    Dates(Option<i32>, Option<i32>),
}

/// One condition: a field of the observation (or one of its attributes) and its test.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// Field or attribute name.
    pub field: String,
    /// What it must satisfy.
    pub test: Test,
}

impl Condition {
    /// Reads a condition as the command line states it: `subject=15-1252`, `place=US,Colorado`,
    /// `title~software engineer`, `date=2024-01-01..2025-12-31`, `amount=50000..`.
    ///
    /// # Errors
    /// What was wrong, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let at = text.find(['=', '~']).ok_or_else(|| {
            format!("`{text}` has no `=` or `~`, expected FIELD=VALUE or FIELD~WORDS")
        })?;
        let (field, rest) = (text[..at].trim(), text[at + 1..].trim());
        if field.is_empty() || rest.is_empty() {
            return Err(format!("`{text}` names no field or no value"));
        }
        let field = known_field(field)?;
        let test = match text.as_bytes()[at] {
            b'~' => words(rest),
            _ if is_ranged(&field) => range(&field, rest)?,
            _ => Test::OneOf(rest.split(',').map(|v| v.trim().to_owned()).collect()),
        };
        Ok(Self { field, test }.normalised())
    }

    /// Units are compared by their stored code, so that `per=year` finds `ANN`.
    fn normalised(mut self) -> Self {
        if let (true, Test::OneOf(values)) = (self.field == "per", &mut self.test) {
            for value in values {
                *value = haggle_quantity::Per::new(value).code().to_owned();
            }
        }
        self
    }
}

/// A name that is close to a field but is none is a slip; a name far from all is an attribute.
fn known_field(name: &str) -> Result<String, String> {
    if FIELDS.contains(&name) {
        return Ok(name.to_owned());
    }
    match nearest(name, FIELDS.into_iter()) {
        Some(near) if strsim::damerau_levenshtein(near, name) <= 2 && name.len() > 3 => {
            Err(format!("`{name}` is no field, did you mean `{near}`?"))
        }
        _ => Ok(name.to_owned()),
    }
}

fn is_ranged(field: &str) -> bool {
    matches!(
        field,
        "amount"
            | "weight"
            | "count"
            | "employers"
            | "sample_size"
            | "date"
            | "row"
            | "column"
            | "quantity_from"
            | "quantity_to"
            | "relative_error"
    )
}

fn words(text: &str) -> Test {
    Test::Words(text.split_whitespace().map(str::to_lowercase).collect())
}

fn range(field: &str, text: &str) -> Result<Test, String> {
    let (low, high) = text.split_once("..").unwrap_or((text, text));
    let part = |s: &str| (!s.trim().is_empty()).then(|| s.trim().to_owned());
    if field == "date" {
        let day = |s: String| parse_date(&s).map(day_number).map_err(|e| format!("`{s}`, {e}"));
        return Ok(Test::Dates(part(low).map(day).transpose()?, part(high).map(day).transpose()?));
    }
    let number = |s: String| {
        parse_amount(&s)
            .and_then(|a: Amount| to_scaled(a))
            .map(haggle_quantity::to_f64)
            .map_err(|e| format!("`{s}`, {e}"))
    };
    Ok(Test::Between(part(low).map(number).transpose()?, part(high).map(number).transpose()?))
}

/// Reads a `where` table: field = value, list of values, `"~ words"`, or `"from..to"`.
pub(crate) fn read_where(reader: Option<Reader<'_, '_>>) -> Vec<Condition> {
    let Some(reader) = reader else { return Vec::new() };
    let mut conditions = Vec::new();
    for (name, value) in reader.entries() {
        let read = known_field(&name.value).map_err(|m| (name.span.clone(), m)).and_then(|field| {
            let test = read_test(&field, value.get_ref()).map_err(|m| (value.span(), m))?;
            Ok(Condition { field, test }.normalised())
        });
        match read {
            Ok(condition) => conditions.push(condition),
            Err((span, message)) => reader.log().error(span, "D0103", message, None),
        }
    }
    conditions
}

fn read_test(field: &str, value: &DeValue<'_>) -> Result<Test, String> {
    if let Some(list) = value.as_array() {
        let texts: Result<Vec<_>, _> = list.iter().map(|v| plain(v.get_ref())).collect();
        return match (texts?, is_ranged(field)) {
            (texts, false) if !texts.is_empty() => Ok(Test::OneOf(texts)),
            (_, true) => Err(format!("`{field}` takes a range such as \"1..5\", not a list")),
            _ => Err(format!("`{field}` is an empty list")),
        };
    }
    let text = plain(value)?;
    match text.strip_prefix('~') {
        Some(rest) if !rest.trim().is_empty() => Ok(words(rest)),
        _ if is_ranged(field) => range(field, &text),
        _ => Ok(Test::OneOf(vec![text])),
    }
}

fn plain(value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(i) => Ok(i.as_str().to_owned()),
        DeValue::Float(f) => Ok(f.as_str().to_owned()),
        DeValue::Datetime(d) => Ok(d.to_string()),
        other => Err(format!(
            "{} where a text, a number, a date or a list was expected",
            describe(other)
        )),
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = &self.field;
        match &self.test {
            Test::OneOf(values) => write!(f, "{field}={}", values.join(",")),
            Test::Words(words) => write!(f, "{field}~{}", words.join(" ")),
            Test::Between(low, high) => write!(f, "{field}={}..{}", text(low), text(high)),
            Test::Dates(low, high) => write!(f, "{field}={}..{}", date_text(low), date_text(high)),
        }
    }
}

fn text(limit: &Option<f64>) -> String {
    limit.map_or(String::new(), |n| n.to_string())
}

fn date_text(limit: &Option<i32>) -> String {
    let date: Option<Date> = limit.and_then(haggle_quantity::from_day_number);
    date.map_or(String::new(), |d| d.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_line_conditions() {
        for (text, shown) in [
            ("subject=15-1252", "subject=15-1252"),
            ("place=US,Colorado", "place=US,Colorado"),
            ("title~Software  Engineer", "title~software engineer"),
            ("date=2024-01-01..", "date=2024-01-01.."),
            ("amount=..5.5", "amount=..5.5"),
            ("per=year", "per=ANN"),
            ("naics=000000", "naics=000000"),
        ] {
            assert_eq!(Condition::parse(text).unwrap().to_string(), shown);
        }
        for bad in ["subject", "=x", "subject=", "subjcet=15", "date=yesterday", "amount=1,5"] {
            assert!(Condition::parse(bad).is_err(), "{bad}");
        }
    }
}
