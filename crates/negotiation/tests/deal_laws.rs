//! Laws of the whole way from deal file to brief, over random deals on the same evidence.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use haggle_negotiation::brief::{Brief, SourceHead, prepare};
use haggle_negotiation::deal::{Override, Side, parse, parse_set};
use haggle_negotiation::market::{Cited, Comparables, Factors, SourceEvidence};
use haggle_negotiation::stats::Bound;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// A random deal; amounts are whole units of money.
#[derive(Debug, Clone)]
struct Draw {
    seller: bool,
    offer: Option<u64>,
    risk_tolerance: Option<u64>,
    delay_cost: Option<u64>,
    alternatives: Vec<Way>,
    theirs: Vec<Way>,
    claims: usize,
    limit: Option<(u64, u64)>,
    first_offer: Option<u64>,
    stated: Option<u64>,
}

/// An alternative.
#[derive(Debug, Clone)]
struct Way {
    mode: u64,
    spread: u64,
    /// In hundredths.
    probability: u64,
    delay_days: u64,
    cost: u64,
}

fn way() -> impl Strategy<Value = Way> {
    let probability = prop_oneof![3 => Just(100_u64), 1 => Just(0), 3 => 1..100_u64];
    let spread = prop_oneof![1 => Just(0_u64), 1 => 1..20_000_u64];
    (30_000..200_000_u64, spread, probability, prop_oneof![Just(0), 1..400_u64], 0..5_000_u64)
        .prop_map(|(mode, spread, probability, delay_days, cost)| Way {
            mode,
            spread,
            probability,
            delay_days,
            cost,
        })
}

fn draw() -> impl Strategy<Value = Draw> {
    let ways = |most| prop::collection::vec(way(), 0..=most);
    let money = |odds| prop::option::weighted(odds, 20_000..300_000_u64);
    let limit = prop::option::of((40_000..200_000_u64, 0..30_000_u64));
    let small = prop::option::of(0..1_000_u64);
    let ours = (any::<bool>(), money(0.5), money(0.3), small, ways(4), 0..6_usize);
    (ours, ways(2), limit, money(0.3), money(0.2)).prop_map(
        |(us, theirs, limit, first_offer, stated)| Draw {
            seller: us.0,
            offer: us.1,
            risk_tolerance: us.2,
            delay_cost: us.3,
            alternatives: us.4,
            claims: us.5,
            theirs,
            limit,
            first_offer,
            stated,
        },
    )
}

/// How a deal is written down: nothing of it may change a number but the factor of all money.
struct Hand {
    factor: u64,
    names: [&'static str; 4],
    words: &'static str,
    reversed: bool,
}

const PLAIN: Hand =
    Hand { factor: 1, names: ["one", "two", "three", "four"], words: "it is so", reversed: false };

impl Hand {
    fn money(&self, amount: u64) -> String {
        format!("\"{}\"", amount * self.factor)
    }

    fn way(&self, table: &str, i: usize, way: &Way) -> String {
        let (low, high) = (way.mode - way.spread.min(way.mode), way.mode + way.spread);
        let amounts = [low, way.mode, high].map(|a| self.money(a)).join(", ");
        format!(
            "[[{table}]]\nname = \"{}\"\namount = [{amounts}]\nprobability = {:.2}\ndelay_days = {}\ncost = {}\n",
            self.names[i],
            way.probability as f64 / 100.0,
            way.delay_days,
            self.money(way.cost)
        )
    }

