//! Vendor quotes from outside: every format says the same, what is shared holds nothing else, and
//! every figure can be followed.

use crate::support::{Bench, Ran};
use std::collections::{BTreeMap, BTreeSet};

/// A tender with a canary in everything that a supplier must not read: numbers hold 7373, texts
/// `zq`. Acme's own quote and what is asked of all hold none.
const TENDER: &str = include_str!("data/tender-canaries.toml");

fn bench() -> Bench {
    let bench = Bench::new();
    bench.write("deal.toml", TENDER);
    bench
}

fn fine(run: Ran) -> String {
    assert_eq!(run.code, 0, "{}", run.err);
    run.out
}

/// Everything that stands in a workbook, as text.
fn workbook(bench: &Bench, name: &str) -> String {
    let file = std::fs::File::open(bench.path(name)).unwrap();
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let mut all = String::new();
    for i in 0..archive.len() {
        let mut part = archive.by_index(i).unwrap();
        all += &part.name().unwrap();
        std::io::Read::read_to_string(&mut part, &mut all).unwrap();
    }
    all
}

/// Every cost and total of the comparison, exact and to the cent.
fn amounts(private: &serde_json::Value) -> BTreeSet<String> {
    let scenario = &private["scenarios"][0];
    let lines = scenario["lines"].as_array().unwrap().iter().map(|line| &line["cost"]);
    let lines = lines.flat_map(|cost| [&cost["line"], &cost["unit"], &cost["common"]]);
    let totals = scenario["totals"].as_object().unwrap().values();
    let totals = totals.flat_map(|total| [&total["total"], &total["lines"]]);
    let all = lines.chain(totals).filter_map(|amount| amount.as_str());
    let both =
        all.flat_map(|text| [text.to_owned(), format!("{:.2}", text.parse::<f64>().unwrap())]);
    both.filter(|text| text.len() > 4).collect()
}

#[test]
fn a_supplier_reads_nothing_of_the_others_or_of_us() {
    let bench = bench();
    let private = fine(bench.run("compare deal.toml --format json"));
    let amounts = amounts(&serde_json::from_str(&private).unwrap());
    assert!(amounts.len() > 20, "{amounts:?}");
    for canary in ["7373", "zq"] {
        assert!(private.contains(canary), "the private version has no {canary}: nothing is tested");
    }
    for format in ["text", "md", "html", "json", "csv", "xlsx"] {
        let out = format!("shared.{format}");
        let run = bench.run(&format!(
            "compare deal.toml --audience shareable --supplier Acme --format {format} --out {out}"
        ));
        fine(run);
        let text = match format {
            "xlsx" => workbook(&bench, &out),
            _ => bench.read(&out),
        };
        assert!(text.contains("Copier paper"), "{format} is empty");
        assert!(text.contains("16.2"), "{format} lacks the supplier's own price");
        let words: &[&str] = match format {
            // The style sheet of a page has a colour for the walk-away, whatever is on the page.
            "html" | "xlsx" => &[],
            _ => &["walk", "rank", "alternative"],
        };
        for canary in ["7373", "zq", "Zq"].iter().chain(words) {
            assert!(!text.contains(canary), "{format} holds `{canary}`:\n{text}");
        }
        let shown = text.replace(',', "");
        for amount in &amounts {
            assert!(!shown.contains(amount.as_str()), "{format} holds the cost {amount}");
        }
    }
}

#[test]
fn a_supplier_s_letter_holds_no_other_quote() {
    let bench = bench();
    let private = bench.json("report deal.toml --supplier Acme --format json");
    let whole = |id: &str| format!("{:.0}", crate::support::figure(&private, id));
    let anchor = whole("anchor");
    let secret: Vec<String> = ["walk_away", "target", "offer"].map(whole).to_vec();
    assert!(secret.iter().all(|it| it.len() > 2 && *it != anchor), "{secret:?} {anchor}");
    let formats = ["text", "md", "html", "json"].map(|format| ("--audience shareable", format));
    let letters = ["text", "md", "html"].map(|format| ("--page letter", format));
    for (arguments, format) in formats.into_iter().chain(letters) {
        let command = format!("report deal.toml --supplier Acme {arguments} --format {format}");
        let text = fine(bench.run(&command));
        for canary in ["7373", "zq", "Zq"] {
            assert!(!text.contains(canary), "{arguments} {format} holds `{canary}`:\n{text}");
        }
        let shown = text.replace(',', "");
        for amount in &secret {
            assert!(!shown.contains(amount), "{arguments} {format} holds {amount}:\n{text}");
        }
    }
}

