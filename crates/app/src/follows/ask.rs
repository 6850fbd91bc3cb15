//! A person of this instance, or the instance itself, follows an actor elsewhere; or stops.

use rustine_protocol::Uri;
use rustine_protocol::activity::{Follow, Undo};
use rustine_store::{FollowRecord, StoreError, Tx};

use super::{ACCEPTED, PENDING};
use crate::App;
use crate::actors;
use crate::context::uri;
use crate::outbox::{self, Outgoing};

/// A follow without an answer is not sent again before.
pub const RENEW_SECONDS: i64 = 3600;

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
    send(app, tx, actor, object, inbox)
}

/// Asks again where the other side shows that it knows nothing of a follow which it granted, or whose answer has not
/// come for [`RENEW_SECONDS`]; true where something was sent. One that was refused or taken back stays so.
///
/// # Errors
/// Where the store fails.
pub fn renew(
    app: &App,
    tx: &mut Tx<'_>,
    actor: &str,
    object: &Uri,
    inbox: &str,
) -> Result<bool, StoreError> {
    let Some(known) = tx.find_follow(actor, object.as_str())? else {
        return Ok(false);
    };
    let is_due = match known.state.as_str() {
        ACCEPTED => true,
        PENDING => app.clock.now() >= known.created.plus_seconds(RENEW_SECONDS),
        _ => false,
    };
    if is_due {
        send(app, tx, actor, object, inbox)?;
    }
    Ok(is_due)
}

/// Records a follow as pending, in the place of an earlier one, and queues it.
fn send(
    app: &App,
    tx: &mut Tx<'_>,
    actor: &str,
    object: &Uri,
    inbox: &str,
) -> Result<FollowRecord, StoreError> {
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
