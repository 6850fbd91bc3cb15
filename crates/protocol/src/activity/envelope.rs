//! Members that every activity has.

use serde_json::{Map, Value};

use rustine_domain::checks::Check;

use super::ActivityProblem;
use crate::read::Members;
use crate::uri::Uri;
use crate::{context, limits};

/// Who says something, under which id, to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Ours end in a random UUID ([`crate::Site::activity`]).
    pub id: Uri,
    /// One address, on the same origin as the id.
    pub actor: Uri,
    /// Primary audience; [`Uri::public`] means everybody.
    pub to: Vec<Uri>,
    /// Secondary audience.
    pub cc: Vec<Uri>,
}

impl Envelope {
    /// For one recipient.
    pub fn new(id: Uri, actor: Uri, to: Uri) -> Self {
        Self {
            id,
            actor,
            to: vec![to],
            cc: Vec::new(),
        }
    }

    /// For everybody, with a copy to the actor's followers.
    pub fn public(id: Uri, actor: Uri) -> Self {
        let cc = crate::object::note::followers(&actor).into_iter().collect();
        Self {
            id,
            actor,
            to: vec![Uri::public()],
            cc,
        }
    }

    /// Reads the members and the type. `id`, `actor` and `type` are single texts (`protocol.md` §7.2).
    pub(super) fn read<'a>(members: &Members<'a>) -> Result<(Self, &'a str), ActivityProblem> {
        let envelope = Self {
            id: members.uri("id")?,
            actor: members.uri("actor")?,
            to: members.audience("to")?,
            cc: members.audience("cc")?,
        };
        if !envelope.id.same_origin(&envelope.actor) && Check::ActivityOrigin.stands() {
            return Err(ActivityProblem::OtherOrigin { member: "id" });
        }
        Ok((envelope, members.text("type", limits::WORD)?))
    }

    /// The beginning of a document of this type.
    pub(super) fn to_map(&self, kind: &str) -> Map<String, Value> {
        let mut map = Map::new();
        map.insert("@context".into(), context_of(kind));
        map.insert("id".into(), (&self.id).into());
        map.insert("type".into(), kind.into());
        map.insert("actor".into(), (&self.actor).into());
        for (member, uris) in [("to", &self.to), ("cc", &self.cc)] {
            if !uris.is_empty() {
                map.insert(member.into(), uris.iter().map(Value::from).collect());
            }
        }
        map
    }
}

/// Offers and entries go only to those who know our vocabulary; answers may go to anybody, and use it.
fn context_of(kind: &str) -> Value {
    match kind {
        "Offer" | "Add" | "Grant" | "Revoke" => context::between_nodes(),
        "Accept" | "Reject" => context::extended(),
        _ => context::plain(),
    }
}
