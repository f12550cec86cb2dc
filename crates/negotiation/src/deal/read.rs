//! From the text of a deal file to a [`Deal`], with every mistake found on the way.

use super::condition::read_where;
use super::config::{read_config, refuse_of_files};
use super::interest::{read_events, read_interests};
use super::part::read_parts;
use super::reader::{Field, Finding, Log, Reader, nearest};
use super::talks::{self, Talks};
use super::tender::read_tender;
use super::{
    Ageing, Alternative, Claim, Counterpart, Deal, Exclude, Limit, Offer, Origin, Part, Party,
    Problem, Role, Setting, Side, Source,
};
use crate::parameter;
use haggle_quantity::{Amount, Currency, Date, Per, Rate, to_f64, to_scaled};
use std::collections::{BTreeMap, BTreeSet};
use toml::de::DeTable;

/// A deal file read as far as it can be.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The deal; `None` if a mistake stands in the way.
    pub deal: Option<Deal>,
    /// Mistakes and doubts, in file order.
    pub problems: Vec<Problem>,
    /// Every key that the reader knows, as dotted paths; what the JSON Schema is tested against.
    pub keys: BTreeSet<String>,
    /// Every key that the file states, as dotted paths, with what stands there.
    pub stated: BTreeMap<String, String>,
}

/// Reads a deal file. `as_of` replaces the date that the file states.
pub fn parse(text: &str, as_of: Option<Date>) -> Parsed {
    match DeTable::parse(text) {
        Ok(document) => read_tree(text, document.get_ref(), as_of),
        Err(error) => {
            let log = Log::default();
            let span = error.span().unwrap_or(0..0);
            log.error(span, "D0001", error.message().to_owned(), None);
            concluded(text, (None, BTreeMap::new()), log)
        }
    }
}

/// Reads a deal from the tree of its text.
pub(super) fn read_tree(text: &str, tree: &DeTable<'_>, as_of: Option<Date>) -> Parsed {
    let log = Log::default();
    let deal = read_deal(&Reader::new(tree, 0..0, "", &log), as_of);
    let mut stated = BTreeMap::new();
    collect_stated("", tree, &mut stated);
    concluded(text, (deal, stated), log)
}

type Stated = BTreeMap<String, String>;

fn concluded(text: &str, (deal, stated): (Option<Deal>, Stated), log: Log) -> Parsed {
    let (findings, keys) = log.take();
    let problems: Vec<Problem> = findings.iter().map(|f| locate(text, f)).collect();
    let sound = problems.iter().all(|p| p.warning);
    Parsed { deal: deal.filter(|_| sound), problems, keys, stated }
}

/// The keys of a table and of the tables below it; of a list of tables how many there are.
fn collect_stated(path: &str, table: &DeTable<'_>, stated: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let key = key.get_ref();
        let path = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
        let value = value.get_ref();
        let tables = value.as_array().into_iter().flatten().filter_map(|v| v.get_ref().as_table());
        let below: Vec<_> = value.as_table().into_iter().chain(tables).collect();
        below.iter().for_each(|table| collect_stated(&path, table, stated));
        let text = match below.len() {
            0 => super::reader::shown(value),
            _ if value.as_table().is_some() => "stated".to_owned(),
            n => format!("{n} stated"),
        };
        stated.insert(path, text);
    }
}

pub(super) fn locate(text: &str, finding: &Finding) -> Problem {
    let before = &text[..text.floor_char_boundary(finding.span.start.min(text.len()))];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    Problem {
        code: finding.code,
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        message: finding.message.clone(),
        help: finding.help.clone(),
        warning: finding.warning,
    }
}

