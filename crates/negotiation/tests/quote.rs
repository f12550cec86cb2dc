//! Quotes like for like: published vectors, hand computations, and what is said where a comparison
//! is not possible.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use haggle_negotiation::deal::{Deal, parse};
use haggle_negotiation::quote::{Comparison, QuoteRow, State, TaxWord, compare};
use haggle_quantity::{Amount, Per};
use std::sync::Arc;
use support::with;

const HEAD: &str = "schema = \"haggle.deal/1\"\ntitle = \"t\"\nside = \"buyer\"\nper = \"lot\"\nas_of = 2026-11-23\n";

fn deal(text: &str) -> Deal {
    let currency =
        if text.contains("currency = \"USD\" # deal") { "" } else { "currency = \"EUR\"\n" };
    let parsed = parse(&format!("{HEAD}{currency}{text}"), None);
    assert!(parsed.problems.iter().all(|p| p.warning), "{:?}\n{text}", parsed.problems);
    parsed.deal.unwrap()
}

fn of(text: &str) -> Comparison {
    compare(&deal(text), &[]).unwrap()
}

/// A total rounded to the cent; empty where there is none.
fn total(comparison: &Comparison, supplier: &str) -> String {
    let at = comparison.supplier(supplier).unwrap();
    cents(comparison.outcomes[0].totals[at].total)
}

fn cents(amount: Option<Amount>) -> String {
    amount.map_or(String::new(), |amount| format!("{:.2}", amount.round_dp(2)))
}

fn reasons(comparison: &Comparison, supplier: &str) -> (State, String) {
    let supplier = &comparison.suppliers[comparison.supplier(supplier).unwrap()];
    (supplier.state, supplier.reasons.join("; "))
}

fn ranked(comparison: &Comparison) -> Vec<&str> {
    let name = |it: &haggle_negotiation::quote::Ranking| &*comparison.suppliers[it.supplier].name;
    comparison.outcomes[0].ranking.iter().map(name).collect()
}

/// One item, one line for each of these suppliers: name, keys of the quote, keys of the line.
fn tender(head: &str, item: &str, quotes: &[(&str, &str, &str)]) -> String {
    let quotes: String = quotes
        .iter()
        .map(|(name, terms, line)| {
            format!(
                "[[quote]]\nsupplier = \"{name}\"\n{terms}\n[[quote.line]]\nitem = \"it\"\n{line}\n"
            )
        })
        .collect();
    format!("{head}\n[[item]]\nid = \"it\"\n{item}\n{quotes}")
}

const ONE: &str = "quantity = 1\nper = \"each\"";

/// Two currencies at a dated rate (`peers.md` golden numbers): as stated, and by its inverse.
#[test]
fn currencies() {
    let rate = "[[rate]]\nfrom = \"EUR\"\nto = \"USD\"\nrate = 0.9\ndate = 2026-11-20\n";
    let quotes = [
        ("dollars", "currency = \"USD\"", "price = 100"),
        ("euros", "currency = \"EUR\"", "price = 101"),
    ];
    let usd = format!("currency = \"USD\" # deal\n{rate}");
    let found = of(&tender(&format!("{usd}[tender]"), ONE, &quotes));
    assert_eq!(total(&found, "euros"), "90.90");
    assert_eq!(ranked(&found), ["euros", "dollars"]);
    let rate = found.suppliers[1].factors.as_ref().unwrap().rate.as_ref().unwrap();
    assert_eq!(
        (rate.rate.to_string().as_str(), rate.date.to_string().as_str()),
        ("0.9", "2026-11-20")
    );

    let rate = "[[rate]]\nfrom = \"USD\"\nto = \"EUR\"\nrate = 0.65\ndate = 2026-11-20\n";
    let quotes = [
        ("dollars", "currency = \"USD\"", "price = 100"),
        ("euros", "currency = \"EUR\"", "price = 80"),
    ];
    let usd = format!("currency = \"USD\" # deal\n{rate}");
    let found = of(&tender(&format!("{usd}[tender]"), ONE, &quotes));
    assert_eq!(total(&found, "euros"), "123.08");
    assert_eq!(ranked(&found), ["dollars", "euros"]);
}

/// 3 x 500 sheets for 15 EUR are as dear as 750 for 7.50 EUR.
#[test]
fn packs() {
    let item = "quantity = 1500\nper = \"sheet\"\nunits = { ream = 500 }";
    let found = of(&tender(
        "[tender]",
        item,
        &[
            ("three reams", "", "price = 15\nper = \"bundle\"\npack = 1500"),
            ("750", "", "price = \"7.50\"\npack = 750"),
            ("ream", "", "price = 5\nper = \"ream\""),
            ("sheet", "", "price = \"0.01\""),
            ("whole packs", "", "price = 8\npack = 1000\nmultiple = 1"),
        ],
    ));
    for name in ["three reams", "750", "ream", "sheet"] {
        assert_eq!(total(&found, name), "15.00", "{name}");
        let cell = found.cell(0, 0, found.supplier(name).unwrap()).unwrap();
        assert_eq!(cell.cost.as_ref().unwrap().unit.normalize().to_string(), "0.01", "{name}");
    }
    assert_eq!(total(&found, "whole packs"), "16.00");
}

