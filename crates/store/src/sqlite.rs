//! Connections to SQLite: their settings, and the one function that the engine lacks.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::CustomizeConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::SqliteConnection;

use crate::StoreError;
use crate::search;

/// Readers beyond this wait; each holds a page cache of a megabyte, so idle memory stays small.
pub(crate) const MOST_READERS: u32 = 8;

/// WAL lets readers and the writer pass each other. FULL, because what was answered with 2xx must survive a power
/// cut. Pages of erased values are overwritten with zeros. Nothing is mapped, so memory stays what we say it is. What a
/// savepoint keeps stays in memory: in a file it added a hundred KiB to what an accepted correction writes.
const WRITER: &str = "
    PRAGMA busy_timeout = 10000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;
    PRAGMA mmap_size = 0;
    PRAGMA cache_size = -4096;
    PRAGMA temp_store = MEMORY;
    PRAGMA wal_autocheckpoint = 2000;
    PRAGMA journal_size_limit = 67108864;
";

const READER: &str = "
    PRAGMA busy_timeout = 10000;
    PRAGMA query_only = ON;
    PRAGMA mmap_size = 0;
    PRAGMA cache_size = -1024;
    PRAGMA temp_store = FILE;
";

/// The writer's cache while rows are added in bulk: the indexes by bucket and by place are written all over. One
/// of 12 MiB writes a sixth fewer bytes, in the same time.
pub(crate) const BULK_CACHE: &str = "PRAGMA cache_size = -8192;";

#[diesel::declare_sql_function]
extern "SQL" {
    /// The text without case and accents, as the search folds it; only for scans, never in an index, so that other
    /// programs can still write to the file.
    fn rustine_fold(value: Text) -> Text;
}

pub(crate) fn connect_writer(path: &Path) -> Result<SqliteConnection, StoreError> {
    let mut connection = SqliteConnection::establish(&path.to_string_lossy())?;
    connection.batch_execute(WRITER)?;
    #[cfg(feature = "sabotage")]
    if sabotage::is_lazy() {
        connection.batch_execute("PRAGMA synchronous = NORMAL;")?;
    }
    register(&mut connection)?;
    Ok(connection)
}

pub(crate) fn connect_reader(path: &Path) -> Result<SqliteConnection, StoreError> {
    let mut connection = SqliteConnection::establish(&path.to_string_lossy())?;
    connection.batch_execute(READER)?;
    register(&mut connection)?;
    Ok(connection)
}

fn register(connection: &mut SqliteConnection) -> QueryResult<()> {
    rustine_fold_utils::register_impl(connection, |value: String| search::fold(&value))
}

/// Gives pooled connections the settings of a reader.
#[derive(Debug)]
pub(crate) struct Reader;

impl CustomizeConnection<SqliteConnection, diesel::r2d2::Error> for Reader {
    fn on_acquire(&self, connection: &mut SqliteConnection) -> Result<(), diesel::r2d2::Error> {
        connection
            .batch_execute(READER)
            .and_then(|()| register(connection))
            .map_err(diesel::r2d2::Error::QueryError)
    }
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = BigInt)]
    data_version: i64,
}

/// `PRAGMA data_version`: changes when another connection has committed.
pub(crate) fn data_version(connection: &mut SqliteConnection) -> Result<u64, StoreError> {
    let version: Version = diesel::sql_query("PRAGMA data_version").get_result(connection)?;
    Ok(version.data_version.unsigned_abs())
}

/// Commits that a power cut takes away: the durability suite must find them lost (`docs/decisions/0020`). Never in a
/// release.
#[cfg(feature = "sabotage")]
pub mod sabotage {
    use std::sync::atomic::{AtomicBool, Ordering};

    static LAZY: AtomicBool = AtomicBool::new(false);

    /// From now on databases are opened with `synchronous = NORMAL`.
    pub fn commit_lazily() {
        LAZY.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_lazy() -> bool {
        LAZY.load(Ordering::Relaxed)
    }
}