fn read_deal(r: &Reader<'_, '_>, as_of: Option<Date>) -> Option<Deal> {
    read_schema(r, "haggle.deal/1");
    let title = r.required("title", "\"...\"", r.text("title"));
    let side = read_side(r);
    let currency = r.required("currency", "\"USD\"", read_currency(r, "currency"));
    let per = r.required("per", "\"year\"", r.text("per"));
    let stated = r.date("as_of");
    let date = match as_of {
        Some(date) => Some(date),
        None => r.required("as_of", "2026-11-23", stated).map(|f| f.value),
    };
    let day = date.unwrap_or(Date::MAX);
    let sources = read_sources(r);
    let mut talks = talks::read_talks(r, &sources);
    let tender = read_tender(r, side, &sources);
    let deal = Deal {
        title: title.map_or(String::new(), |f| f.value),
        side: side.unwrap_or(Side::Seller),
        currency: currency.as_ref().map_or_else(placeholder, |f| f.value),
        per: Per::new(&per.as_ref().map_or(String::new(), |f| f.value.clone())),
        as_of: date.unwrap_or(Date::MIN),
        term: positive(r, "term"),
        tick: positive_money(r, "tick"),
        sources,
        excludes: r.tables("exclude").iter().filter_map(read_exclude).collect(),
        rates: read_rates(r),
        ageing: r.table("ageing").map(|t| read_ageing(&t)),
        offer: r.table("offer").and_then(|t| read_offer(&t, day)).or_else(|| talks.their_last()),
        us: r.table("us").map_or_else(Party::default, |t| read_us(&t)),
        alternatives: read_alternatives(r, read_parts),
        claims: r.tables("claim").iter().filter_map(|t| read_claim(t, day)).collect(),
        counterpart: r
            .table("counterpart")
            .map_or_else(Counterpart::default, |t| read_counterpart(&t, &mut talks)),
        events: read_events(r),
        parts: read_parts(r),
        stated_walk_away: read_stated(r, side, &mut talks),
        parameters: read_parameters(r),
        talks,
        set: Vec::new(),
        playbook: r.text("playbook").map(|f| f.value),
        playbook_parameters: BTreeMap::new(),
        tender,
        rivals: None,
    };
    r.finish();
    talks::check_rounds(r, &deal);
    warn_about(r, &deal);
    Some(deal)
}

fn placeholder() -> Currency {
    "ZZZ".parse().expect("three capital letters")
}

pub(super) fn read_schema(r: &Reader<'_, '_>, expected: &str) {
    let schema = r.required("schema", &format!("\"{expected}\""), r.text("schema"));
    if let Some(field) = schema.filter(|f| f.value != expected) {
        let message = format!("`schema` is `{}`, expected `{expected}`", field.value);
        r.log().error(field.span, "D0103", message, None);
    }
}

fn read_side(r: &Reader<'_, '_>) -> Option<Side> {
    let field = r.required("side", "\"seller\"", r.text("side"))?;
    match field.value.as_str() {
        "seller" => Some(Side::Seller),
        "buyer" => Some(Side::Buyer),
        other => {
            let message = format!(
                "`side` is `{other}`, expected `seller` (wants more) or `buyer` (wants less)"
            );
            r.log().error(field.span, "D0103", message, None);
            None
        }
    }
}

pub(super) fn read_currency(r: &Reader<'_, '_>, key: &'static str) -> Option<Field<Currency>> {
    let field = r.text(key)?;
    match field.value.parse() {
        Ok(value) => Some(Field { value, span: field.span }),
        Err(problem) => {
            let message = format!("`{key}` is `{}`, {problem}", field.value);
            r.log().error(field.span, "D0103", message, None);
            None
        }
    }
}

fn positive(r: &Reader<'_, '_>, key: &'static str) -> Option<f64> {
    r.number(key, 1e-12..f64::INFINITY).map(|f| f.value)
}

pub(super) fn positive_money(r: &Reader<'_, '_>, key: &'static str) -> Option<Amount> {
    checked_money(r, key, |a| a > Amount::ZERO, "more than 0")
}

pub(super) fn money_at_least_zero(r: &Reader<'_, '_>, key: &'static str) -> Option<Amount> {
    checked_money(r, key, |a| a >= Amount::ZERO, "0 or more")
}

pub(super) fn checked_money(
    r: &Reader<'_, '_>,
    key: &'static str,
    holds: impl Fn(Amount) -> bool,
    expected: &str,
) -> Option<Amount> {
    let field = r.money(key)?;
    if !holds(field.value) {
        let message = format!("`{key}` is `{}`, expected {expected}", field.value);
        r.log().error(field.span, "D0103", message, None);
        return None;
    }
    Some(field.value)
}

