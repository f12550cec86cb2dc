//! What became of every row and every mapped cell of a source: the two conservation laws.

use crate::Locator;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Rows of each sheet as runs of consecutive numbers: compact, exact, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowSet(BTreeMap<String, Runs>);

/// The runs of one sheet. All but the last lie packed, two numbers each: how far a run begins
/// behind the end of the one before, and how far it extends. Most of them take two bytes, so that
/// every other row of ten million is remembered in ten megabytes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Runs {
    packed: Vec<u8>,
    packed_end: u64,
    last: (u64, u64),
}

impl RowSet {
    /// Adds a row of a sheet (the empty name for a text file). Rows come in rising order; a row
    /// that was added last is not added twice.
    pub fn push(&mut self, sheet: &str, row: u64) {
        match self.0.get_mut(sheet) {
            Some(runs) => runs.push(row),
            None => {
                let runs = Runs { packed: Vec::new(), packed_end: 0, last: (row, row) };
                self.0.insert(sheet.to_owned(), runs);
            }
        }
    }

    /// Runs as text: `2-17,20`, of a sheet `Prices!2-17,20`; several sheets separated by `;`.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (sheet, runs) in &self.0 {
            if !text.is_empty() {
                text.push_str("; ");
            }
            if !sheet.is_empty() {
                text.push_str(sheet);
                text.push('!');
            }
            runs.write(&mut text);
        }
        text
    }
}

impl Runs {
    fn push(&mut self, row: u64) {
        let end = &mut self.last.1;
        if *end == row || end.checked_add(1) == Some(row) {
            *end = row;
        } else {
            self.pack();
            self.last = (row, row);
        }
    }

    fn pack(&mut self) {
        let (from, to) = self.last;
        // Rows that do not rise make a negative step, which wraps there and back.
        put_number(&mut self.packed, from.wrapping_sub(self.packed_end));
        put_number(&mut self.packed, to - from);
        self.packed_end = to;
    }

    fn write(&self, text: &mut String) {
        let (mut rest, mut end) = (self.packed.as_slice(), 0_u64);
        while !rest.is_empty() {
            let from = end.wrapping_add(take_number(&mut rest));
            end = from + take_number(&mut rest);
            write_run(text, (from, end));
            text.push(',');
        }
        write_run(text, self.last);
    }
}

/// Seven bits a byte, lowest first; the eighth says that more follow.
fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7F {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take_number(bytes: &mut &[u8]) -> u64 {
    let (mut number, mut shift) = (0, 0);
    while let Some((&byte, rest)) = bytes.split_first() {
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        shift += 7;
        if byte < 0x80 {
            break;
        }
    }
    number
}

fn write_run(text: &mut String, (from, to): (u64, u64)) {
    // Writing to a text cannot fail.
    let _ = if from == to { write!(text, "{from}") } else { write!(text, "{from}-{to}") };
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

/// What is known of one reason.
#[derive(Debug, Clone, Default)]
struct Entry {
    count: u64,
    rows: RowSet,
    samples: Vec<Sample>,
}

/// Entries by field and reason, so that one is found by borrowed texts.
type Fields = BTreeMap<String, BTreeMap<String, Entry>>;

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
    tallies: BTreeMap<(Disposition, &'static str), Fields>,
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
        let reasons = entry(self.tallies.entry((what, code)).or_default(), field);
        let Entry { count, rows, samples } = entry(reasons, reason);
        *count += 1;
        rows.push(at.sheet.as_deref().unwrap_or(""), at.row);
        if samples.len() < SAMPLES {
            samples.push(Sample { place: at.to_string(), found: found.to_owned() });
        }
    }

    /// Every reason with its count and places, rejected first.
    pub fn tallies(&self) -> Vec<Tally> {
        let tallies = self.tallies.iter().flat_map(|(&(what, code), fields)| {
            fields.iter().flat_map(move |(field, reasons)| {
                reasons.iter().map(move |(reason, entry)| Tally {
                    what,
                    code: code.to_owned(),
                    field: (!field.is_empty()).then(|| field.clone()),
                    reason: reason.clone(),
                    count: entry.count,
                    rows: entry.rows.to_text(),
                    samples: entry.samples.clone(),
                })
            })
        });
        tallies.collect()
    }

    /// Whether both laws hold: rows read = imported + rejected + skipped, and mapped cells =
    /// observations + absent.
    pub fn check(&self) -> bool {
        self.read == self.imported + self.rejected + self.skipped
            && self.mapped == self.observations + self.absent
    }
}

/// The value of a key, which is copied only when it is new.
fn entry<'a, V: Default>(map: &'a mut BTreeMap<String, V>, key: &str) -> &'a mut V {
    if !map.contains_key(key) {
        map.insert(key.to_owned(), V::default());
    }
    map.get_mut(key).expect("inserted above")
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
    fn runs_far_apart_and_out_of_order_are_exact() {
        let mut rows = RowSet::default();
        let sent = [7, 200, 201, 70_000, u64::MAX - 1, u64::MAX, 3, 4, 1_000, 0];
        for row in sent {
            rows.push("", row);
        }
        let expected = format!("7,200-201,70000,{}-{},3-4,1000,0", u64::MAX - 1, u64::MAX);
        assert_eq!(rows.to_text(), expected);
    }

    #[test]
    fn reasons_come_in_order_and_apart() {
        let mut account = Account::default();
        let at = |row| Locator::one_based(row, 1);
        for (field, reason, row) in [("b", "x", 2), ("a", "y", 3), ("a", "x", 4), ("b", "x", 9)] {
            account.absent("I0301", field, reason, &at(row), "");
        }
        account.reject("I0102", "z", "z", &at(5), "");
        let seen: Vec<_> =
            account.tallies().iter().map(|t| (t.field.clone(), t.count, t.rows.clone())).collect();
        let told =
            |field: &str, count, rows: &str| (Some(field.to_owned()), count, rows.to_owned());
        assert_eq!(
            seen,
            [told("z", 1, "5"), told("a", 1, "4"), told("a", 1, "3"), told("b", 2, "2,9")]
        );
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
