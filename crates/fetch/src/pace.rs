//! Politeness: how many requests at a time and in all, and how long to leave a server alone.

use crate::clock::{self, Seconds};
use crate::error::{FetchError, MANY};
use crate::limits::Limits;
use crate::rules::text;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Who may ask whom, and when.
#[derive(Debug)]
pub(crate) struct Pace {
    per_host: usize,
    requests: u32,
    made: Cell<u32>,
    hosts: RefCell<BTreeMap<String, Rc<Host>>>,
}

#[derive(Debug)]
struct Host {
    permits: std::sync::Arc<Semaphore>,
    /// Until then the server is left alone.
    until: Cell<Option<Instant>>,
}

/// Leave to make one request; it ends with its answer.
#[derive(Debug)]
pub(crate) struct Turn {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Pace {
    pub(crate) fn new(limits: &Limits) -> Self {
        let per_host = usize::try_from(limits.per_host).unwrap_or(1).min(Semaphore::MAX_PERMITS);
        Self { per_host, requests: limits.requests, made: Cell::new(0), hosts: RefCell::default() }
    }

    fn host(&self, name: &str) -> Rc<Host> {
        let mut hosts = self.hosts.borrow_mut();
        let new = || {
            let permits = std::sync::Arc::new(Semaphore::new(self.per_host));
            Rc::new(Host { permits, until: Cell::new(None) })
        };
        Rc::clone(hosts.entry(name.to_owned()).or_insert_with(new))
    }

    /// Waits for leave to ask a host; `shown` is what is asked for.
    pub(crate) async fn turn(&self, host: &str, shown: &str) -> Result<Turn, FetchError> {
        let host = self.host(host);
        // A semaphore that nobody closes always gives.
        let permit = std::sync::Arc::clone(&host.permits).acquire_owned().await.ok();
        while let Some(until) = host.until.get().filter(|until| *until > Instant::now()) {
            tokio::time::sleep_until(until).await;
        }
        self.count(shown)?;
        Ok(Turn { _permit: permit })
    }

    fn count(&self, shown: &str) -> Result<(), FetchError> {
        if self.made.get() >= self.requests {
            let found = format!("this run made {} requests, as many as the limit", self.requests);
            return Err(FetchError::new(MANY, shown, found));
        }
        self.made.set(self.made.get() + 1);
        Ok(())
    }

    /// Leaves a host alone for a while, whoever wants to ask it.
    pub(crate) fn hold(&self, host: &str, wait: Duration) {
        let host = self.host(host);
        let until = Instant::now() + wait;
        if host.until.get().is_none_or(|old| old < until) {
            host.until.set(Some(until));
        }
    }
}

/// The pause after a failed attempt, counted from 1: twice as long each time, and shortened by
/// chance to no less than half, so that many who failed together do not come back together.
pub(crate) fn back_off(first: Duration, attempt: u32) -> Duration {
    let whole = first.saturating_mul(1 << attempt.saturating_sub(1).min(16));
    let chance = RandomState::new().build_hasher().finish() >> 11;
    whole.mul_f64(0.5 + 0.5 * (chance as f64 / (1_u64 << 53) as f64))
}

/// How long the server asks to wait, in seconds or until a date (RFC 9110, section 10.2.3).
pub(crate) fn retry_after(headers: &HeaderMap, now: Seconds) -> Option<Duration> {
    let text = text(headers, RETRY_AFTER)?;
    let seconds = match text.trim().parse::<u64>() {
        Ok(seconds) => seconds,
        Err(_) => u64::try_from(clock::http_date(&text)? - now).unwrap_or(0),
    };
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_vary_by_no_more_than_half() {
        let first = Duration::from_millis(100);
        for (attempt, whole) in [(1, 100), (2, 200), (3, 400), (4, 800)] {
            let whole = Duration::from_millis(whole);
            for _ in 0..50 {
                let pause = back_off(first, attempt);
                assert!(pause >= whole / 2 && pause <= whole, "{attempt}: {pause:?}");
            }
        }
        assert!(back_off(first, u32::MAX) > Duration::ZERO);
        let pauses: std::collections::BTreeSet<_> = (0..50).map(|_| back_off(first, 1)).collect();
        assert!(pauses.len() > 1, "chance has its part");
    }

    #[test]
    fn a_server_says_when_to_come_back() {
        for (value, wait) in [
            ("120", Some(120)),
            ("0", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(37)),
            ("Sun, 06 Nov 1994 08:48:37 GMT", Some(0)),
            ("-5", None),
            ("soon", None),
        ] {
            let headers = [(RETRY_AFTER, value.parse().unwrap())].into_iter().collect();
            let found = retry_after(&headers, 784_111_740);
            assert_eq!(found, wait.map(Duration::from_secs), "{value}");
        }
    }
}
