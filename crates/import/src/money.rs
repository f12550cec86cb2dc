//! Amounts of money as people type them: currency marks, brackets, `50k`, ranges and bands.

use crate::number::{self, Notation};
use haggle_quantity::Amount;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Marks of currencies, the longer before those that they begin with, each with the codes that it
/// may stand for; none listed: more than can be told.
const MARKS: &[(&str, &[&str])] = &[
    ("US$", &["USD"]),
    ("CA$", &["CAD"]),
    ("AU$", &["AUD"]),
    ("NZ$", &["NZD"]),
    ("HK$", &["HKD"]),
    ("MX$", &["MXN"]),
    ("C$", &["CAD"]),
    ("A$", &["AUD"]),
    ("S$", &["SGD"]),
    ("R$", &["BRL"]),
    ("$", &["USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN", "ARS", "CLP", "COP", "TWD", "UYU"]),
    ("€", &["EUR"]),
    ("£", &["GBP", "EGP", "LBP", "SYP", "GIP", "FKP"]),
    ("¥", &["JPY", "CNY"]),
    ("₹", &["INR"]),
    ("₽", &["RUB"]),
    ("₩", &["KRW"]),
    ("₺", &["TRY"]),
    ("₴", &["UAH"]),
    ("₫", &["VND"]),
    ("₪", &["ILS"]),
    ("₱", &["PHP"]),
    ("฿", &["THB"]),
    ("zł", &["PLN"]),
    ("Kč", &["CZK"]),
    ("Ft", &["HUF"]),
    ("kr.", &["DKK", "SEK", "NOK", "ISK"]),
    ("kr", &["DKK", "SEK", "NOK", "ISK"]),
    ("SFr.", &["CHF"]),
    ("Fr.", &["CHF"]),
    ("Rs.", &["INR", "PKR", "LKR", "NPR", "MUR"]),
    ("Rs", &["INR", "PKR", "LKR", "NPR", "MUR"]),
];

/// Codes of ISO 4217 in order: a text of three capital letters that is none of them is no currency.
const CODES: [&str; 196] = [
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "ATS", "AUD", "AWG", "AZM", "AZN", "BAM",
    "BBD", "BDT", "BEF", "BGL", "BGN", "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN",
    "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CSD", "CUP", "CVE",
    "CYP", "CZK", "DEM", "DJF", "DKK", "DOP", "DZD", "EEK", "EGP", "ERN", "ESP", "ETB", "EUR",
    "FIM", "FJD", "FKP", "FRF", "GBP", "GEL", "GHC", "GHS", "GIP", "GMD", "GNF", "GRD", "GTQ",
    "GYD", "HKD", "HNL", "HRK", "HTG", "HUF", "IDR", "IEP", "ILS", "INR", "IQD", "IRR", "ISK",
    "ITL", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT",
    "LAK", "LBP", "LKR", "LRD", "LSL", "LTL", "LUF", "LVL", "LYD", "MAD", "MDL", "MGA", "MKD",
    "MMK", "MNT", "MOP", "MRU", "MTL", "MUR", "MVR", "MWK", "MXN", "MXP", "MYR", "MZM", "MZN",
    "NAD", "NGN", "NIO", "NLG", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR",
    "PLN", "PLZ", "PTE", "PYG", "QAR", "ROL", "RON", "RSD", "RUB", "RUR", "RWF", "SAR", "SBD",
    "SCR", "SDD", "SDG", "SEK", "SGD", "SHP", "SIT", "SKK", "SLE", "SOS", "SRD", "SSP", "STN",
    "SVC", "SYP", "SZL", "THB", "TJS", "TMM", "TMT", "TND", "TOP", "TRL", "TRY", "TTD", "TWD",
    "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VEF", "VES", "VND", "VUV", "WST", "XAF", "XAG",
    "XAU", "XCD", "XDR", "XOF", "XPD", "XPF", "XPT", "XXX", "YER", "YUM", "ZAR", "ZMK", "ZMW",
    "ZWL",
];