#[test]
fn every_format_says_the_same_totals() {
    let bench = bench();
    let json: serde_json::Value =
        serde_json::from_str(&fine(bench.run("compare deal.toml --format json"))).unwrap();
    assert_eq!(json["schema"], "haggle.comparison/1");
    let totals = json["scenarios"][0]["totals"].as_object().unwrap();
    let known: Vec<f64> =
        totals.values().filter_map(|t| t["total"].as_str()?.parse().ok()).collect();
    assert!(known.len() > 1, "{totals:?}");
    for format in ["text", "md", "html"] {
        let text = fine(bench.run(&format!("compare deal.toml --format {format}")));
        let text = text.replace(',', "");
        for total in &known {
            assert!(text.contains(&format!("{total:.2}")), "{format} lacks {total:.2}");
        }
    }
    let csv = fine(bench.run("compare deal.toml --format csv"));
    for total in totals.values().filter_map(|t| t["total"].as_str()) {
        assert!(csv.contains(total), "the CSV lacks {total}");
    }
}

#[test]
fn every_figure_rests_on_others_or_says_why() {
    let bench = bench();
    let json: serde_json::Value =
        serde_json::from_str(&fine(bench.run("compare deal.toml --format json"))).unwrap();
    let figures = json["figures"].as_object().unwrap();
    let ids: BTreeSet<&String> = figures.keys().collect();
    assert!(ids.iter().any(|id| id.ends_with(".total")), "{ids:?}");
    for (id, figure) in figures {
        let inputs = figure["inputs"].as_object().unwrap();
        for input in inputs.values().map(|input| input.as_str().unwrap().to_owned()) {
            assert!(ids.contains(&input), "{id}: input {input} is not there");
        }
        let grounded = !inputs.is_empty() || figure["evidence"].is_string();
        assert!(grounded || figure["assumption"].is_string(), "{id} rests on nothing");
    }
}

#[test]
fn a_line_and_a_total_are_explained() {
    let bench = bench();
    let line = fine(bench.run("explain deal.toml quote.acme.a4"));
    assert!(line.contains("3.20 EUR per ream, price 2 of 2"), "{line}");
    let total = fine(bench.run("explain deal.toml quote.acme.total"));
    assert!(total.contains("quote.acme.order"), "{total}");
    let run = bench.run("explain deal.toml quote.acme.totl");
    assert_eq!(run.code, 1);
    assert!(run.err.contains("quote.acme.total"), "{}", run.err);
}

#[test]
fn gaps_are_filled_only_if_asked() {
    let bench = bench();
    let plain = fine(bench.run("compare deal.toml"));
    assert!(plain.contains("gap"), "{plain}");
    assert!(!plain.contains('~'), "{plain}");
    let filled = fine(bench.run("compare deal.toml --fill"));
    assert!(filled.contains('~') && filled.contains("for the ranking only"), "{filled}");
}

