//! The rules of steps 3 to 5 as tables: what a deal file adds, and what is then said, with the
//! numbers in the words; or that nothing is said where an input is missing.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use haggle_negotiation::brief::{Brief, SourceHead, prepare};
use haggle_negotiation::deal::{Deal, parse, parse_playbook};
use haggle_negotiation::leverage::{rule, rules};
use haggle_negotiation::market::{Cited, Comparables, Factors, SourceEvidence};
use haggle_negotiation::parameter;
use haggle_negotiation::quote::vendor::{Reference, ReferenceKind, Rivals};
use std::collections::BTreeSet;

/// A government table of five percentiles; both sides know it.
const POINTS: [(&str, f64); 5] =
    [("p10", 58510.0), ("p25", 77140.0), ("p50", 103500.0), ("p75", 136600.0), ("p90", 174790.0)];

fn cited(row: u64, statistic: &str, value: f64) -> Cited {
    Cited {
        at: (String::new(), row, 1),
        place: format!("{row}:1"),
        amount: value.to_string(),
        bound: "exact",
        currency: "USD".into(),
        per: "year".into(),
        statistic: statistic.into(),
        percentile: statistic.strip_prefix('p').and_then(|p| p.parse().ok()),
        adjusted: Some(value),
        subject: None,
        title: None,
        location: None,
        party: None,
        level: None,
        date: None,
        weight: None,
        count: None,
        employers: None,
        sample_size: None,
        // The publisher's own error gives every percentile an interval.
        relative_error: Some(0.02),
        attributes: None,
        factors: Some(0),
    }
}

fn evidence(grade: &str, date: &str) -> SourceEvidence {
    let mut found = Comparables::default();
    let same = Factors {
        hours: 1.0,
        ageing: 1.0,
        currency: 1.0,
        place: 1.0,
        low: 1.0,
        high: 1.0,
        date: None,
        rate: None,
        from_per: None,
    };
    found.factors.push((same, 1));
    found.points.extend((1..).zip(POINTS).map(|(row, (name, value))| cited(row, name, value)));
    let head = SourceHead {
        name: "table".into(),
        location: "table.csv".into(),
        sha256: "0".repeat(64),
        retrieved: None,
        plugin: None,
        recipe: "r".into(),
        publisher: None,
        licence: None,
        grade: Some(grade.to_owned()),
        date: haggle_quantity::parse_date(date).ok(),
        span: None,
        bases: Vec::new(),
        rows: [0; 4],
        cells: [0; 3],
        tallies: Vec::new(),
        diagnostics: Vec::new(),
        assumptions: Vec::new(),
    };
    let grade = match grade {
        "self-report" => haggle_negotiation::stats::weight::Grade::SelfReport,
        _ => haggle_negotiation::stats::weight::Grade::Government,
    };
    SourceEvidence { head, file: "table.csv".into(), grade: Some(grade), comparables: found }
}

const HEAD: &str = "schema = \"haggle.deal/1\"\ntitle = \"t\"\ncurrency = \"USD\"\nper = \"year\"\nas_of = 2026-11-23\n";
const SELLER: &str = "side = \"seller\"\n[[source]]\nname = \"table\"\npath = \"t.csv\"\n[[alternative]]\nname = \"stay\"\namount = 95000\n[counterpart.limit]\nlow = 110000\nmode = 122000\nhigh = 140000\nsource = \"recruiter\"\n";
const BUYER: &str = "side = \"buyer\"\n[[source]]\nname = \"table\"\npath = \"t.csv\"\n[[alternative]]\nname = \"other quote\"\namount = 110000\n[counterpart.limit]\nlow = 80000\nmode = 90000\nhigh = 98000\nsource = \"broker\"\n";

fn read(text: &str) -> Deal {
    let parsed = parse(text, None);
    parsed.deal.unwrap_or_else(|| panic!("{text}\n{:?}", parsed.problems))
}

fn brief_of(deal: &Deal) -> Brief {
    let grades = [("government", "2026-05-01"), ("self-report", "2026-06-01")];
    let mut all = grades.map(|(grade, date)| evidence(grade, date));
    all[1].head.sha256 = "1".repeat(64);
    let brief = prepare(deal, &all[..deal.sources.len()]).unwrap();
    assert_eq!(brief.figures.faults(), Vec::<String>::new());
    check_actions(&brief);
    brief
}

fn said(deal: &str, id: &str) -> Vec<String> {
    let brief = brief_of(&read(&format!("{HEAD}{deal}")));
    let of = brief.findings.iter().filter(|f| f.rule == id);
    of.map(|f| format!("{}: {}", f.gravity.as_str(), f.text)).collect()
}

/// No action stutters behind the word that every report sets before it.
fn check_actions(brief: &Brief) {
    for action in brief.findings.iter().filter_map(|f| f.action.as_ref()) {
        assert!(!action.starts_with("Do"), "`Do: {action}`");
    }
}

