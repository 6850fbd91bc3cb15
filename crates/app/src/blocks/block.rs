//! A person blocks a domain, or takes that back.

use rustine_store::{BlockRecord, DatasetRecord, GrantRecord, StoreError, Tx};

use super::cuts::{self, Cuts};
use super::{NoDomain, domain, is_under};
use crate::App;
use crate::grants;
use crate::grants::give::{self, GrantError};
use crate::log::append::{self, AppendError};
use crate::peers::{self, REMOVED};

/// Why nothing was blocked.
#[derive(Debug, thiserror::Error)]
pub enum BlockError {
    /// It is no domain.
    #[error(transparent)]
    NoDomain(#[from] NoDomain),
    /// It is our own domain, or one above it.
    #[error("{0} covers this instance itself")]
    Ourselves(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A domain that may be blocked here.
///
/// # Errors
/// [`BlockError`]
pub fn check(app: &App, text: &str) -> Result<String, BlockError> {
    let domain = domain(text)?;
    match is_under(app.host().as_str(), &domain) {
        true => Err(BlockError::Ourselves(domain)),
        false => Ok(domain),
    }
}

/// What a block would cut; the domain as it would stand in the list.
///
/// # Errors
/// [`BlockError`]
pub fn preview(app: &App, text: &str) -> Result<(String, Cuts), BlockError> {
    let domain = check(app, text)?;
    let cuts = app.db.read(|tx| cuts::of(tx, &domain))?;
    Ok((domain, cuts))
}

/// Blocks a domain with everything under it, and cuts what holds with it: peerings end, roles of their people on our
/// datasets are taken back, followers and copies of ours there are forgotten, deliveries are given up. Nobody there is
/// told. Copies here and proposals that wait stay.
///
/// # Errors
/// [`BlockError`]
pub fn add(app: &App, text: &str, reason: &str) -> Result<(String, Cuts), BlockError> {
    let domain = check(app, text)?;
    let cuts = app.db.write(|tx| add_in(app, tx, &domain, reason))?;
    tracing::info!("{domain} is blocked with everything under it");
    Ok((domain, cuts))
}

/// The same inside the caller's transaction; the domain was checked.
pub(super) fn add_in(
    app: &App,
    tx: &mut Tx<'_>,
    domain: &str,
    reason: &str,
) -> Result<Cuts, StoreError> {
    let now = app.clock.now();
    let cuts = cuts::of(tx, domain)?;
    let granted = cuts::granted(tx, domain)?;
    tx.put_block(&BlockRecord {
        domain: domain.to_owned(),
        reason: reason.trim().to_owned(),
        created: now,
    })?;
    for host in &cuts.peers {
        if let Some(mut peer) = tx.find_peer(host)? {
            REMOVED.clone_into(&mut peer.state);
            peer.updated = now;
            tx.put_peer(&peer)?;
        }
        tx.set_groups_of(host, &[])?;
        peers::forget_facts(tx, host)?;
    }
    for (actor, object) in &cuts.follows {
        tx.delete_follow(actor, object)?;
    }
    for (host, _, dataset) in tx.list_replicas_by_host()? {
        if is_under(&host, domain) {
            tx.delete_replica(dataset, &host)?;
        }
    }
    for (grant, dataset) in granted {
        take_back(app, tx, dataset, grant)?;
    }
    for host in &cuts.hosts {
        tx.delete_followers_of_host(host)?;
        tx.drop_outbox_of_host(host)?;
    }
    tx.settle_block_drafts(domain, super::drafts::BLOCK, super::drafts::APPLIED)?;
    Ok(cuts)
}

/// Ends a role by an entry of the log; nobody there is told. Where nothing can be signed now, it is suspended: nobody
/// decides by it, until a person gives a new one.
fn take_back(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: DatasetRecord,
    grant: GrantRecord,
) -> Result<(), StoreError> {
    if grant.state == grants::ASKED {
        return tx.delete_grant(dataset.id, &grant.id);
    }
    tx.lock_dataset(dataset.id)?;
    let mut dataset = tx.load_dataset(dataset.id)?;
    match append::ready(app, tx, &dataset) {
        Ok(()) => match give::take_back(app, tx, &mut dataset, &grant) {
            Ok(()) => Ok(()),
            Err(GrantError::Store(error) | GrantError::Append(AppendError::Store(error))) => {
                Err(error)
            }
            Err(error) => Err(StoreError::Other(error.to_string())),
        },
        Err(AppendError::Store(error)) => Err(error),
        Err(why) => {
            tracing::warn!("The role {} is suspended, not revoked: {why}", grant.id);
            tx.void_reviews_of(dataset.id, &grant.target, "its author's domain is blocked")?;
            tx.put_grant(&GrantRecord {
                state: grants::SUSPENDED.to_owned(),
                updated: app.clock.now(),
                ..grant
            })
        }
    }
}

/// Takes a block back; true where there was one. What it cut stays cut: people begin it anew.
///
/// # Errors
/// Where the store fails.
pub fn remove(app: &App, text: &str) -> Result<bool, StoreError> {
    let domain = domain(text).unwrap_or_else(|_| text.trim().to_owned());
    app.db.write(|tx| remove_in(tx, &domain))
}

pub(super) fn remove_in(tx: &mut Tx<'_>, domain: &str) -> Result<bool, StoreError> {
    tx.settle_block_drafts(domain, super::drafts::UNBLOCK, super::drafts::APPLIED)?;
    tx.delete_block(domain)
}
