//! Bringing the tables up to date: migrations are part of the program and run at start.

use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::{Sqlite, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::StoreError;
use crate::db::{Db, DbEngine};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");

/// How long one process waits for another that is migrating; its lease lasts as long.
const PATIENCE: Duration = Duration::from_secs(120);

/// A table of its own, because `leases` is made by the first migration. `until_at` is the server's own clock.
const LEASE_TABLE: &str = "CREATE TABLE IF NOT EXISTS rustine_migration_lease (
    name TEXT NOT NULL PRIMARY KEY, holder TEXT NOT NULL, until_at TIMESTAMPTZ NOT NULL)";

impl Db {
    /// Runs the migrations that are missing and returns their names; safe while another process does the same.
    ///
    /// # Errors
    /// [`StoreError::NewerDatabase`] where the database has a migration that this program does not know.
    pub fn migrate(&self) -> Result<Vec<String>, StoreError> {
        self.check_version()?;
        match &self.engine {
            DbEngine::Sqlite(db) => db.write.outside(migrate_sqlite),
            DbEngine::Postgres(db) => migrate_postgres(&mut *db.get()?),
        }
    }

    /// Names of the migrations that [`Db::migrate`] would run.
    pub fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        let applied = self.applied_migrations()?;
        let known = match self.engine {
            DbEngine::Sqlite(_) => known::<Sqlite>(&SQLITE)?,
            DbEngine::Postgres(_) => known::<Pg>(&POSTGRES)?,
        };
        Ok(known
            .into_iter()
            .filter(|name| !applied.contains(name))
            .collect())
    }

    /// Undoes every migration; only for the test that each can be undone.
    #[cfg(test)]
    pub(crate) fn revert_all(&self) -> Result<(), StoreError> {
        match &self.engine {
            DbEngine::Sqlite(db) => db
                .write
                .outside(|c| c.revert_all_migrations(SQLITE).map(drop).map_err(failed)),
            DbEngine::Postgres(db) => db
                .get()?
                .revert_all_migrations(POSTGRES)
                .map(drop)
                .map_err(failed),
        }
    }

    /// Refuses a database that a newer version has migrated.
    pub fn check_version(&self) -> Result<(), StoreError> {
        let known = match self.engine {
            DbEngine::Sqlite(_) => known::<Sqlite>(&SQLITE)?,
            DbEngine::Postgres(_) => known::<Pg>(&POSTGRES)?,
        };
        let last = known.last().cloned().unwrap_or_default();
        match self
            .applied_migrations()?
            .into_iter()
            .find(|name| !known.contains(name))
        {
            Some(found) => Err(StoreError::NewerDatabase { found, known: last }),
            None => Ok(()),
        }
    }

    /// The versions that the database has seen, oldest first; none where it is empty. Nothing is created.
    fn applied_migrations(&self) -> Result<Vec<String>, StoreError> {
        self.read(|tx| {
            let table = tx.has_migrations_table()?;
            if table {
                tx.list_migrations()
            } else {
                Ok(Vec::new())
            }
        })
    }
}

#[derive(QueryableByName)]
struct AppliedVersion {
    #[diesel(sql_type = Text)]
    version: String,
}

impl crate::Tx<'_> {
    fn list_migrations(&mut self) -> Result<Vec<String>, StoreError> {
        let query = "SELECT version FROM __diesel_schema_migrations ORDER BY version";
        let versions: Vec<AppliedVersion> =
            crate::tx::each!(self, |c| diesel::sql_query(query).load(c))?;
        Ok(versions
            .into_iter()
            .map(|applied| applied.version)
            .collect())
    }
}

fn failed(error: impl std::fmt::Display) -> StoreError {
    StoreError::from_message(&error.to_string())
}

fn known<DB: diesel::backend::Backend>(
    source: &EmbeddedMigrations,
) -> Result<Vec<String>, StoreError>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let migrations: Vec<Box<dyn Migration<DB>>> = source.migrations().map_err(failed)?;
    let mut names: Vec<String> = migrations
        .iter()
        .map(|m| m.name().version().to_string())
        .collect();
    names.sort();
    Ok(names)
}

/// One transaction around all, so that a second process waits and then finds nothing to do.
fn migrate_sqlite(connection: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    AnsiTransactionManager::begin_transaction_sql(connection, "BEGIN IMMEDIATE")?;
    let run = connection
        .run_pending_migrations(SQLITE)
        .map(|versions| versions.iter().map(ToString::to_string).collect())
        .map_err(failed);
    match run {
        Ok(names) => {
            AnsiTransactionManager::commit_transaction(connection)?;
            Ok(names)
        }
        Err(error) => {
            AnsiTransactionManager::rollback_transaction(connection)?;
            Err(error)
        }
    }
}

fn migrate_postgres(connection: &mut PgConnection) -> Result<Vec<String>, StoreError> {
    // Two sessions creating it at once collide in the catalogue; then it is there, so the second try succeeds.
    if connection.batch_execute(LEASE_TABLE).is_err() {
        connection.batch_execute(LEASE_TABLE)?;
    }
    let started = Instant::now();
    while !take_lease(connection)? {
        if started.elapsed() > PATIENCE {
            return Err(StoreError::Busy);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let run = connection
        .run_pending_migrations(POSTGRES)
        .map(|versions| versions.iter().map(ToString::to_string).collect())
        .map_err(failed);
    diesel::sql_query("DELETE FROM rustine_migration_lease WHERE holder = pg_backend_pid()::text")
        .execute(connection)?;
    run
}

fn take_lease(connection: &mut PgConnection) -> Result<bool, StoreError> {
    let taken = diesel::sql_query(
        "INSERT INTO rustine_migration_lease (name, holder, until_at)
         VALUES ('migrate', pg_backend_pid()::text, now() + interval '120 seconds')
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_at = excluded.until_at
         WHERE rustine_migration_lease.until_at < now()",
    )
    .execute(connection)?;
    Ok(taken == 1)
}
