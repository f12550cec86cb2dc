//! The plugins under `plugins/` from outside: built, allowed, imported from, and held to the kit.

use crate::server::{Asked, Reply, Server};
use crate::support::{Bench, Ran, ran, repository};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// One build at a time: a build with another address writes the same file.
static BUILD: Mutex<()> = Mutex::new(());

/// Builds a plugin and puts it into the bench's folder of plugins, not yet added.
fn build(bench: &Bench, name: &str, environment: &[(&str, &str)]) -> PathBuf {
    let _alone = BUILD.lock().unwrap_or_else(PoisonError::into_inner);
    let mut cargo = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    cargo.args(["build", "--offline", "--locked", "--message-format=json", "-p"]);
    cargo.arg(format!("haggle-{name}")).envs(environment.iter().copied());
    let done = cargo.current_dir(repository()).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let library = library(&String::from_utf8(done.stdout).unwrap(), name);
    let file = bench.path(&format!("data-home/haggle/plugins/libhaggle_{name}.so"));
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::set_permissions(file.parent().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();
    fs::copy(library, &file).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    file
}

/// The library among what a build says it made.
fn library(messages: &str, name: &str) -> PathBuf {
    let target = format!("haggle_{}", name.replace('-', "_"));
    let messages = messages.lines().map(|line| serde_json::from_str(line).unwrap());
    let of_target = |m: &serde_json::Value| {
        m["reason"] == "compiler-artifact" && m["target"]["name"] == target.as_str()
    };
    let made = messages.filter(of_target).flat_map(|m| m["filenames"].as_array().unwrap().clone());
    let mut made = made.map(|file| PathBuf::from(file.as_str().unwrap()));
    made.find(|file| file.extension().is_some_and(|e| e == "so")).unwrap()
}

/// Builds a plugin and allows it, at whatever level the machine offers.
fn add(bench: &Bench, name: &str, arguments: &str) {
    build(bench, name, &[]);
    allow(bench, name, arguments);
}

fn allow(bench: &Bench, name: &str, arguments: &str) {
    let add = format!("plugin add {name} --yes --allow-level process {arguments}");
    says(&bench.run(&add), 0, &["added"]);
}

#[track_caller]
fn says(run: &Ran, code: i32, parts: &[&str]) {
    let all = format!("{}{}", run.out, run.err);
    assert_eq!(run.code, code, "{all}");
    for part in parts {
        assert!(all.contains(part), "{part}: {all}");
    }
}

/// How well the program says that this machine confines plugins, and what a run recorded.
fn levels(bench: &Bench) -> (String, String) {
    let doctor = bench.run("doctor").out;
    let line = doctor.lines().find_map(|line| line.strip_prefix("confinement")).unwrap();
    let offered = line.trim_start().split(':').next().unwrap().to_owned();
    let sources = bench.json("sources --format json");
    (offered, sources[0]["plugin"]["level"].as_str().unwrap().to_owned())
}

fn stored(bench: &Bench) -> usize {
    fs::read_dir(bench.path("store/parts")).map_or(0, Iterator::count)
}

/// Title or subject and amount of every stored row, as `benchmark` lists them.
fn listed(bench: &Bench, condition: &str) -> String {
    let list = bench.run(&format!("benchmark --where {condition} --as-of 2026-11-23 --list"));
    list.out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_dummy_states_as_many_rows_as_it_is_told() {
    let bench = Bench::new();
    let file = build(&bench, "dummy", &[]);
    says(&bench.run(&format!("plugin test {}", file.display())), 0, &[" 0 failed"]);
    says(&bench.run("import --plugin dummy"), 1, &["not added"]);
    allow(&bench, "dummy", "");
    says(&bench.run("import --plugin dummy"), 0, &["read 3 = imported 3", "read nothing"]);
    let (offered, recorded) = levels(&bench);
    assert_eq!(recorded, offered);
    for (set, parts) in
        [("rows=100000", "read 100000 = imported 100000"), ("rows=0", "read 0 = imported 0")]
    {
        says(&bench.run(&format!("import --plugin dummy --set {set}")), 0, &[parts]);
    }
    for (set, part) in [
        ("rows=-1", "--set: plugin `dummy`: `config.rows`: found `-1`, expected a whole number"),
        ("row=1", "did you mean `rows`?"),
    ] {
        says(&bench.run(&format!("import --plugin dummy --set {set}")), 2, &[part]);
    }
}

const QUOTATION: &str = "data/evidence/ubl-quotation.xml";

#[test]
fn a_quotation_in_ubl_is_read_to_the_price_of_one() {
    let bench = Bench::with_data();
    let file = build(&bench, "ubl-quotation", &[]);
    let test = "--config {\"input\":\"stdin:\"} --input stdin:=";
    let kit = bench.run(&format!("plugin test {} {test}{QUOTATION}", file.display()));
    says(&kit, 0, &[" 0 failed"]);
    allow(&bench, "ubl-quotation", &format!("--file {QUOTATION}"));
    let import = "import --plugin ubl-quotation --set input=file:ubl-quotation.xml";
    says(&bench.run(import), 0, &["read 4 = imported 4", "read file:ubl-quotation.xml ("]);
    let (offered, recorded) = levels(&bench);
    assert_eq!(recorded, offered);
    let list = listed(&bench, "kind=quote");
    for part in ["4.171 EUR/each", "4.55 EUR/each", "5.1 EUR/each", "78 EUR/each"] {
        assert!(list.contains(part), "{part}: {list}");
    }
    let terms = "incoterm=DAP payment_days=30 lead_time_days=7 minimum=600 valid_until=2026-12-31 tax=excluded component=unit-price subject=PAPER-80";
    let one = listed(&bench, &terms.replace(' ', " --where "));
    assert!(one.contains("n 1") && one.contains("4.171 EUR/each"), "{one}");
}

#[test]
fn a_quotation_that_is_not_certain_stores_nothing() {
    let bench = Bench::with_data();
    let text = bench.read(QUOTATION);
    add(&bench, "ubl-quotation", &format!("--file {QUOTATION}"));
    let import = "import --plugin ubl-quotation --set input=file:ubl-quotation.xml";
    for (from, to, part) in [
        (
            ">5</cbc:Base",
            ">0</cbc:Base",
            "line 53:9, /Quotation/QuotationLine[1]/LineItem/Price/BaseQuantity: found `0`",
        ),
        (">5</cbc:Base", ">50</cbc:Base", "expected `903`"),
        (
            "false</cbc:ChargeIndicator>",
            "no</cbc:ChargeIndicator>",
            "found the ChargeIndicator `no`",
        ),
        ("\"EUR\">21.50", "\"USD\">21.50", "found the currency"),
    ] {
        assert!(text.contains(from), "{from}");
        bench.write(QUOTATION, text.replacen(from, to, 1));
        let run = bench.run(import);
        says(&run, 1, &["plugin `ubl-quotation`", part]);
        assert_eq!((stored(&bench), run.out.as_str()), (0, ""), "{part}");
    }
}

#[test]
fn a_file_is_opened_by_its_name_if_one_of_that_name_is_allowed() {
    let bench = Bench::with_data();
    let other = "other/ubl-quotation.xml";
    bench.write(other, bench.read(QUOTATION));
    add(&bench, "ubl-quotation", &format!("--file {QUOTATION}"));
    let import =
        |input: &str| bench.run(&format!("import --plugin ubl-quotation --set input={input}"));
    says(&import("file:SOURCES.md"), 1, &["`file:SOURCES.md` is not among the inputs"]);
    says(&import("file:../evidence/ubl-quotation.xml"), 1, &["is not among the inputs"]);
    allow(&bench, "ubl-quotation", &format!("--file {QUOTATION} --file {other}"));
    says(&import("file:ubl-quotation.xml"), 1, &["2 files `ubl-quotation.xml` are granted"]);
    let whole = format!("file://{}", bench.path(other).canonicalize().unwrap().display());
    says(&import(&whole), 0, &["read 4 = imported 4"]);
    assert_eq!(stored(&bench), 1);
}

#[test]
fn the_bundled_deal_on_a_quotation_needs_its_plugin_added() {
    let bench = Bench::with_data();
    build(&bench, "ubl-quotation", &[]);
    let report = "report data/deals/paper-quotation.toml";
    says(&bench.run(report), 1, &["not added", "haggle plugin add ubl-quotation"]);
    allow(&bench, "ubl-quotation", &format!("--file {QUOTATION}"));
    let json = bench.json(&format!("{report} --format json"));
    assert_eq!(json["market"]["n"], 3);
    let source = &json["sources"]["quotation"];
    assert_eq!(source["plugin"]["inputs"][0]["uri"], "file:ubl-quotation.xml");
    let amounts: Vec<&str> = json["evidence"]
        .as_object()
        .unwrap()
        .values()
        .flat_map(|set| set["first"].as_array().unwrap())
        .map(|row| row["amount"].as_str().unwrap())
        .collect();
    assert!(amounts.contains(&"4.171"), "{amounts:?}");
    let folder = bench.path("").display().to_string();
    assert!(!json.to_string().contains(&folder), "a report knows no folder");
}

const TENDER: &str = r#"schema = "haggle.deal/1"
title = "Copier paper"
side = "buyer"
currency = "EUR"
per = "lot"
as_of = 2026-11-23
[tender]
sources = ["nord", "south"]
payment_days = 30
[[source]]
name = "nord"
plugin = "ubl-quotation"
config = { input = "file:ubl-quotation.xml", item = "buyers" }
[[source]]
name = "south"
path = "south.csv"
[[item]]
id = "PAPER-80"
quantity = "3000"
per = "each"
[[item]]
id = "PAPER-90"
quantity = "500"
per = "each"
[[item]]
id = "TONER-K"
quantity = "24"
per = "each"
[[quote]]
supplier = "Carta Sud"
tax = "0"
tax_recoverable = true
"#;

const SOUTH: &str = "Supplier,Item No.,Description,Unit Price,Currency,Unit,Incoterms,Payment Terms,Valid Until,Quote Date\n\
    Carta Sud,PAPER-80,Copier paper 80 g,4.30,EUR,each,DAP,net 30,2026-12-15,2026-11-12\n\
    Carta Sud,PAPER-90,Copier paper 90 g,4.95,EUR,each,DAP,net 30,2026-12-15,2026-11-12\n\
    Carta Sud,TONER-K,Toner,80.00,EUR,each,DAP,net 30,2026-12-15,2026-11-12\n";

/// A quotation that a plugin reads stands beside a supplier's sheet. The amounts of its lines are those
/// that the document itself states (`LineExtensionAmount`), with its carriage.
#[test]
fn a_quotation_of_a_plugin_is_compared_with_another_supplier_s_sheet() {
    let bench = Bench::with_data();
    build(&bench, "ubl-quotation", &[]);
    // The bundled deal has one quotation, so there is nothing to compare.
    let alone = "compare data/deals/paper-quotation.toml";
    says(&bench.run(alone), 1, &["has no `[tender]`", "haggle init quotes"]);
    bench.write("tender/south.csv", SOUTH);
    bench.write("tender/deal.toml", TENDER);
    let compare = "compare tender/deal.toml";
    says(&bench.run(compare), 1, &["not added", "haggle plugin add ubl-quotation"]);
    allow(&bench, "ubl-quotation", &format!("--file {QUOTATION}"));
    let json = bench.json(&format!("{compare} --format json"));
    let totals = &json["scenarios"][0]["totals"];
    // 12513 + 2550 + 1872, and 95 of carriage; 3000 x 4.30 + 500 x 4.95 + 24 x 80.
    for (supplier, lines, order, total, rank) in
        [("papier-nord", "16935", "95", "17030", 1), ("carta-sud", "17295", "0", "17295", 2)]
    {
        let found = &totals[supplier];
        assert_eq!(
            (&found["lines"], &found["order"]),
            (&lines.into(), &order.into()),
            "{supplier}"
        );
        assert_eq!((&found["total"], &found["rank"]), (&total.into(), &rank.into()), "{supplier}");
    }
    let text = bench.run(compare);
    says(&text, 0, &["DAP", "2026-12-31", "freight 95", "PAPER-80R", "no `[[item]]` has"]);
    // The cheapest lines of both: 12513 + 2475 + 1872 + 95.
    says(&text, 0, &["MIXED   EUR 16,955.00: Carta Sud 1 line, Papier Nord 2 lines"]);
    let line = "explain tender/deal.toml quote.papier-nord.PAPER-80";
    says(&bench.run(line), 0, &["4.171 EUR per each", "QuotationLine[1]/LineItem/Price"]);
    let lock = bench.read("tender/haggle.lock");
    assert!(lock.contains("plugin-ubl-quotation") && lock.contains("[[plugin]]"), "{lock}");
}

/// Percentages, levels and an index of 100 in March, of January to April without February.
const SERIES: &str = "DATAFLOW,FREQ,REF_AREA,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n\
    E:CPI(1.0),M,DE,2026-01,120,A\nE:CPI(1.0),M,DE,2026-03,125.0,A\nE:CPI(1.0),M,DE,2026-04,130,A\n\
    E:CPI(1.0),M,FR,2026-01,90,A\n";

const MESSAGE: &str = r#"{"header": {}, "dataSets": [{"series": {"0:0": {"observations":
    {"0": [120], "1": [125.0], "2": [130]}}}}], "structure": {"dimensions": {
    "series": [{"id": "FREQ", "values": [{"id": "M"}]}, {"id": "REF_AREA", "values": [{"id": "DE"}]}],
    "observation": [{"id": "TIME_PERIOD", "values": [{"id": "2026-01"}, {"id": "2026-03"},
    {"id": "2026-04"}]}]}}}"#;

