//! Members of JSON objects as they were written, so that a number keeps its digits.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// An object whose members stand once each.
struct Object<'a>(BTreeMap<Cow<'a, str>, &'a RawValue>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Object<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((name, value)) = map.next_entry::<Name<'de>, &RawValue>()? {
            if let Some(_twice) = members.insert(name.0.clone(), value) {
                return Err(A::Error::custom(format!("the member `{}` stands twice", name.0)));
            }
        }
        Ok(Object(members))
    }
}

/// A name that is borrowed where it holds no escapes.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// The value at the end of a path of names, `data.items`; the empty path is the value itself. `None`
/// if a member is not there.
///
/// # Errors
/// What was found instead of an object.
pub(crate) fn at<'a>(value: &'a RawValue, path: &str) -> Result<Option<&'a RawValue>, String> {
    let mut found = value;
    for name in path.split('.').filter(|name| !name.is_empty()) {
        let Object(members) = serde_json::from_str(found.get()).map_err(|e| e.to_string())?;
        match members.get(name) {
            Some(member) => found = member,
            None => return Ok(None),
        }
    }
    Ok(Some(found))
}

/// A text or a number as it was written; `None` for `null`.
///
/// # Errors
/// What was found instead.
pub(crate) fn scalar(value: &RawValue) -> Result<Option<String>, String> {
    let text = value.get();
    match text.bytes().next() {
        Some(b'n') => Ok(None),
        Some(b'"') => serde_json::from_str(text).map(Some).map_err(|e| e.to_string()),
        Some(b'-' | b'0'..=b'9') => Ok(Some(text.to_owned())),
        _ => Err("found neither a text nor a number".to_owned()),
    }
}

/// The elements of an array.
///
/// # Errors
/// What was found instead.
pub(crate) fn elements(value: &RawValue) -> Result<Vec<&RawValue>, String> {
    serde_json::from_str(value.get()).map_err(|e| e.to_string())
}
