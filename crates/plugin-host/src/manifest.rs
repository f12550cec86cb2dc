//! The manifest: what a plugin says of itself and asks for. A request, never a permission.

use crate::Limits;
use crate::schema::Schema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// Longest manifest, in bytes.
pub const MOST_BYTES: usize = 64 * 1024;
/// Longest text of a manifest, in characters.
const LONGEST: usize = 500;
/// The version of the manifest that is read here.
const VERSION: u32 = 1;

/// Version of the interface: a plugin runs where the major is the same and the minor not newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Abi {
    /// Changes with everything that breaks a plugin.
    pub major: u32,
    /// Grows with every field that is appended.
    pub minor: u32,
}

/// The interface that this version speaks.
pub const ABI: Abi =
    Abi { major: haggle_plugin_api::abi::ABI_MAJOR, minor: haggle_plugin_api::abi::ABI_MINOR };

impl Abi {
    /// Whether a plugin made for `self` runs where `host` is spoken.
    pub fn runs_on(self, host: Abi) -> bool {
        self.major == host.major && self.minor <= host.minor
    }

    fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit()).then(|| t.parse().ok());
        Some(Self { major: digits(major)??, minor: digits(minor)?? })
    }
}

impl fmt::Display for Abi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// What a plugin says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of the manifest.
    pub manifest: u32,
    /// What it is called: lower-case letters, digits and dashes.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The interface that it was made for, as `1.0`.
    pub abi: String,
    /// What it brings, in a sentence.
    pub summary: String,
    /// Under which terms it may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    /// Where more is said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// JSON Schema of its configuration, of the words that [`Schema`] checks and no others.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub config_schema: Value,
    /// What it asks for.
    #[serde(default)]
    pub permissions: Permissions,
    /// Which limits it asks for.
    #[serde(default)]
    pub limits: Wishes,
    /// Schemes of addresses that it takes in its configuration; for people alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schemes: Vec<String>,
}

/// What a plugin asks to read and to have sent for it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Permissions {
    /// Beginnings of URLs, with the whole host and a path; `file` for files that the user names,
    /// `stdin` for standard input.
    pub inputs: Vec<String>,
    /// Names of secrets, each with the host that it is sent to: `ECB_TOKEN@data-api.example`. The
    /// host may be left out where all inputs are of one.
    pub secrets: Vec<String>,
}

/// Limits that a plugin asks for; absent is the usual one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wishes {
    /// Memory in MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_mb: Option<u64>,
    /// Time for the whole run, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wall_s: Option<u64>,
    /// Time without a sign of life, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_s: Option<u64>,
    /// Rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// Bytes of rows, in MiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_mb: Option<u64>,
}

/// A secret and the host that it is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretOf {
    /// Its name.
    pub name: String,
    /// `api.example`, with `:port` if it is not that of the scheme.
    pub host: String,
}

/// Why a text is no manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestError(pub String);

impl fmt::Display for ManifestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "manifest: {}", self.0)
    }
}

impl std::error::Error for ManifestError {}

