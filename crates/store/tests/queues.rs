//! Patches, inbox and outbox on each engine.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use std::collections::BTreeSet;

use common::{at, dataset, patch, patch_id};
use rustine_domain::ids::Hash;
use rustine_store::{
    Db, NewMail, NewOutbox, NewUser, PatchFilter, PatchRecord, PendingCount, StoreError, testing,
};

#[test]
fn only_those_who_wait_for_an_answer_keep_their_name() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        for (n, status) in (1..).zip(["pending", "conflict", "refused", "withdrawn"]) {
            let sent = PatchRecord {
                status: status.into(),
                name: Some("Ana".into()),
                email: Some("ana@lac.example".into()),
                ..patch(id, n)
            };
            db.write(|tx| tx.insert_patch(&sent)).unwrap();
        }
        let forget = || db.write(|tx| tx.forget_answered_senders()).unwrap();
        assert_eq!((forget(), forget()), (2, 0));
        let held = |n| {
            let found = db.read(|tx| tx.find_patch(patch_id(n))).unwrap().unwrap();
            (found.name.is_some(), found.email.is_some())
        };
        assert_eq!([1, 2].map(held), [(true, true); 2]);
        assert_eq!([3, 4].map(held), [(false, false); 2]);
    });
}

#[test]
fn a_patch_is_found_by_each_of_its_names() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let first = patch(id, 1);
        db.write(|tx| tx.insert_patch(&first)).unwrap();
        let rebased = PatchRecord {
            digest: Hash([77; 32]),
            nonce: None,
            status: "accepted".into(),
            result_seq: Some(4),
            result_entry: Some(Hash([4; 32])),
            decided_at: Some(at(9)),
            decided_by: Some("/users/lea".into()),
            ..first.clone()
        };
        db.write(|tx| tx.update_patch(&rebased)).unwrap();
        db.read(|tx| {
            assert_eq!(tx.load_patch(first.id)?, rebased);
            assert_eq!(tx.load_patch(patch_id(9)), Err(StoreError::NotFound));
            for digest in [first.digest, rebased.digest] {
                assert_eq!(tx.find_patch_by_digest(id, digest)?, Some(rebased.clone()));
            }
            assert_eq!(
                tx.list_patch_digests(first.id)?,
                [first.digest, rebased.digest]
            );
            assert_eq!(tx.find_patch_by_token(&[1; 32])?, Some(rebased.clone()));
            assert_eq!(
                tx.find_patch_by_offer("https://b.example/activities/1")?,
                Some(rebased.clone())
            );
            Ok::<_, StoreError>(())
        })
        .unwrap();
        let same_digest = PatchRecord {
            digest: Hash([77; 32]),
            ..patch(id, 2)
        };
        let refused = db.write(|tx| tx.insert_patch(&same_digest));
        let what = "patches.dataset,patches.digest,patches.direction".to_owned();
        assert_eq!(refused, Err(StoreError::UniqueViolation { what }));
    });
}

