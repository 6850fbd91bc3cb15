//! Replaying a log from its first entry: every hash, signature and operation, into a scratch database; then every
//! row that is held, against the state that the last entry commits to.

use rustine_domain::audit::{Audit, Finding};
use rustine_domain::ids::{DatasetAddress, RowId};
use rustine_domain::json;
use rustine_domain::log::Body;
use rustine_domain::log::Line;
use rustine_domain::log::line;
use rustine_domain::tree::MemoryTree;
use rustine_store::{DatasetRecord, Db, StoreError};

use super::{UnknownDataset, find};
use crate::App;
use crate::log::rows::row_state;
use crate::log::stored;
use crate::replicas::apply::{self, ApplyError, Outcome};

/// A log that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Entries replayed.
    pub entries: u64,
    /// Rows compared.
    pub rows: u64,
    /// For each entry that decided on a proposal, whether it kept the policy.
    pub decisions: Vec<(i64, Finding)>,
}

/// The first fault, or why there was none to look for.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// No such dataset.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// An entry does not hold.
    #[error("entry {seq}: {why}")]
    Entry {
        /// Its number.
        seq: i64,
        /// What is wrong.
        why: String,
    },
    /// The log stops before the head that the dataset names.
    #[error("the log ends at entry {0}, before the head {1}")]
    Short(i64, i64),
    /// A row is not the one that its hash commits to.
    #[error("row {0} does not have the hash that is kept of it")]
    Row(RowId),
    /// The rows together are not those that the head commits to.
    #[error("the rows do not have the state that the last entry commits to")]
    State,
    /// The scratch database cannot be made.
    #[error("no scratch database can be made in the folder for temporary files: {0}")]
    Scratch(std::io::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Replays a dataset's log and compares its rows.
///
/// # Errors
/// [`VerifyError`]: the first fault.
pub fn verify(app: &App, address: &DatasetAddress) -> Result<Verified, VerifyError> {
    let dataset = app.db.read(|tx| find(app, tx, address))?;
    let folder = tempfile::tempdir().map_err(VerifyError::Scratch)?;
    let scratch = scratch(app, &folder.path().join("verify.sqlite"))?;
    let copy = scratch.db.write(|tx| {
        let fresh = DatasetRecord {
            seq: -1,
            chain: String::new(),
            host: "log".to_owned(),
            ..dataset.clone()
        };
        tx.insert_dataset(&DatasetRecord {
            status: "draft".to_owned(),
            ..fresh
        })
    })?;
    let entries = replay(app, &scratch, &dataset, copy)?;
    let rows = compare_rows(app, &dataset)?;
    let decisions = audit(app, &dataset)?;
    Ok(Verified {
        entries,
        rows,
        decisions,
    })
}

/// Every decision of the log against the policy and the grants that stood before it, from the log alone.
fn audit(app: &App, dataset: &DatasetRecord) -> Result<Vec<(i64, Finding)>, VerifyError> {
    let kinds = ["policy", "grant", "revoke", "patch"];
    let entries = app
        .db
        .read(|tx| tx.list_entries_of_kinds(dataset.id, &kinds))?;
    let mut audit = Audit::default();
    let mut found = Vec::new();
    for entry in entries {
        let fault = |why: &dyn std::fmt::Display| VerifyError::Entry {
            seq: entry.seq,
            why: why.to_string(),
        };
        let header = stored::header(&entry)?;
        let text = app.db.read(|tx| tx.find_body(dataset.id, entry.seq))?;
        let Some(text) = text else {
            return Err(fault(&"its body is not held here"));
        };
        let value = json::parse(text.as_bytes()).map_err(|error| fault(&error))?;
        let body = Body::parse(&value, &header.kind).map_err(|refusal| fault(&refusal))?;
        if let Some(finding) = audit.next(&header, &body) {
            found.push((entry.seq, finding));
        }
    }
    Ok(found)
}

fn scratch(app: &App, file: &std::path::Path) -> Result<App, VerifyError> {
    let db = Db::open(&file.display().to_string())?;
    db.migrate()?;
    let made = App::with_clock(
        db,
        app.settings.clone(),
        app.clock.clone(),
        app.entropy.clone(),
    );
    made.map_err(|error| VerifyError::Store(StoreError::Other(error.to_string())))
}

fn replay(
    app: &App,
    scratch: &App,
    dataset: &DatasetRecord,
    copy: i64,
) -> Result<u64, VerifyError> {
    let mut next = 0;
    while next <= dataset.seq {
        let (headers, bodies) = app.db.read(|tx| {
            let headers = tx.list_entries(dataset.id, next, 20)?;
            Ok::<_, StoreError>((headers, tx.list_bodies(dataset.id, next, 20)?))
        })?;
        if headers.is_empty() {
            return Err(VerifyError::Short(next - 1, dataset.seq));
        }
        for entry in headers {
            let fault = |why: String| VerifyError::Entry {
                seq: entry.seq,
                why,
            };
            if entry.seq != next {
                return Err(VerifyError::Short(next - 1, dataset.seq));
            }
            let body = bodies
                .iter()
                .find(|(seq, _)| *seq == entry.seq)
                .map(|(_, body)| body.as_str());
            let line = Line::parse(line::write(&entry.header, body, &[]).as_bytes())
                .map_err(|refusal| fault(refusal.to_string()))?;
            match apply::apply(scratch, copy, "the log", &line) {
                Ok(Outcome::Applied { entry: hash, .. }) if hash == entry.entry => {}
                Ok(other) => return Err(fault(format!("replaying it gave {other:?}"))),
                Err(ApplyError::Store(error)) => return Err(error.into()),
                Err(error) => return Err(fault(error.to_string())),
            }
            next += 1;
        }
    }
    Ok(next.unsigned_abs())
}

fn compare_rows(app: &App, dataset: &DatasetRecord) -> Result<u64, VerifyError> {
    let mut tree = MemoryTree::new();
    let mut rows = 0;
    app.db.read(|tx| {
        tx.each_row_by_bucket(dataset.id, None, |record| {
            if row_state(&record)?.hash(dataset.uid, record.row_id) != record.row_hash {
                return Err(VerifyError::Row(record.row_id));
            }
            tree.put(record.row_id, Some(record.row_hash));
            rows += 1;
            Ok(())
        })
    })?;
    if tree.root() == dataset.state {
        Ok(rows)
    } else {
        Err(VerifyError::State)
    }
}
