//! Leverage: both needs, both alternatives, the index, and bargaining power.

use super::{Candidate, PlanFigures, sense};
use crate::bargain::{Leverage, Mark, Marked, Standing};
use crate::figure::{Figure, Unit};

impl PlanFigures<'_> {
    pub(super) fn leverage(&mut self) {
        let leverage = self.plan.leverage;
        self.needs(&leverage);
        let walk = ("walk_away", "walk_away");
        let ours = "quality of our alternatives, as a percentile";
        self.standing("leverage.alternative", ours, leverage.standing_me, "standing", walk);
        let mean = ("mean", "belief.mean");
        let theirs = "quality of theirs, as believed";
        let id = "leverage.alternative.theirs";
        self.standing(id, theirs, leverage.standing_ot, "standing_ot", mean);
        self.index(&leverage);
        self.power();
    }

    /// What each side loses without a deal: signed, and what the index takes of it.
    fn needs(&mut self, l: &Leverage) {
        self.lattice_need(l);
        let median = ("median", "market.median".to_owned());
        let ours = vec![median.clone(), ("walk_away", "walk_away".to_owned())];
        let theirs = vec![("mean", "belief.mean".to_owned()), median.clone()];
        let mut belief = self.triangle();
        belief.push(median);
        let signed = "if there is no deal, signed";
        let (lose, they) = (
            format!("what we lose at the median {signed}"),
            format!("what they lose at the median {signed}"),
        );
        let all: [(&str, &str, Candidate); 3] = [
            ("need.ours", &lose, (l.need_me, "need_me", ours)),
            ("need.theirs", &they, (l.need_ot, "need_ot", theirs)),
            (
                "leverage.need.theirs",
                "their need of the deal",
                (positive(l.need_ot_positive, l.need_ot), "need_ot_positive", belief),
            ),
        ];
        for (id, label, candidate) in all {
            self.candidate(id, label, candidate);
        }
        self.between("leverage.need", l.need_me_range);
        self.between("leverage.need.theirs", l.need_ot_range);
    }

    /// Our need: a mean over the same draws as the better end of the walk-away.
    fn lattice_need(&mut self, l: &Leverage) {
        let need = positive(l.need_me_positive, l.need_me);
        let Some((need, r)) = need.zip(self.plan.reservation) else { return };
        let mut inputs = vec![("median".to_owned(), "market.median".to_owned())];
        inputs.extend(self.draw_inputs(r.source));
        let figure = self.marked("our need of the deal", need, "need_me_positive");
        self.put("leverage.need", figure, &inputs);
    }

    /// Gives a figure what it could be once the uncertain inputs are known.
    fn between(&mut self, id: &str, range: Option<[f64; 2]>) {
        let Some([low, high]) = range.filter(|[low, high]| low < high) else { return };
        let interval = self.lattice(low, high);
        if let Some(figure) = self.figures.get(id).cloned() {
            self.figures.add(id, figure.with_interval(interval));
        }
    }

    /// Where a walk-away stands in the market.
    fn standing(
        &mut self,
        id: &str,
        label: &str,
        standing: Option<Standing>,
        formula: &'static str,
        input: (&'static str, &str),
    ) {
        let Some(standing) = standing else { return };
        let edge = if standing.at_edge { ", at the edge of the market" } else { "" };
        let figure = Figure::new(format!("{label}{edge}"), standing.value, Unit::Share, formula);
        let mut inputs = vec![(input.0, input.1.to_owned())];
        inputs.extend(["p10", "p25", "p50", "p75", "p90"].map(|p| (p, format!("market.{p}"))));
        self.put(id, figure, &inputs);
        self.between(id, Some([standing.low, standing.high]));
    }

    fn index(&mut self, l: &Leverage) {
        let Some(index) = l.index else { return };
        let label = "leverage, 0.5 is balance";
        let figure = Figure::new(label, index.value, Unit::Number, "leverage_index")
            .with_sense(sense(l.mark))
            .with_interval(self.lattice(index.low, index.high));
        let inputs = [
            ("need_me", "leverage.need".to_owned()),
            ("need_ot", "leverage.need.theirs".to_owned()),
        ];
        self.put("leverage", figure, &inputs);
    }

    fn power(&mut self) {
        let power = Figure::new("our bargaining power", self.plan.power, Unit::Share, "power");
        let mut inputs = vec![
            ("ours", "us.delay_cost_per_day".to_owned()),
            ("theirs", "counterpart.delay_cost_per_day".to_owned()),
        ];
        inputs.extend(["power_default", "power_clamp"].map(|name| self.parameter(name)));
        self.put("power", power, &inputs);
    }
}

/// The positive part of a need, with the mark of the signed one.
fn positive(value: Option<f64>, signed: Option<Marked>) -> Option<Marked> {
    let mark = signed.map_or(Mark::Exact, |m| m.mark);
    value.map(|value| Marked { value, mark })
}
