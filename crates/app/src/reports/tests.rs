//! Reports reach those who decide, wherever they are, and nobody else settles them.

use rustine_domain::ids::RowId;
use rustine_store::{GrantRecord, RemoteActorRecord};
use serde_json::Value;

use super::file::{FileError, Reporter, file};
use super::receive::received;
use super::settle::{SettleError, answered, settle};
use super::*;
use crate::patches::desk::{Desk, add};
use crate::testing::now;

mod limits;

const B: &str = "b.localhost:2";
const C: &str = "c.localhost:3";

struct World {
    desk: Desk,
    row: RowId,
}

impl World {
    fn new() -> Self {
        let desk = Desk::new(|_| {});
        desk.done(vec![add("Gare", "1")]);
        let row = desk.rows()[0].0;
        Self { desk, row }
    }

    fn write<T>(&self, work: impl Fn(&mut Tx<'_>) -> Result<T, StoreError>) -> T {
        self.desk.node.app.db.write(|tx| work(tx)).unwrap()
    }

    /// Somebody of B holds a grant that is in this state.
    fn grant(&self, state: &str) {
        let dataset = self.desk.node.record("lieux").id;
        self.write(|tx| {
            tx.put_grant(&GrantRecord {
                dataset,
                id: format!("{}/grants/1", self.desk.node.record("lieux").url),
                target: format!("http://{B}/users/ben"),
                host: B.into(),
                user_id: None,
                role: "write".into(),
                key: String::new(),
                state: state.into(),
                granted_seq: Some(1),
                revoked_seq: None,
                end_at: now().plus_seconds(1_000_000),
                content: None,
                created: now(),
                updated: now(),
            })
        });
    }

    fn file(&self, address: [u8; 4]) -> Result<(), FileError> {
        file(
            &self.desk.node.app,
            &"lieux".parse().unwrap(),
            Some(self.row),
            Problem::Wrong,
            " Le nom a changé. ",
            Reporter::Visitor(address.into()),
        )
    }

    fn flagged(&self, host: &str, number: usize, content: &str) -> bool {
        let app = &self.desk.node.app;
        let url = format!("{}/rows/{}", self.desk.node.record("lieux").url, self.row);
        let flag = Flag {
            envelope: Envelope::new(
                uri(&format!("http://{host}/activities/{number}")),
                uri(&format!("http://{host}/actor")),
                uri(&self.desk.node.record("lieux").url),
            ),
            objects: vec![uri(&url)],
            content: Some(content.into()),
        };
        self.write(|tx| received(app, tx, &flag, &actor(host, "actor")))
    }

    fn open(&self) -> Vec<ReportRecord> {
        let (app, lea) = (&self.desk.node.app, &self.desk.lea);
        let found: Result<_, StoreError> = app.db.read(|tx| list(app, tx, lea, 100));
        found
            .unwrap()
            .into_iter()
            .map(|(_, report)| report)
            .collect()
    }

    /// What waits to be sent: host, type, object or content.
    fn sent(&self) -> Vec<(String, Value)> {
        let waiting = self.write(|tx| tx.list_outbox("queued", 0, 1000));
        waiting
            .into_iter()
            .filter_map(|row| Some((row.host, serde_json::from_str(&row.body?).ok()?)))
            .collect()
    }

    fn actions(&self) -> Vec<String> {
        let id = self.desk.node.record("lieux").id;
        let lines = self.write(|tx| tx.list_modlog(id, 0, 1000));
        let lines = lines.into_iter().map(|line| line.action);
        lines.filter(|action| action == "report").collect()
    }
}

fn actor(host: &str, path: &str) -> RemoteActorRecord {
    RemoteActorRecord {
        id: format!("http://{host}/{path}"),
        host: host.into(),
        kind: "Application".into(),
        name: "actor".into(),
        inbox: format!("http://{host}/inbox"),
        shared_inbox: None,
        key_id: String::new(),
        key_pem: String::new(),
        pinned_key_pem: None,
        multikey: None,
        implements: true,
        suspended: false,
        doc: "{}".into(),
        fetched_at: now(),
    }
}

#[test]
fn a_report_reaches_the_owner_and_the_instances_of_those_who_hold_a_grant() {
    let world = World::new();
    world.file([192, 0, 2, 1]).unwrap();
    assert_eq!(world.sent(), [], "nobody elsewhere is entitled");
    world.grant("active");
    world.file([192, 0, 2, 1]).unwrap();
    let sent = world.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (sent[0].0.as_str(), &sent[0].1["type"]),
        (B, &"Flag".into())
    );
    assert_eq!(sent[0].1["content"], "wrong: Le nom a changé.");
    assert_eq!(sent[0].1["actor"], world.desk.node.record("lieux").url);
    let open = world.open();
    assert_eq!(open.len(), 2);
    assert_eq!(open[0].content.as_deref(), Some("Le nom a changé."));
}

