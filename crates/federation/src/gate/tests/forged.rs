//! The holes of the library (`protocol.md` §1) and of others, each refused by a check that has a name.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{LEA, Letter, follow, passed, refused, refused_by, site, with};
use crate::gate::{Kind, Outcome, Refusal, SignedGet, Site, Step, judge_get, verify_signature};
use crate::signature::tests::{NOW, at, pems, signing_key};
use crate::signature::{Fault, KeyCache, digest_field, http_date};

/// A follow, signed over these names by a key that is good.
fn signed_over(headers: &str, parameters: &str, date: &str) -> Letter {
    let mut letter = Letter::of(&follow());
    let digest = digest_field(&letter.body);
    let line = |name: &str| match name {
        "(request-target)" => "(request-target): post /inbox".to_owned(),
        "host" => "host: a.example".to_owned(),
        "date" => format!("date: {date}"),
        "digest" => format!("digest: {digest}"),
        other => panic!("{other}"),
    };
    let lines: Vec<String> = headers.split(' ').map(line).collect();
    let signature = STANDARD.encode(signing_key().sign(lines.join("\n").as_bytes()));
    letter.set("Date", date);
    let field = format!(
        "keyId=\"{LEA}#main-key\",{parameters}headers=\"{headers}\",signature=\"{signature}\""
    );
    letter.set("Signature", &field);
    letter
}

#[test]
fn an_honest_activity_passes_and_its_signature_verifies() {
    let passed = passed(Letter::of(&follow()).judged());
    assert_eq!(passed.activity, follow());
    assert_eq!(passed.id.as_str(), "https://b.example/activities/6f1c");
    assert_eq!((passed.kind, passed.actor.as_str()), (Kind::Follow, LEA));
    assert_eq!(
        passed.key_id.as_str(),
        "https://b.example/users/lea#main-key"
    );
    let keys = KeyCache::new(10);
    assert_eq!(verify_signature(&passed.signed, &pems().1, &keys), Ok(()));
    let mut tampered = passed.signed.clone();
    tampered.signature[7] ^= 1;
    for (signed, pem) in [(&tampered, pems().1.as_str()), (&passed.signed, "no key")] {
        let refusal = verify_signature(signed, pem, &keys).unwrap_err();
        assert_eq!((refusal.step, refusal.status), (Step::Verification, 401));
    }
}

#[test]
fn a_good_key_over_too_little_is_refused() {
    let now = http_date(at(NOW));
    for (headers, fault) in [
        ("digest", Fault::TargetUnsigned),
        ("host date digest", Fault::TargetUnsigned),
        ("(request-target) date digest", Fault::HostUnsigned),
        ("(request-target) host date", Fault::DigestUnsigned),
        ("(request-target) host digest", Fault::TimeUnsigned),
    ] {
        refused_by(&signed_over(headers, "", &now), Step::Signature(fault));
    }
    let whole = "(request-target) host date digest";
    passed(signed_over(whole, "", &now).judged());
    for (date, fault) in [
        ("last Tuesday", Fault::TimeUnreadable),
        ("Thu, 01 Jan 2099 00:00:00 GMT", Fault::Future),
        (http_date(at(NOW - 2 * 3600)).as_str(), Fault::Old),
        (http_date(at(NOW + 301)).as_str(), Fault::Future),
    ] {
        refused_by(&signed_over(whole, "", date), Step::Signature(fault));
    }
    let weak = signed_over(whole, "algorithm=\"hmac-sha256\",", &now);
    refused_by(&weak, Step::Signature(Fault::Algorithm));
}

