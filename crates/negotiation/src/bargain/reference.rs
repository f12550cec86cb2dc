//! References beside the plan: band, single offer, their offer, worth of questions (section 8).

use super::belief::{BeliefSource, Sources};
use super::ground::Ground;
use super::input::Role;
use super::mark::{Mark, Marked};
use super::opening::Opening;
use super::reservation::{
    AlternativeFigures, Prospect, ReservationSource, neutral, neutral_by_amount,
};
use super::target::Target;
use super::triangle::Triangle;

/// Where bargaining theory would settle, in price (A8 to A10).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settlement {
    /// Expected size of the zone beyond R, `mrl(R)`, a difference.
    pub residual: f64,
    /// `R + power * mrl(R)`: alternatives are income while there is no deal.
    pub split_difference: Marked,
    /// The settlement without alternatives `I`; absent without a market and statements.
    pub impasse: Option<Marked>,
    /// `I` held between R and `R + mrl(R)`: alternatives are exits.
    pub deal_me_out: Option<Marked>,
    /// The role that all my alternatives share, if they state one: it picks the end of the band.
    pub role: Option<Role>,
}

/// The best single, final offer from R (A21), in price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OneOffer {
    /// The price.
    pub value: f64,
    /// Chance that they accept it.
    pub acceptance: f64,
}

/// What their offer on the table changes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offer {
    /// Their offer, in price.
    pub value: f64,
    /// It is at or beyond R: accepting it is the fallback (S5.15).
    pub acceptable: bool,
    /// `(T - X) S(T)`: what a counter gains; only if acceptable.
    pub counter_gain: Option<f64>,
    /// A counter pays only while the chance that the offer is withdrawn stays below this.
    pub withdrawal_break_even: Option<f64>,
}

/// The best action of the risk-neutral plan (H4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Take the alternatives.
    Walk,
    /// Accept their offer.
    Accept,
    /// Name one price.
    OnePrice,
}

/// Something that could be learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// Their limit.
    TheirLimit,
    /// Whether my alternative of this number comes through.
    ComesThrough(usize),
    /// The amount of my alternative of this number.
    Amount(usize),
    /// Whether their alternative of this number comes through.
    TheirChance(usize),
    /// The amount of their alternative of this number.
    TheirAmount(usize),
}

/// What learning something is worth (H1 to H3), in price units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Question {
    /// What would be learned.
    pub unknown: Unknown,
    /// Expected worth of the plan once it is known.
    pub informed: f64,
    /// Worth if the alternative comes through and if it does not; for those questions only.
    pub if_yes_no: Option<[f64; 2]>,
    /// Worth of the present plan kept whatever the answer: `plan_worth`, but for what they could
    /// tell of their alternatives, where the belief is made again for each answer.
    pub kept: f64,
    /// `informed` less `kept`, at least 0.
    pub worth: f64,
}

/// The worth of the plan and of every question, risk-neutral.
#[derive(Clone, Debug, PartialEq)]
pub struct Information {
    /// `G(R_neutral)`.
    pub plan_worth: f64,
    /// What reaches it.
    pub action: Action,
    /// In the order limit, coming through, amounts, then the same of theirs.
    pub questions: Vec<Question>,
}

impl Settlement {
    pub(crate) fn priced(mut self, sign: f64) -> Settlement {
        self.split_difference = self.split_difference.priced(sign);
        self.impasse = self.impasse.map(|it| it.priced(sign));
        self.deal_me_out = self.deal_me_out.map(|it| it.priced(sign));
        self
    }
}

/// The band, in my value, never before R and never worse than their offer.
pub(crate) fn settlement(ground: &Ground) -> Option<Settlement> {
    let (belief, r) = (ground.open()?, ground.walk_away()?);
    let mark = ground.belief.map_or(Mark::Exact, |it| it.mark);
    let residual = belief.residual(r);
    let floor = Marked::exact(ground.offer.map_or(r, |offer| offer.max(r)));
    let far = Marked { value: r + residual, mark };
    let impasse = impasse(ground);
    let held = |it: Marked| it.min(far).max(floor);
    Some(Settlement {
        residual,
        split_difference: Marked { value: r + ground.power * residual, mark }.max(floor),
        impasse,
        deal_me_out: impasse.map(held),
        role: shared_role(ground),
    })
}

