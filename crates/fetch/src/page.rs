//! One page: asked for with what is known of it, tried again, gone on with, and kept.

use crate::cache::{Partial, Record, failed};
use crate::clock;
use crate::error::{BROKEN, CACHE, FAILING, FetchError, LARGE, REFUSED, SLOW};
use crate::fetcher::Fetcher;
use crate::hop::{Answer, Trouble, spoken};
use crate::link;
use crate::pace::{back_off, retry_after};
use crate::request::Behalf;
use crate::rules::{Keeping, Validators, text};
use crate::secret::authority;
use crate::watch::Watch;
use reqwest::header::{
    CACHE_CONTROL, CONTENT_RANGE, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, IF_RANGE, RANGE, TRANSFER_ENCODING,
};
use reqwest::{Response, StatusCode, Url};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempPath;

/// What to ask.
pub(crate) struct Question<'a> {
    pub(crate) url: &'a Url,
    /// What was kept of it, with its body.
    pub(crate) known: Option<(Record, PathBuf)>,
    /// Whether caches on the way are to ask again as well.
    pub(crate) refresh: bool,
    /// Set where a program asks.
    pub(crate) behalf: Option<Behalf<'a>>,
    pub(crate) watch: &'a Watch<'a>,
}

/// A page that is here.
#[derive(Debug)]
pub(crate) struct Got {
    pub(crate) record: Record,
    pub(crate) body: Body,
    /// The URL that answered.
    pub(crate) url: Url,
    /// Where the server says that the next page is.
    pub(crate) next: Option<Url>,
    /// Whether it came, or was here already.
    pub(crate) came: bool,
}

/// Where the bytes lie.
#[derive(Debug)]
pub(crate) enum Body {
    /// In the cache.
    Kept(PathBuf),
    /// In a file that goes when this goes: the server forbids keeping it.
    Loose(TempPath),
}

impl Body {
    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Loose(path) => path,
        }
    }
}

impl Fetcher {
    /// Gets a page, in as many attempts as are allowed.
    pub(crate) async fn page(&self, question: &Question<'_>) -> Result<Got, FetchError> {
        let shown = self.name(question.url);
        let total = self.options.limits.total;
        let limit = question.behalf.map_or(total, |behalf| behalf.within_time(total));
        match tokio::time::timeout(limit, self.attempts(question, &shown)).await {
            Ok(done) => done,
            Err(_) if limit < total => Err(out_of_time(&shown)),
            Err(_) => {
                let message = format!("not done within {} seconds", limit.as_secs_f64());
                Err(FetchError::new(SLOW, &shown, message)
                    .help("allow more time, as with `--limit total=7200`"))
            }
        }
    }

    async fn attempts(&self, question: &Question<'_>, shown: &str) -> Result<Got, FetchError> {
        let limits = &self.options.limits;
        let mut attempt = 1;
        loop {
            let (error, asked) = match self.attempt(question, shown).await {
                Ok(got) => return Ok(got),
                Err(Trouble::Final(error)) => return Err(error),
                Err(Trouble::Passing(error, asked)) => (error, asked),
            };
            if attempt >= limits.attempts {
                return Err(tried(error, attempt));
            }
            let wait = asked.unwrap_or_else(|| back_off(limits.pause, attempt));
            if wait > limits.patience {
                return Err(asked_to_wait(error, wait));
            }
            question.watch.waits(&error.message, wait);
            self.pace.hold(&authority(question.url), wait);
            attempt += 1;
        }
    }

    async fn attempt(&self, question: &Question<'_>, shown: &str) -> Result<Got, Trouble> {
        // What came to one program is not gone on with for another.
        let whose = question.behalf.map_or(String::new(), |behalf| behalf.text());
        let mut partial = self.cache.partial(shown, &whose)?;
        let begun = partial.begun();
        let headers = self.conditions(question, begun.as_ref());
        let answer = self.ask(question.url, &headers, question.behalf, shown).await?;
        match answer.response.status() {
            StatusCode::NOT_MODIFIED => self.unchanged(question, &answer, shown),
            StatusCode::OK => {
                let validator = Validators::strong(answer.response.headers());
                // Nothing of what must not be kept waits for a later run.
                let keeping = Keeping::of(answer.response.headers());
                let validator = validator.filter(|_| !keeping.no_store);
                let io = failed(self.cache.root());
                partial.start(validator.as_deref()).map_err(io)?;
                self.take(question, answer, partial, shown).await
            }
            StatusCode::PARTIAL_CONTENT => {
                let io = failed(self.cache.root());
                if !goes_on(&answer, begun.map_or(0, |(size, _)| size)) {
                    partial.start(None).map_err(io)?;
                    let message = "the server goes on with another part than was asked for";
                    return Err(passing(BROKEN, shown, message, Some(Duration::ZERO)));
                }
                partial.resume().map_err(io)?;
                self.take(question, answer, partial, shown).await
            }
            StatusCode::RANGE_NOT_SATISFIABLE => {
                partial.start(None).map_err(failed(self.cache.root()))?;
                let message = "the server has no such part as was asked for";
                Err(passing(BROKEN, shown, message, Some(Duration::ZERO)))
            }
            status => Err(refusal(status, answer.response.headers(), shown)),
        }
    }

