//! An Offer{DataPatch} of another instance arrives for a dataset of ours (`protocol.md` §5).

use rustine_domain::check;
use rustine_domain::checks::Check;
use rustine_domain::patch::Status;
use rustine_domain::problem::{Lang, Place};
use rustine_domain::rules::Fate;
use rustine_protocol::activity::{Accept, Conflict as WireConflict, Envelope, OfferPatch, Reject};
use rustine_store::{CareRecord, DatasetRecord, PatchRecord, StoreError, Tx};

use super::check::CurrentDataset;
use super::{IN, answers, burst, quota, write_ops};
use crate::App;
use crate::actors;
use crate::context::uri;
use crate::log::append::{AppendError, schema_of};
use crate::log::rows::DatasetRows;
use crate::notifications::proposals;
use crate::outbox::{self, Outgoing};
use crate::reviews::hint;
use crate::rules::door;

/// Why an offer has no effect and no answer: its sender did what no honest instance does.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The target is no dataset of ours, or another one lives there now.
    #[error("the offer names no dataset of this instance")]
    UnknownDataset,
    /// An instance actor offers, but is no accepted peer.
    #[error("offers for visitors are taken from accepted peers only")]
    NotAPeer,
    /// An instance actor offers without a visitor, or a person with one.
    #[error("an offer for a visitor comes from the instance actor, any other from a person")]
    Visitor,
    /// The id is not one that Rustine forms, or names another patch.
    #[error("the patch id is not usable")]
    Id,
    /// The stored dataset is damaged.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the other side is told where a dataset takes no proposals. Pages there show it in the reader's language.
pub const SHUT: &str = "ce jeu de données ne prend pas de propositions";
/// The same where a rule drops what an instance sends.
pub const DROPPED: &str =
    "le propriétaire de ce jeu de données ne prend pas de telles propositions de votre instance";
/// The same where cells are others by now.
pub const CHANGED: &str = "des cellules ont changé depuis ; relisez-les puis proposez à nouveau";

/// Records an offer as pending and queues the answer; or queues a refusal and records nothing.
///
/// The gate has established that signer, actor and `attributedTo` are one and that all ids share its origin.
///
/// # Errors
/// [`ReceiveError`]
pub fn receive(app: &App, tx: &mut Tx<'_>, offer: &OfferPatch) -> Result<(), ReceiveError> {
    let dataset = tx.find_dataset_by_url(offer.target.as_str())?;
    let dataset = dataset.filter(|dataset| {
        (dataset.is_local() && dataset.uid == offer.patch.uid) || !Check::OfferTarget.stands()
    });
    let mut dataset = dataset.ok_or(ReceiveError::UnknownDataset)?;
    let patch = record(app, tx, &dataset, offer)?;
    if let Some(known) = tx.find_patch_by_digest(dataset.id, offer.patch.digest)? {
        return if known.id == patch.id && known.proposer == patch.proposer {
            repeated(app, tx, &dataset, offer, known)
        } else {
            Err(ReceiveError::Id)
        };
    }
    if tx.find_patch(patch.id)?.is_some() {
        return Err(ReceiveError::Id);
    }
    if dataset.status != "published" && Check::OfferOpen.stands() {
        return refuse(app, tx, &dataset, offer, SHUT.to_owned(), Vec::new());
    }
    let fate = door::fate(app, tx, &dataset, &patch, &offer.patch.ops)?;
    if let Some(Fate::Drop { rule }) = fate {
        door::dropped(app, tx, &dataset, rule, &patch.proposer_host)?;
        return refuse(app, tx, &dataset, offer, DROPPED.to_owned(), Vec::new());
    }
    let burst = burst::of(app, tx, &patch)?;
    if let Err(full) = quota::check(app, tx, &patch, burst.is_some())?
        && Check::OfferQuota.stands()
    {
        return refuse(app, tx, &dataset, offer, full.to_string(), Vec::new());
    }
    let schema = schema_of(&dataset)?;
    let of = check::Dataset {
        uid: dataset.uid,
        schema: &schema,
    };
    let rows = DatasetRows {
        tx,
        dataset: dataset.id,
    };
    let report = check::check(of, &offer.patch.ops, &mut CurrentDataset(rows))?;
    if !report.problems.is_empty() && Check::OfferValues.stands() {
        let sentences: Vec<String> = report
            .problems
            .iter()
            .map(|problem| problem.located(Lang::Fr))
            .collect();
        return refuse(app, tx, &dataset, offer, sentences.join(" "), Vec::new());
    }
    if !report.conflicts.is_empty() && Check::OfferBases.stands() {
        let conflicts = report
            .conflicts
            .iter()
            .map(|conflict| WireConflict {
                row: row_of(conflict),
                field: conflict.problem.field.clone(),
                current: conflict.held,
            })
            .collect();
        return refuse(app, tx, &dataset, offer, CHANGED.to_owned(), conflicts);
    }
    tx.insert_patch(&patch)?;
    let loud = burst.as_ref().is_none_or(|burst| burst.first);
    let aside = burst.is_some();
    if let Some(burst) = burst {
        tx.put_care(&CareRecord {
            burst: Some(burst.name),
            ..CareRecord::none(patch.id)
        })?;
    }
    if patch.status == Status::Withdrawn.as_str() {
        return Ok(());
    }
    actors::pin(tx, offer.envelope.actor.as_str())?;
    queued(app, tx, &dataset, offer)?;
    if let Some(Fate::Accept { rule }) = fate.filter(|_| !aside)
        && door::accept(app, tx, &mut dataset, patch.clone(), Some(rule))?
    {
        return Ok(());
    }
    if loud {
        proposals::arrived(app, tx, &dataset, &patch)?;
    }
    Ok(())
}

