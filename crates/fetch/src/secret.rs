//! Secrets for servers: from a file that only its owner can read, or from the environment; each for
//! its host alone.

use crate::address::{MASK, decoded};
use crate::error::{FetchError, SECRETS};
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// How variables with a token begin: `HAGGLE_TOKEN_API_EXAMPLE_COM`.
pub const TOKEN_PREFIX: &str = "HAGGLE_TOKEN_";

/// How variables with a secret begin that programs ask for by name: `HAGGLE_SECRET_ECB_TOKEN`.
pub const SECRET_PREFIX: &str = "HAGGLE_SECRET_";

/// What is sent to which host. It is never printed.
#[derive(Clone, Default)]
pub struct Secrets(Vec<Secret>);

#[derive(Clone)]
struct Secret {
    /// `api.example.com`, with `:port` if it is not that of the scheme; or the name of a variable.
    host: String,
    carrier: Carrier,
    /// What is sent; or the name of the variable that should hold it and is not set.
    value: Result<String, String>,
    /// By which name programs ask for it; it is sent for them alone then.
    name: Option<String>,
}

#[derive(Clone, PartialEq)]
enum Carrier {
    Header(HeaderName),
    Query(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    secret: Vec<WrittenSecret>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSecret {
    host: String,
    header: Option<String>,
    query: Option<String>,
    value: Option<String>,
    env: Option<String>,
    name: Option<String>,
}

impl Secrets {
    /// Reads a file of `[[secret]]` tables: `host`, then `header` or `query` (neither: a bearer
    /// token), then `value` or `env`, the name of a variable that `environment` looks up.
    ///
    /// # Errors
    /// `E0317` if others can read the file, or it is not written like this.
    pub fn read(
        path: &Path,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, FetchError> {
        let wrong = |why: String| FetchError::new(SECRETS, &path.display().to_string(), why);
        let mut file = File::open(path).map_err(|e| wrong(format!("cannot open: {e}")))?;
        if let Some(why) = readable_by_others(&file) {
            return Err(wrong(why));
        }
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(|e| wrong(format!("cannot read: {e}")))?;
        // The parser's own message would quote the line.
        let written: Written =
            toml::from_str(&text).map_err(|e| wrong(place_of(&text, e.span(), e.message())))?;
        let all = written.secret.into_iter().map(|s| s.secret(&environment));
        all.collect::<Result<_, _>>().map(Self).map_err(wrong)
    }

    /// Adds bearer tokens of variables such as `HAGGLE_TOKEN_API_EXAMPLE_COM`: the host in capitals,
    /// `.` written `_`, `-` written `__`, and `:` before a port `___`.
    #[must_use]
    pub fn with_tokens(mut self, variables: impl Iterator<Item = (String, String)>) -> Self {
        for (name, value) in variables {
            let host = name.strip_prefix(TOKEN_PREFIX).filter(|_| !value.is_empty());
            if let Some(host) = host {
                let (host, carrier) = (host.to_owned(), Carrier::Header(AUTHORIZATION));
                let value = Ok(format!("Bearer {value}"));
                self.0.push(Secret { host, carrier, value, name: None });
            }
        }
        self
    }

    /// Puts the secrets of the URL's host into a request.
    ///
    /// # Errors
    /// `E0317` if it would go over http to another machine.
    pub(crate) fn put(
        &self,
        url: &mut Url,
        headers: &mut HeaderMap,
        shown: &str,
    ) -> Result<(), FetchError> {
        let mine: Vec<&Secret> = self.0.iter().filter(|s| s.goes_to(url)).collect();
        if let (Some(_), false) = (mine.first(), is_safe(url)) {
            return Err(FetchError::new(SECRETS, shown, "a secret is not sent over http")
                .help("use https, or take the host out of the secrets"));
        }
        mine.into_iter().try_for_each(|secret| secret.put(url, headers, shown))
    }

    /// Adds secrets of variables such as `HAGGLE_SECRET_ECB_TOKEN`, which programs ask for by name.
    #[must_use]
    pub fn with_named(mut self, variables: impl Iterator<Item = (String, String)>) -> Self {
        for (name, value) in variables {
            let name = name.strip_prefix(SECRET_PREFIX).filter(|_| !value.is_empty());
            if let Some(name) = name {
                let (host, carrier) = (String::new(), Carrier::Header(AUTHORIZATION));
                let name = Some(name.to_owned());
                self.0.push(Secret { host, carrier, value: Ok(value), name });
            }
        }
        self
    }

    /// The secret that a program asks for by name, for a host: one of the file is of its host alone.
    ///
    /// # Errors
    /// `E0317` if there is none.
    pub fn named(&self, name: &str, host: &str) -> Result<&str, FetchError> {
        let fits = |s: &&Secret| s.host == host || s.host.is_empty();
        let mine = self.0.iter().filter(|s| s.name.as_deref() == Some(name)).find(fits);
        let found = mine.and_then(|s| s.value.as_deref().ok());
        found.ok_or_else(|| {
            let message = format!("no secret `{name}` for `{host}`");
            FetchError::new(SECRETS, "secrets", message).help(format!(
                "set {SECRET_PREFIX}{name}, or give it a `name` in the file of secrets (`haggle help network`)"
            ))
        })
    }

    /// Whether there is a secret for the URL's host.
    pub(crate) fn know(&self, url: &Url) -> bool {
        self.0.iter().any(|s| s.goes_to(url))
    }

    /// A text in which no secret stands, as a server may have put one into a URL.
    pub(crate) fn mask(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for value in self.0.iter().filter_map(|secret| secret.value.as_ref().ok()) {
            let value = value.strip_prefix("Bearer ").unwrap_or(value);
            let encoded: String = reqwest::Url::parse_with_params("http://x/", [("v", value)])
                .map_or_else(
                    |_| value.to_owned(),
                    |url| url.query().unwrap_or("").trim_start_matches("v=").to_owned(),
                );
            for form in [value, &encoded, &decoded(value)] {
                // What is shorter is found in any text.
                if form.len() >= 4 {
                    text = text.replace(form, MASK);
                }
            }
        }
        text
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

impl WrittenSecret {
    fn secret(self, environment: &impl Fn(&str) -> Option<String>) -> Result<Secret, String> {
        let Self { host, header, query, value, env, name } = self;
        let value = match (value, env) {
            (Some(value), None) => Ok(value),
            (None, Some(name)) => environment(&name).ok_or(name),
            _ => return Err(format!("`{host}` needs one of `value` and `env`")),
        };
        let (carrier, value) = match (header, query) {
            (None, None) if name.is_some() => (Carrier::Header(AUTHORIZATION), value),
            (_, _) if name.is_some() => {
                return Err(format!("`{host}` has a `name`, so whoever asks says how it is sent"));
            }
            (None, None) => (Carrier::Header(AUTHORIZATION), value.map(|v| format!("Bearer {v}"))),
            (Some(name), None) => {
                let header = HeaderName::try_from(&name);
                (Carrier::Header(header.map_err(|_| format!("`{name}` is no header"))?), value)
            }
            (None, Some(name)) => (Carrier::Query(name), value),
            _ => return Err(format!("`{host}` has both `header` and `query`, expected one")),
        };
        Ok(Secret { host: host.to_lowercase(), carrier, value, name })
    }
}

impl Secret {
    fn put(&self, url: &mut Url, headers: &mut HeaderMap, shown: &str) -> Result<(), FetchError> {
        let wrong = |why: String| FetchError::new(SECRETS, shown, why);
        let unset =
            |name: &String| wrong(format!("the variable `{name}` with its secret is not set"));
        let value = self.value.as_ref().map_err(unset)?;
        match &self.carrier {
            Carrier::Query(name) => {
                url.query_pairs_mut().append_pair(name, value);
            }
            Carrier::Header(name) => {
                let value = HeaderValue::from_str(value);
                let mut value =
                    value.map_err(|_| wrong("the secret is no value of a header".to_owned()))?;
                value.set_sensitive(true);
                headers.insert(name, value);
            }
        }
        Ok(())
    }

    /// Whether it goes along with whatever the user asks of a URL.
    fn goes_to(&self, url: &Url) -> bool {
        self.name.is_none() && self.is_for(url)
    }

    fn is_for(&self, url: &Url) -> bool {
        let host = authority(url);
        self.host == host || variable(&host).is_some_and(|name| name == self.host)
    }
}

/// The host, with its port if that is not the scheme's.
pub(crate) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or("");
    url.port().map_or(host.to_owned(), |port| format!("{host}:{port}"))
}

/// A host as it stands in the name of a variable; no two hosts have one name.
fn variable(host: &str) -> Option<String> {
    let mut name = String::new();
    for c in host.chars() {
        match c {
            '.' => name.push('_'),
            '-' => name.push_str("__"),
            ':' => name.push_str("___"),
            c if c.is_ascii_alphanumeric() => name.push(c.to_ascii_uppercase()),
            _ => return None,
        }
    }
    Some(name)
}

/// Whether nobody on the way can read what is sent.
pub(crate) fn is_safe(url: &Url) -> bool {
    let host = url.host_str().unwrap_or("").trim_matches(['[', ']']);
    let loopback = host.parse::<std::net::IpAddr>().is_ok_and(|a| a.is_loopback());
    url.scheme() == "https" || loopback || host == "localhost"
}

#[cfg(unix)]
fn readable_by_others(file: &File) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = match file.metadata() {
        Ok(meta) => meta.permissions().mode() & 0o777,
        Err(e) => return Some(format!("its rights cannot be told: {e}")),
    };
    (mode & 0o077 != 0).then(|| format!("others can read it: found mode {mode:o}, expected 600"))
}

/// Elsewhere than on Unix a mode says nothing of others.
#[cfg(not(unix))]
fn readable_by_others(_: &File) -> Option<String> {
    None
}

/// The line of an error, and what it is, without the text that stands there.
fn place_of(text: &str, span: Option<std::ops::Range<usize>>, message: &str) -> String {
    let before = span.and_then(|s| text.get(..s.start)).unwrap_or("");
    let line = before.matches('\n').count() + 1;
    // Messages quote keys and types, and a key may be a secret in the wrong place.
    let what =
        message.split(['`', '"', '\'']).next().unwrap_or("").trim().trim_end_matches([',', ':']);
    format!("line {line}: {what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, mode: u32) -> Result<Secrets, FetchError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        }
        Secrets::read(file.path(), |name| (name == "KEY").then(|| "of-the-environment".to_owned()))
    }

    fn sent(secrets: &Secrets, url: &str) -> Result<(String, Vec<String>), FetchError> {
        let (mut url, mut headers) = (Url::parse(url).unwrap(), HeaderMap::new());
        secrets.put(&mut url, &mut headers, "x")?;
        let headers = headers.iter().map(|(n, v)| format!("{n}: {}", v.to_str().unwrap()));
        Ok((url.query().unwrap_or("").to_owned(), headers.collect()))
    }

    #[test]
    fn each_host_gets_its_own_and_no_other() {
        let text = "[[secret]]\nhost = \"API.example\"\nvalue = \"abcdef\"\n\
            [[secret]]\nhost = \"q.example:8443\"\nquery = \"k\"\nenv = \"KEY\"\n\
            [[secret]]\nhost = \"unset.example\"\nenv = \"NOT_SET\"\n\
            [[secret]]\nhost = \"h.example\"\nheader = \"X-Key\"\nvalue = \"ghijkl\"\n";
        let secrets = read(text, 0o600).unwrap();
        let headers = |url: &str| sent(&secrets, url).unwrap().1;
        assert_eq!(headers("https://api.example/x"), ["authorization: Bearer abcdef"]);
        assert_eq!(headers("https://h.example/x"), ["x-key: ghijkl"]);
        for other in
            ["https://api.example:8443/", "https://api.example.evil/", "https://q.example/"]
        {
            assert_eq!(sent(&secrets, other).unwrap(), (String::new(), vec![]), "{other}");
        }
        let (query, _) = sent(&secrets, "https://q.example:8443/x?a=1").unwrap();
        assert_eq!(query, "a=1&k=of-the-environment");
        assert_eq!(sent(&secrets, "http://api.example/").unwrap_err().code, "E0317");
        assert_eq!(sent(&secrets, "https://unset.example/").unwrap_err().code, "E0317");
        assert_eq!(format!("{secrets:?}"), "Secrets(4)");
        assert_eq!(secrets.mask("x?v=abcdef&w=of-the-environment"), "x?v=***&w=***");
    }

    #[test]
    fn tokens_of_the_environment_find_their_host() {
        let tokens = [("HAGGLE_TOKEN_API_EXAMPLE", "t1"), ("HAGGLE_TOKEN_A__B_EXAMPLE___81", "t2")];
        let tokens = tokens.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned()));
        let secrets = Secrets::default().with_tokens(tokens);
        let headers = |url: &str| sent(&secrets, url).unwrap().1;
        assert_eq!(headers("https://api.example/"), ["authorization: Bearer t1"]);
        assert_eq!(headers("https://a-b.example:81/"), ["authorization: Bearer t2"]);
        for other in ["https://api-example/", "https://a.b.example:81/", "https://a-b.example/"] {
            assert!(headers(other).is_empty(), "{other}");
        }
    }

    #[test]
    fn what_has_a_name_is_sent_for_whoever_may_ask_for_it() {
        let text = "[[secret]]\nhost = \"a.example\"\nname = \"KEY\"\nvalue = \"abcdef\"\n";
        let tokens = [("HAGGLE_SECRET_OTHER", "ghijkl"), ("HAGGLE_SECRET_EMPTY", "")];
        let tokens = tokens.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned()));
        let secrets = read(text, 0o600).unwrap().with_named(tokens);
        assert_eq!(sent(&secrets, "https://a.example/").unwrap(), (String::new(), vec![]));
        assert_eq!(secrets.named("KEY", "a.example").unwrap(), "abcdef");
        assert_eq!(secrets.named("OTHER", "b.example").unwrap(), "ghijkl");
        for (name, host) in [("KEY", "b.example"), ("EMPTY", "a.example"), ("NONE", "a.example")] {
            assert_eq!(secrets.named(name, host).unwrap_err().code, "E0317", "{name}");
        }
        assert_eq!(secrets.mask("x?v=abcdef&w=ghijkl"), "x?v=***&w=***");
    }

    #[test]
    fn a_file_that_is_no_file_of_secrets_is_refused_without_quoting_it() {
        for (text, mode) in [
            ("[[secret]]\nhost = \"a\"\nvalue = \"hunter2\"\n", 0o644),
            ("[[secret]]\nhost = \"a\"\nvalue = \"hunter2\"\n", 0o640),
            ("[[secret]]\nhost = \"a\"\nvalue = hunter2\n", 0o600),
            ("[[secret]]\nhost = \"a\"\nhunter2 = 1\n", 0o600),
            ("[[secret]]\nhost = \"a\"\n", 0o600),
            ("[[secret]]\nhost = \"a\"\nvalue = \"hunter2\"\nenv = \"KEY\"\n", 0o600),
            ("[[secret]]\nhost = \"a\"\nvalue = \"hunter2\"\nheader = \"b c\"\n", 0o600),
        ] {
            let error = read(text, mode).unwrap_err();
            assert_eq!(error.code, "E0317", "{text}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }
}
