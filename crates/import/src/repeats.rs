//! Rows that stand on several pages of a list: it may have changed between two pages.

use crate::cell::Cell;
use crate::read::fingerprint;
use crate::source::{Row, warning};
use haggle_evidence::{Diagnostic, Locator};
use std::collections::HashSet;

/// Rows that are remembered at least, so that memory does not grow with the list.
const REMEMBERED: usize = 1 << 19;

/// What the pages so far hold.
#[derive(Debug, Default)]
pub(crate) struct Repeats {
    /// Rows of earlier pages.
    before: HashSet<u128>,
    /// Rows of this page.
    now: HashSet<u128>,
    count: u64,
    first: Option<Locator>,
}

impl Repeats {
    /// Takes note of a row; the place is that of the row.
    pub(crate) fn row(&mut self, row: &Row<'_>, place: impl Fn() -> Locator) {
        let print = fingerprint(row.cells.iter().map(Cell::shown));
        if self.before.contains(&print) {
            self.count += 1;
            self.first.get_or_insert_with(place);
        }
        self.now.insert(print);
    }

    /// A page ends.
    pub(crate) fn page(&mut self) {
        match self.before.len() < REMEMBERED {
            true => self.before.extend(self.now.drain()),
            false => self.before = std::mem::take(&mut self.now),
        }
    }

    /// What is to be told at the end.
    pub(crate) fn warning(self) -> Option<Diagnostic> {
        let place = self.first?;
        let rows = if self.count == 1 { "1 row says" } else { &format!("{} rows say", self.count) };
        let message = format!(
            "{rows} the same as a row of an earlier page: the list changed between its pages, or repeats itself"
        );
        Some(Diagnostic { place, ..warning("W0128", message) })
    }
}
