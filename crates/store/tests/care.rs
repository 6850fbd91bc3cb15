//! What moderators keep about proposals, and comments, on each engine.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::{at, dataset, patch, patch_id, row_id};
use rustine_store::{
    Act, CareRecord, CommentPlace, CommentRecord, Db, NewUser, PatchFilter, PatchRecord,
    SenderRecord, StoreError, testing,
};

fn user(db: &Db, name: &str) -> i64 {
    let user = NewUser {
        name: name.into(),
        email: format!("{name}@a.example"),
        password_hash: String::new(),
        confirmed: true,
        role: "operator".into(),
        lang: "fr".into(),
        created: at(0),
    };
    db.write(|tx| tx.insert_user(&user)).unwrap()
}

/// The numbers of the proposals that match, the newest first.
fn listed(db: &Db, filter: &PatchFilter) -> Vec<u8> {
    let found: Result<_, StoreError> = db.read(|tx| {
        assert_eq!(
            tx.count_patches(filter)?,
            i64::try_from(tx.list_patches(filter, None, 9)?.len()).unwrap()
        );
        tx.list_patches(filter, None, 9)
    });
    found
        .unwrap()
        .iter()
        .map(|patch| patch.id.0.as_bytes()[15])
        .collect()
}

#[test]
fn proposals_are_found_by_what_they_do_and_who_looks_after_them() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let lea = user(db, "lea");
        let ops = [
            r#"[{"op":"set","value":"\"op\":\"del\""}]"#,
            r#"[{"op":"add"},{"op":"del"}]"#,
            r#"[{"op":"del"}]"#,
        ];
        db.write(|tx| {
            for (n, ops) in (1..).zip(ops) {
                tx.insert_patch(&PatchRecord {
                    ops: ops.into(),
                    ..patch(id, n)
                })?;
            }
            tx.put_care(&CareRecord {
                assignee: Some(lea),
                ..CareRecord::none(patch_id(1))
            })?;
            tx.put_care(&CareRecord {
                problem: Some("gone".into()),
                burst: Some("flood".into()),
                ..CareRecord::none(patch_id(3))
            })?;
            Ok::<_, StoreError>(())
        })
        .unwrap();
        let any = PatchFilter::default;
        let act = |act| PatchFilter {
            act: Some(act),
            ..any()
        };
        assert_eq!(listed(db, &act(Act::Set)), [1]);
        assert_eq!(listed(db, &act(Act::Add)), [2]);
        assert_eq!(listed(db, &act(Act::Del)), [3, 2]);
        assert_eq!(
            listed(
                db,
                &PatchFilter {
                    assignee: Some(lea),
                    ..any()
                }
            ),
            [1]
        );
        assert_eq!(
            listed(
                db,
                &PatchFilter {
                    unassigned: true,
                    ..any()
                }
            ),
            [3, 2]
        );
        assert_eq!(
            listed(
                db,
                &PatchFilter {
                    problem: Some("gone".into()),
                    ..any()
                }
            ),
            [3]
        );
        assert_eq!(
            listed(
                db,
                &PatchFilter {
                    set_aside: Some(true),
                    ..any()
                }
            ),
            [3]
        );
        assert_eq!(
            listed(
                db,
                &PatchFilter {
                    set_aside: Some(false),
                    ..any()
                }
            ),
            [2, 1]
        );
        assert_eq!(
            listed(
                db,
                &PatchFilter {
                    burst: Some("flood".into()),
                    ..any()
                }
            ),
            [3]
        );
        assert_eq!(
            listed(
                db,
                &PatchFilter {
                    created_since: Some(at(2)),
                    ..any()
                }
            ),
            [3, 2]
        );
        let oldest: Result<_, StoreError> = db.read(|tx| {
            assert_eq!(tx.list_bursts()?, [("flood".to_owned(), id, 1)]);
            assert_eq!(tx.list_waiting_hosts()?, ["b.example"]);
            assert!(tx.has_patches(&any(), 3)? && !tx.has_patches(&any(), 4)?);
            tx.list_oldest_patches(&any(), Some((at(1), patch_id(1))), 1)
        });
        assert_eq!(oldest.unwrap()[0].id, patch_id(2));
    });
}

