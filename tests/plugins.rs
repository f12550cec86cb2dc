//! Plugins from outside: what may run, who says so, what is refused, and what comes of a run.

use crate::server::{Reply, Server};
use crate::support::{Bench, Ran};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

const FOLDER: &str = "data-home/haggle/plugins";

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Compiles C into a shared library.
fn compile(bench: &Bench, to: &str, code: &str, flags: &[&str]) -> PathBuf {
    let source = bench.write(&format!("{to}.c"), code);
    let to = bench.path(to);
    let header = crate::support::repository().join("crates/plugin-api/include");
    let mut cc = Command::new("cc");
    cc.args(["-std=c99", "-Wall", "-Wextra", "-shared", "-fPIC", "-O1"]).arg("-I").arg(header);
    let done = cc.arg("-o").arg(&to).arg(source).args(flags).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    mode(&to, 0o644);
    to
}

/// A library that is a plugin to look at; nobody runs it.
fn looks(version: &str, permissions: &str) -> String {
    let manifest = format!(
        "{{\"manifest\":1,\"name\":\"sample\",\"version\":\"{version}\",\"abi\":\"1.0\",\
         \"summary\":\"Sample prices\",\"license\":\"MIT\",\"permissions\":{permissions}}}"
    );
    let quoted = manifest.replace('"', "\\\"");
    format!(
        "extern const char haggle_manifest_v1[];\nconst char haggle_manifest_v1[] = \"{quoted}\";\n\
         int haggle_plugin_init_v1(const void *h, void *p, void *e);\n\
         int haggle_plugin_init_v1(const void *h, void *p, void *e) {{ return h == p && p == e; }}\n"
    )
}

const ASKS: &str =
    "{\"inputs\":[\"https://data.example/\",\"file\"],\"secrets\":[\"KEY@data.example\"]}";

fn folder(bench: &Bench) -> PathBuf {
    let folder = bench.path(FOLDER);
    fs::create_dir_all(&folder).unwrap();
    mode(&folder, 0o755);
    folder
}

fn hash_in(text: &str) -> String {
    let word = |w: &&str| w.len() == 64 && w.bytes().all(|b| b.is_ascii_hexdigit());
    text.split_whitespace().find(word).unwrap().to_owned()
}

fn says(run: &Ran, code: i32, parts: &[&str]) {
    let all = format!("{}{}", run.out, run.err);
    assert_eq!(run.code, code, "{all}");
    for part in parts {
        assert!(all.contains(part), "{part}: {all}");
    }
}

