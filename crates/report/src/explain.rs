//! One figure followed down to source cells: value, formula, inputs, evidence, adjustments.

use crate::inline::{Inline, Tone};
use crate::number;
use crate::outline::adjustments_of;
use crate::text::Style;
use crate::wrap::wrap;
use haggle_negotiation::brief::{Brief, EvidenceSet};
use haggle_negotiation::figure::{Figure, Figures, formula};
use haggle_negotiation::market::Cited;
use std::collections::BTreeSet;

/// Most ids that are offered in place of an unknown one.
const MOST_NEAR: usize = 8;

/// Deepest indentation in steps, so that lines keep room for words.
const DEEPEST: usize = 8;

/// How a figure comes about, from itself down to the cells of its sources. `None` if the brief has
/// no such figure.
pub fn explain(brief: &Brief, id: &str, style: &Style) -> Option<String> {
    walked(&brief.figures, Some(brief), id, style)
}

/// The same of figures that stand by themselves: their evidence is the place that they name.
pub(crate) fn walked(
    figures: &Figures,
    brief: Option<&Brief>,
    id: &str,
    style: &Style,
) -> Option<String> {
    figures.get(id)?;
    let (seen, told) = (BTreeSet::new(), BTreeSet::new());
    let mut walk = Walk { figures, brief, style, seen, told, out: vec![] };
    walk.figure(None, id, 0);
    Some(walk.out.join("\n") + "\n")
}

/// Ids that start with, contain or are contained in what was asked for, or share its first part.
pub fn nearest_figures(brief: &Brief, id: &str) -> Vec<String> {
    let asked = letters(id);
    if asked.is_empty() {
        return Vec::new();
    }
    let ranked = brief.figures.iter().filter_map(|(known, _)| Some((rank(&asked, known)?, known)));
    let mut near: Vec<(u8, &str)> = ranked.collect();
    near.sort_unstable();
    near.into_iter().take(MOST_NEAR).map(|(_, known)| known.to_owned()).collect()
}

/// An id without case and without the marks that people mix up.
fn letters(id: &str) -> String {
    id.to_lowercase().replace(['_', '-', ' '], "")
}

/// How near an id is to what was asked for; nothing if it is not.
fn rank(asked: &str, known: &str) -> Option<u8> {
    let known = letters(known);
    let first = asked.split('.').next().unwrap_or_default();
    match known {
        _ if known.starts_with(asked) => Some(0),
        _ if known.contains(asked) => Some(1),
        _ if asked.contains(&known) => Some(2),
        _ if known.split('.').any(|part| part == first) => Some(3),
        _ => None,
    }
}

/// The way down: what was shown already is only named again.
struct Walk<'a> {
    figures: &'a Figures,
    brief: Option<&'a Brief>,
    style: &'a Style,
    seen: BTreeSet<String>,
    told: BTreeSet<String>,
    out: Vec<String>,
}

impl Walk<'_> {
    /// A line at a depth, its own continuation a little further in.
    fn line(&mut self, depth: usize, inline: &Inline) {
        let indent = "  ".repeat(depth.min(DEEPEST));
        self.out.extend(wrap(inline, &indent, &format!("{indent}    "), self.style));
    }

    /// A figure with everything below it, under the name that it has as an argument.
    fn figure(&mut self, name: Option<&str>, id: &str, depth: usize) {
        let Some(figure) = self.figures.get(id) else {
            let line = Inline::default().code(id).toned(" is not in this report", Tone::Warning);
            return self.line(depth, &line);
        };
        let again = !self.seen.insert(id.to_owned());
        self.line(depth, &head(name, id, figure, again));
        if !again {
            self.ground(id, figure, depth + 1);
        }
    }

    fn ground(&mut self, id: &str, figure: &Figure, depth: usize) {
        notes(id, figure).iter().for_each(|note| self.line(depth, note));
        if let Some(set) = &figure.evidence {
            self.evidence(set, depth);
        }
        for (name, input) in &figure.inputs {
            self.figure(Some(name), input, depth);
        }
    }

    /// The cells of an evidence set with what was done to them.
    fn evidence(&mut self, id: &str, depth: usize) {
        let Some(brief) = self.brief else {
            return self.line(depth, &Inline::from("stands at ").code(id));
        };
        let Some(set) = brief.evidence.get(id) else {
            let line = Inline::from("evidence ").code(id).text(" is not in this report");
            return self.line(depth, &line);
        };
        let again = !self.told.insert(id.to_owned());
        self.line(depth, &evidence_head(brief, id, set, again));
        if again {
            return;
        }
        set.first.iter().for_each(|it| self.line(depth + 1, &cell(set, it, brief)));
        if set.n > set.first.len() as u64 {
            let line = format!("the first {} of {}", set.first.len(), number::count(set.n));
            self.line(depth + 1, &Inline::default().muted(&line));
        }
        self.adjustments(brief, &set.source, depth + 1);
    }

    /// Each factor of a source, followed down once.
    fn adjustments(&mut self, brief: &Brief, source: &str, depth: usize) {
        if !self.told.insert(format!("adjustments of {source}")) {
            return;
        }
        for it in adjustments_of(brief, source) {
            let count = number::count(it.count);
            let line = format!("adjusted, {}: {} (applied to {count})", it.kind, it.text);
            self.line(depth, &line.into());
            self.figure(Some("factor"), &it.figure, depth + 1);
        }
        for text in brief.sources.get(source).iter().flat_map(|source| &source.assumptions) {
            self.line(depth, &Inline::from("taken as given: ").text(text));
        }
    }
}

