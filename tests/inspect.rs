//! Looking before importing, from outside: inspect, proposals, issues files, sheets by name.

use crate::support::{Bench, workbook};

const SURVEY: &str = "data/evidence/pay-survey-2023.csv";
const TABLE: &str = "data/evidence/oews-national-may-2022.xlsx";

#[test]
fn a_look_changes_nothing_and_tells_the_recipe_and_the_problems() {
    let bench = Bench::with_data();
    let run = bench.run(&format!("inspect {SURVEY}"));
    assert_eq!(run.code, 0, "{}", run.err);
    for part in [
        "UTF-8, separator `,`",
        "header in row 1",
        "recipe community-salaries",
        "read 53 = imported 50 + rejected 2 + skipped 1",
        "`about 120k` at 32:5",
        "[I0101]",
    ] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
    assert!(!bench.path("store").exists(), "inspect made a store");
    let run = bench.run(&format!("inspect {TABLE} --format json"));
    let found: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(
        (&found["format"], &found["recipe"]["name"]),
        (&"XLSX workbook".into(), &"bls-oews".into())
    );
    assert!(found["tables"].as_array().unwrap().iter().all(|t| t["rows"].is_u64()));
    assert!(found["recipe"]["observations"][0]["place"].as_str().unwrap().contains('!'));
}

/// An unknown file: a proposal, its doubts settled by an editor, an import, a benchmark.
#[test]
fn an_unknown_file_becomes_evidence_in_three_commands() {
    let bench = Bench::new();
    let mut file = String::from("Role;Ort;Gehalt\n");
    for i in 0..8 {
        file += &format!("Köchin;Köln;{}.{}00,00\n", 31 + i, i);
    }
    bench.write("umfrage.csv", file);
    let run = bench.run("inspect umfrage.csv");
    assert!(run.out.contains("no recipe reads it") && run.out.contains("--propose"), "{}", run.out);
    assert_eq!(bench.run("inspect umfrage.csv --propose mine.toml").code, 0);
    let proposed = bench.read("mine.toml");
    let unsettled = bench.run("import umfrage.csv --recipe mine.toml");
    assert!(unsettled.code == 1 && unsettled.err.contains("mine.toml:"), "{}", unsettled.err);
    let settled = proposed
        .replace("# currency = \"EUR\"", "currency = \"EUR\"")
        .replace("# per = \"year\"", "per = \"year\"")
        .replace("# reference_date", "reference_date");
    bench.write("mine.toml", settled);
    let run = bench.run("import umfrage.csv --recipe mine.toml");
    assert_eq!(run.code, 0, "{}{proposed}", run.err);
    assert!(run.out.contains("mapped 8 = observations 8 + absent 0"), "{}", run.out);
    let market = bench.run("benchmark --where currency=EUR --as-of 2026-03-01 --format json");
    let market: serde_json::Value = serde_json::from_str(&market.out).unwrap();
    assert_eq!(market["market"]["n"], 8);
}

#[test]
fn issues_go_to_a_file_and_are_found_again_when_nothing_changed() {
    let bench = Bench::with_data();
    for _ in 0..2 {
        let run = bench.run(&format!("import {SURVEY} --issues issues.csv"));
        assert_eq!(run.code, 0, "{}", run.err);
        let issues = bench.read("issues.csv");
        let lines: Vec<&str> = issues.lines().collect();
        assert_eq!(lines.len(), 3, "{issues}");
        assert_eq!(lines[0], "file,line,place,field,found,expected,code");
        assert!(lines[1].starts_with(&format!("{SURVEY},32,{SURVEY}:32:5,")), "{issues}");
        assert!(lines[1].contains("about 120k") && lines[1].ends_with(",I0101"), "{issues}");
        assert!(lines[2].ends_with(",I0104"), "{issues}");
    }
}

#[test]
fn a_code_is_explained_with_an_example_and_a_way_out() {
    let run = Bench::new().run("explain E0014");
    for part in ["E0014", "for example:", "1.234", "help:", "decimal"] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
}