/// A unit that nothing converts stops that line alone, and says what would.
#[test]
fn units_that_nothing_converts() {
    let item = "quantity = 1500\nper = \"sheet\"";
    let found = of(&tender(
        "[tender]",
        item,
        &[("carton", "", "price = 15\nper = \"carton\""), ("sheet", "", "price = \"0.01\"")],
    ));
    let cell = found.cell(0, 0, 0).unwrap();
    assert_eq!((cell.state, &cell.cost), (State::Stopped, &None));
    assert_eq!(
        cell.reason.as_deref().unwrap(),
        "its price is per `carton`, and nothing says how many `sheet` one `carton` holds: add `units = { carton = \"...\" }` to the item, or `pack` to the line"
    );
    assert_eq!(ranked(&found), ["sheet"]);
    let twice = "price = 15\nper = \"sheet\"\npack = 500";
    let found = of(&tender("[tender]", item, &[("a", "", twice)]));
    assert!(found.cell(0, 0, 0).unwrap().reason.as_deref().unwrap().contains("per pack"));
    let time = "quantity = 24\nper = \"month\"";
    let found = of(&tender("[tender]", time, &[("a", "", "price = 1200\nper = \"year\"")]));
    assert_eq!(total(&found, "a"), "2400.00");
    let found = of(&tender(
        "[tender]",
        "quantity = 24\nper = \"hour\"",
        &[("a", "", "price = 800\nper = \"day\"")],
    ));
    assert_eq!(found.cell(0, 0, 0).unwrap().state, State::Stopped);
}

/// G3: 100 at 8 % in 30, 60 and 90 days; 2/10 net 30 pays up to 44.59 % a year.
#[test]
fn payment_terms() {
    let head = "[us]\ndiscount_rate = 0.08\n[tender]\npayment_days = 0";
    for (days, expected) in [(30, "99.369"), (60, "98.743"), (90, "98.120"), (0, "100.000")] {
        let found =
            of(&tender(head, ONE, &[("a", &format!("payment_days = {days}"), "price = 100")]));
        let line = found.cell(0, 0, 0).unwrap().cost.as_ref().unwrap().line;
        assert_eq!(format!("{:.3}", line.round_dp(3)), expected, "{days}");
    }
    let terms = "payment_days = 30\nearly_discount = 0.02\nearly_days = 10";
    for (rate, early) in [("0.4458", true), ("0.4460", false)] {
        let head = format!("[us]\ndiscount_rate = {rate}\n[tender]\npayment_days = 30");
        let found = of(&tender(&head, ONE, &[("a", terms, "price = 100")]));
        let payment = found.suppliers[0].factors.as_ref().unwrap().payment;
        assert_eq!(
            (payment.early, payment.days),
            (early, Some(if early { 10 } else { 30 })),
            "{rate}"
        );
    }
}

#[test]
fn payment_terms_that_differ_need_a_reference_and_a_rate() {
    let quotes = [("a", "payment_days = 30", "price = 1"), ("b", "payment_days = 60", "price = 1")];
    let found = of(&tender("[tender]", ONE, &quotes));
    let (state, why) = reasons(&found, "a");
    assert_eq!(state, State::Stopped);
    assert_eq!(why, "payment terms differ (30, 60 days): state `payment_days` in `[tender]`");
    let found = of(&tender("[tender]\npayment_days = 30", ONE, &quotes));
    assert_eq!(reasons(&found, "a"), (State::Counts, String::new()));
    let (state, why) = reasons(&found, "b");
    assert!(state == State::Stopped && why.contains("state `discount_rate` in `[us]`"), "{why}");
    let quotes = [("a", "payment_days = 30", "price = 1"), ("b", "", "price = 1")];
    let found = of(&tender("[tender]", ONE, &quotes));
    assert_eq!(reasons(&found, "b").0, State::Unclear);
    assert_eq!(ranked(&found), ["a"]);
}

/// G13: of 100, 98, 104 and 72 the last alone; of 0.16, 0.18 and 7.00 none is too low; two bids are
/// too few.
#[test]
fn abnormally_low() {
    for (prices, expected) in [
        (&["100", "98", "104", "72"][..], &[3][..]),
        (&["0.16", "0.18", "7.00"], &[]),
        (&["100", "50"], &[]),
        (&["100", "100", "80"], &[]),
        (&["100", "100", "79.99"], &[2]),
    ] {
        let lines: Vec<String> =
            prices.iter().map(|price| format!("price = \"{price}\"")).collect();
        let names: Vec<String> = (0..prices.len()).map(|at| format!("s{at}")).collect();
        let quotes: Vec<_> = names
            .iter()
            .zip(&lines)
            .map(|(name, line)| (name.as_str(), "", line.as_str()))
            .collect();
        let found = of(&tender("[tender]", ONE, &quotes));
        let low: Vec<usize> =
            (0..prices.len()).filter(|at| found.outcomes[0].totals[*at].low.is_some()).collect();
        let cells: Vec<usize> =
            (0..prices.len()).filter(|at| found.cell(0, 0, *at).unwrap().low.is_some()).collect();
        assert_eq!((low.as_slice(), cells.as_slice()), (expected, expected), "{prices:?}");
        let told =
            found.findings.iter().filter(|it| it.rule == "S3.9" && it.text.contains("total"));
        assert_eq!(told.count(), expected.len());
    }
    let share = of(&tender(
        "[tender]",
        ONE,
        &[
            ("a", "", "price = 100"),
            ("b", "", "price = 98"),
            ("c", "", "price = 104"),
            ("d", "", "price = 72"),
        ],
    ));
    let low = share.outcomes[0].totals[3].low.unwrap();
    assert_eq!(format!("{:.1}", (low * Amount::ONE_HUNDRED).round_dp(1)), "28.5");
}

