//! Fetching from a server on loopback that misbehaves on purpose.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod bench;
mod broken;
mod keeping;
mod lists;
mod polite;
#[path = "../support/secure.rs"]
mod secure;
mod sent_on;
#[path = "../support/server.rs"]
mod server;
mod tls;
