//! Requests signed by a real key over too little, for somebody else, or at another time.

use rustine_outbound::{Signer as _, Unsigned};

use super::{NOW, at, fields, public_key, signing_key, url};
use crate::signature::{
    Fault, Received, RequestSigner, digest_field, http_date, read_get, read_post, sign_get,
    sign_post,
};

const BODY: &[u8] = b"{\"type\":\"Follow\"}";
const HOSTS: &[&str] = &["a.example"];

/// Signs `lines` under the names `headers` and sends them with `sent` as fields.
fn check(
    headers: &str,
    lines: &[&str],
    parameters: &str,
    sent: &[(&str, &str)],
    expected: Result<(), Fault>,
) {
    use base64::Engine as _;
    let signature = signing_key().sign(lines.join("\n").as_bytes());
    let signature = base64::engine::general_purpose::STANDARD.encode(signature);
    let field = format!("keyId=\"k\",{parameters}headers=\"{headers}\",signature=\"{signature}\"");
    let mut all = vec![("Signature", field.as_str())];
    all.extend_from_slice(sent);
    let fields = fields(&all);
    let received = Received {
        method: "POST",
        target: "/inbox?x=1",
        fields: &fields,
        body: BODY,
    };
    let read = read_post(received, HOSTS, at(NOW));
    assert_eq!(
        read.as_ref().map(|_| ()).map_err(|fault| *fault),
        expected,
        "{headers} {parameters} {sent:?}"
    );
    if let Ok(signed) = read {
        assert!(signed.verify(&public_key()), "{}", signed.signing_string);
    }
}

#[test]
fn too_little_signed_is_refused_by_name() {
    let (date, digest) = (http_date(at(NOW)), digest_field(BODY));
    let sent = [
        ("Host", "a.example"),
        ("Date", &*date),
        ("Digest", &*digest),
    ];
    let lines = |names: &str| -> Vec<String> {
        let line = |name: &str| match name {
            "(request-target)" => "(request-target): post /inbox?x=1".to_owned(),
            "host" => "host: a.example".to_owned(),
            "date" => format!("date: {date}"),
            "digest" => format!("digest: {digest}"),
            "(created)" => format!("(created): {NOW}"),
            "(expires)" => format!("(expires): {NOW}"),
            // A field that is not sent.
            "x-absent" => "x-absent: ".to_owned(),
            other => panic!("{other}"),
        };
        names.split(' ').map(line).collect()
    };
    for (headers, parameters, expected) in [
        ("(request-target) host date digest", "", Ok(())),
        (
            "digest date host (request-target)",
            "algorithm=\"hs2019\",",
            Ok(()),
        ),
        (
            "(request-target) host date digest",
            "algorithm=\"rsa-sha256\",",
            Ok(()),
        ),
        (
            "(request-target) (created) host digest",
            "algorithm=\"hs2019\",created=1795289268,",
            Ok(()),
        ),
        (
            "(request-target) (created) host digest",
            "created=1795289268,expires=1795289268,",
            Ok(()),
        ),
        (
            "(request-target) (created) (expires) host digest",
            "created=1795289268,expires=1795289268,",
            Ok(()),
        ),
        (
            "(request-target) (created) (expires) host digest",
            "created=1795289268,",
            Err(Fault::FieldMissing),
        ),
        (
            "(request-target) host date digest x-absent",
            "",
            Err(Fault::FieldMissing),
        ),
        ("digest", "", Err(Fault::TargetUnsigned)),
        ("host date digest", "", Err(Fault::TargetUnsigned)),
        ("(request-target) date digest", "", Err(Fault::HostUnsigned)),
        ("(request-target) host date", "", Err(Fault::DigestUnsigned)),
        ("(request-target) host digest", "", Err(Fault::TimeUnsigned)),
        (
            "(request-target) host digest",
            "created=1795289268,",
            Err(Fault::TimeUnsigned),
        ),
        (
            "(request-target) (created) host digest",
            "",
            Err(Fault::TimeUnreadable),
        ),
        (
            "(request-target) (created) host digest",
            "algorithm=\"rsa-sha256\",created=1795289268,",
            Err(Fault::Algorithm),
        ),
        (
            "(request-target) (created) host digest",
            "created=1795285667,",
            Err(Fault::Old),
        ),
        (
            "(request-target) (created) host digest",
            "created=1795289569,",
            Err(Fault::Future),
        ),
        (
            "(request-target) (created) host digest",
            "created=1795289268,expires=1795289267,",
            Err(Fault::Old),
        ),
        (
            "(request-target) (created) host digest",
            "created=99999999999999,",
            Err(Fault::TimeUnreadable),
        ),
        (
            "(request-target) (created) host digest",
            "created=-1,",
            Err(Fault::Malformed),
        ),
        (
            "(request-target) host date digest",
            "algorithm=\"rsa-sha1\",",
            Err(Fault::Algorithm),
        ),
        (
            "(request-target) host date digest",
            "algorithm=\"none\",",
            Err(Fault::Algorithm),
        ),
        (
            "(request-target) host date digest",
            "algorithm=\"\",",
            Err(Fault::Algorithm),
        ),
    ] {
        let lines = lines(headers);
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        check(headers, &lines, parameters, &sent, expected);
    }
}

