//! Finds, inspects, pins, confines and runs data-source plugins; knows no HTTP.
//!
//! A plugin is native code of somebody else. It never runs in this process: [`run`] starts this
//! program again, that child confines itself, loads the library from memory whose bytes were
//! hashed, and sends back what it reads as Arrow IPC, which is checked here before a sink sees it.
//!
//! That needs Linux. Elsewhere plugins are found, looked at, pinned and allowed, and none is run.

mod broker;
#[cfg(target_os = "linux")]
mod check;
#[cfg(target_os = "linux")]
mod child;
#[cfg(target_os = "linux")]
mod collect;
#[cfg(target_os = "linux")]
mod confine;
pub mod conformance;
#[cfg(target_os = "linux")]
mod decode;
pub mod digest;
mod fault;
pub mod file;
#[cfg(target_os = "linux")]
mod filter;
pub mod find;
mod grant;
pub mod grants;
pub mod inspect;
#[cfg(target_os = "linux")]
mod lines;
#[cfg(target_os = "linux")]
mod link;
#[cfg(target_os = "linux")]
mod load;
pub mod manifest;
mod order;
mod plugin;
#[cfg(target_os = "linux")]
mod probe;
#[cfg(target_os = "linux")]
mod process;
#[cfg_attr(not(target_os = "linux"), path = "elsewhere.rs")]
mod run;
pub mod schema;
pub mod script;
#[cfg(target_os = "linux")]
mod sealed;
#[cfg(target_os = "linux")]
mod serve;
pub mod surroundings;
#[cfg(target_os = "linux")]
mod wire;

pub use broker::{Answer, Broker, BrokerError, InputOptions, InputRecord, InputStat};
#[cfg(target_os = "linux")]
pub use child::child_main;
pub use fault::{Fault, FaultKind};
pub use grant::{Grant, Level, Limits};
pub use haggle_plugin_api::Status;
pub use order::{Outcome, Run, run};
pub use plugin::{Kind, Plugin};

/// Whether plugins run on this system at all.
pub const RUNS: bool = cfg!(target_os = "linux");

/// Call this first thing in `main`: where plugins do not run no process is the child of one.
#[cfg(not(target_os = "linux"))]
pub fn child_main() {}