fn impasse(ground: &Ground) -> Option<Marked> {
    let inputs = ground.inputs;
    let stated = inputs.us.while_no_deal.zip(inputs.counterpart.party.while_no_deal);
    let between = |(mine, theirs): (f64, f64)| {
        Marked::exact(ground.sign * (mine + ground.power * (theirs - mine)))
    };
    stated.map(between).or_else(|| ground.market.as_ref().map(|it| it.median))
}

fn shared_role(ground: &Ground) -> Option<Role> {
    let role = ground.mine.first()?.role?;
    ground.mine.iter().all(|it| it.role == Some(role)).then_some(role)
}

/// A21 from R; absent without R or a zone.
pub(crate) fn one_offer(ground: &Ground) -> Option<OneOffer> {
    let (belief, r) = (ground.open()?, ground.walk_away()?);
    let value = belief.best_offer(r);
    Some(OneOffer { value, acceptance: belief.survival(value) })
}

/// The midpoint of opening and counter (C11).
pub(crate) fn split_mid(opening: Option<&Opening>) -> Option<Marked> {
    let opening = opening?;
    Some(opening.value.plus(opening.counter?.value).times(0.5))
}

/// Gain and break-even of a counter to their offer (section 7.3).
pub(crate) fn offer(ground: &Ground, target: Option<&Target>) -> Option<Offer> {
    let value = ground.offer?;
    let reservation = ground.reservation;
    let acceptable = reservation.is_some_and(|r| value >= r.value);
    let price = target.filter(|_| acceptable).map(|it| it.value.value);
    let gain = price.zip(ground.open()).map(|(t, belief)| (t - value) * belief.survival(t));
    let loss = reservation.map(|r| value - r.neutral);
    let withdrawal_break_even = gain.zip(loss).and_then(|(gain, loss)| break_even(gain, loss));
    Some(Offer { value, acceptable, counter_gain: gain, withdrawal_break_even })
}

/// A chance: where losing the offer costs nothing, a counter pays at every chance.
fn break_even(gain: f64, loss: f64) -> Option<f64> {
    match (gain, loss) {
        (gain, loss) if gain + loss == 0.0 && loss == 0.0 => None,
        (_, loss) if loss <= 0.0 => Some(1.0),
        (gain, loss) => Some(gain / (gain + loss)),
    }
}

/// What they could tell of their alternatives, where the belief rests on them (H2): for every
/// answer the belief is made again, as if the deal said so, and the best plan is measured against
/// the present one. So the worth is never negative, and 0 where no answer changes the plan.
fn about_theirs(ground: &Ground, worth: &Worth, r: f64) -> Vec<Question> {
    let rests = ground.belief.is_some_and(|it| it.source == BeliefSource::Alternatives);
    let theirs = ground.theirs.iter().enumerate().filter(|_| rests);
    let (chances, amounts): (Vec<_>, Vec<_>) = theirs
        .map(|(i, it)| {
            (their_chance(ground, worth, r, i, it), their_amount(ground, worth, r, i, it))
        })
        .unzip();
    chances.into_iter().chain(amounts).flatten().collect()
}

fn their_chance(
    ground: &Ground,
    worth: &Worth,
    r: f64,
    i: usize,
    it: &AlternativeFigures,
) -> Option<Question> {
    let p = it.probability;
    if p <= 0.0 || p >= 1.0 {
        return None;
    }
    let given = |probability| answered(ground, i, AlternativeFigures { probability, ..*it });
    let answers = [(p, given(1.0)?), (1.0 - p, given(0.0)?)];
    let mut asked = worth.learned(Unknown::TheirChance(i), r, &answers);
    asked.if_yes_no = Some([answers[0].1.at(r), answers[1].1.at(r)]);
    Some(asked)
}

fn their_amount(
    ground: &Ground,
    worth: &Worth,
    r: f64,
    i: usize,
    it: &AlternativeFigures,
) -> Option<Question> {
    if it.deal_price.is_point() || it.probability <= 0.0 {
        return None;
    }
    let values = it.deal_price.atoms(ground.params.question_strata);
    let share = 1.0 / values.len() as f64;
    let told = |value: f64| {
        let told = AlternativeFigures { deal_price: Triangle::point(value), ..*it };
        Some((share, answered(ground, i, told)?))
    };
    let answers: Option<Vec<(f64, Worth)>> = values.into_iter().map(told).collect();
    Some(worth.learned(Unknown::TheirAmount(i), r, &answers?))
}

