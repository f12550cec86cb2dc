//! The market that enters: published or combined points, or rows; read in my value (section 4).

use super::error::{BargainError, ensure};
use super::mark::{Mark, Marked};
use super::params::Params;
use crate::stats::normal;

/// One percentile of a market.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarketPoint {
    /// Percentile as a share, above 0 and below 1.
    pub percentile: f64,
    /// Amount in price units.
    pub amount: f64,
    /// Exact, or a bound (top-coded).
    pub bound: Mark,
}

/// A published table, or the points of a market combined elsewhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MarketTable {
    /// Points, percentiles rising, amounts not falling.
    pub points: Vec<MarketPoint>,
    /// Too few parties for percentiles: only the median and the edges are used.
    pub thin: bool,
    /// Lowest and highest amount that count as evidence; absent: the outermost points.
    pub edges: Option<[f64; 2]>,
    /// Effective number of observations or parties, if known; shown only.
    pub n: Option<f64>,
}

/// One price and its weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarketRow {
    /// Amount in price units.
    pub amount: f64,
    /// Importance; 1 unless weighted.
    pub weight: f64,
}

/// Prices of comparable deals.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MarketRows {
    /// The prices.
    pub rows: Vec<MarketRow>,
    /// Number of independent parties behind them, if smaller than their number.
    pub parties: Option<f64>,
}

/// The market that enters the bargaining arithmetic.
#[derive(Clone, Debug, PartialEq)]
pub enum Market {
    /// Percentile points.
    Table(MarketTable),
    /// Rows, gated by their number (F12).
    Rows(MarketRows),
}

/// What the market says, in price (section 4).
#[derive(Clone, Debug, PartialEq)]
pub struct MarketFigures {
    /// The percentile points that are read.
    pub points: Vec<MarketPoint>,
    /// Number of parties for the gates; absent for a published table without one.
    pub n: Option<f64>,
    /// Too thin for percentiles (S3.1).
    pub thin: bool,
    /// The median M.
    pub median: Marked,
    /// Track-record percentile `q`, in my value.
    pub record_percentile: f64,
    /// The market at that percentile, `M_q`.
    pub record: Marked,
    /// Better quartile in my value, `g(.75)`; absent if thin.
    pub better_quartile: Option<Marked>,
    /// Worse quartile in my value, `g(.25)`; absent if thin.
    pub worse_quartile: Option<Marked>,
    /// Interquartile range; half the range of the edges if thin.
    pub iqr: Marked,
    /// The evidence `E` for a target: the better quartile, or the better edge if thin.
    pub evidence: Marked,
    /// The edge that is better for me.
    pub better_edge: Marked,
    /// The edge that is worse for me.
    pub worse_edge: Marked,
    /// Least half spread: `room_min * |M|`.
    pub least_half_spread: Marked,
    /// Half spread `h`.
    pub half_spread: Marked,
}

impl MarketFigures {
    pub(crate) fn priced(mut self, sign: f64) -> MarketFigures {
        let prices = [
            Some(&mut self.median),
            Some(&mut self.record),
            self.better_quartile.as_mut(),
            self.worse_quartile.as_mut(),
            Some(&mut self.evidence),
            Some(&mut self.better_edge),
            Some(&mut self.worse_edge),
        ];
        prices.into_iter().flatten().for_each(|price| *price = price.priced(sign));
        self
    }

    /// Whether a figure rests on a bounded point (S3.11).
    pub(crate) fn is_bounded(&self) -> bool {
        let used = [self.median, self.record, self.iqr, self.evidence, self.better_edge];
        used.iter().any(|figure| figure.mark != Mark::Exact)
    }
}

impl Market {
    pub(crate) fn check(&self) -> Result<(), BargainError> {
        match self {
            Market::Table(table) => table.check(),
            Market::Rows(rows) => rows.check(),
        }
    }
}

