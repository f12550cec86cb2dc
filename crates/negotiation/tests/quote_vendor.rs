//! The negotiation with one vendor: figures by hand, laws of the walk-away, what is said and what
//! is kept from the vendor.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use haggle_negotiation::brief::Brief;
use haggle_negotiation::deal::{Deal, parse};
use haggle_negotiation::leverage::rules;
use haggle_negotiation::quote::vendor::{
    NegotiateError, Negotiation, ReferenceKind, TradeKind, market_deal, negotiate,
};
use haggle_negotiation::quote::{Comparison, compare};
use haggle_quantity::Amount;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const HEAD: &str = "schema = \"haggle.deal/1\"\ntitle = \"Paper\"\nside = \"buyer\"\ncurrency = \"EUR\"\nper = \"lot\"\nas_of = 2026-11-23\n";

fn deal(text: &str) -> Deal {
    let parsed = parse(&format!("{HEAD}{text}"), None);
    assert!(parsed.problems.iter().all(|p| p.warning), "{:?}\n{text}", parsed.problems);
    parsed.deal.unwrap()
}

fn d(text: &str) -> Amount {
    text.parse().unwrap()
}

fn sound(found: &Negotiation) {
    assert_eq!(found.brief.figures.faults(), Vec::<String>::new());
    let value = |id: &str| found.brief.figures.get(id).map(|it| it.value);
    if let (Some(limit), Some(target), Some(anchor)) =
        (value("walk_away"), value("target"), value("anchor"))
    {
        let base = value("offer").map_or(limit, |offer| offer.min(limit));
        assert!(anchor <= target + 1e-9 && target <= base + 1e-9, "{anchor} {target} {base}");
    }
}

fn of(deal: &Deal, vendor: &str) -> Negotiation {
    let comparison = compare(deal, &[]).unwrap();
    let supplier = comparison.supplier(vendor).unwrap();
    let found = negotiate(deal, &comparison, supplier, &BTreeMap::new()).unwrap();
    sound(&found);
    found
}

/// Three suppliers of two items; the third item is Acme's alone.
const TENDER: &str = r#"
[us]
discount_rate = 0.08
quote_cost = 20
[tender]
payment_days = 30
horizon_months = 36
place = "Rotterdam"
[[item]]
id = "A4"
quantity = 1000
per = "sheet"
should_cost = { material = "0.5", labour = "0.2", margin = "0.1" }
last_price = "0.9"
index = { fixed = 0.2, parts = [{ series = "PPI pulp", weight = 0.8, then = "100", now = "110" }] }
[[item]]
id = "A3"
quantity = 500
per = "sheet"
should_cost = "1.5"
last_price = "1.8"
index = { fixed = 1.0, parts = [] }
[[item]]
id = "seal"
quantity = 10
per = "each"
"#;

const ACME: &str = r#"
[[quote]]
supplier = "Acme"
payment_days = 30
lead_time_days = 10
freight = "100"
[[quote.line]]
item = "A4"
price = "1.20"
breaks = [{ from = "2000", price = "1.08" }]
[[quote.line]]
item = "A3"
price = "2.00"
"#;

const OTHERS: &str = r#"
[[quote]]
supplier = "Beta"
payment_days = 30
lead_time_days = 10
switching_cost = "150"
[[quote.line]]
item = "A4"
price = "1.10"
[[quote.line]]
item = "A3"
price = "2.40"
[[quote]]
supplier = "Coil"
payment_days = 30
lead_time_days = 10
[[quote.line]]
item = "A4"
price = "1.30"
[[quote.line]]
item = "A3"
price = "1.90"
"#;

const SEAL: &str = "[[quote.line]]\nitem = \"seal\"\nprice = \"5\"\n";

#[test]
fn the_next_best_award_is_the_walk_away() {
    let found = of(&deal(&format!("{TENDER}{ACME}{OTHERS}")), "Acme");
    // Acme: 1200 + 1000 + 100. Without it: Coil 1300 + 950 = 2250; Beta 1100 + 1200 + 150 = 2450;
    // both 1100 + 950 + 150 = 2200.
    assert_eq!((found.offer, found.order), (d("2300"), d("100")));
    let backup = found.backup.as_ref().unwrap();
    assert_eq!((backup.award.total, backup.switching), (d("2200"), d("150")));
    assert_eq!(backup.suppliers, ["Beta", "Coil"]);
    let value = |id: &str| found.brief.figures.get(id).unwrap().value;
    assert_eq!((value("walk_away"), value("offer")), (2200.0, 2300.0));
    assert!(value("anchor") < value("target") && value("target") < 2200.0);
    // What leaving costs is named: the price and the cost of switching.
    assert!(found.brief.findings.iter().any(|it| it.rule == "S2.9"));
    assert!(found.brief.findings.iter().any(|it| it.rule == "S5.1"));
}

