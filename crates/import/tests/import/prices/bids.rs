//! Bid tabulations, long and wide.

use super::{cells, done, places};
use crate::support::{failure, read, xlsx};

#[test]
fn one_row_per_item_and_bidder() {
    let done = done(
        "Texas Department of Transportation\n\
         Item No.,Item Description,Unit,Quantity,Rank,Bidder,Unit Price,Amount\n\
         0100-6002,PREPARING ROW,STA,12.5,0,Engineer's Estimate,\"$2,000.00\",\"$25,000.00\"\n\
         0100-6002,PREPARING ROW,STA,12.5,1,ACME Paving,\"$1,999.00\",\"$24,987.50\"\n\
         0500-6001,MOBILIZATION,LS,1,1,ACME Paving,\"$50,000.00\",\"$50,000.00\"\n\
         9999-0001,FORCE ACCOUNT,$,1,1,ACME Paving,\"$5,000.00\",\"$5,000.00\"\n\
         9999-0002,LAW ENFORCEMENT,DOL,1,1,ACME Paving,\"$9,000.00\",\"$9,000.00\"\n\
         0340-6001,HMA,T,100,1,ACME Paving,$0.00,$0.00\n\
         ,Total Bid,,,1,ACME Paving,,\"$88,987.50\"\n\
         0340-6002,SEAL,,100,1,ACME Paving,$5.00,$500.00\n\
         0340-6003,RAIL,LF,3,2,Beta Ltd,no,$1.00\n",
    );
    let line = |place: &str, what: &str, rest: &str| format!("{place} {what}|-|- value {rest}");
    assert_eq!(
        done.lines,
        [
            line("3:7", "0100-6002|PREPARING ROW", "2000 exact USD STA"),
            line("4:7", "0100-6002|PREPARING ROW", "1999 exact USD STA"),
            line("5:7", "0500-6001|MOBILIZATION", "50000 exact USD LS"),
        ]
    );
    assert_eq!(
        done.terms,
        [
            "quote estimate - - 12.5..12.5 -",
            "quote quoted - ACME Paving 12.5..12.5 -",
            "quote quoted - ACME Paving 1..1 -",
        ]
    );
    assert_eq!(
        done.reasons(),
        [
            "rejected I0101 11:7=no",
            "rejected I0104 10:3=",
            "skipped I0201 9=Total Bid",
            "skipped I0202 2=Item No.",
            "skipped I0202 1=Texas Department of Transportation",
            "skipped I0203 6=$ 7=DOL",
            "absent I0302 8:7=$0.00",
        ]
    );
}

/// Without a column, a title or a header that says it, `$` is no currency.
#[test]
fn a_dollar_of_no_country_is_not_read() {
    let text = "Item,Description,Unit,Qty,Bidder,Unit Price\n1,Mob,LS,1,ACME,$5.00\n";
    let done = done(text);
    assert_eq!(done.lines.len(), 0);
    assert_eq!(done.reasons()[0], "rejected I0104 2:6=$5.00");
    let said = text.replace("Unit Price", "Unit Price (CAD)");
    assert_eq!(self::done(&said).lines, ["2:6 1|Mob|-|- value 5 exact CAD LS"]);
    let said = text.replace("Unit Price", "Unit Price,Currency").replace("$5.00", "$5.00,CAD");
    assert_eq!(self::done(&said).lines, ["2:6 1|Mob|-|- value 5 exact CAD LS"]);
}

