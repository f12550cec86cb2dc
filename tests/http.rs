//! Sources behind a URL from outside: a server on loopback, the cache, the lock file, secrets,
//! Ctrl-C.

use crate::server::{Asked, Reply, Server};
use crate::support::{Bench, Ran, ran, workbook};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

const DEAL: &str = "report data/deals/salary-us.toml";

/// The bundled survey.
fn survey() -> String {
    Bench::with_data().read("data/evidence/pay-survey-2023.csv")
}

/// Answers with a body and its tag, or unchanged to who knows the tag.
fn tagged(asked: &Asked, body: &str, tag: &str) -> Reply {
    let unchanged = asked.header("if-none-match") == tag;
    let reply = if unchanged { Reply::status(304) } else { Reply::body(body) };
    reply.header("ETag", tag)
}

/// The place with the bundled deal, whose survey lies behind a URL.
fn with_deal(server: &Server) -> Bench {
    let bench = Bench::with_data();
    let deal = bench.read("data/deals/salary-us.toml");
    let line = "path  = \"../evidence/pay-survey-2023.csv\"";
    assert!(deal.contains(line));
    let url = format!("url = \"{}\"", server.url("/pay-survey-2023.csv"));
    bench.write("data/deals/salary-us.toml", deal.replace(line, &url));
    bench
}

/// A body that can be exchanged while the server runs.
fn changing(first: &str) -> (Arc<Mutex<String>>, Server) {
    let body = Arc::new(Mutex::new(first.to_owned()));
    let now = Arc::clone(&body);
    (body, Server::start(move |_| Reply::body(now.lock().unwrap().clone())))
}

fn fine(run: Ran) -> Ran {
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    run
}

#[test]
fn a_url_is_imported_as_a_file_is_and_asked_for_again() {
    let text = survey();
    let server = Server::start(move |asked| tagged(asked, &text, "\"1\""));
    let (bench, url) = (Bench::with_data(), server.url("/pay-survey-2023.csv"));
    let first = fine(bench.run(&format!("import {url}")));
    assert!(first.err.contains(&format!("fetched {url}: 1 page, 3.1 kB")), "{}", first.err);
    let second = fine(bench.run(&format!("import {url}")));
    assert_eq!(second.err, "", "what has not changed is not worth a line");
    assert!(second.out.starts_with(&format!("{url}: unchanged by recipe community-salaries")));
    let file = fine(Bench::with_data().run("import data/evidence/pay-survey-2023.csv"));
    let account = |run: &Ran| run.out.split_once('\n').unwrap().1.to_owned();
    assert_eq!(account(&first), account(&file));
    assert_eq!(account(&second), account(&file));
    assert_eq!(server.seen().len(), 2);
    assert!(server.seen()[0].header("user-agent").starts_with("haggle/"));
    let json = fine(bench.run(&format!("import {url} --offline --format json")));
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json[0]["account"]["location"], url);
    assert!(json[0]["account"]["retrieved"].as_str().unwrap().ends_with('Z'));
    assert!(fine(bench.run("sources")).out.contains(&url));
    assert!(fine(bench.run(&format!("inspect {url} --offline"))).out.starts_with(&url));
    assert_eq!(server.seen().len(), 2, "nobody was asked");
}

#[test]
fn content_decides_what_it_is_and_not_what_the_server_says() {
    let gzip = |bytes: &[u8]| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(4));
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    };
    let text = survey();
    let book = workbook(&[("Pay", &[&["Role", "Salary"], &["weaver", "100"]])]);
    let mut bomb = b"work_year,experience_level\n".to_vec();
    bomb.resize(17 << 20, b'0');
    let bodies = [
        ("/web.csv", "text/html", text.clone().into_bytes()),
        ("/list", "application/octet-stream", gzip(text.as_bytes())),
        ("/all.zip", "application/zip", zipped(&[("a.csv", &text), ("b.csv", "x,y\n1,2\n")])),
        ("/book.csv", "text/csv", book),
        ("/login.csv", "text/csv", b"<!DOCTYPE html><html><body>Log in</body></html>".to_vec()),
        ("/bomb.csv.gz", "application/gzip", gzip(&bomb)),
    ];
    let server = Server::start(move |asked| {
        let (_, kind, body) = bodies.iter().find(|(path, ..)| *path == asked.target).unwrap();
        Reply::body(body.clone()).header("Content-Type", kind)
    });
    let bench = Bench::new();
    for path in ["/web.csv", "/list", "/all.zip#a.csv"] {
        let run = fine(bench.run(&format!("import {}", server.url(path))));
        assert!(run.out.contains("read 53 = imported 50"), "{path}: {}", run.out);
    }
    for (path, code) in [
        ("/login.csv", "[E0003]"),
        ("/bomb.csv.gz", "[E0013]"),
        ("/book.csv", "[E0006]"),
        ("/all.zip", "[E0021]"),
        ("/all.zip#none.csv", "[E0001]"),
    ] {
        let run = bench.run(&format!("import {}", server.url(path)));
        assert_eq!(run.code, 1, "{path}");
        assert!(run.err.contains(code) && run.err.contains(path), "{path}: {}", run.err);
    }
    let asked: Vec<String> = server.targets().into_iter().filter(|t| t == "/all.zip").collect();
    assert!(asked.len() <= 4, "a part of an archive is no other URL: {asked:?}");
    assert!(fine(bench.run("cache")).out.matches("/all.zip\n").count() == 1);
}

fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in files {
        zip.start_file(*name, stored).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_deal_with_a_url_is_pinned_and_says_when_its_bytes_came() {
    let text = survey();
    let server = Server::start(move |asked| tagged(asked, &text, "\"v1\""));
    let bench = with_deal(&server);
    let report = fine(bench.run(DEAL));
    let lock = bench.read("data/deals/haggle.lock");
    let pin: toml::Table = toml::from_str(&lock).unwrap();
    let pin = pin["source"].as_array().unwrap().iter();
    let pin = pin.filter_map(|s| s.as_table()).find(|s| s.contains_key("retrieved")).unwrap();
    let retrieved = pin["retrieved"].as_str().unwrap();
    assert_eq!(pin["location"].as_str().unwrap(), server.url("/pay-survey-2023.csv"));
    assert_eq!(pin["etag"].as_str().unwrap(), "\"v1\"");
    let words: String = report.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(&format!("retrieved {retrieved}")), "{}", report.out);
    let json = bench.json(&format!("{DEAL} --format json"));
    assert_eq!(json["sources"]["survey"]["retrieved"], retrieved);
    assert!(json["sources"]["oews"].get("retrieved").is_none(), "a file has no such time");
    assert_eq!(fine(bench.run(DEAL)).out, report.out, "asked again, and the same");
    assert_eq!(bench.read("data/deals/haggle.lock"), lock);
    let asked = server.seen().len();
    assert_eq!(fine(bench.run(&format!("{DEAL} --offline"))).out, report.out);
    assert_eq!(fine(bench.run(&format!("{DEAL} --offline --locked"))).out, report.out);
    assert_eq!(server.seen().len(), asked, "nobody was asked");
    // Another machine: the files and the lock file alone.
    fs::remove_dir_all(bench.path("store")).unwrap();
    fs::remove_dir_all(bench.path("cache")).unwrap();
    let missing = bench.run(&format!("{DEAL} --offline"));
    assert_eq!((missing.code, missing.out.as_str()), (4, ""));
    assert!(missing.err.contains("[E0316]"), "{}", missing.err);
    assert_eq!(fine(bench.run(&format!("{DEAL} --locked"))).out, report.out);
    assert_eq!(bench.read("data/deals/haggle.lock"), lock);
}

#[test]
fn another_content_is_refused_when_locked_and_told_otherwise() {
    let text = survey();
    let (body, server) = changing(&text);
    let bench = with_deal(&server);
    let unpinned = bench.run(&format!("{DEAL} --locked"));
    assert!(unpinned.code == 4 && unpinned.err.contains("not in haggle.lock"), "{}", unpinned.err);
    assert_eq!(server.seen().len(), 0, "what is not pinned is not asked for");
    let report = fine(bench.run(DEAL)).out;
    let lock = bench.read("data/deals/haggle.lock");
    *body.lock().unwrap() = text.replacen("178300", "178301", 1);
    let run = bench.run(&format!("{DEAL} --locked"));
    assert_eq!((run.code, run.out.as_str()), (4, ""));
    let hashes = |text: &str| {
        let is_hash = |w: &&str| w.len() >= 12 && w.bytes().take(12).all(|b| b.is_ascii_hexdigit());
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        words.filter(is_hash).count()
    };
    assert_eq!(hashes(&run.err), 2, "both hashes: {}", run.err);
    assert_eq!(bench.read("data/deals/haggle.lock"), lock);
    let pinned = fine(bench.run(&format!("{DEAL} --locked --offline")));
    assert_eq!(pinned.out, report, "what was pinned is still stored");
    let followed = fine(bench.run(DEAL));
    let changed = followed.err.lines().find(|l| l.contains("content changed from")).unwrap();
    assert_eq!(hashes(changed), 2, "both hashes: {changed}");
    assert_ne!(bench.read("data/deals/haggle.lock"), lock);
}

