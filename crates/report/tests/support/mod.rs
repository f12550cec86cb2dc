//! Briefs built by hand: a full one, a thin one, one without a market, a buyer's one, a hostile one.
#![allow(dead_code, reason = "each test file uses some of the fixtures")]
#![allow(clippy::unwrap_used, reason = "test code")]

use haggle_negotiation::brief::*;
use haggle_negotiation::deal::{Interest, InterestKind, Side};
use haggle_negotiation::figure::{By, Figure, Figures, Interval, Sense, Unit};
use haggle_negotiation::market::Cited;
use haggle_quantity::{Date, parse_date};
use std::collections::BTreeMap;

pub(crate) fn date(text: &str) -> Date {
    parse_date(text).unwrap()
}

fn usd() -> Unit {
    Unit::Money("USD/year".into())
}

fn between(low: f64, high: f64, level: f64, by: By) -> Option<Interval> {
    Some(Interval { low: Some(low), high: Some(high), level: Some(level), by })
}

fn strings<const N: usize>(items: [&str; N]) -> Vec<String> {
    items.iter().map(|s| s.to_string()).collect()
}

pub(crate) fn cited(place: &str, amount: &str, statistic: &str) -> Cited {
    Cited {
        at: ("national_M2022_dl".into(), 318, 26),
        place: place.into(),
        amount: amount.into(),
        bound: "exact",
        currency: "USD".into(),
        per: "year".into(),
        statistic: statistic.into(),
        percentile: statistic.strip_prefix('p').and_then(|p| p.parse().ok()),
        adjusted: amount.parse().ok(),
        subject: Some("15-2051".into()),
        title: Some("Data Scientists".into()),
        location: Some("US".into()),
        party: None,
        level: None,
        date: Some(19_113),
        weight: None,
        count: None,
        employers: None,
        sample_size: None,
        relative_error: Some(0.9),
        attributes: None,
        factors: Some(0),
    }
}

fn set(source: &str, file: &str, first: Vec<Cited>, n: u64) -> EvidenceSet {
    EvidenceSet {
        source: source.into(),
        query: vec![("subject".into(), "15-2051".into()), ("place".into(), "US".into())],
        n,
        digest: Some("9f2c4e5a77d01b3c".repeat(4)),
        first,
        file: file.into(),
    }
}

/// Market of two sources with p10 to p90, the top one a bound.
fn market_figures(figures: &mut Figures, evidence: &mut BTreeMap<String, EvidenceSet>) {
    let points = [
        ("p10", "V318", 58_510.0, 57_100.0, 59_950.0),
        ("p25", "W318", 77_140.0, 75_300.0, 79_020.0),
        ("p50", "X318", 103_500.0, 101_210.5, 105_870.25),
        ("p75", "Y318", 136_600.0, 133_080.0, 140_200.0),
    ];
    for (name, column, value, low, high) in points {
        let cell = format!("oews.{name}");
        let place = format!("national_M2022_dl!{column}");
        let first = vec![cited(&place, &format!("{value}"), name)];
        evidence.insert(cell.clone(), set("oews", "oews.xlsx", first, 1));
        let rows = vec![cited("118:5", "98000", "value"), cited("204:5", "131000", "value")];
        evidence.insert("survey.rows".into(), set("survey", "survey.csv", rows, 313));
        figures.add(
            format!("source.oews.{name}"),
            Figure::new(format!("BLS OEWS {name}"), value, usd(), "cell").with_evidence(&cell),
        );
        figures.add(
            format!("source.survey.{name}"),
            Figure::new(format!("survey {name}"), value * 1.01, usd(), "weighted_type7")
                .with_evidence("survey.rows"),
        );
        figures.add(
            format!("market.{name}"),
            Figure::new(format!("market {name}"), value, usd(), "composite")
                .with_interval(between(low, high, 0.9, By::OrderStatistic))
                .with_inputs([
                    ("share_oews".to_string(), "share.oews".to_string()),
                    ("source_oews".to_string(), format!("source.oews.{name}")),
                    ("share_survey".to_string(), "share.survey".to_string()),
                    ("source_survey".to_string(), format!("source.survey.{name}")),
                ]),
        );
    }
    let top =
        Interval { low: Some(172_000.0), high: None, level: Some(0.9), by: By::PublishedError };
    figures.add(
        "market.p90",
        Figure::new("market p90", 174_790.0, usd(), "composite")
            .with_sense(Sense::AtLeast)
            .with_interval(Some(top))
            .with_inputs([("source_oews", "source.oews.p75")]),
    );
}

