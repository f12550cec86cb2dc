//! What a manifest states of a plugin's configuration, as a small part of JSON Schema, and whether a
//! configuration is so; known before anything of the plugin runs.

use crate::manifest::shown;
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;

/// What is checked.
const CHECKED: [&str; 11] = [
    "type",
    "enum",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minimum",
    "maximum",
    "minLength",
    "minItems",
    "maxItems",
];
/// What is said for people alone.
const SAID: [&str; 6] = ["title", "description", "default", "examples", "$schema", "$comment"];
/// Likeness below which a suggestion is no help.
const LIKE: f64 = 0.6;

/// A schema of which every word is checked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schema {
    holds: Option<Type>,
    choices: Vec<Value>,
    members: BTreeMap<String, Schema>,
    required: Vec<String>,
    others: Others,
    items: Option<Box<Schema>>,
    least: Option<Number>,
    most: Option<Number>,
    /// Letters of a text at least.
    letters: usize,
    /// Items of a list, at least and at most.
    count: (usize, Option<usize>),
}

/// What an object may hold beside the members that are named.
#[derive(Debug, Clone, PartialEq, Default)]
enum Others {
    #[default]
    Any,
    No,
    Of(Box<Schema>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Object,
    List,
    Text,
    Number,
    Whole,
    Truth,
}

/// Something in a configuration that is not as its schema says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Where, as `config.series.FREQ`.
    pub place: String,
    /// What was found and expected.
    pub why: String,
    /// A way out.
    pub help: String,
}

impl Schema {
    /// Reads the `config_schema` of a manifest; none states nothing.
    ///
    /// # Errors
    /// Place, found and expected of the first word that is not checked here, or makes no sense.
    pub fn parse(schema: &Value) -> Result<Self, String> {
        match schema {
            Value::Null => Ok(Self::default()),
            schema => of(schema, "config_schema"),
        }
    }

