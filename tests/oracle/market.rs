//! From source files to the market: adjusted amounts, percentiles with intervals, weights, shares
//! and their composite (benchmark.md, sections 2 to 8).

use std::collections::BTreeMap;
use std::path::Path;

use super::cells::{AMOUNT_COLUMN, Answer, answers, occupation, satisfies};
use super::curve::Curve;
use super::report::{Disagreements, Report, day, stated};
use super::triangle::score;

const PERCENTILES: [u8; 5] = [10, 25, 50, 75, 90];
const Z: f64 = 1.644_853_626_951_472_2;

/// A percentile with the limits that it has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stat {
    pub(super) value: f64,
    pub(super) low: Option<f64>,
    pub(super) high: Option<f64>,
    pub(super) at_least: bool,
}

/// One source, aged, converted and summed up.
pub(super) struct Source {
    pub(super) name: String,
    pub(super) stats: BTreeMap<u8, Stat>,
    pub(super) weight: f64,
    pub(super) weight_age: f64,
    /// The adjusted amounts of raw rows, lowest first; empty for a published table.
    rows: Vec<f64>,
    /// What the least and the most growth, rate and place would make of the amounts, on average.
    scenario: (f64, f64),
}

impl Source {
    /// The source's own curve: type 7 of its rows, or the table between its points.
    fn quantile(&self, v: f64) -> f64 {
        if self.rows.is_empty() {
            let points = self.stats.iter().map(|(p, stat)| (f64::from(*p) / 100.0, stat.value));
            let curve = Curve { points: points.collect(), median: 0.0, edges: (0.0, 0.0) };
            return curve.quantile(v);
        }
        read(&self.rows, 1.0 + v * (self.rows.len() as f64 - 1.0))
    }
}

impl Market {
    /// The percentile of an amount in the composite of the sources' own curves, by bisection.
    pub(super) fn rank(&self, amount: f64) -> f64 {
        let composite = |v: f64| -> f64 {
            let parts = self.sources.iter().zip(&self.shares);
            parts.map(|(source, share)| share * source.quantile(v)).sum()
        };
        let (mut from, mut to) = (0.0, 1.0);
        for _ in 0..60 {
            let middle = 0.5 * (from + to);
            if composite(middle) < amount {
                from = middle;
            } else {
                to = middle;
            }
        }
        0.5 * (from + to)
    }

    /// Whether benchmark.md says what the limits are: of two sources, both must have theirs.
    fn limits_defined(&self, p: u8) -> (bool, bool) {
        let with: Vec<&Stat> = self.sources.iter().filter_map(|one| one.stats.get(&p)).collect();
        let all = |limit: fn(&Stat) -> Option<f64>| {
            with.len() != 2 || with.iter().all(|stat| limit(stat).is_some())
        };
        (all(|stat| stat.low), all(|stat| stat.high))
    }
}

/// The market of a deal.
pub(super) struct Market {
    pub(super) sources: Vec<Source>,
    pub(super) shares: Vec<f64>,
    pub(super) stats: BTreeMap<u8, Stat>,
    /// None where no percentile is left.
    pub(super) curve: Option<Curve>,
}

/// Reads what the deal names, from the folder of its file, and checks the places that the report
/// names on the way.
pub(super) fn market(report: &Report, folder: &Path, found: &mut Disagreements) -> Option<Market> {
    let tables = report.tables("source");
    let sources: Vec<Source> =
        tables.iter().map(|table| source(report, table, folder, found)).collect();
    if sources.is_empty() {
        return None;
    }
    let total: f64 = sources.iter().map(|source| source.weight).sum();
    let shares: Vec<f64> = sources.iter().map(|source| source.weight / total).collect();
    let stats = composite(&sources, &shares);
    let curve = curve(&sources, &stats);
    Some(Market { sources, shares, stats, curve })
}

fn source(
    report: &Report,
    table: &toml::Table,
    folder: &Path,
    found: &mut Disagreements,
) -> Source {
    let path = folder.join(table["path"].as_str().unwrap());
    let name = table["name"].as_str().unwrap();
    if path.extension().is_some_and(|end| end == "csv") {
        survey(report, table, name, &path, found)
    } else {
        published(report, table, name, &path, found)
    }
}

