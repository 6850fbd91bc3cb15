//! A disk that is full: writing is refused with a sentence, reading goes on, and once there is room again so does
//! everything else, without help.

use std::path::Path;
use std::process::{Command, Stdio};

use rustine_testkit::http::Reply;
use rustine_testkit::inspect::{State, faults};
use rustine_testkit::node::{ADMIN, Node, Options};
use rustine_testkit::stranger::Stranger;
use rustine_testkit::{binary, full, places, skipped};
use rustine_tests_federation::{LIEUX, publish_places, text};
use serde_json::{Value, json};

use crate::shell::Shell;

/// How often the disk is filled and emptied, in the short and in the full form.
const CYCLES: [usize; 2] = [3, 20];

/// How many writes of one kind may still fit into what the database had taken before.
const LAST_WRITES: usize = 50;

/// Puts a small disk of memory in place of the data folder, with what the folder held. Only the shell and its children
/// see it.
const SMALL_DISK: &str = r#"cp -R "$2" "$3/held" && mount -t tmpfs -o size=48m none "$2" && cp -R "$3/held/." "$2" || exit 1"#;

/// Whether a process may have a disk of its own here; says that the test is skipped where not.
fn may_mount() -> bool {
    let tried = Command::new("unshare")
        .args(["-rm", "mount", "-t", "tmpfs", "none", "/mnt"])
        .stderr(Stdio::null())
        .status();
    let works = tried.is_ok_and(|status| status.success());
    if !works {
        skipped("unshare is not here or may not mount a disk of its own");
    }
    works
}

struct Scene<'n> {
    node: &'n Node,
    token: String,
    stranger: Stranger,
    /// What was taken: rows of the database by the text that they must hold.
    taken: Vec<(&'static str, String)>,
    /// Proposals and log-ins so far.
    count: usize,
}

#[test]
fn a_full_disk_refuses_what_is_written_serves_what_is_read_and_recovers() {
    let Some(binary) = binary() else { return };
    if !may_mount() {
        return;
    }
    // One person logs in some times in each cycle.
    let options = Options {
        settings: "[rates]\nlog_ins_per_name = 10000\n".to_owned(),
        ..Options::default()
    };
    let node = Node::init(&binary, "origine", options);
    publish_places(&node, 100);
    let mut scene = Scene {
        token: text(&node.json(&["user", "token", ADMIN]), "token"),
        stranger: Stranger::start("ailleurs"),
        taken: Vec::new(),
        count: 0,
        node: &node,
    };
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let program = ["unshare", "-rm"];
    let mut shell = Shell::start(&program, SMALL_DISK, &binary, &node, folder.path());
    // Somebody who is known; a full node need not learn who signs.
    let _ = scene.letter(0).expect(202);
    for cycle in 0..CYCLES[usize::from(full())] {
        shell.call("fill");
        scene.is_refused(cycle);
        scene.is_read();
        let import = scene.node.file("places.csv", places::csv(4000));
        let import = format!(
            "dataset import {} --name {LIEUX} --key id",
            import.display()
        );
        let said = shell.tell(&import);
        assert_eq!(said.code, "1", "{}{}", said.out, said.err);
        assert!(
            said.err.contains("full") && said.err.contains("make room"),
            "{}",
            said.err
        );
        shell.call("empty");
        scene.goes_on();
    }
    shell.call(&format!("dataset verify {LIEUX}"));
    shell.call("keep");
    shell.stop();
    scene.is_kept(&folder.path().join("kept/rustine.sqlite"));
}

