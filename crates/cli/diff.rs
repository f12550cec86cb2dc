//! `diff`: what moved between two JSON reports or comparisons, each change split into parts.

mod account;
mod quotes;
mod states;

use crate::args::{Diff, ListFormat};
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::stated::{Stated, figures};
use haggle_negotiation::change::{Part, split};
use haggle_quantity::Amount;
use serde_json::Value;
use states::States;
use std::collections::BTreeSet;

pub(crate) fn run(args: &Diff, context: &Context) -> Result<u8, Failure> {
    let (old, new) = (Stated::open(&args.old)?, Stated::open(&args.new)?);
    if old.compared.is_some() != new.compared.is_some() {
        return Err(Failure::usage("found a report and a comparison, expected two of one kind")
            .help("`haggle report` and `haggle compare` with `--format json` write them"));
    }
    if old.compared.is_some() {
        let changed = quotes::changed(&old, &new)?;
        context.data(&match args.format {
            ListFormat::Text => changed.text(&old, &new),
            ListFormat::Json => changed.json(),
        })?;
        return Ok(exit::FINE);
    }
    let states = States::between(&old, &new, args.deal.as_deref(), context)?;
    let moved = moved(&states);
    let causes = account::causes(&old, &new, &states)?;
    let text = match args.format {
        ListFormat::Text => account::text(&old, &new, &causes, &moved, &states.notes),
        ListFormat::Json => account::json(&causes, &moved, &states.notes),
    };
    context.data(&text)?;
    Ok(exit::FINE)
}

/// A figure that is another in the newer report.
struct Moved {
    id: String,
    label: String,
    /// Its unit; two where it is another.
    unit: String,
    /// What each report states; `None` where it has no such figure.
    stated: [Option<Amount>; 2],
    /// How the change splits; `None` where there is nothing to subtract.
    parts: Option<Vec<Part>>,
}

fn moved(states: &States) -> Vec<Moved> {
    let (old, new) = states.ends();
    let ids: BTreeSet<&String> = figures(old).chain(figures(new)).map(|(id, _)| id).collect();
    ids.into_iter().filter_map(|id| moved_figure(id, states)).collect()
}

fn moved_figure(id: &str, states: &States) -> Option<Moved> {
    let (old, new) = states.ends();
    let (was, is) = (&old["figures"][id], &new["figures"][id]);
    if was["value"] == is["value"] && was["unit"] == is["unit"] {
        return None;
    }
    let text = |key: &str| is[key].as_str().or(was[key].as_str()).unwrap_or_default().to_owned();
    let values = states.of.each_ref().map(|state| value(state.as_ref()?, id));
    let (label, unit) = (text("label"), text("unit"));
    let (parts, unit) = match was["unit"].as_str() {
        Some(before) if before != unit => (None, format!("{before} became {unit}")),
        _ => (split(&values, &states.changed), unit),
    };
    Some(Moved { id: id.to_owned(), label, unit, stated: [values[0], values[6]], parts })
}

/// The value of a figure, as exactly as it is written.
fn value(report: &Value, id: &str) -> Option<Amount> {
    Amount::from_str_exact(report["figures"][id]["value"].as_str()?).ok()
}
