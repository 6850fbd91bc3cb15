//! The database as the program holds it: one engine, chosen by URL, behind reading and writing closures.

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::r2d2::{ConnectionManager, Pool};
use diesel::sqlite::SqliteConnection;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use crate::StoreError;
use crate::ceilings::Ceilings;
use crate::error::{Trouble, take_trouble};
use crate::postgres::{BEGIN_WRITE, Postgres};
use crate::sqlite;
use crate::totals::Totals;
use crate::tx::{Connection, Engine, Tx};
use crate::writer::Writer;

/// How often a PostgreSQL transaction is run again after a collision.
const MOST_ATTEMPTS: usize = 8;

/// An open database. Shared between threads by reference; all its calls block.
pub struct Db {
    pub(crate) engine: DbEngine,
    totals: Totals,
}

pub(crate) enum DbEngine {
    Sqlite(Box<SqliteDb>),
    Postgres(Postgres),
}

pub(crate) struct SqliteDb {
    pub(crate) path: PathBuf,
    read: Pool<ConnectionManager<SqliteConnection>>,
    pub(crate) write: Writer,
    /// A connection that never writes, so that `PRAGMA data_version` sees the commits of everyone, ours included.
    watch: Mutex<SqliteConnection>,
    ceilings: Ceilings,
}

