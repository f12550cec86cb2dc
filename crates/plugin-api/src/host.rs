//! What the host offers a plugin, as methods.
#![allow(unsafe_code)]

use crate::abi;
use crate::failure::{Failure, Status};
use std::fmt::Write as _;
use std::io::{self, Read};

/// The host: a log, the question whether to stop, and inputs.
#[derive(Clone, Copy)]
pub struct Host(abi::Host);

// SAFETY: the interface promises that the host's callbacks may be called from any thread.
unsafe impl Send for Host {}
// SAFETY: as above.
unsafe impl Sync for Host {}

/// How an input is to be opened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// `GET` if it states none.
    pub method: Option<String>,
    /// Names and values; a value may hold `{secret:NAME}`, which the host fills in.
    pub headers: Vec<(String, String)>,
    /// First and last byte wanted, from 0; without a last one to the end.
    pub range: Option<(u64, Option<u64>)>,
}

impl Host {
    /// Takes over the host's table.
    ///
    /// # Errors
    /// [`Status::Abi`] if it is of another interface.
    ///
    /// # Safety
    /// `table` points at a table that stays valid as long as the plugin does.
    pub(crate) unsafe fn new(table: *const abi::Host) -> Result<Self, Failure> {
        let abi = |text: String| Failure::new(Status::Abi, text);
        // SAFETY: the caller's promise; the first fields are in every version.
        let Some(head) = (unsafe { table.cast::<[u32; 3]>().as_ref() }) else {
            return Err(abi("found no host".to_owned()));
        };
        if head[1] != abi::ABI_MAJOR || (head[0] as usize) < size_of::<abi::Host>() {
            let expected = format!("{}.{}", abi::ABI_MAJOR, abi::ABI_MINOR);
            let found = format!("{}.{}", head[1], head[2]);
            return Err(abi(format!("found a host of interface {found}, expected {expected}")));
        }
        // SAFETY: the table is at least as large as ours.
        Ok(Self(unsafe { table.read() }))
    }

    /// Writes a note into the run's log.
    pub fn note(&self, text: &str) {
        self.log(2, text);
    }

    /// Writes a warning into the run's log.
    pub fn warn(&self, text: &str) {
        self.log(1, text);
    }

    fn log(&self, level: i32, text: &str) {
        if let Some(log) = self.0.log {
            // SAFETY: pointer and length are those of a text that outlives the call.
            unsafe { log(self.0.ctx, level, text.as_ptr().cast(), text.len()) }
        }
    }

    /// Whether the run was cancelled; what is read then is thrown away.
    pub fn is_cancelled(&self) -> bool {
        // SAFETY: the table's own first argument.
        self.0.is_cancelled.is_some_and(|asked| unsafe { asked(self.0.ctx) } != 0)
    }

    /// Says how far it is: units of one's own, of a total that may be 0 if it is not known.
    pub fn progress(&self, done: u64, total: u64) {
        if let Some(progress) = self.0.progress {
            // SAFETY: the table's own first argument.
            unsafe { progress(self.0.ctx, done, total) }
        }
    }

    /// Opens a granted URI.
    ///
    /// # Errors
    /// [`Failure`] if it is not granted or cannot be opened.
    pub fn open(&self, uri: &str, options: &Options) -> Result<Input, Failure> {
        let Some(open) = self.0.input_open else { return Err(absent("input_open")) };
        let (json, mut handle, mut error) = (options.json(), 0, abi::Error::default());
        let (uri, uri_len) = (uri.as_ptr().cast(), uri.len());
        // SAFETY: pointers and lengths of texts and structures that outlive the call.
        let status = unsafe {
            open(
                self.0.ctx,
                uri,
                uri_len,
                json.as_ptr().cast(),
                json.len(),
                &mut handle,
                &mut error,
            )
        };
        match status {
            abi::OK => Ok(Input { host: *self, handle }),
            code => Err(failure(code, &error)),
        }
    }
}

fn absent(what: &str) -> Failure {
    Failure::new(Status::Abi, format!("the host does not offer `{what}`"))
}

fn failure(code: i32, error: &abi::Error) -> Failure {
    let retry_after_ms = (error.retry_after_ms > 0).then_some(error.retry_after_ms);
    Failure { status: Status::from_code(code), message: error.text(), retry_after_ms }
}

impl Options {
    fn json(&self) -> String {
        let mut members = Vec::new();
        members.extend(self.method.as_ref().map(|method| format!("\"method\":{}", quoted(method))));
        let headers = self.headers.iter().map(|(n, v)| format!("{}:{}", quoted(n), quoted(v)));
        let headers: Vec<String> = headers.collect();
        members.push(format!("\"headers\":{{{}}}", headers.join(",")));
        members.extend(self.range.map(|(first, last)| {
            let last = last.map_or("null".to_owned(), |last| last.to_string());
            format!("\"range\":[{first},{last}]")
        }));
        format!("{{{}}}", members.join(","))
    }
}

/// A JSON string.
fn quoted(text: &str) -> String {
    let mut json = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => json.extend(['\\', c]),
            c if c < ' ' => {
                let _ = write!(json, "\\u{:04x}", c as u32);
            }
            c => json.push(c),
        }
    }
    json.push('"');
    json
}

/// An open input; reads to its end or fails, and never ends early as if it were the end.
pub struct Input {
    host: Host,
    handle: u64,
}

impl Input {
    /// What is known of it: status code, media type, last change, length.
    ///
    /// # Errors
    /// [`Failure`] if the host cannot tell.
    pub fn stat(&self) -> Result<abi::InputStat, Failure> {
        let Some(stat) = self.host.0.input_stat else { return Err(absent("input_stat")) };
        let (mut out, mut error) = (abi::InputStat::default(), abi::Error::default());
        // SAFETY: both structures outlive the call.
        match unsafe { stat(self.host.0.ctx, self.handle, &mut out, &mut error) } {
            abi::OK => Ok(out),
            code => Err(failure(code, &error)),
        }
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(read) = self.host.0.input_read else { return Err(absent("input_read").into()) };
        let mut error = abi::Error::default();
        let (into, len) = (buffer.as_mut_ptr().cast(), buffer.len());
        // SAFETY: pointer and length are those of the buffer.
        let got = unsafe { read(self.host.0.ctx, self.handle, into, len, &mut error) };
        usize::try_from(got).map_err(|_| failure(-got as i32, &error).into())
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        if let Some(close) = self.host.0.input_close {
            // SAFETY: the handle is open, and this is its last use.
            unsafe { close(self.host.0.ctx, self.handle) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_json() {
        let options = Options {
            method: Some("GET".to_owned()),
            headers: vec![("A\"b".to_owned(), "x\\y\n".to_owned())],
            range: Some((5, None)),
        };
        let expected = r#"{"method":"GET","headers":{"A\"b":"x\\y\u000a"},"range":[5,null]}"#;
        assert_eq!(options.json(), expected);
        assert_eq!(Options::default().json(), r#"{"headers":{}}"#);
    }
}
