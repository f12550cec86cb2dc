//! Leverage and its two factors, each between the other side and us.

use crate::number;
use crate::outline::find;
use crate::svg::{Axis, Lane, dot, frame, named_lines, rect, stacked, vertical};
use haggle_negotiation::brief::Brief;
use haggle_negotiation::figure::Figure;

/// Room above the lanes for the words at both ends.
const HEAD: f64 = 18.0;

/// From 0, all with the other side, to 1, all with us.
const AXIS: Axis = Axis { low: 0.0, high: 1.0 };

/// The picture; nothing without a share between 0 and 1. A need is an amount, even where it is 0.
pub(crate) fn leverage(brief: &Brief) -> Option<String> {
    let head = &brief.headline;
    let ids = [&head.leverage, &head.need, &head.alternative];
    let figures = ids.into_iter().filter_map(|id| find(brief, id.as_ref()));
    let lanes: Vec<Lane> =
        figures.filter(|(_, f)| !f.unit.is_money() && inside(f.value)).map(lane).collect();
    if lanes.is_empty() {
        return None;
    }
    let (body, height) = stacked(&lanes);
    let told: Vec<&str> = lanes.iter().map(|lane| lane.told.as_str()).collect();
    let words = format!(
        "On a line from 0, the other side has it all, to 1, you have it all: {}.",
        told.join("; ")
    );
    let ends = format!(
        "<text class=\"small\" x=\"0\" y=\"12\">the other side has more</text>\
         <text class=\"small\" x=\"100%\" y=\"12\" text-anchor=\"end\">you have more</text>{}\
         <svg y=\"{HEAD}\" width=\"100%\" height=\"{height}\" overflow=\"visible\">{body}</svg>",
        vertical("base", AXIS.at(0.5), (HEAD, HEAD + height))
    );
    Some(frame("chart-leverage", "Leverage and its two factors", &words, HEAD + height, &ends))
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
