//! Step 3, quotes side by side: what keeps them from being comparable, and bids that are too low.

use super::{Facts, Rule, Said};
use crate::brief::{Finding, Gravity};
use crate::quote::{Cell, Comparison, Cost, State, Supplier, percent};
use haggle_quantity::Amount;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "S3.8",
        step: 3,
        statement: "Quotes are compared only like for like; what stands in the way is settled first, and gaps are filled openly.",
        test: "a quote in [tender] whose unit, currency, tax, Incoterm, payment term or scope is not that of the others and cannot be converted, or of which more than plug_max is filled",
        cites: &["G1", "G8"],
        judge: without_quotes,
    },
    Rule {
        id: "S3.9",
        step: 3,
        statement: "A bid far below the others is to be explained before it is praised or refused.",
        test: "at least three bids, and one more than alt_low_bid below the mean of the others; a bid above twice the middle is odd itself and none of these",
        cites: &["G12", "G13"],
        judge: without_quotes,
    },
];

type Judge = fn(&Comparison) -> Vec<Said>;

/// What the rules look at in a comparison.
const JUDGES: [(&str, Judge); 2] = [("S3.8", comparable), ("S3.9", too_low)];

/// Names that a sentence lists before it counts the rest.
const NAMED: usize = 5;

/// A brief holds no quotes side by side: these rules speak in a comparison.
fn without_quotes(_: &Facts<'_>) -> Vec<Said> {
    Vec::new()
}

/// What the rules say of a comparison, gravest first.
pub(crate) fn judge_quotes(comparison: &Comparison) -> Vec<Finding> {
    let said = |(id, judge): (&str, Judge)| {
        let rule = RULES.iter().find(|rule| rule.id == id);
        let judged = rule.map(|rule| judge(comparison).into_iter().map(move |it| (rule, it)));
        judged.into_iter().flatten()
    };
    let mut findings: Vec<Finding> =
        JUDGES.into_iter().flat_map(said).map(|(rule, said)| found(rule, said)).collect();
    findings.sort_by_key(|finding| finding.gravity);
    findings
}

fn found(rule: &Rule, said: Said) -> Finding {
    Finding {
        rule: rule.id,
        step: rule.step,
        gravity: said.gravity,
        text: said.text,
        figures: said.figures,
        cites: said.cites.unwrap_or(rule.cites),
        action: said.action,
    }
}

fn comparable(comparison: &Comparison) -> Vec<Said> {
    let [told, more, raised_at] = by_supplier(
        comparison,
        [|cell| cell.reason.is_some(), is_more, |cell| much(cell).is_some()],
    );
    let suppliers = comparison.suppliers.iter().enumerate().zip(&told);
    let each =
        suppliers.flat_map(|((at, supplier), told)| of_supplier(comparison, at, supplier, told));
    let all = [
        unquoted(comparison),
        passed_over(comparison),
        sea(comparison),
        lengths(comparison),
        bought_up(comparison, &more),
        raised(comparison, &raised_at),
    ];
    each.chain(all.into_iter().flatten()).collect()
}

fn of_supplier(
    comparison: &Comparison,
    at: usize,
    supplier: &Supplier,
    told: &[usize],
) -> Vec<Said> {
    let name = &supplier.name;
    let reasons = supplier.reasons.join("; ");
    let whole = match supplier.state {
        State::Stopped => Some(Said::error(format!("{name} cannot be compared: {reasons}."))),
        State::Unclear => {
            let text = format!("{name} is not comparable yet, and not awarded: {reasons}.");
            Some(Said::warning(text))
        }
        State::Expired => {
            Some(Said::warning(format!("{name} is shown and not awarded: {reasons}.")))
        }
        _ if reasons.is_empty() => None,
        _ => Some(Said::info(format!("{name}: {reasons}."))),
    };
    if supplier.state == State::Stopped {
        return whole.into_iter().collect();
    }
    let more = [left_out(supplier), lines(comparison, at, told), gaps(comparison, at)];
    whole.into_iter().chain(more.into_iter().flatten()).collect()
}

/// What a supplier says that its price does not hold.
fn left_out(supplier: &Supplier) -> Option<Said> {
    let names: Vec<&str> = supplier.terms.exclusions.iter().map(String::as_str).collect();
    (!names.is_empty()).then(|| {
        let text = format!("{} leaves out {}: no total holds it.", supplier.name, named(&names));
        Said::warning(text).so("Ask what it costs, and whether the others hold it.")
    })
}

