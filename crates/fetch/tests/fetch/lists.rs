//! Lists of several pages.

use crate::bench::{Bench, texts};
use crate::server::{Asked, Reply, Server};
use haggle_fetch::{How, Mode, Paging};
use std::sync::Arc;
use std::sync::atomic::Ordering;

fn number() -> Paging {
    Paging::Number { parameter: "page".to_owned(), first: 1 }
}

fn offset() -> Paging {
    Paging::Offset { parameter: "skip".to_owned(), step: 2 }
}

fn cursor() -> Paging {
    Paging::Cursor { parameter: "at".to_owned() }
}

/// A list of three pages, in every way of paging, which answers unchanged to who knows it.
fn three(asked: &Asked) -> Reply {
    let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
    let page = match (path, query.split('=').next_back().unwrap()) {
        ("/offset", "0") | (_, "" | "1") => 1,
        ("/offset", "2") | (_, "2" | "x%2By") => 2,
        ("/offset", "4") | (_, "3" | "z%26") => 3,
        _ => 9,
    };
    let reply = match (path, page) {
        (_, 9) => Reply::body(""),
        ("/link", page) => {
            let reply = Reply::body(format!("item {page}\n"));
            let next = format!("</link?page={}>; rel=\"next\"", page + 1);
            if page < 3 { reply.header("Link", &next) } else { reply }
        }
        ("/body", page @ (1 | 2)) => Reply::body(format!("item {page}\n>?page={}\n", page + 1)),
        ("/cursor", 1) => Reply::body("item 1\n>x+y\n"),
        ("/cursor", 2) => Reply::body("item 2\n>z&\n"),
        (_, page) => Reply::body(format!("item {page}\n")),
    };
    let tag = format!("\"{page}\"");
    if asked.header("if-none-match") == tag {
        Reply::status(304)
    } else {
        reply.header("ETag", &tag)
    }
}

#[test]
fn every_way_of_paging_gives_all_pages_in_order() {
    for (path, paging) in [
        ("/link", Paging::Link),
        ("/body", Paging::Body),
        ("/cursor", cursor()),
        ("/number", number()),
        ("/offset", offset()),
    ] {
        let server = Server::start(three);
        let bench = Bench::new();
        let get = |mode| bench.list(&server.url(path), &paging, mode).unwrap();
        let first = get(Mode::Usual);
        let items: Vec<String> =
            texts(&first).iter().map(|t| t.lines().next().unwrap().to_owned()).collect();
        assert_eq!(items, ["item 1", "item 2", "item 3"], "{path}");
        let asked = server.seen().len();
        let offline = get(Mode::Offline);
        assert_eq!((texts(&offline), server.seen().len()), (texts(&first), asked), "{path}");
        let again = get(Mode::Usual);
        assert_eq!((again.how, again.sha256()), (How::Unchanged, first.sha256()), "{path}");
        assert_eq!(texts(&again), texts(&first), "{path}");
    }
}

#[test]
fn an_empty_list_is_a_list() {
    let server = Server::start(|_| Reply::body(""));
    let bench = Bench::new();
    let fetched = bench.list(&server.url("/x"), &offset(), Mode::Usual).unwrap();
    assert_eq!(texts(&fetched), [""]);
}

/// Whatever is wrong behind the end is not asked about; what is wrong before it is.
#[test]
fn pages_ahead_of_the_end_do_not_matter() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/x?page=1" => Reply::body("a\n"),
        "/x?page=2" => Reply::body(""),
        _ => Reply::status(404),
    });
    let bench = Bench::new().limit("per-host=4");
    let fetched = bench.list(&server.url("/x"), &number(), Mode::Usual);
    assert_eq!(texts(&fetched.unwrap()), ["a\n"]);
    let server = Server::start(|asked| match asked.target.as_str() {
        "/x?page=1" => Reply::body("a\n"),
        "/x?page=3" => Reply::body(""),
        _ => Reply::status(404),
    });
    let failed = bench.list(&server.url("/x"), &number(), Mode::Usual);
    assert_eq!(failed.unwrap_err().code, "E0306");
}

