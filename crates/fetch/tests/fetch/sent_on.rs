//! Redirects: how often, where to, and what goes along.

use crate::bench::{Bench, text};
use crate::server::{Reply, Server};
use haggle_fetch::{Address, Behalf, Header, Mode, Request, Secrets};
use std::cell::Cell;
use std::time::{Duration, Instant};

#[test]
fn redirects_are_followed_as_far_as_allowed() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/end" => Reply::body("here"),
        "/loop" => Reply::to("/pool"),
        "/pool" => Reply::to("/loop"),
        "/lost" => Reply::status(301),
        "/mail" => Reply::to("mailto:a@b.example"),
        other => {
            let left: u32 = other[1..].parse().unwrap();
            Reply::to(&if left == 1 { "/end".to_owned() } else { format!("/{}", left - 1) })
        }
    });
    let bench = Bench::new().limit("redirects=3");
    assert_eq!(text(&bench.get(&server.url("/3")).unwrap()), "here");
    for (path, part) in [
        ("/4", "more than 3 times"),
        ("/loop", "asked before"),
        ("/lost", "without a URL"),
        ("/mail", "without a URL"),
    ] {
        let error = bench.get(&server.url(path)).unwrap_err();
        assert_eq!(error.code, "E0310", "{error}");
        assert!(error.message.contains(part), "{error}");
    }
}

/// The user named 127.0.0.1; another loopback address, by number, by name or in another notation,
/// is the server's idea.
#[test]
fn a_server_does_not_send_us_inside() {
    let inner = Server::start(|_| Reply::body("inner"));
    let port = inner.port();
    for host in ["127.0.0.2", "localhost", "[::ffff:127.0.0.1]", "2130706434", "169.254.169.254"] {
        let to = format!("http://{host}:{port}/");
        let server = Server::start(move |_| Reply::to(&to));
        let error = Bench::new().get(&server.url("/x")).unwrap_err();
        assert_eq!(error.code, "E0312", "{host}: {error}");
        assert!(error.message.contains("no public address"), "{error}");
    }
    assert_eq!(inner.seen().len(), 0, "nobody was asked");
    let to = format!("http://localhost:{port}/");
    let server = Server::start(move |_| Reply::to(&to));
    let mut bench = Bench::new();
    bench.options.allow_private = true;
    assert_eq!(text(&bench.get(&server.url("/x")).unwrap()), "inner");
    // What the user names may be anywhere.
    assert_eq!(text(&Bench::new().get(&format!("http://localhost:{port}/")).unwrap()), "inner");
}

fn secrets(host: &str) -> Secrets {
    let name = format!("HAGGLE_TOKEN_{}", host.replace('.', "_").replace(':', "___"));
    Secrets::default().with_tokens([(name, "s3cr3t".to_owned())].into_iter())
}

#[test]
fn a_secret_goes_to_its_host_alone_and_is_written_nowhere() {
    let other = Server::start(|asked| {
        assert_eq!(asked.header("authorization"), "");
        Reply::body("there").header("ETag", "\"a\"")
    });
    let to = other.url("/signed?X-Amz-Signature=s1gned");
    let server = Server::start(move |asked| {
        let sent = asked.header("authorization").to_owned();
        match asked.target.as_str() {
            "/mine" if sent == "Bearer s3cr3t" => Reply::body("mine").header("ETag", "\"a\""),
            "/on" if sent == "Bearer s3cr3t" => Reply::to(&to),
            _ => Reply::status(401),
        }
    });
    let bench = Bench::new().secrets(secrets(&format!("127.0.0.1:{}", server.port())));
    assert_eq!(text(&bench.get(&server.url("/mine")).unwrap()), "mine");
    assert_eq!(text(&bench.get(&server.url("/on")).unwrap()), "there");
    assert_eq!(Bench::new().get(&server.url("/mine")).unwrap_err().code, "E0306");
    assert!(!bench.all_text().contains("s3cr3t") && !bench.all_text().contains("s1gned"));
}

#[test]
fn user_info_and_tokens_of_a_url_are_sent_and_written_nowhere() {
    let server = Server::start(|asked| {
        assert_eq!(asked.target, "/x?token=t0ken");
        // base64 of `me:pa55`
        assert_eq!(asked.header("authorization"), "Basic bWU6cGE1NQ==");
        match asked.nth {
            0 => Reply::body("mine").header("ETag", "\"a\"").cut(2),
            1 => Reply::status(500),
            _ => Reply::status(404),
        }
    });
    let url = server.url("/x?token=t0ken").replace("http://", "http://me:pa55@");
    let bench = Bench::new();
    let error = bench.get(&url).unwrap_err();
    assert_eq!(error.code, "E0306");
    let shown = format!("http://***@127.0.0.1:{}/x?token=***", server.port());
    assert_eq!(error.place, shown);
    let written = format!("{error:?}{}", bench.all_text());
    assert!(written.contains("token=***"), "{written}");
    for secret in ["t0ken", "pa55", "bWU6"] {
        assert!(!written.contains(secret), "{written}");
    }
}

/// With a secret an answer may be somebody else's: it is known again by its tag alone, and never
/// used without asking.
#[test]
fn what_came_with_a_secret_is_asked_for_again() {
    let server = Server::start(|asked| match asked.header("if-none-match") {
        "\"a\"" => Reply::status(304),
        _ => Reply::body("mine")
            .header("ETag", "\"a\"")
            .header("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT")
            .header("Cache-Control", "max-age=600"),
    });
    let bench = Bench::new().secrets(secrets(&format!("127.0.0.1:{}", server.port())));
    for _ in 0..2 {
        assert_eq!(text(&bench.get(&server.url("/x")).unwrap()), "mine");
    }
    assert_eq!(server.seen().len(), 2);
}

