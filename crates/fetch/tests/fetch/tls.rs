//! TLS: known and unknown authorities, and no way back to http.

use crate::bench::{Bench, text};
use crate::secure::{secure, served};
use crate::server::{Reply, Server};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use std::fs;

#[test]
fn an_unknown_authority_is_refused_at_once_and_a_named_one_is_trusted() {
    let (server, pem) = secure("localhost", |_| Reply::body("secure"));
    let url = format!("https://localhost:{}/x", server.port());
    let mut bench = Bench::new();
    let error = bench.get(&url).unwrap_err();
    assert_eq!(error.code, "E0304", "{error}");
    assert!(error.help.contains("--cacert"), "{error:?}");
    assert_eq!(server.seen().len(), 0, "nothing was asked over that line");
    let file = bench.root().join("authority.pem");
    fs::write(&file, pem).unwrap();
    bench.options.authority = Some(file);
    assert_eq!(text(&bench.get(&url).unwrap()), "secure");
}

#[test]
fn a_certificate_of_another_name_is_refused() {
    let (server, pem) = secure("prices.example", |_| Reply::body("secure"));
    let mut bench = Bench::new();
    let file = bench.root().join("authority.pem");
    fs::write(&file, pem).unwrap();
    bench.options.authority = Some(file);
    let error = bench.get(&format!("https://localhost:{}/x", server.port())).unwrap_err();
    assert_eq!(error.code, "E0304", "{error}");
}

/// Made by hand in one step, as `openssl req -x509` does: trusted or not, it says what to do.
#[test]
fn the_certificate_of_an_authority_is_not_that_of_a_server() {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let certificate = params.self_signed(&key).unwrap();
    let server = served(certificate.der(), &key, |_| Reply::body("secure"));
    let mut bench = Bench::new();
    let file = bench.root().join("authority.pem");
    fs::write(&file, certificate.pem()).unwrap();
    bench.options.authority = Some(file);
    let error = bench.get(&format!("https://localhost:{}/x", server.port())).unwrap_err();
    assert!(error.code == "E0304" && error.help.contains("CA:FALSE"), "{error:?}");
}

#[test]
fn https_does_not_lead_to_http() {
    let plain = Server::start(|_| Reply::body("plain"));
    let to = plain.url("/");
    let (server, pem) = secure("localhost", move |asked| match asked.target.as_str() {
        "/list" => Reply::body("one\n").header("Link", &format!("<{to}>; rel=next")),
        _ => Reply::to(&to),
    });
    let mut bench = Bench::new();
    bench.options.allow_private = true;
    let file = bench.root().join("authority.pem");
    fs::write(&file, pem).unwrap();
    bench.options.authority = Some(file);
    let url = |path: &str| format!("https://localhost:{}{path}", server.port());
    let error = bench.get(&url("/x")).unwrap_err();
    assert_eq!(error.code, "E0311", "{error}");
    let paging = haggle_fetch::Paging::Link;
    let error = bench.list(&url("/list"), &paging, haggle_fetch::Mode::Usual).unwrap_err();
    assert_eq!(error.code, "E0319", "{error}");
    assert_eq!(plain.seen().len(), 0);
}

#[test]
fn a_file_without_a_certificate_is_no_authority() {
    let server = Server::start(|_| Reply::body("x"));
    let mut bench = Bench::new();
    let file = bench.root().join("authority.pem");
    for text in
        ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
    {
        fs::write(&file, text).unwrap();
        bench.options.authority = Some(file.clone());
        assert_eq!(bench.get(&server.url("/x")).unwrap_err().code, "E0320", "{text}");
    }
    bench.options.authority = Some(bench.root().join("nothing.pem"));
    assert_eq!(bench.get(&server.url("/x")).unwrap_err().code, "E0320");
}
