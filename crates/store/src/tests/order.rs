//! What goes in comes out, in order, however often it had to be set aside.

use super::{Row, SMALL, rows, stored};
use crate::layout::Layout;
use crate::opened::Opened;
use crate::prune::prune;
use haggle_evidence::{Batch, Observation};
use proptest::prelude::*;

/// Everything of a part in the order of the file, each observation as text: NaN equals NaN there.
fn read(path: &std::path::Path) -> Vec<String> {
    let opened = Opened::new(path, SMALL).unwrap();
    let whole = prune(&opened, &[]).unwrap();
    let mut all = Vec::new();
    for batch in opened.rows(&whole, &whole.groups, &[], None).unwrap() {
        let batch = batch.unwrap();
        let read = Batch::new(&batch).unwrap();
        all.extend((0..batch.num_rows()).map(|i| format!("{:?}", read.get(i).unwrap())));
    }
    all
}

/// A stable sort of the observations by the documented key.
fn expected(rows: &[Row]) -> Vec<String> {
    let mut all: Vec<Observation<'_>> = rows.iter().map(Row::observation).collect();
    all.sort_by_key(|o| (o.subject, o.title, o.place, o.sheet, o.row, o.column));
    all.iter().map(|o| format!("{o:?}")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_goes_in_comes_out_in_order(
        rows in rows(400),
        run_rows in 1_usize..300,
        run_bytes in prop_oneof![Just(usize::MAX), 500_usize..20_000],
        most_runs in 2_usize..5,
        merge_rows in 1_usize..20,
    ) {
        let layout = Layout { run_rows, run_bytes, most_runs, merge_rows, ..SMALL };
        let (_folder, _, part) = stored(&rows, layout);
        prop_assert_eq!(read(&part.path), expected(&rows));
    }
}

#[test]
fn nothing_goes_in_and_nothing_comes_out() {
    let (_folder, store, part) = stored(&[], SMALL);
    assert_eq!(read(&part.path), Vec::<String>::new());
    assert_eq!(store.parts().unwrap().0, vec![part]);
}
