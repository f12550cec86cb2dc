//! A [`Source`] behind the C interface; no panic leaves it, and after one nothing else is done.
#![allow(unsafe_code)]

use crate::Source;
use crate::abi::{self, ArrowArray, ArrowArrayStream, ArrowSchema};
use crate::batch::{Column, Rows, Texts, Values};
use crate::failure::{Failure, Status};
use crate::host::Host;
use crate::row::{FIELDS, Field, Type};
use std::any::Any;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{null, null_mut};
use std::sync::Arc;

/// Copies a text into an array with a NUL at its end.
pub const fn with_nul<const N: usize>(text: &str) -> [u8; N] {
    let (mut out, mut i) = ([0; N], 0);
    while i < text.len() {
        assert!(text.as_bytes()[i] != 0, "a manifest holds no NUL");
        out[i] = text.as_bytes()[i];
        i += 1;
    }
    out
}

/// Runs what the author wrote; a panic becomes a failure.
fn guarded<T>(body: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        let failure = Failure::new(Status::Panic, text.unwrap_or("no message"));
        // A payload may panic again when it is dropped.
        std::mem::forget(panic);
        Err(failure)
    })
}

/// Tells a failure through the caller's buffer.
///
/// # Safety
/// `error` is null or valid for writing.
unsafe fn told(result: Result<(), Failure>, error: *mut abi::Error) -> i32 {
    let Err(failure) = result else { return abi::OK };
    // SAFETY: the caller's promise.
    if let Some(error) = unsafe { error.as_mut() } {
        error.set(failure.status.code(), &failure.message);
        error.retry_after_ms = failure.retry_after_ms.unwrap_or(0);
    }
    failure.status.code()
}

/// `haggle_plugin_init_v1` for a source.
///
/// # Safety
/// As `haggle_plugin.h` says.
pub unsafe fn init<S: Source>(
    host: *const abi::Host,
    out: *mut abi::Plugin,
    error: *mut abi::Error,
) -> i32 {
    let result = guarded(|| {
        // SAFETY: the caller's promise.
        let host = unsafe { Host::new(host) }?;
        // SAFETY: the caller's promise; its size says whether it has all of our fields.
        let Some(out) = (unsafe { out.as_mut() }) else {
            return Err(Failure::new(Status::Abi, "found no table to fill in"));
        };
        if (out.struct_size as usize) < size_of::<abi::Plugin>() {
            return Err(Failure::new(Status::Abi, "the host's table is too small"));
        }
        *out = abi::Plugin {
            struct_size: out.struct_size,
            abi_major: abi::ABI_MAJOR,
            abi_minor: abi::ABI_MINOR,
            state: Box::into_raw(Box::new(host)).cast(),
            validate: Some(validate::<S>),
            open: Some(open::<S>),
            release: Some(release_plugin),
            ..*out
        };
        Ok(())
    });
    // SAFETY: the caller's promise.
    unsafe { told(result, error) }
}

/// # Safety
/// Pointer and length are those of a text that outlives the call.
unsafe fn request<'a>(text: *const c_char, len: usize) -> Result<&'a str, Failure> {
    let bytes = match text.is_null() {
        true => &[][..],
        // SAFETY: the caller's promise.
        false => unsafe { std::slice::from_raw_parts(text.cast(), len) },
    };
    std::str::from_utf8(bytes).map_err(|_| Failure::new(Status::Config, "the request is not UTF-8"))
}

unsafe extern "C" fn validate<S: Source>(
    _state: *mut c_void,
    text: *const c_char,
    len: usize,
    error: *mut abi::Error,
) -> i32 {
    // SAFETY: the interface's promise about requests and errors.
    unsafe { told(guarded(|| S::validate(request(text, len)?)), error) }
}

unsafe extern "C" fn open<S: Source>(
    state: *mut c_void,
    text: *const c_char,
    len: usize,
    out: *mut ArrowArrayStream,
    error: *mut abi::Error,
) -> i32 {
    let result = guarded(|| {
        // SAFETY: `state` is the box that `init` made; `out` is valid for writing.
        unsafe {
            let source = S::open(request(text, len)?, *state.cast::<Host>())?;
            out.write(stream(source));
        }
        Ok(())
    });
    // SAFETY: the interface's promise about errors.
    unsafe { told(result, error) }
}

unsafe extern "C" fn release_plugin(state: *mut c_void) {
    // SAFETY: `state` is the box that `init` made, and this is the last call.
    drop(unsafe { Box::from_raw(state.cast::<Host>()) });
}

