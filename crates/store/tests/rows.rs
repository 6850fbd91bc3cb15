//! Rows on each engine: writing, pages, orders and filters.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::{at, dataset, field, new_row, put, row_id};
use rustine_domain::ids::Hash;
use rustine_domain::tree::{self, MemoryTree, bucket_of};
use rustine_store::{
    Bound, Db, Filter, NewRow, RowChange, RowPage, RowQuery, RowRecord, Sort, StoreError, testing,
};

fn base(dataset: i64) -> RowQuery {
    RowQuery {
        dataset,
        limit: 100,
        ..RowQuery::default()
    }
}

fn page(db: &Db, query: &RowQuery) -> RowPage {
    db.read(|tx| tx.query_rows(query))
        .unwrap_or_else(|e: StoreError| panic!("{e}"))
}

/// The numbers of the rows of all pages, read three at a time; the way back shows the same pages.
fn numbers(db: &Db, query: &RowQuery) -> Vec<u64> {
    let mut query = RowQuery {
        limit: 3,
        ..query.clone()
    };
    let mut found = Vec::new();
    let mut pages: Vec<RowPage> = Vec::new();
    loop {
        let page = page(db, &query);
        found.extend(page.rows.iter().map(number));
        pages.push(page.clone());
        let Some(next) = page.next else {
            assert_eq!(page.total, i64::try_from(found.len()).unwrap());
            break;
        };
        query.after = Some(next.to_string().parse().unwrap());
    }
    query.after = None;
    while let Some(shown) = pages.pop() {
        let Some(before) = pages.last() else {
            assert_eq!(shown.previous, None, "nothing stands before the first page");
            break;
        };
        query.before = Some(shown.previous.unwrap().to_string().parse().unwrap());
        assert_eq!(&page(db, &query), before);
    }
    found
}

fn number(row: &RowRecord) -> u64 {
    let text = row.row_id.to_string();
    u64::from_str_radix(&text[24..], 16).unwrap()
}

fn plain(n: u64, cells: &[(&str, &str)]) -> NewRow {
    NewRow {
        salts: Default::default(),
        gone: Default::default(),
        place: None,
        ..new_row(n, cells)
    }
}

#[test]
fn a_row_comes_back_as_it_was_put() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let row = new_row(
            1,
            &[("nom", "Café de l'Île"), ("_order", "a1"), ("vide", "")],
        );
        db.write(|tx| tx.apply_rows(id, 3, &[RowChange::Put(row.clone())]))
            .unwrap();
        let found = db.read(|tx| tx.find_row(id, row.row_id)).unwrap().unwrap();
        assert_eq!(found.row, row);
        assert_eq!((found.added_seq, found.order_key.as_str()), (3, "a1"));
        assert_eq!(found.bucket, bucket_of(row.row_id));
    });
}