#[test]
fn fields_that_are_missing_doubled_or_wrong_are_refused_by_name() {
    let (date, digest) = (http_date(at(NOW)), digest_field(BODY));
    let (host, date, digest) = (
        ("Host", "a.example"),
        ("Date", &*date),
        ("Digest", &*digest),
    );
    let sha = &digest.1["SHA-256=".len()..];
    let small = format!("sha-256={sha}");
    let listed = format!("{},SHA-256={sha}", digest.1);
    let unpadded = digest.1.trim_end_matches('=').to_owned();
    let other = digest_field(b"{}");
    let sha512 = format!("SHA-512={sha}");
    let future = http_date(at(NOW + 70 * 365 * 86_400));
    let headers = "(request-target) host date digest";
    for (sent, expected) in [
        (vec![date, digest], Err(Fault::FieldMissing)),
        (vec![host, digest], Err(Fault::FieldMissing)),
        (vec![host, date], Err(Fault::FieldMissing)),
        (vec![host, host, date, digest], Err(Fault::FieldRepeated)),
        (vec![host, date, date, digest], Err(Fault::FieldRepeated)),
        (vec![host, date, digest, digest], Err(Fault::FieldRepeated)),
        (vec![("Host", "b.example"), date, digest], Err(Fault::Host)),
        (
            vec![("Host", "a.example:443"), date, digest],
            Err(Fault::Host),
        ),
        (vec![("Host", "a.example."), date, digest], Err(Fault::Host)),
        (vec![host, date, ("Digest", &other)], Err(Fault::Digest)),
        (vec![host, date, ("Digest", &listed)], Err(Fault::Digest)),
        (vec![host, date, ("Digest", &unpadded)], Err(Fault::Digest)),
        (vec![host, date, ("Digest", &sha512)], Err(Fault::Digest)),
        (vec![host, date, ("Digest", sha)], Err(Fault::Digest)),
        (vec![host, ("Date", ""), digest], Err(Fault::TimeUnreadable)),
        (
            vec![host, ("Date", "yesterday"), digest],
            Err(Fault::TimeUnreadable),
        ),
        (
            vec![host, ("Date", "Sun, 21 Nov 2026 19:27:48 GMT"), digest],
            Err(Fault::TimeUnreadable),
        ),
        (
            vec![host, ("Date", "Sat, 21 Nov 2026 20:27:48 +0100"), digest],
            Err(Fault::TimeUnreadable),
        ),
        (
            vec![host, ("Date", "Saturday, 21-Nov-26 19:27:48 GMT"), digest],
            Err(Fault::TimeUnreadable),
        ),
        (
            vec![host, ("Date", "2026-11-21T19:27:48Z"), digest],
            Err(Fault::TimeUnreadable),
        ),
        (vec![host, ("Date", &future), digest], Err(Fault::Future)),
        (
            vec![host, date, digest, ("Signature", "again")],
            Err(Fault::Repeated),
        ),
        (
            vec![host, date, digest, ("Signature-Input", "sig1=()")],
            Err(Fault::Rfc9421),
        ),
    ] {
        check(headers, &["unread"], "", &sent, expected);
    }
    let lines = [
        "(request-target): post /inbox?x=1",
        "host: a.example",
        "date: ",
        "digest: ",
    ];
    let lines = [
        lines[0].into(),
        lines[1].into(),
        format!("date: {}", date.1),
        format!("digest: {small}"),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    check(
        headers,
        &lines,
        "",
        &[host, date, ("Digest", &small)],
        Ok(()),
    );
}

#[test]
fn a_signature_in_authorization_alone_does_not_count() {
    let key = signing_key();
    let signed = sign_post(&key, "k", &url("https://a.example/inbox"), BODY, at(NOW));
    let mut sent: Vec<(&str, &str)> = vec![("Host", "a.example")];
    for (name, value) in &signed {
        sent.push(if *name == "signature" {
            ("authorization", value)
        } else {
            (name, value)
        });
    }
    let fields = fields(&sent);
    let received = Received {
        method: "POST",
        target: "/inbox",
        fields: &fields,
        body: BODY,
    };
    assert_eq!(read_post(received, HOSTS, at(NOW)), Err(Fault::Missing));
}

#[test]
fn what_we_sign_is_what_we_read() {
    for (text, host, target) in [
        ("https://a.example/inbox", "a.example", "/inbox"),
        ("https://a.example", "a.example", "/"),
        (
            "https://a.example/log/entries?from=1&limit=2",
            "a.example",
            "/log/entries?from=1&limit=2",
        ),
        (
            "http://a.localhost:8001/inbox",
            "a.localhost:8001",
            "/inbox",
        ),
    ] {
        let signer = RequestSigner {
            key: signing_key(),
            key_id: "https://b.example/actor#main-key".into(),
            now: at(NOW),
        };
        for body in [None, Some(BODY)] {
            let method = if body.is_some() { "POST" } else { "GET" };
            let made = signer
                .sign(Unsigned {
                    method,
                    url: &url(text),
                    body,
                })
                .unwrap();
            let mut sent = vec![("host", host)];
            sent.extend(
                made.iter()
                    .map(|(name, value)| (name.as_str(), value.to_str().unwrap())),
            );
            let fields = fields(&sent);
            let received = Received {
                method,
                target,
                fields: &fields,
                body: body.unwrap_or_default(),
            };
            let read = if body.is_some() { read_post } else { read_get };
            let signed = read(received, &[host], at(NOW)).unwrap();
            assert!(signed.verify(&public_key()), "{method} {text}");
            assert_eq!(
                (signed.key_id.as_str(), signed.at),
                ("https://b.example/actor#main-key", at(NOW))
            );
        }
    }
    let fields = sign_get(&signing_key(), "k", &url("https://a.example/"), at(NOW));
    assert_eq!(
        fields[0],
        ("date", "Sat, 21 Nov 2026 19:27:48 GMT".to_owned())
    );
}
