//! What to find out, dearest first, and what its answer is worth to the plan (H1 to H4).

use super::position::belief_parameters;
use super::{Pair, PlanFigures, other_inputs};
use crate::bargain::{BeliefSource, Question as Learned, Unknown};
use crate::brief::Question;
use crate::deal::{Alternative, Side, slug};

/// What a brief asks.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// Worth asking, dearest first.
    pub(crate) questions: Vec<Question>,
    /// About them, and no answer changes the plan: for rapport, or not at all.
    pub(crate) rapport: Vec<String>,
}

impl PlanFigures<'_> {
    /// Sorted by worth times the chance of a true answer; the first few are asked.
    pub(super) fn questions(&mut self) -> Asked {
        let Some(information) = self.plan.information.clone() else { return Asked::default() };
        let known = self.plan_worth(information.plan_worth);
        let least = 1e-9 * libm::fabs(information.plan_worth).max(1e-300);
        let (mut worthy, idle): (Vec<Learned>, Vec<Learned>) =
            information.questions.into_iter().partition(|it| it.worth > least);
        worthy.sort_by(|one, two| self.score(two).total_cmp(&self.score(one)));
        worthy.truncate(self.settings.number("questions_max") as usize);
        let questions = worthy.iter().zip(1..).map(|(it, n)| self.ask(n, it, &known)).collect();
        let idle = idle.iter().filter(|it| about_them(it.unknown));
        Asked { questions, rapport: idle.map(|it| self.wording(it.unknown).0).collect() }
    }

    /// The worth of the plan as it is, and the inputs that every question shares.
    fn plan_worth(&mut self, worth: f64) -> Vec<Pair> {
        let mut inputs = self.triangle();
        inputs.extend([
            ("walk_away_neutral", "walk_away.neutral".to_owned()),
            ("offer", "offer".to_owned()),
        ]);
        let label = "worth of the plan without further answers";
        let figure = self.money(label, worth, "plan_worth");
        self.put("plan.worth", figure, &inputs);
        inputs.push(("plan_worth", "plan.worth".into()));
        inputs
    }

    fn score(&self, it: &Learned) -> f64 {
        let chance =
            if about_them(it.unknown) { self.settings.number("answer_chance") } else { 1.0 };
        chance * it.worth
    }

    fn ask(&mut self, number: usize, it: &Learned, known: &[Pair]) -> Question {
        let (text, follow_up) = self.wording(it.unknown);
        let id = format!("question.{number}.worth");
        let mut inputs = self.subject(it.unknown);
        let known = known.iter().map(|(name, id)| ((*name).to_owned(), id.clone()));
        inputs.extend(known);
        let formula = match it.unknown {
            Unknown::TheirChance(_) | Unknown::TheirAmount(_) => "information_worth_theirs",
            _ => "information_worth",
        };
        let figure = self.money(&format!("worth of knowing: {text}"), it.worth, formula);
        self.put(&id, figure, &inputs);
        let about_them = about_them(it.unknown);
        Question { text, worth: id, follow_up: follow_up.to_owned(), about_them }
    }

    /// The figures of the alternative that a question is about.
    fn subject(&mut self, unknown: Unknown) -> Vec<(String, String)> {
        let Some((prefix, it)) = self.alternative_of(unknown) else { return Vec::new() };
        let (own, name) = (slug(&it.name), it.name.clone());
        let mut inputs: Vec<(String, String)> = ["probability", "deal_price"]
            .map(|tail| (tail.to_owned(), format!("{prefix}.{own}.{tail}")))
            .to_vec();
        let all = if prefix == "alternative" {
            &self.deal.alternatives
        } else {
            &self.deal.counterpart.alternatives
        };
        inputs.extend(other_inputs(prefix, all, &name));
        if about_them(unknown) {
            inputs.push(("risk_tolerance".into(), "counterpart.risk_tolerance".into()));
            let belief = belief_parameters(BeliefSource::Alternatives).iter();
            let strata = matches!(unknown, Unknown::TheirAmount(_)).then_some("question_strata");
            for name in belief.copied().chain(strata) {
                let (name, id) = self.parameter(name);
                inputs.push((name.to_owned(), id));
            }
        }
        inputs
    }

    fn alternative_of(&self, unknown: Unknown) -> Option<(&'static str, &Alternative)> {
        let (ours, theirs) = (&self.deal.alternatives, &self.deal.counterpart.alternatives);
        match unknown {
            Unknown::TheirLimit => None,
            Unknown::ComesThrough(i) | Unknown::Amount(i) => Some(("alternative", ours.get(i)?)),
            Unknown::TheirChance(i) | Unknown::TheirAmount(i) => {
                Some(("counterpart.alternative", theirs.get(i)?))
            }
        }
    }

    /// The question and the open one behind it (E7).
    fn wording(&self, unknown: Unknown) -> (String, &'static str) {
        let name = self.alternative_of(unknown).map_or("", |(_, it)| it.name.as_str());
        match unknown {
            Unknown::TheirLimit => (
                "How far can they go? What limits them, and who decides?".to_owned(),
                "What would have to change for that limit to move?",
            ),
            Unknown::ComesThrough(_) => (
                format!("Will \"{name}\" come through? Get it signed, or get a no."),
                "What has to happen before it is signed, and by when?",
            ),
            Unknown::Amount(_) => (
                format!("What exactly is \"{name}\" worth? Get the number."),
                "What is in it besides the figure, and what does it leave out?",
            ),
            Unknown::TheirChance(_) => (
                format!("Do they have \"{name}\" for certain, or only perhaps?"),
                "What would they do if it fell through?",
            ),
            Unknown::TheirAmount(_) => {
                let verb = if self.deal.side == Side::Seller { "cost" } else { "bring" };
                let text = format!("How much would \"{name}\" {verb} them, all told?");
                (text, "What does it lack that this deal has?")
            }
        }
    }
}

fn about_them(unknown: Unknown) -> bool {
    !matches!(unknown, Unknown::ComesThrough(_) | Unknown::Amount(_))
}