#[test]
fn changes_move_rows_words_history_and_counts_together() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let row = new_row(1, &[("nom", "Café de l'Île")]);
        db.write(|tx| tx.apply_rows(id, 3, &[RowChange::Put(row.clone())]))
            .unwrap();
        let changed = new_row(1, &[("nom", "Bar")]);
        db.write(|tx| tx.apply_rows(id, 4, &[RowChange::Put(changed.clone())]))
            .unwrap();
        let search = |text: &str| {
            let search = Some(text.into());
            page(db, &RowQuery { search, ..base(id) }).total
        };
        assert_eq!((search("cafe"), search("BA")), (0, 1));
        let version = db
            .read(|tx| {
                assert_eq!(tx.find_row(id, row.row_id)?.unwrap().row, changed);
                assert_eq!(tx.list_row_changes(id, row.row_id)?, [4]);
                let dataset = tx.load_dataset(id)?;
                assert_eq!(dataset.row_count, 1);
                Ok::<_, StoreError>(dataset.rows_version)
            })
            .unwrap();
        let absent = RowChange::Delete(row_id(99));
        db.write(|tx| tx.apply_rows(id, 5, &[RowChange::Delete(row.row_id), absent.clone()]))
            .unwrap();
        assert_eq!(search("ba"), 0);
        db.read(|tx| {
            assert_eq!(tx.find_row(id, row.row_id)?, None);
            assert_eq!(tx.list_row_changes(id, row.row_id)?, [4, 5]);
            let dataset = tx.load_dataset(id)?;
            assert_eq!(dataset.row_count, 0);
            assert!(dataset.rows_version > version);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn what_an_erasure_leaves_is_no_change_of_the_row() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        put(db, id, vec![new_row(1, &[("nom", "Ana")])]);
        db.write(|tx| tx.rewrite_rows(id, &[new_row(1, &[])]))
            .unwrap();
        db.read(|tx| {
            assert_eq!(tx.list_row_changes(id, row_id(1))?, [0_i64; 0]);
            assert_eq!(tx.load_dataset(id)?.row_count, 1);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    });
}

#[test]
fn a_row_id_stands_once_in_a_dataset() {
    testing::on_each_engine(|db| {
        let (one, other) = (dataset(db, "lieux"), dataset(db, "ateliers"));
        put(db, one, vec![new_row(1, &[])]);
        put(db, other, vec![new_row(1, &[])]);
        let again: Result<(), StoreError> =
            db.write_bulk(|tx| tx.insert_rows(one, 0, &[new_row(1, &[])]));
        let what = "rows.dataset,rows.bucket,rows.row_id".to_owned();
        assert_eq!(again, Err(StoreError::UniqueViolation { what }));
        assert_eq!(page(db, &base(one)).total, 1);
    });
}

#[test]
fn rows_come_in_the_owners_order_and_those_without_one_last() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        // Compared as bytes: digits, capitals, small letters; a malformed key counts as none.
        let orders = [
            ("a1", 1),
            ("B", 2),
            ("0", 3),
            ("a", 4),
            ("é", 5),
            ("", 6),
            ("Zz", 7),
            ("a1", 8),
        ];
        put(
            db,
            id,
            orders
                .iter()
                .map(|(order, n)| plain(*n, &[("_order", order)]))
                .collect(),
        );
        put(db, id, vec![plain(9, &[])]);
        assert_eq!(numbers(db, &base(id)), [3, 2, 7, 4, 1, 8, 5, 6, 9]);
        let mut walked = Vec::new();
        db.read(|tx| {
            assert_eq!(tx.last_order_key(id)?.as_deref(), Some("a1"));
            tx.each_row_in_order(id, |row| {
                walked.push(number(&row));
                Ok::<_, StoreError>(())
            })
        })
        .unwrap();
        assert_eq!(walked, [3, 2, 7, 4, 1, 8, 5, 6, 9]);
    });
}

fn filled(db: &Db) -> i64 {
    let id = dataset(db, "lieux");
    let values = [
        ("Nantes", "12"),
        ("Rezé", "3"),
        ("", "-1.5"),
        ("Nantes", "100"),
        ("nantes", "n/a"),
        ("Île d'Yeu", "3"),
        ("Nantes", ""),
    ];
    let rows = (1..).zip(values).map(|(n, (town, places))| {
        let order = format!("a{n}");
        let cells = [("commune", town), ("places", places), ("_order", &order)];
        plain(
            n,
            &cells
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .collect::<Vec<_>>(),
        )
    });
    put(db, id, rows.collect());
    id
}

#[test]
fn filters_choose_rows() {
    testing::on_each_engine(|db| {
        let id = filled(db);
        let check = |name: &str, filter: Filter, expected: &[u64]| {
            let filters = vec![(field(name), filter.clone())];
            assert_eq!(
                numbers(
                    db,
                    &RowQuery {
                        filters,
                        ..base(id)
                    }
                ),
                expected,
                "{filter:?}"
            );
        };
        check("commune", Filter::Eq("Nantes".into()), &[1, 4, 7]);
        check("commune", Filter::Eq("nantes".into()), &[5]);
        check("commune", Filter::Eq("x' OR 1=1 --".into()), &[]);
        check("commune", Filter::Eq(String::new()), &[3]);
        check("absent", Filter::Eq(String::new()), &[1, 2, 3, 4, 5, 6, 7]);
        check(
            "commune",
            Filter::In(vec!["Rezé".into(), "nantes".into()]),
            &[2, 5],
        );
        check("commune", Filter::In(vec![]), &[]);
        check("commune", Filter::Contains("NANT".into()), &[1, 4, 5, 7]);
        check("commune", Filter::Contains("ile d'y".into()), &[6]);
        check("commune", Filter::Contains("%".into()), &[]);
        check(
            "commune",
            Filter::Gt(Bound::Text("Nantes".into())),
            &[2, 5, 6],
        );
        check(
            "commune",
            Filter::Lt(Bound::Text("Rezé".into())),
            &[1, 4, 7],
        );
        check("places", Filter::Gt(Bound::Number(3.0)), &[1, 4]);
        check("places", Filter::Lt(Bound::Number(3.5)), &[2, 3, 6]);
        let filters = vec![
            (field("commune"), Filter::Eq("Nantes".into())),
            (field("places"), Filter::Gt(Bound::Number(50.0))),
        ];
        assert_eq!(
            numbers(
                db,
                &RowQuery {
                    filters,
                    ..base(id)
                }
            ),
            [4]
        );
    });
}

