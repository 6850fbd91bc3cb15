//! Leases: what one process at a time does, on a database that several share.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};

use common::at;
use rustine_store::{Db, NewOutbox, StoreError, testing};

/// Longer than any test lasts.
const LONG: i64 = 3600;

fn begin(db: &Db, holder: &str, seconds: i64) {
    db.write(|tx| tx.begin_process(holder, seconds))
        .unwrap_or_else(|e: StoreError| panic!("{e}"));
}

#[test]
fn a_lease_has_one_holder_as_long_as_its_process_is_there() {
    testing::on_each_engine(|db| {
        begin(db, "one", LONG);
        begin(db, "two", LONG);
        db.write(|tx| {
            assert!(tx.take_lease("sign", "one")?);
            assert!(tx.take_lease("sign", "one")?, "its own is kept");
            assert!(!tx.take_lease("sign", "two")?);
            assert!(tx.holds_lease("sign", "one")? && !tx.holds_lease("sign", "two")?);
            tx.release_lease("sign", "two")?;
            assert!(
                tx.holds_lease("sign", "one")?,
                "nobody gives back another's"
            );
            tx.release_lease("sign", "one")?;
            assert!(tx.take_lease("sign", "two")?);
            tx.end_process("two")?;
            assert!(tx.take_lease("sign", "one")?, "an end frees all at once");
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn a_process_whose_time_has_run_out_loses_its_leases_and_cannot_renew() {
    testing::on_each_engine(|db| {
        begin(db, "paused", LONG);
        begin(db, "other", LONG);
        db.write(|tx| {
            assert!(tx.take_lease("sign", "paused")?);
            assert!(tx.renew_process("paused", -1)?, "in time, but for no time");
            assert!(!tx.is_process("paused")? && tx.is_process("other")?);
            assert!(!tx.renew_process("paused", LONG)?);
            assert!(tx.holds_lease("sign", "paused")?, "until somebody takes it");
            assert!(tx.take_lease("sign", "other")?);
            assert!(!tx.holds_lease("sign", "paused")?);
            assert!(!tx.take_lease("sign", "paused")?);
            Ok::<_, StoreError>(())
        })
        .unwrap();
        // The next one that begins tidies up.
        begin(db, "third", LONG);
        let left = db.read(|tx| tx.list_leases("process/")).unwrap();
        let left: Vec<&str> = left.iter().map(|lease| lease.name.as_str()).collect();
        assert_eq!(left, ["process/other", "process/third"]);
    });
}

#[test]
fn of_many_who_want_a_lease_one_gets_it() {
    testing::on_each_engine(|db| {
        let taken = AtomicUsize::new(0);
        (0..6).for_each(|n| begin(db, &n.to_string(), LONG));
        std::thread::scope(|scope| {
            for n in 0..6 {
                let taken = &taken;
                scope.spawn(move || {
                    let got = db.write(|tx| tx.take_lease("sign", &n.to_string()));
                    if got.unwrap_or_else(|e: StoreError| panic!("{e}")) {
                        taken.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(taken.into_inner(), 1);
    });
}

fn outgoing(key: &str) -> NewOutbox {
    NewOutbox {
        activity_id: format!("https://a.example/activities/{key}"),
        host: "b.example".into(),
        inbox: "https://b.example/inbox".into(),
        object_key: key.into(),
        actor: "/actor".into(),
        body: Some("{}".into()),
        dataset: None,
        seq: None,
        created: at(0),
    }
}

#[test]
fn deliveries_of_a_process_that_is_gone_are_taken_over_and_it_can_no_longer_write_what_came_of_them()
 {
    testing::on_each_engine(|db| {
        begin(db, "one", LONG);
        begin(db, "two", LONG);
        db.write(|tx| {
            let first = tx.insert_outbox(&outgoing("lane"))?;
            let second = tx.insert_outbox(&outgoing("lane"))?;
            assert_eq!(tx.claim_outbox("one", at(0), at(90), 9)?[0].id, first);
            // However far the clocks of two processes are apart, a living one keeps what it has.
            assert_eq!(tx.claim_outbox("two", at(9_000), at(9_090), 9)?, []);
            tx.renew_process("one", -1)?;
            let taken = tx.claim_outbox("two", at(0), at(90), 9)?;
            assert_eq!(
                (taken.len(), taken[0].id),
                (1, first),
                "the lane keeps its order"
            );
            assert!(!tx.finish_outbox(first, "one", "refused", Some(403), None)?);
            assert!(!tx.retry_outbox(first, "one", at(500), None, "silent")?);
            assert!(tx.finish_outbox(first, "two", "done", Some(202), None)?);
            assert!(
                !tx.finish_outbox(first, "two", "refused", None, None)?,
                "once"
            );
            assert_eq!(tx.claim_outbox("two", at(0), at(90), 9)?[0].id, second);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn received_activities_of_a_process_that_is_gone_are_taken_over_and_act_once() {
    testing::on_each_engine(|db| {
        begin(db, "one", LONG);
        begin(db, "two", LONG);
        db.write(|tx| {
            let id = tx
                .insert_inbox("act", "https://b.example/actor", "Offer", "{}", at(0))?
                .expect("it is new");
            assert_eq!(tx.claim_inbox("one", at(0), at(60), 9)?.len(), 1);
            assert!(!tx.is_inbox_due("two", at(9_000))?);
            tx.renew_process("one", -1)?;
            assert!(tx.is_inbox_due("two", at(0))?);
            assert_eq!(tx.claim_inbox("two", at(0), at(60), 9)?.len(), 1);
            assert!(!tx.finish_inbox(id, "one", "done", None)?);
            assert!(!tx.retry_inbox(id, "one", at(0), "late")?);
            assert!(tx.finish_inbox(id, "two", "done", None)?);
            assert!(!tx.finish_inbox(id, "two", "done", None)?, "once");
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

/// Two processes share the work: each claims while the other one does, and nothing is claimed twice.
#[test]
fn two_processes_never_claim_the_same_delivery() {
    testing::on_each_engine(|db| {
        begin(db, "one", LONG);
        begin(db, "two", LONG);
        db.write(|tx| {
            (0..120).try_for_each(|n| tx.insert_outbox(&outgoing(&n.to_string())).map(drop))
        })
        .unwrap_or_else(|e: StoreError| panic!("{e}"));
        let work = |holder: &'static str| {
            move || {
                let mut mine = Vec::new();
                loop {
                    let part = db
                        .write(|tx| tx.claim_outbox(holder, at(0), at(60), 5))
                        .unwrap_or_else(|e: StoreError| panic!("{e}"));
                    if part.is_empty() {
                        return mine;
                    }
                    assert!(part.iter().all(|activity| activity.holder == holder));
                    mine.extend(part.iter().map(|activity| activity.id));
                }
            }
        };
        let taken: Vec<i64> = std::thread::scope(|scope| {
            let workers = [scope.spawn(work("one")), scope.spawn(work("two"))];
            workers
                .into_iter()
                .flat_map(|worker| worker.join().unwrap())
                .collect()
        });
        let distinct: std::collections::BTreeSet<i64> = taken.iter().copied().collect();
        assert_eq!(distinct.len(), taken.len());
        let rest = db
            .write(|tx| tx.claim_outbox("one", at(0), at(60), 200))
            .unwrap();
        assert_eq!(taken.len() + rest.len(), 120);
    });
}
