//! The end of the HTML report: every figure with its ground, and every evidence set with its first
//! cells, so that a link from any number leads to where it comes from.

use crate::html::{anchor, escape};
use crate::inline::clean;
use crate::number;
use haggle_negotiation::brief::{Brief, EvidenceSet};
use haggle_negotiation::figure::{Figure, formula};
use haggle_negotiation::market::Cited;
use std::fmt::Write;

/// Figures and evidence, folded.
pub(crate) fn appendix(brief: &Brief) -> String {
    let figures: String = brief.figures.iter().map(|(id, it)| figure_row(brief, id, it)).collect();
    let sets: String = brief.evidence.iter().map(|(id, set)| set_row(id, set)).collect();
    let mut out = "<section aria-labelledby=\"appendix\">\n\
                   <h2 id=\"appendix\">Every figure and its evidence</h2>\n"
        .to_owned();
    let titles = ["figure", "value", "low to high", "formula", "inputs", "rests on"];
    out += &folded("Figures", &titles, &figures);
    let titles = ["evidence", "source and conditions", "n", "first cells"];
    out += &folded("Evidence sets", &titles, &sets);
    out + "</section>\n"
}

fn folded(title: &str, titles: &[&str], rows: &str) -> String {
    let titles: String =
        titles.iter().map(|title| format!("<th scope=\"col\">{title}</th>")).collect();
    format!(
        "<details>\n<summary>{title}</summary>\n<div class=\"scroll\"><table class=\"pairs\">\
         <caption>{title}</caption>\n<thead><tr>{titles}</tr></thead>\n<tbody>\n{rows}</tbody>\
         </table></div>\n</details>\n"
    )
}

/// Text from outside, safe on one line of HTML.
fn safe(text: &str) -> String {
    escape(&clean(text))
}

fn td(title: &str, html: &str) -> String {
    format!("<td data-title=\"{title}\">{html}</td>")
}

fn figure_row(brief: &Brief, id: &str, it: &Figure) -> String {
    let value = format!("{} {}", number::exact(it.value, &it.unit), it.unit);
    let spoken = it.printed.as_ref().map_or(String::new(), |p| format!("<br>spoken {}", safe(p)));
    let value = safe(&number::sensed(value, it.sense)) + &spoken;
    format!(
        "<tr id=\"{}\"><th scope=\"row\"><code>{}</code><br>{}</th>{}{}{}{}{}</tr>\n",
        anchor("figure", id),
        safe(id),
        safe(&it.label),
        td("value", &value),
        td("low to high", &escape(&number::uncertainty(id, it))),
        td("formula", &formula_cell(it)),
        td("inputs", &inputs(brief, it)),
        td("rests on", &ground(brief, it))
    )
}

fn formula_cell(it: &Figure) -> String {
    let Some(known) = formula(it.formula) else { return safe(it.formula) };
    let source = format!("<span class=\"muted\">({})</span>", escape(known.source));
    format!("<code>{}</code>: {} {source}", escape(known.name), escape(known.text))
}

fn inputs(brief: &Brief, it: &Figure) -> String {
    let input = |(name, id): &(String, String)| {
        let link = match brief.figures.has(id) {
            true => format!("<a href=\"#{}\">{}</a>", anchor("figure", id), safe(id)),
            false => safe(id),
        };
        if name == id { link } else { format!("{} = {link}", safe(name)) }
    };
    it.inputs.iter().map(input).collect::<Vec<_>>().join("<br>")
}

/// Evidence and assumption.
fn ground(brief: &Brief, it: &Figure) -> String {
    let evidence = it.evidence.iter().map(|id| match brief.evidence.contains_key(id) {
        true => format!("evidence <a href=\"#{}\">{}</a>", anchor("evidence", id), safe(id)),
        false => format!("evidence {}", safe(id)),
    });
    let assumed = it.assumption.iter().map(|why| format!("assumed: {}", safe(why)));
    evidence.chain(assumed).collect::<Vec<_>>().join("<br>")
}

fn set_row(id: &str, set: &EvidenceSet) -> String {
    let mut about = safe(&set.source);
    for (field, value) in &set.query {
        let _ = write!(about, "<br>{} = {}", safe(field), safe(value));
    }
    if let Some(digest) = &set.digest {
        let _ = write!(about, "<br><span class=\"muted\">digest {}</span>", safe(digest));
    }
    let cells: Vec<String> = set.first.iter().map(|it| cell(set, it)).collect();
    format!(
        "<tr id=\"{}\"><th scope=\"row\"><code>{}</code></th>{}{}{}</tr>\n",
        anchor("evidence", id),
        safe(id),
        td("source and conditions", &about),
        td("n", &number::count(set.n)),
        td("first cells", &cells.join("<br>"))
    )
}

/// File, place and what stands there.
fn cell(set: &EvidenceSet, it: &Cited) -> String {
    let bound = if it.bound == "exact" { String::new() } else { format!("{} ", it.bound) };
    let place = safe(&format!("{}:{}", set.file, it.place));
    let amount = safe(&format!("{bound}{} {}/{}", it.amount, it.currency, it.per));
    format!("<code>{place}</code> {amount}, {}", safe(&it.statistic))
}
