//! The graph of figures: every number of a brief with its unit, formula, inputs and ground.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What a figure is measured in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// Money per something: `USD/year`; a lump of money: `USD`.
    Money(String),
    /// A fraction of 1: a probability, a share, a percentile.
    Share,
    /// A number of things, not always whole: effective n.
    Count,
    /// A factor that an amount is multiplied by.
    Factor,
    /// A growth or error relative to 1.
    Relative,
    /// Days.
    Days,
    /// Months.
    Months,
    /// A pure number of a formula.
    Number,
}

impl Unit {
    /// Whether it is money.
    pub fn is_money(&self) -> bool {
        matches!(self, Self::Money(_))
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Money(unit) => unit,
            Self::Share => "share",
            Self::Count => "count",
            Self::Factor => "factor",
            Self::Relative => "relative",
            Self::Days => "days",
            Self::Months => "months",
            Self::Number => "number",
        })
    }
}

/// Whether a value is the figure or bounds it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sense {
    /// The value itself.
    #[default]
    Exact,
    /// The figure is this or more.
    AtLeast,
    /// The figure is this or less.
    AtMost,
    /// It rests on bounds that pull both ways, or is known only to lie between low and high.
    Between,
}

impl Sense {
    /// The words, empty for an exact value.
    pub fn words(self) -> &'static str {
        match self {
            Self::Exact => "",
            Self::AtLeast => "at least",
            Self::AtMost => "at most",
            Self::Between => "between bounds",
        }
    }
}

/// How low and high came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Order statistics of raw rows.
    OrderStatistic,
    /// The publisher's own error.
    PublishedError,
    /// The disagreement of sources.
    BetweenSources,
    /// Lowest to highest; no coverage claimed.
    Range,
    /// A lattice over the uncertain inputs.
    Lattice,
    /// A stated scenario.
    Scenario,
}

impl By {
    /// The word in the report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OrderStatistic => "order-statistic",
            Self::PublishedError => "published-error",
            Self::BetweenSources => "between-sources",
            Self::Range => "range",
            Self::Lattice => "lattice",
            Self::Scenario => "scenario",
        }
    }
}

/// Low and high of a figure, with how sure and how made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Lower end, if there is one.
    pub low: Option<f64>,
    /// Upper end, if there is one.
    pub high: Option<f64>,
    /// Nominal coverage; `None` where none is claimed.
    pub level: Option<f64>,
    /// How it came about.
    pub by: By,
}

/// One number of a brief.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What it is, for people.
    pub label: String,
    /// The value, unrounded.
    pub value: f64,
    /// Its unit.
    pub unit: Unit,
    /// Whether the value is exact or a bound.
    pub sense: Sense,
    /// Its uncertainty, if there is any.
    pub interval: Option<Interval>,
    /// Name of the formula, a key of [`FORMULAS`].
    pub formula: &'static str,
    /// The formula's arguments: name and figure id, in the formula's order.
    pub inputs: Vec<(String, String)>,
    /// The evidence set that it rests on.
    pub evidence: Option<String>,
    /// What it takes as given, if it does.
    pub assumption: Option<String>,
    /// The value as it is spoken, rounded by the rules of `numbers.md` section 9.
    pub printed: Option<String>,
}

impl Figure {
    /// A figure of a formula, to be completed with `with_...`.
    pub fn new(label: impl Into<String>, value: f64, unit: Unit, formula: &'static str) -> Self {
        Self {
            label: label.into(),
            value,
            unit,
            sense: Sense::Exact,
            interval: None,
            formula,
            inputs: Vec::new(),
            evidence: None,
            assumption: None,
            printed: None,
        }
    }

    /// A figure that is taken as given.
    pub fn assumed(
        label: impl Into<String>,
        value: f64,
        unit: Unit,
        why: impl Into<String>,
    ) -> Self {
        let mut figure = Self::new(label, value, unit, "given");
        figure.assumption = Some(why.into());
        figure
    }

    /// Names the figures that go in.
    pub fn with_inputs<N: Into<String>, I: Into<String>>(
        mut self,
        inputs: impl IntoIterator<Item = (N, I)>,
    ) -> Self {
        self.inputs.extend(inputs.into_iter().map(|(name, id)| (name.into(), id.into())));
        self
    }

