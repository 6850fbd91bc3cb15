//! Lines that a hostile origin puts into the queue of its dataset, for those who may decide on it elsewhere: about what is
//! not its own, and in the name of people who never said so (`protocol.md` §5; attacks F6, F8, F10).

use rustine_domain::checks::Check;
use rustine_domain::ids::Hash;
use rustine_testkit::hostile::Document;
use rustine_testkit::inspect::State;
use rustine_testkit::wait;
use rustine_tests_federation::{LIEUX, SOON_S, text};
use serde_json::{Value, json};

use crate::moderators::{ballot, key_of, proposed, sign};
use crate::offers::Offer;
use crate::stories::{Story, Told, logged};
use crate::traps::{Trap, any_key};
use crate::world::{Scene, somebody};

/// The checks that these stories attack.
pub const CHECKS: [Check; 4] = [
    Check::QueueUid,
    Check::QueueId,
    Check::QueueProof,
    Check::QueueCorrections,
];

/// The stories.
pub const STORIES: [Story; 7] = [
    ("a line of a queue about a dataset of ours", elsewhere),
    ("a line of a queue with the id of a proposal here", id),
    ("a review in a queue that somebody else signed", signer),
    ("a review in a queue changed after it was signed", changed),
    ("a review in a queue of whom the log gave nothing", stranger),
    ("a review in a queue of another proposal", other),
    ("corrections in a queue that nobody signed for", corrections),
];

/// Who may review on the hostile dataset, and never did.
const REVIEWER: &str = "https://peer.test/users/relue";

/// A hostile dataset on which the node's operator may decide.
struct Queue {
    trap: Trap,
    /// The line that the node holds.
    first: Value,
}

impl Queue {
    /// Begun with an honest line, a review in it, which the node takes.
    fn begun(scene: &Scene<'_>) -> Result<Self, String> {
        let mut trap = Trap::set(scene.world);
        trap.grant(&format!("{}/users/admin", scene.origin()), &any_key());
        trap.grant(REVIEWER, &key_of(REVIEWER));
        let first = line(scene, &trap);
        let queue = Self { trap, first };
        queue.serve(scene, &[]);
        queue.trap.serve(scene.world);
        queue.trap.spring(scene);
        queue.trap.copied(scene);
        let review = text(&queue.first["reviews"][0], "id");
        let taken = is_held(scene, "patches", &number(&queue.first["patch"]))
            && is_held(scene, "reviews", &format!("url='{review}'"));
        match taken {
            true => Ok(queue),
            false => Err("an honest line is not taken".to_owned()),
        }
    }

    /// Serves these lines beside the honest one.
    fn serve(&self, scene: &Scene<'_>, lines: &[&Value]) {
        let lines = [&[&self.first], lines].concat();
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let url = format!("{}/queue", self.trap.url);
        let document = Document::of("application/jsonl", text);
        scene.world.hostile.put(&url, document);
    }

    /// Tells the node that something changed.
    fn hint(&self, scene: &Scene<'_>) {
        let digest = text(&self.first["patch"], "digest");
        let proposal = format!("{}/proposals/{digest}", self.trap.url);
        let object = json!({"id": proposal, "type": "Proposal"});
        scene.deliver(&scene.draft(&self.trap.url, "Announce", &object));
    }
}

/// A proposal on the hostile dataset with a review, both as they should be.
fn line(scene: &Scene<'_>, trap: &Trap) -> Value {
    let offer = Offer::on(scene, &somebody(scene), &trap.url, trap.seen());
    reviewed(scene, offer.object())
}

fn reviewed(scene: &Scene<'_>, patch: Value) -> Value {
    let review = ballot(scene, REVIEWER, &patch, "approve").activity["object"].clone();
    json!({
        "type": "Queued",
        "status": "pending",
        "received": "2026-11-20T10:00:00Z",
        "visitor": false,
        "patch": patch,
        "reviews": [review],
    })
}

/// What tells the row of a proposal.
fn number(patch: &Value) -> String {
    let id = text(patch, "id");
    format!("id='{}'", id.rsplit('/').next().unwrap_or_default())
}

/// Whether the node comes to hold such a row.
fn is_held(scene: &Scene<'_>, table: &str, needle: &str) -> bool {
    wait::within(SOON_S, || {
        let state = State::of(&scene.side.node);
        let mut rows = state.table(table).iter();
        rows.any(|row| row.contains(needle)).then_some(())
    })
    .is_some()
}

