//! How many proposals may wait at once (`protocol.md` §5): beyond, nothing is stored.

use rustine_domain::patch::Status;
use rustine_store::{PatchFilter, PatchRecord, StoreError, Tx};

use crate::App;
use crate::rules;

/// A quota that is full, in words for the proposer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    /// Of one actor.
    #[error(
        "full: too many proposals of this account are waiting; try again when some were decided"
    )]
    Actor,
    /// Of one visitor.
    #[error(
        "full: too many proposals from this network are waiting; try again when some were decided"
    )]
    Visitor,
    /// Of the visitors of one instance.
    #[error("full: too many proposals of visitors of this instance are waiting")]
    InstanceVisitors,
    /// Of one instance.
    #[error("full: too many proposals of this instance are waiting")]
    Instance,
    /// On one dataset.
    #[error("full: too many proposals on this dataset are waiting for a decision")]
    Dataset,
    /// Of those on one dataset that came in bursts.
    #[error(
        "full: too many proposals on this dataset came at once and wait for a decision; try again when some were decided"
    )]
    SetAside,
}

/// Checks every quota that a new patch would count in. What is set aside has a quota of its own on the dataset, so that
/// a burst shuts nobody else out.
///
/// # Errors
/// Where the store fails. The inner result names the quota that is full.
pub fn check(
    app: &App,
    tx: &mut Tx<'_>,
    patch: &PatchRecord,
    set_aside: bool,
) -> Result<Result<(), Full>, StoreError> {
    let limits = &app.settings.limits;
    let host = Some(patch.proposer_host.clone());
    let pending = PatchFilter {
        statuses: vec![
            Status::Pending.as_str().to_owned(),
            Status::Conflict.as_str().to_owned(),
        ],
        direction: Some(patch.direction.clone()),
        ..PatchFilter::default()
    };
    let on_dataset = PatchFilter {
        dataset: Some(patch.dataset),
        set_aside: Some(set_aside),
        ..pending.clone()
    };
    let mut rules = vec![if set_aside {
        (on_dataset, limits.set_aside_per_dataset, Full::SetAside)
    } else {
        (on_dataset, limits.pending_per_dataset, Full::Dataset)
    }];
    if let Some(visitor) = &patch.visitor {
        let of_visitor = PatchFilter {
            proposer_host: host.clone(),
            visitor: Some(visitor.clone()),
            ..pending.clone()
        };
        rules.push((of_visitor, limits.pending_per_visitor, Full::Visitor));
    }
    if patch.proposer_host != app.host().as_str() {
        if patch.visitor.is_some() {
            let visitors = PatchFilter {
                proposer_host: host.clone(),
                by_visitors: Some(true),
                ..pending.clone()
            };
            rules.push((
                visitors,
                limits.pending_per_instance_visitors,
                Full::InstanceVisitors,
            ));
        } else if let Some(proposer) = &patch.proposer {
            let actor = PatchFilter {
                proposer: Some(proposer.clone()),
                ..pending.clone()
            };
            rules.push((actor, limits.pending_per_actor, Full::Actor));
        }
        rules.push((
            PatchFilter {
                proposer_host: host,
                ..pending
            },
            limits.pending_per_instance,
            Full::Instance,
        ));
    }
    for (filter, limit, full) in rules {
        if tx.fills_quota(&filter, i64::from(limit))? {
            return Ok(Err(full));
        }
    }
    own(app, tx, patch)
}

/// The quotas that the owner of the dataset set, on that dataset alone.
fn own(app: &App, tx: &mut Tx<'_>, patch: &PatchRecord) -> Result<Result<(), Full>, StoreError> {
    let settings = rules::settings(tx, patch.dataset)?;
    let waiting = PatchFilter {
        dataset: Some(patch.dataset),
        statuses: vec!["pending".to_owned(), "conflict".to_owned()],
        direction: Some(patch.direction.clone()),
        proposer_host: Some(patch.proposer_host.clone()),
        ..PatchFilter::default()
    };
    if let (Some(most), Some(_)) = (settings.pending_per_actor, &patch.proposer) {
        let of_actor = PatchFilter {
            proposer: patch.proposer.clone(),
            ..waiting.clone()
        };
        if tx.fills_quota(&of_actor, most)? {
            return Ok(Err(Full::Actor));
        }
    }
    let elsewhere = patch.proposer_host != app.host().as_str();
    if let Some(most) = settings.pending_per_instance.filter(|_| elsewhere)
        && tx.fills_quota(&waiting, most)?
    {
        return Ok(Err(Full::Instance));
    }
    Ok(Ok(()))
}

#[cfg(test)]
mod tests;
