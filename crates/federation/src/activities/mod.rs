//! What arriving activities mean: one place that reads them and calls the use case, inside the transaction that
//! also ends their row in the inbox.

pub mod announced;
#[cfg(test)]
mod tests;

use announced::Announced;
use rustine_app::App;
use rustine_app::actors::{FRESH_SECONDS, keep};
use rustine_app::blocks;
use rustine_app::comments::receive as comments;
use rustine_app::datasets::moved;
use rustine_app::follows::receive::APPLICATION;
use rustine_app::follows::{news, receive as follows};
use rustine_app::grants::receive as grants;
use rustine_app::modlog::copy as modlog;
use rustine_app::patches::{answers, receive as offers};
use rustine_app::peers::{ASKING, receive as peers};
use rustine_app::reports::{receive as reports, settle};
use rustine_app::reviews::{hint, receive as reviews};
use rustine_domain::checks::Check;
use rustine_domain::log::{Header, Kind, Line};
use rustine_protocol::Uri;
use rustine_protocol::activity::{Accepted, Activity, Add, Announce, Follow, Reject, Undo};
use rustine_protocol::object::{Note, Reference};
use rustine_store::{DatasetRecord, InboxRecord, RemoteActorRecord, StoreError, Tx};

use crate::gate::registrable_domain;
use crate::inbox::worker::WorkError;

