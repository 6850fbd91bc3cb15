//! Writes the seeds of the log into `corpus`: `cargo run --bin seeds`. A fuzzer never guesses a signature, so these are
//! signed here, with keys that everybody may know. The other seeds are written by hand.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::path::Path;

use rustine_domain::ids::{DatasetUid, Hash, RowId, Salt};
use rustine_domain::key::{LogKey, commitment_of};
use rustine_domain::log::snapshot::row_line;
use rustine_domain::log::{
    BatchPart, Chain, EntryDraft, Genesis, Handover, Header, Kind, Meta, Op, Redactions, RowState,
    Rows, Signed, SnapshotLine, Target, redact,
};
use rustine_domain::tree::{MemoryTree, bucket_of};
use serde_json::{Value, json};

const ROWS: [&str; 3] = [
    "226cc6c9-53e0-4b8a-ab80-d5637d592fcd",
    "15aafc3d-bb02-40fa-a635-820df82cbaf9",
    "35e41f7f-7234-4d3b-a03e-0693ab4a245b",
];

#[derive(Default)]
struct Table(BTreeMap<RowId, RowState>);

impl Rows for Table {
    type Error = Infallible;
    fn row(&mut self, row: RowId) -> Result<Option<RowState>, Infallible> {
        Ok(self.0.get(&row).cloned())
    }
}

struct Origin {
    chain: Chain,
    header: Header,
    key: LogKey,
    table: Table,
    lines: Vec<String>,
}

fn main() {
    let mut origin = Origin::new();
    origin.append(EntryDraft::with_ops(
        Kind::Import { batch: None },
        meta(1),
        adds(),
    ));
    let rows = ROWS.map(|row| row.parse::<RowId>().expect("an id"));
    let ops = vec![
        origin.set(rows[0], Some("Étincelle")),
        origin.set(rows[1], None),
        origin.del(rows[2]),
    ];
    origin.append(EntryDraft::with_ops(Kind::Patch, meta(2), ops));
    let field = "nom".parse().expect("a name");
    let cell = origin.table.0[&rows[0]]
        .commitment(origin.chain.uid, rows[0], &field)
        .expect("a cell");
    let targets = vec![
        Target::Cell {
            seq: 2,
            row: rows[0],
            field,
            cell,
        },
        Target::Meta { seq: 1 },
    ];
    origin.append(EntryDraft::new(Kind::Redact(targets), meta(3)));
    origin.append(EntryDraft::policy(
        json!({"quorum": 2, "instances": 1}),
        meta(4),
    ));
    let part = BatchPart {
        id: rows[2].0.into(),
        n: 1,
        of: 2,
    };
    origin.append(EntryDraft::with_ops(
        Kind::Import { batch: Some(part) },
        meta(5),
        Vec::new(),
    ));
    origin.rotate();
    origin.append(EntryDraft::new(
        Kind::Close {
            keep: true,
            successor: None,
        },
        meta(7),
    ));
    origin.write();
}

fn meta(number: u8) -> Meta {
    let Value::Object(content) = json!({"summary": format!("n° {number}")}) else {
        unreachable!("an object was written");
    };
    Meta {
        salt: Salt([number; 16]),
        content,
    }
}

fn adds() -> Vec<Op> {
    let texts = [
        ("L'Étincelle", "12"),
        ("\"Labo\" \\ \u{1}", ""),
        ("\u{10000}", "007"),
    ];
    let rows = ROWS.iter().zip(texts).enumerate();
    rows.map(|(at, (row, (name, places)))| {
        let cells = [("nom", name), ("places", places), ("_order", "a1")];
        let cells = cells.map(|(field, text)| (field.parse().expect("a name"), text.to_owned()));
        let salt = Salt([at as u8 + 50; 16]);
        Op::add(
            row.parse().expect("an id"),
            salt,
            BTreeMap::from(cells),
            None,
        )
    })
    .collect()
}

