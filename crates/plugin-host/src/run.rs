//! One run of a plugin, seen from this side: a child, what it says and sends, and the verdict.

use crate::broker::{Answer, Broker, BrokerError, InputOptions};
use crate::decode::{Broken, Decoder, TEXTS};
use crate::fault::{Fault, FaultKind};
use crate::lines::Lines;
use crate::order::{Outcome, Probe, Probed, Run, Seen};
use crate::process::{Ended, Process, THREADS, named};
use crate::serve::{Ledger, Service};
use crate::wire::{Stage, Start, Up};
use crate::{Kind, Level, Limits, Plugin, Status, wire};
use haggle_evidence::{RecordBatch, Sink};
use haggle_plugin_api::Failure;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// How often it is looked whether the run was cancelled or takes too long.
const TICK: Duration = Duration::from_millis(20);
/// What a plugin has to end by itself once it was told to.
const GRACE: Duration = Duration::from_millis(250);
/// How often it is looked whether it has.
const LOOK: Duration = Duration::from_millis(1);
/// What a child has to be gone once it closed all that it speaks through.
const LEAVING: Duration = Duration::from_secs(10);
/// Events that wait at most; a batch may be large.
const WAITING: usize = 4;
/// Bytes of a request at most.
const REQUEST: usize = 1 << 20;

/// Something that happened beside.
pub(crate) enum Event {
    /// Observations, checked.
    Batch(RecordBatch),
    /// The data came to an end.
    Ended(Result<(), Broken>),
    /// The child said something.
    Said(Up),
    /// An input is asked for.
    Asked(Question),
    /// The input of a script could not be given to it.
    NoInput(BrokerError),
    /// What the child says makes no sense.
    Garbled(String),
    /// The child closed its end of the socket.
    Gone,
}

/// A granted input to be opened, and where the answer goes.
pub(crate) struct Question {
    pub(crate) uri: String,
    pub(crate) options: InputOptions,
    pub(crate) reply: SyncSender<Result<Answer, BrokerError>>,
}

/// Runs a plugin, or tries it in another way than a run does.
pub(crate) fn see(
    run: &Run<'_>,
    probe: Option<Probe>,
    broker: &mut dyn Broker,
    sink: &mut dyn Sink,
) -> Seen {
    let (events, happened) = sync_channel(WAITING);
    let ledger = Arc::new(Ledger::new());
    let mut watch = match Watch::start(run, probe, &ledger, events) {
        Ok(watch) => watch,
        Err(error) => {
            let result = Err(Fault::host("start a plugin", &error));
            return Seen { result, probed: None, deaf: false };
        }
    };
    let result = watch.follow(&happened, broker, sink);
    // Whoever still waits to tell something learns that nobody listens.
    drop(happened);
    let log = watch.process.finish();
    let result = match result {
        Ok(level) => Ok(Outcome { level, rows: watch.rows, inputs: ledger.records(), log }),
        Err(fault) => Err(Fault { log, ..fault }),
    };
    Seen { result, probed: watch.probed.take(), deaf: watch.deaf }
}

/// A run under way.
struct Watch<'a> {
    run: &'a Run<'a>,
    process: Process,
    socket: UnixStream,
    ledger: Arc<Ledger>,
    started: Instant,
    heard: Instant,
    level: Option<Level>,
    rows: u64,
    counted: Option<u64>,
    reported: Option<Fault>,
    ended: Option<Result<(), Broken>>,
    gone: bool,
    probed: Option<Probed>,
    deaf: bool,
}

impl<'a> Watch<'a> {
    fn start(
        run: &'a Run<'a>,
        probe: Option<Probe>,
        ledger: &Arc<Ledger>,
        events: SyncSender<Event>,
    ) -> io::Result<Self> {
        if run.request.len() > REQUEST {
            return Err(io::Error::other(format!("found a request beyond {REQUEST} bytes")));
        }
        let (process, socket, data) = Process::start(&run.grant.limits)?;
        let start = Start {
            kind: run.plugin.kind(),
            required: run.grant.level,
            limits: run.grant.limits.clone(),
            request: run.request.to_owned(),
            libraries: run.plugin.libraries().to_vec(),
            probe,
        };
        let mut to = socket.try_clone()?;
        wire::send(&mut to, &start)?;
        wire::send_bytes(&mut to, run.plugin.bytes())?;
        let service = Service::new(to, run.grant.clone(), ledger.clone(), events.clone());
        let (kind, input) = (run.plugin.kind(), run.input.map(str::to_owned));
        named("plugin socket", move || match kind {
            Kind::Library => service.serve(),
            Kind::Script => service.feed(input.as_deref()),
        })?;
        let limits = run.grant.limits.clone();
        named("plugin data", move || decode(data, kind, &limits, &events))?;
        let now = Instant::now();
        Ok(Self {
            run,
            process,
            socket,
            ledger: ledger.clone(),
            started: now,
            heard: now,
            level: None,
            rows: 0,
            counted: None,
            reported: None,
            ended: None,
            gone: false,
            probed: None,
            deaf: false,
        })
    }

