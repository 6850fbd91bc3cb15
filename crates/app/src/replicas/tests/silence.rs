//! A silent origin: since when, and what is held for it.

use rustine_store::OutboxRecord;

use super::{ADDRESS, World};
use crate::mail::Message;
use crate::notifications::{letters, origins};
use crate::patches::desk::Desk;
use crate::patches::held;
use crate::patches::propose::{Proposal, ProposedOp, Proposer, propose};
use crate::replicas::status::{self, News};
use crate::testing::{now, row};

impl World {
    fn hears(&self, origin_answers: bool) {
        let news = News {
            origin_answers: Some(origin_answers),
            ..News::default()
        };
        status::note(&self.node.app, self.dataset, &news, "").unwrap();
    }

    fn silent_since(&self) -> Option<rustine_domain::time::Timestamp> {
        let address = ADDRESS.parse().unwrap();
        status::of(&self.node.app, &address)
            .unwrap()
            .origin_silent_since
    }

    /// What was queued about proposals, the oldest first.
    fn offers(&self, state: &str) -> Vec<OutboxRecord> {
        let app = &self.node.app;
        let mut all = app.db.read(|tx| tx.list_outbox(state, 0, 100)).unwrap();
        all.retain(|record| record.object_key.starts_with("patch:"));
        all
    }

    fn proposes(&self) {
        let by = Desk::person(&self.node, "bea", "member");
        let op = ProposedOp::Set {
            row: row(3),
            field: "nom".parse().unwrap(),
            value: Some("Gardé".to_owned()),
            base: None,
        };
        let proposal = Proposal {
            dataset: ADDRESS.parse().unwrap(),
            ops: vec![op],
            summary: None,
            name: None,
            email: None,
            by: Proposer::Person(by),
        };
        propose(&self.node.app, &proposal).unwrap();
    }
}

#[test]
fn a_silence_counts_from_its_beginning_and_ends_with_an_answer() {
    let world = World::new();
    world.follow(&world.origin);
    assert_eq!(world.silent_since(), None);
    world.hears(false);
    assert_eq!(world.silent_since(), Some(now()));
    world.node.clock.advance(86_400);
    world.hears(false);
    assert_eq!(world.silent_since(), Some(now()), "it goes on");
    world.hears(true);
    assert_eq!(world.silent_since(), None);
}

#[test]
fn people_hear_of_a_silence_that_lasts_a_day_once_for_each() {
    let world = World::new();
    world.follow(&world.origin);
    let app = &world.node.app;
    let lea = Desk::person(&world.node, "lea", "operator");
    // She follows the dataset here, and bea does not.
    let chloe = Desk::person(&world.node, "chloe", "member");
    let bea = Desk::person(&world.node, "bea", "member");
    app.db
        .write(|tx| {
            let url = crate::context::uri("http://a.localhost:1/datasets/lieux");
            let inbox = "http://a.localhost:1/inbox";
            crate::follows::ask::follow(app, tx, "/users/chloe", &url, inbox)
        })
        .unwrap();
    let told = || origins::silent(app, world.dataset).unwrap();
    assert!(!told(), "it answers");
    world.hears(false);
    world.node.clock.advance(86_399);
    assert!(!told(), "a server that is restarted concerns nobody");
    world.node.clock.advance(1);
    assert_eq!((told(), told()), (true, false));
    let heard = |person: &crate::accounts::Person| -> Vec<Option<&str>> {
        let lines = app.db.read(|tx| tx.list_notifications(person.id, None, 9));
        lines.unwrap().iter().map(origins::event).collect()
    };
    assert_eq!(heard(&lea), [Some(origins::SILENT)]);
    assert_eq!(heard(&chloe), [Some(origins::SILENT)]);
    assert_eq!(heard(&bea), []);
    assert_eq!(letters::write_due(app), Ok(2), "by letter too");
    let silent = Message::Origin {
        dataset: world.dataset,
        event: origins::SILENT.to_owned(),
    };
    let mails = app.db.read(|tx| tx.list_mails("queued", 0, 9)).unwrap();
    for mail in &mails {
        let envelope: serde_json::Value =
            serde_json::from_str(mail.message.as_deref().unwrap()).unwrap();
        assert_eq!(envelope["message"], serde_json::to_value(&silent).unwrap());
    }
    assert_eq!(mails.len(), 2);
    // The next silence is another one.
    world.hears(true);
    world.node.clock.advance(1);
    world.hears(false);
    world.node.clock.advance(86_400);
    assert!(told());
    assert_eq!(heard(&chloe).len(), 2);
}

#[test]
fn what_waits_for_a_silent_origin_is_due_at_once_when_it_is_back() {
    let world = World::new();
    world.follow(&world.origin);
    world.hears(false);
    world.proposes();
    let waiting = world.offers("queued").remove(0);
    let later = now().plus_seconds(80_000);
    let app = &world.node.app;
    app.db
        .write(|tx| {
            let claimed = tx.claim_outbox("me", now(), now().plus_seconds(90), 10)?;
            assert!(claimed.iter().any(|it| it.id == waiting.id));
            tx.retry_outbox(waiting.id, "me", later, None, "no answer")
        })
        .unwrap();
    world.hears(true);
    let offers = world.offers("queued");
    assert_eq!(offers.len(), 1, "it is not doubled");
    assert_eq!((offers[0].id, offers[0].next_at), (waiting.id, now()));
}

#[test]
fn what_a_proxy_refused_meanwhile_is_offered_again_with_the_same_digest() {
    let world = World::new();
    world.follow(&world.origin);
    world.hears(false);
    world.proposes();
    let first = world.offers("queued").remove(0);
    let app = &world.node.app;
    app.db
        .write(|tx| {
            tx.claim_outbox("me", now(), now().plus_seconds(90), 10)?;
            tx.finish_outbox(first.id, "me", "refused", Some(404), Some("no such host"))
        })
        .unwrap();
    assert!(world.offers("queued").is_empty());
    world.hears(true);
    let again = world.offers("queued").remove(0);
    assert_ne!(again.activity_id, first.activity_id);
    assert_eq!(again.object_key, first.object_key, "the same proposal");
    let (one, other) = (offered(&first), offered(&again));
    assert_eq!(one["object"]["digest"], other["object"]["digest"]);
    assert_eq!(one["object"]["nonce"], other["object"]["nonce"]);
    // Once it was answered, a silence and its end send nothing more.
    let held = app.db.read(|tx| held::list(tx, world.dataset)).unwrap();
    app.db
        .write(|tx| {
            let mut patch = held[0].clone();
            patch.answer = Some("queued".to_owned());
            tx.drop_outbox_of_object(&again.object_key)?;
            tx.update_patch(&patch)
        })
        .unwrap();
    world.hears(false);
    world.hears(true);
    assert!(world.offers("queued").is_empty());
}

fn offered(record: &OutboxRecord) -> serde_json::Value {
    serde_json::from_str(record.body.as_deref().unwrap()).unwrap()
}
