//! GSA schedule price proposals: several sheets, template rows, offers with and without the fee.

use super::{by_name, cells, done, places};
use crate::support::{read, xlsx};

const S70: &str = "SIN(s) PROPOSED,SERVICE PROPOSED (e.g. Job Title/Task),MINIMUM EDUCATION/ CERTIFICATION LEVEL,MINIMUM YEARS OF EXPERIENCE,\"UNIT OF ISSUE (e.g. Hour, Task, Sq ft)\",PRICE OFFERED TO GSA (including IFF),CONTRACT NUMBER,VENDOR NAME,BUSINESS SIZE,SCHEDULE,WORKSITE,CURRENT CONTRACT YEAR,CONTRACT START DATE ,CONTRACT END DATE\r\n\
    Dash,Spell out the entire labor category,Only use degrees,Whole numbers only. ,Hour,Price with two decimal places,Must be full,Spelled out ,S or O,IT Schedule 70,Both,1-5,Month/Day/Year,Month/Day/Year\r\n\
    132-51,Product Manager,Bachelors,5,Hour,BAD_PRICE_DATA,GS-1,\"Pink Frog, Inc.\",S,IT Schedule 70,Both,1,6/24/15,6/23/20\r\n\
    132-51,Interaction Designer,Bachelors,5,Hour,$125.44,GS-1,\"Pink Frog, Inc.\",S,IT Schedule 70,Both,1,6/24/15,6/23/20\r\n\
    132-51,Migration,None,,Task,\"$1,250.00\",GS-1,\"Pink Frog, Inc.\",S,IT Schedule 70,Both,1,6/24/15,6/23/20\r\n";

#[test]
fn a_price_list_as_csv() {
    let done = done(S70);
    assert_eq!(
        done.lines,
        [
            "4:6 132-51|Interaction Designer|-|- value 125.44 exact USD HUR",
            "5:6 132-51|Migration|-|- value 1250 exact USD task",
        ]
    );
    assert_eq!(done.terms[0], "quote quoted with fee Pink Frog, Inc. .. -");
    assert_eq!(
        done.attributes[0].as_deref(),
        Some(
            r#"{"business_size":"S","contract":"GS-1","contract_end":"6/23/20","contract_start":"6/24/15","contract_year":"1","education":"Bachelors","experience":"5","schedule":"IT Schedule 70","site":"Both"}"#
        )
    );
    assert_eq!(
        done.reasons(),
        [
            "rejected I0101 3:6=BAD_PRICE_DATA",
            "skipped I0202 1=SIN(s) PROPOSED",
            "skipped I0203 2=Dash",
        ]
    );
}

const LABOR: &[&str] = &[
    "SIN(s) PROPOSED",
    "SERVICE PROPOSED (e.g. Job Title/Task)",
    "MINIMUM EDUCATION/ CERTIFICATION LEVEL",
    "MINIMUM YEARS OF EXPERIENCE",
    "COMMERCIAL LIST PRICE (CPL)   OR MARKET  PRICES",
    "UNIT OF ISSUE (e.g. Hour, Task, Sq ft)",
    "MOST FAVORED CUSTOMER (MFC)",
    "BEST  DISCOUNT OFFERED TO MFC (%)",
    "MFC PRICE",
    "GSA(%) DISCOUNT (exclusive of the .75% IFF)",
    "PRICE OFFERED TO GSA (excluding IFF)",
    "PRICE OFFERED TO GSA (including IFF)",
    "QUANTITY/ VOLUME DISCOUNT",
];
const PRODUCTS: &[&str] = &[
    "SIN",
    "MFR PART NO",
    "PRODUCT NAME",
    "UOI",
    "COMMERCIAL LIST PRICE",
    "MFC PRICE (IF APPLICABLE)",
    "GSA OFFER PRICE (exclusive of the .75% IFF)",
    "GSA OFFER PRICE (inclusive of the .75% IFF)",
];
const COURSES: &[&str] = &[
    "SIN(s) PROPOSED",
    "Course Title",
    "Course Length",
    "Minimum Participants",
    "COMMERCIAL PRICE (CPL)",
    "Price Per Course or Per Person",
    "PRICE OFFERED TO GSA (including IFF)",
];

/// Headers below a title; a row of zeros that the template's formulas made, notes at the end.
fn book() -> Vec<u8> {
    let labor: [&[&str]; 8] = [
        &[""],
        &["Labor Categories"],
        LABOR,
        &[
            "132-51",
            "Project Manager",
            "Bachelors",
            "5",
            "125",
            "Hour",
            "All customers",
            "7",
            "123.99",
            "10",
            "110.99",
            "115.99",
            "5% over $1M",
        ],
        &["132-51", "Tester", "None", "1", "Market", "Hour", "", "", "", "", "", "80"],
        &["", "", "", "", "0", "", "", "", "0", "", "0", "0"],
        &["Quantity/Volume Discount___________."],
        &["", "IFF Calculation Example: List Price = $100.00", "", "", "List Price: $100.00"],
    ];
    let products: [&[&str]; 4] = [
        &["Products"],
        PRODUCTS,
        &["132-8", "X-100", "Router", "EA", "100", "95", "90", "90.68"],
        &["132-8", "0042", "Cable", "BX", "10", "", "", "9"],
    ];
    let courses: [&[&str]; 3] =
        [&["Courses "], COURSES, &["27-500", "Safety", "2 days", "5", "900", "Per Course", "850"]];
    let (l, p, c) = (places(8, 13), places(4, 8), places(3, 7));
    xlsx(&[
        ("(1)Information Page- Read First", vec![("A1", crate::support::V::S("Price Proposal"))]),
        ("(2)Products Categories", cells(&p, &products)),
        ("(3)Labor Categories", cells(&l, &labor)),
        ("(4)Courses Categories", cells(&c, &courses)),
    ])
}