    /// Everything that is wrong with a configuration.
    pub fn check(&self, config: &Value) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        self.judge(config, "config", &mut wrong);
        wrong
    }

    fn judge(&self, value: &Value, place: &str, wrong: &mut Vec<Wrong>) {
        if !self.fits(value) {
            let why =
                format!("found `{}`, expected {}", shown(&value.to_string()), self.expected());
            let quoted =
                self.holds == Some(Type::Text) && (value.is_number() || value.is_boolean());
            let help = match quoted {
                true => {
                    format!("a text that looks like something else stands in quotes: `\"{value}\"`")
                }
                false => "correct it".to_owned(),
            };
            wrong.push(Wrong { place: place.to_owned(), why, help });
            return;
        }
        match value {
            Value::Object(map) => self.judge_members(map, place, wrong),
            Value::Array(list) => {
                let items =
                    self.items.iter().flat_map(|items| list.iter().map(move |v| (items, v)));
                for (i, (items, value)) in items.enumerate() {
                    items.judge(value, &format!("{place}[{}]", i + 1), wrong);
                }
            }
            _ => {}
        }
    }

    fn judge_members(&self, map: &Map<String, Value>, place: &str, wrong: &mut Vec<Wrong>) {
        for (key, value) in map {
            let inner = format!("{place}.{}", shown(key));
            match (self.members.get(key), &self.others) {
                (Some(schema), _) => schema.judge(value, &inner, wrong),
                (None, Others::Of(schema)) => schema.judge(value, &inner, wrong),
                (None, Others::Any) => {}
                (None, Others::No) => wrong.push(self.unknown(key, inner)),
            }
        }
        for key in self.required.iter().filter(|key| !map.contains_key(*key)) {
            let expected = self.members.get(key).map_or("it".to_owned(), Self::expected);
            let why = format!("found nothing, expected {expected}");
            let help = format!("say it: `{key}` has no value that is meant where it is left out");
            wrong.push(Wrong { place: format!("{place}.{key}"), why, help });
        }
    }

    fn unknown(&self, key: &str, place: String) -> Wrong {
        let all: Vec<String> = self.members.keys().map(|key| format!("`{key}`")).collect();
        let like = |known: &String| strsim::normalized_damerau_levenshtein(key, known);
        let nearest = self.members.keys().max_by(|a, b| like(a).total_cmp(&like(b)));
        let help = match nearest.filter(|known| like(known) >= LIKE) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "leave it out".to_owned(),
        };
        let known = if all.is_empty() { "none".to_owned() } else { all.join(", ") };
        Wrong { place, why: format!("found an unknown key, expected one of: {known}"), help }
    }

    /// Whether a value is of the type and within the bounds; what it holds is judged on its own.
    fn fits(&self, value: &Value) -> bool {
        let at_least = |n: &Number| self.least.as_ref().is_none_or(|least| !below(n, least));
        let at_most = |n: &Number| self.most.as_ref().is_none_or(|most| !below(most, n));
        let (few, many) = self.count;
        let bounded = match value {
            Value::Number(n) => at_least(n) && at_most(n),
            Value::String(text) => text.chars().count() >= self.letters,
            Value::Array(list) => list.len() >= few && many.is_none_or(|many| list.len() <= many),
            _ => true,
        };
        let chosen =
            self.choices.is_empty() || self.choices.iter().any(|choice| same(choice, value));
        bounded && chosen && self.holds.is_none_or(|holds| holds.is_of(value))
    }

    /// What is expected, in words.
    fn expected(&self) -> String {
        if !self.choices.is_empty() {
            let all: Vec<String> = self.choices.iter().map(|c| format!("`{}`", plain(c))).collect();
            return format!("one of {}", all.join(", "));
        }
        let least = self.least.as_ref().map(|n| format!("at least {n}"));
        let most = self.most.as_ref().map(|n| format!("at most {n}"));
        let letters = (self.letters > 1).then(|| format!("{} letters or more", self.letters));
        let (few, many) = self.count;
        let few = (few > 0).then(|| format!("{few} items or more"));
        let many = many.map(|many| format!("at most {many} items"));
        let bounds: Vec<String> = [least, most, letters, few, many].into_iter().flatten().collect();
        let noun = self.holds.map_or("a value", Type::noun);
        let empty = if self.letters == 1 { " that is not empty" } else { "" };
        let of = if bounds.is_empty() { "" } else { " of " };
        format!("{noun}{empty}{of}{}", bounds.join(" and "))
    }
}

/// A text as it stands, everything else as JSON.
fn plain(value: &Value) -> String {
    shown(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// Whether one number is below another; whole ones are compared to the digit.
fn below(a: &Number, b: &Number) -> bool {
    match (a.as_i128(), b.as_i128()) {
        (Some(a), Some(b)) => a < b,
        _ => a.as_f64().zip(b.as_f64()).is_none_or(|(a, b)| a < b),
    }
}

/// Whether two values are the same; `1` and `1.0` are.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => !below(a, b) && !below(b, a),
        _ => a == b,
    }
}

impl Type {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "object" => Self::Object,
            "array" => Self::List,
            "string" => Self::Text,
            "number" => Self::Number,
            "integer" => Self::Whole,
            "boolean" => Self::Truth,
            _ => return None,
        })
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Object => "an object",
            Self::List => "a list",
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Whole => "a whole number",
            Self::Truth => "`true` or `false`",
        }
    }

    fn is_of(self, value: &Value) -> bool {
        match self {
            Self::Object => value.is_object(),
            Self::List => value.is_array(),
            Self::Text => value.is_string(),
            Self::Number => value.is_number(),
            Self::Whole => value.as_f64().is_some_and(|n| n.fract() == 0.0),
            Self::Truth => value.is_boolean(),
        }
    }
}

