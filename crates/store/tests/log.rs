//! Datasets and their logs on each engine.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::{at, dataset, dataset_record, row_id};
use rustine_domain::ids::Hash;
use rustine_store::{
    DatasetFilter, DatasetRecord, EntryRecord, ForkRecord, HeaderBeyondRecord, MissingRecord,
    NoteRecord, RedactionRecord, ReplicaRecord, ReplicaStateRecord, StoreError, testing,
};

fn entry(dataset: i64, seq: i64, kind: &str) -> EntryRecord {
    EntryRecord {
        dataset,
        seq,
        kind: kind.into(),
        time: at(seq),
        header: format!("{{\"seq\":{seq}}}"),
        entry: Hash([u8::try_from(seq).unwrap(); 32]),
    }
}

#[test]
fn a_dataset_is_found_by_each_of_its_names() {
    testing::on_each_engine(|db| {
        let record = DatasetRecord {
            policy: Some("{\"quorum\":2}".into()),
            license: Some("etalab-2.0".into()),
            ..dataset_record("lieux")
        };
        let id = db.write(|tx| tx.insert_dataset(&record)).unwrap();
        let stored = DatasetRecord { id, ..record };
        db.read(|tx| {
            assert_eq!(tx.load_dataset(id)?, stored);
            assert_eq!(tx.find_dataset_by_name("lieux", "")?, Some(stored.clone()));
            assert_eq!(tx.find_dataset_by_name("lieux", "b.example")?, None);
            assert_eq!(tx.find_dataset_by_uid(stored.uid)?, Some(stored.clone()));
            assert_eq!(tx.find_dataset_by_url(&stored.url)?, Some(stored.clone()));
            assert_eq!(tx.load_dataset(id + 1), Err(StoreError::NotFound));
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn a_name_stands_once_for_each_host() {
    testing::on_each_engine(|db| {
        dataset(db, "lieux");
        let same_name = DatasetRecord {
            uid: dataset_record("ateliers").uid,
            ..dataset_record("lieux")
        };
        let refused = db.write(|tx| tx.insert_dataset(&same_name));
        let what = "datasets.host,datasets.name".to_owned();
        assert_eq!(refused, Err(StoreError::UniqueViolation { what }));
        let elsewhere = DatasetRecord {
            host: "b.example".into(),
            ..same_name
        };
        assert!(db.write(|tx| tx.insert_dataset(&elsewhere)).is_ok());
    });
}

#[test]
fn moving_the_head_leaves_counts_alone() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        common::put(db, id, vec![common::new_row(1, &[])]);
        let moved = DatasetRecord {
            id,
            seq: 7,
            entry: Hash([7; 32]),
            title: "Lieux ouverts".into(),
            status: "closed".into(),
            updated: at(9),
            ..dataset_record("lieux")
        };
        db.write(|tx| tx.update_dataset(&moved)).unwrap();
        let found = db.read(|tx| tx.load_dataset(id)).unwrap();
        assert_eq!(
            (found.row_count, found.seq, found.status.as_str()),
            (1, 7, "closed")
        );
        let nobody = DatasetRecord {
            id: id + 1,
            ..moved
        };
        assert_eq!(
            db.write(|tx| tx.update_dataset(&nobody)),
            Err(StoreError::NotFound)
        );
    });
}

#[test]
fn datasets_are_listed_by_host_and_name() {
    testing::on_each_engine(|db| {
        let names = [
            ("zoo", ""),
            ("abc", "b.example"),
            ("lieux", ""),
            ("abc", "B.example"),
        ];
        for (n, (name, host)) in names.iter().enumerate() {
            let record = DatasetRecord {
                uid: dataset_record(&n.to_string()).uid,
                name: (*name).into(),
                host: (*host).into(),
                status: if *name == "zoo" { "draft" } else { "published" }.into(),
                ..dataset_record("lieux")
            };
            db.write(|tx| tx.insert_dataset(&record)).unwrap();
        }
        let list = |filter: DatasetFilter, after| {
            let datasets = db
                .read(|tx| tx.list_datasets(&filter, after, 10))
                .unwrap_or_else(|e: StoreError| panic!("{e}"));
            datasets
                .into_iter()
                .map(|dataset| dataset.name + "@" + &dataset.host)
                .collect::<Vec<_>>()
        };
        let all = ["lieux@", "zoo@", "abc@B.example", "abc@b.example"];
        assert_eq!(list(DatasetFilter::default(), None), all);
        assert_eq!(list(DatasetFilter::default(), Some(("", "zoo"))), all[2..]);
        let local = Some(true);
        assert_eq!(
            list(
                DatasetFilter {
                    local,
                    ..DatasetFilter::default()
                },
                None
            ),
            all[..2]
        );
        let status = Some("published".to_owned());
        let copies = DatasetFilter {
            local: Some(false),
            status,
            audience: Some("public".into()),
        };
        assert_eq!(list(copies, None), all[2..]);
    });
}

#[test]
fn headers_are_read_both_ways_and_by_kind() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let kinds = ["genesis", "import", "patch", "schema", "patch"];
        let entries: Vec<EntryRecord> = (0..)
            .zip(kinds)
            .map(|(seq, kind)| entry(id, seq, kind))
            .collect();
        for entry in &entries {
            db.write(|tx| tx.insert_entry(entry)).unwrap();
        }
        let again = db.write(|tx| tx.insert_entry(&entries[1]));
        assert!(matches!(again, Err(StoreError::UniqueViolation { .. })));
        db.read(|tx| {
            assert_eq!(tx.find_entry(id, 2)?.as_ref(), Some(&entries[2]));
            assert_eq!(tx.list_entries(id, 1, 2)?, entries[1..3]);
            let newest: Vec<i64> = tx
                .list_entries_before(id, 4, 2)?
                .iter()
                .map(|e| e.seq)
                .collect();
            assert_eq!(newest, [3, 2]);
            let seqs: Vec<i64> = tx
                .list_entries_of_kinds(id, &["genesis", "schema"])?
                .iter()
                .map(|e| e.seq)
                .collect();
            assert_eq!(seqs, [0, 3]);
            Ok::<_, StoreError>(())
        })
        .unwrap();
        db.write(|tx| {
            tx.put_body(id, 3, "{}")?;
            tx.delete_entries_from(id, 3)
        })
        .unwrap();
        assert_eq!(
            db.read(|tx| tx.list_entries(id, 0, 10)).unwrap(),
            entries[..3]
        );
        assert_eq!(db.read(|tx| tx.find_body(id, 3)).unwrap(), None);
    });
}