#[test]
fn an_ask_in_their_own_terms() {
    let found = of(&deal(&format!("{TENDER}{ACME}{OTHERS}")), "Acme");
    let limit = found.asks.iter().find(|it| it.name == "walk-away").unwrap();
    // 100 of 2200 goods: 4.545 %, and freight as it is.
    assert_eq!(limit.total, d("2200"));
    assert_eq!(limit.discount.round_dp(6), d("0.045455"));
    assert_eq!((limit.goods, limit.goods_then.round_dp(2)), (d("2200"), d("2100.00")));
    assert_eq!(
        limit.text,
        "walk-away of EUR 2,200: a discount of 4.55 % on goods, EUR 2,100 instead of 2,200, before freight and charges"
    );
    // Asked for and granted, the total is what was asked.
    for ask in &found.asks {
        assert_eq!((found.offer - (ask.goods - ask.goods_then)).round_dp(6), ask.total);
    }
}

#[test]
fn references_and_arguments_in_their_order() {
    let found = of(&deal(&format!("{TENDER}{ACME}{OTHERS}")), "Acme");
    let amount = |kind| found.references.iter().find(|it| it.kind == kind).unwrap().amount;
    assert_eq!(amount(ReferenceKind::Quotes), Some(d("2250")));
    // 800 + 750 + 100 freight; 0.9 x (0.2 + 0.8 x 1.1) x 1000 = 972, and 900, and 100.
    assert_eq!(amount(ReferenceKind::ShouldCost), Some(d("1650")));
    assert_eq!(amount(ReferenceKind::Index), Some(d("1972")));
    assert_eq!(amount(ReferenceKind::Market), None);
    let kinds: Vec<_> = found.arguments.iter().map(|it| it.kind).collect();
    let expected = [
        None,
        Some(ReferenceKind::Index),
        Some(ReferenceKind::ShouldCost),
        Some(ReferenceKind::Quotes),
    ];
    assert_eq!(kinds, expected);
    assert!(found.arguments[1].text.contains("PPI pulp from 100 to 110"), "{:?}", found.arguments);
    // No name and no number of another vendor is in the words.
    for said in &found.arguments {
        assert!(!said.text.contains("Beta") && !said.text.contains("Coil"));
        assert!(!said.text.contains("2,200") && !said.text.contains("2,250"));
    }
    let belief = |id: &str| found.brief.figures.get(id).unwrap().value;
    assert_eq!(belief("belief.mode"), 1650.0);
}

#[test]
fn an_argument_that_does_not_hold_is_not_said() {
    let dear = OTHERS.replace("1.10", "3.10").replace("1.30", "3.30");
    let cheap = TENDER.replace("\"0.5\"", "\"5\"").replace("\"0.9\"", "\"9\"");
    let found = of(&deal(&format!("{cheap}{ACME}{dear}")), "Acme");
    assert!(found.arguments.is_empty(), "{:?}", found.arguments);
    let index = found.brief.findings.iter().find(|it| it.rule == "S3.25").unwrap();
    assert!(index.text.contains("argues for them"), "{}", index.text);
}

/// What was paid last is evidence beside the quotes, and carries a better target than they do.
#[test]
fn the_last_contract_moves_the_target() {
    let target = |last: &str| {
        let head = TENDER.replace("last_price = \"0.9\"", last);
        let found = of(&deal(&format!("{head}{ACME}{OTHERS}")), "Acme");
        let n = found.brief.market.as_ref().unwrap().n;
        (n, found.brief.figures.get("target").unwrap().value)
    };
    let (without, with) = (target(""), target("last_price = \"0.9\""));
    assert_eq!((without.0, with.0), (2, 3));
    assert!(with.1 < without.1, "{with:?} {without:?}");
}

