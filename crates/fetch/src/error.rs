//! What can go wrong on the way to a server and back: a stable code, the URL, what was found, a way out.

use std::fmt;

/// Why nothing was fetched. The cache is as it was before, but for what a download can go on from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchError {
    /// Stable code, an entry of [`CODES`].
    pub code: &'static str,
    /// The URL without its secrets, or the file.
    pub place: String,
    /// What was found and what was expected.
    pub message: String,
    /// A way out.
    pub help: String,
}

impl FetchError {
    /// An error with the way out of its code.
    pub(crate) fn new(code: &'static str, place: &str, message: impl Into<String>) -> Self {
        let entry = CODES.iter().find(|[c, ..]| *c == code);
        let help = entry.map_or("", |[_, _, _, help, _]| help);
        Self { code, place: place.to_owned(), message: message.into(), help: help.to_owned() }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// Whether somebody stopped it.
    pub fn is_interruption(&self) -> bool {
        self.code == INTERRUPTED
    }

    /// Whether it is about a content that would have to be asked for, and must not be.
    pub fn is_offline(&self) -> bool {
        self.code == OFFLINE
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} [{}]", self.place, self.message, self.code)
    }
}

impl std::error::Error for FetchError {}

pub(crate) const NO_URL: &str = "E0301";
pub(crate) const WRITTEN_SECRET: &str = "E0302";
pub(crate) const UNREACHABLE: &str = "E0303";
pub(crate) const UNTRUSTED: &str = "E0304";
pub(crate) const SLOW: &str = "E0305";
pub(crate) const REFUSED: &str = "E0306";
pub(crate) const FAILING: &str = "E0307";
pub(crate) const BROKEN: &str = "E0308";
pub(crate) const LARGE: &str = "E0309";
pub(crate) const REDIRECTS: &str = "E0310";
pub(crate) const DOWNGRADE: &str = "E0311";
pub(crate) const PRIVATE: &str = "E0312";
pub(crate) const DISAGREE: &str = "E0313";
pub(crate) const MANY: &str = "E0314";
pub(crate) const CACHE: &str = "E0315";
pub(crate) const OFFLINE: &str = "E0316";
pub(crate) const SECRETS: &str = "E0317";
pub(crate) const INTERRUPTED: &str = "E0318";
pub(crate) const UNREADABLE_PAGE: &str = "E0319";
pub(crate) const AUTHORITY: &str = "E0320";

