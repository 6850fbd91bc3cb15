//! Somebody of this instance reviews a proposal: the review is signed with her own key. On a dataset of ours it counts at
//! once; on one elsewhere it travels.

use rustine_domain::digest::{OfferedOp, corrects, offer_digest};
use rustine_domain::ids::{Hash, PatchId};
use rustine_domain::key::{LogKey, Multikey};
use rustine_domain::proof;
use rustine_domain::quorum::Void;
use rustine_domain::review::{Role, Verdict};
use rustine_protocol::activity::OfferReview;
use rustine_protocol::object::{Review, Verdict as WireVerdict};
use rustine_store::{DatasetRecord, NewReview, PatchRecord, StoreError, Tx};
use serde_json::Value;

use super::receive::{Taken, take};
use super::{ReviewError, row};
use crate::App;
use crate::accounts::{Person, roles};
use crate::actors::inboxes::inbox_of;
use crate::context::uri;
use crate::grants::{self, ACCEPTED, ACTIVE, OFFERED, learn, terms};
use crate::log::keys::{ED25519, load_key_of};
use crate::outbox::{self, Outgoing};
use crate::patches::decide::status_of;
use crate::patches::{IN, OUT, ops_of};

/// Most characters that are said with a review.
const CHARACTERS: usize = 2000;

/// What somebody says about a proposal.
#[derive(Debug, Clone, Copy)]
pub struct Word<'a> {
    /// The verdict.
    pub verdict: Verdict,
    /// What is said with it.
    pub content: Option<&'a str>,
    /// The operations that an approval is for, where these are not those offered.
    pub amended: Option<&'a [OfferedOp]>,
}

impl<'a> Word<'a> {
    /// About the proposal as it was offered.
    pub fn of(verdict: Verdict, content: Option<&'a str>) -> Self {
        Self {
            verdict,
            content,
            amended: None,
        }
    }
}

/// Reviews a proposal. `None` where the review travels: its outcome comes later.
///
/// # Errors
/// [`ReviewError`]
pub fn cast(
    app: &App,
    id: PatchId,
    by: &Person,
    verdict: Verdict,
    content: Option<&str>,
) -> Result<Option<Taken>, ReviewError> {
    app.db
        .write(|tx| cast_in(app, tx, id, by, Word::of(verdict, content)))
}

/// As [`cast`], inside the caller's transaction.
///
/// # Errors
/// [`ReviewError`]; the transaction must then be given up.
pub(super) fn cast_in(
    app: &App,
    tx: &mut Tx<'_>,
    id: PatchId,
    by: &Person,
    word: Word<'_>,
) -> Result<Option<Taken>, ReviewError> {
    let content = word.content.map(str::trim).filter(|text| !text.is_empty());
    if content.is_some_and(|text| text.chars().count() > CHARACTERS) {
        return Err(ReviewError::TooLong);
    }
    let patch = tx.find_patch(id)?.ok_or(ReviewError::Unknown(id))?;
    let dataset = tx.load_dataset(patch.dataset)?;
    let role = roles::role_on(app, tx, by, dataset.id)?;
    if role < Role::Write {
        return Err(ReviewError::NotAllowed(by.name.clone()));
    }
    let status = status_of(&patch);
    if status.is_final() {
        return Err(ReviewError::Final(status));
    }
    let key = key_of(tx, by)?;
    let offered = ops_of(&patch)?;
    let word = Word {
        content,
        // Who changes nothing takes it as it was offered.
        amended: word.amended.filter(|ops| **ops != *offered),
        ..word
    };
    if word.amended.is_some_and(|ops| !corrects(&offered, ops)) {
        return Err(ReviewError::Corrections);
    }
    let digest = word.amended.map(|ops| digest_of(&patch, ops)).transpose()?;
    let review = signed(app, &dataset, &patch, (by, &key), word, digest);
    match patch.direction.as_str() {
        IN => {
            let new = row(app, (patch.dataset, patch.id), &review, word.amended);
            here(app, tx, dataset, patch, by, (&key.multikey(), role), new).map(Some)
        }
        _ => travels(app, tx, &dataset, &patch, &key.multikey(), (review, word)).map(|()| None),
    }
}

/// The digest that names corrections: that of an offer of the changed operations.
pub(super) fn digest_of(patch: &PatchRecord, ops: &[OfferedOp]) -> Result<Hash, ReviewError> {
    let nonce = patch.nonce.as_ref().ok_or(ReviewError::Corrections)?;
    Ok(offer_digest(nonce, patch.uid, &patch.schema_hash, ops))
}