#[test]
fn a_file_is_shown_and_allowed_and_nothing_of_it_runs() {
    let bench = Bench::new();
    // Whatever ran here would leave a trace.
    let constructor = format!(
        "#include <stdio.h>\n__attribute__((constructor)) static void run(void) \
         {{ FILE *f = fopen(\"{}\", \"w\"); if (f) fclose(f); }}\n{}",
        bench.path("trace").display(),
        looks("1.2.0", ASKS)
    );
    compile(&bench, "mine.so", &constructor, &[]);
    let shown = bench.run("plugin inspect ./mine.so");
    says(&shown, 0, &["plugin sample 1.2.0", "Sample prices; MIT", "libc.so.6", "linux_"]);
    says(&shown, 0, &["https://data.example/, file", "KEY@data.example", "`full`"]);
    let json = bench.json("plugin inspect ./mine.so --json");
    assert_eq!(json["manifest"]["permissions"]["secrets"][0], "KEY@data.example");
    assert_eq!(json["problems"], serde_json::json!([]));
    assert_eq!(json["sha256"], hash_in(&shown.out));
    // Nobody can be asked here.
    says(&bench.run("plugin add ./mine.so"), 2, &["--yes", "sample 1.2.0"]);
    assert!(!bench.path("state").exists());
    says(&bench.run("plugin add ./mine.so --yes"), 0, &["added `sample`", "copied to"]);
    says(&bench.run("plugin list"), 0, &["sample", "ready", "1.2.0"]);
    assert_eq!(bench.run("plugin verify").code, 0);
    let grants = bench.path("state/haggle/grants.toml");
    assert_eq!(fs::metadata(&grants).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(bench.read("state/haggle/grants.toml").contains(&hash_in(&shown.out)));
    says(&bench.run("plugin remove sample"), 0, &["may no longer run"]);
    says(&bench.run("plugin list"), 0, &["found, not added"]);
    says(&bench.run("plugin remove sample"), 1, &["no plugin `sample` was added"]);
    assert!(!bench.path("trace").exists(), "something of it ran");
}

#[test]
fn less_is_allowed_than_is_asked_for_and_never_more() {
    let bench = Bench::new();
    compile(&bench, "mine.so", &looks("1.0", ASKS), &[]);
    bench.write("prices.csv", "a");
    let add = "plugin add ./mine.so --yes";
    let granted = |arguments: &str| {
        says(&bench.run(&format!("{add} {arguments}")), 0, &[]);
        bench.read("state/haggle/grants.toml")
    };
    let grant = granted("--input https://data.example/daily/");
    assert!(grant.contains("[\"https://data.example/daily/\"]"), "{grant}");
    assert!(grant.contains("KEY@data.example"), "{grant}");
    let grant = granted("--no-input");
    assert!(grant.contains("inputs = []") && grant.contains("secrets = []"), "{grant}");
    let grant = granted("--no-secret --cap memory_mb=64 --allow-level reduced");
    assert!(grant.contains("secrets = []") && grant.contains("memory_mb = 64"), "{grant}");
    assert!(grant.contains("level = \"reduced\""), "{grant}");
    let grant = granted("--file prices.csv");
    assert!(grant.contains(&format!("{}\"]", bench.path("prices.csv").display())), "{grant}");
    let before = bench.read("state/haggle/grants.toml");
    for wider in [
        "--input https://other.example/",
        "--input https://data.example",
        "--secret OTHER",
        "--input https://data.example/ --file prices.csv",
        "--cap memory=1",
        "--cap rows=0",
        "--allow-level none",
    ] {
        says(&bench.run(&format!("{add} {wider}")), 2, &[]);
    }
    assert_eq!(bench.read("state/haggle/grants.toml"), before);
}

#[test]
fn a_changed_file_is_refused_with_both_hashes_and_the_way_out() {
    let bench = Bench::new();
    let file = folder(&bench).join("libhaggle_sample.so");
    compile(&bench, "v1.so", &looks("1.0", ASKS), &[]);
    compile(&bench, "v2.so", &looks("2.0", ASKS), &[]);
    fs::copy(bench.path("v1.so"), &file).unwrap();
    let import = "import --plugin sample";
    says(&bench.run(import), 1, &["not added", "haggle plugin add sample"]);
    let old = hash_in(&bench.run("plugin add sample --yes").out);
    fs::copy(bench.path("v2.so"), &file).unwrap();
    let new = hash_in(&bench.run("plugin inspect sample").out);
    assert_ne!(old, new);
    says(&bench.run(import), 1, &[&old, &new, "haggle plugin add sample"]);
    says(&bench.run("plugin list"), 0, &["changed", &old[..12], &new[..12]]);
    says(&bench.run("plugin verify"), 1, &["changed"]);
    says(&bench.run("plugin add sample --yes"), 0, &["it takes the place of 1.0"]);
    assert!(!bench.read("state/haggle/grants.toml").contains(&old), "the old one is forgotten");
    fs::remove_file(&file).unwrap();
    says(&bench.run("plugin verify"), 1, &["gone"]);
}

#[test]
fn what_others_may_write_is_refused() {
    let bench = Bench::new();
    let folder = folder(&bench);
    let file = folder.join("libhaggle_sample.so");
    compile(&bench, "v1.so", &looks("1.0", ASKS), &[]);
    fs::copy(bench.path("v1.so"), &file).unwrap();
    assert_eq!(bench.run("plugin add sample --yes").code, 0);
    for (path, bad, good) in
        [(&folder, 0o777, 0o755), (&folder, 0o775, 0o755), (&file, 0o666, 0o644)]
    {
        mode(path, bad);
        for verb in ["import --plugin sample", "plugin inspect sample", "plugin add sample --yes"] {
            says(&bench.run(verb), 1, &["others may write this", "chmod go-w"]);
        }
        says(&bench.run("plugin list"), 0, &["refused"]);
        mode(path, good);
    }
    mode(&bench.path("state/haggle/grants.toml"), 0o644);
    says(&bench.run("import --plugin sample"), 1, &["others can read or write it", "chmod 600"]);
}

/// Neither the loader's folders nor the place where one stands are searched.
#[test]
fn only_plugin_folders_are_searched() {
    let bench = Bench::new();
    compile(&bench, "libhaggle_sample.so", &looks("1.0", ASKS), &[]);
    let ask = |variable: &str, value: &Path| {
        let mut command = bench.command();
        command.args(["plugin", "inspect", "sample"]).env(variable, value);
        crate::support::ran(command.output().unwrap())
    };
    mode(&bench.path(""), 0o700);
    for variable in ["LD_LIBRARY_PATH", "PATH"] {
        says(&ask(variable, &bench.path("")), 1, &["no file of that name"]);
    }
    says(&ask("HAGGLE_PLUGIN_PATH", Path::new(".")), 1, &["no file of that name"]);
    says(&ask("HAGGLE_PLUGIN_PATH", &bench.path("")), 0, &["sample 1.0"]);
    says(&bench.run("--plugin-dir . plugin inspect sample"), 0, &["sample 1.0"]);
}

#[test]
fn a_file_that_could_not_run_says_why() {
    let bench = Bench::new();
    compile(&bench, "libother.so", "int other(void);\nint other(void) { return 1; }\n", &[]);
    let other = bench.path("libother.so").display().to_string();
    let uses = format!(
        "int other(void);\nint call(void);\nint call(void) {{ return other(); }}\n{}",
        looks("1", ASKS)
    );
    for (name, code, flags, part) in [
        ("a.so", uses.as_str(), vec![other.as_str()], "needs the library `"),
        ("b.so", &looks("1", ASKS), vec!["-Wl,-rpath,/opt/x"], "a search path of its own"),
        ("c.so", &looks("1", ASKS), vec!["-z", "execstack"], "an executable stack"),
        (
            "d.so",
            &looks("1", ASKS).replace("init_v1", "start"),
            vec![],
            "no function `haggle_plugin_init_v1`",
        ),
        (
            "e.so",
            &looks("1", ASKS).replace("manifest_v1", "manifest"),
            vec![],
            "not a plugin of haggle",
        ),
        ("f.so", &looks("1", ASKS).replace("1.0\\\"", "2.0\\\""), vec![], "made for interface 2.0"),
        ("g.so", &looks("1", "{\"inputs\":[\"/etc\"]}"), vec![], "manifest: "),
    ] {
        compile(&bench, name, code, &flags);
        says(&bench.run(&format!("plugin add ./{name} --yes")), 1, &[part]);
    }
    bench.write("h.so", "neither\n");
    mode(&bench.path("h.so"), 0o644);
    says(&bench.run("plugin add ./h.so --yes"), 1, &["no shared library"]);
    assert!(!bench.path("state").exists());
}

const PRICES: &str = "title,amount\npaper,19.90\nink,45\n";
/// SHA-256 of [`PRICES`], by another program.
const PRICES_SHA256: &str = "55666a942fa0e67cac22b869dfb4307e2ba464bc25a9398109739dc3a401fafe";

/// A body that can be exchanged while the server runs.
fn changing(first: &str) -> (Arc<Mutex<String>>, Server) {
    let body = Arc::new(Mutex::new(first.to_owned()));
    let now = Arc::clone(&body);
    (body, Server::start(move |_| Reply::body(now.lock().unwrap().clone())))
}

/// What `plugin new` writes in C, of another server, with something changed.
fn template(bench: &Bench, server: &Server, changes: &[(&str, &str)]) -> String {
    says(&bench.run("plugin new sample --lang c --out new"), 0, &[]);
    let code = bench.read("new/sample.c");
    fs::remove_dir_all(bench.path("new")).unwrap();
    let code = code.replace("https://prices.example/", &server.url("/"));
    changes.iter().fold(code, |code, (from, to)| {
        assert!(code.contains(from), "{from}");
        code.replacen(from, to, 1)
    })
}

/// A place with that plugin in its folder, added.
fn with_plugin(server: &Server, changes: &[(&str, &str)], add: &str) -> Bench {
    let bench = Bench::new();
    let code = template(&bench, server, changes);
    let file = folder(&bench).join("libhaggle_sample.so");
    compile(&bench, "sample.so", &code, &[]);
    fs::rename(bench.path("sample.so"), &file).unwrap();
    says(&bench.run(&format!("plugin add sample --yes {add}")), 0, &[]);
    bench
}

fn stored(bench: &Bench) -> usize {
    fs::read_dir(bench.path("store/parts")).map_or(0, Iterator::count)
}

#[test]
fn a_plugin_brings_prices_and_everything_it_read_is_told() {
    let server = Server::start(|_| Reply::body(PRICES));
    let bench = with_plugin(&server, &[], "");
    let run = bench.run("import --plugin sample");
    let read = format!("read {} (32 bytes, {})", server.url("/list.csv"), &PRICES_SHA256[..12]);
    says(&run, 0, &["plugin://sample: imported", "read 2 = imported 2", &read]);
    says(&bench.run("sources"), 0, &["plugin sample 0.1.0", &read]);
    let sources = bench.json("sources --format json");
    let plugin = &sources[0]["plugin"];
    assert_eq!(plugin["inputs"][0]["sha256"], PRICES_SHA256);
    assert_eq!((&plugin["abi"], &plugin["name"]), (&"1.0".into(), &"sample".into()));
    assert_eq!(plugin["sha256"], bench.json("plugin inspect sample --json")["sha256"]);
    assert!(["full", "reduced"].contains(&plugin["level"].as_str().unwrap()), "{plugin}");
    let found = bench.run("benchmark --where title=paper --as-of 2026-11-23 --list");
    says(&found, 0, &["19.90", "paper"]);
    says(&bench.run("import --plugin sample"), 0, &["plugin://sample: unchanged"]);
    // What it is told is part of what the source is.
    says(
        &bench.run("import --plugin sample --set x=1"),
        0,
        &["plugin://sample?{\"x\":1}: imported"],
    );
    for wrong in ["--set x", "--set x=1 --set x=2", "--config [1]", "--config {"] {
        says(&bench.run(&format!("import --plugin sample {wrong}")), 2, &["help:"]);
    }
}

#[test]
fn nothing_is_asked_offline_and_the_cache_is_as_for_urls() {
    let server = Server::start(|_| Reply::body(PRICES).header("Cache-Control", "max-age=600"));
    let bench = with_plugin(&server, &[], "");
    says(&bench.run("import --plugin sample --offline"), 4, &["E0316"]);
    assert_eq!((server.seen().len(), stored(&bench)), (0, 0));
    for (arguments, asked) in [("", 1), ("", 1), ("--offline", 1), ("--refresh", 2)] {
        says(&bench.run(&format!("import --plugin sample {arguments}")), 0, &[]);
        assert_eq!(server.seen().len(), asked, "{arguments}");
    }
    says(&bench.run("import --plugin sample --offline --refresh"), 2, &[]);
}

const HEAD: &str = "schema = \"haggle.deal/1\"\ntitle = \"t\"\nside = \"buyer\"\ncurrency = \"EUR\"\nper = \"each\"\nas_of = 2026-11-23\n[[alternative]]\nname = \"stay\"\namount = 100\n";

fn deal(bench: &Bench, folder: &str) {
    let source = "[[source]]\nplugin = \"sample\"\nconfig = { of = \"us/alone\" }\n";
    bench.write(&format!("{folder}/deal.toml"), format!("{HEAD}{source}"));
}

#[test]
fn a_deal_pins_what_a_plugin_brought_and_which_it_was() {
    let rows: String = (10..30).map(|n| format!("item {n},{n}.50\n")).collect();
    let prices = format!("title,amount\n{rows}");
    let (body, server) = changing(&prices);
    let bench = with_plugin(&server, &[], "");
    deal(&bench, "deals");
    let report = "report deals/deal.toml";
    says(&bench.run(&format!("{report} --locked")), 4, &["not in haggle.lock"]);
    let first = bench.run(&format!("{report} --format json"));
    says(&first, 0, &[]);
    let json: serde_json::Value = serde_json::from_str(&first.out).unwrap();
    let source = &json["sources"]["sample"];
    assert_eq!(source["plugin"]["inputs"][0]["uri"], server.url("/list.csv"));
    assert_eq!(source["location"], "plugin://sample?{\"of\":\"us/alone\"}");
    let read = format!("which read {} ({} bytes", server.url("/list.csv"), prices.len());
    let text = bench.run(report).out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("brought by plugin sample 0.1.0") && text.contains(&read), "{text}");
    let shared = bench.run(&format!("{report} --audience shareable --format json")).out;
    assert!(shared.contains("plugin://sample") && !shared.contains("us/alone"), "{shared}");
    let lock = bench.read("deals/haggle.lock");
    for part in ["[[plugin]]", "name = \"sample\"", "abi = \"1.0\"", "linux_", "[[source]]"] {
        assert!(lock.contains(part), "{part}: {lock}");
    }
    assert_eq!(bench.run(&format!("{report} --locked --format json")).out, first.out);
    bench.write("report.json", &first.out);
    says(&bench.run("verify report.json --deal deals/deal.toml"), 0, &[]);
    prices.replace("29.50", "31").clone_into(&mut body.lock().unwrap());
    let parts = stored(&bench);
    let locked = bench.run(&format!("{report} --locked"));
    let pinned = source["sha256"].as_str().unwrap();
    says(&locked, 4, &["content is", &pinned[..12], "--locked --offline"]);
    assert_eq!(stored(&bench), parts, "nothing of it is stored");
    assert_eq!(bench.run(&format!("{report} --locked --offline --format json")).out, first.out);
    says(&bench.run(report), 0, &["content changed from", "29.50 -> 31.00 EUR"]);
    assert_ne!(bench.read("deals/haggle.lock"), lock);
}

