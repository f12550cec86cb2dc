//! What other programs and other people rely on: keys, escapes, widths, links.
#![allow(clippy::unwrap_used, reason = "test code")]

mod support;

use haggle_negotiation::brief::Brief;
use haggle_report::*;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

fn all() -> Vec<(&'static str, Brief)> {
    vec![
        ("full", support::full()),
        ("thin", support::thin()),
        ("none", support::no_market()),
        ("buyer", support::buyer()),
        ("hostile", support::hostile()),
    ]
}

fn parsed(brief: &Brief) -> Value {
    let text = json(brief);
    assert!(text.ends_with("}\n"));
    serde_json::from_str(&text).unwrap()
}

#[test]
fn json_has_every_key_of_the_contract() {
    let report = parsed(&support::full());
    for pointer in [
        "/schema",
        "/haggle",
        "/as_of",
        "/deal/title",
        "/deal/side",
        "/deal/currency",
        "/deal/per",
        "/market/p10",
        "/market/p25",
        "/market/p50",
        "/market/p75",
        "/market/p90",
        "/market/n",
        "/market/effective_n",
        "/market/sources/0",
        "/leverage/index",
        "/leverage/need",
        "/leverage/alternative",
        "/walk_away",
        "/target",
        "/anchor",
        "/concessions/3",
        "/findings/0/rule",
        "/findings/0/step",
        "/findings/0/severity",
        "/findings/0/text",
        "/findings/0/figures",
        "/findings/0/cites/0",
        "/findings/0/action",
        "/questions/0/text",
        "/questions/0/worth",
        "/questions/0/follow_up",
        "/interests/0/kind",
        "/interests/0/text",
        "/interests/1/source",
        "/rapport/0",
        "/leverage/alternative_theirs",
        "/leverage/settlement/exit",
        "/triggers/0/text",
        "/parameters/interval_level",
        "/parameters/q_base",
        "/adjustments/0/figure",
        "/excluded/0/code",
        "/outliers/0/z",
        "/diagnostics/0/place",
        "/figures/walk_away/label",
        "/figures/walk_away/value",
        "/figures/walk_away/unit",
        "/figures/walk_away/low",
        "/figures/walk_away/high",
        "/figures/walk_away/level",
        "/figures/walk_away/by",
        "/figures/walk_away/formula",
        "/figures/walk_away/inputs/stay",
        "/figures/walk_away/printed",
        "/figures/market.p90/bound",
        "/evidence/oews.p50/source",
        "/evidence/oews.p50/query/subject",
        "/evidence/oews.p50/n",
        "/evidence/oews.p50/digest",
        "/evidence/oews.p50/first/0/locator",
        "/evidence/oews.p50/first/0/amount",
        "/evidence/oews.p50/first/0/statistic",
        "/sources/oews/name",
        "/sources/oews/location",
        "/sources/oews/sha256",
        "/sources/oews/recipe",
        "/sources/oews/licence",
        "/sources/oews/rows/read",
        "/sources/oews/rows/imported",
        "/sources/oews/rows/rejected",
        "/sources/oews/rows/skipped",
        "/sources/oews/cells/mapped",
        "/sources/oews/cells/observations",
        "/sources/oews/cells/absent",
        "/sources/oews/tallies/0/rows",
    ] {
        assert!(report.pointer(pointer).is_some_and(|value| !value.is_null()), "{pointer}");
    }
}

#[test]
fn json_values_are_decimal_strings_and_counts_numbers() {
    let report = parsed(&support::full());
    let at = |pointer: &str| report.pointer(pointer).unwrap().to_string();
    for (pointer, value) in [
        ("/schema", "\"haggle.report/1\""),
        ("/figures/walk_away/value", "\"103519.22948036474\""),
        ("/figures/market.p50/value", "\"103500.00\""),
        ("/figures/market.p50/low", "\"101210.50\""),
        ("/figures/market.p50/level", "0.9"),
        ("/figures/market.p90/bound", "\"at least\""),
        ("/figures/walk_away/evidence", "null"),
        ("/figures/share.oews/value", "\"0.823\""),
        ("/market/n", "318"),
        ("/market/effective_n", "290.4"),
        ("/sources/oews/rows/read", "1405"),
        ("/evidence/oews.p50/first/0/locator", "\"national_M2022_dl!X318\""),
    ] {
        assert_eq!(at(pointer), value, "{pointer}");
    }
    assert!(report.pointer("/figures/market.p90/high").is_none());
    assert!(report.pointer("/figures/market.p50/bound").is_none());
}

