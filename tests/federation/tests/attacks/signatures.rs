//! Step 4 of the gate: signatures that cover too little, are old, or are made for somebody else (attacks F10, F11).

use rustine_domain::checks::Check;
use rustine_testkit::hostile::{digest, http_date, unix_seconds};

use crate::forgery::Forgery;
use crate::letter::SIGNED;

const KEYLESS: &[Check] = &[Check::KeyOrigin, Check::Verification, Check::Library];
const LIBRARY: &[Check] = &[Check::Library];
const UNVERIFIED: &[Check] = &[Check::Verification, Check::Library];

/// The forgeries.
pub fn table() -> Vec<Forgery> {
    let mut all = missing_or_odd();
    all.extend(covering_too_little());
    all.extend(of_another_request());
    all.extend(at_another_time());
    all
}

fn missing_or_odd() -> Vec<Forgery> {
    vec![
        Forgery::gate("no signature at all", "F10", Check::SignatureMissing)
            .behind(KEYLESS)
            .signed(|_, letter| letter.remove("Signature")),
        Forgery::gate(
            "a signature in Authorization only",
            "F10",
            Check::SignatureMissing,
        )
        .behind(KEYLESS)
        .signed(|_, letter| {
            let value = format!("Signature {}", letter.header("Signature"));
            letter.remove("Signature");
            letter.add("Authorization", &value);
        }),
        Forgery::gate(
            "two Signature headers, the second garbage",
            "F10",
            Check::SignatureRepeated,
        )
        .behind(LIBRARY)
        .signed(|_, letter| letter.add("Signature", "keyId=\"x\"")),
        Forgery::gate(
            "two good Signature headers",
            "F10",
            Check::SignatureRepeated,
        )
        .behind(LIBRARY)
        .signed(|_, letter| {
            let value = letter.header("Signature").clone();
            letter.add("Signature", &value);
        }),
        Forgery::gate(
            "a Signature-Input beside the Signature",
            "F10",
            Check::SignatureRfc9421,
        )
        .signed(|_, letter| letter.add("Signature-Input", "sig1=(\"@method\")")),
        Forgery::gate("keyId twice", "F10", Check::SignatureMalformed)
            .behind(LIBRARY)
            .signed(|_, letter| {
                let value = letter.header("Signature");
                *value = format!("keyId=\"https://victim.test/users/alice#main-key\",{value}");
            }),
        Forgery::gate("headers twice", "F10", Check::SignatureMalformed)
            .behind(LIBRARY)
            .signed(|_, letter| {
                let value = letter.header("Signature");
                *value = format!("headers=\"date\",{value}");
            }),
        Forgery::gate(
            "a header named twice in the list",
            "F10",
            Check::SignatureMalformed,
        )
        .behind(LIBRARY)
        .unsigned(|_, draft| draft.list = format!("{SIGNED} date")),
        Forgery::gate(
            "a header in capitals in the list",
            "F10",
            Check::SignatureMalformed,
        )
        .behind(&[
            Check::SignedFieldMissing,
            Check::Verification,
            Check::Library,
        ])
        .unsigned(|_, draft| draft.list = format!("{SIGNED} Content-Type")),
        Forgery::gate(
            "created that is no number",
            "F10",
            Check::SignatureMalformed,
        )
        .behind(LIBRARY)
        .signed(|_, letter| letter.header("Signature").push_str(",created=soon")),
        Forgery::gate("no list of headers", "F10", Check::SignatureMalformed)
            .behind(&[
                Check::TargetUnsigned,
                Check::HostUnsigned,
                Check::DigestUnsigned,
                Check::Library,
            ])
            .unsigned(|_, draft| draft.list = "date".to_owned())
            .signed(|_, letter| {
                let value = letter.header("Signature");
                *value = value.replace("headers=\"date\",", "");
            }),
        Forgery::gate(
            "a Signature of nine kilobytes",
            "F10",
            Check::SignatureMalformed,
        )
        .behind(LIBRARY)
        .signed(|_, letter| {
            let padding = format!(",padding=\"{}\"", "x".repeat(9000));
            letter.header("Signature").push_str(&padding);
        }),
        Forgery::gate(
            "an algorithm of the sender's choice",
            "F10",
            Check::SignatureAlgorithm,
        )
        .behind(LIBRARY)
        .unsigned(|_, draft| draft.algorithm = Some("hmac-sha256".to_owned())),
        Forgery::gate("rsa-sha1 by name", "F10", Check::SignatureAlgorithm)
            .behind(LIBRARY)
            .unsigned(|_, draft| draft.algorithm = Some("rsa-sha1".to_owned())),
        Forgery::gate("no algorithm but none", "F10", Check::SignatureAlgorithm)
            .behind(LIBRARY)
            .unsigned(|_, draft| draft.algorithm = Some("none".to_owned())),
        Forgery::gate("created under rsa-sha256", "F10", Check::SignatureAlgorithm)
            .behind(LIBRARY)
            .unsigned(|_, draft| {
                draft.list = "(request-target) host (created) digest".to_owned();
                draft.created = Some(unix_seconds().to_string());
            }),
    ]
}

