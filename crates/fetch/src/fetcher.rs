//! Requests with all their pages: from the cache where it may, from the server where it must.

use crate::address::{self, Address};
use crate::cache::{Cache, Entry, Record, key};
use crate::client::{self, ALWAYS};
use crate::clock;
use crate::error::{
    CACHE, DISAGREE, FetchError, INTERRUPTED, MANY, OFFLINE, UNREACHABLE, UNREADABLE_PAGE,
};
use crate::limits::Limits;
use crate::pace::Pace;
use crate::page::{Body, Got, Question};
use crate::paging::{Look, LookAt, Paging};
use crate::private::Guard;
use crate::secret::Secrets;
use futures_util::future::{Either, join_all, select};
use futures_util::stream::{self, StreamExt};
use reqwest::{Client, Url};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;

/// How often it is looked whether somebody wants to stop.
const GLANCE: Duration = Duration::from_millis(20);

/// How to fetch.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How long, how much, how often.
    pub limits: Limits,
    /// What servers are told of who asks.
    pub user_agent: String,
    /// A PEM file with certificates of authorities that are trusted as well as this machine's.
    pub authority: Option<PathBuf>,
    /// Whether servers may send on to addresses that are not public.
    pub allow_private: bool,
    /// Whether to ask through the proxies that the environment names.
    pub proxies: bool,
    /// What is sent to whom.
    pub secrets: Secrets,
    /// Set by somebody who wants to stop.
    pub stop: Arc<AtomicBool>,
}

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
}

impl<'a> Request<'a> {
    /// A request for one page.
    pub fn one(address: &'a Address, mode: Mode) -> Self {
        Self { address, paging: &Paging::None, look: &|_| Ok(Look::default()), mode }
    }

    fn key(&self) -> String {
        key(&[&self.name(), &self.paging.text()])
    }

    /// What is asked for: not the fragment, which stays here.
    fn url(&self) -> Url {
        let mut url = self.address.url().clone();
        url.set_fragment(None);
        url
    }

    fn name(&self) -> String {
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

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event<'a> {
    /// Bytes came.
    Bytes {
        /// Pages that are here.
        pages: u32,
        /// Bytes of all pages so far.
        bytes: u64,
        /// Bytes that came over the network.
        came: u64,
        /// Bytes of all pages so far with the whole of this one, if the server said.
        total: Option<u64>,
    },
    /// Another attempt follows after a pause.
    Waits {
        /// What happened.
        why: &'a str,
        /// How long.
        wait: Duration,
    },
}

/// Somebody who watches; gets the URL without secrets.
pub type Watcher<'a> = &'a dyn Fn(&str, Event<'_>);

/// Counts what comes for one request and tells who watches.
pub(crate) struct Watch<'a> {
    url: String,
    watcher: Watcher<'a>,
    pages: Cell<u32>,
    bytes: Cell<u64>,
    came: Cell<u64>,
    total: Cell<Option<u64>>,
}

impl<'a> Watch<'a> {
    fn new(url: String, watcher: Watcher<'a>) -> Self {
        let zero = || Cell::new(0);
        Self {
            url,
            watcher,
            pages: Cell::new(0),
            bytes: zero(),
            came: zero(),
            total: Cell::new(None),
        }
    }

    /// A page begins, of which so many bytes are here, and which has so many if that is stated.
    pub(crate) fn begins(&self, here: u64, stated: Option<u64>) {
        self.total.set(stated.map(|s| self.bytes.get().saturating_add(s)));
        self.bytes.set(self.bytes.get().saturating_add(here));
    }

    /// So many bytes came.
    pub(crate) fn bytes(&self, count: u64) {
        self.bytes.set(self.bytes.get().saturating_add(count));
        self.came.set(self.came.get().saturating_add(count));
        self.tell();
    }

    /// A page is here, of which so many bytes did not have to come.
    pub(crate) fn page(&self, here: u64) {
        self.bytes.set(self.bytes.get().saturating_add(here));
        self.pages.set(self.pages.get().saturating_add(1));
        self.tell();
    }

    fn tell(&self) {
        let (pages, bytes, came) = (self.pages.get(), self.bytes.get(), self.came.get());
        (self.watcher)(&self.url, Event::Bytes { pages, bytes, came, total: self.total.get() });
    }

