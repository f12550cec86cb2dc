//! The program from outside: one test program, a module for each thing that must be true.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod architecture;
mod audience;
mod bad_input;
mod benchmark;
mod bundled_plugins;
mod commands;
mod compare;
mod determinism;
mod diff;
mod http;
mod import;
mod init;
mod inspect;
mod locking;
mod market;
mod oracle;
mod plugins;
mod quotes;
#[path = "../crates/fetch/tests/support/secure.rs"]
mod secure;
mod seen;
mod sensitivity;
#[allow(dead_code, reason = "shared with the tests of fetching, which use all of it")]
#[path = "../crates/fetch/tests/support/server.rs"]
mod server;
mod support;
mod verify;
