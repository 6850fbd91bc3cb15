//! When an origin may sign: after each start it first asks its copies whether they hold entries of its own that it
//! lacks, because its database may be an older one (`protocol.md` §3.6, "Ask before you sign").
//!
//! How the last run ended stands in the database; so do the datasets that wait. Every process on the database sees
//! both, and [`crate::log::append`] refuses to sign for a dataset that waits.

use std::collections::BTreeSet;

use rustine_domain::time::Timestamp;
use rustine_store::{DatasetFilter, DatasetRecord, StoreError, Tx};

use crate::peers::ACCEPTED;
use crate::{App, processes};

/// After a crash, this long without an answer is long enough.
pub const CRASH_WAIT_SECONDS: i64 = 600;

/// Key of the table `instance`: how the node stands, or how its last run ended.
const RUN_STATE: &str = "run_state";
/// What the keys of waiting datasets begin with.
const WAITING: &str = "ask:";

/// How the last run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastStop {
    /// By itself, with everything written.
    Clean,
    /// Without a word.
    Crash,
    /// A backup was restored since.
    Restore,
}

impl LastStop {
    fn word(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Crash => "running",
            Self::Restore => "restored",
        }
    }

    /// A database that says nothing is a new one, or was last used by a version that did not write it down.
    fn of_word(word: Option<&str>) -> Self {
        match word {
            Some("running") => Self::Crash,
            Some("restored") => Self::Restore,
            _ => Self::Clean,
        }
    }
}

/// A dataset that signs nothing yet.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The dataset.
    pub dataset: DatasetRecord,
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub after: LastStop,
}

/// A start: every dataset of ours that has copies waits until they were asked. Those are returned. After a restore
/// all peers count as copies, because the backup does not know who began a copy since. Beside another process that
/// goes on nothing is asked anew: it has used this database all the while, so that is no older one.
///
/// # Errors
/// Where the store fails.
pub fn begin(app: &App) -> Result<Vec<Waiting>, StoreError> {
    let beside = processes::others_go_on(app)?;
    app.db.write(|tx| {
        let word = tx.find_instance_value(RUN_STATE)?;
        let after = LastStop::of_word(word.as_deref());
        if beside && after == LastStop::Crash {
            return list(tx);
        }
        let now = app.clock.now();
        let mut waits = false;
        for dataset in our_datasets(tx)? {
            if hosts_to_ask(tx, &dataset, after)?.is_empty() {
                continue;
            }
            waits = true;
            // The ten minutes after a crash count from the first start, not from the last of several commands.
            let since = match read(tx, &dataset)? {
                Some(known) if known.after == after => known.since,
                _ => now,
            };
            let value = format!("{} {}", after.word(), since.seconds());
            tx.set_instance_value(&key(dataset.id), &value)?;
        }
        if after != LastStop::Restore || !waits {
            tx.set_instance_value(RUN_STATE, LastStop::Crash.word())?;
        }
        list(tx)
    })
}

/// A stop with everything written. Where a dataset still waits, the next start waits too; where another process goes
/// on, or was killed a moment ago, how the last run ends is not known yet.
///
/// # Errors
/// Where the store fails.
pub fn end(app: &App) -> Result<(), StoreError> {
    let last = processes::others(app)?.is_empty();
    app.db.write(|tx| {
        let running = last && tx.find_instance_value(RUN_STATE)?.as_deref() == Some("running");
        if running && list(tx)?.is_empty() {
            tx.set_instance_value(RUN_STATE, LastStop::Clean.word())?;
        }
        Ok(())
    })
}

/// The database was restored from a backup.
///
/// # Errors
/// Where the store fails.
pub fn restored(app: &App) -> Result<(), StoreError> {
    app.db
        .write(|tx| tx.set_instance_value(RUN_STATE, LastStop::Restore.word()))
}

/// The operator accepts that entries which only a silent copy holds are lost, or become a fork.
///
/// # Errors
/// Where the store fails.
pub fn accept_loss(app: &App) -> Result<(), StoreError> {
    app.db.write(|tx| {
        for waiting in list(tx)? {
            tx.delete_instance_value(&key(waiting.dataset.id))?;
        }
        tx.set_instance_value(RUN_STATE, LastStop::Clean.word())
    })
}

/// The datasets that wait.
///
/// # Errors
/// Where the store fails.
pub fn waiting(app: &App) -> Result<Vec<Waiting>, StoreError> {
    app.db.read(list)
}

