//! The structures of `haggle_plugin.h` and of the Arrow C interfaces, as Rust sees them.

use std::ffi::{c_char, c_int, c_void};

/// Major version of the interface; it is part of the names of the exports.
pub const ABI_MAJOR: u32 = 1;
/// Minor version; raised when fields are appended.
pub const ABI_MINOR: u32 = 0;

/// Room for the message of an [`Error`], with the NUL at its end.
pub const MESSAGE: usize = 1024;

/// Success, the one status that is no error.
pub const OK: i32 = 0;

/// `struct haggle_error`: the caller's buffer for what went wrong.
#[repr(C)]
#[derive(Clone)]
pub struct Error {
    /// Size of this structure.
    pub struct_size: u32,
    /// The status.
    pub status: i32,
    /// When to try again; 0 if that is not known.
    pub retry_after_ms: u32,
    /// Zero.
    pub reserved: u32,
    /// UTF-8, ends with NUL.
    pub message: [u8; MESSAGE],
}

impl Default for Error {
    fn default() -> Self {
        let struct_size = size_of::<Self>() as u32;
        Self { struct_size, status: OK, retry_after_ms: 0, reserved: 0, message: [0; MESSAGE] }
    }
}

impl Error {
    /// Fills in status and message; a message that is too long is cut between two characters.
    pub fn set(&mut self, status: i32, message: &str) {
        self.status = status;
        write_text(&mut self.message, message);
    }

    /// The message; what is not UTF-8 in it is replaced.
    pub fn text(&self) -> String {
        read_text(&self.message)
    }
}

/// Writes a text into a fixed buffer, cut between two characters, with a NUL at its end.
pub fn write_text(buffer: &mut [u8], text: &str) {
    buffer.fill(0);
    let end = text.floor_char_boundary(buffer.len().saturating_sub(1));
    buffer[..end].copy_from_slice(&text.as_bytes()[..end]);
}

/// Reads a text out of a fixed buffer, up to its NUL.
pub fn read_text(buffer: &[u8]) -> String {
    let end = buffer.iter().position(|byte| *byte == 0).unwrap_or(buffer.len());
    String::from_utf8_lossy(&buffer[..end]).into_owned()
}

/// `struct haggle_input_stat`.
#[repr(C)]
#[derive(Clone)]
pub struct InputStat {
    /// Size of this structure.
    pub struct_size: u32,
    /// Status code of HTTP, or 0.
    pub status: i32,
    /// Length in bytes, or -1.
    pub length: i64,
    /// Media type, or empty.
    pub content_type: [u8; 128],
    /// When it was last changed, or empty.
    pub last_modified: [u8; 64],
}

impl Default for InputStat {
    fn default() -> Self {
        Self {
            struct_size: size_of::<Self>() as u32,
            status: 0,
            length: -1,
            content_type: [0; 128],
            last_modified: [0; 64],
        }
    }
}

/// `struct haggle_host`: what the host offers.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Host {
    /// Size of this structure.
    pub struct_size: u32,
    /// [`ABI_MAJOR`].
    pub abi_major: u32,
    /// [`ABI_MINOR`] of the host.
    pub abi_minor: u32,
    /// Zero.
    pub reserved: u32,
    /// First argument of every function below.
    pub ctx: *mut c_void,
    /// Level, text, length.
    pub log: Option<unsafe extern "C" fn(*mut c_void, i32, *const c_char, usize)>,
    /// Not 0 once the run is cancelled.
    pub is_cancelled: Option<unsafe extern "C" fn(*mut c_void) -> i32>,
    /// Done, total.
    pub progress: Option<unsafe extern "C" fn(*mut c_void, u64, u64)>,
    /// URI, options, handle, error.
    pub input_open: Option<
        unsafe extern "C" fn(
            *mut c_void,
            *const c_char,
            usize,
            *const c_char,
            usize,
            *mut u64,
            *mut Error,
        ) -> i32,
    >,
    /// Handle, buffer, length, error.
    pub input_read:
        Option<unsafe extern "C" fn(*mut c_void, u64, *mut c_void, usize, *mut Error) -> i64>,
    /// Handle.
    pub input_close: Option<unsafe extern "C" fn(*mut c_void, u64)>,
    /// Handle, what is known, error.
    pub input_stat:
        Option<unsafe extern "C" fn(*mut c_void, u64, *mut InputStat, *mut Error) -> i32>,
}

