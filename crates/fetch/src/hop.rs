//! One question to a server, sent on as often as it says and as we allow.

use crate::error::{
    BROKEN, DOWNGRADE, FetchError, PRIVATE, REDIRECTS, SECRETS, SLOW, UNREACHABLE, UNTRUSTED,
};
use crate::fetcher::Fetcher;
use crate::pace::Turn;
use crate::private::Private;
use crate::request::Behalf;
use crate::rules::text;
use crate::secret::{authority, is_safe};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION};
use reqwest::{Response, StatusCode, Url};
use std::error::Error;
use std::time::Duration;

/// Why an attempt failed.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Another attempt would fail as well.
    Final(FetchError),
    /// It may pass; how long to wait, if somebody says.
    Passing(FetchError, Option<Duration>),
}

impl From<FetchError> for Trouble {
    fn from(error: FetchError) -> Self {
        Self::Final(error)
    }
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) response: Response,
    /// The URL that answered, behind all redirects.
    pub(crate) url: Url,
    /// Leave to go on reading.
    pub(crate) turn: Turn,
}

impl Fetcher {
    /// Asks for a URL and follows redirects; `shown` is what messages call it.
    pub(crate) async fn ask(
        &self,
        url: &Url,
        headers: &HeaderMap,
        behalf: Option<Behalf<'_>>,
        shown: &str,
    ) -> Result<Answer, Trouble> {
        let mut passed: Vec<Url> = Vec::new();
        let mut at = url.clone();
        loop {
            if let Some(behalf) = behalf.filter(|b| !b.may(&at)) {
                return Err(self.outside(&at, &behalf, shown).into());
            }
            // What is meant for one host goes to no other.
            let headers = match behalf.filter(|_| at.origin() == url.origin()) {
                Some(behalf) => with(headers, &behalf, &at, shown)?,
                None => headers.clone(),
            };
            let (response, turn) = self.send(&at, headers, behalf.is_none(), shown).await?;
            let Some(next) = self.redirect(&response, &at, shown)? else {
                return Ok(Answer { response, url: at, turn });
            };
            passed.push(at);
            self.refuse_endless(&passed, &next, shown)?;
            at = next;
        }
    }

    async fn send(
        &self,
        url: &Url,
        mut headers: HeaderMap,
        by_user: bool,
        shown: &str,
    ) -> Result<(Response, Turn), Trouble> {
        self.guard.check(url).map_err(|p| self.private(url, &p, shown))?;
        let mut to = url.clone();
        if by_user {
            self.options.secrets.put(&mut to, &mut headers, shown)?;
        }
        to.set_fragment(None);
        let turn = self.pace.turn(&authority(url), shown).await?;
        let sent = self.client()?.get(to).headers(headers).send().await;
        let response = sent.map_err(|e| self.trouble(e, url, shown))?;
        Ok((response, turn))
    }

    /// That a program may not ask there.
    pub(crate) fn outside(&self, url: &Url, behalf: &Behalf<'_>, shown: &str) -> FetchError {
        let message = format!(
            "{} may not be asked on your behalf, expected what begins with {}",
            self.name(url),
            behalf.within.join(", ")
        );
        FetchError::new(REDIRECTS, shown, message).help("allow it to the plugin if it is meant")
    }

    /// Where the server sends on to, if it does.
    fn redirect(
        &self,
        response: &Response,
        at: &Url,
        shown: &str,
    ) -> Result<Option<Url>, FetchError> {
        let status = response.status();
        if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        let to = text(response.headers(), LOCATION).and_then(|to| at.join(&to).ok());
        let to = to.filter(|to| matches!(to.scheme(), "http" | "https"));
        let Some(mut to) = to else {
            let message =
                format!("the server sends on ({}) without a URL to go to", spoken(status));
            return Err(FetchError::new(REDIRECTS, shown, message));
        };
        if at.scheme() == "https" && to.scheme() == "http" {
            let message = format!("the server sends on to {}", self.name(&to));
            return Err(FetchError::new(DOWNGRADE, shown, message));
        }
        if to.origin() != at.origin() {
            // These fail for URLs without a host alone, which http does not have.
            let _ = to.set_username("");
            let _ = to.set_password(None);
        }
        Ok(Some(to))
    }

