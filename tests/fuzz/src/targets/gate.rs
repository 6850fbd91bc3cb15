//! The gate of an inbox (`federation::gate`): a request as bytes, judged without asking anyone.

use std::sync::LazyLock;

use rustine_domain::time::Timestamp;
use serde_json::Value;
use url::Url;

use crate::gate::{MAX_BODY_BYTES, Outcome, Passed, Site, judge};
use crate::signature::{Fields, Received, digest_field, http_date};

/// 2026-11-21T19:27:48Z.
const NOW: i64 = 1_795_289_268;

static ORIGIN: LazyLock<Url> = LazyLock::new(|| Url::parse("https://a.example").expect("a URL"));

/// Header lines, an empty line, the body. `*` in the place of a digest or a date stands for the right one, which no
/// fuzzer would guess.
pub fn run(data: &[u8]) {
    let end = data
        .windows(2)
        .position(|pair| pair == b"\n\n")
        .unwrap_or(data.len());
    let body = data.get(end + 2..).unwrap_or_default();
    let (digest, date) = (digest_field(body), http_date(now()));
    let lines = data[..end].split(|byte| *byte == b'\n').take(64);
    let fields = lines.filter_map(|line| {
        let at = line.iter().position(|byte| *byte == b':')?;
        let name = std::str::from_utf8(&line[..at]).ok()?;
        let value = match (&line[at + 1..], name.to_ascii_lowercase().as_str()) {
            (b" *", "digest") => digest.as_bytes(),
            (b" *", "date") => date.as_bytes(),
            (value, _) => value,
        };
        Some((name, value))
    });
    let fields = Fields::new(fields);
    let request = Received {
        method: "POST",
        target: "/inbox",
        fields: &fields,
        body,
    };
    let Outcome::Accept(passed) = judge(request, &site(false)) else {
        return;
    };
    sound(&passed, &fields, body);
    assert!(
        matches!(judge(request, &site(true)), Outcome::Refuse(_)),
        "a blocked server passed"
    );
    let mut other = body.to_vec();
    other.push(b' ');
    let forged = Received {
        body: &other,
        ..request
    };
    assert!(
        matches!(judge(forged, &site(false)), Outcome::Refuse(_)),
        "the body is not bound"
    );
}

fn sound(passed: &Passed, fields: &Fields, body: &[u8]) {
    assert!(body.len() <= MAX_BODY_BYTES);
    let plain: Value = serde_json::from_slice(body).expect("JSON for every reader");
    assert_eq!(plain, passed.activity, "two readers see two activities");
    for (member, value) in [("id", &passed.id), ("actor", &passed.actor)] {
        let text = plain[member].as_str().expect("one string");
        assert_eq!(Url::parse(text).as_ref(), Ok(value));
        assert_ne!(value.origin(), ORIGIN.origin(), "{member} is ours");
        assert_eq!(value.scheme(), "https");
        assert!(value.domain().is_some_and(|name| name.contains('.')));
    }
    assert_eq!(
        passed.id.origin(),
        passed.actor.origin(),
        "said in the name of another server"
    );
    assert_eq!(
        passed.key_id.origin(),
        passed.actor.origin(),
        "signed by another server"
    );
    assert_eq!(plain["type"].as_str(), Some(passed.kind.as_str()));
    let odd = |key: &String| key.starts_with('@') && key != "@context";
    assert!(!plain.as_object().expect("an object").keys().any(odd));
    for name in ["signature", "host", "content-type"] {
        assert_eq!(fields.all(name).count(), 1, "{name}");
    }
    // The name of a host and that of the digest's algorithm are compared without case.
    let signed = &passed.signed.signing_string;
    let folded = signed.to_ascii_lowercase();
    assert!(signed.contains("(request-target): post /inbox"));
    assert!(folded.contains("host: a.example") && folded.contains("digest: sha-256="));
}

fn now() -> Timestamp {
    Timestamp::from_seconds(NOW).expect("a moment")
}

fn site(blocks_everybody: bool) -> Site<'static> {
    Site {
        origin: &ORIGIN,
        hosts: &["a.example"],
        dev: false,
        now: now(),
        blocked: if blocks_everybody {
            &|_| true
        } else {
            &|_| false
        },
        allowed: None,
        may_ask: false,
        knows_actor: &|_| false,
    }
}
