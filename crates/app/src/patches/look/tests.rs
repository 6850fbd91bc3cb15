use rustine_domain::ids::Hash;
use rustine_protocol::object::{EntryReference, Proposal};
use rustine_store::{BlockRecord, PatchRecord, StoreError};

use super::{Look, LookError, due, missing, seen};
use crate::App;
use crate::accounts::Person;
use crate::context::uri;
use crate::patches::propose::{Proposal as Proposing, ProposedOp, Proposer, propose};
use crate::replicas::apply;
use crate::testing::{Origin, TestApp, field, now, row};

const DAY: u64 = 86_400;
const ADDRESS: &str = "lieux@a.localhost:1";

/// An instance with a copy of `lieux`, on which one of its people proposed something.
struct World {
    node: TestApp,
    patch: rustine_domain::ids::PatchId,
}

impl World {
    fn new() -> Self {
        let mut origin = Origin::new("http://a.localhost:1/datasets/lieux");
        origin.import(2);
        let node = TestApp::new("http://b.localhost:2");
        let dataset = node.copy(&origin, ADDRESS);
        for seq in 0..origin.lines.len() {
            apply::apply(&node.app, dataset, "a.localhost:1", &origin.line(seq)).unwrap();
        }
        let proposed = propose(
            &node.app,
            &Proposing {
                dataset: ADDRESS.parse().unwrap(),
                ops: vec![ProposedOp::Set {
                    row: row(1),
                    field: field("places"),
                    value: Some("12".into()),
                    base: None,
                }],
                summary: None,
                name: None,
                email: None,
                by: Proposer::Person(Person {
                    id: 1,
                    name: "lea".into(),
                    operator: false,
                    lang: "fr".into(),
                    roles: Vec::new(),
                }),
            },
        );
        Self {
            node,
            patch: proposed.unwrap().id,
        }
    }

    fn app(&self) -> &App {
        &self.node.app
    }

    fn stored(&self) -> PatchRecord {
        let found = self.app().db.read(|tx| tx.load_patch(self.patch));
        found.unwrap_or_else(|error: StoreError| panic!("{error}"))
    }

    fn due(&self) -> Option<Look> {
        let mut due = due(self.app(), 10).unwrap();
        assert!(due.len() <= 1);
        due.pop()
    }

    /// The look of the first day.
    fn look(&self) -> Look {
        self.node.clock.advance(DAY);
        self.due().unwrap()
    }

    /// What the origin shows.
    fn shown(&self, look: &Look, status: &str) -> Proposal {
        let entry = EntryReference {
            id: uri("http://a.localhost:1/datasets/lieux/log/2"),
            seq: 2,
            entry: Some(Hash([7; 32])),
        };
        let applied = ["accepted", "amended"].contains(&status);
        Proposal {
            id: uri(&look.url()),
            context: uri(&look.dataset),
            digest: look.digest,
            current: look.digest,
            status: status.into(),
            decided: None,
            reason: (status == "refused").then(|| "déjà fermé".into()),
            entry: applied.then_some(entry),
            reviews: Vec::new(),
        }
    }

    /// The ids of the offers in the outbox that were not sent yet.
    fn offers(&self) -> Vec<String> {
        let claim = |tx: &mut rustine_store::Tx<'_>| {
            let now = self.app().clock.now();
            tx.claim_outbox("", now, now.plus_seconds(60), 50)
        };
        let rows = self.app().db.write(claim);
        let rows = rows.unwrap_or_else(|error: StoreError| panic!("{error}"));
        let offers = rows
            .iter()
            .filter(|row| row.object_key.starts_with("patch:"));
        offers
            .map(|row| {
                self.app()
                    .db
                    .write(|tx| tx.finish_outbox(row.id, "", "done", Some(202), None))
                    .unwrap_or_else(|error: StoreError| panic!("{error}"));
                row.activity_id.clone()
            })
            .collect()
    }
}

