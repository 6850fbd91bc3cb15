//! What can go wrong in the store: one variant for each thing that a caller does something about.

use std::cell::Cell;

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};

/// A failure of the store. Cheap to copy, because one failed commit is the failure of everyone in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// A `load_x` found nothing.
    #[error("no such record")]
    NotFound,
    /// A value that must be unique is taken; `what` names the columns, as `users.name`, never the value.
    #[error("{what} is taken")]
    UniqueViolation {
        /// `table.column`, several joined by a comma, the same on both engines.
        what: String,
    },
    /// The disk or the quota is full: nothing was written, and later it may be.
    #[error(
        "the disk that holds the database is full: nothing was recorded; make room (`df` shows how much there is), then try again"
    )]
    Full,
    /// Another process holds the database for too long, or a transaction was in the way again and again.
    #[error("the database is busy")]
    Busy,
    /// The data folder was used by a newer version, which changed its tables; this version must not touch it.
    #[error(
        "the database is of a newer version (it has {found}, this program knows up to {known}): install that version again, or restore a backup"
    )]
    NewerDatabase {
        /// The migration that this program does not know.
        found: String,
        /// The last migration that it knows.
        known: String,
    },
    /// A cursor that belongs to a query with another order.
    #[error("this cursor belongs to another query")]
    ForeignCursor,
    /// Anything that a caller can only report.
    #[error("database: {0}")]
    Other(String),
}

/// What the last failure on a thread was, beyond the caller's error type, which hides ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Trouble {
    #[default]
    None,
    /// Running the same transaction again may cure it.
    Collision,
    /// The disk is full; SQLite may have rolled back everything that was open.
    Full,
}

thread_local! {
    static TROUBLE: Cell<Trouble> = const { Cell::new(Trouble::None) };
}

/// Reads and clears the mark of the last failure on this thread.
pub(crate) fn take_trouble() -> Trouble {
    TROUBLE.with(Cell::take)
}

fn mark(trouble: Trouble) {
    TROUBLE.with(|cell| cell.set(trouble));
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::NotFound,
            Error::DatabaseError(kind, info) => from_database(kind, info.as_ref()),
            other => Self::from_message(&other.to_string()),
        }
    }
}

fn from_database(
    kind: DatabaseErrorKind,
    info: &(dyn DatabaseErrorInformation + Send + Sync),
) -> StoreError {
    match kind {
        DatabaseErrorKind::UniqueViolation => StoreError::UniqueViolation {
            what: violated_columns(info),
        },
        DatabaseErrorKind::SerializationFailure => {
            mark(Trouble::Collision);
            StoreError::Busy
        }
        _ => StoreError::from_message(info.message()),
    }
}

/// SQLite says `UNIQUE constraint failed: users.name`; PostgreSQL names the table and, in the detail, the columns.
fn violated_columns(info: &(dyn DatabaseErrorInformation + Send + Sync)) -> String {
    if let Some((_, columns)) = info.message().split_once("constraint failed: ") {
        return columns.replace(", ", ",");
    }
    let table = info.table_name().unwrap_or("table");
    let columns = info
        .details()
        .and_then(|detail| detail.strip_prefix("Key ("))
        .and_then(|detail| detail.split_once(")="))
        .map_or("", |(columns, _)| columns);
    columns
        .split(", ")
        .map(|column| format!("{table}.{column}"))
        .collect::<Vec<_>>()
        .join(",")
}

impl StoreError {
    /// Sorts by the words of the engines, which diesel passes on without a code.
    pub(crate) fn from_message(message: &str) -> Self {
        let has = |words: &str| message.contains(words);
        if has("disk is full") || has("No space left") || has("disk full") {
            mark(Trouble::Full);
            Self::Full
        } else if has("deadlock detected")
            || has("could not serialize")
            || has("restart transaction")
        {
            mark(Trouble::Collision);
            Self::Busy
        } else if has("database is locked") || has("timed out waiting for connection") {
            Self::Busy
        } else if has("disk I/O error") {
            // Also what SQLite says where a full disk has no room for the index of its log.
            Self::Other(format!(
                "{message}; the disk is full or broken: `df` and the system's log tell which"
            ))
        } else {
            Self::Other(message.to_owned())
        }
    }
}

impl From<diesel::r2d2::PoolError> for StoreError {
    fn from(error: diesel::r2d2::PoolError) -> Self {
        Self::from_message(&error.to_string())
    }
}

impl From<diesel::ConnectionError> for StoreError {
    fn from(error: diesel::ConnectionError) -> Self {
        Self::from_message(&error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_a_broken_one_in_the_words_of_both_engines() {
        let full = [
            "database or disk is full",
            "could not extend file \"base/16384/16402\": No space left on device",
            "could not write to file \"base/pgsql_tmp/pgsql_tmp71.0\": No space left on device",
            "could not extend file \"base/1/2\": wrote only 4096 of 8192 bytes at block 7: Check free disk space: disk full",
        ];
        for message in full {
            take_trouble();
            assert_eq!(StoreError::from_message(message), StoreError::Full);
            assert_eq!(take_trouble(), Trouble::Full, "{message}");
        }
        let broken = StoreError::from_message("disk I/O error");
        assert!(matches!(&broken, StoreError::Other(words) if words.contains("`df`")));
        assert_eq!(take_trouble(), Trouble::None);
        assert!(StoreError::Full.to_string().contains("make room"));
    }
}