#[test]
fn verify_makes_a_report_of_a_url_again() {
    let text = survey();
    let (body, server) = changing(&text);
    let bench = with_deal(&server);
    fine(bench.run(&format!("{DEAL} --format json --out r.json")));
    let verify = "verify r.json --deal data/deals/salary-us.toml";
    fine(bench.run(verify));
    *body.lock().unwrap() = text.replacen("178300", "1", 1);
    let run = bench.run(verify);
    assert!(run.code == 1 && run.out.contains("source survey"), "{}{}", run.out, run.err);
}

/// Every file under a folder whose bytes hold a text.
fn holding(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, text));
        } else if fs::read(&path).unwrap().windows(text.len()).any(|w| w == text.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn a_secret_stands_in_no_output_and_no_file() {
    let text = survey();
    let server = Server::start(move |asked| match asked.target.split('?').next().unwrap() {
        "/on" => Reply::to("/list.csv?token=S3CRET"),
        "/list.csv" => tagged(asked, &text, "\"1\""),
        _ => Reply::status(403),
    });
    let bench = Bench::new();
    let own = |path: &str| server.url(path).replace("http://", "http://me:S3CRET@");
    let runs = [
        format!("import {} -v --format json", own("/list.csv?api_key=S3CRET")),
        format!("import {} --issues issues.csv", own("/list.csv?api_key=S3CRET")),
        format!("import {} -v", server.url("/on?signature=S3CRET")),
        format!("inspect {} --format json", own("/list.csv")),
        format!("import {}", own("/none.csv?token=S3CRET")),
        format!("import {} --limit requests=1", own("/on?token=S3CRET")),
        "import https://me:S3CRET@no%20host/x?token=S3CRET".to_owned(),
        "cache".to_owned(),
        "cache --format json".to_owned(),
        "sources --format json".to_owned(),
        format!("cache clean {}", own("/list.csv?api_key=S3CRET")),
    ];
    for arguments in runs {
        let run = bench.run(&arguments);
        assert!(!run.out.contains("S3CRET"), "{arguments}: {}", run.out);
        assert!(!run.err.contains("S3CRET"), "{arguments}: {}", run.err);
        assert_eq!(holding(&bench.path(""), "S3CRET"), [""; 0], "{arguments}");
    }
    assert!(server.seen().iter().any(|a| a.target.contains("S3CRET")), "it was sent");
}

#[test]
fn a_deal_file_with_a_secret_is_refused_before_anything_is_made_of_it() {
    let bench = Bench::with_data();
    let deal = bench.read("data/deals/salary-us.toml");
    for url in ["https://a.example/x.csv?token=S3CRET", "https://me:S3CRET@a.example/x.csv"] {
        let line = "path  = \"../evidence/pay-survey-2023.csv\"";
        bench.write("deal.toml", deal.replace(line, &format!("url = \"{url}\"")));
        for command in ["check", "report", "report --format json"] {
            let run = bench.run(&format!("{command} deal.toml"));
            assert_eq!(run.code, 1, "{command}");
            assert!(run.err.contains("[E0302]") && run.err.contains("help network"), "{}", run.err);
            assert!(!format!("{}{}", run.out, run.err).contains("S3CRET"), "{command}");
        }
        assert!(!bench.path("haggle.lock").exists());
    }
}

#[test]
fn secrets_come_from_the_environment_or_a_file_of_ones_own() {
    let text = survey();
    let server =
        Server::start(move |asked| match (asked.header("authorization"), asked.target.as_str()) {
            ("Bearer T0KEN", "/x.csv") | (_, "/x.csv?key=T0KEN") => Reply::body(text.clone()),
            _ => Reply::status(401),
        });
    let bench = Bench::new();
    let import = ["import".to_owned(), server.url("/x.csv")];
    let host = format!("127.0.0.1:{}", server.port());
    assert_eq!(bench.run_all(&import.each_ref().map(String::as_str)).code, 1);
    let variable = format!("HAGGLE_TOKEN_127_0_0_1___{}", server.port());
    let by_variable = bench.command().args(&import).env(variable, "T0KEN").output().unwrap();
    fine(ran(by_variable));
    let file = bench.write(
        "config/haggle/secrets.toml",
        format!("[[secret]]\nhost = \"{host}\"\nquery = \"key\"\nenv = \"MINE\"\n"),
    );
    let by_file = || {
        let mut command = bench.command();
        command.args(&import).arg("--refresh").arg("-v");
        ran(command
            .env("XDG_CONFIG_HOME", bench.path("config"))
            .env("MINE", "T0KEN")
            .output()
            .unwrap())
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let refused = by_file();
        assert!(refused.code == 1 && refused.err.contains("[E0317]"), "{}", refused.err);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    }
    let run = fine(by_file());
    assert!(!format!("{}{}", run.out, run.err).contains("T0KEN"));
    assert_eq!(holding(&bench.path(""), "T0KEN"), [""; 0]);
}

#[test]
fn a_download_that_broke_off_is_gone_on_with_and_nothing_of_it_counts_before() {
    let text = survey();
    let server = Server::start(move |asked| {
        let whole = Reply::body(text.clone()).header("ETag", "\"1\"");
        match asked.header("range") {
            "" => whole.cut(1000),
            range => {
                assert_eq!(range, "bytes=1000-");
                let all = text.len();
                let rest = Reply::body(&text.as_bytes()[1000..]).with_status(206);
                rest.header("ETag", "\"1\"")
                    .header("Content-Range", &format!("bytes 1000-{}/{all}", all - 1))
            }
        }
    });
    let (bench, url) = (Bench::new(), server.url("/x.csv"));
    let broken = bench.run(&format!("import {url} --limit attempts=1"));
    assert_eq!((broken.code, broken.out.as_str()), (1, ""));
    assert!(broken.err.contains("[E0308]") && broken.err.contains("help:"), "{}", broken.err);
    assert!(!bench.path("store/parts").exists(), "nothing is imported in part");
    assert!(fine(bench.run("cache")).out.contains("1 unfinished downloads (1000 bytes)"));
    let run = fine(bench.run(&format!("import {url}")));
    assert!(run.out.contains("read 53 = imported 50"), "{}", run.out);
}

#[cfg(unix)]
#[test]
fn ctrl_c_leaves_everything_whole_and_says_how_to_go_on() {
    let text = survey();
    let server = Server::start(move |asked| {
        let (all, whole) = (text.len(), text.clone().into_bytes());
        match asked.header("range") {
            "" => Reply::body(&whole[..1000]).header("ETag", "\"1\"").stalling(),
            range => {
                let from: usize = range[6..].trim_end_matches('-').parse().unwrap();
                let rest = Reply::body(&whole[from..]).with_status(206).header("ETag", "\"1\"");
                rest.header("Content-Range", &format!("bytes {from}-{}/{all}", all - 1))
            }
        }
    });
    let (bench, url) = (Bench::new(), server.url("/x.csv"));
    let mut command = bench.command();
    let piped = command.args(["import", &url]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = piped.spawn().unwrap();
    let arrived = || {
        let files = fs::read_dir(bench.path("cache/unfinished")).into_iter().flatten().flatten();
        files.map(|f| f.path()).any(|p| {
            p.extension().is_some_and(|e| e == "part") && fs::metadata(&p).unwrap().len() == 1000
        })
    };
    while !arrived() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(kill.unwrap().success());
    let run = ran(child.wait_with_output().unwrap());
    assert_eq!((run.code, run.out.as_str()), (130, ""), "{}", run.err);
    assert!(run.err.contains("[E0318]") && run.err.contains("run it again"), "{}", run.err);
    assert!(!bench.path("store/parts").exists());
    let again = fine(bench.run(&format!("import {url}")));
    assert!(again.out.contains("read 53 = imported 50"), "{}", again.out);
    assert_eq!(server.seen()[1].header("range"), "bytes=1000-");
}

#[test]
fn one_url_that_fails_does_not_keep_the_others_out() {
    let text = survey();
    let server = Server::start(move |asked| match asked.target.as_str() {
        "/gone.csv" => Reply::status(404),
        _ => Reply::body(text.clone()),
    });
    let bench = Bench::with_data();
    let run = bench.run(&format!(
        "import {} data/evidence/pay-survey-2023.csv {}",
        server.url("/gone.csv"),
        server.url("/here.csv")
    ));
    assert_eq!(run.code, 1);
    assert!(run.err.contains("/gone.csv: the server answers 404 Not Found [E0306]"), "{}", run.err);
    assert_eq!(run.out.matches("read 53 = imported 50").count(), 2, "{}", run.out);
}

#[test]
fn the_options_are_checked_and_explained() {
    let bench = Bench::new();
    for (arguments, part) in [
        ("import https://a.example/x --limit colour=1", "no limit is called `colour`"),
        ("import https://a.example/x --limit read=soon", "expected seconds"),
        ("import https://a.example/x --offline --refresh", "--refresh"),
    ] {
        let run = bench.run(arguments);
        assert!(run.code == 2 && run.err.contains(part), "{arguments}: {}", run.err);
    }
    let run = bench.run("import https://a.example/x --offline");
    assert!(run.code == 4 && run.err.contains("[E0316]"), "{}", run.err);
    let run = bench.run("import http://127.0.0.1:1/x --cacert nothing.pem");
    assert!(run.code == 1 && run.err.contains("[E0320]"), "{}", run.err);
    assert!(fine(bench.run("explain E0312")).out.contains("169.254.169.254"));
    let help = fine(bench.run("help network")).out;
    for part in ["HAGGLE_TOKEN_API_EXAMPLE_COM", "[[secret]]", "per-host", "--offline"] {
        assert!(help.contains(part), "{part}: {help}");
    }
}

#[test]
fn the_cache_is_listed_and_cleaned() {
    let server = Server::start(|asked| Reply::body(format!("a,b\n{},1\n", asked.target)));
    let bench = Bench::new();
    for path in ["/one.csv", "/two.csv"] {
        bench.run(&format!("inspect {}", server.url(path)));
    }
    let list = fine(bench.run("cache")).out;
    for part in [&server.url("/one.csv"), &server.url("/two.csv"), "retrieved 20", "in 2 bodies"] {
        assert!(list.contains(part), "{list}");
    }
    assert_eq!(fine(bench.run("cache clean --older 1")).err, "removed 0 URLs, 0 bytes\n");
    let one = fine(bench.run(&format!("cache clean {}", server.url("/one.csv"))));
    assert!(one.err.starts_with("removed 1 URL,"), "{}", one.err);
    assert_eq!(bench.run(&format!("cache clean {}", server.url("/one.csv"))).code, 1);
    fine(bench.run("cache clean"));
    let json: serde_json::Value =
        serde_json::from_str(&fine(bench.run("cache --format json")).out).unwrap();
    assert_eq!((json["bodies"].as_u64(), json["kept"].as_array().unwrap().len()), (Some(0), 0));
}

/// A page of meters as Azure's service gives them.
fn meters(items: &[u32], next: Option<&str>) -> String {
    let item = |n: &u32| {
        serde_json::json!({
            "currencyCode": "USD", "tierMinimumUnits": 0.0, "retailPrice": f64::from(*n) / 100.0,
            "armRegionName": "westeurope", "effectiveStartDate": "2026-01-01T00:00:00Z",
            "meterName": format!("meter {n}"), "meterId": format!("m{n}"), "skuId": format!("S{n}"),
            "productName": "P", "skuName": "K", "serviceName": "V", "unitOfMeasure": "1 Hour",
            "type": "Consumption", "armSkuName": "A",
        })
    };
    serde_json::json!({
        "BillingCurrency": "USD", "CustomerEntityId": "Default", "CustomerEntityType": "Retail",
        "Items": items.iter().map(item).collect::<Vec<_>>(),
        "NextPageLink": next, "Count": items.len(),
    })
    .to_string()
}

/// A list of flat objects behind a URL is read by a recipe for tables; no sheet of it can be meant.
#[test]
fn a_flat_list_of_json_is_read_as_the_table_it_is() {
    let text = survey();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let object = |line: &str| {
        let members = names.iter().zip(line.split(','));
        let members = members.map(|(name, value)| ((*name).to_owned(), value.into()));
        serde_json::Value::Object(members.collect())
    };
    let list: Vec<_> = lines.map(object).collect();
    let body = serde_json::json!({ "rows": list }).to_string();
    let server = Server::start(move |_| Reply::body(body.clone()));
    let (bench, url) = (Bench::new(), server.url("/survey"));
    let run = fine(bench.run(&format!("import {url}")));
    // One less than the file has: there is no row of headers.
    assert!(run.out.contains("by recipe community-salaries"), "{}", run.out);
    assert!(run.out.contains("read 52 = imported 50 + rejected 2 + skipped 0"), "{}", run.out);
    assert!(run.out.contains("#/rows/30/salary"), "{}", run.out);
    let sheet = bench.run(&format!("import {url} --sheet Pay"));
    assert!(sheet.code == 1 && sheet.err.contains("[E0016]"), "{}", sheet.err);
}

/// What was the last price of a page is the first one of the next: it is told, and so it is where
/// a page has another count than it states.
#[test]
fn a_list_that_changes_between_its_pages_is_told() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/moved" => Reply::body(meters(&[1, 2], Some("/second"))),
        "/second" => Reply::body(meters(&[2, 3], None)),
        _ => Reply::body(meters(&[1, 2], None).replace("\"Count\":2", "\"Count\":3")),
    });
    let bench = Bench::new();
    let run = fine(bench.run(&format!("import {}", server.url("/moved"))));
    assert!(run.out.contains("1 row says the same as a row of an earlier page"), "{}", run.out);
    assert!(run.out.contains("[W0128]"), "{}", run.out);
    let recipe = "--recipe azure-retail-prices";
    let short = bench.run(&format!("import {} {recipe}", server.url("/short")));
    assert!(short.code == 1 && short.err.contains("[E0319]"), "{}", short.err);
    assert!(short.err.contains("found 2 items, and the page says that it has 3"), "{}", short.err);
}