#[test]
fn a_proposal_is_looked_at_once_a_day_and_less_often_where_nobody_answers() {
    let world = World::new();
    assert_eq!(world.due(), None);
    world.node.clock.advance(DAY / 2);
    assert_eq!(world.due(), None);
    world.node.clock.advance(DAY / 2);
    let look = world.due().unwrap();
    assert_eq!(
        look.url(),
        format!(
            "http://a.localhost:1/datasets/lieux/proposals/{}",
            look.digest
        )
    );
    let mut pauses = Vec::new();
    for _ in 0..6 {
        let mut hours = 0;
        while world.due().is_none() {
            world.node.clock.advance(3600);
            hours += 1;
        }
        pauses.push(hours);
    }
    // 1, 2, 4, 8, 8, 8 days, each up to a quarter earlier.
    for (pause, days) in pauses.iter().zip([1, 2, 4, 8, 8, 8]) {
        assert!((days * 18..=days * 24).contains(pause), "{pauses:?}");
    }
    seen(world.app(), &look, &world.shown(&look, "pending")).unwrap();
    world.node.clock.advance(DAY);
    assert!(world.due().is_some(), "an answer ends the longer pauses");
}

#[test]
fn a_decision_whose_delivery_was_lost_is_found_and_counts_once() {
    for status in ["accepted", "amended", "refused", "expired", "withdrawn"] {
        let world = World::new();
        let look = world.look();
        let shown = world.shown(&look, status);
        seen(world.app(), &look, &shown).unwrap();
        let patch = world.stored();
        assert_eq!(patch.status, status);
        assert!(patch.decided_at.is_some(), "{status}");
        let applied = ["accepted", "amended"].contains(&status);
        assert_eq!(patch.result_seq, applied.then_some(2));
        assert_eq!(patch.result_entry, applied.then_some(Hash([7; 32])));
        assert_eq!(patch.reason, shown.reason);
        seen(world.app(), &look, &world.shown(&look, "refused")).unwrap();
        assert_eq!(world.stored(), patch, "the first decision stands");
        world.node.clock.advance(10 * DAY);
        assert_eq!(world.due(), None);
    }
}

#[test]
fn what_is_not_this_proposal_of_this_dataset_has_no_effect() {
    let world = World::new();
    let look = world.look();
    let good = world.shown(&look, "accepted");
    let bad = [
        Proposal {
            id: uri("http://a.localhost:1/datasets/autre/proposals/x"),
            ..good.clone()
        },
        Proposal {
            context: uri("http://a.localhost:1/datasets/autre"),
            ..good.clone()
        },
        Proposal {
            digest: Hash([1; 32]),
            ..good.clone()
        },
    ];
    for shown in bad {
        let refused = seen(world.app(), &look, &shown);
        assert!(matches!(refused, Err(LookError::Another)), "{refused:?}");
    }
    let refused = seen(
        world.app(),
        &look,
        &Proposal {
            entry: None,
            ..good.clone()
        },
    );
    assert!(matches!(refused, Err(LookError::NoEntry)), "{refused:?}");
    seen(
        world.app(),
        &look,
        &Proposal {
            status: "debated".into(),
            ..good
        },
    )
    .unwrap();
    assert_eq!(world.stored().status, "pending");
}

#[test]
fn what_the_origin_does_not_know_is_offered_again_under_another_activity() {
    let world = World::new();
    let look = world.look();
    assert!(
        !missing(world.app(), &look).unwrap(),
        "the first offer still waits"
    );
    let before = world.stored();
    assert_eq!(world.offers(), [before.offer_id.clone().unwrap()]);
    assert!(missing(world.app(), &look).unwrap());
    let after = world.stored();
    assert_ne!(after.offer_id, before.offer_id);
    assert_eq!(
        (after.id, after.nonce, after.digest),
        (before.id, before.nonce, before.digest)
    );
    assert_eq!(world.offers(), [after.offer_id.unwrap()]);
    seen(world.app(), &look, &world.shown(&look, "conflict")).unwrap();
    assert_eq!(world.stored().status, "conflict");
    assert!(
        !missing(world.app(), &look).unwrap(),
        "its cells changed: a person looks"
    );
}

#[test]
fn a_blocked_server_is_not_asked() {
    let world = World::new();
    let block = BlockRecord {
        domain: "a.localhost".into(),
        reason: String::new(),
        created: now(),
    };
    world
        .app()
        .db
        .write(|tx| tx.put_block(&block))
        .unwrap_or_else(|error: StoreError| panic!("{error}"));
    world.node.clock.advance(DAY);
    assert_eq!(world.due(), None);
}
