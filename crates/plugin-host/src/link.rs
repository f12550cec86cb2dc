//! The child's end of the socket, and the host's table that a plugin is given.
#![allow(unsafe_code)]

use crate::wire::{self, CHUNK, Down, MESSAGE_LIMIT, Message, Up};
use crate::{InputStat, Status};
use haggle_plugin_api::abi;
use std::ffi::{c_char, c_void};
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// The socket, one question at a time.
pub(crate) struct Link {
    socket: Mutex<File>,
    pub(crate) cancelled: AtomicBool,
    released: Mutex<bool>,
}

/// A question that was answered with a failure, or not at all.
struct Refused {
    status: i32,
    retry_after_ms: u32,
    message: String,
}

impl Refused {
    fn new(status: Status, message: impl Into<String>) -> Self {
        Self { status: status.code(), retry_after_ms: 0, message: message.into() }
    }

    /// Tells it through the plugin's buffer.
    unsafe fn tell(&self, error: *mut abi::Error) -> i32 {
        // SAFETY: the interface's promise: null or valid for writing.
        if let Some(error) = unsafe { error.as_mut() }
            && error.struct_size as usize >= size_of::<abi::Error>()
        {
            error.set(self.status, &self.message);
            error.retry_after_ms = self.retry_after_ms;
        }
        self.status
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::new(Status::Internal, format!("the host cannot be asked: {error}"))
    }
}

impl Link {
    pub(crate) fn new(socket: File) -> Self {
        let cancelled = AtomicBool::new(false);
        Self { socket: Mutex::new(socket), cancelled, released: Mutex::new(false) }
    }

    /// The plugin's last call is about to be made; waits for one from another thread.
    pub(crate) fn releasing(&self) {
        *self.released.lock().unwrap_or_else(PoisonError::into_inner) = true;
    }

    /// Calls the plugin from another thread, unless its last call was made.
    pub(crate) fn unless_released(&self, call: impl FnOnce()) {
        let released = self.released.lock().unwrap_or_else(PoisonError::into_inner);
        if !*released {
            call();
        }
    }

    /// Says something that is not answered.
    pub(crate) fn say(&self, what: &Up) -> io::Result<()> {
        self.with(|socket| wire::send(socket, what))
    }

    /// Uses the socket for longer than one question.
    pub(crate) fn with<T>(&self, use_it: impl FnOnce(&mut File) -> io::Result<T>) -> io::Result<T> {
        use_it(&mut *self.socket.lock().map_err(|_| io::Error::other("poisoned"))?)
    }

    /// The socket's number, for waiting on it.
    pub(crate) fn descriptor(&self) -> io::Result<i32> {
        self.with(|socket| Ok(socket.as_raw_fd()))
    }

    fn ask(&self, what: &Up) -> Result<Message, Refused> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Err(Refused::new(Status::Cancelled, "the run was cancelled"));
        }
        let broken = |_| Refused::new(Status::Internal, "an earlier question broke off");
        let mut socket = self.socket.lock().map_err(broken)?;
        wire::send(&mut *socket, what)?;
        let answer = wire::receive(&mut *socket, MESSAGE_LIMIT)?;
        answer.ok_or_else(|| Refused::new(Status::Cancelled, "the run was cancelled"))
    }

    fn told(&self, what: &Up) -> Result<Down, Refused> {
        match self.ask(what)?.parse()? {
            Down::Failed { status, retry_after_ms, message } => {
                Err(Refused { status, retry_after_ms, message })
            }
            answer => Ok(answer),
        }
    }

    fn open(&self, uri: String, options: String) -> Result<u64, Refused> {
        match self.told(&Up::Open { uri, options })? {
            Down::Opened { handle } => Ok(handle),
            _ => Err(Refused::new(Status::Internal, "the host answered another question")),
        }
    }

    fn stat(&self, handle: u64) -> Result<InputStat, Refused> {
        match self.told(&Up::Stat { handle })? {
            Down::Stat(stat) => Ok(stat),
            _ => Err(Refused::new(Status::Internal, "the host answered another question")),
        }
    }

    fn read(&self, handle: u64, most: usize) -> Result<Vec<u8>, Refused> {
        match self.ask(&Up::Read { handle, most: most.min(CHUNK) })? {
            Message::Bytes(bytes) => Ok(bytes),
            json => match json.parse()? {
                Down::Failed { status, retry_after_ms, message } => {
                    Err(Refused { status, retry_after_ms, message })
                }
                _ => Err(Refused::new(Status::Internal, "the host answered another question")),
            },
        }
    }

    /// The table of functions for a plugin; the link lives as long as the process.
    pub(crate) fn table(&'static self) -> abi::Host {
        abi::Host {
            struct_size: size_of::<abi::Host>() as u32,
            abi_major: abi::ABI_MAJOR,
            abi_minor: abi::ABI_MINOR,
            reserved: 0,
            ctx: std::ptr::from_ref(self).cast_mut().cast(),
            log: Some(log),
            is_cancelled: Some(is_cancelled),
            progress: Some(progress),
            input_open: Some(input_open),
            input_read: Some(input_read),
            input_close: Some(input_close),
            input_stat: Some(input_stat),
        }
    }
}

