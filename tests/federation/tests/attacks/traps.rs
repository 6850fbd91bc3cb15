//! Datasets of the attacker: real logs, rightly signed, on a hostile server, which the nodes copy; and entries
//! with something wrong that are signed anew, so that only the named rule can notice.

use std::collections::BTreeMap;
use std::convert::Infallible;

use rustine_domain::ids::{DatasetUid, FieldName, Hash, RowId, Salt};
use rustine_domain::json;
use rustine_domain::key::{LogKey, commitment_of};
use rustine_domain::log::{Chain, EntryDraft, Genesis, Kind, Meta, Op, RowState, Rows, Signed};
use rustine_domain::time::Timestamp;
use rustine_domain::tree::MemoryTree;
use rustine_testkit::hostile::{Document, unix_seconds};
use rustine_testkit::inspect::State;
use rustine_testkit::wait;
use rustine_tests_federation::SOON_S;
use serde_json::{Map, Value, json};

use crate::letter::Draft;
use crate::offers::Seen;
use crate::world::{Scene, World, actor};

/// Where traps stand.
const HOST: &str = "piege.test";

/// The rows of a trap.
#[derive(Clone, Default)]
pub struct Table {
    rows: BTreeMap<RowId, RowState>,
    tree: MemoryTree,
}

impl Rows for Table {
    type Error = Infallible;
    fn row(&mut self, row: RowId) -> Result<Option<RowState>, Infallible> {
        Ok(self.rows.get(&row).cloned())
    }
}

/// A hostile dataset.
#[derive(Clone)]
pub struct Trap {
    pub name: String,
    pub url: String,
    pub uid: DatasetUid,
    pub key: LogKeys,
    pub chain: Chain,
    pub table: Table,
    pub row: RowId,
    /// The keys before a rotation.
    pub spent: Option<LogKeys>,
    lines: Vec<String>,
}

/// The log key and the recovery key, by their seeds.
#[derive(Clone, Copy)]
pub struct LogKeys {
    log: [u8; 32],
    recovery: [u8; 32],
}

impl LogKeys {
    /// Keys that nobody had before.
    pub fn fresh() -> Self {
        Self {
            log: seed(),
            recovery: seed(),
        }
    }

    pub fn log(self) -> LogKey {
        LogKey::from_seed(self.log)
    }

    pub fn recovery(self) -> LogKey {
        LogKey::from_seed(self.recovery)
    }
}

/// A fresh key, as an attacker has any number of them.
pub fn any_key() -> LogKey {
    LogKey::from_seed(seed())
}

fn seed() -> [u8; 32] {
    let (one, two) = (uuid::Uuid::new_v4(), uuid::Uuid::new_v4());
    let mut seed = [0; 32];
    seed[..16].copy_from_slice(one.as_bytes());
    seed[16..].copy_from_slice(two.as_bytes());
    seed
}

pub fn salt() -> Salt {
    Salt(*uuid::Uuid::new_v4().as_bytes())
}

pub fn row_id() -> RowId {
    RowId(uuid::Uuid::new_v4())
}

pub fn field(name: &str) -> FieldName {
    name.parse().expect("a field's name")
}

/// A meta that says little.
pub fn meta() -> Meta {
    let mut content = Map::new();
    content.insert("summary".to_owned(), json!("mise à jour"));
    Meta {
        salt: salt(),
        content,
    }
}

/// The present, as an origin signs it.
pub fn now() -> Timestamp {
    Timestamp::from_seconds(unix_seconds()).expect("the present has a timestamp")
}

impl Trap {
    /// Makes a log of genesis and one import, and serves it.
    pub fn set(world: &World) -> Self {
        let name = format!("piege{}", world.fresh());
        let trap = Self::claiming(&name, DatasetUid(uuid::Uuid::new_v4()));
        trap.serve(world);
        trap
    }