/// G14: 1000 at fixed .2, .5 of a series from 131.0 to 142.6, .3 of one from 155 to 160.
#[test]
fn index_clause() {
    let item = "quantity = 1\nper = \"each\"\nlast_price = 1000\nindex = { fixed = 0.2, parts = [{ series = \"a\", weight = 0.5, then = \"131.0\", now = \"142.6\" }, { series = \"b\", weight = 0.3, then = 155, now = 160 }] }";
    let found = of(&tender("[tender]", item, &[("a", "", "price = 1")]));
    assert_eq!(cents(found.items[0].indexed_price), "1053.95");
}

/// G2 by hand. Each case: line, holding rate, quantity; ordered, line cost.
#[test]
fn breaks() {
    let all = "price = 10\nbreaks = [{ from = 100, price = 9 }, { from = 500, price = 8 }]";
    let cases: &[(&str, &str, &str, &str, &str)] = &[
        (all, "", "50", "50", "500.00"),
        (all, "", "90", "90", "900.00"), // 100 at 9 is 900 as well: no more is bought for nothing
        (all, "", "95", "100", "900.00"),
        (all, "holding_rate = 0.2", "95", "100", "904.50"), // 900 + 5 * 9 * 0.1
        (all, "holding_rate = 1", "91", "91", "910.00"),    // 900 + 9 * 9 * 0.5 = 940.50
        (all, "", "100", "100", "900.00"),
        (all, "", "450", "500", "4000.00"),
        (all, "holding_rate = 0.2", "450", "500", "4040.00"), // 4050 stays; 4000 + 50 * 8 * 0.1
        (
            "price = 10\nbreaks = [{ from = 100, price = 9 }]\nscheme = \"incremental\"",
            "",
            "150",
            "150",
            "1450.00",
        ),
        (
            "price = 10\nbreaks = [{ from = 100, price = 9 }]\nscheme = \"incremental\"",
            "",
            "99",
            "99",
            "990.00",
        ),
        ("price = 10\nminimum = 20", "", "5", "20", "200.00"),
        ("price = 10\nminimum = 20", "holding_rate = 0.2", "5", "20", "215.00"), // 15 * 10 * 0.1
        ("price = 10\nmultiple = 12", "", "25", "36", "360.00"),
        ("price = 10\nmultiple = 12\nminimum = 13", "", "5", "24", "240.00"),
        (
            "price = 10\nmultiple = 30\nbreaks = [{ from = 100, price = 7 }]",
            "",
            "95",
            "120",
            "840.00",
        ),
    ];
    for (line, head, quantity, ordered, expected) in cases {
        let item = format!("quantity = {quantity}\nper = \"each\"");
        let found = of(&tender(&format!("[tender]\n{head}"), &item, &[("a", "", line)]));
        let cost = found.cell(0, 0, 0).unwrap().cost.clone().unwrap();
        let told = (cost.ordered.normalize().to_string(), cents(Some(cost.line)));
        assert_eq!(
            told,
            ((*ordered).to_owned(), (*expected).to_owned()),
            "{line} {head} {quantity}"
        );
    }
}

/// Rejects are bought and not used: 98 good ones need 100 (G1).
#[test]
fn rejects() {
    let found = of(&tender(
        "[tender]",
        "quantity = 98\nper = \"each\"",
        &[("a", "rejects = 0.02", "price = 1")],
    ));
    let cost = found.cell(0, 0, 0).unwrap().cost.clone().unwrap();
    assert_eq!(cost.ordered.normalize().to_string(), "100");
    assert_eq!(cents(Some(cost.unit)), "1.02");
}

#[test]
fn taxes() {
    let cases: &[(&str, &str, &str)] = &[
        ("tax = 0.21\ntax_included = true\ntax_recoverable = true", "121", "100.00"),
        ("tax = 0.21\ntax_included = true\ntax_recoverable = false", "121", "121.00"),
        ("tax = 0.21\ntax_recoverable = true", "121", "121.00"),
        ("tax = 0.21\ntax_recoverable = false", "100", "121.00"),
        ("tax = 0.21\ntax_recoverable = false\nfreight = 10", "100", "133.10"),
    ];
    for (terms, price, expected) in cases {
        let line = format!("price = {price}");
        let found = of(&tender("[tender]", ONE, &[("a", terms, &line)]));
        assert_eq!(total(&found, "a"), *expected, "{terms}");
    }
    let quotes = [("a", cases[0].0, "price = 121"), ("b", "", "price = 90")];
    let found = of(&tender("[tender]", ONE, &quotes));
    assert_eq!((reasons(&found, "b").0, ranked(&found)), (State::Unclear, vec!["a"]));
    let quotes = [("a", cases[0].0, "price = 121"), ("b", "tax_included = true", "price = 90")];
    let found = of(&tender("[tender]", ONE, &quotes));
    assert_eq!(reasons(&found, "b").0, State::Stopped);
    let quotes = [("a", cases[0].0, "price = 121"), ("b", "tax_included = false", "price = 90")];
    let found = of(&tender("[tender]", ONE, &quotes));
    assert_eq!((total(&found, "b").as_str(), ranked(&found)), ("90.00", vec!["b", "a"]));
    let quotes =
        [("a", "tax_included = true", "price = 2"), ("b", "tax_included = true", "price = 1")];
    assert_eq!(ranked(&of(&tender("[tender]", ONE, &quotes))), ["b", "a"]);
}

