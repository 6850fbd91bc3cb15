//! What many closures share, and what happens when the engine gives up a whole transaction.

use std::sync::Arc;

use diesel::connection::InstrumentationEvent;
use diesel::prelude::*;

use super::*;

/// A writer on a fresh table, and how many real commits it made.
fn writer(settings: &'static str) -> (Arc<AtomicUsize>, Writer, tempfile::TempDir) {
    let folder = crate::testing::folder();
    let path = folder.path().join("rustine.sqlite");
    let commits = Arc::new(AtomicUsize::new(0));
    let counted = commits.clone();
    let connect = move || {
        let mut connection = sqlite::connect_writer(&path)?;
        connection.batch_execute("CREATE TABLE IF NOT EXISTS notes (note TEXT NOT NULL)")?;
        connection.batch_execute(settings)?;
        let counted = counted.clone();
        connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::CommitTransaction { depth, .. } = event
                && depth.get() == 1
            {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        Ok(connection)
    };
    let writer = Writer::new(Box::new(connect)).unwrap();
    (commits, writer, folder)
}

fn note(connection: &mut SqliteConnection, text: &str) -> Result<(), StoreError> {
    diesel::sql_query("INSERT INTO notes (note) VALUES ($1)")
        .bind::<diesel::sql_types::Text, _>(text)
        .execute(connection)?;
    Ok(())
}

fn count(writer: &Writer) -> usize {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        count: i64,
    }
    let counted: Count = writer
        .outside(|c| Ok(diesel::sql_query("SELECT count(*) AS count FROM notes").get_result(c)?))
        .unwrap();
    usize::try_from(counted.count).unwrap()
}

/// Waits until as many closures wait for their turn.
fn until_waiting(writer: &Writer, closures: usize) {
    while writer.waiting.load(Ordering::SeqCst) < closures {
        std::thread::yield_now();
    }
}

#[test]
fn closures_that_wait_share_a_commit() {
    let (commits, writer, _folder) = writer("");
    std::thread::scope(|scope| {
        // The first holds the seat until seven more wait for it.
        scope.spawn(|| {
            writer
                .run(|c| {
                    for _ in 0..7 {
                        scope.spawn(|| writer.run(|c| note(c, "x")).unwrap());
                    }
                    until_waiting(&writer, 7);
                    note(c, "x")
                })
                .unwrap();
        });
    });
    assert_eq!(count(&writer), 8);
    // One that was scheduled late may have missed the batch, which also closes after some milliseconds.
    let commits = commits.load(Ordering::SeqCst);
    assert!(
        (1..8).contains(&commits),
        "{commits} commits for 8 closures"
    );
}

#[test]
fn what_fails_in_a_shared_commit_is_undone_alone() {
    let (_, writer, _folder) = writer("");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let result = writer.run(|c| {
                for n in 0..6 {
                    let writer = &writer;
                    scope.spawn(move || {
                        let result = writer.run(|c| {
                            note(c, "y")?;
                            if n % 2 == 0 {
                                Err(StoreError::NotFound)
                            } else {
                                Ok(())
                            }
                        });
                        assert_eq!(result.is_ok(), n % 2 == 1);
                    });
                }
                until_waiting(&writer, 6);
                note(c, "x")
            });
            assert_eq!(result, Ok(()));
        });
    });
    assert_eq!(count(&writer), 4);
}

#[test]
fn one_after_the_other_shares_a_commit_and_fails_alone() {
    let (commits, writer, _folder) = writer("");
    let answers = writer.run_each(0..100, |c, n| {
        note(c, "x")?;
        if n % 10 == 3 {
            Err(StoreError::NotFound)
        } else {
            Ok(n)
        }
    });
    let failed = |n| n % 10 == 3;
    let expected = (0..100).map(|n| (!failed(n)).then_some(n).ok_or(StoreError::NotFound));
    assert_eq!(answers, expected.collect::<Vec<_>>());
    assert_eq!(count(&writer), 90);
    // A batch also closes after some milliseconds, so a slow machine makes a few.
    let commits = commits.load(Ordering::SeqCst);
    assert!(
        (1..90).contains(&commits),
        "{commits} commits for 100 items"
    );
    // Nobody counts as coming any more: one alone commits at once.
    writer.run(|c| note(c, "x")).unwrap();
    assert_eq!(count(&writer), 91);
}

#[test]
fn nothing_to_write_waits_for_nobody() {
    let (commits, writer, _folder) = writer("");
    let none = writer.run_each(Vec::<u8>::new(), |c, _| note(c, "x"));
    assert_eq!(none, []);
    assert_eq!(commits.load(Ordering::SeqCst), 0);
}

#[test]
fn a_full_disk_is_said_and_harms_nothing_that_was_kept() {
    let (_, writer, _folder) = writer("PRAGMA max_page_count = 12");
    writer.run(|c| note(c, "kept")).unwrap();
    let long = "x".repeat(100_000);
    for _ in 0..3 {
        assert_eq!(writer.run(|c| note(c, &long)), Err(StoreError::Full));
        assert_eq!(
            writer.run_alone(false, |c| note(c, &long)),
            Err(StoreError::Full)
        );
    }
    // Where a closure swallows the error, nothing of it is kept all the same.
    let swallowed = writer.run(|c| {
        let _ = note(c, &long);
        Ok::<_, StoreError>(())
    });
    assert!(swallowed.is_ok() || swallowed == Err(StoreError::Full));
    assert_eq!(count(&writer), 1);
    writer.run(|c| note(c, "more")).unwrap();
    assert_eq!(count(&writer), 2);
}

#[test]
fn what_fails_alone_leaves_nothing_and_the_next_one_works() {
    let (_, writer, _folder) = writer("");
    let failed = writer.run_alone(false, |c| {
        note(c, "undone")?;
        Err::<(), _>(StoreError::NotFound)
    });
    assert_eq!(failed, Err(StoreError::NotFound));
    let panicked = std::panic::catch_unwind(AssertUnwindSafe(|| {
        writer.run_alone(true, |c| -> Result<(), StoreError> {
            note(c, "undone")?;
            panic!("as if somebody had made a mistake")
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(count(&writer), 0);
    writer.run_alone(true, |c| note(c, "kept")).unwrap();
    writer.run(|c| note(c, "kept too")).unwrap();
    assert_eq!(count(&writer), 2);
}

#[test]
fn a_bulk_load_gives_its_cache_back() {
    let (_, writer, _folder) = writer("");
    writer.run_alone(true, |c| note(c, "x")).unwrap();
    assert!(writer.seat.lock().unwrap().swollen);
    writer.run_alone(true, |c| note(c, "x")).unwrap();
    assert!(writer.seat.lock().unwrap().swollen);
    writer.run(|c| note(c, "x")).unwrap();
    assert!(!writer.seat.lock().unwrap().swollen);
    assert_eq!(count(&writer), 3);
}
