//! Answers that are cut off, stall, lie about their length or never end.

use crate::bench::{Bench, text};
use crate::server::{Reply, Server};
use haggle_fetch::{Address, Mode, Request};
use std::sync::Arc;
use std::sync::atomic::Ordering;

const BODY: &str = "role,pay\nweaver,100\nspinner,200\n";

#[test]
fn nothing_of_a_broken_answer_is_kept_and_the_error_says_what_it_is() {
    let cases: Vec<(&str, Reply, &str)> = vec![
        ("cut off", Reply::body(BODY).cut(10), "E0308"),
        ("shorter than stated", Reply::body(BODY).stating(500), "E0308"),
        ("stalled", Reply::body(BODY).stalling(), "E0305"),
        ("stated too large", Reply::body(BODY).stating(5 << 20), "E0309"),
        ("without end", Reply::body(BODY.repeat(1000)).endless(), "E0309"),
        ("without a length", Reply::body(BODY).unstated(), "E0308"),
        ("refused", Reply::status(404), "E0306"),
        ("gone", Reply::status(410), "E0306"),
        ("no content", Reply::status(204), "E0306"),
        ("unchanged from nothing", Reply::status(304), "E0306"),
        ("failing", Reply::status(500), "E0307"),
        ("not there yet", Reply::status(501), "E0307"),
    ];
    for (what, reply, code) in cases {
        let bench = Bench::new().limit("read=0.2").limit("size=1MB").limit("attempts=2");
        let server = Server::start(move |_| reply.clone());
        let error = bench.get(&server.url("/list.csv")).unwrap_err();
        assert_eq!(error.code, code, "{what}: {error}");
        assert!(error.place.ends_with("/list.csv") && !error.help.is_empty(), "{what}: {error:?}");
        assert_eq!(bench.files("entries") + bench.files("bodies"), 0, "{what}");
        assert_eq!(bench.files("unfinished"), 0, "{what}: nothing could be gone on with");
    }
}

#[test]
fn nobody_there_is_said_with_the_attempts() {
    let bench = Bench::new().limit("attempts=2");
    // Port 1 is nobody's.
    let error = bench.get("http://127.0.0.1:1/").unwrap_err();
    assert_eq!(error.code, "E0303");
    assert!(error.message.ends_with("after 2 attempts"), "{error}");
    let plain = Server::start(|_| Reply::body("x"));
    let error = bench.get(&plain.url("/").replace("http:", "https:")).unwrap_err();
    assert_eq!(error.code, "E0303", "no TLS there: {error}");
    let error = bench.get("http://no-such-host.invalid/").unwrap_err();
    assert_eq!(error.code, "E0303", "{error}");
}

#[test]
fn what_is_no_http_is_no_content() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for line in listener.incoming() {
            let _ = std::io::Write::write_all(&mut line.unwrap(), b"220 mail.example ESMTP\r\n");
        }
    });
    let bench = Bench::new().limit("attempts=2");
    let error = bench.get(&format!("http://127.0.0.1:{port}/")).unwrap_err();
    assert_eq!(error.code, "E0308", "{error}");
}

/// A body ends where its stated length does (RFC 9112, section 6.3). What a server sends behind it
/// is neither a part of it nor the answer to what is asked next.
#[test]
fn what_comes_behind_the_stated_length_is_no_answer() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for line in listener.incoming() {
            std::thread::spawn(move || answer_all(line.unwrap()));
        }
    });
    let bench = Bench::new();
    let fetcher = bench.fetcher();
    for (path, expected) in [("first", "real"), ("second", "true")] {
        let address = Address::parse(&format!("http://127.0.0.1:{port}/{path}")).unwrap();
        let fetched = fetcher.fetch(&Request::one(&address, Mode::Usual), &|_, _| {});
        assert_eq!(text(&fetched.unwrap()), expected);
    }
}

/// Answers every question of a line; the first answer is longer than it states.
fn answer_all(line: std::net::TcpStream) {
    use std::io::{BufRead, BufReader, Write};
    let mut reader = BufReader::new(line.try_clone().unwrap());
    let mut asked = String::new();
    while matches!(reader.read_line(&mut asked), Ok(1..)) {
        if !asked.ends_with("\r\n\r\n") {
            continue;
        }
        let body = |text: &str| format!("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{text}");
        let answer = match asked.contains("/first") {
            true => body("real") + &body("fake"),
            false => body("true"),
        };
        // Who asked may have hung up.
        let _ = (&line).write_all(answer.as_bytes());
        asked.clear();
    }
}

