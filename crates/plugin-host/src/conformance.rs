//! The conformance kit: holds a plugin to everything that the interface demands, on inputs that are
//! given to it and nothing else.

use crate::digest::Digest;
use crate::inspect::Inspection;
use crate::{
    Answer, Broker, BrokerError, Fault, FaultKind, Grant, InputOptions, InputStat, Limits, Outcome,
    Plugin, Run, Status, run,
};
use haggle_evidence::{RecordBatch, SinkError};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long a plugin may take to end when nobody wants its rows any more; the host allows it a
/// quarter of a second, and the rest is starting and ending a process.
const PATIENCE: Duration = Duration::from_secs(2);
/// At so many places an input is broken off.
const BREAKS: usize = 8;

/// What is tested.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The plugin.
    pub plugin: &'a Plugin,
    /// What can be told of its file.
    pub inspection: &'a Inspection,
    /// What it may: limits and level; the inputs are added.
    pub grant: &'a Grant,
    /// What it is told, a JSON object.
    pub config: &'a str,
    /// The bytes of its inputs, by URI.
    pub inputs: &'a BTreeMap<String, Vec<u8>>,
    /// The hash that its rows must have.
    pub golden: Option<&'a str>,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Passed,
    /// Not as it should be.
    Failed,
    /// Nothing to tell: what it looks at did not happen.
    Skipped,
}

impl Verdict {
    /// The word, as printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its name.
    pub name: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// What was found.
    pub detail: String,
}

/// Tests a plugin. The order is that of the interface: the file, a run, requests, inputs, ends.
pub fn test(subject: &Subject<'_>) -> Vec<Check> {
    let bench = Bench::new(subject);
    let mut checks = vec![bench.file(), bench.requests()];
    let clean = match bench.clean() {
        Ok(clean) => clean,
        Err(why) => {
            checks.push(failed("run", why));
            return checks;
        }
    };
    checks.push(clean.check());
    checks.extend([bench.again(&clean), bench.golden(&clean), clean.quiet()]);
    checks.extend([bench.short_reads(&clean), bench.broken(&clean), bench.cut(&clean)]);
    checks.extend([bench.refused(&clean), bench.stopped(&clean), bench.memory(&clean)]);
    checks
}

fn passed(name: &'static str, detail: impl Into<String>) -> Check {
    Check { name, verdict: Verdict::Passed, detail: detail.into() }
}

fn failed(name: &'static str, detail: impl Into<String>) -> Check {
    Check { name, verdict: Verdict::Failed, detail: detail.into() }
}

fn skipped(name: &'static str, detail: impl Into<String>) -> Check {
    Check { name, verdict: Verdict::Skipped, detail: detail.into() }
}

/// A check that found these faults, or none.
fn verdict(name: &'static str, faults: &[String], good: String) -> Check {
    if faults.is_empty() { passed(name, good) } else { failed(name, faults.join("; ")) }
}

/// A run without any trouble.
struct Clean {
    outcome: Outcome,
    hash: String,
    time: Duration,
    /// Inputs that it asked for and that nobody gave.
    missing: BTreeSet<String>,
}

impl Clean {
    fn check(&self) -> Check {
        let (rows, level, hash) = (self.outcome.rows, self.outcome.level, &self.hash);
        let time = self.time.as_millis();
        if !self.missing.is_empty() {
            return failed("run", ask_for(&self.missing));
        }
        if rows == 0 {
            return failed("run", "no row, expected at least one".to_owned());
        }
        passed("run", format!("{rows} rows in {time} ms, confined `{level}`, sha256 {hash}"))
    }

    /// What it prints is shown to whoever imports.
    fn quiet(&self) -> Check {
        match self.outcome.log.trim() {
            "" => passed("quiet", "nothing was printed"),
            log => {
                let line = log.lines().next().unwrap_or("");
                skipped("quiet", format!("it says `{}`", crate::manifest::shown(line)))
            }
        }
    }

    /// Whether it read anything to its end.
    fn reads(&self) -> bool {
        !self.outcome.inputs.is_empty() && self.outcome.inputs.iter().all(|input| input.complete)
    }
}

