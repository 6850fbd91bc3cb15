//! What the tests read: made with the rules of `domain`, written through the store.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustine_app::clock::FixedClock;
use rustine_app::log::keys::{ED25519, RSA};
use rustine_app::log::rows::{row_state, write_changes};
use rustine_app::testing::RecycledKeys;
use rustine_app::{App, Settings};
use rustine_domain::ids::{DatasetUid, PatchId, RowId, Salt};
use rustine_domain::key::{LogKey, commitment_of};
use rustine_domain::log::{Chain, EntryDraft, Genesis, Kind, Meta, Op, RowState, Rows, Signed};
use rustine_domain::schema::Schema;
use rustine_domain::time::Timestamp;
use rustine_domain::tree::MemoryTree;
use rustine_store::{
    DatasetRecord, Db, EntryRecord, KeyRecord, NewUser, PatchRecord, StoreError, Tx,
};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use super::super::Hold;

/// When the tests take place.
pub const NOW: u64 = 1_790_000_000;

pub struct World {
    pub app: Arc<App>,
    pub hold: Arc<Hold>,
    pub clock: Arc<FixedClock>,
    _folder: TempDir,
}

pub fn now() -> Timestamp {
    Timestamp::from_seconds(NOW.cast_signed()).unwrap()
}

pub fn row(number: u128) -> RowId {
    RowId(Uuid::from_u128(
        0x1000_0000_0000_4000_8000_0000_0000_0000 + number * 0x1_0000_0001,
    ))
}

pub fn schema(audience: &str) -> Value {
    json!({
        "title": "Lieux",
        "description": "Lieux d'inclusion",
        "audience": audience,
        "licenses": [{"name": "ODbL-1.0"}],
        "fields": [{"name": "nom", "type": "string"}, {"name": "places", "type": "string"}],
        "primaryKey": ["nom"],
    })
}