#[test]
fn headers_that_are_doubled_moved_or_foreign_are_refused() {
    let honest = Letter::of(&follow());
    let signature = honest
        .headers
        .iter()
        .find(|(name, _)| name == "signature")
        .unwrap()
        .1
        .clone();
    let digest = digest_field(&honest.body);
    for (name, value, fault) in [
        ("signature", signature.as_str(), Fault::Repeated),
        ("digest", digest.as_str(), Fault::FieldRepeated),
        ("host", "b.example", Fault::FieldRepeated),
        (
            "date",
            "Sat, 21 Nov 2026 19:27:48 GMT",
            Fault::FieldRepeated,
        ),
        ("signature-input", "sig1=()", Fault::Rfc9421),
    ] {
        let mut letter = Letter::of(&follow());
        letter.add(name, value);
        refused_by(&letter, Step::Signature(fault));
    }
    for (name, value, fault) in [
        ("host", "b.example".to_owned(), Fault::Host),
        ("digest", digest_field(b"{}"), Fault::Digest),
        ("digest", digest.replace("SHA-256", "MD5"), Fault::Digest),
        ("digest", format!("{digest},{digest}"), Fault::Digest),
        (
            "signature",
            format!("{signature},keyId=\"https://b.example/x\""),
            Fault::Malformed,
        ),
    ] {
        let mut letter = Letter::of(&follow());
        letter.set(name, &value);
        refused_by(&letter, Step::Signature(fault));
    }
    let mut changed = Letter::of(&follow());
    changed.body.push(b' ');
    refused_by(&changed, Step::Signature(Fault::Digest));

    let mut moved = Letter::of(&follow());
    moved.headers.retain(|(name, _)| name != "signature");
    refused_by(&moved, Step::Signature(Fault::Missing));
    moved.add("Authorization", &format!("Signature {signature}"));
    refused_by(&moved, Step::Signature(Fault::Missing));
}

#[test]
fn a_key_of_another_origin_is_refused_before_anyone_is_asked() {
    for key_id in [
        "https://evil.example/users/lea#main-key",
        "https://sub.b.example/users/lea#main-key",
        "http://b.example/users/lea#main-key",
        "https://b.example:8443/users/lea#main-key",
        "https://a.example/actor#main-key",
        "https://127.0.0.1/key",
        "lea",
        "acct:lea@b.example",
    ] {
        let letter = Letter::signed_by(key_id, follow().to_string().into_bytes());
        let outcome = letter.judged_at(&Site {
            knows_actor: &|_| panic!("asked the store"),
            ..site()
        });
        assert_eq!(refused(outcome).step, Step::KeyOrigin, "{key_id}");
    }
}

#[test]
fn origins_are_compared_in_full() {
    for (id, step) in [
        ("https://evil.example/activities/1", Step::Origin),
        ("https://sub.b.example/activities/1", Step::Origin),
        ("http://b.example/activities/1", Step::Url),
        ("https://b.example:8443/activities/1", Step::Url),
        ("https://a.example/activities/1", Step::OwnOrigin),
        ("https://a.example", Step::OwnOrigin),
    ] {
        refused_by(&Letter::of(&with("id", json!(id))), step);
    }
    refused_by(
        &Letter::of(&with("actor", json!("https://a.example/actor"))),
        Step::OwnOrigin,
    );
}

#[test]
fn a_self_delete_of_an_unknown_actor_and_an_unknown_type_have_no_effect() {
    let delete = |object: Value| {
        let mut activity = with("type", json!("Delete"));
        activity["object"] = object;
        activity
    };
    for object in [json!(LEA), json!({"id": LEA, "type": "Person"})] {
        let letter = Letter::of(&delete(object));
        assert!(matches!(letter.judged(), Outcome::Ignore202 { .. }));
        let known = letter.judged_at(&Site {
            knows_actor: &|actor| actor.as_str() == LEA,
            ..site()
        });
        assert_eq!(passed(known).kind, Kind::Delete);
    }
    let other = Letter::of(&delete(json!("https://b.example/notes/1")));
    assert_eq!(passed(other.judged()).kind, Kind::Delete);
    for kind in ["EmojiReact", "follow", "", "Listen"] {
        let letter = Letter::of(&with("type", json!(kind)));
        assert!(
            matches!(letter.judged(), Outcome::Ignore202 { .. }),
            "{kind}"
        );
    }
    // But nothing is waved through without a signature.
    let mut unsigned = Letter::of(&with("type", json!("EmojiReact")));
    unsigned.headers.retain(|(name, _)| name != "signature");
    refused_by(&unsigned, Step::Signature(Fault::Missing));
}

