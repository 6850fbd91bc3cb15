//! An instance that keeps a copy agrees to go on with the dataset: it makes the log key that the origin's `move` will
//! announce, and shows its public part. The secret part never leaves it, and the recovery key never leaves the origin.

use rustine_domain::ids::{ActorName, DatasetAddress, DatasetUid, Hash};
use rustine_domain::key::{LogKey, Multikey};
use rustine_domain::modlog::Tail;
use rustine_store::{DatasetRecord, KeyRecord, StoreError, Tx};
use serde_json::{Value, json};

use super::{UnknownDataset, find};
use crate::App;
use crate::instance;
use crate::keys;
use crate::log::append::{AppendError, chain_of};
use crate::log::keys::{ED25519, RSA};
use crate::modlog::anchor;

/// What the keys of agreements in the table `instance` begin with; the value is the name to be used here.
const AGREED: &str = "heir:";

/// Where a dataset may go, as the instance that agreed shows it under `{copy}/heir`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heir {
    /// The dataset.
    pub uid: DatasetUid,
    /// Its genesis.
    pub genesis: Hash,
    /// Its address there.
    pub url: String,
    /// The log key that signs after the move.
    pub key: Multikey,
    /// The hash of the recovery key of that instance.
    pub next: Hash,
    /// The last line of the moderation log that it holds; `None` where it does not say.
    pub modlog: Option<Tail>,
}

