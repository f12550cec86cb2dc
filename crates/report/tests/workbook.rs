//! The workbook, recalculated by a program that is not ours, gives the totals of the engine to the
//! cent: as written, with other quantities, and for many made-up tenders.
#![allow(clippy::unwrap_used, reason = "test code")]

use haggle_negotiation::deal;
use haggle_negotiation::quote::{Comparison, Outcome, compare};
use haggle_quantity::Amount;
use haggle_report::Quotes;
use ironcalc::base::Model;
use ironcalc::base::cell::CellValue;
use ironcalc::import::load_from_xlsx_bytes;
use std::collections::BTreeMap;
use std::fmt::Write;

const TENDER: &str = include_str!("data/tender.toml");

fn comparison(text: &str) -> Comparison {
    let parsed = deal::parse(text, None);
    let deal = parsed.deal.unwrap_or_else(|| panic!("{:#?}\n{text}", parsed.problems));
    compare(&deal, &[]).unwrap()
}

/// A workbook as another program computes it.
struct Recalculated {
    model: Model<'static>,
    sheets: BTreeMap<String, u32>,
}

impl Recalculated {
    fn new(comparison: &Comparison, scenario: usize) -> Self {
        let bytes =
            Quotes { comparison, scenario, negotiations: &[], unplanned: &[] }.workbook().unwrap();
        let book = load_from_xlsx_bytes(&bytes, "quotes", "en", "UTC").unwrap();
        let model = Model::from_workbook(book, "en").unwrap();
        let names = model.get_worksheets_properties();
        let sheets = (0..).zip(names).map(|(i, sheet)| (sheet.name, i)).collect();
        let mut book = Self { model, sheets };
        book.model.evaluate();
        book
    }

    fn value(&self, sheet: &str, row: i32, column: i32) -> CellValue {
        self.model.get_cell_value_by_index(self.sheets[sheet], row, column).unwrap()
    }

    fn text(&self, sheet: &str, row: i32, column: i32) -> String {
        match self.value(sheet, row, column) {
            CellValue::String(text) => text,
            CellValue::Number(number) => number.to_string(),
            CellValue::Boolean(it) => it.to_string(),
            CellValue::None => String::new(),
        }
    }

    fn number(&self, sheet: &str, row: i32, column: i32) -> f64 {
        match self.value(sheet, row, column) {
            CellValue::Number(number) => number,
            other => {
                panic!("{sheet} row {row} column {column}: found {other:?}, expected a number")
            }
        }
    }

    /// The row from one on whose first cell says this.
    fn row(&self, sheet: &str, from: i32, name: &str) -> i32 {
        let found = (from..from + 5000).find(|row| self.text(sheet, *row, 1) == name);
        found.unwrap_or_else(|| panic!("{sheet} has no row `{name}`"))
    }

    /// Column of each supplier on the sheet of the comparison.
    fn columns(&self, comparison: &Comparison) -> BTreeMap<String, i32> {
        let all = 7..7 + comparison.suppliers.len() as i32;
        all.map(|column| (self.text("Comparison", 5, column), column)).collect()
    }

    /// No cell of the workbook is an error.
    fn has_no_errors(&self) {
        for cell in self.model.get_all_cells() {
            let text =
                self.model.get_formatted_cell_value(cell.index, cell.row, cell.column).unwrap();
            assert!(
                !text.starts_with('#'),
                "{text} on sheet {} row {} column {}",
                cell.index,
                cell.row,
                cell.column
            );
        }
    }
}

fn near(found: f64, expected: Amount, what: &str) {
    let expected: f64 = expected.to_string().parse().unwrap();
    assert!((found - expected).abs() < 0.005, "{what}: found {found}, expected {expected}");
}

/// Every number of the comparison and of the awards is that of the engine.
fn same(book: &Recalculated, comparison: &Comparison, outcome: &Outcome) {
    book.has_no_errors();
    let columns = book.columns(comparison);
    for (i, item) in comparison.items.iter().enumerate() {
        let row = book.row("Comparison", 6, &item.name);
        for (s, supplier) in comparison.suppliers.iter().enumerate() {
            let cell = outcome.cells.get(i, s).unwrap();
            if let Some(cost) = cell.cost.as_ref().filter(|_| cell.state == supplier.state) {
                let what = format!("{} from {}", item.name, supplier.name);
                near(book.number("Comparison", row, columns[&supplier.name]), cost.line, &what);
                let unit = book.number("Unit prices", row, columns[&supplier.name]);
                near(unit * 1000.0, cost.unit * Amount::from(1000), &what);
            }
        }
        if let Some(best) = outcome.best[i] {
            let least = outcome.cells.get(i, best).unwrap().counted().unwrap();
            near(book.number("Comparison", row, 5), least, &item.name);
            assert_eq!(book.text("Comparison", row, 6), comparison.suppliers[best].name);
        }
    }
    sums(book, comparison, outcome, &columns);
    awards(book, outcome);
}