#[test]
fn another_file_than_the_pinned_one_is_refused_with_both_hashes() {
    let server = Server::start(|_| Reply::body(PRICES));
    let bench = with_plugin(&server, &[], "");
    deal(&bench, "deals");
    says(&bench.run("report deals/deal.toml"), 0, &[]);
    let old = hash_in(&bench.run("plugin inspect sample").out);
    let file = folder(&bench).join("libhaggle_sample.so");
    let code = template(&bench, &server, &[("0.1.0", "0.2.0")]);
    compile(&bench, "sample.so", &code, &[]);
    fs::rename(bench.path("sample.so"), &file).unwrap();
    let new = hash_in(&bench.run("plugin add sample --yes").out);
    says(&bench.run("report deals/deal.toml"), 4, &[&old, &new, "haggle plugin add sample --deal"]);
    says(&bench.run("plugin add sample --yes --deal deals/deal.toml"), 0, &["pinned in"]);
    says(&bench.run("report deals/deal.toml"), 0, &["recipe changed from"]);
    says(&bench.run("report deals/deal.toml --locked"), 0, &[]);
}

/// A project brings a plugin, its pin and a consent of its own making: it does not run.
#[test]
fn a_cloned_project_cannot_allow_its_own_plugin() {
    let server = Server::start(|_| Reply::body(PRICES));
    let theirs = with_plugin(&server, &[], "");
    deal(&theirs, "deals");
    says(&theirs.run("report deals/deal.toml"), 0, &[]);
    let ours = Bench::new();
    deal(&ours, "clone");
    let own = ours.path("clone/.haggle/plugins");
    fs::create_dir_all(&own).unwrap();
    mode(&own, 0o755);
    let file = own.join("libhaggle_sample.so");
    fs::copy(folder(&theirs).join("libhaggle_sample.so"), &file).unwrap();
    ours.write("clone/haggle.lock", theirs.read("deals/haggle.lock"));
    let grant = theirs.read("state/haggle/grants.toml");
    for place in ["clone/.haggle/grants.toml", "clone/haggle/grants.toml", "clone/grants.toml"] {
        let path = ours.write(place, &grant);
        mode(&path, 0o600);
    }
    let asked = server.seen().len();
    let path = "haggle plugin add clone/.haggle/plugins/libhaggle_sample.so";
    for arguments in ["", "--locked", "--plugin-dir clone/.haggle/plugins"] {
        let run = ours.run(&format!("report clone/deal.toml {arguments}"));
        says(&run, 1, &["not added", path]);
    }
    assert_eq!((server.seen().len(), stored(&ours)), (asked, 0));
    says(&ours.run("plugin add clone/.haggle/plugins/libhaggle_sample.so --yes"), 0, &[]);
    says(&ours.run("report clone/deal.toml --locked"), 0, &[]);
    // What lies in a project counts only while it is pinned.
    fs::remove_file(folder(&ours).join("libhaggle_sample.so")).unwrap();
    says(&ours.run("report clone/deal.toml --locked"), 0, &[]);
    says(&ours.run("import --plugin sample"), 1, &["no file of that name"]);
}

