//! Where webhooks may go: to the public internet, over HTTPS, and not into the network that Lectern runs in.
//!
//! A name is resolved, what it says is checked, and the connection is made to the addresses that passed: nothing is resolved
//! a second time. Redirects are not followed. An address that stands in the URL itself is checked before.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The longest URL, in bytes.
pub(super) const URL_LENGTH_MAX: usize = 2_000;

/// What is allowed beyond public addresses over HTTPS.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policy {
    pub(super) allow_http: bool,
    pub(super) allow_private: bool,
}

/// What is allowed of addresses, and why.
const PUBLIC: &str = "a URL of the public internet: private, local and reserved addresses are refused, since a webhook could reach \
     what is inside of the school's own network";

/// IPv4 networks that are nobody's to be reached: IANA's registry of special purposes, multicast and reserved ones.
const SPECIAL_V4: &[(Ipv4Addr, u32)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 3),
];
/// Parts of 2000::/3, which alone is global unicast, that are special: protocol assignments with Teredo, documentation, 6to4.
const SPECIAL_V6: &[(Ipv6Addr, u32)] = &[
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether an address is one of the public internet. IPv4 within IPv6, in whichever way, is not.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let is_in = |(net, bits): &(Ipv4Addr, u32)| (v4.to_bits() ^ net.to_bits()) >> (32 - bits) == 0;
            !SPECIAL_V4.iter().any(is_in)
        }
        IpAddr::V6(v6) => {
            let is_in = |(net, bits): &(Ipv6Addr, u32)| (v6.to_bits() ^ net.to_bits()) >> (128 - bits) == 0;
            v6.segments()[0] >> 13 == 1 && !SPECIAL_V6.iter().any(is_in)
        }
    }
}

impl Policy {
    fn allows(self, address: IpAddr) -> bool {
        self.allow_private || is_public(address)
    }

    /// A URL that may be called, as far as can be told without resolving its name; else what is allowed.
    pub(super) fn check(self, text: &str) -> Result<Url, &'static str> {
        let wanted = if self.allow_http { "an http or https URL" } else { "an https URL" };
        let url = Url::parse(text).map_err(|_| wanted)?;
        if text.len() > URL_LENGTH_MAX || !(url.scheme() == "https" || (self.allow_http && url.scheme() == "http")) {
            return Err(wanted);
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err("a URL without a user, a password and a fragment");
        }
        let host = url.host_str().ok_or(wanted)?;
        match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            Ok(address) if !self.allows(address) => Err(PUBLIC),
            _ => Ok(url),
        }
    }
}

/// Resolves names to addresses that are allowed. The connection is made to one of these and no other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resolver(pub(super) Policy);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| policy.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err("the name leads to no address of the public internet".into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: Policy = Policy { allow_http: false, allow_private: false };

    #[test]
    fn each_special_network_is_refused_to_its_ends_and_what_is_beyond_is_not() {
        let inside = "0.0.0.0 0.255.255.255 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.0 127.255.255.255 \
            169.254.0.0 169.254.169.254 169.254.255.255 172.16.0.0 172.31.255.255 192.0.0.0 192.0.0.255 192.0.2.0 192.0.2.255 \
            192.88.99.0 192.88.99.255 192.168.0.0 192.168.255.255 198.18.0.0 198.19.255.255 198.51.100.0 198.51.100.255 \
            203.0.113.0 203.0.113.255 224.0.0.0 239.255.255.255 240.0.0.0 255.255.255.255 \
            :: ::1 ::ffff:8.8.8.8 ::ffff:127.0.0.1 ::8.8.8.8 64:ff9b::8.8.8.8 64:ff9b:1::1 100::1 fc00::1 fd12::1 fe80::1 \
            fec0::1 ff02::1 ff0e::1 1fff:: 4000:: 2001::1 2001:1ff:ffff:: 2001:db8::1 2001:db8:ffff:: 2002:7f00:1:: 2002:808:808:: \
            3fff:: 3fff:fff:ffff::";
        for text in inside.split_whitespace() {
            assert!(!is_public(text.parse().unwrap()), "{text}");
        }
        let outside = "1.0.0.0 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 \
            169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0 192.88.98.255 192.88.100.0 \
            192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 \
            223.255.255.255 8.8.8.8 2000:: 2001:200:: 2001:db7:ffff:: 2001:db9:: 2003:: 2606:4700::1111 3ffe:: 3fff:1000::";
        for text in outside.split_whitespace() {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn an_address_in_the_url_is_refused_however_it_is_written() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "0",
            "169.254.169.254",
            "10.0.0.1",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[fe80::1]",
            "[fd00::1]",
            "①②⑦.0.0.1",
            "192.168.0.1.",
        ] {
            assert!(STRICT.check(&format!("https://{host}/hook")).is_err(), "{host}");
        }
        for text in [
            "http://a.example/",
            "ftp://a.example/",
            "https://u@a.example/",
            "https://u:p@a.example/",
            "https://",
            "https://a.example/#x",
            "file:///etc/passwd",
            "a.example",
            "",
        ] {
            assert!(STRICT.check(text).is_err(), "{text}");
        }
        assert!(STRICT.check(&format!("https://a.example/{}", "x".repeat(URL_LENGTH_MAX))).is_err());
        for text in ["https://a.example/hook?x=1", "https://8.8.8.8:8443/", "https://[2606:4700::1111]/"] {
            assert!(STRICT.check(text).is_ok(), "{text}");
        }
        let free = Policy { allow_http: true, allow_private: true };
        assert!(free.check("http://127.0.0.1:1/").is_ok() && free.check("ftp://127.0.0.1/").is_err());
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_refused_after_it_was_resolved() {
        let resolve = |policy| Resolver(policy).resolve("localhost".parse().unwrap());
        assert!(resolve(STRICT).await.is_err());
        let free = Policy { allow_http: true, allow_private: true };
        assert!(resolve(free).await.unwrap().all(|address| address.ip().is_loopback()));
    }
}
