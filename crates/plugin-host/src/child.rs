//! The child: confines itself, loads the plugin, sends on what it reads.
#![allow(unsafe_code)]

use crate::collect::{Broken, collect, nothing};
use crate::confine::confine;
use crate::link::Link;
use crate::load::{self, load};
use crate::order::Probe;
use crate::probe;
use crate::sealed::sealed;
use crate::wire::{self, MESSAGE_LIMIT, Stage, Start, Up};
use crate::{Kind, Status};
use haggle_plugin_api::Failure;
use haggle_plugin_api::abi::{self, ArrowArrayStream};
use std::ffi::{CString, c_char};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::atomic::Ordering;

/// The hidden argument.
pub(crate) const ARGUMENT: &str = "__plugin-host";
/// Bytes of a plugin at most.
pub(crate) const PLUGIN_LIMIT: usize = 512 << 20;

/// The variable in which a script finds what a library is given as its request.
const REQUEST: &str = "HAGGLE_REQUEST";

/// Descriptors that are closed one by one where the kernel cannot close them all.
const DESCRIPTORS: i32 = 65_536;

/// What the child could not do, and while doing what.
pub(crate) struct Stop(pub(crate) Stage, pub(crate) Failure);

impl Stop {
    pub(crate) fn at<E: std::fmt::Display>(stage: Stage) -> impl Fn(E) -> Self {
        move |error| Self(stage, Failure::new(Status::Internal, error.to_string()))
    }
}

/// Call this first thing in `main`, before any thread: it returns at once unless this process was
/// started by [`run`](crate::run()), and then never.
pub fn child_main() {
    if std::env::args_os().nth(1).is_some_and(|argument| argument == ARGUMENT) {
        let code = catch_unwind(serve).unwrap_or(1);
        // SAFETY: leaves without the plugin's destructors, which nobody has to wait for.
        unsafe { libc::_exit(code) }
    }
}

/// Closes what this process was handed without being meant for it.
fn close_others() {
    // SAFETY: takes numbers alone, and nothing of this process is open yet.
    unsafe {
        if libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, 0_u32) != 0 {
            for descriptor in 3..DESCRIPTORS {
                libc::close(descriptor);
            }
        }
    }
}

/// The socket on standard input, the data on standard output; both move out of a plugin's way.
fn serve() -> i32 {
    close_others();
    let ours = || -> io::Result<(File, OwnedFd)> {
        let data = io::stdout().as_fd().try_clone_to_owned()?;
        Ok((File::from(io::stdin().as_fd().try_clone_to_owned()?), data))
    };
    let Ok((socket, data)) = ours() else { return 1 };
    let link: &'static Link = Box::leak(Box::new(Link::new(socket)));
    let done = catch_unwind(AssertUnwindSafe(|| work(link, data))).unwrap_or_else(|_| {
        Err(Stop(Stage::Data, Failure::new(Status::Data, "its stream makes no sense")))
    });
    let Err(Stop(stage, failure)) = done else { return 0 };
    let Failure { status, message, retry_after_ms } = failure;
    let retry_after_ms = retry_after_ms.unwrap_or(0);
    // Without a parent there is nobody to tell.
    let _ = link.say(&Up::Failed { stage, status: status.code(), retry_after_ms, message });
    1
}

fn work(link: &'static Link, data: OwnedFd) -> Result<(), Stop> {
    let stop = Stop::at(Stage::Confine);
    // SAFETY: both take numbers alone.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
    }
    let (start, bytes) = link.start().map_err(&stop)?;
    let plugin = sealed(&bytes, start.kind == Kind::Script).map_err(&stop)?;
    drop(bytes);
    if start.kind == Kind::Library {
        silence().and_then(|()| load::stand_in()).map_err(&stop)?;
        load::kin(&start.libraries);
    }
    let memory = start.probe.map_or(Ok(None), Probe::memory).map_err(&stop)?;
    let (level, lacks) = confine(start.kind, &start.limits).map_err(&stop)?;
    link.say(&Up::Confined { level, lacks }).map_err(&stop)?;
    match (start.required.allows(level), start.kind) {
        (false, _) => Ok(()),
        (true, Kind::Script) => Err(Stop::at(Stage::Load)(become_script(&plugin, &start.request))),
        (true, Kind::Library) => {
            let init = load(plugin).map_err(Stop::at(Stage::Load))?;
            // SAFETY: takes numbers alone.
            unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 0) };
            match start.probe {
                None => run_library(link, &start, init, data),
                Some(probe) => probe_library(link, &start, probe, memory.as_ref(), init, data),
            }
        }
    }
}

