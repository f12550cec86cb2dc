//! The same inputs give the same bytes: on another day, in another folder, time zone, locale and
//! with another number of threads, in every format.

use crate::support::{Bench, ran};

const FORMATS: [&str; 4] = ["text", "md", "html", "json"];

#[test]
fn the_same_bytes_wherever_and_whenever() {
    let (here, there) = (Bench::with_data(), Bench::with_data());
    for deal in ["salary-us", "salary-thin", "salary-equity", "model-tokens"] {
        for format in FORMATS {
            let command = format!("report data/deals/{deal}.toml --format {format}");
            let first = here.run(&command);
            assert_eq!(first.code, 0, "{}", first.err);
            let again = here.run(&command);
            assert_eq!(first.out, again.out, "{deal} {format}: a second run");
            let mut elsewhere = there.command();
            elsewhere.args(command.split(' '));
            elsewhere
                .env("TZ", "Pacific/Kiritimati")
                .env("LC_ALL", "de_DE.UTF-8")
                .env("LANG", "tr_TR.UTF-8");
            elsewhere.env("RAYON_NUM_THREADS", "1").env("HOME", "/nowhere");
            let other = ran(elsewhere.output().unwrap());
            assert_eq!(first.out, other.out, "{deal} {format}: another place");
        }
    }
}

#[test]
fn no_path_of_this_machine_and_no_clock_in_a_report() {
    let bench = Bench::with_data();
    let folder = bench.path("").display().to_string();
    let home = env!("CARGO_MANIFEST_DIR");
    for format in FORMATS {
        let run = bench.run(&format!("report data/deals/salary-us.toml --format {format}"));
        assert!(!run.out.contains(folder.trim_end_matches('/')), "{format}");
        assert!(!run.out.contains(home), "{format}");
    }
}

#[test]
fn the_as_of_date_can_be_moved_and_moves_what_depends_on_it() {
    let bench = Bench::with_data();
    let file = bench.json("report data/deals/salary-us.toml --format json");
    let moved = bench.json("report data/deals/salary-us.toml --format json --as-of 2024-11-20");
    assert_eq!(file["as_of"], "2023-11-20");
    assert_eq!(moved["as_of"], "2024-11-20");
    // One more year at 3.5 %, on the published cell 127260 of May 2022.
    #[expect(clippy::disallowed_methods, reason = "an oracle may use the platform")]
    let grown = |days: f64| 1.035_f64.powf(days / 365.2425);
    let days = |report: &serde_json::Value| crate::support::figure(report, "oews.p50") / 127_260.0;
    let (from_file, from_moved) = (days(&file), days(&moved));
    assert!((from_file - grown(557.0)).abs() < 1e-9);
    assert!((from_moved - grown(923.0)).abs() < 1e-9);
    let run = bench.run("report data/deals/salary-us.toml --as-of yesterday");
    assert_eq!(run.code, 2, "{}", run.err);
}

#[test]
fn names_order_and_free_text_change_no_number() {
    let bench = Bench::with_data();
    let before = bench.json("report data/deals/salary-us.toml --format json");
    let deal = bench.read("data/deals/salary-us.toml");
    let renamed = deal
        .replace("Software developer, United States", "Something else entirely")
        .replace("recruiter, call of 2023-11-15: band ends near 160", "somebody")
        .replace("led the billing rewrite", "rewrote something");
    bench.write("data/deals/renamed.toml", renamed);
    let after = bench.json("report data/deals/renamed.toml --format json");
    let figures = before["figures"].as_object().unwrap();
    assert!(figures.len() > 100);
    for (id, figure) in figures {
        assert_eq!(figure["value"], after["figures"][id]["value"], "{id}");
    }
}
