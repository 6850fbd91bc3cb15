//! A review arrives at the dataset's origin, from elsewhere or from somebody here.

use rustine_domain::checks::Check;
use rustine_domain::digest::{OfferedOp, corrects};
use rustine_domain::ids::Hash;
use rustine_domain::quorum::{Cast, Void};
use rustine_domain::review::Tally;
use rustine_protocol::activity::{Envelope, OfferReview, Reject};
use rustine_store::{DatasetRecord, NewReview, PatchRecord, StoreError, Tx};
use serde_json::Value;

use super::cast::digest_of;
use super::count::{Count, amended_in};
use super::{ReviewError, hint, row};
use crate::App;
use crate::actors::inboxes::inbox_of;
use crate::context::uri;
use crate::grants::{self, ACTIVE, OFFERED, learn};
use crate::outbox::{self, Outgoing};
use crate::patches::decide::{self, DecideError, Decided, Decider, status_of};
use crate::patches::{IN, ops_of, parse_ops};

/// Most reviews that one person sends for a dataset in a day.
pub(super) const DAILY: i64 = 2000;
const DAY_SECONDS: i64 = 86_400;

/// What came of a review that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// It counts for nothing; why stands beside it.
    Void(Void),
    /// It counts; so the votes stand.
    Counted(Tally),
    /// It completed the quorum.
    Decided(Decided),
    /// It completed the quorum, but cells changed since: the proposal is marked as a conflict.
    Conflict,
}

/// Takes an `Offer{Review}` of somebody elsewhere.
///
/// # Errors
/// [`ReviewError`]; the caller's transaction must then be given up.
pub fn receive(app: &App, tx: &mut Tx<'_>, offer: &OfferReview) -> Result<(), ReviewError> {
    let review = &offer.review;
    let found = tx.find_dataset_by_url(offer.target.as_str())?;
    let dataset = found.filter(DatasetRecord::is_local);
    let mut dataset = dataset.ok_or(ReviewError::UnknownDataset)?;
    let patch = proposal(tx, &dataset, review.context.as_str())?;
    let patch = patch.ok_or(ReviewError::UnknownProposal)?;
    let document = review.to_json();
    let known = tx.find_review(review.id.as_str())?;
    // What is known has its id already; nothing else can come to stand beside it, but where the check is off.
    let url = known.as_ref().map_or(&review.id, |_| &offer.envelope.id);
    if let Some(known) = &known
        && Check::ReviewReplay.stands()
    {
        // A second time is no second vote.
        return match serde_json::from_str::<Value>(&known.document) {
            Ok(known) if known == document => Ok(()),
            _ => Err(ReviewError::Replayed),
        };
    }
    let reviewer = review.attributed_to.as_str();
    // Whoever never held anything here fills no table.
    let held = tx.list_grants_of(dataset.id, reviewer)?;
    if held.iter().all(|grant| grant.granted_seq.is_none()) && Check::ReviewGrant.stands() {
        return Err(ReviewError::Stranger(reviewer.to_owned()));
    }
    let since = app.clock.now().plus_seconds(-DAY_SECONDS);
    let today = tx.count_reviews_since(dataset.id, reviewer, since)?;
    if today >= DAILY && Check::ReviewQuota.stands() {
        return Err(ReviewError::Flood(reviewer.to_owned()));
    }
    if let Some(other) = other_key(app, tx, &dataset, reviewer)? {
        tracing::warn!("{other}");
    }
    let named = review.amended;
    let sent = offer.amended.as_deref();
    let sent_digest = sent.map(|ops| digest_of(&patch, ops)).transpose()?;
    let offered = ops_of(&patch)?;
    let fits = sent_digest == named && sent.is_none_or(|ops| corrects(&offered, ops));
    if !fits && Check::ReviewCorrections.stands() {
        return Err(ReviewError::Corrections);
    }
    let new = NewReview {
        url: url.to_string(),
        ..row(app, (dataset.id, patch.id), review, sent)
    };
    let why = match take(app, tx, &mut dataset, patch, new) {
        Ok(Taken::Void(void)) => {
            tracing::warn!(
                "The review {} of {reviewer} does not count: {void}",
                review.id
            );
            void.to_string()
        }
        Err(ReviewError::Final(status)) => ReviewError::Final(status).to_string(),
        Ok(_) => return Ok(()),
        Err(error) => return Err(error),
    };
    refuse(app, tx, &dataset, offer, why)
}

/// The proposal that a review names: by its address under the dataset, which ends in a digest that it has or had.
fn proposal(
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    address: &str,
) -> Result<Option<PatchRecord>, StoreError> {
    let own = address.strip_prefix(dataset.url.as_str());
    let path = match own {
        None if !Check::ReviewContext.stands() => {
            address.find("/proposals/").map(|at| &address[at..])
        }
        own => own,
    };
    let digest = path
        .and_then(|rest| rest.strip_prefix("/proposals/"))
        .and_then(|digest| digest.parse::<Hash>().ok());
    let Some(digest) = digest else {
        return Ok(None);
    };
    let found = tx.find_patch_by_digest(dataset.id, digest)?;
    Ok(found.filter(|patch| patch.direction == IN))
}

