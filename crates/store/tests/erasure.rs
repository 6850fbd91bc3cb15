//! What was erased is nowhere in the files, once they were purged.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::{dataset, new_row, put};
use rustine_store::{RowChange, StoreError, testing};

/// True where a text stands in the database file or its write-ahead log.
fn stands_in_files(db: &rustine_store::Db, text: &str) -> bool {
    let path = db.path().unwrap().to_owned();
    let log = path.with_extension("sqlite-wal");
    [path, log].iter().any(|file| {
        let bytes = std::fs::read(file).unwrap_or_default();
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    })
}

#[test]
fn an_erased_value_is_gone_from_the_files() {
    let db = testing::sqlite();
    let id = dataset(&db, "lieux");
    let filler = (10..600)
        .map(|n| new_row(n, &[("nom", &format!("Lieu {n}"))]))
        .collect();
    put(&db, id, filler);
    put(&db, id, vec![new_row(1, &[("nom", "Zephyrine")])]);
    db.write(|tx| {
        tx.put_body(id, 0, r#"{"nom":"Zephyrine"}"#)?;
        tx.apply_rows(
            id,
            1,
            &[RowChange::Put(new_row(2, &[("nom", "zephyrine aussi")]))],
        )
    })
    .unwrap();
    assert!(stands_in_files(&db, "Zephyrine") && stands_in_files(&db, "zephyrine"));
    db.write(|tx| {
        tx.put_body(id, 0, "{}")?;
        tx.rewrite_rows(id, &[new_row(1, &[])])?;
        tx.apply_rows(id, 2, &[RowChange::Delete(common::row_id(2))])
    })
    .unwrap();
    db.purge_erased().unwrap();
    assert!(!stands_in_files(&db, "Zephyrine"));
    assert!(!stands_in_files(&db, "zephyrine"));
    db.read(|tx| {
        assert_eq!(tx.load_dataset(id)?.row_count, 591);
        Ok::<_, StoreError>(())
    })
    .unwrap();
}

#[test]
fn purging_twice_does_no_harm() {
    testing::on_each_engine(|db| {
        dataset(db, "lieux");
        db.purge_erased().unwrap();
        db.purge_erased().unwrap();
    });
}