fn key_of(tx: &mut Tx<'_>, by: &Person) -> Result<LogKey, ReviewError> {
    let owner = format!("/users/{}", by.name);
    let missing = || ReviewError::NoKey(by.name.clone());
    let record = tx.find_key(&owner, ED25519)?.ok_or_else(missing)?;
    let public: Multikey = record.public.parse().map_err(|_| missing())?;
    Ok(load_key_of(tx, &owner, &public)?)
}

fn signed(
    app: &App,
    dataset: &DatasetRecord,
    patch: &PatchRecord,
    (by, key): (&Person, &LogKey),
    word: Word<'_>,
    amended: Option<Hash>,
) -> Review {
    let actor = app.url(&format!("/users/{}", by.name));
    let now = app.clock.now();
    let mut review = Review {
        id: uri(&app.url(&format!("/reviews/{}", app.entropy.uuid()))),
        attributed_to: uri(&actor),
        context: uri(&format!("{}/proposals/{}", dataset.url, patch.digest)),
        patch_digest: patch.digest,
        amended,
        verdict: on_the_wire(word.verdict),
        content: word.content.map(str::to_owned),
        published: now,
        signed: None,
    };
    let mut document = review.unsigned();
    let method = format!("{actor}#ed25519-{}", key.multikey());
    proof::sign(&mut document, key, &method, now);
    review.signed = Some(Value::Object(document));
    review
}

fn on_the_wire(verdict: Verdict) -> WireVerdict {
    match verdict {
        Verdict::Approve => WireVerdict::Approve,
        Verdict::Revise => WireVerdict::Revise,
        Verdict::Reject => WireVerdict::Reject,
        Verdict::Remark => WireVerdict::Remark,
    }
}

fn here(
    app: &App,
    tx: &mut Tx<'_>,
    mut dataset: DatasetRecord,
    patch: PatchRecord,
    by: &Person,
    (key, role): (&Multikey, Role),
    new: NewReview,
) -> Result<Taken, ReviewError> {
    let held = grants::in_force(tx, dataset.id, &new.reviewer, app.clock.now())?;
    let named = held.is_some_and(|grant| grant.key == key.to_string());
    if !named {
        // Her role comes from her account. The log names the key, so that anybody can check the vote later.
        tx.lock_dataset(dataset.id)?;
        dataset = tx.load_dataset(dataset.id)?;
        let terms = terms::Terms::of_account(app, by, key, role, None);
        terms::write(app, tx, &mut dataset, &terms)?;
    }
    take(app, tx, &mut dataset, patch, new)
}

fn travels(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    patch: &PatchRecord,
    key: &Multikey,
    (review, word): (Review, Word<'_>),
) -> Result<(), ReviewError> {
    let actor = review.attributed_to.to_string();
    let now = app.clock.now();
    let grant = grants::in_force(tx, dataset.id, &actor, now)?;
    let mut grant = grant.ok_or_else(|| ReviewError::NotAllowed(actor.clone()))?;
    if grant.key != key.to_string() {
        return Err(ReviewError::Void(Void::OtherKey));
    }
    if patch.direction == OUT && patch.proposer.as_deref() == Some(actor.as_str()) {
        return Err(ReviewError::Void(Void::Own));
    }
    if grant.state == OFFERED {
        ACTIVE.clone_into(&mut grant.state);
        tx.put_grant(&grant)?;
        if let Some(mut held) = tx.find_held_grant(&grant.id)? {
            ACCEPTED.clone_into(&mut held.state);
            held.updated = now;
            tx.put_held_grant(&held)?;
        }
    }
    tx.insert_review(&row(app, (patch.dataset, patch.id), &review, word.amended))?;
    learn::queue_is_due(tx, dataset.id, now)?;
    let path = app.local_path(&actor).unwrap_or("/actor").to_owned();
    let offer = OfferReview::new(uri(&app.activity_id()), uri(&dataset.url), review);
    let activity = offer.amended(word.amended.map(<[_]>::to_vec)).to_json();
    let outgoing = Outgoing {
        activity: &activity,
        actor: &path,
        object_key: &format!("patch:{}", patch.id),
    };
    let inbox = inbox_of(app, tx, &dataset.url, &dataset.host)?;
    Ok(outbox::send(app, tx, &outgoing, &inbox)?)
}

/// The verdicts on a proposal, in the order of their arrival, as moderators see them.
///
/// # Errors
/// Where the store fails.
pub fn list(app: &App, id: PatchId) -> Result<Vec<rustine_store::ReviewRecord>, StoreError> {
    app.db.read(|tx| tx.list_reviews(id))
}
