//! The tornado: how far an outcome goes with each input, widest first.

use crate::number;
use crate::outline::{named, none, swings};
use crate::svg::{Axis, Lane, frame, named_lines, rect, shown, stacked, vertical};
use haggle_negotiation::brief::{Brief, Swing, SwingEnd};
use haggle_negotiation::figure::Figure;

/// Room above the bars for the name of the outcome.
const HEAD: f64 = 18.0;

/// The picture of one outcome; nothing if no input moves it.
pub(crate) fn tornado(brief: &Brief, outcome: &str) -> Option<String> {
    let (id, figure) = named(brief, outcome)?;
    let base = shown(figure);
    let bars: Vec<Bar<'_>> = swings(brief, outcome).map(|swing| Bar::new(brief, swing)).collect();
    let ends = bars.iter().flat_map(|bar| [bar.low, bar.high]).flatten().map(|end| end.1.value);
    let axis = Axis::over(ends.chain([base]))?;
    let lanes: Vec<Lane> = bars.iter().map(|bar| bar.lane(&axis, base)).collect();
    let (body, height) = stacked(&lanes);
    let name = outcome.replace('_', "-");
    let label = format!("{name} {}", number::mark(id, figure));
    let x = axis.at(base);
    let line = vertical("base", x, (HEAD, HEAD + height));
    let anchor = if x > 50.0 { "end" } else { "start" };
    let key = "amber: the input at its low end, blue: at its high end";
    let shape = format!(
        "<text class=\"value\" x=\"{x:.2}%\" y=\"12\" text-anchor=\"{anchor}\">{}</text>{line}\
         <svg y=\"{HEAD}\" width=\"100%\" height=\"{height}\" overflow=\"visible\">{body}</svg>\
         <text class=\"small\" x=\"0\" y=\"{}\">{key}</text>",
        crate::html::escape(&label),
        HEAD + height + 12.0
    );
    let told: Vec<&str> = lanes.iter().map(|lane| lane.told.as_str()).collect();
    let words = format!("{label}. {}.", told.join("; "));
    let title = format!("What moves the {name}");
    let id = format!("chart-tornado-{name}");
    Some(frame(&id, &title, &words, HEAD + height + 18.0, &shape))
}

/// One input: the outcome at its low and high end, if it has one there.
struct Bar<'a> {
    input: &'a str,
    outcome: &'a str,
    low: Option<(&'a str, &'a Figure)>,
    high: Option<(&'a str, &'a Figure)>,
}

impl<'a> Bar<'a> {
    fn new(brief: &'a Brief, swing: &'a Swing) -> Self {
        let end = |end: &'a SwingEnd| named(brief, end.outcome.as_ref()?);
        let (low, high) = (end(&swing.low), end(&swing.high));
        Self { input: &swing.input, outcome: swing.outcome, low, high }
    }

    fn lane(&self, axis: &Axis, base: f64) -> Lane {
        let shown = |end: Option<(&str, &Figure)>| match end {
            Some((id, figure)) => number::column(id, figure),
            None => none(self.outcome),
        };
        let [low, high] = [self.low, self.high].map(shown);
        let value = format!("{low} to {high}");
        let told = format!("{}: {value}", self.input);
        let words = named_lines(self.input, &value);
        let side = |class: &'static str, (_, figure): (&str, &Figure)| {
            let (a, b) = (axis.at(base), axis.at(figure.value));
            (class, a.min(b), (a - b).abs())
        };
        let sides =
            [self.low.map(|end| side("at-low", end)), self.high.map(|end| side("at-high", end))];
        let shape = move |y: f64| {
            sides
                .iter()
                .flatten()
                .map(|(class, x, wide)| rect(class, (*x, *wide), (y, 10.0)))
                .collect()
        };
        Lane { told, words, shape: Box::new(shape), height: 10.0 }
    }
}
