//! The kinds of entries, each with the header members that only it may carry.

mod read;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::Refusal;
use super::super::members::Members;
use super::address;
use crate::checks::Check;
use crate::ids::{DatasetUid, FieldName, Hash, RowId};
use crate::key::Multikey;

use read::{batch_part, fork_point, handover, key, optional, successor, target};

/// The kind of an entry (`protocol.md` §3.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// The first entry of a log.
    Genesis {
        /// The log key that signs from here on.
        key: Multikey,
        /// The hash of the recovery key.
        next: Hash,
        /// The log that this one succeeds without its recovery key.
        forked_from: Option<ForkPoint>,
    },
    /// Rows taken from a file or a source.
    Import {
        /// Which part of a larger import this is.
        batch: Option<BatchPart>,
    },
    /// A correction or a proposal that was accepted.
    Patch,
    /// Another schema.
    Schema,
    /// Another policy for the decisions after it; with its hash.
    Policy(Hash),
    /// A role given to a person.
    Grant,
    /// A role taken back.
    Revoke,
    /// Values and metas to be erased everywhere.
    Redact(Vec<Target>),
    /// A new log key.
    Rotate(Handover),
    /// A new log key and a new address.
    Move {
        /// The keys.
        handover: Handover,
        /// The address of every later entry.
        moved_to: String,
    },
    /// The end of the dataset.
    Close {
        /// False asks replicas to erase the values.
        keep: bool,
        /// The dataset that people should follow instead.
        successor: Option<Successor>,
    },
    /// A kind of a later version: a replica stops before it.
    Unknown(String),
}

/// Where a log that could not be continued was taken up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForkPoint {
    /// The dataset that is succeeded.
    pub uid: DatasetUid,
    /// Its genesis entry.
    pub genesis: Hash,
    /// The last entry taken over.
    pub seq: u64,
    /// The hash of that entry.
    pub entry: Hash,
}

/// One part of an import that is spread over several entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchPart {
    /// The id of the whole import.
    pub id: uuid::Uuid,
    /// The number of this part, from 1.
    pub n: u64,
    /// How many parts there are.
    pub of: u64,
}

/// The keys of a rotate or a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handover {
    /// The log key that signs from the entry after it.
    pub key: Multikey,
    /// The recovery key, which signs this entry.
    pub by: Multikey,
    /// The hash of the next recovery key.
    pub next: Hash,
}

/// One thing to erase (`protocol.md` §3.5).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// Every occurrence of one commitment.
    Cell {
        /// Where it was first committed.
        seq: u64,
        /// The row.
        row: RowId,
        /// The field.
        field: FieldName,
        /// The commitment.
        cell: Hash,
    },
    /// The meta of an entry.
    Meta {
        /// The entry.
        seq: u64,
    },
}

/// The dataset that continues a closed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Successor {
    /// Its uid.
    pub uid: DatasetUid,
    /// Its genesis entry.
    pub genesis: Hash,
    /// Where it is found.
    pub url: String,
}

/// Every header member that some kind has of its own.
const OWN: [&str; 10] = [
    "key",
    "next",
    "forkedFrom",
    "batch",
    "policy",
    "redact",
    "by",
    "movedTo",
    "keep",
    "successor",
];

impl Kind {
    /// The kind's name on the wire.
    pub fn name(&self) -> &str {
        match self {
            Self::Genesis { .. } => "genesis",
            Self::Import { .. } => "import",
            Self::Patch => "patch",
            Self::Schema => "schema",
            Self::Policy(_) => "policy",
            Self::Grant => "grant",
            Self::Revoke => "revoke",
            Self::Redact(_) => "redact",
            Self::Rotate(_) => "rotate",
            Self::Move { .. } => "move",
            Self::Close { .. } => "close",
            Self::Unknown(name) => name,
        }
    }

    /// True for the kinds whose bodies have operations.
    pub fn has_operations(&self) -> bool {
        matches!(self, Self::Import { .. } | Self::Patch)
    }

    /// True for the kinds whose bodies have a schema.
    pub fn has_schema(&self) -> bool {
        matches!(self, Self::Genesis { .. } | Self::Schema)
    }

    /// True for redact, rotate and move: they go on after close and leave a batch open.
    pub fn is_upkeep(&self) -> bool {
        matches!(self, Self::Redact(_) | Self::Rotate(_) | Self::Move { .. })
    }

