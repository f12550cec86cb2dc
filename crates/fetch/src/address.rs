//! URLs, and the names by which they are shown and kept: without passwords and tokens.

use crate::error::{FetchError, NO_URL, WRITTEN_SECRET};
use reqwest::Url;
use std::fmt;

/// What stands in the place of a secret.
pub(crate) const MASK: &str = "***";

/// Words that say, in the name of a query parameter, that its value is a secret.
const SECRET_WORDS: [&str; 12] = [
    "auth",
    "authorization",
    "credential",
    "jwt",
    "pass",
    "passwd",
    "password",
    "pwd",
    "secret",
    "sig",
    "signature",
    "token",
];
/// Names that say so as a whole; a `series_key` is none.
const SECRET_NAMES: [&str; 12] = [
    "accesskey",
    "accesstoken",
    "apikey",
    "apitoken",
    "appkey",
    "authkey",
    "authtoken",
    "clientsecret",
    "key",
    "registrationkey",
    "subscriptionkey",
    "userkey",
];
/// Words beside which a token is that of a page.
const PAGE_WORDS: [&str; 5] = ["page", "next", "skip", "continuation", "cursor"];

/// A URL to read from. Printed, it is its name: user info and the values of parameters that are
/// called as secrets are (`token`, `api_key`, `X-Amz-Signature`) are `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// Whether a text is meant as a URL of a server.
    pub fn is_meant(text: &str) -> bool {
        let scheme = text.split("://").next().unwrap_or("");
        text.contains("://") && ["http", "https"].iter().any(|s| scheme.eq_ignore_ascii_case(s))
    }

    /// Reads a URL of the schemes `http` and `https`.
    ///
    /// # Errors
    /// `E0301`, without what may be a secret.
    pub fn parse(text: &str) -> Result<Self, FetchError> {
        let wrong = |why: String| Err(FetchError::new(NO_URL, &roughly(text), why));
        match Url::parse(text.trim()) {
            Ok(url) if !matches!(url.scheme(), "http" | "https") => {
                wrong(format!("found `{}://`, expected `https://`", url.scheme()))
            }
            Ok(url) => Ok(Self(url)),
            Err(why) => wrong(format!("no URL: {why}")),
        }
    }

    /// Reads a URL of a text that others may come to read: it must carry no secret.
    ///
    /// # Errors
    /// `E0301`, `E0302`.
    pub fn written(text: &str) -> Result<Self, FetchError> {
        let address = Self::parse(text)?;
        if address.has_secret() {
            let message = "the URL carries a secret, expected none in a deal file";
            return Err(FetchError::new(WRITTEN_SECRET, &address.to_string(), message));
        }
        Ok(address)
    }

    /// Whether it carries a secret, so that its name is not all of it.
    pub fn has_secret(&self) -> bool {
        name(&self.0) != self.0.as_str()
    }

    /// What the file is called: the last part of the path, else the host.
    pub fn file_name(&self) -> String {
        let last = self.0.path_segments().and_then(|mut parts| parts.next_back());
        match last.filter(|part| !part.is_empty()) {
            Some(part) => decoded(part),
            None => self.0.host_str().unwrap_or("").to_owned(),
        }
    }

    /// The file that is meant inside an archive: what stands behind `#`.
    pub fn member(&self) -> Option<String> {
        self.0.fragment().filter(|f| !f.is_empty()).map(decoded)
    }

    pub(crate) fn url(&self) -> &Url {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&name(&self.0))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

/// The URL without its secrets.
pub(crate) fn name(url: &Url) -> String {
    let mut shown = url.clone();
    if !url.username().is_empty() || url.password().is_some() {
        // These fail for URLs without a host alone, which http does not have.
        let _ = shown.set_username(MASK);
        let _ = shown.set_password(None);
    }
    if let Some(query) = url.query() {
        let parts: Vec<String> = query.split('&').map(shown_parameter).collect();
        shown.set_query(Some(&parts.join("&")));
    }
    shown.into()
}

fn shown_parameter(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some((name, value)) if !value.is_empty() && is_secret(&decoded(name)) => {
            format!("{name}={MASK}")
        }
        _ => parameter.to_owned(),
    }
}

