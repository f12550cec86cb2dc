//! Where quotes come close to being misread: least orders reached exactly, quantities between two
//! prices, half-stated terms, names that differ by signs, amounts at the edge. Figures by hand.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use haggle_negotiation::deal::{Deal, parse};
use haggle_negotiation::quote::award::NoAward;
use haggle_negotiation::quote::vendor::{Negotiation, TradeKind, negotiate};
use haggle_negotiation::quote::{Comparison, Moved, QuoteRow, State, compare, percent};
use haggle_quantity::Amount;
use std::collections::BTreeMap;
use support::{row, with};

const HEAD: &str = "schema = \"haggle.deal/1\"\ntitle = \"t\"\nside = \"buyer\"\ncurrency = \"EUR\"\nper = \"lot\"\nas_of = 2026-11-23\n";

fn deal(text: &str) -> Deal {
    let parsed = parse(&format!("{HEAD}{text}"), None);
    assert!(parsed.problems.iter().all(|p| p.warning), "{:?}\n{text}", parsed.problems);
    parsed.deal.unwrap()
}

fn of(text: &str, rows: &[QuoteRow]) -> Comparison {
    compare(&deal(text), rows).unwrap()
}

fn d(text: &str) -> Amount {
    text.parse().unwrap()
}

fn item(id: &str, quantity: &str) -> String {
    format!("[[item]]\nid = \"{id}\"\nquantity = \"{quantity}\"\nper = \"each\"\n")
}

/// A quote with a line for each item and price.
fn quote(name: &str, terms: &str, lines: &[(&str, &str)]) -> String {
    let lines: String = lines
        .iter()
        .map(|(item, price)| format!("[[quote.line]]\nitem = \"{item}\"\nprice = \"{price}\"\n"))
        .collect();
    format!("[[quote]]\nsupplier = \"{name}\"\n{terms}\n{lines}")
}

fn within(from: Option<&str>, to: Option<&str>, row: QuoteRow) -> QuoteRow {
    QuoteRow { quantity_from: from.map(d), quantity_to: to.map(d), ..row }
}

fn total(found: &Comparison, supplier: &str) -> Option<Amount> {
    found.outcomes[0].totals[found.supplier(supplier).unwrap()].total
}

fn told(found: &Comparison, supplier: &str) -> (State, String) {
    let it = &found.suppliers[found.supplier(supplier).unwrap()];
    (it.state, it.reasons.join("; "))
}

fn negotiated(text: &str, supplier: usize) -> Negotiation {
    let deal = deal(text);
    let comparison = compare(&deal, &[]).unwrap();
    negotiate(&deal, &comparison, supplier, &BTreeMap::new()).unwrap()
}

/// Three lines of 100 USD reach 300 USD, whatever the rate makes of them in twelve digits.
#[test]
fn a_least_order_that_is_reached_exactly_is_reached() {
    let items: String = ["a", "b", "c"].map(|id| item(id, "100")).concat();
    for rate in 101..161 {
        let head = format!(
            "[[rate]]\nfrom = \"EUR\"\nto = \"USD\"\nrate = \"{}\"\ndate = 2026-11-19\n[tender]\n{items}",
            Amount::new(rate, 2)
        );
        let lines = [("a", "1"), ("b", "1"), ("c", "1")];
        let dear = [("a", "2"), ("b", "2"), ("c", "2")];
        let least = |value: &str| {
            let terms = format!("currency = \"USD\"\nminimum_value = \"{value}\"");
            of(&format!("{head}{}{}", quote("Far", &terms, &lines), quote("Near", "", &dear)), &[])
        };
        let found = least("300");
        assert_eq!(found.outcomes[0].ranking[0].supplier, 0, "{rate}");
        assert_eq!(found.outcomes[0].mixed.as_ref().unwrap().suppliers, [0], "{rate}");
        let missed = least("300.01");
        assert_eq!(missed.outcomes[0].mixed.as_ref().unwrap().suppliers, [1], "{rate}");
    }
}

