//! Waiting when asked to, not too many at once, not too often.

use crate::bench::{Bench, text};
use crate::server::{Reply, Server};
use haggle_fetch::{Address, Event, Mode, Request};
use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};

#[test]
fn a_server_that_recovers_is_tried_again() {
    let soon = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (status, after) in [
        (500, None),
        (503, Some("0")),
        (429, None),
        (429, Some("0")),
        (429, Some(soon)),
        (408, None),
    ] {
        let server = Server::start(move |asked| match (asked.nth, after) {
            (0, Some(after)) => Reply::status(status).header("Retry-After", after),
            (0, None) => Reply::status(status),
            _ => Reply::body("fine"),
        });
        assert_eq!(
            text(&Bench::new().get(&server.url("/x")).unwrap()),
            "fine",
            "{status} {after:?}"
        );
        assert_eq!(server.seen().len(), 2);
    }
}

#[test]
fn a_server_that_wants_to_be_left_alone_is() {
    for after in ["3600", "Fri, 31 Dec 2100 00:00:00 GMT"] {
        let server = Server::start(move |_| Reply::status(429).header("Retry-After", after));
        let error = Bench::new().get(&server.url("/x")).unwrap_err();
        assert_eq!((error.code, server.seen().len()), ("E0307", 1));
        assert!(error.message.contains("asks to come back in"), "{error}");
        assert!(error.help.contains("--limit patience="), "{error:?}");
    }
}

#[test]
fn a_pause_is_as_long_as_asked_and_is_told() {
    let server = Server::start(|asked| match asked.nth {
        0 => Reply::status(503).header("Retry-After", "1"),
        _ => Reply::body("fine"),
    });
    let (told, bench) = (RefCell::new(Vec::new()), Bench::new());
    let address = Address::parse(&server.url("/x")).unwrap();
    let watch = |url: &str, event: Event<'_>| {
        if let Event::Waits { why, wait } = event {
            told.borrow_mut().push(format!("{url}: {why}: {wait:?}"));
        }
    };
    bench.fetcher().fetch(&Request::one(&address, Mode::Usual), &watch).unwrap();
    let expected = format!("{address}: the server answers 503 Service Unavailable: 1s");
    assert_eq!(told.into_inner(), [expected]);
}

#[test]
fn a_run_makes_no_more_requests_than_it_may() {
    let server = Server::start(|_| Reply::status(500));
    let bench = Bench::new().limit("requests=3").limit("attempts=10");
    assert_eq!(bench.get(&server.url("/x")).unwrap_err().code, "E0314");
    assert_eq!(server.seen().len(), 3);
}

/// Several sources come at a time, no more than allowed from one host, each in its place. A question
/// is answered only when another one waits as well, and never with a third.
#[test]
fn sources_come_together_and_in_order() {
    let (pair, now, most) = (Barrier::new(2), AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&most);
    let server = Server::start(move |asked| {
        seen.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        pair.wait();
        now.fetch_sub(1, Ordering::SeqCst);
        pair.wait();
        match asked.target.as_str() {
            "/3" => Reply::status(404),
            target => Reply::body(target),
        }
    });
    let bench = Bench::new().limit("per-host=2");
    let addresses: Vec<Address> =
        (0..8).map(|i| Address::parse(&server.url(&format!("/{i}"))).unwrap()).collect();
    let requests: Vec<Request<'_>> =
        addresses.iter().map(|a| Request::one(a, Mode::Usual)).collect();
    let all = bench.fetcher().fetch_all(&requests, &|_, _| {});
    for (i, found) in all.iter().enumerate() {
        match (i, found) {
            (3, found) => assert_eq!(found.as_ref().unwrap_err().code, "E0306"),
            (_, found) => assert_eq!(text(found.as_ref().unwrap()), format!("/{i}")),
        }
    }
    assert_eq!(most.load(Ordering::SeqCst), 2);
}

#[test]
fn the_server_is_told_who_asks_and_bytes_come_as_they_are() {
    let server = Server::start(|asked| {
        assert_eq!(asked.header("user-agent"), "haggle-test/1");
        assert_eq!(asked.header("accept-encoding"), "identity");
        assert_eq!(asked.header("referer"), "");
        // Not asked for, and kept as it is all the same.
        Reply::body("\x1f\x08raw").header("Content-Encoding", "gzip")
    });
    assert_eq!(text(&Bench::new().get(&server.url("/x")).unwrap()), "\x1f\x08raw");
    assert_eq!(server.seen().len(), 1);
}