/// Whether a text is the code of a currency, of today or of the past; `XXX` is that of none.
pub(crate) fn is_code(text: &str) -> bool {
    /// A bit for each text of three capital letters: every amount of a survey asks.
    static KNOWN: LazyLock<Vec<u64>> = LazyLock::new(|| {
        let mut bits = vec![0; 26 * 26 * 26 / 64 + 1];
        CODES.iter().filter_map(|code| number_of(code)).for_each(|n| bits[n / 64] |= 1 << (n % 64));
        bits
    });
    number_of(text).is_some_and(|n| KNOWN[n / 64] >> (n % 64) & 1 == 1)
}

/// The place of three capital letters among all such texts.
fn number_of(text: &str) -> Option<usize> {
    let &[a, b, c] = text.as_bytes() else { return None };
    [a, b, c].iter().try_fold(0, |n, letter| {
        letter.is_ascii_uppercase().then(|| n * 26 + usize::from(letter - b'A'))
    })
}

/// An amount, and the currency mark that stood beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Money<'t> {
    pub(crate) amount: Amount,
    pub(crate) mark: Option<&'t str>,
    /// Whether a `k` says that it is in thousands.
    pub(crate) thousands: bool,
}

/// Two ends of a range; an open end is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Band<'t> {
    pub(crate) low: Option<Amount>,
    pub(crate) high: Option<Amount>,
    pub(crate) mark: Option<&'t str>,
    /// Whether a `k` says that an end is in thousands.
    pub(crate) thousands: bool,
}

/// Why a text is no band.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoBand {
    /// Its lower end is above its upper one.
    UpsideDown,
    /// In words, what was expected.
    Other(String),
}

impl From<String> for NoBand {
    fn from(words: String) -> Self {
        Self::Other(words)
    }
}

/// Whether a mark may stand for a currency code.
pub(crate) fn allows(mark: &str, code: &str) -> bool {
    match MARKS.iter().find(|(m, _)| *m == mark) {
        Some((_, codes)) => codes.contains(&code),
        None => mark == code,
    }
}

/// The mark or code that a text is, if it is a known one.
pub(crate) fn mark(text: &str) -> Option<&'static str> {
    let text = text.trim();
    let known = MARKS.iter().find(|(mark, _)| *mark == text).map(|(mark, _)| *mark);
    known.or_else(|| CODES.binary_search(&text).ok().map(|i| CODES[i]))
}

/// The code that a mark stands for, if it is one only.
pub(crate) fn code_of(mark: &str) -> Option<&str> {
    match MARKS.iter().find(|(m, _)| *m == mark) {
        Some((_, [only])) => Some(only),
        Some(_) => None,
        None => Some(mark),
    }
}

/// The code that a mark of several currencies is most likely to mean.
pub(crate) fn likely(mark: &str) -> Option<&'static str> {
    MARKS.iter().find(|(m, _)| *m == mark).and_then(|(_, codes)| codes.first()).copied()
}

/// The mark of [`MARKS`] at the beginning of a text.
pub(crate) fn leading_mark(text: &str) -> Option<&str> {
    MARKS.iter().find(|(mark, _)| text.starts_with(mark)).map(|(mark, _)| &text[..mark.len()])
}

/// The currency mark at the beginning of a text.
fn leading(text: &str) -> Option<&str> {
    leading_mark(text).or_else(|| text.get(..3).filter(|code| is_code(code)))
}

/// The currency mark at the end of a text.
fn trailing(text: &str) -> Option<&str> {
    let known = MARKS.iter().filter(|(mark, _)| text.ends_with(mark)).map(|(mark, _)| mark.len());
    let code =
        || text.len().checked_sub(3).and_then(|at| text.get(at..)).filter(|code| is_code(code));
    known.max().map(|n| &text[text.len() - n..]).or_else(code)
}

/// The number of a text without its currency mark and brackets.
struct Bare<'t> {
    digits: &'t str,
    negative: bool,
    mark: Option<&'t str>,
}

