//! Fuzz target: `haggle_import::fuzz::files`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| haggle_import::fuzz::files(bytes));
