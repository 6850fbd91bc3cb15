//! Whether as many proposals wait as a quota allows, on each engine.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::{dataset, patch};
use rustine_store::{CareRecord, Db, PatchFilter, PatchRecord, StoreError, testing};

fn waiting(dataset: i64) -> PatchFilter {
    PatchFilter {
        dataset: Some(dataset),
        statuses: vec!["pending".into()],
        set_aside: Some(false),
        ..PatchFilter::default()
    }
}

/// Whether three wait, which is what they may.
fn is_full(db: &Db, dataset: i64) -> bool {
    db.write(|tx| tx.fills_quota(&waiting(dataset), 3)).unwrap()
}

fn insert(db: &Db, patch: &PatchRecord) {
    db.write(|tx| tx.insert_patch(patch)).unwrap();
}

#[test]
fn a_quota_is_full_with_the_last_proposal_that_it_allows_and_not_before() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        for n in 1..=3 {
            assert!(!is_full(db, id), "before {n}");
            insert(db, &patch(id, n));
        }
        assert!(is_full(db, id));
        // Decided: there is room for one again, and for no more.
        let decided = PatchRecord {
            status: "refused".into(),
            ..patch(id, 1)
        };
        db.write(|tx| tx.update_patch(&decided)).unwrap();
        assert!(!is_full(db, id));
        insert(db, &patch(id, 4));
        assert!(is_full(db, id));
        // Opened again, it counts again.
        db.write(|tx| {
            tx.update_patch(&PatchRecord {
                status: "refused".into(),
                ..patch(id, 2)
            })
        })
        .unwrap();
        assert!(!is_full(db, id));
        db.write(|tx| tx.update_patch(&patch(id, 2))).unwrap();
        assert!(is_full(db, id));
    });
}

#[test]
fn what_is_set_aside_or_turned_counts_from_then_on() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        for n in 1..=3 {
            insert(db, &patch(id, n));
        }
        let aside = |burst: Option<&str>| CareRecord {
            burst: burst.map(str::to_owned),
            ..CareRecord::none(patch(id, 3).id)
        };
        db.write(|tx| tx.put_care(&aside(Some("one")))).unwrap();
        assert!(!is_full(db, id));
        db.write(|tx| tx.put_care(&aside(None))).unwrap();
        assert!(is_full(db, id));
        let received = PatchFilter {
            direction: Some("in".into()),
            ..waiting(id)
        };
        let full = || db.write(|tx| tx.fills_quota(&received, 3)).unwrap();
        db.write(|tx| tx.turn_patch(patch(id, 3).id, "out"))
            .unwrap();
        assert!(!full());
        db.write(|tx| tx.turn_patch(patch(id, 3).id, "in")).unwrap();
        assert!(full());
    });
}

#[test]
fn what_was_undone_does_not_count() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        insert(db, &patch(id, 1));
        for _ in 0..5 {
            let undone: Result<(), StoreError> = db.write(|tx| {
                assert!(!tx.fills_quota(&waiting(id), 3)?);
                tx.insert_patch(&patch(id, 2))?;
                Err(StoreError::NotFound)
            });
            assert_eq!(undone, Err(StoreError::NotFound));
        }
        insert(db, &patch(id, 2));
        assert!(!is_full(db, id));
        insert(db, &patch(id, 3));
        assert!(is_full(db, id));
    });
}

#[test]
fn a_decision_that_was_undone_makes_no_room() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        for n in 1..=3 {
            insert(db, &patch(id, n));
        }
        let undone: Result<(), StoreError> = db.write(|tx| {
            tx.update_patch(&PatchRecord {
                status: "refused".into(),
                ..patch(id, 1)
            })?;
            assert!(!tx.fills_quota(&waiting(id), 3)?);
            Err(StoreError::NotFound)
        });
        assert_eq!(undone, Err(StoreError::NotFound));
        assert!(is_full(db, id));
    });
}

#[test]
fn what_another_process_wrote_counts() {
    testing::on_each_engine(|db| {
        let Some(path) = db.path() else {
            return;
        };
        let id = dataset(db, "lieux");
        insert(db, &patch(id, 1));
        assert!(!is_full(db, id));
        let other = Db::open(&path.to_string_lossy()).unwrap();
        insert(&other, &patch(id, 2));
        insert(&other, &patch(id, 3));
        assert!(is_full(db, id));
    });
}