/// The recipe says that it is a list of pages, named or found by the first page.
#[test]
fn all_pages_of_a_list_are_one_source() {
    let more = Arc::new(Mutex::new(false));
    let now = Arc::clone(&more);
    let server = Server::start(move |asked| {
        let next = if *now.lock().unwrap() { Some("?skip=4") } else { None };
        match asked.target.as_str() {
            "/prices" => tagged(asked, &meters(&[1, 2], Some("?skip=2")), "\"1\""),
            "/prices?skip=2" => Reply::body(meters(&[3, 4], next)),
            _ => Reply::body(meters(&[5], None)),
        }
    });
    let (bench, url) = (Bench::new(), server.url("/prices"));
    let named = fine(bench.run(&format!("import {url} --recipe azure-retail-prices")));
    assert!(named.out.contains("observations 4"), "{}", named.out);
    let found = fine(bench.run(&format!("import {url}")));
    assert!(
        found.out.contains("unchanged") && found.out.contains("observations 4"),
        "{}",
        found.out
    );
    let asked = server.seen().len();
    let offline = fine(bench.run(&format!("import {url} --offline")));
    assert_eq!((offline.out, server.seen().len()), (found.out, asked));
    *more.lock().unwrap() = true;
    let grown = fine(bench.run(&format!("import {url}")));
    assert!(grown.out.contains("observations 5"), "{}", grown.out);
    assert!(grown.err.contains("replaces"), "{}", grown.err);
}

