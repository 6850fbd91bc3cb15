//! Applying a body to the rows held: the operations, and what they must fit (`protocol.md` §3.4).

mod run;

use serde_json::Value;

use super::body::Body;
use super::header::{Header, Kind, Target};
use super::redact::{self, Redactions};
use super::row::RowState;
use super::{Op, Refusal};
use crate::checks::Check;
use crate::commit;
use crate::ids::{FieldName, Hash, RowId};
use crate::tree::bucket_of;

pub(super) use run::run;

/// The rows of one dataset as they are before the entry.
pub trait Rows {
    /// What reading may fail with.
    type Error;

    /// A row, or `None` where it is absent.
    fn row(&mut self, row: RowId) -> Result<Option<RowState>, Self::Error>;

    /// Several rows, in the order asked. A store with round trips should override it.
    fn rows(&mut self, rows: &[RowId]) -> Result<Vec<Option<RowState>>, Self::Error> {
        rows.iter().map(|row| self.row(*row)).collect()
    }
}

/// Why an entry was not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApplyError<E> {
    /// The entry is refused.
    Refused(Refusal),
    /// The rows could not be read.
    Rows(E),
}

impl<E> From<Refusal> for ApplyError<E> {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What an entry does to one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The row.
    pub row: RowId,
    /// True where the row was there before; false for an added one.
    pub existed: bool,
    /// The row after the entry; `None` where it was deleted.
    pub after: Option<RowState>,
    /// The row hash after the entry; `None` where it was deleted.
    pub hash: Option<Hash>,
}

/// Something that a body lacks although no known redact header names it: shown as missing, asked from
/// another source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// A value.
    Cell {
        /// The row.
        row: RowId,
        /// The field.
        field: FieldName,
        /// The commitment to the value.
        cell: Hash,
    },
    /// The meta of the entry.
    Meta,
}

/// The effects of an entry, to be written in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The rows that changed, each once.
    pub changes: Vec<Change>,
    /// What the body lacks.
    pub missing: Vec<Missing>,
    /// The schema in force from here on, where the entry sets one.
    pub schema: Option<Value>,
    /// The policy in force from here on, where the entry sets one.
    pub policy: Option<Value>,
    /// What the entry orders to erase: from kept rows ([`redact::row`]), bodies ([`redact::body`]) and
    /// every other place of `protocol.md` §3.5.
    pub redactions: Vec<Target>,
}

impl Applied {
    /// The buckets whose rows changed: what [`crate::tree::update`] needs.
    pub fn buckets(&self) -> std::collections::BTreeSet<u16> {
        buckets(&self.changes)
    }

    /// Compares the root that the tree gave with the one that the header commits to.
    pub fn check_state(&self, header: &Header, root: Hash) -> Result<(), Refusal> {
        if root != header.state && Check::StateRoot.stands() {
            return Err(Refusal::StateRoot);
        }
        Ok(())
    }
}

/// The buckets of changed rows.
pub(super) fn buckets(changes: &[Change]) -> std::collections::BTreeSet<u16> {
    changes.iter().map(|change| bucket_of(change.row)).collect()
}

/// Verifies a body against its header and the rows held, and says what it does. The header must have been
/// followed. What is known to be redacted is erased from the body and from the rows, so both may be kept;
/// it is erased after the verification, so that a wrong value is noticed even in such a place. The caller
/// writes the changes, updates the tree and calls [`Applied::check_state`] before it commits.
pub fn apply<R: Rows>(
    header: &Header,
    body: &mut Body,
    rows: &mut R,
    known: &Redactions,
) -> Result<Applied, ApplyError<R::Error>> {
    check_body(header, body)?;
    let outcome = run(header.uid, &body.ops, rows, known)?;
    if outcome.ops != header.ops && Check::OpsHash.stands() {
        return Err(Refusal::OpsHash.into());
    }
    Ok(Applied {
        changes: outcome.changes,
        missing: accept(header, body, known, outcome.missing),
        schema: body.schema.clone(),
        policy: body.policy.clone(),
        redactions: match &header.kind {
            Kind::Redact(targets) => targets.clone(),
            _ => Vec::new(),
        },
    })
}

/// Checks a body against its header without the rows: what a reader that loaded a snapshot can do with the
/// older bodies it fetches. Bases are not compared; what is known to be redacted is erased.
pub fn check_detached(
    header: &Header,
    body: &mut Body,
    known: &Redactions,
) -> Result<Vec<Missing>, Refusal> {
    check_body(header, body)?;
    let mut missing = Vec::new();
    let hashes: Vec<Hash> = body
        .ops
        .iter()
        .map(|op| run::detached(header.uid, op, known, &mut missing))
        .collect::<Result<_, _>>()?;
    if commit::ops(&hashes) != header.ops {
        return Err(Refusal::OpsHash);
    }
    Ok(accept(header, body, known, missing))
}

/// What can be checked of a body without its operations' hashes.
fn check_body(header: &Header, body: &mut Body) -> Result<(), Refusal> {
    body.drop_idle_nonce();
    body.check_documents(header)?;
    body.check_digest(header.uid)
}

/// Completes what is missing from a verified body, then erases from it what must not be kept.
fn accept(
    header: &Header,
    body: &mut Body,
    known: &Redactions,
    mut missing: Vec<Missing>,
) -> Vec<Missing> {
    if body.meta.is_none() && !known.names_meta(header.seq) {
        missing.push(Missing::Meta);
    }
    redact::body(body, header.uid, header.seq, known);
    missing
}

/// The rows that operations touch, each once, in the order of their first mention.
fn touched(ops: &[Op]) -> Vec<RowId> {
    let mut seen = std::collections::HashSet::with_capacity(ops.len());
    ops.iter()
        .map(Op::row)
        .filter(|row| seen.insert(*row))
        .collect()
}