    /// Says that the value bounds the figure.
    pub fn with_sense(mut self, sense: Sense) -> Self {
        self.sense = sense;
        self
    }

    /// Gives it low and high; nothing if both are absent.
    pub fn with_interval(mut self, interval: Option<Interval>) -> Self {
        self.interval = interval.filter(|i| i.low.is_some() || i.high.is_some());
        self
    }

    /// Rests it on an evidence set.
    pub fn with_evidence(mut self, evidence: impl Into<String>) -> Self {
        self.evidence = Some(evidence.into());
        self
    }

    /// Says what it takes as given.
    pub fn with_assumption(mut self, why: impl Into<String>) -> Self {
        self.assumption = Some(why.into());
        self
    }

    /// Gives it a spoken form.
    pub fn with_printed(mut self, printed: String) -> Self {
        self.printed = Some(printed);
        self
    }
}

/// All figures of a brief by id. Ids are stable dotted names.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Figures(BTreeMap<String, Figure>);

impl Figures {
    /// Adds a figure and hands its id back. A value that is no number is no figure: it is left
    /// out, and whoever needs it finds it absent.
    pub fn add(&mut self, id: impl Into<String>, figure: Figure) -> Option<String> {
        if !figure.value.is_finite() {
            return None;
        }
        let id = id.into();
        self.0.insert(id.clone(), figure);
        Some(id)
    }

    /// The figure of an id.
    pub fn get(&self, id: &str) -> Option<&Figure> {
        self.0.get(id)
    }

    /// Whether an id exists.
    pub fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }

    /// All of them, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Figure)> {
        self.0.iter().map(|(id, figure)| (id.as_str(), figure))
    }

    /// Number of figures.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The figures of these ids and all that they rest on.
    pub fn reached(&self, roots: impl IntoIterator<Item = String>) -> Self {
        let mut open: Vec<String> = roots.into_iter().collect();
        let mut reached = Self::default();
        while let Some(id) = open.pop() {
            let Some(figure) = self.get(&id).filter(|_| !reached.has(&id)) else { continue };
            open.extend(figure.inputs.iter().map(|(_, input)| input.clone()));
            reached.add(id, figure.clone());
        }
        reached
    }

    /// Only those of the pairs whose figure exists: an absent figure is no input.
    pub fn present<N: AsRef<str>>(&self, inputs: &[(N, String)]) -> Vec<(String, String)> {
        let known = inputs.iter().filter(|(_, id)| self.has(id));
        known.map(|(name, id)| (name.as_ref().to_owned(), id.clone())).collect()
    }

    /// What is wrong with the graph: inputs that do not exist, formulas without a definition,
    /// figures without a ground. Empty for a sound one.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for (id, figure) in &self.0 {
            for (name, input) in &figure.inputs {
                if !self.has(input) {
                    faults.push(format!("{id}: input {name} = {input} does not exist"));
                }
            }
            let names: BTreeSet<&String> = figure.inputs.iter().map(|(name, _)| name).collect();
            if names.len() != figure.inputs.len() {
                faults.push(format!("{id}: two inputs have one name"));
            }
            if formula(figure.formula).is_none() {
                faults.push(format!("{id}: formula {} is not defined", figure.formula));
            }
            let grounded = !figure.inputs.is_empty() || figure.evidence.is_some();
            if !grounded && figure.assumption.is_none() {
                faults.push(format!("{id}: no input, no evidence, no assumption"));
            }
        }
        faults
    }
}

/// A formula: what a program must do to recompute a figure from its inputs.
#[derive(Debug, Clone, Copy)]
pub struct Formula {
    /// Its name in a figure.
    pub name: &'static str,
    /// The arithmetic, in the names of the inputs.
    pub text: &'static str,
    /// Where it is defined.
    pub source: &'static str,
}

/// The formula of a name.
pub fn formula(name: &str) -> Option<&'static Formula> {
    FORMULAS.iter().find(|f| f.name == name)
}

macro_rules! formulas {
    ($($name:literal $source:literal $text:literal;)+) => {
        /// Every formula that a figure may name.
        pub const FORMULAS: &[Formula] =
            &[$(Formula { name: $name, text: $text, source: $source }),+];
    };
}