/// A source being read.
struct Reading<S> {
    source: S,
    rows: Rows,
    ended: bool,
    failed: bool,
    error: CString,
}

fn stream<S: Source>(source: S) -> ArrowArrayStream {
    let (rows, error) = (Rows::default(), CString::default());
    let reading = Reading { source, rows, ended: false, failed: false, error };
    ArrowArrayStream {
        get_schema: Some(get_schema::<S>),
        get_next: Some(get_next::<S>),
        get_last_error: Some(get_last_error::<S>),
        release: Some(release_stream::<S>),
        private_data: Box::into_raw(Box::new(reading)).cast(),
    }
}

impl<S: Source> Reading<S> {
    fn next(&mut self) -> Result<ArrowArray, Failure> {
        if self.failed {
            return Err(Failure::new(Status::Internal, "it is read on after a failure"));
        }
        loop {
            if let Some((len, columns)) = self.rows.next(self.ended) {
                return Ok(batch(len, columns));
            }
            if self.ended {
                return Ok(ArrowArray::empty());
            }
            self.ended = !self.source.read(&mut self.rows)?;
        }
    }

    /// Keeps what went wrong for `get_last_error`, with its status in front.
    fn fail(&mut self, failure: &Failure) -> c_int {
        self.failed = true;
        let text = format!("HAGGLE:{}:{}", failure.status.code(), failure.message);
        self.error = CString::new(text.replace('\0', " ")).unwrap_or_default();
        EIO
    }
}

const EIO: c_int = 5;

unsafe extern "C" fn get_schema<S: Source>(
    stream: *mut ArrowArrayStream,
    out: *mut ArrowSchema,
) -> c_int {
    // SAFETY: `private_data` is the box that `stream` made; `out` is valid for writing.
    let (reading, out) = unsafe { (&mut *(*stream).private_data.cast::<Reading<S>>(), &mut *out) };
    match guarded(|| Ok(schema())) {
        Ok(schema) => {
            *out = schema;
            0
        }
        Err(failure) => reading.fail(&failure),
    }
}

unsafe extern "C" fn get_next<S: Source>(
    stream: *mut ArrowArrayStream,
    out: *mut ArrowArray,
) -> c_int {
    // SAFETY: `private_data` is the box that `stream` made; `out` is valid for writing.
    let (reading, out) = unsafe { (&mut *(*stream).private_data.cast::<Reading<S>>(), &mut *out) };
    match guarded(|| reading.next()) {
        Ok(array) => {
            *out = array;
            0
        }
        Err(failure) => reading.fail(&failure),
    }
}

unsafe extern "C" fn get_last_error<S: Source>(stream: *mut ArrowArrayStream) -> *const c_char {
    // SAFETY: `private_data` is the box that `stream` made.
    let reading = unsafe { &*(*stream).private_data.cast::<Reading<S>>() };
    match reading.error.is_empty() {
        true => null(),
        false => reading.error.as_ptr(),
    }
}

unsafe extern "C" fn release_stream<S: Source>(stream: *mut ArrowArrayStream) {
    // SAFETY: `private_data` is the box that `stream` made, and this is its last use.
    let reading = unsafe {
        (*stream).release = None;
        Box::from_raw((*stream).private_data.cast::<Reading<S>>())
    };
    // The author's own destructor may panic; there is nobody left to tell.
    let _ = guarded(|| {
        drop(reading);
        Ok(())
    });
}

/// What an exported schema points at.
struct HeldSchema {
    /// Of a `CString` that was taken apart: what is moved about has no pointers into it.
    name: *mut c_char,
    children: Vec<*mut ArrowSchema>,
    dictionary: *mut ArrowSchema,
}

fn schema() -> ArrowSchema {
    let children = FIELDS.iter().map(|field| Box::into_raw(Box::new(column_schema(field))));
    schema_of(c"+s", CString::default(), 0, children.collect(), null_mut())
}

fn column_schema(field: &Field) -> ArrowSchema {
    let name = CString::new(field.name).unwrap_or_default();
    let flags = if field.absent { abi::NULLABLE } else { 0 };
    let dictionary = match field.holds {
        Type::Text => {
            let values = schema_of(c"u", CString::default(), 0, Vec::new(), null_mut());
            Box::into_raw(Box::new(values))
        }
        _ => null_mut(),
    };
    schema_of(format(field.holds), name, flags, Vec::new(), dictionary)
}

/// Arrow's letters for a type; a text is a number into a dictionary.
fn format(holds: Type) -> &'static CStr {
    match holds {
        Type::Text => c"i",
        Type::UInt64 => c"L",
        Type::UInt32 => c"I",
        Type::Int64 => c"l",
        Type::Float64 => c"g",
        Type::Decimal => c"d:38,12",
        Type::Date => c"tdD",
    }
}

