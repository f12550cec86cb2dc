//! Statistics rule out only what cannot match, and they do rule something out.

use super::{SMALL, rows, stored};
use crate::opened::Opened;
use crate::prune::prune;
use haggle_evidence::Statistic;
use haggle_negotiation::deal::Condition;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

#[test]
fn one_subject_and_place_touches_a_few_pages() {
    let mut runner = TestRunner::deterministic();
    let mut rows =
        proptest::collection::vec(super::row(), 4_000).new_tree(&mut runner).unwrap().current();
    rows.iter_mut().for_each(|r| r.statistic = Statistic::Value);
    let (_folder, _, part) = stored(&rows, SMALL);
    let opened = Opened::new(&part.path, SMALL).unwrap();
    let conditions = ["subject=15-1252", "place=Praha"].map(|c| Condition::parse(c).unwrap());
    let pruned = prune(&opened, &conditions).unwrap();
    let held = rows.iter().filter(|r| r.words[1] == Some("15-1252") && r.words[3] == Some("Praha"));
    let (held, left) = (held.count(), pruned.rows());
    assert!(held <= left && left < held + 12 * SMALL.page_rows, "{held} of {left}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn long_words_that_share_their_beginning_are_found(n in 1_usize..40, rows in rows(60)) {
        // Statistics are cut after 64 bytes.
        const LONG: [&str; 2] = [
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab",
            "\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}",
        ];
        let mut rows = rows;
        rows.truncate(n);
        rows.iter_mut().enumerate().for_each(|(i, r)| r.words[1] = Some(LONG[i % 2]));
        let (_folder, _, part) = stored(&rows, SMALL);
        let opened = Opened::new(&part.path, SMALL).unwrap();
        for (i, long) in LONG.iter().enumerate() {
            let conditions = [Condition::parse(&format!("subject={long}")).unwrap()];
            let pruned = prune(&opened, &conditions).unwrap();
            let found = opened.rows(&pruned, &pruned.groups, &conditions, None).unwrap();
            let found: usize = found.map(|b| b.unwrap().num_rows()).sum();
            prop_assert_eq!(found, rows.iter().skip(i).step_by(2).count());
        }
    }
}
