//! One scenario: cells, gaps, totals, ranking.

use super::decimal::{median, over, percent, percent_beyond, sum, times, written};
use super::line::{self, Need};
use super::{Award, Basis, Cell, Grid, Outcome, Quoted, Ranking, State, Supplier, Total, parts};
use crate::deal::Scope;
use haggle_quantity::{Amount, Date};
use std::sync::Arc;

/// What every scenario shares.
pub(super) struct Table<'a> {
    pub(super) basis: &'a Basis,
    pub(super) suppliers: &'a [Supplier],
    pub(super) quoted: &'a Grid<Option<Quoted>>,
    pub(super) as_of: Date,
    /// Whether somebody states a lead time, so that silence is a question.
    pub(super) leads: bool,
}

/// What a bid has to be below the mean of, at least.
const OTHERS: usize = 2;
/// Times the middle of all above which an amount is odd itself.
const ODD: Amount = Amount::TWO;

impl Table<'_> {
    /// The scenario of these quantities.
    pub(super) fn outcome(&self, name: &str, quantities: Vec<Option<Amount>>) -> Outcome {
        let width = self.suppliers.len();
        let share = parts::share(quantities.len(), width);
        let of_parts = quantities.chunks(share).zip((0..).step_by(share));
        let jobs = of_parts.map(|(quantities, first)| move || self.rows(first, quantities));
        let (cells, best): (Vec<_>, Vec<_>) = parts::together(jobs.collect()).into_iter().unzip();
        let (cells, best) = (Grid::new(width, share, cells), best.concat());
        let counts = |row: &[Cell]| row.iter().any(|cell| cell.state == State::Counts);
        let in_scope: Vec<bool> = cells.rows().map(counts).collect();
        let mut totals = self.totals(&cells, &in_scope);
        let ranking = rank(&mut totals, self.suppliers);
        self.flag_low_totals(&mut totals, &ranking);
        let single = self.single(&totals, &ranking, &in_scope);
        Outcome {
            name: name.to_owned(),
            quantities,
            cells,
            in_scope,
            best,
            totals,
            ranking,
            single,
            mixed: None,
            no_award: None,
        }
    }

    fn totals(&self, cells: &Grid<Cell>, in_scope: &[bool]) -> Vec<Total> {
        let suppliers: Vec<usize> = (0..self.suppliers.len()).collect();
        let jobs = suppliers.chunks(parts::share(suppliers.len(), in_scope.len())).map(|some| {
            move || some.iter().map(|it| self.total(*it, cells, in_scope)).collect::<Vec<_>>()
        });
        parts::together(jobs.collect()).into_iter().flatten().collect()
    }

    /// The cells and the best of some items, from `first` on.
    fn rows(&self, first: usize, quantities: &[Option<Amount>]) -> (Vec<Cell>, Vec<Option<usize>>) {
        let mut cells = Vec::with_capacity(quantities.len() * self.suppliers.len());
        let mut best = Vec::with_capacity(quantities.len());
        for (item, quantity) in (first..).zip(quantities) {
            let from = cells.len();
            for (number, supplier) in self.suppliers.iter().enumerate() {
                let quoted = self.quoted.get(number, item).and_then(Option::as_ref);
                cells.push(match quoted {
                    Some(quoted) => self.cell(supplier, quoted, *quantity),
                    None => Cell::without(State::Gap, None),
                });
            }
            let row = &mut cells[from..];
            best.push(self.best(row));
            self.compare(row);
        }
        (cells, best)
    }

    /// What the lines of an item say of each other, if somebody can be awarded it.
    fn compare(&self, row: &mut [Cell]) {
        if row.iter().all(|cell| cell.state != State::Counts) {
            return;
        }
        self.flag_low(row);
        if self.basis.fill_gaps {
            self.fill(row);
        }
    }

    fn cell(&self, supplier: &Supplier, quoted: &Quoted, quantity: Option<Amount>) -> Cell {
        let Some(factors) = &supplier.factors else { return Cell::without(State::Stopped, None) };
        if let Some(fault) = &quoted.fault {
            return Cell::without(State::Stopped, Some(Arc::clone(fault)));
        }
        let need = |quantity| Need { quantity, factors, holding: self.basis.holding_rate };
        let quantity = quantity.ok_or_else(|| line::TOO_MANY.to_owned());
        match quantity.and_then(|quantity| line::cost(quoted, need(quantity))) {
            Ok(cost) => {
                let (state, reason) = self.judged(supplier, quoted);
                Cell { cost: Some(cost), ..Cell::without(state, reason) }
            }
            Err(reason) => Cell::without(State::Stopped, Some(Arc::from(reason))),
        }
    }

    /// Whether a line that has a cost counts.
    fn judged(&self, supplier: &Supplier, quoted: &Quoted) -> (State, Option<Arc<str>>) {
        let expired = quoted.valid_until.filter(|day| *day < self.as_of);
        match (quoted.scope, expired) {
            (Scope::Excluded, _) => {
                return (State::Excluded, Some(Arc::from("the quote leaves it out")));
            }
            (Scope::Unclear, _) => {
                let ask = "it is not clear whether the quote holds it: ask";
                return (State::Unclear, Some(Arc::from(ask)));
            }
            (Scope::Included, Some(day)) if !self.basis.include_expired => {
                let text = format!("the price expired on {day}: ask for a later day");
                return (State::Expired.max(supplier.state), Some(Arc::from(text)));
            }
            _ => {}
        }
        let silent = quoted.lead_time_days.is_none() && supplier.terms.lead_time_days.is_none();
        if supplier.state == State::Counts
            && self.leads
            && silent
            && self.basis.holding_rate.is_some()
        {
            let ask = "it names no lead time, and goods on their way cost: ask";
            return (State::Unclear, Some(Arc::from(ask)));
        }
        (supplier.state, None)
    }

    /// Unit prices far below the others' (G13).
    fn flag_low(&self, row: &mut [Cell]) {
        let units = |cell: &Cell| match (&cell.cost, cell.state) {
            (Some(cost), State::Counts) => Some(cost.unit),
            _ => None,
        };
        let units: Vec<Option<Amount>> = row.iter().map(units).collect();
        for (cell, low) in row.iter_mut().zip(low(&units, self.basis.low_bid)) {
            cell.low = low;
        }
    }

    /// Fills what a supplier does not quote with the median of the others (G8).
    fn fill(&self, row: &mut [Cell]) {
        let counted: Vec<Option<Amount>> = row.iter().map(Cell::counted).collect();
        for (at, cell) in row.iter_mut().enumerate() {
            let state = self.suppliers[at].state;
            let quoted = cell.cost.is_some() && cell.state == state;
            if quoted || state == State::Stopped {
                continue;
            }
            let others = counted.iter().enumerate().filter(|(other, _)| *other != at);
            let mut others: Vec<Amount> = others.filter_map(|(_, cost)| *cost).collect();
            cell.plug = median(&mut others);
            if cell.state == State::Gap && cell.plug.is_some() {
                cell.state = State::Filled;
            }
        }
    }

    fn total(&self, supplier: usize, cells: &Grid<Cell>, in_scope: &[bool]) -> Total {
        let own = &self.suppliers[supplier];
        let column = cells.rows().map(|row| &row[supplier]);
        let (mut lines, mut plugs, mut invoiced) = (Vec::new(), Vec::new(), Vec::new());
        let (mut missing, mut open) = (Vec::new(), 0);
        for (item, cell) in column.enumerate().filter(|(item, _)| in_scope[*item]) {
            match &cell.cost {
                Some(cost) if cell.state == own.state => {
                    lines.push(cost.line);
                    invoiced.push(cost.goods);
                }
                _ => {
                    missing.push(item);
                    plugs.extend(cell.plug);
                    open += usize::from(cell.plug.is_none());
                }
            }
        }
        let quoted = lines.len();
        let (lines, plugs) = (sum(lines), sum(plugs));
        let invoiced = sum(invoiced);
        let goods = own.factors.as_ref().zip(invoiced);
        let goods = goods.and_then(|(factors, goods)| factors.in_common_currency(goods));
        let whole = sum_of([lines, plugs, own.order_total]).filter(|_| open == 0 && quoted > 0);
        let share = plugs.zip(whole).filter(|(plugs, _)| !plugs.is_zero());
        Total {
            lines: lines.unwrap_or_default(),
            plugs: plugs.unwrap_or_default(),
            order: own.order_total,
            total: whole,
            goods: goods.unwrap_or_default(),
            quoted,
            plug_share: share.and_then(|(plugs, whole)| over(plugs, whole)),
            low: None,
            rank: None,
            unranked: self.unranked(own, invoiced, &missing, open, share),
            missing,
        }
    }

    /// Why a supplier has no place in the ranking.
    fn unranked(
        &self,
        own: &Supplier,
        invoiced: Option<Amount>,
        missing: &[usize],
        open: usize,
        plugs: Option<(Amount, Amount)>,
    ) -> Option<String> {
        if own.state != State::Counts {
            return Some(own.state.as_str().to_owned());
        }
        if open > 0 {
            return Some(format!("{} of its lines are missing", missing.len()));
        }
        let share = plugs.and_then(|(plugs, whole)| over(plugs, whole));
        let most = written(self.basis.plug_max);
        if let (Some(share), Some(most)) = (share.filter(|share| Some(*share) > most), most) {
            return Some(format!(
                "filled gaps are {} of it, more than {}: not comparable",
                percent_beyond(share, most),
                percent(most)
            ));
        }
        let goods = invoiced.unwrap_or_default();
        let least = own.terms.minimum_value.filter(|least| goods < *least)?;
        let currency = own.terms.currency.map_or(String::new(), |currency| format!("{currency} "));
        Some(format!(
            "its goods, {currency}{}, are below its least order of {currency}{}",
            goods.round_dp(2),
            least.round_dp(2)
        ))
    }

    /// Totals far below the mean of the others (G13).
    fn flag_low_totals(&self, totals: &mut [Total], ranking: &[Ranking]) {
        let ranked: Vec<Option<Amount>> = ranking.iter().map(|it| Some(it.total)).collect();
        for (it, low) in ranking.iter().zip(low(&ranked, self.basis.low_bid)) {
            totals[it.supplier].low = low;
        }
    }

    /// The least cost of a row; of equal ones the first by name.
    fn best(&self, row: &[Cell]) -> Option<usize> {
        let counted = row.iter().zip(self.suppliers).enumerate();
        let counted = counted
            .filter_map(|(at, (cell, supplier))| Some((cell.counted()?, &supplier.slug, at)));
        counted.min().map(|(_, _, at)| at)
    }

    /// The cheapest supplier that quotes everything itself.
    fn single(&self, totals: &[Total], ranking: &[Ranking], in_scope: &[bool]) -> Option<Award> {
        let whole = |it: &&Ranking| totals[it.supplier].missing.is_empty();
        let best = ranking.iter().find(whole)?;
        Some(Award {
            by_item: in_scope.iter().map(|within| within.then_some(best.supplier)).collect(),
            suppliers: vec![best.supplier],
            total: best.total,
            bound: best.total,
        })
    }
}

