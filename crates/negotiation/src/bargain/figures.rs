//! Every number of a plan by name: for the check that none is infinite, and for laws.

use super::error::BargainError;
use super::mark::Marked;
use super::plan::Plan;
use super::reservation::AlternativeFigures;
use super::triangle::Triangle;

/// What a figure is, hence how it behaves when money is rescaled or sides are exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A price: negated in the mirror, scaled with money.
    Price,
    /// A difference or worth in price units: scaled with money.
    Difference,
    /// A share, a probability, a count of days: neither.
    Ratio,
}

/// Collects figures under a name.
#[derive(Default)]
struct Figures(Vec<(String, Kind, f64)>);

impl Figures {
    fn add(&mut self, name: &str, kind: Kind, value: impl Into<Option<f64>>) {
        if let Some(value) = value.into() {
            self.0.push((name.to_owned(), kind, value));
        }
    }

    fn price(&mut self, name: &str, value: impl Into<Option<f64>>) {
        self.add(name, Kind::Price, value);
    }

    fn difference(&mut self, name: &str, value: impl Into<Option<f64>>) {
        self.add(name, Kind::Difference, value);
    }

    fn ratio(&mut self, name: &str, value: impl Into<Option<f64>>) {
        self.add(name, Kind::Ratio, value);
    }

    fn marked(&mut self, name: &str, value: impl Into<Option<Marked>>) {
        self.price(name, value.into().map(|it| it.value));
    }

    fn triangle(&mut self, name: &str, it: Triangle) {
        self.price(&format!("{name}.lower"), it.lower);
        self.price(&format!("{name}.mode"), it.mode);
        self.price(&format!("{name}.upper"), it.upper);
    }
}

impl Plan {
    /// Every figure that is present, with its name and kind, in a fixed order.
    pub fn figures(&self) -> Vec<(String, Kind, f64)> {
        let mut all = Figures::default();
        self.add_ground(&mut all);
        self.add_market(&mut all);
        self.add_leverage(&mut all);
        self.add_target(&mut all);
        self.add_opening(&mut all);
        self.add_concession(&mut all);
        self.add_reference(&mut all);
        all.0
    }

    pub(crate) fn check_finite(&self) -> Result<(), BargainError> {
        let wrong = self.figures().into_iter().find(|(_, _, value)| !value.is_finite());
        wrong.map_or(Ok(()), |(figure, _, _)| Err(BargainError::NotFinite { figure }))
    }

    fn add_ground(&self, all: &mut Figures) {
        let sides = [
            ("alternative", &self.alternatives),
            ("counterpart.alternative", &self.counterpart_alternatives),
        ];
        for (side, alternatives) in sides {
            for (i, it) in alternatives.iter().enumerate() {
                add_alternative(all, &format!("{side}[{i}]"), it);
            }
        }
        if let Some(r) = &self.reservation {
            all.price("reservation", r.value);
            all.price("reservation.worse", r.worse);
            all.price("reservation.better", r.better);
            all.price("reservation.neutral", r.neutral);
            all.price("reservation.together", r.together);
        }
        for it in &self.swings {
            all.price(&format!("swing.{:?}.worse", it.unknown), it.worse);
            all.price(&format!("swing.{:?}.better", it.unknown), it.better);
        }
        if let Some(search) = &self.search {
            all.price("search.in_hand", search.in_hand);
            for it in &search.open {
                all.price(&format!("search.{}.index", it.alternative), it.index);
                all.difference(&format!("search.{}.cost", it.alternative), it.cost);
            }
        }
        if let Some(belief) = &self.belief {
            all.triangle("belief", belief.triangle);
            all.triangle("belief.before_offer", belief.before_offer);
            all.price("belief.mean", belief.mean);
        }
        all.price("base", self.base);
        all.difference("half_spread", self.half_spread.map(|it| it.value));
        all.ratio("zone_probability", self.zone_probability);
        all.ratio("power", self.power);
    }

    fn add_market(&self, all: &mut Figures) {
        let Some(market) = &self.market else { return };
        all.marked("market.median", market.median);
        all.marked("market.record", market.record);
        all.marked("market.better_quartile", market.better_quartile);
        all.marked("market.worse_quartile", market.worse_quartile);
        all.marked("market.evidence", market.evidence);
        all.marked("market.better_edge", market.better_edge);
        all.marked("market.worse_edge", market.worse_edge);
        all.difference("market.iqr", market.iqr.value);
        all.ratio("market.record_percentile", market.record_percentile);
        all.ratio("market.n", market.n);
    }