/// Contracts of different length.
fn lengths(comparison: &Comparison) -> Option<Said> {
    let stated = comparison
        .suppliers
        .iter()
        .filter_map(|supplier| Some((supplier.terms.term_months?, supplier.name.as_str())));
    let stated: Vec<(u32, &str)> = stated.collect();
    let differ = stated.windows(2).any(|pair| pair[0].0 != pair[1].0);
    let told: Vec<String> =
        stated.iter().map(|(months, name)| format!("{name} {months} months")).collect();
    let names: Vec<&str> = told.iter().map(String::as_str).collect();
    differ.then(|| {
        let text = format!("Contracts run for different times: {}.", named(&names));
        Said::info(text).so("Compare prices of the same term, or price the difference.")
    })
}

/// Rules that are made for the sea alone.
fn sea(comparison: &Comparison) -> Option<Said> {
    let told = comparison.suppliers.iter().filter_map(|supplier| {
        let rule = supplier.terms.incoterm.filter(|rule| rule.is_for_sea())?;
        Some(format!("{} {rule}", supplier.name))
    });
    let told: Vec<String> = told.collect();
    let names: Vec<&str> = told.iter().map(String::as_str).collect();
    (!told.is_empty()).then(|| {
        let text = format!(
            "Some quote under a rule for carriage by sea or inland waterway alone: {}.",
            named(&names)
        );
        Said::info(text)
            .so("Where goods go in containers, by road or by air, ask for the rule that fits.")
    })
}

/// By supplier, items.
type Items = Vec<Vec<usize>>;

/// For each question the items of each supplier whose cell, as asked, answers it: all of them in one
/// go through the cells.
fn by_supplier<const N: usize>(
    comparison: &Comparison,
    questions: [fn(&Cell) -> bool; N],
) -> [Items; N] {
    let mut items = questions.map(|_| vec![Vec::new(); comparison.suppliers.len()]);
    let rows = comparison.outcomes.iter().take(1).flat_map(|outcome| outcome.cells.rows());
    for (item, row) in rows.enumerate() {
        for (supplier, cell) in row.iter().enumerate() {
            for (is_one, items) in questions.iter().zip(&mut items) {
                if is_one(cell) {
                    items[supplier].push(item);
                }
            }
        }
    }
    items
}

/// Lines that are quoted and do not count, though their supplier does.
fn lines(comparison: &Comparison, at: usize, told: &[usize]) -> Option<Said> {
    let first = *told.first()?;
    let reason = comparison.cell(0, first, at)?.reason.as_deref()?;
    let item = &comparison.items[first].name;
    let more = match told.len() {
        1 => String::new(),
        n => format!(" So or otherwise {} further lines.", n - 1),
    };
    let name = &comparison.suppliers[at].name;
    Some(Said::warning(format!("{name}, {item}: {reason}.{more}")))
}

/// What a supplier does not quote, and what fills it.
fn gaps(comparison: &Comparison, at: usize) -> Option<Said> {
    let outcome = comparison.outcomes.first()?;
    let total = outcome.totals.get(at)?;
    if total.missing.is_empty() || total.quoted == 0 {
        return None;
    }
    let filled = match total.plug_share {
        Some(share) => format!(
            " The median of the others fills them for the ranking alone: {} of the total.",
            percent(share)
        ),
        None => String::new(),
    };
    let name = &comparison.suppliers[at].name;
    let head = format!(
        "{name} leaves {} of the items open: {}.",
        total.missing.len(),
        listed(comparison, &total.missing)
    );
    let most = total.plug_share.filter(|_| total.rank.is_none());
    let grave = most.is_some() && comparison.suppliers[at].state == State::Counts;
    let tail = match (&total.unranked, grave) {
        (Some(why), true) => format!(" It has no place in the ranking: {why}."),
        _ => String::new(),
    };
    let gravity = if grave { Gravity::Warning } else { Gravity::Info };
    Some(Said::new(gravity, format!("{head}{filled}{tail}")).so("Ask for the missing prices."))
}

fn unquoted(comparison: &Comparison) -> Option<Said> {
    let outcome = comparison.outcomes.first()?;
    let open = comparison.items.iter().zip(&outcome.in_scope).filter(|(_, within)| !**within);
    let open: Vec<&str> = open.map(|(item, _)| item.name.as_str()).collect();
    (!open.is_empty()).then(|| {
        let text =
            format!("Nobody who can be awarded quotes {}: outside every total.", named(&open));
        Said::warning(text).so("Ask for these prices before the award.")
    })
}

