//! References beside the plan: settlements, final offer, their offer.

use super::{Pair, PlanFigures};
use crate::bargain::{CounterFrom, Marked, Printed};
use crate::figure::{Figure, Unit};

impl PlanFigures<'_> {
    pub(super) fn references(&mut self) {
        let walk = ("walk_away", "walk_away".to_owned());
        let mut with_walk = self.triangle();
        with_walk.push(walk.clone());
        if let Some(s) = self.plan.settlement {
            let mut inputs = with_walk.clone();
            inputs.extend([("power", "power".to_owned()), ("offer", "offer".to_owned())]);
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
            self.split(mid);
        }
        if let Some(one) = self.plan.one_offer {
            let mut figure = self.money("best single, final offer", one.value, "best_final_offer");
            figure.printed = self.printed_offer(one.value).map(|p| p.to_string());
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

    /// The nearest step in my value, and never worse than the walk-away as it is printed.
    fn printed_offer(&self, value: f64) -> Option<Printed> {
        let sign = self.plan.side.sign();
        let own = self.plan.printed.unit?.nearest(sign * value)?;
        let least = self.plan.printed.reservation.map(|it| it.priced(sign));
        let worse = |least: &Printed| own.compare(*least) == std::cmp::Ordering::Less;
        Some(least.filter(worse).unwrap_or(own).priced(sign))
    }

    /// The midpoint, and as it is spoken: that of the printed anchor, which is what they hear.
    fn split(&mut self, mid: Marked) {
        let Some(counter) = self.plan.opening.and_then(|it| it.counter) else { return };
        let mut figure = self.marked("midpoint of anchor and their figure", mid, "split_midpoint");
        let theirs = match counter.from {
            CounterFrom::Target => self.plan.printed.target.map(|it| it.to_string()),
            CounterFrom::Offer | CounterFrom::FirstOffer => Some(counter.stated.to_string()),
        };
        let anchor = self.plan.printed.opening.map(|it| it.to_string());
        figure.printed = anchor.zip(theirs).and_then(|(anchor, theirs)| middle(&anchor, &theirs));
        let stated = if self.deal.offer.is_some() { "offer" } else { "counterpart.first_offer" };
        let mut inputs = vec![("anchor", "anchor".to_owned()), ("their_figure", stated.to_owned())];
        if counter.from == CounterFrom::Target {
            inputs.push(("target", "target".to_owned()));
        }
        self.put("split_midpoint", figure, &inputs);
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
}

/// The middle of two amounts as they are written, in as many digits as it needs.
fn middle(one: &str, two: &str) -> Option<String> {
    let digits = |text: &str| text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let places = digits(one).max(digits(two)) + 1;
    let (a, b) = (one.parse::<f64>().ok()?, two.parse::<f64>().ok()?);
    let text = format!("{:.places$}", (a + b) / 2.0);
    Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
}

#[cfg(test)]
mod tests {
    use super::middle;

    #[test]
    fn a_middle_is_exact_in_its_digits() {
        for (one, two, expected) in [
            ("159000", "128000", "143500"),
            ("0.1", "0.2", "0.15"),
            ("58", "44.5", "51.25"),
            ("3", "5", "4"),
            ("10", "30", "20"),
        ] {
            assert_eq!(middle(one, two).as_deref(), Some(expected));
        }
        assert_eq!(middle("1", "n/a"), None);
    }
}
