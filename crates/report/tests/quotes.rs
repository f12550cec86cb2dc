//! What people see of a comparison: at 80 columns, in Markdown, as a page; with five suppliers and
//! with thirty.
#![allow(clippy::unwrap_used, reason = "test code")]

use haggle_negotiation::deal;
use haggle_negotiation::quote::vendor::negotiate;
use haggle_negotiation::quote::{Comparison, compare};
use haggle_report::*;
use std::collections::BTreeMap;
use std::fmt::Write;

const TENDER: &str = include_str!("data/tender.toml");
const STYLE: Style = Style { width: 80, color: false };

fn comparison(text: &str) -> Comparison {
    compare(&deal::parse(text, None).deal.unwrap(), &[]).unwrap()
}

fn quotes(comparison: &Comparison) -> Quotes<'_> {
    Quotes { comparison, scenario: 0, negotiations: &[], unplanned: &[] }
}

/// Thirty suppliers for seventy items; the last three are expired.
fn many() -> String {
    let head = TENDER.split("[[item]]").next().unwrap();
    let mut text = head.replace("Office goods", "Many quotes");
    for i in 0..70 {
        let _ = write!(
            text,
            "[[item]]\nid = \"i{i}\"\nname = \"Item {i}\"\nquantity = \"{}\"\nper = \"each\"\n",
            i + 1
        );
    }
    for s in 0..30 {
        let _ = write!(
            text,
            "[[quote]]\nsupplier = \"Supplier {s}\"\nincoterm = \"DAP\"\npayment_days = 30\nlead_time_days = 7\n"
        );
        if s >= 27 {
            text += "valid_until = 2026-11-01\n";
        }
        for i in 0..70 {
            let _ = write!(
                text,
                "[[quote.line]]\nitem = \"i{i}\"\nprice = \"{}.{:02}\"\n",
                5 + s,
                (s * 7 + i * 13) % 100
            );
        }
    }
    text
}

#[test]
fn on_a_terminal() {
    let filled = TENDER.replace("[tender]", "[tender]\nfill_gaps = true");
    insta::assert_snapshot!(quotes(&comparison(TENDER)).text(QuotePage::Table, &STYLE));
    insta::assert_snapshot!(quotes(&comparison(&filled)).text(QuotePage::Table, &STYLE));
}

#[test]
fn in_markdown() {
    insta::assert_snapshot!(quotes(&comparison(TENDER)).markdown(QuotePage::Table));
}

#[test]
fn a_line_step_by_step() {
    let comparison = comparison(TENDER);
    let explained = ["quote.acme.a4", "quote.bolt-office.pen", "quote.acme.pen.line"]
        .map(|id| explain_quote(&comparison, id, &STYLE).unwrap());
    insta::assert_snapshot!(explained.join("\n"));
}

#[test]
fn a_quote_for_its_supplier() {
    let deal = deal::parse(TENDER, None).deal.unwrap();
    let comparison = compare(&deal, &[]).unwrap();
    let old = comparison.supplier("old ltd").unwrap();
    let shared = comparison.shared(deal.tender.as_ref().unwrap(), old).unwrap();
    insta::assert_snapshot!(Shared(&shared).text(&STYLE));
}

#[test]
fn the_memo_of_an_award() {
    let deal = deal::parse(TENDER, None).deal.unwrap();
    let comparison = compare(&deal, &[]).unwrap();
    let award = comparison.outcomes[0].mixed.as_ref().unwrap();
    let negotiations: Vec<_> = award
        .suppliers
        .iter()
        .map(|s| negotiate(&deal, &comparison, *s, &BTreeMap::new()).unwrap())
        .collect();
    let quotes = Quotes {
        comparison: &comparison,
        scenario: 0,
        negotiations: &negotiations,
        unplanned: &[],
    };
    let memo = quotes.text(QuotePage::Memo, &STYLE);
    for element in negotiations.iter().flat_map(|it| &it.memo) {
        assert!(memo.contains(element.title), "{} is not in\n{memo}", element.title);
    }
    let private = VendorBrief(&negotiations[0]);
    assert!(private.text(&STYLE).contains("worth EUR"));
    let json: serde_json::Value = serde_json::from_str(&private.json()).unwrap();
    assert_eq!(json["vendor"]["name"], negotiations[0].vendor);
    assert!(private.html().contains("&quot;") || private.html().contains("<html"));
}

#[test]
fn of_many_suppliers_a_terminal_names_the_rest() {
    let comparison = comparison(&many());
    let text = quotes(&comparison).text(QuotePage::Table, &STYLE);
    assert!(text.lines().all(|line| line.chars().count() <= 80));
    for s in 0..30 {
        assert!(text.contains(&format!("Supplier {s}")), "Supplier {s} is not named");
    }
    assert!(text.contains("10 cheaper lines not shown here, in every total"), "{text}");
    assert!(text.contains("also quoting"));
}

#[test]
fn a_page_and_markdown_show_every_cell() {
    let comparison = comparison(&many());
    let cells = comparison.outcomes[0].cells.len();
    let html = quotes(&comparison).html(QuotePage::Table);
    assert_eq!(html.matches("data-key=").count(), cells);
    assert_eq!(html.matches("class=\"matrix many\"").count(), 1);
    let markdown = quotes(&comparison).markdown(QuotePage::Table);
    let lines = markdown.lines().filter(|line| line.starts_with("| Item ")).count();
    assert_eq!(lines, 70 * 5, "five tables of six suppliers");
}

#[test]
fn a_page_fetches_nothing_and_runs_only_its_own_script() {
    let html = quotes(&comparison(TENDER)).html(QuotePage::Table);
    assert!(html.contains("default-src 'none'"));
    assert!(html.contains("script-src 'sha256-"));
    for outside in ["http://", "https://", "src=", "@import", "url("] {
        assert!(!html.contains(outside), "{outside}");
    }
    let json = html.split("id=\"haggle-comparison\">").nth(1).unwrap();
    let json = json.split("</script>").next().unwrap();
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(json["schema"], "haggle.comparison/1");
}

#[test]
fn words_of_a_quote_make_no_markup() {
    let text = TENDER.replace("Bolt Office", "<b>Bolt</b> & `=1+1`");
    let comparison = comparison(&text);
    let html = quotes(&comparison).html(QuotePage::Table);
    assert!(!html.contains("<b>Bolt"), "a name of a supplier is markup");
    let csv = quotes(&self::comparison(&TENDER.replace("Bolt Office", "=HYPERLINK(1)"))).csv();
    assert!(!csv.contains(",=HYPERLINK"), "{csv}");
}
