//! What stands beside a price, in units of the price (F16), and what this deal has of it more than
//! an alternative.

use crate::bargain::Inputs;
use crate::deal::{Alternative, Deal, Part, as_f64};
use crate::parameter::Settings;

/// By what parts are valued.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// Price units over which money that comes once is spread.
    pub(super) units: f64,
    /// Yearly discount rate.
    pub(super) rate: f64,
    /// Share that an illiquid part loses.
    pub(super) illiquidity: f64,
}

impl Terms {
    pub(super) fn new(deal: &Deal, settings: &Settings, units: f64) -> Self {
        let rate = deal.us.discount_rate.unwrap_or_else(|| settings.number("discount_rate"));
        Self { units, rate, illiquidity: settings.number("illiquidity") }
    }

    /// What a part is worth to us, in units of the price.
    pub(super) fn worth(&self, part: &Part) -> f64 {
        let kept = if part.illiquid { 1.0 - self.illiquidity } else { 1.0 };
        let later = libm::pow(1.0 + self.rate, part.days / 365.0);
        let spread = if part.once { self.units } else { 1.0 };
        as_f64(part.amount) * part.probability * kept / later / spread
    }

    pub(super) fn sum(&self, parts: &[Part]) -> f64 {
        parts.iter().map(|part| self.worth(part)).sum()
    }

    /// What of an alternative's parts does not come because it starts late: of those that run with
    /// the price, the share of the term that is lost.
    pub(super) fn lost(&self, alternative: &Alternative, inputs: &Inputs) -> f64 {
        let running = alternative.parts.iter().filter(|part| !part.once);
        let worth: f64 = running.map(|part| self.worth(part)).sum();
        worth * inputs.waiting_share(alternative.delay_days)
    }

    /// What this deal brings beside its price more than each of our alternatives.
    fn differences(&self, deal: &Deal, inputs: &Inputs) -> Vec<f64> {
        let ours = self.sum(&deal.parts);
        let beyond = |it: &Alternative| ours - self.sum(&it.parts) + self.lost(it, inputs);
        deal.alternatives.iter().map(beyond).collect()
    }
}

/// Adds what the parts differ by to the advantages of this deal.
pub(super) fn add(deal: &Deal, settings: &Settings, inputs: &mut Inputs) {
    let by = Terms::new(deal, settings, inputs.units()).differences(deal, inputs);
    shift(inputs, &by);
}

/// The same inputs with another illiquidity of the parts.
pub(super) fn with_illiquidity(
    deal: &Deal,
    settings: &Settings,
    inputs: &Inputs,
    illiquidity: f64,
) -> Inputs {
    let terms = Terms::new(deal, settings, inputs.units());
    let (now, then) =
        (terms.differences(deal, inputs), Terms { illiquidity, ..terms }.differences(deal, inputs));
    let mut moved = inputs.clone();
    shift(&mut moved, &then.iter().zip(&now).map(|(b, a)| b - a).collect::<Vec<_>>());
    moved
}

fn shift(inputs: &mut Inputs, by: &[f64]) {
    for (alternative, by) in inputs.us.alternatives.iter_mut().zip(by) {
        alternative.advantage += by;
    }
}
