//! How long, how much and how often, at most.

use std::time::Duration;

/// Bounds of what is fetched; every one can be set by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Until a connection stands.
    pub connect: Duration,
    /// Between two pieces of an answer.
    pub read: Duration,
    /// For one page, attempts and pauses included.
    pub total: Duration,
    /// First pause before another attempt; each further one is twice as long.
    pub pause: Duration,
    /// Longest pause that a server may ask for.
    pub patience: Duration,
    /// Bytes of one answer.
    pub size: u64,
    /// Times that a server may send on.
    pub redirects: u32,
    /// Attempts at one page.
    pub attempts: u32,
    /// Pages of one list.
    pub pages: u32,
    /// Requests of one run.
    pub requests: u32,
    /// Requests to one host at a time.
    pub per_host: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(30),
            total: Duration::from_secs(3600),
            pause: Duration::from_millis(500),
            patience: Duration::from_secs(60),
            size: 4 << 30,
            redirects: 10,
            attempts: 4,
            pages: 1000,
            requests: 5000,
            per_host: 2,
        }
    }
}

/// Name, default and meaning of each limit.
pub const LIMITS: &[[&str; 3]] = &[
    ["connect", "10", "seconds until a connection stands"],
    ["read", "30", "seconds between two pieces of an answer"],
    ["total", "3600", "seconds for one page, attempts and pauses included"],
    ["pause", "0.5", "seconds before a second attempt; twice as long before each further one"],
    ["patience", "60", "longest pause in seconds that a server may ask for"],
    ["size", "4GB", "bytes of one answer (kB, MB, GB)"],
    ["redirects", "10", "times that a server may send on"],
    ["attempts", "4", "attempts at one page"],
    ["pages", "1000", "pages of one list"],
    ["requests", "5000", "requests of one run"],
    ["per-host", "2", "requests to one host at a time"],
];

impl Limits {
    /// Sets one limit from `NAME=VALUE`.
    ///
    /// # Errors
    /// In words, what was expected.
    pub fn set(&mut self, setting: &str) -> Result<(), String> {
        let (name, value) = setting
            .split_once('=')
            .ok_or_else(|| format!("found `{setting}`, expected `NAME=VALUE`"))?;
        let wrong = |expected: &str| format!("`{name}` is `{value}`, expected {expected}");
        let seconds = || seconds(value).ok_or_else(|| wrong("seconds, such as `30`"));
        let count = || {
            let count = value.parse::<u32>().ok().filter(|n| *n > 0);
            count.ok_or_else(|| wrong("a whole number from 1"))
        };
        match name {
            "connect" => self.connect = seconds()?,
            "read" => self.read = seconds()?,
            "total" => self.total = seconds()?,
            "pause" => self.pause = seconds()?,
            "patience" => self.patience = seconds()?,
            "size" => self.size = bytes(value).ok_or_else(|| wrong("bytes, such as `500MB`"))?,
            "redirects" => self.redirects = value.parse().map_err(|_| wrong("a whole number"))?,
            "attempts" => self.attempts = count()?,
            "pages" => self.pages = count()?,
            "requests" => self.requests = count()?,
            "per-host" => self.per_host = count()?,
            _ => return Err(unknown(name)),
        }
        Ok(())
    }
}

fn unknown(name: &str) -> String {
    let names: Vec<&str> = LIMITS.iter().map(|[name, ..]| *name).collect();
    format!("no limit is called `{name}`; there are: {}", names.join(", "))
}

/// Seconds, up to a day short of 100 years.
fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok().filter(|d| d.as_secs() < 3_155_000_000)
}

/// `500`, `500kB`, `20MB`, `4GB`, in steps of 1024.
fn bytes(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let shift = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" => 10,
        "m" | "mb" => 20,
        "g" | "gb" => 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(1 << shift)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_set_by_name() {
        let mut limits = Limits::default();
        for setting in ["read=0.25", "size=2MB", "per-host=1", "redirects=0"] {
            limits.set(setting).unwrap();
        }
        assert_eq!(limits.read, Duration::from_millis(250));
        assert_eq!((limits.size, limits.per_host, limits.redirects), (2 << 20, 1, 0));
        for wrong in ["read", "read=", "read=-1", "read=nan", "size=2TB", "pages=0", "colour=1"] {
            assert!(limits.set(wrong).is_err(), "{wrong}");
        }
    }

    /// The list that people see says what is so.
    #[test]
    fn the_listed_defaults_are_the_defaults() {
        let mut limits = Limits { size: 1, read: Duration::ZERO, ..Limits::default() };
        for [name, value, _] in LIMITS {
            limits.set(&format!("{name}={value}")).unwrap();
        }
        assert_eq!(limits, Limits::default());
    }
}
