//! One transaction, as the closures of [`crate::Db::read`] and [`crate::Db::write`] see it.

use diesel::pg::PgConnection;
use diesel::sqlite::SqliteConnection;

use crate::ceilings::Ceilings;
use crate::totals::Totals;

/// A transaction on one of the two engines; the methods are in the files of the table families.
pub struct Tx<'a> {
    pub(crate) connection: Connection<'a>,
    /// Where counts of filtered rows are kept; only a reading transaction may use it, because a
    /// writing one may see rows that are never committed.
    pub(crate) totals: Option<&'a Totals>,
    /// How many patches can match at most; only where nobody else writes, which is on SQLite.
    pub(crate) ceilings: Option<&'a Ceilings>,
}

/// The engine's own connection, so that diesel's type checker sees the real backend.
pub(crate) enum Connection<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

/// The engine behind a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The default: a file.
    Sqlite,
    /// By URL, when a hub grows.
    Postgres,
}

impl Tx<'_> {
    /// True where other writers go on beside this writing transaction, so that what must not change has to be locked.
    pub(crate) fn locks_rows(&self) -> bool {
        self.engine() == Engine::Postgres && self.totals.is_none()
    }

    /// Which engine this is; only [`crate::dialect`] should need to know.
    pub(crate) fn engine(&self) -> Engine {
        match self.connection {
            Connection::Sqlite(_) => Engine::Sqlite,
            Connection::Postgres(_) => Engine::Postgres,
        }
    }
}

/// Expands a query body once for each engine: `each!(self, |c| users::table.load(c))`.
/// The body is a `QueryResult`; the whole is a `Result<_, StoreError>`.
///
/// One record is read by `get_result`, not `first`: the latter binds `LIMIT 1`, and SQLite prepares a statement again
/// whenever a limit is bound (a fifth of the cost of a patch, when it was measured).
macro_rules! each {
    ($tx:expr, |$c:ident| $body:expr) => {
        match &mut $tx.connection {
            $crate::tx::Connection::Sqlite(connection) => {
                let $c: &mut diesel::sqlite::SqliteConnection = connection;
                $body
            }
            $crate::tx::Connection::Postgres(connection) => {
                let $c: &mut diesel::pg::PgConnection = connection;
                $body
            }
        }
        .map_err($crate::StoreError::from)
    };
}
pub(crate) use each;
