//! Erasing, and replacing keys: at the origin, and on a copy that follows it.

mod custody;
mod expiry;
mod homes;

use std::collections::BTreeMap;

use rustine_domain::ids::DatasetAddress;
use rustine_domain::log::{EntryDraft, Kind, Line, Meta, Op, line};
use rustine_store::{DatasetRecord, PatchFilter};
use serde_json::Map;

use super::redact::{RedactError, Redacted, What, redact};
use super::rotate::{RecoveryKey, RotateError, needs_new_key, rotate};
use super::{create, publish};
use crate::instance;
use crate::log::{append, obey};
use crate::patches::propose::{Proposal, ProposedOp, Proposer, propose};
use crate::replicas::add::{Learned, add};
use crate::replicas::apply::{Outcome, apply};
use crate::testing::{TestApp, field, row, schema};

const COPY: &str = "lieux@a.localhost:1";

/// An origin with a dataset of three rows, and a copy of it elsewhere.
struct World {
    origin: TestApp,
    copy: TestApp,
    recovery: RecoveryKey,
    dataset: i64,
    copied: i64,
}

fn address(text: &str) -> DatasetAddress {
    text.parse().unwrap()
}

impl World {
    fn new() -> Self {
        let origin = TestApp::new("http://a.localhost:1");
        let recovery = RecoveryKey::read(&instance::create(&origin.app).unwrap()).unwrap();
        let made =
            create::create(&origin.app, &"lieux".parse().unwrap(), &schema("Lieux")).unwrap();
        publish::publish(&origin.app, &address("lieux")).unwrap();
        let copy = TestApp::new("http://b.localhost:2");
        let learned = Learned {
            address: address(COPY),
            url: made.url.clone(),
            uid: made.uid,
            genesis: made.genesis,
            inbox: None,
            from: None,
        };
        add(&copy.app, &learned).unwrap();
        let copied = copy.record(COPY).id;
        let world = Self {
            origin,
            copy,
            recovery,
            dataset: made.id,
            copied,
        };
        world.append(
            Kind::Import { batch: None },
            (1..=3).map(|number| {
                let cells = [
                    (field("nom"), format!("Canari {number}")),
                    (field("places"), "1".to_owned()),
                ];
                Op::add(
                    row(number),
                    world.origin.app.entropy.salt(),
                    cells.into(),
                    None,
                )
            }),
        );
        world
    }

    fn record(&self) -> DatasetRecord {
        self.origin.record("lieux")
    }

    fn append(&self, kind: Kind, ops: impl IntoIterator<Item = Op>) {
        let app = &self.origin.app;
        let ops: Vec<Op> = ops.into_iter().collect();
        app.db
            .write(|tx| {
                let meta = Meta {
                    salt: app.entropy.salt(),
                    content: Map::new(),
                };
                let mut dataset = tx.load_dataset(self.dataset)?;
                let draft = EntryDraft::with_ops(kind.clone(), meta, ops.clone());
                append(app, tx, &mut dataset, draft)
            })
            .unwrap();
    }

    fn set(&self, number: u32, name: &str, value: &str) {
        let uid = self.record().uid;
        let held = self.origin.rows(self.dataset);
        let base = held[&row(number)].commitment(uid, row(number), &field(name));
        let new = Some((self.origin.app.entropy.salt(), value.to_owned()));
        let op = Op::set(uid, row(number), field(name), base, new);
        self.append(Kind::Patch, [op]);
    }

    fn delete(&self, number: u32) {
        let held = self.origin.rows(self.dataset);
        let hash = held[&row(number)].hash(self.record().uid, row(number));
        self.append(Kind::Patch, [Op::del(row(number), hash)]);
    }

    /// The copy takes what the origin serves, and is then equal.
    fn follow(&self) {
        let from = self.copy.record(COPY).seq + 1;
        let (entries, bodies) = self
            .origin
            .app
            .db
            .read(|tx| {
                let entries = tx.list_entries(self.dataset, from, 100)?;
                Ok::<_, rustine_store::StoreError>((
                    entries,
                    tx.list_bodies(self.dataset, from, 100)?,
                ))
            })
            .unwrap();
        for (entry, (_, body)) in entries.iter().zip(bodies) {
            let line = line::write(&entry.header, Some(&body), &[]);
            let line = Line::parse(line.as_bytes()).unwrap();
            let outcome = apply(&self.copy.app, self.copied, "a.localhost:1", &line);
            assert!(
                matches!(outcome, Ok(Outcome::Applied { .. })),
                "{outcome:?}"
            );
        }
        let (ours, theirs) = (self.copy.record(COPY), self.record());
        assert_eq!(
            (ours.seq, ours.entry, ours.state),
            (theirs.seq, theirs.entry, theirs.state)
        );
    }

