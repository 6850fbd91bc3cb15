//! Making entries, at the origin: the same rules as the readers', before the signature.
//!
//! An entry with operations is staged on the rows first, which yields the changed rows and their hashes
//! once; the caller updates its tree, and signs with the new root. The others are signed at once.

mod additions;
mod check;
mod rows_read;

use std::collections::BTreeSet;

use serde_json::Value;

use super::apply::{ApplyError, Change, Rows, buckets, run};
use super::body::{Body, Meta};
use super::chain::{Chain, Step, no_ops};
use super::header::{ForkPoint, Header, Kind, Unsigned, sign};
use super::redact::Redactions;
use super::{Entry, Op, Refusal};
use crate::commit;
use crate::ids::{DatasetUid, Hash, Salt};
use crate::key::LogKey;
use crate::time::Timestamp;
use crate::tree;

pub use self::additions::{Added, Additions};
pub use self::rows_read::{AddedRow, RowsRead, read_rows};

/// Why an entry was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildProblem {
    /// Readers would refuse it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Above a limit that binds the origin.
    #[error("{what} has {size}, more than the {limit} allowed")]
    TooLarge {
        /// What is too large, in words.
        what: &'static str,
        /// Its size, in bytes or items.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// The recovery key to announce was a log key: whoever holds that one could rotate.
    #[error("a former log key cannot become the recovery key")]
    NextIsLogKey,
    /// The log has an entry that this version does not understand.
    #[error("the log continues in a later version of the protocol")]
    UpgradeNeeded,
}

/// Why an entry was not staged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StageError<E> {
    /// The entry cannot be made.
    Problem(BuildProblem),
    /// The rows could not be read.
    Rows(E),
}

/// An entry to be made.
#[derive(Debug, Clone)]
pub struct EntryDraft {
    /// The kind; not [`Kind::Genesis`], which [`Genesis`] makes.
    pub kind: Kind,
    /// The operations, for an import or a patch.
    pub ops: Vec<Op>,
    /// Who, why and how.
    pub meta: Meta,
    /// The schema, for a schema entry.
    pub schema: Option<Value>,
    /// The policy, for a policy entry.
    pub policy: Option<Value>,
    /// The nonce of the offer that a patch answers.
    pub nonce: Option<Salt>,
}

/// An entry whose operations have been run.
#[derive(Debug, Clone)]
pub struct Staged {
    draft: EntryDraft,
    ops: Hash,
    /// The rows that it changes, each once, with their new hashes.
    pub changes: Vec<Change>,
}

/// An entry that was made.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The entry.
    pub entry: Entry,
    /// The body as canonical JSON: what is kept and served.
    pub text: String,
    /// The chain with the entry at its head.
    pub chain: Chain,
    /// The rows that it changes.
    pub changes: Vec<Change>,
}

/// The first entry of a log, to be made.
#[derive(Debug, Clone)]
pub struct Genesis {
    /// The new dataset.
    pub uid: DatasetUid,
    /// Its address.
    pub attributed_to: String,
    /// Its schema.
    pub schema: Value,
    /// Who, why and how.
    pub meta: Meta,
    /// The hash of the recovery key, see [`crate::key::commitment_of`].
    pub next: Hash,
    /// The log that this one succeeds without its recovery key.
    pub forked_from: Option<ForkPoint>,
}

impl Genesis {
    /// Signs the genesis entry with the first log key.
    pub fn sign(self, time: Timestamp, key: &LogKey) -> Result<Signed, BuildProblem> {
        let kind = Kind::Genesis {
            key: key.multikey(),
            next: self.next,
            forked_from: self.forked_from,
        };
        let draft = EntryDraft {
            schema: Some(self.schema),
            ..EntryDraft::new(kind, self.meta)
        };
        let (kind, body, text) = draft.into_body()?;
        let header = sign(
            &Unsigned {
                attributed_to: &self.attributed_to,
                uid: self.uid,
                seq: 0,
                prev: None,
                kind: &kind,
                time,
                ops: no_ops(),
                meta: meta_of(&body),
                schema: schema_of(&body).unwrap_or(Hash::ZERO),
                state: tree::empty_root(),
            },
            key,
        )?;
        let chain = Chain::genesis(&header)?;
        Ok(Signed {
            entry: Entry { header, body },
            text,
            chain,
            changes: Vec::new(),
        })
    }
}

impl EntryDraft {
    /// A draft of a kind, with nothing but its meta.
    pub fn new(kind: Kind, meta: Meta) -> Self {
        Self {
            kind,
            ops: Vec::new(),
            meta,
            schema: None,
            policy: None,
            nonce: None,
        }
    }

    /// An import or a patch with its operations.
    pub fn with_ops(kind: Kind, meta: Meta, ops: Vec<Op>) -> Self {
        Self {
            ops,
            ..Self::new(kind, meta)
        }
    }

