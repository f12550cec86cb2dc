//! What other quotes make of a deal with one vendor, as figures.

use super::PlanFigures;
use crate::figure::{Figure, Unit};

impl PlanFigures<'_> {
    pub(super) fn rivals(&mut self) {
        let Some(rivals) = &self.deal.rivals else { return };
        let counts = [
            ("quote.alone", "items that nobody else can deliver", rivals.alone.len()),
            (
                "quote.set_aside",
                "stated alternatives that are of more than these lines",
                rivals.set_aside.len(),
            ),
            ("quote.open", "questions before figures are compared further", rivals.open.len()),
        ];
        for (id, label, n) in counts {
            let why = "of the comparison of quotes";
            self.figures.add(id, Figure::assumed(label, n as f64, Unit::Count, why));
        }
        for reference in &rivals.references {
            let id = format!("quote.reference.{}", reference.kind.as_str());
            let label = reference.kind.words();
            self.given_money(&id, label, reference.amount, self.money.clone(), &reference.basis);
        }
        if let Some(spread) = rivals.spread {
            let why = "sample deviation of the comparable totals";
            let figure = Figure::assumed("how quotes scatter", spread, self.money.clone(), why);
            self.figures.add("quote.spread", figure);
        }
    }
}
