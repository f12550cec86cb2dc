//! The findings of section 10, by the codes that rules and texts cite.

use core::fmt;

use super::belief::BeliefSource;
use super::ground::Ground;
use super::mark::{Mark, below};
use super::opening::{CounterFrom, OpeningFrom};
use super::plan::Plan;
use super::reservation::{Prospect, ReservationSource};

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// A finding that the arithmetic raises (section 10 and sections 3 to 8).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(non_camel_case_types)]
        pub enum FindingCode { $($(#[$doc])* $name,)* }

        impl FindingCode {
            /// The code as rules and reports cite it.
            pub fn code(self) -> &'static str {
                match self { $(FindingCode::$name => $code,)* }
            }
        }
    };
}

codes! {
    /// The probability of a zone is below `zopa_warn`.
    S1_6 = "S1.6",
    /// Their offer is beyond their believed limit; the belief slid.
    S1_9 = "S1.9",
    /// Nothing is known of them: the belief comes from the market.
    S1_10 = "S1.10",
    /// No zone on these beliefs.
    S1_11 = "S1.11",
    /// Their alternatives are incomplete (none is certain) and were ignored.
    S1_12 = "S1.12",
    /// The stated walk-away does not follow from the alternatives.
    S2_2 = "S2.2",
    /// The walk-away rests on exactly one alternative.
    S2_3 = "S2.3",
    /// An unsigned alternative would be worth much more than the walk-away if it came through.
    S2_4 = "S2.4",
    /// There is no alternative.
    S2_10 = "S2.10",
    /// Every alternative is uncertain: what if all fail?
    S2_11 = "S2.11",
    /// Neither side loses by walking: no leverage index.
    S2_12 = "S2.12",
    /// The market is worse than my alternative.
    S2_13 = "S2.13",
    /// The market price is beyond their expected reach.
    S2_14 = "S2.14",
    /// The market is too thin for a percentile.
    S3_1 = "S3.1",
    /// A figure rests on a bounded market point.
    S3_11 = "S3.11",
    /// The evidence capped the opening.
    S3_12 = "S3.12",
    /// There is no market.
    S3_13 = "S3.13",
    /// The uncertainty of the walk-away raised the floor.
    S5_2 = "S5.2",
    /// Splitting the difference would end beyond the walk-away.
    S5_4 = "S5.4",
    /// The evidence lowered the target.
    S5_8 = "S5.8",
    /// Neither market nor belief: no target, no opening.
    S5_11 = "S5.11",
    /// The belief lowered the target.
    S5_12 = "S5.12",
    /// Their figure is beyond the worse edge of the market.
    S5_13 = "S5.13",
    /// The belief capped the opening.
    S5_14 = "S5.14",
    /// Their offer is at or beyond the walk-away: accepting it is the fallback.
    S5_15 = "S5.15",
    /// We have asked for less than walk-away or offer: nothing is left to aim for.
    S5_18 = "S5.18",
    /// Their expected first figure is better than the target: let them open.
    B10 = "B10",
}

impl fmt::Display for FindingCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

/// What section 10 says about a plan in my value, sorted by code.
pub(crate) fn findings(plan: &Plan, ground: &Ground) -> Vec<FindingCode> {
    let mut found = Vec::new();
    let facts = [
        about_them(plan, ground),
        about_alternatives(plan, ground),
        about_needs(plan, ground),
        about_evidence(plan),
        about_figures(plan),
    ];
    for (code, holds) in facts.into_iter().flatten() {
        if holds {
            found.push(code);
        }
    }
    found.sort();
    found
}

type Facts = Vec<(FindingCode, bool)>;

fn about_them(plan: &Plan, ground: &Ground) -> Facts {
    let unlikely = plan.zone_probability.is_some_and(|p| p < ground.params.zopa_warn);
    let closed = plan.zone == Some(false);
    let from_market = plan.belief.is_some_and(|it| it.source == BeliefSource::Market);
    vec![
        (FindingCode::S1_6, unlikely && !closed),
        (FindingCode::S1_9, plan.belief.is_some_and(|it| it.slid)),
        (FindingCode::S1_10, from_market),
        (FindingCode::S1_11, closed),
        (FindingCode::S1_12, ground.theirs_incomplete),
        (FindingCode::S5_18, ground.is_overtaken()),
    ]
}

