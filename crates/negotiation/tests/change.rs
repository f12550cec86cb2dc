//! Changes split into their causes: known states, unknown ones, rows that came and went.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use haggle_negotiation::change::{Component, between, differs, rows, split};
use haggle_negotiation::deal::{Deal, Override, keys, parse, parse_set};
use haggle_quantity::Amount;
use proptest::prelude::*;

const DEAL: &str = r#"schema = "haggle.deal/1"
title = "t"
side = "seller"
currency = "USD"
per = "year"
as_of = 2026-11-23
[[source]]
path = "../evidence/pay.survey.csv"
place_index = 1.1
where = { subject = "15-1252" }
[[source]]
name = "Second One"
path = "b.csv"
[[exclude]]
reason = "typed in thousands"
where = { amount = "..1000" }
[[rate]]
from = "EUR"
to = "USD"
rate = "1.08"
date = 2026-11-20
[ageing]
rate = 0.03
[offer]
amount = 112000
[[alternative]]
name = "stay"
amount = "104000"
[[alternative]]
name = "v2.0, Berlin"
amount = [1, 2, 3]
[[claim]]
text = "cut churn by 18 %"
reference = "r"
"#;

fn set(settings: &[&str]) -> Result<Deal, Vec<String>> {
    let settings: Vec<Override> = settings.iter().map(|s| Override::parse(s).unwrap()).collect();
    let told = |p: &haggle_negotiation::deal::Problem| {
        format!("{} {} {}", p.code, p.message, p.help.as_deref().unwrap_or(""))
    };
    parse_set(DEAL, None, &settings)
        .map(|(deal, _)| deal)
        .map_err(|problems| problems.iter().map(told).collect())
}

/// Each setting is what the deal file would say with the text beside it in place.
#[test]
fn settings_say_what_the_file_would() {
    for (setting, from, to) in [
        ("offer.amount=120000.50", "amount = 112000", "amount = \"120000.50\""),
        ("alternative.stay.amount = 9", "amount = \"104000\"", "amount = 9"),
        ("alternative.1.amount=9", "amount = \"104000\"", "amount = 9"),
        ("alternative.v2.0, Berlin.amount=[4,5,6]", "[1, 2, 3]", "[4, 5, 6]"),
        ("alternative.v2-0-berlin.probability=0.5", "[1, 2, 3]", "[1, 2, 3]\nprobability = 0.5"),
        ("source.pay.place_index=1.2", "place_index = 1.1", "place_index = 1.2"),
        ("source.second-one.match=0.7", "\"b.csv\"", "\"b.csv\"\nmatch = 0.7"),
        ("source.pay.where.subject=11-1000", "15-1252", "11-1000"),
        ("us.risk_tolerance=5", "[offer]", "[us]\nrisk_tolerance = 5\n[offer]"),
        ("parameters.q_step=0.1", "[offer]", "[parameters]\nq_step = 0.1\n[offer]"),
        ("as_of=2026-12-01", "2026-11-23", "2026-12-01"),
        ("title=Two words", "\"t\"", "\"Two words\""),
        ("claim.1.reference=A = B", "\"r\"", "\"A = B\""),
        ("counterpart.limit.mode=7", "[offer]", "[counterpart.limit]\nmode = 7\n[offer]"),
    ] {
        assert_eq!(DEAL.matches(from).count(), 1, "{from}");
        let written = parse(&DEAL.replace(from, to), None);
        assert_eq!(set(&[setting]), Ok(written.deal.unwrap()), "{setting}");
    }
    let last = set(&["offer.amount=1", "offer.amount=2"]).unwrap();
    assert_eq!(last.offer.unwrap().amount, Amount::TWO);
}

