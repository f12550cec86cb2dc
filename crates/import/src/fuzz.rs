//! Bodies for fuzzers: each takes any bytes, and must neither panic nor break a law.
//!
//! They are plain functions, called by property tests here and by the targets in `fuzz/`.

use crate::cell::Cell;
use crate::date::DateFormat;
use crate::detect::{Evidence, Verdict};
use crate::formula::Formula;
use crate::inspect::inspect;
use crate::money;
use crate::number::{Notation, text_number};
use crate::pattern::{Pattern, squeeze};
use crate::{Options, Recipe, open};
use haggle_evidence::Importer;
use haggle_quantity::Amount;
use std::io::Write;

const NOTATIONS: [Notation; 5] = [
    Notation::PLAIN,
    Notation { decimal: '.', thousands: Some(','), settled: true },
    Notation { decimal: ',', thousands: Some('.'), settled: true },
    Notation { decimal: ',', thousands: Some(' '), settled: true },
    Notation { decimal: '.', thousands: Some('\''), settled: false },
];

/// Numbers, amounts of money, bands: what is read is read again from its plain form.
pub fn numbers(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for notation in NOTATIONS {
        if let Ok(number) = text_number(text, notation) {
            let again = text_number(&number.to_string(), Notation::PLAIN);
            assert_eq!(again.as_ref().map(Amount::normalize), Ok(number.normalize()), "{text}");
        }
        if let Ok(band) = money::band(text, notation)
            && let (Some(low), Some(high)) = (band.low, band.high)
        {
            assert!(low <= high, "{text}");
        }
        let _ = money::is_ambiguous(text, notation);
    }
}

/// The notation of a column: a settled one reads every text that it took for a number.
pub fn columns(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut evidence = Evidence::default();
    text.lines().zip(1..).for_each(|(line, row)| evidence.add(line, row));
    if let Verdict::Settled(chosen) = evidence.verdict() {
        for line in text.lines() {
            let digits = money::digits(line);
            let any = NOTATIONS.iter().any(|n| text_number(&digits, *n).is_ok());
            assert!(!any || text_number(&digits, chosen).is_ok(), "{line}");
        }
    }
}

/// Dates: the first line is the format, the others are read by it.
pub fn dates(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut lines = text.lines();
    let Ok(format) = DateFormat::parse(lines.next().unwrap_or("")) else { return };
    for line in lines {
        let _ = format.read(&Cell::text(line.into()));
    }
}

/// Formulas over three names.
pub fn formulas(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(formula) = Formula::parse(text, &["a", "b", "c"]) {
        let _ = formula.compute(&[Some(Amount::ONE), Some(Amount::ZERO), None]);
    }
}

/// Header patterns: the first line is the pattern, the second the header.
pub fn patterns(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (pattern, header) = text.split_once('\n').unwrap_or((text, ""));
    let _ = Pattern::header(pattern).fits(header);
    let _ = Pattern::capturing(pattern).map(|p| p.captures(header));
    assert_eq!(squeeze(&squeeze(header)), squeeze(header));
}

/// Recipes.
pub fn recipes(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = Recipe::parse(text, "fuzz.toml");
}

/// A whole file by the built-in recipes, and a look at it: both conservation laws hold.
pub fn files(bytes: &[u8]) {
    let Ok(mut file) = tempfile::NamedTempFile::new() else { return };
    if file.write_all(bytes).is_err() {
        return;
    }
    let options = Options::default();
    let _ = inspect(file.path(), &options);
    let Ok(mut importer) = open(file.path(), &options) else { return };
    let mut rows = 0;
    let mut count = |batch: haggle_evidence::RecordBatch| {
        rows += batch.num_rows() as u64;
        Ok(())
    };
    if let Ok(import) = importer.run(&mut count) {
        assert!(import.account.check(), "both laws");
        assert_eq!(import.account.observations, rows);
    }
}

/// A tree by a recipe of rows in rows: both conservation laws hold.
pub fn trees(bytes: &[u8]) {
    const RECIPE: &str = "name = \"fuzz\"\nversion = 1\nsource = { name = \"fuzz\" }\n\
        number = { decimal = \".\", thousands = \"\" }\n\
        constant = { kind = \"price\", basis = \"list\", tax = \"excluded\", currency = \"USD\", per = \"each\" }\n\
        tree = { rows = [\"/{a}\", \"/{a}/b/{c}\"], values = [\"/{a}/v\"], watch = [\"*\"], join = [{ name = \"j\", rows = \"/j/*\", key = \"k\", by = [\"@a\"] }] }\n\
        field.title = { any = [\"/{a}/t\", \"/t\", \"j:t\"] }\n\
        amount = [{ any = [\"@value\", \"p\", \"p/0\"], statistic = \"value\" }]\n";
    let Ok(mut file) = tempfile::NamedTempFile::new() else { return };
    let Ok(recipe) = Recipe::parse(RECIPE, "fuzz.toml") else { return };
    if file.write_all(bytes).is_err() {
        return;
    }
    let options = Options { recipe: Some(recipe), ..Options::default() };
    let Ok(mut importer) = open(file.path(), &options) else { return };
    if let Ok(import) = importer.run(&mut |_| Ok(())) {
        assert!(import.account.check(), "both laws");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SURVEY: &str = "work_year,job_title,salary,salary_currency\n2024,Cook,30000,EUR\n2023,\"A, B\",\"1,5\",USD\n";

    const TREE: &str = r#"{"j": [{"k": "x", "t": "T"}, {"k": "y"}], "x": {"v": 1, "b": [{"p": 2}, {"p": [3]}], "p": "4", "t": null}, "y": {"b": {"q": {"p": 5e1}}, "v": {}}, "t": "\u00e9", "x": 1}"#;

    proptest! {
        #[test]
        fn small_texts(text in "[-+0-9.,' $€k%()a-cEe\u{a0}\n]{0,40}") {
            for body in [numbers, columns, formulas, patterns] {
                body(text.as_bytes());
            }
        }

        #[test]
        fn formats_and_dates(text in "[YMDhms./: ]{0,12}\n[0-9./: -]{0,20}") {
            dates(text.as_bytes());
        }

        #[test]
        fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            for body in [numbers, columns, dates, formulas, patterns, recipes] {
                body(&bytes);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn changed_files(changes in proptest::collection::vec((0..SURVEY.len(), any::<u8>()), 0..6), cut in 0..SURVEY.len()) {
            let mut bytes = SURVEY.as_bytes().to_vec();
            for (at, byte) in changes {
                bytes[at] = byte;
            }
            files(&bytes);
            files(&bytes[..cut]);
        }

        #[test]
        fn changed_trees(changes in proptest::collection::vec((0..TREE.len(), any::<u8>()), 0..4), cut in 0..TREE.len()) {
            let mut bytes = TREE.as_bytes().to_vec();
            trees(&bytes);
            for (at, byte) in changes {
                bytes[at] = byte;
            }
            trees(&bytes);
            trees(&bytes[..cut]);
            files(&bytes);
        }

        #[test]
        fn changed_recipes(at in 0..2000_usize, with in "[a-z\"=\\[\\]{}.0-9 \n]{0,6}") {
            let text = crate::builtin::builtin_text("bls-oews").unwrap();
            let at = (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap();
            recipes(format!("{}{with}{}", &text[..at], &text[at..]).as_bytes());
        }
    }
}