/// From 1 to 9 at 10, from 20 on at 8: there is a price for 9 and for 20, and none for 15.
#[test]
fn there_is_no_price_between_two_ranges() {
    let rows = |second: &str| {
        [
            within(Some("1"), Some("9"), row("A", "it", "10", "b:2")),
            within(Some(second), None, row("A", "it", "8", "b:3")),
        ]
    };
    let cell = |quantity: &str, rows: &[QuoteRow]| {
        let found = of(&format!("[tender]\n{}", item("it", quantity)), rows);
        let cell = found.cell(0, 0, 0).unwrap().clone();
        (cell.cost.map(|it| it.line.normalize()), cell.reason.map(|it| it.to_string()))
    };
    assert_eq!(cell("9", &rows("20")), (Some(d("90")), None));
    assert_eq!(cell("20", &rows("20")), (Some(d("160")), None));
    let (cost, reason) = cell("15", &rows("20"));
    let expected = "15 each are needed, and it quotes up to 9 and again from 20: ask for a price of this quantity";
    assert_eq!((cost, reason.as_deref()), (None, Some(expected)));
    // After 9 comes 10: nothing lies between.
    assert_eq!(cell("9.5", &rows("10")).1, None);
    // A price of one quantity alone holds for this quantity alone.
    let alone = [within(Some("1000"), Some("1000"), row("A", "it", "9", "b:2"))];
    assert_eq!(cell("1000", &alone), (Some(d("9000")), None));
    for quantity in ["100", "1001"] {
        let (cost, reason) = cell(quantity, &alone);
        assert_eq!(cost, None);
        assert!(reason.unwrap().contains("it quotes a price for 1000 alone"), "{quantity}");
    }
    // Beyond the last range as before.
    let most = [within(None, Some("50"), row("A", "it", "9", "b:2"))];
    assert!(cell("51", &most).1.unwrap().contains("up to 50: ask for a price of this quantity"));
}

/// The place of a price is that of its tier, whatever stands twice.
#[test]
fn a_price_stands_at_its_place() {
    let rows = [
        row("A", "it", "10", "b:2"),
        row("A", "it", "10", "b:7"),
        within(Some("100"), None, row("A", "it", "9", "b:3")),
    ];
    let found = of(&format!("[tender]\n{}", item("it", "150")), &rows);
    assert!(found.steps(0, 0, 0)[0].text.contains("(b:3)"), "{:?}", found.steps(0, 0, 0)[0]);
    let figures = found.figures_of(0, 0);
    assert_eq!(figures.get("quote.a.it.price").unwrap().evidence.as_deref(), Some("b:3"));
}

/// What a sheet says of freight, discount and delivery stands at its cells.
#[test]
fn terms_of_rows_have_places() {
    let words = [("freight", "12"), ("discount", "0.1"), ("lead_time_days", "5")];
    let found = of(
        &format!("[tender]\nholding_rate = 0.1\n{}", item("it", "10")),
        &[with(row("A", "it", "10", "b:4"), &words)],
    );
    let figures = found.figures_of_supplier(0);
    for id in ["order.freight", "discount", "lead_time_days"] {
        let figure = figures.get(&format!("quote.a.{id}")).unwrap();
        assert_eq!(figure.evidence.as_deref(), Some("b:4"), "{id}");
    }
}

/// A discount for early payment without what it is measured against is asked about.
#[test]
fn half_a_payment_term_is_a_question() {
    let item = item("it", "100");
    for (terms, asked) in [
        ("early_discount = 0.05\nearly_days = 10", "`payment_days`"),
        ("payment_days = 30\nearly_discount = 0.05\nearly_days = 10", ""),
    ] {
        let found = of(
            &format!(
                "[us]\ndiscount_rate = 0.06\n[tender]\n{item}{}",
                quote("A", terms, &[("it", "10")])
            ),
            &[],
        );
        let (state, why) = told(&found, "A");
        assert_eq!(
            (state == State::Unclear, why.is_empty()),
            (!asked.is_empty(), asked.is_empty())
        );
        assert!(why.contains(asked), "{why}");
    }
    for (key, asked) in [("early_discount", "`early_days`"), ("early_days", "`early_discount`")] {
        let text = if key == "early_days" { "10" } else { "0.05" };
        let words = [(key, text), ("payment_days", "30")];
        let found = of(&format!("[tender]\n{item}"), &[with(row("A", "it", "10", "b:2"), &words)]);
        let (state, why) = told(&found, "A");
        assert!(state == State::Unclear && why.contains(asked), "{why}");
    }
}

/// 100 of 10 plus a tax of 20 % that does not come back: 1200, and a duty of 10 % on 1000.
#[test]
fn no_duty_is_paid_on_our_tax() {
    let head =
        "[tender]\nincoterm = \"DDP\"\nadders = { import_clearance = \"0\", duty = \"10 %\" }\n";
    let of_tax = |tax: &str, price: &str| {
        let terms = format!("incoterm = \"DAP\"\ntax = 0.2\n{tax}");
        let text = format!("{head}{}{}", item("it", "100"), quote("A", &terms, &[("it", price)]));
        total(&of(&text, &[]), "A").map(|it| it.round_dp(6).normalize())
    };
    for (tax, price, expected) in [
        ("tax_included = false\ntax_recoverable = false", "10", "1300"),
        ("tax_included = true\ntax_recoverable = false", "12", "1300"),
        ("tax_included = false\ntax_recoverable = true", "10", "1100"),
        ("tax_included = true\ntax_recoverable = true", "12", "1100"),
    ] {
        assert_eq!(of_tax(tax, price), Some(d(expected)), "{tax}");
    }
}