#[test]
fn the_first_page_is_full_even_when_it_is_reached_backwards() {
    testing::on_each_engine(|db| {
        let id = filled(db);
        let query = |limit| RowQuery { limit, ..base(id) };
        let second = page(
            db,
            &RowQuery {
                after: page(db, &query(2)).next,
                ..query(2)
            },
        );
        // Two rows stand before it, and a page of three is asked.
        let back = page(
            db,
            &RowQuery {
                before: second.previous,
                ..query(3)
            },
        );
        assert_eq!(back, page(db, &query(3)));
        let foreign = RowQuery {
            before: back.next,
            search: Some("nantes".into()),
            ..query(3)
        };
        let refused = db.read(|tx| tx.query_rows(&foreign));
        assert!(matches!(refused, Err(StoreError::ForeignCursor)));
    });
}

#[test]
fn values_longer_than_the_index_are_compared_whole() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let (one, other) = ("é".repeat(200) + "a", "é".repeat(200) + "b");
        put(
            db,
            id,
            vec![plain(1, &[("nom", &one)]), plain(2, &[("nom", &other)])],
        );
        put(
            db,
            id,
            vec![
                plain(3, &[("nom", &"é".repeat(200))]),
                plain(4, &[("nom", &"x".repeat(60_000))]),
            ],
        );
        db.write(|tx| tx.create_field_index(id, &field("nom"), false, at(0)))
            .unwrap();
        for (value, expected) in [(one, 1), (other, 2), ("é".repeat(200), 3)] {
            let filters = vec![(field("nom"), Filter::Eq(value))];
            assert_eq!(
                numbers(
                    db,
                    &RowQuery {
                        filters,
                        ..base(id)
                    }
                ),
                [expected]
            );
        }
    });
}

#[test]
fn an_index_changes_no_answer() {
    testing::on_each_engine(|db| {
        let id = filled(db);
        let sorted = |name: &str, numeric: bool, descending: bool| {
            let sort = Some(Sort {
                field: field(name),
                descending,
                numeric,
            });
            numbers(db, &RowQuery { sort, ..base(id) })
        };
        let check = || {
            // Rows without value come last both ways; ties keep the owner's order, or turn it around.
            assert_eq!(sorted("commune", false, false), [1, 4, 7, 2, 5, 6, 3]);
            assert_eq!(sorted("commune", false, true), [6, 5, 2, 7, 4, 1, 3]);
            assert_eq!(sorted("places", true, false), [3, 2, 6, 1, 4, 5, 7]);
            assert_eq!(sorted("places", true, true), [4, 1, 6, 2, 3, 5, 7]);
        };
        check();
        db.write(|tx| {
            for (name, numeric) in [("commune", false), ("places", true), ("places", true)] {
                tx.create_field_index(id, &field(name), numeric, at(0))?;
            }
            assert_eq!(
                tx.list_field_indexes(id)?,
                [("commune".into(), false), ("places".into(), true)]
            );
            Ok::<_, StoreError>(())
        })
        .unwrap();
        check();
        db.write(|tx| tx.drop_field_index(id, &field("commune"), false))
            .unwrap();
        check();
        assert_eq!(
            db.read(|tx| tx.list_field_indexes(id)).unwrap(),
            [("places".to_owned(), true)]
        );
    });
}

