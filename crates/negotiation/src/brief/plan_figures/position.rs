//! Where the talks take place: the market, and the belief about their limit.

use super::{PlanFigures, named_inputs, ordered, sense};
use crate::bargain::{self, BeliefSource};
use crate::deal::as_f64;
use crate::figure::{Figure, Unit};

const PERCENTILES: [&str; 5] = ["p10", "p25", "p50", "p75", "p90"];

impl PlanFigures<'_> {
    pub(super) fn market(&mut self) {
        let Some(m) = self.plan.market.clone() else { return };
        let ground = self.market_ground();
        let label = if m.thin { "middle of the comparables" } else { "market median" };
        let median = self.marked(label, m.median, "market_median");
        self.put("market.median", median, &ground);
        self.record_percentile(m.record_percentile);
        let mut with_share = ground.clone();
        with_share.push(("percentile".to_owned(), "record.percentile".to_owned()));
        let record = self.marked("market at the record's percentile", m.record, "record_amount");
        self.put("record.amount", record, &with_share);
        let spread = self.marked("half spread of the market", m.half_spread, "half_spread");
        let room = self.parameter("room_min");
        let mut inputs = ground.clone();
        inputs.push(("median".to_owned(), "market.median".to_owned()));
        inputs.push((room.0.to_owned(), room.1));
        self.put("market.half_spread", spread, &inputs);
        for (id, label, edge) in [
            ("market.edge.better", "better edge of the market for us", m.better_edge),
            ("market.edge.worse", "worse edge of the market for us", m.worse_edge),
        ] {
            let figure = self.marked(label, edge, "market_edge");
            self.put(id, figure, &ground);
        }
        if let (Some(offer), true) = (&self.deal.offer, m.median.value > 0.0) {
            let ratio = as_f64(offer.amount) / m.median.value;
            let figure = Figure::new("their offer over the median", ratio, Unit::Factor, "ratio")
                .with_sense(sense(m.median.mark));
            self.put(
                "offer.market_ratio",
                figure,
                &[("amount", "offer".into()), ("median", "market.median".into())],
            );
        }
    }

    /// The market's percentiles; where it lacks one, the rows and shares of every source in it too.
    fn market_ground(&self) -> Vec<(String, String)> {
        let points = PERCENTILES.map(|p| (p.to_owned(), format!("market.{p}")));
        let points = self.figures.present(&points);
        if points.len() == PERCENTILES.len() {
            return points;
        }
        let ids = self.deal.sources.iter().map(|source| source.id.as_str());
        let counts = |id: &&str| {
            self.figures.has(&format!("{id}.n")) && self.figures.has(&format!("share.{id}"))
        };
        let entered: Vec<&str> = ids.filter(counts).collect();
        let rows = match entered.as_slice() {
            [only] => vec![("rows".to_owned(), format!("{only}.n"))],
            several => {
                let each = several.iter().flat_map(|id| {
                    [("rows", format!("{id}.n")), ("share", format!("share.{id}"))]
                        .map(|(name, figure)| (format!("{name}_{id}"), figure))
                });
                each.collect()
            }
        };
        [points, rows].concat()
    }

    /// As the deal states it, or as the supported claims give it.
    fn record_percentile(&mut self, share: f64) {
        let label = "percentile that the record supports";
        if self.deal.us.percentile.is_some() {
            let stated = Figure::assumed(label, share, Unit::Share, "stated in the deal file");
            self.figures.add("record.percentile", stated);
            return;
        }
        let figure = Figure::new(label, share, Unit::Share, "record_percentile");
        let mut inputs = vec![("claims", "record.claims".to_owned())];
        inputs.extend(["q_base", "q_step", "q_max"].map(|name| self.parameter(name)));
        self.put("record.percentile", figure, &inputs);
    }

    pub(super) fn belief(&mut self) {
        let Some(b) = self.plan.belief else { return };
        let mut inputs = self.belief_inputs(b.source);
        for name in belief_parameters(b.source) {
            let (name, id) = self.parameter(name);
            inputs.push((name.to_owned(), id));
        }
        let t = b.triangle;
        let (low, high) = ordered(t.lower, t.upper);
        for (tail, label, value, formula) in [
            ("low", "their walk-away as believed, lowest", low, "belief_low"),
            ("mode", "their walk-away as believed, most likely", t.mode, "belief_mode"),
            ("high", "their walk-away as believed, highest", high, "belief_high"),
        ] {
            let figure = self.money(label, value, formula).with_sense(sense(b.mark));
            self.put(&format!("belief.{tail}"), figure, &inputs);
        }
        let figure = self
            .money("their walk-away as believed, mean", b.mean, "belief_mean")
            .with_sense(sense(b.mark));
        self.put("belief.mean", figure, &self.triangle());
        if b.slid {
            let before = match self.plan.side {
                bargain::Side::Seller => b.before_offer.upper,
                bargain::Side::Buyer => b.before_offer.lower,
            };
            let label = "their walk-away as believed before their offer, its end for us";
            let figure = self.money(label, before, "belief_reach").with_sense(sense(b.mark));
            inputs.retain(|(name, _)| !["offer", "offer_room"].contains(&name.as_str()));
            self.put("belief.before_offer", figure, &inputs);
        }
        self.belief_half_spread();
        if let Some(p) = self.plan.zone_probability {
            let figure = Figure::new(
                "chance of a zone of agreement, if the belief is right",
                p,
                Unit::Share,
                "p_zopa",
            );
            let mut inputs = self.triangle();
            inputs.push(("walk_away", "walk_away".into()));
            self.put("p_zopa", figure, &inputs);
        }
    }

    /// Without a market the belief says how wide a bargaining range is.
    pub(super) fn belief_half_spread(&mut self) {
        if self.figures.has("market.half_spread") {
            return;
        }
        let Some(spread) = self.plan.half_spread else { return };
        let figure = self.marked("half spread of the belief", spread, "belief_half_spread");
        let mut inputs = self.triangle();
        inputs.push(self.parameter("room_min"));
        self.put("belief.half_spread", figure, &inputs);
    }

    pub(super) fn belief_inputs(&self, source: BeliefSource) -> Vec<(String, String)> {
        let plain = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(name, id)| ((*name).to_owned(), (*id).to_owned())).collect()
        };
        let mut inputs = match source {
            BeliefSource::Stated => plain(&[
                ("low", "counterpart.limit.low"),
                ("mode", "counterpart.limit.mode"),
                ("high", "counterpart.limit.high"),
            ]),
            BeliefSource::Market => {
                let mut inputs = plain(&[("median", "market.median"), ("record", "record.amount")]);
                if self.plan.market.as_ref().is_some_and(|market| market.thin) {
                    inputs.extend(plain(&[
                        ("edge_worse", "market.edge.worse"),
                        ("edge_better", "market.edge.better"),
                    ]));
                } else {
                    inputs.extend(PERCENTILES.map(|p| (p.to_owned(), format!("market.{p}"))));
                }
                inputs
            }
            BeliefSource::Alternatives => {
                let tails = [("alternative", "deal_price"), ("probability", "probability")];
                let theirs = &self.deal.counterpart.alternatives;
                let mut inputs = named_inputs("counterpart.alternative", theirs, &tails);
                let tolerance = "counterpart.risk_tolerance";
                inputs.extend(plain(&[("risk_tolerance", tolerance)]));
                inputs
            }
        };
        inputs.extend(plain(&[("offer", "offer")]));
        inputs
    }
}

/// The parameters that shape a belief, by where it comes from.
pub(super) fn belief_parameters(source: BeliefSource) -> &'static [&'static str] {
    match source {
        BeliefSource::Stated => {
            &["belief_tail", "belief_widen", "belief_min_halfwidth", "offer_room"]
        }
        BeliefSource::Market => {
            &["belief_tail", "belief_widen", "belief_market", "derived_halfwidth", "offer_room"]
        }
        BeliefSource::Alternatives => &[
            "belief_tail",
            "belief_widen",
            "derived_halfwidth",
            "offer_room",
            "probability_halfwidth",
            "lattice_n",
            "lattice_a",
        ],
    }
}