/// G5: which legs each rule leaves to the buyer.
#[test]
fn incoterms() {
    use haggle_negotiation::quote::{Incoterm, Leg};
    let names = |rule: &str| {
        let legs = Incoterm::parse(rule).unwrap().lacking().iter().map(|leg| leg.as_str());
        legs.collect::<Vec<_>>().join(" ")
    };
    let import = "duty import_clearance";
    for rule in ["CIF", "CIP", "DAP", "DPU"] {
        assert_eq!(names(rule), import, "{rule}");
    }
    for rule in ["CFR", "CPT"] {
        assert_eq!(names(rule), format!("insurance {import}"), "{rule}");
    }
    for rule in ["FCA", "FAS", "FOB"] {
        assert_eq!(names(rule), format!("main_carriage insurance {import}"), "{rule}");
    }
    assert_eq!(names("exw Hamburg").split(' ').count(), Leg::ALL.len());
    assert_eq!(names("DDP"), "");
    assert_eq!(Incoterm::parse("XYZ"), None);
    let sea = Incoterm::ALL.iter().filter(|(_, rule)| rule.is_for_sea()).map(|(name, _)| *name);
    assert_eq!(sea.collect::<Vec<_>>(), ["FAS", "FOB", "CFR", "CIF"]);

    let adders = "adders = { origin_handling = 10, export_clearance = 20, main_carriage = \"3 %\", insurance = \"0\" }";
    let dap = format!("[tender]\nincoterm = \"DAP\"\n{adders}");
    let line = "price = 1000";
    for (terms, expected) in [
        ("incoterm = \"EXW\"", "1060.00"), // 1000 + 30 + 10 + 20
        ("incoterm = \"FCA\"", "1030.00"),
        ("incoterm = \"DAP\"", "1000.00"),
        ("incoterm = \"CPT\"", "1000.00"),
        ("incoterm = \"FCA\"\nadders = { main_carriage = 50 }", "1050.00"),
        ("incoterm = \"FCA\"\nfreight = 45", "1045.00"), // their freight is the carriage
    ] {
        let found = of(&tender(&dap, ONE, &[("a", terms, line)]));
        assert_eq!(total(&found, "a"), expected, "{terms}");
    }
    for (head, terms, expected) in [
        (
            dap.as_str(),
            "incoterm = \"DDP\"",
            "DDP holds `duty`, `import_clearance`, which DAP does not count: state `incoterm = \"DDP\"` in `[tender]`",
        ),
        (
            "[tender]\nincoterm = \"DDP\"",
            "incoterm = \"CIP\"",
            "CIP leaves `duty`, `import_clearance` to us, and nobody says what it costs: state it in `adders` of `[tender]` or `[[quote]]` (\"0\" if nothing)",
        ),
    ] {
        let found = of(&tender(head, ONE, &[("a", terms, line)]));
        assert_eq!(reasons(&found, "a"), (State::Stopped, expected.to_owned()));
    }
    let both = [("a", "incoterm = \"EXW\"", line), ("b", "incoterm = \"DAP\"", line)];
    let found = of(&tender("[tender]", ONE, &both));
    assert!(
        reasons(&found, "b")
            .1
            .contains("different Incoterms (EXW, DAP): state `incoterm` in `[tender]`")
    );
    let found = of(&tender("[tender]", ONE, &[both[0], ("c", "", line)]));
    assert_eq!((reasons(&found, "a").0, reasons(&found, "c").0), (State::Counts, State::Unclear));
}

/// Charges once, and by month, quarter and year over the horizon: each instalment at the end of its
/// period, discounted; a part of a period by its share.
#[test]
fn charges() {
    let charge = |every: &str| format!("[[quote.charge]]\nname = \"c\"\namount = 100\n{every}");
    let pow = |months: f64| libm::pow(1.1, -months / 12.0);
    for (every, horizon, expected) in [
        ("", 12, 100.0),
        ("every = \"year\"", 24, 100.0 * (pow(12.0) + pow(24.0))),
        ("every = \"quarter\"", 6, 100.0 * (pow(3.0) + pow(6.0))),
        ("every = \"month\"", 3, 100.0 * (pow(1.0) + pow(2.0) + pow(3.0))),
        ("every = \"year\"", 18, 100.0 * (pow(12.0) + pow(18.0) / 2.0)),
    ] {
        let head = format!("[us]\ndiscount_rate = 0.10\n[tender]\nhorizon_months = {horizon}");
        let found = of(&tender(&head, ONE, &[("a", &charge(every), "price = 0")]));
        assert_eq!(total(&found, "a"), format!("{expected:.2}"), "{every} {horizon}");
    }
    let found = of(&tender("[tender]", ONE, &[("a", &charge("every = \"month\""), "price = 0")]));
    assert!(reasons(&found, "a").1.contains("state `horizon_months` in `[tender]`"));
    let found = of(&tender(
        "[tender]\nhorizon_months = 12",
        ONE,
        &[("a", &charge("every = \"month\""), "price = 0")],
    ));
    assert!(reasons(&found, "a").1.contains("state `discount_rate` in `[us]`"));
}