    fn redact(&self, what: &What) -> Result<Redacted, RedactError> {
        redact(&self.origin.app, &address("lieux"), what, "à sa demande")
    }

    fn propose(&self, number: u32, value: &str) {
        let proposal = Proposal {
            dataset: address("lieux"),
            ops: vec![ProposedOp::Set {
                row: row(number),
                field: field("nom"),
                value: Some(value.to_owned()),
                base: None,
            }],
            summary: Some(format!("plutôt {value}")),
            name: None,
            email: None,
            by: Proposer::Visitor([127, 0, 0, 1].into()),
        };
        propose(&self.origin.app, &proposal).unwrap();
    }
}

/// How often a text stands in the files of a node's database, whatever its case.
fn traces(node: &TestApp, text: &str) -> usize {
    let bytes = node.bytes().to_ascii_lowercase();
    let text = text.to_lowercase();
    bytes
        .windows(text.len())
        .filter(|window| *window == text.as_bytes())
        .count()
}

fn cell(number: u32, name: &str) -> What {
    What::Cell(row(number), field(name))
}

#[test]
fn what_is_redacted_stands_nowhere_at_the_origin_nor_on_a_copy() {
    let world = World::new();
    world.set(2, "nom", "Perruche bleue");
    world.set(2, "nom", "Perroquet gris");
    world.follow();
    world.propose(2, "Perruche bleue");
    for text in ["perruche", "perroquet", "canari 2"] {
        assert!(traces(&world.origin, text) > 0 && traces(&world.copy, text) > 0);
    }
    let redacted = world.redact(&cell(2, "nom")).unwrap();
    assert_eq!((redacted.seqs.as_slice(), redacted.cells), (&[4][..], 3));
    world.follow();
    for node in [&world.origin, &world.copy] {
        assert!(obey::purge_due(&node.app).unwrap());
        assert!(!obey::purge_due(&node.app).unwrap());
        for text in ["perruche", "perroquet", "canari 2"] {
            assert_eq!(traces(node, text), 0, "{text}");
        }
        assert!(traces(node, "canari 3") > 0, "the others stay");
        let erasures = node.app.erasures.as_ref().unwrap().read().unwrap();
        assert_eq!(erasures.len(), 1);
        assert_eq!((erasures[0].seq, erasures[0].cells.len()), (Some(4), 3));
    }
    assert_eq!(
        world.origin.rows(world.dataset),
        world.copy.rows(world.copied)
    );
}

#[test]
fn a_waiting_proposal_with_an_erased_value_is_refused_without_it() {
    let world = World::new();
    world.set(1, "nom", "Perruche bleue");
    world.set(1, "nom", "Mairie");
    world.propose(1, "Perruche bleue");
    world.propose(1, "Gare");
    world.redact(&cell(1, "nom")).unwrap();
    let filter = PatchFilter::default();
    let patches = world
        .origin
        .app
        .db
        .read(|tx| tx.list_patches(&filter, None, 10));
    let by_status: BTreeMap<String, rustine_store::PatchRecord> = patches
        .unwrap()
        .into_iter()
        .map(|patch| (patch.status.clone(), patch))
        .collect();
    let refused = &by_status["refused"];
    assert_eq!((refused.ops.as_str(), refused.nonce), ("[]", None));
    assert_eq!(refused.summary, None);
    assert!(refused.reason.as_deref().unwrap().contains("erased"));
    assert!(by_status["pending"].ops.contains("Gare"));
}

#[test]
fn a_deleted_row_is_erased_with_every_value_it_ever_had() {
    let world = World::new();
    world.set(3, "nom", "Perruche bleue");
    world.delete(3);
    let redacted = world.redact(&What::Row(row(3))).unwrap();
    assert_eq!(redacted.cells, 3);
    world.follow();
    for node in [&world.origin, &world.copy] {
        obey::purge_due(&node.app).unwrap();
        assert_eq!(traces(node, "perruche") + traces(node, "canari 3"), 0);
    }
    let again = world.redact(&What::Row(row(3)));
    assert!(matches!(again, Err(RedactError::Already)), "{again:?}");
    let absent = world.redact(&What::Row(row(9)));
    assert!(matches!(absent, Err(RedactError::NoValue(_))), "{absent:?}");
    let none = world.redact(&What::Meta(99));
    assert!(matches!(none, Err(RedactError::NoEntry(99))), "{none:?}");
}

