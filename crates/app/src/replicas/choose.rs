//! The operator of a copy that stands still decides which of two rightly signed branches it follows (`protocol.md` §3.6,
//! "Fork").

use rustine_domain::ids::{DatasetAddress, Hash};
use rustine_store::{DatasetRecord, ForkRecord, StoreError, Tx};

use super::rival;
use crate::App;
use crate::datasets::{UnknownDataset, find};
use crate::log::append::{AppendError, chain_of};

/// What the keys of choices in the table `instance` begin with.
const CHOSEN: &str = "chosen:";

/// What a choice did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// The copy goes on with the branch that it held.
    Ours,
    /// The copy is empty, and reads the other branch.
    Theirs,
}

/// Why nothing was chosen.
#[derive(Debug, thiserror::Error)]
pub enum ChooseError {
    /// No such dataset here.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// It is our own dataset.
    #[error("{0} is a dataset of this instance: rotate its key to settle a fork")]
    Ours(DatasetAddress),
    /// It does not stand still.
    #[error("{0} has no fork to settle")]
    NotForked(DatasetAddress),
    /// Neither branch has the entry.
    #[error(
        "no branch of {0} that was seen here has the entry {1}: `rustine replica status {0}` lists them"
    )]
    Unknown(DatasetAddress, Hash),
    /// What is stored cannot be read.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Follows the branch that has `entry`: one of the forks that were kept, or an entry that we hold beside one.
///
/// # Errors
/// [`ChooseError`]; nothing was changed.
pub fn choose(app: &App, address: &DatasetAddress, entry: Hash) -> Result<Chosen, ChooseError> {
    app.db.write_alone(|tx| {
        let dataset = find(app, tx, address)?;
        if dataset.is_local() {
            return Err(ChooseError::Ours(address.clone()));
        }
        tx.lock_dataset(dataset.id)?;
        let mut dataset = tx.load_dataset(dataset.id)?;
        if dataset.status != "frozen" {
            return Err(ChooseError::NotForked(address.clone()));
        }
        let forks = tx.list_forks(dataset.id)?;
        let rival = forks.iter().find(|fork| fork.entry == entry);
        if let Some(rival) = rival {
            remember(tx, &dataset, rival.seq, entry)?;
            rival::displace_by(app, tx, &mut dataset, rival)?;
            return Ok(Chosen::Theirs);
        }
        for fork in &forks {
            let held = tx.find_entry(dataset.id, fork.seq)?;
            if held.is_some_and(|held| held.entry == entry) {
                remember(tx, &dataset, fork.seq, entry)?;
                let closed = chain_of(&dataset)?.closed;
                rival::thaw(&mut dataset, closed);
                tx.update_dataset(&dataset)?;
                return Ok(Chosen::Ours);
            }
        }
        Err(ChooseError::Unknown(address.clone(), entry))
    })
}

/// The rival headers that were seen of a copy, with the host that served each and the entry that we hold beside it.
///
/// # Errors
/// Where there is no such dataset.
pub fn forks(
    app: &App,
    address: &DatasetAddress,
) -> Result<Vec<(ForkRecord, Option<Hash>)>, UnknownDataset> {
    app.db.read(|tx| {
        let dataset = find(app, tx, address)?;
        let mut shown = Vec::new();
        for fork in tx.list_forks(dataset.id)? {
            let held = tx.find_entry(dataset.id, fork.seq)?;
            shown.push((fork, held.map(|held| held.entry)));
        }
        Ok(shown)
    })
}

/// True where the operator has chosen the entry that we hold at a number at or above the one where a rival parts: that
/// rival is evidence and freezes nothing.
pub(super) fn settles(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    parts_at: u64,
) -> Result<bool, StoreError> {
    let Some(value) = tx.find_instance_value(&key(dataset))? else {
        return Ok(false);
    };
    let chosen = value
        .split_once(' ')
        .and_then(|(seq, entry)| Some((seq.parse::<i64>().ok()?, entry.parse::<Hash>().ok()?)));
    let Some((seq, entry)) = chosen else {
        return Ok(false);
    };
    let held = tx.find_entry(dataset.id, seq)?;
    let parts_before = i64::try_from(parts_at).is_ok_and(|at| at <= seq);
    Ok(parts_before && held.is_some_and(|held| held.entry == entry))
}

fn remember(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    seq: i64,
    entry: Hash,
) -> Result<(), StoreError> {
    tx.set_instance_value(&key(dataset), &format!("{seq} {entry}"))
}

fn key(dataset: &DatasetRecord) -> String {
    format!("{CHOSEN}{}", dataset.uid)
}
