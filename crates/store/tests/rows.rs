//! Rows: writing, pages, search, on each engine.

mod common;

use common::{dataset, field, new_row};
use rustine_store::{Filter, RowChange, RowQuery, StoreError, testing};

#[test]
fn a_row_comes_back_as_it_was_put() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let row = new_row(1, &[("nom", "Café de l'Île"), ("_order", "a1")]);
        db.write(|tx| tx.apply_rows(id, 3, &[RowChange::Put(row.clone())]))
            .unwrap();
        let found = db.read(|tx| tx.find_row(id, row.row_id)).unwrap().unwrap();
        assert_eq!(found.row, row);
        assert_eq!((found.added_seq, found.order_key.as_str()), (3, "a1"));
        let mut changed = row.clone();
        changed.cells.insert("nom".into(), "Bar".into());
        db.write(|tx| tx.apply_rows(id, 4, &[RowChange::Put(changed.clone())]))
            .unwrap();
        db.read(|tx| {
            assert_eq!(tx.find_row(id, row.row_id)?.unwrap().row, changed);
            assert_eq!(tx.list_row_changes(id, row.row_id)?, [4]);
            assert_eq!(tx.load_dataset(id)?.row_count, 1);
            Ok::<_, StoreError>(())
        })
        .unwrap();
        let search = |text: &str| {
            let query = RowQuery {
                dataset: id,
                search: Some(text.into()),
                limit: 10,
                ..RowQuery::default()
            };
            db.read(|tx| tx.query_rows(&query)).unwrap().total
        };
        assert_eq!((search("cafe ile"), search("BA")), (0, 1));
        db.write(|tx| tx.apply_rows(id, 5, &[RowChange::Delete(row.row_id)]))
            .unwrap();
        assert_eq!(search("ba"), 0);
        let query = RowQuery {
            dataset: id,
            filters: vec![(field("nom"), Filter::Eq("Bar".into()))],
            limit: 10,
            ..RowQuery::default()
        };
        assert_eq!(db.read(|tx| tx.query_rows(&query)).unwrap().rows, []);
    });
}
