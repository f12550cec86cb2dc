//! Finds, inspects, pins, confines and runs data-source plugins; knows no HTTP.
//!
//! A plugin is native code of somebody else. It never runs in this process: [`run`] starts this
//! program again, that child confines itself, loads the library from memory whose bytes were
//! hashed, and sends back what it reads as Arrow IPC, which is checked here before a sink sees it.

#[cfg(not(target_os = "linux"))]
compile_error!(
    "plugins are confined by Landlock and seccomp, so `haggle-plugin-host` builds on Linux only"
);

mod broker;
mod check;
mod child;
mod collect;
mod confine;
pub mod conformance;
mod decode;
pub mod digest;
mod fault;
mod filter;
pub mod find;
mod grant;
pub mod grants;
pub mod inspect;
mod lines;
mod link;
pub mod manifest;
mod plugin;
mod probe;
mod process;
mod run;
pub mod schema;
pub mod script;
mod sealed;
mod serve;
pub mod surroundings;
mod wire;

pub use broker::{Answer, Broker, BrokerError, InputOptions, InputRecord, InputStat};
pub use child::child_main;
pub use fault::{Fault, FaultKind};
pub use grant::{Grant, Level, Limits};
pub use haggle_plugin_api::Status;
pub use plugin::{Kind, Plugin};
pub use run::{Outcome, Run, run};
