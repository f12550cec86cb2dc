//! Published vectors, degenerate cases of section 10, marks, errors, and speed.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]

use haggle_negotiation::bargain::{
    Action, Alternative, Amount, BargainError, CounterFrom, FindingCode, Inputs, Mark, Market,
    MarketPoint, MarketRow, MarketRows, MarketTable, Params, Per, Plan, Record, Role, Side,
    TargetFrom, plan,
};
use proptest::prelude::*;

fn points(amounts: &[(f64, f64)]) -> Market {
    let point =
        |&(percentile, amount): &(f64, f64)| MarketPoint { percentile, amount, bound: Mark::Exact };
    Market::Table(MarketTable {
        points: amounts.iter().map(point).collect(),
        ..MarketTable::default()
    })
}

fn data_scientist() -> Market {
    points(&[
        (0.1, 58510.0),
        (0.25, 77140.0),
        (0.5, 103_500.0),
        (0.75, 136_600.0),
        (0.9, 174_790.0),
    ])
}

fn rows(amounts: &[f64]) -> MarketRows {
    let rows = amounts.iter().map(|&amount| MarketRow { amount, weight: 1.0 });
    MarketRows { rows: rows.collect(), parties: None }
}

fn certain(x: f64) -> Alternative {
    Alternative::certain(Amount::Exact(x))
}

fn deal(side: Side, per: Per, alternatives: Vec<Alternative>) -> Inputs {
    let mut inputs = Inputs::new(side, per);
    inputs.us.alternatives = alternatives;
    inputs
}

fn planned(inputs: &Inputs) -> Plan {
    plan(inputs, &Params::default()).unwrap()
}

fn has(plan: &Plan, code: FindingCode) -> bool {
    plan.findings.contains(&code)
}

/// A1 and A2: 118,000 (p .6) or 92,000, tolerance 50,000, cost 2,000, advantage 3,000.
#[test]
fn a1_and_a2() {
    let uncertain = Alternative { probability: 0.6, ..certain(118_000.0) };
    let mut inputs = deal(Side::Seller, Per::YEAR, vec![uncertain, certain(92_000.0)]);
    inputs.us.risk_tolerance = Some(50_000.0);
    let reservation = planned(&inputs).reservation.unwrap();
    assert!((reservation.value - 105_938.61).abs() < 0.005);
    assert!((reservation.neutral - 107_600.0).abs() < 1e-9);
    // A1 takes cost and advantage off both: as if each alternative carried them.
    for it in &mut inputs.us.alternatives {
        (it.cost, it.advantage) = (2_000.0, 3_000.0);
    }
    assert!((planned(&inputs).reservation.unwrap().value - 100_938.61).abs() < 0.005);
    let switching = Alternative { cost: 4_000.0, advantage: 2_500.0, ..certain(50_000.0) };
    let mut buyer = deal(Side::Buyer, Per::Each, vec![switching]);
    buyer.us.deal_cost = 1_000.0;
    assert_eq!(planned(&buyer).reservation.unwrap().value, 55_500.0);
}

/// A7, A8 and D3 with a point belief.
#[test]
fn a7_a8_d3() {
    let params = Params { belief_min_halfwidth: 0.0, ..Params::default() };
    let mut inputs = Inputs::new(Side::Seller, Per::Each);
    inputs.market = Some(points(&[(0.25, 100_000.0), (0.5, 108_000.0), (0.75, 116_000.0)]));
    inputs.walk_away = Some(98_000.0);
    inputs.counterpart.limit = Some(Amount::Exact(115_000.0));
    let plan_point = plan(&inputs, &params).unwrap();
    let band = plan_point.settlement.unwrap();
    assert_eq!((band.residual, band.split_difference.value), (17_000.0, 106_500.0));
    assert!((plan_point.leverage.index.unwrap().value - 0.412).abs() < 5e-4);
    let patient = Params { power_default: 0.6, ..params };
    assert_eq!(
        plan(&inputs, &patient).unwrap().settlement.unwrap().split_difference.value,
        108_200.0
    );
}

