//! The mergeable state of employers and the clustering that follows from it (section 3, step 2).

use super::hash::FastMap;
use super::sample::{PushError, weight_units};

/// Log amounts are counted in units of 2^-32 (section 9).
const LOG_UNITS: f64 = 4_294_967_296.0;

/// `round(ln x * 2^32)` (section 9).
fn log_units(amount: f64) -> i64 {
    (libm::log(amount) * LOG_UNITS).round_ties_even() as i64
}

/// Exact sums over rows: n, W, sum y, sum y^2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Group {
    n: u64,
    weight: u128,
    sum: i128,
    squares: i128,
}

impl Group {
    fn of_row(y: i64, units: u64, count: u64) -> Option<Self> {
        let (y, f) = (i128::from(y), i128::from(count));
        let weight = u128::from(units).checked_mul(u128::from(count))?;
        Some(Self { n: count, weight, sum: y * f, squares: (y * y).checked_mul(f)? })
    }

    /// The sum, if it leaves room for the products of [`Self::squares_about`].
    fn checked_add(self, other: Self) -> Option<Self> {
        let squares = self.squares.checked_add(other.squares)?;
        (squares < i128::MAX / 16).then_some(())?;
        Some(Self {
            n: self.n.checked_add(other.n)?,
            weight: self.weight.checked_add(other.weight)?,
            sum: self.sum.checked_add(other.sum)?,
            squares,
        })
    }

    /// Sum of (y - centre)^2; exact up to the last division for a centre near the mean, because
    /// the integer part of the centre is taken out in integers.
    fn squares_about(&self, centre: Mean) -> f64 {
        let c = centre.whole;
        let rest = self.sum - i128::from(self.n) * c;
        let squares = self.squares - 2 * c * self.sum + i128::from(self.n) * c * c;
        let (n, r) = (self.n as f64, centre.rest);
        squares as f64 - 2.0 * r * rest as f64 + n * r * r
    }

    fn mean(&self) -> Mean {
        let n = i128::from(self.n);
        let whole = self.sum.div_euclid(n);
        Mean { whole, rest: (self.sum - n * whole) as f64 / n as f64 }
    }
}

/// A mean of integers as a whole number and a fraction.
#[derive(Clone, Copy)]
struct Mean {
    whole: i128,
    rest: f64,
}

impl Mean {
    fn minus(self, other: Self) -> f64 {
        (self.whole - other.whole) as f64 + (self.rest - other.rest)
    }
}

/// Rows that name no employer, each its own employer, as sums.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Alone {
    group: Group,
    weight_squares: u128,
    heaviest: u64,
}

/// Sums per employer (section 9). A row without an employer is an employer of its own and is not
/// stored one by one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Employers {
    named: FastMap<u64, Group>,
    total: Group,
    alone: Alone,
}

impl Employers {
    /// No employers yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds `count` like rows of one employer, or of as many as `count` where none is named. The
    /// same rows must be pushed to the sample, which rejects what is no row; a weight of 0 is
    /// skipped.
    ///
    /// # Errors
    /// As [`super::sample::Sample::push`].
    #[inline]
    pub fn push(
        &mut self,
        employer: Option<u64>,
        amount: f64,
        weight: f64,
        count: u64,
    ) -> Result<(), PushError> {
        if !(amount.is_finite() && amount > 0.0) {
            return Err(PushError::Amount);
        }
        let units = weight_units(weight)?;
        if units == 0 {
            return Ok(());
        }
        let row = Group::of_row(log_units(amount), units, count);
        self.add(employer, row.ok_or(PushError::WeightTooLarge)?, units)
    }

    fn add(&mut self, employer: Option<u64>, row: Group, units: u64) -> Result<(), PushError> {
        // Every part is bounded by the total (sums of y by sums of squares), so this check is the
        // only one needed besides the squares of weights.
        let total = self.total.checked_add(row).ok_or(PushError::WeightTooLarge)?;
        match employer {
            Some(id) => add_to(self.named.entry(id).or_default(), row)?,
            None => {
                let squares = row.weight.checked_mul(u128::from(units));
                self.alone.add(Alone {
                    group: row,
                    weight_squares: squares.ok_or(PushError::WeightTooLarge)?,
                    heaviest: units,
                })?;
            }
        }
        self.total = total;
        Ok(())
    }

    /// Adds all employers of another part of the same source (section 9).
    ///
    /// # Errors
    /// [`PushError::WeightTooLarge`] if the sums overflow; refuse the source then.
    pub fn merge(&mut self, other: &Self) -> Result<(), PushError> {
        add_to(&mut self.total, other.total)?;
        self.alone.add(other.alone)?;
        // Addition of integers: the order of iteration cannot matter.
        other
            .named
            .iter()
            .try_for_each(|(id, group)| add_to(self.named.entry(*id).or_default(), *group))
    }

