//! Lists read over the network, from a server in this process.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::{Mutex, PoisonError};

use rustine_app::blocks::drafts::{self, WAITING};
use rustine_app::blocks::lists::{AGAIN_SECONDS, CSV, EVERY_SECONDS};
use rustine_app::testing::TestApp;
use rustine_outbound::Settings;
use rustine_store::BlockDraftRecord;
use serde_json::{Value, json};

use super::*;

/// Answers by path, and the paths that were asked for.
#[derive(Default)]
struct Shelf {
    documents: BTreeMap<String, String>,
    asked: Vec<String>,
}

/// A server that gives what a test puts on its shelf; it ends with the process of the tests.
struct Feed {
    origin: String,
    shelf: Arc<Mutex<Shelf>>,
}

impl Feed {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!(
            "http://feed.localhost:{}",
            listener.local_addr().unwrap().port()
        );
        let shelf = Arc::new(Mutex::new(Shelf::default()));
        let held = shelf.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
                let first = lines.next().unwrap_or_default();
                let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
                for _ in lines.by_ref().take_while(|line| !line.is_empty()) {}
                let mut shelf = held.lock().unwrap_or_else(PoisonError::into_inner);
                let (status, body) = match shelf.documents.get(&path) {
                    Some(body) => ("200 OK", body.clone()),
                    None => ("404 Not Found", String::new()),
                };
                shelf.asked.push(path);
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
                     Connection: close\r\n\r\n{body}"
                );
                let _ = (&stream).write_all(answer.as_bytes());
            }
        });
        Self { origin, shelf }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    fn put(&self, path: &str, body: impl ToString) {
        let mut shelf = self.shelf.lock().unwrap();
        shelf.documents.insert(path.to_owned(), body.to_string());
    }

    /// What was asked for since the last time.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.shelf.lock().unwrap().asked)
    }
}

fn client() -> Client {
    Client::new(Settings {
        user_agent: "Rustine-test".into(),
        dev: true,
        ..Settings::default()
    })
    .unwrap()
}

fn change(kind: &str, domain: &str, policy: &str, published: &str) -> Value {
    json!({
        "type": kind, "entityKind": "domain", "entityKey": domain,
        "recommendedPolicy": policy, "comment": "Spam", "published": published,
    })
}

fn drafted(app: &App) -> Vec<(String, String, String)> {
    let found = app.db.read(|tx| tx.list_waiting_block_drafts("", 99));
    let of = |draft: BlockDraftRecord| {
        assert_eq!(draft.state, WAITING);
        (draft.action, draft.domain, draft.reason)
    };
    found.unwrap().into_iter().map(of).collect()
}

fn list(app: &App, id: i64) -> BlockListRecord {
    let found = app.db.read(|tx| tx.find_block_list(id));
    found.unwrap().unwrap()
}

