//! Builders with defaults.
#![allow(dead_code, reason = "each test file uses some of them")]

use rustine_domain::ids::{DatasetUid, FieldName, Hash, PatchId, RowId, Salt};
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, Db, NewRow, PatchRecord, StoreError};

/// An instant of 2026, some seconds on.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_790_000_000 + seconds).unwrap()
}

pub fn field(name: &str) -> FieldName {
    name.parse().unwrap()
}

pub fn row_id(n: u64) -> RowId {
    format!("00000000-0000-4000-8000-{n:012x}").parse().unwrap()
}

pub fn dataset_record(name: &str) -> DatasetRecord {
    let n = name
        .bytes()
        .fold(7_u64, |n, b| n.wrapping_mul(31) + u64::from(b))
        & 0xffff_ffff_ffff;
    let uid: DatasetUid = format!("urn:uuid:00000000-0000-4000-8000-{n:012x}")
        .parse()
        .unwrap();
    DatasetRecord {
        id: 0,
        uid,
        name: name.into(),
        host: String::new(),
        url: format!("https://a.example/datasets/{name}"),
        genesis: Hash([1; 32]),
        seq: 0,
        entry: Hash([1; 32]),
        state: Hash([2; 32]),
        chain: "{}".into(),
        schema: "{}".into(),
        schema_hash: Hash([3; 32]),
        policy: None,
        audience: "public".into(),
        title: "Lieux".into(),
        license: None,
        row_count: 0,
        rows_version: 0,
        status: "published".into(),
        created: at(0),
        updated: at(0),
    }
}

pub fn dataset(db: &Db, name: &str) -> i64 {
    db.write(|tx| tx.insert_dataset(&dataset_record(name)))
        .unwrap()
}

pub fn new_row(n: u64, cells: &[(&str, &str)]) -> NewRow {
    NewRow {
        row_id: row_id(n),
        row_hash: Hash([9; 32]),
        cells: cells
            .iter()
            .map(|(f, v)| ((*f).to_owned(), (*v).to_owned()))
            .collect(),
        op_salt: Some(Salt([4; 16])),
        salts: [("nom".to_owned(), Salt([5; 16]))].into(),
        gone: [("tel".to_owned(), Hash([6; 32]))].into(),
        place: Some((47.2, -1.5)),
    }
}

pub fn put(db: &Db, dataset: i64, rows: Vec<NewRow>) {
    db.write_bulk(|tx| tx.insert_rows(dataset, 0, &rows))
        .unwrap_or_else(|e: StoreError| panic!("{e}"));
}

pub fn patch_id(n: u64) -> PatchId {
    PatchId(row_id(n).0)
}

pub fn patch(dataset: i64, n: u64) -> PatchRecord {
    PatchRecord {
        id: patch_id(n),
        dataset,
        uid: dataset_record("lieux").uid,
        direction: "in".into(),
        status: "pending".into(),
        proposer: Some("https://b.example/users/max".into()),
        proposer_host: "b.example".into(),
        visitor: None,
        name: None,
        email: None,
        summary: Some("Nouveaux horaires".into()),
        schema_hash: Hash([1; 32]),
        nonce: Some(Salt([2; 16])),
        digest: Hash([u8::try_from(n).unwrap(); 32]),
        ops: "[]".into(),
        applied: None,
        reason: None,
        report: None,
        result_seq: None,
        result_entry: None,
        created: at(i64::try_from(n).unwrap()),
        updated: at(0),
        decided_at: None,
        decided_by: None,
        token_hash: Some(vec![u8::try_from(n).unwrap(); 32]),
        offer_id: Some(format!("https://b.example/activities/{n}")),
        answer: None,
    }
}
