//! What is said about roles: notices of datasets elsewhere, requests for a role here, and what its holder answers
//! (`protocol.md` §5; attacks F5, F6, F11, F13, F20).

use rustine_domain::checks::Check;
use rustine_testkit::wait;
use rustine_tests_federation::{LIEUX, SOON_S, text};
use serde_json::json;

use crate::effects::said_by;
use crate::forgery::Forgery;
use crate::letter::Draft;
use crate::moderators::{granted, newcomer};
use crate::traps::Trap;
use crate::world::{Scene, actor, origin_of, somebody, spread};

const MALLORY: &str = "https://evil.test/users/mallory";

/// The forgeries.
pub fn table() -> Vec<Forgery> {
    let mut all = notices();
    all.extend(refusals());
    all.extend(requests());
    all.extend(quotas());
    all.extend(answers());
    all
}

/// A dataset of a server elsewhere.
fn dataset(scene: &Scene<'_>, origin: &str) -> String {
    let url = format!("{origin}/datasets/d{}", scene.world.fresh());
    let world = scene.world;
    world.put_actor(&url, &actor(&url, "Group", &world.honest));
    url
}

/// A dataset elsewhere tells our operator of a role that it gave her.
fn notice(scene: &Scene<'_>) -> Draft {
    let from = dataset(scene, &format!("https://{}", spread(scene)));
    let person = format!("{}/users/admin", scene.origin());
    let mut draft = scene.draft(&from, "Grant", &json!("write"));
    let id = format!("{}/grants/{}", origin_of(&from), uuid::Uuid::new_v4());
    draft.activity["id"] = json!(id);
    draft.activity["to"] = json!([person]);
    draft.activity["context"] = json!(from);
    draft.activity["target"] = json!(person);
    draft.activity["endTime"] = json!("2030-01-01T00:00:00Z");
    draft
}

/// The same notice of somebody else.
fn told_by(scene: &Scene<'_>, draft: &mut Draft, who: &str) {
    let mut other = scene.draft(who, "Grant", &draft.activity["object"].clone());
    for member in ["to", "context", "target", "endTime"] {
        other.activity[member] = draft.activity[member].clone();
    }
    *draft = other;
}

/// Another dataset of the server that speaks.
fn neighbour(scene: &Scene<'_>, draft: &Draft) -> String {
    dataset(scene, &origin_of(&text(&draft.activity, "actor")))
}

fn notices() -> Vec<Forgery> {
    /// The dataset tells that the role ended.
    fn ended(scene: &Scene<'_>) -> Draft {
        let grant = notice(scene);
        scene.deliver(&grant);
        let from = text(&grant.activity, "actor");
        scene.draft(&from, "Revoke", &grant.activity["id"])
    }
    vec![
        Forgery::work(
            "a role given in the name of another dataset",
            "F5",
            Check::ActivityOwner,
        )
        .honest(notice)
        .unsigned(|scene, draft| told_by(scene, draft, MALLORY)),
        Forgery::work(
            "a higher role under the id of a known one",
            "F11",
            Check::Seen,
        )
        .behind(&[Check::GrantTaken])
        .honest(notice)
        .unsigned(|scene, draft| {
            scene.deliver(draft);
            let id = draft.activity["id"].clone();
            let other = neighbour(scene, draft);
            told_by(scene, draft, &other);
            draft.activity["id"] = id;
            draft.activity["context"] = json!(other);
            draft.activity["object"] = json!("maintain");
        }),
        Forgery::work("a third party ends a role", "F13", Check::ActivityOrigin)
            .behind(&[Check::GrantDataset])
            .honest(ended)
            .unsigned(|scene, draft| said_by(scene, draft, MALLORY)),
        Forgery::work(
            "another dataset of the server ends a role",
            "F6",
            Check::GrantDataset,
        )
        .honest(ended)
        .unsigned(|scene, draft| {
            let other = neighbour(scene, draft);
            said_by(scene, draft, &other);
        }),
    ]
}

fn refusals() -> Vec<Forgery> {
    /// Our operator asks for a role on a dataset elsewhere, which says no.
    fn refused(scene: &Scene<'_>) -> Draft {
        let trap = Trap::set(scene.world);
        trap.spring(scene);
        trap.copied(scene);
        let address = format!("{}@piege.test", trap.name);
        let words = ["grant", "ask", &address, "--as", "admin"];
        let id = text(&scene.side.node.json(&words), "url");
        scene.draft(
            &trap.url,
            "Reject",
            &json!({"id": id, "type": "GrantRequest"}),
        )
    }
    vec![
        Forgery::work(
            "a third party refuses our request for a role",
            "F13",
            Check::GrantDataset,
        )
        .honest(refused)
        .unsigned(|scene, draft| said_by(scene, draft, MALLORY)),
        Forgery::work(
            "another dataset of the server refuses our request for a role",
            "F6",
            Check::GrantDataset,
        )
        .honest(refused)
        .unsigned(|scene, draft| {
            let other = neighbour(scene, draft);
            said_by(scene, draft, &other);
        }),
    ]
}

