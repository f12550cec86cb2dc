//! What people see, for each renderer and brief.
#![allow(clippy::unwrap_used, reason = "test code")]

mod support;

use haggle_report::*;

const PLAIN: Style = Style { width: 80, color: false };

#[test]
fn text_of_each_brief() {
    insta::assert_snapshot!("text_full", text(&support::full(), &PLAIN));
    insta::assert_snapshot!("text_thin", text(&support::thin(), &PLAIN));
    insta::assert_snapshot!("text_none", text(&support::no_market(), &PLAIN));
    insta::assert_snapshot!("text_buyer", text(&support::buyer(), &PLAIN));
    let narrow = Style { width: 40, color: true };
    insta::assert_snapshot!("text_narrow", text(&support::full(), &narrow).replace('\u{1b}', "^"));
}

#[test]
fn markdown_of_each_brief() {
    insta::assert_snapshot!("markdown_full", markdown(&support::full()));
    insta::assert_snapshot!("markdown_hostile", markdown(&support::hostile()));
}

/// The style sheet is left out: it is looked at, not read.
#[test]
fn html_of_each_brief() {
    let body = |page: String| {
        let start = page.find("<main>").unwrap();
        page[start..page.find("<script type").unwrap()].replace(env!("CARGO_PKG_VERSION"), "0.0.0")
    };
    insta::assert_snapshot!("html_full", body(html(&support::full())));
    insta::assert_snapshot!("html_thin", body(html(&support::thin())));
    insta::assert_snapshot!("html_none", body(html(&support::no_market())));
}

#[test]
fn json_of_each_brief() {
    let of = |brief| json(&brief).replace(env!("CARGO_PKG_VERSION"), "0.0.0");
    insta::assert_snapshot!("json_full", of(support::full()));
    insta::assert_snapshot!("json_none", of(support::no_market()));
}

#[test]
fn the_way_down() {
    insta::assert_snapshot!("explain", explain(&support::full(), "target", &PLAIN).unwrap());
}

#[test]
fn benchmark_alone() {
    let (full, thin, listing) = (support::full(), support::thin(), support::listing());
    insta::assert_snapshot!("benchmark_text", benchmark_text(&full, Some(&listing), &PLAIN));
    insta::assert_snapshot!("benchmark_thin", benchmark_text(&thin, None, &PLAIN));
    insta::assert_snapshot!("benchmark_csv", benchmark_csv(&full));
    insta::assert_snapshot!("listing_csv", listing_csv(&listing));
    let json = benchmark_json(&thin, Some(&listing));
    insta::assert_snapshot!("benchmark_json", json.replace(env!("CARGO_PKG_VERSION"), "0.0.0"));
}
