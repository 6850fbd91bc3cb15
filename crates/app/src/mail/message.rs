//! What a letter says, as data; `jobs` puts it into words.

use rustine_domain::ids::PatchId;
use serde::{Deserialize, Serialize};

use crate::notifications::upkeep::Upkeep;

/// One variant for each letter. What stands in the rows of a dataset is never copied here: a letter is put into words
/// from them when it is sent, so that an erased value waits in no queue.
///
///  A row that waits was perhaps written by an older version: add members with a default,
/// and never rename.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Message {
    /// Somebody gave this address for an account: is it theirs?
    ConfirmAddress {
        /// The page that confirms it.
        link: String,
    },
    /// Somebody asked for another password.
    ResetPassword {
        /// The page that sets one.
        link: String,
    },
    /// Somebody is invited to open an account.
    Invitation {
        /// The page that opens it.
        link: String,
        /// The name of who invites.
        by: String,
    },
    /// Somebody would like an account, and this address is theirs.
    OpenAccount {
        /// The page that opens it.
        link: String,
    },
    /// Somebody would like an account, and this address has one.
    HasAccount {
        /// The page of the log-in.
        link: String,
    },
    /// The account is to have another address.
    AddressChanged {
        /// The other address, most of it hidden.
        new: String,
    },
    /// A proposal waits for a decision of the reader.
    ToDecide {
        /// The proposal.
        patch: PatchId,
    },
    /// A proposal of the reader was answered.
    Decided {
        /// The proposal.
        patch: PatchId,
    },
    /// Somebody wrote about a proposal of the reader, or one that she decides on.
    Commented {
        /// The proposal.
        patch: PatchId,
    },
    /// A proposal that waits for a decision of the reader expires soon.
    ExpiresSoon {
        /// The proposal.
        patch: PatchId,
    },
    /// Those whom the reader follows have posted.
    News {
        /// Since when, in seconds since the epoch.
        since: i64,
    },
    /// A dataset that the reader follows, or keeps a copy of, moved, fell silent or has a successor.
    Origin {
        /// The dataset, by the store's number.
        dataset: i64,
        /// What happened, as one word.
        event: String,
    },
    /// Several of these in one letter.
    Collected {
        /// Proposals that wait for a decision of the reader.
        to_decide: Vec<PatchId>,
        /// Proposals of the reader that were answered.
        decided: Vec<PatchId>,
        /// Proposals about which somebody wrote to the reader.
        #[serde(default)]
        commented: Vec<PatchId>,
        /// Datasets that moved, fell silent or have a successor: each with what happened.
        #[serde(default)]
        origins: Vec<(i64, String)>,
        /// Since when those whom the reader follows have posted, in seconds since the epoch.
        #[serde(default)]
        news: Option<i64>,
        /// What else waits for the reader.
        #[serde(default)]
        upkeep: Vec<Upkeep>,
    },
    /// Something waits for those who run the node, or who decide on a dataset.
    Upkeep {
        /// What.
        what: Upkeep,
    },
}

impl Message {
    /// The word of the column `kind`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::ConfirmAddress { .. } => "confirm_address",
            Self::ResetPassword { .. } => "reset_password",
            Self::Invitation { .. } => "invitation",
            Self::OpenAccount { .. } => "open_account",
            Self::HasAccount { .. } => "has_account",
            Self::AddressChanged { .. } => "address_changed",
            Self::ToDecide { .. } => "to_decide",
            Self::Decided { .. } => "decided",
            Self::Commented { .. } => "commented",
            Self::ExpiresSoon { .. } => "expires_soon",
            Self::News { .. } => "news",
            Self::Origin { .. } => "origins",
            Self::Collected { .. } => "collected",
            Self::Upkeep { what } => what.kind().word(),
        }
    }
}
