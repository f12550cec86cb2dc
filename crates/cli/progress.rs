//! Says how far an import or a download is, on a terminal, for work that takes longer than half a
//! second.

use crate::context::Context;
use haggle_evidence::{Import, ImportError, Importer, ImporterIdentity, RecordBatch, Sink};
use haggle_fetch::{Event, FetchError, Fetched, How};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Nothing is said before.
const PATIENCE: Duration = Duration::from_millis(500);
/// The line is renewed no more often.
const PAUSE: Duration = Duration::from_millis(100);

/// An importer that is watched while it reads.
pub(crate) struct Watched<'a, I> {
    inner: I,
    file: &'a str,
    context: &'a Context,
}

impl<'a, I: Importer> Watched<'a, I> {
    pub(crate) fn new(inner: I, file: &'a str, context: &'a Context) -> Self {
        Self { inner, file, context }
    }

    /// What was watched.
    pub(crate) fn into_inner(self) -> I {
        self.inner
    }
}

impl<I: Importer> Importer for Watched<'_, I> {
    fn identity(&self) -> &ImporterIdentity {
        self.inner.identity()
    }

    fn run(&mut self, sink: &mut dyn Sink) -> Result<Import, ImportError> {
        if !self.context.shows_progress() {
            return self.inner.run(sink);
        }
        let (file, context) = (self.file, self.context);
        let start = Instant::now();
        let (mut rows, mut said) = (0_usize, None::<Instant>);
        let mut counting = |batch: RecordBatch| {
            rows += batch.num_rows();
            let due = said.is_none_or(|at| at.elapsed() >= PAUSE);
            if start.elapsed() >= PATIENCE && due {
                context.talk(&format!("\r{file}: {rows} observations"));
                said = Some(Instant::now());
            }
            sink.accept(batch)
        };
        let done = self.inner.run(&mut counting);
        if said.is_some() {
            context.talk("\r\u{1b}[K");
        }
        done
    }
}

/// Downloads that are watched while they come.
pub(crate) struct Fetching<'a> {
    context: &'a Context,
    start: Instant,
    state: RefCell<Coming>,
}

#[derive(Default)]
struct Coming {
    sources: BTreeMap<String, Source>,
    said: Option<Instant>,
}

#[derive(Clone, Copy, Default)]
struct Source {
    pages: u32,
    bytes: u64,
    came: u64,
    total: Option<u64>,
}

impl<'a> Fetching<'a> {
    pub(crate) fn new(context: &'a Context) -> Self {
        Self { context, start: Instant::now(), state: RefCell::default() }
    }

    /// Takes note of what came, and says so when it is due.
    pub(crate) fn saw(&self, url: &str, event: Event<'_>) {
        match event {
            Event::Waits { why, wait } => {
                let seconds = wait.as_secs_f64();
                self.clear();
                self.context.detail(&format!("{url}: {why}; trying again in {seconds:.1} s\n"));
            }
            Event::Bytes { pages, bytes, came, total } => {
                let source = Source { pages, bytes, came, total };
                self.state.borrow_mut().sources.insert(url.to_owned(), source);
                self.say();
            }
        }
    }

    fn say(&self) {
        let due = self.state.borrow().said.is_none_or(|at| at.elapsed() >= PAUSE);
        if !self.context.shows_progress() || self.start.elapsed() < PATIENCE || !due {
            return;
        }
        let line = coming(&self.state.borrow().sources, self.start.elapsed());
        self.context.talk(&format!("\r{line}\u{1b}[K"));
        self.state.borrow_mut().said = Some(Instant::now());
    }

    fn clear(&self) {
        if self.state.borrow_mut().said.take().is_some() {
            self.context.talk("\r\u{1b}[K");
        }
    }