/// Code, what it is about, what it means, the way out, an example. A code is never given another
/// meaning.
pub const CODES: &[[&str; 5]] = &[
    [
        NO_URL,
        "not a URL to read from",
        "the text is no URL of a server that speaks http or https",
        "write it whole, as in `https://prices.example/list.csv`",
        "`htps://prices.example/list.csv`",
    ],
    [
        WRITTEN_SECRET,
        "secret in a deal file",
        "the URL carries a password or a token, and a deal file is copied into reports and shared",
        "take it out of the URL; `haggle help network` says where a secret is kept",
        "`url = \"https://prices.example/list.csv?token=abc\"`",
    ],
    [
        UNREACHABLE,
        "server cannot be reached",
        "its name has no address, or nobody answers there, after several attempts",
        "check the URL and the connection; `--offline` uses what was fetched before",
        "`https://prices.exmaple/list.csv`",
    ],
    [
        UNTRUSTED,
        "certificate not trusted",
        "the server shows a certificate of an authority that this machine does not trust, of another name, or out of date",
        "if it is your own authority, name its certificate: `--cacert FILE`; else do not trust the server",
        "a server of the company with a certificate of its own making",
    ],
    [
        SLOW,
        "took too long",
        "the server did not answer, or did not go on, within the limit, after several attempts",
        "try again: a download that broke off goes on where it stood; or allow more time, as with `--limit read=120`",
        "a server that accepts the connection and then says nothing",
    ],
    [
        REFUSED,
        "server refuses",
        "the server answers that it will not give this, such as 401, 403 or 404",
        "check the URL; 401 and 403 ask for a secret: `haggle help network` says where it is kept",
        "a price list that has moved: 404 Not Found",
    ],
    [
        FAILING,
        "server fails or asks to wait",
        "the server answers that it cannot now (429, 500, 502, 503, 504), after several attempts, or wants to be left alone for longer than the limit",
        "try again later; `--offline` uses what was fetched before",
        "429 Too Many Requests with `Retry-After: 3600`",
    ],
    [
        BROKEN,
        "broken off or of the wrong length",
        "the answer ended before its stated length, or is no HTTP, after several attempts; nothing of it is imported",
        "try again: what arrived is kept, and the download goes on from there where the server allows it",
        "a stated length of 40 MB of which 12 MB arrived",
    ],
    [
        LARGE,
        "larger than the limit",
        "the answer states, or turns out to have, more bytes than the limit",
        "allow more with `--limit size=8GB`, if it is meant to be so large",
        "an answer that never ends",
    ],
    [
        REDIRECTS,
        "redirects without end",
        "the server sends on to a URL that was asked before, more often than the limit, or without saying where to",
        "name the last URL yourself, or allow more with `--limit redirects=20`",
        "`/list` sends to `/login`, and `/login` back to `/list`",
    ],
    [
        DOWNGRADE,
        "redirect out of https",
        "the server sends on from https to http, where anybody on the way can read and change it",
        "if that is meant, name the http URL yourself",
        "`https://prices.example/list` sends to `http://prices.example/list.csv`",
    ],
    [
        PRIVATE,
        "sent on to a private address",
        "a server that you named sends on to another one that only this machine or its network can reach; pages outside must not make haggle ask inside",
        "if it is meant, name that URL yourself, or pass `--allow-private`",
        "`https://prices.example/list` sends to `http://169.254.169.254/`",
    ],
    [
        DISAGREE,
        "pages that cannot be of one list",
        "a page comes twice, points back to one before, or states another total or mark than the others, or all pages together have another count of items than they state: the list changed while it was read, or the server ignores which page is asked for; nothing of it is imported",
        "try again; if it stays so, the recipe's paging does not fit this server",
        "`?page=2` and `?page=3` give the same bytes",
    ],
    [
        MANY,
        "more pages or requests than the limit",
        "a list has more pages, or a run makes more requests, than the limit allows",
        "allow more with `--limit pages=5000` or `--limit requests=10000`",
        "a list of 1,200 pages",
    ],
    [
        CACHE,
        "cache cannot be used",
        "a file of the cache cannot be read or written, or does not hold what it should",
        "see that there is room and that the folder is yours, or empty it with `haggle cache clean`",
        "a full disk",
    ],
    [
        OFFLINE,
        "not available offline",
        "the content was not fetched before, or is no longer in the cache",
        "run once without `--offline`",
        "`haggle import https://prices.example/list.csv --offline` on a new machine",
    ],
    [
        SECRETS,
        "secrets cannot be used",
        "the file of secrets can be read by others, or is not written as it should be; or a secret would be sent without https",
        "`chmod 600` the file; `haggle help network` shows how it is written",
        "`secrets.toml` that every account of the machine can read",
    ],
    [
        INTERRUPTED,
        "interrupted",
        "it was stopped while it fetched; the cache and the store are whole, and nothing of this source is imported",
        "run it again: it goes on where it stood, where the server allows it",
        "Ctrl-C",
    ],
    [
        UNREADABLE_PAGE,
        "page cannot be followed",
        "the page does not say what the recipe needs to find the next one, or has another count of items than it states",
        "look at the page with `haggle inspect`; the recipe's paging does not fit this server",
        "a page of an error message in the place of a page of the list",
    ],
    [
        AUTHORITY,
        "certificate of an authority cannot be read",
        "the file holds no certificate, or it cannot be opened",
        "name a PEM file, which begins with `-----BEGIN CERTIFICATE-----`",
        "`--cacert key.pem` where the file holds a key",
    ],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_complete() {
        let mut seen = std::collections::BTreeSet::new();
        for entry in CODES {
            assert!(seen.insert(entry[0]), "{} twice", entry[0]);
            assert!(entry.iter().all(|text| !text.is_empty()));
        }
    }
}