#[test]
fn a_series_in_sdmx_is_given_as_it_is_wanted() {
    let bench = Bench::new();
    bench.write("series.csv", SERIES);
    bench.write("series.json", MESSAGE);
    let file = build(&bench, "sdmx-index", &[]);
    let url = "https://data-api.ecb.europa.eu/service/data/CPI?format=jsondata";
    let config = format!("{{\"input\":\"{url}\",\"give\":\"changes\"}}");
    let kit = format!("--config {config} --input {url}=series.json");
    says(&bench.run(&format!("plugin test {} {kit}", file.display())), 0, &[" 0 failed"]);
    allow(&bench, "sdmx-index", "--file series.csv --file series.json");
    let german = "\"series\":{\"REF_AREA\":\"DE\"}";
    for (input, more, rows, amounts) in [
        ("series.json", "", 3, ["120", "125", "130"].as_slice()),
        ("series.csv", german, 3, &["120", "125", "130"]),
        // Nothing is known of February, so March has no change.
        ("series.csv", &format!("{german},\"give\":\"changes\""), 1, &["4"]),
        ("series.json", "\"give\":\"chained\",\"base\":\"2026-03\"", 3, &["96", "100", "104"]),
    ] {
        let comma = if more.is_empty() { "" } else { "," };
        let config = format!("{{\"input\":\"file:{input}\"{comma}{more}}}");
        let run = bench.run(&format!("import --plugin sdmx-index --config {config}"));
        says(&run, 0, &[&format!("read {rows} = imported {rows}")]);
        let list = listed(&bench, "kind=index --where subject=M.DE --where frequency=M");
        for amount in amounts {
            let row = format!(" {amount} XXX/");
            assert!(list.contains(&row), "{row}: {list}");
        }
        let (offered, recorded) = levels(&bench);
        assert_eq!(recorded, offered);
        fs::remove_dir_all(bench.path("store")).unwrap();
    }
    for (text, part) in [
        (SERIES.to_owned(), "found 2 series (`M.DE`, `M.FR`)"),
        (
            "TIME_PERIOD,OBS_VALUE\n2026-01,1\n2026-Q2,2\n".to_owned(),
            "line 3, column 2: found frequency `Q`, expected `M`",
        ),
        (SERIES.replace(",FR,", ",DE,"), "found the period `2026-01`, which stands at"),
    ] {
        bench.write("series.csv", text);
        says(&bench.run("import --plugin sdmx-index --set input=file:series.csv"), 1, &[part]);
        assert_eq!(stored(&bench), 0, "{part}");
    }
}

