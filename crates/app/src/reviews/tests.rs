use rustine_domain::ids::{DatasetAddress, PatchId};
use rustine_domain::key::LogKey;
use rustine_domain::policy::Policy;
use rustine_domain::proof;
use rustine_domain::review::Role;
use rustine_protocol::activity::OfferReview;
use rustine_protocol::object::{Review, Verdict};
use rustine_store::{GrantRecord, PatchRecord, RemoteActorRecord};
use serde_json::Value;

use super::*;
use crate::App;
use crate::accounts::account::insert_keys;
use crate::context::uri;
use crate::datasets::verify;
use crate::grants::{give, policy, receive as notices};
use crate::keys::RsaPair;
use crate::patches::decide::status_of;
use crate::patches::desk::{Desk, add};

const BO: &str = "http://b.localhost:2/users/bo";
const BEA: &str = "http://b.localhost:2/users/bea";
const CY: &str = "http://c.localhost:3/users/cy";

mod corrections;
mod grants;
mod hints;

/// A dataset with a quorum, and reviewers of two other instances who hold grants.
struct World {
    desk: Desk,
    patch: PatchId,
}

fn lieux() -> DatasetAddress {
    "lieux".parse().unwrap()
}

fn key(actor: &str) -> LogKey {
    let mut seed = [3; 32];
    seed[..actor.len().min(32)]
        .copy_from_slice(&actor.as_bytes()[actor.len() - actor.len().min(32)..]);
    LogKey::from_seed(seed)
}

impl World {
    fn new(quorum: u32, instances: u32) -> Self {
        let desk = Desk::new(|_| {});
        let wanted = Policy::new(quorum, instances, false);
        policy::set(&desk.node.app, &desk.lea, &lieux(), &wanted).unwrap();
        let patch = desk.visit(vec![add("Gare", "1")], [192, 0, 2, 1]).unwrap();
        let world = Self { desk, patch };
        for actor in [BO, BEA, CY] {
            world.meet(actor, &key(actor));
            world.grant(actor);
        }
        world
    }

    fn app(&self) -> &App {
        &self.desk.node.app
    }

    fn meet(&self, actor: &str, key: &LogKey) {
        let host = actor.split('/').nth(2).unwrap().to_owned();
        let record = RemoteActorRecord {
            id: actor.to_owned(),
            inbox: format!("http://{host}/inbox"),
            shared_inbox: None,
            host,
            kind: "Person".to_owned(),
            name: actor.rsplit('/').next().unwrap().to_owned(),
            key_id: format!("{actor}#main-key"),
            key_pem: "one key".to_owned(),
            pinned_key_pem: None,
            multikey: Some(key.multikey().to_string()),
            implements: true,
            suspended: false,
            doc: "{}".to_owned(),
            fetched_at: self.app().clock.now(),
        };
        self.app()
            .db
            .write(|tx| tx.put_remote_actor(&record))
            .unwrap();
    }

    fn grant(&self, actor: &str) -> GrantRecord {
        give::give(
            self.app(),
            &self.desk.lea,
            &lieux(),
            actor,
            Role::Write,
            None,
        )
        .unwrap()
    }

    fn patch(&self) -> PatchRecord {
        self.app().db.read(|tx| tx.load_patch(self.patch)).unwrap()
    }

    fn status(&self) -> &'static str {
        status_of(&self.patch()).as_str()
    }

    fn review(&self, actor: &str, verdict: Verdict, with: &LogKey) -> Review {
        let now = self.app().clock.now();
        let patch = self.patch();
        let host = actor.split('/').nth(2).unwrap();
        let mut review = Review {
            id: uri(&format!(
                "http://{host}/reviews/{}",
                self.app().entropy.uuid()
            )),
            attributed_to: uri(actor),
            context: uri(&format!(
                "http://a.localhost:1/datasets/lieux/proposals/{}",
                patch.digest
            )),
            patch_digest: patch.digest,
            amended: None,
            verdict,
            content: None,
            published: now,
            signed: None,
        };
        let mut document = review.unsigned();
        proof::sign(&mut document, with, &format!("{actor}#key"), now);
        review.signed = Some(Value::Object(document));
        review
    }

    fn arrives(&self, review: &Review) -> Result<(), ReviewError> {
        let actor = &review.attributed_to;
        let id = format!(
            "http://{}/activities/{}",
            actor.host(),
            self.app().entropy.uuid()
        );
        let dataset = uri("http://a.localhost:1/datasets/lieux");
        let offer = OfferReview::new(uri(&id), dataset, review.clone());
        self.app()
            .db
            .write(|tx| receive::receive(self.app(), tx, &offer))
    }

    fn vote(&self, actor: &str, verdict: Verdict) {
        self.arrives(&self.review(actor, verdict, &key(actor)))
            .unwrap();
    }

    /// Why the last review counts for nothing; empty where it counts.
    fn void(&self) -> String {
        let all = self
            .app()
            .db
            .read(|tx| tx.list_reviews(self.patch))
            .unwrap();
        all.last().unwrap().void.clone().unwrap_or_default()
    }

    fn findings(&self) -> Vec<String> {
        let found = verify::verify(self.app(), &lieux()).unwrap().decisions;
        found
            .iter()
            .map(|(_, finding)| finding.to_string())
            .collect()
    }

    fn change(&self, edit: impl FnOnce(&mut PatchRecord)) {
        let mut patch = self.patch();
        edit(&mut patch);
        self.app().db.write(|tx| tx.update_patch(&patch)).unwrap();
    }
}

