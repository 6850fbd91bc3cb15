//! Importing a table: it becomes a new dataset, or the differences between it and the dataset are appended.
//!
//! The file is read several times and never held in memory: once for its columns (`source`, `columns`), then
//! beside the rows that are held (`compare`), then once more for what differs, which goes to a temporary file
//! (`plan`, `spool`) and from there into the log (`write`): one thread makes entries ready (`ready`), another writes
//! them, some to a transaction. A killed import is completed by the same command: what was written is found equal.
//! Nothing is created or written before the whole file is known to be good.

mod columns;
mod compare;
mod differences;
mod error;
mod findings;
mod place;
mod plan;
mod ready;
mod source;
mod spool;
mod write;

use std::path::Path;

use rustine_domain::ids::{ActorName, DatasetUid};
use rustine_store::{DatasetRecord, StoreError, Tx};
use serde_json::Value;

use self::columns::Columns;
pub use self::differences::differences;
pub use self::error::ImportError;
pub use self::findings::ImportProblem;
use self::plan::Plan;
use self::source::Source;
pub use self::spool::Counts;
use super::create;
use crate::App;
use crate::log::append::schema_of;

/// How often a dataset that others change meanwhile is compared again.
const MOST_ATTEMPTS: usize = 5;

/// What is to be imported, and how.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// The dataset, new or existing.
    pub name: ActorName,
    /// The title for people; the name where none is given to a new dataset.
    pub title: Option<String>,
    /// The licence, an SPDX id.
    pub license: Option<String>,
    /// Titles or names of the columns that identify a row.
    pub key: Vec<String>,
    /// A Table Schema instead of a guessed one.
    pub schema: Option<Value>,
    /// Only say what would change.
    pub dry_run: bool,
}

impl ImportOptions {
    /// An import under a name, everything else by default.
    pub fn new(name: ActorName) -> Self {
        Self {
            name,
            title: None,
            license: None,
            key: Vec::new(),
            schema: None,
            dry_run: false,
        }
    }
}

/// What an import is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Reads the file; counts bytes.
    Reading,
    /// Looks for what differs; counts lines.
    Comparing,
    /// Writes entries; counts operations.
    Writing,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What it is at.
    pub step: Step,
    /// How much is done.
    pub done: u64,
    /// How much there is.
    pub total: u64,
}

/// Who is told how far an import is.
pub type OnProgress<'p> = &'p mut dyn FnMut(Progress);

/// What an import did, or would do.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The dataset.
    pub name: ActorName,
    /// Its uid; `None` after a trial run for a dataset that does not exist.
    pub uid: Option<DatasetUid>,
    /// Whether the dataset is new.
    pub created: bool,
    /// Whether this was a trial run.
    pub dry_run: bool,
    /// Rows and cells that changed.
    pub counts: Counts,
    /// Rows of the file.
    pub rows: u64,
    /// The titles of new columns; all of them for a new dataset.
    pub columns_added: Vec<String>,
    /// The titles of columns that the file has no longer.
    pub columns_removed: Vec<String>,
    /// Fields of the given schema for which the file has no column; they are left out.
    pub fields_without_column: Vec<String>,
    /// Whether a new schema was written.
    pub schema_changed: bool,
    /// What is odd in the file or does not fit the schema, listed up to a limit per kind. All of it was kept.
    pub problems: Vec<ImportProblem>,
    /// How many problems there are, listed or not.
    pub problems_total: u64,
    /// Lines that count as new only because too many changed to look at all of them: a key would tell.
    pub unexamined: u64,
    /// Entries written.
    pub entries: u64,
    /// The seq of the dataset's head afterwards; 0 for a dataset that a trial run did not create.
    pub seq: u64,
}

/// Imports a file. Slow for a large one, and for a new dataset (keys are made): never inside a request.
///
/// # Errors
/// [`ImportError`]. Nothing was changed, except where the store failed or [`ImportError::Busy`] came between two
/// entries: then the same import, tried again, goes on where it stopped.
pub fn import(
    app: &App,
    options: &ImportOptions,
    file: &Path,
    progress: OnProgress<'_>,
) -> Result<Imported, ImportError> {
    let source = Source::look(file, app.settings.limits.import_rows, progress)?;
    let mut done = Done::default();
    for _ in 0..MOST_ATTEMPTS {
        let planned = plan_it(app, options, &source, progress)?;
        if options.dry_run {
            return Ok(planned.report(options, &source, done));
        }
        if let Some(imported) = write_it(app, options, &source, planned, &mut done, progress)? {
            return Ok(imported);
        }
    }
    Err(ImportError::Busy(options.name.clone()))
}

/// What was written so far.
#[derive(Debug, Default)]
struct Done {
    created: bool,
    schema_changed: bool,
    counts: Counts,
    entries: u64,
    columns_added: Vec<String>,
    columns_removed: Vec<String>,
}

