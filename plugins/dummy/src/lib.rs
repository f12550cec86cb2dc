//! `dummy`: reads nothing and states as many rows as it is told; for trying out what surrounds a
//! plugin, and the shortest example of one.
//!
//! ```text
//! haggle import --plugin dummy --set rows=1000
//! ```
//!
//! Row `n` is `item n` at the list price of `n` euros each.

use haggle_plugin_api::{Failure, Host, Row, Rows, Source, Status};
use serde::Deserialize;

/// One whole unit of an amount.
const ONE: i128 = 1_000_000_000_000;

/// What it may be told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Config {
    /// How many rows; 3 if it is not said.
    rows: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self { rows: 3 }
    }
}

/// What the host asks; members that later hosts add are theirs.
#[derive(Deserialize)]
struct Request {
    config: Config,
}

fn config(request: &str) -> Result<Config, Failure> {
    match serde_json::from_str::<Request>(request) {
        Ok(request) => Ok(request.config),
        Err(error) => Err(Failure::new(Status::Config, error.to_string())),
    }
}

/// The rows that are left.
struct Dummy {
    next: u64,
    last: u64,
}

impl Source for Dummy {
    fn validate(request: &str) -> Result<(), Failure> {
        config(request).map(drop)
    }

    fn open(request: &str, _host: Host) -> Result<Self, Failure> {
        Ok(Self { next: 1, last: config(request)?.rows })
    }

    fn read(&mut self, rows: &mut Rows) -> Result<bool, Failure> {
        while self.next <= self.last && !rows.is_full() {
            rows.push(&row(self.next, &format!("item {}", self.next)));
            self.next += 1;
        }
        Ok(self.next <= self.last)
    }
}

fn row(number: u64, title: &str) -> Row<'_> {
    let amount = i128::from(number) * ONE;
    Row { row: number, title: Some(title), ..Row::new(amount, "EUR", "EA") }
}

haggle_plugin_api::plugin!(
    Dummy,
    r#"{"manifest": 1, "name": "dummy", "version": "0.1.0", "abi": "1.0",
        "summary": "As many rows as it is told; reads nothing", "license": "MIT OR Apache-2.0",
        "config_schema": {"type": "object", "additionalProperties": false,
            "properties": {"rows": {"type": "integer", "minimum": 0, "default": 3}}}}"#
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_how_many_or_says_what_is_wrong() {
        for (request, rows) in [
            (r#"{"config": {}}"#, Some(3)),
            (r#"{"config": {"rows": 0}}"#, Some(0)),
            (r#"{"config": {"rows": 7}, "later": 1}"#, Some(7)),
            (r#"{"config": {"rows": -1}}"#, None),
            (r#"{"config": {"row": 1}}"#, None),
            ("{}", None),
            ("", None),
        ] {
            assert_eq!(config(request).ok().map(|c| c.rows), rows, "{request}");
        }
        let wrong = config(r#"{"config": {"row": 1}}"#).unwrap_err();
        assert_eq!(wrong.status, Status::Config);
        assert!(wrong.message.contains("unknown field `row`"), "{}", wrong.message);
    }

    #[test]
    fn rows_are_numbered_and_end() {
        let mut dummy = Dummy { next: 1, last: 70_000 };
        let mut rows = Rows::default();
        let mut calls = 1;
        while dummy.read(&mut rows).is_ok_and(|more| more) {
            calls += 1;
            assert!(rows.is_full());
            rows = Rows::default();
        }
        assert_eq!((calls, dummy.next), (2, 70_001));
        assert_eq!(row(7, "item 7").amount, 7 * ONE);
    }
}
