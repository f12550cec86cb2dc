//! Both routes of a query and a filter by hand give the same comparables.

use super::{Row, SMALL, rows, stored};
use crate::layout::Layout;
use crate::{Query, collect};
use haggle_evidence::{Bound as Stored, Observation, Statistic};
use haggle_negotiation::deal::{Condition, Deal, Test, parse};
use haggle_negotiation::market::{Adjuster, CellUnit, Comparables};
use haggle_negotiation::stats::{Bound, Rows};
use haggle_quantity::to_f64;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::collections::BTreeMap;

/// What must agree, in a form that can be compared: statistics bit for bit as their text.
#[derive(Debug, PartialEq, Default)]
struct Answer {
    cells: String,
    employers: String,
    factors: BTreeMap<String, u64>,
    passed: BTreeMap<(String, String), u64>,
    points: Vec<String>,
    near: Vec<(String, (String, u64, u32))>,
    mean_date: Option<i64>,
}

fn answer(found: &Comparables) -> Answer {
    let mut factors = BTreeMap::new();
    for (f, n) in &found.factors {
        *factors.entry(format!("{f:?}")).or_default() += n;
    }
    let over =
        |p: &haggle_negotiation::market::PassedOver| ((p.code.clone(), p.reason.clone()), p.count);
    let point = |c: &haggle_negotiation::market::Cited| {
        format!("{:?} {} {:?} {:?}", c.at, c.statistic, c.amount, c.adjusted)
    };
    let mut points: Vec<String> = found.points.iter().map(point).collect();
    points.sort();
    let mut near: Vec<_> = found.near.iter().map(|(c, at)| (c.clone(), at.at.clone())).collect();
    near.sort();
    Answer {
        cells: statistics(&found.rows),
        employers: format!("{:?}", found.rows.employers().clustering()),
        factors,
        passed: found.passed_over.iter().map(over).collect(),
        points,
        near,
        mean_date: found.mean_date,
    }
}

fn statistics(rows: &Rows) -> String {
    let ranked = rows.sample().ranked();
    format!("{:?} {} {}", ranked.cells(), ranked.skipped(), rows.employers().n())
}

fn deal() -> Deal {
    let text = r#"
        schema = "haggle.deal/1"
        title = "t"
        side = "seller"
        currency = "USD"
        per = "year"
        as_of = 2025-12-31
        [ageing]
        rate = 0.03
        source = "s"
        [[rate]]
        from = "EUR"
        to = "USD"
        rate = 1.1
        date = 2025-12-01
        source = "s"
        [[source]]
        path = "x.csv"
    "#;
    let parsed = parse(text, None);
    parsed.deal.unwrap_or_else(|| panic!("{:?}", parsed.problems))
}

fn adjuster(hours: Option<f64>) -> Adjuster {
    let mut deal = deal();
    deal.sources[0].hours_per_year = hours;
    Adjuster::new(&deal, &deal.sources[0], 0.01, 0.05)
}

/// The filter by hand: conditions, exclusions, adjustment, reduction over a plain list.
fn by_hand(rows: &[Row], query: &Query, adjuster: &Adjuster) -> Answer {
    let (mut out, mut taken) = (Answer::default(), Rows::new());
    let mut dates: Vec<i64> = Vec::new();
    for o in rows.iter().map(Row::observation) {
        let missed: Vec<_> = query.conditions.iter().filter(|c| !holds(c, &o)).collect();
        if let ([only], true) = (missed.as_slice(), query.near) {
            let at = (o.sheet.unwrap_or("").to_owned(), o.row, o.column);
            out.near.push((only.to_string(), at));
        }
        if !missed.is_empty() {
            continue;
        }
        let rule = query.excludes.iter().find(|(c, _)| c.iter().all(|c| holds(c, &o)));
        match rule.map_or_else(
            || take(&o, adjuster, &mut taken),
            |(_, reason)| Err(("W0406".to_owned(), reason.clone())),
        ) {
            Err(reason) => *out.passed.entry(reason).or_default() += 1,
            Ok(taken) => {
                *out.factors.entry(taken.0).or_default() += 1;
                dates.extend(taken.1);
                out.points.extend(taken.2);
            }
        }
    }
    out.points.sort();
    out.near.sort();
    out.cells = statistics(&taken);
    out.employers = format!("{:?}", taken.employers().clustering());
    let sum: i64 = dates.iter().sum();
    out.mean_date = (!dates.is_empty()).then(|| sum.div_euclid(dates.len() as i64));
    out
}

type Taken = (String, Option<i64>, Option<String>);

