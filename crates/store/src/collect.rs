//! Collects comparables one by one: adjusts each, lists it, reduces it, or says why not.

use crate::lean::{Reduced, keep_least};
use haggle_evidence::{Bound as StoredBound, Observation, Statistic};
use haggle_negotiation::deal::Condition;
use haggle_negotiation::market::{
    Adjuster, CellUnit, Cited, Comparables, Factors, LISTED, PassedOver, Refusal, digest_of,
};
use haggle_negotiation::stats::Bound;
use haggle_quantity::{Per, from_day_number, scaled_text, to_f64};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Places kept as examples of a reason.
const FIRST: usize = 20;
/// Near misses listed one by one.
pub(crate) const NEAR_LISTED: usize = 1_000;

/// The adjustments of one source, each combination worked out once.
pub(crate) struct Memo<'a> {
    adjuster: &'a Adjuster,
    source_date: Option<i32>,
    known: BTreeMap<CellUnit, Result<Factors, Refusal>>,
}

impl<'a> Memo<'a> {
    pub(crate) fn new(adjuster: &'a Adjuster, source_date: Option<i32>) -> Self {
        Self { adjuster, source_date, known: BTreeMap::new() }
    }

    pub(crate) fn unit(
        &self,
        currency: &str,
        per: &str,
        date: Option<i32>,
        single: bool,
    ) -> CellUnit {
        let single_unit = single && Per::new(per) != *self.adjuster.per();
        let (currency, per) = (currency.to_owned(), per.to_owned());
        CellUnit { currency, per, date: date.or(self.source_date), single_unit }
    }

    pub(crate) fn factors(&mut self, unit: &CellUnit) -> Result<Factors, Refusal> {
        if let Some(known) = self.known.get(unit) {
            return known.clone();
        }
        let factors = self.adjuster.factors(unit);
        self.known.insert(unit.clone(), factors.clone());
        factors
    }
}

/// Whether the publisher gives this row per hour only, or per year only.
pub(crate) fn is_single_unit(attributes: Option<&str>) -> bool {
    let only = |json: &str| ["annual_only", "hourly_only"].iter().any(|key| json.contains(key));
    attributes.is_some_and(only)
}

pub(crate) fn bound(stored: StoredBound) -> Bound {
    match stored {
        StoredBound::Exact => Bound::Exact,
        StoredBound::AtLeast => Bound::AtLeast,
        StoredBound::AtMost => Bound::AtMost,
    }
}

/// Employers are told apart by name; 64 bits of a cryptographic hash stand for the name.
pub(crate) fn party_id(name: &str) -> u64 {
    let hash = Sha256::digest(name.as_bytes());
    u64::from_be_bytes(std::array::from_fn(|i| hash[i]))
}

pub(crate) struct Collector<'a> {
    memo: Memo<'a>,
    out: Comparables,
    factors: BTreeMap<CellUnit, usize>,
    passed: BTreeMap<(String, String), (u64, Vec<Cited>)>,
    dates: (i128, i128),
    lean_listed: bool,
    first: usize,
}

impl<'a> Collector<'a> {
    pub(crate) fn new(adjuster: &'a Adjuster, source_date: Option<i32>) -> Self {
        Self {
            memo: Memo::new(adjuster, source_date),
            out: Comparables::default(),
            factors: BTreeMap::new(),
            passed: BTreeMap::new(),
            dates: (0, 0),
            lean_listed: true,
            first: FIRST,
        }
    }

    /// Keeps so many examples of each reason, instead of a few.
    pub(crate) fn keep(&mut self, first: usize) {
        self.first = first;
    }

    /// Takes an observation that meets every condition.
    pub(crate) fn take(&mut self, o: &Observation<'_>) {
        if matches!(o.statistic, Statistic::Min | Statistic::Max) {
            let reason =
                format!("states the {}, which is no point of a percentile curve", o.statistic);
            return self.pass_over("W0404", &reason, cite(o));
        }
        let unit = self.memo.unit(o.currency, o.per, o.date, is_single_unit(o.attributes));
        match self.memo.factors(&unit) {
            Err(refusal) => self.pass_over(refusal.code, &refusal.reason, cite(o)),
            Ok(factors) => self.adjusted(o, unit, factors),
        }
    }

    fn adjusted(&mut self, o: &Observation<'_>, unit: CellUnit, factors: Factors) {
        let mut cited = cite(o);
        let amount = factors.apply(to_f64(o.amount));
        cited.adjusted = Some(amount);
        if o.statistic == Statistic::Value {
            let employer = o.party.map(party_id);
            let (weight, count) = (o.weight.unwrap_or(1.0), o.count.unwrap_or(1));
            let count = u64::try_from(count).unwrap_or(0);
            if let Err(error) = self.out.rows.push(amount, bound(o.bound), weight, count, employer)
            {
                if error.refuses_source() {
                    keep_least(&mut self.out.refused, Some(error.to_string()));
                }
                return self.pass_over("W0405", &error.to_string(), cited);
            }
        }
        let date = factors.date;
        cited.factors = Some(self.index(unit, factors));
        self.count_date(date, 1);
        match o.statistic {
            Statistic::Value => self.out.listed.push(cited),
            _ => self.out.points.push(cited),
        }
    }