#[test]
fn approvals_of_two_instances_accept_and_the_log_proves_it() {
    let world = World::new(2, 2);
    world.vote(BO, Verdict::Approve);
    assert_eq!(world.status(), "pending");
    world.vote(CY, Verdict::Approve);
    assert_eq!(world.status(), "accepted");
    assert_eq!(world.patch().decided_by.as_deref(), Some("quorum"));
    assert_eq!(world.findings(), ["kept: 2 approvals count"]);
}

#[test]
fn who_votes_twice_is_counted_once() {
    let world = World::new(2, 1);
    let first = world.review(BO, Verdict::Approve, &key(BO));
    world.arrives(&first).unwrap();
    world.arrives(&first).unwrap();
    world.vote(BO, Verdict::Approve);
    // Another person of the same instance is no second vote either.
    world.vote(BEA, Verdict::Approve);
    assert_eq!(world.status(), "pending");
    let mut other = world.review(CY, Verdict::Approve, &key(CY));
    other.id = first.id.clone();
    let refused = world.arrives(&other);
    assert!(matches!(refused, Err(ReviewError::Replayed)), "{refused:?}");
    world.vote(CY, Verdict::Approve);
    assert_eq!(world.status(), "accepted");
}

#[test]
fn a_vote_on_an_old_version_decides_nothing_and_says_so() {
    let world = World::new(1, 1);
    let digest = world.patch().digest;
    let other = rustine_domain::ids::Hash::from_bytes(&[8; 32]).unwrap();
    world.change(|patch| patch.digest = other);
    let old = world.review(BO, Verdict::Approve, &key(BO));
    world.change(|patch| patch.digest = digest);
    world.arrives(&old).unwrap();
    assert_eq!(world.status(), "pending");
    assert_eq!(world.void(), "it is about another version of the proposal");
    world.vote(BO, Verdict::Approve);
    assert_eq!(world.status(), "accepted");
}

#[test]
fn an_instance_cannot_approve_the_proposals_of_its_own_visitors() {
    let world = World::new(1, 1);
    world.change(|patch| patch.proposer_host = "b.localhost:2".to_owned());
    world.vote(BO, Verdict::Approve);
    world.vote(BEA, Verdict::Approve);
    assert_eq!(world.status(), "pending");
    world.change(|patch| patch.proposer = Some(CY.to_owned()));
    world.vote(CY, Verdict::Approve);
    assert_eq!(world.void(), "its author proposed this herself");
    assert_eq!(world.status(), "pending");
}

#[test]
fn an_objection_stops_the_votes_but_not_a_maintainer() {
    let world = World::new(1, 1);
    world.vote(CY, Verdict::Reject);
    world.vote(BO, Verdict::Approve);
    assert_eq!(world.status(), "pending");
    let decision = crate::patches::decide::Decision::Accept;
    crate::patches::decide::decide(world.app(), world.patch, &world.desk.lea, &decision).unwrap();
    assert_eq!(world.status(), "accepted");
    assert_eq!(
        world.findings(),
        ["kept: decided alone by somebody of the origin"]
    );
    // The first decision stands: what comes later is not even kept.
    world.vote(BEA, Verdict::Approve);
    assert_eq!(
        world
            .app()
            .db
            .read(|tx| tx.list_reviews(world.patch))
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn whoever_never_held_a_grant_fills_no_table() {
    let world = World::new(1, 1);
    let eve = "http://e.localhost:5/users/eve";
    world.meet(eve, &key(eve));
    let refused = world.arrives(&world.review(eve, Verdict::Approve, &key(eve)));
    assert!(
        matches!(refused, Err(ReviewError::Stranger(_))),
        "{refused:?}"
    );
    assert!(
        world
            .app()
            .db
            .read(|tx| tx.list_reviews(world.patch))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn people_of_the_origin_vote_too_and_the_log_learns_their_key() {
    let world = World::new(2, 2);
    let app = world.app();
    let pair = RsaPair {
        public_pem: String::new(),
        private_pem: String::new(),
    };
    app.db
        .write(|tx| insert_keys(app, tx, "/users/lea", &pair, [6; 32]))
        .unwrap();
    let approve = rustine_domain::review::Verdict::Approve;
    let taken = cast::cast(app, world.patch, &world.desk.lea, approve, None).unwrap();
    assert!(
        matches!(taken, Some(receive::Taken::Counted(_))),
        "{taken:?}"
    );
    world.vote(BO, Verdict::Approve);
    assert_eq!(world.status(), "accepted");
    assert_eq!(world.findings(), ["kept: 2 approvals count"]);
}

#[test]
fn a_reviewer_who_floods_is_stopped_for_the_day_and_nobody_else() {
    let world = World::new(3, 3);
    let review = world.review(BO, Verdict::Remark, &key(BO));
    let patch = world.patch();
    let many = world.app().db.write(|tx| {
        for number in 0..receive::DAILY {
            let kept = row(world.app(), (patch.dataset, patch.id), &review, None);
            tx.insert_review(&rustine_store::NewReview {
                url: format!("http://b.localhost:2/reviews/{number}"),
                ..kept
            })?;
        }
        Ok::<_, rustine_store::StoreError>(())
    });
    many.unwrap();
    let kept = || {
        let all = world.app().db.read(|tx| tx.list_reviews(world.patch));
        all.unwrap().len()
    };
    let before = kept();
    let approval = world.review(BO, Verdict::Approve, &key(BO));
    let refused = world.arrives(&approval);
    assert!(matches!(refused, Err(ReviewError::Flood(_))), "{refused:?}");
    assert_eq!(kept(), before, "nothing is kept of it");
    world.vote(CY, Verdict::Approve);
    assert_eq!(kept(), before + 1);
    // The next day she is heard again.
    world.desk.node.clock.advance(86_401);
    world.vote(BO, Verdict::Approve);
    assert_eq!(kept(), before + 2);
}
