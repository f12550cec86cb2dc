//! A sibling file of coefficients of variation becomes the relative errors of the amounts.

use crate::support::run;
use haggle_evidence::Importer;
use haggle_import::{Options, Recipe, open, siblings};

const RECIPE: &str = r#"
name = "table"
version = 1
signature = [["Code"], ["Median"]]
without = ["coefficients of variation"]
source = { name = "table" }
number = { decimal = "." }
constant = { kind = "wage", basis = "paid", tax = "gross", currency = "GBP", per = "hour" }
field.subject = { any = ["Code"] }
quality = { name = ["Table 14.{n}a", "Table 14.{n}b"], by = [["Code"]], absent = ["x"] }
amount = [
    { any = ["Median"], statistic = "p50" },
    { any = ["Mean"], statistic = "mean" },
]
"#;

#[test]
fn the_sibling_is_found_by_name_and_read_by_row_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("PROV Table 14.5a   Hourly pay 2024.csv");
    let sibling = folder.path().join("PROV Table 14.5b   Hourly pay 2024 CV.csv");
    std::fs::write(&path, "Code,Median,Mean\n1111,10.50,12\n1112,11,13\n1113,12,14\n").unwrap();
    let recipe = Recipe::parse(RECIPE, "table.toml").unwrap();
    let options = Options { recipe: Some(recipe.clone()), ..Options::default() };

    let mut alone = open(&path, &options).unwrap();
    let identity = alone.identity().clone();
    assert_eq!(run(&mut alone).unwrap().errors, [None; 6]);
    assert!(siblings(&path, Some(&recipe)).is_empty());

    // Columns in another order, one row more, one row less, and a sign for no value.
    let text =
        "Coefficients of variation,,\nMean,Code,Median\n2.5,1112,0.7\n9,9999,9\nx,1111,1.2\n";
    std::fs::write(&sibling, text).unwrap();
    let mut with = open(&path, &options).unwrap();
    assert_ne!(*with.identity(), identity, "the sibling is part of what was read");
    let done = run(&mut with).unwrap();
    assert_eq!(done.errors, [Some(0.012), None, Some(0.007), Some(0.025), None, None]);
    assert_eq!(siblings(&path, Some(&recipe)), std::slice::from_ref(&sibling));
    // By itself the sibling is no table of pay.
    assert!(open(&sibling, &options).is_err());

    std::fs::write(folder.path().join("Table 14.5b again.csv"), text).unwrap();
    let done = run(&mut open(&path, &options).unwrap()).unwrap();
    assert_eq!(done.errors, [None; 6]);
    assert_eq!(done.codes(), ["W0124"]);
}

#[test]
fn what_cannot_be_used_is_told_and_states_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Table 14.5a.csv");
    let sibling = folder.path().join("Table 14.5b.csv");
    // What programs keep beside a file that is open is no second sibling.
    for lock in ["~$Table 14.5b.csv", ".~lock.Table 14.5b.csv#"] {
        std::fs::write(folder.path().join(lock), "A").unwrap();
    }
    let recipe = Recipe::parse(RECIPE, "table.toml").unwrap();
    let options = Options { recipe: Some(recipe), ..Options::default() };
    let amounts = "Code,Median,Mean\n1111,10.50,12\n1112,11,13\n1113,12,14\n";
    std::fs::write(&path, amounts).unwrap();
    let one = Some(0.01);
    for (rows, errors, says) in [
        ("1111,1,1\n1112,1,x\n1113,,1\n", [one, one, one, None, None, one], ""),
        (
            "1111,1,1\n1111,2,2\n1112,1,1\n1111,1,1\n",
            [None, None, one, one, None, None],
            "`Table 14.5b.csv`: 1 name stands in several rows; none of them is used",
        ),
        (
            "1111,1.0.0,1\n1112,-1,1\n1113,1,see note\n",
            [None, one, None, one, one, None],
            "`Table 14.5b.csv`: 3 of its cells are no numbers; none of them is used",
        ),
        (
            "1111,?,1\n1112,1,1\n1112,1,1\n",
            [None, one, None, None, None, None],
            "`Table 14.5b.csv`: 1 of its cells is no number and 1 name stands in several rows; none of them is used",
        ),
    ] {
        std::fs::write(&sibling, format!("Code,Median,Mean\n{rows}")).unwrap();
        let done = run(&mut open(&path, &options).unwrap()).unwrap();
        assert_eq!(done.errors, errors, "{rows}");
        let told: Vec<&str> = done.import.diagnostics.iter().map(|d| d.message.as_str()).collect();
        assert_eq!(told, Vec::from_iter((!says.is_empty()).then_some(says)), "{rows}");
    }
}
