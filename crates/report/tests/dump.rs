//! Writes every rendering of the fixtures to a folder, to be looked at.
#![allow(clippy::unwrap_used, reason = "test code")]

mod support;

#[test]
#[ignore = "writes files to look at"]
fn dump() {
    let folder = std::env::var("HAGGLE_DUMP").unwrap();
    for (name, brief) in [
        ("full", support::full()),
        ("thin", support::thin()),
        ("none", support::no_market()),
        ("buyer", support::buyer()),
        ("hostile", support::hostile()),
    ] {
        let style = haggle_report::Style { width: 80, color: false };
        let path = |ext: &str| format!("{folder}/{name}.{ext}");
        std::fs::write(path("txt"), haggle_report::text(&brief, &style)).unwrap();
        std::fs::write(path("md"), haggle_report::markdown(&brief)).unwrap();
        std::fs::write(path("html"), haggle_report::html(&brief)).unwrap();
        std::fs::write(path("json"), haggle_report::json(&brief)).unwrap();
        let explained = haggle_report::explain(&brief, "walk_away", &style).unwrap_or_default();
        let more = haggle_report::explain(&brief, "target", &style).unwrap_or_default();
        std::fs::write(path("explain"), explained + "\n" + &more).unwrap();
        let listing = support::listing();
        let mut bench = haggle_report::benchmark_text(&brief, Some(&listing), &style);
        bench += &haggle_report::benchmark_csv(&brief);
        bench += &haggle_report::listing_csv(&listing);
        std::fs::write(path("bench"), bench).unwrap();
    }
}
