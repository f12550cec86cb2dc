//! Rates, indices, commodity prices, price lists, Open Contracting.

use super::{by_name, cells, done, places, recipe_of};
use crate::support::V::S;
use crate::support::{failure, read, xlsx};

#[test]
fn euro_rates_in_both_files() {
    let hist = "Date,USD,JPY,GBP,TRL,TRY,CHF,SEK,\n\
                2005-01-03,1.3507,138.92,0.7094,N/A,1.8227,1.5471,9.0030,\n\
                2004-12-31,1.3621,139.65,0.70505,1836200,N/A,1.5429,9.0206,\n";
    let done = done(hist);
    let line = |place: &str, code: &str, rate: &str| {
        format!("{place} EUR/{code}|-|-|- value {rate} exact {code} EUR")
    };
    assert_eq!(
        done.lines,
        [
            line("2:2", "USD", "1.3507"),
            line("2:3", "JPY", "138.92"),
            line("2:4", "GBP", "0.7094"),
            line("2:6", "TRY", "1.8227"),
            line("2:7", "CHF", "1.5471"),
            line("2:8", "SEK", "9.003"),
            line("3:2", "USD", "1.3621"),
            line("3:3", "JPY", "139.65"),
            line("3:4", "GBP", "0.70505"),
            line("3:5", "TRL", "1836200"),
            line("3:7", "CHF", "1.5429"),
            line("3:8", "SEK", "9.0206"),
        ]
    );
    assert_eq!(done.terms[0], "rate list - - .. 2005-01-03");
    assert_eq!(done.terms[11], "rate list - - .. 2004-12-31");
    assert_eq!(
        done.reasons(),
        ["skipped I0202 1=Date", "absent I0302 2:5=N/A", "absent I0302 3:6=N/A"]
    );
    let daily = "Date, USD, JPY, GBP, CHF, SEK, \n13 April 2026, 1.1684, 186.75, 0.87058, 0.9242, 10.8920, \n";
    let done = self::done(daily);
    assert_eq!(done.lines[4], "2:6 EUR/SEK|-|-|- value 10.892 exact SEK EUR");
    assert_eq!(done.terms[0], "rate list - - .. 2026-04-13");
    assert_eq!(done.lines.len(), 5);
}

/// A pair of country and rate says neither the currency nor which way it goes.
#[test]
fn rates_without_a_direction_are_not_read() {
    let text = "Date,Country,Exchange rate\n1971-01-01,Australia,0.8803\n";
    assert_eq!(failure(read("annual.csv", text)).0, "E0006");
}