fn ask_for(missing: &BTreeSet<String>) -> String {
    let all: Vec<&str> = missing.iter().map(String::as_str).collect();
    format!("it asks for {}; give it with `--input URI=FILE`", all.join(", "))
}

/// What is wrong with the inputs of a run.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    None,
    OneByteAtATime,
    /// Reading fails after so many eighths.
    Breaks(usize),
    /// They end after so many eighths.
    Ends(usize),
    /// They cannot be opened.
    Refused(Status),
    /// Somebody stops the run while they are read.
    Stops,
}

#[derive(Clone)]
struct Bench<'a> {
    subject: &'a Subject<'a>,
    grant: Grant,
    request: String,
}

/// A run under some trouble.
struct Tried {
    result: Result<Outcome, Fault>,
    hash: String,
    missing: BTreeSet<String>,
    /// Whether the trouble came.
    came: bool,
    time: Duration,
}

impl<'a> Bench<'a> {
    fn new(subject: &'a Subject<'a>) -> Self {
        let asked = subject.inspection.manifest.permissions.inputs.iter();
        let urls = asked.filter(|input| input.contains("://")).cloned();
        let given = subject.inputs.keys().cloned();
        let inputs = subject.grant.inputs.iter().cloned().chain(urls).chain(given).collect();
        let grant = Grant { inputs, ..subject.grant.clone() };
        Self { subject, grant, request: format!("{{\"config\":{}}}", subject.config) }
    }

    fn run(&self, request: &str, trouble: Trouble) -> Tried {
        let cancel = Arc::new(AtomicBool::new(false));
        let came = Arc::new(AtomicBool::new(false));
        let mut broker = Replay {
            inputs: self.subject.inputs,
            trouble,
            missing: BTreeSet::new(),
            came: Arc::clone(&came),
            cancel: Arc::clone(&cancel),
        };
        let mut digest = Digest::default();
        let mut sink =
            |batch: RecordBatch| digest.push(&batch).map_err(|e| SinkError(e.to_string()));
        let (plugin, grant) = (self.subject.plugin, &self.grant);
        let run_it = Run { plugin, grant, request, input: None, cancel: &cancel };
        let start = Instant::now();
        let result = run(&run_it, &mut broker, &mut sink);
        let (hash, missing) = (digest.finish().0, broker.missing);
        Tried { result, hash, missing, came: came.load(Ordering::SeqCst), time: start.elapsed() }
    }

    fn with(&self, trouble: Trouble) -> Tried {
        self.run(&self.request, trouble)
    }

    fn file(&self) -> Check {
        let found = self.subject.inspection;
        let glibc = found.glibc.as_ref().map_or(String::new(), |v| format!(", glibc {v} or newer"));
        let good = format!("{}{glibc}, two exports, libc alone", found.platform);
        verdict("file", &found.problems, good)
    }

    /// A request that cannot be used ends in an error of the plugin's own, or is passed over.
    fn requests(&self) -> Check {
        // The host takes no request beyond a megabyte.
        let long = format!("{{\"config\":{{\"x\":\"{}\"}}}}", "y".repeat((1 << 20) - 32));
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let requests = [
            ("an empty request", ""),
            ("a broken request", "{\"config\":"),
            ("a list", "[]"),
            ("an unknown key", "{\"config\":{\"no such key\":1}}"),
            ("a text of a megabyte", long.as_str()),
            ("ten thousand lists in each other", deep.as_str()),
        ];
        let fault = |(name, request): &(&str, &str)| {
            misbehaved(&self.run(request, Trouble::None).result).map(|why| format!("{name}: {why}"))
        };
        let faults: Vec<String> = requests.iter().filter_map(fault).collect();
        verdict("requests", &faults, format!("{} odd requests end in order", requests.len()))
    }

    fn clean(&self) -> Result<Clean, String> {
        let Tried { result, hash, missing, time, .. } = self.with(Trouble::None);
        match result {
            Ok(outcome) => Ok(Clean { outcome, hash, time, missing }),
            Err(_) if !missing.is_empty() => Err(ask_for(&missing)),
            Err(fault) => Err(said(&fault)),
        }
    }