#[test]
fn bodies_of_every_size_come_back() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let bodies = [0, 1, 1000, 1023, 1024, 300_000]
            .map(|size| "é".repeat(size / 2) + &"x".repeat(size % 2));
        for (seq, body) in (0..).zip(&bodies) {
            db.write(|tx| tx.put_body(id, seq, body)).unwrap();
        }
        db.write(|tx| tx.put_body(id, 5, "redacted")).unwrap();
        db.read(|tx| {
            for (seq, body) in (0..5).zip(&bodies) {
                assert_eq!(tx.find_body(id, seq)?.as_ref(), Some(body));
            }
            assert_eq!(tx.find_body(id, 9)?, None);
            assert_eq!(
                tx.list_bodies(id, 4, 10)?,
                [(4, bodies[4].clone()), (5, "redacted".to_owned())]
            );
            assert_eq!(tx.list_body_seqs(id, 1, 3)?, [1, 2, 3]);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn a_redaction_and_a_fork_are_kept_once() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let cell = RedactionRecord {
            commitment: Some(Hash([8; 32])),
            row_id: Some(row_id(1)),
            field: Some("nom".into()),
            meta_seq: None,
            seq: 4,
        };
        let meta = RedactionRecord {
            commitment: None,
            row_id: None,
            field: None,
            meta_seq: Some(2),
            seq: 5,
        };
        let fork = ForkRecord {
            dataset: id,
            seq: 3,
            entry: Hash([9; 32]),
            header: "{}".into(),
            source: "b.example".into(),
            seen: at(3),
        };
        db.write(|tx| {
            assert_eq!(tx.count_redactions(id)?, (0, None));
            assert!(tx.insert_redaction(id, &cell)? && tx.insert_redaction(id, &meta)?);
            let later = RedactionRecord {
                seq: 9,
                ..cell.clone()
            };
            assert!(!tx.insert_redaction(id, &later)? && !tx.insert_redaction(id, &meta)?);
            assert_eq!(tx.list_redactions(id)?, [cell.clone(), meta.clone()]);
            assert_eq!(tx.count_redactions(id)?, (2, Some(5)));
            assert_eq!(
                tx.list_redactions_of(id, &[row_id(1), row_id(2)], 2)?,
                [cell.clone(), meta.clone()]
            );
            assert_eq!(tx.list_redactions_of(id, &[row_id(2)], 1)?, []);
            let at = |redaction: &RedactionRecord, seq| RedactionRecord {
                seq,
                ..redaction.clone()
            };
            assert!(!tx.delete_redaction_from(id, &at(&cell, cell.seq + 1))?);
            assert!(tx.delete_redaction_from(id, &cell)?);
            assert_eq!(tx.list_redactions(id)?, std::slice::from_ref(&meta));
            assert!(!tx.delete_redaction_from(id, &at(&meta, meta.seq + 1))?);
            assert!(tx.delete_redaction_from(id, &at(&meta, 0))?);
            assert!(tx.insert_redaction(id, &cell)? && tx.insert_redaction(id, &meta)?);
            tx.delete_redactions(id)?;
            assert_eq!(tx.list_redactions(id)?, []);
            assert!(tx.insert_fork(&fork)? && !tx.insert_fork(&fork)?);
            assert_eq!(tx.list_forks(id)?, std::slice::from_ref(&fork));
            assert!(tx.is_fork(id, 3, fork.entry)? && !tx.is_fork(id, 4, fork.entry)?);
            tx.delete_fork(id, 3, fork.entry)?;
            assert_eq!(tx.list_forks(id)?, []);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn headers_beyond_the_head_are_kept_once_each() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let header = |seq, entry| HeaderBeyondRecord {
            seq,
            entry: Hash([entry; 32]),
            prev: Hash([entry - 1; 32]),
            header: (seq == 5).then(|| "{}".to_owned()),
        };
        let all = [header(4, 2), header(4, 7), header(5, 3)];
        db.write(|tx| {
            for header in all.iter().rev().chain(&all) {
                tx.insert_header_beyond(id, header)?;
            }
            assert_eq!(tx.list_headers_beyond(id)?, all);
            assert_eq!(tx.list_headers_beyond(id + 1)?, []);
            assert_eq!(tx.list_entries_beyond(id, 4)?, [all[0].entry, all[1].entry]);
            tx.delete_header_beyond(id, 4, all[1].entry)?;
            tx.delete_header_beyond(id, 5, all[0].entry)?;
            assert_eq!(
                tx.list_headers_beyond(id)?,
                [all[0].clone(), all[2].clone()]
            );
            tx.delete_headers_beyond(id)?;
            assert_eq!(tx.list_headers_beyond(id)?, []);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn what_a_copy_lacks_is_kept_until_it_comes_or_is_erased() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let cell = |seq, row: u8| MissingRecord {
            seq,
            row_id: Some(row_id(row.into())),
            field: Some("nom".into()),
            commitment: Some(Hash([row; 32])),
        };
        let meta = |seq| MissingRecord {
            seq,
            row_id: None,
            field: None,
            commitment: None,
        };
        db.write(|tx| {
            for record in [cell(3, 1), cell(3, 2), meta(3), cell(9, 1), meta(12)] {
                tx.insert_missing(id, &record)?;
            }
            assert_eq!(tx.list_missing_seqs(id, -1, 10)?, [3, 9, 12]);
            assert_eq!(tx.list_missing_seqs(id, 3, 1)?, [9]);
            assert_eq!(tx.list_missing(id, 3)?, [cell(3, 1), cell(3, 2), meta(3)]);
            tx.delete_missing_cell(id, row_id(1), "nom", Hash([1; 32]))?;
            tx.delete_missing_meta(id, 12)?;
            assert_eq!(tx.list_missing_seqs(id, -1, 10)?, [3]);
            assert_eq!(tx.count_missing(id)?, 2);
            tx.delete_missing(id, 3)?;
            tx.insert_missing(id, &meta(4))?;
            tx.delete_all_missing(id)?;
            assert_eq!(tx.count_missing(id)?, 0);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn replicas_and_copies_are_kept() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let state = ReplicaStateRecord {
            dataset: id,
            state: "current".into(),
            origin_seq: Some(4),
            origin_entry: Some(Hash([4; 32])),
            confirmed_at: Some(at(4)),
            source: Some("c.example".into()),
            bodies_from: 2,
            cursor: None,
            error: None,
            updated: at(5),
            named_source: Some("d.example".into()),
            log_bytes: 0,
            hinted_seq: -1,
            redact_seq: -1,
            attempted_by: String::new(),
            silent_since: Some(at(6)),
        };
        let replica = ReplicaRecord {
            dataset: id,
            host: "b.example".into(),
            actor: "https://b.example/actor".into(),
            inbox: "https://b.example/inbox".into(),
            listed: false,
            accepted_at: at(1),
        };
        db.write(|tx| {
            tx.put_replica_state(&state)?;
            let emptied = ReplicaStateRecord {
                origin_seq: None,
                origin_entry: None,
                confirmed_at: None,
                source: None,
                ..state.clone()
            };
            tx.put_replica_state(&emptied)?;
            assert_eq!(tx.find_replica_state(id)?, Some(emptied));
            tx.put_replica_state(&state)?;
            assert_eq!(tx.list_replica_states()?.pop().unwrap().1, state);
            assert_eq!(tx.add_log_bytes(id, 40)?, Some(40));
            assert_eq!(tx.add_log_bytes(id, 2)?, Some(42));
            tx.put_replica_state(&state)?;
            assert_eq!(tx.find_replica_state(id)?.unwrap().log_bytes, 42);
            tx.reset_log_bytes(id)?;
            assert_eq!(tx.add_log_bytes(id + 1, 2)?, None);
            tx.put_replica(&replica)?;
            let listed = ReplicaRecord {
                listed: true,
                ..replica.clone()
            };
            tx.put_replica(&listed)?;
            assert_eq!(tx.list_replicas(id)?, [listed]);
            assert!(tx.delete_replica(id, "b.example")? && !tx.delete_replica(id, "b.example")?);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn the_newest_note_comes_first() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let notes: Vec<NoteRecord> = (0..3)
            .map(|n| NoteRecord {
                id: format!("note{n}"),
                dataset: id,
                content: "<p>3</p>".into(),
                from_seq: n,
                to_seq: n,
                published: at(n),
            })
            .collect();
        for note in &notes {
            db.write(|tx| tx.insert_note(note)).unwrap();
        }
        db.read(|tx| {
            assert_eq!(tx.list_notes(id, 2)?, [notes[2].clone(), notes[1].clone()]);
            assert_eq!(tx.find_note("note0")?.as_ref(), Some(&notes[0]));
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}
