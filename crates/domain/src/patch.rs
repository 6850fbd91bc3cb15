//! Patches: what people propose, and where a proposal stands (`protocol.md` §4).
//!
//! A [`Patch`] is what arrived or leaves; [`form_problems`] is what is wrong with it whatever the dataset
//! holds. Whether it fits a dataset is [`crate::check`]'s part, applying it [`crate::merge`]'s.

mod form;
mod status;

pub use self::form::{form_problems, value_problem};
pub(crate) use self::form::{place, repeated_operations};
pub use self::status::{Forbidden, Reason, Status};
use crate::commit::{OfferedOp, offer_digest};
use crate::ids::{DatasetUid, Hash, PatchId, Salt};

/// Operations that one patch may have (`protocol.md` §5).
pub const MAX_OPS: usize = 500;
/// Bytes that the operations of one patch may have, as JSON (`protocol.md` §5).
pub const MAX_BYTES: usize = 256 * 1024;

/// Proposed operations on a dataset, named by their digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// The id given by the proposer's instance.
    pub id: PatchId,
    /// The dataset it is for.
    pub dataset: DatasetUid,
    /// Hash of the schema that the proposer saw.
    pub schema: Hash,
    /// Fresh random bytes, so that the digest tells nobody the values.
    pub nonce: Salt,
    /// The digest over nonce, dataset, schema and operations: what is idempotent.
    pub digest: Hash,
    /// The operations, in their order.
    pub ops: Vec<OfferedOp>,
    /// What the proposer says about it; personal data.
    pub summary: Option<String>,
}

/// A digest that is not that of the operations it came with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the digest is not that of the operations")]
pub struct WrongDigest;

impl Patch {
    /// A patch of our own making: the digest follows from the rest.
    pub fn new(
        id: PatchId,
        dataset: DatasetUid,
        schema: Hash,
        nonce: Salt,
        ops: Vec<OfferedOp>,
    ) -> Self {
        Self {
            id,
            dataset,
            schema,
            nonce,
            digest: offer_digest(&nonce, dataset, &schema, &ops),
            ops,
            summary: None,
        }
    }

    /// The same patch with a summary; empty ones are none.
    pub fn with_summary(mut self, summary: &str) -> Self {
        let summary = summary.trim();
        self.summary = (!summary.is_empty()).then(|| summary.to_owned());
        self
    }

    /// Recomputes the digest of a patch that came from elsewhere.
    pub fn verify(self) -> Result<Self, WrongDigest> {
        let digest = offer_digest(&self.nonce, self.dataset, &self.schema, &self.ops);
        if digest == self.digest {
            Ok(self)
        } else {
            Err(WrongDigest)
        }
    }

    /// The same patch with other operations on the present schema, under the same id and nonce: a rebase. Its
    /// digest is new; the old one goes on answering (`protocol.md` §5).
    pub fn rebased(self, schema: Hash, ops: Vec<OfferedOp>) -> Self {
        let summary = self.summary;
        Self {
            summary,
            ..Self::new(self.id, self.dataset, schema, self.nonce, ops)
        }
    }
}

#[cfg(test)]
mod tests;
