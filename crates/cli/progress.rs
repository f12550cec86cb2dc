//! Says how far an import is, on a terminal, for work that takes longer than half a second.

use crate::context::Context;
use haggle_evidence::{Import, ImportError, Importer, ImporterIdentity, RecordBatch, Sink};
use std::time::{Duration, Instant};

/// Nothing is said before.
const PATIENCE: Duration = Duration::from_millis(500);
/// The line is renewed no more often.
const PAUSE: Duration = Duration::from_millis(100);

/// An importer that is watched while it reads.
pub(crate) struct Watched<'a, I> {
    inner: I,
    file: &'a str,
    context: &'a Context,
}

impl<'a, I: Importer> Watched<'a, I> {
    pub(crate) fn new(inner: I, file: &'a str, context: &'a Context) -> Self {
        Self { inner, file, context }
    }
}

impl<I: Importer> Importer for Watched<'_, I> {
    fn identity(&self) -> &ImporterIdentity {
        self.inner.identity()
    }

    fn run(&mut self, sink: &mut dyn Sink) -> Result<Import, ImportError> {
        if !self.context.shows_progress() {
            return self.inner.run(sink);
        }
        let (file, context) = (self.file, self.context);
        let start = Instant::now();
        let (mut rows, mut said) = (0_usize, None::<Instant>);
        let mut counting = |batch: RecordBatch| {
            rows += batch.num_rows();
            let due = said.is_none_or(|at| at.elapsed() >= PAUSE);
            if start.elapsed() >= PATIENCE && due {
                context.talk(&format!("\r{file}: {rows} observations"));
                said = Some(Instant::now());
            }
            sink.accept(batch)
        };
        let done = self.inner.run(&mut counting);
        if said.is_some() {
            context.talk("\r\u{1b}[K");
        }
        done
    }
}