fn covering_too_little() -> Vec<Forgery> {
    vec![
        Forgery::gate("the target is not signed", "F10", Check::TargetUnsigned)
            .unsigned(|_, draft| draft.list = "host date digest".to_owned()),
        Forgery::gate(
            "sent to another inbox than it was signed for",
            "F10",
            Check::TargetUnsigned,
        )
        .unsigned(|_, draft| draft.list = "host date digest".to_owned())
        .signed(|_, letter| letter.path = "/actor/inbox".to_owned()),
        Forgery::gate("the host is not signed", "F10", Check::HostUnsigned)
            .unsigned(|_, draft| draft.list = "(request-target) date digest".to_owned()),
        Forgery::gate(
            "caught on its way elsewhere, host not signed",
            "F11",
            Check::HostUnsigned,
        )
        .unsigned(|scene, draft| {
            draft.list = "(request-target) date digest".to_owned();
            draft.host = "other.test".to_owned();
            draft.more.clear();
            let _ = scene;
        })
        .signed(|scene, letter| scene.side.host.clone_into(letter.header("Host"))),
        Forgery::gate("the digest is not signed", "F10", Check::DigestUnsigned)
            .behind(LIBRARY)
            .unsigned(|_, draft| draft.list = "(request-target) host date".to_owned()),
        Forgery::gate(
            "another body under a caught signature",
            "F10",
            Check::DigestUnsigned,
        )
        .behind(LIBRARY)
        .unsigned(|_, draft| draft.list = "(request-target) host date".to_owned())
        .signed(|scene, letter| {
            let text = String::from_utf8_lossy(&letter.body).replace("Follow", "Like");
            letter.body = text.replace("Like", "Follow").into_bytes();
            let fresh = digest(&letter.body);
            *letter.header("Digest") = fresh;
            let _ = scene;
        }),
        Forgery::gate("no time is signed", "F10", Check::TimeUnsigned)
            .unsigned(|_, draft| draft.list = "(request-target) host digest".to_owned()),
        Forgery::gate(
            "nothing but the digest is signed",
            "F10",
            Check::TargetUnsigned,
        )
        .behind(&[Check::HostUnsigned, Check::TimeUnsigned])
        .unsigned(|_, draft| draft.list = "digest".to_owned()),
        Forgery::gate(
            "nothing but the date is signed",
            "F10",
            Check::TargetUnsigned,
        )
        .behind(&[Check::HostUnsigned, Check::DigestUnsigned, Check::Library])
        .unsigned(|_, draft| draft.list = "date".to_owned()),
        Forgery::gate(
            "a signed header that the request lacks",
            "F10",
            Check::SignedFieldMissing,
        )
        .behind(LIBRARY)
        .unsigned(|_, draft| draft.list = format!("{SIGNED} x-absent")),
        Forgery::gate(
            "a signed expires without a value",
            "F10",
            Check::SignedFieldMissing,
        )
        .behind(LIBRARY)
        .unsigned(|_, draft| {
            draft.algorithm = Some("hs2019".to_owned());
            draft.list = format!("{SIGNED} (expires)");
        }),
        Forgery::gate("two Date headers", "F10", Check::SignedFieldRepeated)
            .behind(LIBRARY)
            .unsigned(|_, draft| draft.more.push(("Date".to_owned(), http_date(-30)))),
        Forgery::gate("two Digest headers", "F10", Check::SignedFieldRepeated)
            .behind(LIBRARY)
            .unsigned(|_, draft| draft.more.push(("Digest".to_owned(), digest(b"{}")))),
    ]
}