impl MarketTable {
    fn check(&self) -> Result<(), BargainError> {
        ensure(!self.points.is_empty(), "market.points", 0.0, "at least one point")?;
        for point in &self.points {
            let (p, x) = (point.percentile, point.amount);
            ensure(
                rounded(p) > 0.0 && rounded(p) < 1.0,
                "market.percentile",
                p,
                "above 0 and below 1",
            )?;
            ensure(x.is_finite(), "market.amount", x, "a finite number")?;
        }
        for pair in self.points.windows(2) {
            let (p, x) = (pair[1].percentile, pair[1].amount);
            ensure(
                rounded(pair[0].percentile) < rounded(p),
                "market.percentile",
                p,
                "rising percentiles",
            )?;
            ensure(pair[0].amount <= x, "market.amount", x, "amounts that do not fall")?;
        }
        self.check_edges()
    }

    fn check_edges(&self) -> Result<(), BargainError> {
        let given = !self.thin || self.edges.is_some();
        ensure(given, "market.edges", f64::NAN, "edges, because the market is thin")?;
        let [low, high] = self.edges.unwrap_or_default();
        let usable = low.is_finite() && high.is_finite() && low <= high;
        ensure(usable, "market.edges", low, "finite edges, the lower one first")
    }
}

impl MarketRows {
    fn check(&self) -> Result<(), BargainError> {
        for row in &self.rows {
            let (x, w) = (row.amount, row.weight);
            ensure(x.is_finite(), "market.amount", x, "a finite number")?;
            ensure((0.0..=1e6).contains(&w), "market.weight", w, "0 to 1000000")?;
            ensure(w == 0.0 || w >= 1e-6, "market.weight", w, "0, or at least 0.000001")?;
        }
        let counted = self.rows.iter().filter(|row| row.weight > 0.0).count();
        ensure(counted > 0, "market.rows", 0.0, "at least one row with a weight")?;
        let parties = self.parties.unwrap_or(1.0);
        ensure(parties.is_finite() && parties > 0.0, "market.parties", parties, "above 0")
    }
}

fn rounded(percentile: f64) -> f64 {
    libm::round(percentile * 1e9) / 1e9
}

/// A market that can be read at any percentile and price.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    sign: f64,
    points: Vec<MarketPoint>,
    edges: [Marked; 2],
    pub(crate) thin: bool,
    n: Option<f64>,
}

impl Curve {
    pub(crate) fn new(market: &Market, sign: f64, params: &Params) -> Curve {
        match market {
            Market::Table(table) => Curve::of_table(table, sign),
            Market::Rows(rows) => Curve::of_rows(rows, sign, params),
        }
    }

    fn of_table(table: &MarketTable, sign: f64) -> Curve {
        let at = |point: &MarketPoint| Marked { value: point.amount, mark: point.bound };
        let outermost = || [at(&table.points[0]), at(&table.points[table.points.len() - 1])];
        let edges = table.edges.map_or_else(outermost, |ends| ends.map(Marked::exact));
        let (points, thin, n) = (table.points.clone(), table.thin, table.n);
        Curve { sign, points, edges, thin, n }
    }

    fn of_rows(rows: &MarketRows, sign: f64, params: &Params) -> Curve {
        let sample = Sample::new(&rows.rows);
        // Five equal weights are five parties, whatever the last bit of the division says.
        let effective = rounded(sample.effective);
        let n = rows.parties.map_or(effective, |parties| effective.min(parties));
        let (thin, tails) = (n < params.min_parties, n >= params.min_parties_tail);
        let percents: &[u32] = match (thin, tails) {
            (true, _) => &[50],
            (false, false) => &[25, 50, 75],
            (false, true) => &[10, 25, 50, 75, 90],
        };
        let point = |percent: &u32| MarketPoint {
            percentile: f64::from(*percent) / 100.0,
            amount: sample.quantile(f64::from(*percent)),
            bound: Mark::Exact,
        };
        let points: Vec<MarketPoint> = percents.iter().map(point).collect();
        let inner = [points[0].amount, points[points.len() - 1].amount];
        let edges = if !thin && tails { inner } else { sample.range() };
        Curve { sign, points, edges: edges.map(Marked::exact), thin, n: Some(n) }
    }