/// V8 of the bargaining vectors: 100,000 to 130,000, patience .9 and .8 a period, so the costs of
/// delay are -ln .9 and -ln .8.
#[test]
fn v8() {
    let params = Params { belief_min_halfwidth: 0.0, ..Params::default() };
    let mut inputs = Inputs::new(Side::Seller, Per::Each);
    inputs.walk_away = Some(100_000.0);
    inputs.counterpart.limit = Some(Amount::Exact(130_000.0));
    inputs.us.delay_cost_per_day = Some(0.105_360_515_657_826_28);
    inputs.counterpart.party.delay_cost_per_day = Some(0.223_143_551_314_209_7);
    let band = plan(&inputs, &params).unwrap().settlement.unwrap();
    assert!((band.split_difference.value - 120_378.154_222_352_9).abs() < 1e-6);
}

/// F1: type 7 equals `PERCENTILE.INC` for equal weights; benchmark W1 and W2.
#[test]
fn f1_type_7() {
    let amounts = [80.0, 90.0, 95.0, 100.0, 110.0, 130.0];
    let read = |market: MarketRows| {
        let market = plan(
            &Inputs { market: Some(Market::Rows(market)), ..Inputs::new(Side::Seller, Per::Each) },
            &Params { min_parties: 1.0, min_parties_tail: 1.0, ..Params::default() },
        );
        let points = market.unwrap().market.unwrap().points;
        points.into_iter().map(|it| it.amount).collect::<Vec<f64>>()
    };
    assert_eq!(read(rows(&amounts)), [85.0, 91.25, 97.5, 107.5, 120.0]);
    let mut weighted = rows(&amounts);
    for (row, weight) in weighted.rows.iter_mut().zip([1.0, 1.0, 1.0, 1.0, 4.0, 2.0]) {
        row.weight = weight;
    }
    let expected =
        [91.75, 98.75, 109.166_666_666_666_67, 110.833_333_333_333_33, 120.333_333_333_333_33];
    for (found, expected) in read(weighted).into_iter().zip(expected) {
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    }
}

/// The number of equal rows decides what is read (F12); their weight does not.
#[test]
fn five_and_ten_rows_are_the_gates() {
    for weight in [1.0, 1.0 / 3.0, 0.7, 1e-6, 123.456] {
        for (count, read, thin) in [(4, 1, true), (5, 3, false), (9, 3, false), (10, 5, false)] {
            let amounts: Vec<f64> = (0..count).map(|i| 100.0 + f64::from(i)).collect();
            let mut sample = rows(&amounts);
            sample.rows.iter_mut().for_each(|row| row.weight = weight);
            let mut inputs = Inputs::new(Side::Seller, Per::Each);
            inputs.market = Some(Market::Rows(sample.clone()));
            let market = planned(&inputs).market.unwrap();
            assert_eq!((market.points.len(), market.thin), (read, thin), "{count} {weight}");
            sample.parties = Some(3.0);
            inputs.market = Some(Market::Rows(sample));
            assert!(planned(&inputs).market.unwrap().thin);
        }
    }
}

/// A21's idea on a triangle and H1's on a plan: nothing to learn from a certain alternative.
#[test]
fn a_certain_deal_has_one_question() {
    let mut inputs = deal(Side::Seller, Per::YEAR, vec![certain(90_000.0)]);
    inputs.market = Some(data_scientist());
    let information = planned(&inputs).information.unwrap();
    assert_eq!(information.questions.len(), 1);
    assert_eq!(information.action, Action::OnePrice);
}

#[test]
fn absent_inputs_make_absent_figures() {
    let nothing = planned(&Inputs::new(Side::Buyer, Per::Each));
    assert!(nothing.target.is_none() && nothing.opening.is_none() && nothing.reservation.is_none());
    assert!(nothing.printed.reservation.is_none() && nothing.printed.unit.is_none());
    assert_eq!(nothing.findings, [FindingCode::S2_10, FindingCode::S3_13, FindingCode::S5_11]);
    let mut belief_only = Inputs::new(Side::Seller, Per::Each);
    belief_only.counterpart.limit = Some(Amount::Range { low: 90.0, mode: 100.0, high: 120.0 });
    let belief_only = planned(&belief_only);
    let target = belief_only.target.unwrap();
    assert_eq!((target.from, target.value.value), (TargetFrom::Mode, 100.0));
    assert!(belief_only.floor.is_none() && belief_only.ladder.is_empty());
    assert!(belief_only.zone_probability.is_none() && belief_only.information.is_none());
}

