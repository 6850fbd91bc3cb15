//! Which addresses a node never connects to, whatever name led there (`protocol.md` §1).
//!
//! Pure. The rule for IPv6 is a positive one: only global unicast space (2000::/3) minus its special parts,
//! so ranges that nobody thought of are refused too. Forms that carry an IPv4 address inside are judged by it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Why an address is never opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forbidden {
    /// 0.0.0.0/8 and `::`: "this host", which reaches loopback on many systems.
    ThisHost,
    /// 127.0.0.0/8, `::1`.
    Loopback,
    /// RFC 1918 and fc00::/7, and the withdrawn fec0::/10.
    Private,
    /// 169.254.0.0/16 and fe80::/10; the metadata services of clouds live here.
    LinkLocal,
    /// 100.64.0.0/10: a provider's network, and some clouds' metadata.
    CarrierGrade,
    /// An address inside a cloud platform that answers questions about the machine.
    CloudPlatform,
    /// 192.0.0.0/24, 2001::/23 and others set aside for protocols.
    Protocol,
    /// Ranges for books and manuals.
    Documentation,
    /// 198.18.0.0/15, 2001:2::/48.
    Benchmark,
    /// 224.0.0.0/4, ff00::/8.
    Multicast,
    /// 6to4 and Teredo: no server lives behind them, and they carry an IPv4 address of the sender's choice.
    Tunnel,
    /// 240.0.0.0/4, broadcast, and IPv6 outside 2000::/3.
    Reserved,
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ThisHost => "this host itself",
            Self::Loopback => "a loopback address",
            Self::Private => "a private address",
            Self::LinkLocal => "a link-local address",
            Self::CarrierGrade => "an address inside a provider's network",
            Self::CloudPlatform => "an address of a cloud platform's own services",
            Self::Protocol => "an address set aside for protocols",
            Self::Documentation => "an address for documentation only",
            Self::Benchmark => "an address for benchmarks only",
            Self::Multicast => "a multicast address",
            Self::Tunnel => "an address of a 6to4 or Teredo tunnel",
            Self::Reserved => "a reserved address",
        })
    }
}

const V4: &[(Ipv4Addr, u8, Forbidden)] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8, Forbidden::ThisHost),
    (Ipv4Addr::new(10, 0, 0, 0), 8, Forbidden::Private),
    (Ipv4Addr::new(100, 64, 0, 0), 10, Forbidden::CarrierGrade),
    (Ipv4Addr::new(127, 0, 0, 0), 8, Forbidden::Loopback),
    // A public address by its number, yet it answers for the platform from inside every Azure machine.
    (
        Ipv4Addr::new(168, 63, 129, 16),
        32,
        Forbidden::CloudPlatform,
    ),
    (Ipv4Addr::new(169, 254, 0, 0), 16, Forbidden::LinkLocal),
    (Ipv4Addr::new(172, 16, 0, 0), 12, Forbidden::Private),
    (Ipv4Addr::new(192, 0, 0, 0), 24, Forbidden::Protocol),
    (Ipv4Addr::new(192, 0, 2, 0), 24, Forbidden::Documentation),
    (Ipv4Addr::new(192, 88, 99, 0), 24, Forbidden::Tunnel),
    (Ipv4Addr::new(192, 168, 0, 0), 16, Forbidden::Private),
    (Ipv4Addr::new(198, 18, 0, 0), 15, Forbidden::Benchmark),
    (Ipv4Addr::new(198, 51, 100, 0), 24, Forbidden::Documentation),
    (Ipv4Addr::new(203, 0, 113, 0), 24, Forbidden::Documentation),
    (Ipv4Addr::new(224, 0, 0, 0), 4, Forbidden::Multicast),
    (Ipv4Addr::new(240, 0, 0, 0), 4, Forbidden::Reserved),
];

const V6: &[(Ipv6Addr, u8, Forbidden)] = &[
    (Ipv6Addr::UNSPECIFIED, 128, Forbidden::ThisHost),
    (Ipv6Addr::LOCALHOST, 128, Forbidden::Loopback),
    (
        Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0),
        32,
        Forbidden::Tunnel,
    ),
    (
        Ipv6Addr::new(0x2001, 2, 0, 0, 0, 0, 0, 0),
        48,
        Forbidden::Benchmark,
    ),
    (
        Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0),
        23,
        Forbidden::Protocol,
    ),
    (
        Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0),
        32,
        Forbidden::Documentation,
    ),
    (
        Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0),
        16,
        Forbidden::Tunnel,
    ),
    (
        Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0),
        20,
        Forbidden::Documentation,
    ),
    (
        Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0),
        7,
        Forbidden::Private,
    ),
    (
        Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0),
        10,
        Forbidden::LinkLocal,
    ),
    (
        Ipv6Addr::new(0xfec0, 0, 0, 0, 0, 0, 0, 0),
        10,
        Forbidden::Private,
    ),
    (
        Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0),
        8,
        Forbidden::Multicast,
    ),
];

