//! The two folders of migrations and `schema.rs` must tell the same story.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use crate::dialect::Sql;
use crate::{Db, Engine, StoreError, testing};

/// Columns by table: type and whether null is possible.
type Tables = BTreeMap<String, BTreeMap<String, (String, bool)>>;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    data_type: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
}

const SQLITE: &str = "
    SELECT m.name AS table_name, c.name AS column_name, c.type AS data_type, c.\"notnull\" = 0 AS nullable
    FROM sqlite_master AS m, pragma_table_info(m.name) AS c
    WHERE m.type = 'table' AND m.name NOT LIKE 'rows_search%' AND m.name NOT LIKE '\\_\\_diesel%' ESCAPE '\\'";

const POSTGRES: &str = "
    SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES' AS nullable
    FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_\\_diesel%'
      AND table_name <> 'rustine_migration_lease' AND NOT (table_name = 'rows' AND column_name = 'search')";

fn in_database(db: &Db) -> Tables {
    let query = if db.engine() == Engine::Sqlite {
        SQLITE
    } else {
        POSTGRES
    };
    let columns: Vec<Column> = db
        .read(|tx| Sql::new(query).load(tx))
        .unwrap_or_else(|e: StoreError| panic!("{e}"));
    let mut tables = Tables::new();
    for column in columns {
        let table = tables.entry(column.table_name).or_default();
        table.insert(column.column_name, (column.data_type, column.nullable));
    }
    tables
}

/// What `schema.rs` says, in the words of an engine.
fn in_schema(engine: Engine) -> Tables {
    let mut tables = Tables::new();
    let (mut table, mut renamed) = (String::new(), None);
    let files = [
        include_str!("schema.rs"),
        include_str!("schema/moderation.rs"),
        include_str!("schema/proposing.rs"),
        include_str!("schema/peering.rs"),
        include_str!("schema/people.rs"),
        include_str!("schema/survival.rs"),
    ];
    for line in files.iter().flat_map(|file| file.lines()).map(str::trim) {
        if let Some(name) = line.strip_prefix("#[sql_name = \"") {
            renamed = name.strip_suffix("\"]").map(str::to_owned);
        } else if let Some((name, kind)) = line
            .split_once(" -> ")
            .filter(|(name, _)| !name.contains("joinable"))
        {
            let kind = kind.trim_end_matches(',');
            let inner = kind
                .strip_prefix("Nullable<")
                .and_then(|kind| kind.strip_suffix('>'));
            let columns = tables.entry(table.clone()).or_default();
            let name = renamed.take().unwrap_or_else(|| name.to_owned());
            columns.insert(
                name,
                (spelled(engine, inner.unwrap_or(kind)), inner.is_some()),
            );
        } else if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with(") {")) {
            name.clone_into(&mut table);
        }
    }
    tables
}

fn spelled(engine: Engine, kind: &str) -> String {
    let spelled = match (engine, kind) {
        (Engine::Sqlite, "BigInt" | "Integer" | "SmallInt" | "Bool") => "INTEGER",
        (Engine::Sqlite, "Text") => "TEXT",
        (Engine::Sqlite, "Binary" | "Jsonb") => "BLOB",
        (Engine::Sqlite, "Double") => "REAL",
        (Engine::Postgres, "BigInt") => "bigint",
        (Engine::Postgres, "Integer") => "integer",
        (Engine::Postgres, "SmallInt") => "smallint",
        (Engine::Postgres, "Bool") => "boolean",
        (Engine::Postgres, "Text") => "text",
        (Engine::Postgres, "Binary") => "bytea",
        (Engine::Postgres, "Jsonb") => "jsonb",
        (Engine::Postgres, "Double") => "double precision",
        other => panic!("schema.rs has the unknown type {other:?}"),
    };
    spelled.to_owned()
}

#[test]
fn schema_rs_is_what_both_databases_have() {
    testing::on_each_engine(|db| {
        let schema = in_schema(db.engine());
        assert!(schema.len() > 25, "schema.rs was read: {}", schema.len());
        assert_eq!(in_database(db), schema);
    });
}

fn folders(engine: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../migrations")
        .join(engine);
    std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn both_engines_have_the_same_migrations() {
    let sqlite = folders("sqlite");
    assert!(!sqlite.is_empty());
    assert_eq!(sqlite, folders("postgres"));
}

#[test]
fn every_migration_can_be_undone_and_done_again() {
    testing::on_each_engine(|db| {
        let before = in_database(db);
        db.revert_all().unwrap();
        assert_eq!(in_database(db), Tables::new());
        assert_eq!(db.migrate().unwrap().len(), folders("sqlite").len());
        assert_eq!(in_database(db), before);
    });
}