#[test]
fn a_book_of_services_products_and_courses() {
    let done = read("s70.xlsx", book()).unwrap();
    let line = |place: &str, what: &str, amount: &str| {
        format!("(3)Labor Categories!{place} 132-51|{what}|-|- value {amount} exact USD HUR")
    };
    assert_eq!(
        done.lines,
        [
            line("E4", "Project Manager", "125"),
            line("I4", "Project Manager", "123.99"),
            line("K4", "Project Manager", "110.99"),
            line("L4", "Project Manager", "115.99"),
            line("L5", "Tester", "80"),
        ]
    );
    assert_eq!(
        done.terms,
        [
            "price list list - .. -",
            "price offered most favored customer - .. -",
            "quote quoted without fee - .. -",
            "quote quoted with fee - .. -",
            "quote quoted with fee - .. -",
        ]
    );
    assert_eq!(
        done.attributes[0].as_deref(),
        Some(
            r#"{"customer":"All customers","customer_discount_percent":7,"discount_percent":10,"education":"Bachelors","experience":"5","volume_discount":"5% over $1M"}"#
        )
    );
    let reasons = done.reasons();
    let sheet = "(3)Labor Categories";
    assert!(reasons.contains(&format!("skipped I0203 {sheet}!6:6= {sheet}!8:8=")), "{reasons:?}");
    assert!(reasons.contains(&format!("absent I0302 {sheet}!E5=Market")), "{reasons:?}");
    assert_eq!((done.import.account.imported, done.import.account.rejected), (2, 0));
    let note = &done.import.diagnostics[0].message;
    assert!(note.contains("`gsa-courses`, `gsa-products` fit as well"), "{note}");
}

#[test]
fn the_other_sheets_have_recipes_of_their_own() {
    let done = by_name("gsa-products", book());
    let line = |place: &str, what: &str, rest: &str| {
        format!("(2)Products Categories!{place} 132-8|{what}|-|- value {rest}")
    };
    assert_eq!(
        done.lines,
        [
            line("E3", "Router", "100 exact USD EA"),
            line("F3", "Router", "95 exact USD EA"),
            line("G3", "Router", "90 exact USD EA"),
            line("H3", "Router", "90.68 exact USD EA"),
            line("E4", "Cable", "10 exact USD BX"),
            line("H4", "Cable", "9 exact USD BX"),
        ]
    );
    assert_eq!(done.attributes[0].as_deref(), Some(r#"{"part_number":"X-100"}"#));
    let done = by_name("gsa-courses", book());
    let line = |place: &str, amount: &str| {
        format!("(4)Courses Categories!{place} 27-500|Safety|-|- value {amount} exact USD course")
    };
    assert_eq!(done.lines, [line("E3", "900"), line("G3", "850")]);
}

/// Five contract years stand side by side; the column of the current one repeats one of them.
#[test]
fn awarded_rates_by_contract_year() {
    let done = done(
        "Labor Category,Year 1/base,Year 2,Year 3,Year 4,Year 5,Education,MinExpAct,COMPANY NAME,CONTRACT .,SIN NUMBER,Begin Date,End Date,CurrentYearPricing,Contract Year\n\
         Project Manager,123.466,134.3844,145.6253,,165.0981,Bachelors,8,\"Acme, LLC\",GS-1,\"123-1, 456-7\",2006-06-01,2021-05-31,134.3844,2\n\
         BAD ROW,,,,,,,,,,,,,,\n",
    );
    let line = |column: usize, year: usize, amount: &str| {
        format!(
            "2:{column} 123-1, 456-7|Project Manager|-|contract year {year} value {amount} exact USD HUR"
        )
    };
    assert_eq!(
        done.lines,
        [
            line(2, 1, "123.466"),
            line(3, 2, "134.3844"),
            line(4, 3, "145.6253"),
            line(6, 5, "165.0981"),
        ]
    );
    assert_eq!(done.terms[0], "price ceiling with fee Acme, LLC .. -");
    assert_eq!(
        done.reasons(),
        ["skipped I0202 1=Labor Category", "skipped I0202 3=BAD ROW", "absent I0301 2:5="]
    );
}

#[test]
fn a_short_list_states_what_it_takes_as_given() {
    let done = done(
        "sin,service,education,years_experience,price\n132-40,Project Manager,Bachelors,7,15.00\n",
    );
    assert_eq!(done.lines, ["2:5 132-40|Project Manager|-|- value 15 exact USD HUR"]);
    assert!(done.import.facts.assumptions.iter().any(|a| a.contains("taken as per hour")));
}
