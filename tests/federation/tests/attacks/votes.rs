//! Votes that are rightly signed, and still must not accept: too few, of one instance, of the proposer's own, against an
//! objection, without the owner; and those of somebody who shows another key (`protocol.md` §5; attacks F5, F20).

use rustine_domain::checks::Check;
use rustine_testkit::inspect::State;
use rustine_tests_federation::text;
use serde_json::{Value, json};

use crate::moderators::{ballot, document, granted, holder, proposed, reviewer};
use crate::stories::{Story, Told};
use crate::traps::any_key;
use crate::world::{Scene, somebody};

/// The checks that these stories attack.
pub const CHECKS: [Check; 6] = [
    Check::VoteQuorum,
    Check::VoteInstance,
    Check::VoteProposing,
    Check::VoteObjection,
    Check::VoteOwner,
    Check::ReviewKey,
];

/// The stories.
pub const STORIES: [Story; 6] = [
    ("fewer votes than the policy asks for", quorum),
    ("two votes of one instance", instance),
    ("a vote of the proposing instance alone", proposing),
    ("a vote against an objection", objection),
    ("votes without the owner", owner),
    ("a vote of somebody who shows another key", key),
];

/// The dataset that is voted on here: its policy changes from story to story.
const DATASET: &str = "votes";

/// Two people of one server, one of another, and one of the server that proposes.
const ONE: (&str, &str) = ("peer.test", "une");
const TWO: (&str, &str) = ("peer.test", "deux");
const THREE: (&str, &str) = ("media.test", "trois");
const OWN: (&str, &str) = ("victim.test", "voisine");

/// What is voted, in turn, and what must be off for it to accept.
struct Ballots {
    check: Check,
    /// Quorum, instances, whether the owner is asked.
    policy: [&'static str; 3],
    /// These do not suffice.
    cast: &'static [((&'static str, &'static str), &'static str)],
    /// With this one they do; without, the owner decides.
    then: Option<(&'static str, &'static str)>,
}

/// A proposal of somebody whose server votes too.
fn patch(scene: &Scene<'_>) -> Value {
    let name = format!("v{}", scene.world.fresh());
    let honest = &scene.world.honest;
    let who = scene.world.person("victim.test", &name, honest);
    proposed(scene, &who, DATASET)
}

fn told(scene: &Scene<'_>, through: bool, ballots: &Ballots) -> Told {
    let [quorum, instances, owner] = ballots.policy;
    let words = [
        "policy",
        DATASET,
        "--quorum",
        quorum,
        "--instances",
        instances,
        "--owner-required",
        owner,
    ];
    let _ = scene.side.node.call(&words).done();
    let patch = patch(scene);
    let vote = |(host, name): (&str, &str), verdict: &str| {
        let who = holder(scene, host, name, DATASET);
        let row = scene.deliver(&ballot(scene, &who, &patch, verdict));
        match row.contains("state='done'") {
            true => Ok(()),
            false => Err(format!("a vote of {who} was not taken: {row}")),
        }
    };
    if through {
        scene.switch_off(&[ballots.check]);
    }
    for (who, verdict) in ballots.cast {
        vote(*who, verdict)?;
    }
    let accepted = is_accepted(scene, &patch);
    if through {
        return accepted
            .then_some(())
            .ok_or_else(|| "with its check off, they still do not suffice".to_owned());
    }
    if accepted {
        return Err("they accept".to_owned());
    }
    match ballots.then {
        Some(who) => vote(who, "approve")?,
        None => decide(scene, &patch),
    }
    is_accepted(scene, &patch)
        .then_some(())
        .ok_or_else(|| "its honest twin does not accept".to_owned())
}

/// The owner accepts by herself.
fn decide(scene: &Scene<'_>, patch: &Value) {
    let id = text(patch, "id");
    let id = id.rsplit('/').next().unwrap_or_default();
    let words = ["patch", "accept", id];
    let _ = scene.side.node.call(&words).done();
}

