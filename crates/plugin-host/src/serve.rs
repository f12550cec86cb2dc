//! Beside a run: answers what the child asks, hands out inputs byte by byte, and keeps account.

use crate::broker::{Answer, BrokerError, InputOptions, InputRecord, InputStat};
use crate::plugin::hex;
use crate::run::{Event, Question};
use crate::wire::{self, CHUNK, Down, MESSAGE_LIMIT, Up};
use crate::{Grant, Status};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Inputs that are open at one time at most.
const OPEN: usize = 64;
/// Inputs that are opened in one run at most.
const OPENED: usize = 100_000;

/// Bytes of an address at most; each that was opened is kept.
const ADDRESS: usize = 8 << 10;

/// Headers of a question at most.
const HEADERS: usize = 32;
/// Bytes of one at most, with its name.
const HEADER: usize = 8 << 10;
/// Secrets in one at most.
const SECRETS: usize = 4;

/// What a plugin saw of its inputs, shared with the run.
pub(crate) struct Ledger {
    seen: Mutex<Vec<Seen>>,
    begun: Instant,
    /// Milliseconds from the beginning to when an input was last read, or [`WAITING`].
    read: AtomicU64,
}

/// An input is being waited for.
const WAITING: u64 = u64::MAX;

struct Seen {
    uri: String,
    options: InputOptions,
    /// Its length, if that is known.
    length: Option<u64>,
    bytes: u64,
    hash: Sha256,
    complete: bool,
}

impl Ledger {
    pub(crate) fn new() -> Self {
        Self { seen: Mutex::default(), begun: Instant::now(), read: AtomicU64::new(0) }
    }

    /// For how long no input was read; nothing while one is being waited for, since then it is not
    /// the plugin that is idle.
    pub(crate) fn idle(&self) -> Duration {
        let read = self.read.load(Ordering::SeqCst);
        match read {
            WAITING => Duration::ZERO,
            read => self.begun.elapsed().saturating_sub(Duration::from_millis(read)),
        }
    }

    /// Waits for an input.
    fn waiting<T>(&self, wait: impl FnOnce() -> T) -> T {
        self.read.store(WAITING, Ordering::SeqCst);
        let result = wait();
        self.read.store(self.begun.elapsed().as_millis() as u64, Ordering::SeqCst);
        result
    }

    fn with<T>(&self, use_it: impl FnOnce(&mut Vec<Seen>) -> T) -> T {
        use_it(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The records, in the order of opening.
    pub(crate) fn records(&self) -> Vec<InputRecord> {
        let record = |seen: &Seen| InputRecord {
            uri: seen.uri.clone(),
            bytes: seen.bytes,
            sha256: hex(&seen.hash.clone().finalize()),
            complete: seen.complete,
            options: seen.options.clone(),
        };
        self.with(|seen| seen.iter().map(record).collect())
    }

    fn begin(&self, uri: &str, options: InputOptions, length: Option<u64>) -> usize {
        self.with(|seen| {
            let (uri, hash) = (uri.to_owned(), Sha256::new());
            seen.push(Seen { uri, options, length, bytes: 0, hash, complete: false });
            seen.len() - 1
        })
    }

    fn add(&self, place: usize, bytes: &[u8]) {
        self.with(|seen| {
            let seen = &mut seen[place];
            seen.bytes += bytes.len() as u64;
            seen.hash.update(bytes);
            seen.complete |= bytes.is_empty() || seen.length == Some(seen.bytes);
        });
    }
}

struct Open {
    body: Box<dyn Read + Send>,
    stat: InputStat,
    place: usize,
}

/// One side of the socket, on a thread of its own.
pub(crate) struct Service {
    pub(crate) socket: UnixStream,
    pub(crate) grant: Grant,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) events: SyncSender<Event>,
    open: BTreeMap<u64, Open>,
    next: u64,
    left: u64,
}

impl Service {
    pub(crate) fn new(
        socket: UnixStream,
        grant: Grant,
        ledger: Arc<Ledger>,
        events: SyncSender<Event>,
    ) -> Self {
        let left = grant.limits.input_mb.saturating_mul(1 << 20);
        Self { socket, grant, ledger, events, open: BTreeMap::new(), next: 1, left }
    }

    /// Answers a library until it is gone.
    pub(crate) fn serve(mut self) {
        let end = loop {
            match wire::receive(&mut self.socket, MESSAGE_LIMIT) {
                Ok(None) => break Event::Gone,
                Ok(Some(message)) => match message.parse().and_then(|said| self.answer(said)) {
                    Ok(()) => {}
                    Err(error) => break gone_or(&error),
                },
                Err(error) => break gone_or(&error),
            }
        };
        // Nobody listens any longer if the run is over.
        let _ = self.events.send(end);
    }

