//! Texts that must have exactly one reading: parameters, dates, keys.

use rsa::pkcs8::{EncodePrivateKey as _, LineEnding};

use super::{NOW, at, pems, public_key, signing_key};
use crate::signature::{
    InvalidKey, KeyCache, Parameters, PublicKey, SigningKey, http_date, parse_http_date,
};

#[test]
fn only_the_grammar_of_the_draft_is_read() {
    let honest = "keyId=\"k\",headers=\"date host\",signature=\"AAAA\"";
    assert!(Parameters::parse(honest).is_some());
    assert!(
        Parameters::parse("keyId=\"a,b\" , headers=\"date\",\tsignature=\"\",x=\"y\"").is_some()
    );
    for field in [
        "",
        "keyId",
        "keyId=",
        "keyId=\"k",
        "Signature keyId=\"k\",headers=\"date\",signature=\"AAAA\"",
        "keyId=\"k\",headers=\"date\"",
        "headers=\"date\",signature=\"AAAA\"",
        "keyId=\"\",headers=\"date\",signature=\"AAAA\"",
        "keyId=\"k\",signature=\"AAAA\"",
        "keyId=\"k\",headers=\"\",signature=\"AAAA\"",
        "keyId=\"k\",headers=\"date  host\",signature=\"AAAA\"",
        "keyId=\"k\",headers=\" date\",signature=\"AAAA\"",
        "keyId=\"k\",headers=\"Date\",signature=\"AAAA\"",
        "keyId=\"k\",headers=\"date date\",signature=\"AAAA\"",
        "keyId=\"k\",headers=\"(x)\",signature=\"AAAA\"",
        "keyId=\"k\",headers=\"date\",signature=\"A\"",
        "keyId=\"k\",headers=\"date\",signature=\"AAAA\",",
        "keyId=\"k\",,headers=\"date\",signature=\"AAAA\"",
        "keyId=\"k\";headers=\"date\";signature=\"AAAA\"",
        "keyId=\"k\",keyId=\"l\",headers=\"date\",signature=\"AAAA\"",
        "keyId=\"k\",headers=\"date\",headers=\"host\",signature=\"AAAA\"",
        "keyId=\"k\",headers=\"date\",signature=\"AAAA\",signature=\"BBBB\"",
        "keyId=\"k\\\"\",headers=\"date\",signature=\"AAAA\"",
        "keyId=\"k\"x,headers=\"date\",signature=\"AAAA\"",
        "keyId=\"k\",headers=\"date\",created=1.5,signature=\"AAAA\"",
        "sig1=:AAAA:",
        "keyId=\"k\\x\",headers=\"date\",signature=\"AAAA\"",
        "keyId=\"k\tx\",headers=\"date\",signature=\"AAAA\"",
        "keyId=\"k\u{e9}\",headers=\"date\",signature=\"AAAA\"",
        "keyId=k\"x,headers=\"date\",signature=\"AAAA\"",
        "keyId=\"k\",headers=\"date\",signature=\"AAAA\",a-b=\"1\"",
    ] {
        assert_eq!(Parameters::parse(field), None, "{field}");
    }
}

#[test]
fn a_signature_of_a_size_beyond_reason_is_not_read() {
    let honest = "keyId=\"k\",headers=\"date host\",signature=\"AAAA\"";
    let of_bytes = |bytes: usize| {
        let empty = format!("{honest},x=\"\"");
        format!("{honest},x=\"{}\"", "y".repeat(bytes - empty.len()))
    };
    assert_eq!(of_bytes(8192).len(), 8192);
    assert!(Parameters::parse(&of_bytes(8192)).is_some());
    assert_eq!(Parameters::parse(&of_bytes(8193)), None);
    let of_names = |count: usize| {
        let names: Vec<String> = (0..count).map(|n| format!("x{n}")).collect();
        honest.replace("date host", &names.join(" "))
    };
    assert!(Parameters::parse(&of_names(32)).is_some());
    assert_eq!(Parameters::parse(&of_names(33)), None);
}

#[test]
fn a_date_has_one_spelling() {
    let text = "Sat, 21 Nov 2026 19:27:48 GMT";
    assert_eq!(parse_http_date(text), Some(at(NOW)));
    assert_eq!(http_date(at(NOW)), text);
    assert_eq!(http_date(at(784_111_777)), "Sun, 06 Nov 1994 08:49:37 GMT");
    for bad in [
        "Sat, 21 Nov 2026 19:27:48 UTC",
        " Sat, 21 Nov 2026 19:27:48 GMT",
        "sat, 21 nov 2026 19:27:48 gmt",
        "Sat, 21 Nov 2026 19:27:60 GMT",
    ] {
        assert_eq!(parse_http_date(bad), None, "{bad}");
    }
}

#[test]
fn keys_that_are_no_rsa_keys_of_2048_bits_are_refused() {
    let short = "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAL8AWqyX0s8jY4/VmJJ5gsXYhTQ3Qe/a\n-----END PUBLIC KEY-----";
    let (private, public) = pems();
    for bad in ["", "no key", short, private.as_str(), &"x".repeat(10_000)] {
        assert!(PublicKey::from_pem(bad).is_err(), "{bad}");
    }
    for bad in ["", "no key", public.as_str()] {
        assert!(
            matches!(SigningKey::from_pkcs8_pem(bad), Err(InvalidKey::Unreadable)),
            "{bad}"
        );
    }
    let cache = KeyCache::new(10);
    assert_eq!(*cache.load(public).unwrap(), public_key());
    assert_eq!(*cache.load(public).unwrap(), public_key());
    assert!(cache.load("no key").is_err());
    let other = PublicKey::from_pem(&format!("\n{public}\n")).unwrap();
    assert_eq!(other, public_key());
    let padded = |bytes: usize| format!("{public:bytes$}");
    assert!(PublicKey::from_pem(&padded(8192)).is_ok());
    assert!(PublicKey::from_pem(&padded(8193)).is_err());
}

#[test]
fn a_private_key_of_fewer_bits_is_refused_as_too_short() {
    let short = rsa::RsaPrivateKey::new(&mut rand::rngs::OsRng, 1024).unwrap();
    let short = short.to_pkcs8_pem(LineEnding::LF).unwrap();
    assert!(matches!(
        SigningKey::from_pkcs8_pem(&short),
        Err(InvalidKey::TooShort)
    ));
}

#[test]
fn a_key_shows_nothing_of_itself_in_a_log() {
    assert_eq!(format!("{:?}", signing_key()), "SigningKey");
    assert_eq!(format!("{:?}", public_key()), "PublicKey(2048 bits)");
}