#[test]
fn an_offer_alone_is_a_base() {
    let mut inputs = Inputs::new(Side::Seller, Per::YEAR);
    inputs.market = Some(data_scientist());
    inputs.offer = Some(90_000.0);
    let plan = planned(&inputs);
    assert_eq!(plan.base, Some(90_000.0));
    assert!(plan.floor.unwrap().confidence_term.is_none());
    assert!(plan.floor.unwrap().value.value >= 90_000.0);
    assert!(!has(&plan, FindingCode::S5_15) && has(&plan, FindingCode::S2_10));
}

#[test]
fn incomplete_alternatives_of_theirs_are_ignored() {
    let mut inputs = deal(Side::Seller, Per::YEAR, vec![certain(90_000.0)]);
    inputs.market = Some(data_scientist());
    inputs.counterpart.party.alternatives =
        vec![Alternative { probability: 0.5, ..certain(99_000.0) }];
    let plan = planned(&inputs);
    assert!(has(&plan, FindingCode::S1_12) && has(&plan, FindingCode::S1_10));
}

#[test]
fn neither_side_loses_by_walking() {
    let mut inputs = deal(Side::Seller, Per::YEAR, vec![certain(104_000.0)]);
    inputs.market = Some(data_scientist());
    inputs.counterpart.limit =
        Some(Amount::Range { low: 90_000.0, mode: 95_000.0, high: 104_200.0 });
    let params = Params { leverage_min_stake: 0.05, ..Params::default() };
    let plan = plan(&inputs, &params).unwrap();
    assert!(plan.zone == Some(true) && plan.leverage.index.is_none());
    assert!(has(&plan, FindingCode::S2_12));
}

/// The same thin market as rows and as a combined table.
#[test]
fn a_combined_table_may_be_thin() {
    let amounts = [48_000.0, 50_500.0, 61_000.0];
    let table = MarketTable {
        points: vec![MarketPoint { percentile: 0.5, amount: 50_500.0, bound: Mark::Exact }],
        thin: true,
        edges: Some([48_000.0, 61_000.0]),
        n: Some(3.0),
    };
    let with = |market: Market| {
        let mut inputs = deal(Side::Buyer, Per::Each, vec![certain(51_000.0)]);
        inputs.market = Some(market);
        planned(&inputs)
    };
    assert_eq!(with(Market::Table(table)), with(Market::Rows(rows(&amounts))));
}

/// A table that does not reach the percentile gives its last point, as a bound.
#[test]
fn nothing_is_extrapolated() {
    let mut inputs = Inputs::new(Side::Seller, Per::YEAR);
    inputs.market = Some(points(&[(0.1, 50.0), (0.25, 60.0), (0.5, 80.0)]));
    let plan = planned(&inputs);
    let market = plan.market.as_ref().unwrap();
    assert_eq!((market.evidence.value, market.evidence.mark), (80.0, Mark::AtLeast));
    assert_eq!(market.median.mark, Mark::Exact);
    assert!(has(&plan, FindingCode::S3_11));
}