const FIRST: &str = r#"{"data": [{"sku": "A4", "title": "paper", "price": 19.90, "currency": "EUR", "unit": "pack"}], "links": {"next": "/v1/prices?cursor=b"}}"#;
const SECOND: &str = r#"{"data": [{"sku": "INK", "title": "ink", "price": "45", "currency": "EUR", "unit": "each"}, {"title": "on request", "price": null}], "links": {"next": null}}"#;

/// An API that wants a key, in pages by link and by number.
fn api(asked: &Asked) -> Reply {
    if asked.header("authorization") != "Bearer s3cr3t" {
        return Reply::status(401);
    }
    match asked.target.as_str() {
        "/v1/prices" => Reply::body(FIRST),
        "/v1/prices?cursor=b" => Reply::body(SECOND),
        "/v1/out" => Reply::body(FIRST.replace("/v1/prices?", "http://127.0.0.1:1/?")),
        "/v1/numbered?page=1" => Reply::body(FIRST),
        "/v1/numbered?page=2" => Reply::body(SECOND),
        "/v1/numbered?page=3" => Reply::body("{\"data\": []}"),
        target if target.starts_with("/v1/same") => Reply::body(FIRST),
        _ => Reply::status(404),
    }
}

fn keyed(bench: &Bench, key: &str, arguments: &str) -> Ran {
    let mut command = bench.command();
    command.args(["import", "--plugin", "paged-prices", "--set", "items=data"]);
    command.args(arguments.split_whitespace());
    ran(command.env("HAGGLE_SECRET_PRICES_KEY", key).output().unwrap())
}

