//! Connections to PostgreSQL, or to an engine that speaks its protocol.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool, PooledConnection};
use diesel::sql_types::BigInt;

use crate::StoreError;

/// Connections of one process; several processes share the server's limit of usually 100.
const MOST_CONNECTIONS: u32 = 12;

/// Compiling a query to machine code costs more than any of ours takes.
const SESSION: &str =
    "SET jit = off; SET statement_timeout = '10min'; SET client_min_messages = warning;";

/// A server that stands still in the middle of a write holds its locks, and another one on the database cannot take its
/// work over: after this time of silence PostgreSQL gives the locks back. Leases run out in 15 s, so that all is taken over
/// within 30.
pub(crate) const BEGIN_WRITE: &str = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '20s'";

pub(crate) struct Postgres {
    pool: Pool<ConnectionManager<PgConnection>>,
}

impl Postgres {
    pub(crate) fn open(url: &str) -> Result<Self, StoreError> {
        let pool = Pool::builder()
            .max_size(MOST_CONNECTIONS)
            .min_idle(Some(1))
            .idle_timeout(Some(Duration::from_secs(60)))
            .connection_timeout(Duration::from_secs(10))
            .connection_customizer(Box::new(Session))
            .build(ConnectionManager::<PgConnection>::new(url))?;
        Ok(Self { pool })
    }

    pub(crate) fn get(
        &self,
    ) -> Result<PooledConnection<ConnectionManager<PgConnection>>, StoreError> {
        Ok(self.pool.get()?)
    }

    /// The snapshot as a number: it names the transactions that are not yet seen, so every commit changes it.
    pub(crate) fn data_version(&self) -> Result<u64, StoreError> {
        let mut connection = self.get()?;
        let version: Version =
            diesel::sql_query("SELECT hashtextextended(pg_current_snapshot()::text, 0) AS version")
                .get_result(&mut *connection)?;
        Ok(version.version.cast_unsigned())
    }
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = BigInt)]
    version: i64,
}

#[derive(Debug)]
struct Session;

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for Session {
    fn on_acquire(&self, connection: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        connection
            .batch_execute(SESSION)
            .map_err(diesel::r2d2::Error::QueryError)
    }
}
