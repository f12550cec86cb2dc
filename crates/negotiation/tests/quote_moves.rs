//! Break-even points of rate, freight and volume: by hand, and against a comparison made anew with
//! the moved number on either side of them.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use haggle_negotiation::deal::{Deal, parse};
use haggle_negotiation::quote::{BreakEven, Comparison, Moved, compare};
use haggle_quantity::Amount;
use proptest::prelude::*;

fn deal(text: &str) -> Deal {
    let head = "schema = \"haggle.deal/1\"\ntitle = \"t\"\nside = \"buyer\"\ncurrency = \"EUR\"\nper = \"lot\"\nas_of = 2026-11-23\n";
    let parsed = parse(&format!("{head}{text}"), None);
    assert!(parsed.problems.iter().all(|p| p.warning), "{:?}\n{text}", parsed.problems);
    parsed.deal.unwrap()
}

/// What two quotes say: price, break, freight, least order of each, price of the second in dollars.
#[derive(Debug, Clone)]
struct Case {
    rate: Amount,
    freight: [Amount; 2],
    quantity: Amount,
    price: [Amount; 2],
    cut: Option<(u32, Amount)>,
    least: [u32; 2],
}

impl Case {
    fn compared(&self, rate: Amount, freight: Amount, volume: Amount) -> Comparison {
        let breaks = self.cut.map_or(String::new(), |(from, price)| {
            format!("breaks = [{{ from = \"{from}\", price = \"{price}\" }}]\n")
        });
        let text = format!(
            "[[rate]]\nfrom = \"USD\"\nto = \"EUR\"\nrate = {}\ndate = 2026-11-20\n[tender]\n[[item]]\nid = \"it\"\nquantity = \"{}\"\nper = \"each\"\n\
             [[quote]]\nsupplier = \"One\"\nfreight = \"{}\"\nminimum_value = \"{}\"\n[[quote.line]]\nitem = \"it\"\nprice = \"{}\"\n\
             [[quote]]\nsupplier = \"Two\"\ncurrency = \"USD\"\nfreight = \"{}\"\nminimum_value = \"{}\"\n[[quote.line]]\nitem = \"it\"\nprice = \"{}\"\n{breaks}",
            (self.rate * rate).round_dp(12),
            (self.quantity * volume).round_dp(12),
            (self.freight[0] * freight).round_dp(12),
            self.least[0],
            self.price[0],
            (self.freight[1] * freight).round_dp(12),
            self.least[1],
            self.price[1],
        );
        compare(&deal(&text), &[]).unwrap()
    }

    fn found(&self) -> Vec<BreakEven> {
        self.compared(Amount::ONE, Amount::ONE, Amount::ONE).break_evens(0)
    }

    /// The cheapest supplier of a volume by its two lines, without breaks: goods and freight, where
    /// the goods reach the least order; nobody where `known` takes no such order.
    fn first_by_hand(&self, volume: Amount, known: usize) -> Option<usize> {
        let goods = self.price.map(|price| price * (self.quantity * volume).round_dp(12));
        let takes = |i: &usize| goods[*i] >= Amount::from(self.least[*i]);
        let euros = |i: &usize| (goods[*i] + self.freight[*i]) * [Amount::ONE, self.rate][*i];
        takes(&known).then(|| [0, 1].into_iter().filter(takes).min_by_key(euros)).flatten()
    }

    /// The cheapest supplier with the number of a break-even point times `by`; nobody where
    /// `known` has no place then.
    fn first(&self, moved: Moved, by: Amount, known: usize) -> Option<usize> {
        let one = Amount::ONE;
        let compared = match moved {
            Moved::Rate(_) => self.compared(by, one, one),
            Moved::Freight => self.compared(one, by, one),
            Moved::Volume => self.compared(one, one, by),
        };
        let ranking = &compared.outcomes[0].ranking;
        ranking.iter().find(|it| it.supplier == known)?;
        ranking.iter().min_by_key(|it| it.total).map(|it| it.supplier)
    }
}

fn d(text: &str) -> Amount {
    text.parse().unwrap()
}

/// One: 100 x 10 + 50 = 1050 EUR. Two: (100 x 10.50 + 20) USD at 0.9 = 963 EUR.
fn example() -> Case {
    Case {
        rate: d("0.9"),
        freight: [d("50"), d("20")],
        quantity: d("100"),
        price: [d("10"), d("10.5")],
        cut: None,
        least: [0, 0],
    }
}

#[test]
fn by_hand() {
    // 1070 USD x 0.9 x f = 1050: f = 1.090342..., a rate of 0.981308...
    let found = example().found();
    let rate: Vec<_> = found.iter().filter(|it| matches!(it.moved, Moved::Rate(_))).collect();
    assert_eq!(rate.len(), 1);
    assert_eq!((rate[0].from, rate[0].to, rate[0].exact), (1, Some(0), true));
    assert_eq!(rate[0].rate.unwrap().round_dp(6), d("0.981308"));
    // Freight never makes Two dearer: 18 f + 945 against 50 f + 1000.
    assert!(!found.iter().any(|it| it.moved == Moved::Freight));
    // One without freight, Two with 200 USD: 1000 against 945 + 180 f, equal at f = 0.305555...
    let mut case = example();
    case.freight = [d("0"), d("200")];
    let freight = case.found().into_iter().find(|it| it.moved == Moved::Freight).unwrap();
    assert_eq!((freight.from, freight.to), (0, Some(1)));
    assert_eq!(freight.factor.round_dp(9), d("0.305555556"));
}

