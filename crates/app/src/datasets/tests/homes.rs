//! A dataset gets another home: taken over with the recovery key, or handed over to who agreed.

use rustine_domain::ids::DatasetAddress;
use rustine_domain::key::LogKey;

use crate::datasets::heir::{self, Heir, HeirError};
use crate::datasets::moving::{MoveError, hand_over, take_over};
use crate::datasets::rotate::{RecoveryKey, RotateError};
use crate::datasets::{create, publish};
use crate::instance;
use crate::replicas::apply::apply;
use crate::testing::{Origin, TestApp, row, schema};

const OLD: &str = "lieux@a.localhost:1";
const OLD_URL: &str = "http://a.localhost:1/datasets/lieux";

fn address(text: &str) -> DatasetAddress {
    text.parse().unwrap()
}

fn page(key: &LogKey) -> RecoveryKey {
    use base64::Engine as _;
    let seed = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(key.seed());
    RecoveryKey::read(&format!("rustine-recovery-1 {seed} {}", key.multikey())).unwrap()
}

fn copy(origin: &str, of: &Origin) -> (TestApp, i64) {
    let node = TestApp::new(origin);
    instance::create(&node.app).unwrap();
    let dataset = node.copy(of, OLD);
    follow(&node, dataset, of);
    (node, dataset)
}

fn follow(node: &TestApp, dataset: i64, of: &Origin) {
    let held = node.app.db.read(|tx| tx.load_dataset(dataset)).unwrap().seq;
    for seq in usize::try_from(held + 1).unwrap()..of.lines.len() {
        apply(&node.app, dataset, "a.localhost:1", &of.line(seq)).unwrap();
    }
}

fn places() -> Origin {
    let mut origin = Origin::new(OLD_URL);
    origin.import(3);
    origin
}

#[test]
fn only_the_announced_recovery_key_takes_a_dataset_over() {
    let origin = places();
    let (node, dataset) = copy("http://b.localhost:2", &origin);
    let before = node.record(OLD);
    for wrong in [&origin.key, &LogKey::from_seed([77; 32])] {
        let refused = take_over(&node.app, &address(OLD), &page(wrong), None);
        assert!(
            matches!(refused, Err(MoveError::Key(RotateError::OtherKey(_)))),
            "{refused:?}"
        );
    }
    assert_eq!(node.record(OLD), before, "nothing was changed");

    let moved = take_over(&node.app, &address(OLD), &page(&origin.recovery), None).unwrap();
    assert_eq!(moved.url, "http://b.localhost:2/datasets/lieux");
    let ours = node.record("lieux");
    assert!(ours.is_local());
    assert_eq!((ours.id, ours.uid), (dataset, before.uid));
    assert_eq!((ours.seq, ours.state), (before.seq + 1, before.state));
    assert_eq!(node.record(OLD), ours, "the address before still names it");
    crate::datasets::verify::verify(&node.app, &address("lieux")).unwrap();
    // It signs from here on, and the same page takes nothing over a second time.
    crate::datasets::close::close(&node.app, &address("lieux"), true).unwrap();
    let again = take_over(&node.app, &address("lieux"), &page(&origin.recovery), None);
    assert!(matches!(again, Err(MoveError::Here(_))), "{again:?}");
}

#[test]
fn other_copies_follow_to_the_new_home() {
    let origin = places();
    let (heir, _) = copy("http://b.localhost:2", &origin);
    let (third, dataset) = copy("http://c.localhost:3", &origin);
    take_over(&heir.app, &address(OLD), &page(&origin.recovery), None).unwrap();
    let ours = heir.record("lieux");
    let entry = heir
        .app
        .db
        .read(|tx| {
            let entry = tx.find_entry(ours.id, ours.seq)?.unwrap();
            let body = tx.find_body(ours.id, ours.seq)?.unwrap();
            Ok::<_, rustine_store::StoreError>(format!(
                "{{\"header\":{},\"body\":{body}}}",
                entry.header
            ))
        })
        .unwrap();
    let line = rustine_domain::log::Line::parse(entry.as_bytes()).unwrap();
    apply(&third.app, dataset, "b.localhost:2", &line).unwrap();
    let there = third.record("lieux@b.localhost:2");
    assert_eq!((there.id, there.entry), (dataset, ours.entry));
    assert_eq!(there.url, ours.url);
    assert_eq!(third.record(OLD), there);
    let asked = third
        .app
        .db
        .read(|tx| tx.find_follow("/actor", &ours.url))
        .unwrap();
    assert!(asked.is_some(), "it asks the new origin to push");
}