#[test]
fn absent_is_null_or_missing_and_never_zero() {
    let report = parsed(&support::no_market());
    for key in ["market", "walk_away", "target", "anchor"] {
        assert_eq!(report[key], Value::Null, "{key}");
    }
    let thin = parsed(&support::thin());
    assert_eq!(thin["market"]["n"], 3);
    assert!(thin["market"].get("p50").is_none());
}

#[test]
fn the_same_brief_gives_the_same_bytes() {
    for (name, brief) in all() {
        assert_eq!(json(&brief), json(&brief.clone()), "{name}");
        assert_eq!(html(&brief), html(&brief.clone()), "{name}");
    }
}

#[test]
fn no_line_is_wider_than_the_page() {
    for (name, brief) in all() {
        for width in [1, 40, 57, 80, 100, 300] {
            let style = Style { width, color: false };
            let mut whole = text(&brief, &style);
            whole += &explain(&brief, "target", &style).unwrap_or_default();
            whole += &benchmark_text(&brief, Some(&support::listing()), &style);
            for line in whole.lines() {
                assert!(line.width() <= width.clamp(40, 100), "{name} at {width}: {line}");
                assert_eq!(line, line.trim_end(), "{name} at {width}");
            }
        }
    }
}

#[test]
fn colour_changes_no_letter() {
    for (name, brief) in all() {
        let plain = text(&brief, &Style { width: 72, color: false });
        let coloured = text(&brief, &Style { width: 72, color: true });
        assert!(coloured.contains("\u{1b}[1"), "{name}");
        assert_eq!(without_colour(&coloured), plain, "{name}");
    }
}

fn without_colour(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + part.split_once('m').unwrap().1)
}

#[test]
fn text_from_outside_stays_text() {
    let brief = support::hostile();
    let plain = text(&brief, &Style { width: 80, color: false });
    assert!(!plain.contains('\u{1b}') && !plain.contains("[31m"));
    let table_rows = markdown(&brief);
    assert!(!table_rows.contains("<script") && !table_rows.contains('\u{1b}'));
    assert!(!table_rows.contains("\\`rm`") && table_rows.contains("\\| \\`rm\\`"));
    let page = html(&brief);
    assert!(!page.contains("<script>") && !page.contains('\u{1b}'));
    assert_eq!(page.matches("</script").count(), 1);
    assert_eq!(page.matches("<!--").count(), 0);
    let explained = explain(&brief, "market.p50", &Style { width: 80, color: false }).unwrap();
    assert!(!explained.contains('\u{1b}'));
}

/// Every row of a table has the cells of its header.
#[test]
fn markdown_tables_keep_their_columns() {
    let bars = |line: &str| line.replace("\\|", "").matches('|').count();
    for (name, brief) in all() {
        let page = markdown(&brief);
        let mut columns = 0;
        for line in page.lines() {
            match line.starts_with("| ") {
                true if columns == 0 => columns = bars(line),
                true => assert_eq!(bars(line), columns, "{name}: {line}"),
                false => columns = 0,
            }
        }
    }
}

#[test]
fn html_stands_alone() {
    for (name, brief) in all() {
        let page = html(&brief);
        for outside in ["http://", "https://", " src=", "@import", "url(", "<link rel=\"stylesheet"]
        {
            assert!(!page.contains(outside), "{name}: {outside}");
        }
        assert!(page.starts_with("<!doctype html>\n<html lang=\"en\" class="), "{name}");
        assert_eq!(page.matches("<script").count(), 1, "{name}");
        assert_eq!(page.matches("<svg class").count(), page.matches("role=\"img\"").count());
        let embedded = page.split("id=\"haggle-report\">").nth(1).unwrap();
        let embedded = embedded.split("</script>").next().unwrap();
        let report: Value = serde_json::from_str(embedded).unwrap();
        assert_eq!(report, parsed(&brief), "{name}");
    }
}

