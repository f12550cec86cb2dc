//! The command line: help, schema, completions, doctor, explain, streams and exit codes.

use crate::support::{Bench, ran};
use std::process::Stdio;

#[test]
fn only_built_verbs_are_listed() {
    let bench = Bench::new();
    let help = bench.run("--help");
    assert_eq!(help.code, 0);
    for verb in [
        "import",
        "sources",
        "benchmark",
        "report",
        "compare",
        "check",
        "explain",
        "verify",
        "diff",
        "init",
        "cache",
        "plugin",
        "schema",
        "completions",
        "doctor",
        "help",
    ] {
        assert!(help.out.contains(&format!("\n  {verb}")), "{verb}: {}", help.out);
    }
    for verb in ["respond", "serve", "solve"] {
        assert!(!help.out.contains(&format!("\n  {verb}")), "{verb} is not built");
    }
}

#[test]
fn usage_errors_exit_with_2_and_the_codes_are_documented() {
    let bench = Bench::new();
    for wrong in ["", "frobnicate", "report", "report x --format pdf", "schema recipe"] {
        assert_eq!(bench.run(wrong).code, 2, "`{wrong}`");
    }
    let codes = bench.run("help exit-codes").out;
    for line in [
        "0  fine",
        "1  failed",
        "2  usage",
        "3  evidence too weak",
        "4  not as locked",
        "6  a plugin",
    ] {
        assert!(codes.contains(line), "{codes}");
    }
    assert_eq!(bench.run("-v").out, bench.run("--version").out);
}

#[test]
fn data_goes_to_standard_output_and_talk_to_standard_error() {
    let bench = Bench::with_data();
    let run = bench.run("report data/deals/salary-us.toml --format json");
    assert!(serde_json::from_str::<serde_json::Value>(&run.out).is_ok());
    let to_file = bench.run("report data/deals/salary-us.toml --format json --out report.json");
    assert_eq!(to_file.out, "");
    assert_eq!(bench.read("report.json"), run.out);
    assert!(bench.run("report data/deals/salary-us.toml --out /nowhere/at/all").code == 1);
    let quiet = bench.run("report data/deals/salary-us.toml --quiet");
    assert_eq!(quiet.err, "");
    assert!(!quiet.out.contains('\u{1b}'), "no colour without a terminal");
    assert!(bench.run("report data/deals/salary-us.toml --color always").out.contains('\u{1b}'));
}

#[test]
fn a_closed_reader_is_no_failure() {
    let bench = Bench::with_data();
    let mut child = bench.command();
    child.args(["report", "data/deals/salary-us.toml", "--format", "html"]);
    let mut child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let run = ran(child.wait_with_output().unwrap());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
}

#[test]
fn the_schema_is_json_and_completions_are_scripts() {
    let bench = Bench::new();
    let schema: serde_json::Value = serde_json::from_str(&bench.run("schema deal").out).unwrap();
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(bench.run(&format!("completions {shell}")).out.contains("haggle"), "{shell}");
    }
}

#[test]
fn doctor_sees_a_broken_part() {
    let bench = Bench::with_data();
    bench.run("import data/evidence/pay-survey-2023.csv");
    let sound = bench.run("doctor");
    assert_eq!(sound.code, 0);
    for part in ["cache", "certificates", "confinement", "seccomp", "MiB of memory", "0 added"] {
        assert!(sound.out.contains(part), "{}", sound.out);
    }
    bench.write("store/parts/broken.parquet", "not parquet");
    let run = bench.run("doctor");
    assert_eq!(run.code, 1);
    assert!(run.out.contains("broken.parquet"), "{}", run.out);
}

#[test]
fn a_figure_is_explained_down_to_its_cells() {
    let bench = Bench::with_data();
    let run = bench.run("explain data/deals/salary-us.toml target");
    assert_eq!(run.code, 0, "{}", run.err);
    for part in [
        "oews-national-may-2022.xlsx:national_M2022_dl!",
        "127260",
        "pay-survey-2023.csv:",
        "numbers 7.1",
    ] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
    let run = bench.run("explain data/deals/salary-us.toml targt");
    assert_eq!(run.code, 1);
    assert!(run.err.contains("no figure `targt`") && run.err.contains("help:"), "{}", run.err);
}

#[test]
fn codes_rules_and_parameters_are_explained() {
    let bench = Bench::with_data();
    for (code, part) in [
        ("E0004", "password"),
        ("D0101", "misspelled"),
        ("S2.1", "certainty equivalent"),
        ("interval_level", "0.90"),
        ("parameters", "belief_tail"),
        ("rules", "S5.15"),
        ("rules --format md", "| S5.15 |"),
        ("B12", "Maaravi"),
        ("S5.5", "concession_imbalance   1.5"),
    ] {
        let run = bench.run(&format!("explain {code}"));
        assert!(run.code == 0 && run.out.contains(part), "{code}: {} {}", run.out, run.err);
    }
    let run = bench.run("explain data/deals/salary-us.toml S2.1");
    assert!(run.out.contains("Of this deal"), "{}", run.out);
    assert_eq!(bench.run("explain X99").code, 1);
    assert_eq!(bench.run("explain S2.1 --format md").code, 2);
    let run = bench.run("explain data/deals/salary-us.toml S2.3");
    assert!(run.out.contains("\n  alternative.second-offer.index = USD"), "{}", run.out);
}