#[test]
fn patches_are_listed_and_counted_by_what_is_asked() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let visitor = |n| PatchRecord {
            proposer: None,
            visitor: Some("0123456789abcdef".into()),
            ..patch(id, n)
        };
        let refused = PatchRecord {
            status: "refused".into(),
            ..patch(id, 3)
        };
        let out = PatchRecord {
            direction: "out".into(),
            ..patch(id, 4)
        };
        let conflict = PatchRecord {
            status: "conflict".into(),
            ..visitor(5)
        };
        let tie = PatchRecord {
            created: at(2),
            ..patch(id, 6)
        };
        db.write(|tx| {
            [
                patch(id, 1),
                visitor(2),
                refused.clone(),
                out.clone(),
                conflict.clone(),
                tie.clone(),
            ]
            .iter()
            .try_for_each(|patch| tx.insert_patch(patch))
        })
        .unwrap();
        let list = |filter: PatchFilter, after| {
            let patches = db
                .read(|tx| tx.list_patches(&filter, after, 3))
                .unwrap_or_else(|e: StoreError| panic!("{e}"));
            patches
                .iter()
                .map(|patch| patch.id.0.as_bytes()[15])
                .collect::<Vec<_>>()
        };
        assert_eq!(list(PatchFilter::default(), None), [5, 4, 3]);
        assert_eq!(
            list(PatchFilter::default(), Some((at(3), patch_id(3)))),
            [6, 2, 1]
        );
        assert_eq!(
            list(PatchFilter::default(), Some((at(2), patch_id(6)))),
            [2, 1]
        );
        let statuses = vec!["refused".to_owned(), "conflict".to_owned()];
        assert_eq!(
            list(
                PatchFilter {
                    statuses,
                    ..PatchFilter::default()
                },
                None
            ),
            [5, 3]
        );
        let direction = Some("out".to_owned());
        assert_eq!(
            list(
                PatchFilter {
                    direction,
                    ..PatchFilter::default()
                },
                None
            ),
            [4]
        );
        let created_before = Some(at(2));
        assert_eq!(
            list(
                PatchFilter {
                    created_before,
                    ..PatchFilter::default()
                },
                None
            ),
            [1]
        );
        let pending = |count: PendingCount| {
            db.read(|tx| tx.count_pending_patches(&count))
                .unwrap_or_else(|e: StoreError| panic!("{e}"))
        };
        assert_eq!(
            pending(PendingCount {
                dataset: Some(id),
                ..PendingCount::default()
            }),
            4
        );
        assert_eq!(
            pending(PendingCount {
                dataset: Some(id + 1),
                ..PendingCount::default()
            }),
            0
        );
        let host = Some("b.example".to_owned());
        assert_eq!(
            pending(PendingCount {
                host: host.clone(),
                visitors_only: true,
                ..PendingCount::default()
            }),
            2
        );
        let visitor = Some("0123456789abcdef".to_owned());
        assert_eq!(
            pending(PendingCount {
                host,
                visitor,
                ..PendingCount::default()
            }),
            2
        );
        let proposer = Some("https://b.example/users/max".to_owned());
        assert_eq!(
            pending(PendingCount {
                proposer,
                ..PendingCount::default()
            }),
            2
        );
    });
}

