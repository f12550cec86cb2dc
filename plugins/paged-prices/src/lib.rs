//! `paged-prices`: a price list that an HTTP API serves as JSON, page by page, to who has a key.
//!
//! ```text
//! PAGED_PRICES_BASE=https://api.shop.example/ cargo build --release -p haggle-paged-prices
//! export HAGGLE_SECRET_PRICES_KEY=...
//! haggle import --plugin paged-prices --set path=v1/prices --set items=data --set next=links.next
//! ```
//!
//! Every page is opened by the host, which fills in the key: the plugin never sees it. Pages are
//! followed to the last, by a link (`next`) or by number (`page`), and never further than the API's
//! own address.

mod member;
mod page;

use haggle_plugin_api::{Failure, Host, Options, Rows, Source, Status};
use page::{Config, Pages};
use serde::Deserialize;
use std::io::Read;

/// The beginning of every address that is asked.
const BASE: &str = env!("PAGED_PRICES_BASE");
/// How the API wants its key.
const KEY: (&str, &str) = ("Authorization", "Bearer {secret:PRICES_KEY}");
/// Bytes of one page at most.
const MOST_BYTES: u64 = 64 << 20;

#[derive(Deserialize)]
struct Request {
    config: Config,
}

fn config(request: &str) -> Result<Config, Failure> {
    let wrong = |why: String| Failure::new(Status::Config, why);
    let request: Request = serde_json::from_str(request).map_err(|e| wrong(e.to_string()))?;
    request.config.check().map_err(wrong)?;
    Ok(request.config)
}

/// The pages that are left, and who opens them.
struct Prices {
    host: Host,
    pages: Pages,
}

impl Source for Prices {
    fn validate(request: &str) -> Result<(), Failure> {
        config(request).map(drop)
    }

    fn open(request: &str, host: Host) -> Result<Self, Failure> {
        Ok(Self { host, pages: Pages::new(config(request)?, BASE) })
    }

    fn read(&mut self, rows: &mut Rows) -> Result<bool, Failure> {
        let Some(address) = self.pages.address() else { return Ok(false) };
        let body = get(&self.host, &address)?;
        self.pages.take(&body, |row| rows.push(row)).map_err(|why| {
            Failure::new(Status::Data, format!("page {}: {why}", self.pages.number()))
        })
    }
}

fn get(host: &Host, address: &str) -> Result<String, Failure> {
    let headers = vec![(KEY.0.to_owned(), KEY.1.to_owned())];
    let input = host.open(address, &Options { headers, ..Options::default() })?;
    let mut bytes = Vec::new();
    input.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    let wrong = |what: &str| Failure::new(Status::Data, format!("{address}: {what}"));
    if bytes.len() as u64 > MOST_BYTES {
        return Err(wrong("found more than 64 MB in one page"));
    }
    String::from_utf8(bytes).map_err(|_| wrong("found no UTF-8"))
}

haggle_plugin_api::plugin!(
    Prices,
    concat!(
        r#"{"manifest": 1, "name": "paged-prices", "version": "0.1.0", "abi": "1.0",
            "summary": "Price lists of an HTTP API, page by page, with a key",
            "license": "MIT OR Apache-2.0",
            "config_schema": {"type": "object", "additionalProperties": false,
                "properties": {
                    "path": {"type": "string"}, "items": {"type": "string"},
                    "next": {"type": "string"}, "page": {"type": "string"},
                    "title": {"type": "string"}, "subject": {"type": "string"},
                    "amount": {"type": "string"}, "currency": {"type": "string"},
                    "per": {"type": "string"}, "all_currency": {"type": "string"},
                    "all_per": {"type": "string"}}},
            "permissions": {"inputs": [""#,
        env!("PAGED_PRICES_BASE"),
        r#""], "secrets": ["PRICES_KEY"]}}"#
    )
);