impl Manifest {
    /// Reads a manifest and holds it to its rules.
    ///
    /// # Errors
    /// [`ManifestError`] names the first key that is wrong, with what was found and expected.
    pub fn parse(text: &[u8]) -> Result<Self, ManifestError> {
        if text.len() > MOST_BYTES {
            let found = text.len();
            return wrong(format!("{found} bytes, expected at most {MOST_BYTES}"));
        }
        let manifest: Self =
            serde_json::from_slice(text).map_err(|e| ManifestError(shown(&e.to_string())))?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Reads a manifest that is written as TOML, as in a script, and holds it to the same rules.
    ///
    /// # Errors
    /// [`ManifestError`], as those of [`parse`](Self::parse), with the line of a text that is no TOML.
    pub fn of_toml(text: &str) -> Result<Self, ManifestError> {
        let manifest: Self = toml::from_str(text).map_err(|e| {
            let before = e.span().map_or("", |span| text.get(..span.start).unwrap_or(text));
            let line = before.matches('\n').count() + 1;
            ManifestError(format!("line {line}: {}", shown(e.message())))
        })?;
        manifest.check()?;
        Ok(manifest)
    }

    /// The interface that it was made for.
    pub fn abi(&self) -> Abi {
        // What is no version was refused when it was read.
        Abi::parse(&self.abi).unwrap_or(Abi { major: 0, minor: 0 })
    }

    /// Its secrets, each with its host.
    pub fn secrets(&self) -> Vec<SecretOf> {
        self.permissions.secrets.iter().filter_map(|s| self.secret(s)).collect()
    }

    fn secret(&self, text: &str) -> Option<SecretOf> {
        secret_of(text, &self.permissions.inputs)
    }

    fn check(&self) -> Result<(), ManifestError> {
        if self.manifest != VERSION {
            return wrong(format!("`manifest` is {}, expected {VERSION}", self.manifest));
        }
        if !is_name(&self.name) {
            let found = shown(&self.name);
            return wrong(format!(
                "`name` is `{found}`, expected lower-case letters, digits and dashes, at most 64"
            ));
        }
        if !is_version(&self.version) {
            return wrong(format!("`version` is `{}`, expected as `1.2.3`", shown(&self.version)));
        }
        if Abi::parse(&self.abi).is_none() {
            return wrong(format!("`abi` is `{}`, expected as `{ABI}`", shown(&self.abi)));
        }
        self.check_texts()?;
        self.check_permissions()?;
        self.limits.check()?;
        self.schema().map(drop)
    }

    /// What it states of its configuration.
    ///
    /// # Errors
    /// [`ManifestError`] if it says more than is checked here, which was refused when it was read.
    pub fn schema(&self) -> Result<Schema, ManifestError> {
        Schema::parse(&self.config_schema).map_err(ManifestError)
    }

    /// Texts are printed on terminals: no characters that move, hide or turn anything.
    fn check_texts(&self) -> Result<(), ManifestError> {
        let optional = [("license", &self.license), ("homepage", &self.homepage)];
        let optional = optional.into_iter().filter_map(|(key, text)| Some((key, text.as_ref()?)));
        let schemes = self.schemes.iter().map(|s| ("schemes", s));
        for (key, text) in [("summary", &self.summary)].into_iter().chain(optional).chain(schemes) {
            if !is_plain(text) {
                return wrong(format!(
                    "`{key}` is `{}`, expected 1 to {LONGEST} printable characters on one line",
                    shown(text)
                ));
            }
        }
        Ok(())
    }

    fn check_permissions(&self) -> Result<(), ManifestError> {
        for input in &self.permissions.inputs {
            check_input(input).map_err(|why| ManifestError(format!("`inputs`: {why}")))?;
        }
        for secret in &self.permissions.secrets {
            if self.secret(secret).is_none() {
                return wrong(format!(
                    "`secrets` has `{}`, expected `NAME@host` with a host of `inputs`",
                    shown(secret)
                ));
            }
        }
        Ok(())
    }
}

impl Wishes {
    /// The same without what goes beyond some limits.
    pub fn at_most(self, limits: &Limits) -> Self {
        let less = |wish: Option<u64>, most: u64| wish.map(|wish| wish.min(most));
        Self {
            memory_mb: less(self.memory_mb, limits.memory_mb),
            wall_s: less(self.wall_s, limits.wall_seconds),
            idle_s: less(self.idle_s, limits.idle_seconds),
            rows: less(self.rows, limits.rows),
            output_mb: less(self.output_mb, limits.output_mb),
        }
    }