#[test]
fn an_undo_that_came_first_counts_for_its_actor_only_and_once() {
    testing::on_each_engine(|db| {
        db.write(|tx| {
            tx.remember_undone_offer("offer", "max", at(0))?;
            tx.remember_undone_offer("offer", "max", at(1))?;
            tx.remember_undone_offer("other", "max", at(1))?;
            assert!(!tx.take_undone_offer("offer", "eve")?);
            assert!(
                tx.take_undone_offer("offer", "max")? && !tx.take_undone_offer("offer", "max")?
            );
            assert_eq!(tx.delete_undone_offers_before(at(1))?, 0);
            assert_eq!(tx.delete_undone_offers_before(at(2))?, 1);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn an_activity_is_kept_once_and_worked_on_by_one() {
    testing::on_each_engine(|db| {
        db.write(|tx| {
            let id = tx
                .insert_inbox("act1", "max", "Offer", "{}", at(0))?
                .unwrap();
            assert_eq!(tx.insert_inbox("act1", "eve", "Offer", "[]", at(1))?, None);
            assert!(tx.is_inbox_seen("act1")? && !tx.is_inbox_seen("act2")?);
            tx.insert_inbox("act2", "max", "Offer", "{}", at(0))?
                .unwrap();
            assert!(tx.is_inbox_due("", at(0))?);
            let taken = tx.claim_inbox("", at(0), at(60), 1)?;
            assert_eq!((taken.len(), taken[0].id, taken[0].attempts), (1, id, 1));
            assert_eq!(tx.claim_inbox("", at(0), at(60), 10)?.len(), 1);
            assert_eq!(tx.claim_inbox("", at(59), at(99), 10)?, []);
            assert_eq!(tx.claim_inbox("", at(60), at(99), 10)?.len(), 2);
            tx.update_inbox_body(id, "redacted")?;
            assert_eq!(
                tx.list_inbox("pending", 0, 10)?[0].body.as_deref(),
                Some("redacted")
            );
            tx.retry_inbox(id, "", at(70), "busy")?;
            assert_eq!(tx.claim_inbox("", at(70), at(99), 10)?[0].attempts, 3);
            tx.finish_inbox(id, "", "done", None)?;
            let done = &tx.list_inbox("done", 0, 10)?[0];
            assert_eq!((done.body.as_deref(), done.error.as_deref()), (None, None));
            assert!(tx.is_inbox_seen("act1")?);
            assert_eq!(tx.delete_inbox_before(at(1))?, 1);
            assert!(!tx.is_inbox_seen("act1")? && tx.is_inbox_seen("act2")?);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

fn outgoing(host: &str, key: &str) -> NewOutbox {
    NewOutbox {
        activity_id: format!("https://a.example/activities/{host}/{key}"),
        host: host.into(),
        inbox: format!("https://{host}/inbox"),
        object_key: key.into(),
        actor: "/actor".into(),
        body: Some("{}".into()),
        dataset: None,
        seq: None,
        created: at(0),
    }
}

fn claimed(db: &Db, now: i64, until: i64) -> Vec<i64> {
    let claimed = db
        .write(|tx| tx.claim_outbox("", at(now), at(until), 100))
        .unwrap_or_else(|e: StoreError| panic!("{e}"));
    claimed.iter().map(|activity| activity.id).collect()
}

#[test]
fn only_the_oldest_of_a_lane_is_sent() {
    testing::on_each_engine(|db| {
        let insert = |host, key| {
            db.write(|tx| tx.insert_outbox(&outgoing(host, key)))
                .unwrap_or_else(|e: StoreError| panic!("{e}"))
        };
        let first = insert("b.example", "one");
        let second = insert("b.example", "one");
        let overtaking = insert("b.example", "two");
        let elsewhere = insert("c.example", "one");
        assert_eq!(claimed(db, 0, 60), [first, overtaking, elsewhere]);
        assert_eq!(claimed(db, 0, 60), [0_i64; 0]);
        // A lease that ended, as after a crash, is given again; what is behind still waits.
        assert_eq!(claimed(db, 60, 90), [first, overtaking, elsewhere]);
        db.write(|tx| {
            tx.finish_outbox(overtaking, "", "refused", Some(403), Some("no"))?;
            tx.finish_outbox(elsewhere, "", "parked", Some(503), None)?;
            tx.retry_outbox(first, "", at(300), Some(500), "down")
        })
        .unwrap();
        assert_eq!(claimed(db, 299, 400), [0_i64; 0]);
        assert_eq!(
            db.read(|tx| tx.find_next_outbox_at()).unwrap(),
            Some(at(300).seconds())
        );
        assert_eq!(claimed(db, 300, 400), [first]);
        db.write(|tx| tx.finish_outbox(first, "", "done", Some(202), None))
            .unwrap();
        assert_eq!(claimed(db, 300, 400), [second]);
        db.read(|tx| {
            let done = &tx.list_outbox("done", 0, 10)?[0];
            assert_eq!(
                (done.body.as_deref(), done.attempts, done.last_status),
                (None, 2, Some(202))
            );
            assert_eq!(
                tx.list_outbox("parked", 0, 10)?[0].body.as_deref(),
                Some("{}")
            );
            assert_eq!(tx.count_outbox("queued")?, 1);
            Ok::<_, StoreError>(())
        })
        .unwrap();
        db.write(|tx| {
            assert!(tx.requeue_outbox(elsewhere, at(310))? && !tx.requeue_outbox(first, at(310))?);
            assert_eq!(tx.drop_outbox_of_host("b.example")?, 1);
            tx.update_outbox_body(elsewhere, Some("redacted"))?;
            tx.retry_outbox(elsewhere, "", at(900), None, "down")?;
            assert_eq!(tx.hurry_outbox("c.example", at(320))?, 1);
            assert_eq!(tx.delete_outbox_before(at(1))?, 3);
            Ok::<_, StoreError>(())
        })
        .unwrap();
        assert_eq!(claimed(db, 320, 400), [elsewhere]);
    });
}

#[test]
fn workers_never_get_the_same_activity() {
    testing::on_each_engine(|db| {
        db.write(|tx| {
            (0..200).try_for_each(|n| {
                tx.insert_outbox(&outgoing("b.example", &n.to_string()))
                    .map(drop)
            })
        })
        .unwrap_or_else(|e: StoreError| panic!("{e}"));
        let taken: Vec<i64> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let mut mine = Vec::new();
                        loop {
                            let part = db
                                .write(|tx| tx.claim_outbox("", at(0), at(60), 7))
                                .unwrap_or_else(|e: StoreError| panic!("{e}"));
                            if part.is_empty() {
                                return mine;
                            }
                            mine.extend(part.iter().map(|activity| activity.id));
                        }
                    })
                })
                .collect();
            workers
                .into_iter()
                .flat_map(|worker| worker.join().unwrap())
                .collect()
        });
        // A worker that found all rest locked may stop early; nothing is given twice, and the rest is still due.
        let distinct: BTreeSet<i64> = taken.iter().copied().collect();
        assert_eq!(distinct.len(), taken.len());
        assert_eq!(taken.len() + claimed(db, 0, 60).len(), 200);
    });
}

fn mail(user_id: Option<i64>, seconds: i64) -> NewMail {
    NewMail {
        user_id,
        address: "ana@lac.example".into(),
        lang: "fr".into(),
        kind: "decided".into(),
        message: "{}".into(),
        created: at(seconds),
    }
}

#[test]
fn a_letter_is_in_one_hand_at_a_time_and_its_words_go_with_its_end() {
    testing::on_each_engine(|db| {
        for holder in ["ours", "other"] {
            db.write(|tx| tx.begin_process(holder, 60)).unwrap();
        }
        let late = db.write(|tx| tx.insert_mail(&mail(None, 9))).unwrap();
        let first = db.write(|tx| tx.insert_mail(&mail(None, 0))).unwrap();
        assert_eq!(
            db.read(|tx| tx.find_next_mail_at()),
            Ok(Some(at(0).seconds()))
        );
        let claim = |holder: &str, now: i64| -> Vec<i64> {
            let claimed = db.write(|tx| tx.claim_mails(holder, at(now), at(now + 100), 9));
            claimed.unwrap().iter().map(|mail| mail.id).collect()
        };
        assert_eq!(claim("ours", 1), [first], "the other one is not due");
        assert_eq!(
            claim("other", 10),
            [late],
            "the first one is in other hands"
        );
        let finish = |id, holder: &str, state: &str| {
            db.write(|tx| tx.finish_mail(id, holder, state, at(11), None))
                .unwrap()
        };
        assert!(!finish(first, "other", "sent"), "whoever has it ends it");
        assert!(finish(first, "ours", "sent"));
        assert!(!finish(first, "ours", "failed"), "once");
        let sent = db.read(|tx| tx.find_mail(first)).unwrap().unwrap();
        assert_eq!((sent.address, sent.message), (None, None));
        assert_eq!((sent.state.as_str(), sent.sent_at), ("sent", Some(at(11))));
        let retry = |holder: &str| {
            db.write(|tx| tx.retry_mail(late, holder, at(500), "451"))
                .unwrap()
        };
        assert!(!retry("ours"));
        assert!(retry("other"));
        assert_eq!(claim("ours", 499), [0; 0]);
        assert_eq!(claim("ours", 500), [late]);
        let forget = |seconds| db.write(|tx| tx.delete_mails_before(at(seconds))).unwrap();
        assert_eq!(
            (forget(1), forget(1_000)),
            (1, 0),
            "what waits is not forgotten"
        );
    });
}

#[test]
fn letters_to_a_person_are_counted_by_kind() {
    testing::on_each_engine(|db| {
        let lea = NewUser {
            name: "lea".into(),
            email: "lea@lac.example".into(),
            password_hash: String::new(),
            role: "member".into(),
            lang: "fr".into(),
            created: at(0),
            confirmed: true,
        };
        let user = db.write(|tx| tx.insert_user(&lea)).unwrap();
        for seconds in [0, 100] {
            db.write(|tx| tx.insert_mail(&mail(Some(user), seconds)))
                .unwrap();
        }
        let count = |kind: &str, since| {
            db.read(|tx| tx.count_mails_to(user, kind, at(since)))
                .unwrap()
        };
        assert_eq!((count("decided", -1), count("decided", 0)), (2, 1));
        assert_eq!(count("digest", -1), 0);
        assert_eq!(db.read(|tx| tx.count_mails("queued")), Ok(2));
    });
}
