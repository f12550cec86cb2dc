//! Prices, bids, indices and rates: small files in the shape of each family, read by the built-in
//! recipes.

mod bids;
mod hospitals;
mod proposals;
mod quotes;
mod series;

use crate::support::V::{E, Empty, F, N, S};
use crate::support::{Cells, Done, V, read, run, save};
use haggle_import::{Options, builtin_recipes, open};

pub(super) fn done(text: &str) -> Done {
    read("any.csv", text).unwrap_or_else(|e| panic!("{e}"))
}

/// Reads by a built-in recipe's name.
pub(super) fn by_name(name: &str, bytes: impl AsRef<[u8]>) -> Done {
    let recipe = builtin_recipes().iter().find(|r| r.name() == name).unwrap().clone();
    let saved = save("any.bin", bytes);
    let options = Options { recipe: Some(recipe), ..Options::default() };
    run(&mut open(&saved.path, &options).unwrap()).unwrap()
}

/// The recipe that reads a file.
pub(super) fn recipe_of(bytes: impl AsRef<[u8]>) -> String {
    let saved = save("any.bin", bytes);
    open(&saved.path, &Options::default()).unwrap().recipe().name().to_owned()
}

/// Rows of texts and numbers as cells, from a row on; `=` begins a formula that was never computed.
pub(super) fn cells<'a>(places: &'a [Vec<String>], rows: &[&[&'a str]]) -> Cells<'a> {
    let value = |t: &&'a str| match *t {
        "" => Empty,
        t if t.starts_with('=') => F(&t[1..]),
        t if t.starts_with("#") && t.ends_with('!') => E(t),
        t if t.parse::<f64>().is_ok() => N(t),
        t => S(t),
    };
    let row = |(at, row): (&'a Vec<String>, &&[&'a str])| {
        at.iter().map(String::as_str).zip(row.iter().map(value)).collect::<Vec<_>>()
    };
    places.iter().zip(rows).flat_map(row).collect::<Vec<(&str, V<'_>)>>()
}

/// References of rows, from the first row and column on.
pub(super) fn places(rows: usize, columns: usize) -> Vec<Vec<String>> {
    let letter = |c: usize| match c {
        0..26 => char::from(b'A' + c as u8).to_string(),
        _ => format!("A{}", char::from(b'A' + (c - 26) as u8)),
    };
    (1..=rows).map(|r| (0..columns).map(|c| format!("{}{r}", letter(c))).collect()).collect()
}

/// Every layout by its header: one recipe knows it, and no other claims it as closely.
#[test]
fn each_layout_has_one_recipe() {
    for (header, row, recipe) in [
        ("Date,USD,JPY,GBP,CHF,SEK", "2020-01-02,1,2,3,4,5", "ecb-rates"),
        ("Date,PPIACO", "2020-01-01,5", "price-index-series"),
        ("Date,Index,Inflation", "2020-01-01,5,", "consumer-price-index"),
        (
            "SKU,OfferTermCode,RateCode,TermType,PriceDescription,Unit,PricePerUnit,Currency",
            "a,b,c,OnDemand,x,Hrs,1,USD",
            "aws-price-list",
        ),
        (
            "SIN(s) PROPOSED,SERVICE PROPOSED (e.g. Job Title/Task),MINIMUM EDUCATION/ CERTIFICATION LEVEL,MINIMUM YEARS OF EXPERIENCE,\"UNIT OF ISSUE (e.g. Hour, Task, Sq ft)\",PRICE OFFERED TO GSA (including IFF)",
            "1,a,b,2,Hour,5",
            "gsa-labor",
        ),
        (
            "SIN(s) PROPOSED,Course Title,Course Length,Minimum Participants,Price Per Course or Per Person,PRICE OFFERED TO GSA (including IFF)",
            "1,a,b,2,Course,5",
            "gsa-courses",
        ),
        (
            "SIN,MFR PART NO,PRODUCT NAME,UOI,GSA OFFER PRICE (inclusive of the .75% IFF)",
            "1,2,a,EA,5",
            "gsa-products",
        ),
        ("sin,service,education,years_experience,price", "1,a,b,2,5", "gsa-labor-short"),
        ("Charge Code,Description,Price", "1,a,5", "chargemaster"),
        ("CDM Number,CDM Description,Revenue Code,Price", "1,a,2,5", "chargemaster"),
        (
            "2018 Charge Codes,Charge Codes Description,HCPCS Codes,June 2018 Prices",
            "1,a,,5",
            "chargemaster",
        ),
        ("Description,2018 CPT Code,Average Charge", "a,99282,5", "oshpd-common-procedures"),
        ("Charge Description,Current Price", "a,5", "chargemaster"),
        ("ChargeCode,ChargeCode Description,Charge", "1,a,5", "chargemaster"),
        ("description,charge_amount", "a,5", "chargemaster"),
        ("Procedure Code,Procedure Name,Revenue Code,Price", "1,a,2,5", "chargemaster"),
        (
            "BILL ITEM ID,LONG DESCRIPTION,CPT-4,REVENUE,Standard Charge",
            "1,a,2,3,5",
            "chargemaster",
        ),
        ("DRG_Long_Desc,Average_Charge_Per_Case", "001 - X,5", "drg-average-charges"),
        (
            "DRG Definition,Provider Id,Provider Name,Average Covered Charges",
            "001,1,a,5",
            "drg-average-charges",
        ),
        (
            "Item No.,Item Description,Unit,Quantity,Bidder,Unit Price,Currency",
            "1,a,EA,2,ACME,5,EUR",
            "bid-tab-long",
        ),
        (
            "Item,Description,Unit,Qty,Vendor,Quoted Price,Currency",
            "1,a,EA,2,ACME,5,EUR",
            "quotes-long",
        ),
        (
            "Item,Description,Unit,Qty,ACME Unit Price,Beta Unit Price",
            "1,a,EA,2,EUR 5,EUR 6",
            "bid-tab-wide",
        ),
    ] {
        assert_eq!(recipe_of(format!("{header}\n{row}\n")), recipe, "{header}");
    }
}