    /// Another attempt follows.
    pub(crate) fn waits(&self, why: &str, wait: Duration) {
        (self.watcher)(&self.url, Event::Waits { why, wait });
    }
}

/// Fetches price lists. Cheap until something must be asked of a server: only then are there a
/// runtime and a client.
pub struct Fetcher {
    pub(crate) options: Options,
    pub(crate) cache: Cache,
    pub(crate) guard: Guard,
    pub(crate) pace: Pace,
    client: OnceCell<Client>,
    runtime: OnceCell<Runtime>,
}

impl Fetcher {
    /// A fetcher with a cache.
    pub fn new(options: Options, cache: Cache) -> Self {
        let guard = Guard::new(options.allow_private);
        let pace = Pace::new(&options.limits);
        let (client, runtime) = (OnceCell::new(), OnceCell::new());
        Self { options, cache, guard, pace, client, runtime }
    }

    /// The cache.
    pub fn cache(&self) -> &Cache {
        &self.cache
    }

    /// Fetches one request whole.
    ///
    /// # Errors
    /// [`FetchError`], a code of [`crate::CODES`]; nothing is half there then.
    pub fn fetch(
        &self,
        request: &Request<'_>,
        watcher: Watcher<'_>,
    ) -> Result<Fetched, FetchError> {
        let mut all = self.fetch_all(std::slice::from_ref(request), watcher);
        all.pop().unwrap_or_else(|| Err(self.interrupted(request)))
    }

    /// Fetches several requests at a time; the results are in their order, each whole or not at
    /// all.
    pub fn fetch_all(
        &self,
        requests: &[Request<'_>],
        watcher: Watcher<'_>,
    ) -> Vec<Result<Fetched, FetchError>> {
        let here: Vec<_> = requests.iter().map(|r| self.without_asking(r)).collect();
        if here.iter().all(|found| !matches!(found, Ok(None))) {
            return here.into_iter().filter_map(Result::transpose).collect();
        }
        let each = requests.iter().zip(here).map(|(request, here)| async move {
            match here.transpose() {
                Some(found) => found,
                None => self.whole(request, watcher).await,
            }
        });
        match self.runtime() {
            Ok(runtime) => runtime.block_on(join_all(each)),
            Err(error) => requests.iter().map(|_| Err(error.clone())).collect(),
        }
    }

    fn runtime(&self) -> Result<&Runtime, FetchError> {
        if self.runtime.get().is_none() {
            let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let built =
                built.map_err(|e| FetchError::new(UNREACHABLE, "the network", e.to_string()))?;
            return Ok(self.runtime.get_or_init(|| built));
        }
        self.runtime.get().ok_or_else(|| FetchError::new(UNREACHABLE, "the network", "none"))
    }

    pub(crate) fn client(&self) -> Result<&Client, FetchError> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = client::build(&self.options, &self.guard)?;
        Ok(self.client.get_or_init(|| client))
    }

    /// What a URL is called: without the secrets that its form shows and those that are known.
    pub(crate) fn name(&self, url: &Url) -> String {
        self.options.secrets.mask(&address::name(url))
    }

    /// Whether what is asked may be for this user alone.
    pub(crate) fn is_secret(&self, url: &Url) -> bool {
        self.name(url) != url.as_str() || self.options.secrets.know(url)
    }

    /// What every request says, by header.
    pub(crate) fn sent(&self) -> BTreeMap<String, String> {
        let always = ALWAYS.map(|(name, value)| (name.to_string(), value.to_owned()));
        let agent = ("user-agent".to_owned(), self.options.user_agent.clone());
        always.into_iter().chain([agent]).collect()
    }

    /// What need not, or must not, be asked.
    fn without_asking(&self, request: &Request<'_>) -> Result<Option<Fetched>, FetchError> {
        let offline = request.mode == Mode::Offline;
        let missing = |why: &str| FetchError::new(OFFLINE, &request.name(), why);
        let Some(entry) = self.cache.entry(&request.key())? else {
            return if offline { Err(missing("it was not fetched before")) } else { Ok(None) };
        };
        // The pages of a list must be of one moment, so they are always asked for together.
        let usual = request.mode == Mode::Usual && *request.paging == Paging::None;
        let (now, sent) = (clock::now(), self.sent());
        let fresh = usual && entry.pages.iter().all(|p| p.is_fresh(now, &sent));
        if !offline && !fresh {
            return Ok(None);
        }
        let kept = self.kept(entry)?;
        if offline && kept.is_none() {
            return Err(missing("its bytes are no longer in the cache, or are damaged"));
        }
        Ok(kept)
    }

