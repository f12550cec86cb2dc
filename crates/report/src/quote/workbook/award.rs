//! The sheet of awards: who gets which line, and what that costs; the names can be changed.

use super::book::{Look, Sheet, Value, formula, label};
use super::plan::{ACROSS, AWARD, COMPARISON, DATA, Factor, Plan, Step, on, range};
use haggle_negotiation::quote::Award;
use haggle_quantity::Amount;
use rust_xlsxwriter::{DataValidation, Formula, XlsxError};

/// Columns of an award: who, what the line costs, its goods.
const SINGLE: u16 = 1;
const MIXED: u16 = 4;

pub(super) fn sheet(plan: &Plan<'_>, digits: u32) -> Result<Sheet, XlsxError> {
    let mut sheet = Sheet::new(AWARD, digits)?;
    sheet.widths(&[34, 24, 14, 14, 24, 14, 14])?;
    sheet.put((0, 0), "Award", Look::Title)?;
    let words = "Another supplier can be chosen for any line: the costs follow, and order costs count once for each supplier used.";
    sheet.put((1, 0), words, Look::Note)?;
    let outcome = plan.quotes.outcome();
    let single =
        Block { plan, award: outcome.single.as_ref(), column: SINGLE, name: "Single award" };
    let mixed = Block { plan, award: outcome.mixed.as_ref(), column: MIXED, name: "Mixed award" };
    sheet.put((DATA - 1, 0), "Item", Look::Head)?;
    for (row, item) in (DATA..=plan.last_item()).zip(0..) {
        sheet.put((row, 0), plan.item_label(item), Look::Wrapped)?;
    }
    footer(&mut sheet, plan)?;
    single.write(&mut sheet)?;
    mixed.write(&mut sheet)?;
    sheet.sheet.set_freeze_panes(DATA, 1)?;
    sheet.sheet.set_repeat_rows(DATA - 1, DATA - 1)?;
    Ok(sheet)
}

/// Rows below the lines: three sums, then a row for each supplier that counts.
fn lines_row(plan: &Plan<'_>) -> u32 {
    plan.last_item() + 1
}

fn suppliers_row(plan: &Plan<'_>) -> u32 {
    lines_row(plan) + 6
}

/// Titles of the rows below the lines.
fn footer(sheet: &mut Sheet, plan: &Plan<'_>) -> Result<(), XlsxError> {
    for (row, name) in (lines_row(plan)..).zip(["Lines", "Order costs", "Total"]) {
        sheet.put((row, 0), name, Look::SumHead)?;
    }
    sheet.put((suppliers_row(plan) - 1, 0), "Order costs of those used", Look::Head)?;
    for (row, supplier) in (suppliers_row(plan)..).zip(&plan.order[..plan.counting]) {
        sheet.put((row, 0), label(&plan.quotes.supplier(*supplier).name), Look::Text)?;
    }
    Ok(())
}

/// One award.
struct Block<'a> {
    plan: &'a Plan<'a>,
    award: Option<&'a Award>,
    column: u16,
    name: &'static str,
}