#[test]
fn pages_that_are_not_of_one_list_are_refused() {
    let one = |asked: &Asked| {
        let at = asked.target.split("at=").nth(1).unwrap_or("0").to_owned();
        let path = asked.target.split('?').next().unwrap().to_owned();
        match (path.as_str(), at.as_str()) {
            ("/same", "0" | "a") => Reply::body("item\n>a\n"),
            ("/back", "0") => Reply::body("one\n>a\n"),
            ("/back", "a") => Reply::body("two\n>b\n"),
            ("/back", "b") => Reply::body("three\n>a\n"),
            ("/ignored", _) => Reply::body("always the first page\n"),
            ("/error", "0") => Reply::body("one\n>a\n"),
            _ => Reply::body("error"),
        }
    };
    for (path, paging, code, part) in [
        ("/same", cursor(), "E0313", "same bytes"),
        ("/back", cursor(), "E0313", "points back"),
        ("/ignored", number(), "E0313", "same bytes"),
        ("/error", cursor(), "E0319", "found no list"),
    ] {
        let (server, bench) = (Server::start(one), Bench::new());
        let error = bench.list(&server.url(path), &paging, Mode::Usual).unwrap_err();
        assert_eq!(error.code, code, "{path}: {error}");
        assert!(error.message.contains(part), "{path}: {error}");
        assert_eq!(bench.files("entries"), 0, "{path}: nothing is kept as whole");
    }
}

/// The list changes while it is read: what was the second page is the first one's bytes again.
#[test]
fn a_list_that_changes_between_pages_is_noticed_where_a_page_comes_twice() {
    let server = Server::start(|asked| match (asked.target.as_str(), asked.nth) {
        ("/x", _) => Reply::body("a\nb\n>1\n"),
        ("/x?at=1", _) => Reply::body("c\nd\n>2\n"),
        // Two new items came in front of `c`.
        ("/x?at=2", _) => Reply::body("c\nd\n>2\n"),
        _ => Reply::body("e\n"),
    });
    let error = Bench::new().list(&server.url("/x"), &cursor(), Mode::Usual).unwrap_err();
    assert_eq!(error.code, "E0313", "{error}");
}

/// Pages that state how much there is, or of which list they are, must agree with what came.
#[test]
fn a_list_that_changes_between_pages_is_noticed_by_what_its_pages_state() {
    let of = |pages: [&'static str; 3]| {
        move |asked: &Asked| {
            let at = asked.target.split('=').next_back().unwrap_or("");
            let page = match (asked.target.contains("page="), at) {
                (true, "1") | (false, _) if !asked.target.contains("at=") => pages[0],
                (_, "2") => pages[1],
                (_, "3") => pages[2],
                _ => "",
            };
            Reply::body(page)
        }
    };
    for (pages, part) in [
        (["a\n#3\n>2", "b\n#3\n>3", "c\n#3"], None),
        (["a\n#4\n>2", "b\n#4\n>3", "c\n#4"], Some("found 3 items on all pages")),
        (["a\n#3\n>2", "b\n#4\n>3", "c\n#4"], Some("says `4 items`, a page before said `3")),
        (["a\n=v1\n>2", "b\n>3", "c\n=v1"], None),
        (["a\n=v1\n>2", "b\n=v1\n>3", "c\n=v2"], Some("page 3 says `v2`")),
    ] {
        for paging in [cursor(), number()] {
            let (server, bench) = (Server::start(of(pages)), Bench::new());
            let got = bench.list(&server.url("/x"), &paging, Mode::Usual);
            match (part, got) {
                (None, got) => assert_eq!(texts(&got.unwrap()), pages),
                (Some(part), got) => {
                    let error = got.unwrap_err();
                    assert!(error.code == "E0313" && error.message.contains(part), "{error}");
                    assert_eq!(bench.files("entries"), 0, "nothing is kept as whole");
                }
            }
        }
    }
}