    fn refuse_endless(&self, passed: &[Url], next: &Url, shown: &str) -> Result<(), FetchError> {
        let most = self.options.limits.redirects as usize;
        let message = if passed.contains(next) {
            format!("the server sends on to {}, which was asked before", self.name(next))
        } else if passed.len() > most {
            format!("the server sends on more than {most} times, last to {}", self.name(next))
        } else {
            return Ok(());
        };
        Err(FetchError::new(REDIRECTS, shown, message))
    }

    fn private(&self, url: &Url, private: &Private, shown: &str) -> FetchError {
        let message = format!("the server sends on to {}: {private}", self.name(url));
        FetchError::new(PRIVATE, shown, message)
    }

    /// What a failure of the client is.
    pub(crate) fn trouble(&self, error: reqwest::Error, url: &Url, shown: &str) -> Trouble {
        // The client's own message would show the URL with its secrets.
        let error = error.without_url();
        if let Some(private) = cause::<Private>(&error) {
            return Trouble::Final(self.private(url, private, shown));
        }
        let host = authority(url);
        if let Some(tls) = cause::<rustls::Error>(&error)
            && matches!(
                tls,
                rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented
            )
        {
            let message = format!("`{host}`: {}", self.options.secrets.mask(&tls.to_string()));
            let error = FetchError::new(UNTRUSTED, shown, message);
            return Trouble::Final(if is_authority(tls) {
                error.help(OWN_AUTHORITY)
            } else {
                error
            });
        }
        let why = self.options.secrets.mask(&root(&error));
        let (code, message) = if error.is_timeout() {
            let limits = &self.options.limits;
            let limit = if error.is_connect() { limits.connect } else { limits.read };
            (SLOW, format!("`{host}` said nothing for {} seconds", limit.as_secs_f64()))
        } else if error.is_connect() {
            (UNREACHABLE, format!("`{host}` cannot be reached: {why}"))
        } else {
            (BROKEN, format!("the answer of `{host}` broke off: {why}"))
        };
        Trouble::Passing(FetchError::new(code, shown, message), None)
    }
}

/// What to do about a server that shows the certificate of an authority as its own, as those do
/// that were made by hand in one step. It is refused even if it is trusted.
const OWN_AUTHORITY: &str = "it shows the certificate of an authority as its own: have one made for the server (`CA:FALSE`), signed by that authority, and name the authority's with `--cacert FILE`";

/// Whether a server shows the certificate of an authority as its own.
fn is_authority(error: &rustls::Error) -> bool {
    // The type that says so is not public.
    error.to_string().contains("CaUsedAsEndEntity")
}

/// Headers with those that a program adds.
fn with(
    headers: &HeaderMap,
    behalf: &Behalf<'_>,
    url: &Url,
    shown: &str,
) -> Result<HeaderMap, FetchError> {
    if behalf.has_secret() && !is_safe(url) {
        return Err(FetchError::new(SECRETS, shown, "a secret is not sent over http")
            .help("the plugin must use https"));
    }
    let mut all = headers.clone();
    for header in behalf.headers {
        let wrong = || FetchError::new(SECRETS, shown, format!("`{header:?}` is no header"));
        let name = HeaderName::try_from(&header.name).map_err(|_| wrong())?;
        let mut value = HeaderValue::from_str(&header.value).map_err(|_| wrong())?;
        value.set_sensitive(header.value != header.shown);
        all.insert(name, value);
    }
    Ok(all)
}

/// A status with its words: `404 Not Found`.
pub(crate) fn spoken(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}

/// The errors below an error, it first; those inside an error of the operating system as well.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let below = |e: &&'a (dyn Error + 'static)| {
        let e: &'a (dyn Error + 'static) = *e;
        match e.downcast_ref::<std::io::Error>() {
            Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => e.source(),
        }
    };
    std::iter::successors(Some(error), below)
}

fn cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    chain(error).find_map(|e| e.downcast_ref::<E>())
}

/// The innermost message.
fn root(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map_or_else(String::new, |e| e.to_string().to_lowercase())
}
