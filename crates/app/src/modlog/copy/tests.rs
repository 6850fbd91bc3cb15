//! A source of moderation lines that lies: nothing false is kept, what holds stays, and the operator reads why.

use rustine_domain::ids::Hash;
use rustine_domain::key::{LogKey, commitment_of};
use rustine_domain::log::{EntryDraft, Handover, Kind, Meta};
use rustine_domain::modlog::Line;
use serde_json::{Value, json};

use super::*;
use crate::replicas::apply::apply;
use crate::testing::{Origin, TestApp, now};

const OLD: &str = "http://a.localhost:1";
const NEW: &str = "http://c.localhost:3";

/// A copy of a dataset, and the key of its origin's instance.
struct World {
    node: TestApp,
    dataset: i64,
    origin: Origin,
}

/// What an instance signs with; 1 is that of the origin, 3 of the home after a move, 9 of somebody else.
fn key(seed: u8) -> LogKey {
    LogKey::from_seed([seed; 32])
}

fn keys(seed: u8) -> [Multikey; 1] {
    [key(seed).multikey()]
}

/// A log of lines as an instance writes it.
#[derive(Clone)]
struct Writer {
    origin: &'static str,
    seed: u8,
    tail: Tail,
    lines: Vec<String>,
}

impl Writer {
    fn new(origin: &'static str, seed: u8) -> Self {
        Self {
            origin,
            seed,
            tail: Tail::default(),
            lines: Vec::new(),
        }
    }

    fn write(&mut self, action: &str) -> &mut Self {
        self.write_about(Origin::new(OLD).chain.uid, action)
    }

    fn write_about(&mut self, uid: rustine_domain::ids::DatasetUid, action: &str) -> &mut Self {
        let line = Line {
            dataset: format!("{}/datasets/lieux", self.origin),
            uid,
            n: self.tail.n + 1,
            prev: self.tail.hash,
            time: now(),
            action: action.to_owned(),
            role: "maintain".to_owned(),
            instance: "a.localhost:1".parse().unwrap(),
            reason: None,
            about: None,
            target: None,
            count: None,
            policy: None,
            entry: None,
        };
        let (document, hash) = line.sign(&key(self.seed), &format!("{}/actor", self.origin));
        self.tail = Tail {
            n: line.n,
            hash: Some(hash),
        };
        self.lines.push(document.to_string());
        self
    }
}

impl World {
    fn new() -> Self {
        let mut origin = Origin::new("http://a.localhost:1/datasets/lieux");
        origin.import(2);
        let node = TestApp::new("http://b.localhost:2");
        let dataset = node.copy(&origin, "lieux@a.localhost:1");
        let world = Self {
            node,
            dataset,
            origin,
        };
        world.follow();
        world
    }

    fn follow(&self) {
        let app = &self.node.app;
        let held = app.db.read(|tx| tx.load_dataset(self.dataset)).unwrap().seq;
        for seq in usize::try_from(held + 1).unwrap()..self.origin.lines.len() {
            apply(app, self.dataset, "a.localhost:1", &self.origin.line(seq)).unwrap();
        }
    }

    /// The dataset moves, naming this line of its moderation log.
    fn moves_after(&mut self, last: Tail) {
        let kind = Kind::Move {
            handover: Handover {
                key: key(50).multikey(),
                by: self.origin.recovery.multikey(),
                next: commitment_of(&key(51).multikey()),
            },
            moved_to: format!("{NEW}/datasets/lieux"),
        };
        let meta = Meta {
            salt: self.node.app.entropy.salt(),
            content: [("modlog".to_owned(), anchor::to_json(last))]
                .into_iter()
                .collect(),
        };
        let chain = &self.origin.chain;
        let signed = EntryDraft::new(kind, meta)
            .sign(chain, chain.time, &self.origin.recovery)
            .unwrap();
        self.origin.lines.push(signed.entry.to_line());
        self.follow();
    }

    fn take(&self, lines: &[String], seed: u8) -> Taken {
        take(&self.node.app, self.dataset, lines, &keys(seed)).unwrap()
    }

    fn held(&self) -> Vec<String> {
        let lines = self
            .node
            .app
            .db
            .read(|tx| tx.list_modlog(self.dataset, 0, 100))
            .unwrap();
        lines.into_iter().map(|line| line.line).collect()
    }

