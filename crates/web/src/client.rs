//! The network address behind a request, for quotas: forwarded headers count only from proxies that we trust.

use std::net::IpAddr;

use actix_web::HttpRequest;

/// The address of the client: the last one in `X-Forwarded-For` that is not a trusted proxy, else the peer's.
pub fn address(request: &HttpRequest, trusted: &[String]) -> IpAddr {
    let peer = request
        .peer_addr()
        .map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.ip());
    let forwarded = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .collect::<Vec<_>>()
        .join(",");
    behind(peer, &forwarded, trusted)
}

fn behind(peer: IpAddr, forwarded: &str, trusted: &[String]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|range| holds(range, address));
    let mut client = peer.to_canonical();
    for hop in forwarded.rsplit(',') {
        if !is_trusted(client) {
            break;
        }
        let Ok(address) = hop.trim().parse::<IpAddr>() else {
            break;
        };
        client = address.to_canonical();
    }
    client
}

/// True where `range`, an address or `address/bits`, holds the address.
fn holds(range: &str, address: IpAddr) -> bool {
    let (base, bits) = range.split_once('/').unwrap_or((range, "128"));
    let (Ok(base), Ok(bits)) = (base.parse::<IpAddr>(), bits.parse::<u32>()) else {
        return false;
    };
    match (base.to_canonical(), address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => {
            same(base.to_bits().into(), address.to_bits().into(), 32, bits)
        }
        (IpAddr::V6(base), IpAddr::V6(address)) => {
            same(base.to_bits(), address.to_bits(), 128, bits)
        }
        _ => false,
    }
}

fn same(one: u128, other: u128, width: u32, bits: u32) -> bool {
    let rest = width - bits.min(width);
    one.checked_shr(rest).unwrap_or(0) == other.checked_shr(rest).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(peer: &str, forwarded: &str, expected: &str) {
        let trusted = [
            "127.0.0.0/8".to_owned(),
            "::1/128".to_owned(),
            "10.1.0.0/16".to_owned(),
        ];
        let client = behind(peer.parse().unwrap(), forwarded, &trusted);
        assert_eq!(client.to_string(), expected, "{peer} {forwarded}");
    }

    #[test]
    fn only_a_trusted_proxy_may_say_who_asked() {
        check("203.0.113.9", "198.51.100.1", "203.0.113.9");
        check("127.0.0.1", "198.51.100.1", "198.51.100.1");
        check("::1", "2001:db8::1", "2001:db8::1");
        check("::ffff:127.0.0.1", "198.51.100.1", "198.51.100.1");
    }

    #[test]
    fn a_client_cannot_choose_its_address() {
        check("127.0.0.1", "1.2.3.4, 198.51.100.1", "198.51.100.1");
        check(
            "127.0.0.1",
            "1.2.3.4, 198.51.100.1, 10.1.2.3",
            "198.51.100.1",
        );
        check("10.2.0.1", "1.2.3.4", "10.2.0.1");
    }

    #[test]
    fn a_header_that_cannot_be_read_is_no_address() {
        check("127.0.0.1", "", "127.0.0.1");
        check("127.0.0.1", "unknown", "127.0.0.1");
        check("127.0.0.1", "1.2.3.4, unknown", "127.0.0.1");
    }
}