/// A known failure of a federated forum: a report stays where it was made, and the moderators elsewhere never read it.
#[test]
fn reports_that_miss_remote_moderators() {
    let a = World::new();
    a.grant("active");
    file(
        &a.desk.node.app,
        &"lieux".parse().unwrap(),
        None,
        Problem::Charter,
        "Publicité.",
        Reporter::Visitor([192, 0, 2, 1].into()),
    )
    .unwrap();
    let told = a.sent().remove(0).1;
    // On B there is a copy, on which Ben holds the grant.
    let origin = a.desk.node.record("lieux");
    let b = Desk::new(|_| {});
    let b = &b;
    let ben = Desk::person(&b.node, "ben", "member");
    let copy = DatasetRecord {
        host: "a.localhost:1".into(),
        uid: "urn:uuid:7dcaea22-d9e9-407e-af4e-e1ecfb521399"
            .parse()
            .unwrap(),
        url: "http://copied.localhost/datasets/lieux".into(),
        ..origin.clone()
    };
    let app = &b.node.app;
    let id = app.db.write(|tx| tx.insert_dataset(&copy)).unwrap();
    let target = app.url("/users/ben");
    let grant = |state: &str| {
        app.db.write(|tx| {
            tx.put_grant(&GrantRecord {
                dataset: id,
                id: format!("{}/grants/1", copy.url),
                target: target.clone(),
                host: app.host().to_string(),
                user_id: Some(ben.id),
                role: "write".into(),
                key: String::new(),
                state: state.into(),
                granted_seq: Some(1),
                revoked_seq: None,
                end_at: now().plus_seconds(1_000_000),
                content: None,
                created: now(),
                updated: now(),
            })
        })
    };
    let take = |n: usize| {
        let mut document = told.clone();
        document["actor"] = copy.url.clone().into();
        document["id"] = format!("http://copied.localhost/activities/{n}").into();
        document["object"] = serde_json::json!([copy.url]);
        let flag = match rustine_protocol::activity::Activity::parse(&document).unwrap() {
            rustine_protocol::activity::Activity::Flag(flag) => flag,
            other => panic!("{other:?}"),
        };
        let sender = RemoteActorRecord {
            id: copy.url.clone(),
            ..actor("copied.localhost", "datasets/lieux")
        };
        app.db
            .write(|tx| received(app, tx, &flag, &sender))
            .unwrap()
    };
    grant("revoked").unwrap();
    assert!(!take(1), "nobody here is entitled");
    grant("active").unwrap();
    assert!(take(2));
    let read = |by: &Person| -> Vec<(String, Option<String>)> {
        let found: Result<_, StoreError> = app.db.read(|tx| list(app, tx, by, 10));
        let found = found.unwrap().into_iter();
        found
            .map(|(_, report)| (report.problem, report.content))
            .collect()
    };
    let said = ("charter".to_owned(), Some("Publicité.".to_owned()));
    assert_eq!(read(&ben), [said]);
    let max = Desk::person(&b.node, "max", "member");
    assert_eq!(read(&max), [], "for those alone who are entitled");
}