/// Somebody asks for a role on the places.
fn request_by(scene: &Scene<'_>, who: &str) -> Draft {
    let dataset = scene.dataset();
    let object = json!({
        "id": format!("{}/grants/{}", origin_of(who), uuid::Uuid::new_v4()),
        "type": "GrantRequest",
        "attributedTo": who,
        "context": dataset,
        "role": "write",
    });
    let mut draft = scene.draft(who, "Offer", &object);
    draft.activity["to"] = json!([dataset]);
    draft.activity["target"] = json!(dataset);
    draft
}

fn request(scene: &Scene<'_>) -> Draft {
    request_by(scene, &somebody(scene))
}

fn requests() -> Vec<Forgery> {
    vec![
        Forgery::gate(
            "a role asked for in a colleague's name",
            "F5",
            Check::Attribution,
        )
        .behind(&[Check::ActivityOwner])
        .honest(request)
        .unsigned(|_, draft| {
            let own = origin_of(&text(&draft.activity, "actor"));
            let colleague = format!("{own}/users/collegue");
            draft.activity["object"]["attributedTo"] = json!(colleague);
        }),
        Forgery::gate(
            "a request for a role with an id of another server",
            "F7",
            Check::Origin,
        )
        .behind(&[Check::ActivityOrigin])
        .honest(request)
        .unsigned(|_, draft| {
            let id = format!("https://evil.test/grants/{}", uuid::Uuid::new_v4());
            draft.activity["object"]["id"] = json!(id);
        }),
        Forgery::work(
            "a request for a role on another dataset than its target",
            "F8",
            Check::OfferContext,
        )
        .honest(request)
        .unsigned(|scene, draft| {
            let other = format!("{}/datasets/ferme", scene.origin());
            draft.activity["object"]["context"] = json!(other);
        }),
        Forgery::work("a role asked for on a draft", "F8", Check::RequestOpen)
            .honest(request)
            .unsigned(|scene, draft| {
                let other = json!(format!("{}/datasets/brouillon", scene.origin()));
                draft.activity["object"]["context"] = other.clone();
                draft.activity["target"] = other;
            }),
        Forgery::work("a role asked for twice", "F20", Check::RequestOnce)
            .honest(request)
            .unsigned(|scene, draft| {
                scene.deliver(draft);
                let who = text(&draft.activity, "actor");
                *draft = request_by(scene, &who);
            }),
        Forgery::work(
            "a role asked for by who holds one",
            "F20",
            Check::RequestOnce,
        )
        .honest(request)
        .unsigned(|scene, draft| {
            let who = newcomer(scene);
            granted(scene, &who, LIEUX);
            *draft = request_by(scene, &who);
        }),
    ]
}

fn quotas() -> Vec<Forgery> {
    /// Twenty people of one server ask. The fetches of so many actors of one domain come up against their budget, so
    /// that some wait.
    fn crowd(scene: &Scene<'_>, draft: &mut Draft) {
        let world = scene.world;
        for _ in 0..20 {
            let name = format!("q{}", world.fresh());
            let who = world.person("evil.test", &name, &world.evil);
            patiently(scene, &request_by(scene, &who));
        }
        patiently(scene, &scene.follow(MALLORY));
        *draft = request_by(scene, MALLORY);
    }
    vec![
        Forgery::work(
            "the 21st waiting request of one instance",
            "F20",
            Check::RequestQuota,
        )
        .honest(request)
        .unsigned(crowd),
    ]
}

/// Sends a draft until it is taken, and waits until it was worked off.
fn patiently(scene: &Scene<'_>, draft: &Draft) {
    wait::until("a request to be taken", 3 * SOON_S, || {
        (scene.send(&draft.seal()).status == 202).then_some(())
    });
    scene.worked_off(&text(&draft.activity, "id"));
}

fn answers() -> Vec<Forgery> {
    /// Somebody elsewhere answers to the role that she was given.
    fn answer(scene: &Scene<'_>, kind: &str) -> Draft {
        let who = newcomer(scene);
        let grant = granted(scene, &who, LIEUX);
        scene.draft(&who, kind, &json!({"id": grant, "type": "Grant"}))
    }
    fn taken(scene: &Scene<'_>) -> Draft {
        answer(scene, "Accept")
    }
    fn given_back(scene: &Scene<'_>) -> Draft {
        answer(scene, "Reject")
    }
    vec![
        Forgery::work("somebody else accepts a role", "F13", Check::GrantHolder)
            .honest(taken)
            .unsigned(|scene, draft| said_by(scene, draft, &somebody(scene))),
        Forgery::work("somebody else gives a role back", "F6", Check::GrantHolder)
            .honest(given_back)
            .unsigned(|scene, draft| said_by(scene, draft, &somebody(scene))),
        Forgery::work("a colleague gives a role back", "F6", Check::GrantHolder)
            .honest(given_back)
            .unsigned(|scene, draft| {
                let host = text(&draft.activity, "actor");
                let host = host.split('/').nth(2).unwrap_or_default();
                let name = format!("c{}", scene.world.fresh());
                let colleague = scene.world.person(host, &name, &scene.world.honest);
                said_by(scene, draft, &colleague);
            }),
    ]
}
