//! What the deal file states, as figures that are taken as given.

use super::{Pair, PlanFigures, ordered};
use crate::bargain::AlternativeFigures;
use crate::deal::{Alternative, Party, Side, slug};
use crate::figure::{By, Figure, Interval, Unit};
use haggle_quantity::{Amount, HOURS_PER_YEAR};

/// Why a wait counts as bringing nothing.
const NOTHING: &str = "before it starts: 0, none stated";

impl PlanFigures<'_> {
    /// What the deal file states as such.
    pub(super) fn given(&mut self) {
        let deal = self.deal;
        let money = self.money.clone();
        let file = "stated in the deal file";
        if let Some(offer) = &deal.offer {
            let why = offer
                .from
                .clone()
                .unwrap_or_else(|| "the deal file; where it stands is not said".to_owned());
            self.given_money("offer", "their offer", Some(offer.amount), money.clone(), &why);
        }
        self.party("us", "our", &deal.us);
        self.ours();
        self.party("counterpart", "their", &deal.counterpart.party);
        self.idle();
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
        let claims = deal.claims.iter().filter(|c| c.counts_on(deal.as_of)).count() as f64;
        let why = "claims with a number and a date or reference";
        self.figures
            .add("record.claims", Figure::assumed("supported claims", claims, Unit::Count, why));
    }

    /// What a seller has until an alternative starts, where nothing is stated: numbers 3.1.
    fn idle(&mut self) {
        let (deal, money) = (self.deal, self.money.clone());
        let (who, whose, party, alternatives) = match deal.side {
            Side::Seller => ("us", "our", &deal.us, &deal.alternatives),
            Side::Buyer => {
                let them = &deal.counterpart;
                ("counterpart", "their", &them.party, &them.alternatives)
            }
        };
        let flow = deal.per.units_per_year(HOURS_PER_YEAR).is_some();
        let waits = alternatives.iter().any(|it| it.delay_days > 0.0);
        if party.idle_value.is_none() && flow && waits {
            let (id, label) = (format!("{who}.idle_value"), format!("{whose} value of idle time"));
            self.given_money(&id, &label, Some(Amount::default()), money, NOTHING);
        }
    }

    /// What is asked of us alone.
    fn ours(&mut self) {
        let (us, file) = (&self.deal.us, "stated in the deal file");
        let (money, lump) = (self.money.clone(), self.lump());
        let present = "what we are paid, or pay, at present";
        self.given_money("us.present", present, us.present, money, file);
        self.given_money("us.quote_cost", "cost of one more quote", us.quote_cost, lump, file);
    }

    /// What is particular to one side.
    fn party(&mut self, who: &str, whose: &str, party: &Party) {
        let (money, lump, day) = (self.money.clone(), self.lump(), self.per_day());
        let file = "stated in the deal file";
        let all = [
            (
                "risk_tolerance",
                "risk tolerance, in units of the price",
                party.risk_tolerance,
                &money,
            ),
            ("delay_cost_per_day", "cost of a day's delay", party.delay_cost_per_day, &day),
            ("deal_cost", "cost of concluding this deal", party.deal_cost, &lump),
            ("idle_value", "value of idle time", party.idle_value, &money),
            ("while_no_deal", "income while no deal stands", party.while_no_deal, &money),
        ];
        for (tail, what, amount, unit) in all {
            let (id, label) = (format!("{who}.{tail}"), format!("{whose} {what}"));
            self.given_money(&id, &label, amount, unit.clone(), file);
        }
        if let Some(rate) = party.discount_rate {
            let label = format!("{whose} discount rate");
            let figure = Figure::assumed(label, rate, Unit::Relative, file);
            self.figures.add(format!("{who}.discount_rate"), figure);
        }
    }

    pub(super) fn alternatives(
        &mut self,
        prefix: &str,
        stated: &[Alternative],
        made: &[AlternativeFigures],
    ) {
        for (alternative, figures) in stated.iter().zip(made) {
            let base = format!("{prefix}.{}", slug(&alternative.name));
            let mut inputs = self.alternative_given(&base, alternative);
            inputs.push(("parts_difference", format!("{base}.parts_difference")));
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
            if alternative.amount.len() == 3 {
                inputs.push(self.parameter("belief_tail"));
            }
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
            let mut inputs = vec![("deal_price", format!("{base}.deal_price")), tolerance];
            if alternative.amount.len() == 3 {
                inputs.push(self.parameter("atoms"));
            }
            self.put(&format!("{base}.certainty_equivalent"), figure, &inputs);
        }
    }

    pub(super) fn alternative_given(&mut self, base: &str, a: &Alternative) -> Vec<Pair> {
        let file = a.source.as_deref().unwrap_or("stated in the deal file");
        let (money, lump, day) = (self.money.clone(), self.lump(), self.per_day());
        let label = |what: &str| format!("{}: {what}", a.name);
        self.amount_given(base, a);
        self.given_money(
            &format!("{base}.cost"),
            &label("one-off cost"),
            Some(a.cost.unwrap_or_default()),
            lump,
            if a.cost.is_some() { file } else { "none stated: 0" },
        );
        self.given_money(
            &format!("{base}.develop_cost"),
            &label("cost of finding out whether it comes through"),
            a.develop_cost,
            self.lump(),
            file,
        );
        self.given_money(
            &format!("{base}.interim_per_day"),
            &label("money per day of waiting"),
            a.interim_per_day.or((a.delay_days > 0.0).then(Amount::default)),
            day,
            if a.interim_per_day.is_some() { file } else { NOTHING },
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

    /// One amount, or its P10, mode and P90.
    fn amount_given(&mut self, base: &str, a: &Alternative) {
        let file = a.source.as_deref().unwrap_or("stated in the deal file");
        let (all, why) = match a.amount.as_slice() {
            [low, mode, high] => (
                vec![("amount.low", low), ("amount", mode), ("amount.high", high)],
                format!("{file}, read as P10, mode, P90 (H6)"),
            ),
            other => (other.iter().map(|one| ("amount", one)).collect(), file.to_owned()),
        };
        for (tail, amount) in all {
            let (id, label) = (format!("{base}.{tail}"), format!("{}: {tail}", a.name));
            self.given_money(&id, &label, Some(*amount), self.money.clone(), &why);
        }
    }
}
