//! A report and its deal file, as the oracle reads them, and the list of what disagrees.

use serde_json::Value;

/// A printed report beside the deal that it is about.
pub(super) struct Report {
    pub(super) json: Value,
    pub(super) deal: toml::Table,
}

impl Report {
    /// The value of a figure, if there is one.
    pub(super) fn value(&self, id: &str) -> Option<f64> {
        number(&self.json["figures"][id]["value"])
    }

    /// A field of a figure that is a number, such as `low`.
    pub(super) fn field(&self, id: &str, field: &str) -> Option<f64> {
        number(&self.json["figures"][id][field])
    }

    /// A parameter in force.
    pub(super) fn parameter(&self, name: &str) -> f64 {
        number(&self.json["parameters"][name]).unwrap_or_else(|| panic!("no parameter {name}"))
    }

    /// 1 for a seller, -1 for a buyer.
    pub(super) fn side(&self) -> f64 {
        if self.json["deal"]["side"] == "seller" { 1.0 } else { -1.0 }
    }

    /// The tables of an array of the deal file, such as `[[source]]`.
    pub(super) fn tables(&self, key: &str) -> Vec<&toml::Table> {
        tables(&self.deal, key)
    }

    pub(super) fn as_of(&self) -> i64 {
        day(self.json["as_of"].as_str().unwrap())
    }
}

/// The tables of an array of a table.
pub(super) fn tables<'a>(table: &'a toml::Table, key: &str) -> Vec<&'a toml::Table> {
    let all = table.get(key).and_then(toml::Value::as_array);
    all.into_iter().flatten().map(|one| one.as_table().unwrap()).collect()
}

/// A number of the deal file, which may be written as text.
pub(super) fn stated(value: &toml::Value) -> f64 {
    match value {
        toml::Value::String(text) => text.parse().unwrap(),
        toml::Value::Integer(whole) => *whole as f64,
        other => other.as_float().unwrap(),
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.parse().ok())
}

/// The number of a day, counted in days of the proleptic calendar.
pub(super) fn day(date: &str) -> i64 {
    let mut parts = date.split('-').map(|part| part.parse::<i64>().unwrap());
    let (year, month, day) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    let leap = |y: i64| y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    let before = 365 * (year - 1) + (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400;
    let lengths = [31, 28 + i64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    before + lengths[..month as usize - 1].iter().sum::<i64>() + day
}

/// What the oracle and a report do not agree on.
#[derive(Default)]
pub(super) struct Disagreements {
    pub(super) found: Vec<String>,
    pub(super) compared: usize,
}

impl Disagreements {
    /// Both absent, or equal to 1e-9 relative; `scale` is the deal's amount, for differences.
    pub(super) fn compare(
        &mut self,
        what: &str,
        mine: Option<f64>,
        theirs: Option<f64>,
        scale: f64,
    ) {
        self.compared += 1;
        let equal = match (mine, theirs) {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(b.abs()) + 1e-12 * scale,
            (None, None) => true,
            _ => false,
        };
        if !equal {
            self.found.push(format!("{what}: the oracle says {mine:?}, the report {theirs:?}"));
        }
    }

    /// Exactly equal texts.
    pub(super) fn text(&mut self, what: &str, mine: Option<String>, theirs: Option<&str>) {
        self.compared += 1;
        if mine.as_deref() != theirs {
            self.found.push(format!("{what}: the oracle prints {mine:?}, the report {theirs:?}"));
        }
    }

    /// Something that must hold.
    pub(super) fn holds(&mut self, what: &str, holds: bool) {
        self.compared += 1;
        if !holds {
            self.found.push(what.to_owned());
        }
    }
}
