//! What an origin elsewhere may make people here read, and what it may not.

use rustine_domain::commit;
use rustine_domain::digest::{OfferedOp, offer_digest};
use rustine_domain::ids::{DatasetUid, Hash, PatchId, Salt};
use rustine_domain::key::LogKey;
use rustine_domain::proof;
use rustine_domain::time::Timestamp;
use rustine_protocol::object::{DataPatch, Queued, Review, Verdict};
use rustine_store::{PatchRecord, ReviewRecord};
use serde_json::Value;

use super::take;
use crate::context::uri;
use crate::patches::IN;
use crate::patches::desk::{Desk, add};
use crate::replicas::apply::apply;
use crate::testing::{Origin, TestApp, field, now, row, schema};

const URL: &str = "http://a.localhost:1/datasets/lieux";
const ADDRESS: &str = "lieux@a.localhost:1";
const CY: &str = "http://c.localhost:3/users/cy";

/// A copy whose origin gave a role to Cy, of a third instance.
struct World {
    origin: Origin,
    node: TestApp,
    dataset: i64,
    key: LogKey,
}

impl World {
    fn new() -> Self {
        let mut origin = Origin::new(URL);
        origin.import(2);
        let key = LogKey::from_seed([7; 32]);
        let named = key.multikey().to_string();
        origin.grant(&format!("{URL}/grants/1"), CY, "write", &named);
        let node = TestApp::new("http://b.localhost:2");
        let dataset = node.copy(&origin, ADDRESS);
        let world = Self {
            origin,
            node,
            dataset,
            key,
        };
        world.follow();
        world
    }

    /// Takes what of the origin's log is missing here.
    fn follow(&self) {
        let from = usize::try_from(self.node.record(ADDRESS).seq + 1).unwrap();
        for seq in from..self.origin.lines.len() {
            apply(
                &self.node.app,
                self.dataset,
                "a.localhost:1",
                &self.origin.line(seq),
            )
            .unwrap();
        }
    }

    /// A proposal to name the second row so.
    fn line(&self, number: u8, nom: &str) -> Queued {
        line(URL, self.node.record(ADDRESS).uid, id(number), nom)
    }

    /// The same with a review by Cy, signed with this key.
    fn reviewed(&self, number: u8, key: &LogKey, change: impl FnOnce(&mut Review)) -> Queued {
        let mut line = self.line(number, "Mairie");
        let mut review = Review {
            id: uri(&format!("http://c.localhost:3/reviews/{number}")),
            attributed_to: uri(CY),
            context: uri(&format!("{URL}/proposals/{}", line.patch.digest)),
            patch_digest: line.patch.digest,
            amended: None,
            verdict: Verdict::Approve,
            content: None,
            published: now(),
            signed: None,
        };
        change(&mut review);
        let mut document = review.unsigned();
        proof::sign(&mut document, key, &format!("{CY}#key"), now());
        review.signed = Some(Value::Object(document));
        line.reviews = vec![review];
        line
    }

    fn take(&self, lines: &[Queued]) {
        take(&self.node.app, self.dataset, lines).unwrap();
    }

    fn patch(&self, number: u8) -> Option<PatchRecord> {
        let found = self.node.app.db.read(|tx| tx.find_patch(id(number)));
        found.unwrap()
    }

    /// When the queue is read again.
    fn due_at(&self) -> Timestamp {
        let known = self
            .node
            .app
            .db
            .read(|tx| tx.find_remote_queue(self.dataset));
        known.unwrap().unwrap().due_at
    }

    fn reviews(&self, number: u8) -> Vec<ReviewRecord> {
        let found = self.node.app.db.read(|tx| tx.list_reviews(id(number)));
        found.unwrap()
    }
}

fn id(number: u8) -> PatchId {
    PatchId(row(u32::from(number)).0)
}

fn line(url: &str, uid: DatasetUid, id: PatchId, nom: &str) -> Queued {
    let patch = DataPatch {
        id: uri(&format!("http://d.localhost:4/patches/{id}")),
        attributed_to: uri("http://d.localhost:4/users/dan"),
        context: uri(url),
        uid,
        published: now(),
        summary: None,
        schema: commit::schema(&schema("Lieux")),
        nonce: Salt(*id.0.as_bytes()),
        digest: Hash([0; 32]),
        ops: vec![named(nom)],
        visitor: None,
    };
    Queued {
        status: "pending".to_owned(),
        received: now(),
        patch: patch.sealed(),
        by_visitor: false,
        reviews: Vec::new(),
        corrections: Vec::new(),
    }
}

fn named(nom: &str) -> OfferedOp {
    OfferedOp::Set {
        row: row(2),
        field: field("nom"),
        base: None,
        value: Some(nom.to_owned()),
    }
}

#[test]
fn a_queue_is_taken_with_what_was_said() {
    let world = World::new();
    world.take(&[world.reviewed(1, &world.key, |_| {})]);
    let patch = world.patch(1).unwrap();
    assert_eq!(
        (patch.direction.as_str(), patch.status.as_str()),
        ("queue", "pending")
    );
    assert_eq!(world.reviews(1).len(), 1);
    // Read again, it is the same; and what is gone is named as such.
    let left = take(&world.node.app, world.dataset, &[world.line(2, "Gare")]).unwrap();
    assert_eq!(
        left.iter().map(|left| left.patch).collect::<Vec<_>>(),
        [id(1)]
    );
}

