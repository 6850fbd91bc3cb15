//! The form of headers.

use serde_json::{Map, Value, json};

use super::super::*;
use super::origin::{Origin, log_key, meta, resign, time};
use crate::ids::Hash;
use crate::json::JsonProblem;
use crate::proof::ProofProblem;

fn close_draft() -> EntryDraft {
    let kind = Kind::Close {
        keep: true,
        successor: None,
    };
    EntryDraft::new(kind, meta(json!({})))
}

/// A close entry, changed and signed again.
fn changed(change: impl FnOnce(&mut Map<String, Value>)) -> Result<Header, Refusal> {
    let origin = Origin::new();
    Header::parse(&origin.forge(close_draft(), &origin.key, change))
}

fn put(member: &'static str, value: Value) -> impl FnOnce(&mut Map<String, Value>) {
    move |header| {
        header.insert(member.to_owned(), value);
    }
}

#[test]
fn members_unknown_to_this_version_are_kept_and_hashed() {
    let plain = changed(|_| {}).unwrap();
    let origin = Origin::new();
    let value = origin.forge(close_draft(), &origin.key, |header| {
        header.insert("later".into(), json!({"é": [null, 1]}));
    });
    let header = Header::parse(&value).unwrap();
    assert_eq!(header.to_json(), value);
    assert_ne!(header.hash(), plain.hash());
    assert!(matches!(origin.chain.follow(&header), Ok(Step::Next(_))));
    // Taking such a member away breaks the signature.
    let mut without = value;
    without.as_object_mut().unwrap().remove("later");
    let without = Header::parse(&without).unwrap();
    let refusal = Refusal::Proof(ProofProblem::Signature);
    assert_eq!(origin.chain.follow(&without), Err(refusal));
}

#[test]
fn every_member_has_a_form() {
    for (member, value) in [
        ("type", json!("Entry")),
        ("attributedTo", json!("https://a.example/datasets/lieux/")),
        ("uid", json!("7dcaea22-d9e9-407e-af4e-e1ecfb521371")),
        ("seq", json!("1")),
        ("seq", json!(-1)),
        ("prev", json!("x")),
        ("kind", json!(1)),
        ("time", json!("2026-11-21T10:00:60Z")),
        ("time", json!("2026-02-30T10:00:00Z")),
        ("ops", json!(format!("{}=", Hash::ZERO))),
        ("meta", json!(null)),
        ("schema", json!(7)),
        ("state", json!("")),
        ("keep", json!("yes")),
        ("successor", json!(null)),
    ] {
        match changed(put(member, value.clone())).unwrap_err() {
            Refusal::WrongForm { .. } | Refusal::Id => {}
            other => panic!("{member} = {value}: {other:?}"),
        }
    }
    for member in ["uid", "prev", "keep", "state", "@context"] {
        let refusal = changed(|header| {
            header.remove(member);
        });
        let missing = Refusal::MissingMember {
            place: "header",
            member,
        };
        assert_eq!(refusal, Err(missing));
    }
}

#[test]
fn addresses_have_one_form() {
    for good in [
        "https://a.example",
        "https://a.example:8443/datasets/x",
        "http://hub.localhost:3000/datasets/x",
        "http://localhost/x",
    ] {
        assert!(moved(good).is_ok(), "{good}");
    }
    for bad in [
        "http://a.example/x",
        "http://localhost.example/x",
        "https://a.example/x/",
        "https://a.example/x?y",
        "https://a.example/x#y",
        "https://user@a.example/x",
        "https:///x",
        "https://a.example/ x",
        "https://a.example\\x",
        "ftp://a.example/x",
        "x",
        "",
        &format!("https://a.example/{}", "x".repeat(500)),
    ] {
        assert!(moved(bad).is_err(), "{bad}");
    }
}

fn moved(address: &str) -> Result<Header, Refusal> {
    let mut origin = Origin::new();
    let recovery = origin.recovery.clone();
    let signed = origin.rotate(2, Some("https://b.example/x"));
    let header = signed.entry.header.to_json();
    Header::parse(&resign(&header, &recovery, put("movedTo", json!(address))))
}

#[test]
fn a_member_of_another_kind_is_refused() {
    let hash = json!(Hash::ZERO);
    let origin = Origin::new();
    let key = json!(origin.key.multikey());
    for (member, value) in [
        ("key", key.clone()),
        ("next", hash.clone()),
        ("forkedFrom", json!({})),
        ("batch", json!({})),
        ("policy", hash.clone()),
        ("redact", json!([])),
        ("by", key),
        ("movedTo", json!("https://b.example/x")),
    ] {
        let refusal = changed(put(member, value)).unwrap_err();
        assert!(
            matches!(&refusal, Refusal::MemberOfAnotherKind { kind, member: m } if kind == "close" && *m == member),
            "{member}: {refusal:?}"
        );
    }
}

#[test]
fn objects_inside_a_header_are_closed() {
    let (uid, hash) = (json!(Origin::new().chain.uid), json!(Hash::ZERO));
    let good = json!({"uid": uid, "genesis": hash, "url": "https://b.example/x"});
    let header = changed(put("successor", good.clone())).unwrap();
    assert!(matches!(
        header.kind,
        Kind::Close {
            successor: Some(_),
            ..
        }
    ));
    let mut more = good.clone();
    more["note"] = json!(1);
    let refusal = changed(put("successor", more)).unwrap_err();
    assert!(
        matches!(refusal, Refusal::UnknownMember { .. }),
        "{refusal:?}"
    );
    let mut less = good;
    less.as_object_mut().unwrap().remove("url");
    let refusal = changed(put("successor", less)).unwrap_err();
    assert!(
        matches!(refusal, Refusal::MissingMember { .. }),
        "{refusal:?}"
    );
}

