//! Offers of a peer meet the owner's rules.

use rustine_domain::digest::{OfferedOp, offer_digest};
use rustine_domain::ids::{Hash, PatchId, RowId, Salt};
use rustine_domain::patch::Status;
use rustine_domain::rules::{Ceiling, Fate, Outcome, Rule, Rules, Sender};
use rustine_protocol::activity::OfferPatch;
use rustine_protocol::object::DataPatch;
use rustine_store::{RuleSettingsRecord, StoreError, Tx};
use uuid::Uuid;

use super::change::{Owner, RulesError};
use super::preview::{Preview, preview};
use super::*;
use crate::context::uri;
use crate::patches::decide::{Decision, decide, status_of};
use crate::patches::desk::{Desk, add};
use crate::patches::receive;
use crate::testing::{field, now};

mod votes;

const PEER: &str = "b.localhost:2";

/// A dataset with rows, and a peer that offers.
struct World {
    desk: Desk,
    rows: Vec<RowId>,
    sent: std::cell::Cell<u64>,
}

impl World {
    fn new(rows: usize) -> Self {
        let desk = Desk::new(|settings| {
            settings.limits.burst_per_hour = 100_000;
            settings.limits.pending_per_actor = 100_000;
        });
        if rows > 0 {
            desk.done((0..rows).map(|n| add(&format!("lieu {n}"), "1")).collect());
        }
        desk.node.befriend(PEER);
        let rows = desk.rows().into_iter().map(|(row, ..)| row).collect();
        let sent = std::cell::Cell::new(0);
        Self { desk, rows, sent }
    }

    fn read<T>(&self, work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError>) -> T {
        self.desk.node.app.db.read(|tx| work(tx)).unwrap()
    }

    fn rule(&self, name: Option<&str>, sender: Sender, outcome: Outcome) -> i64 {
        let rule = rule(name, sender, outcome);
        let by = Owner::Person(&self.desk.lea);
        change::add(&self.desk.node.app, by, &lieux(), &rule).unwrap()
    }

    fn quarantine(&self, quarantine: i64) {
        let settings = RuleSettingsRecord {
            quarantine,
            ..usual(0)
        };
        let by = Owner::Person(&self.desk.lea);
        change::settle(&self.desk.node.app, by, &lieux(), &settings).unwrap();
    }

    /// Somebody of the peer offers; returns what became of it, `None` where nothing was kept.
    fn offer(&self, host: &str, name: &str, ops: Vec<OfferedOp>) -> (PatchId, Option<Status>) {
        let app = &self.desk.node.app;
        self.sent.set(self.sent.get() + 1);
        let number = u128::from(self.sent.get());
        let id = PatchId(Uuid::from_u128(
            0x1000_0000_0000_4000_8000_0000_0000_0000 + number,
        ));
        let of = self.desk.node.record("lieux");
        let mut nonce = [0; 16];
        nonce[8..].copy_from_slice(&self.sent.get().to_be_bytes());
        let nonce = Salt(nonce);
        let patch = DataPatch {
            id: uri(&format!("http://{host}/patches/{id}")),
            attributed_to: uri(&format!("http://{host}/users/{name}")),
            context: uri(&of.url),
            uid: of.uid,
            published: now(),
            summary: None,
            schema: of.schema_hash,
            nonce,
            digest: offer_digest(&nonce, of.uid, &of.schema_hash, &ops),
            ops,
            visitor: None,
        };
        let offer = OfferPatch::new(uri(&format!("http://{host}/activities/{number}")), patch);
        let taken = app.db.write(|tx| receive::receive(app, tx, &offer));
        taken.unwrap();
        let kept = self.read(|tx| tx.find_patch(id));
        (id, kept.map(|patch| status_of(&patch)))
    }

    /// Sets a cell of a row, from what it holds.
    fn set(&self, row: usize, name: &str, value: &str) -> OfferedOp {
        let of = self.desk.node.record("lieux");
        let row = self.rows[row];
        let rows = self.desk.node.rows(of.id);
        let base: Option<Hash> = rows[&row].commitment(of.uid, row, &field(name));
        OfferedOp::Set {
            row,
            field: field(name),
            base,
            value: Some(value.into()),
        }
    }

    fn actions(&self) -> Vec<String> {
        let id = self.desk.node.record("lieux").id;
        let lines = self.read(|tx| tx.list_modlog(id, 0, 10_000));
        lines.into_iter().map(|line| line.action).collect()
    }

    fn preview(&self, rules: &Rules) -> Preview {
        let by = Owner::Person(&self.desk.lea);
        preview(&self.desk.node.app, by, &lieux(), rules).unwrap()
    }
}

fn lieux() -> rustine_domain::ids::DatasetAddress {
    "lieux".parse().unwrap()
}

fn rule(name: Option<&str>, sender: Sender, outcome: Outcome) -> Rule {
    Rule {
        id: 0,
        field: name.map(field),
        sender,
        outcome,
    }
}

