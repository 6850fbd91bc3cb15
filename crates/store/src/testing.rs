//! A database for each test: a SQLite file in a temporary folder, and a schema of its own on the PostgreSQL server
//! that `RUSTINE_TEST_POSTGRES` names (a URL), if it names one.

use std::io::Write as _;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::SimpleConnection as _;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use tempfile::TempDir;

use crate::dialect::Sql;
use crate::{Db, StoreError};

/// An empty, migrated database that goes when this is dropped.
pub struct TestDb {
    /// The database.
    pub db: Db,
    place: Place,
}

enum Place {
    Folder(#[expect(dead_code, reason = "dropping it removes the folder")] TempDir),
    Schema { url: String, name: String },
}

impl std::ops::Deref for TestDb {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.db
    }
}

static COUNT: AtomicUsize = AtomicUsize::new(0);

/// A database on SQLite.
pub fn sqlite() -> TestDb {
    let folder = folder();
    let path = folder.path().join("rustine.sqlite");
    let db = Db::open(&path.to_string_lossy()).expect("a fresh database opens");
    db.migrate().expect("a fresh database migrates");
    TestDb {
        db,
        place: Place::Folder(folder),
    }
}

/// A database on PostgreSQL, where a server is named.
pub fn postgres() -> Option<TestDb> {
    let url = std::env::var("RUSTINE_TEST_POSTGRES")
        .ok()
        .filter(|url| !url.is_empty())?;
    let name = format!(
        "t{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    );
    execute(&url, &format!("CREATE SCHEMA {name}"));
    let joint = if url.contains('?') { '&' } else { '?' };
    let db = Db::open(&format!("{url}{joint}options=-csearch_path%3D{name}"))
        .expect("the server answers");
    db.migrate().expect("a fresh schema migrates");
    Some(TestDb {
        db,
        place: Place::Schema { url, name },
    })
}

/// An empty folder that goes when it is dropped.
pub fn folder() -> TempDir {
    tempfile::tempdir().expect("the temporary folder can be written")
}

/// Writes a migration of the future into the list of those that ran.
pub fn pretend_newer(db: &Db) {
    let insert = "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')";
    db.write(|tx| Sql::new(insert).execute(tx))
        .unwrap_or_else(|error: StoreError| panic!("{error}"));
}

/// A table's rows, each as one line with its columns in order.
pub type Lines = Vec<String>;

/// Every table of a SQLite database by its name: what a test compares to say that nothing changed. Opened for
/// reading alone, beside the node that uses it.
///
/// # Panics
/// Where the file is no database of ours.
pub fn dump(path: &std::path::Path) -> std::collections::BTreeMap<String, Lines> {
    let url = format!("file:{}?mode=ro", path.display());
    let mut connection = SqliteConnection::establish(&url).expect("the database opens");
    connection
        .batch_execute("PRAGMA busy_timeout=5000")
        .expect("a pragma is taken");
    let mut texts = |statement: String| -> Lines {
        let found: Vec<Text> = diesel::sql_query(&statement)
            .load(&mut connection)
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
        found.into_iter().map(|line| line.text).collect()
    };
    let tables = texts(
        "SELECT name AS text FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' \
         AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%fts%' ORDER BY name"
            .to_owned(),
    );
    tables
        .into_iter()
        .map(|table| {
            let columns = texts(format!(
                "SELECT name AS text FROM pragma_table_info('{table}') ORDER BY cid"
            ));
            let shown: Vec<String> = columns
                .iter()
                .map(|column| format!("'{column}=' || quote(\"{column}\")"))
                .collect();
            let lines = texts(format!(
                "SELECT {} AS text FROM \"{table}\"",
                shown.join(" || ' ' || ")
            ));
            (table, lines)
        })
        .collect()
}

#[derive(QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    text: String,
}

impl TestDb {
    /// The URL of another schema, empty and not migrated, on the same PostgreSQL server; it goes with this one.
    ///
    /// # Panics
    /// On SQLite, where a path in [`folder`] does.
    pub fn fresh_schema(&self) -> String {
        let Place::Schema { url, name } = &self.place else {
            panic!("only a PostgreSQL server has schemas");
        };
        execute(url, &format!("CREATE SCHEMA {name}b"));
        in_schema(url, &format!("{name}b"))
    }
}

/// Runs a test on each engine there is, on an empty database, and says which ones.
#[expect(clippy::print_stdout, reason = "a test says what it did not run")]
pub fn on_each_engine(test: impl Fn(&Db)) {
    test(&sqlite());
    let Some(db) = postgres() else {
        left_out();
        println!(
            "skipped: PostgreSQL, because RUSTINE_TEST_POSTGRES is not set (1 of 2 engines ran)"
        );
        return;
    };
    test(&db);
    println!("2 of 2 engines ran");
}

/// Runs a statement on a PostgreSQL server, outside of any transaction.
///
/// # Panics
/// Where the server does not answer or refuses.
pub fn tell_postgres(url: &str, statement: &str) {
    execute(url, statement);
}

/// The column `text` of what a query finds on a PostgreSQL server.
///
/// # Panics
/// Where the server does not answer or refuses.
pub fn ask_postgres(url: &str, query: &str) -> Lines {
    let mut connection = PgConnection::establish(url).expect("the server answers");
    let found: Vec<Text> = diesel::sql_query(query)
        .load(&mut connection)
        .unwrap_or_else(|error| panic!("{query}: {error}"));
    found.into_iter().map(|line| line.text).collect()
}

fn in_schema(url: &str, name: &str) -> String {
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}options=-csearch_path%3D{name}")
}

/// Says once, past the test harness that hides what a passing test prints, that one engine was left out.
fn left_out() {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        // A test that cannot speak has nothing better to do than to go on.
        let _ = writeln!(
            std::io::stderr(),
            "left out: PostgreSQL, because RUSTINE_TEST_POSTGRES is not set"
        );
    });
}

fn execute(url: &str, statement: &str) {
    let mut connection = PgConnection::establish(url).expect("the server answers");
    diesel::sql_query(statement)
        .execute(&mut connection)
        .expect("the test's schema can be made and dropped");
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if let Place::Schema { url, name } = &self.place {
            execute(url, &format!("DROP SCHEMA {name} CASCADE"));
            execute(url, &format!("DROP SCHEMA IF EXISTS {name}b CASCADE"));
        }
    }
}
