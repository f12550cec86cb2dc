//! A mixture of disjoint parts of one market (section 6).

use super::curve::Curve;
use super::value::Envelope;

/// Slack of the share when a percentile is looked up (section 6).
const SHARE_SLACK: f64 = 1e-12;

/// Relative width at which the bisection ends (section 6).
const WIDTH: f64 = 1e-14;

/// Relative distance within which a result is taken for a stated amount, and two ends for one
/// point (section 6).
const SNAP: f64 = 1e-9;

/// Parts with their shares, which sum to 1.
pub(crate) struct Mixture<'a> {
    parts: Vec<(f64, &'a Curve)>,
}

impl<'a> Mixture<'a> {
    pub(crate) fn new(parts: Vec<(f64, &'a Curve)>) -> Self {
        Self { parts }
    }

    /// Share at or below `x`.
    pub(crate) fn share(&self, x: f64) -> Envelope {
        let mut sum = Envelope::point(0.0);
        for (share, curve) in &self.parts {
            let part = curve.share(x);
            sum.low += share * part.low;
            sum.high += share * part.high;
        }
        Envelope { low: sum.low.min(1.0), high: sum.high.min(1.0) }
    }

    /// Smallest and largest possible percentile, infinite where open (section 6).
    pub(crate) fn ends(&self, percent: f64) -> Option<(f64, f64)> {
        let p = percent / 100.0 - SHARE_SLACK;
        let low = self.smallest(|x| self.share(x).high >= p)?;
        let high = self.smallest(|x| self.share(x).low >= p)?;
        let same = low.is_finite() && high.is_finite() && (high - low).abs() <= SNAP * high;
        Some(if same { (low, low) } else { (low, high) })
    }

    /// The smallest amount that is enough; infinite if any is, or none; `None` without amounts.
    fn smallest(&self, enough: impl Fn(f64) -> bool) -> Option<f64> {
        let reaches = || self.parts.iter().filter_map(|(_, curve)| curve.reach());
        let mut low = 0.5 * reaches().map(|reach| reach.0).reduce(f64::min)?;
        let mut high = 2.0 * reaches().map(|reach| reach.1).reduce(f64::max)?;
        if enough(low) {
            return Some(f64::NEG_INFINITY);
        }
        if !enough(high) {
            return Some(f64::INFINITY);
        }
        while high - low > WIDTH * high {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                break;
            }
            if enough(middle) {
                high = middle;
            } else {
                low = middle;
            }
        }
        Some(self.snapped(high))
    }

    /// The stated amount nearest to `x`, if it is within [`SNAP`].
    fn snapped(&self, x: f64) -> f64 {
        let stated = self.parts.iter().flat_map(|(_, curve)| curve.neighbours(x)).flatten();
        let near = stated.filter(|a| (a - x).abs() <= SNAP * x);
        near.min_by(|a, b| (a - x).abs().total_cmp(&(b - x).abs())).unwrap_or(x)
    }
}