#[test]
fn settings_are_as_strict_as_the_file() {
    for (setting, parts) in [
        ("alternative.sty.amount=1", ["D0108", "did you mean `alternative.stay`"]),
        ("alternative.other.amount=1", ["D0108", "there are: stay, v2-0-berlin"]),
        ("alternative=1", ["D0108", "expected `alternative.NAME.KEY`"]),
        ("alternative.stay=1", ["D0108", "expected `alternative.NAME.KEY`"]),
        ("offer=1", ["D0108", "`offer` is a table"]),
        ("title.x=1", ["D0108", "`title` is a value"]),
        ("ofer.amount=1", ["D0101", "did you mean `offer`"]),
        ("offer.amuont=1", ["D0101", "did you mean `amount`"]),
        ("us.risk_tolerence=1", ["D0101", "did you mean `risk_tolerance`"]),
        ("parameters.q_stp=1", ["D0107", "did you mean `q_step`"]),
        ("offer.amount=120,000", ["D0103", "`120,000`"]),
        ("alternative.stay.probability=1.5", ["D0103", "1.5"]),
        ("side=sller", ["D0103", "`sller`"]),
        ("alternative.stay.name=v2.0, Berlin", ["D0105", "v2.0, Berlin"]),
    ] {
        let told = set(&[setting]).unwrap_err().join("\n");
        assert!(parts.iter().all(|part| told.contains(part)), "{setting}: {told}");
    }
    for bad in ["offer.amount", "=1", "offer.=1", ".amount=1"] {
        assert!(Override::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn keys_go_by_the_names_of_entries() {
    let keys = keys(DEAL, &[Override::parse("offer.amount=1").unwrap()]).unwrap();
    for (key, value) in [
        ("source.second-one.path", "b.csv"),
        ("source.pay.where.subject", "15-1252"),
        ("alternative.v2-0-berlin.amount", "[1, 2, 3]"),
        ("rate.1.rate", "1.08"),
        ("offer.amount", "1"),
        ("as_of", "2026-11-23"),
    ] {
        assert_eq!(keys.get(key).map(String::as_str), Some(value), "{key}");
    }
}

/// Each setting belongs to one component alone.
#[test]
fn every_key_belongs_to_one_component() {
    let old = set(&[]).unwrap();
    for (setting, of) in [
        ("source.pay.where.subject=1", Component::Evidence),
        ("source.pay.match=0.5", Component::Evidence),
        ("exclude.1.reason=r", Component::Evidence),
        ("rate.1.rate=1.1", Component::Currency),
        ("ageing.rate=0.01", Component::Adjustments),
        ("as_of=2026-12-01", Component::Adjustments),
        ("source.pay.place_index=1", Component::Adjustments),
        ("offer.amount=1", Component::Deal),
        ("alternative.stay.amount=1", Component::Deal),
        ("side=buyer", Component::Deal),
        ("term=3", Component::Deal),
        ("parameters.q_step=0.1", Component::Parameters),
    ] {
        let new = set(&[setting]).unwrap();
        let found: Vec<Component> =
            Component::ORDER.into_iter().filter(|c| differs(&old, &new, *c)).collect();
        assert_eq!(found, [of], "{setting}");
        assert_eq!(between(&old, &new, Component::Parameters), new, "{setting}");
        assert_eq!(between(&old, &new, Component::Program), old, "{setting}");
    }
}

fn amounts(states: [Option<i64>; 7]) -> [Option<Amount>; 7] {
    states.map(|s| s.map(Amount::from))
}

#[test]
fn states_that_are_not_known_leave_their_neighbours_together() {
    use Component::{Adjustments, Currency, Deal, Evidence, Parameters, Program};
    type Split = Vec<(Vec<Component>, i64, i64)>;
    type Case = ([Option<i64>; 7], [bool; 6], Option<Split>);
    let cases: [Case; 6] = [
        (
            [Some(1), Some(1), Some(4), Some(4), Some(5), Some(2), Some(9)],
            [false, true, false, true, true, true],
            Some(vec![
                (vec![Evidence], 1, 4),
                (vec![Adjustments], 4, 5),
                (vec![Deal], 5, 2),
                (vec![Parameters], 2, 9),
            ]),
        ),
        (
            [Some(1), None, None, None, None, None, Some(9)],
            [true, true, false, false, true, false],
            Some(vec![(vec![Program, Evidence, Deal], 1, 9)]),
        ),
        (
            [Some(1), Some(1), None, Some(4), Some(4), Some(4), Some(9)],
            [false, true, true, false, true, true],
            Some(vec![(vec![Evidence, Currency], 1, 4), (vec![Parameters], 4, 9)]),
        ),
        // A change to and fro is two parts, not none.
        (
            [Some(1), Some(1), Some(4), Some(1), Some(1), Some(1), Some(1)],
            [false, true, true, false, false, false],
            Some(vec![(vec![Evidence], 1, 4), (vec![Currency], 4, 1)]),
        ),
        ([None, None, None, None, None, None, Some(9)], [true; 6], None),
        ([Some(1), None, None, None, None, None, None], [true; 6], None),
    ];
    for (states, changed, expected) in cases {
        let found = split(&amounts(states), &changed);
        let plain = found.map(|parts| {
            let part = |p: haggle_negotiation::change::Part| {
                (p.of, i64::try_from(p.from).unwrap(), i64::try_from(p.to).unwrap())
            };
            parts.into_iter().map(part).collect::<Split>()
        });
        assert_eq!(plain, expected, "{states:?}");
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

#[test]
fn rows_come_go_and_move() {
    let old = lines("2:5\t100 USD\n3:5\t200 USD\n4:5\t200 USD\n5:5\t300 USD");
    for (new, went, came, moved) in [
        ("2:5\t100 USD\n3:5\t200 USD\n4:5\t200 USD\n5:5\t300 USD", "", "", 0),
        ("2:5\t100 USD\n3:5\t200 USD\n4:5\t200 USD", "5:5\t300 USD", "", 0),
        (
            "2:5\t101 USD\n3:5\t200 USD\n4:5\t200 USD\n5:5\t300 USD",
            "2:5\t100 USD",
            "2:5\t101 USD",
            0,
        ),
        // A row put in above moves all others by one.
        (
            "2:5\t50 USD\n3:5\t100 USD\n4:5\t200 USD\n5:5\t200 USD\n6:5\t300 USD",
            "",
            "2:5\t50 USD",
            3,
        ),
        // Of two equal rows one went.
        ("2:5\t100 USD\n3:5\t200 USD\n4:5\t300 USD", "4:5\t200 USD", "", 1),
    ] {
        let found = rows(&old, &lines(new));
        assert_eq!(
            (found.went, found.came, found.moved),
            (lines(went), lines(came), moved),
            "{new}"
        );
    }
}

proptest! {
    #[test]
    fn parts_follow_one_another_and_add_up(
        inner in prop::collection::vec(prop::option::of(-1_000_000_i64..1_000_000), 5),
        ends in (-1_000_000_i64..1_000_000, -1_000_000_i64..1_000_000),
        changed in prop::array::uniform6(any::<bool>()),
    ) {
        let mut states = [Some(Amount::new(ends.0, 3)); 7];
        for (state, value) in states[1..].iter_mut().zip(&inner) {
            *state = value.map(|v| Amount::new(v, 7));
        }
        states[6] = Some(Amount::new(ends.1, 5));
        let parts = split(&states, &changed).unwrap();
        let sum: Amount = parts.iter().map(|p| p.to - p.from).sum();
        prop_assert_eq!(states[0].unwrap() + sum, states[6].unwrap());
        prop_assert!(parts.windows(2).all(|w| w[0].to == w[1].from));
    }
}
