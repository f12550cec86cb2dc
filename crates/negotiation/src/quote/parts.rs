//! Work on the lines of a large comparison, in parts side by side.

use std::panic::resume_unwind;
use std::thread;

/// Parts that are worked on at a time.
const PARTS: usize = 2;
/// Fewer lines than this are no work to share.
const FEW: usize = 4_000;

/// How many of so many items, each with `width` lines, go into a part: at least one.
pub(super) fn share(items: usize, width: usize) -> usize {
    let parts = if items * width < FEW { 1 } else { PARTS };
    items.div_ceil(parts).max(1)
}

/// What every job makes, side by side where there are several.
pub(super) fn together<J, R>(jobs: Vec<J>) -> Vec<R>
where
    J: FnOnce() -> R + Send,
    R: Send,
{
    if jobs.len() < 2 {
        return jobs.into_iter().map(|job| job()).collect();
    }
    thread::scope(|scope| {
        let threads: Vec<_> = jobs.into_iter().map(|job| scope.spawn(job)).collect();
        let made = threads.into_iter().map(|it| it.join().unwrap_or_else(|p| resume_unwind(p)));
        made.collect()
    })
}