    fn add_leverage(&self, all: &mut Figures) {
        let it = &self.leverage;
        all.difference("need_me", it.need_me.map(|need| need.value));
        all.difference("need_ot", it.need_ot.map(|need| need.value));
        all.difference("need_me_positive", it.need_me_positive);
        all.difference("need_ot_positive", it.need_ot_positive);
        all.ratio("leverage", it.index.map(|index| index.value));
        all.ratio("leverage.low", it.index.map(|index| index.low));
        all.ratio("leverage.high", it.index.map(|index| index.high));
        for (name, range) in [("need_me", it.need_me_range), ("need_ot", it.need_ot_range)] {
            all.difference(&format!("{name}.least"), range.map(|range| range[0]));
            all.difference(&format!("{name}.most"), range.map(|range| range[1]));
        }
        for (name, standing) in [("standing_me", it.standing_me), ("standing_ot", it.standing_ot)] {
            all.ratio(name, standing.map(|it| it.value));
            all.ratio(&format!("{name}.low"), standing.map(|it| it.low));
            all.ratio(&format!("{name}.high"), standing.map(|it| it.high));
        }
    }

    fn add_target(&self, all: &mut Figures) {
        let Some(target) = &self.target else { return };
        all.marked("target", target.value);
        all.marked("target.one_offer", target.candidates.one_offer);
        all.marked("target.power", target.candidates.power);
        all.marked("target.record", target.candidates.record);
        all.marked("target.base", target.candidates.base);
        all.marked("target.mode", target.candidates.mode);
        all.difference("target.residual", target.residual);
        all.ratio("target.base_acceptance", target.base_acceptance);
        all.marked("target.belief_cap", target.belief_cap);
        all.marked("target.evidence_cap", target.evidence_cap);
    }

    fn add_opening(&self, all: &mut Figures) {
        let Some(opening) = &self.opening else { return };
        all.marked("opening", opening.value);
        all.marked("opening.raw", opening.raw);
        all.marked("opening.counter", opening.counter.map(|it| it.value));
        all.difference("opening.room", opening.room);
        all.marked("opening.evidence_cap", opening.evidence_cap);
        all.marked("opening.belief_cap", opening.belief_cap);
        all.marked("opening.evidence_cap_raised", opening.evidence_cap_raised);
        all.marked("opening.belief_cap_raised", opening.belief_cap_raised);
        all.marked("opening.break_even_counter", opening.break_even_counter);
        all.ratio("opening.inside", opening.inside);
    }

    fn add_concession(&self, all: &mut Figures) {
        if let Some(floor) = &self.floor {
            all.marked("floor", floor.value);
            all.marked("floor.share_term", floor.share_term);
            all.price("floor.confidence_term", floor.confidence_term);
            all.ratio("floor.acceptance", floor.acceptance);
        }
        for (i, rung) in self.ladder.iter().enumerate() {
            all.marked(&format!("ladder[{i}]"), *rung);
        }
    }

    fn add_reference(&self, all: &mut Figures) {
        if let Some(band) = &self.settlement {
            all.difference("settlement.residual", band.residual);
            all.marked("settlement.split_difference", band.split_difference);
            all.marked("settlement.impasse", band.impasse);
            all.marked("settlement.deal_me_out", band.deal_me_out);
        }
        all.price("one_offer", self.one_offer.map(|it| it.value));
        all.ratio("one_offer.acceptance", self.one_offer.map(|it| it.acceptance));
        all.marked("split_mid", self.split_mid);
        if let Some(offer) = &self.offer {
            all.price("offer", offer.value);
            all.difference("offer.counter_gain", offer.counter_gain);
            all.ratio("offer.withdrawal_break_even", offer.withdrawal_break_even);
        }
        if let Some(information) = &self.information {
            all.difference("plan_worth", information.plan_worth);
            for it in &information.questions {
                all.difference(&format!("worth.{:?}", it.unknown), it.worth);
                all.difference(&format!("informed.{:?}", it.unknown), it.informed);
            }
        }
    }
}

fn add_alternative(all: &mut Figures, name: &str, it: &AlternativeFigures) {
    let named = |key: &str| format!("{name}.{key}");
    all.triangle(&named("amount"), it.amount);
    all.triangle(&named("deal_price"), it.deal_price);
    all.price(&named("mean"), it.mean);
    all.price(&named("certainty_equivalent"), it.certainty_equivalent);
    all.price(&named("idle_part"), it.idle_part);
    all.difference(&named("cost_per_unit"), it.cost_per_unit);
    all.difference(&named("deal_cost_per_unit"), it.deal_cost_per_unit);
    all.difference(&named("interim_per_unit"), it.interim_per_unit);
    all.difference(&named("advantage"), it.advantage);
    all.ratio(&named("amount_factor"), it.amount_factor);
    all.ratio(&named("waiting_share"), it.waiting_share);
    all.ratio(&named("waiting_days"), it.waiting_days);
}
