//! Peerings: an agreement of two instances, approved by a person on each side (`protocol.md` §5).
//!
//! Start reading at [`ask`], then [`receive`] and [`decide`]; what operators see of a peer is in [`view`].

pub mod about;
pub mod ask;
pub mod choose;
pub mod decide;
pub mod look;
pub mod mode;
pub mod policy;
pub mod receive;
#[cfg(test)]
mod tests;
pub mod view;

use rustine_store::{StoreError, Tx};

/// Our people asked; theirs have not answered.
pub const ASKED: &str = "asked";
/// Their people asked; ours have not answered.
pub const ASKING: &str = "asking";
/// Both agreed.
pub const ACCEPTED: &str = "accepted";
/// One side refused.
pub const REFUSED: &str = "refused";
/// It was ended.
pub const REMOVED: &str = "removed";

/// True where there is a peering with a host, whose instance actor shows the key that we know it by.
///
/// # Errors
/// Where the store fails.
pub fn is_accepted(tx: &mut Tx<'_>, host: &str) -> Result<bool, StoreError> {
    let Some(peer) = tx.find_peer(host)?.filter(|peer| peer.state == ACCEPTED) else {
        return Ok(false);
    };
    Ok(!tx.is_suspended(&peer.actor)?)
}

/// Forgets what a host said about itself, its list of datasets, and what was to be copied.
pub(crate) fn forget_facts(tx: &mut Tx<'_>, host: &str) -> Result<(), StoreError> {
    tx.delete_peer_facts(host)
}

/// Lists or unlists the host among the replicas of our datasets.
fn list_replicas_of(tx: &mut Tx<'_>, host: &str, listed: bool) -> Result<(), StoreError> {
    let filter = rustine_store::DatasetFilter {
        local: Some(true),
        ..rustine_store::DatasetFilter::default()
    };
    let mut after: Option<(String, String)> = None;
    loop {
        let position = after
            .as_ref()
            .map(|(host, name)| (host.as_str(), name.as_str()));
        let datasets = tx.list_datasets(&filter, position, 500)?;
        let Some(last) = datasets.last() else {
            return Ok(());
        };
        after = Some((last.host.clone(), last.name.clone()));
        for dataset in &datasets {
            for replica in tx
                .list_replicas(dataset.id)?
                .into_iter()
                .filter(|replica| replica.host == host)
            {
                tx.put_replica(&rustine_store::ReplicaRecord { listed, ..replica })?;
            }
        }
    }
}
