//! The closed forms of section 2 against numeric integration and grids.

use haggle_negotiation::bargain::{Shape, Triangle};
use proptest::prelude::*;

fn triangle() -> impl Strategy<Value = Triangle> {
    let share = prop_oneof![1 => Just(0.0), 1 => Just(1.0), 6 => 0.0..1.0];
    (-3.0..3.0, 0.05..4.0, share).prop_map(|(lower, width, share)| Triangle {
        lower,
        mode: lower + share * width,
        upper: lower + width,
    })
}

/// Integral of the survival function from `c` to the upper end, by the midpoint rule: `E+(c)`.
fn integral(it: Triangle, c: f64) -> f64 {
    let steps = 20_000;
    let from = c.min(it.upper);
    let width = (it.upper - from) / f64::from(steps);
    (0..steps).map(|i| it.survival(from + (f64::from(i) + 0.5) * width)).sum::<f64>() * width
}

/// Survival from the density, so that it does not share the closed form.
fn mass(it: Triangle, x: f64) -> f64 {
    let steps = 20_000;
    let width = it.width() / f64::from(steps);
    let peak = 2.0 / it.width();
    let density = |y: f64| {
        let below = (y - it.lower) / (it.mode - it.lower);
        let above = (it.upper - y) / (it.upper - it.mode);
        peak * if y < it.mode { below } else { above }
    };
    let points = (0..steps).map(|i| it.lower + (f64::from(i) + 0.5) * width);
    points.filter(|y| *y >= x).map(density).sum::<f64>() * width
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn survival_is_the_mass_beyond(it in triangle(), at in -0.2..1.2) {
        let x = it.lower + at * it.width();
        prop_assert!((it.survival(x) - mass(it, x)).abs() < 2e-4);
    }

    #[test]
    fn inverse_undoes_survival(it in triangle(), v in 0.0..1.0) {
        prop_assert!((it.survival(it.survival_inverse(v)) - v).abs() < 1e-12);
    }

    #[test]
    fn excess_and_residual_are_integrals(it in triangle(), at in -0.5..1.0) {
        let c = it.lower + at * it.width();
        let excess = it.excess(c);
        prop_assert!((excess - integral(it, c)).abs() < 1e-8 * (1.0 + it.width()));
        let survival = it.survival(c);
        if survival > 1e-6 {
            prop_assert!((it.residual(c) - excess / survival).abs() < 1e-9);
        }
    }

    #[test]
    fn best_offer_beats_a_grid(it in triangle(), at in -1.5..0.999) {
        let r = it.lower + at * it.width();
        let gain = |p: f64| (p - r) * it.survival(p);
        let best = it.best_offer(r);
        prop_assert!(best >= r.max(it.lower) - 1e-12 && best <= it.upper);
        for i in 0..=2_000 {
            let p = it.lower + it.width() * f64::from(i) / 2_000.0;
            prop_assert!(gain(p) <= gain(best) + 1e-12, "{} beats {}", p, best);
        }
    }

    #[test]
    fn atoms_are_stratum_means(it in triangle(), count in 1..40_u32) {
        let atoms = it.atoms(count);
        let n = f64::from(count);
        let steps = 4_000;
        for (j, atom) in (0..count).zip(&atoms) {
            let at = |i: i32| (f64::from(j) + (f64::from(i) + 0.5) / f64::from(steps)) / n;
            let mean = (0..steps).map(|i| it.survival_inverse(1.0 - at(i))).sum::<f64>() / f64::from(steps);
            prop_assert!((atom - mean).abs() < 1e-5 * it.width(), "{} {}", atom, mean);
        }
        prop_assert!((atoms.iter().sum::<f64>() / n - it.mean()).abs() < 1e-12);
    }

    #[test]
    fn tenths_leave_the_tail_on_each_side(mode in -2.0..2.0, below in 0.0..1.0, above in 0.001..1.0, tail in 0.02..0.3) {
        let shape = Shape { tail, widen: 1.0, least_half_width: 0.0 };
        let it = Triangle::from_tenths([mode - below, mode, mode + above], shape);
        prop_assert!(it.lower <= it.mode && it.mode <= it.upper);
        // The rule keeps the width between the two; the split of the tails meets both.
        prop_assert!((it.survival(mode - below) - (1.0 - tail)).abs() < 1e-9);
        prop_assert!((it.survival(mode + above) - tail).abs() < 1e-9);
    }
}

#[test]
fn a_point_mass_is_exact() {
    let it = Triangle::point(0.1);
    assert_eq!((it.mean(), it.survival(0.1), it.survival(0.2)), (0.1, 1.0, 0.0));
    assert_eq!((it.excess(0.0), it.residual(0.0), it.residual(1.0)), (0.1, 0.1, 0.0));
    assert_eq!((it.best_offer(0.0), it.survival_inverse(0.3)), (0.1, 0.1));
    assert_eq!(it.atoms(64), vec![0.1]);
}