/// A comparison of the file with the dataset as it is.
struct Planned {
    dataset: Option<DatasetRecord>,
    columns: Columns,
    plan: Plan,
}

fn plan_it(
    app: &App,
    options: &ImportOptions,
    source: &Source,
    progress: OnProgress<'_>,
) -> Result<Planned, ImportError> {
    // One reading transaction: the comparison sees one state of the dataset, whatever others write.
    app.db.read(|tx| {
        let dataset = tx.find_dataset_by_name(options.name.as_str(), "")?;
        let columns = match &dataset {
            None => Columns::of_new(&source.survey, options)?,
            Some(dataset) => {
                may_be_changed(dataset)?;
                let before = schema_of(dataset)?;
                let former = former_names(tx, dataset)?;
                Columns::of_existing(&source.survey, options, &before, &former)?
            }
        };
        let plan = plan::plan(tx, dataset.as_ref(), &columns, source, progress)?;
        Ok(Planned {
            dataset,
            columns,
            plan,
        })
    })
}

/// `None` where somebody else wrote meanwhile, so that the file must be compared again.
fn write_it(
    app: &App,
    options: &ImportOptions,
    source: &Source,
    mut planned: Planned,
    done: &mut Done,
    progress: OnProgress<'_>,
) -> Result<Option<Imported>, ImportError> {
    let mut dataset = match planned.dataset.take() {
        Some(dataset) => dataset,
        None => {
            let dataset = create::create(app, &options.name, &planned.columns.document)?;
            done.created = true;
            done.entries += 1;
            done.columns_added.clone_from(&planned.columns.added);
            dataset
        }
    };
    if planned.columns.changes_schema && !done.created {
        if !write::schema(app, &mut dataset, &planned.columns.document)? {
            return Ok(None);
        }
        done.schema_changed = true;
        done.entries += 1;
        done.columns_added.clone_from(&planned.columns.added);
        done.columns_removed.clone_from(&planned.columns.removed);
    }
    let whole = write::parts(app, &mut dataset, &mut planned.plan.spool, done, progress)?;
    planned.dataset = Some(dataset);
    Ok(whole.then(|| planned.report(options, source, std::mem::take(done))))
}

impl Planned {
    /// The report of a trial run (`done` is empty), or of what was done.
    fn report(self, options: &ImportOptions, source: &Source, done: Done) -> Imported {
        let dry_run = options.dry_run;
        let dataset = self.dataset.as_ref();
        let columns = self.columns;
        let created = if dry_run {
            dataset.is_none()
        } else {
            done.created
        };
        let (added, removed) = if dry_run {
            (columns.added, columns.removed)
        } else {
            (done.columns_added, done.columns_removed)
        };
        let unexamined = self.plan.unexamined;
        let findings = self.plan.findings;
        Imported {
            name: options.name.clone(),
            uid: dataset.map(|dataset| dataset.uid),
            created,
            dry_run,
            counts: if dry_run {
                self.plan.spool.counts()
            } else {
                done.counts
            },
            rows: source.survey.rows,
            columns_added: added,
            columns_removed: removed,
            fields_without_column: columns.without_column,
            schema_changed: if dry_run {
                columns.changes_schema && !created
            } else {
                done.schema_changed
            },
            unexamined,
            problems_total: findings.total(),
            problems: findings.into_problems(),
            entries: done.entries,
            seq: dataset.map_or(0, |dataset| dataset.seq.max(0).unsigned_abs()),
        }
    }
}

fn may_be_changed(dataset: &DatasetRecord) -> Result<(), ImportError> {
    match dataset.status.as_str() {
        "closed" => Err(ImportError::Shut(dataset.name.clone(), "is closed")),
        "frozen" => Err(ImportError::Shut(
            dataset.name.clone(),
            "is frozen because its log has forked",
        )),
        _ => Ok(()),
    }
}

/// Every name that a field of this dataset ever had: none of them is given to another field (`protocol.md` §3.1).
fn former_names(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
) -> Result<std::collections::BTreeSet<String>, StoreError> {
    let mut names = std::collections::BTreeSet::new();
    for entry in tx.list_entries_of_kinds(dataset.id, &["genesis", "schema"])? {
        let Some(body) = tx.find_body(dataset.id, entry.seq)? else {
            continue;
        };
        let body: Value = serde_json::from_str(&body)
            .map_err(|_| StoreError::Other(format!("the stored body {} is damaged", entry.seq)))?;
        let fields = body["schema"]["fields"].as_array();
        names.extend(
            fields
                .into_iter()
                .flatten()
                .filter_map(|field| field["name"].as_str())
                .map(str::to_owned),
        );
    }
    Ok(names)
}