impl Block<'_> {
    fn write(&self, sheet: &mut Sheet) -> Result<(), XlsxError> {
        sheet.put((DATA - 1, self.column), self.name, Look::Head)?;
        let Some(award) = self.award.filter(|_| self.plan.counting > 0) else {
            sheet.put((DATA, self.column), "none", Look::Text)?;
            return Ok(());
        };
        sheet.put((DATA - 1, self.column + 1), "Line cost", Look::NumberHead)?;
        sheet.put((DATA - 1, self.column + 2), "Goods", Look::NumberHead)?;
        for (item, by) in award.by_item.iter().enumerate() {
            self.line(sheet, item, *by)?;
        }
        self.choices(sheet)?;
        self.sums(sheet, award)?;
        self.suppliers(sheet, award)
    }

    fn line(&self, sheet: &mut Sheet, item: usize, by: Option<usize>) -> Result<(), XlsxError> {
        let row = DATA + item as u32;
        let name = by.map(|s| label(&self.plan.quotes.supplier(s).name));
        let cost = by.and_then(|s| self.plan.quotes.cell(item, s)?.counted());
        let who = on(AWARD, row, self.column);
        let result = cost.map_or(String::new(), |cost| cost.normalize().to_string());
        let costs = self.plan.counting_cells(row);
        let found = format!("INDEX({costs},1,MATCH({who},{},0))", self.names());
        sheet.put((row, self.column), name, Look::InputText)?;
        let text = format!("=IF({who}=\"\",\"\",{found})");
        sheet.put((row, self.column + 1), Value::Formula(text, result), Look::Money)?;
        let text = format!("=IF({who}=\"\",\"\",{})", self.goods(row, &who));
        sheet.put((row, self.column + 2), Value::Formula(text, String::new()), Look::Money)
    }

    /// Goods of the line with this supplier: the steps of its item and supplier.
    fn goods(&self, row: u32, who: &str) -> String {
        let steps = |step| self.plan.steps_column(step);
        let item = on(AWARD, row, 0);
        let (items, suppliers) = (steps(Step::Item), steps(Step::Supplier));
        format!("SUMIFS({},{items},{item},{suppliers},{who})", steps(Step::Value))
    }

    /// Heads of those suppliers that count.
    fn names(&self) -> String {
        let last = ACROSS + self.plan.counting as u16 - 1;
        range(COMPARISON, (DATA - 1, ACROSS), (DATA - 1, last))
    }

    /// Only suppliers that count can be chosen.
    fn choices(&self, sheet: &mut Sheet) -> Result<(), XlsxError> {
        let list =
            DataValidation::new().allow_list_formula(Formula::new(format!("={}", self.names())));
        let last = self.plan.last_item();
        sheet.sheet.add_data_validation(DATA, self.column, last, self.column, &list)?;
        Ok(())
    }

    fn down(&self, offset: u16) -> String {
        let column = self.column + offset;
        range(AWARD, (DATA, column), (self.plan.last_item(), column))
    }

    fn sums(&self, sheet: &mut Sheet, award: &Award) -> Result<(), XlsxError> {
        let row = lines_row(self.plan);
        let column = self.column + 1;
        let first = suppliers_row(self.plan);
        let last = first + self.plan.counting as u32 - 1;
        let orders = range(AWARD, (first, column), (last, column));
        let unknown = |text: String| Value::Formula(text, String::new());
        sheet.put((row, column), unknown(format!("=SUM({})", self.down(1))), Look::Sum)?;
        sheet.put((row + 1, column), unknown(format!("=SUM({orders})")), Look::Sum)?;
        let total = format!("={}+{}", on(AWARD, row, column), on(AWARD, row + 1, column));
        sheet.put((row + 2, column), formula(total, award.total), Look::Sum)
    }

    /// Order costs of each supplier used, and whether its minimum order is reached.
    fn suppliers(&self, sheet: &mut Sheet, award: &Award) -> Result<(), XlsxError> {
        for (row, supplier) in
            (suppliers_row(self.plan)..).zip(&self.plan.order[..self.plan.counting])
        {
            let name = on(AWARD, row, 0);
            let used = format!("COUNTIF({},{name})>0", self.down(0));
            let order = self.plan.factor(*supplier, Factor::Order);
            let known = award.suppliers.contains(supplier);
            let cost = self.plan.quotes.supplier(*supplier).order_total.filter(|_| known);
            let text = format!("=IF({used},{order},0)");
            sheet.put(
                (row, self.column + 1),
                formula(text, cost.unwrap_or(Amount::ZERO)),
                Look::Money,
            )?;
            let least = self.plan.factor(*supplier, Factor::Minimum);
            let goods = format!("SUMIFS({},{},{name})", self.down(2), self.down(0));
            let text = format!(
                "=IF(AND({used},{goods}<N({least})-0.000001),\"below its minimum order\",\"\")"
            );
            sheet.put((row, self.column + 2), Value::Formula(text, String::new()), Look::Text)?;
        }
        Ok(())
    }
}
