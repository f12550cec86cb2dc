//! The register of parameters: every threshold and width that is a choice, not a result.
//!
//! A parameter has one name, a default and a range; a deal file sets it under `[parameters]`, and
//! a report prints what it used.

use crate::bargain::Params;
use crate::deal::{Deal, Setting};
use crate::stats::{Combine, StatParams};
use std::collections::{BTreeMap, BTreeSet};

/// One entry of the register.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name in a deal file.
    pub name: &'static str,
    /// Another name for the same thing.
    pub alias: Option<&'static str>,
    /// Default, as text: a number, or a word of `words`.
    pub default: &'static str,
    /// Least and greatest value of a number.
    pub range: (f64, f64),
    /// The words it may take, if it is no number.
    pub words: &'static [&'static str],
    /// What it means, with its unit.
    pub meaning: &'static str,
    /// Where it is defined.
    pub source: &'static str,
}

const MANY: f64 = 1e9;

/// Parameters that count something.
const WHOLE: [&str; 10] = [
    "min_employers",
    "min_employers_tail",
    "total_min_sources",
    "steps",
    "question_strata",
    "questions_max",
    "perspective_arguments",
    "atoms",
    "lattice_n",
    "lattice_a",
];

impl Parameter {
    /// Whether it counts something, so that a fraction of it makes no sense.
    pub fn is_whole(&self) -> bool {
        WHOLE.contains(&self.name)
    }

    /// What it may be: `0 to 1`, `1 or more`, or its words.
    pub fn domain(&self) -> String {
        let (low, high) = self.range;
        match self.words {
            [] if high >= MANY => format!("{low} or more"),
            [] => format!("{low} to {high}"),
            words => words.join(", "),
        }
    }
}

macro_rules! numbers {
    ($($name:literal = $default:literal in $low:tt .. $high:tt, $source:literal, $meaning:literal;)+) => {
        &[$(Parameter {
            name: $name, alias: None, default: $default, range: ($low, $high), words: &[],
            meaning: $meaning, source: $source,
        }),+]
    };
}