/// A grant never follows a changed key: it is suspended until a person issues another one. Says so, once.
fn other_key(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    reviewer: &str,
) -> Result<Option<String>, StoreError> {
    let grant = grants::in_force(tx, dataset.id, reviewer, app.clock.now())?;
    let actor = tx.find_remote_actor(reviewer)?;
    let shown = actor.and_then(|actor| actor.multikey);
    match (grant, shown) {
        (Some(grant), Some(shown)) if grant.key != shown && Check::ReviewKey.stands() => {
            learn::suspend(app, tx, dataset.id, reviewer)?;
            Ok(Some(format!(
                "{reviewer} signs with another key than its grant on {} names: the grant is suspended until somebody \
                 gives it again",
                dataset.name
            )))
        }
        _ => Ok(None),
    }
}

/// A review as the rules see it.
fn cast_of(new: &NewReview, document: &Value) -> Option<Cast> {
    Some(Cast {
        reviewer: new.reviewer.clone(),
        instance: new.host.parse().ok()?,
        version: new.digest,
        verdict: new.verdict.parse().ok()?,
        amended: amended_in(document)?,
        published: document["published"].as_str()?.parse().ok()?,
    })
}

/// Judges and keeps a review at the origin; one that completes the quorum decides, in the same transaction.
///
/// # Errors
/// [`ReviewError`]; the caller's transaction must then be given up.
pub(super) fn take(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    patch: PatchRecord,
    mut new: NewReview,
) -> Result<Taken, ReviewError> {
    let status = status_of(&patch);
    if status.is_final() && Check::ReviewOpen.stands() {
        return Err(ReviewError::Final(status));
    }
    let mut count = Count::read(app, tx, dataset, &patch)?;
    let document: Value =
        serde_json::from_str(&new.document).map_err(|_| ReviewError::UnknownProposal)?;
    let cast = cast_of(&new, &document).ok_or(ReviewError::UnknownProposal)?;
    if let Err(void) = count.judge(&cast, &document) {
        new.void = Some(void.to_string());
        tx.insert_review(&new)?;
        return Ok(Taken::Void(void));
    }
    tx.insert_review(&new)?;
    accepted_by_voting(app, tx, dataset, &new.reviewer)?;
    if !count.arrives(cast, document) {
        hint::changed(app, tx, dataset, &patch)?;
        return Ok(Taken::Counted(count.tally()));
    }
    let reviews = count.standing();
    let by = Decider::Quorum {
        reviews: &reviews,
        last: &new.host,
    };
    let amended: Option<Vec<OfferedOp>> = new.amended.as_deref().map(parse_ops).transpose()?;
    match decide::apply(app, tx, dataset, patch.clone(), by, amended.as_deref()) {
        Ok(Ok(decided)) => Ok(Taken::Decided(decided)),
        Ok(Err(_)) => Ok(Taken::Conflict),
        // The values became impossible in the meantime: people look at it, and the votes stay.
        Err(DecideError::Problems(_)) => {
            hint::changed(app, tx, dataset, &patch)?;
            Ok(Taken::Counted(count.tally()))
        }
        Err(error) => Err(error.into()),
    }
}

/// Whoever votes under a grant has accepted it.
fn accepted_by_voting(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    reviewer: &str,
) -> Result<(), StoreError> {
    let now = app.clock.now();
    for mut grant in tx.list_grants_of(dataset.id, reviewer)? {
        if grant.state == OFFERED && grant.is_in_force(now) {
            ACTIVE.clone_into(&mut grant.state);
            grant.updated = now;
            tx.put_grant(&grant)?;
        }
    }
    Ok(())
}

fn refuse(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    offer: &OfferReview,
    why: String,
) -> Result<(), ReviewError> {
    let reviewer = &offer.envelope.actor;
    let envelope = Envelope::new(uri(&app.activity_id()), uri(&dataset.url), reviewer.clone());
    let activity = Reject::offer(envelope, offer.review.id.clone(), why, Vec::new()).to_json();
    let inbox = inbox_of(app, tx, reviewer.as_str(), reviewer.host())?;
    let outgoing = Outgoing {
        activity: &activity,
        actor: &format!("/datasets/{}", dataset.name),
        object_key: &format!("review:{}", offer.review.id),
    };
    Ok(outbox::send(app, tx, &outgoing, &inbox)?)
}

/// Takes a `Reject` of a review of ours: it counts for nothing there, and why is shown beside it. False where it is
/// about something else.
///
/// # Errors
/// Where the store fails.
pub fn rejected(tx: &mut Tx<'_>, reject: &Reject) -> Result<bool, StoreError> {
    let Some(review) = tx.find_review(reject.object.id.as_str())? else {
        return Ok(false);
    };
    let dataset = tx.load_dataset(review.dataset)?;
    if dataset.is_local() || dataset.url != reject.envelope.actor.as_str() {
        return Ok(false);
    }
    let why: String = reject
        .content
        .as_deref()
        .unwrap_or("-")
        .chars()
        .take(500)
        .collect();
    tx.void_review(review.id, &why)?;
    Ok(true)
}
