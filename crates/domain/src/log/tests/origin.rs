//! An origin in memory: makes logs with salts and ids from a counter.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use uuid::Builder;

use super::super::*;
use super::table::{Outcome, Replica, Table};
use crate::ids::{FieldName, RowId, Salt};
use crate::json::sha256;
use crate::key::{LogKey, commitment_of};
use crate::proof;
use crate::time::Timestamp;

pub(super) const ADDRESS: &str = "https://a.example/datasets/lieux";

#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) chain: Chain,
    pub(super) table: Table,
    pub(super) lines: Vec<String>,
    pub(super) key: LogKey,
    pub(super) recovery: LogKey,
    drawn: u64,
}

pub(super) fn log_key(number: u8) -> LogKey {
    LogKey::from_seed([number; 32])
}

pub(super) fn field(name: &str) -> FieldName {
    name.parse().unwrap()
}

pub(super) fn cells(cells: &[(&str, &str)]) -> BTreeMap<FieldName, String> {
    let cells = cells.iter();
    cells
        .map(|(name, value)| (field(name), (*value).to_owned()))
        .collect()
}

pub(super) fn meta(content: Value) -> Meta {
    let Value::Object(content) = content else {
        panic!("a meta's content is an object");
    };
    let salt = Salt([9; 16]);
    Meta { salt, content }
}

pub(super) fn time(seconds: i64) -> Timestamp {
    let start: Timestamp = "2026-11-21T10:00:00Z".parse().unwrap();
    start.plus_seconds(seconds)
}

impl Origin {
    /// A log with its genesis entry.
    pub(super) fn new() -> Self {
        let (key, recovery) = (log_key(1), log_key(101));
        let genesis = Genesis {
            uid: "urn:uuid:7dcaea22-d9e9-407e-af4e-e1ecfb521371"
                .parse()
                .unwrap(),
            attributed_to: ADDRESS.to_owned(),
            schema: json!({"title": "Lieux", "fields": [{"name": "nom"}]}),
            meta: meta(json!({})),
            next: commitment_of(&recovery.multikey()),
            forked_from: None,
        };
        let signed = genesis.sign(time(0), &key).unwrap();
        Self {
            lines: vec![signed.entry.to_line()],
            chain: signed.chain,
            table: Table::default(),
            key,
            recovery,
            drawn: 0,
        }
    }

    /// A log with three rows.
    pub(super) fn with_rows() -> (Self, Vec<RowId>) {
        let mut origin = Self::new();
        let rows: Vec<RowId> = (0..3).map(|_| origin.row_id()).collect();
        let add = |(at, row): (usize, &RowId)| {
            let salt = Salt([at as u8; 16]);
            Op::add(*row, salt, cells(&[("nom", "a"), ("places", "1")]), None)
        };
        let ops = rows.iter().enumerate().map(add).collect();
        origin.import(ops);
        (origin, rows)
    }

    fn draw(&mut self) -> [u8; 16] {
        self.drawn += 1;
        let hash = sha256(&self.drawn.to_be_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash.0[..16]);
        bytes
    }

    pub(super) fn salt(&mut self) -> Salt {
        Salt(self.draw())
    }

    pub(super) fn row_id(&mut self) -> RowId {
        RowId(Builder::from_random_bytes(self.draw()).into_uuid())
    }

    /// The time of the next entry.
    pub(super) fn now(&self) -> Timestamp {
        self.chain.time.plus_seconds(1)
    }

    /// A set of one cell from what the table holds.
    pub(super) fn set(&mut self, row: RowId, name: &str, value: Option<&str>) -> Op {
        let name = field(name);
        let held = self.table.rows.get(&row);
        let base = held.and_then(|state| state.commitment(self.chain.uid, row, &name));
        let new = value.map(|value| (self.salt(), value.to_owned()));
        Op::set(self.chain.uid, row, name, base, new)
    }

    pub(super) fn del(&self, row: RowId) -> Op {
        Op::del(row, self.table.rows[&row].hash(self.chain.uid, row))
    }

    pub(super) fn import(&mut self, ops: Vec<Op>) -> Signed {
        let draft = EntryDraft::with_ops(Kind::Import { batch: None }, meta(json!({})), ops);
        self.append(draft)
    }

    pub(super) fn patch(&mut self, ops: Vec<Op>) -> Signed {
        self.append(EntryDraft::with_ops(Kind::Patch, meta(json!({})), ops))
    }

    pub(super) fn redact(&mut self, targets: Vec<Target>) -> Signed {
        let known: Redactions = targets.iter().cloned().collect();
        let signed = self.append(EntryDraft::new(Kind::Redact(targets), meta(json!({}))));
        self.table.erase(self.chain.uid, &known);
        signed
    }

    /// A rotate to the next pair of keys, or a move where an address is given.
    pub(super) fn rotate(&mut self, number: u8, moved_to: Option<&str>) -> Signed {
        let (key, recovery) = (log_key(number), log_key(100 + number));
        let handover = Handover {
            key: key.multikey(),
            by: self.recovery.multikey(),
            next: commitment_of(&recovery.multikey()),
        };
        let kind = match moved_to {
            None => Kind::Rotate(handover),
            Some(address) => Kind::Move {
                handover,
                moved_to: address.to_owned(),
            },
        };
        let draft = EntryDraft::new(kind, meta(json!({})));
        let signed = draft.sign(&self.chain, self.now(), &self.recovery).unwrap();
        self.key = key;
        self.recovery = recovery;
        self.keep(signed)
    }

    pub(super) fn close(&mut self) -> Signed {
        let kind = Kind::Close {
            keep: true,
            successor: None,
        };
        self.append(EntryDraft::new(kind, meta(json!({}))))
    }

    pub(super) fn append(&mut self, draft: EntryDraft) -> Signed {
        let staged = draft.stage(self.chain.uid, &mut self.table).unwrap();
        let root = self.table.write(&staged.changes);
        let signed = staged
            .sign(&self.chain, root, self.now(), &self.key)
            .unwrap();
        self.keep(signed)
    }

    fn keep(&mut self, signed: Signed) -> Signed {
        self.chain = signed.chain.clone();
        self.lines.push(signed.entry.to_line());
        signed
    }

    /// A replica that has read the whole log.
    pub(super) fn replica(&self) -> Replica {
        let mut replica = Replica::default();
        for line in &self.lines {
            let outcome = replica.take(line.as_bytes());
            assert!(matches!(outcome, Outcome::Applied(_)), "{outcome:?}");
        }
        replica
    }

    /// The header that a draft would get, changed as JSON and signed again by a key.
    pub(super) fn forge(
        &self,
        draft: EntryDraft,
        key: &LogKey,
        change: impl FnOnce(&mut Map<String, Value>),
    ) -> Value {
        let signed = draft.sign(&self.chain, self.now(), &self.key).unwrap();
        resign(&signed.entry.header.to_json(), key, change)
    }
}

/// Changes a header and signs it again, consistently, by a key.
pub(super) fn resign(
    header: &Value,
    key: &LogKey,
    change: impl FnOnce(&mut Map<String, Value>),
) -> Value {
    let mut header = header.as_object().unwrap().clone();
    change(&mut header);
    let address = header["attributedTo"].as_str().unwrap_or_default();
    let method = format!("{address}#ed25519-{}", key.multikey());
    let created = header["time"].as_str().and_then(|text| text.parse().ok());
    proof::sign(&mut header, key, &method, created.unwrap_or(time(0)));
    Value::Object(header)
}
