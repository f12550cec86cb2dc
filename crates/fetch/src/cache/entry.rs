//! What is kept of a request: its pages in order, each with what the server said of it.

use crate::clock::Seconds;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const SCHEMA: &str = "haggle.cache/1";

/// A request with its pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    schema: String,
    /// The URL that was asked first, without its secrets.
    pub(crate) url: String,
    pub(crate) pages: Vec<Record>,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// Its URL, without secrets.
    pub(crate) url: String,
    pub(crate) sha256: String,
    pub(crate) size: u64,
    pub(crate) etag: Option<String>,
    pub(crate) last_modified: Option<String>,
    /// When the bytes came.
    pub(crate) retrieved: Seconds,
    /// When the server last said that they are still so.
    pub(crate) checked: Seconds,
    /// Seconds from then for which it need not be asked.
    pub(crate) fresh: u64,
    /// Request headers that the answer depends on, as they were; absent if it depends on more.
    pub(crate) vary: Option<BTreeMap<String, String>>,
    /// Where the server says that the next page is.
    pub(crate) next: Option<String>,
}

impl Entry {
    pub(crate) fn new(url: String, pages: Vec<Record>) -> Self {
        Self { schema: SCHEMA.to_owned(), url, pages }
    }

    /// Reads an entry; nothing if it is of another version.
    pub(crate) fn parse(text: &str) -> Result<Option<Self>, String> {
        let broken = |e| format!("no entry of the cache: {e}");
        let found: serde_json::Value = serde_json::from_str(text).map_err(broken)?;
        if found["schema"] != SCHEMA {
            return Ok(None);
        }
        serde_json::from_value(found).map(Some).map_err(broken)
    }

    pub(crate) fn text(&self) -> String {
        format!("{:#}\n", serde_json::json!(self))
    }

    /// When the server was last asked about any of it.
    pub(crate) fn checked(&self) -> Seconds {
        self.pages.iter().map(|p| p.checked).max().unwrap_or(0)
    }
}

impl Record {
    /// Whether it may be used without asking; a clock that went back makes nothing fresh.
    pub(crate) fn is_fresh(&self, now: Seconds, sent: &BTreeMap<String, String>) -> bool {
        let age = u64::try_from(now - self.checked).ok();
        age.is_some_and(|age| age < self.fresh) && self.fits(sent)
    }

    /// Whether what it depends on is as it was.
    pub(crate) fn fits(&self, sent: &BTreeMap<String, String>) -> bool {
        let same = |(name, value): (&String, &String)| {
            sent.get(name).map_or(value.is_empty(), |now| now == value)
        };
        self.vary.as_ref().is_some_and(|vary| vary.iter().all(same))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn freshness_ends_and_depends_on_what_was_sent() {
        let vary = Some([("user-agent".to_owned(), "haggle/1".to_owned())].into());
        let record = Record {
            url: "https://a.example/".to_owned(),
            sha256: String::new(),
            size: 0,
            etag: None,
            last_modified: None,
            retrieved: 100,
            checked: 100,
            fresh: 60,
            vary,
            next: None,
        };
        let sent = |agent: &str| [("user-agent".to_owned(), agent.to_owned())].into();
        assert!(record.is_fresh(159, &sent("haggle/1")));
        for (now, agent) in [(160, "haggle/1"), (99, "haggle/1"), (100, "haggle/2")] {
            assert!(!record.is_fresh(now, &sent(agent)), "{now} {agent}");
        }
        assert!(!Record { vary: None, ..record.clone() }.is_fresh(100, &sent("haggle/1")));
        let entry = Entry::new(record.url.clone(), vec![record]);
        assert_eq!(Entry::parse(&entry.text()), Ok(Some(entry.clone())));
        let newer = entry.text().replace("cache/1", "cache/2");
        assert_eq!(Entry::parse(&newer), Ok(None));
        assert!(Entry::parse("{").is_err());
    }
}