#[test]
fn a_revoked_grant_receives_no_reports() {
    let world = World::new();
    world.grant("revoked");
    world.file([192, 0, 2, 1]).unwrap();
    assert_eq!(world.sent(), []);
}

#[test]
fn a_remote_report_is_kept_once_and_passed_on_to_others() {
    let world = World::new();
    world.grant("active");
    assert!(world.flagged(C, 1, "gone: fermé depuis mars"));
    assert!(
        !world.flagged(C, 1, "gone: fermé depuis mars"),
        "the same again"
    );
    world.desk.node.clock.advance(1);
    assert!(world.flagged(B, 2, "Just words"));
    let open = world.open();
    let said: Vec<(&str, &str)> = open
        .iter()
        .map(|report| (report.problem.as_str(), report.host.as_str()))
        .collect();
    assert_eq!(said, [("gone", C), ("other", B)]);
    let sent = world.sent();
    assert_eq!(sent.len(), 1, "B is not told of its own");
    assert_eq!(sent[0].0, B);
}

#[test]
fn a_moderator_elsewhere_settles_a_report_once_and_the_log_says_from_where() {
    let world = World::new();
    let app = &world.desk.node.app;
    world.grant("active");
    world.flagged(C, 1, "gone: fermé");
    let told = world.sent()[0].1["id"].as_str().unwrap().to_owned();
    let ben = actor(B, "users/ben");
    let answer = |by: &RemoteActorRecord| world.write(|tx| answered(app, tx, &told, by, true));
    assert!(!answer(&actor(C, "users/eve")), "she holds no grant");
    assert!(answer(&ben));
    assert!(!answer(&ben), "once");
    assert_eq!(world.open(), []);
    assert_eq!(world.actions(), ["report"]);
    let id = world.desk.node.record("lieux").id;
    let line = world.write(|tx| tx.last_modlog(id)).unwrap().line;
    assert!(line.contains(r#""instance":"b.localhost:2""#), "{line}");
    assert!(!line.contains("fermé"), "nobody is quoted: {line}");
    // Whoever reported and whoever was told hear of it, each under the name that they know it by.
    let answers: Vec<(String, Value)> = world.sent().split_off(1);
    let heard: Vec<(&str, &str)> = answers
        .iter()
        .map(|(host, answer)| (host.as_str(), answer["object"]["id"].as_str().unwrap()))
        .collect();
    assert_eq!(
        heard,
        [(B, told.as_str()), (C, "http://c.localhost:3/activities/1")]
    );
}

#[test]
fn whoever_may_not_decide_settles_nothing() {
    let world = World::new();
    world.file([192, 0, 2, 1]).unwrap();
    let app = &world.desk.node.app;
    let max = Desk::person(&world.desk.node, "max", "member");
    let id = world.open()[0].id.clone();
    let refused = settle(app, &id, &max, true);
    assert!(matches!(refused, Err(SettleError::NotAllowed(_))));
    settle(app, &id, &world.desk.lea, false).unwrap();
    let again = settle(app, &id, &world.desk.lea, true);
    assert!(matches!(again, Err(SettleError::Unknown)));
    assert_eq!(world.actions(), ["report"]);
}

#[test]
fn a_report_about_something_that_is_not_here_is_nobodys() {
    let world = World::new();
    let app = &world.desk.node.app;
    let url = world.desk.node.record("lieux").url.clone();
    for object in [
        "http://a.localhost:1/datasets/absent".to_owned(),
        "http://c.localhost:3/datasets/lieux".to_owned(),
        format!("{url}/rows/11111111-1111-4111-8111-111111111111"),
    ] {
        let flag = Flag {
            envelope: Envelope::new(
                uri("http://c.localhost:3/activities/1"),
                uri("http://c.localhost:3/actor"),
                uri(&url),
            ),
            objects: vec![uri(&object)],
            content: None,
        };
        let taken = world.write(|tx| received(app, tx, &flag, &actor(C, "actor")));
        assert!(!taken, "{object}");
    }
}
