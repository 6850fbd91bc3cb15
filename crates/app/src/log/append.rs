//! Appending an entry to a dataset of ours, inside the caller's transaction.

use rustine_domain::ids::Hash;
use rustine_domain::key::LogKey;
use rustine_domain::log::build::{Added, BuildProblem, StageError};
use rustine_domain::log::{Chain, EntryDraft, Header, Signed};
use rustine_domain::schema::Schema;
use rustine_domain::time::Timestamp;
use rustine_domain::tree::{self, Growth};
use rustine_store::{DatasetRecord, EntryRecord, PackedBody, ReadyRow, StoreError, Tx};

use super::keys::load_key_of;
use super::rows::{DatasetRows, write_changes};
use crate::App;
use crate::custody::{self, LastStop};
use crate::log::learn::learn;
use crate::{outbox, presence};

/// An entry that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Its number.
    pub seq: u64,
    /// Its hash.
    pub entry: Hash,
    /// How many rows it changed.
    pub rows: usize,
}

/// Why nothing was appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The entry breaks a rule or a limit.
    #[error(transparent)]
    Problem(#[from] BuildProblem),
    /// The clock stands a day or more before the last entry.
    #[error(
        "the clock of this machine is more than a day behind the last entry: set it, then try again"
    )]
    ClockBehind,
    /// The dataset is closed, frozen, or not ours.
    #[error("the dataset {0} takes no more entries: {1}")]
    Shut(String, &'static str),
    /// Its copies were not asked yet whether this database is the newest.
    #[error("{0}")]
    Waiting(Wait),
    /// Another database answers at our address.
    #[error("{}", presence::REMEDY)]
    Elsewhere,
    /// What is stored of the dataset cannot be read.
    #[error("what is stored of the dataset {0} is damaged: restore a backup")]
    Damaged(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a dataset signs nothing yet (`protocol.md` §3.6, "Ask before you sign").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// The dataset.
    pub name: String,
    /// How the last run ended.
    pub after: LastStop,
}

impl std::fmt::Display for Wait {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = &self.name;
        match self.after {
            LastStop::Clean => write!(
                f,
                "the copies of {name} are being asked whether this node is up to date: try again in a minute"
            ),
            LastStop::Crash => write!(
                f,
                "the last run did not end well, and no copy of {name} has answered yet whether something is missing \
                 here: nothing was changed; try again in 10 minutes at most, while the server runs"
            ),
            LastStop::Restore => write!(
                f,
                "a backup was restored, and no copy of {name} has answered yet whether something is missing here: \
                 nothing was changed; it goes on once a copy answers, or after `rustine restore --accept-loss`"
            ),
        }
    }
}

/// The chain that a dataset's record keeps.
///
/// # Errors
/// [`AppendError::Damaged`] where it cannot be read.
pub fn chain_of(dataset: &DatasetRecord) -> Result<Chain, AppendError> {
    serde_json::from_str(&dataset.chain).map_err(|_| AppendError::Damaged(dataset.name.clone()))
}

/// The schema in force.
///
/// # Errors
/// [`AppendError::Damaged`] where it cannot be read.
pub fn schema_of(dataset: &DatasetRecord) -> Result<Schema, AppendError> {
    let damaged = || AppendError::Damaged(dataset.name.clone());
    let document = serde_json::from_str(&dataset.schema).map_err(|_| damaged())?;
    // What was signed stays usable even where a later version of the rules would not take it as new.
    Ok(Schema::read(&document).0)
}

/// Signs and writes an entry, the rows it changes, the tree, the head, and a push for each replica.
/// `dataset` is the record as read in this transaction; it is brought to the new head.
///
/// # Errors
/// [`AppendError`]; the caller's transaction must then be given up.
pub fn append(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    draft: EntryDraft,
) -> Result<Appended, AppendError> {
    let chain = chain_of(dataset)?;
    let key = load_key_of(tx, &format!("/datasets/{}", dataset.name), &chain.key)?;
    append_signed_by(app, tx, dataset, draft, &key)
}

/// As [`append`], signed by a given key: the recovery key, for a rotation.
///
/// # Errors
/// [`AppendError`]; the caller's transaction must then be given up.
pub fn append_signed_by(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    draft: EntryDraft,
    key: &LogKey,
) -> Result<Appended, AppendError> {
    let (chain, time) = next_of(app, tx, dataset, draft.kind.is_upkeep())?;
    let signed = if draft.ops.is_empty() {
        draft.sign(&chain, time, key)?
    } else {
        let schema = schema_of(dataset)?;
        let staged = draft
            .stage(
                chain.uid,
                &mut DatasetRows {
                    tx,
                    dataset: dataset.id,
                },
            )
            .map_err(stage_error)?;
        let seq = number(dataset, chain.seq + 1)?;
        write_changes(tx, dataset.id, chain.uid, seq, &staged.changes, &schema)?;
        let root = tree::update(&mut tx.tree(dataset.id), &staged.buckets())?;
        staged.sign(&chain, root, time, key)?
    };
    save(tx, dataset, &signed)?;
    learn(app, tx, dataset, &signed.entry.header, &signed.entry.body)?;
    outbox::push_entry(app, tx, dataset)?;
    if signed.entry.body.schema.is_some() && dataset.status == "published" {
        outbox::push_update(app, tx, dataset)?;
    }
    let rows = signed.changes.len();
    Ok(Appended {
        seq: signed.chain.seq,
        entry: signed.chain.entry,
        rows,
    })
}