/// The publisher's table: every percentile a cell.
fn published(
    report: &Report,
    table: &toml::Table,
    name: &str,
    path: &Path,
    found: &mut Disagreements,
) -> Source {
    let code = table["where"]["subject"].as_str().unwrap();
    let occupation = occupation(path, code, report.json["deal"]["per"].as_str().unwrap());
    let date = day("2022-05-12");
    let factor = ageing(report, date) * place_index(table);
    let mut amounts: BTreeMap<u8, (f64, bool)> = BTreeMap::new();
    for (percentile, cell) in &occupation.cells {
        let first = &report.json["evidence"][format!("{name}.p{percentile}")]["first"][0];
        let place = first["locator"].as_str();
        found.text(&format!("{name}.p{percentile} locator"), Some(cell.place.clone()), place);
        let amount = first["amount"].as_str().and_then(|text| text.parse().ok());
        found.compare(&format!("{name}.p{percentile} cell"), Some(cell.amount), amount, 0.0);
        let id = format!("{name}.p{percentile}.cell");
        found.compare(&id, Some(cell.amount), report.value(&id), 0.0);
        amounts.insert(*percentile, (cell.amount * factor, cell.at_least));
    }
    let error = format!("{name}.mean.relative_error");
    found.compare(&error, Some(occupation.relative_error), report.value(&error), 0.0);
    let n_e = effective_n(&amounts, occupation.relative_error);
    let stats = table_stats(&amounts, n_e);
    let many = if n_e.is_some_and(|n_e| n_e >= 100.0) { 1.0 } else { 0.5 };
    let (weight, weight_age) = weight(report, table, date, many * 0.9);
    let extreme = |sign: f64| scenario_factor(report, table, date, None, sign);
    let scenario = (extreme(-1.0), extreme(1.0));
    Source { name: name.to_owned(), stats, weight, weight_age, rows: Vec::new(), scenario }
}

/// Rows of people: their percentiles by type 7.
fn survey(
    report: &Report,
    table: &toml::Table,
    name: &str,
    path: &Path,
    found: &mut Disagreements,
) -> Source {
    let kept: Vec<(Answer, f64)> = answers(path)
        .into_iter()
        .filter(|answer| satisfies(answer, table["where"].as_table().unwrap()))
        .filter(|answer| answer.date <= report.as_of() && !excluded(report, name, answer))
        .filter_map(|answer| Some((rate(report, &answer.currency)?, answer)))
        .map(|(rate, answer)| {
            let factor = ageing(report, answer.date) * rate * place_index(table);
            let adjusted = answer.amount * factor;
            (answer, adjusted)
        })
        .collect();
    check_rows(report, name, &kept, found);
    let mut rows: Vec<f64> = kept.iter().map(|one| one.1).collect();
    rows.sort_by(f64::total_cmp);
    let sum: i64 = kept.iter().map(|one| one.0.date).sum();
    let date = sum.div_euclid(kept.len() as i64);
    let many = if rows.len() >= 100 { 1.0 } else { 0.5 };
    let (weight, weight_age) = weight(report, table, date, many * 0.5);
    let extreme = |sign: f64| {
        let one = |(row, _): &(Answer, f64)| {
            scenario_factor(report, table, row.date, Some(&row.currency), sign)
        };
        kept.iter().map(one).sum::<f64>() / kept.len() as f64
    };
    let scenario = (extreme(-1.0), extreme(1.0));
    let stats = row_stats(&rows);
    Source { name: name.to_owned(), stats, weight, weight_age, rows, scenario }
}

fn excluded(report: &Report, source: &str, answer: &Answer) -> bool {
    report.tables("exclude").iter().any(|rule| {
        let here = rule.get("source").is_none_or(|name| name.as_str() == Some(source));
        here && satisfies(answer, rule["where"].as_table().unwrap())
    })
}

