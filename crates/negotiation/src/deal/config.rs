//! What a source that is a plugin is told, as JSON: from a table of the deal file, one spelling for
//! one meaning.

use super::reader::Reader;
use super::{NO_CONFIG, Origin, Source};
use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeString, DeValue};

/// What a plugin is told, as JSON.
pub(super) fn read_config(r: &Reader<'_, '_>) -> String {
    let Some(table) = r.table("config") else { return NO_CONFIG.to_owned() };
    let mut map = Map::new();
    for (key, value) in table.entries() {
        match json(value.get_ref()) {
            Ok(json) => drop(map.insert(key.value, json)),
            Err(found) => {
                let message =
                    format!("`config.{}` is {found}, expected a finite number", key.value);
                r.log().error(value.span(), "D0103", message, None);
            }
        }
    }
    Value::Object(map).to_string()
}

/// A value in JSON; a date becomes its text.
fn json(value: &DeValue<'_>) -> Result<Value, String> {
    let number = |text: &str| {
        let parsed = serde_json::from_str(&text.replace('_', "")).ok();
        parsed.filter(Value::is_number).ok_or_else(|| format!("`{text}`"))
    };
    Ok(match value {
        DeValue::String(text) => text.to_string().into(),
        DeValue::Integer(i) if i.radix() == 10 => number(i.as_str())?,
        DeValue::Integer(i) => return Err(format!("`{}`", i.as_str())),
        DeValue::Float(f) => number(f.as_str())?,
        DeValue::Boolean(b) => (*b).into(),
        DeValue::Datetime(d) => d.to_string().into(),
        DeValue::Array(list) => list.iter().map(|v| json(v.get_ref())).collect::<Result<_, _>>()?,
        DeValue::Table(table) => {
            let entry = |(key, value): (&Spanned<DeString<'_>>, &Spanned<DeValue<'_>>)| {
                Ok((key.get_ref().to_string(), json(value.get_ref())?))
            };
            Value::Object(table.iter().map(entry).collect::<Result<_, String>>()?)
        }
    })
}

/// What says how a file is read says nothing of a plugin.
pub(super) fn refuse_of_files(r: &Reader<'_, '_>, origin: Option<&Origin>, source: &Source) {
    let Some(Origin::Plugin { .. }) = origin else { return };
    let of_files = [
        ("recipe", source.recipe.is_some()),
        ("vintage", source.vintage.is_some()),
        ("sheet", source.sheet.is_some()),
    ];
    for (key, _) in of_files.iter().filter(|(_, stated)| *stated) {
        let message = format!("`{key}` says how a file is read, and this source is a plugin");
        let help = "leave it out, or say it to the plugin under `config`".to_owned();
        r.log().error(r.span(), "D0106", message, Some(help));
    }
}