fn read_sources(r: &Reader<'_, '_>) -> Vec<Source> {
    let mut used = BTreeMap::new();
    let mut sources = Vec::new();
    for table in r.tables("source") {
        let Some((mut source, named)) = read_source(&table) else { continue };
        refuse_reserved(&table, &source.id);
        let times = used.entry(source.id.clone()).or_insert(0_u32);
        *times += 1;
        match (*times, named) {
            (1, _) => {}
            (_, true) => {
                let message = format!("two sources are called `{}`", source.id);
                table.log().error(table.span(), "D0105", message, None);
            }
            (n, false) => source.id = format!("{}-{n}", source.id),
        }
        sources.push(source);
    }
    check_shares(r, &sources);
    sources
}

/// First words of the ids of a brief's own figures.
pub const RESERVED: [&str; 38] = [
    "alternative",
    "anchor",
    "base",
    "belief",
    "conceded",
    "concession",
    "counter_gain",
    "counterpart",
    "deadline",
    "event",
    "expected_zone",
    "final_offer",
    "last_ask",
    "leverage",
    "market",
    "need",
    "offer",
    "p_zopa",
    "parameter",
    "part",
    "parts",
    "plan",
    "power",
    "question",
    "quote",
    "rate",
    "record",
    "round",
    "sensitivity",
    "settlement",
    "share",
    "split_midpoint",
    "stated",
    "target",
    "units",
    "us",
    "walk_away",
    "withdrawal_break_even",
];

/// Figures of a source begin with its id, so it cannot be that of the brief's own figures.
fn refuse_reserved(r: &Reader<'_, '_>, id: &str) {
    if RESERVED.contains(&id) {
        let message = format!("a source cannot be called `{id}`: figures of the report are");
        let help = "give it another name: `name = \"survey\"`".to_owned();
        r.log().error(r.span(), "D0105", message, Some(help));
    }
}

/// Parts of one market are declared all or none: a part without a share has no place in it.
fn check_shares(r: &Reader<'_, '_>, sources: &[Source]) {
    let stated = sources.iter().filter(|s| s.share.is_some()).count();
    if stated == 0 || stated == sources.len() {
        return;
    }
    let missing = sources.iter().filter(|s| s.share.is_none()).map(|s| s.id.as_str());
    let missing: Vec<&str> = missing.collect();
    let message = format!("`share` is stated for some sources and not for {}", missing.join(", "));
    let help = "state the share of the people for every source, or for none".to_owned();
    r.log().error(0..0, "D0102", message, Some(help));
}

/// A year in four digits, as publishers name their editions.
fn read_vintage(r: &Reader<'_, '_>) -> Option<String> {
    let field = r.text("vintage")?;
    let year: Option<u32> = field.value.parse().ok().filter(|_| field.value.len() == 4);
    if year.is_none_or(|y| !(1900..=2100).contains(&y)) {
        let message = format!("`vintage` is `{}`, expected a year such as `2022`", field.value);
        r.log().error(field.span, "D0103", message, None);
        return None;
    }
    Some(field.value)
}