#[test]
fn marks_follow_a_top_coded_market() {
    let mut market = MarketTable::default();
    for (percentile, amount, bound) in [
        (0.1, 74_920.0, Mark::Exact),
        (0.25, 122_480.0, Mark::Exact),
        (0.5, 189_520.0, Mark::Exact),
        (0.75, 239_200.0, Mark::AtLeast),
        (0.9, 239_200.0, Mark::AtLeast),
    ] {
        market.points.push(MarketPoint { percentile, amount, bound });
    }
    for side in [Side::Seller, Side::Buyer] {
        let mut inputs = deal(side, Per::YEAR, vec![certain(190_000.0)]);
        inputs.market = Some(Market::Table(market.clone()));
        inputs.record = Record::Claims(3);
        let plan = planned(&inputs);
        let found = plan.market.as_ref().unwrap();
        assert_eq!(found.median.mark, Mark::Exact);
        assert_eq!(found.iqr.mark, Mark::AtLeast);
        assert!(has(&plan, FindingCode::S3_11));
        if side == Side::Buyer {
            assert_eq!(found.record.mark, Mark::Exact);
            assert_eq!(found.better_edge.mark, Mark::Exact);
            continue;
        }
        // A belief from a bounded market may be wider in truth, which promises no direction.
        assert_eq!(plan.target.as_ref().unwrap().value.mark, Mark::Unclear);
        inputs.counterpart.limit =
            Some(Amount::Range { low: 180_000.0, mode: 250_000.0, high: 330_000.0 });
        let stated = planned(&inputs);
        assert_eq!(stated.target.as_ref().unwrap().value.mark, Mark::AtLeast);
        assert_eq!(stated.opening.as_ref().unwrap().value.mark, Mark::AtLeast);
        assert_eq!(stated.floor.unwrap().value.mark, Mark::AtLeast);
    }
}

#[test]
fn a_first_offer_beyond_the_target_becomes_the_counter() {
    let mut inputs = deal(Side::Seller, Per::YEAR, vec![certain(90_000.0)]);
    inputs.market = Some(data_scientist());
    inputs.counterpart.first_offer = Some(150_000.0);
    let plan = planned(&inputs);
    let counter = plan.opening.unwrap().counter.unwrap();
    assert_eq!((counter.from, counter.stated), (CounterFrom::Target, 150_000.0));
    assert!(has(&plan, FindingCode::B10));
}

#[test]
fn what_they_have_without_a_deal_moves_the_band() {
    let mut inputs = deal(Side::Seller, Per::YEAR, vec![certain(90_000.0)]);
    inputs.us.alternatives[0].role = Some(Role::Exit);
    inputs.counterpart.limit =
        Some(Amount::Range { low: 110_000.0, mode: 120_000.0, high: 130_000.0 });
    (inputs.us.while_no_deal, inputs.counterpart.party.while_no_deal) =
        (Some(80_000.0), Some(120_000.0));
    let band = planned(&inputs).settlement.unwrap();
    assert_eq!((band.impasse.unwrap().value, band.role), (100_000.0, Some(Role::Exit)));
    assert_eq!(band.deal_me_out.unwrap().value, 100_000.0);
}

/// Where the walk-away without risk tolerance beats the offer, a counter risks nothing.
#[test]
fn the_break_even_of_a_counter_is_a_chance() {
    let risky = Alternative { probability: 0.5, ..certain(140_000.0) };
    let mut inputs = deal(Side::Seller, Per::YEAR, vec![risky, certain(80_000.0)]);
    inputs.us.risk_tolerance = Some(20_000.0);
    inputs.market = Some(data_scientist());
    inputs.offer = Some(100_000.0);
    let plan = planned(&inputs);
    let r = plan.reservation.unwrap();
    assert!(r.value < 100_000.0 && r.neutral > 100_000.0);
    assert_eq!(plan.offer.unwrap().withdrawal_break_even, Some(1.0));
}

#[test]
fn a_delayed_lump_sum_is_discounted_by_its_party() {
    let late = Alternative { delay_days: 365.0, ..certain(110.0) };
    let mut inputs = deal(Side::Seller, Per::Each, vec![late]);
    inputs.us.discount_rate = Some(0.10);
    assert!((planned(&inputs).reservation.unwrap().value - 100.0).abs() < 1e-12);
}

#[test]
fn a_tick_is_the_smallest_unit() {
    let mut inputs = deal(Side::Seller, Per::YEAR, vec![certain(90_000.0)]);
    inputs.market = Some(data_scientist());
    inputs.tick = Some(1_000.0);
    let printed = planned(&inputs).printed;
    assert_eq!(printed.unit.unwrap().to_string(), "1000");
    assert_eq!(printed.reservation.unwrap().to_string(), "90000");
}

