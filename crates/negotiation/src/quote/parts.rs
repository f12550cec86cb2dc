//! Work on the lines of a large comparison, in parts side by side.

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

/// Does every job, side by side where there are several; each writes what is its own.
pub(super) fn together<J: FnOnce() + Send>(jobs: impl ExactSizeIterator<Item = J>) {
    if jobs.len() < 2 {
        return jobs.for_each(|job| job());
    }
    thread::scope(|scope| jobs.for_each(|job| drop(scope.spawn(job))));
}
