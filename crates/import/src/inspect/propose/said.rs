//! What the text of a header, or of a title, says of the amounts below it.

use crate::inspect::vocabulary::{List, folded, vocabulary};
use crate::money;
use crate::pattern::Pattern;
use crate::spellings::Spellings;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// What a header says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// The word of a scale and its factor: `thousands`, `1000`.
    pub(super) scale: Option<(&'static str, &'static str)>,
    pub(super) currency: Option<Money>,
    pub(super) unit: Option<&'static str>,
}

/// A currency as a header names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Money {
    /// A code, or what stands for one only.
    Code(String),
    /// A mark or word of several currencies, with the code that is most likely meant.
    Mark(&'static str, &'static str),
}

static CURRENCIES: LazyLock<Spellings> = LazyLock::new(currencies);

/// Names of currencies, folded, with their codes; shorter spellings are marks or codes.
static NAMES: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let long = CURRENCIES.iter().filter(|(spelling, _)| spelling.len() > 3);
    long.map(|(spelling, code)| (folded(spelling), code.clone())).collect()
});

/// The built-in spellings of currencies.
pub(super) fn currencies() -> Spellings {
    Spellings::named("currencies", &BTreeMap::new()).unwrap_or_default()
}

/// Codes that are words of headers only in capitals: `cad` may be a drawing, `try` an attempt.
const SMALL: [&str; 12] =
    ["usd", "eur", "gbp", "chf", "sek", "nok", "dkk", "pln", "czk", "inr", "jpy", "cny"];

const THOUSANDS: (&str, &str) = ("thousands", "1000");
const MILLIONS: (&str, &str) = ("millions", "1000000");

impl Said {
    /// What a text says.
    pub(super) fn of(text: &str) -> Self {
        let pieces = pieces(text);
        Self {
            scale: scale(text, &pieces),
            currency: currency(text, &pieces),
            unit: unit(text, &pieces),
        }
    }
}

/// A header in pieces: words, marks of currencies, bars.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = money_mark(rest).map_or_else(|| word(rest), str::len);
        let end = if length == 0 { c.len_utf8() } else { length };
        if length > 0 || c == '/' {
            pieces.push(&rest[..end]);
        }
        rest = &rest[end..];
    }
    pieces
}

/// A mark that is no letter, such as `US$` or `€`, at the beginning of a text.
fn money_mark(text: &str) -> Option<&str> {
    let mark = money::leading_mark(text)?;
    let symbol = mark.chars().any(|c| !c.is_alphabetic() && c != '.');
    symbol.then_some(mark)
}

/// Bytes of the word at the beginning of a text; a point or comma between digits belongs to it.
fn word(text: &str) -> usize {
    let mut length = 0;
    for (at, c) in text.char_indices() {
        let inside = matches!(c, '.' | ',' | '\'' | '\u{2019}')
            && text[..at].ends_with(|d: char| d.is_ascii_digit())
            && text[at + c.len_utf8()..].starts_with(|d: char| d.is_ascii_digit());
        if !(c.is_alphanumeric() || inside) || money_mark(&text[at..]).is_some_and(|_| at > 0) {
            break;
        }
        length = at + c.len_utf8();
    }
    length
}

/// A piece as a currency, a letter for a scale, or both in one: `TEUR`.
#[derive(Clone, Copy, PartialEq)]
enum Piece {
    Currency,
    Letter((&'static str, &'static str)),
    Both((&'static str, &'static str)),
    Other,
}

fn piece(text: &str) -> Piece {
    let letter = |t: &str| match t {
        "k" | "K" | "t" | "T" => Some(THOUSANDS),
        "m" | "M" | "mn" | "Mn" | "MM" => Some(MILLIONS),
        _ => None,
    };
    let is_money = |t: &str| money_mark(t) == Some(t) || code(t).is_some();
    if is_money(text) {
        return Piece::Currency;
    }
    if let Some(scale) = letter(text) {
        return Piece::Letter(scale);
    }
    let first = text.chars().next().map_or(0, char::len_utf8);
    match letter(&text[..first]) {
        Some(scale) if is_money(&text[first..]) => Piece::Both(scale),
        _ => Piece::Other,
    }
}