    fn again(&self, clean: &Clean) -> Check {
        match self.with(Trouble::None) {
            Tried { result: Err(fault), .. } => failed("determinism", said(&fault)),
            Tried { hash, .. } if hash == clean.hash => {
                passed("determinism", "the same rows of the same inputs")
            }
            Tried { hash, .. } => {
                failed("determinism", format!("sha256 {hash}, expected {}", clean.hash))
            }
        }
    }

    fn golden(&self, clean: &Clean) -> Check {
        match self.subject.golden {
            None => skipped("golden", format!("pin these rows with `--golden {}`", clean.hash)),
            Some(golden) if golden == clean.hash => passed("golden", "the rows are as pinned"),
            Some(golden) => failed("golden", format!("sha256 {}, expected {golden}", clean.hash)),
        }
    }

    fn short_reads(&self, clean: &Clean) -> Check {
        let name = "short reads";
        if !clean.reads() {
            return skipped(name, "it reads nothing to its end");
        }
        match self.with(Trouble::OneByteAtATime) {
            Tried { result: Err(fault), .. } => failed(name, said(&fault)),
            Tried { hash, .. } if hash != clean.hash => failed(name, "other rows"),
            _ => passed(name, "the same rows, one byte at a time"),
        }
    }

    /// A read that fails must not look like the end: fewer rows that look whole are wrong rows.
    fn broken(&self, clean: &Clean) -> Check {
        let name = "broken inputs";
        if !clean.reads() {
            return skipped(name, "it reads nothing to its end");
        }
        let fault = |eighths: usize| {
            let tried = self.with(Trouble::Breaks(eighths));
            let place = format!("after {eighths}/{BREAKS}");
            match &tried.result {
                Ok(_) if tried.came => Some(format!("{place}: it ended as if all were well")),
                result => misbehaved(result).map(|why| format!("{place}: {why}")),
            }
        };
        let faults: Vec<String> = (0..BREAKS).filter_map(fault).collect();
        verdict(name, &faults, format!("an error at each of {BREAKS} places is told"))
    }

    fn cut(&self, clean: &Clean) -> Check {
        let name = "cut inputs";
        if clean.outcome.inputs.is_empty() {
            return skipped(name, "it reads nothing");
        }
        let fault = |eighths: usize| {
            let result = self.with(Trouble::Ends(eighths)).result;
            misbehaved(&result).map(|why| format!("after {eighths}/{BREAKS}: {why}"))
        };
        let faults: Vec<String> = (0..BREAKS).filter_map(fault).collect();
        verdict(name, &faults, format!("an end at each of {BREAKS} places is borne"))
    }

    fn refused(&self, clean: &Clean) -> Check {
        use Status::{Auth, Denied, Io, NotFound, RateLimited};
        if clean.outcome.inputs.is_empty() {
            return skipped("refusals", "it reads nothing");
        }
        let all = [Auth, Denied, Io, NotFound, RateLimited];
        let fault = |status: &Status| {
            let result = self.with(Trouble::Refused(*status)).result;
            let told = match &result {
                Ok(_) => Some("it ended as if all were well".to_owned()),
                result => misbehaved(result),
            };
            told.map(|why| format!("{}: {why}", status.as_str()))
        };
        let faults: Vec<String> = all.iter().filter_map(fault).collect();
        verdict("refusals", &faults, format!("{} refusals are told", all.len()))
    }

    fn stopped(&self, clean: &Clean) -> Check {
        let name = "cancellation";
        if clean.outcome.inputs.is_empty() {
            return skipped(name, "it reads nothing while which it could be stopped");
        }
        let tried = self.with(Trouble::Stops);
        let time = tried.time.as_millis();
        match &tried.result {
            _ if tried.time > PATIENCE + clean.time => failed(name, format!("ended in {time} ms")),
            Err(fault) if fault.is_cancelled() => passed(name, format!("ended in {time} ms")),
            Ok(_) => skipped(name, "it ended first"),
            Err(fault) => failed(name, said(fault)),
        }
    }