    /// `g(v)`: the market at percentile `v` of my value.
    pub(crate) fn read(&self, v: f64) -> Marked {
        let percentile = if self.sign > 0.0 { v } else { 1.0 - v };
        self.amount_at(percentile).priced(self.sign)
    }

    /// ln x linear in z(p) between points (F13); the outermost point, as a bound, beyond them.
    fn amount_at(&self, percentile: f64) -> Marked {
        let p = rounded(percentile);
        let above = self.points.partition_point(|point| rounded(point.percentile) < p);
        let Some(next) = self.points.get(above) else {
            let last = self.points[above - 1];
            return Marked { value: last.amount, mark: last.bound.join(Mark::AtLeast) };
        };
        if rounded(next.percentile) == p {
            return Marked { value: next.amount, mark: next.bound };
        }
        if above == 0 {
            return Marked { value: next.amount, mark: next.bound.join(Mark::AtMost) };
        }
        between(self.points[above - 1], *next, p)
    }

    /// Percentile of a price; beyond the table that of its edge, as a bound.
    pub(crate) fn percentile_of(&self, price: f64) -> Marked {
        // A price that differs from a table point by rounding only is at that point; on a flat
        // market the last bit would otherwise decide between its middle and its edge.
        let last_bits = 1e-12 * price.abs();
        let below = self.points.partition_point(|point| point.amount < price - last_bits);
        let upto = self.points.partition_point(|point| point.amount <= price + last_bits);
        if below < upto {
            let (first, last) = (self.points[below], self.points[upto - 1]);
            let middle = (first.percentile + last.percentile) / 2.0;
            return Marked::exact(if upto - below == 1 { first.percentile } else { middle });
        }
        if below == 0 {
            return Marked { value: self.points[0].percentile, mark: Mark::AtMost };
        }
        let Some(next) = self.points.get(below) else {
            return Marked { value: self.points[below - 1].percentile, mark: Mark::AtLeast };
        };
        Marked::exact(share_between(self.points[below - 1], *next, price))
    }

    /// The figures of section 4 in my value.
    pub(crate) fn figures(&self, record_percentile: f64, params: &Params) -> MarketFigures {
        let [worse_edge, better_edge] = self.own_edges();
        let median = self.read(0.5);
        let quartile = |v: f64| (!self.thin).then(|| self.read(v));
        let (better_quartile, worse_quartile) = (quartile(0.75), quartile(0.25));
        let iqr = match (better_quartile, worse_quartile) {
            (Some(better), Some(worse)) => better.minus(worse),
            _ => better_edge.minus(worse_edge).times(0.5),
        };
        let least_half_spread = median.absolute().times(params.room_min);
        MarketFigures {
            points: self.points.clone(),
            n: self.n,
            thin: self.thin,
            median,
            record_percentile,
            record: if self.thin { median } else { self.read(record_percentile) },
            better_quartile,
            worse_quartile,
            iqr,
            evidence: better_quartile.unwrap_or(better_edge),
            better_edge,
            worse_edge,
            least_half_spread,
            half_spread: iqr.times(0.5).max(least_half_spread),
        }
    }

    /// Worse and better edge in my value.
    fn own_edges(&self) -> [Marked; 2] {
        let [low, high] = self.edges.map(|edge| edge.priced(self.sign));
        if self.sign > 0.0 { [low, high] } else { [high, low] }
    }
}

/// Percentile of a price among points (percentile, amount), as a bound beyond them; `None` with
/// less than three, or where amounts fall.
pub(crate) fn percentile_among(points: &[(f64, f64)], price: f64) -> Option<Marked> {
    let rising = points.is_sorted_by(|a, b| a.1 <= b.1);
    if points.len() < 3 || !rising {
        return None;
    }
    let point = |&(percentile, amount)| MarketPoint { percentile, amount, bound: Mark::Exact };
    let points = points.iter().map(point).collect();
    let table = MarketTable { points, ..MarketTable::default() };
    Some(Curve::of_table(&table, 1.0).percentile_of(price))
}

