//! One source of raw rows: the sample and, where they are known, its employers.

use super::employers::{Clustering, Employers};
use super::sample::{PushError, Ranked, Sample};
use super::value::Bound;

/// A source of raw rows under construction; mergeable (section 9).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    sample: Sample,
    employers: Employers,
}

impl Rows {
    /// No rows yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts together parts that were filled apart; `employers` may be empty (employers unknown),
    /// else it must have seen the rows of the sample.
    pub fn of_parts(sample: Sample, employers: Employers) -> Self {
        Self { sample, employers }
    }

    /// Adds `count` like rows (section 2). A weight of 0 is counted as skipped. A row that names
    /// no employer is an employer of its own; a source where no row names one has employers
    /// unknown.
    ///
    /// # Errors
    /// The reason why the row, or the source ([`PushError::refuses_source`]), is not taken.
    #[inline]
    pub fn push(
        &mut self,
        amount: f64,
        bound: Bound,
        weight: f64,
        count: u64,
        employer: Option<u64>,
    ) -> Result<(), PushError> {
        self.sample.push(amount, bound, weight, count)?;
        self.employers.push(employer, amount, weight, count)
    }

    /// Adds all rows of another part of the same source (section 9).
    ///
    /// # Errors
    /// [`PushError::WeightTooLarge`] if the sums overflow; refuse the source then.
    pub fn merge(&mut self, other: &Self) -> Result<(), PushError> {
        self.sample.merge(&other.sample)?;
        self.employers.merge(&other.employers)
    }

    /// The sample.
    pub fn sample(&self) -> &Sample {
        &self.sample
    }

    /// The employers.
    pub fn employers(&self) -> &Employers {
        &self.employers
    }

    /// The curve of these rows, ready to be read.
    pub fn finish(self) -> RowCurve {
        RowCurve::new(self.sample.ranked(), self.employers)
    }
}

/// A source of raw rows, ready to be read (sections 2 to 4).
#[derive(Clone, Debug, PartialEq)]
pub struct RowCurve {
    ranked: Ranked,
    employers: Employers,
    clustering: Option<Clustering>,
}

impl RowCurve {
    pub(crate) fn new(ranked: Ranked, employers: Employers) -> Self {
        let clustering = employers.clustering();
        Self { ranked, employers, clustering }
    }

    /// The rows in ascending order; quantiles without minima.
    pub fn ranked(&self) -> &Ranked {
        &self.ranked
    }

    /// The sums per employer.
    pub fn employers(&self) -> &Employers {
        &self.employers
    }

    /// Employers and the variance between them; `None` where employers are unknown.
    pub fn clustering(&self) -> Option<&Clustering> {
        self.clustering.as_ref()
    }
}