fn shares(figures: &mut Figures) {
    for (id, weight) in [("oews", 0.823), ("survey", 0.177)] {
        figures.add(
            format!("weight.{id}"),
            Figure::assumed(
                format!("weight of {id}"),
                weight,
                Unit::Number,
                "default of the register",
            ),
        );
        figures.add(
            format!("share.{id}"),
            Figure::new(format!("share of {id}"), weight, Unit::Share, "share")
                .with_inputs([("weight", format!("weight.{id}"))]),
        );
    }
    figures.add(
        "factor.oews.ageing",
        Figure::new("growth to the as-of date", 1.0, Unit::Factor, "compound_ageing")
            .with_inputs([("rate", "parameter.growth")]),
    );
    figures.add(
        "parameter.growth",
        Figure::assumed("growth of pay", 0.034, Unit::Relative, "stated in the deal, source: ECI"),
    );
}

fn money(
    figures: &mut Figures,
    id: &str,
    label: &str,
    value: f64,
    formula: &'static str,
    inputs: &[&str],
) {
    let inputs = inputs.iter().map(|id| (id.rsplit('.').next().unwrap().to_string(), *id));
    figures.add(id, Figure::new(label, value, usd(), formula).with_inputs(inputs));
}

fn plan(figures: &mut Figures) {
    figures.add("offer", Figure::assumed("their offer", 112_000.0, usd(), "letter of 2026-11-20"));
    figures.add(
        "offer.percentile",
        Figure::new("percentile of the offer", 0.577, Unit::Share, "percentile_of")
            .with_interval(between(0.54, 0.61, 0.9, By::PublishedError))
            .with_inputs([("amount", "offer"), ("market", "market.p50")]),
    );
    let why = "the deal file states it";
    figures.add("alternative.stay.amount", Figure::assumed("stay: amount", 92_000.0, usd(), why));
    figures.add("alternative.b.amount", Figure::assumed("offer B: amount", 118_000.0, usd(), why));
    figures.add(
        "alternative.b.probability",
        Figure::assumed("offer B: probability", 0.6, Unit::Share, why),
    );
    money(
        figures,
        "alternative.b.price",
        "offer B as a price of this deal",
        113_000.0,
        "deal_price",
        &["alternative.b.amount"],
    );
    figures.add(
        "walk_away",
        Figure::new("walk-away", 103_519.229_480_364_74, usd(), "reservation_value")
            .with_interval(between(
                101_821.369_210_154_84,
                105_276.777_092_535_05,
                0.8,
                By::Lattice,
            ))
            .with_inputs([
                ("b", "alternative.b.price"),
                ("b_probability", "alternative.b.probability"),
                ("stay", "alternative.stay.amount"),
            ])
            .with_printed("103600".into()),
    );
    for (id, value) in [("low", 98_787.832), ("mode", 122_000.0), ("high", 152_945.939)] {
        figures.add(
            format!("belief.{id}"),
            Figure::assumed(
                format!("their limit, {id}"),
                value,
                usd(),
                "recruiter, call of 2026-11-18",
            ),
        );
    }
    figures.add(
        "p_zopa",
        Figure::new("chance of a zone", 1.0, Unit::Share, "p_zopa")
            .with_inputs([("walk_away", "walk_away"), ("mode", "belief.mode")]),
    );
    figures.add(
        "leverage.need",
        Figure::new("leverage from needs", 0.81, Unit::Share, "leverage_index")
            .with_inputs([("walk_away", "walk_away")]),
    );
    figures.add(
        "leverage.alternative",
        Figure::new("quality of our alternatives", 0.5, Unit::Share, "standing")
            .with_inputs([("walk_away", "walk_away")]),
    );
    figures.add(
        "leverage.alternative.theirs",
        Figure::new("quality of theirs, as believed", 0.31, Unit::Share, "standing_ot")
            .with_interval(between(0.2, 0.44, 0.8, By::Lattice))
            .with_inputs([("mode", "belief.mode")]),
    );
    money(
        figures,
        "settlement.deal_me_out",
        "settlement if alternatives are exits",
        103_600.0,
        "deal_me_out",
        &["walk_away", "belief.mode"],
    );
    figures.add(
        "leverage",
        Figure::new("leverage", 0.975_838, Unit::Share, "leverage_index")
            .with_interval(between(0.899_9, 1.0, 0.8, By::Lattice))
            .with_inputs([("need", "leverage.need"), ("alternative", "leverage.alternative")]),
    );
}