impl Origin {
    fn new() -> Self {
        let (key, recovery) = (LogKey::from_seed([1; 32]), LogKey::from_seed([2; 32]));
        let fields =
            json!([{"name": "nom", "type": "string"}, {"name": "places", "type": "integer"}]);
        let genesis = Genesis {
            uid: "urn:uuid:7dcaea22-d9e9-407e-af4e-e1ecfb521371"
                .parse::<DatasetUid>()
                .expect("a uid"),
            attributed_to: "https://a.example/datasets/lieux".to_owned(),
            schema: json!({"title": "Lieux", "audience": "public", "fields": fields}),
            meta: meta(0),
            next: commitment_of(&recovery.multikey()),
            forked_from: None,
        };
        let time = "2026-11-21T10:00:00Z".parse().expect("a time");
        let Signed { entry, chain, .. } = genesis.sign(time, &key).expect("a genesis");
        let lines = vec![entry.to_line()];
        Self {
            chain,
            header: entry.header,
            key,
            table: Table::default(),
            lines,
        }
    }

    fn append(&mut self, draft: EntryDraft) {
        let key = LogKey::from_seed(self.key.seed());
        self.append_by(draft, &key);
    }

    fn append_by(&mut self, draft: EntryDraft, key: &LogKey) {
        let known: Redactions = match &draft.kind {
            Kind::Redact(targets) => targets.iter().cloned().collect(),
            _ => Redactions::new(),
        };
        let staged = draft
            .stage(self.chain.uid, &mut self.table)
            .expect("operations that fit");
        for change in &staged.changes {
            match &change.after {
                Some(row) => self.table.0.insert(change.row, row.clone()),
                None => self.table.0.remove(&change.row),
            };
        }
        let state = self.root();
        let time = self.chain.time.plus_seconds(60);
        let Signed { entry, chain, .. } = staged
            .sign(&self.chain, state, time, key)
            .expect("an entry");
        for (id, row) in &mut self.table.0 {
            redact::row(row, chain.uid, *id, &known);
        }
        self.chain = chain;
        self.lines.push(entry.to_line());
        self.header = entry.header;
    }

    fn root(&self) -> Hash {
        let mut tree = MemoryTree::new();
        for (id, row) in &self.table.0 {
            tree.put(*id, Some(row.hash(self.chain.uid, *id)));
        }
        tree.root()
    }

    fn set(&self, row: RowId, text: Option<&str>) -> Op {
        let field = "nom".parse().expect("a name");
        let base = self.table.0[&row].commitment(self.chain.uid, row, &field);
        let new = text.map(|text| (Salt([9; 16]), text.to_owned()));
        Op::set(self.chain.uid, row, field, base, new)
    }

    fn del(&self, row: RowId) -> Op {
        Op::del(row, self.table.0[&row].hash(self.chain.uid, row))
    }

    fn rotate(&mut self) {
        let (key, by) = (LogKey::from_seed([3; 32]), LogKey::from_seed([2; 32]));
        let next = commitment_of(&LogKey::from_seed([4; 32]).multikey());
        let handover = Handover {
            key: key.multikey(),
            by: by.multikey(),
            next,
        };
        self.append_by(EntryDraft::new(Kind::Rotate(handover), meta(6)), &by);
        self.key = key;
    }

    fn write(&self) {
        put("log/whole", &self.lines.join("\n"));
        for (seq, line) in self.lines.iter().enumerate() {
            put(&format!("entry/{seq}"), line);
        }
        let fields =
            json!([{"name": "nom", "type": "string"}, {"name": "places", "type": "integer"}]);
        let schema = json!({"title": "Lieux", "audience": "public", "fields": fields});
        let mut rows: Vec<_> = self.table.0.iter().collect();
        rows.sort_by_key(|(id, _)| (bucket_of(**id), **id));
        let mut lines = vec![
            SnapshotLine::Header(Box::new(self.header.clone())).to_text(),
            SnapshotLine::Schema(schema).to_text(),
        ];
        lines.extend(rows.iter().map(|(id, row)| row_line(**id, row)));
        lines.push(SnapshotLine::End(rows.len() as u64).to_text());
        put("snapshot/whole", &lines.join("\n"));
    }
}

fn put(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder that can be made");
    fs::write(path, text).expect("a file that can be written");
}
