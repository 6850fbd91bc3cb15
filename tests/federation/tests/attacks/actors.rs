//! Who somebody is: the origin of keys, the documents of actors, keys that change, whose things an activity
//! touches (attacks F1, F2, F3, F5, F6, F7, F12).

use rustine_domain::checks::Check;
use rustine_testkit::hostile::Document;
use serde_json::{Value, json};

use crate::forgery::Forgery;
use crate::letter::Draft;
use crate::world::{Scene, actor};

const MALLORY: &str = "https://evil.test/users/mallory";
const ALICE: &str = "https://victim.test/users/alice";
const UNVERIFIED: &[Check] = &[Check::Verification, Check::Library];

/// The forgeries.
pub fn table() -> Vec<Forgery> {
    let mut all = keys();
    all.extend(documents());
    all.extend(origins());
    all.extend(owners());
    all
}

fn keys() -> Vec<Forgery> {
    vec![
        Forgery::gate(
            "the attacker's own keyId in another's name",
            "F2",
            Check::KeyOrigin,
        )
        .behind(UNVERIFIED)
        .honest(|scene| scene.follow(ALICE))
        .unsigned(|scene, draft| {
            draft.key = scene.world.evil.clone();
            draft.key_id = format!("{MALLORY}#main-key");
        }),
        Forgery::gate("a keyId on another server", "F2", Check::KeyOrigin)
            .unsigned(|_, draft| draft.key_id = "https://other.test/users/x#main-key".to_owned()),
        Forgery::gate("a keyId on another port", "F2", Check::KeyOrigin).unsigned(|_, draft| {
            draft.key_id = "https://evil.test:8443/users/mallory#k".to_owned()
        }),
        Forgery::gate("a keyId at an address", "F15", Check::KeyOrigin)
            .unsigned(|_, draft| draft.key_id = "https://169.254.169.254/latest#k".to_owned()),
        Forgery::gate("a keyId of our own", "F2", Check::KeyOrigin)
            .unsigned(|scene, draft| draft.key_id = format!("{}/actor#main-key", scene.origin())),
        Forgery::gate("a keyId that is no URL of the web", "F2", Check::KeyOrigin)
            .unsigned(|_, draft| draft.key_id = "acct:mallory@evil.test".to_owned()),
        Forgery::gate(
            "another actor of the same server signs",
            "F6",
            Check::Verification,
        )
        .behind(&[Check::Library])
        .honest(|scene| scene.follow(ALICE))
        .unsigned(|scene, draft| {
            let mallory = scene
                .world
                .person("victim.test", "insider", &scene.world.evil);
            draft.key = scene.world.evil.clone();
            draft.key_id = format!("{mallory}#main-key");
        }),
    ]
}

/// A follow by a new actor, whose document is changed and served by the attacker.
fn by(scene: &Scene<'_>, change: impl Fn(&mut Value)) -> Draft {
    by_served(scene, |mut document| {
        change(&mut document);
        Document::of("application/activity+json", document.to_string())
    })
}

fn by_served(scene: &Scene<'_>, serve: impl Fn(Value) -> Document) -> Draft {
    let id = format!("https://late.test/users/p{}", scene.world.fresh());
    let document = actor(&id, "Person", &scene.world.honest);
    scene.world.hostile.put(&id, serve(document));
    scene.follow(&id)
}