    /// One line for each source: what came, or with `--verbose` what need not have come.
    pub(crate) fn done(&self, all: &[Result<Fetched, FetchError>]) {
        self.clear();
        for fetched in all.iter().flatten() {
            let url = &fetched.url;
            let size = format!("{}, {}", pages(fetched.pages.len()), bytes(fetched.size()));
            let since = fetched.retrieved().unwrap_or("a time unknown");
            match fetched.how {
                How::Came => self.context.talk(&format!("fetched {url}: {size}\n")),
                How::Unchanged => {
                    self.context.detail(&format!("{url}: unchanged since {since}, {size}\n"));
                }
                How::Kept => {
                    self.context.detail(&format!("{url}: from the cache, of {since}, {size}\n"));
                }
            }
        }
    }
}

/// How far downloads are: `https://a.example/x: 3 pages, 12.3 MB of 40.0 MB, 2.1 MB/s, 13 s left`.
fn coming(sources: &BTreeMap<String, Source>, since: Duration) -> String {
    let name = match sources.keys().next() {
        Some(url) if sources.len() == 1 => ending(url),
        _ => format!("{} sources", sources.len()),
    };
    let sum = |part: fn(&Source) -> u64| sources.values().map(part).sum::<u64>();
    let (size, came) = (sum(|s| s.bytes), sum(|s| s.came));
    let total: Option<u64> = sources.values().map(|s| s.total).sum();
    let total = total.filter(|t| *t > size);
    let rate = came as f64 / since.as_secs_f64().max(0.001);
    let of = total.map_or(String::new(), |t| format!(" of {}", bytes(t)));
    let left = total.filter(|_| rate >= 1.0).map(|t| (t - size) as f64 / rate);
    let left = left.map_or(String::new(), |s| format!(", {:.0} s left", s.ceil()));
    let count = sources.values().map(|s| s.pages as usize).sum();
    let here = if count == 0 { String::new() } else { format!("{}, ", pages(count)) };
    format!("{name}: {here}{}{of}, {}/s{left}", bytes(size), bytes(rate as u64))
}

/// The end of a URL: a line that is longer than the screen cannot be renewed.
fn ending(url: &str) -> String {
    match url.char_indices().rev().nth(39) {
        Some((at, _)) if at > 0 => format!("...{}", &url[at..]),
        _ => url.to_owned(),
    }
}

fn pages(count: usize) -> String {
    if count == 1 { "1 page".to_owned() } else { format!("{count} pages") }
}

/// Bytes for people, in steps of 1024.
pub(crate) fn bytes(count: u64) -> String {
    let units = ["kB", "MB", "GB", "TB"];
    let mut size = count as f64;
    let mut unit = "bytes";
    for larger in units {
        if size < 1024.0 {
            break;
        }
        (size, unit) = (size / 1024.0, larger);
    }
    if unit == "bytes" { format!("{count} {unit}") } else { format!("{size:.1} {unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_it_is() {
        let source = |pages, bytes, came, total| Source { pages, bytes, came, total };
        let one = |s| BTreeMap::from([("https://a.example/x".to_owned(), s)]);
        let two = Duration::from_secs(2);
        for (sources, expected) in [
            (one(source(1, 2048, 2048, None)), "https://a.example/x: 1 page, 2.0 kB, 1.0 kB/s"),
            (
                one(source(0, 5120, 2048, Some(10240))),
                "https://a.example/x: 5.0 kB of 10.0 kB, 1.0 kB/s, 5 s left",
            ),
            (one(source(3, 10, 0, Some(10))), "https://a.example/x: 3 pages, 10 bytes, 0 bytes/s"),
        ] {
            assert_eq!(coming(&sources, two), expected);
        }
        let mut sources = one(source(1, 1024, 1024, None));
        sources.insert("https://b.example".to_owned(), source(2, 1024, 1024, Some(4096)));
        assert_eq!(coming(&sources, two), "2 sources: 3 pages, 2.0 kB, 1.0 kB/s");
        assert_eq!(bytes(5 << 30), "5.0 GB");
        let long = format!("https://a.example/{}ü.csv", "x".repeat(80));
        assert_eq!(ending(&long), format!("...{}ü.csv", "x".repeat(35)));
    }
}
