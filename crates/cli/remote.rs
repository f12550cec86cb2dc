//! Sources behind a URL: fetched whole, then imported as a file is.

use crate::context::Context;
use crate::failure::Failure;
use haggle_fetch::{Address, Fetched, Mode, Request};
use haggle_store::SourceKey;
use std::path::{Path, PathBuf};

/// A source that was fetched; what must not be kept is gone when this goes.
pub(crate) struct Remote {
    /// What it is called: its URL, without secrets.
    pub(crate) name: String,
    /// What the file is called.
    pub(crate) file_name: String,
    /// Where its bytes lie; behind the file of an archive the file that is meant in it.
    pub(crate) path: PathBuf,
    /// Which bytes they are.
    pub(crate) key: SourceKey,
    /// The server's name for this content.
    pub(crate) etag: Option<String>,
    /// SHA-256 of each page, if there are several.
    pub(crate) pages: Vec<String>,
    _fetched: Fetched,
}

/// The URL that a source on the command line is, if it is one.
pub(crate) fn address(source: &Path) -> Option<Result<Address, Failure>> {
    let text = source.to_str().filter(|text| Address::is_meant(text))?;
    Some(Address::parse(text).map_err(|e| Failure::fetch(&e)))
}

/// Fetches sources, several at a time; each whole or not at all, in their order.
pub(crate) fn fetch(
    addresses: &[Address],
    mode: Mode,
    context: &Context,
) -> Result<Vec<Result<Remote, Failure>>, Failure> {
    let requests: Vec<Request<'_>> = addresses.iter().map(|a| request(a, mode)).collect();
    let fetched = context.network.fetch(&requests, context)?;
    // Whoever stops it wants nothing of the others either.
    let mut failed = fetched.iter().filter_map(|f| f.as_ref().err());
    if let Some(stopped) = failed.find(|e| e.is_interruption()) {
        return Err(Failure::fetch(stopped));
    }
    let remote = |(address, fetched): (&Address, Result<Fetched, _>)| {
        Remote::new(address, fetched.map_err(|e| Failure::fetch(&e))?)
    };
    Ok(addresses.iter().zip(fetched).map(remote).collect())
}

/// Fetches one source.
pub(crate) fn fetch_one(
    address: &Address,
    mode: Mode,
    context: &Context,
) -> Result<Remote, Failure> {
    let mut all = fetch(std::slice::from_ref(address), mode, context)?;
    all.pop().unwrap_or_else(|| Err(Failure::new(format!("{address}: nothing was fetched"))))
}

/// What is asked for. This is the place where the paging of a recipe becomes that of a request.
fn request(address: &Address, mode: Mode) -> Request<'_> {
    Request::one(address, mode)
}

impl Remote {
    fn new(address: &Address, fetched: Fetched) -> Result<Self, Failure> {
        let name = address.to_string();
        let [page] = fetched.pages.as_slice() else {
            let count = fetched.pages.len();
            return Err(Failure::new(format!("{name}: found {count} pages, expected one")));
        };
        let (path, sha256) = match address.member() {
            None => (page.file().to_owned(), fetched.sha256()),
            Some(member) => {
                let path = page.file().join(member);
                let hash = haggle_import::content_hash(&path);
                (path, hash.map_err(|e| Failure::new(format!("{name}: cannot read: {e}")))?)
            }
        };
        let pages = match fetched.pages.as_slice() {
            [_] => Vec::new(),
            several => several.iter().map(|p| p.sha256.clone()).collect(),
        };
        Ok(Self {
            file_name: address.file_name(),
            path,
            etag: page.etag.clone(),
            pages,
            key: SourceKey {
                sha256,
                size: fetched.size(),
                location: name.clone(),
                retrieved: fetched.retrieved().map(str::to_owned),
            },
            name,
            _fetched: fetched,
        })
    }
}
