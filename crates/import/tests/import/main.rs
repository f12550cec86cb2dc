//! Files written here, read through the front door: every observation, every place, every law.

#![allow(clippy::unwrap_used, reason = "this crate is tests alone; clippy knows only `#[test]`")]

mod errors;
mod formats;
mod language;
mod laws;
mod oews;
mod prices;
mod support;
mod text;