fn advice(figures: &mut Figures) {
    let say =
        |figures: &mut Figures, id: &str, label: &str, value, formula, printed: &str, input| {
            figures.add(
                id,
                Figure::new(label, value, usd(), formula)
                    .with_inputs([("walk_away", "walk_away"), ("market", input)])
                    .with_printed(printed.into()),
            );
        };
    say(figures, "target", "target", 120_896.153_233_569_46, "target", "121000", "market.p75");
    say(figures, "anchor", "anchor", 140_115.784_304_725_56, "anchor", "140000", "market.p90");
    let rungs = [
        (140_115.784_304_725_56, "140000", "opening"),
        (124_168.302_620_292_16, "124000", "after their first move"),
        (116_194.561_778_075_45, "116000", "after their second move"),
        (112_207.691_356_967_1, "112000", "last ask"),
    ];
    for (i, (value, printed, label)) in rungs.into_iter().enumerate() {
        say(figures, &format!("concession.{}", i + 1), label, value, "rung", printed, "target");
    }
    for (i, worth) in [10_062.408, 774.921, 120.0].into_iter().enumerate() {
        money(
            figures,
            &format!("question.{}.worth", i + 1),
            "worth of the answer",
            worth,
            "information_worth",
            &["walk_away"],
        );
    }
}

fn finding(
    rule: &'static str,
    step: u8,
    gravity: Gravity,
    text: &str,
    figures: Vec<String>,
    cites: &'static [&'static str],
    action: &str,
) -> Finding {
    let action = (!action.is_empty()).then(|| action.to_owned());
    Finding { rule, step, gravity, text: text.into(), figures, cites, action }
}

fn findings() -> Vec<Finding> {
    use Gravity::{Error, Info, Warning};
    vec![
        finding(
            "S3.2",
            3,
            Warning,
            "the evidence of `oews` is 54 months old on the day of the deal",
            strings(["market.p50"]),
            &["F8"],
            "get this year's table before you quote a percentile",
        ),
        finding(
            "S5.1",
            5,
            Error,
            "the offer is below your walk-away of USD 103,600 by USD 1,600",
            strings(["offer", "walk_away"]),
            &["J1"],
            "refuse unless there are new facts",
        ),
        finding(
            "S1.9",
            1,
            Error,
            "their offer lies beyond what you believe to be their limit",
            strings(["offer", "belief.high"]),
            &["A7"],
            "settle first what their limit is",
        ),
        finding(
            "S1.4",
            1,
            Warning,
            "half of what you assume about them is guesswork",
            strings(["belief.mode"]),
            &["E8", "D11"],
            "verify before trading on it",
        ),
        finding(
            "S2.4",
            2,
            Warning,
            "you count an unsigned offer at face value (60 %)",
            strings(["alternative.b.probability", "walk_away"]),
            &["A2", "D6"],
            "get offer B in writing",
        ),
        finding(
            "S5.14",
            3,
            Warning,
            "the belief about their limit caps the opening",
            strings(["anchor"]),
            &["B4"],
            "open at USD 140,000 a year and show how it is derived",
        ),
        finding(
            "S4.1",
            4,
            Info,
            "the channel is e-mail and there was no contact before",
            vec![],
            &["E1", "E3"],
            "plan a short personal call before numbers",
        ),
        finding(
            "S5.4",
            5,
            Info,
            "expect a split at USD 126,000: above the target",
            strings(["anchor", "offer", "target"]),
            &["C11", "B4"],
            "let them name a number before you move",
        ),
    ]
}