    /// The deal file. Blocks have no order of their own.
    fn text(&self, draw: &Draw) -> String {
        let side = if draw.seller { "seller" } else { "buyer" };
        let words = self.words;
        let head = format!(
            "schema = \"haggle.deal/1\"\ntitle = \"{words}\"\nside = \"{side}\"\ncurrency = \"USD\"\nper = \"year\"\nas_of = 2026-11-23\n"
        );
        let mut blocks = vec![
            "[[source]]\nname = \"rows\"\npath = \"rows.csv\"\n".to_owned(),
            self.us(draw),
            self.them(draw),
        ];
        if let Some(offer) = draw.offer {
            blocks.push(format!("[offer]\namount = {}\nfrom = \"{words}\"\n", self.money(offer)));
        }
        if let Some(stated) = draw.stated {
            blocks.push(format!("[stated]\nwalk_away = {}\n", self.money(stated)));
        }
        for i in 0..draw.claims {
            blocks.push(format!("[[claim]]\ntext = \"{words} {i}\"\nreference = \"{words}\"\n"));
        }
        if self.reversed {
            blocks.reverse();
        }
        let ways = (0..).zip(&draw.alternatives).map(|(i, w)| self.way("alternative", i, w));
        let theirs =
            (0..).zip(&draw.theirs).map(|(i, w)| self.way("counterpart.alternative", i, w));
        blocks.extend(ways.chain(theirs));
        head + &blocks.concat()
    }

    fn us(&self, draw: &Draw) -> String {
        let line = |key: &str, value: Option<u64>| {
            value.map_or(String::new(), |v| format!("{key} = {}\n", self.money(v)))
        };
        let risk = line("risk_tolerance", draw.risk_tolerance);
        format!("[us]\n{risk}{}", line("delay_cost_per_day", draw.delay_cost))
    }

    fn them(&self, draw: &Draw) -> String {
        let limit = draw.limit.map_or(String::new(), |(mode, spread)| {
            let (low, high) = (mode - spread, mode + spread);
            let [low, mode, high] = [low, mode, high].map(|a| self.money(a));
            format!(
                "limit = {{ low = {low}, mode = {mode}, high = {high}, source = \"{}\" }}\n",
                self.words
            )
        });
        let first = draw
            .first_offer
            .map_or(String::new(), |a| format!("first_offer = {}\n", self.money(a)));
        let cost = draw
            .delay_cost
            .map_or(String::new(), |a| format!("delay_cost_per_day = {}\n", self.money(a + 7)));
        format!("[counterpart]\n{first}{cost}{limit}")
    }

