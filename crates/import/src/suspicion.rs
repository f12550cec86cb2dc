//! Finds amounts that are of another order than the rest of their column: pay per hour among pay
//! per year, thousands beside units. They are named and never corrected.

use crate::source::warning as warning_of;
use haggle_evidence::{Diagnostic, Locator};
use std::collections::BTreeMap;

/// Amounts below which a group says nothing.
const FEWEST: u64 = 5;
/// How many times smaller or larger than the median an amount must be.
const FAR: i128 = 100;
/// Places that a message names.
const NAMED: usize = 5;

/// Groups that are remembered: a file may state a unit of its own in each row.
const GROUPS: usize = 1000;

/// Amounts of a quarter of an octave.
#[derive(Debug, Clone, Default)]
struct Bin {
    count: u64,
    rows: Vec<u64>,
}

/// Amounts that should be of one order: of one column, currency and unit.
type Group = (usize, String, String);

/// The amounts of a source by order of size, group by group.
#[derive(Debug, Default)]
pub(crate) struct Sizes {
    groups: Vec<(Group, BTreeMap<u16, Bin>)>,
    /// The number of a group by its column, currency and unit in one text.
    numbers: BTreeMap<String, usize>,
    /// Room for such a text.
    key: String,
    /// The group that was met last, which is likely the next.
    last: usize,
    /// The row of the first amount whose group is one too many.
    beyond: Option<u64>,
}

/// The bin of an amount: its highest bit, and the two after it.
fn bin(scaled: i128) -> u16 {
    let octave = 127 - scaled.leading_zeros() as u16;
    let quarter = if octave >= 2 { (scaled >> (octave - 2)) as u16 & 3 } else { 0 };
    octave * 4 + quarter
}

/// The least amount of a bin.
fn least(bin: u16) -> i128 {
    let (octave, quarter) = (bin / 4, i128::from(bin % 4));
    if octave >= 2 { (4 + quarter) << (octave - 2) } else { 1 << octave }
}

impl Sizes {
    /// Takes an amount (times 10^12, above zero) of a row.
    pub(crate) fn add(&mut self, column: usize, currency: &str, per: &str, scaled: i128, row: u64) {
        let Some(number) = self.number(column, currency, per) else {
            self.beyond.get_or_insert(row);
            return;
        };
        let bin = self.groups[number].1.entry(bin(scaled)).or_default();
        bin.count += 1;
        if bin.rows.len() < NAMED {
            bin.rows.push(row);
        }
    }

    /// The number of a group; absent for one too many.
    fn number(&mut self, column: usize, currency: &str, per: &str) -> Option<usize> {
        let known = |(g, _): &(Group, _)| g.0 == column && g.1 == currency && g.2 == per;
        if self.groups.get(self.last).is_some_and(known) {
            return Some(self.last);
        }
        self.key.clear();
        self.key.extend([column.to_string().as_str(), " ", currency, " ", per]);
        let number = match self.numbers.get(&self.key) {
            Some(number) => *number,
            None if self.groups.len() >= GROUPS => return None,
            None => {
                let group = (column, currency.to_owned(), per.to_owned());
                self.groups.push((group, BTreeMap::new()));
                self.numbers.insert(self.key.clone(), self.groups.len() - 1);
                self.groups.len() - 1
            }
        };
        self.last = number;
        Some(number)
    }

    /// A warning for each group with amounts far from its median, and one that says which were not
    /// looked at.
    pub(crate) fn warnings(
        &self,
        sheet: Option<&str>,
        name: impl Fn(usize) -> String,
    ) -> Vec<Diagnostic> {
        let groups = self.groups.iter();
        let groups = groups.filter_map(|(group, bins)| warning(group, bins, sheet, &name));
        groups.chain(self.beyond.map(|row| beyond(sheet, row))).collect()
    }
}

fn beyond(sheet: Option<&str>, row: u64) -> Diagnostic {
    let message = format!(
        "amounts of more than {GROUPS} units and currencies; from this row on no mixture is looked for in any other"
    );
    let place = Locator { sheet: sheet.map(str::to_owned), row, ..Locator::default() };
    Diagnostic { place, ..warning_of("W0122", message) }
}

