//! Why an activity is refused before anybody asks about rights.

use crate::problem::DocumentProblem;

/// The first fault found in an activity. The sentence goes to the sender, so it repeats none of its values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActivityProblem {
    /// Its shape.
    #[error(transparent)]
    Document(#[from] DocumentProblem),
    /// It acts on something of somebody else: the same host is not enough (attack F6).
    #[error("{member} is not the actor of this activity")]
    NotTheOwner {
        /// Which member names somebody else.
        member: &'static str,
    },
    /// Two ids that must share scheme, host and port do not.
    #[error("{member} is not on the server of the actor")]
    OtherOrigin {
        /// Which id.
        member: &'static str,
    },
    /// The members of an offer disagree about its dataset.
    #[error("{member} is not the dataset that the offer is for")]
    OtherTarget {
        /// Which member.
        member: &'static str,
    },
    /// The operations do not have the digest that is written beside them.
    #[error("the digest is not that of the operations")]
    WrongDigest,
    /// No operation at all.
    #[error("the patch has no operation")]
    NoOperation,
    /// Beyond the number of operations that one patch may have.
    #[error("the patch has more than {limit} operations")]
    TooManyOperations {
        /// The limit.
        limit: usize,
    },
    /// Beyond the size that one patch may have, counted on its canonical JSON.
    #[error("the patch is larger than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
}

impl ActivityProblem {
    /// True where the sender oversteps (403) rather than stumbles (400); `protocol.md` §7.8.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::NotTheOwner { .. } | Self::OtherOrigin { .. })
    }
}
