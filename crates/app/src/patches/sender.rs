//! What we know of who sent a proposal: what became of earlier ones. Visitors of our own are nobody by design, so there
//! is nothing to know about them.

use rustine_store::{PatchFilter, PatchRecord, SenderRecord, StoreError, Tx};

use super::IN;
use crate::App;

/// Earlier proposals of a sender.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Of the person, where she has an account somewhere.
    pub person: Option<SenderRecord>,
    /// Of everybody on her instance, where that is not ours.
    pub instance: Option<SenderRecord>,
}

/// What became of the earlier proposals of who sent this one.
///
/// # Errors
/// Where the store fails.
pub fn known(app: &App, tx: &mut Tx<'_>, patch: &PatchRecord) -> Result<Known, StoreError> {
    let received = PatchFilter {
        direction: Some(IN.to_owned()),
        ..PatchFilter::default()
    };
    let person = match &patch.proposer {
        Some(proposer) => Some(tx.sender_record(&PatchFilter {
            proposer: Some(proposer.clone()),
            ..received.clone()
        })?),
        None => None,
    };
    let instance = match patch.proposer_host == app.host().as_str() {
        true => None,
        false => Some(tx.sender_record(&PatchFilter {
            proposer_host: Some(patch.proposer_host.clone()),
            ..received
        })?),
    };
    Ok(Known { person, instance })
}
