//! Somebody who reads a dataset here reports something about it.

use std::net::IpAddr;

use rustine_domain::ids::{DatasetAddress, RowId};
use rustine_store::{DatasetRecord, ReportRecord, StoreError, Tx};

use super::{CHARACTERS, OPEN, fits, flag, pass_on};
use crate::App;
use crate::accounts::Person;
use crate::actors::inboxes::inbox_of;
use crate::datasets::{UnknownDataset, find};
use crate::notifications::upkeep;
use crate::outbox::{self, Outgoing};
use crate::patches::care::Problem;
use crate::patches::visitor::visitor;

/// Who reports.
#[derive(Debug, Clone, Copy)]
pub enum Reporter<'a> {
    /// Somebody who is logged in.
    Person(&'a Person),
    /// Somebody without an account, with the network address that is counted by.
    Visitor(IpAddr),
}

/// Why a report was not kept.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// No such dataset.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// No such row.
    #[error("there is no such row: it may have been removed")]
    NoRow,
    /// It is too long.
    #[error("a report may have at most {CHARACTERS} characters")]
    TooLong,
    /// Too many wait.
    #[error("too many reports are waiting: try again when some were settled")]
    Full,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps a report; on a copy, queues its Flag to the origin in the same transaction.
///
/// # Errors
/// [`FileError`]
pub fn file(
    app: &App,
    address: &DatasetAddress,
    row: Option<RowId>,
    problem: Problem,
    text: &str,
    by: Reporter<'_>,
) -> Result<(), FileError> {
    let text = text.trim();
    if text.chars().count() > CHARACTERS {
        return Err(FileError::TooLong);
    }
    app.db.write(|tx| {
        let dataset = find(app, tx, address)?;
        if dataset.status == "draft" {
            return Err(FileError::NoRow);
        }
        if let Some(row) = row
            && tx.find_row(dataset.id, row)?.is_none()
        {
            return Err(FileError::NoRow);
        }
        let reporter = match by {
            Reporter::Person(person) => app.url(&format!("/users/{}", person.name)),
            Reporter::Visitor(address) => visitor(app, tx, address)?,
        };
        let now = app.clock.now();
        let report = ReportRecord {
            id: app.entropy.uuid().to_string(),
            dataset: dataset.id,
            row_id: row,
            problem: problem.as_str().to_owned(),
            content: Some(text.to_owned()).filter(|text| !text.is_empty()),
            host: app.host().to_string(),
            reporter: Some(reporter),
            state: OPEN.to_owned(),
            activity: None,
            created: now,
            updated: now,
        };
        if !fits(app, tx, &report)? {
            return Err(FileError::Full);
        }
        tx.insert_report(&report)?;
        upkeep::reported(app, tx, &dataset, report.reporter.as_deref())?;
        match dataset.is_local() {
            true => Ok(pass_on(app, tx, &dataset, &report)?),
            false => Ok(send(app, tx, &dataset, &report)?),
        }
    })
}

/// To the origin, in the name of the instance: who reports is nobody's business there.
fn send(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    report: &ReportRecord,
) -> Result<(), StoreError> {
    let activity = flag(app, dataset, report, "/actor");
    let inbox = inbox_of(app, tx, &dataset.url, &dataset.host)?;
    let outgoing = Outgoing {
        activity: &activity,
        actor: "/actor",
        object_key: &format!("report:{}", report.id),
    };
    outbox::send(app, tx, &outgoing, &inbox)
}
