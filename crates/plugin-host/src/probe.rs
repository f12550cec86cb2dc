//! In the child, for `plugin test` alone: what a plugin does where the interface is taken at its word
//! in ways that a run does not.
#![allow(unsafe_code)]

use crate::Status;
use crate::child::{Stop, begin, opened, released, told_at};
use crate::collect::{collect, columns, next};
use crate::order::{Probe, Probed};
use crate::wire::Stage;
use haggle_plugin_api::abi::{self, ArrowArrayStream};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// How often a stream that has ended is asked on.
const ASKED_ON: usize = 3;
/// Memory that may stay behind: an allocator keeps some of what it is given back.
const KEPT: u64 = 1 << 20;

impl Probe {
    /// Where the memory of this process is told; opened before that is forbidden.
    pub(crate) fn memory(self) -> io::Result<Option<File>> {
        matches!(self, Self::Again(_)).then(|| File::open("/proc/self/statm")).transpose()
    }

    /// The host that a plugin is shown, for as long as this process lives: of a later minor, it is
    /// followed by something that the plugin knows nothing of.
    pub(crate) fn host(self, host: abi::Host) -> *const abi::Host {
        let shown = match self {
            Self::Major => abi::Host { abi_major: host.abi_major + 1, ..host },
            Self::Minor => {
                let struct_size = size_of::<[abi::Host; 2]>() as u32;
                abi::Host { struct_size, abi_minor: host.abi_minor + 1, ..host }
            }
            _ => host,
        };
        let longer: &'static [abi::Host; 2] = Box::leak(Box::new([shown, host]));
        longer.as_ptr()
    }

    /// Tries it with a plugin that was begun.
    pub(crate) fn run(
        self,
        table: &abi::Plugin,
        request: &str,
        memory: Option<&File>,
    ) -> Result<Probed, Stop> {
        match self {
            Self::Major | Self::Minor => Ok(Probed::default()),
            Self::Ends => ends(table, request),
            Self::Early => early(table, request),
            Self::Again(times) => again(table, request, times, memory),
        }
    }
}

/// Whether a plugin refuses a host of another major interface, as the header says.
pub(crate) fn refuses(init: abi::Init, host: *const abi::Host) -> Probed {
    // SAFETY: the table lives as long as this process.
    let found = match unsafe { begin(init, host) } {
        Ok(_) => "taken".to_owned(),
        Err(Stop(_, failure)) if failure.status == Status::Abi => return Probed::default(),
        Err(Stop(_, failure)) => format!("refused with status {}", failure.status.code()),
    };
    let next = abi::ABI_MAJOR + 1;
    let expected = Status::Abi.code();
    let fault = format!("a host of interface {next}.0 is {found}, expected status {expected}");
    Probed { faults: vec![fault], ..Probed::default() }
}

fn ends(table: &abi::Plugin, request: &str) -> Result<Probed, Stop> {
    let mut stream = opened(table, request)?;
    let mut batches = 0_u64;
    let first = loop {
        // SAFETY: the interface's promise about the stream.
        match unsafe { next(&mut stream) } {
            Ok(Some(_)) => batches += 1,
            other => break other.map(drop),
        }
    };
    let mut faults = Vec::new();
    for _ in 0..ASKED_ON {
        // SAFETY: as above; a stream may be asked on until it is released.
        match (&first, unsafe { next(&mut stream) }) {
            (Ok(()), Ok(None)) | (Err(_), Err(_)) => {}
            (Ok(()), _) => faults.push("behind its end a stream did not stay at its end"),
            (Err(_), _) => faults.push("behind its error a stream was as if nothing had happened"),
        }
    }
    faults.extend(unmarked(stream));
    let how = if first.is_ok() { "the end" } else { "an error" };
    Ok(found(faults, format!("{batches} batches and {how}")))
}

fn early(table: &abi::Plugin, request: &str) -> Result<Probed, Stop> {
    let mut faults: Vec<&str> = unmarked(opened(table, request)?).into_iter().collect();
    let mut stream = opened(table, request)?;
    // SAFETY: the interface's promise about the stream.
    unsafe {
        // What is asked for twice is there twice.
        columns(&mut stream).and_then(|_| columns(&mut stream)).map_err(told_at(Stage::Read))?;
    }
    faults.extend(unmarked(stream));
    let mut stream = opened(table, request)?;
    // SAFETY: as above.
    let (columns, array) = unsafe {
        let columns = columns(&mut stream).map_err(told_at(Stage::Read))?;
        (columns, next(&mut stream).map_err(told_at(Stage::Read))?)
    };
    faults.extend(unmarked(stream));
    if let Some(array) = array {
        let of_array = |failure| Stop(Stage::Data, failure);
        // What came of a stream outlives it.
        columns.batch(array, &haggle_evidence::schema()).map_err(of_array)?;
    }
    Ok(found(faults, String::new()))
}

fn again(
    table: &abi::Plugin,
    request: &str,
    times: u32,
    memory: Option<&File>,
) -> Result<Probed, Stop> {
    let stop = Stop::at(Stage::Confine);
    let lost = || io::Error::other("there is nothing to measure memory with");
    let memory = memory.ok_or_else(lost).map_err(&stop)?;
    let warm = times / 4;
    let (mut before, mut after) = (0, 0);
    for round in 0..times {
        let mut stream = opened(table, request)?;
        // SAFETY: the interface's promise about the stream.
        unsafe { collect(&mut stream, io::sink()) }.map_err(told_at(Stage::Read))?;
        unmarked(stream);
        after = resident(memory).map_err(&stop)?;
        if round == warm {
            before = after;
        }
    }
    let (grown, rounds) = (after.saturating_sub(before), times - warm - 1);
    let seen = format!("{} KiB more after {rounds} further runs in one process", grown >> 10);
    let faults = (grown > KEPT).then(|| seen.clone()).into_iter().collect();
    Ok(Probed { faults, seen })
}

/// Bytes of memory that this process holds.
fn resident(statm: &File) -> io::Result<u64> {
    let mut text = [0; 128];
    let read = statm.read_at(&mut text, 0)?;
    let text = String::from_utf8_lossy(&text[..read]);
    let pages = text.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok());
    // SAFETY: takes a number alone.
    let page = u64::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).ok();
    let bytes = pages.zip(page).map(|(pages, page)| pages * page);
    bytes.ok_or_else(|| io::Error::other("this process does not say how much memory it holds"))
}

/// Releases a stream; what is wrong if it is not marked as released then.
fn unmarked(mut stream: ArrowArrayStream) -> Option<&'static str> {
    released(&mut stream);
    stream
        .release
        .is_some()
        .then_some("a stream that was released is not marked so (`release` is not null)")
}

fn found(mut faults: Vec<&str>, seen: String) -> Probed {
    faults.dedup();
    Probed { faults: faults.into_iter().map(str::to_owned).collect(), seen }
}