/// Why an agreement was not made or cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum HeirError {
    /// No such dataset here.
    #[error(transparent)]
    Dataset(#[from] UnknownDataset),
    /// It is ours already.
    #[error("{0} lives here already")]
    Here(DatasetAddress),
    /// The name is a person's or another dataset's.
    #[error("the name {0} is taken here: choose another with --name")]
    Taken(ActorName),
    /// The document is not one.
    #[error("the other instance shows no agreement that can be read: {0} is missing or malformed")]
    Form(&'static str),
    /// It is about another dataset.
    #[error("the other instance agrees to take over another dataset than {0}")]
    Another(String),
    /// It leads back here.
    #[error("{0} is an address of this instance: the dataset lives here already")]
    Ourselves(String),
    /// What is stored cannot be read.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Heir {
    /// As it is shown.
    pub fn to_json(&self) -> Value {
        json!({
            "uid": self.uid,
            "genesis": self.genesis,
            "url": self.url,
            "key": self.key.to_string(),
            "next": self.next,
            "modlog": self.modlog.map(anchor::to_json),
        })
    }

    /// Reads what another instance shows.
    ///
    /// # Errors
    /// [`HeirError::Form`]
    pub fn parse(document: &Value) -> Result<Self, HeirError> {
        fn member<T: std::str::FromStr>(
            document: &Value,
            name: &'static str,
        ) -> Result<T, HeirError> {
            let text = document[name].as_str().ok_or(HeirError::Form(name))?;
            text.parse().map_err(|_| HeirError::Form(name))
        }
        Ok(Self {
            uid: member(document, "uid")?,
            genesis: member(document, "genesis")?,
            url: member(document, "url")?,
            key: member(document, "key")?,
            next: member(document, "next")?,
            modlog: anchor::read(&document["modlog"]),
        })
    }
}

/// Agrees to go on with a dataset that is copied here, and says under which keys. A second time shows the same, or
/// fresh keys where a move has used those. Slow: keys are made.
///
/// # Errors
/// [`HeirError`]
pub fn agree(
    app: &App,
    address: &DatasetAddress,
    name: Option<&ActorName>,
) -> Result<Heir, HeirError> {
    let rsa = app.entropy.rsa_pair();
    let seed = keys::generate_seed(&*app.entropy);
    app.db.write(|tx| {
        let dataset = find(app, tx, address)?;
        if dataset.is_local() {
            return Err(HeirError::Here(address.clone()));
        }
        if let Some(known) = shown(app, tx, &dataset)?
            && name.is_none_or(|name| known.url == app.dataset_url(name))
        {
            return Ok(known);
        }
        let name = free_name(tx, &dataset, name)?;
        put_keys(app, tx, &name, &rsa, seed)?;
        let key = LogKey::from_seed(seed).multikey();
        tx.set_instance_value(&agreed(&dataset), &format!("{name} {key}"))?;
        Ok(shown(app, tx, &dataset)?.ok_or(StoreError::NotFound)?)
    })
}

/// What was agreed about a copy; `None` where nothing was, or it is done.
///
/// # Errors
/// Where the store fails.
pub fn shown(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
) -> Result<Option<Heir>, HeirError> {
    if dataset.is_local() {
        return Ok(None);
    }
    let Some(value) = tx.find_instance_value(&agreed(dataset))? else {
        return Ok(None);
    };
    let damaged = || StoreError::Other("a stored agreement is damaged".to_owned());
    let (name, key) = value.split_once(' ').ok_or_else(damaged)?;
    let name: ActorName = name.parse().map_err(|_| damaged())?;
    let key: Multikey = key.parse().map_err(|_| damaged())?;
    // A key that the log has seen is spent.
    if dataset.seq >= 0 && chain_of(dataset)?.keys.contains(&key) {
        return Ok(None);
    }
    Ok(Some(Heir {
        uid: dataset.uid,
        genesis: dataset.genesis,
        url: app.dataset_url(&name),
        key,
        next: instance::recovery_next(tx)?,
        modlog: Some(anchor::tail(tx, dataset.id)?),
    }))
}

/// Takes an agreement back; false where there was none.
///
/// # Errors
/// Where there is no such dataset.
pub fn withdraw(app: &App, address: &DatasetAddress) -> Result<bool, HeirError> {
    app.db.write(|tx| {
        let dataset = find(app, tx, address)?;
        Ok(tx.delete_instance_value(&agreed(&dataset))?)
    })
}

/// An agreement must be about this dataset, and lead to another instance.
pub(super) fn check(app: &App, dataset: &DatasetRecord, heir: &Heir) -> Result<(), HeirError> {
    if heir.uid != dataset.uid || heir.genesis != dataset.genesis {
        return Err(HeirError::Another(dataset.name.clone()));
    }
    if app.local_path(&heir.url).is_some() {
        return Err(HeirError::Ourselves(heir.url.clone()));
    }
    Ok(())
}

/// The name that a copy gets when it becomes ours: the wanted one, or the one that it has.
pub(super) fn free_name(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    wanted: Option<&ActorName>,
) -> Result<ActorName, HeirError> {
    let own = || StoreError::Other(format!("the name {} is damaged", dataset.name));
    let name = match wanted {
        Some(name) => name.clone(),
        None => dataset.name.parse().map_err(|_| own())?,
    };
    let other = tx.find_dataset_by_name(name.as_str(), "")?;
    let taken = other.is_some_and(|other| other.id != dataset.id)
        || tx.find_user_by_name(name.as_str())?.is_some()
        || name.is_reserved();
    match taken {
        true => Err(HeirError::Taken(name)),
        false => Ok(name),
    }
}

/// Writes the keys of a dataset that is about to be ours. The address may have been ours before: its RSA key stays,
/// because others know it.
pub(super) fn put_keys(
    app: &App,
    tx: &mut Tx<'_>,
    name: &ActorName,
    rsa: &keys::RsaPair,
    seed: [u8; 32],
) -> Result<(), StoreError> {
    let owner = format!("/datasets/{name}");
    let created = app.clock.now();
    if tx.find_key(&owner, RSA)?.is_none() {
        tx.insert_key(&KeyRecord {
            owner: owner.clone(),
            kind: RSA.to_owned(),
            public: rsa.public_pem.clone(),
            secret: Some(rsa.private_pem.clone().into_bytes()),
            created,
        })?;
    }
    tx.insert_key(&KeyRecord {
        owner,
        kind: ED25519.to_owned(),
        public: LogKey::from_seed(seed).multikey().to_string(),
        secret: Some(seed.to_vec()),
        created,
    })
}

/// True where the log key in force is the one that was agreed on: the origin has handed the dataset over.
pub(super) fn is_handed_over(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    key: &str,
) -> Result<bool, StoreError> {
    let value = tx.find_instance_value(&agreed(dataset))?;
    Ok(value.is_some_and(|value| value.split_once(' ').is_some_and(|(_, known)| known == key)))
}

/// A copy is ours now: nothing is left to agree on.
pub(super) fn settle(tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<(), StoreError> {
    tx.delete_instance_value(&agreed(dataset))?;
    Ok(())
}

fn agreed(dataset: &DatasetRecord) -> String {
    format!("{AGREED}{}", dataset.uid)
}
