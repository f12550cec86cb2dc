//! Alternatives and what they are worth: the walk-away and its lattice (numbers.md, section 3).

use super::triangle::Triangle;

/// One alternative, every outcome already a deal price in my value.
#[derive(Clone, Debug)]
pub(super) struct Alternative {
    pub(super) name: String,
    pub(super) probability: f64,
    /// The uncertain amount in my value; a point if it is certain.
    pub(super) amount: Triangle,
    /// Deal price = slope * amount + shift, both in my value.
    pub(super) slope: f64,
    pub(super) shift: f64,
}

/// What values a party's alternatives: its tolerance of risk and the numerics of the register.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numerics {
    pub(super) risk_tolerance: Option<f64>,
    pub(super) atoms: usize,
    pub(super) points: u64,
    pub(super) multiplier: u64,
    pub(super) tail: f64,
    pub(super) probability_half: f64,
}

/// The walk-away with its companions, in my value.
#[derive(Clone, Debug)]
pub(super) struct Reserve {
    pub(super) value: f64,
    pub(super) neutral: f64,
    pub(super) together: Option<f64>,
    pub(super) worse: f64,
    pub(super) better: f64,
    /// One walk-away per lattice point, in lattice order.
    pub(super) draws: Vec<f64>,
}

/// Outcomes of one alternative and the chance of any of them.
pub(super) type Prospect = (f64, Vec<f64>);

impl Alternative {
    pub(super) fn price(&self, amount: f64) -> f64 {
        self.slope * amount + self.shift
    }

    pub(super) fn uncertain_amount(&self) -> bool {
        self.amount.high > self.amount.low
    }

    pub(super) fn uncertain_chance(&self) -> bool {
        self.probability > 0.0 && self.probability < 1.0
    }

    pub(super) fn outcomes(&self, atoms: usize) -> Vec<f64> {
        if self.uncertain_amount() {
            self.amount.strata(atoms).into_iter().map(|x| self.price(x)).collect()
        } else {
            vec![self.price(self.amount.mode)]
        }
    }

    pub(super) fn prospect(&self, atoms: usize) -> Prospect {
        (self.probability, self.outcomes(atoms))
    }
}

/// The walk-away of these alternatives, if one of them is sure to come through.
pub(super) fn reserve(alternatives: &[Alternative], how: &Numerics) -> Option<Reserve> {
    alternatives.iter().find(|one| one.probability == 1.0)?;
    let prospects: Vec<Prospect> = alternatives.iter().map(|one| one.prospect(how.atoms)).collect();
    let outcomes = best_through(&prospects);
    let value = certainty_equivalent(&outcomes, how.risk_tolerance);
    let together = certainty_equivalent(&all_or_none(alternatives), how.risk_tolerance);
    let draws = lattice(alternatives, value, how);
    let spread = (nth(&draws, how.tail), nth(&draws, 1.0 - how.tail));
    Some(Reserve {
        value,
        neutral: certainty_equivalent(&outcomes, None),
        together: Some(together),
        worse: spread.0.min(together).min(value),
        better: spread.1.max(value),
        draws,
    })
}

/// The certainty equivalent of one alternative by itself.
pub(super) fn certain(prospect: &Prospect, how: &Numerics) -> f64 {
    certainty_equivalent(&best_through(std::slice::from_ref(prospect)), how.risk_tolerance)
}

/// The mean of the best outcome that comes through.
pub(super) fn neutral(prospects: &[Prospect]) -> f64 {
    certainty_equivalent(&best_through(prospects), None)
}

/// The outcomes, each with the chance that it is the best one that comes through.
fn best_through(prospects: &[Prospect]) -> Vec<(f64, f64)> {
    let mut all: Vec<(f64, usize, f64)> = Vec::new();
    for (i, (chance, values)) in prospects.iter().enumerate() {
        let each = chance / values.len() as f64;
        all.extend(values.iter().map(|&value| (value, i, each)));
    }
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut left = vec![1.0; prospects.len()];
    let mut outcomes = Vec::with_capacity(all.len());
    for (value, i, each) in all {
        let others = (0..left.len()).filter(|&j| j != i).map(|j| left[j]).product::<f64>();
        outcomes.push((value, each * others));
        left[i] -= each;
    }
    outcomes
}

/// All succeed or fail together: each mean counts for what the better ones leave.
fn all_or_none(alternatives: &[Alternative]) -> Vec<(f64, f64)> {
    let mut means: Vec<(f64, f64)> =
        alternatives.iter().map(|one| (one.price(one.amount.mean()), one.probability)).collect();
    means.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut reached: f64 = 0.0;
    let mut outcomes = Vec::new();
    for (value, chance) in means {
        outcomes.push((value, (chance - reached).max(0.0)));
        reached = reached.max(chance);
    }
    outcomes
}

fn certainty_equivalent(outcomes: &[(f64, f64)], risk_tolerance: Option<f64>) -> f64 {
    let Some(rho) = risk_tolerance else {
        return outcomes.iter().map(|(value, weight)| value * weight).sum();
    };
    let real = || outcomes.iter().filter(|(_, weight)| *weight > 0.0);
    let least = real().map(|one| one.0).fold(f64::INFINITY, f64::min);
    let sum: f64 = real().map(|(value, w)| w * libm::exp(-(value - least) / rho)).sum();
    least - rho * libm::log(sum)
}

fn lattice(alternatives: &[Alternative], value: f64, how: &Numerics) -> Vec<f64> {
    if !alternatives.iter().any(|one| one.uncertain_amount() || one.uncertain_chance()) {
        return vec![value; how.points as usize];
    }
    let draw = |k: u64| {
        let drawn: Vec<Prospect> = alternatives
            .iter()
            .enumerate()
            .map(|(i, one)| {
                let x = one.amount.reached(1.0 - coordinate(k, 1 + 2 * i, how));
                let half = how.probability_half.min(one.probability).min(1.0 - one.probability);
                let shift = half * (2.0 * coordinate(k, 2 + 2 * i, how) - 1.0);
                (one.probability + shift, vec![one.price(x)])
            })
            .collect();
        certainty_equivalent(&best_through(&drawn), how.risk_tolerance)
    };
    (0..how.points).map(draw).collect()
}

fn coordinate(k: u64, dimension: usize, how: &Numerics) -> f64 {
    let turned = (0..dimension).fold(k % how.points, |x, _| x * how.multiplier % how.points);
    (turned as f64 + 0.5) / how.points as f64
}

/// Element number ceil(v N) of the sorted draws.
pub(super) fn nth(draws: &[f64], v: f64) -> f64 {
    let mut sorted = draws.to_vec();
    sorted.sort_by(f64::total_cmp);
    let number = (v * sorted.len() as f64).ceil() as usize;
    sorted[number.clamp(1, sorted.len()) - 1]
}