impl World {
    /// `lieux` of ours with four rows and three entries, a copy `parcs@b.example`, and `lea`.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&folder.path().join("rustine.sqlite").to_string_lossy()).unwrap();
        db.migrate().unwrap();
        let clock = Arc::new(FixedClock::at(NOW));
        let origin = "https://a.example".parse().unwrap();
        let settings = Settings::new(origin, "127.0.0.1:0".parse().unwrap(), "Hub A".to_owned());
        let app = App::with_clock(db, settings, clock.clone(), Arc::new(RecycledKeys)).unwrap();
        let world = Self {
            app: Arc::new(app),
            hold: Arc::new(Hold::new(now())),
            clock,
            _folder: folder,
        };
        for owner in [
            "/actor",
            "/users/scribe",
            "/users/lea",
            "/datasets/lieux",
            "/datasets/brouillon",
        ] {
            world.insert_keys(owner);
        }
        world.insert_user("lea");
        world.insert_dataset("lieux", "", "public", "published");
        world.insert_dataset("parcs", "b.example", "public", "published");
        world
    }

    pub fn write<T>(&self, work: impl FnMut(&mut Tx<'_>) -> Result<T, StoreError>) -> T {
        self.app.db.write(work).unwrap()
    }

    pub fn dataset(&self, name: &str, host: &str) -> DatasetRecord {
        self.app
            .db
            .read(|tx| tx.find_dataset_by_name(name, host))
            .unwrap()
            .unwrap()
    }

    fn insert_keys(&self, owner: &str) {
        let key = |kind: &str, public: String| KeyRecord {
            owner: owner.to_owned(),
            kind: kind.to_owned(),
            public,
            secret: None,
            created: now(),
        };
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{owner}\n-----END PUBLIC KEY-----\n");
        self.write(|tx| {
            tx.insert_key(&key(RSA, pem.clone()))?;
            tx.insert_key(&key(
                ED25519,
                LogKey::from_seed([7; 32]).multikey().to_string(),
            ))
        });
    }

    pub fn insert_user(&self, name: &str) {
        let user = NewUser {
            name: name.to_owned(),
            email: "lea@a.example".to_owned(),
            password_hash: String::new(),
            role: "member".to_owned(),
            lang: "fr".to_owned(),
            created: now(),
            confirmed: true,
        };
        self.write(|tx| tx.insert_user(&user));
    }

    /// A dataset with a genesis, an import of four rows and a patch of one cell.
    pub fn insert_dataset(&self, name: &str, host: &str, audience: &str, status: &str) {
        let origin = if host.is_empty() { "a.example" } else { host };
        let url = format!("https://{origin}/datasets/{name}");
        let key = LogKey::from_seed([3; 32]);
        let genesis = Genesis {
            uid: DatasetUid(Uuid::new_v4()),
            attributed_to: url,
            schema: schema(audience),
            meta: meta(),
            next: commitment_of(&LogKey::from_seed([9; 32]).multikey()),
            forked_from: None,
        };
        let signed = genesis.sign(now(), &key).unwrap();
        let record = record(name, host, audience, status, &signed);
        self.write(|tx| {
            let mut dataset = DatasetRecord {
                id: tx.insert_dataset(&record)?,
                ..record.clone()
            };
            save(tx, &mut dataset, &signed)?;
            let rows = (1..=4)
                .map(|n| Op::add(row(n), Salt([n as u8; 16]), cells(n), None))
                .collect();
            let chain = append(
                tx,
                &mut dataset,
                &signed.chain,
                rows,
                Kind::Import { batch: None },
            )?;
            let held = tx.find_row(dataset.id, row(2))?.unwrap();
            let field = "places".parse().unwrap();
            let base = row_state(&held)?.commitment(chain.uid, row(2), &field);
            let set = Op::set(
                chain.uid,
                row(2),
                field,
                base,
                Some((Salt([8; 16]), "22".to_owned())),
            );
            append(tx, &mut dataset, &chain, vec![set], Kind::Patch)?;
            tx.update_dataset(&dataset)
        });
    }

    /// Corrects cells of `lieux` in an entry each: `nom` and `places` of every row become texts of so many bytes.
    pub fn correct(&self, entries: usize, bytes: usize) {
        self.write(|tx| {
            let mut dataset = tx.find_dataset_by_name("lieux", "")?.unwrap();
            for number in 0..entries {
                let chain: Chain = serde_json::from_str(&dataset.chain).unwrap();
                let mut ops = Vec::new();
                for at in 1..=4 {
                    let held = row_state(&tx.find_row(dataset.id, row(at))?.unwrap())?;
                    for name in ["nom", "places"] {
                        let field = name.parse().unwrap();
                        let base = held.commitment(chain.uid, row(at), &field);
                        let text = format!("{number:0>bytes$}");
                        let value = Some((Salt([9; 16]), text));
                        ops.push(Op::set(chain.uid, row(at), field, base, value));
                    }
                }
                append(tx, &mut dataset, &chain, ops, Kind::Patch)?;
            }
            tx.update_dataset(&dataset)
        });
    }

    /// A patch on `lieux`, as received from `proposer_host` (ours: made here).
    pub fn insert_patch(&self, id: Uuid, proposer_host: &str) -> PatchRecord {
        let dataset = self.dataset("lieux", "");
        let ops =
            json!([{"op": "set", "row": row(1), "field": "nom", "base": null, "value": "Mairie"}]);
        let patch = PatchRecord {
            id: PatchId(id),
            dataset: dataset.id,
            uid: dataset.uid,
            direction: "in".into(),
            status: "pending".into(),
            proposer: None,
            proposer_host: proposer_host.into(),
            visitor: Some("a-b_cdefghijklm0".into()),
            name: Some("Paule".into()),
            email: Some("paule@example.org".into()),
            summary: Some("un texte libre".into()),
            schema_hash: dataset.schema_hash,
            nonce: Some(Salt([4; 16])),
            digest: digest(&dataset, &ops),
            ops: ops.to_string(),
            applied: None,
            reason: None,
            report: None,
            result_seq: None,
            result_entry: None,
            created: now(),
            updated: now(),
            decided_at: None,
            decided_by: None,
            token_hash: None,
            offer_id: None,
            answer: None,
        };
        self.write(|tx| tx.insert_patch(&patch));
        patch
    }
}

