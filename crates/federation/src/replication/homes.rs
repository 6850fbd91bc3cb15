//! What is asked of other instances before a dataset changes its home.

use std::time::Duration;

use rustine_app::App;
use rustine_app::datasets::find;
use rustine_app::datasets::heir::{Heir, HeirError};
use rustine_app::modlog::anchor;
use rustine_domain::ids::{DatasetAddress, Host};
use rustine_store::StoreError;

use super::fetch::{FetchError, Remote};
use super::sources::copy_log;

/// Why an agreement was not had.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// The instance shows none.
    #[error(
        "{host} has not agreed to take over {name}: its operator runs `rustine dataset agree {name}@{own}` there first, \
         or agrees on the page of the copy"
    )]
    NoAgreement {
        /// Who was asked.
        host: Host,
        /// The dataset.
        name: String,
        /// Our own host.
        own: Host,
    },
    /// It did not answer.
    #[error(transparent)]
    Fetch(FetchError),
    /// What it shows cannot be used.
    #[error(transparent)]
    Heir(#[from] HeirError),
    /// The agreement leads somewhere else than to who shows it.
    #[error("{0} shows an agreement for another instance than itself")]
    NotItsOwn(Host),
    /// Another copy holds more than ours.
    #[error(
        "{host} holds entry {theirs} of {address}, and this copy ends at {ours}: wait until `rustine replica status` \
         shows that it has caught up, else that work would be lost"
    )]
    Behind {
        /// Who holds more.
        host: String,
        /// Its head.
        theirs: u64,
        /// Ours.
        ours: i64,
        /// The dataset.
        address: DatasetAddress,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How often an heir is asked that does not hold the last moderation line yet.
const PATIENCE: u32 = 15;

/// What an instance has agreed to about a dataset of ours. It holds our moderation log but for the last lines at most:
/// while it lacks some it is asked again for a while, because its server takes them within seconds of being told.
///
/// # Errors
/// [`HomeError`]
pub async fn heir(
    remote: &Remote,
    app: &App,
    dataset: &DatasetAddress,
    host: &Host,
) -> Result<Heir, HomeError> {
    let mut heir = agreement(remote, app, dataset, host).await?;
    for _ in 0..PATIENCE {
        let last = app.db.read(|tx| {
            let known = tx.find_dataset_by_name(dataset.name.as_str(), "")?;
            known.map(|known| anchor::tail(tx, known.id)).transpose()
        })?;
        if heir.modlog == last {
            break;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        heir = agreement(remote, app, dataset, host).await?;
    }
    Ok(heir)
}

async fn agreement(
    remote: &Remote,
    app: &App,
    dataset: &DatasetAddress,
    host: &Host,
) -> Result<Heir, HomeError> {
    let scheme = app.settings.origin.scheme();
    let name = dataset.name.as_str();
    let address = format!("{scheme}://{host}/datasets/{name}@{}/heir", app.host());
    let missing = || HomeError::NoAgreement {
        host: host.clone(),
        name: name.to_owned(),
        own: app.host().clone(),
    };
    let url = address.parse().map_err(|_| missing())?;
    let answer = remote.document(url, "application/json", "agreement").await;
    let document = match answer {
        Ok(document) => document,
        Err(FetchError::Missing { .. }) => return Err(missing()),
        Err(error) => return Err(HomeError::Fetch(error)),
    };
    let heir = Heir::parse(&document.value)?;
    // Whoever answers speaks for itself alone: a key for somebody else's address would hand the dataset to a third.
    match heir
        .url
        .starts_with(&format!("{scheme}://{host}/datasets/"))
    {
        true => Ok(heir),
        false => Err(HomeError::NotItsOwn(host.clone())),
    }
}

/// Makes sure that no instance that may keep a copy holds more of a dataset than we do. Who is silent is named in the
/// answer: what only it holds would be lost.
///
/// # Errors
/// [`HomeError::Behind`]
pub async fn no_copy_holds_more(
    remote: &Remote,
    app: &App,
    address: &DatasetAddress,
) -> Result<Vec<String>, HomeError> {
    let read = app.db.read(|tx| {
        let dataset = find(app, tx, address).map_err(|error| match error {
            rustine_app::datasets::UnknownDataset::Store(error) => error,
            rustine_app::datasets::UnknownDataset::Unknown(_) => StoreError::NotFound,
        })?;
        let mut hosts = tx.list_copy_holders(dataset.id)?;
        let peers = tx.list_peers()?.into_iter();
        let accepted = peers.filter(|peer| peer.state == rustine_app::peers::ACCEPTED);
        hosts.extend(accepted.map(|peer| peer.host));
        hosts.push(dataset.host.clone());
        hosts.sort();
        hosts.dedup();
        Ok::<_, StoreError>((dataset, hosts))
    });
    let (dataset, hosts) = read?;
    let scheme = app.settings.origin.scheme();
    let Ok(origin) = dataset.host.parse::<Host>() else {
        return Ok(Vec::new());
    };
    let mut silent = Vec::new();
    for host in hosts {
        let Ok(holder) = host.parse::<Host>() else {
            continue;
        };
        if holder == *app.host() {
            continue;
        }
        let log = copy_log(scheme, &holder, &dataset.name, &origin);
        match remote.head(&log).await {
            Ok(head) if head.genesis == dataset.genesis && head.seq.cast_signed() > dataset.seq => {
                return Err(HomeError::Behind {
                    host,
                    theirs: head.seq,
                    ours: dataset.seq,
                    address: address.clone(),
                });
            }
            Ok(_) | Err(FetchError::Missing { .. }) => {}
            Err(_) => silent.push(host),
        }
    }
    Ok(silent)
}
