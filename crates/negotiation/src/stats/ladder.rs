//! Distinct amounts in order with their cumulative weights, and the quantile on them (section 2).

/// Sums over rows, exact: `n`, `W` and `S2` of section 2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Rows, counts included.
    pub n: u64,
    /// Sum of weights.
    pub weight: u128,
    /// Sum of squared weights.
    pub squares: u128,
}

impl Totals {
    /// The weight of every row if all weights are equal. By Cauchy and Schwarz they are exactly if
    /// `S2 = n (W / n)^2`.
    fn equal_weight(&self) -> Option<u128> {
        let n = u128::from(self.n);
        if n == 0 || !self.weight.is_multiple_of(n) {
            return None;
        }
        let each = self.weight / n;
        (each.checked_mul(each)?.checked_mul(n)? == self.squares).then_some(each)
    }
}

/// A weighted sample in ascending order (section 2).
#[derive(Clone, Debug, PartialEq)]
pub struct Ladder {
    amounts: Vec<f64>,
    cumulative: Vec<f64>,
    cumulative_squares: Vec<f64>,
    total: f64,
    squares: f64,
    delta: f64,
    effective_n: f64,
    equal: bool,
}

impl Ladder {
    /// Builds the ladder from steps (amount, sum of weights, sum of squares) in ascending order;
    /// equal neighbours are merged. The sums stay integers until they are complete.
    pub(crate) fn new(totals: Totals, steps: impl IntoIterator<Item = (f64, u128, u128)>) -> Self {
        let mut ladder = Self::empty(totals);
        let (mut weight, mut squares) = (0_u128, 0_u128);
        for (amount, w, s) in steps {
            weight += w;
            squares += s;
            if ladder.amounts.last() == Some(&amount) {
                ladder.cumulative.pop();
                ladder.cumulative_squares.pop();
            } else {
                ladder.amounts.push(amount);
            }
            ladder.cumulative.push(weight as f64);
            ladder.cumulative_squares.push(squares as f64);
        }
        ladder
    }

    fn empty(totals: Totals) -> Self {
        let (total, squares) = (totals.weight as f64, totals.squares as f64);
        let equal = totals.equal_weight();
        let delta = equal.map_or(squares / total, |each| each as f64);
        Self {
            amounts: Vec::new(),
            cumulative: Vec::new(),
            cumulative_squares: Vec::new(),
            total,
            squares,
            delta,
            effective_n: match (totals.n, equal) {
                (0, _) => 0.0,
                (n, Some(_)) => n as f64,
                _ => total / delta,
            },
            equal: equal.is_some(),
        }
    }

    /// The ladder of plain numbers with counts, every row of weight 1.
    pub(crate) fn of_counts(mut pairs: Vec<(f64, u64)>) -> Self {
        pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let n: u64 = pairs.iter().map(|pair| pair.1).sum();
        let totals = Totals { n, weight: u128::from(n), squares: u128::from(n) };
        Self::new(totals, pairs.iter().map(|&(x, f)| (x, u128::from(f), u128::from(f))))
    }

    /// Effective n, `W^2 / S2`; 0 without rows.
    pub fn effective_n(&self) -> f64 {
        self.effective_n
    }

    /// Width of the window, `S2 / W`, in units of 1e-9; NaN without rows.
    pub fn delta(&self) -> f64 {
        self.delta
    }

    /// Whether all rows have the same weight.
    pub fn equal_weights(&self) -> bool {
        self.equal
    }

    /// Distinct amounts, ascending.
    pub fn amounts(&self) -> &[f64] {
        &self.amounts
    }

    /// The percentile `percent` (0 to 100), type 7 with Kish width (section 2); `None` without rows.
    pub fn quantile(&self, percent: f64) -> Option<f64> {
        self.window(percent * (self.total - self.delta) / 100.0)
    }

    /// The value at position `pos` (1 to effective n) (section 2, `read`); `None` without rows.
    pub fn read(&self, pos: f64) -> Option<f64> {
        self.window((pos - 1.0) * self.delta)
    }

    /// Position of the percentile, in the terms of [`Self::read`].
    pub(crate) fn position(&self, percent: f64) -> f64 {
        1.0 + percent * (self.effective_n - 1.0) / 100.0
    }

    /// Mean of the inverse distribution function from `a` to `a + delta`, in the difference form
    /// that leaves a heap of equal amounts untouched (section 2).
    fn window(&self, a: f64) -> Option<f64> {
        let b = a + self.delta;
        let last = self.amounts.len().checked_sub(1)?;
        let first = self.cumulative.partition_point(|&c| c <= a).min(last);
        let base = self.amounts[first];
        if base.is_infinite() {
            return Some(base);
        }
        let mut sum = 0.0;
        let mut below = if first == 0 { 0.0 } else { self.cumulative[first - 1] };
        let mut top = base;
        for (&x, &c) in self.amounts[first..].iter().zip(&self.cumulative[first..]) {
            sum += (x - base) * (c.min(b) - below.max(a)).max(0.0);
            top = x;
            if c >= b {
                break;
            }
            below = c;
        }
        // Rounding must not carry the mean past the largest amount in the window.
        Some((base + sum / self.delta).min(top))
    }

    /// Share of the sample at or below `x`: the inverse of the quantile by 60 bisections, 0 below
    /// the 0th and 1 from the 100th percentile (section 6); `None` without rows.
    pub fn share(&self, x: f64) -> Option<f64> {
        if x < self.quantile(0.0)? {
            return Some(0.0);
        }
        if x >= self.quantile(100.0)? {
            return Some(1.0);
        }
        let span = self.total - self.delta;
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if self.window(middle * span)? <= x {
                low = middle;
            } else {
                high = middle;
            }
        }
        Some(0.5 * (low + high))
    }

    /// Effective n near the percentile with fraction `p` and value `q` (section 3, step 1).
    pub(crate) fn local_effective_n(&self, p: f64, q: f64) -> f64 {
        let index = self.amounts.partition_point(|&x| x <= q);
        let below = if index == 0 { 0.0 } else { self.cumulative_squares[index - 1] };
        let above = self.squares - below;
        let v = (below * (1.0 - p) * (1.0 - p) + above * p * p) / (self.total * self.total);
        self.effective_n.min(p * (1.0 - p) / v)
    }
}
