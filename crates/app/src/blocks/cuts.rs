//! What a block would cut, by name: read before the block is made, and again when it is.

use std::collections::BTreeSet;

use rustine_store::{DatasetFilter, DatasetRecord, GrantRecord, StoreError, Tx};

use super::is_under;
use crate::datasets::find::address;
use crate::grants::{ACCEPTED as ACCEPTED_ROLE, ASKED as ASKED_ROLE, OFFERED, REVOKED};
use crate::outbox;
use crate::peers::{ACCEPTED, ASKED, ASKING};

/// What of a domain and everything under it holds with us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cuts {
    /// Peerings, and requests for one.
    pub peers: Vec<String>,
    /// Followers: what they follow here, and how many do.
    pub followers: Vec<(String, i64)>,
    /// Whom ours follow there: local path of the follower, URL of the followed.
    pub follows: Vec<(String, String)>,
    /// Copies of ours there: host, name of the dataset.
    pub replicas: Vec<(String, String)>,
    /// Roles of their people on datasets of ours, and what they asked for: who, name of the dataset. Taken back.
    pub grants: Vec<(String, String)>,
    /// Roles of our people on datasets there: name of the account, URL of the dataset. They can decide nothing there as
    /// long as the block stands.
    pub roles: Vec<(String, String)>,
    /// Copies here of what they publish. They stay, and hear no more from there.
    pub copies: Vec<String>,
    /// Proposals from there that wait here. They stay in the queue; their senders hear nothing.
    pub proposals: i64,
    /// Deliveries that wait: given up.
    pub deliveries: i64,
    /// Every host that the above stands on.
    pub hosts: BTreeSet<String>,
}

impl Cuts {
    /// True where nothing of the domain holds anything with us.
    pub fn is_empty(&self) -> bool {
        self.hosts.is_empty()
    }
}

/// Reads what a block of `domain` would cut; writes nothing.
///
/// # Errors
/// Where the store fails.
pub fn of(tx: &mut Tx<'_>, domain: &str) -> Result<Cuts, StoreError> {
    let mut cuts = Cuts::default();
    for peer in tx.list_peers()? {
        let stands = [ACCEPTED, ASKED, ASKING].contains(&peer.state.as_str());
        if stands && is_under(&peer.host, domain) {
            cuts.hosts.insert(peer.host.clone());
            cuts.peers.push(peer.host);
        }
    }
    for (host, object, count) in tx.count_followers_by_host()? {
        if is_under(&host, domain) {
            cuts.hosts.insert(host);
            match cuts
                .followers
                .iter_mut()
                .find(|(known, _)| *known == object)
            {
                Some((_, sum)) => *sum += count,
                None => cuts.followers.push((object, count)),
            }
        }
    }
    for (actor, object) in tx.list_all_follows()? {
        let host = outbox::host(&object);
        if let Some(host) = host.filter(|host| is_under(host.as_str(), domain)) {
            cuts.hosts.insert(host.to_string());
            cuts.follows.push((actor, object));
        }
    }
    for (host, dataset, _) in tx.list_replicas_by_host()? {
        if is_under(&host, domain) {
            cuts.hosts.insert(host.clone());
            cuts.replicas.push((host, dataset));
        }
    }
    for (grant, dataset) in granted(tx, domain)? {
        cuts.hosts.insert(grant.host);
        cuts.grants.push((grant.target, dataset.name));
    }
    cuts.grants.sort();
    roles(tx, domain, &mut cuts)?;
    cuts.roles.sort();
    copies(tx, domain, &mut cuts)?;
    for (host, count) in tx.count_waiting_by_host()? {
        if is_under(&host, domain) {
            cuts.hosts.insert(host);
            cuts.proposals += count;
        }
    }
    for (host, count) in tx.count_deliveries_by_host()? {
        if is_under(&host, domain) {
            cuts.hosts.insert(host);
            cuts.deliveries += count;
        }
    }
    Ok(cuts)
}

/// What people of a domain may do on datasets of ours, or asked to do, with the datasets. A day that is over is not
/// asked about: an entry that ends such a grant harms nobody.
pub(super) fn granted(
    tx: &mut Tx<'_>,
    domain: &str,
) -> Result<Vec<(GrantRecord, DatasetRecord)>, StoreError> {
    let mut found = Vec::new();
    for grant in tx.list_grants(None)? {
        if grant.state != REVOKED && is_under(&grant.host, domain) {
            let dataset = tx.load_dataset(grant.dataset)?;
            if dataset.is_local() {
                found.push((grant, dataset));
            }
        }
    }
    Ok(found)
}

fn roles(tx: &mut Tx<'_>, domain: &str, cuts: &mut Cuts) -> Result<(), StoreError> {
    for held in tx.list_held_grants(None)? {
        let holds = [ASKED_ROLE, OFFERED, ACCEPTED_ROLE].contains(&held.state.as_str());
        let host = outbox::host(&held.dataset_url);
        let Some(host) = host.filter(|host| holds && is_under(host.as_str(), domain)) else {
            continue;
        };
        if let Some(user) = tx.find_user(held.user_id)? {
            cuts.hosts.insert(host.to_string());
            cuts.roles.push((user.name, held.dataset_url));
        }
    }
    Ok(())
}

fn copies(tx: &mut Tx<'_>, domain: &str, cuts: &mut Cuts) -> Result<(), StoreError> {
    let elsewhere = DatasetFilter {
        local: Some(false),
        ..DatasetFilter::default()
    };
    for dataset in tx.list_datasets(&elsewhere, None, i64::MAX)? {
        if is_under(&dataset.host, domain) {
            cuts.copies.push(address(&dataset));
            cuts.hosts.insert(dataset.host);
        }
    }
    Ok(())
}