fn bare(text: &str) -> Bare<'_> {
    let (inner, bracketed) = match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        Some(inner) => (inner.trim(), true),
        None => (text, false),
    };
    let (inner, minus) = match inner.strip_prefix(['-', '\u{2212}']) {
        Some(rest) if leading(rest.trim_start()).is_some() => (rest.trim_start(), true),
        _ => (inner, false),
    };
    let mut bare = Bare { digits: inner, negative: bracketed || minus, mark: None };
    if let Some(mark) = leading(inner) {
        bare.mark = Some(mark);
        bare.digits = inner[mark.len()..].trim_start();
    } else if let Some(mark) = trailing(inner) {
        bare.mark = Some(mark);
        bare.digits = inner[..inner.len() - mark.len()].trim_end();
    }
    bare
}

/// Whether a currency mark or a `k` stands beside the number of a text.
pub(crate) fn has_mark(text: &str) -> bool {
    let bare = bare(text);
    bare.mark.is_some() || bare.digits.ends_with(['k', 'K'])
}

/// Whether a money text can be read in two ways under a notation that is not settled.
pub(crate) fn is_ambiguous(text: &str, notation: Notation) -> bool {
    let is = |piece| number::is_ambiguous(&written_out(bare(piece).digits), notation);
    !notation.settled && pieces(text).any(is)
}

/// The amounts of a text that may be a band: its ends, or itself.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let text = after(text, UNDER).or_else(|| before(text, OR_LESS)).unwrap_or(text);
    let text = after(text, OVER).or_else(|| before(text, OR_MORE)).unwrap_or(text).trim();
    let (first, second) = ends(text).map_or((text, None), |(low, high)| (low, Some(high)));
    std::iter::once(first).chain(second)
}

/// The digits of a money text, for whoever finds out how a column writes its numbers.
pub(crate) fn digits(text: &str) -> Cow<'_, str> {
    let digits = bare(text).digits;
    written_out(digits.strip_suffix(['k', 'K', '%']).map_or(digits, str::trim_end))
}

/// An amount such as `$107790.00`, `(1,234)`, `50k`, `45,-`, `PHP 230,000`.
///
/// # Errors
/// In words, what was expected, and the way out where people write so.
pub(crate) fn money<'t>(text: &'t str, notation: Notation) -> Result<Money<'t>, String> {
    one(text, notation).map_err(|expected| way_out(text, notation).map_or(expected, str::to_owned))
}

/// What to do about a text that a person takes for an amount, and that is none here.
fn way_out(text: &str, notation: Notation) -> Option<&'static str> {
    let reads = |text: &str| one(text.trim(), notation).is_ok();
    let open =
        [after(text, UNDER), before(text, OR_LESS), after(text, OVER), before(text, OR_MORE)];
    let range = ends(text).is_some_and(|(low, high)| reads(low) && reads(high));
    if range || open.into_iter().flatten().any(reads) {
        return Some("expected one amount, not a range; `band = true` in the recipe reads ranges");
    }
    let digits = bare(text).digits;
    let word = digits.rfind(|c: char| c.is_ascii_digit()).map_or("", |at| &digits[at + 1..]);
    if Multiple::of(word).is_some() && reads(&digits[..digits.len() - word.len()]) {
        return Some(
            "expected an amount that is written out; of `k`, `M` and the like only `k` is read",
        );
    }
    let ends = |(at, c): &(usize, char)| {
        (c.is_alphabetic() || *c == '/')
            && text[..*at].ends_with(|c: char| c.is_ascii_digit() || c == ' ')
    };
    let unit = text.char_indices().find(ends).map(|(at, _)| &text[..at]);
    let words =
        "expected an amount with nothing behind it; `per` in the recipe says what it is for";
    unit.filter(|number| reads(number)).map(|_| words)
}

/// A word for groups of three zeros, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Multiple(u8);

/// What people put for groups of three zeros: the word, and how many.
const MULTIPLES: [(&str, usize); 16] = [
    ("k", 1),
    ("tsd", 1),
    ("thousand", 1),
    ("m", 2),
    ("mm", 2),
    ("mn", 2),
    ("mln", 2),
    ("mio", 2),
    ("million", 2),
    ("millions", 2),
    ("b", 3),
    ("bn", 3),
    ("mrd", 3),
    ("billion", 3),
    ("T", 1),
    ("000", 1),
];