/// Rule, base deal, what the file adds, and every part of what is said; nothing: it is silent.
type Case = (&'static str, &'static str, &'static str, &'static [&'static str]);

fn check(cases: &[Case]) {
    for (id, base, more, parts) in cases {
        let found = said(&format!("{base}{more}"), id);
        assert_eq!(found.is_empty(), parts.is_empty(), "{id} with {more}: {found:?}");
        for part in *parts {
            assert!(found.iter().any(|f| f.contains(part)), "{id} with {more}: {part}: {found:?}");
        }
    }
}

#[test]
fn step_3_evidence_and_arguments() {
    check(&[
        ("S3.3", SELLER, "", &["info: The market's middle is USD 103,500/year"]),
        (
            "S3.3",
            SELLER,
            "[parameters]\nci_width_warn = 0.01\n",
            &["warning: The market's", "of it wide"],
        ),
        ("S3.4", SELLER, "", &[]),
        (
            "S3.4",
            SELLER,
            "[offer]\namount = 103500\n",
            &["at P50 of the market (P", "1.00 times the median"],
        ),
        ("S3.5", SELLER, "", &[]),
        (
            "S3.5",
            SELLER,
            "[[argument]]\ntext = \"a\"\n",
            &["warning: Leave \"a\" out of the opening", "nothing to check it by; undated"],
        ),
        (
            "S3.5",
            SELLER,
            "[[argument]]\ntext = \"a\"\nsource = \"table\"\n",
            &["info: Hard to rebut, and so fit for the opening: \"a\"."],
        ),
        // The first source is of 2026-05-01, 6.8 months before the deal.
        (
            "S3.5",
            SELLER,
            "[[argument]]\ntext = \"a\"\nsource = \"table\"\n[parameters]\nage_warn = 6\n",
            &["warning: \"a\" can be answered", "`table` is 7 months old."],
        ),
        ("S3.5", SELLER, "[[argument]]\ntext = \"a\"\nreference = \"letter\"\n", &["(undated)"]),
        (
            "S3.5",
            SELLER,
            "[[argument]]\ntext = \"a\"\nreference = \"letter\"\ndate = 2025-09-23\n",
            &["(14 months old)"],
        ),
        (
            "S3.5",
            SELLER,
            "[[argument]]\ntext = \"a\"\nreference = \"letter\"\ndate = 2025-12-23\n",
            &["info: Hard to rebut"],
        ),
        ("S3.6", SELLER, "", &[]),
        (
            "S3.6",
            SELLER,
            "[offer]\namount = 101234\n[counterpart]\nexpert = true\n",
            &["info: They know such prices: a figure finer than USD "],
        ),
        (
            "S3.6",
            SELLER,
            "[offer]\namount = 101234\n[counterpart]\nexpert = false\n",
            &["info: They hardly know such prices"],
        ),
        (
            "S3.7",
            BUYER,
            "[[argument]]\ntext = \"Your price is simply Overpriced.\"\n",
            &["(`overpriced`)"],
        ),
        ("S3.7", BUYER, "[[argument]]\ntext = \"our budget ends at 90,000\"\n", &[]),
        ("S3.7", SELLER, "[[argument]]\ntext = \"it is not worth it\"\n", &[]),
        ("S3.10", SELLER, "", &["No track record is stated"]),
        (
            "S3.10",
            SELLER,
            "[[claim]]\ntext = \"cut 18 %\"\ndate = 2026-03-31\n",
            &[
                "places you at P55 of the market",
                "P50 without one, and 5 points for each claim",
                "\"cut 18 %\"",
            ],
        ),
        (
            "S3.10",
            SELLER,
            "[[claim]]\ntext = \"good\"\n",
            &["warning: The claim \"good\" does not count"],
        ),
        (
            "S3.10",
            SELLER,
            "[us]\npercentile = 0.8\n",
            &["warning: The deal states your place as P80", "carry P50"],
        ),
        ("S3.21", SELLER, "", &[]),
        (
            "S3.21",
            SELLER,
            "[[source]]\nname = \"survey\"\npath = \"s.csv\"\n",
            &["`table` (government), `survey` (self-report)"],
        ),
    ]);
}

#[test]
fn step_4_contact_and_words() {
    check(&[
        ("S4.1", SELLER, "", &[]),
        ("S4.1", SELLER, "[channel]\nmedium = \"e-mail\"\n", &[]),
        ("S4.1", SELLER, "[channel]\nmedium = \"e-mail\"\nprior_contact = true\n", &[]),
        ("S4.1", SELLER, "[channel]\nmedium = \"video\"\nprior_contact = false\n", &[]),
        (
            "S4.1",
            SELLER,
            "[channel]\nmedium = \"e-mail\"\nprior_contact = false\n",
            &["warning: You negotiate by e-mail"],
        ),
        ("S4.2", SELLER, "[channel]\nmedium = \"chat\"\n", &[]),
        (
            "S4.2",
            SELLER,
            "[channel]\nmedium = \"chat\"\nsensitive = true\n",
            &["Part of this can hurt", "not by chat"],
        ),
        ("S4.2", SELLER, "[channel]\nmedium = \"in person\"\nsensitive = true\n", &[]),
        (
            "S4.2",
            SELLER,
            "[channel]\nmedium = \"chat\"\n[offer]\namount = 90000\n",
            &["does not reach the walk-away"],
        ),
        (
            "S4.2",
            SELLER,
            "[[alternative]]\nname = \"b\"\namount = 125000\n[channel]\nmedium = \"chat\"\n[parameters]\nzopa_warn = 0.9\n",
            &["a deal is unlikely"],
        ),
        ("S4.3", SELLER, "", &["(0 of 3), and what they do without a deal"]),
        (
            "S4.3",
            SELLER,
            "[[counterpart.alternative]]\nname = \"second candidate\"\namount = 120000\n[[counterpart.argument]]\ntext = \"band\"\n[[counterpart.argument]]\ntext = \"peers\"\n[[counterpart.argument]]\ntext = \"budget\"\n",
            &[
                "info: Their best case: \"band\"; \"peers\"; \"budget\". Without a deal they have: second candidate.",
            ],
        ),
        ("S4.4", SELLER, "[counterpart]\nrelationship = \"lasting\"\n", &[]),
        // Base 175,000 outruns the evidence, so the opening lies beyond P90 = 174,790.
        (
            "S4.4",
            SELLER,
            "[offer]\namount = 175000\n[counterpart]\nrelationship = \"lasting\"\n",
            &["beyond the market's P90 of USD 174,790/year"],
        ),
        (
            "S4.4",
            SELLER,
            "[offer]\namount = 175000\n[counterpart]\nrelationship = \"one-off\"\n",
            &[],
        ),
        ("S4.4", SELLER, "[offer]\namount = 175000\n", &[]),
        ("S4.7", SELLER, "", &["info: Say why the figure is right for them as well"]),
        ("S4.7", BUYER, "", &[]),
        ("S4.8", SELLER, "", &["a range whose lower end is below"]),
        ("S4.8", BUYER, "", &["a range whose upper end is above"]),
    ]);
}

#[test]
fn step_5_offers_rounds_and_limits() {
    const UNSURE: &str = "[[alternative]]\nname = \"b\"\namount = 115000\nprobability = 0.5\n";
    let unsure = |more: &str| format!("{SELLER}{UNSURE}{more}");
    // R = 0.5 * 115,000 + 0.5 * 95,000 = 105,000; its better end at p = 0.58: 106,600.
    let close = said(&unsure("[offer]\namount = 105500\n"), "S5.2");
    assert!(
        close.iter().any(|f| f.contains("too close to call: the walk-away is USD 105,000/year")),
        "{close:?}"
    );
    let clear = said(&unsure("[offer]\namount = 109000\n"), "S5.2");
    assert!(!clear.iter().any(|f| f.contains("too close")), "{clear:?}");
    // What S5.2 calls too close S5.15 does not call the fallback.
    for (offer, then) in
        [("105500", "whether to accept it waits"), ("109000", "the fallback is to accept it")]
    {
        let found = said(&unsure(&format!("[offer]\namount = {offer}\n")), "S5.15");
        assert!(found.len() == 1 && found[0].contains(then), "{found:?}");
        assert!(found[0].contains("pays while the chance that they withdraw"), "{found:?}");
    }
    // With a tolerance of 50,000: R = 95,000 - 50,000 ln((1 + exp(-.4)) / 2) = 104,006.6, while the
    // mean is 105,000: an offer between them is lost at no cost on average.
    let tolerant = unsure("[us]\nrisk_tolerance = 50000\n[offer]\namount = 104500\n");
    let found = said(&tolerant, "S5.15");
    assert!(found[0].contains("on average if the belief is right and always pays"), "{found:?}");
    let brief = brief_of(&read(&format!("{HEAD}{tolerant}")));
    assert_eq!(brief.figures.get("withdrawal_break_even").unwrap().value, 1.0);
    check(&[
        (
            "S5.1",
            SELLER,
            "[offer]\namount = 94000\n",
            &["warning: Their offer of USD 94,000/year is worse than the walk-away"],
        ),
        ("S5.1", BUYER, "[offer]\namount = 94000\n", &[]),
        ("S5.15", SELLER, "[offer]\namount = 94000\n", &[]),
        // Beyond the evidence, without room beyond the offer, the target is the offer itself.
        (
            "S5.15",
            SELLER,
            "[offer]\namount = 175000\n[parameters]\nbase_room_target = 0\n",
            &["never to leave. No target is better than it, so a counter gains nothing."],
        ),
        ("S5.3", SELLER, "[offer]\namount = 101000\n", &[]),
        (
            "S5.3",
            SELLER,
            "[offer]\namount = 101000\n[stated]\nanswer = \"walk\"\n",
            &["Leaving now would cost USD 6,000/year"],
        ),
        (
            "S5.3",
            BUYER,
            "[offer]\namount = 101000\n[stated]\nanswer = \"walk\"\n",
            &["Leaving now would cost USD 9,000/year"],
        ),
        ("S5.3", SELLER, "[offer]\namount = 94000\n[stated]\nanswer = \"walk\"\n", &[]),
        ("S5.4", SELLER, "", &[]),
        (
            "S5.4",
            SELLER,
            "[[round]]\nours = 140000\ntheirs = 100000\n",
            &["split of the difference at USD 120,000/year"],
        ),
        (
            "S5.4",
            SELLER,
            "[[round]]\nours = 110000\ntheirs = 70000\n",
            &["warning: Splitting the difference would end at USD 90,000/year"],
        ),
        (
            "S5.4",
            SELLER,
            "[[round]]\nours = 160000\ntheirs = 120000\n",
            &["at USD 140,000/year, better than the target of"],
        ),
        (
            "S5.4",
            BUYER,
            "[[round]]\nours = 60000\ntheirs = 90000\n",
            &["at USD 75,000/year, better than the target of"],
        ),
        ("S5.5", SELLER, "[[round]]\nours = 140000\ntheirs = 100000\n", &[]),
        (
            "S5.5",
            SELLER,
            "[[round]]\nours = 140000\ntheirs = 100000\n[[round]]\nours = 137000\n[[round]]\nours = 130000\ntheirs = 104000\n",
            &[
                "steps are growing: 7,000 after 3,000",
                "you have given USD 10,000/year, they have given USD 4,000/year",
            ],
        ),
        (
            "S5.5",
            SELLER,
            "[[round]]\nours = 140000\ntheirs = 100000\n[[round]]\nours = 134000\ntheirs = 104000\n",
            &[],
        ),
        (
            "S5.5",
            BUYER,
            "[[round]]\nours = 80000\ntheirs = 100000\n[[round]]\nours = 86100\ntheirs = 96000\n",
            &["you have given USD 6,100/year, they have given USD 4,000/year"],
        ),
        (
            "S5.6",
            SELLER,
            "[deadline]\ndate = 2026-12-10\nbinds = \"both\"\n",
            &["info: The deadline of 2026-12-10 binds both"],
        ),
        ("S5.6", SELLER, "[deadline]\ndate = 2026-12-10\nbinds = \"us\"\n", &["yours alone"]),
        (
            "S5.6",
            SELLER,
            "[deadline]\ndate = 2026-11-10\nbinds = \"us\"\n",
            &["warning: The deadline of 2026-11-10 has passed"],
        ),
        ("S5.6", SELLER, "", &[]),
        (
            "S5.8",
            SELLER,
            "[stated]\ntarget = 180000\n",
            &[
                "warning: The stated target of USD 180,000/year is not supported by the evidence, which ends at USD 174,790/year",
            ],
        ),
        (
            "S5.8",
            SELLER,
            "[stated]\ntarget = 90000\n",
            &[
                "error: The stated target of USD 90,000/year is worse than the walk-away of USD 95,000/year",
            ],
        ),
        ("S5.8", SELLER, "[stated]\ntarget = 120000\n", &[]),
        (
            "S5.8",
            SELLER,
            "[stated]\ntarget = 180000\n",
            &["error: The stated target of USD 180,000/year lies beyond the anchor of USD "],
        ),
        // Within the evidence, and still beyond the anchor.
        (
            "S5.8",
            SELLER,
            "[stated]\ntarget = 150000\n",
            &["lies beyond the anchor of USD ", "The computed target of USD "],
        ),
        ("S5.8", BUYER, "[stated]\ntarget = 60000\n", &["lies beyond the anchor of USD "]),
        (
            "S5.14",
            SELLER,
            "",
            &["given a zone, if the belief is right): a bolder one costs deals and goodwill."],
        ),
        ("S5.9", SELLER, "", &["If it comes to one single, final figure"]),
        ("S5.17", SELLER, "", &[]),
        (
            "S5.17",
            SELLER,
            "[parameters]\nopening_insult_note = 0.5\n",
            &["almost surely beyond their limit"],
        ),
    ]);
}

#[test]
fn a_limit_that_moves_after_an_offer_needs_a_fact() {
    const OLD: &str = "[[stated.history]]\nwalk_away = 98000\ndate = 2026-11-01\n";
    let deal = |stated: &str, offer: &str| {
        format!("{SELLER}{offer}[stated]\nwalk_away = 95000\n{stated}{OLD}")
    };
    let before = "[offer]\namount = 90000\ndate = 2026-11-10\n";
    for (stated, offer, part) in [
        ("", before, Some("The limit moved from 98,000 to 95,000 by 2026-11-23")),
        ("fact = \"the second offer was withdrawn\"\n", before, None),
        ("", "", None),
        ("", "[offer]\namount = 90000\n", Some("does not say when their offer came")),
        ("", "[offer]\namount = 90000\ndate = 2026-11-24\n", None),
    ] {
        let found = said(&deal(stated, offer), "S5.7");
        assert_eq!(found.is_empty(), part.is_none(), "{stated}{offer}: {found:?}");
        assert!(part.is_none_or(|part| found[0].contains(part)), "{found:?}");
    }
    let unchanged = format!("{SELLER}{before}[stated]\nwalk_away = 98000\n{OLD}");
    assert!(said(&unchanged, "S5.7").is_empty());
}

/// No target follows without a zone: nothing speaks of a computed one, nor of an anchor.
#[test]
fn without_a_zone_no_rule_names_an_unknown_figure() {
    let deal = SELLER.replace("95000", "160000");
    let more = "[stated]\ntarget = 180000\n[offer]\namount = 140000\n";
    let brief = brief_of(&read(&format!("{HEAD}{deal}{more}")));
    let of = |id: &str| brief.findings.iter().filter(|f| f.rule == id).collect::<Vec<_>>();
    assert_eq!(of("S5.8").len(), 1);
    assert!(of("S5.8")[0].text.ends_with("which ends at USD 174,790/year."), "{:?}", of("S5.8"));
    let action = of("S5.1")[0].action.as_ref().unwrap();
    assert!(action.starts_with("Say what would have to change"), "{action}");
    assert!(brief.findings.iter().all(|f| !f.text.contains("unknown")));
}

/// B15 is about candidates: a buyer's finding does not cite it.
#[test]
fn facts_are_cited_where_they_bear() {
    for (base, cites) in [(SELLER, vec!["C12", "C13", "B15"]), (BUYER, vec!["C12", "C13"])] {
        let brief = brief_of(&read(&format!("{HEAD}{base}[offer]\namount = 101000\n")));
        let found = brief.findings.iter().find(|f| f.rule == "S5.15").unwrap();
        assert_eq!(found.cites, cites);
    }
}

/// An argument that the published cell does not bear out, only the aged one.
#[test]
fn an_argument_that_needs_an_adjustment_is_easier_to_rebut() {
    let argument = "[[argument]]\ntext = \"half get more\"\nsource = \"table\"\n";
    let said = |offer: &str, published: &str| {
        let text = format!("{HEAD}{SELLER}[offer]\namount = {offer}\n{argument}");
        let mut evidence = evidence("government", "2026-05-01");
        evidence.comparables.points[2].amount = published.to_owned();
        let brief = prepare(&read(&text), &[evidence]).unwrap();
        let found = brief.findings.iter().find(|f| f.rule == "S3.5").unwrap();
        (found.text.clone(), found.figures.clone())
    };
    let (text, figures) = said("100000", "99000");
    assert!(text.contains("its P50 is above the offer only once adjusted"), "{text}");
    assert!(text.contains("99,000 as published, 103,500 then"), "{text}");
    assert_eq!(figures, ["table.p50.cell", "table.p50", "offer"]);
    let (text, _) = said("104000", "105000");
    assert!(text.contains("its P50 is below the offer only once adjusted"), "{text}");
    for (offer, published) in [("100000", "101000"), ("104000", "102000")] {
        let (text, _) = said(offer, published);
        assert!(text.starts_with("Hard to rebut"), "{text}");
    }
}

/// The midpoint is spoken from the anchor that is spoken.
#[test]
fn a_split_is_the_middle_of_what_is_said() {
    let brief = brief_of(&read(&format!("{HEAD}{SELLER}[offer]\namount = 101000\n")));
    let figure = |id: &str| brief.figures.get(id).unwrap();
    let printed = |id: &str| figure(id).printed.as_ref().unwrap().parse::<f64>().unwrap();
    assert_eq!(printed("split_midpoint"), (printed("anchor") + 101_000.0) / 2.0);
    assert_eq!(figure("split_midpoint").value, (figure("anchor").value + 101_000.0) / 2.0);
    let ids = |brief: &Brief| {
        let inputs = &brief.figures.get("split_midpoint").unwrap().inputs;
        inputs.iter().map(|(_, id)| id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&brief), ["anchor", "offer"]);
    // A first figure better than the target counts as the target (B10).
    let better = "[counterpart]\nfirst_offer = 135000\n";
    let brief = brief_of(&read(&format!("{HEAD}{SELLER}{better}")));
    assert_eq!(ids(&brief), ["anchor", "counterpart.first_offer", "target"]);
    let value = |id: &str| brief.figures.get(id).unwrap().value;
    assert_eq!(value("split_midpoint"), (value("anchor") + value("target")) / 2.0);
}

/// Delay costs that give the default power are no default.
#[test]
fn power_is_the_default_only_for_want_of_costs() {
    let in_play = |costs: &str| {
        let text =
            format!("{HEAD}{SELLER}{costs}[parameters]\npower_default = 0.9\npower_clamp = 0.05\n");
        let brief = brief_of(&read(&text));
        let from = brief.figures.get("target").unwrap().label.clone();
        assert_eq!(from, "target, from power", "{costs}");
        let it = brief.parameters.iter().find(|p| p.name == "power_default").unwrap();
        it.in_play.clone()
    };
    assert_eq!(in_play(""), ["power"]);
    let costs = "[us]\ndelay_cost_per_day = 100\n[counterpart]\ndelay_cost_per_day = 900\n";
    assert!(in_play(costs).is_empty());
}

/// An end of an input that does away with the target comes first, and says so.
#[test]
fn an_input_that_ends_the_zone_is_kept() {
    // At P90 the alternative is worth 150,000, beyond all that they are believed able to give.
    let deal = SELLER.replace("amount = 95000", "amount = [90000, 95000, 155000]");
    let unsure = "[[alternative]]\nname = \"b\"\namount = 120000\nprobability = 0.5\n";
    let brief = brief_of(&read(&format!("{HEAD}{deal}{unsure}")));
    let target: Vec<_> = brief.sensitivity.iter().filter(|it| it.outcome == "target").collect();
    let own = target.iter().find(|it| it.input == "amount of \"stay\"").unwrap();
    assert!(own.low.outcome.is_some() && own.high.outcome.is_none(), "{own:?}");
    assert!(brief.figures.has(&own.high.input));
    let whole = |it: &&haggle_negotiation::brief::Swing| {
        it.low.outcome.is_some() && it.high.outcome.is_some()
    };
    assert!(target.iter().any(whole) && target.is_sorted_by_key(whole), "{target:?}");
    let limit = brief.sensitivity.iter().find(|it| it.outcome == "walk_away").unwrap();
    assert!(limit.low.outcome.is_some() && limit.high.outcome.is_some());
}

/// What the other side sees of a parameter is that we set it, not where.
#[test]
fn a_shared_brief_names_no_playbook() {
    let text = "schema = \"haggle.playbook/1\"\n[parameters]\nweight_half_life = 12\n";
    let mut deal = read(&format!("playbook = \"../team.toml\"\n{HEAD}{SELLER}"));
    deal.playbook_parameters = parse_playbook(text).0.unwrap().parameters;
    let mut evidence = evidence("government", "2026-05-01");
    evidence.comparables.mean_date = Some(20_574);
    let shared = prepare(&deal, &[evidence]).unwrap().shareable();
    let figure = shared.figures.get("parameter.weight_half_life").unwrap();
    assert_eq!((figure.value, figure.assumption.as_deref()), (12.0, Some("set by us")));
    let told = |it: &str| it.contains("team.toml");
    assert!(shared.figures.iter().all(|(_, f)| !f.assumption.as_deref().is_some_and(told)));
}

/// Lowest and highest adjustment move the plan as a market that is so much lower or higher does.
#[test]
fn the_ends_of_the_adjustments_are_markets_of_their_own() {
    let of = |low: f64, high: f64, times: f64| {
        let mut evidence = evidence("government", "2026-05-01");
        let found = &mut evidence.comparables;
        (found.factors[0].0.low, found.factors[0].0.high) = (low, high);
        for point in &mut found.points {
            point.adjusted = point.adjusted.map(|amount| amount * times);
        }
        let deal = SELLER.split("[counterpart.limit]").next().unwrap();
        prepare(&read(&format!("{HEAD}{deal}")), &[evidence]).unwrap()
    };
    let value = |brief: &Brief, id: &str| brief.figures.get(id).unwrap().value;
    let brief = of(0.95, 1.07, 1.0);
    for (end, ratio) in [("low", 0.95), ("high", 1.07)] {
        let alone = of(1.0, 1.0, ratio);
        assert_eq!(value(&brief, &format!("sensitivity.adjustments.{end}")), ratio);
        for outcome in ["target", "anchor"] {
            let id = format!("sensitivity.adjustments.{end}.{outcome}");
            assert!((value(&brief, &id) - value(&alone, outcome)).abs() < 1e-6, "{id}");
        }
    }
    assert!(!of(1.0, 1.0, 1.0).figures.has("sensitivity.adjustments.low"));
}

#[test]
fn the_offer_is_placed_by_the_limits_of_the_percentiles() {
    let brief = brief_of(&read(&format!("{HEAD}{SELLER}[offer]\namount = 103500\n")));
    let value = |id: &str| brief.figures.get(id).unwrap().value;
    let (low, high) = (value("offer.percentile.low"), value("offer.percentile.high"));
    assert!(low < 0.5 && 0.5 < high, "{low} {high}");
    // By hand: the upper limit of the median is u50, that of the quartile u25; the offer lies
    // between both, ln linear in the normal score, where z(.25) = -0.674489750196.
    let limit = |id: &str, upper: bool| {
        let interval = brief.figures.get(id).unwrap().interval.unwrap();
        if upper { interval.high.unwrap() } else { interval.low.unwrap() }
    };
    let (u25, u50) = (limit("market.p25", true), limit("market.p50", true));
    let z = -0.674_489_750_196_082 * (1.0 - libm::log(103_500.0 / u25) / libm::log(u50 / u25));
    let phi = 0.5 * libm::erfc(-z / std::f64::consts::SQRT_2);
    assert!((low - phi).abs() < 1e-9, "{low} {phi}");
}

#[test]
fn a_playbook_sets_what_the_deal_leaves_open() {
    let text = "schema = \"haggle.playbook/1\"\n[parameters]\nfloor_share = 0.25\nsteps = 4\n";
    let mut deal =
        read(&format!("playbook = \"team.toml\"\n{HEAD}{SELLER}[parameters]\nsteps = 5\n"));
    let before = brief_of(&deal);
    deal.playbook_parameters = parse_playbook(text).0.unwrap().parameters;
    let brief = brief_of(&deal);
    let of = |name: &str| brief.parameters.iter().find(|p| p.name == name).unwrap();
    assert_eq!((of("floor_share").value.as_str(), of("steps").value.as_str()), ("0.25", "5"));
    assert_eq!(of("floor_share").from.as_deref(), Some("playbook team.toml"));
    assert_eq!(of("steps").from.as_deref(), Some("deal"));
    assert_eq!(of("ratio").from, None);
    assert_eq!(of("floor_share").in_play, ["last_ask"]);
    let last = |brief: &Brief| brief.figures.get("last_ask").unwrap().value;
    assert!(last(&brief) < last(&before));
}

/// What a tender makes of a deal with one vendor.
fn rivals() -> Rivals {
    let kinds = [
        ReferenceKind::Quotes,
        ReferenceKind::Market,
        ReferenceKind::ShouldCost,
        ReferenceKind::Index,
    ];
    let reference = |kind| Reference {
        kind,
        amount: Some(haggle_quantity::Amount::ONE_THOUSAND),
        lines: Some(haggle_quantity::Amount::ONE_THOUSAND),
        basis: "a test".into(),
        missing: None,
    };
    Rivals { references: kinds.map(reference).to_vec(), ..Rivals::default() }
}

/// Every name in a test of these steps is a parameter, a key of the deal file, or a figure of a
/// deal that states everything.
#[test]
fn tests_of_rules_name_what_exists() {
    let keys = parse(&format!("{HEAD}{SELLER}[[argument]]\ntext = \"a\"\n[[claim]]\ntext = \"1\"\n[channel]\n[deadline]\n[[round]]\nours = 2\n[stated]\n[[stated.history]]\n[[counterpart.argument]]\ntext = \"x\"\n[[counterpart.alternative]]\namount = 1\n[[part]]\n[[alternative]]\n[[alternative.part]]\n"), None).keys;
    let rich = "[offer]\namount = 101000\n[[round]]\nours = 140000\ntheirs = 100000\n[[round]]\nours = 134000\ntheirs = 101000\n[stated]\ntarget = 120000\nwalk_away = 95000\n[deadline]\ndate = 2026-12-10\nbinds = \"us\"\n[[claim]]\ntext = \"1\"\nreference = \"r\"\n[[part]]\nname = \"bonus\"\namount = 1\n";
    let mut deal = read(&format!("{HEAD}{SELLER}{rich}"));
    deal.rivals = Some(rivals());
    let brief = brief_of(&deal);
    let tails: BTreeSet<String> =
        brief.figures.iter().filter_map(|(id, _)| Some(id.split_once('.')?.1.to_owned())).collect();
    for rule in rules().filter(|r| r.step >= 3) {
        for name in rule.names() {
            let known = parameter::find(name).is_some()
                || keys.contains(name)
                || brief.figures.has(name)
                || tails.contains(name)
                || name.split_once("NAME").is_some_and(|(head, tail)| {
                    brief.figures.iter().any(|(id, _)| id.starts_with(head) && id.ends_with(tail))
                })
                || ["round.ours", "round.theirs"].contains(&name);
            assert!(known, "{}: {name}", rule.id);
        }
    }
    assert_eq!(rule("S5.5").unwrap().parameters(), ["concession_imbalance"]);
}

/// What is said of the talks changes no figure of the plan: words, channel and log are not numbers.
#[test]
fn talks_change_no_number_of_the_plan() {
    let talks = "[[argument]]\ntext = \"a\"\n[channel]\nmedium = \"chat\"\nsensitive = true\n[deadline]\ndate = 2026-12-01\nbinds = \"us\"\n[counterpart]\nexpert = true\nrelationship = \"lasting\"\n[[counterpart.argument]]\ntext = \"b\"\n[stated]\nanswer = \"walk\"\ntarget = 120000\n";
    for base in [SELLER, BUYER] {
        let talks =
            if base == BUYER { talks.replace("target = 120000\n", "") } else { talks.to_owned() };
        let plain = brief_of(&read(&format!("{HEAD}{base}")));
        let full = brief_of(&read(&format!("{HEAD}{base}{talks}")));
        for (id, figure) in plain.figures.iter() {
            assert_eq!(Some(figure), full.figures.get(id), "{id}");
        }
        assert_eq!(plain.headline, full.headline);
    }
}

/// A finding has words, no number that is none, and figures that exist.
#[test]
fn findings_are_whole() {
    let more = "[offer]\namount = 96000\n[[round]]\nours = 150000\ntheirs = 90000\n[[round]]\nours = 140000\ntheirs = 96000\n[[argument]]\ntext = \"a\"\n[counterpart]\nexpert = true\n";
    for base in [SELLER, BUYER] {
        for finding in brief_of(&read(&format!("{HEAD}{base}{more}"))).findings {
            let words = finding.text.split(|c: char| !c.is_alphanumeric());
            assert!(words.clone().count() > 3, "{}", finding.rule);
            assert!(
                !words.clone().any(|w| ["NaN", "inf", "unknown"].contains(&w)),
                "{}",
                finding.text
            );
        }
    }
}

/// What we have asked for is no opening any more: the ladder begins there, nothing lies beyond it,
/// and behind walk-away or offer nothing is left.
#[test]
fn what_we_have_asked_for_stands() {
    let asked = |base: &str, ours: &str| {
        brief_of(&read(&format!(
            "{HEAD}{base}[[round]]\nours = 999999\n[[round]]\nours = {ours}\n"
        )))
    };
    let printed = |brief: &Brief, id: &str| brief.figures.get(id).and_then(|it| it.printed.clone());
    let value = |brief: &Brief, id: &str| brief.figures.get(id).map(|it| it.value);
    for (base, ours, sign) in [(SELLER, "121000.5", 1.0), (BUYER, "79000.5", -1.0)] {
        let free = brief_of(&read(&format!("{HEAD}{base}")));
        let held = asked(base, ours);
        assert_eq!(printed(&held, "anchor").as_deref(), Some(ours), "{base}");
        let (target, before) = (value(&held, "target").unwrap(), value(&free, "target").unwrap());
        let ours: f64 = ours.parse().unwrap();
        assert_eq!(sign * target, f64::min(sign * before, sign * ours), "{base}");
        let said = held.findings.iter().find(|f| f.rule == "S5.18").unwrap();
        assert!(said.text.contains("no opening any more"), "{}", said.text);
    }
    let r = value(&brief_of(&read(&format!("{HEAD}{SELLER}"))), "walk_away").unwrap();
    let lost = asked(SELLER, &format!("{:.0}", r - 1000.0));
    assert!(value(&lost, "target").is_none() && value(&lost, "anchor").is_none());
    let said = lost.findings.iter().find(|f| f.rule == "S5.18").unwrap();
    assert!(
        said.gravity == haggle_negotiation::brief::Gravity::Error
            && said.text.contains("worse than your walk-away")
    );
}

/// A percentile that their offer has reached would argue for them, and is marked for either side;
/// the points of the table run from 58,510 to 174,790.
#[test]
fn what_their_offer_has_passed_is_not_quoted() {
    let outdone = |base: &str, offer: &str| {
        let brief = brief_of(&read(&format!("{HEAD}{base}[offer]\namount = {offer}\n")));
        brief.market.unwrap().outdone
    };
    let points = |from: usize, to: usize| -> Vec<String> {
        POINTS[from..to].iter().map(|(name, _)| (*name).to_owned()).collect()
    };
    let at = |i: usize| POINTS[i].1.to_string();
    assert_eq!(outdone(SELLER, &at(2)), points(0, 3));
    assert_eq!(outdone(BUYER, &at(2)), points(2, 5));
    assert_eq!(outdone(SELLER, "1"), points(0, 0));
    let said = brief_of(&read(&format!("{HEAD}{SELLER}[offer]\namount = {}\n", at(3))));
    let place = said.findings.iter().find(|f| f.rule == "S3.4").unwrap();
    assert!(place.action.as_deref().is_some_and(|it| it.starts_with("Quote no figure")));
}

/// They have kept to one figure while we stepped: nothing is returned. A step after a standstill
/// is no growing one.
#[test]
fn a_figure_that_is_kept_returns_nothing() {
    let rounds = "[[round]]\nours = 150000\ntheirs = 112000\n[[round]]\nours = 150000\n[[round]]\nours = 145000\n";
    let brief = brief_of(&read(&format!("{HEAD}{SELLER}{rounds}")));
    let said: Vec<&str> =
        brief.findings.iter().filter(|f| f.rule == "S5.5").map(|f| f.text.as_str()).collect();
    assert_eq!(
        said,
        [
            "Your concessions are not returned: you have given USD 5,000/year, they have given nothing."
        ]
    );
}

/// Medians apart by more than half again are a warning, by more than double nothing to quote.
#[test]
fn sources_far_apart_are_settled_first() {
    let deal = read(&format!("{HEAD}{SELLER}[[source]]\nname = \"other\"\npath = \"o.csv\"\n"));
    let said = |factor: f64| {
        let mut all = [evidence("government", "2026-05-01"), evidence("government", "2026-05-01")];
        all[1].head.sha256 = "1".repeat(64);
        all[1]
            .comparables
            .points
            .iter_mut()
            .for_each(|it| it.adjusted = it.adjusted.map(|x| x * factor));
        let brief = prepare(&deal, &all).unwrap();
        let found = brief.findings.into_iter().find(|f| f.rule == "S3.14").unwrap();
        (found.gravity, found.text)
    };
    use haggle_negotiation::brief::Gravity;
    assert_eq!(
        said(1.5),
        (
            Gravity::Warning,
            "The sources disagree: their medians lie 50 % apart; their intervals do not meet."
                .to_owned()
        )
    );
    assert_eq!(
        said(108.0),
        (
            Gravity::Error,
            "The sources disagree: their medians lie a factor of 108.0 apart; their intervals do not meet.".to_owned()
        )
    );
}

/// Amounts of one basis say nothing; of two, in one source or in several, the mixture is named.
#[test]
fn bases_are_not_mixed_without_a_word() {
    let deal = read(&format!("{HEAD}{SELLER}"));
    let said = |bases: &[&str]| {
        let mut only = evidence("government", "2026-05-01");
        only.head.bases = bases.iter().map(|it| (*it).to_owned()).collect();
        let brief = prepare(&deal, &[only]).unwrap();
        brief.findings.into_iter().find(|f| f.rule == "S3.24").map(|f| f.text)
    };
    assert_eq!(said(&[]), None);
    assert_eq!(said(&["paid"]), None);
    assert_eq!(
        said(&["list", "paid"]).as_deref(),
        Some("The market mixes amounts of several bases: `table` list and paid.")
    );
}