#[test]
fn price_indices() {
    let done =
        done("\"Date\",\"WPU132\",\"GDP\"\n1926-01-01,15,7\n1926-02-01,.,8\n1926-03-01,14.9,9\n");
    assert_eq!(
        done.lines,
        [
            "2:2 WPU132|-|-|- value 15 exact XXX index",
            "4:2 WPU132|-|-|- value 14.9 exact XXX index"
        ]
    );
    assert_eq!(done.terms[1], "index list - - .. 1926-03-01");
    assert_eq!(recipe_of("observation_date,CPIAUCSL\n2020-01-01,259.127\n"), "price-index-series");
    assert_eq!(failure(read("x.csv", "Date,DEXUSEU\n2020-01-01,1.1\n")).0, "E0006");
    let done = self::done("Date,Index,Inflation\n1913-01-01,9.8,\n1913-02-01,9.7,-1.02\n");
    assert_eq!(done.lines[1], "3:2 CPI|-|-|- value 9.7 exact XXX index");
    assert_eq!(done.attributes, [None, Some(r#"{"change_percent":-1.02}"#.to_owned())]);
}

const PINK_TITLES: [&[&str]; 4] = [
    &["World Bank Commodity Price Data (The Pink Sheet)"],
    &["monthly prices in nominal US dollars, 1960 to present"],
    &["(monthly series are available only in nominal US dollars)"],
    &["Updated on June 02, 2021"],
];
const PINK_NAMES: &[&str] = &[
    "",
    "Crude oil, average",
    "Crude oil, Brent",
    "Natural gas index",
    "Tea, avg 3 auctions **",
    "Logs, Malaysian",
    "Plywood",
    "Iron ore, cfr spot",
    "Copper",
    "Gold",
];
const PINK_UNITS: &[&str] = &[
    "",
    "($/bbl)",
    "($/bbl)",
    "(2010=100)",
    "($/kg)",
    "($/cubic meter)",
    "(cents/sheet)",
    "($/dmtu)",
    "($/mt)",
    "($/troy oz)",
];
const PINK_CODES: &[&str] = &[
    "",
    "CRUDE_PETRO",
    "CRUDE_BRENT",
    "iNATGAS",
    "TEA_AVG",
    "LOGS_MYS",
    "PLYWOOD",
    "IRON_ORE",
    "COPPER",
    "GOLD",
];
const PINK_ROWS: [&[&str]; 2] = [
    &[
        "1960M01",
        "1.63",
        "..",
        "3.62435661904471",
        "1.0297",
        "31.9",
        "…",
        "11.42",
        "715.4",
        "35.27",
    ],
    &["1960M02", "1.63", "", "3.6", "1.0297", "31.9", "94.5", "11.42", "728.19", "35.27"],
];

fn pink(codes: bool) -> Vec<u8> {
    let mut rows = PINK_TITLES.to_vec();
    rows.extend([PINK_NAMES, PINK_UNITS]);
    rows.extend(codes.then_some(PINK_CODES));
    rows.extend(PINK_ROWS);
    let indices: [&[&str]; 7] = [
        &["World Bank Commodity Price Data (The Pink Sheet)"],
        &["", "Energy", "Non-energy"],
        &["", "", "", "Agriculture", "Fertilizers", "Metals  & Minerals"],
        &["", "", "", "", "", "", "Base Metals (ex. iron ore)"],
        &["", "", " ", " ", " "],
        &["", "iENERGY", "iNONFUEL", "iAGRICULTURE", "iFERTILIZERS", "iMETMIN", "iBASEMET"],
        &["1960M01", "2.13", "18.8", "22.03", "12.86", "12.9", "14.07"],
    ];
    let (a, b) = (places(rows.len(), 10), places(7, 7));
    xlsx(&[
        ("Monthly Prices", cells(&a, &rows)),
        ("Monthly Indices", cells(&b, &indices)),
        ("Description", vec![("A1", S("Coal (Australia), port thermal"))]),
    ])
}

/// With a row of codes and without, a commodity is the same.
#[test]
fn the_pink_sheet() {
    for (codes, first) in [(true, 8), (false, 7)] {
        let done = read("CMO.xlsx", pink(codes)).unwrap();
        let line = |column: &str, row: usize, name: &str, rest: &str| {
            format!("Monthly Prices!{column}{} {name}|-|-|- value {rest}", first + row)
        };
        let expected = [
            line("B", 0, "Crude oil, average", "1.63 exact USD BLL"),
            line("D", 0, "Natural gas index", "3.624356619045 exact XXX index"),
            line("E", 0, "Tea, avg 3 auctions", "1.0297 exact USD KGM"),
            line("F", 0, "Logs, Malaysian", "31.9 exact USD MTQ"),
            line("H", 0, "Iron ore, cfr spot", "11.42 exact USD dmtu"),
            line("I", 0, "Copper", "715.4 exact USD TNE"),
            line("J", 0, "Gold", "35.27 exact USD troy oz"),
            line("B", 1, "Crude oil, average", "1.63 exact USD BLL"),
            line("D", 1, "Natural gas index", "3.6 exact XXX index"),
            line("E", 1, "Tea, avg 3 auctions", "1.0297 exact USD KGM"),
            line("F", 1, "Logs, Malaysian", "31.9 exact USD MTQ"),
            line("G", 1, "Plywood", "0.945 exact USD sheet"),
            line("H", 1, "Iron ore, cfr spot", "11.42 exact USD dmtu"),
            line("I", 1, "Copper", "728.19 exact USD TNE"),
            line("J", 1, "Gold", "35.27 exact USD troy oz"),
        ];
        assert_eq!(done.lines, expected);
        assert_eq!(done.terms[0], "price list - - .. 1960-01-01");
        assert_eq!(done.terms[1], "index list - - .. 1960-01-01");
        assert_eq!(done.attributes[11].as_deref(), Some(r#"{"stated":"94.5 * 0.01"}"#));
        let absent = done.reasons().iter().filter(|r| r.starts_with("absent")).count();
        assert_eq!((absent, done.import.account.rejected), (3, 0));
    }
}

#[test]
fn the_pink_sheet_s_indices_are_read_by_name() {
    let done = by_name("world-bank-pink-sheet-indices", pink(true));
    let amounts: Vec<&str> = done.lines.iter().map(|l| l.split_once('!').unwrap().1).collect();
    assert_eq!(
        amounts,
        [
            "B7 iENERGY|-|-|- value 2.13 exact XXX index",
            "C7 iNONFUEL|-|-|- value 18.8 exact XXX index",
            "D7 iAGRICULTURE|-|-|- value 22.03 exact XXX index",
            "E7 iFERTILIZERS|-|-|- value 12.86 exact XXX index",
            "F7 iMETMIN|-|-|- value 12.9 exact XXX index",
            "G7 iBASEMET|-|-|- value 14.07 exact XXX index",
        ]
    );
    assert_eq!(done.terms[0], "index list - - .. 1960-01-01");
}

/// A unit that the recipe does not know stops the import; cents are never dollars.
#[test]
fn an_unknown_unit_of_the_pink_sheet_is_told() {
    let units: Vec<&str> =
        PINK_UNITS.iter().map(|u| if *u == "($/dmtu)" { "($/wagon)" } else { u }).collect();
    let rows: Vec<&[&str]> = vec![PINK_NAMES, &units, PINK_ROWS[0]];
    let at = places(3, 10);
    let book = xlsx(&[("Monthly Prices", cells(&at, &rows))]);
    let (code, message) = failure(read("x.xlsx", book));
    assert_eq!(code, "E0015");
    assert!(message.contains("`wagon`"), "{message}");
}

const AWS: &str = "sep=,\r\n\"FormatVersion\",\"v1.0\"\r\n\"Publication Date\",\"2018-04-04T16:53:11Z\"\r\n\
    \"Version\",\"20180404165311\"\r\n\"OfferCode\",\"AmazonS3\"\r\n\
    \"SKU\",\"OfferTermCode\",\"RateCode\",\"TermType\",\"PriceDescription\",\"EffectiveDate\",\"StartingRange\",\"EndingRange\",\"Unit\",\"PricePerUnit\",\"Currency\",\"LeaseContractLength\",\"Location\",\"Instance Type\"\r\n\
    \"A1\",\"T\",\"A1.T\",\"OnDemand\",\"$0.023 per GB - first 50 TB\",\"01/03/2018\",\"0\",\"51200\",\"GB-Mo\",\"0.0230000000\",\"USD\",\"\",\"EU (Ireland)\",\"\"\r\n\
    \"A1\",\"T\",\"A1.T\",\"OnDemand\",\"$0.022 per GB\",\"01/03/2018\",\"51200\",\"Inf\",\"GB-Mo\",\"0.0220000000\",\"USD\",\"\",\"EU (Ireland)\",\"\"\r\n\
    \"B2\",\"R\",\"B2.R\",\"Reserved\",\"Upfront Fee\",\"01/03/2018\",\"\",\"\",\"Quantity\",\"3162\",\"USD\",\"3yr\",\"EU (Ireland)\",\"c1.medium\"\r\n\
    \"B2\",\"R\",\"B2.R\",\"Reserved\",\"USD 0.0 per hour\",\"01/03/2018\",\"0\",\"Inf\",\"Hrs\",\"0.0000000000\",\"USD\",\"3yr\",\"EU (Ireland)\",\"c1.medium\"\r\n\
    \"C3\",\"T\",\"C3.T\",\"OnDemand\",\"$0.004 per 10,000 requests\",\"01/03/2018\",\"0\",\"Inf\",\"Requests\",\"0.0000004000\",\"USD\",\"\",\"EU (Ireland)\",\"\"\r\n\
    INVALID \r\n\
    \"D4\",\"T\",\"D4.T\",\"Spot\",\"x\",\"01/03/2018\",\"0\",\"Inf\",\"Hrs\",\"0.1\",\"USD\",\"\",\"\",\"\"\r\n";

#[test]
fn the_aws_price_list() {
    let done = done(AWS);
    let line =
        |place: &str, what: &str, rest: &str| format!("{place} {what} value {rest} exact USD");
    assert_eq!(
        done.lines,
        [
            line("7:10", "A1|$0.023 per GB - first 50 TB|EU (Ireland)|-", "0.023") + " GB-month",
            line("8:10", "A1|$0.022 per GB|EU (Ireland)|-", "0.022") + " GB-month",
            line("9:10", "B2|Upfront Fee|EU (Ireland)|c1.medium", "3162") + " EA",
            line("11:10", "C3|$0.004 per 10,000 requests|EU (Ireland)|-", "0.0000004")
                + " Requests",
        ]
    );
    let terms = |component: &str, range: &str| {
        format!("price list {component} Amazon Web Services {range} 2018-04-04")
    };
    assert_eq!(
        done.terms,
        [
            terms("on-demand", "0..51200"),
            terms("on-demand", "51200.."),
            terms("reserved", ".."),
            terms("on-demand", "0.."),
        ]
    );
    let attributes = done.attributes[2].as_deref();
    assert_eq!(attributes, Some(r#"{"effective_date":"01/03/2018","lease":"3yr"}"#));
    assert_eq!(
        done.reasons(),
        [
            "rejected I0103 12=1 fields",
            "rejected I0106 13:4=Spot",
            "skipped I0202 6=SKU",
            "skipped I0202 1=sep=, 2=FormatVersion 3=Publication Date 4=Version 5=OfferCode",
            "absent I0302 10:10=0.0000000000",
        ]
    );
}

fn ocds() -> Vec<u8> {
    let awards: [&[&str]; 3] = [
        &[
            "ocid",
            "id",
            "awards/0/id",
            "awards/0/title",
            "awards/0/status",
            "awards/0/date",
            "awards/0/value/amount",
            "awards/0/value/currency",
            "awards/0/suppliers/0/name",
        ],
        &[
            "ocds-1",
            "r1",
            "a1",
            "Cycle lanes",
            "active",
            "2010-05-10T09:30:00Z",
            "11000000",
            "GBP",
            "AnyCorp",
        ],
        &[
            "ocds-1",
            "r1",
            "a2",
            "Signs",
            "unsuccessful",
            "2010-05-10T09:30:00Z",
            "5",
            "GBP",
            "BetaCorp",
        ],
    ];
    let items: [&[&str]; 4] = [
        &[
            "ocid",
            "id",
            "awards/0/id",
            "awards/0/items/0/id",
            "awards/0/items/0/description",
            "awards/0/items/0/classification/scheme",
            "awards/0/items/0/classification/id",
            "awards/0/items/0/quantity",
            "awards/0/items/0/unit/name",
            "awards/0/items/0/unit/value/amount",
            "awards/0/items/0/unit/value/currency",
        ],
        &[
            "ocds-1",
            "r1",
            "a1",
            "1",
            "Cycle lane",
            "CPV",
            "45233130",
            "8",
            "Miles",
            "137000",
            "GBP",
        ],
        &["ocds-1", "r1", "a1", "2", "Paint", "CPV", "44810000", "2.5", "", "20", "EUR"],
        &["ocds-1", "r1", "a1", "3", "Design", "CPV", "71000000", "1", "", "", ""],
    ];
    let tender: [&[&str]; 2] = [
        &[
            "ocid",
            "tender/id",
            "tender/items/0/id",
            "tender/items/0/unit/name",
            "tender/items/0/unit/value/amount",
            "tender/items/0/unit/value/currency",
        ],
        &["ocds-1", "t1", "1", "Miles", "150000", "GBP"],
    ];
    let (a, i, t) = (places(3, 9), places(4, 11), places(2, 6));
    xlsx(&[
        ("4. Award >>", cells(&a, &awards)),
        ("Award Items", cells(&i, &items)),
        ("Tender Items", cells(&t, &tender)),
    ])
}

#[test]
fn open_contracting_workbooks() {
    let done = read("release.xlsx", ocds()).unwrap();
    assert_eq!(done.lines, ["Award Items!J2 45233130|Cycle lane|-|- value 137000 exact GBP Miles"]);
    assert_eq!(done.terms, ["price paid - - 8..8 -"]);
    assert_eq!(
        done.attributes[0].as_deref(),
        Some(r#"{"award":"a1","classification_scheme":"CPV","item":"1","ocid":"ocds-1"}"#)
    );
    assert!(done.reasons().contains(&"rejected I0104 Award Items!I3=".to_owned()));
    assert_eq!(done.codes(), ["W0123"]);
    let note = &done.import.diagnostics[0].message;
    assert!(note.contains("`ocds-awards`, `ocds-tender-items` fit as well"), "{note}");

    let done = by_name("ocds-awards", ocds());
    assert_eq!(done.lines, ["4. Award >>!G2 -|Cycle lanes|-|- value 11000000 exact GBP LS"]);
    assert_eq!(done.terms, ["price paid - AnyCorp .. 2010-05-10"]);
    let done = by_name("ocds-tender-items", ocds());
    assert_eq!(done.lines, ["Tender Items!E2 -|-|-|- value 150000 exact GBP Miles"]);
    assert_eq!(done.terms, ["price estimate - - .. -"]);
    let flat = "ocid,contracts_0_id,contracts_0_items_0_id,contracts_0_items_0_description,contracts_0_items_0_unit_name,contracts_0_items_0_unit_value_amount,contracts_0_items_0_unit_value_currency\n\
                o,c,1,Paint,litre,4.50,EUR\n";
    assert_eq!(self::done(flat).lines, ["2:6 -|Paint|-|- value 4.5 exact EUR LTR"]);
}