#[test]
fn a_plugin_that_misbehaves_stores_nothing_and_one_that_reports_is_heard() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/list.csv" => Reply::body(PRICES),
        "/bad.csv" => Reply::body("title,amount\npaper,19.90\nink,much\n"),
        _ => Reply::status(404),
    });
    let path = |name: &'static str| ("list.csv\"", name);
    for (changes, code, part) in [
        (&[("r->line++;", "if (r->line++ == 1) abort();")][..], 6, "signal"),
        (&[("r->line++;", "if (r->line++ == 1) *(volatile int *)1 = 1;")], 6, "signal"),
        (&[("\"EUR\"", "\"\\xff\"")], 6, "invalid utf-8"),
        (&[("\"price\"", "\"prize\"")], 6, "prize"),
        (&[path("bad.csv\"")], 1, "line 3: expected `title,amount`"),
        (&[path("none.csv\"")], 1, "404 Not Found [E0306]; check the URL"),
    ] {
        let bench = with_plugin(&server, changes, "");
        let run = bench.run("import --plugin sample");
        says(&run, code, &["plugin `sample`: ", part, "help:"]);
        assert_eq!((stored(&bench), run.out.as_str()), (0, ""), "{part}");
    }
}

#[test]
fn only_what_was_allowed_is_opened_and_secrets_go_to_their_host() {
    let server = Server::start(|asked| match asked.header("x-key") {
        "s3cr3t" => Reply::body(PRICES),
        _ => Reply::status(401),
    });
    let host = server.url("").replace("http://", "");
    let asks = format!("/\\\"], \\\"secrets\\\": [\\\"KEY@{host}\\\"]}}}}\"");
    let options = "strlen(SOURCE), \"{\\\"headers\\\":{\\\"X-Key\\\":\\\"{secret:KEY}\\\"}}\", 36,";
    let changes = [("/\\\"]}}\"", asks.as_str()), ("strlen(SOURCE), NULL, 0,", options)];
    let import = |bench: &Bench, secret: &str| {
        let mut command = bench.command();
        command.args(["import", "--plugin", "sample"]).env("HAGGLE_SECRET_KEY", secret);
        crate::support::ran(command.output().unwrap())
    };
    let bench = with_plugin(&server, &changes, "");
    says(&import(&bench, "s3cr3t"), 0, &["imported"]);
    assert!(!bench.run("sources --format json").out.contains("s3cr3t"));
    says(&import(&bench, "wrong"), 1, &["401"]);
    says(&bench.run("import --plugin sample"), 1, &["no secret `KEY`"]);
    let asked = server.seen().len();
    for narrowed in ["--no-secret", "--no-input", "--input http://127.0.0.1:1/"] {
        let bench = Bench::new();
        let code = template(&bench, &server, &changes);
        let code = code.replace("\"inputs\\\": [", "\"inputs\\\": [\\\"http://127.0.0.1:1/\\\", ");
        compile(&bench, "sample.so", &code, &[]);
        says(&bench.run(&format!("plugin add ./sample.so --yes {narrowed}")), 0, &[]);
        says(&import(&bench, "s3cr3t"), 1, &["grant"]);
    }
    assert_eq!(server.seen().len(), asked, "nobody was asked");
}