/// Reads one schema; `place` says where it stands.
fn of(schema: &Value, place: &str) -> Result<Schema, String> {
    let Value::Object(map) = schema else {
        return Err(format!("`{place}` is `{}`, expected an object", shown(&schema.to_string())));
    };
    let known = |key: &&String| CHECKED.contains(&key.as_str()) || SAID.contains(&key.as_str());
    if let Some(other) = map.keys().find(|key| !known(key)) {
        let all = CHECKED.join("`, `");
        return Err(format!(
            "`{place}` has `{}`, which is not checked here, expected `{all}`",
            shown(other)
        ));
    }
    let word = Words { map, place };
    Ok(Schema {
        holds: word.get("type", "one of object, array, string, number, integer, boolean", |v| {
            Type::parse(v.as_str()?)
        })?,
        choices: word.get("enum", "a list of values", choices)?.unwrap_or_default(),
        members: word.members()?,
        required: word.get("required", "a list of names", names)?.unwrap_or_default(),
        others: word.others()?,
        items: word.inner("items")?,
        least: word.get("minimum", "a number", |v| v.as_number().cloned())?,
        most: word.get("maximum", "a number", |v| v.as_number().cloned())?,
        letters: word.get("minLength", "a whole number", number)?.unwrap_or_default(),
        count: (
            word.get("minItems", "a whole number", number)?.unwrap_or_default(),
            word.get("maxItems", "a whole number", number)?,
        ),
    })
}

fn choices(value: &Value) -> Option<Vec<Value>> {
    value.as_array().filter(|list| !list.is_empty()).cloned()
}

fn names(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|name| name.as_str().map(str::to_owned)).collect()
}

fn number(value: &Value) -> Option<usize> {
    usize::try_from(value.as_u64()?).ok()
}

/// The words of one schema.
struct Words<'a> {
    map: &'a Map<String, Value>,
    place: &'a str,
}

