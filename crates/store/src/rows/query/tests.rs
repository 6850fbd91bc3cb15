//! How the engines run the queries: each page must walk along an index, whatever the size of the dataset.

use rustine_domain::ids::{DatasetUid, Hash, RowId, Salt};
use rustine_domain::time::Timestamp;

use super::*;
use crate::rows::NewRow;
use crate::{DatasetRecord, Db, Sort, testing};

fn at() -> Timestamp {
    Timestamp::from_seconds(1_790_000_000).unwrap()
}

fn field(name: &str) -> FieldName {
    name.parse().unwrap()
}

fn row(n: u64) -> NewRow {
    let row_id: RowId = format!("00000000-0000-4000-8000-{n:012x}").parse().unwrap();
    let cells = [
        ("commune", format!("Commune {}", n % 40)),
        ("places", (n % 90).to_string()),
        ("_order", format!("a{n:06}")),
    ];
    NewRow {
        row_id,
        row_hash: Hash([1; 32]),
        cells: cells
            .into_iter()
            .map(|(field, value)| (field.to_owned(), value))
            .collect(),
        op_salt: Some(Salt([1; 16])),
        salts: Default::default(),
        gone: Default::default(),
        place: Some((47.0 + n as f64 / 1e4, -1.0 - n as f64 / 1e4)),
    }
}

/// Two datasets, so that an index that forgot the dataset would show.
fn filled(db: &Db) -> i64 {
    let mut ids = Vec::new();
    for n in 1..=2_u64 {
        let uid: DatasetUid = format!("urn:uuid:00000000-0000-4000-8000-{n:012x}")
            .parse()
            .unwrap();
        let record = DatasetRecord {
            id: 0,
            uid,
            name: format!("lieux{n}"),
            host: String::new(),
            url: String::new(),
            genesis: Hash([1; 32]),
            seq: 0,
            entry: Hash([1; 32]),
            state: Hash([1; 32]),
            chain: String::new(),
            schema: String::new(),
            schema_hash: Hash([1; 32]),
            policy: None,
            audience: "public".into(),
            title: String::new(),
            license: None,
            row_count: 0,
            rows_version: 0,
            status: "published".into(),
            created: at(),
            updated: at(),
        };
        let id = db
            .write(|tx| tx.insert_dataset(&record))
            .unwrap_or_else(|e: StoreError| panic!("{e}"));
        let rows: Vec<NewRow> = (0..3000).map(row).collect();
        db.write_bulk(|tx| tx.insert_rows(id, 0, &rows))
            .unwrap_or_else(|e: StoreError| panic!("{e}"));
        ids.push(id);
    }
    db.write(|tx| {
        tx.create_field_index(ids[0], &field("commune"), false, at())?;
        tx.create_field_index(ids[0], &field("places"), true, at())
    })
    .unwrap_or_else(|e: StoreError| panic!("{e}"));
    db.optimize().unwrap();
    ids[0]
}

/// Every segment of the second page must use the index and sort nothing.
fn check_plan(db: &Db, query: &RowQuery, index: &str) {
    let plans = db
        .read(|tx| {
            let first = tx.query_rows(query)?;
            let second = RowQuery {
                after: first.next,
                ..query.clone()
            };
            assert!(second.after.is_some(), "there is a second page");
            if tx.engine() == Engine::Postgres {
                // On some thousand rows reading all of them may be cheaper; here the question is whether it must.
                Sql::new("SET LOCAL enable_seqscan = off").execute(tx)?;
                Sql::new("SET LOCAL enable_bitmapscan = off").execute(tx)?;
            }
            let back = RowQuery {
                before: tx.query_rows(&second)?.previous,
                ..query.clone()
            };
            assert!(back.before.is_some(), "there is a way back");
            let mut plans = Vec::new();
            for query in [query, &second, &back] {
                let words = query.search.as_deref().and_then(Query::parse);
                let order = Order::of(query, words.is_some(), tx.engine());
                for mut sql in
                    segments(tx.engine(), query, words.as_ref(), &order, Edge::of(query))?
                {
                    sql.push(" LIMIT 50");
                    plans.push(sql.explain(tx)?);
                }
            }
            Ok::<_, StoreError>(plans)
        })
        .unwrap();
    for plan in plans {
        assert!(plan.contains(index), "{index} in {plan}");
        for word in ["TEMP B-TREE", "Sort", "Seq Scan"] {
            assert!(!plan.contains(word), "{word} in {plan}");
        }
    }
}

#[test]
fn pages_walk_along_indexes() {
    testing::on_each_engine(|db| {
        let base = RowQuery {
            dataset: filled(db),
            limit: 50,
            ..RowQuery::default()
        };
        check_plan(db, &base, "rows_order");
        let filters = vec![(field("commune"), Filter::Eq("Commune 7".into()))];
        check_plan(
            db,
            &RowQuery {
                filters,
                ..base.clone()
            },
            "rows_text_commune",
        );
        for (name, numeric, index) in [
            ("commune", false, "rows_text_commune"),
            ("places", true, "rows_number_places"),
        ] {
            for descending in [false, true] {
                let sort = Some(Sort {
                    field: field(name),
                    descending,
                    numeric,
                });
                check_plan(
                    db,
                    &RowQuery {
                        sort,
                        ..base.clone()
                    },
                    index,
                );
            }
        }
        let bbox = Some([-1.3, 47.0, -1.0, 47.29]);
        check_plan(db, &RowQuery { bbox, ..base }, "rows_place");
    });
}

#[test]
fn a_search_reads_the_words_first() {
    let db = testing::sqlite();
    let query = RowQuery {
        dataset: filled(&db),
        search: Some("commune 7".into()),
        limit: 50,
        ..RowQuery::default()
    };
    check_plan(&db, &query, "SCAN rows_search VIRTUAL TABLE");
}
