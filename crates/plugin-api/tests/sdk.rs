//! The SDK's side of the C interface, called as a host calls it.
#![allow(unsafe_code, clippy::unwrap_used)]

use haggle_plugin_api::abi::{self, ArrowArray, ArrowArrayStream, ArrowSchema};
use haggle_plugin_api::{BATCH_ROWS, Failure, Host, Row, Rows, Source, Status};
use std::ffi::{CStr, c_void};
use std::ptr::null_mut;

/// Panics where its request says.
struct Panics(String);

impl Source for Panics {
    fn validate(request: &str) -> Result<(), Failure> {
        match request {
            "validate" => panic!("in {request}"),
            _ => Ok(()),
        }
    }

    fn open(request: &str, _host: Host) -> Result<Self, Failure> {
        match request {
            "open" => panic!("in {request}"),
            _ => Ok(Self(request.to_owned())),
        }
    }

    fn read(&mut self, rows: &mut Rows) -> Result<bool, Failure> {
        match self.0.as_str() {
            "read" => std::panic::panic_any(5),
            "fail" => Err(Failure::new(Status::Data, "no list")),
            count => {
                let count = count.parse().unwrap();
                (0..count).for_each(|i| rows.push(&Row::new(i, "EUR", "C62")));
                Ok(false)
            }
        }
    }
}

impl Drop for Panics {
    fn drop(&mut self) {
        if self.0 == "drop" {
            panic!("in drop");
        }
    }
}