#[test]
fn redact_targets_have_two_forms() {
    let row = "15aafc3d-bb02-40fa-a635-820df82cbaf9";
    let hash = json!(Hash::ZERO);
    let redact = |target: Value| {
        changed(|header| {
            header.insert("kind".into(), json!("redact"));
            header.remove("keep");
            header.insert("redact".into(), json!([target]));
        })
    };
    for good in [
        json!({"seq": 0, "meta": true}),
        json!({"seq": 0, "row": row, "field": "_order", "cell": hash}),
    ] {
        let header = redact(good.clone()).unwrap();
        let Kind::Redact(targets) = &header.kind else {
            panic!("{:?}", header.kind);
        };
        assert_eq!(targets[0].to_json(), good);
        assert_eq!(targets[0].seq(), 0);
    }
    for bad in [
        json!({"seq": 0, "meta": false}),
        json!({"seq": 0}),
        json!({"meta": true}),
        json!({"seq": 0, "meta": true, "row": row}),
        json!({"seq": 0, "row": row, "field": "Nom", "cell": hash}),
        json!({"seq": 0, "row": row, "field": "nom"}),
        json!({"seq": 1, "meta": true}),
        json!([]),
    ] {
        assert!(redact(bad.clone()).is_err(), "{bad}");
    }
}

#[test]
fn batch_parts_are_counted_from_one() {
    let id = "16359224-0210-45c5-a31a-09d7c7a54e54";
    let import = |batch: Value| {
        changed(|header| {
            header.insert("kind".into(), json!("import"));
            header.remove("keep");
            header.insert("batch".into(), batch);
        })
    };
    assert!(import(json!({"id": id, "n": 1, "of": 1})).is_ok());
    for bad in [
        json!({"id": id, "n": 0, "of": 2}),
        json!({"id": id, "n": 3, "of": 2}),
        json!({"id": id.to_uppercase(), "n": 1, "of": 2}),
        json!({"id": id, "n": 1}),
        json!(null),
    ] {
        assert!(import(bad.clone()).is_err(), "{bad}");
    }
}

#[test]
fn the_proof_is_exactly_as_demanded() {
    let origin = Origin::new();
    let value = origin.forge(close_draft(), &origin.key, |_| {});
    let check = |member: &str, new: Value, refusal: Refusal| {
        let mut changed = value.clone();
        changed["proof"][member] = new;
        assert_eq!(Header::parse(&changed), Err(refusal), "{member}");
    };
    let wrong = |member| Refusal::Proof(ProofProblem::Member(member));
    let method = value["proof"]["verificationMethod"].as_str().unwrap();
    check("type", json!("Proof"), wrong("type"));
    check(
        "cryptosuite",
        json!("eddsa-rdfc-2022"),
        wrong("cryptosuite"),
    );
    check(
        "proofPurpose",
        json!("authentication"),
        wrong("proofPurpose"),
    );
    check("created", json!(time(99)), wrong("created"));
    check(
        "verificationMethod",
        json!(method.replace("a.example", "b.example")),
        wrong("verificationMethod"),
    );
    check("@context", json!([]), Refusal::Proof(ProofProblem::Context));
    check(
        "proofValue",
        json!("z1"),
        Refusal::Proof(ProofProblem::Encoding),
    );
    let unknown = Refusal::UnknownMember {
        place: "proof",
        member: "nonce".into(),
    };
    check("nonce", json!("x"), unknown);
    let mut without = value.clone();
    without["proof"].as_object_mut().unwrap().remove("@context");
    assert!(matches!(
        Header::parse(&without),
        Err(Refusal::MissingMember { .. })
    ));
}

#[test]
fn a_header_is_bounded() {
    let long = "x".repeat(limits::HEADER_BYTES);
    assert!(matches!(
        changed(put("later", json!(long))),
        Err(Refusal::HeaderTooLarge(size)) if size > limits::HEADER_BYTES
    ));
    let mut deep = json!(1);
    for _ in 0..limits::HEADER_BYTES.min(40) {
        deep = json!([deep]);
    }
    let too_deep = Err(Refusal::Json(JsonProblem::TooDeep));
    assert_eq!(changed(put("later", deep)), too_deep);
    let fraction = Err(Refusal::Json(JsonProblem::Number));
    assert_eq!(changed(put("later", json!(0.5))), fraction);
    let null = Err(Refusal::Json(JsonProblem::NullCharacter));
    assert_eq!(changed(put("later", json!("\0"))), null);
}

#[test]
fn genesis_stands_at_zero_alone() {
    let origin = Origin::new();
    let line = Line::parse(origin.lines[0].as_bytes()).unwrap();
    let genesis = line.header.to_json();
    let forged =
        |change: fn(&mut Map<String, Value>)| Header::parse(&resign(&genesis, &origin.key, change));
    assert_eq!(
        forged(|h| {
            h.insert("prev".into(), json!(Hash::ZERO));
        }),
        Err(Refusal::Genesis)
    );
    assert_eq!(
        forged(|h| {
            h.insert("seq".into(), json!(1));
            h.insert("id".into(), json!("https://a.example/datasets/lieux/log/1"));
        }),
        Err(Refusal::Genesis)
    );
    let by_another = resign(&genesis, &log_key(7), |_| {});
    let by_another = Header::parse(&by_another).unwrap();
    assert_eq!(Chain::genesis(&by_another), Err(Refusal::WrongSigner));
}

#[test]
fn an_entry_far_ahead_is_held_back() {
    let header = changed(|_| {}).unwrap();
    assert!(!header.is_ahead_of(header.time));
    let day = 24 * 60 * 60;
    assert!(!header.is_ahead_of(header.time.plus_seconds(-day)));
    assert!(header.is_ahead_of(header.time.plus_seconds(-day - 1)));
}