#[test]
fn a_list_in_pages_is_read_to_its_end_with_a_key_that_nobody_sees() {
    let server = Server::start(api);
    let bench = Bench::new();
    let file = build(&bench, "paged-prices", &[("PAGED_PRICES_BASE", &server.url("/v1/"))]);
    bench.write("first.json", FIRST);
    bench.write("second.json", SECOND);
    let (one, two) = (server.url("/v1/prices"), server.url("/v1/prices?cursor=b"));
    let config = "{\"path\":\"prices\",\"items\":\"data\",\"next\":\"links.next\"}";
    let kit = format!("--config {config} --input {one}=first.json --input {two}=second.json");
    says(&bench.run(&format!("plugin test {} {kit}", file.display())), 0, &[" 0 failed"]);
    assert_eq!(server.seen().len(), 0);
    allow(&bench, "paged-prices", "");
    let linked = "--set path=prices --set next=links.next";
    says(&keyed(&bench, "wrong", linked), 1, &["401"]);
    says(&keyed(&bench, "s3cr3t", linked), 0, &["read 2 = imported 2", &one, &two]);
    let (offered, recorded) = levels(&bench);
    assert_eq!(recorded, offered);
    let sources = bench.run("sources --format json").out;
    assert!(sources.contains(&two) && !sources.contains("s3cr3t"), "{sources}");
    let list = listed(&bench, "kind=price --where title=~paper");
    assert!(list.contains("19.9") && list.contains("EUR/pack"), "{list}");
    let numbered = "--set path=numbered --set page=page";
    says(&keyed(&bench, "s3cr3t", numbered), 0, &["read 2 = imported 2", "numbered?page=3"]);
    let parts = stored(&bench);
    for (arguments, part) in [
        (
            "--set path=out --set next=links.next",
            "page 1: the next page `http://127.0.0.1:1/?cursor=b` leads out of",
        ),
        ("--set path=same --set page=page", "page 2: it is the same as the page before"),
        ("--set path=none --set next=links.next", "404"),
        ("--set path=prices", "either `next`"),
    ] {
        says(&keyed(&bench, "s3cr3t", arguments), 1, &[part]);
    }
    assert_eq!(stored(&bench), parts, "nothing of them is stored");
}

