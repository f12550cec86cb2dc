//! Quote sheets, long, wide and as JSON, with terms beside the prices.

use super::{by_name, cells, done, places, recipe_of};
use crate::support::xlsx;

const ROLES: &str = "\
Supplier,Item,Description,Unit Price,Currency,Unit,Pack Size,MOQ,From Qty,Incoterms,Payment Terms,Lead Time,Valid Until,Freight,Discount,Scope
Acme,A4,Copier paper,15.00,EUR,pack,1500,2,,DAP Rotterdam,2/10 net 30,2 weeks,31.12.2026,included,5 %,yes
Acme,A4,Copier paper,14.20,EUR,pack,1500,2,10,DAP Rotterdam,2/10 net 30,2 weeks,31.12.2026,included,5 %,yes
Our estimate,A4,Copier paper,13.00,EUR,pack,1500,,,,,,,,,
Brio,A4,Copier paper,4.50,USD,ream,500,,,EXW,as agreed,10,2026-10-31,120,,tbc
";

#[test]
fn terms_in_columns_are_attributes_under_the_keys_of_a_deal_file() {
    let done = done(ROLES);
    assert_eq!(
        done.lines,
        [
            "2:4 A4|Copier paper|-|- value 15 exact EUR pack",
            "3:4 A4|Copier paper|-|- value 14.2 exact EUR pack",
            "4:4 A4|Copier paper|-|- value 13 exact EUR pack",
            "5:4 A4|Copier paper|-|- value 4.5 exact USD ream",
        ]
    );
    assert_eq!(done.terms[1], "quote quoted - Acme 10.. -");
    assert_eq!(done.terms[2], "quote estimate - Our estimate .. -");
    let attributes: Vec<&str> = done.attributes.iter().map(|a| a.as_deref().unwrap()).collect();
    assert_eq!(
        attributes[0],
        r#"{"discount":0.05,"early_days":"10","early_discount":0.02,"freight":0,"incoterm":"DAP","lead_time_days":"14","minimum":2,"pack":1500,"payment_days":"30","scope":"included","valid_until":"2026-12-31"}"#
    );
    // What is not read stays as it stands, and no price is lost for it.
    assert_eq!(
        attributes[3],
        r#"{"freight":120,"incoterm":"EXW","lead_time_days":"10","pack":500,"payment_days":"as agreed","scope":"unclear","valid_until":"2026-10-31"}"#
    );
}

const WIDE: &[&[&str]] = &[
    &["Copier paper and more, quotes of October 2026"],
    &[],
    &["Item", "Description", "Qty", "Unit", "Acme (EUR)", "Brio", "Cardo", "Lowest"],
    &["A4", "Copier paper", "1500", "sheet", "0.0100", "0.0112", "", "0.01"],
    &["CL", "Paper clips", "20", "box", "1.10", "1.25", "0.95", "0.95"],
    &["Total", "", "", "", "37", "41.8", "19", ""],
    &[],
    &["Currency", "", "", "", "EUR", "USD", "EUR", ""],
    &["Freight:", "", "", "", "120", "incl.", "95", ""],
    &["Payment terms", "", "", "", "30 days", "2/10 net 45", "", ""],
    &["Incoterm", "", "", "", "EXW Ghent", "DAP", "DAP", ""],
    &["Valid until", "", "", "", "2026-12-31", "30.09.2026", "n/a", ""],
];

const COLUMNS: [&str; 5] = [
    r#"{"freight":120,"incoterm":"EXW","payment_days":"30","term_rows":"incoterm=11 payment_days=10 valid_until=12 freight=9","valid_until":"2026-12-31"}"#,
    r#"{"early_days":"10","early_discount":0.02,"freight":0,"incoterm":"DAP","payment_days":"45","term_rows":"incoterm=11 payment_days=10 early_discount=10 early_days=10 valid_until=12 freight=9","valid_until":"2026-09-30"}"#,
    "{}",
    r#"{"freight":95,"incoterm":"DAP","term_rows":"incoterm=11 freight=9"}"#,
    "",
];

fn wide_is_read(done: &crate::support::Done, place: fn(usize, usize) -> String) {
    let line = |r, c, what: &str| format!("{} {what}", place(r, c));
    assert_eq!(
        done.lines,
        [
            line(4, 5, "A4|Copier paper|-|- value 0.01 exact EUR sheet"),
            line(4, 6, "A4|Copier paper|-|- value 0.0112 exact USD sheet"),
            line(5, 5, "CL|Paper clips|-|- value 1.1 exact EUR box"),
            line(5, 6, "CL|Paper clips|-|- value 1.25 exact USD box"),
            line(5, 7, "CL|Paper clips|-|- value 0.95 exact EUR box"),
        ]
    );
    let of_column = |i: usize, column: usize| {
        let whole = done.attributes[i].clone().unwrap();
        let quantity = if i < 2 { 1500 } else { 20 };
        assert_eq!(whole, COLUMNS[column].replacen('{', &format!("{{\"quantity\":{quantity},"), 1));
    };
    for (i, column) in [(0, 0), (1, 1), (2, 0), (3, 1), (4, 3)] {
        of_column(i, column);
    }
}