#[test]
fn a_move_to_here_that_nobody_here_agreed_to_leaves_a_copy() {
    let mut origin = places();
    let (node, dataset) = copy("http://b.localhost:2", &origin);
    let thief = LogKey::from_seed([55; 32]);
    let next = rustine_domain::key::commitment_of(&LogKey::from_seed([56; 32]).multikey());
    origin.moves_to("http://b.localhost:2/datasets/lieux", &thief, next);
    follow(&node, dataset, &origin);
    let held = node.record(OLD);
    assert!(!held.is_local(), "we have no key that could sign for it");
    assert_eq!(held.seq, origin.chain.seq.cast_signed());
}

#[test]
fn an_origin_hands_over_only_to_who_agreed_about_this_very_dataset() {
    let node = TestApp::new("http://a.localhost:1");
    let text = instance::create(&node.app).unwrap();
    let recovery = RecoveryKey::read(&text).unwrap();
    create::create(&node.app, &"lieux".parse().unwrap(), &schema("Lieux")).unwrap();
    publish::publish(&node.app, &address("lieux")).unwrap();
    let record = node.record("lieux");
    let heir = Heir {
        uid: record.uid,
        genesis: record.genesis,
        url: "http://b.localhost:2/datasets/lieux".to_owned(),
        key: LogKey::from_seed([60; 32]).multikey(),
        next: rustine_domain::key::commitment_of(&LogKey::from_seed([61; 32]).multikey()),
        modlog: Some(rustine_domain::modlog::Tail::default()),
    };
    let other = Heir {
        genesis: rustine_domain::ids::Hash([1; 32]),
        ..heir.clone()
    };
    let back = Heir {
        url: "http://a.localhost:1/datasets/ailleurs".to_owned(),
        ..heir.clone()
    };
    let give = |heir: &Heir| hand_over(&node.app, &address("lieux"), &recovery, heir);
    assert!(matches!(
        give(&other),
        Err(MoveError::Heir(HeirError::Another(_)))
    ));
    assert!(matches!(
        give(&back),
        Err(MoveError::Heir(HeirError::Ourselves(_)))
    ));
    assert_eq!(node.record("lieux"), record, "nothing was changed");

    assert_eq!(Heir::parse(&heir.to_json()).unwrap(), heir);
    give(&heir).unwrap();
    let left = node.record("lieux@b.localhost:2");
    assert_eq!((left.id, left.seq), (record.id, 1));
    assert_eq!(
        node.record("lieux"),
        left,
        "our name for it still leads there"
    );
    let state = node.app.db.read(|tx| tx.find_replica_state(left.id));
    assert!(state.unwrap().is_some(), "it is kept as a copy");
    let signed = crate::datasets::close::close(&node.app, &address("lieux"), true);
    assert!(signed.is_err(), "it signs nothing more");
}

#[test]
fn an_agreement_is_shown_until_it_is_used_or_taken_back() {
    let origin = places();
    let (node, dataset) = copy("http://b.localhost:2", &origin);
    let app = &node.app;
    let agreed = heir::agree(app, &address(OLD), None).unwrap();
    assert_eq!(heir::agree(app, &address(OLD), None).unwrap(), agreed);
    let shown = |node: &TestApp| {
        node.app
            .db
            .read(|tx| heir::shown(&node.app, tx, &node.record(OLD)))
            .unwrap()
    };
    assert_eq!(shown(&node).as_ref(), Some(&agreed));
    assert!(heir::withdraw(app, &address(OLD)).unwrap());
    assert_eq!(shown(&node), None);
    let agreed = heir::agree(app, &address(OLD), Some(&"places".parse().unwrap())).unwrap();
    assert_eq!(agreed.url, "http://b.localhost:2/datasets/places");

    // The owner hands it over to these keys: it is ours, and signs.
    let mut owner = origin.clone();
    let recovery = owner.recovery.clone();
    let signed = {
        let kind = rustine_domain::log::Kind::Move {
            handover: rustine_domain::log::Handover {
                key: agreed.key,
                by: recovery.multikey(),
                next: agreed.next,
            },
            moved_to: agreed.url.clone(),
        };
        let meta = rustine_domain::log::Meta {
            salt: app.entropy.salt(),
            content: serde_json::Map::new(),
        };
        rustine_domain::log::EntryDraft::new(kind, meta)
            .sign(&owner.chain, owner.chain.time, &recovery)
            .unwrap()
    };
    owner.lines.push(signed.entry.to_line());
    follow(&node, dataset, &owner);
    let ours = node.record("places");
    assert!(ours.is_local());
    assert_eq!(node.rows(dataset).len(), 3);
    assert!(node.rows(dataset).contains_key(&row(1)));
    assert_eq!(shown(&node), None);
    crate::datasets::close::close(app, &address("places"), true).unwrap();
}