/// 2 % for 20 days is more than money at 6 % a year: it is taken before and after, and thirty days
/// more to pay are worth nothing. At 1 % off 1000 for payment at once against 60 or 90 days, paying
/// late becomes cheaper: min(0.99 x 1.08 ^ (30 / 365), 1.08 ^ (-30 / 365)) then min(.., 1.08 ^ (-60 / 365)).
#[test]
fn later_payment_is_worth_what_it_changes() {
    let later = |rate: &str, terms: &str| {
        let text = format!(
            "[us]\ndiscount_rate = {rate}\n[tender]\npayment_days = 30\n{}{}{}",
            item("it", "100"),
            quote("A", terms, &[("it", "10")]),
            quote("B", "payment_days = 30", &[("it", "11")])
        );
        let found = negotiated(&text, 0);
        let mut it = found.trades.iter().filter(|it| it.kind == TradeKind::Payment);
        it.find(|it| it.text.starts_with("30 days more")).and_then(|it| it.worth)
    };
    let early = "payment_days = 30\nearly_discount = 0.02\nearly_days = 10";
    assert_eq!(later("0.06", early), None);
    // Net 30 is paid: 1000 x (1 - 1.08 ^ (-30 / 365)).
    assert_eq!(later("0.08", "payment_days = 30").map(|it| it.round_dp(4)), Some(d("6.3056")));
    let small = "payment_days = 60\nearly_discount = 0.01\nearly_days = 0";
    // 0.99 x 1.006346 = 0.996282 early; 0.993694 net: net now, 0.987428 then.
    assert_eq!(later("0.08", small).map(|it| it.round_dp(2)), Some(d("6.27")));
}

/// An estimate of ours makes nothing unclear that the bids leave alike.
#[test]
fn an_estimate_raises_no_question() {
    let estimate = "reference = true\ntax_included = true\nlead_time_days = 10";
    let text = format!(
        "[tender]\nholding_rate = 0.2\n{}{}{}{}",
        item("it", "100"),
        quote("A", "", &[("it", "10")]),
        quote("B", "", &[("it", "9.9")]),
        quote("Estimate", estimate, &[("it", "9")])
    );
    let found = of(&text, &[]);
    for name in ["A", "B"] {
        assert_eq!(told(&found, name), (State::Counts, String::new()));
    }
    assert_eq!(told(&found, "Estimate").0, State::Reference);
}

/// A charge is a charge whatever it is called, and two of one name are two figures.
#[test]
fn names_of_charges_mean_nothing() {
    let charges = "freight = \"600\"\n[[quote.charge]]\nname = \"Freight\"\namount = \"50\"\n[[quote.charge]]\nname = \"switching\"\namount = \"90\"";
    let text = format!(
        "[tender]\n{}{}{}",
        item("it", "100"),
        quote("A", "", &[("it", "10")]),
        quote("B", charges, &[("it", "9")])
    );
    let found = negotiated(&text, 0);
    // The other's charge is no cost of changing to it.
    assert_eq!(found.backup.as_ref().unwrap().switching, Amount::ZERO);
    let figures = of(&text, &[]).figures_of_supplier(1);
    let value = |id: &str| figures.get(&format!("quote.b.order{id}")).unwrap().value;
    assert_eq!([".freight", ".freight-2", ".switching", ""].map(value), [600.0, 50.0, 90.0, 740.0]);
    let own = negotiated(&text, 1);
    let in_price = own.trades.iter().filter(|it| it.kind == TradeKind::Scope);
    let worth: Vec<Amount> = in_price.filter_map(|it| it.worth).collect();
    assert!(worth.contains(&d("90")) && worth.contains(&d("600")), "{worth:?}");
}

/// Two names that are one id are two suppliers, and the second says so.
#[test]
fn names_that_differ_by_signs_are_two() {
    let rows = [
        row("C++ Parts", "it", "10", "b:2"),
        row("C Parts", "it", "9", "b:3"),
        row("c++  parts", "two", "8", "b:4"),
    ];
    let found = of(&format!("[tender]\n{}{}", item("it", "1"), item("two", "1")), &rows);
    let ids: Vec<(&str, &str)> =
        found.suppliers.iter().map(|it| (it.name.as_str(), it.slug.as_str())).collect();
    assert_eq!(ids, [("C Parts", "c-parts"), ("C++ Parts", "c-parts-2")]);
    assert!(told(&found, "C++ Parts").1.contains("`C Parts` by signs alone"));
    let price = |name: &str, item: usize| {
        found.quoted(item, found.supplier(name).unwrap()).map(|it| it.price)
    };
    assert_eq!([price("C Parts", 0), price("C Parts", 1)], [Some(d("9")), None]);
    assert_eq!([price("c++ parts", 0), price("c-parts-2", 1)], [Some(d("10")), Some(d("8"))]);
}

