//! What a recipe must agree on with itself, beyond its keys.

use super::spec::{AmountSpec, RowRule, SayingSpec, Sentinel, Spec, WordSpec};
use crate::date::DateFormat;
use crate::formula::{CELL, Formula};
use crate::pattern::{Pattern, braces};
use crate::spellings::Spellings;
use crate::tree::{Paths, fault_of_path};
use haggle_evidence::Statistic;
use haggle_quantity::{parse_amount, parse_date};
use std::ops::Range;
use toml::Spanned;

/// A contradiction, with its place in the text where it has one.
pub(super) struct Problem {
    pub(super) message: String,
    pub(super) span: Option<Range<usize>>,
}

type Checked = Result<(), Problem>;

fn problem<T>(at: &Spanned<T>, message: String) -> Checked {
    Err(Problem { message, span: Some(at.span()) })
}

fn whole(message: &str) -> Checked {
    Err(Problem { message: message.to_owned(), span: None })
}

/// Finds the first contradiction.
pub(super) fn check(spec: &Spec) -> Checked {
    name(spec)?;
    tree(spec)?;
    signature(spec)?;
    notation(spec)?;
    money(spec)?;
    rules(spec)?;
    attributes(spec)?;
    amounts(spec)?;
    fields(spec)?;
    words(spec)?;
    scales(spec)?;
    values(spec)?;
    dates(spec)?;
    spec.sentinels.values().flatten().try_for_each(|(sign, s)| sentinel(spec, sign, s))?;
    thresholds(spec)
}

/// The name is part of file names in the store.
fn name(spec: &Spec) -> Checked {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let name = spec.name.get_ref();
    match !name.is_empty() && name.len() <= 64 && name.chars().all(fits) {
        true => Ok(()),
        false => problem(
            &spec.name,
            format!(
                "found the name `{name}`, expected small letters, digits and `-`, such as `my-survey`"
            ),
        ),
    }
}

/// The paths of a tree, and that nothing of tables is asked of it.
fn tree(spec: &Spec) -> Checked {
    if let Some(pointer) = spec.stated.pointers().next()
        && spec.paging.is_none()
    {
        return whole(&format!(
            "found `{pointer}` under `[stated]` without `[paging]`, expected both"
        ));
    }
    let Some(tree) = &spec.tree else {
        return match &spec.paging {
            Some(_) => whole("found `[paging]` without `[tree]`, expected both"),
            None => Ok(()),
        };
    };
    let paths = spec.signature.iter().chain(&spec.never).flatten().chain(spec.stated.pointers());
    let wrong = paths.filter_map(|path| fault_of_path(path)).next();
    if let Some(message) = wrong.or(Paths::new(spec, tree).err()) {
        return whole(&message);
    }
    let (header, amounts) = (&spec.header, spec.amount.get_ref());
    let of_tables = [
        ("[header]", header.rows != 1 || header.width.is_some() || header.spread),
        ("`like` or `rows` at an amount", amounts.iter().any(AmountSpec::is_wide)),
        ("`notes` or `without`", !spec.notes.is_empty() || !spec.without.is_empty()),
        ("`sheet` or `sheets`", !spec.sheets().is_empty()),
        ("[quality]", spec.quality.is_some()),
        ("[[term]]", !spec.term.is_empty()),
        ("[[end]]", !spec.end.is_empty()),
        (
            "`note` or `notes` at a word",
            spec.row_words().any(|w| w.note.is_some() || w.notes || w.header),
        ),
        ("`note` at a field", spec.field.iter().any(|(_, f)| f.note.is_some())),
        ("`note` at an attribute", spec.attribute.iter().any(|a| a.note.is_some())),
        ("`note` at the date", spec.date.as_ref().is_some_and(|d| d.note.is_some())),
    ];
    match of_tables.iter().find(|(_, asked)| *asked) {
        Some((what, _)) => whole(&format!(
            "found {what} beside `[tree]`, expected paths of the tree: it has neither header nor notes"
        )),
        None => Ok(()),
    }
}

fn signature(spec: &Spec) -> Checked {
    if spec.tree.is_some() && spec.signature.is_empty() {
        return Ok(());
    }
    let headless = spec.header.rows == 0;
    if headless == spec.header.columns.is_empty() {
        return whole(
            "found `columns` and `rows` under `[header]` at odds, expected `columns` where `rows = 0` and nowhere else",
        );
    }
    let empty = spec.signature.is_empty() || spec.signature.iter().any(Vec::is_empty);
    if empty && !headless {
        return whole("found no header text in `signature`, expected at least one in each list");
    }
    if spec.header.rows > 9 {
        return whole("found more than 9 header rows, expected at most 9");
    }
    Ok(())
}

