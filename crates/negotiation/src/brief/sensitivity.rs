//! One input at a time: where walk-away, target and anchor go if it lies at its low or high end
//! (H5). Interactions are not seen; the questions' worth is.

use super::{Swing, part};
use crate::bargain::{Alternative, Amount, Inputs, Market, Marks, marks};
use crate::brief::SwingEnd;
use crate::deal::{Deal, slug};
use crate::figure::{Figure, Figures, Unit};
use crate::parameter::Settings;

/// What moves, and where it stands in [`Marks`].
type Outcome = (&'static str, fn(&Marks) -> Option<f64>);

const OUTCOMES: [Outcome; 3] = [
    ("target", |marks| marks.target),
    ("anchor", |marks| marks.anchor),
    ("walk_away", |marks| marks.walk_away),
];

/// Least movement that is one, of the outcome.
const STILL: f64 = 1e-9;

/// An input with its two ends, and the plan's inputs at each.
struct Varied {
    slug: String,
    label: String,
    unit: Unit,
    /// Figures that the ends come from.
    from: [String; 2],
    ends: [(f64, Inputs); 2],
}

/// Adds the figures `sensitivity.<input>.<low|high>`, the input's ends, and
/// `sensitivity.<input>.<low|high>.<outcome>`; returns what moves, widest first within an outcome.
pub(super) fn add(
    deal: &Deal,
    inputs: &Inputs,
    settings: &Settings,
    figures: &mut Figures,
) -> Vec<Swing> {
    let params = settings.plan_params();
    let mut swings = Vec::new();
    for varied in all_varied(deal, inputs, settings, figures) {
        let [low, high] = &varied.ends;
        // An end that the arithmetic refuses has no outcome: it is left out, like a figure.
        let Ok(below) = marks(&low.1, &params) else { continue };
        let Ok(above) = marks(&high.1, &params) else { continue };
        let ends = [(low.0, below), (high.0, above)];
        let moved = OUTCOMES.iter().filter_map(|outcome| swing(&varied, &ends, outcome, figures));
        swings.extend(moved.collect::<Vec<_>>());
    }
    swings.sort_by(|(a, wide_a), (b, wide_b)| {
        let place = |it: &Swing| OUTCOMES.iter().position(|(name, _)| *name == it.outcome);
        place(a).cmp(&place(b)).then(wide_b.total_cmp(wide_a))
    });
    swings.into_iter().map(|(swing, _)| swing).collect()
}

/// The longest way between the outcome as it is and its two ends.
fn width(base: f64, low: f64, high: f64) -> f64 {
    let way = |one: f64, two: f64| libm::fabs(one - two);
    way(high, low).max(way(low, base)).max(way(high, base))
}

/// One outcome at both ends and how wide that is; nothing if it does not move. An outcome that one
/// end does away with moves most of all.
fn swing(
    varied: &Varied,
    ends: &[(f64, Marks); 2],
    (outcome, of): &Outcome,
    figures: &mut Figures,
) -> Option<(Swing, f64)> {
    let base = figures.get(outcome)?.clone();
    let outcomes = [of(&ends[0].1), of(&ends[1].1)];
    let wide = match outcomes {
        [Some(low), Some(high)] => width(base.value, low, high),
        _ => f64::INFINITY,
    };
    if wide <= STILL * libm::fabs(base.value) {
        return None;
    }
    let mut end = |tail: &str, at: f64, value: Option<f64>| {
        let input = format!("sensitivity.{}.{tail}", varied.slug);
        let from = varied.from.iter().enumerate().map(|(i, id)| (format!("from_{i}"), id.clone()));
        let from = figures.present(&from.collect::<Vec<_>>());
        let label = format!("{}, {tail} end", varied.label);
        let figure = Figure::new(label, at, varied.unit.clone(), "sensitivity_end");
        let figure = match from.is_empty() {
            true => figure.with_assumption("stated in the deal file"),
            false => figure.with_inputs(from),
        };
        figures.add(input.clone(), figure)?;
        let Some(value) = value else { return Some(SwingEnd { input, outcome: None }) };
        let label = format!("{} if {} is at its {tail} end", base.label, varied.label);
        let figure = Figure::new(label, value, base.unit.clone(), "sensitivity")
            .with_sense(base.sense)
            .with_inputs([("outcome", *outcome), ("end", input.as_str())]);
        let outcome = figures.add(format!("{input}.{outcome}"), figure);
        Some(SwingEnd { input, outcome })
    };
    let low = end("low", ends[0].0, outcomes[0])?;
    let high = end("high", ends[1].0, outcomes[1])?;
    Some((Swing { outcome, input: varied.label.clone(), low, high }, wide))
}

fn all_varied(deal: &Deal, inputs: &Inputs, settings: &Settings, figures: &Figures) -> Vec<Varied> {
    let halfwidth = settings.number("probability_halfwidth");
    let mut all: Vec<Varied> = market(inputs, figures).into_iter().collect();
    all.extend(adjustments(inputs, figures));
    all.extend(limit(inputs, figures));
    for (i, stated) in deal.alternatives.iter().enumerate() {
        let about = About { i, name: &stated.name, inputs, figures };
        all.extend(about.amount());
        all.extend(about.probability(halfwidth));
    }
    all.extend(illiquidity(deal, inputs, settings, figures));
    all
}

/// What parts that cannot be sold lose by that, at both ends of its scenario.
fn illiquidity(
    deal: &Deal,
    inputs: &Inputs,
    settings: &Settings,
    figures: &Figures,
) -> Option<Varied> {
    let names = ["illiquidity_low", "illiquidity_high"];
    let from = names.map(|name| format!("parameter.{name}"));
    let end = |name| {
        let value = settings.number(name);
        (value, part::with_illiquidity(deal, settings, inputs, value))
    };
    figures.has(&from[0]).then(|| Varied {
        slug: "illiquidity".to_owned(),
        label: "loss of worth of what cannot be sold".to_owned(),
        unit: Unit::Share,
        from,
        ends: names.map(end),
    })
}

/// The unit of a figure, a pure number if there is none.
fn unit_of(figures: &Figures, id: &str) -> Unit {
    figures.get(id).map_or(Unit::Number, |figure| figure.unit.clone())
}

/// The level of the market, at both ends of the median's interval.
fn market(inputs: &Inputs, figures: &Figures) -> Option<Varied> {
    let id = "market.p50";
    let median = figures.get(id).filter(|figure| figure.value > 0.0)?;
    let interval = median.interval?;
    let end = |value: f64| {
        let mut moved = inputs.clone();
        moved.market.iter_mut().for_each(|market| scale(market, value / median.value));
        (value, moved)
    };
    let ends = [end(interval.low?), end(interval.high?)];
    Some(Varied {
        slug: "market".to_owned(),
        label: "level of the market".to_owned(),
        unit: median.unit.clone(),
        from: [id.to_owned(), "market.median".to_owned()],
        ends,
    })
    .filter(|it| it.ends.iter().all(|(value, _)| *value > 0.0))
}

/// The market if growth, rates and place indices were at their extremes (`benchmark.md` section 8).
fn adjustments(inputs: &Inputs, figures: &Figures) -> Option<Varied> {
    let from = ["low", "high"].map(|end| format!("market.adjustment.{end}"));
    let [low, high] = [figures.get(&from[0])?.value, figures.get(&from[1])?.value];
    let end = |ratio: f64| {
        let mut moved = inputs.clone();
        moved.market.iter_mut().for_each(|market| scale(market, ratio));
        (ratio, moved)
    };
    Some(Varied {
        slug: "adjustments".to_owned(),
        label: "ageing, rates and place".to_owned(),
        unit: Unit::Factor,
        from,
        ends: [end(low), end(high)],
    })
    .filter(|it| it.ends.iter().all(|(ratio, _)| *ratio > 0.0))
}

fn scale(market: &mut Market, factor: f64) {
    match market {
        Market::Table(table) => {
            table.points.iter_mut().for_each(|point| point.amount *= factor);
            table.edges.iter_mut().flatten().for_each(|edge| *edge *= factor);
        }
        Market::Rows(rows) => rows.rows.iter_mut().for_each(|row| row.amount *= factor),
    }
}

/// The stated belief about their limit, all of it at either end.
fn limit(inputs: &Inputs, figures: &Figures) -> Option<Varied> {
    let Some(Amount::Range { low, high, .. }) = inputs.counterpart.limit else { return None };
    let end = |value: f64| {
        let mut moved = inputs.clone();
        moved.counterpart.limit = Some(Amount::Exact(value));
        (value, moved)
    };
    let id = |tail: &str| format!("counterpart.limit.{tail}");
    (low < high).then(|| Varied {
        slug: "their_limit".to_owned(),
        label: "their limit".to_owned(),
        unit: unit_of(figures, &id("mode")),
        from: [id("low"), id("high")],
        ends: [end(low), end(high)],
    })
}

/// One of our alternatives.
struct About<'a> {
    i: usize,
    name: &'a str,
    inputs: &'a Inputs,
    figures: &'a Figures,
}