#[test]
fn files_and_standard_input_are_opened_where_they_were_allowed() {
    let server = Server::start(|_| Reply::status(404));
    let bench = Bench::new();
    let list = bench.write("list.csv", PRICES);
    let (file, input) = (format!("file://{}", list.display()), "stdin:");
    for (uri, add, code) in [
        (file.as_str(), "--file list.csv", 0),
        (file.as_str(), "", 1),
        (input, "", 0),
        (input, "--input file", 1),
    ] {
        let source = format!("SOURCE[] = \"{uri}\"");
        let changes = [
            (&*format!("\\\"{}\\\"", server.url("/")), "\\\"file\\\", \\\"stdin\\\""),
            (&*format!("SOURCE[] = \"{}\"", server.url("/list.csv")), source.as_str()),
        ];
        let code_of = template(&bench, &server, &changes);
        compile(&bench, "sample.so", &code_of, &[]);
        says(&bench.run(&format!("plugin add ./sample.so --yes {add}")), 0, &[]);
        let mut command = bench.command();
        command.args(["import", "--plugin", "sample"]);
        command.stdin(fs::File::open(&list).unwrap());
        let run = crate::support::ran(command.output().unwrap());
        says(&run, code, &[if code == 0 { "read 2 = imported 2" } else { "grant" }]);
        fs::remove_dir_all(bench.path("store")).unwrap_or_default();
    }
}

/// Whoever can write where an allowed file lies cannot have another one read in its place.
#[test]
fn a_file_that_became_a_link_is_not_the_one_that_was_allowed() {
    let server = Server::start(|_| Reply::status(404));
    let bench = Bench::new();
    fs::create_dir_all(bench.path("lists")).unwrap();
    let list = bench.write("lists/list.csv", PRICES);
    let secret = bench.write("secret.csv", "title,amount\nsecret,1\n");
    let changes = [
        (&*format!("\\\"{}\\\"", server.url("/")), "\\\"file\\\""),
        (&*format!("SOURCE[] = \"{}\"", server.url("/list.csv")), "SOURCE[] = \"file:list.csv\""),
    ];
    compile(&bench, "sample.so", &template(&bench, &server, &changes), &[]);
    for made_up in ["/proc/self/environ", "/dev/null"] {
        let add = format!("plugin add ./sample.so --yes --file {made_up}");
        says(&bench.run(&add), 1, &["cannot be allowed: "]);
    }
    says(&bench.run("plugin add ./sample.so --yes --file lists/list.csv"), 0, &[]);
    says(&bench.run("import --plugin sample"), 0, &["read 2 = imported 2"]);
    let parts = stored(&bench);
    for target in [&*secret, Path::new("/proc/self/environ"), Path::new("/proc/self/fd/0")] {
        fs::remove_file(&list).unwrap();
        std::os::unix::fs::symlink(target, &list).unwrap();
        says(&bench.run("import --plugin sample"), 1, &["list.csv`: ", "help:"]);
    }
    // The same by its folder.
    fs::remove_file(&list).unwrap();
    fs::rename(bench.path("lists"), bench.path("other")).unwrap();
    fs::rename(&secret, bench.path("other/list.csv")).unwrap();
    std::os::unix::fs::symlink(bench.path("other"), bench.path("lists")).unwrap();
    says(&bench.run("import --plugin sample"), 1, &["through a link"]);
    // A pipe that nobody writes to is not waited for.
    fs::remove_file(bench.path("lists")).unwrap();
    fs::create_dir(bench.path("lists")).unwrap();
    assert!(Command::new("mkfifo").arg(&list).status().unwrap().success());
    says(&bench.run("import --plugin sample"), 1, &["no regular file"]);
    says(&bench.run("plugin inspect ./lists/list.csv"), 1, &["no regular file"]);
    assert_eq!(stored(&bench), parts);
}

/// Without a home of one's own there is none in the project where one stands.
#[test]
fn a_home_that_is_not_absolute_is_none() {
    let server = Server::start(|_| Reply::body(PRICES));
    let bench = with_plugin(&server, &[], "");
    let plugins = bench.path(".local/share/haggle/plugins");
    for (from, to) in
        [(folder(&bench), plugins), (bench.path("state/haggle"), bench.path(".local/state/haggle"))]
    {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::rename(from, to).unwrap();
    }
    for home in ["", ".", "./"] {
        let mut command = bench.command();
        command.args(["import", "--plugin", "sample"]).env("HOME", home).env_remove("USERPROFILE");
        for variable in ["XDG_STATE_HOME", "XDG_DATA_HOME"] {
            command
                .env(variable, "")
                .env("HAGGLE_PLUGIN_PATH", bench.path(".local/share/haggle/plugins"));
        }
        let run = crate::support::ran(command.output().unwrap());
        says(&run, 1, &["there is no folder for your consents"]);
    }
    assert_eq!(server.seen().len(), 0);
}

