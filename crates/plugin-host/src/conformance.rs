//! The conformance kit: holds a plugin to everything that the interface demands, on inputs that are
//! given to it and nothing else.

use crate::digest::Digest;
use crate::inspect::{EXPORTS, Inspection};
use crate::order::{Probe, Probed, Seen};
use crate::run::see;
use crate::{
    Answer, Broker, BrokerError, Fault, FaultKind, Grant, InputOptions, InputStat, Kind, Limits,
    Outcome, Plugin, Run, Status,
};
use haggle_evidence::{RecordBatch, SinkError};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How long a read waits for the host to have told the plugin that the run is cancelled.
const WAITS: Duration = Duration::from_millis(100);
/// In so many pieces an input is read where its place counts.
const PIECES: usize = 8;
/// Steps that are made to fail at most, evenly taken; a step is an opening or a read.
const STEPS: usize = 48;
/// Inputs whose opening is refused at most, the first ones.
const OPENINGS: usize = 4;
/// Runs in one process at most, and what they may take together.
const ROUNDS: (u32, Duration) = (64, Duration::from_secs(10));
/// Fewer than so many say nothing.
const FEWEST: u32 = 8;

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

/// Tests a plugin: the file, a run, requests, inputs, ends. A script has no more of the interface
/// than its standard input and output, so it is held to less.
pub fn test(subject: &Subject<'_>) -> Vec<Check> {
    let bench = Bench::new(subject);
    let mut checks = vec![bench.file()];
    if subject.plugin.kind() == Kind::Library {
        checks.push(bench.requests());
    }
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
    checks.extend([bench.refused(&clean), bench.memory(&clean)]);
    if subject.plugin.kind() == Kind::Library {
        checks.extend([bench.stopped(&clean), bench.interface(), bench.ends(&clean)]);
        checks.extend([bench.early(), bench.growth(&clean)]);
    }
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
    /// Steps that are made to fail, if it reads anything to its end.
    steps: Vec<usize>,
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
    /// This step fails, and every later read of the same input.
    Breaks(usize),
    /// They end after so many pieces.
    Ends(usize),
    /// The opening of this number is refused.
    Refused(Status, usize),
    /// Somebody stops the run while they are read.
    Stops,
    /// Somebody stops the run when the first rows have come.
    StopsAtRows,
}

/// What becomes of a trouble, shared by all inputs of a run.
#[derive(Debug, Default)]
struct Course {
    cancel: AtomicBool,
    /// Whether the trouble came.
    came: AtomicBool,
    steps: AtomicUsize,
    openings: AtomicUsize,
}

impl Course {
    /// Whether this step is the one that fails.
    fn fails(&self, trouble: Trouble) -> bool {
        let step = self.steps.fetch_add(1, Ordering::SeqCst);
        let fails = matches!(trouble, Trouble::Breaks(at) if at == step);
        self.came.fetch_or(fails, Ordering::SeqCst);
        fails
    }
}