    /// Gives a script its input, if it has one, and waits until it is gone.
    pub(crate) fn feed(mut self, input: Option<&str>) {
        if let Ok(Some(message)) = wire::receive(&mut self.socket, MESSAGE_LIMIT)
            && let Ok(said) = message.parse::<Up>()
        {
            let _ = self.events.send(Event::Said(said));
            if let Err(error) = input.map_or(Ok(()), |uri| self.pour(uri)) {
                let _ = self.events.send(Event::NoInput(error));
            }
            let _ = self.socket.shutdown(Shutdown::Write);
        }
        // Whatever it writes to its own input is nobody's; what counts is its end.
        let _ = io::copy(&mut self.socket, &mut io::sink());
        let _ = self.events.send(Event::Gone);
    }

    fn pour(&mut self, uri: &str) -> Result<(), BrokerError> {
        let handle = self.open(uri, "")?;
        loop {
            let bytes = self.read(handle, CHUNK)?;
            if bytes.is_empty() || self.socket.write_all(&bytes).is_err() {
                return Ok(());
            }
        }
    }

    fn answer(&mut self, said: Up) -> io::Result<()> {
        let answer = match said {
            Up::Open { uri, options } => {
                self.open(&uri, &options).map(|handle| Down::Opened { handle })
            }
            Up::Stat { handle } => self.stat(handle).map(Down::Stat),
            Up::Read { handle, most } => match self.read(handle, most.min(CHUNK)) {
                Ok(bytes) => return wire::send_bytes(&mut self.socket, &bytes),
                Err(error) => Err(error),
            },
            Up::Close { handle } => {
                self.open.remove(&handle);
                return Ok(());
            }
            said => return self.pass(Event::Said(said)),
        };
        wire::send(&mut self.socket, &answer.unwrap_or_else(|error| failed(&error)))
    }