/// G4 by hand: 1000 * 73 / 365 * 0.2 = 40.
#[test]
fn goods_on_their_way() {
    let quotes = [("a", "lead_time_days = 73", "price = 1000"), ("b", "", "price = 1000")];
    let found = of(&tender("[tender]\nholding_rate = 0.2", ONE, &quotes));
    assert_eq!(total(&found, "a"), "1040.00");
    assert_eq!((reasons(&found, "b").0, ranked(&found)), (State::Unclear, vec!["a"]));
    let found = of(&tender("[tender]", ONE, &quotes));
    assert_eq!(ranked(&found), ["a", "b"]);
}

#[test]
fn expired_and_reference_quotes_stay_visible() {
    let quotes = [
        ("old", "valid_until = 2026-11-22", "price = 1"),
        ("last day", "valid_until = 2026-11-23", "price = 3"),
        ("ours", "reference = true", "price = 2"),
    ];
    let found = of(&tender("[tender]", ONE, &quotes));
    assert_eq!((ranked(&found), total(&found, "old")), (vec!["last day"], "1.00".to_owned()));
    assert_eq!(found.cell(0, 0, 0).unwrap().state, State::Expired);
    assert_eq!(
        reasons(&found, "old").1,
        "it expired on 2026-11-22: ask for a later day, or state `include_expired = true` in `[tender]`"
    );
    assert_eq!(reasons(&found, "ours").0, State::Reference);
    assert_eq!(found.outcomes[0].single.as_ref().unwrap().suppliers, [1]);
    let found = of(&tender("[tender]\ninclude_expired = true", ONE, &quotes));
    assert_eq!(ranked(&found), ["old", "last day"]);
    assert!(reasons(&found, "old").1.contains("have it confirmed"));
}

const THREE: &str = "[[item]]\nid = \"a\"\nquantity = 1\nper = \"each\"\n[[item]]\nid = \"b\"\nquantity = 1\nper = \"each\"\n[[item]]\nid = \"c\"\nquantity = 1\nper = \"each\"\n";

fn lines(supplier: &str, prices: &[(&str, &str)]) -> String {
    let lines: String = prices
        .iter()
        .map(|(item, price)| format!("[[quote.line]]\nitem = \"{item}\"\nprice = {price}\n"))
        .collect();
    format!("[[quote]]\nsupplier = \"{supplier}\"\n{lines}")
}

/// Gaps are gaps; they are filled for the ranking alone and only if asked, by the median of the
/// others; too much of it is not comparable; what nobody quotes is outside.
#[test]
fn gaps() {
    let quotes = [
        lines("full", &[("a", "100"), ("b", "10")]),
        lines("other", &[("a", "104"), ("b", "14")]),
        lines("gap", &[("a", "90")]),
        lines("half", &[("b", "11")]),
    ]
    .concat();
    let plain = of(&format!("[tender]\n{THREE}{quotes}"));
    let outcome = &plain.outcomes[0];
    assert_eq!(outcome.in_scope, [true, true, false]);
    assert_eq!((ranked(&plain), total(&plain, "gap")), (vec!["full", "other"], String::new()));
    assert_eq!(
        (&outcome.totals[2].missing, plain.cell(0, 1, 2).unwrap().state),
        (&vec![1], State::Gap)
    );
    assert_eq!(outcome.totals[2].unranked.as_deref(), Some("1 of its lines are missing"));
    let filled = of(&format!("[tender]\nfill_gaps = true\n{THREE}{quotes}"));
    let outcome = &filled.outcomes[0];
    let cell = filled.cell(0, 1, 2).unwrap();
    assert_eq!(
        (cell.state, cents(cell.plug), total(&filled, "gap")),
        (State::Filled, "11.00".to_owned(), "101.00".to_owned())
    );
    assert_eq!(ranked(&filled), ["gap", "full", "other"]);
    // 100 of 111 is filled.
    assert_eq!(
        outcome.totals[3].unranked.as_deref(),
        Some("filled gaps are 90.09 % of it, more than 15 %: not comparable")
    );
    assert_eq!(outcome.single.as_ref().unwrap().suppliers, [0]);
    assert!(
        filled.findings.iter().any(|it| it.text.contains("Nobody who can be awarded quotes c"))
    );
}

#[test]
fn excluded_and_unclear_lines_do_not_count() {
    for (scope, state) in [("excluded", State::Excluded), ("unclear", State::Unclear)] {
        let line = format!("price = 1\nscope = \"{scope}\"");
        let found = of(&tender("[tender]", ONE, &[("a", "", &line), ("b", "", "price = 2")]));
        let cell = found.cell(0, 0, 0).unwrap();
        assert!(cell.state == state && cell.cost.is_some() && cell.reason.is_some());
        assert_eq!((ranked(&found), found.outcomes[0].best[0]), (vec!["b"], Some(1)));
    }
}