/// The count of rows, and place, amount and adjusted amount of those that the report lists.
fn check_rows(report: &Report, name: &str, kept: &[(Answer, f64)], found: &mut Disagreements) {
    let evidence = &report.json["evidence"][format!("{name}.rows")];
    let count = kept.len() as f64;
    found.compare(&format!("{name}.rows n"), Some(count), evidence["n"].as_f64(), 0.0);
    let id = format!("{name}.n");
    found.compare(&id, Some(count), report.value(&id), 0.0);
    let listed = evidence["first"].as_array().unwrap();
    found.holds(&format!("{name}.rows lists rows"), !listed.is_empty());
    for ((answer, adjusted), row) in kept.iter().zip(listed) {
        let place = format!("{}:{AMOUNT_COLUMN}", answer.line);
        let what = format!("{name} at {place}");
        found.text(&what, Some(place), row["locator"].as_str());
        let number = |key: &str| row[key].as_str().and_then(|text| text.parse().ok());
        found.compare(&what, Some(answer.amount), number("amount"), 0.0);
        found.compare(&what, Some(*adjusted), number("adjusted"), 0.0);
    }
}

/// What the least (`sign` -1) or the most growth, rate and place makes of a row.
fn scenario_factor(
    report: &Report,
    table: &toml::Table,
    date: i64,
    currency: Option<&str>,
    sign: f64,
) -> f64 {
    let years = (report.as_of() - date) as f64 / 365.2425;
    let growth = libm::pow(ageing(report, date), 1.0 / years);
    let other = growth + sign * report.parameter("trend_sensitivity");
    let rates = report.tables("rate");
    let rate = rates.iter().find(|rate| rate["from"].as_str() == currency);
    let bound = if sign < 0.0 { "low" } else { "high" };
    let exchange = rate.and_then(|rate| Some(stated(rate.get(bound)?) / stated(&rate["rate"])));
    let place = report.parameter("place_sensitivity") * sign;
    let place = if table.contains_key("place_index") { 1.0 + place } else { 1.0 };
    libm::pow(other / growth, years) * exchange.unwrap_or(1.0) * place
}

/// What one unit of a currency is in the deal's; none without a rate.
fn rate(report: &Report, currency: &str) -> Option<f64> {
    let wanted = report.json["deal"]["currency"].as_str();
    if wanted == Some(currency) {
        return Some(1.0);
    }
    let rates = report.tables("rate");
    let rate =
        rates.iter().find(|r| r["from"].as_str() == Some(currency) && r["to"].as_str() == wanted);
    rate.map(|rate| stated(&rate["rate"]))
}

fn place_index(table: &toml::Table) -> f64 {
    table.get("place_index").map_or(1.0, stated)
}

/// The factor from a date to the as-of date: a yearly rate compounds; an index is followed.
fn ageing(report: &Report, date: i64) -> f64 {
    let Some(ageing) = report.deal.get("ageing") else { return 1.0 };
    if let Some(rate) = ageing.get("rate") {
        let years = (report.as_of() - date) as f64 / 365.2425;
        return libm::pow(1.0 + stated(rate), years);
    }
    let index: Vec<(f64, f64)> = ageing["index"]
        .as_array()
        .unwrap()
        .iter()
        .map(|point| {
            let date = day(&point["date"].as_datetime().unwrap().to_string());
            (date as f64, libm::log(stated(&point["value"])))
        })
        .collect();
    libm::exp(index_log(&index, report.as_of() as f64) - index_log(&index, date as f64))
}

/// The logarithm of an index on a day; after its end it grows as in its last twelve months.
fn index_log(index: &[(f64, f64)], at: f64) -> f64 {
    let last = index[index.len() - 1];
    if at > last.0 {
        let before = index_log(index, last.0 - 365.0);
        return last.1 + (last.1 - before) / 365.0 * (at - last.0);
    }
    let upper = index.iter().position(|point| point.0 >= at).unwrap();
    if index[upper].0 == at {
        return index[upper].1;
    }
    let (from, to) = (index[upper - 1], index[upper]);
    from.1 + (to.1 - from.1) * (at - from.0) / (to.0 - from.0)
}

