//! Whose request it is, for the limits per address.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};

/// The address that a client's connections are counted by. With `forwarded_hops` proxies in front it is the entry of
/// `X-Forwarded-For` that the outermost of them wrote, so the n-th from the right: those further left are whatever the
/// client wrote. One household or school has one IPv4 address, but a whole /64 of IPv6, whose host part is cut off.
///
/// `extensions` are those of a request that came through [`http::serve`](crate::http::serve).
#[must_use]
pub fn client_address(forwarded_hops: u8, extensions: &Extensions, headers: &HeaderMap) -> IpAddr {
    let connection = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    let forwarded = forwarded_hops.checked_sub(1).and_then(|hop| {
        let values = headers.get_all("x-forwarded-for").iter().rev();
        let mut entries = values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.rsplit(','));
        entries.nth(usize::from(hop))?.trim().parse::<IpAddr>().ok()
    });
    prefix(forwarded.or(connection).unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)))
}

fn prefix(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(u128::from(v6) & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;

    fn address(hops: u8, connection: &str, forwarded: &[&str]) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(connection.parse().unwrap(), 4000)));
        let values = forwarded.iter().map(|v| (HeaderName::from_static("x-forwarded-for"), v.parse().unwrap()));
        client_address(hops, &extensions, &values.collect()).to_string()
    }

    #[test]
    fn forwarded_addresses_count_only_as_far_as_proxies_are_trusted() {
        assert_eq!(address(0, "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(address(1, "192.0.2.1", &["203.0.113.9, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(address(2, "192.0.2.1", &["10.0.0.1, 203.0.113.9", "198.51.100.7"]), "203.0.113.9");
        assert_eq!(address(1, "192.0.2.1", &["garbage"]), "192.0.2.1");
        assert_eq!(address(3, "192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
    }

    #[test]
    fn ipv6_counts_by_64_bits_and_mapped_ipv4_as_ipv4() {
        assert_eq!(address(0, "2001:db8:1:2:3:4:5:6", &[]), "2001:db8:1:2::");
        assert_eq!(address(0, "::ffff:192.0.2.1", &[]), "192.0.2.1");
    }
}
