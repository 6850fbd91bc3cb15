//! A server of another make, in a process of its own with a key of its own: Fedify, from its npm package. It follows a
//! dataset as any person of the fediverse does, and reads what comes with a JSON-LD processor, which we do not have.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use rustine_testkit::node::Node;
use rustine_testkit::port::free_port;
use rustine_testkit::{binary, places, skipped, wait};
use rustine_tests_federation::{LIEUX, SOON_S, import_again, publish_places};
use serde_json::Value;

/// Where the program stands, with its packages once `npm ci` has been there.
fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("foreign")
}

/// The other server. Dropping it ends its process.
struct Follower {
    child: Child,
    events: Arc<Mutex<Vec<Value>>>,
}

impl Follower {
    fn start(target: &str) -> Self {
        let mut child = Command::new("node")
            .arg("follower.mjs")
            .current_dir(home())
            .env("PORT", free_port().to_string())
            .env("TARGET", target)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node starts");
        let events = Arc::new(Mutex::new(Vec::new()));
        let (output, heard) = (
            child.stdout.take().expect("its output is a pipe"),
            events.clone(),
        );
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let event = serde_json::from_str(&line).expect("each line is an event");
                heard.lock().expect("no test panics with it").push(event);
            }
        });
        Self { child, events }
    }

    /// Everything that it has said so far.
    fn said(&self) -> Vec<Value> {
        self.events
            .lock()
            .expect("the reader does not panic")
            .clone()
    }

    /// Waits for an event of this name.
    fn says(&self, event: &str) -> Value {
        let found = wait::within(SOON_S * 2, || {
            self.said().into_iter().find(|it| it["event"] == event)
        });
        found.unwrap_or_else(|| panic!("no {event}: {:?}", self.said()))
    }

    fn tell(&mut self, word: &str) {
        let input = self.child.stdin.as_mut().expect("its input is a pipe");
        writeln!(input, "{word}").expect("it listens");
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn followers(node: &Node) -> u64 {
    let url = format!("{}/datasets/{LIEUX}/followers", node.origin());
    let document = node.browser().get_activity(&url).expect(200).json();
    document["totalItems"].as_u64().unwrap_or_default()
}

#[test]
fn a_server_of_another_make_follows_a_dataset_and_reads_its_news() {
    let Some(binary) = binary() else { return };
    if !home().join("node_modules").is_dir() {
        return skipped("the packages of tests/federation/foreign are not installed");
    }
    let node = Node::start(&binary, "a");
    publish_places(&node, 12);
    let dataset = format!("{}/datasets/{LIEUX}", node.origin());
    let mut follower = Follower::start(&dataset);

    let found = follower.says("found");
    assert_eq!(
        (&found["type"], &found["name"]),
        (&"Group".into(), &LIEUX.into())
    );
    let accepted = follower.says("accept");
    assert_eq!(accepted["actor"], dataset.as_str());
    assert!(
        accepted["object"].as_str().unwrap().ends_with("/follows/1"),
        "{accepted}"
    );
    assert_eq!(followers(&node), 1);

    let mut table = places::table(12);
    table.rows[3][1] = "Maison du numérique".into();
    import_again(&node, LIEUX, &table);
    let created = follower.says("create");
    assert_eq!(
        (&created["type"], &created["actor"]),
        (&"Note".into(), &dataset.as_str().into())
    );
    let content = created["content"].as_str().unwrap();
    assert!(
        !content.contains("Maison du numérique"),
        "a note cannot be recalled: {content}"
    );

    follower.tell("undo");
    wait::until("the end of the follow", SOON_S, || {
        (followers(&node) == 0).then_some(())
    });

    // Its actor answers only what is signed, and it never had to turn us away.
    let unsigned: Vec<Value> = follower
        .said()
        .into_iter()
        .filter(|it| it["event"] == "read" && it["by"].is_null())
        .collect();
    assert!(unsigned.is_empty(), "{unsigned:?}");
    let errors: Vec<Value> = follower
        .said()
        .into_iter()
        .filter(|it| it["event"] == "error")
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
}
