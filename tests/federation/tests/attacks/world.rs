//! Two nodes as they run in production, each behind a TLS proxy, and an attacker who owns domains: the fortress
//! is the binary under test, the breach is the same code with a switch for each check.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rustine_domain::checks::Check;
use rustine_testkit::hostile::{Answer, Document, Hostile, Key, Wire, client_address};
use rustine_testkit::inspect::State;
use rustine_testkit::node::{Node, Options};
use rustine_testkit::port::free_port;
use rustine_testkit::tls::{Authority, TlsProxy};
use rustine_testkit::{places, wait};
use rustine_tests_federation::{LIEUX, SOON_S, import_again, publish, publish_places};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::letter::{Draft, Letter};
use crate::stories;

/// Domains of strangers; all of them lead to the attacker's machine.
pub const NAMES: [&str; 10] = [
    "evil.test",
    "victim.test",
    "other.test",
    "peer.test",
    "blocked.test",
    "sub.blocked.test",
    "piege.test",
    "media.test",
    "moved.test",
    "late.test",
];

/// The variable that names the file of switches.
pub const VARIABLE: &str = "RUSTINE_SABOTAGE";

/// A node and its switches.
pub struct Side {
    pub host: &'static str,
    pub node: Node,
    off: Option<PathBuf>,
    _proxy: TlsProxy,
}

/// Everything a forgery may use.
pub struct World {
    pub hostile: Hostile,
    pub fortress: Side,
    pub breach: Side,
    /// The key of everybody who is honest.
    pub honest: Key,
    /// The attacker's.
    pub evil: Key,
    wire: Wire,
    count: Cell<usize>,
    /// The proposal on each side that forged reviews are about.
    pub reviewed: RefCell<BTreeMap<&'static str, Value>>,
    _home: TempDir,
}

/// The release binary and the sabotaged one; `None` after saying that the test is skipped.
pub fn binaries() -> Option<(PathBuf, PathBuf)> {
    Some((
        rustine_testkit::binary()?,
        rustine_testkit::sabotaged_binary()?,
    ))
}

