//! What moved in a source whose content changed: comparables that came, went, or cost otherwise.

use crate::context::Context;
use crate::failure::Failure;
use crate::gather::comparables;
use haggle_negotiation::brief::Brief;
use haggle_negotiation::deal::{Deal, Source};
use haggle_negotiation::market::{Cited, Comparables, LISTED};
use haggle_store::Part;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Changes that are told one by one.
const TOLD: usize = 5;

/// What a comparable is about, wherever it stands in its file.
type About = (Vec<String>, u32, String);

/// Tells how the comparables of a source differ between two of its contents.
pub(crate) fn tell(
    deal: &Deal,
    source: &Source,
    parts: [&Part; 2],
    context: &Context,
) -> Result<(), Failure> {
    let of = |part| comparables(deal, source, part, false, context);
    let (old, new) = (of(parts[0])?, of(parts[1])?);
    if [&old, &new].iter().any(|it| it.listed.len() >= LISTED) {
        context.talk(&format!(
            "note: `{}` has too many comparables to tell which of them changed\n",
            source.id
        ));
        return Ok(());
    }
    context.talk(&said(&source.id, &amounts(&old), &amounts(&new)));
    Ok(())
}

/// The amounts as stated, by what they are about, each list rising.
fn amounts(found: &Comparables) -> BTreeMap<About, Vec<f64>> {
    let mut all: BTreeMap<About, Vec<f64>> = BTreeMap::new();
    for it in found.listed.iter().chain(&found.points) {
        let Ok(amount) = it.amount.parse::<f64>() else { continue };
        all.entry(about(it)).or_default().push(amount);
    }
    all.values_mut().for_each(|list| list.sort_by(f64::total_cmp));
    all
}

fn about(it: &Cited) -> About {
    let words = [&it.title, &it.subject, &it.party, &it.location, &it.level];
    let mut words: Vec<String> = words.into_iter().flatten().cloned().collect();
    words.push(it.statistic.clone());
    (words, it.at.2, format!("{}/{}", it.currency, it.per))
}

fn said(id: &str, old: &BTreeMap<About, Vec<f64>>, new: &BTreeMap<About, Vec<f64>>) -> String {
    let (mut came, mut went) = (0, 0);
    let mut changed: Vec<(f64, String)> = Vec::new();
    for key in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        let of = |all: &BTreeMap<About, Vec<f64>>| all.get(key).cloned().unwrap_or_default();
        let (before, after) = apart(&of(old), &of(new));
        // Of several alike nobody knows which became which.
        if let ([from], [to]) = (before.as_slice(), after.as_slice()) {
            changed.push((((to - from) / from).abs(), change(key, *from, *to)));
        } else {
            came += after.len();
            went += before.len();
        }
    }
    if changed.is_empty() && came + went == 0 {
        return format!("note: the comparables of `{id}` are the same\n");
    }
    changed.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut text = format!(
        "note: comparables of `{id}`: {} of another amount, {came} new, {went} gone\n",
        changed.len()
    );
    changed.iter().take(TOLD).for_each(|(_, line)| text.push_str(line));
    text
}

/// What two rising lists do not share.
fn apart(old: &[f64], new: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    while let (Some(from), Some(to)) = (old.peek(), new.peek()) {
        match from.total_cmp(to) {
            Ordering::Less => before.extend(old.next()),
            Ordering::Greater => after.extend(new.next()),
            Ordering::Equal => drop((old.next(), new.next())),
        }
    }
    before.extend(old);
    after.extend(new);
    (before, after)
}

fn change(key: &About, from: f64, to: f64) -> String {
    let (words, _, unit) = key;
    format!(
        "  {}: {} -> {} {unit} ({:+.1} %)\n",
        words.join(", "),
        Brief::amount(from),
        Brief::amount(to),
        100.0 * (to - from) / from
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(list: &[(&str, &[f64])]) -> BTreeMap<About, Vec<f64>> {
        let about = |name: &str| (vec![name.to_owned()], 1, "USD/each".to_owned());
        list.iter().map(|(name, amounts)| (about(name), amounts.to_vec())).collect()
    }

    #[test]
    fn the_same_is_called_the_same() {
        let list = all(&[("a", &[10.0])]);
        assert_eq!(said("list", &list, &list), "note: the comparables of `list` are the same\n");
    }

    #[test]
    fn changes_are_counted_and_the_largest_come_first() {
        let old = all(&[("a", &[10.0]), ("b", &[4.0, 5.0]), ("c", &[7.0]), ("e", &[1.0, 2.0])]);
        let new = all(&[("a", &[9.0]), ("b", &[4.0, 8.0]), ("d", &[1.0]), ("e", &[2.0, 3.0, 4.0])]);
        assert_eq!(
            said("list", &old, &new),
            "note: comparables of `list`: 2 of another amount, 3 new, 2 gone\n  \
             b: 5.00 -> 8.00 USD/each (+60.0 %)\n  a: 10.00 -> 9.00 USD/each (-10.0 %)\n"
        );
    }
}
