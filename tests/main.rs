//! The program from outside: one test program, a module for each thing that must be true.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod architecture;
mod audience;
mod bad_input;
mod benchmark;
mod commands;
mod determinism;
mod diff;
mod import;
mod init;
mod inspect;
mod locking;
mod market;
mod oracle;
mod seen;
mod sensitivity;
mod support;
mod verify;
