//! Files written here, read through the front door: every observation, every place, every law.

#![allow(clippy::unwrap_used, reason = "this crate is tests alone; clippy knows only `#[test]`")]

mod containers;
mod corpus;
mod errors;
mod formats;
mod inspect;
mod language;
mod laws;
mod oews;
mod pay;
mod prices;
mod proposals;
mod quality;
mod support;
mod text;
mod trees;
mod workbooks;
