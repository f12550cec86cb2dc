//! Target, anchor and concession ladder with the candidates and caps behind them.

use super::{PlanFigures, printed};
use crate::bargain;
use crate::figure::{Figure, Unit};

impl PlanFigures<'_> {
    pub(super) fn target(&mut self) {
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
        let one_offer = (t.candidates.one_offer, "target_one_offer", with_base.clone());
        self.candidate("target.one_offer", "candidate: best single offer", one_offer);
        let inputs = vec![
            base.clone(),
            ("power", "power".into()),
            ("expected_zone", "expected_zone".into()),
        ];
        let power = (t.candidates.power, "target_power", inputs);
        self.candidate("target.power", "candidate: our share of the expected zone", power);
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
        // The mode counts only where nothing better is known; elsewhere it is no input.
        let mode = t.candidates.mode.map_or(String::new(), |_| "belief.mode".to_owned());
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
                ("mode", mode),
                ("cap_belief", "target.cap.belief".into()),
                ("cap_evidence", "target.cap.evidence".into()),
                ("asked", self.asked()),
            ],
        );
    }

    pub(super) fn anchor(&mut self) {
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
        let asked = o.from == bargain::OpeningFrom::Asked;
        let label = if asked { "anchor (asked last)" } else { "anchor (opening)" };
        let mut figure = self.marked(label, o.value, "anchor");
        figure.printed = printed(self.plan.printed.opening);
        self.put(
            "anchor",
            figure,
            &[
                ("raw", "anchor.raw".into()),
                ("cap_evidence", "anchor.cap.evidence".into()),
                ("cap_belief", "anchor.cap.belief".into()),
                ("asked", self.asked()),
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

    pub(super) fn ladder(&mut self) {
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
}