    /// The pages of an entry, if all of their bytes are there.
    fn kept(&self, entry: Entry) -> Result<Option<Fetched>, FetchError> {
        let mut pages = Vec::new();
        for record in entry.pages {
            let Some(path) = self.cache.body(&record.sha256)? else { return Ok(None) };
            pages.push(page(record, Body::Kept(path)));
        }
        let whole = !pages.is_empty();
        Ok(whole.then_some(Fetched { url: entry.url, how: How::Kept, pages }))
    }

    async fn whole(
        &self,
        request: &Request<'_>,
        watcher: Watcher<'_>,
    ) -> Result<Fetched, FetchError> {
        let watch = Watch::new(request.name(), watcher);
        if let Some(host) = request.address.url().host_str() {
            self.guard.allow(host);
        }
        let list = RefCell::new(Vec::new());
        let done = {
            let walk = pin!(self.walk(request, &watch, &list));
            match select(walk, pin!(self.stopped())).await {
                Either::Left((done, _)) => done,
                Either::Right(_) => Err(self.interrupted(request)),
            }
        };
        let list = list.into_inner();
        match done {
            Ok(()) => self.finish(request, list),
            Err(error) => {
                self.remember(request, &list)?;
                Err(error)
            }
        }
    }

    async fn stopped(&self) {
        while !self.options.stop.load(Ordering::Relaxed) {
            tokio::time::sleep(GLANCE).await;
        }
    }

    fn interrupted(&self, request: &Request<'_>) -> FetchError {
        FetchError::new(INTERRUPTED, &request.name(), "stopped while it was fetched")
    }

    /// Gets page after page.
    async fn walk(
        &self,
        request: &Request<'_>,
        watch: &Watch<'_>,
        list: &RefCell<Vec<Got>>,
    ) -> Result<(), FetchError> {
        let known = self.known(request)?;
        match request.paging.numbered(&request.url(), 0) {
            Some(_) => self.walk_numbered(request, &known, watch, list).await,
            None => self.walk_chain(request, &known, watch, list).await,
        }
    }

