//! Fuzz target: `haggle_import::fuzz::trees`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| haggle_import::fuzz::trees(bytes));