    fn brief(&self, draw: &Draw) -> Brief {
        let text = self.text(draw);
        let parsed = parse(&text, None);
        let deal = parsed.deal.unwrap_or_else(|| panic!("{text}\n{:?}", parsed.problems));
        prepare(&deal, &[evidence(self.factor)]).unwrap()
    }
}

/// Sixty rows, some of them equal, one far out, a year old.
fn evidence(factor: u64) -> SourceEvidence {
    let mut comparables = Comparables::default();
    comparables.factors.push((SAME, 60));
    for row in 1..=60_u64 {
        let amount =
            (60_000 + (row * row * 997) % 70_000 + if row == 60 { 900_000 } else { 0 }) * factor;
        let amount_f64 = amount as f64;
        comparables.rows.push(amount_f64, Bound::Exact, 1.0, 1, None).unwrap();
        comparables.listed.push(cited(row, amount_f64));
    }
    SourceEvidence { head: head(), file: "rows.csv".to_owned(), grade: None, comparables }
}

const SAME: Factors = Factors {
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

fn cited(row: u64, value: f64) -> Cited {
    Cited {
        at: (String::new(), row, 1),
        place: format!("{row}:1"),
        amount: value.to_string(),
        bound: "exact",
        currency: "USD".into(),
        per: "year".into(),
        statistic: "value".into(),
        percentile: None,
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
        relative_error: None,
        attributes: None,
        factors: Some(0),
    }
}

fn head() -> SourceHead {
    SourceHead {
        name: "rows".into(),
        location: "rows.csv".into(),
        sha256: "0".repeat(64),
        retrieved: None,
        plugin: None,
        recipe: "r".into(),
        publisher: None,
        licence: None,
        grade: None,
        date: None,
        span: None,
        bases: Vec::new(),
        rows: [60, 60, 0, 0],
        cells: [60, 60, 0],
        tallies: Vec::new(),
        diagnostics: Vec::new(),
        assumptions: Vec::new(),
    }
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn near(one: f64, two: f64) -> bool {
    (one - two).abs() <= 1e-9 * one.abs().max(two.abs()).max(1e-6)
}

/// What a reader sees of a figure: value, interval, spoken form.
fn shown(brief: &Brief, id: &str) -> Option<String> {
    let figure = brief.figures.get(id)?;
    Some(format!("{} {:?} {:?}", figure.value, figure.interval, figure.printed))
}

fn rules(brief: &Brief) -> BTreeSet<&'static str> {
    brief.findings.iter().map(|f| f.rule).collect()
}

/// Every number is one, every figure has a ground, every sentence says something.
fn sound(brief: &Brief) -> Result<(), TestCaseError> {
    prop_assert_eq!(brief.figures.faults(), Vec::<String>::new());
    for (id, figure) in brief.figures.iter() {
        let ends = figure.interval.map_or([None; 2], |i| [i.low, i.high]);
        let all = [Some(figure.value)].into_iter().chain(ends).flatten();
        prop_assert!(all.into_iter().all(f64::is_finite), "{}: {:?}", id, figure);
        let evidence = figure.evidence.as_ref().is_none_or(|set| brief.evidence.contains_key(set));
        prop_assert!(evidence && !figure.label.is_empty(), "{}: {:?}", id, figure);
    }
    let said = brief.findings.iter().flat_map(|f| [Some(&f.text), f.action.as_ref()]).flatten();
    let said = said.chain(brief.triggers.iter().map(|t| &t.text));
    for text in said.chain(brief.questions.iter().map(|q| &q.text)) {
        let clean = !text.trim().is_empty()
            && !["NaN", "inf ", "None", "{"].iter().any(|w| text.contains(w));
        prop_assert!(clean, "{}", text);
    }
    for finding in &brief.findings {
        prop_assert!(finding.figures.iter().all(|id| brief.figures.has(id)), "{:?}", finding);
        prop_assert!(!finding.cites.is_empty(), "{:?}", finding);
    }
    Ok(())
}

/// Walk-away, last ask, target and anchor in this order, each there or with a finding that says why.
fn ordered(brief: &Brief) -> Result<(), TestCaseError> {
    let sign = if brief.deal.side == Side::Seller { 1.0 } else { -1.0 };
    let own = |id: &str| brief.figures.get(id).map(|f| sign * f.value);
    let chain = ["walk_away", "last_ask", "target", "anchor"].map(own);
    let there: Vec<f64> = chain.into_iter().flatten().collect();
    prop_assert!(there.windows(2).all(|w| w[0] <= w[1] + 1e-9 * w[1].abs()), "{:?}", chain);
    let said = rules(brief);
    let why = |codes: &[&str]| codes.iter().any(|code| said.contains(code));
    prop_assert!(chain[0].is_some() || why(&["S2.10", "S2.11"]), "{:?}", said);
    prop_assert!(chain[1].is_some() || why(&["S2.10", "S2.11", "S1.11"]), "{:?}", said);
    prop_assert!(chain[2].is_some() || why(&["S1.11", "S5.11"]), "{:?}", said);
    prop_assert!(chain[2].is_some() == chain[3].is_some());
    Ok(())
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn any_deal_gives_a_sound_brief(draw in draw()) {
        let brief = PLAIN.brief(&draw);
        sound(&brief)?;
        ordered(&brief)?;
    }
}

proptest! {
    #![proptest_config(cases(40))]

    /// The same deal in another currency: money times the rate, everything else as it was.
    #[test]
    fn another_currency_changes_units_alone(draw in draw(), factor in 2..9_u64) {
        let (one, other) = (PLAIN.brief(&draw), Hand { factor, ..PLAIN }.brief(&draw));
        prop_assert_eq!(one.figures.len(), other.figures.len());
        let money = one.figures.iter().filter(|(_, f)| f.unit.is_money());
        let largest = money.map(|(_, f)| f.value.abs()).fold(0.0, f64::max);
        for (id, figure) in one.figures.iter() {
            let scale = if figure.unit.is_money() { factor as f64 } else { 1.0 };
            let found = other.figures.get(id).unwrap().value;
            // A worth is the difference of two plans, so it is as exact as they are.
            let exact = (figure.value * scale - found).abs() <= 1e-12 * largest * scale;
            prop_assert!(exact || near(figure.value * scale, found), "{}: {} {}", id, figure.value, found);
        }
        prop_assert_eq!(rules(&one), rules(&other));
    }

    #[test]
    fn names_free_text_and_order_change_no_number(draw in draw()) {
        let other = Hand {
            names: ["zeta", "Ypsilon & Co", "x", "a b c"],
            words: "something else, by 3",
            reversed: true,
            ..PLAIN
        };
        // A claim counts if it has a number: both wordings hold one.
        let (one, two) = (PLAIN.brief(&draw), other.brief(&draw));
        let values = |brief: &Brief| brief.figures.iter().map(|(_, f)| f.value.to_bits()).collect::<Vec<_>>();
        let (mut a, mut b) = (values(&one), values(&two));
        a.sort_unstable();
        b.sort_unstable();
        prop_assert_eq!(a, b);
        for id in ["walk_away", "target", "anchor", "last_ask", "leverage", "market.p50"] {
            prop_assert_eq!(shown(&one, id), shown(&two, id), "{}", id);
        }
        prop_assert_eq!(rules(&one), rules(&two));
    }

    /// Alternatives in another order: the walk-away and what needs no lattice stay; its interval
    /// moves by the error of the lattice alone.
    #[test]
    fn the_order_of_alternatives_moves_no_more_than_the_lattice(draw in draw()) {
        let mut turned = draw.clone();
        turned.alternatives.reverse();
        turned.theirs.clear();
        let one = PLAIN.brief(&Draw { theirs: Vec::new(), ..draw });
        let two = PLAIN.brief(&turned);
        for id in ["walk_away", "walk_away.neutral", "walk_away.together", "target", "market.p50"] {
            match (one.figures.get(id), two.figures.get(id)) {
                (Some(a), Some(b)) => prop_assert!(near(a.value, b.value), "{}: {} {}", id, a.value, b.value),
                (a, b) => prop_assert_eq!(a.is_some(), b.is_some(), "{}", id),
            }
        }
        let better = |brief: &Brief| brief.figures.get("walk_away.better").map(|f| f.value);
        if let (Some(a), Some(b), Some(r)) = (better(&one), better(&two), one.figures.get("walk_away")) {
            let width = (a - r.value).abs().max((b - r.value).abs());
            prop_assert!((a - b).abs() <= 0.05 * width + 1e-9 * a.abs(), "{} {} {}", a, b, width);
        }
    }

    /// One alternative becomes better: the walk-away is never worse for it.
    #[test]
    fn a_better_alternative_never_worsens_the_walk_away(draw in draw(), which in 0..4_usize, by in 0..30_000_u64) {
        prop_assume!(!draw.alternatives.is_empty() && draw.stated.is_none());
        let mut better = draw.clone();
        let count = better.alternatives.len();
        let way = &mut better.alternatives[which % count];
        if draw.seller { way.mode += by } else { way.mode -= by.min(way.mode - way.spread.min(way.mode)) }
        let sign = if draw.seller { 1.0 } else { -1.0 };
        let own = |draw: &Draw| PLAIN.brief(draw).figures.get("walk_away").map(|f| sign * f.value);
        match (own(&draw), own(&better)) {
            (Some(before), Some(after)) => prop_assert!(after >= before - 1e-9 * before.abs(), "{} {}", before, after),
            (before, after) => prop_assert_eq!(before.is_some(), after.is_some()),
        }
    }

    /// A setting of the command line is the deal file that says so.
    #[test]
    fn a_setting_is_what_the_file_would_say(draw in draw(), to in 50_000..90_000_u64) {
        prop_assume!(draw.offer.is_some());
        let written = PLAIN.text(&Draw { offer: Some(to), ..draw.clone() });
        let setting = Override::parse(&format!("offer.amount={to}")).unwrap();
        let (set, _) = parse_set(&PLAIN.text(&draw), None, &[setting]).unwrap();
        prop_assert_eq!(Some(set), parse(&written, None).deal);
    }
}
