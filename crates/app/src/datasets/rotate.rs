//! Replacing a dataset's log key, after it was stolen or as a precaution: signed by the recovery key, which is kept
//! off the server (`protocol.md` §3.3 "Keys").

use base64::Engine as _;
use rustine_domain::ids::{DatasetAddress, Hash};
use rustine_domain::key::{LogKey, Multikey, commitment_of};
use rustine_domain::log::{EntryDraft, Handover, Kind, Meta};
use rustine_store::{KeyRecord, StoreError};
use serde_json::Map;

use super::{UnknownDataset, find};
use crate::App;
use crate::instance;
use crate::keys;
use crate::log::append::{AppendError, append_signed_by, chain_of};
use crate::log::keys::ED25519;
use crate::outbox;

/// How a recovery key begins in its file.
const MARK: &str = "rustine-recovery-1";

/// A recovery key, as it stands on the printed page.
#[derive(Clone)]
pub struct RecoveryKey(LogKey);

impl RecoveryKey {
    /// A fresh one.
    pub fn generate(app: &App) -> Self {
        Self(LogKey::from_seed(keys::generate_seed(&*app.entropy)))
    }

    /// Finds the key in the text of its file, between whatever else stands there.
    ///
    /// # Errors
    /// [`RotateError::NoKey`] where there is none that is whole.
    pub fn read(text: &str) -> Result<Self, RotateError> {
        text.lines()
            .find_map(Self::of_line)
            .ok_or(RotateError::NoKey)
    }

    fn of_line(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        if words.next()? != MARK {
            return None;
        }
        let seed = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(words.next()?)
            .ok()?;
        let key = LogKey::from_seed(seed.try_into().ok()?);
        // The public part is there so that a mistyped letter is noticed.
        (words.next()? == key.multikey().to_string()).then_some(Self(key))
    }

    /// The line that holds the key.
    pub fn to_line(&self) -> String {
        let seed = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(self.0.seed());
        format!("{MARK} {seed} {}", self.0.multikey())
    }

    /// The key itself, which signs rotations and moves.
    pub(super) fn key(&self) -> &LogKey {
        &self.0
    }

    /// What logs announce of it.
    pub fn commitment(&self) -> Hash {
        commitment_of(&self.0.multikey())
    }
}

/// A key that was replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The entry that says so.
    pub seq: u64,
    /// The log key in force.
    pub key: Multikey,
}

/// Why no key was replaced.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// No such dataset here.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// It is another instance's.
    #[error("{0} belongs to another instance: only its owner has its recovery key")]
    NotOurs(DatasetAddress),
    /// The text has no recovery key.
    #[error(
        "the file holds no whole recovery key: it has one line that begins with rustine-recovery-1"
    )]
    NoKey,
    /// It is another key than the log announced.
    #[error(
        "this is not the recovery key that the log of {0} announced last: after a rotation it is the page that was printed then"
    )]
    OtherKey(String),
    /// The entry was not written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// True where a rotation of this dataset needs a new recovery key: the instance has none yet that the log did not
/// announce. The other datasets of the instance are then rotated to the same one.
///
/// # Errors
/// [`RotateError`] where the dataset is not ours or the key is not the announced one.
pub fn needs_new_key(
    app: &App,
    address: &DatasetAddress,
    recovery: &RecoveryKey,
) -> Result<bool, RotateError> {
    app.db.read(|tx| {
        let dataset = find(app, tx, address)?;
        if !dataset.is_local() {
            return Err(RotateError::NotOurs(address.clone()));
        }
        let chain = chain_of(&dataset)?;
        if chain.next != recovery.commitment() {
            return Err(RotateError::OtherKey(dataset.name));
        }
        Ok(instance::recovery_next(tx)? == chain.next)
    })
}

/// Replaces the log key. `new` is the recovery key to announce, which must be on paper or disk already; without it the
/// instance's present one is announced.
///
/// # Errors
/// [`RotateError`]; nothing was changed.
pub fn rotate(
    app: &App,
    address: &DatasetAddress,
    recovery: &RecoveryKey,
    new: Option<&RecoveryKey>,
) -> Result<Rotated, RotateError> {
    let log_key = LogKey::from_seed(keys::generate_seed(&*app.entropy));
    app.db.write(|tx| {
        let mut dataset = find(app, tx, address)?;
        if !dataset.is_local() {
            return Err(RotateError::NotOurs(address.clone()));
        }
        tx.lock_dataset(dataset.id)?;
        dataset = tx.load_dataset(dataset.id)?;
        let chain = chain_of(&dataset)?;
        if chain.next != recovery.commitment() {
            return Err(RotateError::OtherKey(dataset.name));
        }
        let next = match new {
            Some(new) => new.commitment(),
            None => instance::recovery_next(tx)?,
        };
        let kind = Kind::Rotate(Handover {
            key: log_key.multikey(),
            by: recovery.0.multikey(),
            next,
        });
        let meta = Meta {
            salt: app.entropy.salt(),
            content: Map::new(),
        };
        let old = chain.key.to_string();
        let draft = EntryDraft::new(kind, meta);
        let appended = append_signed_by(app, tx, &mut dataset, draft, &recovery.0)?;
        let owner = format!("/datasets/{}", dataset.name);
        tx.insert_key(&KeyRecord {
            owner: owner.clone(),
            kind: ED25519.to_owned(),
            public: log_key.multikey().to_string(),
            secret: Some(log_key.seed().to_vec()),
            created: app.clock.now(),
        })?;
        // It signs nothing any more, so nothing is lost and nothing can leak.
        tx.delete_key(&owner, ED25519, &old)?;
        if new.is_some() {
            instance::set_recovery_next(tx, next)?;
        }
        if dataset.status == "published" {
            outbox::push_update(app, tx, &dataset)?;
        }
        Ok(Rotated {
            seq: appended.seq,
            key: log_key.multikey(),
        })
    })
}