#[test]
fn both_engines_read_the_same_numbers() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let values = [
            "7",
            "-7",
            "07",
            "7.",
            ".7",
            "-.7",
            "7.0",
            "7,0",
            "7e1",
            "+7",
            " 7",
            "7-7",
            "--7",
            "-",
            ".",
            "7.7.7",
            "",
            "0x7",
            "1234567890123456789012345678901",
            "٧",
            "1_000",
        ];
        put(
            db,
            id,
            (1..)
                .zip(values)
                .map(|(n, value)| plain(n, &[("n", value)]))
                .collect(),
        );
        let filters = vec![(field("n"), Filter::Gt(Bound::Number(-1e30)))];
        let numeric: Vec<&str> = numbers(
            db,
            &RowQuery {
                filters,
                ..base(id)
            },
        )
        .into_iter()
        .map(|n| values[usize::try_from(n).unwrap() - 1])
        .collect();
        assert_eq!(numeric, ["7", "-7", "07", "7.", ".7", "-.7", "7.0"]);
    });
}

#[test]
fn a_box_holds_the_rows_inside() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let places = [
            Some((47.2, -1.5)),
            Some((48.0, 2.3)),
            None,
            Some((-17.0, 179.5)),
            Some((-17.0, -179.5)),
        ];
        let rows = (1..).zip(places).map(|(n, place)| NewRow {
            place,
            ..plain(n, &[])
        });
        put(db, id, rows.collect());
        let check = |bbox: [f64; 4], expected: &[u64]| {
            let bbox = Some(bbox);
            assert_eq!(numbers(db, &RowQuery { bbox, ..base(id) }), expected);
        };
        check([-2.0, 47.0, -1.0, 48.0], &[1]);
        check([-180.0, -90.0, 180.0, 90.0], &[5, 4, 1, 2]);
        check([179.0, -20.0, -179.0, -10.0], &[5, 4]);
    });
}

#[test]
fn a_cursor_stays_right_while_rows_come_and_go() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        put(
            db,
            id,
            (1..=6)
                .map(|n| plain(n, &[("_order", &format!("a{n}"))]))
                .collect(),
        );
        let first = page(
            db,
            &RowQuery {
                limit: 3,
                ..base(id)
            },
        );
        assert_eq!(first.rows.iter().map(number).collect::<Vec<_>>(), [1, 2, 3]);
        db.write(|tx| {
            let fresh = plain(9, &[("_order", "a0")]);
            tx.apply_rows(
                id,
                1,
                &[RowChange::Delete(row_id(3)), RowChange::Put(fresh)],
            )
        })
        .unwrap();
        let second = page(
            db,
            &RowQuery {
                after: first.next,
                ..base(id)
            },
        );
        assert_eq!(
            second.rows.iter().map(number).collect::<Vec<_>>(),
            [4, 5, 6]
        );
        assert_eq!((second.next, second.total), (None, 6));
    });
}

#[test]
fn a_cursor_of_another_order_is_refused() {
    testing::on_each_engine(|db| {
        let id = filled(db);
        let cursor = page(
            db,
            &RowQuery {
                limit: 3,
                ..base(id)
            },
        )
        .next;
        let sort = Some(Sort {
            field: field("places"),
            descending: false,
            numeric: true,
        });
        let query = RowQuery {
            sort,
            after: cursor,
            ..base(id)
        };
        let refused: Result<RowPage, StoreError> = db.read(|tx| tx.query_rows(&query));
        assert_eq!(refused, Err(StoreError::ForeignCursor));
    });
}

#[test]
fn counts_follow_the_rows() {
    testing::on_each_engine(|db| {
        let id = filled(db);
        let query = RowQuery {
            filters: vec![(field("commune"), Filter::Eq("Nantes".into()))],
            ..base(id)
        };
        assert_eq!((page(db, &query).total, page(db, &query).total), (3, 3));
        db.write(|tx| tx.apply_rows(id, 1, &[RowChange::Delete(row_id(1))]))
            .unwrap();
        assert_eq!(page(db, &query).total, 2);
        // What a transaction counted before it failed is not what others count.
        let failed: Result<(), StoreError> = db.write(|tx| {
            tx.apply_rows(id, 2, &[RowChange::Delete(row_id(4))])?;
            assert_eq!(tx.query_rows(&query)?.total, 1);
            Err(StoreError::NotFound)
        });
        assert_eq!(failed, Err(StoreError::NotFound));
        db.write(|tx| {
            tx.apply_rows(
                id,
                2,
                &[RowChange::Put(plain(20, &[("commune", "Nantes")]))],
            )
        })
        .unwrap();
        assert_eq!(page(db, &query).total, 3);
    });
}

