//! The register of parameters (section 11): every design choice has a name and a default.

use super::error::{BargainError, ensure};

macro_rules! params {
    ($($(#[$doc:meta])* $name:ident: $kind:ty = $default:expr, $domain:literal, $holds:expr;)*) => {
        /// Parameters of the numbers, all of them judgement (section 11).
        #[derive(Clone, Debug, PartialEq)]
        pub struct Params { $($(#[$doc])* pub $name: $kind,)* }

        impl Default for Params {
            fn default() -> Params {
                Params { $($name: $default,)* }
            }
        }

        impl Params {
            /// Checks every parameter against its domain.
            ///
            /// # Errors
            /// Names the first parameter outside its domain.
            pub fn check(&self) -> Result<(), BargainError> {
                $(
                    let value = f64::from(self.$name);
                    let holds: fn(f64) -> bool = $holds;
                    let usable = value.is_finite() && holds(value);
                    ensure(usable, stringify!($name), value, $domain)?;
                )*
                Ok(())
            }
        }
    };
}

fn share(x: f64) -> bool {
    (0.0..=1.0).contains(&x)
}

fn not_negative(x: f64) -> bool {
    x >= 0.0
}

fn positive(x: f64) -> bool {
    x > 0.0
}

params! {
    /// Share of a belief beyond each of its low and high (H6).
    belief_tail: f64 = 0.10, "above 0 and below 0.5", |x| x > 0.0 && x < 0.5;
    /// Overconfidence factor on the width of a belief (H6).
    belief_widen: f64 = 1.0, "above 0", positive;
    /// Least half width of a stated belief, of the amount.
    belief_min_halfwidth: f64 = 0.02, "0 or more", not_negative;
    /// Least half width of a derived belief, of the amount.
    derived_halfwidth: f64 = 0.05, "0 or more", not_negative;
    /// Half width of a market-based belief, in percentile.
    belief_market: f64 = 0.15, "above 0 and below 0.5", |x| x > 0.0 && x < 0.5;
    /// Room left beyond their offer, of the belief's width.
    offer_room: f64 = 0.25, "0 or more", not_negative;
    /// Imprecision of a stated probability (interval only).
    probability_halfwidth: f64 = 0.10, "0 to 1", share;
    /// Discount rate per year for amounts that are not flows (A3); a party may state its own.
    discount_rate: f64 = 0.05, "above -1", |x| x > -1.0;
    /// Track-record percentile without any supported claim.
    q_base: f64 = 0.50, "above 0 and below 1", |x| x > 0.0 && x < 1.0;
    /// Track-record percentile that each supported claim adds.
    q_step: f64 = 0.05, "0 to 1", share;
    /// Highest track-record percentile that claims can reach.
    q_max: f64 = 0.75, "above 0 and below 1", |x| x > 0.0 && x < 1.0;
    /// Bargaining power when a delay cost is missing (A9).
    power_default: f64 = 0.5, "0 to 1", share;
    /// Distance that power keeps from 0 and 1 (A9).
    power_clamp: f64 = 0.2, "0 to 0.5", |x| (0.0..=0.5).contains(&x);
    /// Least acceptance of the target, given that a zone exists.
    target_feasible_min: f64 = 0.25, "0 to 1", share;
    /// Where the opening is capped in the belief, given a zone.
    opening_belief: f64 = 0.90, "0 to 1", share;
    /// Room of the target beyond base when base outruns the evidence, of the half spread.
    base_room_target: f64 = 0.25, "0 or more", not_negative;
    /// Room of the opening beyond base when base outruns the evidence, of the half spread.
    base_room_opening: f64 = 0.5, "0 or more", not_negative;
    /// Least distance from target to opening, of the target; least half spread, of the median.
    room_min: f64 = 0.02, "0 or more", not_negative;
    /// Where the floor lies between base and target.
    floor_share: f64 = 0.5, "0 to 1", share;
    /// Where the floor's second bound lies between the walk-away and its better end.
    floor_confidence: f64 = 0.5, "0 to 1", share;
    /// Concession steps from opening to floor (C6).
    steps: u32 = 3, "1 to 100", |x| (1.0..=100.0).contains(&x);
    /// Ratio of a concession to the one before (C6).
    ratio: f64 = 0.5, "above 0 and below 1", |x| x > 0.0 && x < 1.0;
    /// Needs below this share of the median give no leverage index.
    leverage_min_stake: f64 = 0.005, "0 or more", not_negative;
    /// Probability of a zone below which S1.6 speaks.
    zopa_warn: f64 = 0.30, "0 to 1", share;
    /// Gap between a stated and the computed walk-away that S2.2 reports.
    limit_gap: f64 = 0.05, "0 or more", not_negative;
    /// Gap between an unsigned alternative and the walk-away that S2.4 reports.
    phantom_gap: f64 = 0.05, "0 or more", not_negative;
    /// Share of the median below which a negative need is not reported (S2.13).
    need_negligible: f64 = 0.01, "0 or more", not_negative;
    /// Cost of finding out whether an alternative comes through, where none is stated, of |R| (A5).
    develop_cost: f64 = 0.01, "0 or more", not_negative;
    /// Strata that stand for an amount of theirs that could be learned (H2).
    question_strata: u32 = 5, "1 to 4096", |x| (1.0..=4096.0).contains(&x);
    /// Rounding unit as a share of the scale.
    precision: f64 = 0.005, "above 0", positive;
    /// Rounding unit of an opening whose derivation is shown (B5, B6).
    precision_fine: f64 = 0.0005, "above 0", positive;
    /// Parties below which a market is thin (F12).
    min_parties: f64 = 5.0, "above 0", positive;
    /// Parties below which P10 and P90 are not read (F12).
    min_parties_tail: f64 = 10.0, "above 0", positive;
    /// Stratum means that stand for an uncertain amount.
    atoms: u32 = 64, "1 to 4096", |x| (1.0..=4096.0).contains(&x);
    /// Lattice points for intervals.
    lattice_n: u32 = 4093, "1 to 1000000", |x| (1.0..=1e6).contains(&x);
    /// Generator of the lattice.
    lattice_a: u32 = 1435, "1 or more", |x| x >= 1.0;
    /// Share outside each end of an interval.
    interval_tail: f64 = 0.10, "above 0 and below 0.5", |x| x > 0.0 && x < 0.5;
}
