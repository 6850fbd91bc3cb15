//! Giving a dataset another home under the same uid: an entry `move`, signed by the recovery key (`protocol.md` §3.3,
//! "Move"; §5, "Dead origin").
//!
//! Either its origin hands it over to an instance that has agreed ([`super::heir`]), or an instance that keeps a copy
//! takes it over, because its people hold the recovery key of an origin that is gone.

use rustine_domain::ids::{ActorName, DatasetAddress};
use rustine_domain::key::{LogKey, Multikey};
use rustine_domain::log::{Chain, EntryDraft, Handover, Kind, Meta};
use rustine_store::{DatasetRecord, StoreError, Tx};

use super::heir::{self, Heir, HeirError};
use super::moved;
use super::rotate::{RecoveryKey, RotateError};
use super::{UnknownDataset, find};
use crate::App;
use crate::log::append::{AppendError, append_signed_by, chain_of, save};
use crate::modlog::anchor;
use crate::{keys, presence};

/// A dataset that moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The entry that says so.
    pub seq: u64,
    /// Where it lives now.
    pub url: String,
    /// The log key in force.
    pub key: Multikey,
}

/// Why a dataset stays where it is. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// No such dataset here.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// Only an origin hands over.
    #[error(
        "{0} is a copy: its origin hands it over; where the origin is gone, name this instance with --to, and it takes \
         the dataset over"
    )]
    Copy(DatasetAddress),
    /// It lives here already.
    #[error("{0} lives here already")]
    Here(DatasetAddress),
    /// A draft was never seen elsewhere.
    #[error("{0} is not published: nobody follows it, so export it and import it elsewhere")]
    Draft(DatasetAddress),
    /// Its copy here is not fit to go on from.
    #[error("the copy of {0} cannot be continued here: {1}")]
    Unfit(DatasetAddress, &'static str),
    /// The present page was announced in this log before.
    #[error(
        "the log of {0} has announced the recovery key of this instance before, and each page counts once: rotate \
         another dataset first, which prints a new page"
    )]
    PageSpent(DatasetAddress),
    /// The page in hand is another one.
    #[error(transparent)]
    Key(#[from] RotateError),
    /// The heir lacks lines of the moderation log, which it is to go on with.
    #[error(
        "{url} does not hold the moderation log up to line {ours}, and is to go on with it: wait until its server has \
         taken the last lines, and try again"
    )]
    ModlogBehind {
        /// Where it is to live.
        url: String,
        /// Our last line.
        ours: u64,
    },
    /// A name or an agreement that cannot be used.
    #[error(transparent)]
    Heir(#[from] HeirError),
    /// The entry was not written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The recovery key must be the one that the log announced last.
fn check_page(chain: &Chain, dataset: &str, recovery: &RecoveryKey) -> Result<(), MoveError> {
    match chain.next == recovery.commitment() {
        true => Ok(()),
        false => Err(RotateError::OtherKey(dataset.to_owned()).into()),
    }
}

/// Hands a dataset of ours over to an instance that has agreed. From here on this instance keeps a copy.
///
/// # Errors
/// [`MoveError`]
pub fn hand_over(
    app: &App,
    address: &DatasetAddress,
    recovery: &RecoveryKey,
    heir: &Heir,
) -> Result<Moved, MoveError> {
    app.db.write(|tx| {
        let dataset = find(app, tx, address)?;
        tx.lock_dataset(dataset.id)?;
        let mut dataset = tx.load_dataset(dataset.id)?;
        if !dataset.is_local() {
            return Err(MoveError::Copy(address.clone()));
        }
        if dataset.status == "draft" {
            return Err(MoveError::Draft(address.clone()));
        }
        heir::check(app, &dataset, heir)?;
        check_modlog(tx, &dataset, heir)?;
        let chain = chain_of(&dataset)?;
        check_page(&chain, &dataset.name, recovery)?;
        let kind = Kind::Move {
            handover: Handover {
                key: heir.key,
                by: recovery.key().multikey(),
                next: heir.next,
            },
            moved_to: heir.url.clone(),
        };
        let draft = EntryDraft::new(kind, meta(app, tx, &dataset)?);
        let appended = append_signed_by(app, tx, &mut dataset, draft, recovery.key())?;
        moved::follow(app, tx, &mut dataset)?;
        Ok(Moved {
            seq: appended.seq,
            url: heir.url.clone(),
            key: heir.key,
        })
    })
}

/// Goes on with a dataset whose origin is gone, from the copy kept here. Slow: keys are made.
///
/// That no other copy holds more must be made sure of before: what only others hold is lost by this entry.
///
/// # Errors
/// [`MoveError`]
pub fn take_over(
    app: &App,
    address: &DatasetAddress,
    recovery: &RecoveryKey,
    name: Option<&ActorName>,
) -> Result<Moved, MoveError> {
    let rsa = app.entropy.rsa_pair();
    let seed = keys::generate_seed(&*app.entropy);
    app.db.write(|tx| {
        let dataset = find(app, tx, address)?;
        tx.lock_dataset(dataset.id)?;
        let mut dataset = tx.load_dataset(dataset.id)?;
        check_copy(tx, address, &dataset)?;
        let name = heir::free_name(tx, &dataset, name)?;
        let chain = chain_of(&dataset)?;
        check_page(&chain, &dataset.name, recovery)?;
        let next = crate::instance::recovery_next(tx)?;
        if chain.nexts.contains(&next) {
            return Err(MoveError::PageSpent(address.clone()));
        }
        let log_key = LogKey::from_seed(seed);
        let url = app.dataset_url(&name);
        let kind = Kind::Move {
            handover: Handover {
                key: log_key.multikey(),
                by: recovery.key().multikey(),
                next,
            },
            moved_to: url.clone(),
        };
        let time = chain
            .time_to_sign(app.clock.now())
            .ok_or(AppendError::ClockBehind)?;
        let signed = EntryDraft::new(kind, meta(app, tx, &dataset)?)
            .sign(&chain, time, recovery.key())
            .map_err(AppendError::from)?;
        heir::put_keys(app, tx, &name, &rsa, seed)?;
        save(tx, &mut dataset, &signed)?;
        anchor::learn(app, tx, &dataset, &signed.entry.header, &signed.entry.body)?;
        moved::follow(app, tx, &mut dataset)?;
        Ok(Moved {
            seq: signed.chain.seq,
            url,
            key: log_key.multikey(),
        })
    })
}

fn check_copy(
    tx: &mut Tx<'_>,
    address: &DatasetAddress,
    dataset: &DatasetRecord,
) -> Result<(), MoveError> {
    if dataset.is_local() {
        return Err(MoveError::Here(address.clone()));
    }
    if presence::is_elsewhere(tx)? {
        return Err(AppendError::Elsewhere.into());
    }
    let unfit = |why| Err(MoveError::Unfit(address.clone(), why));
    if dataset.seq < 0 {
        return unfit("nothing of it was read yet");
    }
    if dataset.status == "frozen" {
        return unfit("its log has forked; `rustine replica choose` settles that");
    }
    let state = tx.find_replica_state(dataset.id)?;
    if state.is_some_and(|state| state.origin_seq.is_some_and(|seq| seq > dataset.seq)) {
        return unfit("the origin had named a later entry, and no copy has sent it yet");
    }
    Ok(())
}

/// The heir writes the next line of the moderation log, so it must hold the last one.
fn check_modlog(tx: &mut Tx<'_>, dataset: &DatasetRecord, heir: &Heir) -> Result<(), MoveError> {
    let ours = anchor::tail(tx, dataset.id)?;
    match heir.modlog == Some(ours) {
        true => Ok(()),
        false => Err(MoveError::ModlogBehind {
            url: heir.url.clone(),
            ours: ours.n,
        }),
    }
}

fn meta(app: &App, tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<Meta, StoreError> {
    Ok(Meta {
        salt: app.entropy.salt(),
        content: anchor::content(tx, dataset.id)?,
    })
}
