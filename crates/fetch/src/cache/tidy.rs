//! What the cache holds, and removing from it.

use super::{Cache, Entry, failed, remove};
use crate::clock::{self, Seconds};
use crate::error::FetchError;
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A request that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its URL, without secrets.
    pub url: String,
    /// Pages.
    pub pages: usize,
    /// Bytes of all pages.
    pub size: u64,
    /// When its newest page came, as `2026-11-28T13:05:00Z`.
    pub retrieved: Option<String>,
    /// When the server last said that it is still so.
    pub checked: Option<String>,
    /// SHA-256 of each page.
    pub sha256: Vec<String>,
}

/// What the cache holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// Requests, in order of URL.
    pub kept: Vec<Kept>,
    /// Bodies, those that no request refers to any longer included.
    pub bodies: usize,
    /// Bytes of all bodies.
    pub size: u64,
    /// Downloads that broke off, and their bytes.
    pub unfinished: (usize, u64),
    /// Entries that cannot be read, each with the reason.
    pub broken: Vec<String>,
}

/// What to remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// Everything.
    All,
    /// What the server was not asked about for so many days.
    Older(u32),
    /// Requests by their URL, as the list shows it.
    Urls(Vec<String>),
}

/// What was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// Requests.
    pub entries: usize,
    /// Bytes of bodies and of what was not finished.
    pub size: u64,
}

impl Cache {
    /// What is there.
    ///
    /// # Errors
    /// `E0315` if a folder of the cache cannot be read.
    pub fn status(&self) -> Result<Status, FetchError> {
        let mut status = Status::default();
        for (_, entry) in self.listed(&mut status.broken)? {
            status.kept.push(kept(&entry));
        }
        status.kept.sort_by(|a, b| (&a.url, &a.sha256).cmp(&(&b.url, &b.sha256)));
        let bodies = sizes(&self.bodies())?;
        (status.bodies, status.size) = (bodies.len(), bodies.iter().map(|(_, size)| size).sum());
        let parts = sizes(&self.unfinished())?;
        let parts: Vec<u64> =
            parts.iter().filter(|(p, _)| has_end(p, "part")).map(|(_, size)| *size).collect();
        status.unfinished = (parts.len(), parts.iter().sum());
        Ok(status)
    }

    /// Removes requests, and bodies that no other request refers to.
    ///
    /// # Errors
    /// `E0315` if something cannot be removed.
    pub fn clean(&self, which: &Which) -> Result<Cleaned, FetchError> {
        let (mut cleaned, mut broken) = (Cleaned::default(), Vec::new());
        let mut needed = BTreeSet::new();
        for (path, entry) in self.listed(&mut broken)? {
            if is_meant(&entry, which) {
                remove(&path)?;
                cleaned.entries += 1;
            } else {
                needed.extend(entry.pages.into_iter().map(|page| page.sha256));
            }
        }
        let is_needed = |path: &Path| {
            path.file_name().is_some_and(|n| needed.contains(n.to_string_lossy().as_ref()))
        };
        let bodies = sizes(&self.bodies())?.into_iter().filter(|(p, _)| !is_needed(p));
        let rest = sizes(&self.unfinished())?.into_iter().filter(|(p, _)| is_left_over(p, which));
        // All are judged before the first is removed: a body is judged by its note.
        let gone: Vec<(PathBuf, u64)> = bodies.chain(rest).collect();
        for (path, size) in gone {
            remove(&path)?;
            cleaned.size += size;
        }
        if *which == Which::All {
            // What cannot be read is no entry, and goes with the rest.
            sizes(&self.entries())?.iter().try_for_each(|(path, _)| remove(path))?;
        }
        Ok(cleaned)
    }

    fn listed(&self, broken: &mut Vec<String>) -> Result<Vec<(PathBuf, Entry)>, FetchError> {
        let mut found = Vec::new();
        for (path, _) in sizes(&self.entries())? {
            match super::read(&path) {
                Ok(entry) => found.extend(entry.map(|e| (path, e))),
                Err(e) => broken.push(e.to_string()),
            }
        }
        Ok(found)
    }
}

fn is_meant(entry: &Entry, which: &Which) -> bool {
    match which {
        Which::All => true,
        Which::Older(days) => is_older(entry.checked(), *days),
        Which::Urls(urls) => names(urls, &entry.url),
    }
}

fn is_older(at: Seconds, days: u32) -> bool {
    clock::now() - at > Seconds::from(days) * 86_400
}

/// Whether a URL is among others; a fragment says nothing of what was asked.
fn names(urls: &[String], url: &str) -> bool {
    urls.iter().any(|u| u.split('#').next() == Some(url))
}

/// Whether a file of what is not finished is meant; the bytes of a body go with its note.
fn is_left_over(path: &Path, which: &Which) -> bool {
    match which {
        Which::All => true,
        Which::Older(days) => {
            let modified = fs::metadata(path).and_then(|meta| meta.modified()).ok();
            let since = modified.and_then(|m| m.duration_since(std::time::UNIX_EPOCH).ok());
            let at = since.and_then(|s| Seconds::try_from(s.as_secs()).ok());
            at.is_some_and(|at| is_older(at, *days))
        }
        Which::Urls(urls) => {
            let note =
                if has_end(path, "part") { path.with_extension("note") } else { path.into() };
            let text = fs::read_to_string(note).unwrap_or_default();
            let found: Option<serde_json::Value> = serde_json::from_str(&text).ok();
            found.is_some_and(|note| note["url"].as_str().is_some_and(|url| names(urls, url)))
        }
    }
}

fn kept(entry: &Entry) -> Kept {
    let pages = &entry.pages;
    Kept {
        url: entry.url.clone(),
        pages: pages.len(),
        size: pages.iter().map(|p| p.size).sum(),
        retrieved: pages.iter().map(|p| p.retrieved).max().and_then(clock::text),
        checked: clock::text(entry.checked()),
        sha256: pages.iter().map(|p| p.sha256.clone()).collect(),
    }
}

fn has_end(path: &Path, end: &str) -> bool {
    path.extension().is_some_and(|e| e == end)
}

/// The files of a folder with their sizes, in order of name; none if there is no folder.
fn sizes(folder: &Path) -> Result<Vec<(PathBuf, u64)>, FetchError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(failed(folder)(e)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(failed(folder))?.path();
        // Another process may have finished with it since.
        if let Ok(meta) = fs::metadata(&path) {
            found.push((path, meta.len()));
        }
    }
    found.sort();
    Ok(found)
}