#[test]
fn the_texas_dataset() {
    let done = done(
        "BID CODE,BID ITEM DESCRIPTION,BID ITEM QUANTITY,BID ITEM SEQUENCE NUMBER,BID ITEM UNIT PRICE AMOUNT,BID RANK SEQUENCE NUMBER,COUNTY,ENGINEER'S ESTIMATE UNIT PRICE,MEASUREMENT UNIT,PROJECT ACTUAL LET DATE,PROJECT ID,VENDOR NAME\n\
         110-7001,EXCAVATION,250,10,14.5,EE,TRAVIS,14.5,CY,2023-05-02T00:00:00.000,A1,ENGINEER'S ESTIMATE\n\
         110-7001,EXCAVATION,250,10,12.25,1,TRAVIS,14.5,CY,05/02/2023,A1,ACME\n\
         999-1,FORCE ACCOUNT,1,20,1000,1,TRAVIS,1000,DOL,05/02/2023,A1,ACME\n",
    );
    let line = |row: usize, amount: &str| {
        format!("{row}:5 110-7001|EXCAVATION|TRAVIS|- value {amount} exact USD CY")
    };
    assert_eq!(done.lines, [line(2, "14.5"), line(3, "12.25")]);
    assert_eq!(
        done.terms,
        ["quote estimate - - 250..250 2023-05-02", "quote quoted - ACME 250..250 2023-05-02"]
    );
    assert_eq!(done.reasons(), ["skipped I0202 1=BID CODE", "skipped I0203 4=DOL"]);
}

const TWO_ROWS: [&[&str]; 7] = [
    &["Bid tabulation in EUR"],
    &["", "", "", "", "Engineer's Estimate", "", "ACME Inc.", "", "Beta & Sons *", ""],
    &[
        "Item No.",
        "Description",
        "Unit",
        "Qty.",
        "Unit Price",
        "Amount",
        "Unit Price",
        "Amount",
        "Unit Price",
        "Amount",
    ],
    &["A-1", "Mobilization", "LS", "1", "1000", "1000", "1200", "1200", "900", "900"],
    &["A-2", "Pipe", "LF", "40", "10", "400", "9.5", "380", "NB", ""],
    &["A-3", "Allowance", "EA$", "1", "500", "500", "500", "500", "500", "500"],
    &["", "SUBTOTAL", "", "", "", "1900", "", "2080", "", "1400"],
];

fn two_rows(place: impl Fn(char, usize) -> String) -> Vec<String> {
    let line = |c: char, row: usize, what: &str, rest: &str| {
        format!("{} {what}|-|- value {rest}", place(c, row))
    };
    vec![
        line('E', 4, "A-1|Mobilization", "1000 exact EUR LS"),
        line('G', 4, "A-1|Mobilization", "1200 exact EUR LS"),
        line('I', 4, "A-1|Mobilization", "900 exact EUR LS"),
        line('E', 5, "A-2|Pipe", "10 exact EUR LF"),
        line('G', 5, "A-2|Pipe", "9.5 exact EUR LF"),
    ]
}

const TWO_ROWS_TERMS: [&str; 5] = [
    "quote estimate - - 1..1 -",
    "quote quoted - ACME Inc. 1..1 -",
    "quote quoted - Beta & Sons 1..1 -",
    "quote estimate - - 40..40 -",
    "quote quoted - ACME Inc. 40..40 -",
];

/// Names above pairs of columns, in a text file and in a workbook.
#[test]
fn bidders_above_their_prices() {
    let text: String =
        TWO_ROWS.iter().map(|r| r.join(",") + &",".repeat(10 - r.len()) + "\n").collect();
    let done = done(&text);
    let column = |c: char| c as usize - 'A' as usize + 1;
    assert_eq!(done.lines, two_rows(|c, row| format!("{row}:{}", column(c))));
    assert_eq!(done.terms, TWO_ROWS_TERMS);
    assert_eq!(
        done.reasons(),
        [
            "skipped I0201 7=SUBTOTAL",
            "skipped I0202 2=Engineer's Estimate 3=Item No.",
            "skipped I0202 1=Bid tabulation in EUR",
            "skipped I0203 6=EA$",
            "absent I0302 5:9=NB",
        ]
    );
    let at = places(7, 10);
    let done = read("tab.xlsx", xlsx(&[("Tab", cells(&at, &TWO_ROWS))])).unwrap();
    assert_eq!(done.lines, two_rows(|c, row| format!("Tab!{c}{row}")));
    assert_eq!(done.terms, TWO_ROWS_TERMS);
}