fn tally(what: &str, code: &str, field: Option<&str>, count: u64, rows: &str) -> TallyHead {
    TallyHead {
        what: what.into(),
        code: code.into(),
        field: field.map(str::to_owned),
        reason: format!("reason of {code}"),
        count,
        rows: rows.into(),
        samples: vec![("national_M2022_dl!Y12".into(), "#".into())],
    }
}

fn sources() -> BTreeMap<String, SourceHead> {
    let long: Vec<String> = (1..60).map(|n| (n * 3).to_string()).collect();
    let oews = SourceHead {
        name: "BLS OEWS May 2022, national".into(),
        location: "../evidence/oews.xlsx".into(),
        sha256: "ab12cd34".repeat(8),
        retrieved: None,
        plugin: None,
        recipe: "bls-oews".into(),
        publisher: Some("US Bureau of Labor Statistics".into()),
        licence: Some("public domain".into()),
        grade: Some("government".into()),
        date: Some(date("2022-05-01")),
        span: None,
        bases: vec!["paid".into()],
        rows: [1_405, 1_396, 1, 8],
        cells: [13_960, 13_748, 212],
        tallies: vec![
            tally("absent", "top-coded", Some("A_PCT90"), 200, &long.join(",")),
            tally("absent", "blank", Some("A_MEAN"), 12, "40-51"),
            tally("rejected", "no-number", Some("A_MEDIAN"), 1, "900"),
            tally("skipped", "title", None, 8, "1-8"),
        ],
        diagnostics: vec![DiagnosticHead {
            code: "E102".into(),
            severity: "warning".into(),
            place: "oews.xlsx:national_M2022_dl!X900".into(),
            message: "expected a number, found `n/a`".into(),
            help: Some("map `n/a` as a sentinel in the recipe".into()),
        }],
        assumptions: vec!["a working year has 2,080 hours".into()],
    };
    let survey = SourceHead {
        name: "Developer survey 2025".into(),
        location: "../evidence/survey.csv".into(),
        sha256: "00ff".repeat(16),
        retrieved: None,
        plugin: None,
        recipe: "community-survey".into(),
        publisher: None,
        licence: Some("ODbL 1.0".into()),
        grade: Some("self-report".into()),
        date: Some(date("2025-06-15")),
        span: Some((date("2025-05-29"), date("2025-06-23"))),
        bases: vec!["self-reported".into()],
        rows: [49_191, 313, 2, 48_876],
        cells: [313, 313, 0],
        tallies: vec![tally("skipped", "other-country", Some("Country"), 48_876, "2-49191")],
        diagnostics: vec![],
        assumptions: vec![],
    };
    BTreeMap::from([("oews".into(), oews), ("survey".into(), survey)])
}

fn headline() -> Headline {
    let id = |id: &str| Some(id.to_owned());
    Headline {
        walk_away: id("walk_away"),
        target: id("target"),
        anchor: id("anchor"),
        concessions: (1..=4).map(|i| format!("concession.{i}")).collect(),
        offer: id("offer"),
        leverage: id("leverage"),
        need: id("leverage.need"),
        alternative: id("leverage.alternative"),
        p_zopa: id("p_zopa"),
    }
}

fn market_head() -> MarketHead {
    let points = ["p10", "p25", "p50", "p75", "p90"];
    MarketHead {
        percentiles: points.map(|p| (p.to_owned(), format!("market.{p}"))).to_vec(),
        n: 318,
        points: 0,
        effective_n: Some(290.4),
        sources: strings(["oews", "survey"]),
        kind: "composite percentile",
        refusals: vec![],
        outdone: vec![],
    }
}