impl Db {
    /// Opens `postgres://…`, `sqlite:///path/file` or a path; a missing SQLite file is created, empty.
    ///
    /// # Errors
    /// [`StoreError::NewerDatabase`] where a newer version has been at work; the tables are not touched.
    pub fn open(url: &str) -> Result<Self, StoreError> {
        let engine = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            DbEngine::Postgres(Postgres::open(url)?)
        } else {
            let path = url.strip_prefix("sqlite://").unwrap_or(url);
            DbEngine::Sqlite(Box::new(SqliteDb::open(Path::new(path))?))
        };
        let db = Self {
            engine,
            totals: Totals::default(),
        };
        db.check_version()?;
        Ok(db)
    }

    /// Which engine this is, for `doctor` and for logs.
    pub fn engine(&self) -> Engine {
        match self.engine {
            DbEngine::Sqlite(_) => Engine::Sqlite,
            DbEngine::Postgres(_) => Engine::Postgres,
        }
    }

    /// The file, where the engine is SQLite.
    pub fn path(&self) -> Option<&Path> {
        match &self.engine {
            DbEngine::Sqlite(db) => Some(&db.path),
            DbEngine::Postgres(_) => None,
        }
    }

    /// Runs a reading closure on one snapshot of the database; writing in it fails.
    pub fn read<T, E>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StoreError>,
    {
        let totals = Some(&self.totals);
        match &self.engine {
            DbEngine::Sqlite(db) => {
                let mut connection = db.read.get().map_err(StoreError::from)?;
                let connection = &mut *connection;
                AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN")
                    .map_err(StoreError::from)?;
                let result = work(&mut Tx {
                    connection: Connection::Sqlite(&mut *connection),
                    totals,
                    ceilings: None,
                });
                AnsiTransactionManager::rollback_transaction(connection)
                    .map_err(StoreError::from)?;
                result
            }
            DbEngine::Postgres(db) => {
                let mut connection = db.get()?;
                let connection = &mut *connection;
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                AnsiTransactionManager::begin_transaction_sql(connection, begin)
                    .map_err(StoreError::from)?;
                let result = work(&mut Tx {
                    connection: Connection::Postgres(&mut *connection),
                    totals,
                    ceilings: None,
                });
                AnsiTransactionManager::rollback_transaction(connection)
                    .map_err(StoreError::from)?;
                result
            }
        }
    }

    /// Runs a writing closure; all it did is durable when this returns `Ok`, and undone when it returns `Err`.
    ///
    /// On SQLite, closures of several threads may share one commit; on PostgreSQL a closure that collided with
    /// another is run again, so it must not leave anything behind in what it borrowed. Never call it from inside
    /// another closure of the same database: that would wait for itself.
    pub fn write<T, E>(&self, work: impl FnMut(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StoreError>,
    {
        match &self.engine {
            DbEngine::Sqlite(db) => db.write.run(in_sqlite(&db.ceilings, work)),
            DbEngine::Postgres(db) => write_postgres(db, work),
        }
    }

    /// As [`Db::write`] for one item after the other: each is done or undone by itself, and on SQLite they share
    /// commits. The answers are in the order of the items; each is asked for when the one before it has been worked on.
    pub fn write_each<I, T, E>(
        &self,
        items: impl IntoIterator<Item = I>,
        mut work: impl FnMut(&mut Tx<'_>, &I) -> Result<T, E>,
    ) -> Vec<Result<T, E>>
    where
        E: From<StoreError>,
    {
        match &self.engine {
            DbEngine::Sqlite(db) => db.write.run_each(items, |connection, item| {
                in_sqlite(&db.ceilings, |tx: &mut Tx<'_>| work(tx, &item))(connection)
            }),
            DbEngine::Postgres(db) => {
                let each = items.into_iter();
                each.map(|item| write_postgres(db, |tx| work(tx, &item)))
                    .collect()
            }
        }
    }

    /// As [`Db::write`], for closures that take long, such as a part of an import: they get a commit of their own.
    pub fn write_alone<T, E>(&self, work: impl FnMut(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StoreError>,
    {
        match &self.engine {
            DbEngine::Sqlite(db) => db.write.run_alone(false, in_sqlite(&db.ceilings, work)),
            DbEngine::Postgres(db) => write_postgres(db, work),
        }
    }

    /// As [`Db::write_alone`], with the large page cache that adding very many rows needs on SQLite; the next other
    /// write gives the memory back.
    pub fn write_bulk<T, E>(&self, work: impl FnMut(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E>
    where
        E: From<StoreError>,
    {
        match &self.engine {
            DbEngine::Sqlite(db) => db.write.run_alone(true, in_sqlite(&db.ceilings, work)),
            DbEngine::Postgres(db) => write_postgres(db, work),
        }
    }

    /// A number that differs after any commit, by this process or another; equal numbers mean nothing changed.
    /// Cheap enough to ask several times per second. It says nothing about order.
    pub fn data_version(&self) -> Result<u64, StoreError> {
        match &self.engine {
            DbEngine::Sqlite(db) => {
                let mut watch = db
                    .watch
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                sqlite::data_version(&mut watch)
            }
            DbEngine::Postgres(db) => db.data_version(),
        }
    }
}

fn in_sqlite<T, E>(
    ceilings: &Ceilings,
    mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
) -> impl FnOnce(&mut SqliteConnection) -> Result<T, E> {
    move |connection| {
        ceilings.watch(|| {
            work(&mut Tx {
                connection: Connection::Sqlite(connection),
                totals: None,
                ceilings: Some(ceilings),
            })
        })
    }
}

/// One transaction at READ COMMITTED; what must not change underneath is locked by row (`Tx::lock_dataset`).
fn write_postgres<T, E>(
    db: &Postgres,
    mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E>
where
    E: From<StoreError>,
{
    let mut connection = db.get()?;
    let connection = &mut *connection;
    let mut attempt = 1;
    loop {
        take_trouble();
        AnsiTransactionManager::begin_transaction_sql(connection, BEGIN_WRITE)
            .map_err(StoreError::from)?;
        let mut result = work(&mut Tx {
            connection: Connection::Postgres(&mut *connection),
            totals: None,
            ceilings: None,
        });
        let closed = match &result {
            Ok(_) => AnsiTransactionManager::commit_transaction(connection),
            Err(_) => AnsiTransactionManager::rollback_transaction(connection),
        };
        if let (Ok(_), Err(error)) = (&result, closed) {
            result = Err(E::from(error.into()));
        }
        let collided = take_trouble() == Trouble::Collision;
        if result.is_ok() || !collided || attempt == MOST_ATTEMPTS {
            return result;
        }
        attempt += 1;
        // The other transaction holds what we want; it is done in milliseconds.
        std::thread::sleep(Duration::from_millis(3 * attempt as u64));
    }
}

impl SqliteDb {
    fn open(path: &Path) -> Result<Self, StoreError> {
        let file = path.to_owned();
        let write = Writer::new(Box::new(move || sqlite::connect_writer(&file)))?;
        let manager = ConnectionManager::<SqliteConnection>::new(path.to_string_lossy());
        let read = Pool::builder()
            .max_size(sqlite::MOST_READERS)
            .min_idle(Some(1))
            .idle_timeout(Some(Duration::from_secs(60)))
            .connection_customizer(Box::new(sqlite::Reader))
            .test_on_check_out(false)
            .build(manager)?;
        let watch = Mutex::new(sqlite::connect_reader(path)?);
        Ok(Self {
            path: path.to_owned(),
            read,
            write,
            watch,
            ceilings: Ceilings::default(),
        })
    }
}