fn scale(text: &str, pieces: &[&str]) -> Option<(&'static str, &'static str)> {
    let v = vocabulary();
    if per_many(text) {
        return None;
    }
    let digits = |p: &&str| *p == "000" || *p == "000s";
    let words: Vec<&str> = pieces.iter().filter(|p| !digits(p)).copied().collect();
    let words = words.join(" ");
    let lists: [(&List, (&str, &str)); 6] = [
        (&v.hundredths, ("cents", "0.01")),
        (&v.hundreds, ("hundreds", "100")),
        (&v.thousands, THOUSANDS),
        (&v.hundred_thousands, ("lakhs", "100000")),
        (&v.millions, MILLIONS),
        (&v.ten_millions, ("crores", "10000000")),
    ];
    let said = lists.iter().find(|(list, _)| list.says(&words)).map(|(_, scale)| *scale);
    let noughts = || pieces.iter().any(digits).then_some(THOUSANDS);
    said.or_else(noughts).or_else(|| lettered(text, pieces))
}

/// Whether a price is for a hundred or a thousand: `per thousand`, `USD/1000 pcs`, `per 100 kg`.
fn per_many(text: &str) -> bool {
    let folded = folded(&text.replace('/', " per "));
    let words: Vec<&str> = folded.split_whitespace().collect();
    let many = |w: &str| {
        let digits = w.bytes().all(|b| b.is_ascii_digit()) && w.len() > 1;
        digits || ["thousand", "hundred", "million", "dozen", "m"].contains(&w)
    };
    words.windows(2).any(|w| ["per", "je", "pro", "par"].contains(&w[0]) && many(w[1]))
}

/// A letter beside a currency, as in `$k` or `M EUR`, or alone in brackets: `(k)`.
fn lettered(text: &str, pieces: &[&str]) -> Option<(&'static str, &'static str)> {
    let kinds: Vec<Piece> = pieces.iter().map(|p| piece(p)).collect();
    let beside = |i: usize| {
        i.checked_sub(1).is_some_and(|b| kinds[b] == Piece::Currency)
            || kinds.get(i + 1) == Some(&Piece::Currency)
    };
    let bracketed = |i: usize| {
        let alone = format!("({})", pieces[i]);
        let before = text.find(&alone).map(|at| &text[..at]);
        before.is_some_and(|b| !b.ends_with(|c: char| c.is_ascii_digit()))
    };
    let last = |i: usize| i > 0 && i + 1 == kinds.len() && pieces[i - 1] != "/";
    kinds.iter().enumerate().find_map(|(i, kind)| match kind {
        Piece::Both(scale) => Some(*scale),
        Piece::Letter(scale) if beside(i) => Some(*scale),
        Piece::Letter(scale) if bracketed(i) && *scale == THOUSANDS => Some(*scale),
        Piece::Letter(scale) if last(i) && matches!(pieces[i], "k" | "K") => Some(*scale),
        _ => None,
    })
}

/// The code that a piece is, in capitals or as headers of databases write it.
fn code(piece: &str) -> Option<String> {
    let upper = piece.to_ascii_uppercase();
    let written = piece == upper || SMALL.contains(&piece);
    (written && money::is_code(&upper) && CURRENCIES.word(&upper) == Some(&upper)).then_some(upper)
}

fn currency(text: &str, pieces: &[&str]) -> Option<Money> {
    let mut codes: BTreeSet<String> = pieces.iter().filter_map(|p| code(p)).collect();
    let joined = |p: &&&str| matches!(piece(p), Piece::Both(_));
    let inner = pieces.iter().filter(joined).map(|p| &p[1..]);
    let marks = pieces.iter().copied().chain(inner).filter_map(money::mark);
    let mut several = None;
    for mark in marks {
        let spelt = CURRENCIES.word(mark).or_else(|| money::code_of(mark));
        match spelt {
            Some(code) => drop(codes.insert(code.to_owned())),
            None => several = money::likely(mark).map(|likely| (mark, likely)),
        }
    }
    let text = folded(text);
    codes.extend(NAMES.iter().filter(|(n, _)| text.contains(n)).map(|(_, code)| code.clone()));
    match (codes.len(), several) {
        (1, _) => codes.pop_first().map(Money::Code),
        (0, Some((mark, likely))) => Some(Money::Mark(mark, likely)),
        (0, None) if text.contains(" dollar ") || text.contains(" dollars ") => {
            Some(Money::Mark("dollars", "USD"))
        }
        _ => None,
    }
}

