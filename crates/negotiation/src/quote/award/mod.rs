//! Who is awarded which line: the cheapest award over plain matrices, exact or with a proven gap.

mod bound;
mod coarse;
mod complete;
mod local;
mod problem;
mod search;

use haggle_quantity::{Amount, from_scaled};
use local::judged;
use problem::Problem;
use search::Found;
use std::fmt;

/// What can be bought from whom. Every amount is in one currency, except that `goods` and
/// `minimum` of a supplier may be in his own: they are compared with each other alone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Choice {
    /// By item, by supplier: what the line costs; `None`: not to be had there.
    pub cost: Vec<Vec<Option<Amount>>>,
    /// By item, by supplier: what the line counts towards the supplier's minimum.
    pub goods: Vec<Vec<Amount>>,
    /// By supplier: what an order costs beside its lines. Below zero it is a credit, and such an
    /// order must hold goods.
    pub fixed: Vec<Amount>,
    /// By supplier: least value of goods of an order.
    pub minimum: Vec<Option<Amount>>,
    /// Most suppliers that may be used.
    pub max_suppliers: Option<usize>,
}

impl Choice {
    /// The same choice without one supplier's lines.
    pub fn without(&self, supplier: usize) -> Self {
        self.only(|it| it != supplier)
    }

    /// The same choice with the lines of some suppliers alone.
    pub fn only(&self, keep: impl Fn(usize) -> bool) -> Self {
        let mut choice = self.clone();
        for row in &mut choice.cost {
            for (supplier, cell) in row.iter_mut().enumerate() {
                *cell = cell.filter(|_| keep(supplier));
            }
        }
        choice
    }

    /// The same choice over some items alone; the others have no line.
    pub fn over(&self, keep: impl Fn(usize) -> bool) -> Self {
        let mut choice = self.clone();
        for (item, row) in choice.cost.iter_mut().enumerate() {
            if !keep(item) {
                row.fill(None);
            }
        }
        choice
    }
}

/// An award: every item that anybody offers, from one supplier each.
#[derive(Debug, Clone, PartialEq)]
pub struct Award {
    /// By item: the supplier; `None` where nobody offers it.
    pub by_item: Vec<Option<usize>>,
    /// Suppliers used, rising.
    pub suppliers: Vec<usize>,
    /// Lines and orders together.
    pub total: Amount,
    /// No award is cheaper than this; equal to `total` where that is the optimum.
    pub bound: Amount,
}

/// Why there is no award.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAward {
    /// Nobody offers anything.
    Nothing,
    /// No award keeps within minimum values and the limit of suppliers: proven.
    Impossible,
    /// None was found, and that there is none was not proven.
    NotFound,
    /// Amounts add up to more than the arithmetic holds exactly (10^15).
    TooLarge,
}

impl fmt::Display for NoAward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "no supplier offers any line that can be awarded",
            Self::Impossible => {
                "no award covers every line within the minimum values and the limit of suppliers"
            }
            Self::NotFound => {
                "no award was found within the minimum values and the limit of suppliers, nor proof that there is none"
            }
            Self::TooLarge => "amounts add up to more than 10^15, which is not held exactly",
        })
    }
}

/// The cheapest award: branch and bound on Lagrangian bounds that are checked in whole numbers, so
/// that `bound` is proven. Where the search is cut short, `bound` says how far off it may be.
///
/// # Errors
/// [`NoAward`] if there is none.
pub fn best(choice: &Choice) -> Result<Award, NoAward> {
    let problem = Problem::new(choice)?;
    let found = found(&problem)?;
    let amount = |scaled| from_scaled(scaled).map_err(|_| NoAward::TooLarge);
    let (total, bound) = (amount(found.total)?, amount(found.bound)?);
    Ok(award(choice, &problem.spread(&found.by_item), total, bound))
}

/// Minimum values only make an award dearer: what is proven without them holds with them too, and
/// an award that reaches them anyway is the one.
fn found(problem: &Problem) -> Result<Found, NoAward> {
    let is_allowed =
        |found: &Found| judged(problem, &problem.view(&[]), found.by_item.clone()).faults == 0;
    match problem.without_minimum().map(|free| search::run(&free, None)) {
        None | Some(Err(NoAward::NotFound)) => search::run(problem, None),
        Some(Err(error)) => Err(error),
        Some(Ok(free)) if is_allowed(&free) => Ok(free),
        Some(Ok(free)) => search::run(problem, Some(&free)),
    }
}