impl Scene<'_> {
    fn propose(&mut self, language: &str) -> Reply {
        self.count += 1;
        let mark = format!("Proposition {:04}", self.count);
        let offer = json!({"ops": [{"op": "add", "cells": {"id": mark, "nom": mark}}]});
        let url = format!("{}/api/v1/datasets/{LIEUX}/patches", self.node.origin());
        let request = self.node.browser().request("POST", &url);
        let reply = request
            .header("Accept-Language", language)
            .body("application/json", offer.to_string())
            .send();
        if reply.status == 202 {
            self.taken.push(("patches", mark));
        }
        reply
    }

    fn letter(&mut self, length: usize) -> Reply {
        let dataset = format!("{}/datasets/{LIEUX}", self.node.origin());
        let inbox = format!("{}/inbox", self.node.origin());
        let mut follow = self.stranger.activity("Follow", &json!(dataset));
        follow["summary"] = json!("x".repeat(length));
        let reply = self.stranger.post(&inbox, &follow);
        if reply.status == 202 {
            self.taken.push(("inbox", text(&follow, "id")));
        }
        reply
    }

    /// Logs in: a form, with a page as its answer. Each time from elsewhere, because one address may not try as often.
    fn log_in(&mut self, language: &str) -> Reply {
        self.count += 1;
        let [high, low] = u16::try_from(self.count).expect("few").to_be_bytes();
        let from = format!("10.0.{high}.{low}");
        let url = format!("{}/connexion", self.node.origin());
        let browser = self.node.browser();
        let form = browser.request("GET", &url).send().expect(200);
        let page = form.text();
        let csrf = page
            .split("<input")
            .find(|tag| tag.contains("name=\"csrf\""))
            .and_then(|tag| tag.split("value=\"").nth(1))
            .and_then(|rest| rest.split('"').next())
            .expect("the form has a token");
        let password = rustine_testkit::node::ADMIN_PASSWORD.replace(' ', "+");
        browser
            .request("POST", &url)
            .header("Accept-Language", language)
            .header("Accept", "text/html")
            .header(
                "Cookie",
                form.header("set-cookie")
                    .split(';')
                    .next()
                    .unwrap_or_default(),
            )
            .header("Origin", self.node.origin())
            .header("X-Forwarded-For", &from)
            .body(
                "application/x-www-form-urlencoded",
                format!("csrf={csrf}&user={ADMIN}&password={password}"),
            )
            .send()
    }

    /// Each way in says that there is no room, once the last bytes are used up.
    fn is_refused(&mut self, cycle: usize) {
        let refused = |what: &str, send: &mut dyn FnMut() -> Reply| {
            for _ in 0..LAST_WRITES {
                let reply = send();
                if reply.status == 507 {
                    return reply;
                }
                assert!(
                    matches!(reply.status, 200..400 | 429),
                    "cycle {cycle}: {what}: {} {}",
                    reply.status,
                    reply.text()
                );
            }
            panic!("cycle {cycle}: {what} found room {LAST_WRITES} times on a full disk");
        };
        // A log that was folded back has room for megabytes before it grows: long letters use that up first.
        for length in [900_000, 100_000, 10_000, 0] {
            let inbox = refused("an activity", &mut || self.letter(length));
            assert!(inbox.text().contains("try again later"), "{}", inbox.text());
        }
        let api = refused("a proposal", &mut || self.propose("en"));
        assert!(api.text().contains("full"), "{}", api.text());
        let page = refused("a form", &mut || self.log_in("fr"));
        assert!(
            page.text().contains("Le serveur n’a plus de place"),
            "{}",
            page.text()
        );
        let page = refused("a form", &mut || self.log_in("en"));
        assert!(
            page.text().contains("The server is out of space"),
            "{}",
            page.text()
        );
    }

    fn is_read(&self) {
        let paths = [
            format!("/datasets/{LIEUX}"),
            format!("/datasets/{LIEUX}?q=fablab"),
            format!("/datasets/{LIEUX}.csv"),
            format!("/api/v1/datasets/{LIEUX}/rows"),
            "/connexion".to_owned(),
        ];
        for path in paths {
            let _ = self.node.get(&path).expect(200);
        }
        let actor = format!("{}/datasets/{LIEUX}", self.node.origin());
        let _ = self.node.browser().get_activity(&actor).expect(200);
    }

    /// At once and without help: what waits is decided, so that there is room for more of it.
    fn goes_on(&mut self) {
        let _ = self.letter(0).expect(202);
        let _ = self.log_in("fr").expect(303);
        let api = format!("{}/api/v1", self.node.origin());
        let browser = self.node.browser();
        let list = format!("{api}/datasets/{LIEUX}/patches?status=pending");
        let list = browser.request("GET", &list);
        let list = list.header("Authorization", &format!("Bearer {}", self.token));
        let list: Value = list.send().expect(200).json();
        for patch in list["patches"].as_array().into_iter().flatten() {
            let url = format!("{api}/patches/{}/accept", text(patch, "id"));
            let _ = browser
                .post_json(&url, &json!({}), Some(&self.token))
                .expect(200);
        }
        let _ = self.propose("fr").expect(202);
    }

    /// Nothing that was taken is missing, and the files are sound.
    fn is_kept(&self, database: &Path) {
        assert_eq!(faults(database), Vec::<String>::new());
        let state = State::at(database);
        for (table, mark) in &self.taken {
            let kept = state.table(table).iter().any(|row| row.contains(mark));
            assert!(kept, "{mark} was taken and is not in {table}");
        }
    }
}
