//! Settings of the command line that replace what a deal file says: `alternative.stay.amount=120000`.

use super::read::{file_stem, identifier, read_tree};
use super::reader::nearest;
use super::{Deal, Parsed, Problem};
use haggle_quantity::Date;
use std::collections::BTreeMap;
use std::fmt;
use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

/// One setting: a key of the deal file by its path, and the value that replaces the file's.
///
/// Entries of lists go by their name (`alternative.stay.amount`, `source.oews.match`), or by their
/// number from 1 (`claim.2.date`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    path: String,
    value: String,
}

impl Override {
    /// Reads `PATH=VALUE`; the value is a TOML value, or else a text as it stands.
    ///
    /// # Errors
    /// What was wrong, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (path, value) = text
            .split_once('=')
            .ok_or_else(|| format!("`{text}` has no `=`, expected PATH=VALUE"))?;
        let keys: Vec<&str> = path.split('.').map(str::trim).collect();
        if keys.contains(&"") {
            return Err(format!("`{text}` names no key, expected PATH=VALUE"));
        }
        Ok(Self { path: keys.join("."), value: value.trim().to_owned() })
    }

    fn value(&self) -> Spanned<DeValue<'_>> {
        let bare = || Spanned::new(0..0, DeValue::String(DeString::Borrowed(&self.value)));
        DeValue::parse(&self.value).unwrap_or_else(|_| bare())
    }
}

impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.path, self.value)
    }
}

/// Reads a deal file that is sound by itself with settings in place of what it says, as strictly:
/// the deal, and what is stated, by key.
///
/// # Errors
/// Every problem that the settings make. Their places mean nothing: no line of the file holds them.
pub fn parse_set(
    text: &str,
    as_of: Option<Date>,
    settings: &[Override],
) -> Result<(Deal, BTreeMap<String, String>), Vec<Problem>> {
    let tree = tree_with(text, settings)?;
    let Parsed { deal, problems, stated, .. } = read_tree(text, &tree, as_of);
    let deal =
        deal.ok_or_else(|| problems.into_iter().filter(|p| !p.warning).collect::<Vec<_>>())?;
    Ok((deal, stated))
}

fn tree_with<'i>(text: &'i str, settings: &'i [Override]) -> Result<DeTable<'i>, Vec<Problem>> {
    let tree = DeTable::parse(text).map_err(|e| refused(e.message().to_owned(), None))?;
    let mut tree = tree.into_inner();
    for setting in settings {
        put(&mut tree, &setting.path, setting.value())?;
    }
    Ok(tree)
}

/// Every key of a deal file with the settings in place, as a path and what stands there.
///
/// # Errors
/// As [`parse_set`].
pub fn keys(text: &str, settings: &[Override]) -> Result<BTreeMap<String, String>, Vec<Problem>> {
    let tree = tree_with(text, settings)?;
    let mut keys = BTreeMap::new();
    flatten(&tree, "", &mut keys);
    Ok(keys)
}

fn flatten(table: &DeTable<'_>, path: &str, keys: &mut BTreeMap<String, String>) {
    for (name, value) in table.iter() {
        let path = if path.is_empty() {
            name.get_ref().to_string()
        } else {
            format!("{path}.{}", name.get_ref())
        };
        match value.get_ref() {
            DeValue::Table(inner) => flatten(inner, &path, keys),
            DeValue::Array(list) if list.iter().any(|item| item.get_ref().is_table()) => {
                for (i, item) in list.iter().enumerate() {
                    let entry = format!("{path}.{}", identifier(&name_of(i, item)));
                    if let DeValue::Table(inner) = item.get_ref() {
                        flatten(inner, &entry, keys)
                    }
                }
            }
            other => drop(keys.insert(path, plain(other))),
        }
    }
}

/// A value as text, without the marks of its type: `"104000"` and `104000` are one amount.
fn plain(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(i) => i.to_string(),
        DeValue::Float(f) => f.to_string(),
        DeValue::Boolean(b) => b.to_string(),
        DeValue::Datetime(d) => d.to_string(),
        DeValue::Array(list) => {
            let items: Vec<String> = list.iter().map(|item| plain(item.get_ref())).collect();
            format!("[{}]", items.join(", "))
        }
        DeValue::Table(_) => "a table".to_owned(),
    }
}