    fn pass(&self, event: Event) -> io::Result<()> {
        self.events.send(event).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn open(&mut self, uri: &str, options: &str) -> Result<u64, BrokerError> {
        let options = allowed(&self.grant, uri, options)?;
        if self.open.len() >= OPEN || self.next as usize > OPENED {
            let most = format!("at most {OPEN} inputs are open at a time, and {OPENED} in all");
            return Err(BrokerError::new(Status::Denied, most));
        }
        let Answer { body, stat } = self.ask(uri, options.clone())?;
        let place = self.ledger.begin(uri, options, stat.length);
        let handle = self.next;
        self.next += 1;
        self.open.insert(handle, Open { body, stat, place });
        Ok(handle)
    }

    /// The caller's broker is on the run's own thread.
    fn ask(&self, uri: &str, options: InputOptions) -> Result<Answer, BrokerError> {
        let over = || BrokerError::new(Status::Cancelled, "the run is over");
        let (reply, answer) = sync_channel(1);
        let question = Question { uri: uri.to_owned(), options, reply };
        self.pass(Event::Asked(question)).map_err(|_| over())?;
        answer.recv().map_err(|_| over())?
    }

    fn stat(&self, handle: u64) -> Result<InputStat, BrokerError> {
        self.open.get(&handle).map(|open| open.stat.clone()).ok_or_else(|| no_handle(handle))
    }

    fn read(&mut self, handle: u64, most: usize) -> Result<Vec<u8>, BrokerError> {
        let open = self.open.get_mut(&handle).ok_or_else(|| no_handle(handle))?;
        let mut bytes = vec![0; most];
        let read = self.ledger.waiting(|| read_some(&mut open.body, &mut bytes));
        bytes.truncate(read.map_err(|e| BrokerError::new(Status::Io, e.to_string()))?);
        let beyond = || BrokerError::new(Status::Denied, "it has read as much as it may");
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or_else(beyond)?;
        if most > 0 {
            self.ledger.add(open.place, &bytes);
        }
        Ok(bytes)
    }
}

/// Reads as much as is at hand; an interruption is not an error.
fn read_some(body: &mut dyn Read, bytes: &mut [u8]) -> io::Result<usize> {
    loop {
        match body.read(bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// A socket that breaks means that the child is gone, or that the run is; other errors are of what
/// it says.
fn gone_or(error: &io::Error) -> Event {
    use io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    match error.kind() {
        BrokenPipe | ConnectionReset | UnexpectedEof => Event::Gone,
        _ => Event::Garbled(error.to_string()),
    }
}

fn no_handle(handle: u64) -> BrokerError {
    BrokerError::new(Status::NotFound, format!("no input {handle} is open"))
}

fn failed(error: &BrokerError) -> Down {
    Down::Failed {
        status: error.status.code(),
        retry_after_ms: error.retry_after_ms.unwrap_or(0),
        message: error.message.clone(),
    }
}

/// The options of a question that the grant covers.
fn allowed(grant: &Grant, uri: &str, options: &str) -> Result<InputOptions, BrokerError> {
    let denied = |text: String| BrokerError::new(Status::Denied, text);
    if uri.len() > ADDRESS {
        return Err(denied(format!(
            "found an address of {} bytes, expected at most {ADDRESS}",
            uri.len()
        )));
    }
    if !grant.covers(uri) {
        return Err(denied(format!("`{uri}` is not among the inputs that were granted")));
    }
    let options: InputOptions = match options {
        "" => InputOptions::default(),
        text => serde_json::from_str(text)
            .map_err(|e| BrokerError::new(Status::Config, format!("options of `{uri}`: {e}")))?,
    };
    if options.headers.len() > HEADERS {
        let found = options.headers.len();
        return Err(denied(format!("found {found} headers, expected at most {HEADERS}")));
    }
    for (header, value) in &options.headers {
        if header.len() + value.len() > HEADER || secrets(value).count() > SECRETS {
            return Err(denied(format!(
                "found a header of {} bytes with {} secrets, expected at most {HEADER} and {SECRETS}",
                header.len() + value.len(),
                secrets(value).count()
            )));
        }
        for name in secrets(value) {
            if !grant.secrets.iter().any(|granted| granted == name) {
                return Err(denied(format!("secret `{name}` was not granted")));
            }
        }
    }
    Ok(options)
}

/// Names of the secrets that a header asks for.
fn secrets(value: &str) -> impl Iterator<Item = &str> {
    value.split("{secret:").skip(1).map(|rest| rest.split('}').next().unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_granted_is_opened() {
        let grant = Grant {
            inputs: vec!["https://a.example/".into(), "https://b.example/data".into()],
            secrets: vec!["TOKEN".into()],
            ..Grant::default()
        };
        let header = |value: &str| format!(r#"{{"headers":{{"Authorization":"{value}"}}}}"#);
        let cases = [
            ("https://a.example/", String::new(), true),
            ("https://a.example/x?y=1", String::new(), true),
            ("https://a.example", String::new(), false),
            ("https://a.example.evil/", String::new(), false),
            ("https://b.example/data", String::new(), true),
            ("https://b.example/data/x", String::new(), true),
            ("https://b.example/data?x", String::new(), true),
            ("https://b.example/database", String::new(), false),
            ("https://b.example/data@evil", String::new(), false),
            ("https://a.example/../x", String::new(), false),
            ("https://a.example/%2E%2e/x", String::new(), false),
            ("https://a.example/.%2e/x", String::new(), false),
            ("https://a.example/x\\y", String::new(), false),
            ("https://a.example/x y", String::new(), false),
            ("https://a.example/x%2Fy", String::new(), false),
            ("https://a.example/..%2fx", String::new(), false),
            ("https://a.example/x%5Cy", String::new(), false),
            ("https://a.example/x%252Fy", String::new(), false),
            ("https://a.example/%25252e%252e/x", String::new(), false),
            ("https://a.example/x%20y", String::new(), true),
            ("https://a.example/x?y=a%2Fb", String::new(), true),
            ("https://a.example/x\ny", String::new(), false),
            ("http://a.example/", String::new(), false),
            ("file:///etc/passwd", String::new(), false),
            ("", String::new(), false),
            ("https://a.example/", header("Bearer {secret:TOKEN}"), true),
            ("https://a.example/", header("{secret:TOKEN}{secret:OTHER}"), false),
            ("https://a.example/", header("{secret:OTHER"), false),
            ("https://a.example/", r#"{"body":"x"}"#.to_owned(), false),
            ("https://a.example/", r#"{"range":[0,99]}"#.to_owned(), true),
        ];
        let long = format!("https://a.example/{}", "x".repeat(ADDRESS));
        let a = "https://a.example/";
        let many = |count: usize| {
            let header = |i| format!(r#""h{i}":"x""#);
            format!(r#"{{"headers":{{{}}}}}"#, (0..count).map(header).collect::<Vec<_>>().join(","))
        };
        let cases = cases.into_iter().chain([
            (&*long, String::new(), false),
            (a, many(HEADERS), true),
            (a, many(HEADERS + 1), false),
            (a, header(&"x".repeat(HEADER - "Authorization".len())), true),
            (a, header(&"x".repeat(HEADER)), false),
            (a, header(&"{secret:TOKEN}".repeat(SECRETS)), true),
            (a, header(&"{secret:TOKEN}".repeat(SECRETS + 1)), false),
            (a, header(&"{secret:TOKEN}".repeat(20_000)), false),
        ]);
        for (uri, options, expected) in cases {
            assert_eq!(allowed(&grant, uri, &options).is_ok(), expected, "{uri} {options}");
        }
    }
}