/// The commands of the guide, one after the other, as somebody would copy them.
#[test]
fn the_guide_works_word_for_word() {
    let guide = fs::read_to_string(repository().join("plugins/README.md")).unwrap();
    let blocks = guide.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let script: String = blocks.collect();
    assert_eq!(script.matches("haggle plugin new").count(), 3, "{script}");
    let bench = Bench::new();
    let program = PathBuf::from(env!("CARGO_BIN_EXE_haggle"));
    let cargo = std::env::var("CARGO").map_or_else(|_| PathBuf::from("cargo"), PathBuf::from);
    let path = std::env::var("PATH").unwrap();
    let folders =
        [program.parent().unwrap(), cargo.parent().unwrap()].map(|f| f.display().to_string());
    let mut sh = Command::new("sh");
    sh.arg("-eu").arg("-c").arg(format!("umask 022\n{script}")).current_dir(bench.path(""));
    sh.env("PATH", format!("{}:{path}", folders.join(":"))).env("CARGO_NET_OFFLINE", "true");
    sh.env("XDG_STATE_HOME", bench.path("state")).env("XDG_DATA_HOME", bench.path("data-home"));
    sh.env("HAGGLE_STORE", bench.path("store")).env("HAGGLE_CACHE", bench.path("cache"));
    // A build of its own, as a newcomer has it.
    sh.env_remove("CARGO_TARGET_DIR");
    let run = ran(sh.output().unwrap());
    says(&run, 0, &["my-prices 0.1.0", "my-list", "19.9", "EUR/each"]);
    assert_eq!(run.out.matches(" 0 failed").count(), 3, "{}", run.out);
    assert_eq!(run.out.matches("read 2 = imported 2").count(), 3, "{}", run.out);
    for name in ["my-prices", "my-list", "my-lines"] {
        says(&bench.run("plugin list"), 0, &[name]);
    }
}