/// match * employers and grade * age * what the deal states; second the factor of age.
fn weight(report: &Report, table: &toml::Table, date: i64, quality: f64) -> (f64, f64) {
    let months = (report.as_of() - date) as f64 / 365.2425 * 12.0;
    let age = libm::pow(0.5, months / report.parameter("weight_half_life"));
    let of = |key: &str| table.get(key).map_or(1.0, stated);
    (of("match") * quality * age * of("weight"), age)
}

/// Type 7 with the gates: median from 3 rows, quartiles from 5, tails from 10.
fn row_stats(rows: &[f64]) -> BTreeMap<u8, Stat> {
    let n = rows.len();
    let least = |p: u8| match p {
        50 => 3,
        25 | 75 => 5,
        _ => 10,
    };
    let stat = |p: u8| {
        let share = f64::from(p) / 100.0;
        let (down, up) = levels(share, n as f64);
        let position = |u: f64| u * (n as f64 + 1.0);
        let low = Some(position(down)).filter(|at| *at >= 1.0).map(|at| read(rows, at));
        let high = Some(position(up)).filter(|at| *at <= n as f64).map(|at| read(rows, at));
        let value = read(rows, 1.0 + share * (n as f64 - 1.0));
        (p, Stat { value, low, high, at_least: false })
    };
    PERCENTILES.into_iter().filter(|p| n >= least(*p)).map(stat).collect()
}

/// The amount at a position between 1 and n.
fn read(rows: &[f64], position: f64) -> f64 {
    let below = (position.floor() as usize).min(rows.len());
    let above = (below + 1).min(rows.len());
    rows[below - 1] + (position - below as f64) * (rows[above - 1] - rows[below - 1])
}

/// The lower and upper level of a percentile's 90 % interval.
fn levels(p: f64, n: f64) -> (f64, f64) {
    if n > 1e6 {
        let half = Z * (p * (1.0 - p) / (n + 2.0)).sqrt();
        let shift = (1.0 - 2.0 * p) * (Z * Z + 2.0) / (6.0 * (n + 1.0));
        return (p - half + shift, p + half + shift);
    }
    let solve = |chance: f64| {
        let (mut from, mut to) = (0.0, n + 1.0);
        for _ in 0..80 {
            let k = 0.5 * (from + to);
            if incomplete_beta(p, k, n + 1.0 - k) > chance {
                from = k;
            } else {
                to = k;
            }
        }
        0.5 * (from + to) / (n + 1.0)
    };
    (solve(0.95), solve(0.05))
}

/// The regularised incomplete beta function, by its continued fraction.
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(1.0 - x, b, a);
    }
    let front = libm::exp(
        libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b)
            + a * libm::log(x)
            + b * libm::log1p(-x),
    ) / a;
    // Evaluated from the far end, so that nothing has to be divided in advance.
    let mut tail = 1.0;
    for m in (1..=2000).rev() {
        let half = f64::from(m / 2);
        let step = if m % 2 == 0 {
            half * (b - half) * x / ((a + 2.0 * half - 1.0) * (a + 2.0 * half))
        } else {
            -(a + half) * (a + b + half) * x / ((a + 2.0 * half) * (a + 2.0 * half + 1.0))
        };
        tail = 1.0 + step / tail;
    }
    front / tail
}

/// How many people a published relative error of the mean amounts to.
fn effective_n(amounts: &BTreeMap<u8, (f64, bool)>, error: f64) -> Option<f64> {
    let exact = |p: u8| amounts.get(&p).filter(|one| !one.1).map(|one| libm::log(one.0));
    let sigma =
        |from: u8, to: u8| Some((exact(to)? - exact(from)?) / (2.0 * score(f64::from(to) / 100.0)));
    let sigma = sigma(10, 90).or_else(|| sigma(25, 75))?;
    Some((libm::exp(sigma * sigma) - 1.0) / (error * error))
}

