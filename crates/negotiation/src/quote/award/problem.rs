//! A choice as the search reads it: columns by supplier, in whole units of 10^-12.

use super::{Choice, NoAward};
use haggle_quantity::{AMOUNT_SCALE, Amount, to_scaled};
use std::borrow::Cow;

/// Stands for a line that is not to be had. Far beyond every sum, and far from overflow.
pub(super) const NONE: i128 = i128::MAX / 4;
/// Amounts together may be this many units: sums times multipliers stay exact.
const LARGEST: i128 = 1_000_000_000_000_000_000_000_000_000;

/// One column: costs, in whole units and as doubles (infinite where there is no line).
#[derive(Debug, Clone, Default)]
pub(super) struct Column {
    pub cost: Vec<i128>,
    pub near: Vec<f64>,
}

/// The choice over the items that somebody offers.
#[derive(Debug)]
pub(super) struct Problem {
    /// Items of the choice, by row of this.
    items: Vec<usize>,
    /// Items of the choice altogether.
    all: usize,
    pub columns: Vec<Column>,
    /// By supplier, by row.
    pub goods: Vec<Vec<i128>>,
    pub fixed: Vec<i128>,
    /// Least goods of an order.
    pub floor: Vec<i128>,
    pub limit: usize,
}

impl Problem {
    pub(super) fn new(choice: &Choice) -> Result<Self, NoAward> {
        let suppliers = choice.fixed.len();
        let offered = |&item: &usize| choice.cost[item].iter().any(Option::is_some);
        let items: Vec<usize> = (0..choice.cost.len()).filter(offered).collect();
        if items.is_empty() {
            return Err(NoAward::Nothing);
        }
        let mut sum = 0_i128;
        let mut unit = |amount: Amount| {
            let scaled = scaled(amount).ok_or(NoAward::TooLarge)?;
            sum = sum.saturating_add(scaled.saturating_abs());
            if sum > LARGEST { Err(NoAward::TooLarge) } else { Ok(scaled) }
        };
        let (mut columns, mut goods, mut fixed, mut floor) = (vec![], vec![], vec![], vec![]);
        for by in 0..suppliers {
            let mut column = Column::default();
            let mut counts = Vec::with_capacity(items.len());
            for &item in &items {
                let cost = choice.cost[item][by].map(&mut unit).transpose()?;
                column.push(cost);
                counts.push(if cost.is_some() { unit(choice.goods[item][by])? } else { 0 });
            }
            fixed.push(unit(choice.fixed[by])?);
            let minimum = choice.minimum[by].map(&mut unit).transpose()?;
            floor.push(minimum.unwrap_or(0).max(credit(fixed[by], &counts)));
            columns.push(column);
            goods.push(counts);
        }
        let limit = choice.max_suppliers.unwrap_or(suppliers).min(most(&goods, &floor));
        Ok(Self { items, all: choice.cost.len(), columns, goods, fixed, floor, limit })
    }

    /// The same without the minimum values; `None` where there are none. No award of it is dearer.
    pub(super) fn without_minimum(&self) -> Option<Self> {
        let goods = self.fixed.iter().zip(&self.goods);
        let floor: Vec<i128> = goods.map(|(fixed, goods)| credit(*fixed, goods)).collect();
        (floor != self.floor).then(|| Self {
            items: self.items.clone(),
            all: self.all,
            columns: self.columns.clone(),
            goods: self.goods.clone(),
            fixed: self.fixed.clone(),
            floor,
            limit: self.limit,
        })
    }

    pub(super) fn rows(&self) -> usize {
        self.items.len()
    }

    pub(super) fn suppliers(&self) -> usize {
        self.columns.len()
    }

    /// By item of the choice.
    pub(super) fn spread(&self, by_row: &[usize]) -> Vec<Option<usize>> {
        let mut by_item = vec![None; self.all];
        for (&item, &by) in self.items.iter().zip(by_row) {
            by_item[item] = Some(by);
        }
        by_item
    }

    /// The columns without the lines that are ruled out, as `(row, supplier)`.
    pub(super) fn view(&self, ruled_out: &[(usize, usize)]) -> View<'_> {
        let mut view: View<'_> = self.columns.iter().map(Cow::Borrowed).collect();
        for &(row, by) in ruled_out {
            view[by].to_mut().close(row);
        }
        view
    }
}

/// The least goods of an order that is a credit, which has to hold some; else none.
fn credit(fixed: i128, goods: &[i128]) -> i128 {
    let least = goods.iter().copied().filter(|it| *it > 0).min();
    if fixed < 0 { least.unwrap_or(1) } else { 0 }
}

/// Most suppliers whose minimum values all goods together reach.
fn most(goods: &[Vec<i128>], floor: &[i128]) -> usize {
    let rows = 0..goods.first().map_or(0, Vec::len);
    let mut left: i128 = rows.filter_map(|row| goods.iter().map(|own| own[row]).max()).sum();
    let mut floors = floor.to_vec();
    floors.sort_unstable();
    let fits = |floor: &&i128| {
        left -= **floor;
        left >= 0
    };
    floors.iter().take_while(fits).count()
}

/// The amount in whole units, from its digits: this runs for every cell.
fn scaled(amount: Amount) -> Option<i128> {
    let kept = if amount.scale() > AMOUNT_SCALE { amount.round_dp(AMOUNT_SCALE) } else { amount };
    to_scaled(kept).ok()
}

/// The columns under the decisions of a node.
pub(super) type View<'a> = Vec<Cow<'a, Column>>;

impl Column {
    fn push(&mut self, cost: Option<i128>) {
        self.cost.push(cost.unwrap_or(NONE));
        self.near.push(cost.map_or(f64::INFINITY, |it| it as f64));
    }

    fn close(&mut self, row: usize) {
        self.cost[row] = NONE;
        self.near[row] = f64::INFINITY;
    }
}
