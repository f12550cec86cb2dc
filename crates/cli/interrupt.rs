//! Ctrl-C: while something is fetched it stops that in order; at any other time it ends the program.

use signal_hook::consts::SIGINT;
use signal_hook::flag;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Takes note of Ctrl-C.
#[derive(Debug)]
pub(crate) struct Interrupt {
    /// Somebody wants to stop.
    stop: Arc<AtomicBool>,
    /// The next Ctrl-C ends the program, as it does where nobody takes note of it.
    ends: Arc<AtomicBool>,
}

impl Interrupt {
    /// Begins to take note. The second Ctrl-C in a row always ends the program.
    pub(crate) fn new() -> io::Result<Self> {
        let interrupt = Self { stop: Arc::default(), ends: Arc::new(AtomicBool::new(true)) };
        flag::register_conditional_default(SIGINT, Arc::clone(&interrupt.ends))?;
        flag::register(SIGINT, Arc::clone(&interrupt.stop))?;
        flag::register(SIGINT, Arc::clone(&interrupt.ends))?;
        Ok(interrupt)
    }

    /// Set when somebody wants to stop.
    pub(crate) fn stop(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.stop)
    }

    /// Does something that looks at `stop` by itself.
    pub(crate) fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        let outermost = self.ends.swap(false, Ordering::SeqCst);
        let done = work();
        if outermost {
            self.ends.store(true, Ordering::SeqCst);
        }
        done
    }
}