fn notation(spec: &Spec) -> Checked {
    let number = &spec.number;
    let Some(decimal) = &number.decimal else {
        return match &number.thousands {
            None => Ok(()),
            Some(mark) => problem(
                mark,
                "found `thousands` without `decimal`, expected both or neither".into(),
            ),
        };
    };
    if !matches!(decimal.get_ref(), '.' | ',') {
        return problem(decimal, format!("found `{}`, expected `.` or `,`", decimal.get_ref()));
    }
    let Some(mark) = &number.thousands else { return Ok(()) };
    let mut chars = mark.get_ref().chars();
    let (first, more) = (chars.next(), chars.next());
    let bad = |c: char| c == *decimal.get_ref() || c.is_alphanumeric() || "+-".contains(c);
    if more.is_some() || first.is_some_and(bad) {
        let message = "expected a grouping mark that is no digit and not the decimal mark, or an empty text for none";
        return problem(mark, format!("found `{}`, {message}", mark.get_ref()));
    }
    Ok(())
}

fn money(spec: &Spec) -> Checked {
    let amounts = spec.amount.get_ref();
    match (&spec.constant.currency, &spec.currency) {
        (None, None) if !amounts.iter().all(AmountSpec::has_currency) => whole(
            "found no currency, expected `currency` under `[constant]`, a `[currency]` column, or one for each amount",
        ),
        (Some(_), Some(_)) => {
            whole("found a currency twice, expected either the constant or the column")
        }
        _ => Ok(()),
    }
}

fn rules(spec: &Spec) -> Checked {
    let tested = |r: &RowRule| {
        !r.values.is_empty()
            || !r.starts.is_empty()
            || !r.contains.is_empty()
            || r.blank
            || !r.only.is_empty()
            || r.shorter.is_some()
    };
    for rule in spec.rules() {
        let name = rule.any.first().map_or("", String::as_str);
        if rule.any.is_empty() || rule.reason.is_empty() {
            return whole(&format!(
                "found a rule for rows (`{name}`) without `any` or `reason`, expected both"
            ));
        }
        if !tested(rule) {
            return whole(&format!(
                "found a rule on column `{name}` that tests nothing, expected `values`, `starts`, `contains`, `only`, `blank` or `shorter`"
            ));
        }
        rule.only.iter().try_for_each(|name| spelt(spec, Some(name)))?;
    }
    Ok(())
}

fn attributes(spec: &Spec) -> Checked {
    let mut names: Vec<&str> = spec.attribute.iter().map(|a| a.name.as_str()).collect();
    names.extend(spec.flag.iter().map(|f| f.name.as_str()));
    names.extend(spec.term.iter().map(|t| t.name.as_str()));
    names.sort_unstable();
    if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return whole(&format!("found attribute `{}` twice, expected it once", pair[0]));
    }
    let attributes = spec.attribute.iter().map(|a| (a.name.as_str(), a.saying()));
    let terms = spec.term.iter().map(|t| (t.name.as_str(), t.saying()));
    attributes.chain(terms).try_for_each(|(name, said)| saying(name, said))
}

/// Patterns and formats that can be read, and meanings that name what is captured.
fn saying(name: &str, spec: SayingSpec<'_>) -> Checked {
    let at = |message: String| whole(&format!("{message} at `{name}`"));
    if let Some(message) = spec.format.iter().find_map(|f| DateFormat::parse(f).err()) {
        return at(message);
    }
    if spec.otherwise.is_some() && spec.like.is_empty() {
        return at("found `otherwise` without `like`, expected both".to_owned());
    }
    if spec.fraction && !spec.number {
        return at("found `fraction` without `number`, expected both".to_owned());
    }
    for (text, meaning) in spec.like {
        let pattern = match Pattern::capturing(text) {
            Ok(pattern) => pattern,
            Err(message) => return at(format!("found `{text}`, {message}")),
        };
        if let Some(unknown) = braces(meaning).find(|b| !pattern.names().any(|n| n == *b)) {
            return at(format!("found `{{{unknown}}}`, expected what `{text}` captures"));
        }
    }
    Ok(())
}

fn amounts(spec: &Spec) -> Checked {
    let amounts = spec.amount.get_ref();
    if amounts.is_empty() {
        return problem(&spec.amount, "found no amount, expected at least one".to_owned());
    }
    amounts.iter().try_for_each(|a| amount(spec, a))
}