    /// The keys of a rotate or a move.
    pub fn handover(&self) -> Option<&Handover> {
        match self {
            Self::Rotate(handover) | Self::Move { handover, .. } => Some(handover),
            _ => None,
        }
    }

    fn own_members(&self) -> &'static [&'static str] {
        match self {
            Self::Genesis { .. } => &["key", "next", "forkedFrom"],
            Self::Import { .. } => &["batch"],
            Self::Policy(_) => &["policy"],
            Self::Redact(_) => &["redact"],
            Self::Rotate(_) => &["key", "by", "next"],
            Self::Move { .. } => &["key", "by", "next", "movedTo"],
            Self::Close { .. } => &["keep", "successor"],
            Self::Patch | Self::Schema | Self::Grant | Self::Revoke => &[],
            // What a later version gives to its kinds is not ours to refuse.
            Self::Unknown(_) => &OWN,
        }
    }

    pub(super) fn read(header: Members<'_>, seq: u64) -> Result<Self, Refusal> {
        let kind = match header.text("kind")? {
            "genesis" => Self::Genesis {
                key: key(header, "key")?,
                next: header.hash("next")?,
                forked_from: optional(header, "forkedFrom", fork_point)?,
            },
            "import" => Self::Import {
                batch: optional(header, "batch", batch_part)?,
            },
            "patch" => Self::Patch,
            "schema" => Self::Schema,
            "policy" => Self::Policy(header.hash("policy")?),
            "grant" => Self::Grant,
            "revoke" => Self::Revoke,
            "redact" => {
                let targets = header.array("redact")?.iter();
                Self::Redact(
                    targets
                        .map(|value| target(value, seq))
                        .collect::<Result<_, _>>()?,
                )
            }
            "rotate" => Self::Rotate(handover(header)?),
            "move" => Self::Move {
                handover: handover(header)?,
                moved_to: address(header, "movedTo")?.to_owned(),
            },
            "close" => Self::Close {
                keep: header.flag("keep")?,
                successor: optional(header, "successor", successor)?,
            },
            other => Self::Unknown(other.to_owned()),
        };
        let own = kind.own_members();
        match OWN.iter().find(|m| header.has(m) && !own.contains(m)) {
            Some(member) if Check::KindMember.stands() => Err(Refusal::MemberOfAnotherKind {
                kind: kind.name().to_owned(),
                member,
            }),
            _ => Ok(kind),
        }
    }

    /// Adds this kind's own members to a header.
    pub(super) fn write(&self, header: &mut Map<String, Value>) {
        let mut put = |member: &str, value: Value| header.insert(member.to_owned(), value);
        match self {
            Self::Genesis {
                key,
                next,
                forked_from,
            } => {
                put("key", json!(key));
                put("next", json!(next));
                if let Some(point) = forked_from {
                    put("forkedFrom", point.to_json());
                }
            }
            Self::Import { batch: Some(part) } => {
                put("batch", json!({"id": part.id, "n": part.n, "of": part.of}));
            }
            Self::Policy(policy) => {
                put("policy", json!(policy));
            }
            Self::Redact(targets) => {
                put("redact", targets.iter().map(Target::to_json).collect());
            }
            Self::Rotate(keys) | Self::Move { handover: keys, .. } => {
                put("key", json!(keys.key));
                put("by", json!(keys.by));
                put("next", json!(keys.next));
                if let Self::Move { moved_to, .. } = self {
                    put("movedTo", json!(moved_to));
                }
            }
            Self::Close { keep, successor } => {
                put("keep", json!(keep));
                if let Some(it) = successor {
                    let value = json!({"uid": it.uid, "genesis": it.genesis, "url": it.url});
                    put("successor", value);
                }
            }
            Self::Import { batch: None }
            | Self::Patch
            | Self::Schema
            | Self::Grant
            | Self::Revoke
            | Self::Unknown(_) => {}
        }
    }
}

impl ForkPoint {
    fn to_json(&self) -> Value {
        json!({"uid": self.uid, "genesis": self.genesis, "seq": self.seq, "entry": self.entry})
    }
}

impl Target {
    /// The entry in which the thing was first committed.
    pub fn seq(&self) -> u64 {
        match self {
            Self::Cell { seq, .. } | Self::Meta { seq } => *seq,
        }
    }

    /// The target as it stands in a header.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Cell {
                seq,
                row,
                field,
                cell,
            } => json!({"seq": seq, "row": row, "field": field, "cell": cell}),
            Self::Meta { seq } => json!({"seq": seq, "meta": true}),
        }
    }
}
