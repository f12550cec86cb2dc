//! Leverage against published vectors and against an independent route: backward induction over
//! rounds of offers, whose limit for short rounds is what the plan states.
//!
//! The product has no rounds: its settlement is the limit of short ones (`numbers.md` section 8).
//! So the shares of a round (V1, A9 with factors, the discrete halves of V4 to V6 and V8) test the
//! induction, and the induction tests the plan. V7 needs several issues and has no place here.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use haggle_negotiation::bargain::{
    Alternative, Amount, Inputs, Params, Per, Plan, Role, Settlement, Side, plan,
};

/// A pie of 1 split by alternating offers of two, with patience and options taken by quitting.
#[derive(Clone, Copy)]
struct Rounds {
    patience: [f64; 2],
    options: [f64; 2],
}

impl Rounds {
    /// What each gets when it proposes, after many rounds of backward induction.
    fn shares(self) -> [f64; 2] {
        let mut shares = [1.0, 1.0];
        for _ in 0..200_000 {
            let accepts = |i: usize| f64::max(self.patience[i] * shares[i], self.options[i]);
            let next = [1.0 - accepts(1), 1.0 - accepts(0)];
            let moved = (next[0] - shares[0]).abs() + (next[1] - shares[1]).abs();
            shares = next;
            if moved < 1e-15 {
                break;
            }
        }
        shares
    }

    /// Rounds as short as `part` of these.
    fn shorter(self, part: f64) -> Rounds {
        Rounds { patience: self.patience.map(|d| libm::pow(d, part)), ..self }
    }
}

fn near(found: f64, expected: f64, room: f64) {
    assert!((found - expected).abs() <= room, "{found}, expected {expected}");
}

/// A seller with an option of `options[0]` and a buyer whose limit leaves it `options[1]`, a price
/// from 0 to 1; neither has anything while the talks run.
fn settlement(Rounds { patience, options }: Rounds) -> (Plan, Settlement) {
    let mut inputs = Inputs::new(Side::Seller, Per::Each);
    let option = Alternative::certain(Amount::Exact(options[0]));
    inputs.us.alternatives = vec![Alternative { role: Some(Role::Exit), ..option }];
    inputs.counterpart.limit = Some(Amount::Exact(1.0 - options[1]));
    inputs.us.delay_cost_per_day = Some(-libm::log(patience[0]));
    inputs.counterpart.party.delay_cost_per_day = Some(-libm::log(patience[1]));
    inputs.us.while_no_deal = Some(0.0);
    inputs.counterpart.party.while_no_deal = Some(1.0);
    let point = Params { belief_min_halfwidth: 0.0, ..Params::default() };
    let plan = plan(&inputs, &point).unwrap();
    let band = plan.settlement.unwrap();
    (plan, band)
}

const V: [f64; 2] = [0.9, 0.8];

#[test]
fn v1_and_a9_by_rounds() {
    let first = |patience| Rounds { patience, options: [0.0; 2] }.shares()[0];
    near(first(V), 0.714_285_714_285_714_3, 1e-12);
    let [one, two] = Rounds { patience: V, options: [0.0; 2] }.shares();
    near(1.0 - two, 0.642_857_142_857_142_9, 1e-12);
    near(one, (1.0 - 0.8) / (1.0 - 0.72), 1e-12);
    near(first([0.9, 0.9]), 0.5263, 5e-5);
    near(first([0.95, 0.9]), 0.6897, 5e-5);
}

/// V2: power is the limit of short rounds; A9: 10 % against 20 % a period is two thirds.
#[test]
fn v2_power() {
    let rounds = Rounds { patience: V, options: [0.0; 2] };
    let (plan, band) = settlement(rounds);
    near(plan.power, 0.679_271_807_411_763, 1e-12);
    near(band.split_difference.value, 0.679_271_807_411_763, 1e-12);
    near(rounds.shorter(1e-3).shares()[0], plan.power, 2e-4);
    let rates = Rounds { patience: [libm::exp(-0.1), libm::exp(-0.2)], options: [0.0; 2] };
    near(settlement(rates).0.power, 2.0 / 3.0, 1e-12);
}

/// V3: options as income while they disagree: generalised Nash from (.2, .1).
#[test]
fn v3_income() {
    let (_, band) = settlement(Rounds { patience: V, options: [0.2, 0.1] });
    near(band.split_difference.value, 0.675_490_265_188_234_1, 1e-12);
}

