//! The incomplete beta function, the levels of an interval (section 3.3), Student's t.

use super::normal;

/// Above this effective n (or number of degrees of freedom) an expansion replaces bisection.
const LARGE: f64 = 1e6;

/// From here on five terms of Stirling's series are exact to 2e-14.
const STIRLING: f64 = 10.0;

/// Regularised incomplete beta function `I_x(a, b)` for positive `a` and `b`; NaN otherwise.
///
/// The continued fraction of DLMF 8.17.22, evaluated by the modified Lentz method on the side
/// where it converges fast.
pub fn regularised(x: f64, a: f64, b: f64) -> f64 {
    if !(a > 0.0 && b > 0.0) || x.is_nan() {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = libm::exp(log_front(x, a, b));
    if x < (a + 1.0) / (a + b + 2.0) {
        front * continued_fraction(x, a, b) / a
    } else {
        1.0 - front * continued_fraction(1.0 - x, b, a) / b
    }
}

/// `ln(x^a (1-x)^b / B(a, b))`.
///
/// Differences of large log-gammas would cost digits in proportion to the parameters, so these are
/// written out by Stirling's series and their leading terms cancelled by hand.
fn log_front(x: f64, a: f64, b: f64) -> f64 {
    let n = a + b;
    if a.max(b) < STIRLING {
        let log_inverse_beta = libm::lgamma(n) - libm::lgamma(a) - libm::lgamma(b);
        log_inverse_beta + a * libm::log(x) + b * libm::log1p(-x)
    } else if a < STIRLING {
        a * (libm::log(x * n) - 1.0) - libm::lgamma(a) + log_of_large(libm::log1p(-x), a, b)
    } else if b < STIRLING {
        b * (libm::log((1.0 - x) * n) - 1.0) - libm::lgamma(b) + log_of_large(libm::log(x), b, a)
    } else {
        let off = x * n - a;
        let powers = a * libm::log1p(off / a) + b * libm::log1p(-off / b);
        let corrections = stirling(n) - stirling(a) - stirling(b);
        powers + corrections + 0.5 * libm::log(a / n * b / core::f64::consts::TAU)
    }
}

/// What a large parameter beside a small one adds to [`log_front`]; `log_base` is the logarithm
/// of the base that the large one is the exponent of.
fn log_of_large(log_base: f64, small: f64, large: f64) -> f64 {
    let gammas = (large - 0.5) * libm::log1p(small / large);
    gammas + stirling(small + large) - stirling(large) + large * log_base
}

/// `lgamma(z) - ((z - 1/2) ln z - z + ln(2 pi) / 2)` for `z` of [`STIRLING`] or more (DLMF 5.11.1).
fn stirling(z: f64) -> f64 {
    let square = 1.0 / (z * z);
    let series = [-1.0 / 1680.0, 1.0 / 1260.0, -1.0 / 360.0, 1.0 / 12.0];
    series.iter().fold(1.0 / 1188.0, |sum, term| sum * square + term) / z
}

fn continued_fraction(x: f64, a: f64, b: f64) -> f64 {
    let mut c = 1.0;
    let mut d = 1.0 / guard(1.0 - (a + b) * x / (a + 1.0));
    let mut h = d;
    // Convergence takes some multiple of sqrt(max(a, b)) steps; a million caps a and b at 1e6.
    for step in 1..100_000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / guard(1.0 + even * d);
        c = guard(1.0 + even / c);
        h *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / guard(1.0 + odd * d);
        c = guard(1.0 + odd / c);
        h *= d * c;
        if (d * c - 1.0).abs() < 1e-16 {
            break;
        }
    }
    h
}

/// Lentz: a vanishing denominator is replaced by a tiny one.
fn guard(x: f64) -> f64 {
    if x.abs() < 1e-300 { 1e-300 } else { x }
}

/// The levels `(u_low, u_high)` whose order statistics are the one-sided limits of the
/// percentile `p` (0 to 1, exclusive) at effective size `n_e` (section 3, step 3).
pub fn levels(n_e: f64, p: f64, confidence: f64) -> (f64, f64) {
    let one_sided = (1.0 + confidence) / 2.0;
    if n_e > LARGE {
        return levels_of_large(n_e, p, normal::quantile(one_sided));
    }
    let level = |target| order(n_e, p, target) / (n_e + 1.0);
    (level(one_sided), level(1.0 - one_sided))
}

fn levels_of_large(n_e: f64, p: f64, z: f64) -> (f64, f64) {
    let half = z * libm::sqrt(p * (1.0 - p) / (n_e + 2.0));
    let shift = (1.0 - 2.0 * p) * (z * z + 2.0) / (6.0 * (n_e + 1.0));
    (p - half + shift, p + half + shift)
}

/// The fractional order `k` with `I_p(k, n_e + 1 - k) = target`; the left side falls in `k`.
fn order(n_e: f64, p: f64, target: f64) -> f64 {
    bisect(0.0, n_e + 1.0, |k| regularised(p, k, n_e + 1.0 - k) > target)
}

