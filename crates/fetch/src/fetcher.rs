//! Requests with all their pages: from the cache where it may, from the server where it must.

use crate::address;
use crate::cache::{Cache, Entry};
use crate::client::{self, ALWAYS};
use crate::clock;
use crate::error::{CACHE, FetchError, INTERRUPTED, OFFLINE, UNREACHABLE};
use crate::limits::Limits;
use crate::pace::Pace;
use crate::page::{Body, Got};
use crate::paging::Paging;
use crate::private::Guard;
use crate::request::{Behalf, Fetched, How, Mode, Page, Request};
use crate::secret::Secrets;
use crate::watch::{Watch, Watcher};
use futures_util::future::{Either, join_all, select};
use reqwest::{Client, Url};
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::path::PathBuf;
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
        if let Some(behalf) = request.behalf.filter(|b| !b.may(&request.url())) {
            return Err(self.outside(&request.url(), &behalf, &request.name()));
        }
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
            pages.push(Page::new(record, Body::Kept(path)));
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
        self.vouch(request);
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

    /// What the user names may be anywhere. What a program asks for is public: whoever allowed
    /// `shop.example` did not mean a machine beside this one, unless by its address.
    fn vouch(&self, request: &Request<'_>) {
        if let Some(host) = request.address.url().host_str()
            && (request.behalf.is_none() || Behalf::names_address(host))
        {
            self.guard.allow(host);
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
        let pages = list.into_iter().map(|got| Page::new(got.record, got.body)).collect();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;
    use std::cell::Cell;

    #[test]
    fn names_that_a_program_asks_for_are_public() {
        let left = &Cell::new(0);
        let behalf = Behalf { headers: &[], within: &[], until: None, most: 0, left };
        for (host, by_program, private) in [
            ("shop.example", true, false),
            ("localhost.example", true, false),
            ("localhost", true, true),
            ("10.0.0.5", true, true),
            ("[fd00::5]", true, true),
            ("shop.example", false, true),
        ] {
            let fetcher = Fetcher::new(Options::default(), Cache::new("/nowhere"));
            let address = Address::parse(&format!("http://{host}/x")).unwrap();
            let behalf = by_program.then_some(behalf);
            fetcher.vouch(&Request { behalf, ..Request::one(&address, Mode::Usual) });
            let beside = fetcher.guard.check_all(host, &["192.168.0.1".parse().unwrap()]);
            assert_eq!(beside.is_ok(), private, "{host} {by_program}");
        }
    }
}