    /// Takes events until the child is gone and its data have ended, then judges.
    fn follow(
        &mut self,
        happened: &Receiver<Event>,
        broker: &mut dyn Broker,
        sink: &mut dyn Sink,
    ) -> Result<Level, Fault> {
        while !(self.gone && self.ended.is_some()) {
            match happened.recv_timeout(TICK) {
                Ok(event) => {
                    self.take(event, broker, sink)?;
                    self.heard = Instant::now();
                }
                Err(RecvTimeoutError::Timeout) => {}
                // Both threads said that they ended before they did.
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.in_time(happened)?;
        }
        self.judge()
    }

    fn take(
        &mut self,
        event: Event,
        broker: &mut dyn Broker,
        sink: &mut dyn Sink,
    ) -> Result<(), Fault> {
        match event {
            Event::Batch(batch) => return self.batch(batch, sink),
            Event::Ended(Err(Broken::Data(problem))) => return Err(self.data(&problem)),
            Event::Ended(Err(Broken::TooLong)) => return Err(self.too_long(1, "")),
            Event::Ended(Err(Broken::Texts)) => {
                return Err(self.too_long(TEXTS, " of new texts"));
            }
            Event::Ended(result) => self.ended = Some(result),
            Event::Said(said) => return self.said(said),
            Event::Asked(question) => {
                let Question { uri, options, reply } = question;
                // The child may be gone by now, which another event tells.
                let _ = reply.send(broker.open(&uri, &options));
            }
            Event::NoInput(error) => {
                let kind = FaultKind::Reported(error.status);
                let text = format!("its input could not be read: {error}");
                return Err(self.fault(kind, &text, "see whether the input is there and granted"));
            }
            Event::Garbled(problem) => {
                let text = format!("what it asks makes no sense: {problem}");
                return Err(self.fault(FaultKind::Data, &text, AUTHOR));
            }
            Event::Gone => self.gone = true,
        }
        Ok(())
    }

    fn said(&mut self, said: Up) -> Result<(), Fault> {
        match said {
            // Only the first is said before anything of the plugin is there.
            Up::Confined { level, lacks } if self.level.is_none() => {
                self.level = Some(level);
                let required = self.run.grant.level;
                if !required.allows(level) {
                    return Err(self.unconfined(level, required, lacks.as_deref()));
                }
            }
            Up::Log { level, text } => self.process.note(level, &text),
            Up::Probed(probed) => self.probed = Some(probed),
            Up::Done { rows } => self.counted = Some(rows),
            Up::Failed { stage, status, message, .. } => {
                let failure = Failure::new(Status::from_code(status), message);
                let fault = match (stage, self.level) {
                    // Nothing of the plugin was there yet.
                    (Stage::Confine, None) => Fault::host("confine a plugin", &failure.message),
                    _ => reported(self.run.plugin, stage, &failure),
                };
                self.reported.get_or_insert(fault);
            }
            _ => {}
        }
        Ok(())
    }

    fn batch(&mut self, batch: RecordBatch, sink: &mut dyn Sink) -> Result<(), Fault> {
        let most = self.run.grant.limits.rows;
        self.rows += batch.num_rows() as u64;
        if self.rows > most {
            let text = format!("it states more than {most} rows");
            return Err(self.fault(FaultKind::Rows, &text, &raise("rows")));
        }
        sink.accept(batch).map_err(|error| {
            self.fault(FaultKind::Sink, &error.to_string(), "nothing of this run was kept")
        })
    }

    /// Whether it is cancelled, or takes longer than it may.
    fn in_time(&mut self, happened: &Receiver<Event>) -> Result<(), Fault> {
        let Limits { wall_seconds, idle_seconds, .. } = self.run.grant.limits;
        if self.run.cancel.load(Ordering::Relaxed) {
            self.let_end(happened);
            return Err(self.fault(FaultKind::Cancelled, "cancelled", "nothing of it was kept"));
        }
        if let Some(threads) = self.process.crowd() {
            return Err(self.crowded(threads));
        }
        if self.started.elapsed() > Duration::from_secs(wall_seconds) {
            let text = format!("it was still running after {wall_seconds} seconds");
            return Err(self.fault(FaultKind::Wall, &text, &raise("wall_s")));
        }
        let idle = self.heard.elapsed().min(self.ledger.idle());
        if idle > Duration::from_secs(idle_seconds) {
            let text = format!("it did nothing for {idle_seconds} seconds");
            return Err(self.fault(FaultKind::Idle, &text, &raise("idle_s")));
        }
        Ok(())
    }

    /// Tells a library to end, and waits a moment whether it does.
    fn let_end(&mut self, happened: &Receiver<Event>) {
        if self.run.plugin.kind() == Kind::Library {
            // A socket that is closed already says the same.
            let _ = self.socket.shutdown(std::net::Shutdown::Write);
            let told = Instant::now();
            let mut gone = false;
            while !gone && told.elapsed() < GRACE {
                gone = self.process.ended(LOOK).is_some();
                // What it still sends is nobody's, and it must not wait for us to take it.
                while happened.try_recv().is_ok() {}
            }
            self.deaf = !gone;
        }
    }

    /// The end of a child that is gone: what it said, how it ended, and whether its data did.
    fn judge(&mut self) -> Result<Level, Fault> {
        let ended = self.process.ended(LEAVING);
        if let Some(threads) = self.process.crowd() {
            return Err(self.crowded(threads));
        }
        if let Some(fault) = self.reported.take() {
            return Err(fault);
        }
        let Some(level) = self.level else {
            return Err(Fault::host("start a plugin", &format!("its process ended: {ended:?}")));
        };
        match ended {
            Some(Ended::Code(0)) => self.complete(level),
            Some(Ended::Code(code)) => {
                let (words, help) = match self.run.plugin.kind() {
                    Kind::Library => (", without a word", AUTHOR),
                    Kind::Script => ("", "see what it says; nothing of it was kept"),
                };
                let text = format!("it ended with exit code {code}{words}");
                Err(self.fault(FaultKind::Exit(code), &text, help))
            }
            Some(Ended::Signal(signal)) => Err(self.signalled(signal)),
            None => {
                let text = format!("it had nothing more to say, and was there {LEAVING:?} later");
                Err(self.fault(FaultKind::Idle, &text, AUTHOR))
            }
        }
    }

    fn complete(&self, level: Level) -> Result<Level, Fault> {
        let unfinished = |text: &str| Err(self.fault(FaultKind::Unfinished, text, AUTHOR));
        match (&self.ended, self.counted, self.run.plugin.kind()) {
            (Some(Err(Broken::Io(problem))), ..) => {
                Err(Fault::host("read what a plugin sends", problem))
            }
            (Some(Ok(())), _, Kind::Script) => Ok(level),
            (Some(Ok(())), Some(rows), _) if rows == self.rows => Ok(level),
            (Some(Ok(())), Some(rows), _) => {
                unfinished(&format!("it counted {rows} rows, and {} came", self.rows))
            }
            (Some(Ok(())), None, _) => unfinished("it ended without saying that it was done"),
            _ => unfinished("it ended with exit code 0, but before the end of its data"),
        }
    }

    fn fault(&self, kind: FaultKind, text: &str, help: &str) -> Fault {
        Fault::new(kind, format!("plugin `{}`: {text}", self.run.plugin.name()), help)
    }

    fn data(&self, problem: &str) -> Fault {
        let text = format!("what it sends are no observations: {problem}");
        self.fault(FaultKind::Data, &text, AUTHOR)
    }

    fn crowded(&self, threads: u64) -> Fault {
        let text = format!("found {threads} threads of it, expected at most {THREADS}");
        self.fault(FaultKind::Threads, &text, AUTHOR)
    }

    /// It sends more of something than its part of all that it may send.
    fn too_long(&self, part: u64, of: &str) -> Fault {
        let most = self.run.grant.limits.output_mb as f64 / part as f64;
        let text = format!("it sends more than {most} MB{of}");
        self.fault(FaultKind::Output, &text, &raise("output_mb"))
    }

    fn unconfined(&self, found: Level, required: Level, lacks: Option<&str>) -> Fault {
        let lacks = lacks.map_or(String::new(), |lacks| format!(" ({lacks})"));
        let text =
            format!("found confinement `{found}` on this machine, expected `{required}`{lacks}");
        let help =
            "`haggle doctor` shows what this machine offers; a lower level has to be granted";
        self.fault(FaultKind::Confinement { found, required }, &text, help)
    }

    fn signalled(&self, signal: i32) -> Fault {
        let memory = self.run.grant.limits.memory_mb;
        let text = format!("it was ended by signal {signal}{}", meaning(signal));
        let help = format!(
            "tell its author; if it ran out of memory (it may use {memory} MB), {}",
            raise("memory_mb")
        );
        self.fault(FaultKind::Signal(signal), &text, &help)
    }
}

const AUTHOR: &str = "this is a mistake of the plugin, so tell its author; nothing of it was kept";

fn raise(limit: &str) -> String {
    format!("raise `{limit}` in its grant if it is right to do so")
}

fn meaning(signal: i32) -> &'static str {
    match signal {
        libc::SIGSEGV => " (it used memory that is not its own)",
        libc::SIGBUS => " (it used memory that is not there)",
        libc::SIGABRT => " (it gave up, as on a failed allocation or a panic nobody caught)",
        libc::SIGILL | libc::SIGTRAP => " (it ran into code that is none)",
        libc::SIGFPE => " (it divided by zero)",
        libc::SIGXCPU | libc::SIGKILL => " (somebody ended it, perhaps for want of memory)",
        libc::SIGSYS => " (it made a system call that is forbidden)",
        libc::SIGXFSZ => " (it wrote a file)",
        _ => "",
    }
}

