//! What moved between two briefs: a change split into its causes by swapping one input after the
//! other, in a stated order, so that the parts add up exactly.

use crate::deal::{Deal, Source};
use crate::market::{Cited, Comparables};
use haggle_quantity::Amount;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What a brief is made from. A change is split in this order: each is swapped from old to new
/// while those before it are new and those after it are old.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Component {
    /// The rules as the program knows them: its version.
    Program,
    /// The content of the sources, which of them are named, which rows count, with what weight.
    Evidence,
    /// Exchange rates.
    Currency,
    /// Ageing and its day, conversion of hours, index of places.
    Adjustments,
    /// Everything else that the deal file says.
    Deal,
    /// The rules as the deal file sets them: its parameters.
    Parameters,
}

impl Component {
    /// All of them, in the order in which a change is split.
    pub const ORDER: [Self; 6] = [
        Self::Program,
        Self::Evidence,
        Self::Currency,
        Self::Adjustments,
        Self::Deal,
        Self::Parameters,
    ];

    /// The word in a report of changes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Program => "rules: program",
            Self::Evidence => "evidence",
            Self::Currency => "currency",
            Self::Adjustments => "adjustments",
            Self::Deal => "deal",
            Self::Parameters => "rules: parameters",
        }
    }
}

/// The deal of a state in between: components up to and with `last` are those of `new`, later ones
/// those of `old`.
pub fn between(old: &Deal, new: &Deal, last: Component) -> Deal {
    let of = |component: Component| if component <= last { new } else { old };
    let (evidence, adjustments) = (of(Component::Evidence), of(Component::Adjustments));
    Deal {
        sources: evidence.sources.iter().map(|s| adjusted_as(s, adjustments)).collect(),
        excludes: evidence.excludes.clone(),
        currency: of(Component::Currency).currency,
        rates: of(Component::Currency).rates.clone(),
        ageing: adjustments.ageing.clone(),
        as_of: adjustments.as_of,
        parameters: of(Component::Parameters).parameters.clone(),
        playbook: of(Component::Parameters).playbook.clone(),
        playbook_parameters: of(Component::Parameters).playbook_parameters.clone(),
        ..of(Component::Deal).clone()
    }
}

/// A source with the conversion of hours and the index of places that a deal gives it.
fn adjusted_as(source: &Source, deal: &Deal) -> Source {
    let same = deal.sources.iter().find(|s| s.id == source.id).unwrap_or(source);
    Source { hours_per_year: same.hours_per_year, place_index: same.place_index, ..source.clone() }
}

/// Whether two deals differ in a component, as far as a deal file says it.
pub fn differs(old: &Deal, new: &Deal, component: Component) -> bool {
    let before = Component::ORDER.into_iter().rfind(|c| *c < component);
    let start = before.map_or_else(|| old.clone(), |last| between(old, new, last));
    start != between(old, new, component)
}

/// One step of a change: what was swapped, and the figure before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What was swapped; several where no state between them can be computed.
    pub of: Vec<Component>,
    /// The figure before.
    pub from: Amount,
    /// The figure after.
    pub to: Amount,
}

/// Splits the change of one figure. `states` holds the figure before the first component and after
/// each, `None` where it cannot be computed; `changed` says which components differ. Neighbours
/// without a known state between them stay together. `None` if the ends are not known.
///
/// The parts follow one another from the first state to the last, so that they add up exactly.
pub fn split(states: &[Option<Amount>; 7], changed: &[bool; 6]) -> Option<Vec<Part>> {
    let (mut from, mut open) = (states[0]?, Vec::new());
    states[6]?;
    let mut parts = Vec::new();
    for ((component, changed), state) in Component::ORDER.iter().zip(changed).zip(&states[1..]) {
        if *changed {
            open.push(*component);
        }
        let Some(to) = *state else { continue };
        if to != from {
            parts.push(Part { of: std::mem::take(&mut open), from, to });
        }
        open.clear();
        from = to;
    }
    Some(parts)
}

/// Rows of one source that came and went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// Rows that are no longer there, as listed.
    pub went: Vec<String>,
    /// Rows that were not there.
    pub came: Vec<String>,
    /// Rows that stand at another place with the same content.
    pub moved: usize,
}

/// Compares two lists of rows, each `place TAB content`. A row that only stands elsewhere has
/// moved; of equal rows each counts.
pub fn rows(old: &[String], new: &[String]) -> Rows {
    let (old, new) = without_common(old, new, |row| row);
    let content = |row: &str| row.split_once('\t').map_or(0, |(place, _)| place.len());
    let (went, came) = without_common(&old, &new, |row| &row[content(row)..]);
    Rows { moved: old.len() - went.len(), went, came }
}

/// Both lists without what they share by `key`, in their order.
fn without_common(
    old: &[String],
    new: &[String],
    key: impl Fn(&str) -> &str,
) -> (Vec<String>, Vec<String>) {
    let count = |rows: &[String]| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        rows.iter().for_each(|row| *counts.entry(key(row).to_owned()).or_default() += 1);
        counts
    };
    let left = |rows: &[String], mut others: BTreeMap<String, usize>| {
        let mut is_left = |row: &&String| match others.get_mut(key(row)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        };
        rows.iter().filter(|row| is_left(row)).cloned().collect()
    };
    (left(old, count(new)), left(new, count(old)))
}

/// Most rows of a source that a report lists for a later comparison.
pub const ROWS_KEPT: usize = 5_000;

/// The comparables of a source as lines `place TAB amount TAB statistic`, in source order; `None`
/// if they are too many to be listed.
pub fn listed(comparables: &Comparables) -> Option<Vec<String>> {
    comparables.digest.as_ref()?;
    let mut cells: Vec<&Cited> = comparables.points.iter().chain(&comparables.listed).collect();
    if cells.len() > ROWS_KEPT {
        return None;
    }
    cells.sort_by(|a, b| a.at.cmp(&b.at));
    let line =
        |c: &Cited| format!("{}\t{} {}/{}\t{}", c.place, c.amount, c.currency, c.per, c.statistic);
    Some(cells.into_iter().map(line).collect())
}

/// SHA-256 of a text, in lower-case hexadecimal.
pub fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|b| format!("{b:02x}")).collect()
}
