//! Opens inputs for a plugin: URLs through the one fetcher with its cache, limits and secrets, files
//! that the user allowed, standard input.

use crate::context::Context;
use crate::failure::Failure;
use haggle_fetch::{Address, Behalf, FetchError, Fetched, Header, Mode, Request};
use haggle_plugin_host::grants::Consent;
use haggle_plugin_host::{
    Answer, Broker, BrokerError, InputOptions, InputStat, Limits, Status, file,
};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::{Duration, Instant};

/// The address of standard input.
pub(super) const STDIN: &str = "stdin:";
/// Before the name of a file, without the folder that it lies in.
pub(super) const FILE: &str = "file:";
/// Before and behind the name of a secret in a header.
const SECRET: (&str, &str) = ("{secret:", "}");

/// Bytes of a header at most, with its secrets.
const HEADER: usize = 32 << 10;

/// Headers that are the fetcher's own: they say what is sent and what is known.
const OURS: [&str; 12] = [
    "host",
    "range",
    "if-range",
    "if-match",
    "if-none-match",
    "if-modified-since",
    "if-unmodified-since",
    "connection",
    "content-length",
    "transfer-encoding",
    "accept-encoding",
    "user-agent",
];

/// The broker of the command line.
pub(super) struct CommandBroker<'a> {
    consent: &'a Consent,
    mode: Mode,
    context: &'a Context,
    /// When the run is over, whatever it waits for.
    until: Option<Instant>,
    /// Bytes that may be fetched, and that may still be.
    most: u64,
    left: Cell<u64>,
    /// The newest time at which a server gave what was read.
    pub(super) retrieved: Option<String>,
    /// What ends the run with an exit code of its own: nothing is to be had offline, or somebody
    /// wants to stop.
    pub(super) failure: Option<Failure>,
}

impl<'a> CommandBroker<'a> {
    /// A broker of one run, which begins now.
    pub(super) fn new(
        consent: &'a Consent,
        limits: &Limits,
        mode: Mode,
        context: &'a Context,
    ) -> Self {
        let until = Instant::now().checked_add(Duration::from_secs(limits.wall_seconds));
        let most = limits.input_mb.saturating_mul(1 << 20);
        let left = Cell::new(most);
        Self { consent, mode, context, until, most, left, retrieved: None, failure: None }
    }

    fn url(&mut self, uri: &str, options: &InputOptions) -> Result<Answer, BrokerError> {
        let address = Address::parse(uri).map_err(|e| self.failed(&e))?;
        let headers = self.headers(uri, &options.headers)?;
        let within: Vec<String> =
            self.consent.inputs.iter().filter(|i| i.contains("://")).cloned().collect();
        let (until, left, most) = (self.until, &self.left, self.most);
        let behalf = Some(Behalf { headers: &headers, within: &within, until, left, most });
        let request = Request { behalf, ..Request::one(&address, self.mode) };
        let fetched = self.context.network.fetch(&[request], self.context);
        let fetched = fetched.map_err(|e| BrokerError::new(Status::Io, e.messages.join("; ")))?;
        let nothing = || BrokerError::new(Status::Io, "nothing was fetched");
        let fetched =
            fetched.into_iter().next().ok_or_else(nothing)?.map_err(|e| self.failed(&e))?;
        self.retrieved = self.retrieved.take().max(fetched.retrieved().map(str::to_owned));
        let page = fetched.pages.first().ok_or_else(nothing)?;
        let file = File::open(page.file()).map_err(|e| io_error(&e))?;
        let stat = InputStat { status: Some(200), length: Some(page.size), ..InputStat::default() };
        ranged(Held { file, _fetched: Some(fetched) }, stat, options)
    }

    fn failed(&mut self, error: &FetchError) -> BrokerError {
        if error.is_offline() || error.is_interruption() {
            self.failure = Some(Failure::fetch(error));
        }
        BrokerError::new(status(error), format!("{error}; {}", error.help))
    }

    /// Headers with their secrets, each granted and for its host alone.
    fn headers(
        &self,
        uri: &str,
        asked: &BTreeMap<String, String>,
    ) -> Result<Vec<Header>, BrokerError> {
        let host = uri.split("://").nth(1).and_then(|rest| rest.split(['/', '?', '#']).next());
        let header = |(name, shown): (&String, &String)| {
            if OURS.contains(&name.to_lowercase().as_str()) {
                let message = format!("the header `{name}` is not for plugins to set");
                return Err(BrokerError::new(Status::Config, message));
            }
            let value = self.filled(shown, host.unwrap_or(""))?;
            Ok(Header { name: name.clone(), value, shown: shown.clone() })
        };
        asked.iter().map(header).collect()
    }

