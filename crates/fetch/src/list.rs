//! The pages of a request, one after the other or some ahead, as long as they are of one list.

use crate::cache::Record;
use crate::error::{DISAGREE, FetchError, MANY, UNREADABLE_PAGE};
use crate::fetcher::Fetcher;
use crate::page::{Got, Question};
use crate::paging::{Look, Paging};
use crate::request::{Mode, Request};
use crate::watch::Watch;
use futures_util::stream::{self, StreamExt};
use reqwest::Url;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;

impl Fetcher {
    /// Gets page after page.
    pub(crate) async fn walk(
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
        let (mut hashes, mut whole) = (BTreeSet::new(), Whole::default());
        while let Some(got) = pages.next().await {
            let got = got?;
            let look = self.look(request, &got, &mut whole)?;
            let ends = look.items == 0;
            // An empty list is a list: its only page is kept.
            if !ends || list.borrow().is_empty() {
                self.add(got, &mut hashes, list)?;
            }
            if ends {
                break;
            }
        }
        whole.end().map_err(|why| self.disagree(request, why))
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
        let mut whole = Whole::default();
        while let Some(url) = next {
            if !asked.insert(url.to_string()) {
                let message = format!("page {} points back to {}", asked.len(), self.name(&url));
                return Err(self.disagree(request, message));
            }
            let got = self.one(request, url, known, watch).await?;
            next = self.following(request, &got, &mut whole)?;
            self.add(got, &mut hashes, list)?;
        }
        whole.end().map_err(|why| self.disagree(request, why))
    }

    /// The address of the page behind this one, if there is one.
    fn following(
        &self,
        request: &Request<'_>,
        got: &Got,
        whole: &mut Whole,
    ) -> Result<Option<Url>, FetchError> {
        let look = match request.paging.looks() {
            true => self.look(request, got, whole)?,
            false => Look::default(),
        };
        let next = match request.paging {
            Paging::None => None,
            Paging::Link => got.next.clone(),
            paging => {
                let next = look.next.map(|n| paging.following(&got.url, &n)).transpose();
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

    /// What a page says of its list, which must be what those before it said.
    fn look(
        &self,
        request: &Request<'_>,
        got: &Got,
        whole: &mut Whole,
    ) -> Result<Look, FetchError> {
        let shown = &got.record.url;
        let look = (request.look)(got.body.path());
        let look = look.map_err(|why| FetchError::new(UNREADABLE_PAGE, shown, why))?;
        whole.take(&look).map_err(|why| FetchError::new(DISAGREE, shown, why))?;
        Ok(look)
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
        self.page(&Question { url: &url, known, refresh, behalf: request.behalf, watch }).await
    }

    /// What is known of the pages of a request, by URL: of the last time, and of a time since then
    /// that broke off.
    fn known(&self, request: &Request<'_>) -> Result<BTreeMap<String, Record>, FetchError> {
        let plain = Request { paging: &Paging::None, ..*request };
        let (key, plain) = (request.key(), plain.key());
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
}

/// What the pages so far say of the list that they are of.
#[derive(Debug, Default)]
struct Whole {
    pages: u64,
    items: u64,
    total: Option<u64>,
    same: Option<String>,
}

impl Whole {
    /// Takes what a page says; in words, where it is of another list than those before.
    fn take(&mut self, look: &Look) -> Result<(), String> {
        self.pages += 1;
        self.items = self.items.saturating_add(look.items);
        let changed = |found: &str, before: &str| {
            let page = self.pages;
            Err(format!(
                "page {page} says `{found}`, a page before said `{before}`: the list changed"
            ))
        };
        match (self.total, look.total) {
            (Some(before), Some(now)) if before != now => {
                return changed(&format!("{now} items"), &format!("{before} items"));
            }
            (before, now) => self.total = before.or(now),
        }
        match (&self.same, &look.same) {
            (Some(before), Some(now)) if before != now => changed(now, before),
            (None, Some(now)) => {
                self.same = Some(now.clone());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Whether all items came; in words, if not.
    fn end(&self) -> Result<(), String> {
        match self.total.filter(|total| *total != self.items) {
            Some(total) => {
                let items = self.items;
                Err(format!("found {items} items on all pages, which say that there are {total}"))
            }
            None => Ok(()),
        }
    }
}