#[test]
fn html_is_balanced() {
    for (name, brief) in all() {
        let page = html(&brief);
        let page = page.split("<script").next().unwrap();
        let mut open: Vec<&str> = Vec::new();
        for tag in page.split('<').skip(1) {
            let word = tag.split([' ', '>', '\n']).next().unwrap();
            let alone = ["meta", "link", "br", "!doctype"].contains(&word);
            if alone || tag.split('>').next().unwrap().ends_with('/') {
                continue;
            }
            match word.strip_prefix('/') {
                Some(closed) => assert_eq!(open.pop(), Some(closed), "{name}: {tag}"),
                None => open.push(word),
            }
        }
        assert_eq!(open, ["html", "body"], "{name}");
    }
}

/// Every link inside the page has one place to go, and headings step down one at a time.
#[test]
fn html_links_and_headings_hold() {
    for (name, brief) in all() {
        let page = html(&brief);
        for link in page.split("href=\"#").skip(1) {
            let id = link.split('"').next().unwrap();
            assert_eq!(page.matches(&format!(" id=\"{id}\"")).count(), 1, "{name}: {id}");
        }
        let levels: Vec<u8> = page
            .split("<h")
            .skip(1)
            .filter_map(|rest| rest.bytes().next().filter(u8::is_ascii_digit))
            .collect();
        assert_eq!(levels[0], b'1', "{name}");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{name}");
    }
}

/// C1, D5: the walk-away has its own place, never the first screen.
#[test]
fn the_walk_away_is_not_on_the_first_screen() {
    let style = Style { width: 80, color: false };
    for (name, whole) in [
        ("text", text(&support::full(), &style)),
        ("markdown", markdown(&support::full())),
        ("html", html(&support::full())),
    ] {
        let first = whole.split("1. Find out").next().unwrap();
        for told in ["103,600", "103600", "103,519", "everage"] {
            assert!(!first.contains(told), "{name}: {told}");
        }
        assert!(first.contains("140,000") && first.contains("121,000"), "{name}");
        assert!(whole.contains("103,600"), "{name}");
    }
}

#[test]
fn the_five_steps_come_in_order_and_in_their_words() {
    let steps = [
        "1. Find out what the other side wants",
        "2. Have a strong backup plan",
        "3. Make yourself look attractive",
        "4. Build rapport",
        "5. Be prepared to walk away",
    ];
    for (name, brief) in all() {
        for whole in
            [text(&brief, &Style { width: 80, color: false }), markdown(&brief), html(&brief)]
        {
            let places: Vec<usize> = steps.iter().map(|step| whole.find(step).unwrap()).collect();
            assert!(places.is_sorted(), "{name}");
        }
    }
}

#[test]
fn a_grave_finding_about_the_evidence_stops_the_quoting() {
    let style = Style { width: 80, color: false };
    assert!(text(&support::buyer(), &style).contains("nothing of the market before S3.2"));
    assert!(text(&support::full(), &style).contains("Say: BLS OEWS"));
}

#[test]
fn unknown_figures_are_not_explained_but_near_ones_named() {
    let brief = support::full();
    let style = Style { width: 80, color: false };
    assert_eq!(explain(&brief, "walkaway", &style), None);
    assert_eq!(nearest_figures(&brief, "market.p5")[0], "market.p50");
    assert_eq!(nearest_figures(&brief, "walk-away"), ["walk_away"]);
    assert_eq!(nearest_figures(&brief, "WALK"), ["walk_away"]);
    assert_eq!(nearest_figures(&brief, "target.cap"), ["target"]);
    assert!(nearest_figures(&brief, "").is_empty());
    assert!(nearest_figures(&brief, "zzz").is_empty());
}

#[test]
fn each_figure_is_expanded_once() {
    let style = Style { width: 100, color: false };
    let brief = support::full();
    for (id, _) in brief.figures.iter() {
        let told = explain(&brief, id, &style).unwrap();
        assert!(told.matches("exactly 103519.22948036474").count() <= 1, "{id}");
    }
}

/// The text of the market alone says what the whole report says of it.
#[test]
fn benchmark_and_report_agree() {
    let style = Style { width: 80, color: false };
    let brief = support::full();
    let benchmark = benchmark_text(&brief, None, &style);
    let market = benchmark.split("\nAs of").next().unwrap();
    assert!(market.contains("p50") && text(&brief, &style).contains(market));
    let report: Value = serde_json::from_str(&benchmark_json(&brief, None)).unwrap();
    assert_eq!(report.pointer("/market/percentiles/p50/value").unwrap(), "103500.00");
    assert!(report.get("comparables").is_none());
    assert_eq!(benchmark_csv(&support::no_market()).lines().count(), 1);
}