fn take(
    o: &Observation<'_>,
    adjuster: &Adjuster,
    rows: &mut Rows,
) -> Result<Taken, (String, String)> {
    if matches!(o.statistic, Statistic::Min | Statistic::Max) {
        let reason = format!("states the {}, which is no point of a percentile curve", o.statistic);
        return Err(("W0404".to_owned(), reason));
    }
    let json = o.attributes.unwrap_or("");
    let unit = CellUnit {
        currency: o.currency.to_owned(),
        per: o.per.to_owned(),
        date: o.date.or(Some(19_500)),
        single_unit: o.per != "ANN"
            && (json.contains("annual_only") || json.contains("hourly_only")),
    };
    let factors = adjuster.factors(&unit).map_err(|r| (r.code.to_owned(), r.reason))?;
    let amount = factors.apply(to_f64(o.amount));
    let shown = format!("{factors:?}");
    let day = factors.date.map(i64::from);
    if o.statistic != Statistic::Value {
        let at = (o.sheet.unwrap_or("").to_owned(), o.row, o.column);
        let stored = haggle_quantity::from_scaled(o.amount).unwrap().to_string();
        return Ok((
            shown,
            day,
            Some(format!("{at:?} {} {stored:?} {:?}", o.statistic, Some(amount))),
        ));
    }
    let bound = match o.bound {
        Stored::Exact => Bound::Exact,
        Stored::AtLeast => Bound::AtLeast,
        Stored::AtMost => Bound::AtMost,
    };
    let count = o.count.unwrap_or(1).max(0) as u64;
    let pushed =
        rows.push(amount, bound, o.weight.unwrap_or(1.0), count, o.party.map(collect::party_id));
    pushed.map(|()| (shown, day, None)).map_err(|e| ("W0405".to_owned(), e.to_string()))
}

fn holds(condition: &Condition, o: &Observation<'_>) -> bool {
    let statistic = o.statistic.to_string();
    let attribute = |name: &str| -> Option<String> {
        let json: serde_json::Value = serde_json::from_str(o.attributes?).ok()?;
        let value = json.get(name)?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    let word = match condition.field.as_str() {
        "sheet" => o.sheet.map(str::to_owned),
        "subject" => o.subject.map(str::to_owned),
        "title" => o.title.map(str::to_owned),
        "place" => o.place.map(str::to_owned),
        "party" => o.party.map(str::to_owned),
        "level" => o.level.map(str::to_owned),
        "scheme" => o.scheme.map(str::to_owned),
        "component" => o.component.map(str::to_owned),
        "statistic" => Some(statistic),
        "bound" => Some(o.bound.to_string()),
        "currency" => Some(o.currency.to_owned()),
        "per" => Some(o.per.to_owned()),
        name => attribute(name),
    };
    let number = match condition.field.as_str() {
        "row" => Some(o.row as f64),
        "amount" => Some(to_f64(o.amount)),
        "weight" => o.weight,
        "count" => o.count.map(|n| n as f64),
        "employers" => o.employers.map(|n| n as f64),
        "sample_size" => o.sample_size.map(|n| n as f64),
        "date" => o.date.map(f64::from),
        _ => None,
    };
    let between = |low: Option<f64>, high: Option<f64>| {
        number.is_some_and(|n| {
            !low.is_some_and(|l| n < l || n.is_nan()) && !high.is_some_and(|h| n > h || n.is_nan())
        })
    };
    match &condition.test {
        Test::OneOf(values) => word.is_some_and(|w| values.contains(&w)),
        Test::Words(words) => word.is_some_and(|w| {
            let lower = w.to_lowercase();
            let found: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
            words.iter().all(|w| found.contains(&w.as_str()))
        }),
        Test::Between(low, high) => between(*low, *high),
        Test::Dates(low, high) => between(low.map(f64::from), high.map(f64::from)),
    }
}

const CONDITIONS: [&str; 30] = [
    "subject=15-1252",
    "subject=15-1252,29,nowhere",
    "subject=99",
    "place=Praha,Prague",
    "place=US",
    "title~engineer",
    "title~data engineer",
    "title=Data Engineer",
    "party=Acme",
    "level=I",
    "sheet=A",
    "scheme=SOC",
    "component=base",
    "statistic=value",
    "statistic=p50,mean,value",
    "bound=exact",
    "currency=USD",
    "currency=EUR,USD",
    "per=year",
    "per=hour",
    "amount=20000..40000",
    "amount=..0",
    "weight=0.5..",
    "count=1..5",
    "employers=2..",
    "sample_size=..250",
    "date=2023-01-01..2023-12-31",
    "row=..100",
    "naics=000000",
    "remote=100",
];

fn parsed(texts: &[&str]) -> Vec<Condition> {
    texts.iter().map(|t| Condition::parse(t).unwrap()).collect()
}

/// Whichever route, whatever the sizes, the answer is that of the filter by hand.
fn check(rows: &[Row], query: &Query, hours: Option<f64>) {
    let (_folder, store, part) = stored(rows, SMALL);
    let adjuster = adjuster(hours);
    let expected = by_hand(rows, query, &adjuster);
    let lean = Layout { detailed_rows: 0, ..SMALL };
    let mut digests = Vec::new();
    for layout in [SMALL, lean, Layout { batch_rows: 7, ..lean }] {
        let store = crate::Store::with_layout(store.root(), layout);
        let found = store.comparables(&part, query, &adjuster).unwrap();
        assert_eq!(answer(&found), expected, "{layout:?}");
        assert_eq!(found.refused, None);
        digests.push(found.factors);
    }
    assert!(digests.windows(2).all(|w| w[0] == w[1]), "factors in the same order");
    outline(rows, query, &store, &part);
}

fn outline(rows: &[Row], query: &Query, store: &crate::Store, part: &crate::Part) {
    let query = Query { conditions: query.conditions.clone(), ..Query::default() };
    let held =
        rows.iter().map(Row::observation).filter(|o| query.conditions.iter().all(|c| holds(c, o)));
    let (mut units, mut newest) = (BTreeMap::new(), Some(19_500));
    let mut bases: BTreeMap<String, u64> = BTreeMap::new();
    for o in held {
        *bases.entry(o.basis.to_string()).or_default() += 1;
        let per = haggle_quantity::Per::new(o.per).as_str().to_owned();
        *units.entry((o.currency.to_owned(), per)).or_default() += 1;
        newest = newest.max(o.date);
    }
    assert_eq!(store.outline(part, &query).unwrap(), crate::Outline { units, newest });
    assert_eq!(store.words(part, &query, "basis").unwrap(), bases);
}

#[test]
fn every_condition_alone_and_as_an_exclusion() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let rows =
        proptest::collection::vec(super::row(), 300).new_tree(&mut runner).unwrap().current();
    check(&rows, &Query::default(), None);
    for text in CONDITIONS {
        let one = parsed(&[text]);
        check(&rows, &Query { conditions: one.clone(), near: true, ..Query::default() }, None);
        let excludes = vec![(one, "a reason".to_owned())];
        check(&rows, &Query { excludes, ..Query::default() }, Some(2000.0));
    }
}

