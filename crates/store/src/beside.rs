//! Makes things here and takes them on a thread of its own, a few behind.

use std::panic::resume_unwind;
use std::sync::mpsc::sync_channel;
use std::thread;

/// Whoever takes things has failed, and says why at the end.
#[derive(Debug)]
pub(crate) struct NotTaken;

/// Runs `make` here, which gives away things one by one, and `take` beside it; at most `ahead` of
/// them wait.
///
/// # Errors
/// The first of `take`, whatever `make` came to.
pub(crate) fn beside<T: Send, R, E: Send>(
    ahead: usize,
    make: impl FnOnce(&mut (dyn FnMut(T) -> Result<(), NotTaken> + Send)) -> R,
    take: impl FnMut(T) -> Result<(), E> + Send,
) -> Result<R, E> {
    let (sender, receiver) = sync_channel(ahead);
    thread::scope(|scope| {
        let taking = scope.spawn(move || receiver.iter().try_for_each(take));
        let made = make(&mut |thing| sender.send(thing).map_err(|_| NotTaken));
        drop(sender);
        taking.join().unwrap_or_else(|panic| resume_unwind(panic)).map(|()| made)
    })
}
