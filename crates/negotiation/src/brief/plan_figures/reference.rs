//! References beside the plan: settlements, final offer, their offer, questions.

use super::{Pair, PlanFigures};
use crate::bargain::Unknown;
use crate::deal::slug;
use crate::figure::{Figure, Unit};

impl PlanFigures<'_> {
    pub(super) fn references(&mut self) {
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
                inputs.extend([
                    ("median", "market.median".to_owned()),
                    ("ours", "us.while_no_deal".to_owned()),
                    ("theirs", "counterpart.while_no_deal".to_owned()),
                ]);
                let figure =
                    self.marked("settlement if alternatives are exits", value, "deal_me_out");
                self.put("settlement.deal_me_out", figure, &inputs);
            }
        }
        // A split says something only against a walk-away (`numbers.md` section 8).
        if let Some(mid) = self.plan.split_mid.filter(|_| self.plan.reservation.is_some()) {
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
            let mut figure = self.money("best single, final offer", one.value, "best_final_offer");
            let unit = self.plan.printed.unit;
            figure.printed = unit.and_then(|u| u.nearest(one.value)).map(|p| p.to_string());
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

    pub(super) fn offer_references(&mut self, walk: Pair) {
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
    pub(super) fn questions(&mut self) -> Vec<(String, String)> {
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

    pub(super) fn question(&self, unknown: Unknown) -> (String, Vec<Pair>) {
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
}