#[test]
fn least_orders_discounts_and_order_costs() {
    let quotes = [
        ("small", "minimum_value = 100", "price = 99"),
        ("discounted", "discount = 0.05\nquality_cost = 7\nswitching_cost = 11", "price = 100"),
    ];
    let found = of(&tender("[tender]", ONE, &quotes));
    assert_eq!(
        (ranked(&found), total(&found, "discounted")),
        (vec!["discounted"], "113.00".to_owned())
    );
    assert_eq!(
        found.outcomes[0].totals[0].unranked.as_deref(),
        Some("its goods, EUR 99, are below its least order of EUR 100")
    );
}

#[test]
fn scenarios_have_their_own_quantities() {
    let head = "[tender]\n[[scenario]]\nname = \"double\"\nfactor = 2\n[[scenario]]\nname = \"some\"\nquantity = { it = 3 }";
    let found =
        of(&tender(head, "quantity = 10\nper = \"each\"", &[("a", "freight = 5", "price = 2")]));
    let told: Vec<_> =
        found.outcomes.iter().map(|it| (it.name.as_str(), cents(it.totals[0].total))).collect();
    assert_eq!(
        told,
        [("as asked", "25.00".into()), ("double", "45.00".into()), ("some", "11.00".into())]
    );
}

fn row(supplier: &str, item: &str, amount: &str) -> QuoteRow {
    support::row(supplier, item, amount, &format!("bids.csv:{supplier}:{item}:{amount}"))
}

fn from(mut row: QuoteRow, quantity: u32) -> QuoteRow {
    row.quantity_from = Some(Amount::from(quantity));
    row
}

fn of_rows(text: &str, rows: &[QuoteRow]) -> Comparison {
    compare(&deal(text), rows).unwrap()
}

/// Rows of sources: terms, tiers, names; what does not fit is passed over with its place.
#[test]
fn rows() {
    let head = "[tender]\n[[item]]\nid = \"it\"\nname = \"The  thing\"\nquantity = 120\nper = \"each\"\nmatch = [\"P-80\"]\n";
    let rows = [
        with(
            row("Acme", "IT", "5"),
            &[("freight", "10"), ("payment_days", "30"), ("colour", "red")],
        ),
        from(row("Bolt", "p-80", "6"), 1),
        from(row("Bolt", "p-80", "4"), 100),
        QuoteRow {
            code: None,
            title: Some(Arc::from("the thing")),
            ..with(row("Cask", "", "5"), &[("payment_days", "30"), ("pack", "1")])
        },
        row("Acme", "unknown", "5"),
    ];
    let found = of_rows(head, &rows);
    assert_eq!((total(&found, "acme"), total(&found, "cask")), ("610.00".into(), "600.00".into()));
    let bolt = found.supplier("bolt").unwrap();
    let cost = found.cell(0, 0, bolt).unwrap().cost.clone().unwrap();
    assert_eq!((cost.tier, cents(Some(cost.line))), (1, "480.00".to_owned()));
    assert_eq!(found.quoted(0, bolt).unwrap().places.len(), 2);
    assert_eq!(reasons(&found, "bolt").0, State::Unclear);
    assert_eq!(found.passed_over.len(), 1);
    assert_eq!(&*found.passed_over[0].place, "bids.csv:Acme:unknown:5");
    let mut back = rows.to_vec();
    back.reverse();
    let again = of_rows(head, &back);
    assert_eq!((&again.outcomes, &again.quoted), (&found.outcomes, &found.quoted));
}

