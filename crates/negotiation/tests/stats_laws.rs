//! Laws of the benchmark as properties (section 14 of its definition).

// `allow-unwrap-in-tests` does not see the helpers of an integration test.
#![allow(clippy::unwrap_used)]

use haggle_negotiation::stats::ageing::{self, Index};
use haggle_negotiation::stats::employers::Employers;
use haggle_negotiation::stats::sample::Sample;
use haggle_negotiation::stats::table::Published;
use haggle_negotiation::stats::{
    Bound, Combine, RowCurve, Rows, SourceCurve, StatParams, Table, TablePoint, Value, beta, market,
};
use proptest::prelude::*;

#[derive(Clone, Debug)]
struct Row {
    amount: f64,
    bound: Bound,
    weight: f64,
    count: u64,
    employer: Option<u64>,
}

/// Heaped amounts (so that ties are common) and free ones.
fn amount() -> impl Strategy<Value = f64> {
    prop_oneof![
        (20_u32..80).prop_map(|k| 1000.0 * f64::from(k)),
        (20_000.0..200_000.0_f64),
        (1e-3..1e9_f64)
    ]
}

fn row() -> impl Strategy<Value = Row> {
    let weight = prop_oneof![Just(1.0), 0.01..50.0_f64];
    let employer = prop_oneof![Just(None), (0_u64..6).prop_map(Some)];
    (amount(), weight, 1_u64..4, employer).prop_map(|(amount, weight, count, employer)| Row {
        amount,
        bound: Bound::Exact,
        weight,
        count,
        employer,
    })
}

fn any_bound() -> impl Strategy<Value = Bound> {
    prop_oneof![6 => Just(Bound::Exact), 1 => Just(Bound::AtLeast), 1 => Just(Bound::AtMost)]
}

fn bounded_row() -> impl Strategy<Value = Row> {
    (row(), any_bound()).prop_map(|(row, bound)| Row { bound, ..row })
}

fn rows(size: core::ops::Range<usize>) -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(row(), size)
}

fn build(list: &[Row]) -> Rows {
    let mut rows = Rows::new();
    for row in list {
        rows.push(row.amount, row.bound, row.weight, row.count, row.employer).unwrap();
    }
    rows
}

fn curve(list: &[Row]) -> RowCurve {
    build(list).finish()
}

fn quantile(list: &[Row], percent: f64) -> f64 {
    curve(list).ranked().quantile(percent).and_then(Value::exact).unwrap()
}

fn map(list: &[Row], f: impl Fn(&Row) -> Row) -> Vec<Row> {
    list.iter().map(f).collect()
}

fn near(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance * a.abs().max(b.abs())
}

/// The largest amount: rounding of positions moves a quantile by a fraction of it at most.
fn most(list: &[Row]) -> f64 {
    list.iter().map(|row| row.amount).fold(0.0, f64::max)
}

fn percent() -> impl Strategy<Value = f64> {
    prop_oneof![prop::sample::select(vec![0.0, 10.0, 25.0, 50.0, 75.0, 90.0, 100.0]), 0.0..=100.0]
}

/// Exact tables with rising percentiles and amounts that do not fall.
fn table() -> impl Strategy<Value = Table> {
    let steps = prop::collection::vec((1.0..16.0_f64, 1.0..1.5_f64), 2..6);
    (20_000.0..90_000.0_f64, 3.0..15.0_f64, steps).prop_map(|(start, first, steps)| {
        let mut point = TablePoint::new(first, start, Bound::Exact);
        let mut points = vec![point];
        for (gap, ratio) in steps {
            point = TablePoint::new(point.percent + gap, point.amount * ratio, Bound::Exact);
            points.push(point);
        }
        Table::new(points, Published { mean_rse: None, sample_size: Some(2000.0) }).unwrap()
    })
}

