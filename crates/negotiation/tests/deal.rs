//! The deal file from outside: every mistake at its place, the nearest key named, the schema true.

use haggle_negotiation::deal::{Parsed, SCHEMA, Setting, Side, parse, parse_playbook};
use haggle_negotiation::quote::{Incoterm, Leg};
use std::collections::BTreeSet;

const GOOD: &str = r#"schema   = "haggle.deal/1"
title    = "Senior developer, Denver"
side     = "seller"
currency = "USD"
per      = "year"
as_of    = 2026-11-23
[[source]]
path  = "../evidence/oews.csv"
where = { subject = "15-1252", place = ["US", "Colorado"], title = "~ software engineer", date = "2024-01-01.." }
match = 0.8
[offer]
amount = "112000"
from   = "letter of 2026-11-20"
[us]
risk_tolerance = "50000"
[[alternative]]
name   = "stay"
amount = "104000"
[[alternative]]
name = "offer B"
amount = [100000, 110000.5, "120000"]
probability = 0.6
role = "exit"
[[claim]]
text = "cut churn by 18 %"
date = 2026-03-31
[counterpart.limit]
low = 108000
mode = 116000
high = 125000
source = "recruiter"
[[rate]]
from = "EUR"
to = "USD"
rate = "1.08"
date = 2026-11-20
[parameters]
confidence = 0.80
"#;

/// A tender that states every key, on the side of a buyer.
const TENDER: &str = r#"
[tender]
sources = ["oews"]
incoterm = "DAP"
place = "Rotterdam"
payment_days = 30
horizon_months = 36
max_suppliers = 3
fill_gaps = true
include_expired = false
holding_rate = 0.20
adders = { main_carriage = "3 %", duty = 80, insurance = "0" }
[[item]]
id = "A4"
name = "Copier paper A4, 80 g"
quantity = "1500"
per = "sheet"
units = { ream = "500" }
match = ["A4 paper", "P-80"]
should_cost = { material = "0.006", labour = "0.001", machine = 0.001, overhead = "0.001", margin = "0.001" }
last_price = "0.0100"
index = { fixed = 0.2, parts = [{ series = "PPI pulp WPU0911", weight = 0.8, then = "131.0", now = "142.6" }] }
market = { source = "oews", where = { title = "~ paper" } }
[[item]]
id = "box"
quantity = 3
per = "each"
should_cost = "4.10"
[[scenario]]
name = "double"
factor = 2
quantity = { a4 = "3000" }
[[quote]]
supplier = "Acme"
currency = "EUR"
date = 2026-10-01
valid_until = 2026-12-31
incoterm = "EXW"
payment_days = 60
early_discount = 0.02
early_days = 10
lead_time_days = 14
minimum_value = "500"
discount = 0.05
tax = 0.21
tax_included = false
tax_recoverable = true
freight = "120"
rejects = 0.02
quality_cost = "40"
switching_cost = "400"
incumbent = false
term_months = 24
exclusions = ["installation"]
reference = false
adders = { duty = "4 %" }
agreed = { amount = "2100", because = "x", profit = "8 %" }
source = "letter of 2026-10-01"
[[quote.charge]]
name = "set-up"
amount = "250"
every = "month"
[[quote.line]]
item = "A4"
price = "15.00"
per = "pack"
pack = "1500"
minimum = "1"
multiple = "1"
breaks = [{ from = "10", price = "14.20" }, { from = "20", price = "14" }]
scheme = "incremental"
scope = "included"
"#;

fn buyer() -> String {
    format!("{}{TENDER}", GOOD.replace("\"seller\"", "\"buyer\""))
}

