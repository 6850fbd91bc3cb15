//! What tests of copies stand on, here and in the crates above: an origin that makes logs in memory, and an
//! instance on a temporary database with a clock that stands still. Never in a shipped binary.

use std::collections::BTreeMap;
use std::convert::Infallible;

use rustine_domain::ids::{FieldName, Hash, RowId, Salt};
use rustine_domain::key::{LogKey, commitment_of};
use rustine_domain::log::{
    Chain, EntryDraft, Genesis, Handover, Header, Kind, Line, Meta, Op, Redactions, RowState, Rows,
    Signed, Step, Target, Withheld, redact,
};
use rustine_domain::proof;
use rustine_domain::time::Timestamp;
use rustine_domain::tree::MemoryTree;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::replicas::add::Learned;

mod keys;
mod node;

pub use keys::RecycledKeys;
pub use node::{TestApp, differing, instance, peer};

/// When the tests take place, in seconds since the epoch.
pub const NOW: u64 = 1_790_000_000;

/// An origin that keeps its rows and its log in memory.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The chain at its head.
    pub chain: Chain,
    /// Its log, one line for each entry.
    pub lines: Vec<String>,
    /// The log key in force.
    pub key: LogKey,
    /// The recovery key that may rotate next.
    pub recovery: LogKey,
    /// The rows.
    pub rows: BTreeMap<RowId, RowState>,
    added: u32,
    drawn: u8,
}

struct Held<'a>(&'a BTreeMap<RowId, RowState>);

impl Rows for Held<'_> {
    type Error = Infallible;
    fn row(&mut self, row: RowId) -> Result<Option<RowState>, Infallible> {
        Ok(self.0.get(&row).cloned())
    }
}

/// The row with a number.
pub fn row(number: u32) -> RowId {
    RowId(Uuid::from_u128(
        0x1000_0000_0000_4000_8000_0000_0000_0000 + u128::from(number) * 0x1_0000_0001,
    ))
}

/// A field by its name.
pub fn field(name: &str) -> FieldName {
    name.parse().expect("tests name fields rightly")
}

/// A schema with the fields `nom` and `places`.
pub fn schema(title: &str) -> Value {
    json!({
        "title": title,
        "audience": "public",
        "licenses": [{"name": "ODbL-1.0"}],
        "fields": [{"name": "nom", "type": "string"}, {"name": "places", "type": "string"}],
    })
}

impl Origin {
    /// A log with its genesis, of the dataset at `url`.
    pub fn new(url: &str) -> Self {
        let (key, recovery) = (LogKey::from_seed([1; 32]), LogKey::from_seed([101; 32]));
        let genesis = Genesis {
            uid: "urn:uuid:7dcaea22-d9e9-407e-af4e-e1ecfb521371"
                .parse()
                .expect("the uid is well formed"),
            attributed_to: url.to_owned(),
            schema: schema("Lieux"),
            meta: meta(),
            next: commitment_of(&recovery.multikey()),
            forked_from: None,
        };
        let signed = genesis.sign(now(), &key).expect("the genesis holds");
        Self {
            lines: vec![signed.entry.to_line()],
            chain: signed.chain,
            key,
            recovery,
            rows: BTreeMap::new(),
            added: 0,
            drawn: 0,
        }
    }

    /// Adds rows with a `nom` and a `places`, numbered from 1 on.
    pub fn import(&mut self, count: u32) {
        self.import_named(count, "lieu");
    }

    /// The same, with names of some kilobytes: thirty of them make an entry that is taken as a large one.
    pub fn import_long(&mut self, count: u32) {
        self.import_named(count, &"lieu".repeat(1000));
    }

    /// Loses its rows, and numbers new ones from 1 on again.
    pub fn forget_rows(&mut self) {
        self.rows.clear();
        self.added = 0;
    }

    fn import_named(&mut self, count: u32, name: &str) {
        let first = self.added + 1;
        self.added += count;
        let ops = (first..first + count)
            .map(|number| {
                let cells = [
                    (field("nom"), format!("{name} {number}")),
                    (field("places"), "1".to_owned()),
                ];
                Op::add(row(number), self.salt(), cells.into(), None)
            })
            .collect();
        let kind = Kind::Import { batch: None };
        self.append(EntryDraft::with_ops(kind, meta(), ops));
    }

