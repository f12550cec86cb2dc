//! Which alternative to develop next, what moves the walk-away, and what one more quote saves.

use super::{Pair, PlanFigures, ordered, other_inputs};
use crate::bargain::{Development, Swing, Unknown};
use crate::deal::{Side, slug};
use crate::figure::{Figure, Unit};

impl PlanFigures<'_> {
    pub(super) fn develop(&mut self) {
        for swing in self.plan.swings.clone() {
            self.swing(swing);
        }
        let Some(search) = self.plan.search.clone() else { return };
        for open in search.open {
            self.index_of(open);
        }
    }

    /// Stem of an alternative's figure ids, and its name.
    fn own(&self, i: usize) -> Option<(String, String)> {
        let it = self.deal.alternatives.get(i)?;
        Some((format!("alternative.{}", slug(&it.name)), it.name.clone()))
    }

    /// How far the walk-away moves between both ends of one input.
    fn swing(&mut self, it: Swing) {
        let (i, what, why) = match it.unknown {
            Unknown::ComesThrough(i) => (i, "probability", "probability_halfwidth"),
            Unknown::Amount(i) => (i, "amount", "belief_tail"),
            _ => return,
        };
        let Some((base, name)) = self.own(i) else { return };
        let (low, high) = ordered(it.worse, it.better);
        let label = format!("{name}: how far its {what} moves the walk-away");
        let figure = self.money(&label, high - low, "swing");
        let mut inputs: Vec<(String, String)> = [
            ("walk_away", "walk_away".to_owned()),
            ("probability", format!("{base}.probability")),
            ("deal_price", format!("{base}.deal_price")),
            ("risk_tolerance", "us.risk_tolerance".to_owned()),
            self.parameter(why),
        ]
        .map(|(name, id)| (name.to_owned(), id))
        .to_vec();
        inputs.extend(other_inputs("alternative", &self.deal.alternatives, &name));
        self.put(&format!("{base}.{what}.swing"), figure, &inputs);
    }

    /// What the best in hand must beat before this one is not worth looking into (A5).
    fn index_of(&mut self, it: Development) {
        let Some((base, name)) = self.own(it.alternative) else { return };
        let label = format!("{name}: worth looking into while what is certain is worse than");
        let figure = self.money(&label, it.index, "weitzman_index");
        let stated = format!("{base}.develop_cost");
        let mut inputs: Vec<Pair> = vec![
            ("probability", format!("{base}.probability")),
            ("deal_price", format!("{base}.deal_price")),
        ];
        if self.figures.has(&stated) {
            inputs.extend([("develop_cost", stated), ("units", "units".to_owned())]);
        } else {
            inputs.push(self.parameter("develop_cost"));
            inputs.push(("walk_away", "walk_away".to_owned()));
        }
        self.put(&format!("{base}.index"), figure, &inputs);
    }

    /// What a buyer saves by one more quote: quotes scatter as those of the tender do, else as the
    /// market does (G10).
    pub(super) fn next_quote(&mut self) {
        let rivals = self.deal.rivals.as_ref();
        let asked = self.deal.us.quote_cost.is_some() || rivals.is_some();
        let buyer = self.deal.side == Side::Buyer && asked;
        let live = self.deal.alternatives.iter().filter(|it| it.probability > 0.0).count();
        let counted = live + usize::from(self.deal.offer.is_some());
        let quotes = rivals.map_or(counted, |it| it.quotes);
        let cap = self.settings.number("quote_cap");
        let next = LOWEST.get(quotes).filter(|_| buyer && (quotes as f64) < cap);
        let last = quotes.checked_sub(1).and_then(|last| LOWEST.get(last));
        let value = |id: &str| self.figures.get(id).map(|figure| figure.value);
        let quartiles = value("market.p75").zip(value("market.p25"));
        let (spread, formula, from) = match rivals {
            Some(_) => (value("quote.spread").map(|it| (it, 1.0)), "next_quote_of_quotes", SPREAD),
            None => {
                let apart = quartiles.map(|(high, low)| (high - low, QUARTILES_APART));
                (apart, "next_quote", QUARTILES)
            }
        };
        let (Some((next, last)), Some((spread, per))) = (next.zip(last), spread) else { return };
        let saving = (next - last) * spread / per * self.plan.units;
        let why = match rivals {
            Some(_) => "comparable quotes for the same lines",
            None => "alternatives that may come through, and their offer",
        };
        let count = Figure::assumed("quotes in hand", quotes as f64, Unit::Count, why);
        self.figures.add("quote.count", count);
        let label = "what one more quote is expected to save";
        let figure = Figure::new(label, saving, self.lump(), formula);
        let inputs = [("quotes", "quote.count"), ("units", "units")].iter().chain(from);
        let mut inputs: Vec<Pair> = inputs.map(|(name, id)| (*name, (*id).to_owned())).collect();
        inputs.push(self.parameter("quote_cap"));
        self.put("quote.saving", figure, &inputs);
    }
}

/// Expected distance of the lowest of 1 to 10 normal draws below their mean, in deviations (G10).
const LOWEST: [f64; 10] = [0.0, 0.564, 0.846, 1.029, 1.163, 1.267, 1.352, 1.424, 1.485, 1.539];

/// What tells how quotes scatter: those of a tender themselves.
const SPREAD: &[(&str, &str)] = &[("spread", "quote.spread")];
/// And where there are none, the market.
const QUARTILES: &[(&str, &str)] = &[("p25", "market.p25"), ("p75", "market.p75")];

/// Distance between the quartiles of a normal distribution, in deviations.
const QUARTILES_APART: f64 = 1.34898;
