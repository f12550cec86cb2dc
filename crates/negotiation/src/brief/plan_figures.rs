//! The figures of a plan: each number of the chain with its formula and the figures that go in.

use super::Headline;
use crate::bargain::{
    self, AlternativeFigures, BeliefSource, Mark, Marked, Plan, Printed, ReservationSource, Unknown,
};
use crate::deal::{Alternative, Deal, as_f64, slug};
use crate::figure::{By, Figure, Figures, Interval, Sense, Unit};
use crate::parameter::Settings;

/// Adds the figures of a plan to a graph and names those that lead a report.
pub(crate) struct PlanFigures<'a> {
    pub(crate) deal: &'a Deal,
    pub(crate) plan: &'a Plan,
    pub(crate) settings: &'a Settings,
    /// Money per unit of the deal.
    pub(crate) money: Unit,
    pub(crate) figures: &'a mut Figures,
}

type Pair = (&'static str, String);
/// Id, label, value if there is one, formula, inputs.
type Candidate = (&'static str, &'static str, Option<Marked>, &'static str, Vec<Pair>);

fn sense(mark: Mark) -> Sense {
    match mark {
        Mark::Exact => Sense::Exact,
        Mark::AtLeast => Sense::AtLeast,
        Mark::AtMost => Sense::AtMost,
        Mark::Unclear => Sense::Between,
    }
}

/// Puts a pair of limits in rising order.
fn ordered(a: f64, b: f64) -> (f64, f64) {
    if a <= b { (a, b) } else { (b, a) }
}

impl PlanFigures<'_> {
    /// Adds everything; returns the headline and the questions' texts with their figures.
    pub(crate) fn add(mut self) -> (Headline, Vec<(String, String)>) {
        self.given();
        self.alternatives(
            "alternative",
            &self.deal.alternatives.clone(),
            &self.plan.alternatives.clone(),
        );
        let theirs = self.deal.counterpart.alternatives.clone();
        self.alternatives(
            "counterpart.alternative",
            &theirs,
            &self.plan.counterpart_alternatives.clone(),
        );
        self.reservation();
        self.market();
        self.belief();
        self.leverage();
        self.target();
        self.anchor();
        self.ladder();
        self.references();
        let questions = self.questions();
        (self.headline(), questions)
    }

    fn lump(&self) -> Unit {
        Unit::Money(self.deal.currency.to_string())
    }

    fn per_day(&self) -> Unit {
        Unit::Money(format!("{}/day", self.deal.currency))
    }

    fn money(&self, label: &str, value: f64, formula: &'static str) -> Figure {
        Figure::new(label, value, self.money.clone(), formula)
    }

    fn marked(&self, label: &str, value: Marked, formula: &'static str) -> Figure {
        self.money(label, value.value, formula).with_sense(sense(value.mark))
    }

    /// Adds a figure with those of its inputs that exist.
    fn put<N: AsRef<str>>(&mut self, id: &str, figure: Figure, inputs: &[(N, String)]) {
        let present = self.figures.present(inputs);
        let figure = figure.with_inputs(present);
        let grounded =
            !figure.inputs.is_empty() || figure.evidence.is_some() || figure.assumption.is_some();
        let figure =
            if grounded { figure } else { figure.with_assumption("parameters of the register") };
        self.figures.add(id, figure);
    }

    /// A parameter as a figure, so that a formula can name it.
    fn parameter(&mut self, name: &'static str) -> Pair {
        let id = format!("parameter.{name}");
        if !self.figures.has(&id) {
            let why = if self.settings.is_stated(name) {
                "stated in the deal"
            } else {
                "default of the register"
            };
            let label = crate::parameter::find(name).map_or(name, |p| p.meaning);
            let figure = Figure::assumed(label, self.settings.number(name), Unit::Number, why);
            self.figures.add(id.clone(), figure);
        }
        (name, id)
    }

    fn given_money(
        &mut self,
        id: &str,
        label: &str,
        amount: Option<haggle_quantity::Amount>,
        unit: Unit,
        why: &str,
    ) {
        if let Some(amount) = amount {
            self.figures.add(id, Figure::assumed(label, as_f64(amount), unit, why));
        }
    }

    /// What the deal file states as such.
    fn given(&mut self) {
        let deal = self.deal;
        let (money, lump, day) = (self.money.clone(), self.lump(), self.per_day());
        let file = "stated in the deal file";
        if let Some(offer) = &deal.offer {
            let why = offer
                .from
                .clone()
                .unwrap_or_else(|| "the deal file; where it stands is not said".to_owned());
            self.given_money("offer", "their offer", Some(offer.amount), money.clone(), &why);
        }
        for (who, whose, party) in
            [("us", "our", &deal.us), ("counterpart", "their", &deal.counterpart.party)]
        {
            let id = |tail: &str| format!("{who}.{tail}");
            let label = |what: &str| format!("{whose} {what}");
            self.given_money(
                &id("risk_tolerance"),
                &label("risk tolerance"),
                party.risk_tolerance,
                lump.clone(),
                file,
            );
            self.given_money(
                &id("delay_cost_per_day"),
                &label("cost of a day's delay"),
                party.delay_cost_per_day,
                day.clone(),
                file,
            );
            self.given_money(
                &id("deal_cost"),
                &label("cost of concluding this deal"),
                party.deal_cost,
                lump.clone(),
                file,
            );
            self.given_money(
                &id("idle_value"),
                &label("value of idle time"),
                party.idle_value,
                money.clone(),
                file,
            );
            self.given_money(
                &id("while_no_deal"),
                &label("income while no deal stands"),
                party.while_no_deal,
                money.clone(),
                file,
            );
            if let Some(rate) = party.discount_rate {
                self.figures.add(
                    id("discount_rate"),
                    Figure::assumed(label("discount rate"), rate, Unit::Relative, file),
                );
            }
        }
        let first = "stated in the deal file, as expected";
        self.given_money(
            "counterpart.first_offer",
            "first figure expected of them",
            deal.counterpart.first_offer,
            money.clone(),
            first,
        );
        self.given_money(
            "stated.walk_away",
            "walk-away as stated",
            deal.stated_walk_away,
            money.clone(),
            file,
        );
        if let Some(limit) = &deal.counterpart.limit {
            let why = limit.source.clone().unwrap_or_else(|| "unsourced".to_owned());
            for (tail, amount) in [("low", limit.low), ("mode", limit.mode), ("high", limit.high)] {
                let label = format!("their walk-away as believed, {tail}");
                self.given_money(
                    &format!("counterpart.limit.{tail}"),
                    &label,
                    Some(amount),
                    money.clone(),
                    &why,
                );
            }
        }
        let units = Figure::assumed(
            "price units over which one-off money is spread",
            self.plan.units,
            Unit::Number,
            if deal.term.is_some() {
                "term of the deal file"
            } else {
                "a year's worth of the price unit, or one"
            },
        );
        self.figures.add("units", units);
        let claims = deal.claims.iter().filter(|c| c.is_supported()).count() as f64;
        let why = "claims with a number and a date or reference";
        self.figures
            .add("record.claims", Figure::assumed("supported claims", claims, Unit::Count, why));
    }

    fn alternatives(&mut self, prefix: &str, stated: &[Alternative], made: &[AlternativeFigures]) {
        for (alternative, figures) in stated.iter().zip(made) {
            let base = format!("{prefix}.{}", slug(&alternative.name));
            let mut inputs = self.alternative_given(&base, alternative);
            inputs.push(("units", "units".to_owned()));
            let who = if prefix == "alternative" { "us" } else { "counterpart" };
            for key in ["deal_cost", "idle_value", "discount_rate"] {
                inputs.push((key, format!("{who}.{key}")));
            }
            let rate = self.parameter("discount_rate");
            if !inputs.iter().any(|(k, id)| *k == "discount_rate" && self.figures.has(id)) {
                inputs.push(rate);
            }
            let label =
                format!("{}: deal price that is as good, if it comes through", alternative.name);
            let mut figure = self.money(&label, figures.mean, "deal_price");
            let (low, high) = ordered(figures.deal_price.lower, figures.deal_price.upper);
            if low < high {
                figure.interval =
                    Some(Interval { low: Some(low), high: Some(high), level: None, by: By::Range });
            }
            self.put(&format!("{base}.deal_price"), figure, &inputs);
            let label = format!("{}: certainty equivalent", alternative.name);
            let figure = self.money(&label, figures.certainty_equivalent, "certainty_equivalent");
            let tolerance = ("risk_tolerance", format!("{who}.risk_tolerance"));
            self.put(
                &format!("{base}.certainty_equivalent"),
                figure,
                &[("deal_price", format!("{base}.deal_price")), tolerance],
            );
        }
    }

    fn alternative_given(&mut self, base: &str, a: &Alternative) -> Vec<Pair> {
        let file = "stated in the deal file";
        let (money, lump, day) = (self.money.clone(), self.lump(), self.per_day());
        let label = |what: &str| format!("{}: {what}", a.name);
        match a.amount.as_slice() {
            [low, mode, high] => {
                let why = "stated in the deal file, read as P10, mode, P90 (H6)";
                for (tail, amount) in [("amount.low", low), ("amount", mode), ("amount.high", high)]
                {
                    self.given_money(
                        &format!("{base}.{tail}"),
                        &label(tail),
                        Some(*amount),
                        money.clone(),
                        why,
                    );
                }
            }
            other => self.given_money(
                &format!("{base}.amount"),
                &label("amount"),
                other.first().copied(),
                money.clone(),
                file,
            ),
        }
        self.given_money(
            &format!("{base}.cost"),
            &label("one-off cost"),
            Some(a.cost.unwrap_or_default()),
            lump,
            if a.cost.is_some() { file } else { "none stated: 0" },
        );
        self.given_money(
            &format!("{base}.interim_per_day"),
            &label("money per day of waiting"),
            a.interim_per_day,
            day,
            file,
        );
        self.given_money(
            &format!("{base}.advantage"),
            &label("what this deal has and it lacks"),
            a.advantage,
            money,
            file,
        );
        self.figures.add(
            format!("{base}.probability"),
            Figure::assumed(
                label("chance that it comes through"),
                a.probability,
                Unit::Share,
                file,
            ),
        );
        self.figures.add(
            format!("{base}.delay_days"),
            Figure::assumed(label("days until it starts"), a.delay_days, Unit::Days, file),
        );
        [
            "amount",
            "amount.low",
            "amount.high",
            "cost",
            "interim_per_day",
            "advantage",
            "delay_days",
        ]
        .map(|tail| (tail, format!("{base}.{tail}")))
        .to_vec()
    }

    fn reservation(&mut self) {
        let Some(r) = self.plan.reservation else { return };
        let inputs = self.reservation_inputs(r.source);
        let tolerance = ("risk_tolerance".to_owned(), "us.risk_tolerance".to_owned());
        let formula = match r.source {
            ReservationSource::Alternatives => "reservation_value",
            ReservationSource::Stated => "given",
        };
        let mut with_risk = inputs.clone();
        with_risk.push(tolerance);
        let mut figure = self.money("walk-away", r.value, formula);
        if r.source == ReservationSource::Stated {
            figure = figure
                .with_assumption("stated in the deal file; it does not follow from alternatives");
        } else {
            let (low, high) = ordered(r.worse, r.better);
            with_risk.extend(
                ["probability_halfwidth", "interval_tail", "lattice_n", "lattice_a", "atoms"]
                    .map(|name| self.parameter(name))
                    .map(|(name, id)| (name.to_owned(), id)),
            );
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
        let better = self.money("better end of the walk-away", r.better, "reservation_value");
        self.put("walk_away.better", better, &with_risk);
    }

    /// The inputs of the walk-away: plain names for one alternative, names with the alternative's
    /// own behind them for several.
    fn reservation_inputs(&self, source: ReservationSource) -> Vec<(String, String)> {
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

    fn lattice(&self, low: f64, high: f64) -> Option<Interval> {
        let level = 1.0 - 2.0 * self.settings.number("interval_tail");
        Some(Interval { low: Some(low), high: Some(high), level: Some(level), by: By::Lattice })
    }

    fn market(&mut self) {
        let Some(m) = self.plan.market.clone() else { return };
        let points: Vec<Pair> = ["p10", "p25", "p50", "p75", "p90"]
            .map(|p| (p, format!("market.{p}")))
            .into_iter()
            .filter(|(_, id)| self.figures.has(id))
            .collect();
        let rows: Option<String> =
            self.deal.sources.iter().map(|s| format!("{}.n", s.id)).find(|id| self.figures.has(id));
        let mut ground = points.clone();
        if points.is_empty() {
            ground.extend(rows.map(|id| ("rows", id)));
        }
        let label = if m.thin { "middle of the comparables" } else { "market median" };
        let median = self.marked(label, m.median, "market_median");
        self.put("market.median", median, &ground);
        let share = Figure::new(
            "percentile that the record supports",
            m.record_percentile,
            Unit::Share,
            "record_percentile",
        );
        let mut inputs = vec![("claims", "record.claims".to_owned())];
        inputs.extend(["q_base", "q_step", "q_max"].map(|name| self.parameter(name)));
        self.put("record.percentile", share, &inputs);
        let mut with_share = ground.clone();
        with_share.push(("percentile", "record.percentile".to_owned()));
        let record = self.marked("market at the record's percentile", m.record, "record_amount");
        self.put("record.amount", record, &with_share);
        let spread = self.marked("half spread of the market", m.half_spread, "half_spread");
        let room = self.parameter("room_min");
        let mut inputs = ground.clone();
        inputs.push(("median", "market.median".to_owned()));
        inputs.push(room);
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

    fn belief(&mut self) {
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
    fn belief_half_spread(&mut self) {
        if self.figures.has("market.half_spread") {
            return;
        }
        let Some(spread) = self.plan.half_spread else { return };
        let figure = self.marked("half spread of the belief", spread, "belief_half_spread");
        let mut inputs = self.triangle();
        inputs.push(self.parameter("room_min"));
        self.put("belief.half_spread", figure, &inputs);
    }

    fn half_spread(&self) -> String {
        let market = self.figures.has("market.half_spread");
        if market { "market.half_spread" } else { "belief.half_spread" }.to_owned()
    }

    fn belief_inputs(&self, source: BeliefSource) -> Vec<(String, String)> {
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
                plain(&[("median", "market.median"), ("record", "record.amount")])
            }
            BeliefSource::Alternatives => {
                let tails = [("alternative", "deal_price"), ("probability", "probability")];
                let theirs = &self.deal.counterpart.alternatives;
                named_inputs("counterpart.alternative", theirs, &tails)
            }
        };
        inputs.extend(plain(&[("offer", "offer")]));
        inputs
    }

    fn triangle(&self) -> Vec<Pair> {
        vec![
            ("low", "belief.low".into()),
            ("mode", "belief.mode".into()),
            ("high", "belief.high".into()),
        ]
    }

    fn leverage(&mut self) {
        let l = self.plan.leverage;
        let triangle = self.triangle();
        let walk = ("walk_away", "walk_away".to_owned());
        let median = ("median", "market.median".to_owned());
        let mean = ("mean", "belief.mean".to_owned());
        let mut belief = triangle.clone();
        belief.push(median.clone());
        let money: [Candidate; 4] = [
            (
                "need.ours",
                "what we lose at the median if there is no deal, signed",
                l.need_me,
                "need_me",
                vec![median.clone(), walk.clone()],
            ),
            (
                "need.theirs",
                "what they lose at the median if there is no deal, signed",
                l.need_ot,
                "need_ot",
                vec![mean.clone(), median.clone()],
            ),
            (
                "leverage.need",
                "our need of the deal",
                l.need_me_positive.map(|v| Marked { value: v, mark: l.mark }),
                "need_me_positive",
                vec![median.clone(), walk.clone()],
            ),
            (
                "leverage.need.theirs",
                "their need of the deal",
                l.need_ot_positive.map(|v| Marked { value: v, mark: l.mark }),
                "need_ot_positive",
                belief,
            ),
        ];
        for (id, label, value, formula, inputs) in money {
            if let Some(value) = value {
                let figure = self.marked(label, value, formula);
                self.put(id, figure, &inputs);
            }
        }
        for (id, label, standing, formula, input) in [
            (
                "leverage.alternative",
                "quality of our alternatives, as a percentile",
                l.standing_me,
                "standing",
                walk.clone(),
            ),
            (
                "leverage.alternative.theirs",
                "quality of theirs, as believed",
                l.standing_ot,
                "standing_ot",
                mean,
            ),
        ] {
            if let Some(s) = standing {
                let label = if s.at_edge {
                    format!("{label}, at the edge of the market")
                } else {
                    label.to_owned()
                };
                let figure = Figure::new(label, s.value, Unit::Share, formula);
                self.put(
                    id,
                    figure,
                    &[
                        input,
                        ("p10", "market.p10".into()),
                        ("p25", "market.p25".into()),
                        ("p50", "market.p50".into()),
                        ("p75", "market.p75".into()),
                        ("p90", "market.p90".into()),
                    ],
                );
            }
        }
        if let Some(index) = l.index {
            let figure = Figure::new(
                "leverage, 0.5 is balance",
                index.value,
                Unit::Number,
                "leverage_index",
            )
            .with_sense(sense(l.mark))
            .with_interval(self.lattice(index.low, index.high));
            let inputs = [
                ("need_me", "leverage.need".to_owned()),
                ("need_ot", "leverage.need.theirs".to_owned()),
            ];
            self.put("leverage", figure, &inputs);
        }
        let power = Figure::new("our bargaining power", self.plan.power, Unit::Share, "power");
        let mut inputs = vec![
            ("ours", "us.delay_cost_per_day".to_owned()),
            ("theirs", "counterpart.delay_cost_per_day".to_owned()),
        ];
        inputs.extend(["power_default", "power_clamp"].map(|name| self.parameter(name)));
        self.put("power", power, &inputs);
    }

    fn target(&mut self) {
        let Some(t) = self.plan.target else { return };
        let base = ("base", "base".to_owned());
        if let Some(value) = self.plan.base {
            let figure = self.money("the better of walk-away and their offer", value, "base");
            self.put(
                "base",
                figure,
                &[("walk_away", "walk_away".into()), ("offer", "offer".into())],
            );
        }
        let mut with_base = self.triangle();
        with_base.push(base.clone());
        if let Some(residual) = t.residual {
            let figure = self.money("expected zone beyond base", residual, "expected_zone");
            self.put("expected_zone", figure, &with_base);
        }
        let candidates: [Candidate; 2] = [
            (
                "target.one_offer",
                "candidate: best single offer",
                t.candidates.one_offer,
                "target_one_offer",
                with_base.clone(),
            ),
            (
                "target.power",
                "candidate: our share of the expected zone",
                t.candidates.power,
                "target_power",
                vec![
                    base.clone(),
                    ("power", "power".into()),
                    ("expected_zone", "expected_zone".into()),
                ],
            ),
        ];
        for (id, label, value, formula, inputs) in candidates {
            if let Some(value) = value {
                let figure = self.marked(label, value, formula);
                self.put(id, figure, &inputs);
            }
        }
        let feasible = self.parameter("target_feasible_min");
        let mut inputs = with_base.clone();
        inputs.push(feasible);
        let cap = self.marked("cap: what they can accept", t.belief_cap, "cap_belief");
        self.put("target.cap.belief", cap, &inputs);
        if let Some(value) = t.evidence_cap {
            let room = self.parameter("base_room_target");
            let cap = self.marked("cap: what the evidence carries", value, "cap_evidence");
            let quartile =
                if self.plan.side == bargain::Side::Seller { "market.p75" } else { "market.p25" };
            let edge = if self.figures.has(quartile) { quartile } else { "market.edge.better" };
            self.put(
                "target.cap.evidence",
                cap,
                &[
                    ("quartile", edge.into()),
                    base.clone(),
                    ("half_spread", self.half_spread()),
                    room,
                ],
            );
        }
        let mut figure = self.marked("target", t.value, "target");
        figure.label = format!("target, from {}", t.from.name().replace('_', " "));
        figure.printed = printed(self.plan.printed.target);
        self.put(
            "target",
            figure,
            &[
                ("one_offer", "target.one_offer".into()),
                ("power", "target.power".into()),
                ("record", "record.amount".into()),
                base,
                ("mode", "belief.mode".into()),
                ("cap_belief", "target.cap.belief".into()),
                ("cap_evidence", "target.cap.evidence".into()),
            ],
        );
    }

    fn anchor(&mut self) {
        let Some(o) = self.plan.opening else { return };
        let target = ("target", "target".to_owned());
        let room = self.parameter("room_min");
        let counter = (
            "their_figure",
            if self.deal.offer.is_some() { "offer" } else { "counterpart.first_offer" }.to_owned(),
        );
        let raw = self.marked("opening before caps", o.raw, "opening_raw");
        self.put(
            "anchor.raw",
            raw,
            &[target.clone(), counter.clone(), ("half_spread", self.half_spread()), room.clone()],
        );
        if let Some(value) = o.evidence_cap_raised {
            let share = self.parameter("base_room_opening");
            let cap = self.marked("cap: edge of the evidence", value, "opening_cap_evidence");
            self.put(
                "anchor.cap.evidence",
                cap,
                &[
                    ("edge", "market.edge.better".into()),
                    ("base", "base".into()),
                    ("half_spread", self.half_spread()),
                    target.clone(),
                    room.clone(),
                    share,
                ],
            );
        }
        let deep = self.parameter("opening_belief");
        let mut inputs = self.triangle();
        inputs.extend([("base", "base".to_owned()), target.clone(), room, deep]);
        let cap = self.marked(
            "cap: edge of what they may accept",
            o.belief_cap_raised,
            "opening_cap_belief",
        );
        self.put("anchor.cap.belief", cap, &inputs);
        let mut figure = self.marked("anchor (opening)", o.value, "anchor");
        figure.printed = printed(self.plan.printed.opening);
        self.put(
            "anchor",
            figure,
            &[
                ("raw", "anchor.raw".into()),
                ("cap_evidence", "anchor.cap.evidence".into()),
                ("cap_belief", "anchor.cap.belief".into()),
            ],
        );
        let even = self.marked(
            "their figure at which a split gives the target",
            o.break_even_counter,
            "break_even_counter",
        );
        self.put("anchor.break_even", even, &[target, ("anchor", "anchor".into())]);
        if let Some(inside) = o.inside {
            let figure = Figure::new(
                "chance that the anchor is inside their limit, given a zone",
                inside,
                Unit::Share,
                "chance_inside",
            );
            let mut inputs = self.triangle();
            inputs.extend([("anchor", "anchor".to_owned()), ("base", "base".to_owned())]);
            self.put("anchor.chance_inside", figure, &inputs);
        }
    }

    fn ladder(&mut self) {
        let Some(f) = self.plan.floor else { return };
        let names = ["floor_share", "floor_confidence"].map(|name| self.parameter(name));
        let mut figure = self.marked("last ask", f.value, "last_ask");
        figure.printed = printed(self.plan.printed.floor);
        let mut inputs = vec![
            ("target", "target".to_owned()),
            ("base", "base".to_owned()),
            ("walk_away", "walk_away".to_owned()),
            ("walk_away_better", "walk_away.better".to_owned()),
        ];
        inputs.extend(names);
        self.put("last_ask", figure, &inputs);
        let chance = Figure::new(
            "chance that they accept the last ask, if the belief is right",
            f.acceptance,
            Unit::Share,
            "acceptance",
        );
        let mut inputs = self.triangle();
        inputs.push(("price", "last_ask".into()));
        self.put("last_ask.acceptance", chance, &inputs);
        let names = ["steps", "ratio"].map(|name| self.parameter(name));
        for (i, rung) in self.plan.ladder.clone().into_iter().enumerate().skip(1) {
            let mut figure = self.marked(&format!("concession {i}"), rung, "rung");
            figure.printed = self.plan.printed.ladder.get(i).map(ToString::to_string);
            let mut inputs =
                vec![("anchor", "anchor".to_owned()), ("last_ask", "last_ask".to_owned())];
            inputs.extend(names.clone());
            self.put(&format!("concession.{i}"), figure, &inputs);
        }
    }

    fn references(&mut self) {
        let walk = ("walk_away", "walk_away".to_owned());
        let mut with_walk = self.triangle();
        with_walk.push(walk.clone());
        if let Some(s) = self.plan.settlement {
            let mut inputs = with_walk.clone();
            inputs.push(("power", "power".into()));
            let figure = self.marked(
                "settlement if alternatives are income",
                s.split_difference,
                "split_difference",
            );
            self.put("settlement.split_difference", figure, &inputs);
            if let Some(value) = s.deal_me_out {
                inputs.push(("median", "market.median".into()));
                let figure =
                    self.marked("settlement if alternatives are exits", value, "deal_me_out");
                self.put("settlement.deal_me_out", figure, &inputs);
            }
        }
        if let Some(mid) = self.plan.split_mid {
            let figure = self.marked("midpoint of anchor and their figure", mid, "split_midpoint");
            self.put(
                "split_midpoint",
                figure,
                &[
                    ("anchor", "anchor".into()),
                    ("offer", "offer".into()),
                    ("first_offer", "counterpart.first_offer".into()),
                ],
            );
        }
        if let Some(one) = self.plan.one_offer {
            let figure = self.money("best single, final offer", one.value, "best_final_offer");
            self.put("final_offer", figure, &with_walk);
            let chance = Figure::new(
                "chance that they accept the final offer, if the belief is right",
                one.acceptance,
                Unit::Share,
                "acceptance",
            );
            let mut inputs = self.triangle();
            inputs.push(("price", "final_offer".into()));
            self.put("final_offer.acceptance", chance, &inputs);
        }
        self.offer_references(walk);
    }

    fn offer_references(&mut self, walk: Pair) {
        let Some(offer) = self.plan.offer else { return };
        if let Some(r) = self.plan.reservation {
            let distance = (offer.value - r.value) * self.plan.side.sign();
            let figure = self.money("their offer beyond the walk-away", distance, "distance");
            self.put("offer.beyond_walk_away", figure, &[("offer", "offer".into()), walk]);
        }
        if let Some(gain) = offer.counter_gain {
            let figure = self.money("what a counter at the target gains", gain, "counter_gain");
            let mut inputs = self.triangle();
            inputs.extend([("target", "target".to_owned()), ("offer", "offer".to_owned())]);
            self.put("counter_gain", figure, &inputs);
        }
        if let Some(share) = offer.withdrawal_break_even {
            let figure = Figure::new(
                "chance of withdrawal up to which a counter pays",
                share,
                Unit::Share,
                "withdrawal_break_even",
            );
            self.put(
                "withdrawal_break_even",
                figure,
                &[
                    ("counter_gain", "counter_gain".into()),
                    ("offer", "offer".into()),
                    ("walk_away_neutral", "walk_away.neutral".into()),
                ],
            );
        }
    }

    /// Questions worth asking, dearest first: text and figure id.
    fn questions(&mut self) -> Vec<(String, String)> {
        let Some(information) = self.plan.information.clone() else { return Vec::new() };
        let mut inputs = self.triangle();
        inputs.extend([
            ("walk_away_neutral", "walk_away.neutral".to_owned()),
            ("offer", "offer".to_owned()),
        ]);
        let worth = self.money(
            "worth of the plan without further answers",
            information.plan_worth,
            "plan_worth",
        );
        self.put("plan.worth", worth, &inputs);
        inputs.push(("plan_worth", "plan.worth".into()));
        let mut ranked: Vec<_> = information
            .questions
            .iter()
            .filter(|q| q.worth > 1e-9 * information.plan_worth.abs().max(1e-300))
            .collect();
        ranked.sort_by(|a, b| b.worth.total_cmp(&a.worth));
        let mut asked = Vec::new();
        for (i, question) in ranked.into_iter().enumerate() {
            let (text, mut more) = self.question(question.unknown);
            more.extend(inputs.clone());
            let id = format!("question.{}.worth", i + 1);
            let figure = self.money(
                &format!("worth of knowing: {text}"),
                question.worth,
                "information_worth",
            );
            self.put(&id, figure, &more);
            asked.push((text, id));
        }
        asked
    }

    fn question(&self, unknown: Unknown) -> (String, Vec<Pair>) {
        let name =
            |i: usize| self.deal.alternatives.get(i).map_or(String::new(), |a| a.name.clone());
        let inputs = |i: usize| {
            let base = format!("alternative.{}", slug(&name(i)));
            vec![
                ("probability", format!("{base}.probability")),
                ("deal_price", format!("{base}.deal_price")),
            ]
        };
        match unknown {
            Unknown::TheirLimit => {
                ("How far can they go? What limits them, and who decides?".to_owned(), Vec::new())
            }
            Unknown::ComesThrough(i) => (
                format!("Will \"{}\" come through? Get it signed, or get a no.", name(i)),
                inputs(i),
            ),
            Unknown::Amount(i) => {
                (format!("What exactly is \"{}\" worth? Get the number.", name(i)), inputs(i))
            }
        }
    }

    fn headline(&self) -> Headline {
        let id = |id: &str| self.figures.has(id).then(|| id.to_owned());
        let rungs = (1..).map(|i| format!("concession.{i}")).take_while(|id| self.figures.has(id));
        Headline {
            walk_away: id("walk_away"),
            target: id("target"),
            anchor: id("anchor"),
            concessions: rungs.collect(),
            offer: id("offer"),
            leverage: id("leverage"),
            need: id("leverage.need"),
            alternative: id("leverage.alternative"),
            p_zopa: id("p_zopa"),
        }
    }
}

fn printed(value: Option<Printed>) -> Option<String> {
    value.map(|p| p.to_string())
}

/// The parameters that shape a belief, by where it comes from.
fn belief_parameters(source: BeliefSource) -> &'static [&'static str] {
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
            "lattice_n",
            "lattice_a",
        ],
    }
}

/// Figures of several alternatives as inputs: `name`, or `name_<alternative>` if there are more
/// than one.
fn named_inputs(
    prefix: &str,
    alternatives: &[Alternative],
    tails: &[(&str, &str)],
) -> Vec<(String, String)> {
    let mut inputs = Vec::new();
    for alternative in alternatives {
        let own = slug(&alternative.name);
        for (name, tail) in tails {
            let name = match alternatives.len() {
                1 => (*name).to_owned(),
                _ => format!("{name}_{own}"),
            };
            inputs.push((name, format!("{prefix}.{own}.{tail}")));
        }
    }
    inputs
}