    /// Sets one cell.
    pub fn set(&mut self, row: RowId, name: &str, value: &str) {
        let base = self.commitment(row, name);
        let new = Some((self.salt(), value.to_owned()));
        let op = Op::set(self.chain.uid, row, field(name), base, new);
        self.append(EntryDraft::with_ops(Kind::Patch, meta(), vec![op]));
    }

    /// Deletes one row.
    pub fn delete(&mut self, row: RowId) {
        let op = Op::del(row, self.rows[&row].hash(self.chain.uid, row));
        self.append(EntryDraft::with_ops(Kind::Patch, meta(), vec![op]));
    }

    /// Sets another schema.
    pub fn schema(&mut self, title: &str) {
        self.append(EntryDraft::schema(schema(title), meta()));
    }

    /// An entry without operations: a policy with this quorum.
    pub fn policy(&mut self, quorum: u32) {
        let policy = json!({"quorum": quorum, "instances": 1});
        self.append(EntryDraft::policy(policy, meta()));
    }

    /// The line at a number without one value, in the form in which a source serves it that withholds the value.
    pub fn line_without(&self, seq: usize, row: RowId, name: &str) -> String {
        let mut line = self.line(seq);
        let mut body = line
            .read_body()
            .expect("the origin writes bodies that can be read")
            .expect("the origin holds every body");
        let cell = body
            .ops
            .iter()
            .find_map(|op| match op {
                Op::Set {
                    row: of,
                    field: named,
                    new: Some(new),
                    ..
                } if *of == row && named.as_str() == name => Some(new.commitment),
                Op::Add { row: of, state, .. } if *of == row => {
                    state.commitment(self.chain.uid, row, &field(name))
                }
                _ => None,
            })
            .expect("the entry sets the cell");
        let target = Target::Cell {
            seq: 0,
            row,
            field: field(name),
            cell,
        };
        let known: Redactions = [target].into_iter().collect();
        redact::body(&mut body, self.chain.uid, line.header.seq, &known);
        line.withheld = vec![Withheld::Cell {
            row,
            field: field(name),
            cell,
        }];
        let text = body.to_text();
        rustine_domain::log::line::write(line.header.text(), Some(&text), &line.withheld)
    }

    /// Erases the present value of a cell.
    pub fn redact(&mut self, row: RowId, name: &str, first: u64) {
        let target = Target::Cell {
            seq: first,
            row,
            field: field(name),
            cell: self.commitment(row, name).expect("the cell is there"),
        };
        self.append(EntryDraft::new(Kind::Redact(vec![target.clone()]), meta()));
        let known: Redactions = [target].into_iter().collect();
        let uid = self.chain.uid;
        redact::row(
            self.rows.get_mut(&row).expect("the row is there"),
            uid,
            row,
            &known,
        );
    }

    /// Erases the meta of an entry.
    pub fn redact_meta(&mut self, seq: u64) {
        self.append(EntryDraft::new(
            Kind::Redact(vec![Target::Meta { seq }]),
            meta(),
        ));
    }

    /// Hands over to the next pair of keys.
    pub fn rotate(&mut self) {
        let number = self.key.seed()[0] + 1;
        let (key, recovery) = (
            LogKey::from_seed([number; 32]),
            LogKey::from_seed([100 + number; 32]),
        );
        let kind = Kind::Rotate(Handover {
            key: key.multikey(),
            by: self.recovery.multikey(),
            next: commitment_of(&recovery.multikey()),
        });
        let signed = EntryDraft::new(kind, meta())
            .sign(&self.chain, self.next_time(), &self.recovery)
            .expect("the rotation holds");
        self.key = key;
        self.recovery = recovery;
        self.keep(signed);
    }

    /// A rotation as a thief of the log key would make it who even knew the public part of the recovery key: signed
    /// by the log key.
    pub fn forged_rotation(&self) -> String {
        let mut owner = self.clone();
        owner.rotate();
        let line = owner.line(owner.lines.len() - 1);
        let mut header = as_object(line.header.to_json());
        let method = format!(
            "{}#ed25519-{}",
            self.chain.attributed_to,
            self.key.multikey()
        );
        proof::sign(&mut header, &self.key, &method, line.header.time);
        json!({"header": header, "body": line.body}).to_string()
    }

    /// Gives a person elsewhere a role.
    pub fn grant(&mut self, id: &str, target: &str, role: &str, key: &str) {
        let mut meta = meta();
        let grant = json!({
            "id": id,
            "target": target,
            "role": role,
            "key": key,
            "endTime": now().plus_seconds(180 * 86_400),
        });
        meta.content.insert("grant".to_owned(), grant);
        self.append(EntryDraft::new(Kind::Grant, meta));
    }