fn amount(spec: &Spec, amount: &AmountSpec) -> Checked {
    let column = amount.label();
    let at = |message| problem(&spec.amount, message);
    if amount.any.is_empty() != amount.is_wide() {
        return at(format!(
            "found `any` and `like` or `rows` together or neither at amount `{column}`, expected one"
        ));
    }
    let constant = spec.constant.per.is_some();
    match (amount.has_unit(), &spec.per) {
        (false, None) if !constant => {
            return at(format!(
                "found no `per` for amount column `{column}`, expected one here, under `[constant]`, or a `[per]` column"
            ));
        }
        (true, Some(per))
            if amount.per.as_deref().is_some_and(|p| !p.contains('{')) && !per.any.is_empty() =>
        {
            return at(format!(
                "found the unit of amount column `{column}` twice, expected either `per` or the `[per]` column"
            ));
        }
        _ => {}
    }
    if amount.least.is_some() != amount.least_reason.is_some() {
        return at(format!(
            "found `least` or `least_reason` alone at amount column `{column}`, expected both or neither"
        ));
    }
    together(amount)?;
    patterns(amount)?;
    statistic(spec, amount)?;
    amount.unless.iter().try_for_each(|name| spelt(spec, Some(name)))?;
    match &amount.sentinels {
        Some(name) if !spec.sentinels.contains_key(name.get_ref()) => {
            problem(name, unknown(name.get_ref(), spec.sentinels.keys()))
        }
        _ => formula(spec, amount),
    }
}

/// Ways to read a cell of which one would go unheard beside the other.
fn together(amount: &AmountSpec) -> Checked {
    let formula = ("formula", amount.formula.is_some());
    let (band, to) = (("band", amount.band), ("to", !amount.to.is_empty()));
    let scale = ("scale", amount.scale.is_some());
    for ((a, is_a), (b, is_b)) in [(formula, band), (formula, to), (formula, scale), (band, to)] {
        if is_a && is_b {
            let column = amount.label();
            let hint = if b == "scale" { "; multiply in the formula" } else { "" };
            return whole(&format!(
                "found `{a}` and `{b}` at amount column `{column}`, expected one of them{hint}"
            ));
        }
    }
    Ok(())
}

fn patterns(amount: &AmountSpec) -> Checked {
    for pattern in amount.like.iter().chain(&amount.rows) {
        if let Err(e) = Pattern::capturing(pattern.get_ref()) {
            return problem(pattern, format!("found `{}`: {e}", pattern.get_ref()));
        }
    }
    let captured: Vec<String> = amount
        .like
        .iter()
        .chain(&amount.rows)
        .filter_map(|p| Pattern::capturing(p.get_ref()).ok())
        .flat_map(|p| p.names().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let a = amount;
    let templates = [
        &a.per,
        &a.currency,
        &a.component,
        &a.subject,
        &a.title,
        &a.place,
        &a.party,
        &a.level,
        &a.date,
    ];
    for template in templates.into_iter().flatten() {
        if let Some(name) = braces(template).find(|n| !captured.iter().any(|c| c == n)) {
            return whole(&format!(
                "found `{{{name}}}` in `{template}`, expected a name that `like` or `rows` captures"
            ));
        }
    }
    Ok(())
}

fn statistic(spec: &Spec, amount: &AmountSpec) -> Checked {
    match &amount.statistic {
        None if spec.statistic.is_none() => {
            let label = amount.label();
            problem(
                &spec.amount,
                format!(
                    "found no `statistic` for amount column `{label}`, expected one here or a `[statistic]` column"
                ),
            )
        }
        Some(word) if !word.get_ref().contains('{') => match word.get_ref().parse::<Statistic>() {
            Ok(_) => Ok(()),
            Err(e) => problem(word, e.to_string()),
        },
        _ => Ok(()),
    }
}

fn formula(spec: &Spec, amount: &AmountSpec) -> Checked {
    let Some(formula) = &amount.formula else { return Ok(()) };
    let names = spec.value.iter().map(|v| v.name.as_str());
    let names: Vec<&str> = names.chain(std::iter::once(CELL)).collect();
    match Formula::parse(formula.get_ref(), &names) {
        Ok(_) => Ok(()),
        Err(e) => problem(formula, e),
    }
}

fn unknown<'a>(found: &str, expected: impl Iterator<Item = &'a String>) -> String {
    let words: Vec<String> = expected.map(|w| format!("`{w}`")).collect();
    format!("found `{found}`, expected {}", words.join(", "))
}

type Taken<'a> = (&'a str, &'a Option<Spanned<String>>, &'a Option<String>);