#[test]
fn a_download_goes_on_where_it_broke_off() {
    let server = Server::start(|asked| match asked.header("range") {
        "" => Reply::body(BODY).header("ETag", "\"v1\"").cut(10),
        range => {
            assert_eq!((range, asked.header("if-range")), ("bytes=10-", "\"v1\""));
            let end = BODY.len();
            let rest = Reply::body(&BODY[10..]).with_status(206).header("ETag", "\"v1\"");
            rest.header("Content-Range", &format!("bytes 10-{}/{end}", end - 1))
        }
    });
    let bench = Bench::new();
    let fetched = bench.get(&server.url("/list.csv")).unwrap();
    assert_eq!(text(&fetched), BODY);
    assert_eq!(server.seen().len(), 2);
    assert_eq!((bench.files("bodies"), bench.files("unfinished")), (1, 0));
}

/// Another run goes on as well, and a content that changed since begins anew.
#[test]
fn a_later_run_goes_on_unless_the_content_has_changed() {
    for (now, expected) in [("\"v1\"", "0123456789"), ("\"v2\"", "abcdefghij")] {
        let server = Server::start(move |asked| {
            let whole = |text: &str, tag: &str| Reply::body(text).header("ETag", tag);
            match (asked.nth, asked.header("if-range") == now) {
                (0, _) => whole("0123456789", "\"v1\"").cut(4),
                (_, true) => {
                    whole("456789", now).with_status(206).header("Content-Range", "bytes 4-9/10")
                }
                (_, false) => whole("abcdefghij", now),
            }
        });
        let first = Bench::new().limit("attempts=1");
        assert_eq!(first.get(&server.url("/x")).unwrap_err().code, "E0308");
        assert_eq!(first.files("unfinished"), 2, "the bytes and a note");
        assert_eq!(first.cache().status().unwrap().unfinished, (1, 4));
        assert_eq!(text(&first.get(&server.url("/x")).unwrap()), expected);
        assert_eq!(first.files("unfinished"), 0);
    }
}

#[test]
fn without_a_strong_validator_a_download_begins_anew() {
    let server = Server::start(|asked| {
        assert_eq!(asked.header("range"), "");
        let reply = Reply::body(BODY).header("ETag", "W/\"v1\"");
        if asked.nth == 0 { reply.cut(10) } else { reply }
    });
    assert_eq!(text(&Bench::new().get(&server.url("/x")).unwrap()), BODY);
}

#[test]
fn a_wrong_part_is_not_joined() {
    for range in ["bytes 0-9/10", "bytes 5-9/10", "bytes 4-8/10", "lines 4-9/10", "nonsense"] {
        let server = Server::start(move |asked| match (asked.nth, asked.header("range")) {
            (0, _) => Reply::body("0123456789").header("ETag", "\"a\"").cut(4),
            (_, "") => Reply::body("0123456789").header("ETag", "\"a\""),
            _ => Reply::body("xxxxxx").with_status(206).header("Content-Range", range),
        });
        assert_eq!(text(&Bench::new().get(&server.url("/x")).unwrap()), "0123456789", "{range}");
    }
    let server = Server::start(|asked| match (asked.nth, asked.header("range")) {
        (0, _) => Reply::body("0123456789").header("ETag", "\"a\"").cut(4),
        (_, "") => Reply::body("new"),
        _ => Reply::status(416),
    });
    assert_eq!(text(&Bench::new().get(&server.url("/x")).unwrap()), "new");
}

#[test]
fn somebody_who_stops_it_finds_everything_whole() {
    let bench = Bench::new();
    let stop = Arc::clone(&bench.options.stop);
    let server = Server::start(move |_| {
        stop.store(true, Ordering::Relaxed);
        Reply::body("0123").header("ETag", "\"a\"").stalling()
    });
    let error = bench.get(&server.url("/x")).unwrap_err();
    assert!(error.is_interruption() && error.help.contains("goes on"), "{error:?}");
    assert_eq!(bench.files("entries") + bench.files("bodies"), 0);
}

/// The limit is on silence: whoever goes on may take longer.
#[test]
fn a_slow_server_that_goes_on_is_waited_for() {
    let server = Server::start(|_| Reply::body("x".repeat(80)).slow());
    let bench = Bench::new().limit("read=1");
    assert_eq!(text(&bench.get(&server.url("/x")).unwrap()).len(), 80);
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_page_has_a_total_time() {
    let bench = Bench::new().limit("total=0.2");
    let server = Server::start(|_| Reply::body("0123").stalling());
    let error = bench.get(&server.url("/x")).unwrap_err();
    assert_eq!(error.code, "E0305");
    assert!(error.help.contains("--limit total="), "{error:?}");
}
