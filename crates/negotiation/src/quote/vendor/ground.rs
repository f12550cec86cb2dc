//! What is negotiated with a vendor, what it asks for it, and the next best award.

use super::NegotiateError;
use crate::brief::Brief;
use crate::deal::as_f64;
use crate::quote::award::{self, Award, Choice};
use crate::quote::choose::may_be_awarded;
use crate::quote::decimal::sum;
use crate::quote::{Comparison, Cost, OrderKind, State, Supplier};
use haggle_quantity::{Amount, Currency};

/// The next best award of the lines, without the vendor.
#[derive(Debug, Clone, PartialEq)]
pub struct Backup {
    /// Who delivers what.
    pub award: Award,
    /// Names of its suppliers.
    pub suppliers: Vec<String>,
    /// What of its total is the cost of switching.
    pub switching: Amount,
}

/// The lines of a negotiation in figures.
pub(super) struct Ground<'a> {
    pub(super) comparison: &'a Comparison,
    pub(super) supplier: usize,
    pub(super) lines: Vec<usize>,
    pub(super) alone: Vec<usize>,
    /// Line costs of the vendor, summed.
    pub(super) goods: Amount,
    pub(super) order: Amount,
    pub(super) offer: Amount,
    pub(super) backup: Result<Backup, String>,
    /// Others who can deliver every line, with their totals, cheapest first.
    pub(super) others: Vec<(usize, Amount)>,
}

impl<'a> Ground<'a> {
    pub(super) fn new(comparison: &'a Comparison, supplier: usize) -> Result<Self, NegotiateError> {
        let own = comparison.suppliers.get(supplier).ok_or(NegotiateError::Unknown)?;
        let choice = comparison.choice(0).ok_or(NegotiateError::NoLines)?;
        if !matches!(own.state, State::Counts | State::Unclear | State::Expired) {
            let why = match own.reasons.as_slice() {
                [] => own.state.as_str().to_owned(),
                reasons => reasons.join("; "),
            };
            return Err(NegotiateError::NotComparable(why));
        }
        let all = own.order_total.ok_or(NegotiateError::TooLarge)?;
        let rest = choice.without(supplier);
        let quoted = (0..comparison.items.len()).filter(|it| priced(comparison, *it, supplier));
        let elsewhere = |item: &usize| rest.cost[*item].iter().any(Option::is_some);
        let (mut lines, mut alone): (Vec<usize>, Vec<usize>) = quoted.partition(elsewhere);
        if lines.is_empty() {
            // Without competition the whole quote is negotiated, and there is no next best award.
            std::mem::swap(&mut lines, &mut alone);
        }
        if lines.is_empty() {
            return Err(NegotiateError::NoLines);
        }
        // The order is paid anyway where lines are to be had there alone.
        let order = if alone.is_empty() { all } else { Amount::ZERO };
        let costs = lines.iter().filter_map(|it| cost(comparison, *it, supplier));
        let goods = sum(costs.map(|it| it.line)).ok_or(NegotiateError::TooLarge)?;
        let offer = goods.checked_add(order).ok_or(NegotiateError::TooLarge)?;
        let over = rest.over(|item| lines.contains(&item));
        let backup = backup(comparison, &over);
        let others = others(comparison, &over, &lines);
        Ok(Self { comparison, supplier, lines, alone, goods, order, offer, backup, others })
    }

    pub(super) fn own(&self) -> &'a Supplier {
        &self.comparison.suppliers[self.supplier]
    }

    pub(super) fn cost(&self, item: usize) -> Option<&'a Cost> {
        cost(self.comparison, item, self.supplier)
    }

    /// The costs of the lines, with their items.
    pub(super) fn costs(&self) -> impl Iterator<Item = (usize, &'a Cost)> {
        self.lines.iter().filter_map(|item| Some((*item, self.cost(*item)?)))
    }

    pub(super) fn names(&self, items: &[usize]) -> Vec<String> {
        items.iter().map(|item| self.comparison.items[*item].name.clone()).collect()
    }

    pub(super) fn quantity(&self, item: usize) -> Amount {
        self.comparison.items[item].quantity
    }

    /// Whether the lines are all that is bought.
    pub(super) fn is_whole(&self) -> bool {
        self.alone.is_empty() && self.lines.len() == self.comparison.items.len()
    }

    /// The currency of the vendor's quote.
    pub(super) fn currency(&self) -> Currency {
        let quoted = |item: &usize| Some(self.comparison.quoted(*item, self.supplier)?.currency);
        self.lines.iter().find_map(quoted).unwrap_or(self.comparison.currency)
    }

    /// Money of the comparison in a sentence.
    pub(super) fn money(&self, amount: Amount) -> String {
        format!("{} {}", self.comparison.currency, Brief::money(amount))
    }

    /// Sample deviation of the totals of everybody who can deliver every line.
    pub(super) fn spread(&self) -> Option<f64> {
        let totals = self.others.iter().map(|(_, total)| as_f64(*total));
        let totals: Vec<f64> = totals.chain([as_f64(self.offer)]).collect();
        let n = totals.len() as f64;
        let mean = totals.iter().sum::<f64>() / n;
        let squares: f64 = totals.iter().map(|it| (it - mean) * (it - mean)).sum();
        (totals.len() > 1).then(|| libm::sqrt(squares / (n - 1.0)))
    }
}

/// Whether a line has a cost that can be talked about.
fn priced(comparison: &Comparison, item: usize, supplier: usize) -> bool {
    let cell = comparison.cell(0, item, supplier);
    let open = |state| matches!(state, State::Counts | State::Unclear | State::Expired);
    cell.is_some_and(|cell| cell.cost.is_some() && open(cell.state))
}

fn cost(comparison: &Comparison, item: usize, supplier: usize) -> Option<&Cost> {
    comparison.cell(0, item, supplier)?.cost.as_ref()
}

fn backup(comparison: &Comparison, choice: &Choice) -> Result<Backup, String> {
    let award = award::best(choice).map_err(|why| why.to_string())?;
    let used = award.suppliers.iter().map(|it| &comparison.suppliers[*it]);
    let switching =
        used.clone().flat_map(|it| &it.order).filter(|it| it.kind == OrderKind::Switching);
    let switching = switching.map(|it| it.amount).sum();
    Ok(Backup { suppliers: used.map(|it| it.name.clone()).collect(), switching, award })
}

fn others(comparison: &Comparison, choice: &Choice, lines: &[usize]) -> Vec<(usize, Amount)> {
    let reaches = |by: usize| {
        let goods = sum(lines.iter().map(|item| choice.goods[*item][by]))?;
        (choice.minimum[by].is_none_or(|minimum| goods >= minimum)).then_some(())
    };
    let total = |by: usize| {
        reaches(by)?;
        let lines = lines.iter().map(|item| choice.cost[*item][by]).collect::<Option<Vec<_>>>()?;
        let order = comparison.suppliers[by].order_total?;
        Some((by, sum(lines)?.checked_add(order)?))
    };
    let awarded = |by: &usize| may_be_awarded(&comparison.suppliers[*by]);
    let mut all: Vec<(usize, Amount)> =
        (0..comparison.suppliers.len()).filter(awarded).filter_map(total).collect();
    all.sort_by_key(|(by, total)| (*total, *by));
    all
}
