//! Messages between this process and the child, over one socket: the child asks, we answer.
//!
//! A message is its length (32 bits, little-endian), its form (one byte) and its bytes.

use crate::order::{Probe, Probed};
use crate::{InputStat, Kind, Level, Limits};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};

/// Bytes of a message of text at most.
pub(crate) const MESSAGE_LIMIT: usize = 4 << 20;
/// Bytes of an input in one message at most.
pub(crate) const CHUNK: usize = 256 << 10;

const JSON: u8 = 0;
const BYTES: u8 = 1;

/// The first message: what the child is to do. The plugin's bytes follow as raw bytes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Start {
    pub(crate) kind: Kind,
    pub(crate) required: Level,
    pub(crate) limits: Limits,
    pub(crate) request: String,
    /// The libraries that the plugin names.
    pub(crate) libraries: Vec<String>,
    /// What is tried in the place of a run.
    pub(crate) probe: Option<Probe>,
}

/// What the child says.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Up {
    /// How it is confined and what that lacks, before anything of the plugin was loaded.
    Confined { level: Level, lacks: Option<String> },
    /// A line for the log.
    Log { level: i32, text: String },
    /// It is busy.
    Alive,
    /// Answered with [`Down::Opened`].
    Open { uri: String, options: String },
    /// Answered with bytes, none at the end.
    Read { handle: u64, most: usize },
    /// Answered with [`Down::Stat`].
    Stat { handle: u64 },
    /// Not answered.
    Close { handle: u64 },
    /// What was tried is done.
    Probed(Probed),
    /// The plugin's stream has ended, after so many rows.
    Done { rows: u64 },
    /// The plugin could not be used, or said that it failed.
    Failed { stage: Stage, status: i32, retry_after_ms: u32, message: String },
}

/// What the child was doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stage {
    /// Confining itself.
    Confine,
    /// Loading the library.
    Load,
    /// Asking the plugin whether the request can be used.
    Validate,
    /// Opening the plugin's stream.
    Open,
    /// Reading the plugin's stream.
    Read,
    /// Making sense of what it gave.
    Data,
}

/// What we answer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Down {
    Opened { handle: u64 },
    Stat(InputStat),
    Failed { status: i32, retry_after_ms: u32, message: String },
}

/// A message as it came.
pub(crate) enum Message {
    Json(Vec<u8>),
    Bytes(Vec<u8>),
}

pub(crate) fn send<T: Serialize>(to: &mut impl Write, message: &T) -> io::Result<()> {
    put(to, JSON, &serde_json::to_vec(message)?)
}

pub(crate) fn send_bytes(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    put(to, BYTES, bytes)
}

fn put(to: &mut impl Write, form: u8, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
    let mut head = [0; 5];
    head[..4].copy_from_slice(&length.to_le_bytes());
    head[4] = form;
    to.write_all(&head)?;
    to.write_all(bytes)
}

/// The next message, or `None` if the other side is gone.
pub(crate) fn receive(from: &mut impl Read, limit: usize) -> io::Result<Option<Message>> {
    let mut head = [0; 5];
    match from.read(&mut head[..1])? {
        0 => return Ok(None),
        _ => from.read_exact(&mut head[1..])?,
    }
    let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
    if length > limit {
        let problem = format!("found a message of {length} bytes, expected at most {limit}");
        return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
    }
    let mut bytes = Vec::new();
    if from.take(length as u64).read_to_end(&mut bytes)? < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    match head[4] {
        JSON => Ok(Some(Message::Json(bytes))),
        BYTES => Ok(Some(Message::Bytes(bytes))),
        form => {
            let problem = format!("found a message of form {form}, expected 0 or 1");
            Err(io::Error::new(io::ErrorKind::InvalidData, problem))
        }
    }
}

impl Message {
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> io::Result<T> {
        match self {
            Self::Json(bytes) => Ok(serde_json::from_slice(bytes)?),
            Self::Bytes(_) => Err(io::Error::new(io::ErrorKind::InvalidData, "expected a text")),
        }
    }

    pub(crate) fn into_bytes(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Json(_) => Err(io::Error::new(io::ErrorKind::InvalidData, "expected bytes")),
        }
    }
}
