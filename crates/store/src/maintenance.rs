//! What is done to the database as a whole: a copy of it, and the last traces of what was erased.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::SqliteConnection;

use crate::StoreError;
use crate::db::{Db, DbEngine, SqliteDb};

/// Pages of the word index that one step of merging writes; a step keeps the writer for some milliseconds.
const MERGED_PAGES: i64 = 500;

/// How far the parts of the word index are merged.
#[derive(Debug, Clone, Copy)]
enum Merge {
    /// Those of one size, where there are four of them.
    Alike,
    /// All, into one, which holds no word of a row that changed.
    Whole,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Db {
    /// Copies a SQLite database into a new file while the server runs; the copy is one snapshot, without free pages.
    ///
    /// # Errors
    /// On PostgreSQL, whose own tools (`pg_dump`) do this better; where the file exists.
    pub fn backup_into(&self, path: &Path) -> Result<(), StoreError> {
        match &self.engine {
            DbEngine::Sqlite(db) => db.write.outside(|connection| {
                diesel::sql_query("VACUUM INTO $1")
                    .bind::<Text, _>(path.to_string_lossy())
                    .execute(connection)?;
                Ok(())
            }),
            DbEngine::Postgres(_) => Err(StoreError::Other(
                "a PostgreSQL database is copied with pg_dump".to_owned(),
            )),
        }
    }

    /// Removes from the files what erased values left behind: words in merged-away parts of the search index, old
    /// pages in the write-ahead log, dead rows. To be called after a redaction was committed; takes seconds on a
    /// million rows, and lets other writers in between.
    pub fn purge_erased(&self) -> Result<(), StoreError> {
        match &self.engine {
            DbEngine::Sqlite(db) => {
                merge_words(db, Merge::Whole)?;
                db.write.outside(|connection| {
                    Ok(connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?)
                })
            }
            DbEngine::Postgres(db) => {
                let tables = "VACUUM rows, bodies, patches, inbox, outbox";
                Ok(db.get()?.batch_execute(tables)?)
            }
        }
    }

    /// Refreshes what the planner knows and merges the words that imports and changes left in many parts; called
    /// where an index was made. Other writers get in between its steps.
    pub fn optimize(&self) -> Result<(), StoreError> {
        match &self.engine {
            DbEngine::Sqlite(db) => {
                merge_words(db, Merge::Whole)?;
                let planner = "PRAGMA analysis_limit = 400; PRAGMA optimize";
                db.write
                    .outside(|connection| Ok(connection.batch_execute(planner)?))
            }
            DbEngine::Postgres(db) => Ok(db.get()?.batch_execute("ANALYZE")?),
        }
    }

    /// Merges what changes left of the word index in many small parts; how many steps it took, none where there was
    /// nothing to do. Whoever came to change a row when sixteen parts of a size were there would have to merge them
    /// first, which took 0.8 s after an import of a million rows. Other writers get in between the steps. PostgreSQL
    /// does so by itself.
    pub fn merge_words(&self) -> Result<usize, StoreError> {
        match &self.engine {
            DbEngine::Sqlite(db) => merge_words(db, Merge::Alike),
            DbEngine::Postgres(_) => Ok(0),
        }
    }

    /// Checks the files of a SQLite database; the faults found, none on a sound one. PostgreSQL checks its own.
    pub fn check_integrity(&self) -> Result<Vec<String>, StoreError> {
        let DbEngine::Sqlite(db) = &self.engine else {
            return Ok(Vec::new());
        };
        #[derive(QueryableByName)]
        struct Line {
            #[diesel(sql_type = Text)]
            integrity_check: String,
        }
        let lines: Vec<Line> = db.write.outside(|connection| {
            Ok(diesel::sql_query("PRAGMA integrity_check(20)").load(connection)?)
        })?;
        Ok(lines
            .into_iter()
            .map(|line| line.integrity_check)
            .filter(|line| line != "ok")
            .collect())
    }
}

/// Merges step by step until there is nothing left to do; how many steps that were.
fn merge_words(db: &SqliteDb, merge: Merge) -> Result<usize, StoreError> {
    let mut steps = 0;
    while db
        .write
        .outside(|connection| merge_some(connection, merge))?
    {
        steps += 1;
    }
    Ok(steps)
}

/// One step; false when there is none left to do (a step that does nothing changes fewer than two rows, says the manual
/// of FTS5).
fn merge_some(connection: &mut SqliteConnection, merge: Merge) -> Result<bool, StoreError> {
    let pages = match merge {
        Merge::Alike => MERGED_PAGES,
        Merge::Whole => -MERGED_PAGES,
    };
    let total = "SELECT total_changes() AS number";
    let before: Number = diesel::sql_query(total).get_result(connection)?;
    diesel::sql_query("INSERT INTO rows_search (rows_search, rank) VALUES ('merge', $1)")
        .bind::<BigInt, _>(pages)
        .execute(connection)?;
    let after: Number = diesel::sql_query(total).get_result(connection)?;
    Ok(after.number - before.number >= 2)
}