fn peer() -> Sender {
    Sender::Peer(PEER.parse().unwrap())
}

const USUAL: Outcome = Outcome::Accept(Ceiling::USUAL);

#[test]
fn one_field_of_a_peer_is_accepted_another_waits_and_a_third_party_is_dropped() {
    let world = World::new(40);
    world.quarantine(0);
    world.rule(Some("places"), peer(), USUAL);
    world.rule(None, Sender::Strangers, Outcome::Drop);
    let (_, status) = world.offer(PEER, "ben", vec![world.set(0, "places", "7")]);
    assert_eq!(status, Some(Status::Accepted));
    assert!(world.desk.rows().iter().any(|(_, _, places)| places == "7"));
    let (_, status) = world.offer(PEER, "ben", vec![world.set(1, "nom", "Gare")]);
    assert_eq!(status, Some(Status::Pending));
    let (_, status) = world.offer("c.localhost:3", "eve", vec![world.set(1, "nom", "Eve")]);
    assert_eq!(status, None, "nothing of it is kept");
    let seq = world.desk.node.record("lieux").seq;
    let text = world.read(|tx| tx.find_body(world.desk.node.record("lieux").id, seq));
    let text = text.unwrap();
    assert!(
        text.contains("accept places from peer b.localhost:2"),
        "the log says by which rule: {text}"
    );
}

#[test]
fn a_flood_is_accepted_up_to_the_ceiling_waits_up_to_the_quota_and_then_nothing_is_kept() {
    let world = World::new(2);
    world.quarantine(0);
    world.rule(
        Some("places"),
        peer(),
        Outcome::Accept(Ceiling {
            ops: 50,
            percent: 100,
        }),
    );
    let mut found = std::collections::BTreeMap::new();
    for n in 0..300 {
        // Each touches one row, so of two rows the second half of the ceiling is rows.
        let (_, status) = world.offer(
            PEER,
            &format!("bot{n}"),
            vec![world.set(0, "places", &n.to_string())],
        );
        *found.entry(format!("{status:?}")).or_insert(0) += 1;
    }
    let count = |status: Option<Status>| found.get(&format!("{status:?}")).copied().unwrap_or(0);
    assert_eq!(count(Some(Status::Accepted)), 2, "{found:?}");
    assert_eq!(
        count(Some(Status::Pending)),
        200,
        "limits.pending_per_instance"
    );
    assert_eq!(count(None), 98);
    world.desk.node.clock.advance(86_401);
    let (_, status) = world.offer(PEER, "bot0", vec![world.set(0, "places", "fin")]);
    assert_eq!(status, None, "the queue is still full");
}

#[test]
fn a_flood_that_a_rule_drops_leaves_one_number_and_one_line_a_day() {
    let world = World::new(1);
    let id = world.rule(None, Sender::Strangers, Outcome::Drop);
    let before = world.actions().len();
    for n in 0..200 {
        let (_, status) = world.offer(
            "c.localhost:3",
            &format!("bot{n}"),
            vec![world.set(0, "places", "9")],
        );
        assert_eq!(status, None);
    }
    assert_eq!(world.actions()[before..], ["dropped"]);
    let dataset = world.desk.node.record("lieux").id;
    assert_eq!(world.read(|tx| tx.list_rule_drops(dataset, 0)), [(id, 200)]);
    world.desk.node.clock.advance(86_400);
    world.offer("c.localhost:3", "bot", vec![world.set(0, "places", "9")]);
    assert_eq!(world.actions()[before..], ["dropped", "dropped"]);
}

#[test]
fn a_new_sender_waits_until_people_accepted_three_of_its_proposals() {
    let world = World::new(100);
    let id = world.rule(Some("places"), peer(), USUAL);
    for n in 0..QUARANTINE.unsigned_abs() {
        let value = format!("1{n}");
        let (patch, status) = world.offer(PEER, "ben", vec![world.set(0, "places", &value)]);
        assert_eq!(status, Some(Status::Pending));
        // All of it within one second: machines are quick.
        decide(
            &world.desk.node.app,
            patch,
            &world.desk.lea,
            &Decision::Accept,
        )
        .unwrap();
    }
    let (_, status) = world.offer(PEER, "zoe", vec![world.set(1, "places", "3")]);
    assert_eq!(status, Some(Status::Pending), "each sender by herself");
    let (_, status) = world.offer(PEER, "ben", vec![world.set(1, "places", "4")]);
    assert_eq!(status, Some(Status::Accepted));
    assert!(id > 0);
}