    /// Whether any row names its employer.
    pub fn known(&self) -> bool {
        !self.named.is_empty()
    }

    /// Rows seen, counts included.
    pub fn n(&self) -> u64 {
        self.total.n
    }

    /// Rows that name no employer, counts included.
    pub fn unnamed(&self) -> u64 {
        self.alone.group.n
    }

    /// The same employers with every weight multiplied, for pooling (section 6).
    pub(crate) fn scaled(&self, factor: f64) -> Self {
        let scale = |w: u128| (w as f64 * factor).round_ties_even() as u128;
        let group = |g: Group| Group { weight: scale(g.weight), ..g };
        Self {
            named: self.named.iter().map(|(id, g)| (*id, group(*g))).collect(),
            total: group(self.total),
            alone: Alone {
                group: group(self.alone.group),
                weight_squares: (self.alone.weight_squares as f64 * factor * factor) as u128,
                heaviest: scale(u128::from(self.alone.heaviest)) as u64,
            },
        }
    }

    /// Number of employers, the largest, and the variance between and within them; `None` if no
    /// row names its employer.
    pub fn clustering(&self) -> Option<Clustering> {
        if !self.known() {
            return None;
        }
        // Sorted by content and not by id, so that a renumbering of employers changes no bit.
        let mut groups: Vec<(Group, u64)> = self.named.iter().map(|(id, g)| (*g, *id)).collect();
        groups.sort_unstable();
        let squares = |w: u128| w as f64 * w as f64;
        let named_squares: f64 = groups.iter().map(|(g, _)| squares(g.weight)).sum();
        let employers = groups.len() as u64 + self.alone.group.n;
        Some(Clustering {
            employers,
            n: self.total.n,
            icc: self.icc(&groups, employers),
            weight_squares: named_squares + self.alone.weight_squares as f64,
            largest: self.largest(&groups),
        })
    }

    fn largest(&self, groups: &[(Group, u64)]) -> Largest {
        let share = |w: u128| w as f64 / self.total.weight as f64;
        let named = groups.iter().max_by_key(|(g, id)| (g.weight, core::cmp::Reverse(*id)));
        match named {
            Some((g, id)) if g.weight >= u128::from(self.alone.heaviest) => {
                Largest { employer: Some(*id), share: share(g.weight) }
            }
            _ => Largest { employer: None, share: share(u128::from(self.alone.heaviest)) },
        }
    }

    /// The intraclass correlation of log amounts from a one-way analysis of variance (section 3);
    /// `None` with one employer or with as many employers as rows.
    fn icc(&self, groups: &[(Group, u64)], employers: u64) -> Option<f64> {
        if employers < 2 || employers >= self.total.n {
            return None;
        }
        let (n, g) = (self.total.n as f64, employers as f64);
        let mean = self.total.mean();
        let apart = |group: &Group| {
            let d = group.mean().minus(mean);
            group.n as f64 * d * d
        };
        let between: f64 = groups.iter().map(|(group, _)| apart(group)).sum();
        let within: f64 = groups.iter().map(|(group, _)| group.squares_about(group.mean())).sum();
        let sizes: f64 = groups.iter().map(|(group, _)| group.n as f64 * group.n as f64).sum();
        let msb = (between + self.alone.group.squares_about(mean)) / (g - 1.0);
        let msw = within.max(0.0) / (n - g);
        let n0 = (n - (sizes + self.alone.group.n as f64) / n) / (g - 1.0);
        let denominator = msb + (n0 - 1.0) * msw;
        let icc = if denominator == 0.0 { 0.0 } else { (msb - msw) / denominator };
        Some(icc.clamp(0.0, 1.0))
    }
}

fn add_to(group: &mut Group, other: Group) -> Result<(), PushError> {
    *group = group.checked_add(other).ok_or(PushError::WeightTooLarge)?;
    Ok(())
}

impl Alone {
    fn add(&mut self, other: Self) -> Result<(), PushError> {
        let squares = self.weight_squares.checked_add(other.weight_squares);
        add_to(&mut self.group, other.group)?;
        self.weight_squares = squares.ok_or(PushError::WeightTooLarge)?;
        self.heaviest = self.heaviest.max(other.heaviest);
        Ok(())
    }
}

/// The employer with the most weight (section 3).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Largest {
    /// Its id; `None` if it is a row that names no employer.
    pub employer: Option<u64>,
    /// Its share of the weight.
    pub share: f64,
}

/// What section 3 needs to know about employers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clustering {
    /// Number of employers, `G`; a row that names none counts as one.
    pub employers: u64,
    /// Rows, counts included.
    pub n: u64,
    /// Intraclass correlation of log amounts; `None` with one employer and where every row is its
    /// own employer.
    pub icc: Option<f64>,
    /// Sum of the squared weights of employers, `SJ`, in squared units of 1e-9.
    pub weight_squares: f64,
    /// The largest employer.
    pub largest: Largest,
}