/// Whether a parameter is called as secrets are, in one word or among others (`api_key`,
/// `X-Amz-Signature`, `accessToken`), and not as the token of a page is.
pub fn is_secret(name: &str) -> bool {
    let among = |list: &[&str], text: &str| list.iter().any(|w| text.eq_ignore_ascii_case(w));
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let words = words(name);
    let of_page = words.iter().any(|word| among(&PAGE_WORDS, word));
    let secret = words.iter().any(|word| among(&SECRET_WORDS, word));
    among(&SECRET_NAMES, &letters) || (secret && !of_page)
}

/// The words of a name, which end where no letter stands or a capital begins another.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in name.chars() {
        let letter = c.is_ascii_alphanumeric();
        if !letter || (small && c.is_ascii_uppercase()) {
            words.push(String::new());
        }
        if letter && let Some(word) = words.last_mut() {
            word.push(c);
        }
        small = c.is_ascii_lowercase();
    }
    words
}

/// A text that is no URL, without what may be a secret in it.
fn roughly(text: &str) -> String {
    let text = text.split(['?', '#']).next().unwrap_or("");
    match (text.split_once("://"), text.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://{MASK}@{rest}"),
        (None, Some((_, rest))) => format!("{MASK}@{rest}"),
        _ => text.to_owned(),
    }
}

/// Percent-encoding undone, where it makes a text.
pub(crate) fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) => out.push(byte),
            None => out.push(bytes[at]),
        }
        at += if hex.is_some_and(|h| u8::from_str_radix(h, 16).is_ok()) { 3 } else { 1 };
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_have_no_place_in_a_name() {
        for (url, expected) in [
            ("https://a.example/x.csv", "https://a.example/x.csv"),
            ("https://me:pw@a.example/x", "https://***@a.example/x"),
            ("https://token@a.example/x", "https://***@a.example/x"),
            ("https://a.example/x?page=2&token=abc", "https://a.example/x?page=2&token=***"),
            ("https://a.example/x?api_key=abc#p.csv", "https://a.example/x?api_key=***#p.csv"),
            ("https://a.example/x?accessToken=a", "https://a.example/x?accessToken=***"),
            ("https://a.example/x?X-Amz-Signature=0f", "https://a.example/x?X-Amz-Signature=***"),
            ("https://a.example/x?subscription-key=a", "https://a.example/x?subscription-key=***"),
            ("https://a.example/x?APIKEY=a&q=key", "https://a.example/x?APIKEY=***&q=key"),
            ("https://a.example/x?%74oken=a", "https://a.example/x?%74oken=***"),
            ("https://a.example/x?keyword=pay", "https://a.example/x?keyword=pay"),
            (
                "https://a.example/x?pageToken=a&code=1&series_key=2",
                "https://a.example/x?pageToken=a&code=1&series_key=2",
            ),
            ("https://a.example/x?monkey=1&token=", "https://a.example/x?monkey=1&token="),
        ] {
            let address = Address::parse(url).unwrap();
            assert_eq!(address.to_string(), expected);
            assert_eq!(address.has_secret(), expected.contains(MASK), "{url}");
            let written = Address::written(url).map_err(|e| e.code);
            assert_eq!(written.is_err(), address.has_secret(), "{written:?}");
            assert!(!format!("{address:?}").contains("abc"));
        }
    }

    #[test]
    fn what_is_no_url_is_refused_without_its_secret() {
        for (text, place) in [
            ("ftp://me:pw@a.example/x", "ftp://***@a.example/x"),
            ("https://me:pw@a example/?token=abc", "https://***@a example/"),
            ("me:pw@host", "***@host"),
            ("https://", "https://"),
        ] {
            let error = Address::parse(text).unwrap_err();
            assert_eq!((error.code, error.place.as_str()), ("E0301", place));
            assert!(!error.to_string().contains("pw") && !error.to_string().contains("abc"));
        }
        assert!(Address::is_meant("HTTPS://a.example") && !Address::is_meant("prices.csv"));
    }

    #[test]
    fn the_file_of_a_url() {
        for (url, file, member) in [
            ("https://a.example/x/list%20one.csv?v=2", "list one.csv", None),
            ("https://a.example/x.zip#in/list.csv", "x.zip", Some("in/list.csv")),
            ("https://a.example/", "a.example", None),
            ("https://a.example/%zz", "%zz", None),
        ] {
            let address = Address::parse(url).unwrap();
            assert_eq!((address.file_name().as_str(), address.member().as_deref()), (file, member));
        }
    }
}
