//! Amounts that stand apart, flagged and never dropped (section 7).

use core::fmt;

use super::ladder::Ladder;
use super::normal;
use super::params::StatParams;
use super::sample::Ranked;
use super::value::Bound;

/// Below this number of rows a flag may be chance (section 7).
const MAY_BE_CHANCE: u64 = 8;

/// Largest |z| after a correction that is worth printing (section 7).
const FITS: f64 = 2.0;

/// The factors tried on a flagged amount, in this order (section 7).
const CORRECTIONS: [Correction; 12] = [
    Correction::Times(1000),
    Correction::DividedBy(1000),
    Correction::Times(10),
    Correction::DividedBy(10),
    Correction::Times(100),
    Correction::DividedBy(100),
    Correction::Times(12),
    Correction::DividedBy(12),
    Correction::Times(2080),
    Correction::DividedBy(2080),
    Correction::Times(52),
    Correction::DividedBy(52),
];

/// A slip that would explain an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    /// Multiplied by this it would fit.
    Times(u32),
    /// Divided by this it would fit.
    DividedBy(u32),
}

impl Correction {
    /// The corrected amount.
    pub fn apply(self, amount: f64) -> f64 {
        match self {
            Self::Times(factor) => amount * f64::from(factor),
            Self::DividedBy(factor) => amount / f64::from(factor),
        }
    }
}

impl fmt::Display for Correction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Times(factor) => write!(f, "times {factor}"),
            Self::DividedBy(factor) => write!(f, "divided by {factor}"),
        }
    }
}

/// Where the scale of the modified z comes from (section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleBasis {
    /// Median absolute deviation.
    MedianDeviation,
    /// Quartiles, because more than half of the rows are equal.
    Quartiles,
    /// Mean absolute deviation, because the quartiles are equal too.
    MeanDeviation,
    /// The parameter `outlier_floor`, because the others are smaller.
    Floor,
}

/// A flagged amount.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlier {
    /// The amount.
    pub amount: f64,
    /// What the rows say about it.
    pub bound: Bound,
    /// Rows with it, counts included.
    pub n: u64,
    /// Its modified z.
    pub z: f64,
    /// The correction that brings it nearest to the others and its z then, if it would fit.
    pub correction: Option<(Correction, f64)>,
}

/// The flags of one source (section 7).
#[derive(Clone, Debug, PartialEq)]
pub struct Outliers {
    /// Rows tested, counts included.
    pub n: u64,
    /// Median of the log amounts.
    pub median: f64,
    /// Scale of the log amounts.
    pub scale: f64,
    /// Where the scale comes from.
    pub basis: ScaleBasis,
    /// The flagged amounts, ascending.
    pub flagged: Vec<Outlier>,
    /// Whether there are so few rows that a flag may be chance.
    pub may_be_chance: bool,
}

/// Tests the amounts of one source, every row alike whatever its weight; `None` without rows
/// (section 7). A bound is tested by the amount it states.
pub fn outliers(rows: &Ranked, params: &StatParams) -> Option<Outliers> {
    let logs: Vec<(f64, u64)> =
        rows.cells().iter().map(|cell| (libm::log(cell.amount), cell.sums.n)).collect();
    let ladder = Ladder::of_counts(logs.clone());
    let median = ladder.quantile(50.0)?;
    let (scale, basis) = scale(&ladder, &logs, median, params.outlier_floor)?;
    let mut report = Outliers {
        n: rows.n(),
        median,
        scale,
        basis,
        flagged: Vec::new(),
        may_be_chance: rows.n() < MAY_BE_CHANCE,
    };
    let flagged =
        rows.cells().iter().filter(|cell| report.z(cell.amount).abs() > params.outlier_mod_z);
    report.flagged = flagged
        .map(|cell| Outlier {
            amount: cell.amount,
            bound: cell.bound,
            n: cell.sums.n,
            z: report.z(cell.amount),
            correction: report.correction(cell.amount),
        })
        .collect();
    Some(report)
}

impl Outliers {
    /// The modified z of an amount; 0 at the median itself (section 7).
    pub fn z(&self, amount: f64) -> f64 {
        let distance = libm::log(amount) - self.median;
        if distance == 0.0 { 0.0 } else { distance / self.scale }
    }

    /// The correction with the smallest |z|, if it fits.
    fn correction(&self, amount: f64) -> Option<(Correction, f64)> {
        let tried = CORRECTIONS.map(|correction| (correction, self.z(correction.apply(amount))));
        let best = tried.into_iter().min_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
        (best.1.abs() <= FITS).then_some(best)
    }

    /// The flagged amounts, for [`Ranked::without`].
    pub fn amounts(&self) -> Vec<f64> {
        self.flagged.iter().map(|outlier| outlier.amount).collect()
    }
}

fn scale(
    ladder: &Ladder,
    logs: &[(f64, u64)],
    median: f64,
    floor: f64,
) -> Option<(f64, ScaleBasis)> {
    let z75 = normal::quantile(0.75);
    let distances: Vec<(f64, u64)> = logs.iter().map(|&(y, f)| ((y - median).abs(), f)).collect();
    let deviations = Ladder::of_counts(distances.clone());
    let mad = deviations.quantile(50.0)? / z75;
    let quartiles = (ladder.quantile(75.0)? - ladder.quantile(25.0)?) / (2.0 * z75);
    let sum: f64 = distances.iter().map(|&(d, f)| d * f as f64).sum();
    let n: u64 = distances.iter().map(|pair| pair.1).sum();
    let mean = libm::sqrt(core::f64::consts::FRAC_PI_2) * sum / n as f64;
    let found = if mad > 0.0 {
        (mad, ScaleBasis::MedianDeviation)
    } else if quartiles > 0.0 {
        (quartiles, ScaleBasis::Quartiles)
    } else {
        (mean, ScaleBasis::MeanDeviation)
    };
    Some(if found.0 < floor { (floor, ScaleBasis::Floor) } else { found })
}