/// A program asks for itself: nothing of the user's goes along, what it may send goes to the host
/// that it asks, and nobody sends it on to elsewhere.
#[test]
fn a_program_asks_within_its_bounds() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/in/moved" => Reply::to("/in/list"),
        "/in/away" => Reply::to("/out/list"),
        _ => {
            let sent = format!("{} {}", asked.header("authorization"), asked.header("x-key"));
            Reply::body(sent).header("Cache-Control", "max-age=60")
        }
    });
    let bench = Bench::new().secrets(secrets(&format!("127.0.0.1:{}", server.port())));
    let get = |path: &str, headers: &[Header]| {
        let address = Address::parse(&server.url(path)).unwrap();
        let within = [server.url("/in/")];
        let left = Cell::new(1 << 20);
        let behalf =
            Some(Behalf { headers, within: &within, until: None, most: 1 << 20, left: &left });
        let request = Request { behalf, ..Request::one(&address, Mode::Usual) };
        bench.fetcher().fetch(&request, &|_, _| {})
    };
    let key = |value: &str| {
        let (name, value) = ("X-Key".to_owned(), value.to_owned());
        [Header { name, value, shown: "{secret:KEY}".to_owned() }]
    };
    assert_eq!(text(&get("/in/moved", &[]).unwrap()), " ");
    assert_eq!(text(&get("/in/list", &key("s3cr3t")).unwrap()), " s3cr3t");
    assert_eq!(text(&get("/in/list", &key("changed")).unwrap()), " changed", "asked again");
    assert_eq!(text(&bench.get(&server.url("/in/list")).unwrap()), "Bearer s3cr3t ");
    for path in ["/in/away", "/out/list"] {
        let error = get(path, &key("s3cr3t")).unwrap_err();
        assert!(error.code == "E0310" && error.message.contains("/out/list"), "{error}");
    }
    assert!(server.seen().iter().all(|asked| asked.target != "/out/list"), "nobody was asked");
    let broken = get("/in/list", &key("a\nb")).unwrap_err();
    assert!(!format!("{broken:?}{}", bench.all_text()).contains("s3cr3t"));
}

/// What comes for a program is counted, kept or not, and what comes too late is not waited for.
#[test]
fn a_program_has_an_allowance_of_bytes_and_time() {
    let server = Server::start(|asked| match asked.target.as_str() {
        "/in/slow" => Reply::body("x".repeat(10)).stalling(),
        "/in/..%2fout" => Reply::body("secret"),
        _ => Reply::body("x".repeat(400)),
    });
    let bench = Bench::new();
    let (within, left) = ([server.url("/in/")], Cell::new(1000));
    let get = |path: &str, until: Option<Instant>| {
        let address = Address::parse(&server.url(path)).unwrap();
        let behalf =
            Some(Behalf { headers: &[], within: &within, until, most: 3 << 20, left: &left });
        bench
            .fetcher()
            .fetch(&Request { behalf, ..Request::one(&address, Mode::Usual) }, &|_, _| {})
    };
    for (path, rest) in [("/in/a", 600), ("/in/b", 200)] {
        assert!(get(path, None).is_ok());
        assert_eq!(left.get(), rest);
    }
    let much = get("/in/c", None).unwrap_err();
    assert_eq!((much.code, left.get()), ("E0309", 0));
    assert!(much.message.ends_with("a plugin may fetch 3 MB in a run"), "{much}");
    assert!(much.help.contains("ask for less"), "{}", much.help);
    assert_eq!(get("/in/..%2fout", None).unwrap_err().code, "E0310");
    left.set(1000);
    let started = Instant::now();
    let late = get("/in/slow", Some(started + Duration::from_millis(300))).unwrap_err();
    assert_eq!(late.code, "E0305", "{late}");
    assert!(late.message.contains("`wall_s`, was over"), "{late}");
    assert!(late.help.contains("--cap wall_s="), "{}", late.help);
    assert!(started.elapsed() < Duration::from_secs(15));
}

/// What broke off for one is not gone on with for another, who may have another key.
#[test]
fn a_part_is_gone_on_with_for_who_asked() {
    let server = Server::start(|asked| {
        let whose = asked.header("x-key").to_owned();
        Reply::body(whose.repeat(100)).header("ETag", "\"1\"").cut(50)
    });
    let mut bench = Bench::new();
    bench.options.limits.attempts = 1;
    let get = |key: &str| {
        let (name, value) = ("X-Key".to_owned(), key.to_owned());
        let headers = [Header { name, value, shown: format!("{{secret:{key}}}") }];
        let (within, left) = ([server.url("/")], Cell::new(1 << 20));
        let behalf = Some(Behalf {
            headers: &headers,
            within: &within,
            until: None,
            most: 1 << 20,
            left: &left,
        });
        let address = Address::parse(&server.url("/x")).unwrap();
        let request = Request { behalf, ..Request::one(&address, Mode::Usual) };
        bench.fetcher().fetch(&request, &|_, _| {})
    };
    assert!(get("a").is_err() && get("b").is_err() && get("a").is_err());
    let ranges: Vec<String> = server.seen().iter().map(|a| a.header("range").to_owned()).collect();
    assert_eq!(ranges, ["", "", "bytes=50-"]);
}
