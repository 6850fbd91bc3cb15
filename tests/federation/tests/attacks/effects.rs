//! What authentic activities may do: answers to follows, ends of follows, peerings, repeated ids (attacks F11,
//! F13, and the rights of §5).

use rustine_domain::checks::Check;
use rustine_testkit::hostile::Document;
use rustine_testkit::inspect::State;
use serde_json::{Value, json};

use crate::forgery::Forgery;
use crate::letter::Draft;
use crate::world::{Scene, actor};

const MALLORY: &str = "https://evil.test/users/mallory";
const ALICE: &str = "https://victim.test/users/alice";
const BOB: &str = "https://victim.test/users/bob";

/// The forgeries.
pub fn table() -> Vec<Forgery> {
    let mut all = answers();
    all.extend(ends());
    all.extend(peerings());
    all.extend(repeats());
    all
}

/// The same activity said by somebody else, under an id of theirs.
pub fn said_by(scene: &Scene<'_>, draft: &mut Draft, who: &str) {
    let kind = draft.activity["type"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let mut other = scene.draft(who, &kind, &draft.activity["object"].clone());
    for member in ["result", "target", "to", "content"] {
        if let Some(value) = draft.activity.get(member) {
            other.activity[member] = value.clone();
        }
    }
    *draft = other;
}

/// Our operator asks to follow somebody new elsewhere, who has not answered; the person and the Follow.
fn asked(scene: &Scene<'_>) -> (String, Value) {
    let name = format!("f{}", scene.world.fresh());
    let id = scene.world.person("peer.test", &name, &scene.world.honest);
    let link = json!({"rel": "self", "type": "application/activity+json", "href": id});
    let found = json!({"subject": format!("acct:{name}@peer.test"), "links": [link]});
    let url = format!("https://peer.test/.well-known/webfinger?resource=acct:{name}@peer.test");
    let document = Document::of("application/jrd+json", found.to_string());
    scene.world.hostile.put(&url, document);
    let address = format!("{name}@peer.test");
    let _ = scene.side.node.call(&["follow", "add", &address]).done();
    let state = State::of(&scene.side.node);
    let row = state
        .table("follows")
        .iter()
        .find(|row| row.contains(&id))
        .unwrap_or_else(|| panic!("no follow of {id}"));
    let follow = row
        .split("activity_id='")
        .nth(1)
        .and_then(|rest| rest.split('\'').next())
        .unwrap_or_default();
    let follow = json!({"id": follow, "type": "Follow", "actor": format!("{}/users/admin", scene.origin()), "object": id});
    (id, follow)
}

fn answer(scene: &Scene<'_>, kind: &str) -> Draft {
    let (who, follow) = asked(scene);
    scene.draft(&who, kind, &follow)
}

fn answers() -> Vec<Forgery> {
    fn accept(scene: &Scene<'_>) -> Draft {
        answer(scene, "Accept")
    }
    fn reject(scene: &Scene<'_>) -> Draft {
        answer(scene, "Reject")
    }
    vec![
        Forgery::work(
            "a third party accepts our follow",
            "F13",
            Check::AnswerActor,
        )
        .honest(accept)
        .unsigned(|scene, draft| said_by(scene, draft, MALLORY)),
        Forgery::work(
            "a third party accepts our follow by its bare id",
            "F13",
            Check::AnswerActor,
        )
        .honest(accept)
        .unsigned(|scene, draft| {
            draft.activity["object"] = draft.activity["object"]["id"].clone();
            said_by(scene, draft, MALLORY);
        }),
        Forgery::work(
            "a third party accepts, naming itself as followed",
            "F13",
            Check::AnswerActor,
        )
        .honest(accept)
        .unsigned(|scene, draft| {
            draft.activity["object"]["object"] = json!(MALLORY);
            said_by(scene, draft, MALLORY);
        }),
        Forgery::work(
            "somebody on the followed server accepts",
            "F13",
            Check::AnswerActor,
        )
        .honest(accept)
        .unsigned(|scene, draft| {
            let name = format!("g{}", scene.world.fresh());
            let other = scene.world.person("peer.test", &name, &scene.world.honest);
            said_by(scene, draft, &other);
        }),
        Forgery::work(
            "a third party rejects our follow",
            "F13",
            Check::AnswerActor,
        )
        .honest(reject)
        .unsigned(|scene, draft| said_by(scene, draft, MALLORY)),
        Forgery::work(
            "an acceptance after the rejection",
            "F13",
            Check::AnswerPending,
        )
        .honest(accept)
        .unsigned(|scene, draft| {
            let who = draft.activity["actor"].as_str().unwrap_or_default();
            scene.deliver(&scene.draft(who, "Reject", &draft.activity["object"]));
        }),
    ]
}

fn ends() -> Vec<Forgery> {
    /// Alice follows, then ends that.
    fn undo(scene: &Scene<'_>) -> Draft {
        let follow = scene.follow(ALICE);
        scene.deliver(&follow);
        let object = json!({"id": follow.activity["id"], "type": "Follow"});
        scene.draft(ALICE, "Undo", &object)
    }
    vec![
        Forgery::work("a colleague ends a follow", "F6", Check::UndoFollower)
            .honest(undo)
            .unsigned(|scene, draft| said_by(scene, draft, BOB)),
        Forgery::work(
            "a colleague ends a follow by its bare id",
            "F6",
            Check::UndoFollower,
        )
        .honest(undo)
        .unsigned(|scene, draft| {
            draft.activity["object"] = draft.activity["object"]["id"].clone();
            said_by(scene, draft, BOB);
        }),
        Forgery::work(
            "a colleague ends a follow, naming the dataset",
            "F6",
            Check::UndoFollower,
        )
        .honest(undo)
        .unsigned(|scene, draft| {
            draft.activity["object"]["object"] = json!(scene.dataset());
            said_by(scene, draft, BOB);
        }),
    ]
}

fn peerings() -> Vec<Forgery> {
    /// Another instance asks for a peering.
    fn ask(scene: &Scene<'_>) -> Draft {
        let id = "https://peer.test/actor";
        scene.world.put_actor(id, &instance(scene, id, true));
        scene.draft(id, "Follow", &json!(format!("{}/actor", scene.origin())))
    }
    vec![
        Forgery::work("a person asks for a peering", "F13", Check::PeerKind)
            .honest(ask)
            .unsigned(|scene, draft| said_by(scene, draft, MALLORY)),
        Forgery::work(
            "another software asks for a peering",
            "F13",
            Check::PeerKind,
        )
        .honest(ask)
        .unsigned(|scene, draft| {
            let id = "https://other.test/actor";
            scene.world.put_actor(id, &instance(scene, id, false));
            said_by(scene, draft, id);
        }),
        Forgery::work(
            "a follow of what is not published",
            "F8",
            Check::FollowAllowed,
        )
        .unsigned(|scene, draft| {
            draft.activity["object"] = json!(format!("{}/datasets/brouillon", scene.origin()));
        }),
    ]
}

/// An instance's actor, of our software or of another.
pub fn instance(scene: &Scene<'_>, id: &str, ours: bool) -> Value {
    let mut document = actor(id, "Application", &scene.world.honest);
    if ours {
        document["implements"] =
            json!([{"href": "https://w3id.org/rustine/ns/v1", "name": "Rustine"}]);
    }
    document
}

fn repeats() -> Vec<Forgery> {
    /// Somebody follows and stops; then the first letter comes again.
    fn replay(scene: &Scene<'_>, draft: &mut Draft) {
        scene.deliver(draft);
        let undo = scene.draft(ALICE, "Undo", &draft.activity.clone());
        scene.deliver(&undo);
    }
    fn follow(scene: &Scene<'_>) -> Draft {
        scene.follow(ALICE)
    }
    vec![
        Forgery::work("a caught follow sent again", "F11", Check::Seen)
            .honest(follow)
            .unsigned(replay),
        Forgery::work(
            "a caught follow sent again to another inbox",
            "F11",
            Check::Seen,
        )
        .honest(follow)
        .unsigned(|scene, draft| {
            replay(scene, draft);
            draft.path = "/actor/inbox".to_owned();
        }),
        Forgery::work("another body under a seen id", "F11", Check::Seen)
            .honest(follow)
            .unsigned(|scene, draft| {
                replay(scene, draft);
                draft.activity["summary"] = json!("encore");
            }),
    ]
}