#[test]
fn many_values_are_erased_by_several_entries() {
    let world = World::new();
    for number in 0..201 {
        world.set(1, "places", &number.to_string());
    }
    let redacted = world.redact(&cell(1, "places")).unwrap();
    assert_eq!((redacted.seqs.len(), redacted.cells), (2, 202));
    let rows = world.origin.rows(world.dataset);
    assert_eq!(rows[&row(1)].value("places"), None);
}

#[test]
fn the_meta_of_an_entry_goes_everywhere() {
    let world = World::new();
    let redacted = world.redact(&cell(1, "nom")).unwrap();
    let seq = redacted.seqs[0];
    world.follow();
    assert!(traces(&world.copy, "à sa demande") > 0);
    world.redact(&What::Meta(seq)).unwrap();
    world.follow();
    let held = |node: &TestApp, dataset| {
        let seq = seq.cast_signed();
        node.app
            .db
            .read(|tx| tx.find_body(dataset, seq))
            .unwrap()
            .unwrap()
    };
    assert!(held(&world.origin, world.dataset).contains("\"meta\":null"));
    assert!(held(&world.copy, world.copied).contains("\"meta\":null"));
}

#[test]
fn a_copy_withholds_by_itself_until_its_origin_orders_the_same() {
    let world = World::new();
    world.follow();
    let withheld = redact(&world.copy.app, &address(COPY), &cell(2, "nom"), "x").unwrap();
    assert_eq!((withheld.seqs.len(), withheld.cells), (0, 1));
    let again = redact(&world.copy.app, &address(COPY), &cell(2, "nom"), "x");
    assert!(matches!(again, Err(RedactError::Already)), "{again:?}");
    obey::purge_due(&world.copy.app).unwrap();
    assert_eq!(traces(&world.copy, "canari 2"), 0);
    assert!(traces(&world.origin, "canari 2") > 0);
    let listed = || {
        let app = &world.copy.app;
        app.db
            .read(|tx| tx.list_withheld(world.copied))
            .unwrap()
            .len()
    };
    assert_eq!(listed(), 1);
    world.redact(&cell(2, "nom")).unwrap();
    world.follow();
    assert_eq!(listed(), 0);
}

#[test]
fn a_rotation_replaces_the_key_and_spends_the_page() {
    let world = World::new();
    let app = &world.origin.app;
    let lieux = address("lieux");
    create::create(app, &"parcs".parse().unwrap(), &schema("Parcs")).unwrap();
    let other = RecoveryKey::generate(app);
    let refused = rotate(app, &lieux, &other, Some(&other));
    assert!(
        matches!(refused, Err(RotateError::OtherKey(_))),
        "{refused:?}"
    );
    assert!(needs_new_key(app, &lieux, &world.recovery).unwrap());
    let page = format!("Rustine\n\n{}\n\nImprimez", other.to_line());
    let next = RecoveryKey::read(&page).unwrap();
    let rotated = rotate(app, &lieux, &world.recovery, Some(&next)).unwrap();
    assert_eq!(rotated.seq, 2);
    world.set(1, "nom", "Mairie");
    world.follow();
    let chain: rustine_domain::log::Chain =
        serde_json::from_str(&world.copy.record(COPY).chain).unwrap();
    assert_eq!(chain.key, rotated.key);
    // The old page is spent for this dataset, and still the one of the other.
    let spent = rotate(app, &lieux, &world.recovery, None);
    assert!(matches!(spent, Err(RotateError::OtherKey(_))), "{spent:?}");
    let parcs = address("parcs");
    assert!(!needs_new_key(app, &parcs, &world.recovery).unwrap());
    rotate(app, &parcs, &world.recovery, None).unwrap();
    assert!(needs_new_key(app, &parcs, &next).unwrap());
    let keys = app.db.read(|tx| tx.list_keys("/datasets/lieux")).unwrap();
    let signing = keys.iter().filter(|key| key.kind == "ed25519").count();
    assert_eq!(signing, 1, "the replaced key is not kept");
}

#[test]
fn a_mistyped_recovery_key_is_noticed() {
    let world = World::new();
    let line = world.recovery.to_line();
    let wrong = line.replacen(['A', 'B', 'C'], "Z", 1);
    for text in ["", "rustine-recovery-1", &line[..40], &format!("{wrong}x")] {
        assert!(
            matches!(RecoveryKey::read(text), Err(RotateError::NoKey)),
            "{text}"
        );
    }
}
