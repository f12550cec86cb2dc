//! Which addresses only this machine or its network can reach, and who may send us there.

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

/// Whether an address is none of the public network (IANA special-purpose registries).
pub(crate) fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_private_v4(v4),
        IpAddr::V6(v6) => is_private_v6(v6),
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || matches!(
            (a, b, c),
            (0 | 240..=255, ..) | (100, 64..=127, _) | (192, 0, 0) | (198, 18 | 19, _)
        )
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    let s = address.segments();
    match s {
        // Mapped and compatible, NAT64, 6to4: an address of the old kind inside.
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => is_private_v4(joined(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_private_v4(joined(high, low)),
        [0x2002, high, low, ..] => is_private_v4(joined(high, low)),
        // Local NAT64, discard, benchmarking and Teredo, documentation.
        [0x64, 0xff9b, ..] | [0x100, ..] | [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] => true,
        // Unique local, link-local, site-local, multicast.
        [first, ..] => matches!(first & 0xff00, 0xfc00 | 0xfd00 | 0xfe00 | 0xff00),
    }
}

fn joined(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

/// A name or an address that a server sent us to, and that is not public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Private {
    host: String,
    address: IpAddr,
}

impl fmt::Display for Private {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, address } = self;
        match host.parse::<IpAddr>() {
            Ok(_) => write!(f, "{address} is no public address"),
            Err(_) => write!(f, "`{host}` is {address}, no public address"),
        }
    }
}

impl std::error::Error for Private {}

/// The hosts that the user named, which may be anywhere; all others must be public.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guard {
    all: bool,
    named: Arc<Mutex<BTreeSet<String>>>,
}

impl Guard {
    /// A guard that lets everything pass, or only what is public or named.
    pub(crate) fn new(all: bool) -> Self {
        Self { all, ..Self::default() }
    }

    /// The user named this host.
    pub(crate) fn allow(&self, host: &str) {
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        named.insert(host.to_lowercase());
    }

    fn allows(&self, host: &str) -> bool {
        let named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        self.all || named.contains(&host.to_lowercase())
    }

    /// Refuses a URL whose host is written as a private address; names are judged by what they
    /// resolve to.
    pub(crate) fn check(&self, url: &Url) -> Result<(), Private> {
        let host = url.host_str().unwrap_or("");
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        match literal {
            Ok(address) => self.check_all(host, &[address]),
            Err(_) => Ok(()),
        }
    }

    /// Refuses addresses of a host that are not public, unless the user named it.
    pub(crate) fn check_all(&self, host: &str, found: &[IpAddr]) -> Result<(), Private> {
        if self.allows(host) {
            return Ok(());
        }
        match found.iter().find(|a| is_private(**a)) {
            Some(address) => Err(Private { host: host.to_owned(), address: *address }),
            None => Ok(()),
        }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let host = name.as_str();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host, 0)).await?.collect();
            let addresses: Vec<IpAddr> = found.iter().map(SocketAddr::ip).collect();
            guard.check_all(host, &addresses)?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_ranges_in_every_disguise() {
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
        ] {
            assert!(is_private(private.parse().unwrap()), "{private}");
        }
        for public in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2002:808:808::",
            "2001:4860:4860::8888",
        ] {
            assert!(!is_private(public.parse().unwrap()), "{public}");
        }
    }

    /// Other ways to write 127.0.0.1 are read by the URL's rules before they are judged.
    #[test]
    fn only_what_the_user_named_may_be_private() {
        let guard = Guard::new(false);
        guard.allow("127.0.0.1");
        for (url, fine) in [
            ("http://127.0.0.1:8080/", true),
            ("http://2130706433/", true),
            ("http://127.0.0.2/", false),
            ("http://0x7f.2/", false),
            ("http://[::1]/", false),
            ("http://[::ffff:7f00:1]/", false),
            ("http://8.8.8.8/", true),
        ] {
            assert_eq!(guard.check(&Url::parse(url).unwrap()).is_ok(), fine, "{url}");
        }
        assert!(Guard::new(true).check(&Url::parse("http://10.0.0.1/").unwrap()).is_ok());
        let shown = guard.check(&Url::parse("http://10.0.0.1/").unwrap()).unwrap_err();
        assert_eq!(shown.to_string(), "10.0.0.1 is no public address");
    }
}