/// Why `address` is never opened; `None` if it is an ordinary address of the public Internet.
pub fn forbidden(address: IpAddr) -> Option<Forbidden> {
    match address {
        IpAddr::V4(v4) => forbidden_v4(v4),
        IpAddr::V6(v6) => forbidden_v6(v6),
    }
}

fn forbidden_v4(address: Ipv4Addr) -> Option<Forbidden> {
    let found = V4
        .iter()
        .find(|(base, length, _)| same_v4_prefix(*base, address, *length));
    found.map(|(_, _, why)| *why)
}

fn forbidden_v6(address: Ipv6Addr) -> Option<Forbidden> {
    let segments = address.segments();
    match segments {
        // ::ffff:a.b.c.d, and 64:ff9b::a.b.c.d by which hosts with IPv6 alone reach IPv4 servers.
        [0, 0, 0, 0, 0, 0xffff, _, _] | [0x64, 0xff9b, 0, 0, 0, 0, _, _] => {
            return forbidden_v4(last_v4(segments));
        }
        // ISATAP: …:5efe:a.b.c.d.
        [_, _, _, _, 0 | 0x200, 0x5efe, _, _] => {
            if let Some(why) = forbidden_v4(last_v4(segments)) {
                return Some(why);
            }
        }
        _ => {}
    }
    let found = V6
        .iter()
        .find(|(base, length, _)| same_v6_prefix(*base, address, *length));
    match found {
        Some((_, _, why)) => Some(*why),
        None if segments[0] & 0xe000 == 0x2000 => None,
        None => Some(Forbidden::Reserved),
    }
}

fn last_v4(segments: [u16; 8]) -> Ipv4Addr {
    let [a, b] = segments[6].to_be_bytes();
    let [c, d] = segments[7].to_be_bytes();
    Ipv4Addr::new(a, b, c, d)
}

fn same_v4_prefix(left: Ipv4Addr, right: Ipv4Addr, length: u8) -> bool {
    let different = left.to_bits() ^ right.to_bits();
    different.leading_zeros() >= u32::from(length)
}

fn same_v6_prefix(left: Ipv6Addr, right: Ipv6Addr, length: u8) -> bool {
    let different = left.to_bits() ^ right.to_bits();
    different.leading_zeros() >= u32::from(length)
}

/// A range of addresses that the operator permits (`outbound.allow`): `10.1.0.0/16`, `fd00::/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRange {
    base: IpAddr,
    length: u8,
}

/// Text that is no address range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no address range; write it as 10.1.0.0/16, fd00::/8 or 10.1.2.3")]
pub struct InvalidRange(String);

impl AddressRange {
    /// Whether `address` lies inside; an IPv4 address written in IPv6 (`::ffff:10.0.0.1`) counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, address.to_canonical()) {
            (IpAddr::V4(base), IpAddr::V4(v4)) => same_v4_prefix(base, v4, self.length),
            (IpAddr::V6(base), IpAddr::V6(v6)) => same_v6_prefix(base, v6, self.length),
            _ => false,
        }
    }
}

impl FromStr for AddressRange {
    type Err = InvalidRange;
    fn from_str(text: &str) -> Result<Self, InvalidRange> {
        let invalid = || InvalidRange(text.chars().take(80).collect());
        let (base, length) = match text.split_once('/') {
            Some((base, length)) => (base, Some(length)),
            None => (text, None),
        };
        let base: IpAddr = base.parse().map_err(|_| invalid())?;
        let widest = if base.is_ipv4() { 32 } else { 128 };
        let length = match length {
            None => widest,
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().map_err(|_| invalid())?
            }
            Some(_) => return Err(invalid()),
        };
        if length > widest {
            return Err(invalid());
        }
        Ok(Self { base, length })
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.length)
    }
}

#[cfg(test)]
mod tests;