fn of_another_request() -> Vec<Forgery> {
    vec![
        Forgery::gate("signed for another host", "F11", Check::Host)
            .unsigned(|_, draft| draft.host = "other.test".to_owned()),
        Forgery::gate("signed for a name below ours", "F11", Check::Host)
            .unsigned(|scene, draft| draft.host = format!("www.{}", scene.side.host)),
        Forgery::gate("signed for our name on another port", "F11", Check::Host)
            .unsigned(|scene, draft| draft.host = format!("{}:8443", scene.side.host)),
        Forgery::gate(
            "caught for another host, Host exchanged",
            "F11",
            Check::Verification,
        )
        .behind(LIBRARY)
        .unsigned(|_, draft| draft.host = "other.test".to_owned())
        .signed(|scene, letter| scene.side.host.clone_into(letter.header("Host"))),
        Forgery::gate(
            "caught for another inbox, path exchanged",
            "F11",
            Check::Verification,
        )
        .behind(LIBRARY)
        .signed(|_, letter| letter.path = "/actor/inbox".to_owned()),
        Forgery::gate("a query added to the path", "F22", Check::Verification)
            .behind(LIBRARY)
            .signed(|_, letter| letter.path.push_str("?as=admin")),
        Forgery::gate("another body than the digest's", "F10", Check::Digest)
            .behind(LIBRARY)
            .signed(|_, letter| letter.body.push(b' ')),
        Forgery::gate("a digest of nothing", "F10", Check::Digest)
            .behind(LIBRARY)
            .unsigned(|_, draft| draft.digest = Some(digest(b""))),
        Forgery::gate("a digest by another algorithm", "F10", Check::Digest)
            .behind(LIBRARY)
            .unsigned(|_, draft| draft.digest = Some("MD5=HUXZLQLMuI/KZ5KDcJPcOA==".to_owned())),
        Forgery::gate(
            "a list of digests, the wrong one first",
            "F10",
            Check::Digest,
        )
        .behind(LIBRARY)
        .unsigned(|_, draft| {
            let good = digest(draft.activity.to_string().as_bytes());
            draft.digest = Some(format!("{},{good}", digest(b"{}")));
        }),
        Forgery::gate(
            "the attacker's signature in another's name",
            "F10",
            Check::Verification,
        )
        .behind(LIBRARY)
        .honest(|scene| scene.follow("https://victim.test/users/alice"))
        .unsigned(|scene, draft| draft.key = scene.world.evil.clone()),
        Forgery::gate(
            "one bit of the signature flipped",
            "F10",
            Check::Verification,
        )
        .behind(LIBRARY)
        .signed(|_, letter| {
            let value = letter.header("Signature");
            let at = value.find("signature=\"").unwrap_or(0) + 15;
            let other = if value[at..].starts_with('A') {
                "B"
            } else {
                "A"
            };
            value.replace_range(at..=at, other);
        }),
        Forgery::gate("an empty signature", "F10", Check::Verification)
            .behind(LIBRARY)
            .signed(|_, letter| {
                let value = letter.header("Signature");
                let at = value.find("signature=\"").unwrap_or(0);
                value.replace_range(at.., "signature=\"\"");
            }),
    ]
}

fn at_another_time() -> Vec<Forgery> {
    vec![
        Forgery::gate("a date that is no date", "F10", Check::TimeUnreadable)
            .unsigned(|_, draft| draft.date = "yesterday".to_owned()),
        Forgery::gate("a date in another zone", "F10", Check::TimeUnreadable)
            .unsigned(|_, draft| draft.date = http_date(0).replace("GMT", "+0100")),
        Forgery::gate("a date of two years' digits", "F10", Check::TimeUnreadable)
            .behind(LIBRARY)
            .unsigned(|_, draft| draft.date = "Saturday, 21-Nov-26 19:27:48 GMT".to_owned()),
        Forgery::gate("caught two hours ago", "F11", Check::TimeOld)
            .behind(LIBRARY)
            .unsigned(|_, draft| draft.date = http_date(-7200)),
        Forgery::gate("caught last year", "F11", Check::TimeOld)
            .behind(LIBRARY)
            .unsigned(|_, draft| draft.date = http_date(-365 * 86_400)),
        Forgery::gate("expired a minute ago", "F11", Check::TimeOld)
            .behind(UNVERIFIED)
            .unsigned(|_, draft| {
                draft.algorithm = Some("hs2019".to_owned());
                draft.list = format!("{SIGNED} (expires)");
                draft.expires = Some((unix_seconds() - 60).to_string());
            }),
        Forgery::gate(
            "created two hours ago under a fresh date",
            "F11",
            Check::TimeOld,
        )
        .behind(LIBRARY)
        .unsigned(|_, draft| {
            draft.algorithm = Some("hs2019".to_owned());
            draft.list = format!("{SIGNED} (created)");
            draft.created = Some((unix_seconds() - 7200).to_string());
        }),
        Forgery::gate("dated in an hour", "F10", Check::TimeFuture)
            .unsigned(|_, draft| draft.date = http_date(3600)),
        Forgery::gate("dated 2099", "F10", Check::TimeFuture)
            .unsigned(|_, draft| draft.date = "Thu, 31 Dec 2099 23:59:59 GMT".to_owned()),
        Forgery::gate("created in an hour", "F10", Check::TimeFuture)
            .behind(LIBRARY)
            .unsigned(|_, draft| {
                draft.algorithm = Some("hs2019".to_owned());
                draft.list = "(request-target) host (created) digest".to_owned();
                draft.created = Some((unix_seconds() + 3600).to_string());
            }),
    ]
}
