//! The HTTP client: whom it trusts, whom it may connect to, and what it does not do by itself.

use crate::error::{AUTHORITY, FetchError, UNREACHABLE};
use crate::fetcher::Options;
use crate::private::Guard;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, redirect};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;

/// What every request says: bytes as they are, so that they can be hashed and resumed.
pub(crate) const ALWAYS: [(HeaderName, &str); 2] = [(ACCEPT, "*/*"), (ACCEPT_ENCODING, "identity")];

/// Builds the client. It follows no redirect and repeats nothing; that is decided elsewhere.
pub(crate) fn build(options: &Options, guard: &Guard) -> Result<Client, FetchError> {
    let limits = &options.limits;
    let always = ALWAYS.map(|(name, value)| (name, HeaderValue::from_static(value)));
    let builder = Client::builder()
        .tls_backend_preconfigured(trust(options.authority.as_deref())?)
        .dns_resolver(Arc::new(guard.clone()))
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .user_agent(&options.user_agent)
        .default_headers(HeaderMap::from_iter(always))
        .connect_timeout(limits.connect)
        .read_timeout(limits.read);
    let builder = if options.proxies { builder } else { builder.no_proxy() };
    let wrong = |e: reqwest::Error| FetchError::new(UNREACHABLE, "the HTTP client", e.to_string());
    builder.build().map_err(wrong)
}

fn trust(authority: Option<&Path>) -> Result<ClientConfig, FetchError> {
    let roots = roots(authority)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let wrong = |e: rustls::Error| FetchError::new(AUTHORITY, "TLS", e.to_string());
    let versions =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    Ok(versions.map_err(wrong)?.with_root_certificates(roots).with_no_client_auth())
}

/// How many authorities are trusted to say which server is which.
///
/// # Errors
/// `E0320` if the file of more of them cannot be read.
pub fn authorities(more: Option<&Path>) -> Result<usize, FetchError> {
    roots(more).map(|roots| roots.len())
}

/// The authorities of this machine (`SSL_CERT_FILE` and `SSL_CERT_DIR` name others), and more. The
/// machine's, not a list inside the program, which would grow old with it and would not know the
/// authority of a company.
fn roots(more: Option<&Path>) -> Result<RootCertStore, FetchError> {
    let mut roots = RootCertStore::empty();
    // What this machine cannot read of its own it does not trust; a server then says so.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    match more {
        Some(path) => add(path, &mut roots).map(|()| roots),
        None => Ok(roots),
    }
}

fn add(path: &Path, roots: &mut RootCertStore) -> Result<(), FetchError> {
    let wrong = |why: String| FetchError::new(AUTHORITY, &path.display().to_string(), why);
    let certificates = CertificateDer::pem_file_iter(path).map_err(|e| wrong(e.to_string()))?;
    let mut count = 0;
    for certificate in certificates {
        let certificate = certificate.map_err(|e| wrong(e.to_string()))?;
        roots.add(certificate).map_err(|e| wrong(e.to_string()))?;
        count += 1;
    }
    if count == 0 { Err(wrong("no certificate, expected a PEM file".to_owned())) } else { Ok(()) }
}
