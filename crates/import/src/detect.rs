//! How a column writes its numbers, where the recipe does not say: the notations that can read all
//! of its texts, if they all read the same.

use crate::money;
use crate::number::{Notation, text_number, tried};
use haggle_quantity::Amount;

/// Every notation that is in use; each reads numbers without grouping too.
const CANDIDATES: [(char, char); 6] =
    [('.', ','), (',', '.'), (',', ' '), ('.', ' '), ('.', '\''), (',', '\'')];

/// What the texts of one column leave possible.
#[derive(Debug, Clone)]
pub(crate) struct Evidence {
    /// Notations that read every text so far.
    able: [bool; CANDIDATES.len()],
    /// The first text that two able notations read differently, with its place; by pair.
    differ: Vec<(usize, usize, String, u64)>,
    /// The first texts that no common notation reads.
    clash: Option<[(String, u64); 2]>,
    last: Option<(String, u64)>,
}

/// The verdict on a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// One reading.
    Settled(Notation),
    /// Two readings: a text, its row, and what it may mean.
    Ambiguous { text: String, row: u64, readings: [String; 2] },
    /// No notation reads both of these texts, each with its row.
    Clash([(String, u64); 2]),
}

impl Default for Evidence {
    fn default() -> Self {
        Self { able: [true; CANDIDATES.len()], differ: Vec::new(), clash: None, last: None }
    }
}

fn notation(i: usize) -> Notation {
    let (decimal, thousands) = CANDIDATES[i];
    Notation { decimal, thousands: Some(thousands), settled: true }
}

impl Evidence {
    /// Takes one text of the column. What no notation reads is no number and says nothing.
    pub(crate) fn add(&mut self, text: &str, row: u64) {
        money::pieces(text).for_each(|piece| self.add_number(piece, row));
    }

    fn add_number(&mut self, text: &str, row: u64) {
        let digits = money::digits(text);
        if digits.bytes().all(|b| b.is_ascii_digit()) {
            return;
        }
        let read = |i: usize| tried(&digits, notation(i)).ok();
        let readings = std::array::from_fn(|i| self.able[i].then(|| read(i)).flatten());
        if readings.iter().all(Option::is_none) {
            if (0..CANDIDATES.len()).any(|i| read(i).is_some()) {
                let first = self.last.clone().unwrap_or_default();
                self.clash.get_or_insert([first, (text.to_owned(), row)]);
            }
            return;
        }
        self.able = readings.map(|reading| reading.is_some());
        self.note_differences(&readings, text, row);
        self.last = Some((text.to_owned(), row));
    }

    fn note_differences(&mut self, readings: &[Option<Amount>], text: &str, row: u64) {
        for a in 0..readings.len() {
            for b in a + 1..readings.len() {
                let known = self.differ.iter().any(|(x, y, ..)| (*x, *y) == (a, b));
                let both = self.able[a] && self.able[b];
                if both && !known && readings[a] != readings[b] {
                    self.differ.push((a, b, text.to_owned(), row));
                }
            }
        }
    }

    /// Whether any text had a mark to tell by.
    pub(crate) fn spoke(&self) -> bool {
        self.last.is_some() || self.clash.is_some()
    }

    /// What all texts together leave.
    pub(crate) fn verdict(&self) -> Verdict {
        if let Some(clash) = &self.clash {
            return Verdict::Clash(clash.clone());
        }
        let open = self.differ.iter().find(|(a, b, ..)| self.able[*a] && self.able[*b]);
        if let Some((a, b, text, row)) = open {
            let reading = |i: usize| {
                let read = text_number(&money::digits(text), notation(i));
                read.map_or_else(|e| e, |amount| amount.normalize().to_string())
            };
            let readings = [reading(*a), reading(*b)];
            return Verdict::Ambiguous { text: text.clone(), row: *row, readings };
        }
        let able = (0..CANDIDATES.len()).find(|i| self.able[*i]);
        Verdict::Settled(able.map_or(Notation::PLAIN, notation))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(texts: &[&str]) -> Verdict {
        let mut evidence = Evidence::default();
        texts.iter().zip(1..).for_each(|(t, row)| evidence.add(t, row));
        evidence.verdict()
    }

    #[test]
    fn a_column_says_how_it_writes_numbers_or_it_does_not() {
        let settled = |decimal, thousands| {
            Verdict::Settled(Notation { decimal, thousands: Some(thousands), settled: true })
        };
        assert_eq!(verdict(&["4,20"]), settled(',', '.'));
        assert_eq!(verdict(&["1.234", "4,20"]), settled(',', '.'));
        assert_eq!(verdict(&["1.234", "12.5"]), settled('.', ','));
        assert_eq!(verdict(&["4,204.23"]), settled('.', ','));
        assert_eq!(verdict(&["1.234.567,89"]), settled(',', '.'));
        assert_eq!(verdict(&["1 234,56"]), settled(',', ' '));
        assert_eq!(verdict(&["1'234'567.89"]), settled('.', '\''));
        assert_eq!(verdict(&["1,23,456.78"]), settled('.', ','));
        assert_eq!(verdict(&["100", "n/a", ""]), settled('.', ','));
        assert_eq!(verdict(&["$1,973.00", "$12"]), settled('.', ','));
        assert_eq!(verdict(&["3,75E-06"]), settled(',', '.'));
        assert_eq!(verdict(&["-0,02E-1", "1.234"]), settled(',', '.'));
        assert_eq!(verdict(&["45000,-"]), settled(',', '.'));
        assert_eq!(verdict(&["1.234", "45.000,--"]), settled(',', '.'));
        assert_eq!(verdict(&["1.234", "CHF 45.\u{2013}"]), settled('.', ','));
        assert_eq!(verdict(&["30.000,- - 40.000,-"]), settled(',', '.'));
    }

    #[test]
    fn two_readings_are_told_and_not_chosen_from() {
        let Verdict::Ambiguous { text, row, readings } = verdict(&["950", "1.234", "2.500"]) else {
            panic!("ambiguous");
        };
        assert_eq!((text.as_str(), row), ("1.234", 2));
        assert_eq!(readings, ["1.234", "1234"]);
        assert!(matches!(verdict(&["$1,234"]), Verdict::Ambiguous { .. }));
        let clash = Verdict::Clash([("1.234,5".into(), 1), ("1,234.5".into(), 2)]);
        assert_eq!(verdict(&["1.234,5", "1,234.5"]), clash);
    }

    proptest::proptest! {
        /// A settled column reads every text that any notation reads, and no able one differs.
        #[test]
        fn settled_means_one_reading(texts in proptest::collection::vec("[0-9]{1,3}[.,' ]?[0-9]{0,3}[.,]?[0-9]{0,2}", 1..6)) {
            let texts: Vec<&str> = texts.iter().map(|t| t.trim()).collect();
            if let Verdict::Settled(chosen) = verdict(&texts) {
                for text in &texts {
                    let any = (0..CANDIDATES.len()).any(|i| text_number(text, notation(i)).is_ok());
                    assert_eq!(any, text_number(text, chosen).is_ok(), "{text}");
                }
            }
        }
    }
}