fn schema_of(
    format: &'static CStr,
    name: CString,
    flags: i64,
    children: Vec<*mut ArrowSchema>,
    dictionary: *mut ArrowSchema,
) -> ArrowSchema {
    let name = name.into_raw();
    let held = Box::into_raw(Box::new(HeldSchema { name, children, dictionary }));
    // SAFETY: `held` was made just now.
    let children = unsafe { &mut (*held).children };
    ArrowSchema {
        format: format.as_ptr(),
        name,
        flags,
        n_children: children.len() as i64,
        children: children.as_mut_ptr(),
        dictionary,
        release: Some(release_schema),
        private_data: held.cast(),
        ..ArrowSchema::empty()
    }
}

unsafe extern "C" fn release_schema(schema: *mut ArrowSchema) {
    // SAFETY: `private_data` is the box that `schema_of` made, as are those of its children; one
    // that was moved away is marked as released by Arrow's rules.
    unsafe {
        let held = Box::from_raw((*schema).private_data.cast::<HeldSchema>());
        drop(CString::from_raw(held.name));
        for child in held.children.iter().chain([&held.dictionary]).filter(|c| !c.is_null()) {
            if let Some(release) = (**child).release {
                release(*child);
            }
            drop(Box::from_raw(*child));
        }
        (*schema).release = None;
    }
}

/// What an exported array points at.
struct HeldArray {
    buffers: Vec<*const c_void>,
    children: Vec<*mut ArrowArray>,
    dictionary: *mut ArrowArray,
    _owner: Box<dyn Any>,
}

fn batch(len: usize, columns: Vec<Column>) -> ArrowArray {
    let children = columns.into_iter().map(|c| Box::into_raw(Box::new(column_array(len, c))));
    let children = children.collect();
    array_of(len, 0, vec![null()], children, null_mut(), Box::new(()))
}

fn column_array(len: usize, mut column: Column) -> ArrowArray {
    let dictionary = column.texts.take().map_or(null_mut(), |t| Box::into_raw(Box::new(texts(t))));
    let validity = column.validity.as_ref().map_or(null(), |bits| bits.as_ptr().cast());
    let values = match &column.values {
        Values::I32(values) => values.as_ptr().cast(),
        Values::U32(values) => values.as_ptr().cast(),
        Values::U64(values) => values.as_ptr().cast(),
        Values::I64(values) => values.as_ptr().cast(),
        Values::F64(values) => values.as_ptr().cast(),
        Values::I128(values) => values.as_ptr().cast(),
    };
    let nulls = column.nulls;
    array_of(len, nulls, vec![validity, values], Vec::new(), dictionary, Box::new(column))
}

fn texts(texts: Arc<Texts>) -> ArrowArray {
    let buffers = vec![null(), texts.ends.as_ptr().cast(), texts.bytes.as_ptr().cast()];
    array_of(texts.len(), 0, buffers, Vec::new(), null_mut(), Box::new(texts))
}

fn array_of(
    len: usize,
    nulls: usize,
    buffers: Vec<*const c_void>,
    children: Vec<*mut ArrowArray>,
    dictionary: *mut ArrowArray,
    owner: Box<dyn Any>,
) -> ArrowArray {
    let held = HeldArray { buffers, children, dictionary, _owner: owner };
    let held = Box::into_raw(Box::new(held));
    // SAFETY: `held` was made just now.
    let HeldArray { buffers, children, .. } = unsafe { &mut *held };
    ArrowArray {
        length: len as i64,
        null_count: nulls as i64,
        n_buffers: buffers.len() as i64,
        n_children: children.len() as i64,
        buffers: buffers.as_mut_ptr(),
        children: children.as_mut_ptr(),
        dictionary,
        release: Some(release_array),
        private_data: held.cast(),
        ..ArrowArray::empty()
    }
}

unsafe extern "C" fn release_array(array: *mut ArrowArray) {
    // SAFETY: `private_data` is the box that `array_of` made, as are those of its children; one
    // that was moved away is marked as released by Arrow's rules.
    unsafe {
        let held = Box::from_raw((*array).private_data.cast::<HeldArray>());
        for child in held.children.iter().chain([&held.dictionary]).filter(|c| !c.is_null()) {
            if let Some(release) = (**child).release {
                release(*child);
            }
            drop(Box::from_raw(*child));
        }
        (*array).release = None;
    }
}
