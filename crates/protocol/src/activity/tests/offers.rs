use serde_json::{Value, json};

use super::*;
use crate::limits;

#[test]
fn an_offer_has_the_shape_of_the_protocol() {
    let document = offer();
    let members = |value: &Value| -> Vec<String> {
        let mut names: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };
    assert_eq!(
        members(&document),
        ["@context", "actor", "id", "object", "target", "to", "type"]
    );
    assert_eq!(
        members(&document["object"]),
        [
            "attributedTo",
            "context",
            "digest",
            "id",
            "nonce",
            "ops",
            "published",
            "schema",
            "summary",
            "type",
            "uid"
        ]
    );
    assert_eq!(document["to"], json!([lieux().as_str()]));
    assert_eq!(
        patch().patch_id().unwrap().to_string(),
        "9ab20000-0000-4000-8000-000000000003"
    );
}

/// Reads the offer with the member at `pointer` replaced.
fn changed(pointer: &str, value: Value) -> ActivityProblem {
    let mut document = offer();
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[member] = value;
    Activity::parse(&document).expect_err(pointer)
}

#[test]
fn an_offer_that_contradicts_itself_is_refused() {
    use ActivityProblem::*;
    let eve = json!("https://b.example/users/eve");
    assert_eq!(
        changed("/actor", eve.clone()),
        NotTheOwner {
            member: "object.attributedTo"
        }
    );
    assert_eq!(
        changed("/object/attributedTo", eve),
        NotTheOwner {
            member: "object.attributedTo"
        }
    );
    assert_eq!(
        changed("/id", json!("https://c.example/activities/1")),
        OtherOrigin { member: "id" }
    );
    assert_eq!(
        changed("/object/id", json!("https://c.example/patches/1")),
        OtherOrigin {
            member: "object.id"
        }
    );
    assert_eq!(
        changed("/target", json!("https://a.example/datasets/x")),
        OtherTarget {
            member: "object.context"
        }
    );
    assert_eq!(changed("/to", json!([])), OtherTarget { member: "to" });
    assert!(changed("/id", json!("https://c.example/activities/1")).is_forbidden());
}

#[test]
fn the_digest_covers_everything_that_counts() {
    for (pointer, value) in [
        ("/object/digest", json!(Hash([9; 32]).to_string())),
        ("/object/nonce", json!(Salt([9; 16]).to_string())),
        ("/object/schema", json!(Hash([9; 32]).to_string())),
        (
            "/object/uid",
            json!("urn:uuid:dd16066f-9dc2-4f17-a097-32417499fb68"),
        ),
        ("/object/ops/0/value", json!("other")),
        ("/object/ops/0/value", Value::Null),
        ("/object/ops/0/base", Value::Null),
    ] {
        assert_eq!(
            changed(pointer, value),
            ActivityProblem::WrongDigest,
            "{pointer}"
        );
    }
}

#[test]
fn a_malformed_offer_is_refused_with_its_place() {
    for (pointer, value, sentence) in [
        (
            "/object/note",
            json!(1),
            "object.note is not a member that version 1 knows",
        ),
        (
            "/object/summary",
            Value::Null,
            "object.summary is not allowed to be null",
        ),
        (
            "/object/summary",
            json!("x".repeat(limits::PATCH_SUMMARY + 1)),
            "object.summary is longer than 2000 bytes",
        ),
        ("/object/ops", json!([]), "the patch has no operation"),
        (
            "/object/ops",
            json!(vec![json!({}); 501]),
            "the patch has more than 500 operations",
        ),
        (
            "/object/ops/1/row",
            json!("1"),
            "object.ops[1] is not an offered operation",
        ),
        (
            "/object/ops/0/value",
            json!("x".repeat(limits::CELL + 1)),
            "object.ops[0] is longer than 65536 bytes",
        ),
        (
            "/object/ops",
            json!("x".repeat(DataPatch::MAX_BYTES)),
            "the patch is larger than 262144 bytes",
        ),
        (
            "/object/published",
            json!("2026-11-20T10:00:00.5Z"),
            "object.published is not an instant written YYYY-MM-DDTHH:MM:SSZ",
        ),
        (
            "/object/visitor",
            json!("short"),
            "object.visitor is not 16 letters, digits, - or _",
        ),
        ("/object/uid", json!(1), "object.uid is not a text"),
    ] {
        assert_eq!(changed(pointer, value).to_string(), sentence);
    }
}

#[test]
fn an_offer_for_a_visitor_keeps_its_word() {
    let mut patch = patch();
    patch.visitor = Some("a-b_cdefghijklm0".parse().unwrap());
    let offer = OfferPatch::new(id(), patch);
    reads_back(&offer.to_json(), &Activity::OfferPatch(offer));
}
