//! The cheapest award against all awards, and the laws that it must keep.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use haggle_negotiation::quote::award::{Award, Choice, NoAward, best, cheapest_lines};
use haggle_quantity::Amount;
use proptest::prelude::*;

fn money(units: i64) -> Amount {
    Amount::new(units, 2)
}

/// Costs by item, by supplier, in cents; 0 is a gap.
fn choice(cost: &[&[i64]], fixed: &[i64], minimum: &[i64], limit: Option<usize>) -> Choice {
    let cell = |cents: &i64| (*cents > 0).then(|| money(*cents));
    let rows: Vec<Vec<_>> = cost.iter().map(|row| row.iter().map(cell).collect()).collect();
    Choice {
        goods: cost.iter().map(|row| row.iter().map(|it| money(*it)).collect()).collect(),
        cost: rows,
        fixed: fixed.iter().map(|it| money(*it)).collect(),
        minimum: minimum.iter().map(|it| (*it > 0).then(|| money(*it))).collect(),
        max_suppliers: limit,
    }
}

/// What an award costs, or `None` if it is not allowed.
fn cost_of(choice: &Choice, by_item: &[Option<usize>]) -> Option<Amount> {
    let suppliers = choice.fixed.len();
    let mut total = Amount::ZERO;
    let mut goods = vec![None; suppliers];
    for (item, by) in by_item.iter().enumerate() {
        let Some(by) = *by else {
            choice.cost[item].iter().all(Option::is_none).then_some(())?;
            continue;
        };
        total += choice.cost[item][by]?;
        *goods[by].get_or_insert(Amount::ZERO) += choice.goods[item][by];
    }
    for by in 0..suppliers {
        let Some(goods) = goods[by] else { continue };
        total += choice.fixed[by];
        if choice.minimum[by].is_some_and(|minimum| goods < minimum) {
            return None;
        }
        if choice.fixed[by] < Amount::ZERO && goods <= Amount::ZERO {
            return None;
        }
    }
    let used = goods.iter().flatten().count();
    choice.max_suppliers.is_none_or(|limit| used <= limit).then_some(total)
}

/// The least cost of all awards, tried one by one.
fn brute_force(choice: &Choice) -> Option<Amount> {
    fn go(choice: &Choice, item: usize, by: &mut Vec<Option<usize>>) -> Option<Amount> {
        if item == choice.cost.len() {
            return cost_of(choice, by);
        }
        let row = &choice.cost[item];
        let mut least = None;
        let empty = row.iter().all(Option::is_none);
        let options = (0..row.len()).filter(|&it| row[it].is_some()).map(Some);
        for option in options.chain(empty.then_some(None)) {
            by.push(option);
            let found = go(choice, item + 1, by);
            least = [least, found].into_iter().flatten().min();
            by.pop();
        }
        least
    }
    if choice.cost.iter().flatten().all(Option::is_none) {
        return None;
    }
    go(choice, 0, &mut Vec::new())
}

fn total(found: &Result<Award, NoAward>) -> Option<Amount> {
    found.as_ref().ok().map(|it| it.total)
}

fn check(choice: &Choice) -> Result<Award, NoAward> {
    let found = best(choice);
    assert_eq!(total(&found), brute_force(choice), "{choice:?}");
    if let Ok(award) = &found {
        assert_eq!(cost_of(choice, &award.by_item), Some(award.total));
        assert_eq!(award.bound, award.total);
        let used: std::collections::BTreeSet<_> = award.by_item.iter().flatten().copied().collect();
        assert_eq!(used.into_iter().collect::<Vec<_>>(), award.suppliers);
    }
    found
}