#[test]
fn a_sender_s_record_counts_what_was_decided() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let statuses = ["pending", "accepted", "amended", "refused", "expired"];
        for (n, status) in (1..).zip(statuses) {
            let sent = PatchRecord {
                status: status.into(),
                ..patch(id, n)
            };
            db.write(|tx| tx.insert_patch(&sent)).unwrap();
        }
        let of = |host: &str| {
            let sender = PatchFilter {
                proposer_host: Some(host.into()),
                ..PatchFilter::default()
            };
            db.read(|tx| tx.sender_record(&sender)).unwrap()
        };
        let known = SenderRecord {
            accepted: 2,
            refused: 1,
            first: Some(at(1)),
        };
        assert_eq!(of("b.example"), known);
        assert_eq!(of("c.example"), SenderRecord::default());
    });
}

#[test]
fn care_notes_and_comments_go_with_their_proposal() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let lea = user(db, "lea");
        let comment = |n: &str, state: &str, about| CommentRecord {
            id: n.into(),
            dataset: id,
            row_id: Some(row_id(7)).filter(|_| about == "row"),
            patch: Some(patch_id(1)).filter(|_| about == "patch"),
            side: "elsewhere".into(),
            author: Some("https://b.example/users/max".into()),
            content: "Bonjour".into(),
            state: state.into(),
            object_id: Some(format!("https://b.example/notes/{n}")),
            created: at(1),
            updated: at(1),
        };
        db.write(|tx| {
            tx.insert_patch(&patch(id, 1))?;
            tx.insert_patch(&patch(id, 2))?;
            let care = CareRecord {
                undoes: Some(patch_id(1)),
                ..CareRecord::none(patch_id(2))
            };
            tx.put_care(&care)?;
            assert_eq!(tx.find_care(patch_id(2))?, care);
            assert_eq!(tx.list_cares(&[patch_id(1), patch_id(2)])?, [care]);
            assert_eq!(tx.find_care(patch_id(1))?, CareRecord::none(patch_id(1)));
            assert_eq!(tx.find_undoing(patch_id(1))?, Some(patch_id(2)));
            tx.insert_patch_note(patch_id(1), lea, "Appeler la mairie", at(3))?;
            assert_eq!(
                tx.list_patch_notes(patch_id(1))?[0].content,
                "Appeler la mairie"
            );
            tx.insert_comment(&comment("a", "held", "patch"))?;
            tx.insert_comment(&comment("b", "shown", "row"))
        })
        .unwrap();
        let again = CommentRecord {
            id: "c".into(),
            ..comment("a", "held", "patch")
        };
        let twice = db.write(|tx| tx.insert_comment(&again));
        assert!(matches!(twice, Err(StoreError::UniqueViolation { .. })));
        let read: Result<_, StoreError> = db.read(|tx| {
            let row = CommentPlace::Row(id, row_id(7));
            assert_eq!(tx.list_comments(row, &["shown"], 9)?.len(), 1);
            assert_eq!(tx.list_comments(row, &["held"], 9)?.len(), 0);
            assert_eq!(tx.list_held_comments(9)?.len(), 1);
            assert_eq!(
                tx.count_held_comments(id, Some("https://b.example/users/max"))?,
                1
            );
            assert_eq!(
                tx.count_held_comments(id, Some("https://b.example/users/eve"))?,
                0
            );
            tx.find_comment_by_object("https://b.example/notes/a")
        });
        let mut found = read.unwrap().unwrap();
        assert_eq!((found.id.as_str(), found.patch), ("a", Some(patch_id(1))));
        db.write(|tx| {
            found.state = "shown".into();
            tx.update_comment(&found)?;
            assert_eq!(tx.find_comment("a")?.unwrap().state, "shown");
            tx.delete_comment("b")?;
            assert_eq!(tx.find_comment("b")?, None);
            tx.delete_dataset(id)?;
            assert_eq!(tx.find_comment("a")?, None);
            assert_eq!(tx.list_patch_notes(patch_id(1))?, []);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}
