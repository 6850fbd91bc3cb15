//! Who asks, for limits: the network address behind a request, and what counts as one sender.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address of the client: the last one in `X-Forwarded-For` that is no trusted proxy, else the peer's.
///
/// `forwarded` are all headers of that name, in their order: a proxy may add a line of its own below the one that
/// a client invented, so reading only the first would let everybody choose an address.
pub fn client<'a>(
    peer: IpAddr,
    forwarded: impl IntoIterator<Item = &'a str>,
    trusted: &[String],
) -> IpAddr {
    let hops: Vec<&str> = forwarded
        .into_iter()
        .flat_map(|value| value.split(','))
        .collect();
    let mut client = peer.to_canonical();
    for hop in hops.iter().rev() {
        if !is_trusted(client, trusted) {
            break;
        }
        let Ok(address) = hop.trim().parse::<IpAddr>() else {
            break;
        };
        client = address.to_canonical();
    }
    client
}

/// True where one of the ranges holds the address.
pub fn is_trusted(address: IpAddr, trusted: &[String]) -> bool {
    trusted
        .iter()
        .filter_map(|range| parse(range))
        .any(|(base, bits)| holds(base, bits, address.to_canonical()))
}

/// True where `range` is an address or `address/bits`.
pub fn is_range(range: &str) -> bool {
    parse(range).is_some()
}

/// What counts as one sender: an IPv4 address, or the /64 that one customer of a provider gets.
pub fn of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(
            address.to_bits() & !u128::from(u64::MAX),
        )),
    }
}

/// An address without its last part, as people may see it again: `203.0.113.0`, `2001:db8:1::`.
pub fn blurred(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() & !0xff).to_string(),
        IpAddr::V6(address) => {
            Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 80)).to_string()
        }
    }
}

fn parse(range: &str) -> Option<(IpAddr, u32)> {
    let (base, bits) = match range.split_once('/') {
        Some((base, bits)) => (base, Some(bits.parse().ok()?)),
        None => (range, None),
    };
    let base = base.parse::<IpAddr>().ok()?.to_canonical();
    let width = if base.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(width);
    (bits <= width).then_some((base, bits))
}

fn holds(base: IpAddr, bits: u32, address: IpAddr) -> bool {
    match (base, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => {
            same(base.to_bits().into(), address.to_bits().into(), 32 - bits)
        }
        (IpAddr::V6(base), IpAddr::V6(address)) => {
            same(base.to_bits(), address.to_bits(), 128 - bits)
        }
        _ => false,
    }
}

fn same(one: u128, other: u128, rest: u32) -> bool {
    one.checked_shr(rest).unwrap_or(0) == other.checked_shr(rest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(peer: &str, forwarded: &[&str], expected: &str) {
        let trusted = ["127.0.0.0/8", "::1/128", "10.1.0.0/16", "192.0.2.7"].map(str::to_owned);
        let found = client(peer.parse().unwrap(), forwarded.iter().copied(), &trusted);
        assert_eq!(found.to_string(), expected, "{peer} {forwarded:?}");
    }

    #[test]
    fn only_a_trusted_proxy_may_say_who_asked() {
        check("203.0.113.9", &["198.51.100.1"], "203.0.113.9");
        check("127.0.0.1", &["198.51.100.1"], "198.51.100.1");
        check("::1", &["2001:db8::1"], "2001:db8::1");
        check("::ffff:127.0.0.1", &["198.51.100.1"], "198.51.100.1");
        check("192.0.2.7", &["198.51.100.1"], "198.51.100.1");
        check("192.0.2.8", &["198.51.100.1"], "192.0.2.8");
    }

    #[test]
    fn a_client_cannot_choose_its_address() {
        check("127.0.0.1", &["1.2.3.4, 198.51.100.1"], "198.51.100.1");
        check(
            "127.0.0.1",
            &["1.2.3.4, 198.51.100.1, 10.1.2.3"],
            "198.51.100.1",
        );
        check("10.2.0.1", &["1.2.3.4"], "10.2.0.1");
        // A proxy that adds a line of its own below the one that came.
        check("127.0.0.1", &["1.2.3.4", "198.51.100.1"], "198.51.100.1");
    }

    #[test]
    fn a_header_that_cannot_be_read_is_no_address() {
        check("127.0.0.1", &[], "127.0.0.1");
        check("127.0.0.1", &[""], "127.0.0.1");
        check("127.0.0.1", &["unknown"], "127.0.0.1");
        check("127.0.0.1", &["1.2.3.4, unknown"], "127.0.0.1");
    }

    #[test]
    fn a_range_is_an_address_or_a_part_of_the_net() {
        for good in [
            "10.0.0.0/8",
            "10.0.0.1",
            "::1/128",
            "2001:db8::/32",
            "0.0.0.0/0",
        ] {
            assert!(is_range(good), "{good}");
        }
        for bad in [
            "",
            "10.0.0.0/33",
            "10.0.0/8",
            "proxy.example",
            "10.0.0.0/",
            "::1/129",
        ] {
            assert!(!is_range(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_kept_of_an_address_names_nobody() {
        let blurred = |text: &str| blurred(text.parse().unwrap());
        assert_eq!(blurred("203.0.113.77"), "203.0.113.0");
        assert_eq!(blurred("::ffff:203.0.113.77"), "203.0.113.0");
        assert_eq!(blurred("2001:db8:1:2:3:4:5:6"), "2001:db8:1::");
    }

    #[test]
    fn an_ipv6_network_counts_as_a_whole() {
        let key = |text: &str| of(text.parse().unwrap()).to_string();
        assert_eq!(key("203.0.113.7"), "203.0.113.7");
        assert_eq!(key("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), key("2001:db8:1:2::1"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
    }
}