/// What a child reported of itself or of its plugin.
fn reported(plugin: &Plugin, stage: Stage, failure: &Failure) -> Fault {
    let name = plugin.name();
    let Failure { status, message, .. } = failure;
    let (kind, text, help) = match stage {
        Stage::Confine => {
            let text = format!("it cannot be begun: {message}");
            (FaultKind::Reported(Status::Internal), text, AUTHOR)
        }
        Stage::Load if *status == Status::Internal => {
            let text = format!("it cannot be loaded: {message}");
            (FaultKind::Load, text, "`haggle plugin inspect` shows what it needs")
        }
        Stage::Data => {
            let text = format!("what it gives are no observations: {message}");
            (FaultKind::Data, text, AUTHOR)
        }
        _ => {
            let text = format!("{}: {message}", status.as_str());
            (FaultKind::Reported(*status), text, way_out(*status))
        }
    };
    Fault::new(kind, format!("plugin `{name}`: {text}"), help)
}

fn way_out(status: Status) -> &'static str {
    match status {
        Status::Config => "correct its `config`",
        Status::NotFound | Status::Io => "see whether the source is there",
        Status::Auth => "see whether the secret is set and granted",
        Status::Denied => "`haggle plugin add` shows what it asks for and grants it",
        Status::RateLimited => "try again later",
        Status::Cancelled => "nothing of it was kept",
        Status::Abi => "get a version of the plugin for this version of the interface",
        Status::Data => "look at what it read, at the place that it names",
        Status::Internal | Status::Panic => AUTHOR,
    }
}

