//! The triangular distribution: every uncertain amount, in closed forms (section 2).

/// How P10, mode and P90 become a triangle (section 2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// Share outside each of low and high: `belief_tail`.
    pub tail: f64,
    /// Factor on both half widths: `belief_widen`; 1 for alternatives.
    pub widen: f64,
    /// Least half width between low and high, in price units; 0 for alternatives.
    pub least_half_width: f64,
}

/// A triangle: lower end, mode, upper end. A point mass if the ends are equal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Triangle {
    /// The lower end `a`.
    pub lower: f64,
    /// The mode `m`.
    pub mode: f64,
    /// The upper end `b`.
    pub upper: f64,
}

impl Triangle {
    /// The point mass at `x`.
    pub fn point(x: f64) -> Triangle {
        Triangle { lower: x, mode: x, upper: x }
    }

    /// The triangle whose shares outside `low` and `high` are the tail (section 2).
    pub fn from_tenths([low, mode, high]: [f64; 3], shape: Shape) -> Triangle {
        let (below, above) = ((mode - low) * shape.widen, (high - mode) * shape.widen);
        let missing = f64::max(0.0, 2.0 * shape.least_half_width - (below + above)) / 2.0;
        let (below, above) = (below + missing, above + missing);
        if below + above == 0.0 {
            return Triangle::point(mode);
        }
        let (t, tail) = (mode_share(below, above, shape.tail), shape.tail);
        let inside = 1.0 - libm::sqrt(tail * t) - libm::sqrt(tail * (1.0 - t));
        let width = (below + above) / inside;
        Triangle { lower: mode - t * width, mode, upper: mode + (1.0 - t) * width }
    }

    /// Whether there is no uncertainty.
    pub fn is_point(self) -> bool {
        self.lower == self.upper
    }

    /// Upper end minus lower end.
    pub fn width(self) -> f64 {
        self.upper - self.lower
    }

    fn left(self) -> f64 {
        self.width() * (self.mode - self.lower)
    }

    fn right(self) -> f64 {
        self.width() * (self.upper - self.mode)
    }

    /// `P(Y >= x)`.
    pub fn survival(self, x: f64) -> f64 {
        if x <= self.lower {
            1.0
        } else if x >= self.upper {
            0.0
        } else if x >= self.mode {
            (self.upper - x) * (self.upper - x) / self.right()
        } else {
            1.0 - (x - self.lower) * (x - self.lower) / self.left()
        }
    }

    /// The `x` with `P(Y >= x) = v`, for `v` from 0 to 1.
    pub fn survival_inverse(self, v: f64) -> f64 {
        if self.is_point() {
            self.mode
        } else if v <= (self.upper - self.mode) / self.width() {
            self.upper - libm::sqrt(v * self.right())
        } else {
            self.lower + libm::sqrt((1.0 - v) * self.left())
        }
    }

    /// The mean.
    pub fn mean(self) -> f64 {
        if self.is_point() { self.mode } else { (self.lower + self.mode + self.upper) / 3.0 }
    }

    /// `E[max(Y - c, 0)]`.
    pub fn excess(self, c: f64) -> f64 {
        let cube = |x: f64| x * x * x;
        if c >= self.upper {
            0.0
        } else if c <= self.lower {
            self.mean() - c
        } else if c >= self.mode {
            cube(self.upper - c) / (3.0 * self.right())
        } else {
            self.mean() - c + cube(c - self.lower) / (3.0 * self.left())
        }
    }

    /// Mean residual `E[Y - c | Y >= c]`: the expected size of the zone beyond `c`; 0 at the end.
    pub fn residual(self, c: f64) -> f64 {
        if c <= self.lower {
            self.mean() - c
        } else if c >= self.upper {
            0.0
        } else if c >= self.mode {
            (self.upper - c) / 3.0
        } else {
            self.excess(c) / self.survival(c)
        }
    }

    /// The best single offer `argmax (p - r) P(Y >= p)` for `r` below the upper end (A21).
    pub fn best_offer(self, r: f64) -> f64 {
        if self.is_point() {
            return self.mode;
        }
        let above_mode = (self.upper + 2.0 * r) / 3.0;
        if above_mode >= self.mode {
            return above_mode;
        }
        let (distance, k) = (r - self.lower, self.left());
        let root = libm::sqrt(distance * distance + 3.0 * k);
        if distance > 0.0 {
            self.lower + (distance + root) / 3.0
        } else {
            self.lower + k / (root - distance)
        }
    }

    /// Means of `count` strata of equal probability, in rising order; one for a point mass.
    pub fn atoms(self, count: u32) -> Vec<f64> {
        if self.is_point() {
            return vec![self.mode];
        }
        let n = f64::from(count);
        let ends: Vec<f64> = (0..=count).map(|j| self.partial_mean(f64::from(j) / n)).collect();
        ends.windows(2).map(|pair| self.mode + n * (pair[1] - pair[0])).collect()
    }

    /// Integral of the quantile minus the mode from 0 to `v`.
    fn partial_mean(self, v: f64) -> f64 {
        let power = |x: f64| x * libm::sqrt(x);
        let (below, above) = (self.lower - self.mode, self.upper - self.mode);
        if v <= (self.mode - self.lower) / self.width() {
            below * v + libm::sqrt(self.left()) * power(v) * 2.0 / 3.0
        } else {
            let rest = 1.0 - v;
            (below + above) / 3.0 - above * rest
                + libm::sqrt(self.right()) * power(rest) * 2.0 / 3.0
        }
    }

    /// The triangle of `slope * Y + shift`, for a slope that is not negative.
    pub fn moved(self, slope: f64, shift: f64) -> Triangle {
        let at = |x: f64| slope * x + shift;
        Triangle { lower: at(self.lower), mode: at(self.mode), upper: at(self.upper) }
    }

    /// The triangle of `-Y`.
    pub fn mirrored(self) -> Triangle {
        Triangle { lower: -self.upper, mode: -self.mode, upper: -self.lower }
    }
}

/// Share of the width below the mode: the root of `f` in section 2, by bisection to the last bit.
fn mode_share(below: f64, above: f64, tail: f64) -> f64 {
    let gap = |t: f64| t - libm::sqrt(tail * t);
    let (mut low, mut high) = (tail, 1.0 - tail);
    loop {
        let middle = (low + high) / 2.0;
        if middle <= low || middle >= high {
            return middle;
        }
        if below * gap(1.0 - middle) - above * gap(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
}