fn read_source(r: &Reader<'_, '_>) -> Option<(Source, bool)> {
    let origins = [
        r.text("path").map(|f| Origin::Path(f.value)),
        r.text("url").map(|f| Origin::Url(f.value)),
        r.text("plugin").map(|f| Origin::Plugin { name: f.value, config: read_config(r) }),
    ];
    if r.raw("config").is_some() && !matches!(origins, [None, None, Some(_)]) {
        let message = "`config` is what a plugin is told, and this source has none".to_owned();
        r.log().error(r.span(), "D0106", message, None);
    }
    let name = r.text("name");
    let mut stated = origins.into_iter().flatten();
    let origin = stated.next();
    let source = Source {
        id: identifier(name.as_ref().map_or_else(|| stem(origin.as_ref()), |f| &f.value)),
        origin: origin.clone().unwrap_or(Origin::Path(String::new())),
        recipe: r.text("recipe").map(|f| f.value),
        vintage: read_vintage(r),
        sheet: r.text("sheet").map(|f| f.value),
        conditions: read_where(r.table("where")),
        job_match: r.number("match", 0.0..1.0).map_or(1.0, |f| f.value),
        weight: r.number("weight", 0.0..1e9).map_or(1.0, |f| f.value),
        share: r.number("share", 0.0..1e9).map(|f| f.value),
        employers: r.number("employers", 1.0..1e9).map(|f| f.value),
        hours_per_year: r.number("hours_per_year", 1.0..8784.0).map(|f| f.value),
        place_index: r.number("place_index", 0.01..100.0).map(|f| f.value),
    };
    r.finish();
    refuse_of_files(r, origin.as_ref(), &source);
    if origin.is_none() || stated.next().is_some() {
        let message = "a source needs exactly one of `path`, `url` and `plugin`".to_owned();
        r.log().error(r.span(), "D0106", message, None);
        return None;
    }
    Some((source, name.is_some()))
}

fn stem(origin: Option<&Origin>) -> &str {
    match origin {
        Some(Origin::Path(text) | Origin::Plugin { name: text, .. }) => file_stem(text),
        // What is asked for is no name, and may be a secret.
        Some(Origin::Url(text)) => {
            file_stem(text.split(['?', '#']).next().unwrap_or("").trim_end_matches('/'))
        }
        None => "source",
    }
}

/// A file's name up to its first dot.
pub(super) fn file_stem(path: &str) -> &str {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    file.split('.').next().unwrap_or(file)
}

/// Lower case, digits and dashes only: ids are parts of dotted names.
pub(super) fn identifier(name: &str) -> String {
    let mapped: String =
        name.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let parts: Vec<&str> = mapped.split('-').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { "unnamed".to_owned() } else { parts.join("-") }
}

fn read_exclude(r: &Reader<'_, '_>) -> Option<Exclude> {
    let source = r.text("source").map(|f| identifier(&f.value));
    let conditions = read_where(r.table("where"));
    let reason = r.required("reason", "\"...\"", r.text("reason"));
    r.finish();
    if conditions.is_empty() {
        let message = "an `[[exclude]]` without `where` would leave out everything".to_owned();
        r.log().error(r.span(), "D0102", message, Some("say which rows: `where = { ... }`".into()));
    }
    Some(Exclude { source, conditions, reason: reason?.value })
}

/// Two rates for one pair of currencies leave open which one counts.
fn read_rates(r: &Reader<'_, '_>) -> Vec<Rate> {
    let (mut seen, mut rates) = (BTreeSet::new(), Vec::new());
    for table in r.tables("rate") {
        let Some(rate) = read_rate(&table) else { continue };
        let pair = [rate.from.to_string(), rate.to.to_string()];
        let mut both = pair.clone();
        both.sort();
        if !seen.insert(both) {
            let message = format!("two rates between {} and {}", pair[0], pair[1]);
            let help = "keep the one that is nearest to the date of the evidence".to_owned();
            r.log().error(table.span(), "D0105", message, Some(help));
        }
        rates.push(rate);
    }
    rates
}

fn read_rate(r: &Reader<'_, '_>) -> Option<Rate> {
    let from = r.required("from", "\"EUR\"", read_currency(r, "from"));
    let to = r.required("to", "\"USD\"", read_currency(r, "to"));
    let rate = r.required("rate", "\"1.08\"", r.number("rate", 1e-12..1e12));
    let date = r.required("date", "2026-11-20", r.date("date"));
    let low = r.number("low", 1e-12..1e12).map(|f| f.value);
    let high = r.number("high", 1e-12..1e12).map(|f| f.value);
    let source = r.text("source").map(|f| f.value);
    r.finish();
    let (from, to) = (from?.value, to?.value);
    Some(Rate { from, to, rate: rate?.value, date: date?.value, low, high, source })
}