impl Cell {
    fn without(state: State, reason: Option<Arc<str>>) -> Self {
        Self { state, reason, cost: None, plug: None, low: None }
    }

    /// What the line costs, if it can be awarded.
    pub fn counted(&self) -> Option<Amount> {
        self.cost.as_ref().filter(|_| self.state == State::Counts).map(|cost| cost.line)
    }
}

fn sum_of(amounts: [Option<Amount>; 3]) -> Option<Amount> {
    sum(amounts.into_iter().collect::<Option<Vec<_>>>()?)
}

/// For each amount how far it lies below the mean of the others, where that is more than `limit`
/// and there are at least two others (G13).
///
/// An amount above [`ODD`] times the middle of all is odd itself and none of the others: of 0.16,
/// 0.18 and 7.00 the last one is, and it alone would make both right ones look low.
fn low(amounts: &[Option<Amount>], limit: f64) -> Vec<Option<Amount>> {
    let mut known: Vec<Amount> = amounts.iter().flatten().copied().collect();
    let most = median(&mut known).and_then(|middle| times(middle, ODD));
    known.retain(|amount| most.is_some_and(|most| *amount <= most));
    let (Some(all), Some(limit)) = (sum(known.iter().copied()), written(limit)) else {
        return vec![None; amounts.len()];
    };
    let others = known.len().saturating_sub(1);
    let count = Amount::from(others);
    // The same comparison without a division: nearly every price ends here.
    let may_be = |amount: &Amount| {
        let below = (all - *amount).checked_mul(Amount::ONE - limit);
        amount.checked_mul(count).zip(below).is_none_or(|(own, below)| own <= below)
    };
    let below = |amount: &Option<Amount>| {
        let amount = (*amount).filter(|_| others >= OTHERS).filter(may_be)?;
        let mean = over(all - amount, count)?;
        over(mean - amount, mean).filter(|share| *share > limit)
    };
    amounts.iter().map(below).collect()
}

/// Places by total, of equal ones by name; those that are equal to the cent share a place.
fn rank(totals: &mut [Total], suppliers: &[Supplier]) -> Vec<Ranking> {
    let complete = |(at, total): (usize, &Total)| {
        let counts = suppliers[at].state == State::Counts && total.unranked.is_none();
        let total = total.total.filter(|_| counts)?;
        Some((total, &suppliers[at].slug, at))
    };
    let mut order: Vec<_> = totals.iter().enumerate().filter_map(complete).collect();
    order.sort_unstable();
    let least = order.first().map_or(Amount::ZERO, |it| it.0);
    let place = |(total, _, supplier): &(Amount, &String, usize)| Ranking {
        supplier: *supplier,
        total: *total,
        over_best: *total - least,
    };
    let ranking: Vec<Ranking> = order.iter().map(place).collect();
    for it in &ranking {
        let cheaper = |other: &Ranking| other.total.round_dp(2) < it.total.round_dp(2);
        totals[it.supplier].rank = Some(ranking.partition_point(cheaper) + 1);
    }
    ranking
}
