//! Where everything stands in the workbook, so that formulas of one sheet find the cells of another.

use super::super::Quotes;
use super::book::label;
use haggle_negotiation::deal::Adder;
use haggle_negotiation::quote::{Cost, Factors, ItemRow, LegCost, Quoted, State, Supplier};
use rust_xlsxwriter::utility::row_col_to_cell_absolute;
use std::collections::BTreeMap;

/// Names of the sheets, in their order.
pub(super) const COMPARISON: &str = "Comparison";
pub(super) const UNITS: &str = "Unit prices";
pub(super) const AWARD: &str = "Award";
pub(super) const JUSTIFICATION: &str = "Justification";
pub(super) const GAPS: &str = "Gaps";
pub(super) const STEPS: &str = "Steps";
pub(super) const FACTORS: &str = "Factors";
pub(super) const INPUTS: &str = "Inputs";

/// Settings of the comparison, each in a row of the sheet of inputs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Setting {
    Currency,
    AsOf,
    Quantities,
    Delivery,
    PaymentDays,
    DiscountRate,
    Horizon,
    HoldingRate,
    PlugMax,
    LowBid,
}

/// Columns of the terms on the sheet of inputs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Term {
    Name,
    State,
    Currency,
    RateStated,
    RateDivides,
    Discount,
    Tax,
    TaxIncluded,
    TaxRecoverable,
    PaymentDays,
    EarlyDiscount,
    EarlyDays,
    LeadDays,
    Rejects,
    Minimum,
    ValidUntil,
    Incoterm,
}

/// Columns of the charges on the sheet of inputs.
#[derive(Debug, Clone, Copy)]
pub(super) enum ChargeColumn {
    Supplier,
    What,
    Kind,
    Stated,
    Currency,
    Months,
}

/// Columns of the prices on the sheet of inputs; breaks follow in pairs.
#[derive(Debug, Clone, Copy)]
pub(super) enum Price {
    Item,
    Supplier,
    Amount,
    Currency,
    Per,
    Pack,
    Minimum,
    Multiple,
    Maximum,
    Scheme,
    Discount,
    LeadDays,
    ValidUntil,
    State,
    Place,
    FirstBreak,
}

/// Columns of the sheet of factors.
#[derive(Debug, Clone, Copy)]
pub(super) enum Factor {
    Name,
    Rate,
    Discount,
    Tax,
    Payment,
    Legs,
    Pipeline,
    Good,
    Minimum,
    Order,
}

/// Columns of the sheet of steps; where buying up is considered, pairs follow.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Item,
    Supplier,
    Counts,
    Quantity,
    Needed,
    Least,
    Ordered,
    Price,
    Goods,
    Common,
    Paid,
    Legs,
    Pipeline,
    Holding,
    Line,
    Unit,
    Value,
    FirstUp,
}

/// First rows of the blocks.
const SETTINGS: u32 = 3;
/// First row of data on sheets that have one block.
pub(super) const DATA: u32 = 5;
/// First column of suppliers on sheets that have them side by side.
pub(super) const ACROSS: u16 = 6;

/// A priced line.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) item: usize,
    pub(super) supplier: usize,
    pub(super) quoted: &'a Quoted,
    /// Its steps, where it has a cost.
    pub(super) cost: Option<&'a Cost>,
}