/// The digest is what is idempotent: a repeated offer is answered as the first one was, and with the decision where
/// there is one. An Undo names the offer that came last.
fn repeated(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    offer: &OfferPatch,
    mut known: PatchRecord,
) -> Result<(), ReceiveError> {
    if known.decided_at.is_some() {
        return Ok(answers::decided(app, tx, dataset, &known)?);
    }
    known.offer_id = Some(offer.envelope.id.to_string());
    tx.update_patch(&known)?;
    queued(app, tx, dataset, offer)
}

fn record(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    offer: &OfferPatch,
) -> Result<PatchRecord, ReceiveError> {
    let id = offer.patch.patch_id().ok_or(ReceiveError::Id)?;
    let actor = &offer.envelope.actor;
    let host = actor.host().to_owned();
    if offer.patch.id.path() != format!("/patches/{id}") && Check::OfferId.stands() {
        return Err(ReceiveError::Id);
    }
    let by_instance = actor.path() == "/actor";
    if by_instance != offer.patch.visitor.is_some() && Check::OfferVisitor.stands() {
        return Err(ReceiveError::Visitor);
    }
    if by_instance
        && Check::OfferPeer.stands()
        && tx
            .find_peer(&host)?
            .is_none_or(|peer| peer.state != "accepted" || peer.actor != actor.as_str())
    {
        return Err(ReceiveError::NotAPeer);
    }
    let now = app.clock.now();
    let undone = tx.take_undone_offer(offer.envelope.id.as_str(), actor.as_str())?;
    Ok(PatchRecord {
        id,
        dataset: dataset.id,
        uid: dataset.uid,
        direction: IN.to_owned(),
        status: Status::offered(undone).as_str().to_owned(),
        proposer: (!by_instance).then(|| actor.to_string()),
        proposer_host: host,
        visitor: offer
            .patch
            .visitor
            .as_ref()
            .map(|visitor| visitor.as_str().to_owned()),
        name: None,
        email: None,
        summary: offer.patch.summary.clone(),
        schema_hash: offer.patch.schema,
        nonce: Some(offer.patch.nonce),
        digest: offer.patch.digest,
        ops: write_ops(&offer.patch.ops),
        applied: None,
        reason: None,
        report: None,
        result_seq: None,
        result_entry: None,
        created: now,
        updated: now,
        decided_at: None,
        decided_by: None,
        token_hash: None,
        offer_id: Some(offer.envelope.id.to_string()),
        answer: None,
    })
}

fn queued(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    offer: &OfferPatch,
) -> Result<(), ReceiveError> {
    let proposal = uri(&format!("{}/proposals/{}", dataset.url, offer.patch.digest));
    let activity = Accept::offer(
        uri(&app.activity_id()),
        uri(&dataset.url),
        offer.envelope.actor.clone(),
        offer.envelope.id.clone(),
        proposal,
    );
    send(app, tx, dataset, offer, &activity.to_json())
}

fn refuse(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    offer: &OfferPatch,
    content: String,
    conflicts: Vec<WireConflict>,
) -> Result<(), ReceiveError> {
    let envelope = Envelope::new(
        uri(&app.activity_id()),
        uri(&dataset.url),
        offer.envelope.actor.clone(),
    );
    let activity = Reject::offer(envelope, offer.envelope.id.clone(), content, conflicts);
    send(app, tx, dataset, offer, &activity.to_json())
}

fn send(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    offer: &OfferPatch,
    activity: &serde_json::Value,
) -> Result<(), ReceiveError> {
    let proposer = &offer.envelope.actor;
    let inbox = actors::inboxes::inbox_of(app, tx, proposer.as_str(), proposer.host())?;
    let object_key = format!("patch:{}", offer.patch.patch_id().ok_or(ReceiveError::Id)?);
    let actor = format!("/datasets/{}", dataset.name);
    Ok(outbox::send(
        app,
        tx,
        &Outgoing {
            activity,
            actor: &actor,
            object_key: &object_key,
        },
        &inbox,
    )?)
}

/// Takes an `Undo{Offer}` of the proposer: the patch is withdrawn, or the Undo is remembered and wins over an
/// Offer that comes later (`protocol.md` §4).
///
/// # Errors
/// Where the store fails.
pub fn undone(app: &App, tx: &mut Tx<'_>, actor: &str, offer: &str) -> Result<(), ReceiveError> {
    let Some(mut patch) = tx
        .find_patch_by_offer(offer)?
        .filter(|patch| patch.direction == IN)
    else {
        tx.remember_undone_offer(offer, actor, app.clock.now())?;
        return Ok(());
    };
    let (proposer, _) = answers::remote_proposer(app, tx, &patch)?.ok_or(ReceiveError::Id)?;
    if proposer != actor && Check::UndoProposer.stands() {
        return Err(ReceiveError::Id);
    }
    if let Ok(status) = super::decide::status_of(&patch).withdraw() {
        status.as_str().clone_into(&mut patch.status);
        patch.updated = app.clock.now();
        tx.update_patch(&patch)?;
        super::withdraw::told(app, tx, &patch)?;
        let dataset = tx.load_dataset(patch.dataset)?;
        hint::changed(app, tx, &dataset, &patch)?;
    }
    Ok(())
}

/// The row that a conflict is about, or the label of an added one.
fn row_of(conflict: &check::Conflict) -> String {
    match &conflict.problem.row {
        Some(Place::Row(row)) => row.to_string(),
        Some(Place::Label(label)) => label.clone(),
        _ => String::new(),
    }
}