const NUMBERS: &[Parameter] = numbers! {
    "min_n_median" = "3" in 1.0..MANY, "benchmark 2", "least effective n for a median";
    "min_n_quartile" = "5" in 1.0..MANY, "benchmark 2", "least effective n for a quartile";
    "min_n_tail" = "10" in 1.0..MANY, "benchmark 2", "least effective n for p10 and p90";
    "min_employers" = "5" in 1.0..MANY, "benchmark 3", "least employers for an interval of median or quartile";
    "min_employers_tail" = "10" in 1.0..MANY, "benchmark 3", "least employers for an interval of p10 or p90";
    "max_employer_share" = "0.25" in 0.0..1.0, "benchmark 3", "share of one employer above which percentiles without it are shown";
    "employer_refuse" = "0.50" in 0.0..1.0, "benchmark 3", "share of one employer above which no interval is given";
    "weight_local_min" = "20" in 1.0..MANY, "benchmark 3", "effective n from which weights are judged at the percentile itself";
    "outlier_mod_z" = "3.5" in 0.0..MANY, "benchmark 7", "modified z on the log scale above which a row is flagged";
    "outlier_floor" = "0.10" in 0.0..10.0, "benchmark 7", "least spread on the log scale";
    "trend_sensitivity" = "0.03" in 0.0..1.0, "benchmark 8", "how far the yearly growth may be off, as a fraction";
    "place_sensitivity" = "0.05" in 0.0..1.0, "benchmark 8", "how far a place index may be off, as a fraction";
    "table_deff" = "2" in 1.0..MANY, "benchmark 5", "design effect of a published table that states its sample size";
    "table_min_n" = "30" in 1.0..MANY, "benchmark 5", "least effective n for an interval of a published median or quartile";
    "table_min_n_tail" = "400" in 1.0..MANY, "benchmark 5", "least effective n for an interval of a published p10 or p90";
    "wide_gap" = "0.30" in 0.0..1.0, "benchmark 5", "gap between published percentiles above which a value between them is flagged";
    "total_min_sources" = "3" in 2.0..MANY, "benchmark 6", "sources from which a between-source interval is given";
    "source_spread_warn" = "0.15" in 0.0..MANY, "benchmark 6", "spread of the sources' medians above which they disagree";
    "age_warn" = "12" in 0.0..MANY, "benchmark 8", "age of evidence in months that is worth a finding";
    "age_error" = "24" in 0.0..MANY, "benchmark 8", "age of evidence in months that is said first";
    "weight_half_life" = "24" in 0.1..MANY, "benchmark 6", "months in which a source's weight halves";
    "job_match_min" = "0.70" in 0.0..1.0, "benchmark 6", "least match for a source to count";
    "belief_tail" = "0.10" in 0.001..0.49, "numbers 2", "share of a belief outside its low and high";
    "belief_widen" = "1.0" in 0.001..100.0, "numbers 2", "factor on the width of a stated belief, against overconfidence";
    "belief_min_halfwidth" = "0.02" in 0.0..1.0, "numbers 5", "least half width of a stated belief, of its mode";
    "derived_halfwidth" = "0.05" in 0.0..1.0, "numbers 5", "least half width of a derived belief, of its mode";
    "belief_market" = "0.15" in 0.001..0.49, "numbers 5", "half width of a market-based belief, in percentile";
    "offer_room" = "0.25" in 0.0..10.0, "numbers 5", "room left beyond their offer, of the belief's width";
    "probability_halfwidth" = "0.10" in 0.0..1.0, "numbers 3", "imprecision of a stated probability";
    "discount_rate" = "0.05" in (-0.99)..10.0, "numbers 3", "yearly discount rate of one-off money";
    "illiquidity" = "0.35" in 0.0..1.0, "F16", "share that a part which cannot be sold loses of its worth";
    "illiquidity_low" = "0.20" in 0.0..1.0, "F16", "the same, at its low end";
    "illiquidity_high" = "0.50" in 0.0..1.0, "F16", "the same, at its high end";
    "q_base" = "0.50" in 0.01..0.99, "numbers 4", "market percentile without a track record";
    "q_step" = "0.05" in 0.0..0.5, "numbers 4", "percentile that one supported claim adds";
    "q_max" = "0.75" in 0.01..0.99, "numbers 4", "highest percentile that claims reach";
    "power_default" = "0.5" in 0.0..1.0, "numbers 6", "bargaining power where delay costs are not known";
    "power_clamp" = "0.2" in 0.0..0.5, "numbers 6", "least power of either side";
    "target_feasible_min" = "0.25" in 0.0..1.0, "numbers 7", "least chance, given a zone, that they can accept the target";
    "opening_belief" = "0.90" in 0.0..1.0, "numbers 7", "how deep into the belief the opening may reach, given a zone";
    "base_room_target" = "0.25" in 0.0..10.0, "numbers 7", "room of the target beyond base, in half spreads";
    "base_room_opening" = "0.5" in 0.0..10.0, "numbers 7", "room of the opening beyond base, in half spreads";
    "room_min" = "0.02" in 0.0..1.0, "numbers 7", "least distance from target to opening, of the target";
    "floor_share" = "0.5" in 0.0..1.0, "numbers 7", "where the last ask lies between base and target";
    "floor_confidence" = "0.5" in 0.0..1.0, "numbers 7", "where the last ask lies between the walk-away and its better end";
    "steps" = "3" in 1.0..20.0, "numbers 7, C6", "number of concessions";
    "ratio" = "0.5" in 0.01..0.99, "numbers 7, C6", "each concession over the one before";
    "leverage_min_stake" = "0.005" in 0.0..1.0, "numbers 6", "stake below which there is no leverage index, of the market median";
    "zopa_warn" = "0.30" in 0.0..1.0, "S1.6", "chance of a zone below which it is said";
    "limit_gap" = "0.05" in 0.0..10.0, "S2.2", "gap between stated and computed walk-away that is said, of the latter";
    "phantom_gap" = "0.05" in 0.0..10.0, "S2.4", "worth of an unsigned alternative beyond the walk-away that is said, of scale";
    "need_negligible" = "0.01" in 0.0..1.0, "S2.13", "need below minus this is said, of the market median";
    "develop_cost" = "0.01" in 0.0..1.0, "S2.3, A5", "cost of finding out whether an alternative comes through, where none is stated, of the walk-away";
    "question_strata" = "5" in 1.0..4096.0, "S1.1, H2", "strata that stand for an amount of theirs that could be learned";
    "answer_chance" = "1.0" in 0.0..1.0, "S1.1, H3", "chance that they answer a question truthfully; it weighs a question's worth in the order";
    "questions_max" = "5" in 0.0..100.0, "S1.1", "most questions that a brief asks";
    "unsourced_max" = "0.50" in 0.0..1.0, "S1.4", "share of the beliefs about them without a source above which it is a warning";
    "current_pay_copy" = "0.03" in 0.0..1.0, "S2.6", "distance of an alternative from what is paid at present within which it looks copied, of the latter";
    "plug_max" = "0.15" in 0.0..1.0, "S3.8, G8", "share of filled gaps in a quote above which it is not comparable";
    "alt_low_bid" = "0.20" in 0.0..1.0, "S3.9, G13", "share below the mean of the others above which a bid is abnormally low";
    "quote_cap" = "8" in 1.0..10.0, "S2.7, G11", "quotes from which no further one is advised";
    "precision" = "0.005" in 1e-9..1.0, "numbers 9", "step of printed figures, of scale";
    "precision_fine" = "0.0005" in 1e-9..1.0, "numbers 9", "step of an opening whose derivation is shown, of scale";
    "min_parties" = "5" in 1.0..MANY, "numbers 4", "parties below which a market is thin";
    "min_parties_tail" = "10" in 1.0..MANY, "numbers 4", "parties below which a market has no p10 and p90";
    "atoms" = "64" in 2.0..4096.0, "numbers 2", "stratum means that stand for an uncertain amount";
    "lattice_n" = "4093" in 2.0..1000000.0, "numbers 3", "lattice points that stand for random draws";
    "lattice_a" = "1435" in 1.0..1000003.0, "numbers 3", "multiplier of the lattice";
    "interval_tail" = "0.10" in 0.001..0.49, "numbers 3", "share of the draws outside an interval at each end";
    "weak_batna_gap" = "0.25" in 0.0..10.0, "S2.5", "gap between target and walk-away, of the target, from which the alternative is weak";
    "leverage_low" = "0.40" in 0.0..1.0, "S4.5", "leverage below which an honest appeal is advised";
    "ci_width_warn" = "0.20" in 0.0..10.0, "S3.3", "width of the median's interval, of the median, above which only a range can be argued";
    "perspective_arguments" = "3" in 0.0..100.0, "S4.3", "arguments of theirs to write down before the meeting";
    "opening_insult_note" = "0.05" in 0.0..1.0, "S5.17", "chance that the opening is inside their limit, given a zone, below which it may end the talks";
    "counter_break_even" = "0.10" in 0.0..1.0, "S5.15", "chance of withdrawal up to which a counter pays, below which none is advised";
    "source_spread_error" = "1.0" in 0.0..MANY, "S3.14", "spread of the sources' medians above which nothing is quoted";
    "concession_imbalance" = "1.5" in 0.0..MANY, "S5.5", "what we have conceded over what they have, above which it is said";
};