/// A copy answered, and what it holds of ours is held here: the dataset signs again. An answer to the question of
/// another start, as of a process that stood still meanwhile, has no effect.
///
/// # Errors
/// Where the store fails.
pub fn answered(app: &App, waiting: &Waiting) -> Result<(), StoreError> {
    app.db.write(|tx| go_on(tx, waiting))
}

/// No copy answered; true where the dataset signs again all the same.
///
/// # Errors
/// Where the store fails.
pub fn silent(app: &App, waiting: &Waiting) -> Result<bool, StoreError> {
    let name = &waiting.dataset.name;
    let enough = match waiting.after {
        LastStop::Clean => true,
        LastStop::Crash => {
            let over = app.clock.now() >= waiting.since.plus_seconds(CRASH_WAIT_SECONDS);
            if over {
                tracing::error!(
                    dataset = name,
                    "No copy of {name} has answered for 10 minutes after a crash: it signs again, and an entry that \
                     only a copy holds becomes a fork"
                );
            }
            over
        }
        LastStop::Restore => false,
    };
    if enough {
        app.db.write(|tx| go_on(tx, waiting))?;
    }
    Ok(enough)
}

/// Who may hold entries of a dataset of ours that we lack: its copies, and after a restore every accepted peer.
///
/// # Errors
/// Where the store fails.
pub fn hosts_to_ask(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    after: LastStop,
) -> Result<BTreeSet<String>, StoreError> {
    let copies = tx.list_replicas(dataset.id)?.into_iter();
    let mut hosts: BTreeSet<String> = copies.map(|copy| copy.host).collect();
    if after == LastStop::Restore {
        let peers = tx.list_peers()?.into_iter();
        let accepted = peers.filter(|peer| peer.state == ACCEPTED);
        hosts.extend(accepted.map(|peer| peer.host));
    }
    Ok(hosts)
}

/// Why a dataset may not sign now, if it may not.
///
/// # Errors
/// Where the store fails.
pub fn may_sign(tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<Option<LastStop>, StoreError> {
    Ok(read(tx, dataset)?.map(|waiting| waiting.after))
}

/// A dataset is no longer ours: whether its copies were asked matters no more.
pub(crate) fn forget(tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<(), StoreError> {
    tx.delete_instance_value(&key(dataset.id))?;
    Ok(())
}

fn go_on(tx: &mut Tx<'_>, waiting: &Waiting) -> Result<(), StoreError> {
    let now = read(tx, &waiting.dataset)?;
    if !now.is_some_and(|now| now.since == waiting.since && now.after == waiting.after) {
        return Ok(());
    }
    tx.delete_instance_value(&key(waiting.dataset.id))?;
    if list(tx)?.is_empty() {
        // From here on a crash is a crash, whatever was restored before.
        tx.set_instance_value(RUN_STATE, LastStop::Crash.word())?;
    }
    Ok(())
}

fn list(tx: &mut Tx<'_>) -> Result<Vec<Waiting>, StoreError> {
    let mut waiting = Vec::new();
    for dataset in our_datasets(tx)? {
        waiting.extend(read(tx, &dataset)?);
    }
    Ok(waiting)
}

fn our_datasets(tx: &mut Tx<'_>) -> Result<Vec<DatasetRecord>, StoreError> {
    let ours = DatasetFilter {
        local: Some(true),
        ..DatasetFilter::default()
    };
    let mut all: Vec<DatasetRecord> = Vec::new();
    loop {
        let after = all.last().map(|it| (it.host.clone(), it.name.clone()));
        let after = after.as_ref().map(|(host, name)| (&**host, &**name));
        let page = tx.list_datasets(&ours, after, 500)?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

fn read(tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<Option<Waiting>, StoreError> {
    let Some(value) = tx.find_instance_value(&key(dataset.id))? else {
        return Ok(None);
    };
    let (word, since) = value.split_once(' ').unwrap_or((&value, "0"));
    let since = since.parse().ok().and_then(Timestamp::from_seconds);
    Ok(Some(Waiting {
        dataset: dataset.clone(),
        since: since.ok_or_else(|| StoreError::Other(format!("{WAITING} {value} is damaged")))?,
        after: LastStop::of_word(Some(word)),
    }))
}

fn key(dataset: i64) -> String {
    format!("{WAITING}{dataset}")
}
