//! Files written here, read through the front door: every observation, every place, every law.

mod errors;
mod formats;
mod laws;
mod oews;
mod support;
mod text;
