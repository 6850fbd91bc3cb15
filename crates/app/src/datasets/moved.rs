//! What follows from an entry `move`, wherever it is applied: on the instance that left, on the one that the dataset
//! lives on now, and on every other copy (`protocol.md` §3.3, "Move").

use rustine_domain::ids::ActorName;
use rustine_domain::patch::Status;
use rustine_protocol::activity::Move;
use rustine_store::{DatasetRecord, NewOutbox, PatchFilter, PatchRecord, StoreError, Tx};
use std::collections::BTreeSet;

use super::{heir, publish};
use crate::App;
use crate::actors::inboxes::shared_inbox;
use crate::context::{host_of, uri};
use crate::log::append::{AppendError, chain_of};
use crate::log::keys::ED25519;
use crate::modlog::{self, By, Line};
use crate::notifications::origins;
use crate::outbox::{self, Outgoing};
use crate::patches::{IN, OUT, answers, held};
use crate::peers::ACCEPTED;
use crate::replicas::add::state_of;
use crate::replicas::status::CURRENT;
use crate::reviews::QUEUE;
use crate::{custody, follows};

/// Brings the record to the address that its log names now: under a name of another instance it is a copy, under ours
/// it is our own, if we have the key that signs. The address before goes on naming it. Nothing happens where it is
/// known by that address already.
///
/// # Errors
/// Where the store fails, or what is stored is damaged.
pub(crate) fn follow(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
) -> Result<(), AppendError> {
    let Some((host, name)) = place_of(&dataset.url) else {
        tracing::warn!(
            dataset = dataset.name,
            "{} says that it moved to an address that no instance like ours has",
            dataset.name
        );
        return Ok(());
    };
    let (host, ours) = match host == app.host().as_str() {
        true => (String::new(), true),
        false => (host, false),
    };
    if dataset.host == host && dataset.name == name.as_str() {
        return Ok(());
    }
    let other = tx.find_dataset_by_name(name.as_str(), &host)?;
    if other.is_some_and(|other| other.id != dataset.id) {
        tracing::warn!(
            dataset = dataset.name,
            "{} moved to {name}@{host}, and another dataset is known here under that address",
            dataset.name
        );
        return Ok(());
    }
    match (ours, dataset.is_local()) {
        (true, true) => Ok(()),
        (true, false) => arrive(app, tx, dataset, &name),
        (false, was_ours) => leave(app, tx, dataset, (&host, &name), was_ours),
    }
}