formulas! {
    "given" "deal file or register" "taken as given";
    "cell" "product.md" "the amount in the cell";
    "adjusted_cell" "benchmark 8" "cell * hours * ageing * currency * place";
    "count_rows" "benchmark 2" "sum of count over the comparables";
    "kish" "benchmark 2, F2" "(sum count*weight)^2 / sum count*weight^2";
    "weighted_type7" "benchmark 2, F1" "mean of the inverse distribution function over a window of width 1/effective_n at the percentile";
    "curve" "benchmark 5, F13" "exp(ln lower + (z(p) - z(p_lower)) / (z(p_upper) - z(p_lower)) * (ln upper - ln lower)); a stated point is returned unchanged; beyond the table only a bound";
    "single_source" "benchmark 6" "the source's own percentile and interval";
    "scenario_limit" "benchmark 8" "limit * ratio";
    "composite" "benchmark 6, F10" "sum of share_k * source_k over the sources that state the percentile; where one does not, that sum over sum of share_k * median_k of the same sources, times the composite median";
    "mixture" "benchmark 6" "smallest amount at which sum of share_k * F_k reaches the percentile";
    "pooled_type7" "benchmark 6" "weighted_type7 over the rows of all sources, weights times share / sum of weights";
    "share" "benchmark 6" "weight / sum of weights";
    "auto_weight" "benchmark 6, F10" "match * employers * age * grade * stated";
    "employers_factor" "benchmark 6" "min(1, employers / 10); unknown: 1 if the median's effective n is at least 100, else 0.5";
    "age_factor" "benchmark 6" "0.5 ^ (age_months / weight_half_life)";
    "age_months" "benchmark 6" "(as_of - date) in days / 365.2425 * 12";
    "compound_ageing" "benchmark 8, F8" "(1 + rate) ^ (days / 365.2425)";
    "index_ageing" "benchmark 8" "index(as_of) / index(date), ln linear in days between values";
    "rate_conversion" "benchmark 8" "rate: units of the deal's currency for one unit of the cell's";
    "hours_conversion" "benchmark 8, F17" "units of the cell's time in a year / units of the deal's time in a year";
    "place_index" "benchmark 8, F9" "index: pay at the deal's place / pay at the source's place";
    "percentile_of" "benchmark 5 and 6" "share of the market at or below the amount, by the full curve of every source and not only by five points";
    "ratio" "F15" "amount / median";
    "deal_price" "A1, A3, numbers 3.1" "mean, over the triangle of the amount, of amount * (1 - f) + idle_value * f + side * ((interim_per_day * days - cost + deal_cost) / units - advantage - parts_difference), f = min(1, delay_days / 365 * price units of a year / units), days = f * units * 365 / price units of a year; idle_value where absent: 0 for a seller, the amount for a buyer; lump sums: amount / (1 + discount_rate) ^ (days / 365) in place of the first two";
    "part_worth" "F16" "amount * probability * (1 - illiquidity) / (1 + discount_rate) ^ (days / 365); what comes once: / units";
    "part_sum" "F16" "sum of the inputs";
    "parts_difference" "F16" "ours - theirs + lost, what is absent 0";
    "parts_lost" "F16, numbers 3.1" "sum of the parts that run with the price, times the share of the term that is lost to delay: delay_days / 365 * price units of a year / units, at most 1";
    "total_worth" "F16" "price + side * parts (absent: 0), side 1 for a seller and -1 for a buyer";
    "certainty_equivalent" "A2, numbers 3.3" "-rho * ln(mean of exp(-value / rho)) over the atoms of the alternative; the mean if risk-neutral";
    "reservation_value" "A1 to A4, numbers 3" "alternatives in the order of the inputs: certainty equivalent of the best alternative that comes through, alternatives independent, chosen after the outcomes are known";
    "reservation_better" "numbers 3.4" "max(walk_away, draw number ceil((1 - interval_tail) * lattice_n) of the sorted walk-aways over the lattice) in my value: at each lattice point the walk-away with amount and chance of every alternative drawn, a chance within probability_halfwidth; a stated limit itself";
    "reservation_neutral" "A4, numbers 3.3" "the same without risk tolerance";
    "reservation_together" "A4, numbers 3.3" "the same if all alternatives succeed or fail together";
    "market_median" "numbers 4" "the market's median";
    "market_edge" "numbers 4" "outermost point of a table; of rows P10 or P90, and the least or greatest row where they are fewer than min_parties_tail";
    "record_percentile" "numbers 4, S3.10" "min(q_max, q_base + q_step * supported claims)";
    "record_amount" "numbers 4" "the market at the percentile that the track record supports; of a thin market its median";
    "half_spread" "numbers 4" "max(interquartile range / 2, room_min * median); of a thin market (greatest - least row) / 4 in place of the first";
    "belief_half_spread" "numbers 4" "max((quartile .75 - quartile .25) / 2, room_min * mode) of the belief";
    "belief_low" "numbers 2 and 5" "lower end of the triangle from low, mode and high, moved by their offer; of a market: record - (median - market at .5 - belief_market), record, record + (market at .5 + belief_market - median); of a thin one: its edges and its median";
    "belief_mode" "numbers 5" "mode of the belief, moved by their offer";
    "belief_reach" "numbers 5" "better end of the triangle for us, before their offer moved it";
    "belief_high" "numbers 2 and 5" "upper end of the same triangle";
    "belief_mean" "numbers 2" "(low + mode + high) / 3";
    "p_zopa" "A7, numbers 5" "chance that their limit is at or beyond the walk-away";
    "need_me" "D3, numbers 6" "median - walk_away in my value";
    "need_ot" "D3, numbers 6" "mean of their limit - median in my value";
    "need_me_positive" "D3, numbers 6" "mean over the lattice of max(median - the walk-away drawn there, 0) in my value; the draws are those of walk_away.better";
    "need_ot_positive" "D3, numbers 6" "expected excess of their limit over the median";
    "leverage_index" "D3, numbers 6" "need_ot / (need_me + need_ot)";
    "standing" "numbers 6" "percentile of the walk-away between the market's points, ln amount linear in the normal score; a buyer: one minus it";
    "standing_ot" "numbers 6" "one minus the same of the mean of their limit";
    "swing" "H5" "distance between the walk-aways at both ends of one input, the others as they are: a chance less and plus its imprecision, an amount at P10 and P90";
    "weitzman_index" "A5" "the price z at which cost = probability * mean of how far the deal price is better than z; cost: develop_cost / units as stated, else develop_cost * walk_away";
    "next_quote_of_quotes" "G10" "(e(quotes + 1) - e(quotes)) * spread * units, e(n): expected distance of the lowest of n normal draws below their mean, in deviations, to three places";
    "next_quote" "G10" "(e(quotes + 1) - e(quotes)) * (p75 - p25) / 1.34898 * units, e(n): expected distance of the lowest of n normal draws below their mean, in deviations, to three places";
    "contingent_gain" "A16" "|ours - theirs| * stake";
    "power" "A9, numbers 6" "their delay cost / (ours + theirs), clamped; the default if one is unknown";
    "expected_zone" "numbers 2" "mean of their limit beyond base, given that it is";
    "target_power" "A8, numbers 7.1" "base + power * expected_zone";
    "target_one_offer" "A21, numbers 7.1" "the price p that maximises (p - base) * chance that they accept p";
    "base" "numbers 5" "the better of walk-away and their offer";
    "cap_belief" "numbers 7.1" "price that they accept with chance target_feasible_min given a zone";
    "cap_evidence" "numbers 7.1" "max(better quartile, base + base_room_target * half_spread)";
    "target" "numbers 7.1" "the largest candidate in my value, not beyond either cap nor beyond what we asked last";
    "opening_raw" "B4, numbers 7.2" "max(2 * target - their first figure, target + room), without their figure target + half_spread";
    "opening_cap_evidence" "numbers 7.2, S3.12" "max(better edge of the market, base + base_room_opening * half_spread, target + room)";
    "opening_cap_belief" "numbers 7.2, S5.14" "max(price that they accept with chance 1 - opening_belief given a zone, target + room)";
    "anchor" "numbers 7.2" "what we asked last, where we have asked; else the least of opening and caps in my value";
    "break_even_counter" "B4, numbers 7.2" "2 * target - anchor: they must open at least there for a split to give the target";
    "chance_inside" "numbers 7.2" "chance that their limit reaches the anchor, given a zone";
    "last_ask" "numbers 7.3" "min(target, max(base + floor_share * (target - base), walk_away + floor_confidence * (walk_away_better - walk_away)))";
    "rung" "C6, numbers 7.4" "anchor - sum of the steps so far; first step (anchor - last_ask) * (1 - ratio) / (1 - ratio^steps), each next one times ratio";
    "split_difference" "A8, numbers 8" "the better of their offer and walk_away + power * expected zone beyond the walk-away";
    "deal_me_out" "A10, numbers 8" "the better of their offer and I held between walk_away and walk_away + expected zone beyond it; I = ours + power * (theirs - ours) where both state what they have while no deal stands, else the median";
    "split_midpoint" "C11, numbers 8" "(anchor + c) / 2, c: their figure, but the target where their figure is better than it; printed from the anchor as printed";
    "best_final_offer" "A21, numbers 8" "the price p that maximises (p - walk_away) * chance that they accept p";
    "acceptance" "A21, numbers 8" "chance that their limit reaches the price, if the belief is right";
    "counter_gain" "S5.15, numbers 7.3" "(target - offer) * chance that they accept the target";
    "withdrawal_break_even" "S5.15, numbers 7.3" "counter_gain / (counter_gain + offer - walk_away_neutral), the difference in my value; 1 where it is not above 0, for then a counter always pays";
    "plan_worth" "A21, numbers 8" "max(0, offer - walk_away, (p - walk_away) * acceptance at the best p)";
    "information_worth" "H1 to H4, numbers 8" "expected plan worth with the answer - plan worth without it";
    "information_worth_theirs" "H1 to H4, numbers 5 and 8" "sum over the answers of chance * (best plan under the answer - present plan under the answer); for each answer the belief is made again as if the deal said so; chances: yes and no, or question_strata equal strata of the amount";
    "sensitivity_end" "H5" "low or high end of an input: the interval of the market's median, the lowest and highest adjustments over the ones used, P10 or P90 of an amount, a probability less or more its imprecision, an end of the stated belief";
    "sensitivity" "H5" "the outcome computed anew with the one input at this end, every other input as it is";
    "distance" "numbers 7.3" "offer - walk_away in my value";
    "conceded" "C6, C7" "first - last in the value of the side that conceded";
    "midpoint" "C11, B4" "(ours + theirs) / 2";
    "fine_anchor" "B5, B6, numbers 9" "anchor, printed to precision_fine of the scale";
    "width" "S3.3" "(upper - lower limit of the median) / median";
    "percentile_among_uppers" "F14" "percentile of the amount among the upper limits of the percentiles, ln amount linear in the normal score; beyond them the outermost one";
    "percentile_among_lowers" "F14" "the same among the lower limits";
    "quote_tax" "G1" "recoverable tax that is in the price: 1 / (1 + tax); tax on top that is not recoverable: 1 + tax; else 1";
    "quote_payment" "G3" "the less of (1 + discount_rate)^((reference_days - payment_days) / 365) and (1 - early_discount) * (1 + discount_rate)^((reference_days - early_days) / 365), to twelve digits; 1 where no term counts";
    "quote_needed" "G1" "quantity / ((1 - rejects) * pack)";
    "quote_ordered" "G2" "needed, at least minimum, in whole multiples; or the start of a later price where the line then costs less";
    "quote_goods" "G1, G2" "price * ordered * (1 - discount); price: of the tier, or the mean over tiers";
    "quote_common" "G1, F19" "goods * tax * rate";
    "quote_paid" "G3" "common * payment";
    "quote_legs" "G5" "common * leg_share";
    "quote_pipeline" "G4" "common * lead_time / 365 * holding_rate";
    "quote_holding" "G2" "common * (ordered - needed) / ordered * holding_rate / 2";
    "quote_line" "G1" "paid + legs + pipeline + holding";
    "quote_unit" "G1" "line / quantity";
    "quote_sum" "G1" "sum of the inputs";
    "quote_total" "G1, G8" "lines + order + plugs";
}
