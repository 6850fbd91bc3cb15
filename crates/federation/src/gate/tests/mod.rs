//! Each check by its name, each kind of honest activity, and what strangers really sent.

mod forged;
mod limits;
mod owners;
mod shapes;
mod strangers;

use std::sync::LazyLock;

use serde_json::{Value, json};
use url::Url;

use super::{Outcome, Passed, Refusal, Site, Step, judge};
use crate::signature::tests::{NOW, at, signing_key};
use crate::signature::{Fields, Received, sign_post};

const LEA: &str = "https://b.example/users/lea";

/// A request to our inbox, signed by the key of all tests; honest unless changed.
struct Letter {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Letter {
    /// Signed by the actor that the activity names.
    fn of(activity: &Value) -> Self {
        let actor = activity["actor"].as_str().unwrap_or(LEA);
        Self::signed_by(
            &format!("{actor}#main-key"),
            activity.to_string().into_bytes(),
        )
    }

    fn signed_by(key_id: &str, body: Vec<u8>) -> Self {
        let inbox = Url::parse("https://a.example/inbox").unwrap();
        let mut letter = Self {
            headers: Vec::new(),
            body,
        };
        letter.set("Host", "a.example");
        letter.set("Content-Type", "application/activity+json");
        for (name, value) in sign_post(&signing_key(), key_id, &inbox, &letter.body, at(NOW)) {
            letter.set(name, &value);
        }
        letter
    }

    /// Replaces a header, or adds it.
    fn set(&mut self, name: &str, value: &str) {
        self.headers
            .retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        self.add(name, value);
    }

    fn add(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// At a site without lists that knows nobody.
    fn judged(&self) -> Outcome {
        self.judged_at(&site())
    }

    fn judged_at(&self, site: &Site<'_>) -> Outcome {
        let headers = self.headers.iter();
        let fields = Fields::new(headers.map(|(name, value)| (name.as_str(), value.as_bytes())));
        let request = Received {
            method: "POST",
            target: "/inbox",
            fields: &fields,
            body: &self.body,
        };
        judge(request, site)
    }
}

/// `a.example`, without lists, at the moment at which everything is signed.
fn site() -> Site<'static> {
    static ORIGIN: LazyLock<Url> = LazyLock::new(|| Url::parse("https://a.example").unwrap());
    Site {
        origin: &ORIGIN,
        hosts: &["a.example"],
        dev: false,
        now: at(NOW),
        blocked: &|_| false,
        allowed: None,
        may_ask: false,
        knows_actor: &|_| false,
    }
}

fn follow() -> Value {
    json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": "https://b.example/activities/6f1c",
        "type": "Follow",
        "actor": LEA,
        "object": "https://a.example/datasets/lieux",
    })
}

/// A follow in which one member is replaced.
fn with(member: &str, value: Value) -> Value {
    let mut activity = follow();
    activity[member] = value;
    activity
}

#[track_caller]
fn refused(outcome: Outcome) -> Refusal {
    match outcome {
        Outcome::Refuse(refusal) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[track_caller]
fn refused_by(letter: &Letter, step: Step) {
    let refusal = refused(letter.judged());
    assert_eq!(refusal.step, step, "{}", refusal.sentence);
    assert_eq!(refusal.status, step.status());
    assert_eq!(refusal.step.name(), step.check().name());
}

#[track_caller]
fn passed(outcome: Outcome) -> Passed {
    match outcome {
        Outcome::Accept(passed) => *passed,
        other => panic!("not passed: {other:?}"),
    }
}