impl Multiple {
    /// `m` may stand for metres as well.
    pub(crate) const MILLIONS_OR_METRES: Self = Self(3);
    /// `T` beside the mark of a currency; elsewhere it is tonnes or anything.
    pub(crate) const THOUSANDS: Self = Self(14);
    /// The zeros themselves.
    pub(crate) const ZEROS: Self = Self(15);

    /// The word that a text is.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('.');
        let words = MULTIPLES[..usize::from(Self::THOUSANDS.0)].iter();
        (0..).zip(words).find(|(_, (w, _))| w.eq_ignore_ascii_case(text)).map(|(i, _)| Self(i))
    }

    /// The word.
    pub(crate) fn word(self) -> &'static str {
        MULTIPLES[usize::from(self.0)].0
    }

    /// How many groups of three zeros it stands for.
    pub(crate) fn groups(self) -> usize {
        MULTIPLES[usize::from(self.0)].1
    }
}

/// A text without a currency mark at its beginning or end, and the mark.
pub(crate) fn without_mark(text: &str) -> (&str, Option<&str>) {
    let bare = bare(text);
    (bare.digits, bare.mark)
}

fn one<'t>(text: &'t str, notation: Notation) -> Result<Money<'t>, String> {
    if let Ok(amount) = number::tried(text, notation) {
        return Ok(Money { amount, mark: None, thousands: false });
    }
    let bare = bare(text);
    if text.ends_with('%') {
        return Err("expected an amount, not a percentage".to_owned());
    }
    let (digits, thousands) = match bare.digits.strip_suffix(['k', 'K']) {
        Some(digits) => (digits.trim_end(), true),
        None => (bare.digits, false),
    };
    let signed_twice = bare.negative && digits.starts_with(['-', '+']);
    let mut amount = if signed_twice {
        return Err(format!("expected a number such as `{}`", notation.example()));
    } else {
        number::text_number(&written_out(digits), notation)?
    };
    if thousands {
        amount = amount.checked_mul(Amount::ONE_THOUSAND).ok_or("expected fewer digits")?;
    }
    if bare.negative {
        amount.set_sign_negative(!amount.is_zero());
    }
    Ok(Money { amount, mark: bare.mark, thousands })
}

const DASHES: [char; 3] = ['-', '\u{2013}', '\u{2014}'];
const UNDER: &[&str] = &["less than", "under", "below", "up to", "at most", "<=", "<", "≤"];
const OVER: &[&str] = &["more than", "over", "above", "at least", ">=", ">", "≥"];
const OR_MORE: &[&str] = &["or more", "and over", "and above", "or over", "or above", "+"];
const OR_LESS: &[&str] = &["or less", "or under", "or below", "and under", "and below"];

/// A range such as `$53K-$91K`, `PHP 230,000 - PHP 234,999`, `less than $10,000`, `200,000+`.
///
/// # Errors
/// [`NoBand`].
pub(crate) fn band<'t>(text: &'t str, notation: Notation) -> Result<Band<'t>, NoBand> {
    let one = |rest: &'t str| money(rest.trim(), notation);
    let band = |low: Option<Amount>, high: Option<Amount>, m: Money<'t>| Band {
        low,
        high,
        mark: m.mark,
        thousands: m.thousands,
    };
    if let Some(rest) = after(text, UNDER).or_else(|| before(text, OR_LESS)) {
        return Ok(one(rest).map(|m| band(None, Some(m.amount), m))?);
    }
    if let Some(rest) = after(text, OVER).or_else(|| before(text, OR_MORE)) {
        return Ok(one(rest).map(|m| band(Some(m.amount), None, m))?);
    }
    // `20000 -`: a form's field for the upper end that was left blank.
    if let Some(rest) = text.strip_suffix(" -") {
        return Ok(one(rest).map(|m| band(Some(m.amount), None, m))?);
    }
    match ends(text) {
        Some((low, high)) => range(low, high, notation),
        None => one(text).map(|m| band(Some(m.amount), Some(m.amount), m)).map_err(|_| {
            let range = || format!("expected a range such as `{0} - {0}`", notation.example());
            way_out(text, notation).map_or_else(range, str::to_owned).into()
        }),
    }
}