fn table_stats(amounts: &BTreeMap<u8, (f64, bool)>, n_e: Option<f64>) -> BTreeMap<u8, Stat> {
    let exact = amounts.iter().filter(|(_, one)| !one.1);
    let points: Vec<(f64, f64)> = exact.map(|(p, one)| (f64::from(*p) / 100.0, one.0)).collect();
    let curve = Curve { median: 0.0, edges: (0.0, 0.0), points };
    let stat = |(&p, &(value, at_least)): (&u8, &(f64, bool))| {
        let least = if p == 10 || p == 90 { 400.0 } else { 30.0 };
        let limits = n_e.filter(|n_e| *n_e >= least && !at_least);
        let limits = limits.map(|n_e| table_limits(&curve, f64::from(p) / 100.0, value, n_e));
        let low = limits.map(|limits| limits.0);
        (p, Stat { value, low, high: limits.map(|limits| limits.1), at_least })
    };
    amounts.iter().map(stat).collect()
}

/// Levels read through the curve; a limit outside it mirrors the other one.
fn table_limits(curve: &Curve, p: f64, value: f64, n_e: f64) -> (f64, f64) {
    let (down, up) = levels(p, n_e);
    let ends = (curve.points[0].0, curve.points[curve.points.len() - 1].0);
    let low = (down >= ends.0).then(|| curve.quantile(down));
    let high = (up <= ends.1).then(|| curve.quantile(up));
    let mirrored = |other: f64| value * value / other;
    (low.unwrap_or_else(|| mirrored(high.unwrap())), high.unwrap_or_else(|| mirrored(low.unwrap())))
}

/// The share-weighted mean of the sources' percentiles, with bounds and gaps: the sources that reach
/// p give the shape, the middle of all that have one gives the level.
fn composite(sources: &[Source], shares: &[f64]) -> BTreeMap<u8, Stat> {
    let with = |p: u8| -> Vec<(f64, Stat, Stat)> {
        let all = sources.iter().zip(shares);
        all.filter_map(|(source, share)| {
            Some((*share, *source.stats.get(&p)?, *source.stats.get(&50)?))
        })
        .collect()
    };
    let sum = |with: &[(f64, Stat, Stat)], f: fn(&(f64, Stat, Stat)) -> f64| -> f64 {
        with.iter().map(f).sum()
    };
    let middles = with(50);
    let level = sum(&middles, |one| one.0 * one.2.value) / sum(&middles, |one| one.0);
    let mut all = BTreeMap::new();
    for p in PERCENTILES {
        let with = with(p);
        let held = sum(&with, |one| one.0);
        if with.is_empty() || held < 0.5 {
            continue;
        }
        let ratio = level / sum(&with, |one| one.0 * one.2.value);
        let value = ratio * sum(&with, |one| one.0 * one.1.value);
        let at_least = with.iter().any(|one| one.1.at_least);
        let (low, high) =
            if at_least { (None, None) } else { interval(&with, value, ratio * held) };
        all.insert(p, Stat { value, low, high, at_least });
    }
    all
}

/// One source: its own limits; two: their range; three or more: between or within, the wider.
///
/// Limits of a source move with the level that the other sources give it.
fn interval(with: &[(f64, Stat, Stat)], value: f64, ratio: f64) -> (Option<f64>, Option<f64>) {
    if let [(_, only, _)] = with {
        return (only.low.map(|low| low * ratio), only.high.map(|high| high * ratio));
    }
    if with.len() == 2 {
        let low = with.iter().filter_map(|one| one.1.low).reduce(f64::min);
        let high = with.iter().filter_map(|one| one.1.high).reduce(f64::max);
        return (low.map(|low| low * ratio), high.map(|high| high * ratio));
    }
    assert_eq!(with.len(), 3, "the closed form of Student's t holds for three sources");
    let student = 0.9 / (2.0 * 0.95 * 0.05_f64).sqrt();
    let mean: f64 = with.iter().map(|one| one.0 * libm::log(one.1.value)).sum();
    let sum = |f: &dyn Fn(&(f64, Stat, Stat)) -> f64| with.iter().map(f).sum::<f64>();
    let spread = sum(&|one| one.0 * square(libm::log(one.1.value) - mean));
    let c = sum(&|one| one.0 * one.0) / sum(&|one| one.0 * (1.0 - one.0));
    let between = student * (c * spread).sqrt();
    let sampling = Z * sum(&|one| square(one.0 * one.1.value / value * log_error(&one.1))).sqrt();
    let half = between.max(sampling);
    (Some(value * libm::exp(-half)), Some(value * libm::exp(half)))
}

