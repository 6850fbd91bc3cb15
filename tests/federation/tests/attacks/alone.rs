//! A node of its own behind a TLS proxy, which may open what its operator names and nothing else, and an attacker
//! with a domain for each attempt.

use std::collections::BTreeMap;
use std::net::{Ipv6Addr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustine_testkit::hostile::{Answer, Document, Hostile, Key, Wire, client_address};
use rustine_testkit::node::{Node, Options};
use rustine_testkit::port::free_port;
use rustine_testkit::tls::{Authority, TlsProxy};
use rustine_tests_federation::{LIEUX, publish_places};
use serde_json::{Value, json};

use crate::letter::Draft;
use crate::world::{actor, origin_of};

/// The node.
const HOST: &str = "alone.test";

/// A name that the operator leads to the canary itself: what shows that a field is opened at all.
pub const CANARY: &str = "canary.test";

/// A node that may open what its operator names and nothing else.
pub struct Alone {
    pub hostile: Hostile,
    pub node: Node,
    pub key: Key,
    pub canary: u16,
    wire: Wire,
    visits: Arc<AtomicUsize>,
    _proxy: TlsProxy,
    _home: tempfile::TempDir,
}

/// Starts the node; the attacker has `domains` domains, `s0.test` and so on.
pub fn alone(binary: &Path, domains: usize) -> Alone {
    let home = tempfile::tempdir().expect("a temporary folder can be made");
    let authority = Authority::new();
    let ca_file = home.path().join("authority.pem");
    authority.write(&ca_file);
    // The actors of one domain are fetched within a budget.
    let names: Vec<String> = (0..domains).map(|at| format!("s{at}.test")).collect();
    let hostile = Hostile::start(&authority, [127, 0, 0, 36], &names);
    let listener = TcpListener::bind((Ipv6Addr::UNSPECIFIED, 0)).expect("a port on every address");
    let canary = listener
        .local_addr()
        .expect("a listener has an address")
        .port();
    let visits = Arc::new(AtomicUsize::new(0));
    let counted = visits.clone();
    std::thread::spawn(move || {
        for visit in listener.incoming() {
            drop(visit);
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    let port = free_port();
    let proxy = TlsProxy::start(&authority, HOST, [127, 0, 0, 35], port);
    let mut addresses: BTreeMap<String, std::net::SocketAddr> = names
        .iter()
        .map(|name| (name.clone(), hostile.address()))
        .collect();
    addresses.insert(HOST.to_owned(), proxy.address());
    addresses.insert(CANARY.to_owned(), ([127, 0, 0, 1], canary).into());
    let resolve: String = addresses
        .iter()
        .map(|(name, address)| format!("{name:?} = \"{address}\"\n"))
        .collect();
    let options = Options {
        origin: Some(format!("https://{HOST}")),
        port: Some(port),
        browser: Some(authority.browser(&[(HOST, &proxy)])),
        settings: format!("[outbound]\nca_file = {ca_file:?}\n[outbound.resolve]\n{resolve}"),
        ..Options::default()
    };
    let mut node = Node::init(binary, "alone", options);
    publish_places(&node, 3);
    node.serve();
    Alone {
        wire: Wire::new(&authority, addresses),
        hostile,
        node,
        key: Key::fresh(),
        canary,
        visits,
        _proxy: proxy,
        _home: home,
    }
}

impl Alone {
    /// Somebody's document, changed.
    pub fn person(&self, at: usize, field: &str, change: impl Fn(&mut Value)) -> String {
        let id = format!("https://s{at}.test/users/{field}");
        let mut document = actor(&id, "Person", &self.key);
        change(&mut document);
        let document = Document::of("application/activity+json", document.to_string());
        self.hostile.put(&id, document);
        id
    }

    pub fn draft(&self, who: &str, kind: &str, object: &Value) -> Draft {
        let origin = origin_of(who);
        let activity = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{origin}/activities/{}", uuid::Uuid::new_v4()),
            "type": kind,
            "actor": who,
            "object": object,
        });
        Draft::new(
            HOST,
            "/inbox",
            activity,
            &self.key,
            &format!("{who}#main-key"),
        )
    }

    pub fn follow(&self, who: &str) -> Draft {
        self.draft(
            who,
            "Follow",
            &json!(format!("https://{HOST}/datasets/{LIEUX}")),
        )
    }

    /// Sends a letter; whatever is said to it.
    pub fn send(&self, at: usize, draft: &Draft) {
        let answer = self
            .wire
            .send(HOST, client_address(at), &draft.seal().bytes());
        assert!(
            (200..500).contains(&answer.status),
            "never a fault of ours: {}",
            answer.text
        );
    }

    /// Sends bytes over the wire.
    pub fn post(&self, at: usize, bytes: &[u8]) -> Answer {
        self.wire.send(HOST, client_address(at), bytes)
    }

    /// Runs a command that may well refuse, but not fall over.
    pub fn call(&self, words: &[&str]) {
        let called = self.node.call(words);
        assert!(
            matches!(called.code, Some(0..=2)) && !called.said().contains("panicked"),
            "{words:?}: {}",
            called.said()
        );
    }

    pub fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }

    /// Answers the WebFinger question for `name` with an address of the attacker's choice.
    pub fn webfinger(&self, at: usize, name: &str, href: &str) {
        let host = format!("s{at}.test");
        let link = json!({"rel": "self", "type": "application/activity+json", "href": href});
        let found = json!({"subject": format!("acct:{name}@{host}"), "links": [link]});
        let url = format!("https://{host}/.well-known/webfinger?resource=acct:{name}@{host}");
        let document = Document::of("application/jrd+json", found.to_string());
        self.hostile.put(&url, document);
    }
}
