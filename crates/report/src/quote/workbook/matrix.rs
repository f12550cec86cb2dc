//! The sheets with suppliers side by side: what each line costs, and the same per unit.

use super::super::json::state;
use super::book::{Look, Sheet, Value, formula, label};
use super::plan::{
    ACROSS, COMPARISON, DATA, Factor, GAPS, Plan, STEPS, Setting, Step, Term, UNITS, on, range,
};
use haggle_negotiation::quote::State;
use haggle_quantity::Amount;
use rust_xlsxwriter::{Color, ConditionalFormatFormula, Format, XlsxError};

/// Rows of sums below the lines.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sum {
    Lines = 1,
    Filled,
    Order,
    Total,
    Over,
    Missing,
    Goods,
    Ranked,
    Place,
}

/// The comparison: line costs, sums, places.
pub(super) fn sheet(plan: &Plan<'_>, digits: u32) -> Result<Sheet, XlsxError> {
    let mut sheet = Sheet::new(COMPARISON, digits)?;
    let it = plan.quotes.comparison;
    sheet.put((0, 0), it.title.as_str(), Look::Title)?;
    let words = format!("As of {}. {}", it.as_of, super::super::stated::basis(plan.quotes));
    sheet.put((1, 0), words, Look::Note)?;
    let words = format!(
        "Quantities: {}. What each line costs in {}; green is the least. Suppliers that cannot be awarded stand at the right end.",
        plan.quotes.outcome().name,
        it.currency
    );
    sheet.put((2, 0), words, Look::Note)?;
    heads(&mut sheet, plan, "#Least cost")?;
    for item in 0..it.items.len() {
        line(&mut sheet, plan, item)?;
    }
    sums(&mut sheet, plan)?;
    marked(&mut sheet, plan)?;
    finished(&mut sheet, plan)?;
    Ok(sheet)
}

/// The same per unit of each item.
pub(super) fn units(plan: &Plan<'_>, digits: u32) -> Result<Sheet, XlsxError> {
    let mut sheet = Sheet::new(UNITS, digits)?;
    sheet.put((0, 0), "Unit prices like for like", Look::Title)?;
    let words = format!("Line cost for one good unit, {}.", plan.quotes.comparison.currency);
    sheet.put((1, 0), words, Look::Note)?;
    heads(&mut sheet, plan, "#Least price")?;
    for item in 0..plan.quotes.comparison.items.len() {
        let row = DATA + item as u32;
        lead(&mut sheet, plan, item)?;
        for supplier in &plan.order {
            let value = stepped(plan, item, *supplier, Step::Unit);
            sheet.put((row, plan.column(*supplier)), value, Look::Price)?;
        }
        let best = plan.quotes.outcome().best[item];
        let best = best.and_then(|s| plan.quotes.cell(item, s)?.cost.as_ref()).map(|c| c.unit);
        if let Some(unit) = best.filter(|_| plan.counting > 0) {
            let cells = range(UNITS, (row, ACROSS), (row, ACROSS + plan.counting as u16 - 1));
            sheet.put((row, 4), formula(format!("=MIN({cells})"), unit), Look::Price)?;
        }
    }
    marked(&mut sheet, plan)?;
    finished(&mut sheet, plan)?;
    Ok(sheet)
}

/// Two rows of heads: names, and what keeps a supplier from being awarded.
fn heads(sheet: &mut Sheet, plan: &Plan<'_>, least: &str) -> Result<(), XlsxError> {
    sheet.heads(DATA - 1, &["Item", "#Quantity", "Unit", "#In totals", least, "From"])?;
    for supplier in &plan.order {
        let it = plan.quotes.supplier(*supplier);
        let column = plan.column(*supplier);
        sheet.put((DATA - 2, column), it.state.as_str(), Look::Note)?;
        sheet.put((DATA - 1, column), label(&it.name), Look::NumberHead)?;
    }
    Ok(())
}

