//! Sources behind a URL: fetched whole, then imported as a file is.

use crate::context::Context;
use crate::failure::Failure;
use haggle_evidence::ImportError;
use haggle_fetch::{Address, FetchError, Fetched, Look, Mode, Paging, Request};
use haggle_import::{Options, PageLooker, Paging as Way, Recipe};
use haggle_store::SourceKey;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A source that was fetched; what must not be kept is gone when this goes.
pub(crate) struct Remote {
    /// What it is called: its URL, without secrets.
    pub(crate) name: String,
    /// What the file is called.
    pub(crate) file_name: String,
    /// Where the bytes of its pages lie; behind the file of an archive the file that is meant in it.
    pub(crate) paths: Vec<PathBuf>,
    /// Which bytes they are.
    pub(crate) key: SourceKey,
    /// The server's name for the content of the first page.
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

/// A source that is wanted, and how it is to be read.
pub(crate) struct Wanted {
    pub(crate) address: Address,
    pub(crate) options: Options,
}

/// Fetches sources, several at a time; each whole or not at all, in their order.
pub(crate) fn fetch(
    wanted: &[Wanted],
    mode: Mode,
    context: &Context,
) -> Result<Vec<Result<Remote, Failure>>, Failure> {
    let named: Vec<Option<Recipe>> = wanted.iter().map(|w| w.options.recipe.clone()).collect();
    let all: Vec<(&Wanted, Option<&Recipe>)> =
        wanted.iter().zip(&named).map(|(w, r)| (w, r.as_ref())).collect();
    let mut fetched = fetch_by(&all, mode, context)?;
    // Whether it is a list of several pages, only its recipe can say, and that the first page shows.
    let found: Vec<(usize, Recipe)> = (0..)
        .zip(wanted.iter().zip(&fetched))
        .filter_map(|(i, (w, f))| Some((i, recipe_of_list(w, f.as_ref().ok()?)?)))
        .collect();
    let lists: Vec<(&Wanted, Option<&Recipe>)> =
        found.iter().map(|(i, recipe)| (&wanted[*i], Some(recipe))).collect();
    if !lists.is_empty() {
        let pages = fetch_by(&lists, mode, context)?;
        found.iter().zip(pages).for_each(|((i, _), list)| fetched[*i] = list);
    }
    let remote = |(w, fetched): (&Wanted, Result<Fetched, FetchError>)| {
        Remote::new(&w.address, fetched.map_err(|e| Failure::fetch(&e))?)
    };
    Ok(wanted.iter().zip(fetched).map(remote).collect())
}

/// Fetches sources whose recipes may be known.
fn fetch_by(
    wanted: &[(&Wanted, Option<&Recipe>)],
    mode: Mode,
    context: &Context,
) -> Result<Vec<Result<Fetched, FetchError>>, Failure> {
    let pagings: Vec<Paging> = wanted.iter().map(|(_, recipe)| paging(*recipe)).collect();
    let lookers: Vec<Option<Looker>> = wanted.iter().map(|(_, recipe)| looker(*recipe)).collect();
    let looks: Vec<_> = lookers.iter().map(|l| |page: &Path| look(page, l.as_ref())).collect();
    let parts = wanted.iter().zip(&pagings).zip(&looks);
    let requests: Vec<Request<'_>> = parts
        .map(|(((w, _), paging), look)| {
            let address = &w.address;
            Request { address, paging, look, mode, behalf: None }
        })
        .collect();
    let fetched = context.network.fetch(&requests, context)?;
    // Whoever stops it wants nothing of the others either.
    let mut failed = fetched.iter().filter_map(|f| f.as_ref().err());
    if let Some(stopped) = failed.find(|e| e.is_interruption()) {
        return Err(Failure::fetch(stopped));
    }
    Ok(fetched)
}

/// The recipe of a source that names none, if it reads a list of several pages. What cannot be
/// opened is told by whoever imports it.
fn recipe_of_list(wanted: &Wanted, fetched: &Fetched) -> Option<Recipe> {
    let [page] = fetched.pages.as_slice() else { return None };
    if wanted.options.recipe.is_some() || !may_be_list(page.file()) {
        return None;
    }
    let importer = haggle_import::open(page.file(), &wanted.options).ok()?;
    Some(importer.recipe().clone()).filter(|r| r.paging().is_some())
}

/// Whether a file begins as JSON or XML does, or is packed: lists of pages are of these.
fn may_be_list(file: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(file).and_then(|f| f.take(64).read_to_end(&mut head));
    let text = head.iter().copied().find(|b| !b.is_ascii_whitespace() && b.is_ascii());
    read.is_ok() && (head.starts_with(b"\x1f\x8b") || matches!(text, Some(b'{' | b'[' | b'<')))
}

/// How a list goes on, as its recipe says.
fn paging(recipe: Option<&Recipe>) -> Paging {
    match recipe.and_then(Recipe::paging).cloned() {
        None => Paging::None,
        Some(Way::Link) => Paging::Link,
        Some(Way::Body { .. }) => Paging::Body,
        Some(Way::Cursor { parameter, .. }) => Paging::Cursor { parameter },
        Some(Way::Number { parameter, first }) => Paging::Number { parameter, first },
        Some(Way::Offset { parameter, step }) => Paging::Offset { parameter, step },
    }
}

/// Who looks at the pages of a list, or why nobody can.
type Looker = Result<PageLooker, ImportError>;

/// Behind a `Link` header a page is looked at only for what it says of the whole.
fn looker(recipe: Option<&Recipe>) -> Option<Looker> {
    let unread = |r: &&Recipe| r.paging() != Some(&Way::Link) || r.checks_pages();
    recipe.filter(unread).map(PageLooker::new)
}

/// What a page says of its list.
fn look(page: &Path, looker: Option<&Looker>) -> Result<Look, String> {
    let Some(looker) = looker else { return Ok(Look::default()) };
    let looker = looker.as_ref().map_err(ToString::to_string)?;
    let look = looker.look(page).map_err(|e| e.to_string())?;
    Ok(Look { next: look.next, items: look.items, total: look.total, same: look.same })
}

/// Fetches the first page of a source.
pub(crate) fn fetch_first(
    address: Address,
    mode: Mode,
    context: &Context,
) -> Result<Remote, Failure> {
    let wanted = Wanted { address, options: Options::default() };
    let mut all = fetch_by(&[(&wanted, None)], mode, context)?;
    let nothing = || Failure::new(format!("{}: nothing was fetched", wanted.address));
    let fetched = all.pop().ok_or_else(nothing)?.map_err(|e| Failure::fetch(&e))?;
    Remote::new(&wanted.address, fetched)
}

impl Remote {
    fn new(address: &Address, fetched: Fetched) -> Result<Self, Failure> {
        let name = address.to_string();
        let mut paths: Vec<PathBuf> = fetched.pages.iter().map(|p| p.file().to_owned()).collect();
        let mut sha256 = fetched.sha256();
        if let (Some(member), [page]) = (address.member(), paths.as_mut_slice()) {
            page.push(member);
            let hash = haggle_import::content_hash(page);
            sha256 = hash.map_err(|e| Failure::new(format!("{name}: cannot read: {e}")))?;
        }
        let pages = match fetched.pages.as_slice() {
            [_] => Vec::new(),
            several => several.iter().map(|p| p.sha256.clone()).collect(),
        };
        Ok(Self {
            file_name: address.file_name(),
            paths,
            etag: fetched.pages.first().and_then(|page| page.etag.clone()),
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