#[test]
fn domains_on_the_list_are_refused_with_all_below_them() {
    let judged = |letter: &Letter, listed: &str| {
        letter.judged_at(&Site {
            blocked: &|domain| domain == listed,
            ..site()
        })
    };
    let follow = Letter::of(&follow());
    for listed in ["b.example", "example"] {
        let refusal = refused(judged(&follow, listed));
        assert_eq!(
            (refusal.step, refusal.status),
            (Step::Blocked, 403),
            "{listed}"
        );
    }
    for listed in ["sub.b.example", "ab.example", "c.example", ".example"] {
        passed(judged(&follow, listed));
    }
    let sub = with("actor", json!("https://deep.sub.b.example/lea"));
    assert_eq!(
        refused(judged(&Letter::of(&sub), "b.example")).step,
        Step::Blocked
    );
    let dot = with("actor", json!("https://b.example./users/lea"));
    assert_eq!(
        refused(judged(&Letter::of(&dot), "b.example")).step,
        Step::Url
    );

    // The actor counts even where the key stands elsewhere.
    let elsewhere = Letter::signed_by(
        "https://c.example/key",
        super::follow().to_string().into_bytes(),
    );
    assert_eq!(refused(judged(&elsewhere, "b.example")).step, Step::Blocked);
    assert_eq!(
        refused(judged(&elsewhere, "d.example")).step,
        Step::KeyOrigin
    );

    // The key counts like the actor, and before the signature does.
    for key_id in [
        "https://evil.example/key",
        "https://sub.evil.example./key",
        "http://evil.example:80/key",
    ] {
        let letter = Letter::signed_by(key_id, super::follow().to_string().into_bytes());
        assert_eq!(
            refused(judged(&letter, "evil.example")).step,
            Step::Blocked,
            "{key_id}"
        );
    }
}

#[test]
fn whoever_is_not_on_the_list_may_ask_for_a_peering_and_nothing_else() {
    let closed = |may_ask| Site {
        allowed: Some(&|_| false),
        may_ask,
        ..site()
    };
    let asking = Letter::of(&with("object", json!("https://a.example/actor")));
    passed(asking.judged_at(&closed(true)));
    assert_eq!(
        refused(asking.judged_at(&closed(false))).step,
        Step::Blocked
    );
    let blocked = asking.judged_at(&Site {
        blocked: &|domain| domain == "b.example",
        ..closed(true)
    });
    assert_eq!(refused(blocked).step, Step::Blocked);
    for other in [
        follow(),
        with("object", json!("https://a.example/actor#x")),
        with("type", json!("Announce")),
    ] {
        let letter = Letter::of(&other);
        let outcome = letter.judged_at(&closed(true));
        assert_eq!(refused(outcome).step, Step::Blocked, "{other}");
    }
}

#[test]
fn with_an_allow_list_only_its_domains_pass() {
    let letter = Letter::of(&follow());
    passed(letter.judged_at(&Site {
        allowed: Some(&|domain| domain == "b.example"),
        may_ask: false,
        ..site()
    }));
    for listed in ["c.example", "sub.b.example"] {
        let outcome = letter.judged_at(&Site {
            allowed: Some(&|domain| domain == listed),
            may_ask: false,
            ..site()
        });
        assert_eq!(refused(outcome).step, Step::Blocked);
    }
    let both = letter.judged_at(&Site {
        allowed: Some(&|_| true),
        may_ask: false,
        blocked: &|domain| domain == "b.example",
        ..site()
    });
    assert_eq!(refused(both).step, Step::Blocked);
}

#[test]
fn a_signed_get_is_judged_alike() {
    use crate::signature::tests::fields;
    use crate::signature::{Received, sign_get};
    let url = url::Url::parse("https://a.example/datasets/lieux/queue").unwrap();
    let get = |key_id: &str, blocked: &dyn Fn(&str) -> bool| {
        let signed = sign_get(&signing_key(), key_id, &url, at(NOW));
        let mut sent = vec![("Host", "a.example")];
        sent.extend(signed.iter().map(|(name, value)| (*name, value.as_str())));
        let fields = fields(&sent);
        let request = Received {
            method: "GET",
            target: "/datasets/lieux/queue",
            fields: &fields,
            body: b"",
        };
        judge_get(request, &Site { blocked, ..site() })
    };
    let read = get("https://b.example/actor#main-key", &|_| false).unwrap();
    assert_eq!(read.key_id.as_str(), "https://b.example/actor#main-key");
    assert_eq!(
        verify_signature(&read.signed, &pems().1, &KeyCache::new(1)),
        Ok(())
    );
    let step = |result: Result<_, Refusal>| result.map(|_: SignedGet| ()).unwrap_err().step;
    assert_eq!(
        step(get("https://b.example/actor", &|d| d == "b.example")),
        Step::Blocked
    );
    assert_eq!(
        step(get("http://b.example/actor", &|_| false)),
        Step::KeyOrigin
    );
    assert_eq!(
        step(get("https://a.example/actor", &|_| false)),
        Step::KeyOrigin
    );
}