/// What rows say twice, or not at all, stops the line or the quote, with its place.
#[test]
fn rows_that_do_not_agree() {
    let head = "[tender]\n[[item]]\nid = \"it\"\nquantity = 10\nper = \"each\"\n[[item]]\nid = \"two\"\nquantity = 1\nper = \"each\"\n";
    let line = |rows: &[QuoteRow]| {
        let found = of_rows(head, rows);
        found.cell(0, 0, 0).unwrap().reason.as_deref().unwrap_or("").to_owned()
    };
    let whole = |rows: &[QuoteRow]| reasons(&of_rows(head, rows), "A");
    assert!(
        line(&[row("A", "it", "5"), row("A", "it", "6")])
            .contains("two prices: `5` (bids.csv:A:it:5) and `6`")
    );
    assert_eq!(line(&[row("A", "it", "5"), row("A", "it", "5")]), "");
    let other = QuoteRow { per: Some(Per::new("kg")), ..row("A", "it", "6") };
    assert!(line(&[row("A", "it", "5"), other]).contains("per `each`"));
    assert!(line(&[QuoteRow { per: None, ..row("A", "it", "5") }]).contains("names no unit"));
    assert!(
        line(&[with(row("A", "it", "5"), &[("pack", "many")])])
            .contains("`pack` is `many` (bids.csv:A:it:5), expected a number")
    );
    let short = QuoteRow { quantity_to: Some(Amount::from(9)), ..row("A", "it", "5") };
    assert!(line(&[short]).contains("10 each are needed, and it quotes up to 9"));
    let terms = [
        with(row("A", "it", "5"), &[("payment_days", "30")]),
        with(row("A", "two", "5"), &[("payment_days", "60")]),
    ];
    let (state, why) = whole(&terms);
    assert!(
        state == State::Stopped
            && why.contains("`payment_days` is `30` (bids.csv:A:it:5) and `60`"),
        "{why}"
    );
    let wrong = [with(row("A", "it", "5"), &[("incoterm", "free")])];
    assert!(whole(&wrong).1.contains("expected a rule of Incoterms 2020"));
    let mixed = [
        row("A", "it", "5"),
        QuoteRow { currency: Some("USD".parse().unwrap()), ..row("A", "two", "5") },
    ];
    assert!(whole(&mixed).1.contains("in several currencies"));
    assert!(
        whole(&[QuoteRow { currency: None, ..row("A", "it", "5") }]).1.contains("name no currency")
    );
    let dollars = QuoteRow { currency: Some("USD".parse().unwrap()), ..row("A", "it", "5") };
    assert!(
        whole(std::slice::from_ref(&dollars))
            .1
            .contains("nothing converts USD into EUR: add a `[[rate]]`")
    );
    let stated =
        format!("{head}[[quote]]\nsupplier = \"a\"\ncurrency = \"EUR\"\npayment_days = 30\n");
    assert!(reasons(&of_rows(&stated, &[dollars]), "A").1.contains("rows of it in USD"));
    // What the deal file states stands, and what it overrules is named.
    let (state, said) = reasons(&of_rows(&stated, &terms), "A");
    assert_eq!(state, State::Counts);
    assert_eq!(
        said,
        "`payment_days` is `30` (bids.csv:A:it:5), and its `[[quote]]` says otherwise, which stands"
    );
    let estimate = QuoteRow { estimate: true, ..row("A", "it", "5") };
    assert_eq!(whole(std::slice::from_ref(&estimate)).0, State::Reference);
    let found = of_rows(head, &[estimate, row("A", "two", "5")]);
    assert_eq!((found.passed_over.len(), found.suppliers[0].state), (1, State::Counts));
    let rate = [with(row("A", "it", "5"), &[("tax", "21 %"), ("tax_recoverable", "yes")])];
    let (state, why) = whole(&rate);
    assert!(state == State::Unclear && why.contains("not whether its prices hold it"), "{why}");
    let tax = [QuoteRow { tax: TaxWord::Included, ..row("A", "it", "5") }, row("A", "two", "5")];
    assert!(whole(&tax).1.contains("otherwise of tax"));
}

/// Lines may expire, be discounted and delivered by themselves; what all say alike is a term.
#[test]
fn terms_of_single_rows() {
    let head = "[tender]\nholding_rate = 0.365\n[[item]]\nid = \"it\"\nquantity = 1\nper = \"each\"\n[[item]]\nid = \"two\"\nquantity = 1\nper = \"each\"\n";
    let rows = [
        with(
            row("A", "it", "100"),
            &[("lead_time_days", "10"), ("discount", "10 %"), ("valid_until", "2026-12-31")],
        ),
        with(
            row("A", "two", "100"),
            &[("lead_time_days", "20"), ("discount", "0.1"), ("valid_until", "2026-01-31")],
        ),
    ];
    let found = of_rows(head, &rows);
    assert_eq!(found.suppliers[0].terms.discount, Some("0.1".parse().unwrap()));
    assert_eq!(found.suppliers[0].terms.lead_time_days, None);
    let lines: Vec<_> = (0..2)
        .map(|item| {
            let cell = found.cell(0, item, 0).unwrap();
            (cell.state, cents(cell.cost.as_ref().map(|cost| cost.line)))
        })
        .collect();
    // 90 + 90 * days / 365 * 0.365
    assert_eq!(lines, [(State::Counts, "90.90".to_owned()), (State::Expired, "91.80".to_owned())]);
    assert_eq!(found.outcomes[0].in_scope, [true, false]);
}

#[test]
fn nothing_to_compare() {
    let bare = deal("");
    assert!(compare(&bare, &[]).unwrap_err().to_string().contains("no `[tender]`"));
    let empty = deal("[tender]\n");
    assert!(compare(&empty, &[]).unwrap_err().to_string().contains("no `[[item]]`"));
    let alone = deal(&format!("[tender]\n{THREE}"));
    assert!(compare(&alone, &[]).unwrap_err().to_string().contains("nobody quotes"));
}

