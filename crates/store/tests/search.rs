//! One meaning of search: the same cases on both engines.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod common;

use common::{dataset, new_row, put};
use rustine_store::{Db, RowQuery, StoreError, testing};

const ROWS: [&str; 8] = [
    "Médiathèque Jacques-Demy, quai de la Fosse",
    "Café de l'Île",
    "L’hôtel du Nord",
    "Tel. 02 40 12 34 56",
    "Tel. 0240123457",
    "Tel. +33 2 40 12 34 58",
    "Œuvre nº 12bis – STRASSE Straße",
    "Código 01000, SIRET 123 456 789 00012",
];

fn found(db: &Db, dataset: i64, search: &str) -> Vec<usize> {
    let query = RowQuery {
        dataset,
        search: Some(search.into()),
        limit: 100,
        ..RowQuery::default()
    };
    let page = db
        .read(|tx| tx.query_rows(&query))
        .unwrap_or_else(|e: StoreError| panic!("{e}"));
    assert_eq!(page.total, i64::try_from(page.rows.len()).unwrap());
    page.rows
        .iter()
        .map(|row| usize::from(row.row_id.as_bytes()[15]) - 1)
        .collect()
}

#[test]
fn words_are_found_as_people_type_them() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        put(
            db,
            id,
            (1..)
                .zip(ROWS)
                .map(|(n, text)| new_row(n, &[("texte", text), ("_source", "secret")]))
                .collect(),
        );
        let check = |search: &str, expected: &[usize]| {
            assert_eq!(found(db, id, search), expected, "{search:?}")
        };
        check("mediatheque", &[0]);
        check("MÉDIATHÈQUE DEMY", &[0]);
        check("média", &[0]);
        // Only the last word may be a beginning, and no word is found by its middle.
        check("media demy", &[]);
        check("demy media", &[0]);
        check("theque", &[]);
        check("jacques-demy", &[0]);
        check("l'ile", &[1]);
        check("l’île", &[1]);
        check("hotel", &[2]);
        check("l'hôtel nord", &[2]);
        check("oeuvre", &[6]);
        check("œuvre", &[6]);
        check("strasse", &[6]);
        check("12", &[3, 5, 6, 7]);
        check("12bis", &[6]);
        check("01000", &[7]);
        check("1000", &[]);
        check("codigo", &[7]);
        for number in [
            "0240123456",
            "02 40 12 34 56",
            "02.40.12.34.56",
            "+33 2 40 12 34 56",
            "+33240123456",
        ] {
            check(number, &[3]);
        }
        check("0240123457", &[4]);
        check("02 40 12 34 57", &[4]);
        check("0240123458", &[5]);
        check("02401234", &[3, 4, 5]);
        check("12345678900012", &[7]);
        check("123 456 789", &[7]);
        // Fields of ours are not searched, and a dataset's own word cannot be typed.
        check("secret", &[]);
        assert!(found(db, id, &format!("§{id}")).len() < ROWS.len());
    });
}

#[test]
fn what_has_no_word_asks_for_nothing() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        put(db, id, vec![new_row(1, &[("texte", "Ana")])]);
        for search in ["", " ", "'\"*()", "- OR -", "§"] {
            let expected: &[usize] = if search.contains("OR") { &[] } else { &[0] };
            assert_eq!(found(db, id, search), expected, "{search:?}");
        }
        for search in [
            "ana AND",
            "ana NOT x",
            "ana*",
            "\"ana\"",
            "ana:b",
            "a & b",
            "ana\\",
            "NEAR(ana)",
            "^ana",
            "'ana'",
        ] {
            let found = found(db, id, search);
            assert!(
                found.is_empty() || found == [0],
                "{search:?} is data, not syntax"
            );
        }
    });
}

#[test]
fn a_search_stays_in_its_dataset_and_pages_through_it() {
    testing::on_each_engine(|db| {
        let (id, other) = (dataset(db, "lieux"), dataset(db, "ateliers"));
        for dataset in [id, other] {
            put(
                db,
                dataset,
                (1..=7).map(|n| new_row(n, &[("nom", "Ana")])).collect(),
            );
        }
        let mut query = RowQuery {
            dataset: other,
            search: Some("ana".into()),
            limit: 3,
            ..RowQuery::default()
        };
        let mut seen = 0;
        loop {
            let page = db
                .read(|tx| tx.query_rows(&query))
                .unwrap_or_else(|e: StoreError| panic!("{e}"));
            assert_eq!(page.total, 7);
            seen += page.rows.len();
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
        assert_eq!(seen, 7);
    });
}

#[test]
fn the_longest_words_are_kept_and_found() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let long = "é".repeat(60_000);
        put(
            db,
            id,
            vec![
                new_row(1, &[("texte", &long)]),
                new_row(2, &[("texte", "x y z")]),
            ],
        );
        assert_eq!(found(db, id, &long), [0]);
        assert_eq!(found(db, id, "z"), [1]);
    });
}

#[test]
fn a_beginning_finds_the_words_of_few_and_of_many() {
    testing::on_each_engine(|db| {
        let (here, there) = (dataset(db, "lieux"), dataset(db, "autres"));
        // Forty words that begin alike: more than are asked for one by one.
        let words: Vec<String> = (0..40u8).map(|n| format!("mot{n:02}")).collect();
        let rows = |count: usize| {
            let numbered = (1..).zip(&words).take(count);
            numbered
                .map(|(n, word)| new_row(n, &[("texte", word)]))
                .collect::<Vec<_>>()
        };
        put(db, here, rows(40));
        let all: Vec<usize> = (0..40).collect();
        assert_eq!(found(db, here, "mot"), all);
        assert_eq!(found(db, here, "mot1"), all[10..20]);
        assert_eq!(found(db, here, "mot17"), [17]);
        assert!(found(db, here, "mot17x").is_empty());
        assert!(found(db, there, "mot17").is_empty());
        put(db, there, rows(17));
        assert_eq!(found(db, there, "mot"), all[..17]);
        assert_eq!(found(db, here, "mot3"), all[30..]);
    });
}

#[test]
fn what_changes_leave_of_the_word_index_is_merged() {
    testing::on_each_engine(|db| {
        let id = dataset(db, "lieux");
        let words = |n: u64| format!("lieu{n} commun");
        for n in 1..=40 {
            put(db, id, vec![new_row(n, &[("texte", &words(n))])]);
        }
        let steps = db.merge_words().unwrap();
        // PostgreSQL does it by itself.
        assert_eq!(steps > 0, db.path().is_some());
        assert_eq!(db.merge_words(), Ok(0), "nothing is left to do");
        assert_eq!(found(db, id, "commun").len(), 40);
        assert_eq!(found(db, id, "lieu40"), [39]);
    });
}