/// A silent rule says which input it lacks; one that speaks shows what it looked at.
#[test]
fn a_rule_explains_itself_for_a_deal() {
    let bench = Bench::with_data();
    for (rule, parts) in [
        ("S5.5", ["says nothing", "no `conceded.ours`", "concession_imbalance = 1.5 (default)"]),
        (
            "S4.4",
            ["no `counterpart.relationship`", "anchor = USD 159,000/year", "market.p90 = USD"],
        ),
        (
            "S3.4",
            ["Of this deal (info)", "Their offer of USD 128,000/year", "offer.percentile.low = "],
        ),
        (
            "S4.5",
            ["its test does not hold for the inputs", "leverage = 0.46", "leverage_low = 0.40"],
        ),
    ] {
        let run = bench.run(&format!("explain data/deals/salary-us.toml {rule}"));
        for part in parts {
            assert!(run.code == 0 && run.out.contains(part), "{rule}: {part}: {}", run.out);
        }
    }
}

/// A team's playbook is found beside the deal file, read strictly, and named where it counts.
#[test]
fn a_playbook_is_shared_and_named() {
    let bench = Bench::with_data();
    let deal = bench.read("data/deals/salary-us.toml");
    let deal = deal.replace("[ageing]", "[parameters]\nsteps = 4\n\n[ageing]");
    bench.write("data/deals/team.deal.toml", format!("playbook = \"../team.toml\"\n{deal}"));
    let playbook = "schema = \"haggle.playbook/1\"\n[parameters]\nfloor_share = 0.25\nsteps = 2\n";
    bench.write("data/team.toml", playbook);
    let report = bench.json("report data/deals/team.deal.toml --format json");
    assert_eq!(report["playbook"], "../team.toml");
    assert_eq!(report["parameter_origins"]["floor_share"], "playbook ../team.toml");
    assert_eq!(report["parameter_origins"]["steps"], "deal");
    assert_eq!(report["concessions"].as_array().unwrap().len(), 4);
    let run = bench.run("explain data/deals/team.deal.toml parameters");
    assert!(run.out.contains("playbook ../team.toml; in play at last_ask"), "{}", run.out);
    let run = bench.run("report data/deals/team.deal.toml --out data/team.toml");
    assert_eq!((run.code, bench.read("data/team.toml").as_str()), (2, playbook));
    bench.write("data/team.toml", playbook.replace("floor_share", "flor_share"));
    for command in ["check", "report"] {
        let run = bench.run(&format!("{command} data/deals/team.deal.toml"));
        let near = "team.toml:3:1: no parameter is called `flor_share`";
        assert!(run.code == 1 && run.err.contains(near), "{command}: {}", run.err);
        assert!(run.err.contains("did you mean `floor_share`?"), "{}", run.err);
    }
    std::fs::remove_file(bench.path("data/team.toml")).unwrap();
    let run = bench.run("report data/deals/team.deal.toml");
    assert!(run.code == 1 && run.err.contains("cannot read"), "{}", run.err);
}

#[test]
fn every_step_says_something_and_every_finding_cites() {
    let bench = Bench::with_data();
    let report = bench.json("report data/deals/salary-us.toml --format json");
    let findings = report["findings"].as_array().unwrap();
    for step in 1..=5 {
        assert!(findings.iter().any(|f| f["step"] == step), "step {step}");
    }
    for finding in findings {
        assert!(!finding["cites"].as_array().unwrap().is_empty(), "{finding}");
        assert!(!finding["text"].as_str().unwrap().is_empty());
        for id in finding["figures"].as_array().unwrap() {
            assert!(report["figures"].get(id.as_str().unwrap()).is_some(), "{id}");
        }
    }
}

/// Every figure has a unit, a known formula, and inputs, evidence or an assumption; every input
/// and every evidence set exists.
#[test]
fn the_graph_of_figures_is_closed() {
    let bench = Bench::with_data();
    for deal in ["salary-us", "salary-thin", "salary-equity", "model-tokens"] {
        let report = bench.json(&format!("report data/deals/{deal}.toml --format json"));
        let figures = report["figures"].as_object().unwrap();
        for (id, figure) in figures {
            assert!(figure["unit"].is_string() && figure["formula"].is_string(), "{id}");
            let inputs = figure["inputs"].as_object().unwrap();
            for input in inputs.values() {
                assert!(figures.contains_key(input.as_str().unwrap()), "{id}: {input}");
            }
            let evidence = figure["evidence"].as_str();
            if let Some(set) = evidence {
                assert!(report["evidence"].get(set).is_some(), "{id}: {set}");
            }
            let grounded =
                !inputs.is_empty() || evidence.is_some() || figure["assumption"].is_string();
            assert!(grounded, "{id}");
        }
        for id in ["walk_away", "target", "anchor"] {
            assert_eq!(report[id], id);
        }
    }
}
