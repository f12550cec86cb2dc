//! From page to page: which address comes next, and what a page says.

use crate::member::{at, elements, scalar};
use haggle_plugin_api::{Row, decimal};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeSet;

/// Pages at most: an API that never ends is not read for ever.
const MOST_PAGES: u64 = 10_000;

/// What it is told. Members are named by paths, `price.value`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// What follows the API's address: `v1/prices?region=eu`.
    path: String,
    /// The member of a page that holds its items; empty if the page itself is the list.
    items: String,
    /// The member of a page that holds the address of the next one; absent or null on the last.
    next: Option<String>,
    /// The parameter that takes a number of a page, from 1; a page without items ends the list.
    page: Option<String>,
    /// The members of an item.
    title: String,
    subject: String,
    amount: String,
    currency: String,
    per: String,
    /// What all items are in, in place of a member.
    all_currency: Option<String>,
    all_per: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        let [path, items] = [const { String::new() }; 2];
        let [title, subject, amount, currency, per] =
            ["title", "sku", "price", "currency", "unit"].map(str::to_owned);
        let (next, page, all_currency, all_per) = Default::default();
        Self {
            path,
            items,
            next,
            page,
            title,
            subject,
            amount,
            currency,
            per,
            all_currency,
            all_per,
        }
    }
}

impl Config {
    /// Whether the pages can be followed: without a way to the next, a part would look like all.
    ///
    /// # Errors
    /// What is missing.
    pub(crate) fn check(&self) -> Result<(), String> {
        match (&self.next, &self.page) {
            (Some(_), None) | (None, Some(_)) => Ok(()),
            _ => Err("expected either `next`, the member with the next page's address, or `page`, the parameter that takes its number".to_owned()),
        }
    }
}

/// Where to go on.
#[derive(Debug)]
enum Next {
    Address(String),
    Number,
    Nowhere,
}

/// The pages of one list.
pub(crate) struct Pages {
    config: Config,
    base: String,
    next: Next,
    number: u64,
    row: u64,
    seen: BTreeSet<String>,
    last: String,
}

impl Pages {
    pub(crate) fn new(config: Config, base: &str) -> Self {
        let next = match config.page {
            Some(_) => Next::Number,
            None => Next::Address(format!("{base}{}", config.path)),
        };
        let (base, seen, last) = (base.to_owned(), BTreeSet::new(), String::new());
        Self { config, base, next, number: 0, row: 0, seen, last }
    }

    /// The number of the page that was last asked for, from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// The address of the next page, if there is one.
    pub(crate) fn address(&mut self) -> Option<String> {
        self.number += 1;
        match std::mem::replace(&mut self.next, Next::Nowhere) {
            Next::Address(address) => Some(address),
            Next::Number => Some(self.numbered()),
            Next::Nowhere => None,
        }
    }

    fn numbered(&self) -> String {
        let Config { path, page, .. } = &self.config;
        let mark = if path.contains('?') { '&' } else { '?' };
        let page = page.as_deref().unwrap_or_default();
        format!("{}{path}{mark}{page}={}", self.base, self.number)
    }