#[test]
fn the_preview_says_of_each_proposal_what_the_rules_did() {
    let world = World::new(100);
    world.quarantine(1);
    world.rule(
        Some("places"),
        peer(),
        Outcome::Accept(Ceiling {
            ops: 3,
            percent: 100,
        }),
    );
    let mut happened = Vec::new();
    for n in 0..8_usize {
        let name = ["ben", "zoe"][n % 2];
        let value = format!("2{n}");
        let (id, status) = world.offer(PEER, name, vec![world.set(n, "places", &value)]);
        world.desk.node.clock.advance(1);
        if n < 2 {
            decide(&world.desk.node.app, id, &world.desk.lea, &Decision::Accept).unwrap();
        }
        world.desk.node.clock.advance(1);
        happened.push((id, status == Some(Status::Accepted)));
    }
    let dataset = world.desk.node.record("lieux").id;
    let rules = world.read(|tx| load(tx, dataset));
    let found: Vec<(PatchId, bool)> = world
        .preview(&rules)
        .cases
        .into_iter()
        // The moderator's own, with which the dataset began.
        .filter(|case| case.host == PEER)
        .map(|case| (case.id, matches!(case.fate, Fate::Accept { .. })))
        .collect();
    assert_eq!(found, happened);
    let accepted = |found: &[(PatchId, bool)]| found.iter().filter(|(_, done)| *done).count();
    assert_eq!(accepted(&found), 3, "as many as the ceiling lets through");
    // Another policy, tried before it holds; nothing is written by that.
    let strict = Rules {
        rules: vec![Rule {
            id: 9,
            ..rule(None, Sender::Peers, Outcome::Drop)
        }],
        ..rules
    };
    let before = world.actions();
    let dropped = world.preview(&strict);
    let of_peer = dropped.cases.iter().filter(|case| case.host == PEER);
    assert!(
        of_peer
            .clone()
            .all(|case| case.fate == Fate::Drop { rule: 9 })
    );
    assert_eq!(of_peer.count(), 8);
    assert_eq!(world.actions(), before);
    // What is older than thirty days is not looked at.
    world.desk.node.clock.advance(31 * 86_400);
    assert_eq!(world.preview(&strict).cases, []);
}

#[test]
fn only_a_maintainer_makes_rules_and_each_change_is_a_line() {
    let world = World::new(0);
    let app = &world.desk.node.app;
    let max = Desk::person(&world.desk.node, "max", "member");
    let wanted = rule(Some("places"), peer(), USUAL);
    let refused = change::add(app, Owner::Person(&max), &lieux(), &wanted);
    assert!(matches!(refused, Err(RulesError::NotAllowed(_))));
    let by = Owner::Person(&world.desk.lea);
    let id = change::add(app, by, &lieux(), &wanted).unwrap();
    let again = change::add(app, by, &lieux(), &wanted);
    assert!(matches!(again, Err(RulesError::Exists)));
    let nowhere = rule(Some("altitude"), peer(), USUAL);
    let refused = change::add(app, by, &lieux(), &nowhere);
    assert!(matches!(refused, Err(RulesError::NoField(_))));
    let too_much = rule(
        None,
        peer(),
        Outcome::Accept(Ceiling { ops: 0, percent: 5 }),
    );
    let refused = change::add(app, by, &lieux(), &too_much);
    assert!(matches!(refused, Err(RulesError::Number { .. })));
    world.rule(Some("nom"), peer(), USUAL);
    let replaced = change::set(
        app,
        by,
        &lieux(),
        &Rule {
            outcome: Outcome::Drop,
            ..wanted
        },
    )
    .unwrap();
    assert_ne!(replaced, id);
    change::remove(app, by, &lieux(), replaced).unwrap();
    let gone = change::remove(app, by, &lieux(), replaced);
    assert!(matches!(gone, Err(RulesError::Unknown(_))));
    assert_eq!(world.actions(), ["rules"; 4]);
}

#[test]
fn an_owner_may_let_fewer_wait_than_the_instance_does() {
    let world = World::new(3);
    let by = Owner::Person(&world.desk.lea);
    let settings = RuleSettingsRecord {
        pending_per_actor: Some(1),
        pending_per_instance: Some(2),
        ..usual(0)
    };
    change::settle(&world.desk.node.app, by, &lieux(), &settings).unwrap();
    let offer =
        |name: &str, row: usize| world.offer(PEER, name, vec![world.set(row, "nom", "x")]).1;
    assert_eq!(offer("ben", 0), Some(Status::Pending));
    assert_eq!(offer("ben", 1), None);
    assert_eq!(offer("zoe", 1), Some(Status::Pending));
    assert_eq!(offer("eva", 2), None);
}

#[test]
fn a_visitor_whose_proposal_is_dropped_is_told_and_nothing_is_kept() {
    let world = World::new(0);
    world.rule(Some("places"), Sender::Visitors, Outcome::Drop);
    let refused = world.desk.visit(vec![add("Gare", "1")], [192, 0, 2, 1]);
    assert!(matches!(
        refused,
        Err(crate::patches::propose::ProposeError::Dropped(_))
    ));
    assert_eq!(world.actions(), ["rules", "dropped"]);
}
