//! A listing holds every observation, in the order of the source, whatever the sizes.

use super::{Row, SMALL, rows, stored};
use crate::layout::Layout;
use crate::{Listed, Part, Query, Store, StoreError};
use haggle_negotiation::deal::{Condition, Test};
use haggle_quantity::from_scaled;
use proptest::prelude::*;

/// What a listing must hold of a row, as text.
fn expected(row: &Row) -> String {
    let o = row.observation();
    let members: Vec<(String, String)> = match o.attributes {
        Some(json) => serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(json)
            .unwrap()
            .into_iter()
            .map(|(name, value)| {
                (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            })
            .collect(),
        None => Vec::new(),
    };
    let amount = |scaled: i128| from_scaled(scaled).ok();
    let numbers =
        (amount(o.amount), o.quantity_from.map(amount), o.quantity_to.map(amount), o.date);
    let words = (o.basis, o.tax, o.statistic, o.bound, o.subject, o.title, o.party);
    format!(
        "{:?} {words:?} {numbers:?} {} {} {members:?}",
        (o.sheet, o.row, o.column, o.path),
        o.currency,
        o.per
    )
}

fn found(l: &Listed) -> String {
    let members: Vec<(String, String)> =
        l.attributes.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    let numbers = (l.amount, l.quantity_from.map(Some), l.quantity_to.map(Some), l.date);
    let words = (
        l.basis,
        l.tax,
        l.statistic,
        l.bound,
        l.subject.as_deref(),
        l.title.as_deref(),
        l.party.as_deref(),
    );
    let place = (l.sheet.as_deref(), l.row, l.column, l.path.as_deref());
    format!("{place:?} {words:?} {numbers:?} {} {} {members:?}", l.currency, l.per)
}

fn readable(rows: Vec<Row>) -> Vec<Row> {
    rows.into_iter().filter(|row| row.words[7] != Some("no json")).collect()
}

fn listed(store: &Store, part: &Part, query: &Query) -> Result<Vec<Listed>, StoreError> {
    let mut all = [const { Vec::new() }; 3];
    let mut takers = all.each_mut().map(|part| |listed| part.push(listed));
    store.listing(part, query, &mut takers)?;
    Ok(all.into_iter().flatten().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn every_row_is_listed_in_the_order_of_the_source(rows in rows(200), far in any::<bool>()) {
        let mut rows = readable(rows);
        if far {
            // Places that no single number holds.
            rows.iter_mut().for_each(|row| row.at.0 += i64::MAX as u64 - 1_000_000);
        }
        for layout in [SMALL, Layout::STANDARD] {
            let (_folder, store, part) = stored(&rows, layout);
            let listed = listed(&store, &part, &Query::default()).unwrap();
            let place = |l: &Listed| (l.sheet.clone(), l.row, l.column);
            prop_assert!(listed.windows(2).all(|pair| place(&pair[0]) <= place(&pair[1])));
            let mut all: Vec<String> = listed.iter().map(found).collect();
            let mut sent: Vec<String> = rows.iter().map(expected).collect();
            all.sort();
            sent.sort();
            prop_assert_eq!(all, sent);
        }
    }

    #[test]
    fn conditions_choose_rows_and_exclusions_only_mark_them(rows in rows(120)) {
        let rows = readable(rows);
        let (_folder, store, part) = stored(&rows, SMALL);
        let is = |field: &str, word: &str| Condition {
            field: field.to_owned(),
            test: Test::OneOf(vec![word.to_owned()]),
        };
        let query = Query {
            conditions: vec![is("place", "US")],
            excludes: vec![(vec![is("party", "Acme")], "withdrawn".to_owned())],
            near: false,
        };
        let listed = listed(&store, &part, &query).unwrap();
        let chosen = rows.iter().filter(|row| row.words[3] == Some("US")).count();
        prop_assert_eq!(listed.len(), chosen);
        for row in &listed {
            let withdrawn = row.party.as_deref() == Some("Acme");
            prop_assert_eq!(row.excluded.as_deref(), withdrawn.then_some("withdrawn"));
        }
    }
}

#[test]
fn attributes_that_are_no_json_are_an_error_and_not_lost() {
    let row = Row {
        words: [None, None, None, None, None, None, None, Some("no json")],
        statistic: haggle_evidence::Statistic::Value,
        bound: haggle_evidence::Bound::Exact,
        unit: ("USD", "C62"),
        amount: 1,
        weight: None,
        counts: [None; 3],
        date: None,
        at: (1, 1),
    };
    let (_folder, store, part) = stored(&[row], SMALL);
    let error = listed(&store, &part, &Query::default()).unwrap_err();
    assert!(error.to_string().contains("cannot query"), "{error}");
}