fn treatment(brief: &mut Brief) {
    brief.adjustments = vec![Adjustment {
        source: "oews".into(),
        kind: "ageing",
        text: "from 2022-05-01 to 2026-11-23 at 3.4 % a year".into(),
        figure: "factor.oews.ageing".into(),
        count: 5,
    }];
    let place = |locator: &str, amount: &str| Place {
        locator: locator.into(),
        amount: format!("{amount} USD/year"),
    };
    brief.excluded = vec![Excluded {
        source: "survey".into(),
        code: "no-rate".into(),
        reason: "no exchange rate for `CAD`".into(),
        count: 7,
        first: vec![place("survey.csv:19:5", "91000"), place("survey.csv:77:5", "84500")],
    }];
    brief.outliers = vec![Outlier {
        source: "survey".into(),
        place: place("survey.csv:301:5", "140"),
        z: -9.437,
        hint: Some("times 1000 would fit: typed in thousands?".into()),
    }];
    brief.parameters = vec![
        ParameterUse {
            name: "interval_level",
            value: "0.90".into(),
            stated: true,
            from: Some("deal".into()),
            in_play: Vec::new(),
        },
        ParameterUse {
            name: "q_base",
            value: "0.50".into(),
            stated: false,
            from: None,
            in_play: vec!["S3.10".into()],
        },
    ];
}

fn interests() -> Vec<Interest> {
    let one = |kind, text: &str, source: Option<&str>| Interest {
        kind,
        text: text.into(),
        source: source.map(str::to_owned),
    };
    vec![
        one(InterestKind::Fear, "the project stands still", None),
        one(InterestKind::Need, "someone in place by March", Some("recruiter, call of 2026-11-18")),
    ]
}

/// A seller's brief with everything in it.
pub(crate) fn full() -> Brief {
    let mut figures = Figures::default();
    let mut evidence = BTreeMap::new();
    shares(&mut figures);
    market_figures(&mut figures, &mut evidence);
    plan(&mut figures);
    advice(&mut figures);
    let question = |i: usize, text: &str| Question {
        text: text.into(),
        worth: format!("question.{i}.worth"),
        follow_up: "What would have to change for that?".into(),
        about_them: true,
    };
    let mut brief = Brief {
        audience: Audience::Private,
        sensitivity: vec![],
        deal: DealHead {
            title: "Senior developer, Denver".into(),
            side: Side::Seller,
            currency: "USD".into(),
            per: "year".into(),
            what_if: vec![],
        },
        as_of: date("2026-11-23"),
        market: Some(market_head()),
        headline: headline(),
        figures,
        findings: findings(),
        interests: interests(),
        rapport: strings(["Do they have \"agency\" for certain, or only perhaps?"]),
        questions: vec![
            question(1, "What is the most that this grade is paid?"),
            question(2, "Will offer B be signed before you must answer?"),
            question(3, "When must they have somebody in place?"),
        ],
        playbook: None,
        triggers: vec![Trigger {
            text: "Leave when their last figure is below USD 103,600 a year".into(),
            figures: strings(["walk_away"]),
        }],
        parameters: vec![],
        adjustments: vec![],
        excluded: vec![],
        outliers: vec![],
        evidence,
        sources: sources(),
        own_terms: None,
    };
    treatment(&mut brief);
    assert_eq!(brief.figures.faults(), Vec::<String>::new());
    brief
}

/// A market of three rows: no percentile but the median.
pub(crate) fn thin() -> Brief {
    let mut brief = full();
    brief.market = Some(MarketHead {
        percentiles: vec![],
        n: 3,
        points: 0,
        effective_n: Some(3.0),
        sources: strings(["survey"]),
        kind: "percentile",
        refusals: strings(["3 rows are too few for a median: it takes an effective n of 5"]),
        outdone: vec![],
    });
    brief.sources.remove("oews");
    brief.findings.truncate(1);
    brief.headline.concessions.clear();
    brief
}

/// No market, no belief: nothing to ask for.
pub(crate) fn no_market() -> Brief {
    let mut brief = full();
    brief.market = None;
    brief.headline = Headline::default();
    brief.figures = Figures::default();
    brief.findings = vec![finding(
        "S5.11",
        5,
        Gravity::Error,
        "there is neither a market nor a belief about their limit",
        vec![],
        &[],
        "name a source or what you know of them",
    )];
    brief.questions.clear();
    brief.interests.clear();
    brief.rapport.clear();
    brief.triggers.clear();
    brief.adjustments.clear();
    brief.excluded.clear();
    brief.outliers.clear();
    brief.evidence.clear();
    brief.sources.clear();
    brief.parameters.clear();
    brief
}