impl About<'_> {
    fn id(&self, tail: &str) -> String {
        format!("alternative.{}.{tail}", slug(self.name))
    }

    /// The plan's inputs with this alternative changed.
    fn with(&self, change: impl Fn(&mut Alternative)) -> Inputs {
        let mut moved = self.inputs.clone();
        moved.us.alternatives.get_mut(self.i).into_iter().for_each(change);
        moved
    }

    fn varied(&self, what: &str, from: [String; 2], ends: [(f64, Inputs); 2]) -> Varied {
        Varied {
            slug: self.id(what),
            label: format!("{} of \"{}\"", what, self.name),
            unit: unit_of(self.figures, &from[0]),
            from,
            ends,
        }
    }

    /// Its amount at P10 and P90.
    fn amount(&self) -> Option<Varied> {
        let Amount::Range { low, high, .. } = self.inputs.us.alternatives.get(self.i)?.amount
        else {
            return None;
        };
        let end = |value: f64| (value, self.with(|it| it.amount = Amount::Exact(value)));
        let from = [self.id("amount.low"), self.id("amount.high")];
        (low < high).then(|| self.varied("amount", from, [end(low), end(high)]))
    }

    /// Its probability, less and more its imprecision, within 0 and 1 as in the walk-away's
    /// interval.
    fn probability(&self, halfwidth: f64) -> Option<Varied> {
        let p = self.inputs.us.alternatives.get(self.i)?.probability;
        let half = halfwidth.min(p).min(1.0 - p);
        let end = |value: f64| (value, self.with(|it| it.probability = value));
        let from = [self.id("probability"), "parameter.probability_halfwidth".to_owned()];
        (half > 0.0).then(|| self.varied("probability", from, [end(p - half), end(p + half)]))
    }
}