const BROKEN: &str = "broken off by the test";

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
    steps: usize,
    probed: Option<Probed>,
    /// Whether it was told to end and did not.
    deaf: bool,
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

    fn run(&self, request: &str, trouble: Trouble, probe: Option<Probe>) -> Tried {
        let course = Arc::new(Course::default());
        let (inputs, missing) = (self.subject.inputs, BTreeSet::new());
        let mut broker = Replay { inputs, trouble, missing, course: Arc::clone(&course) };
        let mut digest = Digest::default();
        let mut sink = |batch: RecordBatch| {
            let stops = matches!(trouble, Trouble::StopsAtRows);
            course.cancel.fetch_or(stops, Ordering::SeqCst);
            digest.push(&batch).map_err(|e| SinkError(e.to_string()))
        };
        let (plugin, grant) = (self.subject.plugin, &self.grant);
        let script = plugin.kind() == Kind::Script;
        let input = inputs.keys().next().filter(|_| script).map(String::as_str);
        let run = Run { plugin, grant, request, input, cancel: &course.cancel };
        let start = Instant::now();
        let Seen { result, probed, deaf } = see(&run, probe, &mut broker, &mut sink);
        let (hash, missing, time) = (digest.finish().0, broker.missing, start.elapsed());
        let came = course.came.load(Ordering::SeqCst);
        let steps = course.steps.load(Ordering::SeqCst);
        Tried { result, hash, missing, came, steps, probed, deaf, time }
    }

    fn with(&self, trouble: Trouble) -> Tried {
        self.run(&self.request, trouble, None)
    }

    /// Why an end is none in order: it ends well, or with an error that it tells itself.
    fn misbehaved(&self, result: &Result<Outcome, Fault>) -> Option<String> {
        let script = self.subject.plugin.kind() == Kind::Script;
        match result {
            Ok(_) => None,
            Err(fault) => match fault.kind {
                FaultKind::Reported(status) if status != Status::Panic => None,
                // A script has no other way to say so, and what makes no row is seen here.
                FaultKind::Exit(_) | FaultKind::Data if script => None,
                _ => Some(said(fault)),
            },
        }
    }

    /// What a probe finds wrong, or what it has seen.
    fn probe(&self, probe: Probe, trouble: Trouble) -> Result<String, String> {
        let Tried { result, probed, .. } = self.run(&self.request, trouble, Some(probe));
        match (self.misbehaved(&result), probed) {
            (Some(why), _) => Err(why),
            (None, Some(probed)) if probed.faults.is_empty() => Ok(probed.seen),
            (None, Some(probed)) => Err(probed.faults.join("; ")),
            // It said itself that it could not begin, which under a trouble is in order.
            (None, None) => match (trouble, result) {
                (Trouble::None, Err(fault)) => Err(said(&fault)),
                _ => Ok("an error".to_owned()),
            },
        }
    }

    fn file(&self) -> Check {
        let found = self.subject.inspection;
        let glibc = found.glibc.as_ref().map_or(String::new(), |v| format!(", glibc {v} or newer"));
        let good = match &found.interpreter {
            Some(interpreter) => format!("a script, run by {interpreter}"),
            None => format!("{}{glibc}, two exports, libc alone", found.platform),
        };
        let mut problems = found.problems.clone();
        problems.extend(others(&found.exports));
        verdict("file", &problems, good)
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
            let tried = self.run(request, Trouble::None, None);
            self.misbehaved(&tried.result).map(|why| format!("{name}: {why}"))
        };
        let faults: Vec<String> = requests.iter().filter_map(fault).collect();
        verdict("requests", &faults, format!("{} odd requests end in order", requests.len()))
    }

    fn clean(&self) -> Result<Clean, String> {
        let asks = &self.subject.inspection.manifest.permissions.inputs;
        // A script opens nothing, so it cannot be seen asking.
        if self.subject.plugin.kind() == Kind::Script && self.subject.inputs.is_empty() {
            let asks: BTreeSet<String> = asks.iter().cloned().collect();
            return if asks.is_empty() { self.cleaned() } else { Err(ask_for(&asks)) };
        }
        self.cleaned()
    }

    fn cleaned(&self) -> Result<Clean, String> {
        let Tried { result, hash, missing, time, .. } = self.with(Trouble::None);
        match result {
            Ok(outcome) => {
                let clean = Clean { outcome, hash, time, missing, steps: Vec::new() };
                let steps = if clean.reads() { self.steps() } else { Vec::new() };
                Ok(Clean { steps, ..clean })
            }
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
        let steps = &clean.steps;
        let fault = |step: &usize| {
            let tried = self.with(Trouble::Breaks(*step));
            let place = format!("at step {}", step + 1);
            match &tried.result {
                Ok(_) if tried.came => Some(format!("{place}: it ended as if all were well")),
                result => self.misbehaved(result).map(|why| format!("{place}: {why}")),
            }
        };
        let faults: Vec<String> = steps.iter().filter_map(fault).collect();
        verdict(name, &faults, format!("an error at each of {} steps is told", steps.len()))
    }

    /// The steps of a run in pieces, evenly taken if they are many, the last one among them.
    fn steps(&self) -> Vec<usize> {
        let all = self.with(Trouble::Breaks(usize::MAX)).steps;
        let taken = all.min(STEPS);
        (1..=taken).map(|i| i * all / taken - 1).collect()
    }

    fn cut(&self, clean: &Clean) -> Check {
        let name = "cut inputs";
        if clean.outcome.inputs.is_empty() {
            return skipped(name, "it reads nothing");
        }
        let fault = |pieces: usize| {
            let result = self.with(Trouble::Ends(pieces)).result;
            self.misbehaved(&result).map(|why| format!("after {pieces}/{PIECES}: {why}"))
        };
        let faults: Vec<String> = (0..PIECES).filter_map(fault).collect();
        verdict(name, &faults, format!("an end at each of {PIECES} places is borne"))
    }

    fn refused(&self, clean: &Clean) -> Check {
        use Status::{Auth, Denied, Io, NotFound, RateLimited};
        if clean.outcome.inputs.is_empty() {
            return skipped("refusals", "it reads nothing");
        }
        let openings = 0..clean.outcome.inputs.len().min(OPENINGS);
        let statuses = [Auth, Denied, Io, NotFound, RateLimited];
        let all: Vec<(usize, Status)> =
            openings.flat_map(|at| statuses.map(|status| (at, status))).collect();
        let fault = |(at, status): &(usize, Status)| {
            let tried = self.with(Trouble::Refused(*status, *at));
            let told = match &tried.result {
                Ok(_) if tried.came => Some("it ended as if all were well".to_owned()),
                result => self.misbehaved(result),
            };
            told.map(|why| format!("input {}, {}: {why}", at + 1, status.as_str()))
        };
        let faults: Vec<String> = all.iter().filter_map(fault).collect();
        verdict("refusals", &faults, format!("{} refusals are told", all.len()))
    }

    /// A run is cancelled while an input is read, and when the first rows have come.
    fn stopped(&self, clean: &Clean) -> Check {
        let reading = (!clean.outcome.inputs.is_empty()).then_some(Trouble::Stops);
        let places = [("while it reads", reading), ("at its rows", Some(Trouble::StopsAtRows))];
        let fault = |(place, trouble): (&str, Option<Trouble>)| {
            let tried = self.with(trouble?);
            match &tried.result {
                _ if tried.deaf => Some(format!("{place}: it goes on, and had to be killed")),
                Err(fault) if fault.is_cancelled() => None,
                result => self.misbehaved(result).map(|why| format!("{place}: {why}")),
            }
        };
        let faults: Vec<String> = places.into_iter().filter_map(fault).collect();
        verdict("cancellation", &faults, "it ends by itself when it is told to".to_owned())
    }

    fn interface(&self) -> Check {
        let probes = [Probe::Major, Probe::Minor];
        let faults = probes.map(|probe| self.probe(probe, Trouble::None).err());
        let faults: Vec<String> = faults.into_iter().flatten().collect();
        let good = "it refuses a host of another major, and takes one of a later minor";
        verdict("interface", &faults, good.to_owned())
    }

    /// A stream stays at its end, and after an error it stays an error, wherever that came.
    fn ends(&self, clean: &Clean) -> Check {
        let steps = &clean.steps;
        let broken = steps.iter().map(|step| Trouble::Breaks(*step));
        let troubles = [Trouble::None].into_iter().chain(broken);
        let found = troubles.map(|trouble| self.probe(Probe::Ends, trouble));
        let mut faults: Vec<String> = found.filter_map(Result::err).collect();
        faults.dedup();
        let errors = steps.len();
        verdict("ends", &faults, format!("the end stays the end, and {errors} errors stay errors"))
    }

    fn early(&self) -> Check {
        let faults: Vec<String> =
            self.probe(Probe::Early, Trouble::None).err().into_iter().collect();
        let good = "it bears to be released before its end, and its rows outlive their stream";
        verdict("early release", &faults, good.to_owned())
    }

    /// Memory that stays behind in each of many runs is missing in the end.
    fn growth(&self, clean: &Clean) -> Check {
        let name = "growth";
        let (most, together) = ROUNDS;
        let fit = together.as_millis() / clean.time.as_millis().max(1);
        let rounds = u32::try_from(fit).unwrap_or(most).min(most);
        if rounds < FEWEST {
            return skipped(name, format!("a run takes too long for {FEWEST} of them"));
        }
        match self.probe(Probe::Again(rounds), Trouble::None) {
            Ok(seen) => passed(name, seen),
            Err(why) => failed(name, why),
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

/// What a library offers beside the two that are asked for; linkers add some names with `_` in front.
fn others(exports: &[String]) -> Option<String> {
    let other = |name: &&String| !name.starts_with('_') && !EXPORTS.contains(&name.as_str());
    let others: Vec<&str> = exports.iter().filter(other).map(String::as_str).collect();
    (!others.is_empty()).then(|| {
        format!("found the exports {} beside the two, expected `static`", others.join(", "))
    })
}

fn said(fault: &Fault) -> String {
    match fault.log.trim() {
        "" => fault.message.clone(),
        log => format!("{} (it says `{}`)", fault.message, crate::manifest::shown(log)),
    }
}

/// Gives the inputs that it was given, with some trouble.
struct Replay<'a> {
    inputs: &'a BTreeMap<String, Vec<u8>>,
    trouble: Trouble,
    missing: BTreeSet<String>,
    course: Arc<Course>,
}

impl Broker for Replay<'_> {
    fn open(&mut self, uri: &str, options: &InputOptions) -> Result<Answer, BrokerError> {
        let Some(bytes) = self.inputs.get(uri) else {
            self.missing.insert(uri.to_owned());
            return Err(BrokerError::new(Status::NotFound, format!("`{uri}` was not given")));
        };
        let opening = self.course.openings.fetch_add(1, Ordering::SeqCst);
        if let Trouble::Refused(status, at) = self.trouble
            && at == opening
        {
            self.course.came.store(true, Ordering::SeqCst);
            return Err(BrokerError::new(status, "refused by the test"));
        }
        if self.course.fails(self.trouble) {
            return Err(BrokerError::new(Status::Io, BROKEN));
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
        let course = Arc::clone(&self.course);
        let body = Body { bytes, at: 0, trouble: self.trouble, broken: false, course };
        Ok(Answer { body: Box::new(body), stat })
    }
}

struct Body {
    bytes: Vec<u8>,
    at: usize,
    trouble: Trouble,
    broken: bool,
    course: Arc<Course>,
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.broken |= self.course.fails(self.trouble);
        if self.broken {
            return Err(io::Error::other(BROKEN));
        }
        let (end, most) = match self.trouble {
            Trouble::Ends(pieces) => (self.bytes.len() * pieces / PIECES, buffer.len()),
            Trouble::Breaks(_) => (self.bytes.len(), self.bytes.len().div_ceil(PIECES)),
            Trouble::OneByteAtATime => (self.bytes.len(), 1),
            _ => (self.bytes.len(), buffer.len()),
        };
        if let Trouble::Stops = self.trouble
            && !self.course.cancel.swap(true, Ordering::SeqCst)
        {
            thread::sleep(WAITS);
        }
        let count = most.min(buffer.len()).min(end - self.at);
        buffer[..count].copy_from_slice(&self.bytes[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}
