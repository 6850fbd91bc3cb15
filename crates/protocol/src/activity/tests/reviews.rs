use rustine_domain::time::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::object::{Review, Verdict};

fn at() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn review(verdict: Verdict) -> Review {
    let mut review = Review {
        id: uri("https://b.example/reviews/6f1c0000-0000-4000-8000-000000000009"),
        attributed_to: lea(),
        context: uri("https://a.example/datasets/lieux/proposals/x"),
        patch_digest: Hash([3; 32]),
        amended: None,
        verdict,
        content: Some("vérifié sur place".into()),
        published: at(),
        signed: None,
    };
    let mut signed = review.unsigned();
    signed.insert(
        "proof".into(),
        json!({"type": "DataIntegrityProof", "proofValue": "z"}),
    );
    review.signed = Some(Value::Object(signed));
    review
}

#[test]
fn a_review_reads_back_with_the_document_that_its_proof_covers() {
    for verdict in [
        Verdict::Approve,
        Verdict::Revise,
        Verdict::Reject,
        Verdict::Remark,
    ] {
        let offer = OfferReview::new(id(), lieux(), review(verdict));
        reads_back(&offer.to_json(), &Activity::OfferReview(offer));
    }
}

#[test]
fn an_approval_with_corrections_carries_them_beside_what_is_signed() {
    let mut corrected = review(Verdict::Approve);
    corrected.amended = Some(Hash([4; 32]));
    let mut signed = corrected.unsigned();
    assert_eq!(signed["amendedDigest"], Hash([4; 32]).to_string());
    signed.insert("proof".into(), json!({"type": "DataIntegrityProof"}));
    corrected.signed = Some(Value::Object(signed));
    let ops = json!([{"op": "add", "row": "_:1", "cells": {"nom": "Gare"}}]);
    let op = OfferedOp::from_json(&ops[0]).unwrap();
    let offer = OfferReview::new(id(), lieux(), corrected).amended(Some(vec![op]));
    let document = offer.to_json();
    assert_eq!(document["amended"], ops);
    assert!(!document["object"].to_string().contains("Gare"));
    reads_back(&document, &Activity::OfferReview(offer));
}

#[test]
fn a_review_by_another_or_without_proof_is_refused() {
    let document = OfferReview::new(id(), lieux(), review(Verdict::Approve)).to_json();
    for (member, wrong) in [
        ("attributedTo", json!("https://b.example/users/eve")),
        ("id", json!("https://c.example/reviews/1")),
        (
            "context",
            json!("https://c.example/datasets/lieux/proposals/x"),
        ),
        ("verdict", json!("maybe")),
        ("patchDigest", json!("x")),
        ("proof", Value::Null),
        ("@graph", json!([])),
    ] {
        let mut document = document.clone();
        document["object"][member] = wrong;
        assert!(Activity::parse(&document).is_err(), "{member}");
    }
}

#[test]
fn a_grant_is_given_by_the_dataset_alone() {
    let grant = Grant {
        envelope: Envelope::new(answer_id(), lieux(), lea()),
        role: "write".into(),
        target: lea(),
        end_time: at(),
    };
    reads_back(&grant.to_json(), &Activity::Grant(grant.clone()));
    let mut other = grant.to_json();
    other["context"] = json!("https://a.example/datasets/other");
    assert_eq!(
        Activity::parse(&other),
        Err(ActivityProblem::NotTheOwner { member: "context" })
    );
    let revoke = Revoke {
        envelope: Envelope::new(id(), lea(), lieux()),
        grant: grant.envelope.id,
    };
    // The grant is of another server than who takes it back.
    assert!(Activity::parse(&revoke.to_json()).is_err());
    let revoke = Revoke {
        envelope: Envelope::new(answer_id(), lieux(), lea()),
        ..revoke
    };
    reads_back(&revoke.to_json(), &Activity::Revoke(revoke));
}