/// The first columns of an item's row.
fn lead(sheet: &mut Sheet, plan: &Plan<'_>, item: usize) -> Result<(), XlsxError> {
    let it = &plan.quotes.comparison.items[item];
    let row = DATA + item as u32;
    let outcome = plan.quotes.outcome();
    let name =
        Value::Formula(format!("={}", plan.item_name(item)), plan.item_label(item).to_owned());
    sheet.put((row, 0), name, Look::Wrapped)?;
    let asked = outcome.quantities[item].unwrap_or_default();
    let quantity = formula(format!("={}", plan.quantity(item)), asked);
    sheet.put((row, 1), quantity, Look::Quantity)?;
    sheet.put((row, 2), it.per.as_str(), Look::Text)?;
    let within = Amount::from(u8::from(outcome.in_scope[item]));
    let value = match plan.counting {
        0 => within.into(),
        _ => {
            let cells = plan.counting_cells(row);
            formula(format!("=IF(COUNT({cells})>0,1,0)"), within)
        }
    };
    sheet.put((row, 3), value, Look::Count)
}

fn line(sheet: &mut Sheet, plan: &Plan<'_>, item: usize) -> Result<(), XlsxError> {
    lead(sheet, plan, item)?;
    let row = DATA + item as u32;
    for supplier in &plan.order {
        let value = stepped(plan, item, *supplier, Step::Line);
        sheet.put((row, plan.column(*supplier)), value, Look::Money)?;
    }
    let Some(best) = plan.quotes.outcome().best[item] else { return Ok(()) };
    let cost = plan.quotes.cell(item, best).and_then(|cell| cell.counted()).unwrap_or_default();
    let cells = plan.counting_cells(row);
    let least = format!("=IF(COUNT({cells})=0,\"\",MIN({cells}))");
    sheet.put((row, 4), formula(least, cost), Look::Money)?;
    let names =
        range(COMPARISON, (DATA - 1, ACROSS), (DATA - 1, ACROSS + plan.counting as u16 - 1));
    let here = on(COMPARISON, row, 4);
    let from = format!("=IF({here}=\"\",\"\",INDEX({names},1,MATCH({here},{cells},0)))");
    let name = label(&plan.quotes.supplier(best).name);
    sheet.put((row, 5), Value::Formula(from, name), Look::Text)
}

/// A cell that follows the steps where the line is in its supplier's total, else a word.
fn stepped(plan: &Plan<'_>, item: usize, supplier: usize, step: Step) -> Value {
    let Some(cell) = plan.quotes.cell(item, supplier) else { return Value::Empty };
    let own = plan.quotes.supplier(supplier).state;
    let row = plan.step_row(item, supplier).filter(|_| cell.state == own);
    match (row, &cell.cost) {
        (Some(row), Some(cost)) => {
            let result = if matches!(step, Step::Unit) { cost.unit } else { cost.line };
            formula(format!("={}", on(STEPS, row, step as u16)), result)
        }
        _ if cell.state == State::Filled => "gap".into(),
        _ => state(cell.state).into(),
    }
}

/// The sums of each supplier.
fn sums(sheet: &mut Sheet, plan: &Plan<'_>) -> Result<(), XlsxError> {
    let rows = [
        (Sum::Lines, "Lines quoted"),
        (Sum::Filled, "Filled gaps, for the ranking only"),
        (Sum::Order, "Order costs"),
        (Sum::Total, "Total"),
        (Sum::Over, "More than the first"),
        (Sum::Missing, "Lines missing"),
        (Sum::Goods, "Goods, for the minimum order"),
        (Sum::Ranked, "Total that is ranked"),
        (Sum::Place, "Place"),
    ];
    for (sum, name) in rows {
        let row = sum_row(plan, sum);
        (0..ACROSS).try_for_each(|column| sheet.put((row, column), Value::Empty, Look::SumHead))?;
        sheet.put((row, 0), name, Look::SumHead)?;
    }
    for supplier in &plan.order {
        column(sheet, plan, *supplier)?;
    }
    Ok(())
}

/// Row of a sum on the sheet of the comparison.
pub(super) fn sum_row(plan: &Plan<'_>, sum: Sum) -> u32 {
    plan.last_item() + sum as u32
}

