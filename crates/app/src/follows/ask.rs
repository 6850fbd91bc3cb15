//! A person of this instance, or the instance itself, follows an actor elsewhere; or stops.

use rustine_protocol::Uri;
use rustine_protocol::activity::{Follow, Undo};
use rustine_store::{FollowRecord, StoreError, Tx};

use super::PENDING;
use crate::App;
use crate::actors;
use crate::context::uri;
use crate::outbox::{self, Outgoing};

/// Records a follow as pending and queues it. A second follow of the same object sends nothing.
///
/// # Errors
/// Where the store fails.
pub fn follow(
    app: &App,
    tx: &mut Tx<'_>,
    actor: &str,
    object: &Uri,
    inbox: &str,
) -> Result<FollowRecord, StoreError> {
    if let Some(known) = tx.find_follow(actor, object.as_str())?
        && known.state != super::REJECTED
    {
        return Ok(known);
    }
    let follow = Follow::new(
        uri(&app.activity_id()),
        uri(&app.url(actor)),
        object.clone(),
    );
    let record = FollowRecord {
        id: 0,
        actor: actor.to_owned(),
        object: object.to_string(),
        activity_id: follow.envelope.id.to_string(),
        state: PENDING.to_owned(),
        created: app.clock.now(),
    };
    tx.put_follow(&record)?;
    actors::pin(tx, object.as_str())?;
    let object_key = format!("follow:{object}");
    outbox::send(
        app,
        tx,
        &Outgoing {
            activity: &follow.to_json(),
            actor,
            object_key: &object_key,
        },
        inbox,
    )?;
    Ok(record)
}

/// Takes a follow back; false where there was none.
///
/// # Errors
/// Where the store fails.
pub fn unfollow(
    app: &App,
    tx: &mut Tx<'_>,
    actor: &str,
    object: &str,
    inbox: &str,
) -> Result<bool, StoreError> {
    let Some(known) = tx.find_follow(actor, object)? else {
        return Ok(false);
    };
    let follow = Follow::new(uri(&known.activity_id), uri(&app.url(actor)), uri(object));
    let undo = Undo::follow(uri(&app.activity_id()), &follow).to_json();
    let object_key = format!("follow:{object}");
    outbox::send(
        app,
        tx,
        &Outgoing {
            activity: &undo,
            actor,
            object_key: &object_key,
        },
        inbox,
    )?;
    tx.delete_follow(actor, object)
}
