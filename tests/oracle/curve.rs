//! The market as a curve through percentiles, seen in my value (numbers.md, section 4).

use super::triangle::{phi, score};

/// What the market says: percentiles, or with too few rows only a middle; always two edges.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    /// Percentile as a share, and amount in price; empty with fewer than five rows.
    pub(super) points: Vec<(f64, f64)>,
    pub(super) median: f64,
    /// Lower and upper edge in price.
    pub(super) edges: (f64, f64),
}

impl Curve {
    pub(super) fn thin(&self) -> bool {
        self.points.is_empty()
    }

    /// Whether an amount lies between the outermost percentiles.
    pub(super) fn holds(&self, amount: f64) -> bool {
        let ends = self.points.first().zip(self.points.last());
        ends.is_some_and(|(first, last)| first.1 <= amount && amount <= last.1)
    }

    /// The amount at a percentile; at the outermost points it stops.
    pub(super) fn quantile(&self, v: f64) -> f64 {
        let last = self.points.len() - 1;
        if v <= self.points[0].0 {
            return self.points[0].1;
        }
        if v >= self.points[last].0 {
            return self.points[last].1;
        }
        let upper = self.points.iter().position(|point| point.0 >= v).unwrap();
        let ((p0, x0), (p1, x1)) = (self.points[upper - 1], self.points[upper]);
        if v == p1 {
            return x1;
        }
        let t = (score(v) - score(p0)) / (score(p1) - score(p0));
        if x0 <= 0.0 || x1 <= 0.0 {
            return x0 + t * (x1 - x0);
        }
        libm::exp(libm::log(x0) + t * (libm::log(x1) - libm::log(x0)))
    }

    /// The percentile of an amount; beyond the table that of its end.
    fn rank(&self, x: f64) -> f64 {
        let last = self.points.len() - 1;
        let at: Vec<f64> = self.points.iter().filter(|one| one.1 == x).map(|one| one.0).collect();
        if let (Some(first), Some(end)) = (at.first(), at.last()) {
            return 0.5 * (first + end);
        }
        if x < self.points[0].1 {
            return self.points[0].0;
        }
        if x > self.points[last].1 {
            return self.points[last].0;
        }
        let upper = self.points.iter().position(|point| point.1 > x).unwrap();
        let ((p0, x0), (p1, x1)) = (self.points[upper - 1], self.points[upper]);
        let f = if x0 <= 0.0 || x1 <= 0.0 {
            (x - x0) / (x1 - x0)
        } else {
            libm::log(x / x0) / libm::log(x1 / x0)
        };
        phi(score(p0) + f * (score(p1) - score(p0)))
    }

    /// The market's amount in my value that a share v of the market is worse than.
    pub(super) fn value(&self, side: f64, v: f64) -> f64 {
        let v = (v * 1e9).round() / 1e9;
        if side > 0.0 { self.quantile(v) } else { -self.quantile(1.0 - v) }
    }

    /// The share of the market that an amount of my value leaves behind.
    pub(super) fn standing(&self, side: f64, value: f64) -> f64 {
        if side > 0.0 { self.rank(value) } else { 1.0 - self.rank(-value) }
    }

    /// The worse and the better edge in my value.
    pub(super) fn edges_for(&self, side: f64) -> (f64, f64) {
        if side > 0.0 { self.edges } else { (-self.edges.1, -self.edges.0) }
    }
}