/// What a sheet says otherwise than the deal file is overruled, and named with its place.
#[test]
fn what_is_overruled_is_said() {
    let words = [("freight", "12"), ("discount", "0.1"), ("payment_days", "30")];
    let stated = quote("A", "freight = \"12\"\ndiscount = 0.03\npayment_days = 60", &[]);
    let found = of(
        &format!(
            "[us]\ndiscount_rate = 0.05\n[tender]\npayment_days = 60\n{}{stated}",
            item("it", "1")
        ),
        &[with(row("A", "it", "10", "b:2"), &words)],
    );
    let (state, why) = told(&found, "A");
    assert_eq!(state, State::Counts);
    for note in ["`discount` is `0.1` (b:2)", "`payment_days` is `30` (b:2)"] {
        assert!(why.contains(note), "{why}");
    }
    assert!(!why.contains("freight"), "{why}");
    assert_eq!(found.suppliers[0].terms.discount, Some(d("0.03")));
}

/// Fifty where ten are needed: five times.
#[test]
fn a_least_order_that_makes_a_line_dearer_is_a_finding() {
    let line = "minimum = \"50\"";
    let text = format!(
        "[tender]\n{}{}{line}\n{}",
        item("it", "10"),
        quote("A", "", &[("it", "1")]),
        quote("B", "", &[("it", "4")])
    );
    let found = of(&text, &[]);
    assert_eq!(total(&found, "A"), Some(d("50")));
    let said = found.findings.iter().find(|it| it.text.contains("least order")).unwrap();
    assert!(said.text.contains("it from A, 5 times"), "{}", said.text);
}

/// G13 over totals: of 100, 74 and 60 the last is 31 % below the mean of the others; of 0.16, 0.18
/// and 7.00 the odd one is the last, and it makes none of the others low.
#[test]
fn low_is_low_against_the_others() {
    let low = |prices: &[&str]| -> Vec<bool> {
        let quotes: String = prices
            .iter()
            .enumerate()
            .map(|(n, price)| quote(&format!("S{n}"), "", &[("it", price)]))
            .collect();
        let found = of(&format!("[tender]\n{}{quotes}", item("it", "1")), &[]);
        found.outcomes[0].totals.iter().map(|it| it.low.is_some()).collect()
    };
    assert_eq!(low(&["100", "74", "60"]), [false, false, true]);
    assert_eq!(low(&["0.16", "0.18", "7.00"]), [false; 3]);
    assert_eq!(low(&["100", "98", "104", "72"]), [false, false, false, true]);
    assert_eq!(low(&["100", "300", "98", "104", "72"]), [false, false, false, false, true]);
}

/// A scenario beyond what is held exactly stops its lines; nothing is told of it.
#[test]
fn a_quantity_that_is_too_large_stops() {
    let scenario = "[[scenario]]\nname = \"x\"\nfactor = 9000000000000000\n";
    let text = format!(
        "[tender]\n{scenario}{}{}",
        item("it", "9000000000000000"),
        quote("A", "", &[("it", "1")])
    );
    let found = of(&text, &[]);
    let outcome = &found.outcomes[1];
    let cell = outcome.cells.get(0, 0).unwrap();
    assert_eq!((outcome.quantities[0], cell.state), (None, State::Stopped));
    assert!(cell.reason.as_ref().unwrap().contains("too large"));
    assert_eq!((outcome.totals[0].total, outcome.no_award), (None, Some(NoAward::Nothing)));
}

/// A share is told whatever it is of, and exactly where somebody stated it.
#[test]
fn shares_in_words() {
    for (share, words) in [
        ("0.0825", "8.25 %"),
        ("0.000001", "0.0001 %"),
        ("0.2", "20 %"),
        ("0.285123456", "28.51 %"),
        ("8999999999999999999999999999", "8999999999999999999999999999 times"),
    ] {
        assert_eq!(percent(d(share)), words);
    }
    // A gap of nine quadrillion against a should-cost of 10^-12 does not fit, and stops nobody.
    let text = format!(
        "[tender]\n{}should_cost = \"0.000000000001\"\n{}{}",
        item("it", "1"),
        quote("A", "", &[("it", "900000000000000")]),
        quote("B", "", &[("it", "1")])
    );
    assert!(negotiated(&text, 0).offer > Amount::ZERO);
}

