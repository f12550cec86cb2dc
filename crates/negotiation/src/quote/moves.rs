//! What changes if rate, freight or volume moves: where another supplier becomes the cheapest.

use super::choose::may_be_awarded;
use super::decimal::{over, sum, times};
use super::line::{self, Need};
use super::{Comparison, Leg, OrderKind, Ranking};
use haggle_quantity::{Amount, Currency};

/// What moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// The rate of a currency of quotes.
    Rate(Currency),
    /// Freight and main carriage, of every supplier.
    Freight,
    /// Every quantity.
    Volume,
}

/// Where the cheapest supplier of everything changes, if one thing moves and the rest stays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreakEven {
    /// What moves.
    pub moved: Moved,
    /// The cheapest as asked.
    pub from: usize,
    /// The cheapest beyond the point; `None` where the cheapest as asked has no price there.
    pub to: Option<usize>,
    /// Times what it is now: 1.08 is 8 % more.
    pub factor: Amount,
    /// The rate there, where a rate moves.
    pub rate: Option<Amount>,
    /// Whether the point follows from a straight line; else it was searched, to a millionth.
    pub exact: bool,
}

/// Between these factors of the quantities a change is looked for.
const VOLUMES: (f64, f64) = (0.25, 4.0);
/// Factors that are tried between the ends, evenly in proportion.
const STEPS: i32 = 32;
/// Line costs that a search over volumes may compute.
const LINES: usize = 400_000;

/// A total that grows evenly with what moves.
struct Straight {
    supplier: usize,
    fixed: Amount,
    moving: Amount,
}

impl Comparison {
    /// The nearest change above and below for each rate, for freight and for volume. Suppliers of
    /// the ranking whose every line is quoted take part.
    pub fn break_evens(&self, scenario: usize) -> Vec<BreakEven> {
        let whole = self.whole(scenario);
        let mut currencies: Vec<Currency> = Vec::new();
        for rate in whole.iter().filter_map(|it| self.rate(it.supplier)) {
            if !currencies.contains(&rate.0) {
                currencies.push(rate.0);
            }
        }
        let rates = currencies.into_iter().flat_map(|currency| {
            let parts = |it: &&Ranking| self.moved_by_rate(it, currency);
            self.straight(Moved::Rate(currency), whole.iter().map(|it| parts(&it)).collect())
        });
        let mut found: Vec<BreakEven> = rates.collect();
        let freight = whole.iter().map(|it| self.moved_by_freight(it, scenario)).collect();
        found.extend(self.straight(Moved::Freight, freight));
        found.extend(self.volumes(scenario, &whole));
        found
    }

    /// Whether a search over volumes is short enough to be made; else a `[[scenario]]` tells.
    pub fn searches_volumes(&self, scenario: usize) -> bool {
        self.volume_steps(self.complete(scenario).len()).is_some()
    }

    fn volume_steps(&self, suppliers: usize) -> Option<i32> {
        let lines = (suppliers * self.items.len()).max(1);
        (LINES / lines >= STEPS as usize).then_some(STEPS)
    }

    /// The ranking without those whose gaps are filled, by exact totals.
    fn whole(&self, scenario: usize) -> Vec<Ranking> {
        let Some(outcome) = self.outcomes.get(scenario) else { return Vec::new() };
        let ranking = outcome.ranking.iter().copied();
        let whole = ranking.filter(|it| outcome.totals[it.supplier].missing.is_empty());
        let mut whole: Vec<Ranking> = whole.collect();
        whole.sort_by_key(|it| it.total);
        whole
    }

    fn rate(&self, supplier: usize) -> Option<(Currency, Amount)> {
        let rate = self.suppliers.get(supplier)?.factors.as_ref()?.rate.as_ref()?;
        Some((rate.from, rate.rate))
    }

    /// All that is quoted in the currency moves; what we pay in our own does not.
    fn moved_by_rate(&self, it: &Ranking, currency: Currency) -> Option<Straight> {
        let supplier = it.supplier;
        if self.rate(supplier).is_none_or(|rate| rate.0 != currency) {
            return Some(Straight { supplier, fixed: it.total, moving: Amount::ZERO });
        }
        let own = self.suppliers[supplier].order.iter();
        let fixed = sum(own.filter(|cost| cost.currency != currency).map(|cost| cost.amount))?;
        Some(Straight { supplier, fixed, moving: it.total - fixed })
    }

    fn moved_by_freight(&self, it: &Ranking, scenario: usize) -> Option<Straight> {
        let supplier = &self.suppliers[it.supplier];
        let moves = [OrderKind::Freight, OrderKind::Leg(Leg::MainCarriage)];
        let order = supplier.order.iter().filter(|cost| moves.contains(&cost.kind));
        let order = sum(order.map(|cost| cost.amount))?;
        let legs = (0..self.items.len()).filter_map(|item| {
            let cell = self.cell(scenario, item, it.supplier)?;
            cell.counted()?;
            Some(cell.cost.as_ref()?.legs)
        });
        let carried = times(sum(legs)?, supplier.factors.as_ref()?.share_of(Leg::MainCarriage)?)?;
        let moving = order.checked_add(carried)?;
        Some(Straight { supplier: it.supplier, fixed: it.total - moving, moving })
    }