fn read_ageing(r: &Reader<'_, '_>) -> Ageing {
    let rate = r.number("rate", -0.5..1.0).map(|f| f.value);
    let point = |t: &Reader<'_, '_>| {
        let date = t.required("date", "2026-01-15", t.date("date"));
        let value = t.required("value", "142.0", t.number("value", 1e-9..1e12));
        t.finish();
        Some((date?.value, value?.value))
    };
    let mut index: Vec<(Date, f64)> = r.tables("index").iter().filter_map(point).collect();
    index.sort_by_key(|(date, _)| *date);
    let source = r.text("source").map(|f| f.value);
    r.finish();
    if rate.is_some() != index.is_empty() {
        let message = "`[ageing]` needs either `rate` or `[[ageing.index]]` values".to_owned();
        r.log().error(r.span(), "D0103", message, Some("add `rate = 0.03`".into()));
    }
    Ageing { rate, index, source }
}

/// Their offer; `day` is the day for which the brief speaks.
fn read_offer(r: &Reader<'_, '_>, day: Date) -> Option<Offer> {
    let amount = positive_money(r, "amount");
    if amount.is_none() {
        r.required("amount", "\"112000\"", r.money("amount"));
    }
    let from = r.text("from").map(|f| f.value);
    let date = r.date("date");
    if let Some(later) = date.as_ref().filter(|date| date.value > day) {
        let message = format!("the offer is of {}, after the as-of date, {day}", later.value);
        let help = "a brief knows nothing of later days: check both dates";
        r.log().warn(later.span.clone(), "D0104", message, help);
    }
    r.finish();
    Some(Offer { amount: amount?, from, date: date.map(|f| f.value) })
}

fn read_us(r: &Reader<'_, '_>) -> Party {
    let mut party = read_party(r);
    party.percentile = r.number("percentile", 0.01..0.99).map(|f| f.value);
    party.present = positive_money(r, "present");
    party.quote_cost = money_at_least_zero(r, "quote_cost");
    r.finish();
    party
}

fn read_party(r: &Reader<'_, '_>) -> Party {
    Party {
        risk_tolerance: positive_money(r, "risk_tolerance"),
        delay_cost_per_day: money_at_least_zero(r, "delay_cost_per_day"),
        deal_cost: r.money("deal_cost").map(|f| f.value),
        idle_value: r.money("idle_value").map(|f| f.value),
        while_no_deal: r.money("while_no_deal").map(|f| f.value),
        discount_rate: r.number("discount_rate", -0.99..10.0).map(|f| f.value),
        percentile: None,
        present: None,
        quote_cost: None,
    }
}

type ReadParts = fn(&Reader<'_, '_>) -> Vec<Part>;

fn read_alternatives(r: &Reader<'_, '_>, parts: ReadParts) -> Vec<Alternative> {
    let mut names = BTreeSet::new();
    let mut alternatives = Vec::new();
    for (i, table) in r.tables("alternative").iter().enumerate() {
        let Some(alternative) = read_alternative(table, i, parts) else { continue };
        named_once(table, "alternatives", &alternative.name, &mut names);
        alternatives.push(alternative);
    }
    alternatives
}

/// Whether nothing else of its kind has the name; a second one is an error.
pub(super) fn named_once(
    r: &Reader<'_, '_>,
    what: &str,
    name: &str,
    names: &mut BTreeSet<String>,
) -> bool {
    let first = names.insert(identifier(name));
    if !first {
        r.log().error(r.span(), "D0105", format!("two {what} are called `{name}`"), None);
    }
    first
}

fn read_alternative(r: &Reader<'_, '_>, i: usize, parts: ReadParts) -> Option<Alternative> {
    let name = r.text("name").map_or_else(|| format!("alternative {}", i + 1), |f| f.value);
    let amount = r.required("amount", "\"104000\"", r.money_or_range("amount"));
    let alternative = Alternative {
        name,
        amount: amount.as_ref().map_or_else(Vec::new, |f| f.value.clone()),
        probability: r.number("probability", 0.0..1.0).map_or(1.0, |f| f.value),
        delay_days: r.number("delay_days", 0.0..36_525.0).map_or(0.0, |f| f.value),
        cost: r.money("cost").map(|f| f.value),
        interim_per_day: r.money("interim_per_day").map(|f| f.value),
        advantage: r.money("advantage").map(|f| f.value),
        role: read_role(r),
        develop_cost: money_at_least_zero(r, "develop_cost"),
        parts: parts(r),
        source: r.text("source").map(|f| f.value),
    };
    r.finish();
    let amount = amount?;
    check_rising(r, &amount, "amount");
    Some(alternative)
}

