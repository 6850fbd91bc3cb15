//! Processes that are killed while a dataset is copied: nothing is lost, nothing is applied twice.
//!
//! The system keeps what a killed process wrote, so this says nothing about power cuts. It says that no step relies
//! on the one after it: whatever was begun is either finished or begun again after the next start.

use std::thread;
use std::time::Duration;

use rustine_testkit::node::{ADMIN, Node};
use rustine_testkit::{binary, full};
use rustine_tests_federation::{
    LIEUX, befriend, cell, converge, digest, export, publish_places, replicate, row_ids, text,
    verify,
};
use serde_json::json;

use crate::dice::Dice;

/// Kills in the short and in the full form.
const KILLS: [usize; 2] = [12, 200];

/// The longest pause before a kill, in milliseconds: some fall into the start, some into the quiet after the work.
const LONGEST_PAUSE: usize = 600;

const PLACES: usize = 200;

/// What one writer was told is decided.
#[derive(Debug, Default)]
struct Decided {
    /// Entry and value, as they were acknowledged.
    entries: Vec<(u64, String)>,
    /// The last value that each place was given, acknowledged or asked for.
    asked: Vec<(usize, String)>,
}

#[test]
fn copying_survives_kills_at_random_moments() {
    let Some(binary) = binary() else { return };
    let mut dice = Dice::of_run("kills");
    let mut nodes = [
        Node::start(&binary, "origine"),
        Node::start(&binary, "partenaire"),
    ];
    publish_places(&nodes[0], PLACES);
    let rows = row_ids(&nodes[0], LIEUX);
    befriend(&nodes[1], &nodes[0]);
    replicate(&nodes[0], &nodes[1]);
    let first = digest(&nodes[0], LIEUX)["seq"].as_u64();
    let first = first.expect("a log has a length");
    let writer = Writer::new(&nodes[0], rows);
    let mut decided = Decided::default();
    let kills = KILLS[usize::from(full())];
    for kill in 0..kills {
        let victim = dice.below(2);
        let pause = Duration::from_millis(dice.below(LONGEST_PAUSE) as u64);
        thread::scope(|scope| {
            let work = scope.spawn(|| writer.write(kill, &mut decided));
            thread::sleep(pause);
            nodes[victim].kill();
            work.join().expect("the writer only gives up");
        });
        nodes[victim].serve();
    }
    let [origin, copy] = &nodes;
    converge(origin, &[copy]);
    let address = origin.address_of(LIEUX);
    verify(origin, LIEUX);
    verify(copy, &address);
    assert_eq!(digest(origin, LIEUX), digest(copy, &address));
    nothing_lost_or_doubled(&decided, first, origin, copy);
}

fn nothing_lost_or_doubled(decided: &Decided, first: u64, origin: &Node, copy: &Node) {
    assert!(
        !decided.entries.is_empty(),
        "some decision was acknowledged"
    );
    let sequence: Vec<u64> = decided.entries.iter().map(|(seq, _)| *seq).collect();
    assert!(
        sequence.is_sorted_by(|one, next| one < next),
        "two decisions under one number: {sequence:?}"
    );
    let seq = digest(origin, LIEUX)["seq"].as_u64();
    let entries = seq.expect("a log has a length") - first;
    let (least, most) = (decided.entries.len() as u64, decided.asked.len() as u64);
    assert!(
        (least..=most).contains(&entries),
        "{entries} entries for {least} acknowledged decisions of {most}"
    );
    for node in [origin, copy] {
        let name = if std::ptr::eq(node, origin) {
            LIEUX.to_owned()
        } else {
            origin.address_of(LIEUX)
        };
        let table = export(node, &name);
        assert_eq!(table.rows.len(), PLACES, "a place more or less on {name}");
        for (at, _) in &decided.asked {
            let key = format!("lieu-{at:06}");
            let held = cell(&table, &key, "nom");
            let of_place = |(place, value): &&(usize, String)| place == at && *value == held;
            let found = decided.asked.iter().rposition(|one| of_place(&one));
            let acknowledged = decided.asked.iter().rposition(|(place, value)| {
                place == at && decided.entries.iter().any(|(_, known)| known == value)
            });
            assert!(
                found >= acknowledged,
                "{key} on {name} holds {held:?}, from before what was acknowledged"
            );
        }
    }
}

/// A moderator who corrects places and accepts her own corrections, until nobody answers.
struct Writer {
    api: String,
    token: String,
    rows: Vec<String>,
    browser: rustine_testkit::http::Browser,
}

impl Writer {
    fn new(origin: &Node, rows: Vec<String>) -> Self {
        Self {
            api: format!("{}/api/v1", origin.origin()),
            token: text(&origin.json(&["user", "token", ADMIN]), "token"),
            rows,
            browser: origin.browser().clone(),
        }
    }

    /// Makes up to three decisions in round `kill`.
    fn write(&self, kill: usize, decided: &mut Decided) {
        for number in 0..3 {
            let at = (kill * 3 + number) % PLACES;
            let value = format!("Tour {kill:04} {number}");
            let change = json!({
                "op": "set", "row": self.rows[at], "field": "nom", "value": value,
            });
            let path = format!("datasets/{LIEUX}/patches");
            let Some(patch) = self.post(&path, &json!({ "ops": [change] })) else {
                return;
            };
            decided.asked.push((at, value.clone()));
            let path = format!("patches/{}/accept", text(&patch, "id"));
            let Some(decision) = self.post(&path, &json!({})) else {
                return;
            };
            let seq = decision["seq"].as_u64().expect("an entry has a number");
            decided.entries.push((seq, value));
        }
    }

    /// The answer to a request that was taken; `None` where nobody answers any more.
    fn post(&self, path: &str, body: &serde_json::Value) -> Option<serde_json::Value> {
        let request = self
            .browser
            .request("POST", &format!("{}/{path}", self.api));
        let reply = request
            .header("Authorization", &format!("Bearer {}", self.token))
            .body("application/json", body.to_string())
            .try_send()?;
        // Right after a start the origin asks its copies before it signs.
        if reply.status == 503 {
            return None;
        }
        assert!(
            (200..300).contains(&reply.status),
            "{path}: {}",
            reply.text()
        );
        Some(reply.json())
    }
}