/// Sums of one supplier.
fn column(sheet: &mut Sheet, plan: &Plan<'_>, supplier: usize) -> Result<(), XlsxError> {
    let total = &plan.quotes.outcome().totals[supplier];
    let known = plan.quotes.supplier(supplier).factors.is_some();
    let column = plan.column(supplier);
    let number = |amount: Amount| amount.normalize().to_string();
    let place = total.rank.map_or_else(|| "-".to_owned(), |rank| rank.to_string());
    let ranked = total.rank.and(total.total);
    let over = plan.quotes.outcome().ranking.iter().find(|r| r.supplier == supplier);
    let cells = [
        (Sum::Lines, number(total.lines), Look::Sum),
        (Sum::Filled, number(total.plugs), Look::Sum),
        (Sum::Order, number(total.order.unwrap_or_default()), Look::Sum),
        (Sum::Total, total.total.map_or("incomplete".to_owned(), number), Look::Sum),
        (Sum::Over, over.map_or(String::new(), |r| number(r.over_best)), Look::Sum),
        (Sum::Missing, total.missing.len().to_string(), Look::SumCount),
        (Sum::Goods, number(total.goods), Look::Sum),
        (Sum::Ranked, ranked.map_or(String::new(), number), Look::Sum),
        (Sum::Place, place, Look::SumCount),
    ];
    for (sum, result, look) in cells {
        let value = match known {
            true => Value::Formula(sum_formula(plan, supplier, sum), result),
            false => "stopped".into(),
        };
        sheet.put((sum_row(plan, sum), column), value, look)?;
    }
    Ok(())
}

fn sum_formula(plan: &Plan<'_>, supplier: usize, sum: Sum) -> String {
    let column = plan.column(supplier);
    let own = |sum: Sum| on(COMPARISON, sum_row(plan, sum), column);
    let down = |column: u16| range(COMPARISON, (DATA, column), (plan.last_item(), column));
    let (scope, lines) = (down(3), down(column));
    let name = on(COMPARISON, DATA - 1, column);
    match sum {
        Sum::Lines => format!("=SUMIFS({lines},{scope},1)"),
        Sum::Filled => filled(plan, &name, "SUMIFS"),
        Sum::Order => format!("={}", plan.factor(supplier, Factor::Order)),
        Sum::Total => {
            let open = format!(
                "{}-{}",
                own(Sum::Missing),
                filled(plan, &name, "COUNTIFS").trim_start_matches('=')
            );
            let [lines, filled, order] = [Sum::Lines, Sum::Filled, Sum::Order].map(own);
            let none = format!("COUNTIFS({scope},1,{},\">-1E+300\")=0", down(column));
            format!("=IF(OR({open}>0,{none}),\"incomplete\",{lines}+{filled}+{order})")
        }
        Sum::Missing => {
            format!("=COUNTIFS({scope},1)-COUNTIFS({scope},1,{lines},\">-1E+300\")")
        }
        Sum::Goods => format!(
            "=SUMIFS({},{},{name},{},1)",
            plan.steps_column(Step::Value),
            plan.steps_column(Step::Supplier),
            plan.steps_column(Step::Counts)
        ),
        Sum::Ranked => ranked(plan, supplier, &own),
        Sum::Over => over(plan, &own),
        Sum::Place => {
            let here = own(Sum::Ranked);
            format!("=IF({here}=\"\",\"-\",RANK({here},{},1))", ranked_range(plan))
        }
    }
}

/// Sum or count of a supplier's filled gaps.
fn filled(plan: &Plan<'_>, name: &str, function: &str) -> String {
    let gaps = plan.gaps().len() as u32;
    if gaps == 0 || !plan.quotes.comparison.basis.fill_gaps {
        return "=0".to_owned();
    }
    let column = |column| range(GAPS, (DATA, column), (DATA + gaps - 1, column));
    match function {
        "SUMIFS" => format!("=SUMIFS({},{},{name})", column(2), column(1)),
        _ => format!("=COUNTIFS({},{name},{},\">-1E+300\")", column(1), column(2)),
    }
}