#[test]
fn what_cannot_be_is_refused_with_a_way_out() {
    let bench = bench();
    bench.write("plain.toml", "schema = \"haggle.deal/1\"\ntitle = \"t\"\nside = \"buyer\"\ncurrency = \"EUR\"\nper = \"lot\"\nas_of = 2026-11-20\n");
    for (arguments, code, said) in [
        ("compare plain.toml", 1, "haggle init quotes"),
        ("compare deal.toml --scenario triple", 2, "`as asked`"),
        ("compare deal.toml --format xlsx", 2, "--out FILE"),
        ("compare deal.toml --page memo --format csv", 2, "text, Markdown or HTML"),
        ("compare deal.toml --audience shareable", 2, "--supplier"),
        ("compare deal.toml --audience shareable --supplier Nobody", 2, "`Acme`"),
        ("compare deal.toml --audience shareable --supplier Acme --fill", 2, "its own quote"),
        ("compare deal.toml --out deal.toml", 2, "input"),
        ("report deal.toml --supplier Nobody", 2, "`Acme`"),
        ("report deal.toml --supplier Nobody", 2, "help: `haggle compare DEAL` lists"),
        ("compare deal.toml --scenario triple", 2, "help: a `[[scenario]]`"),
    ] {
        let run = bench.run(arguments);
        assert_eq!(run.code, code, "{arguments}: {}", run.err);
        assert!(run.err.contains(said), "{arguments}: {}", run.err);
    }
    assert_eq!(bench.read("deal.toml"), TENDER);
}

#[test]
fn a_quote_that_stops_fails_a_strict_run() {
    let bench = bench();
    assert_eq!(bench.run("compare deal.toml --strict").code, 3);
    assert_eq!(bench.run("compare deal.toml").code, 0);
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    let bench = bench();
    for format in ["text", "html", "json", "csv", "xlsx"] {
        let read = |name: &str| {
            fine(bench.run(&format!("compare deal.toml --format {format} --out {name}")));
            std::fs::read(bench.path(name)).unwrap()
        };
        assert!(read("one") == read("two"), "{format}");
    }
}

#[test]
fn the_memo_names_what_is_missing() {
    let bench = bench();
    let memo = fine(bench.run("compare deal.toml --page memo"));
    assert!(memo.contains("FAR 15.406-3"), "{memo}");
    assert!(memo.contains("missing:"), "{memo}");
}

#[test]
fn a_supplier_s_brief_has_its_plan() {
    let bench = bench();
    let brief = fine(bench.run("report deal.toml --supplier Acme"));
    for said in ["In the terms of Acme", "What to say, in this order", "What to trade"] {
        assert!(brief.contains(said), "{brief}");
    }
}

/// Whether a comment of a new deal file is an example.
fn is_example(line: &str) -> bool {
    let key = line.split('=').next().unwrap().trim();
    let word = key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    line.starts_with('[') || (line.contains('=') && word)
}

#[test]
fn a_new_deal_file_says_what_it_lacks_and_its_example_compares() {
    let bench = Bench::new();
    fine(bench.run("init quotes --currency EUR --as-of 2026-11-20 --out deal.toml"));
    fine(bench.run("check deal.toml"));
    let run = bench.run("compare deal.toml");
    assert_eq!(run.code, 1);
    assert!(run.err.contains("[[item]]"), "{}", run.err);
    let told = |line: &str| match line.strip_prefix("# ") {
        Some(rest) if is_example(rest) && !rest.starts_with("sources") => format!("{rest}\n"),
        _ => format!("{line}\n"),
    };
    let whole: String = bench.read("deal.toml").lines().map(told).collect();
    bench.write("example.toml", whole);
    let table = fine(bench.run("compare example.toml"));
    assert!(table.contains("first supplier"), "{table}");
}

/// A decimal text as an integer of 10^-20, by hand.
fn exact(text: &serde_json::Value) -> i128 {
    let text = text.as_str().unwrap();
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    format!("{whole}{fraction:0<20}").parse::<i128>().unwrap() * sign
}

fn bundled(deal: &str, name: &str) -> Bench {
    let bench = Bench::with_data();
    fine(
        bench.run(&format!("compare data/deals/{deal}.toml --format json --out data/deals/{name}")),
    );
    bench
}

fn edit(bench: &Bench, file: &str, from: &str, to: &str) {
    let text = bench.read(file);
    assert_eq!(text.matches(from).count(), 1, "{file}: {from}");
    bench.write(file, text.replace(from, to));
}

