//! What the rules of steps 3 to 5 measure of the talks: rounds, stated plans, the finer opening.

use super::{PlanFigures, sense};
use crate::bargain::percentile_among;
use crate::deal::as_f64;
use crate::figure::{Figure, Unit};
use haggle_quantity::day_number;

/// The percentiles whose limits place an offer.
const PLACES: [(&str, f64); 5] =
    [("p10", 0.10), ("p25", 0.25), ("p50", 0.50), ("p75", 0.75), ("p90", 0.90)];

impl PlanFigures<'_> {
    pub(super) fn talks(&mut self) {
        self.stated_plans();
        self.fine_opening();
        self.market_width();
        self.offer_between_limits();
    }

    fn stated_plans(&mut self) {
        let (deal, money, file) = (self.deal, self.money.clone(), "stated in the deal file");
        let target = deal.talks.target;
        self.given_money("stated.target", "target as stated", target, money.clone(), file);
        for (n, limit) in (1..).zip(&deal.talks.history) {
            let (id, label) =
                (format!("stated.history.{n}"), format!("walk-away as of {}", limit.date));
            self.given_money(&id, &label, Some(limit.walk_away), money.clone(), file);
        }
        if let Some(deadline) = deal.talks.deadline {
            let days = f64::from(day_number(deadline.date) - day_number(deal.as_of));
            let why = format!("from {} to {}", deal.as_of, deadline.date);
            let figure = Figure::assumed("days until the deadline", days, Unit::Days, why);
            self.figures.add("deadline.days", figure);
        }
    }

    /// The id of our last figure.
    pub(super) fn asked(&self) -> String {
        let rounds = &self.deal.talks.rounds;
        let last = rounds.iter().rposition(|round| round.ours.is_some());
        last.map_or(String::new(), |n| format!("round.{}.ours", n + 1))
    }

    /// Each figure named so far, what each side has conceded, and the middle of the last two.
    pub(super) fn rounds(&mut self) {
        let deal = self.deal;
        for (n, round) in (1..).zip(&deal.talks.rounds) {
            let why = round.date.map_or("the deal file".to_owned(), |d| format!("round of {d}"));
            for (tail, whose, amount) in
                [("ours", "our", round.ours), ("theirs", "their", round.theirs)]
            {
                let (id, label) =
                    (format!("round.{n}.{tail}"), format!("{whose} figure in round {n}"));
                self.given_money(&id, &label, amount, self.money.clone(), &why);
            }
        }
        let sign = deal.side.sign();
        let ours = self.conceded("ours", &deal.talks.ours(), sign);
        let theirs = self.conceded("theirs", &deal.talks.theirs(), -sign);
        if let (Some((mine, a)), Some((other, b))) = (ours, theirs) {
            let figure = self.money("middle of the last two figures", (a + b) / 2.0, "midpoint");
            self.put("round.midpoint", figure, &[("ours", mine), ("theirs", other)]);
        }
    }

    /// What one side has given from its first to its last figure; returns the last.
    fn conceded(&mut self, tail: &str, amounts: &[f64], sign: f64) -> Option<(String, f64)> {
        let (first, last) = (*amounts.first()?, *amounts.last()?);
        let ids: Vec<String> = (1..=self.deal.talks.rounds.len())
            .map(|n| format!("round.{n}.{tail}"))
            .filter(|id| self.figures.has(id))
            .collect();
        let last_id = ids.last()?.clone();
        if amounts.len() > 1 {
            let whose = if tail == "ours" { "we" } else { "they" };
            let label = format!("what {whose} have conceded");
            let figure = self.money(&label, sign * (first - last) + 0.0, "conceded");
            let inputs = [("first", ids.first()?.clone()), ("last", last_id.clone())];
            self.put(&format!("conceded.{tail}"), figure, &inputs);
        }
        Some((last_id, last))
    }

    fn fine_opening(&mut self) {
        let (Some(opening), Some(fine)) = (self.plan.opening, self.plan.printed.opening_fine)
        else {
            return;
        };
        let label = "anchor where its derivation is shown";
        let mut figure = self.marked(label, opening.value, "fine_anchor");
        figure.printed = Some(fine.to_string());
        let precision = self.parameter("precision_fine");
        self.put("anchor.fine", figure, &[("anchor", "anchor".to_owned()), precision]);
    }

    /// Width of the median's interval over the median.
    fn market_width(&mut self) {
        let Some(median) = self.figures.get("market.p50") else { return };
        let limits = median.interval.and_then(|i| i.low.zip(i.high));
        let (Some((low, high)), true) = (limits, median.value > 0.0) else { return };
        let width = (high - low) / median.value;
        let figure = Figure::new("width of the median's interval", width, Unit::Share, "width");
        self.put("market.width", figure, &[("median", "market.p50".to_owned())]);
    }

    /// F14: the offer's place if every percentile lay at its upper, or at its lower limit.
    fn offer_between_limits(&mut self) {
        let Some(offer) = self.deal.offer.as_ref().map(|o| as_f64(o.amount)) else { return };
        let known = PLACES.into_iter().filter_map(|(name, share)| {
            let interval = self.figures.get(&format!("market.{name}"))?.interval?;
            Some((name, share, interval.low?, interval.high?))
        });
        let known: Vec<_> = known.collect();
        let uppers: Vec<_> = known.iter().map(|(_, share, _, high)| (*share, *high)).collect();
        let lowers: Vec<_> = known.iter().map(|(_, share, low, _)| (*share, *low)).collect();
        let places = percentile_among(&uppers, offer).zip(percentile_among(&lowers, offer));
        let Some((low, high)) = places else { return };
        let mut inputs = vec![("amount", "offer".to_owned())];
        inputs.extend(known.iter().map(|(name, ..)| (*name, format!("market.{name}"))));
        for (tail, place, formula) in
            [("low", low, "percentile_among_uppers"), ("high", high, "percentile_among_lowers")]
        {
            let label = format!("their offer in the market, {tail}est place");
            let figure =
                Figure::new(label, place.value, Unit::Share, formula).with_sense(sense(place.mark));
            self.put(&format!("offer.percentile.{tail}"), figure, &inputs);
        }
    }
}
