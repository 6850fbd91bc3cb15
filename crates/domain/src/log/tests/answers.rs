//! Entries that answer an offer: nonce, digest, labels, what was seen.

use serde_json::{Value, json};

use super::super::*;
use super::origin::{Origin, cells, meta};
use super::table::Outcome;
use crate::digest::offer_digest;
use crate::ids::{RowId, Salt};
use build::BuildProblem;

/// A patch entry that answers an offer of one set and one add, as JSON.
fn answer(origin: &mut Origin, row: RowId, content: Value) -> Value {
    let (set, new) = (origin.set(row, "nom", Some("b")), origin.row_id());
    let cells = cells(&[("nom", "c"), ("_order", "a1")]);
    let add = Op::add(new, origin.salt(), cells, Some("_:1".into()));
    let ops = vec![set, add];
    let offered: Vec<_> = ops.iter().map(|op| op.offered(true).unwrap()).collect();
    let (nonce, schema) = (origin.salt(), origin.chain.schema);
    let digest = offer_digest(&nonce, origin.chain.uid, &schema, &offered);
    let mut content = content;
    content["patch"] = json!({"id": "https://b.example/patches/1", "digest": digest,
        "schema": schema, "added": ["_order"]});
    let mut draft = EntryDraft::with_ops(Kind::Patch, meta(content), ops);
    draft.nonce = Some(nonce);
    let signed = origin.append(draft);
    json!({"header": signed.entry.header.to_json(), "body": signed.entry.body.to_json()})
}

#[test]
fn an_answer_reproduces_the_digest_unless_amended() {
    let (origin, rows) = Origin::with_rows();
    let replica = origin.replica();
    let take = |line: &Value| replica.clone().take(line.to_string().as_bytes());
    let refused = Outcome::Refused(Refusal::Digest);

    let line = answer(&mut origin.clone(), rows[0], json!({}));
    assert!(matches!(take(&line), Outcome::Applied(_)));
    let mut other = line.clone();
    other["body"]["nonce"] = json!(Salt([7; 16]));
    assert_eq!(take(&other), refused);
    let mut other = line.clone();
    other["body"]["ops"][1]["label"] = json!("_:2");
    assert_eq!(take(&other), refused);
    other["body"]["ops"][1]
        .as_object_mut()
        .unwrap()
        .remove("label");
    assert_eq!(take(&other), refused);
    let mut other = line.clone();
    other["body"]["ops"][0]["seen"] = json!(null);
    assert_eq!(take(&other), refused);
    // Without its nonce the decision cannot be checked, and labels and seen are ignored.
    other["body"].as_object_mut().unwrap().remove("nonce");
    assert!(matches!(take(&other), Outcome::Applied(_)));

    let amended = answer(&mut origin.clone(), rows[0], json!({"amended": true}));
    let mut other = amended.clone();
    other["body"]["nonce"] = json!(Salt([7; 16]));
    assert!(matches!(take(&amended), Outcome::Applied(_)));
    assert!(matches!(take(&other), Outcome::Applied(_)));
}

#[test]
fn a_nonce_beside_something_missing_is_dropped() {
    let (origin, rows) = Origin::with_rows();
    let line = answer(&mut origin.clone(), rows[0], json!({}));
    for change in [
        (|body: &mut Value| body["meta"] = json!(null)) as fn(&mut Value),
        |body| {
            let op = body["ops"][0].as_object_mut().unwrap();
            op.remove("salt");
            op.remove("value");
        },
    ] {
        let mut replica = origin.replica();
        let mut line = line.clone();
        change(&mut line["body"]);
        match replica.take(line.to_string().as_bytes()) {
            Outcome::Applied(applied) => assert_eq!(applied.missing.len(), 1),
            other => panic!("{other:?}"),
        }
        assert_eq!(replica.bodies.last().unwrap().nonce, None);
    }
    // With meta, but without an offer in it, it is refused.
    let draft = EntryDraft {
        nonce: Some(Salt([1; 16])),
        ..EntryDraft::new(Kind::Patch, meta(json!({})))
    };
    let refused = draft.sign(&origin.chain, origin.now(), &origin.key);
    let refusal = BuildProblem::Refused(Refusal::NonceWithoutPatch);
    assert_eq!(refused.map(|_| ()), Err(refusal));
}