#[test]
fn bidders_in_their_headers() {
    let done = done(
        "Item,Description,Unit,Qty,Engineer Est. Unit Price,ACME Unit Price,ACME Amount,Beta - Unit Price,\"Gamma, Inc. (Unit Price)\",Average Unit Price,Low Bid Unit Price\n\
         1,Cement,BAG,200,USD 5.00,USD 4.50,900,USD 4.75,\"USD 1,004.75\",USD 4.65,USD 4.50\n\
         2,Sand,cum,60,,USD 14.00,840,No Bid,-,USD 14.00,USD 14.00\n\
         Total,,,,,,1740,,,,\n",
    );
    let line = |place: &str, what: &str, rest: &str| format!("{place} {what}|-|- value {rest}");
    assert_eq!(
        done.lines,
        [
            line("2:5", "1|Cement", "5 exact USD BAG"),
            line("2:6", "1|Cement", "4.5 exact USD BAG"),
            line("2:8", "1|Cement", "4.75 exact USD BAG"),
            line("2:9", "1|Cement", "1004.75 exact USD BAG"),
            line("3:6", "2|Sand", "14 exact USD MTQ"),
        ]
    );
    assert_eq!(
        done.terms,
        [
            "quote estimate - - 200..200 -",
            "quote quoted - ACME 200..200 -",
            "quote quoted - Beta 200..200 -",
            "quote quoted - Gamma, Inc. 200..200 -",
            "quote quoted - ACME 60..60 -",
        ]
    );
    let rates = "Sl No,Description of Item / Material,Unit,Qty,Vendor A Rate,Vendor B Rate,L1 (Lowest)\n\
                 1,Cement,Bag,200,₹385,₹379,Vendor B\n";
    let done = self::done(rates);
    assert_eq!(
        done.lines,
        ["2:5 1|Cement|-|- value 385 exact INR Bag", "2:6 1|Cement|-|- value 379 exact INR Bag"]
    );
    assert_eq!(done.terms[1], "quote quoted - Vendor B 200..200 -");
}

/// A name that is a currency's, or a title with one in it, says nothing of money.
#[test]
fn names_and_titles_are_no_currencies() {
    let done = done(
        "Euro Street, 500 Ft of CAD drawings\n\
         Item,Description,Unit,Qty,Euro Paving Unit Price,ACME Unit Price (CAD),Engineer's Estimate Unit Price (CAD)\n\
         1,Mob,LS,1,GBP 5,$6,7\n",
    );
    assert_eq!(
        done.lines,
        [
            "3:5 1|Mob|-|- value 5 exact GBP LS",
            "3:6 1|Mob|-|- value 6 exact CAD LS",
            "3:7 1|Mob|-|- value 7 exact CAD LS",
        ]
    );
    let terms = |basis: &str, party: &str| format!("quote {basis} - {party} 1..1 -");
    assert_eq!(
        done.terms,
        [terms("quoted", "Euro Paving"), terms("quoted", "ACME"), terms("estimate", "-")]
    );
}

/// A column says how it writes its numbers, or it is not read.
#[test]
fn notations_are_found_by_column() {
    let text = "Item;Description;Unit;Qty;ACME Unit Price;Beta Unit Price\n\
                1;Kabel;m;2,5;EUR 1.234,50;EUR 1.100\n2;Rohr;m;1;EUR 12,00;EUR 2.000\n";
    let done = done(text);
    assert_eq!(
        done.lines,
        ["2:5 1|Kabel|-|- value 1234.5 exact EUR MTR", "3:5 2|Rohr|-|- value 12 exact EUR MTR"]
    );
    assert_eq!(done.terms[0], "quote quoted - ACME 2.5..2.5 -");
    assert_eq!(done.codes(), ["W0121"]);
}

/// A list with averages alone has no bidders.
#[test]
fn averages_are_no_bids() {
    let text = "Item,Description,Unit,Quantity,Average Unit Price\n1,Mob,LS,1,EUR 5\n";
    assert_eq!(failure(read("x.csv", text)).0, "E0008");
}