    /// Pages whose addresses are known ahead are fetched ahead, and taken in their order.
    async fn walk_numbered(
        &self,
        request: &Request<'_>,
        known: &BTreeMap<String, Record>,
        watch: &Watch<'_>,
        list: &RefCell<Vec<Got>>,
    ) -> Result<(), FetchError> {
        let ahead = usize::try_from(self.options.limits.per_host).unwrap_or(1);
        let first = request.url();
        let urls = (0..).map_while(|i| request.paging.numbered(&first, i));
        let pages = stream::iter(urls).map(|url| self.one(request, url, known, watch));
        let mut pages = pin!(pages.buffered(ahead));
        let mut hashes = BTreeSet::new();
        while let Some(got) = pages.next().await {
            let got = got?;
            let look = self.look(request, &got)?;
            let ends = look.items == 0;
            // An empty list is a list: its only page is kept.
            if ends && !list.borrow().is_empty() {
                return Ok(());
            }
            self.add(got, &mut hashes, list)?;
            if ends {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Pages of which each names the next.
    async fn walk_chain(
        &self,
        request: &Request<'_>,
        known: &BTreeMap<String, Record>,
        watch: &Watch<'_>,
        list: &RefCell<Vec<Got>>,
    ) -> Result<(), FetchError> {
        let mut next = Some(request.url());
        let (mut asked, mut hashes) = (BTreeSet::new(), BTreeSet::new());
        while let Some(url) = next {
            if !asked.insert(url.to_string()) {
                let message = format!("page {} points back to {}", asked.len(), self.name(&url));
                return Err(self.disagree(request, message));
            }
            let got = self.one(request, url, known, watch).await?;
            next = self.following(request, &got)?;
            self.add(got, &mut hashes, list)?;
        }
        Ok(())
    }

    /// The address of the page behind this one, if there is one.
    fn following(&self, request: &Request<'_>, got: &Got) -> Result<Option<Url>, FetchError> {
        let next = match request.paging {
            Paging::None => None,
            Paging::Link => got.next.clone(),
            paging => {
                let next = self.look(request, got)?.next;
                let next = next.map(|n| paging.following(&got.url, &n)).transpose();
                next.map_err(|why| FetchError::new(UNREADABLE_PAGE, &got.record.url, why))?
            }
        };
        match &next {
            Some(to) if got.url.scheme() == "https" && to.scheme() != "https" => {
                let message = format!("the next page is {}, expected https", self.name(to));
                Err(FetchError::new(UNREADABLE_PAGE, &got.record.url, message))
            }
            _ => Ok(next),
        }
    }

    fn look(&self, request: &Request<'_>, got: &Got) -> Result<Look, FetchError> {
        debug_assert!(request.paging.looks());
        let shown = &got.record.url;
        (request.look)(got.body.path()).map_err(|why| FetchError::new(UNREADABLE_PAGE, shown, why))
    }

    /// Takes a page into the list, unless it is there.
    fn add(
        &self,
        got: Got,
        hashes: &mut BTreeSet<String>,
        list: &RefCell<Vec<Got>>,
    ) -> Result<(), FetchError> {
        let (page, most) = (list.borrow().len() + 1, self.options.limits.pages as usize);
        let shown = &got.record.url;
        if !hashes.insert(got.record.sha256.clone()) {
            let message = format!("page {page} has the same bytes as one before");
            return Err(FetchError::new(DISAGREE, shown, message));
        }
        if page > most {
            let message = format!("page {page}, more than the limit of {most}");
            return Err(FetchError::new(MANY, shown, message));
        }
        list.borrow_mut().push(got);
        Ok(())
    }

    fn disagree(&self, request: &Request<'_>, message: String) -> FetchError {
        FetchError::new(DISAGREE, &request.name(), message)
    }

    async fn one(
        &self,
        request: &Request<'_>,
        url: Url,
        known: &BTreeMap<String, Record>,
        watch: &Watch<'_>,
    ) -> Result<Got, FetchError> {
        let record = known.get(&self.name(&url)).cloned();
        let known = match record {
            Some(record) => self.cache.body(&record.sha256)?.map(|path| (record, path)),
            None => None,
        };
        let refresh = request.mode == Mode::Refresh;
        self.page(&Question { url: &url, known, refresh, watch }).await
    }

    /// What is known of the pages of a request, by URL: of the last time, and of a time since then
    /// that broke off.
    fn known(&self, request: &Request<'_>) -> Result<BTreeMap<String, Record>, FetchError> {
        let (key, plain) = (request.key(), Request::one(request.address, request.mode).key());
        // Whoever did not know yet that it is a list has asked for its first page alone.
        let entries = [self.cache.entry(&plain)?, self.cache.entry(&key)?, self.cache.begun(&key)?];
        // A name without its secret may be that of two pages, of which neither is known then.
        let mut found: BTreeMap<String, Option<Record>> = BTreeMap::new();
        for entry in entries.into_iter().flatten() {
            let mut names = BTreeSet::new();
            for record in entry.pages {
                let once = names.insert(record.url.clone());
                found.insert(record.url.clone(), once.then_some(record));
            }
        }
        Ok(found.into_iter().filter_map(|(url, record)| Some((url, record?))).collect())
    }

    /// Keeps the request if its server lets it be kept.
    fn finish(&self, request: &Request<'_>, list: Vec<Got>) -> Result<Fetched, FetchError> {
        let url = request.name();
        if list.is_empty() {
            return Err(FetchError::new(CACHE, &url, "no page was kept"));
        }
        let key = request.key();
        if list.iter().any(|got| matches!(got.body, Body::Loose(_))) {
            self.cache.forget(&key)?;
        } else {
            let records = list.iter().map(|got| got.record.clone()).collect();
            self.cache.save(&key, &Entry::new(url.clone(), records))?;
        }
        let how = if list.iter().any(|got| got.came) { How::Came } else { How::Unchanged };
        let pages = list.into_iter().map(|got| page(got.record, got.body)).collect();
        Ok(Fetched { url, how, pages })
    }

    /// Keeps the pages of a list that broke off, so that the next run need not get them again.
    fn remember(&self, request: &Request<'_>, list: &[Got]) -> Result<(), FetchError> {
        let may = list.iter().all(|got| matches!(got.body, Body::Kept(_)));
        if list.is_empty() || !may {
            return Ok(());
        }
        let records = list.iter().map(|got| got.record.clone()).collect();
        let entry = Entry::new(request.name(), records);
        self.cache.save_begun(&request.key(), &entry)
    }
}

fn page(record: Record, body: Body) -> Page {
    let Record { url, sha256, size, etag, retrieved, .. } = record;
    Page { url, sha256, size, etag, retrieved: clock::text(retrieved), body }
}