fn error_of(change: impl Fn(&mut Inputs)) -> String {
    let mut inputs = deal(Side::Seller, Per::YEAR, vec![certain(90_000.0)]);
    inputs.market = Some(data_scientist());
    change(&mut inputs);
    plan(&inputs, &Params::default()).unwrap_err().to_string()
}

#[test]
fn inputs_outside_their_domain_are_named() {
    type Case<'a> = (&'a dyn Fn(&mut Inputs), &'a str);
    let cases: [Case<'_>; 8] = [
        (
            &|it| it.us.alternatives[0].probability = 1.2,
            "`alternative[0].probability`: found `1.2`, expected 0 to 1",
        ),
        (
            &|it| it.us.alternatives[0].amount = Amount::Range { low: 3.0, mode: 2.0, high: 4.0 },
            "`alternative[0].amount`: found `3`, expected low not above mode",
        ),
        (&|it| it.offer = Some(f64::NAN), "`offer`: found `NaN`, expected a finite number"),
        (&|it| it.term = Some(0.0), "`term`: found `0`, expected a finite number above 0"),
        (
            &|it| it.us.risk_tolerance = Some(-1.0),
            "`risk_tolerance`: found `-1`, expected a finite number above 0",
        ),
        (
            &|it| it.record = Record::Percentile(1.0),
            "`percentile`: found `1`, expected above 0 and below 1",
        ),
        (
            &|it| it.market = Some(points(&[(0.5, 10.0), (0.75, 9.0)])),
            "`market.amount`: found `9`, expected amounts that do not fall",
        ),
        (
            &|it| it.market = Some(Market::Rows(MarketRows::default())),
            "`market.rows`: found `0`, expected at least one row with a weight",
        ),
    ];
    for (change, message) in cases {
        assert_eq!(error_of(change), message);
    }
    let params = Params { ratio: 1.0, ..Params::default() };
    let error = plan(&Inputs::new(Side::Seller, Per::YEAR), &params).unwrap_err();
    assert_eq!(error.to_string(), "`ratio`: found `1`, expected above 0 and below 1");
}

fn wild() -> impl Strategy<Value = f64> {
    prop_oneof![
        2 => Just(0.0), 1 => Just(-0.0), 4 => -1e3..1e3, 1 => Just(1e300), 1 => Just(-1e300), 1 => Just(f64::MAX),
        1 => Just(5e-324), 1 => Just(1e-200), 1 => Just(1e15),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the numbers, there is an error or a plan without NaN and infinity.
    #[test]
    fn nothing_infinite_leaves(x in prop::collection::vec(wild(), 12), flags in any::<[bool; 6]>()) {
        let params = Params { lattice_n: 31, atoms: 4, ..Params::default() };
        let mut market = [x[0], x[1], x[2]];
        market.sort_by(f64::total_cmp);
        let mut limit = [x[3], x[4], x[5]];
        limit.sort_by(f64::total_cmp);
        let half = Alternative { probability: 0.5, cost: x[6], delay_days: x[7].abs(), ..certain(x[8]) };
        let side = if flags[0] { Side::Seller } else { Side::Buyer };
        let per = if flags[1] { Per::HOUR } else { Per::Each };
        let mut inputs = deal(side, per, vec![half, certain(x[9])]);
        let table = points(&[(0.25, market[0]), (0.5, market[1]), (0.75, market[2])]);
        inputs.market = flags[2].then_some(if x[11] > 0.0 { table } else { Market::Rows(rows(&x)) });
        inputs.counterpart.limit =
            flags[3].then_some(Amount::Range { low: limit[0], mode: limit[1], high: limit[2] });
        inputs.offer = flags[4].then_some(x[10]);
        inputs.us.risk_tolerance = (flags[5] && x[11] > 0.0).then_some(x[11]);
        match plan(&inputs, &params) {
            Ok(plan) => prop_assert!(plan.figures().iter().all(|(_, _, value)| value.is_finite())),
            Err(BargainError::NotFinite { .. } | BargainError::Input { .. }) => {}
        }
    }
}