/// Reads the data of a child to their end, checks them and passes them on.
fn decode(data: impl Read, kind: Kind, limits: &Limits, events: &SyncSender<Event>) {
    let limit = limits.output_mb.saturating_mul(1 << 20);
    let result = match kind {
        Kind::Library => Decoder::new(data, limit, true).and_then(|d| batches(d, events)),
        Kind::Script => script(BufReader::with_capacity(1 << 16, data), limit, events),
    };
    // Nobody listens any longer if the run is over.
    let _ = events.send(Event::Ended(result));
}

/// A script writes Arrow IPC, which begins with a marker, or lines.
fn script(mut data: impl BufRead, limit: u64, events: &SyncSender<Event>) -> Result<(), Broken> {
    if data.fill_buf()?.first() == Some(&0xff) {
        return batches(Decoder::new(data, limit, false)?, events);
    }
    let mut lines = Lines::new(data, limit);
    while let Some(batch) = lines.next()? {
        if events.send(Event::Batch(batch)).is_err() {
            break;
        }
    }
    Ok(())
}

fn batches(mut data: Decoder<impl Read>, events: &SyncSender<Event>) -> Result<(), Broken> {
    while let Some(batch) = data.next()? {
        if events.send(Event::Batch(batch)).is_err() {
            break;
        }
    }
    Ok(())
}