    /// Makes such a log under this name, with this uid and with keys of its own.
    pub fn claiming(name: &str, uid: DatasetUid) -> Self {
        let url = format!("https://{HOST}/datasets/{name}");
        let keys = LogKeys::fresh();
        let schema = json!({"fields": [{"name": "nom", "type": "string"}, {"name": "lieu", "type": "string"}]});
        let genesis = Genesis {
            uid,
            attributed_to: url.clone(),
            schema,
            meta: meta(),
            next: commitment_of(&keys.recovery().multikey()),
            forked_from: None,
        };
        let signed = genesis.sign(now(), &keys.log()).expect("an honest genesis");
        let row = row_id();
        let mut trap = Self {
            name: name.to_owned(),
            url,
            uid,
            key: keys,
            chain: signed.chain.clone(),
            table: Table::default(),
            row,
            spent: None,
            lines: vec![signed.entry.to_line()],
        };
        let cells = |nom: &str| {
            BTreeMap::from([
                (field("nom"), nom.to_owned()),
                (field("lieu"), "ici".to_owned()),
            ])
        };
        let ops = vec![
            Op::add(row, salt(), cells("un"), None),
            Op::add(row_id(), salt(), cells("deux"), None),
        ];
        let (signed, table) = trap.stage(EntryDraft::with_ops(
            Kind::Import { batch: None },
            meta(),
            ops,
        ));
        trap.keep(&signed, table);
        trap
    }

    /// Signs the next entry honestly, without keeping it.
    pub fn stage(&self, draft: EntryDraft) -> (Signed, Table) {
        let mut table = self.table.clone();
        let staged = match draft.stage(self.uid, &mut table) {
            Ok(staged) => staged,
            Err(problem) => panic!("an honest entry: {problem:?}"),
        };
        for change in &staged.changes {
            match &change.after {
                Some(state) => table.rows.insert(change.row, state.clone()),
                None => table.rows.remove(&change.row),
            };
            table.tree.put(change.row, change.hash);
        }
        let root = table.tree.root();
        let signed = staged.sign(&self.chain, root, now(), &self.key.log());
        (signed.expect("an honest entry"), table)
    }

    /// Signs the next entry without operations honestly; upkeep by the recovery key.
    pub fn sign(&self, draft: EntryDraft) -> Signed {
        let key = match draft.kind.handover() {
            Some(_) => self.key.recovery(),
            None => self.key.log(),
        };
        draft
            .sign(&self.chain, now(), &key)
            .expect("an honest entry")
    }

    /// Takes an entry into the log that is served.
    pub fn keep(&mut self, signed: &Signed, table: Table) {
        self.chain = signed.chain.clone();
        self.table = table;
        self.lines.push(signed.entry.to_line());
    }

    /// The commitment that the row holds in a field.
    pub fn held(&self, name: &str) -> Option<Hash> {
        self.table.rows[&self.row].commitment(self.uid, self.row, &field(name))
    }

    /// What can be read of the row.
    pub fn seen(&self) -> Seen {
        Seen {
            uid: self.uid,
            schema: self.chain.schema,
            row: self.row,
            state: self.table.rows[&self.row].clone(),
        }
    }

    /// Gives somebody a role, in the log.
    pub fn grant(&mut self, target: &str, key: &LogKey) {
        let mut meta = meta();
        let grant = json!({
            "id": format!("{}/grants/{}", self.url, uuid::Uuid::new_v4()),
            "target": target,
            "role": "write",
            "key": key.multikey().to_string(),
            "endTime": "2030-01-01T00:00:00Z",
        });
        meta.content.insert("grant".to_owned(), grant);
        let signed = self.sign(EntryDraft::new(Kind::Grant, meta));
        self.keep(&signed, self.table.clone());
    }

    /// The hash of the row.
    pub fn row_hash(&self) -> Hash {
        self.table.rows[&self.row].hash(self.uid, self.row)
    }

    /// The next correction: another name.
    pub fn correction(&self) -> (Signed, Table) {
        let op = Op::set(
            self.uid,
            self.row,
            field("nom"),
            self.held("nom"),
            Some((salt(), "autre".to_owned())),
        );
        self.stage(EntryDraft::with_ops(Kind::Patch, meta(), vec![op]))
    }

    /// Puts the documents at their addresses.
    pub fn serve(&self, world: &World) {
        self.serve_lines(world, self.chain.genesis, self.chain.entry, &self.lines);
    }

    /// As [`Trap::serve`], with the genesis of another log named.
    pub fn serve_under(&self, world: &World, genesis: Hash) {
        self.serve_lines(world, genesis, self.chain.entry, &self.lines);
    }

    /// As [`Trap::serve`], with one more line, which is this entry.
    pub fn serve_with(&self, world: &World, line: &str, entry: Hash) {
        let lines = [&self.lines[..], &[line.to_owned()]].concat();
        self.serve_lines(world, self.chain.genesis, entry, &lines);
    }

    /// The last entry that is served.
    pub fn last(&self) -> (Value, Value) {
        let line = self.lines.last().expect("a log has a genesis");
        let line: Value = serde_json::from_str(line).expect("we wrote it");
        (line["header"].clone(), line["body"].clone())
    }