#[test]
fn trades_with_their_worth() {
    let scenario = "[[scenario]]\nname = \"double\"\nfactor = 2\n";
    let found = of(&deal(&format!("{TENDER}{scenario}{ACME}{OTHERS}")), "Acme");
    let worth = |kind, words: &str| {
        let mut it = found.trades.iter().filter(|it| it.kind == kind && it.text.contains(words));
        let found = it.next().unwrap_or_else(|| panic!("{words}: {:?}", found.trades));
        assert!(it.next().is_none());
        found.worth.map(|it| it.round_dp(4))
    };
    // 2300 x (1 - 1.08 ^ (-30 / 365)) (science.md G3: 100 at 30 days is 99.369).
    assert_eq!(worth(TradeKind::Payment, "30 days more"), Some(d("14.5029")));
    // 2300 x (1 - 0.99 x 1.08 ^ (20 / 365)).
    assert_eq!(worth(TradeKind::Payment, "within 10 days"), Some(d("13.3775")));
    // The break at 2000 for 1000 sheets: 0.12 x 1000; the same as the promise of twice as much.
    assert_eq!(worth(TradeKind::Volume, "next price break"), Some(d("120")));
    assert_eq!(worth(TradeKind::Volume, "\"double\""), Some(d("120")));
    assert_eq!(worth(TradeKind::Scope, "freight"), Some(d("100")));
    // Index: lines of 1872 against 1800, of goods of 2200; freight does not move with it.
    assert_eq!(worth(TradeKind::Term, "holds over"), Some(d("88.0000")));
    let silent = TENDER.replace("discount_rate = 0.08\n", "");
    let found = of(&deal(&format!("{silent}{ACME}{OTHERS}")), "Acme");
    let later = found.trades.iter().find(|it| it.kind == TradeKind::Payment).unwrap();
    assert!(later.worth.is_none() && later.missing.as_ref().unwrap().contains("discount_rate"));
}

#[test]
fn one_more_quote() {
    // Totals 2300, 2250, 2450: deviation 104.08; (1.029 - 0.846) x 104.08 = 19.05.
    for (cost, pays) in [("20", false), ("19", true)] {
        let head = TENDER.replace("quote_cost = 20", &format!("quote_cost = {cost}"));
        let found = of(&deal(&format!("{head}{ACME}{OTHERS}")), "Acme");
        assert_eq!(found.one_more.quotes, 3);
        assert!((found.one_more.saving.unwrap() - 19.047).abs() < 0.01);
        assert_eq!(found.one_more.pays, Some(pays));
        assert_eq!(found.brief.findings.iter().any(|it| it.rule == "S2.7"), pays);
    }
}

#[test]
fn what_they_alone_deliver_stands_apart() {
    let found = of(&deal(&format!("{TENDER}{ACME}{SEAL}{OTHERS}")), "Acme");
    assert_eq!((found.lines.as_slice(), found.alone.as_slice()), (&[0, 1][..], &[2][..]));
    // The order is paid for the seals anyway.
    assert_eq!((found.offer, found.order), (d("2200"), d("0")));
    assert!(found.brief.findings.iter().any(|it| it.rule == "S2.18"));
    let only = of(&deal(&format!("{TENDER}{ACME}{SEAL}")), "Acme");
    assert!(only.alone.is_empty() && only.backup.is_none() && only.no_backup.is_some());
    assert!(!only.brief.figures.has("walk_away"));
    for rule in ["S2.10", "S2.18"] {
        assert!(only.brief.findings.iter().any(|it| it.rule == rule), "{rule}");
    }
}

#[test]
fn questions_come_first() {
    let acme = ACME.replace("payment_days = 30\n", "exclusions = [\"installation\"]\n");
    let acme = acme.replace("price = \"2.00\"", "price = \"2.00\"\nscope = \"unclear\"");
    let found = of(&deal(&format!("{TENDER}{acme}{OTHERS}")), "Acme");
    for expected in ["installation", "A3: ", "payment", "Until when"] {
        assert!(found.questions.iter().any(|it| it.contains(expected)), "{:?}", found.questions);
    }
    assert!(found.brief.findings.iter().any(|it| it.rule == "S1.13"));
}

#[test]
fn nothing_to_negotiate_says_why() {
    let text = format!("{TENDER}{ACME}{OTHERS}")
        .replace("supplier = \"Beta\"", "supplier = \"Beta\"\nreference = true");
    let deal = deal(&text);
    let comparison = compare(&deal, &[]).unwrap();
    let none = BTreeMap::new();
    let beta = comparison.supplier("Beta").unwrap();
    let found = negotiate(&deal, &comparison, beta, &none);
    assert!(matches!(found, Err(NegotiateError::NotComparable(_))), "{found:?}");
    assert_eq!(negotiate(&deal, &comparison, 9, &none), Err(NegotiateError::Unknown));
}