/// Serves a forged line, and after it an honest one: on the fortress the check speaks and the honest one alone is taken;
/// on the breach what was forged is held, in this table with these words.
fn told(
    scene: &Scene<'_>,
    through: bool,
    check: Check,
    forge: impl Fn(&Queue, &mut Value) -> (&'static str, String),
) -> Told {
    let queue = Queue::begun(scene)?;
    let mut forged = line(scene, &queue.trap);
    let (table, needle) = forge(&queue, &mut forged);
    let twin = line(scene, &queue.trap);
    let since = scene.side.node.log().len();
    if through {
        scene.switch_off(&[check]);
    }
    queue.serve(scene, &[&forged, &twin]);
    queue.hint(scene);
    if through {
        return is_held(scene, table, &needle)
            .then_some(())
            .ok_or_else(|| "with its check off, it is still refused".to_owned());
    }
    if !logged(scene, since, &["is not taken", check.name()], SOON_S) {
        return Err("another check speaks, or none".to_owned());
    }
    if !is_held(scene, "patches", &number(&twin["patch"])) {
        return Err("its honest twin is refused".to_owned());
    }
    let state = State::of(&scene.side.node);
    let mut rows = state.table(table).iter();
    match rows.any(|row| row.contains(&needle)) {
        true => Err("it was taken".to_owned()),
        false => Ok(()),
    }
}

/// The first review of a line, by what stays of it.
fn shown(line: &Value) -> (&'static str, String) {
    let id = text(&line["reviews"][0], "id");
    ("reviews", format!("url='{id}'"))
}

fn elsewhere(scene: &Scene<'_>, through: bool) -> Told {
    told(scene, through, Check::QueueUid, |_, line| {
        line["patch"]["context"] = json!(scene.dataset());
        ("patches", number(&line["patch"]))
    })
}

/// The hostile origin writes its own operations over a proposal that waits here.
fn id(scene: &Scene<'_>, through: bool) -> Told {
    let own = proposed(scene, &somebody(scene), LIEUX);
    told(scene, through, Check::QueueId, |_, line| {
        line["patch"]["id"] = own["id"].clone();
        line["reviews"] = json!([]);
        // What it proposes stands nowhere else.
        let value = &line["patch"]["ops"][0]["value"];
        ("patches", format!("\"value\":{value}"))
    })
}

fn signer(scene: &Scene<'_>, through: bool) -> Told {
    told(scene, through, Check::QueueProof, |_, line| {
        sign(&mut line["reviews"][0], &any_key());
        shown(line)
    })
}

fn changed(scene: &Scene<'_>, through: bool) -> Told {
    told(scene, through, Check::QueueProof, |_, line| {
        line["reviews"][0]["content"] = json!("parfait");
        shown(line)
    })
}

fn stranger(scene: &Scene<'_>, through: bool) -> Told {
    told(scene, through, Check::QueueProof, |_, line| {
        let review = &mut line["reviews"][0];
        let nobody = "https://peer.test/users/inconnue";
        review["attributedTo"] = json!(nobody);
        sign(review, &key_of(nobody));
        shown(line)
    })
}

/// An approval of one proposal stands under another one.
fn other(scene: &Scene<'_>, through: bool) -> Told {
    told(scene, through, Check::QueueProof, |_, line| {
        let review = &mut line["reviews"][0];
        review["patchDigest"] = json!(Hash([7; 32]).to_string());
        sign(review, &key_of(REVIEWER));
        shown(line)
    })
}

/// What is shown as an approval's corrections is not what it was signed for.
fn corrections(scene: &Scene<'_>, through: bool) -> Told {
    let queue = Queue::begun(scene)?;
    let mut forged = line(scene, &queue.trap);
    let mut ops = forged["patch"]["ops"].clone();
    ops[0]["value"] = json!("glissé");
    let review = text(&forged["reviews"][0], "id");
    forged["corrections"] = json!([{"review": review, "ops": ops}]);
    if through {
        scene.switch_off(&[Check::QueueCorrections]);
    }
    queue.serve(scene, &[&forged]);
    queue.hint(scene);
    if !is_held(scene, "reviews", &format!("url='{review}'")) {
        return Err("the review itself is refused".to_owned());
    }
    let state = State::of(&scene.side.node);
    let slipped = state
        .table("reviews")
        .iter()
        .any(|row| row.contains("glissé"));
    match (through, slipped) {
        (false, true) => Err("they are shown".to_owned()),
        (true, false) => Err("with its check off, they are still left out".to_owned()),
        _ => Ok(()),
    }
}