fn after<'t>(text: &'t str, words: &[&str]) -> Option<&'t str> {
    let starts = |w: &&&str| text.get(..w.len()).is_some_and(|t| t.eq_ignore_ascii_case(w));
    words.iter().find(starts).map(|w| &text[w.len()..])
}

fn before<'t>(text: &'t str, words: &[&str]) -> Option<&'t str> {
    let cut = |w: &&str| {
        let at = text.len().checked_sub(w.len())?;
        text.get(at..).is_some_and(|t| t.eq_ignore_ascii_case(w)).then(|| &text[..at])
    };
    words.iter().find_map(cut)
}

/// The two ends of a range, at the first mark between them that is no minus sign, no part of
/// `45,-` and not of an exponent.
fn ends(text: &str) -> Option<(&str, &str)> {
    let word = |w: &str| text.find(w).map(|at| (at, w.len()));
    let dash = || {
        let dashes = text.char_indices().filter(|(_, c)| DASHES.contains(c));
        dashes.map(|(at, c)| (at, c.len_utf8())).find(|(at, _)| parts(text, *at))
    };
    let (at, length) = word(" to ").or_else(dash)?;
    Some((text[..at].trim(), text[at + length..].trim()))
}

/// Whether a dash parts two ends.
fn parts(text: &str, at: usize) -> bool {
    let before = &text[..at];
    let spaced = before.trim_end();
    let of_number = |c: char| c.is_alphanumeric() || (!c.is_ascii() && !DASHES.contains(&c));
    let ended = spaced.ends_with(of_number) || (spaced.len() < at && whole(spaced).is_some());
    ended && !is_exponent(before, &text[at..])
}

/// Whether a minus sign is that of an exponent: `3.75E-06`.
fn is_exponent(before: &str, from: &str) -> bool {
    let digit = |c: char| c.is_ascii_digit();
    let number = |c: char| digit(c) || matches!(c, '.' | ',');
    before.strip_suffix(['e', 'E']).is_some_and(|mantissa| mantissa.ends_with(number))
        && from.strip_prefix('-').is_some_and(|exponent| exponent.starts_with(digit))
}

/// A whole amount with strokes in place of its decimals, as German and Swiss texts have it: what
/// stands before them, the decimal mark included.
fn whole(digits: &str) -> Option<&str> {
    let marked = digits.trim_end_matches(DASHES);
    let before = marked.strip_suffix(['.', ','])?;
    let strokes = digits.len() > marked.len() && before.ends_with(|c: char| c.is_ascii_digit());
    strokes.then_some(marked)
}

/// The number that digits are, with zeros where strokes stand for them.
fn written_out(digits: &str) -> Cow<'_, str> {
    whole(digits).map_or(Cow::Borrowed(digits), |marked| Cow::Owned(format!("{marked}00")))
}

fn range<'t>(low: &'t str, high: &'t str, notation: Notation) -> Result<Band<'t>, NoBand> {
    let (low_money, high_money) = (money(low, notation)?, money(high, notation)?);
    let thousands = |t: &str| bare(t).digits.ends_with(['k', 'K']);
    let mut from = low_money.amount;
    // `$50-60k` says its `k` once for both ends.
    if thousands(high) && !thousands(low) && from < Amount::ONE_THOUSAND {
        from *= Amount::ONE_THOUSAND;
    }
    if low_money.mark.is_some() && high_money.mark.is_some() && low_money.mark != high_money.mark {
        return Err("expected one currency on both ends of the range".to_owned().into());
    }
    if from > high_money.amount {
        return Err(NoBand::UpsideDown);
    }
    let mark = low_money.mark.or(high_money.mark);
    let thousands = low_money.thousands || high_money.thousands;
    Ok(Band { low: Some(from), high: Some(high_money.amount), mark, thousands })
}