/// New rows of an import, made ready on another thread.
pub struct AddedRows {
    /// The entry.
    pub added: Added,
    /// Its body.
    pub body: PackedBody,
    /// Its rows, in order.
    pub rows: Vec<ReadyRow>,
}

/// As [`append`], for an entry that only adds rows with fresh ids: nothing is looked up. The pages of the tree stay in
/// `growth`, which must have seen all that was added since it was made; the caller writes them before the commit.
///
/// # Errors
/// [`AppendError`]; the caller's transaction must then be given up.
pub fn append_rows(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    entry: &AddedRows,
    growth: &mut Growth,
) -> Result<(), AppendError> {
    let (chain, time) = next_of(app, tx, dataset, false)?;
    let key = load_key_of(tx, &format!("/datasets/{}", dataset.name), &chain.key)?;
    let seq = number(dataset, chain.seq + 1)?;
    tx.insert_ready_rows(dataset.id, seq, &entry.rows)?;
    let root = growth.add(&mut tx.tree(dataset.id), &entry.added.rows)?;
    let (header, chain) = entry.added.sign(&chain, root, time, &key)?;
    save_entry(tx, dataset, &header, &chain, &entry.body)?;
    follow_head(dataset, &chain, None, None)?;
    tx.update_dataset(dataset)?;
    outbox::push_entry(app, tx, dataset)?;
    Ok(())
}

/// Whether an entry of a dataset of ours could be signed now.
///
/// # Errors
/// [`AppendError`] that says why not.
pub fn ready(app: &App, tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<(), AppendError> {
    next_of(app, tx, dataset, false).map(|_| ())
}

/// The chain that the next entry of a dataset of ours follows, and when it is signed. A frozen log takes upkeep alone.
fn next_of(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    upkeep: bool,
) -> Result<(Chain, Timestamp), AppendError> {
    if !dataset.is_local() {
        return Err(AppendError::Shut(
            dataset.name.clone(),
            "it belongs to another instance",
        ));
    }
    if dataset.status == "frozen" && !upkeep {
        return Err(AppendError::Shut(
            dataset.name.clone(),
            "its log has forked",
        ));
    }
    if presence::is_elsewhere(tx)? {
        return Err(AppendError::Elsewhere);
    }
    if let Some(after) = custody::may_sign(tx, dataset)? {
        let name = dataset.name.clone();
        return Err(AppendError::Waiting(Wait { name, after }));
    }
    let chain = chain_of(dataset)?;
    let time = chain
        .time_to_sign(app.clock.now())
        .ok_or(AppendError::ClockBehind)?;
    Ok((chain, time))
}

fn number(dataset: &DatasetRecord, seq: u64) -> Result<i64, AppendError> {
    i64::try_from(seq).map_err(|_| AppendError::Damaged(dataset.name.clone()))
}

fn stage_error(error: StageError<StoreError>) -> AppendError {
    match error {
        StageError::Problem(problem) => problem.into(),
        StageError::Rows(error) => error.into(),
    }
}

/// Writes a signed entry and moves the dataset's head to it.
///
/// # Errors
/// Where the store fails.
pub fn save(
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    signed: &Signed,
) -> Result<(), AppendError> {
    let body = PackedBody::of(&signed.text)?;
    save_entry(tx, dataset, &signed.entry.header, &signed.chain, &body)?;
    follow_head(
        dataset,
        &signed.chain,
        signed.entry.body.schema.as_ref(),
        signed.entry.body.policy.as_ref(),
    )?;
    tx.update_dataset(dataset)?;
    Ok(())
}

fn save_entry(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    header: &Header,
    chain: &Chain,
    body: &PackedBody,
) -> Result<(), AppendError> {
    let seq = number(dataset, header.seq)?;
    tx.insert_entry(&EntryRecord {
        dataset: dataset.id,
        seq,
        kind: header.kind.name().to_owned(),
        time: header.time,
        header: header.text().to_owned(),
        entry: chain.entry,
    })?;
    tx.put_packed_body(dataset.id, seq, body)?;
    Ok(())
}

/// Brings the record to a chain's head, and to a schema or policy that an entry set.
///
/// # Errors
/// [`AppendError::Damaged`] where the chain cannot be written.
pub fn follow_head(
    dataset: &mut DatasetRecord,
    chain: &Chain,
    schema: Option<&serde_json::Value>,
    policy: Option<&serde_json::Value>,
) -> Result<(), AppendError> {
    let damaged = || AppendError::Damaged(dataset.name.clone());
    let text = serde_json::to_string(chain).map_err(|_| damaged())?;
    dataset.seq = i64::try_from(chain.seq).map_err(|_| damaged())?;
    dataset.chain = text;
    dataset.entry = chain.entry;
    dataset.state = chain.state;
    dataset.url.clone_from(&chain.attributed_to);
    dataset.updated = chain.time;
    if chain.closed {
        "closed".clone_into(&mut dataset.status);
    }
    if let Some(document) = schema {
        dataset.schema = document.to_string();
        dataset.schema_hash = chain.schema;
        let (schema, _) = Schema::read(document);
        dataset.title.clone_from(&schema.title);
        dataset.license = schema.licenses.first().map(|license| license.name.clone());
        schema.audience.as_str().clone_into(&mut dataset.audience);
    }
    if let Some(policy) = policy {
        dataset.policy = Some(policy.to_string());
    }
    Ok(())
}