/// V4 to V6: options taken by quitting bind or do not; the split is the other model.
#[test]
fn v4_to_v6_exits() {
    let cases = [
        (
            [0.2, 0.1],
            [0.714_285_714_285_714_3, 0.357_142_857_142_857_15],
            0.679_271_807_411_763,
            0.675_490_265_188_234_1,
        ),
        ([0.2, 0.6], [0.4, 0.64], 0.4, 0.335_854_361_482_352_6),
        ([0.75, 0.1], [0.8, 0.25], 0.75, 0.851_890_771_111_764_5),
    ];
    for (options, proposing, exits, split) in cases {
        let rounds = Rounds { patience: V, options };
        let shares = rounds.shares();
        near(shares[0], proposing[0], 1e-12);
        near(shares[1], proposing[1], 1e-12);
        let (_, band) = settlement(rounds);
        near(band.deal_me_out.unwrap().value, exits, 1e-12);
        near(band.split_difference.value, split, 1e-12);
        near(rounds.shorter(1e-3).shares()[0], exits, 2e-4);
        assert_eq!(band.role, Some(Role::Exit));
    }
}

/// V8: 100,000 to 130,000 at patience .9 and .8; the openings are shares of a round.
#[test]
fn v8_openings_and_settlement() {
    let rounds = Rounds { patience: V, options: [0.0; 2] };
    let price = |share: f64| 100_000.0 + 30_000.0 * share;
    near(price(rounds.shares()[0]), 121_428.571_428_571_42, 1e-6);
    near(price(1.0 - rounds.shares()[1]), 119_285.714_285_714_3, 1e-6);
    near(price(settlement(rounds).1.split_difference.value), 120_378.154_222_352_9, 1e-6);
}

/// A8: a buyer at the other end of the same zone pays the same price.
#[test]
fn both_sides_settle_at_one_price() {
    let side = |side: Side| {
        let (own, other, costs) = match side {
            Side::Seller => (98_000.0, 115_000.0, [2.0, 3.0]),
            Side::Buyer => (115_000.0, 98_000.0, [3.0, 2.0]),
        };
        let mut inputs = Inputs::new(side, Per::Each);
        inputs.walk_away = Some(own);
        inputs.counterpart.limit = Some(Amount::Exact(other));
        inputs.us.delay_cost_per_day = Some(costs[0]);
        inputs.counterpart.party.delay_cost_per_day = Some(costs[1]);
        let point = Params { belief_min_halfwidth: 0.0, ..Params::default() };
        plan(&inputs, &point).unwrap().settlement.unwrap().split_difference.value
    };
    near(side(Side::Seller), 108_200.0, 1e-9);
    near(side(Side::Buyer), 108_200.0, 1e-9);
}

/// A5 by its own definition: with two equally likely outcomes of an amount the index solves
/// cost = p E[(V - z)+], found here by a fine grid of the triangle's quantiles.
#[test]
fn a5_index_by_a_grid() {
    let amount = Amount::Range { low: 90.0, mode: 110.0, high: 125.0 };
    let risky =
        Alternative { probability: 0.4, develop_cost: Some(3.0), ..Alternative::certain(amount) };
    for (side, fallback) in [(Side::Seller, 80.0), (Side::Buyer, 140.0)] {
        let mut inputs = Inputs::new(side, Per::Each);
        inputs.us.alternatives = vec![risky, Alternative::certain(Amount::Exact(fallback))];
        let plan = plan(&inputs, &Params::default()).unwrap();
        let search = plan.search.unwrap();
        assert_eq!((search.in_hand, search.open.len()), (fallback, 1));
        let (z, triangle, sign) =
            (search.open[0].index, plan.alternatives[0].deal_price, side.sign());
        let n = 200_000;
        let gain = |k: i32| {
            let x = triangle.survival_inverse((f64::from(k) + 0.5) / f64::from(n));
            f64::max(sign * (x - z), 0.0)
        };
        let mean = (0..n).map(gain).sum::<f64>() / f64::from(n);
        near(0.4 * mean, 3.0, 1e-4);
    }
}

/// An exit or an income moves the settlement and nothing else (`numbers.md` section 3.5).
#[test]
fn a_role_changes_no_figure_but_its_own() {
    let with = |role| {
        let mut inputs = Inputs::new(Side::Seller, Per::YEAR);
        let stay = Alternative::certain(Amount::Exact(92_000.0));
        inputs.us.alternatives = vec![Alternative { role, ..stay }];
        inputs.counterpart.limit = Some(Amount::Range { low: 110e3, mode: 122e3, high: 140e3 });
        plan(&inputs, &Params::default()).unwrap()
    };
    let plain = with(None);
    for role in [Role::Exit, Role::Income] {
        let told = with(Some(role));
        assert_eq!(told.figures(), plain.figures());
        assert_eq!(told.settlement.unwrap().role, Some(role));
    }
}