#[cfg(test)]
mod tests {
    use super::*;

    const AMERICAN: Notation = Notation { decimal: '.', thousands: Some(','), settled: true };
    const GERMAN: Notation = Notation { decimal: ',', thousands: Some('.'), settled: true };

    #[test]
    fn amounts_as_people_type_them() {
        for (text, notation, amount, mark) in [
            ("$107790.00", AMERICAN, "107790", "$"),
            ("$44,620.00", AMERICAN, "44620", "$"),
            ("(1,234)", AMERICAN, "-1234", ""),
            ("($1,234.50)", AMERICAN, "-1234.5", "$"),
            ("-$5", AMERICAN, "-5", "$"),
            ("$-5", AMERICAN, "-5", "$"),
            ("- $5", AMERICAN, "-5", "$"),
            ("50k", AMERICAN, "50000", ""),
            ("$53.5K", AMERICAN, "53500", "$"),
            ("50 k", AMERICAN, "50000", ""),
            ("PHP 230,000", AMERICAN, "230000", "PHP"),
            ("230,000 PHP", AMERICAN, "230000", "PHP"),
            ("EUR1.234,50", GERMAN, "1234.5", "EUR"),
            ("1.234,50 €", GERMAN, "1234.5", "€"),
            ("CA$ 12", AMERICAN, "12", "CA$"),
            ("1.00E+05", AMERICAN, "100000", ""),
            (
                "120 000 kr",
                Notation { decimal: ',', thousands: Some(' '), settled: true },
                "120000",
                "kr",
            ),
            ("12 zł", GERMAN, "12", "zł"),
            ("45000,-", GERMAN, "45000", ""),
            ("45.000,--", GERMAN, "45000", ""),
            ("€ 45.000,\u{2013}", GERMAN, "45000", "€"),
            ("45.000,\u{2014} EUR", GERMAN, "45000", "EUR"),
            ("-45,-", GERMAN, "-45", ""),
            ("45000.\u{2013}", AMERICAN, "45000", ""),
            ("CHF 45'000.-", Notation { thousands: Some('\''), ..AMERICAN }, "45000", "CHF"),
        ] {
            let read = money(text, notation).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(read.amount.normalize().to_string(), amount, "{text}");
            assert_eq!(read.mark.unwrap_or(""), mark, "{text}");
        }
        for bad in [
            "$", "k", "5m", "5 M", "7.5%", "1,2", "$5 $6", "AB 5", "--5", "(-5)", "", "USD",
            "5 apples", "45000,-", "45.000.-", ",-", "-", ".-", "5 ,-", "5,-5",
        ] {
            assert!(money(bad, AMERICAN).is_err(), "{bad}");
        }
        for bad in ["45,000.-", "45000.-", "45.000.-", "45,00,-"] {
            assert!(money(bad, GERMAN).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_way_out_is_named() {
        let unit = Some("`per`");
        for (text, names) in [
            ("40000-50000", Some("`band = true`")),
            ("$53K - $91K", Some("`band = true`")),
            ("200,000+", Some("`band = true`")),
            ("less than $10,000", Some("`band = true`")),
            ("1.5M", Some("`M`")),
            ("$1.5 million", Some("`M`")),
            ("2 Mio. €", Some("`M`")),
            ("3bn", Some("`M`")),
            ("45/hr", unit),
            ("$25 per hour", unit),
            ("45000 p.a.", unit),
            ("1,200 pcs", unit),
            ("USD 45 / month", unit),
            ("n/a", None),
            ("abc", None),
            ("a - b", None),
            ("million", None),
            ("1,2 M", None),
            ("", None),
        ] {
            let told = money(text, AMERICAN).unwrap_err();
            let expected = names.unwrap_or("expected a number such as `1,234.5`");
            assert!(told.contains(expected), "{text}: {told}");
        }
    }

    #[test]
    fn the_minus_of_an_exponent_parts_no_range() {
        for (text, parted) in [
            ("3,75E-06", None),
            ("-0,02E-1", None),
            ("1.00e-05", None),
            ("1.E-5", None),
            ("1E-3-2E-3", Some(("1E-3", "2E-3"))),
            ("1E3-2E3", Some(("1E3", "2E3"))),
            ("grade-5", Some(("grade", "5"))),
            ("5e - 6", Some(("5e", "6"))),
            ("45,-", None),
            ("45.\u{2013}\u{2013}", None),
            ("30,- - 40,-", Some(("30,-", "40,-"))),
            ("30.\u{2013} \u{2013} 40.\u{2013}", Some(("30.\u{2013}", "40.\u{2013}"))),
        ] {
            assert_eq!(ends(text), parted, "{text}");
        }
        let band = band("30.000,- - 40.000,-", GERMAN).unwrap();
        assert_eq!((band.low, band.high), (Some(30_000.into()), Some(40_000.into())));
    }

    #[test]
    fn ranges_and_bands() {
        for (text, low, high, mark) in [
            ("$53K-$91K", "53000", "91000", "$"),
            ("$50-60k", "50000", "60000", "$"),
            ("PHP 230,000 - PHP 234,999", "230000", "234999", "PHP"),
            ("$30,000 - $40,000", "30000", "40000", "$"),
            ("30,000 to 40,000", "30000", "40000", ""),
            ("30,000\u{2013}40,000", "30000", "40000", ""),
            ("Less than $10,000", "", "10000", "$"),
            ("More than $200,000", "200000", "", "$"),
            ("200,000+", "200000", "", ""),
            ("$20,000.00 -", "20000", "", "$"),
            ("$200,000 or more", "200000", "", "$"),
            ("45000", "45000", "45000", ""),
        ] {
            let band = band(text, AMERICAN).unwrap_or_else(|e| panic!("{text}: {e:?}"));
            let shown = |a: Option<Amount>| a.map_or(String::new(), |a| a.normalize().to_string());
            assert_eq!(
                (shown(band.low), shown(band.high)),
                (low.to_owned(), high.to_owned()),
                "{text}"
            );
            assert_eq!(band.mark.unwrap_or(""), mark, "{text}");
        }
        for bad in ["40,000 - 30,000", "$5 - €6", "Rather not say", "a - b", "-", "5-", " -"] {
            assert!(band(bad, AMERICAN).is_err(), "{bad}");
        }
    }

    #[test]
    fn words_for_zeros() {
        for (text, word) in
            [("K", Some("k")), ("Mio. ", Some("mio")), ("T", None), ("000", None), ("", None)]
        {
            assert_eq!(Multiple::of(text).map(Multiple::word), word, "{text}");
        }
        let named = [Multiple::MILLIONS_OR_METRES, Multiple::THOUSANDS, Multiple::ZEROS];
        assert_eq!(named.map(|m| (m.word(), m.groups())), [("m", 2), ("T", 1), ("000", 1)]);
    }

    #[test]
    fn marks_and_codes() {
        assert!(allows("$", "CAD") && !allows("$", "EUR") && allows("USD", "USD"));
        assert!(!allows("USD", "CAD"));
        assert_eq!((code_of("€"), code_of("$"), code_of("PHP")), (Some("EUR"), None, Some("PHP")));
    }

    proptest::proptest! {
        #[test]
        fn anything_is_money_or_an_error(text in "\\PC{0,24}") {
            for notation in [AMERICAN, GERMAN, Notation::PLAIN] {
                let _ = (money(&text, notation), band(&text, notation), digits(&text).len());
            }
        }

        #[test]
        fn a_range_that_is_written_is_read(low in 0_u64..1_000_000, width in 0_u64..1_000_000, mark in 0_usize..3) {
            let mark = ["$", "PHP ", ""][mark];
            let text = format!("{mark}{low} - {mark}{}", low + width);
            let band = band(&text, AMERICAN).unwrap();
            assert_eq!((band.low, band.high), (Some(low.into()), Some((low + width).into())));
        }
    }
}