/// Every conversion is told in words, with its numbers, its place and the date of its rate.
#[test]
fn steps() {
    let head = "[us]\ndiscount_rate = 0.08\n[[rate]]\nfrom = \"USD\"\nto = \"EUR\"\nrate = 0.9\ndate = 2026-11-20\n[tender]\nincoterm = \"DAP\"\npayment_days = 30\nholding_rate = 0.2\nadders = { main_carriage = \"3 %\", insurance = 5 }";
    let terms = "currency = \"USD\"\nincoterm = \"FCA\"\npayment_days = 60\nlead_time_days = 73\ndiscount = 0.05\ntax = 0.21\ntax_recoverable = false\nrejects = 0.02";
    let line = "price = 100\nper = \"box\"\npack = 10\nbreaks = [{ from = 12, price = 80 }]";
    let found = of(&tender(head, "quantity = 98\nper = \"each\"", &[("a", terms, line)]));
    let told: Vec<String> =
        found.steps(0, 0, 0).into_iter().map(|it| format!("{}: {}", it.name, it.text)).collect();
    assert_eq!(
        told,
        [
            "price: 80 USD per box, price 2 of 2",
            "needed: 98 each, 98 % of them good, 10 each in one box -> 10 box",
            "ordered: 12 box at the next price cost less than 10 box",
            "goods: 12 box x 80 USD less 5 % = 912 USD",
            "tax: tax of 21 % comes on top and is ours: x 1.21",
            "rate: 912 USD -> 0.9 EUR/USD of 2026-11-20 -> 993.168 EUR, tax considered",
            "payment: paid after 60 days, as if after 30: x 0.993694399244 = 986.905479 EUR",
            "legs: main_carriage 3 % of the goods without tax: 24.624 EUR",
            "pipeline: 73 days on the way at 20 % a year: 39.72672 EUR",
            "holding: 2 box beyond need, held half a year on average: 16.5528 EUR",
            "line: the line costs 1067.81 EUR",
            "unit: 1067.81 EUR / 98 each = 10.89601 EUR/each",
        ]
    );
}

/// What people read of a comparison in which everything is odd, gravest first.
#[test]
fn findings() {
    let item = |id: &str| format!("[[item]]\nid = \"{id}\"\nquantity = 95\nper = \"each\"\n");
    let items: String = ["a", "b", "c"].map(item).concat();
    let quotes = [
        "[[quote]]\nsupplier = \"Stop\"\ncurrency = \"USD\"\n[[quote.line]]\nitem = \"a\"\nprice = 1\n",
        "[[quote]]\nsupplier = \"Old\"\nincoterm = \"FOB\"\nvalid_until = 2026-11-01\nterm_months = 12\n[[quote.line]]\nitem = \"a\"\nprice = 1\n[[quote.line]]\nitem = \"b\"\nprice = 1\n",
        "[[quote]]\nsupplier = \"One\"\nincoterm = \"FOB\"\nterm_months = 24\nexclusions = [\"installation\"]\n[[quote.line]]\nitem = \"a\"\nprice = 10\nbreaks = [{ from = 100, price = 9 }]\n[[quote.line]]\nitem = \"b\"\nprice = 10\n",
        "[[quote]]\nsupplier = \"Two\"\nincoterm = \"FOB\"\n[[quote.line]]\nitem = \"a\"\nprice = 10\n[[quote.line]]\nitem = \"b\"\nprice = 11\n",
        "[[quote]]\nsupplier = \"Low\"\nincoterm = \"FOB\"\n[[quote.line]]\nitem = \"a\"\nprice = 5\n[[quote.line]]\nitem = \"b\"\nprice = 5\n",
        "[[quote]]\nsupplier = \"Gap\"\nincoterm = \"FOB\"\n[[quote.line]]\nitem = \"a\"\nprice = 10\n[[quote.line]]\nitem = \"b\"\nprice = 10\nscope = \"unclear\"\n",
        "[[quote]]\nsupplier = \"Silent\"\n[[quote.line]]\nitem = \"a\"\nprice = 10\n",
    ]
    .concat();
    let found = of(&format!("[tender]\n{items}{quotes}"));
    let told: Vec<String> = found
        .findings
        .iter()
        .map(|it| format!("{} {} {}", it.rule, it.text, it.action.as_deref().unwrap_or("-")))
        .collect();
    let expected = [
        "S3.8 Stop cannot be compared: nothing converts USD into EUR: add a `[[rate]]` from `USD` to `EUR` with its date; it names no Incoterm: ask which costs its price holds, and state `incoterm` in `[[quote]]`. -",
        "S3.8 Old is shown and not awarded: it expired on 2026-11-01: ask for a later day, or state `include_expired = true` in `[tender]`. -",
        "S3.8 One leaves out installation: no total holds it. Ask what it costs, and whether the others hold it.",
        "S3.8 Gap, b: it is not clear whether the quote holds it: ask. -",
        "S3.8 Silent is not comparable yet, and not awarded: it names no Incoterm: ask which costs its price holds, and state `incoterm` in `[[quote]]`. -",
        "S3.8 Nobody who can be awarded quotes c: outside every total. Ask for these prices before the award.",
        "S3.9 The total of Low is 50.59 % below the mean of the others. Ask Low to explain its price and to confirm the scope in writing; do not celebrate or reject yet.",
        "S3.8 Gap leaves 1 of the items open: b. Ask for the missing prices.",
        "S3.8 Silent leaves 1 of the items open: b. Ask for the missing prices.",
        "S3.8 Some quote under a rule for carriage by sea or inland waterway alone: Old FOB, One FOB, Two FOB, Low FOB, Gap FOB. Where goods go in containers, by road or by air, ask for the rule that fits.",
        "S3.8 Contracts run for different times: Old 12 months, One 24 months. Compare prices of the same term, or price the difference.",
        "S3.8 Buying up to the next price is cheaper: a from One; what holding the rest costs is not stated and not counted. State `holding_rate` in `[tender]`.",
        "S3.9 Low is far below the others on a, b. Check unit, pack and scope of these lines.",
    ];
    assert_eq!(told, expected);
}