    /// Headers that make the answer short: the rest of what broke off, or only what has changed.
    fn conditions(&self, question: &Question<'_>, begun: Option<&(u64, String)>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut put = |name: HeaderName, value: &str| {
            // A server's own words, which it can read again; others are left out.
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        if question.refresh {
            put(CACHE_CONTROL, "no-cache");
        }
        match (begun, &question.known) {
            (Some((size, validator)), _) => {
                put(RANGE, &format!("bytes={size}-"));
                put(IF_RANGE, validator);
            }
            (None, Some((record, _))) if record.fits(&self.sent()) => {
                match (&record.etag, &record.last_modified) {
                    (Some(tag), _) => put(IF_NONE_MATCH, tag),
                    (None, Some(date)) => put(IF_MODIFIED_SINCE, date),
                    (None, None) => {}
                }
            }
            _ => {}
        }
        headers
    }

    /// What is known is still so.
    fn unchanged(
        &self,
        question: &Question<'_>,
        answer: &Answer,
        shown: &str,
    ) -> Result<Got, Trouble> {
        let Some((record, path)) = question.known.clone() else {
            let message = "the server answers 304 Not Modified, and nothing is here";
            return Err(FetchError::new(REFUSED, shown, message).into());
        };
        let headers = answer.response.headers();
        let fresh = Keeping::of(headers).fresh.filter(|_| !self.has_secret(question));
        let next = link::next(headers, &answer.url);
        let kept = record.next.as_ref().and_then(|n| Url::parse(n).ok());
        let record =
            Record { checked: clock::now(), fresh: fresh.unwrap_or(record.fresh), ..record };
        question.watch.page(record.size);
        let (body, url) = (Body::Kept(path), answer.url.clone());
        Ok(Got { record, body, url, next: next.or(kept), came: false })
    }

    /// Takes the body of an answer to its end.
    async fn take(
        &self,
        question: &Question<'_>,
        answer: Answer,
        mut partial: Partial,
        shown: &str,
    ) -> Result<Got, Trouble> {
        let Answer { mut response, url, turn } = answer;
        let headers = response.headers().clone();
        let before = partial.size();
        let stated = response.content_length().map(|rest| before.saturating_add(rest));
        self.refuse_large(stated.unwrap_or(0), &mut partial, shown)?;
        refuse_open_end(&response, &url, shown)?;
        question.watch.begins(before, stated);
        while let Some(bytes) =
            response.chunk().await.map_err(|e| self.trouble(e, question.url, shown))?
        {
            let size = partial.size().saturating_add(bytes.len() as u64);
            self.refuse_large(size, &mut partial, shown)?;
            self.refuse_more(question, bytes.len() as u64, &mut partial, shown)?;
            partial.push(&bytes).map_err(failed(self.cache.root()))?;
            question.watch.bytes(bytes.len() as u64);
        }
        drop(turn);
        if let Some(stated) = stated.filter(|s| *s != partial.size()) {
            let message = format!("found {} bytes, expected {stated}", partial.size());
            return Err(passing(BROKEN, shown, &message, None));
        }
        question.watch.page(0);
        self.keep(question, url, &headers, partial).map_err(Trouble::Final)
    }

    fn refuse_large(
        &self,
        size: u64,
        partial: &mut Partial,
        shown: &str,
    ) -> Result<(), FetchError> {
        let limit = self.options.limits.size;
        if size <= limit {
            return Ok(());
        }
        partial.start(None).map_err(failed(self.cache.root()))?;
        Err(FetchError::new(LARGE, shown, format!("more than {limit} bytes")))
    }

    /// A program has an allowance for all that comes for it, kept or not.
    fn refuse_more(
        &self,
        question: &Question<'_>,
        bytes: u64,
        partial: &mut Partial,
        shown: &str,
    ) -> Result<(), FetchError> {
        let Some(behalf) = question.behalf.filter(|behalf| !behalf.takes(bytes)) else {
            return Ok(());
        };
        partial.start(None).map_err(failed(self.cache.root()))?;
        let most = behalf.most >> 20;
        let message = format!("not fetched to its end: a plugin may fetch {most} MB in a run");
        Err(FetchError::new(LARGE, shown, message)
            .help("let the plugin ask for less in a run; no option raises this limit"))
    }