#[test]
fn awards_worked_out_by_hand() {
    let two = |fixed: &[i64], minimum: &[i64], limit| {
        choice(&[&[1000, 1200], &[2000, 1500]], fixed, minimum, limit)
    };
    for (name, case, expected, by) in [
        ("each line from the cheaper", two(&[0, 0], &[0, 0], None), 2500, vec![0, 1]),
        ("an order costs more than it saves", two(&[300, 0], &[0, 0], None), 2700, vec![1, 1]),
        ("one supplier only", two(&[0, 0], &[0, 0], Some(1)), 2700, vec![1, 1]),
        ("a minimum that one line misses", two(&[0, 0], &[1100, 0], None), 2700, vec![1, 1]),
        ("a minimum that both lines reach", two(&[0, 700], &[2500, 0], None), 3000, vec![0, 0]),
        ("a credit", two(&[-250, 0], &[0, 0], None), 2250, vec![0, 1]),
    ] {
        let award = check(&case).unwrap();
        assert_eq!(award.total, money(expected), "{name}");
        assert_eq!(award.by_item, by.into_iter().map(Some).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn lines_that_nobody_offers_are_outside() {
    let case = choice(&[&[1000, 1200], &[0, 0]], &[0, 0], &[0, 0], None);
    let award = check(&case).unwrap();
    assert_eq!((award.by_item, award.total), (vec![Some(0), None], money(1000)));
}

#[test]
fn no_award_says_why() {
    let gaps = choice(&[&[1000, 0], &[0, 1500]], &[0, 0], &[0, 0], Some(1));
    assert_eq!(best(&gaps), Err(NoAward::Impossible));
    let minimum = choice(&[&[1000]], &[0], &[1001], None);
    assert_eq!(best(&minimum), Err(NoAward::Impossible));
    assert_eq!(best(&choice(&[&[0]], &[0], &[0], None)), Err(NoAward::Nothing));
    assert_eq!(best(&choice(&[], &[], &[], None)), Err(NoAward::Nothing));
    let large = choice(&[&[i64::MAX]], &[0], &[0], None);
    assert_eq!(best(&large), Err(NoAward::TooLarge));
}

#[test]
fn the_cheapest_lines_are_not_the_cheapest_award() {
    let case = choice(
        &[&[1000, 1200, 1100], &[2000, 1500, 1600], &[900, 950, 700]],
        &[0, 0, 500],
        &[1500, 0, 0],
        None,
    );
    let award = check(&case).unwrap();
    assert_eq!(award.by_item, [Some(0), Some(1), Some(0)]);
    let lines = cheapest_lines(&case, &award);
    assert_eq!(lines.by_item, [Some(0), Some(1), Some(2)]);
    assert_eq!((lines.lines, lines.orders), (money(3200), money(500)));
    assert!(lines.total() > award.total);
    assert_eq!(lines.short, [(0, money(1000), money(1500))]);
    let left: Vec<_> =
        lines.left_out.iter().map(|it| (it.supplier, it.lines, it.dearer, it.order)).collect();
    assert_eq!(left, [(2, 1, money(200), money(500))]);
    assert!(!lines.is_allowed());
}

prop_compose! {
    fn any_choice(items: usize, suppliers: usize)(
        items in 1..=items,
        suppliers in 1..=suppliers,
    )(
        cost in prop::collection::vec(prop::collection::vec(
            prop_oneof![1 => Just(0_i64), 5 => 1_i64..60], suppliers), items),
        value in prop::collection::vec(prop::collection::vec(0_i64..60, suppliers), items),
        fixed in prop::collection::vec(prop_oneof![2 => Just(0_i64), 4 => 0_i64..60, 1 => -30_i64..0], suppliers),
        minimum in prop::collection::vec(prop_oneof![3 => Just(0_i64), 4 => 1_i64..140], suppliers),
        limit in prop::option::of(1_usize..4),
        own in any::<bool>(),
    ) -> Choice {
        let rows: Vec<&[i64]> = cost.iter().map(Vec::as_slice).collect();
        let mut it = choice(&rows, &fixed, &minimum, limit);
        if own {
            it.goods = value.iter().map(|row| row.iter().map(|v| money(*v)).collect()).collect();
        }
        it
    }
}

fn no_more(after: Option<Amount>, before: Option<Amount>) -> bool {
    match (after, before) {
        (Some(after), Some(before)) => after <= before,
        (_, None) => true,
        (None, Some(_)) => false,
    }
}

/// Which items nobody offers.
fn unavailable(choice: &Choice) -> Vec<bool> {
    choice.cost.iter().map(|row| row.iter().all(Option::is_none)).collect()
}

/// The award of everything that anybody offers to one supplier.
fn alone(choice: &Choice, by: usize) -> Option<Award> {
    let mut whole = choice.cost.iter().filter(|row| row.iter().any(Option::is_some));
    let whole = whole.all(|row| row[by].is_some()).then(|| choice.only(|it| it == by))?;
    best(&Choice { max_suppliers: None, ..whole }).ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_best_of_all_awards(case in any_choice(6, 4)) {
        check(&case).ok();
    }

    #[test]
    fn mixed_is_never_above_the_best_single(case in any_choice(6, 5)) {
        let mixed = total(&best(&case));
        for by in 0..case.fixed.len() {
            let whole = alone(&case, by).map(|it| it.total);
            prop_assert!(no_more(mixed, whole), "{mixed:?} {whole:?}");
        }
    }

    #[test]
    fn a_supplier_more_never_raises_the_best(case in any_choice(6, 4)) {
        let last = case.fixed.len() - 1;
        let without = case.without(last);
        prop_assume!(unavailable(&case) == unavailable(&without));
        prop_assert!(no_more(total(&best(&case)), total(&best(&without))));
    }

    #[test]
    fn a_looser_limit_never_raises_the_best(case in any_choice(6, 4), more in 1_usize..3) {
        let limit = case.max_suppliers.unwrap_or(1);
        let case = Choice { max_suppliers: Some(limit), ..case };
        let looser = Choice { max_suppliers: Some(limit + more), ..case.clone() };
        let none = Choice { max_suppliers: None, ..case.clone() };
        let (before, after) = (total(&best(&case)), total(&best(&looser)));
        prop_assert!(no_more(after, before));
        prop_assert!(no_more(total(&best(&none)), after));
    }

    #[test]
    fn a_better_quote_never_raises_the_best(
        case in any_choice(6, 4), item in 0_usize..6, by in 0_usize..4, less in 1_i64..20,
    ) {
        let mut better = case.clone();
        let (item, by) = (item % case.cost.len(), by % case.fixed.len());
        better.cost[item][by] = better.cost[item][by].map(|it| it - money(less));
        prop_assert!(no_more(total(&best(&better)), total(&best(&case))));
    }

    /// Suppliers and items in another order: the same total.
    #[test]
    fn order_is_of_no_account(case in any_choice(6, 4)) {
        let mut turned = case.clone();
        turned.cost.iter_mut().for_each(|row| row.reverse());
        turned.goods.iter_mut().for_each(|row| row.reverse());
        turned.cost.reverse();
        turned.goods.reverse();
        turned.fixed.reverse();
        turned.minimum.reverse();
        prop_assert_eq!(total(&best(&turned)), total(&best(&case)));
    }
}

/// The least cost of a choice without minimum values: the cheapest lines of every set of suppliers.
fn least_of_sets(choice: &Choice) -> Option<Amount> {
    let suppliers = choice.fixed.len();
    let limit = choice.max_suppliers.unwrap_or(suppliers);
    let of_set = |set: u32| {
        let used = |by: &usize| set >> by & 1 == 1;
        let offered = choice.cost.iter().filter(|row| row.iter().any(Option::is_some));
        let lines = offered.map(|row| (0..suppliers).filter(used).filter_map(|by| row[by]).min());
        let lines = lines.sum::<Option<Amount>>()?;
        Some(lines + (0..suppliers).filter(used).map(|by| choice.fixed[by]).sum::<Amount>())
    };
    let sets = (1..1_u32 << suppliers).filter(|set| set.count_ones() as usize <= limit);
    sets.filter_map(of_set).min()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// More lines and suppliers than all awards can be tried of, and prices of very different size.
    #[test]
    fn the_best_of_all_sets_of_suppliers(
        cost in prop::collection::vec(prop::collection::vec(
            prop_oneof![1 => Just(0_i64), 8 => 1_000_i64..1_300, 1 => 1_i64..1_000_000_000], 10), 30),
        scale in prop::collection::vec(prop_oneof![4 => 1_i64..40, 1 => 1_i64..100_000], 30),
        fixed in prop::collection::vec(0_i64..20_000, 10),
        limit in prop::option::of(1_usize..6),
    ) {
        let scaled: Vec<Vec<i64>> = cost
            .iter()
            .zip(&scale)
            .map(|(row, scale)| row.iter().map(|it| it * scale).collect())
            .collect();
        let rows: Vec<&[i64]> = scaled.iter().map(Vec::as_slice).collect();
        let case = choice(&rows, &fixed, &[0; 10], limit);
        let found = best(&case);
        prop_assert_eq!(total(&found), least_of_sets(&case));
        prop_assert!(found.is_err() || found.is_ok_and(|award| award.bound >= award.total));
    }
}

/// A case as large as it gets: prices around a level for each item, drawn without chance.
fn large(items: usize, suppliers: usize, fixed: i64, minimum: i64, limit: Option<usize>) -> Choice {
    let mut seed = 12345_u64;
    let mut draw = |below: u64| {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        ((seed >> 33) % below) as i64
    };
    let mut cost = Vec::new();
    for _ in 0..items {
        let level = 1000 + draw(200_000);
        let offer = |spread: i64| level * (850 + spread) / 1000;
        let row: Vec<i64> =
            (0..suppliers).map(|_| if draw(10) == 0 { 0 } else { offer(draw(300)) }).collect();
        cost.push(row);
    }
    let rows: Vec<&[i64]> = cost.iter().map(Vec::as_slice).collect();
    let fixed: Vec<i64> = (0..suppliers).map(|_| fixed / 2 + draw(fixed.max(1) as u64)).collect();
    let minimum: Vec<i64> = (0..suppliers).map(|_| minimum).collect();
    choice(&rows, &fixed, &minimum, limit)
}

/// Larger than brute force can check: what is found is an award, and proven to a thousandth.
#[test]
fn larger_awards_are_proven() {
    for (items, suppliers, fixed, minimum, limit) in [
        (2000, 30, 20_000, 0, None),
        (200, 12, 100_000, 0, None),
        (200, 12, 100_000, 2_000_000, None),
        (200, 12, 20_000, 0, Some(3)),
        (100, 8, 20_000, 1_500_000, Some(4)),
        (300, 20, 1_000, 0, Some(7)),
    ] {
        let case = large(items, suppliers, fixed, minimum, limit);
        let award = best(&case).unwrap();
        assert_eq!(cost_of(&case, &award.by_item), Some(award.total));
        let gap = (award.total - award.bound) / award.total;
        assert!(gap <= Amount::new(1, 3), "{items} {suppliers} {fixed} {minimum} {limit:?}: {gap}");
    }
}

/// A minimum value that the award reaches anyway changes neither it nor what is proven of it; one
/// that it does not reach makes it no cheaper, and proves no less.
#[test]
fn minimum_values_take_nothing_away() {
    for (items, suppliers, limit) in [(200, 12, Some(3)), (600, 20, Some(4)), (300, 20, None)] {
        let free = best(&large(items, suppliers, 20_000, 0, limit)).unwrap();
        let small = best(&large(items, suppliers, 20_000, 100, limit)).unwrap();
        assert_eq!(small, free, "{items} {suppliers} {limit:?}");
        let bound = best(&large(items, suppliers, 20_000, 1_000_000, limit)).unwrap();
        assert!(bound.total >= free.bound && bound.bound >= free.bound, "{items} {suppliers}");
    }
}
