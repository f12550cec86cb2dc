//! Both conservation laws, and the place of every defect, over random tables.

use crate::support::read;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What a generated row is, with its text and what must become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Good,
    BlankPay,
    BadPay,
    NegativePay,
    NoCurrency,
    BadCurrency,
    BadYear,
    Short,
    Long,
    Note,
    BlankFields,
    BlankLine,
    TwoLines,
}

const KINDS: [Kind; 13] = [
    Kind::Good,
    Kind::BlankPay,
    Kind::BadPay,
    Kind::NegativePay,
    Kind::NoCurrency,
    Kind::BadCurrency,
    Kind::BadYear,
    Kind::Short,
    Kind::Long,
    Kind::Note,
    Kind::BlankFields,
    Kind::BlankLine,
    Kind::TwoLines,
];

impl Kind {
    fn text(self, newline: &str) -> String {
        match self {
            Self::Good => "2024,Cook,1.5,EUR,ES".to_owned(),
            Self::BlankPay => "2024,Cook,,,ES".to_owned(),
            Self::BadPay => "2024,Cook,1.5.5,EUR,ES".to_owned(),
            Self::NegativePay => "2024,Cook,-1,EUR,ES".to_owned(),
            Self::NoCurrency => "2024,Cook,1,,ES".to_owned(),
            Self::BadCurrency => "2024,Cook,1,Euro,ES".to_owned(),
            Self::BadYear => "soon,Cook,1,EUR,ES".to_owned(),
            Self::Short => "2024,Cook,1,EUR".to_owned(),
            Self::Long => "2024,Cook,1,EUR,ES,x".to_owned(),
            Self::Note => "Source: somebody".to_owned(),
            Self::BlankFields => ",,,,".to_owned(),
            Self::BlankLine => String::new(),
            Self::TwoLines => format!("2024,\"Cook{newline}and chef\",1.5,EUR,ES"),
        }
    }

    /// `what code column`, for rows that are neither good nor skipped.
    fn fate(self) -> Option<(&'static str, u32)> {
        Some(match self {
            Self::BlankPay => ("absent I0301", 3),
            Self::BadPay => ("rejected I0101", 3),
            Self::NegativePay => ("rejected I0105", 3),
            Self::NoCurrency => ("rejected I0104", 4),
            Self::BadCurrency => ("rejected I0106", 4),
            Self::BadYear => ("rejected I0102", 1),
            Self::Short | Self::Long => ("rejected I0103", 0),
            Self::Note | Self::BlankFields | Self::BlankLine => ("skipped I0202", 0),
            Self::Good | Self::TwoLines => return None,
        })
    }
}

type Fates = BTreeMap<&'static str, Vec<String>>;

/// The text, the places of good amounts and the places of everything else.
fn table(kinds: &[Kind], newline: &str) -> (String, Vec<String>, Fates) {
    let mut text = format!("work_year,job_title,salary,salary_currency,company_location{newline}");
    let (mut line, mut good, mut fates) = (2, Vec::new(), Fates::new());
    for kind in kinds {
        let content = kind.text(newline);
        match kind.fate() {
            None => good.push(format!("{line}:3")),
            Some((fate, 0)) => fates.entry(fate).or_default().push(line.to_string()),
            Some((fate, column)) => fates.entry(fate).or_default().push(format!("{line}:{column}")),
        }
        line += 1 + u64::from(*kind == Kind::TwoLines);
        text += &content;
        text += newline;
    }
    (text, good, fates)
}

fn count(fates: &Fates, what: &str) -> u64 {
    fates.iter().filter(|(f, _)| f.starts_with(what)).map(|(_, p)| p.len() as u64).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_vanishes(
        picks in prop::collection::vec(0..KINDS.len(), 0..18),
        newline in prop::sample::select(vec!["\n", "\r\n", "\r"]),
    ) {
        let kinds: Vec<Kind> = picks.into_iter().map(|i| KINDS[i]).collect();
        let (text, good, fates) = table(&kinds, newline);
        let done = read("random.csv", &text).unwrap();
        let account = &done.import.account;
        prop_assert_eq!(account.read, kinds.len() as u64 + 1);
        prop_assert_eq!(account.rejected, count(&fates, "rejected"));
        prop_assert_eq!(account.skipped, count(&fates, "skipped") + 1);
        prop_assert_eq!(account.absent, count(&fates, "absent"));
        prop_assert_eq!(account.mapped, account.observations + account.absent);
        let places: Vec<&str> = done.lines.iter().map(|l| l.split(' ').next().unwrap()).collect();
        prop_assert_eq!(places, good);
        let mut found = Fates::new();
        for tally in account.tallies().iter().filter(|t| t.reason != "header") {
            let name = format!("{:?} {}", tally.what, tally.code).to_lowercase();
            let (key, _) = fates.iter().find(|(f, _)| f.to_lowercase() == name).expect("a known fate");
            let places = tally.samples.iter().map(|s| s.place.clone());
            found.entry(*key).or_default().extend(places);
        }
        let sorted = |mut fates: Fates| { fates.values_mut().for_each(|p| p.sort()); fates };
        prop_assert_eq!(sorted(found), sorted(fates));
    }
}
