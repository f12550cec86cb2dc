//! Items down, suppliers across: what each line costs like for like, and the sums below.

use super::{Extent, Quotes};
use crate::inline::{Inline, Tone};
use crate::matrix::{Field, Head, Matrix, Row};
use crate::number;
use crate::section::{Block, paragraph};
use haggle_negotiation::quote::{Cell, State, Supplier, Total};

/// What a mark in the table means, if it stands there.
const MARKS: [(&str, &str); 5] = [
    ("*", "least cost of the line"),
    ("(", "in brackets: cannot be awarded, or has no place"),
    ("~", "filled with the median of the others, for the ranking only"),
    ("!", "abnormally low: ask for an explanation"),
    ("gap", "gap: no price"),
];

/// The table of one scenario with its legend.
pub(super) fn matrix(quotes: &Quotes<'_>, extent: Extent) -> Vec<Block> {
    let order = order(quotes);
    let shown = &order[..order.len().min(extent.suppliers)];
    let items = lines(quotes, extent.items);
    let mut rows: Vec<Row> = items.iter().map(|item| line(quotes, *item, shown)).collect();
    rows.extend(sums(quotes, shown));
    let matrix = Matrix {
        caption: format!("Cost of each line, {}", quotes.comparison.currency),
        lead: "item".to_owned(),
        heads: shown.iter().map(|s| head(quotes.supplier(*s))).collect(),
        rows,
    };
    let legend = legend(&matrix);
    let rest = rest(quotes, &order[shown.len()..], items.len());
    [Some(Block::Matrix(matrix)), legend, rest].into_iter().flatten().collect()
}

/// Suppliers from the first of the ranking to those that cannot be awarded.
pub(super) fn order(quotes: &Quotes<'_>) -> Vec<usize> {
    let totals = &quotes.outcome().totals;
    let mut order: Vec<usize> = (0..quotes.comparison.suppliers.len()).collect();
    order.sort_by_key(|s| {
        let rank = totals[*s].rank.unwrap_or(usize::MAX);
        (quotes.supplier(*s).state, rank, totals[*s].missing.len())
    });
    order
}

/// The items shown: all, or those that cost most, in their order.
fn lines(quotes: &Quotes<'_>, most: usize) -> Vec<usize> {
    let mut items: Vec<usize> = (0..quotes.comparison.items.len()).collect();
    if items.len() > most {
        items.sort_by_key(|item| std::cmp::Reverse(least(quotes, *item)));
        items.truncate(most);
        items.sort_unstable();
    }
    items
}

/// What the cheapest line of an item costs.
fn least(quotes: &Quotes<'_>, item: usize) -> Option<haggle_quantity::Amount> {
    let best = quotes.outcome().best[item]?;
    quotes.cell(item, best)?.cost.as_ref().map(|cost| cost.line)
}

fn head(supplier: &Supplier) -> Head {
    Head { name: supplier.name.clone(), note: supplier.state.as_str() }
}

fn line(quotes: &Quotes<'_>, item: usize, shown: &[usize]) -> Row {
    let it = &quotes.comparison.items[item];
    let asked = quotes.outcome().quantities[item];
    let asked = asked.map_or_else(|| "too many".to_owned(), number::quantity);
    Row {
        lead: it.name.as_str().into(),
        note: format!("{asked} {}", it.per),
        fields: shown.iter().map(|supplier| field(quotes, item, *supplier)).collect(),
        sum: false,
    }
}

/// A line cost with its marks; without one the word that says why.
fn field(quotes: &Quotes<'_>, item: usize, supplier: usize) -> Field {
    let Some(cell) = quotes.cell(item, supplier) else { return Field::default() };
    let best = quotes.outcome().best[item] == Some(supplier);
    let cost = cell.cost.as_ref();
    let note = cost.map_or(String::new(), |cost| quotes.unit(cost.unit));
    let key = cost.map(|cost| cost.line.normalize().to_string());
    Field { text: shown_cost(quotes, cell, best), note, key, class: class(cell, best) }
}

fn shown_cost(quotes: &Quotes<'_>, cell: &Cell, best: bool) -> Inline {
    let low = if cell.low.is_some() { "!" } else { "" };
    match (&cell.cost, cell.plug) {
        (_, Some(plug)) => Inline::default().muted(&format!("~{}", quotes.bare(plug))),
        (Some(cost), _) if cell.state != State::Counts => {
            Inline::default().muted(&format!("({}{low})", quotes.bare(cost.line)))
        }
        (Some(cost), _) if best => {
            Inline::default().strong(&format!("{}{low}*", quotes.bare(cost.line)))
        }
        (Some(cost), _) => format!("{}{low}", quotes.bare(cost.line)).into(),
        (None, _) => Inline::default().toned(cell.state.as_str(), Tone::Muted),
    }
}

