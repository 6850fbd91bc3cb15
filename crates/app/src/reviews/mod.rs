//! Signed reviews: the votes of moderators of any instance on a proposal (`protocol.md` §5).
//!
//! At the origin one is judged when it arrives ([`receive`]), whoever brings it; an approval that counts may complete
//! the quorum, and nothing else ever does. On the reviewer's instance it is signed and sent ([`cast`]), and the queue
//! that it is about is a copy that is read again and again ([`queues`]). Start reading at [`act`].

pub mod act;
pub mod cast;
pub mod count;
pub mod hint;
pub mod queues;
pub mod receive;
#[cfg(test)]
mod tests;

use rustine_domain::digest::OfferedOp;
use rustine_domain::ids::PatchId;
use rustine_domain::patch::Status;
use rustine_domain::quorum::Void;
use rustine_protocol::object::Review;
use rustine_store::{NewReview, StoreError};

use crate::App;
use crate::log::append::AppendError;
use crate::patches::decide::DecideError;
use crate::patches::write_ops;

/// Direction of a proposal in the queue of another instance, on which people here may decide.
pub const QUEUE: &str = "queue";

/// Why a review has no effect.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// It is for no dataset of ours.
    #[error("the review names no dataset of this instance")]
    UnknownDataset,
    /// It is about no proposal that is known.
    #[error("the review names no proposal that is known here")]
    UnknownProposal,
    /// No such patch here.
    #[error("no proposal {0} on this instance")]
    Unknown(PatchId),
    /// The first decision stands.
    #[error("this proposal is {} already: the first decision stands", .0.as_str())]
    Final(Status),
    /// The person holds nothing that a review could rest on.
    #[error("{0} may not review proposals on this dataset: ask its maintainers for a grant")]
    NotAllowed(String),
    /// It counts for nothing.
    #[error("this review does not count: {0}")]
    Void(Void),
    /// Its author never held a grant, so that nothing is kept.
    #[error("{0} holds no grant on this dataset: its review was dropped")]
    Stranger(String),
    /// Its id was taken by another one.
    #[error("the id of the review is taken by another one")]
    Replayed,
    /// One reviewer sends more than a person writes.
    #[error("{0} sent more reviews today than anybody reads")]
    Flood(String),
    /// What was said is too long.
    #[error("what is said with a review has at most 2,000 characters")]
    TooLong,
    /// What is corrected is not what the review was signed for.
    #[error(
        "the corrections that came with the review are not those that it was signed for, or are no corrections of what \
         was offered"
    )]
    Corrections,
    /// The account has no key of its own.
    #[error("the key of {0} is missing: restore a backup")]
    NoKey(String),
    /// The quorum stands, and what it accepts could not be applied.
    #[error(transparent)]
    Decide(#[from] DecideError),
    /// The entry of a role was not written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ReviewError {
    /// True where the same review may have its effect later.
    pub fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Store(_)
                | Self::Append(AppendError::Waiting(_) | AppendError::Store(_))
                | Self::Decide(
                    DecideError::Store(_)
                        | DecideError::Append(AppendError::Waiting(_) | AppendError::Store(_))
                )
        )
    }
}

/// A review of a proposal as it is kept, with the corrections that it is for.
fn row(
    app: &App,
    (dataset, patch): (i64, PatchId),
    review: &Review,
    amended: Option<&[OfferedOp]>,
) -> NewReview {
    NewReview {
        url: review.id.to_string(),
        dataset,
        patch,
        reviewer: review.attributed_to.to_string(),
        host: review.attributed_to.host().to_owned(),
        digest: review.patch_digest,
        verdict: review.verdict.as_str().to_owned(),
        content: review.content.clone(),
        document: review.to_json().to_string(),
        received: app.clock.now(),
        void: None,
        amended: amended.map(write_ops),
    }
}
