//! The comparison as CSV: a row for each line, then for each total and award, of every scenario.

use super::Quotes;
use super::json::{exact, state};
use crate::csv::{row, words};
use haggle_negotiation::quote::{Award, Cell, Outcome, Total};
use haggle_quantity::Amount;

const HEADER: &str = "scenario,kind,item,name,quantity,unit,supplier,state,quoted_price,quoted_currency,\
                      quoted_per,pack,ordered,goods,unit_cost,cost,currency,best,place,reason\n";

/// What a row says; what does not apply is empty.
#[derive(Default)]
struct Fields<'a> {
    scenario: &'a str,
    kind: &'static str,
    item: Option<usize>,
    supplier: Option<usize>,
    state: &'static str,
    ordered: Option<Amount>,
    goods: Option<Amount>,
    unit: Option<Amount>,
    cost: Option<Amount>,
    best: bool,
    place: Option<usize>,
    reason: &'a str,
}

impl Quotes<'_> {
    /// All scenarios as CSV.
    pub fn csv(&self) -> String {
        let outcomes = self.comparison.outcomes.iter();
        let rows = outcomes.enumerate().map(|(i, outcome)| self.scenario_rows(i, outcome));
        std::iter::once(HEADER.to_owned()).chain(rows).collect()
    }

    fn scenario_rows(&self, number: usize, outcome: &Outcome) -> String {
        let mut out = String::new();
        for (item, row) in outcome.cells.rows().enumerate() {
            for (supplier, cell) in row.iter().enumerate() {
                out += &self.row(number, &line(outcome, item, supplier, cell));
            }
        }
        for (supplier, total) in outcome.totals.iter().enumerate() {
            out += &self.row(number, &total_fields(outcome, supplier, total));
        }
        let awards = [("single award", &outcome.single), ("mixed award", &outcome.mixed)];
        for (kind, award) in awards.into_iter().filter_map(|(k, a)| Some((k, a.as_ref()?))) {
            out += &self.award_rows(number, kind, award);
        }
        out
    }

    fn award_rows(&self, number: usize, kind: &'static str, award: &Award) -> String {
        let scenario = self.comparison.outcomes[number].name.as_str();
        let base = || Fields { scenario, kind, ..Fields::default() };
        let given = award.by_item.iter().enumerate().filter(|(_, by)| by.is_some());
        let rows: String = given
            .map(|(item, by)| {
                self.row(number, &Fields { item: Some(item), supplier: *by, ..base() })
            })
            .collect();
        rows + &self.row(number, &Fields { cost: Some(award.total), ..base() })
    }

    fn row(&self, scenario: usize, it: &Fields<'_>) -> String {
        let comparison = self.comparison;
        let item = it.item.map(|i| &comparison.items[i]);
        let asked = it.item.and_then(|i| comparison.outcomes[scenario].quantities[i]).map(exact);
        let quoted = it.item.zip(it.supplier).filter(|_| it.kind == "line");
        let quoted = quoted.and_then(|(item, supplier)| comparison.quoted(item, supplier));
        let supplier = it.supplier.map(|s| self.supplier(s).name.as_str());
        let amount = |value: Option<Amount>| value.map(exact).unwrap_or_default();
        row(&[
            words(Some(it.scenario)),
            it.kind.to_owned(),
            words(item.map(|item| item.id.as_str())),
            words(item.map(|item| item.name.as_str())),
            asked.unwrap_or_default(),
            words(item.map(|item| item.per.as_str())),
            words(supplier),
            it.state.to_owned(),
            amount(quoted.map(|q| q.price)),
            quoted.map(|q| q.currency.to_string()).unwrap_or_default(),
            words(quoted.map(|q| q.per.as_str())),
            amount(quoted.and_then(|q| q.pack)),
            amount(it.ordered),
            amount(it.goods),
            amount(it.unit),
            amount(it.cost),
            comparison.currency.to_string(),
            if it.best { "yes".to_owned() } else { String::new() },
            it.place.map(|place| place.to_string()).unwrap_or_default(),
            words(Some(it.reason)),
        ])
    }
}

fn line<'a>(outcome: &'a Outcome, item: usize, supplier: usize, cell: &'a Cell) -> Fields<'a> {
    let cost = cell.cost.as_ref();
    Fields {
        scenario: &outcome.name,
        kind: "line",
        item: Some(item),
        supplier: Some(supplier),
        state: state(cell.state),
        ordered: cost.map(|cost| cost.ordered),
        goods: cost.map(|cost| cost.common),
        unit: cost.map(|cost| cost.unit),
        cost: cost.map(|cost| cost.line).or(cell.plug),
        best: outcome.best[item] == Some(supplier),
        place: None,
        reason: cell.reason.as_deref().unwrap_or_default(),
    }
}

fn total_fields<'a>(outcome: &'a Outcome, supplier: usize, it: &'a Total) -> Fields<'a> {
    Fields {
        scenario: &outcome.name,
        kind: "total",
        supplier: Some(supplier),
        goods: Some(it.goods),
        cost: it.total,
        place: it.rank,
        reason: it.unranked.as_deref().unwrap_or_default(),
        ..Fields::default()
    }
}