fn problems(text: &str) -> Vec<String> {
    parse(text, None).problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_good_deal_reads_without_a_word() {
    let Parsed { deal, problems, .. } = parse(GOOD, None);
    assert_eq!(problems, []);
    let deal = deal.unwrap();
    assert_eq!(deal.side, Side::Seller);
    assert_eq!(deal.sources[0].id, "oews");
    assert_eq!(deal.sources[0].conditions.len(), 4);
    assert_eq!(deal.alternatives[1].amount[1].to_string(), "110000.5");
    assert_eq!(deal.parameters.len(), 1);
}

/// Each case replaces one piece of the good deal; the answer is the whole list of problems.
#[test]
fn every_mistake_at_its_place() {
    let cases: &[(&str, &str, &str)] = &[
        ("side     =", "sied     =", "unknown key `sied`"),
        ("[[source]]", "[[evidence]]", "7:3: unknown key `evidence` [D0101]"),
        ("currency = \"USD\"\n", "", "1:1: `currency` is missing [D0102]"),
        ("\"USD\"\nper", "\"usd\"\nper", "4:12: `currency` is `usd`, not an ISO 4217 code"),
        (
            "probability = 0.6",
            "probability = -0.1",
            "22:15: `alternative.probability` is -0.1, expected a number from 0 to 1 [D0103]",
        ),
        (
            "probability = 0.6",
            "probability = nan",
            "22:15: `alternative.probability` is `nan`, expected a number from 0 to 1 [D0103]",
        ),
        (
            "amount = \"112000\"",
            "amount = inf",
            "12:10: `offer.amount` is `inf`, not a plain decimal number",
        ),
        (
            "amount = \"112000\"",
            "amount = 1120.1234567890123",
            "12:10: `offer.amount` is a number of 17 digits, expected an amount",
        ),
        (
            "amount = \"112000\"",
            "amount = \"112,000\"",
            "12:10: `offer.amount` is `112,000`, not a plain decimal number",
        ),
        ("amount = \"112000\"", "amount = 0", "12:1"),
        ("low = 108000", "low = 118000", "counterpart.limit` is not in rising order"),
        (
            "[100000, 110000.5",
            "[130000, 110000.5",
            "21:10: `amount` is not in rising order, expected `[low, mode, high]` [D0104]",
        ),
        (
            "[100000, 110000.5, \"120000\"]",
            "[1, 2]",
            "a list of 2, expected an amount, or `[low, mode, high]`",
        ),
        ("name = \"offer B\"", "name = \"Stay\"", "two alternatives are called `Stay` [D0105]"),
        (
            "path  = \"../evidence/oews.csv\"",
            "",
            "exactly one of `path`, `url` and `plugin` [D0106]",
        ),
        (
            "path  = \"../evidence/oews.csv\"",
            "plugin = \"x\"\nrecipe = \"bls-oews\"",
            "`recipe` says how a file is read, and this source is a plugin [D0106]",
        ),
        (
            "path  = \"../evidence/oews.csv\"",
            "path = \"a\"\nconfig = { a = 1 }",
            "`config` is what a plugin is told, and this source has none [D0106]",
        ),
        (
            "path  = \"../evidence/oews.csv\"",
            "plugin = \"x\"\nconfig = { a = nan }",
            "`config.a` is `nan`, expected a finite number [D0103]",
        ),
        (
            "confidence = 0.80",
            "confidnce = 0.80",
            "38:1: no parameter is called `confidnce` [D0107]",
        ),
        ("confidence = 0.80", "confidence = 1.80", "expected a number from 0.5 to 0.999 [D0103]"),
        (
            "as_of    = 2026-11-23",
            "as_of = \"23.11.2026\"",
            "6:9: `as_of` is `23.11.2026`, not a date",
        ),
        ("role = \"exit\"", "role = \"quit\"", "`role` is `quit`, expected `exit`"),
        ("subject =", "subjct =", "9:11: `subjct` is no field, did you mean `subject`? [D0103]"),
        ("[us]", "[us\n", "[D0001]"),
        (
            "[us]",
            "[stated]\nwalk_away = 120000\ntarget = 110000\n[us]",
            "15:13: the walk-away `120000` lies beyond the target `110000` [D0104]",
        ),
        (
            "[us]",
            "[[argument]]\ntext = \"t\"\nsource = \"oew\"\n[us]",
            "16:10: no `[[source]]` is called `oew` [D0103]",
        ),
        ("[us]", "[[argument]]\nsorce = \"oews\"\n[us]", "`argument.text` is missing [D0102]"),
        (
            "[us]",
            "[channel]\nmedium = \"email\"\n[us]",
            "15:10: `medium` is `email`, expected one of `e-mail`, `chat`, `phone`, `video`, `in person` [D0103]",
        ),
        (
            "[us]",
            "[channel]\nprior_contact = \"no\"\n[us]",
            "15:17: `channel.prior_contact` is the text `no`, expected `true` or `false` [D0103]",
        ),
        (
            "[us]",
            "[[round]]\ndate = 2026-11-01\n[us]",
            "a `[[round]]` needs `ours`, `theirs` or both",
        ),
        (
            "[us]",
            "[[round]]\ntheirs = 111000\n[us]",
            "the offer is `112000`, and their last figure in the rounds is `111000` [D0104]",
        ),
        ("[us]", "[deadline]\ndate = 2026-12-01\n[us]", "`deadline.binds` is missing [D0102]"),
        (
            "[us]",
            "[stated]\n[[stated.history]]\nwalk_away = 1\ndate = 2026-11-02\n[[stated.history]]\nwalk_away = 2\ndate = 2026-11-01\n[us]",
            "`stated.history` is not in rising order of dates [D0104]",
        ),
        ("[us]", "[stated]\nanswer = \"leave\"\n[us]", "`answer` is `leave`, expected one of"),
    ];
    for (from, to, expected) in cases {
        assert!(GOOD.contains(from), "{from}");
        let text = GOOD.replacen(from, to, 1);
        let found = problems(&text);
        assert!(found.iter().any(|p| p.contains(expected)), "{to}: {found:?}");
        assert!(parse(&text, None).deal.is_none(), "{to}");
    }
}

/// What they want and what both forecast: every mistake at its place, the nearest key named.
#[test]
fn mistakes_in_interests_and_events() {
    let interest =
        "[[counterpart.interest]]\nkind = \"fear\"\ntext = \"a stop\"\nsource = \"call\"\n";
    let event = "[[event]]\nname = \"it ships\"\nours = 0.8\ntheirs = 0.3\nstake = 100\ncost = 5\n";
    let good = format!("{GOOD}{interest}{event}");
    let Parsed { deal, problems: none, .. } = parse(&good, None);
    assert_eq!(none, []);
    let deal = deal.unwrap();
    assert_eq!(deal.counterpart.interests[0].source.as_deref(), Some("call"));
    assert_eq!((deal.events[0].ours, deal.events[0].theirs), (Some(0.8), Some(0.3)));
    let cases: &[(&str, &str, &str)] = &[
        ("kind = \"fear\"\n", "", "`counterpart.interest.kind` is missing [D0102]"),
        (
            "\"fear\"",
            "\"hope\"",
            "40:8: `kind` is `hope`, expected `need` (they cannot do without)",
        ),
        (
            "\"fear\"",
            "3",
            "40:8: `counterpart.interest.kind` is `3`, expected a text in quotes [D0103]",
        ),
        ("text = \"a stop\"\n", "", "`counterpart.interest.text` is missing [D0102]"),
        ("text = \"a stop\"", "text = \" \"", "41:8: `text` is empty, expected words [D0103]"),
        ("kind = \"fear\"", "kinds = \"fear\"", "unknown key `counterpart.interest.kinds` [D0101]"),
        ("ours = 0.8", "ours = 1.8", "`event.ours` is 1.8, expected a number from 0 to 1 [D0103]"),
        ("stake = 100", "stake = 0", "`stake` is `0`, expected more than 0 [D0103]"),
        ("cost = 5", "cost = -5", "`cost` is `-5`, expected 0 or more [D0103]"),
        ("name = \"it ships\"\n", "", "`event.name` is missing [D0102]"),
        (
            "[[event]]",
            "[[event]]\nname = \"It ships\"\n[[event]]",
            "two events are called `it ships` [D0105]",
        ),
        ("[us]\n", "[us]\npresent = 0\n", "`present` is `0`, expected more than 0 [D0103]"),
        (
            "role = \"exit\"\n",
            "role = \"exit\"\ndevelop_cost = -1\n",
            "`develop_cost` is `-1`, expected 0 or more [D0103]",
        ),
    ];
    for (from, to, expected) in cases {
        assert!(good.contains(from), "{from}");
        let text = good.replacen(from, to, 1);
        let found = problems(&text);
        assert!(found.iter().any(|p| p.contains(expected)), "{to}: {found:?}");
        assert!(parse(&text, None).deal.is_none(), "{to}");
    }
    let parsed = parse(&good.replace("kind = \"fear\"", "kinds = \"fear\""), None);
    assert!(parsed.problems.iter().any(|p| p.help.as_deref() == Some("did you mean `kind`?")));
    let bare = parse(&good.replace("source = \"call\"\n", ""), None);
    assert_eq!(bare.problems.iter().map(|p| p.code).collect::<Vec<_>>(), ["D0201"]);
}

#[test]
fn several_mistakes_are_told_at_once_and_the_nearest_key_is_named() {
    let text = GOOD.replace("side     =", "sied     =").replace("probability", "probabilty");
    let parsed = parse(&text, None);
    assert_eq!(parsed.problems.len(), 3, "{:?}", parsed.problems);
    let helps: Vec<_> = parsed.problems.iter().filter_map(|p| p.help.clone()).collect();
    assert!(helps.contains(&"did you mean `side`?".to_owned()), "{helps:?}");
    assert!(helps.contains(&"did you mean `probability`?".to_owned()), "{helps:?}");
}

#[test]
fn doubts_are_warnings() {
    let text = GOOD.replace("source = \"recruiter\"\n", "").replace("date = 2026-03-31\n", "");
    let parsed = parse(&text, None);
    let codes: Vec<_> = parsed.problems.iter().map(|p| p.code).collect();
    assert_eq!(codes, ["D0202", "D0201"]);
    assert!(parsed.deal.is_some());
}

#[test]
fn a_playbook_is_read_as_strictly() {
    let good = "schema = \"haggle.playbook/1\"\nname = \"team\"\n[parameters]\nfloor_share = 0.4\n";
    let (playbook, problems) = parse_playbook(good);
    assert_eq!(problems, []);
    assert_eq!(playbook.unwrap().parameters["floor_share"], Setting::Number(0.4));
    for (from, to, expected) in [
        ("floor_share", "flor_share", "4:1: no parameter is called `flor_share` [D0107]"),
        ("0.4", "4", "4:15: `floor_share` is `4`, expected a number from 0 to 1 [D0103]"),
        (
            "playbook/1",
            "deal/1",
            "`schema` is `haggle.deal/1`, expected `haggle.playbook/1` [D0103]",
        ),
        ("name =", "title =", "2:1: unknown key `title` [D0101]"),
        ("[parameters]", "[parameters", "[D0001]"),
    ] {
        let (playbook, problems) = parse_playbook(&good.replace(from, to));
        assert!(playbook.is_none(), "{to}");
        let found: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(found.iter().any(|p| p.contains(expected)), "{to}: {found:?}");
    }
}

#[test]
fn what_the_file_states_is_kept_by_key() {
    let stated = parse(GOOD, None).stated;
    for (key, value) in [
        ("offer.amount", "112000"),
        ("alternative", "2 stated"),
        ("alternative.amount", "[100000, 110000.5, 120000]"),
        ("us", "stated"),
        ("parameters.confidence", "0.80"),
    ] {
        assert_eq!(stated.get(key).map(String::as_str), Some(value), "{key}");
    }
    assert!(!stated.contains_key("deadline"));
}

#[test]
fn as_of_may_come_from_outside() {
    let text = GOOD.replace("as_of    = 2026-11-23\n", "");
    assert!(parse(&text, None).deal.is_none());
    let date = haggle_quantity::parse_date("2027-01-01").unwrap();
    assert_eq!(parse(&text, Some(date)).deal.unwrap().as_of, date);
}

/// The schema lists exactly the keys that the reader asks for: neither can drift from the other.
#[test]
fn the_schema_names_every_key_and_no_other() {
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    let mut named = BTreeSet::new();
    collect("", &schema, &mut named);
    let everything = format!(
        "{GOOD}[ageing]\nrate = 0.03\n[[ageing.index]]\ndate = 2026-01-01\nvalue = 1\n[[exclude]]\nreason=\"x\"\nwhere = {{ row = 3 }}\n[stated]\nwalk_away = 1\n[[stated.history]]\nwalk_away = 2\ndate = 2026-01-01\n[[counterpart.alternative]]\namount = 1\n[[counterpart.interest]]\nkind = \"need\"\ntext = \"x\"\n[[event]]\nname = \"e\"\n[[counterpart.argument]]\ntext = \"x\"\n[[argument]]\ntext = \"x\"\n[channel]\n[[round]]\nours = 1\n[deadline]\ndate = 2026-12-01\nbinds = \"us\"\n[[part]]\nname = \"p\"\namount = 1\n[[alternative]]\namount = 1\n[[alternative.part]]\nname = \"p\"\namount = 1\n{TENDER}"
    );
    let asked = parse(&everything, None).keys;
    let asked: BTreeSet<_> = asked.iter().map(String::as_str).collect();
    let named: BTreeSet<_> = named.iter().map(String::as_str).collect();
    assert_eq!(asked, named);
}

fn collect(path: &str, schema: &serde_json::Value, named: &mut BTreeSet<String>) {
    let item = schema.get("items").unwrap_or(schema);
    let Some(properties) = item.get("properties").and_then(|p| p.as_object()) else { return };
    for (key, value) in properties {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        let said = value["description"].as_str().unwrap_or_default();
        assert!(said.len() > 2 && !said.starts_with("an integer, a text"), "{path} says nothing");
        collect(&path, value, named);
        named.insert(path);
    }
}

#[test]
fn mistakes_in_parts() {
    let part = "[[part]]\nname = \"bonus\"\namount = 100\nprobability = 0.5\n";
    let good = format!(
        "{GOOD}{part}[[alternative]]\nname = \"else\"\namount = 1\n[[alternative.part]]\nname = \"shares\"\namount = 7\nilliquid = true\nonce = true\ndelay_days = 30\nsource = \"letter\"\n"
    );
    let parsed = parse(&good, None);
    assert_eq!(parsed.problems, []);
    let deal = parsed.deal.unwrap();
    assert_eq!((deal.parts[0].name.as_str(), deal.parts[0].probability), ("bonus", 0.5));
    let shares = &deal.alternatives.last().unwrap().parts[0];
    assert_eq!((shares.illiquid, shares.once, shares.days), (true, true, 30.0));
    let cases: &[(&str, &str, &str)] = &[
        ("name = \"bonus\"\n", "", "`part.name` is missing [D0102]"),
        ("amount = 100\n", "", "`part.amount` is missing [D0102]"),
        ("amount = 100", "amount = 0", "`amount` is `0`, expected more than 0 [D0103]"),
        (
            "probability = 0.5",
            "probability = 50",
            "`part.probability` is 50, expected a number from 0 to 1",
        ),
        ("illiquid = true", "illiquid = \"yes\"", "`alternative.part.illiquid`"),
        ("once = true", "onse = true", "unknown key `alternative.part.onse` [D0101]"),
        (
            "[[part]]",
            "[[part]]\nname = \"Bonus\"\namount = 1\n[[part]]",
            "two parts are called `bonus` [D0105]",
        ),
        (
            "[[part]]",
            "[[counterpart.alternative]]\namount = 1\n[[counterpart.alternative.part]]\nname = \"x\"\namount = 1\n[[part]]",
            "unknown key `counterpart.alternative.part` [D0101]",
        ),
    ];
    for (from, to, expected) in cases {
        assert!(good.contains(from), "{from}");
        let text = good.replacen(from, to, 1);
        let found = problems(&text);
        assert!(found.iter().any(|p| p.contains(expected)), "{to}: {found:?}");
        assert!(parse(&text, None).deal.is_none(), "{to}");
    }
}

/// What is dated after the day of the brief does not count, and says so; two rates for one pair
/// are refused.
#[test]
fn later_days_and_second_rates() {
    let claim = format!("{GOOD}[[claim]]\ntext = \"cut 5 %\"\ndate = 2027-01-01\n");
    let parsed = parse(&claim, None);
    let told: Vec<String> = parsed.problems.iter().map(ToString::to_string).collect();
    assert!(
        told.iter().any(|p| p.contains("the claim `cut 5 %` does not count [D0202]")),
        "{told:?}"
    );
    let claims = parsed.deal.unwrap().claims;
    assert!(!claims.last().unwrap().counts_on(haggle_quantity::parse_date("2026-11-23").unwrap()));
    let rate = "[[rate]]\nfrom = \"CHF\"\nto = \"USD\"\nrate = 1.08\ndate = 2026-11-20\n";
    let both = problems(&format!("{GOOD}{rate}{rate}"));
    assert!(both.iter().any(|p| !p.starts_with("1:1:") && p.contains("two rates")), "{both:?}");
    for (second, refused) in [
        (rate.to_owned(), true),
        (
            rate.replace("\"CHF\"", "\"X\"")
                .replace("\"USD\"", "\"CHF\"")
                .replace("\"X\"", "\"USD\""),
            true,
        ),
        (rate.replace("CHF", "GBP"), false),
    ] {
        let found = problems(&format!("{GOOD}{rate}{second}"));
        let told = found.iter().any(|p| p.contains("two rates between"));
        assert_eq!(told, refused, "{second}: {found:?}");
    }
}

/// A tender is read as it is written: shares and money exactly, ids by the names of quotes.
#[test]
fn a_tender_reads_without_a_word() {
    let Parsed { deal, problems, .. } = parse(&buyer(), None);
    assert_eq!(problems, []);
    let tender = deal.unwrap().tender.unwrap();
    let (paper, quote) = (&tender.items[0], &tender.quotes[0]);
    let should_cost = paper.should_cost.as_ref().unwrap();
    assert_eq!((should_cost.0.len(), should_cost.total().to_string().as_str()), (5, "0.010"));
    assert_eq!(tender.items[1].should_cost.as_ref().unwrap().0[0].0, "total");
    assert_eq!(paper.units[0].1.to_string(), "500");
    assert_eq!(tender.scenarios[0].quantity["A4"].to_string(), "3000");
    assert_eq!(format!("{:?}", tender.adders.get(&Leg::MainCarriage)), "Some(Share(0.03))");
    assert_eq!(format!("{:?}", tender.adders.get(&Leg::Duty)), "Some(Money(80))");
    assert_eq!(quote.terms.incoterm, Some(Incoterm::Exw));
    assert_eq!(quote.terms.discount.unwrap().to_string(), "0.05");
    assert_eq!((quote.charges[0].every_months, quote.lines[0].breaks.len()), (Some(1), 2));
}

#[test]
fn mistakes_in_tenders() {
    let good = buyer();
    let cases: &[(&str, &str, &str)] = &[
        ("\"buyer\"", "\"seller\"", "`side` is `seller`, expected `buyer`"),
        (
            "[tender]\n",
            "[other]\n",
            "`tender` is missing, and items, scenarios or quotes are stated [D0102]",
        ),
        ("sources = [\"oews\"]", "sources = [\"owes\"]", "no `[[source]]` is called `owes`"),
        ("sources = [\"oews\"]", "sources = \"oews\"", "expected a list of texts [D0103]"),
        ("incoterm = \"DAP\"", "incoterm = \"DPA\"", "did you mean `DAP`"),
        (
            "payment_days = 30",
            "payment_days = 30.5",
            "`tender.payment_days` is 30.5, expected a whole number",
        ),
        ("holding_rate = 0.20", "holding_rate = 20", "expected a share from 0 to 1"),
        (
            "main_carriage = \"3 %\"",
            "main_carriage = \"-3 %\"",
            "`main_carriage` is `-3 %`, expected money",
        ),
        (
            "main_carriage = \"3 %\"",
            "carriage = \"3 %\"",
            "unknown key `tender.adders.carriage` [D0101]",
        ),
        ("quantity = \"1500\"\n", "quantity = 0\n", "`quantity` is `0`, expected more than 0"),
        ("quantity = 3\n", "", "`item.quantity` is missing [D0102]"),
        ("ream = \"500\"", "ream = \"0\"", "`units.ream` is `0`, expected more than 0"),
        (
            "id = \"box\"",
            "id = \"a 4\"\nmatch = [\"p-80\"]",
            "two items are called `p-80` in quotes [D0105]",
        ),
        ("id = \"box\"", "id = \"a4\"", "two items are called `a4` [D0105]"),
        (
            "fixed = 0.2",
            "fixed = 0.3",
            "`fixed` and the weights of `parts` add up to `1.1`, expected 1",
        ),
        ("{ a4 = \"3000\" }", "{ a5 = \"3000\" }", "no `[[item]]` has the id `a5`"),
        ("name = \"double\"", "name = \"As asked\"", "two scenarios are called `As asked`"),
        (
            "factor = 2\nquantity = { a4 = \"3000\" }",
            "",
            "needs `factor`, `quantity` or both [D0102]",
        ),
        ("discount = 0.05", "discount = 5", "`discount` is `5`, expected a share from 0 to 1"),
        ("rejects = 0.02", "rejects = 1", "expected a share from 0 to below 1"),
        ("early_days = 10\n", "", "only one of `early_discount` and `early_days` [D0102]"),
        (
            "tax_recoverable = true\n",
            "",
            "`quote.tax_recoverable` is missing where `tax` is stated",
        ),
        ("incumbent = false", "incumbent = true", "an incumbent has a `switching_cost`"),
        ("every = \"month\"", "every = \"week\"", "expected one of `month`, `quarter`, `year`"),
        ("from = \"20\"", "from = \"10\"", "`breaks` are not in rising order of `from` [D0104]"),
        ("item = \"A4\"", "item = \"A5\"", "no `[[item]]` has the id `A5`"),
        (
            "[[quote]]\n",
            "[[quote]]\nsupplier = \"ACME\"\n[[quote]]\n",
            "two suppliers are called `Acme` [D0105]",
        ),
        ("price = \"15.00\"\n", "", "`quote.line.price` is missing [D0102]"),
        (
            "scheme = \"incremental\"",
            "scheme = \"increment\"",
            "expected one of `all-units`, `incremental`",
        ),
        ("pack = \"1500\"", "packs = \"1500\"", "unknown key `quote.line.packs` [D0101]"),
    ];
    for (from, to, expected) in cases {
        assert!(good.contains(from), "{from}");
        let text = good.replacen(from, to, 1);
        let found = parse(&text, None);
        let told: Vec<String> = found
            .problems
            .iter()
            .map(|p| format!("{p} {}", p.help.as_deref().unwrap_or("")))
            .collect();
        assert!(told.iter().any(|p| p.contains(expected)), "{to}: {told:?}");
        assert!(found.deal.is_none(), "{to}");
    }
}

/// What a plugin is told becomes JSON with sorted keys, so that it has one spelling.
#[test]
fn what_a_plugin_is_told() {
    for (config, location) in [
        ("", "plugin://ecb-rates"),
        ("config = {}\n", "plugin://ecb-rates"),
        (
            "config = { to = \"USD\", days = [1, 2.5], from = 2026-01-02, in = { b = true } }\n",
            "plugin://ecb-rates?{\"days\":[1,2.5],\"from\":\"2026-01-02\",\"in\":{\"b\":true},\"to\":\"USD\"}",
        ),
    ] {
        let text = format!("plugin = \"ecb-rates\"\n{config}");
        let text = GOOD.replace("path  = \"../evidence/oews.csv\"\n", &text);
        let parsed = parse(&text.replace("recipe = \"bls-oews\"\n", ""), None);
        assert_eq!(parsed.problems, [], "{config}");
        let source = &parsed.deal.unwrap().sources[0];
        assert_eq!(
            (source.id.as_str(), source.origin.location().as_str()),
            ("ecb-rates", location)
        );
    }
}