    fn serve_lines(&self, world: &World, genesis: Hash, entry: Hash, all: &[String]) {
        let json_at = |url: &str, kind: &str, value: &Value| {
            world
                .hostile
                .put(url, Document::of(kind, value.to_string()));
        };
        let (name, url) = (&self.name, &self.url);
        let link = json!({"rel": "self", "type": "application/activity+json", "href": url});
        json_at(
            &format!("https://{HOST}/.well-known/webfinger?resource=acct:{name}@{HOST}"),
            "application/jrd+json",
            &json!({"subject": format!("acct:{name}@{HOST}"), "links": [link]}),
        );
        let mut group = actor(url, "Group", &world.honest);
        group["uid"] = json!(self.uid.to_string());
        group["genesis"] = json!(genesis.to_string());
        group["log"] = json!(format!("{url}/log"));
        group["audience"] = json!("public");
        world.put_actor(url, &group);
        json_at(
            &format!("{url}/log/head"),
            "application/json",
            &json!({
                "genesis": genesis.to_string(),
                "seq": all.len() - 1,
                "entry": entry.to_string(),
                "bodiesFrom": 0,
            }),
        );
        let lines = |from: usize| {
            let text: String = all[from..].iter().map(|line| format!("{line}\n")).collect();
            Document::of("application/jsonl", text)
        };
        world
            .hostile
            .put(&format!("{url}/log/entries"), lines(all.len()));
        for from in 0..all.len() {
            let page = format!("{url}/log/entries?from={from}&limit=500");
            world.hostile.put(&page, lines(from));
        }
    }

    /// Lets the node copy the trap.
    pub fn spring(&self, scene: &Scene<'_>) {
        let address = format!("{}@{HOST}", self.name);
        let _ = scene.side.node.call(&["replica", "add", &address]).done();
    }

    /// Waits until the copy stands at the head that is served.
    pub fn copied(&self, scene: &Scene<'_>) {
        let head = self.chain.entry;
        wait::until(&format!("the copy of {}", self.name), 3 * SOON_S, || {
            (self.head(&State::of(&scene.side.node)) == Some(head)).then_some(())
        });
    }

    /// The record of the copy on a node.
    pub fn record<'s>(&self, state: &'s State) -> Option<&'s String> {
        let needle = format!("url='{}'", self.url);
        let mut records = state.table("datasets").iter();
        records.find(|row| row.contains(&needle))
    }

    /// The head of the copy on a node.
    pub fn head(&self, state: &State) -> Option<Hash> {
        let row = self.record(state)?;
        let text = row.split(" entry=X'").nth(1)?.split('\'').next()?;
        let bytes: Option<Vec<u8>> = (0..text.len() / 2)
            .map(|at| u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok())
            .collect();
        Hash::from_bytes(&bytes?)
    }

    /// A push of an entry, as the dataset itself sends it.
    pub fn push(&self, scene: &Scene<'_>, header: &Value, body: &Value) -> Draft {
        let mut draft = scene.draft(&self.url, "Add", header);
        draft.activity["to"] = json!([format!("{}/actor", scene.origin())]);
        draft.activity["target"] = json!(format!("{}/log", self.url));
        draft.activity["body"] = body.clone();
        draft
    }
}

/// Signs a header anew, over whatever it says; the proof's own members stay as they are but for its value.
pub fn reseal(header: &mut Value, key: &LogKey) {
    let mut unsigned = header.as_object().cloned().unwrap_or_default();
    let proof = unsigned.remove("proof");
    let mut config = proof
        .and_then(|proof| proof.as_object().cloned())
        .unwrap_or_default();
    config.remove("proofValue");
    let mut input = [0; 64];
    input[..32].copy_from_slice(json::hash(&Value::Object(config)).as_bytes());
    input[32..].copy_from_slice(json::hash(&Value::Object(unsigned)).as_bytes());
    let value = format!("z{}", bs58::encode(key.sign(&input)).into_string());
    header["proof"]["proofValue"] = json!(value);
}

/// Names another key in the proof, and signs by it.
pub fn reseal_as(header: &mut Value, key: &LogKey) {
    let of = header["attributedTo"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    header["proof"]["verificationMethod"] = json!(format!("{of}#ed25519-{}", key.multikey()));
    reseal(header, key);
}

/// An entry as it travels.
pub fn parts(signed: &Signed) -> (Value, Value) {
    let entry = &signed.entry;
    (entry.header.to_json(), entry.body.to_json())
}