impl Words<'_> {
    fn get<T>(
        &self,
        word: &str,
        expected: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, String> {
        let Some(value) = self.map.get(word) else { return Ok(None) };
        let found = || shown(&value.to_string());
        let wrong = || format!("`{}.{word}` is `{}`, expected {expected}", self.place, found());
        read(value).map(Some).ok_or_else(wrong)
    }

    fn members(&self) -> Result<BTreeMap<String, Schema>, String> {
        let members = self.get("properties", "an object", |v| v.as_object().cloned())?;
        let member = |(key, schema): (String, Value)| {
            let inner = of(&schema, &format!("{}.properties.{}", self.place, shown(&key)))?;
            Ok((key, inner))
        };
        members.unwrap_or_default().into_iter().map(member).collect()
    }

    fn inner(&self, word: &str) -> Result<Option<Box<Schema>>, String> {
        let inner = self.map.get(word).map(|schema| of(schema, &format!("{}.{word}", self.place)));
        Ok(inner.transpose()?.map(Box::new))
    }

    fn others(&self) -> Result<Others, String> {
        let word = "additionalProperties";
        match self.map.get(word) {
            None | Some(Value::Bool(true)) => Ok(Others::Any),
            Some(Value::Bool(false)) => Ok(Others::No),
            Some(_) => Ok(self.inner(word)?.map_or(Others::Any, Others::Of)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema() -> Schema {
        Schema::parse(&json!({
            "type": "object", "additionalProperties": false, "required": ["input"],
            "description": "for people",
            "properties": {
                "input": {"type": "string", "minLength": 1},
                "rows": {"type": "integer", "minimum": 0, "maximum": 10, "default": 3},
                "factor": {"type": "number"},
                "holds": {"enum": ["levels", 1]},
                "all": {"type": "boolean"},
                "days": {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 2},
                "series": {"type": "object", "additionalProperties": {"type": "string"}}
            }
        }))
        .unwrap()
    }

    /// Each case by the definition of JSON Schema's words (draft 2020-12).
    #[test]
    fn a_configuration_is_judged_by_its_schema() {
        for (config, places) in [
            (json!({"input": "x"}), &[][..]),
            (json!({"input": "x", "rows": 0, "factor": 1.5, "holds": "levels", "all": true}), &[]),
            (json!({"input": "x", "rows": 10.0, "holds": 1.0, "days": [1, 2]}), &[]),
            (json!({"input": "x", "series": {"FREQ": "M", "any": "x"}}), &[]),
            (json!({}), &["config.input: found nothing, expected a text that is not empty"]),
            (
                json!({"input": ""}),
                &["config.input: found `\"\"`, expected a text that is not empty"],
            ),
            (json!({"input": 3}), &["config.input: found `3`, expected a text"]),
            (
                json!({"input": "x", "rows": -1}),
                &["config.rows: found `-1`, expected a whole number of at least 0 and at most 10"],
            ),
            (json!({"input": "x", "rows": 11}), &["config.rows: found `11`"]),
            (json!({"input": "x", "rows": 1.5}), &["config.rows: found `1.5`"]),
            (json!({"input": "x", "rows": "1"}), &["config.rows: found `\"1\"`"]),
            (json!({"input": "x", "holds": "level"}), &["expected one of `levels`, `1`"]),
            (json!({"input": "x", "days": []}), &["config.days: found `[]`, expected a list of 1"]),
            (json!({"input": "x", "days": [1, 2, 3]}), &["config.days"]),
            (
                json!({"input": "x", "days": [1, "2"]}),
                &["config.days[2]: found `\"2\"`, expected a whole number"],
            ),
            (json!({"input": "x", "series": {"FREQ": 1}}), &["config.series.FREQ: found `1`"]),
            (
                json!({"all": 1, "row": 1}),
                &["config.all", "config.row: found an unknown key", "config.input"],
            ),
            (json!([]), &["config: found `[]`, expected an object"]),
        ] {
            let wrong = schema().check(&config);
            assert_eq!(wrong.len(), places.len(), "{config}: {wrong:?}");
            for (wrong, place) in wrong.iter().zip(places) {
                let said = format!("{}: {}", wrong.place, wrong.why);
                assert!(said.contains(place) && !wrong.help.is_empty(), "{place}: {said}");
            }
        }
    }

    #[test]
    fn a_way_out_is_told() {
        let help = |config: Value| schema().check(&config).remove(0).help;
        assert_eq!(help(json!({"input": "x", "row": 1})), "did you mean `rows`?");
        assert_eq!(help(json!({"input": "x", "zzz": 1})), "leave it out");
        assert!(help(json!({"input": true})).contains("`\"true\"`"));
    }

    #[test]
    fn what_is_not_checked_is_refused() {
        for (schema, part) in [
            (json!({"oneOf": []}), "`config_schema` has `oneOf`, which is not checked here"),
            (
                json!({"properties": {"a": {"pattern": "x"}}}),
                "`config_schema.properties.a` has `pattern`",
            ),
            (json!({"items": {"$ref": "#"}}), "`config_schema.items` has `$ref`"),
            (json!({"additionalProperties": {"not": {}}}), "additionalProperties` has `not`"),
            (
                json!({"type": ["string", "null"]}),
                "`config_schema.type` is `[\"string\",\"null\"]`",
            ),
            (json!({"type": "text"}), "expected one of object"),
            (json!({"enum": []}), "`config_schema.enum` is `[]`"),
            (json!({"minimum": "1"}), "expected a number"),
            (json!({"minLength": -1}), "expected a whole number"),
            (json!({"required": [1]}), "expected a list of names"),
            (json!({"properties": {"a": true}}), "`config_schema.properties.a` is `true`"),
            (json!("x"), "`config_schema` is `\"x\"`, expected an object"),
        ] {
            let why = Schema::parse(&schema).unwrap_err();
            assert!(why.contains(part), "{schema}: {why}");
        }
        assert_eq!(Schema::parse(&Value::Null).unwrap().check(&json!({"any": 1})), []);
    }
}