fn refused(message: String, help: Option<String>) -> Vec<Problem> {
    vec![Problem { code: "D0108", line: 0, column: 0, message, help, warning: false }]
}

type Value<'i> = Spanned<DeValue<'i>>;

/// A table that is not there is begun: its keys are checked when the whole is read.
fn put<'i>(table: &mut DeTable<'i>, path: &'i str, value: Value<'i>) -> Result<(), Vec<Problem>> {
    let Some((key, rest)) = path.split_once('.') else {
        return put_value(table, path, value);
    };
    let name = Spanned::new(0..0, DeString::Borrowed(key));
    let begun = || Spanned::new(0..0, DeValue::Table(DeTable::new()));
    match table.entry(name).or_insert_with(begun).get_mut() {
        DeValue::Table(inner) => put(inner, rest, value),
        DeValue::Array(list) => put_in_entry(list, key, rest, value),
        _ => Err(refused(format!("`{key}` is a value, and `{rest}` no key of it"), None)),
    }
}

/// A value takes the place of a value; what holds entries is set key by key.
fn put_value<'i>(
    table: &mut DeTable<'i>,
    key: &'i str,
    value: Value<'i>,
) -> Result<(), Vec<Problem>> {
    match table.get(key).map(Spanned::get_ref) {
        Some(DeValue::Array(list)) if list.iter().any(|item| item.get_ref().is_table()) => {
            return Err(no_entry(list, key, ""));
        }
        Some(DeValue::Table(_)) => {
            let message = format!("`{key}` is a table, expected `{key}.KEY`");
            return Err(refused(message, None));
        }
        _ => {}
    }
    table.insert(Spanned::new(0..0, DeString::Borrowed(key)), value);
    Ok(())
}

/// Names may hold dots, so that every beginning of the rest may be one.
fn put_in_entry<'i>(
    list: &mut DeArray<'i>,
    key: &str,
    rest: &'i str,
    value: Value<'i>,
) -> Result<(), Vec<Problem>> {
    let found = rest.match_indices('.').find_map(|(at, _)| {
        let mut entries = list.iter().enumerate();
        Some((entries.position(|(i, item)| is_called(i, item, &rest[..at]))?, &rest[at + 1..]))
    });
    let Some((i, key_of_entry)) = found else { return Err(no_entry(list, key, rest)) };
    match list.get_mut(i).map(Spanned::get_mut) {
        Some(DeValue::Table(table)) => put(table, key_of_entry, value),
        _ => Err(no_entry(list, key, rest)),
    }
}

fn no_entry(list: &DeArray<'_>, key: &str, rest: &str) -> Vec<Problem> {
    let names: Vec<String> =
        list.iter().enumerate().map(|(i, item)| identifier(&name_of(i, item))).collect();
    let wanted = rest.rsplit_once('.').map_or(rest, |(name, _)| name);
    let help = match nearest(wanted, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{key}.{near}`?"),
        None => format!("there are: {}", names.join(", ")),
    };
    let found = format!("`{key}.{rest}` names no entry");
    let message = if rest.is_empty() { format!("`{key}` is a list of entries") } else { found };
    refused(format!("{message}, expected `{key}.NAME.KEY`"), Some(help))
}

fn is_called(i: usize, item: &Value<'_>, wanted: &str) -> bool {
    let name = name_of(i, item);
    name == wanted || identifier(&name) == wanted || (i + 1).to_string() == wanted
}

/// The name of an entry (id of an item, supplier of a quote, item of a line), the stem of its file,
/// or its number.
fn name_of(i: usize, item: &Value<'_>) -> String {
    let text = |key: &str| item.get_ref().get(key).and_then(|v| v.get_ref().as_str());
    let path = || text("path").map(file_stem);
    let named = ["id", "name", "supplier", "item"].into_iter().find_map(text).or_else(path);
    named.map_or_else(|| (i + 1).to_string(), str::to_owned)
}