/// What an activity did, and what is left to do once it is written.
#[derive(Debug)]
pub enum Effect {
    /// Its effect is part of the transaction.
    Done,
    /// It means nothing to us.
    Nothing(&'static str),
    /// An entry for a copy of ours, applied in a transaction of its own.
    Entry {
        /// The copy.
        dataset: i64,
        /// Header and body.
        line: Box<Line>,
    },
    /// A copy of ours is behind.
    Hint {
        /// The copy.
        dataset: i64,
        /// An entry that exists.
        seq: u64,
        /// True where it orders an erasure.
        redact: bool,
    },
}

/// Reads a kept activity and calls its use case.
///
/// # Errors
/// Where it has no effect; a temporary failure is tried again.
pub fn act(
    app: &App,
    tx: &mut Tx<'_>,
    record: &InboxRecord,
    announced: Option<&Announced>,
) -> Result<Effect, WorkError> {
    let Some(body) = &record.body else {
        return Ok(Effect::Nothing("it was worked off already"));
    };
    let document = serde_json::from_str(body).map_err(|_| WorkError::Sender)?;
    let activity = Activity::parse(&document)?;
    if let Some(announced) = announced {
        keep::replace(tx, &announced.fetched, &announced.key_pem)?;
        return Ok(Effect::Done);
    }
    let sender = tx
        .find_remote_actor(&record.actor)?
        .filter(|actor| !actor.suspended || !Check::KeyContinuity.stands())
        .ok_or(WorkError::Sender)?;
    tx.note_heard(&sender.host, app.clock.now())?;
    match activity {
        Activity::Follow(follow) if too_many_ask(app, tx, &follow, &sender)? => {
            peers::refuse(app, tx, &follow, &sender)?
        }
        Activity::Follow(follow) => follows::receive(app, tx, &follow, &sender)?,
        Activity::OfferPatch(offer) => offers::receive(app, tx, &offer)?,
        Activity::OfferReview(offer) => reviews::receive(app, tx, &offer)?,
        Activity::OfferGrant(request) => return Ok(heard(grants::asked(app, tx, &request)?)),
        Activity::Grant(notice) => return Ok(heard(grants::granted(app, tx, &notice)?)),
        Activity::Revoke(notice) => return Ok(heard(grants::revoked(app, tx, &notice)?)),
        Activity::Accept(accept) => match &accept.accepted {
            Accepted::Follow { follow, head, .. } => {
                let dataset = &accept.envelope.actor;
                follows::accepted(app, tx, dataset, &follow.id)?;
                if let Some(head) = head {
                    return told_of(tx, dataset.as_str(), head.seq);
                }
            }
            Accepted::Offer { .. } | Accepted::Patch { .. } => answers::accepted(app, tx, &accept)?,
            Accepted::Other(reference) if reference.kind.as_deref() == Some("Flag") => {
                return Ok(said(settle::answered(
                    app,
                    tx,
                    reference.id.as_str(),
                    &sender,
                    true,
                )?));
            }
            // Some servers answer with the bare id of the Follow.
            Accepted::Other(reference) => {
                let actor = &accept.envelope.actor;
                if !grants::accepted(app, tx, actor, &reference.id)? {
                    follows::accepted(app, tx, actor, &reference.id)?;
                }
            }
        },
        Activity::Flag(flag) => return Ok(said(reports::received(app, tx, &flag, &sender)?)),
        Activity::Reject(reject) if reject.object.kind.as_deref() == Some("Flag") => {
            let flag = reject.object.id.as_str();
            return Ok(said(settle::answered(app, tx, flag, &sender, false)?));
        }
        Activity::Reject(reject) => rejected(app, tx, &reject)?,
        Activity::Undo(undo) => undone(app, tx, &undo)?,
        Activity::Add(add) => return added(app, tx, &add),
        Activity::Delete(delete) if delete.is_of_actor() => deleted(tx, &sender)?,
        Activity::Create(create) => {
            // One post may answer somebody here and be news for whoever follows its writer.
            let answers = comments::created(app, tx, &create.note)?;
            let is_news = news::receive(app, tx, &create.note, &sender)?;
            return Ok(said(answers || is_news));
        }
        Activity::Delete(delete) => {
            let (actor, id) = (&delete.envelope.actor, &delete.object.id);
            let answered = comments::deleted(tx, actor, id)?;
            // A post that its writer took back; nothing else is deleted by word of mouth.
            let was_news = tx.delete_news(id.as_str(), &sender.id)?;
            return Ok(said(answered || was_news));
        }
        // Whoever signed it wrote it: the new words stand in the activity, as the first ones did.
        Activity::Update(update) if update.object.kind.as_deref() == Some("Note") => {
            let note = note_of(&document, &update.envelope.actor)?;
            return Ok(said(comments::updated(app, tx, &note)?));
        }
        Activity::Update(update) if update.object.id.as_str() == sender.id => {
            // The document is fetched anew when the actor speaks next; the pinned key stays.
            tx.put_remote_actor(&RemoteActorRecord {
                fetched_at: sender.fetched_at.plus_seconds(-FRESH_SECONDS),
                ..sender
            })?;
        }
        Activity::Announce(announce) if announce.object.kind.as_deref() == Some("Proposal") => {
            let dataset = announce.envelope.actor.as_str();
            return Ok(heard(hint::arrived(app, tx, dataset)?));
        }
        // Of others than partners it is a boost, which changes nothing.
        Activity::Announce(announce) if sender.kind == APPLICATION && sender.implements => {
            peers::announced(app, tx, &sender, &announce.object.id)?
        }
        Activity::Announce(announce) => return modlog_grew(app, tx, &announce, &sender),
        _ => {
            return Ok(Effect::Nothing(
                "activities of this type have no effect here",
            ));
        }
    }
    Ok(Effect::Done)
}

/// Requests of one registrable domain that wait for our people at most: names below it cost nothing (attack F19).
const MOST_OF_DOMAIN: usize = 3;

/// True for a request for a peering by a host that has not asked yet, where enough of its domain wait already.
fn too_many_ask(
    app: &App,
    tx: &mut Tx<'_>,
    follow: &Follow,
    sender: &RemoteActorRecord,
) -> Result<bool, StoreError> {
    let is_request = app.local_path(follow.object.as_str()) == Some("/actor");
    if !is_request || tx.find_peer(&sender.host)?.is_some() {
        return Ok(false);
    }
    let domain = registrable_domain(blocks::name_of(&sender.host));
    let waiting = tx.list_peers()?.into_iter().filter(|peer| {
        peer.state == ASKING && registrable_domain(blocks::name_of(&peer.host)) == domain
    });
    Ok(waiting.count() >= MOST_OF_DOMAIN)
}

/// A dataset that we copy says that there are new lines in its moderation log; anything else is a boost.
fn modlog_grew(
    app: &App,
    tx: &mut Tx<'_>,
    announce: &Announce,
    sender: &RemoteActorRecord,
) -> Result<Effect, WorkError> {
    let log = announce.object.id.as_str().strip_suffix("/modlog");
    let copy = match log == Some(sender.id.as_str()) {
        true => tx.find_dataset_by_url(&sender.id)?,
        false => None,
    };
    let Some(copy) = copy.filter(|copy| !copy.is_local()) else {
        return Ok(Effect::Nothing("a boost changes nothing"));
    };
    modlog::hinted(tx, copy.id, app.clock.now())?;
    Ok(Effect::Done)
}

/// The note inside an activity, written by its actor.
fn note_of(document: &serde_json::Value, actor: &Uri) -> Result<Note, WorkError> {
    let mut object = document["object"].clone();
    object["@context"] = document["@context"].clone();
    let note = Note::parse(&object).map_err(|_| WorkError::Sender)?;
    match note.attributed_to == *actor && note.id.same_origin(actor) {
        true => Ok(note),
        false => Err(WorkError::Sender),
    }
}

fn said(kept: bool) -> Effect {
    match kept {
        true => Effect::Done,
        false => {
            Effect::Nothing("it answers nothing that is said here, and nobody here waits for it")
        }
    }
}

fn heard(means_something: bool) -> Effect {
    match means_something {
        true => Effect::Done,
        false => Effect::Nothing("nobody here has to do with it"),
    }
}

fn rejected(app: &App, tx: &mut Tx<'_>, reject: &Reject) -> Result<(), WorkError> {
    let (actor, id) = (&reject.envelope.actor, &reject.object.id);
    let of_ours = reviews::rejected(tx, reject)? || grants::refused(app, tx, reject)?;
    if of_ours || grants::declined(app, tx, actor, id)? {
        return Ok(());
    }
    let follow = tx.find_follow_by_activity(reject.object.id.as_str())?;
    if follow.is_some() {
        return Ok(follows::rejected(
            app,
            tx,
            &reject.envelope.actor,
            &reject.object.id,
        )?);
    }
    Ok(answers::rejected(app, tx, reject)?)
}

fn undone(app: &App, tx: &mut Tx<'_>, undo: &Undo) -> Result<(), WorkError> {
    let Reference {
        id, kind, object, ..
    } = &undo.object;
    if kind.as_deref() == Some("Offer") {
        return Ok(offers::undone(
            app,
            tx,
            undo.envelope.actor.as_str(),
            id.as_str(),
        )?);
    }
    Ok(follows::undone(
        app,
        tx,
        &undo.envelope.actor,
        object.as_ref(),
        id,
    )?)
}

/// Entries that were signed before the origin knew of our copy were pushed to nobody: its Accept tells of them.
fn told_of(tx: &mut Tx<'_>, dataset: &str, seq: u64) -> Result<Effect, WorkError> {
    let copy = tx.find_dataset_by_url(dataset)?;
    let behind = copy.filter(|copy| !copy.is_local() && copy.seq < seq.cast_signed());
    Ok(behind.map_or(Effect::Done, |copy| Effect::Hint {
        dataset: copy.id,
        seq,
        redact: false,
    }))
}

/// A push of a log entry counts as a hint unless it carries all that the next step needs.
fn added(app: &App, tx: &mut Tx<'_>, add: &Add) -> Result<Effect, WorkError> {
    let known = tx
        .find_dataset_by_url(add.envelope.actor.as_str())?
        .filter(|dataset| !dataset.is_local());
    let found = match known {
        Some(dataset) => {
            moved::greeted(app, tx, &dataset)?;
            Some(dataset)
        }
        None => match moved_here_from(app, tx, add)? {
            None => moved_away_from(app, tx, add)?,
            found => found,
        },
    };
    let Some(dataset) = found else {
        return Ok(Effect::Nothing("no copy of this dataset is kept here"));
    };
    let mut line = serde_json::json!({"header": add.header});
    if let Some(body) = &add.body {
        line["body"] = body.clone();
    }
    let line = match Line::from_json(line) {
        Ok(line) => line,
        Err(refusal) => {
            let check = refusal.check().name();
            tracing::info!(check, "A pushed entry cannot be read: {refusal}");
            return Ok(Effect::Nothing("the pushed entry cannot be read"));
        }
    };
    let next = u64::try_from(dataset.seq + 1).unwrap_or(0);
    if line.body.is_some() && line.header.seq <= next {
        return Ok(Effect::Entry {
            dataset: dataset.id,
            line: Box::new(line),
        });
    }
    Ok(Effect::Hint {
        dataset: dataset.id,
        seq: line.header.seq,
        redact: matches!(line.header.kind, Kind::Redact(_)),
    })
}

/// The dataset that an entry `move` is about, sent by the address that it names: who may sign it, the log says. Where
/// entries before it are missing here, the sender has them.
fn moved_here_from(
    app: &App,
    tx: &mut Tx<'_>,
    add: &Add,
) -> Result<Option<DatasetRecord>, WorkError> {
    let Ok(header) = Header::parse(&add.header) else {
        return Ok(None);
    };
    let actor = add.envelope.actor.as_str();
    let leads_to_sender = matches!(&header.kind, Kind::Move { moved_to, .. } if moved_to == actor);
    let found = tx
        .find_dataset_by_uid(header.uid)?
        .filter(|_| leads_to_sender);
    if let Some(dataset) = &found
        && let Some(host) = rustine_app::outbox::host(actor)
    {
        tx.put_copy_holder(dataset.id, host.as_str(), app.clock.now())?;
    }
    Ok(found)
}

/// The dataset that has moved away from the address that pushes. What is signed there past the move is no part of the
/// log; it is looked at like any other rival entry, and kept as evidence that the operator reads.
fn moved_away_from(
    app: &App,
    tx: &mut Tx<'_>,
    add: &Add,
) -> Result<Option<DatasetRecord>, WorkError> {
    let Ok(header) = Header::parse(&add.header) else {
        return Ok(None);
    };
    let found = tx.find_dataset_by_uid(header.uid)?;
    let Some(dataset) = found.filter(|dataset| !dataset.is_local()) else {
        return Ok(None);
    };
    let scheme = app.settings.origin.scheme();
    let actor = add.envelope.actor.as_str();
    let aliases = tx.list_aliases(dataset.id)?;
    let was_there = aliases
        .iter()
        .any(|(host, name)| format!("{scheme}://{host}/datasets/{name}") == actor);
    // Only an entry beside one that is held says something; nothing of what comes later is asked for.
    let rival = i64::try_from(header.seq).is_ok_and(|seq| seq <= dataset.seq);
    Ok(Some(dataset).filter(|_| was_there && rival))
}

/// An actor is gone: what it followed here ends. What it owns elsewhere is settled by its log.
fn deleted(tx: &mut Tx<'_>, sender: &RemoteActorRecord) -> Result<(), WorkError> {
    tx.delete_followers_by(&sender.id)?;
    tx.delete_remote_actor(&sender.id)?;
    Ok(())
}
