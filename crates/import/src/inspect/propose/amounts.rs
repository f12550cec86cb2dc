//! Amounts of one row: ends of ranges put together, and those that may say the same thing told.

use super::Amount;
use super::said::{End, Money, Said, end, statistic};
use crate::inspect::vocabulary::vocabulary;
use crate::inspect::{Column, Content};

const MIDDLE: &str = "the middle of a range, which says nothing more than its ends";

impl<'a> Amount<'a> {
    pub(super) fn of(column: &'a Column) -> Self {
        Self {
            column,
            to: None,
            statistic: statistic(&column.header).unwrap_or_else(|| "value".to_owned()),
            said: Said::of(&column.header),
            component: None,
            party: None,
            party_column: false,
            doubts: Vec::new(),
            off: false,
        }
    }

    fn header(&self) -> &'a str {
        &self.column.header
    }
}

/// Ranges, statistics and doubts of the amounts of a row; whether it has a quantity beside them,
/// and how many rows there are.
pub(super) fn arrange<'a>(
    amounts: Vec<Amount<'a>>,
    unread: &mut Vec<(&'a Column, &'static str)>,
    pay: bool,
    (quantity, rows): (bool, u64),
) -> Vec<Amount<'a>> {
    let mut amounts = if amounts.iter().any(|a| a.statistic.starts_with('p')) {
        extremes(amounts)
    } else {
        ranges(amounts, unread)
    };
    if !pay && quantity {
        amounts.iter_mut().for_each(whole_row);
    }
    uncomputed(&mut amounts);
    twins(&mut amounts, pay, rows);
    amounts
}

/// Beside percentiles the ends are statistics too.
fn extremes(mut amounts: Vec<Amount<'_>>) -> Vec<Amount<'_>> {
    for a in amounts.iter_mut().filter(|a| a.statistic == "value") {
        match end(a.header()) {
            Some((End::Low, _)) => a.statistic = "min".to_owned(),
            Some((End::High, _)) => a.statistic = "max".to_owned(),
            None => {}
        }
    }
    amounts
}

/// Two ends of the same stem are one range.
fn ranges<'a>(
    mut amounts: Vec<Amount<'a>>,
    unread: &mut Vec<(&'a Column, &'static str)>,
) -> Vec<Amount<'a>> {
    let mut i = 0;
    while i < amounts.len() {
        if let Some((End::Low, stem)) = end(amounts[i].header()) {
            let upper = Some((End::High, stem));
            if let Some(at) = amounts.iter().position(|a| end(a.header()) == upper) {
                let column = amounts[at].column;
                amounts[i].to = Some(column);
                amounts.remove(at);
                i -= usize::from(at < i);
            }
        }
        i += 1;
    }
    if amounts.iter().any(|a| a.to.is_some()) {
        let middle = |a: &Amount<'_>| a.to.is_none() && vocabulary().middle.says(a.header());
        let (middles, others) = amounts.into_iter().partition(middle);
        amounts = others;
        let middles: Vec<Amount<'a>> = middles;
        unread.extend(middles.iter().map(|a| (a.column, MIDDLE)));
    }
    amounts
}

fn whole_row(amount: &mut Amount<'_>) {
    if vocabulary().row_total.says(amount.header()) && amount.said.unit.is_none() {
        amount
            .doubts
            .push("the header may mean the whole quantity of the row, and not one unit".to_owned());
    }
}

/// Columns of formulas that were never computed hold nothing yet.
fn uncomputed(amounts: &mut [Amount<'_>]) {
    let others = amounts.iter().any(|a| a.column.unstored == 0);
    for a in amounts.iter_mut().filter(|a| a.column.unstored > 0) {
        let count = a.column.unstored;
        a.doubts.push(format!(
            "{count} formulas without stored results: open the file and save it in a spreadsheet program"
        ));
        a.off = others && a.column.content == Content::Blank;
    }
}

/// How two amounts of a row relate.
enum Twin {
    /// They cannot be confused.
    No,
    /// They say the same in another unit or currency.
    Same,
    /// Two parts of pay, or prices of two sorts.
    Alike,
}

fn twins(amounts: &mut [Amount<'_>], pay: bool, rows: u64) {
    for i in 1..amounts.len() {
        let (before, rest) = amounts.split_at_mut(i);
        let Some(a) = rest.first_mut().filter(|a| !a.off) else { continue };
        for b in before.iter_mut().filter(|b| !b.off) {
            match twin(a, b, rows) {
                Twin::No => {}
                Twin::Same => {
                    a.doubts.push(format!(
                        "two amounts of a row may say the same; keep one: `{}` is read, this one is not",
                        b.header()
                    ));
                    a.off = true;
                    break;
                }
                Twin::Alike if pay => {
                    a.doubts.push(format!(
                        "each row states `{}` as well; a benchmark counts both unless it asks for one `component`: keep what is to be compared",
                        b.header()
                    ));
                    [a, b].into_iter().for_each(|a| a.component = Some(part(a.header())));
                    break;
                }
                Twin::Alike => {
                    a.doubts.push(format!(
                        "two amounts of a row may say the same, or be of two parties; keep one (`{}` is read, this one is not), or name the party of each",
                        b.header()
                    ));
                    a.off = true;
                    [a, b].into_iter().for_each(|a| a.party = party(a.header()));
                    break;
                }
            }
        }
    }
}

fn twin(a: &Amount<'_>, b: &Amount<'_>, rows: u64) -> Twin {
    // Columns that fill the gaps of each other are the same amount, once for each row.
    let overlap = a.column.filled + b.column.filled > rows;
    if a.statistic != b.statistic || !overlap {
        return Twin::No;
    }
    let code = |a: &Amount<'_>| match &a.said.currency {
        Some(Money::Code(code)) => Some(code.clone()),
        _ => None,
    };
    let time = |unit: &str| unit != "each";
    match (a.said.unit, b.said.unit) {
        (Some(x), Some(y)) if x != y && time(x) && time(y) => Twin::Same,
        (Some(x), Some(y)) if x != y => Twin::No,
        _ if code(a) != code(b) => Twin::Same,
        _ => Twin::Alike,
    }
}

/// Columns whose terms stand below them are those of parties: all are read, each with its own.
pub(super) fn of_parties(amounts: &mut [Amount<'_>]) {
    for amount in amounts.iter_mut().filter(|amount| amount.party.is_some()) {
        amount.off = false;
        amount.party_column = true;
        amount.doubts.clear();
    }
}

/// Who a header may name beside its words for a price: `Acme` of `Acme unit price (EUR)`.
fn party(header: &str) -> Option<String> {
    let v = vocabulary();
    let common = |w: &str| {
        let lists = [&v.price, &v.unit, &v.quote, &v.row_total, &v.without_tax, &v.with_tax];
        lists.iter().any(|l| l.says(w)) || Said::of(w) != Said::default()
    };
    let words = header.split_whitespace().map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()));
    let named: Vec<&str> = words.filter(|w| !w.is_empty() && !common(w)).collect();
    (!named.is_empty()).then(|| named.join(" "))
}

/// What a header says beside its statistic: `Base salary` of `Base salary P25`.
fn part(header: &str) -> String {
    let v = vocabulary();
    let words = header.split('(').next().unwrap_or(header).split_whitespace();
    let kept = |w: &&str| statistic(w).is_none() && !v.mean.is(w) && *w != "percentile";
    let said: Vec<&str> = words.filter(kept).collect();
    said.join(" ")
}