    fn index(&mut self, unit: CellUnit, factors: Factors) -> usize {
        let next = self.out.factors.len();
        let index = *self.factors.entry(unit).or_insert(next);
        if index == next {
            self.out.factors.push((factors, 0));
        }
        self.out.factors[index].1 += 1;
        index
    }

    fn count_date(&mut self, date: Option<i32>, times: u64) {
        if let Some(date) = date {
            self.dates.0 += i128::from(date) * i128::from(times);
            self.dates.1 += i128::from(times);
        }
    }

    /// Passes over an observation by a written rule of the deal.
    pub(crate) fn exclude(&mut self, o: &Observation<'_>, reason: &str) {
        self.pass_over("W0406", reason, cite(o));
    }

    fn pass_over(&mut self, code: &str, reason: &str, cited: Cited) {
        let entry = self.passed.entry((code.to_owned(), reason.to_owned())).or_default();
        entry.0 += 1;
        entry.1.push(cited);
        if entry.1.len() > 4 * self.first {
            shorten(&mut entry.1, self.first);
        }
    }

    /// Notes an observation that misses one condition.
    pub(crate) fn near(&mut self, missed: &Condition, o: &Observation<'_>) {
        self.out.near_count += 1;
        self.out.near.push((missed.to_string(), cite(o)));
        if self.out.near.len() > 2 * NEAR_LISTED {
            self.shorten_near();
        }
    }

    fn shorten_near(&mut self) {
        self.out.near.sort_by(|a, b| a.1.at.cmp(&b.1.at));
        self.out.near.truncate(NEAR_LISTED);
    }

    /// Takes over what the lean route reduced.
    pub(crate) fn take_lean(&mut self, found: Reduced) {
        self.lean_listed = false;
        self.out.rows = found.rows;
        self.out.refused = found.refused;
        for (unit, (factors, times)) in found.factors {
            self.count_date(factors.date, times);
            let index = self.index(unit, factors);
            self.out.factors[index].1 += times - 1;
        }
        for ((code, reason), count) in found.passed {
            self.passed.entry((code, reason)).or_default().0 += count;
        }
    }

    /// Numbers the factors in the order of their units, so that neither the order of reading nor
    /// the route shows in the answer.
    fn number_factors(&mut self) {
        let old = std::mem::take(&mut self.out.factors);
        let mut new = vec![0; old.len()];
        for (index, at) in self.factors.values().enumerate() {
            new[*at] = index;
        }
        self.out.factors = self.factors.values().map(|at| old[*at].clone()).collect();
        let cited = self.out.listed.iter_mut().chain(&mut self.out.points);
        cited.for_each(|c| c.factors = c.factors.map(|at| new[at]));
    }

    /// Everything, in the order of the source.
    pub(crate) fn finish(mut self) -> Comparables {
        let by_place = |a: &Cited, b: &Cited| a.at.cmp(&b.at);
        self.out.listed.sort_by(by_place);
        self.out.points.sort_by(by_place);
        self.shorten_near();
        self.number_factors();
        self.out.mean_date =
            (self.dates.1 > 0).then(|| self.dates.0.div_euclid(self.dates.1) as i64);
        let complete = self.lean_listed && self.out.listed.len() <= LISTED;
        if complete {
            self.out.digest = Some(digest(&self.out));
        }
        self.out.listed.truncate(LISTED);
        let passed = std::mem::take(&mut self.passed);
        self.out.passed_over = passed.into_iter().map(|it| passed_over(it, self.first)).collect();
        self.out
    }
}

fn shorten(first: &mut Vec<Cited>, kept: usize) {
    first.sort_by(|a, b| a.at.cmp(&b.at));
    first.truncate(kept);
}

fn passed_over(
    ((code, reason), (count, mut first)): ((String, String), (u64, Vec<Cited>)),
    kept: usize,
) -> PassedOver {
    shorten(&mut first, kept);
    PassedOver { code, reason, count, first }
}

/// Digest of all comparables together.
fn digest(found: &Comparables) -> String {
    let all: Vec<Cited> = found.points.iter().chain(&found.listed).cloned().collect();
    digest_of(&all)
}

fn cite(o: &Observation<'_>) -> Cited {
    let place = haggle_evidence::Locator {
        sheet: o.sheet.map(str::to_owned),
        row: o.row,
        column: o.column,
        path: o.path.map(str::to_owned),
    };
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Cited {
        at: (o.sheet.unwrap_or("").to_owned(), o.row, o.column),
        place: place.to_string(),
        amount: scaled_text(o.amount),
        bound: o.bound.as_str(),
        currency: o.currency.to_owned(),
        per: Per::new(o.per).as_str().to_owned(),
        statistic: o.statistic.to_string(),
        percentile: match o.statistic {
            Statistic::Percentile(p) => Some(p),
            _ => None,
        },
        adjusted: None,
        subject: owned(o.subject),
        title: owned(o.title),
        location: owned(o.place),
        party: owned(o.party),
        level: owned(o.level),
        date: o.date.filter(|d| from_day_number(*d).is_some()),
        weight: o.weight,
        count: o.count,
        employers: o.employers,
        sample_size: o.sample_size,
        relative_error: o.relative_error,
        attributes: owned(o.attributes),
        factors: None,
    }
}