/// `validate` of [`Plugin`].
pub type Validate = unsafe extern "C" fn(*mut c_void, *const c_char, usize, *mut Error) -> i32;
/// `open` of [`Plugin`].
pub type Open = unsafe extern "C" fn(
    *mut c_void,
    *const c_char,
    usize,
    *mut ArrowArrayStream,
    *mut Error,
) -> i32;
/// `haggle_plugin_init_v1`.
pub type Init = unsafe extern "C" fn(*const Host, *mut Plugin, *mut Error) -> i32;

/// `struct haggle_plugin`: what the plugin offers.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Plugin {
    /// Size of this structure.
    pub struct_size: u32,
    /// Major version that the plugin was built against.
    pub abi_major: u32,
    /// Minor version that the plugin was built against.
    pub abi_minor: u32,
    /// Zero.
    pub reserved: u32,
    /// First argument of every function below.
    pub state: *mut c_void,
    /// Whether a request can be used.
    pub validate: Option<Validate>,
    /// Begins to read.
    pub open: Option<Open>,
    /// Called from any thread when the run is cancelled.
    pub cancel: Option<unsafe extern "C" fn(*mut c_void)>,
    /// The last call.
    pub release: Option<unsafe extern "C" fn(*mut c_void)>,
}

impl Default for Plugin {
    fn default() -> Self {
        Self {
            struct_size: size_of::<Self>() as u32,
            abi_major: 0,
            abi_minor: 0,
            reserved: 0,
            state: std::ptr::null_mut(),
            validate: None,
            open: None,
            cancel: None,
            release: None,
        }
    }
}

/// `struct ArrowSchema`.
#[repr(C)]
pub struct ArrowSchema {
    /// Type, in Arrow's letters.
    pub format: *const c_char,
    /// Name of the column.
    pub name: *const c_char,
    /// None.
    pub metadata: *const c_char,
    /// [`NULLABLE`] and others.
    pub flags: i64,
    /// Number of children.
    pub n_children: i64,
    /// Children.
    pub children: *mut *mut ArrowSchema,
    /// Type of a dictionary's values.
    pub dictionary: *mut ArrowSchema,
    /// Frees what this points at; null once it was called.
    pub release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    /// The producer's.
    pub private_data: *mut c_void,
}

/// Flag of a column that may be null.
pub const NULLABLE: i64 = 2;

impl ArrowSchema {
    /// A released one, to be filled in.
    pub fn empty() -> Self {
        use std::ptr::{null, null_mut};
        Self {
            format: null(),
            name: null(),
            metadata: null(),
            flags: 0,
            n_children: 0,
            children: null_mut(),
            dictionary: null_mut(),
            release: None,
            private_data: null_mut(),
        }
    }
}

/// `struct ArrowArray`.
#[repr(C)]
pub struct ArrowArray {
    /// Rows.
    pub length: i64,
    /// Rows that are null, or -1.
    pub null_count: i64,
    /// Rows to pass over at the front of the buffers.
    pub offset: i64,
    /// Number of buffers.
    pub n_buffers: i64,
    /// Number of children.
    pub n_children: i64,
    /// Buffers.
    pub buffers: *mut *const c_void,
    /// Children.
    pub children: *mut *mut ArrowArray,
    /// A dictionary's values.
    pub dictionary: *mut ArrowArray,
    /// Frees what this points at; null once it was called.
    pub release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    /// The producer's.
    pub private_data: *mut c_void,
}

impl ArrowArray {
    /// A released one, to be filled in; as the answer of a stream, its end.
    pub fn empty() -> Self {
        use std::ptr::null_mut;
        Self {
            length: 0,
            null_count: 0,
            offset: 0,
            n_buffers: 0,
            n_children: 0,
            buffers: null_mut(),
            children: null_mut(),
            dictionary: null_mut(),
            release: None,
            private_data: null_mut(),
        }
    }
}

/// `struct ArrowArrayStream`.
#[repr(C)]
pub struct ArrowArrayStream {
    /// The schema of the batches.
    pub get_schema: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> c_int>,
    /// The next batch, or a released array at the end.
    pub get_next: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowArray) -> c_int>,
    /// What the last error was.
    pub get_last_error: Option<unsafe extern "C" fn(*mut ArrowArrayStream) -> *const c_char>,
    /// Frees the stream.
    pub release: Option<unsafe extern "C" fn(*mut ArrowArrayStream)>,
    /// The producer's.
    pub private_data: *mut c_void,
}

impl ArrowArrayStream {
    /// A released one, to be filled in.
    pub fn empty() -> Self {
        Self {
            get_schema: None,
            get_next: None,
            get_last_error: None,
            release: None,
            private_data: std::ptr::null_mut(),
        }
    }
}
