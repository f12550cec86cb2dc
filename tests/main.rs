//! The program from outside: one test program, a module for each thing that must be true.

mod architecture;
mod bad_input;
mod benchmark;
mod commands;
mod determinism;
mod import;
mod locking;
mod oracle;
mod support;
