//! The incomplete beta function, the levels of an interval (section 3.3), Student's t.

use super::normal;

/// Above this effective n (or number of degrees of freedom) an expansion replaces bisection.
const LARGE: f64 = 1e6;

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
fn log_front(x: f64, a: f64, b: f64) -> f64 {
    let log_inverse_beta = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b);
    log_inverse_beta + a * libm::log(x) + b * libm::log1p(-x)
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
/// freedom the first Cornish-Fisher term is exact to 1e-12.
pub fn student_t(p: f64, df: f64) -> f64 {
    if !(0.5..1.0).contains(&p) || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if df > LARGE {
        let z = normal::quantile(p);
        return z + z * (z * z + 1.0) / (4.0 * df);
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

    /// Printed tables of Student's t (95 and 99 %).
    #[test]
    fn student_t_meets_published_values() {
        close(student_t(0.95, 1.0), 6.313_751_514_675_04, 1e-11);
        close(student_t(0.95, 2.0), 2.919_985_580_355_516, 1e-11);
        close(student_t(0.95, 7.0), 1.894_578_605_061_305, 1e-11);
        close(student_t(0.99, 30.0), 2.457_261_542_4, 1e-9);
        close(student_t(0.95, 1e5), 1.644_868_884, 1e-8);
        assert_eq!(student_t(0.5, 3.0), 0.0);
        assert!(student_t(0.95, 0.0).is_nan());
        assert!(student_t(0.2, 3.0).is_nan());
    }

    /// Both branches of the levels and of t meet where one takes over from the other.
    #[test]
    fn expansions_join() {
        for p in [0.1, 0.25, 0.5, 0.9] {
            let (below, above) = (levels(1e6, p, 0.9), levels(1e6 + 1e-3, p, 0.9));
            assert!((below.0 - above.0).abs() < 4e-10, "{p}: {below:?} {above:?}");
            assert!((below.1 - above.1).abs() < 4e-10, "{p}: {below:?} {above:?}");
        }
        close(student_t(0.95, 1e6), student_t(0.95, 1e6 + 1e-3), 1e-11);
    }
}
