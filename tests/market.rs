//! Markets of several sources through deal file and report, and what protects them from slips.

use crate::support::{Bench, figure, ran};

const HEAD: &str = "schema = \"haggle.deal/1\"\ntitle = \"t\"\nside = \"seller\"\ncurrency = \"USD\"\nper = \"year\"\nas_of = 2023-11-20\n";
const STAY: &str = "[[alternative]]\nname = \"stay\"\namount = \"100000\"\n";
const SURVEY: &str = "path = \"data/evidence/pay-survey-2023.csv\"";
const TABLE: &str = "path = \"data/evidence/oews-national-may-2022.xlsx\"\nwhere = { subject = \"15-1252\", place = \"US\" }";

fn report(bench: &Bench, body: &str) -> serde_json::Value {
    bench.write("deal.toml", format!("{HEAD}{body}{STAY}"));
    bench.json("report deal.toml --format json")
}

/// Two surveys too small for tails: the chain goes on from the composite that the report shows.
#[test]
fn the_chain_rests_on_the_market_that_is_shown() {
    let bench = Bench::with_data();
    let source = |name: &str, title: &str| {
        format!(
            "[[source]]\nname = \"{name}\"\n{SURVEY}\nwhere = {{ title = \"{title}\", place = \"US\" }}\n"
        )
    };
    let body = source("engineers", "Data Engineer") + &source("scientists", "Data Scientist");
    let report = report(&bench, &body);
    assert!(report["figures"].get("market.p10").is_none(), "too few for tails");
    assert_eq!(figure(&report, "market.median"), figure(&report, "market.p50"));
    assert_eq!(figure(&report, "market.edge.better"), figure(&report, "market.p75"));
}

/// Three rows with most of the weight leave a median alone; that is thin, and no failure.
#[test]
fn a_thin_source_beside_a_table_is_no_failure() {
    let bench = Bench::with_data();
    let few = format!(
        "[[source]]\nname = \"few\"\n{SURVEY}\nwhere = {{ title = \"~ actuarial data engineer\" }}\n"
    );
    let rate = "[[rate]]\nfrom = \"GBP\"\nto = \"USD\"\nrate = \"1.25\"\ndate = 2023-11-17\n";
    let body = format!("[[source]]\nname = \"table\"\n{TABLE}\n{few}weight = 5\n{rate}");
    let composite = report(&bench, &body);
    assert!(composite["figures"].get("market.p50").is_some());
    assert!(composite["figures"].get("market.p75").is_none());
    assert_eq!(composite["findings"][0]["rule"], "S3.1");
    let mixture = report(&bench, &format!("{body}[parameters]\ncombine = \"mixture\"\n"));
    assert!(mixture["target"].is_string());
}

/// Example W11 of the benchmark's definition: shares declare parts of one market, and parts mix.
#[test]
fn declared_shares_make_a_mixture() {
    let bench = Bench::new();
    let header = "AREA_TITLE,OCC_CODE,OCC_TITLE,O_GROUP,A_PCT10,A_PCT25,A_MEDIAN,A_PCT75,A_PCT90,H_PCT10,H_PCT25,H_MEDIAN,H_PCT75,H_PCT90";
    let rows = "U.S.,15-0001,A,detailed,40000,48000,58000,70000,84000,*,*,*,*,*\nU.S.,15-0002,B,detailed,60000,72000,87000,105000,126000,*,*,*,*,*";
    bench.write("parts.csv", format!("{header}\n{rows}\n"));
    let part = |code: &str, share: &str| {
        format!(
            "[[source]]\nname = \"p{code}\"\npath = \"parts.csv\"\nrecipe = \"bls-oews\"\nvintage = \"2022\"\nwhere = {{ subject = \"15-000{code}\" }}\nshare = {share}\n"
        )
    };
    let report = report(&bench, &(part("1", "0.7") + &part("2", "0.3")));
    assert_eq!(report["market"]["kind"], "mixture of parts");
    assert!((figure(&report, "market.p50") - 64_579.095_397_2).abs() < 1e-6);
    assert!((figure(&report, "market.p10") - 42_655.035_202_7).abs() < 1e-6);
    assert_eq!(report["figures"]["market.p10"]["bound"], "at most");
    bench.write(
        "half.toml",
        format!(
            "{HEAD}{}{}{STAY}",
            part("1", "0.7"),
            part("2", "0.3").replace("share = 0.3\n", "")
        ),
    );
    let run = bench.run("check half.toml");
    assert!(run.code == 1 && run.out.contains("not for p2"), "{}", run.out);
}