/// The worth of plans once one of their alternatives is known to be as said.
fn answered(ground: &Ground, i: usize, told: AlternativeFigures) -> Option<Worth> {
    let mut theirs = ground.theirs.clone();
    *theirs.get_mut(i)? = told;
    let market = ground.curve.as_ref().zip(ground.market.as_ref());
    let sources = Sources { inputs: ground.inputs, params: ground.params, theirs: &theirs, market };
    Some(Worth { belief: sources.belief().0?.triangle, offer: ground.offer })
}

/// `G(r)`: the best of walking, accepting and one price, over walking.
struct Worth {
    belief: Triangle,
    offer: Option<f64>,
}

impl Worth {
    fn at(&self, r: f64) -> f64 {
        self.best(r).0
    }

    /// The best single price from `r`; `r` itself where none can gain.
    fn price(&self, r: f64) -> f64 {
        if r < self.belief.upper { self.belief.best_offer(r) } else { r }
    }

    /// What an action with its price gains over walking.
    fn of(&self, r: f64, action: Action, price: f64) -> f64 {
        match action {
            Action::Walk => 0.0,
            Action::Accept => self.offer.map_or(0.0, |offer| offer - r),
            Action::OnePrice => (price - r) * self.belief.survival(price),
        }
    }

    /// What answers are worth, each with its chance, over the present plan kept.
    fn learned(&self, unknown: Unknown, r: f64, answers: &[(f64, Worth)]) -> Question {
        let (action, price) = (self.best(r).1, self.price(r));
        let informed = answers.iter().map(|(share, it)| share * it.at(r)).sum::<f64>();
        let kept = answers.iter().map(|(share, it)| share * it.of(r, action, price)).sum();
        question(unknown, informed, None, kept)
    }

    fn best(&self, r: f64) -> (f64, Action) {
        let accept = self.of(r, Action::Accept, r);
        let one_price = self.of(r, Action::OnePrice, self.price(r));
        let options = [(accept, Action::Accept), (one_price, Action::OnePrice)];
        let better = |best: (f64, Action), it: (f64, Action)| if it.0 > best.0 { it } else { best };
        options.into_iter().fold((0.0, Action::Walk), better)
    }
}

/// Section 8, value of information; absent without R or a belief.
pub(crate) fn information(ground: &Ground) -> Option<Information> {
    let (r, belief) = (ground.reservation?, ground.believed()?);
    let worth = Worth { belief, offer: ground.offer };
    let (plan_worth, action) = worth.best(r.neutral);
    let mut questions =
        vec![question(Unknown::TheirLimit, belief.excess(r.neutral), None, plan_worth)];
    if r.source == ReservationSource::Alternatives {
        questions.extend(chances(ground, &worth, plan_worth));
        questions.extend(amounts(ground, &worth, plan_worth));
    }
    questions.extend(about_theirs(ground, &worth, r.neutral));
    Some(Information { plan_worth, action, questions })
}

fn question(unknown: Unknown, informed: f64, if_yes_no: Option<[f64; 2]>, kept: f64) -> Question {
    Question { unknown, informed, if_yes_no, kept, worth: f64::max(0.0, informed - kept) }
}

fn chances(ground: &Ground, worth: &Worth, plan: f64) -> Vec<Question> {
    let ask = |(i, it): (usize, &Prospect)| {
        let p = it.probability;
        let given = |chance: f64| {
            let mut known = ground.prospects.clone();
            known[i].probability = chance;
            worth.at(neutral(&known, ground.params))
        };
        let [yes, no] = [given(1.0), given(0.0)];
        let informed = p * yes + (1.0 - p) * no;
        question(Unknown::ComesThrough(i), informed, Some([yes, no]), plan)
    };
    let open = |it: &Prospect| it.probability > 0.0 && it.probability < 1.0;
    numbered(ground, open).map(ask).collect()
}

fn amounts(ground: &Ground, worth: &Worth, plan: f64) -> Vec<Question> {
    let ask = |(i, _): (usize, &Prospect)| {
        let learned = neutral_by_amount(&ground.prospects, i, ground.params);
        let informed = learned.iter().map(|r| worth.at(*r)).sum::<f64>() / learned.len() as f64;
        question(Unknown::Amount(i), informed, None, plan)
    };
    numbered(ground, |it| !it.value.is_point()).map(ask).collect()
}

fn numbered<'a>(
    ground: &'a Ground,
    keep: impl Fn(&Prospect) -> bool + 'a,
) -> impl Iterator<Item = (usize, &'a Prospect)> {
    ground.prospects.iter().enumerate().filter(move |(_, it)| keep(it))
}