fn class(cell: &Cell, best: bool) -> &'static str {
    match cell.state {
        State::Counts if best => "best",
        State::Counts => "",
        State::Filled => "filled",
        _ => "aside",
    }
}

/// Lines, filled gaps, order costs, total and place of each supplier.
fn sums(quotes: &Quotes<'_>, shown: &[usize]) -> Vec<Row> {
    let totals = &quotes.outcome().totals;
    let row = |lead: &str, note: &str, show: &dyn Fn(&Total) -> Field| Row {
        lead: Inline::default().strong(lead),
        note: note.to_owned(),
        fields: shown.iter().map(|supplier| show(&totals[*supplier])).collect(),
        sum: true,
    };
    let money = |value| Field { text: quotes.bare(value).into(), ..Field::default() };
    let known = |value: Option<_>| value.map_or_else(Field::default, money);
    let mut rows = vec![row("lines quoted", "", &|t| money(t.lines))];
    if totals.iter().any(|t| !t.plugs.is_zero()) {
        rows.push(row("filled gaps", "for the ranking only", &|t| money(t.plugs)));
    }
    rows.push(row("order costs", "freight, charges, switching", &|t| known(t.order)));
    rows.push(row("total", "where nothing is missing", &|t| total(quotes, t)));
    rows.push(row("place", "", &|t| place(t)));
    rows
}

fn total(quotes: &Quotes<'_>, it: &Total) -> Field {
    let Some(total) = it.total else {
        return Field { text: Inline::default().muted("incomplete"), ..Field::default() };
    };
    let low = if it.low.is_some() { "!" } else { "" };
    let text = match it.rank {
        Some(_) => Inline::default().strong(&format!("{}{low}", quotes.bare(total))),
        None => Inline::default().muted(&format!("({}{low})", quotes.bare(total))),
    };
    Field { text, class: if it.rank == Some(1) { "best" } else { "" }, ..Field::default() }
}

fn place(it: &Total) -> Field {
    let text = it.rank.map_or_else(|| Inline::default().muted("-"), |n| n.to_string().into());
    Field { text, ..Field::default() }
}

/// The marks that stand in the table.
fn legend(matrix: &Matrix) -> Option<Block> {
    let fields = || matrix.rows.iter().flat_map(|row| &row.fields);
    let used = |mark: &str| fields().any(|f| f.text.0.iter().any(|s| s.text.contains(mark)));
    let words: Vec<String> = MARKS
        .iter()
        .filter(|(mark, _)| used(mark))
        .map(|(mark, words)| match *mark {
            "(" | "gap" => (*words).to_owned(),
            mark => format!("{mark} {words}"),
        })
        .collect();
    (!words.is_empty()).then(|| paragraph(Inline::default().muted(&words.join("; "))))
}

/// What a terminal does not show, named.
fn rest(quotes: &Quotes<'_>, suppliers: &[usize], items: usize) -> Option<Block> {
    let lines = quotes.comparison.items.len() - items;
    let mut parts = Vec::new();
    if !suppliers.is_empty() {
        parts.push(format!("also quoting: {}", quotes.names(suppliers)));
    }
    if lines > 0 {
        let more = super::words::counted(lines, "cheaper line");
        let shown = super::matrix::lines(quotes, items);
        let scope = &quotes.outcome().in_scope;
        let outside =
            (0..scope.len()).filter(|item| !scope[*item] && !shown.contains(item)).count();
        parts.push(match outside {
            0 => format!("{more} not shown here, in every total"),
            n => format!(
                "{more} not shown here, in every total but for {n} that nobody can be awarded"
            ),
        });
    }
    let text = format!("{}. All of it: `--format html`, `xlsx` or `csv`.", parts.join("; "));
    (!parts.is_empty()).then(|| paragraph(Inline::default().muted(&text)))
}

impl Quotes<'_> {
    /// The cell of the scenario shown.
    pub(super) fn cell(&self, item: usize, supplier: usize) -> Option<&Cell> {
        self.comparison.cell(self.scenario, item, supplier)
    }
}
