//! A dataset without origin and recovery key: who may go on with it, and who says so.

use rustine_domain::ids::DatasetUid;
use rustine_domain::key::LogKey;
use rustine_domain::log::Line;
use rustine_store::{DatasetRecord, KeyRecord, SuccessionVoteRecord};
use serde_json::Value;

use super::learn::{NotASuccessor, Told};
use super::{Succession, learn, make, vote};
use crate::accounts::Person;
use crate::instance;
use crate::log::keys::ED25519;
use crate::patches::desk::Desk;
use crate::replicas::apply::apply;
use crate::testing::{Origin, TestApp, now};

const OF: &str = "lieux@a.localhost:1";

/// An instance with a complete copy of a dataset, in whose log three people have the role `maintain`.
struct World {
    origin: Origin,
    node: TestApp,
    bea: Person,
}

impl World {
    fn new() -> Self {
        let mut origin = Origin::new("http://a.localhost:1/datasets/lieux");
        origin.import(7);
        let node = TestApp::new("http://b.localhost:2");
        instance::create(&node.app).unwrap();
        let bea = Desk::person(&node, "bea", "member");
        let keys = [1_u8, 2, 3].map(|number| LogKey::from_seed([40 + number; 32]));
        let app = &node.app;
        app.db
            .write(|tx| {
                tx.insert_key(&KeyRecord {
                    owner: "/users/bea".to_owned(),
                    kind: ED25519.to_owned(),
                    public: keys[0].multikey().to_string(),
                    secret: Some(keys[0].seed().to_vec()),
                    created: now(),
                })
            })
            .unwrap();
        for (number, actor) in [
            "http://b.localhost:2/users/bea",
            "http://c.localhost:3/users/chloe",
            "http://d.localhost:4/users/dan",
        ]
        .iter()
        .enumerate()
        {
            let id = format!("http://a.localhost:1/grants/{number}");
            origin.grant(&id, actor, "maintain", &keys[number].multikey().to_string());
        }
        let dataset = node.copy(&origin, OF);
        for seq in 0..origin.lines.len() {
            apply(app, dataset, "a.localhost:1", &origin.line(seq)).unwrap();
        }
        Self { origin, node, bea }
    }

    fn fork(&self, name: &str) -> DatasetRecord {
        make::make(&self.node.app, &OF.parse().unwrap(), &name.parse().unwrap()).unwrap()
    }

    fn known(&self) -> Succession {
        let of = self.node.record(OF);
        let app = &self.node.app;
        app.db.read(|tx| super::count(app, tx, &of)).unwrap()
    }

    fn votes(&self) -> Vec<(DatasetUid, usize, bool)> {
        let known = self.known().candidates.into_iter();
        let shown = known.map(|it| (it.successor.uid, it.votes, it.chosen));
        shown.collect()
    }

    /// A vote of somebody elsewhere, as it would be shown by her instance.
    fn vote_of(&self, number: u8, actor: &str, uid: DatasetUid, at: i64) -> Value {
        let key = LogKey::from_seed([40 + number; 32]);
        let mut document = match serde_json::json!({
            "@context": "https://w3id.org/rustine/ns/v1",
            "type": "SuccessorVote",
            "attributedTo": actor,
            "uid": self.origin.chain.uid,
            "genesis": self.origin.chain.genesis,
            "successor": {"uid": uid},
            "published": now().plus_seconds(at),
        }) {
            Value::Object(map) => map,
            _ => unreachable!(),
        };
        rustine_domain::proof::sign(&mut document, &key, &format!("{actor}#key"), now());
        Value::Object(document)
    }

    fn hears(&self, votes: &[Value]) -> usize {
        let of = self.node.record(OF);
        let app = &self.node.app;
        app.db
            .write(|tx| learn::votes(app, tx, &of, votes))
            .unwrap()
    }
}

const CHLOE: &str = "http://c.localhost:3/users/chloe";
const DAN: &str = "http://d.localhost:4/users/dan";