impl World {
    /// Starts the nodes with a dataset each and the attacker.
    pub fn start(honest: &Path, sabotaged: &Path) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder can be made");
        let authority = Authority::new();
        let ca_file = home.path().join("authority.pem");
        authority.write(&ca_file);
        let names = NAMES.map(str::to_owned);
        let hostile = Hostile::start(&authority, [127, 0, 0, 33], &names);
        let hosts = ["fortress.test", "breach.test"];
        let ports = [free_port(), free_port()];
        let proxies = [
            TlsProxy::start(&authority, hosts[0], [127, 0, 0, 31], ports[0]),
            TlsProxy::start(&authority, hosts[1], [127, 0, 0, 32], ports[1]),
        ];
        let mut addresses = BTreeMap::new();
        for name in NAMES {
            addresses.insert(name.to_owned(), hostile.address());
        }
        for (host, proxy) in hosts.iter().zip(&proxies) {
            addresses.insert((*host).to_owned(), proxy.address());
        }
        let resolve: String = addresses
            .iter()
            .map(|(name, address)| format!("{name:?} = \"{address}\"\n"))
            .collect();
        let settings = format!(
            "[outbound]\nallow = [\"127.0.0.0/8\"]\nca_file = {ca_file:?}\n[outbound.resolve]\n{resolve}\
             [limits]\nreplica_entries = {}\n",
            stories::QUOTA
        );
        let [first, second] = proxies;
        let browser = authority.browser(&[(hosts[0], &first), (hosts[1], &second)]);
        let side = |at: usize, binary: &Path, proxy: TlsProxy, off: Option<PathBuf>| {
            let options = Options {
                origin: Some(format!("https://{}", hosts[at])),
                port: Some(ports[at]),
                browser: Some(browser.clone()),
                settings: settings.clone(),
                environment: off
                    .iter()
                    .map(|file| (VARIABLE.to_owned(), file.display().to_string()))
                    .collect(),
                ..Options::default()
            };
            let mut node = Node::init(binary, ["fortress", "breach"][at], options);
            publish_places(&node, 10);
            import_again(&node, "brouillon", &places::table(2));
            publish(&node, "ferme", &places::table(2));
            publish(&node, "votes", &places::table(2));
            let _ = node.call(&["dataset", "close", "ferme"]).done();
            let _ = node.call(&["block", "add", "blocked.test"]).done();
            node.serve();
            Side {
                host: hosts[at],
                node,
                off,
                _proxy: proxy,
            }
        };
        let off = home.path().join("off");
        fs::write(&off, "").expect("the temporary folder can be written");
        let world = Self {
            fortress: side(0, honest, first, None),
            breach: side(1, sabotaged, second, Some(off)),
            wire: Wire::new(&authority, addresses),
            hostile,
            honest: Key::fresh(),
            evil: Key::fresh(),
            count: Cell::new(0),
            reviewed: RefCell::default(),
            _home: home,
        };
        world.person("evil.test", "mallory", &world.evil);
        world.person("victim.test", "alice", &world.honest);
        world.person("victim.test", "bob", &world.honest);
        world
    }

    /// A number that nobody had before.
    pub fn fresh(&self) -> usize {
        self.count.set(self.count.get() + 1);
        self.count.get()
    }

    /// Switches every check on again.
    pub fn heal(&self) {
        let side = &self.breach;
        Scene { world: self, side }.switch_off(&[]);
    }

    /// Puts a person's actor on the attacker's machine; returns its id.
    pub fn person(&self, host: &str, name: &str, key: &Key) -> String {
        let id = format!("https://{host}/users/{name}");
        self.put_actor(&id, &actor(&id, "Person", key));
        id
    }

    /// Puts an actor at an address.
    pub fn put_actor(&self, url: &str, actor: &Value) {
        let document = Document::of("application/activity+json", actor.to_string());
        self.hostile.put(url, document);
    }
}

/// An actor document as an honest server writes it.
pub fn actor(id: &str, kind: &str, key: &Key) -> Value {
    let (origin, name) = (origin_of(id), id.rsplit('/').next().unwrap_or_default());
    json!({
        "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
        "id": id,
        "type": kind,
        "preferredUsername": name,
        "inbox": format!("{id}/inbox"),
        "outbox": format!("{id}/outbox"),
        "followers": format!("{id}/followers"),
        "endpoints": {"sharedInbox": format!("{origin}/inbox")},
        "publicKey": {"id": format!("{id}#main-key"), "owner": id, "publicKeyPem": key.pem()},
    })
}