/// Bisects to adjacent doubles; `below` says that the root lies higher.
fn bisect(mut low: f64, mut high: f64, below: impl Fn(f64) -> bool) -> f64 {
    loop {
        let middle = low + 0.5 * (high - low);
        if middle <= low || middle >= high {
            return middle;
        }
        if below(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// Quantile of Student's t with `df` degrees of freedom, for `p` of .5 or more; NaN outside.
///
/// `t^2 / (df + t^2)` has the distribution function `I(1/2, df/2)`; above a million degrees of
/// freedom two terms in `1 / df` leave an error below 1e-17 (Abramowitz and Stegun 26.7.5).
pub fn student_t(p: f64, df: f64) -> f64 {
    if !(0.5..1.0).contains(&p) || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if df > LARGE {
        let z = normal::quantile(p);
        let z2 = z * z;
        let second = z * ((5.0 * z2 + 16.0) * z2 + 3.0) / (96.0 * df * df);
        return z + z * (z2 + 1.0) / (4.0 * df) + second;
    }
    let y = bisect(0.0, 1.0, |y| regularised(y, 0.5, 0.5 * df) < 2.0 * p - 1.0);
    libm::sqrt(df * y / (1.0 - y))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, tolerance: f64) {
        assert!((found - expected).abs() <= tolerance * expected.abs(), "{found} {expected}");
    }

    /// For integers, `I_p(k, n + 1 - k)` is the binomial probability of `k` or more in `n`.
    #[test]
    fn regularised_is_a_binomial_tail() {
        for n in [1_u32, 2, 5, 12, 40] {
            for k in 1..=n {
                for p in [0.001, 0.1, 0.25, 0.5, 0.77, 0.999] {
                    let tail = binomial_tail(n, k, p);
                    let beta = regularised(p, f64::from(k), f64::from(n + 1 - k));
                    assert!((beta - tail).abs() < 1e-13, "{n} {k} {p}: {beta} {tail}");
                }
            }
        }
    }

    fn binomial_tail(n: u32, k: u32, p: f64) -> f64 {
        let mut row = vec![1.0];
        for _ in 0..n {
            let mut next = vec![0.0; row.len() + 1];
            for (j, &mass) in row.iter().enumerate() {
                next[j] += mass * (1.0 - p);
                next[j + 1] += mass * p;
            }
            row = next;
        }
        row[k as usize..].iter().sum()
    }

    /// The integral itself, by Simpson's rule, for parameters that are no integers.
    #[test]
    fn regularised_is_the_integral() {
        for (x, a, b) in [(0.3, 2.5, 3.7), (0.9, 7.25, 2.125), (0.5, 6.5, 6.5), (0.05, 3.3, 40.1)] {
            let density = |t: f64| libm::pow(t, a - 1.0) * libm::pow(1.0 - t, b - 1.0);
            let part = simpson(0.0, x, density);
            let whole = part + simpson(x, 1.0, density);
            assert!((regularised(x, a, b) - part / whole).abs() < 1e-9, "{x} {a} {b}");
        }
    }

    fn simpson(from: f64, to: f64, f: impl Fn(f64) -> f64) -> f64 {
        let steps = 200_000;
        let h = (to - from) / f64::from(steps);
        let inner: f64 = (1..steps)
            .map(|i| f(from + h * f64::from(i)) * if i % 2 == 1 { 4.0 } else { 2.0 })
            .sum();
        h / 3.0 * (f(from) + inner + f(to))
    }

    #[test]
    fn regularised_refuses_nonsense_and_meets_its_ends() {
        assert!(regularised(0.5, 0.0, 1.0).is_nan());
        assert!(regularised(f64::NAN, 1.0, 1.0).is_nan());
        assert_eq!(regularised(0.0, 2.0, 3.0), 0.0);
        assert_eq!(regularised(1.0, 2.0, 3.0), 1.0);
        close(regularised(0.3, 1.0, 1.0), 0.3, 1e-15);
    }

    /// Roots found by mpmath with 40 digits.
    #[test]
    fn student_t_meets_independent_values() {
        for (p, df, t) in [
            (0.95, 1.0, 6.313_751_514_675_043),
            (0.95, 2.0, 2.919_985_580_353_726),
            (0.95, 7.0, 1.894_578_605_090_007),
            (0.99, 30.0, 2.457_261_542_400_591_4),
            (0.95, 1e5, 1.644_868_864_784_969_7),
            (0.95, 1e6, 1.644_855_150_722_040_5),
        ] {
            close(student_t(p, df), t, 1e-13);
        }
        assert_eq!(student_t(0.5, 3.0), 0.0);
        assert!(student_t(0.95, 0.0).is_nan());
        assert!(student_t(0.2, 3.0).is_nan());
    }

    /// Roots found by mpmath with 40 digits.
    #[test]
    fn levels_meet_independent_values() {
        for (n_e, p, low, high) in [
            (50.5, 0.1, 0.044_997_259_085_196_11, 0.179_558_476_419_657_33),
            (50.5, 0.5, 0.386_833_324_507_315_6, 0.613_166_675_492_684_4),
            (5000.25, 0.1, 0.093_149_354_862_888_8, 0.107_101_567_546_999_38),
            (5000.25, 0.5, 0.488_372_075_266_687_96, 0.511_627_924_733_312),
        ] {
            let found = levels(n_e, p, 0.9);
            close(found.0, low, 1e-13);
            close(found.1, high, 1e-13);
        }
    }

    /// Both branches of the levels and of t meet where one takes over from the other.
    #[test]
    fn expansions_join() {
        for p in [0.1, 0.25, 0.5, 0.9] {
            let (below, above) = (levels(1e6, p, 0.9), levels(1e6 + 1e-3, p, 0.9));
            assert!((below.0 - above.0).abs() < 4e-10, "{p}: {below:?} {above:?}");
            assert!((below.1 - above.1).abs() < 4e-10, "{p}: {below:?} {above:?}");
        }
        close(student_t(0.95, 1e6), student_t(0.95, 1e6 + 1e-3), 1e-14);
    }
}