#[test]
fn a_proxy_of_the_environment_is_asked() {
    let text = survey();
    let proxy = Server::start(move |_| Reply::body(text.clone()));
    let bench = Bench::new();
    let through = |url: &str, none: &str| {
        let mut command = bench.command();
        command.args(["import", url]).env("HTTP_PROXY", proxy.url("")).env("NO_PROXY", none);
        ran(command.output().unwrap())
    };
    fine(through("http://prices.invalid/list.csv", ""));
    assert_eq!(proxy.targets(), ["http://prices.invalid/list.csv"]);
    let direct = Server::start(|_| Reply::status(404));
    assert_eq!(through(&direct.url("/list.csv"), "127.0.0.1").code, 1);
    assert_eq!((proxy.seen().len(), direct.seen().len()), (1, 1));
}

#[test]
fn an_authority_of_ones_own_is_trusted_when_it_is_named() {
    let text = survey();
    let (server, pem) = crate::secure::secure("localhost", move |_| Reply::body(text.clone()));
    let (bench, url) = (Bench::new(), format!("https://localhost:{}/x.csv", server.port()));
    let file = bench.write("authority.pem", pem);
    let import = |more: &[&str], variable: &str| {
        let mut command = bench.command();
        ran(command.args(["import", &url]).args(more).env(variable, &file).output().unwrap())
    };
    let unknown = import(&[], "NOTHING");
    assert!(unknown.code == 1 && unknown.err.contains("[E0304]"), "{}", unknown.err);
    assert!(unknown.err.contains("--cacert"), "{}", unknown.err);
    fine(import(&["--cacert", "authority.pem"], "NOTHING"));
    fine(import(&["--refresh"], "SSL_CERT_FILE"));
    assert_eq!(server.seen().len(), 2);
}

/// Nothing of the network is set up for files.
#[test]
fn without_a_url_there_is_no_cache() {
    let bench = Bench::with_data();
    fine(bench.run(DEAL));
    assert!(!bench.path("cache").exists());
}