/// The one unit that a header names.
fn unit(text: &str, pieces: &[&str]) -> Option<&'static str> {
    /// Times that hold a word of another one, and are none of them.
    const OTHER: [&str; 7] = [
        " half year ",
        " half yearly ",
        " semi annual ",
        " semiannual ",
        " biannual ",
        " two years ",
        " halbjahr ",
    ];
    let plain = folded(text);
    if per_many(text) || OTHER.iter().any(|o| plain.contains(o)) {
        return None;
    }
    let bar = pieces.iter().position(|p| *p == "/");
    if let Some(unit) = bar.and_then(|i| pieces.get(i + 1)).and_then(|p| of_unit(p)) {
        return Some(unit);
    }
    let folded = folded(text);
    let found: Vec<&str> =
        units().into_iter().filter(|(_, list)| list.in_folded(&folded)).map(|(u, _)| u).collect();
    match found.as_slice() {
        [] => None,
        [only] => Some(only),
        several if several.contains(&"2 weeks") => Some("2 weeks"),
        // `Annual hours`, `monthly price per unit`: two units are none.
        [_, ..] => None,
    }
}

/// The unit that a word stands for behind a bar, or in a cell.
pub(super) fn of_unit(word: &str) -> Option<&'static str> {
    match word.to_lowercase().as_str() {
        "an" | "v" | "a" | "y" => Some("year"),
        "m" | "mth" | "pm" | "pcm" => Some("month").filter(|_| word != "m"),
        "j" | "d" => Some("day"),
        "s" => None,
        _ => units().into_iter().find(|(_, list)| list.is(word)).map(|(unit, _)| unit),
    }
}

fn units() -> [(&'static str, &'static List); 8] {
    let v = vocabulary();
    [
        ("2 weeks", &v.two_weeks),
        ("year", &v.year),
        ("quarter", &v.quarter),
        ("month", &v.month),
        ("week", &v.week),
        ("day", &v.day),
        ("hour", &v.hour),
        ("each", &v.each),
    ]
}

/// What a header says of tax: a word of the recipe, or that it says something of two meanings.
pub(super) fn tax(header: &str, pay: bool) -> Option<&'static str> {
    let v = vocabulary();
    let lists: [(&List, &str); 2] = match pay {
        true => [(&v.before_tax, "gross"), (&v.after_tax, "net")],
        false => [(&v.without_tax, "excluded"), (&v.with_tax, "included")],
    };
    let found: Vec<&str> = lists.iter().filter(|(l, _)| l.says(header)).map(|(_, t)| *t).collect();
    match found.as_slice() {
        [only] => Some(only),
        _ => None,
    }
}

/// The statistic that a header names: `P25`, `25th percentile`, `median`, `mean`.
pub(super) fn statistic(header: &str) -> Option<String> {
    const PATTERNS: [&str; 14] = [
        "P{p:digits}",
        "P{p:digits} *",
        "* P{p:digits}",
        "* P{p:digits} (*",
        "P{p:digits}th",
        "{p:digits}th",
        "{p:digits}th (*",
        "*{p:digits}th percentile*",
        "*{p:digits}th %ile*",
        "*{p:digits}th pctl*",
        "*percentile {p:digits}",
        "*{p:digits}. perzentil*",
        "*pct{p:digits}",
        "*_p{p:digits}",
    ];
    let v = vocabulary();
    let captured = PATTERNS.iter().find_map(|p| {
        let captures = Pattern::capturing(p).ok()?.captures(header)?;
        captures.get("p")?.parse::<u8>().ok().filter(|p| (1..=99).contains(p))
    });
    let word = |list: &List, statistic: &str| list.says(header).then(|| statistic.to_owned());
    captured
        .map(|p| format!("p{p}"))
        .or_else(|| word(&v.median, "p50"))
        .or_else(|| word(&v.mean, "mean"))
}

/// Which end of a range a header names, and the rest of it.
pub(super) fn end(header: &str) -> Option<(End, String)> {
    let v = vocabulary();
    let bare = |list: &List| list.removed(header);
    match (bare(&v.lowest), bare(&v.highest)) {
        (Some(stem), None) => Some((End::Low, stem)),
        (None, Some(stem)) => Some((End::High, stem)),
        _ => None,
    }
}

