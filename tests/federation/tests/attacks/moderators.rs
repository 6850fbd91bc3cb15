//! People of other servers who hold roles here, and the votes that they sign.

use rustine_domain::json;
use rustine_domain::key::LogKey;
use rustine_domain::proof;
use rustine_testkit::hostile::Document;
use rustine_testkit::inspect::State;
use rustine_tests_federation::{LIEUX, text};
use serde_json::{Value, json};

use crate::letter::Draft;
use crate::offers;
use crate::traps::now;
use crate::world::{Scene, World, actor, origin_of, somebody, spread};

/// The server of those who hold roles.
pub const HOST: &str = "peer.test";

/// The key that somebody's reviews are signed with.
pub fn key_of(actor: &str) -> LogKey {
    LogKey::from_seed(json::hash(&json!(["reviews of", actor])).0)
}

/// A key as actors show it.
pub fn method(actor: &str, key: &LogKey) -> Value {
    let multikey = key.multikey().to_string();
    json!({
        "id": format!("{actor}#ed25519-{multikey}"),
        "type": "Multikey",
        "controller": actor,
        "publicKeyMultibase": multikey,
    })
}

/// The document of somebody who signs her reviews with this key.
pub fn document(world: &World, id: &str, key: &LogKey) -> Value {
    let mut document = actor(id, "Person", &world.honest);
    document["assertionMethod"] = json!([method(id, key)]);
    document
}

/// Puts somebody who can review on the attacker's machine; returns her id.
pub fn reviewer(world: &World, host: &str, name: &str) -> String {
    let id = format!("https://{host}/users/{name}");
    world.put_actor(&id, &document(world, &id, &key_of(&id)));
    let link = json!({"rel": "self", "type": "application/activity+json", "href": id});
    let found = json!({"subject": format!("acct:{name}@{host}"), "links": [link]});
    let url = format!("https://{host}/.well-known/webfinger?resource=acct:{name}@{host}");
    world.hostile.put(
        &url,
        Document::of("application/jrd+json", found.to_string()),
    );
    id
}

/// A reviewer whom nobody met before.
pub fn newcomer(scene: &Scene<'_>) -> String {
    let name = format!("relu{}", scene.world.fresh());
    reviewer(scene.world, spread(scene), &name)
}

/// Gives somebody a role on a dataset of the node; returns the grant's address.
pub fn granted(scene: &Scene<'_>, who: &str, dataset: &str) -> String {
    let host = who.split('/').nth(2).unwrap_or_default();
    let name = who.rsplit('/').next().unwrap_or_default();
    let to = format!("{name}@{host}");
    let words = ["grant", "add", dataset, "--to", &to, "--role", "write"];
    text(&scene.side.node.json(&words), "url")
}

/// Takes a role back.
pub fn revoke(scene: &Scene<'_>, grant: &str) {
    let _ = scene.side.node.call(&["grant", "revoke", grant]).done();
}

/// Somebody who holds a role on this dataset, given on each side once.
pub fn holder(scene: &Scene<'_>, host: &str, name: &str, dataset: &str) -> String {
    let who = reviewer(scene.world, host, name);
    let needle = format!("target='{who}'");
    let state = State::of(&scene.side.node);
    if !state
        .table("grants")
        .iter()
        .any(|row| row.contains(&needle))
    {
        granted(scene, &who, dataset);
    }
    who
}

/// The honest moderator of the places.
pub fn moderator(scene: &Scene<'_>) -> String {
    holder(scene, HOST, "modo", LIEUX)
}

/// What somebody proposes on a dataset of the node, once it waits there.
pub fn proposed(scene: &Scene<'_>, who: &str, dataset: &str) -> Value {
    let offer = offers::offer_on(scene, who, dataset);
    scene.deliver(&offer);
    offer.activity["object"].clone()
}

/// A proposal on the places that waits, the same one for all who vote on it.
pub fn waiting(scene: &Scene<'_>) -> Value {
    let host = scene.side.host;
    let known = scene.world.reviewed.borrow().get(host).cloned();
    known.unwrap_or_else(|| {
        let patch = proposed(scene, &somebody(scene), LIEUX);
        let mut reviewed = scene.world.reviewed.borrow_mut();
        reviewed.insert(host, patch.clone());
        patch
    })
}

/// A vote on a proposal, signed by who casts it.
pub fn ballot(scene: &Scene<'_>, who: &str, patch: &Value, verdict: &str) -> Draft {
    let (dataset, digest) = (text(patch, "context"), text(patch, "digest"));
    let mut review = json!({
        "@context": [
            "https://www.w3.org/ns/activitystreams",
            "https://w3id.org/security/data-integrity/v2",
            "https://w3id.org/rustine/ns/v1",
        ],
        "id": format!("{}/reviews/{}", origin_of(who), uuid::Uuid::new_v4()),
        "type": "Review",
        "attributedTo": who,
        "context": format!("{dataset}/proposals/{digest}"),
        "patchDigest": digest,
        "verdict": verdict,
        "published": now().to_string(),
    });
    sign(&mut review, &key_of(who));
    let mut draft = scene.draft(who, "Offer", &review);
    draft.activity["to"] = json!([dataset]);
    draft.activity["target"] = json!(dataset);
    draft
}

/// Signs a review in its author's name.
pub fn sign(review: &mut Value, key: &LogKey) {
    let author = text(review, "attributedTo");
    let method = format!("{author}#ed25519-{}", key.multikey());
    let review = review.as_object_mut().expect("a review is an object");
    proof::sign(review, key, &method, now());
}

/// Changes a review and has its author sign it anew.
pub fn signed_anew(draft: &mut Draft, change: impl Fn(&mut Value)) {
    let review = &mut draft.activity["object"];
    let key = key_of(&text(review, "attributedTo"));
    change(review);
    sign(review, &key);
}