fn square(x: f64) -> f64 {
    x * x
}

fn log_error(stat: &Stat) -> f64 {
    match (stat.low, stat.high) {
        (Some(low), Some(high)) => libm::log(high / low) / (2.0 * Z),
        (Some(limit), None) | (None, Some(limit)) => libm::log(stat.value / limit).abs() / Z,
        (None, None) => 0.0,
    }
}

/// What enters the chain: percentiles with their edges, or the middle of a thin source.
fn curve(sources: &[Source], stats: &BTreeMap<u8, Stat>) -> Option<Curve> {
    let points: Vec<(f64, f64)> =
        stats.iter().map(|(p, stat)| (f64::from(*p) / 100.0, stat.value)).collect();
    let rows = &sources[0].rows;
    if let (1, 1..10) = (sources.len(), rows.len()) {
        let median = read(rows, 0.5 * (rows.len() as f64 + 1.0));
        let points = if rows.len() < 5 { Vec::new() } else { points };
        return Some(Curve { points, median, edges: (rows[0], rows[rows.len() - 1]) });
    }
    let edges = (points.first()?.1, points.last()?.1);
    let median = stats.get(&50)?.value;
    Some(Curve { points, median, edges })
}

/// Compares sources, shares and percentiles with the report.
pub(super) fn compare(market: &Market, report: &Report, found: &mut Disagreements) {
    let scale = market.curve.as_ref().map_or(0.0, |curve| curve.median);
    for (source, share) in market.sources.iter().zip(&market.shares) {
        let name = &source.name;
        let value = |id: &str| report.value(id);
        let id = format!("{name}.weight");
        found.compare(&id, Some(source.weight), value(&id), 0.0);
        let id = format!("{name}.weight.age");
        found.compare(&id, Some(source.weight_age), value(&id), 0.0);
        let id = format!("share.{name}");
        found.compare(&id, Some(*share), value(&id), 0.0);
        compare_stats(name, &source.stats, report, scale, found, |_| (true, true));
    }
    compare_stats("market", &market.stats, report, scale, found, |p| market.limits_defined(p));
    for (id, pick) in [("low", 0), ("high", 1)] {
        let of = |source: &Source| [source.scenario.0, source.scenario.1][pick];
        let parts = market.sources.iter().zip(&market.shares);
        let mine: f64 = parts.map(|(source, share)| share * of(source)).sum();
        let id = format!("market.adjustment.{id}");
        found.compare(&id, Some(mine), report.value(&id), 0.0);
    }
    let inside = |offer: &f64| market.curve.as_ref().is_some_and(|curve| curve.holds(*offer));
    if let Some(offer) = report.value("offer").filter(inside) {
        let rank = report.value("offer.percentile");
        found.compare("offer.percentile", Some(market.rank(offer)), rank, 0.0);
    }
}

fn compare_stats(
    name: &str,
    stats: &BTreeMap<u8, Stat>,
    report: &Report,
    scale: f64,
    found: &mut Disagreements,
    defined: impl Fn(u8) -> (bool, bool),
) {
    for p in PERCENTILES {
        let id = format!("{name}.p{p}");
        let stat = stats.get(&p);
        found.compare(&id, stat.map(|stat| stat.value), report.value(&id), scale);
        let limit = |f: fn(&Stat) -> Option<f64>| stat.and_then(f);
        let (low, high) = (limit(|stat| stat.low), limit(|stat| stat.high));
        for (field, mine, defined) in [("low", low, defined(p).0), ("high", high, defined(p).1)] {
            if defined {
                found.compare(&format!("{id} {field}"), mine, report.field(&id, field), scale);
            }
        }
        let bound = stat.filter(|stat| stat.at_least).map(|_| "at least".to_owned());
        let said = report.json["figures"][&id]["bound"].as_str();
        found.text(&format!("{id} bound"), bound, said);
    }
}
