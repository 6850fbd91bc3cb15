//! Transactions: what holds when many write, when one fails, and when another process is at work.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use std::sync::Barrier;

use common::{dataset, new_row};
use rustine_store::{Db, StoreError, testing};

/// What a use case returns: the store's failure is one of its own.
#[derive(Debug, PartialEq)]
enum Refused {
    ByRule,
    Store(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

fn value(db: &Db, key: &str) -> Option<String> {
    db.read(|tx| tx.find_instance_value(key))
        .unwrap_or_else(|e: StoreError| panic!("{e}"))
}

#[test]
fn of_many_writers_at_once_only_the_failing_ones_fail() {
    testing::on_each_engine(|db| {
        let start = Barrier::new(12);
        std::thread::scope(|scope| {
            for n in 0..12 {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    for round in 0..10 {
                        let key = format!("{n}-{round}");
                        let result = db.write(|tx| {
                            tx.set_instance_value(&key, "x")?;
                            if n % 3 == 0 {
                                Err(Refused::ByRule)
                            } else {
                                Ok(())
                            }
                        });
                        assert_eq!(result.is_ok(), n % 3 != 0);
                        // What was acknowledged can be read at once.
                        assert_eq!(value(db, &key).is_some(), n % 3 != 0, "{key}");
                    }
                });
            }
        });
    });
}

#[test]
fn a_panic_undoes_its_own_closure_only() {
    testing::on_each_engine(|db| {
        let start = Barrier::new(4);
        std::thread::scope(|scope| {
            for n in 0..4 {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    let key = n.to_string();
                    let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                        db.write(|tx| {
                            tx.set_instance_value(&key, "x")?;
                            assert!(n != 2, "on purpose");
                            Ok::<_, StoreError>(())
                        })
                    }));
                    assert_eq!(ran.is_ok(), n != 2);
                });
            }
        });
        let kept: Vec<bool> = (0..4)
            .map(|n| value(db, &n.to_string()).is_some())
            .collect();
        assert_eq!(kept, [true, true, false, true]);
    });
}

#[test]
fn an_error_of_the_caller_undoes_everything() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        for alone in [false, true] {
            let work = |tx: &mut rustine_store::Tx<'_>| {
                tx.insert_rows(id, 0, &[new_row(1, &[("nom", "Ana")])])?;
                Err::<(), _>(Refused::ByRule)
            };
            let result = if alone {
                db.write_bulk(work)
            } else {
                db.write(work)
            };
            assert_eq!(result, Err(Refused::ByRule));
            assert_eq!(db.read(|tx| tx.load_dataset(id)).unwrap().row_count, 0);
        }
    });
}

#[test]
fn a_failed_statement_can_be_answered_inside_the_closure_on_sqlite() {
    let db = testing::sqlite();
    let id = dataset(&db, "lieux");
    let result = db.write(|tx| {
        tx.insert_rows(id, 0, &[new_row(1, &[])])?;
        let again = tx.insert_rows(id, 0, &[new_row(1, &[])]);
        assert!(matches!(again, Err(StoreError::UniqueViolation { .. })));
        tx.set_instance_value("went", "on")
    });
    assert_eq!(result, Ok(()));
    assert_eq!(value(&db, "went").as_deref(), Some("on"));
}

#[test]
fn a_reader_sees_one_moment_and_cannot_write() {
    testing::on_each_engine(|db| {
        db.write(|tx| tx.set_instance_value("a", "1")).unwrap();
        db.read(|tx| {
            assert_eq!(tx.find_instance_value("a")?.as_deref(), Some("1"));
            db.write(|other| other.set_instance_value("a", "2"))?;
            assert_eq!(tx.find_instance_value("a")?.as_deref(), Some("1"));
            assert!(tx.set_instance_value("a", "3").is_err());
            Ok::<_, StoreError>(())
        })
        .unwrap();
        assert_eq!(value(db, "a").as_deref(), Some("2"));
    });
}

#[test]
fn any_commit_changes_the_data_version() {
    testing::on_each_engine(|db| {
        let first = db.data_version().unwrap();
        assert_eq!(db.data_version(), Ok(first));
        db.write(|tx| tx.set_instance_value("a", "1")).unwrap();
        let second = db.data_version().unwrap();
        assert_ne!(second, first);
        value(db, "a");
        if let Some(path) = db.path() {
            let other_process = Db::open(&path.to_string_lossy()).unwrap();
            other_process
                .write(|tx| tx.set_instance_value("a", "2"))
                .unwrap();
            assert_ne!(db.data_version(), Ok(second));
        }
    });
}

#[test]
fn two_processes_share_a_sqlite_file() {
    let db = testing::sqlite();
    let other = Db::open(&format!("sqlite://{}", db.path().unwrap().display())).unwrap();
    std::thread::scope(|scope| {
        for (n, db) in [&db.db, &other].into_iter().enumerate() {
            scope.spawn(move || {
                for round in 0..50 {
                    let key = format!("{n}-{round}");
                    db.write(|tx| tx.set_instance_value(&key, "x"))
                        .unwrap_or_else(|e: StoreError| panic!("{e}"));
                }
            });
        }
    });
    let kept = (0..2).flat_map(|n| (0..50).map(move |round| format!("{n}-{round}")));
    assert!(kept.into_iter().all(|key| value(&db, &key).is_some()));
}

