//! What a cell says that people write in many ways: a term in days, a share, a date.

use crate::cell::{Cell, Format};
use crate::date::DateFormat;
use crate::money::{code_of, money};
use crate::number::{Notation, is_percentage, number};
use crate::pattern::{Captures, Pattern, fill};
use crate::recipe::SayingSpec;
use haggle_quantity::Amount;
use std::borrow::Cow;
use std::cmp::Reverse;

/// How such a cell is read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Saying {
    absent: Vec<String>,
    formats: Vec<DateFormat>,
    /// Patterns with what they mean, the longer first.
    like: Vec<(Pattern, String)>,
    otherwise: Option<String>,
    pub(crate) number: bool,
    fraction: bool,
}

/// What it says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Said {
    Text(String),
    Number(Amount),
}

/// What the last cell of a column said.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heard {
    /// Its text, if it is one.
    text: Option<String>,
    said: Option<Said>,
}

impl Saying {
    /// The patterns and formats of a recipe, which were checked when it was read.
    pub(crate) fn new(spec: SayingSpec<'_>) -> Self {
        let mut words: Vec<_> = spec.like.iter().collect();
        words.sort_by_key(|(pattern, _)| Reverse(pattern.len()));
        let pattern = |(pattern, meaning): (&String, &String)| {
            Some((Pattern::capturing(pattern).ok()?, meaning.clone()))
        };
        Self {
            absent: spec.absent.to_vec(),
            formats: spec.format.iter().filter_map(|f| DateFormat::parse(f).ok()).collect(),
            like: words.into_iter().filter_map(pattern).collect(),
            otherwise: spec.otherwise.map(str::to_owned),
            number: spec.number,
            fraction: spec.fraction,
        }
    }

    /// What a cell says, which many rows say alike: the last text is not read again.
    pub(crate) fn hear<'h>(
        &self,
        cell: &Cell<'_>,
        notation: Option<Notation>,
        last: &'h mut Heard,
    ) -> Option<&'h Said> {
        match cell {
            Cell::Text(text) if last.text.as_deref() == Some(text) => {}
            _ => {
                last.said = self.read(cell, notation);
                last.text = match cell {
                    Cell::Text(text) => Some(text.as_ref().to_owned()),
                    _ => None,
                };
            }
        }
        last.said.as_ref()
    }

    /// What a cell says; nothing where it is blank or a sign for no value. What cannot be read stays
    /// as it stands, for whoever needs it to refuse: a price is not lost for what is said beside it.
    pub(crate) fn read(&self, cell: &Cell<'_>, notation: Option<Notation>) -> Option<Said> {
        let shown = cell.shown();
        if cell.is_blank() || self.absent.iter().any(|sign| *sign == shown) {
            return None;
        }
        if let Some(date) = self.formats.iter().find_map(|f| f.read(cell)) {
            return Some(Said::Text(date.to_string()));
        }
        let said = match self.meaning(&shown) {
            None => notation.and_then(|notation| self.number(cell, notation)),
            Some(nothing) if nothing.is_empty() => return None,
            Some(meaning) => {
                let number = self.number(&Cell::Text(Cow::Borrowed(&meaning)), Notation::PLAIN);
                Some(number.unwrap_or(Said::Text(meaning)))
            }
        };
        Some(said.unwrap_or_else(|| Said::Text(shown.into_owned())))
    }

    /// What the first pattern means that a text is like, or what any other text means.
    fn meaning(&self, shown: &str) -> Option<String> {
        let like = |(pattern, meaning): &(Pattern, String)| {
            let captures: Captures = pattern.captures(shown)?;
            fill(meaning, &captures).ok()
        };
        self.like.iter().find_map(like).or_else(|| self.otherwise.clone())
    }

    /// A number, where one is wanted; a percentage is a fraction where the recipe says so. Money keeps
    /// its currency, `EUR 40`: whoever takes the number knows in which it has to be.
    fn number(&self, cell: &Cell<'_>, notation: Notation) -> Option<Said> {
        if !self.number {
            return None;
        }
        if let (false, Some(money)) = (self.fraction, marked(cell, notation)) {
            return Some(Said::Text(money));
        }
        let stated = number(cell, notation).ok()?;
        let share = self.fraction && is_percentage(cell);
        let scaled = if share { stated.checked_div(Amount::ONE_HUNDRED)? } else { stated };
        Some(Said::Number(scaled.normalize()))
    }
}

