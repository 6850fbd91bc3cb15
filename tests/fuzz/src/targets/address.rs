//! Addresses that a node never connects to (`outbound::address`), against the registry, in every spelling.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::Url;

use crate::address::{AddressRange, forbidden};
use crate::outbound::target::{BadUrl, Rules};

/// What the registries of special addresses list as not globally reachable, written down a second time as text:
/// RFC 6890 and its followers, and what this project refuses besides (multicast, 6to4, one address of a platform).
const CLOSED_V4: [&str; 16] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "168.63.129.16/32",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
];
/// Inside 2000::/3; everything outside is closed as well.
const CLOSED_V6: [&str; 4] = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

/// The first 16 bytes are an address, the rest is text in the place of a range.
pub fn run(data: &[u8]) {
    if let Some(four) = data.first_chunk::<4>() {
        v4(Ipv4Addr::from(*four));
    }
    if let Some(sixteen) = data.first_chunk::<16>() {
        v6(Ipv6Addr::from(*sixteen));
    }
    if let Ok(text) = std::str::from_utf8(data.get(16..).unwrap_or(data)) {
        range(text, data);
    }
}

fn v4(address: Ipv4Addr) {
    let expected = CLOSED_V4.iter().any(|range| inside_v4(range, address));
    let verdict = forbidden(address.into());
    assert_eq!(verdict.is_some(), expected, "{address}");
    if std_says_closed(address) {
        assert!(verdict.is_some(), "std closes {address}");
    }
    let [a, b, c, d] = address.octets();
    let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    for carrier in [
        [0, 0, 0, 0, 0, 0xffff, high, low],
        [0x64, 0xff9b, 0, 0, 0, 0, high, low],
    ] {
        let carrier = Ipv6Addr::from(carrier);
        assert_eq!(
            forbidden(carrier.into()),
            verdict,
            "{carrier} carries {address}"
        );
    }
    // Through 6to4 and the compatible form nothing is reached at all, and ISATAP hides nothing closed.
    assert!(forbidden(Ipv6Addr::from([0x2002, high, low, 0, 0, 0, 0, 1]).into()).is_some());
    assert!(forbidden(Ipv6Addr::from([0, 0, 0, 0, 0, 0, high, low]).into()).is_some());
    let isatap = Ipv6Addr::from([0x2a00, 1, 2, 3, 0, 0x5efe, high, low]);
    assert_eq!(
        forbidden(isatap.into()),
        verdict,
        "{isatap} carries {address}"
    );
    let number = u32::from(address);
    for spelling in [
        format!("{address}"),
        format!("{number}"),
        format!("{number:#x}"),
        format!("0{number:o}"),
        format!("{a:#x}.{b:#o}.{c}.{d}").replace("0o", "0"),
        format!("{a}.{}", number & 0xff_ffff),
        format!("{a}.{b}.{low}"),
        format!("{a}.{b}.{c}.{d}."),
        format!("[::ffff:{address}]"),
        format!("[::ffff:{high:x}:{low:x}]"),
    ] {
        never_opened(&spelling);
    }
}

/// No URL with an address in the place of a name is opened, however the address is written.
fn never_opened(host: &str) {
    let url = Url::parse(&format!("https://{host}/actor"));
    if let Ok(url) = url {
        assert_eq!(
            Rules::default().check(&url),
            Err(BadUrl::LiteralAddress),
            "{url}"
        );
    }
}

fn v6(address: Ipv6Addr) {
    let segments = address.segments();
    let verdict = forbidden(address.into());
    let carried = matches!(
        segments,
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..]
    );
    if !carried {
        let inner = Ipv4Addr::from((u32::from(segments[6]) << 16) | u32::from(segments[7]));
        let isatap = segments[4] & !0x200 == 0 && segments[5] == 0x5efe;
        let expected = !inside_v6("2000::/3", address)
            || CLOSED_V6.iter().any(|range| inside_v6(range, address))
            || isatap && forbidden(inner.into()).is_some();
        assert_eq!(verdict.is_some(), expected, "{address}");
    }
    for text in [
        address.to_string(),
        segments.map(|part| format!("{part:04X}")).join(":"),
    ] {
        let again: Ipv6Addr = text.parse().expect("a spelling");
        assert_eq!(forbidden(again.into()), verdict);
        never_opened(&format!("[{text}]"));
    }
}

fn std_says_closed(address: Ipv4Addr) -> bool {
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || address.is_unspecified()
}

/// A range that is read is the one that was written, and holds what shares its first bits.
fn range(text: &str, data: &[u8]) {
    let Ok(range) = text.parse::<AddressRange>() else {
        return;
    };
    let written = range.to_string();
    assert_eq!(written.parse::<AddressRange>().as_ref(), Ok(&range));
    let Some(four) = data.first_chunk::<4>() else {
        return;
    };
    let address = Ipv4Addr::from(*four);
    if written.contains('.') && !written.contains(':') {
        assert_eq!(
            range.contains(address.into()),
            inside_v4(&written, address),
            "{written} {address}"
        );
        assert_eq!(
            range.contains(IpAddr::from(address.to_ipv6_mapped())),
            range.contains(address.into())
        );
    }
    if let Some(sixteen) = data.first_chunk::<16>() {
        let address = Ipv6Addr::from(*sixteen);
        if written.contains(':') && address.to_ipv4_mapped().is_none() {
            assert_eq!(
                range.contains(address.into()),
                inside_v6(&written, address),
                "{written} {address}"
            );
        }
    }
}

fn inside_v4(range: &str, address: Ipv4Addr) -> bool {
    let (base, bits) = range.split_once('/').expect("a range");
    let base: Ipv4Addr = base.parse().expect("an address");
    let shift = 32 - bits.parse::<u32>().expect("a length");
    u64::from(u32::from(base)) >> shift == u64::from(u32::from(address)) >> shift
}

fn inside_v6(range: &str, address: Ipv6Addr) -> bool {
    let (base, bits) = range.split_once('/').expect("a range");
    let base: Ipv6Addr = base.parse().expect("an address");
    let bits: u32 = bits.parse().expect("a length");
    let first = |address: Ipv6Addr| u128::from(address).checked_shr(128 - bits).unwrap_or(0);
    first(base) == first(address)
}