    /// Gives a finished body its place, and writes down what the server said of it.
    fn keep(
        &self,
        question: &Question<'_>,
        url: Url,
        headers: &HeaderMap,
        partial: Partial,
    ) -> Result<Got, FetchError> {
        let (asked, keeping) = (question.url, Keeping::of(headers));
        let (sha256, size, at) = (partial.sha256(), partial.size(), clock::now());
        let body = match keeping.no_store {
            true => Body::Loose(partial.loosen().map_err(failed(self.cache.root()))?),
            false => Body::Kept(self.cache.publish(partial, &sha256)?),
        };
        let next = link::next(headers, &url);
        let validators = self.validators(question, next.as_ref(), headers);
        let fresh = keeping.fresh.filter(|_| !self.has_secret(question)).unwrap_or(0);
        let sent = self.sent();
        let vary = |names: Vec<String>| {
            let value = |n: &String| sent.get(n).cloned().unwrap_or_default();
            names.iter().map(|n| (n.clone(), value(n))).collect()
        };
        // The same bytes are those that came first.
        let same = question.known.as_ref().filter(|(known, _)| known.sha256 == sha256);
        let record = Record {
            url: self.name(asked),
            sha256,
            size,
            etag: validators.etag,
            last_modified: validators.last_modified,
            retrieved: same.map_or(at, |(known, _)| known.retrieved),
            checked: at,
            fresh,
            vary: keeping.vary.map(vary),
            next: next.as_ref().map(|n| self.name(n)),
        };
        Ok(Got { record, body, url, next, came: true })
    }

    fn has_secret(&self, question: &Question<'_>) -> bool {
        self.is_secret(question.url) || question.behalf.is_some_and(|b| b.has_secret())
    }

    /// By what the page is known again. With a secret, whose answer may be another's, only by its
    /// tag; with a next page whose address cannot be written down, not at all.
    fn validators(
        &self,
        question: &Question<'_>,
        next: Option<&Url>,
        headers: &HeaderMap,
    ) -> Validators {
        let mut validators = Validators::of(headers);
        if self.has_secret(question) {
            validators.last_modified = None;
        }
        match next.is_some_and(|n| self.name(n) != n.as_str()) {
            true => Validators::default(),
            false => validators,
        }
    }
}

/// That the run of the program that asks ends before its answer.
fn out_of_time(shown: &str) -> FetchError {
    let message = "not done when the time of the plugin's run, `wall_s`, was over";
    FetchError::new(SLOW, shown, message)
        .help("allow the plugin more time, as with `haggle plugin add NAME --cap wall_s=3600`")
}

/// An answer that ends where the connection does may be cut off and look whole. TLS tells a cut
/// from an end; plain http does not.
fn refuse_open_end(response: &Response, url: &Url, shown: &str) -> Result<(), FetchError> {
    let chunked = response.headers().contains_key(TRANSFER_ENCODING);
    if chunked || response.content_length().is_some() || url.scheme() == "https" {
        return Ok(());
    }
    let message = "the answer states no length, so that it could be cut off unseen";
    Err(FetchError::new(BROKEN, shown, message)
        .help("use https if the server has it, or save the file yourself, look at its end, and import the file"))
}

fn passing(code: &'static str, shown: &str, message: &str, wait: Option<Duration>) -> Trouble {
    Trouble::Passing(FetchError::new(code, shown, message), wait)
}

/// Whether an answer goes on behind what is here: `bytes 100-199/200` (RFC 9110, section 14.4).
fn goes_on(answer: &Answer, size: u64) -> bool {
    let range = text(answer.response.headers(), CONTENT_RANGE);
    let first = range.as_deref().and_then(|r| r.trim().strip_prefix("bytes"));
    let (first, rest) = first.and_then(|r| r.trim().split_once('-')).unwrap_or(("", ""));
    let (last, total) = rest.split_once('/').unwrap_or((rest, "*"));
    let ends = total == "*" || last.parse::<u64>().ok().map(|l| l + 1) == total.parse().ok();
    size > 0 && first.parse() == Ok(size) && ends
}

/// What a status means that brings no content.
fn refusal(status: StatusCode, headers: &HeaderMap, shown: &str) -> Trouble {
    let message = format!("the server answers {}", spoken(status));
    match status.as_u16() {
        408 | 425 | 429 | 500 | 502 | 503 | 504 => {
            let wait = retry_after(headers, clock::now());
            Trouble::Passing(FetchError::new(FAILING, shown, message), wait)
        }
        500.. => Trouble::Final(FetchError::new(FAILING, shown, message)),
        _ => Trouble::Final(FetchError::new(REFUSED, shown, message)),
    }
}

fn tried(mut error: FetchError, attempts: u32) -> FetchError {
    if error.code != CACHE {
        let plural = if attempts == 1 { "" } else { "s" };
        error.message.push_str(&format!(", after {attempts} attempt{plural}"));
    }
    error
}

fn asked_to_wait(mut error: FetchError, wait: Duration) -> FetchError {
    let seconds = wait.as_secs();
    error.message.push_str(&format!(" and asks to come back in {seconds} seconds"));
    error.help = format!(
        "try again later, or wait for it with `--limit patience={seconds}`; `--offline` uses what was fetched before"
    );
    error
}