fn warning(
    (column, currency, per): &Group,
    bins: &BTreeMap<u16, Bin>,
    sheet: Option<&str>,
    name: &impl Fn(usize) -> String,
) -> Option<Diagnostic> {
    let total: u64 = bins.values().map(|b| b.count).sum();
    if total < FEWEST {
        return None;
    }
    let median = least(median(bins, total)?);
    let small = far(bins, |bin| least(bin) < median / FAR);
    let large = far(bins, |bin| least(bin) / FAR > median);
    let mut parts = Vec::new();
    if small.count > 0 {
        let n = small.count;
        parts.push(format!(
            "{n} under a hundredth of the median, as pay per hour or in thousands would be ({})",
            rows(&small)
        ));
    }
    if large.count > 0 {
        let n = large.count;
        parts.push(format!("{n} over a hundred times the median, as another unit, currency or a slip would be ({})", rows(&large)));
    }
    let first = small.rows.iter().chain(&large.rows).min().copied()?;
    let message = format!(
        "`{}` in {currency} per {per} holds a mixture: of {total} amounts {}",
        name(*column),
        parts.join("; ")
    );
    let (sheet, column) = (sheet.map(str::to_owned), *column as u32 + 1);
    let place = Locator { sheet, row: first, column, path: None };
    Some(Diagnostic { place, ..warning_of("W0122", message) })
}

fn median(bins: &BTreeMap<u16, Bin>, total: u64) -> Option<u16> {
    let mut below = 0;
    bins.iter().find_map(|(bin, b)| {
        below += b.count;
        (below * 2 >= total).then_some(*bin)
    })
}

fn far(bins: &BTreeMap<u16, Bin>, test: impl Fn(u16) -> bool) -> Bin {
    let mut all = Bin::default();
    for (_, bin) in bins.iter().filter(|(bin, _)| test(**bin)) {
        all.count += bin.count;
        all.rows.extend(&bin.rows);
    }
    all.rows.sort_unstable();
    all
}

fn rows(bin: &Bin) -> String {
    let named: Vec<String> = bin.rows.iter().take(NAMED).map(u64::to_string).collect();
    let more = if bin.count > named.len() as u64 { ", ..." } else { "" };
    format!("rows {}{more}", named.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: i128 = 1_000_000_000_000;

    fn warnings(amounts: &[i128]) -> Vec<String> {
        let mut sizes = Sizes::default();
        for (amount, row) in amounts.iter().zip(2..) {
            sizes.add(3, "USD", "year", amount * UNIT, row);
        }
        sizes.warnings(None, |_| "Salary".to_owned()).into_iter().map(|d| d.message).collect()
    }

    #[test]
    fn a_mixture_is_found_and_named() {
        let mut pay: Vec<i128> = (0..40).map(|i| 50_000 + i * 1_000).collect();
        assert_eq!(warnings(&pay), Vec::<String>::new());
        pay.extend([55, 62]);
        let found = warnings(&pay);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("of 42 amounts 2 under a hundredth"), "{found:?}");
        assert!(found[0].contains("rows 42, 43"), "{found:?}");
        pay.push(99_999_999_999);
        assert!(warnings(&pay)[0].contains("1 over a hundred times"));
    }

    #[test]
    fn no_more_groups_are_remembered_than_stated() {
        let mut sizes = Sizes::default();
        for round in 0..2 {
            for i in 0..GROUPS as u64 + 50 {
                sizes.add(3, "USD", &format!("unit {i}"), UNIT, 100 * round + i);
            }
        }
        assert_eq!((sizes.groups.len(), sizes.numbers.len()), (GROUPS, GROUPS));
        assert!(sizes.groups.iter().all(|(_, bins)| bins.values().all(|b| b.count == 2)));
        let told = sizes.warnings(Some("S"), |_| String::new());
        let [only] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!((only.code, only.place.row), ("W0122", GROUPS as u64));
    }

    #[test]
    fn groups_are_told_apart_in_any_order() {
        let mut sizes = Sizes::default();
        for (column, currency, per) in [
            (1, "USD", "year"),
            (11, "USD", "year"),
            (1, "EUR", "year"),
            (1, "USD", "hour"),
            (1, "USD", "year"),
        ] {
            sizes.add(column, currency, per, UNIT, 2);
        }
        let counts: Vec<u64> =
            sizes.groups.iter().map(|(_, b)| b.values().map(|b| b.count).sum()).collect();
        assert_eq!(counts, [2, 1, 1, 1]);
    }

    #[test]
    fn small_groups_and_ordinary_spreads_say_nothing() {
        assert_eq!(warnings(&[50_000, 60_000, 25]), Vec::<String>::new());
        let wide: Vec<i128> = (0..30).map(|i| 20_000 + i * 20_000).collect();
        assert_eq!(warnings(&wide), Vec::<String>::new());
    }

    proptest::proptest! {
        #[test]
        fn bins_hold_what_falls_into_them(scaled in 1_i128..1_000_000_000_000_000_000_000_000_000) {
            let b = bin(scaled);
            assert!(least(b) <= scaled && scaled < least(b + 1));
        }
    }
}