#[test]
fn a_list_has_a_limit() {
    let server = Server::start(|asked| Reply::body(format!("item {}\n", asked.target)));
    let bench = Bench::new().limit("pages=3");
    let error = bench.list(&server.url("/x"), &number(), Mode::Usual).unwrap_err();
    assert_eq!(error.code, "E0314");
    assert!(server.seen().len() < 8, "{:?}", server.targets());
}

/// Pages that are here when a list breaks off do not come again.
#[test]
fn a_list_that_broke_off_goes_on() {
    let server = Server::start(|asked| match (asked.target.as_str(), asked.nth) {
        (_, 2) => Reply::status(404),
        _ => three(asked),
    });
    let bench = Bench::new();
    let get = || bench.list(&server.url("/body"), &Paging::Body, Mode::Usual);
    assert_eq!(get().unwrap_err().code, "E0306");
    assert_eq!(
        bench.list(&server.url("/body"), &Paging::Body, Mode::Offline).unwrap_err().code,
        "E0316"
    );
    assert_eq!(texts(&get().unwrap()).len(), 3);
    let tags: Vec<String> =
        server.seen()[3..].iter().map(|a| a.header("if-none-match").to_owned()).collect();
    assert_eq!(tags, ["\"1\"", "\"2\"", ""]);
    assert_eq!(bench.files("unfinished"), 0);
}

/// Whoever stops a list finds its pages again.
#[test]
fn a_list_that_was_stopped_goes_on() {
    let mut bench = Bench::new();
    let stop = Arc::clone(&bench.options.stop);
    let server = Server::start(move |asked| match asked.nth {
        1 => {
            stop.store(true, Ordering::Relaxed);
            Reply::body("it").stalling()
        }
        _ => three(asked),
    });
    let url = server.url("/body");
    let stopped = bench.list(&url, &Paging::Body, Mode::Usual).unwrap_err();
    assert!(stopped.is_interruption(), "{stopped}");
    bench.options.stop = Arc::default();
    assert_eq!(texts(&bench.list(&url, &Paging::Body, Mode::Usual).unwrap()).len(), 3);
    let tags: Vec<String> =
        server.seen()[2..].iter().map(|a| a.header("if-none-match").to_owned()).collect();
    assert_eq!(tags, ["\"1\"", "", ""]);
}

#[test]
fn the_next_page_is_not_inside() {
    let inner = Server::start(|_| Reply::body("inner\n"));
    let next = format!("<http://localhost:{}/>; rel=next", inner.port());
    let server = Server::start(move |_| Reply::body("one\n").header("Link", &next));
    let error = Bench::new().list(&server.url("/x"), &Paging::Link, Mode::Usual).unwrap_err();
    assert_eq!((error.code, inner.seen().len()), ("E0312", 0));
}

/// A next page that is named with a token is followed, and its address is written nowhere.
#[test]
fn a_next_page_with_a_token_is_followed_each_time() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/x" if asked.header("if-none-match").is_empty() => Reply::body("one\n")
            .header("ETag", "\"a\"")
            .header("Link", "</y?token=s3cr3t>; rel=next"),
        "/x" => Reply::status(304),
        "/y?token=s3cr3t" => Reply::body("two\n"),
        _ => Reply::status(404),
    });
    let bench = Bench::new();
    for _ in 0..2 {
        let fetched = bench.list(&server.url("/x"), &Paging::Link, Mode::Usual).unwrap();
        assert_eq!(texts(&fetched), ["one\n", "two\n"]);
        assert!(fetched.pages[1].url.ends_with("/y?token=***"));
    }
    assert!(!bench.all_text().contains("s3cr3t"));
}