#[test]
fn what_cannot_be_read_in_one_way_is_refused_with_the_line_that_settles_it() {
    let bench = Bench::new();
    bench.write("list.csv", "Item;Price\nbolt;1.234\nnut;2.500\n");
    let recipe = "name = \"list\"\nversion = 1\nsignature = [[\"Item\"], [\"Price\"]]\n\
        source = { name = \"list\", reference_date = \"2026-01-01\" }\n\
        constant = { kind = \"price\", basis = \"list\", tax = \"unknown\", currency = \"EUR\", per = \"each\" }\n\
        field.title = { any = [\"Item\"] }\namount = [{ any = [\"Price\"], statistic = \"value\" }]\n";
    bench.write("list.toml", recipe);
    let run = bench.run("import list.csv --recipe list.toml");
    assert_eq!(run.code, 1);
    for part in ["list.csv:2:2", "`1.234` may be 1.234 or 1234", "[E0014]", "decimal = \",\""] {
        assert!(run.err.contains(part), "{part}: {}", run.err);
    }
    assert!(bench.run("sources").out.is_empty());
    for (line, amount) in [
        ("{ decimal = \".\", thousands = \",\" }", "1.234"),
        ("{ decimal = \",\", thousands = \".\" }", "1234"),
    ] {
        bench.write(
            "list.toml",
            recipe.replace("field.title", &format!("number = {line}\nfield.title")),
        );
        let run = bench.run("inspect list.csv --recipe list.toml");
        assert!(run.out.contains(&format!("  {amount} EUR/EA")), "{}", run.out);
    }
}

const TWO_SHEETS: &str = "name = \"two\"\nversion = 1\nsignature = [[\"Code\"], [\"Pay\"]]\nsheets = [\"All\"]\n\
    source = { name = \"two\", reference_date = \"2026-01-01\" }\nnumber = { decimal = \".\" }\n\
    constant = { kind = \"wage\", basis = \"paid\", tax = \"gross\", currency = \"EUR\", per = \"year\" }\n\
    field.subject = { any = [\"Code\"] }\namount = [{ any = [\"Pay\"], statistic = \"value\" }]\n";

/// The sheets of one file are readings of their own, for the store, the deal and its lock file.
#[test]
fn two_sheets_of_one_file_stand_side_by_side() {
    let bench = Bench::new();
    let sheets: [(&str, &[&[&str]]); 2] = [
        ("All", &[&["Code", "Pay"], &["7", "40000"]]),
        ("Female", &[&["Code", "Pay"], &["7", "39000"]]),
    ];
    bench.write("two.xlsx", workbook(&sheets));
    bench.write("two.toml", TWO_SHEETS);
    assert!(bench.run("import two.xlsx --recipe two.toml").out.contains("by recipe two,"));
    let run = bench.run("import two.xlsx --recipe two.toml --sheet Female");
    assert!(run.out.contains("by recipe two@female,"), "{}{}", run.out, run.err);
    assert_eq!(bench.run("sources --format json").out.matches("\"sha256\"").count(), 2);
    let run = bench.run("import two.xlsx --recipe two.toml --sheet Male");
    assert!(
        run.code == 1 && run.err.contains("E0016") && run.err.contains("`Female`"),
        "{}",
        run.err
    );
    let deal = "schema = \"haggle.deal/1\"\ntitle = \"t\"\nside = \"seller\"\ncurrency = \"EUR\"\nper = \"year\"\nas_of = 2026-02-01\n\
        [[source]]\npath = \"two.xlsx\"\nrecipe = \"two.toml\"\nsheet = \"Female\"\n[[alternative]]\nname = \"stay\"\namount = \"30000\"\n";
    bench.write("deal.toml", deal);
    let report = bench.json("report deal.toml --format json");
    assert_eq!(report["market"]["n"], 1);
    assert!(bench.read("haggle.lock").contains("two@female"));
    assert_eq!(bench.run("report deal.toml --locked").code, 0);
}