#[test]
fn an_exclusion_that_takes_nothing_is_told() {
    let bench = Bench::with_data();
    let report = report(
        &bench,
        &format!(
            "[[source]]\n{TABLE}\n[[exclude]]\nreason = \"no such row\"\nwhere = {{ subject = \"99-9999\" }}\n"
        ),
    );
    let told =
        report["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "S3.19").unwrap();
    assert!(told["text"].as_str().unwrap().contains("no such row"));
}

#[test]
fn a_report_is_never_written_over_its_inputs() {
    let bench = Bench::with_data();
    for input in
        ["data/deals/salary-us.toml", "data/deals/haggle.lock", "data/evidence/pay-survey-2023.csv"]
    {
        let before = bench.read(input);
        let run = bench.run(&format!("report data/deals/salary-us.toml --out {input}"));
        assert_eq!(run.code, 2, "{}", run.err);
        assert_eq!(bench.read(input), before);
    }
}

#[test]
fn variables_say_yes_as_people_do() {
    let bench = Bench::with_data();
    for (value, quiet) in [("1", true), ("true", true), ("0", false), ("", false)] {
        let mut command = bench.command();
        command.args(["benchmark", "--where", "place=US"]).env("HAGGLE_QUIET", value);
        let run = ran(command.output().unwrap());
        assert_eq!(run.code, 0, "{value}: {}", run.err);
        let mut command = bench.command();
        command.args(["sources"]).env("HAGGLE_QUIET", value);
        assert_eq!(ran(command.output().unwrap()).err.is_empty(), quiet, "{value}");
    }
}

#[test]
fn a_folder_or_device_is_no_evidence() {
    let bench = Bench::with_data();
    for path in ["data/evidence", "/dev/null"] {
        let run = bench.run(&format!("import {path}"));
        assert!(run.code == 1 && run.err.contains("E0001"), "{}", run.err);
    }
}

/// One file under two names, or a copy of it, would say everything twice; conditions that exclude
/// each other do not.
#[test]
fn the_same_rows_do_not_count_twice() {
    let bench = Bench::with_data();
    bench.write("data/evidence/copy.csv", bench.read("data/evidence/pay-survey-2023.csv"));
    let source = |name: &str, path: &str, title: &str| {
        format!(
            "[[source]]\nname = \"{name}\"\npath = \"data/evidence/{path}.csv\"\nwhere = {{ title = \"{title}\", place = \"US\" }}\n"
        )
    };
    let first = source("a", "pay-survey-2023", "Data Engineer");
    for second in ["pay-survey-2023", "copy"].map(|path| source("b", path, "Data Engineer")) {
        bench.write("deal.toml", format!("{HEAD}{first}{second}{STAY}"));
        let run = bench.run("report deal.toml");
        assert_eq!(run.code, 1, "{}", run.out);
        let said =
            "sources `a` and `b` hold the same observations, among them pay-survey-2023.csv:";
        assert!(run.err.contains(said), "{}", run.err);
    }
    let apart = source("b", "copy", "Data Scientist");
    assert_eq!(
        report(&bench, &format!("{first}{apart}"))["market"]["sources"].as_array().unwrap().len(),
        2
    );
}

/// A second source whose conditions meet nothing is named; the market is that of the first.
#[test]
fn a_source_that_matches_nothing_is_named() {
    let bench = Bench::with_data();
    let body = format!(
        "[[source]]\nname = \"table\"\n{TABLE}\n[[source]]\nname = \"survey\"\n{SURVEY}\nwhere = {{ title = \"Plumber\" }}\n"
    );
    let report = report(&bench, &body);
    assert_eq!(report["market"]["sources"], serde_json::json!(["table"]));
    let said =
        report["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "S3.23").unwrap();
    assert_eq!(
        said["text"],
        "survey: no observation of it meets `where`; the market rests on the others alone."
    );
}

/// Whatever a command reads, none of its outputs replaces it; a proposal replaces recipes alone.
#[test]
fn outputs_spare_what_is_read() {
    let bench = Bench::with_data();
    bench.write("own.toml", "name = \"own\"\nversion = 1\nsignature = [[\"salary\"]]\n");
    bench.write("deal.toml", format!("{HEAD}[[source]]\n{SURVEY}\nrecipe = \"own.toml\"\n{STAY}"));
    let survey = "data/evidence/pay-survey-2023.csv";
    for (command, spared) in [
        (format!("inspect {survey} --propose {survey}"), survey),
        (format!("inspect {survey} --propose deal.toml"), "deal.toml"),
        (format!("import {survey} --issues {survey}"), survey),
        (format!("import {survey} --recipe own.toml --issues own.toml"), "own.toml"),
    ] {
        let before = bench.read(spared);
        let run = bench.run(&command);
        assert_eq!(run.code, 2, "{command}: {}", run.err);
        assert_eq!(bench.read(spared), before, "{command}");
    }
    let run = bench.run(&format!("inspect {survey} --propose own.toml"));
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(bench.read("own.toml").contains("[[amount]]"));
    let recipe = bench.read("own.toml");
    bench.run("report deal.toml --out own.toml");
    assert_eq!(bench.read("own.toml"), recipe, "the recipe of a deal is one of its inputs");
}

/// A what-if is called so to us; the other side reads nothing of it, and whoever sends it is warned.
#[test]
fn a_what_if_is_for_us_alone() {
    let bench = Bench::with_data();
    let deal = "report data/deals/salary-us.toml --set offer.amount=140000";
    let private = bench.run(deal);
    assert!(private.out.contains("What if: offer.amount=140000."), "{}", private.out);
    for page in ["--page letter", "--audience shareable", "--audience shareable --format json"] {
        let run = bench.run(&format!("{deal} {page}"));
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(!run.out.to_lowercase().contains("what if") && !run.out.contains("140000"));
        assert!(run.err.contains("this is not what the deal file says: offer.amount=140000"));
    }
}
