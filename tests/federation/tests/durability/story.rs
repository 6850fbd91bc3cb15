//! A busy hour of a node: what comes from people, from other servers and from its operator, and what each was told.

use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{fs, thread};

use rustine_testkit::node::{ADMIN, Node, Options};
use rustine_testkit::places;
use rustine_testkit::stranger::Stranger;
use rustine_testkit::wait;
use rustine_tests_federation::{LIEUX, SOON_S, converge, publish_places, row_ids, text};
use serde_json::{Value, json};

use crate::claims::{Acknowledged, Claim};
use crate::disk::Files;
use crate::trace::Trace;
use crate::tracer::Traced;

const PLACES: usize = 300;
const ROUNDS: usize = 24;

/// What is left of it.
pub struct Told {
    /// The data folder before the first traced call.
    pub base: Files,
    /// The port of the node, which its settings name.
    pub port: u16,
    pub trace: Trace,
    pub acknowledged: Vec<Acknowledged>,
}

struct Cast<'n> {
    node: &'n Node,
    token: String,
    stranger: Stranger,
    acknowledged: Mutex<Vec<Acknowledged>>,
}

/// Plays it once on a real node; `variables` are set for its processes.
pub fn told(binary: &Path, variables: &[(String, String)]) -> Told {
    let init = |name| {
        let options = Options {
            environment: variables.to_vec(),
            // A letter that becomes a file is no promise to anybody: trials alone write such files.
            settings: "[mail]\ntransport = \"none\"\n".to_owned(),
            ..Options::default()
        };
        Node::init(binary, name, options)
    };
    let node = init("origine");
    publish_places(&node, PLACES);
    let erased = row_ids(&node, LIEUX)[3].clone();
    let cast = Cast {
        token: text(&node.json(&["user", "token", ADMIN]), "token"),
        stranger: Stranger::start("ailleurs"),
        acknowledged: Mutex::new(Vec::new()),
        node: &node,
    };
    let base = read_folder(&node.data());
    let mut copy = init("partenaire");
    copy.serve();
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut traced = Traced::start(binary, variables, &node, folder.path());
    traced.shell.call(&format!("peer add {}", copy.host()));
    cast.keep(Claim::Asked {
        host: copy.host().to_owned(),
    });
    let _ = copy
        .call(&["replica", "add", &node.address_of(LIEUX)])
        .done();
    wait::until("the copy to be known", SOON_S, || {
        let state = rustine_testkit::inspect::State::of(&node);
        (!state.table("replicas").is_empty()).then_some(())
    });
    cast.play(&mut traced, &erased);
    converge(&node, &[&copy]);
    let report = traced.stop();
    let trace = Trace::read(&report, &node.data());
    let acknowledged = cast.acknowledged.into_inner().expect("nobody fell over");
    Told {
        base,
        port: node.port(),
        trace,
        acknowledged,
    }
}

/// The files of a folder that nobody writes to.
fn read_folder(folder: &Path) -> Files {
    let entries = fs::read_dir(folder).expect("the data folder can be read");
    let file = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.expect("the data folder can be read").path();
        let name = path.file_name()?.to_string_lossy().into_owned();
        Some((name, fs::read(&path).expect("the file can be read")))
    };
    entries.filter_map(file).collect()
}