    /// What needs most of its memory for a sample has none left for the whole.
    fn memory(&self, clean: &Clean) -> Check {
        let whole = self.grant.limits.memory_mb;
        let quarter = (whole / 4).max(1);
        let limits = Limits { memory_mb: quarter, ..self.grant.limits.clone() };
        let bench = Self { grant: Grant { limits, ..self.grant.clone() }, ..self.clone() };
        match bench.with(Trouble::None) {
            Tried { result: Ok(_), hash, .. } if hash == clean.hash => {
                passed("memory", format!("a quarter is enough: {quarter} of {whole} MiB"))
            }
            Tried { result: Ok(_), .. } => failed("memory", "other rows where memory is short"),
            Tried { result: Err(_), .. } => {
                skipped("memory", format!("it needs more than {quarter} of {whole} MiB"))
            }
        }
    }
}

fn said(fault: &Fault) -> String {
    match fault.log.trim() {
        "" => fault.message.clone(),
        log => format!("{} (it says `{}`)", fault.message, crate::manifest::shown(log)),
    }
}

/// Why an end is none in order: it ends well, or with an error that it tells itself.
fn misbehaved(result: &Result<Outcome, Fault>) -> Option<String> {
    match result {
        Ok(_) => None,
        Err(fault) => match fault.kind {
            FaultKind::Reported(status) if status != Status::Panic => None,
            _ => Some(said(fault)),
        },
    }
}

/// Gives the inputs that it was given, with some trouble.
struct Replay<'a> {
    inputs: &'a BTreeMap<String, Vec<u8>>,
    trouble: Trouble,
    missing: BTreeSet<String>,
    came: Arc<AtomicBool>,
    cancel: Arc<AtomicBool>,
}

impl Broker for Replay<'_> {
    fn open(&mut self, uri: &str, options: &InputOptions) -> Result<Answer, BrokerError> {
        let Some(bytes) = self.inputs.get(uri) else {
            self.missing.insert(uri.to_owned());
            return Err(BrokerError::new(Status::NotFound, format!("`{uri}` was not given")));
        };
        if let Trouble::Refused(status) = self.trouble {
            return Err(BrokerError::new(status, "refused by the test"));
        }
        let end = |last: Option<u64>| last.map_or(u64::MAX, |last| last.saturating_add(1));
        let (from, to) = options.range.map_or((0, u64::MAX), |(first, last)| (first, end(last)));
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
        let bytes = bytes.get(place(from)..place(to)).unwrap_or_default().to_vec();
        let stat = InputStat {
            status: uri.starts_with("http").then_some(200),
            length: Some(bytes.len() as u64),
            ..InputStat::default()
        };
        let (came, cancel) = (Arc::clone(&self.came), Arc::clone(&self.cancel));
        let body = Body { bytes, at: 0, trouble: self.trouble, came, cancel };
        Ok(Answer { body: Box::new(body), stat })
    }
}

struct Body {
    bytes: Vec<u8>,
    at: usize,
    trouble: Trouble,
    came: Arc<AtomicBool>,
    cancel: Arc<AtomicBool>,
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let place = |eighths: usize| self.bytes.len() * eighths / BREAKS;
        let end = match self.trouble {
            Trouble::Breaks(eighths) | Trouble::Ends(eighths) => place(eighths),
            _ => self.bytes.len(),
        };
        if self.at >= end {
            let breaks = matches!(self.trouble, Trouble::Breaks(_));
            self.came.store(breaks, Ordering::SeqCst);
            let told = || io::Error::other("broken off by the test");
            return if breaks { Err(told()) } else { Ok(0) };
        }
        if let Trouble::Stops = self.trouble {
            self.cancel.store(true, Ordering::SeqCst);
        }
        let most = if let Trouble::OneByteAtATime = self.trouble { 1 } else { buffer.len() };
        let count = most.min(buffer.len()).min(end - self.at);
        buffer[..count].copy_from_slice(&self.bytes[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}