/// # Safety
/// `ctx` is that of [`Link::table`].
unsafe fn link(ctx: *mut c_void) -> &'static Link {
    // SAFETY: the caller's promise; the link lives as long as the process.
    unsafe { &*ctx.cast::<Link>() }
}

/// # Safety
/// Pointer and length are those of a text, or the pointer is null.
unsafe fn text(at: *const c_char, length: usize) -> String {
    match at.is_null() {
        true => String::new(),
        false => {
            // SAFETY: the caller's promise.
            let bytes = unsafe { std::slice::from_raw_parts(at.cast(), length) };
            String::from_utf8_lossy(bytes).into_owned()
        }
    }
}

/// No panic of ours goes through the plugin's frames.
fn quietly<T>(otherwise: T, body: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(otherwise)
}

unsafe extern "C" fn log(ctx: *mut c_void, level: i32, at: *const c_char, length: usize) {
    quietly((), || {
        // SAFETY: the interface's promise.
        let (link, text) = unsafe { (link(ctx), text(at, length)) };
        // A log that is lost because the parent is gone is lost with everything else.
        let _ = link.say(&Up::Log { level, text });
    });
}

unsafe extern "C" fn is_cancelled(ctx: *mut c_void) -> i32 {
    // SAFETY: the interface's promise.
    i32::from(unsafe { link(ctx) }.cancelled.load(Ordering::Relaxed))
}

unsafe extern "C" fn progress(ctx: *mut c_void, _done: u64, _total: u64) {
    quietly((), || {
        // SAFETY: the interface's promise.
        let _ = unsafe { link(ctx) }.say(&Up::Alive);
    });
}

unsafe extern "C" fn input_open(
    ctx: *mut c_void,
    uri: *const c_char,
    uri_length: usize,
    options: *const c_char,
    options_length: usize,
    handle: *mut u64,
    error: *mut abi::Error,
) -> i32 {
    let internal = Status::Internal.code();
    quietly(internal, || {
        // SAFETY: the interface's promise about texts, handle and error.
        unsafe {
            let (uri, options) = (text(uri, uri_length), text(options, options_length));
            match (link(ctx).open(uri, options), handle.as_mut()) {
                (Ok(opened), Some(handle)) => {
                    *handle = opened;
                    abi::OK
                }
                (Ok(_), None) => Refused::new(Status::Internal, "found no handle").tell(error),
                (Err(refused), _) => refused.tell(error),
            }
        }
    })
}

unsafe extern "C" fn input_read(
    ctx: *mut c_void,
    handle: u64,
    buffer: *mut c_void,
    length: usize,
    error: *mut abi::Error,
) -> i64 {
    if length == 0 {
        return 0;
    }
    let internal = -i64::from(Status::Internal.code());
    quietly(internal, || {
        // SAFETY: the interface's promise about buffer and error.
        unsafe {
            match link(ctx).read(handle, length) {
                Ok(bytes) if bytes.len() <= length => {
                    buffer.cast::<u8>().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
                    bytes.len() as i64
                }
                Ok(_) => internal,
                Err(refused) => -i64::from(refused.tell(error)),
            }
        }
    })
}

unsafe extern "C" fn input_close(ctx: *mut c_void, handle: u64) {
    quietly((), || {
        // SAFETY: the interface's promise.
        let _ = unsafe { link(ctx) }.say(&Up::Close { handle });
    });
}

unsafe extern "C" fn input_stat(
    ctx: *mut c_void,
    handle: u64,
    out: *mut abi::InputStat,
    error: *mut abi::Error,
) -> i32 {
    quietly(Status::Internal.code(), || {
        // SAFETY: the interface's promise about `out` and error.
        unsafe {
            match (link(ctx).stat(handle), out.as_mut()) {
                (Ok(stat), Some(out)) if out.struct_size as usize >= size_of_val(out) => {
                    fill(out, &stat);
                    abi::OK
                }
                (Ok(_), _) => Refused::new(Status::Abi, "found no room for it").tell(error),
                (Err(refused), _) => refused.tell(error),
            }
        }
    })
}

fn fill(out: &mut abi::InputStat, stat: &InputStat) {
    out.status = stat.status.map_or(0, i32::from);
    out.length = stat.length.and_then(|length| i64::try_from(length).ok()).unwrap_or(-1);
    abi::write_text(&mut out.content_type, stat.content_type.as_deref().unwrap_or(""));
    abi::write_text(&mut out.last_modified, stat.last_modified.as_deref().unwrap_or(""));
}