fn passed_over(comparison: &Comparison) -> Option<Said> {
    let first = comparison.passed_over.first()?;
    let how_many = match comparison.passed_over.len() {
        1 => "One row of quotes took no part:".to_owned(),
        n => format!("{n} rows of quotes took no part; the first is"),
    };
    let (place, supplier, item) = (&first.place, &first.supplier, &first.item);
    let text = format!("{how_many} {place} ({supplier}, `{item}`): {}.", first.reason);
    Some(Said::warning(text))
}

/// Whether more than is needed is ordered because that costs less.
fn is_more(cell: &Cell) -> bool {
    cell.cost.as_ref().is_some_and(|cost| cost.ordered > cost.least)
}

/// Where more than is needed costs less.
fn bought_up(comparison: &Comparison, more: &Items) -> Option<Said> {
    let told = comparison.suppliers.iter().zip(more).filter(|(_, items)| !items.is_empty());
    let told: Vec<String> = told
        .map(|(supplier, items)| format!("{} from {}", listed(comparison, items), supplier.name))
        .collect();
    let holding = match comparison.basis.holding_rate {
        Some(_) => "what holding the rest costs is counted",
        None => "what holding the rest costs is not stated and not counted",
    };
    (!told.is_empty()).then(|| {
        let text =
            format!("Buying up to the next price is cheaper: {}; {holding}.", told.join("; "));
        let said = Said::info(text);
        said.so_if(comparison.basis.holding_rate.is_none(), "State `holding_rate` in `[tender]`.")
    })
}

/// Times what is needed from which a least order or multiple is told.
const MUCH: Amount = Amount::TWO;

/// How many times what is needed a least order or multiple makes us buy, where that is much.
fn much(cell: &Cell) -> Option<Amount> {
    let raised = |cost: &&Cost| cost.least > cost.needed && cost.ordered == cost.least;
    let cost = cell.cost.as_ref().filter(raised)?;
    cost.least.checked_div(cost.needed).filter(|times| *times >= MUCH)
}

/// Where a least order or multiple makes us buy much more than is needed.
fn raised(comparison: &Comparison, more: &Items) -> Option<Said> {
    let of = |supplier: usize, item: usize| {
        let times = comparison.cell(0, item, supplier).and_then(much)?;
        let (item, name) = (&comparison.items[item].name, &comparison.suppliers[supplier].name);
        Some(format!("{item} from {name}, {} times", times.round_dp(1).normalize()))
    };
    let told = more.iter().enumerate();
    let told = told.flat_map(|(at, items)| items.iter().filter_map(move |item| of(at, *item)));
    let told: Vec<String> = told.collect();
    let names: Vec<&str> = told.iter().map(String::as_str).collect();
    (!told.is_empty()).then(|| {
        let text =
            format!("A least order makes us pay for more than is needed: {}.", named(&names));
        Said::warning(text).so("Ask for the quantity needed, or leave these lines to others.")
    })
}

fn too_low(comparison: &Comparison) -> Vec<Said> {
    let Some(outcome) = comparison.outcomes.first() else { return Vec::new() };
    let totals = comparison.suppliers.iter().zip(&outcome.totals);
    let whole = totals.filter_map(|(supplier, total)| Some(low(supplier, total.low?)));
    let [lines] = by_supplier(comparison, [|cell| cell.low.is_some()]);
    let lines = comparison.suppliers.iter().zip(&lines);
    whole.chain(lines.filter_map(|(own, items)| low_lines(comparison, own, items))).collect()
}

fn low(supplier: &Supplier, below: Amount) -> Said {
    let text = format!(
        "The total of {} is {} below the mean of the others.",
        supplier.name,
        percent(below)
    );
    Said::warning(text).resting_on(&[&format!("quote.{}.total", supplier.slug)]).so(format!(
        "Ask {} to explain its price and to confirm the scope in writing; do not celebrate or reject yet.",
        supplier.name
    ))
}

fn low_lines(comparison: &Comparison, own: &Supplier, items: &[usize]) -> Option<Said> {
    (!items.is_empty()).then(|| {
        let text =
            format!("{} is far below the others on {}.", own.name, listed(comparison, items));
        Said::info(text).so("Check unit, pack and scope of these lines.")
    })
}

/// Names of items, the first of them.
fn listed(comparison: &Comparison, items: &[usize]) -> String {
    let names: Vec<&str> = items.iter().map(|item| comparison.items[*item].name.as_str()).collect();
    named(&names)
}

/// The first of many names, and how many more there are.
fn named(names: &[&str]) -> String {
    let shown = names[..names.len().min(NAMED)].join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
