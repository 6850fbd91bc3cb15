//! How copies stand.

use rustine_domain::ids::{DatasetAddress, Hash};
use rustine_domain::time::Timestamp;
use rustine_store::{DatasetRecord, ReplicaStateRecord, StoreError, Tx};

use crate::App;
use crate::datasets::find::address;
use crate::datasets::{UnknownDataset, find};
use crate::patches::held;

/// Nothing was read yet.
pub const STARTING: &str = "starting";
/// The log is being read.
pub const CATCHING_UP: &str = "catching-up";
/// The origin confirmed our head, or every source that answers has no more.
pub const CURRENT: &str = "current";
/// No source answers.
pub const UNREACHABLE: &str = "unreachable";
/// Two rightly signed histories were seen: nothing is applied until people decide.
pub const FORKED: &str = "forked";
/// The next entry is of a later version.
pub const UPGRADE_NEEDED: &str = "upgrade-needed";
/// The log has reached a limit of ours.
pub const FULL: &str = "full";

/// One copy, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// `name@host`.
    pub dataset: String,
    /// Our head; `None` before the first entry.
    pub seq: Option<u64>,
    /// The origin's head, as last heard.
    pub origin_seq: Option<u64>,
    /// One of the words above.
    pub state: String,
    /// When the origin itself last confirmed our head.
    pub confirmed_at: Option<Timestamp>,
    /// Where entries were last taken from.
    pub source: Option<String>,
    /// What is wrong, in a sentence.
    pub error: Option<String>,
    /// Since when the origin has not answered; `None` where it answered last.
    pub origin_silent_since: Option<Timestamp>,
}

/// All copies.
///
/// # Errors
/// Where the store fails.
pub fn list(app: &App) -> Result<Vec<Status>, StoreError> {
    app.db.read(|tx| {
        let copies = tx.list_replica_states()?;
        Ok(copies
            .into_iter()
            .map(|(dataset, state)| shown(&dataset, Some(state)))
            .collect())
    })
}

/// One copy.
///
/// # Errors
/// Where there is no such copy.
pub fn of(app: &App, wanted: &DatasetAddress) -> Result<Status, UnknownDataset> {
    app.db.read(|tx| {
        let dataset = find(app, tx, wanted)?;
        if dataset.is_local() {
            return Err(UnknownDataset::Unknown(wanted.clone()));
        }
        Ok(read(tx, &dataset)?)
    })
}

/// One copy, inside a transaction.
///
/// # Errors
/// Where the store fails.
pub fn read(tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<Status, StoreError> {
    let state = tx.find_replica_state(dataset.id)?;
    Ok(shown(dataset, state))
}

fn shown(dataset: &DatasetRecord, state: Option<ReplicaStateRecord>) -> Status {
    let state = state.as_ref();
    Status {
        dataset: address(dataset),
        seq: u64::try_from(dataset.seq).ok(),
        origin_seq: state
            .and_then(|state| state.origin_seq)
            .and_then(|seq| u64::try_from(seq).ok()),
        state: state
            .map_or(STARTING, |state| state.state.as_str())
            .to_owned(),
        confirmed_at: state.and_then(|state| state.confirmed_at),
        source: state.and_then(|state| state.source.clone()),
        error: state.and_then(|state| state.error.clone()),
        origin_silent_since: state.and_then(|state| state.silent_since),
    }
}

/// What the driver of a copy has to tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// One of the words above; `None` leaves it.
    pub state: Option<&'static str>,
    /// The origin's head, as last heard.
    pub origin: Option<(u64, Hash)>,
    /// When the origin confirmed our head.
    pub confirmed_at: Option<Timestamp>,
    /// Where entries were taken from.
    pub source: Option<String>,
    /// What is wrong; `Some(None)` clears it.
    pub error: Option<Option<String>>,
    /// Whether the origin gave an answer when it was asked last; `None` where it was not asked.
    pub origin_answers: Option<bool>,
}

/// The lease on keeping a copy current.
pub fn lease_on(dataset: i64) -> String {
    format!("{LEASES}{dataset}")
}

/// What the names of those leases begin with.
pub const LEASES: &str = "copy/";

/// Writes down how a copy stands. A copy that was removed meanwhile is left alone. False, and nothing is written,
/// where another process than `holder` keeps the copy current by now; nobody asks who, where the name is empty.
///
/// # Errors
/// Where the store fails.
pub fn note(app: &App, dataset: i64, news: &News, holder: &str) -> Result<bool, StoreError> {
    app.db.write(|tx| {
        if !holder.is_empty() && !tx.holds_lease(&lease_on(dataset), holder)? {
            return Ok(false);
        }
        let Some(before) = tx.find_replica_state(dataset)? else {
            return Ok(true);
        };
        let mut state = before.clone();
        if let Some(word) = news.state {
            word.clone_into(&mut state.state);
        }
        if let Some((seq, entry)) = news.origin {
            state.origin_seq = i64::try_from(seq).ok();
            state.origin_entry = Some(entry);
        }
        state.confirmed_at = news.confirmed_at.or(state.confirmed_at);
        state.source = news.source.clone().or(state.source);
        if let Some(error) = &news.error {
            state.error.clone_from(error);
        }
        match news.origin_answers {
            Some(true) => state.silent_since = None,
            Some(false) => state.silent_since = state.silent_since.or(Some(app.clock.now())),
            None => {}
        }
        if state == before {
            return Ok(true);
        }
        state.updated = app.clock.now();
        tx.put_replica_state(&state)?;
        if before.silent_since.is_some() && state.silent_since.is_none() {
            let dataset = tx.load_dataset(dataset)?;
            held::send_again(app, tx, &dataset)?;
        }
        Ok(true)
    })
}