fn documents() -> Vec<Forgery> {
    /// The draft of a follow, given a new sender.
    fn sent_by(draft: &mut Draft, other: Draft) {
        *draft = other;
    }
    vec![
        Forgery::gate("an uploaded file as an actor", "F4", Check::ActorType).unsigned(
            |scene, draft| {
                let serve =
                    |document: Value| Document::of("application/json", document.to_string());
                sent_by(draft, by_served(scene, serve));
            },
        ),
        Forgery::gate("a page as an actor", "F4", Check::ActorType).unsigned(|scene, draft| {
            let serve = |document: Value| Document::of("text/html", document.to_string());
            sent_by(draft, by_served(scene, serve));
        }),
        Forgery::gate(
            "JSON-LD without the profile as an actor",
            "F4",
            Check::ActorType,
        )
        .unsigned(|scene, draft| {
            let serve = |document: Value| Document::of("application/ld+json", document.to_string());
            sent_by(draft, by_served(scene, serve));
        }),
        Forgery::gate(
            "the victim's id in the attacker's document",
            "F1",
            Check::ActorId,
        )
        .behind(&[Check::Library])
        .unsigned(|scene, draft| {
            let serve = |_: Value| {
                let stolen = actor(ALICE, "Person", &scene.world.honest);
                Document::of("application/activity+json", stolen.to_string())
            };
            sent_by(draft, by_served(scene, serve));
        }),
        Forgery::gate("another id of the same server", "F1", Check::ActorId)
            .behind(&[Check::Library])
            .unsigned(|scene, draft| {
                let serve = |_: Value| {
                    let id = format!("https://late.test/users/q{}", scene.world.fresh());
                    let other = actor(&id, "Person", &scene.world.honest);
                    Document::of("application/activity+json", other.to_string())
                };
                sent_by(draft, by_served(scene, serve));
            }),
        Forgery::gate(
            "an actor that redirects to another one",
            "F1",
            Check::ActorId,
        )
        .unsigned(|scene, draft| {
            let other = format!("https://moved.test/users/r{}", scene.world.fresh());
            let serve = |document: Value| {
                scene.world.put_actor(&other, &document);
                Document::redirect(&other)
            };
            sent_by(draft, by_served(scene, serve));
        }),
        Forgery::gate(
            "a key whose owner is somebody else",
            "F2",
            Check::ActorKeyOwner,
        )
        .unsigned(|scene, draft| {
            let other = by(scene, |actor| actor["publicKey"]["owner"] = json!(ALICE));
            sent_by(draft, other);
        }),
        Forgery::gate(
            "a key that lies on another server",
            "F2",
            Check::ActorKeyOwner,
        )
        .unsigned(|scene, draft| {
            let other = by(scene, |actor| {
                actor["publicKey"]["id"] = json!(format!("{ALICE}#main-key"));
            });
            sent_by(draft, other);
        }),
        Forgery::gate("an inbox on another server", "F18", Check::ActorAddresses).unsigned(
            |scene, draft| {
                let other = by(scene, |actor| {
                    actor["inbox"] = json!("https://victim.test/inbox");
                });
                sent_by(draft, other);
            },
        ),
        Forgery::gate("a log on another server", "F18", Check::ActorAddresses).unsigned(
            |scene, draft| {
                let other = by(scene, |actor| {
                    actor["log"] = json!("https://victim.test/log");
                });
                sent_by(draft, other);
            },
        ),
    ]
}

fn origins() -> Vec<Forgery> {
    /// A note of the attacker.
    fn note(scene: &Scene<'_>) -> Draft {
        let object = json!({
            "id": format!("https://evil.test/notes/{}", scene.world.fresh()),
            "type": "Note",
            "attributedTo": MALLORY,
            "content": "bonjour",
        });
        scene.draft(MALLORY, "Create", &object)
    }
    const READ_AGAIN: &[Check] = &[Check::Library];
    vec![
        Forgery::gate("an activity id of another server", "F7", Check::Origin)
            .behind(READ_AGAIN)
            .unsigned(|_, draft| {
                let id = draft.activity["id"].as_str().unwrap_or_default();
                draft.activity["id"] = json!(id.replace("evil.test", "victim.test"));
            }),
        Forgery::gate("an activity id of a name below", "F7", Check::Origin)
            .behind(READ_AGAIN)
            .unsigned(|_, draft| {
                let id = draft.activity["id"].as_str().unwrap_or_default();
                draft.activity["id"] = json!(id.replace("evil.test", "sub.evil.test"));
            }),
        Forgery::gate("a note of another server", "F7", Check::Origin)
            .honest(note)
            .unsigned(|_, draft| {
                draft.activity["object"]["id"] = json!("https://victim.test/notes/1")
            }),
        Forgery::gate("a note with our dataset's id", "F7", Check::Origin)
            .honest(note)
            .unsigned(|scene, draft| draft.activity["object"]["id"] = json!(scene.dataset())),
        Forgery::gate("a note whose id is a number", "F7", Check::Origin)
            .honest(note)
            .unsigned(|_, draft| draft.activity["object"]["id"] = json!(1)),
        Forgery::gate("a note whose id is a list", "F7", Check::Origin)
            .honest(note)
            .unsigned(|_, draft| {
                let own = draft.activity["object"]["id"].take();
                draft.activity["object"]["id"] = json!([own, "https://victim.test/notes/1"]);
            }),
        Forgery::gate("a bare id of another server created", "F8", Check::Origin)
            .honest(note)
            .unsigned(|_, draft| draft.activity["object"] = json!("https://victim.test/notes/1")),
        Forgery::gate("a note attributed to the victim", "F5", Check::Attribution)
            .honest(note)
            .unsigned(|_, draft| draft.activity["object"]["attributedTo"] = json!(ALICE)),
        Forgery::gate("a note attributed to a number", "F5", Check::Attribution)
            .honest(note)
            .unsigned(|_, draft| draft.activity["object"]["attributedTo"] = json!(1)),
        Forgery::gate("a note attributed to two", "F5", Check::Attribution)
            .honest(note)
            .unsigned(|_, draft| {
                draft.activity["object"]["attributedTo"] = json!([MALLORY, ALICE]);
            }),
        Forgery::gate("a note attributed to an object", "F5", Check::Attribution)
            .honest(note)
            .unsigned(|_, draft| {
                draft.activity["object"]["attributedTo"] = json!({"id": MALLORY});
            }),
        Forgery::gate(
            "a note attributed to our operator",
            "F5",
            Check::Attribution,
        )
        .honest(note)
        .unsigned(|scene, draft| {
            let admin = format!("{}/users/admin", scene.origin());
            draft.activity["object"]["attributedTo"] = json!(admin);
        }),
        Forgery::gate(
            "an activity attributed to the victim",
            "F5",
            Check::Attribution,
        )
        .unsigned(|_, draft| draft.activity["attributedTo"] = json!(ALICE)),
    ]
}

