//! The `Signature` field and what stands around it (`federation::signature`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustine_domain::time::Timestamp;

use crate::signature::{
    Fields, Parameters, Received, digest_field, http_date, parse_http_date, read_get, read_post,
};

/// 2026-11-21T19:27:48Z.
const NOW: i64 = 1_795_289_268;
const BODY: &[u8] = b"{}";

/// The first line is the `Signature` field, the second a `Date`; the other fields are honest.
pub fn run(data: &[u8]) {
    let (first, second) = match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[][..]),
    };
    if let Ok(text) = std::str::from_utf8(second) {
        date(text);
    }
    if let Ok(text) = std::str::from_utf8(first)
        && let Some(parameters) = Parameters::parse(text)
    {
        plain(&parameters);
        assert_eq!(
            Parameters::parse(&written(&parameters)).as_ref(),
            Some(&parameters)
        );
        // Said twice, whatever it is, it is refused.
        let twice = format!("{text},keyId=\"https://evil.example/#key\"");
        assert_eq!(
            Parameters::parse(&twice),
            None,
            "two readers may take two keys"
        );
    }
    request(first, second);
}

fn date(text: &str) {
    if let Some(at) = parse_http_date(text) {
        assert_eq!(http_date(at), text, "a date has one spelling");
    }
}

fn plain(parameters: &Parameters) {
    assert!(!parameters.key_id.is_empty());
    let texts = [Some(&parameters.key_id), parameters.algorithm.as_ref()];
    for text in texts.into_iter().flatten() {
        assert!(
            text.bytes()
                .all(|byte| (0x20..0x7f).contains(&byte) && byte != b'"' && byte != b'\\')
        );
    }
    let mut names = parameters.headers.clone();
    assert!(!names.is_empty() && names.iter().all(|name| *name == name.to_ascii_lowercase()));
    names.sort();
    names.dedup();
    assert_eq!(
        names.len(),
        parameters.headers.len(),
        "a field is signed twice"
    );
    assert!(
        parameters.created.is_none_or(|at| at >= 0) && parameters.expires.is_none_or(|at| at >= 0)
    );
}

fn written(parameters: &Parameters) -> String {
    let mut text = format!(
        "keyId=\"{}\",headers=\"{}\",signature=\"{}\"",
        parameters.key_id,
        parameters.headers.join(" "),
        STANDARD.encode(&parameters.signature)
    );
    if let Some(algorithm) = &parameters.algorithm {
        text.push_str(&format!(",algorithm=\"{algorithm}\""));
    }
    for (name, at) in [
        ("created", parameters.created),
        ("expires", parameters.expires),
    ] {
        if let Some(at) = at {
            text.push_str(&format!(",{name}={at}"));
        }
    }
    text
}

/// A signature that is worth verifying covers where, to whom, when and what.
fn request(signature: &[u8], said: &[u8]) {
    let now = Timestamp::from_seconds(NOW).expect("a moment");
    let (honest, digest) = (http_date(now), digest_field(BODY));
    let date = if said.is_empty() {
        honest.as_bytes()
    } else {
        said
    };
    let fields = Fields::new([
        ("Host", &b"a.example"[..]),
        ("Date", date),
        ("Digest", digest.as_bytes()),
        ("Signature", signature),
    ]);
    let request = Received {
        method: "POST",
        target: "/inbox?x=%20",
        fields: &fields,
        body: BODY,
    };
    let post = read_post(request, &["a.example"], now);
    let get = read_get(request, &["a.example"], now);
    let Ok(signed) = post else {
        return;
    };
    assert_eq!(get.as_ref(), Ok(&signed), "what a POST may, a GET may");
    let names: Vec<&str> = signed
        .signing_string
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, _)| name)
        .collect();
    for name in ["(request-target)", "host", "digest"] {
        assert_eq!(
            names.iter().filter(|own| **own == name).count(),
            1,
            "{name} is not signed once"
        );
    }
    assert!(names.contains(&"date") || names.contains(&"(created)"));
    assert!(
        signed
            .signing_string
            .contains("(request-target): post /inbox?x=%20")
    );
    assert!((NOW - 3600..=NOW + 300).contains(&signed.at.seconds()));
    for (target, method, body) in [
        ("/other", "POST", BODY),
        ("/inbox?x=%20", "PUT", BODY),
        ("/inbox?x=%20", "POST", b"[]"),
    ] {
        let other = read_post(
            Received {
                method,
                target,
                fields: &fields,
                body,
            },
            &["a.example"],
            now,
        );
        assert!(
            other.is_err()
                || other.is_ok_and(|other| other.signing_string != signed.signing_string)
        );
    }
    assert!(
        read_post(request, &["b.example"], now).is_err(),
        "made for another server"
    );
    let later = Timestamp::from_seconds(NOW + 7300).expect("a moment");
    assert!(
        read_post(request, &["a.example"], later).is_err(),
        "it never grows old"
    );
}