fn between(low: MarketPoint, high: MarketPoint, p: f64) -> Marked {
    let z = normal::quantile;
    let f = (z(p) - z(low.percentile)) / (z(high.percentile) - z(low.percentile));
    let (x0, x1) = (low.amount, high.amount);
    let value = if x0 > 0.0 {
        libm::exp(libm::log(x0) + f * (libm::log(x1) - libm::log(x0)))
    } else {
        x0 + f * (x1 - x0)
    };
    Marked { value: value.max(x0).min(x1), mark: low.bound.join(high.bound) }
}

fn share_between(low: MarketPoint, high: MarketPoint, price: f64) -> f64 {
    let (x0, x1) = (low.amount, high.amount);
    let f = if x0 > 0.0 {
        libm::log(price / x0) / libm::log(x1 / x0)
    } else {
        (price - x0) / (x1 - x0)
    };
    let (z0, z1) = (normal::quantile(low.percentile), normal::quantile(high.percentile));
    normal::cdf(z0 + f * (z1 - z0))
}

/// Weighted rows, sorted; sums are integers so that their order cannot matter.
struct Sample {
    rows: Vec<(f64, u128)>,
    total: f64,
    width: f64,
    effective: f64,
}

impl Sample {
    fn new(rows: &[MarketRow]) -> Sample {
        let whole = |row: &MarketRow| (row.amount, libm::rint(row.weight * 1e9) as u128);
        let mut rows: Vec<(f64, u128)> = rows.iter().map(whole).filter(|row| row.1 > 0).collect();
        rows.sort_by(|one, two| one.0.total_cmp(&two.0).then(one.1.cmp(&two.1)));
        let total = rows.iter().map(|row| row.1).sum::<u128>() as f64;
        let squares = rows.iter().map(|row| row.1 * row.1).sum::<u128>() as f64;
        Sample { rows, total, width: squares / total, effective: total * total / squares }
    }

    fn range(&self) -> [f64; 2] {
        [self.rows[0].0, self.rows[self.rows.len() - 1].0]
    }

    /// Weighted type 7 with Kish width (F1; section 2 of the benchmark definition): the mean of
    /// the inverse distribution function over a window of width 1/n*, as a sum of differences.
    fn quantile(&self, percent: f64) -> f64 {
        let start = percent * (self.total - self.width) / 100.0;
        let end = start + self.width;
        let (mut reached, mut first, mut sum) = (0_u128, None, 0.0);
        for &(amount, weight) in &self.rows {
            let from = reached as f64;
            reached += weight;
            let upto = reached as f64;
            if upto <= start && reached as f64 != self.total {
                continue;
            }
            let origin = *first.get_or_insert(amount);
            sum += (amount - origin) * f64::max(0.0, upto.min(end) - from.max(start));
            if upto >= end {
                break;
            }
        }
        first.unwrap_or(f64::NAN) + sum / self.width
    }
}

#[cfg(test)]
mod tests {
    use super::{Mark, percentile_among};

    /// Three points above the median: what lies below them is at most P50, not at least.
    #[test]
    fn the_edge_that_was_passed_decides_and_not_the_share() {
        let upper = [(0.5, 100.0), (0.75, 120.0), (0.9, 150.0)];
        let lower = [(0.1, 60.0), (0.25, 80.0), (0.5, 100.0)];
        for (points, price, share, mark) in [
            (upper, 90.0, 0.5, Mark::AtMost),
            (upper, 160.0, 0.9, Mark::AtLeast),
            (lower, 110.0, 0.5, Mark::AtLeast),
            (lower, 50.0, 0.1, Mark::AtMost),
            (upper, 120.0, 0.75, Mark::Exact),
        ] {
            let place = percentile_among(&points, price).map(|it| (it.value, it.mark));
            assert_eq!(place, Some((share, mark)), "{price} among {points:?}");
        }
        assert_eq!(percentile_among(&upper[..2], 90.0), None);
    }
}