    fn problem(&self) -> Option<String> {
        let copy = self
            .node
            .app
            .db
            .read(|tx| tx.find_modlog_copy(self.dataset))
            .unwrap();
        copy.unwrap().problem
    }
}

fn three() -> Writer {
    let mut writer = Writer::new(OLD, 1);
    writer.write("accepted").write("refused").write("granted");
    writer
}

#[test]
fn lines_are_kept_as_they_were_received_and_once() {
    let world = World::new();
    let honest = three();
    assert_eq!(world.take(&honest.lines[..2], 1), Taken::Lines(2));
    assert_eq!(world.take(&honest.lines[2..], 1), Taken::Lines(1));
    assert_eq!(world.held(), honest.lines);
    // Served a second time they are not the ones that come next.
    let again = world.take(&honest.lines, 1);
    assert!(matches!(again, Taken::Refused(LineProblem::Number { .. })));
    assert_eq!(world.held(), honest.lines);
}

#[test]
fn a_source_that_lies_adds_nothing_and_the_operator_reads_why() {
    let honest = three();
    let edited = |change: fn(&mut Value)| {
        let mut line: Value = serde_json::from_str(&honest.lines[1]).unwrap();
        change(&mut line);
        line.to_string()
    };
    let mut stranger = Writer::new(OLD, 9);
    stranger.tail = Tail {
        n: 1,
        hash: honest.line_hash(1),
    };
    let mut rewritten = Writer::new(OLD, 1);
    rewritten.write("withdrawn").write("refused");
    let mut other = honest.clone();
    other.lines.truncate(1);
    other.tail = Tail {
        n: 1,
        hash: honest.line_hash(1),
    };
    let uid = "urn:uuid:11111111-1111-4111-8111-111111111111"
        .parse()
        .unwrap();
    let mut elsewhere = other.clone();
    elsewhere.origin = NEW;
    let lies = [
        ("changed", edited(|line| line["action"] = json!("accepted"))),
        (
            "quoting",
            edited(|line| line["reason"] = json!("Léa l’a dit")),
        ),
        (
            "unsigned",
            edited(|line| {
                line.as_object_mut().unwrap().remove("proof");
            }),
        ),
        ("skipped", honest.lines[2].clone()),
        (
            "signed by another",
            stranger.write("refused").lines[0].clone(),
        ),
        ("rewritten", rewritten.lines[1].clone()),
        (
            "of another dataset",
            other.write_about(uid, "refused").lines[1].clone(),
        ),
        (
            "of another home",
            elsewhere.write("refused").lines[1].clone(),
        ),
        (
            "too long",
            format!("{}{}", honest.lines[1], " ".repeat(MAX_BYTES)),
        ),
        ("no line", "[]".to_owned()),
        ("no JSON", "{".to_owned()),
    ];
    for (lie, text) in lies {
        let world = World::new();
        assert_eq!(world.take(&honest.lines[..1], 1), Taken::Lines(1));
        // What comes after a lie is not looked at.
        let answer = [text, honest.lines[1].clone()];
        let taken = world.take(&answer, 1);
        let Taken::Refused(why) = taken else {
            panic!("{lie}: {taken:?}");
        };
        assert_eq!(world.held(), honest.lines[..1], "{lie}");
        assert_eq!(world.problem(), Some(why.to_string()), "{lie}");
        // Once it tells the truth, it is followed again.
        assert_eq!(world.take(&honest.lines[1..], 1), Taken::Lines(2), "{lie}");
        assert_eq!(world.problem(), None, "{lie}");
    }
}

impl Writer {
    /// The hash of the line of this number.
    fn line_hash(&self, n: usize) -> Option<Hash> {
        let next: Value = serde_json::from_str(&self.lines[n]).unwrap();
        next["prev"].as_str()?.parse().ok()
    }
}

#[test]
fn a_log_goes_on_at_the_new_home_from_the_line_that_the_move_names() {
    let mut world = World::new();
    let former = three();
    world.moves_after(former.tail);
    let mut present = former.clone();
    (present.origin, present.seed) = (NEW, 3);
    present.write("moved").write("accepted");
    // The former instance may be gone: its lines are believed for where they lead to.
    assert_eq!(world.take(&present.lines, 3), Taken::Lines(5));
    assert_eq!(world.held(), present.lines);
}