#[test]
fn rows_below_a_wide_table_say_more_of_each_column() {
    let row = |row: &&[&str]| format!("{}\n", row.join(","));
    let text: String = WIDE
        .iter()
        .map(|r| if r.len() == 8 { row(r) } else { format!("{}{}\n", r.join(""), ",".repeat(7)) })
        .collect();
    wide_is_read(&by_name("quotes-wide", text), |r, c| format!("{r}:{c}"));
}

#[test]
fn rows_below_a_wide_table_of_a_workbook() {
    let at = places(WIDE.len(), 8);
    let bytes = xlsx(&[("Quotes", cells(&at, WIDE))]);
    let place = |r: usize, c: usize| format!("Quotes!{}{r}", char::from(b'A' + c as u8 - 1));
    wide_is_read(&by_name("quotes-wide", bytes), place);
}

#[test]
fn a_wide_table_without_a_word_of_its_own_is_read_only_by_name() {
    let text = "Item,Description,Qty,Unit,Acme (EUR)\nA4,Paper,1,sheet,1.5\n";
    let error = crate::support::read("q.csv", text).unwrap_err().to_string();
    let told = "recipe `quotes-wide` has its columns, and reads it if it is named";
    assert!(error.contains(told), "{error}");
    assert_eq!(by_name("quotes-wide", text).lines, ["2:5 A4|Paper|-|- value 1.5 exact EUR sheet"]);
}

#[test]
fn quotes_as_json_carry_the_keys_of_a_deal_file() {
    let text = r#"{"quotes": [
      {"supplier": "Acme", "currency": "EUR", "incoterm": "DAP", "payment_days": 30, "valid_until": "2026-12-31", "freight": "120",
       "lines": [{"item": "A4", "price": 15.00, "per": "pack", "pack": 1500, "scheme": "all-units", "breaks": [{"from": 10, "price": 14.20}]},
                 {"item": "CL", "price": "1.10", "per": "box"}]},
      {"lines": [{"item": "A4", "price": 4.5, "per": "ream"}], "supplier": "Brio", "currency": "USD"}
    ]}"#;
    assert_eq!(recipe_of(text), "quotes-json");
    let done = done(text);
    assert_eq!(
        done.lines,
        [
            "#/quotes/0/lines/0/price A4|-|-|- value 15 exact EUR pack",
            "#/quotes/0/lines/0/breaks/0/price A4|-|-|- value 14.2 exact EUR pack",
            "#/quotes/0/lines/1/price CL|-|-|- value 1.1 exact EUR box",
            "#/quotes/1/lines/0/price A4|-|-|- value 4.5 exact USD ream",
        ]
    );
    assert_eq!(done.terms[1], "quote quoted - Acme 10.. -");
    assert_eq!(
        done.attributes[1].as_deref().unwrap(),
        r#"{"freight":"120","incoterm":"DAP","pack":"1500","payment_days":"30","scheme":"all-units","valid_until":"2026-12-31"}"#
    );
}

#[test]
fn a_term_that_stands_twice_or_a_currency_that_is_none_is_refused() {
    let table = |below: &str| {
        format!(
            "Item,Description,Qty,Unit,Acme (EUR),Brio (EUR)\nA4,Paper,1,sheet,1.5,2.5\n{below}\n"
        )
    };
    let failure = |below: &str| {
        let recipe = haggle_import::builtin_recipes()
            .iter()
            .find(|r| r.name() == "quotes-wide")
            .unwrap()
            .clone();
        let saved = crate::support::save("q.csv", table(below));
        let options = haggle_import::Options { recipe: Some(recipe), ..Default::default() };
        haggle_import::open(&saved.path, &options).err().unwrap().to_string()
    };
    assert!(failure("Freight,,,,10,20\nShipping,,,,10,20").contains("rows 3 and 4"));
    assert!(failure("Currency,,,,EUR,florins").contains("found the currency `florins`"));
    // An item has a unit, whatever it is called.
    let done = by_name("quotes-wide", table("Freight,Freight,1,LS,10,20"));
    assert_eq!(done.lines[2], "3:5 Freight|Freight|-|- value 10 exact EUR LS");
}