#[test]
fn a_backup_is_a_database_of_its_own() {
    let db = testing::sqlite();
    let id = dataset(&db, "lieux");
    common::put(
        &db,
        id,
        (1..=50).map(|n| new_row(n, &[("nom", "Ana")])).collect(),
    );
    let folder = testing::folder();
    let copy = folder.path().join("copy.sqlite");
    db.backup_into(&copy).unwrap();
    db.write(|tx| tx.delete_dataset(id)).unwrap();
    let copy = Db::open(&copy.to_string_lossy()).unwrap();
    assert_eq!(copy.read(|tx| tx.load_dataset(id)).unwrap().row_count, 50);
    assert_eq!(copy.check_integrity(), Ok(vec![]));
}

#[test]
fn migrating_twice_at_once_migrates_once() {
    let folder = testing::folder();
    let path = folder.path().join("rustine.sqlite");
    let ran: Vec<usize> = std::thread::scope(|scope| {
        let both: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    Db::open(&path.to_string_lossy())
                        .unwrap()
                        .migrate()
                        .unwrap()
                        .len()
                })
            })
            .collect();
        both.into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(ran.contains(&0) && ran.iter().sum::<usize>() > 0, "{ran:?}");
    assert_eq!(
        Db::open(&path.to_string_lossy())
            .unwrap()
            .pending_migrations(),
        Ok(vec![])
    );
}

#[test]
fn two_processes_migrate_one_postgres_schema() {
    let Some(db) = testing::postgres() else {
        println!("skipped: PostgreSQL, because RUSTINE_TEST_POSTGRES is not set");
        return;
    };
    let ran: Vec<usize> = std::thread::scope(|scope| {
        let url = db.fresh_schema();
        let both: Vec<_> = (0..3)
            .map(|_| {
                let url = url.clone();
                scope.spawn(move || Db::open(&url).unwrap().migrate().unwrap().len())
            })
            .collect();
        both.into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(ran.iter().filter(|count| **count > 0).count(), 1, "{ran:?}");
}

#[test]
fn a_newer_database_is_refused_and_left_alone() {
    testing::on_each_engine(|db| {
        assert_eq!(db.check_version(), Ok(()));
        testing::pretend_newer(db);
        let Err(StoreError::NewerDatabase { found, known }) = db.check_version() else {
            panic!("a newer database was taken");
        };
        assert!(found > known, "{found} after {known}");
        assert!(matches!(
            db.migrate(),
            Err(StoreError::NewerDatabase { .. })
        ));
        if let Some(path) = db.path() {
            assert!(matches!(
                Db::open(&path.to_string_lossy()),
                Err(StoreError::NewerDatabase { .. })
            ));
        }
    });
}

#[test]
fn a_database_that_cannot_be_opened_is_an_error() {
    let folder = testing::folder();
    assert!(
        Db::open(
            &folder
                .path()
                .join("absent/rustine.sqlite")
                .to_string_lossy()
        )
        .is_err()
    );
    std::fs::write(folder.path().join("no.sqlite"), vec![b'x'; 5000]).unwrap();
    assert!(Db::open(&folder.path().join("no.sqlite").to_string_lossy()).is_err());
}

#[test]
fn a_long_import_does_not_hold_back_what_was_done_before_it() {
    let db = testing::sqlite();
    let id = dataset(&db, "lieux");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for part in 0..20 {
                let rows: Vec<_> = (0..200)
                    .map(|n| new_row(part * 200 + n, &[("nom", "Ana")]))
                    .collect();
                db.write_bulk(|tx| tx.insert_rows(id, 0, &rows))
                    .unwrap_or_else(|e: StoreError| panic!("{e}"));
            }
        });
        scope.spawn(|| {
            for n in 0..40 {
                let key = n.to_string();
                db.write(|tx| tx.set_instance_value(&key, "x"))
                    .unwrap_or_else(|e: StoreError| panic!("{e}"));
                assert!(value(&db, &key).is_some());
            }
        });
    });
    assert_eq!(db.read(|tx| tx.load_dataset(id)).unwrap().row_count, 4000);
    assert_eq!(db.write(|tx| tx.take_lease("x", "me")), Ok(true));
}

/// As a process that was stopped in the middle of a write: its machine sleeps, and the connection stands.
#[test]
fn who_stands_still_in_a_write_loses_its_locks_and_what_it_wrote() {
    let Some(test) = testing::postgres() else {
        println!("skipped: PostgreSQL, because RUSTINE_TEST_POSTGRES is not set");
        return;
    };
    let db = &*test;
    let held = Barrier::new(2);
    std::thread::scope(|scope| {
        let standing = scope.spawn(|| {
            db.write(|tx| {
                tx.set_instance_value("row", "of the one that stands still")?;
                held.wait();
                std::thread::sleep(std::time::Duration::from_secs(25));
                tx.set_instance_value("other", "written afterwards")
            })
        });
        held.wait();
        let taken_over = db.write(|tx| tx.set_instance_value("row", "of the one that goes on"));
        assert_eq!(taken_over, Ok(()));
        assert!(!standing.is_finished(), "it was waited for");
        let ended: Result<(), StoreError> = standing.join().unwrap();
        assert!(ended.is_err(), "what it wrote was undone");
    });
    assert_eq!(value(db, "row").as_deref(), Some("of the one that goes on"));
    assert_eq!(value(db, "other"), None);
    // The next write has a connection that works.
    assert_eq!(
        db.write(|tx| tx.set_instance_value("other", "x")),
        Ok::<_, StoreError>(())
    );
}