#[test]
fn a_line_about_another_dataset_is_not_taken() {
    let world = World::new();
    let (mut elsewhere, mut other) = (world.line(1, "Mairie"), world.line(2, "Gare"));
    elsewhere.patch.context = uri("http://a.localhost:1/datasets/autre");
    other.patch.uid = DatasetUid(row(9).0);
    other.patch = other.patch.sealed();
    world.take(&[elsewhere, other, world.line(3, "Port")]);
    assert_eq!(world.patch(1), None);
    assert_eq!(world.patch(2), None);
    assert!(world.patch(3).is_some());
}

#[test]
fn a_line_does_not_touch_the_proposals_of_a_dataset_of_ours() {
    let desk = Desk::new(|_| {});
    let app = &desk.node.app;
    let own = desk.visit(vec![add("Gare", "1")], [192, 0, 2, 1]).unwrap();
    let url = "http://e.localhost:5/datasets/lieux";
    let dataset = desk.node.copy(&Origin::new(url), "lieux@e.localhost:5");
    let held = || app.db.read(|tx| tx.load_patch(own)).unwrap();
    let before = held();
    let uid = desk.node.record("lieux@e.localhost:5").uid;
    take(app, dataset, &[line(url, uid, own, "Mairie")]).unwrap();
    assert_eq!(held(), before);
}

#[test]
fn a_line_does_not_touch_what_was_decided_here_before_the_dataset_moved() {
    let world = World::new();
    world.take(&[world.line(1, "Mairie")]);
    let app = &world.node.app;
    let turned = app.db.write(|tx| tx.turn_patch(id(1), IN));
    turned.unwrap();
    let before = world.patch(1);
    let mut line = world.line(1, "Gare");
    line.status = "conflict".to_owned();
    world.take(&[line]);
    assert_eq!(world.patch(1), before);
}

#[test]
fn one_proposal_has_one_id() {
    let world = World::new();
    let first = world.line(1, "Mairie");
    let mut second = first.clone();
    second.patch.id = uri(&format!("http://d.localhost:4/patches/{}", id(2)));
    let mut nameless = world.line(3, "Gare");
    nameless.patch.id = uri("http://d.localhost:4/patches/premier");
    world.take(&[first, second, nameless]);
    assert!(world.patch(1).is_some());
    assert_eq!(world.patch(2), None);
    assert_eq!(world.patch(3), None);
}

#[test]
fn a_review_that_its_author_did_not_sign_is_not_shown() {
    let world = World::new();
    let other = LogKey::from_seed([8; 32]);
    let mut changed = world.reviewed(2, &world.key, |_| {});
    let said = changed.reviews[0].signed.as_mut().unwrap();
    said["content"] = "parfait".into();
    let stranger = world.reviewed(3, &world.key, |review| {
        review.attributed_to = uri("http://c.localhost:3/users/cleo");
    });
    world.take(&[world.reviewed(1, &other, |_| {}), changed, stranger]);
    for number in 1..=3 {
        assert!(
            world.patch(number).is_some(),
            "the proposal {number} stands"
        );
        assert!(world.reviews(number).is_empty(), "the review of {number}");
    }
}

#[test]
fn a_review_of_another_proposal_is_not_shown_here() {
    let world = World::new();
    let other = world.reviewed(1, &world.key, |review| review.patch_digest = Hash([4; 32]));
    world.take(&[other]);
    assert!(world.patch(1).is_some());
    assert!(world.reviews(1).is_empty());
}

#[test]
fn a_review_whose_key_the_log_did_not_name_yet_is_shown_once_it_does() {
    let mut world = World::new();
    let fresh = LogKey::from_seed([9; 32]);
    let line = world.reviewed(1, &fresh, |_| {});
    world.take(std::slice::from_ref(&line));
    assert!(world.reviews(1).is_empty());
    let rests = world.due_at();
    let named = fresh.multikey().to_string();
    world
        .origin
        .grant(&format!("{URL}/grants/2"), CY, "write", &named);
    world.follow();
    assert!(world.due_at() < rests, "the queue is read again at once");
    world.take(&[line]);
    assert_eq!(world.reviews(1).len(), 1);
}

#[test]
fn corrections_are_shown_as_they_were_signed_for_or_not_at_all() {
    let world = World::new();
    let with = |number: u8, sent: &str| {
        let plain = world.line(number, "Mairie").patch;
        let signed = offer_digest(
            &plain.nonce,
            plain.uid,
            &plain.schema,
            &[named("Mairie de Lô")],
        );
        let mut line = world.reviewed(number, &world.key, |review| review.amended = Some(signed));
        line.corrections = vec![(line.reviews[0].id.clone(), vec![named(sent)])];
        line
    };
    world.take(&[with(1, "Mairie de Lô"), with(2, "Gare")]);
    let shown = |number: u8| world.reviews(number)[0].amended.is_some();
    assert!(shown(1));
    assert!(!shown(2));
}