const METHODS: &[Parameter] = &[
    Parameter {
        name: "interval_level",
        alias: Some("confidence"),
        default: "0.90",
        range: (0.5, 0.999),
        words: &[],
        meaning: "nominal confidence of intervals; each limit alone has half the rest outside",
        source: "benchmark 3",
    },
    Parameter {
        name: "combine",
        alias: None,
        default: "composite",
        range: (0.0, 0.0),
        words: &["composite", "mixture", "pool"],
        meaning: "how several sources become one market",
        source: "benchmark 6",
    },
];

/// Every parameter, by name.
pub fn register() -> impl Iterator<Item = &'static Parameter> {
    NUMBERS.iter().chain(METHODS)
}

/// The parameter of a name or alias.
pub fn find(name: &str) -> Option<&'static Parameter> {
    register().find(|p| p.name == name || p.alias == Some(name))
}

/// Where the value of a parameter comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin<'a> {
    /// The register's default.
    Register,
    /// The playbook, by its path.
    Playbook(&'a str),
    /// The deal file, which comes first.
    Deal,
}

/// The settings of one deal: what it states, what its playbook states, and the register's defaults
/// for the rest.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// Of the deal and, where it is silent, of the playbook.
    stated: BTreeMap<&'static str, Setting>,
    /// Those of `stated` that come from the playbook.
    shared: BTreeSet<&'static str>,
    playbook: String,
    /// The sources are declared parts of one market (`share`).
    parts: bool,
}