    /// Takes a role back.
    pub fn revoke(&mut self, id: &str) {
        let mut meta = meta();
        meta.content.insert("grant".to_owned(), json!({"id": id}));
        self.append(EntryDraft::new(Kind::Revoke, meta));
    }

    /// Hands over to the next pair of keys, and to another address.
    pub fn moves_to(&mut self, address: &str, key: &LogKey, next: Hash) {
        let kind = Kind::Move {
            handover: Handover {
                key: key.multikey(),
                by: self.recovery.multikey(),
                next,
            },
            moved_to: address.to_owned(),
        };
        let signed = EntryDraft::new(kind, meta())
            .sign(&self.chain, self.next_time(), &self.recovery)
            .expect("the move holds");
        self.key = key.clone();
        self.keep(signed);
    }

    /// Ends the dataset.
    pub fn close(&mut self) {
        let kind = Kind::Close {
            keep: true,
            successor: None,
        };
        self.append(EntryDraft::new(kind, meta()));
    }

    /// Appends an entry of a kind that no version knows yet.
    pub fn unknown(&mut self) {
        let draft = EntryDraft::policy(json!({"quorum": 1, "instances": 1}), meta());
        let signed = draft
            .sign(&self.chain, self.next_time(), &self.key)
            .expect("the entry holds");
        let mut header = as_object(signed.entry.header.to_json());
        header.insert("kind".into(), "poll".into());
        header.remove("policy");
        let method = format!(
            "{}#ed25519-{}",
            self.chain.attributed_to,
            self.key.multikey()
        );
        proof::sign(&mut header, &self.key, &method, self.next_time());
        let line = json!({"header": header, "body": {"ops": [], "meta": null}}).to_string();
        let read = Line::parse(line.as_bytes()).expect("an unknown kind can be read");
        match self.chain.follow(&read.header) {
            Ok(Step::UpgradeNeeded(next)) => self.chain = *next,
            other => panic!("an unknown kind gave {other:?}"),
        }
        // The origin runs the later version: for it, nothing has stopped.
        self.chain.stopped = None;
        self.lines.push(line);
    }

    /// The entry at a number.
    pub fn line(&self, seq: usize) -> Line {
        Line::parse(self.lines[seq].as_bytes()).expect("the origin writes entries that can be read")
    }

    /// The header at a number.
    pub fn header(&self, seq: usize) -> Header {
        self.line(seq).header
    }

    /// What an operator learns of the dataset before its log is read.
    pub fn learned(&self, address: &str) -> Learned {
        Learned {
            address: address.parse().expect("tests name datasets rightly"),
            url: self.chain.attributed_to.clone(),
            uid: self.chain.uid,
            genesis: self.chain.genesis,
            inbox: None,
            from: None,
        }
    }

    /// The commitment to the present value of a cell.
    pub fn commitment(&self, row: RowId, name: &str) -> Option<Hash> {
        let state = self.rows.get(&row)?;
        state.commitment(self.chain.uid, row, &field(name))
    }

    fn salt(&mut self) -> Salt {
        self.drawn = self.drawn.wrapping_add(1);
        Salt([self.drawn; 16])
    }

    fn next_time(&self) -> Timestamp {
        self.chain.time.plus_seconds(1)
    }

    fn append(&mut self, draft: EntryDraft) {
        let uid = self.chain.uid;
        let Ok(staged) = draft.stage(uid, &mut Held(&self.rows)) else {
            panic!("the operations hold");
        };
        for change in &staged.changes {
            match &change.after {
                Some(state) => self.rows.insert(change.row, state.clone()),
                None => self.rows.remove(&change.row),
            };
        }
        let mut tree = MemoryTree::new();
        for (row, state) in &self.rows {
            tree.put(*row, Some(state.hash(uid, *row)));
        }
        let signed = staged
            .sign(&self.chain, tree.root(), self.next_time(), &self.key)
            .expect("the entry holds");
        self.keep(signed);
    }

    fn keep(&mut self, signed: Signed) {
        self.lines.push(signed.entry.to_line());
        self.chain = signed.chain;
    }
}

fn as_object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

fn meta() -> Meta {
    Meta {
        salt: Salt([9; 16]),
        content: Map::new(),
    }
}

/// [`NOW`], as the log writes it.
pub fn now() -> Timestamp {
    Timestamp::from_seconds(NOW.cast_signed()).expect("tests stay before the year 10000")
}