/// The figure itself in one line.
fn head(name: Option<&str>, id: &str, figure: &Figure, again: bool) -> Inline {
    let line = name.map_or(Inline::default(), |name| Inline::from(format!("{name} = ")));
    let line = line.strong(&number::spoken(id, figure)).text(&format!(": {} ", figure.label));
    let line = line.code(&format!("[{id}]"));
    if again { line.muted(" see above") } else { line }
}

/// Exact value, interval, formula and assumption, as far as they say more than the head.
fn notes(id: &str, figure: &Figure) -> Vec<Inline> {
    let exact = format!("exactly {} {}", number::exact(figure.value, &figure.unit), figure.unit);
    let mut notes = vec![Inline::default().muted(&exact)];
    if figure.interval.is_some() {
        notes.push(format!("uncertain: {}", number::uncertainty(id, figure)).into());
    }
    if figure.formula != "given" {
        notes.push(rule(figure.formula));
    }
    if let Some(why) = &figure.assumption {
        notes.push(Inline::default().toned("assumed", Tone::Warning).text(": ").text(why));
    }
    notes
}

/// The formula with its source.
fn rule(name: &str) -> Inline {
    match formula(name) {
        Some(it) => {
            Inline::from(format!("{}: {} ", it.name, it.text)).muted(&format!("({})", it.source))
        }
        None => Inline::from(format!("formula {name}")),
    }
}

fn evidence_head(brief: &Brief, id: &str, set: &EvidenceSet, again: bool) -> Inline {
    let line = Inline::from("evidence ").code(id);
    if again {
        return line.muted(" see above");
    }
    let source = brief.sources.get(&set.source).map_or(&set.source, |source| &source.name);
    let conditions: Vec<String> =
        set.query.iter().map(|(field, value)| format!("{field} = {value}")).collect();
    let line = line.text(&format!(": {} of {source}", number::count(set.n)));
    let line = match conditions.is_empty() {
        true => line,
        false => line.text(&format!(", where {}", conditions.join(", "))),
    };
    line.muted(&set.digest.as_ref().map_or(String::new(), |digest| format!(", digest {digest}")))
}

/// A cell: file and place, what stands there, what it became.
fn cell(set: &EvidenceSet, it: &Cited, brief: &Brief) -> Inline {
    let bound = if it.bound == "exact" { String::new() } else { format!("{} ", it.bound) };
    let stated = format!(" {bound}{} {}/{}", it.amount, it.currency, it.per);
    let line = Inline::default().code(&format!("{}:{}", set.file, it.place)).strong(&stated);
    let line = line.text(&format!(", {}", it.statistic));
    let line = match it.adjusted.filter(|value| value.is_finite()) {
        Some(value) => {
            let amount = number::amount(value, &brief.deal.currency);
            let per = number::per_words(&brief.deal.per);
            line.text(&format!(", counts as {} {amount} {per}", brief.deal.currency))
        }
        None => line.toned(", cannot be adjusted", Tone::Warning),
    };
    line.muted(&whose(it))
}

/// What the row is about.
fn whose(it: &Cited) -> String {
    let parts = [&it.subject, &it.title, &it.location, &it.party, &it.level];
    let known: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) }
}