/// An end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Low,
    High,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_say_scale_currency_and_unit() {
        let code = |c: &str| Some(Money::Code(c.to_owned()));
        let dollars = Some(Money::Mark("$", "USD"));
        let (k, m) = (Some("1000"), Some("1000000"));
        for (header, scale, currency, unit) in [
            ("Salary (thousands)", k, None, None),
            ("Salary ($k)", k, dollars.clone(), None),
            ("Salary ('000)", k, None, None),
            ("Salary £000s", k, code("GBP"), None),
            ("Gehalt in Tsd. EUR", k, code("EUR"), None),
            ("Gehalt TEUR", k, code("EUR"), None),
            ("Salaire k€", k, code("EUR"), None),
            ("Salary (k)", k, None, None),
            ("salary_k", k, None, None),
            ("salary_usd", None, code("USD"), None),
            ("Revenue in millions", m, None, None),
            ("Revenue $ M", m, dollars.clone(), None),
            ("Umsatz Mio. €", m, code("EUR"), None),
            ("CTC (lakhs)", Some("100000"), None, None),
            ("401(k) match", None, None, None),
            ("Salary (USD)", None, code("USD"), None),
            ("Preis €/m", None, code("EUR"), None),
            ("Gehalt (€/Jahr)", None, code("EUR"), Some("year")),
            ("Salaire (€/an)", None, code("EUR"), Some("year")),
            ("Palkka €/kk", None, code("EUR"), Some("month")),
            ("Price (US$)", None, code("USD"), None),
            ("Hourly Rate (USD)", None, code("USD"), Some("hour")),
            ("Salary per hour, USD or EUR", None, None, Some("hour")),
            ("Pay per two weeks", None, None, Some("2 weeks")),
            ("Prix unitaire HT (€)", None, code("EUR"), Some("each")),
            ("ALL JOBS TOP PAY", None, None, None),
            ("Price in dollars", None, Some(Money::Mark("dollars", "USD")), None),
            ("Firms of 1,000 employees", None, None, None),
            ("Price USD per thousand", None, code("USD"), None),
            ("Price USD/1000 pcs", None, code("USD"), None),
            ("Price EUR per 100 kg", None, code("EUR"), None),
            ("Salary USD per half year", None, code("USD"), None),
            ("Salary USD semi-annual", None, code("USD"), None),
            ("Pay in cents per hour (USD)", Some("0.01"), code("USD"), Some("hour")),
            ("Salary (USD hundreds)", Some("100"), code("USD"), None),
            ("Salary (USD ths per year)", k, code("USD"), Some("year")),
        ] {
            let said = Said::of(header);
            assert_eq!(said.scale.map(|(_, factor)| factor), scale, "{header}");
            assert_eq!((said.currency, said.unit), (currency, unit), "{header}");
        }
    }

    #[test]
    fn headers_say_tax_statistic_and_ends() {
        for (header, pay, expected) in [
            ("Prix unitaire HT", false, Some("excluded")),
            ("Total TTC", false, Some("included")),
            ("Nettopreis", false, Some("excluded")),
            ("Price incl. VAT", false, Some("included")),
            ("Price excl. VAT", false, Some("excluded")),
            ("Net price", false, None),
            ("Bruttogehalt", true, Some("gross")),
            ("Net salary", true, Some("net")),
            ("Salary", true, None),
        ] {
            assert_eq!(tax(header, pay), expected, "{header}");
        }
        for (header, expected) in [
            ("P25", Some("p25")),
            ("Base salary P25", Some("p25")),
            ("P75 (EUR)", Some("p75")),
            ("90th percentile", Some("p90")),
            ("Médiane", Some("p50")),
            ("Durchschnittsgehalt", Some("mean")),
            ("Price", None),
            ("P100", None),
        ] {
            assert_eq!(statistic(header).as_deref(), expected, "{header}");
        }
        assert_eq!(end("Salary Min"), Some((End::Low, " salary ".to_owned())));
        assert_eq!(end("Gehalt bis"), Some((End::High, " gehalt ".to_owned())));
        assert_eq!((end("Salary"), end("min to max")), (None, None));
    }
}
