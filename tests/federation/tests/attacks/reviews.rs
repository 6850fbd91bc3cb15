//! Votes of moderators elsewhere: whose they are, what they are about, what they were signed for (`protocol.md` §5;
//! attacks F5, F6, F7, F10, F11).

use rustine_domain::checks::Check;
use rustine_domain::ids::Hash;
use rustine_domain::json;
use rustine_testkit::inspect::repeat_review;
use rustine_tests_federation::{LIEUX, text};
use serde_json::{Value, json};

use crate::effects::said_by;
use crate::forgery::Forgery;
use crate::letter::Draft;
use crate::moderators::{
    HOST, ballot, granted, moderator, newcomer, proposed, revoke, sign, signed_anew, waiting,
};
use crate::traps::any_key;
use crate::world::{Scene, somebody};

/// The forgeries.
pub fn table() -> Vec<Forgery> {
    let mut all = authors();
    all.extend(roles());
    all.extend(objects());
    all.extend(repeats());
    all.extend(floods());
    all.extend(corrections());
    all
}

/// A moderator approves what waits.
fn honest(scene: &Scene<'_>) -> Draft {
    ballot(scene, &moderator(scene), &waiting(scene), "approve")
}

fn authors() -> Vec<Forgery> {
    vec![
        Forgery::gate("a vote in a colleague's name", "F5", Check::Attribution)
            .behind(&[Check::ActivityOwner])
            .honest(honest)
            .unsigned(|scene, draft| {
                let honest = &scene.world.honest;
                let colleague = scene.world.person(HOST, "collegue", honest);
                said_by(scene, draft, &colleague);
            }),
        Forgery::gate("a vote with an id of another server", "F7", Check::Origin)
            .behind(&[Check::ActivityOrigin])
            .honest(honest)
            .unsigned(|_, draft| {
                signed_anew(draft, |review| {
                    let id = format!("https://evil.test/reviews/{}", uuid::Uuid::new_v4());
                    review["id"] = json!(id);
                });
            }),
        Forgery::work(
            "a vote signed with another key than the grant's",
            "F10",
            Check::Proof,
        )
        .honest(honest)
        .unsigned(|_, draft| sign(&mut draft.activity["object"], &any_key())),
        Forgery::work(
            "a vote with the signature of another one",
            "F10",
            Check::Proof,
        )
        .honest(honest)
        .unsigned(|scene, draft| {
            let other = honest(scene);
            draft.activity["object"]["proof"] = other.activity["object"]["proof"].clone();
        }),
        Forgery::work(
            "an approval that was signed as a remark",
            "F10",
            Check::Proof,
        )
        .honest(honest)
        .unsigned(|_, draft| {
            signed_anew(draft, |review| review["verdict"] = json!("remark"));
            draft.activity["object"]["verdict"] = json!("approve");
        }),
        Forgery::work("words that nobody signed", "F10", Check::Proof)
            .honest(honest)
            .unsigned(|_, draft| draft.activity["object"]["content"] = json!("parfait")),
        Forgery::work("a vote by a proof of another suite", "F10", Check::Proof)
            .honest(honest)
            .unsigned(|_, draft| {
                draft.activity["object"]["proof"]["cryptosuite"] = json!("eddsa-rdfc-2022");
            }),
    ]
}

fn roles() -> Vec<Forgery> {
    vec![
        Forgery::work(
            "a vote of somebody without a role",
            "F5",
            Check::ReviewGrant,
        )
        .behind(&[Check::Proof])
        .honest(honest)
        .unsigned(|scene, draft| {
            *draft = ballot(scene, &newcomer(scene), &waiting(scene), "approve");
        }),
        Forgery::work(
            "a vote after the role was taken back",
            "F5",
            Check::ReviewGrant,
        )
        .honest(honest)
        .unsigned(|scene, draft| {
            let who = newcomer(scene);
            revoke(scene, &granted(scene, &who, LIEUX));
            *draft = ballot(scene, &who, &waiting(scene), "approve");
        }),
        Forgery::work(
            "a vote from before a role was taken back, under a new one",
            "F11",
            Check::ReviewBefore,
        )
        .honest(honest)
        .unsigned(|scene, draft| {
            let who = newcomer(scene);
            revoke(scene, &granted(scene, &who, LIEUX));
            granted(scene, &who, LIEUX);
            *draft = ballot(scene, &who, &waiting(scene), "approve");
            signed_anew(draft, |review| {
                review["published"] = json!("2026-01-01T00:00:00Z")
            });
        }),
        Forgery::work("a vote on a proposal of one's own", "F5", Check::ReviewOwn)
            .honest(honest)
            .unsigned(|scene, draft| {
                let who = moderator(scene);
                let patch = proposed(scene, &who, LIEUX);
                *draft = ballot(scene, &who, &patch, "approve");
            }),
    ]
}