    /// Where straight lines cross that of the first, nearest to today on either side.
    fn straight(&self, moved: Moved, lines: Vec<Option<Straight>>) -> Vec<BreakEven> {
        let Some(lines) = lines.into_iter().collect::<Option<Vec<_>>>() else { return Vec::new() };
        let Some((first, others)) = lines.split_first() else { return Vec::new() };
        let crossings = || {
            others.iter().filter_map(|other| {
                let slope = first.moving - other.moving;
                let factor = over(other.fixed - first.fixed, slope)?;
                // Equal only where it costs nothing at all is no crossing.
                (factor > Amount::ZERO).then_some((factor, slope, other))
            })
        };
        // Going up, whoever rises more slowly than the first overtakes it; going down the others do.
        let up = crossings().filter(|(at, slope, _)| *at >= Amount::ONE && *slope > Amount::ZERO);
        let down = crossings().filter(|(at, slope, _)| *at < Amount::ONE && *slope < Amount::ZERO);
        let nearest = [up.min_by_key(|(at, ..)| *at), down.max_by_key(|(at, ..)| *at)];
        let point = |(factor, _, other): (Amount, Amount, &Straight)| BreakEven {
            moved,
            from: first.supplier,
            to: Some(other.supplier),
            factor,
            rate: self.rate_at(moved, factor),
            exact: true,
        };
        nearest.into_iter().flatten().map(point).collect()
    }

    fn rate_at(&self, moved: Moved, factor: Amount) -> Option<Amount> {
        let Moved::Rate(currency) = moved else { return None };
        let rates = (0..self.suppliers.len()).filter_map(|it| self.rate(it));
        let (_, rate) = rates.into_iter().find(|(from, _)| *from == currency)?;
        times(rate, factor)
    }

    /// The nearest volumes at which another supplier is cheapest. Whoever misses its minimum order
    /// today takes part as well: at another volume it may reach it.
    fn volumes(&self, scenario: usize, whole: &[Ranking]) -> Vec<BreakEven> {
        let all = self.complete(scenario);
        let Some((steps, first)) = self.volume_steps(all.len()).zip(whole.first()) else {
            return Vec::new();
        };
        let race = Race { comparison: self, scenario, first: first.supplier, all };
        let at = |step: i32, end: f64| libm::pow(end, f64::from(step) / f64::from(steps));
        let point = |end: f64| {
            let mut near = 1.0;
            for far in (1..=steps).map(|step| at(step, end)) {
                if race.cheapest(far)? != Some(race.first) {
                    return race.narrowed((near, far));
                }
                near = far;
            }
            None
        };
        [VOLUMES.1, VOLUMES.0].into_iter().filter_map(point).collect()
    }

    /// Suppliers that can be awarded and quote every line in scope.
    fn complete(&self, scenario: usize) -> Vec<usize> {
        let Some(outcome) = self.outcomes.get(scenario) else { return Vec::new() };
        let whole = |at: &usize| {
            may_be_awarded(&self.suppliers[*at])
                && outcome.totals[*at].missing.is_empty()
                && outcome.totals[*at].quoted > 0
        };
        (0..self.suppliers.len()).filter(whole).collect()
    }

    /// What a supplier of everything costs with every quantity times a factor; `None` where a line
    /// has no price then or its minimum order is not reached.
    pub fn total_at(&self, scenario: usize, supplier: usize, by: Amount) -> Option<Amount> {
        let outcome = self.outcomes.get(scenario)?;
        let own = self.suppliers.get(supplier)?;
        let (factors, holding) = (own.factors.as_ref()?, self.basis.holding_rate);
        let items = (0..self.items.len()).filter(|item| outcome.in_scope[*item]);
        let cost = |item: usize| {
            let quantity = times(outcome.quantities[item]?, by)?;
            line::cost(self.quoted(item, supplier)?, Need { quantity, factors, holding }).ok()
        };
        let lines = items.map(cost).collect::<Option<Vec<_>>>()?;
        let goods = sum(lines.iter().map(|it| it.goods))?;
        let reached = own.terms.minimum_value.is_none_or(|least| goods >= least);
        sum(lines.iter().map(|it| it.line))?.checked_add(own.order_total?).filter(|_| reached)
    }
}

/// Who is cheapest while every quantity moves.
struct Race<'a> {
    comparison: &'a Comparison,
    scenario: usize,
    /// The cheapest as asked.
    first: usize,
    /// Everybody who takes part.
    all: Vec<usize>,
}

impl Race<'_> {
    fn total(&self, supplier: usize, by: Amount) -> Option<Amount> {
        self.comparison.total_at(self.scenario, supplier, by)
    }

    /// Who is cheapest with every quantity times a factor; nobody where the first has no price then:
    /// what it would cost is not known, and nobody is cheaper than that.
    fn cheapest(&self, by: f64) -> Option<Option<usize>> {
        let by = factor(by)?;
        if self.total(self.first, by).is_none() {
            return Some(None);
        }
        let known = self.all.iter().filter_map(|it| Some((self.total(*it, by)?, *it)));
        // Equal totals change nothing.
        let least = known.min_by_key(|(total, it)| (*total, *it != self.first));
        Some(least.map(|(_, it)| it))
    }

    /// Halves the distance between a volume at which the first is cheapest and one at which it is
    /// not, to a millionth.
    fn narrowed(&self, (mut near, mut far): (f64, f64)) -> Option<BreakEven> {
        while libm::fabs(far - near) > 1e-6 {
            let middle = (near + far) / 2.0;
            match self.cheapest(middle)? == Some(self.first) {
                true => near = middle,
                false => far = middle,
            }
        }
        let (from, to, factor) = (self.first, self.cheapest(far)?, factor(far)?);
        Some(BreakEven { moved: Moved::Volume, from, to, factor, rate: None, exact: false })
    }
}

/// Nine digits after the point are more than enough for a factor.
fn factor(by: f64) -> Option<Amount> {
    super::decimal::written(by).map(|it| it.round_dp(9))
}