/// The new origin of a dataset speaks: what we sent to it before it knew that the dataset is its own was lost, so it is
/// sent again, as long as it has not answered.
///
/// # Errors
/// Where the store fails.
pub fn greeted(app: &App, tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<(), StoreError> {
    if tx.list_aliases(dataset.id)?.is_empty() {
        return Ok(());
    }
    let follow = tx.find_follow("/actor", &dataset.url)?;
    let waits = tx.is_queued(&format!("follow:{}", dataset.url))?;
    if waits || follow.is_none_or(|follow| follow.state == follows::ACCEPTED) {
        return Ok(());
    }
    tx.delete_follow("/actor", &dataset.url)?;
    let inbox = shared_inbox(app, &dataset.host);
    follows::ask::follow(app, tx, "/actor", &uri(&dataset.url), &inbox)?;
    held::send_again(app, tx, dataset)?;
    Ok(())
}

/// Somebody here follows a dataset where it lives now, and its former addresses no more: they may never answer again, so
/// nobody is asked.
///
/// # Errors
/// Where the store fails.
pub fn follow_there(
    app: &App,
    tx: &mut Tx<'_>,
    path: &str,
    dataset: &DatasetRecord,
) -> Result<(), StoreError> {
    let inbox = shared_inbox(app, &dataset.host);
    follows::ask::follow(app, tx, path, &uri(&dataset.url), &inbox)?;
    for url in former_urls(app, tx, dataset)? {
        tx.delete_follow(path, &url)?;
    }
    Ok(())
}

/// `host[:port]` and name of a dataset's address; `None` for an address of another form.
fn place_of(url: &str) -> Option<(String, ActorName)> {
    let parsed = url::Url::parse(url).ok()?;
    let name = parsed.path().strip_prefix("/datasets/")?;
    Some((host_of(&parsed), name.parse().ok()?))
}

/// The dataset lives here now.
fn arrive(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    name: &ActorName,
) -> Result<(), AppendError> {
    let key = chain_of(dataset)?.key.to_string();
    let owner = format!("/datasets/{name}");
    if tx.find_key_by_public(&owner, ED25519, &key)?.is_none() {
        tracing::error!(
            dataset = dataset.name,
            "The log of {} says that it lives here now, under a key that this instance does not have: nobody here \
             agreed to that, and it stays a copy",
            dataset.name
        );
        return Ok(());
    }
    let by = match dataset.host.parse() {
        Ok(former) if heir::is_handed_over(tx, dataset, &key)? => By::operator_of(&former),
        _ => By::operator(),
    };
    let former = former_urls(app, tx, dataset)?;
    let hosts = told(app, tx, dataset)?;
    tx.move_dataset(dataset, "", name.as_str(), app.clock.now())?;
    tx.delete_replica_state(dataset.id)?;
    heir::settle(tx, dataset)?;
    for url in &former {
        tx.delete_follow("/actor", url)?;
    }
    for patch in held::list(tx, dataset.id)? {
        tx.drop_outbox_of_object(&format!("patch:{}", patch.id))?;
        tx.turn_patch(patch.id, IN)?;
    }
    end_queued(app, tx, dataset)?;
    for host in &hosts {
        tell_of_head(app, tx, dataset, host)?;
    }
    if dataset.status == "published" {
        publish::announce(app, tx, dataset)?;
    }
    origins::moved(app, tx, dataset, &former)?;
    let entry = (dataset.seq.unsigned_abs(), dataset.entry);
    let to = app.host().clone();
    modlog::write(app, tx, dataset, &by, Line::Moved { to, entry })?;
    Ok(())
}

/// What our moderators saw of the former origin's queue is offered anew by the instances that it came from.
fn end_queued(app: &App, tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<(), AppendError> {
    let open = open(dataset, QUEUE);
    loop {
        let page = tx.list_oldest_patches(&open, None, 200)?;
        if page.is_empty() {
            return Ok(());
        }
        for patch in page {
            expire(app, tx, dataset, patch)?;
        }
    }
}

/// The proposals of a direction that wait.
fn open(dataset: &DatasetRecord, direction: &str) -> PatchFilter {
    PatchFilter {
        dataset: Some(dataset.id),
        direction: Some(direction.to_owned()),
        statuses: [Status::Pending, Status::Conflict]
            .map(|status| status.as_str().to_owned())
            .to_vec(),
        ..PatchFilter::default()
    }
}

/// Everybody who may keep a copy: whom the origin named, the origin itself, our partners.
fn told(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
) -> Result<BTreeSet<String>, StoreError> {
    let mut hosts: BTreeSet<String> = tx.list_copy_holders(dataset.id)?.into_iter().collect();
    hosts.insert(dataset.host.clone());
    hosts.extend(
        tx.list_aliases(dataset.id)?
            .into_iter()
            .map(|alias| alias.0),
    );
    let peers = tx.list_peers()?.into_iter();
    hosts.extend(
        peers
            .filter(|peer| peer.state == ACCEPTED)
            .map(|it| it.host),
    );
    hosts.remove(app.host().as_str());
    hosts.remove("");
    Ok(hosts)
}

/// A push of the last entry to somebody who does not follow the new address yet.
fn tell_of_head(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    host: &str,
) -> Result<(), StoreError> {
    tx.insert_outbox(&NewOutbox {
        activity_id: app.activity_id(),
        host: host.to_owned(),
        inbox: shared_inbox(app, host),
        object_key: format!("log:{}", dataset.uid),
        actor: format!("/datasets/{}", dataset.name),
        body: None,
        dataset: Some(dataset.id),
        seq: Some(dataset.seq),
        created: app.clock.now(),
    })?;
    Ok(())
}

/// The dataset lives on another instance now; here it is a copy.
fn leave(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &mut DatasetRecord,
    (host, name): (&str, &ActorName),
    was_ours: bool,
) -> Result<(), AppendError> {
    let former = former_urls(app, tx, dataset)?;
    let old_name = dataset.name.clone();
    if !dataset.host.is_empty() {
        tx.put_copy_holder(dataset.id, &dataset.host, app.clock.now())?;
    }
    tx.move_dataset(dataset, host, name.as_str(), app.clock.now())?;
    if was_ours {
        hand_on(app, tx, dataset, &old_name)?;
    } else if let Some(mut state) = tx.find_replica_state(dataset.id)? {
        state.silent_since = None;
        state.updated = app.clock.now();
        tx.put_replica_state(&state)?;
    }
    for url in &former {
        tx.delete_follow("/actor", url)?;
    }
    let inbox = shared_inbox(app, host);
    follows::ask::follow(app, tx, "/actor", &uri(&dataset.url), &inbox)?;
    held::send_elsewhere(app, tx, dataset)?;
    origins::moved(app, tx, dataset, &former)?;
    Ok(())
}

/// What an origin leaves behind: its copies are remembered, its followers are told, its proposals go along, its log
/// key signs no more.
fn hand_on(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    old_name: &str,
) -> Result<(), AppendError> {
    let now = app.clock.now();
    for replica in tx.list_replicas(dataset.id)? {
        tx.put_copy_holder(dataset.id, &replica.host, now)?;
        tx.delete_replica(dataset.id, &replica.host)?;
    }
    tx.put_replica_state(&state_of(dataset, CURRENT, now))?;
    custody::forget(tx, dataset)?;
    let path = format!("/datasets/{old_name}");
    let former = app.url(&path);
    let activity = Move::actor(uri(&app.activity_id()), uri(&former), uri(&dataset.url)).to_json();
    let outgoing = Outgoing {
        activity: &activity,
        actor: &path,
        object_key: &format!("move:{}", dataset.uid),
    };
    outbox::send_to_followers(app, tx, &outgoing, &path)?;
    for key in tx.list_keys(&path)? {
        if key.kind == ED25519 {
            tx.delete_key(&path, ED25519, &key.public)?;
        }
    }
    hand_patches_on(app, tx, dataset)
}

/// Proposals that waited for us wait for the new origin: ours are offered there, and those of others are offered by
/// their own instances, once they have read the log.
fn hand_patches_on(app: &App, tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<(), AppendError> {
    let open = open(dataset, IN);
    loop {
        let page = tx.list_oldest_patches(&open, None, 200)?;
        if page.is_empty() {
            return Ok(());
        }
        for patch in page {
            let mine = patch.proposer_host == app.host().as_str();
            match mine && patch.status == Status::Pending.as_str() {
                true => tx.turn_patch(patch.id, OUT)?,
                false => end(app, tx, dataset, patch)?,
            }
        }
    }
}

fn end(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    patch: PatchRecord,
) -> Result<(), AppendError> {
    let mine = patch.proposer_host == app.host().as_str();
    let patch = expire(app, tx, dataset, patch)?;
    // A proposer elsewhere is not answered: its instance offers the same patch at the new address.
    if mine {
        answers::decided(app, tx, dataset, &patch)?;
    }
    Ok(())
}

fn expire(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
    mut patch: PatchRecord,
) -> Result<PatchRecord, StoreError> {
    let now = app.clock.now();
    Status::Expired.as_str().clone_into(&mut patch.status);
    patch.reason = Some(format!(
        "le jeu de données a déménagé / the dataset has moved: {}",
        dataset.url
    ));
    patch.updated = now;
    patch.decided_at = Some(now);
    tx.update_patch(&patch)?;
    Ok(patch)
}

/// The actors under which the dataset was followed until now.
fn former_urls(
    app: &App,
    tx: &mut Tx<'_>,
    dataset: &DatasetRecord,
) -> Result<Vec<String>, StoreError> {
    let mut places = tx.list_aliases(dataset.id)?;
    places.push((dataset.host.clone(), dataset.name.clone()));
    let scheme = app.settings.origin.scheme();
    let url = |(host, name): (String, String)| match host.is_empty() {
        true => app.url(&format!("/datasets/{name}")),
        false => format!("{scheme}://{host}/datasets/{name}"),
    };
    let mut urls: Vec<String> = places.into_iter().map(url).collect();
    urls.retain(|former| *former != dataset.url);
    urls.dedup();
    Ok(urls)
}
