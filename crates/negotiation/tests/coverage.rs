//! Intervals hold what they promise: coverage in simulation, against the table of `benchmark.md`
//! section 12.

use haggle_negotiation::stats::{Bound, Rows, StatParams};

/// SplitMix64: the same samples on every machine.
struct Draws(u64);

impl Draws {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Box and Muller.
    fn normal(&mut self) -> f64 {
        let (u, v) = (1.0 - self.unit(), self.unit());
        (-2.0 * libm::log(u)).sqrt() * libm::cos(std::f64::consts::TAU * v)
    }
}

/// Spread of the logarithm of pay.
const SD: f64 = 0.35;

/// Normal scores of the percentiles 10, 25, 50, 75, 90.
const SCORES: [(f64, f64); 5] = [
    (10.0, -1.281_551_565_544_600_4),
    (25.0, -0.674_489_750_196_081_7),
    (50.0, 0.0),
    (75.0, 0.674_489_750_196_081_7),
    (90.0, 1.281_551_565_544_600_4),
];

/// For each percentile the share of samples whose interval holds the true one, in percent; `None`
/// where no sample gives an interval.
fn coverage(samples: u32, mut sample: impl FnMut() -> Rows) -> [Option<f64>; 5] {
    let params = StatParams::default();
    let mut counts = [(0_u32, 0_u32); 5];
    for _ in 0..samples {
        let curve = sample().finish();
        for ((percent, score), (held, given)) in SCORES.iter().zip(&mut counts) {
            let Some((low, high)) = curve.estimate(*percent, &params).interval() else { continue };
            let truth = 1e5 * libm::exp(SD * score);
            *given += 1;
            *held += u32::from(low <= truth && truth <= high);
        }
    }
    counts.map(|(held, given)| (given > 0).then(|| 100.0 * f64::from(held) / f64::from(given)))
}

/// Within three standard errors of this simulation and the table's own, and refused where the
/// table refuses.
fn agrees(found: [Option<f64>; 5], expected: [Option<f64>; 5], within: f64, what: &str) {
    for ((found, expected), (percent, _)) in found.iter().zip(expected).zip(SCORES) {
        match (found, expected) {
            (Some(found), Some(expected)) => {
                assert!(
                    (found - expected).abs() <= within,
                    "{what} p{percent}: {found} {expected}"
                );
            }
            (found, expected) => {
                assert_eq!(found.is_some(), expected.is_some(), "{what} p{percent}")
            }
        }
    }
}

#[test]
fn rows_on_their_own() {
    let mut draws = Draws(20_260_101);
    let middle = |p25, p50, p75| [None, Some(p25), Some(p50), Some(p75), None];
    let all = |all: [f64; 5]| all.map(Some);
    for (n, expected) in [
        (3, [None; 5]),
        (5, [None, None, Some(92.1), None, None]),
        (8, [None, None, Some(91.2), None, None]),
        (12, middle(91.0, 91.1, 91.3)),
        (20, middle(91.5, 90.5, 91.3)),
        (50, all([90.7, 90.1, 90.3, 91.0, 91.4])),
        (200, all([90.9, 90.3, 90.0, 89.6, 90.2])),
    ] {
        let found = coverage(1_500, || {
            let mut rows = Rows::new();
            for _ in 0..n {
                let amount = 1e5 * libm::exp(SD * draws.normal());
                rows.push(amount, Bound::Exact, 1.0, 1, None).unwrap();
            }
            rows
        });
        agrees(found, expected, 2.7, &format!("n = {n}"));
    }
}

/// Twelve employers of eight people on average, very unequal, a fifth of the spread between them.
#[test]
fn rows_of_few_employers() {
    let mut draws = Draws(20_260_102);
    let found = coverage(800, || {
        let mut rows = Rows::new();
        for employer in 0..12_u64 {
            let size = (8.0 * libm::exp(draws.normal() - 0.5)).round().max(1.0);
            let shared = 0.2_f64.sqrt() * draws.normal();
            for _ in 0..size as u32 {
                let score = shared + 0.8_f64.sqrt() * draws.normal();
                let amount = 1e5 * libm::exp(SD * score);
                rows.push(amount, Bound::Exact, 1.0, 1, Some(employer)).unwrap();
            }
        }
        rows
    });
    agrees(found, [91.0, 90.0, 91.0, 90.0, 91.0].map(Some), 4.0, "employers");
}