#[test]
fn a_comparison_is_made_again_and_what_no_longer_holds_is_named() {
    for more in ["", "--fill --scenario doubled", "--as-of 2026-11-21"] {
        let bench = Bench::with_data();
        edit(&bench, "data/deals/lab-consumables.toml", "\"both floors\"", "\"doubled\"");
        let made = format!("compare data/deals/lab-consumables.toml --format json {more}");
        fine(bench.run(&format!("{made} --out data/deals/c.json")));
        let run = bench.run("verify data/deals/c.json");
        assert!(
            run.code == 0 && run.out.contains("figures hold"),
            "{more}: {}{}",
            run.out,
            run.err
        );
    }
    let bench = bundled("lab-consumables", "c.json");
    let sheet = "data/evidence/lab-quotes-2026.csv";
    edit(&bench, sheet, "120,box,6.90,", "120,box,7.90,");
    let run = bench.run("verify data/deals/c.json --format json");
    assert_eq!(run.code, 1, "{}", run.err);
    let verdict: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let broken = verdict["broken"].as_array().unwrap();
    let ids: Vec<&str> = broken.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert!(
        ids.contains(&"quote.labora.glv-m.price") && ids.contains(&"quote.labora.total"),
        "{ids:?}"
    );
    assert!(ids.iter().all(|id| id.starts_with("quote.labora.")), "{ids:?}");
    let only = serde_json::json!(["source sheet"]);
    assert!(broken.iter().all(|it| it["causes"] == only), "{}", run.out);
}

#[test]
fn a_total_edited_by_hand_is_found() {
    let bench = bundled("it-rate-card", "c.json");
    let mut told: serde_json::Value =
        serde_json::from_str(&bench.read("data/deals/c.json")).unwrap();
    told["scenarios"][0]["mixed"]["total"] = "1".into();
    bench.write("data/deals/t.json", told.to_string());
    let run = bench.run("verify data/deals/t.json");
    assert!(run.code == 1 && run.out.contains("scenarios/0/mixed/total"), "{}", run.out);
    let run = bench.run("diff data/deals/c.json data/deals/t.json");
    assert!(run.out.contains("does not follow from the lines"), "{}{}", run.out, run.err);
    let run = bench.run("diff data/deals/c.json data/deals/c.json");
    assert!(run.code == 0 && run.out.contains("nothing moved"), "{}{}", run.out, run.err);
}

/// Dollars without their rate are not taken for euros.
#[test]
fn a_rate_that_is_not_there_is_none() {
    let bench = bundled("lab-consumables", "c.json");
    let mut told: serde_json::Value =
        serde_json::from_str(&bench.read("data/deals/c.json")).unwrap();
    let suppliers = told["suppliers"].as_array_mut().unwrap();
    let rates = suppliers.iter_mut().map(|it| &mut it["factors"]["rate"]);
    let rates: Vec<_> = rates.filter(|rate| !rate.is_null()).collect();
    assert_eq!(rates.len(), 1);
    rates.into_iter().for_each(|rate| *rate = serde_json::Value::Null);
    bench.write("data/deals/t.json", told.to_string());
    let run = bench.run("diff data/deals/c.json data/deals/t.json");
    assert_eq!(run.code, 1, "{}", run.out);
    assert!(run.err.contains("`factors/rate` is null"), "{}", run.err);
}