/// Money with its mark or code in front, where a cell says one: `EUR 40`, `$ 40`.
fn marked(cell: &Cell<'_>, notation: Notation) -> Option<String> {
    let (mark, amount) = match cell {
        Cell::Text(text) => {
            let money = money(text, notation).ok().filter(|money| !money.thousands)?;
            (money.mark?, money.amount)
        }
        Cell::Number(_, Format::Money(mark)) => (*mark, number(cell, notation).ok()?),
        _ => return None,
    };
    Some(format!("{} {}", code_of(mark).unwrap_or(mark), amount.normalize()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn read(saying: &Saying, text: &str) -> String {
        match saying.read(&Cell::trimmed(text), Some(Notation::PLAIN)) {
            None => "nothing".to_owned(),
            Some(Said::Text(text)) => format!("`{text}`"),
            Some(Said::Number(number)) => number.to_string(),
        }
    }

    #[test]
    fn terms_of_payment_are_read_by_their_patterns_or_left_as_they_stand() {
        let like: BTreeMap<String, String> = [
            ("net {n:digits}", "{n}"),
            ("{d:digits}/{e:digits} net {n:digits}", "{n}"),
            ("on receipt", "0"),
        ]
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .into();
        let spec = SayingSpec { like: &like, ..SayingSpec::default() };
        let days = Saying::new(spec);
        for (text, said) in [
            ("Net 30", "`30`"),
            ("2/10 net 45", "`45`"),
            ("On receipt", "`0`"),
            ("30", "`30`"),
            ("as agreed", "`as agreed`"),
            ("", "nothing"),
        ] {
            assert_eq!(read(&days, text), said, "{text}");
        }
        let like = BTreeMap::from([("{d:digits}/{e:digits} net {n:digits}".into(), "{d}%".into())]);
        let spec =
            SayingSpec { like: &like, otherwise: Some(""), number: true, fraction: true, ..spec };
        let discount = Saying::new(spec);
        assert_eq!(read(&discount, "2/10 net 45"), "0.02");
        assert_eq!(read(&discount, "net 30"), "nothing");
    }

    #[test]
    fn a_share_is_a_fraction_and_a_date_is_written_as_one() {
        let share = Saying::new(SayingSpec { number: true, fraction: true, ..Default::default() });
        for (text, said) in [("5 %", "0.05"), ("0.05", "0.05"), ("12.5%", "0.125")] {
            assert_eq!(read(&share, text), said, "{text}");
        }
        assert_eq!(read(&share, "some"), "`some`");
        let freight = Saying::new(SayingSpec { number: true, ..Default::default() });
        for (text, said) in [
            ("40", "40"),
            ("€ 40", "`EUR 40`"),
            ("EUR 45.50", "`EUR 45.5`"),
            ("$40", "`$ 40`"),
            ("40 per pallet", "`40 per pallet`"),
        ] {
            assert_eq!(read(&freight, text), said, "{text}");
        }
        let words = Saying::new(SayingSpec::default());
        assert_eq!(read(&words, "2 years or €100"), "`2 years or €100`");
        let formats = ["YYYY-MM-DD".to_owned(), "DD.MM.YYYY".to_owned()];
        let day = Saying::new(SayingSpec { format: &formats, ..Default::default() });
        assert_eq!(read(&day, "31.12.2026"), "`2026-12-31`");
        assert_eq!(read(&day, "12/31/2026"), "`12/31/2026`");
    }
}