fn about_alternatives(plan: &Plan, ground: &Ground) -> Facts {
    let source = plan.reservation.map(|it| it.source);
    let computed = source == Some(ReservationSource::Alternatives);
    let count = plan.alternatives.len();
    let live = plan.alternatives.iter().filter(|it| it.probability > 0.0).count();
    vec![
        (FindingCode::S2_2, computed && differs_from_stated(plan, ground)),
        (FindingCode::S2_3, computed && live == 1),
        (FindingCode::S2_4, computed && is_phantom(ground)),
        (FindingCode::S2_10, count == 0),
        (FindingCode::S2_11, count > 0 && !computed),
    ]
}

fn differs_from_stated(plan: &Plan, ground: &Ground) -> bool {
    let Some(r) = plan.reservation else { return false };
    let stated = r.stated.map(|price| ground.sign * price);
    stated.is_some_and(|limit| {
        libm::fabs(limit - r.value) > ground.params.limit_gap * libm::fabs(r.value)
    })
}

/// The best alternative's mean if it came through, against R. A certain one is no phantom.
fn is_phantom(ground: &Ground) -> bool {
    let by_mean = |it: &&Prospect| it.value.mean();
    let best = ground.prospects.iter().max_by(|one, two| by_mean(one).total_cmp(&by_mean(two)));
    let (Some(best), Some(r), Some(scale)) = (best, ground.walk_away(), ground.scale()) else {
        return false;
    };
    best.probability < 1.0 && best.value.mean() - r > ground.params.phantom_gap * scale
}

fn about_needs(plan: &Plan, ground: &Ground) -> Facts {
    let median = plan.market.as_ref().map(|it| it.median.value);
    let least = median.map(|it| -ground.params.need_negligible * libm::fabs(it));
    let need = plan.leverage.need_me.map(|it| it.value);
    let reach = plan.belief.map(|it| it.mean).zip(median);
    vec![
        (FindingCode::S2_12, plan.leverage.negligible),
        (FindingCode::S2_13, need.zip(least).is_some_and(|(need, least)| need < least)),
        (FindingCode::S2_14, reach.is_some_and(|(mean, median)| below(mean, median))),
    ]
}

fn about_evidence(plan: &Plan) -> Facts {
    let market = plan.market.as_ref();
    let bounded = market.is_some_and(|it| it.is_bounded());
    let belief = plan.belief.is_some_and(|it| it.mark != Mark::Exact);
    vec![
        (FindingCode::S3_1, market.is_some_and(|it| it.thin)),
        (FindingCode::S3_11, bounded || belief),
        (FindingCode::S3_13, market.is_none()),
        (FindingCode::S5_11, market.is_none() && plan.belief.is_none()),
    ]
}

fn about_figures(plan: &Plan) -> Facts {
    let opening = plan.opening.as_ref();
    let capped = |cap: OpeningFrom| opening.is_some_and(|it| it.from == cap);
    let counter = opening.and_then(|it| it.counter);
    let r = plan.reservation.map(|it| it.value);
    let split = plan.split_mid.map(|it| it.value).zip(r).is_some_and(|(mid, r)| below(mid, r));
    vec![
        (FindingCode::S3_12, capped(OpeningFrom::CapEvidence)),
        (FindingCode::S5_2, plan.floor.is_some_and(|it| it.confidence_binds)),
        (FindingCode::S5_4, split),
        (FindingCode::S5_8, plan.target.is_some_and(|it| it.evidence_cap_binds)),
        (FindingCode::S5_12, plan.target.is_some_and(|it| it.belief_cap_binds)),
        (FindingCode::S5_13, opening.is_some_and(|it| it.counter_beyond_market)),
        (FindingCode::S5_14, capped(OpeningFrom::CapBelief)),
        (FindingCode::S5_15, plan.offer.is_some_and(|it| it.acceptable)),
        (FindingCode::B10, counter.is_some_and(|it| it.from == CounterFrom::Target)),
    ]
}