#[test]
fn what_cannot_be_compared_is_not_called_still() {
    let deal = "data/deals/lab-consumables.toml";
    let bench = bundled("lab-consumables", "old.json");
    edit(&bench, deal, "currency = \"EUR\"\nper", "currency = \"USD\"\nper");
    fine(bench.run(&format!("compare {deal} --format json --out data/deals/new.json")));
    let text = fine(bench.run("diff data/deals/old.json data/deals/new.json"));
    for told in [
        "currency: `EUR` became `USD`",
        "no total, place or award could be compared",
        "amounts were in EUR and are in USD: nothing is subtracted",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(!text.contains("moved"), "{text}");
}

#[test]
fn another_scenario_is_a_cause() {
    let bench = bench();
    fine(bench.run("compare deal.toml --format json --out old.json"));
    fine(bench.run("compare deal.toml --scenario zqdouble --format json --out new.json"));
    let text = fine(bench.run("diff old.json new.json"));
    assert!(text.contains("--scenario: nothing became `zqdouble`"), "{text}");
}

#[test]
fn what_a_supplier_reads_cannot_be_taken_for_the_comparison() {
    let bench = bench();
    let shared = "--audience shareable --supplier Acme --format json --out shared.json";
    fine(bench.run(&format!("compare deal.toml {shared}")));
    for command in ["verify shared.json", "diff shared.json shared.json"] {
        let run = bench.run(command);
        assert!(
            run.code != 0 && run.err.contains("does not say what it was made from"),
            "{}{}",
            run.out,
            run.err
        );
    }
}

/// Why a line costs something else, to the millionth.
fn split(part: &serde_json::Value) -> String {
    let cause = |it: &serde_json::Value| {
        let by: f64 = it["by"].as_str().unwrap().parse().unwrap();
        format!("{} {by:.6}", it["of"].as_str().unwrap())
    };
    part["causes"].as_array().unwrap().iter().map(cause).collect::<Vec<_>>().join(", ")
}

#[test]
fn what_changed_between_two_comparisons_adds_up() {
    let deal = "data/deals/lab-consumables.toml";
    let bench = bundled("lab-consumables", "old.json");
    edit(&bench, deal, "rate   = \"0.92\"", "rate   = \"0.95\"");
    edit(&bench, deal, "quantity   = \"12000\"", "quantity   = \"15000\"");
    edit(&bench, deal, "freight        = \"35\"", "freight        = \"45\"");
    edit(&bench, deal, "price = \"86.00\"", "price = \"61.00\"");
    edit(&bench, "data/evidence/lab-quotes-2026.csv", "250,rack,5.10,", "250,rack,,");
    fine(bench.run(&format!("compare {deal} --format json --out data/deals/new.json")));
    let both = "data/deals/old.json data/deals/new.json";
    let diff: serde_json::Value =
        serde_json::from_str(&fine(bench.run(&format!("diff {both} --format json")))).unwrap();
    assert_eq!(diff["schema"], "haggle.comparison-diff/1");
    let list = |value: &serde_json::Value| value.as_array().unwrap().clone();
    let (mut totals, mut causes, mut gloves) = (0, BTreeSet::new(), BTreeMap::new());
    for scenario in list(&diff["scenarios"]) {
        for shift in list(&scenario["awards"]).iter().chain(&list(&scenario["suppliers"])) {
            for part in list(&shift["parts"]) {
                assert_ne!(part["of"], "unexplained", "{shift}");
            }
            for part in list(&shift["parts"]).iter().filter(|it| it["of"] == "line") {
                let of: i128 = list(&part["causes"]).iter().map(|it| exact(&it["by"])).sum();
                assert_eq!(of, exact(&part["by"]), "{part}");
                causes.extend(list(&part["causes"]).iter().map(|it| it["of"].to_string()));
                if part["item"] == "GLV-M" && scenario["name"] == "as asked" {
                    gloves.insert(shift["id"].to_string(), split(part));
                }
            }
            let sum: i128 = list(&shift["parts"]).iter().map(|it| exact(&it["by"])).sum();
            if shift["old"].is_string() && shift["new"].is_string() {
                totals += 1;
                assert_eq!(exact(&shift["old"]) + sum, exact(&shift["new"]), "{shift}");
            }
        }
    }
    assert!(totals > 2, "{diff}");
    // By hand, of Labora: 30 boxes more at 6.90, with 5 days on the way at 12 % a year:
    // 207 x (1 + 0.12 x 5 / 365).
    assert_eq!(gloves["\"labora\""], "quantity 207.340274");
    // Of Meridian: 60 dispensers become 75, each 11.20 USD. A euro of goods costs 1.06 ^ (-30 / 365)
    // as paid a month later, 0.065 of duty, 0.004 of insurance and 35 days on the way, 0.12 x 35 / 365:
    // 1.0757290740 in all. Quantity: 15 x 11.20 x 0.92 x that; rate: 75 x 11.20 x 0.03 x that.
    let meridian = &gloves["\"meridian-scientific\""];
    assert_eq!(meridian, "quantity 166.264686, rate 27.108373");
    let known: Vec<&str> = causes.iter().map(String::as_str).collect();
    assert_eq!(known, ["\"price\"", "\"quantity\"", "\"rate\"", "\"terms\""]);
    let text = fine(bench.run(&format!("diff {both}")));
    for told in [
        "TIP-200 went",
        "instead of",
        "rate.1.rate",
        "order of Pipetus: freight",
        "place 1 -> none",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
}

/// Numbers as one sign each, and single spaces: what a page says without how much.
fn without_numbers(text: &str) -> String {
    let mut told = String::new();
    for letter in text.chars() {
        let number = letter.is_ascii_digit() || (told.ends_with('#') && ",.".contains(letter));
        let space = letter.is_whitespace();
        match (number, space) {
            (true, _) if told.ends_with('#') => {}
            (true, _) => told.push('#'),
            (_, true) if told.ends_with(' ') => {}
            (_, true) => told.push(' '),
            _ => told.push(letter),
        }
    }
    told
}

/// With every private number and every price of another supplier moved, what a supplier reads is the
/// same to the byte, and the proposal differs in what is proposed alone.
#[test]
fn no_page_for_a_supplier_moves_with_what_is_private() {
    let bench = bench();
    let moved = TENDER.replace("7373", "6161").replace("73.73", "61.61");
    assert!(moved.matches("6161").count() > 10 && moved.contains("261.61"));
    bench.write("moved.toml", moved);
    let both = |arguments: &str| {
        ["deal.toml", "moved.toml"].map(|deal| fine(bench.run(&arguments.replace("DEAL", deal))))
    };
    for format in ["text", "md", "html", "json", "csv"] {
        let [one, other] =
            both(&format!("compare DEAL --audience shareable --supplier Acme --format {format}"));
        assert_eq!(one, other, "{format}");
    }
    let proposals = both("report DEAL --supplier Acme --audience shareable --format json");
    let [one, other] = proposals.map(|text| {
        let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
        for key in ["discount", "goods_then"] {
            assert!(value[key].take().is_string(), "{key}");
        }
        for line in value["lines"].as_array_mut().unwrap() {
            assert!(line["proposed"].take().is_string());
        }
        value
    });
    assert_eq!(one, other);
    for page in ["--page letter", "--page letter --format md", "--page letter --format html"] {
        let [one, other] = both(&format!("report DEAL --supplier Acme {page}"));
        assert_eq!(without_numbers(&one), without_numbers(&other), "{page}");
    }
    let [one, other] = both("report DEAL --supplier Acme --page sheet");
    let words = |text: &str| {
        let head = text.split("Ask, then listen").next().unwrap().to_owned();
        without_numbers(&head)
    };
    assert_eq!(words(&one), words(&other));
}

/// Two suppliers who lay their letters side by side see the same market in both.
#[test]
fn two_letters_differ_by_no_cost_of_ours() {
    let bench = Bench::with_data();
    let medians = ["Castellan", "delta-nord"].map(|name| {
        let command = format!(
            "report data/deals/it-rate-card.toml --supplier {name} --audience shareable --format json"
        );
        let value: serde_json::Value = serde_json::from_str(&fine(bench.run(&command))).unwrap();
        let lines = value["lines"].as_array().unwrap();
        lines.iter().map(|line| line["market"]["median"].to_string()).collect::<Vec<_>>()
    });
    assert!(medians[0].len() > 3, "{medians:?}");
    assert_eq!(medians[0], medians[1]);
}

/// A memo of another scenario speaks of its quantities throughout.
#[test]
fn a_memo_is_of_the_scenario_that_is_shown() {
    let bench = bench();
    let asked = fine(bench.run("compare deal.toml --page memo"));
    let shown = fine(bench.run("compare deal.toml --page memo --scenario zqdouble"));
    assert!(asked.contains("230 each") && !shown.contains("230 each"), "{shown}");
    assert!(shown.contains("Quantities: zqdouble"), "{shown}");
    let json: serde_json::Value = serde_json::from_str(&fine(
        bench.run("compare deal.toml --scenario zqdouble --format json"),
    ))
    .unwrap();
    assert_eq!(json["scenarios"][0]["name"], "zqdouble");
}