impl Cast<'_> {
    fn keep(&self, claim: Claim) {
        let kept = Acknowledged::now(claim);
        self.acknowledged
            .lock()
            .expect("nobody fell over")
            .push(kept);
    }

    fn play(&self, traced: &mut Traced, erased: &str) {
        let form = Form::open(self);
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            // Two at a time, so that one flush may serve both.
            for _ in 0..2 {
                scope.spawn(|| self.write_letters(&over));
            }
            for round in 0..ROUNDS {
                form.send(self, round);
                self.propose(round);
                self.accept_all();
                if round % 6 == 5 {
                    self.import(traced, round);
                }
                if round == ROUNDS / 2 {
                    let words = format!("dataset redact {LIEUX} --row {erased} --field nom");
                    traced.shell.call(&format!("{words} --reason essai"));
                    self.keep(Claim::Erased {
                        row: erased.to_owned(),
                    });
                }
            }
            over.store(true, Ordering::SeqCst);
        });
    }

    /// What others send; who is asked to wait does so.
    fn write_letters(&self, over: &AtomicBool) {
        let dataset = format!("{}/datasets/{LIEUX}", self.node.origin());
        let inbox = format!("{}/inbox", self.node.origin());
        while !over.load(Ordering::SeqCst) {
            let follow = self.stranger.activity("Follow", &json!(dataset));
            let status = self.stranger.post(&inbox, &follow).status;
            if status == 202 {
                let activity = text(&follow, "id");
                self.keep(Claim::Received { activity });
            } else {
                assert_eq!(status, 429, "an honest letter is taken");
            }
            thread::sleep(std::time::Duration::from_millis(100));
        }
    }

    fn propose(&self, round: usize) {
        let mark = format!("Proposition {round:04}");
        let cells = json!({"id": format!("api-{round:04}"), "nom": mark});
        let offer = json!({"ops": [{"op": "add", "cells": cells}]});
        let url = format!("{}/api/v1/datasets/{LIEUX}/patches", self.node.origin());
        let _ = self
            .node
            .browser()
            .post_json(&url, &offer, None)
            .expect(202);
        self.keep(Claim::Proposed { text: mark });
    }

    fn accept_all(&self) {
        let api = format!("{}/api/v1", self.node.origin());
        let bearer = format!("Bearer {}", self.token);
        let browser = self.node.browser();
        let list = format!("{api}/datasets/{LIEUX}/patches?status=pending");
        let list = browser
            .request("GET", &list)
            .header("Authorization", &bearer);
        let list = list.send().expect(200).json();
        for patch in list["patches"].as_array().into_iter().flatten() {
            let patch = text(patch, "id");
            let url = format!("{api}/patches/{patch}/accept");
            let said = browser.post_json(&url, &json!({}), Some(&self.token));
            let seq = said.expect(200).json()["seq"].as_u64();
            let seq = seq.expect("an accepted proposal is an entry");
            self.keep(Claim::Accepted { patch, seq });
        }
    }

    fn import(&self, traced: &mut Traced, round: usize) {
        let mut table = places::table(PLACES);
        for row in table.rows.iter_mut().skip(10).take(60) {
            row[1] = format!("Import {round:04}");
        }
        let file = self.node.file("import.csv", table.to_csv());
        let said = traced.shell.call(&format!(
            "dataset import {} --name {LIEUX} --key id --json",
            file.display()
        ));
        let said: Value = serde_json::from_str(&said).expect("the command prints a document");
        let seq = said["seq"].as_u64().expect("the import has a last entry");
        self.keep(Claim::Imported { seq });
    }
}

/// The form with which a citizen adds a place, opened once.
struct Form {
    url: String,
    cookie: String,
    csrf: String,
}

impl Form {
    fn open(cast: &Cast<'_>) -> Self {
        let url = format!("{}/datasets/{LIEUX}/add", cast.node.origin());
        let reply = cast.node.browser().get(&url).expect(200);
        let cookie = reply.header("set-cookie").split(';').next();
        let page = reply.text();
        let csrf = page
            .split("<input")
            .find(|tag| tag.contains("name=\"csrf\""))
            .and_then(|tag| tag.split("value=\"").nth(1))
            .and_then(|rest| rest.split('"').next());
        Self {
            url,
            cookie: cookie.unwrap_or_default().to_owned(),
            csrf: csrf.expect("the form has a token").to_owned(),
        }
    }

    /// Sends it; a form that comes back because nobody types that fast is sent again.
    fn send(&self, cast: &Cast<'_>, round: usize) {
        let body = format!(
            "csrf={}&f.id=form-{round:04}&f.nom=Formulaire+{round:04}&website=",
            self.csrf
        );
        wait::until("the form to be taken", SOON_S, || {
            let request = cast.node.browser().request("POST", &self.url);
            let reply = request
                .header("Cookie", &self.cookie)
                .header("Origin", cast.node.origin())
                .body("application/x-www-form-urlencoded", body.clone())
                .send();
            assert!(matches!(reply.status, 303 | 422), "{}", reply.text());
            (reply.status == 303).then_some(())
        });
        let text = format!("Formulaire {round:04}");
        cast.keep(Claim::Proposed { text });
    }
}
