//! `Accept`: a Follow is granted, an offer is queued, or a patch stands in the log (`protocol.md` §5).

use rustine_domain::commit::OfferedOp;
use serde_json::Value;

use super::{ActivityProblem, Envelope, Follow};
use crate::object::data_patch;
use crate::object::{EntryReference, LogHead, Reference};
use crate::read::Members;
use crate::uri::Uri;

/// An answer that says yes. It counts only if its actor is the object of *our stored* pending Follow, or the
/// dataset of our stored pending offer.
#[derive(Debug, Clone, PartialEq)]
pub struct Accept {
    /// Common members.
    pub envelope: Envelope,
    /// What it answers.
    pub accepted: Accepted,
}

/// What an `Accept` answers.
#[derive(Debug, Clone, PartialEq)]
pub enum Accepted {
    /// A Follow; also the answer to a peering.
    Follow {
        /// The Follow; other servers send only its id.
        follow: Reference,
        /// The Follow as it was received, or its id.
        document: Value,
        /// Where the log stands, for a replica.
        head: Option<LogHead>,
    },
    /// An offer that is *queued*: nothing is decided.
    Offer {
        /// The offer, by its activity id.
        offer: Reference,
        /// Where to ask what became of it.
        proposal: Uri,
    },
    /// A patch that is applied: the decision.
    Patch {
        /// The patch.
        patch: Uri,
        /// The entry that applied it.
        entry: EntryReference,
        /// What was applied, where a moderator changed it.
        amended: Option<Vec<OfferedOp>>,
    },
    /// Something we never asked for.
    Other(Reference),
}

impl Accept {
    /// Grants a Follow, repeating it verbatim.
    pub fn follow(id: Uri, actor: Uri, follow: &Follow, head: Option<LogHead>) -> Self {
        let reference = Reference::typed(follow.envelope.id.clone(), "Follow");
        Self {
            envelope: Envelope::new(id, actor, follow.envelope.actor.clone()),
            accepted: Accepted::Follow {
                follow: reference,
                document: follow.document.clone(),
                head,
            },
        }
    }

    /// Says that an offer is queued.
    pub fn offer(id: Uri, dataset: Uri, proposer: Uri, offer: Uri, proposal: Uri) -> Self {
        Self {
            envelope: Envelope::new(id, dataset, proposer),
            accepted: Accepted::Offer {
                offer: Reference::typed(offer, "Offer"),
                proposal,
            },
        }
    }

    /// Says that a patch is in the log; `amended` is what was applied where that is not what was offered.
    pub fn patch(
        envelope: Envelope,
        patch: Uri,
        entry: EntryReference,
        amended: Option<Vec<OfferedOp>>,
    ) -> Self {
        Self {
            envelope,
            accepted: Accepted::Patch {
                patch,
                entry,
                amended,
            },
        }
    }

    /// The document.
    pub fn to_json(&self) -> Value {
        let mut map = self.envelope.to_map("Accept");
        let mut put = |member: &str, value: Value| {
            map.insert(member.to_owned(), value);
        };
        match &self.accepted {
            Accepted::Follow { document, head, .. } => {
                put("object", document.clone());
                if let Some(head) = head {
                    put("head", head.to_json());
                }
            }
            Accepted::Offer { offer, proposal } => {
                put("object", offer.to_json());
                put("result", proposal.into());
            }
            Accepted::Patch {
                patch,
                entry,
                amended,
            } => {
                put(
                    "object",
                    Reference::typed(patch.clone(), "DataPatch").to_json(),
                );
                put("result", entry.to_json());
                if let Some(ops) = amended {
                    put("amended", ops.iter().map(OfferedOp::to_json).collect());
                }
            }
            Accepted::Other(object) => put("object", object.to_json()),
        }
        Value::Object(map)
    }

    pub(super) fn read(envelope: Envelope, members: &Members<'_>) -> Result<Self, ActivityProblem> {
        let object = Reference::read(members, "object")?;
        let accepted = match (object.kind.as_deref(), members.get("result")) {
            (Some("Follow"), _) | (None, None) => Accepted::Follow {
                document: members.need("object")?.clone(),
                follow: object,
                head: members
                    .object_opt("head")?
                    .map(|head| LogHead::read(&head))
                    .transpose()?,
            },
            (Some("Offer"), _) => Accepted::Offer {
                offer: object,
                proposal: members.id_of("result")?,
            },
            (Some("DataPatch"), _) => Self::read_patch(object, members)?,
            // Two bare ids: only the address of an entry tells a decision from a place in the queue.
            (None, Some(_)) => match EntryReference::read(members, "result") {
                Ok(_) => Self::read_patch(object, members)?,
                Err(_) => Accepted::Offer {
                    offer: object,
                    proposal: members.id_of("result")?,
                },
            },
            (Some(_), _) => Accepted::Other(object),
        };
        Ok(Self { envelope, accepted })
    }

    fn read_patch(object: Reference, members: &Members<'_>) -> Result<Accepted, ActivityProblem> {
        let amended = match members.get("amended") {
            Some(_) => Some(data_patch::read_ops(members, "amended")?),
            None => None,
        };
        Ok(Accepted::Patch {
            patch: object.id,
            entry: EntryReference::read(members, "result")?,
            amended,
        })
    }
}