/// A purchase: less is better, prices are small, nothing is aged.
pub(crate) fn buyer() -> Brief {
    let mut brief = full();
    brief.deal = DealHead {
        title: "Tokens, yearly contract".into(),
        side: Side::Buyer,
        currency: "EUR".into(),
        per: "1M-tokens".into(),
        what_if: vec![],
    };
    let mut figures = Figures::default();
    for (id, figure) in full().figures.iter() {
        let mut figure = figure.clone();
        if figure.unit.is_money() {
            figure.unit = Unit::Money("EUR/1M-tokens".into());
            figure.value /= 100_000.0;
            figure.printed = None;
            figure.interval = figure.interval.map(|i| Interval {
                low: i.low.map(|v| v / 100_000.0),
                high: i.high.map(|v| v / 100_000.0),
                ..i
            });
        }
        figures.add(id, figure);
    }
    let mut put = |id: &str, value: f64, printed: &str| {
        let mut figure = figures.get(id).unwrap().clone();
        (figure.value, figure.printed) = (value, Some(printed.to_owned()));
        figure.interval = None;
        figures.add(id, figure);
    };
    put("walk_away", 1.4817, "1.48");
    put("target", 0.964_907, "0.964");
    put("anchor", 0.742_784, "0.742");
    put("concession.1", 0.742_784, "0.742");
    put("concession.2", 0.959_239, "0.960");
    put("concession.3", 1.067_467, "1.068");
    put("concession.4", 1.121_581, "1.122");
    brief.figures = figures;
    brief.findings.retain(|f| !["S5.1", "S5.14"].contains(&f.rule));
    brief.findings[0].gravity = Gravity::Error;
    brief
}

/// Text that tries to be markup everywhere that a source or a deal file can put text.
pub(crate) fn hostile() -> Brief {
    let evil =
        "<script>alert(1)</script> | `rm` \u{1b}[31mred\u{1b}[0m\nnew \"line\" </script><!--";
    let mut brief = full();
    brief.deal.title = evil.into();
    brief.findings[0].text = evil.into();
    brief.findings[0].action = Some(evil.into());
    brief.questions[0].text = evil.into();
    brief.questions[0].follow_up = evil.into();
    brief.interests[0].text = evil.into();
    brief.interests[0].source = Some(evil.into());
    brief.triggers[0].text = evil.into();
    brief.adjustments[0].text = evil.into();
    brief.excluded[0].reason = evil.into();
    brief.outliers[0].place.locator = evil.into();
    for source in brief.sources.values_mut() {
        source.name = evil.into();
        source.location = evil.into();
        source.assumptions = vec![evil.into()];
        source.tallies.iter_mut().for_each(|tally| tally.reason = evil.into());
        source.diagnostics.iter_mut().for_each(|message| message.message = evil.into());
    }
    for set in brief.evidence.values_mut() {
        set.query = vec![(evil.into(), evil.into())];
        set.first.iter_mut().for_each(|it| it.title = Some(evil.into()));
        set.file = evil.into();
    }
    brief.figures.add(evil, Figure::assumed(evil, 1.0, Unit::Money("USD/year".into()), evil));
    brief
}

/// Comparables one by one, with one that a spreadsheet would run.
pub(crate) fn listing() -> Listing {
    let mut odd = cited("204:5", "131000", "value");
    odd.title = Some("=HYPERLINK(\"x\")".into());
    odd.bound = "at least";
    let mut far = cited("310:5", "88000", "value");
    far.location = Some("Canada, \"West\"".into());
    Listing {
        comparables: vec![
            ("survey".into(), cited("118:5", "98000", "value")),
            ("survey".into(), odd),
        ],
        near: vec![("survey".into(), "place = US".into(), far)],
        near_count: 41,
    }
}
