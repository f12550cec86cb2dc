//! What became of every row and every mapped cell of a source: the two conservation laws.

use crate::Locator;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Rows of one sheet as runs of consecutive numbers: compact, exact, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowSet(BTreeMap<String, Vec<(u64, u64)>>);

impl RowSet {
    /// Adds a row of a sheet (the empty name for a text file). Rows come in rising order; a row
    /// that was added last is not added twice.
    pub fn push(&mut self, sheet: &str, row: u64) {
        if !self.0.contains_key(sheet) {
            self.0.insert(sheet.to_owned(), Vec::new());
        }
        let runs = self.0.get_mut(sheet).expect("inserted above");
        match runs.last_mut() {
            Some((_, end)) if *end == row || *end + 1 == row => *end = row,
            _ => runs.push((row, row)),
        }
    }

    /// Runs as text: `2-17,20`, of a sheet `Prices!2-17,20`; several sheets separated by `;`.
    pub fn to_text(&self) -> String {
        let sheets = self.0.iter().map(|(sheet, runs)| {
            let runs: Vec<String> = runs.iter().map(|r| run_text(*r)).collect();
            match sheet.as_str() {
                "" => runs.join(","),
                name => format!("{name}!{}", runs.join(",")),
            }
        });
        sheets.collect::<Vec<_>>().join("; ")
    }
}

fn run_text((from, to): (u64, u64)) -> String {
    if from == to { from.to_string() } else { format!("{from}-{to}") }
}

/// What happened to a row or a cell that is no observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Disposition {
    /// A row that should have been data but is malformed.
    Rejected,
    /// A row passed over on purpose: title, footer, aggregate.
    Skipped,
    /// A mapped cell of an imported row that states no amount: blank or sentinel.
    Absent,
}

/// One place as an example, with what stood there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// The cell or row.
    pub place: String,
    /// What stood there.
    pub found: String,
}

/// How many examples a tally keeps beside the complete list of rows.
const SAMPLES: usize = 20;

/// All rows or cells that went the same way for the same reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Rejected, skipped or absent.
    pub what: Disposition,
    /// Stable code of the reason.
    pub code: String,
    /// The column or field that decided, if one did.
    pub field: Option<String>,
    /// The reason, in words: what was expected, or why it was passed over.
    pub reason: String,
    /// How many.
    pub count: u64,
    /// Every row, as runs: [`RowSet::to_text`].
    pub rows: String,
    /// The first few places with what stood there.
    pub samples: Vec<Sample>,
}

type Key = (Disposition, &'static str, String, String);

/// The account of one source. Every row that is read is imported, rejected or skipped, and every
/// mapped cell of an imported row is an observation or absent; [`Account::check`] holds it to it.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// Rows read: everything in the tables that the recipe reads, titles and footers included.
    pub read: u64,
    /// Rows imported.
    pub imported: u64,
    /// Rows rejected.
    pub rejected: u64,
    /// Rows skipped on purpose.
    pub skipped: u64,
    /// Amount cells of imported rows that the recipe maps.
    pub mapped: u64,
    /// Observations made of them.
    pub observations: u64,
    /// Mapped cells without an amount.
    pub absent: u64,
    tallies: BTreeMap<Key, (u64, RowSet, Vec<Sample>)>,
}

impl Account {
    /// Counts a row as imported, with its mapped cells and how many of them became observations.
    pub fn import(&mut self, mapped: u64, observations: u64) {
        self.read += 1;
        self.imported += 1;
        self.mapped += mapped;
        self.observations += observations;
    }

    /// Counts a row as rejected.
    pub fn reject(
        &mut self,
        code: &'static str,
        field: &str,
        reason: &str,
        at: &Locator,
        found: &str,
    ) {
        self.read += 1;
        self.rejected += 1;
        self.tally(Disposition::Rejected, code, field, reason, at, found);
    }

    /// Counts a row as skipped on purpose.
    pub fn skip(&mut self, code: &'static str, reason: &str, at: &Locator, found: &str) {
        self.read += 1;
        self.skipped += 1;
        self.tally(Disposition::Skipped, code, "", reason, at, found);
    }

    /// Counts a mapped cell of an imported row as absent.
    pub fn absent(
        &mut self,
        code: &'static str,
        field: &str,
        reason: &str,
        at: &Locator,
        found: &str,
    ) {
        self.absent += 1;
        self.tally(Disposition::Absent, code, field, reason, at, found);
    }

    fn tally(
        &mut self,
        what: Disposition,
        code: &'static str,
        field: &str,
        reason: &str,
        at: &Locator,
        found: &str,
    ) {
        let key = (what, code, field.to_owned(), reason.to_owned());
        let (count, rows, samples) = self.tallies.entry(key).or_default();
        *count += 1;
        rows.push(at.sheet.as_deref().unwrap_or(""), at.row);
        if samples.len() < SAMPLES {
            samples.push(Sample { place: at.to_string(), found: found.to_owned() });
        }
    }

    /// Every reason with its count and places, rejected first.
    pub fn tallies(&self) -> Vec<Tally> {
        let tally = |((what, code, field, reason), (count, rows, samples)): (
            &Key,
            &(u64, RowSet, Vec<Sample>),
        )| Tally {
            what: *what,
            code: (*code).to_owned(),
            field: (!field.is_empty()).then(|| field.clone()),
            reason: reason.clone(),
            count: *count,
            rows: rows.to_text(),
            samples: samples.clone(),
        };
        self.tallies.iter().map(tally).collect()
    }

    /// Whether both laws hold: rows read = imported + rejected + skipped, and mapped cells =
    /// observations + absent.
    pub fn check(&self) -> bool {
        self.read == self.imported + self.rejected + self.skipped
            && self.mapped == self.observations + self.absent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_exact() {
        let mut rows = RowSet::default();
        for row in [2, 3, 4, 4, 9, 11, 12] {
            rows.push("", row);
        }
        rows.push("Prices", 5);
        assert_eq!(rows.to_text(), "2-4,9,11-12; Prices!5");
    }

    #[test]
    fn laws_hold_and_are_seen_to_break() {
        let mut account = Account::default();
        account.import(3, 2);
        assert!(!account.check());
        account.absent("I0301", "A_PCT90", "not available", &Locator::cell("s", 2, 3), "*");
        account.skip("I0201", "aggregate row", &Locator::cell("s", 3, 0), "major");
        account.reject("I0102", "A_PCT10", "a number", &Locator::cell("s", 4, 1), "x");
        assert!(account.check());
        assert_eq!(account.read, 3);
        assert_eq!(account.tallies().len(), 3);
        account.read += 1;
        assert!(!account.check());
    }
}
