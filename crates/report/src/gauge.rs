//! Leverage and its two factors, each between the other side and us.

use crate::number;
use crate::outline::named;
use crate::svg::{Axis, Lane, dot, frame, named_lines, rect, stacked, vertical};
use haggle_negotiation::brief::Brief;
use haggle_negotiation::figure::Figure;

/// Room above the lanes for the words at both ends.
const HEAD: f64 = 18.0;

/// From 0, all with the other side, to 1, all with us.
const AXIS: Axis = Axis { low: 0.0, high: 1.0 };

/// The picture; nothing without a share between 0 and 1. The index has a balance; the qualities of
/// the alternatives are places in the market, to be read against each other.
pub(crate) fn leverage(brief: &Brief) -> Option<String> {
    let shown = |id: &str| named(brief, id).filter(|(_, f)| inside(f.value)).map(lane);
    let index = shown("leverage");
    let balanced = index.as_ref().map_or(0.0, |it| stacked(std::slice::from_ref(it)).1);
    let qualities = ["leverage.alternative", "leverage.alternative.theirs"];
    let lanes: Vec<Lane> =
        index.into_iter().chain(qualities.into_iter().filter_map(shown)).collect();
    if lanes.is_empty() {
        return None;
    }
    let (body, height) = stacked(&lanes);
    let told: Vec<&str> = lanes.iter().map(|lane| lane.told.as_str()).collect();
    let words = format!(
        "Leverage on a line from 0, the other side has it all, to 1, you have it all; the quality of alternatives as a place in the market: {}.",
        told.join("; ")
    );
    let head = if balanced > 0.0 { ends(balanced) } else { String::new() };
    let body = format!(
        "{head}<svg y=\"{HEAD}\" width=\"100%\" height=\"{height}\" overflow=\"visible\">{body}</svg>"
    );
    Some(frame("chart-leverage", "Leverage and its two factors", &words, HEAD + height, &body))
}

/// The words at both ends of the index, and its balance.
fn ends(height: f64) -> String {
    format!(
        "<text class=\"small\" x=\"0\" y=\"12\">the other side has more</text>\
         <text class=\"small\" x=\"100%\" y=\"12\" text-anchor=\"end\">you have more</text>{}",
        vertical("base", AXIS.at(0.5), (HEAD, HEAD + height))
    )
}

fn inside(value: f64) -> bool {
    (AXIS.low..=AXIS.high).contains(&value)
}

fn lane((id, figure): (&str, &Figure)) -> Lane {
    let span = number::span(id, figure);
    let span = if span.is_empty() { span } else { format!(" ({span})") };
    let value = format!("{}{span}", number::spoken(id, figure));
    let told = format!("{}: {value}", figure.label);
    let words = named_lines(&figure.label, &value);
    let ends = figure.interval.and_then(|interval| Some((interval.low?, interval.high?)));
    let ends = ends.filter(|(low, high)| inside(*low) && inside(*high));
    let x = AXIS.at(figure.value);
    let shape = move |y: f64| {
        let all = rect("band", (AXIS.at(0.0), AXIS.at(1.0) - AXIS.at(0.0)), (y + 3.0, 6.0));
        let bar = ends.map_or(String::new(), |(low, high)| {
            rect("half", (AXIS.at(low), AXIS.at(high) - AXIS.at(low)), (y + 3.0, 6.0))
        });
        all + &bar + &dot(x, y + 6.0, "")
    };
    Lane { told, words, shape: Box::new(shape), height: 12.0 }
}
