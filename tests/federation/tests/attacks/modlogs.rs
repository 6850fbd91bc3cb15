//! Lines of moderation logs that a hostile origin serves to those who copy its dataset: each with one rule broken
//! (`protocol.md` §5; attacks F10, F11).

use rustine_domain::checks::Check;
use rustine_domain::ids::{DatasetUid, Hash};
use rustine_domain::key::LogKey;
use rustine_domain::modlog::Line;
use rustine_testkit::hostile::Document;
use rustine_testkit::inspect::State;
use rustine_testkit::wait;
use rustine_tests_federation::SOON_S;
use serde_json::{Value, json};

use crate::effects::instance;
use crate::moderators::{key_of, method};
use crate::stories::{Story, Told, copied, logged};
use crate::traps::{Trap, any_key, now};
use crate::world::Scene;

/// The checks that these stories attack.
pub const CHECKS: [Check; 4] = [
    Check::ModlogUid,
    Check::ModlogNumber,
    Check::ModlogPrev,
    Check::ModlogProof,
];

/// The stories.
pub const STORIES: [Story; 6] = [
    ("a moderation line of another dataset", uid),
    ("a moderation line of another address", address),
    ("a moderation line that leaves one out", number),
    ("a moderation line that tells the past otherwise", prev),
    ("a moderation line signed by somebody else", signer),
    ("a moderation line changed after it was signed", changed),
];

/// The instance of the traps.
const ACTOR: &str = "https://piege.test/actor";

/// A moderation log in the making.
struct Log {
    trap: Trap,
    key: LogKey,
    n: u64,
    prev: Option<Hash>,
}

impl Log {
    /// Of a trap that the node copies, with one honest line that it holds.
    fn begun(scene: &Scene<'_>) -> Result<Self, String> {
        let mut log = Self {
            trap: copied(scene),
            key: key_of(ACTOR),
            n: 0,
            prev: None,
        };
        let mut document = instance(scene, ACTOR, true);
        document["assertionMethod"] = json!([method(ACTOR, &log.key)]);
        scene.world.put_actor(ACTOR, &document);
        log.honest(scene)?;
        Ok(log)
    }

    /// The line that is due.
    fn next(&self, scene: &Scene<'_>) -> Line {
        Line {
            dataset: self.trap.url.clone(),
            uid: self.trap.uid,
            n: self.n + 1,
            prev: self.prev,
            time: now(),
            // Words of later versions are kept: this one tells which line is held.
            action: format!("fait-{}", scene.world.fresh()),
            role: "maintain".to_owned(),
            instance: "piege.test".parse().expect("a host"),
            reason: None,
            about: None,
            target: None,
            count: None,
            policy: None,
            entry: None,
        }
    }

    /// Serves a line as the next one, and tells the copy that it is there.
    fn serve(&self, scene: &Scene<'_>, line: &Value) {
        let log = format!("{}/modlog", self.trap.url);
        let put = |url: &str, text: String| {
            let document = Document::of("application/jsonl", text);
            scene.world.hostile.put(url, document);
        };
        put(&log, String::new());
        let page = format!("{log}?from={}&limit=500", self.n + 1);
        put(&page, format!("{line}\n"));
        scene.deliver(&scene.draft(&self.trap.url, "Announce", &json!(log)));
    }

    /// Writes an honest line, which the copy takes.
    fn honest(&mut self, scene: &Scene<'_>) -> Told {
        let line = self.next(scene);
        let (document, hash) = line.sign(&self.key, ACTOR);
        self.serve(scene, &document);
        if !is_held(scene, &line.action) {
            return Err("an honest line is not taken".to_owned());
        }
        self.n += 1;
        self.prev = Some(hash);
        Ok(())
    }
}

/// Whether the node comes to hold the line with this word.
fn is_held(scene: &Scene<'_>, action: &str) -> bool {
    let needle = format!("action='{action}'");
    wait::within(SOON_S, || {
        let state = State::of(&scene.side.node);
        let mut lines = state.table("modlog").iter();
        lines.any(|row| row.contains(&needle)).then_some(())
    })
    .is_some()
}

/// Serves a forged line: on the fortress its check says so and the honest one is taken in its place; on the breach it
/// is held.
fn told(
    scene: &Scene<'_>,
    through: bool,
    check: Check,
    forge: impl Fn(&Log, &mut Line) -> Value,
) -> Told {
    let mut log = Log::begun(scene)?;
    let mut line = log.next(scene);
    let document = forge(&log, &mut line);
    let since = scene.side.node.log().len();
    if through {
        scene.switch_off(&[check]);
    }
    log.serve(scene, &document);
    if through {
        return is_held(scene, &line.action)
            .then_some(())
            .ok_or_else(|| "with its check off, it is still refused".to_owned());
    }
    if !logged(scene, since, &["is not taken", check.name()], SOON_S) {
        return Err("another check speaks, or none".to_owned());
    }
    log.honest(scene)?;
    let needle = format!("action='{}'", line.action);
    let state = State::of(&scene.side.node);
    match state
        .table("modlog")
        .iter()
        .any(|row| row.contains(&needle))
    {
        true => Err("the line was taken".to_owned()),
        false => Ok(()),
    }
}

/// Signs a line as its origin does.
fn signed(log: &Log, line: &Line) -> Value {
    line.sign(&log.key, ACTOR).0
}

fn uid(scene: &Scene<'_>, through: bool) -> Told {
    told(scene, through, Check::ModlogUid, |log, line| {
        line.uid = DatasetUid(uuid::Uuid::new_v4());
        signed(log, line)
    })
}

fn address(scene: &Scene<'_>, through: bool) -> Told {
    told(scene, through, Check::ModlogUid, |log, line| {
        line.dataset = "https://piege.test/datasets/autre".to_owned();
        signed(log, line)
    })
}

fn number(scene: &Scene<'_>, through: bool) -> Told {
    told(scene, through, Check::ModlogNumber, |log, line| {
        line.n += 1;
        signed(log, line)
    })
}

fn prev(scene: &Scene<'_>, through: bool) -> Told {
    told(scene, through, Check::ModlogPrev, |log, line| {
        line.prev = Some(Hash([9; 32]));
        signed(log, line)
    })
}

fn signer(scene: &Scene<'_>, through: bool) -> Told {
    told(scene, through, Check::ModlogProof, |_, line| {
        line.sign(&any_key(), ACTOR).0
    })
}

fn changed(scene: &Scene<'_>, through: bool) -> Told {
    told(scene, through, Check::ModlogProof, |log, line| {
        let mut document = signed(log, line);
        document["by"]["instance"] = json!("victim.test");
        document
    })
}
