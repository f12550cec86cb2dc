//! What a contingent term would gain where both sides forecast an event differently (A16).

use super::PlanFigures;
use crate::deal::{Event, slug};
use crate::figure::{Figure, Unit};

impl PlanFigures<'_> {
    pub(super) fn events(&mut self) {
        for event in self.deal.events.clone() {
            let base = format!("event.{}", slug(&event.name));
            self.event_given(&base, &event);
            let forecasts = event.ours.zip(event.theirs);
            let Some(((ours, theirs), stake)) = forecasts.zip(event.stake) else { continue };
            let gain = libm::fabs(ours - theirs) * crate::deal::as_f64(stake);
            let label =
                format!("{}: what a term that depends on it gains, both together", event.name);
            let figure = Figure::new(label, gain, self.lump(), "contingent_gain");
            let inputs = ["ours", "theirs", "stake"].map(|tail| (tail, format!("{base}.{tail}")));
            self.put(&format!("{base}.gain"), figure, &inputs);
        }
    }

    fn event_given(&mut self, base: &str, event: &Event) {
        let file = "stated in the deal file";
        for (tail, whose, chance) in
            [("ours", "our", event.ours), ("theirs", "their", event.theirs)]
        {
            let Some(chance) = chance else { continue };
            let label = format!("{}: {whose} forecast", event.name);
            self.figures
                .add(format!("{base}.{tail}"), Figure::assumed(label, chance, Unit::Share, file));
        }
        let (stake, cost) = (format!("{}: stake", event.name), format!("{}: drafting", event.name));
        self.given_money(&format!("{base}.stake"), &stake, event.stake, self.lump(), file);
        self.given_money(&format!("{base}.cost"), &cost, event.cost, self.lump(), file);
    }
}