/// Shown first, a scenario is what everything speaks of: walk-away, findings, totals.
#[test]
fn a_scenario_is_shown_as_if_asked_for() {
    let scenario = "[[scenario]]\nname = \"double\"\nfactor = 2\n";
    let text = format!(
        "[tender]\n{scenario}{}{}{}",
        item("it", "100"),
        quote("A", "freight = \"50\"", &[("it", "10")]),
        quote("B", "", &[("it", "11")])
    );
    let deal = deal(&text);
    let asked = compare(&deal, &[]).unwrap();
    let shown = asked.clone().shown(1);
    assert_eq!(shown.outcomes[0].name, "double");
    assert_eq!((shown.items[0].quantity, shown.outcomes.len()), (d("200"), 2));
    let offer = |it: &Comparison| negotiate(&deal, it, 0, &BTreeMap::new()).unwrap().offer;
    assert_eq!((offer(&asked), offer(&shown)), (d("1050"), d("2050")));
    assert_eq!(asked.clone().shown(7), asked);
}

/// What a supplier reads of its own quote: what its lines say for themselves, a question for what
/// cannot be read, and none for what its lines have answered.
#[test]
fn a_supplier_is_asked_what_is_open() {
    let own = [("lead_time_days", "5"), ("discount", "0.1"), ("valid_until", "2026-12-31")];
    let rows = [
        with(row("A", "it", "10", "b:2"), &own),
        with(row("A", "two", "8", "b:3"), &[("lead_time_days", "9")]),
        with(row("A", "odd", "7", "b:4"), &[("lead_time_days", "9")]),
        with(row("A", "odd", "6", "b:5"), &[("lead_time_days", "9")]),
    ];
    let deal =
        deal(&format!("[tender]\n{}{}{}", item("it", "1"), item("two", "1"), item("odd", "1")));
    let shared = compare(&deal, &rows).unwrap().shared(deal.tender.as_ref().unwrap(), 0).unwrap();
    let first = shared.lines[0].price.as_ref().unwrap();
    assert_eq!((first.lead_time_days, first.discount), (Some(5), Some(d("0.1"))));
    assert_eq!(first.valid_until.unwrap().to_string(), "2026-12-31");
    assert_eq!(shared.lines[2].price, None);
    let asked = shared.questions.join("\n");
    assert!(asked.contains("odd: we could not read your price for certain"), "{asked}");
    assert!(!asked.contains("order to delivery") && !asked.contains("how many"), "{asked}");
}

/// A quotes up to 120 and is cheapest for 100: above 1.2 times that it has no price, which makes
/// nobody cheaper; below, nothing changes.
#[test]
fn a_price_that_ends_ends_the_search() {
    let rows =
        [within(Some("1"), Some("120"), row("A", "it", "10", "b:2")), row("B", "it", "11", "b:3")];
    let found = of(&format!("[tender]\n{}", item("it", "100")), &rows);
    let points = found.break_evens(0);
    let volume: Vec<_> = points.iter().filter(|it| it.moved == Moved::Volume).collect();
    let [up] = volume.as_slice() else { panic!("{points:?}") };
    assert_eq!((up.from, up.to), (0, None));
    assert!((up.factor - d("1.2")).abs() < d("0.000003"), "{}", up.factor);
}

/// An alternative to both items says nothing of one of them alone; where it is no backup, that is
/// said, and where both are negotiated it is the walk-away.
#[test]
fn an_alternative_to_the_whole_is_no_backup_for_a_part() {
    let own = "[[alternative]]\nname = \"makeit\"\namount = \"500\"\n";
    let bolt = quote("Bolt", "", &[("a", "11")]);
    let case = |items: &str| {
        negotiated(&format!("{own}[tender]\n{items}{}{bolt}", quote("Acme", "", &[("a", "10")])), 0)
    };
    let said = |found: &Negotiation| {
        let of_rule = found.brief.findings.iter().find(|it| it.rule == "S2.19");
        of_rule.map(|it| it.text.clone())
    };
    let part = case(&[item("a", "100"), item("b", "100")].concat());
    assert!(said(&part).unwrap().contains("makeit"));
    assert_eq!(part.brief.figures.get("walk_away").unwrap().value, 1100.0);
    let whole = case(&item("a", "100"));
    assert_eq!(said(&whole), None);
    assert_eq!(whole.brief.figures.get("walk_away").unwrap().value, 500.0);
}