    /// Takes a page: hands over its rows and finds out where to go on. Whether there is more.
    ///
    /// # Errors
    /// What is wrong with the page.
    pub(crate) fn take(
        &mut self,
        body: &str,
        mut push: impl FnMut(&Row<'_>),
    ) -> Result<bool, String> {
        let page: &RawValue = serde_json::from_str(body).map_err(|e| e.to_string())?;
        let items = at(page, &self.config.items)?;
        let items =
            items.ok_or_else(|| format!("found no member `{}` with items", self.config.items))?;
        let items = elements(items)?;
        self.next = self.onwards(page, body, items.is_empty())?;
        for (i, item) in items.iter().enumerate() {
            self.row += 1;
            let place = format!("page {} {}[{i}]", self.number, self.config.items);
            self.item(item, &place, &mut push).map_err(|why| format!("item {i}: {why}"))?;
        }
        Ok(!matches!(self.next, Next::Nowhere))
    }

    fn onwards(&mut self, page: &RawValue, body: &str, is_empty: bool) -> Result<Next, String> {
        if self.number > MOST_PAGES {
            return Err(format!("found more than {MOST_PAGES} pages"));
        }
        let Some(next) = &self.config.next else {
            if !is_empty && self.last == body {
                return Err("it is the same as the page before: does the API know the parameter?"
                    .to_owned());
            }
            body.clone_into(&mut self.last);
            return Ok(if is_empty { Next::Nowhere } else { Next::Number });
        };
        let link = at(page, next)?.map(scalar).transpose()?.flatten();
        let Some(link) = link.filter(|link| !link.is_empty()) else { return Ok(Next::Nowhere) };
        let address = self.resolved(&link)?;
        match self.seen.insert(address.clone()) {
            true => Ok(Next::Address(address)),
            false => Err(format!("the next page `{link}` was read already")),
        }
    }

    /// A link as an address of the API, and of nobody else.
    fn resolved(&self, link: &str) -> Result<String, String> {
        let host_end = self.base.find("://").map_or(0, |at| at + 3);
        let slash = self.base[host_end..].find('/').map_or(self.base.len(), |at| host_end + at);
        let origin = &self.base[..slash];
        let address = match link {
            _ if link.contains("://") || link.starts_with("//") => link.to_owned(),
            _ if link.starts_with('/') => format!("{origin}{link}"),
            _ if link.starts_with('?') => {
                let path = self.config.path.split('?').next().unwrap_or_default();
                format!("{}{path}{link}", self.base)
            }
            _ => {
                return Err(format!(
                    "found the next page `{link}`, expected a whole address or one that begins with `/` or `?`"
                ));
            }
        };
        match address.starts_with(&self.base) {
            true => Ok(address),
            false => Err(format!("the next page `{link}` leads out of `{}`", self.base)),
        }
    }

    fn item(
        &self,
        item: &RawValue,
        place: &str,
        push: &mut impl FnMut(&Row<'_>),
    ) -> Result<(), String> {
        let config = &self.config;
        let maybe = |path: &str| at(item, path)?.map(scalar).transpose().map(Option::flatten);
        let amount = at(item, &config.amount)?;
        let amount = amount.ok_or_else(|| format!("found no member `{}`", config.amount))?;
        // An item without a price is on the list and asks for nothing yet.
        let Some(text) = scalar(amount)? else { return Ok(()) };
        let amount = decimal(&text).filter(|amount| *amount >= 0).ok_or_else(|| {
            format!("`{}`: found `{text}`, expected a price such as `19.90`", config.amount)
        })?;
        let stated = |all: &Option<String>, path: &str, other: &str| {
            let found = all.clone().map_or_else(|| maybe(path), |all| Ok(Some(all)))?;
            found.ok_or_else(|| {
                format!("found no member `{path}`; say `{other}` if all items share it")
            })
        };
        let currency = stated(&config.all_currency, &config.currency, "all_currency")?;
        let per = stated(&config.all_per, &config.per, "all_per")?;
        if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(format!("found the currency `{currency}`, expected one such as `EUR`"));
        }
        let (title, subject) = (maybe(&config.title)?, maybe(&config.subject)?);
        let path = format!("{place}.{}", config.amount);
        push(&Row {
            row: self.row,
            path: Some(&path),
            title: title.as_deref(),
            subject: subject.as_deref(),
            ..Row::new(amount, &currency, &per)
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(config: &str) -> Pages {
        let config: Config = serde_json::from_str(config).unwrap();
        config.check().unwrap();
        Pages::new(config, "https://a.example/v1/")
    }

    /// Follows a list of bodies; addresses that were asked and rows, or what went wrong.
    fn follow(config: &str, bodies: &[&str]) -> Result<(Vec<String>, Vec<String>), String> {
        let (mut pages, mut asked, mut rows) = (pages(config), Vec::new(), Vec::new());
        while let Some(address) = pages.address() {
            asked.push(address);
            pages.take(bodies[asked.len() - 1], |row| {
                let (title, path) = (row.title.unwrap_or("-"), row.path.unwrap());
                rows.push(format!(
                    "{} {title} {} {} {} @{path}",
                    row.row, row.amount, row.currency, row.per
                ));
            })?;
        }
        Ok((asked, rows))
    }

    const ONE: &str = r#"{"title": "paper", "price": 19.90, "currency": "EUR", "unit": "pack"}"#;

    #[test]
    fn links_are_followed_to_the_last_page() {
        let first = format!("{{\"data\": [{ONE}], \"links\": {{\"next\": \"/v1/p?c=2\"}}}}");
        let second = r#"{"data": [{"title": "ink", "price": null}, {"price": "0.000000000001", "sku": 7, "currency": "USD", "unit": "EA"}], "links": {"next": "?c=3"}}"#;
        let config = r#"{"path": "p", "items": "data", "next": "links.next"}"#;
        let (asked, rows) = follow(config, &[&first, second, r#"{"data": []}"#]).unwrap();
        assert_eq!(
            asked,
            ["https://a.example/v1/p", "https://a.example/v1/p?c=2", "https://a.example/v1/p?c=3"]
        );
        assert_eq!(
            rows,
            [
                "1 paper 19900000000000 EUR pack @page 1 data[0].price",
                "3 - 1 USD EA @page 2 data[1].price"
            ]
        );
    }

    #[test]
    fn numbers_are_counted_up_to_an_empty_page() {
        let list = |title: &str| format!("[{}]", ONE.replace("paper", title));
        let config = r#"{"path": "p?region=eu", "page": "n", "all_per": "EA"}"#;
        let (asked, rows) = follow(config, &[&list("a"), &list("b"), "[]"]).unwrap();
        assert_eq!((asked[2].as_str(), asked.len()), ("https://a.example/v1/p?region=eu&n=3", 3));
        assert_eq!(rows[1], "2 b 19900000000000 EUR EA @page 2 [0].price");
        let error = follow(config, &[&list("a"), &list("a")]).unwrap_err();
        assert!(error.contains("the same as the page before"), "{error}");
    }

    #[test]
    fn what_is_not_certain_is_refused() {
        let item = |from: &str, to: &str| format!("{{\"data\": [{}]}}", ONE.replace(from, to));
        let linked = |link: &str| format!("{{\"data\": [], \"next\": \"{link}\"}}");
        for (body, part) in [
            (item("19.90", "1e3"), "item 0: `price`: found `1e3`"),
            (item("19.90", "-1"), "found `-1`"),
            (item("19.90", "\"19,90\""), "found `19,90`"),
            (item("19.90", "true"), "neither a text nor a number"),
            (item("\"price\"", "\"Price\""), "found no member `price`"),
            (item("\"EUR\"", "\"euro\""), "found the currency `euro`"),
            (item("\"currency\"", "\"money\""), "say `all_currency`"),
            (item("\"unit\": \"pack\"", "\"price\": 1"), "the member `price` stands twice"),
            ("{}".to_owned(), "found no member `data`"),
            ("[]".to_owned(), "an object"),
            ("{\"data\": {}}".to_owned(), "sequence"),
            ("<html>".to_owned(), "expected value"),
            (linked("https://b.example/v1/"), "leads out of"),
            (linked("https://a.example/v2/"), "leads out of"),
            (linked("//b.example/v1/"), "leads out of"),
            (linked("p2"), "expected a whole address"),
        ] {
            let error = follow(r#"{"items": "data", "next": "next"}"#, &[&body]).unwrap_err();
            assert!(error.contains(part), "{body}: {error}");
        }
        let again = linked("?c=1");
        let error = follow(r#"{"items": "data", "next": "next"}"#, &[&again, &again]).unwrap_err();
        assert!(error.contains("`?c=1` was read already"), "{error}");
    }

    #[test]
    fn there_must_be_one_way_to_the_next_page() {
        for config in ["{}", r#"{"next": "a", "page": "b"}"#] {
            let config: Config = serde_json::from_str(config).unwrap();
            assert!(config.check().unwrap_err().contains("either `next`"));
        }
        assert!(serde_json::from_str::<Config>(r#"{"pages": "b"}"#).is_err());
    }
}