fn sums(
    book: &Recalculated,
    comparison: &Comparison,
    outcome: &Outcome,
    columns: &BTreeMap<String, i32>,
) {
    for (supplier, total) in comparison.suppliers.iter().zip(&outcome.totals) {
        if supplier.factors.is_none() {
            continue;
        }
        let column = columns[&supplier.name];
        let at = |name: &str| book.row("Comparison", 6, name);
        let sum = |name: &str| book.number("Comparison", at(name), column);
        near(sum("Lines quoted"), total.lines, &supplier.name);
        near(sum("Filled gaps, for the ranking only"), total.plugs, &supplier.name);
        near(sum("Order costs"), total.order.unwrap(), &supplier.name);
        near(sum("Goods, for the minimum order"), total.goods, &supplier.name);
        assert_eq!(sum("Lines missing"), total.missing.len() as f64, "{}", supplier.name);
        match total.total {
            Some(whole) => near(sum("Total"), whole, &supplier.name),
            None => assert_eq!(book.text("Comparison", at("Total"), column), "incomplete"),
        }
        let place = total.rank.map_or("-".to_owned(), |rank| rank.to_string());
        assert_eq!(book.text("Comparison", at("Place"), column), place, "{}", supplier.name);
    }
}

fn awards(book: &Recalculated, outcome: &Outcome) {
    for (award, column) in [(&outcome.single, 3), (&outcome.mixed, 6)] {
        let Some(award) = award else { continue };
        let row = book.row("Award", 6, "Total");
        near(book.number("Award", row, column), award.total, "award");
        for below in row..row + 40 {
            assert!(!book.text("Award", below, column + 1).contains("below"), "row {below}");
        }
    }
}

#[test]
fn every_total_is_that_of_the_engine() {
    for text in [TENDER.to_owned(), TENDER.replace("[tender]", "[tender]\nfill_gaps = true")] {
        let comparison = comparison(&text);
        for (scenario, outcome) in comparison.outcomes.iter().enumerate() {
            same(&Recalculated::new(&comparison, scenario), &comparison, outcome);
        }
    }
}

#[test]
fn where_nobody_can_be_awarded_there_are_totals_and_no_places() {
    let text = TENDER.replace("valid_until = 2026-10-31\n", "");
    let comparison =
        comparison(&text.replace("[[quote]]\n", "[[quote]]\nvalid_until = 2026-01-31\n"));
    let outcome = &comparison.outcomes[0];
    assert!(outcome.ranking.is_empty() && outcome.mixed.is_none());
    same(&Recalculated::new(&comparison, 0), &comparison, outcome);
}

#[test]
fn formulas_follow_their_inputs() {
    let comparison = comparison(TENDER);
    let mut book = Recalculated::new(&comparison, 0);
    let inputs = book.sheets["Inputs"];
    let doubled = &comparison.outcomes[1];
    for (item, quantity) in comparison.items.iter().zip(&doubled.quantities) {
        let row = book.row("Inputs", 1, &item.id);
        book.model
            .update_cell_with_number(inputs, row, 3, quantity.unwrap().to_string().parse().unwrap())
            .unwrap();
    }
    book.model.evaluate();
    let without_awards = Outcome { single: None, mixed: None, ..doubled.clone() };
    same(&book, &comparison, &without_awards);
}

#[test]
fn another_rate_moves_what_is_quoted_in_its_currency() {
    let other = comparison(&TENDER.replace("rate = 0.9\n", "rate = 0.95\n"));
    let book = Recalculated::new(&comparison(TENDER), 0);
    let mut moved = book;
    let inputs = moved.sheets["Inputs"];
    let row = moved.row("Inputs", 1, "Bolt Office");
    moved.model.update_cell_with_number(inputs, row, 4, 0.95).unwrap();
    moved.model.evaluate();
    let without_awards = Outcome { single: None, mixed: None, ..other.outcomes[0].clone() };
    same(&moved, &other, &without_awards);
}