/// Each element is complete, or names what is missing and where to state it.
#[test]
fn the_memo_names_what_is_missing() {
    let bare = of(&deal(&format!("{TENDER}{ACME}{OTHERS}")), "Acme");
    let missing = |found: &Negotiation| -> BTreeSet<&str> {
        found.memo.iter().filter(|it| !it.is_complete()).map(|it| it.id).collect()
    };
    let open = ["acquisition", "negotiators", "systems", "cost_data", "cost_data_used", "proposal"];
    let open = open.into_iter().chain(["considerations", "direction", "objective"]);
    assert_eq!(missing(&bare), open.collect());
    // The eleven elements stand in their order, whatever of them is known.
    let cited: Vec<&str> = bare.memo.iter().take(11).map(|it| it.cite).collect();
    let eleven: Vec<String> = (1..=11).map(|n| format!("FAR 15.406-3(a)({n})")).collect();
    assert_eq!(cited, eleven);
    for key in ["`number`", "`systems`", "`cost_data_required`", "`direction`", "[quote.agreed]"] {
        assert!(bare.memo.iter().any(|it| it.missing.iter().any(|m| m.contains(key))), "{key}");
    }
    let head = TENDER.replace(
        "place = \"Rotterdam\"",
        "place = \"Rotterdam\"\nnumber = \"R-7\"\nnegotiators = [\"A. Smith, buyer, ours\"]\ncost_data_required = false\ncost_data = \"adequate price competition\"\ndirection = \"none\"",
    );
    let acme = ACME.replace("supplier = \"Acme\"", "supplier = \"Acme\"\nsystems = \"none\"");
    let full = of(&deal(&format!("{head}{acme}{OTHERS}")), "Acme");
    // What was agreed stays open until it is.
    assert_eq!(missing(&full), BTreeSet::from(["proposal", "considerations", "objective"]));
    let agreed =
        "agreed = { amount = \"2100\", because = \"two lines came late\", profit = \"8 %\" }";
    let acme = acme.replace("systems", &format!("{agreed}\nsystems"));
    let done = of(&deal(&format!("{head}{acme}{OTHERS}")), "Acme");
    assert_eq!(missing(&done), BTreeSet::new());
    let beside: Vec<&str> =
        done.memo.iter().filter(|it| it.beside.is_some()).map(|it| it.id).collect();
    assert_eq!(beside, ["systems", "cost_data_used", "direction"]);
    let told = format!("{:?}", done.memo);
    for fact in ["2,100", "two lines came late", "8 %", "adequate price competition", "R-7"] {
        assert!(told.contains(fact), "{fact}");
    }
    let required = head.replace("required = false", "required = true");
    let relied = of(&deal(&format!("{required}{acme}{OTHERS}")), "Acme");
    let element = |id: &str| relied.memo.iter().find(|it| it.id == id).unwrap();
    assert!(element("cost_data").beside.is_some() && element("cost_data_used").beside.is_none());
    assert_eq!(element("cost_data_used").facts[0].text, "adequate price competition");
    let poor = TENDER.replace("last_price = \"0.9\"\n", "").replace("place = \"Rotterdam\"\n", "");
    let lines: Vec<&str> = poor.lines().filter(|it| !it.starts_with("should_cost")).collect();
    let poor = of(&deal(&format!("{}{ACME}", lines.join("\n"))), "Acme");
    let expected = [
        "acquisition",
        "negotiators",
        "systems",
        "cost_data",
        "cost_data_used",
        "proposal",
        "considerations",
        "direction",
        "fair_price",
        "index",
    ];
    assert_eq!(missing(&poor), BTreeSet::from(expected));
    for element in bare.memo.iter().chain(&poor.memo) {
        let said = !element.facts.is_empty() || !element.missing.is_empty();
        assert!(said || element.beside.is_some(), "{}", element.id);
        assert!(element.missing.iter().all(|it| !it.is_empty()));
    }
    let expired =
        OTHERS.replacen("supplier = \"Coil\"", "supplier = \"Coil\"\nvalid_until = 2026-01-01", 1);
    let found = of(&deal(&format!("{TENDER}{ACME}{expired}")), "Acme");
    let out = found.memo.iter().find(|it| it.id == "excluded").unwrap();
    assert!(out.facts.iter().any(|it| it.label == "Coil" && it.text.contains("2026-01-01")));
}

