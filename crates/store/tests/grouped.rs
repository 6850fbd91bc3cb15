//! Rows taken together, on each engine: groups of places, values of a field, times of rows and answers.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::{dataset, field, new_row, put, row_id};
use rustine_store::{
    Db, Filter, Grid, NewRow, RowChange, RowQuery, StoreError, ValueCount, testing,
};

fn placed(n: u64, place: Option<(f64, f64)>, commune: &str) -> NewRow {
    NewRow {
        place,
        salts: Default::default(),
        gone: Default::default(),
        ..new_row(n, &[("nom", &format!("Lieu {n}")), ("commune", commune)])
    }
}

fn base(dataset: i64) -> RowQuery {
    RowQuery {
        dataset,
        limit: 10,
        ..RowQuery::default()
    }
}

/// Three near Nantes, one in Lyon, one south-west of the origin of degrees, one without a place; and a neighbour.
fn filled(db: &Db) -> i64 {
    let id = dataset(db, "lieux");
    put(
        db,
        id,
        vec![
            placed(1, Some((47.21, -1.55)), "Nantes"),
            placed(2, Some((47.22, -1.56)), "Nantes"),
            placed(3, Some((47.23, -1.54)), "Rezé"),
            placed(4, Some((45.76, 4.84)), "Lyon"),
            placed(5, Some((-21.1, -55.5)), ""),
            placed(6, None, "Nantes"),
        ],
    );
    let other = dataset(db, "ateliers");
    put(db, other, vec![placed(7, Some((47.21, -1.55)), "Nantes")]);
    id
}

const WIDE: Grid = Grid {
    width: 1.0,
    height: 1.0,
};

fn clusters(db: &Db, query: &RowQuery) -> Vec<(i64, f64, f64)> {
    let found = db
        .read(|tx| tx.cluster_rows(query, WIDE))
        .unwrap_or_else(|e: StoreError| panic!("{e}"));
    let rounded = |degrees: f64| (degrees * 1000.0).round() / 1000.0;
    found
        .iter()
        .map(|one| (one.count, rounded(one.lat), rounded(one.lon)))
        .collect()
}

#[test]
fn places_are_grouped_by_the_cells_of_a_grid() {
    testing::on_each_engine(|db| {
        let id = filled(db);
        let expected = [(3, 47.22, -1.55), (1, 45.76, 4.84), (1, -21.1, -55.5)];
        assert_eq!(clusters(db, &base(id)), expected);
        let boxed = RowQuery {
            bbox: Some([-2.0, 47.0, -1.55, 47.225]),
            ..base(id)
        };
        assert_eq!(clusters(db, &boxed), [(2, 47.215, -1.555)]);
        let filtered = RowQuery {
            filters: vec![(field("commune"), Filter::Eq("Rezé".into()))],
            ..base(id)
        };
        assert_eq!(clusters(db, &filtered), [(1, 47.23, -1.54)]);
        let searched = RowQuery {
            search: Some("lyon".into()),
            ..base(id)
        };
        assert_eq!(clusters(db, &searched), [(1, 45.76, 4.84)]);
    });
}

#[test]
fn a_group_knows_its_box_and_one_of_its_rows() {
    testing::on_each_engine(|db| {
        let id = filled(db);
        let found = db.read(|tx| tx.cluster_rows(&base(id), WIDE)).unwrap();
        let first = &found[0];
        assert_eq!(
            (first.west, first.south, first.east, first.north),
            (-1.56, 47.21, -1.54, 47.23)
        );
        let rows: Result<_, StoreError> = db.read(|tx| tx.find_rows_by_number(id, &[found[1].row]));
        assert_eq!(rows.unwrap()[0].row_id, row_id(4));
        let none: Result<_, StoreError> = db.read(|tx| tx.find_rows_by_number(id, &[]));
        assert!(none.unwrap().is_empty());
    });
}

#[test]
fn groups_follow_the_rows() {
    testing::on_each_engine(|db| {
        let id = filled(db);
        assert_eq!(clusters(db, &base(id)).len(), 3);
        db.write(|tx| tx.apply_rows(id, 2, &[RowChange::Delete(row_id(4))]))
            .unwrap();
        assert_eq!(
            clusters(db, &base(id)).len(),
            2,
            "what was remembered is of another version"
        );
    });
}

#[test]
fn the_extent_is_that_of_the_rows_that_match() {
    testing::on_each_engine(|db| {
        let id = filled(db);
        let extent = |query: &RowQuery| -> Option<[f64; 4]> {
            db.read(|tx| tx.extent_of_rows(query))
                .unwrap_or_else(|e: StoreError| panic!("{e}"))
        };
        assert_eq!(extent(&base(id)), Some([-55.5, -21.1, 4.84, 47.23]));
        let nantes = RowQuery {
            filters: vec![(field("commune"), Filter::Eq("Nantes".into()))],
            ..base(id)
        };
        assert_eq!(extent(&nantes), Some([-1.56, 47.21, -1.55, 47.22]));
        let nowhere = RowQuery {
            search: Some("absent".into()),
            ..base(id)
        };
        assert_eq!(extent(&nowhere), None);
    });
}

#[test]
fn values_are_counted_the_most_frequent_first() {
    testing::on_each_engine(|db| {
        let id = filled(db);
        let values = |query: &RowQuery, limit| -> Vec<(String, i64)> {
            let found = db.read(|tx| tx.count_values(query, &field("commune"), limit));
            let found: std::sync::Arc<[ValueCount]> =
                found.unwrap_or_else(|e: StoreError| panic!("{e}"));
            found
                .iter()
                .map(|one| (one.value.clone(), one.count))
                .collect()
        };
        let one = |text: &str, count| (text.to_owned(), count);
        assert_eq!(
            values(&base(id), 9),
            [one("Nantes", 3), one("", 1), one("Lyon", 1), one("Rezé", 1)]
        );
        assert_eq!(values(&base(id), 2), [one("Nantes", 3), one("", 1)]);
        let boxed = RowQuery {
            bbox: Some([-2.0, 47.0, -1.0, 48.0]),
            ..base(id)
        };
        assert_eq!(values(&boxed, 9), [one("Nantes", 2), one("Rezé", 1)]);
    });
}