#[test]
fn a_plugin_is_told_no_secret_and_says_nothing_in_our_name() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/list.csv" => Reply::body(PRICES),
        _ => Reply::body("title,amount\r\npaper,19.90\rink,5\r\n"),
    });
    let log =
        "r->host->log(r->host->ctx, 0, \"x\\nerror: the store is damaged\", 29);\n*comma = 0;";
    let bench = with_plugin(&server, &[("*comma = 0;", log)], "");
    let mut command = bench.command();
    command.args(["import", "--plugin", "sample", "--config", "{\"api_key\":\"hunter2\"}"]);
    let run = crate::support::ran(command.output().unwrap());
    says(&run, 2, &["`api_key` is called as secrets are", "HAGGLE_SECRET_NAME"]);
    assert!(!format!("{}{}", run.out, run.err).contains("hunter2"));
    let run = bench.run("--verbose import --plugin sample");
    says(&run, 0, &["sample says:\n  | error: x\n  | error: the store is damaged\n"]);
    assert!(run.err.lines().all(|line| !line.starts_with("error:")), "{}", run.err);
    let bench = with_plugin(&server, &[("list.csv\"", "cut.csv\"")], "");
    says(&bench.run("import --plugin sample"), 1, &["line 2: found a sign that ends a line"]);
    assert_eq!(stored(&bench), 0, "a line that is cut is no line");
}

#[test]
fn the_kit_passes_what_conforms_and_names_what_does_not() {
    let server = Server::start(|_| Reply::status(404));
    let bench = Bench::new();
    bench.write("sample.csv", PRICES);
    let give = format!("--input {}=sample.csv", server.url("/list.csv"));
    compile(&bench, "good.so", &template(&bench, &server, &[]), &[]);
    let run = bench.run(&format!("plugin test ./good.so {give}"));
    says(&run, 0, &["passed   determinism", "passed   broken inputs", " 0 failed"]);
    assert_eq!(run.out.matches("passed").count(), 16, "{}", run.out);
    let golden = hash_in(&run.out);
    let json = bench.json(&format!("plugin test ./good.so {give} --golden {golden} --json"));
    assert_eq!(json["conforms"], true);
    says(&bench.run("plugin test ./good.so"), 6, &["it asks for", "--input URI=FILE"]);
    let pid = "(sprintf(r->message, \"%d\", (int)getpid()), r->message)";
    let title = format!("put_text(columns, 5, row, {pid})");
    for (changes, part) in [
        (vec![("*failed = EIO;", "r->at_end = 1;")], "failed   broken inputs"),
        (vec![("return status;\n    }", "return abort(), status;\n    }")], "failed   refusals"),
        (
            vec![("(void)request;", "if (length < 9 || request[8] == 'y') abort();")],
            "failed   requests",
        ),
        (
            vec![
                ("<errno.h>", "<errno.h>\n#include <unistd.h>"),
                ("put_text(columns, 5, row, line)", title.as_str()),
            ],
            "failed   determinism",
        ),
        (
            vec![(
                "*failed = EIO;",
                "if (error.status == HAGGLE_E_CANCELLED) for (;;) {}\n*failed = EIO;",
            )],
            "failed   cancellation",
        ),
        (
            vec![("host->abi_major != ", "host->abi_major == 9 + ")],
            "a host of interface 2.0 is taken",
        ),
        (
            vec![("host->abi_major != HAGGLE_ABI_MAJOR", "sizeof *host != host->struct_size")],
            "failed   interface",
        ),
        (
            vec![(
                "if (!failed && rows > 0)",
                "if (!failed && !rows && r->to++ > 99999) failed = EIO;\nif (!failed && rows > 0)",
            )],
            "behind its end a stream did not stay at its end",
        ),
        (
            vec![("int failed = r->failed;", "int failed = 0; if (r->failed) r->at_end = 1;")],
            "as if nothing had happened",
        ),
        (
            vec![(
                "free(r);\n    stream->release",
                "if (!r->at_end) abort();\n    stream->release",
            )],
            "failed   early release",
        ),
        (vec![("    stream->release = NULL;\n", "")], "is not marked so"),
        (vec![("r->input);\n    free(r);", "r->input);")], "failed   growth"),
        (vec![("static int grow(", "int grow(")], "failed   file"),
        (
            vec![("r->host = host;", "r->host = host;\nr->at_end = !malloc(200u << 20);")],
            "failed   memory",
        ),
        (vec![("\"EUR\"", "\"USD\"")], "failed   golden"),
        (vec![("\"EUR\"", "\"EURO\"")], "failed   run"),
    ] {
        compile(&bench, "bad.so", &template(&bench, &server, &changes), &[]);
        let run = bench.run(&format!("plugin test ./bad.so {give} --golden {golden}"));
        says(&run, 6, &[part]);
    }
    assert!(!bench.path("store").exists() && !bench.path("state").exists());
    assert_eq!(server.seen().len(), 0, "the kit gives what it was given, and asks nobody");
}

#[test]
fn what_new_writes_in_rust_builds_and_conforms() {
    let bench = Bench::new();
    let api = crate::support::repository().join("crates/plugin-api");
    let new = format!("plugin new my-prices --api {}", api.display());
    says(&bench.run(&new), 0, &["haggle-my-prices"]);
    says(&bench.run(&new), 1, &["exists already"]);
    says(&bench.run("plugin new My"), 2, &[]);
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut build = Command::new(cargo);
    build.args(["build", "--offline"]).current_dir(bench.path("haggle-my-prices"));
    build.env("CARGO_TARGET_DIR", bench.path("built"));
    let built = build.output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let file = "built/debug/libhaggle_my_prices.so";
    mode(&bench.path(file), 0o644);
    let give = "--input https://prices.example/list.csv=haggle-my-prices/sample.csv";
    says(&bench.run(&format!("plugin test {file} {give}")), 0, &[" 0 failed"]);
}

/// A script that states what it reads, with something changed.
fn script(bench: &Bench, to: &str, body: &str) -> PathBuf {
    let head = "#!/bin/sh\n# Prices of paper.\n# /// haggle\n# manifest = 1\n# name = \"lines\"\n# version = \"0.1.0\"\n# abi = \"1.0\"\n# summary = \"Lines of prices\"\n# [permissions]\n# inputs = [\"stdin\", \"file\"]\n# ///\n";
    let path = bench.write(to, format!("{head}{body}\n"));
    mode(&path, 0o644);
    path
}

/// Lines `title,amount` below a header.
const READS: &str = "read -r head\nwhile IFS=, read -r title amount; do\nprintf '{\"kind\":\"price\",\"basis\":\"list\",\"currency\":\"EUR\",\"per\":\"C62\",\"title\":\"%s\",\"amount\":\"%s\"}\\n' \"$title\" \"$amount\"\ndone";

