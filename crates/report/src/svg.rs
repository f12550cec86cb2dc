//! Pictures as inline SVG. Places along the axis are percentages and letters keep their size, so
//! that a picture reads as well on a narrow page as on a wide one. Geometry only: every number
//! that stands in a picture is a figure of the brief.

use crate::html::escape;
use crate::number;
use crate::outline::{find, named, rungs};
use crate::section::Chart;
use crate::wrap::wrap_to;
use haggle_negotiation::brief::{Audience, Brief};
use haggle_negotiation::deal::Side;
use haggle_negotiation::figure::Figure;
use std::fmt::Write;

/// Width of the narrowest page in pixels: labels that do not overlap there overlap nowhere.
const NARROW: f64 = 300.0;

/// Width of a digit or letter in pixels, on the safe side.
const LETTER: f64 = 7.2;

/// The picture of a brief; nothing if what it shows is missing.
pub(crate) fn chart(brief: &Brief, chart: Chart) -> Option<String> {
    match chart {
        Chart::Market => market(brief),
        Chart::Zone => zone(brief),
        Chart::Ladder => ladder(brief),
        Chart::Leverage => crate::gauge::leverage(brief),
        Chart::Tornado(outcome) => crate::tornado::tornado(brief, outcome),
    }
}

/// A straight axis from the least to the greatest amount, in percent of the width.
pub(crate) struct Axis {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Axis {
    pub(crate) fn over(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let (low, high) = values
            .into_iter()
            .filter(|v| v.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        (low < high).then_some(Self { low, high })
    }

    pub(crate) fn at(&self, value: f64) -> f64 {
        3.0 + 94.0 * (value - self.low) / (self.high - self.low)
    }
}

/// A mark on the axis.
struct Mark {
    name: String,
    /// Its class in the style sheet.
    class: String,
    label: String,
    value: f64,
}

impl Mark {
    fn new(name: &str, (id, figure): (&str, &Figure)) -> Self {
        let (name, label) = (name.to_owned(), number::mark(id, figure));
        Self { class: name.clone(), name, label, value: shown(figure) }
    }