#[test]
fn a_break_moves_the_cheapest_from_its_quantity_on() {
    let mut case = example();
    (case.price[1], case.cut) = (d("12"), Some((150, d("10"))));
    // Two takes the break once it pays to buy up to it: 150 x 10 x 0.9 + 18 = 1368 EUR against
    // 10 q + 50, from q = 131.8 on.
    let volume = case.found().into_iter().find(|it| it.moved == Moved::Volume).unwrap();
    assert_eq!((volume.from, volume.to, volume.exact), (0, Some(1), false));
    assert!((volume.factor - d("1.318")).abs() < d("0.000003"), "{}", volume.factor);
}

/// Two is cheapest as asked, 1050 USD of goods; below 800 USD of goods it takes no order, and that
/// makes nobody cheaper.
#[test]
fn below_a_least_order_there_is_no_price() {
    let mut case = example();
    case.least = [0, 800];
    let down = case.found().into_iter().find(|it| it.moved == Moved::Volume).unwrap();
    assert_eq!((down.from, down.to), (1, None));
    assert!((down.factor - d("0.761905")).abs() < d("0.000003"), "{}", down.factor);
}

/// One is cheaper from its least order on, of 1500 EUR: at 1.5 times what is asked.
#[test]
fn a_least_order_is_reached_at_more() {
    let mut case = example();
    (case.price[1], case.least) = (d("12"), [1500, 0]);
    let up = case.found().into_iter().find(|it| it.moved == Moved::Volume).unwrap();
    assert_eq!((up.from, up.to), (1, Some(0)));
    assert!((up.factor - d("1.5")).abs() < d("0.000003"), "{}", up.factor);
}

prop_compose! {
    fn case()(
        rate in 500_i64..1500, freight in prop::array::uniform2(0_i64..300),
        quantity in 10_i64..400, price in prop::array::uniform2(500_i64..1500),
        cut in prop::option::of((50_u32..500, 300_i64..900)),
        least in prop::array::uniform2(prop_oneof![2 => Just(0_u32), 1 => 1_u32..4000]),
    ) -> Case {
        Case {
            rate: Amount::new(rate, 3),
            freight: freight.map(Amount::from),
            quantity: Amount::from(quantity),
            price: price.map(|it| Amount::new(it, 2)),
            cut: cut.map(|(from, price)| (from, Amount::new(price, 2))),
            least,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// On this side of the point the first is cheapest, beyond it the other.
    #[test]
    fn the_cheapest_changes_there(case in case()) {
        for it in case.found() {
            let step = if it.factor < Amount::ONE { -d("0.00001") } else { d("0.00001") };
            let (near, far) = (it.factor - step, it.factor + step);
            if near <= Amount::ZERO || far <= Amount::ZERO {
                continue;
            }
            prop_assert_eq!(case.first(it.moved, near, it.from), Some(it.from), "{:?}", it);
            prop_assert_eq!(case.first(it.moved, far, it.from), it.to, "{:?}", it);
        }
    }

    /// Where none is found, moving rate, freight or volume by a little or a lot changes nothing. Of
    /// volumes within the search, and of prices without a break, between whose ends a short stretch
    /// may lie.
    #[test]
    fn and_nowhere_else(case in case(), by in prop_oneof![1_i64..1000, 1000_i64..4000]) {
        let found = case.found();
        let by = Amount::new(by, 3);
        let ranking = case.compared(Amount::ONE, Amount::ONE, Amount::ONE).outcomes.remove(0).ranking;
        let Some(first) = ranking.iter().min_by_key(|it| it.total).map(|it| it.supplier) else { return Ok(()) };
        let now = Some(first);
        let usd = "USD".parse().unwrap();
        let volume = (case.cut.is_none() && by >= d("0.25")).then_some(Moved::Volume);
        for moved in [Moved::Rate(usd), Moved::Freight].into_iter().chain(volume) {
            let passed = found.iter().any(|it| {
                it.moved == moved && if it.factor >= Amount::ONE { by >= it.factor } else { by <= it.factor }
            });
            let then = case.first(moved, by, first);
            if moved == Moved::Volume && case.least != [0, 0] {
                // Who comes first on reaching a least order may fall behind again further on.
                prop_assert_eq!(then, case.first_by_hand(by, first), "{} {:?}", by, found);
                prop_assert!(passed || then == now, "{} {:?}", by, found);
            } else {
                prop_assert_eq!(then != now, passed, "{:?} {} {:?}", moved, by, found);
            }
        }
    }
}