fn award(choice: &Choice, by_item: &[Option<usize>], total: Amount, bound: Amount) -> Award {
    let mut suppliers: Vec<usize> = by_item.iter().flatten().copied().collect();
    suppliers.sort_unstable();
    suppliers.dedup();
    debug_assert!(by_item.len() == choice.cost.len());
    Award { by_item: by_item.to_vec(), suppliers, total, bound }
}

/// Each line from whoever is cheapest for it, and what that would be as an award.
#[derive(Debug, Clone, PartialEq)]
pub struct CheapestLines {
    /// By item: the supplier of the cheapest line, the first of equal ones.
    pub by_item: Vec<Option<usize>>,
    /// Sum of the lines.
    pub lines: Amount,
    /// What the orders of all suppliers so used cost beside the lines.
    pub orders: Amount,
    /// Suppliers used, more than the limit by this many.
    pub over_limit: usize,
    /// Suppliers whose minimum value is not reached: supplier, goods, minimum.
    pub short: Vec<(usize, Amount, Amount)>,
    /// Suppliers so used whom the award leaves out, with the reasons in figures.
    pub left_out: Vec<LeftOut>,
}

impl CheapestLines {
    /// What it would cost.
    pub fn total(&self) -> Amount {
        self.lines + self.orders
    }

    /// Whether it may be awarded as it stands.
    pub fn is_allowed(&self) -> bool {
        self.short.is_empty() && self.over_limit == 0
    }
}

/// A supplier of cheapest lines whom the award leaves out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeftOut {
    /// The supplier.
    pub supplier: usize,
    /// Lines for which he is cheapest.
    pub lines: usize,
    /// What the award pays more for these lines.
    pub dearer: Amount,
    /// What it does not pay for his order.
    pub order: Amount,
}

/// Each line from whoever is cheapest for it, beside an award: why the cheapest lines are not the
/// cheapest award, where that is so.
pub fn cheapest_lines(choice: &Choice, award: &Award) -> CheapestLines {
    let by_item: Vec<Option<usize>> = choice.cost.iter().map(|row| cheapest(row)).collect();
    let mut used: Vec<usize> = by_item.iter().flatten().copied().collect();
    used.sort_unstable();
    used.dedup();
    let sum = |pick: &dyn Fn(usize, usize) -> Amount| -> Amount {
        let taken = by_item.iter().enumerate();
        taken.filter_map(|(item, by)| by.map(|by| pick(item, by))).sum()
    };
    let cost = |item: usize, by: usize| choice.cost[item][by].unwrap_or_default();
    let short = used.iter().filter_map(|&one| {
        let goods = sum(&|item, by| if by == one { choice.goods[item][by] } else { Amount::ZERO });
        let minimum = choice.minimum[one].filter(|&minimum| goods < minimum)?;
        Some((one, goods, minimum))
    });
    let left_out = |&one: &usize| {
        let its = |item: &usize| by_item[*item] == Some(one);
        let more = |item: usize| Some(cost(item, award.by_item[item]?) - cost(item, one));
        LeftOut {
            supplier: one,
            lines: (0..by_item.len()).filter(its).count(),
            dearer: (0..by_item.len()).filter(its).filter_map(more).sum(),
            order: choice.fixed[one],
        }
    };
    CheapestLines {
        lines: sum(&cost),
        orders: used.iter().map(|&one| choice.fixed[one]).sum(),
        over_limit: choice.max_suppliers.map_or(0, |limit| used.len().saturating_sub(limit)),
        short: short.collect(),
        left_out: used.iter().filter(|it| !award.suppliers.contains(it)).map(left_out).collect(),
        by_item,
    }
}

fn cheapest(row: &[Option<Amount>]) -> Option<usize> {
    let offers = row.iter().enumerate().filter_map(|(by, cost)| cost.map(|cost| (cost, by)));
    offers.min().map(|(_, by)| by)
}
