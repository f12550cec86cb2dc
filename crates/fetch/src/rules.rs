//! What a server's answer says of keeping it (RFC 9111, for a cache of one user).

use crate::clock::{self, Seconds};
use reqwest::header::{
    AGE, CACHE_CONTROL, DATE, ETAG, EXPIRES, HeaderMap, HeaderName, LAST_MODIFIED, VARY,
};

/// The text of a header, if it is one.
pub(crate) fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned)
}

/// What may be kept of an answer, and for how long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keeping {
    /// It must not be kept.
    pub(crate) no_store: bool,
    /// Seconds for which it may be used without asking, if the server says.
    pub(crate) fresh: Option<u64>,
    /// Names of request headers that it depends on; absent if it depends on everything.
    pub(crate) vary: Option<Vec<String>>,
}

impl Keeping {
    /// Reads the headers of an answer.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let control = joined(headers, CACHE_CONTROL).to_ascii_lowercase();
        let directives: Vec<&str> = control.split(',').map(str::trim).collect();
        let has = |name: &str| {
            directives.iter().any(|d| d.split('=').next().is_some_and(|n| n.trim() == name))
        };
        let vary = joined(headers, VARY).to_ascii_lowercase();
        let vary: Vec<String> =
            vary.split(',').map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()).collect();
        let fresh = if has("no-cache") { Some(0) } else { lifetime(headers, &directives) };
        let vary = (!vary.iter().any(|name| name == "*")).then_some(vary);
        Self { no_store: has("no-store"), fresh, vary }
    }
}

fn joined(headers: &HeaderMap, name: HeaderName) -> String {
    let all: Vec<&str> = headers.get_all(name).iter().filter_map(|v| v.to_str().ok()).collect();
    all.join(",")
}

/// Seconds that an answer is fresh from now: `max-age`, else `Expires`, less its age. There is no
/// guess where the server says nothing.
fn lifetime(headers: &HeaderMap, directives: &[&str]) -> Option<u64> {
    let max_age = directives.iter().find_map(|d| d.strip_prefix("max-age="));
    let date = text(headers, DATE).and_then(|d| clock::http_date(&d)).unwrap_or_else(clock::now);
    let whole = match max_age {
        // What cannot be read is stale (section 4.2.1).
        Some(seconds) => seconds.trim_matches('"').parse::<u64>().unwrap_or(0),
        None => {
            let expires = text(headers, EXPIRES)?;
            let seconds = clock::http_date(&expires).map_or(0, |at| at - date);
            u64::try_from(seconds).unwrap_or(0)
        }
    };
    let age = text(headers, AGE).and_then(|a| a.trim().parse::<u64>().ok()).unwrap_or(0);
    Some(whole.saturating_sub(age))
}

/// By what an answer is known again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Validators {
    pub(crate) etag: Option<String>,
    pub(crate) last_modified: Option<String>,
}

impl Validators {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        Self { etag: text(headers, ETAG), last_modified: text(headers, LAST_MODIFIED) }
    }

    /// What proves that two parts are of one content: a strong tag, or a date that lay back far
    /// enough when the server stated it (RFC 9110, section 8.8.2.2).
    pub(crate) fn strong(headers: &HeaderMap) -> Option<String> {
        if let Some(tag) = text(headers, ETAG) {
            return (!tag.starts_with("W/")).then_some(tag);
        }
        let modified = text(headers, LAST_MODIFIED)?;
        let date: Seconds = clock::http_date(&text(headers, DATE)?)?;
        (date - clock::http_date(&modified)? >= 60).then_some(modified)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&str, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in lines {
            map.append(HeaderName::try_from(*name).unwrap(), value.parse().unwrap());
        }
        map
    }

    const DAY: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const HOUR_LATER: &str = "Sun, 06 Nov 1994 09:49:37 GMT";

    #[test]
    fn freshness_is_what_the_server_says_and_no_guess() {
        for (lines, fresh) in [
            (vec![], None),
            (vec![("last-modified", DAY)], None),
            (vec![("cache-control", "max-age=60")], Some(60)),
            (vec![("cache-control", "public, Max-Age=60"), ("age", "15")], Some(45)),
            (vec![("cache-control", "max-age=60"), ("age", "100")], Some(0)),
            (vec![("cache-control", "max-age=60, no-cache")], Some(0)),
            (vec![("cache-control", "max-age=soon")], Some(0)),
            (vec![("expires", HOUR_LATER), ("date", DAY)], Some(3600)),
            (vec![("expires", DAY), ("date", HOUR_LATER)], Some(0)),
            (vec![("expires", "0")], Some(0)),
            (vec![("expires", HOUR_LATER), ("date", DAY), ("cache-control", "max-age=5")], Some(5)),
        ] {
            assert_eq!(Keeping::of(&headers(&lines)).fresh, fresh, "{lines:?}");
        }
    }

    #[test]
    fn what_must_not_be_kept_and_what_it_depends_on() {
        let keeping = Keeping::of(&headers(&[("cache-control", "private, no-store")]));
        assert!(keeping.no_store && keeping.vary == Some(vec![]));
        let keeping = Keeping::of(&headers(&[("vary", "Accept, User-Agent"), ("vary", "X")]));
        assert_eq!(keeping.vary.unwrap(), ["accept", "user-agent", "x"]);
        assert_eq!(Keeping::of(&headers(&[("vary", "*")])).vary, None);
    }

    #[test]
    fn parts_are_joined_by_strong_validators_alone() {
        for (lines, strong) in [
            (vec![("etag", "\"a\"")], Some("\"a\"")),
            (vec![("etag", "W/\"a\""), ("last-modified", DAY), ("date", HOUR_LATER)], None),
            (vec![("last-modified", DAY), ("date", HOUR_LATER)], Some(DAY)),
            (vec![("last-modified", DAY), ("date", DAY)], None),
            (vec![("last-modified", DAY)], None),
            (vec![], None),
        ] {
            assert_eq!(Validators::strong(&headers(&lines)).as_deref(), strong, "{lines:?}");
        }
    }
}