    fn check(&self) -> Result<(), ManifestError> {
        let all = [
            ("memory_mb", self.memory_mb, 64 * 1024),
            ("wall_s", self.wall_s, 24 * 3600),
            ("idle_s", self.idle_s, 3600),
            ("rows", self.rows, 1 << 32),
            ("output_mb", self.output_mb, 1 << 20),
        ];
        for (key, value, most) in all {
            if let Some(found) = value.filter(|v| !(1..=most).contains(v)) {
                return wrong(format!("`limits.{key}` is {found}, expected 1 to {most}"));
            }
        }
        Ok(())
    }
}

fn wrong<T>(why: String) -> Result<T, ManifestError> {
    Err(ManifestError(why))
}

/// Whether a text may name a plugin: it becomes part of file names and of messages.
pub fn is_name(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.bytes().all(inner)
}

fn is_version(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || b".+-".contains(&b);
    (1..=64).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(inner)
}

/// Whether a sign is not seen, or turns what stands beside it.
pub(crate) fn turns(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Whether a text is one line that prints as it stands.
pub fn is_plain(text: &str) -> bool {
    (1..=LONGEST).contains(&text.chars().count())
        && !text.trim().is_empty()
        && !text.chars().any(|c| c.is_control() || turns(c))
}

/// A foreign text in a message: without what a terminal would obey, and short.
pub fn shown(text: &str) -> String {
    let plain = |c: char| if is_plain(c.encode_utf8(&mut [0; 4])) || c == ' ' { c } else { '?' };
    text.chars().take(200).map(plain).collect()
}

/// Whether a text says what may be read: the beginning of a URL that no other host begins with, or
/// one of the words `file` and `stdin`.
///
/// # Errors
/// What was found and expected.
pub fn check_input(text: &str) -> Result<(), String> {
    let found = shown(text);
    if text == "file" || text == "stdin" {
        return Ok(());
    }
    let Some((host, path)) = split_url(text) else {
        return Err(format!(
            "found `{found}`, expected the beginning of a URL such as `https://host/path/`, `file` or `stdin`"
        ));
    };
    if host.is_empty() || !host.bytes().all(is_of_host) {
        return Err(format!("found `{found}`, expected a host in small letters behind `://`"));
    }
    if !path.starts_with('/') {
        return Err(format!(
            "found `{found}`, expected a `/` behind the host: without it other hosts begin so"
        ));
    }
    let usual = if text.starts_with("https://") { ":443" } else { ":80" };
    if host.ends_with(usual) {
        return Err(format!(
            "found `{found}`, expected no `{usual}`: that is the port without saying so"
        ));
    }
    let plain = |b: u8| b.is_ascii_graphic() && b != b'\\' && b != b'#';
    if !path.bytes().all(plain) || path.split('/').any(|part| part == "..") {
        return Err(format!("found `{found}`, expected a path without blanks, `..`, `\\` and `#`"));
    }
    Ok(())
}

/// A port stays with its host; a user has no place there.
fn is_of_host(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit() || b".-:[]".contains(&b)
}

/// Host and path of a URL of the web.
pub(crate) fn split_url(text: &str) -> Option<(&str, &str)> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    Some(rest.split_at(rest.find('/').unwrap_or(rest.len())))
}

/// A secret as it is written, `NAME@host` or `NAME`, with the one host of the inputs then.
pub fn secret_of(text: &str, inputs: &[String]) -> Option<SecretOf> {
    let mut hosts: Vec<&str> = inputs.iter().filter_map(|i| Some(split_url(i)?.0)).collect();
    hosts.sort_unstable();
    hosts.dedup();
    let (name, host) = match text.split_once('@') {
        Some((name, host)) => (name, *hosts.iter().find(|h| **h == host)?),
        None => (text, *hosts.first().filter(|_| hosts.len() == 1)?),
    };
    let inner = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    let named = (1..=64).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(inner);
    named.then(|| SecretOf { name: name.to_owned(), host: host.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn whole() -> Value {
        json!({
            "manifest": 1, "name": "ecb-rates", "version": "0.3.1", "abi": "1.0",
            "summary": "Reference rates", "license": "MIT", "homepage": "https://x.example",
            "config_schema": {"type": "object"},
            "permissions": {"inputs": ["https://data.example/", "file"], "secrets": ["KEY"]},
            "limits": {"memory_mb": 512}, "schemes": ["ecb"]
        })
    }

    fn parse(value: &Value) -> Result<Manifest, ManifestError> {
        Manifest::parse(value.to_string().as_bytes())
    }

    #[test]
    fn a_whole_manifest_is_read() {
        let manifest = parse(&whole()).unwrap();
        assert_eq!((manifest.name.as_str(), manifest.abi()), ("ecb-rates", ABI));
        let secret = SecretOf { name: "KEY".to_owned(), host: "data.example".to_owned() };
        assert_eq!(manifest.secrets(), [secret]);
        assert_eq!(parse(&serde_json::to_value(&manifest).unwrap()).unwrap(), manifest);
    }

    #[test]
    fn wishes_are_held_to_limits() {
        let limits = Limits::default();
        let wishes = Wishes { memory_mb: Some(1 << 16), rows: Some(7), ..Wishes::default() };
        let memory_mb = Some(limits.memory_mb);
        assert_eq!(
            wishes.at_most(&limits),
            Wishes { memory_mb, rows: Some(7), ..Wishes::default() }
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (pointer, value, part) in [
            ("/manifest", json!(2), "`manifest` is 2, expected 1"),
            ("/name", json!("Ecb"), "`name` is `Ecb`"),
            ("/name", json!("../../x"), "`name` is `../../x`"),
            ("/name", json!(""), "`name` is ``"),
            ("/name", json!("a-"), "`name`"),
            ("/version", json!("v1"), "`version` is `v1`"),
            ("/abi", json!("1"), "`abi` is `1`, expected as `1.0`"),
            ("/abi", json!("1.+0"), "`abi`"),
            ("/summary", json!("a\u{1b}[2Jb"), "`summary` is `a?[2Jb`"),
            ("/summary", json!("\u{202e}evil"), "`summary`"),
            ("/summary", json!("  "), "`summary`"),
            ("/license", json!("a\nb"), "`license`"),
            ("/config_schema", json!("x"), "`config_schema`"),
            ("/config_schema", json!({"oneOf": []}), "`config_schema` has `oneOf`"),
            ("/limits", json!({"memory_mb": 0}), "`limits.memory_mb` is 0"),
            ("/limits", json!({"memory": 1}), "unknown field `memory`"),
            ("/permissions/inputs", json!(["https://data.example"]), "a `/` behind the host"),
            ("/permissions/inputs", json!(["https://data.example:443/"]), "expected no `:443`"),
            ("/permissions/inputs", json!(["http://data.example:80/"]), "expected no `:80`"),
            ("/permissions/inputs", json!(["https://me@data.example/"]), "small letters"),
            ("/permissions/inputs", json!(["ftp://data.example/"]), "the beginning of a URL"),
            ("/permissions/inputs", json!(["https://a.example/../x"]), "without blanks"),
            ("/permissions/inputs", json!(["/etc/passwd"]), "the beginning of a URL"),
            ("/permissions/secrets", json!(["key"]), "`secrets` has `key`"),
            ("/permissions/secrets", json!(["KEY@evil.example"]), "`secrets`"),
        ] {
            let mut manifest = whole();
            *manifest.pointer_mut(pointer).unwrap() = value;
            let error = parse(&manifest).unwrap_err().to_string();
            assert!(error.contains(part), "{pointer}: {error}");
        }
        let two = json!({"inputs": ["https://a.example/", "https://b.example/"], "secrets": ["K"]});
        let mut manifest = whole();
        manifest["permissions"] = two;
        assert!(parse(&manifest).is_err(), "one of two hosts");
        manifest["permissions"]["secrets"] = json!(["K@b.example"]);
        assert_eq!(parse(&manifest).unwrap().secrets()[0].host, "b.example");
        manifest["extra"] = json!(1);
        assert!(parse(&manifest).unwrap_err().to_string().contains("unknown field `extra`"));
        assert!(Manifest::parse(&vec![b' '; MOST_BYTES + 1]).is_err());
    }

    #[test]
    fn a_plugin_runs_where_the_interface_is_not_older() {
        let abi = |major, minor| Abi { major, minor };
        for (plugin, host, runs) in [
            (abi(1, 0), abi(1, 0), true),
            (abi(1, 0), abi(1, 2), true),
            (abi(1, 3), abi(1, 2), false),
            (abi(2, 0), abi(1, 2), false),
            (abi(0, 9), abi(1, 0), false),
        ] {
            assert_eq!(plugin.runs_on(host), runs, "{plugin} {host}");
        }
    }
}
