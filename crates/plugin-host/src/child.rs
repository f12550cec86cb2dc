//! The child: confines itself, loads the plugin, sends on what it reads.

/// Call this first thing in `main`, before any thread: it returns at once unless this process was
/// started by [`run`](crate::run()), and then never.
pub fn child_main() {}