    /// A schema entry.
    pub fn schema(schema: Value, meta: Meta) -> Self {
        Self {
            schema: Some(schema),
            ..Self::new(Kind::Schema, meta)
        }
    }

    /// A policy entry.
    pub fn policy(policy: Value, meta: Meta) -> Self {
        let kind = Kind::Policy(commit::policy(&policy));
        Self {
            policy: Some(policy),
            ..Self::new(kind, meta)
        }
    }

    /// Runs the operations over the rows held, and refuses what a reader would.
    pub fn stage<R: Rows>(
        self,
        uid: DatasetUid,
        rows: &mut R,
    ) -> Result<Staged, StageError<R::Error>> {
        check::ops(&self.kind, &self.ops).map_err(StageError::Problem)?;
        let outcome =
            run(uid, &self.ops, rows, &Redactions::new()).map_err(|error| match error {
                ApplyError::Refused(refusal) => StageError::Problem(refusal.into()),
                ApplyError::Rows(error) => StageError::Rows(error),
            })?;
        check::rows(&outcome.changes).map_err(StageError::Problem)?;
        Ok(Staged {
            draft: self,
            ops: outcome.ops,
            changes: outcome.changes,
        })
    }

    /// Signs an entry without operations; the state repeats. A rotate or move is signed by the recovery
    /// key, everything else by the log key.
    pub fn sign(
        self,
        chain: &Chain,
        time: Timestamp,
        key: &LogKey,
    ) -> Result<Signed, BuildProblem> {
        let staged = Staged {
            draft: self,
            ops: no_ops(),
            changes: Vec::new(),
        };
        if !staged.draft.ops.is_empty() {
            return Err(Refusal::OpsHash.into());
        }
        staged.sign(chain, chain.state, time, key)
    }

    /// The body and its text, which is as long as it may be.
    fn into_body(self) -> Result<(Kind, Body, String), BuildProblem> {
        let body = Body {
            ops: self.ops,
            meta: Some(self.meta),
            schema: self.schema,
            policy: self.policy,
            nonce: self.nonce,
        };
        check::documents(&self.kind, &body)?;
        let text = body.to_text();
        check::length(&text)?;
        Ok((self.kind, body, text))
    }
}

impl Staged {
    /// The buckets whose rows change: what [`crate::tree::update`] needs.
    pub fn buckets(&self) -> BTreeSet<u16> {
        buckets(&self.changes)
    }

    /// Signs the entry over the root that the tree gave for its changes.
    pub fn sign(
        self,
        chain: &Chain,
        state: Hash,
        time: Timestamp,
        key: &LogKey,
    ) -> Result<Signed, BuildProblem> {
        may_follow(chain)?;
        let (kind, body, text) = self.draft.into_body()?;
        check::announced(&kind, chain)?;
        body.check_digest(chain.uid)?;
        let after = After {
            kind: &kind,
            ops: self.ops,
            meta: meta_of(&body),
            schema: schema_of(&body).unwrap_or(chain.schema),
            state,
        };
        let (header, chain) =
            after.sign(chain, time, key, |header| body.check_documents(header))?;
        Ok(Signed {
            entry: Entry { header, body },
            text,
            chain,
            changes: self.changes,
        })
    }
}

/// What the header of the next entry says besides its place in the chain.
struct After<'a> {
    kind: &'a Kind,
    ops: Hash,
    meta: Hash,
    schema: Hash,
    state: Hash,
}

impl After<'_> {
    /// Signs the header, and follows it as a reader will.
    fn sign(
        self,
        chain: &Chain,
        time: Timestamp,
        key: &LogKey,
        check: impl FnOnce(&Header) -> Result<(), Refusal>,
    ) -> Result<(Header, Chain), BuildProblem> {
        let header = sign(
            &Unsigned {
                attributed_to: &chain.attributed_to,
                uid: chain.uid,
                seq: chain.seq + 1,
                prev: Some(chain.entry),
                kind: self.kind,
                time,
                ops: self.ops,
                meta: self.meta,
                schema: self.schema,
                state: self.state,
            },
            key,
        )?;
        check(&header)?;
        let chain = next(chain, &header)?;
        Ok((header, chain))
    }
}

fn may_follow(chain: &Chain) -> Result<(), BuildProblem> {
    match chain.stopped {
        Some(_) => Err(BuildProblem::UpgradeNeeded),
        None => Ok(()),
    }
}

fn next(chain: &Chain, header: &Header) -> Result<Chain, BuildProblem> {
    match chain.follow_held(header)? {
        Step::Next(chain) => Ok(*chain),
        Step::UpgradeNeeded(_) | Step::Same | Step::Behind | Step::Gap => {
            Err(BuildProblem::UpgradeNeeded)
        }
    }
}

fn meta_of(body: &Body) -> Hash {
    body.meta.as_ref().map_or(Hash::ZERO, Meta::commitment)
}

fn schema_of(body: &Body) -> Option<Hash> {
    body.schema.as_ref().map(commit::schema)
}
