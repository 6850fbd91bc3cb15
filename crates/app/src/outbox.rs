//! Outgoing activities are rows of the outbox, written in the transaction that caused them (`protocol.md` §6).

use rustine_domain::ids::Host;
use rustine_store::{DatasetRecord, NewOutbox, StoreError, Tx};
use serde_json::Value;

use crate::App;
use crate::blocks;
use crate::context::host_of;

/// An activity to be sent.
#[derive(Debug, Clone)]
pub struct Outgoing<'a> {
    /// The activity, with its id.
    pub activity: &'a Value,
    /// Local path of the actor that signs, such as `/datasets/lieux`.
    pub actor: &'a str,
    /// What orders deliveries to one host: the patch, the log, the follow.
    pub object_key: &'a str,
}

/// Queues an activity for one inbox.
///
/// # Errors
/// Where the store fails.
pub fn send(
    app: &App,
    tx: &mut Tx<'_>,
    outgoing: &Outgoing<'_>,
    inbox: &str,
) -> Result<(), StoreError> {
    let Some(host) = url::Url::parse(inbox).ok().map(|url| host_of(&url)) else {
        return Err(StoreError::Other(format!("{inbox} is no inbox")));
    };
    // Nothing goes to a blocked domain, whatever it would answer.
    if blocks::covers(tx, &host)? {
        return Ok(());
    }
    let now = app.clock.now();
    tx.insert_outbox(&NewOutbox {
        activity_id: outgoing.activity["id"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        host,
        inbox: inbox.to_owned(),
        object_key: outgoing.object_key.to_owned(),
        actor: outgoing.actor.to_owned(),
        body: Some(outgoing.activity.to_string()),
        dataset: None,
        seq: None,
        created: now,
    })?;
    Ok(())
}

/// Queues an activity for all followers of an actor: one copy per host, to its shared inbox where it has one.
///
/// # Errors
/// Where the store fails.
pub fn send_to_followers(
    app: &App,
    tx: &mut Tx<'_>,
    outgoing: &Outgoing<'_>,
    object: &str,
) -> Result<usize, StoreError> {
    let inboxes = tx.list_follower_inboxes(object, crate::follows::PERSON)?;
    for (_, inbox) in &inboxes {
        send(app, tx, outgoing, inbox)?;
    }
    Ok(inboxes.len())
}

/// Queues the dataset's last entry for each of its replicas. The body is rendered when it is sent, because a
/// value may be erased before.
///
/// # Errors
/// Where the store fails.
pub fn push_entry(app: &App, tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<(), StoreError> {
    let now = app.clock.now();
    for replica in tx.list_replicas(dataset.id)? {
        tx.insert_outbox(&NewOutbox {
            activity_id: app.activity_id(),
            host: replica.host,
            inbox: replica.inbox,
            object_key: format!("log:{}", dataset.uid),
            actor: format!("/datasets/{}", dataset.name),
            body: None,
            dataset: Some(dataset.id),
            seq: Some(dataset.seq),
            created: now,
        })?;
    }
    Ok(())
}

/// Queues an Update of the dataset's actor for its followers: title, licence or fields changed. The document is
/// rendered when it is sent, so that the last of several changes is what arrives.
///
/// # Errors
/// Where the store fails.
pub fn push_update(app: &App, tx: &mut Tx<'_>, dataset: &DatasetRecord) -> Result<(), StoreError> {
    let path = format!("/datasets/{}", dataset.name);
    let now = app.clock.now();
    for (host, inbox) in tx.list_follower_inboxes(&path, crate::follows::PERSON)? {
        tx.insert_outbox(&NewOutbox {
            activity_id: app.activity_id(),
            host,
            inbox,
            object_key: format!("update:{path}"),
            actor: path.clone(),
            body: None,
            dataset: Some(dataset.id),
            seq: None,
            created: now,
        })?;
    }
    Ok(())
}

/// The host of a URL; `None` for what is no URL with a host.
pub fn host(url: &str) -> Option<Host> {
    host_of(&url::Url::parse(url).ok()?).parse().ok()
}
