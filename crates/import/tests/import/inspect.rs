//! A look at files: what is told of them, and that a proposal becomes a recipe that imports.

use crate::support::{V, failure, run, save, xlsx};
use haggle_import::inspect::{Content, Fit, Inspection, inspect};
use haggle_import::{Options, Recipe, open};

fn look(name: &str, bytes: impl AsRef<[u8]>) -> Inspection {
    let saved = save(name, bytes);
    inspect(&saved.path, &Options::default()).unwrap()
}

const SURVEY: &str = "work_year;job_title;salary;salary_currency\n\
    2024;Cook;30000;EUR\n2024;Baker;x;EUR\n2024;Smith;31000;EUR\n";

#[test]
fn a_known_file_is_recognised_with_its_first_observations_and_problems() {
    let found = look("survey.csv", SURVEY);
    assert_eq!(found.format, "separated text");
    assert_eq!((found.encoding.as_deref(), found.separator), (Some("UTF-8"), Some(';')));
    let contents: Vec<Content> = found.tables[0].columns.iter().map(|c| c.content).collect();
    assert_eq!(contents, [Content::Number, Content::Text, Content::Number, Content::Text]);
    let stray = found.tables[0].columns[2].strays.clone();
    assert_eq!(stray, Some((1, 3, "x".to_owned())));
    let Fit::Fits(fits) = &found.fit else { panic!("{:?}", found.fit) };
    assert_eq!(fits.recipe, "community-salaries");
    assert_eq!(fits.observations.len(), 2);
    assert_eq!(fits.observations[0].place.to_string(), "2:3");
    assert_eq!(fits.observations[0].amount, "30000");
    assert_eq!((fits.account.read, fits.account.imported, fits.account.rejected), (4, 2, 1));
    assert_eq!((fits.issues[0].place.to_string().as_str(), fits.issues[0].code), ("3:3", "I0101"));
    let builtin = found.proposal.unwrap();
    assert_eq!(Recipe::parse(&builtin, "x").unwrap().name(), "community-salaries");
}

#[test]
fn sheets_hidden_ones_too_and_titles_are_told() {
    let book = xlsx(&[
        ("Read me", vec![("A1", V::S("Notes on the list"))]),
        (
            "Prices",
            vec![
                ("A1", V::S("Spring list")),
                ("A3", V::S("Part")),
                ("B3", V::S("Price EUR")),
                ("A4", V::S("bolt")),
                ("B4", V::N("1.5")),
                ("A5", V::S("nut")),
                ("B5", V::E("#REF!")),
            ],
        ),
    ]);
    let found = look("list.xlsx", book);
    let sheets: Vec<Option<&str>> = found.tables.iter().map(|t| t.sheet.as_deref()).collect();
    assert_eq!(sheets, [Some("Read me"), Some("Prices")]);
    let prices = &found.tables[1];
    assert_eq!(
        (prices.header, prices.titles.as_slice()),
        (Some((3, 3)), ["Spring list".to_owned()].as_slice())
    );
    assert_eq!(prices.columns[1].errors, Some((1, 5)));
    let Fit::None { error, .. } = &found.fit else { panic!("{:?}", found.fit) };
    assert_eq!(error.code, "E0006");
    let proposal = found.proposal.unwrap();
    assert!(proposal.contains("sheets = [\"Prices\"]"), "{proposal}");
    assert!(proposal.contains("currency = \"EUR\"   # from the header"), "{proposal}");
}

/// Saved, its doubts settled, and passed by name, a proposal imports the file.
#[test]
fn a_proposal_with_its_doubts_settled_imports_the_file() {
    let text = "Country;Job title;Code;Annual salary;Submitted\n\
        Spain;Cook;0012;31.500,50;24/11/2025\nFrance;Baker;0013;2.500;25/11/2025\n";
    let saved = save("pay 2025.csv", text);
    let found = inspect(&saved.path, &Options::default()).unwrap();
    let proposal = found.proposal.unwrap();
    // Nothing says the currency: unsettled, the proposal cannot be used.
    let unsettled = Recipe::parse(&proposal, "proposal.toml").unwrap_err();
    assert!(unsettled.message.contains("found no currency"), "{unsettled}");
    let settled = proposal.replace("# currency = \"EUR\"", "currency = \"EUR\"");
    let recipe =
        Recipe::parse(&settled, "proposal.toml").unwrap_or_else(|e| panic!("{e}\n{settled}"));
    assert_eq!(recipe.name(), "pay-2025");
    let options = Options { recipe: Some(recipe), ..Options::default() };
    let done = run(&mut open(&saved.path, &options).unwrap()).unwrap();
    assert_eq!(
        done.lines,
        [
            "2:4 0012|Cook|Spain|- value 31500.5 exact EUR ANN",
            "3:4 0013|Baker|France|- value 2500 exact EUR ANN",
        ]
    );
    // Next year's file with a renamed column names it.
    let next = save("pay 2026.csv", text.replace("Annual salary", "Yearly salary"));
    let (code, message) = failure(open(&next.path, &options).map(|_| ()));
    assert_eq!(code, "E0008");
    assert!(message.contains("`Annual salary`"), "{message}");
}

#[test]
fn an_open_order_of_day_and_month_and_two_readings_are_doubts() {
    let text = "Item,Price,Date\nbolt,\"1.234\",03/04/2025\nnut,\"2.500\",05/06/2025\n";
    let found = look("list.csv", text);
    let column = &found.tables[0].columns[1];
    assert_eq!(column.notation, Err(["1.234".to_owned(), "1234".to_owned()]));
    let proposal = found.proposal.unwrap();
    assert!(
        proposal.contains("# doubt: the numbers of `Price` can be read in two ways"),
        "{proposal}"
    );
    assert!(proposal.contains("# doubt: the order of day and month is open"), "{proposal}");
}

#[test]
fn what_is_no_table_is_an_error_and_an_empty_proposal_is_none() {
    let saved = save("x.csv", "%PDF-1.7");
    assert_eq!(failure(inspect(&saved.path, &Options::default())).0, "E0003");
    assert!(look("names.csv", "Name,City\nAnn,Rome\nBob,Oslo\n").proposal.is_none());
}
