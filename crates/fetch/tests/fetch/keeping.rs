//! The cache: what is kept, for how long, and how it is known again.

use crate::bench::{Bench, text};
use crate::server::{Reply, Server};
use haggle_fetch::{How, Mode, Which};
use std::fs;

const DAY: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

#[test]
fn what_has_not_changed_does_not_come_again() {
    for (header, value, condition) in
        [("ETag", "W/\"a\"", "if-none-match"), ("Last-Modified", DAY, "if-modified-since")]
    {
        let server = Server::start(move |asked| {
            let unchanged = asked.header(condition) == value;
            if unchanged { Reply::status(304) } else { Reply::body("x,y").header(header, value) }
        });
        let bench = Bench::new();
        let first = bench.get(&server.url("/x")).unwrap();
        let second = bench.get(&server.url("/x")).unwrap();
        assert_eq!((first.how, second.how), (How::Came, How::Unchanged));
        assert_eq!((text(&second), server.seen().len()), ("x,y".to_owned(), 2));
        assert_eq!(first.retrieved(), second.retrieved(), "when the bytes came");
        assert_eq!(first.sha256(), second.sha256());
    }
}

#[test]
fn a_server_says_for_how_long_and_refresh_asks_all_the_same() {
    let server = Server::start(|asked| {
        Reply::body(format!("{}", asked.nth)).header("Cache-Control", "max-age=600")
    });
    let bench = Bench::new();
    for _ in 0..3 {
        assert_eq!(text(&bench.get(&server.url("/x")).unwrap()), "0");
    }
    let refreshed = bench.get_by(&server.url("/x"), Mode::Refresh).unwrap();
    assert_eq!((text(&refreshed).as_str(), refreshed.how), ("1", How::Came));
    assert_eq!(server.seen()[1].header("cache-control"), "no-cache");
    let again = bench.get(&server.url("/x")).unwrap();
    assert_eq!((text(&again).as_str(), again.how), ("1", How::Kept));
    assert_eq!(bench.files("bodies"), 2, "what was pinned may still be asked for");
}

/// A server that knows no conditions sends the same bytes again; they are those that came first.
#[test]
fn the_same_bytes_came_when_they_came_first() {
    let server = Server::start(|_| Reply::body("x,y"));
    let bench = Bench::new();
    let first = bench.get(&server.url("/x")).unwrap();
    let entry = fs::read_dir(bench.cache().root().join("entries")).unwrap().next().unwrap();
    let path = entry.unwrap().path();
    let text = fs::read_to_string(&path).unwrap();
    let line = text.lines().find(|l| l.contains("\"retrieved\"")).unwrap();
    fs::write(&path, text.replace(line, "\"retrieved\": 784111777,")).unwrap();
    let second = bench.get(&server.url("/x")).unwrap();
    assert_eq!((first.how, second.how), (How::Came, How::Came));
    assert_eq!(second.retrieved(), Some("1994-11-06T08:49:37Z"));
}

#[test]
fn an_unchanged_answer_renews_how_long() {
    let server = Server::start(|asked| match asked.nth {
        0 => Reply::body("x").header("ETag", "\"a\""),
        _ => Reply::status(304).header("Cache-Control", "max-age=600"),
    });
    let bench = Bench::new();
    let hows = [How::Came, How::Unchanged, How::Kept];
    assert_eq!(hows.map(|_| bench.get(&server.url("/x")).unwrap().how), hows);
}

#[test]
fn what_must_not_be_kept_is_not() {
    let server =
        Server::start(|_| Reply::body("x").header("Cache-Control", "no-store").header("ETag", "1"));
    let bench = Bench::new();
    let fetched = bench.get(&server.url("/x")).unwrap();
    assert_eq!(text(&fetched), "x");
    let file = fetched.pages[0].file().to_owned();
    drop(fetched);
    assert!(!file.exists());
    let kept = bench.files("entries") + bench.files("bodies") + bench.files("unfinished");
    assert_eq!(kept, 0);
    assert_eq!(bench.get_by(&server.url("/x"), Mode::Offline).unwrap_err().code, "E0316");
}

#[test]
fn an_answer_for_others_is_not_used() {
    for (vary, asked) in [("User-Agent", 2), ("Accept", 1), ("X-Other", 1), ("*", 2)] {
        let server = Server::start(move |asked| {
            assert_eq!(asked.header("if-none-match"), "", "{vary}");
            Reply::body("x")
                .header("Cache-Control", "max-age=600")
                .header("Vary", vary)
                .header("ETag", "\"a\"")
        });
        let mut bench = Bench::new();
        bench.get(&server.url("/x")).unwrap();
        bench.options.user_agent = "haggle-test/2".to_owned();
        bench.get(&server.url("/x")).unwrap();
        assert_eq!(server.seen().len(), asked, "{vary}");
    }
}