#[test]
fn values_are_matched_without_case_whatever_their_words() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let names = [
            "Café de la Gare",
            "CAFÉ DE LA GARE",
            "Cafe de la Gare",
            "café de la gare bis",
            "--",
            "--",
        ];
        put(
            db,
            id,
            (1..)
                .zip(names)
                .map(|(n, name)| plain(n, &[("nom", name), ("ville", "Rezé")]))
                .collect(),
        );
        let find = |values: &[(&str, &str)], limit: usize| {
            let values: Vec<_> = values
                .iter()
                .map(|(name, value)| (field(name), (*value).to_owned()))
                .collect();
            db.read(|tx| tx.find_rows_by_values(id, &values, limit))
                .unwrap_or_else(|e: StoreError| panic!("{e}"))
        };
        // A decomposed accent is the same letter; a missing one is another.
        assert_eq!(
            find(&[("nom", "cafe\u{301} de la gare"), ("ville", "REZÉ")], 9),
            [row_id(1), row_id(2)]
        );
        assert_eq!(find(&[("nom", "café de la gare")], 1), [row_id(1)]);
        assert_eq!(find(&[("nom", "--")], 9), [row_id(5), row_id(6)]);
        assert_eq!(find(&[("nom", "café"), ("ville", "Rezé")], 9), []);
    });
}

#[test]
fn the_stored_tree_has_the_root_of_the_rows() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let rows: Vec<NewRow> = (1..=40)
            .map(|n| NewRow {
                row_hash: Hash([u8::try_from(n).unwrap(); 32]),
                ..plain(n, &[])
            })
            .collect();
        put(db, id, rows.clone());
        let root_of = |rows: &[NewRow]| {
            let mut memory = MemoryTree::new();
            for row in rows {
                memory.put(row.row_id, Some(row.row_hash));
            }
            memory.root()
        };
        let touched = |rows: &[NewRow]| rows.iter().map(|row| bucket_of(row.row_id)).collect();
        let root = db
            .write(|tx| tree::update(&mut tx.tree(id), &touched(&rows)))
            .unwrap_or_else(|e: StoreError| panic!("{e}"));
        assert_eq!(root, root_of(&rows));
        let root = db
            .write(|tx| {
                let gone: Vec<RowChange> = rows[10..]
                    .iter()
                    .map(|row| RowChange::Delete(row.row_id))
                    .collect();
                tx.apply_rows(id, 1, &gone)?;
                tree::update(&mut tx.tree(id), &touched(&rows[10..]))
            })
            .unwrap_or_else(|e: StoreError| panic!("{e}"));
        assert_eq!(root, root_of(&rows[..10]));
        let root = db
            .write(|tx| {
                tx.delete_all_rows(id)?;
                tree::root_of(&mut tx.tree(id))
            })
            .unwrap_or_else(|e: StoreError| panic!("{e}"));
        assert_eq!(root, tree::empty_root());
    });
}

#[test]
fn rows_by_bucket_are_all_rows_in_the_order_of_snapshots() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        put(db, id, (1..=1200).map(|n| plain(n, &[])).collect());
        let walk = |after| {
            let mut walked = Vec::new();
            db.read(|tx| {
                tx.each_row_by_bucket(id, after, |row| {
                    walked.push((row.bucket, row.row_id));
                    Ok::<_, StoreError>(())
                })
            })
            .unwrap();
            walked
        };
        let all = walk(None);
        assert!(all.is_sorted() && all.len() == 1200);
        assert_eq!(walk(Some(all[700])), all[701..]);
    });
}

#[test]
fn a_dataset_goes_with_all_that_belongs_to_it() {
    testing::on_each_engine(|db| {
        let (id, other) = (dataset(db, "lieux"), dataset(db, "ateliers"));
        for dataset in [id, other] {
            put(db, dataset, vec![plain(1, &[("nom", "Ana")])]);
        }
        db.write(|tx| tx.delete_dataset(id)).unwrap();
        assert_eq!(db.read(|tx| tx.find_dataset(id)).unwrap(), None);
        let search = Some("ana".into());
        assert_eq!(
            page(
                db,
                &RowQuery {
                    search,
                    ..base(other)
                }
            )
            .total,
            1
        );
        // On SQLite the number of a row may be given again; the old words must not come with it.
        let again = dataset(db, "lieux");
        put(db, again, vec![plain(2, &[("nom", "Bea")])]);
        let search = Some("ana".into());
        assert_eq!(
            page(
                db,
                &RowQuery {
                    search,
                    ..base(again)
                }
            )
            .total,
            0
        );
    });
}
