//! From a comparison to awards: what may be awarded to whom, and the best of it.

use super::award::{self, CheapestLines, Choice, NoAward};
use super::{Award, Comparison, State, Supplier};
use crate::brief::Finding;
use std::panic::resume_unwind;
use std::thread;

impl Comparison {
    /// What may be awarded in a scenario: lines and suppliers that count, in the currency of the
    /// comparison; goods and minimum of each supplier in its own, where a minimum that is reached
    /// exactly is reached. `None` where there is no such scenario.
    pub fn choice(&self, scenario: usize) -> Option<Choice> {
        let outcome = self.outcomes.get(scenario)?;
        let mut choice = Choice {
            fixed: self.suppliers.iter().map(|it| it.order_total.unwrap_or_default()).collect(),
            minimum: self.suppliers.iter().map(|it| it.terms.minimum_value).collect(),
            max_suppliers: self.basis.max_suppliers,
            ..Choice::default()
        };
        for row in outcome.cells.rows() {
            let cells = || row.iter().zip(&self.suppliers);
            let cost = cells().map(|(cell, it)| cell.counted().filter(|_| may_be_awarded(it)));
            choice.cost.push(cost.collect());
            let goods = row.iter().map(|cell| cell.cost.as_ref().map(|cost| cost.goods));
            choice.goods.push(goods.map(Option::unwrap_or_default).collect());
        }
        Some(choice)
    }

    /// The best award of a scenario to several suppliers.
    ///
    /// # Errors
    /// [`NoAward`] if there is none.
    pub fn best_award(&self, scenario: usize) -> Result<Award, NoAward> {
        award::best(&self.choice(scenario).ok_or(NoAward::Nothing)?)
    }

    /// Each line from whoever is cheapest for it, beside the best award of a scenario: why the
    /// cheapest lines are not the cheapest award. `None` without such an award.
    pub fn cheapest_lines(&self, scenario: usize) -> Option<CheapestLines> {
        let mixed = self.outcomes.get(scenario)?.mixed.as_ref()?;
        Some(award::cheapest_lines(&self.choice(scenario)?, mixed))
    }

    /// The same comparison with the best award of every scenario, and beside that what `judge` says,
    /// which looks at none of them.
    pub(super) fn with_awards(mut self, judge: fn(&Self) -> Vec<Finding>) -> Self {
        let (mixed, findings) = thread::scope(|scope| {
            let findings = scope.spawn(|| judge(&self));
            let mixed: Vec<_> = (0..self.outcomes.len()).map(|it| self.best_award(it)).collect();
            (mixed, findings.join().unwrap_or_else(|panic| resume_unwind(panic)))
        });
        for (outcome, mixed) in self.outcomes.iter_mut().zip(mixed) {
            outcome.no_award = mixed.as_ref().err().copied();
            outcome.mixed = mixed.ok();
        }
        self.findings = findings;
        self
    }
}

/// Whether an order of this supplier has a cost that is known.
pub(super) fn may_be_awarded(it: &Supplier) -> bool {
    it.state == State::Counts && it.order_total.is_some()
}