haggle_plugin_api::plugin!(Panics, r#"{"manifest":1,"name":"panics"}"#);

fn host() -> abi::Host {
    abi::Host {
        struct_size: size_of::<abi::Host>() as u32,
        abi_major: abi::ABI_MAJOR,
        abi_minor: abi::ABI_MINOR,
        reserved: 0,
        ctx: null_mut::<c_void>(),
        log: None,
        is_cancelled: None,
        progress: None,
        input_open: None,
        input_read: None,
        input_close: None,
        input_stat: None,
    }
}

fn plugin() -> abi::Plugin {
    let (mut table, mut error) = (abi::Plugin::default(), abi::Error::default());
    let host = host();
    // SAFETY: all three outlive the call, and the SDK copies the host's table.
    assert_eq!(unsafe { haggle_plugin_init_v1(&host, &mut table, &mut error) }, abi::OK);
    table
}

/// Validates or opens; the status and the message.
fn asked(plugin: &abi::Plugin, request: &str, stream: &mut ArrowArrayStream) -> (i32, String) {
    let mut error = abi::Error::default();
    let (at, len) = (request.as_ptr().cast(), request.len());
    // SAFETY: the request and the structures outlive the calls.
    let status = unsafe {
        match plugin.validate.unwrap()(plugin.state, at, len, &mut error) {
            abi::OK => plugin.open.unwrap()(plugin.state, at, len, stream, &mut error),
            status => status,
        }
    };
    (status, error.text())
}

fn last_error(stream: &mut ArrowArrayStream) -> String {
    // SAFETY: an open stream.
    unsafe { CStr::from_ptr(stream.get_last_error.unwrap()(stream)).to_str().unwrap().to_owned() }
}

#[test]
fn no_panic_leaves_a_callback() {
    let plugin = plugin();
    for place in ["validate", "open"] {
        let told = asked(&plugin, place, &mut ArrowArrayStream::empty());
        assert_eq!(told, (Status::Panic.code(), format!("in {place}")));
    }
    let mut stream = ArrowArrayStream::empty();
    assert_eq!(asked(&plugin, "read", &mut stream).0, abi::OK);
    let mut array = ArrowArray::empty();
    // SAFETY: an open stream, with room for an array.
    unsafe {
        assert_ne!(stream.get_next.unwrap()(&mut stream, &mut array), 0);
        assert_eq!(last_error(&mut stream), "HAGGLE:11:no message");
        assert_ne!(stream.get_next.unwrap()(&mut stream, &mut array), 0);
        assert_eq!(last_error(&mut stream), "HAGGLE:10:it is read on after a failure");
        stream.release.unwrap()(&mut stream);
    }
    assert!(stream.release.is_none() && array.release.is_none());
    let mut stream = ArrowArrayStream::empty();
    assert_eq!(asked(&plugin, "drop", &mut stream).0, abi::OK);
    // SAFETY: an open stream, and then the last calls.
    unsafe {
        stream.release.unwrap()(&mut stream);
        plugin.release.unwrap()(plugin.state);
    }
}

#[test]
fn a_failure_keeps_its_status() {
    let plugin = plugin();
    let mut stream = ArrowArrayStream::empty();
    assert_eq!(asked(&plugin, "fail", &mut stream).0, abi::OK);
    // SAFETY: an open stream, with room for an array.
    unsafe {
        assert_ne!(stream.get_next.unwrap()(&mut stream, &mut ArrowArray::empty()), 0);
        assert_eq!(last_error(&mut stream), "HAGGLE:7:no list");
        stream.release.unwrap()(&mut stream);
        plugin.release.unwrap()(plugin.state);
    }
}

#[test]
fn batches_are_cut_and_the_end_stays() {
    let plugin = plugin();
    let cases = [
        (0, vec![]),
        (1, vec![1]),
        (300, vec![300]),
        (BATCH_ROWS, vec![BATCH_ROWS]),
        (2 * BATCH_ROWS + 5, vec![BATCH_ROWS, BATCH_ROWS, 5]),
    ];
    // An interpreter takes minutes for a whole batch.
    let few = if cfg!(miri) { 3 } else { cases.len() };
    for (count, lengths) in cases.into_iter().take(few) {
        let mut stream = ArrowArrayStream::empty();
        assert_eq!(asked(&plugin, &count.to_string(), &mut stream).0, abi::OK);
        let mut found = Vec::new();
        let mut arrays = Vec::new();
        for _ in 0..lengths.len() + 2 {
            let mut array = ArrowArray::empty();
            // SAFETY: an open stream, with room for an array.
            assert_eq!(unsafe { stream.get_next.unwrap()(&mut stream, &mut array) }, 0);
            if array.release.is_some() {
                found.push(array.length as usize);
                arrays.push(array);
            }
        }
        assert_eq!(found, lengths);
        // SAFETY: the stream's last call; its arrays outlive it, and are released once.
        unsafe {
            stream.release.unwrap()(&mut stream);
            for mut array in arrays {
                let column = &**array.children.add(15);
                let amounts = (*column.buffers.add(1)).cast::<i128>();
                assert!(amounts.is_aligned());
                let last = amounts.add(column.length as usize - 1).read();
                assert_eq!(last % BATCH_ROWS as i128, (column.length - 1) as i128);
                array.release.unwrap()(&mut array);
                assert!(array.release.is_none());
            }
        }
    }
    // SAFETY: the last call.
    unsafe { plugin.release.unwrap()(plugin.state) }
}

#[test]
fn the_schema_is_that_of_the_columns() {
    let plugin = plugin();
    let mut stream = ArrowArrayStream::empty();
    assert_eq!(asked(&plugin, "0", &mut stream).0, abi::OK);
    let mut schema = ArrowSchema::empty();
    // SAFETY: an open stream, with room for a schema, which is released once.
    unsafe {
        assert_eq!(stream.get_schema.unwrap()(&mut stream, &mut schema), 0);
        let names = (0..schema.n_children as usize)
            .map(|i| CStr::from_ptr((**schema.children.add(i)).name).to_str().unwrap().to_owned());
        let expected = haggle_plugin_api::FIELDS.iter().map(|field| field.name.to_owned());
        assert_eq!(names.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        schema.release.unwrap()(&mut schema);
        stream.release.unwrap()(&mut stream);
        plugin.release.unwrap()(plugin.state);
    }
    assert!(schema.release.is_none());
}

#[test]
fn hosts_of_other_interfaces_are_refused() {
    let changes: [fn(&mut abi::Host); 2] =
        [|host| host.abi_major = 2, |host| host.struct_size = 24];
    for change in changes {
        let (mut table, mut error, mut host) =
            (abi::Plugin::default(), abi::Error::default(), host());
        change(&mut host);
        // SAFETY: all three outlive the call.
        let status = unsafe { haggle_plugin_init_v1(&host, &mut table, &mut error) };
        assert_eq!(status, Status::Abi.code());
        assert!(error.text().starts_with("found a host of interface"), "{}", error.text());
        assert!(table.open.is_none());
    }
    // A later host has more fields and a larger minor version.
    let (mut table, mut error, mut host) = (abi::Plugin::default(), abi::Error::default(), host());
    (host.struct_size, host.abi_minor) = (host.struct_size + 64, 7);
    // SAFETY: all three outlive the call; the SDK reads no more of the host than it knows.
    assert_eq!(unsafe { haggle_plugin_init_v1(&host, &mut table, &mut error) }, abi::OK);
    // SAFETY: the last call.
    unsafe { table.release.unwrap()(table.state) }
}

#[test]
fn the_manifest_ends_with_nul() {
    let text = CStr::from_bytes_with_nul(&haggle_manifest_v1).unwrap();
    assert_eq!(text.to_str().unwrap(), r#"{"manifest":1,"name":"panics"}"#);
}
