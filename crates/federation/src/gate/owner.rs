//! Step 8, as far as the activity itself tells: whose things an activity touches.
//!
//! To stand on the same server is not enough: a server has many people on it. Where only the id of an object
//! is given, its owner is in the store, and the caller asks there.

use rustine_domain::checks::Check;
use serde_json::{Map, Value};
use url::Url;

use super::shape::Kind;
use super::step::{Refusal, Step};

/// Types whose documents are actors, and therefore their own owners.
const ACTORS: [&str; 5] = ["Application", "Group", "Organization", "Person", "Service"];

/// Whether the activity deletes its own actor: the most frequent activity of all, and void where the actor
/// is unknown.
pub(super) fn deletes_itself(activity: &Value) -> bool {
    let object = activity.get("object");
    let object = object.map(|object| object.get("id").unwrap_or(object));
    activity["type"] == "Delete" && object.is_some_and(|id| *id == activity["actor"])
}

/// Origins, attribution and ownership that show in the activity.
pub(super) fn check(kind: Kind, activity: &Value, id: &Url, actor: &Url) -> Result<(), Refusal> {
    if id.origin() != actor.origin() && Check::Origin.stands() {
        return Err(
            Step::Origin.refuse("the activity's id and its actor stand on different servers")
        );
    }
    let said_by = activity["actor"].as_str().unwrap_or_default();
    attributed_to(activity, said_by)?;
    let Some(object) = activity.get("object") else {
        return Ok(());
    };
    match kind {
        Kind::Create | Kind::Offer => {
            attributed_to(object, said_by)?;
            same_origin(object, actor)
        }
        Kind::Update | Kind::Delete | Kind::Undo | Kind::Move => {
            owned(kind, object, said_by, actor)
        }
        // Their objects are ours, or anybody's.
        Kind::Accept
        | Kind::Add
        | Kind::Announce
        | Kind::Flag
        | Kind::Follow
        | Kind::Grant
        | Kind::Like
        | Kind::Reject
        | Kind::Revoke => Ok(()),
    }
}

/// `attributedTo`, where it stands, is the one who speaks: no list, no number, nobody else.
fn attributed_to(thing: &Value, said_by: &str) -> Result<(), Refusal> {
    match thing.get("attributedTo") {
        None => Ok(()),
        Some(Value::String(own)) if own == said_by => Ok(()),
        Some(_) if !Check::Attribution.stands() => Ok(()),
        Some(_) => Err(Step::Attribution.refuse("attributedTo must be the actor, as one string")),
    }
}

/// The id of an object, where it stands, is on the actor's server.
fn same_origin(object: &Value, actor: &Url) -> Result<(), Refusal> {
    let refuse = || match Check::Origin.stands() {
        true => Err(Step::Origin.refuse("the object and the actor stand on different servers")),
        false => Ok(()),
    };
    let id = match object {
        Value::Object(members) => members.get("id"),
        other => Some(other),
    };
    match id {
        None => Ok(()),
        Some(Value::String(id)) => match Url::parse(id) {
            Ok(id) if id.origin() == actor.origin() => Ok(()),
            _ => refuse(),
        },
        Some(_) => refuse(),
    }
}

fn owned(kind: Kind, object: &Value, said_by: &str, actor: &Url) -> Result<(), Refusal> {
    same_origin(object, actor)?;
    if !Check::Owner.stands() {
        return Ok(());
    }
    let owner = match object {
        Value::String(id) => (kind == Kind::Move).then_some(id.as_str()),
        Value::Object(members) => owner(kind, members)?,
        _ => return Err(not_the_owner()),
    };
    match owner {
        Some(owner) if owner != said_by => Err(not_the_owner()),
        _ => Ok(()),
    }
}

/// Who owns an embedded object, as far as it says so itself.
fn owner(kind: Kind, object: &Map<String, Value>) -> Result<Option<&str>, Refusal> {
    let is_actor = object
        .get("type")
        .and_then(Value::as_str)
        .is_some_and(|name| ACTORS.contains(&name));
    let says = if is_actor || kind == Kind::Move {
        object.get("id")
    } else {
        object.get("attributedTo").or_else(|| object.get("actor"))
    };
    match (says, kind) {
        (Some(Value::String(owner)), _) => Ok(Some(owner)),
        (Some(_), _) => Err(not_the_owner()),
        // An update without owner could only be of the actor itself; a Tombstone has none by nature.
        (None, Kind::Update) => match object.get("id") {
            Some(Value::String(id)) => Ok(Some(id)),
            _ => Err(not_the_owner()),
        },
        (None, _) if object.contains_key("id") => Ok(None),
        (None, _) => Err(not_the_owner()),
    }
}

fn not_the_owner() -> Refusal {
    Step::Owner.refuse("only its owner may do that; being on the same server is not enough")
}
