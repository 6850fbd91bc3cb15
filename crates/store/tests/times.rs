//! When rows were touched and how long proposals wait, on each engine.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::{at, dataset, new_row, put, row_id};
use rustine_domain::ids::{Hash, PatchId};
use rustine_store::{
    AnswerTimes, EntryRecord, PatchRecord, RowChange, RowQuery, StoreError, Touched, testing,
};

#[test]
fn a_row_is_as_old_as_the_last_entry_that_touched_it() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let rows: Vec<_> = (1..=3).map(|n| new_row(n, &[("nom", "Lieu")])).collect();
        put(db, id, rows);
        let entry = |seq: u8| EntryRecord {
            dataset: id,
            seq: seq.into(),
            kind: "patch".into(),
            time: at(i64::from(seq) * 100),
            header: "{}".into(),
            entry: Hash([seq; 32]),
        };
        for seq in [0, 1, 2] {
            db.write(|tx| tx.insert_entry(&entry(seq))).unwrap();
        }
        for (seq, n) in [(1, 2), (2, 2), (9, 3)] {
            let changed = [RowChange::Put(new_row(n, &[("nom", &format!("{seq}"))]))];
            db.write(|tx| tx.apply_rows(id, seq, &changed)).unwrap();
        }
        let touched = db.read(|tx| {
            let query = RowQuery {
                dataset: id,
                limit: 10,
                ..RowQuery::default()
            };
            let rows = tx.query_rows(&query)?.rows;
            tx.rows_touched(id, &rows)
        });
        let touched: Result<_, StoreError> = touched;
        let touched = touched.unwrap();
        let expected = |changed| Touched {
            added: at(0),
            changed,
        };
        assert_eq!(touched[&row_id(1)], expected(None));
        assert_eq!(touched[&row_id(2)], expected(Some(at(200))));
        assert_eq!(touched[&row_id(3)], expected(None), "its entry is not held");
    });
}

fn patch(dataset: i64, n: u8, status: &str, waited: Option<i64>) -> PatchRecord {
    PatchRecord {
        id: PatchId(row_id(n.into()).0),
        dataset,
        uid: common::dataset_record("lieux").uid,
        direction: "in".into(),
        status: status.into(),
        proposer: None,
        proposer_host: "b.example".into(),
        visitor: None,
        name: None,
        email: None,
        summary: None,
        schema_hash: Hash([1; 32]),
        nonce: None,
        digest: Hash([n; 32]),
        ops: "[]".into(),
        applied: None,
        reason: None,
        report: None,
        result_seq: None,
        result_entry: None,
        created: at(n.into()),
        updated: at(0),
        decided_at: waited.map(|seconds| at(i64::from(n) + seconds)),
        decided_by: None,
        token_hash: None,
        offer_id: None,
        answer: None,
    }
}

#[test]
fn half_of_the_answers_took_less_than_the_median() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let times = || -> AnswerTimes {
            let times = db.read(|tx| tx.answer_times(id));
            times.unwrap_or_else(|e: StoreError| panic!("{e}"))
        };
        assert_eq!(times(), AnswerTimes::default());
        for (n, status, waited) in [
            (1, "accepted", Some(60)),
            (2, "refused", Some(3600)),
            (3, "amended", Some(600)),
            (4, "withdrawn", Some(1)),
            (5, "pending", None),
            (6, "conflict", None),
        ] {
            db.write(|tx| tx.insert_patch(&patch(id, n, status, waited)))
                .unwrap();
        }
        let elsewhere = PatchRecord {
            direction: "out".into(),
            ..patch(id, 7, "accepted", Some(1))
        };
        db.write(|tx| tx.insert_patch(&elsewhere)).unwrap();
        let expected = AnswerTimes {
            median_seconds: Some(600),
            oldest_waiting: Some(at(5)),
        };
        assert_eq!(times(), expected);
    });
}