/// Whether a proposal was accepted. A vote decides in the transaction that takes it.
fn is_accepted(scene: &Scene<'_>, patch: &Value) -> bool {
    let id = text(patch, "id");
    let needle = format!("id='{}'", id.rsplit('/').next().unwrap_or_default());
    let state = State::of(&scene.side.node);
    let mut patches = state.table("patches").iter();
    patches.any(|row| row.contains(&needle) && row.contains("status='accepted'"))
}

fn quorum(scene: &Scene<'_>, through: bool) -> Told {
    let ballots = Ballots {
        check: Check::VoteQuorum,
        policy: ["2", "2", "no"],
        cast: &[(ONE, "approve")],
        then: Some(THREE),
    };
    told(scene, through, &ballots)
}

fn instance(scene: &Scene<'_>, through: bool) -> Told {
    let ballots = Ballots {
        check: Check::VoteInstance,
        policy: ["2", "1", "no"],
        cast: &[(ONE, "approve"), (TWO, "approve")],
        then: Some(THREE),
    };
    told(scene, through, &ballots)
}

fn proposing(scene: &Scene<'_>, through: bool) -> Told {
    let ballots = Ballots {
        check: Check::VoteProposing,
        policy: ["1", "1", "no"],
        cast: &[(OWN, "approve")],
        then: Some(THREE),
    };
    told(scene, through, &ballots)
}

/// A later vote replaces the objection.
fn objection(scene: &Scene<'_>, through: bool) -> Told {
    let ballots = Ballots {
        check: Check::VoteObjection,
        policy: ["1", "1", "no"],
        cast: &[(ONE, "reject"), (THREE, "approve")],
        then: Some(ONE),
    };
    told(scene, through, &ballots)
}

fn owner(scene: &Scene<'_>, through: bool) -> Told {
    let ballots = Ballots {
        check: Check::VoteOwner,
        policy: ["1", "1", "yes"],
        cast: &[(ONE, "approve"), (THREE, "approve")],
        then: None,
    };
    told(scene, through, &ballots)
}

/// Somebody else has her server by now: its document names another key, and a vote that she signed before comes late.
fn key(scene: &Scene<'_>, through: bool) -> Told {
    let world = scene.world;
    let name = format!("k{}", world.fresh());
    let who = reviewer(world, "late.test", &name);
    granted(scene, &who, DATASET);
    let patch = proposed(scene, &somebody(scene), DATASET);
    // Her honest vote, before.
    scene.deliver(&ballot(scene, &who, &patch, "approve"));
    if !counts(scene, &who) {
        return Err("its honest twin does not count".to_owned());
    }
    let late = ballot(scene, &who, &patch, "revise");
    world.put_actor(&who, &document(world, &who, &any_key()));
    // Her document is looked at anew when she speaks next.
    scene.deliver(&scene.draft(&who, "Update", &json!(who)));
    if through {
        scene.switch_off(&[Check::ReviewKey]);
    }
    scene.deliver(&late);
    let needle = format!("target='{who}'");
    let state = State::of(&scene.side.node);
    let mut grants = state.table("grants").iter();
    let suspended = grants.any(|row| row.contains(&needle) && row.contains("state='suspended'"));
    let last = text(&late.activity["object"], "id");
    let counted = state
        .table("reviews")
        .iter()
        .any(|row| row.contains(&format!("url='{last}'")) && row.contains(" void=NULL"));
    match (through, suspended, counted) {
        (true, false, true) | (false, true, false) => Ok(()),
        _ => Err(format!(
            "through: {through}, suspended: {suspended}, counted: {counted}"
        )),
    }
}

/// Whether somebody's vote was kept as one that counts.
fn counts(scene: &Scene<'_>, who: &str) -> bool {
    let needle = format!("reviewer='{who}'");
    let state = State::of(&scene.side.node);
    let mut reviews = state.table("reviews").iter();
    reviews.any(|row| row.contains(&needle) && row.contains(" void=NULL"))
}