#[test]
fn a_refused_source_is_refused_by_both_routes() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for weights in [vec![1e-7], vec![1.9e10, 1.9e10], vec![1e-7, 1e300], vec![f64::MAX]] {
        let mut rows =
            proptest::collection::vec(super::row(), 300).new_tree(&mut runner).unwrap().current();
        for (i, row) in rows.iter_mut().enumerate() {
            row.statistic = Statistic::Value;
            row.unit = ("USD", "ANN");
            (row.amount, row.counts[0], row.date) = (1 << 60, None, None);
            row.weight = Some(if i % 50 < weights.len() { weights[i % 50] } else { 1.0 });
        }
        let (_folder, store, part) = stored(&rows, SMALL);
        let routes = [SMALL, Layout { detailed_rows: 0, ..SMALL }].map(|layout| {
            let store = crate::Store::with_layout(store.root(), layout);
            store.comparables(&part, &Query::default(), &adjuster(None)).unwrap().refused
        });
        assert!(routes[0].is_some(), "{weights:?}");
        assert_eq!(routes[0], routes[1], "{weights:?}");
    }
}

fn conditions(most: usize) -> impl Strategy<Value = Vec<Condition>> {
    subsequence(CONDITIONS.to_vec(), 0..=most).prop_map(|texts| parsed(&texts))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn both_routes_answer_as_a_filter_by_hand(
        rows in rows(300),
        conditions in conditions(3),
        excludes in proptest::collection::vec(conditions(2), 0..3),
        near: bool,
        hours in select(vec![None, Some(1950.0)]),
    ) {
        let reason = |(i, c): (usize, Vec<Condition>)| (c, format!("reason {i}"));
        let excludes = excludes.into_iter().filter(|c| !c.is_empty()).enumerate().map(reason).collect();
        check(&rows, &Query { conditions, excludes, near }, hours);
    }
}
