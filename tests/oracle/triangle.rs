//! The triangle of an uncertain amount, and the normal distribution (numbers.md, sections 1 and 2).

/// Lower end, mode and upper end of an uncertain amount, in my value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Triangle {
    pub(super) low: f64,
    pub(super) mode: f64,
    pub(super) high: f64,
}

/// How a triangle is read from a tenth, a mode and a ninetieth percentile.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    pub(super) tail: f64,
    pub(super) widen: f64,
    pub(super) least_half: f64,
    pub(super) reference: f64,
}

impl Triangle {
    /// The triangle whose outer tails hold `tail` each, by bisection on the place of the mode.
    pub(super) fn read(low: f64, mode: f64, high: f64, how: Reading) -> Self {
        let (below, above) = ((mode - low) * how.widen, (high - mode) * how.widen);
        let missing = (2.0 * how.least_half * how.reference.abs() - (below + above)).max(0.0) / 2.0;
        let (below, above) = (below + missing, above + missing);
        if below + above == 0.0 {
            return Self { low: mode, mode, high: mode };
        }
        let (mut from, mut to) = (how.tail, 1.0 - how.tail);
        let excess = |t: f64| {
            below * ((1.0 - t) - (how.tail * (1.0 - t)).sqrt())
                - above * (t - (how.tail * t).sqrt())
        };
        let mut t = 0.5 * (from + to);
        while t != from && t != to {
            if excess(t) > 0.0 {
                from = t;
            } else {
                to = t;
            }
            t = 0.5 * (from + to);
        }
        let width = (below + above) / (1.0 - (how.tail * t).sqrt() - (how.tail * (1.0 - t)).sqrt());
        Self { low: mode - t * width, mode, high: mode + (1.0 - t) * width }
    }

    fn width(&self) -> f64 {
        self.high - self.low
    }

    pub(super) fn mean(&self) -> f64 {
        (self.low + self.mode + self.high) / 3.0
    }

    /// The chance of at least x.
    pub(super) fn survival(&self, x: f64) -> f64 {
        if x <= self.low || (self.width() == 0.0 && x == self.high) {
            1.0
        } else if x >= self.high {
            0.0
        } else if x >= self.mode {
            let up = self.high - x;
            up * up / (self.width() * (self.high - self.mode))
        } else {
            let up = x - self.low;
            1.0 - up * up / (self.width() * (self.mode - self.low))
        }
    }

    /// The amount that is reached with chance v.
    pub(super) fn reached(&self, v: f64) -> f64 {
        let (down, up) = (self.mode - self.low, self.high - self.mode);
        if self.width() == 0.0 {
            self.mode
        } else if v <= up / self.width() {
            self.high - (v * self.width() * up).sqrt()
        } else {
            self.low + ((1.0 - v) * self.width() * down).sqrt()
        }
    }

    /// The mean of what exceeds c, counting nothing below it.
    pub(super) fn excess(&self, c: f64) -> f64 {
        let cube = |y: f64| y * y * y;
        if c >= self.high {
            0.0
        } else if c <= self.low {
            self.mean() - c
        } else if c >= self.mode {
            cube(self.high - c) / (3.0 * self.width() * (self.high - self.mode))
        } else {
            self.mean() - c + cube(c - self.low) / (3.0 * self.width() * (self.mode - self.low))
        }
    }

    /// The mean of what exceeds c, given that it is reached.
    pub(super) fn mean_beyond(&self, c: f64) -> f64 {
        if c <= self.low { self.mean() - c } else { self.excess(c) / self.survival(c) }
    }

    /// The single price with the best mean gain over r, which must lie below the upper end.
    pub(super) fn best_price(&self, r: f64) -> f64 {
        if self.width() == 0.0 {
            return self.mode;
        }
        let beyond = (self.high + 2.0 * r) / 3.0;
        if beyond >= self.mode {
            return beyond;
        }
        let (start, k) = (r - self.low, self.width() * (self.mode - self.low));
        let root = (start * start + 3.0 * k).sqrt();
        self.low + if start > 0.0 { (start + root) / 3.0 } else { k / (root - start) }
    }

    /// The means of `count` strata of equal weight, lowest first.
    pub(super) fn strata(&self, count: usize) -> Vec<f64> {
        let n = count as f64;
        let at = |j: usize| self.quantile_integral(j as f64 / n);
        (1..=count).map(|j| n * (at(j) - at(j - 1))).collect()
    }

    /// The integral of the quantile function from 0 to v.
    fn quantile_integral(&self, v: f64) -> f64 {
        let (down, up) = (self.mode - self.low, self.high - self.mode);
        if self.width() == 0.0 || v <= down / self.width() {
            self.low * v + (self.width() * down).sqrt() * v * v.sqrt() / 1.5
        } else {
            let rest = 1.0 - v;
            self.mean() - self.high * rest + (self.width() * up).sqrt() * rest * rest.sqrt() / 1.5
        }
    }
}

/// The normal distribution function.
pub(super) fn phi(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

/// The inverse of the normal distribution function, by bisection and three Newton steps.
pub(super) fn score(p: f64) -> f64 {
    if p > 0.5 {
        return -score(1.0 - p);
    }
    let (mut from, mut to) = (-9.0, 0.0);
    for _ in 0..40 {
        let middle = 0.5 * (from + to);
        if phi(middle) < p {
            from = middle;
        } else {
            to = middle;
        }
    }
    let mut z = 0.5 * (from + to);
    for _ in 0..3 {
        z -= (phi(z) - p) * libm::exp(0.5 * z * z) * (2.0 * std::f64::consts::PI).sqrt();
    }
    z
}

#[test]
fn the_best_price_is_the_maximum_of_a_fine_grid() {
    let belief = Triangle { low: 90.0, mode: 120.0, high: 150.0 };
    for r in [60.0, 95.0, 110.0, 130.0] {
        let gain = |p: f64| (p - r) * belief.survival(p);
        let grid = (0..=90_000).map(|k| gain(60.0 + f64::from(k) * 0.001)).fold(0.0, f64::max);
        assert!((gain(belief.best_price(r)) - grid).abs() < 1e-5, "{r}");
    }
}

#[test]
fn the_outer_tails_hold_what_was_stated() {
    let how = Reading { tail: 0.1, widen: 1.0, least_half: 0.0, reference: 0.0 };
    let belief = Triangle::read(110.0, 122.0, 140.0, how);
    assert!((belief.survival(110.0) - 0.9).abs() < 1e-12);
    assert!((belief.survival(140.0) - 0.1).abs() < 1e-12);
    assert!((belief.strata(64).iter().sum::<f64>() / 64.0 - belief.mean()).abs() < 1e-12);
}