#[tokio::test]
async fn a_feed_is_read_to_its_end_once_a_day_and_only_proposes() {
    let (node, feed, client) = (
        TestApp::new("http://a.localhost:1"),
        Feed::start(),
        client(),
    );
    let app = &node.app;
    feed.put(
        "/feed",
        json!({"next": "/feed?page=2", "orderedItems": [
            change("Recommendation", "spam.example", "drop", "2026-11-01T10:00:00Z"),
            change("Recommendation", "loud.example", "filter", "2026-11-01T10:00:00Z"),
            change("Recommendation", "better.example", "reject", "2026-11-01T10:00:00Z"),
        ]}),
    );
    feed.put(
        "/feed?page=2",
        json!({"orderedItems": [
            change("Retraction", "better.example", "", "2026-11-02T10:00:00Z"),
            change("Recommendation", "flood.example", "reject", "2026-11-02T10:00:00Z"),
        ]}),
    );
    let id = lists::subscribe(app, FIRES, &feed.url("/feed"), "voisins").unwrap();
    read_due(app, &client).await.unwrap();
    assert_eq!(feed.asked(), ["/feed", "/feed?page=2"]);
    let proposed = |domain: &str| ("block".to_owned(), domain.to_owned(), "Spam".to_owned());
    let both = [proposed("flood.example"), proposed("spam.example")];
    assert_eq!(
        drafted(app),
        both,
        "what was taken back and what is less than a block is no draft"
    );
    let blocks: Result<_, StoreError> = app.db.read(|tx| tx.list_blocks());
    assert_eq!(blocks.unwrap(), [], "a list never acts");

    read_due(app, &client).await.unwrap();
    assert_eq!(feed.asked(), Vec::<String>::new(), "not due");
    // A person applies one; the day after, the feed takes it back, and that too is a proposal.
    let waiting = app
        .db
        .read(|tx| tx.list_waiting_block_drafts("", 99))
        .unwrap();
    let spam = waiting.iter().find(|draft| draft.domain == "spam.example");
    drafts::apply(app, spam.unwrap().id).unwrap();
    feed.put(
        "/feed",
        json!({"orderedItems": [
            change("Retraction", "spam.example", "", "2026-11-03T10:00:00Z"),
            change("Recommendation", "flood.example", "reject", "2026-11-02T10:00:00Z"),
        ]}),
    );
    node.clock.advance(EVERY_SECONDS.unsigned_abs());
    read_due(app, &client).await.unwrap();
    let found = drafted(app);
    assert!(
        found
            .iter()
            .any(|(action, domain, _)| action == drafts::UNBLOCK && domain == "spam.example"),
        "{found:?}"
    );
    let blocks: Result<_, StoreError> = app.db.read(|tx| tx.list_blocks());
    assert_eq!(blocks.unwrap().len(), 1, "nothing was unblocked by itself");
    assert_eq!(list(app, id).error, None);
}

#[tokio::test]
async fn a_feed_that_fails_takes_nothing_back_and_is_asked_again_in_an_hour() {
    let (node, feed, client) = (
        TestApp::new("http://a.localhost:1"),
        Feed::start(),
        client(),
    );
    let app = &node.app;
    let first = change(
        "Recommendation",
        "spam.example",
        "drop",
        "2026-11-01T10:00:00Z",
    );
    feed.put("/feed", json!({"orderedItems": [first]}));
    let id = lists::subscribe(app, FIRES, &feed.url("/feed"), "voisins").unwrap();
    read_due(app, &client).await.unwrap();
    let before = drafted(app);
    assert_eq!(before.len(), 1);
    let elsewhere = Feed::start();
    elsewhere.put("/more", json!({"orderedItems": []}));
    for (answer, why) in [
        ("no JSON".to_owned(), "no JSON"),
        (
            json!({"orderedItems": [], "next": elsewhere.url("/more")}).to_string(),
            "another server",
        ),
        (
            json!({"orderedItems": [], "next": "/absent"}).to_string(),
            "404",
        ),
        // It never ends.
        (
            json!({"orderedItems": [], "next": "/feed"}).to_string(),
            "documents",
        ),
    ] {
        feed.put("/feed", answer);
        node.clock.advance(EVERY_SECONDS.unsigned_abs());
        read_due(app, &client).await.unwrap();
        let error = list(app, id).error.unwrap_or_default();
        assert!(error.contains(why), "{why}: {error}");
        assert_eq!(drafted(app), before, "{why}");
        feed.asked();
        read_due(app, &client).await.unwrap();
        assert_eq!(
            feed.asked(),
            Vec::<String>::new(),
            "{why}: not at once again"
        );
        node.clock.advance(AGAIN_SECONDS.unsigned_abs());
        read_due(app, &client).await.unwrap();
        assert_eq!(
            feed.asked().first().map(String::as_str),
            Some("/feed"),
            "{why}"
        );
    }
    assert_eq!(elsewhere.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_csv_of_another_server_is_read_by_its_address() {
    let (node, feed, client) = (
        TestApp::new("http://a.localhost:1"),
        Feed::start(),
        client(),
    );
    feed.put(
        "/b.csv",
        "#domain,#severity\nspam.example,suspend\nloud.example,silence\n",
    );
    lists::subscribe(&node.app, CSV, &feed.url("/b.csv"), "autres").unwrap();
    read_due(&node.app, &client).await.unwrap();
    let found = drafted(&node.app);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].1, "spam.example");
}
