use super::*;

fn why(address: &str) -> Option<Forbidden> {
    forbidden(address.parse().unwrap())
}

#[test]
fn ordinary_public_addresses_are_open() {
    for address in [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "168.63.129.15",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.0.3.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "203.0.112.255",
        "203.0.114.0",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450:4001::1",
        "2001:200::1",
        "2001:4860::8888",
        "2003::1",
        "3ffe::1",
        "::ffff:1.1.1.1",
        "64:ff9b::1.1.1.1",
    ] {
        assert_eq!(why(address), None, "{address}");
    }
}

#[test]
fn both_ends_of_each_forbidden_ipv4_range_are_closed() {
    for (first, last, expected) in [
        ("0.0.0.0", "0.255.255.255", Forbidden::ThisHost),
        ("10.0.0.0", "10.255.255.255", Forbidden::Private),
        ("100.64.0.0", "100.127.255.255", Forbidden::CarrierGrade),
        ("127.0.0.0", "127.255.255.255", Forbidden::Loopback),
        ("168.63.129.16", "168.63.129.16", Forbidden::CloudPlatform),
        ("169.254.0.0", "169.254.255.255", Forbidden::LinkLocal),
        ("172.16.0.0", "172.31.255.255", Forbidden::Private),
        ("192.0.0.0", "192.0.0.255", Forbidden::Protocol),
        ("192.0.2.0", "192.0.2.255", Forbidden::Documentation),
        ("192.88.99.0", "192.88.99.255", Forbidden::Tunnel),
        ("192.168.0.0", "192.168.255.255", Forbidden::Private),
        ("198.18.0.0", "198.19.255.255", Forbidden::Benchmark),
        ("198.51.100.0", "198.51.100.255", Forbidden::Documentation),
        ("203.0.113.0", "203.0.113.255", Forbidden::Documentation),
        ("224.0.0.0", "239.255.255.255", Forbidden::Multicast),
        ("240.0.0.0", "255.255.255.255", Forbidden::Reserved),
    ] {
        assert_eq!(why(first), Some(expected), "{first}");
        assert_eq!(why(last), Some(expected), "{last}");
        // The same address in its IPv6 clothes.
        for clothes in [
            "::ffff:",
            "64:ff9b::",
            "2606:4700::5efe:",
            "2606:4700::200:5efe:",
        ] {
            let dressed = format!("{clothes}{first}");
            assert_eq!(why(&dressed), Some(expected), "{dressed}");
        }
    }
}

#[test]
fn special_ipv6_space_is_closed() {
    for (address, expected) in [
        ("::", Forbidden::ThisHost),
        ("::1", Forbidden::Loopback),
        ("::127.0.0.1", Forbidden::Reserved),
        ("::8.8.8.8", Forbidden::Reserved),
        ("::ffff:0:127.0.0.1", Forbidden::Reserved),
        ("64:ff9b:1::7f00:1", Forbidden::Reserved),
        ("100::1", Forbidden::Reserved),
        ("2001::7f00:1", Forbidden::Tunnel),
        ("2001:2::1", Forbidden::Benchmark),
        ("2001:10::1", Forbidden::Protocol),
        ("2001:1ff:ffff::1", Forbidden::Protocol),
        ("2001:db8::1", Forbidden::Documentation),
        ("2002:7f00:1::1", Forbidden::Tunnel),
        ("2002:808:808::1", Forbidden::Tunnel),
        ("2002:ffff::1", Forbidden::Tunnel),
        ("3fff::1", Forbidden::Documentation),
        ("5f00::1", Forbidden::Reserved),
        ("fc00::1", Forbidden::Private),
        ("fd00:ec2::254", Forbidden::Private),
        ("fe80::1", Forbidden::LinkLocal),
        ("febf::1", Forbidden::LinkLocal),
        ("fec0::1", Forbidden::Private),
        ("feff::1", Forbidden::Private),
        ("ff02::1", Forbidden::Multicast),
    ] {
        assert_eq!(why(address), Some(expected), "{address}");
    }
}

#[test]
fn a_range_holds_its_addresses_and_no_neighbour() {
    let range: AddressRange = "10.1.0.0/16".parse().unwrap();
    assert!(range.contains("10.1.255.255".parse().unwrap()));
    assert!(range.contains("::ffff:10.1.0.1".parse().unwrap()));
    assert!(!range.contains("10.2.0.0".parse().unwrap()));
    assert!(!range.contains("fd00::1".parse().unwrap()));
    let six: AddressRange = "fd00::/8".parse().unwrap();
    assert!(six.contains("fdff::1".parse().unwrap()));
    assert!(!six.contains("fc00::1".parse().unwrap()));
    let everything: AddressRange = "0.0.0.0/0".parse().unwrap();
    assert!(everything.contains("255.255.255.255".parse().unwrap()));
    let one: AddressRange = "10.1.2.3".parse().unwrap();
    assert_eq!(one.to_string(), "10.1.2.3/32");
    assert!(!one.contains("10.1.2.2".parse().unwrap()));
}

#[test]
fn what_is_no_range_is_refused_with_its_spelling() {
    for text in [
        "",
        "10",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/+8",
        "::/129",
        "010.0.0.1",
        "fe80::1%eth0",
        "a/8",
    ] {
        assert_eq!(
            text.parse::<AddressRange>(),
            Err(InvalidRange(text.into())),
            "{text}"
        );
    }
}