impl Settings {
    /// The settings of a deal.
    pub fn new(deal: &Deal) -> Self {
        let parts = deal.sources.iter().any(|s| s.share.is_some());
        let mut stated = deal.playbook_parameters.clone();
        stated.extend(deal.parameters.iter().map(|(name, value)| (*name, value.clone())));
        let of_playbook = deal.playbook_parameters.keys().copied();
        let shared = of_playbook.filter(|name| !deal.parameters.contains_key(name)).collect();
        Self { stated, shared, playbook: deal.playbook.clone().unwrap_or_default(), parts }
    }

    /// Whether the deal or its playbook states it.
    pub fn is_stated(&self, name: &str) -> bool {
        self.stated.contains_key(name)
    }

    /// Where its value comes from.
    pub fn origin(&self, name: &str) -> Origin<'_> {
        match (self.is_stated(name), self.shared.contains(name)) {
            (false, _) => Origin::Register,
            (true, true) => Origin::Playbook(&self.playbook),
            (true, false) => Origin::Deal,
        }
    }

    /// A number of the register.
    ///
    /// # Panics
    /// If the register has no number of that name, which a test over all uses rules out.
    pub fn number(&self, name: &'static str) -> f64 {
        match self.stated.get(name) {
            Some(Setting::Number(value)) => *value,
            _ => find(name)
                .and_then(|p| p.default.parse().ok())
                .unwrap_or_else(|| panic!("`{name}` is no number of the register")),
        }
    }

    /// A word of the register.
    pub fn word(&self, name: &'static str) -> &str {
        match self.stated.get(name) {
            Some(Setting::Word(word)) => word,
            _ => find(name).map_or("", |p| p.default),
        }
    }

    /// How sources combine: as stated, else as a mixture where the deal declares parts.
    fn combine(&self) -> &str {
        if self.parts && !self.is_stated("combine") { "mixture" } else { self.word("combine") }
    }

    /// The parameters of the statistics (`benchmark.md` section 10).
    pub fn stat_params(&self) -> StatParams {
        let n = |name| self.number(name);
        let whole = |name| self.number(name) as usize;
        StatParams {
            confidence: n("interval_level"),
            min_n_median: n("min_n_median"),
            min_n_quartile: n("min_n_quartile"),
            min_n_tail: n("min_n_tail"),
            min_employers: whole("min_employers"),
            min_employers_tail: whole("min_employers_tail"),
            max_employer_share: n("max_employer_share"),
            employer_refuse: n("employer_refuse"),
            weight_local_min: n("weight_local_min"),
            outlier_mod_z: n("outlier_mod_z"),
            outlier_floor: n("outlier_floor"),
            trend_sensitivity: n("trend_sensitivity"),
            place_sensitivity: n("place_sensitivity"),
            table_deff: n("table_deff"),
            table_min_n: n("table_min_n"),
            table_min_n_tail: n("table_min_n_tail"),
            wide_gap: n("wide_gap"),
            combine: match self.combine() {
                "mixture" => Combine::Mixture,
                "pool" => Combine::Pool,
                _ => Combine::Composite,
            },
            total_min_sources: whole("total_min_sources"),
            source_spread_warn: n("source_spread_warn"),
            age_warn: n("age_warn"),
            age_error: n("age_error"),
            weight_half_life: n("weight_half_life"),
            match_min: n("job_match_min"),
            ..StatParams::default()
        }
    }

    /// The parameters of the chain (`numbers.md` section 11).
    pub fn plan_params(&self) -> Params {
        let n = |name| self.number(name);
        let whole = |name| self.number(name) as u32;
        Params {
            belief_tail: n("belief_tail"),
            belief_widen: n("belief_widen"),
            belief_min_halfwidth: n("belief_min_halfwidth"),
            derived_halfwidth: n("derived_halfwidth"),
            belief_market: n("belief_market"),
            offer_room: n("offer_room"),
            probability_halfwidth: n("probability_halfwidth"),
            discount_rate: n("discount_rate"),
            q_base: n("q_base"),
            q_step: n("q_step"),
            q_max: n("q_max"),
            power_default: n("power_default"),
            power_clamp: n("power_clamp"),
            target_feasible_min: n("target_feasible_min"),
            opening_belief: n("opening_belief"),
            base_room_target: n("base_room_target"),
            base_room_opening: n("base_room_opening"),
            room_min: n("room_min"),
            floor_share: n("floor_share"),
            floor_confidence: n("floor_confidence"),
            steps: whole("steps"),
            ratio: n("ratio"),
            leverage_min_stake: n("leverage_min_stake"),
            zopa_warn: n("zopa_warn"),
            limit_gap: n("limit_gap"),
            phantom_gap: n("phantom_gap"),
            need_negligible: n("need_negligible"),
            develop_cost: n("develop_cost"),
            question_strata: whole("question_strata"),
            precision: n("precision"),
            precision_fine: n("precision_fine"),
            min_parties: n("min_parties"),
            min_parties_tail: n("min_parties_tail"),
            atoms: whole("atoms"),
            lattice_n: whole("lattice_n"),
            lattice_a: whole("lattice_a"),
            interval_tail: n("interval_tail"),
        }
    }

    /// The value as it is printed.
    pub fn text(&self, parameter: &Parameter) -> String {
        if parameter.name == "combine" {
            return self.combine().to_owned();
        }
        match self.stated.get(parameter.name) {
            Some(Setting::Number(value)) => format!("{value}"),
            Some(Setting::Word(word)) => word.clone(),
            None => parameter.default.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_lie_in_their_ranges_and_names_are_unique() {
        let mut names = std::collections::BTreeSet::new();
        for p in register() {
            assert!(names.insert(p.name), "{} twice", p.name);
            if p.words.is_empty() {
                let value: f64 = p.default.parse().unwrap();
                assert!(p.range.0 <= value && value <= p.range.1, "{}", p.name);
            } else {
                assert!(p.words.contains(&p.default));
            }
        }
        assert_eq!(find("confidence").unwrap().name, "interval_level");
    }

    /// The register and the two modules that use it state the same defaults.
    #[test]
    fn defaults_are_those_of_the_modules() {
        let settings = Settings::default();
        assert_eq!(settings.stat_params(), StatParams::default());
        assert_eq!(settings.plan_params(), Params::default());
    }

    /// What the reader of a deal file lets pass, the arithmetic takes.
    #[test]
    fn both_ends_of_every_range_are_taken() {
        assert!(WHOLE.iter().all(|name| find(name).is_some()));
        for p in register().filter(|p| p.words.is_empty()) {
            for end in [p.range.0, p.range.1] {
                let mut settings = Settings::default();
                settings.stated.insert(p.name, Setting::Number(end));
                assert_eq!(settings.plan_params().check(), Ok(()), "{} = {end}", p.name);
            }
        }
    }
}
