//! Proposals that wait because the origin of their dataset is silent: held as they are, sent once it is back, or once
//! the dataset has another origin (`protocol.md` §5, "Dead origin").
//!
//! A digest names the dataset's uid and no address, so the same patch is offered at the new origin with the same id,
//! nonce and digest; only the activity that carries it is another.

use rustine_domain::patch::Status;
use rustine_store::{DatasetRecord, PatchFilter, PatchRecord, StoreError, Tx};

use super::decide::status_of;
use super::offer::offer;
use super::{OUT, look};
use crate::App;

/// Most proposals of one copy that are sent at once; the others follow by the daily look.
const MOST: i64 = 1000;

/// The proposals of our people to a dataset elsewhere that nobody has decided.
///
/// # Errors
/// Where the store fails.
pub fn list(tx: &mut Tx<'_>, dataset: i64) -> Result<Vec<PatchRecord>, StoreError> {
    let open = PatchFilter {
        dataset: Some(dataset),
        direction: Some(OUT.to_owned()),
        statuses: vec![Status::Pending.as_str().to_owned()],
        ..PatchFilter::default()
    };
    tx.list_oldest_patches(&open, None, MOST)
}

/// The origin is back: what waits for it is due now, and what it never answered and waits no more, because its proxy
/// refused it meanwhile, is offered again. Returns how many.
///
/// # Errors
/// Where the store fails.
pub fn send_again(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
) -> Result<usize, StoreError> {
    if dataset.is_local() {
        return Ok(0);
    }
    let mut count = tx.hurry_outbox(&dataset.host, app.clock.now())?;
    for patch in list(tx, dataset.id)? {
        let waits = tx.is_queued(&format!("patch:{}", patch.id))?;
        if patch.answer.is_none() && !waits {
            offer_anew(app, tx, dataset, patch)?;
            count += 1;
        }
    }
    Ok(count)
}

/// The dataset has another origin, which knows none of the proposals: each is offered there. Returns how many.
///
/// # Errors
/// Where the store fails.
pub fn send_elsewhere(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
) -> Result<usize, StoreError> {
    let held = list(tx, dataset.id)?;
    let count = held.len();
    for patch in held {
        tx.drop_outbox_of_object(&format!("patch:{}", patch.id))?;
        offer_anew(app, tx, dataset, patch)?;
    }
    Ok(count)
}

fn offer_anew(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    mut patch: PatchRecord,
) -> Result<(), StoreError> {
    if status_of(&patch) != Status::Pending || patch.nonce.is_none() {
        return Ok(());
    }
    patch.offer_id = Some(app.activity_id());
    patch.answer = None;
    patch.updated = app.clock.now();
    tx.update_patch(&patch)?;
    look::begin(app, tx, patch.id)?;
    offer(app, tx, dataset, &patch)
}