impl Link {
    fn start(&self) -> io::Result<(Start, Vec<u8>)> {
        self.with(|socket| {
            let gone = || io::Error::from(io::ErrorKind::UnexpectedEof);
            let start = wire::receive(socket, MESSAGE_LIMIT)?.ok_or_else(gone)?.parse()?;
            let bytes = wire::receive(socket, PLUGIN_LIMIT)?.ok_or_else(gone)?.into_bytes()?;
            Ok((start, bytes))
        })
    }
}

/// What a plugin reads on standard input is nothing, and what it prints goes to the log.
fn silence() -> io::Result<()> {
    let nothing = File::open("/dev/null")?;
    // SAFETY: open descriptors, and numbers of the standard ones.
    let moved = unsafe { [libc::dup2(nothing.as_raw_fd(), 0), libc::dup2(2, 1)] };
    match moved.contains(&-1) {
        true => Err(io::Error::last_os_error()),
        false => Ok(()),
    }
}

/// Becomes the script; returns only if that failed. Its input is what follows on the socket.
fn become_script(script: &File, request: &str) -> io::Error {
    // SAFETY: takes numbers alone.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
    let path = format!("/proc/self/fd/{}", script.as_raw_fd());
    Command::new(path).env_clear().env(REQUEST, request).exec()
}

fn run_library(
    link: &'static Link,
    start: &Start,
    init: abi::Init,
    data: OwnedFd,
) -> Result<(), Stop> {
    let host: &'static abi::Host = Box::leak(Box::new(link.table()));
    // SAFETY: the table lives as long as this process.
    let table = unsafe { begin(init, host)? };
    watch(link, table)?;
    let rows = read(&table, &start.request, data)?;
    end(link, &table);
    link.say(&Up::Done { rows }).map_err(Stop::at(Stage::Read))
}

/// Tries a plugin in another way than a run does. What it reads is nobody's, so its data are none.
fn probe_library(
    link: &'static Link,
    start: &Start,
    probe: Probe,
    memory: Option<&File>,
    init: abi::Init,
    data: OwnedFd,
) -> Result<(), Stop> {
    let host = probe.host(link.table());
    let probed = if probe == Probe::Major {
        probe::refuses(init, host)
    } else {
        // SAFETY: the table lives as long as this process.
        let table = unsafe { begin(init, host)? };
        watch(link, table)?;
        let probed = probe.run(&table, &start.request, memory)?;
        end(link, &table);
        probed
    };
    let stop = Stop::at(Stage::Read);
    nothing(File::from(data)).map_err(Stop::at(Stage::Read))?;
    link.say(&Up::Probed(probed)).and_then(|()| link.say(&Up::Done { rows: 0 })).map_err(stop)
}

/// The last call; `cancel` is over by then, and is not called any more.
fn end(link: &Link, table: &abi::Plugin) {
    link.releasing();
    if let Some(release) = table.release {
        // SAFETY: the interface; nothing of the plugin is used behind this.
        unsafe { release(table.state) }
    }
}