/// The positions.
pub(super) struct Plan<'a> {
    pub(super) quotes: &'a Quotes<'a>,
    /// Suppliers as they stand side by side: those that count first.
    pub(super) order: Vec<usize>,
    /// How many count.
    pub(super) counting: usize,
    /// Priced lines, by item, then supplier.
    pub(super) lines: Vec<Line<'a>>,
    /// Names of the items.
    labels: Vec<String>,
    /// Row of the steps of an item and a supplier.
    steps: BTreeMap<(usize, usize), u32>,
    /// Suppliers of the rows of charges, with the number of the charge.
    pub(super) charges: Vec<(usize, usize)>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(quotes: &'a Quotes<'a>) -> Self {
        let it = quotes.comparison;
        let order = super::super::matrix::order(quotes);
        let counting = order.iter().filter(|s| it.suppliers[**s].state == State::Counts).count();
        let pairs = (0..it.items.len()).flat_map(|i| (0..it.suppliers.len()).map(move |s| (i, s)));
        let line = |(item, supplier)| {
            let quoted = it.quoted(item, supplier)?;
            let cost = quotes.cell(item, supplier)?.cost.as_ref();
            Some(Line { item, supplier, quoted, cost })
        };
        let lines: Vec<Line<'a>> = pairs.filter_map(line).collect();
        let priced = lines.iter().filter(|line| line.cost.is_some());
        let steps = (DATA..).zip(priced).map(|(row, line)| ((line.item, line.supplier), row));
        let steps = steps.collect();
        let charges = it.suppliers.iter().enumerate();
        let charges = charges.flat_map(|(s, it)| (0..charge_count(it)).map(move |n| (s, n)));
        Self {
            quotes,
            order,
            counting,
            steps,
            charges: charges.collect(),
            lines,
            labels: labels(&it.items),
        }
    }

    /// The name of an item, with its id where two have one name.
    pub(super) fn item_label(&self, item: usize) -> &str {
        &self.labels[item]
    }

    /// First row of the items on the sheet of inputs; their heads stand above.
    pub(super) fn items_row(&self) -> u32 {
        SETTINGS + Setting::LowBid as u32 + 4
    }

    pub(super) fn suppliers_row(&self) -> u32 {
        self.items_row() + self.quotes.comparison.items.len() as u32 + 3
    }

    pub(super) fn charges_row(&self) -> u32 {
        self.suppliers_row() + self.order.len() as u32 + 3
    }

    pub(super) fn prices_row(&self) -> u32 {
        self.charges_row() + self.charges.len() as u32 + 3
    }

    /// First row of the charges on the sheet of factors.
    pub(super) fn amounts_row(&self) -> u32 {
        DATA + self.order.len() as u32 + 3
    }

    /// Row and value cell of a setting.
    pub(super) fn setting_row(setting: Setting) -> u32 {
        SETTINGS + setting as u32
    }

    pub(super) fn setting(setting: Setting) -> String {
        on(INPUTS, Self::setting_row(setting), 1)
    }

    /// The quantity of an item.
    pub(super) fn quantity(&self, item: usize) -> String {
        on(INPUTS, self.items_row() + item as u32, 2)
    }

    pub(super) fn item_name(&self, item: usize) -> String {
        on(INPUTS, self.items_row() + item as u32, 1)
    }

    pub(super) fn term(&self, supplier: usize, term: Term) -> String {
        on(INPUTS, self.suppliers_row() + self.place(supplier), term as u16)
    }

    pub(super) fn factor(&self, supplier: usize, factor: Factor) -> String {
        on(FACTORS, DATA + self.place(supplier), factor as u16)
    }

    /// Where a supplier stands among all, from 0.
    pub(super) fn place(&self, supplier: usize) -> u32 {
        self.order.iter().position(|s| *s == supplier).unwrap_or_default() as u32
    }

    /// Column of a supplier on sheets that have them side by side.
    pub(super) fn column(&self, supplier: usize) -> u16 {
        ACROSS + self.place(supplier) as u16
    }

    /// Row of the steps of a line, if it has a cost.
    pub(super) fn step_row(&self, item: usize, supplier: usize) -> Option<u32> {
        self.steps.get(&(item, supplier)).copied()
    }

    /// All rows of a column of the steps.
    pub(super) fn steps_column(&self, column: Step) -> String {
        let last = DATA + (self.steps.len() as u32).max(1) - 1;
        range(STEPS, (DATA, column as u16), (last, column as u16))
    }

    /// The last row of items on sheets that have one block.
    pub(super) fn last_item(&self) -> u32 {
        DATA + self.quotes.comparison.items.len() as u32 - 1
    }

    /// Cells of those suppliers that count, in a row of the comparison.
    pub(super) fn counting_cells(&self, row: u32) -> String {
        range(COMPARISON, (row, ACROSS), (row, ACROSS + self.counting as u16 - 1))
    }

    /// Gaps: each cell within the totals that a supplier does not fill itself.
    pub(super) fn gaps(&self) -> Vec<(usize, usize)> {
        let totals = &self.quotes.outcome().totals;
        let of = |s: &usize| totals[*s].missing.iter().map(|item| (*item, *s)).collect::<Vec<_>>();
        self.order.iter().flat_map(of).collect()
    }
}

/// A name for each item that no other has.
fn labels(items: &[ItemRow]) -> Vec<String> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    items.iter().for_each(|it| *times.entry(&it.name).or_default() += 1);
    let label = |it: &ItemRow| match times.get(it.name.as_str()) {
        Some(1) => label(&it.name),
        _ => label(&format!("{} ({})", it.name, it.id)),
    };
    items.iter().map(label).collect()
}

/// How many rows of charges a supplier has: what an order costs, and legs that are a share.
fn charge_count(it: &Supplier) -> usize {
    it.order.len() + it.factors.iter().flat_map(shares).count()
}

/// The legs that are a share of the goods.
pub(super) fn shares(factors: &Factors) -> impl Iterator<Item = &LegCost> {
    factors.legs.iter().filter(|leg| matches!(leg.adder, Adder::Share(_)))
}

/// A cell of a sheet as formulas name it.
pub(super) fn on(sheet: &str, row: u32, column: u16) -> String {
    format!("{}{}", prefix(sheet), row_col_to_cell_absolute(row, column))
}

/// A range of a sheet.
pub(super) fn range(sheet: &str, from: (u32, u16), to: (u32, u16)) -> String {
    let [from, to] = [from, to].map(|(row, column)| row_col_to_cell_absolute(row, column));
    format!("{}{from}:{to}", prefix(sheet))
}

fn prefix(sheet: &str) -> String {
    if sheet.contains(' ') { format!("'{sheet}'!") } else { format!("{sheet}!") }
}