fn digest(dataset: &DatasetRecord, ops: &Value) -> rustine_domain::ids::Hash {
    use rustine_domain::commit::{OfferedOp, offer_digest};
    let ops: Vec<_> = ops
        .as_array()
        .unwrap()
        .iter()
        .map(|op| OfferedOp::from_json(op).unwrap())
        .collect();
    offer_digest(&Salt([4; 16]), dataset.uid, &dataset.schema_hash, &ops)
}

fn meta() -> Meta {
    Meta {
        salt: Salt([1; 16]),
        content: Map::new(),
    }
}

fn cells(number: u128) -> BTreeMap<rustine_domain::ids::FieldName, String> {
    [
        ("nom".parse().unwrap(), format!("lieu {number}")),
        ("places".parse().unwrap(), "1".to_owned()),
    ]
    .into()
}

fn record(name: &str, host: &str, audience: &str, status: &str, signed: &Signed) -> DatasetRecord {
    DatasetRecord {
        id: 0,
        uid: signed.chain.uid,
        name: name.into(),
        host: host.into(),
        url: signed.chain.attributed_to.clone(),
        genesis: signed.chain.genesis,
        seq: 0,
        entry: signed.chain.entry,
        state: signed.chain.state,
        chain: serde_json::to_string(&signed.chain).unwrap(),
        schema: schema(audience).to_string(),
        schema_hash: signed.chain.schema,
        policy: None,
        audience: audience.into(),
        title: "Lieux".into(),
        license: Some("ODbL-1.0".into()),
        row_count: 0,
        rows_version: 0,
        status: status.into(),
        created: now(),
        updated: now(),
    }
}

/// Signs and writes an entry; the tree is made anew from all rows, which a test can afford.
fn append(
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    chain: &Chain,
    ops: Vec<Op>,
    kind: Kind,
) -> Result<Chain, StoreError> {
    let mut rows = StoredRows {
        tx,
        dataset: dataset.id,
    };
    let staged = EntryDraft::with_ops(kind, meta(), ops)
        .stage(chain.uid, &mut rows)
        .unwrap();
    let schema = Schema::parse(&serde_json::from_str(&dataset.schema).unwrap()).unwrap();
    write_changes(
        tx,
        dataset.id,
        chain.uid,
        dataset.seq + 1,
        &staged.changes,
        &schema,
    )?;
    let mut tree = MemoryTree::new();
    tx.each_row_by_bucket(dataset.id, None, |record| {
        tree.put(record.row_id, Some(record.row_hash));
        Ok::<_, StoreError>(())
    })?;
    let signed = staged
        .sign(chain, tree.root(), now(), &LogKey::from_seed([3; 32]))
        .unwrap();
    save(tx, dataset, &signed)?;
    Ok(signed.chain)
}

fn save(tx: &mut Tx<'_>, dataset: &mut DatasetRecord, signed: &Signed) -> Result<(), StoreError> {
    let header = &signed.entry.header;
    let seq = header.seq.cast_signed();
    tx.insert_entry(&EntryRecord {
        dataset: dataset.id,
        seq,
        kind: header.kind.name().to_owned(),
        time: header.time,
        header: header.text().to_owned(),
        entry: signed.chain.entry,
    })?;
    tx.put_body(dataset.id, seq, &signed.entry.body.to_text())?;
    dataset.seq = seq;
    dataset.entry = signed.chain.entry;
    dataset.state = signed.chain.state;
    dataset.chain = serde_json::to_string(&signed.chain).unwrap();
    Ok(())
}

struct StoredRows<'a, 't> {
    tx: &'a mut Tx<'t>,
    dataset: i64,
}

impl Rows for StoredRows<'_, '_> {
    type Error = StoreError;

    fn row(&mut self, row: RowId) -> Result<Option<RowState>, StoreError> {
        self.tx
            .find_row(self.dataset, row)?
            .map(|record| row_state(&record))
            .transpose()
    }
}
