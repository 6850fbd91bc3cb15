use rustine_domain::ids::{Hash, PatchId, Salt};
use rustine_store::{PatchRecord, StoreError};
use uuid::Uuid;

use super::{Full, check};
use crate::datasets::{create, publish};
use crate::instance;
use crate::testing::{TestApp, now, schema};

/// Who proposes: an instance, and one of its people or of its visitors.
#[derive(Clone, Copy)]
enum Who {
    Visitor(&'static str, &'static str),
    Person(&'static str, &'static str),
}

struct World {
    node: TestApp,
    sent: u8,
}

impl World {
    /// A published dataset, where each quota is what the test sets.
    fn new(change: impl FnOnce(&mut crate::settings::Limits)) -> Self {
        let node =
            TestApp::new("http://a.localhost:1").restarted(|settings| change(&mut settings.limits));
        instance::create(&node.app).unwrap();
        for name in ["lieux", "parcs"] {
            create::create(&node.app, &name.parse().unwrap(), &schema("Lieux")).unwrap();
            publish::publish(&node.app, &name.parse().unwrap()).unwrap();
        }
        Self { node, sent: 0 }
    }

    /// Keeps one more proposal, unless a quota is full.
    fn propose(&mut self, dataset: &str, who: Who) -> Option<Full> {
        let of = self.node.record(dataset);
        self.sent += 1;
        let (host, visitor, proposer) = match who {
            Who::Visitor(host, visitor) => (host, Some(visitor.to_owned()), None),
            Who::Person(host, name) => (host, None, Some(format!("http://{host}/users/{name}"))),
        };
        let patch = PatchRecord {
            id: PatchId(Uuid::from_u128(self.sent.into())),
            dataset: of.id,
            uid: of.uid,
            direction: "in".into(),
            status: "pending".into(),
            proposer,
            proposer_host: host.into(),
            visitor,
            name: None,
            email: None,
            summary: None,
            schema_hash: of.schema_hash,
            nonce: Some(Salt([4; 16])),
            digest: Hash([self.sent; 32]),
            ops: "[]".into(),
            applied: None,
            reason: None,
            report: None,
            result_seq: None,
            result_entry: None,
            created: now(),
            updated: now(),
            decided_at: None,
            decided_by: None,
            token_hash: None,
            offer_id: None,
            answer: None,
        };
        let app = &self.node.app;
        let kept = app.db.write(|tx| {
            let full = check(app, tx, &patch, false)?.err();
            if full.is_none() {
                tx.insert_patch(&patch)?;
            }
            Ok::<_, StoreError>(full)
        });
        kept.unwrap()
    }
}

const HERE: &str = "a.localhost:1";

#[test]
fn a_visitor_may_leave_so_many_proposals_waiting() {
    let mut world = World::new(|limits| limits.pending_per_visitor = 2);
    let one = Who::Visitor(HERE, "one");
    assert_eq!(world.propose("lieux", one), None);
    assert_eq!(world.propose("parcs", one), None);
    assert_eq!(world.propose("lieux", one), Some(Full::Visitor));
    assert_eq!(world.propose("lieux", Who::Visitor(HERE, "other")), None);
}

#[test]
fn the_visitors_of_an_instance_share_a_quota() {
    let mut world = World::new(|limits| limits.pending_per_instance_visitors = 2);
    for (visitor, full) in [
        ("one", None),
        ("two", None),
        ("three", Some(Full::InstanceVisitors)),
    ] {
        let who = Who::Visitor("b.example", visitor);
        assert_eq!(world.propose("lieux", who), full, "{visitor}");
    }
    assert_eq!(
        world.propose("lieux", Who::Visitor("c.example", "one")),
        None
    );
    assert_eq!(
        world.propose("lieux", Who::Person("b.example", "lea")),
        None
    );
    // Our own visitors are counted one by one.
    for visitor in ["one", "two", "three"] {
        assert_eq!(world.propose("lieux", Who::Visitor(HERE, visitor)), None);
    }
}

#[test]
fn a_person_elsewhere_may_leave_so_many_proposals_waiting() {
    let mut world = World::new(|limits| limits.pending_per_actor = 1);
    let lea = Who::Person("b.example", "lea");
    assert_eq!(world.propose("lieux", lea), None);
    assert_eq!(world.propose("parcs", lea), Some(Full::Actor));
    assert_eq!(
        world.propose("lieux", Who::Person("b.example", "ben")),
        None
    );
}

#[test]
fn an_instance_may_leave_so_many_proposals_waiting() {
    let mut world = World::new(|limits| limits.pending_per_instance = 2);
    assert_eq!(
        world.propose("lieux", Who::Person("b.example", "lea")),
        None
    );
    assert_eq!(
        world.propose("parcs", Who::Visitor("b.example", "one")),
        None
    );
    let third = world.propose("lieux", Who::Person("b.example", "ben"));
    assert_eq!(third, Some(Full::Instance));
    assert_eq!(
        world.propose("lieux", Who::Person("c.example", "ben")),
        None
    );
}

#[test]
fn a_dataset_takes_so_many_waiting_proposals() {
    let mut world = World::new(|limits| limits.pending_per_dataset = 2);
    assert_eq!(world.propose("lieux", Who::Visitor(HERE, "one")), None);
    assert_eq!(
        world.propose("lieux", Who::Person("b.example", "lea")),
        None
    );
    let third = world.propose("lieux", Who::Person("c.example", "ben"));
    assert_eq!(third, Some(Full::Dataset));
    assert_eq!(
        world.propose("parcs", Who::Person("c.example", "ben")),
        None
    );
}