/// Tables that all state P10, P50 and P90; the last entry may be a bound.
fn comparable_table() -> impl Strategy<Value = Table> {
    let last = prop_oneof![3 => Just(Bound::Exact), 1 => Just(Bound::AtLeast)];
    (20_000.0..90_000.0_f64, 1.05..2.0_f64, 1.05..2.0_f64, last).prop_map(|(low, up, top, last)| {
        let points = vec![
            TablePoint::new(10.0, low, Bound::Exact),
            TablePoint::new(50.0, low * up, Bound::Exact),
            TablePoint::new(90.0, low * up * top, last),
        ];
        Table::new(points, Published { mean_rse: None, sample_size: Some(900.0) }).unwrap()
    })
}

fn sources() -> impl Strategy<Value = Vec<SourceCurve>> {
    prop::collection::vec((0.1..3.0_f64, comparable_table()), 1..5)
        .prop_map(|list| list.into_iter().map(|(w, table)| SourceCurve::new(w, table)).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn order_and_partition_change_no_bit(
        list in prop::collection::vec(bounded_row(), 1..60),
        cut in any::<prop::sample::Index>(),
        shift in any::<prop::sample::Index>(),
        seed in any::<u64>(),
    ) {
        let whole = build(&list);
        let mut shuffled = list.clone();
        shuffled.rotate_left(shift.index(list.len()));
        shuffled.sort_by_key(|row| (row.amount.to_bits() ^ seed).wrapping_mul(seed | 1));
        let (head, tail) = shuffled.split_at(cut.index(list.len()));
        let mut merged = build(tail);
        merged.merge(&build(head)).unwrap();
        prop_assert_eq!(&whole, &merged);
        let params = StatParams::default();
        let (whole, merged) = (whole.finish(), merged.finish());
        for percent in [10.0, 25.0, 50.0, 75.0, 90.0] {
            prop_assert_eq!(whole.estimate(percent, &params), merged.estimate(percent, &params));
        }
    }

    #[test]
    fn renumbering_employers_changes_no_bit(list in rows(2..40), key in any::<u64>()) {
        let renamed = map(&list, |row| Row { employer: row.employer.map(|id| id ^ key), ..row.clone() });
        let (a, b) = (curve(&list), curve(&renamed));
        let params = StatParams::default();
        prop_assert_eq!(a.estimate(50.0, &params), b.estimate(50.0, &params));
    }

    #[test]
    fn count_is_the_row_so_often_to_the_bit(list in rows(1..30), p in percent()) {
        let repeated: Vec<Row> = list
            .iter()
            .flat_map(|row| core::iter::repeat_n(Row { count: 1, ..row.clone() }, row.count as usize))
            .collect();
        prop_assert_eq!(quantile(&list, p).to_bits(), quantile(&repeated, p).to_bits());
        let params = StatParams::default();
        let (a, b) = (curve(&list).estimate(50.0, &params), curve(&repeated).estimate(50.0, &params));
        prop_assert_eq!(a, b);
    }

    #[test]
    fn scale_of_weights_does_not_matter(list in rows(1..40), p in percent()) {
        let scaled = map(&list, |row| Row { weight: row.weight * 8.0, ..row.clone() });
        // Exact only up to the rounding of a weight to 1e-9 of a unit.
        let moved = (quantile(&list, p) - quantile(&scaled, p)).abs();
        prop_assert!(moved <= 1e-5 * most(&list));
        let whole = map(&list, |row| Row { weight: row.weight.ceil(), ..row.clone() });
        let scaled = map(&whole, |row| Row { weight: row.weight * 8.0, ..row.clone() });
        prop_assert!(near(quantile(&whole, p), quantile(&scaled, p), 1e-12));
    }

    #[test]
    fn scale_of_amounts_goes_through(list in rows(1..40), p in percent(), c in 0.01..100.0_f64) {
        let scaled = map(&list, |row| Row { amount: row.amount * c, ..row.clone() });
        prop_assert!(near(quantile(&list, p) * c, quantile(&scaled, p), 1e-9));
    }

    #[test]
    fn equal_amounts_give_that_amount_to_the_bit(list in rows(1..60), x in amount(), p in percent()) {
        let equal = map(&list, |row| Row { amount: x, ..row.clone() });
        prop_assert_eq!(quantile(&equal, p).to_bits(), x.to_bits());
        let found = curve(&equal).estimate(50.0, &StatParams::default());
        for limit in [found.low, found.high].into_iter().flatten() {
            prop_assert_eq!(limit.to_bits(), x.to_bits());
        }
    }

    #[test]
    fn quantile_rises_with_the_percentile_and_stays_inside(
        list in rows(1..40), p in percent(), q in percent(),
    ) {
        let (low, high) = (p.min(q), p.max(q));
        let (a, b) = (quantile(&list, low), quantile(&list, high));
        prop_assert!(a <= b + 1e-12 * most(&list));
        let least = list.iter().map(|row| row.amount).fold(f64::INFINITY, f64::min);
        prop_assert!(a >= least && b <= most(&list));
    }

    #[test]
    fn quantile_rises_with_every_amount(
        list in rows(1..30), p in percent(), which in any::<prop::sample::Index>(), up in 1.0..3.0_f64,
    ) {
        let mut raised = list.clone();
        raised[which.index(list.len())].amount *= up;
        prop_assert!(quantile(&raised, p) >= quantile(&list, p) - 1e-12 * most(&raised));
    }

    #[test]
    fn share_inverts_the_quantile(list in rows(1..30), p in 1.0..99.0_f64) {
        let rows = curve(&list);
        let x = rows.ranked().quantile(p).and_then(Value::exact).unwrap();
        let share = rows.ranked().share(x).unwrap();
        prop_assert_eq!(share.low, share.high);
        // The largest percentile with this value: not under p but for rounding, and with it.
        prop_assert!(share.low >= p / 100.0 - 1e-6);
        let back = quantile(&list, 100.0 * share.low);
        prop_assert!((back - x).abs() <= 1e-9 * most(&list));
    }

    #[test]
    fn bounds_hold_what_they_bound(
        list in prop::collection::vec((bounded_row(), 0.0..2.0_f64), 1..30), p in percent(),
    ) {
        let known: Vec<Row> = list.iter().map(|(row, _)| row.clone()).collect();
        let truth: Vec<Row> = list.iter().map(|(row, extra)| {
            let amount = match row.bound {
                Bound::Exact => row.amount,
                Bound::AtLeast => row.amount * (1.0 + extra),
                Bound::AtMost => row.amount / (1.0 + extra),
            };
            Row { amount, bound: Bound::Exact, ..row.clone() }
        }).collect();
        let x = quantile(&truth, p);
        let value = curve(&known).ranked().quantile(p);
        let (low, high) = value.map_or((f64::NEG_INFINITY, f64::INFINITY), Value::ends);
        let slack = 1e-9 * most(&truth);
        prop_assert!(low <= x + slack && x <= high + slack, "{} {} {}", low, x, high);
        let exact = list.iter().all(|(row, _)| row.bound == Bound::Exact);
        prop_assert!(!exact || value.and_then(Value::exact) == Some(x));
    }

    #[test]
    fn interval_contains_the_point(list in rows(3..120), p in 0.5..99.5_f64) {
        let found = curve(&list).estimate(p, &StatParams::default());
        if let Some(x) = found.exact() {
            let (low, high) = found.ungated;
            prop_assert!(low.is_none_or(|low| low <= x * (1.0 + 1e-12)), "{:?}", found);
            prop_assert!(high.is_none_or(|high| high >= x * (1.0 - 1e-12)), "{:?}", found);
        }
        prop_assert!(found.value.is_some() || found.refused.is_some());
        prop_assert!(found.interval().is_some() || found.refused.is_some() || found.interval_refused.is_some());
    }

    #[test]
    fn narrower_confidence_lies_inside(list in rows(5..60), c in 0.3..0.9_f64) {
        let at = |confidence| {
            let params = StatParams { confidence, ..StatParams::default() };
            curve(&list).estimate(50.0, &params)
        };
        let (narrow, wide) = (at(c), at(0.95));
        if let Some((low, high)) = wide.interval() {
            let (inner_low, inner_high) = narrow.interval().expect("where the wider one exists");
            prop_assert!(low <= inner_low * (1.0 + 1e-12) && inner_high <= high * (1.0 + 1e-12));
        }
    }

    #[test]
    fn with_equal_weights_positions_are_orders(n in 5_usize..200, percent in prop::sample::select(vec![10.0, 25.0, 50.0, 75.0])) {
        let list: Vec<Row> = (0..n).map(|i| Row {
            amount: 100.0 + i as f64, bound: Bound::Exact, weight: 0.3, count: 1, employer: None,
        }).collect();
        let params = StatParams { min_n_tail: 1.0, ..StatParams::default() };
        let found = curve(&list).estimate(percent, &params).chain;
        let k = found.pos_low.unwrap();
        let back = beta::regularised(percent / 100.0, k, n as f64 + 1.0 - k);
        prop_assert!((back - 0.95).abs() < 1e-11, "{}", back);
        prop_assert_eq!(found.n_e, Some(n as f64));
    }

    #[test]
    fn rows_read_are_accounted_for(
        list in prop::collection::vec((prop::sample::select(vec![-1.0, 0.0, 1.0, 5.0, f64::NAN]), prop::sample::select(vec![-1.0, 0.0, 1.0, f64::INFINITY]), 1_u64..4), 0..40),
    ) {
        let mut sample = Sample::new();
        let mut rejected = 0;
        for &(amount, weight, count) in &list {
            if sample.push(amount, Bound::Exact, weight, count).is_err() {
                rejected += count;
            }
        }
        let read: u64 = list.iter().map(|row| row.2).sum();
        prop_assert_eq!(rejected + sample.skipped() + sample.n(), read);
        let ranked = sample.ranked();
        prop_assert_eq!(ranked.cells().iter().map(|cell| cell.sums.n).sum::<u64>(), sample.n());
    }

    #[test]
    fn employers_merge_like_one(list in rows(1..40), cut in any::<prop::sample::Index>()) {
        let fill = |list: &[Row]| {
            let mut employers = Employers::new();
            for row in list {
                employers.push(row.employer, row.amount, row.weight, row.count).unwrap();
            }
            employers
        };
        let (head, tail) = list.split_at(cut.index(list.len()));
        let mut merged = fill(tail);
        merged.merge(&fill(head)).unwrap();
        prop_assert_eq!(merged.clustering(), fill(&list).clustering());
        if let Some(clustering) = merged.clustering() {
            prop_assert!(clustering.icc.is_none_or(|icc| (0.0..=1.0).contains(&icc)));
            prop_assert!(clustering.largest.share > 0.0 && clustering.largest.share <= 1.0);
        }
    }

    #[test]
    fn a_table_passes_through_its_points_and_inverts(table in table(), u in 0.0..=1.0_f64) {
        for point in table.points() {
            prop_assert_eq!(table.value(point.percent), Some(Value::Exact(point.amount)));
        }
        let (first, last) = (table.points()[0], table.points()[table.points().len() - 1]);
        let percent = (first.percent + u * (last.percent - first.percent)).min(last.percent);
        let x = table.value(percent).and_then(Value::exact).unwrap();
        prop_assert!(x >= first.amount && x <= last.amount);
        // Where neighbours are nearly equal the inverse is ill-conditioned.
        let steep = table.points().windows(2).all(|pair| pair[1].amount > pair[0].amount * 1.001);
        if steep {
            let share = table.share(x);
            prop_assert!((share.low - percent / 100.0).abs() < 1e-10 && share.low == share.high);
        }
    }

    #[test]
    fn a_table_is_monotone(table in table(), p in 0.1..99.9_f64, q in 0.1..99.9_f64) {
        let (low, high) = (p.min(q), p.max(q));
        let (a, b) = (table.value(low).unwrap(), table.value(high).unwrap());
        prop_assert!(a.ends().0 <= b.ends().0 * (1.0 + 1e-14));
        prop_assert!(a.ends().1 <= b.ends().1 * (1.0 + 1e-14));
        let found = table.estimate(low, &StatParams::default());
        if let (Some(x), Some((below, above))) = (found.exact(), found.interval()) {
            prop_assert!(below <= x && x <= above);
        }
    }

    #[test]
    fn a_composite_of_like_sources_is_the_source(
        table in table(), weights in prop::collection::vec(0.1..5.0_f64, 1..5), p in 1.0..99.0_f64,
    ) {
        let list: Vec<SourceCurve> =
            weights.iter().map(|&w| SourceCurve::new(w, table.clone())).collect();
        let params = StatParams { min_n_tail: 1.0, ..StatParams::default() };
        let composite = market(&list, &params).unwrap().at(p).estimate.value.unwrap();
        let own = table.value(p).unwrap();
        match (composite, own) {
            (Value::Exact(a), Value::Exact(b))
            | (Value::AtLeast(a), Value::AtLeast(b))
            | (Value::AtMost(a), Value::AtMost(b)) => prop_assert!(near(a, b, 1e-13)),
            _ => prop_assert!(false, "{:?} {:?}", composite, own),
        }
    }

    #[test]
    fn a_composite_lies_among_its_sources(list in sources(), p in 10.0..=90.0_f64) {
        let params = StatParams::default();
        let found = market(&list, &params).unwrap().at(p);
        let value = found.estimate.value.unwrap();
        let all_exact = found.sources.iter().all(|source| source.estimate.exact().is_some());
        // `at least` never turns exact by combining.
        prop_assert_eq!(value.exact().is_some(), all_exact);
        if let Some(x) = value.exact() {
            let values = || found.sources.iter().filter_map(|source| source.estimate.exact());
            let least = values().fold(f64::INFINITY, f64::min);
            let most = values().fold(0.0, f64::max);
            prop_assert!(x >= least * (1.0 - 1e-13) && x <= most * (1.0 + 1e-13));
            if let Some(apart) = &found.disagreement {
                let (low, high) = apart.leave_one_out;
                prop_assert!(low <= x * (1.0 + 1e-13) && x <= high * (1.0 + 1e-13));
                prop_assert!(near(apart.spread, most / least - 1.0, 1e-9) || apart.spread < 1e-9);
            }
            if let Some((low, high)) = found.estimate.interval() {
                prop_assert!(low <= x * (1.0 + 1e-13) && x <= high * (1.0 + 1e-13));
            }
        }
    }

    #[test]
    fn a_mixture_lies_among_its_sources(list in sources(), p in 10.0..=90.0_f64) {
        let params = StatParams { combine: Combine::Mixture, ..StatParams::default() };
        let found = market(&list, &params).unwrap().at(p);
        let (low, high) = found.estimate.value.unwrap().ends();
        let ends = || found.sources.iter().map(|source| source.estimate.value.unwrap().ends());
        let least = ends().map(|ends| ends.0).fold(f64::INFINITY, f64::min);
        let most = ends().map(|ends| ends.1).fold(0.0, f64::max);
        prop_assert!(low <= high);
        // The slack of 1e-12 in the share moves an amount by far less than this.
        prop_assert!(high >= least * (1.0 - 1e-8) && low <= most * (1.0 + 1e-8));
        let exact = found.sources.iter().all(|source| source.estimate.exact().is_some());
        if exact && high.is_finite() && low.is_finite() && low == high {
            prop_assert!(low >= least * (1.0 - 1e-8) && high <= most * (1.0 + 1e-8));
        }
    }

    #[test]
    fn the_share_of_a_market_inverts_it(list in sources(), p in 10.0..=90.0_f64) {
        for combine in [Combine::Composite, Combine::Mixture] {
            let params = StatParams { combine, ..StatParams::default() };
            let market = market(&list, &params).unwrap();
            let Some(x) = market.at(p).estimate.exact() else { continue };
            let share = market.share(x).unwrap();
            prop_assert!(share.low <= p / 100.0 + 1e-6);
            prop_assert!(share.high >= p / 100.0 - 1e-6);
            prop_assert!(share.low <= share.high);
        }
    }

    #[test]
    fn pooling_parts_by_their_weight_is_the_whole(list in rows(4..40), cut in 1_usize..3) {
        let (head, tail) = list.split_at(cut);
        let weight = |list: &[Row]| list.iter().map(|row| row.weight * row.count as f64).sum::<f64>();
        let sources = [
            SourceCurve::new(weight(head), curve(head)),
            SourceCurve::new(weight(tail), curve(tail)),
        ];
        let params = StatParams { combine: Combine::Pool, ..StatParams::default() };
        let market = market(&sources, &params).unwrap();
        let whole = curve(&list);
        let pooled = market.pooled().unwrap();
        prop_assert!(near(pooled.ranked().effective_n(), whole.ranked().effective_n(), 1e-6));
        for p in [10.0, 33.0, 50.0, 80.0] {
            let found = pooled.ranked().quantile(p).and_then(Value::exact).unwrap();
            let expected = whole.ranked().quantile(p).and_then(Value::exact).unwrap();
            prop_assert!((found - expected).abs() <= 1e-4 * most(&list));
        }
    }

    #[test]
    fn ageing_there_and_back_is_nothing(
        rate in -0.2..0.5_f64, from in -20_000_i64..40_000, days in -4000_i64..4000,
        steps in prop::collection::vec((1_i64..60, 0.9..1.2_f64), 3..30),
    ) {
        let there = ageing::compound(rate, ageing::years(from, from + days)).unwrap();
        let back = ageing::compound(rate, ageing::years(from + days, from)).unwrap();
        prop_assert!(near(there * back, 1.0, 1e-12));
        let mut values = vec![(from, 100.0)];
        for (gap, ratio) in steps {
            let (day, value) = values[values.len() - 1];
            values.push((day + gap, value * ratio));
        }
        let last = values[values.len() - 1].0;
        let index = Index::new(&values).unwrap();
        for &(day, value) in &values {
            let found = index.factor(day, last).unwrap();
            prop_assert!(near(found.from, value, 1e-12));
            prop_assert!(near(found.factor * index.factor(last, day).unwrap().factor, 1.0, 1e-12));
        }
        let middle = (from + last) / 2;
        let path = index.factor(from, middle).unwrap().factor * index.factor(middle, last).unwrap().factor;
        prop_assert!(near(path, index.factor(from, last).unwrap().factor, 1e-12));
    }

    #[test]
    fn levels_hold_their_percentile(n_e in 1.0..3000.0_f64, p in 0.05..0.95_f64, c in 0.5..0.99_f64) {
        let (low, high) = beta::levels(n_e, p, c);
        prop_assert!(0.0 <= low && low < high && high <= 1.0);
        let (mirror_low, mirror_high) = beta::levels(n_e, 1.0 - p, c);
        prop_assert!((low + mirror_high - 1.0).abs() < 1e-12 && (high + mirror_low - 1.0).abs() < 1e-12);
        let tail = beta::regularised(p, high * (n_e + 1.0), (1.0 - high) * (n_e + 1.0));
        prop_assert!((tail - (1.0 - c) / 2.0).abs() < 1e-10);
    }
}
