//! The walk-away, its interval and its variants.

use super::{PlanFigures, named_inputs, ordered, printed};
use crate::bargain::ReservationSource;

impl PlanFigures<'_> {
    pub(super) fn reservation(&mut self) {
        let Some(r) = self.plan.reservation else { return };
        let inputs = self.reservation_inputs(r.source);
        let with_risk = self.draw_inputs(r.source);
        let formula = match r.source {
            ReservationSource::Alternatives => "reservation_value",
            ReservationSource::Stated => "given",
        };
        let mut figure = self.money("walk-away", r.value, formula);
        if r.source == ReservationSource::Stated {
            figure = figure
                .with_assumption("stated in the deal file; it does not follow from alternatives");
        } else {
            let (low, high) = ordered(r.worse, r.better);
            figure = figure.with_interval(self.lattice(low, high).filter(|_| low < high));
        }
        figure.printed = printed(self.plan.printed.reservation);
        self.put("walk_away", figure, &with_risk);
        let neutral =
            self.money("walk-away without risk tolerance", r.neutral, "reservation_neutral");
        self.put("walk_away.neutral", neutral, &inputs);
        if let Some(together) = r.together {
            let figure = self.money(
                "walk-away if all alternatives stand or fall together",
                together,
                "reservation_together",
            );
            self.put("walk_away.together", figure, &with_risk);
        }
        let better = self.money("better end of the walk-away", r.better, "reservation_better");
        let mut inputs = with_risk;
        inputs.push(("walk_away".to_owned(), "walk_away".to_owned()));
        self.put("walk_away.better", better, &inputs);
    }

    /// What the walk-aways over the lattice are drawn from.
    pub(super) fn draw_inputs(&mut self, source: ReservationSource) -> Vec<(String, String)> {
        let mut inputs = self.reservation_inputs(source);
        inputs.push(("risk_tolerance".to_owned(), "us.risk_tolerance".to_owned()));
        if source == ReservationSource::Alternatives {
            inputs.extend(
                ["probability_halfwidth", "interval_tail", "lattice_n", "lattice_a", "atoms"]
                    .map(|name| self.parameter(name))
                    .map(|(name, id)| (name.to_owned(), id)),
            );
        }
        inputs
    }

    /// The inputs of the walk-away: plain names for one alternative, names with the alternative's
    /// own behind them for several.
    pub(super) fn reservation_inputs(&self, source: ReservationSource) -> Vec<(String, String)> {
        if source == ReservationSource::Stated {
            return vec![("stated".to_owned(), "stated.walk_away".to_owned())];
        }
        let mut tails = vec![
            ("alternative", "certainty_equivalent"),
            ("deal_price", "deal_price"),
            ("probability", "probability"),
        ];
        if self.deal.alternatives.len() == 1 {
            tails.push(("switching_cost", "cost"));
        }
        named_inputs("alternative", &self.deal.alternatives, &tails)
    }
}