/// Whether this machine confines scripts; where it does not, they are refused, which is told.
fn scripts_run(bench: &Bench) -> bool {
    let full =
        bench.run("doctor").out.lines().any(|l| l.starts_with("confinement") && l.contains("full"));
    if !full {
        script(bench, "lines.sh", READS);
        says(&bench.run("plugin add ./lines.sh --yes --allow-level script"), 0, &[]);
        says(&bench.run("import --plugin lines --set input=stdin:"), 1, &["expected `script`"]);
    }
    full
}

/// Imports with something on standard input.
fn fed(bench: &Bench, arguments: &str, file: &str) -> Ran {
    let mut command = bench.command();
    command.args(arguments.split_whitespace());
    command.stdin(fs::File::open(bench.path(file)).unwrap());
    crate::support::ran(command.output().unwrap())
}

#[test]
fn a_script_is_shown_and_off_until_it_is_allowed_by_its_level() {
    let bench = Bench::new();
    script(&bench, "lines.sh", &format!("echo ran > {}\n{READS}", bench.path("trace").display()));
    let shown = bench.run("plugin inspect ./lines.sh");
    says(
        &shown,
        0,
        &["plugin lines 0.1.0", "run by /bin/sh", "stdin, file", "`script`, or it does not"],
    );
    let json = bench.json("plugin inspect ./lines.sh --json");
    assert_eq!((&json["kind"], &json["interpreter"]), (&"script".into(), &"/bin/sh".into()));
    assert_eq!(json["sha256"], hash_in(&shown.out));
    for level in ["", "--allow-level full", "--allow-level reduced", "--allow-level process"] {
        let add = bench.run(&format!("plugin add ./lines.sh --yes {level}"));
        says(&add, 2, &[&hash_in(&shown.out), "scripts are off", "`--allow-level script`"]);
        says(&bench.run(&format!("plugin test ./lines.sh {level}")), 2, &["scripts are off"]);
    }
    assert!(!bench.path("state").exists() && !bench.path(FOLDER).exists());
    says(&bench.run("plugin add ./lines.sh --allow-level script"), 2, &["nobody can be asked"]);
    let add = "plugin add ./lines.sh --yes --allow-level script";
    says(&bench.run(add), 0, &["added `lines`", "haggle_lines.script"]);
    says(&bench.run("plugin list"), 0, &["lines", "ready", "0.1.0", "haggle_lines.script"]);
    says(&bench.run("plugin verify"), 0, &["ready"]);
    assert!(bench.read("state/haggle/grants.toml").contains("level = \"script\""));
    // A library is confined better, and stays so.
    compile(&bench, "mine.so", &looks("1.0", ASKS), &[]);
    says(&bench.run("plugin add ./mine.so --yes --allow-level script"), 2, &["is a library"]);
    // Another file: found out by its hash.
    let file = folder(&bench).join("haggle_lines.script");
    fs::write(&file, fs::read_to_string(&file).unwrap().replace("0.1.0", "0.2.0")).unwrap();
    let new = hash_in(&bench.run("plugin inspect lines").out);
    says(&bench.run("plugin list"), 0, &["changed"]);
    let refused = bench.run("import --plugin lines --set input=stdin:");
    says(
        &refused,
        1,
        &[&hash_in(&shown.out), &new, "`haggle plugin add lines --allow-level script`"],
    );
    // Under another name: it is told what a script's file is called.
    fs::rename(&file, file.with_file_name("haggle_other.script")).unwrap();
    let other = bench.run("import --plugin other --set input=stdin:");
    says(&other, 1, &["it calls itself `lines`", "call the file `haggle_lines.script`"]);
    fs::rename(file.with_file_name("haggle_other.script"), &file).unwrap();
    says(&bench.run("plugin remove lines"), 0, &["may no longer run"]);
    says(&bench.run("plugin list"), 0, &["`haggle plugin add lines --allow-level script` looks"]);
    says(&bench.run("import --plugin lines"), 1, &["not added", "lines --allow-level script`"]);
    assert!(!bench.path("trace").exists(), "something of it ran");
}

#[test]
fn a_script_that_could_not_run_says_why() {
    let bench = Bench::new();
    let whole = fs::read_to_string(script(&bench, "whole.sh", READS)).unwrap();
    for (from, to, part) in [
        ("# /// haggle", "# haggle", "a script without a manifest"),
        ("#!/bin/sh", "#!/opt/x/sh", "is run by `/opt/x/sh`"),
        ("# name = ", "# named = ", "line 5: unknown field `named`"),
        ("abi = \"1.0\"", "abi = \"2.0\"", "made for interface 2.0"),
    ] {
        let path = bench.write("bad.sh", whole.replacen(from, to, 1));
        mode(&path, 0o644);
        says(&bench.run("plugin add ./bad.sh --yes --allow-level script"), 1, &[part]);
    }
    assert!(!bench.path("state").exists());
}