/// The vendor sees our proposal, and nothing of the others or of how it was made.
#[test]
fn the_vendor_sees_nothing_of_the_others() {
    let found = of(&deal(&format!("{TENDER}{ACME}{OTHERS}")), "Acme");
    let shown = found.proposal.as_ref().unwrap();
    let text = format!("{shown:?}");
    for secret in ["Beta", "Coil", "2300", "2250", "2450", "1650", "1972", "walk", "next best"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

/// A discount on its own prices, in its own unit, pack and currency; by hand.
#[test]
fn a_proposal_in_their_own_terms() {
    let rate = "[[rate]]\nfrom = \"USD\"\nto = \"EUR\"\nrate = \"0.5\"\ndate = 2026-11-20\n";
    let acme = ACME
        .replace("supplier = \"Acme\"", "supplier = \"Acme\"\ncurrency = \"USD\"\ndiscount = 0.2")
        .replace("price = \"1.20\"\n", "price = \"1500.00\"\nper = \"box\"\npack = \"500\"\n")
        .replace("\"1.08\"", "\"1400.00\"")
        .replace("price = \"2.00\"", "price = \"5.0000\"");
    let found = of(&deal(&format!("{TENDER}{rate}{acme}{OTHERS}")), "Acme");
    // Boxes of 500: 2 x 1500 = 3000, and 500 x 5 = 2500; less a fifth 4400 USD, 2200 EUR; freight
    // 100 USD is 50 EUR.
    assert_eq!((found.offer, found.order), (d("2250"), d("50")));
    let anchor = found.brief.figures.get("anchor").unwrap().printed.clone().unwrap();
    let share = ((d("2250") - d(&anchor)) / d("2200")).round_dp(3);
    let it = found.proposal.as_ref().unwrap();
    assert_eq!((it.discount, it.granted), (share, Some(d("0.2"))));
    assert!(share > d("0") && share < d("0.5"), "{share}");
    assert_eq!((it.currency.to_string(), it.goods), ("USD".to_owned(), d("4400")));
    let [box_of, sheet] = it.lines.as_slice() else { panic!("{it:?}") };
    assert_eq!((box_of.price, box_of.quantity), (d("1500"), d("2")));
    assert_eq!(box_of.pack.as_ref().map(|(pack, _)| *pack), Some(d("500")));
    assert_eq!((sheet.price, sheet.quantity, sheet.pack.clone()), (d("5"), d("500"), None));
    let (first, second) =
        ((d("1500") * (d("1") - share)).round_dp(2), (d("5") * (d("1") - share)).round_dp(4));
    assert_eq!((box_of.then, sheet.then), (first, second));
    // The discount granted stays.
    assert_eq!(
        it.goods_then.round_dp(6),
        ((first * d("2") + second * d("500")) * d("0.8")).round_dp(6)
    );
}

/// Where there is nothing to propose it is said why: without room, the opening is the 1000 that are
/// asked; what changing costs leaves no price; and nobody knows an opening without another quote.
#[test]
fn why_there_is_no_proposal() {
    let negotiated = |head: &str, cost: u32, others: &str| {
        let text = format!(
            "{head}[tender]\n[[item]]\nid = \"A\"\nquantity = 100\nper = \"each\"\n[[quote]]\nsupplier = \"Cheap\"\nswitching_cost = \"{cost}\"\n[[quote.line]]\nitem = \"A\"\nprice = 10\n{others}"
        );
        of(&deal(&text), "Cheap").proposal
    };
    let roomless = "[parameters]\nroom_min = 0\nbase_room_target = 0\nbase_room_opening = 0\n";
    let now = "[[quote]]\nsupplier = \"Now\"\nincumbent = true\n[[quote.line]]\nitem = \"A\"\nprice = 12\n";
    for (head, cost, others, why) in [
        (roomless, 0, now, "the opening asks for no less than is quoted"),
        ("", 1200, now, "no price of its goods reaches the opening"),
        ("", 0, "", "no opening follows from this deal"),
    ] {
        assert_eq!(negotiated(head, cost, others), Err(why.to_owned()));
    }
    assert!(negotiated("", 1100, now).is_ok());
}

/// A contract that ends before the need: prices rise at each renewal, by hand month by month.
#[test]
fn a_longer_term_and_its_worth() {
    let open = |found: &Negotiation| {
        let mut it = found.trades.iter().filter(|it| it.kind == TradeKind::Term);
        it.find(|it| it.text.contains("the same prices for")).cloned()
    };
    let bare = open(&of(&deal(&format!("{TENDER}{ACME}{OTHERS}")), "Acme")).unwrap();
    for key in ["term_months", "need_months", "renewal_increase"] {
        assert!(bare.missing.as_ref().unwrap().contains(key), "{bare:?}");
    }
    let head = TENDER.replace(
        "horizon_months = 36",
        "horizon_months = 36\nneed_months = 30\nrenewal_increase = 0.1",
    );
    let with = |term: u32| {
        let acme = ACME
            .replace("supplier = \"Acme\"", &format!("supplier = \"Acme\"\nterm_months = {term}"));
        open(&of(&deal(&format!("{head}{acme}{OTHERS}")), "Acme"))
    };
    let worth = with(12).unwrap().worth.unwrap();
    let expected: f64 = (13..=30)
        .map(|month| {
            let dearer = if month <= 24 { 0.1 } else { 1.1 * 1.1 - 1.0 };
            2200.0 / 36.0 * dearer / libm::pow(1.08, f64::from(month) / 12.0)
        })
        .sum();
    assert!(
        (worth.to_string().parse::<f64>().unwrap() - expected).abs() < 1e-6,
        "{worth} {expected}"
    );
    assert_eq!((with(30), with(36)), (None, None));
}

/// Public market evidence for every line is the market, and may be shown.
#[test]
fn a_market_of_every_line() {
    let head = "[[source]]\nname = \"rates\"\npath = \"rates.csv\"\n";
    let market = "market = { source = \"rates\" }\n";
    let tender = TENDER.replace("per = \"sheet\"\n", &format!("per = \"sheet\"\n{market}"));
    let deal = deal(&format!("{head}{tender}{ACME}{OTHERS}"));
    let asked = market_deal(&deal, 0).unwrap();
    assert_eq!((asked.per.as_str(), asked.sources.len()), ("sheet", 1));
    assert!(market_deal(&deal, 2).is_none());
    let comparison = compare(&deal, &[]).unwrap();
    let markets = BTreeMap::from([(0, benchmark(0.8)), (1, benchmark(1.6))]);
    let found = negotiate(&deal, &comparison, 0, &markets).unwrap();
    sound(&found);
    // 800 + 800 + 100 of order costs.
    let reference = found.references.iter().find(|it| it.kind == ReferenceKind::Market).unwrap();
    assert_eq!(reference.amount, Some(d("1700")));
    let value = |id: &str| found.brief.figures.get(id).map(|it| it.value);
    assert_eq!(value("market.p50"), Some(1700.0));
    let shown = found.proposal.as_ref().unwrap();
    assert!(shown.lines.iter().all(|line| line.market.is_some()), "{shown:?}");
}

/// A benchmark with quartiles around a median.
fn benchmark(median: f64) -> Brief {
    let deal = deal(&format!("{TENDER}{ACME}{OTHERS}"));
    let comparison = compare(&deal, &[]).unwrap();
    let mut brief = negotiate(&deal, &comparison, 0, &BTreeMap::new()).unwrap().brief;
    // The brief of a market is of no vendor.
    brief.own_terms = None;
    let mut head = brief.market.take().unwrap();
    head.percentiles.clear();
    head.sources = vec!["rates".to_owned()];
    for (name, factor) in [("p25", 0.9), ("p50", 1.0), ("p75", 1.2)] {
        let id = format!("market.{name}");
        let unit = haggle_negotiation::figure::Unit::Money("EUR/sheet".to_owned());
        let figure = haggle_negotiation::figure::Figure::assumed(name, median * factor, unit, "t");
        brief.figures.add(id.clone(), figure);
        head.percentiles.push((name.to_owned(), id));
    }
    brief.market = Some(head);
    brief
}

#[test]
fn the_rules_of_a_vendor_speak() {
    let acme = ACME.replace("payment_days = 30\n", "");
    let found = of(&deal(&format!("{TENDER}{acme}{SEAL}{OTHERS}")), "Acme");
    let heard: BTreeSet<&str> = found.brief.findings.iter().map(|it| it.rule).collect();
    for id in ["S1.13", "S2.18", "S3.25", "S3.26", "S3.27"] {
        assert!(rules().any(|rule| rule.id == id));
        assert!(heard.contains(id), "{id} is silent: {heard:?}");
    }
}

/// Prices of three or four suppliers for three items; 0 is a gap.
#[derive(Debug, Clone)]
struct Case {
    price: Vec<Vec<u32>>,
    freight: Vec<u32>,
    switching: Vec<u32>,
    minimum: Vec<u32>,
    limit: usize,
}

impl Case {
    fn deal(&self) -> Deal {
        let mut text =
            format!("[us]\ndiscount_rate = 0.08\n[tender]\nmax_suppliers = {}\n", self.limit);
        for item in 0..3 {
            text += &format!("[[item]]\nid = \"i{item}\"\nquantity = 10\nper = \"each\"\n");
        }
        for (by, prices) in self.price.iter().enumerate() {
            text += &format!(
                "[[quote]]\nsupplier = \"s{by}\"\nfreight = {}\nswitching_cost = {}\nminimum_value = {}\n",
                self.freight[by], self.switching[by], self.minimum[by]
            );
            for (item, price) in prices.iter().enumerate().filter(|(_, price)| **price > 0) {
                text += &format!("[[quote.line]]\nitem = \"i{item}\"\nprice = \"{price}\"\n");
            }
        }
        deal(&text)
    }

    fn walk_away(&self, vendor: usize) -> Option<(Negotiation, Comparison)> {
        let deal = self.deal();
        let comparison = compare(&deal, &[]).unwrap();
        let found = negotiate(&deal, &comparison, vendor, &BTreeMap::new()).ok()?;
        sound(&found);
        Some((found, comparison))
    }
}

prop_compose! {
    fn case()(
        price in prop::collection::vec(prop::collection::vec(prop_oneof![1 => Just(0_u32), 6 => 10_u32..60], 3), 3..5),
        freight in prop::collection::vec(0_u32..100, 4),
        switching in prop::collection::vec(0_u32..100, 4),
        minimum in prop::collection::vec(prop_oneof![2 => Just(0_u32), 1 => 1_u32..900], 4),
        limit in 1_usize..4,
    ) -> Case {
        Case { price, freight, switching, minimum, limit }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    /// The walk-away is the least cost of the lines without the vendor, found one by one.
    #[test]
    fn the_walk_away_is_the_least_cost_without_them(case in case()) {
        let Some((found, comparison)) = case.walk_away(0) else { return Ok(()) };
        let mut least: Option<u32> = None;
        let width = comparison.suppliers.len();
        for pick in 0..width.pow(3) {
            let by = |item: usize| pick / width.pow(item as u32) % width;
            let lines = || found.lines.iter().copied();
            if lines().any(|item| by(item) == 0 || case.price[by(item)][item] == 0) {
                continue;
            }
            let used: BTreeSet<usize> = lines().map(by).collect();
            let goods = |one: usize| lines().filter(|item| by(*item) == one).map(|item| 10 * case.price[one][item]).sum::<u32>();
            if used.len() > case.limit || used.iter().any(|one| goods(*one) < case.minimum[*one]) {
                continue;
            }
            let total = used.iter().map(|one| goods(*one) + case.freight[*one] + case.switching[*one]).sum();
            least = Some(least.map_or(total, |it| it.min(total)));
        }
        let award = found.backup.as_ref().map(|it| it.award.total);
        prop_assert_eq!(award, least.map(Amount::from));
        let figure = found.brief.figures.get("walk_away").map(|it| it.value);
        prop_assert_eq!(figure, least.map(f64::from));
    }

    /// A better quote of somebody else never raises what we would pay at most.
    #[test]
    fn a_better_other_quote_never_raises_the_walk_away(case in case(), by in 1_usize..3, item in 0_usize..3, less in 1_u32..9) {
        let mut better = case.clone();
        better.price[by][item] = better.price[by][item].saturating_sub(less).max(better.price[by][item].min(1));
        // A minimum that cheaper goods no longer reach is another quote, and no better one.
        better.minimum[by] = 0;
        let (Some((before, _)), Some((after, _))) = (case.walk_away(0), better.walk_away(0)) else {
            return Ok(());
        };
        prop_assert_eq!(&before.lines, &after.lines);
        if let Some(award) = &before.backup {
            let now = &after.backup.as_ref().unwrap().award;
            prop_assert!(now.total <= award.award.total);
        }
    }
}