    fn text(&self) -> String {
        format!("{} {}", self.name, self.label)
    }
}

/// Where a figure is drawn: at the printed amount, so that mark and label agree.
pub(crate) fn shown(figure: &Figure) -> f64 {
    figure.printed.as_ref().and_then(|text| text.parse().ok()).unwrap_or(figure.value)
}

/// Offer, target and anchor, as far as there are any.
fn asks(brief: &Brief) -> Vec<Mark> {
    let head = &brief.headline;
    [("offer", &head.offer), ("target", &head.target), ("anchor", &head.anchor)]
        .into_iter()
        .filter_map(|(name, id)| Some(Mark::new(name, find(brief, id.as_ref())?)))
        .map(|mark| match brief.audience {
            Audience::Private => mark,
            Audience::Shareable => Mark { name: "our proposal".to_owned(), ..mark },
        })
        .collect()
}

/// An SVG element with a title and a description for whoever cannot see it.
pub(crate) fn frame(id: &str, title: &str, description: &str, height: f64, body: &str) -> String {
    format!(
        "<svg class=\"chart\" id=\"{id}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" \
         width=\"100%\" \
         height=\"{height}\"><title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>{body}\
         </svg>",
        escape(title),
        escape(description)
    )
}

fn listed(marks: &[Mark]) -> String {
    marks.iter().map(Mark::text).collect::<Vec<_>>().join(", ")
}

/// Which side of its mark a label stands on.
#[derive(Clone, Copy, PartialEq)]
enum Stand {
    Right,
    Middle,
    Left,
}

impl Stand {
    fn anchor(self) -> &'static str {
        match self {
            Self::Right => "start",
            Self::Middle => "middle",
            Self::Left => "end",
        }
    }
}

/// A label beside its mark, on the wanted side if it fits there even on a narrow page.
fn beside(x: f64, y: f64, text: &str, wanted: Stand) -> String {
    let wide = text.chars().count() as f64 * LETTER + 10.0;
    let px = x / 100.0 * NARROW;
    let right = if wanted == Stand::Left { px < wide } else { px + wide <= NARROW };
    let (anchor, shift) = if right { ("start", 9) } else { ("end", -9) };
    let text = escape(text);
    format!(
        "<text class=\"value\" x=\"{x:.2}%\" y=\"{y}\" dx=\"{shift}\" \
         text-anchor=\"{anchor}\">{text}</text>"
    )
}

fn market(brief: &Brief) -> Option<String> {
    let points: Vec<Mark> = brief
        .market
        .as_ref()?
        .percentiles
        .iter()
        .filter_map(|(name, id)| Some(Mark::new(name, named(brief, id)?)))
        .collect();
    let mut asks = asks(brief);
    asks.sort_by(|a, b| a.value.total_cmp(&b.value));
    let axis = Axis::over(points.iter().chain(&asks).map(|mark| mark.value))?;
    if points.is_empty() {
        return None;
    }
    let top = 8.0 + 22.0 * asks.len() as f64;
    let (below, rows) = percentile_labels(&axis, &points, top + 34.0);
    let body = band(&axis, &points, top) + &below + &ask_marks(&axis, &asks, top);
    let all: Vec<Mark> = points.into_iter().chain(asks).collect();
    let unit = format!("{} {}", brief.deal.currency, number::per_words(&brief.deal.per));
    let words = format!("In {unit}: {}.", listed(&all));
    let height = top + 42.0 + 32.0 * rows as f64;
    let title = match brief.audience {
        Audience::Private => "The market with offer, target and anchor",
        Audience::Shareable => "The market with our proposal",
    };
    Some(frame("chart-market", title, &words, height, &body))
}

/// The band from the lowest to the highest percentile, the middle half darker, the median a line.
fn band(axis: &Axis, points: &[Mark], top: f64) -> String {
    let at = |name: &str| points.iter().find(|p| p.name == name).map(|p| axis.at(p.value));
    let bar = |class: &str, from: f64, to: f64| rect(class, (from, to - from), (top, 28.0));
    let mut out = line("axis", (0.0, 100.0), (top + 14.0, top + 14.0));
    if let (Some(first), Some(last)) = (points.first(), points.last()) {
        out += &bar("band", axis.at(first.value), axis.at(last.value));
    }
    if let (Some(low), Some(high)) = (at("p25"), at("p75")) {
        out += &bar("half", low, high);
    }
    if let Some(x) = at("p50") {
        out += &vertical("median", x, (top - 2.0, top + 30.0));
    }
    out
}

/// Labels under the band, in as many rows as keep them apart; and how many rows that is.
fn percentile_labels(axis: &Axis, points: &[Mark], top: f64) -> (String, usize) {
    let mut ends: Vec<f64> = Vec::new();
    let (mut ticks, mut texts) = (String::new(), String::new());
    for point in points {
        let x = axis.at(point.value);
        let wide = point.label.chars().count().max(point.name.len()) as f64 * LETTER;
        let (side, from) = placed(x, wide);
        let row = ends.iter().position(|end| *end + 6.0 <= from).unwrap_or(ends.len());
        ends.resize(ends.len().max(row + 1), 0.0);
        ends[row] = from + wide;
        let y = top + 14.0 + 32.0 * row as f64;
        ticks += &vertical("tick", x, (top - 6.0, y - 11.0));
        texts += &two_lines(x, y, side, point);
    }
    (ticks + &texts, ends.len())
}

/// On which side of its mark a label fits on a narrow page, and where it then starts.
fn placed(x: f64, wide: f64) -> (Stand, f64) {
    let px = x / 100.0 * NARROW;
    if px < wide / 2.0 {
        (Stand::Right, px)
    } else if px + wide / 2.0 > NARROW {
        (Stand::Left, px - wide)
    } else {
        (Stand::Middle, px - wide / 2.0)
    }
}

fn two_lines(x: f64, y: f64, side: Stand, point: &Mark) -> String {
    let anchor = side.anchor();
    let text = |class: &str, y: f64, text: &str| {
        let text = escape(text);
        format!(
            "<text class=\"{class}\" x=\"{x:.2}%\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>"
        )
    };
    text("small", y, &point.name) + &text("value", y + 14.0, &point.label)
}

/// Each ask in a row of its own above the band, with a stem down to it.
fn ask_marks(axis: &Axis, asks: &[Mark], top: f64) -> String {
    let (mut stems, mut texts) = (String::new(), String::new());
    for (i, mark) in asks.iter().enumerate() {
        let (x, y, class) = (axis.at(mark.value), 14.0 + 22.0 * i as f64, &mark.class);
        let end = top + 28.0;
        stems += &vertical(&format!("stem {class}"), x, (y - 4.0, end));
        texts += &dot(x, y - 4.0, class);
        texts += &beside(x, y, &mark.text(), Stand::Right);
    }
    stems + &texts
}

/// A line between two places: percent across, pixels down.
fn line(class: &str, (x1, x2): (f64, f64), (y1, y2): (f64, f64)) -> String {
    format!("<line class=\"{class}\" x1=\"{x1:.2}%\" x2=\"{x2:.2}%\" y1=\"{y1}\" y2=\"{y2}\"/>")
}

pub(crate) fn vertical(class: &str, x: f64, ys: (f64, f64)) -> String {
    line(class, (x, x), ys)
}

/// A bar: start and width in percent, top and height in pixels.
pub(crate) fn rect(class: &str, (x, wide): (f64, f64), (y, high): (f64, f64)) -> String {
    format!(
        "<rect class=\"{class}\" x=\"{x:.2}%\" width=\"{wide:.2}%\" y=\"{y}\" height=\"{high}\"/>"
    )
}

pub(crate) fn dot(x: f64, y: f64, class: &str) -> String {
    format!("<circle class=\"dot {class}\" cx=\"{x:.2}%\" cy=\"{y}\" r=\"5\"/>")
}

/// A row of the second picture: words above, what they describe below.
pub(crate) struct Lane {
    pub(crate) words: Vec<String>,
    /// What it says to whoever cannot see it.
    pub(crate) told: String,
    pub(crate) shape: Box<dyn Fn(f64) -> String>,
    pub(crate) height: f64,
}

fn zone(brief: &Brief) -> Option<String> {
    let (id, figure) = find(brief, brief.headline.walk_away.as_ref())?;
    let walk = Mark::new("walk-away", (id, figure));
    let ends: Vec<f64> = figure
        .interval
        .iter()
        .flat_map(|i| [i.low, i.high])
        .flatten()
        .filter(|v| v.is_finite())
        .collect();
    let belief: Vec<Mark> = ["low", "mode", "high"]
        .into_iter()
        .filter_map(|end| {
            let id = format!("belief.{end}");
            Some(Mark::new(end, (id.as_str(), brief.figures.get(&id)?)))
        })
        .collect();
    let asks: Vec<Mark> = asks(brief).into_iter().filter(|mark| mark.name != "offer").collect();
    let marks = belief.iter().chain(&asks).chain([&walk]).map(|mark| mark.value);
    let axis = Axis::over(marks.chain(ends.iter().copied()))?;
    let mut lanes = Vec::new();
    lanes.extend(belief_lane(&axis, &belief));
    lanes.push(walk_lane(&axis, &walk, number::span(id, figure), &ends));
    lanes.extend(asks.iter().map(|mark| ask_lane(&axis, mark)));
    let words = lanes.iter().map(|lane| lane.told.as_str()).collect::<Vec<_>>().join("; ");
    let (body, height) = stacked(&lanes);
    let room = room(brief.deal.side, &axis, &walk, &belief, height);
    let key =
        if room.is_empty() { "" } else { "shaded: where both could agree, if the belief is right" };
    let key = format!("<text class=\"small\" x=\"0\" y=\"{}\">{key}</text>", height + 14.0);
    let (body, height) = (room + &body + &key, height + 20.0);
    let title = "Walk-away, what we believe of their limit, target and anchor";
    Some(frame("chart-zone", title, &format!("{words}."), height, &body))
}

/// Lanes one below the other, and how high that is.
pub(crate) fn stacked(lanes: &[Lane]) -> (String, f64) {
    let mut y = 0.0;
    let mut body = String::new();
    for lane in lanes {
        for (i, words) in lane.words.iter().enumerate() {
            let class = if i == 0 { "value" } else { "small" };
            for words in folded(words) {
                y += 16.0;
                let words = escape(&words);
                let _ = write!(body, "<text class=\"{class}\" x=\"0\" y=\"{y}\">{words}</text>");
            }
        }
        y += 6.0;
        body += &(lane.shape)(y);
        y += lane.height + 8.0;
    }
    (body, y)
}

/// Lines that fit on a narrow page.
fn folded(words: &str) -> Vec<String> {
    wrap_to(&words.into(), "", "", (NARROW / LETTER) as usize, false)
}

/// A name with what it comes to, in one line where that fits on a narrow page.
pub(crate) fn named_lines(name: &str, value: &str) -> Vec<String> {
    let one = format!("{name}: {value}");
    if folded(&one).len() == 1 { vec![one] } else { vec![name.to_owned(), value.to_owned()] }
}

/// From the walk-away to the far end of the belief: where both could agree.
fn room(side: Side, axis: &Axis, walk: &Mark, belief: &[Mark], height: f64) -> String {
    let far = if side == Side::Seller { "high" } else { "low" };
    let Some(far) = belief.iter().find(|mark| mark.name == far) else { return String::new() };
    let open = match side {
        Side::Seller => far.value > walk.value,
        Side::Buyer => far.value < walk.value,
    };
    let (a, b) = (axis.at(walk.value), axis.at(far.value));
    let (x, wide) = (a.min(b), (a - b).abs());
    let rect = rect("room", (x, wide), (0.0, height));
    if open { rect } else { String::new() }
}

/// The triangle of the belief.
fn belief_lane(axis: &Axis, belief: &[Mark]) -> Option<Lane> {
    let [low, mode, high] = belief else { return None };
    let words = vec![
        "their limit, as we believe it".to_owned(),
        format!("{} to {}, most likely {}", low.label, high.label, mode.label),
    ];
    let points = format!(
        "{:.2},100 {:.2},0 {:.2},100",
        axis.at(low.value),
        axis.at(mode.value),
        axis.at(high.value)
    );
    let shape = move |y: f64| {
        stretched(y, 40.0, &format!("<polygon class=\"belief\" points=\"{points}\"/>"))
    };
    Some(Lane { told: words.join(": "), words, shape: Box::new(shape), height: 40.0 })
}

/// Shapes in percent of width and of height.
fn stretched(y: f64, height: f64, body: &str) -> String {
    format!(
        "<svg x=\"0\" y=\"{y}\" width=\"100%\" height=\"{height}\" viewBox=\"0 0 100 100\" \
         preserveAspectRatio=\"none\">{body}</svg>"
    )
}

fn walk_lane(axis: &Axis, walk: &Mark, span: String, ends: &[f64]) -> Lane {
    let mut words = vec![walk.text()];
    if !span.is_empty() {
        words.push(format!("it could be {span}"));
    }
    let x = axis.at(walk.value);
    let bar = match ends {
        [low, high] => Some((axis.at(*low), axis.at(*high) - axis.at(*low))),
        _ => None,
    };
    let shape = move |y: f64| {
        let bar =
            bar.map_or(String::new(), |(from, wide)| rect("limit", (from, wide), (y + 3.0, 6.0)));
        bar + &dot(x, y + 6.0, "walk")
    };
    Lane { told: words.join(", "), words, shape: Box::new(shape), height: 12.0 }
}

fn ask_lane(axis: &Axis, mark: &Mark) -> Lane {
    let (x, class, text) = (axis.at(mark.value), mark.class.clone(), mark.text());
    let shape = move |y: f64| dot(x, y + 6.0, &class) + &beside(x, y + 10.0, &text, Stand::Right);
    Lane { words: Vec::new(), told: mark.text(), shape: Box::new(shape), height: 12.0 }
}

fn ladder(brief: &Brief) -> Option<String> {
    let rungs: Vec<Mark> = rungs(brief)
        .into_iter()
        .enumerate()
        .map(|(i, rung)| match i {
            0 => Mark::new("anchor", rung),
            _ => Mark::new(&format!("{i}."), rung),
        })
        .collect();
    let axis = Axis::over(rungs.iter().map(|rung| rung.value))?;
    let y = |i: usize| 24.0 + 30.0 * i as f64;
    let side = if brief.deal.side == Side::Seller { Stand::Left } else { Stand::Right };
    let mut body = String::new();
    for (i, pair) in rungs.windows(2).enumerate() {
        let (a, b) = (axis.at(pair[0].value), axis.at(pair[1].value));
        let (y1, y2) = (y(i), y(i + 1));
        body += &vertical("step", a, (y1, y2));
        body += &line("step", (a, b), (y2, y2));
    }
    for (i, rung) in rungs.iter().enumerate() {
        let x = axis.at(rung.value);
        body += &dot(x, y(i), if i == 0 { "anchor" } else { "rung" });
        let last = i > 0 && i + 1 == rungs.len();
        let line = if last { y(i) + 19.0 } else { y(i) - 7.0 };
        body += &beside(x, line, &rung.text(), side);
    }
    let words = format!("The asks in order: {}.", listed(&rungs));
    Some(frame("chart-ladder", "Concession ladder", &words, y(rungs.len() - 1) + 26.0, &body))
}