fn check_rising(r: &Reader<'_, '_>, amount: &Field<Vec<Amount>>, key: &str) {
    if amount.value.iter().any(|a| *a < Amount::ZERO) {
        let message = format!("`{key}` is below 0, and no price is");
        r.log().error(amount.span.clone(), "D0103", message, None);
    }
    if !amount.value.is_sorted() {
        let message = format!("`{key}` is not in rising order, expected `[low, mode, high]`");
        r.log().error(amount.span.clone(), "D0104", message, None);
    }
}

fn read_role(r: &Reader<'_, '_>) -> Option<Role> {
    let field = r.text("role")?;
    match field.value.as_str() {
        "exit" => Some(Role::Exit),
        "income" => Some(Role::Income),
        other => {
            let message = format!(
                "`role` is `{other}`, expected `exit` (taken by leaving the talks) or `income` (runs while no deal stands)"
            );
            r.log().error(field.span, "D0103", message, None);
            None
        }
    }
}

/// A claim; `day` is the day for which the brief speaks.
fn read_claim(r: &Reader<'_, '_>, day: Date) -> Option<Claim> {
    let text = r.required("text", "\"cut churn by 18 %\"", r.text("text"));
    let date = r.date("date").map(|f| f.value);
    let reference = r.text("reference").map(|f| f.value);
    r.finish();
    let claim = Claim { text: text?.value, date, reference };
    if !claim.counts_on(day) {
        let message = format!("the claim `{}` does not count", claim.text);
        let help = match claim.date.filter(|date| *date > day) {
            Some(date) => format!("its date, {date}, is after the as-of date, {day}"),
            None => "give it a number, and a date or a reference".to_owned(),
        };
        r.log().warn(r.span(), "D0202", message, &help);
    }
    Some(claim)
}

fn read_counterpart(r: &Reader<'_, '_>, talks: &mut Talks) -> Counterpart {
    let counterpart = Counterpart {
        limit: r.table("limit").and_then(|t| read_limit(&t)),
        // What theirs bring beside a price is worth something to them alone, and unknown to us.
        alternatives: read_alternatives(r, |_| Vec::new()),
        party: read_party(r),
        first_offer: positive_money(r, "first_offer"),
        interests: read_interests(r),
    };
    talks::read_them(r, talks);
    r.finish();
    counterpart
}

fn read_limit(r: &Reader<'_, '_>) -> Option<Limit> {
    let mode = r.required("mode", "\"116000\"", r.money("mode"));
    let (low, high) = (r.money("low"), r.money("high"));
    if low.is_some() != high.is_some() {
        let message = "`counterpart.limit` states only one of `low` and `high`".to_owned();
        let help = "state both (P10 and P90 of the belief), or only `mode`".to_owned();
        r.log().error(r.span(), "D0102", message, Some(help));
    }
    let source = r.text("source").map(|f| f.value);
    r.finish();
    if source.is_none() {
        let message = "what we believe of their limit has no source".to_owned();
        r.log().warn(r.span(), "D0201", message, "add `source = \"...\"`");
    }
    let mode = mode?.value;
    let (low, high) = (low.map_or(mode, |f| f.value), high.map_or(mode, |f| f.value));
    check_rising(r, &Field { value: vec![low, mode, high], span: r.span() }, "counterpart.limit");
    Some(Limit { low, mode, high, source })
}