#[test]
fn a_successor_holds_the_same_rows_under_another_identity_and_names_where_it_parted() {
    let world = World::new();
    let made = world.fork("relais");
    assert_ne!(made.uid, world.origin.chain.uid, "nobody may claim the uid");
    assert_eq!((made.status.as_str(), made.row_count), ("published", 7));
    let of = world.node.record(OF);
    let (old, new) = (world.node.rows(of.id), world.node.rows(made.id));
    for (id, row) in &old {
        for field in ["nom", "places"] {
            assert_eq!(row.value(field), new[id].value(field), "{id} {field}");
        }
    }
    let app = &world.node.app;
    let first = app
        .db
        .read(|tx| tx.find_entry(made.id, 0))
        .unwrap()
        .unwrap();
    let header: Value = serde_json::from_str(&first.header).unwrap();
    assert_eq!(
        header["forkedFrom"],
        serde_json::json!({
            "uid": of.uid, "genesis": of.genesis, "seq": of.seq, "entry": of.entry
        })
    );
    crate::datasets::verify::verify(app, &"relais".parse().unwrap()).unwrap();
    assert_eq!(world.votes(), [(made.uid, 0, false)]);
    assert_eq!(of.entry, world.origin.chain.entry, "the copy is as it was");
}

#[test]
fn a_successor_that_was_not_finished_leaves_nothing_and_its_name_is_free_again() {
    let world = World::new();
    let app = &world.node.app;
    let (of, name) = (OF.parse().unwrap(), "relais".parse().unwrap());
    let rsa = app.entropy.rsa_pair();
    let begin = |seed: u8| {
        app.db
            .write(|tx| make::begin(app, tx, (&of, &name), &rsa, [seed; 32]))
    };
    // The process ends right after the first entry: a draft without rows, under the name.
    begin(70).unwrap();
    let busy = make::make(app, &of, &name);
    assert!(matches!(busy, Err(make::MakeError::Taken(_))), "{busy:?}");
    world.node.clock.advance(121);
    crate::housekeeping::forget(app).unwrap();
    let left = |tx: &mut rustine_store::Tx<'_>| -> Result<_, rustine_store::StoreError> {
        let dataset = tx.find_dataset_by_name("relais", "")?;
        Ok((dataset.is_some(), tx.list_keys("/datasets/relais")?.len()))
    };
    assert_eq!(app.db.read(left).unwrap(), (false, 0));
    // The next one sweeps by itself.
    begin(71).unwrap();
    world.node.clock.advance(121);
    let made = make::make(app, &of, &name).unwrap();
    assert_eq!((made.status.as_str(), made.row_count), ("published", 7));
    assert_eq!(world.votes(), [(made.uid, 0, false)], "it is listed once");
    // It is finished: nothing sweeps it away.
    world.node.clock.advance(86_400);
    crate::housekeeping::forget(app).unwrap();
    assert_eq!(world.node.record("relais").uid, made.uid);
    crate::datasets::verify::verify(app, &"relais".parse().unwrap()).unwrap();
}

#[test]
fn most_of_the_maintainers_choose_and_the_others_are_listed_beside() {
    let world = World::new();
    let one = world.fork("relais");
    // Among equals the one known longer stands first.
    world.node.clock.advance(1);
    let other = world.fork("suite");
    assert_eq!(world.known().entitled, 3);
    let of = OF.parse().unwrap();
    vote::vote(&world.node.app, &world.bea, &of, other.uid).unwrap();
    assert_eq!(world.votes(), [(other.uid, 1, false), (one.uid, 0, false)]);
    let chloe = world.vote_of(2, CHLOE, other.uid, 0);
    assert_eq!(world.hears(std::slice::from_ref(&chloe)), 1);
    assert_eq!(world.votes(), [(other.uid, 2, true), (one.uid, 0, false)]);
    // The same vote again counts once.
    assert_eq!(world.hears(&[chloe]), 0);
    // She thinks otherwise later; the earlier one does not come back.
    let early = world.vote_of(2, CHLOE, other.uid, 30);
    assert_eq!(world.hears(&[world.vote_of(2, CHLOE, one.uid, 60)]), 1);
    assert_eq!(world.hears(&[early]), 0);
    assert_eq!(
        world.votes(),
        [(one.uid, 1, false), (other.uid, 1, false)],
        "nobody has more than half"
    );
}