/// Calls `init`; the plugin's table.
///
/// # Safety
/// The host's table outlives everything that is done with the plugin.
pub(crate) unsafe fn begin(init: abi::Init, host: *const abi::Host) -> Result<abi::Plugin, Stop> {
    let mut table = abi::Plugin::default();
    // SAFETY: the interface, and the caller's promise; `table` and `error` are valid for the call.
    told(Stage::Load, |error| unsafe { init(host, &mut table, error) })?;
    if table.abi_major != abi::ABI_MAJOR {
        let found = format!("interface {}.{}", table.abi_major, table.abi_minor);
        let message = format!("found {found}, expected {}.x", abi::ABI_MAJOR);
        return Err(Stop(Stage::Load, Failure::new(Status::Abi, message)));
    }
    Ok(table)
}

/// A call of the plugin's that tells failures through a buffer.
fn told(stage: Stage, call: impl FnOnce(*mut abi::Error) -> i32) -> Result<(), Stop> {
    let mut error = abi::Error::default();
    let code = call(&mut error);
    if code == abi::OK {
        return Ok(());
    }
    let retry_after_ms = (error.retry_after_ms > 0).then_some(error.retry_after_ms);
    let status = Status::from_code(code);
    Err(Stop(stage, Failure { status, message: error.text(), retry_after_ms }))
}

fn read(table: &abi::Plugin, request: &str, data: OwnedFd) -> Result<u64, Stop> {
    let mut stream = opened(table, request)?;
    // SAFETY: the interface's promise about the stream.
    let rows = unsafe { collect(&mut stream, File::from(data)) };
    released(&mut stream);
    rows.map_err(told_at(Stage::Read))
}

/// Where a stream broke.
pub(crate) fn told_at(stage: Stage) -> impl Fn(Broken) -> Stop {
    move |broken| match broken {
        Broken::Told(failure) => Stop(stage, failure),
        Broken::Found(failure) => Stop(Stage::Data, failure),
    }
}

/// Releases a stream.
pub(crate) fn released(stream: &mut ArrowArrayStream) {
    if let Some(release) = stream.release {
        // SAFETY: not released yet.
        unsafe { release(stream) }
    }
}

/// Asks a plugin whether a request can be used, and opens its stream.
pub(crate) fn opened(table: &abi::Plugin, request: &str) -> Result<ArrowArrayStream, Stop> {
    let text = CString::new(request).map_err(Stop::at(Stage::Validate))?;
    let (at, length): (*const c_char, usize) = (text.as_ptr(), request.len());
    if let Some(validate) = table.validate {
        // SAFETY: the interface; the request ends with NUL too.
        told(Stage::Validate, |error| unsafe { validate(table.state, at, length, error) })?;
    }
    let Some(open) = table.open else {
        return Err(Stop(Stage::Open, Failure::new(Status::Abi, "the plugin has no `open`")));
    };
    let mut stream = ArrowArrayStream::empty();
    // SAFETY: the interface; there is room for a stream.
    told(Stage::Open, |error| unsafe { open(table.state, at, length, &mut stream, error) })?;
    Ok(stream)
}

/// Waits beside for the parent to shut its half of the socket, which cancels the run.
fn watch(link: &'static Link, table: abi::Plugin) -> Result<(), Stop> {
    struct Moved(abi::Plugin);
    // SAFETY: of all functions only `cancel` is called there, which may be called from any thread.
    unsafe impl Send for Moved {}
    let socket = link.descriptor().map_err(Stop::at(Stage::Confine))?;
    let moved = Moved(table);
    let wait = move || {
        let moved = moved;
        let mut asked = libc::pollfd { fd: socket, events: libc::POLLRDHUP, revents: 0 };
        // SAFETY: one structure, which outlives the call.
        while unsafe { libc::poll(&mut asked, 1, -1) } < 1 {}
        link.cancelled.store(true, Ordering::Relaxed);
        link.unless_released(|| {
            if let Some(cancel) = moved.0.cancel {
                // SAFETY: the interface: from any thread, before `release`.
                unsafe { cancel(moved.0.state) }
            }
        });
    };
    let thread = std::thread::Builder::new().stack_size(128 << 10).spawn(wait);
    thread.map(drop).map_err(Stop::at(Stage::Confine))
}