#[test]
fn offline_nobody_is_asked() {
    let server = Server::start(|_| Reply::body("x"));
    let bench = Bench::new();
    let missing = bench.get_by(&server.url("/x"), Mode::Offline).unwrap_err();
    assert!(missing.is_offline() && missing.help.contains("--offline"), "{missing:?}");
    bench.get(&server.url("/x")).unwrap();
    let kept = bench.get_by(&server.url("/x"), Mode::Offline).unwrap();
    assert_eq!((text(&kept).as_str(), kept.how), ("x", How::Kept));
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_damaged_body_is_fetched_again_and_never_used() {
    let server = Server::start(|_| Reply::body("x,y").header("Cache-Control", "max-age=600"));
    let bench = Bench::new();
    let damage = || {
        let fetched = bench.get(&server.url("/x")).unwrap();
        fs::write(fetched.pages[0].file(), "x,z").unwrap();
    };
    damage();
    assert_eq!(text(&bench.get(&server.url("/x")).unwrap()), "x,y");
    damage();
    let error = bench.get_by(&server.url("/x"), Mode::Offline).unwrap_err();
    assert_eq!(error.code, "E0316");
    let entry = fs::read_dir(bench.cache().root().join("entries")).unwrap().next().unwrap();
    fs::write(entry.unwrap().path(), "{").unwrap();
    let error = bench.get(&server.url("/x")).unwrap_err();
    assert!(error.code == "E0315" && error.help.contains("cache clean"), "{error:?}");
    assert_eq!(bench.cache().status().unwrap().broken.len(), 1);
}

#[test]
fn the_cache_is_listed_and_cleaned() {
    let server = Server::start(|asked| Reply::body(asked.target.clone()));
    let bench = Bench::new();
    assert_eq!(bench.cache().status().unwrap(), haggle_fetch::Status::default());
    for path in ["/b", "/a?token=s3cr3t", "/c"] {
        bench.get(&server.url(path)).unwrap();
    }
    let status = bench.cache().status().unwrap();
    let urls: Vec<&str> = status.kept.iter().map(|k| k.url.as_str()).collect();
    let [a, b, c] = ["/a?token=***", "/b", "/c"].map(|p| server.url(p));
    assert_eq!(urls, [a.as_str(), b.as_str(), c.as_str()]);
    assert_eq!((status.bodies, status.size), (3, 19));
    assert!(status.kept.iter().all(|k| k.retrieved.is_some() && k.retrieved == k.checked));
    let older = bench.cache().clean(&Which::Older(1)).unwrap();
    assert_eq!((older.entries, older.size), (0, 0));
    let one = bench.cache().clean(&Which::Urls(vec![b.clone()])).unwrap();
    assert_eq!((one.entries, one.size), (1, 2));
    assert_eq!(bench.get_by(&b, Mode::Offline).unwrap_err().code, "E0316");
    assert_eq!(text(&bench.get_by(&c, Mode::Offline).unwrap()), "/c");
    let all = bench.cache().clean(&Which::All).unwrap();
    assert_eq!((all.entries, bench.files("bodies")), (2, 0));
}

/// Age is counted from when the server was last asked.
#[test]
fn what_was_not_asked_about_for_long_is_cleaned() {
    let server = Server::start(|asked| Reply::body(asked.target.clone()));
    let bench = Bench::new();
    for path in ["/old", "/new"] {
        bench.get(&server.url(path)).unwrap();
    }
    for entry in fs::read_dir(bench.cache().root().join("entries")).unwrap() {
        let path = entry.unwrap().path();
        let mut entry: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        if entry["url"] == server.url("/old") {
            let checked = entry["pages"][0]["checked"].as_i64().unwrap();
            entry["pages"][0]["checked"] = (checked - 3 * 86_400).into();
            fs::write(&path, entry.to_string()).unwrap();
        }
    }
    assert_eq!(bench.cache().clean(&Which::Older(4)).unwrap().entries, 0);
    assert_eq!(bench.cache().clean(&Which::Older(2)).unwrap().entries, 1);
    assert_eq!(bench.cache().status().unwrap().kept[0].url, server.url("/new"));
    assert_eq!(bench.files("bodies"), 1);
}

#[test]
fn what_is_not_finished_goes_with_its_url() {
    let server = Server::start(|_| Reply::body("0123456789").header("ETag", "\"a\"").cut(4));
    let bench = Bench::new().limit("attempts=1");
    for path in ["/one", "/two"] {
        assert_eq!(bench.get(&server.url(path)).unwrap_err().code, "E0308");
    }
    let one = bench.cache().clean(&Which::Urls(vec![server.url("/one")])).unwrap();
    assert_eq!(bench.cache().status().unwrap().unfinished, (1, 4));
    assert!(one.size > 4, "the bytes and the note: {one:?}");
    bench.cache().clean(&Which::All).unwrap();
    assert_eq!(bench.files("unfinished"), 0);
}

#[cfg(unix)]
#[test]
fn nobody_else_can_enter_the_cache() {
    use std::os::unix::fs::PermissionsExt;
    let server = Server::start(|_| Reply::body("x"));
    let bench = Bench::new();
    bench.get(&server.url("/x")).unwrap();
    let mode = fs::metadata(bench.cache().root()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}