/// A total that may be ranked: complete, of a supplier that counts, its minimum reached, not too
/// much of it filled.
fn ranked(plan: &Plan<'_>, supplier: usize, own: &impl Fn(Sum) -> String) -> String {
    let [total, goods, filled] = [Sum::Total, Sum::Goods, Sum::Filled].map(own);
    let least = plan.factor(supplier, Factor::Minimum);
    format!(
        "=IF(AND(ISNUMBER({total}),{}=\"counts\"),IF(AND({goods}>=N({least})-0.000001,{filled}<={}*{total}),{total},\"\"),\"\")",
        plan.term(supplier, Term::State),
        Plan::setting(Setting::PlugMax)
    )
}

fn over(plan: &Plan<'_>, own: &impl Fn(Sum) -> String) -> String {
    let here = own(Sum::Ranked);
    format!("=IF({here}=\"\",\"\",{here}-MIN({}))", ranked_range(plan))
}

/// The totals that are ranked, of all suppliers.
fn ranked_range(plan: &Plan<'_>) -> String {
    let row = sum_row(plan, Sum::Ranked);
    range(COMPARISON, (row, ACROSS), (row, ACROSS + plan.order.len() as u16 - 1))
}

/// Green where a cell is the least of its row.
fn marked(sheet: &mut Sheet, plan: &Plan<'_>) -> Result<(), XlsxError> {
    if plan.counting == 0 {
        return Ok(());
    }
    let green = Format::new().set_background_color(Color::RGB(0xDD_EFE3));
    let first = DATA + 1;
    let rule = ConditionalFormatFormula::new()
        .set_rule(format!("=AND(ISNUMBER(G{first}),G{first}=$E{first})").as_str())
        .set_format(green);
    let last = ACROSS + plan.counting as u16 - 1;
    sheet.sheet.add_conditional_format(DATA, ACROSS, plan.last_item(), last, &rule)?;
    Ok(())
}

/// Widths, frozen heads, and what repeats on paper.
fn finished(sheet: &mut Sheet, plan: &Plan<'_>) -> Result<(), XlsxError> {
    sheet.widths(&[34, 11, 9, 8, 13, 20])?;
    for supplier in &plan.order {
        sheet.width(plan.column(*supplier), 15)?;
    }
    sheet.sheet.set_freeze_panes(DATA, 1)?;
    sheet.sheet.set_repeat_rows(DATA - 2, DATA - 1)?;
    sheet.sheet.set_repeat_columns(0, 0)?;
    Ok(())
}

/// The sheet of gaps: who does not quote what, and what fills it.
pub(super) fn gaps(plan: &Plan<'_>, digits: u32) -> Result<Sheet, XlsxError> {
    let mut sheet = Sheet::new(GAPS, digits)?;
    sheet.widths(&[34, 24, 18, 60])?;
    sheet.put((0, 0), "Gaps", Look::Title)?;
    let fill = plan.quotes.comparison.basis.fill_gaps;
    let words = match fill {
        true => "Filled with the median of the suppliers that count, for the ranking only.",
        false => "Nothing is filled: a supplier with a gap has no total.",
    };
    sheet.put((1, 0), words, Look::Note)?;
    sheet.heads(DATA - 1, &["Item", "Supplier", "#Filled with", "Why"])?;
    for (row, (item, supplier)) in (DATA..).zip(plan.gaps()) {
        let Some(cell) = plan.quotes.cell(item, supplier) else { continue };
        let value = cell.plug.filter(|_| plan.counting > 0).map(|plug| {
            formula(format!("=MEDIAN({})", plan.counting_cells(DATA + item as u32)), plug)
        });
        let why = match (&cell.reason, cell.state) {
            (Some(reason), _) => &**reason,
            (None, State::Gap | State::Filled) => "no price",
            (None, other) => state(other),
        };
        sheet.row(
            row,
            [
                (plan.item_label(item).into(), Look::Wrapped),
                (label(&plan.quotes.supplier(supplier).name).into(), Look::Text),
                (value.unwrap_or(Value::Empty), Look::Money),
                (why.into(), Look::Wrapped),
            ],
        )?;
    }
    sheet.sheet.set_freeze_panes(DATA, 1)?;
    Ok(sheet)
}
