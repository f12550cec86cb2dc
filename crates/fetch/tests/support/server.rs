//! A small HTTP server on loopback that misbehaves on purpose.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A question that came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Path and query.
    pub(crate) target: String,
    /// Headers, with names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    /// How many came before it.
    pub(crate) nth: usize,
}

impl Asked {
    /// A header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// What is done after the body.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Close,
    Stall,
    Endless,
    Unstated,
    Slow,
}

/// What is answered.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    length: Option<usize>,
    end: End,
}

impl Reply {
    /// An answer without a body.
    pub(crate) fn status(status: u16) -> Self {
        let (headers, body) = (Vec::new(), Vec::new());
        Self { status, headers, body, length: None, end: End::Close }
    }

    /// 200 with a body.
    pub(crate) fn body(body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..Self::status(200) }
    }

    /// A redirect.
    pub(crate) fn to(location: &str) -> Self {
        Self::status(302).header("Location", location)
    }

    pub(crate) fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// States another length than the body has.
    pub(crate) fn stating(self, length: usize) -> Self {
        Self { length: Some(length), ..self }
    }

    /// Sends so many bytes of the body and hangs up.
    pub(crate) fn cut(mut self, at: usize) -> Self {
        self.length = Some(self.body.len());
        self.body.truncate(at);
        self
    }

    /// Says nothing more after the body, of which one byte is missing, and keeps the line.
    pub(crate) fn stalling(self) -> Self {
        Self { length: Some(self.body.len() + 1), end: End::Stall, ..self }
    }

    /// Sends the body again and again, in chunks.
    pub(crate) fn endless(self) -> Self {
        Self { end: End::Endless, ..self }
    }

    /// Sends one byte after the other, with pauses.
    pub(crate) fn slow(self) -> Self {
        Self { end: End::Slow, ..self }
    }

    /// States no length: the answer ends where the connection does.
    pub(crate) fn unstated(self) -> Self {
        Self { end: End::Unstated, ..self }
    }

    fn send(&self, line: &mut (impl Write + ?Sized), over: &AtomicBool) -> std::io::Result<()> {
        write!(line, "HTTP/1.1 {} Because\r\nConnection: close\r\n", self.status)?;
        for (name, value) in &self.headers {
            write!(line, "{name}: {value}\r\n")?;
        }
        if self.end == End::Endless {
            write!(line, "Transfer-Encoding: chunked\r\n\r\n")?;
            while !over.load(Ordering::Relaxed) {
                write!(line, "{:x}\r\n", self.body.len())?;
                line.write_all(&self.body)?;
                write!(line, "\r\n")?;
            }
            return Ok(());
        }
        if self.status != 304 && self.end != End::Unstated {
            write!(line, "Content-Length: {}\r\n", self.length.unwrap_or(self.body.len()))?;
        }
        write!(line, "\r\n")?;
        for byte in self.body.chunks(if self.end == End::Slow { 1 } else { usize::MAX }) {
            line.write_all(byte)?;
            line.flush()?;
            if self.end == End::Slow {
                thread::sleep(Duration::from_millis(20));
            }
        }
        while self.end == End::Stall && !over.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

/// The server; it goes when this goes.
pub(crate) struct Server {
    port: u16,
    seen: Arc<Mutex<Vec<Asked>>>,
    over: Arc<AtomicBool>,
}

/// What wraps a connection, such as TLS; nothing if it came to nothing.
pub(crate) type Wrap = dyn Fn(TcpStream) -> Option<Box<dyn Line>> + Send + Sync;

/// A connection, plain or not.
pub(crate) trait Line: Read + Write + Send {}
impl<T: Read + Write + Send> Line for T {}

impl Server {
    /// Answers every question by a function.
    pub(crate) fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::wrapped(answer, Box::new(|line| Some(Box::new(line))))
    }

    /// The same over connections that are wrapped.
    pub(crate) fn wrapped(
        answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
        wrap: Box<Wrap>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Self { port, seen: Arc::default(), over: Arc::default() };
        let (seen, over) = (Arc::clone(&server.seen), Arc::clone(&server.over));
        let (answer, wrap) = (Arc::new(answer), Arc::new(wrap));
        thread::spawn(move || {
            for line in listener.incoming() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let Ok(line) = line else { continue };
                let (seen, over) = (Arc::clone(&seen), Arc::clone(&over));
                let (answer, wrap) = (Arc::clone(&answer), Arc::clone(&wrap));
                thread::spawn(move || {
                    let plain = line.try_clone().unwrap();
                    if let Some(mut line) = wrap(line) {
                        serve(line.as_mut(), &seen, answer.as_ref(), &over);
                    }
                    // Who asked may have hung up first.
                    let _ = plain.shutdown(Shutdown::Write);
                });
            }
        });
        server
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The questions so far.
    pub(crate) fn seen(&self) -> Vec<Asked> {
        self.seen.lock().unwrap().clone()
    }

    /// The paths that were asked for, in order.
    pub(crate) fn targets(&self) -> Vec<String> {
        self.seen().into_iter().map(|a| a.target).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        // Wakes the listener, so that its thread ends.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(
    line: &mut dyn Line,
    seen: &Mutex<Vec<Asked>>,
    answer: &(dyn Fn(&Asked) -> Reply + Send + Sync),
    over: &AtomicBool,
) {
    let mut reader = BufReader::new(line);
    let Some((target, headers)) = question(&mut reader) else { return };
    let asked = {
        let mut seen = seen.lock().unwrap();
        let asked = Asked { target, headers, nth: seen.len() };
        seen.push(asked.clone());
        asked
    };
    // Who asked may hang up in the middle: that is what some tests are about.
    let _ = answer(&asked).send(reader.get_mut(), over);
}

fn question(reader: &mut impl BufRead) -> Option<(String, BTreeMap<String, String>)> {
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let target = first.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut text = String::new();
        reader.read_line(&mut text).ok()?;
        let Some((name, value)) = text.split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    Some((target, headers))
}
