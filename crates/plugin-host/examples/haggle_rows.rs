//! A plugin in Rust for tests and measures: builds as many rows as it is asked for, or panics where
//! it is told to.
#![allow(unsafe_code)]

use haggle_plugin_api::{Failure, Host, Options, Row, Rows, Source, Status};
use std::io::Read;

struct Made {
    left: u64,
    all: u64,
    mode: String,
}

/// A member of the request, without a JSON reader: its text up to the next quote, comma or brace.
fn member<'a>(request: &'a str, name: &str) -> Option<&'a str> {
    let rest = request.split_once(&format!("\"{name}\":"))?.1.trim_start().trim_start_matches('"');
    rest.split(['"', ',', '}']).next()
}

/// Reads an input whole; what it says, or how much.
fn read(host: Host, uri: &str, mode: &str) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    if mode == "options" {
        let headers = vec![("Authorization".to_owned(), "Bearer {secret:TOKEN}".to_owned())];
        let options =
            Options { method: Some("GET".to_owned()), headers, range: Some((1, Some(5))) };
        host.open(uri, &options)?.read_to_end(&mut bytes)?;
        return Ok(String::from_utf8_lossy(&bytes).into_owned());
    }
    host.open(uri, &Options::default())?.read_to_end(&mut bytes)?;
    Ok(format!("read {} bytes", bytes.len()))
}

impl Source for Made {
    fn validate(request: &str) -> Result<(), Failure> {
        match member(request, "mode") {
            Some("panic in validate") => panic!("a panic in validate"),
            Some("refuse") => Err(Failure::new(Status::Config, "no mode `refuse`")),
            _ => Ok(()),
        }
    }

    fn open(request: &str, host: Host) -> Result<Self, Failure> {
        let mode = member(request, "mode").unwrap_or("").to_owned();
        if mode == "panic in open" {
            panic!("a panic in open");
        }
        if let Some(uri) = member(request, "uri") {
            let said = read(host, uri, &mode)?;
            host.note(&said);
        }
        let rows = member(request, "rows").and_then(|text| text.parse().ok()).unwrap_or(0);
        Ok(Self { left: rows, all: rows, mode })
    }

    fn read(&mut self, rows: &mut Rows) -> Result<bool, Failure> {
        const TITLES: [&str; 6] = ["clerk", "nurse", "welder", "writer", "miner", "cook"];
        const PLACES: [&str; 4] = ["Berlin", "Hamburg", "Bremen", "Leipzig"];
        if self.mode == "panic in read" && self.left < self.all {
            panic!("a panic in read");
        }
        while self.left > 0 && !rows.is_full() {
            let number = self.all - self.left;
            let choice = number as usize;
            rows.push(&Row {
                row: number + 1,
                kind: "wage",
                basis: "paid",
                tax: "gross",
                title: Some(TITLES[choice % 6]),
                place: Some(PLACES[choice % 4]),
                subject: Some(PLACES[choice % 3]),
                count: Some(number as i64 % 100 + 1),
                weight: Some(number as f64 / 2.0),
                date: Some(20_000),
                ..Row::new(i128::from(number) * 1_000_000_000_000, "EUR", "ANN")
            });
            self.left -= 1;
        }
        Ok(self.left > 0 || self.mode == "panic in read")
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        if self.mode == "panic in drop" {
            panic!("a panic in drop");
        }
    }
}

haggle_plugin_api::plugin!(
    Made,
    r#"{"manifest":1,"name":"rows","version":"1.0.0","abi":"1.0","summary":"rows for measures"}"#
);