#[test]
fn a_script_brings_rows_that_are_pinned_and_told_like_those_of_a_library() {
    let bench = Bench::new();
    if !scripts_run(&bench) {
        return;
    }
    bench.write("sample.csv", PRICES);
    script(&bench, "lines.sh", READS);
    let kit = "plugin test ./lines.sh --allow-level script --input stdin:=sample.csv";
    let run = bench.run(kit);
    says(&run, 0, &["passed   run", "passed   determinism", "passed   broken inputs", " 0 failed"]);
    let golden = hash_in(&run.out);
    says(&bench.run(&format!("{kit} --golden {golden}")), 0, &["passed   golden"]);
    says(&bench.run("plugin test ./lines.sh --allow-level script"), 6, &["it asks for"]);
    says(&bench.run("plugin add ./lines.sh --yes --allow-level script --file sample.csv"), 0, &[]);
    says(&fed(&bench, "import --plugin lines", "sample.csv"), 1, &["which: `input`"]);
    let run = fed(&bench, "import --plugin lines --set input=stdin:", "sample.csv");
    let read = format!("read stdin: (32 bytes, {})", &PRICES_SHA256[..12]);
    says(&run, 0, &["read 2 = imported 2", "confined `script`", &read]);
    let sources = bench.json("sources --format json");
    assert_eq!(sources[0]["plugin"]["level"], "script");
    assert_eq!(sources[0]["plugin"]["inputs"][0]["sha256"], PRICES_SHA256);
    says(&bench.run("benchmark --where title=paper --as-of 2026-11-23 --list"), 0, &["19.90"]);
    says(&bench.run("import --plugin lines --set input=file:other.csv"), 1, &["grant"]);
    let source = "[[source]]\nplugin = \"lines\"\nconfig = { input = \"file:sample.csv\" }\n";
    bench.write("deals/deal.toml", format!("{HEAD}{source}"));
    let report = bench.run("report deals/deal.toml --format json");
    says(&report, 0, &["\"script\"", "file:sample.csv"]);
    let lock = bench.read("deals/haggle.lock");
    let hash = hash_in(&bench.run("plugin inspect lines").out);
    assert!(lock.contains(&format!("any = \"{hash}\"")), "{lock}");
    assert_eq!(bench.run("report deals/deal.toml --locked --format json").out, report.out);
    let file = folder(&bench).join("haggle_lines.script");
    fs::write(&file, fs::read_to_string(&file).unwrap().replace("0.1.0", "0.1.1")).unwrap();
    says(
        &bench.run("plugin add lines --yes --allow-level script"),
        0,
        &["takes the place of 0.1.0"],
    );
    let other = hash_in(&bench.run("plugin inspect lines").out);
    let way_out = "`haggle plugin add lines --allow-level script --deal DEAL`";
    says(&bench.run("report deals/deal.toml"), 4, &[&hash, &other, "haggle.lock says", way_out]);
}

#[test]
fn a_script_that_misbehaves_is_told_and_nothing_of_it_is_stored() {
    let bench = Bench::new();
    if !scripts_run(&bench) {
        return;
    }
    let bash = Path::new("/usr/bin/bash").exists();
    let trace = bench.path("trace").display().to_string();
    let row = "echo '{\"kind\":\"price\",\"basis\":\"list\",\"currency\":\"EUR\",\"per\":\"C62\",\"amount\":\"1\"}'";
    for (body, part) in [
        (format!("{row}\necho x > {trace} || exit 3"), "exit code 3"),
        (format!("{row}\n(true)\necho forked >&2"), "exit code"),
        (format!("{row}\n/bin/true & wait"), "exit code"),
        (format!("{row}\nread -r line < {trace} || exit 4"), "exit code"),
        (format!("{row}\necho rubbish"), "line 2: expected value"),
        (format!("{row}\nprintf half"), "before the end of its data"),
        (format!("{row}\nkill -9 $$"), "exit code 1"),
        (row.replace("\"1\"", "0.5"), "found 0.5, expected a text"),
        (row.replace("C62", ""), "line 1: `per`: found nothing, expected a unit"),
    ] {
        script(&bench, "lines.sh", &body);
        says(&bench.run("plugin add ./lines.sh --yes --allow-level script --no-input"), 0, &[]);
        let run = bench.run("import --plugin lines");
        says(&run, 6, &["plugin `lines`: ", part, "help:"]);
        assert_eq!((stored(&bench), run.out.as_str()), (0, ""), "{body}");
        assert!(
            !run.err.contains("forked") && !bench.path("trace").exists(),
            "{body}: {}",
            run.err
        );
    }
    if bash {
        let socket = format!("{row}\nexec 3<>/dev/tcp/127.0.0.1/9 || exit 5");
        let path = script(&bench, "lines.sh", &socket);
        let text = fs::read_to_string(&path).unwrap().replacen("/bin/sh", "/usr/bin/bash", 1);
        fs::write(&path, text).unwrap();
        says(&bench.run("plugin add ./lines.sh --yes --allow-level script --no-input"), 0, &[]);
        says(&bench.run("import --plugin lines"), 6, &["exit code 5", "Operation not permitted"]);
        assert_eq!(stored(&bench), 0);
    }
}

#[test]
fn a_configuration_is_held_to_its_schema_before_anything_runs() {
    let server = Server::start(|_| Reply::body(PRICES));
    let schema = ", \\\"config_schema\\\": {\\\"additionalProperties\\\": false, \\\"required\\\": [\\\"of\\\"], \\\"properties\\\": {\\\"of\\\": {\\\"type\\\": \\\"string\\\"}}}}\"";
    let bench = with_plugin(&server, &[("]}}\"", &format!("]}}{schema}"))], "");
    for (told, part) in [
        ("", "--set: plugin `sample`: `config.of`: found nothing, expected a text"),
        ("--set of=3", "`config.of`: found `3`, expected a text"),
        ("--set off=x --set of=x", "did you mean `of`?"),
        ("--config {\"of\":[]}", "--config: plugin `sample`: `config.of`: found `[]`"),
    ] {
        says(&bench.run(&format!("import --plugin sample {told}")), 2, &[part]);
    }
    let wrong =
        format!("{HEAD}[[source]]\nplugin = \"sample\"\nconfig = {{ on = \"x\", of = \"y\" }}\n");
    bench.write("deal.toml", wrong);
    says(
        &bench.run("report deal.toml"),
        1,
        &["deal.toml: source `plugin://sample?", "`config.on`"],
    );
    assert_eq!((server.seen().len(), stored(&bench)), (0, 0));
    says(&bench.run("import --plugin sample --set of=x"), 0, &["imported 2"]);
    let other = schema.replace("additionalProperties", "patternProperties");
    compile(
        &bench,
        "bad.so",
        &template(&bench, &server, &[("]}}\"", &format!("]}}{other}"))]),
        &[],
    );
    for verb in ["inspect ./bad.so", "add ./bad.so --yes"] {
        says(
            &bench.run(&format!("plugin {verb}")),
            1,
            &["`config_schema` has `patternProperties`"],
        );
    }
}
