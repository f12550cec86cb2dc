//! What is wanted, and what comes of it.

use crate::address::{self, Address};
use crate::cache::{Record, key};
use crate::clock;
use crate::page::Body;
use crate::paging::{Look, LookAt, Paging};
use reqwest::Url;
use std::cell::Cell;
use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, Instant};

/// Whom to believe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// The cache as long as the server said, then the server.
    #[default]
    Usual,
    /// The server in any case; it need not send again what has not changed.
    Refresh,
    /// The cache, however old; no connection is made.
    Offline,
}

/// What is wanted.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// The first page, which the user named.
    pub address: &'a Address,
    /// How the list goes on.
    pub paging: &'a Paging,
    /// Looks at pages, for pagings that need it.
    pub look: LookAt<'a>,
    /// Whom to believe.
    pub mode: Mode,
    /// Set where a program asks on behalf of the user.
    pub behalf: Option<Behalf<'a>>,
}

/// A request that a program makes on behalf of the user: nothing of the user's goes along but what
/// is named here, and nobody sends it on to elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct Behalf<'a> {
    /// What is sent to the host that is asked, and to no other.
    pub headers: &'a [Header],
    /// Beginnings of URLs that may be asked.
    pub within: &'a [String],
    /// When an answer is no longer of use.
    pub until: Option<Instant>,
    /// Bytes that may come for this program in all.
    pub most: u64,
    /// Bytes that may still come for it; what comes is taken off.
    pub left: &'a Cell<u64>,
}

/// A header of a request.
#[derive(Clone)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// What is sent.
    pub value: String,
    /// What it is called; a secret is called otherwise than it is.
    pub shown: String,
}

impl std::fmt::Debug for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.name, self.shown)
    }
}

impl Behalf<'_> {
    /// Whether a URL may be asked.
    pub(crate) fn may(&self, url: &Url) -> bool {
        !hides_a_folder(url.path()) && self.within.iter().any(|s| is_within(url.as_str(), s))
    }

    /// Whether the user, who named the beginnings, meant this machine or one beside it.
    pub(crate) fn names_address(host: &str) -> bool {
        let literal = host.trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost") || literal.parse::<IpAddr>().is_ok()
    }

    /// How long an answer is of use, if that ends before `limit`.
    pub(crate) fn within_time(&self, limit: Duration) -> Duration {
        let left = self.until.map(|until| until.saturating_duration_since(Instant::now()));
        left.map_or(limit, |left| left.min(limit))
    }

    /// Takes off what came; whether it may come.
    pub(crate) fn takes(&self, bytes: u64) -> bool {
        let left = self.left.get().checked_sub(bytes);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Whether a secret goes along.
    pub(crate) fn has_secret(&self) -> bool {
        self.headers.iter().any(|h| h.value != h.shown)
    }

    /// What tells the request from that of the user and from others.
    pub(crate) fn text(&self) -> String {
        let lines = self.headers.iter().map(|h| format!("\n{h:?}"));
        format!("on behalf{}", lines.collect::<String>())
    }
}

/// Whether a path has a `/` or `\` that some servers see and others do not.
fn hides_a_folder(path: &str) -> bool {
    let mut path = path.to_ascii_lowercase();
    while path.contains("%25") {
        path = path.replace("%25", "%");
    }
    path.contains("%2f") || path.contains("%5c")
}

/// Whether a URL is another or goes on from it: a name that is longer is another name.
fn is_within(url: &str, start: &str) -> bool {
    let rest = url.strip_prefix(start);
    rest.is_some_and(|r| r.is_empty() || start.ends_with('/') || r.starts_with(['/', '?', '#']))
}

impl<'a> Request<'a> {
    /// A request for one page.
    pub fn one(address: &'a Address, mode: Mode) -> Self {
        Self { address, paging: &Paging::None, look: &|_| Ok(Look::default()), mode, behalf: None }
    }

    /// What it is kept by.
    pub(crate) fn key(&self) -> String {
        match self.behalf {
            None => key(&[&self.name(), &self.paging.text()]),
            Some(behalf) => key(&[&self.name(), &self.paging.text(), &behalf.text()]),
        }
    }

    /// What is asked for: not the fragment, which stays here.
    pub(crate) fn url(&self) -> Url {
        let mut url = self.address.url().clone();
        url.set_fragment(None);
        url
    }

    /// What it is called: without secrets.
    pub(crate) fn name(&self) -> String {
        address::name(&self.url())
    }
}

/// A page that is here.
#[derive(Debug)]
pub struct Page {
    /// Its URL, without secrets.
    pub url: String,
    /// SHA-256 of its bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// The server's name for this content.
    pub etag: Option<String>,
    /// When the bytes came, as `2026-11-28T13:05:00Z`.
    pub retrieved: Option<String>,
    body: Body,
}

impl Page {
    pub(crate) fn new(record: Record, body: Body) -> Self {
        let Record { url, sha256, size, etag, retrieved, .. } = record;
        Self { url, sha256, size, etag, retrieved: clock::text(retrieved), body }
    }

    /// The file with its bytes; gone with the page if the server forbids keeping it.
    pub fn file(&self) -> &Path {
        self.body.path()
    }
}

/// How a request was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// The cache, without asking.
    Kept,
    /// The server said that nothing has changed.
    Unchanged,
    /// At least one page came.
    Came,
}

/// A request with all its pages, in order; there is at least one.
#[derive(Debug)]
pub struct Fetched {
    /// The URL that was asked, without secrets.
    pub url: String,
    /// How it was answered.
    pub how: How,
    /// The pages.
    pub pages: Vec<Page>,
}

impl Fetched {
    /// What the content is known by: the hash of the page; of several, the hash of their hashes,
    /// one on a line.
    pub fn sha256(&self) -> String {
        let hashes: Vec<&str> = self.pages.iter().map(|p| p.sha256.as_str()).collect();
        match hashes.as_slice() {
            [only] => (*only).to_owned(),
            several => key(several),
        }
    }

    /// Bytes of all pages.
    pub fn size(&self) -> u64 {
        self.pages.iter().map(|p| p.size).sum()
    }

    /// When the newest page came.
    pub fn retrieved(&self) -> Option<&str> {
        self.pages.iter().filter_map(|p| p.retrieved.as_deref()).max()
    }
}