#[test]
fn standard_input_is_looked_at_as_a_file_is() {
    use std::io::Write;
    let bench = Bench::new();
    let file = "Job,Annual salary (USD)\nCook,41500\n";
    for (arguments, parts) in [
        (vec!["inspect", "-"], vec!["standard input: separated text", "inspect - --propose"]),
        (vec!["inspect", "-", "--propose", "-"], vec!["per = \"year\"   # from the header"]),
    ] {
        let mut command = bench.command();
        let piped = std::process::Stdio::piped;
        command.args(arguments).stdin(piped()).stdout(piped()).stderr(piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(file.as_bytes()).unwrap();
        let run = crate::support::ran(child.wait_with_output().unwrap());
        assert_eq!(run.code, 0, "{}", run.err);
        parts.iter().for_each(|p| assert!(run.out.contains(p), "{p}: {}", run.out));
    }
}

#[test]
fn a_recipe_that_is_not_there_and_a_file_that_none_fits_name_the_next_step() {
    let bench = Bench::new();
    bench.write("list.csv", "Thing,Money\nbolt,3\n");
    let run = bench.run("import list.csv --recipe bls-oewss");
    assert!(
        run.err.contains("did you mean `bls-oews`") && run.err.contains("help recipes"),
        "{}",
        run.err
    );
    assert!(!run.err.contains("world-bank"), "{}", run.err);
    assert!(bench.run("help recipes").out.contains("world-bank-pink-sheet"));
    let next = "haggle inspect FILE --propose recipe.toml";
    let run = bench.run("import list.csv");
    assert!(run.err.contains("E0006") && run.err.contains(next), "{}", run.err);
    assert!(bench.run("explain E0006").out.contains(next));
    let wide: Vec<String> = (0..500).map(|i| format!("Question {i}")).collect();
    bench.write("wide.csv", format!("{}\n{}\n", wide.join(","), "1,".repeat(499) + "1"));
    let run = bench.run("import wide.csv");
    assert!(run.err.contains("and 488 more") && run.err.len() < 1000, "{}", run.err);
}

#[test]
fn blank_columns_are_not_counted_and_an_archived_file_has_its_size() {
    let bench = Bench::new();
    let header: Vec<String> = (0..62).map(|i| format!("Price {i}")).collect();
    bench.write("x.csv", format!("Item,,{}\nbolt,,{}\n", header.join(","), "1,".repeat(61) + "1"));
    assert!(bench.run("inspect x.csv").out.contains("and 3 more columns"));
    let text = "Item,Price\nbolt,3\n";
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let plain =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("x.csv", plain).unwrap();
    std::io::Write::write_all(&mut zip, text.as_bytes()).unwrap();
    bench.write("a.zip", zip.finish().unwrap().into_inner());
    let run = bench.run("inspect a.zip/x.csv");
    assert!(run.out.contains(&format!(", {} bytes", text.len())), "{}{}", run.out, run.err);
}

/// A second table beside the first, formulas without results, two header rows: said, and proposed.
#[test]
fn problems_of_an_unknown_workbook_are_told() {
    let bench = Bench::new();
    let sheets: [(&str, &[&[&str]]); 1] = [(
        "Quotes",
        &[
            &["Supplier", "Item", "Unit price EUR", "", "Supplier", "Item", "Unit price USD"],
            &["Acme", "Desk", "310.5", "", "Acme", "Chair", "110.5"],
            &["Beta", "Desk", "299", "", "Beta", "Chair", "99"],
        ],
    )];
    bench.write("side.xlsx", workbook(&sheets));
    let run = bench.run("inspect side.xlsx");
    assert!(run.out.contains("problem: two tables stand side by side"), "{}", run.out);
    assert_eq!(bench.run("inspect side.xlsx --propose side.toml").code, 0);
    let run = bench.run("import side.xlsx --recipe side.toml");
    assert!(run.out.contains("mapped 2 = observations 2 + absent 0"), "{}{}", run.out, run.err);
}

/// A list in JSON: what it holds, pointers as places, an import; a broken one stores nothing.
#[test]
fn a_list_in_json_is_told_and_imported() {
    let bench = Bench::new();
    let list = r#"{
  "maker/one": {"litellm_provider": "maker", "mode": "chat", "input_cost_per_token": 3e-06},
  "maker/two": {"litellm_provider": "maker", "mode": "chat", "input_cost_per_token": "cheap"},
  "maker/three": {"litellm_provider": "maker", "mode": "chat", "input_cost_per_token": 0}
}"#;
    bench.write("models.json", list);
    let run = bench.run("inspect models.json");
    assert_eq!(run.code, 0, "{}", run.err);
    for part in [
        "models.json: JSON, UTF-8",
        "list `/*`: 3 rows, the plain values below each",
        "input_cost_per_token",
        "recipe litellm-model-prices",
        "models.json#/maker~1one/input_cost_per_token",
        "[I0101]",
    ] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
    let run = bench.run("import models.json");
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("mapped 2 = observations 1 + absent 1"), "{}", run.out);
    let market = bench.run("benchmark --where per=1M-tokens --as-of 2026-03-01 --format json");
    let market: serde_json::Value = serde_json::from_str(&market.out).unwrap();
    assert_eq!(market["market"]["n"], 1, "{market}");
    bench.write("broken.json", &list[..150]);
    let run = bench.run("import broken.json");
    assert!(run.code == 1 && run.err.contains("broken.json:3:"), "{}", run.err);
}