fn owners() -> Vec<Forgery> {
    const BOB: &str = "https://victim.test/users/bob";
    /// Alice changes a note of her own.
    fn update(scene: &Scene<'_>) -> Draft {
        let object =
            json!({"id": "https://victim.test/notes/7", "type": "Note", "attributedTo": ALICE});
        scene.draft(ALICE, "Update", &object)
    }
    fn delete(scene: &Scene<'_>) -> Draft {
        let object =
            json!({"id": "https://victim.test/notes/7", "type": "Note", "attributedTo": ALICE});
        scene.draft(ALICE, "Delete", &object)
    }
    /// Alice ends a follow of hers.
    fn undo(scene: &Scene<'_>) -> Draft {
        let object = json!({"id": scene.id(ALICE), "type": "Follow", "actor": ALICE, "object": scene.dataset()});
        scene.draft(ALICE, "Undo", &object)
    }
    fn moved(scene: &Scene<'_>) -> Draft {
        let mut draft = scene.draft(ALICE, "Move", &json!(ALICE));
        draft.activity["target"] = json!("https://moved.test/users/alice");
        draft
    }
    vec![
        Forgery::gate("a colleague's actor with a new key", "F3", Check::Owner)
            .honest(update)
            .unsigned(|scene, draft| {
                draft.activity["object"] = actor(BOB, "Person", &scene.world.evil);
            }),
        Forgery::gate("another server's actor with a new key", "F3", Check::Origin)
            .behind(&[Check::Owner])
            .honest(update)
            .unsigned(|scene, draft| {
                draft.activity["object"] = actor(MALLORY, "Person", &scene.world.evil);
            }),
        Forgery::gate("a colleague's note changed", "F6", Check::Owner)
            .honest(update)
            .unsigned(|_, draft| draft.activity["object"]["attributedTo"] = json!(BOB)),
        Forgery::gate("a note of nobody changed", "F6", Check::Owner)
            .honest(update)
            .unsigned(|_, draft| {
                draft.activity["object"] =
                    json!({"id": "https://victim.test/notes/7", "type": "Note"});
            }),
        Forgery::gate("a note of two owners changed", "F6", Check::Owner)
            .honest(update)
            .unsigned(|_, draft| draft.activity["object"]["attributedTo"] = json!([ALICE, BOB])),
        Forgery::gate("a list of notes changed", "F6", Check::Origin)
            .behind(&[Check::Owner])
            .honest(update)
            .unsigned(|_, draft| {
                let own = draft.activity["object"].take();
                draft.activity["object"] = json!([own]);
            }),
        Forgery::gate("a colleague's note deleted", "F6", Check::Owner)
            .honest(delete)
            .unsigned(|_, draft| draft.activity["object"]["attributedTo"] = json!(BOB)),
        Forgery::gate("a colleague deleted", "F6", Check::Owner)
            .honest(delete)
            .unsigned(|scene, draft| {
                draft.activity["object"] = actor(BOB, "Person", &scene.world.honest);
            }),
        Forgery::gate("our dataset deleted", "F7", Check::Origin)
            .honest(delete)
            .unsigned(|scene, draft| draft.activity["object"] = json!(scene.dataset())),
        Forgery::gate("another server's note deleted by id", "F6", Check::Origin)
            .honest(delete)
            .unsigned(|_, draft| draft.activity["object"] = json!("https://evil.test/notes/1")),
        Forgery::gate("a colleague's follow ended", "F6", Check::Owner)
            .honest(undo)
            .unsigned(|_, draft| draft.activity["object"]["actor"] = json!(BOB)),
        Forgery::gate("another server's follow ended", "F6", Check::Origin)
            .behind(&[Check::Owner])
            .honest(undo)
            .unsigned(|scene, draft| {
                draft.activity["object"]["id"] = json!(scene.id(MALLORY));
                draft.activity["object"]["actor"] = json!(MALLORY);
            }),
        Forgery::gate("a colleague moved", "F14", Check::Owner)
            .honest(moved)
            .unsigned(|_, draft| draft.activity["object"] = json!(BOB)),
        Forgery::gate("another server's person moved", "F14", Check::Origin)
            .behind(&[Check::Owner])
            .honest(moved)
            .unsigned(|_, draft| draft.activity["object"] = json!(MALLORY)),
    ]
}