#[test]
fn the_same_comparison_gives_the_same_bytes() {
    let comparison = comparison(TENDER);
    let quotes = Quotes { comparison: &comparison, scenario: 0, negotiations: &[], unplanned: &[] };
    assert_eq!(quotes.workbook().unwrap(), quotes.workbook().unwrap());
}

/// Numbers that look random and are the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn maybe(&mut self, text: &str) -> String {
        if self.roll(2) == 0 { String::new() } else { format!("{text}\n") }
    }
}

/// A tender with quotes of every kind.
fn made_up(seed: u64) -> String {
    let mut dice = Dice(seed);
    let items = 2 + dice.roll(4);
    let mut text = "schema = \"haggle.deal/1\"\ntitle = \"Made up\"\nside = \"buyer\"\ncurrency = \"EUR\"\n\
                    per = \"lot\"\nas_of = 2026-11-20\n[us]\ndiscount_rate = 0.07\n\
                    [[rate]]\nfrom = \"EUR\"\nto = \"USD\"\nrate = 1.117\ndate = 2026-11-19\n\
                    [tender]\nincoterm = \"DAP\"\npayment_days = 45\nhorizon_months = 29\n\
                    adders = { main_carriage = \"7.5 %\", insurance = \"0.3 %\", export_clearance = \"31\", origin_handling = \"1 %\" }\n"
        .to_owned();
    text += &dice.maybe("fill_gaps = true");
    text += &dice.maybe("holding_rate = 0.17");
    for i in 0..items {
        let quantity = 1 + dice.roll(3000);
        let _ = write!(
            text,
            "[[item]]\nid = \"i{i}\"\nname = \"Item {i}\"\nquantity = \"{quantity}\"\nper = \"each\"\n"
        );
    }
    for s in 0..2 + dice.roll(4) {
        let _ = write!(
            text,
            "[[quote]]\nsupplier = \"S{s}\"\npayment_days = {}\nlead_time_days = {}\nincoterm = \"{}\"\n",
            dice.roll(90),
            dice.roll(60),
            ["EXW", "FCA", "DAP", "CPT"][dice.roll(4) as usize]
        );
        for term in [
            "currency = \"USD\"",
            "discount = 0.035",
            "rejects = 0.013",
            "freight = \"47.11\"",
            "early_discount = 0.02\nearly_days = 8",
            "minimum_value = \"900\"",
            "quality_cost = \"12.5\"",
            "switching_cost = \"150\"",
            "valid_until = 2026-11-01",
            "tax = 0.21\ntax_included = true\ntax_recoverable = true",
        ] {
            if dice.roll(3) == 0 {
                let _ = writeln!(text, "{term}");
            }
        }
        text +=
            &dice.maybe("[[quote.charge]]\nname = \"fee\"\namount = \"9.9\"\nevery = \"quarter\"");
        for i in 0..items {
            if dice.roll(8) > 0 {
                text += &line(&mut dice, i);
            }
        }
    }
    text
}

fn line(dice: &mut Dice, item: u64) -> String {
    let pack = [1, 12, 250][dice.roll(3) as usize];
    let price = 100 + dice.roll(900);
    let mut text = format!(
        "[[quote.line]]\nitem = \"i{item}\"\nprice = \"{}.{:02}\"\nper = \"pack\"\npack = \"{pack}\"\n",
        price / 100,
        price % 100
    );
    text += &dice.maybe("minimum = \"5\"");
    text += &dice.maybe("multiple = \"3\"");
    if dice.roll(2) == 0 {
        let from = 3 + dice.roll(40);
        let _ = writeln!(
            text,
            "breaks = [{{ from = \"{from}\", price = \"{}.{:02}\" }}, {{ from = \"{}\", price = \"0.71\" }}]",
            price / 130,
            price * 10 / 13 % 100,
            from * 4
        );
        text += &dice.maybe("scheme = \"incremental\"");
    }
    text
}

#[test]
fn made_up_tenders_are_recalculated_alike() {
    let mut ranked = 0;
    for seed in 1..=30 {
        let comparison = comparison(&made_up(seed));
        let book = Recalculated::new(&comparison, 0);
        same(&book, &comparison, &comparison.outcomes[0]);
        ranked += comparison.outcomes[0].ranking.len();
    }
    assert!(ranked > 20, "only {ranked} suppliers are ranked: the tenders are too odd");
}
