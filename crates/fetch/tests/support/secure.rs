//! A server with TLS and a certificate of an authority of its own.

use crate::server::{Asked, Reply, Server, Wrap};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::net::TcpStream;
use std::sync::Arc;

/// A server for a name with a certificate of an authority of its own, and that authority's PEM.
pub(crate) fn secure(
    name: &str,
    answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
) -> (Server, String) {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &issuer).unwrap();
    (served(certificate.der(), &key, answer), authority_pem)
}

/// A server that shows this certificate.
pub(crate) fn served(
    certificate: &CertificateDer<'static>,
    key: &KeyPair,
    answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
) -> Server {
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let wrap: Box<Wrap> = Box::new(move |line: TcpStream| {
        let connection = ServerConnection::new(Arc::clone(&config)).ok()?;
        Some(Box::new(StreamOwned::new(connection, line)))
    });
    Server::wrapped(answer, wrap)
}