    /// A header with its secrets filled in, each in its place, once.
    fn filled(&self, text: &str, host: &str) -> Result<String, BrokerError> {
        let mut parts = text.split(SECRET.0);
        let mut filled = parts.next().unwrap_or("").to_owned();
        for part in parts {
            let (name, after) = part.split_once(SECRET.1).ok_or_else(|| {
                let why = format!("`{text}` has no `}}` behind the name of a secret");
                BrokerError::new(Status::Config, why)
            })?;
            filled.push_str(&self.secret(name, host)?);
            filled.push_str(after);
        }
        if filled.len() > HEADER {
            let why = format!("found a header of more than {HEADER} bytes with its secrets");
            return Err(BrokerError::new(Status::Config, why));
        }
        Ok(filled)
    }

    /// A secret that is granted for this host.
    fn secret(&self, name: &str, host: &str) -> Result<String, BrokerError> {
        let granted = self.consent.secrets();
        if !granted.iter().any(|s| s.name == name && s.host == host) {
            let why = format!("the secret `{name}` is not granted for `{host}`");
            return Err(BrokerError::new(Status::Denied, why));
        }
        let none = |why: String| BrokerError::new(Status::Auth, why);
        let secrets = self.context.network.secrets();
        let secrets = secrets.map_err(|e| none(e.messages.join("; ")))?;
        let secret = secrets.named(name, host).map_err(|e| none(format!("{e}; {}", e.help)))?;
        Ok(secret.to_string())
    }

    /// The one file of a name among those that the user allowed: what a deal that others use too can
    /// say, wherever it lies.
    fn named(&self, name: &str, options: &InputOptions) -> Result<Answer, BrokerError> {
        let of_name = |file: &&String| Path::new(file).file_name().is_some_and(|n| n == name);
        let files: Vec<&String> = self.consent.files.iter().filter(of_name).collect();
        match files.as_slice() {
            [file] => self.file(file, options),
            [] => {
                let message = format!("no file `{name}` is granted");
                Err(BrokerError::new(Status::Denied, message))
            }
            several => {
                let message = format!("{} files `{name}` are granted, expected one", several.len());
                Err(BrokerError::new(Status::Denied, message))
            }
        }
    }

    /// A file that the user named, and no other.
    fn file(&self, path: &str, options: &InputOptions) -> Result<Answer, BrokerError> {
        if !self.consent.files.iter().any(|file| file == path) {
            let message = format!("the file `{path}` is not granted");
            return Err(BrokerError::new(Status::Denied, message));
        }
        let opened = file::exactly(Path::new(path));
        let (file, meta) = opened.map_err(|e| match e.kind() {
            io::ErrorKind::InvalidInput => {
                BrokerError::new(Status::Denied, format!("`{path}`: {e}"))
            }
            _ => io_error(&e),
        })?;
        let stat = InputStat { length: Some(meta.len()), ..InputStat::default() };
        ranged(Held { file, _fetched: None }, stat, options)
    }
}

impl Broker for CommandBroker<'_> {
    fn open(&mut self, uri: &str, options: &InputOptions) -> Result<Answer, BrokerError> {
        if let Some(method) = options.method.as_deref().filter(|m| *m != "GET") {
            let message = format!("the method is `{method}`, expected `GET`");
            return Err(BrokerError::new(Status::Config, message));
        }
        if Address::is_meant(uri) {
            return self.url(uri, options);
        }
        if let Some(path) = uri.strip_prefix("file://") {
            return self.file(path, options);
        }
        if let Some(name) = uri.strip_prefix(FILE) {
            return self.named(name, options);
        }
        if uri == STDIN {
            return Ok(Answer { body: Box::new(io::stdin()), stat: InputStat::default() });
        }
        Err(BrokerError::new(Status::NotFound, "found neither a URL, nor a file, nor `stdin:`"))
    }
}

/// A file that stays while it is read.
struct Held {
    file: File,
    _fetched: Option<Fetched>,
}

impl Read for Held {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

/// The part of a file that is asked for.
fn ranged(mut held: Held, stat: InputStat, options: &InputOptions) -> Result<Answer, BrokerError> {
    let Some((first, last)) = options.range else {
        return Ok(Answer { body: Box::new(held), stat });
    };
    let length = stat.length.unwrap_or(0).saturating_sub(first);
    let wanted =
        last.map_or(length, |last| last.saturating_add(1).saturating_sub(first)).min(length);
    held.file.seek(SeekFrom::Start(first)).map_err(|e| io_error(&e))?;
    let stat = InputStat { length: Some(wanted), ..stat };
    Ok(Answer { body: Box::new(held.take(wanted)), stat })
}

fn io_error(error: &io::Error) -> BrokerError {
    let status = match error.kind() {
        io::ErrorKind::NotFound => Status::NotFound,
        _ => Status::Io,
    };
    BrokerError::new(status, error.to_string())
}

/// What a plugin is told of an error of the fetcher.
fn status(error: &FetchError) -> Status {
    let says = |code: &str| error.message.contains(code);
    match error.code {
        "E0306" if says("404") || says("410") => Status::NotFound,
        "E0306" if says("401") || says("403") => Status::Auth,
        "E0307" if says("429") => Status::RateLimited,
        "E0310" | "E0311" | "E0312" => Status::Denied,
        "E0317" => Status::Auth,
        "E0318" => Status::Cancelled,
        _ => Status::Io,
    }
}
