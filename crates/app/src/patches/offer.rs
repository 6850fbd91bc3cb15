//! The Offer that carries a proposal of our people to another instance (`protocol.md` §5).

use rustine_protocol::activity::OfferPatch;
use rustine_protocol::object::{DataPatch, Visitor};
use rustine_store::{DatasetRecord, PatchRecord, StoreError, Tx};

use crate::App;
use crate::actors::inboxes::inbox_of;
use crate::context::uri;
use crate::outbox::{self, Outgoing};

/// The Offer of an outgoing patch, as it is sent first and offered again.
pub fn offer_of(
    app: &App,
    dataset: &DatasetRecord,
    patch: &PatchRecord,
) -> Result<OfferPatch, StoreError> {
    let actor = patch
        .proposer
        .clone()
        .unwrap_or_else(|| app.instance_actor());
    let damaged = || StoreError::Other(format!("patch {} is damaged", patch.id));
    let visitor = match (&patch.proposer, &patch.visitor) {
        (None, Some(visitor)) => Some(visitor.parse::<Visitor>().map_err(|_| damaged())?),
        _ => None,
    };
    let data_patch = DataPatch {
        id: uri(&app.url(&format!("/patches/{}", patch.id))),
        attributed_to: uri(&actor),
        context: uri(&dataset.url),
        uid: patch.uid,
        published: patch.created,
        summary: patch.summary.clone(),
        schema: patch.schema_hash,
        nonce: patch.nonce.ok_or_else(damaged)?,
        digest: patch.digest,
        ops: super::ops_of(patch)?,
        visitor,
    };
    Ok(OfferPatch::new(
        uri(patch.offer_id.as_deref().ok_or_else(damaged)?),
        data_patch,
    ))
}

/// Local path of the actor that offers a patch.
pub fn offering_actor(app: &App, patch: &PatchRecord) -> String {
    let actor = patch
        .proposer
        .as_deref()
        .and_then(|url| app.local_path(url));
    actor.unwrap_or("/actor").to_owned()
}

/// Queues the Offer of an outgoing patch.
pub(super) fn offer(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    patch: &PatchRecord,
) -> Result<(), StoreError> {
    let activity = offer_of(app, dataset, patch)?.to_json();
    let actor = offering_actor(app, patch);
    let object_key = format!("patch:{}", patch.id);
    let outgoing = Outgoing {
        activity: &activity,
        actor: &actor,
        object_key: &object_key,
    };
    let inbox = inbox_of(app, tx, &dataset.url, &dataset.host)?;
    outbox::send(app, tx, &outgoing, &inbox)
}
