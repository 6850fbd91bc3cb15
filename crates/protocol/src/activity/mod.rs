//! Activities: what instances send to each other's inboxes (`protocol.md` §5). One file for each.
//!
//! Each has a type with a `to_json`, and is read by [`Activity::parse`]. A parsed activity is well formed and
//! agrees with itself; who signed it, and whether its effects are allowed, is decided elsewhere.

mod accept;
mod add;
mod announce;
mod create;
mod delete;
mod envelope;
mod flag;
mod follow;
mod grant;
mod moved;
mod offer_grant;
mod offer_patch;
mod offer_review;
mod problem;
mod reject;
mod undo;
mod update;

use serde_json::Value;

pub use accept::{Accept, Accepted};
pub use add::Add;
pub use announce::Announce;
pub use create::Create;
pub use delete::Delete;
pub use envelope::Envelope;
pub use flag::Flag;
pub use follow::Follow;
pub use grant::{Grant, Revoke};
pub use moved::Move;
pub use offer_grant::OfferGrant;
pub use offer_patch::OfferPatch;
pub use offer_review::OfferReview;
pub use problem::ActivityProblem;
pub use reject::{Conflict, Reject};
pub use undo::Undo;
pub use update::Update;

use crate::read::Members;
use crate::uri::Uri;

/// An activity that arrived.
#[derive(Debug, Clone, PartialEq)]
pub enum Activity {
    /// Wants to be told, or to copy, or to be a peer.
    Follow(Follow),
    /// Yes to a Follow; a patch is queued; a patch is in the log.
    Accept(Accept),
    /// No to one of these.
    Reject(Reject),
    /// Takes back a Follow or an offer.
    Undo(Undo),
    /// Proposes a patch.
    OfferPatch(OfferPatch),
    /// Votes on a patch.
    OfferReview(OfferReview),
    /// Asks for a role.
    OfferGrant(OfferGrant),
    /// A dataset gave a role to a person.
    Grant(Grant),
    /// A dataset took it back.
    Revoke(Revoke),
    /// Pushes a log entry to a replica.
    Add(Add),
    /// A note was written.
    Create(Create),
    /// Something is worth knowing.
    Announce(Announce),
    /// Something changed: fetch it again.
    Update(Update),
    /// Something is gone.
    Delete(Delete),
    /// Something should be looked at.
    Flag(Flag),
    /// An actor lives elsewhere now.
    Move(Move),
    /// Of a type, or about a type of object, that we have no use for: answered 202, without a fetch.
    Unknown(Unknown),
}

/// An activity that we have no use for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Its common members.
    pub envelope: Envelope,
    /// Its type.
    pub kind: String,
}

impl Activity {
    /// Reads an activity of any server.
    pub fn parse(document: &Value) -> Result<Self, ActivityProblem> {
        let members = Members::document(document)?;
        let (envelope, kind) = Envelope::read(&members)?;
        let object = object_type(&members);
        Ok(match (kind, object) {
            ("Follow", _) => Self::Follow(Follow::read(envelope, &members, document)?),
            ("Accept", _) => Self::Accept(Accept::read(envelope, &members)?),
            ("Reject", _) => Self::Reject(Reject::read(envelope, &members)?),
            ("Undo", _) => Self::Undo(Undo::read(envelope, &members)?),
            ("Offer", Some("DataPatch")) => Self::OfferPatch(OfferPatch::read(envelope, &members)?),
            ("Offer", Some("Review")) => Self::OfferReview(OfferReview::read(envelope, &members)?),
            ("Offer", Some("GrantRequest")) => {
                Self::OfferGrant(OfferGrant::read(envelope, &members)?)
            }
            ("Grant", _) => Self::Grant(Grant::read(envelope, &members)?),
            ("Revoke", _) => Self::Revoke(Revoke::read(envelope, &members)?),
            ("Add", Some("LogEntry")) => Self::Add(Add::read(envelope, &members)?),
            ("Create", Some("Note")) => Self::Create(Create::read(envelope, &members)?),
            ("Announce", _) => Self::Announce(Announce::read(envelope, &members)?),
            ("Update", _) => Self::Update(Update::read(envelope, &members)?),
            ("Delete", _) => Self::Delete(Delete::read(envelope, &members)?),
            ("Flag", _) => Self::Flag(Flag::read(envelope, &members)?),
            ("Move", _) => Self::Move(Move::read(envelope, &members)?),
            _ => Self::Unknown(Unknown {
                envelope,
                kind: kind.to_owned(),
            }),
        })
    }

    /// The members that every activity has.
    pub fn envelope(&self) -> &Envelope {
        match self {
            Self::Follow(activity) => &activity.envelope,
            Self::Accept(activity) => &activity.envelope,
            Self::Reject(activity) => &activity.envelope,
            Self::Undo(activity) => &activity.envelope,
            Self::OfferPatch(activity) => &activity.envelope,
            Self::OfferReview(activity) => &activity.envelope,
            Self::OfferGrant(activity) => &activity.envelope,
            Self::Grant(activity) => &activity.envelope,
            Self::Revoke(activity) => &activity.envelope,
            Self::Add(activity) => &activity.envelope,
            Self::Create(activity) => &activity.envelope,
            Self::Announce(activity) => &activity.envelope,
            Self::Update(activity) => &activity.envelope,
            Self::Delete(activity) => &activity.envelope,
            Self::Flag(activity) => &activity.envelope,
            Self::Move(activity) => &activity.envelope,
            Self::Unknown(activity) => &activity.envelope,
        }
    }

    /// Its type on the wire.
    pub fn kind(&self) -> &str {
        match self {
            Self::Follow(_) => "Follow",
            Self::Accept(_) => "Accept",
            Self::Reject(_) => "Reject",
            Self::Undo(_) => "Undo",
            Self::OfferPatch(_) | Self::OfferReview(_) | Self::OfferGrant(_) => "Offer",
            Self::Grant(_) => "Grant",
            Self::Revoke(_) => "Revoke",
            Self::Add(_) => "Add",
            Self::Create(_) => "Create",
            Self::Announce(_) => "Announce",
            Self::Update(_) => "Update",
            Self::Delete(_) => "Delete",
            Self::Flag(_) => "Flag",
            Self::Move(_) => "Move",
            Self::Unknown(unknown) => &unknown.kind,
        }
    }

    /// Its id: seen ids are answered 202 without effect (`protocol.md` §7.11).
    pub fn id(&self) -> &Uri {
        &self.envelope().id
    }

    /// Who says so; must be who signed.
    pub fn actor(&self) -> &Uri {
        &self.envelope().actor
    }
}

/// The type of an embedded object; `None` for a bare id.
fn object_type<'a>(members: &Members<'a>) -> Option<&'a str> {
    members.get("object")?.get("type")?.as_str()
}

#[cfg(test)]
mod tests;