#[test]
fn a_vote_counts_only_of_who_has_the_role_and_under_the_key_of_the_grant() {
    let mut world = World::new();
    let made = world.fork("relais");
    let other_key = world.vote_of(3, CHLOE, made.uid, 0);
    let stranger = world.vote_of(2, "http://c.localhost:3/users/eve", made.uid, 0);
    let mut changed = world.vote_of(2, CHLOE, made.uid, 0);
    changed["published"] = serde_json::json!(now().plus_seconds(1));
    let future = world.vote_of(2, CHLOE, made.uid, 86_400);
    let mut elsewhere = world.vote_of(2, CHLOE, made.uid, 0);
    elsewhere["uid"] = serde_json::json!(made.uid);
    let unknown = world.vote_of(2, CHLOE, world.origin.chain.uid, 0);
    for refused in [other_key, stranger, changed, future, elsewhere, unknown] {
        assert_eq!(world.hears(std::slice::from_ref(&refused)), 0, "{refused}");
    }
    assert_eq!(world.votes(), [(made.uid, 0, false)]);
    // Somebody here without the role has no say.
    let eve = Desk::person(&world.node, "eve", "operator");
    let refused = vote::vote(&world.node.app, &eve, &OF.parse().unwrap(), made.uid);
    assert!(matches!(refused, Err(vote::VoteError::NotEntitled(_))));
    // Who lost it has none any more, although her vote is still there.
    assert_eq!(world.hears(&[world.vote_of(3, DAN, made.uid, 0)]), 1);
    assert_eq!(world.votes(), [(made.uid, 1, false)]);
    world.origin.revoke("http://a.localhost:1/grants/2");
    let of = world.node.record(OF);
    let last = world.origin.lines.len() - 1;
    apply(
        &world.node.app,
        of.id,
        "a.localhost:1",
        &world.origin.line(last),
    )
    .unwrap();
    assert_eq!(world.votes(), [(made.uid, 0, false)]);
    assert_eq!(world.known().entitled, 2);
}

#[test]
fn a_dataset_that_does_not_name_this_one_is_no_successor() {
    let world = World::new();
    let far = World::new();
    let made = far.fork("relais");
    let app = &far.node.app;
    let entry = app
        .db
        .read(|tx| tx.find_entry(made.id, 0))
        .unwrap()
        .unwrap();
    let text = format!("{{\"header\":{}}}", entry.header);
    let genuine = Line::parse(text.as_bytes()).unwrap().header;
    let told = |url: &str| Told {
        url: url.to_owned(),
        title: "Relais".to_owned(),
    };
    let of = world.node.record(OF);
    let take = |told: &Told, first: &rustine_domain::log::Header| {
        let app = &world.node.app;
        app.db
            .write(|tx| learn::successor(app, tx, &of, told, (first, "c.localhost:3")))
            .unwrap()
    };
    // It announces a dataset that is not its own.
    let other = told("http://e.localhost:5/datasets/relais");
    assert_eq!(take(&other, &genuine), Err(NotASuccessor::Address));
    // A dataset that names nobody, the one that is gone itself.
    let itself = world.origin.header(0);
    let own = told("http://a.localhost:1/datasets/lieux");
    assert_eq!(take(&own, &itself), Err(NotASuccessor::Another));
    let mut elsewhere = Origin::new("http://e.localhost:5/datasets/autre");
    elsewhere.import(1);
    let autre = told("http://e.localhost:5/datasets/autre");
    assert_eq!(
        take(&autre, &elsewhere.header(0)),
        Err(NotASuccessor::Another)
    );
    assert_eq!(
        take(&autre, &elsewhere.header(1)),
        Err(NotASuccessor::Genesis)
    );
    assert!(world.known().candidates.is_empty());

    let right = told("http://b.localhost:2/datasets/relais");
    assert_eq!(take(&right, &genuine), Ok(true));
    assert_eq!(take(&right, &genuine), Ok(false), "it is known already");
    assert_eq!(world.votes(), [(made.uid, 0, false)]);
}

#[test]
fn a_vote_is_kept_as_it_was_signed() {
    let world = World::new();
    let made = world.fork("relais");
    let of: rustine_domain::ids::DatasetAddress = OF.parse().unwrap();
    vote::vote(&world.node.app, &world.bea, &of, made.uid).unwrap();
    let app = &world.node.app;
    let held: Vec<SuccessionVoteRecord> = app
        .db
        .read(|tx| tx.list_succession_votes(world.origin.chain.uid))
        .unwrap();
    let shown = app
        .db
        .read(|tx| learn::document(tx, &world.node.record(OF)))
        .unwrap();
    let parsed = learn::Shown::parse(&shown);
    assert_eq!(parsed.votes.len(), 1);
    assert_eq!(parsed.votes[0].to_string(), held[0].document);
    assert_eq!(parsed.successors[0].url, made.url);
}