/// `https://host` of a URL.
pub fn origin_of(url: &str) -> String {
    url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

/// Somebody whom nobody met before.
pub fn somebody(scene: &Scene<'_>) -> String {
    let name = format!("o{}", scene.world.fresh());
    scene
        .world
        .person(spread(scene), &name, &scene.world.honest)
}

/// A domain of the attacker's. The actors of one are fetched within a budget.
pub fn spread(scene: &Scene<'_>) -> &'static str {
    let hosts = ["media.test", "moved.test", "late.test", "other.test"];
    hosts[scene.world.fresh() / 2 % hosts.len()]
}

/// One side, as a forgery sees it.
pub struct Scene<'w> {
    pub world: &'w World,
    pub side: &'w Side,
}

impl Scene<'_> {
    /// The origin of the node.
    pub fn origin(&self) -> String {
        format!("https://{}", self.side.host)
    }

    /// The node's dataset.
    pub fn dataset(&self) -> String {
        format!("{}/datasets/{LIEUX}", self.origin())
    }

    /// A fresh id of an activity of somebody's server.
    pub fn id(&self, actor: &str) -> String {
        let word = uuid::Uuid::new_v4();
        format!("{}/activities/{word}", origin_of(actor))
    }

    /// An activity of `actor`, who is the attacker's or the honest people's by name.
    pub fn draft(&self, actor: &str, kind: &str, object: &Value) -> Draft {
        let activity = json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": self.id(actor),
            "type": kind,
            "actor": actor,
            "object": object,
        });
        let key = match origin_of(actor).as_str() {
            "https://evil.test" | "https://blocked.test" => &self.world.evil,
            _ => &self.world.honest,
        };
        let key_id = format!("{actor}#main-key");
        Draft::new(self.side.host, "/inbox", activity, key, &key_id)
    }

    /// The most ordinary request: somebody follows the dataset.
    pub fn follow(&self, actor: &str) -> Draft {
        self.draft(actor, "Follow", &json!(self.dataset()))
    }

    /// Sends a letter to the node.
    pub fn send(&self, letter: &Letter) -> Answer {
        self.send_from(client_address(self.world.fresh()), letter)
    }

    /// Sends a letter from this address.
    pub fn send_from(&self, from: [u8; 4], letter: &Letter) -> Answer {
        self.world.wire.send(self.side.host, from, &letter.bytes())
    }

    /// Sends an honest draft and waits until it was worked off; returns its row in the inbox.
    pub fn deliver(&self, draft: &Draft) -> String {
        let answer = self.send(&draft.seal());
        assert_eq!(answer.status, 202, "{} {}", draft.activity, answer.text);
        self.worked_off(draft.activity["id"].as_str().unwrap_or_default())
    }

    /// Waits until an activity was worked off; returns its row in the inbox.
    pub fn worked_off(&self, id: &str) -> String {
        let needle = format!("activity_id='{id}");
        wait::until(&format!("{id} to be worked off"), SOON_S, || {
            let state = State::of(&self.side.node);
            let rows = state.table("inbox").iter();
            // The latest, where one id has several rows.
            let row = rows.rev().find(|row| row.contains(&needle))?.clone();
            (!row.contains("state='pending'")).then_some(row)
        })
    }

    /// Waits until whatever came into the inbox after `before` was worked off; returns the last such row. An id
    /// may be written otherwise than it was sent, so this goes by the order of arrival.
    pub fn next_worked_off(&self, before: &State) -> String {
        let known = before.table("inbox").len();
        wait::until("the next activity to be worked off", SOON_S, || {
            let state = State::of(&self.side.node);
            let rows = state.table("inbox");
            let row = rows.last().filter(|_| rows.len() > known)?.clone();
            (!row.contains("state='pending'")).then_some(row)
        })
    }

    /// What the node holds, once nothing is under way any more.
    pub fn state(&self) -> State {
        wait::until("the node to rest", SOON_S, || {
            let state = State::of(&self.side.node);
            let waiting = |table: &str, word: &str| {
                state
                    .table(table)
                    .iter()
                    .any(|row| row.contains(&format!("state='{word}'")))
            };
            (!waiting("inbox", "pending") && !waiting("outbox", "queued")).then_some(state)
        })
        // Digests for followers are written by the clock, whatever anybody sends.
        .without(&["leases", "sessions", "notes"])
        // So are looks at partners, at how far their copies are, at their queues and at moderation logs.
        .without(&[
            "peer_facts",
            "replica_heads",
            "remote_queues",
            "modlog_copies",
        ])
        .without_rows("outbox", |row| row.contains("object_key='notes:"))
        // What was erased is purged from the search index by the clock too; what is indexed stands in the rows.
        .without(&["rows_search_data", "rows_search_idx"])
        .without_rows("instance", |row| row.contains("key='purge_due'"))
    }

    /// Switches checks off; only the breach has switches.
    pub fn switch_off(&self, checks: &[Check]) {
        let names: Vec<&str> = checks.iter().map(|check| check.name()).collect();
        let file = self
            .side
            .off
            .as_ref()
            .expect("only the breach has switches");
        let draft = file.with_extension("new");
        fs::write(&draft, names.join("\n")).expect("the temporary folder can be written");
        fs::rename(&draft, file).expect("a file can be renamed");
    }
}
