//! The hash of observations: what pins a source that is no file. It depends on the rows and their
//! order alone, not on how they come in batches, nor on the version of a library that carries them.

use haggle_evidence::{Batch, BatchError, Observation, RecordBatch};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// SHA-256 over the rows that came so far.
#[derive(Clone, Default)]
pub struct Digest {
    hasher: Sha256,
    size: u64,
    rows: u64,
    buffer: Vec<u8>,
    /// A word while it is written.
    word: String,
}

impl Digest {
    /// Adds the rows of a batch.
    ///
    /// # Errors
    /// [`BatchError`] if it is not of the observation schema, or holds a word outside a vocabulary.
    pub fn push(&mut self, batch: &RecordBatch) -> Result<(), BatchError> {
        let rows = Batch::new(batch)?;
        self.buffer.clear();
        for i in 0..batch.num_rows() {
            self.row(&rows.get(i)?);
        }
        self.hasher.update(&self.buffer);
        self.size += self.buffer.len() as u64;
        self.rows += batch.num_rows() as u64;
        Ok(())
    }

    /// Rows so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The hash in hexadecimal, and how many bytes it was made of.
    pub fn finish(self) -> (String, u64) {
        let hash = self.hasher.finalize();
        (hash.iter().map(|b| format!("{b:02x}")).collect(), self.size)
    }

    /// Every field names itself by its place; an absent one is told from an empty one.
    fn row(&mut self, o: &Observation<'_>) {
        self.text(o.sheet);
        self.bytes(&o.row.to_le_bytes());
        self.bytes(&o.column.to_le_bytes());
        self.text(o.path);
        let words = [o.kind.as_str(), o.basis.as_str(), o.tax.as_str(), o.bound.as_str()];
        words.into_iter().for_each(|word| self.text(Some(word)));
        let texts = [o.component, o.subject, o.scheme, o.title, o.place, o.party, o.level];
        texts.into_iter().for_each(|text| self.text(text));
        let mut word = std::mem::take(&mut self.word);
        word.clear();
        // Writing into a text cannot fail.
        let _ = write!(word, "{}", o.statistic);
        self.text(Some(&word));
        self.word = word;
        self.bytes(&o.amount.to_le_bytes());
        self.text(Some(o.currency));
        self.text(Some(o.per));
        self.maybe(o.quantity_from.map(i128::to_le_bytes));
        self.maybe(o.quantity_to.map(i128::to_le_bytes));
        self.maybe(o.weight.map(f64::to_le_bytes));
        let counts = [o.count, o.employers, o.sample_size];
        counts.into_iter().for_each(|count| self.maybe(count.map(i64::to_le_bytes)));
        self.maybe(o.relative_error.map(f64::to_le_bytes));
        self.maybe(o.date.map(i32::to_le_bytes));
        self.text(o.attributes);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    fn maybe<const N: usize>(&mut self, value: Option<[u8; N]>) {
        self.buffer.push(u8::from(value.is_some()));
        value.iter().for_each(|bytes| self.buffer.extend_from_slice(bytes));
    }

    fn text(&mut self, text: Option<&str>) {
        self.maybe(text.map(|t| (t.len() as u64).to_le_bytes()));
        self.bytes(text.unwrap_or("").as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use haggle_evidence::{Basis, BatchBuilder, Bound, FIELDS, Kind, Statistic, Tax};

    fn hash(batches: &[&[&Observation<'_>]]) -> String {
        let (mut digest, mut builder) = (Digest::default(), BatchBuilder::default());
        for rows in batches {
            rows.iter().for_each(|row| builder.push(row));
            digest.push(&builder.finish()).unwrap();
        }
        assert_eq!(digest.rows() as usize, batches.iter().map(|rows| rows.len()).sum::<usize>());
        digest.finish().0
    }

    #[test]
    fn batches_do_not_count_and_every_field_does() {
        let row = |amount| Observation::new(amount, "USD", "HUR");
        let (a, b, c) = (&row(1), &row(2), &row(3));
        let base = || row(1);
        let whole = hash(&[&[a, b, c]]);
        assert_eq!(whole, hash(&[&[a], &[], &[b, c]]));
        assert_ne!(whole, hash(&[&[a, c, b]]), "the order counts");
        assert_ne!(whole, hash(&[&[a, b]]));
        let others = [
            Observation { sheet: Some(""), ..base() },
            Observation { row: 1, ..base() },
            Observation { column: 1, ..base() },
            Observation { path: Some("x"), ..base() },
            Observation { kind: Kind::Price, ..base() },
            Observation { basis: Basis::List, ..base() },
            Observation { component: Some("x"), ..base() },
            Observation { tax: Tax::Gross, ..base() },
            Observation { subject: Some("x"), ..base() },
            Observation { scheme: Some("x"), ..base() },
            Observation { title: Some("x"), ..base() },
            Observation { place: Some("x"), ..base() },
            Observation { party: Some("x"), ..base() },
            Observation { level: Some("x"), ..base() },
            Observation { statistic: Statistic::Mean, ..base() },
            Observation { amount: 4, ..base() },
            Observation { bound: Bound::AtLeast, ..base() },
            Observation { currency: "EUR", ..base() },
            Observation { per: "C62", ..base() },
            Observation { quantity_from: Some(0), ..base() },
            Observation { quantity_to: Some(0), ..base() },
            Observation { weight: Some(0.0), ..base() },
            Observation { count: Some(0), ..base() },
            Observation { employers: Some(0), ..base() },
            Observation { sample_size: Some(0), ..base() },
            Observation { relative_error: Some(0.0), ..base() },
            Observation { date: Some(0), ..base() },
            Observation { attributes: Some("{}"), ..base() },
            base(),
        ];
        let hashes: std::collections::BTreeSet<String> =
            others.iter().map(|other| hash(&[&[other]])).collect();
        assert_eq!(others.len(), FIELDS.len() + 1, "each field once, and none");
        assert_eq!(hashes.len(), others.len());
    }
}