fn objects() -> Vec<Forgery> {
    vec![
        Forgery::work("a vote on another version", "F7", Check::ReviewVersion)
            .honest(honest)
            .unsigned(|_, draft| {
                signed_anew(draft, |review| {
                    review["patchDigest"] = json!(Hash([7; 32]).to_string());
                });
            }),
        Forgery::work(
            "a vote that was signed for another dataset",
            "F7",
            Check::ReviewContext,
        )
        .honest(honest)
        .unsigned(|scene, draft| {
            let from = scene.dataset();
            let to = format!("{}/datasets/brouillon", scene.origin());
            moved(draft, &from, &to);
        }),
        Forgery::work(
            "a vote that was signed for a dataset elsewhere",
            "F7",
            Check::ReviewContext,
        )
        .honest(honest)
        .unsigned(|scene, draft| moved(draft, &scene.origin(), "https://piege.test")),
        Forgery::work("a vote after the decision", "F13", Check::ReviewOpen)
            .honest(honest)
            .unsigned(|scene, draft| {
                let patch = proposed(scene, &somebody(scene), LIEUX);
                let id = patch["id"].as_str().unwrap_or_default();
                let id = id.rsplit('/').next().unwrap_or_default();
                let words = ["patch", "refuse", id, "--reason", "non"];
                let _ = scene.side.node.call(&words).done();
                *draft = ballot(scene, &moderator(scene), &patch, "approve");
            }),
    ]
}

/// Has a review signed for a proposal elsewhere.
fn moved(draft: &mut Draft, from: &str, to: &str) {
    signed_anew(draft, |review| {
        let context = review["context"].as_str().unwrap_or_default();
        review["context"] = json!(context.replace(from, to));
    });
}

fn repeats() -> Vec<Forgery> {
    /// The vote arrives; then something of it comes in another activity.
    fn again(scene: &Scene<'_>, draft: &mut Draft) {
        scene.deliver(draft);
        let who = draft.activity["actor"].as_str().unwrap_or_default();
        let who = who.to_owned();
        said_by(scene, draft, &who);
    }
    vec![
        Forgery::work("a caught vote once more", "F11", Check::ReviewReplay)
            .honest(honest)
            .unsigned(again),
        Forgery::work("another vote under a known id", "F11", Check::ReviewReplay)
            .honest(honest)
            .unsigned(|scene, draft| {
                again(scene, draft);
                signed_anew(draft, |review| review["verdict"] = json!("reject"));
            }),
    ]
}

fn floods() -> Vec<Forgery> {
    /// Reviews of one person on one dataset in a day.
    const DAILY: usize = 2000;
    vec![
        Forgery::work("the 2,001st review of a day", "F20", Check::ReviewQuota)
            .honest(honest)
            .unsigned(|scene, draft| {
                let (who, patch) = (newcomer(scene), waiting(scene));
                granted(scene, &who, LIEUX);
                let remark = ballot(scene, &who, &patch, "remark");
                scene.deliver(&remark);
                let said = text(&remark.activity["object"], "id");
                repeat_review(&scene.side.node, &said, DAILY - 1);
                *draft = ballot(scene, &who, &patch, "approve");
            }),
    ]
}

fn corrections() -> Vec<Forgery> {
    /// A moderator approves a proposal with another value.
    fn corrected(scene: &Scene<'_>) -> Draft {
        let patch = proposed(scene, &somebody(scene), LIEUX);
        let ops = with_value(&patch, "corrigé");
        approval(scene, &patch, &ops, Some(&ops))
    }
    vec![
        Forgery::work(
            "corrections of another cell",
            "F6",
            Check::ReviewCorrections,
        )
        .honest(corrected)
        .unsigned(|scene, draft| {
            let patch = proposed(scene, &somebody(scene), LIEUX);
            let mut ops = patch["ops"].clone();
            ops[0]["field"] = json!("code_postal");
            *draft = approval(scene, &patch, &ops, Some(&ops));
        }),
        Forgery::work(
            "a row added as a correction",
            "F6",
            Check::ReviewCorrections,
        )
        .honest(corrected)
        .unsigned(|scene, draft| {
            let patch = proposed(scene, &somebody(scene), LIEUX);
            let row = json!({"op": "add", "row": "_:1", "cells": {"id": "neuf", "nom": "neuf"}});
            let ops = json!([patch["ops"][0], row]);
            *draft = approval(scene, &patch, &ops, Some(&ops));
        }),
        Forgery::work(
            "other corrections than those signed for",
            "F10",
            Check::ReviewCorrections,
        )
        .honest(corrected)
        .unsigned(|_, draft| draft.activity["amended"][0]["value"] = json!("autre")),
        Forgery::work(
            "corrections that nobody signed for",
            "F10",
            Check::ReviewCorrections,
        )
        .honest(corrected)
        .unsigned(|scene, draft| {
            let patch = proposed(scene, &somebody(scene), LIEUX);
            let ops = with_value(&patch, "autre");
            *draft = approval(scene, &patch, &ops, None);
        }),
        Forgery::work(
            "corrections that were left out",
            "F10",
            Check::ReviewCorrections,
        )
        .honest(corrected)
        .unsigned(|_, draft| {
            let offer = draft.activity.as_object_mut();
            offer.expect("an offer is an object").remove("amended");
        }),
    ]
}

/// The operations of a proposal with another value.
fn with_value(patch: &Value, value: &str) -> Value {
    let mut ops = patch["ops"].clone();
    ops[0]["value"] = json!(value);
    ops
}

/// An approval that brings corrections, and is signed for these.
fn approval(scene: &Scene<'_>, patch: &Value, sent: &Value, signed: Option<&Value>) -> Draft {
    let mut draft = ballot(scene, &moderator(scene), patch, "approve");
    if let Some(ops) = signed {
        let (nonce, uid, schema) = (&patch["nonce"], &patch["uid"], &patch["schema"]);
        let digest = json::hash(&json!(["rustine1/patch", nonce, uid, schema, ops]));
        signed_anew(&mut draft, |review| {
            review["amendedDigest"] = json!(digest.to_string());
        });
    }
    draft.activity["amended"] = sent.clone();
    draft
}