fn read_stated(r: &Reader<'_, '_>, side: Option<Side>, talks: &mut Talks) -> Option<Amount> {
    let table = r.table("stated")?;
    let walk_away = table.money("walk_away");
    let target = table.money("target");
    talks.target = target.as_ref().map(|f| f.value);
    talks::read_plans(&table, talks);
    table.finish();
    if let (Some(limit), Some(target), Some(side)) = (&walk_away, &target, side) {
        let beyond = match side {
            Side::Seller => limit.value > target.value,
            Side::Buyer => limit.value < target.value,
        };
        if beyond {
            let message = format!(
                "the walk-away `{}` lies beyond the target `{}`",
                limit.value, target.value
            );
            let help = "a seller's walk-away is at most its target, a buyer's at least".to_owned();
            r.log().error(limit.span.clone(), "D0104", message, Some(help));
        }
    }
    walk_away.map(|f| f.value)
}

pub(super) fn read_parameters(r: &Reader<'_, '_>) -> BTreeMap<&'static str, Setting> {
    let mut settings = BTreeMap::new();
    let Some(table) = r.table("parameters") else { return settings };
    for (name, value) in table.entries() {
        let Some(known) = parameter::find(&name.value) else {
            let near = nearest(
                &name.value,
                parameter::register().flat_map(|p| [Some(p.name), p.alias]).flatten(),
            );
            let help = near.map(|n| format!("did you mean `{n}`?"));
            let message = format!("no parameter is called `{}`", name.value);
            r.log().error(name.span, "D0107", message, help);
            continue;
        };
        match setting(known, value.get_ref()) {
            Ok(setting) => drop(settings.insert(known.name, setting)),
            Err(message) => r.log().error(value.span(), "D0103", message, None),
        }
    }
    settings
}

fn setting(p: &parameter::Parameter, value: &toml::de::DeValue<'_>) -> Result<Setting, String> {
    let text = match value {
        toml::de::DeValue::Integer(i) => i.as_str(),
        toml::de::DeValue::Float(f) => f.as_str(),
        toml::de::DeValue::String(text) => text.as_ref(),
        other => return Err(format!("`{}` is {}", p.name, super::reader::describe(other))),
    };
    if !p.words.is_empty() {
        let expected =
            || format!("`{}` is `{text}`, expected one of {}", p.name, p.words.join(", "));
        let word = p.words.iter().find(|w| **w == text).ok_or_else(expected)?;
        return Ok(Setting::Word((*word).to_owned()));
    }
    let (low, high) = p.range;
    let inside = text.parse::<f64>().ok().filter(|n| *n >= low && *n <= high);
    let inside = inside.filter(|n| !p.is_whole() || n.fract() == 0.0);
    let what = if p.is_whole() { "whole number" } else { "number" };
    let expected = || format!("`{}` is `{text}`, expected a {what} from {low} to {high}", p.name);
    inside.map(Setting::Number).ok_or_else(expected)
}

fn warn_about(r: &Reader<'_, '_>, deal: &Deal) {
    if deal.sources.is_empty() && deal.tender.is_none() {
        let help = "add a `[[source]]` with a `path`";
        r.log().warn(0..0, "D0204", "the deal names no evidence".to_owned(), help);
    }
    if !deal.per.is_known() && !deal.per.as_str().is_empty() && deal.tender.is_none() {
        let near = nearest(deal.per.as_str(), Per::words());
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "amounts per anything else will not be comparable".to_owned(),
        };
        let message =
            format!("`per` is `{}`: no arithmetic leads there from other units", deal.per);
        r.log().warn(0..0, "D0205", message, &help);
    }
    let uncertain =
        !deal.alternatives.is_empty() && deal.alternatives.iter().all(|a| a.probability < 1.0);
    if uncertain {
        let help = "add what you do if all fail, with `probability = 1.0`";
        r.log().warn(0..0, "D0203", "every alternative can fail".to_owned(), help);
    }
}

/// The double that statistics compute with.
pub(crate) fn as_f64(amount: Amount) -> f64 {
    to_scaled(amount).map_or(f64::NAN, to_f64)
}

/// A name as part of a figure id: lower case letters, digits and dashes.
pub fn slug(name: &str) -> String {
    identifier(name)
}