#[test]
fn a_new_home_cannot_invent_a_past_and_an_old_one_no_present() {
    let mut world = World::new();
    let former = three();
    world.moves_after(former.tail);
    // Another past, rightly signed by a key of its own.
    let mut invented = Writer::new(OLD, 9);
    invented
        .write("accepted")
        .write("accepted")
        .write("accepted");
    let taken = world.take(&invented.lines, 3);
    assert_eq!(taken, Taken::Refused(LineProblem::Rewritten));
    // Nor bit by bit: only the line that the move names answers for the others.
    assert_eq!(world.take(&invented.lines[..2], 3), Taken::Lines(0));
    assert_eq!(world.held(), [] as [String; 0]);
    // The old home goes on signing.
    let mut late = former.clone();
    late.write("accepted");
    assert_eq!(world.take(&former.lines, 3), Taken::Lines(3));
    for seed in [1, 3] {
        let taken = world.take(&late.lines[3..], seed);
        assert_eq!(taken, Taken::Refused(LineProblem::Dataset));
    }
    assert_eq!(world.held(), former.lines);
}

#[test]
fn what_the_former_origin_wrote_past_the_move_goes_with_it() {
    let mut world = World::new();
    let former = three();
    let mut late = former.clone();
    late.write("accepted").write("refused");
    assert_eq!(world.take(&late.lines, 1), Taken::Lines(5));
    world.moves_after(former.tail);
    assert_eq!(world.held(), former.lines);
    let mut present = former.clone();
    (present.origin, present.seed) = (NEW, 3);
    present.write("moved");
    assert_eq!(world.take(&present.lines[3..], 3), Taken::Lines(1));
    assert_eq!(world.held(), present.lines);
}

#[test]
fn a_copy_that_holds_another_past_keeps_it_and_follows_nobody() {
    let mut world = World::new();
    let held = three();
    assert_eq!(world.take(&held.lines, 1), Taken::Lines(3));
    let mut other = Writer::new(OLD, 1);
    other.write("refused").write("refused").write("refused");
    world.moves_after(other.tail);
    (other.origin, other.seed) = (NEW, 3);
    other.write("moved");
    let taken = world.take(&other.lines[3..], 3);
    assert_eq!(taken, Taken::Refused(LineProblem::Rewritten));
    assert_eq!(world.held(), held.lines, "it stays to be compared");
}

#[test]
fn a_silent_origin_is_asked_ever_more_rarely_and_since_when_it_is_silent_stays() {
    let world = World::new();
    let app = &world.node.app;
    let due = || due(app, 9).unwrap();
    assert_eq!(due()[0].from, 1);
    assert_eq!(world.take(&three().lines, 1), Taken::Lines(3));
    let answered = app.clock.now();
    for failures in 1..=3 {
        world.node.clock.advance(3_600);
        assert_eq!(due()[0].from, 4);
        failed(app, world.dataset, "no answer").unwrap();
        assert!(due().is_empty(), "it rests");
        let copy = app
            .db
            .read(|tx| tx.find_modlog_copy(world.dataset))
            .unwrap();
        let copy = copy.unwrap();
        assert_eq!((copy.failures, copy.answered), (failures, Some(answered)));
        assert_eq!(copy.problem.as_deref(), Some("no answer"));
    }
    // News from it ends the rest at once.
    let now = app.clock.now();
    app.db.write(|tx| hinted(tx, world.dataset, now)).unwrap();
    assert_eq!(due().len(), 1);
}

#[test]
fn entries_without_a_line_do_not_make_a_copy_ask_more_rarely() {
    let world = World::new();
    let app = &world.node.app;
    assert_eq!(world.take(&three().lines, 1), Taken::Lines(3));
    world.node.clock.advance(1);
    for _ in 0..20 {
        // Asked ahead of its rest, because the log of the dataset grew.
        assert_eq!(world.take(&[], 1), Taken::Lines(0));
    }
    world.node.clock.advance(4);
    assert_eq!(due(app, 9).unwrap().len(), 1, "as if nothing had been");
    assert_eq!(world.take(&[], 1), Taken::Lines(0));
    world.node.clock.advance(9);
    assert_eq!(due(app, 9).unwrap(), [], "from then on it rests longer");
    world.node.clock.advance(1);
    assert_eq!(due(app, 9).unwrap().len(), 1);
}