/// What is taken as given says why.
fn reasoned(takens: &[Taken<'_>]) -> Checked {
    for (key, value, reason) in takens {
        if let (Some(value), None) = (value, reason) {
            let message =
                format!("found `{key}` without `{key}_reason`, expected the assumption in words");
            return problem(value, message);
        }
    }
    Ok(())
}

fn spelt(spec: &Spec, name: Option<&Spanned<String>>) -> Checked {
    match name {
        Some(name) if Spellings::named(name.get_ref(), &spec.words).is_none() => {
            let own = spec.words.keys().cloned();
            let known: Vec<String> = own.chain(Spellings::built_in().map(str::to_owned)).collect();
            problem(name, unknown(name.get_ref(), known.iter()))
        }
        _ => Ok(()),
    }
}

fn fields(spec: &Spec) -> Checked {
    for (_, f) in spec.field.iter() {
        reasoned(&[
            ("otherwise", &f.otherwise, &f.otherwise_reason),
            ("blank", &f.blank, &f.blank_reason),
        ])?;
        spelt(spec, f.words.as_ref())?;
    }
    spec.attribute.iter().try_for_each(|a| spelt(spec, a.words.as_ref()))
}

fn words(spec: &Spec) -> Checked {
    spec.row_words().try_for_each(|w| word(spec, w))
}

fn word(spec: &Spec, w: &WordSpec) -> Checked {
    reasoned(&[
        ("otherwise", &w.otherwise, &w.otherwise_reason),
        ("blank", &w.blank, &w.blank_reason),
    ])?;
    if !w.ignore.is_empty() && w.ignore_reason.is_none() {
        return whole("found `ignore` without `ignore_reason`, expected the reason in words");
    }
    spelt(spec, w.words.as_ref())?;
    w.case.iter().try_for_each(|c| spelt(spec, c.words.as_ref()))
}

/// Words of a scale mean numbers.
fn scales(spec: &Spec) -> Checked {
    let Some(scale) = &spec.scale else { return Ok(()) };
    word(spec, scale)?;
    let meanings = scale.map.values().chain(scale.above.values());
    match meanings.clone().find(|m| parse_amount(m).is_err()) {
        Some(found) => {
            whole(&format!("found `{found}` under `[scale]`, expected numbers such as `1000`"))
        }
        None => Ok(()),
    }
}

fn values(spec: &Spec) -> Checked {
    for value in &spec.value {
        reasoned(&[("blank", &value.blank, &value.blank_reason)])?;
        if let Some(blank) = &value.blank
            && let Err(e) = parse_amount(blank.get_ref())
        {
            return problem(blank, format!("found `{}`, {e}", blank.get_ref()));
        }
    }
    Ok(())
}

fn dates(spec: &Spec) -> Checked {
    if let Some(date) = &spec.date {
        let wrong = date.format.get_ref().0.iter().find_map(|f| DateFormat::parse(f).err());
        if let Some(message) = wrong {
            return problem(&date.format, message);
        }
    }
    let Some(date) = &spec.source.reference_date else { return Ok(()) };
    match parse_date(&date.get_ref().replace("{year}", "2024")) {
        Ok(_) => Ok(()),
        Err(e) => {
            problem(date, format!("found `{}`, expected `{{year}}-05-12`: {e}", date.get_ref()))
        }
    }
}

fn sentinel(spec: &Spec, sign: &str, s: &Sentinel) -> Checked {
    match (&s.absent, &s.bound, &s.threshold) {
        (Some(_), None, None) => Ok(()),
        (None, Some(bound), Some(threshold)) => {
            if !matches!(bound.get_ref().as_str(), "at least" | "at most") {
                let words = ["at least".to_owned(), "at most".to_owned()];
                return problem(bound, unknown(bound.get_ref(), words.iter()));
            }
            if !spec.threshold.contains_key(threshold.get_ref()) {
                return problem(threshold, unknown(threshold.get_ref(), spec.threshold.keys()));
            }
            Ok(())
        }
        _ => whole(&format!(
            "found sentinel `{sign}` with neither one meaning nor the other, expected `absent` alone or `bound` with `threshold`"
        )),
    }
}

fn thresholds(spec: &Spec) -> Checked {
    let amounts =
        spec.threshold.values().flat_map(|t| t.vintages.values().flat_map(|v| v.values()));
    for text in amounts {
        if let Err(e) = parse_amount(text.get_ref()) {
            return problem(text, format!("found `{}`, {e}", text.get_ref()));
        }
    }
    Ok(())
}
